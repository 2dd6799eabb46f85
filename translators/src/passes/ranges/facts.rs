//! What is known of a function as a whole before its statements are looked at.

use super::interval::{FURTHEST, Interval, LONGEST, SMALL};
use crate::passes::effects::changes_first;
use crate::passes::purity::Purity;
use grammars::ir::names::free_names;
use grammars::ir::visit::{Visit, any_expr, walk_expr, walk_stmt};
use grammars::ir::{
    BinaryOp, Block, Expr, ExprKind, Function, Intrinsic, Overflow, Pattern, Place, Stmt, StmtKind, Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// Facts about the variables of a body.
pub(super) struct Facts {
    /// Integer variables of the body itself that no nested function rebinds.
    pub(super) tracked: BTreeSet<String>,
    /// Variables that hold text or a tuple, whose length cannot change.
    pub(super) fixed: BTreeSet<String>,
    /// Lists that no other name, object or function can reach.
    pub(super) own: BTreeSet<String>,
    /// Variables that only start somewhere bounded and take small steps.
    counters: BTreeMap<String, Interval>,
}

impl Facts {
    /// Collects the facts; `params` with their types.
    pub(super) fn new(body: &Block, params: &[(String, Type)], purity: &Purity) -> Facts {
        let mut collector = Collector { types: params.iter().cloned().collect(), ..Collector::default() };
        collector.block(body);
        let param_names: BTreeSet<&String> = params.iter().map(|(name, _)| name).collect();
        let of_type = |test: fn(&Type) -> bool| {
            let names = collector.types.iter().filter(move |(name, ty)| test(ty) && !purity.is_rebound(name));
            names.map(|(name, _)| name.clone()).collect::<BTreeSet<String>>()
        };
        let lists = of_type(|ty| !matches!(ty, Type::Int | Type::Str | Type::Tuple(_)));
        let own = lists.iter().filter(|name| {
            !param_names.contains(name)
                && !collector.escaping.contains(*name)
                && collector.uses.get(*name) == collector.harmless.get(*name)
        });
        let own = own.cloned().collect();
        let tracked = of_type(|ty| *ty == Type::Int);
        let counters = collector.steps.into_iter().filter(|(name, _)| tracked.contains(name));
        let counters = counters.filter(|(name, _)| !param_names.contains(name));
        let counters = counters.filter_map(|(name, range)| Some((name, reach(range?)))).collect();
        let fixed = of_type(|ty| matches!(ty, Type::Str | Type::Tuple(_)));
        Facts { tracked, fixed, own, counters }
    }

    /// The bounds that a variable never leaves.
    pub(super) fn always(&self, name: &str) -> Interval {
        self.counters.get(name).copied().unwrap_or(Interval::ALL)
    }
}

/// Where the counter gets: the steps begin at any of the values that it starts from.
fn reach(range: Interval) -> Interval {
    let start = Interval::new(-2 * LONGEST, 2 * LONGEST);
    let moves = Interval {
        lo: if range.lo < -LONGEST { start.lo } else { 0 },
        hi: if range.hi > LONGEST { start.hi } else { 0 },
    };
    range.add(moves)
}

#[derive(Default)]
struct Collector {
    types: BTreeMap<String, Type>,
    /// Lists that get a value which may be reachable otherwise.
    escaping: BTreeSet<String>,
    /// How often a variable is mentioned.
    uses: BTreeMap<String, usize>,
    /// How often it is mentioned where nothing can keep it.
    harmless: BTreeMap<String, usize>,
    /// For variables that only start at bounded values and take small steps, where that leads; `None`
    /// for others.
    steps: BTreeMap<String, Option<Interval>>,
}

impl Collector {
    fn harmless(&mut self, expr: &Expr) {
        if let Some(name) = expr.as_local() {
            *self.harmless.entry(name.to_string()).or_default() += 1;
        }
    }

    fn assigned(&mut self, name: &str, ty: &Type, value: Option<&Expr>) {
        self.types.insert(name.to_string(), ty.clone());
        if !value.is_some_and(is_fresh) {
            self.escaping.insert(name.to_string());
        }
        let reached = value.and_then(|value| bounded(value, name));
        let steps = self.steps.entry(name.to_string()).or_insert_with(|| reached);
        *steps = match (*steps, reached) {
            (Some(a), Some(b)) => Some(a.join(b)),
            _ => None,
        };
    }

    fn place(&mut self, place: &Place, value: Option<&Expr>) {
        match place {
            Place::Variable { name, ty } => self.assigned(name, ty, value),
            Place::Tuple(places) => {
                let items = match value.map(|v| &v.kind) {
                    Some(ExprKind::Tuple(items)) if items.len() == places.len() => items.as_slice(),
                    _ => &[],
                };
                for (i, place) in places.iter().enumerate() {
                    self.place(place, items.get(i));
                }
            }
            Place::Item { base, .. } | Place::Slice { base, .. } => self.harmless(base),
            Place::Field { .. } | Place::Part(_) => {}
        }
    }

    /// What keeps none of its operands.
    fn operands(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Index { base, .. } | ExprKind::Slice { base, .. } | ExprKind::Lookup { base, .. } => {
                self.harmless(base);
            }
            ExprKind::Compare { left, right, .. } | ExprKind::Binary { left, right, .. } => {
                self.harmless(left);
                self.harmless(right);
            }
            ExprKind::Intrinsic { op, args } if keeps_nothing(op) => {
                args.iter().for_each(|arg| self.harmless(arg))
            }
            ExprKind::Intrinsic { op, args } if changes_first(op) => {
                args.iter().take(1).for_each(|arg| self.harmless(arg))
            }
            ExprKind::Comprehension { clauses, .. }
            | ExprKind::SetComprehension { clauses, .. }
            | ExprKind::DictComprehension { clauses, .. } => {
                clauses.iter().for_each(|clause| self.harmless(&clause.iter));
            }
            _ => {}
        }
    }
}

