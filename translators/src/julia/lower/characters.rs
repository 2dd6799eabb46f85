//! Texts that are indexed by position: their characters are collected into a vector once.

use super::Lower;
use grammars::ir::names::names_assigned;
use grammars::ir::visit::{each_expr, each_stmt};
use grammars::ir::{Expr, ExprKind, Function, Place, StmtKind, Type};
use std::collections::BTreeSet;

impl Lower<'_> {
    /// Chooses the text variables of a function that get a vector of characters. The vectors of
    /// parameters are returned, to be made at the start; those of locals are made where the local
    /// is assigned.
    pub(super) fn choose_characters(&mut self, function: &Function) -> Vec<(String, String)> {
        let wanted = indexed_texts(function);
        let assigned = names_assigned(&function.body);
        let several = wanted.len() > 1;
        let mut at_start = Vec::new();
        for name in wanted {
            let numbered = format!("{name}_chars");
            let wishes: Vec<&str> = if several { vec![&numbered] } else { vec!["chars", &numbered] };
            let parameter = function.params.iter().any(|p| p.name == name);
            if parameter && !assigned.contains(&name) {
                let chars = self.fresh(&wishes);
                self.scope.chars.insert(name.clone(), chars.clone());
                at_start.push((name, chars));
            } else if !parameter && is_assigned_once_at_top(&name, function) {
                let chars = self.fresh(&wishes);
                self.scope.chars_after.insert(name, chars);
            }
        }
        at_start
    }
}

/// Text variables that are indexed or sliced by position, in order of name.
fn indexed_texts(function: &Function) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    each_expr(&function.body, |expr| wanted.extend(positioned_text(expr).map(str::to_string)));
    let bound_within = bound_in_expressions(function);
    wanted.into_iter().filter(|name| !bound_within.contains(name)).collect()
}

/// The text variable of which `expr` takes something by position, where the ends will not do.
fn positioned_text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Index { base, index, .. } if base.ty == Type::Str => {
            if matches!(index.as_int(), Some(0 | -1)) { None } else { base.as_local() }
        }
        ExprKind::Slice { base, start: Some(_), stop: Some(stop), step: None, .. }
            if base.ty == Type::Str && stop.as_int().is_none_or(|v| v >= 0) =>
        {
            base.as_local()
        }
        _ => None,
    }
}

/// Names that comprehensions and lambdas bind: those have scopes of their own.
fn bound_in_expressions(function: &Function) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each_expr(&function.body, |expr| match &expr.kind {
        ExprKind::Comprehension { clauses, .. }
        | ExprKind::SetComprehension { clauses, .. }
        | ExprKind::DictComprehension { clauses, .. } => {
            for clause in clauses {
                names.extend(clause.pattern.names().iter().map(|(name, _)| name.to_string()));
            }
        }
        ExprKind::Lambda { params, .. } => names.extend(params.iter().map(|(name, _)| name.clone())),
        _ => {}
    });
    names
}

/// Whether a local is assigned by one plain assignment among the function's outermost statements.
fn is_assigned_once_at_top(name: &str, function: &Function) -> bool {
    let assigns = |kind: &StmtKind| matches!(kind, StmtKind::Assign { place: Place::Variable { name: n, .. }, .. } if n == name);
    let mut everywhere = 0;
    each_stmt(&function.body, |stmt| {
        let written = names_assigned(&vec![stmt.clone()]);
        let inner = matches!(stmt.kind, StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::Try { .. });
        if !inner && written.iter().any(|n| n == name) {
            everywhere += 1;
        }
    });
    everywhere == 1 && function.body.iter().any(|stmt| assigns(&stmt.kind))
}
