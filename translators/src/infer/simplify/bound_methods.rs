//! Methods that were taken out of their object for speed.
//!
//! ```python
//! add = seen.add
//! for x in xs: add(x)      # seen.add(x)
//! ```
//!
//! That is the same while the object's name means the same, and as long as the method is only called.

use super::{Count, Replace, name_of};
use grammars::surface::visit::{Visit, VisitMut, walk_expr};
use grammars::surface::{CompareOp, Expr, ExprKind, Stmt, StmtKind};

/// Methods of the library's containers and texts, which change nothing of what the name means.
const METHODS: [&str; 18] = [
    "__contains__",
    "add",
    "append",
    "appendleft",
    "clear",
    "discard",
    "extend",
    "get",
    "insert",
    "items",
    "join",
    "keys",
    "pop",
    "popleft",
    "remove",
    "setdefault",
    "update",
    "values",
];

/// `name = object.method`: the three names.
pub(super) fn alias(stmt: &Stmt) -> Option<(&str, &str, &str)> {
    let StmtKind::Assign { targets, value } = &stmt.kind else { return None };
    let ([target], ExprKind::Attribute { value, name: method }) = (targets.as_slice(), &value.kind) else {
        return None;
    };
    let known = METHODS.contains(&method.as_str());
    known.then_some((name_of(target)?, name_of(value)?, method))
}

/// Calls the methods where they are, in the body of a function.
pub(super) fn rewrite(body: &mut Vec<Stmt>) {
    let mut found = Vec::new();
    for stmt in body.iter() {
        if let Some((name, object, method)) = alias(stmt) {
            found.push((name.to_owned(), object.to_owned(), method.to_owned()));
        }
    }
    for (name, object, method) in found {
        if !is_only_called(&name, &object, body) {
            continue;
        }
        body.retain(|stmt| alias(stmt).is_none_or(|(alias, ..)| alias != name));
        let mut calls = Replace(|e: &mut Expr| put_back(e, &name, &object, &method));
        body.iter_mut().for_each(|stmt| calls.stmt(stmt));
    }
}

/// The alias is assigned once, before the object's name could be assigned again, and only called.
fn is_only_called(name: &str, object: &str, body: &[Stmt]) -> bool {
    let alias_count = Count::of(name, body);
    let mut calls = Calls { name, count: 0 };
    body.iter().for_each(|stmt| calls.stmt(stmt));
    // The assignment mentions the name once more.
    let only_called = alias_count.stores == 1 && alias_count.uses == calls.count + 1;
    let at = body.iter().position(|stmt| alias(stmt).is_some_and(|(alias, ..)| alias == name));
    only_called && at.is_some_and(|at| Count::of(object, &body[at + 1..]).stores == 0)
}

struct Calls<'n> {
    name: &'n str,
    count: usize,
}

impl Visit for Calls<'_> {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Call { callee, .. } = &expr.kind {
            self.count += usize::from(name_of(callee) == Some(self.name));
        }
        walk_expr(self, expr);
    }
}

/// `name(x)` becomes `object.method(x)`.
fn put_back(e: &mut Expr, name: &str, object: &str, method: &str) {
    let span = e.span;
    let ExprKind::Call { callee, args, keywords } = &mut e.kind else { return };
    if name_of(callee) != Some(name) {
        return;
    }
    let receiver = Expr { kind: ExprKind::Name(object.to_owned()), span: callee.span };
    if method == "__contains__" && args.len() == 1 && keywords.is_empty() {
        let operands = vec![args.remove(0), receiver];
        e.kind = ExprKind::Compare { operands, ops: vec![CompareOp::In] };
        e.span = span;
        return;
    }
    callee.kind = ExprKind::Attribute { value: Box::new(receiver), name: method.to_owned() };
}
