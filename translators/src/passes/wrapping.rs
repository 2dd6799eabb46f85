//! Writes 32-bit wrap-around as arithmetic of wider integers.
//!
//! ```text
//! a + b  (Wrap32)     ->    (a + b + 2**31) mod 2**32 - 2**31
//! total += a * b      ->    total = (total + a * b + 2**31) mod 2**32 - 2**31
//! ```
//!
//! for targets that hold integers in 64 bits and have no word for fewer. Sums and products are
//! reduced once, at the end, as long as what is in between fits 64 bits. Wrap-around at 64 bits is left
//! to the record's domain: it becomes [`Overflow::Unbounded`]. Afterwards no operation wraps and no
//! `WrapTo32` conversion is left.

use grammars::ir::visit::{VisitMut, walk_expr_mut, walk_module_mut, walk_stmt_mut};
use grammars::ir::{BinaryOp, Conversion, Expr, ExprKind, Module, Overflow, Place, Stmt, StmtKind};
use std::collections::BTreeSet;

/// Greatest magnitude of a value of 32 bits.
const LIMIT: i128 = 1 << 31;

/// Greatest magnitude that is left unreduced.
const WIDE: i128 = 1 << 62;

/// Writes out all 32-bit wrap-around of the module and its tests.
pub fn run(mut module: Module) -> Module {
    let globals = module.constants().map(|c| c.name.clone()).collect();
    walk_module_mut(&mut Wrapping { globals }, &mut module);
    module
}

struct Wrapping {
    /// Variables of the module; all others are local.
    globals: BTreeSet<String>,
}

impl VisitMut for Wrapping {
    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::AugAssign { place, op, overflow: Overflow::Wrap32, value } = &stmt.kind
            && let Some(before) = self.value_of(place)
        {
            let value = Expr::binary(*op, Overflow::Wrap32, before, value.clone()).at(value.span);
            stmt.kind = StmtKind::Assign { place: place.clone(), value };
        }
        if let StmtKind::AugAssign { overflow, .. } = &mut stmt.kind {
            unbounded(overflow);
        }
        walk_stmt_mut(self, stmt);
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Binary { overflow, .. } = &mut expr.kind {
            unbounded(overflow);
        }
        let wraps = match &expr.kind {
            ExprKind::Binary { overflow, .. } => *overflow == Overflow::Wrap32,
            ExprKind::Convert { conversion, .. } => *conversion == Conversion::WrapTo32,
            _ => false,
        };
        if !wraps {
            return walk_expr_mut(self, expr);
        }
        let span = expr.span;
        let whole = match std::mem::replace(&mut expr.kind, ExprKind::None) {
            ExprKind::Convert { value, .. } => {
                let mut value = *value;
                self.expr(&mut value);
                value
            }
            kind => self.unreduced(Expr { kind, ty: expr.ty.clone(), span }).0,
        };
        *expr = reduced(whole);
    }
}

/// What 64 bits do not hold is no matter of arithmetic but of the domain.
fn unbounded(overflow: &mut Overflow) {
    if *overflow == Overflow::Wrap64 {
        *overflow = Overflow::Unbounded;
    }
}

impl Wrapping {
    /// What a place holds. A tuple holds no number.
    fn value_of(&self, place: &Place) -> Option<Expr> {
        let (kind, ty) = match place.clone() {
            Place::Variable { name, ty } if self.globals.contains(&name) => (ExprKind::Global(name), ty),
            Place::Variable { name, ty } => (ExprKind::Local(name), ty),
            Place::Item { base, index, mode } => {
                let ty = place.ty();
                match base.ty {
                    grammars::ir::Type::Dict(..) => {
                        (ExprKind::Lookup { base: Box::new(base), key: Box::new(index) }, ty)
                    }
                    _ => (ExprKind::Index { base: Box::new(base), index: Box::new(index), mode }, ty),
                }
            }
            Place::Field { object, field, ty } => (ExprKind::Field { object: Box::new(object), field }, ty),
            Place::Slice { .. } | Place::Part(_) | Place::Tuple(_) => return None,
        };
        Some(Expr::new(kind, ty))
    }

    /// The value of wrapping arithmetic before it is reduced, with a bound of its magnitude.
    fn unreduced(&mut self, mut expr: Expr) -> (Expr, i128) {
        match expr.kind {
            ExprKind::Int(value) => {
                let bound = value.abs();
                (expr, bound)
            }
            ExprKind::Binary { op, overflow: Overflow::Wrap32, left, right } => {
                let (mut left, mut left_bound) = self.unreduced(*left);
                let (mut right, mut right_bound) = self.unreduced(*right);
                if result_bound(op, left_bound, right_bound).is_none() {
                    (left, left_bound) = narrowed(left, left_bound);
                    (right, right_bound) = narrowed(right, right_bound);
                }
                let bound = result_bound(op, left_bound, right_bound).unwrap_or(WIDE);
                let whole = Expr::binary(op, Overflow::Fits, left, right).at(expr.span);
                (whole, bound)
            }
            _ => {
                self.expr(&mut expr);
                (expr, LIMIT)
            }
        }
    }
}

