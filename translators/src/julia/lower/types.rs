//! Types of the IR as Julia writes them.

use super::{Lower, Lowering, reject};
use crate::julia::tree::Type;
use grammars::ir::LibraryType;
use grammars::{Span, ir};

impl Lower<'_> {
    /// The Julia type of a value of type `ty`.
    pub(super) fn ty(&self, ty: &ir::Type, span: Span) -> Lowering<Type> {
        Ok(match ty {
            ir::Type::None => Type::plain("Nothing"),
            ir::Type::Bool => Type::plain("Bool"),
            ir::Type::Int => Type::plain("Int"),
            ir::Type::Float => Type::plain("Float64"),
            ir::Type::Char => Type::plain("Char"),
            ir::Type::Str => Type::plain("String"),
            ir::Type::List(item) => Type::with("Vector", vec![self.item_ty(item, span)?]),
            ir::Type::Tuple(items) => tuple_type(self.types(items, span)?),
            ir::Type::Dict(key, value) => {
                Type::with("Dict", vec![self.item_ty(key, span)?, self.item_ty(value, span)?])
            }
            ir::Type::Set(item) => Type::with("Set", vec![self.item_ty(item, span)?]),
            ir::Type::Union(_) if ty.is_number() => Type::plain("Real"),
            ir::Type::Union(members) => {
                let members = members.iter().map(|member| self.ty(member, span));
                Type::with("Union", members.collect::<Lowering<_>>()?)
            }
            ir::Type::Any => Type::plain("Any"),
            ir::Type::Optional(inner) => {
                Type::with("Union", vec![self.ty(inner, span)?, Type::plain("Nothing")])
            }
            ir::Type::Function { .. } => Type::plain("Function"),
            ir::Type::Class(name) => Type::plain(name.clone()),
            ir::Type::Array { element, rank: 1 } => Type::with("Vector", vec![self.ty(element, span)?]),
            ir::Type::Array { element, .. } => Type::with("Matrix", vec![self.ty(element, span)?]),
            ir::Type::Library(LibraryType::Regex) => Type::plain("Regex"),
            ir::Type::Library(LibraryType::Match) => Type::plain("RegexMatch"),
            ir::Type::Library(LibraryType::Random) => Type::plain("MersenneTwister"),
            ir::Type::Iter(_) => {
                return reject("julia.iterator-value", span, format!("a value of type `{ty}` is stored"));
            }
        })
    }

    fn types(&self, types: &[ir::Type], span: Span) -> Lowering<Vec<Type>> {
        types.iter().map(|ty| self.item_ty(ty, span)).collect()
    }

    /// The type of what a container holds: values of several types are held as `Any`, as Julia does
    /// where they stand in brackets.
    pub(super) fn item_ty(&self, ty: &ir::Type, span: Span) -> Lowering<Type> {
        match ty {
            ir::Type::Union(_) if !ty.is_number() => Ok(Type::plain("Any")),
            ir::Type::Optional(inner) if inner.is_union() => Ok(Type::plain("Any")),
            _ => self.ty(ty, span),
        }
    }

    /// What `value isa` asks for where the IR asks for `ty`; of containers only the kind is asked for.
    pub(super) fn test_ty(&self, ty: &ir::Type, span: Span) -> Lowering<Type> {
        Ok(match ty {
            ir::Type::List(_) => Type::plain("Vector"),
            ir::Type::Tuple(_) => Type::plain("Tuple"),
            ir::Type::Dict(..) => Type::plain("Dict"),
            ir::Type::Set(_) => Type::plain("Set"),
            ir::Type::Union(members) if **members == [ir::Type::Bool, ir::Type::Int] => {
                Type::plain("Integer")
            }
            ir::Type::Union(members) if **members == [ir::Type::Bool, ir::Type::Int, ir::Type::Float] => {
                Type::plain("Real")
            }
            ir::Type::Union(members) => {
                let members = members.iter().map(|member| self.test_ty(member, span));
                Type::with("Union", members.collect::<Lowering<_>>()?)
            }
            _ => self.ty(ty, span)?,
        })
    }

    /// The type that Julia gives to `expr` by itself, without declarations; `None` where that
    /// cannot be told, so that a container of it must name its element type.
    pub(super) fn natural(&self, expr: &ir::Expr) -> Option<Type> {
        match &expr.kind {
            ir::ExprKind::None => Some(Type::plain("Nothing")),
            ir::ExprKind::Tuple(items) => {
                let items: Option<Vec<Type>> = items.iter().map(|item| self.natural(item)).collect();
                Some(tuple_type(items?))
            }
            ir::ExprKind::Convert { conversion: ir::Conversion::ToOptional, value } => self.natural(value),
            ir::ExprKind::Convert { conversion: ir::Conversion::Unwrap, value } => match &value.ty {
                ir::Type::Optional(inner) => self.ty(inner, expr.span).ok(),
                _ => self.natural(value),
            },
            ir::ExprKind::Convert { conversion: ir::Conversion::ToUnion, value } => self.natural(value),
            ir::ExprKind::Convert { conversion: ir::Conversion::Narrow, .. } => None,
            _ if has_optional_on_top(&expr.ty) => None,
            _ => self.ty(&expr.ty, expr.span).ok(),
        }
    }

    /// `Set` or `Dict` of what a generator gives, with its parameters where they cannot be inferred.
    pub(super) fn container(&self, name: &str, ty: &ir::Type, span: Span) -> Lowering<Type> {
        let plain = match ty {
            ir::Type::Set(item) => is_inferred(item),
            ir::Type::Dict(key, value) => is_inferred(key) && is_inferred(value),
            _ => false,
        };
        if plain { Ok(Type::plain(name)) } else { self.ty(ty, span) }
    }

    /// The element type to be written in front of a literal's brackets, if any.
    pub(super) fn element_prefix(&self, items: &[ir::Expr], element: &ir::Type) -> Lowering<Option<Type>> {
        let declared = self.item_ty(element, items.first().map(|i| i.span).unwrap_or_default())?;
        let natural: Vec<Option<Type>> = items.iter().map(|item| self.natural(item)).collect();
        let inferred = natural.iter().all(|ty| ty.as_ref() == Some(&declared))
            || (declared == Type::plain("Any") && nothing_in_common(&natural));
        Ok(if items.is_empty() || !inferred { Some(declared) } else { None })
    }
}

