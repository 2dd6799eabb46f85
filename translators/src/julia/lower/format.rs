//! Formatted text: interpolation, and `@sprintf` where digits or widths are asked for.

use super::strings::pieces_of;
use super::{Lower, Lowering, reject};
use crate::julia::tree::{Expr, Piece};
use grammars::Span;
use grammars::ir::{FormatPart, FormatSpec, Type};

impl Lower<'_> {
    pub(super) fn format(&mut self, parts: &[FormatPart], span: Span) -> Lowering<Expr> {
        let plain = parts.iter().all(|part| match part {
            FormatPart::Text(_) => true,
            FormatPart::Value { spec, .. } => spec.is_plain(),
        });
        if plain { self.interpolated(parts) } else { self.printed(parts, span) }
    }

    fn interpolated(&mut self, parts: &[FormatPart]) -> Lowering<Expr> {
        let mut pieces: Vec<Piece> = Vec::new();
        for part in parts {
            let added = match part {
                FormatPart::Text(text) => vec![Piece::Text(text.clone())],
                FormatPart::Value { value, .. } => pieces_of(self.shown(value)?),
            };
            for piece in added {
                match (pieces.last_mut(), piece) {
                    (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                    (_, piece) => pieces.push(piece),
                }
            }
        }
        Ok(Expr::Str(pieces))
    }

    /// `@sprintf("…", values)`.
    fn printed(&mut self, parts: &[FormatPart], span: Span) -> Lowering<Expr> {
        let mut pattern = String::new();
        let mut args = Vec::new();
        for part in parts {
            match part {
                FormatPart::Text(text) => pattern.push_str(&text.replace('%', "%%")),
                FormatPart::Value { value, spec } => {
                    pattern.push_str(&directive(spec, &value.ty, span)?);
                    let percent = spec.kind == Some('%');
                    let value = self.shown_in_format(value, spec)?;
                    args.push(if percent { Expr::binary("*", Expr::Int(100), value) } else { value });
                }
            }
        }
        self.uses_printf = true;
        let mut all = vec![Expr::text(pattern)];
        all.extend(args);
        Ok(Expr::Macro("sprintf", all))
    }

    fn shown_in_format(&mut self, value: &grammars::ir::Expr, spec: &FormatSpec) -> Lowering<Expr> {
        match value.ty {
            Type::Float if spec.kind.is_some() || spec.precision.is_some() => self.lower_expr(value),
            _ => self.shown(value),
        }
    }
}

/// The directive of `printf` for one value.
fn directive(spec: &FormatSpec, ty: &Type, span: Span) -> Lowering<String> {
    let unsupported = || reject("julia.format", span, "a format specification that `@sprintf` does not have");
    let number = ty.is_numeric();
    let filled = spec.fill.is_some_and(|c| c != ' ' && !(c == '0' && number));
    if spec.repr && !number || filled || spec.grouping.is_some() || spec.alternate {
        return unsupported();
    }
    let left = match spec.align {
        Some('^' | '=') => return unsupported(),
        Some('<') => true,
        Some(_) => false,
        None => !number,
    };
    let mut text = String::from("%");
    if left && spec.width.is_some() {
        text.push('-');
    }
    if let Some(sign @ ('+' | ' ')) = spec.sign {
        text.push(sign);
    }
    if spec.zero || spec.fill == Some('0') {
        text.push('0');
    }
    if let Some(width) = spec.width {
        text.push_str(&width.to_string());
    }
    if let Some(precision) = spec.precision {
        text.push_str(&format!(".{precision}"));
    }
    text.push_str(match (spec.kind, ty) {
        (Some('d') | None, Type::Int) => "d",
        (Some('x'), Type::Int) => "x",
        (Some('X'), Type::Int) => "X",
        (Some('o'), Type::Int) => "o",
        (Some('f'), Type::Float | Type::Int) => "f",
        (Some('e'), Type::Float | Type::Int) => "e",
        (Some('%'), Type::Float | Type::Int) => "f%%",
        (Some('s') | None, Type::Str | Type::Char | Type::Bool) => "s",
        (None, Type::Float) if spec.precision.is_none() => "s",
        _ => return unsupported(),
    });
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifications_become_directives() {
        let spec = |precision, width, kind| FormatSpec { precision, width, kind, ..FormatSpec::default() };
        let span = Span::default();
        assert_eq!(directive(&spec(Some(2), None, Some('f')), &Type::Float, span).unwrap(), "%.2f");
        assert_eq!(directive(&spec(None, Some(5), None), &Type::Str, span).unwrap(), "%-5s");
        assert_eq!(directive(&spec(None, Some(5), Some('d')), &Type::Int, span).unwrap(), "%5d");
        assert!(directive(&spec(None, None, Some('g')), &Type::Float, span).is_err());
    }
}
