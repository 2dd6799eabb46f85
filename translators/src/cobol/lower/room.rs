//! Which tables and texts never outgrow their capacity, so that nothing need look whether they are
//! full: those that start empty and grow a bounded number of times.

use super::Lower;
use super::position::non_negative;
use crate::passes::effects::changes_first;
use grammars::ir::visit::{Visit, walk_expr, walk_stmt};
use grammars::ir::{BinaryOp, Expr, ExprKind, Function, Intrinsic, Place, Stmt, StmtKind, Type};
use std::collections::{BTreeMap, BTreeSet};

/// How often something grows; `None` is unknown.
type Times = Option<usize>;

impl Lower<'_> {
    /// The local variables of `function` that never hold more than fits.
    pub fn roomy_locals(&self, function: &Function) -> BTreeSet<String> {
        let mut growth = Growth { lower: self, times: BTreeMap::new(), turns: Some(1) };
        growth.block(&function.body);
        let times = growth.times;
        let fits = |name: &str, ty: &Type| {
            let most = times.get(name).copied().flatten();
            most.is_some_and(|most| self.capacity_of(ty).is_some_and(|room| most <= room))
        };
        let params: BTreeSet<&str> = function.params.iter().map(|param| param.name.as_str()).collect();
        let locals = function.locals.iter().filter(|local| !params.contains(local.name.as_str()));
        locals.filter(|local| fits(&local.name, &local.ty)).map(|local| local.name.clone()).collect()
    }

    /// How many elements or characters a value of type `ty` holds.
    pub fn capacity_of(&self, ty: &Type) -> Option<usize> {
        let capacities = &self.context.capacities;
        match ty {
            Type::List(element) | Type::Set(element) => Some(capacities.table_of(&[element])),
            Type::Dict(key, value) => Some(capacities.table_of(&[key, value])),
            Type::Str => Some(capacities.text),
            _ => None,
        }
    }

    /// The most items that an iterable can have.
    pub fn most_items(&self, iter: &Expr) -> Option<usize> {
        match &iter.kind {
            ExprKind::Range { start, stop, step } => {
                let most = self.upper_bound(stop)?;
                let least = start.as_int().filter(|start| *start >= 0);
                let least = if least.is_none() && non_negative(start) { Some(0) } else { least };
                let span = most.saturating_sub(usize::try_from(least?).ok()?);
                (step.as_int()? > 0).then_some(span)
            }
            ExprKind::Str(text) => Some(text.chars().count()),
            ExprKind::List(items) | ExprKind::Tuple(items) => Some(items.len()),
            // Its items are used as they come and are nowhere stored together.
            ExprKind::Comprehension { clauses, .. } => clauses
                .iter()
                .try_fold(1_usize, |most, clause| most.checked_mul(self.most_items(&clause.iter)?)),
            ExprKind::Intrinsic { op, args } => match op {
                Intrinsic::Enumerate | Intrinsic::Reversed | Intrinsic::Keys | Intrinsic::Values => {
                    self.most_items(&args[0])
                }
                Intrinsic::Items | Intrinsic::ToList => self.most_items(&args[0]),
                Intrinsic::Sorted { .. } => self.most_items(&args[0]).or(self.capacity_of(&iter.ty)),
                Intrinsic::Zip => args.iter().filter_map(|arg| self.most_items(arg)).min(),
                Intrinsic::Map => self.most_items(&args[1]),
                _ => self.capacity_of(&iter.ty),
            },
            _ => match &iter.ty {
                Type::Tuple(parts) => Some(parts.len()),
                ty => self.capacity_of(ty),
            },
        }
    }

    /// The greatest value of a number that bounds a range.
    fn upper_bound(&self, e: &Expr) -> Option<usize> {
        match &e.kind {
            ExprKind::Int(value) => usize::try_from((*value).max(0)).ok(),
            ExprKind::Intrinsic { op: Intrinsic::Len, args } => self.most_items(&args[0]),
            ExprKind::Intrinsic { op: Intrinsic::MinOf, args } => {
                args.iter().filter_map(|arg| self.upper_bound(arg)).min()
            }
            ExprKind::Binary { op: BinaryOp::Sub, left, right, .. } if non_negative(right) => {
                self.upper_bound(left)
            }
            ExprKind::Binary { op: BinaryOp::FloorDiv | BinaryOp::TruncDiv, left, right, .. }
                if right.as_int().is_some_and(|n| n > 0) =>
            {
                self.upper_bound(left)
            }
            ExprKind::Binary { op: BinaryOp::Add, left, right, .. } => {
                self.upper_bound(left)?.checked_add(self.upper_bound(right)?)
            }
            _ => None,
        }
    }
}

/// Adds up how often each variable grows.
struct Growth<'a, 'm> {
    lower: &'a Lower<'m>,
    times: BTreeMap<String, Times>,
    /// How often the statements at hand run.
    turns: Times,
}

