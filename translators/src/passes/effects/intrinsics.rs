//! What the intrinsics do to objects.

use super::alias::Walk;
use super::graph::Node;
use grammars::ir::{ArrayOp, Expr, Intrinsic};

/// Whether the intrinsic changes its first argument.
pub(crate) fn changes_first(op: &Intrinsic) -> bool {
    use Intrinsic::*;
    matches!(
        op,
        Clear
            | Append
            | Extend
            | Insert
            | Pop
            | PopFirst
            | Prepend
            | RemoveItem
            | DeleteAt
            | Reverse
            | Sort { .. }
            | SetDefault
            | PopKey
            | DeleteKey
            | Update
            | Add
            | Discard
            | RemoveMember
            | AddAll
            | HeapPush
            | HeapPop
            | Heapify
            | Array(ArrayOp::SortInPlace)
            | RandomShuffle
    )
}

impl<'m> Walk<'_, 'm> {
    /// Walks an intrinsic's arguments and says what it changes and what its result shares.
    pub(super) fn intrinsic(&mut self, op: &Intrinsic, args: &'m [Expr], shared: bool) -> Option<Node> {
        let nodes: Vec<Option<Node>> = args.iter().map(|arg| self.value(arg)).collect();
        let first = nodes.first().copied().flatten();
        if let Some(first) = first.filter(|_| changes_first(op)) {
            self.graph.mark(first);
        }
        self.stored(op, &nodes);
        self.applied(op, &nodes);
        if shared { Some(self.result(op, &nodes)) } else { None }
    }

    /// Puts into the first argument what the intrinsic stores there.
    fn stored(&mut self, op: &Intrinsic, nodes: &[Option<Node>]) {
        use Intrinsic::*;
        let Some(container) = nodes.first().copied().flatten() else { return };
        for item in nodes[1..].iter().copied().flatten() {
            match op {
                Append | Insert | Prepend | Add | HeapPush | SetDefault => self.put(container, item),
                Extend | AddAll | Update => self.same_contents(container, item),
                _ => {}
            }
        }
    }

    /// Lets a function argument take the items of the iterables beside it.
    fn applied(&mut self, op: &Intrinsic, nodes: &[Option<Node>]) {
        use Intrinsic::*;
        let function_and_rest = match op {
            Map | Filter | Reduce => nodes.split_first(),
            Min { key: true, .. }
            | Max { key: true, .. }
            | Sorted { key: true, .. }
            | Sort { key: true, .. } => nodes.split_last(),
            _ => None,
        };
        let Some((Some(function), rest)) = function_and_rest else { return };
        for iterable in rest.iter().copied().flatten() {
            self.same_contents(*function, iterable);
        }
    }

    /// What the result shares with the arguments: it is one of their items, or holds their items, or
    /// holds tuples of them.
    fn result(&mut self, op: &Intrinsic, nodes: &[Option<Node>]) -> Node {
        use Intrinsic::*;
        let given: Vec<Node> = nodes.iter().copied().flatten().collect();
        match op {
            DeepCopy => self.graph.node(),
            Array(op) if crate::passes::array_views::is_view(op) => self.one_of(&given[..given.len().min(1)]),
            Array(_) => self.graph.node(),
            MinOf | MaxOf => self.one_of(&given),
            Pop | PopFirst | Get | PopKey | HeapPop | Min { .. } | Max { .. } | Reduce => {
                self.item_of(&given)
            }
            GetOr | SetDefault => {
                let item = self.item_of(&given[..given.len().min(1)]);
                for &default in given.iter().skip(1) {
                    self.graph.unify(item, default);
                }
                item
            }
            Enumerate | Zip | Items => {
                let tuple = self.with_contents_of(&given);
                let node = self.graph.node();
                self.put(node, tuple);
                node
            }
            Chain => {
                let flat = self.with_contents_of(&given);
                if nodes.len() == 1 {
                    let inner = self.graph.content(flat);
                    return self.with_contents_of(&[inner]);
                }
                flat
            }
            Filled => {
                let node = self.graph.node();
                given.iter().for_each(|&item| self.put(node, item));
                node
            }
            ToDict => {
                let node = self.with_contents_of(&given);
                let content = self.graph.content(node);
                let inner = self.graph.content(content);
                self.graph.unify(content, inner);
                node
            }
            _ => self.with_contents_of(&given),
        }
    }

    /// Any of `nodes`.
    fn one_of(&mut self, nodes: &[Node]) -> Node {
        let node = self.graph.node();
        nodes.iter().for_each(|&other| self.graph.unify(node, other));
        node
    }

    /// Any item of `nodes`.
    fn item_of(&mut self, nodes: &[Node]) -> Node {
        let holder = self.with_contents_of(nodes);
        self.graph.content(holder)
    }
}