impl<'a> Visit<'a> for Collector {
    fn expr(&mut self, expr: &'a Expr) {
        if let Some(name) = expr.as_local() {
            *self.uses.entry(name.to_string()).or_default() += 1;
        }
        if let ExprKind::Lambda { body, .. } = &expr.kind {
            self.escaping.extend(free_names(body));
        }
        self.operands(expr);
        walk_expr(self, expr);
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        for (name, ty) in pattern.names() {
            self.assigned(name, ty, None);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place, value } => self.place(place, Some(value)),
            StmtKind::AugAssign { place: Place::Variable { name, ty }, op, value, .. } => {
                let old = Expr::local(name.clone(), ty.clone());
                let value = Expr::binary(*op, Overflow::Unbounded, old, value.clone());
                self.assigned(name, ty, Some(&value));
            }
            StmtKind::AugAssign { place, .. } => self.place(place, None),
            StmtKind::Return(Some(value)) => self.harmless(value),
            StmtKind::For { iter, .. } => self.harmless(iter),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    /// What a nested function captures can be reached from everywhere.
    fn function(&mut self, function: &'a Function) {
        self.escaping.extend(function.captures.iter().cloned());
        for name in &function.rebinds {
            self.steps.insert(name.clone(), None);
        }
    }
}

/// Whether the value is a new list.
fn is_fresh(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::List(_)
        | ExprKind::Comprehension { .. }
        | ExprKind::Slice { .. }
        | ExprKind::Binary { .. } => true,
        ExprKind::Intrinsic { op, .. } => matches!(
            op,
            Intrinsic::ToList
                | Intrinsic::Copy
                | Intrinsic::Sorted { .. }
                | Intrinsic::Filled
                | Intrinsic::Split
                | Intrinsic::SplitWhitespace
                | Intrinsic::SplitLines
        ),
        _ => false,
    }
}

/// Whether the intrinsic gives neither an argument nor something that holds one.
fn keeps_nothing(op: &Intrinsic) -> bool {
    use Intrinsic::*;
    matches!(
        op,
        Len | IsEmpty
            | Contains
            | Copy
            | Sum
            | Product
            | Any
            | All
            | Count
            | IndexOf
            | Join
            | ToList
            | ToSet
            | ToTuple
            | Sorted { .. }
            | Enumerate
            | Zip
            | Reversed
            | Print { .. }
            | ToStr
            | Repr
            | BisectLeft
            | BisectRight
    )
}

