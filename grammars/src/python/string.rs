//! String literals: prefixes, escapes, adjacent literals, f-strings.

use super::lower::Lowering;
use crate::Rejection;
use crate::surface::{ExprKind, FormatPart};
use crate::tree::{children, field, has_token};
use tree_sitter::Node;

impl Lowering<'_> {
    /// A string literal, or several adjacent ones.
    pub(super) fn string(&mut self, node: Node) -> Result<ExprKind, Rejection> {
        let literals = if node.kind() == "concatenated_string" { children(node) } else { vec![node] };
        let mut parts = Vec::new();
        let mut formatted = false;
        for literal in literals {
            formatted |= self.string_parts(literal, &mut parts)?;
        }
        let parts = joined(parts);
        if formatted {
            return Ok(ExprKind::Format(parts));
        }
        let text = parts.into_iter().map(|part| match part {
            FormatPart::Text(text) => text,
            FormatPart::Value { .. } => String::new(),
        });
        Ok(ExprKind::Str(text.collect()))
    }

    /// The text of a plain string literal without fields; `None` for f-strings and bytes.
    pub(super) fn plain_string(&mut self, node: Node) -> Option<String> {
        if !matches!(node.kind(), "string" | "concatenated_string") {
            return None;
        }
        match self.string(node) {
            Ok(ExprKind::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// Appends the parts of one literal; returns whether it is an f-string.
    fn string_parts(&mut self, node: Node, parts: &mut Vec<FormatPart>) -> Result<bool, Rejection> {
        let inside = children(node);
        let (Some(first), Some(last)) = (inside.first(), inside.last()) else {
            return Err(self.reject("python.syntax", node, "a malformed string literal"));
        };
        let prefix = self.text(*first).trim_end_matches(['"', '\'']).to_ascii_lowercase();
        // The grammar counts backslashes before the quotes of a raw string as part of its end.
        let quotes = first.end_byte() - first.start_byte() - prefix.len();
        let end = last.end_byte().saturating_sub(quotes);
        if prefix.contains('b') {
            return Err(self.reject("python.bytes", node, "bytes literals have no counterpart"));
        }
        if prefix.contains('t') {
            return Err(self.reject("python.template-string", node, "template strings have no counterpart"));
        }
        let formatted = prefix.contains('f');
        let raw = prefix.contains('r');
        let mut at = first.end_byte();
        for child in inside.iter().filter(|n| n.kind() == "interpolation") {
            self.string_text(node, at..child.start_byte(), raw, formatted, parts)?;
            self.interpolation(*child, parts)?;
            at = child.end_byte();
        }
        self.string_text(node, at..end, raw, formatted, parts)?;
        Ok(formatted)
    }

    /// Appends the literal text in `range`.
    fn string_text(
        &mut self,
        node: Node,
        range: std::ops::Range<usize>,
        raw: bool,
        formatted: bool,
        parts: &mut Vec<FormatPart>,
    ) -> Result<(), Rejection> {
        let spelled = self.source.get(range).unwrap_or_default().replace("\r\n", "\n");
        let mut text = if raw {
            spelled
        } else {
            unescape(&spelled).map_err(|escape| {
                let message = format!("the escape `{escape}` names no character that can be kept");
                self.reject("python.string-escape", node, message)
            })?
        };
        if formatted {
            text = text.replace("{{", "{").replace("}}", "}");
        }
        parts.push(FormatPart::Text(text));
        Ok(())
    }

    /// `{value!conversion:spec}`, or `{value=}`.
    fn interpolation(&mut self, node: Node, parts: &mut Vec<FormatPart>) -> Result<(), Rejection> {
        let Some(expression) = field(node, "expression") else {
            return Err(self.reject("python.syntax", node, "an empty field in an f-string"));
        };
        let conversion = field(node, "type_conversion").and_then(|n| self.text(n).chars().nth(1));
        let spec = match field(node, "format_specifier") {
            Some(spec) if !children(spec).is_empty() => {
                let message = "a format specification with a field inside is computed at run time";
                return Err(self.reject("python.nested-format", spec, message));
            }
            Some(spec) => self.text(spec).trim_start_matches(':').to_owned(),
            None => String::new(),
        };
        let mut conversion = conversion;
        if has_token(node, "=") {
            let equals = self.source.get(expression.end_byte()..).and_then(|tail| tail.find('='));
            let until = expression.end_byte() + equals.map_or(0, |at| at + 1);
            let shown = self.source.get(node.start_byte() + 1..until).unwrap_or_default();
            parts.push(FormatPart::Text(shown.to_owned()));
            conversion = conversion.or(spec.is_empty().then_some('r'));
        }
        parts.push(FormatPart::Value { value: self.expr(expression), conversion, spec });
        Ok(())
    }
}

/// Joins neighbouring texts and leaves out empty ones.
fn joined(parts: Vec<FormatPart>) -> Vec<FormatPart> {
    let mut out: Vec<FormatPart> = Vec::new();
    for part in parts {
        match (out.last_mut(), part) {
            (Some(FormatPart::Text(before)), FormatPart::Text(text)) => before.push_str(&text),
            (_, FormatPart::Text(text)) if text.is_empty() => {}
            (_, part) => out.push(part),
        }
    }
    out
}

/// Resolves the escapes of a literal that is not raw. An unknown escape keeps its backslash, as in
/// Python; an escape without a character of its own (a surrogate, `\N{…}`) is the error.
fn unescape(spelled: &str) -> Result<String, String> {
    let mut out = String::with_capacity(spelled.len());
    let mut rest = spelled;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = escape(&rest[at + 1..], &mut out)?;
    }
    out.push_str(rest);
    Ok(out)
}

/// Appends what the escape at the start of `rest` (behind the backslash) means; returns what follows.
fn escape<'a>(rest: &'a str, out: &mut String) -> Result<&'a str, String> {
    let Some(first) = rest.chars().next() else {
        out.push('\\');
        return Ok(rest);
    };
    let simple = match first {
        '\n' => "",
        '\\' => "\\",
        '\'' => "'",
        '"' => "\"",
        'a' => "\u{7}",
        'b' => "\u{8}",
        'f' => "\u{c}",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'v' => "\u{b}",
        'x' => return numeric(rest, 1, 2, 16, out),
        'u' => return numeric(rest, 1, 4, 16, out),
        'U' => return numeric(rest, 1, 8, 16, out),
        '0'..='7' => {
            let digits = rest.chars().take(3).take_while(|c| c.is_digit(8)).count();
            return numeric(rest, 0, digits, 8, out);
        }
        'N' => return Err(format!("\\{}", rest.split_inclusive('}').next().unwrap_or(rest))),
        _ => {
            out.push('\\');
            return Ok(rest);
        }
    };
    out.push_str(simple);
    Ok(&rest[first.len_utf8()..])
}

