//! Numbers: arithmetic expressions.

use super::{BodyKind, Lower, Result, Var, reject, rejection};
use crate::cobol::tree::{ArithOp, Cond, Expr, Relation, Stmt};
use grammars::Span;
use grammars::ir::{self, BinaryOp, Conversion, ExprKind, Intrinsic, Overflow, Type, UnaryOp};

impl Lower<'_> {
    /// An `Int` or `Float` as an arithmetic expression.
    pub fn number(&mut self, e: &ir::Expr) -> Result<Expr> {
        match &e.kind {
            ExprKind::Int(value) => integer(*value, e.span),
            ExprKind::Float(value) => float(*value, e.span),
            ExprKind::Local(name) => match self.vars.get(name) {
                Some(Var::Number(value)) => Ok(value.clone()),
                _ => Ok(self.stored(e)?.item().into()),
            },
            ExprKind::Binary { op, left, right, overflow } => {
                self.arithmetic(*op, *overflow, left, right, e.span)
            }
            ExprKind::Unary { op: UnaryOp::Neg, operand } => Ok(match self.number(operand)? {
                Expr::Number(text) if !text.starts_with('-') => Expr::Number(format!("-{text}")),
                other => Expr::Neg(Box::new(other)),
            }),
            ExprKind::Unary { op: UnaryOp::BitNot, operand } => {
                Ok(Expr::Neg(Box::new(self.number(operand)?)).offset(-1))
            }
            ExprKind::Convert { conversion, value } => self.converted(*conversion, value, e),
            ExprKind::Intrinsic { op, args } => self.number_function(op, args, e),
            _ => Ok(self.stored(e)?.item().into()),
        }
    }

    fn converted(&mut self, conversion: Conversion, value: &ir::Expr, e: &ir::Expr) -> Result<Expr> {
        match conversion {
            Conversion::IntToFloat => self.number(value),
            Conversion::BoolToInt => Ok(self.stored(value)?.item().into()),
            Conversion::FloatToInt => Ok(function("INTEGER-PART", vec![self.number(value)?])),
            Conversion::CharToInt => {
                let text = self.text(value)?;
                Ok(function("ORD", vec![text.operand]).offset(-1))
            }
            _ => Ok(self.stored(e)?.item().into()),
        }
    }

    fn arithmetic(
        &mut self,
        op: BinaryOp,
        overflow: Overflow,
        left: &ir::Expr,
        right: &ir::Expr,
        span: Span,
    ) -> Result<Expr> {
        if matches!(overflow, Overflow::Wrap32 | Overflow::Wrap64) {
            return reject("wrapping", span, "arithmetic that wraps around has no COBOL form");
        }
        let is_float = left.ty == Type::Float;
        let (a, b) = (self.number(left)?, self.number(right)?);
        let binary = |op, a, b| Expr::Binary(op, Box::new(a), Box::new(b));
        Ok(match op {
            BinaryOp::Add => a.plus(b),
            BinaryOp::Sub => a.minus(b),
            BinaryOp::Mul => binary(ArithOp::Mul, a, b),
            BinaryOp::Div => binary(ArithOp::Div, a, b),
            BinaryOp::Pow => binary(ArithOp::Pow, a, b),
            BinaryOp::FloorDiv => function("INTEGER", vec![binary(ArithOp::Div, a, b)]),
            BinaryOp::TruncDiv => function("INTEGER-PART", vec![binary(ArithOp::Div, a, b)]),
            BinaryOp::FloorMod if is_float => {
                let quotient = function("INTEGER", vec![binary(ArithOp::Div, a.clone(), b.clone())]);
                a.minus(binary(ArithOp::Mul, b, quotient))
            }
            BinaryOp::FloorMod => function("MOD", vec![a, b]),
            BinaryOp::TruncRem => function("REM", vec![a, b]),
            BinaryOp::Shl => binary(ArithOp::Mul, a, power_of_two(b)),
            BinaryOp::Shr => function("INTEGER", vec![binary(ArithOp::Div, a, power_of_two(b))]),
            BinaryOp::BitAnd if b.as_int() == Some(1) => function("MOD", vec![a, Expr::int(2)]),
            BinaryOp::BitAnd => return self.bits("CBL_AND", a, b, span),
            BinaryOp::BitOr => return self.bits("CBL_OR", a, b, span),
            BinaryOp::BitXor => return self.bits("CBL_XOR", a, b, span),
            _ => return reject("bits", span, "this operation has no COBOL form"),
        })
    }

    /// An operation on bits by a routine of GnuCOBOL, which changes its second operand.
    fn bits(&mut self, routine: &'static str, a: Expr, b: Expr, span: Span) -> Result<Expr> {
        let target = self.temp("BIT-VALUE", &Type::Int, span)?;
        self.store_number(&target, b);
        let mask = self.temp("BIT-MASK", &Type::Int, span)?;
        self.store_number(&mask, a);
        self.emit(Stmt::Bits(routine, mask.item(), target.item()));
        Ok(target.item().into())
    }

    fn number_function(&mut self, op: &Intrinsic, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr> {
        let name = match op {
            Intrinsic::Len => return self.length_of(&args[0]),
            Intrinsic::Abs => "ABS",
            Intrinsic::ToFloat if args[0].ty == Type::Int => return self.number(&args[0]),
            Intrinsic::ToInt if args[0].ty == Type::Int => return self.number(&args[0]),
            Intrinsic::ToInt if args[0].ty == Type::Float => "INTEGER-PART",
            Intrinsic::ToInt | Intrinsic::ToFloat if args[0].ty == Type::Bool => {
                return Ok(self.stored(&args[0])?.item().into());
            }
            Intrinsic::Floor => "INTEGER",
            Intrinsic::Ceil => {
                let value = Expr::Neg(Box::new(self.number(&args[0])?));
                return Ok(Expr::Neg(Box::new(function("INTEGER", vec![value]))));
            }
            Intrinsic::Sqrt => "SQRT",
            Intrinsic::Exp => "EXP",
            Intrinsic::Log if args.len() == 1 => "LOG",
            Intrinsic::Log10 => "LOG10",
            Intrinsic::Sin => "SIN",
            Intrinsic::Cos => "COS",
            Intrinsic::Tan => "TAN",
            Intrinsic::Asin => "ASIN",
            Intrinsic::Acos => "ACOS",
            Intrinsic::Atan => "ATAN",
            Intrinsic::Pi => return Ok(function("PI", Vec::new())),
            Intrinsic::E => return Ok(function("E", Vec::new())),
            Intrinsic::Infinity => return Ok(Expr::Number(LARGEST_FLOAT.to_string())),
            Intrinsic::Factorial => "FACTORIAL",
            Intrinsic::MinOf => "MIN",
            Intrinsic::MaxOf => "MAX",
            Intrinsic::Ord => {
                let text = self.text(&args[0])?;
                if let Expr::Text(literal) = &text.operand
                    && let [code] = literal.as_bytes()
                {
                    return Ok(Expr::int(i128::from(*code)));
                }
                return Ok(function("ORD", vec![text.operand]).offset(-1));
            }
            Intrinsic::ParseInt if args.len() == 1 => {
                let text = self.text(&args[0])?;
                return Ok(function("NUMVAL", vec![text.operand]));
            }
            Intrinsic::ParseFloat => {
                let text = self.text(&args[0])?;
                return Ok(function("NUMVAL", vec![text.operand]));
            }
            _ => return Ok(self.stored(e)?.item().into()),
        };
        let args: Result<Vec<Expr>> = args.iter().map(|arg| self.number(arg)).collect();
        Ok(function(name, args?))
    }

    /// An `Int` for a subscript, a bound or an argument that must be evaluated once: a literal,
    /// an item, or an item plus or minus a literal.
    pub fn simple_number(&mut self, wish: &str, e: &ir::Expr) -> Result<Expr> {
        let value = self.number(e)?;
        if is_simple(&value) {
            return Ok(value);
        }
        let target = self.position(wish);
        self.emit(Stmt::Compute { target: target.clone(), rounded: "", value, size_error: Vec::new() });
        Ok(target.into())
    }

    /// The relation of two numbers. GnuCOBOL takes floats for equal that agree in seven digits; their difference it
    /// computes exactly. What a test expects is compared in COBOL's own way, since arithmetic in decimals gives other
    /// last digits than the source's.
    pub fn compare_numbers(
        &mut self,
        left: &ir::Expr,
        relation: Relation,
        right: &ir::Expr,
        as_float: bool,
    ) -> Result<Cond> {
        let (a, b) = (self.compared(left, as_float)?, self.compared(right, as_float)?);
        let is_zero = |e: &ir::Expr| match &e.kind {
            ExprKind::Float(value) => *value == 0.0,
            ExprKind::Convert { value, .. } => value.as_int() == Some(0),
            _ => e.as_int() == Some(0),
        };
        if !as_float || self.kind == BodyKind::Test || is_zero(left) || is_zero(right) {
            return Ok(Cond::compare(a, relation, b));
        }
        let (a, b) = (self.float_item(a, left)?, self.float_item(b, right)?);
        Ok(Cond::compare(a.minus(b), relation, Expr::int(0)))
    }

    /// A float as an operand of an exact difference: a literal that no float equals lies in an item.
    fn float_item(&mut self, value: Expr, e: &ir::Expr) -> Result<Expr> {
        let exact = |value: f64| (value * 1024.0).fract() == 0.0 && value.abs() < 1e12;
        match &e.kind {
            ExprKind::Float(literal) if !exact(*literal) => {
                let target = self.temp("REAL-LIMIT", &Type::Float, e.span)?.item();
                self.emit(Stmt::Move(value, target.clone()));
                Ok(target.into())
            }
            _ => Ok(value),
        }
    }

    /// A number as an operand of a relation: floats are items or literals, so that GnuCOBOL
    /// compares them as floats.
    pub fn compared(&mut self, e: &ir::Expr, as_float: bool) -> Result<Expr> {
        let value = self.number(e)?;
        if !as_float {
            return Ok(value);
        }
        match &value {
            Expr::Number(text) if !text.contains('.') => Ok(Expr::Number(format!("{text}.0"))),
            Expr::Number(_) => Ok(value),
            Expr::Ref(_) if e.ty == Type::Float && !matches!(e.kind, ExprKind::Convert { .. }) => Ok(value),
            _ => {
                let target = self.temp(float_name(&value), &Type::Float, e.span)?.item();
                let stmt = match &value {
                    Expr::Ref(_) => Stmt::Move(value, target.clone()),
                    _ => Stmt::Compute { target: target.clone(), rounded: "", value, size_error: Vec::new() },
                };
                self.emit(stmt);
                Ok(target.into())
            }
        }
    }
}

