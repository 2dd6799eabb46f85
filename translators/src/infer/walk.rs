//! Walks over the surface tree that scopes need: what is inside, which names a body assigns or captures.

use grammars::surface::{Expr, ExprKind, FormatPart, Function, Stmt, StmtKind};
use std::collections::BTreeSet;

/// The names that a body assigns, nested functions and comprehensions apart.
pub(super) fn assigned_names(body: &[Stmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for stmt in body {
        assigned_by(stmt, &mut names);
    }
    names
}

fn assigned_by(stmt: &Stmt, names: &mut BTreeSet<String>) {
    let mut blocks: Vec<&[Stmt]> = Vec::new();
    match &stmt.kind {
        StmtKind::Assign { targets, .. } => targets.iter().for_each(|t| target_names(t, names)),
        StmtKind::AnnAssign { target, .. } | StmtKind::AugAssign { target, .. } => {
            target_names(target, names)
        }
        StmtKind::For { target, body, orelse, .. } => {
            target_names(target, names);
            blocks.extend([body.as_slice(), orelse]);
        }
        StmtKind::If { branches, orelse } => {
            blocks.extend(branches.iter().map(|(_, block)| block.as_slice()));
            blocks.push(orelse);
        }
        StmtKind::While { body, orelse, .. } => blocks.extend([body.as_slice(), orelse]),
        StmtKind::Try { body, handlers, orelse, finally } => {
            blocks.extend([body.as_slice(), orelse, finally]);
            for handler in handlers {
                names.extend(handler.binding.clone());
                blocks.push(&handler.body);
            }
        }
        StmtKind::ExpectRaise { body, .. } => blocks.push(body),
        StmtKind::Function(f) => {
            names.insert(f.name.clone());
        }
        _ => {}
    }
    for_each_expr(stmt, &mut |e| {
        if let ExprKind::Walrus { name, .. } = &e.kind {
            names.insert(name.clone());
        }
    });
    for block in blocks {
        block.iter().for_each(|s| assigned_by(s, names));
    }
}

/// Calls `f` with every expression that stands in the statement itself, not in its blocks.
fn for_each_expr<'a>(stmt: &'a Stmt, f: &mut impl FnMut(&'a Expr)) {
    let mut roots: Vec<&Expr> = Vec::new();
    match &stmt.kind {
        StmtKind::Assign { targets, value } => roots.extend(targets.iter().chain([value])),
        StmtKind::AnnAssign { target, value, .. } => roots.extend([target].into_iter().chain(value)),
        StmtKind::AugAssign { target, value, .. } => roots.extend([target, value]),
        StmtKind::Expr(e) | StmtKind::Yield(e) => roots.push(e),
        StmtKind::If { branches, .. } => roots.extend(branches.iter().map(|(c, _)| c)),
        StmtKind::While { condition, .. } => roots.push(condition),
        StmtKind::For { target, iter, .. } => roots.extend([target, iter]),
        StmtKind::Return(e) | StmtKind::Raise(e) => roots.extend(e),
        StmtKind::Assert { condition, message } => roots.extend([condition].into_iter().chain(message)),
        StmtKind::Delete(items) => roots.extend(items),
        _ => {}
    }
    let mut stack = roots;
    while let Some(e) = stack.pop() {
        f(e);
        stack.extend(children(e));
    }
}

/// The expressions directly inside.
pub(super) fn children(e: &Expr) -> Vec<&Expr> {
    match &e.kind {
        ExprKind::Format(parts) => parts
            .iter()
            .filter_map(|p| match p {
                FormatPart::Value { value, .. } => Some(value),
                FormatPart::Text(_) => None,
            })
            .collect(),
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => items.iter().collect(),
        ExprKind::And(items) | ExprKind::Or(items) => items.iter().collect(),
        ExprKind::Dict(items) => items.iter().flat_map(|(k, v)| [k, v]).collect(),
        ExprKind::Star(e) | ExprKind::Unary { operand: e, .. } => vec![e],
        ExprKind::Attribute { value, .. } | ExprKind::Walrus { value, .. } => vec![value],
        ExprKind::Subscript { value, index } => vec![value, index],
        ExprKind::Slice { value, start, stop, step } => {
            let bounds = [start, stop, step].into_iter().flatten().map(|b| &**b);
            [&**value].into_iter().chain(bounds).collect()
        }
        ExprKind::Call { callee, args, keywords } => {
            [&**callee].into_iter().chain(args).chain(keywords.iter().map(|(_, e)| e)).collect()
        }
        ExprKind::Binary { left, right, .. } => vec![left, right],
        ExprKind::Compare { operands, .. } => operands.iter().collect(),
        ExprKind::IfElse { condition, then, orelse } => vec![condition, then, orelse],
        ExprKind::Lambda { params, body } => {
            params.iter().filter_map(|p| p.default.as_ref()).chain([&**body]).collect()
        }
        ExprKind::Comprehension { element, value, clauses, .. } => {
            let mut all: Vec<&Expr> = Vec::new();
            for c in clauses {
                all.extend([&c.target, &c.iter]);
                all.extend(&c.conditions);
            }
            all.push(element);
            all.extend(value.iter().map(|v| &**v));
            all
        }
        _ => Vec::new(),
    }
}

/// The names bound by an assignment's target.
pub(super) fn target_names(target: &Expr, names: &mut BTreeSet<String>) {
    match &target.kind {
        ExprKind::Name(name) => {
            names.insert(name.clone());
        }
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|t| target_names(t, names)),
        ExprKind::Star(inner) => target_names(inner, names),
        _ => {}
    }
}

