//! Comments of a file, handed out in source order to the statement lists that they stand in.

use crate::Span;
use crate::tree;
use tree_sitter::Node;

/// Remarks to tools; they mean nothing in another language.
const DIRECTIVES: &[&str] = &[
    "!", "-*-", "type:", "noqa", "pylint:", "pragma:", "fmt:", "isort:", "mypy:", "flake8:", "ruff:",
    "nosec", "coding:", "coding=", "vim:", "pyright:", "cython:", "doctest:", "%%",
];

/// A comment.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    /// The text without `#` and the blank behind it.
    pub text: String,
    /// Where in the source.
    pub span: Span,
    /// Where on its line it starts.
    pub column: usize,
    /// Nothing stands before it on its line.
    pub own_line: bool,
}

/// The comments not yet handed out.
#[derive(Default)]
pub(super) struct Comments {
    all: Vec<Comment>,
    next: usize,
}

impl Comments {
    /// All comments below `root`.
    pub(super) fn collect(root: Node, source: &str) -> Self {
        let mut all = Vec::new();
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.kind() == "comment" {
                all.extend(comment(node, source));
            }
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    all.sort_by_key(|c: &Comment| c.span.start);
                    return Comments { all, next: 0 };
                }
            }
        }
    }

    /// The next comment, if it starts before `limit` and `wanted` takes it.
    pub(super) fn take_if(&mut self, limit: usize, wanted: impl Fn(&Comment) -> bool) -> Option<Comment> {
        let comment = self.all.get(self.next)?;
        if comment.span.start as usize >= limit || !wanted(comment) {
            return None;
        }
        self.next += 1;
        Some(comment.clone())
    }
}

fn comment(node: Node, source: &str) -> Option<Comment> {
    let raw = tree::text(node, source).trim_end();
    let body = raw.trim_start_matches('#');
    let lead = body.trim_start();
    if lead.is_empty() || DIRECTIVES.iter().any(|d| lead.starts_with(d)) {
        return None;
    }
    let line_start = source[..node.start_byte()].rfind('\n').map_or(0, |at| at + 1);
    let before = &source[line_start..node.start_byte()];
    Some(Comment {
        text: body.strip_prefix(' ').unwrap_or(body).to_owned(),
        span: tree::span(node),
        column: before.chars().count(),
        own_line: before.trim().is_empty(),
    })
}