/// An escape of `digits` digits behind `skip` bytes.
fn numeric<'a>(
    rest: &'a str,
    skip: usize,
    digits: usize,
    radix: u32,
    out: &mut String,
) -> Result<&'a str, String> {
    let spelled = rest.get(..skip + digits).unwrap_or(rest);
    let code = rest.get(skip..skip + digits).and_then(|d| u32::from_str_radix(d, radix).ok());
    let c = code.and_then(char::from_u32).ok_or_else(|| format!("\\{spelled}"))?;
    out.push(c);
    Ok(&rest[skip + digits..])
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(unescape(r"a\tb\\c\'d\x41\u00e9\101\0").as_deref(), Ok("a\tb\\c'dA\u{e9}A\0"));
        assert_eq!(unescape("one\\\ntwo").as_deref(), Ok("onetwo"));
    }

    #[test]
    fn unknown_escapes_keep_the_backslash() {
        assert_eq!(unescape(r"\d+\q").as_deref(), Ok(r"\d+\q"));
    }

    #[test]
    fn escapes_without_a_character_are_errors() {
        assert_eq!(unescape(r"\ud800"), Err(r"\ud800".to_owned()));
        assert_eq!(unescape(r"\N{BULLET} x"), Err(r"\N{BULLET}".to_owned()));
        assert_eq!(unescape(r"\xg"), Err(r"\xg".to_owned()));
    }
}
