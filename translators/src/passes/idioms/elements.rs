//! Loops over positions that only read the items become loops over the items.

use super::super::scope::Scope;
use super::usage::Facts;
use grammars::ir::names::mentions;
use grammars::ir::visit::{each_expr, map_expr, map_exprs};
use grammars::ir::{Block, Expr, ExprKind, Intrinsic, Pattern, Stmt, StmtKind, Type};

/// `for i in range(len(xs))` that reads `xs[i]` and nothing else of `i` becomes `for x in xs`.
pub(super) fn over_items(stmt: &mut Stmt, facts: &Facts<'_>, scope: &mut Scope<'_>) {
    let StmtKind::For { pattern, iter, body, .. } = &mut stmt.kind else { return };
    let Pattern::Name { name: position, .. } = &*pattern else { return };
    let ExprKind::Range { start, stop, step } = &iter.kind else { return };
    if start.as_int() != Some(0) || step.as_int() != Some(1) || !facts.is_private(pattern) {
        return;
    }
    let Some(sequence) = facts.measured(stop) else { return };
    let Some(reads) = item_reads(body, sequence, position) else { return };
    let (base, item) = reads;
    if !matches!(base.ty, Type::List(_) | Type::Str) || !facts.leaves_alone(body, sequence, &base.ty) {
        return;
    }
    let wishes = wishes(sequence, &item);
    let wishes: Vec<&str> = wishes.iter().map(String::as_str).collect();
    let name = scope.declare(&wishes, item.clone());
    let (sequence, position) = (sequence.to_string(), position.clone());
    map_exprs(body, |expr| {
        if is_item(expr, &sequence, &position) {
            *expr = Expr::local(name.clone(), item.clone()).at(expr.span);
        }
    });
    *iter = base.at(iter.span);
    *pattern = Pattern::name(name, item);
}

/// The same for a comprehension with one clause: `[f(s[i]) for i in range(len(s))]`.
pub(super) fn in_comprehension(expr: &mut Expr, facts: &Facts<'_>) {
    let (ExprKind::Comprehension { element, clauses } | ExprKind::SetComprehension { element, clauses }) =
        &mut expr.kind
    else {
        return;
    };
    let [clause] = clauses.as_mut_slice() else { return };
    let Pattern::Name { name: position, .. } = &clause.pattern else { return };
    let ExprKind::Range { start, stop, step } = &clause.iter.kind else { return };
    let ExprKind::Intrinsic { op: Intrinsic::Len, args } = &stop.kind else { return };
    let (Some(0), Some(1), Some(sequence)) = (start.as_int(), step.as_int(), args[0].as_local()) else {
        return;
    };
    let parts: Vec<&Expr> = clause.conditions.iter().chain([&**element]).collect();
    if !facts.is_plain(&parts) {
        return;
    }
    let inside: Block = clause.conditions.iter().chain([&**element]).cloned().map(Stmt::expr).collect();
    let Some((base, item)) = item_reads(&inside, sequence, position) else { return };
    if !matches!(base.ty, Type::List(_) | Type::Str) {
        return;
    }
    let taken = |name: &str| mentions(&inside, name) || name == sequence || binds(&inside, name);
    let Some(name) = wishes(sequence, &item).into_iter().find(|name| !taken(name)) else { return };
    let (sequence, position) = (sequence.to_string(), position.clone());
    for part in clause.conditions.iter_mut().chain([&mut **element]) {
        map_expr(part, |e| {
            if is_item(e, &sequence, &position) {
                *e = Expr::local(name.clone(), item.clone()).at(e.span);
            }
        });
    }
    clause.iter = base.at(clause.iter.span);
    clause.pattern = Pattern::name(name, item);
}

/// Whether a comprehension or lambda within binds the name.
fn binds(block: &Block, name: &str) -> bool {
    let mut found = false;
    each_expr(block, |expr| match &expr.kind {
        ExprKind::Comprehension { clauses, .. }
        | ExprKind::SetComprehension { clauses, .. }
        | ExprKind::DictComprehension { clauses, .. } => {
            found |= clauses.iter().flat_map(|c| c.pattern.names()).any(|(bound, _)| bound == name);
        }
        ExprKind::Lambda { params, .. } => found |= params.iter().any(|(param, _)| param == name),
        _ => {}
    });
    found
}

/// The sequence and the type of its items, where `body` mentions the position only to read items.
fn item_reads(body: &Block, sequence: &str, position: &str) -> Option<(Expr, Type)> {
    let (mut items, mut reads) = (0, 0);
    let mut found: Option<(Expr, Type)> = None;
    let mut alike = true;
    each_expr(body, |expr| {
        reads += usize::from(expr.as_local() == Some(position));
        if let ExprKind::Index { base, .. } = &expr.kind
            && is_item(expr, sequence, position)
        {
            items += 1;
            alike &= found.as_ref().is_none_or(|(_, ty)| *ty == expr.ty);
            found = Some(((**base).clone(), expr.ty.clone()));
        }
    });
    let assigned = grammars::ir::names::names_assigned(body);
    let bound = [position, sequence].iter().any(|name| binds(body, name));
    let steady = !bound && !assigned.iter().any(|name| name == position || name == sequence);
    let written = places_mention(body, position);
    (items == reads && alike && steady && !written).then_some(found).flatten()
}

/// Whether the position stands in a place that is assigned.
fn places_mention(body: &Block, position: &str) -> bool {
    let mut found = false;
    grammars::ir::visit::each_stmt(body, |stmt| {
        if let StmtKind::Assign { place, .. } | StmtKind::AugAssign { place, .. } = &stmt.kind {
            let alone = Stmt::new(StmtKind::Assign { place: place.clone(), value: Expr::int(0) });
            found |= mentions(&[alone], position);
        }
    });
    found
}

fn is_item(expr: &Expr, sequence: &str, position: &str) -> bool {
    let ExprKind::Index { base, index, .. } = &expr.kind else { return false };
    base.as_local() == Some(sequence) && index.as_local() == Some(position)
}

/// Names for an item: `word` of `words`, else what such a thing is usually called.
fn wishes(sequence: &str, item: &Type) -> Vec<String> {
    let mut wishes = Vec::new();
    let singular = sequence.strip_suffix('s').filter(|s| s.len() > 2 && !s.ends_with(['s', 'u', 'i']));
    wishes.extend(singular.map(str::to_string));
    let usual: &[&str] = match item {
        Type::Str | Type::Char => &["c", "char", "letter"],
        Type::List(_) | Type::Tuple(_) => &["row", "part"],
        _ => &["x", "item", "value"],
    };
    wishes.extend(usual.iter().map(|s| s.to_string()));
    wishes
}
