//! Lists that serve as heaps. A vector kept in order is one, and its first item is the least; but its
//! other items stand elsewhere than in the source's heap, so nobody may look at them.

use super::{Lower, Lowering, reject};
use grammars::ir::visit::{Visit, walk_expr};
use grammars::ir::{Expr, ExprKind, Function, Intrinsic};
use std::collections::BTreeSet;

impl Lower<'_> {
    /// Rejects a function that shows the order of a heap's items.
    pub(super) fn check_heaps(&self, function: &Function) -> Lowering<()> {
        let mut heaps = Heaps::default();
        heaps.block(&function.body);
        for name in &heaps.names {
            let count = |names: &[&str]| names.iter().filter(|n| *n == name).count();
            if count(&heaps.uses) > count(&heaps.allowed) {
                let message = format!("items of the heap `{name}` other than the first are looked at");
                return reject("julia.heap-order", function.span, message);
            }
        }
        Ok(())
    }
}

/// The heaps of a function, and how its variables are used.
#[derive(Default)]
struct Heaps<'a> {
    names: BTreeSet<&'a str>,
    uses: Vec<&'a str>,
    allowed: Vec<&'a str>,
}

impl<'a> Visit<'a> for Heaps<'a> {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Local(name) => self.uses.push(name),
            ExprKind::Index { base, index, .. } if index.as_int() == Some(0) => {
                self.allowed.extend(base.as_local());
            }
            ExprKind::Intrinsic { op, args } => {
                let heap = matches!(op, Intrinsic::HeapPush | Intrinsic::HeapPop | Intrinsic::Heapify);
                let harmless = matches!(op, Intrinsic::Append | Intrinsic::Len | Intrinsic::IsEmpty);
                if let (true, Some(name)) = (heap || harmless, args.first().and_then(Expr::as_local)) {
                    self.allowed.push(name);
                    if heap {
                        self.names.insert(name);
                    }
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
