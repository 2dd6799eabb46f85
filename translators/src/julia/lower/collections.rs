//! Dicts and sets.

use super::{Lower, Lowering};
use crate::julia::tree::Expr;
use grammars::ir::{self, ExceptionKind, Intrinsic};

impl Lower<'_> {
    /// An operation on dicts or sets; `None` where `op` is none.
    pub(super) fn collection(&mut self, op: &Intrinsic, args: &[ir::Expr]) -> Lowering<Option<Expr>> {
        let function = match op {
            Intrinsic::Get => {
                let mut call = self.lower_exprs(args)?;
                call.push(Expr::Nothing);
                return Ok(Some(Expr::base_call("get", call)));
            }
            Intrinsic::GetOr => "get",
            Intrinsic::SetDefault => "get!",
            Intrinsic::PopKey => "pop!",
            // `delete!` does not mind an absent key.
            Intrinsic::DeleteKey if self.catches(&ExceptionKind::Key) => "pop!",
            Intrinsic::DeleteKey => "delete!",
            Intrinsic::Update => "merge!",
            Intrinsic::Add => "push!",
            Intrinsic::Discard => "delete!",
            Intrinsic::RemoveMember => "pop!",
            Intrinsic::AddAll => {
                let set = self.lower_expr(&args[0])?;
                let items = match self.element_repr(&args[1]) {
                    super::text::Repr::Char => self.lower_expr(&args[1])?,
                    _ => self.iterable(&args[1])?,
                };
                return Ok(Some(Expr::base_call("union!", vec![set, items])));
            }
            Intrinsic::IsSubset => "issubset",
            Intrinsic::IsSuperset => {
                let mut sets = self.lower_exprs(args)?;
                sets.reverse();
                return Ok(Some(Expr::base_call("issubset", sets)));
            }
            Intrinsic::IsDisjoint => {
                let common = Expr::base_call("intersect", self.lower_exprs(args)?);
                return Ok(Some(Expr::base_call("isempty", vec![common])));
            }
            _ => return Ok(None),
        };
        Ok(Some(Expr::base_call(function, self.lower_exprs(args)?)))
    }
}
