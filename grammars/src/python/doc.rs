//! Docstrings: dedenting, and the interactive examples in them.

use super::lower::Lowering;
use super::stmt::path_of;
use crate::Span;
use crate::surface::visit::{Visit, walk_expr};
use crate::surface::{Doc, DocExample, Expr, ExprKind};
use crate::tree::children;
use std::collections::HashSet;
use tree_sitter::Node;

impl Lowering<'_> {
    /// Takes the docstring off the front of a statement list.
    pub(super) fn take_doc(&mut self, statements: &mut Vec<Node>) -> Option<Doc> {
        let first = *statements.first()?;
        if first.kind() != "expression_statement" {
            return None;
        }
        let parts = children(first);
        let [literal] = parts.as_slice() else { return None };
        let text = self.plain_string(*literal)?;
        statements.remove(0);
        Some(self.doc(&text, self.span(*literal)))
    }

    /// Sets the examples of a docstring apart from its text.
    fn doc(&mut self, docstring: &str, place: Span) -> Doc {
        let text = dedent(docstring);
        let mut reader = ExampleReader::default();
        let mut number = 0;
        for chunk in chunks(&text) {
            match chunk {
                Chunk::Line(line) => reader.text.push(line),
                Chunk::Example { source, expected, lines } => {
                    number += 1;
                    match self.example(&source, &expected, place, &mut reader.assigned) {
                        Some(example) => {
                            reader.drop_heading();
                            reader.examples.push(DocExample { number, ..example });
                        }
                        None => reader.text.extend(lines),
                    }
                }
            }
        }
        Doc { text: tidy(&reader.text), examples: reader.examples }
    }

    /// An example that is an expression of the module's names and has an expected value or
    /// exception. `assigned` collects what other examples assign: what depends on them stays text.
    fn example(
        &mut self,
        source: &str,
        expected: &[&str],
        place: Span,
        assigned: &mut HashSet<String>,
    ) -> Option<DocExample> {
        let Some(call) = self.only_expression(source, place) else {
            assigned.extend(words(source));
            return None;
        };
        if uses_any(&call, assigned) || is_print(&call) {
            return None;
        }
        let shown = expected.join("\n");
        if expected.first()?.starts_with("Traceback (most recent call last)") {
            let last = expected.iter().rev().find(|l| l.starts_with(|c: char| c.is_alphabetic()))?;
            let name = last.split(':').next()?.trim();
            return Some(DocExample {
                call,
                expected: None,
                raises: Some(name.to_owned()),
                number: 0,
                span: place,
            });
        }
        let value = self.only_expression(&shown, place)?;
        if matches!(value.kind, ExprKind::None) {
            return None;
        }
        Some(DocExample { call, expected: Some(value), raises: None, number: 0, span: place })
    }

    /// Parses `source` as one expression in which every name is known.
    fn only_expression(&mut self, source: &str, place: Span) -> Option<Expr> {
        let expr = self.snippet(source, place, |inner, root| {
            let statements = children(root);
            let [statement] = statements.as_slice() else { return None };
            if statement.kind() != "expression_statement" {
                return None;
            }
            let parts = children(*statement);
            let [only] = parts.as_slice() else { return None };
            match only.kind() {
                "assignment" | "augmented_assignment" | "yield" => None,
                _ => Some(inner.expr(*only)),
            }
        })?;
        (!has_unsupported(&expr)).then_some(expr)
    }
}

/// What has been read of a docstring.
#[derive(Default)]
struct ExampleReader<'t> {
    text: Vec<&'t str>,
    examples: Vec<DocExample>,
    assigned: HashSet<String>,
}

