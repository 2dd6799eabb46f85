//! Places in storage and the names by which statements refer to them.

use super::layout::{Node, Shape};
use super::tree::{Expr, Ref};

/// A place in storage: an item with the subscripts of the tables around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Loc {
    /// The item.
    pub node: Node,
    /// Subscripts, outermost table first.
    pub subscripts: Vec<Expr>,
    /// The name of the record (level 01) that it lies in.
    pub record: String,
}

impl Loc {
    /// A record of its own.
    pub fn record(node: Node) -> Loc {
        Loc { record: node.name.clone(), node, subscripts: Vec::new() }
    }

    /// Whether it is a whole record, so that a table in it is as long as its count says.
    pub fn is_record(&self) -> bool {
        self.record == self.node.name
    }

    /// The item `name` at this place.
    fn named(&self, name: &str) -> Ref {
        Ref { name: name.to_string(), subscripts: self.subscripts.clone(), part: None }
    }

    /// The item itself.
    pub fn item(&self) -> Ref {
        self.named(&self.node.name)
    }

    /// The condition name of a flag.
    pub fn condition(&self) -> Option<Ref> {
        match &self.node.shape {
            Shape::Flag(condition) => Some(self.named(condition)),
            _ => None,
        }
    }

    /// The length of a text, or the count of a table.
    pub fn count(&self) -> Option<Ref> {
        match &self.node.shape {
            Shape::Text { length: count, .. } | Shape::Table { count, .. } | Shape::Entries { count, .. } => {
                Some(self.named(count))
            }
            _ => None,
        }
    }

    /// The characters of a text, trailing blanks included.
    pub fn chars(&self) -> Option<Ref> {
        match &self.node.shape {
            Shape::Text { chars, .. } => Some(self.named(chars)),
            _ => None,
        }
    }

    /// The element at `position`, counted from 1: of a list or set, or the key of a dict.
    pub fn element(&self, position: Expr) -> Option<Loc> {
        match &self.node.shape {
            Shape::Table { item, .. } => Some(self.below(item, Some(position))),
            Shape::Entries { key, .. } => Some(self.below(key, Some(position))),
            _ => None,
        }
    }

    /// The value of the entry at `position` of a dict, counted from 1.
    pub fn entry_value(&self, position: Expr) -> Option<Loc> {
        match &self.node.shape {
            Shape::Entries { value, .. } => Some(self.below(value, Some(position))),
            _ => None,
        }
    }

    /// The whole entry at `position` of a dict, counted from 1.
    pub fn entry(&self, position: Expr) -> Option<Ref> {
        let Shape::Entries { entry, .. } = &self.node.shape else { return None };
        let mut item = self.named(entry);
        item.subscripts.push(position);
        Some(item)
    }

    /// The part of a tuple at `at`, counted from 0.
    pub fn part(&self, at: usize) -> Option<Loc> {
        match &self.node.shape {
            Shape::Parts(parts) => parts.get(at).map(|part| self.below(part, None)),
            _ => None,
        }
    }

    /// The presence condition and the value of an optional.
    pub fn option(&self) -> Option<(Ref, Loc)> {
        match &self.node.shape {
            Shape::Optional { present, value, .. } => Some((self.named(present), self.below(value, None))),
            _ => None,
        }
    }

    fn below(&self, node: &Node, position: Option<Expr>) -> Loc {
        let mut subscripts = self.subscripts.clone();
        subscripts.extend(position);
        Loc { node: node.clone(), subscripts, record: self.record.clone() }
    }
}
