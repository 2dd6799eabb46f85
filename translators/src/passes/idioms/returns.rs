//! Returns: conditions instead of `True` and `False`, values instead of variables.

use super::usage::Facts;
use grammars::ir::{Block, Expr, ExprKind, Intrinsic, Place, Stmt, StmtKind};

/// Rewrites the end of a block.
pub(super) fn rewrite(block: &mut Block, facts: &Facts<'_>) {
    named_value(block, facts);
    let last_two = block.len().saturating_sub(2);
    if !follows_a_guard(block)
        && let Some(stmt) = two_ways(&block[last_two..])
    {
        block.truncate(last_two);
        block.push(stmt);
    }
    if let Some(last) = block.last_mut()
        && let Some(stmt) = one_of_two(last)
    {
        *last = stmt;
    }
}

/// `x = value`, then `return x`.
fn named_value(block: &mut Block, facts: &Facts<'_>) {
    let [.., assigned, returned] = block.as_mut_slice() else { return };
    let (StmtKind::Assign { place: Place::Variable { name, .. }, value }, StmtKind::Return(Some(result))) =
        (&mut assigned.kind, &mut returned.kind)
    else {
        return;
    };
    // Tallying takes statements in most languages.
    if matches!(value.kind, ExprKind::Intrinsic { op: Intrinsic::Tally, .. }) {
        return;
    }
    let Some(variable) = variable_in(result) else { return };
    if variable.as_local() != Some(name) || variable.ty != value.ty || !facts.is_own(name) {
        return;
    }
    *variable = value.clone();
    returned.span = assigned.span;
    let at = block.len() - 2;
    block.remove(at);
}

/// The variable that is returned, whatever its value is turned into.
fn variable_in(result: &mut Expr) -> Option<&mut Expr> {
    if result.as_local().is_some() {
        return Some(result);
    }
    match &mut result.kind {
        ExprKind::Convert { value, .. } => variable_in(value),
        _ => None,
    }
}

/// `if c: return True`, then `return False`.
fn two_ways(pair: &[Stmt]) -> Option<Stmt> {
    let [first, second] = pair else { return None };
    let StmtKind::If { branches, orelse } = &first.kind else { return None };
    let ([(condition, then)], true) = (branches.as_slice(), orelse.is_empty()) else { return None };
    decided(condition, truth(then.first()?, then.len())?, truth(second, 1)?)
}

/// `if c: return True`, `else: return False`.
fn one_of_two(stmt: &Stmt) -> Option<Stmt> {
    let StmtKind::If { branches, orelse } = &stmt.kind else { return None };
    let [(condition, then)] = branches.as_slice() else { return None };
    decided(condition, truth(then.first()?, then.len())?, truth(orelse.first()?, orelse.len())?)
}

/// A chain of conditions that each return a truth value says more than its last link would.
fn follows_a_guard(block: &Block) -> bool {
    let [.., before, _, _] = block.as_slice() else { return false };
    match &before.kind {
        StmtKind::If { branches, orelse } => {
            orelse.is_empty()
                && branches.iter().all(|(_, then)| then.first().and_then(|s| truth(s, then.len())).is_some())
        }
        _ => false,
    }
}

fn decided(condition: &Expr, yes: bool, no: bool) -> Option<Stmt> {
    if yes == no {
        return None;
    }
    let value = if yes { condition.clone() } else { condition.clone().negated() };
    Some(Stmt::ret(value))
}

/// The truth value that a statement, alone in its block, returns.
fn truth(stmt: &Stmt, statements: usize) -> Option<bool> {
    match &stmt.kind {
        StmtKind::Return(Some(Expr { kind: ExprKind::Bool(value), .. })) if statements == 1 => Some(*value),
        _ => None,
    }
}
