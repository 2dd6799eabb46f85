//! Formatted text and output.

use super::text::Text;
use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Expr, Stmt};
use grammars::ir::{self, FormatPart, FormatSpec, Intrinsic, Type};

impl<'m> Lower<'m> {
    /// Stores formatted text.
    pub fn assign_format(&mut self, dest: &Loc, parts: &[FormatPart], e: &ir::Expr) -> Result<()> {
        if self.reads_record(e, &dest.record) {
            let place = self.temp("LINE-TEXT", &Type::Str, e.span)?;
            if place != *dest {
                self.assign_format(&place, parts, e)?;
                self.copy(&place, dest);
                return Ok(());
            }
        }
        let mut texts = Vec::new();
        for part in parts {
            let text = match part {
                FormatPart::Text(text) => super::text::literal(text, e.span)?,
                FormatPart::Value { value, spec } => self.formatted(value, spec)?,
            };
            if text.length.as_int() != Some(0) {
                texts.push(text);
            }
        }
        self.write_texts(dest, texts, false);
        Ok(())
    }

    /// One value as text.
    fn formatted(&mut self, value: &ir::Expr, spec: &FormatSpec) -> Result<Text> {
        if spec.is_plain() || *spec == (FormatSpec { kind: Some('d'), ..FormatSpec::default() }) {
            return self.plain_text(value);
        }
        let decimals = FormatSpec { precision: spec.precision, kind: Some('f'), ..FormatSpec::default() };
        if *spec == decimals && value.ty.is_numeric() {
            return self.decimal_text(value, spec.precision.unwrap_or(6));
        }
        let padded = FormatSpec { zero: true, width: spec.width, kind: spec.kind, ..FormatSpec::default() };
        if *spec == padded
            && value.ty == Type::Int
            && super::position::non_negative(value)
            && let Some(width) = spec.width
        {
            let digits = ir::Expr::intrinsic(Intrinsic::ToStr, vec![value.clone()], Type::Str);
            let width = ir::Expr::int(width.into());
            return self.text(&ir::Expr::intrinsic(Intrinsic::ZFill, vec![digits, width], Type::Str));
        }
        reject("format", value.span, "this format specification has no COBOL form")
    }

    /// A value as `str` writes it.
    pub fn plain_text(&mut self, value: &ir::Expr) -> Result<Text> {
        if value.ty.is_text() {
            return self.text(value);
        }
        self.text(&ir::Expr::intrinsic(Intrinsic::ToStr, vec![value.clone()], Type::Str).at(value.span))
    }

    /// A number with a fixed number of decimals, rounded as Python does.
    fn decimal_text(&mut self, value: &ir::Expr, decimals: u32) -> Result<Text> {
        if decimals > 12 {
            return reject("format", value.span, "more than 12 decimals have no COBOL form");
        }
        let number = self.number(value)?;
        let picture =
            if decimals == 0 { "PIC -(17)9".to_string() } else { format!("PIC -(17)9.9({decimals})") };
        let edited = self.edited("DECIMAL-EDITED", &picture);
        let rounded = "ROUNDED MODE IS NEAREST-EVEN";
        self.emit(Stmt::Compute { target: edited.clone(), rounded, value: number, size_error: Vec::new() });
        let trimmed = super::number::function("TRIM", vec![edited.into()]);
        Ok(Text {
            length: super::number::function("LENGTH", vec![trimmed.clone()]),
            operand: trimmed,
            whole: None,
        })
    }

    /// `print`.
    pub fn print(&mut self, values: &[ir::Expr], sep: &str, end: &str) -> Result<()> {
        let mut items = Vec::new();
        for (at, value) in values.iter().enumerate() {
            if at > 0 && !sep.is_empty() {
                items.push(Expr::Text(sep.to_string()));
            }
            let text = self.plain_text(value)?;
            if text.length.as_int() != Some(0) {
                items.push(text.operand);
            }
        }
        let line = end.strip_suffix('\n');
        if let Some(rest) = line.or(Some(end)).filter(|rest| !rest.is_empty()) {
            items.push(Expr::Text(rest.to_string()));
        }
        if items.is_empty() {
            items.push(Expr::Text(" ".to_string()));
        }
        self.emit(Stmt::Display { items, to_stderr: false, no_advancing: line.is_none() });
        Ok(())
    }
}
