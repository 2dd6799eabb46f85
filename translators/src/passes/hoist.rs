//! Makes chosen expressions statements of their own.
//!
//! ```text
//! return depth(left) + 1               value = depth(left)
//!                                      return value + 1
//!
//! if ready and check(x): go()    ->    if ready:
//!                                          check_value = check(x)
//!                                          if check_value: go()
//!
//! while check(x): go()                 while True:
//!                                          check_value = check(x)
//!                                          if not check_value: break
//!                                          go()
//! ```
//!
//! Afterwards a chosen expression stands only as the whole value of an assignment (to any place), of
//! a `return` or of an expression statement; `x = f(y)` stays as it is. What remains elsewhere: chosen
//! expressions within lambdas, within comprehensions (except the first iterable), and in messages of
//! asserts; run `comprehensions` and `function_values` first. Evaluation order and laziness are kept.
//! The pass `effects` must have run: it tells which values need not be saved.

use super::flatten::{self, Dest, Rule};
use super::scope::Scope;
use grammars::ir::{Block, Expr, Module};

/// Makes every expression for which `chosen` holds a statement of its own.
pub fn run(mut module: Module, chosen: impl Fn(&Expr) -> bool) -> Module {
    flatten::run(&mut module, &Hoist(chosen));
    module
}

struct Hoist<F>(F);

impl<F: Fn(&Expr) -> bool> Rule for Hoist<F> {
    fn selects(&self, expr: &Expr) -> bool {
        (self.0)(expr)
    }

    fn stays(&self, _expr: &Expr, _dest: &Dest) -> bool {
        true
    }

    fn expand(&self, expr: Expr, dest: &Dest, _scope: &mut Scope<'_>) -> Block {
        vec![dest.store(expr)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{body_of, call, int, module_of};
    use super::*;
    use grammars::ir::{BinaryOp, CompareOp, ExprKind, Overflow, Stmt, StmtKind};

    fn hoisted(stmt: Stmt) -> String {
        let calls = |e: &Expr| matches!(&e.kind, ExprKind::Call { .. });
        body_of(&run(module_of(vec![stmt]), calls))
    }

    fn sum(left: Expr, right: Expr) -> Expr {
        Expr::binary(BinaryOp::Add, Overflow::Unbounded, left, right)
    }

    fn positive(expr: Expr) -> Expr {
        Expr::compare(CompareOp::Gt, expr, Expr::int(0))
    }

    #[test]
    fn a_call_that_is_the_whole_value_stays() {
        assert_eq!(hoisted(Stmt::assign("c", call("loud", vec![int("a")]))), "c = loud(a);\n");
        let nested = call("loud", vec![call("quiet", vec![int("a")])]);
        assert_eq!(hoisted(Stmt::ret(nested)), "quiet_value = quiet(a);\nreturn loud(quiet_value);\n");
    }

    #[test]
    fn what_came_before_is_saved_only_if_the_call_could_change_it() {
        let first = |xs| Expr::index(xs, Expr::int(0), grammars::ir::IndexMode::Python);
        let xs = super::super::testing::ints("xs");
        let loud = sum(sum(int("a"), first(xs.clone())), call("loud", vec![int("b")]));
        let text = "value = (a + xs[0]);\nloud_value = loud(b);\nreturn (value + loud_value);\n";
        assert_eq!(hoisted(Stmt::ret(loud)), text);
        let quiet = sum(sum(int("a"), first(xs)), call("quiet", vec![int("b")]));
        assert_eq!(
            hoisted(Stmt::ret(quiet)),
            "quiet_value = quiet(b);\nreturn ((a + xs[0]) + quiet_value);\n"
        );
    }

    #[test]
    fn a_lazy_call_is_only_made_where_the_source_makes_it() {
        let both = Expr::all_of(vec![positive(int("a")), positive(call("loud", vec![int("b")]))]);
        let body = vec![Stmt::ret(int("a"))];
        let text = "if (a > 0) {\n    loud_value = loud(b);\n    if (loud_value > 0) {\n        return a;\n    }\n}\n";
        assert_eq!(hoisted(Stmt::if_else(both.clone(), body.clone(), vec![])), text);
        let text = "if (a > 0) {\n    loud_value = loud(b);\n    holds = (loud_value > 0);\n} else {\n    \
                    holds = false;\n}\nif holds {\n    return a;\n} else {\n    return b;\n}\n";
        assert_eq!(hoisted(Stmt::if_else(both.clone(), body, vec![Stmt::ret(int("b"))])), text);
        let text = "if (a > 0) {\n    loud_value = loud(b);\n    return (loud_value > 0);\n} else {\n    return false;\n}\n";
        assert_eq!(hoisted(Stmt::ret(both)), text);
    }

    #[test]
    fn a_condition_of_a_loop_moves_into_the_loop() {
        let condition = Expr::all_of(vec![positive(int("a")), positive(call("loud", vec![int("b")]))]);
        let body = vec![Stmt::new(StmtKind::Continue)];
        let text = "while (a > 0) {\n    loud_value = loud(b);\n    if (loud_value <= 0) {\n        break;\n    }\n    \
                    continue;\n}\n";
        assert_eq!(hoisted(Stmt::new(StmtKind::While { condition, body, orelse: vec![] })), text);
    }
}
