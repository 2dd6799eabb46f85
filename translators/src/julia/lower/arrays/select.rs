//! Parts of arrays, read and assigned.

use super::super::slice::Parts;
use super::super::{Lower, Lowering, reject};
use super::{operation, permuted, rank};
use crate::julia::tree::{Expr, Stmt};
use grammars::Span;
use grammars::ir::{self, ArrayOp, Axis, BinaryOp, Place};

impl Lower<'_> {
    /// `base[…]`.
    pub(super) fn selection(&mut self, axes: &[Axis], args: &[ir::Expr]) -> Lowering<Expr> {
        let [base, rest @ ..] = args else {
            return reject("julia.array", Span::default(), "a selection from no array");
        };
        if axes.contains(&Axis::New) {
            return self.new_axis(axes, base, args);
        }
        if let ([Axis::Mask], [mask], 2) = (axes, rest, rank(base))
            && rank(mask) == 2
        {
            let (base, mask) = (self.lower_expr(base)?, self.lower_expr(mask)?);
            return Ok(Expr::index(permuted(base), permuted(mask)));
        }
        if let [Axis::Range { start: false, stop: false, step: true, .. }] = axes
            && rank(base) == 1
            && rest.first().and_then(ir::Expr::as_int) == Some(-1)
        {
            return Ok(Expr::base_call("reverse", vec![self.lower_expr(base)?]));
        }
        let whole = |axis: &Axis| *axis == Axis::whole();
        if axes.iter().all(whole) {
            return Ok(Expr::base_call("copy", vec![self.lower_expr(base)?]));
        }
        self.indexed_part(axes, args)
    }

    /// `base[i, 2:end]` as it can also be assigned.
    fn indexed_part(&mut self, axes: &[Axis], args: &[ir::Expr]) -> Lowering<Expr> {
        let [base, rest @ ..] = args else {
            return reject("julia.array", Span::default(), "a selection from no array");
        };
        let mut rest = rest.iter();
        let mut indices = Vec::new();
        for (at, axis) in (0..).zip(axes) {
            indices.push(match axis {
                Axis::At(mode) => {
                    let Some(index) = rest.next() else { break };
                    self.position_along((base, at), index, *mode)?
                }
                Axis::Range { start, stop, step, bounds } => {
                    let start = rest.by_ref().take(usize::from(*start)).next();
                    let stop = rest.by_ref().take(usize::from(*stop)).next();
                    let step = rest.by_ref().take(usize::from(*step)).next();
                    if start.is_none() && stop.is_none() && step.is_none() {
                        Expr::Colon
                    } else {
                        self.range_of(&Parts { base, axis: at, start, stop, step, bounds: *bounds })?
                    }
                }
                Axis::Mask => {
                    let Some(mask) = rest.next() else { break };
                    self.lower_expr(mask)?
                }
                Axis::Positions => {
                    let Some(positions) = rest.next() else { break };
                    self.note_domain("positions in arrays of positions are not negative");
                    self.one_based(positions)?
                }
                Axis::New => return reject("julia.array", base.span, "a new axis among subscripts"),
            });
        }
        let full_mask = axes == [Axis::Mask] && args.get(1).is_some_and(|mask| rank(mask) == rank(base));
        while !full_mask && indices.len() < usize::from(rank(base)) {
            indices.push(Expr::Colon);
        }
        let index = if indices.len() == 1 { indices.remove(0) } else { Expr::Tuple(indices) };
        Ok(Expr::index(self.lower_expr(base)?, index))
    }

    /// Positions counted from 1.
    fn one_based(&mut self, positions: &ir::Expr) -> Lowering<Expr> {
        match operation(positions) {
            Some((ArrayOp::ArgSort, [inner])) => {
                Ok(Expr::base_call("sortperm", vec![self.lower_expr(inner)?]))
            }
            Some((ArrayOp::Positions, [inner])) => {
                Ok(Expr::base_call("findall", vec![self.lower_expr(inner)?]))
            }
            Some((ArrayOp::FromList, [list])) if written_positions(list).is_some() => {
                let items = written_positions(list).unwrap_or_default();
                Ok(Expr::Vector { element: None, items: items.iter().map(|i| Expr::Int(i + 1)).collect() })
            }
            _ => Ok(Expr::binary(".+", self.lower_expr(positions)?, Expr::Int(1))),
        }
    }

    fn new_axis(&mut self, axes: &[Axis], base: &ir::Expr, args: &[ir::Expr]) -> Lowering<Expr> {
        if rank(base) != 1 || args.len() != 1 || axes.len() > 2 {
            return reject("julia.array", base.span, "a new axis among other subscripts");
        }
        if let Some(kept) = self.kept_reduction(base)? {
            return Ok(kept);
        }
        let vector = self.lower_expr(base)?;
        let lengths = match axes {
            [Axis::New, ..] => vec![Expr::Int(1), Expr::Colon],
            _ => vec![Expr::Colon, Expr::Int(1)],
        };
        Ok(Expr::base_call("reshape", [vec![vector], lengths].concat()))
    }

    // ---- assignments

    /// A part of an array as a place; several items only behind a dot.
    pub(in super::super) fn array_place(&mut self, selection: &ir::Expr) -> Lowering<Expr> {
        match operation(selection) {
            Some((ArrayOp::Select(axes), args)) => self.indexed_part(axes, args),
            _ => reject(
                "julia.array",
                selection.span,
                "an assignment to something that is no part of an array",
            ),
        }
    }

    /// `part = value`.
    pub(in super::super) fn assign_part(&mut self, selection: &ir::Expr, value: &ir::Expr) -> Lowering<Stmt> {
        self.check_mask_order(selection, value)?;
        let target = self.array_place(selection)?;
        let operator = if rank(selection) == 0 { "=" } else { ".=" };
        Ok(Stmt::Assign(target, operator, self.spread(value, rank(selection))?))
    }

    /// `place op= value` of an array or part of one: it changes in place.
    pub(in super::super) fn update_array(
        &mut self,
        place: &Place,
        op: BinaryOp,
        value: &ir::Expr,
    ) -> Lowering<Stmt> {
        let (target, whole) = match place {
            Place::Part(selection) => {
                self.check_mask_order(selection, value)?;
                (self.array_place(selection)?, rank(selection))
            }
            _ => {
                let ir::Type::Array { rank, .. } = place.ty() else {
                    return reject("julia.array", value.span, "an update of something that is no array");
                };
                (self.place(place)?, rank)
            }
        };
        let value = self.spread(value, whole)?;
        let single = whole == 0;
        let operator = match (op, single) {
            (BinaryOp::Add, true) => "+=",
            (BinaryOp::Add, false) => ".+=",
            (BinaryOp::Sub, true) => "-=",
            (BinaryOp::Sub, false) => ".-=",
            (BinaryOp::Mul, true) => "*=",
            (BinaryOp::Mul, false) => ".*=",
            (BinaryOp::Div, true) => "/=",
            (BinaryOp::Div, false) => "./=",
            (BinaryOp::BitAnd, true) => "&=",
            (BinaryOp::BitAnd, false) => ".&=",
            (BinaryOp::BitOr, true) => "|=",
            (BinaryOp::BitOr, false) => ".|=",
            (BinaryOp::FloorDiv | BinaryOp::FloorMod | BinaryOp::BitXor, _) => {
                let name = match op {
                    BinaryOp::FloorDiv => "fld",
                    BinaryOp::FloorMod => "mod",
                    _ => "xor",
                };
                let args = vec![target.clone(), value];
                let value = if single { Expr::base_call(name, args) } else { Expr::broadcast(name, args) };
                return Ok(Stmt::Assign(target, if single { "=" } else { ".=" }, value));
            }
            _ => return reject("julia.array", Span::default(), "an update of an array with this operator"),
        };
        Ok(Stmt::Assign(target, operator, value))
    }

    /// Items picked from a matrix by a mask stand in rows in the source and in columns here.
    fn check_mask_order(&mut self, selection: &ir::Expr, value: &ir::Expr) -> Lowering<()> {
        let of_matrix =
            operation(selection).is_some_and(|(_, args)| args.iter().skip(1).any(|mask| rank(mask) == 2));
        if of_matrix && rank(value) > 0 {
            return reject("julia.array", selection.span, "an array assigned where a mask of a matrix holds");
        }
        Ok(())
    }
}

/// The positions of a literal list, none negative.
fn written_positions(list: &ir::Expr) -> Option<Vec<i128>> {
    let ir::ExprKind::List(items) = &list.kind else { return None };
    items.iter().map(|i| i.as_int().filter(|i| *i >= 0)).collect()
}
