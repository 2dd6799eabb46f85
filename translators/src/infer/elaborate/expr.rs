//! Expressions.

use super::super::facts::Binding;
use super::super::generate::literal_int;
use super::super::key::Key;
use super::super::names_of_library::library_constant;
use super::super::solve::tuple_position;
use super::{Elaborator, Outcome, build, convert, spelled};
use grammars::ir::{self, Conversion, Expr, ExprKind, IndexMode, Intrinsic, SliceBounds, Type};
use grammars::surface::{self, UnaryOp};
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    /// The expression with the type that its own cell has.
    pub(super) fn expr(&mut self, e: &'m surface::Expr) -> Outcome<Expr> {
        self.nested(e.span, |s| s.expr_kind(e))
    }

    /// The expression as a value of type `ty`.
    pub(super) fn expr_as(&mut self, e: &'m surface::Expr, ty: &Type) -> Outcome<Expr> {
        if let (
            surface::ExprKind::IfElse { .. } | surface::ExprKind::And(_) | surface::ExprKind::Or(_),
            false,
        ) = (&e.kind, matches!(ty, Type::Iter(_)))
        {
            return self.nested(e.span, |s| s.lazy(e, ty));
        }
        convert(self.expr(e)?, ty)
    }

    /// The type of the expression by its cell.
    pub(super) fn own_type(&self, e: &surface::Expr) -> Outcome<Type> {
        let unknown = || {
            let message = format!("Nothing tells the type of `{}`.", spelled(e));
            Rejection::new("infer.unknown-type", e.span, message)
        };
        let cell = self.facts.cell_of(e).ok_or_else(unknown)?;
        self.facts.cells.resolve(cell).ok_or_else(unknown)
    }

    fn expr_kind(&mut self, e: &'m surface::Expr) -> Outcome<Expr> {
        use surface::ExprKind as S;
        let span = e.span;
        match &e.kind {
            S::None => Ok(build::expr(ExprKind::None, Type::None, span)),
            S::Bool(value) => Ok(build::bool_(*value, span)),
            S::Int(digits) => int_literal(digits, span),
            S::Float(value) => Ok(build::expr(ExprKind::Float(*value), Type::Float, span)),
            S::Str(value) => Ok(build::text(value, span)),
            S::Format(parts) => self.f_string(parts, span),
            S::List(items) | S::Set(items) => self.display(e, items),
            S::Tuple(items) => self.tuple(e, items),
            S::Dict(items) => self.dict(e, items),
            S::Star(_) => Err(Rejection::new("infer.star", span, "A starred expression has no rule here.")),
            S::Name(name) => self.name(e, name),
            S::Library(path) => self.library_value(e, path),
            S::Attribute { value, name } => self.attribute(e, value, name),
            S::Subscript { value, index } => self.subscript(e, value, index),
            S::Slice { value, start, stop, step } => self.slice(e, value, start, stop, step),
            S::Call { callee, args, keywords } => self.call(e, callee, args, keywords),
            S::Unary { op, operand } => self.unary(e, *op, operand),
            S::Binary { op, left, right } => self.binary(e, *op, left, right),
            S::Compare { operands, ops } => self.compare(e, operands, ops),
            S::And(_) | S::Or(_) | S::IfElse { .. } => {
                let ty = self.own_type(e)?;
                self.lazy(e, &ty)
            }
            S::Lambda { params, body } => self.lambda(e, params, body),
            S::Comprehension { element, value, clauses, .. } => {
                self.comprehension(e, element, value.as_deref(), clauses)
            }
            S::Walrus { name, .. } => {
                if let (true, Some(Binding::Variable(id))) =
                    (self.hoisted.contains(&Key::of(e)), self.facts.bindings.get(&Key::of(e)).cloned())
                {
                    let ty = self.type_of(self.facts.variable(id).cell, span, name)?;
                    return Ok(build::local(&self.names[id.0], ty, span));
                }
                let message = format!("The assignment `{name} := …` inside an expression has no rule here.");
                Err(Rejection::new("infer.walrus", span, message))
            }
            S::Unsupported(rejection) => Err(rejection.clone()),
        }
    }

    fn display(&mut self, e: &'m surface::Expr, items: &'m [surface::Expr]) -> Outcome<Expr> {
        let ty = self.own_type(e)?;
        let Some(element) = ty.element() else { return Err(unexpected(e)) };
        if items.iter().any(|i| matches!(i.kind, surface::ExprKind::Star(_))) {
            return self.starred_display(items, &ty, &element, e.span);
        }
        let items = items.iter().map(|i| self.expr_as(i, &element)).collect::<Outcome<_>>()?;
        let kind = if matches!(ty, Type::Set(_)) { ExprKind::Set(items) } else { ExprKind::List(items) };
        Ok(build::expr(kind, ty, e.span))
    }

    /// `[*a, b]` is a concatenation.
    fn starred_display(
        &mut self,
        items: &'m [surface::Expr],
        ty: &Type,
        element: &Type,
        span: Span,
    ) -> Outcome<Expr> {
        let list = Type::list(element.clone());
        let mut parts: Vec<Expr> = Vec::new();
        for item in items {
            if let surface::ExprKind::Star(inner) = &item.kind {
                let source = self.expr(inner)?;
                parts.push(self.as_list(source)?);
                continue;
            }
            let value = self.expr_as(item, element)?;
            match parts.last_mut() {
                Some(Expr { kind: ExprKind::List(values), .. }) => values.push(value),
                _ => parts.push(build::expr(ExprKind::List(vec![value]), list.clone(), item.span)),
            }
        }
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else { return Err(unexpected_at(span)) };
        let joined = parts
            .fold(first, |left, right| build::binary(ir::BinaryOp::Concat, left, right, list.clone(), span));
        match ty {
            Type::Set(_) => Ok(build::intrinsic(ir::Intrinsic::ToSet, vec![joined], ty.clone(), span)),
            _ => Ok(joined),
        }
    }

    /// Any iterable as a list.
    pub(super) fn as_list(&mut self, source: Expr) -> Outcome<Expr> {
        let span = source.span;
        if matches!(source.ty, Type::List(_)) {
            return Ok(source);
        }
        match source.ty.element() {
            Some(element) if matches!(source.ty, Type::Iter(_)) => convert(source, &Type::list(element)),
            Some(element) => {
                Ok(build::intrinsic(ir::Intrinsic::ToList, vec![source], Type::list(element), span))
            }
            None => Err(unexpected_at(span)),
        }
    }

    fn tuple(&mut self, e: &'m surface::Expr, items: &'m [surface::Expr]) -> Outcome<Expr> {
        match self.own_type(e)? {
            Type::Tuple(types) => {
                let items = items
                    .iter()
                    .zip(&types)
                    .map(|(item, ty)| self.expr_as(item, ty))
                    .collect::<Outcome<Vec<_>>>()?;
                Ok(build::expr(ExprKind::Tuple(items), Type::Tuple(types), e.span))
            }
            _ => self.display(e, items),
        }
    }

    fn dict(&mut self, e: &'m surface::Expr, items: &'m [(surface::Expr, surface::Expr)]) -> Outcome<Expr> {
        let ty = self.own_type(e)?;
        let Type::Dict(key, value) = &ty else { return Err(unexpected(e)) };
        let mut pairs = Vec::new();
        for (k, v) in items {
            pairs.push((self.expr_as(k, key)?, self.expr_as(v, value)?));
        }
        Ok(build::expr(ExprKind::Dict(pairs), ty, e.span))
    }

    fn name(&mut self, e: &'m surface::Expr, name: &str) -> Outcome<Expr> {
        let binding = self.facts.bindings.get(&Key::of(e)).cloned().ok_or_else(|| unexpected(e))?;
        match binding {
            Binding::Variable(id) => {
                if let Some(part) = self.substituted.get(&id) {
                    return Ok(part.clone());
                }
                self.capture(id);
                let ty = self.type_of(self.facts.variable(id).cell, e.span, name)?;
                let value = build::local(&self.names[id.0], ty, e.span);
                self.narrowed(e, value)
            }
            Binding::Global(global) => {
                let cell = self.facts.globals[global.as_str()].cell;
                let ty = self.type_of(cell, e.span, name)?;
                let value = build::expr(ExprKind::Global(global), ty, e.span);
                self.narrowed(e, value)
            }
            Binding::Function(id) => {
                let ty = self.own_type(e)?;
                Ok(build::expr(ExprKind::FunctionRef(self.function_name(id)), ty, e.span))
            }
            Binding::Class(class) => self.constructor_value(e, &class),
        }
    }

    /// A place that tests have shown not to be `None` is unwrapped.
    pub(super) fn narrowed(&self, e: &surface::Expr, value: Expr) -> Outcome<Expr> {
        let own = self.own_type(e)?;
        match (&value.ty, &own) {
            (Type::Optional(inner), own) if **inner == *own => {
                let span = value.span;
                let kind = ExprKind::Convert { conversion: Conversion::Unwrap, value: Box::new(value) };
                Ok(build::expr(kind, own.clone(), span))
            }
            (ty, own) if ty != own && is_several(ty) => {
                let span = value.span;
                let kind = ExprKind::Convert { conversion: Conversion::Narrow, value: Box::new(value) };
                Ok(build::expr(kind, own.clone(), span))
            }
            _ => Ok(value),
        }
    }

    fn library_value(&mut self, e: &'m surface::Expr, path: &str) -> Outcome<Expr> {
        match library_constant(path) {
            Some(constant) => Ok(build::expr(constant.value, constant.ty, e.span)),
            None => self.library_function_value(e, path),
        }
    }

    fn attribute(&mut self, e: &'m surface::Expr, value: &'m surface::Expr, name: &str) -> Outcome<Expr> {
        if let Some(Binding::Class(class)) = self.facts.bindings.get(&Key::of(value)) {
            return self.class_constant(&class.clone(), name, e.span);
        }
        let object = self.expr(value)?;
        let object = self.as_member(value, object, |ty| match ty {
            Type::Class(class) => self.facts.find_field(class, name).is_some(),
            _ => false,
        })?;
        if let (Type::Dict(..), "get") = (&object.ty, name) {
            let ty = self.own_type(e)?;
            return self.lookup_function(object, &ty, e.span);
        }
        if super::arrays::is_array(&object.ty) {
            return self.array_attribute(object, name, e.span);
        }
        let Type::Class(class) = object.ty.clone() else { return Err(unexpected(e)) };
        if let Some(cell) = self.facts.find_field(&class, name) {
            let ty = self.type_of(cell, e.span, name)?;
            let kind = ExprKind::Field { object: Box::new(object), field: name.to_owned() };
            return self.narrowed(e, build::expr(kind, ty, e.span));
        }
        if let Some(id) = self.facts.method_calls.get(&Key::of(e)).copied() {
            return self.method_call(object, id, Vec::new(), e.span);
        }
        self.class_constant(&class, name, e.span)
    }

    fn class_constant(&mut self, class: &str, name: &str, span: Span) -> Outcome<Expr> {
        let Some((owner, cell)) = self.facts.find_constant(class, name) else {
            return Err(unexpected_at(span));
        };
        let ty = self.type_of(cell, span, name)?;
        Ok(build::expr(ExprKind::ClassConstant { class: owner, name: name.to_owned() }, ty, span))
    }

    /// The value of an optional that has to be there.
    pub(super) fn unwrapped(&self, value: Expr) -> Expr {
        match value.ty.clone() {
            Type::Optional(inner) => {
                let span = value.span;
                let kind = ExprKind::Convert { conversion: Conversion::Unwrap, value: Box::new(value) };
                build::expr(kind, *inner, span)
            }
            _ => value,
        }
    }

    fn subscript(
        &mut self,
        e: &'m surface::Expr,
        value: &'m surface::Expr,
        index: &'m surface::Expr,
    ) -> Outcome<Expr> {
        let by_text = self.own_type(index)? == Type::Str;
        let base = self.sequence(value, |ty| match ty {
            Type::Dict(key, _) => (**key == Type::Str) == by_text,
            ty => !by_text && (ty.element().is_some() || matches!(ty, Type::Tuple(_))),
        })?;
        let span = e.span;
        match base.ty.clone() {
            Type::List(_) | Type::Str => {
                let index = self.expr_as(index, &Type::Int)?;
                let ty = base.ty.element().ok_or_else(|| unexpected(e))?;
                self.narrowed(e, indexed(base, index, ty, span))
            }
            Type::Tuple(types) => {
                let at = literal_int(index).and_then(|p| tuple_position(p, types.len()));
                let at = at.ok_or_else(|| unexpected(e))?;
                if let Some(length) = super::arrays::item_of_shape(&base, at) {
                    return Ok(Expr { span, ..length });
                }
                let item = super::convert::index_tuple(base, at, types[at].clone());
                self.narrowed(e, Expr { span, ..item })
            }
            Type::Array { .. } => self.array_subscript(base, index, span),
            Type::Dict(key, item) => {
                let key = self.expr_as(index, &key)?;
                let read = self.read_item(value, base, key, &item, span)?;
                self.narrowed(e, read)
            }
            Type::Class(_) => {
                let id = self.facts.method_calls.get(&Key::of(e)).copied().ok_or_else(|| unexpected(e))?;
                let param = self.facts.function(id).params.get(1).map(|p| p.cell);
                let ty = self.type_of(param.ok_or_else(|| unexpected(e))?, span, "index")?;
                let index = self.expr_as(index, &ty)?;
                self.method_call(base, id, vec![index], span)
            }
            _ => Err(unexpected(e)),
        }
    }

    /// What is indexed or sliced: a tuple whose positions are computed becomes a list.
    fn sequence(&mut self, e: &'m surface::Expr, accepted: impl Fn(&Type) -> bool) -> Outcome<Expr> {
        let base = self.expr(e)?;
        let base = self.as_member(e, base, accepted)?;
        match (&base.ty, self.own_type(e)?) {
            (Type::Tuple(_), list @ Type::List(_)) => convert(base, &list),
            _ => Ok(base),
        }
    }

    fn slice(
        &mut self,
        e: &'m surface::Expr,
        value: &'m surface::Expr,
        start: &'m Option<Box<surface::Expr>>,
        stop: &'m Option<Box<surface::Expr>>,
        step: &'m Option<Box<surface::Expr>>,
    ) -> Outcome<Expr> {
        let base = self.sequence(value, |ty| matches!(ty, Type::Str | Type::List(_) | Type::Tuple(_)))?;
        if let Type::Tuple(types) = base.ty.clone() {
            return self.tuple_slice(e, base, types.len(), start.as_deref(), stop.as_deref());
        }
        if super::arrays::is_array(&base.ty) {
            return self.array_slice(base, [start.as_deref(), stop.as_deref(), step.as_deref()], e.span);
        }
        let ty = base.ty.clone();
        let mut bound = |b: &'m Option<Box<surface::Expr>>| match b {
            Some(b) if matches!(b.kind, surface::ExprKind::None) => Ok(None),
            Some(b) => self.expr_as(b, &Type::Int).map(|b| Some(Box::new(b))),
            None => Ok(None),
        };
        let (start, stop, step) = (bound(start)?, bound(stop)?, bound(step)?);
        let step = step.filter(|s| s.kind != ExprKind::Int(1));
        if step.as_ref().is_some_and(|s| s.kind == ExprKind::Int(0)) {
            return Err(Rejection::new("infer.slice", e.span, "The step of a slice is 0."));
        }
        let kind =
            ExprKind::Slice { base: Box::new(base), start, stop, step, bounds: SliceBounds::default() };
        Ok(build::expr(kind, ty, e.span))
    }

    fn tuple_slice(
        &mut self,
        e: &'m surface::Expr,
        base: Expr,
        len: usize,
        start: Option<&surface::Expr>,
        stop: Option<&surface::Expr>,
    ) -> Outcome<Expr> {
        if [start, stop].into_iter().flatten().any(|b| literal_int(b).is_none()) {
            return Err(unexpected(e));
        }
        let clip = |b: i64| (if b < 0 { (len as i64 + b).max(0) } else { b } as usize).min(len);
        let start = start.and_then(literal_int).map_or(0, clip);
        let stop = stop.and_then(literal_int).map_or(len, clip).max(start);
        let items: Vec<Expr> = super::convert::tuple_items(base)?.drain(start..stop).collect();
        let ty = Type::Tuple(items.iter().map(|i| i.ty.clone()).collect());
        Ok(build::expr(ExprKind::Tuple(items), ty, e.span))
    }

    fn unary(&mut self, e: &'m surface::Expr, op: UnaryOp, operand: &'m surface::Expr) -> Outcome<Expr> {
        if op == UnaryOp::Not {
            return Ok(build::not(self.condition(operand)?));
        }
        if let (UnaryOp::Neg, surface::ExprKind::Int(digits)) = (op, &operand.kind) {
            return int_literal(&format!("-{digits}"), e.span);
        }
        let ty = self.own_type(e)?;
        let operand = self.expr_as(operand, &ty)?;
        if super::arrays::is_array(&ty) {
            return self.array_unary(op, operand, e.span);
        }
        if let (UnaryOp::Neg, ExprKind::Float(value)) = (op, &operand.kind) {
            return Ok(build::expr(ExprKind::Float(-value), Type::Float, e.span));
        }
        let op = match op {
            UnaryOp::Neg => ir::UnaryOp::Neg,
            UnaryOp::Invert => ir::UnaryOp::BitNot,
            UnaryOp::Pos | UnaryOp::Not => return Ok(operand),
        };
        Ok(build::expr(ExprKind::Unary { op, operand: Box::new(operand) }, ty, e.span))
    }

    /// `and`, `or` and `if … else`: of their operands only some are evaluated.
    fn lazy(&mut self, e: &'m surface::Expr, ty: &Type) -> Outcome<Expr> {
        use surface::ExprKind as S;
        match &e.kind {
            S::And(_) | S::Or(_) if *ty == Type::Bool => self.condition(e),
            S::And(items) => self.choice(items, ty, true, e.span),
            S::Or(items) => self.choice(items, ty, false, e.span),
            S::IfElse { condition, then, orelse } => {
                let condition = self.condition(condition)?;
                match condition.kind {
                    ExprKind::Bool(true) => self.expr_as(then, ty),
                    ExprKind::Bool(false) => self.expr_as(orelse, ty),
                    _ => {
                        let then = self.expr_as(then, ty)?;
                        let orelse = self.expr_as(orelse, ty)?;
                        Ok(build::if_else(condition, then, orelse, ty.clone(), e.span))
                    }
                }
            }
            _ => convert(self.expr(e)?, ty),
        }
    }

    /// `a or b` as a value is `a if a else b`.
    fn choice(
        &mut self,
        items: &'m [surface::Expr],
        ty: &Type,
        conjunction: bool,
        span: Span,
    ) -> Outcome<Expr> {
        let Some((last, first)) = items.split_last() else { return Err(unexpected_at(span)) };
        let mut result = self.expr_as(last, ty)?;
        for item in first.iter().rev() {
            let value = self.expr(item)?;
            if value.ty == Type::Bool {
                // The operand that decides is known by its truth.
                let decided = convert(build::bool_(!conjunction, item.span), ty)?;
                let (then, orelse) = if conjunction { (result, decided) } else { (decided, result) };
                result = build::if_else(value, then, orelse, ty.clone(), span);
                continue;
            }
            if !build::is_repeatable(&value) && !is_short(&value) {
                let message = "A computed operand of `and` or `or` is used as a value.";
                return Err(Rejection::new("infer.choice", item.span, message));
            }
            let condition = self.truth(value.clone())?;
            if let ExprKind::Bool(holds) = condition.kind {
                result = if holds == conjunction { result } else { convert(value, ty)? };
                continue;
            }
            let value = convert(value, ty)?;
            let (then, orelse) = if conjunction { (result, value) } else { (value, result) };
            result = build::if_else(condition, then, orelse, ty.clone(), span);
        }
        Ok(result)
    }

    fn lambda(
        &mut self,
        e: &'m surface::Expr,
        params: &'m [surface::Param],
        body: &'m surface::Expr,
    ) -> Outcome<Expr> {
        let ty = self.own_type(e)?;
        let Type::Function { params: types, ret } = &ty else { return Err(unexpected(e)) };
        if let Some(param) = params.iter().find(|p| p.default.is_some()) {
            let message = format!("The lambda's parameter `{}` has a default.", param.name);
            return Err(Rejection::new("infer.lambda-default", param.span, message));
        }
        let names = params.iter().map(|p| self.lambda_name(&p.name));
        let params = names.zip(types.iter().cloned()).collect();
        let body = self.expr_as(body, ret)?;
        Ok(build::expr(ExprKind::Lambda { params, body: Box::new(body) }, ty.clone(), e.span))
    }

    /// As [`super::names`] moves it out of the way.
    fn lambda_name(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while super::names::is_module_name(self.facts, &name) {
            name.push_str("_value");
        }
        name
    }
}