/// Names that nested functions and lambdas of the body mention.
pub(super) fn captured_names(body: &[Stmt]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for stmt in body {
        for_each_expr(stmt, &mut |e| {
            if let ExprKind::Lambda { body, .. } = &e.kind {
                mentioned(body, &mut names);
            }
        });
        match &stmt.kind {
            StmtKind::Function(f) => mentioned_in_function(f, &mut names),
            _ => blocks(stmt).into_iter().for_each(|b| names.extend(captured_names(b))),
        }
    }
    names
}

fn mentioned(e: &Expr, names: &mut BTreeSet<String>) {
    let mut stack = vec![e];
    while let Some(e) = stack.pop() {
        if let ExprKind::Name(name) = &e.kind {
            names.insert(name.clone());
        }
        stack.extend(children(e));
    }
}

fn mentioned_in_function(f: &Function, names: &mut BTreeSet<String>) {
    names.extend(f.outer_names.iter().cloned());
    mentioned_in_block(&f.body, names);
}

fn mentioned_in_block(body: &[Stmt], names: &mut BTreeSet<String>) {
    for stmt in body {
        for_each_expr(stmt, &mut |e| {
            if let ExprKind::Name(name) = &e.kind {
                names.insert(name.clone());
            }
        });
        match &stmt.kind {
            StmtKind::Function(f) => mentioned_in_function(f, names),
            _ => blocks(stmt).into_iter().for_each(|b| mentioned_in_block(b, names)),
        }
    }
}

/// The blocks directly inside a statement, nested functions apart.
pub(super) fn blocks(stmt: &Stmt) -> Vec<&[Stmt]> {
    match &stmt.kind {
        StmtKind::If { branches, orelse } => {
            branches.iter().map(|(_, b)| b.as_slice()).chain([orelse.as_slice()]).collect()
        }
        StmtKind::While { body, orelse, .. } | StmtKind::For { body, orelse, .. } => vec![body, orelse],
        StmtKind::Try { body, handlers, orelse, finally } => {
            let handlers = handlers.iter().map(|h| h.body.as_slice());
            [body.as_slice(), orelse, finally].into_iter().chain(handlers).collect()
        }
        StmtKind::ExpectRaise { body, .. } => vec![body],
        _ => Vec::new(),
    }
}
