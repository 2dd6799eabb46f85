//! What a comment says, without its mark.

use crate::tree;
use tree_sitter::Node;

/// Remarks to tools; they mean nothing in another language.
const DIRECTIVES: &[&str] = &[
    "!", "-*-", "type:", "noqa", "pylint:", "pragma:", "fmt:", "isort:", "mypy:", "flake8:", "ruff:",
    "nosec", "coding:", "coding=", "vim:", "pyright:", "cython:", "doctest:", "%%",
];

/// The text of a comment node without `#` and the blank behind it; `None` for other nodes, empty
/// comments and remarks to tools.
pub(super) fn content(node: Node, source: &str) -> Option<String> {
    if node.kind() != "comment" {
        return None;
    }
    let body = tree::text(node, source).trim_end().trim_start_matches('#');
    let lead = body.trim_start();
    if lead.is_empty() || DIRECTIVES.iter().any(|d| lead.starts_with(d)) {
        return None;
    }
    Some(body.strip_prefix(' ').unwrap_or(body).to_owned())
}
