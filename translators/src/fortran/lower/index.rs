//! Subscripts, keys and slices.

use super::arith::literal;
use super::{Body, IN_RANGE, reject};
use crate::fortran::tree::build::{
    at, binary, call, component, int, len, method, permuted, plus, section, size, strided,
};
use crate::fortran::tree::{Expr, Op};
use crate::fortran::types::{TypeOp, is_array};
use grammars::Rejection;
use grammars::ir::{self, ExprKind, IndexMode, SliceBounds, Type};

impl Body<'_, '_> {
    /// `base[index]`.
    pub fn index(&mut self, base: &ir::Expr, index: &ir::Expr, mode: IndexMode) -> Result<Expr, Rejection> {
        if let Type::Tuple(items) = &base.ty {
            return self.index_tuple(base, index, items.len());
        }
        let element = base.ty.element().unwrap_or(Type::None);
        if let Some(value) = self.index_literal_range(base, index, mode)? {
            return Ok(value);
        }
        let sequence = self.designator(base)?;
        let position = self.guarded_position(&sequence, &base.ty, index, mode)?;
        if base.ty.is_text() {
            return Ok(character_at(sequence, position));
        }
        if !is_array(&base.ty) {
            return reject("index", base.span, format!("an index into a value of type `{}`", base.ty));
        }
        Ok(self.value_of(at(sequence, position), &element))
    }

    /// The position that an index means; where somebody would catch that it lies outside, that is
    /// tested before.
    pub fn guarded_position(
        &mut self,
        sequence: &Expr,
        ty: &Type,
        index: &ir::Expr,
        mode: IndexMode,
    ) -> Result<Expr, Rejection> {
        if mode == IndexMode::InRange || !self.is_guarded(&ir::ExceptionKind::Index) {
            return self.position(sequence, ty, index, mode);
        }
        let (stmts, value) = self.block(|b| b.expr(index))?;
        if stmts.is_empty() {
            self.guard_position(sequence, ty, index)?;
            return self.position(sequence, ty, index, mode);
        }
        // What takes statements is evaluated once, for both.
        stmts.into_iter().for_each(|s| self.emit(s));
        let index = ir::Expr::local("guarded_index", Type::Int).at(index.span);
        self.with_aliases([("guarded_index".to_string(), value)], |b| {
            b.guard_position(sequence, ty, &index)?;
            b.position(sequence, ty, &index, mode)
        })
    }

    fn guard_position(&mut self, sequence: &Expr, ty: &Type, index: &ir::Expr) -> Result<(), Rejection> {
        let end = length(sequence, ty);
        let outside = match literal(index) {
            Some(value) if value < 0 => binary(Op::Lt, end, int(-value)),
            Some(value) => binary(Op::Le, end, int(value)),
            None => {
                let value = self.expr(index)?;
                let below = binary(Op::Lt, value.clone(), Expr::Negate(Box::new(end.clone())));
                binary(Op::Or, below, binary(Op::Ge, value, end))
            }
        };
        self.guard(ir::ExceptionKind::Index, |_| outside)
    }

    fn index_tuple(&mut self, base: &ir::Expr, index: &ir::Expr, length: usize) -> Result<Expr, Rejection> {
        let length = i128::try_from(length).unwrap_or(i128::MAX);
        let position = index.as_int().map(|i| if i < 0 { i + length } else { i });
        match position.and_then(|p| usize::try_from(p).ok()) {
            Some(position) => self.tuple_item(base, position),
            None => {
                let list = self.make_list(base)?;
                let list = self.subscriptable(list, &Type::list(base.ty.element().unwrap_or(Type::None)));
                let element = base.ty.element().unwrap_or(Type::None);
                let position =
                    self.position(&list, &Type::list(element.clone()), index, IndexMode::Python)?;
                Ok(self.value_of(at(list, position), &element))
            }
        }
    }

    /// `text[a:][0]` and the like need no special care; only the last item of a slice up to the end.
    fn index_literal_range(
        &mut self,
        base: &ir::Expr,
        index: &ir::Expr,
        mode: IndexMode,
    ) -> Result<Option<Expr>, Rejection> {
        let ExprKind::Intrinsic { op: ir::Intrinsic::Sorted { reverse, key: false }, args } = &base.kind
        else {
            return Ok(None);
        };
        let least = index.as_int() == Some(0);
        let last = index.as_int() == Some(-1) && mode != IndexMode::InRange;
        let numeric = matches!(base.ty.element(), Some(Type::Int | Type::Float));
        let array = args.first().filter(|a| is_array(&a.ty) && numeric && (least || last));
        let Some(array) = array else { return Ok(None) };
        let function = if least != *reverse { "minval" } else { "maxval" };
        Ok(Some(call(function, vec![self.expr(array)?])))
    }

