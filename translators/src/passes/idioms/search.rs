//! Loops that ask whether some item passes a test.

use super::turns::{Turns, turns, turns_before_else};
use super::usage::Facts;
use grammars::ir::names::{free_names, mentions};
use grammars::ir::visit::any_expr;
use grammars::ir::{Block, Expr, ExprKind, Intrinsic, Place, Stmt, StmtKind, Type};

/// Rewrites returns from loops, flags, and loops whose `else` block asks whether they broke off.
pub(super) fn rewrite(block: &mut Block, facts: &Facts<'_>) {
    let mut at = 0;
    while at < block.len() {
        if let Some(stmt) = returned(block, at, facts) {
            block[at] = stmt;
            block.remove(at + 1);
        } else if let Some((start, stmt)) = flagged(block, at, facts) {
            block[at] = stmt;
            block.remove(start);
            continue;
        } else if let Some(stmt) = unbroken(&block[at], facts) {
            block[at] = stmt;
        }
        at += 1;
    }
}

/// `for …: if test: return True`, then `return False`.
fn returned(block: &Block, at: usize, facts: &Facts<'_>) -> Option<Stmt> {
    let turns = turns(&block[at], facts)?;
    let found = returned_truth(turns.leaf)?;
    if returned_truth(block.get(at + 1..at + 2)?)? == found || !facts.is_plain(&turns.exprs()) {
        return None;
    }
    let span = block[at].span;
    Some(Stmt::new(StmtKind::Return(Some(answer(turns, found)?.at(span)))).at(span))
}

fn returned_truth(block: &[Stmt]) -> Option<bool> {
    match block {
        [Stmt { kind: StmtKind::Return(Some(Expr { kind: ExprKind::Bool(value), .. })), .. }] => Some(*value),
        _ => None,
    }
}

/// `flag = False`, later `for …: if test: flag = True` with or without `break`.
fn flagged(block: &Block, at: usize, facts: &Facts<'_>) -> Option<(usize, Stmt)> {
    let turns = turns(&block[at], facts)?;
    let (name, found) = set_flag(turns.leaf.first()?)?;
    let stops = match turns.leaf {
        [_] => false,
        [_, Stmt { kind: StmtKind::Break, .. }] => turns.clauses.len() == 1,
        _ => return None,
    };
    // Without `break` all items are looked at, which shows only where that can fail.
    let exprs = turns.exprs();
    let safe = stops || (turns.leaf.len() == 1 && !exprs.iter().any(|expr| any_expr(expr, can_fail)));
    if !safe || !facts.is_own(name) || !facts.is_plain(&exprs) {
        return None;
    }
    if exprs.iter().any(|expr| free_names(expr).contains(name)) {
        return None;
    }
    let start = block[..at].iter().rposition(|stmt| mentions(std::slice::from_ref(stmt), name))?;
    if set_flag(&block[start])? != (name, !found) || is_commented(block, start) {
        return None;
    }
    let (span, place) = (block[at].span, Place::variable(name, Type::Bool));
    let value = answer(turns, found)?.at(span);
    Some((start, Stmt::new(StmtKind::Assign { place, value }).at(span)))
}

fn is_commented(block: &Block, at: usize) -> bool {
    matches!(block.get(at + 1).map(|s| &s.kind), Some(StmtKind::Comment { trailing: true, .. }))
}

fn set_flag(stmt: &Stmt) -> Option<(&str, bool)> {
    match &stmt.kind {
        StmtKind::Assign {
            place: Place::Variable { name, ty: Type::Bool },
            value: Expr { kind: ExprKind::Bool(value), .. },
        } => Some((name, *value)),
        _ => None,
    }
}

/// `for …: if test: break`, with an `else` block.
fn unbroken(stmt: &Stmt, facts: &Facts<'_>) -> Option<Stmt> {
    let StmtKind::For { orelse, .. } = &stmt.kind else { return None };
    if orelse.is_empty() {
        return None;
    }
    let turns = turns_before_else(stmt, facts)?;
    let breaks = matches!(turns.leaf, [Stmt { kind: StmtKind::Break, .. }]);
    if !breaks || turns.clauses.len() > 1 || !facts.is_plain(&turns.exprs()) {
        return None;
    }
    let condition = answer(turns, false)?.at(stmt.span);
    Some(Stmt::if_else(condition, orelse.clone(), Vec::new()).at(stmt.span))
}

/// Whether some item passes (`found`), or none does.
fn answer(turns: Turns<'_>, found: bool) -> Option<Expr> {
    let (question, clauses) = turns.question()?;
    let (op, question) = match found {
        true => (Intrinsic::Any, question),
        false => match question.clone().negated() {
            Expr { kind: ExprKind::Not(_), .. } => {
                return Some(quantified(Intrinsic::Any, question, clauses).negated());
            }
            opposite => (Intrinsic::All, opposite),
        },
    };
    Some(quantified(op, question, clauses))
}

fn quantified(op: Intrinsic, question: Expr, clauses: Vec<grammars::ir::Clause>) -> Expr {
    let kind = ExprKind::Comprehension { element: Box::new(question), clauses };
    Expr::intrinsic(op, vec![Expr::new(kind, Type::iter(Type::Bool))], Type::Bool)
}

/// Whether evaluating this node can raise.
fn can_fail(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary { op, right, .. } => {
            use grammars::ir::BinaryOp::*;
            matches!(op, Div | FloorDiv | FloorMod | TruncDiv | TruncRem | Pow | Shl | Shr)
                && right.as_int().is_none_or(|divisor| divisor <= 0)
        }
        ExprKind::Local(_) | ExprKind::Global(_) | ExprKind::ClassConstant { .. } => false,
        ExprKind::Bool(_) | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) | ExprKind::None => {
            false
        }
        ExprKind::Compare { .. } | ExprKind::CompareChain { .. } | ExprKind::Unary { .. } => false,
        ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Not(_) | ExprKind::IsNone(_) => false,
        ExprKind::Range { .. } | ExprKind::Tuple(_) | ExprKind::List(_) => false,
        ExprKind::Index { mode, .. } => *mode != grammars::ir::IndexMode::InRange,
        ExprKind::Intrinsic { op, .. } => !matches!(
            op,
            Intrinsic::Len | Intrinsic::Contains | Intrinsic::Count | Intrinsic::IsEmpty | Intrinsic::Abs
        ),
        _ => true,
    }
}
