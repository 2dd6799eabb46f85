//! Reductions and sorting: `sum`, `min`, `sorted`, `any`, `reduce`.

use super::comprehension::mixed_iteration;
use super::expr::unexpected_at;
use super::library::Call;
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, Expr, ExprKind, Intrinsic, Type};
use grammars::surface;
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn sum(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let Some(arg) = call.args.first() else { return Err(unexpected_at(span)) };
        let source = self.iterable(arg)?;
        let start = call.args.get(1).copied().or_else(|| call.keyword("start"));
        if let Type::List(_) = ty {
            let lists = self.as_list(source)?;
            let flat = build::intrinsic(Intrinsic::Chain, vec![lists], ty.clone(), span);
            let Some(start) = start else { return Err(unexpected_at(span)) };
            let start = self.expr_as(start, &ty)?;
            return Ok(match &start.kind {
                ExprKind::List(items) if items.is_empty() => flat,
                _ => build::binary(ir::BinaryOp::Concat, start, flat, ty, span),
            });
        }
        let mut args = vec![source];
        if let Some(start) = start {
            let start = self.expr_as(start, &ty)?;
            if !matches!(start.kind, ExprKind::Int(0)) {
                args.push(start);
            }
        }
        let element = args[0].ty.element().ok_or_else(|| mixed_iteration(&args[0]))?;
        if args.len() == 1 && element == Type::Int && ty == Type::Float {
            let sum = build::intrinsic(Intrinsic::Sum, args, Type::Int, span);
            return convert(sum, &ty);
        }
        Ok(build::intrinsic(Intrinsic::Sum, args, ty, span))
    }

    pub(super) fn extreme(&mut self, call: &Call<'_, 'm>, least: bool) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let key = call.keyword("key").filter(|k| k.kind != surface::ExprKind::None);
        if call.args.len() > 1 {
            let values = call.args.iter().map(|a| self.expr_as(a, &ty)).collect::<Outcome<Vec<_>>>()?;
            orderable(&ty, span)?;
            let Some(key) = key else {
                return Ok(build::intrinsic(extreme_op(least, true, false, false), values, ty, span));
            };
            let list = build::expr(ExprKind::List(values), Type::list(ty.clone()), span);
            let key = self.expr(key)?;
            return Ok(build::intrinsic(extreme_op(least, false, false, true), vec![list, key], ty, span));
        }
        let Some(source) = call.args.first() else { return Err(unexpected_at(span)) };
        let source = self.iterable(source)?;
        let element = source.ty.element().ok_or_else(|| mixed_iteration(&source))?;
        let default = call.keyword("default");
        let mut args = vec![source];
        if let Some(default) = default {
            let value = self.expr_as(default, &ty)?;
            if ty != element {
                return self.extreme_or_none(call, args.remove(0), value, (least, &ty), span);
            }
            args.push(value);
        }
        match key {
            Some(key) => args.push(self.key_function(key)?),
            None => orderable(&element, span)?,
        }
        let op = extreme_op(least, false, default.is_some(), key.is_some());
        let result = build::intrinsic(op, args, element, span);
        convert(result, &ty)
    }

    /// `max(xs, default=None)`: a test for emptiness around the plain call.
    pub(super) fn extreme_or_none(
        &mut self,
        call: &Call<'_, 'm>,
        source: Expr,
        default: Expr,
        (least, ty): (bool, &Type),
        span: Span,
    ) -> Outcome<Expr> {
        let element = source.ty.element().ok_or_else(|| mixed_iteration(&source))?;
        if !build::is_repeatable(&source) || matches!(source.ty, Type::Iter(_)) {
            let message = "A default of another type is given for a computed iterable.";
            return Err(Rejection::new("infer.default", span, message));
        }
        let empty = build::intrinsic(Intrinsic::IsEmpty, vec![source.clone()], Type::Bool, span);
        let mut args = vec![source];
        if let Some(key) = call.keyword("key") {
            args.push(self.key_function(key)?);
        }
        let op = extreme_op(least, false, false, args.len() > 1);
        let value = convert(build::intrinsic(op, args, element, span), ty)?;
        Ok(build::if_else(empty, default, value, ty.clone(), span))
    }

    /// A key function; what it gives has to have an order.
    pub(super) fn key_function(&mut self, key: &'m surface::Expr) -> Outcome<Expr> {
        let function = self.expr(key)?;
        if let Type::Function { ret, .. } = &function.ty {
            orderable(ret, key.span)?;
        }
        Ok(function)
    }

    /// Whether to sort from high to low; a constant where it is written as one.
    pub(super) fn reverse_flag(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        match call.keyword("reverse") {
            None => Ok(build::bool_(false, call.e.span)),
            Some(flag) => match &flag.kind {
                surface::ExprKind::Int(digits) => Ok(build::bool_(digits != "0", flag.span)),
                _ => self.condition(flag),
            },
        }
    }

    pub(super) fn sorted(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let Some(source) = call.args.first() else { return Err(unexpected_at(span)) };
        let source = self.iterable(source)?;
        self.sorting(call, source, ty, |reverse, key| Intrinsic::Sorted { reverse, key })
    }

    pub(super) fn sort(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let Some(list) = call.args.first() else { return Err(unexpected_at(call.e.span)) };
        let list = self.expr(list)?;
        let list = self.unwrapped(list);
        self.mark_mutated(&list);
        self.sorting(call, list, Type::None, |reverse, key| Intrinsic::Sort { reverse, key })
    }

    pub(super) fn sorting(
        &mut self,
        call: &Call<'_, 'm>,
        source: Expr,
        ty: Type,
        op: fn(bool, bool) -> Intrinsic,
    ) -> Outcome<Expr> {
        let span = call.e.span;
        let reverse = self.reverse_flag(call)?;
        let key = call.keyword("key").filter(|k| k.kind != surface::ExprKind::None);
        let element = source.ty.element().ok_or_else(|| mixed_iteration(&source))?;
        let mut args = vec![source];
        if let Some(key) = key {
            if let surface::ExprKind::Call { callee, args: inner, .. } = &key.kind
                && matches!(&callee.kind, surface::ExprKind::Library(p) if p == "functools.cmp_to_key")
                && !inner.is_empty()
            {
                let message = "Sorting by a comparison function has no rule.";
                return Err(Rejection::new("infer.library", span, message));
            }
            args.push(self.key_function(key)?);
        } else {
            orderable(&element, span)?;
        }
        let sorting = |reverse, args| build::intrinsic(op(reverse, key.is_some()), args, ty.clone(), span);
        if let ExprKind::Bool(reverse) = reverse.kind {
            return Ok(sorting(reverse, args));
        }
        let (down, up) = (sorting(true, args.clone()), sorting(false, args));
        Ok(build::if_else(reverse, down, up, ty, span))
    }

    pub(super) fn reduce(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let (Some(function), Some(source)) = (call.args.first(), call.args.get(1)) else {
            return Err(unexpected_at(span));
        };
        let mut args = vec![self.expr(function)?, self.iterable(source)?];
        if let Some(start) = call.args.get(2) {
            args.push(self.expr_as(start, &ty)?);
        }
        Ok(build::intrinsic(Intrinsic::Reduce, args, ty, span))
    }

    pub(super) fn quantifier(&mut self, op: Intrinsic, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let Some(arg) = call.args.first() else { return Err(unexpected_at(span)) };
        let source = self.iterable(arg)?;
        let source = self.of_truths(source)?;
        Ok(build::intrinsic(op, vec![source], Type::Bool, span))
    }

    /// The items' truth values.
    pub(super) fn of_truths(&mut self, source: Expr) -> Outcome<Expr> {
        let span = source.span;
        let element = source.ty.element().ok_or_else(|| mixed_iteration(&source))?;
        if element == Type::Bool {
            return Ok(source);
        }
        if let ExprKind::Comprehension { element, clauses } = source.kind {
            let element = Box::new(self.truth(*element)?);
            let kind = ExprKind::Comprehension { element, clauses };
            return Ok(build::expr(kind, Type::iter(Type::Bool), span));
        }
        let value = self.truth(build::local("x", element.clone(), span))?;
        let pattern = ir::Pattern::Name { name: "x".to_owned(), ty: element };
        let clause = ir::Clause { pattern, iter: source, conditions: Vec::new() };
        let kind = ExprKind::Comprehension { element: Box::new(value), clauses: vec![clause] };
        Ok(build::expr(kind, Type::iter(Type::Bool), span))
    }
}

pub(super) fn extreme_op(least: bool, several: bool, default: bool, key: bool) -> Intrinsic {
    match (least, several) {
        (true, true) => Intrinsic::MinOf,
        (false, true) => Intrinsic::MaxOf,
        (true, false) => Intrinsic::Min { default, key },
        (false, false) => Intrinsic::Max { default, key },
    }
}

/// Values of the type can be sorted.
pub(super) fn orderable(ty: &Type, span: Span) -> Outcome<()> {
    let ordered = match ty {
        Type::Bool | Type::Int | Type::Float | Type::Str | Type::Char => true,
        Type::Union(members) => members.iter().all(|t| t.is_number() || *t == Type::Str),
        Type::List(t) => return orderable(t, span),
        Type::Tuple(items) => return items.iter().try_for_each(|t| orderable(t, span)),
        _ => false,
    };
    if ordered {
        return Ok(());
    }
    let message = format!("Values of type `{ty}` are put in order.");
    Err(Rejection::new("infer.order", span, message))
}
