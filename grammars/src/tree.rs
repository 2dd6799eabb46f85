//! What the front ends share about tree-sitter: parsing within limits, and walking nodes.

use crate::{Rejection, Span};
use std::cell::RefCell;
use tree_sitter::{Language, Node, Parser, Tree};

/// Largest source text in bytes.
const MAX_BYTES: usize = 8 << 20;

/// Deepest syntax tree. Lowering has a tighter bound of its own ([`MAX_DEPTH`]) that takes a
/// statement and not the file; this one keeps everything that walks a whole tree in bounds.
const MAX_TREE_DEPTH: usize = 1000;

/// How many statements and expressions may be nested in each other when a tree is lowered. What
/// lies deeper is rejected, so that no later stage can run out of stack.
pub(crate) const MAX_DEPTH: usize = 100;

/// Parses a file of the language `id`; an error takes the whole file. `refused` are nodes of the
/// grammar that the language itself does not have (any more).
pub(crate) fn parse(
    id: &str,
    language: &Language,
    refused: &[&str],
    source: &str,
) -> Result<Tree, Rejection> {
    if source.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; the limit is {MAX_BYTES}", source.len());
        return Err(Rejection::new(format!("{id}.size"), Span::default(), message));
    }
    if source.contains('\0') {
        let message = "the file holds a NUL byte: it is not a text";
        return Err(Rejection::new(format!("{id}.binary"), Span::default(), message));
    }
    if source.trim().is_empty() {
        return Err(Rejection::new(format!("{id}.empty"), Span::default(), "the file is empty"));
    }
    let tree = parse_unchecked(language, source).ok_or_else(|| {
        Rejection::new(format!("{id}.syntax"), Span::default(), "the parser gave up on the file")
    })?;
    check(id, &tree, refused, source)?;
    Ok(tree)
}

thread_local! {
    /// The parser of this thread. It keeps nothing of what it has parsed but the memory that it needed for it.
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// Parses without any check; `None` where the parser gives up.
pub(crate) fn parse_unchecked(language: &Language, source: &str) -> Option<Tree> {
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(language).ok()?;
        parser.reset();
        parser.parse(source, None)
    })
}

/// Looks for errors and for the depth of the tree, without recursion.
fn check(id: &str, tree: &Tree, refused: &[&str], source: &str) -> Result<(), Rejection> {
    let mut cursor = tree.walk();
    let mut depth = 0usize;
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() || refused.contains(&node.kind()) {
            return Err(syntax_error(id, node, source));
        }
        if depth > MAX_TREE_DEPTH {
            let message = format!("brackets or blocks are nested more than {MAX_TREE_DEPTH} deep");
            return Err(Rejection::new(format!("{id}.nesting"), span(node), message));
        }
        if cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return Ok(());
            }
            depth -= 1;
        }
    }
}

fn syntax_error(id: &str, node: Node, source: &str) -> Rejection {
    let message = if node.is_missing() {
        format!("syntax error: `{}` is missing", node.kind())
    } else {
        let shown: String = text(node, source).lines().next().unwrap_or_default().chars().take(40).collect();
        format!("syntax error at `{shown}`")
    };
    Rejection::new(format!("{id}.syntax"), span(node), message)
}

/// The place of a node.
pub(crate) fn span(node: Node) -> Span {
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        start: small(node.start_byte()),
        end: small(node.end_byte()),
        line: small(node.start_position().row).saturating_add(1),
    }
}

/// The text of a node.
pub(crate) fn text<'s>(node: Node, source: &'s str) -> &'s str {
    source.get(node.byte_range()).unwrap_or_default()
}

/// The named children without comments and line continuations.
pub(crate) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect()
}

/// The child in a field.
pub(crate) fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

/// The children in a field that may occur several times.
pub(crate) fn fields<'t>(node: Node<'t>, name: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children_by_field_name(name, &mut cursor).filter(|child| !child.is_extra()).collect()
}

/// It has a token (an unnamed child) spelled `token`.
pub(crate) fn has_token(node: Node, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| child.kind() == token)
}
