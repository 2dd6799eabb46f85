//! Literals of text and numbers.

/// A float as Julia reads it back exactly.
pub(super) fn float_literal(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_string();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Inf".to_string() } else { "-Inf".to_string() };
    }
    format!("{value:?}")
}

/// A character literal.
pub(super) fn char_literal(c: char) -> String {
    match c {
        '\'' => "'\\''".to_string(),
        '"' => "'\"'".to_string(),
        '$' => "'$'".to_string(),
        _ => {
            let mut out = String::from("'");
            escape(&c.to_string(), &mut out);
            out.push('\'');
            out
        }
    }
}

/// Appends `text` as it stands between double quotes.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '$' => out.push_str("\\$"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_dollars_and_controls_are_escaped() {
        let mut out = String::new();
        escape("a\"b$c\\d\n\u{1}é", &mut out);
        assert_eq!(out, "a\\\"b\\$c\\\\d\\n\\u0001é");
        assert_eq!(char_literal('\''), "'\\''");
        assert_eq!(char_literal('\\'), "'\\\\'");
    }

    #[test]
    fn floats_keep_a_point_or_an_exponent() {
        assert_eq!(float_literal(2.0), "2.0");
        assert_eq!(float_literal(1e30), "1e30");
        assert_eq!(float_literal(-0.1), "-0.1");
    }
}
