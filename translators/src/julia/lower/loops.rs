//! Loops, with their `else` blocks and the three-part loops of C and Java.

use super::iterate::Binding;
use super::{Lower, Lowering, reject};
use crate::julia::tree::{Expr, Stmt};
use grammars::ir::names::{breaks, continues, names_assigned, names_read};
use grammars::ir::{self, Block, Pattern, StmtKind};

impl Lower<'_> {
    pub(super) fn for_loop(
        &mut self,
        stmt: &ir::Stmt,
        pattern: &Pattern,
        iter: &ir::Expr,
        body: &Block,
        orelse: &Block,
    ) -> Lowering<Vec<Stmt>> {
        self.check_loop_order(pattern, iter, body)?;
        let names = pattern.names();
        let outer = self.scope.declarations.escapes(stmt);
        let reassigned = names_assigned(body);
        let owned = !outer && !names.iter().any(|(name, _)| reassigned.iter().any(|n| n == name));
        if outer && names.len() > 1 {
            return reject(
                "julia.loop-variable",
                iter.span,
                "one of several loop variables is used outside the loop",
            );
        }
        let before = self.scope.clone();
        let nobody = Pattern::name("_", ir::Type::Int);
        let idle = owned && is_idle(pattern, iter, body, orelse);
        let pattern = if idle { &nobody } else { pattern };
        let keyed = self.keyed_loop(pattern, iter)?;
        let looped = match keyed {
            Some((target, iter, lookup)) => self.with_else(body, orelse, |_, mut body| {
                body.insert(0, lookup);
                looped(outer, owned, target, iter, body)
            }),
            None => {
                let Binding { target, iter } = self.bind_loop(pattern, iter, owned)?;
                self.with_else(body, orelse, |_, body| looped(outer, owned, target, iter, body))
            }
        };
        let names = std::mem::take(&mut self.scope.names);
        self.scope = before;
        self.scope.names = names;
        looped
    }

    pub(super) fn while_loop(
        &mut self,
        condition: &ir::Expr,
        body: &Block,
        orelse: &Block,
    ) -> Lowering<Vec<Stmt>> {
        let lowered = self.lower_expr(condition)?;
        let learnt = if orelse.is_empty() { self.learn(condition) } else { None };
        let looped = self.with_else(body, orelse, |_, body| Stmt::While(lowered, body));
        if let Some(name) = learnt {
            self.unlearn(&name);
        }
        looped
    }

    /// A loop and its `else` block, which a `break` skips by a flag.
    fn with_else(
        &mut self,
        body: &Block,
        orelse: &Block,
        make: impl FnOnce(&mut Self, Vec<Stmt>) -> Stmt,
    ) -> Lowering<Vec<Stmt>> {
        let flag = (!orelse.is_empty() && breaks(body)).then(|| self.fresh(&["found"]));
        self.scope.loop_flags.push(flag.clone());
        let body = self.block(body);
        self.scope.loop_flags.pop();
        let body = body?;
        let mut statements = Vec::new();
        if let Some(flag) = &flag {
            statements.push(Stmt::Assign(Expr::Local(flag.clone()), "=", Expr::Bool(false)));
        }
        statements.push(make(self, body));
        let orelse = self.block(orelse)?;
        match flag {
            Some(flag) => {
                statements.push(Stmt::If(vec![(Expr::Local(flag).negate(), orelse)], vec![]));
            }
            None => statements.extend(orelse),
        }
        Ok(statements)
    }

    /// `break`, noted for the loop's `else` block.
    pub(super) fn break_loop(&mut self) -> Vec<Stmt> {
        match self.scope.loop_flags.last() {
            Some(Some(flag)) => {
                vec![Stmt::Assign(Expr::Local(flag.clone()), "=", Expr::Bool(true)), Stmt::Break]
            }
            _ => vec![Stmt::Break],
        }
    }

    /// `for (…; condition; update)` and `do … while`.
    pub(super) fn c_loop(
        &mut self,
        condition: &ir::Expr,
        update: &Block,
        body: &Block,
        test_last: bool,
    ) -> Lowering<Vec<Stmt>> {
        let condition_expr = self.lower_expr(condition)?;
        let updating = self.block(update)?;
        if continues(body) && (test_last || !update.is_empty()) && holds_deep_continue(body) {
            return reject("julia.loop-continue", condition.span, "`continue` deep within this loop");
        }
        self.scope.loop_flags.push(None);
        let lowered = self.block(body);
        self.scope.loop_flags.pop();
        let mut body = lowered?;
        let mut tail = updating;
        if test_last {
            tail.push(Stmt::If(vec![(condition_expr.clone().negate(), vec![Stmt::Break])], vec![]));
        }
        before_continue(&mut body, &tail);
        body.extend(tail);
        let head = if test_last { Expr::Bool(true) } else { condition_expr };
        Ok(vec![Stmt::While(head, body)])
    }
}

/// Whether a loop over a range only counts its turns.
fn is_idle(pattern: &Pattern, iter: &ir::Expr, body: &Block, orelse: &Block) -> bool {
    let (Pattern::Name { name, .. }, ir::ExprKind::Range { .. }) = (pattern, &iter.kind) else {
        return false;
    };
    !names_read(body).contains(name) && !names_read(orelse).contains(name)
}

/// A `for` loop; one that holds nothing but another one is written together with it, unless a
/// `break` would then end both, or the body assigns its variable, which every turn of the two together
/// would set anew (`owned` says that it does not).
fn looped(outer: bool, owned: bool, target: Expr, iter: Expr, body: Vec<Stmt>) -> Stmt {
    match <[Stmt; 1]>::try_from(body) {
        Ok([Stmt::For { outer: false, clauses, body }])
            if owned && !breaks_off(&body) && !clauses.iter().any(|(inner, _)| *inner == target) =>
        {
            let clauses = [(target, iter)].into_iter().chain(clauses).collect();
            Stmt::For { outer, clauses, body }
        }
        Ok(body) => Stmt::For { outer, clauses: vec![(target, iter)], body: body.into() },
        Err(body) => Stmt::For { outer, clauses: vec![(target, iter)], body },
    }
}

/// Whether a `break` in the body ends the loop around it.
fn breaks_off(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::Break => true,
        Stmt::Trailing(stmt, _) => breaks_off(std::slice::from_ref(stmt)),
        Stmt::If(branches, orelse) => {
            breaks_off(orelse) || branches.iter().any(|(_, block)| breaks_off(block))
        }
        Stmt::Try { body, catch, finally } => {
            breaks_off(body)
                || breaks_off(finally)
                || catch.as_ref().is_some_and(|(_, block)| breaks_off(block))
        }
        _ => false,
    })
}

/// Whether a `continue` of the loop stands within a `try`.
fn holds_deep_continue(body: &Block) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Try { .. } => continues(&vec![stmt.clone()]),
        StmtKind::If { branches, orelse } => {
            holds_deep_continue(orelse) || branches.iter().any(|(_, block)| holds_deep_continue(block))
        }
        _ => false,
    })
}

/// Puts `tail` before each `continue` of the loop.
fn before_continue(body: &mut Vec<Stmt>, tail: &[Stmt]) {
    let mut result = Vec::new();
    for mut stmt in std::mem::take(body) {
        match &mut stmt {
            Stmt::Continue => result.extend(tail.iter().cloned()),
            Stmt::If(branches, orelse) => {
                branches.iter_mut().for_each(|(_, block)| before_continue(block, tail));
                before_continue(orelse, tail);
            }
            _ => {}
        }
        result.push(stmt);
    }
    *body = result;
}
