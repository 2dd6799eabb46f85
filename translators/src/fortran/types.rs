//! Representations: which Fortran type holds a value of which type, and the derived types that
//! this needs.
//!
//! A list or set is an array. Where an array's elements, or a dict's keys and values, are
//! themselves text or arrays, they are wrapped in a derived type of one component.

use super::names::Names;
use super::tree::{Bounds, Kind, Length, TypeSpec};
use grammars::ir::Type;
use std::collections::{BTreeMap, BTreeSet};

/// An operation on a derived type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeOp {
    /// `==`.
    Equal,
    /// `<`.
    Less,
    /// Dicts: position of a key, 0 if absent.
    Find,
    /// Dicts: value of a key, which must be there.
    Value,
    /// Dicts: value of a key or a default.
    ValueOr,
    /// Dicts: store a value.
    Set,
    /// Dicts: remove a key.
    Remove,
}

/// The derived types of a translation, in order of need.
#[derive(Debug, Default)]
pub struct Types {
    names: BTreeMap<Type, String>,
    order: Vec<Type>,
    ops: BTreeSet<(Type, TypeOp)>,
    /// What was asked for since [`Types::forget_recent`].
    recent: BTreeSet<TypeOp>,
    /// The classes of the program.
    classes: BTreeMap<String, ClassFields>,
}

/// The fields of a class.
#[derive(Clone, Debug, Default)]
struct ClassFields {
    types: Vec<Type>,
    components: Vec<String>,
}

impl Types {
    /// The name of the derived type that stands for `ty` as an element (text, lists) or anywhere
    /// (tuples, optionals, dicts). Parts come before wholes.
    pub fn derived(&mut self, ty: &Type, names: &mut Names) -> String {
        let ty = canonical(ty);
        if let Some(name) = self.names.get(&ty) {
            return name.clone();
        }
        for part in self.required(&ty) {
            self.derived(&part, names);
        }
        let name = match &ty {
            Type::Str => names.fresh_of(&["string", "string_type"]),
            Type::Class(class) => {
                let word = super::names::spelling(class);
                names.fresh_of(&[word.as_str(), &format!("{word}_type")])
            }
            other => names.fresh(&word(other)),
        };
        self.names.insert(ty.clone(), name.clone());
        self.order.push(ty);
        name
    }

    /// The name of a derived type that exists.
    pub fn name(&self, ty: &Type) -> Option<&str> {
        self.names.get(&canonical(ty)).map(String::as_str)
    }

    /// Asks for an operation, and for those of the parts that it needs.
    pub fn request(&mut self, ty: &Type, op: TypeOp, names: &mut Names) {
        let ty = canonical(ty);
        if !is_derived_element(&ty) {
            return;
        }
        self.derived(&ty, names);
        self.recent.insert(op);
        if !self.ops.insert((ty.clone(), op)) {
            return;
        }
        match op {
            TypeOp::Equal | TypeOp::Less => {
                for part in self.required(&ty) {
                    self.request(&part, TypeOp::Equal, names);
                    if op == TypeOp::Less {
                        self.request(&part, TypeOp::Less, names);
                    }
                }
                if matches!(ty, Type::Dict(..)) {
                    self.request(&ty, TypeOp::Find, names);
                }
            }
            TypeOp::Find => {
                if let Type::Dict(key, _) = &ty
                    && **key != Type::Str
                {
                    self.request(key, TypeOp::Equal, names);
                }
            }
            TypeOp::Value | TypeOp::ValueOr | TypeOp::Set | TypeOp::Remove => {
                self.request(&ty, TypeOp::Find, names);
            }
        }
    }

    /// Makes a class known by the types of its fields.
    pub fn add_class(&mut self, class: &str, types: Vec<Type>) {
        self.classes.insert(class.to_string(), ClassFields { types, components: Vec::new() });
    }

    /// Settles the components that hold a class's fields.
    pub fn add_components(&mut self, class: &str, components: Vec<String>) {
        if let Some(fields) = self.classes.get_mut(class) {
            fields.components = components;
        }
    }

    /// The components of a class with their types.
    pub fn class_components(&self, class: &str) -> Vec<(String, Type)> {
        let Some(fields) = self.classes.get(class) else { return Vec::new() };
        fields.components.iter().cloned().zip(fields.types.iter().cloned()).collect()
    }

