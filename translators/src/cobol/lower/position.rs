//! Positions in texts and tables, counted from 1.

use super::number::{function, is_simple};
use super::{Lower, Result};
use crate::cobol::tree::{Cond, Expr, Relation, Stmt};
use grammars::Span;
use grammars::ir::{self, BinaryOp, Conversion, ExprKind, IndexMode, Intrinsic, Type};

impl Lower<'_> {
    /// The place of `index` in a sequence of `count`, counted from 1.
    pub fn index_position(&mut self, count: Expr, index: &ir::Expr, mode: IndexMode) -> Result<Expr> {
        if let Some(value) = index.as_int() {
            return Ok(if value < 0 { count.offset(value + 1) } else { Expr::int(value + 1) });
        }
        if mode != IndexMode::Python || non_negative(index) {
            return Ok(self.simple_number("ITEM-POS", index)?.offset(1));
        }
        let value = self.simple_number("ITEM-POS", index)?;
        let target = self.position("WRAPPED-POS");
        self.emit(Stmt::Compute {
            target: target.clone(),
            rounded: "",
            value: value.clone().offset(1),
            size_error: Vec::new(),
        });
        let negative = Cond::relation(value, Relation::Lt, Expr::int(0));
        self.emit(Stmt::If(negative, vec![Stmt::Add(count, target.clone())], Vec::new()));
        Ok(target.into())
    }

    /// A bound of a slice as a position counted from 0, clipped to `0..=count`.
    pub fn slice_bound(
        &mut self,
        wish: &str,
        count: &Expr,
        bound: &ir::Expr,
        in_range: bool,
        not_negative: bool,
    ) -> Result<Expr> {
        if let Some(value) = bound.as_int() {
            if value == 0 || in_range && value > 0 {
                return Ok(Expr::int(value));
            }
            if value > 0 {
                return Ok(function("MIN", vec![Expr::int(value), count.clone()]));
            }
            let from_end = count.clone().offset(value);
            return Ok(if in_range { from_end } else { function("MAX", vec![Expr::int(0), from_end]) });
        }
        if in_range {
            return self.simple_number(wish, bound);
        }
        // Clipped before it is stored: a position has 32 bits, the bound may have more.
        let value = self.number(bound)?;
        let value = if is_simple(&value) { value } else { self.wide_number(wish, value, bound.span)? };
        if not_negative || non_negative(bound) {
            return Ok(function("MIN", vec![value, count.clone()]));
        }
        let target = self.temp(wish, &Type::Int, bound.span)?.item();
        self.emit(Stmt::Compute {
            target: target.clone(),
            rounded: "",
            value: function("MIN", vec![value, count.clone()]),
            size_error: Vec::new(),
        });
        let wrapped = function("MAX", vec![Expr::int(0), Expr::from(target.clone()).plus(count.clone())]);
        let wrap =
            Stmt::Compute { target: target.clone(), rounded: "", value: wrapped, size_error: Vec::new() };
        let negative = Cond::relation(target.clone(), Relation::Lt, Expr::int(0));
        self.emit(Stmt::If(negative, vec![wrap], Vec::new()));
        Ok(target.into())
    }

    /// A number that is read more than once, in an item that holds all 64 bits.
    fn wide_number(&mut self, wish: &str, value: Expr, span: Span) -> Result<Expr> {
        let target = self.temp(wish, &Type::Int, span)?.item();
        self.emit(Stmt::Compute { target: target.clone(), rounded: "", value, size_error: Vec::new() });
        Ok(target.into())
    }

    /// A position that is read more than once, as something cheap to read.
    pub fn settled(&mut self, wish: &str, value: Expr) -> Expr {
        if super::number::is_simple(&value) {
            return value;
        }
        let target = self.position(wish);
        self.emit(Stmt::Compute { target: target.clone(), rounded: "", value, size_error: Vec::new() });
        target.into()
    }
}

/// Whether an integer is never negative, as far as its form shows.
pub fn non_negative(e: &ir::Expr) -> bool {
    match &e.kind {
        ExprKind::Int(value) => *value >= 0,
        ExprKind::Intrinsic { op, args } => match op {
            Intrinsic::Len | Intrinsic::Count | Intrinsic::Abs | Intrinsic::Ord | Intrinsic::ISqrt => true,
            Intrinsic::Gcd | Intrinsic::Factorial => true,
            Intrinsic::MaxOf => args.iter().any(non_negative),
            Intrinsic::MinOf => args.iter().all(non_negative),
            _ => false,
        },
        ExprKind::Convert { conversion: Conversion::BoolToInt, .. } => true,
        ExprKind::Binary { op, left, right, .. } => match op {
            BinaryOp::Add | BinaryOp::Mul | BinaryOp::Pow | BinaryOp::Shl => {
                non_negative(left) && non_negative(right)
            }
            BinaryOp::FloorDiv | BinaryOp::TruncDiv | BinaryOp::Shr => {
                non_negative(left) && non_negative(right)
            }
            BinaryOp::FloorMod => non_negative(right),
            _ => false,
        },
        _ => false,
    }
}
