//! Calls of the library: rows of the table become intrinsics, the rest has a function here.

use super::super::constraint::{Source, Written};
use super::super::key::Key;
use super::super::library::Meaning;
use super::super::names_of_library::operator_function;
use super::super::signature::Pattern;
use super::super::type_test::type_test;
use super::call::empty_value;
use super::comprehension::mixed_iteration;
use super::expr::unexpected_at;
use super::reductions::extreme_op;
use super::{Elaborator, Outcome, build, convert};
use crate::passes::effects::changes_first;
use grammars::Rejection;
use grammars::ir::{self, Expr, ExprKind, Intrinsic, Type};
use grammars::surface;

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn library_call(
        &mut self,
        e: &'m surface::Expr,
        path: &str,
        (args, keywords): Written<'m>,
    ) -> Outcome<Expr> {
        let positional: Vec<&'m surface::Expr> = args.iter().collect();
        self.library(e, path, positional, keywords)
    }

    pub(super) fn library_method(
        &mut self,
        e: &'m surface::Expr,
        receiver: &'m surface::Expr,
        name: &str,
        (args, keywords): Written<'m>,
    ) -> Outcome<Expr> {
        let positional: Vec<&'m surface::Expr> = [receiver].into_iter().chain(args).collect();
        self.library(e, &format!(".{name}"), positional, keywords)
    }

    fn library(
        &mut self,
        e: &'m surface::Expr,
        path: &str,
        args: Vec<&'m surface::Expr>,
        keywords: &'m [(String, surface::Expr)],
    ) -> Outcome<Expr> {
        let call = Call { e, path, args, keywords };
        if let Some(value) = self.array_call(&call)? {
            return Ok(value);
        }
        if let (Some(op), [left, right]) = (operator_function(path), call.args.as_slice()) {
            let out = self.own_type(e)?;
            let (left, right) = (self.expr(left)?, self.expr(right)?);
            return self.combine(Key::of(e), op, left, right, &out, e.span);
        }
        match self.special(&call)? {
            Some(value) => Ok(value),
            None => self.by_row(&call),
        }
    }

    fn special(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
        let e = call.e;
        let span = e.span;
        if let Some(value) = self.regex(call)? {
            return Ok(Some(value));
        }
        Ok(Some(match call.path {
            "builtins.range" => self.range(call)?,
            "builtins.zip" => match call.args.as_slice() {
                [surface::Expr { kind: surface::ExprKind::Star(rows), .. }] => self.transposed(rows, e)?,
                _ => self.iterator_of(Intrinsic::Zip, &call.args, e)?,
            },
            "builtins.map" => self.map(call)?,
            "builtins.filter" => self.filter(call)?,
            "builtins.sum" => self.sum(call)?,
            "builtins.min" => self.extreme(call, true)?,
            "builtins.max" => self.extreme(call, false)?,
            "builtins.sorted" => self.sorted(call)?,
            ".sort" => self.sort(call)?,
            "builtins.print" => self.print(call)?,
            "builtins.isinstance" => {
                let test = type_test(e).ok_or_else(|| unexpected_at(span))?;
                self.type_test(&test, span)?
            }
            "builtins.bool" => match call.args.first() {
                Some(arg) => self.condition(arg)?,
                None => build::bool_(false, span),
            },
            "builtins.str" => match call.args.first() {
                Some(arg) => self.as_text(arg)?,
                None => build::text("", span),
            },
            ".format" => self.format_method(call.args.first().copied(), call)?,
            "builtins.int" | "builtins.float" if call.args.is_empty() => {
                empty_value(&self.own_type(e)?, span).ok_or_else(|| unexpected_at(span))?
            }
            "builtins.float" => return self.float_text(call),
            "math.pow" => self.float_power(call)?,
            "builtins.any" => self.quantifier(Intrinsic::Any, call)?,
            "builtins.all" => self.quantifier(Intrinsic::All, call)?,
            "builtins.list" | "collections.deque" | "builtins.tuple" => self.list(call)?,
            "builtins.set" | "builtins.frozenset" => self.collect(call, Intrinsic::ToSet)?,
            "builtins.dict" | "collections.OrderedDict" => self.dict_call(call)?,
            "builtins.dict.fromkeys" => self.keyed_alike(call)?,
            "collections.defaultdict" => self.default_dict(call)?,
            "collections.Counter" if call.args.is_empty() => {
                empty_value(&self.own_type(e)?, span).ok_or_else(|| unexpected_at(span))?
            }
            "collections.Counter" => return self.counter_of_dict(call),
            "functools.reduce" => self.reduce(call)?,
            "itertools.chain" => self.chain(call)?,
            ".union" | ".intersection" | ".difference" | ".symmetric_difference" => {
                self.set_operation(call)?
            }
            ".most_common" => self.most_common(call)?,
            ".get" => return self.dict_get(call),
            "heapq.nlargest" => self.extremes(call, true)?,
            "heapq.nsmallest" => self.extremes(call, false)?,
            "bisect.insort" | "bisect.insort_right" => self.insert_sorted(call, Intrinsic::BisectRight)?,
            "bisect.insort_left" => self.insert_sorted(call, Intrinsic::BisectLeft)?,
            "operator.itemgetter" => self.item_getter(call)?,
            "itertools.product" => self.product(call)?,
            "itertools.combinations" => self.combinations(call, 1)?,
            "itertools.combinations_with_replacement" => self.combinations(call, 0)?,
            "random.randrange" | ".randrange" => self.random_below(call)?,
            "math.radians" => self.scaled(call, true)?,
            "math.degrees" => self.scaled(call, false)?,
            "math.fmod" => self.remainder(call)?,
            "builtins.repr" | "builtins.len" | "builtins.abs" => return self.on_object(call),
            _ => return Ok(None),
        }))
    }

    // ---- the table

    fn by_row(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let Some(instance) = self.facts.instances.get(&Key::of(call.e)) else {
            let path = call.path.trim_start_matches('.');
            let path = path.strip_prefix("builtins.").unwrap_or(path);
            let message = format!("Too little is known of the arguments of `{path}`.");
            return Err(Rejection::new("infer.unknown-type", span, message));
        };
        let mut values = Vec::new();
        let params = instance.row.signature.params.iter().zip(&instance.params).zip(&instance.sources);
        for ((param, cell), source) in params {
            let Some(source) = source else { break };
            let arg = match source {
                Source::Position(at) => call.args.get(*at).copied(),
                Source::Keyword(at) => call.keywords.get(*at).map(|(_, e)| e),
            };
            let arg = arg.ok_or_else(|| unexpected_at(span))?;
            values.push(self.row_argument(arg, &param.pattern, *cell)?);
        }
        let ty = self.facts.cells.resolve(instance.ret).unwrap_or(Type::None);
        let result = match &instance.row.meaning {
            Meaning::Same => values.into_iter().next().ok_or_else(|| unexpected_at(span))?,
            Meaning::Op(op) => {
                if changes_first(op)
                    && let Some(first) = values.first()
                {
                    self.mark_mutated(first);
                }
                if *op == Intrinsic::Len {
                    values = values.into_iter().map(without_copy).collect();
                }
                build::intrinsic(op.clone(), values, ty, span)
            }
        };
        Ok(result)
    }

    fn row_argument(
        &mut self,
        arg: &'m surface::Expr,
        pattern: &Pattern,
        cell: super::Cell,
    ) -> Outcome<Expr> {
        match pattern {
            Pattern::Iterable(_) => self.iterable(arg),
            Pattern::Any => self.expr(arg),
            Pattern::List(_) => {
                let value = self.expr(arg)?;
                let value = self.unwrapped(value);
                match self.facts.cells.resolve(cell) {
                    Some(list) if value.ty.is_union() => convert(value, &list),
                    _ => Ok(value),
                }
            }
            _ => match self.facts.cells.resolve(cell) {
                Some(ty) => self.expr_as(arg, &ty),
                None => self.expr(arg),
            },
        }
    }

    /// A library function as a value: a lambda around the call.
    pub(super) fn library_function_value(&mut self, e: &'m surface::Expr, path: &str) -> Outcome<Expr> {
        let ty = self.own_type(e)?;
        let Type::Function { params: types, ret } = &ty else { return Err(unexpected_at(e.span)) };
        let names = ["a", "b", "c"];
        let names = if types.len() == 1 { &["x"][..] } else { &names[..] };
        let params: Vec<(String, Type)> =
            names.iter().map(|n| (*n).to_owned()).zip(types.iter().cloned()).collect();
        let args: Vec<Expr> = params.iter().map(|(n, t)| build::local(n, t.clone(), e.span)).collect();
        let body = self.apply_library(e, path, args, ret)?;
        let body = convert(body, ret)?;
        Ok(build::expr(ExprKind::Lambda { params, body: Box::new(body) }, ty.clone(), e.span))
    }

    /// The function applied to elaborated arguments.
    fn apply_library(
        &mut self,
        e: &'m surface::Expr,
        path: &str,
        mut args: Vec<Expr>,
        ret: &Type,
    ) -> Outcome<Expr> {
        let span = e.span;
        if let (Some(op), 2) = (operator_function(path), args.len()) {
            let (right, left) = (args.pop(), args.pop());
            if let (Some(left), Some(right)) = (left, right) {
                return self.combine(Key::of(e), op, left, right, ret, span);
            }
        }
        let first = |args: Vec<Expr>| args.into_iter().next().ok_or_else(|| unexpected_at(span));
        match path {
            "builtins.str" => {
                let value = first(args)?;
                self.text_of(value, e)
            }
            "builtins.bool" => {
                let value = first(args)?;
                self.truth(value)
            }
            "builtins.list" | "builtins.tuple" => {
                let value = first(args)?;
                let list = self.as_list(value)?;
                Ok(match list.kind {
                    ExprKind::Local(_) => {
                        build::intrinsic(Intrinsic::Copy, vec![list.clone()], list.ty, span)
                    }
                    _ => list,
                })
            }
            "builtins.set" => Ok(build::intrinsic(Intrinsic::ToSet, args, ret.clone(), span)),
            "builtins.sorted" => Ok(build::intrinsic(
                Intrinsic::Sorted { reverse: false, key: false },
                args,
                ret.clone(),
                span,
            )),
            "builtins.sum" => Ok(build::intrinsic(Intrinsic::Sum, args, ret.clone(), span)),
            "builtins.min" | "builtins.max" => {
                let op = extreme_op(path == "builtins.min", args.len() > 1, false, false);
                Ok(build::intrinsic(op, args, ret.clone(), span))
            }
            _ => self.apply_row(e, path, args),
        }
    }

    fn apply_row(&mut self, e: &'m surface::Expr, path: &str, args: Vec<Expr>) -> Outcome<Expr> {
        let Some(instance) = self.facts.instances.get(&Key::of(e)) else {
            let message = format!("The library function `{path}` used as a value has no rule here.");
            return Err(Rejection::new("infer.library", e.span, message));
        };
        let mut values = Vec::new();
        let params = instance.row.signature.params.iter().zip(&instance.params);
        for ((param, cell), arg) in params.zip(args) {
            let ty = match param.pattern {
                Pattern::Iterable(_) | Pattern::Any => None,
                _ => self.facts.cells.resolve(*cell),
            };
            values.push(match ty {
                Some(ty) => convert(arg, &ty)?,
                None => arg,
            });
        }
        let ty = self.facts.cells.resolve(instance.ret).unwrap_or(Type::None);
        match &instance.row.meaning {
            Meaning::Same => values.into_iter().next().ok_or_else(|| unexpected_at(e.span)),
            Meaning::Op(op) => Ok(build::intrinsic(op.clone(), values, ty, e.span)),
        }
    }

    // ---- iteration

    fn range(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let args = call.args.iter().map(|a| self.expr_as(a, &Type::Int)).collect::<Outcome<Vec<_>>>()?;
        let mut args = args.into_iter();
        let (start, stop, step) = match (args.next(), args.next(), args.next()) {
            (Some(stop), None, _) => (build::int(0, span), stop, build::int(1, span)),
            (Some(start), Some(stop), step) => (start, stop, step.unwrap_or(build::int(1, span))),
            _ => return Err(unexpected_at(span)),
        };
        if step.kind == ExprKind::Int(0) {
            return Err(Rejection::new("infer.range", span, "The step of a `range` is 0."));
        }
        let kind = ExprKind::Range { start: Box::new(start), stop: Box::new(stop), step: Box::new(step) };
        Ok(build::expr(kind, Type::iter(Type::Int), span))
    }

    fn iterator_of(
        &mut self,
        op: Intrinsic,
        args: &[&'m surface::Expr],
        e: &'m surface::Expr,
    ) -> Outcome<Expr> {
        let ty = self.own_type(e)?;
        let args = args.iter().map(|a| self.iterable(a)).collect::<Outcome<_>>()?;
        Ok(build::intrinsic(op, args, ty, e.span))
    }

    fn map(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let ty = self.own_type(call.e)?;
        let Some((function, sources)) = call.args.split_first() else {
            return Err(unexpected_at(call.e.span));
        };
        let mut args = vec![self.expr(function)?];
        for source in sources {
            args.push(self.iterable(source)?);
        }
        Ok(build::intrinsic(Intrinsic::Map, args, ty, call.e.span))
    }

    fn filter(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let [function, source] = call.args.as_slice() else { return Err(unexpected_at(span)) };
        let source = self.iterable(source)?;
        let element = source.ty.element().ok_or_else(|| mixed_iteration(&source))?;
        let holds = if function.kind == surface::ExprKind::None {
            let value = build::local("x", element.clone(), span);
            self.predicate(vec![("x".to_owned(), element)], value)?
        } else {
            let function = self.expr(function)?;
            self.as_predicate(function)?
        };
        Ok(build::intrinsic(Intrinsic::Filter, vec![holds, source], ty, span))
    }

    /// `params -> truth(value)`.
    fn predicate(&mut self, params: Vec<(String, Type)>, value: Expr) -> Outcome<Expr> {
        let span = value.span;
        let types = params.iter().map(|(_, t)| t.clone()).collect();
        let body = self.truth(value)?;
        let ty = Type::Function { params: types, ret: Box::new(Type::Bool) };
        Ok(build::expr(ExprKind::Lambda { params, body: Box::new(body) }, ty, span))
    }

    fn as_predicate(&mut self, function: Expr) -> Outcome<Expr> {
        let Type::Function { params, ret } = function.ty.clone() else {
            return Err(unexpected_at(function.span));
        };
        if *ret == Type::Bool {
            return Ok(function);
        }
        if let ExprKind::Lambda { params, body } = function.kind {
            return self.predicate(params, *body);
        }
        let span = function.span;
        let names: Vec<(String, Type)> = params.into_iter().map(|t| ("x".to_owned(), t)).collect();
        let args = names.iter().map(|(n, t)| build::local(n, t.clone(), span)).collect();
        let call = build::expr(ExprKind::CallValue { callee: Box::new(function), args }, *ret, span);
        self.predicate(names, call)
    }

    // ---- reductions and order

    // ---- containers

    // ---- numbers and text

    fn float_power(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let [base, exponent] = call.args.as_slice() else { return Err(unexpected_at(call.e.span)) };
        let base = self.expr_as(base, &Type::Float)?;
        let exponent = self.expr_as(exponent, &Type::Float)?;
        Ok(build::binary(ir::BinaryOp::Pow, base, exponent, Type::Float, call.e.span))
    }

    fn on_object(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
        let Some(id) = self.facts.method_calls.get(&Key::of(call.e)).copied() else { return Ok(None) };
        let Some(arg) = call.args.first() else { return Ok(None) };
        let object = self.expr(arg)?;
        let object = self.unwrapped(object);
        self.method_call(object, id, Vec::new(), call.e.span).map(Some)
    }
}

/// A library call as written.
pub(super) struct Call<'a, 'm> {
    pub e: &'m surface::Expr,
    pub path: &'a str,
    /// The receiver of a method comes first.
    pub args: Vec<&'m surface::Expr>,
    pub keywords: &'m [(String, surface::Expr)],
}

impl<'m> Call<'_, 'm> {
    pub(super) fn keyword(&self, name: &str) -> Option<&'m surface::Expr> {
        self.keywords.iter().find(|(k, _)| k == name).map(|(_, e)| e)
    }
}

/// The list of which a copy was made only to be counted.
fn without_copy(value: Expr) -> Expr {
    match value.kind {
        ExprKind::Intrinsic { op: Intrinsic::Copy | Intrinsic::ToList, mut args }
            if args.len() == 1 && matches!(args[0].ty, Type::List(_) | Type::Str) =>
        {
            args.swap_remove(0)
        }
        kind => Expr { kind, ..value },
    }
}
