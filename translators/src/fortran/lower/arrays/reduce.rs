//! What becomes of the items together.

use super::{ORDER, element, extent, implied, kind64, rank};
use crate::fortran::lower::{Body, reject};
use crate::fortran::tree::build::{binary, call, int, name, plus, section, size};
use crate::fortran::tree::{Expr, Op};
use grammars::Rejection;
use grammars::ir::{self, Reduction, Type};

impl Body<'_, '_> {
    pub(super) fn array_reduction(
        &mut self,
        reduction: Reduction,
        axis: Option<u8>,
        args: &[ir::Expr],
    ) -> Result<Expr, Rejection> {
        let array = &args[0];
        let mut value = self.expr(array)?;
        if element(array) == Type::Float
            && matches!(reduction, Reduction::Sum | Reduction::Mean | Reduction::Std | Reduction::Var)
        {
            self.note(ORDER);
        }
        if matches!(reduction, Reduction::Mean | Reduction::Std | Reduction::Var) {
            value = self.subscriptable(value, &array.ty);
        }
        let with_dim = |mut arguments: Vec<Expr>| {
            arguments.extend(axis.map(dim));
            arguments
        };
        let count = match axis {
            None => size(value.clone()),
            Some(axis) => extent(value.clone(), axis),
        };
        let mean = |value: Expr| binary(Op::Div, call("sum", with_dim(vec![value])), count.clone());
        Ok(match reduction {
            Reduction::Sum => call("sum", with_dim(vec![value])),
            Reduction::Product => call("product", with_dim(vec![value])),
            Reduction::Min => call("minval", with_dim(vec![value])),
            Reduction::Max => call("maxval", with_dim(vec![value])),
            Reduction::Any => call("any", with_dim(vec![value])),
            Reduction::All => call("all", with_dim(vec![value])),
            Reduction::CountTrue => with_kind(with_dim(vec![value]), "count"),
            Reduction::Mean => mean(value),
            Reduction::Std | Reduction::Var if axis.is_none() => {
                let middle = mean(value.clone());
                let squares = binary(Op::Pow, binary(Op::Sub, value, middle), int(2));
                let count = if args.len() > 1 { plus(count.clone(), -1) } else { count.clone() };
                let variance = binary(Op::Div, call("sum", vec![squares]), count);
                if reduction == Reduction::Std { call("sqrt", vec![variance]) } else { variance }
            }
            Reduction::ArgMin | Reduction::ArgMax if axis.is_some() || rank(array) == 1 => {
                let function = if reduction == Reduction::ArgMin { "minloc" } else { "maxloc" };
                let place = with_kind(vec![value, dim(axis.unwrap_or(0))], function);
                plus(place, -1)
            }
            _ => return reject("array", array.span, "this reduction of an array"),
        })
    }

    /// `np.cumsum` and `np.cumprod`.
    pub(super) fn cumulated(&mut self, product: bool, array: &ir::Expr) -> Result<Expr, Rejection> {
        let base = self.designator(array)?;
        let i = self.counter(&["i", "position", "place"]);
        let upto = section(base.clone(), None, Some(name(&i)));
        let item = call(if product { "product" } else { "sum" }, vec![upto]);
        Ok(implied(item, i, int(1), size(base)))
    }
}

fn with_kind(mut arguments: Vec<Expr>, function: &str) -> Expr {
    arguments.push(Expr::Keyword("kind", Box::new(kind64())));
    call(function, arguments)
}

fn dim(axis: u8) -> Expr {
    Expr::Keyword("dim", Box::new(int(i64::from(axis) + 1)))
}
