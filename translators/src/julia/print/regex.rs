//! Regular expressions in the syntax of PCRE, as a literal.

use grammars::ir::{Regex, RegexItem, RegexNode, RegexPlace};

/// `r"…"` with its flags.
pub(super) fn regex_literal(regex: &Regex) -> String {
    let mut pattern = String::new();
    node(&regex.root, &mut pattern);
    let flags = [(regex.ignore_case, 'i'), (regex.multi_line, 'm'), (regex.dot_all, 's')];
    let flags: String = flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect();
    format!("r{}{flags}", raw_literal(&pattern))
}

/// Text between quotes in which only quotes, and backslashes in front of them, are escaped.
pub(super) fn raw_literal(text: &str) -> String {
    let mut out = String::from("\"");
    let mut backslashes = 0;
    for c in text.chars() {
        if c == '"' {
            out.extend(std::iter::repeat_n('\\', backslashes + 1));
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        out.push(c);
    }
    out.extend(std::iter::repeat_n('\\', backslashes));
    out.push('"');
    out
}

fn node(part: &RegexNode, out: &mut String) {
    match part {
        RegexNode::Char(c) => character(*c, ".^$*+?{}[]\\|()", out),
        RegexNode::Any => out.push('.'),
        RegexNode::Class { negated, items } => class(*negated, items, out),
        RegexNode::Place(place) => out.push_str(match place {
            RegexPlace::Start => "^",
            RegexPlace::End => "$",
            RegexPlace::TextStart => "\\A",
            RegexPlace::TextEnd => "\\z",
            RegexPlace::WordEdge => "\\b",
            RegexPlace::NoWordEdge => "\\B",
        }),
        RegexNode::Group { number, name, body } => {
            let open = match (number, name) {
                (_, Some(name)) => format!("(?<{name}>"),
                (Some(_), None) => "(".to_string(),
                (None, None) => "(?:".to_string(),
            };
            bracketed(&open, body, out);
        }
        RegexNode::Reference(number) => out.push_str(&format!("\\{number}")),
        RegexNode::Look { ahead, negative, body } => {
            let open = match (ahead, negative) {
                (true, false) => "(?=",
                (true, true) => "(?!",
                (false, false) => "(?<=",
                (false, true) => "(?<!",
            };
            bracketed(open, body, out);
        }
        RegexNode::Repeat { body, least, most, lazy } => {
            single(body, out);
            out.push_str(&bounds(*least, *most));
            if *lazy {
                out.push('?');
            }
        }
        RegexNode::Sequence(parts) => sequence(parts, out),
        RegexNode::Either(parts) => {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                node(part, out);
            }
        }
    }
}

fn bracketed(open: &str, body: &RegexNode, out: &mut String) {
    out.push_str(open);
    node(body, out);
    out.push(')');
}

fn sequence(parts: &[RegexNode], out: &mut String) {
    for (at, part) in parts.iter().enumerate() {
        match (part, parts.get(at + 1)) {
            // A digit behind a reference would be read as part of its number.
            (RegexNode::Reference(number), Some(RegexNode::Char(c))) if c.is_ascii_digit() => {
                out.push_str(&format!("\\g{{{number}}}"));
            }
            (RegexNode::Either(_), _) => bracketed("(?:", part, out),
            _ => node(part, out),
        }
    }
}

/// What is repeated, in parentheses where more than one part would be meant.
fn single(body: &RegexNode, out: &mut String) {
    match body {
        RegexNode::Sequence(_) | RegexNode::Either(_) | RegexNode::Repeat { .. } => {
            bracketed("(?:", body, out)
        }
        _ => node(body, out),
    }
}

fn bounds(least: u32, most: Option<u32>) -> String {
    match (least, most) {
        (0, None) => "*".to_string(),
        (1, None) => "+".to_string(),
        (0, Some(1)) => "?".to_string(),
        (least, None) => format!("{{{least},}}"),
        (least, Some(most)) if least == most => format!("{{{least}}}"),
        (least, Some(most)) => format!("{{{least},{most}}}"),
    }
}

fn class(negated: bool, items: &[RegexItem], out: &mut String) {
    if let ([item], false) = (items, negated)
        && !matches!(item, RegexItem::Char(_) | RegexItem::Range(..))
    {
        return class_item(item, false, out);
    }
    out.push_str(if negated { "[^" } else { "[" });
    for (at, item) in items.iter().enumerate() {
        class_item(item, at > 0 && at + 1 < items.len(), out);
    }
    out.push(']');
}

/// An item of a class; a hyphen between others would make a range.
fn class_item(item: &RegexItem, between: bool, out: &mut String) {
    let kind = |plain: char, negated: bool| {
        format!("\\{}", if negated { plain.to_ascii_uppercase() } else { plain })
    };
    match item {
        RegexItem::Char('-') if !between => out.push('-'),
        RegexItem::Char(c) => character(*c, "[]\\^-", out),
        RegexItem::Range(from, to) => {
            character(*from, "[]\\^-", out);
            out.push('-');
            character(*to, "[]\\^-", out);
        }
        RegexItem::Digit { negated } => out.push_str(&kind('d', *negated)),
        RegexItem::Word { negated } => out.push_str(&kind('w', *negated)),
        RegexItem::Space { negated } => out.push_str(&kind('s', *negated)),
    }
}

fn character(c: char, special: &str, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", c as u32)),
        c => {
            if special.contains(c) {
                out.push('\\');
            }
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammars::python::regex::parse;

    fn printed(pattern: &str) -> String {
        regex_literal(&parse(pattern, 0).expect(pattern))
    }

    #[test]
    fn patterns_that_mean_the_same_stay_as_they_are() {
        for pattern in
            [r"^[a-z]+_[a-z]+$", r"\b\w{4,}\b", "; |, |\\*|\\n", r"(P\w+)\W(P\w+)", "ab+?", r"[-a-z.]"]
        {
            assert_eq!(printed(pattern), format!("r\"{pattern}\""));
        }
    }

    #[test]
    fn what_pcre_reads_differently_is_rewritten() {
        assert_eq!(printed(r"a\Z"), "r\"a\\z\"");
        assert_eq!(printed("a{,2}(?P<x>b)[[]"), "r\"a{0,2}(?<x>b)[\\[]\"");
        assert_eq!(printed(r"(a)\1[0]"), "r\"(a)\\1[0]\"");
        assert_eq!(printed("(?i)a"), "r\"a\"i");
    }

    #[test]
    fn quotes_and_backslashes_in_front_of_them_are_escaped() {
        assert_eq!(printed("\"(.*?)\""), "r\"\\\"(.*?)\\\"\"");
        assert_eq!(raw_literal("\\\""), "\"\\\\\\\"\"");
        assert_eq!(raw_literal("a\\\\"), "\"a\\\\\\\\\"");
    }
}
