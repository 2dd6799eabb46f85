//! Arithmetic, and the same operators on texts, lists and sets.

use super::{Lower, Lowering, reject};
use crate::julia::tree::{Expr, Type};
use grammars::Span;
use grammars::ir::{self, BinaryOp, Conversion, ExceptionKind, ExprKind, Intrinsic, Overflow, UnaryOp};

impl Lower<'_> {
    pub(super) fn arithmetic(
        &mut self,
        expr: &ir::Expr,
        op: BinaryOp,
        overflow: Overflow,
        left: &ir::Expr,
        right: &ir::Expr,
    ) -> Lowering<Expr> {
        self.note_range(&expr.ty, op, overflow);
        let value = match expr.ty {
            ir::Type::Str | ir::Type::Char => return self.text_operation(op, left, right, expr.span),
            ir::Type::List(_) => return self.list_operation(op, left, right, expr.span),
            ir::Type::Set(_) | ir::Type::Dict(..) => return self.set_operation(op, left, right, expr.span),
            ir::Type::Float => self.float_operation(op, left, right, expr.span)?,
            _ => self.int_operation(op, overflow, left, right, expr.span)?,
        };
        Ok(match overflow {
            Overflow::Wrap32 => wrap32(value),
            _ => value,
        })
    }

    /// Says in the domain that integers are taken to fit, where nothing is proven.
    fn note_range(&mut self, ty: &ir::Type, op: BinaryOp, overflow: Overflow) {
        let grows =
            matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Pow | BinaryOp::Shl);
        if *ty == ir::Type::Int && overflow == Overflow::Unbounded && grows {
            self.note_domain("integers stay within 64 bits");
        }
    }

    fn int_operation(
        &mut self,
        op: BinaryOp,
        overflow: Overflow,
        left: &ir::Expr,
        right: &ir::Expr,
        span: Span,
    ) -> Lowering<Expr> {
        if let (BinaryOp::Sub, Some((a, b))) = (op, code_points(left, right)) {
            return self.code_point_difference(a, b);
        }
        if let (BinaryOp::ShrUnsigned, Overflow::Wrap32) = (op, overflow) {
            let bits = Expr::binary("%", self.lower_expr(left)?, Expr::Type(Type::plain("UInt32")));
            return Ok(Expr::binary(">>", bits, self.lower_expr(right)?));
        }
        let symbol = match op {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Pow => "^",
            BinaryOp::BitAnd => "&",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "⊻",
            BinaryOp::Shl | BinaryOp::Shr if overflow == Overflow::Wrap32 && !is_small(right) => {
                return reject("julia.shift", span, "a shift of 32 bits by a number that is no literal");
            }
            BinaryOp::Shl => "<<",
            BinaryOp::Shr => ">>",
            BinaryOp::TruncDiv => "÷",
            BinaryOp::TruncRem => "%",
            BinaryOp::FloorDiv | BinaryOp::FloorMod => return self.floored(op, left, right),
            BinaryOp::ShrUnsigned => ">>>",
            _ => return reject("julia.operator", span, format!("{op:?} of integers")),
        };
        Ok(Expr::binary(symbol, self.lower_expr(left)?, self.lower_expr(right)?))
    }

    /// `÷` and `%` round towards zero, so they will do for operands without sign only.
    fn floored(&mut self, op: BinaryOp, left: &ir::Expr, right: &ir::Expr) -> Lowering<Expr> {
        let plain = self.never_negative(left) && self.never_negative(right);
        let (l, r) = (self.lower_expr(left)?, self.lower_expr(right)?);
        Ok(match (op, plain) {
            (BinaryOp::FloorDiv, true) => Expr::binary("÷", l, r),
            (BinaryOp::FloorDiv, false) => Expr::base_call("fld", vec![l, r]),
            (_, true) => Expr::binary("%", l, r),
            (_, false) => Expr::base_call("mod", vec![l, r]),
        })
    }

    fn float_operation(
        &mut self,
        op: BinaryOp,
        left: &ir::Expr,
        right: &ir::Expr,
        span: Span,
    ) -> Lowering<Expr> {
        let (l, r) = self.float_operands(op, left, right)?;
        let symbol = match op {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Pow => "^",
            BinaryOp::TruncRem => "%",
            BinaryOp::Div => return self.quotient(l, r, right),
            BinaryOp::FloorDiv => return Ok(Expr::base_call("fld", vec![l, r])),
            BinaryOp::FloorMod => return Ok(Expr::base_call("mod", vec![l, r])),
            _ => return reject("julia.operator", span, format!("{op:?} of floats")),
        };
        Ok(Expr::binary(symbol, l, r))
    }

    /// Julia mixes integers and floats by itself, so one integer operand needs no conversion, and a
    /// whole number beside a float no point; `/` gives a float in any case.
    fn float_operands(&mut self, op: BinaryOp, left: &ir::Expr, right: &ir::Expr) -> Lowering<(Expr, Expr)> {
        if op == BinaryOp::Div {
            return Ok((self.quotient_operand(left)?, self.quotient_operand(right)?));
        }
        let mixes = matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul);
        let (whole_left, whole_right) = (whole(left).filter(|_| mixes), whole(right).filter(|_| mixes));
        Ok(match (unconverted(left), unconverted(right), whole_left, whole_right) {
            (Some(l), None, ..) => (self.lower_expr(l)?, self.real(right)?),
            (None, Some(r), ..) => (self.real(left)?, self.lower_expr(r)?),
            (None, None, Some(value), None) => (Expr::Int(value), self.real(right)?),
            (None, None, None, Some(value)) => (self.real(left)?, Expr::Int(value)),
            _ => (self.real(left)?, self.real(right)?),
        })
    }

    fn quotient_operand(&mut self, operand: &ir::Expr) -> Lowering<Expr> {
        match (whole(operand), unconverted(operand)) {
            (Some(value), _) => Ok(Expr::Int(value)),
            (None, Some(integer)) => self.lower_expr(integer),
            (None, None) => self.real(operand),
        }
    }

    /// A float operand: the constant pi may stay what it is.
    fn real(&mut self, expr: &ir::Expr) -> Lowering<Expr> {
        match &expr.kind {
            ExprKind::Intrinsic { op: Intrinsic::Pi, .. } => Ok(Expr::Base("pi")),
            _ => self.lower_expr(expr),
        }
    }

    /// A zero divisor raises in Python. Where the program catches that it is checked, elsewhere the
    /// domain says so.
    fn quotient(&mut self, l: Expr, r: Expr, right: &ir::Expr) -> Lowering<Expr> {
        let nonzero = unconverted(right).unwrap_or(right);
        let proven = matches!(&nonzero.kind, ExprKind::Float(v) if *v != 0.0)
            || nonzero.as_int().is_some_and(|v| v != 0)
            || matches!(&nonzero.kind, ExprKind::Intrinsic { op: Intrinsic::Pi, .. });
        if proven || self.module.source_lang != grammars::LangId::PYTHON {
            return Ok(Expr::binary("/", l, r));
        }
        if !self.catches(&ExceptionKind::ZeroDivision) {
            self.note_domain("divisors of floats are not zero");
            return Ok(Expr::binary("/", l, r));
        }
        if !r.is_simple() {
            return reject("julia.zero-division", right.span, "a caught division by an expression");
        }
        let error = Expr::base_call("throw", vec![Expr::base_call("DivideError", vec![])]);
        let zero = Expr::base_call("iszero", vec![r.clone()]);
        Ok(Expr::Ternary(Box::new(zero), Box::new(error), Box::new(Expr::binary("/", l, r))))
    }

    pub(super) fn unary(&mut self, op: UnaryOp, operand: &ir::Expr) -> Lowering<Expr> {
        Ok(match (op, &operand.kind) {
            (UnaryOp::Neg, ExprKind::Int(value)) => Expr::Int(-value),
            (UnaryOp::Neg, ExprKind::Float(value)) => Expr::Float(-value),
            (UnaryOp::Neg, _) => Expr::Unary("-", Box::new(self.real(operand)?)),
            (UnaryOp::BitNot, _) => Expr::Unary("~", Box::new(self.lower_expr(operand)?)),
        })
    }

    /// `ord(a) - ord(b)` is a difference of characters.
    fn code_point_difference(&mut self, a: &ir::Expr, b: &ir::Expr) -> Lowering<Expr> {
        let (a, b) = (self.single_char(a)?, self.single_char(b)?);
        Ok(Expr::binary("-", a, b))
    }

    fn text_operation(
        &mut self,
        op: BinaryOp,
        left: &ir::Expr,
        right: &ir::Expr,
        span: Span,
    ) -> Lowering<Expr> {
        match op {
            // Two characters side by side make a string.
            BinaryOp::Concat | BinaryOp::Add => {
                Ok(Expr::binary("*", self.lower_loose(left)?, self.lower_loose(right)?))
            }
            BinaryOp::Repeat => {
                let text = self.lower_loose(left)?;
                let times = self.repetitions(right)?;
                Ok(Expr::base_call("repeat", vec![text, times]))
            }
            _ => reject("julia.operator", span, format!("{op:?} of text")),
        }
    }

    /// How often something is repeated: a negative number counts as zero.
    pub(super) fn repetitions(&mut self, times: &ir::Expr) -> Lowering<Expr> {
        let lowered = self.lower_expr(times)?;
        if self.never_negative(times) {
            return Ok(lowered);
        }
        Ok(Expr::base_call("max", vec![lowered, Expr::Int(0)]))
    }

    fn list_operation(
        &mut self,
        op: BinaryOp,
        left: &ir::Expr,
        right: &ir::Expr,
        span: Span,
    ) -> Lowering<Expr> {
        match (op, &left.kind) {
            (BinaryOp::Concat | BinaryOp::Add, _) => {
                let mut parts = Vec::new();
                self.concatenated(left, &mut parts)?;
                self.concatenated(right, &mut parts)?;
                Ok(Expr::base_call("vcat", parts))
            }
            (BinaryOp::Repeat, ExprKind::List(items)) if items.len() == 1 => {
                let value = self.lower_expr(&items[0])?;
                let times = self.repetitions(right)?;
                self.filled(value, &items[0], times)
            }
            (BinaryOp::Repeat, _) => {
                let list = self.lower_expr(left)?;
                let times = self.repetitions(right)?;
                Ok(Expr::base_call("repeat", vec![list, times]))
            }
            _ => reject("julia.operator", span, format!("{op:?} of lists")),
        }
    }

    fn concatenated(&mut self, expr: &ir::Expr, parts: &mut Vec<Expr>) -> Lowering<()> {
        match &expr.kind {
            ExprKind::Binary { op: BinaryOp::Concat, left, right, .. } => {
                self.concatenated(left, parts)?;
                self.concatenated(right, parts)
            }
            _ => {
                parts.push(self.lower_expr(expr)?);
                Ok(())
            }
        }
    }

    /// A vector of `times` equal items.
    pub(super) fn filled(&mut self, value: Expr, item: &ir::Expr, times: Expr) -> Lowering<Expr> {
        let typed = |name: &str| Expr::Type(Type::plain(name));
        if self.natural(item) != Some(self.item_ty(&item.ty, item.span)?) {
            let vector = Type::with("Vector", vec![self.item_ty(&item.ty, item.span)?]);
            return Ok(Expr::call(Expr::Type(vector), vec![Expr::base_call("fill", vec![value, times])]));
        }
        Ok(match value {
            Expr::Int(0) => Expr::base_call("zeros", vec![typed("Int"), times]),
            Expr::Float(v) if v == 0.0 && v.is_sign_positive() => Expr::base_call("zeros", vec![times]),
            value => Expr::base_call("fill", vec![value, times]),
        })
    }

    fn set_operation(
        &mut self,
        op: BinaryOp,
        left: &ir::Expr,
        right: &ir::Expr,
        span: Span,
    ) -> Lowering<Expr> {
        let dict = matches!(left.ty, ir::Type::Dict(..));
        let function = match op {
            BinaryOp::Union if dict => "merge",
            BinaryOp::Union => "union",
            BinaryOp::Intersection => "intersect",
            BinaryOp::Difference | BinaryOp::Sub => "setdiff",
            BinaryOp::SymmetricDifference => "symdiff",
            _ => return reject("julia.operator", span, format!("{op:?} of sets")),
        };
        Ok(Expr::base_call(function, vec![self.lower_expr(left)?, self.lower_expr(right)?]))
    }
}

