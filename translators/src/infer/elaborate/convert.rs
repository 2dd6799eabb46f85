//! Making a value's type the one that its place has.

use super::Outcome;
use grammars::Rejection;
use grammars::ir::{BinaryOp, Conversion, Expr, ExprKind, IndexMode, Intrinsic, Type};

/// `expr` as a value of type `target`.
///
/// # Errors
/// `infer.conversion` where no conversion keeps the meaning.
pub(super) fn convert(expr: Expr, target: &Type) -> Outcome<Expr> {
    if expr.ty == *target {
        return Ok(expr);
    }
    match (expr.ty.clone(), target) {
        (Type::None, Type::Optional(_)) if expr.kind == ExprKind::None => {
            Ok(Expr { ty: target.clone(), ..expr })
        }
        (Type::Optional(from), Type::Optional(to)) => optional(expr, &from, to),
        (_, Type::Optional(inner)) => {
            let value = convert(expr, inner)?;
            Ok(apply(Conversion::ToOptional, value, target.clone()))
        }
        (Type::Optional(inner), _) => {
            let value = apply(Conversion::Unwrap, expr, *inner);
            convert(value, target)
        }
        (_, target) if target.is_union() => super::unions::to_union(expr, target),
        (from, _) if from.is_union() => super::unions::from_union(expr, target),
        (Type::Bool, Type::Int) => Ok(apply(Conversion::BoolToInt, expr, Type::Int)),
        (Type::Bool, Type::Float) => {
            let number = apply(Conversion::BoolToInt, expr, Type::Int);
            Ok(apply(Conversion::IntToFloat, number, Type::Float))
        }
        (Type::Int, Type::Float) => Ok(int_to_float(expr)),
        (Type::Iter(_), Type::List(_)) => stored(expr, target),
        (Type::Tuple(_), Type::Tuple(_) | Type::List(_)) => tuple(expr, target),
        (Type::List(_), Type::List(_)) | (Type::Set(_), Type::Set(_)) | (Type::Dict(..), Type::Dict(..)) => {
            display(expr, target)
        }
        (Type::Class(_), Type::Class(_)) => Ok(apply(Conversion::Upcast, expr, target.clone())),
        (Type::List(_), Type::Iter(_)) => Ok(expr),
        _ => Err(impossible(&expr, target)),
    }
}

pub(super) fn apply(conversion: Conversion, value: Expr, ty: Type) -> Expr {
    let span = value.span;
    Expr { kind: ExprKind::Convert { conversion, value: Box::new(value) }, ty, span }
}

pub(super) fn impossible(expr: &Expr, target: &Type) -> Rejection {
    if let (Type::Array { .. }, Type::Array { .. }) = (&expr.ty, target) {
        let message = format!("One place holds arrays of type `{}` and `{target}`.", expr.ty);
        return Rejection::new("infer.mixed-types", expr.span, message);
    }
    let message = format!("A value of type `{}` stands where `{target}` is needed.", expr.ty);
    Rejection::new("infer.conversion", expr.span, message)
}

fn optional(expr: Expr, from: &Type, to: &Type) -> Outcome<Expr> {
    match expr.kind {
        ExprKind::None => Ok(Expr { ty: Type::optional(to.clone()), ..expr }),
        ExprKind::Convert { conversion: Conversion::ToOptional, value } => {
            let value = convert(*value, to)?;
            Ok(apply(Conversion::ToOptional, value, Type::optional(to.clone())))
        }
        _ if from == to => Ok(expr),
        _ if to.is_union() && !expr.ty.is_union() => {
            let ty = Type::optional(to.clone());
            Ok(apply(Conversion::ToUnion, expr, ty))
        }
        _ => Err(impossible(&expr, &Type::optional(to.clone()))),
    }
}

fn int_to_float(expr: Expr) -> Expr {
    /// Integers up to here are floats exactly.
    const EXACT: i128 = 1 << 53;
    match expr.kind {
        ExprKind::Int(n) if (-EXACT..=EXACT).contains(&n) => {
            Expr { kind: ExprKind::Float(n as f64), ty: Type::Float, span: expr.span }
        }
        _ => apply(Conversion::IntToFloat, expr, Type::Float),
    }
}

/// An iterator that is stored becomes a list.
fn stored(expr: Expr, target: &Type) -> Outcome<Expr> {
    let Type::Iter(element) = &expr.ty else { return Err(impossible(&expr, target)) };
    let list = Type::List(element.clone());
    let span = expr.span;
    let expr = match expr.kind {
        kind @ ExprKind::Comprehension { .. } => Expr { kind, ty: list, span },
        _ => Expr { kind: ExprKind::Intrinsic { op: Intrinsic::ToList, args: vec![expr] }, ty: list, span },
    };
    convert(expr, target)
}

