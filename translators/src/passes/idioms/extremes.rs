//! Loops that keep the greatest or least item.

use super::super::exceptions::catches;
use super::each_loop;
use super::usage::Facts;
use grammars::ir::names::mentions;
use grammars::ir::visit::{Visit, walk_module, walk_stmt};
use grammars::ir::{
    Block, CompareOp, ExceptionKind, Expr, ExprKind, IndexMode, Intrinsic, Module, Pattern, Place, Stmt,
    StmtKind, Type,
};

/// Rewrites `m = xs[0]`, later `for x in xs: if x > m: m = x`.
pub(super) fn rewrite(block: &mut Block, facts: &Facts<'_>) {
    each_loop(block, |block, at| extreme(block, at, facts));
}

/// Whether the program waits for the exception that the first item of nothing raises, and not for
/// that of `max` of nothing, or the other way round.
pub(super) fn are_told_apart(module: &Module) -> bool {
    struct Waiting<'m>(&'m Module, bool);
    impl<'a> Visit<'a> for Waiting<'_> {
        fn expr(&mut self, _expr: &'a Expr) {}
        fn stmt(&mut self, stmt: &'a Stmt) {
            let mut note = |kinds: &[ExceptionKind]| {
                let [index, value] =
                    [ExceptionKind::Index, ExceptionKind::Value].map(|kind| catches(kinds, &kind, self.0));
                self.1 |= index != value;
            };
            match &stmt.kind {
                StmtKind::Try { handlers, .. } => handlers.iter().for_each(|handler| note(&handler.kinds)),
                StmtKind::ExpectRaise { kinds, .. } => note(kinds),
                _ => {}
            }
            walk_stmt(self, stmt);
        }
    }
    let mut waiting = Waiting(module, false);
    walk_module(&mut waiting, module);
    waiting.1
}

fn extreme(block: &Block, at: usize, facts: &Facts<'_>) -> Option<(usize, Stmt)> {
    let StmtKind::For { pattern, iter, body, orelse } = &block[at].kind else { return None };
    let (Pattern::Name { name: variable, .. }, true) = (pattern, orelse.is_empty()) else { return None };
    if !facts.is_private(pattern) {
        return None;
    }
    let (kept, item, op) = kept(body)?;
    let items = runs_over(iter, &item, variable, facts)?;
    let element = items.ty.element()?;
    // Among numbers and texts, equals cannot be told apart; floats may be no numbers.
    if !matches!(element, Type::Int | Type::Str) || !facts.is_own(kept) {
        return None;
    }
    let start = block[..at].iter().rposition(|stmt| mentions(std::slice::from_ref(stmt), kept))?;
    let StmtKind::Assign { place: Place::Variable { name, .. }, value } = &block[start].kind else {
        return None;
    };
    let ExprKind::Index { base, index, .. } = &value.kind else { return None };
    let from_first = base.as_local() == items.as_local() && index.as_int() == Some(0);
    let between = &block[start + 1..at];
    let quiet = between.iter().all(|stmt| {
        matches!(&stmt.kind, StmtKind::Assign { place: Place::Variable { .. }, value } if facts.is_quiet(value))
    }) && !items.as_local().is_some_and(|xs| mentions(between, xs));
    if name != kept || !from_first || !quiet {
        return None;
    }
    let intrinsic = match op {
        CompareOp::Gt | CompareOp::Ge => Intrinsic::Max { default: false, key: false },
        CompareOp::Lt | CompareOp::Le => Intrinsic::Min { default: false, key: false },
        _ => return None,
    };
    let span = block[at].span;
    let value = Expr::intrinsic(intrinsic, vec![items], element.clone()).at(span);
    Some((start, Stmt::new(StmtKind::Assign { place: Place::variable(kept, element), value }).at(span)))
}

/// `if item > kept: kept = item`: the variable, the item, and the relation that the item must have.
fn kept(body: &Block) -> Option<(&str, Expr, CompareOp)> {
    let [Stmt { kind: StmtKind::If { branches, orelse }, .. }] = body.as_slice() else { return None };
    let ([(condition, then)], true) = (branches.as_slice(), orelse.is_empty()) else { return None };
    let [Stmt { kind: StmtKind::Assign { place: Place::Variable { name, .. }, value }, .. }] =
        then.as_slice()
    else {
        return None;
    };
    let ExprKind::Compare { op, left, right } = &condition.kind else { return None };
    if right.as_local() == Some(name) && same(left, value) {
        Some((name, value.clone(), *op))
    } else if left.as_local() == Some(name) && same(right, value) {
        Some((name, value.clone(), op.flipped()))
    } else {
        None
    }
}

/// The whole sequence, where the loop runs over it, or over all but the first of it.
fn runs_over(iter: &Expr, item: &Expr, variable: &str, facts: &Facts<'_>) -> Option<Expr> {
    match (&iter.kind, &item.kind) {
        (ExprKind::Local(_), ExprKind::Local(name)) if name == variable => {
            matches!(iter.ty, Type::List(_)).then(|| iter.clone())
        }
        (ExprKind::Slice { base, start, stop: None, step: None, .. }, ExprKind::Local(name))
            if name == variable && start.as_ref().and_then(|s| s.as_int()) == Some(1) =>
        {
            (base.as_local().is_some() && matches!(base.ty, Type::List(_))).then(|| (**base).clone())
        }
        (ExprKind::Range { start, stop, step }, ExprKind::Index { base, index, .. }) => {
            let all = matches!(start.as_int(), Some(0 | 1)) && step.as_int() == Some(1);
            let whole = facts.measured(stop)? == base.as_local()?;
            let listed = matches!(base.ty, Type::List(_)) && index.as_local() == Some(variable);
            (all && whole && listed).then(|| (**base).clone())
        }
        _ => None,
    }
}

/// Whether two expressions are the same but for what is proven of their positions.
fn same(a: &Expr, b: &Expr) -> bool {
    let plain = |expr: &Expr| {
        let mut expr = expr.clone();
        grammars::ir::visit::map_expr(&mut expr, |e| {
            e.span = Default::default();
            if let ExprKind::Index { mode, .. } = &mut e.kind {
                *mode = IndexMode::Python;
            }
        });
        expr
    };
    plain(a) == plain(b)
}
