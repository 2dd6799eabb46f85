//! Literals of numbers, characters and strings.

use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::ir::ExprKind;
use tree_sitter::Node;

impl Lowering<'_> {
    /// An integer literal; hexadecimal, octal and binary ones may mean negative numbers.
    pub(super) fn integer_literal(&self, node: Node) -> Outcome<Value> {
        let spelled = self.text(node).replace('_', "").to_ascii_lowercase();
        let (digits, ty) = match spelled.strip_suffix('l') {
            Some(digits) => (digits, JType::Long),
            None => (spelled.as_str(), JType::Int),
        };
        let (digits, radix) = match node.kind() {
            "hex_integer_literal" => (digits.trim_start_matches("0x"), 16),
            "binary_integer_literal" => (digits.trim_start_matches("0b"), 2),
            "octal_integer_literal" => (digits, 8),
            _ => (digits, 10),
        };
        let value = u64::from_str_radix(digits, radix).ok().and_then(|bits| match ty {
            JType::Int if radix == 10 => (bits <= 1 << 31).then_some(i128::from(bits)),
            JType::Int => u32::try_from(bits).ok().map(|bits| i128::from(bits as i32)),
            _ if radix == 10 => (bits <= 1 << 63).then_some(i128::from(bits)),
            _ => Some(i128::from(bits as i64)),
        });
        match value {
            Some(value) => Ok(self.make(node, ExprKind::Int(value), ty)),
            None => Err(self.reject("java.syntax", node, format!("`{spelled}` is too large"))),
        }
    }

    /// A `double` literal.
    pub(super) fn float_literal(&self, node: Node) -> Outcome<Value> {
        let spelled = self.text(node).replace('_', "").to_ascii_lowercase();
        if spelled.ends_with('f') {
            return Err(self.reject("java.type", node, "the type `float` is not supported"));
        }
        match spelled.trim_end_matches('d').parse() {
            Ok(value) => Ok(self.make(node, ExprKind::Float(value), JType::Double)),
            Err(_) => Err(self.reject("java.syntax", node, format!("`{spelled}` is no number"))),
        }
    }

    /// `'a'`.
    pub(super) fn char_literal(&self, node: Node) -> Outcome<Value> {
        let spelled = self.text(node);
        let inner = spelled.get(1..spelled.len().saturating_sub(1)).unwrap_or_default();
        match unescape(inner).filter(|text| text.chars().count() == 1) {
            Some(text) => Ok(self.make(node, ExprKind::Str(text), JType::Char)),
            None => Err(self.reject("java.escape", node, format!("`{spelled}` is no single character"))),
        }
    }

    /// `"text"`; text blocks are not supported.
    pub(super) fn string_literal(&self, node: Node) -> Outcome<Value> {
        let spelled = self.text(node);
        if spelled.starts_with("\"\"\"") {
            return Err(self.reject("java.text-block", node, "text blocks are not supported"));
        }
        match unescape(spelled.get(1..spelled.len().saturating_sub(1)).unwrap_or_default()) {
            Some(text) => Ok(self.make(node, ExprKind::Str(text), JType::Str)),
            None => Err(self.reject("java.escape", node, "an escape in this string names no character")),
        }
    }
}

/// Resolves escapes; `None` for a malformed one or a lone surrogate.
fn unescape(spelled: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = spelled.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            's' => out.push(' '),
            c @ ('\\' | '\'' | '"') => out.push(c),
            'u' => {
                while chars.next_if_eq(&'u').is_some() {}
                let digits: String = chars.by_ref().take(4).collect();
                out.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
            }
            first @ '0'..='7' => {
                let mut code = first.to_digit(8)?;
                let limit = if first <= '3' { 2 } else { 1 };
                for _ in 0..limit {
                    let Some(digit) = chars.next_if(|c| c.is_digit(8)) else { break };
                    code = code * 8 + digit.to_digit(8)?;
                }
                out.push(char::from_u32(code)?);
            }
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(unescape(r#"a\t\u0041\"\101\0"#).as_deref(), Some("a\tA\"A\0"));
        assert_eq!(unescape(r"\ud800"), None);
        assert_eq!(unescape(r"\q"), None);
    }
}