fn tuple(expr: Expr, target: &Type) -> Outcome<Expr> {
    let Type::Tuple(types) = &expr.ty else { return Err(impossible(&expr, target)) };
    let span = expr.span;
    if let (Type::List(element), ExprKind::Tuple(_)) = (target, &expr.kind) {
        let items = tuple_items(expr)?;
        let items = items.into_iter().map(|i| convert(i, element)).collect::<Outcome<_>>()?;
        return Ok(Expr { kind: ExprKind::List(items), ty: target.clone(), span });
    }
    match target {
        Type::List(element) if types.iter().all(|t| t == &**element) => {
            let kind = ExprKind::Intrinsic { op: Intrinsic::ToList, args: vec![expr] };
            Ok(Expr { kind, ty: target.clone(), span })
        }
        Type::Tuple(wanted) if wanted.len() == types.len() => {
            let items = tuple_items(expr)?;
            let items = items.into_iter().zip(wanted).map(|(i, t)| convert(i, t)).collect::<Outcome<_>>()?;
            Ok(Expr { kind: ExprKind::Tuple(items), ty: target.clone(), span })
        }
        _ => Err(impossible(&expr, target)),
    }
}

/// The items of a tuple as expressions of their own.
///
/// # Errors
/// `infer.conversion` where that would evaluate the tuple more than once.
pub(super) fn tuple_items(expr: Expr) -> Outcome<Vec<Expr>> {
    let Type::Tuple(types) = expr.ty.clone() else { return Err(impossible(&expr, &Type::Tuple(Vec::new()))) };
    match expr.kind {
        ExprKind::Tuple(items) => Ok(items),
        ExprKind::Local(_) | ExprKind::Global(_) | ExprKind::Field { .. } => {
            let item = |(at, ty): (usize, Type)| index_tuple(expr.clone(), at, ty);
            Ok(types.into_iter().enumerate().map(item).collect())
        }
        _ => {
            Err(Rejection::new("infer.conversion", expr.span, "A computed tuple has to be taken apart here."))
        }
    }
}

/// `base[at]` of a tuple.
pub(super) fn index_tuple(base: Expr, at: usize, ty: Type) -> Expr {
    let span = base.span;
    let index = Expr { kind: ExprKind::Int(at as i128), ty: Type::Int, span };
    let kind = ExprKind::Index { base: Box::new(base), index: Box::new(index), mode: IndexMode::InRange };
    Expr { kind, ty, span }
}

/// A container that is written out takes the types that its place has; others cannot change.
fn display(expr: Expr, target: &Type) -> Outcome<Expr> {
    let span = expr.span;
    let kind = match (expr.kind, target) {
        (ExprKind::List(items), Type::List(t)) => {
            ExprKind::List(items.into_iter().map(|i| convert(i, t)).collect::<Outcome<_>>()?)
        }
        (ExprKind::Set(items), Type::Set(t)) => {
            ExprKind::Set(items.into_iter().map(|i| convert(i, t)).collect::<Outcome<_>>()?)
        }
        (ExprKind::Dict(items), Type::Dict(k, v)) => {
            let pair = |(key, value)| Ok((convert(key, k)?, convert(value, v)?));
            ExprKind::Dict(items.into_iter().map(pair).collect::<Outcome<_>>()?)
        }
        (ExprKind::Comprehension { element, clauses }, Type::List(t)) => {
            ExprKind::Comprehension { element: Box::new(convert(*element, t)?), clauses }
        }
        (kind, target) if is_new(&kind) && widens(&expr.ty, target) => {
            return Ok(apply(Conversion::ToUnion, Expr { kind, ty: expr.ty, span }, target.clone()));
        }
        (kind, _) => return Err(impossible(&Expr { kind, ty: expr.ty, span }, target)),
    };
    Ok(Expr { kind, ty: target.clone(), span })
}

/// The expression makes a new list: nothing else refers to it.
fn is_new(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Slice { .. } => true,
        ExprKind::Binary { op, .. } => matches!(op, BinaryOp::Concat | BinaryOp::Repeat),
        ExprKind::Intrinsic { op, .. } => {
            matches!(op, Intrinsic::ToList | Intrinsic::Copy | Intrinsic::Sorted { .. } | Intrinsic::Split)
        }
        _ => false,
    }
}

/// The items of a list become values of several types, each as it is.
fn widens(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::List(from), Type::List(to)) => match &**to {
            Type::Any => true,
            Type::Union(members) => members.contains(from),
            _ => false,
        },
        _ => false,
    }
}
