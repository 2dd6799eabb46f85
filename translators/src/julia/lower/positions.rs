//! Which variables count from 1 in Julia where the source counts from 0.
//!
//! A variable is moved by one where it serves as a position only: it is an index, runs over a
//! range, is compared or assigned to others of its kind, and its number itself is never used. Each
//! form would be right; this one saves the `+ 1` in every index.

use grammars::ir::visit::{Visit, walk_expr, walk_stmt};
use grammars::ir::{
    BinaryOp, Block, Clause, CompareOp, Expr, ExprKind, Function, Place, Stmt, StmtKind, Type, UnaryOp,
};
use std::collections::{BTreeMap, BTreeSet};

/// The variables of `function` that are moved.
pub(super) fn moved_variables(function: &Function) -> BTreeSet<String> {
    let candidates = function.locals.iter().filter(|l| l.ty == Type::Int).map(|l| l.name.clone()).collect();
    let mut uses = Uses::new(candidates);
    uses.block(&function.body);
    uses.moved()
}

/// Whether the variable `name` of a comprehension is moved, given what is in its scope.
pub(super) fn is_moved(name: &str, scope: &[&Expr]) -> bool {
    let mut uses = Uses::new([name.to_string()].into());
    uses.gain(name, 1);
    for expr in scope {
        uses.expr(expr);
    }
    uses.moved().contains(name)
}

/// How the candidates are used.
struct Uses {
    candidates: BTreeSet<String>,
    /// Candidates that must move together.
    links: Vec<(String, String)>,
    /// Those whose number itself matters.
    fixed: BTreeSet<String>,
    /// Those that are positions somewhere.
    positions: BTreeSet<String>,
    /// How many `+ 1` a move saves.
    gains: BTreeMap<String, i64>,
}

impl Uses {
    fn new(candidates: BTreeSet<String>) -> Self {
        Uses {
            candidates,
            links: Vec::new(),
            fixed: BTreeSet::new(),
            positions: BTreeSet::new(),
            gains: BTreeMap::new(),
        }
    }

    fn gain(&mut self, name: &str, amount: i64) {
        *self.gains.entry(name.to_string()).or_default() += amount;
    }

    /// Groups of linked candidates that win by a move.
    fn moved(&self) -> BTreeSet<String> {
        let mut rest = self.candidates.clone();
        let mut moved = BTreeSet::new();
        while let Some(first) = rest.pop_first() {
            let mut group = vec![first];
            let mut next = 0;
            while next < group.len() {
                for (a, b) in &self.links {
                    let other = if *a == group[next] {
                        b
                    } else if *b == group[next] {
                        a
                    } else {
                        continue;
                    };
                    if rest.remove(other) {
                        group.push(other.clone());
                    }
                }
                next += 1;
            }
            let fixed = group.iter().any(|name| self.fixed.contains(name));
            let used = group.iter().any(|name| self.positions.contains(name));
            let gain: i64 = group.iter().filter_map(|name| self.gains.get(name)).sum();
            if !fixed && used && gain > 0 {
                moved.extend(group);
            }
        }
        moved
    }

    /// `variable + constant`, where the variable is a candidate.
    fn single(&self, expr: &Expr) -> Option<(String, i128)> {
        match &expr.kind {
            ExprKind::Local(name) if self.candidates.contains(name) => Some((name.clone(), 0)),
            ExprKind::Binary { op: BinaryOp::Add, left, right, .. } => {
                let (name, constant) = self.single(left)?;
                Some((name, constant + right.as_int()?))
            }
            ExprKind::Binary { op: BinaryOp::Sub, left, right, .. } => {
                let (name, constant) = self.single(left)?;
                Some((name, constant - right.as_int()?))
            }
            _ => None,
        }
    }

    /// A sum in which candidates may stand freely; the rest is visited.
    fn position(&mut self, expr: &Expr) {
        if let Some((name, constant)) = self.single(expr) {
            self.gain(&name, i64::from(constant != -1) - i64::from(constant != 0));
            self.positions.insert(name);
            return;
        }
        match &expr.kind {
            ExprKind::Local(name) if self.candidates.contains(name) => {
                self.positions.insert(name.clone());
            }
            ExprKind::Binary { op: BinaryOp::Add | BinaryOp::Sub, left, right, .. } => {
                self.position(left);
                self.position(right);
            }
            ExprKind::Unary { op: UnaryOp::Neg, operand } => self.position(operand),
            _ => self.expr(expr),
        }
    }

    /// A bound of a slice: the first position, counted from 1, or the last one.
    fn bound(&mut self, expr: &Expr, first: bool) {
        match self.single(expr) {
            Some((name, constant)) => {
                let constant = if first { constant + 1 } else { constant };
                self.gain(&name, i64::from(constant != 0) - i64::from(constant != 1));
                self.positions.insert(name);
            }
            None => self.expr(expr),
        }
    }

    fn compare(&mut self, op: CompareOp, left: &Expr, right: &Expr) {
        match (self.single(left), self.single(right)) {
            (Some((a, _)), Some((b, _))) => self.links.push((a, b)),
            (Some((name, _)), None) => self.compared_with(&name, op, right),
            (None, Some((name, _))) => self.compared_with(&name, op.flipped(), left),
            (None, None) => {
                self.expr(left);
                self.expr(right);
            }
        }
    }

