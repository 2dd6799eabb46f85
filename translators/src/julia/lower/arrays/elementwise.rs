//! Item by item: dots.

use super::super::{Lower, Lowering, reject};
use super::{element, operation, rank};
use crate::julia::tree::{Expr, Type};
use grammars::ir::{self, ArrayOp, Axis, BinaryOp, CompareOp, Elementwise};

impl Lower<'_> {
    pub(super) fn elementwise(&mut self, op: &ArrayOp, args: &[ir::Expr], expr: &ir::Expr) -> Lowering<Expr> {
        let whole = rank(expr);
        let operands = args.iter().map(|arg| self.spread(arg, whole)).collect::<Lowering<Vec<_>>>()?;
        let single = whole == 0;
        let call = |name: &'static str, args: Vec<Expr>| {
            if single { Expr::base_call(name, args) } else { Expr::broadcast(name, args) }
        };
        let mut operands = operands.into_iter();
        let (first, second) = (operands.next(), operands.next());
        let Some(first) = first else {
            return reject("julia.array", expr.span, "an operation on no array");
        };
        Ok(match (op, second) {
            (ArrayOp::Map(map), _) => self.mapped_items(*map, first, single),
            (ArrayOp::Cast, _) => self.cast(first, &args[0], expr)?,
            (ArrayOp::Arithmetic(op), Some(second)) => match arithmetic(*op) {
                Some(symbol) => Expr::binary(dotted(symbol, single), first, second),
                None if *op == BinaryOp::FloorDiv => call("fld", vec![first, second]),
                None if *op == BinaryOp::BitXor => call("xor", vec![first, second]),
                None => call("mod", vec![first, second]),
            },
            (ArrayOp::Compare(op), Some(second)) => {
                let symbol = match op {
                    CompareOp::Eq => ".==",
                    CompareOp::Ne => ".!=",
                    CompareOp::Lt => ".<",
                    CompareOp::Le => ".<=",
                    CompareOp::Gt => ".>",
                    CompareOp::Ge => ".>=",
                };
                Expr::binary(symbol, first, second)
            }
            (ArrayOp::Least, Some(second)) => call("min", vec![first, second]),
            (ArrayOp::Greatest, Some(second)) => call("max", vec![first, second]),
            (ArrayOp::Clip, Some(second)) => {
                call("clamp", [first, second].into_iter().chain(operands).collect())
            }
            (ArrayOp::Where, Some(second)) => {
                Expr::broadcast("ifelse", [first, second].into_iter().chain(operands).collect())
            }
            _ => return reject("julia.array", expr.span, "an operation without its operands"),
        })
    }

    /// The operand so that its axes meet those of a result of this rank: the axes of the source are
    /// matched from the last backwards, Julia's from the first on.
    pub(super) fn spread(&mut self, arg: &ir::Expr, whole: u8) -> Lowering<Expr> {
        if whole == 2 {
            if let Some((ArrayOp::Select(axes), [vector])) = operation(arg)
                && axes.last() == Some(&Axis::New)
                && rank(vector) == 1
            {
                if let Some(kept) = self.kept_reduction(vector)?
                    && kept_along(vector) == Some(1)
                {
                    return Ok(kept);
                }
                // A vector is a column.
                return self.lower_expr(vector);
            }
            if rank(arg) == 1 {
                if let Some(kept) = self.kept_reduction(arg)?
                    && kept_along(arg) == Some(0)
                {
                    return Ok(kept);
                }
                return Ok(Expr::adjoint(self.lower_expr(arg)?));
            }
            if let Some((ArrayOp::Transpose, [inner])) = operation(arg) {
                return Ok(Expr::adjoint(self.lower_expr(inner)?));
            }
        }
        self.lower_expr(arg)
    }

    fn mapped_items(&mut self, map: Elementwise, value: Expr, single: bool) -> Expr {
        let name = match map {
            Elementwise::Neg => return Expr::Unary("-", Box::new(value)),
            Elementwise::Not if single => return value.negate(),
            Elementwise::Not => return Expr::Unary(".!", Box::new(value)),
            Elementwise::Square => return Expr::binary(dotted("^", single), value, Expr::Int(2)),
            Elementwise::Abs => "abs",
            Elementwise::Sign => "sign",
            Elementwise::Sqrt => "sqrt",
            Elementwise::Exp => "exp",
            Elementwise::Log => "log",
            Elementwise::Log2 => "log2",
            Elementwise::Log10 => "log10",
            Elementwise::Sin => "sin",
            Elementwise::Cos => "cos",
            Elementwise::Tan => "tan",
            Elementwise::Asin => "asin",
            Elementwise::Acos => "acos",
            Elementwise::Atan => "atan",
            Elementwise::Sinh => "sinh",
            Elementwise::Cosh => "cosh",
            Elementwise::Tanh => "tanh",
            Elementwise::Floor => "floor",
            Elementwise::Ceil => "ceil",
            Elementwise::Round => "round",
            Elementwise::IsNan => "isnan",
        };
        if matches!(name, "sqrt" | "log" | "log2" | "log10" | "asin" | "acos") {
            self.note_domain("arguments of roots, logarithms and arc functions have a real result");
        }
        if single { Expr::base_call(name, vec![value]) } else { Expr::broadcast(name, vec![value]) }
    }

    fn cast(&mut self, value: Expr, from: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        Ok(match (element(from), element(expr)) {
            (ir::Type::Float, ir::Type::Int) => {
                Expr::broadcast("trunc", vec![Expr::Type(Type::plain("Int")), value])
            }
            (_, ir::Type::Bool) => Expr::binary(".!=", value, Expr::Int(0)),
            (_, ir::Type::Int) => Expr::broadcast("Int", vec![value]),
            _ => Expr::broadcast("Float64", vec![value]),
        })
    }
}

/// The axis that a reduction goes along.
fn kept_along(value: &ir::Expr) -> Option<u8> {
    match operation(value) {
        Some((ArrayOp::Reduce { axis, .. }, _)) => *axis,
        _ => None,
    }
}

fn arithmetic(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Pow => "^",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        _ => return None,
    })
}

/// The operator with its dot.
fn dotted(symbol: &'static str, single: bool) -> &'static str {
    match symbol {
        _ if single => symbol,
        "+" => ".+",
        "-" => ".-",
        "*" => ".*",
        "/" => "./",
        "^" => ".^",
        "&" => ".&",
        "|" => ".|",
        other => other,
    }
}
