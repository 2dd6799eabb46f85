//! Text: formatting, conversion to text, and the operations on strings.

use super::{Body, reject};
use crate::fortran::tree::build::{binary, call, int, plus, section, text};
use crate::fortran::tree::{Expr, Op};
use crate::passes::separators::same_from_both_ends;
use grammars::Rejection;
use grammars::ir::{self, FormatPart, FormatSpec, Type};

const LETTERS_LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const LETTERS_UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";

impl Body<'_, '_> {
    /// Formatted text.
    pub fn format(&mut self, parts: &[FormatPart]) -> Result<Expr, Rejection> {
        let mut result: Option<Expr> = None;
        for part in parts {
            let piece = match part {
                FormatPart::Text(value) => self.literal(value, grammars::Span::default())?,
                FormatPart::Value { value, spec } => self.formatted(value, spec)?,
            };
            result = Some(match result {
                None => piece,
                Some(before) => binary(Op::Concat, before, piece),
            });
        }
        Ok(result.unwrap_or_else(|| text("")))
    }

    fn formatted(&mut self, value: &ir::Expr, spec: &FormatSpec) -> Result<Expr, Rejection> {
        if spec.is_plain() {
            return self.make_text(value);
        }
        if spec.repr && (FormatSpec { repr: false, ..spec.clone() }).is_plain() {
            return self.make_repr(value);
        }
        if spec.repr || spec.alternate || spec.grouping.is_some() || spec.sign.is_some() {
            return reject("format", value.span, "a format that has no short form in Fortran");
        }
        let plain = match (spec.kind, &value.ty) {
            (Some('f'), Type::Float) => {
                let number = self.expr(value)?;
                let places = i64::from(spec.precision.unwrap_or(6));
                call(self.unit.helper("fixed_text", None), vec![number, int(places)])
            }
            (None | Some('d'), Type::Int) => self.make_text(value)?,
            (None | Some('s'), Type::Str | Type::Char) if spec.precision.is_none() => self.expr(value)?,
            (Some('b'), Type::Int) => self.radix(value, 2, "")?,
            (Some('o'), Type::Int) => self.radix(value, 8, "")?,
            (Some('x'), Type::Int) => self.radix(value, 16, "")?,
            (Some('X'), Type::Int) => {
                let digits = self.radix(value, 16, "")?;
                call(self.unit.helper("upper_case", None), vec![digits])
            }
            _ => return reject("format", value.span, "a format that has no short form in Fortran"),
        };
        self.padded(plain, spec, value)
    }

    fn padded(&mut self, plain: Expr, spec: &FormatSpec, value: &ir::Expr) -> Result<Expr, Rejection> {
        let Some(width) = spec.width.filter(|w| *w > 0) else { return Ok(plain) };
        let width = Expr::Int(i64::from(width), crate::fortran::tree::Kind::Int64);
        if spec.zero && spec.align.is_none() {
            return Ok(call(self.unit.helper("zero_filled", None), vec![plain, width]));
        }
        let helper = match spec.align {
            Some('<') => "padded_right",
            Some('>') => "padded_left",
            None if value.ty.is_text() => "padded_right",
            None => "padded_left",
            _ => return reject("format", value.span, "centred text in a format"),
        };
        let fill = text(spec.fill.unwrap_or(' ').to_string());
        Ok(call(self.unit.helper(helper, None), vec![plain, width, fill]))
    }

    /// Digits in a base, behind a prefix.
    pub fn radix(&mut self, value: &ir::Expr, base: i64, prefix: &str) -> Result<Expr, Rejection> {
        let number = self.exact(value)?;
        Ok(call(self.unit.helper("radix_text", None), vec![number, int(base), text(prefix)]))
    }

