//! The state of one lowering: the text, the scopes, the comments, and the current depth.

use super::comments;
use super::scope::{Scope, ScopeKind};
use crate::comments::Comments;
use crate::surface::{Doc, Stmt};
use crate::tree::{self, MAX_DEPTH};
use crate::{Rejection, Span};
use tree_sitter::Node;

/// Turns syntax nodes into surface nodes.
pub(super) struct Lowering<'s> {
    /// The text that the nodes point into: the file, or a snippet of it.
    pub source: &'s str,
    /// The place of a snippet in the file; its nodes all get this place.
    pub snippet: Option<Span>,
    /// From the module's scope to the innermost.
    pub scopes: Vec<Scope>,
    /// Comments not yet placed.
    pub comments: Comments,
    depth: usize,
}

impl<'s> Lowering<'s> {
    /// For a file.
    pub(super) fn new(source: &'s str) -> Self {
        Lowering { source, snippet: None, scopes: Vec::new(), comments: Comments::default(), depth: 0 }
    }

    /// Lowers a file: its documentation, and its statements in order.
    pub(super) fn module(&mut self, root: Node) -> Result<(Option<Doc>, Vec<Stmt>), Rejection> {
        self.comments = Comments::collect(root, self.source, |node| comments::content(node, self.source));
        let mut scope = Scope::new(ScopeKind::Module);
        scope.collect(root, self.source);
        self.scopes.push(scope);
        let mut statements = tree::children(root);
        if statements.is_empty() {
            return Err(Rejection::new("python.empty", self.span(root), "the file holds only comments"));
        }
        let doc = self.take_doc(&mut statements);
        let body = self.block(&statements, 0, self.source.len() + 1);
        Ok((doc, body))
    }

    /// The place of a node in the file.
    pub(super) fn span(&self, node: Node) -> Span {
        self.snippet.unwrap_or_else(|| tree::span(node))
    }

    /// The text of a node.
    pub(super) fn text(&self, node: Node) -> &'s str {
        tree::text(node, self.source)
    }

    /// A rejection at a node.
    pub(super) fn reject(&self, code: &'static str, node: Node, message: impl Into<String>) -> Rejection {
        Rejection::new(code, self.span(node), message)
    }

    /// Runs `inside` one level deeper, or rejects where that would be too deep.
    pub(super) fn deeper<T>(
        &mut self,
        node: Node,
        inside: impl FnOnce(&mut Self) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        if self.depth >= MAX_DEPTH {
            let message = format!("statements and expressions are nested more than {MAX_DEPTH} deep here");
            return Err(self.reject("python.nesting", node, message));
        }
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }

    /// Runs `inside` with one more scope.
    pub(super) fn scoped<T>(&mut self, scope: Scope, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(scope);
        let result = inside(self);
        self.scopes.pop();
        result
    }

    /// Parses `snippet`, which stands in the file at `place`, and lowers it in the current scopes
    /// with `lower`; `None` if it is no well-formed Python.
    pub(super) fn snippet<T>(
        &mut self,
        snippet: &str,
        place: Span,
        lower: impl FnOnce(&mut Lowering, Node) -> Option<T>,
    ) -> Option<T> {
        let tree = tree::parse_unchecked(&tree_sitter_python::LANGUAGE.into(), snippet)?;
        if tree.root_node().has_error() {
            return None;
        }
        let mut inner = Lowering {
            source: snippet,
            snippet: Some(place),
            scopes: std::mem::take(&mut self.scopes),
            comments: Comments::default(),
            depth: self.depth,
        };
        let result = lower(&mut inner, tree.root_node());
        self.scopes = inner.scopes;
        result
    }
}