    /// The position, counted from 1, that an index means.
    pub fn position(
        &mut self,
        sequence: &Expr,
        ty: &Type,
        index: &ir::Expr,
        mode: IndexMode,
    ) -> Result<Expr, Rejection> {
        let length = length(sequence, ty);
        if let Some(value) = literal(index) {
            self.note(IN_RANGE);
            return Ok(if value < 0 { plus(length, value + 1) } else { int(value + 1) });
        }
        if mode != IndexMode::InRange {
            self.note(IN_RANGE);
        }
        match mode {
            IndexMode::NonNegative | IndexMode::InRange => self.int_plus(index, 1),
            IndexMode::Python | IndexMode::FromEnd => {
                let position = self.expr(index)?;
                let arguments = self.same_kinds(vec![position, length]);
                Ok(plus(call("modulo", arguments), 1))
            }
        }
    }

    /// A key that must be there; where somebody would catch its absence, that is tested before.
    fn present_key(&mut self, map: &Expr, base: &ir::Expr, key: &ir::Expr) -> Result<Expr, Rejection> {
        let value = self.exact(key)?;
        if !self.is_guarded(&ir::ExceptionKind::Key) {
            return Ok(value);
        }
        let value = self.held(value, &["key"], &key.ty);
        let find = method(map.clone(), "find", vec![value.clone()]);
        self.unit.type_op(&base.ty, TypeOp::Find);
        self.guard(ir::ExceptionKind::Key, |_| binary(Op::Eq, find, int(0)))?;
        Ok(value)
    }

    /// `dict[key]`.
    pub fn lookup(&mut self, base: &ir::Expr, key: &ir::Expr) -> Result<Expr, Rejection> {
        let map = self.designator(base)?;
        let key = self.present_key(&map, base, key)?;
        self.unit.type_op(&base.ty, TypeOp::Value);
        Ok(method(map, "value_of", vec![key]))
    }

    /// `dict[key]` as something that can be changed; the key must be there.
    pub fn lookup_place(&mut self, base: &ir::Expr, key: &ir::Expr) -> Result<Expr, Rejection> {
        let map = self.place_designator(base)?;
        let key = self.present_key(&map, base, key)?;
        self.unit.type_op(&base.ty, TypeOp::Find);
        let position = method(map.clone(), "find", vec![key]);
        let Type::Dict(_, value) = &base.ty else {
            return reject("lookup", base.span, format!("a key of a value of type `{}`", base.ty));
        };
        Ok(self.value_of(at(component(map, "values"), position), value))
    }

    /// `base[start:stop:step]`.
    pub fn slice(
        &mut self,
        base: &ir::Expr,
        start: Option<&ir::Expr>,
        stop: Option<&ir::Expr>,
        step: Option<&ir::Expr>,
        bounds: SliceBounds,
    ) -> Result<Expr, Rejection> {
        if let Type::Tuple(_) = base.ty {
            return reject("tuple-slice", base.span, "a slice of a tuple");
        }
        let by = step.map_or(Some(1), literal);
        let (Some(step), true) = (by, by.is_some_and(|s| s > 0) || (start.is_none() && stop.is_none()))
        else {
            return self.picked(base, start, stop, step);
        };
        let sequence = self.designator(base)?;
        if step < 0 {
            return self.backwards(sequence, &base.ty, step);
        }
        let first = start.map(|s| self.first_bound(s, &sequence, &base.ty, bounds)).transpose()?;
        let last = stop.map(|s| self.last_bound(s, &sequence, &base.ty, bounds)).transpose()?;
        let first = first.filter(|f| *f != int(1));
        if step == 1 {
            return Ok(section(sequence, first, last));
        }
        if base.ty.is_text() {
            let part =
                if first.is_none() && last.is_none() { sequence } else { section(sequence, first, last) };
            let function = self.unit.helper("every_nth", None);
            return Ok(call(function, vec![part, self.widened(int(step))]));
        }
        Ok(strided(sequence, first, last, int(step)))
    }

