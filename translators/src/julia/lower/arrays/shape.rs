//! Reshaping and joining.

use super::super::{Lower, Lowering, reject};
use super::{by_rows, permuted, rank};
use crate::julia::tree::Expr;
use grammars::ir::{self, ArrayOp};

impl Lower<'_> {
    pub(super) fn reshaped(&mut self, op: &ArrayOp, args: &[ir::Expr], expr: &ir::Expr) -> Lowering<Expr> {
        Ok(match op {
            ArrayOp::Flatten => by_rows(self.lower_expr(&args[0])?),
            ArrayOp::Transpose => permuted(self.lower_expr(&args[0])?),
            ArrayOp::Reshape => {
                let value = self.lower_expr(&args[0])?;
                let by_columns = if rank(&args[0]) == 2 { permuted(value) } else { value };
                let mut lengths = Vec::new();
                for length in args[1..].iter().rev() {
                    let colon = length.as_int() == Some(-1);
                    lengths.push(if colon { Expr::Colon } else { self.lower_expr(length)? });
                }
                let reshaped = Expr::base_call("reshape", [vec![by_columns], lengths].concat());
                if args.len() > 2 { permuted(reshaped) } else { reshaped }
            }
            ArrayOp::Concatenate { axis: 1 } => Expr::base_call("hcat", self.lower_exprs(args)?),
            ArrayOp::Concatenate { .. } => Expr::base_call("vcat", self.lower_exprs(args)?),
            ArrayOp::Stack { axis: 1 } => Expr::base_call("hcat", self.lower_exprs(args)?),
            ArrayOp::Stack { .. } => {
                let rows = self.lower_exprs(args)?.into_iter().map(Expr::adjoint).collect();
                Expr::base_call("vcat", rows)
            }
            _ => return reject("julia.array", expr.span, "a change of shape"),
        })
    }
}
