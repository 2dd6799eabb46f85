//! Which variables a block changes, and whether a copy can be told from a shared object.

use crate::passes::effects::changes_first;
use grammars::ir::names::{free_names, names_assigned};
use grammars::ir::text::print_expr;
use grammars::ir::visit::{each_expr, each_stmt};
use grammars::ir::{BinaryOp, Block, Expr, ExprKind, Intrinsic, Module, Place, Stmt, StmtKind};
use std::collections::BTreeSet;

/// The variables that `block` assigns, or whose contents it changes.
pub fn changed(block: &Block, module: &Module) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = names_assigned(block).into_iter().collect();
    names.extend(mutated(block, module));
    names
}

/// The variables whose contents `block` changes in place.
pub fn mutated(block: &Block, module: &Module) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each_stmt(block, |stmt| {
        if let StmtKind::Assign { place, .. } | StmtKind::AugAssign { place, .. } = &stmt.kind {
            places(place, &mut names);
        }
        if let StmtKind::AugAssign { place: Place::Variable { name, ty }, .. } = &stmt.kind
            && is_mutable(ty)
        {
            names.insert(name.clone());
        }
    });
    each_expr(block, |expr| match &expr.kind {
        ExprKind::Intrinsic { op, args } if changes_first(op) => {
            names.extend(args.first().and_then(root));
        }
        ExprKind::Call { function, args } => {
            if let Some(callee) = module.function(function) {
                let changed = args.iter().zip(&callee.params).filter(|(_, param)| param.mutated);
                names.extend(changed.filter_map(|(arg, _)| root(arg)));
            }
        }
        _ => {}
    });
    names
}

fn places(place: &Place, names: &mut BTreeSet<String>) {
    match place {
        Place::Variable { .. } => {}
        Place::Item { base, .. } | Place::Slice { base, .. } | Place::Field { object: base, .. } => {
            names.extend(root(base));
        }
        Place::Part(selection) => names.extend(root(selection)),
        Place::Tuple(parts) => parts.iter().for_each(|part| places(part, names)),
    }
}

/// The variable in which a value lies.
pub fn root(e: &Expr) -> Option<String> {
    match &e.kind {
        ExprKind::Local(name) => Some(name.clone()),
        ExprKind::Index { base, .. } | ExprKind::Lookup { base, .. } => root(base),
        ExprKind::Field { object, .. } => root(object),
        ExprKind::Convert { value, .. } => root(value),
        ExprKind::Intrinsic { op: Intrinsic::SetDefault | Intrinsic::Get | Intrinsic::GetOr, args } => {
            args.first().and_then(root)
        }
        _ => None,
    }
}

/// The variables in one of which a value lies: a choice has several.
fn roots(e: &Expr) -> Vec<String> {
    match &e.kind {
        ExprKind::IfElse { then, orelse, .. } => [roots(then), roots(orelse)].concat(),
        ExprKind::Intrinsic { op: Intrinsic::Min { .. } | Intrinsic::Max { .. }, args } => {
            args.first().map(roots).unwrap_or_default()
        }
        ExprKind::Intrinsic { op: Intrinsic::MinOf | Intrinsic::MaxOf, args } => {
            args.iter().flat_map(roots).collect()
        }
        _ => root(e).into_iter().collect(),
    }
}

/// Whether an object of the type can change.
pub fn is_mutable(ty: &grammars::ir::Type) -> bool {
    use grammars::ir::Type;
    match ty {
        Type::List(_) | Type::Dict(..) | Type::Set(_) | Type::Class(_) => true,
        Type::Optional(inner) => is_mutable(inner),
        Type::Tuple(parts) => parts.iter().any(is_mutable),
        _ => false,
    }
}

/// Whether `stmt` makes two names or places share an object that the body changes: a copy would
/// behave differently.
pub fn shares(stmt: &Stmt, body: &Block, module: &Module) -> bool {
    let changed = mutated(body, module);
    let (target, value) = match &stmt.kind {
        StmtKind::Assign { place, value } => (target_root(place), value),
        StmtKind::Expr(Expr {
            kind: ExprKind::Intrinsic { op: Intrinsic::Append | Intrinsic::Insert, args },
            ..
        }) => match args.last() {
            Some(value) => (args.first().and_then(root), value),
            None => return false,
        },
        StmtKind::Expr(call @ Expr { kind: ExprKind::Call { .. }, .. }) => {
            let kept = kept_by_call(call, module);
            return kept.iter().any(|name| changed.contains(name))
                && !rebound_first(&kept, stmt, body, module);
        }
        _ => return false,
    };
    if !is_mutable(&value.ty) {
        return false;
    }
    if repeats_objects(value) && target.as_ref().is_some_and(|name| changes_items(name, body, module)) {
        return true;
    }
    let sources = [roots(value), kept_by_call(value, module)].concat();
    if sources.is_empty() {
        return false;
    }
    // A container's own place is no name of the object.
    let name = match &stmt.kind {
        StmtKind::Assign { place: Place::Variable { .. }, .. } => target,
        _ => None,
    };
    if name.as_ref().is_some_and(|name| is_put_back(name, value, stmt, body)) {
        return false;
    }
    let names: Vec<String> = sources.into_iter().chain(name).collect();
    names.iter().any(|name| changed.contains(name)) && !rebound_first(&names, stmt, body, module)
}

