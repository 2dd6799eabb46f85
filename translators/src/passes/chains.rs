//! Splits chained comparisons.
//!
//! ```text
//! low <= x < high           ->    low <= x and x < high
//! 0 <= weigh(item) < 10     ->    weigh_value = weigh(item)
//!                                 0 <= weigh_value and weigh_value < 10
//! ```
//!
//! A middle operand that is more than a variable, a literal, a length or a little arithmetic goes
//! into a new variable; operands that the source would not have evaluated are still not evaluated.
//! Within lambdas and comprehensions, where no statement can stand, such an operand is written twice
//! if it has no effects. What remains: chains there whose middle operand has effects. The pass
//! `effects` must have run.

use super::flatten::{self, Dest, Rule};
use super::purity::{Purity, is_trivial};
use super::scope::Scope;
use grammars::ir::visit::map_exprs_in_module;
use grammars::ir::{Block, CompareOp, Expr, ExprKind, Module, Stmt, Type};

/// Splits all chained comparisons.
pub fn run(mut module: Module) -> Module {
    map_exprs_in_module(&mut module, |expr| split_where(expr, is_trivial));
    flatten::run(&mut module, &Chains);
    let purity = Purity::new(&module);
    map_exprs_in_module(&mut module, |expr| split_where(expr, |middle| !purity.has_effects(middle)));
    module
}

/// Splits `expr` if it is a chain all of whose middle operands may be written twice.
fn split_where(expr: &mut Expr, repeatable: impl Fn(&Expr) -> bool) {
    if let ExprKind::CompareChain { operands, ops } = &mut expr.kind
        && operands[1..operands.len() - 1].iter().all(repeatable)
    {
        let (operands, ops) = (std::mem::take(operands), std::mem::take(ops));
        *expr = Expr { span: expr.span, ..conjunction(operands, &ops) };
    }
}

/// `a op b and b op c and …`.
fn conjunction(operands: Vec<Expr>, ops: &[CompareOp]) -> Expr {
    let pairs = operands.windows(2).zip(ops);
    Expr::all_of(
        pairs
            .map(|(pair, op)| Expr::compare(*op, pair[0].clone(), pair[1].clone()).at(pair[0].span))
            .collect(),
    )
}

struct Chains;

impl Rule for Chains {
    fn selects(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::CompareChain { .. })
    }

    fn stays(&self, _expr: &Expr, _dest: &Dest) -> bool {
        false
    }

    /// Saves the first costly middle operand, if it is evaluated in any case; splits the chain before
    /// it otherwise.
    fn expand(&self, expr: Expr, dest: &Dest, scope: &mut Scope<'_>) -> Block {
        let span = expr.span;
        let ExprKind::CompareChain { mut operands, ops } = expr.kind else { return vec![dest.store(expr)] };
        let last = operands.len() - 1;
        let Some(costly) = (1..last).find(|&i| !is_trivial(&operands[i])) else {
            return vec![dest.store(conjunction(operands, &ops).at(span))];
        };
        if costly > 1 {
            let rest = operands.split_off(costly - 1);
            operands.push(rest[0].clone());
            let rest = ExprKind::CompareChain { operands: rest, ops: ops[costly - 1..].to_vec() };
            let first = conjunction(operands, &ops[..costly - 1]);
            return vec![
                dest.store(Expr::all_of(vec![first, Expr::new(rest, Type::Bool).at(span)]).at(span)),
            ];
        }
        let mut block = Block::new();
        if !is_fixed(&operands[0]) {
            block.push(save(&mut operands[0], scope));
        }
        block.push(save(&mut operands[1], scope));
        let rest = Expr::new(ExprKind::CompareChain { operands, ops }, Type::Bool).at(span);
        block.push(dest.store(rest));
        block
    }
}

/// Moves `operand` into a new variable.
fn save(operand: &mut Expr, scope: &mut Scope<'_>) -> Stmt {
    let span = operand.span;
    let variable = scope.variable(&[&super::wishes::wish(operand)], operand.ty.clone()).at(span);
    let value = std::mem::replace(operand, variable.clone());
    Stmt::assign(variable.as_local().unwrap_or_default(), value)
}

/// Whether no code in between can change the value.
fn is_fixed(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::Local(_)
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::{body_of, call, int, module_of};
    use super::*;

    fn split(operands: Vec<Expr>) -> String {
        let ops = vec![CompareOp::Lt; operands.len() - 1];
        let chain = Expr::new(ExprKind::CompareChain { operands, ops }, Type::Bool);
        body_of(&run(module_of(vec![Stmt::ret(chain)])))
    }

    #[test]
    fn simple_operands_are_repeated() {
        assert_eq!(split(vec![Expr::int(0), int("a"), int("b")]), "return ((0 < a) and (a < b));\n");
    }

    #[test]
    fn a_call_in_the_middle_is_made_once_and_only_if_it_is_reached() {
        let loud = || call("loud", vec![int("a")]);
        let text = "loud_value = loud(a);\nreturn ((0 < loud_value) and (loud_value < b));\n";
        assert_eq!(split(vec![Expr::int(0), loud(), int("b")]), text);
        let text = "if (0 < a) {\n    loud_value = loud(a);\n    return ((a < loud_value) and (loud_value < b));\n} \
                    else {\n    return false;\n}\n";
        assert_eq!(split(vec![Expr::int(0), int("a"), loud(), int("b")]), text);
    }
}
