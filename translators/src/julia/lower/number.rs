//! Numbers: rounding, roots, logarithms, number theory, and conversions that the source spells out.

use super::{Lower, Lowering, reject};
use crate::julia::tree::{Expr, Type};
use grammars::ir::{self, Conversion, ExprKind, Intrinsic};

impl Lower<'_> {
    /// An operation on numbers; `None` where `op` is none.
    pub(super) fn number(
        &mut self,
        op: &Intrinsic,
        args: &[ir::Expr],
        expr: &ir::Expr,
    ) -> Lowering<Option<Expr>> {
        let partial = matches!(
            op,
            Intrinsic::Sqrt | Intrinsic::Log | Intrinsic::Log2 | Intrinsic::Log10 | Intrinsic::Factorial
        );
        if partial && self.minds_absence() {
            return reject("julia.domain-error", expr.span, "a caught call outside of a function's domain");
        }
        if let Some(function) = plain_function(op) {
            let args = self.reals(args)?;
            return Ok(Some(Expr::base_call(function, args)));
        }
        let int = || Expr::Type(Type::plain("Int"));
        Ok(Some(match op {
            Intrinsic::Round => self.with_type("round", int(), &args[0])?,
            Intrinsic::Floor => self.with_type("floor", int(), &args[0])?,
            Intrinsic::Ceil => self.with_type("ceil", int(), &args[0])?,
            Intrinsic::ToInt => self.integer_of(&args[0])?,
            Intrinsic::ToFloat => self.real_of(&args[0])?,
            Intrinsic::RoundTo => {
                // `round` of a Float64 multiplies it first, which makes ties of what is none: 2.675 would become 2.68.
                let [value, digits] = two(self.lower_exprs(args)?);
                let exact = Expr::base_call("big", vec![value]);
                let rounded = Expr::base_call("round", vec![exact]).keyword("digits", digits);
                Expr::call(Expr::Type(Type::plain("Float64")), vec![rounded])
            }
            Intrinsic::Log if args.len() == 2 => {
                let mut reals = self.reals(args)?;
                reals.reverse();
                Expr::base_call("log", reals)
            }
            Intrinsic::Log => Expr::base_call("log", self.reals(args)?),
            Intrinsic::Perm => self.permutations(args)?,
            Intrinsic::IsClose => self.is_close(args)?,
            Intrinsic::BitCount => {
                let value = Expr::base_call("abs", self.lower_exprs(args)?);
                Expr::base_call("count_ones", vec![value])
            }
            Intrinsic::BitLength => {
                let value = Expr::base_call("abs", self.lower_exprs(args)?);
                let zeros = Expr::base_call("leading_zeros", vec![value]);
                Expr::binary("-", Expr::Int(64), zeros)
            }
            Intrinsic::Pi => Expr::call(Expr::Type(Type::plain("Float64")), vec![Expr::Base("pi")]),
            Intrinsic::E => Expr::base_call("exp", vec![Expr::Int(1)]),
            Intrinsic::Infinity => Expr::Base("Inf"),
            Intrinsic::NotANumber => Expr::Base("NaN"),
            Intrinsic::ParseInt => self.parse_int(args)?,
            Intrinsic::ParseFloat => {
                let text = self.lower_text(&args[0])?;
                Expr::base_call("parse", vec![Expr::Type(Type::plain("Float64")), text])
            }
            Intrinsic::Bin => self.in_base("0b", 2, args, expr)?,
            Intrinsic::Oct => self.in_base("0o", 8, args, expr)?,
            Intrinsic::Hex => self.in_base("0x", 16, args, expr)?,
            _ => return Ok(None),
        }))
    }

    /// Arguments of functions that take any real number: integers need no conversion.
    fn reals(&mut self, args: &[ir::Expr]) -> Lowering<Vec<Expr>> {
        args.iter()
            .map(|arg| match &arg.kind {
                ExprKind::Convert { conversion: Conversion::IntToFloat, value } => self.lower_expr(value),
                ExprKind::Intrinsic { op: Intrinsic::Pi, .. } => Ok(Expr::Base("pi")),
                _ => self.lower_expr(arg),
            })
            .collect()
    }

    fn with_type(&mut self, function: &'static str, ty: Expr, value: &ir::Expr) -> Lowering<Expr> {
        let value = self.reals(std::slice::from_ref(value))?.remove(0);
        Ok(Expr::base_call(function, vec![ty, value]))
    }

    fn integer_of(&mut self, value: &ir::Expr) -> Lowering<Expr> {
        let int = Expr::Type(Type::plain("Int"));
        match value.ty {
            ir::Type::Int => self.lower_expr(value),
            ir::Type::Float => self.with_type("trunc", int, value),
            _ => Ok(Expr::call(int, vec![self.lower_expr(value)?])),
        }
    }

    fn real_of(&mut self, value: &ir::Expr) -> Lowering<Expr> {
        match (&value.ty, value.as_int()) {
            (ir::Type::Float, _) => self.lower_expr(value),
            (_, Some(literal)) => Ok(Expr::Float(literal as f64)),
            _ => Ok(Expr::call(Expr::Type(Type::plain("Float64")), vec![self.lower_expr(value)?])),
        }
    }

    /// `n! / (n - k)!` is the product of the last `k` factors.
    fn permutations(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let [n, k] = two(self.lower_exprs(args)?);
        let first = Expr::binary("-", n.clone(), k).plus(1);
        Ok(Expr::base_call("prod", vec![Expr::range(first, n)]))
    }

    fn is_close(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let mut lowered = self.lower_exprs(args)?.into_iter();
        let (Some(a), Some(b)) = (lowered.next(), lowered.next()) else {
            return Ok(Expr::Bool(false));
        };
        let relative = lowered.next().unwrap_or(Expr::Float(1e-9));
        let call = Expr::base_call("isapprox", vec![a, b]).keyword("rtol", relative);
        Ok(match lowered.next() {
            Some(absolute) => call.keyword("atol", absolute),
            None => call,
        })
    }

    fn parse_int(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let text = self.lower_loose(&args[0])?;
        let call = Expr::base_call("parse", vec![Expr::Type(Type::plain("Int")), text]);
        Ok(match args.get(1) {
            Some(base) => call.keyword("base", self.lower_expr(base)?),
            None => call,
        })
    }

    /// Digits behind a prefix; a sign would stand before the prefix.
    fn in_base(&mut self, prefix: &str, base: i128, args: &[ir::Expr], expr: &ir::Expr) -> Lowering<Expr> {
        if !self.never_negative(&args[0]) {
            self.note_domain("numbers written in another base are not negative");
        }
        if args[0].as_int().is_some_and(|v| v < 0) {
            return reject("julia.negative-base", expr.span, "a negative number in another base");
        }
        let digits = self.digits(&args[0], base)?;
        Ok(Expr::binary("*", Expr::text(prefix), digits))
    }

    /// `string(n, base = 2)`.
    pub(super) fn digits(&mut self, value: &ir::Expr, base: i128) -> Lowering<Expr> {
        Ok(Expr::base_call("string", vec![self.lower_expr(value)?]).keyword("base", Expr::Int(base)))
    }
}

