//! Comparisons and membership.

use super::text::Repr;
use super::{Lower, Lowering};
use crate::julia::tree::Expr;
use grammars::ir::{self, BinaryOp, CompareOp, Conversion, ExprKind};

impl Lower<'_> {
    pub(super) fn compare(&mut self, op: CompareOp, left: &ir::Expr, right: &ir::Expr) -> Lowering<Expr> {
        if let Some(parity) = self.parity(op, left, right)? {
            return Ok(parity);
        }
        if self.counts_from_one(left) || self.counts_from_one(right) {
            return self.compare_positions(op, left, right);
        }
        if let Some(comparison) = self.compare_empty(op, left, right)? {
            return Ok(comparison);
        }
        let (l, r) = self.comparable(left, right)?;
        if let (CompareOp::Eq | CompareOp::Ne, true) = (op, r == Expr::Nothing || l == Expr::Nothing) {
            return Ok(Expr::binary(if op == CompareOp::Eq { "===" } else { "!==" }, l, r));
        }
        let symbol = match (op, matches!(left.ty, ir::Type::Set(_))) {
            (CompareOp::Le, true) => return Ok(Expr::base_call("issubset", vec![l, r])),
            (CompareOp::Ge, true) => return Ok(Expr::base_call("issubset", vec![r, l])),
            _ => symbol(op),
        };
        Ok(Expr::binary(symbol, l, r))
    }

    pub(super) fn compare_chain(&mut self, operands: &[ir::Expr], ops: &[CompareOp]) -> Lowering<Expr> {
        let chars = operands.iter().all(|operand| self.can_be_char(operand))
            && !operands.iter().all(|operand| matches!(operand.kind, ExprKind::Str(_)));
        let mut lowered = Vec::new();
        for operand in operands {
            let char = if chars { self.as_char(operand)? } else { None };
            lowered.push(match char {
                Some(char) => char,
                None => self.lower_expr(operand)?,
            });
        }
        let mut lowered = lowered.into_iter();
        let first = lowered.next().unwrap_or(Expr::Bool(true));
        let rest = ops.iter().map(|op| symbol(*op)).zip(lowered).collect();
        Ok(Expr::Chain(Box::new(first), rest))
    }

    /// The two sides in forms that Julia compares as the source does: a `Char` never equals a string,
    /// an integer compares with a float by value.
    fn comparable(&mut self, left: &ir::Expr, right: &ir::Expr) -> Lowering<(Expr, Expr)> {
        let forms = (self.repr(left), self.repr(right));
        let char_like = left.ty == ir::Type::Char
            || right.ty == ir::Type::Char
            || forms.0 == Repr::Char
            || forms.1 == Repr::Char;
        if char_like
            && self.can_be_char(left)
            && self.can_be_char(right)
            && let (Some(l), Some(r)) = (self.as_char(left)?, self.as_char(right)?)
        {
            return Ok((l, r));
        }
        let strip = |expr: &'_ ir::Expr| match &expr.kind {
            ExprKind::Convert { conversion: Conversion::IntToFloat | Conversion::ToOptional, value } => {
                (**value).clone()
            }
            _ => expr.clone(),
        };
        let (left, right) = (strip(left), strip(right));
        let any_text = |form: Repr| form != Repr::Char;
        if self.element_repr(&left) == self.element_repr(&right)
            && left.ty == right.ty
            && left.ty != ir::Type::Str
        {
            return Ok((self.lower_loose(&left)?, self.lower_loose(&right)?));
        }
        if any_text(self.repr(&left))
            && any_text(self.repr(&right))
            && !char_items(self, &left)
            && !char_items(self, &right)
        {
            return Ok((self.lower_loose(&left)?, self.lower_loose(&right)?));
        }
        Ok((self.lower_expr(&left)?, self.lower_expr(&right)?))
    }

    /// `x % 2 == 0` is `iseven(x)`; a remainder compared with zero needs no care for signs.
    fn parity(&mut self, op: CompareOp, left: &ir::Expr, right: &ir::Expr) -> Lowering<Option<Expr>> {
        let (ExprKind::Binary { op: BinaryOp::FloorMod, left: value, right: divisor, .. }, Some(rest)) =
            (&left.kind, right.as_int())
        else {
            return Ok(None);
        };
        let equal = match op {
            CompareOp::Eq => true,
            CompareOp::Ne => false,
            _ => return Ok(None),
        };
        if value.ty != ir::Type::Int {
            return Ok(None);
        }
        if divisor.as_int() == Some(2) && (rest == 0 || rest == 1) {
            let shifted = self.linear(value)?;
            // An odd constant turns the question round: `i - 1` is even where `i` is odd.
            let turned = !shifted.terms.is_empty() && shifted.constant % 2 != 0;
            let even = (rest == 0) == equal;
            let mut value = shifted;
            if turned {
                value.constant = 0;
            }
            let name = if even != turned { "iseven" } else { "isodd" };
            return Ok(Some(Expr::base_call(name, vec![value.into_expr()])));
        }
        if rest != 0 {
            return Ok(None);
        }
        let remainder = Expr::binary("%", self.lower_expr(value)?, self.lower_expr(divisor)?);
        Ok(Some(Expr::binary(if equal { "==" } else { "!=" }, remainder, Expr::Int(0))))
    }

    /// A comparison with an empty literal, or of a length with 0, asks whether something is empty.
    fn compare_empty(&mut self, op: CompareOp, left: &ir::Expr, right: &ir::Expr) -> Lowering<Option<Expr>> {
        let empty = match &right.kind {
            ExprKind::Str(text) => text.is_empty(),
            ExprKind::List(items) | ExprKind::Set(items) => items.is_empty(),
            ExprKind::Dict(pairs) => pairs.is_empty(),
            _ => false,
        };
        let container = match &left.kind {
            _ if empty && !self.in_test && left.ty == right.ty => left,
            ExprKind::Intrinsic { op: ir::Intrinsic::Len, args } if right.as_int() == Some(0) => &args[0],
            _ => return Ok(None),
        };
        if matches!(container.ty, ir::Type::Iter(_)) || self.in_test {
            return Ok(None);
        }
        let negated = match op {
            CompareOp::Eq => false,
            CompareOp::Ne => true,
            CompareOp::Gt if !empty => true,
            _ => return Ok(None),
        };
        let call = Expr::base_call("isempty", vec![self.lower_loose(container)?]);
        Ok(Some(if negated { call.negate() } else { call }))
    }

    /// Whether the value of `expr` rests on a variable that counts from 1 here.
    fn counts_from_one(&self, expr: &ir::Expr) -> bool {
        match &expr.kind {
            ExprKind::Local(name) => self.scope.offsets.contains_key(name),
            ExprKind::Binary { op: BinaryOp::Add | BinaryOp::Sub, left, right, .. } => {
                self.counts_from_one(left) || self.counts_from_one(right)
            }
            _ => false,
        }
    }

    /// Adds to both sides what makes the variable stand alone: `i < n` becomes `i <= n`.
    fn compare_positions(&mut self, op: CompareOp, left: &ir::Expr, right: &ir::Expr) -> Lowering<Expr> {
        let (mut l, mut r) = (self.linear(left)?, self.linear(right)?);
        let shift = if self.counts_from_one(left) { -l.constant } else { -r.constant };
        l = l.plus(shift);
        r = r.plus(shift);
        let mut op = op;
        if self.counts_from_one(left) && !r.terms.is_empty() && r.constant == 1 {
            if op == CompareOp::Lt {
                (op, r) = (CompareOp::Le, r.plus(-1));
            } else if op == CompareOp::Ge {
                (op, r) = (CompareOp::Gt, r.plus(-1));
            }
        }
        Ok(Expr::binary(symbol(op), l.into_expr(), r.into_expr()))
    }
}

/// Whether a sequence of texts is delivered as characters.
fn char_items(lower: &Lower<'_>, expr: &ir::Expr) -> bool {
    expr.ty != ir::Type::Str && lower.element_repr(expr) == Repr::Char
}

pub(super) fn symbol(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::Ne => "!=",
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}
