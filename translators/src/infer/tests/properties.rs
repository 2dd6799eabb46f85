//! Properties of whatever is accepted.

use super::infer;
use grammars::ir::visit::{each_expr_in_module, each_stmt};
use grammars::ir::{self, ExprKind, StmtKind, Type};
use proptest::prelude::*;

/// Programs put together from statements that go with each other.
fn program() -> impl Strategy<Value = String> {
    let statement = prop_oneof![
        Just("    n = n + len(words)\n"),
        Just("    x = n / 2\n"),
        Just("    n = x\n"),
        Just("    words = [w.upper() for w in words if w]\n"),
        Just("    if n:\n        words.append('a')\n"),
        Just("    best = None\n"),
        Just("    best = n\n"),
        Just("    for i, w in enumerate(words):\n        best = i\n        n += i\n"),
        Just("    while n > 3 and words:\n        n //= 2\n        words = words[1:]\n"),
        Just("    counts = {}\n    for w in words:\n        counts[w] = counts.get(w, 0) + 1\n"),
    ];
    prop::collection::vec(statement, 0..12).prop_map(|body| {
        format!(
            "def f(words, n):\n    x = 1.5\n    best = 0\n{}    return n\n\nassert f(['b', ''], 3) != 1000\n",
            body.concat()
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Conditions are truth values, and operands of arithmetic have the type of the result.
    #[test]
    fn nothing_is_implicit(source in program()) {
        let Ok(module) = infer(&source) else { return Ok(()) };
        each_expr_in_module(&module, check_expr);
        for function in module.functions() {
            each_stmt(&function.body, |s| {
                if let StmtKind::If { branches, .. } = &s.kind {
                    assert!(branches.iter().all(|(c, _)| c.ty == Type::Bool));
                }
                if let StmtKind::Assign { place: ir::Place::Variable { ty, .. }, value } = &s.kind {
                    assert_eq!(ty, &value.ty);
                }
            });
        }
    }

    /// The same source gives the same IR.
    #[test]
    fn inference_is_deterministic(source in program()) {
        prop_assert_eq!(infer(&source), infer(&source));
    }

    /// Whatever the text, there is an answer.
    #[test]
    fn no_input_panics(body in "[a-c0-2 =+*.,()\\[\\]:%'-]{0,60}") {
        let _ = infer(&format!("def f(a, b):\n    {body}\n    return a\n"));
    }
}

fn check_expr(e: &ir::Expr) {
    use ir::BinaryOp::*;
    match &e.kind {
        ExprKind::Binary { op: Add | Sub | Mul | Div | FloorDiv | FloorMod, left, right, .. } => {
            assert_eq!(left.ty, right.ty);
            assert_eq!(left.ty, e.ty);
        }
        ExprKind::And(items) | ExprKind::Or(items) => assert!(items.iter().all(|i| i.ty == Type::Bool)),
        ExprKind::IfElse { condition, then, orelse } => {
            assert_eq!(condition.ty, Type::Bool);
            assert_eq!(then.ty, orelse.ty);
        }
        _ => {}
    }
}
