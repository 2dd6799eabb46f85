//! Where assignments go.

use super::super::facts::Binding;
use super::super::key::Key;
use super::expr::{indexed, unexpected_at};
use super::{Elaborator, Outcome, build};
use grammars::Rejection;
use grammars::ir::{ArrayOp, Expr, IndexMode, Intrinsic, Place, Type};
use grammars::surface;

impl<'m> Elaborator<'_, 'm> {
    /// The place that the target names, with its type.
    pub(super) fn place(&mut self, target: &'m surface::Expr) -> Outcome<(Place, Type)> {
        match &target.kind {
            surface::ExprKind::Name(name) => self.variable_place(target, name),
            surface::ExprKind::Attribute { value, name } => {
                let object = self.expr(value)?;
                let object = self.unwrapped(object);
                let Type::Class(class) = object.ty.clone() else { return Err(unexpected_at(target.span)) };
                let cell = self.facts.find_field(&class, name);
                let cell = cell.ok_or_else(|| unexpected_at(target.span))?;
                let ty = self.type_of(cell, target.span, name)?;
                Ok((Place::Field { object, field: name.clone(), ty: ty.clone() }, ty))
            }
            surface::ExprKind::Subscript { value, index } => {
                let base = self.expr(value)?;
                let base = self.unwrapped(base);
                self.mark_mutated(&base);
                if super::arrays::is_array(&base.ty) {
                    let part = self.array_subscript(base, index, target.span)?;
                    return Ok((Place::Part(part.clone()), part.ty));
                }
                self.item_place(base, index)
            }
            surface::ExprKind::Slice { value, start, stop, step } if self.holds_array(value) => {
                let base = self.expr(value)?;
                self.mark_mutated(&base);
                let bounds = [start.as_deref(), stop.as_deref(), step.as_deref()];
                let part = self.array_slice(base, bounds, target.span)?;
                Ok((Place::Part(part.clone()), part.ty))
            }
            surface::ExprKind::Slice { value, start, stop, step } => {
                if step.is_some() {
                    let message = "A slice with a step is assigned.";
                    return Err(Rejection::new("infer.slice-assignment", target.span, message));
                }
                let base = self.expr(value)?;
                self.mark_mutated(&base);
                let ty = base.ty.clone();
                let start = start.as_ref().map(|b| self.expr_as(b, &Type::Int)).transpose()?;
                let stop = stop.as_ref().map(|b| self.expr_as(b, &Type::Int)).transpose()?;
                Ok((Place::Slice { base, start, stop }, ty))
            }
            surface::ExprKind::Tuple(items) | surface::ExprKind::List(items) => {
                let (places, types): (Vec<_>, Vec<_>) =
                    items.iter().map(|i| self.place(i)).collect::<Outcome<Vec<_>>>()?.into_iter().unzip();
                Ok((Place::Tuple(places), Type::Tuple(types)))
            }
            _ => Err(Rejection::new("infer.target", target.span, "This assignment target has no rule.")),
        }
    }

    fn variable_place(&mut self, target: &'m surface::Expr, name: &str) -> Outcome<(Place, Type)> {
        match self.facts.bindings.get(&Key::of(target)).cloned() {
            Some(Binding::Variable(id)) => {
                let ty = self.type_of(self.facts.variable(id).cell, target.span, name)?;
                self.assigned(id, &ty);
                Ok((Place::Variable { name: self.names[id.0].clone(), ty: ty.clone() }, ty))
            }
            Some(Binding::Global(global)) => {
                let ty = self.type_of(self.facts.globals[global.as_str()].cell, target.span, name)?;
                self.mutated_globals.insert(global.clone());
                Ok((Place::Variable { name: global, ty: ty.clone() }, ty))
            }
            _ => Err(unexpected_at(target.span)),
        }
    }

    fn item_place(&mut self, base: Expr, index: &'m surface::Expr) -> Outcome<(Place, Type)> {
        match base.ty.clone() {
            Type::List(item) => {
                let index = self.expr_as(index, &Type::Int)?;
                Ok((Place::Item { base, index, mode: IndexMode::Python }, *item))
            }
            Type::Dict(key, item) => {
                let index = self.expr_as(index, &key)?;
                Ok((Place::Item { base, index, mode: IndexMode::Python }, *item))
            }
            ty => {
                let message = format!("An item of a value of type `{ty}` is assigned.");
                Err(Rejection::new("infer.item-assignment", index.span, message))
            }
        }
    }

    /// What the expression refers to is changed: a module variable counts as mutated.
    pub(super) fn mark_mutated(&mut self, e: &Expr) {
        use grammars::ir::ExprKind;
        let mut at = e;
        loop {
            match &at.kind {
                ExprKind::Global(name) => {
                    self.mutated_globals.insert(name.clone());
                    return;
                }
                ExprKind::Index { base, .. } | ExprKind::Lookup { base, .. } => at = base,
                ExprKind::Field { object, .. } => at = object,
                ExprKind::Intrinsic { op: Intrinsic::Array(ArrayOp::Select(_)), args } => {
                    match args.first() {
                        Some(base) => at = base,
                        None => return,
                    }
                }
                ExprKind::Convert { value, .. } => at = value,
                _ => return,
            }
        }
    }

    /// The value that a place holds now; reading it evaluates the place again.
    pub(super) fn place_value(&self, place: &Place, ty: &Type, span: grammars::Span) -> Outcome<Expr> {
        use grammars::ir::ExprKind;
        Ok(match place {
            Place::Variable { name, .. } => build::local(name, ty.clone(), span),
            Place::Item { base, index, .. } => match &base.ty {
                Type::List(_) => indexed(base.clone(), index.clone(), ty.clone(), span),
                _ => {
                    let (base, key) = (Box::new(base.clone()), Box::new(index.clone()));
                    build::expr(ExprKind::Lookup { base, key }, ty.clone(), span)
                }
            },
            Place::Field { object, field, .. } => {
                let kind = ExprKind::Field { object: Box::new(object.clone()), field: field.clone() };
                build::expr(kind, ty.clone(), span)
            }
            Place::Part(selection) => selection.clone(),
            _ => {
                let message = "The place that is updated is computed.";
                return Err(Rejection::new("infer.update", span, message));
            }
        })
    }
}
