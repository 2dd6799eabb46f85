//! Kinds of containers that a function makes by a parameter: `factory=dict`, called as `factory()`.
//!
//! As a function `dict` has many meanings; called without arguments it is `lambda: {}`.

use super::{Count, name_of};
use grammars::surface::visit::{Visit, walk_expr};
use grammars::surface::{Expr, ExprKind, Function};

/// Says what the defaults of the function's parameters make, where that is all they are for.
pub(super) fn rewrite(f: &mut Function) {
    for at in 0..f.params.len() {
        let name = f.params[at].name.clone();
        let Some(default) = &f.params[at].default else { continue };
        let Some(empty) = empty_of(default) else { continue };
        let span = default.span;
        let count = Count::of(&name, &f.body);
        let mut calls = Calls { name: &name, count: 0 };
        f.body.iter().for_each(|stmt| calls.stmt(stmt));
        if count.stores == 0 && count.uses == calls.count && calls.count > 0 {
            let body = Box::new(Expr { kind: empty, span });
            f.params[at].default = Some(Expr { kind: ExprKind::Lambda { params: Vec::new(), body }, span });
        }
    }
}

/// Whether the default is the name of a kind of container.
pub(super) fn is_kind(default: &Expr) -> bool {
    empty_of(default).is_some()
}

fn empty_of(default: &Expr) -> Option<ExprKind> {
    match &default.kind {
        ExprKind::Library(path) if path == "builtins.dict" => Some(ExprKind::Dict(Vec::new())),
        ExprKind::Library(path) if path == "builtins.list" => Some(ExprKind::List(Vec::new())),
        _ => None,
    }
}

/// Calls without arguments.
struct Calls<'n> {
    name: &'n str,
    count: usize,
}

impl Visit for Calls<'_> {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Call { callee, args, keywords } = &expr.kind {
            let empty = args.is_empty() && keywords.is_empty();
            self.count += usize::from(empty && name_of(callee) == Some(self.name));
        }
        walk_expr(self, expr);
    }
}
