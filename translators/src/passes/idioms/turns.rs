//! What a loop does on each turn, as the clauses of a comprehension and what is left to do.

use super::usage::Facts;
use grammars::ir::{Block, Clause, Expr, Stmt, StmtKind};

/// More loops within one another than this stay loops.
const MAX_CLAUSES: usize = 2;

/// A loop, its inner loops and its conditions.
pub(super) struct Turns<'b> {
    /// The loops and conditions.
    pub clauses: Vec<Clause>,
    /// What is done where all conditions hold.
    pub leaf: &'b [Stmt],
}

impl Turns<'_> {
    /// All expressions of the clauses.
    pub(super) fn exprs(&self) -> Vec<&Expr> {
        self.clauses.iter().flat_map(|c| [&c.iter].into_iter().chain(&c.conditions)).collect()
    }

    /// The conditions of the innermost loop as one; `None` where it has none.
    pub(super) fn question(mut self) -> Option<(Expr, Vec<Clause>)> {
        let conditions = std::mem::take(&mut self.clauses.last_mut()?.conditions);
        if conditions.is_empty() {
            return None;
        }
        Some((Expr::all_of(conditions), self.clauses))
    }
}

/// The turns of a loop without `else` whose variables nobody else sees.
pub(super) fn turns<'b>(stmt: &'b Stmt, facts: &Facts<'_>) -> Option<Turns<'b>> {
    let StmtKind::For { orelse, .. } = &stmt.kind else { return None };
    orelse.is_empty().then(|| turns_before_else(stmt, facts)).flatten()
}

/// As [`turns`], for a loop that may have an `else` block.
pub(super) fn turns_before_else<'b>(stmt: &'b Stmt, facts: &Facts<'_>) -> Option<Turns<'b>> {
    let mut clauses: Vec<Clause> = Vec::new();
    let StmtKind::For { pattern, iter, body, .. } = &stmt.kind else { return None };
    clauses.push(Clause { pattern: pattern.clone(), iter: iter.clone(), conditions: Vec::new() });
    let mut rest: &'b [Stmt] = body;
    loop {
        let last = clauses.last_mut()?;
        match rest {
            [Stmt { kind: StmtKind::If { branches, orelse }, .. }, more @ ..] if orelse.is_empty() => {
                match (branches.as_slice(), more) {
                    ([(condition, inner)], []) => {
                        last.conditions.push(condition.clone());
                        rest = inner;
                    }
                    ([(condition, inner)], _) if skips(inner) => {
                        last.conditions.push(condition.clone().negated());
                        rest = more;
                    }
                    _ => break,
                }
            }
            [Stmt { kind: StmtKind::For { pattern, iter, body, orelse }, .. }]
                if orelse.is_empty() && clauses.len() < MAX_CLAUSES =>
            {
                clauses.push(Clause { pattern: pattern.clone(), iter: iter.clone(), conditions: Vec::new() });
                rest = body;
            }
            _ => break,
        }
    }
    if !clauses.iter().all(|clause| facts.is_private(&clause.pattern)) {
        return None;
    }
    Some(Turns { clauses, leaf: rest })
}

fn skips(block: &Block) -> bool {
    matches!(block.as_slice(), [Stmt { kind: StmtKind::Continue, .. }])
}
