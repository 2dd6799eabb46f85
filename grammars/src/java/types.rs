//! Java's types, finer than the IR's: they decide how arithmetic wraps, what `==` compares and what
//! order a container is walked in.

use super::lower::{Lowering, Outcome};
use crate::ir;
use crate::tree::{children, field};
use tree_sitter::Node;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum JType {
    /// `int`.
    Int,
    /// `long`.
    Long,
    /// `double`.
    Double,
    /// `boolean`.
    Boolean,
    /// `char`.
    Char,
    /// `String`.
    Str,
    /// `StringBuilder`.
    Builder,
    /// `Integer`, `Character` and so on: equal by reference under `==`.
    Boxed(Box<JType>),
    /// `T[]`.
    Array(Box<JType>),
    /// `List`, `ArrayList`, `LinkedList`.
    List(Box<JType>),
    /// `Stack`.
    Stack(Box<JType>),
    /// `Deque`, `ArrayDeque`, `Queue`.
    Deque(Box<JType>),
    /// `PriorityQueue` in natural order.
    Heap(Box<JType>),
    /// A map; `ordered` if it is walked in insertion order.
    Map { key: Box<JType>, value: Box<JType>, ordered: bool },
    /// `Set`, `HashSet`, `LinkedHashSet`.
    Set(Box<JType>),
    /// An instance of a class without state; nothing is left of it.
    Stateless,
    /// `void`.
    Void,
}

impl JType {
    /// Without the box.
    pub(super) fn unboxed(&self) -> &JType {
        match self {
            JType::Boxed(inner) => inner,
            _ => self,
        }
    }

    /// As the type argument of a container.
    pub(super) fn boxed(self) -> JType {
        match self {
            JType::Int | JType::Long | JType::Double | JType::Boolean | JType::Char => {
                JType::Boxed(Box::new(self))
            }
            _ => self,
        }
    }

    /// `int`, `long`, `double` or `char`, perhaps boxed.
    pub(super) fn is_numeric(&self) -> bool {
        matches!(self.unboxed(), JType::Int | JType::Long | JType::Double | JType::Char)
    }

    /// `int`, `long` or `char`, perhaps boxed.
    pub(super) fn is_integral(&self) -> bool {
        self.is_numeric() && *self.unboxed() != JType::Double
    }

    /// The item of a sequence or set.
    pub(super) fn item(&self) -> Option<&JType> {
        match self {
            JType::Array(t)
            | JType::List(t)
            | JType::Stack(t)
            | JType::Deque(t)
            | JType::Heap(t)
            | JType::Set(t) => Some(t),
            _ => None,
        }
    }

    /// How integer arithmetic of this type overflows.
    pub(super) fn overflow(&self) -> ir::Overflow {
        match self.unboxed() {
            JType::Int | JType::Char => ir::Overflow::Wrap32,
            JType::Long => ir::Overflow::Wrap64,
            _ => ir::Overflow::Fits,
        }
    }

    /// The IR's type.
    pub(super) fn ir(&self) -> ir::Type {
        match self {
            JType::Int | JType::Long => ir::Type::Int,
            JType::Double => ir::Type::Float,
            JType::Boolean => ir::Type::Bool,
            JType::Char => ir::Type::Char,
            JType::Str | JType::Builder => ir::Type::Str,
            JType::Boxed(inner) => inner.ir(),
            JType::Array(t) | JType::List(t) | JType::Stack(t) | JType::Deque(t) | JType::Heap(t) => {
                ir::Type::list(t.ir())
            }
            JType::Map { key, value, .. } => ir::Type::dict(key.ir(), value.ir()),
            JType::Set(t) => ir::Type::set(t.ir()),
            JType::Stateless | JType::Void => ir::Type::None,
        }
    }
}

impl Lowering<'_> {
    /// Reads a type.
    pub(super) fn jtype(&mut self, node: Node) -> Outcome<JType> {
        self.deeper(node, |l| match node.kind() {
            "array_type" => {
                let element = l.jtype_in(node, "element")?;
                let dimensions = field(node, "dimensions").map_or(1, |d| l.text(d).matches('[').count());
                Ok(arrays_of(element, dimensions))
            }
            "generic_type" => l.generic_type(node),
            "scoped_type_identifier" => {
                let last = l.text(node).rsplit('.').next().unwrap_or_default().trim().to_owned();
                l.named_type(node, &last)
            }
            _ => {
                let name = l.text(node).to_owned();
                l.named_type(node, &name)
            }
        })
    }

    pub(super) fn jtype_in(&mut self, node: Node, name: &str) -> Outcome<JType> {
        match field(node, name) {
            Some(child) => self.jtype(child),
            None => Err(self.reject("java.syntax", node, format!("no {name} here"))),
        }
    }

    fn named_type(&mut self, node: Node, name: &str) -> Outcome<JType> {
        Ok(match name {
            "int" => JType::Int,
            "long" => JType::Long,
            "double" => JType::Double,
            "boolean" => JType::Boolean,
            "char" => JType::Char,
            "void" => JType::Void,
            "String" | "CharSequence" => JType::Str,
            "StringBuilder" | "StringBuffer" => JType::Builder,
            "Integer" => JType::Int.boxed(),
            "Long" => JType::Long.boxed(),
            "Double" => JType::Double.boxed(),
            "Boolean" => JType::Boolean.boxed(),
            "Character" => JType::Char.boxed(),
            _ if self.stateless.contains(name) => JType::Stateless,
            _ => return Err(self.reject("java.type", node, format!("the type `{name}` is not supported"))),
        })
    }

    fn generic_type(&mut self, node: Node) -> Outcome<JType> {
        let parts = children(node);
        let name = parts.first().map(|n| self.text(*n)).unwrap_or_default();
        let mut args = Vec::new();
        for arg in parts.get(1).map(|n| children(*n)).unwrap_or_default() {
            args.push(Box::new(self.jtype(arg)?));
        }
        let mut args = args.into_iter();
        let made = match (name, args.next(), args.next()) {
            ("List" | "ArrayList" | "LinkedList" | "Collection" | "Iterable", Some(item), None) => {
                JType::List(item)
            }
            ("Stack", Some(item), None) => JType::Stack(item),
            ("Deque" | "ArrayDeque" | "Queue", Some(item), None) => JType::Deque(item),
            ("PriorityQueue", Some(item), None) => JType::Heap(item),
            ("Set" | "HashSet" | "LinkedHashSet", Some(item), None) => JType::Set(item),
            ("Map" | "HashMap", Some(key), Some(value)) => JType::Map { key, value, ordered: false },
            ("LinkedHashMap", Some(key), Some(value)) => JType::Map { key, value, ordered: true },
            _ => {
                let message = format!("the type `{}` is not supported", self.text(node));
                return Err(self.reject("java.type", node, message));
            }
        };
        Ok(made)
    }
}

/// `element[]…[]`.
pub(super) fn arrays_of(element: JType, dimensions: usize) -> JType {
    (0..dimensions).fold(element, |t, _| JType::Array(Box::new(t)))
}
