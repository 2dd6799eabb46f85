//! Assignments and unpacking.

use super::super::facts::Binding;
use super::super::key::Key;
use super::expr::{indexed, unexpected_at};
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, ExprKind, Place, SliceBounds, Stmt, StmtKind, Type};
use grammars::surface;
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn assign(
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

    pub(super) fn store(
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
                if self.is_dead_none(target, value) || self.is_pattern_only(target) {
                    return Ok(());
                }
                // Elaborated in the order of evaluation: the value first.
                let natural = self.store_type(target)?;
                if self.is_part_of_array(target) {
                    let value = self.expr(value)?;
                    let value = self.unwrapped(value);
                    let value = self.stored_in_array(value, &natural)?;
                    let (place, _) = self.place(target)?;
                    block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
                    return Ok(());
                }
                let value = self.expr_as(value, &natural)?;
                let (place, _) = self.place(target)?;
                block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
                Ok(())
            }
        }
    }

    fn is_part_of_array(&self, target: &surface::Expr) -> bool {
        match &target.kind {
            surface::ExprKind::Subscript { value, .. } | surface::ExprKind::Slice { value, .. } => {
                self.holds_array(value)
            }
            _ => false,
        }
    }

    /// The type of the place, without touching what is known of the body.
    pub(super) fn store_type(&mut self, target: &'m surface::Expr) -> Outcome<Type> {
        let (captures, rebinds) = (self.body.captures.clone(), self.body.rebinds.clone());
        let locals = self.body.locals.len();
        let ty = self.place(target)?.1;
        self.body.captures = captures;
        self.body.rebinds = rebinds;
        self.body.locals.truncate(locals);
        Ok(ty)
    }

    /// `x = None` before the variable gets its only real values, never read in between.
    pub(super) fn is_dead_none(&self, target: &surface::Expr, value: &surface::Expr) -> bool {
        let Some(Binding::Variable(id)) = self.facts.bindings.get(&Key::of(target)) else { return false };
        let variable = self.facts.variable(*id);
        value.kind == surface::ExprKind::None
            && variable.reads == 0
            && self.facts.cells.resolve(variable.cell) == Some(Type::None)
    }

    /// The variable holds nothing but patterns that are written out where they are used.
    fn is_pattern_only(&self, target: &surface::Expr) -> bool {
        self.facts.bindings.get(&Key::of(target)).is_some_and(|b| self.facts.only_a_pattern(b))
    }

    pub(super) fn is_object(&self, e: &surface::Expr) -> bool {
        let cell = self.facts.cell_of(e);
        cell.is_some_and(|c| matches!(self.facts.cells.head(c), super::super::cells::Head::Class(_)))
    }

    pub(super) fn store_special_item(
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
    pub(super) fn store_parts(
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
        let source = self.as_member(value, source, |ty| match ty {
            Type::Tuple(parts) => parts.len() == items.len() || starred,
            ty => ty.element().is_some(),
        })?;
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

    pub(super) fn store_pairwise(
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
    pub(super) fn held(&mut self, value: ir::Expr, span: Span, block: &mut ir::Block) -> ir::Expr {
        let wish = match value.ty {
            Type::List(_) | Type::Iter(_) => "parts",
            Type::Tuple(_) => "pair",
            _ => "value",
        };
        self.held_as(wish, value, span, block)
    }

    pub(super) fn held_as(
        &mut self,
        wish: &str,
        value: ir::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> ir::Expr {
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
    pub(super) fn unpack(
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
    pub(super) fn starred_part(
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

    pub(super) fn part_from_end(
        &mut self,
        source: &ir::Expr,
        from_end: usize,
        span: Span,
    ) -> Outcome<ir::Expr> {
        if let Type::Tuple(types) = &source.ty {
            return part(source, types.len() - from_end, span);
        }
        let element = source.ty.element().ok_or_else(|| unexpected_at(span))?;
        let index = build::int(-(from_end as i128), span);
        Ok(indexed(source.clone(), index, element, span))
    }

    /// `(name := value)` that is evaluated first becomes a statement of its own.
    pub(super) fn store_walrus(
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
