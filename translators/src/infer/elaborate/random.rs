//! Random numbers.

use super::expr::unexpected_at;
use super::library::Call;
use super::{Elaborator, Outcome, build};
use grammars::ir::{BinaryOp, Expr, Intrinsic, Type};

impl<'m> Elaborator<'_, 'm> {
    /// `randrange(start, stop)`: both ends as `randint` counts them.
    pub(super) fn random_below(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let mut rest = call.args.iter();
        let mut args = Vec::new();
        if call.path.starts_with('.') {
            let generator = rest.next().ok_or_else(|| unexpected_at(span))?;
            args.push(self.expr(generator)?);
        }
        let bounds = rest.map(|e| self.expr_as(e, &Type::Int)).collect::<Outcome<Vec<_>>>()?;
        let (start, stop) = match <[Expr; 2]>::try_from(bounds) {
            Ok([start, stop]) => (start, stop),
            Err(bounds) => {
                let stop = bounds.into_iter().next().ok_or_else(|| unexpected_at(span))?;
                (build::int(0, span), stop)
            }
        };
        let last = match stop.as_int() {
            Some(stop) => build::int(stop - 1, span),
            None => build::binary(BinaryOp::Sub, stop, build::int(1, span), Type::Int, span),
        };
        args.extend([start, last]);
        Ok(build::intrinsic(Intrinsic::RandomInt, args, Type::Int, span))
    }
}
