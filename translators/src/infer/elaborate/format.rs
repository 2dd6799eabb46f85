//! Formatted text: f-strings, `str.format` and `%`.

use super::super::format_spec::{Field, Piece, parse_percent, parse_spec, parse_template};
use super::library::Call;
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{Expr, ExprKind, FormatPart, FormatSpec, Type};
use grammars::surface;
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn f_string(&mut self, parts: &'m [surface::FormatPart], span: Span) -> Outcome<Expr> {
        let mut out = Vec::new();
        for part in parts {
            match part {
                surface::FormatPart::Text(text) => out.push(FormatPart::Text(text.clone())),
                surface::FormatPart::Value { value, conversion, spec } => {
                    let mut parsed = parse_spec(spec).ok_or_else(|| malformed(spec, value.span))?;
                    match conversion {
                        None | Some('s') => {}
                        Some('r') => parsed.repr = true,
                        Some(c) => return Err(malformed(&format!("!{c}"), value.span)),
                    }
                    out.push(self.field(value, parsed)?);
                }
            }
        }
        Ok(build::expr(ExprKind::Format(out), Type::Str, span))
    }

    /// A value in formatted text.
    fn field(&mut self, e: &'m surface::Expr, spec: FormatSpec) -> Outcome<FormatPart> {
        let value = self.expr(e)?;
        let float_kind = matches!(spec.kind, Some('f' | 'F' | 'e' | 'E' | 'g' | 'G' | '%'));
        let value = match (&value.ty, spec.kind) {
            (Type::Int | Type::Bool, _) if float_kind => convert(value, &Type::Float)?,
            (Type::Bool, Some('d')) => convert(value, &Type::Int)?,
            (Type::Optional(_), Some(_)) => self.unwrapped(value),
            _ if float_kind => value,
            _ => self.shown(value, e)?,
        };
        check_kind(&value, &spec)?;
        Ok(FormatPart::Value { value, spec })
    }

    /// `"…".format(…)`.
    pub(super) fn format_method(
        &mut self,
        template: Option<&'m surface::Expr>,
        call: &Call<'_, 'm>,
    ) -> Outcome<Expr> {
        let span = call.e.span;
        let Some(surface::ExprKind::Str(text)) = template.map(|t| &t.kind) else {
            return Err(Rejection::new("infer.format", span, "The template of `format` is computed."));
        };
        let pieces = parse_template(text).ok_or_else(|| malformed(text, span))?;
        let mut next = 0;
        let mut out = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push(FormatPart::Text(text)),
                Piece::Field(field) => {
                    let value =
                        format_argument(&field, &mut next, call).ok_or_else(|| malformed(text, span))?;
                    out.push(self.field(value, field.spec)?);
                }
            }
        }
        Ok(build::expr(ExprKind::Format(out), Type::Str, span))
    }

    /// `"…" % values`.
    pub(super) fn percent_format(
        &mut self,
        template: &str,
        values: &'m surface::Expr,
        span: Span,
    ) -> Outcome<Expr> {
        let pieces = parse_percent(template).ok_or_else(|| malformed(template, span))?;
        let values: Vec<&'m surface::Expr> = match &values.kind {
            surface::ExprKind::Tuple(items) => items.iter().collect(),
            _ if matches!(self.own_type(values)?, Type::Tuple(_)) => {
                let message = "The values for `%` are a computed tuple.";
                return Err(Rejection::new("infer.format", span, message));
            }
            _ => vec![values],
        };
        let mut next = values.into_iter();
        let mut out = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push(FormatPart::Text(text)),
                Piece::Field(field) => {
                    let value = next.next().ok_or_else(|| malformed(template, span))?;
                    out.push(self.percent_field(value, field.spec)?);
                }
            }
        }
        if next.next().is_some() {
            return Err(malformed(template, span));
        }
        Ok(build::expr(ExprKind::Format(out), Type::Str, span))
    }

    /// `%d` of a float drops its fraction.
    fn percent_field(&mut self, e: &'m surface::Expr, spec: FormatSpec) -> Outcome<FormatPart> {
        if spec.kind == Some('d') && self.own_type(e)? == Type::Float {
            let value = self.expr(e)?;
            let span = value.span;
            let value = build::intrinsic(grammars::ir::Intrinsic::ToInt, vec![value], Type::Int, span);
            return Ok(FormatPart::Value { value, spec });
        }
        self.field(e, spec)
    }
}

/// The argument that a field of `format` names.
fn format_argument<'m>(field: &Field, next: &mut usize, call: &Call<'_, 'm>) -> Option<&'m surface::Expr> {
    // The receiver is the first argument.
    if field.argument.is_empty() {
        *next += 1;
        return call.args.get(*next).copied();
    }
    match field.argument.parse::<usize>() {
        Ok(number) => call.args.get(number + 1).copied(),
        Err(_) => call.keyword(&field.argument),
    }
}

/// Formats that Python refuses for the type, or whose text has no rule.
fn check_kind(value: &Expr, spec: &FormatSpec) -> Outcome<()> {
    let fits = match (&value.ty, spec.kind) {
        (_, None) if spec.is_plain() || spec.repr => true,
        (Type::Int, None) => spec.precision.is_none(),
        (Type::Float | Type::Str, None) => true,
        (Type::Int, Some(kind)) => "dxXobc".contains(kind),
        (Type::Float, Some(kind)) => "fFeEgG%".contains(kind),
        (Type::Str, Some(kind)) => kind == 's',
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let message = format!("This format of a value of type `{}` has no rule.", value.ty);
    Err(Rejection::new("infer.format", value.span, message))
}

fn malformed(spec: &str, span: Span) -> Rejection {
    Rejection::new("infer.format", span, format!("The format `{spec}` has no rule."))
}
