//! Putting the one expression of a function in place of a call.

use crate::Span;
use crate::surface::names::{bound_by_target, used_by_expr};
use crate::surface::visit::{Visit, VisitMut, walk_expr, walk_expr_mut};
use crate::surface::{Expr, ExprKind, Function, Stmt, StmtKind};
use std::collections::{BTreeMap, BTreeSet};

/// Whether the function is one expression that can stand in place of a call with these arguments
/// without evaluating one of them more than once, or in another order.
pub(super) fn is_inlined(function: &Function, args: &[Expr]) -> bool {
    let Some(value) = value_of(function) else { return false };
    let mut uses = Uses::default();
    uses.expr(value);
    let evaluated = function.params.iter().zip(args).filter(|(_, arg)| !is_simple(arg));
    let evaluated: Vec<&String> = evaluated.map(|(param, _)| &param.name).collect();
    let in_order = uses.outside.iter().filter(|name| evaluated.contains(name)).eq(evaluated.iter().copied());
    let captured = args.iter().flat_map(used_by_expr).any(|name| uses.bound.contains(&name));
    in_order && !captured && !evaluated.iter().any(|name| uses.inside.contains(*name))
}

/// The function's value for these arguments.
pub(super) fn inlined(function: &Function, args: &[Expr], span: Span) -> ExprKind {
    let Some(value) = value_of(function) else { return ExprKind::None };
    let arguments = function.params.iter().map(|p| p.name.as_str()).zip(args).collect();
    let mut value = value.clone();
    Substitution { arguments, span }.expr(&mut value);
    value.kind
}

fn value_of(function: &Function) -> Option<&Expr> {
    match function.body.as_slice() {
        [Stmt { kind: StmtKind::Return(Some(value)), .. }] => Some(value),
        _ => None,
    }
}

/// Cheap, and the same each time.
fn is_simple(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Name(_) | ExprKind::Str(_) | ExprKind::Int(_))
}

/// Which names an expression uses and binds.
#[derive(Default)]
struct Uses {
    depth: usize,
    /// Outside of comprehensions, in the order of evaluation.
    outside: Vec<String>,
    inside: BTreeSet<String>,
    bound: BTreeSet<String>,
}

impl Visit for Uses {
    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) if self.depth > 0 => {
                self.inside.insert(name.clone());
            }
            ExprKind::Name(name) => self.outside.push(name.clone()),
            ExprKind::Comprehension { clauses, .. } => {
                for clause in clauses {
                    self.bound.extend(bound_by_target(&clause.target));
                }
                self.depth += 1;
                walk_expr(self, expr);
                self.depth -= 1;
                return;
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

struct Substitution<'a> {
    arguments: BTreeMap<&'a str, &'a Expr>,
    span: Span,
}

impl VisitMut for Substitution<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Name(name) = &expr.kind
            && let Some(arg) = self.arguments.get(name.as_str())
        {
            *expr = (*arg).clone();
            return;
        }
        expr.span = self.span;
        walk_expr_mut(self, expr);
        if let Some(length) = literal_length(expr) {
            expr.kind = ExprKind::Int(length.to_string());
        }
    }
}

/// `len("text")` as a number.
fn literal_length(expr: &Expr) -> Option<usize> {
    let ExprKind::Call { callee, args, .. } = &expr.kind else { return None };
    match (&callee.kind, args.as_slice()) {
        (ExprKind::Library(path), [Expr { kind: ExprKind::Str(text), .. }]) if path == "builtins.len" => {
            Some(text.chars().count())
        }
        _ => None,
    }
}
