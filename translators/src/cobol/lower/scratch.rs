//! Data items that the translation needs besides the source's variables.

use super::{Lower, Result, Var, unstorable};
use crate::cobol::layout::{Node, Shape, node};
use crate::cobol::loc::Loc;
use crate::cobol::tree::Ref;
use grammars::Span;
use grammars::ir::{Expr, Type};

/// Scratch items, used again once the statement that needed them is done.
#[derive(Debug, Default)]
pub struct Scratch {
    items: Vec<(String, Node)>,
    busy: Vec<usize>,
}

impl Lower<'_> {
    /// Runs `work`; scratch items that it takes are free again afterwards.
    pub fn scoped<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let mark = self.scratch.busy.len();
        let done = work(self);
        self.scratch.busy.truncate(mark);
        done
    }

    /// An item of type `ty` called `wish` or the like, until the end of the statement.
    pub fn temp(&mut self, wish: &str, ty: &Type, span: Span) -> Result<Loc> {
        let found = self.free_item(wish, |node| node.ty == *ty && node.shape != Shape::Position);
        if let Some(node) = found {
            return Ok(Loc::record(node));
        }
        let node = node(&mut self.names, wish, ty).ok_or_else(|| unstorable(ty, span))?;
        Ok(Loc::record(self.keep(wish, node)))
    }

    /// A position or count called `wish` or the like, until the end of the statement.
    pub fn position(&mut self, wish: &str) -> Ref {
        let found = self.free_item(wish, |node| node.shape == Shape::Position);
        let node = found.unwrap_or_else(|| {
            let name = self.names.fresh(wish, "POS");
            self.keep(wish, Node { name, ty: Type::Int, shape: Shape::Position })
        });
        Ref::item(node.name)
    }

    fn free_item(&mut self, wish: &str, fits: impl Fn(&Node) -> bool) -> Option<Node> {
        let scratch = &mut self.scratch;
        let free = |at: &usize| !scratch.busy.contains(at);
        let at = (0..scratch.items.len())
            .filter(free)
            .find(|&at| scratch.items[at].0 == wish && fits(&scratch.items[at].1))?;
        scratch.busy.push(at);
        Some(scratch.items[at].1.clone())
    }

    fn keep(&mut self, wish: &str, node: Node) -> Node {
        self.scratch.busy.push(self.scratch.items.len());
        self.scratch.items.push((wish.to_string(), node.clone()));
        self.storage.push(node.clone());
        node
    }

    /// An edited item with its own picture, for numbers as text.
    pub fn edited(&mut self, wish: &str, picture: &str) -> Ref {
        let key = format!("{wish} {picture}");
        let found = self.free_item(&key, |_| true);
        let node = found.unwrap_or_else(|| {
            let name = self.names.fresh(wish, "EDITED");
            self.keep(&key, Node { name, ty: Type::Str, shape: Shape::Edited(picture.to_string()) })
        });
        Ref::item(node.name)
    }

    /// A name that the source does not have.
    pub fn unique_name(&mut self, name: &str) -> String {
        self.made_up += 1;
        format!("{name}${}", self.made_up)
    }

    /// A variable for `value` under a name that the source does not have, as an expression.
    pub fn made_up(&mut self, value: Var, ty: Type) -> Expr {
        let name = self.unique_name("");
        self.vars.insert(name.clone(), value);
        Expr::local(name, ty)
    }
}
