//! Slices of texts and lists.

use super::number::{function, is_simple};
use super::text::Text;
use super::{Lower, Result, Var, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Relation, Stmt, Until};
use grammars::Span;
use grammars::ir::{self, ExprKind, SliceBounds, Type};

/// A part of a sequence: where it starts, counted from 1, and its length.
pub struct Part {
    /// The first position.
    pub start: Expr,
    /// How many; never negative.
    pub length: Expr,
}

impl Lower<'_> {
    /// The part of a text between two bounds.
    pub fn text_slice(
        &mut self,
        base: &ir::Expr,
        start: Option<&ir::Expr>,
        stop: Option<&ir::Expr>,
        bounds: SliceBounds,
    ) -> Result<Text> {
        let text = self.placed(base)?;
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else { return Ok(text) };
        let part = self.part(&text.length, start, stop, bounds)?;
        let operand = chars.slice(part.start, part.length.clone()).into();
        Ok(Text { operand, length: part.length, whole: None })
    }

    /// The part of a sequence of `count` between two bounds.
    pub fn part(
        &mut self,
        count: &Expr,
        start: Option<&ir::Expr>,
        stop: Option<&ir::Expr>,
        bounds: SliceBounds,
    ) -> Result<Part> {
        let first = match start {
            None => Expr::int(0),
            Some(e) => {
                let bound = self.slice_bound(
                    "START-POS",
                    count,
                    e,
                    bounds.start_in_range,
                    bounds.start_non_negative,
                )?;
                self.settled("START-POS", bound)
            }
        };
        let end = match stop {
            None => count.clone(),
            Some(e) => {
                self.slice_bound("STOP-POS", count, e, bounds.stop_in_range, bounds.stop_non_negative)?
            }
        };
        let length = end.minus(first.clone());
        let safe = start.is_none() || stop.is_none() && bounds.start_in_range;
        let fixed = length.as_int().is_some_and(|n| n >= 0);
        let length = if safe || fixed { length } else { function("MAX", vec![Expr::int(0), length]) };
        let length = if is_simple(&length) { length } else { self.settled("PART-LENGTH", length) };
        Ok(Part { start: first.offset(1), length })
    }

    /// Stores a slice of a list, or one of a text that has a step.
    pub fn produce_slice(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        let ExprKind::Slice { base, start, stop, step, bounds } = &e.kind else {
            return reject("slice", e.span, "this is not a slice");
        };
        match step.as_deref().map(ir::Expr::as_int) {
            None => self.list_slice(dest, base, start.as_deref(), stop.as_deref(), *bounds, e.span),
            Some(Some(step)) if step > 0 => {
                self.stepped(dest, base, (start.as_deref(), stop.as_deref()), *bounds, Expr::int(step))
            }
            Some(None) => {
                let by = step.as_deref().map_or(Ok(Expr::int(1)), |step| self.number(step))?;
                let by = self.atom("STEP-VALUE", by, e.span)?;
                let stop_run = self.stop_paragraph("WRONG-STEP", "THE STEP IS NOT POSITIVE");
                let wrong = Cond::Relation(by.clone(), Relation::Lt, Expr::int(1));
                self.emit(Stmt::If(wrong, vec![stop_run], Vec::new()));
                self.stepped(dest, base, (start.as_deref(), stop.as_deref()), *bounds, by)
            }
            Some(Some(-1)) if start.is_none() && stop.is_none() && base.ty.is_text() => {
                self.reversed_text(dest, base)
            }
            Some(Some(step)) if step < 0 && stop.is_none() => {
                self.backwards(dest, base, start.as_deref(), step)
            }
            _ => reject("slice", e.span, "this slice's step has no COBOL form"),
        }
    }

    fn list_slice(
        &mut self,
        dest: &Loc,
        base: &ir::Expr,
        start: Option<&ir::Expr>,
        stop: Option<&ir::Expr>,
        bounds: SliceBounds,
        span: Span,
    ) -> Result<()> {
        let source = self.stored(base)?;
        let Some(count) = source.count() else {
            return reject("slice", span, "only lists and texts have slices");
        };
        if start.is_none() && stop.is_none() {
            self.copy(&source, dest);
            return Ok(());
        }
        let part = self.part(&count.into(), start, stop, bounds)?;
        self.copy_part(&source, dest, part.start, part.length)
    }

    fn stepped(
        &mut self,
        dest: &Loc,
        base: &ir::Expr,
        (start, stop): (Option<&ir::Expr>, Option<&ir::Expr>),
        bounds: SliceBounds,
        by: Expr,
    ) -> Result<()> {
        let (source, count) = self.sequence(base)?;
        let part = self.part(&count, start, stop, bounds)?;
        let last = part.start.clone().plus(part.length).offset(-1);
        let counter = self.position("SOURCE-POS");
        let until = Cond::Relation(counter.clone().into(), Relation::Gt, last);
        let item = self.sequence_item(&source, counter.clone().into(), base);
        let from = self.atom("START-INDEX", part.start, base.span)?;
        self.empty(dest);
        let body = self.with_room(dest, true, |this| this.block(|this| this.append(dest, &item)))?;
        self.emit(Stmt::Perform(Until::Varying { counter, from, by, until }, body));
        Ok(())
    }

    fn backwards(&mut self, dest: &Loc, base: &ir::Expr, start: Option<&ir::Expr>, step: i128) -> Result<()> {
        let (source, count) = self.sequence(base)?;
        let from = match start {
            None => count.clone(),
            Some(start) => {
                let first = self.index_position(count.clone(), start, ir::IndexMode::Python)?;
                let within = function("MIN", vec![first, count.clone()]);
                self.settled("START-POS", within)
            }
        };
        let counter = self.position("SOURCE-POS");
        let until = Cond::relation(counter.clone(), Relation::Lt, Expr::int(1));
        let item = self.sequence_item(&source, counter.clone().into(), base);
        self.empty(dest);
        let body = self.with_room(dest, true, |this| this.block(|this| this.append(dest, &item)))?;
        self.emit(Stmt::Perform(Until::Varying { counter, from, by: Expr::int(step), until }, body));
        Ok(())
    }

    /// A stored list or text with its length.
    fn sequence(&mut self, base: &ir::Expr) -> Result<(Loc, Expr)> {
        let place = if base.ty.is_text() { self.placed(base)?.whole } else { Some(self.stored(base)?) };
        match place.and_then(|place| place.count().map(|count| (place, count))) {
            Some((place, count)) => Ok((place, count.into())),
            None => reject("slice", base.span, "only lists and texts have slices"),
        }
    }

    /// The element at `position` as an expression.
    pub fn sequence_item(&mut self, source: &Loc, position: Expr, base: &ir::Expr) -> ir::Expr {
        let ty = base.ty.element().unwrap_or(Type::Str);
        let var = match (source.chars(), source.element(position.clone())) {
            (Some(chars), _) => Var::Char(chars.slice(position, Expr::int(1))),
            (None, Some(item)) => Var::Stored(item),
            (None, None) => Var::Number(position),
        };
        self.made_up(var, ty)
    }
}

/// Whether the bounds of a slice are never the wrong way round, as far as their form shows.
pub fn in_order(start: &ir::Expr, stop: &ir::Expr) -> bool {
    match (start.as_int(), stop.as_int()) {
        (Some(a), Some(b)) => a <= b && (a >= 0) == (b >= 0),
        _ => match &stop.kind {
            ExprKind::Binary { op: ir::BinaryOp::Add, left, right, .. } => {
                left.kind == start.kind
                    && super::position::non_negative(start)
                    && super::position::non_negative(right)
            }
            _ => start.kind == stop.kind,
        },
    }
}