/// What the value of a float expression is called.
fn float_name(value: &Expr) -> &'static str {
    match value {
        Expr::Binary(ArithOp::Add, ..) => "REAL-SUM",
        Expr::Binary(ArithOp::Sub, ..) => "REAL-DIFFERENCE",
        Expr::Binary(ArithOp::Mul, ..) => "REAL-PRODUCT",
        Expr::Binary(ArithOp::Div, ..) => "REAL-QUOTIENT",
        Expr::Binary(ArithOp::Pow, ..) => "REAL-POWER",
        Expr::Function("ABS", _) => "REAL-DISTANCE",
        _ => "REAL-VALUE",
    }
}

/// `FUNCTION name(args)`.
pub fn function(name: &'static str, args: Vec<Expr>) -> Expr {
    Expr::Function(name, args)
}

/// Whether an expression is cheap and short enough to be written wherever it is needed.
pub fn is_simple(value: &Expr) -> bool {
    match value {
        Expr::Number(_) => true,
        Expr::Ref(item) => item.part.is_none() && item.subscripts.iter().all(is_simple),
        Expr::Binary(ArithOp::Add | ArithOp::Sub, left, right) => {
            is_simple(left) && is_simple(right) && (right.as_int().is_some() || left.as_int().is_some())
        }
        _ => false,
    }
}

