//! What a condition says about the variables in it.

use super::Walk;
use super::env::{Env, Value};
use super::interval::{Interval, NONE_ABOVE, NONE_BELOW};
use grammars::ir::{BinaryOp, CompareOp, Expr, ExprKind, Intrinsic, Type};
use std::collections::BTreeMap;

/// A variable, or the length of a sequence.
enum Term<'e> {
    Var(&'e str),
    Len(&'e str),
}

impl Walk<'_> {
    /// Adds to `env` what holds when `condition` is `truth`.
    pub(super) fn assume(&mut self, condition: &Expr, truth: bool, env: &mut Env) {
        match &condition.kind {
            ExprKind::Not(inner) => self.assume(inner, !truth, env),
            ExprKind::And(operands) if truth => operands.iter().for_each(|e| self.assume(e, true, env)),
            ExprKind::Or(operands) if !truth => operands.iter().for_each(|e| self.assume(e, false, env)),
            ExprKind::Compare { op, left, right } => {
                let op = if truth { *op } else { op.negated() };
                self.relation(left, op, right, env);
            }
            ExprKind::CompareChain { operands, ops } if truth => {
                for (pair, op) in operands.windows(2).zip(ops) {
                    self.relation(&pair[0], *op, &pair[1], env);
                }
            }
            ExprKind::Intrinsic { op: Intrinsic::IsEmpty, args } => {
                if let Some(name) = self.tracked_sequence(&args[0]).map(str::to_string) {
                    env.narrow_len(&name, if truth { Interval::exactly(0) } else { Interval::at_least(1) });
                }
            }
            _ => {}
        }
    }

    /// Adds to `env` that `left op right` holds.
    fn relation(&mut self, left: &Expr, op: CompareOp, right: &Expr, env: &mut Env) {
        if left.ty == Type::Str {
            return self.text(left, op, right, env);
        }
        if left.ty != Type::Int || right.ty != Type::Int {
            return;
        }
        let (a, b) = (self.peek(left, env), self.peek(right, env));
        match op {
            CompareOp::Lt | CompareOp::Le => {
                let gap = i128::from(op == CompareOp::Lt);
                self.at_most(left, &b, -gap, env);
                self.at_least(right, &a, gap, env);
            }
            CompareOp::Gt | CompareOp::Ge => {
                let gap = i128::from(op == CompareOp::Gt);
                self.at_least(left, &b, gap, env);
                self.at_most(right, &a, -gap, env);
            }
            CompareOp::Eq => {
                for (expr, other) in [(left, &b), (right, &a)] {
                    self.at_most(expr, other, 0, env);
                    self.at_least(expr, other, 0, env);
                }
            }
            CompareOp::Ne => {
                self.differs(left, &a, &b, env);
                self.differs(right, &b, &a, env);
            }
        }
    }

    /// Text that is, or is not, empty.
    fn text(&mut self, left: &Expr, op: CompareOp, right: &Expr, env: &mut Env) {
        for (text, literal) in [(left, right), (right, left)] {
            let ExprKind::Str(value) = &literal.kind else { continue };
            let Some(name) = self.tracked_sequence(text).map(str::to_string) else { continue };
            match op {
                CompareOp::Eq => env.narrow_len(&name, Interval::exactly(value.chars().count() as i128)),
                CompareOp::Ne if value.is_empty() => env.narrow_len(&name, Interval::at_least(1)),
                _ => {}
            }
        }
    }

    /// The value of `expr`, without noting anything.
    fn peek(&mut self, expr: &Expr, env: &Env) -> Value {
        let record = std::mem::replace(&mut self.record, false);
        let value = self.eval(&mut expr.clone(), env);
        self.record = record;
        value
    }

    /// `expr` as a term and a number that is added to it.
    fn term<'e>(&self, expr: &'e Expr) -> Option<(Term<'e>, i128)> {
        match &expr.kind {
            ExprKind::Local(name) => {
                let known = self.facts.tracked.contains(name) || self.shadowed.contains(name);
                known.then_some((Term::Var(name), 0))
            }
            ExprKind::Intrinsic { op: Intrinsic::Len, args } => {
                self.tracked_sequence(&args[0]).map(|name| (Term::Len(name), 0))
            }
            ExprKind::Binary { op: BinaryOp::Add, left, right, .. } => {
                match (left.as_int(), right.as_int()) {
                    (None, Some(c)) => self.term(left).map(|(term, shift)| (term, shift + c)),
                    (Some(c), None) => self.term(right).map(|(term, shift)| (term, shift + c)),
                    _ => None,
                }
            }
            ExprKind::Binary { op: BinaryOp::Sub, left, right, .. } => {
                let c = right.as_int()?;
                self.term(left).map(|(term, shift)| (term, shift - c))
            }
            _ => None,
        }
    }

    /// `expr <= bound + offset`.
    fn at_most(&self, expr: &Expr, bound: &Value, offset: i128, env: &mut Env) {
        let Some((term, shift)) = self.term(expr) else { return };
        let bound = bound.shifted(Interval::exactly(offset - shift));
        let range = Interval { lo: NONE_BELOW, hi: bound.range.hi };
        match term {
            Term::Var(name) => env.narrow(name, range, bound.below, BTreeMap::new()),
            Term::Len(name) => env.narrow_len(name, range),
        }
    }

    /// `expr >= bound + offset`.
    fn at_least(&self, expr: &Expr, bound: &Value, offset: i128, env: &mut Env) {
        let Some((term, shift)) = self.term(expr) else { return };
        let bound = bound.shifted(Interval::exactly(offset - shift));
        let range = Interval { lo: bound.range.lo, hi: NONE_ABOVE };
        match term {
            Term::Var(name) => env.narrow(name, range, BTreeMap::new(), bound.above),
            Term::Len(name) => env.narrow_len(name, range),
        }
    }

    /// `expr`, which is `value`, is not `other`: that moves a bound where `other` is one value.
    fn differs(&self, expr: &Expr, value: &Value, other: &Value, env: &mut Env) {
        if other.range.lo != other.range.hi {
            return;
        }
        if value.range.lo == other.range.lo {
            self.at_least(expr, &Value::of(other.range), 1, env);
        }
        if value.range.hi == other.range.hi {
            self.at_most(expr, &Value::of(other.range), -1, env);
        }
    }
}
