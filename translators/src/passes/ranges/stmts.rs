//! Follows what is known through statements and loops.

use super::Walk;
use super::env::{Env, Key, Value};
use super::facts::Disturbance;
use super::interval::{FURTHEST, Interval, LONGEST, SMALL};
use grammars::ir::names::names_assigned;
use grammars::ir::visit::{VisitMut, walk_expr_mut, walk_place_mut};
use grammars::ir::{
    BinaryOp, Block, Expr, ExprKind, Handler, Intrinsic, Overflow, Pattern, Place, Stmt, StmtKind, Type,
};

/// What a loop or clause binds on each turn.
pub(super) enum Binding {
    Any,
    Int(Value),
    Parts(Vec<Binding>),
}

impl Binding {
    fn retain(&mut self, keep: &impl Fn(&Key) -> bool) {
        match self {
            Binding::Any => {}
            Binding::Int(value) => value.retain(keep),
            Binding::Parts(parts) => parts.iter_mut().for_each(|part| part.retain(keep)),
        }
    }
}

/// Where the ways out of a loop's body lead.
#[derive(Default)]
pub(super) struct Exits {
    breaks: Option<Env>,
    continues: Option<Env>,
}

/// What holds after one turn: at the next turn, and where the loop ends by itself.
struct Turn {
    next: Option<Env>,
    end: Option<Env>,
    breaks: Option<Env>,
}

/// What holds whichever of two ways was taken, if any was.
fn join(a: Option<Env>, b: Option<Env>) -> Option<Env> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.join(&b)),
        (a, b) => a.or(b),
    }
}