/// Whether what `value` got from a dict is changed under the name `name` and then stored under the same key:
/// `xs = d.get(k, [])`, `xs.append(v)`, `d[k] = xs`.
fn is_put_back(name: &str, value: &Expr, stmt: &Stmt, body: &Block) -> bool {
    let ExprKind::Intrinsic { op: Intrinsic::GetOr, args } = &value.kind else { return false };
    let mut path = Vec::new();
    if !path_to(stmt, body, false, &mut path) {
        return false;
    }
    let Some((block, at, _)) = path.last() else { return false };
    let [change, store, ..] = &block[at + 1..] else { return false };
    let changes = matches!(&change.kind, StmtKind::Expr(Expr { kind: ExprKind::Intrinsic { op, args: changed }, .. })
        if changes_first(op) && changed[0].as_local() == Some(name));
    let stores = matches!(&store.kind, StmtKind::Assign { place: Place::Item { base, index, .. }, value: stored }
        if print_expr(base) == print_expr(&args[0]) && print_expr(index) == print_expr(&args[1])
            && stored.as_local() == Some(name));
    changes && stores
}

/// Whether a list is made of one object several times over: `[[0] * m] * n`.
fn repeats_objects(e: &Expr) -> bool {
    let ExprKind::Binary { op: BinaryOp::Repeat, left, right, .. } = &e.kind else { return false };
    let once = right.as_int().is_some_and(|times| times <= 1);
    !once && left.ty.element().is_some_and(|item| is_mutable(&item))
}

/// Whether `body` changes an object that lies in the variable `name`, by its place there or by a name that the items
/// are given.
fn changes_items(name: &str, body: &Block, module: &Module) -> bool {
    let inside = |e: &Expr| !matches!(e.kind, ExprKind::Local(_)) && root(e).as_deref() == Some(name);
    let mut found = false;
    let mut names = BTreeSet::new();
    each_stmt(body, |stmt| match &stmt.kind {
        StmtKind::Assign { place, value } => {
            found |= changed_place(place).is_some_and(inside);
            if let Place::Variable { name: item, .. } = place
                && inside(value)
            {
                names.insert(item.clone());
            }
        }
        StmtKind::AugAssign { place, .. } => {
            found |= changed_place(place).is_some_and(inside)
                || matches!(place, Place::Item { base, .. } if base.as_local() == Some(name)
                    && base.ty.element().is_some_and(|item| is_mutable(&item)));
        }
        StmtKind::For { pattern, iter, .. } if free_names(iter).contains(name) => {
            names.extend(pattern.names().into_iter().map(|(item, _)| item.to_string()));
        }
        _ => {}
    });
    each_expr(body, |e| match &e.kind {
        ExprKind::Intrinsic { op, args } if changes_first(op) => {
            found |= args.first().is_some_and(inside);
        }
        ExprKind::Call { function, args } => {
            if let Some(callee) = module.function(function) {
                let mut changed = args.iter().zip(&callee.params).filter(|(_, param)| param.mutated);
                // What the function changes in the list may be an item.
                found |= changed.any(|(arg, _)| root(arg).as_deref() == Some(name));
            }
        }
        _ => {}
    });
    let changed = mutated(body, module);
    found || names.iter().any(|item| changed.contains(item))
}

/// What an assignment changes in place.
fn changed_place(place: &Place) -> Option<&Expr> {
    match place {
        Place::Item { base, .. } | Place::Slice { base, .. } | Place::Field { object: base, .. } => {
            Some(base)
        }
        Place::Part(selection) => Some(selection),
        Place::Variable { .. } | Place::Tuple(_) => None,
    }
}

/// Whether a call gives an object that lies in one of its arguments, so that a change of the copy
/// that COBOL gets would be lost.
pub fn gives_shared(e: &Expr, module: &Module) -> bool {
    let chosen = matches!(
        &e.kind,
        ExprKind::IfElse { .. }
            | ExprKind::Intrinsic {
                op: Intrinsic::Get | Intrinsic::GetOr | Intrinsic::Min { .. } | Intrinsic::Max { .. },
                ..
            }
    );
    is_mutable(&e.ty) && (!kept_by_call(e, module).is_empty() || chosen && !roots(e).is_empty())
}

