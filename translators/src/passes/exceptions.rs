//! Questions about exceptions that targets without them ask: what the language itself may raise, and
//! which handler catches what.

use grammars::ir::visit::{each_expr, each_stmt};
use grammars::ir::{
    BinaryOp, Block, ExceptionKind, Expr, ExprKind, IndexMode, Intrinsic, Module, Place, StmtKind, Type,
};
use std::collections::BTreeSet;

/// What evaluating an expression may raise by itself, apart from its parts.
pub fn implicit(e: &Expr) -> Option<ExceptionKind> {
    match &e.kind {
        ExprKind::Index { mode, base, .. } => {
            let certain = *mode == IndexMode::InRange || matches!(base.ty, Type::Tuple(_));
            (!certain).then_some(ExceptionKind::Index)
        }
        ExprKind::Lookup { .. } => Some(ExceptionKind::Key),
        ExprKind::Binary { op, right, .. } => {
            use BinaryOp::{Div, FloorDiv, FloorMod, TruncDiv, TruncRem};
            let divides = matches!(op, Div | FloorDiv | FloorMod | TruncDiv | TruncRem);
            (divides && !is_nonzero(right)).then_some(ExceptionKind::ZeroDivision)
        }
        ExprKind::Intrinsic { op, .. } => match op {
            Intrinsic::ParseInt
            | Intrinsic::ParseFloat
            | Intrinsic::IndexOf
            | Intrinsic::RemoveItem
            | Intrinsic::Sqrt
            | Intrinsic::Log
            | Intrinsic::Factorial
            | Intrinsic::Min { default: false, .. }
            | Intrinsic::Max { default: false, .. } => Some(ExceptionKind::Value),
            Intrinsic::Pop | Intrinsic::PopFirst | Intrinsic::HeapPop | Intrinsic::DeleteAt => {
                Some(ExceptionKind::Index)
            }
            Intrinsic::PopKey | Intrinsic::DeleteKey | Intrinsic::RemoveMember => Some(ExceptionKind::Key),
            _ => None,
        },
        _ => None,
    }
}

fn is_nonzero(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Float(value) => *value != 0.0,
        ExprKind::Convert { value, .. } => is_nonzero(value),
        _ => e.as_int().is_some_and(|value| value != 0),
    }
}

/// Whether a block unpacks a list, which raises `Value` where the number of items differs.
pub fn unpacks(block: &Block) -> bool {
    let mut found = false;
    each_stmt(block, |stmt| {
        found |= matches!(&stmt.kind, StmtKind::Assign { place: Place::Tuple(_), value }
            if !matches!(value.ty, Type::Tuple(_)));
    });
    found
}

/// What the language itself may raise in a block.
pub fn implicit_kinds(block: &Block) -> BTreeSet<ExceptionKind> {
    let mut kinds = BTreeSet::new();
    each_expr(block, |e| kinds.extend(implicit(e)));
    kinds.extend(unpacks(block).then_some(ExceptionKind::Value));
    kinds
}

/// Whether a handler for `kinds` catches an exception; no kinds catch all.
pub fn catches(kinds: &[ExceptionKind], raised: &ExceptionKind, module: &Module) -> bool {
    kinds.is_empty() || kinds.iter().any(|kind| includes(kind, raised, module))
}

fn includes(kind: &ExceptionKind, raised: &ExceptionKind, module: &Module) -> bool {
    use ExceptionKind::{
        Any, Arithmetic, Custom, Index, Key, Lookup, NotImplemented, Overflow, Recursion, Runtime,
        ZeroDivision,
    };
    if kind == raised || *kind == Any {
        return true;
    }
    match (kind, raised) {
        (Arithmetic, ZeroDivision | Overflow) | (Lookup, Index | Key) => true,
        (Runtime, NotImplemented | Recursion) => true,
        (Custom(_), Custom(name)) => {
            let base = module.class(name).and_then(|class| class.base.clone());
            base.is_some_and(|base| base != *name && includes(kind, &Custom(base), module))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_error_covers_keys_and_positions() {
        let module = crate::passes::testing::module(Vec::new());
        let handler = [ExceptionKind::Lookup];
        assert!(catches(&handler, &ExceptionKind::Key, &module));
        assert!(!catches(&handler, &ExceptionKind::Value, &module));
        assert!(catches(&[], &ExceptionKind::Value, &module));
    }

    #[test]
    fn dividing_by_a_literal_raises_nothing() {
        let overflow = grammars::ir::Overflow::Fits;
        let half = Expr::binary(BinaryOp::FloorDiv, overflow, Expr::int(1), Expr::int(2));
        let unknown = Expr::local("n", Type::Int);
        let part = Expr::binary(BinaryOp::FloorDiv, overflow, Expr::int(1), unknown);
        assert_eq!(implicit(&half), None);
        assert_eq!(implicit(&part), Some(ExceptionKind::ZeroDivision));
    }
}
