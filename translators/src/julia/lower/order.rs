//! Julia's `Dict` has no order. A dict may be iterated where nobody can tell in which order, or where
//! a vector of its keys is kept (see [`super::keyed`]).

use super::keyed::root_of;
use super::{Lower, Lowering, reject};
use grammars::ir::names::free_names;
use grammars::ir::{
    BinaryOp, Block, CompareOp, Expr, ExprKind, Intrinsic, Pattern, Place, Stmt, StmtKind, Type,
};
use std::collections::BTreeSet;

impl Lower<'_> {
    /// Rejects an iterable whose order comes from a dict.
    pub(super) fn check_order(&mut self, iter: &Expr) -> Lowering<()> {
        if has_dict_order(iter) && !root_of(iter).is_some_and(|dict| self.scope.keyed.contains_key(dict)) {
            self.disordered = root_of(iter).map(str::to_string);
            return reject(
                "julia.dict-order",
                iter.span,
                "the order of a dict's entries can be seen in the result",
            );
        }
        Ok(())
    }

    /// Rejects a loop over a dict whose body shows the order.
    pub(super) fn check_loop_order(&mut self, pattern: &Pattern, iter: &Expr, body: &Block) -> Lowering<()> {
        if has_dict_order(iter) && !order_free_body(pattern, body) {
            return self.check_order(iter);
        }
        Ok(())
    }
}

/// Whether iterating goes through a dict in insertion order.
fn has_dict_order(iter: &Expr) -> bool {
    match &iter.kind {
        _ if matches!(iter.ty, Type::Dict(..)) => true,
        ExprKind::Intrinsic { op, args } => match op {
            Intrinsic::Keys | Intrinsic::Values | Intrinsic::Items => true,
            Intrinsic::Sorted { key: true, .. } => {
                args.first().is_some_and(has_dict_order) && !args.last().is_some_and(is_total_key)
            }
            Intrinsic::Enumerate
            | Intrinsic::Zip
            | Intrinsic::Reversed
            | Intrinsic::Map
            | Intrinsic::Filter => args.iter().any(has_dict_order),
            Intrinsic::ToList | Intrinsic::Chain => args.iter().any(has_dict_order),
            _ => false,
        },
        ExprKind::Comprehension { clauses, .. } => clauses.iter().any(|c| has_dict_order(&c.iter)),
        _ => false,
    }
}

/// Whether a key function tells all items of a dict apart: it keeps the item itself or its key.
pub(super) fn is_total_key(key: &Expr) -> bool {
    let ExprKind::Lambda { params, body } = &key.kind else { return false };
    let [(param, ty)] = params.as_slice() else { return false };
    let keeps = |expr: &Expr| match &expr.kind {
        ExprKind::Local(name) => name == param,
        ExprKind::Unary { operand, .. } => operand.as_local() == Some(param),
        ExprKind::Index { base, index, .. } => {
            matches!(ty, Type::Tuple(_)) && base.as_local() == Some(param) && index.as_int() == Some(0)
        }
        _ => false,
    };
    match &body.kind {
        ExprKind::Tuple(items) => items.iter().any(keeps),
        _ => keeps(body),
    }
}

/// Whether the turns of a loop could run in any order: they add up, store under their own key, or
/// leave with the same constant.
fn order_free_body(pattern: &Pattern, body: &Block) -> bool {
    let bound: BTreeSet<String> = pattern.names().iter().map(|(n, _)| n.to_string()).collect();
    let mut results = Vec::new();
    body.iter().all(|stmt| order_free(stmt, &bound, &mut results)) && results.windows(2).all(|w| w[0] == w[1])
}

fn order_free<'a>(stmt: &'a Stmt, bound: &BTreeSet<String>, results: &mut Vec<Option<&'a ExprKind>>) -> bool {
    match &stmt.kind {
        StmtKind::Comment { .. } | StmtKind::Pass | StmtKind::Continue => true,
        StmtKind::AugAssign { place: Place::Variable { name, .. }, op, value, .. } => {
            let commutes = matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::BitXor);
            commutes && !free_names(value).contains(name)
        }
        StmtKind::AugAssign { place: Place::Item { .. }, op: BinaryOp::Add | BinaryOp::Sub, .. } => true,
        StmtKind::Assign { place: Place::Item { base, index, .. }, .. } => {
            matches!(base.ty, Type::Dict(..)) && index.as_local().is_some_and(|name| bound.contains(name))
        }
        StmtKind::Expr(Expr { kind: ExprKind::Intrinsic { op: Intrinsic::Add, .. }, .. }) => true,
        StmtKind::Return(Some(value)) => {
            results.push(Some(&value.kind));
            matches!(value.kind, ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Str(_) | ExprKind::None)
        }
        StmtKind::Return(None) => {
            results.push(None);
            true
        }
        StmtKind::If { branches, orelse } => match branches.as_slice() {
            [(condition, block)] if orelse.is_empty() && is_extreme(condition, block) => true,
            _ => {
                let mut blocks = branches.iter().map(|(_, block)| block).chain([orelse]);
                blocks.all(|block| block.iter().all(|inner| order_free(inner, bound, results)))
                    && branches.iter().all(|(condition, _)| !reads_assigned(condition, branches, orelse))
            }
        },
        _ => false,
    }
}

/// `if value > best: best = value`.
fn is_extreme(condition: &Expr, block: &Block) -> bool {
    let ExprKind::Compare { op, left, right } = &condition.kind else { return false };
    let [Stmt { kind: StmtKind::Assign { place: Place::Variable { name, .. }, value }, .. }] =
        block.as_slice()
    else {
        return false;
    };
    !matches!(op, CompareOp::Eq | CompareOp::Ne)
        && (right.as_local() == Some(name) && left.kind == value.kind
            || left.as_local() == Some(name) && right.kind == value.kind)
}

/// Whether a condition reads what the branches change.
fn reads_assigned(condition: &Expr, branches: &[(Expr, Block)], orelse: &Block) -> bool {
    let read = free_names(condition);
    let blocks = branches.iter().map(|(_, block)| block).chain([orelse]);
    blocks.flat_map(grammars::ir::names::names_assigned).any(|name| read.contains(&name))
}
