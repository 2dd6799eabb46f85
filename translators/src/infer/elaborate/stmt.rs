//! Statements.

use super::super::exceptions::builtin_kind;
use super::super::facts::Binding;
use super::super::key::Key;
use super::expr::{indexed, mixed_iteration, unexpected_at};
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{
    self, ExceptionKind, ExprKind, Intrinsic, Pattern, Place, SliceBounds, Stmt, StmtKind, Type,
};
use grammars::surface::{self, BinaryOp};
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn block(&mut self, body: &'m [surface::Stmt]) -> Outcome<ir::Block> {
        let mut block = Vec::new();
        for stmt in body {
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

    fn assign(
        &mut self,
        targets: &'m [surface::Expr],
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        match targets {
            [target] => self.store(target, value, span, block),
            [first, rest @ ..] => {
                let repeatable = build::is_repeatable(&self.expr(value)?);
                if repeatable {
                    return targets.iter().try_for_each(|t| self.store(t, value, span, block));
                }
                self.store(first, value, span, block)?;
                let (place, ty) = self.place(first)?;
                let stored = self.place_value(&place, &ty, span)?;
                if !build::is_repeatable(&stored) {
                    let message = "A computed place is assigned together with others.";
                    return Err(Rejection::new("infer.target", span, message));
                }
                for target in rest {
                    let (to, target_ty) = self.place(target)?;
                    let value = convert(stored.clone(), &target_ty)?;
                    block.push(Stmt { kind: StmtKind::Assign { place: to, value }, span });
                }
                Ok(())
            }
            [] => Ok(()),
        }
    }

    fn store(
        &mut self,
        target: &'m surface::Expr,
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        match &target.kind {
            surface::ExprKind::Tuple(items) | surface::ExprKind::List(items) => {
                self.store_parts(target, items, value, span, block)
            }
            surface::ExprKind::Subscript { value: base, .. } if self.is_object(base) => {
                self.store_special_item(target, value, span, block)
            }
            _ if self.store_search(target, value, span, block)? => Ok(()),
            _ => {
                if self.is_dead_none(target, value) {
                    return Ok(());
                }
                // Elaborated in the order of evaluation: the value first.
                let natural = self.store_type(target)?;
                let value = self.expr_as(value, &natural)?;
                let (place, _) = self.place(target)?;
                block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
                Ok(())
            }
        }
    }

    /// The type of the place, without touching what is known of the body.
    fn store_type(&mut self, target: &'m surface::Expr) -> Outcome<Type> {
        let (captures, rebinds) = (self.body.captures.clone(), self.body.rebinds.clone());
        let locals = self.body.locals.len();
        let ty = self.place(target)?.1;
        self.body.captures = captures;
        self.body.rebinds = rebinds;
        self.body.locals.truncate(locals);
        Ok(ty)
    }

    /// `x = None` before the variable gets its only real values, never read in between.
    fn is_dead_none(&self, target: &surface::Expr, value: &surface::Expr) -> bool {
        let Some(Binding::Variable(id)) = self.facts.bindings.get(&Key::of(target)) else { return false };
        let variable = self.facts.variable(*id);
        value.kind == surface::ExprKind::None
            && variable.reads == 0
            && self.facts.cells.resolve(variable.cell) == Some(Type::None)
    }

    fn is_object(&self, e: &surface::Expr) -> bool {
        let cell = self.facts.cell_of(e);
        cell.is_some_and(|c| matches!(self.facts.cells.head(c), super::super::cells::Head::Class(_)))
    }

    fn store_special_item(
        &mut self,
        target: &'m surface::Expr,
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let surface::ExprKind::Subscript { value: base, index } = &target.kind else {
            return Err(unexpected_at(span));
        };
        let id = self.facts.method_calls.get(&Key::of(target)).copied();
        let id = id.ok_or_else(|| unexpected_at(span))?;
        let params: Vec<_> = self.facts.function(id).params.iter().skip(1).map(|p| p.cell).collect();
        let [index_cell, value_cell] = params.as_slice() else { return Err(unexpected_at(span)) };
        let (index_ty, value_ty) =
            (self.type_of(*index_cell, span, "index")?, self.type_of(*value_cell, span, "value")?);
        let object = self.expr(base)?;
        let args = vec![self.expr_as(index, &index_ty)?, self.expr_as(value, &value_ty)?];
        let call = self.method_call(object, id, args, span)?;
        block.push(Stmt { kind: StmtKind::Expr(call), span });
        Ok(())
    }

    /// `a, b = …`.
    fn store_parts(
        &mut self,
        target: &'m surface::Expr,
        items: &'m [surface::Expr],
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let starred = items.iter().any(|i| matches!(i.kind, surface::ExprKind::Star(_)));
        if let (surface::ExprKind::Tuple(values) | surface::ExprKind::List(values), false) =
            (&value.kind, starred)
            && values.len() == items.len()
            && !values.iter().any(|v| matches!(v.kind, surface::ExprKind::Star(_)))
        {
            return self.store_pairwise(target, items, values, span, block);
        }
        let source = self.expr(value)?;
        let source = self.unwrapped(source);
        if let (Type::Tuple(types), false) = (&source.ty, starred) {
            let flat = items.iter().all(|i| !matches!(i.kind, surface::ExprKind::Tuple(_)));
            let wanted = items.iter().map(|i| self.store_type(i)).collect::<Outcome<Vec<_>>>()?;
            if flat && wanted == *types {
                let (place, _) = self.place(target)?;
                block.push(Stmt { kind: StmtKind::Assign { place, value: source }, span });
                return Ok(());
            }
        }
        let source = self.held(source, span, block);
        self.unpack(items, source, span, block)
    }

    fn store_pairwise(
        &mut self,
        target: &'m surface::Expr,
        items: &'m [surface::Expr],
        values: &'m [surface::Expr],
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        if items.iter().any(|i| matches!(i.kind, surface::ExprKind::Tuple(_) | surface::ExprKind::List(_))) {
            return items.iter().zip(values).try_for_each(|(t, v)| self.store(t, v, span, block));
        }
        let types = items.iter().map(|i| self.store_type(i)).collect::<Outcome<Vec<_>>>()?;
        let parts =
            values.iter().zip(&types).map(|(v, t)| self.expr_as(v, t)).collect::<Outcome<Vec<_>>>()?;
        let (place, _) = self.place(target)?;
        let value = build::expr(ExprKind::Tuple(parts), Type::Tuple(types), span);
        block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
        Ok(())
    }

    /// The value in a variable, so that it can be read several times.
    fn held(&mut self, value: ir::Expr, span: Span, block: &mut ir::Block) -> ir::Expr {
        let wish = match value.ty {
            Type::List(_) | Type::Iter(_) => "parts",
            Type::Tuple(_) => "pair",
            _ => "value",
        };
        self.held_as(wish, value, span, block)
    }

    fn held_as(&mut self, wish: &str, value: ir::Expr, span: Span, block: &mut ir::Block) -> ir::Expr {
        if build::is_repeatable(&value) {
            return value;
        }
        let name = self.unused_name(wish);
        let value = match value.ty.clone() {
            Type::Iter(item) => convert(value.clone(), &Type::List(item)).unwrap_or(value),
            _ => value,
        };
        let ty = value.ty.clone();
        self.body.locals.push(ir::Local { name: name.clone(), ty: ty.clone() });
        let place = Place::Variable { name: name.clone(), ty: ty.clone() };
        block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
        build::local(&name, ty, span)
    }

    /// Takes a held value apart.
    fn unpack(
        &mut self,
        items: &'m [surface::Expr],
        source: ir::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let star = items.iter().position(|i| matches!(i.kind, surface::ExprKind::Star(_)));
        for (at, item) in items.iter().enumerate() {
            let value = match star {
                Some(star) if at == star => self.starred_part(&source, at, items.len() - at - 1, span)?,
                Some(star) if at > star => self.part_from_end(&source, items.len() - at, span)?,
                _ => part(&source, at, span)?,
            };
            match &item.kind {
                surface::ExprKind::Tuple(inner) | surface::ExprKind::List(inner) => {
                    let value = self.held(value, span, block);
                    self.unpack(inner, value, span, block)?;
                }
                kind => {
                    let target = match kind {
                        surface::ExprKind::Star(inner) => inner,
                        _ => item,
                    };
                    let (place, ty) = self.place(target)?;
                    let value = convert(value, &ty)?;
                    block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
                }
            }
        }
        Ok(())
    }

    /// `source[before:len-behind]`.
    fn starred_part(
        &mut self,
        source: &ir::Expr,
        before: usize,
        behind: usize,
        span: Span,
    ) -> Outcome<ir::Expr> {
        if let Type::Tuple(types) = &source.ty {
            let items = super::convert::tuple_items(source.clone())?;
            let items: Vec<_> = items.into_iter().take(types.len() - behind).skip(before).collect();
            let element = items.first().map_or(Type::Int, |i| i.ty.clone());
            return Ok(build::expr(ExprKind::List(items), Type::list(element), span));
        }
        let sequence = match source.ty {
            Type::List(_) | Type::Str => source.clone(),
            _ => self.as_list(source.clone())?,
        };
        let bound = |n: i128| (n != 0).then(|| Box::new(build::int(n, span)));
        let ty = sequence.ty.clone();
        let kind = ExprKind::Slice {
            base: Box::new(sequence),
            start: bound(before as i128),
            stop: bound(-(behind as i128)),
            step: None,
            bounds: SliceBounds::default(),
        };
        let slice = build::expr(kind, ty.clone(), span);
        if ty == Type::Str { self.as_list(slice) } else { Ok(slice) }
    }

    fn part_from_end(&mut self, source: &ir::Expr, from_end: usize, span: Span) -> Outcome<ir::Expr> {
        if let Type::Tuple(types) = &source.ty {
            return part(source, types.len() - from_end, span);
        }
        let element = source.ty.element().ok_or_else(|| unexpected_at(span))?;
        let index = build::int(-(from_end as i128), span);
        Ok(indexed(source.clone(), index, element, span))
    }

    fn update(
        &mut self,
        target: &'m surface::Expr,
        op: BinaryOp,
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        if let surface::ExprKind::Name(_) = &target.kind
            && let Some(old) = self.facts.update_reads.get(&Key::of(target)).copied()
        {
            let ty = self.type_of(self.facts.variable(old).cell, span, &self.facts.variable(old).name)?;
            self.capture(old);
            let old = build::local(&self.names[old.0], ty, target.span);
            return self.update_from(target, old, op, value, span, block);
        }
        let (place, ty) = self.place(target)?;
        if let Some(default) = self.update_default(target, &place)? {
            if !build::is_repeatable(&default) {
                return self.update_held(place, ty, (target, op, value), span, block);
            }
            let right = self.expr(value)?;
            let value = self.combine(Key::of(target), op, default, right, &ty, span)?;
            let value = convert(value, &ty)?;
            block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
            return Ok(());
        }
        let old = self.place_value(&place, &ty, target.span)?;
        self.finish_update(place, ty, old, (target, op, value), span, block)
    }

    /// `d[key()] += v` where `d` gives a default: the key is computed once.
    fn update_held(
        &mut self,
        place: Place,
        ty: Type,
        (target, op, value): (&'m surface::Expr, BinaryOp, &'m surface::Expr),
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let Place::Item { base, index, mode } = place else { return Err(unexpected_at(span)) };
        let index = self.held_as("key", index, span, block);
        let place = Place::Item { base, index, mode };
        let default = self.update_default(target, &place)?.filter(build::is_repeatable);
        let default = default.ok_or_else(|| unexpected_at(span))?;
        let right = self.expr(value)?;
        let value = self.combine(Key::of(target), op, default, right, &ty, span)?;
        block.push(Stmt { kind: StmtKind::Assign { place, value: convert(value, &ty)? }, span });
        Ok(())
    }

    fn update_from(
        &mut self,
        target: &'m surface::Expr,
        old: ir::Expr,
        op: BinaryOp,
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let (place, ty) = self.place(target)?;
        self.finish_update(place, ty, old, (target, op, value), span, block)
    }

    /// `place op= value` where that is one operation on one type, else `place = old op value`.
    fn finish_update(
        &mut self,
        place: Place,
        ty: Type,
        old: ir::Expr,
        (target, op, value): (&'m surface::Expr, BinaryOp, &'m surface::Expr),
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let right = self.expr(value)?;
        let same_name = match (&place, &old.kind) {
            (Place::Variable { name, .. }, ExprKind::Local(local)) => name == local,
            _ => true,
        };
        if matches!(ty, Type::List(_)) && op == BinaryOp::Add && same_name {
            self.mark_mutated(&old);
            let right = self.unwrapped(right);
            let kind = StmtKind::AugAssign {
                place,
                op: ir::BinaryOp::Concat,
                overflow: ir::Overflow::Fits,
                value: right,
            };
            block.push(Stmt { kind, span });
            return Ok(());
        }
        let combined = self.combine(Key::of(target), op, old.clone(), right, &ty, span)?;
        let combined = convert(combined, &ty)?;
        let kind = match combined.kind {
            ExprKind::Binary { op, overflow, left, right } if same_name && *left == old => {
                StmtKind::AugAssign { place, op, overflow, value: *right }
            }
            _ if !build::is_repeatable(&old) => {
                let message = "The place that is updated is computed.";
                return Err(Rejection::new("infer.update", span, message));
            }
            kind => {
                let value = ir::Expr { kind, ty: combined.ty, span: combined.span };
                StmtKind::Assign { place, value }
            }
        };
        block.push(Stmt { kind, span });
        Ok(())
    }

    fn delete(&mut self, e: &'m surface::Expr, block: &mut ir::Block) -> Outcome<()> {
        let span = e.span;
        let call = match &e.kind {
            surface::ExprKind::Name(_) => return Ok(()),
            surface::ExprKind::Subscript { value, index } => {
                let base = self.expr(value)?;
                let base = self.unwrapped(base);
                self.mark_mutated(&base);
                let (op, ty) = match &base.ty {
                    Type::List(_) => (Intrinsic::DeleteAt, Type::Int),
                    Type::Dict(key, _) => (Intrinsic::DeleteKey, (**key).clone()),
                    _ => return Err(unexpected_at(span)),
                };
                let index = self.expr_as(index, &ty)?;
                build::intrinsic(op, vec![base, index], Type::None, span)
            }
            surface::ExprKind::Slice { .. } => {
                let (place, ty) = self.place(e)?;
                let empty = build::expr(ExprKind::List(Vec::new()), ty, span);
                block.push(Stmt { kind: StmtKind::Assign { place, value: empty }, span });
                return Ok(());
            }
            _ => return Err(unexpected_at(span)),
        };
        block.push(Stmt { kind: StmtKind::Expr(call), span });
        Ok(())
    }

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

    /// `(name := value)` that is evaluated first becomes a statement of its own.
    fn store_walrus(
        &mut self,
        name: &'m surface::Expr,
        value: &'m surface::Expr,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let span = name.span;
        let Some(Binding::Variable(id)) = self.facts.bindings.get(&Key::of(name)).cloned() else {
            return Err(unexpected_at(span));
        };
        let ty = self.type_of(self.facts.variable(id).cell, span, &self.facts.variable(id).name)?;
        let value = self.expr_as(value, &ty)?;
        self.assigned(id, &ty);
        let place = Place::Variable { name: self.names[id.0].clone(), ty: ty.clone() };
        block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
        self.hoisted.insert(Key::of(name));
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
        self.to_text(value, e)
    }
}

/// `source[at]` of a tuple, list or text.
fn part(source: &ir::Expr, at: usize, span: Span) -> Outcome<ir::Expr> {
    match &source.ty {
        Type::Tuple(types) => {
            let ty = types.get(at).cloned().ok_or_else(|| unexpected_at(span))?;
            Ok(super::convert::index_tuple(source.clone(), at, ty))
        }
        ty => {
            let element = ty.element().ok_or_else(|| unexpected_at(span))?;
            Ok(indexed(source.clone(), build::int(at as i128, span), element, span))
        }
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
