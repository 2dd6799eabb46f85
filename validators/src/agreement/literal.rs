//! Values as expressions of the IR.

use super::Value;
use grammars::ir::{Conversion, Expr, ExprKind, Intrinsic, Module, Type, UnaryOp};

/// The expression of type `ty` whose value is `value`; `None` where the type does not hold it, or the IR has
/// no literal for it.
pub(super) fn literal(value: &Value, ty: &Type, module: &Module) -> Option<Expr> {
    let all = |items: &[Value], ty: &Type| {
        items.iter().map(|item| literal(item, ty, module)).collect::<Option<Vec<_>>>()
    };
    let node = |kind| Some(Expr::new(kind, ty.clone()));
    match (value, ty) {
        (Value::None, Type::None | Type::Optional(_)) => node(ExprKind::None),
        (value, Type::Optional(inner)) => {
            Some(Expr::convert(Conversion::ToOptional, literal(value, inner, module)?, ty.clone()))
        }
        (value, Type::Union(members)) => {
            let of = members.iter().find(|member| is_exactly(value, member))?;
            Some(Expr::convert(Conversion::ToUnion, literal(value, of, module)?, ty.clone()))
        }
        (Value::Bool(value), Type::Bool) => Some(Expr::bool(*value)),
        (Value::Bool(value), Type::Int) => Some(Expr::int(i128::from(*value))),
        (Value::Int(value), Type::Int) => int(*value),
        (Value::Int(value), Type::Float) if value.unsigned_abs() <= 1 << 53 => float(*value as f64),
        (Value::Float(value), Type::Float) => float(*value),
        (Value::Text(text), Type::Str) => Some(Expr::str(text.clone())),
        (Value::Text(text), Type::Char) if text.chars().count() == 1 => node(ExprKind::Str(text.clone())),
        (Value::List(items) | Value::Tuple(items), Type::List(item)) => {
            node(ExprKind::List(all(items, item)?))
        }
        (Value::Set(items), Type::Set(item)) => node(ExprKind::Set(all(items, item)?)),
        (Value::Tuple(items), Type::Tuple(types)) if items.len() == types.len() => {
            let item = |(item, ty)| literal(item, ty, module);
            node(ExprKind::Tuple(items.iter().zip(types).map(item).collect::<Option<_>>()?))
        }
        (Value::Dict(pairs), Type::Dict(key, value)) => {
            let pair = |(k, v): &(Value, Value)| Some((literal(k, key, module)?, literal(v, value, module)?));
            node(ExprKind::Dict(pairs.iter().map(pair).collect::<Option<_>>()?))
        }
        (Value::Object { class, fields }, Type::Class(name)) if class == name => {
            let class = module.class(class).filter(|class| super::is_plain(class))?;
            let arg = |field: &grammars::ir::Field| {
                let (_, value) = fields.iter().find(|(name, _)| *name == field.name)?;
                literal(value, &field.ty, module)
            };
            let args = class.fields.iter().map(arg).collect::<Option<_>>()?;
            node(ExprKind::New { class: name.clone(), args })
        }
        _ => None,
    }
}

/// Whether the value is of this type, without any conversion.
fn is_exactly(value: &Value, ty: &Type) -> bool {
    match (value, ty) {
        (Value::Bool(_), Type::Bool)
        | (Value::Int(_), Type::Int)
        | (Value::Float(_), Type::Float)
        | (Value::Text(_), Type::Str) => true,
        (Value::List(items), Type::List(item)) | (Value::Set(items), Type::Set(item)) => {
            items.iter().all(|value| is_exactly(value, item))
        }
        (Value::Tuple(items), Type::Tuple(types)) => {
            items.len() == types.len() && items.iter().zip(types).all(|(value, ty)| is_exactly(value, ty))
        }
        (Value::Dict(pairs), Type::Dict(key, value)) => {
            pairs.iter().all(|(k, v)| is_exactly(k, key) && is_exactly(v, value))
        }
        (Value::Object { class, .. }, Type::Class(name)) => class == name,
        _ => false,
    }
}

/// The least number of 64 bits is no literal: languages read it as the negation of one that is too large.
fn int(value: i128) -> Option<Expr> {
    (value.unsigned_abs() <= i64::MAX.unsigned_abs().into()).then(|| Expr::int(value))
}

fn float(value: f64) -> Option<Expr> {
    if value.is_nan() {
        return Some(Expr::intrinsic(Intrinsic::NotANumber, Vec::new(), Type::Float));
    }
    if value.is_finite() {
        return Some(Expr::new(ExprKind::Float(value), Type::Float));
    }
    let infinity = Expr::intrinsic(Intrinsic::Infinity, Vec::new(), Type::Float);
    if value > 0.0 {
        return Some(infinity);
    }
    Some(Expr::new(ExprKind::Unary { op: UnaryOp::Neg, operand: Box::new(infinity) }, Type::Float))
}
