//! How a body uses its integer variables: which of them had better count from 1, and which never
//! leave subscripts, so that default integers do.
//!
//! Both answers are matters of style. Whatever they are, the lowering writes `i - 1` where the
//! source's number itself is needed, and converts kinds where they must agree.

use grammars::ir::visit::{Visit, walk_expr, walk_stmt};
use grammars::ir::{
    BinaryOp, Block, Expr, ExprKind, IndexMode, Intrinsic, Pattern, Place, Stmt, StmtKind, Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
#[derive(Debug, Default)]
pub struct Usage {
    /// Variables that count from 1.
    pub shifted: BTreeSet<String>,
    /// Loop variables of default integer kind.
    pub default_kind: BTreeSet<String>,
    /// How often each variable is read.
    pub reads: BTreeMap<String, usize>,
    /// Loop variables that are read outside their loops, or assigned.
    pub outlives: BTreeSet<String>,
}

/// Looks at a body; `params` are never shifted.
pub fn usage(body: &Block, params: &BTreeSet<String>) -> Usage {
    let mut counter = Counter::default();
    counter.block(body);
    let votes = &counter.votes;
    let shifted: BTreeSet<String> = votes
        .iter()
        .filter(|(name, vote)| {
            vote.gain > vote.cost && !params.contains(*name) && !counter.odd.contains(*name)
        })
        .map(|(name, _)| name.clone())
        .collect();
    let default_kind = counter
        .looped
        .iter()
        .filter(|name| !params.contains(*name) && !counter.assigned.contains(*name))
        .filter(|name| !counter.wide.contains(*name) && votes.get(*name).is_none_or(|v| v.values == 0))
        .cloned()
        .collect();
    let outlives = counter.read_outside.union(&counter.assigned).cloned().collect();
    Usage { shifted, default_kind, reads: counter.reads, outlives }
}

/// How often counting from 1 would save or need a correction, and how often the number itself is
/// needed.
#[derive(Debug, Default)]
struct Vote {
    gain: usize,
    cost: usize,
    values: usize,
}

#[derive(Default)]
struct Counter {
    votes: BTreeMap<String, Vote>,
    reads: BTreeMap<String, usize>,
    /// Bound by loops over ranges and enumerations.
    looped: BTreeSet<String>,
    /// Bound by a loop whose bounds may not fit default integers.
    wide: BTreeSet<String>,
    assigned: BTreeSet<String>,
    /// Variables of the loops around.
    bound: Vec<String>,
    read_outside: BTreeSet<String>,
    /// Cannot be shifted: captured, or bound in a way that is not simple.
    odd: BTreeSet<String>,
}

/// `variable + constant`, where an expression is one.
fn linear(expr: &Expr) -> Option<(&str, i128)> {
    match &expr.kind {
        ExprKind::Local(name) if expr.ty == Type::Int => Some((name, 0)),
        ExprKind::Binary { op, left, right, .. } => {
            let (name, base) = linear(left)?;
            let amount = right.as_int()?;
            match op {
                BinaryOp::Add => Some((name, base.checked_add(amount)?)),
                BinaryOp::Sub => Some((name, base.checked_sub(amount)?)),
                _ => None,
            }
        }
        _ => None,
    }
}

impl Counter {
    fn read(&mut self, name: &str) {
        *self.reads.entry(name.to_string()).or_default() += 1;
        if !self.bound.iter().any(|b| b == name) {
            self.read_outside.insert(name.to_string());
        }
    }

    /// The number itself is needed.
    fn value(&mut self, name: &str) {
        self.read(name);
        let vote = self.votes.entry(name.to_string()).or_default();
        vote.cost += 1;
        vote.values += 1;
    }

    /// A subscript, where counting from 1 helps.
    fn subscript(&mut self, expr: &Expr) -> bool {
        let Some((name, _)) = linear(expr) else { return false };
        self.read(name);
        self.votes.entry(name.to_string()).or_default().gain += 1;
        true
    }

    /// Where it makes no difference.
    fn neutral(&mut self, expr: &Expr) -> bool {
        let Some((name, _)) = linear(expr) else { return false };
        self.read(name);
        true
    }

    fn compare(&mut self, left: &Expr, right: &Expr) {
        let bounded = |e: &Expr| linear(e).is_some() || self.is_small(e);
        if left.ty == Type::Int && bounded(left) && bounded(right) {
            // `i < len(xs)` becomes `i <= size(xs)`; `i == 0` becomes `i == 1`.
            if !self.neutral(left) {
                self.expr(left);
            }
            if !self.neutral(right) {
                self.expr(right);
            }
        } else {
            self.expr(left);
            self.expr(right);
        }
    }

    fn comprehension(&mut self, clauses: &[grammars::ir::Clause], parts: &[&Expr]) {
        let outer = self.bound.len();
        for clause in clauses {
            self.looped(&clause.pattern, &clause.iter);
            self.bound.extend(clause.pattern.names().iter().map(|(name, _)| name.to_string()));
            clause.conditions.iter().for_each(|c| self.expr(c));
        }
        parts.iter().for_each(|p| self.expr(p));
        self.bound.truncate(outer);
    }

    fn looped(&mut self, pattern: &Pattern, iter: &Expr) {
        match (&iter.kind, pattern) {
            (ExprKind::Range { start, stop, .. }, Pattern::Name { name, .. }) => {
                self.looped.insert(name.clone());
                if !self.is_small(start) || !self.is_small(stop) {
                    self.wide.insert(name.clone());
                }
                for bound in [start, stop] {
                    if !self.neutral(bound) {
                        self.expr(bound);
                    }
                }
            }
            (ExprKind::Intrinsic { op: Intrinsic::Reversed, args }, _)
                if args.first().is_some_and(|a| matches!(a.kind, ExprKind::Range { .. })) =>
            {
                self.looped(pattern, &args[0]);
            }
            (ExprKind::Intrinsic { op: Intrinsic::Enumerate, args }, Pattern::Tuple(parts)) => {
                if let [Pattern::Name { name, .. }, _] = parts.as_slice() {
                    self.looped.insert(name.clone());
                    self.votes.entry(name.clone()).or_default().gain += usize::from(args.len() == 1);
                }
                args.iter().for_each(|a| self.expr(a));
            }
            _ => self.expr(iter),
        }
    }

    /// Whether the number is a length, or one give or take a constant.
    fn is_small(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Int(value) => (-1_000_000..=1_000_000).contains(value),
            ExprKind::Local(name) => self.looped.contains(name) && !self.wide.contains(name),
            ExprKind::Intrinsic { op: Intrinsic::Len, .. } => true,
            ExprKind::Binary { op: BinaryOp::Add | BinaryOp::Sub, left, right, .. } => {
                self.is_small(left) && self.is_small(right)
            }
            ExprKind::Intrinsic { op: Intrinsic::MinOf, args } => args.iter().all(|a| self.is_small(a)),
            _ => false,
        }
    }
}