/// The value of a float literal that is a whole number.
fn whole(expr: &ir::Expr) -> Option<i128> {
    match expr.kind {
        ExprKind::Float(value) if value.fract() == 0.0 && value.abs() < 1e6 && !(value == 0.0) => {
            Some(value as i128)
        }
        _ => None,
    }
}

/// The integer beneath a conversion to float, if any; literals stay floats.
fn unconverted(expr: &ir::Expr) -> Option<&ir::Expr> {
    match &expr.kind {
        ExprKind::Convert { conversion: Conversion::IntToFloat, value } => Some(value),
        _ => None,
    }
}

/// `ord(a)` and `ord(b)`, or Java's characters as numbers.
fn code_points<'e>(left: &'e ir::Expr, right: &'e ir::Expr) -> Option<(&'e ir::Expr, &'e ir::Expr)> {
    let inner = |expr: &'e ir::Expr| match &expr.kind {
        ExprKind::Intrinsic { op: Intrinsic::Ord, args } => args.first(),
        ExprKind::Convert { conversion: Conversion::CharToInt, value } => Some(&**value),
        _ => None,
    };
    Some((inner(left)?, inner(right)?))
}

/// The lowest 32 bits of an integer, signed.
fn wrap32(value: Expr) -> Expr {
    let narrow = Expr::binary("%", value, Expr::Type(Type::plain("Int32")));
    Expr::call(Expr::Type(Type::plain("Int")), vec![narrow])
}

/// Whether a shift is by fewer than 32 bits.
fn is_small(count: &ir::Expr) -> bool {
    count.as_int().is_some_and(|count| (0..32).contains(&count))
}
