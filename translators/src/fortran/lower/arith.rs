//! Numbers: kinds, shifted variables, division, powers and bits.

use super::{Body, NONZERO, SIXTY_FOUR_BITS, reject};
use crate::fortran::tree::build::{binary, call, int, name, plus};
use crate::fortran::tree::{Expr, Kind, Op};
use grammars::Rejection;
use grammars::ir::{self, BinaryOp, ExprKind, Overflow, Type, UnaryOp};

/// What kind of integer an expression is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntKind {
    /// A literal of default kind, which may take any.
    Literal,
    /// Default kind.
    Default,
    /// `int64`.
    Int64,
}

/// Intrinsics with a result of default kind, unless an argument `kind` says otherwise.
const DEFAULT_KIND: &[&str] =
    &["size", "len", "index", "scan", "verify", "count", "iachar", "findloc", "popcnt"];

/// Those of them that take an argument `kind`.
const SIZED: &[&str] = &["size", "len", "index", "scan", "verify", "count", "findloc"];

/// Intrinsics whose result has the kind of their arguments.
const SAME_KIND: &[&str] =
    &["abs", "mod", "modulo", "min", "max", "merge", "sum", "product", "maxval", "minval", "pack"];

/// The value of a literal that positions are computed with: none is near the ends of 64 bits.
pub fn literal(e: &ir::Expr) -> Option<i64> {
    const FARTHEST: u64 = 1 << 62;
    let value = i64::try_from(e.as_int()?).ok()?;
    (value.unsigned_abs() <= FARTHEST).then_some(value)
}

impl Body<'_, '_> {
    /// The kind of an integer expression.
    pub fn int_kind(&self, expr: &Expr) -> IntKind {
        match expr {
            Expr::Int(value, Kind::Default) if i32::try_from(*value).is_ok() => IntKind::Literal,
            Expr::Name(name) if self.default_kind.contains(name) => IntKind::Default,
            Expr::Negate(operand) => self.int_kind(operand),
            Expr::Binary(_, left, right) => match (self.int_kind(left), self.int_kind(right)) {
                (IntKind::Int64, _) | (_, IntKind::Int64) => IntKind::Int64,
                (IntKind::Default, _) | (_, IntKind::Default) => IntKind::Default,
                _ => IntKind::Literal,
            },
            Expr::Call(callee, arguments) => self.call_kind(callee, arguments),
            _ => IntKind::Int64,
        }
    }

    fn call_kind(&self, callee: &Expr, arguments: &[Expr]) -> IntKind {
        let marked = arguments.iter().any(|a| matches!(a, Expr::Keyword("kind", _)));
        match callee {
            Expr::Component(_, method) if method == "find" => IntKind::Default,
            Expr::Name(function) if !marked && self.is_default_kind_function(function) => IntKind::Default,
            Expr::Name(function) if SAME_KIND.contains(&function.as_str()) => {
                let kinds: Vec<IntKind> = arguments.iter().take(2).map(|a| self.int_kind(a)).collect();
                let first = kinds.first().copied().unwrap_or(IntKind::Int64);
                if kinds.contains(&IntKind::Int64) && function != "merge" { IntKind::Int64 } else { first }
            }
            _ => IntKind::Int64,
        }
    }

    fn is_default_kind_function(&self, function: &str) -> bool {
        DEFAULT_KIND.contains(&function) || self.unit.default_kind_helpers.contains(function)
    }

    /// The expression as `int64`, where kinds must agree.
    pub fn widened(&self, expr: Expr) -> Expr {
        match (self.int_kind(&expr), expr) {
            (IntKind::Int64, expr) => expr,
            (_, Expr::Int(value, _)) => Expr::Int(value, Kind::Int64),
            (_, Expr::Negate(operand)) => Expr::Negate(Box::new(self.widened(*operand))),
            (_, Expr::Call(callee, mut arguments)) if is_sized(&callee) => {
                arguments.push(Expr::Keyword("kind", Box::new(name("int64"))));
                Expr::Call(callee, arguments)
            }
            (_, Expr::Binary(op @ (Op::Add | Op::Sub), left, right)) => {
                let right =
                    if matches!(*right, Expr::Int(..)) { right } else { Box::new(self.widened(*right)) };
                Expr::Binary(op, Box::new(self.widened(*left)), right)
            }
            (_, expr) => call("int", vec![expr, name("int64")]),
        }
    }

