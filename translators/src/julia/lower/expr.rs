//! Expressions: the dispatch, literals and names.

use super::{Lower, Lowering, MAX_DEPTH, reject};
use crate::julia::names;
use crate::julia::tree::{Clause, ComprehensionForm, Expr, Type};
use grammars::ir::{self, Conversion, ExprKind};

impl Lower<'_> {
    /// An expression of exactly the type that the IR gives it.
    pub(super) fn lower_expr(&mut self, expr: &ir::Expr) -> Lowering<Expr> {
        let loose = self.lower_loose(expr)?;
        Ok(self.exact(expr, loose))
    }

    /// Several expressions.
    pub(super) fn lower_exprs(&mut self, exprs: &[ir::Expr]) -> Lowering<Vec<Expr>> {
        exprs.iter().map(|expr| self.lower_expr(expr)).collect()
    }

    /// An expression whose texts may have any form (see [`super::text`]).
    pub(super) fn lower_loose(&mut self, expr: &ir::Expr) -> Lowering<Expr> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return reject("julia.too-deep", expr.span, "the expression is nested too deeply");
        }
        let result = self.dispatch(expr);
        self.depth -= 1;
        result
    }

    fn dispatch(&mut self, expr: &ir::Expr) -> Lowering<Expr> {
        Ok(match &expr.kind {
            ExprKind::None => Expr::Nothing,
            ExprKind::Bool(value) => Expr::Bool(*value),
            ExprKind::Int(value) if i64::try_from(*value).is_ok() => Expr::Int(*value),
            ExprKind::Int(value) => {
                return reject("julia.bigint", expr.span, format!("`{value}` does not fit 64 bits"));
            }
            ExprKind::Float(value) => Expr::Float(*value),
            ExprKind::Str(text) => match (text.chars().next(), &expr.ty) {
                (Some(c), ir::Type::Char) => Expr::Char(c),
                _ => Expr::text(text.clone()),
            },
            ExprKind::List(items) => self.list(items, &expr.ty)?,
            ExprKind::Tuple(items) => Expr::Tuple(self.tuple_items(items)?),
            ExprKind::Set(items) => self.set(items, &expr.ty)?,
            ExprKind::Dict(pairs) => self.dict(pairs, expr)?,
            ExprKind::Format(parts) => self.format(parts, expr.span)?,
            ExprKind::Local(name) if self.scope.messages.contains_key(name) => self.message_of(name),
            ExprKind::Local(name) if self.scope.offsets.contains_key(name) => self.sum(expr, 0)?,
            ExprKind::Local(name) => self.local(name),
            ExprKind::Global(name) | ExprKind::FunctionRef(name) => self.name(name),
            ExprKind::ClassConstant { class, name } => Expr::Global(super::class::constant_name(class, name)),
            ExprKind::Binary { op, overflow, left, right } => {
                self.arithmetic(expr, *op, *overflow, left, right)?
            }
            ExprKind::Unary { op, operand } => self.unary(*op, operand)?,
            ExprKind::Compare { op, left, right } => self.compare(*op, left, right)?,
            ExprKind::CompareChain { operands, ops } => self.compare_chain(operands, ops)?,
            ExprKind::And(parts) => self.joined("&&", parts)?,
            ExprKind::Or(parts) => self.joined("||", parts)?,
            ExprKind::Not(inner) => self.lower_expr(inner)?.negate(),
            ExprKind::IsNone(value) if let Some(found) = self.has_match(value)? => found.negate(),
            ExprKind::IsNone(value) => Expr::binary("===", self.lower_loose(value)?, Expr::Nothing),
            ExprKind::IsInstance { value, ty } => {
                let ty = self.test_ty(ty, expr.span)?;
                Expr::binary("isa", self.lower_expr(value)?, Expr::Type(ty))
            }
            ExprKind::IfElse { condition, then, orelse }
                if expr.ty == ir::Type::Bool && is_choice(then, orelse) =>
            {
                let condition = self.lower_expr(condition)?;
                if matches!(then.kind, ExprKind::Bool(true)) { condition } else { condition.negate() }
            }
            ExprKind::IfElse { condition, then, orelse } => Expr::Ternary(
                Box::new(self.lower_expr(condition)?),
                Box::new(self.lower_expr(then)?),
                Box::new(self.lower_expr(orelse)?),
            ),
            ExprKind::Index { base, index, mode } => self.element(base, index, *mode)?,
            ExprKind::Lookup { base, key } => Expr::index(self.lower_expr(base)?, self.lower_expr(key)?),
            ExprKind::Slice { .. } => self.slice(expr)?,
            ExprKind::Field { object, field } => {
                Expr::Field(Box::new(self.lower_expr(object)?), names::legal(field))
            }
            ExprKind::Call { function, args } => self.call(function, args)?,
            ExprKind::CallValue { callee, args } => {
                Expr::call(self.lower_expr(callee)?, self.lower_exprs(args)?)
            }
            ExprKind::CallMethod { object, class, method, args } => {
                self.call_method(object, class, method, args, expr.span)?
            }
            ExprKind::CallStatic { class, method, args } => self.call_static(class, method, args)?,
            ExprKind::New { class, args } => self.construct(class, args, expr.span)?,
            ExprKind::Lambda { params, body } => self.lambda(params, body)?,
            ExprKind::Comprehension { element, clauses } => self.comprehension(element, clauses, &expr.ty)?,
            ExprKind::SetComprehension { element, clauses } => {
                self.set_comprehension(element, clauses, &expr.ty)?
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                self.dict_comprehension(key, value, clauses, expr)?
            }
            ExprKind::Range { start, stop, step } => self.range(start, stop, step)?,
            ExprKind::Convert { conversion, value } => self.convert(*conversion, value, expr)?,
            ExprKind::Intrinsic { op, args } => self.intrinsic(op, args, expr)?,
        })
    }

    /// A variable under the name that it has in Julia.
    pub(super) fn local(&self, name: &str) -> Expr {
        if let Some(value) = self.scope.substituted.get(name) {
            return value.clone();
        }
        let name = self.scope.renamed.get(name).map_or(name, String::as_str);
        Expr::Local(name.to_string())
    }

    /// A name of the module, or of a nested function.
    pub(super) fn name(&self, name: &str) -> Expr {
        let name = self.variants.get(name).map_or(name, String::as_str);
        if self.is_global(name) { Expr::Global(names::legal(name)) } else { self.local(name) }
    }

    /// `[a, b]`, with its element type where Julia would infer another one.
    fn list(&mut self, items: &[ir::Expr], ty: &ir::Type) -> Lowering<Expr> {
        let element = ty.element().unwrap_or(ir::Type::None);
        let prefix = self.element_prefix(items, &element)?;
        Ok(Expr::Vector { element: prefix, items: self.lower_exprs(items)? })
    }

    fn set(&mut self, items: &[ir::Expr], ty: &ir::Type) -> Lowering<Expr> {
        let element = ty.element().unwrap_or(ir::Type::None);
        let prefix = self.element_prefix(items, &element)?;
        let name = match &prefix {
            Some(element) => Type::with("Set", vec![element.clone()]),
            None => Type::plain("Set"),
        };
        if items.is_empty() {
            return Ok(Expr::call(Expr::Type(name), vec![]));
        }
        let items = Expr::Vector { element: None, items: self.lower_exprs(items)? };
        Ok(Expr::call(Expr::Type(name), vec![items]))
    }

    fn dict(&mut self, pairs: &[(ir::Expr, ir::Expr)], expr: &ir::Expr) -> Lowering<Expr> {
        let ir::Type::Dict(key, value) = &expr.ty else {
            return reject("julia.dict-type", expr.span, "the dict has no type of its own");
        };
        let keys: Vec<ir::Expr> = pairs.iter().map(|(k, _)| k.clone()).collect();
        let values: Vec<ir::Expr> = pairs.iter().map(|(_, v)| v.clone()).collect();
        let typed =
            self.element_prefix(&keys, key)?.is_some() || self.element_prefix(&values, value)?.is_some();
        let name = if typed { self.ty(&expr.ty, expr.span)? } else { Type::plain("Dict") };
        let mut args = Vec::new();
        for (key, value) in pairs {
            args.push(Expr::binary("=>", self.lower_expr(key)?, self.lower_expr(value)?));
        }
        Ok(Expr::call(Expr::Type(name), args))
    }

    fn joined(&mut self, op: &'static str, parts: &[ir::Expr]) -> Lowering<Expr> {
        let mut lowered = self.lower_exprs(parts)?.into_iter();
        let first = lowered.next().unwrap_or(Expr::Bool(op == "&&"));
        Ok(lowered.fold(first, |left, right| Expr::binary(op, left, right)))
    }

    fn lambda(&mut self, params: &[(String, ir::Type)], body: &ir::Expr) -> Lowering<Expr> {
        let names: Vec<String> = params.iter().map(|(name, _)| name.clone()).collect();
        self.within(&names, |lower| {
            let body = lower.lower_expr(body)?;
            let params = names.iter().map(|name| lower.local(name)).collect();
            Ok(Expr::Lambda(params, Box::new(body)))
        })
    }

    /// Lowers something in which `names` are bound anew.
    pub(super) fn within<T>(
        &mut self,
        names: &[String],
        lower: impl FnOnce(&mut Self) -> Lowering<T>,
    ) -> Lowering<T> {
        let before = self.scope.clone();
        for name in names {
            self.scope.offsets.remove(name);
            self.scope.chars.remove(name);
            self.scope.as_char.remove(name);
            self.scope.as_substring.remove(name);
            self.scope.renamed.remove(name);
            self.scope.messages.remove(name);
            self.scope.substituted.remove(name);
            self.scope.matched.remove(name);
        }
        let result = lower(self);
        let names = std::mem::take(&mut self.scope.names);
        self.scope = before;
        self.scope.names = names;
        result
    }

    /// The items of a tuple; all parts of another one, in order, are spliced in.
    fn tuple_items(&mut self, items: &[ir::Expr]) -> Lowering<Vec<Expr>> {
        let mut lowered = Vec::new();
        let mut rest = items;
        while let Some(first) = rest.first() {
            if let Some((tuple, length)) = whole_tuple(rest) {
                lowered.push(Expr::Splat(Box::new(self.lower_expr(tuple)?)));
                rest = &rest[length..];
            } else {
                lowered.push(self.lower_expr(first)?);
                rest = &rest[1..];
            }
        }
        Ok(lowered)
    }

    fn set_comprehension(
        &mut self,
        element: &ir::Expr,
        clauses: &[ir::Clause],
        ty: &ir::Type,
    ) -> Lowering<Expr> {
        let (element, clauses) =
            self.clauses_with(clauses, true, &[element], |lower| lower.lower_expr(element))?;
        let generator =
            Expr::Comprehension { form: ComprehensionForm::Generator, element: Box::new(element), clauses };
        let name = self.container("Set", ty, grammars::Span::default())?;
        Ok(Expr::call(Expr::Type(name), vec![generator]))
    }

    fn dict_comprehension(
        &mut self,
        key: &ir::Expr,
        value: &ir::Expr,
        clauses: &[ir::Clause],
        expr: &ir::Expr,
    ) -> Lowering<Expr> {
        let (pair, clauses): (Expr, Vec<Clause>) =
            self.clauses_with(clauses, true, &[key, value], |lower| {
                Ok(Expr::binary("=>", lower.lower_expr(key)?, lower.lower_expr(value)?))
            })?;
        let generator =
            Expr::Comprehension { form: ComprehensionForm::Generator, element: Box::new(pair), clauses };
        let name = self.container("Dict", &expr.ty, expr.span)?;
        Ok(Expr::call(Expr::Type(name), vec![generator]))
    }

    /// Conversions that Julia makes by itself vanish.
    fn convert(&mut self, conversion: Conversion, value: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        let float = || Expr::Type(Type::plain("Float64"));
        Ok(match conversion {
            Conversion::IntToFloat => match value.as_int() {
                Some(value) => Expr::Float(value as f64),
                None => Expr::call(float(), vec![self.lower_expr(value)?]),
            },
            Conversion::BoolToInt => {
                Expr::call(Expr::Type(Type::plain("Int")), vec![self.lower_expr(value)?])
            }
            Conversion::CharToStr | Conversion::Upcast => self.lower_loose(value)?,
            Conversion::Unwrap => self.lower_loose(value)?,
            Conversion::ToUnion if matches!(expr.ty, ir::Type::List(_)) => {
                let wider = Expr::Type(self.ty(&expr.ty, expr.span)?);
                Expr::call(wider, vec![self.lower_expr(value)?])
            }
            Conversion::ToOptional | Conversion::ToUnion | Conversion::Narrow => self.lower_expr(value)?,
            Conversion::Cast => {
                Expr::Typed(Box::new(self.lower_expr(value)?), self.test_ty(&expr.ty, expr.span)?)
            }
            Conversion::StrToChar => match self.as_char(value)? {
                Some(c) => c,
                None => Expr::base_call("only", vec![self.lower_loose(value)?]),
            },
            Conversion::CharToInt => {
                Expr::call(Expr::Type(Type::plain("Int")), vec![self.lower_expr(value)?])
            }
            Conversion::IntToChar => {
                Expr::call(Expr::Type(Type::plain("Char")), vec![self.lower_expr(value)?])
            }
            Conversion::WrapTo32 => {
                let narrow = Expr::binary("%", self.lower_expr(value)?, Expr::Type(Type::plain("Int32")));
                Expr::call(Expr::Type(Type::plain("Int")), vec![narrow])
            }
            Conversion::FloatToInt => self.truncated(value, expr)?,
        })
    }

    fn truncated(&mut self, value: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        let int = self.ty(&expr.ty, expr.span)?;
        Ok(Expr::base_call("trunc", vec![Expr::Type(int), self.lower_expr(value)?]))
    }
}

/// `True if … else False`, or the other way round.
fn is_choice(then: &ir::Expr, orelse: &ir::Expr) -> bool {
    matches!((&then.kind, &orelse.kind), (ExprKind::Bool(a), ExprKind::Bool(b)) if a != b)
}

/// The tuple whose parts `items` starts with, all of them in order, and how many these are.
fn whole_tuple(items: &[ir::Expr]) -> Option<(&ir::Expr, usize)> {
    let ExprKind::Index { base, .. } = &items.first()?.kind else { return None };
    let (name, ir::Type::Tuple(parts)) = (base.as_local()?, &base.ty) else { return None };
    let is_part = |(i, item): (usize, &ir::Expr)| match &item.kind {
        ExprKind::Index { base, index, .. } => {
            base.as_local() == Some(name) && index.as_int() == Some(i as i128)
        }
        _ => false,
    };
    let all = parts.len() > 1 && items.len() >= parts.len();
    (all && items[..parts.len()].iter().enumerate().all(is_part)).then_some((&**base, parts.len()))
}