/// The variables whose objects the function called keeps: in its result or in another argument.
fn kept_by_call(e: &Expr, module: &Module) -> Vec<String> {
    let ExprKind::Call { function, args } = &e.kind else { return Vec::new() };
    let Some(callee) = module.function(function) else { return Vec::new() };
    let mut kept = BTreeSet::new();
    let mut keep = |value: &Expr| {
        if is_mutable(&value.ty) {
            kept.extend(roots(value));
        }
    };
    each_stmt(&callee.body, |stmt| match &stmt.kind {
        StmtKind::Return(Some(value)) => keep(value),
        StmtKind::Assign { place: Place::Field { .. } | Place::Item { .. }, value } => keep(value),
        StmtKind::Expr(Expr { kind: ExprKind::Intrinsic { op, args }, .. }) if changes_first(op) => {
            args.iter().skip(1).for_each(&mut keep);
        }
        _ => {}
    });
    // Other names for what is kept are kept too.
    loop {
        let known = kept.len();
        each_stmt(&callee.body, |stmt| {
            if let StmtKind::Assign { place: Place::Variable { name, .. }, value } = &stmt.kind
                && kept.contains(name)
            {
                kept.extend(roots(value));
            }
        });
        if kept.len() == known {
            break;
        }
    }
    let pairs = args.iter().zip(&callee.params).filter(|(_, param)| kept.contains(&param.name));
    pairs.filter_map(|(arg, _)| root(arg)).collect()
}

fn target_root(place: &Place) -> Option<String> {
    match place {
        Place::Variable { name, .. } => Some(name.clone()),
        Place::Item { base, .. } => root(base),
        _ => None,
    }
}

/// Whether, after `stmt`, one of `names` is given another object before anything is changed.
fn rebound_first(names: &[String], stmt: &Stmt, body: &Block, module: &Module) -> bool {
    let mut path = Vec::new();
    if !path_to(stmt, body, false, &mut path) {
        return false;
    }
    // Innermost block first: what follows there, then its loop's next turn, then what follows
    // behind the loop.
    for (block, at, is_loop) in path.iter().rev() {
        match first_event(names, &block[at + 1..], module) {
            Some(rebound) => return rebound,
            None if *is_loop && first_event(names, block, module) == Some(false) => return false,
            None => {}
        }
    }
    true
}

/// What comes first in `stmts`: one of `names` is rebound or the function left (`true`), or the
/// object that they refer to is changed (`false`).
fn first_event(names: &[String], stmts: &[Stmt], module: &Module) -> Option<bool> {
    for next in stmts {
        match &next.kind {
            StmtKind::Assign { place: Place::Variable { name, .. }, value } if names.contains(name) => {
                return Some(root(value).is_none_or(|root| !names.contains(&root)));
            }
            StmtKind::Return(_) => return Some(true),
            _ => {
                let changed = mutated(&vec![next.clone()], module);
                if names.iter().any(|name| changed.contains(name)) {
                    return Some(false);
                }
            }
        }
    }
    None
}

/// The blocks around `stmt`, outermost first, with its place in them and whether they are the
/// bodies of loops.
fn path_to<'a>(
    stmt: &Stmt,
    block: &'a [Stmt],
    is_loop: bool,
    path: &mut Vec<(&'a [Stmt], usize, bool)>,
) -> bool {
    for (at, here) in block.iter().enumerate() {
        path.push((block, at, is_loop));
        if std::ptr::eq(here, stmt) {
            return true;
        }
        let inner: Vec<(&Block, bool)> = match &here.kind {
            StmtKind::If { branches, orelse } => {
                branches.iter().map(|(_, block)| (block, false)).chain([(orelse, false)]).collect()
            }
            StmtKind::While { body, orelse, .. } | StmtKind::For { body, orelse, .. } => {
                vec![(body, true), (orelse, false)]
            }
            StmtKind::Loop { body, update, .. } => vec![(body, true), (update, true)],
            StmtKind::Try { body, handlers, orelse, finally } => {
                let handlers = handlers.iter().map(|h| (&h.body, false));
                [(body, false)]
                    .into_iter()
                    .chain(handlers)
                    .chain([(orelse, false), (finally, false)])
                    .collect()
            }
            _ => Vec::new(),
        };
        if inner.into_iter().any(|(block, is_loop)| path_to(stmt, block, is_loop, path)) {
            return true;
        }
        path.pop();
    }
    false
}
