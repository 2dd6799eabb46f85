//! Values as text: `print`, `str`, and what must not be written out.

use super::super::cells::Head;
use super::library::Call;
use super::{Elaborator, Outcome, build};
use grammars::Rejection;
use grammars::ir::{self, Expr, ExprKind, Intrinsic, Type};
use grammars::surface;

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn print(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
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
    pub(super) fn text_of(&mut self, value: Expr, e: &surface::Expr) -> Outcome<Expr> {
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
    pub(super) fn shows_mixed(&self, cell: super::Cell, depth: usize) -> bool {
        let cells = &self.facts.cells;
        let here = match cells.head(cell) {
            Head::Float | Head::Int => cells.is_mixed(cell),
            Head::VarTuple(_) => true,
            Head::Union(members) => {
                (cells.is_mixed(cell) && members.iter().any(Head::is_number))
                    || members.iter().any(|m| matches!(m, Head::VarTuple(_)))
            }
            _ => false,
        };
        here || (depth > 0 && cells.parts(cell).into_iter().any(|c| self.shows_mixed(c, depth - 1)))
    }

    /// `float("inf")`.
    pub(super) fn float_text(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
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
}
