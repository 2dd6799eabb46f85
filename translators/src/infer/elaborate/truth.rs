//! Truthiness made explicit.

use super::{Elaborator, Outcome, build};
use grammars::Rejection;
use grammars::ir::{CompareOp, Conversion, Expr, ExprKind, Intrinsic, Type};
use grammars::surface::{self, UnaryOp};

impl<'m> Elaborator<'_, 'm> {
    /// The condition as a `Bool`.
    pub(super) fn condition(&mut self, e: &'m surface::Expr) -> Outcome<Expr> {
        match &e.kind {
            surface::ExprKind::And(items) => self.conditions(items, e, true),
            surface::ExprKind::Or(items) => self.conditions(items, e, false),
            surface::ExprKind::Unary { op: UnaryOp::Not, operand } => {
                Ok(build::not(self.condition(operand)?))
            }
            _ => {
                let value = self.expr(e)?;
                self.truth(value)
            }
        }
    }

    fn conditions(
        &mut self,
        items: &'m [surface::Expr],
        e: &'m surface::Expr,
        conjunction: bool,
    ) -> Outcome<Expr> {
        let mut parts = Vec::new();
        for item in items {
            let part = self.condition(item)?;
            match part.kind {
                // What follows is never evaluated, and may make no sense for the types.
                ExprKind::Bool(value) if value != conjunction => {
                    parts.push(part);
                    break;
                }
                ExprKind::Bool(_) => {}
                _ => parts.push(part),
            }
        }
        let last_is_constant = matches!(parts.last(), Some(Expr { kind: ExprKind::Bool(_), .. }));
        if last_is_constant && parts.iter().all(build::is_pure) {
            return Ok(build::bool_(!conjunction, e.span));
        }
        Ok(match parts.len() {
            0 => build::bool_(conjunction, e.span),
            1 => parts.remove(0),
            _ if conjunction => build::expr(ExprKind::And(parts), Type::Bool, e.span),
            _ => build::expr(ExprKind::Or(parts), Type::Bool, e.span),
        })
    }

    /// Whether Python takes the value for true.
    pub(super) fn truth(&mut self, value: Expr) -> Outcome<Expr> {
        let span = value.span;
        Ok(match value.ty.clone() {
            Type::Bool => value,
            Type::Int => build::compare(CompareOp::Ne, value, build::int(0, span), span),
            Type::Float => {
                let zero = build::expr(ExprKind::Float(0.0), Type::Float, span);
                build::compare(CompareOp::Ne, value, zero, span)
            }
            Type::Str | Type::Char | Type::List(_) | Type::Dict(..) | Type::Set(_) => {
                build::not(build::intrinsic(Intrinsic::IsEmpty, vec![value], Type::Bool, span))
            }
            Type::Tuple(items) if build::is_pure(&value) => build::bool_(!items.is_empty(), span),
            Type::None if build::is_pure(&value) => build::bool_(false, span),
            Type::Optional(inner) => self.optional_truth(value, *inner)?,
            Type::Class(class) => self.object_truth(value, &class)?,
            // Patterns, matches and generators are never false.
            Type::Library(_) => build::bool_(true, span),
            Type::Union(_) => self.truth_of_several(value)?,
            ty => {
                let message = format!("The truth of a value of type `{ty}` has no rule.");
                return Err(Rejection::new("infer.truth", span, message));
            }
        })
    }

    fn optional_truth(&mut self, value: Expr, inner: Type) -> Outcome<Expr> {
        let span = value.span;
        let present = build::not(build::is_none(value.clone(), span));
        let repeatable = build::is_repeatable(&value);
        let kind = ExprKind::Convert { conversion: Conversion::Unwrap, value: Box::new(value) };
        let unwrapped = build::expr(kind, inner, span);
        let holds = self.truth(unwrapped)?;
        match holds.kind {
            ExprKind::Bool(true) => Ok(present),
            _ if repeatable => Ok(build::expr(ExprKind::And(vec![present, holds]), Type::Bool, span)),
            _ => {
                let message = "The truth of a computed optional value has no rule.";
                Err(Rejection::new("infer.truth", span, message))
            }
        }
    }

    fn object_truth(&mut self, value: Expr, class: &str) -> Outcome<Expr> {
        let span = value.span;
        for (name, ty) in [("__bool__", Type::Bool), ("__len__", Type::Int)] {
            if let Some((owner, _)) = self.facts.find_method(class, name) {
                let kind = ExprKind::CallMethod {
                    object: Box::new(value),
                    class: owner,
                    method: name.to_owned(),
                    args: Vec::new(),
                };
                return self.truth(build::expr(kind, ty, span));
            }
        }
        if build::is_pure(&value) {
            return Ok(build::bool_(true, span));
        }
        Err(Rejection::new("infer.truth", span, "The truth of a new object has no rule."))
    }
}