/// Where a variable that gets `value` can be, if `value` is bounded by itself, or is the variable plus
/// or minus something small; after as many steps as any program can take.
fn bounded(value: &Expr, name: &str) -> Option<Interval> {
    match &value.kind {
        ExprKind::Int(value) if value.abs() <= LONGEST => Some(Interval::exactly(*value)),
        ExprKind::Intrinsic { op: Intrinsic::Len, .. } => Some(Interval::new(0, LONGEST)),
        ExprKind::Unary { .. } => value.as_int().filter(|v| v.abs() <= LONGEST).map(Interval::exactly),
        ExprKind::Binary { op: op @ (BinaryOp::Add | BinaryOp::Sub), left, right, .. } => {
            let small = right.as_int().filter(|step| step.abs() <= SMALL)?;
            if left.as_local() == Some(name) {
                let up = (*op == BinaryOp::Add) == (small >= 0);
                return Some(if up { Interval::new(0, FURTHEST) } else { Interval::new(-FURTHEST, 0) });
            }
            bounded(left, name).map(|range| range.add(Interval::new(-small.abs(), small.abs())))
        }
        _ => None,
    }
}

/// What some code can do to the lengths of lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Disturbance {
    /// Lists that others can reach may get shorter or longer.
    all: bool,
    /// These lists may get shorter.
    shrunk: BTreeSet<String>,
    /// Lists may get longer.
    pub(super) growth: bool,
}

impl Disturbance {
    /// What evaluating `expr` can do.
    pub(super) fn note(&mut self, expr: &Expr, purity: &Purity) {
        use Intrinsic::*;
        grammars::ir::visit::each_subexpr(expr, |e| match &e.kind {
            ExprKind::Intrinsic { op: Clear | Pop | PopFirst | RemoveItem | DeleteAt | HeapPop, args } => {
                self.shrink(args.first());
            }
            ExprKind::Intrinsic { op: Append | Extend | Insert | Prepend | HeapPush, .. } => {
                self.growth = true
            }
            ExprKind::Intrinsic { .. } => {}
            _ => self.all |= purity.is_loud(e),
        });
    }

    /// What `block` can do.
    pub(super) fn note_block(&mut self, block: &Block, purity: &Purity) {
        struct Notes<'d, 'p>(&'d mut Disturbance, &'p Purity);
        impl<'a> Visit<'a> for Notes<'_, '_> {
            fn expr(&mut self, expr: &'a Expr) {
                self.0.note(expr, self.1);
            }
            fn stmt(&mut self, stmt: &'a Stmt) {
                match &stmt.kind {
                    StmtKind::Assign { place, .. } => self.0.note_place(place),
                    StmtKind::AugAssign { op: BinaryOp::Concat, .. } => self.0.growth = true,
                    _ => {}
                }
                walk_stmt(self, stmt);
            }
            fn function(&mut self, _function: &'a Function) {}
        }
        Notes(self, purity).block(block);
    }

    /// What assigning to `place` can do.
    pub(super) fn note_place(&mut self, place: &Place) {
        match place {
            Place::Slice { base, .. } => self.shrink(Some(base)),
            Place::Tuple(places) => places.iter().for_each(|p| self.note_place(p)),
            _ => {}
        }
    }

    fn shrink(&mut self, list: Option<&Expr>) {
        match list.and_then(Expr::as_local) {
            Some(name) => {
                self.shrunk.insert(name.to_string());
            }
            None => self.all = true,
        }
    }

    /// Whether the list in the variable `name` may get shorter.
    pub(super) fn hits(&self, name: &str, facts: &Facts) -> bool {
        if facts.fixed.contains(name) {
            return false;
        }
        let through_others = self.all || self.shrunk.iter().any(|other| !facts.own.contains(other));
        self.shrunk.contains(name) || (through_others && !facts.own.contains(name))
    }

    /// Whether nothing gets shorter.
    pub(super) fn is_calm(&self) -> bool {
        !self.all && self.shrunk.is_empty()
    }
}

/// Whether evaluating `expr` can change the length of any list.
pub(super) fn disturbs(expr: &Expr, purity: &Purity) -> bool {
    any_expr(expr, |e| match &e.kind {
        ExprKind::Intrinsic { op, .. } => changes_first(op),
        _ => purity.is_loud(e),
    })
}
