//! Subscripts of arrays.

use super::super::{Elaborator, Outcome, build};
use super::{array, operand};
use grammars::ir::{ArrayOp, Axis, Expr, IndexMode, SliceBounds, Type};
use grammars::surface::{self, ExprKind as S};
use grammars::{Rejection, Span};

/// Arrays of so few axes have no use for more.
const MAX_SUBSCRIPTS: usize = 8;

impl<'m> Elaborator<'_, 'm> {
    /// `base[index]`.
    pub(in super::super) fn array_subscript(
        &mut self,
        base: Expr,
        index: &'m surface::Expr,
        span: Span,
    ) -> Outcome<Expr> {
        let items: Vec<&'m surface::Expr> = match &index.kind {
            S::Tuple(items) => items.iter().collect(),
            _ => vec![index],
        };
        let (mut axes, mut args) = (Vec::new(), vec![base]);
        for item in items {
            axes.push(self.axis(item, &mut args)?);
        }
        self.selection(axes, args, span)
    }

    /// `base[start:stop:step]`.
    pub(in super::super) fn array_slice(
        &mut self,
        base: Expr,
        bounds: [Option<&'m surface::Expr>; 3],
        span: Span,
    ) -> Outcome<Expr> {
        let mut args = vec![base];
        let axis = self.range_axis(bounds, &mut args, span)?;
        self.selection(vec![axis], args, span)
    }

    /// What one subscript does to its axis; what it needs goes behind `args`.
    fn axis(&mut self, item: &'m surface::Expr, args: &mut Vec<Expr>) -> Outcome<Axis> {
        match &item.kind {
            S::None => return Ok(Axis::New),
            S::Library(path) if path == "numpy.newaxis" => return Ok(Axis::New),
            S::Call { callee, args: bounds, .. } if is_slice(callee) => {
                let [start, stop, step] = bounds.as_slice() else { return Err(no_subscript(item.span)) };
                return self.range_axis([Some(start), Some(stop), Some(step)], args, item.span);
            }
            _ => {}
        }
        let value = self.expr(item)?;
        let value = self.unwrapped(value);
        let axis = match value.ty.clone() {
            Type::Int => {
                args.push(value);
                return Ok(Axis::At(IndexMode::Python));
            }
            Type::List(_) | Type::Array { .. } => {
                let value = operand(value)?;
                let axis = match &value.ty {
                    Type::Array { element, .. } if **element == Type::Bool => Axis::Mask,
                    Type::Array { element, rank: 1 } if **element == Type::Int => Axis::Positions,
                    _ => return Err(no_subscript(item.span)),
                };
                args.push(value);
                axis
            }
            _ => return Err(no_subscript(item.span)),
        };
        Ok(axis)
    }

    fn range_axis(
        &mut self,
        bounds: [Option<&'m surface::Expr>; 3],
        args: &mut Vec<Expr>,
        span: Span,
    ) -> Outcome<Axis> {
        let mut given = [false; 3];
        for (at, bound) in bounds.into_iter().enumerate() {
            let Some(bound) = bound.filter(|b| b.kind != S::None) else { continue };
            let value = self.expr_as(bound, &Type::Int)?;
            match (at, value.as_int()) {
                (2, Some(0)) => return Err(Rejection::new("infer.slice", span, "The step of a slice is 0.")),
                (2, Some(1)) => continue,
                _ => {}
            }
            given[at] = true;
            args.push(value);
        }
        let [start, stop, step] = given;
        Ok(Axis::Range { start, stop, step, bounds: SliceBounds::default() })
    }

    fn selection(&mut self, axes: Vec<Axis>, args: Vec<Expr>, span: Span) -> Outcome<Expr> {
        let Some(Type::Array { element, rank }) = args.first().map(|base| base.ty.clone()) else {
            return Err(no_subscript(span));
        };
        if axes.len() > MAX_SUBSCRIPTS {
            return Err(no_subscript(span));
        }
        let whole_mask = |value: &Expr| matches!(&value.ty, Type::Array { rank: r, .. } if *r == rank);
        let (mut used, mut left, mut picks) = (0, rank, 0);
        for axis in &axes {
            match axis {
                Axis::At(_) => (used, left) = (used + 1, left.saturating_sub(1)),
                Axis::Range { .. } => used += 1,
                Axis::New => left += 1,
                Axis::Mask if axes.len() == 1 && args.get(1).is_some_and(whole_mask) => {
                    (used, left, picks) = (rank, 1, 1);
                }
                Axis::Mask | Axis::Positions => (used, picks) = (used + 1, picks + 1),
            }
        }
        let masks_fit =
            args.iter().skip(1).all(|a| !matches!(a.ty, Type::Array { rank: 2, .. }) || axes.len() == 1);
        if used > rank || picks > 1 || left > 2 || !masks_fit {
            return Err(no_subscript(span));
        }
        Ok(array(ArrayOp::Select(axes), args, Type::array(*element, left), span))
    }
}

/// `shape[0]` of shapes that are written out is the length itself.
pub(in super::super) fn item_of_shape(base: &Expr, at: usize) -> Option<Expr> {
    use grammars::ir::{ExprKind, Intrinsic};
    let ExprKind::Tuple(items) = &base.kind else { return None };
    let is_length = |item: &Expr| {
        matches!(&item.kind, ExprKind::Intrinsic { op: Intrinsic::Array(ArrayOp::Size(_)), args }
            if args.iter().all(build::is_repeatable))
    };
    if items.iter().all(is_length) { items.get(at).cloned() } else { None }
}

fn is_slice(callee: &surface::Expr) -> bool {
    matches!(&callee.kind, S::Library(path) if path == "builtins.slice")
}

fn no_subscript(span: Span) -> Rejection {
    Rejection::new("infer.array-subscript", span, "This subscript of an array has no rule.")
}
