//! Small constructors of IR nodes.

use grammars::Span;
use grammars::ir::{BinaryOp, CompareOp, Expr, ExprKind, Intrinsic, Overflow, Type};

pub(super) fn expr(kind: ExprKind, ty: Type, span: Span) -> Expr {
    Expr { kind, ty, span }
}

pub(super) fn bool_(value: bool, span: Span) -> Expr {
    expr(ExprKind::Bool(value), Type::Bool, span)
}

pub(super) fn int(value: i128, span: Span) -> Expr {
    expr(ExprKind::Int(value), Type::Int, span)
}

pub(super) fn text(value: &str, span: Span) -> Expr {
    expr(ExprKind::Str(value.to_owned()), Type::Str, span)
}

pub(super) fn local(name: &str, ty: Type, span: Span) -> Expr {
    expr(ExprKind::Local(name.to_owned()), ty, span)
}

pub(super) fn intrinsic(op: Intrinsic, args: Vec<Expr>, ty: Type, span: Span) -> Expr {
    expr(ExprKind::Intrinsic { op, args }, ty, span)
}

/// Negation; a negated negation and constants are simplified.
pub(super) fn not(e: Expr) -> Expr {
    let span = e.span;
    match e.kind {
        ExprKind::Not(inner) => *inner,
        ExprKind::Bool(value) => bool_(!value, span),
        kind => {
            let e = Expr { kind, ..e };
            expr(ExprKind::Not(Box::new(e)), Type::Bool, span)
        }
    }
}

pub(super) fn compare(op: CompareOp, left: Expr, right: Expr, span: Span) -> Expr {
    expr(ExprKind::Compare { op, left: Box::new(left), right: Box::new(right) }, Type::Bool, span)
}

pub(super) fn is_none(e: Expr, span: Span) -> Expr {
    expr(ExprKind::IsNone(Box::new(e)), Type::Bool, span)
}

/// An operation whose integer overflow is not known to be impossible.
pub(super) fn binary(op: BinaryOp, left: Expr, right: Expr, ty: Type, span: Span) -> Expr {
    let grows = matches!(
        op,
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Pow | BinaryOp::Shl | BinaryOp::FloorDiv
    );
    let overflow = if ty == Type::Int && grows { Overflow::Unbounded } else { Overflow::Fits };
    expr(ExprKind::Binary { op, overflow, left: Box::new(left), right: Box::new(right) }, ty, span)
}

pub(super) fn if_else(condition: Expr, then: Expr, orelse: Expr, ty: Type, span: Span) -> Expr {
    let kind =
        ExprKind::IfElse { condition: Box::new(condition), then: Box::new(then), orelse: Box::new(orelse) };
    expr(kind, ty, span)
}

/// Evaluating the expression twice is the same as once, and cheap.
pub(super) fn is_repeatable(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::ClassConstant { .. } => true,
        ExprKind::Field { object, .. } => is_repeatable(object),
        ExprKind::Index { base, index, .. } => is_repeatable(base) && is_repeatable(index),
        ExprKind::Lookup { base, key } => is_repeatable(base) && is_repeatable(key),
        ExprKind::Convert { value, .. } | ExprKind::Unary { operand: value, .. } => is_repeatable(value),
        ExprKind::Binary { left, right, .. } | ExprKind::Compare { left, right, .. } => {
            is_repeatable(left) && is_repeatable(right)
        }
        ExprKind::Not(value) | ExprKind::IsNone(value) => is_repeatable(value),
        ExprKind::Tuple(items) => items.iter().all(is_repeatable),
        ExprKind::Intrinsic {
            op: Intrinsic::Len | Intrinsic::Pi | Intrinsic::Infinity | Intrinsic::E,
            args,
        } => args.iter().all(is_repeatable),
        ExprKind::Intrinsic {
            op:
                Intrinsic::Get
                | Intrinsic::GetOr
                | Intrinsic::Lower
                | Intrinsic::Upper
                | Intrinsic::Strip
                | Intrinsic::Abs
                | Intrinsic::Contains
                | Intrinsic::IsEmpty
                | Intrinsic::MatchGroup(_)
                | Intrinsic::MatchStart(_)
                | Intrinsic::MatchEnd(_),
            args,
        } => args.iter().all(is_repeatable),
        ExprKind::Slice { base, start, stop, step, .. } => {
            is_repeatable(base) && [start, stop, step].into_iter().flatten().all(|e| is_repeatable(e))
        }
        _ => false,
    }
}

/// Leaving the expression out changes nothing.
pub(super) fn is_pure(e: &Expr) -> bool {
    is_repeatable(e)
        || match &e.kind {
            ExprKind::List(items) | ExprKind::Set(items) | ExprKind::Tuple(items) => {
                items.iter().all(is_pure)
            }
            ExprKind::Dict(items) => items.iter().all(|(k, v)| is_pure(k) && is_pure(v)),
            _ => false,
        }
}
