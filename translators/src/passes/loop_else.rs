//! Turns the `else` of loops into a flag.
//!
//! ```text
//! for x in xs:                     completed = True
//!     if good(x):                  for x in xs:
//!         best = x                     if good(x):
//!         break               ->           best = x
//! else:                                    completed = False
//!     return -1                            break
//!                                  if completed:
//!                                      return -1
//! ```
//!
//! Where the loop has no `break`, its `else` block simply follows. Afterwards no loop has an `else`.

use super::scope::{Scope, each_body};
use grammars::ir::names::breaks;
use grammars::ir::visit::rewrite_block;
use grammars::ir::{Block, Expr, Module, Stmt, StmtKind, Type};

/// Rewrites all loops with `else`.
pub fn run(mut module: Module) -> Module {
    each_body(&mut module, |block, scope| rewrite_block(block, |stmt| rewrite(stmt, scope)));
    module
}

/// Rewrites one statement, if it is a loop with `else`; loops inside it are expected to have none.
pub(crate) fn rewrite(mut stmt: Stmt, scope: &mut Scope<'_>) -> Vec<Stmt> {
    let (StmtKind::While { body, orelse, .. } | StmtKind::For { body, orelse, .. }) = &mut stmt.kind else {
        return vec![stmt];
    };
    if orelse.is_empty() {
        return vec![stmt];
    }
    let orelse = std::mem::take(orelse);
    if !breaks(body) {
        return [stmt].into_iter().chain(orelse).collect();
    }
    let completed = scope.variable(&["completed", "loop_completed"], Type::Bool);
    let name = completed.as_local().unwrap_or_default().to_string();
    clear_before_breaks(body, &name);
    let span = stmt.span;
    let start = Stmt::assign(name, Expr::bool(true)).at(span);
    vec![start, stmt, Stmt::if_else(completed, orelse, Vec::new()).at(span)]
}

/// Puts `flag = False` before every `break` of the loop that `block` belongs to.
fn clear_before_breaks(block: &mut Block, flag: &str) {
    let mut result = Vec::with_capacity(block.len());
    for mut stmt in std::mem::take(block) {
        match &mut stmt.kind {
            StmtKind::Break => result.push(Stmt::assign(flag, Expr::bool(false)).at(stmt.span)),
            StmtKind::If { branches, orelse } => {
                branches.iter_mut().for_each(|(_, block)| clear_before_breaks(block, flag));
                clear_before_breaks(orelse, flag);
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                [body, orelse, finally].into_iter().for_each(|block| clear_before_breaks(block, flag));
                handlers.iter_mut().for_each(|handler| clear_before_breaks(&mut handler.body, flag));
            }
            _ => {}
        }
        result.push(stmt);
    }
    *block = result;
}

#[cfg(test)]
mod tests {
    use super::super::testing::{function, int, ints, module};
    use super::*;
    use grammars::ir::{CompareOp, Function, Pattern};

    fn search(found: Block) -> Module {
        let hit = Expr::compare(CompareOp::Eq, int("x"), Expr::int(0));
        let kind = StmtKind::For {
            pattern: Pattern::name("x", Type::Int),
            iter: ints("xs"),
            body: vec![Stmt::if_else(hit, found, vec![])],
            orelse: vec![Stmt::ret(Expr::int(-1))],
        };
        let body = vec![Stmt::new(kind), Stmt::ret(int("x"))];
        module(vec![function("search", &[("xs", Type::list(Type::Int))], Type::Int, body)])
    }

    fn only(module: &Module) -> &Function {
        module.function("search").expect("the function is there")
    }

    #[test]
    fn a_break_clears_the_flag() {
        let module = run(search(vec![Stmt::new(StmtKind::Break)]));
        let body = &only(&module).body;
        assert_eq!(body[0], Stmt::assign("completed", Expr::bool(true)));
        let StmtKind::For { body: looped, orelse, .. } = &body[1].kind else { panic!("the loop has gone") };
        let StmtKind::If { branches, .. } = &looped[0].kind else { panic!("the if has gone") };
        assert_eq!(branches[0].1[0], Stmt::assign("completed", Expr::bool(false)));
        assert!(orelse.is_empty());
        let flag = Expr::local("completed", Type::Bool);
        assert_eq!(body[2], Stmt::if_else(flag, vec![Stmt::ret(Expr::int(-1))], vec![]));
    }

    #[test]
    fn without_break_the_else_block_follows() {
        let module = run(search(vec![Stmt::ret(int("x"))]));
        let body = &only(&module).body;
        assert_eq!(body[1], Stmt::ret(Expr::int(-1)));
        assert_eq!(body.len(), 3);
    }
}
