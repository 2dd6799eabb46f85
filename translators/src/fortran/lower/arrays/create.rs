//! New arrays.

use super::{element, extent, implied, rank};
use crate::fortran::lower::arith::literal;
use crate::fortran::lower::{Body, reject};
use crate::fortran::tree::build::{binary, call, implied_do, int, name, size};
use crate::fortran::tree::{Expr, Op};
use grammars::Rejection;
use grammars::ir::{self, ExprKind, Type};

use super::shape::by_rows;

impl Body<'_, '_> {
    /// `np.full(lengths, value)`.
    pub(super) fn full(&mut self, value: &ir::Expr, lengths: &[ir::Expr]) -> Result<Expr, Rejection> {
        let value = self.exact(value)?;
        let lengths = self.operands(&lengths.iter().collect::<Vec<_>>())?;
        Ok(filled(value, lengths))
    }

    /// `np.full_like(like, value)`.
    pub(super) fn full_like(&mut self, value: &ir::Expr, like: &ir::Expr) -> Result<Expr, Rejection> {
        let value = self.exact(value)?;
        let array = self.designator(like)?;
        let lengths = match rank(like) {
            1 => vec![size(array)],
            _ => vec![extent(array.clone(), 0), extent(array, 1)],
        };
        Ok(filled(value, lengths))
    }

    pub(super) fn array_from_list(&mut self, list: &ir::Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        if rank(e) == 1 {
            return self.make_list(list);
        }
        let ExprKind::List(rows) = &list.kind else {
            return reject("array-rows", e.span, "a matrix from a list of lists that is not written out");
        };
        let mut items = Vec::new();
        for row in rows {
            let ExprKind::List(row) = &row.kind else {
                return reject("array-rows", e.span, "a matrix from rows that are not written out");
            };
            items.extend(row.iter().cloned());
        }
        let count = |n: usize| int(i64::try_from(n).unwrap_or(i64::MAX));
        let width = items.len() / rows.len().max(1);
        let flat = ir::Expr::new(ExprKind::List(items.clone()), Type::list(element(e))).at(e.span);
        if items.is_empty() || width * rows.len() != items.len() {
            return reject("array-rows", e.span, "a matrix from rows of different lengths");
        }
        let flat = self.expr(&flat)?;
        Ok(by_rows(flat, vec![count(rows.len()), count(width)]))
    }

    pub(super) fn arange(&mut self, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        let [start, stop, step] = args else {
            return reject("array", e.span, "`arange` without its arguments");
        };
        let by = literal(step).filter(|s| *s != 0);
        let (Some(by), true) = (by, element(e) == Type::Int) else {
            return reject("array", e.span, "`arange` of floats or with a computed step");
        };
        let first = self.exact(start)?;
        let last = self.int_plus(stop, if by > 0 { -1 } else { 1 })?;
        let i = self.temporary(&["i", "number", "value"], &Type::Int);
        let step = (by != 1).then(|| int(by));
        let each = implied_do(name(&i), i, first, last, step);
        Ok(Expr::Array(None, vec![each]))
    }

    pub(super) fn linspace(&mut self, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let (start, stop) = (self.expr(&args[0])?, self.expr(&args[1])?);
        let start = self.held(start, &["first", "start"], &Type::Float);
        let stop = self.held(stop, &["last", "finish"], &Type::Float);
        let last = self.int_plus(&args[2], -1)?;
        let real = |value: Expr| call("real", vec![value, name("real64")]);
        let step = binary(Op::Div, binary(Op::Sub, stop, start.clone()), real(last.clone()));
        let step = self.held(step, &["step", "spacing"], &Type::Float);
        let i = self.temporary(&["i", "position", "place"], &Type::Int);
        self.note("evenly spaced floats may differ from the source's in the last digit");
        let distance = binary(Op::Mul, real(name(&i)), step);
        let item = if start == Expr::Real(0.0) { distance } else { binary(Op::Add, start, distance) };
        Ok(implied(item, i, int(0), last))
    }

    pub(super) fn identity(&mut self, length: &ir::Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        let length = self.exact(length)?;
        let i = self.temporary(&["i", "row"], &Type::Int);
        let j = self.temporary(&["j", "column"], &Type::Int);
        let (one, zero) = match element(e) {
            Type::Int => (self.widened(int(1)), self.widened(int(0))),
            _ => (Expr::Real(1.0), Expr::Real(0.0)),
        };
        let item = call("merge", vec![one, zero, binary(Op::Eq, name(&i), name(&j))]);
        let row = implied_do(item, i, int(1), length.clone(), None);
        let items = implied(row, j, int(1), length.clone());
        Ok(call("reshape", vec![items, Expr::Array(None, vec![length.clone(), length])]))
    }
}

/// `value` in all places of an array with these lengths.
fn filled(value: Expr, lengths: Vec<Expr>) -> Expr {
    (1..).zip(lengths).fold(value, |value, (axis, length)| call("spread", vec![value, int(axis), length]))
}
