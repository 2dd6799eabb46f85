//! Items by position. The source counts from 0 and from the end; Julia counts from 1 and has `end`.

use super::linear::Linear;
use super::{Lower, Lowering};
use crate::julia::tree::Expr;
use grammars::ir::{self, ExceptionKind, IndexMode};

impl Lower<'_> {
    /// `base[index]` of a list, tuple or text.
    pub(super) fn element(&mut self, base: &ir::Expr, index: &ir::Expr, mode: IndexMode) -> Lowering<Expr> {
        if base.ty.is_text() && self.chars_of(base).is_none() {
            let caught = self.catches(&ExceptionKind::Index);
            match index.as_int() {
                // `first` and `last` of nothing raise something else.
                Some(0) if caught => return Ok(Expr::index(self.lower_text(base)?, Expr::Int(1))),
                Some(-1) if caught => return Ok(Expr::index(self.lower_text(base)?, Expr::End)),
                Some(0) => return Ok(Expr::base_call("first", vec![self.lower_loose(base)?])),
                Some(-1) => return Ok(Expr::base_call("last", vec![self.lower_loose(base)?])),
                _ => {}
            }
        }
        let sequence = self.sequence(base)?;
        let position = self.position(base, index, mode)?;
        Ok(Expr::index(sequence, position))
    }

    /// What is indexed: a text's vector of characters, everything else itself.
    pub(super) fn sequence(&mut self, base: &ir::Expr) -> Lowering<Expr> {
        if !base.ty.is_text() {
            return self.lower_loose(base);
        }
        match self.chars_of(base) {
            Some(chars) => Ok(chars),
            None => Ok(Expr::base_call("collect", vec![self.lower_text(base)?])),
        }
    }

    /// The variable that holds the characters of a text variable.
    pub(super) fn chars_of(&self, base: &ir::Expr) -> Option<Expr> {
        let name = base.as_local()?;
        self.scope.chars.get(name).map(|chars| Expr::Local(chars.clone()))
    }

    /// The position counted from 1, with `end` where it is reckoned from the length.
    pub(super) fn position(&mut self, base: &ir::Expr, index: &ir::Expr, mode: IndexMode) -> Lowering<Expr> {
        self.position_along((base, 0), index, mode)
    }

    /// As `position`, along an axis of an array.
    pub(super) fn position_along(
        &mut self,
        (base, axis): (&ir::Expr, u8),
        index: &ir::Expr,
        mode: IndexMode,
    ) -> Lowering<Expr> {
        if let Some(value) = index.as_int() {
            return Ok(if value >= 0 { Expr::Int(value + 1) } else { Expr::End.plus(value + 1) });
        }
        let sum = self.counted_from_end_of((base, axis), index)?;
        if mode != IndexMode::Python || self.never_negative(index) {
            return Ok(sum.plus(1).into_expr());
        }
        if sum.terms.first().is_some_and(|(negative, term)| !negative && *term == Expr::End) {
            return Ok(sum.plus(1).into_expr());
        }
        self.check_repeatable(index)?;
        Ok(from_either_end(sum))
    }

    /// `index` as a sum in which the length of `base` is `end`.
    pub(super) fn counted_from_end_of(
        &mut self,
        (base, axis): (&ir::Expr, u8),
        index: &ir::Expr,
    ) -> Lowering<Linear> {
        let sum = self.linear(index)?;
        let length = match base.ty {
            ir::Type::Array { .. } => self.array_length(base, Some(axis))?,
            _ => self.lower_expr(&ir::Expr::len(base.clone()))?,
        };
        Ok(sum.replacing(&length, &Expr::End))
    }
}

/// A position that counts from the end where the source's index is negative.
fn from_either_end(sum: Linear) -> Expr {
    let (from_end, position) = (behind_end(&sum, 1), sum.clone().plus(1).into_expr());
    Expr::Ternary(Box::new(is_negative(sum)), Box::new(from_end), Box::new(position))
}

/// `end + sum + amount`.
pub(super) fn behind_end(sum: &Linear, amount: i128) -> Expr {
    let mut sum = sum.clone().plus(amount);
    sum.terms.insert(0, (false, Expr::End));
    sum.into_expr()
}

/// `sum < 0`, with the constant on the right.
pub(super) fn is_negative(sum: Linear) -> Expr {
    let constant = sum.constant;
    match sum.terms.as_slice() {
        [(true, term)] => Expr::binary(">", term.clone(), Expr::Int(constant)),
        _ => {
            let terms = Linear { terms: sum.terms, constant: 0 }.into_expr();
            Expr::binary("<", terms, Expr::Int(-constant))
        }
    }
}
