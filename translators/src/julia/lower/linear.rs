//! Integer sums as terms and a constant, so that positions come out as people write them:
//! `xs[end-1]`, `xs[i]`, `2:length(xs)`.

use super::{Lower, Lowering};
use crate::julia::tree::Expr;
use grammars::ir::{self, BinaryOp, ExprKind, UnaryOp};

/// `± term ± term … + constant`.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    /// Terms with their signs (`true`: subtracted), in the source's order.
    pub terms: Vec<(bool, Expr)>,
    /// The constant.
    pub constant: i128,
}

impl Linear {
    /// The sum with a constant added.
    pub fn plus(mut self, amount: i128) -> Linear {
        self.constant += amount;
        self
    }

    /// The sum with every term equal to `from` replaced.
    pub fn replacing(mut self, from: &Expr, to: &Expr) -> Linear {
        for (_, term) in &mut self.terms {
            if term == from {
                *term = to.clone();
            }
        }
        self
    }

    /// The sum as an expression, with an added term first.
    pub fn into_expr(self) -> Expr {
        let mut terms = self.terms;
        if let Some(first) = terms.iter().position(|(negative, _)| !negative) {
            let term = terms.remove(first);
            terms.insert(0, term);
        }
        let mut constant = self.constant;
        let mut sum: Option<Expr> = None;
        for (negative, term) in terms {
            sum = Some(match (sum, negative) {
                (None, false) => term,
                (None, true) if constant != 0 => {
                    Expr::binary("-", Expr::Int(std::mem::take(&mut constant)), term)
                }
                (None, true) => Expr::Unary("-", Box::new(term)),
                (Some(sum), false) => Expr::binary("+", sum, term),
                (Some(sum), true) => Expr::binary("-", sum, term),
            });
        }
        match sum {
            Some(sum) => sum.plus(constant),
            None => Expr::Int(constant),
        }
    }
}

impl Lower<'_> {
    /// An `Int` expression as a sum, with the source's value.
    pub(super) fn linear(&mut self, expr: &ir::Expr) -> Lowering<Linear> {
        let mut sum = Linear { terms: Vec::new(), constant: 0 };
        self.add_terms(expr, false, &mut sum)?;
        Ok(sum)
    }

    /// `expr + amount`, folded.
    pub(super) fn sum(&mut self, expr: &ir::Expr, amount: i128) -> Lowering<Expr> {
        Ok(self.linear(expr)?.plus(amount).into_expr())
    }

    fn add_terms(&mut self, expr: &ir::Expr, negative: bool, sum: &mut Linear) -> Lowering<()> {
        let sign = if negative { -1 } else { 1 };
        match &expr.kind {
            ExprKind::Int(value) => sum.constant += sign * value,
            ExprKind::Binary { op: BinaryOp::Add, left, right, .. } if expr.ty == ir::Type::Int => {
                self.add_terms(left, negative, sum)?;
                self.add_terms(right, negative, sum)?;
            }
            ExprKind::Binary { op: BinaryOp::Sub, left, right, .. } if expr.ty == ir::Type::Int => {
                self.add_terms(left, negative, sum)?;
                self.add_terms(right, !negative, sum)?;
            }
            ExprKind::Unary { op: UnaryOp::Neg, operand } if expr.ty == ir::Type::Int => {
                self.add_terms(operand, !negative, sum)?;
            }
            ExprKind::Local(name) => {
                let offset = self.scope.offsets.get(name).copied().unwrap_or(0);
                sum.constant -= sign * offset;
                sum.terms.push((negative, self.local(name)));
            }
            _ => {
                let term = self.lower_expr(expr)?;
                sum.terms.push((negative, term));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(name: &str) -> Expr {
        Expr::Local(name.into())
    }

    #[test]
    fn an_added_term_comes_first_and_the_constant_last() {
        let sum = Linear { terms: vec![(true, local("i")), (false, local("n"))], constant: -1 };
        let expected = Expr::binary("-", Expr::binary("-", local("n"), local("i")), Expr::Int(1));
        assert_eq!(sum.into_expr(), expected);
    }

    #[test]
    fn a_constant_leads_where_all_terms_are_subtracted() {
        let sum = Linear { terms: vec![(true, local("i"))], constant: 3 };
        assert_eq!(sum.into_expr(), Expr::binary("-", Expr::Int(3), local("i")));
    }
}