impl Growth<'_, '_> {
    fn add(&mut self, name: &str, times: Times) {
        let total = self.times.entry(name.to_string()).or_insert(Some(0));
        *total = both(*total, times, usize::checked_add);
    }

    /// Visits what runs `turns` times for each time that the statements at hand run.
    fn repeated(&mut self, turns: Times, visit: impl FnOnce(&mut Self)) {
        let outside = self.turns;
        self.turns = both(outside, turns, usize::checked_mul);
        visit(self);
        self.turns = outside;
    }

    fn assigned(&mut self, place: &Place, value: Option<&Expr>) {
        match place {
            Place::Variable { name, .. } => self.add(name, value.and_then(started)),
            Place::Item { base, .. } => {
                if let (Some(name), Type::Dict(..)) = (base.as_local(), &base.ty) {
                    self.add(name, self.turns);
                }
            }
            Place::Slice { base, .. } => {
                if let Some(name) = base.as_local() {
                    self.add(name, None);
                }
            }
            Place::Field { .. } | Place::Part(_) => {}
            Place::Tuple(places) => places.iter().for_each(|place| self.assigned(place, None)),
        }
    }
}

impl<'e> Visit<'e> for Growth<'_, '_> {
    /// What an expression changes besides its value: what it hands to a call may grow there.
    fn expr(&mut self, e: &'e Expr) {
        let grown = match &e.kind {
            ExprKind::Intrinsic { op, args } if changes_first(op) && !shrinks(op) => {
                &args[..1.min(args.len())]
            }
            ExprKind::Call { args, .. }
            | ExprKind::CallValue { args, .. }
            | ExprKind::CallMethod { args, .. }
            | ExprKind::CallStatic { args, .. }
            | ExprKind::New { args, .. } => args.as_slice(),
            _ => &[],
        };
        grown.iter().filter_map(Expr::as_local).for_each(|name| self.add(name, None));
        walk_expr(self, e);
    }

    fn stmt(&mut self, stmt: &'e Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place, value } => {
                self.assigned(place, Some(value));
                walk_stmt(self, stmt);
            }
            StmtKind::AugAssign { place, value, .. } => {
                match place {
                    Place::Variable { name, .. } => {
                        let grown = both(added(value), self.turns, usize::checked_mul);
                        self.add(name, grown);
                    }
                    place => self.assigned(place, None),
                }
                walk_stmt(self, stmt);
            }
            StmtKind::Expr(Expr { kind: ExprKind::Intrinsic { op, args }, .. }) if adds_one(op) => {
                if let Some(name) = args.first().and_then(Expr::as_local) {
                    self.add(name, self.turns);
                }
                args.iter().for_each(|arg| self.expr(arg));
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                pattern.names().iter().for_each(|(name, _)| self.add(name, None));
                self.expr(iter);
                self.repeated(self.lower.most_items(iter), |this| this.block(body));
                self.block(orelse);
            }
            StmtKind::While { .. } | StmtKind::Loop { .. } => {
                self.repeated(None, |this| walk_stmt(this, stmt));
            }
            _ => walk_stmt(self, stmt),
        }
    }
}

/// Two known numbers by `operation`; unknown where one of them or the result is.
fn both(a: Times, b: Times, operation: fn(usize, usize) -> Option<usize>) -> Times {
    a.zip(b).and_then(|(a, b)| operation(a, b))
}

/// How many items a value has that a variable starts with.
fn started(value: &Expr) -> Times {
    match &value.kind {
        ExprKind::List(items) | ExprKind::Set(items) => Some(items.len()),
        ExprKind::Dict(entries) => Some(entries.len()),
        ExprKind::Str(text) => Some(text.chars().count()),
        _ => None,
    }
}

/// How many items `variable += value` adds.
fn added(value: &Expr) -> Times {
    match (&value.kind, &value.ty) {
        (ExprKind::Convert { value, .. }, _) if value.ty == Type::Char => Some(1),
        (_, Type::Char) => Some(1),
        (ExprKind::List(items), _) => Some(items.len()),
        (ExprKind::Str(text), _) => Some(text.chars().count()),
        _ => None,
    }
}

/// Whether a statement puts at most one item more into its first argument.
fn adds_one(op: &Intrinsic) -> bool {
    matches!(
        op,
        Intrinsic::Append | Intrinsic::Add | Intrinsic::Insert | Intrinsic::Prepend | Intrinsic::SetDefault
    )
}

/// Whether a function that changes its argument never makes it longer.
fn shrinks(op: &Intrinsic) -> bool {
    matches!(
        op,
        Intrinsic::Clear
            | Intrinsic::Pop
            | Intrinsic::PopFirst
            | Intrinsic::RemoveItem
            | Intrinsic::DeleteAt
            | Intrinsic::Reverse
            | Intrinsic::Sort { .. }
            | Intrinsic::PopKey
            | Intrinsic::DeleteKey
            | Intrinsic::Discard
            | Intrinsic::RemoveMember
            | Intrinsic::HeapPop
            | Intrinsic::Heapify
    )
}