fn power_of_two(exponent: Expr) -> Expr {
    match exponent.as_int() {
        Some(n @ 0..=62) => Expr::int(1 << n),
        _ => Expr::Binary(ArithOp::Pow, Box::new(Expr::int(2)), Box::new(exponent)),
    }
}

/// An integer literal.
fn integer(value: i128, span: Span) -> Result<Expr> {
    if i64::try_from(value).is_err() {
        return reject("large-integer", span, format!("{value} does not fit 64 bits"));
    }
    Ok(Expr::int(value))
}

/// What stands for infinity: greater than what programs compute.
const LARGEST_FLOAT: &str = "1.7976931348623157E308";

/// A float literal, with a decimal point.
fn float(value: f64, span: Span) -> Result<Expr> {
    if value == f64::INFINITY {
        return Ok(Expr::Number(LARGEST_FLOAT.to_string()));
    }
    if !value.is_finite() {
        return Err(rejection("infinity", span, "infinity and NaN have no COBOL literal"));
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e17).contains(&magnitude) {
        let text = format!("{value:E}");
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let mantissa = if mantissa.contains('.') { mantissa.to_string() } else { format!("{mantissa}.0") };
        return Ok(Expr::Number(format!("{mantissa}E{exponent}")));
    }
    let text = format!("{value}");
    Ok(Expr::Number(if text.contains('.') { text } else { format!("{text}.0") }))
}
