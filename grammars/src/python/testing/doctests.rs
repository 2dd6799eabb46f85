//! Examples in docstrings as tests.

use crate::Span;
use crate::surface::{CompareOp, Doc, DocExample, Expr, ExprKind, Stmt, StmtKind, TestCase, TestOrigin};

/// One test for each example of the file, its functions, classes and methods.
pub(super) fn test_cases(module: &str, doc: Option<&Doc>, program: &[Stmt]) -> Vec<TestCase> {
    let mut out = Vec::new();
    add(module, doc, &mut out);
    for stmt in program {
        match &stmt.kind {
            StmtKind::Function(f) => add(&f.name, f.doc.as_ref(), &mut out),
            StmtKind::Class(c) => {
                add(&c.name, c.doc.as_ref(), &mut out);
                for member in &c.body {
                    if let StmtKind::Function(f) = &member.kind {
                        add(&format!("{}.{}", c.name, f.name), f.doc.as_ref(), &mut out);
                    }
                }
            }
            _ => {}
        }
    }
    out
}

fn add(name: &str, doc: Option<&Doc>, out: &mut Vec<TestCase>) {
    let Some(doc) = doc else { return };
    let first = out.len();
    for session in &doc.sessions {
        let numbers: Vec<String> = session.numbers.iter().map(usize::to_string).collect();
        out.push(TestCase {
            name: format!("doctest {name} {}", numbers.join(" ")),
            origin: TestOrigin::Doctest,
            body: session.body.clone(),
            span: session.span,
        });
    }
    for example in &doc.examples {
        out.push(TestCase {
            name: format!("doctest {name} {}", example.number),
            origin: TestOrigin::Doctest,
            body: vec![Stmt { kind: check(example), span: example.span }],
            span: example.span,
        });
    }
    out[first..].sort_by_key(|test| first_number(&test.name));
}

fn first_number(name: &str) -> Option<usize> {
    name.split(' ').nth(2)?.parse().ok()
}

fn check(example: &DocExample) -> StmtKind {
    match (&example.expected, &example.raises) {
        (Some(expected), _) => StmtKind::Assert {
            condition: equal(example.call.clone(), expected.clone(), example.span),
            message: None,
        },
        (None, raises) => StmtKind::ExpectRaise {
            kinds: raises.iter().cloned().collect(),
            body: vec![Stmt { kind: StmtKind::Expr(example.call.clone()), span: example.span }],
        },
    }
}

fn equal(left: Expr, right: Expr, span: Span) -> Expr {
    Expr { kind: ExprKind::Compare { operands: vec![left, right], ops: vec![CompareOp::Eq] }, span }
}
