//! Strings: concatenation, methods of `String` and `Character`, `String.format`.

use super::convert::convert;
use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::ir::{
    BinaryOp, CompareOp, Conversion, Expr, ExprKind, FormatPart, FormatSpec, IndexMode, Intrinsic, Overflow,
    SliceBounds,
};
use tree_sitter::Node;

/// Java makes bounds beyond the ends an error that programs do not catch.
const IN_RANGE: SliceBounds = SliceBounds {
    start_in_range: true,
    stop_in_range: true,
    start_non_negative: true,
    stop_non_negative: true,
};

impl Lowering<'_> {
    /// `left + right` where one is a string. Text with values in it becomes one formatted text.
    pub(super) fn concatenation(&mut self, node: Node, left: Value, right: Value) -> Outcome<Value> {
        let plain = |v: &Value| v.ty == JType::Str && !matches!(v.expr.kind, ExprKind::Format(_));
        if plain(&left) && plain(&right) {
            let (left, right) = (Box::new(left.expr), Box::new(right.expr));
            let kind = ExprKind::Binary { op: BinaryOp::Concat, overflow: Overflow::Fits, left, right };
            return Ok(self.make(node, kind, JType::Str));
        }
        let mut parts = self.parts(node, left)?;
        parts.extend(self.parts(node, right)?);
        Ok(self.make(node, ExprKind::Format(parts), JType::Str))
    }

    fn parts(&mut self, node: Node, value: Value) -> Outcome<Vec<FormatPart>> {
        let ty = value.ty.unboxed().clone();
        Ok(match value.expr.kind {
            ExprKind::Format(parts) => parts,
            ExprKind::Str(text) => vec![FormatPart::Text(text)],
            ExprKind::Binary { op: BinaryOp::Concat, left, right, .. } => {
                let mut parts = self.parts(node, Value { expr: *left, ty: JType::Str })?;
                parts.extend(self.parts(node, Value { expr: *right, ty: JType::Str })?);
                parts
            }
            _ => {
                let expr = match ty {
                    JType::Int | JType::Long | JType::Char => value.expr,
                    _ => self.as_text(value, node)?,
                };
                vec![FormatPart::Value { value: expr, spec: FormatSpec::default() }]
            }
        })
    }

    /// `string.method(args)`.
    pub(super) fn string_method(
        &mut self,
        node: Node,
        text: Value,
        name: &str,
        args: &[Node],
    ) -> Outcome<Value> {
        let receiver = text.expr;
        let simple = match name {
            "length" => Some((Intrinsic::Len, JType::Int)),
            "isEmpty" => Some((Intrinsic::IsEmpty, JType::Boolean)),
            "toUpperCase" => Some((Intrinsic::Upper, JType::Str)),
            "toLowerCase" => Some((Intrinsic::Lower, JType::Str)),
            "trim" | "strip" => Some((Intrinsic::Strip, JType::Str)),
            "toCharArray" => Some((Intrinsic::ToList, JType::Array(Box::new(JType::Char)))),
            _ => None,
        };
        match (name, args) {
            (_, []) if simple.is_some() => {
                let (op, ty) = simple.unwrap_or((Intrinsic::Len, JType::Int));
                Ok(self.intrinsic(node, op, vec![receiver], ty))
            }
            ("toString" | "intern", []) => Ok(Value { expr: receiver, ty: JType::Str }),
            ("charAt", [index]) => {
                let index = self.value_of(*index, &JType::Int)?;
                Ok(self.item(node, receiver, index, JType::Char))
            }
            ("substring" | "subSequence", [start]) => {
                let start = self.value_of(*start, &JType::Int)?;
                Ok(self.part(node, Value { expr: receiver, ty: JType::Str }, Some(start), None))
            }
            ("substring" | "subSequence", [start, stop]) => {
                let (start, stop) = (self.value_of(*start, &JType::Int)?, self.value_of(*stop, &JType::Int)?);
                Ok(self.part(node, Value { expr: receiver, ty: JType::Str }, Some(start), Some(stop)))
            }
            ("equals" | "contentEquals", [other]) => {
                let other = Value { expr: self.value_of(*other, &JType::Str)?, ty: JType::Str };
                self.compare(node, CompareOp::Eq, Value { expr: receiver, ty: JType::Str }, other)
            }
            ("equalsIgnoreCase", [other]) => {
                let other = self.value_of(*other, &JType::Str)?;
                let lower = |e| self.intrinsic(node, Intrinsic::Lower, vec![e], JType::Str);
                let (left, right) = (lower(receiver), lower(other));
                self.compare(node, CompareOp::Eq, left, right)
            }
            ("contains" | "startsWith" | "endsWith", [part]) => {
                let op = match name {
                    "contains" => Intrinsic::Contains,
                    "startsWith" => Intrinsic::StartsWith,
                    _ => Intrinsic::EndsWith,
                };
                let part = self.text_argument(*part)?;
                Ok(self.intrinsic(node, op, vec![receiver, part], JType::Boolean))
            }
            ("indexOf" | "lastIndexOf", [part]) => {
                let op = if name == "indexOf" { Intrinsic::Find } else { Intrinsic::RFind };
                let part = self.text_argument(*part)?;
                Ok(self.intrinsic(node, op, vec![receiver, part], JType::Int))
            }
            ("replace", [old, new]) => {
                let (old, new) = (self.text_argument(*old)?, self.text_argument(*new)?);
                Ok(self.intrinsic(node, Intrinsic::Replace, vec![receiver, old, new], JType::Str))
            }
            ("concat", [other]) => {
                let other = Value { expr: self.value_of(*other, &JType::Str)?, ty: JType::Str };
                self.concatenation(node, Value { expr: receiver, ty: JType::Str }, other)
            }
            ("repeat", [times]) => {
                let times = self.value_of(*times, &JType::Int)?;
                let (left, right) = (Box::new(receiver), Box::new(times));
                let kind = ExprKind::Binary { op: BinaryOp::Repeat, overflow: Overflow::Fits, left, right };
                Ok(self.make(node, kind, JType::Str))
            }
            _ => Err(self.unsupported_method(node, "String", name)),
        }
    }

    /// A string or character as a string.
    pub(super) fn text_argument(&mut self, node: Node) -> Outcome<Expr> {
        let value = self.expr(node)?;
        match value.ty.unboxed() {
            JType::Str => Ok(value.expr),
            JType::Char => Ok(char_text(value.expr)),
            _ => Err(self.reject("java.type", node, format!("`{}` is no text", self.text(node)))),
        }
    }

    /// `base[start:stop]`, which Java makes an error beyond the ends.
    pub(super) fn part(&self, node: Node, base: Value, start: Option<Expr>, stop: Option<Expr>) -> Value {
        let start = start.filter(|e| !matches!(e.kind, ExprKind::Int(0)));
        let kind = ExprKind::Slice {
            base: Box::new(base.expr),
            start: start.map(Box::new),
            stop: stop.map(Box::new),
            step: None,
            bounds: IN_RANGE,
        };
        self.make(node, kind, base.ty)
    }

    /// `base` backwards, as a new value.
    pub(super) fn backwards(&self, node: Node, base: Expr) -> Expr {
        let ty = base.ty.clone();
        let step = Some(Box::new(self.int(node, -1)));
        let kind = ExprKind::Slice { base: Box::new(base), start: None, stop: None, step, bounds: IN_RANGE };
        Expr { kind, ty, span: self.span(node) }
    }

    /// `Character.method(c)`.
    pub(super) fn character_method(&mut self, node: Node, name: &str, args: &[Node]) -> Outcome<Value> {
        let [arg] = args else { return Err(self.unsupported_method(node, "Character", name)) };
        let value = self.expr(*arg)?;
        if *value.ty.unboxed() != JType::Char {
            return Err(self.reject("java.type", node, format!("`{}` is no `char`", self.text(*arg))));
        }
        let (op, ty) = match name {
            "isDigit" => (Intrinsic::IsDigit, JType::Boolean),
            "isLetter" | "isAlphabetic" => (Intrinsic::IsAlpha, JType::Boolean),
            "isLetterOrDigit" => (Intrinsic::IsAlnum, JType::Boolean),
            "isWhitespace" | "isSpaceChar" => (Intrinsic::IsSpace, JType::Boolean),
            "isUpperCase" => (Intrinsic::IsUpper, JType::Boolean),
            "isLowerCase" => (Intrinsic::IsLower, JType::Boolean),
            "toUpperCase" => (Intrinsic::Upper, JType::Char),
            "toLowerCase" => (Intrinsic::Lower, JType::Char),
            "toString" | "valueOf" => {
                return Ok(match name {
                    "toString" => Value { expr: char_text(value.expr), ty: JType::Str },
                    _ => value,
                });
            }
            _ => return Err(self.unsupported_method(node, "Character", name)),
        };
        Ok(self.intrinsic(node, op, vec![value.expr], ty))
    }

    /// `String.valueOf(x)` and the like.
    pub(super) fn string_static(&mut self, node: Node, name: &str, args: &[Node]) -> Outcome<Value> {
        match (name, args) {
            ("valueOf" | "copyValueOf", [arg]) => {
                let value = self.expr(*arg)?;
                let expr = match &value.ty {
                    JType::Array(item) if **item == JType::Char => self.joined(node, value.expr),
                    _ => self.as_text(value, *arg)?,
                };
                Ok(Value { expr, ty: JType::Str })
            }
            ("join", [separator, parts]) => {
                let separator = self.value_of(*separator, &JType::Str)?;
                let parts = self.expr(*parts)?;
                if parts.ty.item() != Some(&JType::Str) {
                    return Err(self.unsupported_method(node, "String", name));
                }
                Ok(self.intrinsic(node, Intrinsic::Join, vec![separator, parts.expr], JType::Str))
            }
            ("format", [pattern, rest @ ..]) => self.format(node, *pattern, rest),
            _ => Err(self.unsupported_method(node, "String", name)),
        }
    }

    /// The characters of an array as one string.
    pub(super) fn joined(&self, node: Node, chars: Expr) -> Expr {
        let empty = self.make(node, ExprKind::Str(String::new()), JType::Str).expr;
        self.intrinsic(node, Intrinsic::Join, vec![empty, chars], JType::Str).expr
    }

    /// `String.format` with the conversions whose result does not depend on Java's rounding.
    fn format(&mut self, node: Node, pattern: Node, args: &[Node]) -> Outcome<Value> {
        let unsupported = |l: &Self| {
            l.reject("java.format", node, format!("the format {} is not supported", l.text(pattern)))
        };
        let ExprKind::Str(pattern_text) = self.expr(pattern)?.expr.kind else {
            return Err(unsupported(self));
        };
        let mut parts = Vec::new();
        let mut args = args.iter();
        let mut rest = pattern_text.as_str();
        while let Some(at) = rest.find('%') {
            parts.push(FormatPart::Text(rest[..at].to_owned()));
            let Some((spec, used)) = format_spec(&rest[at + 1..]) else { return Err(unsupported(self)) };
            rest = &rest[at + 1 + used..];
            match spec {
                Placeholder::Text(text) => parts.push(FormatPart::Text(text.to_owned())),
                Placeholder::Value(spec) => {
                    let Some(arg) = args.next() else { return Err(unsupported(self)) };
                    let value = self.expr(*arg)?;
                    let fits = if spec.kind == Some('d') { value.ty.is_integral() } else { true };
                    if !fits || (spec.kind == Some('d') && *value.ty.unboxed() == JType::Char) {
                        return Err(unsupported(self));
                    }
                    let value = if spec.kind == Some('d') { value.expr } else { self.as_text(value, *arg)? };
                    parts.push(FormatPart::Value { value, spec });
                }
            }
        }
        parts.push(FormatPart::Text(rest.to_owned()));
        parts.retain(|p| !matches!(p, FormatPart::Text(text) if text.is_empty()));
        Ok(self.make(node, ExprKind::Format(parts), JType::Str))
    }

    /// Character `-1`: the last.
    pub(super) fn last_item(&self, node: Node, base: Expr, ty: JType) -> Value {
        let index = Box::new(self.int(node, -1));
        self.make(node, ExprKind::Index { base: Box::new(base), index, mode: IndexMode::FromEnd }, ty)
    }
}