impl ExampleReader<'_> {
    /// Takes off a heading such as `Examples:` that stands directly before an example.
    fn drop_heading(&mut self) {
        let kept = self.text.iter().rposition(|l| !l.trim().is_empty()).map_or(0, |at| at + 1);
        let is_rule = |l: &str| !l.is_empty() && l.chars().all(|c| c == '-' || c == '=');
        let mut heading = kept;
        if heading > 1 && is_rule(self.text[heading - 1].trim()) {
            heading -= 1;
        }
        if heading > 0 && is_heading(self.text[heading - 1]) {
            self.text.truncate(heading - 1);
        }
    }
}

fn is_heading(line: &str) -> bool {
    let word = line.trim().trim_end_matches([':', '.']).to_ascii_lowercase();
    matches!(
        word.as_str(),
        "example"
            | "examples"
            | "for example"
            | "e.g"
            | "eg"
            | "usage"
            | "doctest"
            | "doctests"
            | "example usage"
    )
}

/// A piece of a docstring.
enum Chunk<'t> {
    Line(&'t str),
    Example { source: String, expected: Vec<&'t str>, lines: Vec<&'t str> },
}

/// Splits into text lines and examples, as `doctest` does.
fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut out = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let Some(first) =
            line.trim_start().strip_prefix(">>>").filter(|r| r.is_empty() || r.starts_with(' '))
        else {
            out.push(Chunk::Line(line));
            continue;
        };
        let mut source = first.trim().to_owned();
        let mut expected = Vec::new();
        let mut all = vec![line];
        while let Some(next) = lines.next_if(|l| l.trim_start().starts_with("...")) {
            source.push('\n');
            let more = next.trim_start().trim_start_matches("...");
            source.push_str(more.strip_prefix(' ').unwrap_or(more));
            all.push(next);
        }
        while let Some(next) = lines.next_if(|l| !l.trim().is_empty() && !l.trim_start().starts_with(">>>")) {
            expected.push(
                next.get(indent..).filter(|_| next[..indent].trim().is_empty()).unwrap_or(next.trim_start()),
            );
            all.push(next);
        }
        out.push(Chunk::Example { source, expected, lines: all });
    }
    out
}

/// Takes the common indentation off, as `inspect.cleandoc` does.
fn dedent(text: &str) -> String {
    let text = text.replace('\t', "        ");
    let indent = text
        .lines()
        .skip(1)
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.len() - l.trim_start().len())
        .min()
        .unwrap_or(0);
    let mut out = Vec::new();
    for (i, line) in text.lines().enumerate() {
        out.push(if i == 0 { line.trim_start() } else { line.get(indent..).unwrap_or("") }.trim_end());
    }
    out.join("\n").trim_matches('\n').to_owned()
}

/// Joins the lines; runs of blank lines that examples leave behind become one.
fn tidy(lines: &[&str]) -> String {
    let mut out: Vec<&str> = Vec::new();
    for line in lines {
        if !(line.trim().is_empty() && out.last().is_none_or(|l| l.trim().is_empty())) {
            out.push(line);
        }
    }
    out.join("\n").trim().to_owned()
}

fn words(source: &str) -> impl Iterator<Item = String> {
    source.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).map(str::to_owned)
}

fn is_print(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { callee, .. } if path_of(callee).as_deref() == Some("print"))
}

/// Some part of the expression is not supported.
pub(super) fn has_unsupported(expr: &Expr) -> bool {
    struct Finder(bool);
    impl Visit for Finder {
        fn expr(&mut self, expr: &Expr) {
            self.0 |= matches!(expr.kind, ExprKind::Unsupported(_));
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder(false);
    finder.expr(expr);
    finder.0
}

fn uses_any(expr: &Expr, names: &HashSet<String>) -> bool {
    struct Finder<'a>(&'a HashSet<String>, bool);
    impl Visit for Finder<'_> {
        fn expr(&mut self, expr: &Expr) {
            self.1 |= matches!(&expr.kind, ExprKind::Name(name) if self.0.contains(name));
            walk_expr(self, expr);
        }
    }
    let mut finder = Finder(names, false);
    finder.expr(expr);
    finder.1
}
