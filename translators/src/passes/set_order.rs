//! Rejects programs that show in which order a set holds its items: no target keeps CPython's, which is that of hashes.
//!
//! Looked at are lists and tuples that are made of sets. One is harmless where it is only counted, added up, sorted,
//! searched or made into a set again.

use grammars::Rejection;
use grammars::ir::names::names_read;
use grammars::ir::visit::{Visit, each_function, each_stmt, walk_expr};
use grammars::ir::{Block, Expr, ExprKind, Intrinsic, Module, Place, StmtKind, Type};
use std::collections::BTreeMap;

/// Looks through all functions.
///
/// # Errors
/// `infer.set-order` at the first list that is made of a set and shows its order.
pub fn check(module: &Module) -> Result<(), Rejection> {
    let mut shown = None;
    each_function(module, |function| {
        shown = shown.take().or_else(|| shown_in(&function.body));
    });
    match shown {
        None => Ok(()),
        Some(span) => Err(Rejection::new(
            "infer.set-order",
            span,
            "The order in which a set holds its items can be seen.",
        )),
    }
}

/// Where a body shows the order of a set.
fn shown_in(body: &Block) -> Option<grammars::Span> {
    let mut uses = Uses::default();
    uses.block(body);
    let mut sorted = Vec::new();
    each_stmt(body, |stmt| {
        if let StmtKind::Expr(Expr {
            kind: ExprKind::Intrinsic { op: Intrinsic::Sort { key: false, .. }, args },
            ..
        }) = &stmt.kind
        {
            sorted.extend(args[0].as_local().map(str::to_owned));
        }
    });
    let mut kept: BTreeMap<*const Expr, String> = BTreeMap::new();
    each_stmt(body, |stmt| {
        if let StmtKind::Assign { place: Place::Variable { name, .. }, value } = &stmt.kind {
            kept.insert(std::ptr::from_ref(value), name.clone());
        }
    });
    let read = names_read(body);
    uses.shown.iter().find_map(|(expr, free)| {
        let harmless = *free
            || kept.get(expr).is_some_and(|name| {
                sorted.contains(name) || !read.contains(name) || !uses.orderly.contains(name)
            });
        (!harmless).then(|| uses.spans[expr])
    })
}

/// The lists that are made of sets, and the variables that are read where an order shows.
#[derive(Default)]
struct Uses {
    shown: Vec<(*const Expr, bool)>,
    spans: BTreeMap<*const Expr, grammars::Span>,
    orderly: std::collections::BTreeSet<String>,
    /// The expression at hand is read where no order shows.
    free: bool,
}

impl<'m> Visit<'m> for Uses {
    fn expr(&mut self, expr: &'m Expr) {
        let free = std::mem::take(&mut self.free);
        match &expr.kind {
            ExprKind::Local(name) if !free => {
                self.orderly.insert(name.clone());
            }
            ExprKind::Intrinsic { op: Intrinsic::ToList, args } if is_set(&args[0]) => {
                self.shown.push((std::ptr::from_ref(expr), free));
                self.spans.insert(std::ptr::from_ref(expr), expr.span);
            }
            ExprKind::Intrinsic { op, args } if ignores_order(op, expr) => {
                for arg in args {
                    self.free = true;
                    self.expr(arg);
                }
                self.free = false;
                return;
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// A set with items that can come in more than one order.
fn is_set(e: &Expr) -> bool {
    let few = matches!(&e.kind, ExprKind::Set(items) if items.len() < 2);
    matches!(e.ty, Type::Set(_)) && !few
}

/// Whether an operation gives the same whatever the order of its items.
fn ignores_order(op: &Intrinsic, whole: &Expr) -> bool {
    match op {
        Intrinsic::Len
        | Intrinsic::IsEmpty
        | Intrinsic::Contains
        | Intrinsic::Count
        | Intrinsic::ToSet
        | Intrinsic::Any
        | Intrinsic::All => true,
        Intrinsic::Sorted { key, .. } | Intrinsic::Sort { key, .. } => !key,
        Intrinsic::Min { key, .. } | Intrinsic::Max { key, .. } => !key,
        Intrinsic::Sum => whole.ty == Type::Int,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::python;
    use super::check;

    fn is_rejected(body: &str) -> bool {
        let source = format!("def f(xs: list[int]) -> int:\n{body}\n");
        check(&python(&source)).is_err()
    }

    #[test]
    fn the_order_of_a_set_may_not_be_seen() {
        assert!(is_rejected("    ys = list(set(xs))\n    return ys[0]"));
        assert!(is_rejected(
            "    total = 0\n    for y in list(set(xs)):\n        total = total * 2 + y\n    return total"
        ));
    }

    #[test]
    fn what_asks_for_no_order_is_harmless() {
        assert!(!is_rejected("    return len(list(set(xs)))"));
        assert!(!is_rejected("    ys = list(set(xs))\n    return len(ys) + sum(ys)"));
        assert!(!is_rejected("    ys = list(set(xs))\n    ys.sort()\n    return ys[0]"));
        assert!(!is_rejected("    return sorted(list(set(xs)))[0]"));
    }
}
