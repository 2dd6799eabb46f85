//! Calls of functions, methods and classes of the module.

use super::super::arguments::{Slot, match_arguments};
use super::super::cells::{Cell, Missing};
use super::super::constraint::Written;
use super::super::facts::{Binding, FunctionId, FunctionKind, ParamInfo};
use super::super::generate::is_super;
use super::super::key::Key;
use super::super::names_of_library::{constructor_alias, library_constant};
use super::expr::{indexed, unexpected_at};
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{Expr, ExprKind, Intrinsic, Place, Type};
use grammars::surface;
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn call(
        &mut self,
        e: &'m surface::Expr,
        callee: &'m surface::Expr,
        args: &'m [surface::Expr],
        keywords: &'m [(String, surface::Expr)],
    ) -> Outcome<Expr> {
        match &callee.kind {
            surface::ExprKind::Name(_) => match self.facts.bindings.get(&Key::of(callee)).cloned() {
                Some(Binding::Function(id)) => self.function_call(id, (args, keywords), e.span),
                Some(Binding::Class(class)) => self.construct(&class, (args, keywords), e.span),
                _ => self.value_call(callee, args, e),
            },
            surface::ExprKind::Library(path) => self.library_call(e, path, (args, keywords)),
            surface::ExprKind::Attribute { value, name } => {
                self.attribute_call(e, value, name, (args, keywords))
            }
            _ => self.value_call(callee, args, e),
        }
    }

    fn attribute_call(
        &mut self,
        e: &'m surface::Expr,
        value: &'m surface::Expr,
        name: &'m str,
        (args, keywords): Written<'m>,
    ) -> Outcome<Expr> {
        if is_super(value) {
            return self.super_call(name, (args, keywords), e.span);
        }
        if let Some(Binding::Class(class)) = self.facts.bindings.get(&Key::of(value)).cloned() {
            return self.static_call(&class, name, (args, keywords), e.span);
        }
        if let surface::ExprKind::Library(path) = &value.kind {
            if let Some(function) = constructor_alias(path, name) {
                return self.library_call(e, function, (args, keywords));
            }
            if library_constant(path).is_none() {
                let Some((receiver, rest)) = args.split_first() else { return Err(unexpected_at(e.span)) };
                return self.library_method(e, receiver, name, (rest, keywords));
            }
        }
        let Some(id) = self.facts.method_calls.get(&Key::of(e)).copied() else {
            return self.library_or_field(e, value, name, (args, keywords));
        };
        let object = self.expr(value)?;
        let object = self.unwrapped(object);
        let info = self.facts.function(id);
        let skip = usize::from(info.kind == FunctionKind::Method);
        let params = info.params.get(skip..).unwrap_or_default().to_vec();
        let args = self.arguments(&params, (args, keywords), e.span)?;
        if matches!(self.facts.function(id).kind, FunctionKind::Static | FunctionKind::ClassMethod) {
            return self.static_call_with(id, args, e.span);
        }
        self.method_call(object, id, args, e.span)
    }

    /// A function value kept in a field, or a method of a library type.
    fn library_or_field(
        &mut self,
        e: &'m surface::Expr,
        value: &'m surface::Expr,
        name: &'m str,
        (args, keywords): Written<'m>,
    ) -> Outcome<Expr> {
        let object = self.own_type(value)?;
        let class = match &object {
            Type::Class(class) => class.clone(),
            Type::Optional(inner) => match &**inner {
                Type::Class(class) => class.clone(),
                _ => return self.library_method(e, value, name, (args, keywords)),
            },
            _ => return self.library_method(e, value, name, (args, keywords)),
        };
        let cell = self.facts.find_field(&class, name).ok_or_else(|| unexpected_at(e.span))?;
        let ty = self.type_of(cell, e.span, name)?;
        let object = self.expr(value)?;
        let kind = ExprKind::Field { object: Box::new(self.unwrapped(object)), field: name.to_owned() };
        self.apply_value(build::expr(kind, ty, value.span), args, e.span)
    }

    fn value_call(
        &mut self,
        callee: &'m surface::Expr,
        args: &'m [surface::Expr],
        e: &'m surface::Expr,
    ) -> Outcome<Expr> {
        let function = self.expr(callee)?;
        let function = self.unwrapped(function);
        self.apply_value(function, args, e.span)
    }

    fn apply_value(&mut self, function: Expr, args: &'m [surface::Expr], span: Span) -> Outcome<Expr> {
        let Type::Function { params, ret } = function.ty.clone() else { return Err(unexpected_at(span)) };
        let args = args.iter().zip(&params).map(|(a, t)| self.expr_as(a, t)).collect::<Outcome<_>>()?;
        let kind = ExprKind::CallValue { callee: Box::new(function), args };
        Ok(build::expr(kind, *ret, span))
    }

    fn function_call(&mut self, id: FunctionId, written: Written<'m>, span: Span) -> Outcome<Expr> {
        let params = self.facts.function(id).params.clone();
        let args = self.arguments(&params, written, span)?;
        let ty = self.result_type(self.facts.function(id).ret);
        Ok(build::expr(ExprKind::Call { function: self.function_name(id), args }, ty, span))
    }

    /// The arguments in parameter order; those left out at the end stay out.
    pub(super) fn arguments(
        &mut self,
        params: &[ParamInfo<'m>],
        (args, keywords): Written<'m>,
        span: Span,
    ) -> Outcome<Vec<Expr>> {
        let mut slots = match_arguments(params, args, keywords, span)?;
        while matches!(slots.last(), Some(Slot::Default)) {
            slots.pop();
        }
        let mut values = Vec::new();
        for (param, slot) in params.iter().zip(slots) {
            let ty = self.type_of(param.cell, span, param.name)?;
            values.push(self.argument(param, slot, &ty, span)?);
        }
        Ok(values)
    }

    fn argument(&mut self, param: &ParamInfo<'m>, slot: Slot<'m>, ty: &Type, span: Span) -> Outcome<Expr> {
        match slot {
            Slot::Given(arg) => self.expr_as(arg, ty),
            Slot::Default => match param.default {
                Some(default) => self.expr_as(default, ty),
                None => Err(unexpected_at(span)),
            },
            Slot::Rest(args) => {
                let element = ty.element().ok_or_else(|| unexpected_at(span))?;
                let items = args.into_iter().map(|a| self.expr_as(a, &element)).collect::<Outcome<_>>()?;
                Ok(build::expr(ExprKind::List(items), ty.clone(), span))
            }
            Slot::Spread(arg) => {
                let source = self.expr(arg)?;
                let list = self.as_list(source)?;
                convert(list, ty)
            }
            Slot::Part(arg, at) => {
                let base = self.expr(arg)?;
                if !build::is_repeatable(&base)
                    && !matches!(base.kind, ExprKind::Tuple(_) | ExprKind::List(_))
                {
                    return Err(Rejection::new(
                        "infer.star",
                        span,
                        "A computed value is spread into arguments.",
                    ));
                }
                convert(item_of(base, at, span)?, ty)
            }
        }
    }

    // ---- methods and classes

    /// `object.method(args)` with arguments that fit.
    pub(super) fn method_call(
        &mut self,
        object: Expr,
        id: FunctionId,
        args: Vec<Expr>,
        span: Span,
    ) -> Outcome<Expr> {
        let info = self.facts.function(id);
        let ty = self.result_type(info.ret);
        let class = info.owner.clone().ok_or_else(|| unexpected_at(span))?;
        let method = info.node.name.clone();
        self.mark_mutated(&object);
        let kind = ExprKind::CallMethod { object: Box::new(object), class, method, args };
        Ok(build::expr(kind, ty, span))
    }

    fn static_call(&mut self, class: &str, name: &str, written: Written<'m>, span: Span) -> Outcome<Expr> {
        let (_, id) = self.facts.find_method(class, name).ok_or_else(|| unexpected_at(span))?;
        let params = self.facts.function(id).params.clone();
        let args = self.arguments(&params, written, span)?;
        self.static_call_with(id, args, span)
    }

    fn static_call_with(&mut self, id: FunctionId, args: Vec<Expr>, span: Span) -> Outcome<Expr> {
        let info = self.facts.function(id);
        let class = info.owner.clone().ok_or_else(|| unexpected_at(span))?;
        let kind = ExprKind::CallStatic { class, method: info.node.name.clone(), args };
        Ok(build::expr(kind, self.result_type(info.ret), span))
    }

    pub(super) fn construct(&mut self, class: &str, written: Written<'m>, span: Span) -> Outcome<Expr> {
        let args = match self.facts.constructor_params(class, span)? {
            Some(params) => self.arguments(&params, written, span)?,
            None => {
                let message = format!("The exception `{class}` is made without being raised.");
                return Err(Rejection::new("infer.exception-value", span, message));
            }
        };
        let kind = ExprKind::New { class: class.to_owned(), args };
        Ok(build::expr(kind, Type::Class(class.to_owned()), span))
    }

    fn super_call(&mut self, name: &str, written: Written<'m>, span: Span) -> Outcome<Expr> {
        let owner = self.body.function.and_then(|id| self.facts.function(id).owner.clone());
        let base = owner.and_then(|c| self.facts.classes.get(c.as_str()).and_then(|c| c.base.clone()));
        let base = base.ok_or_else(|| unexpected_at(span))?;
        let (class, id) = self.facts.find_method(&base, name).ok_or_else(|| unexpected_at(span))?;
        let params = self.facts.function(id).params.get(1..).unwrap_or_default().to_vec();
        let args = self.arguments(&params, written, span)?;
        let own = self.body.function.and_then(|id| self.facts.function(id).owner.clone()).unwrap_or_default();
        let own = build::local("self", Type::Class(own), span);
        let object = convert(own, &Type::Class(class.clone()))?;
        let ty = self.result_type(self.facts.function(id).ret);
        let kind = ExprKind::CallMethod { object: Box::new(object), class, method: name.to_owned(), args };
        Ok(build::expr(kind, ty, span))
    }

    /// `super().__init__(…)` of a class whose base is a built-in exception: nothing to do.
    pub(super) fn is_base_exception_init(&self, e: &surface::Expr) -> bool {
        let surface::ExprKind::Call { callee, .. } = &e.kind else { return false };
        let surface::ExprKind::Attribute { value, name } = &callee.kind else { return false };
        let owner = self.body.function.and_then(|id| self.facts.function(id).owner.clone());
        let base = owner.and_then(|c| self.facts.classes.get(c.as_str()).and_then(|c| c.base.clone()));
        name == "__init__" && is_super(value) && base.is_none()
    }

    /// A class used as a function.
    pub(super) fn constructor_value(&mut self, e: &'m surface::Expr, class: &str) -> Outcome<Expr> {
        let ty = self.own_type(e)?;
        let Type::Function { params, ret } = &ty else { return Err(unexpected_at(e.span)) };
        let names = self.facts.constructor_params(class, e.span)?.unwrap_or_default();
        let params: Vec<(String, Type)> =
            names.iter().map(|p| p.name.to_owned()).zip(params.iter().cloned()).collect();
        let args = params.iter().map(|(n, t)| build::local(n, t.clone(), e.span)).collect();
        let new = build::expr(ExprKind::New { class: class.to_owned(), args }, (**ret).clone(), e.span);
        Ok(build::expr(ExprKind::Lambda { params, body: Box::new(new) }, ty.clone(), e.span))
    }

    // ---- dicts with defaults

    fn missing(&self, base: &surface::Expr) -> Missing {
        self.facts.cell_of(base).map_or(Missing::Unknown, |c: Cell| self.facts.cells.missing(c))
    }

    /// `base[key]` of a dict.
    pub(super) fn read_item(
        &mut self,
        surface_base: &'m surface::Expr,
        base: Expr,
        key: Expr,
        item: &Type,
        span: Span,
    ) -> Outcome<Expr> {
        let missing = self.missing(surface_base);
        match missing {
            Missing::Unknown | Missing::Raises => {
                let kind = ExprKind::Lookup { base: Box::new(base), key: Box::new(key) };
                Ok(build::expr(kind, item.clone(), span))
            }
            Missing::Zero => {
                let zero = convert(build::int(0, span), item)?;
                Ok(build::intrinsic(Intrinsic::GetOr, vec![base, key, zero], item.clone(), span))
            }
            Missing::InsertsEmpty | Missing::Inserts(_) => {
                let default = self.default_value(missing, item, span)?;
                self.mark_mutated(&base);
                Ok(build::intrinsic(Intrinsic::SetDefault, vec![base, key, default], item.clone(), span))
            }
        }
    }

    fn default_value(&mut self, missing: Missing, item: &Type, span: Span) -> Outcome<Expr> {
        if let Missing::Inserts(number) = missing {
            let factory = self.facts.factories.get(number).copied().ok_or_else(|| unexpected_at(span))?;
            return self.expr_as(factory, item);
        }
        empty_value(item, span).ok_or_else(|| unexpected_at(span))
    }

    /// What `d[k] op= v` starts from where `d` gives a default for missing keys.
    pub(super) fn update_default(
        &mut self,
        target: &'m surface::Expr,
        place: &Place,
    ) -> Outcome<Option<Expr>> {
        let (surface::ExprKind::Subscript { value, .. }, Place::Item { base, index, .. }) =
            (&target.kind, place)
        else {
            return Ok(None);
        };
        let Type::Dict(_, item) = &base.ty else { return Ok(None) };
        let missing = self.missing(value);
        if matches!(missing, Missing::Unknown | Missing::Raises) || matches!(**item, Type::List(_)) {
            return Ok(None);
        }
        let default = match missing {
            Missing::Zero => convert(build::int(0, target.span), item)?,
            _ => self.default_value(missing, item, target.span)?,
        };
        let args = vec![base.clone(), index.clone(), default];
        Ok(Some(build::intrinsic(Intrinsic::GetOr, args, (**item).clone(), target.span)))
    }
}