    /// A slice whose step is only known when it runs, or that runs backwards between bounds.
    fn picked(
        &mut self,
        base: &ir::Expr,
        start: Option<&ir::Expr>,
        stop: Option<&ir::Expr>,
        step: Option<&ir::Expr>,
    ) -> Result<Expr, Rejection> {
        let sequence = self.designator(base)?;
        let mut arguments = vec![length(&sequence, &base.ty)];
        let given: Vec<&ir::Expr> = [step, start, stop].into_iter().flatten().collect();
        let values = self.operands(&given)?;
        for (i, value) in values.into_iter().enumerate() {
            let value = self.widened(value);
            let only_stop = i == 1 && start.is_none();
            arguments.push(if only_stop { Expr::Keyword("stop", Box::new(value)) } else { value });
        }
        let positions = call(self.unit.helper("slice_positions", None), arguments);
        if base.ty.is_text() {
            return Ok(call(self.unit.helper("characters_at", None), vec![sequence, positions]));
        }
        Ok(permuted(sequence, positions))
    }

    fn backwards(&mut self, sequence: Expr, ty: &Type, step: i64) -> Result<Expr, Rejection> {
        if !ty.is_text() {
            return Ok(strided(sequence.clone(), Some(size(sequence)), Some(int(1)), int(step)));
        }
        let reversed = call(self.unit.helper("reversed_text", None), vec![sequence]);
        if step == -1 {
            return Ok(reversed);
        }
        let function = self.unit.helper("every_nth", None);
        Ok(call(function, vec![reversed, self.widened(int(-step))]))
    }

    /// Where a slice starts, counted from 1; beyond the end is as good as at the end.
    fn first_bound(
        &mut self,
        start: &ir::Expr,
        sequence: &Expr,
        ty: &Type,
        bounds: SliceBounds,
    ) -> Result<Expr, Rejection> {
        let known = literal(start);
        match known {
            Some(value) if value < 0 => {
                let from_end = plus(length(sequence, ty), value + 1);
                Ok(call("max", vec![from_end, int(1)]))
            }
            _ if known.is_some() || bounds.start_non_negative || bounds.start_in_range => {
                self.int_plus(start, 1)
            }
            _ => Ok(plus(self.clipped(start, sequence, ty)?, 1)),
        }
    }

    /// Where a slice ends; not beyond the end of the sequence.
    fn last_bound(
        &mut self,
        stop: &ir::Expr,
        sequence: &Expr,
        ty: &Type,
        bounds: SliceBounds,
    ) -> Result<Expr, Rejection> {
        let known = literal(stop);
        if bounds.stop_in_range {
            return self.int_plus(stop, 0);
        }
        match known {
            Some(value) if value < 0 => Ok(plus(length(sequence, ty), value)),
            _ if known.is_some() || bounds.stop_non_negative => {
                let value = self.int_plus(stop, 0)?;
                let arguments = self.same_kinds(vec![value, length(sequence, ty)]);
                Ok(call("min", arguments))
            }
            _ => self.clipped(stop, sequence, ty),
        }
    }

    fn clipped(&mut self, bound: &ir::Expr, sequence: &Expr, ty: &Type) -> Result<Expr, Rejection> {
        let bound = self.exact(bound)?;
        let function = self.unit.helper("clipped", None);
        Ok(call(function, vec![bound, length(sequence, ty)]))
    }

    /// An expression whose content a statement changes, as a designator.
    pub fn place_designator(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        match &e.kind {
            ExprKind::Lookup { base, key } => self.lookup_place(base, key),
            ExprKind::Index { base, index, mode } if is_array(&base.ty) => {
                let sequence = self.place_designator(base)?;
                let position = self.guarded_position(&sequence, &base.ty, index, *mode)?;
                let element = base.ty.element().unwrap_or(Type::None);
                Ok(self.value_of(at(sequence, position), &element))
            }
            ExprKind::Local(_)
            | ExprKind::Global(_)
            | ExprKind::Intrinsic { op: ir::Intrinsic::SetDefault, .. } => self.expr(e),
            ExprKind::Field { object, field } => self.field_place(object, field),
            ExprKind::Convert { conversion: ir::Conversion::Unwrap, value } => {
                Ok(component(self.place_designator(value)?, "value"))
            }
            _ => reject("place", e.span, "a change to the result of an expression"),
        }
    }
}

/// `text(position:position)`.
pub fn character_at(text: Expr, position: Expr) -> Expr {
    if position == len(text.clone()) {
        return section(text, Some(position), None);
    }
    section(text, Some(position.clone()), Some(position))
}

/// `len` or `size`.
pub fn length(sequence: &Expr, ty: &Type) -> Expr {
    if ty.is_text() { len(sequence.clone()) } else { size(sequence.clone()) }
}
