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
        ExprKind::Intrinsic { op, args } => match op {
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
            Intrinsic::RandomChoice => Some(ExceptionKind::Index),
            // An empty separator, and a number that is no code point.
            Intrinsic::Split | Intrinsic::RSplit => {
                let certain = matches!(&args[1].kind, ExprKind::Str(text) if !text.is_empty());
                (!certain).then_some(ExceptionKind::Value)
            }
            Intrinsic::Chr => args[0].as_int().is_none().then_some(ExceptionKind::Value),
            _ => None,
        },
        _ => None,
    }
}

/// What storing in a place may raise by itself, apart from evaluating its parts; `updates` where its old value is
/// read first.
fn implicit_store(place: &Place, updates: bool, kinds: &mut BTreeSet<ExceptionKind>) {
    match place {
        Place::Item { base, mode, .. } => match base.ty {
            Type::Dict(..) => kinds.extend(updates.then_some(ExceptionKind::Key)),
            _ if *mode != IndexMode::InRange => kinds.extend([ExceptionKind::Index]),
            _ => {}
        },
        Place::Part(_) => kinds.extend([ExceptionKind::Index]),
        Place::Tuple(parts) => parts.iter().for_each(|part| implicit_store(part, updates, kinds)),
        Place::Variable { .. } | Place::Field { .. } | Place::Slice { .. } => {}
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
    each_stmt(block, |stmt| match &stmt.kind {
        StmtKind::Assign { place, .. } => implicit_store(place, false, &mut kinds),
        StmtKind::AugAssign { place, op, value, .. } => {
            implicit_store(place, true, &mut kinds);
            use BinaryOp::{Div, FloorDiv, FloorMod, TruncDiv, TruncRem};
            let divides = matches!(op, Div | FloorDiv | FloorMod | TruncDiv | TruncRem);
            kinds.extend((divides && !is_nonzero(value)).then_some(ExceptionKind::ZeroDivision));
        }
        _ => {}
    });
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
    use crate::passes::testing::stmt;

    #[test]
    fn storing_an_item_may_raise_what_reading_it_may() {
        let item = |ty: Type, mode| Place::Item {
            base: Expr::local("xs", ty),
            index: Expr::local("i", Type::Int),
            mode,
        };
        let store = |place| StmtKind::Assign { place, value: Expr::int(1) };
        let add = |place| StmtKind::AugAssign {
            place,
            op: BinaryOp::Add,
            overflow: grammars::ir::Overflow::Fits,
            value: Expr::int(1),
        };
        let kinds = |kind| implicit_kinds(&vec![stmt(kind)]).into_iter().collect::<Vec<_>>();
        let (list, dict) = (Type::list(Type::Int), Type::dict(Type::Int, Type::Int));
        assert_eq!(kinds(store(item(list.clone(), IndexMode::Python))), [ExceptionKind::Index]);
        assert_eq!(kinds(add(item(list.clone(), IndexMode::NonNegative))), [ExceptionKind::Index]);
        assert_eq!(kinds(store(item(list, IndexMode::InRange))), []);
        assert_eq!(kinds(store(item(dict.clone(), IndexMode::Python))), []);
        assert_eq!(kinds(add(item(dict, IndexMode::Python))), [ExceptionKind::Key]);
    }

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