    /// An intrinsic on text, if it is one.
    pub fn text_intrinsic(
        &mut self,
        op: &ir::Intrinsic,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<Option<Expr>, Rejection> {
        use ir::Intrinsic::*;
        let result = match op {
            Lower => self.on_text("lower_case", args)?,
            Upper => self.on_text("upper_case", args)?,
            Capitalize => self.on_text("capitalized", args)?,
            Title => self.on_text("title_case", args)?,
            SwapCase => self.on_text("swap_case", args)?,
            Strip | LStrip | RStrip => self.strip(op, args)?,
            SplitWhitespace => self.on_text("split_words", args)?,
            SplitLines => self.on_text("split_lines", args)?,
            Split if args.len() == 2 => self.on_text("split_text", args)?,
            Split => self.with_numbers("split_text_limited", args)?,
            RSplit if args.len() == 3 => self.with_numbers("split_text_right", args)?,
            RSplit if same_from_both_ends(&args[1]) => self.on_text("split_text", args)?,
            RSplit => {
                let all = [args, &[ir::Expr::int(-1)]].concat();
                self.with_numbers("split_text_right", &all)?
            }
            Join => self.join(args)?,
            Replace if args.len() == 3 => self.replace(args)?,
            Replace => self.with_numbers("replaced_times", args)?,
            StartsWith => self.on_text("starts_with", args)?,
            EndsWith => self.on_text("ends_with", args)?,
            Find if args.len() == 2 => plus(self.on_text("index", args)?, -1),
            Find => self.with_numbers("find_from", args)?,
            RFind => {
                let mut values = self.operands(&[&args[0], &args[1]])?;
                values.push(Expr::Keyword("back", Box::new(Expr::Logical(true))));
                plus(call("index", values), -1)
            }
            IsAlpha => self.made_of(args, &[LETTERS_UPPER, LETTERS_LOWER].concat())?,
            IsDigit => self.made_of(args, DIGITS)?,
            IsAlnum => self.made_of(args, &[LETTERS_UPPER, LETTERS_LOWER, DIGITS].concat())?,
            IsSpace => self.made_of(args, " \t\n\u{b}\u{c}\r")?,
            IsLower => self.has_case(args, LETTERS_LOWER, LETTERS_UPPER)?,
            IsUpper => self.has_case(args, LETTERS_UPPER, LETTERS_LOWER)?,
            LJust => self.justify("padded_right", args)?,
            RJust => self.justify("padded_left", args)?,
            Center => self.justify("centered", args)?,
            ZFill => {
                let values = self.operands(&[&args[0], &args[1]])?;
                let values = values.into_iter().zip(args).map(|(v, a)| self.exactly(v, &a.ty)).collect();
                call(self.unit.helper("zero_filled", None), values)
            }
            Ord => call("iachar", vec![self.expr(&args[0])?]),
            Chr => {
                let code = self.expr(&args[0])?;
                call("achar", vec![code])
            }
            ToStr => self.make_text(&args[0])?,
            Repr => self.make_repr(&args[0])?,
            Bin => self.radix(&args[0], 2, "0b")?,
            Hex => self.radix(&args[0], 16, "0x")?,
            Oct => self.radix(&args[0], 8, "0o")?,
            ParseInt if args.len() == 1 => self.parse_int(&args[0])?,
            ParseInt => self.with_numbers("parse_radix", args)?,
            ParseFloat => self.on_text("parse_real", args)?,
            Contains if e.ty == Type::Bool && args[0].ty.is_text() => {
                self.text_contains(&args[0], &args[1])?
            }
            Count if args[0].ty.is_text() => self.on_text("occurrences", args)?,
            _ => return Ok(None),
        };
        Ok(Some(result))
    }

    /// A function of texts alone; Fortran's own, or a helper.
    fn on_text(&mut self, function: &'static str, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let values = self.operands(&args.iter().collect::<Vec<_>>())?;
        let function =
            if function == "index" { function.to_string() } else { self.unit.helper(function, None) };
        Ok(call(function, values))
    }

    /// A helper whose arguments are texts and integers of the source.
    fn with_numbers(&mut self, helper: &'static str, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let values = self.operands(&args.iter().collect::<Vec<_>>())?;
        let values = values.into_iter().zip(args).map(|(v, a)| self.exactly(v, &a.ty)).collect();
        Ok(call(self.unit.helper(helper, None), values))
    }

    /// The digits of one character are read off its code.
    fn parse_int(&mut self, value: &ir::Expr) -> Result<Expr, Rejection> {
        let inner = self.expr(value)?;
        if !self.is_guarded(&ir::ExceptionKind::Value) {
            return Ok(call(self.unit.helper("parse_integer", None), vec![inner]));
        }
        let inner = self.held(inner, &["digits", "piece"], &Type::Str);
        let known = inner.clone();
        self.guard(ir::ExceptionKind::Value, |b| {
            crate::fortran::tree::build::not(call(b.unit.helper("spells_integer", None), vec![known]))
        })?;
        Ok(call(self.unit.helper("parse_integer", None), vec![inner]))
    }

    fn strip(&mut self, op: &ir::Intrinsic, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let mut values = self.operands(&args.iter().collect::<Vec<_>>())?;
        let unwanted = if values.len() > 1 { values.remove(1) } else { text(" \t\n\u{b}\u{c}\r") };
        let value = values.remove(0);
        Ok(match op {
            ir::Intrinsic::Strip => call(self.unit.helper("stripped", None), vec![value, unwanted]),
            ir::Intrinsic::LStrip => call(self.unit.helper("left_stripped", None), vec![value, unwanted]),
            _ => {
                let value = self.subscriptable(value, &Type::Str);
                let last =
                    vec![value.clone(), unwanted, Expr::Keyword("back", Box::new(Expr::Logical(true)))];
                section(value, None, Some(call("verify", last)))
            }
        })
    }

    /// `separator.join(parts)`.
    fn join(&mut self, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        if let Some(joined) = self.join_generated(&args[0], &args[1])? {
            return Ok(joined);
        }
        let separator = self.expr(&args[0])?;
        if args[1].ty.is_text() && separator == text("") {
            return self.expr(&args[1]);
        }
        let parts = self.make_list(&args[1])?;
        match args[1].ty.element() {
            Some(Type::Char) => {
                return Ok(call(self.unit.helper("joined_letters", None), vec![parts, separator]));
            }
            Some(Type::Str) => {}
            _ => return reject("join", args[1].span, "`join` of values that may be no text"),
        }
        Ok(call(self.unit.helper("joined", None), vec![parts, separator]))
    }

    fn replace(&mut self, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        if matches!(&args[1].kind, ir::ExprKind::Str(old) if old.is_empty()) {
            return reject("replace-empty", args[1].span, "a replacement of empty text");
        }
        self.on_text("replaced", args)
    }

    fn made_of(&mut self, args: &[ir::Expr], set: &str) -> Result<Expr, Rejection> {
        let value = self.expr(&args[0])?;
        if self.fixed_length(&value) == Some(1) {
            return Ok(match set {
                DIGITS => and_between(value, "0", "9"),
                _ => binary(Op::Gt, call("scan", vec![value, text(set)]), int(0)),
            });
        }
        Ok(call(self.unit.helper("is_made_of", None), vec![value, text(set)]))
    }

    /// Has letters of one case and none of the other.
    fn has_case(&mut self, args: &[ir::Expr], wanted: &str, other: &str) -> Result<Expr, Rejection> {
        let value = self.expr(&args[0])?;
        if self.fixed_length(&value) == Some(1) {
            return Ok(and_between(value, &wanted[..1], &wanted[25..]));
        }
        let value = self.subscriptable(value, &Type::Str);
        let has = binary(Op::Gt, call("scan", vec![value.clone(), text(wanted)]), int(0));
        let lacks = binary(Op::Eq, call("scan", vec![value, text(other)]), int(0));
        Ok(binary(Op::And, has, lacks))
    }

    fn justify(&mut self, helper: &'static str, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let mut values = self.operands(&args.iter().collect::<Vec<_>>())?;
        if let Some(width) = values.get_mut(1) {
            let wide = self.widened(width.clone());
            *width = wide;
        }
        if values.len() < 3 {
            values.push(text(" "));
        }
        Ok(call(self.unit.helper(helper, None), values))
    }

    /// `part in whole`.
    fn text_contains(&mut self, whole: &ir::Expr, part: &ir::Expr) -> Result<Expr, Rejection> {
        let values = self.operands(&[whole, part])?;
        Ok(binary(Op::Gt, call("index", values), int(0)))
    }

    /// The characters of a text as an array of texts.
    pub fn letters(&mut self, value: Expr) -> Expr {
        call(self.unit.helper("letters_of", None), vec![value])
    }
}

fn and_between(value: Expr, low: &str, high: &str) -> Expr {
    binary(Op::And, binary(Op::Ge, value.clone(), text(low)), binary(Op::Le, value, text(high)))
}