/// The value that the type's constructor gives without arguments.
pub(super) fn empty_value(ty: &Type, span: Span) -> Option<Expr> {
    let kind = match ty {
        Type::Bool => ExprKind::Bool(false),
        Type::Int => ExprKind::Int(0),
        Type::Float => ExprKind::Float(0.0),
        Type::Str => ExprKind::Str(String::new()),
        Type::List(_) => ExprKind::List(Vec::new()),
        Type::Set(_) => ExprKind::Set(Vec::new()),
        Type::Dict(..) => ExprKind::Dict(Vec::new()),
        _ => return None,
    };
    Some(build::expr(kind, ty.clone(), span))
}

/// `base[at]`, taken out of a display where it is one.
fn item_of(base: Expr, at: usize, span: Span) -> Outcome<Expr> {
    match (base.kind, base.ty) {
        (ExprKind::Tuple(mut items) | ExprKind::List(mut items), _) if at < items.len() => {
            Ok(items.swap_remove(at))
        }
        (kind, Type::Tuple(types)) => {
            let ty = types.get(at).cloned().ok_or_else(|| unexpected_at(span))?;
            Ok(super::convert::index_tuple(build::expr(kind, Type::Tuple(types), span), at, ty))
        }
        (kind, ty) => {
            let element = ty.element().ok_or_else(|| unexpected_at(span))?;
            Ok(indexed(build::expr(kind, ty, span), build::int(at as i128, span), element, span))
        }
    }
}