fn two(values: Vec<Expr>) -> [Expr; 2] {
    let mut values = values.into_iter();
    [values.next().unwrap_or(Expr::Nothing), values.next().unwrap_or(Expr::Nothing)]
}

/// Functions of the same meaning in Julia.
fn plain_function(op: &Intrinsic) -> Option<&'static str> {
    Some(match op {
        Intrinsic::Abs => "abs",
        Intrinsic::Sqrt => "sqrt",
        Intrinsic::ISqrt => "isqrt",
        Intrinsic::Exp => "exp",
        Intrinsic::Log2 => "log2",
        Intrinsic::Log10 => "log10",
        Intrinsic::Sin => "sin",
        Intrinsic::Cos => "cos",
        Intrinsic::Tan => "tan",
        Intrinsic::Asin => "asin",
        Intrinsic::Acos => "acos",
        Intrinsic::Atan | Intrinsic::Atan2 => "atan",
        Intrinsic::Hypot => "hypot",
        Intrinsic::Gcd => "gcd",
        Intrinsic::Lcm => "lcm",
        Intrinsic::Factorial => "factorial",
        Intrinsic::Comb => "binomial",
        Intrinsic::PowMod => "powermod",
        Intrinsic::DivMod => "fldmod",
        Intrinsic::IsNan => "isnan",
        Intrinsic::IsInf => "isinf",
        Intrinsic::IsInteger => "isinteger",
        Intrinsic::MinOf => "min",
        Intrinsic::MaxOf => "max",
        _ => return None,
    })
}
