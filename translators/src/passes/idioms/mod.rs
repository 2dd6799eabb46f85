//! Says in one expression what a loop says with several statements.
//!
//! ```text
//! total = 0                                   return sum(x for x in xs if x > 0)
//! for i in range(len(xs)):
//!     if xs[i] > 0:                     ->
//!         total += xs[i]
//! return total
//! ```
//!
//! - a loop over the positions of a sequence that only reads its items runs over the items
//!   ([`elements`]);
//! - a loop that gathers a number, list, set, dict or text is a reduction or comprehension
//!   ([`gather`]), one that looks for the greatest or least item is `max` or `min` ([`extremes`]),
//!   one that asks whether some item passes is `any` or `all` ([`search`]);
//! - a condition that only decides between `True` and `False` is returned itself, and so is a value
//!   that is named only to be returned ([`returns`]).
//!
//! Sums of floats stay loops: a reduction may round differently. So do loops with comments in them,
//! loops whose steps have effects, and everything within `try`, where a half-done loop can be seen.

mod elements;
mod extremes;
mod gather;
mod returns;
mod search;
#[cfg(test)]
mod tests;
mod turns;
mod usage;

use super::purity::Purity;
use super::scope::{Scope, each_body};
use grammars::ir::visit::{VisitMut, walk_block_mut, walk_expr_mut, walk_stmt_mut};
use grammars::ir::{Block, Expr, Function, Module, Stmt, StmtKind};
use usage::Facts;

/// Rewrites all bodies.
pub fn run(mut module: Module) -> Module {
    let purity = Purity::new(&module);
    let extremes = !extremes::are_told_apart(&module);
    each_body(&mut module, |block, scope| {
        let facts = Facts::of(block, &purity, scope);
        Rewriter { facts, scope, extremes }.block(block);
        scope.drop_unused(block);
    });
    module
}

/// Replaces each loop for which `shorter` has another statement; that makes the loop variable's start,
/// whose place `shorter` gives too, superfluous.
fn each_loop(block: &mut Block, shorter: impl Fn(&Block, usize) -> Option<(usize, Stmt)>) {
    let mut at = 0;
    while at < block.len() {
        match shorter(block, at) {
            Some((start, stmt)) => {
                block[at] = stmt;
                block.remove(start);
            }
            None => at += 1,
        }
    }
}

/// The walk over one body, inner blocks first.
struct Rewriter<'r, 's> {
    facts: Facts<'r>,
    scope: &'r mut Scope<'s>,
    /// Whether loops may become `max` and `min`.
    extremes: bool,
}

impl VisitMut for Rewriter<'_, '_> {
    fn expr(&mut self, expr: &mut Expr) {
        walk_expr_mut(self, expr);
        elements::in_comprehension(expr, &self.facts);
        gather::repeated_literal(expr);
    }

    fn function(&mut self, _function: &mut Function) {}

    fn stmt(&mut self, stmt: &mut Stmt) {
        // What a `try` has done before it failed can be seen.
        if matches!(stmt.kind, StmtKind::Try { .. } | StmtKind::ExpectRaise { .. }) {
            return;
        }
        if matches!(stmt.kind, StmtKind::For { .. }) {
            elements::over_items(stmt, &self.facts, self.scope);
        }
        walk_stmt_mut(self, stmt);
    }

    fn block(&mut self, block: &mut Block) {
        walk_block_mut(self, block);
        search::rewrite(block, &self.facts);
        gather::rewrite(block, &self.facts);
        if self.extremes {
            extremes::rewrite(block, &self.facts);
        }
        returns::rewrite(block, &self.facts);
    }
}
