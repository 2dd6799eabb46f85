//! Docstrings: dedenting, and the interactive examples in them.

use super::lower::Lowering;
use super::scope::{Resolved, Scope, ScopeKind, resolve};
use super::session::{Sessions, Step, equal, is_expressible, printed};
use super::stmt::path_of;
use crate::Span;
use crate::surface::names::Names;
use crate::surface::visit::{Visit, walk_expr};
use crate::surface::{Doc, DocExample, Expr, ExprKind, Stmt, StmtKind};
use crate::tree::children;
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
        let chunks = chunks(&text);
        let scope = self.example_scope(&chunks, place);
        let mut reader = ExampleReader::new(scope.own_names());
        self.scoped(scope, |lowering| {
            let mut number = 0;
            for chunk in chunks {
                match chunk {
                    Chunk::Line(line) => reader.text.push(line),
                    Chunk::Example(example) => {
                        number += 1;
                        lowering.read_example(example, number, place, &mut reader);
                    }
                }
            }
        });
        Doc { text: tidy(&reader.text), examples: reader.examples, sessions: reader.sessions.finish(place) }
    }

    /// What the examples import and assign.
    fn example_scope(&mut self, chunks: &[Chunk], place: Span) -> Scope {
        let mut scope = Scope::new(ScopeKind::Function);
        let examples = chunks.iter().filter_map(|chunk| match chunk {
            Chunk::Example(example) => Some(example),
            Chunk::Line(_) => None,
        });
        for example in examples {
            self.snippet(&example.source, place, |inner, root| {
                scope.collect(root, inner.source);
                Some(())
            });
            // What a value shows itself as may have a name that nobody imported.
            for (name, path) in SHOWN {
                if example.expected.iter().any(|line| line.contains(name))
                    && resolve(&self.scopes, name) == Resolved::Undefined
                {
                    scope.import(name, path);
                }
            }
        }
        scope
    }

    /// An example becomes part of the documentation, a step of a session, or text.
    fn read_example<'t>(
        &mut self,
        example: Example<'t>,
        number: usize,
        place: Span,
        reader: &mut ExampleReader<'t>,
    ) {
        if is_import(&example.source) {
            return;
        }
        let skipped = example.source.contains("+SKIP");
        let call = self.only_expression(&example.source, place).filter(|_| !skipped);
        match call {
            Some(call) if !reader.sessions.concern(&call) && !is_print(&call) => {
                match self.example(call, &example.expected, place) {
                    Some(found) => {
                        reader.drop_heading();
                        reader.examples.push(DocExample { number, ..found });
                    }
                    None => reader.text.extend(example.lines),
                }
            }
            call => {
                let words = words(&example.source).collect();
                let (body, checks) = match call {
                    _ if skipped => (None, false),
                    Some(call) => self.step(call, &example.expected, place),
                    None => (self.statements(&example.source, place), false),
                };
                reader.sessions.add(Step { number, body, words, checks });
                reader.text.extend(example.lines);
            }
        }
    }

    /// An example that is an expression of the module's names and has an expected value or
    /// exception.
    fn example(&mut self, call: Expr, expected: &[&str], place: Span) -> Option<DocExample> {
        if let Some(name) = promised_exception(expected) {
            let raises = Some(name);
            return Some(DocExample { call, expected: None, raises, number: 0, span: place });
        }
        let value = self.promised_value(expected, place)?;
        Some(DocExample { call, expected: Some(value), raises: None, number: 0, span: place })
    }

    fn promised_value(&mut self, expected: &[&str], place: Span) -> Option<Expr> {
        let value = self.only_expression(&expected.join("\n"), place)?;
        (!matches!(value.kind, ExprKind::None)).then_some(value)
    }

    /// An expression as a step of a session, and whether it is a check.
    fn step(&mut self, call: Expr, expected: &[&str], place: Span) -> (Option<Vec<Stmt>>, bool) {
        if is_print(&call) {
            if expected.is_empty() {
                return (Some(Vec::new()), false);
            }
            return (printed(&call, &expected.join("\n")).map(|check| vec![check]), true);
        }
        let evaluated = Stmt { kind: StmtKind::Expr(call.clone()), span: place };
        if let Some(kind) = promised_exception(expected) {
            let kind = StmtKind::ExpectRaise { kinds: vec![kind], body: vec![evaluated] };
            return (Some(vec![Stmt { kind, span: place }]), true);
        }
        match self.promised_value(expected, place) {
            Some(value) => (Some(vec![equal(call, value, place)]), true),
            None => (Some(vec![evaluated]), false),
        }
    }

    /// The statements of an example that is more than an expression.
    fn statements(&mut self, source: &str, place: Span) -> Option<Vec<Stmt>> {
        let body = self.snippet(source, place, |inner, root| {
            let statements = children(root);
            Some(inner.block(&statements, 0, inner.source.len() + 1))
        })?;
        is_expressible(&body).then_some(body)
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

/// The classes of the library whose values show themselves as calls.
const SHOWN: [(&str, &str); 5] = [
    ("Counter", "collections.Counter"),
    ("OrderedDict", "collections.OrderedDict"),
    ("defaultdict", "collections.defaultdict"),
    ("deque", "collections.deque"),
    ("Fraction", "fractions.Fraction"),
];

/// What has been read of a docstring.
struct ExampleReader<'t> {
    text: Vec<&'t str>,
    examples: Vec<DocExample>,
    sessions: Sessions,
}

impl ExampleReader<'_> {
    fn new(assigned: Names) -> Self {
        ExampleReader { text: Vec::new(), examples: Vec::new(), sessions: Sessions::new(assigned) }
    }

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
    Example(Example<'t>),
}

/// `>>> source` with what follows.
struct Example<'t> {
    source: String,
    expected: Vec<&'t str>,
    lines: Vec<&'t str>,
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
        out.push(Chunk::Example(Example { source, expected, lines: all }));
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

pub(super) fn is_print(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { callee, .. } if path_of(callee).as_deref() == Some("print"))
}

/// The class name of the exception that is promised.
fn promised_exception(expected: &[&str]) -> Option<String> {
    if !expected.first()?.starts_with("Traceback (most recent call last)") {
        return None;
    }
    let last = expected.iter().rev().find(|l| l.starts_with(|c: char| c.is_alphabetic()))?;
    let name = last.split(':').next()?.trim();
    Some(name.to_owned())
}

fn is_import(source: &str) -> bool {
    source.starts_with("import ") || source.starts_with("from ")
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