/// A pure operation on something repeatable, that may as well stand twice.
fn is_short(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Intrinsic {
            op: Intrinsic::Capitalize | Intrinsic::Title | Intrinsic::LStrip | Intrinsic::RStrip,
            args,
        } => args.iter().all(build::is_repeatable),
        _ => false,
    }
}

/// Values of the type can be of several types, `None` aside.
fn is_several(ty: &Type) -> bool {
    match ty {
        Type::Optional(inner) => inner.is_union(),
        ty => ty.is_union(),
    }
}

/// `base[index]`, from the end where the index is a negative literal.
pub(super) fn indexed(base: Expr, index: Expr, ty: Type, span: Span) -> Expr {
    let kind = ExprKind::Index { base: Box::new(base), index: Box::new(index), mode: IndexMode::Python };
    build::expr(kind, ty, span)
}

pub(super) fn has_star(items: &[surface::Expr]) -> bool {
    items.iter().any(|i| matches!(i.kind, surface::ExprKind::Star(_)))
}

fn int_literal(digits: &str, span: Span) -> Outcome<Expr> {
    match digits.parse::<i128>() {
        Ok(value) => Ok(build::int(value, span)),
        Err(_) => {
            let message = format!("The number {digits} has more than 128 bits.");
            Err(Rejection::new("infer.big-literal", span, message))
        }
    }
}

pub(super) fn unexpected(e: &surface::Expr) -> Rejection {
    let message = format!("`{}` is used in a way that has no rule.", spelled(e));
    Rejection::new("infer.expression", e.span, message)
}

pub(super) fn unexpected_at(span: Span) -> Rejection {
    Rejection::new("infer.expression", span, "This expression is used in a way that has no rule.")
}