impl Walk<'_> {
    /// What holds after `block`, if its end is reached.
    pub(super) fn block(&mut self, block: &mut Block, mut env: Option<Env>) -> Option<Env> {
        for stmt in block {
            // What cannot be reached need not be proven.
            env = self.stmt(stmt, env?);
        }
        env
    }

    fn stmt(&mut self, stmt: &mut Stmt, mut env: Env) -> Option<Env> {
        match &mut stmt.kind {
            StmtKind::Assign { .. }
            | StmtKind::AugAssign { .. }
            | StmtKind::Expr(_)
            | StmtKind::Assert { .. } => {
                self.simple(stmt, &mut env);
                Some(env)
            }
            StmtKind::Return(value) | StmtKind::Raise { message: value, .. } => {
                if let Some(value) = value {
                    self.evaluate(value, &mut env);
                }
                None
            }
            StmtKind::Reraise => None,
            StmtKind::Break => {
                let exits = self.loops.last_mut()?;
                exits.breaks = join(exits.breaks.take(), Some(env));
                None
            }
            StmtKind::Continue => {
                let exits = self.loops.last_mut()?;
                exits.continues = join(exits.continues.take(), Some(env));
                None
            }
            StmtKind::If { branches, orelse } => self.branches(branches, orelse, env),
            StmtKind::While { condition, body, orelse } => self.while_loop(condition, body, orelse, env),
            StmtKind::For { pattern, iter, body, orelse } => {
                self.for_loop(pattern, iter, (body, orelse), env)
            }
            StmtKind::Loop { condition, update, body, test_last } => {
                self.c_loop(condition, update, body, *test_last, env)
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.guarded(body, handlers, (orelse, finally), env)
            }
            StmtKind::ExpectRaise { body, .. } => {
                let after = self.interrupted(body, &env);
                self.block(body, Some(env));
                Some(after)
            }
            StmtKind::Comment { .. } | StmtKind::Pass | StmtKind::Function(_) => Some(env),
        }
    }

    /// Evaluates an expression that stands by itself.
    fn evaluate(&mut self, expr: &mut Expr, env: &mut Env) -> Value {
        let mut disturbance = Disturbance::default();
        disturbance.note(expr, self.purity);
        self.disturb(disturbance, env);
        let value = self.eval(expr, env);
        self.calm(env);
        value
    }

    /// Forgets what code about to run may spoil; until [`Self::calm`] nothing new is learnt about it.
    fn disturb(&mut self, disturbance: Disturbance, env: &mut Env) {
        if !disturbance.is_calm() {
            env.forget_lengths(|name| disturbance.hits(name, &self.facts));
        }
        self.disturbed = disturbance;
    }

    fn calm(&mut self, env: &mut Env) {
        let disturbance = std::mem::take(&mut self.disturbed);
        if disturbance.growth || !disturbance.is_calm() {
            env.forget_upper_lengths(|name| !self.facts.fixed.contains(name));
        }
    }

    fn simple(&mut self, stmt: &mut Stmt, env: &mut Env) {
        let mut disturbance = Disturbance::default();
        let block = vec![stmt.clone()];
        disturbance.note_block(&block, self.purity);
        self.disturb(disturbance, env);
        match &mut stmt.kind {
            StmtKind::Assign { place, value } => self.assign(place, value, env),
            StmtKind::AugAssign { place, op, overflow, value } => {
                self.augmented(place, *op, overflow, value, env)
            }
            StmtKind::Expr(value) => {
                self.eval(value, env);
            }
            StmtKind::Assert { condition, message } => {
                self.eval(condition, env);
                if let Some(message) = message {
                    self.eval(message, env);
                }
                self.assume(condition, true, env);
            }
            _ => {}
        }
        self.calm(env);
        if let StmtKind::Expr(Expr { kind: ExprKind::Intrinsic { op: Intrinsic::Append, args }, .. }) =
            &stmt.kind
            && let Some(name) = self.tracked_sequence(&args[0])
        {
            env.grown(name, 1);
        }
    }

    fn assign(&mut self, place: &mut Place, value: &mut Expr, env: &mut Env) {
        if let (Place::Tuple(places), ExprKind::Tuple(items)) = (&mut *place, &mut value.kind)
            && places.len() == items.len()
        {
            let mut values: Vec<Value> = items.iter_mut().map(|item| self.eval(item, env)).collect();
            let mut assigned = Vec::new();
            places.iter().for_each(|p| names_of(p, &mut assigned));
            values.iter_mut().for_each(|v| v.retain(|key| !assigned.iter().any(|name| name == key.name())));
            for (place, value) in places.iter_mut().zip(values) {
                self.store(place, Some(value), env);
            }
            return;
        }
        let known = self.eval(value, env);
        match place {
            Place::Variable { name, ty: Type::List(_) | Type::Str | Type::Tuple(_) } => {
                self.new_sequence(name, value, env);
            }
            place => self.store(place, Some(known), env),
        }
    }

    /// Stores an integer, or something unknown.
    fn store(&mut self, place: &mut Place, value: Option<Value>, env: &mut Env) {
        match place {
            Place::Variable { name, ty } => match value {
                Some(value) if *ty == Type::Int && self.facts.tracked.contains(name) => {
                    env.set_int(name, value)
                }
                _ => env.forget(name),
            },
            Place::Item { base, index, mode } => {
                self.eval(base, env);
                let literal = index.as_int();
                let value = self.eval(index, env);
                if self.record && *mode == grammars::ir::IndexMode::Python && matches!(base.ty, Type::List(_))
                {
                    *mode = self.mode(base, index, literal, &value, env);
                }
            }
            Place::Tuple(places) => places.iter_mut().for_each(|p| self.store(p, None, env)),
            place => self.parts(place, env),
        }
    }

    fn augmented(
        &mut self,
        place: &mut Place,
        op: BinaryOp,
        overflow: &mut Overflow,
        value: &mut Expr,
        env: &mut Env,
    ) {
        let by = self.eval(value, env);
        if let Place::Variable { name, ty: Type::Int } = place {
            let old = Expr::local(name.clone(), Type::Int);
            let before = self.eval(&mut old.clone(), env);
            let result = self.binary(op, (&old, &before), (value, &by), env);
            let result = self.settle(overflow, result);
            return self.store(place, Some(result), env);
        }
        if place.ty() == Type::Int {
            let result = self.binary(op, (value, &Value::any()), (value, &by), env);
            self.settle(overflow, result);
        }
        match place {
            // A list that grows in place keeps its least length.
            Place::Variable { ty: Type::List(_), .. } if op == BinaryOp::Concat => {}
            place => self.store(place, None, env),
        }
    }

    /// A sequence variable gets a new value.
    fn new_sequence(&mut self, name: &str, value: &Expr, env: &mut Env) {
        if self.purity.is_rebound(name) {
            return;
        }
        let same = self.same_length_as(value);
        if same.as_deref() == Some(name) {
            return;
        }
        if let Some(other) = same {
            env.set_len(name, env.len(&other));
            env.same_length(name, &other);
            return;
        }
        let count = self.count(value).map(|mut count| {
            let record = std::mem::replace(&mut self.record, false);
            let value = self.eval(&mut count, env);
            self.record = record;
            value
        });
        let length = match &count {
            Some(count) => Interval::new(count.range.lo.max(0), count.range.hi.max(0)),
            None => self.literal_length(value, env),
        };
        env.set_len(name, length);
        // A list of n + c items: n is at most its length - c, also where that would be negative.
        for (key, c) in count.into_iter().flat_map(|count| count.above) {
            match key {
                Key::Var(variable) => env.relate(&variable, Key::Len(name.to_string()), -c),
                Key::Len(other) if other != name => env.at_least_as_long(name, &other, c),
                Key::Len(_) => {}
            }
        }
    }

    /// The variable whose sequence is as long as `value`.
    fn same_length_as(&self, value: &Expr) -> Option<String> {
        use Intrinsic::*;
        match &value.kind {
            ExprKind::Local(_) => self.tracked_sequence(value).map(str::to_string),
            ExprKind::Intrinsic { op: ToList | Copy | Sorted { .. } | Reversed, args } => {
                self.same_length_as(&args[0])
            }
            ExprKind::Comprehension { clauses, .. } => match clauses.as_slice() {
                [only] if only.conditions.is_empty() => self.same_length_as(&only.iter),
                _ => None,
            },
            _ => None,
        }
    }

    /// The expression for how many items `value` has.
    fn count(&self, value: &Expr) -> Option<Expr> {
        match &value.kind {
            ExprKind::Binary { op: BinaryOp::Repeat, left, right, .. } => match &left.kind {
                ExprKind::List(items) if items.len() == 1 => Some((**right).clone()),
                ExprKind::Str(text) if text.chars().count() == 1 => Some((**right).clone()),
                _ => None,
            },
            ExprKind::Intrinsic { op: Intrinsic::Filled, args } => args.first().cloned(),
            ExprKind::Comprehension { clauses, .. } => match clauses.as_slice() {
                [only] if only.conditions.is_empty() => range_length(&only.iter),
                _ => None,
            },
            ExprKind::Intrinsic { op: Intrinsic::ToList, args } => range_length(args.first()?),
            _ => None,
        }
    }

    fn literal_length(&self, value: &Expr, env: &Env) -> Interval {
        match &value.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) => Interval::exactly(items.len() as i128),
            ExprKind::Str(text) => Interval::exactly(text.chars().count() as i128),
            ExprKind::Local(_) => {
                self.tracked_sequence(value).map_or(Interval::new(0, LONGEST), |name| env.len(name))
            }
            ExprKind::Binary { op: BinaryOp::Concat, left, right, .. } => {
                let both = self.literal_length(left, env).add(self.literal_length(right, env));
                Interval::new(both.lo, both.hi.min(LONGEST))
            }
            _ => Interval::new(0, LONGEST),
        }
    }

    fn branches(&mut self, branches: &mut [(Expr, Block)], orelse: &mut Block, mut env: Env) -> Option<Env> {
        let mut after = None;
        for (condition, block) in branches {
            self.evaluate(condition, &mut env);
            let mut taken = env.clone();
            self.assume_after(condition, true, &mut taken);
            after = join(after, self.block(block, Some(taken)));
            self.assume_after(condition, false, &mut env);
        }
        join(after, self.block(orelse, Some(env)))
    }

    /// Adds what a condition said, unless its evaluation may have changed that.
    fn assume_after(&mut self, condition: &Expr, truth: bool, env: &mut Env) {
        let mut disturbance = Disturbance::default();
        disturbance.note(condition, self.purity);
        if disturbance.is_calm() && !disturbance.growth {
            self.assume(condition, truth, env);
        }
    }

    fn while_loop(
        &mut self,
        condition: &mut Expr,
        body: &mut Block,
        orelse: &mut Block,
        env: Env,
    ) -> Option<Env> {
        let endless = matches!(condition.kind, ExprKind::Bool(true));
        let turn = self.repeat(env, |walk, mut head| {
            walk.evaluate(condition, &mut head);
            let mut inside = head.clone();
            walk.assume_after(condition, true, &mut inside);
            walk.assume_after(condition, false, &mut head);
            let (next, breaks) = walk.body(body, inside);
            Turn { next, end: (!endless).then_some(head), breaks }
        });
        join(self.block(orelse, turn.end), turn.breaks)
    }

    fn for_loop(
        &mut self,
        pattern: &Pattern,
        iter: &mut Expr,
        (body, orelse): (&mut Block, &mut Block),
        mut env: Env,
    ) -> Option<Env> {
        let mut disturbance = Disturbance::default();
        disturbance.note(iter, self.purity);
        self.disturb(disturbance, &mut env);
        let mut binding = self.iterate(iter, &env);
        self.calm(&mut env);
        let assigned = names_assigned(body);
        let mut inside = Disturbance::default();
        inside.note_block(body, self.purity);
        // The bounds were fixed before the first turn: what the body changes says nothing about them.
        binding.retain(&|key| match key {
            Key::Var(name) => !assigned.contains(name) && !self.purity.is_rebound(name),
            Key::Len(name) => {
                let moved = inside.growth && !self.facts.fixed.contains(name);
                !assigned.contains(name) && !inside.hits(name, &self.facts) && !moved
            }
        });
        let turn = self.repeat(env, |walk, head| {
            let mut bound = head.clone();
            walk.bind(pattern, &binding, &mut bound);
            let (next, breaks) = walk.body(body, bound);
            Turn { next, end: Some(head), breaks }
        });
        join(self.block(orelse, turn.end), turn.breaks)
    }

    fn c_loop(
        &mut self,
        condition: &mut Expr,
        update: &mut Block,
        body: &mut Block,
        test_last: bool,
        env: Env,
    ) -> Option<Env> {
        let turn = self.repeat(env, |walk, mut head| {
            let mut inside = head.clone();
            if !test_last {
                walk.evaluate(condition, &mut head);
                inside = head.clone();
                walk.assume_after(condition, true, &mut inside);
                walk.assume_after(condition, false, &mut head);
            }
            let (next, breaks) = walk.body(body, inside);
            let mut next = walk.block(update, next);
            let mut end = (!test_last).then_some(head);
            if let Some(env) = next.as_mut().filter(|_| test_last) {
                walk.evaluate(condition, env);
                let mut last = env.clone();
                walk.assume_after(condition, false, &mut last);
                walk.assume_after(condition, true, env);
                end = Some(last);
            }
            Turn { next, end, breaks }
        });
        join(turn.end, turn.breaks)
    }

    /// Runs a loop's body; gives what holds at its end or at a `continue`, and at a `break`.
    fn body(&mut self, body: &mut Block, env: Env) -> (Option<Env>, Option<Env>) {
        self.loops.push(Exits::default());
        let end = self.block(body, Some(env));
        let exits = self.loops.pop().unwrap_or_default();
        (join(end, exits.continues), exits.breaks)
    }

    /// Runs turns until what holds before each is found, then once more to note what that proves.
    fn repeat(&mut self, entry: Env, mut turn: impl FnMut(&mut Self, Env) -> Turn) -> Turn {
        const PATIENCE: usize = 2;
        const LIMIT: usize = 60;
        let record = std::mem::replace(&mut self.record, false);
        let mut head = entry;
        for round in 0.. {
            let Some(next) = turn(self, head.clone()).next else { break };
            let joined = head.join(&next);
            let joined = if round < PATIENCE { joined } else { head.widen(&joined) };
            if joined == head {
                break;
            }
            head = if round < LIMIT { joined } else { Env::default() };
        }
        self.record = record;
        turn(self, head)
    }

    /// What holds after a block that may have been left anywhere.
    fn interrupted(&self, block: &Block, env: &Env) -> Env {
        let mut after = env.clone();
        let mut disturbance = Disturbance::default();
        disturbance.note_block(block, self.purity);
        after.forget_lengths(|name| disturbance.hits(name, &self.facts));
        if disturbance.growth {
            after.forget_upper_lengths(|name| !self.facts.fixed.contains(name));
        }
        names_assigned(block).iter().for_each(|name| after.forget(name));
        after
    }

    fn guarded(
        &mut self,
        body: &mut Block,
        handlers: &mut [Handler],
        (orelse, finally): (&mut Block, &mut Block),
        env: Env,
    ) -> Option<Env> {
        let failed = self.interrupted(body, &env);
        let mut anywhere = self.interrupted(orelse, &failed);
        let end = self.block(body, Some(env));
        let mut after = self.block(orelse, end);
        for handler in handlers {
            anywhere = self.interrupted(&handler.body, &anywhere);
            after = join(after, self.block(&mut handler.body, Some(failed.clone())));
        }
        if finally.is_empty() {
            return after;
        }
        // A `break` out of the block passes through `finally` too.
        if let Some(exits) = self.loops.pop() {
            let passed = |env: Option<Env>| env.map(|env| self.interrupted(finally, &env));
            let exits = Exits { breaks: passed(exits.breaks), continues: passed(exits.continues) };
            self.loops.push(exits);
        }
        let end = self.block(finally, Some(anywhere));
        after.and(end)
    }

    /// What iterating over `iter` binds; evaluates `iter`.
    pub(super) fn iterate(&mut self, iter: &mut Expr, env: &Env) -> Binding {
        use Intrinsic::*;
        match &mut iter.kind {
            ExprKind::Range { start, stop, step } => {
                let (from, to) = (self.eval(start, env), self.eval(stop, env));
                let by = self.eval(step, env);
                Binding::Int(turns(&from, &to, by.range))
            }
            ExprKind::Intrinsic { op: Enumerate, args } => {
                let sequence = self.tracked_sequence(&args[0]).map(str::to_string);
                let start =
                    args.get_mut(1).map_or(Value::of(Interval::exactly(0)), |start| self.eval(start, env));
                let item = self.iterate(&mut args[0], env);
                let mut index = Value::of(start.range.add(Interval::new(0, LONGEST)));
                index.below.extend(sequence.map(|name| (Key::Len(name), start.range.hi - 1)));
                Binding::Parts(vec![Binding::Int(index), item])
            }
            ExprKind::Intrinsic { op: Zip, args } => {
                Binding::Parts(args.iter_mut().map(|arg| self.iterate(arg, env)).collect())
            }
            ExprKind::Intrinsic { op: Reversed | ToList | Sorted { key: false, .. } | ToSet, args } => {
                self.iterate(&mut args[0], env)
            }
            _ => {
                self.eval(iter, env);
                Binding::Any
            }
        }
    }

    /// Binds the names of `pattern`.
    pub(super) fn bind(&self, pattern: &Pattern, binding: &Binding, env: &mut Env) {
        match (pattern, binding) {
            (Pattern::Name { name, ty: Type::Int }, Binding::Int(value)) => env.set_int(name, value.clone()),
            (Pattern::Name { name, .. }, _) => env.forget(name),
            (Pattern::Tuple(parts), Binding::Parts(bindings)) if parts.len() == bindings.len() => {
                parts.iter().zip(bindings).for_each(|(part, binding)| self.bind(part, binding, env));
            }
            (Pattern::Tuple(parts), _) => parts.iter().for_each(|part| self.bind(part, &Binding::Any, env)),
        }
    }

    /// Evaluates the children of an expression.
    pub(super) fn children(&mut self, expr: &mut Expr, env: &Env) {
        walk_expr_mut(&mut Children(self, env), expr);
    }

    /// Evaluates the expressions of a place.
    fn parts(&mut self, place: &mut Place, env: &Env) {
        walk_place_mut(&mut Children(self, env), place);
    }
}

