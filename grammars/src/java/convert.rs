//! Conversions that Java leaves implicit, and casts.

use super::lower::{Lowering, Outcome, Value};
use super::types::JType;
use crate::ir::{Conversion, Expr, ExprKind, Intrinsic, Type};
use tree_sitter::Node;

impl Lowering<'_> {
    /// Converts a value to the type of the place that it is assigned, passed or returned to.
    pub(super) fn coerce(&self, value: Value, to: &JType, node: Node) -> Outcome<Expr> {
        let (from, target) = (value.ty.unboxed(), to.unboxed());
        if from.ir() == target.ir() && !narrows(from, target) {
            return Ok(value.expr);
        }
        match (from, target) {
            (JType::Int | JType::Long, JType::Double) => Ok(convert(value.expr, Conversion::IntToFloat)),
            (JType::Char, JType::Int | JType::Long) => Ok(convert(value.expr, Conversion::CharToInt)),
            (JType::Char, JType::Double) => {
                Ok(convert(convert(value.expr, Conversion::CharToInt), Conversion::IntToFloat))
            }
            // `char c = 65;`
            (JType::Int, JType::Char) if matches!(value.expr.kind, ExprKind::Int(_)) => {
                Ok(convert(value.expr, Conversion::IntToChar))
            }
            _ => {
                let message = format!("`{}` does not fit the type expected here", self.text(node));
                Err(self.reject("java.conversion", node, message))
            }
        }
    }

    /// The type that two numbers are brought to before they are computed with.
    pub(super) fn promoted(&self, left: &JType, right: &JType, node: Node) -> Outcome<JType> {
        if !left.is_numeric() || !right.is_numeric() {
            let message = format!("`{}` computes with something other than numbers", self.text(node));
            return Err(self.reject("java.operands", node, message));
        }
        let either = |t: JType| *left.unboxed() == t || *right.unboxed() == t;
        Ok(match () {
            () if either(JType::Double) => JType::Double,
            () if either(JType::Long) => JType::Long,
            () => JType::Int,
        })
    }

    /// `(to) value`.
    pub(super) fn cast(&self, value: Value, to: &JType, node: Node) -> Outcome<Value> {
        let (from, target) = (value.ty.unboxed().clone(), to.unboxed().clone());
        let expr = match (&from, &target) {
            (JType::Long, JType::Int) => convert(value.expr, Conversion::WrapTo32),
            (JType::Double, JType::Int | JType::Long) => float_to_int(value.expr),
            (JType::Int, JType::Char) => convert(value.expr, Conversion::IntToChar),
            _ => self.coerce(Value { ty: from, expr: value.expr }, &target, node)?,
        };
        Ok(Value { expr, ty: target })
    }

    /// The value as `String.valueOf` writes it. What the targets would write otherwise is rejected.
    pub(super) fn as_text(&self, value: Value, node: Node) -> Outcome<Expr> {
        match value.ty.unboxed() {
            JType::Str | JType::Builder => Ok(value.expr),
            JType::Char => Ok(convert(value.expr, Conversion::CharToStr)),
            JType::Int | JType::Long => {
                Ok(self.intrinsic(node, Intrinsic::ToStr, vec![value.expr], JType::Str).expr)
            }
            JType::Boolean => Ok(self.truth_text(value.expr)),
            ty if lists_integers(ty) => {
                Ok(self.intrinsic(node, Intrinsic::ToStr, vec![value.expr], JType::Str).expr)
            }
            _ => {
                let message = format!("how `{}` is written as text is particular to Java", self.text(node));
                Err(self.reject("java.value-as-text", node, message))
            }
        }
    }

    /// `true` and `false` as Java spells them.
    fn truth_text(&self, condition: Expr) -> Expr {
        let span = condition.span;
        let word = |w: &str| Box::new(Expr { kind: ExprKind::Str(w.to_owned()), ty: Type::Str, span });
        let kind =
            ExprKind::IfElse { condition: Box::new(condition), then: word("true"), orelse: word("false") };
        Expr { kind, ty: Type::Str, span }
    }
}

/// `long` to `int`: both are `Int` in the IR, but Java takes it only with a cast.
fn narrows(from: &JType, to: &JType) -> bool {
    matches!((from, to), (JType::Long, JType::Int))
}

fn lists_integers(ty: &JType) -> bool {
    match ty {
        JType::List(item) => matches!(item.unboxed(), JType::Int | JType::Long) || lists_integers(item),
        _ => false,
    }
}

/// `(int) Math.floor(x)` already is an integer before the conversion back to `double`.
fn float_to_int(value: Expr) -> Expr {
    match value.kind {
        ExprKind::Convert { conversion: Conversion::IntToFloat, value } => *value,
        _ => convert(value, Conversion::FloatToInt),
    }
}

/// A conversion node.
pub(super) fn convert(value: Expr, conversion: Conversion) -> Expr {
    let ty = match conversion {
        Conversion::IntToFloat => Type::Float,
        Conversion::CharToStr => Type::Str,
        Conversion::StrToChar | Conversion::IntToChar => Type::Char,
        _ => Type::Int,
    };
    let span = value.span;
    Expr { kind: ExprKind::Convert { conversion, value: Box::new(value) }, ty, span }
}
