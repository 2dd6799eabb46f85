//! Facts about a body that decide whether a loop may be written otherwise.

use super::super::effects::{changes_first, is_shared};
use super::super::purity::Purity;
use super::super::scope::Scope;
use grammars::ir::names::variables_of;
use grammars::ir::visit::{Visit, each_expr, each_stmt, each_subexpr, walk_expr, walk_stmt};
use grammars::ir::{
    Block, Clause, Expr, ExprKind, Function, Intrinsic, Pattern, Place, Stmt, StmtKind, Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// An expression of more nodes than this is not put into a comprehension: nobody could read it.
const MAX_NODES: usize = 30;

/// What holds of the variables of a body.
pub(super) struct Facts<'p> {
    purity: &'p Purity,
    /// Variables that are read or assigned outside of the loops that bind them.
    strays: BTreeSet<String>,
    /// Variables that nested functions use.
    captured: BTreeSet<String>,
    /// The body's own variables.
    locals: BTreeSet<String>,
    /// Variables that hold the length of a sequence, and that sequence.
    lengths: BTreeMap<String, String>,
    /// Variables that are assigned.
    assigned: BTreeSet<String>,
    /// Variables that hold objects which they made themselves, and which nothing else holds at first.
    fresh: BTreeSet<String>,
    /// Variables whose objects something else may come to hold.
    shared: BTreeSet<String>,
}

impl<'p> Facts<'p> {
    pub(super) fn of(block: &Block, purity: &'p Purity, scope: &Scope<'_>) -> Facts<'p> {
        let mut strays = Strays::default();
        strays.block(block);
        let mut captured = BTreeSet::new();
        each_stmt(block, |stmt| {
            if let StmtKind::Function(function) = &stmt.kind {
                captured.extend(function.captures.iter().chain(&function.rebinds).cloned());
            }
        });
        let assigned = assignments(block);
        let mut facts = Facts {
            purity,
            strays: strays.found,
            captured,
            locals: scope.local_names(),
            lengths: BTreeMap::new(),
            assigned: assigned.keys().cloned().collect(),
            fresh: fresh(&assigned),
            shared: shared(block),
        };
        facts.lengths = facts.lengths_in(block, &assigned);
        facts
    }

    /// Whether all variables of the pattern are seen in loops that bind them only.
    pub(super) fn is_private(&self, pattern: &Pattern) -> bool {
        pattern.names().iter().all(|(name, _)| !self.strays.contains(*name) && !self.captured.contains(*name))
    }

    /// Whether the variable belongs to this body alone.
    pub(super) fn is_own(&self, name: &str) -> bool {
        self.locals.contains(name) && !self.captured.contains(name)
    }

    /// Whether evaluating `exprs` does nothing but give values, and reads well within a comprehension.
    pub(super) fn is_plain(&self, exprs: &[&Expr]) -> bool {
        let mut nodes = 0;
        exprs.iter().for_each(|expr| each_subexpr(expr, |_| nodes += 1));
        nodes <= MAX_NODES && exprs.iter().all(|expr| self.is_quiet(expr))
    }

    /// Whether evaluating `expr` does nothing but give a value.
    pub(super) fn is_quiet(&self, expr: &Expr) -> bool {
        !self.purity.has_effects(expr)
    }

    /// The sequence whose length `expr` is.
    pub(super) fn measured<'e>(&'e self, expr: &'e Expr) -> Option<&'e str> {
        match &expr.kind {
            ExprKind::Intrinsic { op: Intrinsic::Len, args } => args.first()?.as_local(),
            ExprKind::Local(name) => self.lengths.get(name).map(String::as_str),
            _ => None,
        }
    }

    /// Whether `body` leaves the sequence `name` as it is.
    pub(super) fn leaves_alone(&self, body: &Block, name: &str, ty: &Type) -> bool {
        let mut changed = assignments(body).contains_key(name) || self.captured.contains(name);
        if *ty == Type::Str {
            return !changed;
        }
        let other = |base: &Expr| base.as_local().is_some_and(|n| self.are_apart(n, name));
        each_expr(body, |expr| match &expr.kind {
            ExprKind::Intrinsic { op, args } if changes_first(op) => changed |= !other(&args[0]),
            _ => changed |= self.purity.is_loud(expr) && !matches!(expr.kind, ExprKind::Intrinsic { .. }),
        });
        each_stmt(body, |stmt| match &stmt.kind {
            StmtKind::AugAssign { place: Place::Variable { name: grown, ty }, .. } if is_shared(ty) => {
                changed |= !self.are_apart(grown, name);
            }
            StmtKind::Assign { place, .. } | StmtKind::AugAssign { place, .. } => {
                changed |= changed_objects(place).iter().any(|base| !other(base));
            }
            StmtKind::Function(_) => changed = true,
            _ => {}
        });
        !changed
    }

    /// Whether the object that `made` holds is surely not the one that `name` holds.
    fn are_apart(&self, made: &str, name: &str) -> bool {
        let unrelated =
            self.fresh.contains(name) || !self.assigned.contains(name) || !self.shared.contains(made);
        made != name && self.fresh.contains(made) && unrelated
    }

    /// Variables assigned once, as the length of a sequence that always has that length.
    fn lengths_in(
        &self,
        block: &Block,
        assigned: &BTreeMap<String, Vec<Given<'_>>>,
    ) -> BTreeMap<String, String> {
        let mut lengths = BTreeMap::new();
        for (name, values) in assigned {
            let [Given::Value(Expr { kind: ExprKind::Intrinsic { op: Intrinsic::Len, args }, .. })] =
                values.as_slice()
            else {
                continue;
            };
            let Some(sequence) = args.first() else { continue };
            let Some(measured) = sequence.as_local() else { continue };
            let steady = match assigned.get(measured) {
                None => sequence.ty == Type::Str || self.leaves_alone(block, measured, &sequence.ty),
                Some(_) => false,
            };
            if steady && self.is_own(name) {
                lengths.insert(name.clone(), measured.to_string());
            }
        }
        lengths
    }
}

