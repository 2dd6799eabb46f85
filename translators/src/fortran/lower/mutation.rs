//! Which variables a block changes in place, and which of them change their size.

use super::signature::Signatures;
use crate::passes::effects::changes_first;
use grammars::ir::visit::{Visit, walk_expr, walk_place, walk_stmt};
use grammars::ir::{ArrayOp, Block, Conversion, Expr, ExprKind, Intrinsic, Place, Stmt, StmtKind, Type};
use std::collections::BTreeSet;

/// The variable that an expression is or is part of.
pub fn root(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Local(name) | ExprKind::Global(name) => Some(name),
        ExprKind::Index { base, .. } | ExprKind::Lookup { base, .. } => root(base),
        ExprKind::Field { object, .. } => root(object),
        ExprKind::Intrinsic { op: Intrinsic::Array(ArrayOp::Select(_)), args } => root(args.first()?),
        ExprKind::Convert { conversion: Conversion::Unwrap | Conversion::ToOptional, value } => root(value),
        _ => None,
    }
}

/// Whether the intrinsic changes the size of its first argument.
pub fn resizes_first(op: &Intrinsic) -> bool {
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
    )
}

/// What a block changes in place.
#[derive(Debug, Default)]
pub struct Changes {
    /// Variables that are changed, or something within them.
    pub changed: BTreeSet<String>,
    /// Variables whose own size may change.
    pub resized: BTreeSet<String>,
}

/// Finds what a block changes.
pub fn changes(block: &Block, signatures: &Signatures) -> Changes {
    let mut finder = Finder { signatures, found: Changes::default() };
    finder.block(block);
    finder.found
}

struct Finder<'s> {
    signatures: &'s Signatures,
    found: Changes,
}

impl Finder<'_> {
    fn change(&mut self, target: &Expr, resizes: bool) {
        let Some(name) = root(target) else { return };
        self.found.changed.insert(name.to_string());
        if resizes && matches!(target.kind, ExprKind::Local(_)) {
            self.found.resized.insert(name.to_string());
        }
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Intrinsic { op, args } if changes_first(op) => {
                if let Some(target) = args.first() {
                    self.change(target, resizes_first(op));
                }
            }
            ExprKind::Call { function, args } => {
                for (i, arg) in args.iter().enumerate() {
                    if let Some(param) = self.signatures.param(function, i).filter(|p| p.mutated) {
                        self.change(arg, param.resized);
                    }
                }
            }
            ExprKind::CallMethod { object, class, method, .. }
                if self.signatures.method_mutates(class, method) =>
            {
                self.change(object, false);
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        if let StmtKind::AugAssign { place: Place::Variable { name, ty }, .. } = &stmt.kind
            && let Type::Array { .. } = ty
        {
            self.found.changed.insert(name.clone());
        }
        if let StmtKind::AugAssign { place: Place::Variable { name, ty }, .. } = &stmt.kind
            && matches!(ty, Type::List(_) | Type::Set(_) | Type::Dict(..))
        {
            self.found.changed.insert(name.clone());
            self.found.resized.insert(name.clone());
        }
        walk_stmt(self, stmt);
    }

    fn place(&mut self, place: &'a Place) {
        match place {
            Place::Item { base, .. } => self.change(base, matches!(base.ty, Type::Dict(..))),
            Place::Field { object, .. } => self.change(object, false),
            Place::Slice { base, .. } => self.change(base, true),
            Place::Part(selection) => self.change(selection, false),
            Place::Variable { .. } | Place::Tuple(_) => {}
        }
        walk_place(self, place);
    }
}
