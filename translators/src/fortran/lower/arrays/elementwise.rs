//! Operations on each item, and how vectors meet matrices in them.

use super::{CONFORMABLE, element, kind64, operation, rank};
use crate::fortran::lower::compare::relation;
use crate::fortran::lower::{Body, reject};
use crate::fortran::tree::build::{binary, call, int, name, size};
use crate::fortran::tree::{Expr, Kind, Op};
use grammars::Rejection;
use grammars::ir::{self, ArrayOp, Axis, BinaryOp, CompareOp, Elementwise, Type};

/// How an operand meets a matrix.
enum Part<'e> {
    /// As it is.
    Whole(&'e ir::Expr),
    /// A vector for each row.
    Row(&'e ir::Expr),
    /// A vector for each column.
    Column(&'e ir::Expr),
}

fn part(e: &ir::Expr) -> Part<'_> {
    match operation(e) {
        Some((ArrayOp::Select(axes), [vector])) if rank(vector) == 1 && axes.first() == Some(&Axis::New) => {
            Part::Row(vector)
        }
        Some((ArrayOp::Select(axes), [vector])) if rank(vector) == 1 && axes.last() == Some(&Axis::New) => {
            Part::Column(vector)
        }
        _ if rank(e) == 1 => Part::Row(e),
        _ => Part::Whole(e),
    }
}

impl Body<'_, '_> {
    /// Operands in the shape of the result.
    pub(super) fn broadcast(&mut self, args: &[ir::Expr], whole: u8) -> Result<Vec<Expr>, Rejection> {
        if args.iter().filter(|a| rank(a) > 0).count() > 1 {
            self.note(CONFORMABLE);
        }
        if whole < 2 {
            return args.iter().map(|a| self.exact(a)).collect();
        }
        let parts: Vec<Part<'_>> = args.iter().map(part).collect();
        let spreads = parts.iter().any(|p| matches!(p, Part::Row(_) | Part::Column(_)));
        if !spreads {
            return args.iter().map(|a| self.exact(a)).collect();
        }
        let mut values = Vec::new();
        for part in &parts {
            values.push(match part {
                Part::Whole(e) if rank(e) == 0 => self.exact(e)?,
                Part::Whole(e) | Part::Row(e) | Part::Column(e) => self.designator(e)?,
            });
        }
        let matrix = parts.iter().zip(&values).find_map(|(p, v)| match p {
            Part::Whole(e) if rank(e) == 2 => Some(v.clone()),
            _ => None,
        });
        let along = |axis: i64, wanted: fn(&Part<'_>) -> bool| match &matrix {
            Some(matrix) => Some(call("size", vec![matrix.clone(), int(axis)])),
            None => parts.iter().zip(&values).find(|(p, _)| wanted(p)).map(|(_, v)| size(v.clone())),
        };
        let rows = along(1, |p| matches!(p, Part::Column(_)));
        let columns = along(2, |p| matches!(p, Part::Row(_)));
        let mut spread = Vec::new();
        for (part, value) in parts.iter().zip(values.iter().cloned()) {
            spread.push(match (part, &rows, &columns) {
                (Part::Row(_), Some(rows), _) => call("spread", vec![value, int(1), rows.clone()]),
                (Part::Column(_), _, Some(columns)) => call("spread", vec![value, int(2), columns.clone()]),
                (Part::Whole(_), ..) => value,
                (Part::Row(e) | Part::Column(e), ..) => {
                    return reject("array", e.span, "a vector in the place of a matrix");
                }
            });
        }
        Ok(spread)
    }

    pub(super) fn array_arithmetic(
        &mut self,
        op: BinaryOp,
        operands: Vec<Expr>,
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let mut operands = operands.into_iter();
        let (Some(left), Some(right)) = (operands.next(), operands.next()) else {
            return reject("array", e.span, "an operation without its operands");
        };
        let float = element(e) == Type::Float;
        let op = match op {
            BinaryOp::Add => Op::Add,
            BinaryOp::Sub => Op::Sub,
            BinaryOp::Mul => Op::Mul,
            BinaryOp::Div => Op::Div,
            BinaryOp::Pow => {
                let right = match right {
                    Expr::Int(value, _) => int(value),
                    other => other,
                };
                return Ok(binary(Op::Pow, left, right));
            }
            BinaryOp::BitAnd if element(e) == Type::Bool => Op::And,
            BinaryOp::BitOr if element(e) == Type::Bool => Op::Or,
            BinaryOp::BitXor if element(e) == Type::Bool => Op::Neqv,
            BinaryOp::FloorMod => return Ok(call("modulo", vec![left, right])),
            BinaryOp::FloorDiv if !float => {
                let rest = call("modulo", vec![left.clone(), right.clone()]);
                return Ok(binary(Op::Div, binary(Op::Sub, left, rest), right));
            }
            _ => return reject("array", e.span, "this operator between arrays"),
        };
        Ok(binary(op, left, right))
    }

    pub(super) fn mapped_array(
        &mut self,
        map: Elementwise,
        arg: &ir::Expr,
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let value = self.exact(arg)?;
        let rounded = |function: &str, value: Expr| {
            call("real", vec![call(function, vec![value, kind64()]), name("real64")])
        };
        let function = match map {
            Elementwise::Neg => return Ok(Expr::Negate(Box::new(value))),
            Elementwise::Not => return Ok(Expr::Not(Box::new(value))),
            Elementwise::Square => return Ok(binary(Op::Pow, value, int(2))),
            Elementwise::Floor => return Ok(rounded("floor", value)),
            Elementwise::Ceil => return Ok(rounded("ceiling", value)),
            Elementwise::Abs => "abs",
            Elementwise::Sqrt => "sqrt",
            Elementwise::Exp => "exp",
            Elementwise::Log => "log",
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
            Elementwise::Sign | Elementwise::Log2 | Elementwise::Round | Elementwise::IsNan => {
                return reject("array", e.span, "this function of each item of an array");
            }
        };
        Ok(call(function, vec![value]))
    }

    /// `np.clip(value, least, greatest)`.
    pub(super) fn clipped_array(&mut self, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        let mut operands = self.broadcast(args, rank(e))?.into_iter();
        match (operands.next(), operands.next(), operands.next()) {
            (Some(value), Some(least), Some(greatest)) => {
                Ok(call("min", vec![call("max", vec![value, least]), greatest]))
            }
            _ => reject("array", e.span, "`clip` without its bounds"),
        }
    }

    /// `np.allclose(a, b, relative, absolute)`.
    pub(super) fn all_close(&mut self, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let whole = rank(&args[0]).max(rank(&args[1]));
        let near = self.unit.helper("is_near", None);
        let mut operands = self.broadcast(&args[..2], whole)?;
        operands.push(self.expr(&args[2])?);
        operands.push(self.expr(&args[3])?);
        let near = call(near, operands);
        Ok(if whole == 0 { near } else { call("all", vec![near]) })
    }
}

/// A relation between the items of two arrays.
pub(super) fn compared(op: CompareOp, operands: Vec<Expr>, bools: bool) -> Expr {
    let op = match op {
        CompareOp::Eq if bools => Op::Eqv,
        CompareOp::Ne if bools => Op::Neqv,
        other => relation(other),
    };
    let mut operands = operands.into_iter();
    match (operands.next(), operands.next()) {
        (Some(left), Some(right)) => binary(op, left, right),
        _ => Expr::Logical(false),
    }
}

/// The items as values of another type.
pub(super) fn cast(value: Expr, from: &Type, to: &Type) -> Expr {
    match (from, to) {
        (Type::Bool, Type::Float) => call("merge", vec![Expr::Real(1.0), Expr::Real(0.0), value]),
        (Type::Bool, _) => {
            let literal = |n| Expr::Int(n, Kind::Int64);
            call("merge", vec![literal(1), literal(0), value])
        }
        (_, Type::Float) => call("real", vec![value, name("real64")]),
        (_, Type::Bool) => binary(Op::Ne, value, int(0)),
        _ => call("int", vec![value, kind64()]),
    }
}