    fn compared_with(&mut self, name: &str, op: CompareOp, other: &Expr) {
        if other.as_int().is_none() && !matches!(op, CompareOp::Lt | CompareOp::Ge) {
            let saves = constant_of(other) == -1;
            self.gain(name, if saves { 1 } else { -1 });
        }
        self.expr(other);
    }

    fn assign(&mut self, name: &str, value: &Expr) {
        match self.single(value) {
            Some((other, _)) => self.links.push((name.to_string(), other)),
            None => {
                if value.as_int().is_none() {
                    let constant = constant_of(value);
                    self.gain(name, i64::from(constant != 0) - i64::from(constant != -1));
                }
                self.expr(value);
            }
        }
    }

    /// `for name in range(start, stop, step)`.
    fn range(&mut self, name: &str, start: &Expr, stop: &Expr, step: &Expr) {
        if step.as_int().is_none() {
            self.fixed.insert(name.to_string());
            self.expr(step);
        }
        for (bound, first) in [(start, true), (stop, false)] {
            match self.single(bound) {
                Some((other, _)) => self.links.push((name.to_string(), other)),
                None => self.expr(bound),
            }
            let up = step.as_int().is_some_and(|s| s > 0);
            let constant = constant_of(bound);
            if bound.as_int().is_none() {
                let plain = if first {
                    constant
                } else if up {
                    constant - 1
                } else {
                    constant + 1
                };
                self.gain(name, i64::from(plain != 0) - i64::from(plain + 1 != 0));
            }
        }
    }
}

/// The constant in a sum.
fn constant_of(expr: &Expr) -> i128 {
    match &expr.kind {
        ExprKind::Int(value) => *value,
        ExprKind::Binary { op: BinaryOp::Add, left, right, .. } => constant_of(left) + constant_of(right),
        ExprKind::Binary { op: BinaryOp::Sub, left, right, .. } => constant_of(left) - constant_of(right),
        _ => 0,
    }
}

impl<'a> Visit<'a> for Uses {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Local(name) => {
                self.fixed.insert(name.clone());
            }
            ExprKind::Index { base, index, .. } => {
                self.expr(base);
                self.position(index);
            }
            ExprKind::Slice { base, start, stop, step, .. } => {
                self.expr(base);
                start.iter().for_each(|bound| self.bound(bound, true));
                stop.iter().for_each(|bound| self.bound(bound, false));
                step.iter().for_each(|step| self.expr(step));
            }
            ExprKind::Compare { op, left, right } if left.ty == Type::Int && right.ty == Type::Int => {
                self.compare(*op, left, right);
            }
            ExprKind::Comprehension { clauses, .. }
            | ExprKind::SetComprehension { clauses, .. }
            | ExprKind::DictComprehension { clauses, .. } => {
                self.inner(bound_names(clauses), |uses| walk_expr(uses, expr));
            }
            ExprKind::Lambda { params, .. } => {
                let names = params.iter().map(|(name, _)| name.clone()).collect();
                self.inner(names, |uses| walk_expr(uses, expr));
            }
            _ => walk_expr(self, expr),
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place: Place::Variable { name, .. }, value }
                if self.candidates.contains(name) =>
            {
                self.assign(name, value);
            }
            StmtKind::AugAssign { place: Place::Variable { name, .. }, op, value, .. }
                if self.candidates.contains(name) =>
            {
                if !matches!(op, BinaryOp::Add | BinaryOp::Sub) {
                    self.fixed.insert(name.clone());
                }
                self.expr(value);
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                let names: Vec<String> = pattern.names().iter().map(|(n, _)| n.to_string()).collect();
                match (&iter.kind, names.as_slice()) {
                    (ExprKind::Range { start, stop, step }, [name]) if self.candidates.contains(name) => {
                        self.range(name, start, stop, step);
                    }
                    _ => {
                        self.fixed.extend(names);
                        self.expr(iter);
                    }
                }
                self.block(body);
                self.block(orelse);
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn block(&mut self, block: &'a Block) {
        block.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn place(&mut self, place: &'a Place) {
        match place {
            Place::Variable { name, .. } => {
                self.fixed.insert(name.clone());
            }
            Place::Item { base, index, .. } => {
                self.expr(base);
                if matches!(base.ty, Type::List(_)) { self.position(index) } else { self.expr(index) }
            }
            Place::Field { object, .. } => self.expr(object),
            Place::Slice { base, start, stop } => {
                self.expr(base);
                [start, stop].into_iter().flatten().for_each(|bound| self.expr(bound));
            }
            Place::Part(selection) => self.expr(selection),
            Place::Tuple(places) => places.iter().for_each(|place| self.place(place)),
        }
    }

    /// A nested function may change its captures at any time.
    fn function(&mut self, function: &'a Function) {
        self.fixed.extend(function.captures.iter().cloned());
        self.fixed.extend(function.rebinds.iter().cloned());
    }
}

impl Uses {
    /// Visits something in which `names` mean other variables.
    fn inner(&mut self, names: Vec<String>, visit: impl FnOnce(&mut Self)) {
        let hidden: Vec<String> = names.into_iter().filter(|name| self.candidates.remove(name)).collect();
        let fixed = self.fixed.clone();
        visit(self);
        for name in hidden {
            if !fixed.contains(&name) {
                self.fixed.remove(&name);
            }
            self.candidates.insert(name);
        }
    }
}

fn bound_names(clauses: &[Clause]) -> Vec<String> {
    clauses.iter().flat_map(|c| c.pattern.names()).map(|(name, _)| name.to_string()).collect()
}
