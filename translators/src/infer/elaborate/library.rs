//! Calls of the library: rows of the table become intrinsics, the rest has a function here.

use super::super::cells::Head;
use super::super::constraint::Source;
use super::super::facts::Binding;
use super::super::key::Key;
use super::super::library::Meaning;
use super::super::signature::Pattern;
use super::super::special::operator_function;
use super::super::type_test::type_test;
use super::call::{Written, empty_value};
use super::expr::{mixed_iteration, unexpected_at};
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, Conversion, Expr, ExprKind, Intrinsic, Type};
use grammars::surface;
use grammars::{Rejection, Span};

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
            "builtins.dict.fromkeys" => self.from_keys(call)?,
            "collections.defaultdict" => self.default_dict(call)?,
            "collections.Counter" if call.args.is_empty() => {
                empty_value(&self.own_type(e)?, span).ok_or_else(|| unexpected_at(span))?
            }
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
                Ok(self.unwrapped(value))
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
                self.to_text(value, e)
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

    fn quantifier(&mut self, op: Intrinsic, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let Some(arg) = call.args.first() else { return Err(unexpected_at(span)) };
        let source = self.iterable(arg)?;
        let source = self.of_truths(source)?;
        Ok(build::intrinsic(op, vec![source], Type::Bool, span))
    }

    /// The items' truth values.
    fn of_truths(&mut self, source: Expr) -> Outcome<Expr> {
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

    // ---- reductions and order

    fn sum(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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

    fn extreme(&mut self, call: &Call<'_, 'm>, least: bool) -> Outcome<Expr> {
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
    fn extreme_or_none(
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
    fn reverse_flag(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        match call.keyword("reverse") {
            None => Ok(build::bool_(false, call.e.span)),
            Some(flag) => match &flag.kind {
                surface::ExprKind::Int(digits) => Ok(build::bool_(digits != "0", flag.span)),
                _ => self.condition(flag),
            },
        }
    }

    fn sorted(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let Some(source) = call.args.first() else { return Err(unexpected_at(span)) };
        let source = self.iterable(source)?;
        self.sorting(call, source, ty, |reverse, key| Intrinsic::Sorted { reverse, key })
    }

    fn sort(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let Some(list) = call.args.first() else { return Err(unexpected_at(call.e.span)) };
        let list = self.expr(list)?;
        let list = self.unwrapped(list);
        self.mark_mutated(&list);
        self.sorting(call, list, Type::None, |reverse, key| Intrinsic::Sort { reverse, key })
    }

    fn sorting(
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

    fn reduce(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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

    // ---- containers

    fn list(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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
            Type::List(_) => convert(source, &ty),
            _ => {
                let list = self.as_list(source)?;
                convert(list, &ty)
            }
        }
    }

    /// The list that a generator function gives is a new one.
    fn calls_generator(&self, e: &surface::Expr) -> bool {
        let surface::ExprKind::Call { callee, .. } = &e.kind else { return false };
        match self.facts.bindings.get(&Key::of(&**callee)) {
            Some(Binding::Function(id)) => self.facts.function(*id).node.is_generator,
            _ => false,
        }
    }

    fn collect(&mut self, call: &Call<'_, 'm>, op: Intrinsic) -> Outcome<Expr> {
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

    fn dict_call(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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

    fn from_keys(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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

    fn default_dict(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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

    fn chain(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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

    fn set_operation(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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
    fn most_common(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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
    fn dict_get(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
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

    // ---- numbers and text

    /// `float("inf")`.
    fn float_text(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
        let Some(surface::ExprKind::Str(text)) = call.args.first().map(|a| &a.kind) else { return Ok(None) };
        let infinity = build::intrinsic(Intrinsic::Infinity, Vec::new(), Type::Float, call.e.span);
        Ok(match text.trim().to_lowercase().trim_start_matches('+') {
            "inf" | "infinity" => Some(infinity),
            "-inf" | "-infinity" => {
                let kind = ExprKind::Unary { op: ir::UnaryOp::Neg, operand: Box::new(infinity) };
                Some(build::expr(kind, Type::Float, call.e.span))
            }
            "nan" => Some(build::intrinsic(Intrinsic::NotANumber, Vec::new(), Type::Float, call.e.span)),
            _ => None,
        })
    }

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

    fn print(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let text = |name: &str, default: &str| match call.keyword(name).map(|e| &e.kind) {
            None | Some(surface::ExprKind::None) => Ok(default.to_owned()),
            Some(surface::ExprKind::Str(text)) => Ok(text.clone()),
            Some(_) => {
                let message = format!("The argument `{name}` of `print` is computed.");
                Err(Rejection::new("infer.print", span, message))
            }
        };
        let (sep, end) = (text("sep", " ")?, text("end", "\n")?);
        if let Some((name, _)) =
            call.keywords.iter().find(|(k, _)| !matches!(k.as_str(), "sep" | "end" | "flush"))
        {
            let message = format!("`print` with `{name}` has no rule.");
            return Err(Rejection::new("infer.print", span, message));
        }
        let mut args = Vec::new();
        if let [surface::Expr { kind: surface::ExprKind::Star(inner), .. }] = call.args.as_slice() {
            let texts = self.joined_texts(inner, &sep)?;
            let op = Intrinsic::Print { sep: " ".to_owned(), end };
            return Ok(build::intrinsic(op, vec![texts], Type::None, span));
        }
        for arg in &call.args {
            let value = self.expr(arg)?;
            args.push(self.shown(value, arg)?);
        }
        Ok(build::intrinsic(Intrinsic::Print { sep, end }, args, Type::None, span))
    }

    /// A value as `str` writes it.
    pub(super) fn to_text(&mut self, value: Expr, e: &surface::Expr) -> Outcome<Expr> {
        let span = value.span;
        let value = self.shown(value, e)?;
        if value.ty == Type::Str {
            return Ok(value);
        }
        Ok(build::intrinsic(Intrinsic::ToStr, vec![value], Type::Str, span))
    }

    /// A value that is about to be written out, if what Python writes is known.
    pub(super) fn shown(&mut self, value: Expr, e: &surface::Expr) -> Outcome<Expr> {
        if let Some(cell) = self.facts.cell_of(e)
            && self.shows_mixed(cell, 6)
            && !matches!(value.kind, ExprKind::Float(_))
        {
            let message = "A number is written out that is sometimes an `int` and sometimes a `float`.";
            return Err(Rejection::new("infer.number-type", value.span, message));
        }
        if let Type::Class(class) = &value.ty {
            let class = class.clone();
            for name in ["__str__", "__repr__"] {
                if let Some((_, id)) = self.facts.find_method(&class, name) {
                    let span = value.span;
                    return self.method_call(value, id, Vec::new(), span);
                }
            }
            let message = format!("Objects of `{class}` do not say how they are written out.");
            return Err(Rejection::new("infer.text-of-object", value.span, message));
        }
        Ok(value)
    }

    /// The type contains floats that may be ints in the source, or lists that may be tuples.
    fn shows_mixed(&self, cell: super::Cell, depth: usize) -> bool {
        let cells = &self.facts.cells;
        let here = match cells.head(cell) {
            Head::Float | Head::Int => cells.is_mixed(cell),
            Head::VarTuple(_) => true,
            _ => false,
        };
        here || (depth > 0 && cells.parts(cell).into_iter().any(|c| self.shows_mixed(c, depth - 1)))
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

fn extreme_op(least: bool, several: bool, default: bool, key: bool) -> Intrinsic {
    match (least, several) {
        (true, true) => Intrinsic::MinOf,
        (false, true) => Intrinsic::MaxOf,
        (true, false) => Intrinsic::Min { default, key },
        (false, false) => Intrinsic::Max { default, key },
    }
}

/// Values of the type can be sorted.
fn orderable(ty: &Type, span: Span) -> Outcome<()> {
    let ordered = match ty {
        Type::Bool | Type::Int | Type::Float | Type::Str | Type::Char => true,
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

/// The intrinsic changes its first argument.
fn changes_first(op: &Intrinsic) -> bool {
    use Intrinsic::*;
    matches!(
        op,
        Clear
            | Append
            | Extend
            | Insert
            | Pop
            | PopFirst
            | Prepend
            | RemoveItem
            | DeleteAt
            | Reverse
            | Sort { .. }
            | SetDefault
            | PopKey
            | DeleteKey
            | Update
            | Add
            | Discard
            | RemoveMember
            | AddAll
            | HeapPush
            | HeapPop
            | Heapify
    )
}