/// A character as a string.
pub(super) fn char_text(value: Expr) -> Expr {
    match value.kind {
        ExprKind::Str(text) => Expr { kind: ExprKind::Str(text), ty: crate::ir::Type::Str, span: value.span },
        _ => convert(value, Conversion::CharToStr),
    }
}

/// What stands behind a `%`.
enum Placeholder {
    Text(&'static str),
    Value(FormatSpec),
}

/// Reads `%-05d` and the like behind the `%`; also how many bytes it takes.
fn format_spec(text: &str) -> Option<(Placeholder, usize)> {
    let flags = text.find(|c| !matches!(c, '-' | '0' | '+' | ','))?;
    let digits = text[flags..].find(|c: char| !c.is_ascii_digit())? + flags;
    let kind = text[digits..].chars().next()?;
    let has = |flag| text[..flags].contains(flag);
    let width: Option<u32> = text[flags..digits].parse().ok();
    let used = digits + kind.len_utf8();
    let align = match (width.is_some(), has('-')) {
        (true, true) => Some('<'),
        (true, false) if !has('0') => Some('>'),
        _ => None,
    };
    let plain = FormatSpec { width, align, ..FormatSpec::default() };
    Some(match kind {
        '%' => (Placeholder::Text("%"), used),
        'n' => (Placeholder::Text("\n"), used),
        's' | 'c' if !has('0') && !has('+') && !has(',') => (Placeholder::Value(plain), used),
        'd' => {
            let align = align.filter(|a| *a == '<');
            let spec = FormatSpec {
                kind: Some('d'),
                align,
                zero: has('0'),
                sign: has('+').then_some('+'),
                grouping: has(',').then_some(','),
                ..plain
            };
            (Placeholder::Value(spec), used)
        }
        _ => return None,
    })
}
