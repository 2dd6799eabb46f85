//! Slices: ranges of a vector, the ends of a text.

use super::index::{behind_end, is_negative};
use super::text::Repr;
use super::{Lower, Lowering, reject};
use crate::julia::tree::{Expr, Type};
use grammars::ir::{self, ExprKind, Intrinsic, SliceBounds};

/// The parts of a slice.
pub(super) struct Parts<'e> {
    pub base: &'e ir::Expr,
    /// The axis of an array; 0 for everything else.
    pub axis: u8,
    pub start: Option<&'e ir::Expr>,
    pub stop: Option<&'e ir::Expr>,
    pub step: Option<&'e ir::Expr>,
    pub bounds: SliceBounds,
}

fn parts(expr: &ir::Expr) -> Option<Parts<'_>> {
    let ExprKind::Slice { base, start, stop, step, bounds } = &expr.kind else { return None };
    Some(Parts {
        base,
        axis: 0,
        start: start.as_deref(),
        stop: stop.as_deref(),
        step: step.as_deref(),
        bounds: *bounds,
    })
}

/// How a slice of a text is written.
enum TextForm<'e> {
    /// `reverse(text)`.
    Reversed,
    /// `first(text, n)`.
    First(&'e ir::Expr),
    /// `last(text, n)`.
    Last(i128),
    /// `chop(text, head = h, tail = t)`.
    Chop(Option<&'e ir::Expr>, i128),
    /// Digits without the prefix that `bin` and its like put in front.
    Digits(&'e ir::Expr, i128),
    /// By positions.
    Positions,
}

impl Lower<'_> {
    /// The form in which `lower_loose` delivers a slice of text.
    pub(super) fn slice_repr(&self, expr: &ir::Expr) -> Repr {
        match parts(expr).map(|p| self.text_form(&p)) {
            Some(TextForm::Chop(..)) => Repr::SubString,
            _ => Repr::Exact,
        }
    }

    pub(super) fn slice(&mut self, expr: &ir::Expr) -> Lowering<Expr> {
        let Some(parts) = parts(expr) else {
            return reject("julia.slice", expr.span, "a slice of an unexpected form");
        };
        if parts.base.ty.is_text() { self.text_slice(&parts) } else { self.list_slice(&parts) }
    }

    fn text_form<'e>(&self, parts: &Parts<'e>) -> TextForm<'e> {
        if let Some(form) = digits_form(parts) {
            return form;
        }
        let negative = |bound: Option<&ir::Expr>| bound.and_then(ir::Expr::as_int).filter(|v| *v < 0);
        let known = |bound: &ir::Expr| self.never_negative(bound);
        match (parts.start, parts.stop, parts.step.map(ir::Expr::as_int)) {
            (None, None, Some(Some(-1))) => TextForm::Reversed,
            (_, _, Some(_)) => TextForm::Positions,
            (None, Some(_), None) if negative(parts.stop).is_some() => {
                TextForm::Chop(None, -negative(parts.stop).unwrap_or(0))
            }
            (Some(_), None, None) if negative(parts.start).is_some() => {
                TextForm::Last(-negative(parts.start).unwrap_or(0))
            }
            (None, Some(stop), None) if known(stop) || parts.bounds.stop_non_negative => {
                TextForm::First(stop)
            }
            (Some(start), None, None) if known(start) || parts.bounds.start_non_negative => {
                TextForm::Chop(Some(start), 0)
            }
            (Some(start), Some(_), None) if known(start) && negative(parts.stop).is_some() => {
                TextForm::Chop(Some(start), -negative(parts.stop).unwrap_or(0))
            }
            _ => TextForm::Positions,
        }
    }

    fn text_slice(&mut self, parts: &Parts<'_>) -> Lowering<Expr> {
        let function = match self.text_form(parts) {
            TextForm::Digits(value, base) => return self.digits(value, base),
            TextForm::Positions => {
                let characters = self.list_slice(parts)?;
                return Ok(Expr::call(Expr::Type(Type::plain("String")), vec![characters]));
            }
            TextForm::Reversed => ("reverse", None),
            TextForm::First(stop) => ("first", Some(self.sum(stop, 0)?)),
            TextForm::Last(count) => ("last", Some(Expr::Int(count))),
            TextForm::Chop(head, tail) => {
                let call = Expr::base_call("chop", vec![self.lower_text(parts.base)?]);
                return Ok(match head {
                    None if tail == 1 => call,
                    None => call.keyword("tail", Expr::Int(tail)),
                    Some(head) => {
                        let head = self.sum(head, 0)?;
                        call.keyword("head", head).keyword("tail", Expr::Int(tail))
                    }
                });
            }
        };
        let mut args = vec![self.lower_text(parts.base)?];
        args.extend(function.1);
        Ok(Expr::base_call(function.0, args))
    }

    fn list_slice(&mut self, parts: &Parts<'_>) -> Lowering<Expr> {
        let base = self.sequence(parts.base)?;
        if parts.start.is_none() && parts.stop.is_none() {
            match parts.step.map(ir::Expr::as_int) {
                Some(Some(-1)) => return Ok(Expr::base_call("reverse", vec![base])),
                None if parts.base.ty.is_text() => return Ok(base),
                None => return Ok(Expr::base_call("copy", vec![base])),
                _ => {}
            }
        }
        if let Some(step) = parts.step.filter(|step| step.as_int().is_none()) {
            return self.stepped(parts, base, step);
        }
        let range = self.range_of(parts)?;
        Ok(Expr::index(base, range))
    }

    /// The positions of a slice, counted from 1.
    pub(super) fn range_of(&mut self, parts: &Parts<'_>) -> Lowering<Expr> {
        let step = match parts.step.map(|step| (step, step.as_int())) {
            None => None,
            Some((_, Some(step))) if step > 0 => Some(step),
            Some((_, Some(step))) => return self.backwards(parts, step),
            Some((step, None)) if self.never_negative(step) && parts.stop.is_none() => {
                let first = match parts.start {
                    None => Expr::Int(1),
                    Some(start) => self.first_position(parts, start)?,
                };
                let step = Some(Box::new(self.lower_expr(step)?));
                return Ok(Expr::Range { start: Box::new(first), step, stop: Box::new(Expr::End) });
            }
            Some((step, None)) => {
                return reject(
                    "julia.slice-step",
                    step.span,
                    "a slice with an end whose step is not a literal",
                );
            }
        };
        let start = match parts.start {
            None => Expr::Int(1),
            Some(start) => self.first_position(parts, start)?,
        };
        let stop = match parts.stop {
            None => Expr::End,
            Some(stop) => self.last_position(parts, stop)?,
        };
        let step = step.map(|step| Box::new(Expr::Int(step)));
        Ok(Expr::Range { start: Box::new(start), step, stop: Box::new(stop) })
    }

    /// The first position, counted from 1. One beyond the end gives an empty range by itself.
    fn first_position(&mut self, parts: &Parts<'_>, start: &ir::Expr) -> Lowering<Expr> {
        if let Some(value) = start.as_int() {
            if value >= 0 {
                return Ok(Expr::Int(value + 1));
            }
            let position = Expr::End.plus(value + 1);
            let clipped = Expr::base_call("max", vec![position.clone(), Expr::Int(1)]);
            return Ok(if parts.bounds.start_in_range { position } else { clipped });
        }
        let sum = self.counted_from_end_of((parts.base, parts.axis), start)?;
        let reckoned = is_from_end(&sum);
        if parts.bounds.start_in_range || parts.bounds.start_non_negative || self.never_negative(start) {
            return Ok(sum.plus(1).into_expr());
        }
        if reckoned {
            return Ok(Expr::base_call("max", vec![sum.plus(1).into_expr(), Expr::Int(1)]));
        }
        self.check_repeatable(start)?;
        let position = sum.clone().plus(1).into_expr();
        let from_end = Expr::base_call("max", vec![behind_end(&sum, 1), Expr::Int(1)]);
        let negative = is_negative(sum);
        Ok(Expr::Ternary(Box::new(negative), Box::new(from_end), Box::new(position)))
    }

    /// The last position, counted from 1, that is the end not included counted from 0.
    fn last_position(&mut self, parts: &Parts<'_>, stop: &ir::Expr) -> Lowering<Expr> {
        let min_end = |position: Expr| Expr::base_call("min", vec![position, Expr::End]);
        if let Some(value) = stop.as_int() {
            return Ok(match value {
                value if value < 0 => Expr::End.plus(value),
                value if parts.bounds.stop_in_range => Expr::Int(value),
                value => min_end(Expr::Int(value)),
            });
        }
        let sum = self.counted_from_end_of((parts.base, parts.axis), stop)?;
        if parts.bounds.stop_in_range || is_from_end(&sum) && sum.constant <= 0 && only_end(&sum) {
            return Ok(sum.into_expr());
        }
        let position = sum.clone().into_expr();
        if parts.bounds.stop_non_negative || self.never_negative(stop) {
            return Ok(min_end(position));
        }
        self.check_repeatable(stop)?;
        let from_end = behind_end(&sum, 0);
        let negative = is_negative(sum);
        Ok(Expr::Ternary(Box::new(negative), Box::new(from_end), Box::new(min_end(position))))
    }

    /// A slice with a negative step, of which at least one bound is given.
    fn backwards(&mut self, parts: &Parts<'_>, step: i128) -> Lowering<Expr> {
        let start = self.backward_start(parts)?;
        let stop = match parts.stop {
            None => Expr::Int(1),
            Some(stop) => match stop.as_int() {
                Some(value) if value >= 0 => Expr::Int(value + 2),
                Some(value) => Expr::base_call("max", vec![Expr::End.plus(value + 2), Expr::Int(1)]),
                None => {
                    let sum = self.counted_from_end_of((parts.base, parts.axis), stop)?;
                    let position = sum.clone().plus(2).into_expr();
                    if parts.bounds.stop_in_range || self.never_negative(stop) || is_from_end(&sum) {
                        position
                    } else {
                        self.check_repeatable(stop)?;
                        let from_end = Expr::base_call("max", vec![behind_end(&sum, 2), Expr::Int(1)]);
                        let negative = is_negative(sum);
                        Expr::Ternary(Box::new(negative), Box::new(from_end), Box::new(position))
                    }
                }
            },
        };
        Ok(Expr::Range {
            start: Box::new(start),
            step: Some(Box::new(Expr::Int(step))),
            stop: Box::new(stop),
        })
    }

    /// Where a slice with a negative step starts.
    fn backward_start(&mut self, parts: &Parts<'_>) -> Lowering<Expr> {
        let Some(start) = parts.start else { return Ok(Expr::End) };
        let min_end = |position: Expr| Expr::base_call("min", vec![position, Expr::End]);
        if let Some(value) = start.as_int() {
            return Ok(if value >= 0 { min_end(Expr::Int(value + 1)) } else { Expr::End.plus(value + 1) });
        }
        let sum = self.counted_from_end_of((parts.base, parts.axis), start)?;
        let position = sum.clone().plus(1).into_expr();
        let known = parts.bounds.start_in_range || parts.bounds.start_non_negative;
        if known || self.never_negative(start) || is_from_end(&sum) {
            return Ok(min_end(position));
        }
        self.check_repeatable(start)?;
        let from_end = behind_end(&sum, 1);
        let negative = is_negative(sum);
        Ok(Expr::Ternary(Box::new(negative), Box::new(from_end), Box::new(min_end(position))))
    }

    /// A slice whose step is not known: forwards, or backwards where it may be negative.
    fn stepped(&mut self, parts: &Parts<'_>, base: Expr, step: &ir::Expr) -> Lowering<Expr> {
        if let Some(stop) = parts.stop {
            return reject("julia.slice-step", stop.span, "a slice with an end whose step is not a literal");
        }
        let start = match parts.start {
            None => Expr::Int(1),
            Some(start) => self.first_position(parts, start)?,
        };
        let lowered = self.lower_expr(step)?;
        let slice = |start: Expr, stop: Expr| {
            let step = Some(Box::new(lowered.clone()));
            let range = Expr::Range { start: Box::new(start), step, stop: Box::new(stop) };
            Expr::index(base.clone(), range)
        };
        let forwards = slice(start, Expr::End);
        if self.never_negative(step) {
            return Ok(forwards);
        }
        self.check_repeatable(step)?;
        let backwards = slice(self.backward_start(parts)?, Expr::Int(1));
        let up = Expr::binary(">", lowered.clone(), Expr::Int(0));
        Ok(Expr::Ternary(Box::new(up), Box::new(forwards), Box::new(backwards)))
    }

    /// The range of positions that an assignment to a slice replaces.
    pub(super) fn slice_range(
        &mut self,
        base: &ir::Expr,
        start: Option<&ir::Expr>,
        stop: Option<&ir::Expr>,
    ) -> Lowering<Expr> {
        let length = self.lower_expr(&ir::Expr::len(base.clone()))?;
        let first = match start {
            None => Expr::Int(1),
            Some(start) if self.never_negative(start) => self.sum(start, 1)?,
            Some(start) => {
                let from_end = self.behind(&length, start, 1)?;
                let from_end = Expr::base_call("max", vec![from_end, Expr::Int(1)]);
                self.by_sign(start, from_end, 1)?
            }
        };
        let last = match stop {
            None => length,
            Some(stop) if self.never_negative(stop) => {
                let stop = self.sum(stop, 0)?;
                Expr::base_call("min", vec![stop, length])
            }
            Some(stop) => {
                let from_end = self.behind(&length, stop, 0)?;
                self.by_sign(stop, from_end, 0)?
            }
        };
        Ok(Expr::range(first, last))
    }

    /// `length + bound + amount`.
    fn behind(&mut self, length: &Expr, bound: &ir::Expr, amount: i128) -> Lowering<Expr> {
        Ok(match bound.as_int() {
            Some(value) => length.clone().plus(value + amount),
            None => Expr::binary("+", length.clone(), self.sum(bound, amount)?),
        })
    }

    /// `from_end` where the bound is negative, else the bound plus `amount`.
    fn by_sign(&mut self, bound: &ir::Expr, from_end: Expr, amount: i128) -> Lowering<Expr> {
        if bound.as_int().is_some() {
            return Ok(from_end);
        }
        self.check_repeatable(bound)?;
        let negative = Expr::binary("<", self.lower_expr(bound)?, Expr::Int(0));
        let position = self.sum(bound, amount)?;
        Ok(Expr::Ternary(Box::new(negative), Box::new(from_end), Box::new(position)))
    }
}

fn is_from_end(sum: &super::linear::Linear) -> bool {
    sum.terms.iter().any(|(negative, term)| !negative && *term == Expr::End)
}

fn only_end(sum: &super::linear::Linear) -> bool {
    sum.terms.len() == 1
}

/// `bin(n)[2:]` and its like.
fn digits_form<'e>(parts: &Parts<'e>) -> Option<TextForm<'e>> {
    let (Some(2), None, None) = (parts.start.and_then(ir::Expr::as_int), parts.stop, parts.step) else {
        return None;
    };
    let ExprKind::Intrinsic { op, args } = &parts.base.kind else { return None };
    let base = match op {
        Intrinsic::Bin => 2,
        Intrinsic::Oct => 8,
        Intrinsic::Hex => 16,
        _ => return None,
    };
    Some(TextForm::Digits(args.first()?, base))
}
