//! Heaps as lists in order, which is one of the orders that a heap may have: only where nobody looks
//! at more than the least item and the number of items.

use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Relation, Stmt, Until};
use grammars::Span;
use grammars::ir::visit::{any_expr_in, each_expr};
use grammars::ir::{self, Block, CompareOp, Expr as IrExpr, ExprKind, Intrinsic, Place};

impl Lower<'_> {
    /// `heappush`: the item goes before the first greater one.
    pub fn heap_push(&mut self, heap: &IrExpr, item: &IrExpr) -> Result<()> {
        let list = self.heap(heap)?;
        let item = self.readable(item.clone())?;
        let count = self.count_of(&list, heap.span)?;
        let counter = self.position("INSERT-POS");
        let other = self.element_of(&list, counter.clone().into());
        let (before, greater) =
            self.apart(|this| this.cond(&IrExpr::compare(CompareOp::Gt, other, item.clone())))?;
        let beyond = Cond::relation(counter.clone(), Relation::Gt, count);
        let (from, by) = (Expr::int(1), Expr::int(1));
        let (until, body) = if before.is_empty() {
            (Cond::any(vec![beyond, greater]), vec![Stmt::Continue])
        } else {
            let mut body = before;
            body.push(Stmt::If(greater, vec![Stmt::ExitPerform], Vec::new()));
            (beyond, body)
        };
        self.emit(Stmt::Perform(Until::Varying { counter: counter.clone(), from, by, until }, body));
        self.insert_at(&list, counter.into(), &item)
    }

    /// `heappop`: the first item is the least one.
    pub fn heap_pop(&mut self, dest: Option<&Loc>, heap: &IrExpr, span: Span) -> Result<()> {
        self.heap(heap)?;
        self.pop(dest, &Intrinsic::PopFirst, std::slice::from_ref(heap), span)
    }

    /// `heapify`.
    pub fn heapify(&mut self, heap: &IrExpr) -> Result<()> {
        self.heap(heap)?;
        self.sort_in_place(heap, false, None)
    }

    /// The list of a heap; rejected where its order can be seen.
    fn heap(&mut self, heap: &IrExpr) -> Result<Loc> {
        let hidden = heap.as_local().zip(self.body).is_some_and(|(name, body)| is_hidden(name, body));
        let list = self.stored(heap)?;
        let own = self.storage.iter().any(|node| node.name == list.record);
        if !hidden || !own {
            return reject("heap", heap.span, "the order of this heap's items can be seen");
        }
        Ok(list)
    }
}

/// Whether `body` looks at nothing of the list `name` but its first item and its length.
fn is_hidden(name: &str, body: &Block) -> bool {
    // What is written at a place is read there by no expression that counts as hidden.
    let (mut read, mut hidden) = (0, 0);
    each_expr(body, |e| match &e.kind {
        ExprKind::Local(local) if local == name => read += 1,
        ExprKind::Intrinsic { op, args } => {
            let keeps = matches!(
                op,
                Intrinsic::HeapPush
                    | Intrinsic::HeapPop
                    | Intrinsic::Heapify
                    | Intrinsic::Len
                    | Intrinsic::IsEmpty
            );
            hidden += usize::from(keeps && args.first().and_then(IrExpr::as_local) == Some(name));
        }
        ExprKind::Index { base, index, .. } => {
            hidden += usize::from(base.as_local() == Some(name) && index.as_int() == Some(0));
        }
        _ => {}
    });
    read == hidden && is_made(name, body)
}

/// Whether the list `name` is a heap from the start: others have an order that their pops show.
fn is_made(name: &str, body: &Block) -> bool {
    let heapified = any_expr_in(body, |e| {
        matches!(&e.kind, ExprKind::Intrinsic { op: Intrinsic::Heapify, args }
            if args.first().and_then(IrExpr::as_local) == Some(name))
    });
    let mut ordered = true;
    ir::visit::each_stmt(body, |stmt| {
        if let ir::StmtKind::Assign { place, value } = &stmt.kind {
            ordered &= assigns_ordered(name, place, Some(value));
        }
    });
    heapified || ordered
}

/// Whether an assignment gives `name`, if it does at all, a list in order.
fn assigns_ordered(name: &str, place: &Place, value: Option<&IrExpr>) -> bool {
    match (place, value.map(|value| &value.kind)) {
        (Place::Variable { name: assigned, .. }, kind) => {
            assigned != name
                || match kind {
                    Some(ExprKind::List(items)) => items.len() <= 1,
                    Some(ExprKind::Intrinsic { op: Intrinsic::Sorted { reverse, key }, .. }) => {
                        !reverse && !key
                    }
                    _ => false,
                }
        }
        (Place::Tuple(places), Some(ExprKind::Tuple(values))) => {
            places.iter().zip(values).all(|(place, value)| assigns_ordered(name, place, Some(value)))
        }
        (Place::Tuple(places), _) => places.iter().all(|place| assigns_ordered(name, place, None)),
        _ => true,
    }
}