/// Evaluates each expression that it is shown.
struct Children<'c, 'w>(&'c mut Walk<'w>, &'c Env);

impl VisitMut for Children<'_, '_> {
    fn expr(&mut self, expr: &mut Expr) {
        self.0.eval(expr, self.1);
    }
}

/// The variables that a place assigns.
fn names_of(place: &Place, names: &mut Vec<String>) {
    match place {
        Place::Variable { name, .. } => names.push(name.clone()),
        Place::Tuple(places) => places.iter().for_each(|p| names_of(p, names)),
        _ => {}
    }
}

/// `n` for `range(0, n, 1)`.
fn range_length(iter: &Expr) -> Option<Expr> {
    match &iter.kind {
        ExprKind::Range { start, stop, step } if start.as_int() == Some(0) && step.as_int() == Some(1) => {
            Some((**stop).clone())
        }
        _ => None,
    }
}

/// The values that a loop over `range(from, to, by)` binds.
fn turns(from: &Value, to: &Value, by: Interval) -> Value {
    let up = || {
        let last = to.shifted(Interval::exactly(-1));
        // Counting up by small steps, no program gets further than that.
        let reach = from.range.add(Interval::new(0, FURTHEST)).hi;
        let reach = if by.hi <= SMALL { reach } else { last.range.hi };
        let range = Interval { lo: from.range.lo, hi: last.range.hi.min(reach) };
        Value { range, below: last.below, above: from.above.clone() }
    };
    let down = || {
        let last = to.shifted(Interval::exactly(1));
        let reach = from.range.add(Interval::new(-FURTHEST, 0)).lo;
        let reach = if by.lo >= -SMALL { reach } else { last.range.lo };
        let range = Interval { lo: last.range.lo.max(reach), hi: from.range.hi };
        Value { range, below: from.below.clone(), above: last.above }
    };
    let mut value = if by.lo > 0 {
        up()
    } else if by.hi < 0 {
        down()
    } else {
        Value::of(up().range.join(down().range))
    };
    if value.range.lo > value.range.hi {
        // There is no turn; anything may be said, as long as it is an interval.
        value.range = from.range;
    }
    value
}
