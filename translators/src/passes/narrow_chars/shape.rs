//! The places in types where text stands, and which of them hold exactly one character.

use grammars::ir::Type;

/// A place where text stands.
pub(super) type Node = usize;

/// A type's places.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// No text.
    Plain,
    /// Text.
    Text(Node),
    /// Parts in order: element, key and value, tuple items, what an optional holds.
    Parts(Vec<Shape>),
}

impl Shape {
    /// The part with this number; `Plain` where there is none.
    pub(super) fn part(&self, index: usize) -> Shape {
        match self {
            Shape::Parts(parts) => parts.get(index).cloned().unwrap_or(Shape::Plain),
            _ => Shape::Plain,
        }
    }
}

/// All places with what is known of them.
#[derive(Default)]
pub(super) struct Places {
    parent: Vec<Node>,
    /// The place holds text of any length.
    long: Vec<bool>,
    /// Where the first holds text of any length, so does the second.
    flows: Vec<(Node, Node)>,
}

impl Places {
    /// New places for `ty`. Function values and objects of classes keep their text.
    pub(super) fn shape(&mut self, ty: &Type) -> Shape {
        match ty {
            Type::Str => Shape::Text(self.node()),
            Type::List(t) | Type::Set(t) | Type::Optional(t) | Type::Iter(t) => {
                Shape::Parts(vec![self.shape(t)])
            }
            Type::Dict(key, value) => Shape::Parts(vec![self.shape(key), self.shape(value)]),
            Type::Tuple(items) => Shape::Parts(items.iter().map(|t| self.shape(t)).collect()),
            _ => Shape::Plain,
        }
    }

    fn node(&mut self) -> Node {
        self.parent.push(self.parent.len());
        self.long.push(false);
        self.parent.len() - 1
    }

    fn find(&self, mut node: Node) -> Node {
        while self.parent[node] != node {
            node = self.parent[node];
        }
        node
    }

    /// Says that both hold the same.
    pub(super) fn unify(&mut self, a: &Shape, b: &Shape) {
        match (a, b) {
            (Shape::Text(a), Shape::Text(b)) => {
                let (a, b) = (self.find(*a), self.find(*b));
                self.parent[b] = a;
                self.long[a] |= self.long[b];
            }
            (Shape::Parts(x), Shape::Parts(y)) if x.len() == y.len() => {
                x.iter().zip(y).for_each(|(x, y)| self.unify(x, y));
            }
            (Shape::Plain, Shape::Plain) => {}
            _ => {
                self.keep(a);
                self.keep(b);
            }
        }
    }

    /// Says that everything in `shape` stays text of any length.
    pub(super) fn keep(&mut self, shape: &Shape) {
        match shape {
            Shape::Plain => {}
            Shape::Text(node) => {
                let root = self.find(*node);
                self.long[root] = true;
            }
            Shape::Parts(parts) => parts.iter().for_each(|part| self.keep(part)),
        }
    }

    /// Says that text goes from one place to another, where it can be converted.
    pub(super) fn flow(&mut self, from: Node, to: Node) {
        self.flows.push((from, to));
    }

    /// Follows the flows to the end.
    pub(super) fn solve(&mut self) {
        let mut moved = true;
        while moved {
            moved = false;
            for &(from, to) in &self.flows {
                let (from, to) = (self.find(from), self.find(to));
                if self.long[from] && !self.long[to] {
                    self.long[to] = true;
                    moved = true;
                }
            }
        }
    }

    /// Whether the place holds exactly one character.
    pub(super) fn is_char(&self, node: Node) -> bool {
        !self.long[self.find(node)]
    }

    /// The type with the places found to hold one character narrowed.
    pub(super) fn narrowed(&self, ty: &Type, shape: &Shape) -> Type {
        match (ty, shape) {
            (Type::Str, Shape::Text(node)) if self.is_char(*node) => Type::Char,
            (Type::List(t), Shape::Parts(_)) => Type::list(self.narrowed(t, &shape.part(0))),
            (Type::Set(t), Shape::Parts(_)) => Type::set(self.narrowed(t, &shape.part(0))),
            (Type::Optional(t), Shape::Parts(_)) => Type::optional(self.narrowed(t, &shape.part(0))),
            (Type::Iter(t), Shape::Parts(_)) => Type::iter(self.narrowed(t, &shape.part(0))),
            (Type::Dict(k, v), Shape::Parts(_)) => {
                Type::dict(self.narrowed(k, &shape.part(0)), self.narrowed(v, &shape.part(1)))
            }
            (Type::Tuple(items), Shape::Parts(parts)) => {
                Type::Tuple(items.iter().zip(parts).map(|(t, part)| self.narrowed(t, part)).collect())
            }
            _ => ty.clone(),
        }
    }
}
