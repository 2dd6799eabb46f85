//! Comments of a file, handed out in source order to the statement lists that they stand in.

use crate::Span;
use crate::tree;
use tree_sitter::Node;

/// A comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    /// The text without marks.
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
pub(crate) struct Comments {
    all: Vec<Comment>,
    next: usize,
}

impl Comments {
    /// All comments below `root`; `content` takes the marks off a comment node's text, or gives
    /// `None` for nodes that are no comments and for comments to leave out.
    pub(crate) fn collect(root: Node, source: &str, content: impl Fn(Node) -> Option<String>) -> Self {
        let mut all = Vec::new();
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.is_extra() {
                all.extend(content(node).map(|text| placed(node, text, source)));
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
    pub(crate) fn take_if(&mut self, limit: usize, wanted: impl Fn(&Comment) -> bool) -> Option<Comment> {
        let comment = self.all.get(self.next)?;
        if comment.span.start as usize >= limit || !wanted(comment) {
            return None;
        }
        self.next += 1;
        Some(comment.clone())
    }
}

fn placed(node: Node, text: String, source: &str) -> Comment {
    let line_start = source[..node.start_byte()].rfind('\n').map_or(0, |at| at + 1);
    let before = &source[line_start..node.start_byte()];
    Comment {
        text,
        span: tree::span(node),
        column: before.chars().count(),
        own_line: before.trim().is_empty(),
    }
}
