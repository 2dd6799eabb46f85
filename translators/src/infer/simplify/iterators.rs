//! Iterators that are made and handed on.

use super::{Count, Replace, library_call, name_of};
use grammars::Span;
use grammars::surface::visit::{VisitMut, walk_stmt_mut};
use grammars::surface::{Expr, ExprKind, Stmt, StmtKind};

/// Says `tee` and `return iter(…)` in other words, in the body of a function.
pub(super) fn rewrite(body: &mut Vec<Stmt>) {
    let mut at = 0;
    while at < body.len() {
        if let Some(split) = pair(&body[at], body) {
            body.splice(at..=at, split);
        }
        at += 1;
    }
    body.iter_mut().for_each(|stmt| Handed.stmt(stmt));
}

/// `a, b = tee(xs)` as an iterator of `xs` for each name; `xs` is not looked at again.
fn pair(stmt: &Stmt, body: &[Stmt]) -> Option<Vec<Stmt>> {
    let StmtKind::Assign { targets, value } = &stmt.kind else { return None };
    let ([Expr { kind: ExprKind::Tuple(names), .. }], Some([source])) =
        (targets.as_slice(), library_call(value, "itertools.tee"))
    else {
        return None;
    };
    let name = name_of(source)?;
    if names.len() != 2 || names.iter().any(|n| name_of(n).is_none_or(|n| n == name)) {
        return None;
    }
    let at = body.iter().position(|s| std::ptr::eq(s, stmt))?;
    let later = Count::of(name, &body[at..]);
    (later.uses == 1 && later.stores == 0).then(|| {
        let iterator = |target: &Expr| Stmt {
            kind: StmtKind::Assign {
                targets: vec![target.clone()],
                value: library("builtins.iter", source.clone(), stmt.span),
            },
            span: stmt.span,
        };
        names.iter().map(iterator).collect()
    })
}

/// What is returned or put into a list as an iterator is the list of what it gives.
struct Handed;

impl VisitMut for Handed {
    fn stmt(&mut self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Return(Some(value)) => listed(value),
            StmtKind::Expr(value) => Replace(appended).expr(value),
            // Functions within are bodies of their own.
            StmtKind::Function(_) | StmtKind::Class(_) => return,
            _ => {}
        }
        walk_stmt_mut(self, stmt);
    }

    fn expr(&mut self, _: &mut Expr) {}
}

/// `rows.append(iter(xs))`.
fn appended(e: &mut Expr) {
    if let ExprKind::Call { callee, args, .. } = &mut e.kind
        && matches!(&callee.kind, ExprKind::Attribute { name, .. } if name == "append")
        && let [item] = args.as_mut_slice()
    {
        listed(item);
    }
}

/// `iter(xs)` becomes `list(xs)`.
fn listed(e: &mut Expr) {
    if let Some([source]) = library_call(e, "builtins.iter") {
        *e = library("builtins.list", source.clone(), e.span);
    }
}

fn library(path: &str, argument: Expr, span: Span) -> Expr {
    let callee = Box::new(Expr { kind: ExprKind::Library(path.to_owned()), span });
    Expr { kind: ExprKind::Call { callee, args: vec![argument], keywords: Vec::new() }, span }
}
