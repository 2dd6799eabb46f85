//! Other shapes of the same items, and arrays put together.

use super::{element, extent, implied, rank};
use crate::fortran::lower::Body;
use crate::fortran::tree::build::{binary, call, int, name, size};
use crate::fortran::tree::{Expr, Op, Subscript};
use grammars::Rejection;
use grammars::ir;

impl Body<'_, '_> {
    /// `array.reshape(lengths)`; a length of -1 is what is left for it.
    pub(super) fn reshaped(&mut self, array: &ir::Expr, lengths: &[ir::Expr]) -> Result<Expr, Rejection> {
        let base = self.designator(array)?;
        let source = if rank(array) == 2 { call("transpose", vec![base.clone()]) } else { base.clone() };
        let given = self.operands(&lengths.iter().collect::<Vec<_>>())?;
        let others = given.iter().rev();
        let known = lengths.iter().zip(given.iter().zip(others)).map(|(length, (given, other))| match length
            .as_int()
        {
            Some(-1) if lengths.len() > 1 => binary(Op::Div, size(base.clone()), other.clone()),
            Some(-1) => binary(Op::Div, size(base.clone()), int(1)),
            _ => given.clone(),
        });
        let lengths = known.collect();
        let lengths = self.same_kinds(lengths);
        Ok(if lengths.len() == 1 {
            call("reshape", vec![source, Expr::Array(None, lengths)])
        } else {
            by_rows(source, lengths)
        })
    }

    /// `np.stack(arrays)`.
    pub(super) fn stacked(&mut self, axis: u8, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let items = args.iter().map(|a| self.designator(a)).collect::<Result<Vec<_>, _>>()?;
        let (count, length) = (int(i64::try_from(items.len()).unwrap_or(1)), size(items[0].clone()));
        let joined = Expr::Array(None, items);
        Ok(if axis == 1 {
            call("reshape", vec![joined, Expr::Array(None, vec![length, count])])
        } else {
            by_rows(joined, vec![count, length])
        })
    }

    pub(super) fn joined_matrices(&mut self, axis: u8, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let parts = args.iter().map(|a| self.designator(a)).collect::<Result<Vec<_>, _>>()?;
        let length = |part: &Expr, axis: i64| call("size", vec![part.clone(), int(axis)]);
        let along = i64::from(axis) + 1;
        let total = parts.iter().map(|p| length(p, along)).reduce(|a, b| binary(Op::Add, a, b));
        let total = total.unwrap_or(int(0));
        let other = length(&parts[0], 3 - along);
        if axis == 1 {
            return Ok(call(
                "reshape",
                vec![Expr::Array(None, parts), Expr::Array(None, vec![other, total])],
            ));
        }
        let parts = parts.into_iter().map(|p| call("transpose", vec![p])).collect();
        Ok(by_rows(Expr::Array(None, parts), vec![total, other]))
    }

    /// `np.outer(left, right)`.
    pub(super) fn outer_product(&mut self, left: &ir::Expr, right: &ir::Expr) -> Result<Expr, Rejection> {
        let (left, right) = (self.designator(left)?, self.designator(right)?);
        let columns = call("spread", vec![left.clone(), int(2), size(right.clone())]);
        Ok(binary(Op::Mul, columns, call("spread", vec![right, int(1), size(left)])))
    }

    /// `np.unique(array)`: the distinct items from low to high.
    pub(super) fn unique(&mut self, array: &ir::Expr) -> Result<Expr, Rejection> {
        let value = self.expr(array)?;
        let items = if rank(array) == 1 { value } else { flattened(value.clone(), size(value)) };
        let distinct = self.unit.helper("distinct", Some(&element(array)));
        let sorted = self.unit.helper("sorted", Some(&element(array)));
        Ok(call(sorted, vec![call(distinct, vec![items])]))
    }

    pub(super) fn diagonal(&mut self, matrix: &ir::Expr) -> Result<Expr, Rejection> {
        let base = self.designator(matrix)?;
        let i = self.counter(&["i", "position", "place"]);
        let here = || Subscript::At(Box::new(name(&i)));
        let item = Expr::Element(Box::new(base.clone()), Subscript::Several(vec![here(), here()]));
        Ok(implied(item, i.clone(), int(1), extent(base, 0)))
    }
}

/// `reshape(source, [rows, columns], order=[2, 1])`.
pub(super) fn by_rows(source: Expr, lengths: Vec<Expr>) -> Expr {
    let order = Expr::Keyword("order", Box::new(Expr::Array(None, vec![int(2), int(1)])));
    call("reshape", vec![source, Expr::Array(None, lengths), order])
}

/// The items row by row.
pub(super) fn flattened(matrix: Expr, length: Expr) -> Expr {
    call("reshape", vec![call("transpose", vec![matrix]), Expr::Array(None, vec![length])])
}