/// Whether Julia gives each value of this type the type that is declared for it.
fn is_inferred(ty: &ir::Type) -> bool {
    match ty {
        ir::Type::Bool | ir::Type::Int | ir::Type::Float | ir::Type::Char | ir::Type::Str => true,
        ir::Type::Tuple(items) => items.iter().all(is_inferred),
        ir::Type::List(item) => is_inferred(item),
        _ => false,
    }
}

/// `Tuple{A,B}`, or `NTuple{3,T}` where three or more items have one type.
fn tuple_type(items: Vec<Type>) -> Type {
    match items.as_slice() {
        [first, _, _, ..] if items.iter().all(|item| item == first) => {
            Type::with("NTuple", vec![Type::plain(items.len().to_string()), first.clone()])
        }
        _ => Type::with("Tuple", items),
    }
}

/// Whether Julia finds no type but `Any` for values of these types together.
fn nothing_in_common(types: &[Option<Type>]) -> bool {
    let kind = |ty: &Type| match ty.name.as_str() {
        "Bool" | "Int" | "Float64" | "Real" => "Number".to_owned(),
        "NTuple" => "Tuple".to_owned(),
        name => name.to_owned(),
    };
    let kinds: Option<Vec<String>> = types.iter().map(|ty| ty.as_ref().map(kind)).collect();
    kinds.is_some_and(|kinds| {
        kinds.iter().any(|k| *k != kinds[0]) && !kinds.iter().any(|k| k == "Nothing" || k == "Function")
    })
}

/// Whether a value of this type has, in Julia, a type of its own that is narrower: an optional, or a
/// tuple with one, or one of several types.
pub(super) fn has_optional_on_top(ty: &ir::Type) -> bool {
    match ty {
        ir::Type::Optional(_) | ir::Type::Union(_) | ir::Type::Any => true,
        ir::Type::Tuple(items) => items.iter().any(has_optional_on_top),
        _ => false,
    }
}
