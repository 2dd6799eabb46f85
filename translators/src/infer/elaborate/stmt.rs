//! Statements.

use super::super::exceptions::builtin_kind;
use super::super::facts::Binding;
use super::super::key::Key;
use super::comprehension::mixed_iteration;
use super::expr::unexpected_at;
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, ExceptionKind, ExprKind, Intrinsic, Pattern, Stmt, StmtKind, Type};
use grammars::surface;
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn block(&mut self, body: &'m [surface::Stmt]) -> Outcome<ir::Block> {
        let mut block = Vec::new();
        for stmt in super::super::narrowing::live(body) {
            self.nested(stmt.span, |s| s.stmt(stmt, &mut block))?;
            // What stands behind a test that the types decide is never reached.
            if let Some(Stmt { kind: StmtKind::Return(_) | StmtKind::Raise { .. }, .. }) = block.last() {
                break;
            }
        }
        if block.iter().all(|s| matches!(s.kind, StmtKind::Comment { .. })) {
            let span = block.last().map(|s: &Stmt| s.span).unwrap_or_default();
            block.push(Stmt { kind: StmtKind::Pass, span });
        }
        Ok(block)
    }

    /// A block that may be empty, such as `else`.
    fn optional_block(&mut self, body: &'m [surface::Stmt]) -> Outcome<ir::Block> {
        if body.is_empty() { Ok(Vec::new()) } else { self.block(body) }
    }

    fn stmt(&mut self, stmt: &'m surface::Stmt, block: &mut ir::Block) -> Outcome<()> {
        use surface::StmtKind as S;
        let span = stmt.span;
        let kind = match &stmt.kind {
            S::Comment { text, trailing } => StmtKind::Comment { text: text.clone(), trailing: *trailing },
            S::Assign { targets, value } => return self.assign(targets, value, span, block),
            S::AnnAssign { target, value: Some(value), .. } => return self.store(target, value, span, block),
            S::AnnAssign { .. } => return Ok(()),
            S::AugAssign { target, op, value } => return self.update(target, *op, value, span, block),
            S::Expr(e) => return self.effect(e, block),
            S::If { branches, orelse } => return self.if_stmt(branches, orelse, span, block),
            S::While { condition, body, orelse } => {
                return self.while_loop(condition, body, orelse, span, block);
            }
            S::For { target, iter, body, orelse } => {
                return self.for_loop(target, iter, body, orelse, span, block);
            }
            S::Return(value) => return self.return_stmt(value.as_ref(), span, block),
            S::Break => StmtKind::Break,
            S::Continue => StmtKind::Continue,
            S::Pass => StmtKind::Pass,
            S::Raise(None) => StmtKind::Reraise,
            S::Raise(Some(value)) => self.raise(value)?,
            S::Try { body, handlers, orelse, finally } => StmtKind::Try {
                body: self.block(body)?,
                handlers: handlers.iter().map(|h| self.handler(h)).collect::<Outcome<_>>()?,
                orelse: self.optional_block(orelse)?,
                finally: self.optional_block(finally)?,
            },
            S::Assert { condition, message } => {
                let condition = self.condition(condition)?;
                let message = match message {
                    // In a test the message is for people only.
                    Some(m) if self.body.function.is_none() => self.as_text(m).ok(),
                    Some(m) => Some(self.as_text(m)?),
                    None => None,
                };
                StmtKind::Assert { condition, message }
            }
            S::ExpectRaise { kinds, body } => StmtKind::ExpectRaise {
                kinds: kinds.iter().map(|k| self.exception(k, span)).collect::<Outcome<_>>()?,
                body: self.block(body)?,
            },
            S::Delete(items) => return items.iter().try_for_each(|e| self.delete(e, block)),
            S::Function(f) => {
                let id = self.facts.nested_at.get(&Key::of(&**f)).copied();
                let function = self.function(id.ok_or_else(|| unexpected_at(span))?)?;
                StmtKind::Function(Box::new(function))
            }
            S::Yield(value) => self.yielded(value)?,
            S::Class(_) => return Err(unexpected_at(span)),
            S::Unsupported(rejection) => return Err(rejection.clone()),
        };
        block.push(Stmt { kind, span });
        Ok(())
    }

    // ---- assignments

    // ---- expressions as statements

    fn effect(&mut self, e: &'m surface::Expr, block: &mut ir::Block) -> Outcome<()> {
        let span = e.span;
        if let surface::ExprKind::Comprehension { kind: surface::ComprehensionKind::List, .. } = &e.kind {
            let message = "A comprehension is used as a statement.";
            return Err(Rejection::new("infer.statement", span, message));
        }
        if self.is_base_exception_init(e) {
            return Ok(());
        }
        let value = self.expr(e)?;
        if build::is_pure(&value) {
            return Ok(());
        }
        let statement = |e: ir::Expr| vec![Stmt { kind: StmtKind::Expr(e), span }];
        let kind = match value.kind {
            ExprKind::Convert { value, .. } => StmtKind::Expr(*value),
            ExprKind::IfElse { condition, then, orelse } => {
                StmtKind::If { branches: vec![(*condition, statement(*then))], orelse: statement(*orelse) }
            }
            kind => StmtKind::Expr(ir::Expr { kind, ..value }),
        };
        block.push(Stmt { kind, span });
        Ok(())
    }

    // ---- control flow

    fn if_stmt(
        &mut self,
        branches: &'m [(surface::Expr, Vec<surface::Stmt>)],
        orelse: &'m [surface::Stmt],
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let mut kept = Vec::new();
        let mut last: Option<&'m [surface::Stmt]> = (!orelse.is_empty()).then_some(orelse);
        for (at, (condition, body)) in branches.iter().enumerate() {
            if at == 0
                && let Some((name, value)) = leading_walrus(condition)
            {
                self.store_walrus(name, value, block)?;
            }
            let condition = self.condition(condition)?;
            match condition.kind {
                ExprKind::Bool(false) => {}
                ExprKind::Bool(true) => {
                    last = Some(body);
                    break;
                }
                _ => kept.push((condition, self.block(body)?)),
            }
        }
        if kept.is_empty() {
            let taken = last.unwrap_or_default();
            for stmt in taken {
                self.nested(stmt.span, |s| s.stmt(stmt, block))?;
            }
            return Ok(());
        }
        let orelse = match last {
            Some(body) => self.block(body)?,
            None => Vec::new(),
        };
        block.push(Stmt { kind: StmtKind::If { branches: kept, orelse }, span });
        Ok(())
    }

    fn while_loop(
        &mut self,
        condition: &'m surface::Expr,
        body: &'m [surface::Stmt],
        orelse: &'m [surface::Stmt],
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let condition = self.condition(condition)?;
        if condition.kind == ExprKind::Bool(false) {
            block.extend(self.optional_block(orelse)?);
            return Ok(());
        }
        let kind =
            StmtKind::While { condition, body: self.block(body)?, orelse: self.optional_block(orelse)? };
        block.push(Stmt { kind, span });
        Ok(())
    }

    fn for_loop(
        &mut self,
        target: &'m surface::Expr,
        iter: &'m surface::Expr,
        body: &'m [surface::Stmt],
        orelse: &'m [surface::Stmt],
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let iter = self.iterable(iter)?;
        let element = iter.ty.element().ok_or_else(|| mixed_iteration(&iter))?;
        let mut first = Vec::new();
        let pattern = self.loop_pattern(target, &element, &mut first)?;
        let mut turn = self.block(body)?;
        if !first.is_empty() {
            first.append(&mut turn);
            turn = first;
        }
        let orelse = self.optional_block(orelse)?;
        block.push(Stmt { kind: StmtKind::For { pattern, iter, body: turn, orelse }, span });
        Ok(())
    }

    /// The pattern of a loop; what a pattern cannot say becomes the first statements of the body.
    pub(super) fn loop_pattern(
        &mut self,
        target: &'m surface::Expr,
        ty: &Type,
        first: &mut ir::Block,
    ) -> Outcome<Pattern> {
        match (&target.kind, ty) {
            (surface::ExprKind::Name(name), _) => {
                let Some(Binding::Variable(id)) = self.facts.bindings.get(&Key::of(target)).cloned() else {
                    return Err(unexpected_at(target.span));
                };
                let own = self.facts.cells.resolve(self.facts.variable(id).cell);
                if own.as_ref().is_some_and(|own| own != ty) {
                    return self.converted_pattern(target, name, ty, first);
                }
                self.pattern_name(target, ty)
            }
            (surface::ExprKind::Tuple(items) | surface::ExprKind::List(items), Type::Tuple(types))
                if items.len() == types.len()
                    && !items.iter().any(|i| matches!(i.kind, surface::ExprKind::Star(_))) =>
            {
                let mut parts = Vec::new();
                for (item, ty) in items.iter().zip(types) {
                    parts.push(self.loop_pattern(item, ty, first)?);
                }
                Ok(Pattern::Tuple(parts))
            }
            (surface::ExprKind::Tuple(items) | surface::ExprKind::List(items), _) => {
                let (pattern, whole) = self.whole_item("item", ty, target.span);
                self.unpack(items, whole, target.span, first)?;
                Ok(pattern)
            }
            (surface::ExprKind::Subscript { .. } | surface::ExprKind::Attribute { .. }, _) => {
                let (pattern, whole) = self.whole_item("item", ty, target.span);
                let (place, place_ty) = self.place(target)?;
                let value = convert(whole, &place_ty)?;
                first.push(Stmt { kind: StmtKind::Assign { place, value }, span: target.span });
                Ok(pattern)
            }
            _ => Err(Rejection::new("infer.target", target.span, "This loop binds in a way without a rule.")),
        }
    }

    /// A loop variable of another type than the items: `for x in numbers` where `x` becomes a float.
    fn converted_pattern(
        &mut self,
        target: &'m surface::Expr,
        name: &str,
        ty: &Type,
        first: &mut ir::Block,
    ) -> Outcome<Pattern> {
        let (pattern, whole) = self.whole_item(&format!("{name}_item"), ty, target.span);
        let (place, place_ty) = self.place(target)?;
        let value = convert(whole, &place_ty)?;
        first.push(Stmt { kind: StmtKind::Assign { place, value }, span: target.span });
        Ok(pattern)
    }

    pub(super) fn whole_item(&mut self, wish: &str, ty: &Type, span: Span) -> (Pattern, ir::Expr) {
        let name = self.unused_name(wish);
        self.body.locals.push(ir::Local { name: name.clone(), ty: ty.clone() });
        (Pattern::Name { name: name.clone(), ty: ty.clone() }, build::local(&name, ty.clone(), span))
    }

    fn return_stmt(
        &mut self,
        value: Option<&'m surface::Expr>,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        if let Some((name, ty)) = self.body.yielded.clone() {
            let result = build::local(&name, ty, span);
            block.push(Stmt { kind: StmtKind::Return(Some(result)), span });
            return Ok(());
        }
        let ret = self.body.function.map(|id| self.result_type(self.facts.function(id).ret));
        let ret = ret.unwrap_or(Type::None);
        if let Some(value) = value
            && self.return_search(value, &ret, span, block)?
        {
            return Ok(());
        }
        let value = match value {
            None if ret == Type::None => None,
            None => Some(build::expr(ExprKind::None, ret, span)),
            Some(e) if ret == Type::None => {
                self.effect(e, block)?;
                None
            }
            Some(e) => Some(self.expr_as(e, &ret)?),
        };
        block.push(Stmt { kind: StmtKind::Return(value), span });
        Ok(())
    }

    fn yielded(&mut self, value: &'m surface::Expr) -> Outcome<StmtKind> {
        let Some((name, ty)) = self.body.yielded.clone() else { return Err(unexpected_at(value.span)) };
        let element = ty.element().ok_or_else(|| unexpected_at(value.span))?;
        let item = self.expr_as(value, &element)?;
        let list = build::local(&name, ty, value.span);
        Ok(StmtKind::Expr(build::intrinsic(Intrinsic::Append, vec![list, item], Type::None, value.span)))
    }

    // ---- exceptions

    fn raise(&mut self, value: &'m surface::Expr) -> Outcome<StmtKind> {
        let (class, args): (&surface::Expr, &'m [surface::Expr]) = match &value.kind {
            surface::ExprKind::Call { callee, args, .. } => (callee, args),
            _ => (value, &[]),
        };
        let name = match &class.kind {
            surface::ExprKind::Library(path) => path.clone(),
            surface::ExprKind::Name(name) => name.clone(),
            _ => return Err(unexpected_at(value.span)),
        };
        let kind = self.exception(&name, value.span)?;
        let message = match (&kind, args) {
            (_, []) => None,
            (ExceptionKind::Custom(class), _) if self.facts.find_method(class, "__init__").is_some() => {
                let message = format!("`{class}` is raised with a constructor of its own.");
                return Err(Rejection::new("infer.raise", value.span, message));
            }
            (_, [message]) => Some(self.as_text(message)?),
            _ => {
                let message = "An exception is raised with several arguments.";
                return Err(Rejection::new("infer.raise", value.span, message));
            }
        };
        Ok(StmtKind::Raise { kind, message })
    }

    pub(super) fn exception(&self, name: &str, span: Span) -> Outcome<ExceptionKind> {
        if let Some(kind) = builtin_kind(name) {
            return Ok(kind);
        }
        if self.facts.is_exception(name) {
            return Ok(ExceptionKind::Custom(name.to_owned()));
        }
        let message = format!("There is no rule for the exception `{name}`.");
        Err(Rejection::new("infer.exception", span, message))
    }

    fn handler(&mut self, handler: &'m surface::Handler) -> Outcome<ir::Handler> {
        let kinds = handler.kinds.iter().map(|k| self.exception(k, handler.span)).collect::<Outcome<_>>()?;
        let binding = match (&handler.binding, self.facts.bindings.get(&Key::of(handler))) {
            (Some(_), Some(Binding::Variable(id))) if self.facts.variable(*id).reads > 0 => {
                self.assigned(*id, &Type::Str);
                Some(self.names[id.0].clone())
            }
            _ => None,
        };
        Ok(ir::Handler { kinds, binding, body: self.block(&handler.body)? })
    }

    /// Any value as text, as `str` writes it.
    pub(super) fn as_text(&mut self, e: &'m surface::Expr) -> Outcome<ir::Expr> {
        let value = self.expr(e)?;
        self.text_of(value, e)
    }
}

/// An assignment expression that the condition evaluates before anything else.
fn leading_walrus(condition: &surface::Expr) -> Option<(&surface::Expr, &surface::Expr)> {
    match &condition.kind {
        surface::ExprKind::Walrus { value, .. } => Some((condition, value)),
        surface::ExprKind::Compare { operands, .. } => operands.first().and_then(leading_walrus),
        surface::ExprKind::Unary { operand, .. } => leading_walrus(operand),
        _ => None,
    }
}