    /// The derived types that the derived type of `ty` is made of. Text and lists stand unwrapped in
    /// tuples, objects and optionals, but not in the arrays of lists and dicts.
    fn required(&self, ty: &Type) -> Vec<Type> {
        let parts = match ty {
            Type::List(t) | Type::Set(t) | Type::Iter(t) => vec![(**t).clone()],
            Type::Optional(t) => vec![unwrapped(t)],
            Type::Tuple(items) => items.iter().map(unwrapped).collect(),
            Type::Dict(k, v) => vec![(**k).clone(), (**v).clone()],
            Type::Class(class) => {
                self.classes.get(class).map(|c| c.types.iter().map(unwrapped).collect()).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        parts.into_iter().filter(is_derived_element).collect()
    }

    /// Starts to note anew what is asked for.
    pub fn forget_recent(&mut self) {
        self.recent.clear();
    }

    /// Whether an operation was asked for, for whatever type, since then.
    pub fn is_recent(&self, op: TypeOp) -> bool {
        self.recent.contains(&op)
    }

    /// Whether an operation was asked for.
    pub fn has(&self, ty: &Type, op: TypeOp) -> bool {
        self.ops.contains(&(canonical(ty), op))
    }

    /// The types in the order in which they must be defined.
    pub fn order(&self) -> &[Type] {
        &self.order
    }

    /// The type of one element of an array, or of a dict's key or value array.
    pub fn element(&mut self, ty: &Type, names: &mut Names) -> TypeSpec {
        match ty {
            Type::Int => TypeSpec::Integer(Kind::Int64),
            Type::Float => TypeSpec::Real,
            Type::Bool | Type::None => TypeSpec::Logical,
            Type::Char => TypeSpec::Character(Length::Of(1)),
            other => TypeSpec::Derived(self.derived(other, names)),
        }
    }

    /// The type of a variable, and whether it is an array.
    pub fn variable(&mut self, ty: &Type, names: &mut Names) -> (TypeSpec, bool) {
        match ty {
            Type::Str => (TypeSpec::Character(Length::Deferred), false),
            Type::List(element) | Type::Set(element) | Type::Iter(element) => {
                (self.element(element, names), true)
            }
            Type::Array { element, .. } => (self.element(element, names), true),
            other => (self.element(other, names), false),
        }
    }
}

/// Sets are held as lists of distinct values.
pub fn canonical(ty: &Type) -> Type {
    match ty {
        Type::Set(t) | Type::List(t) | Type::Iter(t) => Type::list(canonical(t)),
        Type::Tuple(items) => Type::Tuple(items.iter().map(canonical).collect()),
        Type::Dict(k, v) => Type::dict(canonical(k), canonical(v)),
        Type::Optional(t) => Type::Optional(Box::new(canonical(t))),
        other => other.clone(),
    }
}

/// Whether an element of this type is a derived type.
pub fn is_derived_element(ty: &Type) -> bool {
    !matches!(
        ty,
        Type::Int
            | Type::Float
            | Type::Bool
            | Type::Char
            | Type::None
            | Type::Function { .. }
            | Type::Array { .. }
    )
}

/// Whether an element of this type is wrapped: `words(i)%chars`, `rows(i)%items`.
pub fn wrapper_component(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Str => Some("chars"),
        Type::List(_) | Type::Set(_) | Type::Iter(_) => Some("items"),
        _ => None,
    }
}

/// Whether a variable of this type is an array.
pub fn is_array(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::Set(_) | Type::Iter(_))
}

/// The bounds of a variable of this type that is an array.
pub fn bounds(ty: &Type) -> Bounds {
    match ty {
        Type::Array { rank: 2, .. } => Bounds::Matrix,
        _ => Bounds::Any,
    }
}

/// The component of a tuple at a position.
pub fn tuple_component(index: usize) -> String {
    const WORDS: [&str; 8] = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
    WORDS.get(index).map(|w| w.to_string()).unwrap_or_else(|| format!("item_{}", index + 1))
}

/// The type whose derived type a component of type `ty` needs; `None` stands for none.
fn unwrapped(ty: &Type) -> Type {
    match ty {
        Type::Str => Type::None,
        Type::List(t) | Type::Set(t) | Type::Iter(t) => (**t).clone(),
        other => other.clone(),
    }
}

/// The word for a type in names of derived types.
pub fn word(ty: &Type) -> String {
    match ty {
        Type::Int => "integer".into(),
        Type::Float => "real".into(),
        Type::Bool | Type::None => "logical".into(),
        Type::Char => "character".into(),
        Type::Str => "string".into(),
        Type::List(t) | Type::Set(t) | Type::Iter(t) => format!("{}_list", word(t)),
        Type::Optional(t) => format!("optional_{}", word(t)),
        Type::Dict(k, v) => format!("{}_{}_map", word(k), word(v)),
        Type::Tuple(items) => tuple_word(items),
        Type::Class(name) => super::names::spelling(name),
        Type::Function { .. } => "procedure".into(),
        Type::Array { element, rank: 1 } => format!("{}_vector", word(element)),
        Type::Array { element, .. } => format!("{}_matrix", word(element)),
        // Values of these types have no declaration, so no name is ever built on this word.
        Type::Library(_) => "library".into(),
        Type::Union(_) | Type::Any => "value".into(),
    }
}

fn tuple_word(items: &[Type]) -> String {
    let shape = match items.len() {
        0 => return "empty_tuple".into(),
        2 => "pair",
        3 => "triple",
        _ => "tuple",
    };
    let same = items.iter().all(|t| Some(t) == items.first());
    let words: Vec<String> = match items.first() {
        Some(first) if same && items.len() <= 3 => vec![word(first)],
        Some(first) if same => vec![word(first), items.len().to_string()],
        _ => items.iter().map(word).collect(),
    };
    let name = format!("{}_{shape}", words.join("_"));
    if name.len() > 40 { format!("{shape}_of_{}", items.len()) } else { name }
}

/// The plural for names of helpers: `integers`, `strings`, `integer_pairs`.
pub fn plural(ty: &Type) -> String {
    word(ty) + "s"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_types_have_names_of_their_content() {
        assert_eq!(word(&Type::Tuple(vec![Type::Int, Type::Int])), "integer_pair");
        assert_eq!(word(&Type::dict(Type::Str, Type::Int)), "string_integer_map");
        assert_eq!(word(&Type::optional(Type::list(Type::Float))), "optional_real_list");
    }

    #[test]
    fn parts_are_defined_before_wholes() {
        let (mut types, mut names) = (Types::default(), Names::default());
        types.derived(&Type::dict(Type::Str, Type::list(Type::list(Type::Int))), &mut names);
        let names: Vec<_> = types.order().iter().filter_map(|t| types.name(t)).collect();
        assert_eq!(names, ["string", "integer_list", "integer_list_list", "string_integer_list_list_map"]);
    }
}
