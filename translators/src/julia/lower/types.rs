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
            ir::Type::List(item) => Type::with("Vector", vec![self.ty(item, span)?]),
            ir::Type::Tuple(items) => tuple_type(self.types(items, span)?),
            ir::Type::Dict(key, value) => {
                Type::with("Dict", vec![self.ty(key, span)?, self.ty(value, span)?])
            }
            ir::Type::Set(item) => Type::with("Set", vec![self.ty(item, span)?]),
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
        types.iter().map(|ty| self.ty(ty, span)).collect()
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
        let declared = self.ty(element, items.first().map(|i| i.span).unwrap_or_default())?;
        let inferred = items.iter().all(|item| self.natural(item).as_ref() == Some(&declared));
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

/// Whether a value of this type has, in Julia, a type of its own that is narrower: an optional, or a
/// tuple with one.
pub(super) fn has_optional_on_top(ty: &ir::Type) -> bool {
    match ty {
        ir::Type::Optional(_) => true,
        ir::Type::Tuple(items) => items.iter().any(has_optional_on_top),
        _ => false,
    }
}