/// The objects that an assignment changes.
fn changed_objects(place: &Place) -> Vec<&Expr> {
    match place {
        Place::Variable { .. } => Vec::new(),
        Place::Item { base, .. } | Place::Slice { base, .. } => vec![base],
        Place::Field { object, .. } => vec![object],
        Place::Part(selection) => vec![selection],
        Place::Tuple(places) => places.iter().flat_map(changed_objects).collect(),
    }
}

/// What an assignment does to a variable.
enum Given<'e> {
    Value(&'e Expr),
    /// It keeps its object, which changes.
    Change,
    Unknown,
}

/// What each variable gets by assignments.
fn assignments(block: &Block) -> BTreeMap<String, Vec<Given<'_>>> {
    let mut found: BTreeMap<String, Vec<Given<'_>>> = BTreeMap::new();
    each_stmt(block, |stmt| match &stmt.kind {
        StmtKind::Assign { place: Place::Variable { name, .. }, value } => {
            found.entry(name.clone()).or_default().push(Given::Value(value));
        }
        StmtKind::AugAssign { place: Place::Variable { name, ty }, .. } if is_shared(ty) => {
            found.entry(name.clone()).or_default().push(Given::Change);
        }
        StmtKind::Assign { place, .. } | StmtKind::AugAssign { place, .. } => {
            for name in variables_of(place) {
                found.entry(name.to_string()).or_default().push(Given::Unknown);
            }
        }
        StmtKind::For { pattern, .. } => {
            for (name, _) in pattern.names() {
                found.entry(name.to_string()).or_default().push(Given::Unknown);
            }
        }
        _ => {}
    });
    found
}

/// Variables that only ever get objects made for them.
fn fresh(assigned: &BTreeMap<String, Vec<Given<'_>>>) -> BTreeSet<String> {
    let makes = |given: &Given<'_>| match given {
        Given::Value(value) => matches!(
            value.kind,
            ExprKind::List(_)
                | ExprKind::Set(_)
                | ExprKind::Dict(_)
                | ExprKind::Comprehension { .. }
                | ExprKind::SetComprehension { .. }
                | ExprKind::DictComprehension { .. }
                | ExprKind::Binary { .. }
        ),
        Given::Change => true,
        Given::Unknown => false,
    };
    let made = |values: &[Given<'_>]| {
        values.iter().all(makes) && values.iter().any(|given| matches!(given, Given::Value(_)))
    };
    assigned.iter().filter(|(_, values)| made(values)).map(|(name, _)| name.clone()).collect()
}

