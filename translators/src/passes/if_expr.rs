//! Turns conditional expressions into `if` statements.
//!
//! ```text
//! sign = -1 if x < 0 else 1     ->     if x < 0:
//!                                          sign = -1
//!                                      else:
//!                                          sign = 1
//! ```
//!
//! `return` and `elif` come out as such; within another expression the value goes through a new
//! variable. What remains: those for which `keep` holds, and those within lambdas, comprehensions
//! (except the first iterable) and messages of asserts. The pass `effects` must have run.

use super::flatten::{self, Dest, Rule};
use super::scope::Scope;
use grammars::ir::{Block, Expr, ExprKind, Module, Stmt, StmtKind};

/// Turns the conditional expressions for which `keep` does not hold into statements.
pub fn run(mut module: Module, keep: impl Fn(&Expr) -> bool) -> Module {
    flatten::run(&mut module, &IfExpr(keep));
    module
}

struct IfExpr<F>(F);

impl<F: Fn(&Expr) -> bool> Rule for IfExpr<F> {
    fn selects(&self, expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::IfElse { .. }) && !(self.0)(expr)
    }

    fn stays(&self, _expr: &Expr, _dest: &Dest) -> bool {
        false
    }

    fn expand(&self, expr: Expr, dest: &Dest, _scope: &mut Scope<'_>) -> Block {
        let span = expr.span;
        let mut branches = Vec::new();
        let mut rest = expr;
        while self.selects(&rest) {
            let ExprKind::IfElse { condition, then, orelse } = rest.kind else { return Block::new() };
            branches.push((*condition, vec![dest.store(*then)]));
            rest = *orelse;
        }
        vec![Stmt::new(StmtKind::If { branches, orelse: vec![dest.store(rest)] }).at(span)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{body_of, int, module_of};
    use super::*;
    use grammars::ir::{CompareOp, Type};

    #[test]
    fn nested_conditional_expressions_become_elif() {
        let choice = |value: i128, then: Expr, orelse: Expr| {
            let condition = Box::new(Expr::compare(CompareOp::Lt, int("a"), Expr::int(value)));
            Expr::new(
                ExprKind::IfElse { condition, then: Box::new(then), orelse: Box::new(orelse) },
                Type::Int,
            )
        };
        let value = choice(0, Expr::int(-1), choice(1, Expr::int(0), Expr::int(1)));
        let module = run(module_of(vec![Stmt::ret(value)]), |_| false);
        let text =
            "if (a < 0) {\n    return -1;\n} elif (a < 1) {\n    return 0;\n} else {\n    return 1;\n}\n";
        assert_eq!(body_of(&module), text);
    }
}
