//! Arrays of fixed shape: Fortran's own, with array expressions.
//!
//! Rows and columns keep their meaning; what the source puts in a row of its own row by row (`reshape`,
//! `flatten`) says so with `order` or `transpose`.

mod assign;
mod create;
mod elementwise;
mod reduce;
mod select;
mod shape;

use super::{Body, reject};
use crate::fortran::tree::Expr;
use crate::fortran::tree::Op;
use crate::fortran::tree::build::{binary, call, implied_do, int, name, plus, section, size, strided};
use elementwise::{cast, compared};
use grammars::Rejection;
use grammars::ir::{self, ArrayOp, ExprKind, Intrinsic, Type};
use shape::flattened;

/// What shapes of operands are taken for granted.
const CONFORMABLE: &str = "arrays that are combined have the same shape";
const ORDER: &str = "sums of floats are compared with a tolerance: their order is not the source's";

/// How many axes a value has.
pub fn rank(e: &ir::Expr) -> u8 {
    match e.ty {
        Type::Array { rank, .. } => rank,
        _ => 0,
    }
}

fn element(e: &ir::Expr) -> Type {
    match &e.ty {
        Type::Array { element, .. } => (**element).clone(),
        other => other.clone(),
    }
}

fn operation(e: &ir::Expr) -> Option<(&ArrayOp, &[ir::Expr])> {
    match &e.kind {
        ExprKind::Intrinsic { op: Intrinsic::Array(op), args } => Some((op, args)),
        _ => None,
    }
}

fn kind64() -> Expr {
    name("int64")
}

/// The length along one axis.
fn extent(array: Expr, axis: u8) -> Expr {
    call("size", vec![array, int(i64::from(axis) + 1)])
}

/// `[(item, variable = first, last)]`.
fn implied(item: Expr, variable: String, first: Expr, last: Expr) -> Expr {
    Expr::Array(None, vec![implied_do(item, variable, first, last, None)])
}

impl Body<'_, '_> {
    /// An operation on arrays as a value.
    pub fn array_operation(
        &mut self,
        op: &ArrayOp,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let Some(first) = args.first() else { return reject("array", e.span, "an operation on no array") };
        Ok(match op {
            ArrayOp::Items if rank(first) == 1 => self.expr(first)?,
            ArrayOp::Copy => self.expr(first)?,
            ArrayOp::ToList if rank(first) == 1 => self.expr(first)?,
            ArrayOp::FromList => self.array_from_list(first, e)?,
            ArrayOp::Full => self.full(first, &args[1..])?,
            ArrayOp::FullLike => self.full_like(first, &args[1])?,
            ArrayOp::Arange => self.arange(args, e)?,
            ArrayOp::Linspace => self.linspace(args)?,
            ArrayOp::Identity => self.identity(first, e)?,
            ArrayOp::Map(map) => self.mapped_array(*map, first, e)?,
            ArrayOp::Arithmetic(op) => {
                let operands = self.broadcast(args, rank(e))?;
                self.array_arithmetic(*op, operands, e)?
            }
            ArrayOp::Compare(op) => {
                let bools = element(first) == Type::Bool;
                let operands = self.broadcast(args, rank(e))?;
                compared(*op, operands, bools)
            }
            ArrayOp::Least => call("min", self.broadcast(args, rank(e))?),
            ArrayOp::Greatest => call("max", self.broadcast(args, rank(e))?),
            ArrayOp::Clip => self.clipped_array(args, e)?,
            ArrayOp::Where => {
                let mut operands = self.broadcast(args, rank(e))?;
                operands.rotate_left(1);
                call("merge", operands)
            }
            ArrayOp::Cast => {
                let value = self.expr(first)?;
                cast(value, &element(first), &element(e))
            }
            ArrayOp::Select(axes) => self.selection(axes, args, e)?,
            ArrayOp::Reduce { reduction, axis } => self.array_reduction(*reduction, *axis, args)?,
            ArrayOp::Size(axis) => {
                let base = self.designator(first)?;
                match axis {
                    Some(axis) if rank(first) > 1 => extent(base, *axis),
                    _ => size(base),
                }
            }
            ArrayOp::Accumulate { product } => self.cumulated(*product, first)?,
            ArrayOp::Sort | ArrayOp::SortInPlace => {
                let value = self.expr(first)?;
                call(self.unit.helper("sorted", Some(&element(first))), vec![value])
            }
            ArrayOp::Unique => self.unique(first)?,
            ArrayOp::ArgSort => {
                let value = self.expr(first)?;
                let order = self.unit.helper("order_of", Some(&element(first)));
                call("int", vec![plus(call(order, vec![value]), -1), kind64()])
            }
            ArrayOp::Flip => {
                let base = self.designator(first)?;
                strided(base.clone(), Some(size(base)), Some(int(1)), int(-1))
            }
            ArrayOp::Diff => {
                let base = self.designator(first)?;
                let later = section(base.clone(), Some(int(2)), None);
                binary(Op::Sub, later, section(base.clone(), None, Some(plus(size(base), -1))))
            }
            ArrayOp::Positions => self.positions(first)?,
            ArrayOp::Reshape => self.reshaped(first, &args[1..])?,
            ArrayOp::Flatten => {
                let base = self.designator(first)?;
                flattened(base.clone(), size(base))
            }
            ArrayOp::Transpose => call("transpose", vec![self.expr(first)?]),
            ArrayOp::Concatenate { .. } if rank(first) == 1 => {
                let items = args.iter().map(|a| self.expr(a)).collect::<Result<_, _>>()?;
                Expr::Array(None, items)
            }
            ArrayOp::Concatenate { axis } => self.joined_matrices(*axis, args)?,
            ArrayOp::Stack { axis } => self.stacked(*axis, args)?,
            ArrayOp::MatMul => {
                let function = if rank(e) == 0 { "dot_product" } else { "matmul" };
                if element(first) == Type::Float {
                    self.note(ORDER);
                }
                call(function, vec![self.expr(first)?, self.expr(&args[1])?])
            }
            ArrayOp::Outer => self.outer_product(first, &args[1])?,
            ArrayOp::Norm => call("norm2", vec![self.expr(first)?]),
            ArrayOp::Trace => call("sum", vec![self.diagonal(first)?]),
            ArrayOp::Diagonal => self.diagonal(first)?,
            ArrayOp::Equal => {
                let template = if rank(first) == 1 { "same" } else { "same_matrix" };
                let same = self.unit.helper(template, Some(&element(first)));
                let left = self.expr(first)?;
                call(same, vec![left, self.expr(&args[1])?])
            }
            ArrayOp::AllClose => self.all_close(args)?,
            ArrayOp::Items | ArrayOp::ToList => {
                return reject("array-rows", e.span, "the rows of a matrix one by one");
            }
        })
    }
}
