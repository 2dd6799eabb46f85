//! Comprehensions, their clauses, and what is iterated.

use super::super::cells::{Cell, Mode};
use super::super::facts::Binding;
use super::super::key::Key;
use super::expr::{has_star, indexed, unexpected};
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, Expr, ExprKind, Pattern, Type};
use grammars::surface;
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn comprehension(
        &mut self,
        e: &'m surface::Expr,
        element: &'m surface::Expr,
        value: Option<&'m surface::Expr>,
        clauses: &'m [surface::Clause],
    ) -> Outcome<Expr> {
        let ty = self.own_type(e)?;
        let clauses = clauses.iter().map(|c| self.clause(c)).collect::<Outcome<Vec<_>>>()?;
        let kind = match (&ty, value) {
            (Type::Dict(k, v), Some(value)) => ExprKind::DictComprehension {
                key: Box::new(self.expr_as(element, k)?),
                value: Box::new(self.expr_as(value, v)?),
                clauses,
            },
            (Type::Set(t), _) => {
                ExprKind::SetComprehension { element: Box::new(self.expr_as(element, t)?), clauses }
            }
            (Type::List(t) | Type::Iter(t), _) => {
                ExprKind::Comprehension { element: Box::new(self.expr_as(element, t)?), clauses }
            }
            _ => return Err(unexpected(e)),
        };
        Ok(build::expr(kind, ty, e.span))
    }

    /// Element and clause of a comprehension with one clause.
    pub(super) fn single_clause(
        &mut self,
        element: &'m surface::Expr,
        clause: &'m surface::Clause,
        ty: &Type,
    ) -> Outcome<(Expr, ir::Clause)> {
        let clause = self.clause(clause)?;
        Ok((self.expr_as(element, ty)?, clause))
    }

    pub(super) fn clause(&mut self, clause: &'m surface::Clause) -> Outcome<ir::Clause> {
        let iter = self.iterable(&clause.iter)?;
        let element = iter.ty.element().ok_or_else(|| mixed_iteration(&iter))?;
        let pattern = self.clause_pattern(&clause.target, &element)?;
        let mut conditions = Vec::new();
        for condition in &clause.conditions {
            let condition = self.condition(condition)?;
            if condition.kind != ExprKind::Bool(true) {
                conditions.push(condition);
            }
        }
        Ok(ir::Clause { pattern, iter, conditions })
    }

    /// Something to iterate over.
    pub(super) fn iterable(&mut self, e: &'m surface::Expr) -> Outcome<Expr> {
        let source = self.expr(e)?;
        let source =
            self.as_member(e, source, |ty| ty.element().is_some() || matches!(ty, Type::Tuple(_)))?;
        if super::arrays::is_array(&source.ty) {
            return Ok(self.items_of_array(source));
        }
        if source.ty.element().is_none()
            && (matches!(source.kind, ExprKind::Tuple(_)) || self.facts.cells.mode != Mode::Plain)
            && let (Type::Tuple(_), Some(cell)) = (&source.ty, self.facts.cell_of(e))
            && let Some(element) = self.joined_item(cell)
        {
            // `for x in (1, 2.5)`: a list of the joined type.
            let list = Type::list(element);
            return match source.kind {
                ExprKind::Tuple(_) => convert(source, &list),
                _ => {
                    let span = source.span;
                    Ok(build::intrinsic(ir::Intrinsic::ToList, vec![source], list, span))
                }
            };
        }
        Ok(source)
    }

    /// The type that all items of a tuple can have, if they are numbers or values may be of several types.
    pub(super) fn joined_item(&self, cell: Cell) -> Option<Type> {
        let types: Vec<Type> = self
            .facts
            .cells
            .parts(cell)
            .into_iter()
            .map(|c| self.facts.cells.resolve(c))
            .collect::<Option<_>>()?;
        let numbers = types.iter().all(|t| matches!(t, Type::Bool | Type::Int | Type::Float));
        let float = types.contains(&Type::Float);
        match self.facts.cells.mode {
            Mode::NumbersApart => Some(Type::union(types)),
            _ if numbers => Some(if float { Type::Float } else { Type::Int }),
            Mode::Unions => Some(Type::union(types)),
            Mode::Plain => None,
        }
    }

    /// What a clause binds; parts of lists are written as indexing, since a pattern takes only tuples
    /// apart.
    pub(super) fn clause_pattern(&mut self, target: &'m surface::Expr, ty: &Type) -> Outcome<Pattern> {
        match (&target.kind, ty) {
            (surface::ExprKind::Name(_), _) => self.pattern_name(target, ty),
            (surface::ExprKind::Tuple(items) | surface::ExprKind::List(items), Type::Tuple(types))
                if items.len() == types.len() && !has_star(items) =>
            {
                let parts = items.iter().zip(types).map(|(i, t)| self.clause_pattern(i, t));
                Ok(Pattern::Tuple(parts.collect::<Outcome<_>>()?))
            }
            (surface::ExprKind::Tuple(items) | surface::ExprKind::List(items), Type::List(_) | Type::Str)
                if !has_star(items) =>
            {
                let element = ty.element().ok_or_else(|| unexpected(target))?;
                let name = self.unused_name("item");
                let whole = build::local(&name, ty.clone(), target.span);
                for (at, item) in items.iter().enumerate() {
                    let Some(Binding::Variable(id)) = self.facts.bindings.get(&Key::of(item)) else {
                        return Err(unexpected(item));
                    };
                    let index = build::int(at as i128, item.span);
                    let part = indexed(whole.clone(), index, element.clone(), item.span);
                    self.substituted.insert(*id, part);
                }
                Ok(Pattern::Name { name, ty: ty.clone() })
            }
            _ => {
                Err(Rejection::new("infer.target", target.span, "This clause binds in a way without a rule."))
            }
        }
    }

    /// A name bound by a loop or clause; `_` where nothing reads it.
    pub(super) fn pattern_name(&mut self, target: &'m surface::Expr, ty: &Type) -> Outcome<Pattern> {
        let Some(Binding::Variable(id)) = self.facts.bindings.get(&Key::of(target)).cloned() else {
            return Err(Rejection::new(
                "infer.target",
                target.span,
                "A loop assigns something that is not its own.",
            ));
        };
        let variable = self.facts.variable(id);
        let declared = self.facts.cells.resolve(variable.cell).unwrap_or(ty.clone());
        if declared != *ty && !declared.is_union() {
            return Err(loop_conversion(&variable.name, ty, &declared, target.span));
        }
        if variable.name == "_" && variable.reads == 0 {
            return Ok(Pattern::Name { name: "_".to_owned(), ty: ty.clone() });
        }
        let name = self.names[id.0].clone();
        self.assigned(id, &declared);
        Ok(Pattern::Name { name, ty: declared })
    }
}

fn loop_conversion(name: &str, from: &Type, to: &Type, span: Span) -> Rejection {
    let message = format!("The loop gives `{name}` values of type `{from}`, but it is `{to}` elsewhere.");
    Rejection::new("infer.loop-variable", span, message)
}

pub(super) fn mixed_iteration(iter: &Expr) -> Rejection {
    let message = format!("Iterating over a value of type `{}` has no rule.", iter.ty);
    Rejection::new("infer.not-iterable", iter.span, message)
}
