//! Gives positions that have effects a name, for targets that write a position twice where it may be negative.
//!
//! ```text
//! return heights[stack.pop()]       position = stack.pop()
//!                              ->   return heights[position]
//! ```
//!
//! Only where nothing of the statement can tell that the position is evaluated first; the target rejects the others.

use super::purity::Purity;
use super::scope::{Scope, each_body};
use grammars::ir::names::free_names;
use grammars::ir::visit::{VisitMut, any_expr, rewrite_block, walk_expr_mut};
use grammars::ir::{Expr, ExprKind, IndexMode, Module, Place, Stmt, StmtKind, Type};
use std::collections::BTreeSet;

/// Rewrites the statements of all functions and tests.
pub fn run(mut module: Module) -> Module {
    let purity = Purity::new(&module);
    each_body(&mut module, |block, scope| rewrite_block(block, |stmt| rewrite(stmt, &purity, scope)));
    module
}

fn rewrite(mut stmt: Stmt, purity: &Purity, scope: &mut Scope<'_>) -> Vec<Stmt> {
    let value = match &mut stmt.kind {
        StmtKind::Assign { place: Place::Variable { .. }, value } => value,
        StmtKind::Return(Some(value)) | StmtKind::Expr(value) => value,
        _ => return vec![stmt],
    };
    let indexes = |e: &Expr| matches!(e.kind, ExprKind::Index { .. } | ExprKind::Slice { .. });
    if !any_expr(value, indexes) {
        return vec![stmt];
    }
    let mut found = Positions { purity, taken: Vec::new() };
    let mut rest = value.clone();
    found.expr(&mut rest);
    if found.taken.is_empty() || !is_first(&found.taken, &rest, purity) {
        return vec![stmt];
    }
    let mut before = Vec::new();
    let names: Vec<Expr> = found
        .taken
        .into_iter()
        .map(|position| {
            let variable = scope.variable(&["position", "place"], Type::Int);
            let name = variable.as_local().unwrap_or_default().to_string();
            before.push(Stmt::assign(name, position).at(stmt.span));
            variable
        })
        .collect();
    Fill { purity, names: names.into_iter() }.expr(value);
    before.push(stmt);
    before
}

/// Whether `positions` may be evaluated before all else: `rest`, in which they are left out, has no effect but that of
/// the whole, and reads nothing that they change.
fn is_first(positions: &[Expr], rest: &Expr, purity: &Purity) -> bool {
    let used: BTreeSet<String> = positions.iter().flat_map(free_names).collect();
    let mut whole = true;
    let loud = any_expr(rest, |e| {
        let root = std::mem::take(&mut whole);
        let lazy = matches!(
            e.kind,
            ExprKind::And(_)
                | ExprKind::Or(_)
                | ExprKind::CompareChain { .. }
                | ExprKind::IfElse { .. }
                | ExprKind::Lambda { .. }
                | ExprKind::Comprehension { .. }
                | ExprKind::SetComprehension { .. }
                | ExprKind::DictComprehension { .. }
        );
        let reads = matches!(e.kind, ExprKind::Global(_) | ExprKind::Field { .. } | ExprKind::Call { .. });
        lazy || reads || !root && purity.is_loud(e)
    });
    !loud && free_names(rest).is_disjoint(&used)
}

/// Takes out the positions that have effects, in the order of evaluation.
struct Positions<'p> {
    purity: &'p Purity,
    taken: Vec<Expr>,
}

impl VisitMut for Positions<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        let purity = self.purity;
        if let ExprKind::Index { base, .. } | ExprKind::Slice { base, .. } = &mut expr.kind {
            self.expr(base);
        }
        for position in positions(expr, purity) {
            self.taken.push(std::mem::replace(position, Expr::int(0)));
        }
        walk_expr_mut(self, expr);
    }
}

/// Puts the variables where the positions were.
struct Fill<'p, I> {
    purity: &'p Purity,
    names: I,
}

impl<I: Iterator<Item = Expr>> VisitMut for Fill<'_, I> {
    fn expr(&mut self, expr: &mut Expr) {
        let purity = self.purity;
        if let ExprKind::Index { base, .. } | ExprKind::Slice { base, .. } = &mut expr.kind {
            self.expr(base);
        }
        for position in positions(expr, purity) {
            if let Some(name) = self.names.next() {
                *position = name;
            }
        }
        walk_expr_mut(self, expr);
    }
}

/// The positions of an item or slice that have effects and may count from the end.
fn positions<'e>(expr: &'e mut Expr, purity: &Purity) -> Vec<&'e mut Expr> {
    let all: Vec<&mut Expr> = match &mut expr.kind {
        ExprKind::Index { index, mode: IndexMode::Python, .. } => vec![index],
        ExprKind::Slice { start, stop, .. } => {
            start.iter_mut().chain(stop).map(|bound| &mut **bound).collect()
        }
        _ => Vec::new(),
    };
    all.into_iter().filter(|position| purity.has_effects(position)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{python, shown};
    use super::*;

    #[test]
    fn a_position_with_effects_gets_a_name_where_nobody_can_tell() {
        let module = python(
            "def f(items: list[int], stack: list[int]) -> int:\n    return items[stack.pop()]\n\n\
             def g(items: list[int], stack: list[int]) -> int:\n    return len(stack) * items[stack.pop()]\n",
        );
        let module = run(module);
        assert!(shown(&module, "f").contains("position"), "{}", shown(&module, "f"));
        assert!(!shown(&module, "g").contains("position"), "{}", shown(&module, "g"));
    }
}
