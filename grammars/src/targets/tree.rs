//! What the tree-sitter grammars of targets share.

use crate::{Rejection, Span};
use std::ops::Range;
use tree_sitter::{Language, Node, Parser, Tree};

/// Bytes of a text above which it is not even parsed.
const LONGEST: usize = 4 << 20;

/// Parses `text` with one of the tree-sitter grammars.
///
/// # Errors
/// With the code `code` at the first place that the grammar does not take.
pub(super) fn parse(language: &Language, text: &str, code: &'static str) -> Result<Tree, Rejection> {
    let refuse = |message: &str| Rejection::new(code, Span::default(), message);
    if text.len() > LONGEST {
        return Err(refuse("the text is longer than 4 MiB"));
    }
    let mut parser = Parser::new();
    parser.set_language(language).map_err(|e| refuse(&e.to_string()))?;
    let tree = parser.parse(text, None).ok_or_else(|| refuse("the parser gave up"))?;
    match first_error(tree.root_node()) {
        Some(node) => Err(Rejection::new(code, span(node), message(node, text))),
        None => Ok(tree),
    }
}

/// The place of `node` in the text.
pub(super) fn span(node: Node<'_>) -> Span {
    Span {
        start: u32::try_from(node.start_byte()).unwrap_or(u32::MAX),
        end: u32::try_from(node.end_byte()).unwrap_or(u32::MAX),
        line: u32::try_from(node.start_position().row + 1).unwrap_or(u32::MAX),
    }
}

/// All nodes below and including `root` in source order, without recursion.
pub(super) fn nodes(root: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut stack = vec![root];
    std::iter::from_fn(move || {
        let node = stack.pop()?;
        for index in (0..node.child_count()).rev() {
            stack.extend(node.child(index));
        }
        Some(node)
    })
}

/// The places of all nodes of `tree` that are not empty.
pub(super) fn ranges(tree: &Tree) -> Vec<Range<usize>> {
    nodes(tree.root_node()).map(|node| node.byte_range()).filter(|range| !range.is_empty()).collect()
}

fn first_error(root: Node<'_>) -> Option<Node<'_>> {
    if !root.has_error() {
        return None;
    }
    nodes(root).find(|node| node.is_error() || node.is_missing())
}

fn message(node: Node<'_>, text: &str) -> String {
    let line = node.start_position().row + 1;
    if node.is_missing() {
        return format!("line {line}: `{}` is missing", node.kind());
    }
    let written = text.get(node.byte_range()).unwrap_or_default();
    let shown: String = written.lines().next().unwrap_or_default().chars().take(60).collect();
    format!("line {line}: `{shown}` cannot stand here")
}
