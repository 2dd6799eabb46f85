//! Defaults that are one object for all calls.
//!
//! ```python
//! def add(item, items=[]):
//!     items.append(item)      # the next call finds it there
//! ```

use grammars::surface::visit::{Visit, walk_expr, walk_stmt};
use grammars::surface::{Expr, ExprKind, Stmt, StmtKind};

/// The default is a container, and the body may change it or pass it on.
pub(super) fn is_shared(name: &str, default: &Expr, body: &[Stmt]) -> bool {
    let container = match &default.kind {
        ExprKind::List(_) | ExprKind::Dict(_) | ExprKind::Set(_) | ExprKind::Comprehension { .. } => true,
        ExprKind::Call { callee, .. } => {
            matches!(&callee.kind, ExprKind::Library(path) if makes_container(path))
        }
        _ => false,
    };
    container && {
        let mut uses = Uses { name, shared: false };
        body.iter().for_each(|s| uses.stmt(s));
        uses.shared
    }
}

fn makes_container(path: &str) -> bool {
    matches!(path, "builtins.list" | "builtins.dict" | "builtins.set") || path.starts_with("collections.")
}

/// Looks for uses of a name beyond reading items from it.
struct Uses<'n> {
    name: &'n str,
    shared: bool,
}

impl Uses<'_> {
    fn is_it(&self, e: &Expr) -> bool {
        matches!(&e.kind, ExprKind::Name(name) if name == self.name)
    }

    /// Visits what stands around the name where the name alone does no harm.
    fn around(&mut self, parts: &[&Expr]) {
        for part in parts {
            if !self.is_it(part) {
                self.expr(part);
            }
        }
    }
}

impl Visit for Uses<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::For { iter, .. } if self.is_it(iter) => {
                super::walk::blocks(stmt).into_iter().flatten().for_each(|s| self.stmt(s));
            }
            StmtKind::Assign { targets, value } => {
                self.expr(value);
                for target in targets.iter().filter(|t| !matches!(t.kind, ExprKind::Name(_))) {
                    // Storing an item changes the object.
                    walk_expr(self, target);
                    if let ExprKind::Subscript { value, .. } = &target.kind {
                        self.shared |= self.is_it(value);
                    }
                }
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        const READING: [&str; 9] =
            ["get", "items", "keys", "values", "index", "count", "copy", "issubset", "union"];
        match &expr.kind {
            ExprKind::Name(_) => self.shared |= self.is_it(expr),
            ExprKind::Subscript { value, index } => self.around(&[value, index]),
            ExprKind::Slice { value, start, stop, step } => {
                let bounds = [start, stop, step].into_iter().flatten().map(|b| &**b);
                let parts: Vec<&Expr> = [&**value].into_iter().chain(bounds).collect();
                self.around(&parts);
            }
            ExprKind::Compare { operands, .. } => self.around(&operands.iter().collect::<Vec<_>>()),
            ExprKind::Call { callee, args, keywords } => match &callee.kind {
                ExprKind::Library(path) if path.starts_with("builtins.") => {
                    self.around(&args.iter().chain(keywords.iter().map(|(_, e)| e)).collect::<Vec<_>>());
                }
                ExprKind::Attribute { value, name } if READING.contains(&name.as_str()) => {
                    self.around(&[&**value]);
                    args.iter().for_each(|a| self.expr(a));
                }
                _ => walk_expr(self, expr),
            },
            _ => walk_expr(self, expr),
        }
    }
}
