//! Binary operators.

use super::super::key::Key;
use super::arrays::is_array;
use super::convert::tuple_items;
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, Expr, ExprKind, Type};
use grammars::surface::{self, BinaryOp};
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn binary(
        &mut self,
        e: &'m surface::Expr,
        op: BinaryOp,
        left: &'m surface::Expr,
        right: &'m surface::Expr,
    ) -> Outcome<Expr> {
        if let (BinaryOp::Mod, surface::ExprKind::Str(format)) = (op, &left.kind) {
            return self.percent_format(format, right, e.span);
        }
        let out = self.own_type(e)?;
        let (l, r) = (self.expr(left)?, self.expr(right)?);
        self.combine(Key::of(e), op, l, r, &out, e.span)
    }

    /// `left op right` with the result type `out`; `key` is the operation's node.
    pub(super) fn combine(
        &mut self,
        key: Key,
        op: BinaryOp,
        left: Expr,
        right: Expr,
        out: &Type,
        span: Span,
    ) -> Outcome<Expr> {
        let (left, right) = (self.unwrapped(left), self.unwrapped(right));
        if left.ty.is_union() || right.ty.is_union() {
            return self.combine_several(key, op, (left, right), out, span);
        }
        if let Type::Class(_) = left.ty {
            return self.operator_method(key, left, right, span);
        }
        if is_array(&left.ty) || is_array(&right.ty) {
            return self.array_binary(op, left, right, span);
        }
        match (&left.ty, &right.ty, op) {
            (Type::Str | Type::List(_) | Type::Tuple(_), _, BinaryOp::Mul) => {
                self.repeat(left, right, out, span)
            }
            (_, Type::Str | Type::List(_) | Type::Tuple(_), BinaryOp::Mul) => {
                self.repeat(right, left, out, span)
            }
            (Type::Tuple(_), Type::Tuple(_), BinaryOp::Add) if matches!(out, Type::Tuple(_)) => {
                let items = tuple_items(left)?.into_iter().chain(tuple_items(right)?).collect();
                convert(build::expr(ExprKind::Tuple(items), out.clone(), span), out)
            }
            (Type::Str | Type::List(_) | Type::Tuple(_) | Type::Iter(_), _, BinaryOp::Add) => {
                // Lists of different items are put together as they are, into a list of several types.
                let several = out.element().is_some_and(|t| t.is_union() && !t.is_number());
                let part = |e: Expr| match convert(e.clone(), out) {
                    Err(_) if several && matches!(e.ty, Type::List(_)) => Ok(e),
                    part => part,
                };
                let (left, right) = (part(left)?, part(right)?);
                Ok(build::binary(ir::BinaryOp::Concat, left, right, out.clone(), span))
            }
            (Type::Set(_) | Type::Dict(..), _, _) => {
                let op = set_operator(op).ok_or_else(|| no_rule(op, &left, &right, span))?;
                Ok(build::binary(op, left, right, out.clone(), span))
            }
            (Type::Bool, Type::Bool, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor) => {
                logical(op, left, right, span)
            }
            _ => arithmetic(op, left, right, out, span),
        }
    }

    fn operator_method(&mut self, key: Key, left: Expr, right: Expr, span: Span) -> Outcome<Expr> {
        let Some(id) = self.facts.method_calls.get(&key).copied() else {
            return Err(Rejection::new(
                "infer.special-method",
                span,
                "The class does not define this operator.",
            ));
        };
        let param = self.facts.function(id).params.get(1).map(|p| (p.cell, p.name));
        let right = match param {
            Some((cell, name)) => convert(right, &self.type_of(cell, span, name)?)?,
            None => right,
        };
        self.method_call(left, id, vec![right], span)
    }

    fn repeat(&mut self, sequence: Expr, count: Expr, out: &Type, span: Span) -> Outcome<Expr> {
        let count = convert(count, &Type::Int)?;
        if let (Type::Tuple(types), ExprKind::Int(_)) = (out, &count.kind) {
            let items = tuple_items(sequence)?;
            let repeated = items.iter().cycle().take(types.len()).cloned().collect();
            return Ok(build::expr(ExprKind::Tuple(repeated), out.clone(), span));
        }
        let sequence = convert(sequence, out)?;
        Ok(build::binary(ir::BinaryOp::Repeat, sequence, count, out.clone(), span))
    }
}

fn arithmetic(op: BinaryOp, left: Expr, right: Expr, out: &Type, span: Span) -> Outcome<Expr> {
    let ir_op = number_operator(op).ok_or_else(|| no_rule(op, &left, &right, span))?;
    let numbers = |e: &Expr| matches!(e.ty, Type::Bool | Type::Int | Type::Float);
    let bits =
        matches!(op, BinaryOp::Shl | BinaryOp::Shr | BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor);
    if !numbers(&left) || !numbers(&right) || !out.is_numeric() || (bits && *out == Type::Float) {
        return Err(no_rule(op, &left, &right, span));
    }
    let operand = if op == BinaryOp::Div { Type::Float } else { out.clone() };
    let computed = if op == BinaryOp::Div { Type::Float } else { out.clone() };
    let left = convert(left, &operand)?;
    let right = convert(right, &operand)?;
    Ok(build::binary(ir_op, left, right, computed, span))
}

pub(super) fn number_operator(op: BinaryOp) -> Option<ir::BinaryOp> {
    Some(match op {
        BinaryOp::Add => ir::BinaryOp::Add,
        BinaryOp::Sub => ir::BinaryOp::Sub,
        BinaryOp::Mul => ir::BinaryOp::Mul,
        BinaryOp::Div => ir::BinaryOp::Div,
        BinaryOp::FloorDiv => ir::BinaryOp::FloorDiv,
        BinaryOp::Mod => ir::BinaryOp::FloorMod,
        BinaryOp::Pow => ir::BinaryOp::Pow,
        BinaryOp::Shl => ir::BinaryOp::Shl,
        BinaryOp::Shr => ir::BinaryOp::Shr,
        BinaryOp::BitAnd => ir::BinaryOp::BitAnd,
        BinaryOp::BitOr => ir::BinaryOp::BitOr,
        BinaryOp::BitXor => ir::BinaryOp::BitXor,
        BinaryOp::MatMul => return None,
    })
}

fn set_operator(op: BinaryOp) -> Option<ir::BinaryOp> {
    Some(match op {
        BinaryOp::BitAnd => ir::BinaryOp::Intersection,
        BinaryOp::BitOr => ir::BinaryOp::Union,
        BinaryOp::BitXor => ir::BinaryOp::SymmetricDifference,
        BinaryOp::Sub => ir::BinaryOp::Difference,
        _ => return None,
    })
}

/// `&`, `|` and `^` of truth values.
fn logical(op: BinaryOp, left: Expr, right: Expr, span: Span) -> Outcome<Expr> {
    if op == BinaryOp::BitXor {
        return Ok(build::compare(ir::CompareOp::Ne, left, right, span));
    }
    if !build::is_repeatable(&right) {
        let message = "The right operand of `&` or `|` between truth values may have effects.";
        return Err(Rejection::new("infer.operator", span, message));
    }
    let items = vec![left, right];
    let kind = if op == BinaryOp::BitAnd { ExprKind::And(items) } else { ExprKind::Or(items) };
    Ok(build::expr(kind, Type::Bool, span))
}

fn no_rule(op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Rejection {
    let symbol = super::super::operators::symbol(op);
    let message = format!("The operator `{symbol}` between `{}` and `{}` has no rule.", left.ty, right.ty);
    Rejection::new("infer.operator", span, message)
}
