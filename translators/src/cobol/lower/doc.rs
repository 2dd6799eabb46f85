//! Documentation as comment lines.

use super::Context;
use grammars::ir::{Doc, Expr, ExprKind};

/// What fits in a comment line.
const LONGEST_LINE: usize = 63;

/// The lines below a `PROGRAM-ID`.
pub fn lines(doc: Option<&Doc>, context: &Context) -> Vec<String> {
    let Some(doc) = doc else { return Vec::new() };
    let mut lines: Vec<String> = reflowed(doc.text.trim());
    let examples: Vec<String> =
        doc.examples.iter().filter_map(|e| example(&e.call, &e.expected, context)).collect();
    if !examples.is_empty() {
        if lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        lines.push("For example:".to_string());
        lines.extend(examples.into_iter().map(|example| format!("  {example}")));
    }
    lines
}

/// Lines of prose that are too long for a comment are joined to the ones that they go on in, so
/// that they break evenly.
fn reflowed(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut long = false;
    for line in text.lines() {
        let line = ascii(line.trim_end());
        let goes_on = line.starts_with(|c: char| c.is_ascii_lowercase());
        match lines.last_mut() {
            Some(last) if long && goes_on => {
                last.push(' ');
                last.push_str(&line);
            }
            _ => {
                long = line.len() > LONGEST_LINE && line.starts_with(|c: char| c.is_ascii_alphabetic());
                lines.push(line);
            }
        }
    }
    lines
}

/// `NAME of 1, 2 is 3.`
fn example(call: &Expr, expected: &Expr, context: &Context) -> Option<String> {
    let ExprKind::Call { function, args } = &call.kind else { return None };
    let signature = context.signatures.get(function)?;
    let args: Option<Vec<String>> = args.iter().map(value).collect();
    Some(format!("{} of {} gives {}", signature.id, args?.join(", "), value(expected)?))
}

/// A literal as a reader of COBOL expects it.
pub fn value(e: &Expr) -> Option<String> {
    let list =
        |items: &[Expr]| items.iter().map(value).collect::<Option<Vec<_>>>().map(|texts| texts.join(" "));
    Some(match &e.kind {
        ExprKind::None => "nothing".to_string(),
        ExprKind::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_string(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("{value:?}"),
        ExprKind::Str(text) => quoted(text)?,
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
            format!("({})", list(items)?)
        }
        ExprKind::Convert { value: inner, .. } => value(inner)?,
        ExprKind::Unary { op: grammars::ir::UnaryOp::Neg, operand } => format!("-{}", value(operand)?),
        _ => return None,
    })
}

fn quoted(text: &str) -> Option<String> {
    let plain = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    plain.then(|| format!("\"{}\"", text.replace('"', "\"\"")))
}

/// A character outside ASCII in plainer words.
fn plain(c: char) -> &'static str {
    match c {
        '\u{2192}' | '\u{279e}' | '\u{21d2}' | '\u{27f6}' => "->",
        '\u{2018}' | '\u{2019}' => "'",
        '\u{201c}' | '\u{201d}' => "\"",
        '\u{2013}' | '\u{2014}' | '\u{2212}' => "-",
        '\u{2264}' => "<=",
        '\u{2265}' => ">=",
        '\u{2260}' => "/=",
        '\u{00d7}' => "*",
        '\u{2026}' => "...",
        _ => "?",
    }
}

/// Comments are ASCII as well.
fn ascii(line: &str) -> String {
    let mut text = String::new();
    for c in line.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            text.push_str(plain(c));
        }
    }
    text
}