/// Variables that stand where their object may be kept: anywhere but in front of a subscript, as what
/// an operation changes or only looks at, under a loop, and behind `return`.
fn shared(block: &Block) -> BTreeSet<String> {
    struct Kept(BTreeSet<String>);
    impl<'a> Visit<'a> for Kept {
        fn expr(&mut self, expr: &'a Expr) {
            match &expr.kind {
                ExprKind::Local(name) => {
                    self.0.insert(name.clone());
                }
                ExprKind::Index { base, index, .. } if base.as_local().is_some() => self.expr(index),
                ExprKind::Intrinsic { op, args } => {
                    let changes = changes_first(op);
                    for (at, arg) in args.iter().enumerate() {
                        let only_read = if changes { at == 0 } else { !is_shared(&expr.ty) };
                        if !(only_read && arg.as_local().is_some()) {
                            self.expr(arg);
                        }
                    }
                }
                _ => walk_expr(self, expr),
            }
        }

        fn place(&mut self, place: &'a Place) {
            match place {
                Place::Item { base, index, .. } if base.as_local().is_some() => self.expr(index),
                _ => grammars::ir::visit::walk_place(self, place),
            }
        }

        fn stmt(&mut self, stmt: &'a Stmt) {
            match &stmt.kind {
                StmtKind::Return(Some(value)) if value.as_local().is_some() => {}
                StmtKind::For { iter, body, orelse, .. } if iter.as_local().is_some() => {
                    self.block(body);
                    self.block(orelse);
                }
                _ => walk_stmt(self, stmt),
            }
        }
    }
    let mut kept = Kept(BTreeSet::new());
    kept.block(block);
    kept.0
}

/// Collects the variables that are mentioned where no loop binds them.
#[derive(Default)]
struct Strays {
    bound: Vec<String>,
    found: BTreeSet<String>,
}

impl Strays {
    fn note(&mut self, name: &str) {
        if !self.bound.iter().any(|n| n == name) {
            self.found.insert(name.to_string());
        }
    }

    fn within<'a>(&mut self, clauses: &'a [Clause], rest: &[&'a Expr]) {
        let outer = self.bound.len();
        for clause in clauses {
            self.expr(&clause.iter);
            self.bind(&clause.pattern);
            clause.conditions.iter().for_each(|condition| self.expr(condition));
        }
        rest.iter().for_each(|expr| self.expr(expr));
        self.bound.truncate(outer);
    }

    fn bind(&mut self, pattern: &Pattern) {
        self.bound.extend(pattern.names().iter().map(|(name, _)| name.to_string()));
    }
}

impl<'a> Visit<'a> for Strays {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Local(name) => self.note(name),
            ExprKind::Comprehension { element, clauses }
            | ExprKind::SetComprehension { element, clauses } => self.within(clauses, &[element]),
            ExprKind::DictComprehension { key, value, clauses } => self.within(clauses, &[key, value]),
            ExprKind::Lambda { params, body } => {
                let outer = self.bound.len();
                self.bound.extend(params.iter().map(|(name, _)| name.clone()));
                self.expr(body);
                self.bound.truncate(outer);
            }
            _ => walk_expr(self, expr),
        }
    }

    fn place(&mut self, place: &'a Place) {
        variables_of(place).into_iter().for_each(|name| self.note(name));
        grammars::ir::visit::walk_place(self, place);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        let StmtKind::For { pattern, iter, body, orelse } = &stmt.kind else {
            return walk_stmt(self, stmt);
        };
        self.expr(iter);
        // Around the inner one of two loops with the same variable its last value can be seen.
        let again = pattern.names().into_iter().filter(|(name, _)| self.bound.iter().any(|n| n == name));
        self.found.extend(again.map(|(name, _)| name.to_string()));
        let outer = self.bound.len();
        self.bind(pattern);
        self.block(body);
        self.bound.truncate(outer);
        self.block(orelse);
    }

    fn function(&mut self, function: &'a Function) {
        self.found.extend(function.captures.iter().chain(&function.rebinds).cloned());
    }
}
