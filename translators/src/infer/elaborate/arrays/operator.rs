//! Operators, comparisons and in-place changes of arrays.

use super::super::operator::number_operator;
use super::super::{Elaborator, Outcome, build};
use super::{array, is_array, shape_of, shaped, with_element};
use grammars::ir::{self, ArrayOp, Elementwise, Expr, Overflow, Place, StmtKind, Type};
use grammars::surface::{BinaryOp, UnaryOp};
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    /// `left op right` where at least one is an array.
    pub(in super::super) fn array_binary(
        &mut self,
        op: BinaryOp,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Outcome<Expr> {
        let ((left, a, r), (right, b, s)) = (shaped(left)?, shaped(right)?);
        let (rank, wider) = (r.max(s), wider(&a, &b));
        if op == BinaryOp::MatMul {
            return self.matrix_product(left, right, span);
        }
        let logical = matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor);
        if (wider == Type::Bool && !logical) || (wider == Type::Float && logical) {
            return Err(no_rule(op, &left, &right, span));
        }
        if op == BinaryOp::Pow && wider == Type::Int && right.as_int().is_none_or(|n| n < 0) {
            let message = "A power of an array of `int` has a rule where the exponent is a literal that is not negative.";
            return Err(Rejection::new("infer.array-power", span, message));
        }
        let element = match op {
            BinaryOp::Div => Type::Float,
            _ => wider,
        };
        let ir_op = arithmetic(op).ok_or_else(|| no_rule(op, &left, &right, span))?;
        // A literal exponent stays an integer: it says which products are meant.
        let exponent = op == BinaryOp::Pow && right.as_int().is_some();
        let right = if exponent { right } else { with_element(right, &element)? };
        let left = with_element(left, &element)?;
        Ok(array(ArrayOp::Arithmetic(ir_op), vec![left, right], Type::array(element, rank), span))
    }

    /// `left @ right`, `dot`.
    pub(in super::super) fn matrix_product(&mut self, left: Expr, right: Expr, span: Span) -> Outcome<Expr> {
        let ((left, a, r), (right, b, s)) = (shaped(left)?, shaped(right)?);
        if r == 0 || s == 0 {
            return self.array_binary(BinaryOp::Mul, left, right, span);
        }
        let element = wider(&a, &b);
        if element == Type::Bool {
            return Err(no_rule(BinaryOp::MatMul, &left, &right, span));
        }
        let ty = Type::array(element.clone(), r.saturating_add(s).saturating_sub(2));
        let args = vec![with_element(left, &element)?, with_element(right, &element)?];
        Ok(array(ArrayOp::MatMul, args, ty, span))
    }

    /// `left relation right` where at least one is an array.
    pub(in super::super) fn array_compare(
        &mut self,
        op: ir::CompareOp,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Outcome<Expr> {
        let ((left, a, r), (right, b, s)) = (shaped(left)?, shaped(right)?);
        let element = wider(&a, &b);
        let args = vec![with_element(left, &element)?, with_element(right, &element)?];
        Ok(array(ArrayOp::Compare(op), args, Type::array(Type::Bool, r.max(s)), span))
    }

    /// `-array`, `~array`.
    pub(in super::super) fn array_unary(&mut self, op: UnaryOp, value: Expr, span: Span) -> Outcome<Expr> {
        let ty = value.ty.clone();
        let element = shape_of(&ty).map(|(element, _)| element);
        let map = match (op, element) {
            (UnaryOp::Pos, Some(Type::Int | Type::Float)) => return Ok(value),
            (UnaryOp::Neg, Some(Type::Int | Type::Float)) => Elementwise::Neg,
            (UnaryOp::Invert, Some(Type::Bool)) => Elementwise::Not,
            _ => {
                let message = format!("The operator does not apply to `{ty}`.");
                return Err(Rejection::new("infer.operator", span, message));
            }
        };
        Ok(array(ArrayOp::Map(map), vec![value], ty, span))
    }

    /// `place op= value` where the place holds an array, or is part of one: changed in place.
    pub(in super::super) fn array_update(
        &mut self,
        place: Place,
        ty: &Type,
        (op, value): (BinaryOp, Expr),
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let (value, given, other) = shaped(value)?;
        let Some((element, rank)) = shape_of(ty) else {
            return Err(Rejection::new("infer.array", span, "An array is updated with something else."));
        };
        let old = place.as_expr().unwrap_or_else(|| value.clone());
        let ir_op = arithmetic(op).ok_or_else(|| no_rule(op, &old, &value, span))?;
        let narrows = wider(&element, &given) != element || (op == BinaryOp::Div && element != Type::Float);
        let bits = matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor);
        if narrows
            || other > rank
            || bits != (element == Type::Bool)
            || matches!(op, BinaryOp::Pow | BinaryOp::Shl | BinaryOp::Shr)
        {
            return Err(no_rule(op, &old, &value, span));
        }
        let value = with_element(value, &element)?;
        let kind = StmtKind::AugAssign { place, op: ir_op, overflow: Overflow::Fits, value };
        block.push(ir::Stmt { kind, span });
        Ok(())
    }

    /// The value as it is stored in a place of type `ty` that is part of an array.
    pub(in super::super) fn stored_in_array(&mut self, value: Expr, ty: &Type) -> Outcome<Expr> {
        let Some((element, rank)) = shape_of(ty) else { return Err(super::no_operand(&value)) };
        let (value, own, given) = shaped(value)?;
        let span = value.span;
        match (own, given) {
            (_, given) if given > rank => {
                Err(Rejection::new("infer.array", span, "An array is stored in a place for one item."))
            }
            (Type::Float, 0) if element == Type::Int => {
                Ok(build::intrinsic(ir::Intrinsic::ToInt, vec![value], Type::Int, span))
            }
            (Type::Int | Type::Float, 0) if element == Type::Bool => {
                super::super::Elaborator::truth(self, value)
            }
            _ => with_element(value, &element),
        }
    }
}

/// The wider of two element types.
pub(in super::super) fn wider(a: &Type, b: &Type) -> Type {
    let order = [Type::Float, Type::Int];
    order.into_iter().find(|t| a == t || b == t).unwrap_or(Type::Bool)
}

/// Item by item as between numbers; shifts of arrays have no rule.
fn arithmetic(op: BinaryOp) -> Option<ir::BinaryOp> {
    number_operator(op).filter(|_| !matches!(op, BinaryOp::Shl | BinaryOp::Shr))
}

fn no_rule(op: BinaryOp, left: &Expr, right: &Expr, span: Span) -> Rejection {
    let symbol = super::super::super::operators::symbol(op);
    let message = format!("The operator `{symbol}` between `{}` and `{}` has no rule.", left.ty, right.ty);
    let code =
        if is_array(&left.ty) || is_array(&right.ty) { "infer.array-operator" } else { "infer.operator" };
    Rejection::new(code, span, message)
}
