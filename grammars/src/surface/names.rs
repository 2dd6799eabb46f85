//! Which names statements bind, and which of an outer scope they use.

use super::visit::{Visit, walk_expr, walk_stmt};
use super::*;
use std::collections::BTreeSet;

/// A set of names, in a fixed order.
pub type Names = BTreeSet<String>;

/// The names that statements use from the scope around them; what they bind at their own level
/// counts as used, what functions, lambdas and comprehensions bind inside does not.
pub fn used(stmts: &[Stmt]) -> Names {
    let mut collector = Used::default();
    stmts.iter().for_each(|s| collector.stmt(s));
    collector.names
}

/// As [`used`], for one expression.
pub fn used_by_expr(expr: &Expr) -> Names {
    let mut collector = Used::default();
    collector.expr(expr);
    collector.names
}

/// The names that statements bind at their own level: assigned, iterated, defined, caught.
pub fn bound(stmts: &[Stmt]) -> Names {
    let mut collector = Bound::default();
    stmts.iter().for_each(|s| collector.stmt(s));
    collector.names
}

/// The names that an assignment target binds.
pub fn bound_by_target(target: &Expr) -> Names {
    let mut names = Names::new();
    bind_target(target, &mut names);
    names
}

fn bind_target(target: &Expr, names: &mut Names) {
    match &target.kind {
        ExprKind::Name(name) => {
            names.insert(name.clone());
        }
        ExprKind::Star(inner) => bind_target(inner, names),
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|i| bind_target(i, names)),
        _ => {}
    }
}

#[derive(Default)]
struct Bound {
    names: Names,
}

impl Visit for Bound {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(|t| bind_target(t, &mut self.names)),
            StmtKind::AnnAssign { target, .. }
            | StmtKind::AugAssign { target, .. }
            | StmtKind::For { target, .. } => bind_target(target, &mut self.names),
            StmtKind::Try { handlers, .. } => {
                self.names.extend(handlers.iter().filter_map(|h| h.binding.clone()));
            }
            StmtKind::Function(f) => {
                self.names.insert(f.name.clone());
                return;
            }
            StmtKind::Class(c) => {
                self.names.insert(c.name.clone());
                return;
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Lambda { .. } => return,
            ExprKind::Walrus { name, .. } => {
                self.names.insert(name.clone());
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

#[derive(Default)]
struct Used {
    names: Names,
}

impl Used {
    /// Adds what `inside` uses, without the names in `own`.
    fn except(&mut self, own: &Names, inside: impl FnOnce(&mut Used)) {
        let mut inner = Used::default();
        inside(&mut inner);
        self.names.extend(inner.names.into_iter().filter(|n| !own.contains(n)));
    }

    fn hint(&mut self, hint: &TypeHint) {
        self.names.insert(hint.name.clone());
        hint.args.iter().for_each(|a| self.hint(a));
    }

    fn params(&mut self, params: &[Param]) {
        for param in params {
            param.hint.iter().for_each(|h| self.hint(h));
            param.default.iter().for_each(|d| self.expr(d));
        }
    }

    fn function(&mut self, f: &Function) {
        self.params(&f.params);
        f.returns.iter().for_each(|h| self.hint(h));
        self.names.extend(f.decorators.iter().map(|d| first_part(d)));
        let mut own = bound(&f.body);
        own.extend(f.params.iter().map(|p| p.name.clone()));
        f.outer_names.iter().for_each(|n| {
            own.remove(n);
        });
        self.except(&own, |inner| f.body.iter().for_each(|s| inner.stmt(s)));
    }

    fn class(&mut self, c: &Class) {
        self.names
            .extend(c.bases.iter().chain(c.decorators.iter().map(|(path, _)| path)).map(|p| first_part(p)));
        for stmt in &c.body {
            match &stmt.kind {
                StmtKind::Function(f) => self.function(f),
                _ => self.except(&bound(&c.body), |inner| inner.stmt(stmt)),
            }
        }
    }
}

fn first_part(path: &str) -> String {
    path.split('.').next().unwrap_or_default().to_owned()
}

impl Visit for Used {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Function(f) => {
                self.names.insert(f.name.clone());
                self.function(f);
                return;
            }
            StmtKind::Class(c) => {
                self.names.insert(c.name.clone());
                self.class(c);
            }
            StmtKind::AnnAssign { hint, .. } => self.hint(hint),
            StmtKind::Try { handlers, .. } => {
                for handler in handlers {
                    self.names.extend(handler.kinds.iter().map(|k| first_part(k)));
                    self.names.extend(handler.binding.clone());
                }
            }
            StmtKind::ExpectRaise { kinds, .. } => self.names.extend(kinds.iter().map(|k| first_part(k))),
            _ => {}
        }
        if !matches!(stmt.kind, StmtKind::Class(_)) {
            walk_stmt(self, stmt);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) => {
                self.names.insert(name.clone());
            }
            ExprKind::Walrus { name, .. } => {
                self.names.insert(name.clone());
            }
            ExprKind::Lambda { params, body } => {
                self.params(params);
                let own = params.iter().map(|p| p.name.clone()).collect();
                self.except(&own, |inner| inner.expr(body));
                return;
            }
            ExprKind::Comprehension { element, value, clauses, .. } => {
                let own = clauses.iter().flat_map(|c| bound_by_target(&c.target)).collect();
                // The first iterable is outside. It is looked at once only: comprehensions nested in it
                // would take twice the time for each level.
                clauses.iter().take(1).for_each(|c| self.expr(&c.iter));
                self.except(&own, |inner| {
                    clauses.iter().skip(1).for_each(|c| inner.expr(&c.iter));
                    clauses
                        .iter()
                        .flat_map(|c| [&c.target].into_iter().chain(&c.conditions))
                        .for_each(|e| inner.expr(e));
                    inner.expr(element);
                    value.iter().for_each(|value| inner.expr(value));
                });
                return;
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