    /// An integer of the source as `int64`, other values as they are.
    pub fn exact(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        let value = self.expr(e)?;
        Ok(self.exactly(value, &e.ty))
    }

    /// A value of a source type with the kind that its representation has.
    pub fn exactly(&self, value: Expr, ty: &Type) -> Expr {
        if *ty == Type::Int { self.widened(value) } else { value }
    }

    /// Arguments of one kind: as they are where all are default or literals, else all `int64`.
    pub fn same_kinds(&self, values: Vec<Expr>) -> Vec<Expr> {
        if values.iter().all(|v| self.int_kind(v) != IntKind::Int64) {
            return values;
        }
        values.into_iter().map(|v| self.widened(v)).collect()
    }

    /// The source's integer plus an amount, written without needless corrections.
    pub fn int_plus(&mut self, e: &ir::Expr, amount: i64) -> Result<Expr, Rejection> {
        match &e.kind {
            ExprKind::Local(source) => match self.binding(source) {
                super::Binding::Variable { name, shift } => Ok(plus(Expr::Name(name), amount - shift)),
                super::Binding::Alias(value) => Ok(plus(value, amount)),
            },
            ExprKind::Binary { op: op @ (BinaryOp::Add | BinaryOp::Sub), left, right, .. }
                if e.ty == Type::Int && right.as_int().is_some_and(|v| v.abs() < 1 << 20) =>
            {
                let constant = literal(right).unwrap_or_default();
                self.int_plus(left, if *op == BinaryOp::Add { amount + constant } else { amount - constant })
            }
            _ => Ok(plus(self.expr(e)?, amount)),
        }
    }

    /// A binary operation.
    pub fn binary(
        &mut self,
        op: BinaryOp,
        overflow: Overflow,
        left: &ir::Expr,
        right: &ir::Expr,
        whole: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        match overflow {
            Overflow::Wrap32 | Overflow::Wrap64 => {
                return reject("wrapping-arithmetic", whole.span, "arithmetic that wraps around on overflow");
            }
            Overflow::Unbounded if whole.ty == Type::Int => self.note(SIXTY_FOUR_BITS),
            _ => {}
        }
        if !whole.ty.is_numeric() {
            return self.container_operation(op, left, right, whole);
        }
        let values = self.operands(&[left, right])?;
        let [a, mut b] = <[Expr; 2]>::try_from(values).unwrap_or([int(0), int(0)]);
        if crate::passes::exceptions::implicit(whole).is_some()
            && self.is_guarded(&ir::ExceptionKind::ZeroDivision)
        {
            b = self.held(b, &["divisor"], &right.ty);
            let zero = match right.ty {
                Type::Float => binary(Op::Le, call("abs", vec![b.clone()]), int(0)),
                _ => binary(Op::Eq, b.clone(), int(0)),
            };
            self.guard(ir::ExceptionKind::ZeroDivision, |_| zero)?;
        }
        if whole.ty == Type::Float {
            return self.real_operation(op, a, b, whole);
        }
        self.integer_operation(op, a, b, right, whole)
    }