/// How large the result can be; `None` where the operands have to be reduced before, because of
/// their size or because the operation does not go together with reducing later.
fn result_bound(op: BinaryOp, left: i128, right: i128) -> Option<i128> {
    let bound = match op {
        BinaryOp::Add | BinaryOp::Sub => left + right,
        BinaryOp::Mul => left * right,
        // Front ends mask the distance.
        BinaryOp::Shl if left <= LIMIT => left << 31,
        BinaryOp::TruncDiv | BinaryOp::FloorDiv if left <= LIMIT && right <= LIMIT => left,
        _ => return None,
    };
    (bound <= WIDE).then_some(bound)
}

/// Reduced, if it may be out of the range of 32 bits.
fn narrowed(value: Expr, bound: i128) -> (Expr, i128) {
    if bound > LIMIT { (reduced(value), LIMIT) } else { (value, bound) }
}

/// `(value + 2**31) mod 2**32 - 2**31`.
fn reduced(value: Expr) -> Expr {
    let span = value.span;
    let operation =
        |op, left, right| Expr::binary(op, Overflow::Fits, left, Expr::int(right).at(span)).at(span);
    let shifted = operation(BinaryOp::Add, value, LIMIT);
    operation(BinaryOp::Sub, operation(BinaryOp::FloorMod, shifted, 2 * LIMIT), LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passes::testing::{function, int, module};
    use grammars::ir::{Block, Type};

    fn wrap(op: BinaryOp, left: Expr, right: Expr) -> Expr {
        Expr::binary(op, Overflow::Wrap32, left, right)
    }

    fn after(body: Block) -> Block {
        let params = [("a", Type::Int), ("b", Type::Int)];
        let done = run(module(vec![function("f", &params, Type::Int, body)]));
        done.function("f").map(|f| f.body.clone()).unwrap_or_default()
    }

    fn returned(value: Expr) -> Expr {
        let stmt = Stmt { kind: StmtKind::Return(Some(value)), span: Default::default() };
        match after(vec![stmt]).pop().map(|s| s.kind) {
            Some(StmtKind::Return(Some(value))) => value,
            other => panic!("no return: {other:?}"),
        }
    }

    #[test]
    fn sums_are_reduced_once() {
        let value = returned(wrap(BinaryOp::Add, wrap(BinaryOp::Mul, Expr::int(31), int("a")), int("b")));
        let product = Expr::binary(BinaryOp::Mul, Overflow::Fits, Expr::int(31), int("a"));
        assert_eq!(value, reduced(Expr::binary(BinaryOp::Add, Overflow::Fits, product, int("b"))));
    }

    #[test]
    fn products_of_products_are_reduced_between() {
        let square = wrap(BinaryOp::Mul, int("a"), int("a"));
        let value = returned(wrap(BinaryOp::Mul, square, int("b")));
        let inner = reduced(Expr::binary(BinaryOp::Mul, Overflow::Fits, int("a"), int("a")));
        assert_eq!(value, reduced(Expr::binary(BinaryOp::Mul, Overflow::Fits, inner, int("b"))));
    }

    #[test]
    fn quotients_need_reduced_operands() {
        let sum = wrap(BinaryOp::Add, int("a"), int("b"));
        let value = returned(wrap(BinaryOp::TruncDiv, sum, Expr::int(2)));
        let inner = reduced(Expr::binary(BinaryOp::Add, Overflow::Fits, int("a"), int("b")));
        assert_eq!(value, reduced(Expr::binary(BinaryOp::TruncDiv, Overflow::Fits, inner, Expr::int(2))));
    }

    #[test]
    fn augmented_assignments_are_written_out() {
        let place = Place::Variable { name: "a".into(), ty: Type::Int };
        let kind =
            StmtKind::AugAssign { place, op: BinaryOp::Add, overflow: Overflow::Wrap32, value: int("b") };
        let body = after(vec![Stmt { kind, span: Default::default() }]);
        let StmtKind::Assign { value, .. } = &body[0].kind else { panic!("no assignment") };
        assert_eq!(*value, reduced(Expr::binary(BinaryOp::Add, Overflow::Fits, int("a"), int("b"))));
    }
}
