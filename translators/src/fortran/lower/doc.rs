//! Documentation: the source's text, and its examples as sentences.

use super::Unit;
use grammars::ir::{DocExample, Expr, ExprKind, Function, Type, UnaryOp};

/// Longest line of documentation text that is left as it is.
const WIDTH: usize = 92;

/// The documentation of a function at the level of the module.
pub fn lines(unit: &mut Unit<'_>, function: &Function) -> Vec<String> {
    let mut lines = plain_lines(function);
    let Some(doc) = &function.doc else { return lines };
    let examples: Vec<String> = doc.examples.iter().filter_map(|e| sentence(unit, e)).collect();
    if !examples.is_empty() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(examples);
    }
    lines
}

/// The text alone.
pub fn plain_lines(function: &Function) -> Vec<String> {
    let Some(doc) = &function.doc else { return Vec::new() };
    let text = doc.text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    text.lines()
        .filter(|line| !line.trim_start().starts_with(">>>"))
        .flat_map(|line| wrapped(line.trim_end()))
        .collect()
}

/// A line cut at blanks where it is too wide.
pub fn wrapped(line: &str) -> Vec<String> {
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut lines = Vec::new();
    let mut current = indent.clone();
    if line.chars().count() <= WIDTH {
        return vec![line.to_string()];
    }
    for word in line.split_whitespace() {
        if current.trim().is_empty() {
            current.push_str(word);
        } else if current.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut current, format!("{indent}{word}")));
        } else {
            current.push(' ');
            current.push_str(word);
        }
    }
    lines.push(current);
    lines
}

/// `For example, f(2) is 4.`
fn sentence(unit: &mut Unit<'_>, example: &DocExample) -> Option<String> {
    let call = value(unit, &example.call)?;
    let expected = value(unit, &example.expected)?;
    let sentence = match example.expected.kind {
        ExprKind::None => format!("For example, {call} has no value."),
        ExprKind::Bool(truth) => format!("For example, {call} is {truth}."),
        _ => format!("For example, {call} is {expected}."),
    };
    (sentence.chars().count() <= WIDTH).then_some(sentence)
}

/// A call or literal as a Fortran programmer would write it down, kinds aside.
fn value(unit: &mut Unit<'_>, e: &Expr) -> Option<String> {
    let mut list = |items: &[Expr]| -> Option<String> {
        let items: Option<Vec<String>> = items.iter().map(|i| value(unit, i)).collect();
        Some(items?.join(", "))
    };
    Some(match &e.kind {
        ExprKind::None => "none".into(),
        ExprKind::Bool(true) => ".true.".into(),
        ExprKind::Bool(false) => ".false.".into(),
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Float(value) => format!("{value:?}"),
        ExprKind::Str(value) if value.chars().all(|c| !c.is_control()) => format!("\"{value}\""),
        ExprKind::List(items) | ExprKind::Set(items) => format!("[{}]", list(items)?),
        ExprKind::Tuple(items) => format!("({})", list(items)?),
        ExprKind::Unary { op: UnaryOp::Neg, operand } => format!("-{}", value(unit, operand)?),
        ExprKind::Convert { value: inner, .. } if !matches!(e.ty, Type::Int) => value(unit, inner)?,
        ExprKind::Call { function, args } => {
            let args = list(args)?;
            format!("{}({args})", unit.globals.get(function, &mut unit.names))
        }
        _ => return None,
    })
}
