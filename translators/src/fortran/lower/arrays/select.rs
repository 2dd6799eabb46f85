//! Parts of arrays.

use super::{implied, rank};
use crate::fortran::lower::arith::literal;
use crate::fortran::lower::{Body, IN_RANGE, reject};
use crate::fortran::tree::build::{at, binary, call, int, name, permuted, plus, size};
use crate::fortran::tree::{Expr, Op, Subscript};
use grammars::Rejection;
use grammars::ir::{self, Axis, Type};

impl Body<'_, '_> {
    pub(super) fn selection(
        &mut self,
        axes: &[Axis],
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let base = &args[0];
        if let ([Axis::Mask], [_, mask]) = (axes, args)
            && rank(mask) == rank(base)
        {
            let (value, mask) = (self.expr(base)?, self.expr(mask)?);
            if rank(base) == 1 {
                return Ok(call("pack", vec![value, mask]));
            }
            let transposed = |value: Expr| call("transpose", vec![value]);
            return Ok(call("pack", vec![transposed(value), transposed(mask)]));
        }
        if axes.contains(&Axis::New) {
            return reject("array", e.span, "a new axis outside of arithmetic");
        }
        let array = self.designator(base)?;
        self.array_part(array, axes, args)
    }

    /// `base(i, 2:n)`.
    pub(super) fn array_part(
        &mut self,
        array: Expr,
        axes: &[Axis],
        args: &[ir::Expr],
    ) -> Result<Expr, Rejection> {
        let base = &args[0];
        let mut rest = args.iter().skip(1);
        let mut subscripts = Vec::new();
        for (at, axis) in (1..).zip(axes) {
            let length =
                if rank(base) > 1 { call("size", vec![array.clone(), int(at)]) } else { size(array.clone()) };
            subscripts.push(match axis {
                Axis::At(mode) => {
                    let Some(index) = rest.next() else { break };
                    Subscript::At(Box::new(self.axis_position(index, *mode, length)?))
                }
                Axis::Range { start, stop, step, bounds } => {
                    let mut next = |given: bool| if given { rest.next() } else { None };
                    let (start, stop, step) = (next(*start), next(*stop), next(*step));
                    self.axis_range([start, stop, step], *bounds, length)?
                }
                Axis::Mask => {
                    let Some(mask) = rest.next() else { break };
                    let mask = self.designator(mask)?;
                    let i = self.counter(&["i", "position", "place"]);
                    let all = implied(name(&i), i, int(1), size(mask.clone()));
                    Subscript::Vector(Box::new(call("pack", vec![all, mask])))
                }
                Axis::Positions => {
                    let Some(positions) = rest.next() else { break };
                    self.note("positions in arrays of positions are not negative");
                    let positions = self.expr(positions)?;
                    Subscript::Vector(Box::new(binary(Op::Add, positions, int(1))))
                }
                Axis::New => return reject("array", base.span, "a new axis among subscripts"),
            });
        }
        while subscripts.len() < usize::from(rank(base)) {
            subscripts.push(Subscript::Section(None, None, None));
        }
        Ok(match subscripts.pop() {
            Some(Subscript::At(only)) if subscripts.is_empty() => at(array, *only),
            Some(Subscript::Vector(only)) if subscripts.is_empty() => permuted(array, *only),
            Some(only) if subscripts.is_empty() => Expr::Element(Box::new(array), only),
            last => {
                subscripts.extend(last);
                Expr::Element(Box::new(array), Subscript::Several(subscripts))
            }
        })
    }

    fn axis_position(
        &mut self,
        index: &ir::Expr,
        mode: ir::IndexMode,
        length: Expr,
    ) -> Result<Expr, Rejection> {
        self.note(IN_RANGE);
        if let Some(value) = literal(index) {
            return Ok(if value < 0 { plus(length, value + 1) } else { int(value + 1) });
        }
        if mode != ir::IndexMode::Python {
            return self.int_plus(index, 1);
        }
        let position = self.expr(index)?;
        let arguments = self.same_kinds(vec![position, length]);
        Ok(plus(call("modulo", arguments), 1))
    }

    fn axis_range(
        &mut self,
        [start, stop, step]: [Option<&ir::Expr>; 3],
        bounds: ir::SliceBounds,
        length: Expr,
    ) -> Result<Subscript, Rejection> {
        let step = match step.map(|s| (s, literal(s))) {
            None => None,
            Some((_, Some(-1))) if start.is_none() && stop.is_none() => {
                return Ok(Subscript::Section(
                    Some(Box::new(length)),
                    Some(Box::new(int(1))),
                    Some(Box::new(int(-1))),
                ));
            }
            Some((_, Some(by))) if by > 0 => Some(int(by)),
            Some((s, _)) => return reject("array-slice", s.span, "a slice of an array with such a step"),
        };
        let clipped = |body: &mut Self, bound: &ir::Expr| {
            let bound = body.exact(bound)?;
            Ok::<Expr, Rejection>(call(body.unit.helper("clipped", None), vec![bound, length.clone()]))
        };
        let first = match start.map(|s| (s, literal(s))) {
            None => None,
            Some((_, Some(0))) => None,
            Some((_, Some(value))) if value >= 0 => Some(int(value + 1)),
            Some((_, Some(value))) => Some(call("max", vec![plus(length.clone(), value + 1), int(1)])),
            Some((s, None)) if bounds.start_non_negative => Some(self.int_plus(s, 1)?),
            Some((s, None)) => Some(plus(clipped(self, s)?, 1)),
        };
        let last = match stop.map(|s| (s, literal(s))) {
            None => None,
            Some((_, Some(value))) if value >= 0 => Some(call("min", vec![int(value), length.clone()])),
            Some((_, Some(value))) => Some(plus(length.clone(), value)),
            Some((s, None)) if bounds.stop_non_negative => {
                let bound = self.expr(s)?;
                let arguments = self.same_kinds(vec![bound, length.clone()]);
                Some(call("min", arguments))
            }
            Some((s, None)) => Some(clipped(self, s)?),
        };
        Ok(Subscript::Section(first.map(Box::new), last.map(Box::new), step.map(Box::new)))
    }

    /// `np.flatnonzero(mask)`.
    pub(super) fn positions(&mut self, mask: &ir::Expr) -> Result<Expr, Rejection> {
        let mask = self.designator(mask)?;
        let i = self.temporary(&["i", "position", "place"], &Type::Int);
        let last = plus(size(mask.clone()), -1);
        Ok(call("pack", vec![implied(name(&i), i, int(0), last), mask]))
    }
}
