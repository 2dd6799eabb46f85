//! Walks over the surface tree: each node's children, in evaluation order where it matters.

use super::*;

/// Looks at statements and expressions. Overridden methods call the `walk_…` function of the same
/// name to go on into the children.
pub trait Visit {
    /// A statement.
    fn stmt(&mut self, stmt: &Stmt) {
        walk_stmt(self, stmt);
    }

    /// An expression.
    fn expr(&mut self, expr: &Expr) {
        walk_expr(self, expr);
    }
}

/// Changes statements and expressions in place; see [`Visit`].
pub trait VisitMut {
    /// A statement.
    fn stmt(&mut self, stmt: &mut Stmt) {
        walk_stmt_mut(self, stmt);
    }

    /// An expression.
    fn expr(&mut self, expr: &mut Expr) {
        walk_expr_mut(self, expr);
    }
}

// The two walks differ in nothing but mutability.
macro_rules! walks {
    ($visit:ident, $walk_stmt:ident, $walk_expr:ident, $params:ident, $iter:ident, $as_deref:ident $(, $mutable:tt)?) => {
        /// Visits the children of a statement.
        pub fn $walk_stmt<V: $visit + ?Sized>(v: &mut V, stmt: &$($mutable)? Stmt) {
            match &$($mutable)? stmt.kind {
                StmtKind::Comment { .. }
                | StmtKind::Break
                | StmtKind::Continue
                | StmtKind::Pass
                | StmtKind::Return(None)
                | StmtKind::Raise(None)
                | StmtKind::Unsupported(_) => {}
                StmtKind::Assign { targets, value } => {
                    v.expr(value);
                    targets.$iter().for_each(|e| v.expr(e));
                }
                StmtKind::AnnAssign { target, value, .. } => {
                    value.$iter().for_each(|e| v.expr(e));
                    v.expr(target);
                }
                StmtKind::AugAssign { target, value, .. } => {
                    v.expr(target);
                    v.expr(value);
                }
                StmtKind::Expr(e) | StmtKind::Return(Some(e)) | StmtKind::Raise(Some(e)) | StmtKind::Yield(e) => {
                    v.expr(e);
                }
                StmtKind::If { branches, orelse } => {
                    for (condition, block) in branches {
                        v.expr(condition);
                        block.$iter().for_each(|s| v.stmt(s));
                    }
                    orelse.$iter().for_each(|s| v.stmt(s));
                }
                StmtKind::While { condition, body, orelse } => {
                    v.expr(condition);
                    body.$iter().for_each(|s| v.stmt(s));
                    orelse.$iter().for_each(|s| v.stmt(s));
                }
                StmtKind::For { target, iter, body, orelse } => {
                    v.expr(iter);
                    v.expr(target);
                    body.$iter().for_each(|s| v.stmt(s));
                    orelse.$iter().for_each(|s| v.stmt(s));
                }
                StmtKind::Try { body, handlers, orelse, finally } => {
                    body.$iter().for_each(|s| v.stmt(s));
                    handlers.$iter().for_each(|h| h.body.$iter().for_each(|s| v.stmt(s)));
                    orelse.$iter().for_each(|s| v.stmt(s));
                    finally.$iter().for_each(|s| v.stmt(s));
                }
                StmtKind::Assert { condition, message } => {
                    v.expr(condition);
                    message.$iter().for_each(|e| v.expr(e));
                }
                StmtKind::ExpectRaise { body, .. } => body.$iter().for_each(|s| v.stmt(s)),
                StmtKind::Delete(targets) => targets.$iter().for_each(|e| v.expr(e)),
                StmtKind::Function(f) => {
                    $params(v, &$($mutable)? f.params);
                    f.body.$iter().for_each(|s| v.stmt(s));
                }
                StmtKind::Class(c) => {
                    for (_, keywords) in &$($mutable)? c.decorators {
                        keywords.$iter().for_each(|(_, e)| v.expr(e));
                    }
                    c.body.$iter().for_each(|s| v.stmt(s));
                }
            }
        }

        /// Visits the children of an expression.
        pub fn $walk_expr<V: $visit + ?Sized>(v: &mut V, expr: &$($mutable)? Expr) {
            match &$($mutable)? expr.kind {
                ExprKind::None
                | ExprKind::Bool(_)
                | ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::Str(_)
                | ExprKind::Name(_)
                | ExprKind::Library(_)
                | ExprKind::Unsupported(_) => {}
                ExprKind::Format(parts) => {
                    for part in parts {
                        if let FormatPart::Value { value, .. } = part {
                            v.expr(value);
                        }
                    }
                }
                ExprKind::List(items)
                | ExprKind::Tuple(items)
                | ExprKind::Set(items)
                | ExprKind::And(items)
                | ExprKind::Or(items) => items.$iter().for_each(|e| v.expr(e)),
                ExprKind::Compare { operands, .. } => operands.$iter().for_each(|e| v.expr(e)),
                ExprKind::Dict(items) => {
                    for (key, value) in items {
                        v.expr(key);
                        v.expr(value);
                    }
                }
                ExprKind::Star(e)
                | ExprKind::Attribute { value: e, .. }
                | ExprKind::Unary { operand: e, .. }
                | ExprKind::Walrus { value: e, .. } => v.expr(e),
                ExprKind::Subscript { value, index } => {
                    v.expr(value);
                    v.expr(index);
                }
                ExprKind::Slice { value, start, stop, step } => {
                    v.expr(value);
                    for bound in [start, stop, step] {
                        if let Some(bound) = bound.$as_deref() {
                            v.expr(bound);
                        }
                    }
                }
                ExprKind::Call { callee, args, keywords } => {
                    v.expr(callee);
                    args.$iter().for_each(|e| v.expr(e));
                    keywords.$iter().for_each(|(_, e)| v.expr(e));
                }
                ExprKind::Binary { left, right, .. } => {
                    v.expr(left);
                    v.expr(right);
                }
                ExprKind::IfElse { condition, then, orelse } => {
                    v.expr(condition);
                    v.expr(then);
                    v.expr(orelse);
                }
                ExprKind::Lambda { params, body } => {
                    $params(v, params);
                    v.expr(body);
                }
                ExprKind::Comprehension { element, value, clauses, .. } => {
                    for clause in clauses {
                        v.expr(&$($mutable)? clause.iter);
                        v.expr(&$($mutable)? clause.target);
                        clause.conditions.$iter().for_each(|e| v.expr(e));
                    }
                    v.expr(element);
                    if let Some(value) = value.$as_deref() {
                        v.expr(value);
                    }
                }
            }
        }

        fn $params<V: $visit + ?Sized>(v: &mut V, params: &$($mutable)? [Param]) {
            for param in params {
                param.default.$iter().for_each(|e| v.expr(e));
            }
        }
    };
}

walks!(Visit, walk_stmt, walk_expr, walk_params, iter, as_deref);
walks!(VisitMut, walk_stmt_mut, walk_expr_mut, walk_params_mut, iter_mut, as_deref_mut, mut);