    fn real_operation(
        &mut self,
        op: BinaryOp,
        a: Expr,
        b: Expr,
        whole: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        if matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::FloorMod) && !is_nonzero(&b) {
            self.note(NONZERO);
        }
        let (a, b) = match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div => without_conversion(a, b),
            _ => (a, b),
        };
        Ok(match op {
            BinaryOp::Add => binary(Op::Add, a, b),
            BinaryOp::Sub => binary(Op::Sub, a, b),
            BinaryOp::Mul => binary(Op::Mul, a, b),
            BinaryOp::Div => binary(Op::Div, a, b),
            BinaryOp::Pow => binary(Op::Pow, a, integral_exponent(b)),
            BinaryOp::FloorMod => call("modulo", vec![a, b]),
            BinaryOp::TruncRem => call("mod", vec![a, b]),
            BinaryOp::FloorDiv => {
                // As Python has it: `floor(a / b)` is one too many where the division rounds up.
                let a = self.held(a, &["dividend"], &Type::Float);
                let b = self.held(b, &["divisor"], &Type::Float);
                let rest = call("modulo", vec![a.clone(), b.clone()]);
                call("anint", vec![binary(Op::Div, binary(Op::Sub, a, rest), b)])
            }
            _ => return reject("operator", whole.span, "an operator that does not apply to floats"),
        })
    }

    fn integer_operation(
        &mut self,
        op: BinaryOp,
        a: Expr,
        b: Expr,
        right: &ir::Expr,
        whole: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        if matches!(op, BinaryOp::FloorDiv | BinaryOp::FloorMod | BinaryOp::TruncDiv | BinaryOp::TruncRem)
            && !is_nonzero(&b)
        {
            self.note(NONZERO);
        }
        Ok(match op {
            BinaryOp::Add => self.sum(Op::Add, a, b),
            BinaryOp::Sub => self.sum(Op::Sub, a, b),
            BinaryOp::Mul => self.wide_product(Op::Mul, a, b),
            BinaryOp::Pow => self.power(a, b),
            BinaryOp::TruncDiv => binary(Op::Div, a, b),
            BinaryOp::TruncRem => self.kinded("mod", a, b),
            BinaryOp::FloorMod => self.kinded("modulo", a, b),
            BinaryOp::FloorDiv if self.is_natural(&a) && right.as_int().is_some_and(|v| v > 0) => {
                binary(Op::Div, a, b)
            }
            BinaryOp::FloorDiv if matches!(a, Expr::Name(_)) && right.as_int().is_some_and(|v| v > 0) => {
                let remainder = self.kinded("modulo", a.clone(), b.clone());
                binary(Op::Div, binary(Op::Sub, a, remainder), b)
            }
            BinaryOp::FloorDiv => {
                let function = self.unit.helper("floor_div", None);
                call(function, vec![self.widened(a), self.widened(b)])
            }
            BinaryOp::BitAnd => self.kinded("iand", a, b),
            BinaryOp::BitOr => self.kinded("ior", a, b),
            BinaryOp::BitXor => self.kinded("ieor", a, b),
            BinaryOp::Shl => call("shiftl", vec![self.widened(a), self.narrow(b)]),
            BinaryOp::Shr => call("shifta", vec![self.widened(a), self.narrow(b)]),
            BinaryOp::ShrUnsigned => call("shiftr", vec![self.widened(a), self.narrow(b)]),
            _ => return reject("operator", whole.span, "an operator that does not apply to integers"),
        })
    }

    fn kinded(&mut self, function: &str, a: Expr, b: Expr) -> Expr {
        call(function, self.same_kinds(vec![a, b]))
    }

    /// As default integer, where an intrinsic asks for one.
    pub fn narrow(&self, expr: Expr) -> Expr {
        if self.int_kind(&expr) == IntKind::Int64 { call("int", vec![expr]) } else { expr }
    }

    /// A sum or difference whose constants are gathered at the end.
    fn sum(&self, op: Op, a: Expr, b: Expr) -> Expr {
        let (a_base, a_constant) = split(a);
        let (b_base, b_constant) = split(b);
        if a_constant == 0 && b_constant == 0 {
            return match (&b_base, op) {
                (Expr::Int(value, _), Op::Add) if *value < 0 && *value > i64::MIN => plus(a_base, *value),
                (Expr::Int(value, _), Op::Sub) if *value < 0 && *value > i64::MIN => plus(a_base, -value),
                _ => binary(op, a_base, b_base),
            };
        }
        let constant = if op == Op::Add { a_constant + b_constant } else { a_constant - b_constant };
        match b_base {
            Expr::Int(value, _) if value.abs() < 1 << 20 => {
                plus(a_base, if op == Op::Add { constant + value } else { constant - value })
            }
            b_base => plus(binary(op, a_base, b_base), constant),
        }
    }

    /// A product, at least one factor of it wide: two lengths multiplied may not fit 32 bits.
    fn wide_product(&self, op: Op, a: Expr, b: Expr) -> Expr {
        let wide = [&a, &b].into_iter().any(|e| self.int_kind(e) == IntKind::Int64);
        if wide
            || (matches!(a, Expr::Int(..)) && matches!(b, Expr::Int(..)) && op == Op::Mul && small(&a, &b))
        {
            return binary(op, a, b);
        }
        if matches!(a, Expr::Int(..)) {
            binary(op, a, self.widened(b))
        } else {
            binary(op, self.widened(a), b)
        }
    }

    fn power(&self, a: Expr, b: Expr) -> Expr {
        let a = if self.int_kind(&a) == IntKind::Int64 { a } else { self.widened(a) };
        binary(Op::Pow, a, b)
    }

    /// Whether an integer expression is never negative by its form.
    pub fn is_natural(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Int(value, _) => *value >= 0,
            Expr::Call(callee, arguments) => match &**callee {
                Expr::Name(function) if function == "modulo" => {
                    matches!(arguments.get(1), Some(Expr::Int(value, _)) if *value > 0)
                }
                Expr::Name(function) => {
                    matches!(function.as_str(), "abs" | "iachar") || self.is_default_kind_function(function)
                }
                _ => false,
            },
            Expr::Binary(Op::Add | Op::Mul | Op::Div, left, right) => {
                self.is_natural(left) && self.is_natural(right)
            }
            Expr::Binary(Op::Pow, base, _) => self.is_natural(base),
            _ => false,
        }
    }

    /// An operation on one operand.
    pub fn unary(&mut self, op: UnaryOp, operand: &ir::Expr) -> Result<Expr, Rejection> {
        let value = self.expr(operand)?;
        Ok(match (op, value) {
            (UnaryOp::Neg, Expr::Int(value, kind)) if value != i64::MIN => Expr::Int(-value, kind),
            (UnaryOp::Neg, Expr::Real(value)) => Expr::Real(-value),
            (UnaryOp::Neg, value) => Expr::Negate(Box::new(value)),
            (UnaryOp::BitNot, value) => call("not", vec![self.widened(value)]),
        })
    }
}

