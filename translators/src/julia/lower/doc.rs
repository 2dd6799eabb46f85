//! Docstrings: the signature, the text in Julia's words, and examples.

use super::{Lower, Lowering};
use crate::julia::names;
use crate::julia::print::print_inline;
use crate::julia::tree::{Expr, Param};
use grammars::ir::{self, Doc, DocExample, Type};

/// Words before which a name is the argument of that name, rather than an English word.
const BEFORE_A_NAME: &[&str] = &[
    "of", "in", "to", "from", "by", "than", "for", "if", "when", "with", "and", "or", "at", "on", "between",
    "below", "above", "into", "until", "whether", "where", "is", "are", "through", "over", "within", "as",
    "not", "that", "up",
];

/// Words of Python and what Julia says instead.
const WORDS: &[(&str, &str)] = &[
    ("None", "nothing"),
    ("True", "true"),
    ("False", "false"),
    ("ValueError", "ArgumentError"),
    ("IndexError", "BoundsError"),
    ("ZeroDivisionError", "DivideError"),
    ("KeyError", "KeyError"),
];

impl Lower<'_> {
    /// The docstring of a function.
    pub(super) fn doc(
        &mut self,
        doc: Option<&Doc>,
        name: &Expr,
        function: &ir::Function,
    ) -> Lowering<Option<String>> {
        let Some(doc) = doc else { return Ok(None) };
        let params: Vec<String> = function.params.iter().map(|p| p.name.clone()).collect();
        let name = print_inline(name, &Default::default());
        let shown: Vec<String> = params.iter().map(|p| names::legal(p)).collect();
        let mut text = format!("    {name}({})", shown.join(", "));
        let body = doc_text(&doc.text, &params);
        if !body.is_empty() {
            text.push_str("\n\n");
            text.push_str(&body);
        }
        if !doc.examples.is_empty() {
            text.push_str("\n\n# Examples\n```jldoctest");
            for (i, example) in doc.examples.iter().enumerate() {
                text.push_str(if i > 0 { "\n\n" } else { "\n" });
                text.push_str(&self.example(example)?);
            }
            text.push_str("\n```");
        }
        Ok(Some(text))
    }

    /// The call and what Julia shows for its value. How containers are shown differs between versions,
    /// so those are compared instead.
    fn example(&mut self, example: &DocExample) -> Lowering<String> {
        let shadowed = self.shadowed();
        let call = self.lower_expr(&example.call)?;
        let expected = self.lower_expr(&example.expected)?;
        let text = print_inline(&expected, &shadowed);
        let (call, text) = match example.expected.ty {
            _ if expected == Expr::Nothing => (Expr::binary("===", call, Expr::Nothing), "true".to_string()),
            Type::Int | Type::Bool | Type::Str | Type::Char => (call, text),
            Type::Float if (1e-4..1e6).contains(&float_of(&expected).abs()) => (call, text),
            Type::Tuple(ref items) if items.iter().all(is_scalar) => (call, text),
            _ => (Expr::binary("==", call, expected), "true".to_string()),
        };
        Ok(format!("julia> {}\n{text}", print_inline(&call, &shadowed)))
    }
}

fn float_of(expr: &Expr) -> f64 {
    match expr {
        Expr::Float(value) => *value,
        _ => 0.0,
    }
}

fn is_scalar(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Bool | Type::Str)
}

/// The text of a docstring with names marked as code and Python's words replaced.
pub(super) fn doc_text(text: &str, params: &[String]) -> String {
    // Interactive examples that were not understood would be Python.
    let mut in_example = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        in_example = line.trim_start().starts_with(">>>") || in_example && !line.trim().is_empty();
        if !in_example {
            lines.push(doc_line(line, params));
        }
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    lines.join("\n").trim().to_string()
}

fn doc_line(line: &str, params: &[String]) -> String {
    let mut out = String::new();
    let mut previous = String::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in line.chars().chain(['\n']) {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            let bare = !"`'\".".contains(before) && !"`'\"(".contains(c) || before == ' ' && c == '.';
            out.push_str(&doc_word(&word, &previous, bare, params));
            previous = std::mem::take(&mut word).to_lowercase();
        }
        if c != '\n' {
            out.push(c);
        }
        if !c.is_whitespace() {
            previous.clear();
        }
        before = c;
    }
    out
}

fn doc_word(word: &str, previous: &str, bare: bool, params: &[String]) -> String {
    if let Some((_, julia)) = WORDS.iter().find(|(python, _)| *python == word) {
        return if bare { format!("`{julia}`") } else { (*julia).to_string() };
    }
    if word == "raise" {
        return "throw".to_string();
    }
    if word == "Raise" {
        return "Throw".to_string();
    }
    let is_param = params.iter().any(|p| p == word);
    let unlike_english = word.contains('_') || word.len() == 1 && !matches!(word, "a" | "i");
    if is_param && bare && (unlike_english || BEFORE_A_NAME.contains(&previous)) {
        return format!("`{word}`");
    }
    word.to_string()
}

/// The names of parameters.
pub(super) fn param_names(params: &[Param]) -> Vec<String> {
    params.iter().map(|p| print_inline(&p.name, &Default::default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_marked_where_they_are_named() {
        let params = ["wanted".to_string(), "sorted_values".to_string(), "values".to_string()];
        let text = "Return the position of wanted in sorted_values, or None.\nThe values stay.";
        let expected = "Return the position of `wanted` in `sorted_values`, or `nothing`.\nThe values stay.";
        assert_eq!(doc_text(text, &params), expected);
    }

    #[test]
    fn what_is_marked_already_stays() {
        assert_eq!(doc_text("Return `n` of 'n'.", &["n".to_string()]), "Return `n` of 'n'.");
    }
}
