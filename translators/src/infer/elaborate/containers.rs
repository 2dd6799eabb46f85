//! Calls that make containers or read them: `list`, `dict`, set operations, `Counter.most_common`.

use super::super::facts::Binding;
use super::super::key::Key;
use super::call::empty_value;
use super::expr::unexpected_at;
use super::library::Call;
use super::{Elaborator, Outcome, build, convert};
use grammars::Rejection;
use grammars::ir::{self, Conversion, Expr, ExprKind, Intrinsic, Type};
use grammars::surface;

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn list(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let Some(arg) = call.args.first() else {
            if let Type::Tuple(_) = ty {
                return Ok(build::expr(ExprKind::Tuple(Vec::new()), ty, span));
            }
            return empty_value(&ty, span).ok_or_else(|| unexpected_at(span));
        };
        if let Some(limit) = call.keyword("maxlen") {
            return Err(Rejection::new("infer.library", limit.span, "A `deque` with a limit has no rule."));
        }
        let source = self.iterable(arg)?;
        if source.ty == ty && matches!(ty, Type::Tuple(_)) {
            return Ok(source);
        }
        match &source.ty {
            Type::List(_) if source.ty == ty && !is_new(&source) && !self.calls_generator(arg) => {
                Ok(build::intrinsic(Intrinsic::Copy, vec![source], ty, span))
            }
            Type::List(_) if source.ty != ty && !is_new(&source) => {
                let list = source.ty.clone();
                convert(build::intrinsic(Intrinsic::Copy, vec![source], list, span), &ty)
            }
            Type::List(_) => convert(source, &ty),
            _ => {
                let list = self.as_list(source)?;
                convert(list, &ty)
            }
        }
    }

    /// The list that a generator function gives is a new one.
    pub(super) fn calls_generator(&self, e: &surface::Expr) -> bool {
        let surface::ExprKind::Call { callee, .. } = &e.kind else { return false };
        match self.facts.bindings.get(&Key::of(&**callee)) {
            Some(Binding::Function(id)) => self.facts.function(*id).node.is_generator,
            _ => false,
        }
    }

    pub(super) fn collect(&mut self, call: &Call<'_, 'm>, op: Intrinsic) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        match call.args.first() {
            None => empty_value(&ty, span).ok_or_else(|| unexpected_at(span)),
            Some(arg) => {
                let source = self.iterable(arg)?;
                match source.kind {
                    ExprKind::Comprehension { element, clauses } if matches!(source.ty, Type::Iter(_)) => {
                        Ok(build::expr(ExprKind::SetComprehension { element, clauses }, ty, span))
                    }
                    kind => {
                        let source = Expr { kind, ty: source.ty, span: source.span };
                        Ok(build::intrinsic(op, vec![source], ty, span))
                    }
                }
            }
        }
    }

    pub(super) fn dict_call(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let Type::Dict(_, value_ty) = &ty else { return Err(unexpected_at(span)) };
        let Some(arg) = call.args.first() else {
            let mut pairs = Vec::new();
            for (name, value) in call.keywords {
                pairs.push((build::text(name, value.span), self.expr_as(value, value_ty)?));
            }
            return Ok(build::expr(ExprKind::Dict(pairs), ty, span));
        };
        if !call.keywords.is_empty() {
            return Err(Rejection::new(
                "infer.library",
                span,
                "`dict` with a mapping and keywords has no rule.",
            ));
        }
        let source = self.iterable(arg)?;
        Ok(build::intrinsic(Intrinsic::ToDict, vec![source], ty, span))
    }

    /// `Counter` of a dict is a copy of it.
    pub(super) fn counter_of_dict(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
        let [arg] = call.args.as_slice() else { return Ok(None) };
        let ty = self.own_type(call.e)?;
        if self.own_type(arg)? != ty {
            return Ok(None);
        }
        let counts = self.expr_as(arg, &ty)?;
        Ok(Some(build::intrinsic(Intrinsic::Copy, vec![counts], ty, call.e.span)))
    }

    pub(super) fn keyed_alike(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let (Type::Dict(key, item), Some(source)) = (&ty, call.args.first()) else {
            return Err(unexpected_at(span));
        };
        let iter = self.iterable(source)?;
        let value = match call.args.get(1) {
            Some(value) => self.expr_as(value, item)?,
            None => build::expr(ExprKind::None, (**item).clone(), span),
        };
        if !build::is_pure(&value) || matches!(**item, Type::List(_) | Type::Dict(..) | Type::Set(_)) {
            let message = "`dict.fromkeys` with a shared mutable value has no rule.";
            return Err(Rejection::new("infer.library", span, message));
        }
        let pattern = ir::Pattern::Name { name: "key".to_owned(), ty: (**key).clone() };
        let clause = ir::Clause { pattern, iter, conditions: Vec::new() };
        let kind = ExprKind::DictComprehension {
            key: Box::new(build::local("key", (**key).clone(), span)),
            value: Box::new(value),
            clauses: vec![clause],
        };
        Ok(build::expr(kind, ty.clone(), span))
    }

    pub(super) fn default_dict(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        match call.args.get(1) {
            None => empty_value(&ty, span).ok_or_else(|| unexpected_at(span)),
            Some(start) => {
                let start = self.expr_as(start, &ty)?;
                Ok(if is_new(&start) {
                    start
                } else {
                    build::intrinsic(Intrinsic::Copy, vec![start], ty, span)
                })
            }
        }
    }

    pub(super) fn chain(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let mut args = Vec::new();
        for arg in &call.args {
            let source = match &arg.kind {
                surface::ExprKind::Star(inner) => self.iterable(inner)?,
                _ => self.iterable(arg)?,
            };
            args.push(self.as_list(source)?);
        }
        Ok(build::intrinsic(Intrinsic::Chain, args, ty, span))
    }

    pub(super) fn set_operation(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let op = match call.path {
            ".union" => ir::BinaryOp::Union,
            ".intersection" => ir::BinaryOp::Intersection,
            ".difference" => ir::BinaryOp::Difference,
            _ => ir::BinaryOp::SymmetricDifference,
        };
        let ty = self.own_type(call.e)?;
        let Some((first, others)) = call.args.split_first() else { return Err(unexpected_at(span)) };
        let mut result = self.expr(first)?;
        for other in others {
            let other = self.iterable(other)?;
            let other = match other.ty {
                Type::Set(_) => other,
                _ => build::intrinsic(Intrinsic::ToSet, vec![other], ty.clone(), span),
            };
            result = build::binary(op, result, other, ty.clone(), span);
        }
        Ok(result)
    }

    /// The most frequent items: sorted by count, from high to low.
    pub(super) fn most_common(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let (Some(counts), Some(pair)) = (call.args.first(), ty.element()) else {
            return Err(unexpected_at(span));
        };
        let counts = self.expr(counts)?;
        let items = build::intrinsic(Intrinsic::Items, vec![counts], Type::iter(pair.clone()), span);
        let item = build::local("pair", pair.clone(), span);
        let count = super::convert::index_tuple(item, 1, Type::Int);
        let key_ty = Type::Function { params: vec![pair.clone()], ret: Box::new(Type::Int) };
        let params = vec![("pair".to_owned(), pair)];
        let key = build::expr(ExprKind::Lambda { params, body: Box::new(count) }, key_ty, span);
        let sorted = Intrinsic::Sorted { reverse: true, key: true };
        let sorted = build::intrinsic(sorted, vec![items, key], ty.clone(), span);
        let Some(limit) = call.args.get(1).filter(|l| l.kind != surface::ExprKind::None) else {
            return Ok(sorted);
        };
        let kind = ExprKind::Slice {
            base: Box::new(sorted),
            start: None,
            stop: Some(Box::new(self.expr_as(limit, &Type::Int)?)),
            step: None,
            bounds: Default::default(),
        };
        Ok(build::expr(kind, ty, span))
    }

    /// `d.get(k, None)` is `d.get(k)`; a `Counter` gives `None` too.
    pub(super) fn dict_get(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
        let [base, key, default] = call.args.as_slice() else { return Ok(None) };
        if default.kind != surface::ExprKind::None {
            return Ok(None);
        }
        let span = call.e.span;
        let base = self.expr(base)?;
        let base = self.unwrapped(base);
        let Type::Dict(key_ty, item) = base.ty.clone() else { return Ok(None) };
        let key = self.expr_as(key, &key_ty)?;
        let ty = Type::optional(*item);
        Ok(Some(build::intrinsic(Intrinsic::Get, vec![base, key], ty, span)))
    }
}

/// The expression makes a new container.
fn is_new(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::List(_)
        | ExprKind::Set(_)
        | ExprKind::Dict(_)
        | ExprKind::Slice { .. }
        | ExprKind::Binary { .. }
        | ExprKind::Comprehension { .. }
        | ExprKind::SetComprehension { .. }
        | ExprKind::DictComprehension { .. } => true,
        ExprKind::Intrinsic { op, .. } => matches!(
            op,
            Intrinsic::Sorted { .. }
                | Intrinsic::ToList
                | Intrinsic::ToSet
                | Intrinsic::ToDict
                | Intrinsic::Split
                | Intrinsic::SplitWhitespace
                | Intrinsic::SplitLines
                | Intrinsic::Copy
                | Intrinsic::DeepCopy
                | Intrinsic::Tally
                | Intrinsic::Chain
        ),
        ExprKind::Convert { conversion: Conversion::ToOptional, value } => is_new(value),
        _ => false,
    }
}
