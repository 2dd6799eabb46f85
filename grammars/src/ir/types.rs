//! Types.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Type {
    /// The type of `None`; as a result, "returns nothing".
    None,
    /// A truth value.
    Bool,
    /// An integer. Its range is a matter of the operations ([`super::Overflow`]), not of the type;
    /// targets hold it in 64 bits unless they know better, and say so in the record's domain.
    Int,
    /// An IEEE 754 double.
    Float,
    /// Text of exactly one character: Java's `char`, or a Python string that was proven to be one
    /// character wherever it is used (the pass `narrow_chars` finds these).
    Char,
    /// Text: a sequence of Unicode code points.
    Str,
    /// A growable sequence (Python's list, Java's array and `ArrayList`).
    List(Box<Type>),
    /// A fixed number of values, compared position by position.
    Tuple(Vec<Type>),
    /// A map that remembers insertion order.
    Dict(Box<Type>, Box<Type>),
    /// A set. Its order cannot be seen in a deterministic program.
    Set(Box<Type>),
    /// A value or `None`.
    Optional(Box<Type>),
    /// A function value.
    Function {
        /// Parameters.
        params: Vec<Type>,
        /// Result.
        ret: Box<Type>,
    },
    /// An instance of a class of the module, by name.
    Class(String),
    /// A value of the source's library that only the library's operations look into.
    Library(LibraryType),
    /// A value of one of several types, which a program tells apart with [`super::ExprKind::IsInstance`]
    /// or treats alike. Two or more members, flat, sorted, without `None` (that stays `Optional`).
    Union(Vec<Type>),
    /// A value of types that contain one another without end: the items of `[1, [2, [3]]]`.
    Any,
    /// Something that can be iterated once and is not stored: `range`, `zip`, a generator
    /// expression, `dict.items()`. It appears only where it is consumed at once (as the iterable
    /// of a loop or clause, or the argument of an intrinsic); one that is stored was turned into a
    /// list by `Intrinsic::ToList`.
    Iter(Box<Type>),
    /// A rectangular array of fixed shape (NumPy's `ndarray`), a reference like a list. Everything that
    /// is done with it is an [`super::ArrayOp`], an assignment to a `Place::Part`, or an augmented
    /// assignment, which changes it in place.
    Array {
        /// `Bool`, `Int` (64 bits, wrapping) or `Float`.
        element: Box<Type>,
        /// 1 or 2.
        rank: u8,
    },
}

/// A type of the source's library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LibraryType {
    /// A regular expression.
    Regex,
    /// Where a regular expression matched.
    Match,
    /// A generator of random numbers with a state of its own.
    Random,
}

impl LibraryType {
    /// As Python calls it.
    pub fn name(self) -> &'static str {
        match self {
            LibraryType::Regex => "re.Pattern",
            LibraryType::Match => "re.Match",
            LibraryType::Random => "random.Random",
        }
    }
}

impl Type {
    /// `List(element)`.
    pub fn list(element: Type) -> Type {
        Type::List(Box::new(element))
    }

    /// `Set(element)`.
    pub fn set(element: Type) -> Type {
        Type::Set(Box::new(element))
    }

    /// `Dict(key, value)`.
    pub fn dict(key: Type, value: Type) -> Type {
        Type::Dict(Box::new(key), Box::new(value))
    }

    /// `Optional(inner)`; an optional of an optional, or of `None`, is itself.
    pub fn optional(inner: Type) -> Type {
        match inner {
            Type::None | Type::Optional(_) => inner,
            inner => Type::Optional(Box::new(inner)),
        }
    }

    /// One of `members`: flat, sorted, and just the type where there is only one. `None` among them
    /// makes it optional.
    pub fn union(members: impl IntoIterator<Item = Type>) -> Type {
        let mut flat = std::collections::BTreeSet::new();
        let mut optional = false;
        let mut open: Vec<Type> = members.into_iter().collect();
        while let Some(member) = open.pop() {
            match member {
                Type::Union(more) => open.extend(more),
                Type::Optional(inner) => {
                    optional = true;
                    open.push(*inner);
                }
                Type::None => optional = true,
                Type::Any => {
                    flat = std::collections::BTreeSet::from([Type::Any]);
                    open.retain(|t| matches!(t, Type::None | Type::Optional(_)));
                }
                _ if flat.contains(&Type::Any) => {}
                member => {
                    flat.insert(member);
                }
            }
        }
        let mut flat: Vec<Type> = flat.into_iter().collect();
        let ty = match flat.len() {
            0 => Type::None,
            1 => flat.remove(0),
            _ => Type::Union(flat),
        };
        if optional { Type::optional(ty) } else { ty }
    }

    /// Values of it can be of several types.
    pub fn is_union(&self) -> bool {
        matches!(self, Type::Union(_) | Type::Any)
    }

    /// `Int` or `Float`, or one of several such.
    pub fn is_number(&self) -> bool {
        match self {
            Type::Union(members) => members.iter().all(Type::is_number),
            Type::Bool | Type::Int | Type::Float => true,
            _ => false,
        }
    }

    /// `Iter(element)`.
    pub fn iter(element: Type) -> Type {
        Type::Iter(Box::new(element))
    }

    /// `Array` of `element`s; a single value if there is no axis.
    pub fn array(element: Type, rank: u8) -> Type {
        match rank {
            0 => element,
            rank => Type::Array { element: Box::new(element), rank },
        }
    }

    /// What iterating over a value of this type yields.
    pub fn element(&self) -> Option<Type> {
        match self {
            Type::List(t) | Type::Set(t) | Type::Iter(t) => Some((**t).clone()),
            Type::Dict(key, _) => Some((**key).clone()),
            Type::Str => Some(Type::Str),
            Type::Tuple(items) => {
                let first = items.first()?;
                items.iter().all(|t| t == first).then(|| first.clone())
            }
            _ => None,
        }
    }

    /// `Int` or `Float`.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Type::Int | Type::Float)
    }

    /// `Str` or `Char`.
    pub fn is_text(&self) -> bool {
        matches!(self, Type::Str | Type::Char)
    }
}

/// Written as Python would annotate it; for diagnostics and the record's signature.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |types: &[Type]| types.iter().map(Type::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Type::None => write!(f, "None"),
            Type::Bool => write!(f, "bool"),
            Type::Int => write!(f, "int"),
            Type::Float => write!(f, "float"),
            Type::Char => write!(f, "char"),
            Type::Str => write!(f, "str"),
            Type::List(t) => write!(f, "list[{t}]"),
            Type::Tuple(items) if items.is_empty() => write!(f, "tuple[()]"),
            Type::Tuple(items) => write!(f, "tuple[{}]", join(items)),
            Type::Dict(k, v) => write!(f, "dict[{k}, {v}]"),
            Type::Set(t) => write!(f, "set[{t}]"),
            Type::Optional(t) => write!(f, "{t} | None"),
            Type::Function { params, ret } => write!(f, "Callable[[{}], {ret}]", join(params)),
            Type::Class(name) => write!(f, "{name}"),
            Type::Library(library) => write!(f, "{}", library.name()),
            Type::Union(members) => {
                write!(f, "{}", members.iter().map(Type::to_string).collect::<Vec<_>>().join(" | "))
            }
            Type::Any => write!(f, "Any"),
            Type::Iter(t) => write!(f, "Iterable[{t}]"),
            Type::Array { element, rank } => write!(f, "ndarray[{element}, {rank}]"),
        }
    }
}