/// An integer beside a real is converted by the operator itself.
fn without_conversion(a: Expr, b: Expr) -> (Expr, Expr) {
    match (converted(&a), converted(&b)) {
        (_, Some(inner)) => (a, inner),
        (Some(inner), None) => (inner, b),
        _ => (a, b),
    }
}

/// The integer in `real(integer, real64)`.
fn converted(expr: &Expr) -> Option<Expr> {
    match expr {
        Expr::Call(callee, arguments) if **callee == name("real") => match arguments.as_slice() {
            [inner, kind] if *kind == name("real64") => Some(inner.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn is_sized(callee: &Expr) -> bool {
    matches!(callee, Expr::Name(f) if SIZED.contains(&f.as_str()))
}

/// Whether a divisor is a literal other than zero.
pub fn is_nonzero(expr: &Expr) -> bool {
    match expr {
        Expr::Int(value, _) => *value != 0,
        Expr::Real(value) => *value != 0.0,
        _ => false,
    }
}

fn small(a: &Expr, b: &Expr) -> bool {
    let magnitude = |e: &Expr| match e {
        Expr::Int(value, _) => value.unsigned_abs(),
        _ => u64::MAX,
    };
    magnitude(a).saturating_mul(magnitude(b)) < 1 << 31
}

/// `x ** 2.0` reads and computes better as `x**2`.
fn integral_exponent(exponent: Expr) -> Expr {
    match exponent {
        Expr::Real(2.0) => int(2),
        other => other,
    }
}

/// An expression and the constant added to it.
fn split(expr: Expr) -> (Expr, i64) {
    match expr {
        Expr::Binary(op @ (Op::Add | Op::Sub), left, right) => match *right {
            Expr::Int(value, _) if value.abs() < 1 << 20 => {
                (*left, if op == Op::Add { value } else { -value })
            }
            right => (Expr::Binary(op, left, Box::new(right)), 0),
        },
        other => (other, 0),
    }
}