impl<'a> Visit<'a> for Counter {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Local(name) if expr.ty == Type::Int => self.value(name),
            ExprKind::Local(name) => self.read(name),
            ExprKind::Index { base, index, mode } => {
                self.expr(base);
                let direct = !matches!(mode, IndexMode::Python | IndexMode::FromEnd);
                if !matches!(base.ty, Type::List(_) | Type::Str) || !direct || !self.subscript(index) {
                    self.expr(index);
                }
            }
            ExprKind::Slice { base, start, stop, step, .. } => {
                self.expr(base);
                for bound in [start, stop].into_iter().flatten() {
                    if !self.neutral(bound) {
                        self.expr(bound);
                    }
                }
                if let Some(step) = step {
                    self.expr(step);
                }
            }
            ExprKind::Compare { left, right, .. } => self.compare(left, right),
            ExprKind::Lambda { params, body } => {
                let outer = self.bound.len();
                self.bound.extend(params.iter().map(|(name, _)| name.clone()));
                self.expr(body);
                self.bound.truncate(outer);
            }
            ExprKind::Comprehension { element, clauses }
            | ExprKind::SetComprehension { element, clauses } => {
                self.comprehension(clauses, &[element]);
            }
            ExprKind::DictComprehension { key, value, clauses } => self.comprehension(clauses, &[key, value]),
            _ => walk_expr(self, expr),
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::For { pattern, iter, body, orelse } => {
                self.looped(pattern, iter);
                let outer = self.bound.len();
                self.bound.extend(pattern.names().iter().map(|(name, _)| name.to_string()));
                self.block(body);
                self.bound.truncate(outer);
                self.block(orelse);
            }
            StmtKind::Assign { place: Place::Variable { name, ty }, value } => {
                self.assigned.insert(name.clone());
                if *ty != Type::Int || !(self.neutral(value) || value.as_int().is_some()) {
                    self.expr(value);
                }
            }
            StmtKind::AugAssign { place: Place::Variable { name, ty }, op, value, .. } => {
                self.assigned.insert(name.clone());
                if *ty == Type::Int && !matches!(op, BinaryOp::Add | BinaryOp::Sub) {
                    self.value(name);
                }
                self.expr(value);
            }
            StmtKind::Function(function) => {
                for name in function.captures.iter().chain(&function.rebinds) {
                    self.odd.insert(name.clone());
                    self.read(name);
                }
                self.assigned.extend(function.rebinds.iter().cloned());
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn place(&mut self, place: &'a Place) {
        match place {
            Place::Variable { name, .. } => {
                self.assigned.insert(name.clone());
            }
            Place::Item { base, index, mode } => {
                self.expr(base);
                let direct = !matches!(mode, IndexMode::Python | IndexMode::FromEnd);
                if !matches!(base.ty, Type::List(_)) || !direct || !self.subscript(index) {
                    self.expr(index);
                }
            }
            other => grammars::ir::visit::walk_place(self, other),
        }
    }
}
