//! Evaluates expressions to what is known of their values, and notes what that proves.

use super::env::{Env, Key, Value};
use super::facts::disturbs;
use super::interval::{Interval, LONGEST, NONE_ABOVE};
use super::{I32, I64, Walk};
use grammars::ir::{
    ArrayOp, Axis, BinaryOp, Clause, Conversion, Expr, ExprKind, FormatPart, IndexMode, Intrinsic, Overflow,
    SliceBounds, Type, UnaryOp,
};

impl Walk<'_> {
    /// Evaluates an expression and everything in it.
    pub(super) fn eval(&mut self, expr: &mut Expr, env: &Env) -> Value {
        match &mut expr.kind {
            ExprKind::Int(value) => Value::of(Interval::exactly(*value)),
            ExprKind::Local(name) if expr.ty == Type::Int => self.local(name, env),
            ExprKind::Global(name) => {
                self.globals.get(name).map_or_else(Value::any, |v| Value::of(Interval::exactly(*v)))
            }
            ExprKind::Binary { op, overflow, left, right } => {
                let (a, b) = (self.eval(left, env), self.eval(right, env));
                if expr.ty != Type::Int {
                    return Value::any();
                }
                let value = self.binary(*op, (left, &a), (right, &b), env);
                self.settle(overflow, value)
            }
            ExprKind::Unary { op, operand } => {
                let value = self.eval(operand, env);
                let minus_one = Interval::exactly(-1);
                match op {
                    _ if expr.ty != Type::Int => Value::any(),
                    UnaryOp::Neg => Value::of(value.range.neg()),
                    UnaryOp::BitNot => Value::of(value.range.neg().add(minus_one)),
                }
            }
            ExprKind::And(_) | ExprKind::Or(_) | ExprKind::IfElse { .. } | ExprKind::CompareChain { .. } => {
                self.lazy(expr, env)
            }
            ExprKind::Index { base, index, mode } => {
                self.eval(base, env);
                let literal = index.as_int();
                let value = self.eval(index, env);
                if self.record && *mode == IndexMode::Python && !matches!(base.ty, Type::Tuple(_)) {
                    *mode = self.mode(base, index, literal, &value, env);
                }
                Value::any()
            }
            ExprKind::Slice { base, start, stop, step, bounds } => {
                self.eval(base, env);
                let start = start.as_mut().map(|e| self.eval(e, env));
                let stop = stop.as_mut().map(|e| self.eval(e, env));
                if let Some(step) = step {
                    self.eval(step, env);
                }
                if self.record {
                    *bounds = slice_bounds(base, start.as_ref(), stop.as_ref(), env);
                }
                Value::any()
            }
            ExprKind::Intrinsic { op: Intrinsic::Array(ArrayOp::Select(axes)), args } => {
                self.selection(axes, args, env);
                Value::any()
            }
            ExprKind::Intrinsic { op, args } => self.intrinsic(op, args, env),
            ExprKind::Convert { conversion, value } => {
                let inner = self.eval(value, env);
                match conversion {
                    Conversion::BoolToInt => Value::of(Interval::new(0, 1)),
                    Conversion::CharToInt => Value::of(Interval::new(0, 0x10ffff)),
                    Conversion::WrapTo32 if inner.range.within(I32.0, I32.1) => inner,
                    Conversion::WrapTo32 => Value::of(Interval::new(I32.0, I32.1)),
                    Conversion::Unwrap | Conversion::ToOptional if expr.ty == Type::Int => Value::any(),
                    _ => Value::any(),
                }
            }
            _ => self.other(expr, env),
        }
    }

    fn local(&self, name: &str, env: &Env) -> Value {
        if self.shadowed.iter().any(|s| s == name) {
            env.int(name)
        } else if self.facts.tracked.contains(name) {
            let mut value = env.int(name);
            value.range = value.range.meet(self.facts.always(name));
            value
        } else {
            Value::any()
        }
    }

    /// Expressions that give nothing of interest themselves.
    fn other(&mut self, expr: &mut Expr, env: &Env) -> Value {
        match &mut expr.kind {
            ExprKind::Lambda { params, body } => {
                let names =
                    params.iter().filter(|(_, ty)| *ty == Type::Int).map(|(name, _)| name.clone()).collect();
                self.isolated(names, body);
            }
            ExprKind::Comprehension { element, clauses }
            | ExprKind::SetComprehension { element, clauses } => {
                self.comprehension(clauses, &mut [element], env);
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                self.comprehension(clauses, &mut [key, value], env)
            }
            ExprKind::Format(parts) => {
                for part in parts {
                    if let FormatPart::Value { value, .. } = part {
                        self.eval(value, env);
                    }
                }
            }
            _ => self.children(expr, env),
        }
        Value::any()
    }

    /// A function's body runs at another time: nothing is known there.
    fn isolated(&mut self, names: Vec<String>, body: &mut Expr) {
        let outer = self.shadowed.len();
        self.shadowed.extend(names);
        self.eval(body, &Env::default());
        self.shadowed.truncate(outer);
    }

    /// Runs any number of times; so what it disturbs is forgotten before.
    fn comprehension(&mut self, clauses: &mut [Clause], rest: &mut [&mut Expr], env: &Env) {
        let disturbing = rest.iter().any(|e| disturbs(e, self.purity))
            || clauses.iter().any(|c| {
                disturbs(&c.iter, self.purity) || c.conditions.iter().any(|e| disturbs(e, self.purity))
            });
        let mut inner = env.clone();
        if disturbing {
            inner.forget_lengths(|name| !self.facts.fixed.contains(name));
        }
        let outer = self.shadowed.len();
        for clause in clauses {
            let binding = self.iterate(&mut clause.iter, &inner);
            for (name, _) in clause.pattern.names() {
                self.shadowed.push(name.to_string());
                inner.forget(name);
            }
            self.bind(&clause.pattern, &binding, &mut inner);
            for condition in &mut clause.conditions {
                self.eval(condition, &inner);
                self.assume(condition, true, &mut inner);
            }
        }
        for expr in rest {
            self.eval(expr, &inner);
        }
        self.shadowed.truncate(outer);
    }

    /// `and`, `or`, conditional expressions and chains: later operands are evaluated knowing the
    /// earlier ones.
    fn lazy(&mut self, expr: &mut Expr, env: &Env) -> Value {
        match &mut expr.kind {
            ExprKind::And(operands) => self.one_by_one(operands, true, env),
            ExprKind::Or(operands) => self.one_by_one(operands, false, env),
            ExprKind::CompareChain { operands, .. } => {
                for operand in operands {
                    self.eval(operand, env);
                }
                Value::any()
            }
            ExprKind::IfElse { condition, then, orelse } => {
                self.eval(condition, env);
                let (mut yes, mut no) = (env.clone(), env.clone());
                self.assume(condition, true, &mut yes);
                self.assume(condition, false, &mut no);
                let (a, b) = (self.eval(then, &yes), self.eval(orelse, &no));
                either(&a, &yes, &b, &no)
            }
            _ => Value::any(),
        }
    }

    fn one_by_one(&mut self, operands: &mut [Expr], truth: bool, env: &Env) -> Value {
        let mut inner = env.clone();
        for operand in operands {
            self.eval(operand, &inner);
            self.assume(operand, truth, &mut inner);
        }
        Value::any()
    }

    /// Says that a result fits its width where that is so.
    pub(super) fn settle(&self, overflow: &mut Overflow, value: Value) -> Value {
        let (width, wraps) = match overflow {
            Overflow::Wrap32 => (I32, true),
            Overflow::Wrap64 => (I64, true),
            Overflow::Unbounded | Overflow::Fits => (I64, false),
        };
        if value.range.within(width.0, width.1) {
            if self.record {
                *overflow = Overflow::Fits;
            }
            value
        } else if wraps {
            Value::of(Interval::new(width.0, width.1))
        } else {
            value
        }
    }

    pub(super) fn binary(
        &self,
        op: BinaryOp,
        (left, a): (&Expr, &Value),
        (right, b): (&Expr, &Value),
        env: &Env,
    ) -> Value {
        let not_negative = a.range.lo >= 0 && b.range.lo >= 0;
        match op {
            BinaryOp::Add if a.below.len() + a.above.len() >= b.below.len() + b.above.len() => {
                a.shifted(b.range)
            }
            BinaryOp::Add => b.shifted(a.range),
            BinaryOp::Sub => difference(a, b, env),
            BinaryOp::Mul => Value::of(a.range.mul(b.range)),
            BinaryOp::FloorDiv => half(left, a, right, b, self, env),
            BinaryOp::FloorMod => remainder(a, b),
            BinaryOp::TruncDiv if not_negative => half(left, a, right, b, self, env),
            BinaryOp::TruncRem if not_negative => remainder(a, b),
            BinaryOp::Pow if b.range.lo >= 0 => Value::of(a.range.pow(b.range)),
            BinaryOp::BitAnd if not_negative => Value::of(Interval::new(0, a.range.hi.min(b.range.hi))),
            BinaryOp::BitAnd if a.range.lo >= 0 => Value::of(Interval::new(0, a.range.hi)),
            BinaryOp::BitAnd if b.range.lo >= 0 => Value::of(Interval::new(0, b.range.hi)),
            BinaryOp::BitOr | BinaryOp::BitXor if not_negative => {
                Value::of(a.range.bits().join(b.range.bits()))
            }
            BinaryOp::Shr if not_negative => Value::of(Interval::new(0, a.range.hi)),
            BinaryOp::Shl if not_negative && b.range.hi < 90 => {
                Value::of(a.range.mul(Interval::new(1 << b.range.lo, 1 << b.range.hi)))
            }
            BinaryOp::Shl if not_negative => Value::of(Interval::at_least(0)),
            _ => Value::any(),
        }
    }

    /// How a position is meant.
    pub(super) fn mode(
        &self,
        base: &Expr,
        index: &Expr,
        literal: Option<i128>,
        value: &Value,
        env: &Env,
    ) -> IndexMode {
        if literal.is_some_and(|i| i < 0) {
            return IndexMode::FromEnd;
        }
        if value.range.lo < 0 {
            return IndexMode::Python;
        }
        let inside = self.tracked_sequence(base).is_some_and(|name| {
            env.below(value, &Key::Len(name.to_string())).is_some_and(|c| c < 0)
                && !disturbs(index, self.purity)
        });
        if inside { IndexMode::InRange } else { IndexMode::NonNegative }
    }

    /// The variable, where `base` is one whose length is followed.
    pub(super) fn tracked_sequence<'e>(&self, base: &'e Expr) -> Option<&'e str> {
        let name = base.as_local()?;
        let sequence = matches!(base.ty, Type::List(_) | Type::Str | Type::Tuple(_));
        let unsteady = self.purity.is_rebound(name) || self.shadowed.iter().any(|s| s == name);
        let disturbed = matches!(base.ty, Type::List(_)) && self.disturbed.hits(name, &self.facts);
        (sequence && !unsteady && !disturbed).then_some(name)
    }

    /// Notes which subscripts of an array are not negative; lengths of arrays are not followed.
    fn selection(&mut self, axes: &mut [Axis], args: &mut [Expr], env: &Env) {
        let literals: Vec<Option<i128>> = args.iter().map(Expr::as_int).collect();
        let values: Vec<Value> = args.iter_mut().map(|arg| self.eval(arg, env)).collect();
        let mut at = 1;
        for axis in axes {
            let own = at;
            at += axis.arguments();
            let not_negative = |at: usize| values.get(at).is_some_and(|v| v.range.lo >= 0);
            match axis {
                _ if !self.record => {}
                Axis::At(mode) if literals.get(own).is_some_and(|l| l.is_some_and(|i| i < 0)) => {
                    *mode = IndexMode::FromEnd;
                }
                Axis::At(mode) if not_negative(own) => *mode = IndexMode::NonNegative,
                Axis::Range { start, stop, bounds, .. } => {
                    bounds.start_non_negative = !*start || not_negative(own);
                    bounds.stop_non_negative = !*stop || not_negative(own + usize::from(*start));
                }
                _ => {}
            }
        }
    }

    fn intrinsic(&mut self, op: &Intrinsic, args: &mut [Expr], env: &Env) -> Value {
        let values: Vec<Value> = args.iter_mut().map(|arg| self.eval(arg, env)).collect();
        let sequence =
            args.first().and_then(|base| self.tracked_sequence(base)).map(|name| Key::Len(name.to_string()));
        let range = |i: usize| values.get(i).map_or(Interval::ALL, |v| v.range);
        let in_sequence = |least: i128, offset: i128| {
            let mut value = Value::of(Interval::new(least, LONGEST));
            value.below.extend(sequence.clone().map(|key| (key, offset)));
            value
        };
        match op {
            Intrinsic::Len => match &sequence {
                Some(key) => Value::of(env.len(key.name())).equal_to(key.clone()),
                None => Value::of(Interval::new(0, LONGEST)),
            },
            Intrinsic::Array(ArrayOp::Size(_)) => Value::of(Interval::new(0, LONGEST)),
            Intrinsic::Find | Intrinsic::RFind => in_sequence(-1, 0),
            Intrinsic::IndexOf if matches!(args[0].ty, Type::List(_)) => in_sequence(0, -1),
            Intrinsic::Count if args[0].ty == Type::Str => in_sequence(0, 1),
            Intrinsic::IndexOf | Intrinsic::Count | Intrinsic::BisectLeft | Intrinsic::BisectRight => {
                in_sequence(0, 0)
            }
            Intrinsic::Ord => Value::of(Interval::new(0, 0x10ffff)),
            Intrinsic::Abs => Value::of(magnitude(range(0))),
            Intrinsic::MinOf => extreme(&values, env, true),
            Intrinsic::MaxOf => extreme(&values, env, false),
            Intrinsic::BitLength | Intrinsic::BitCount => Value::of(Interval::new(0, LONGEST)),
            Intrinsic::ISqrt => Value::of(Interval::new(0, range(0).hi.max(0))),
            Intrinsic::Gcd | Intrinsic::Lcm | Intrinsic::Comb | Intrinsic::Perm => {
                Value::of(Interval::at_least(0))
            }
            Intrinsic::Factorial => Value::of(Interval::at_least(1)),
            Intrinsic::PowMod if range(2).lo > 0 => Value::of(Interval::new(0, range(2).hi - 1)),
            Intrinsic::ToInt if args[0].ty == Type::Bool => Value::of(Interval::new(0, 1)),
            Intrinsic::ToInt if args[0].ty == Type::Int => values[0].clone(),
            _ => Value::any(),
        }
    }
}

/// What holds of a value that is one of two.
fn either(a: &Value, of_a: &Env, b: &Value, of_b: &Env) -> Value {
    let mut value = Value::of(a.range.join(b.range));
    for key in a.below.keys().chain(b.below.keys()) {
        if let (Some(x), Some(y)) = (of_a.below(a, key), of_b.below(b, key)) {
            value.below.insert(key.clone(), x.max(y));
        }
    }
    for key in a.above.keys().chain(b.above.keys()) {
        if let (Some(x), Some(y)) = (of_a.above(a, key), of_b.above(b, key)) {
            value.above.insert(key.clone(), x.min(y));
        }
    }
    value
}

/// The least or greatest of several.
fn extreme(values: &[Value], env: &Env, least: bool) -> Value {
    let Some((first, rest)) = values.split_first() else { return Value::any() };
    rest.iter().fold(first.clone(), |so_far, next| {
        let mut value = either(&so_far, env, next, env);
        let (a, b) = (so_far.range, next.range);
        value.range = if least {
            Interval { lo: a.lo.min(b.lo), hi: a.hi.min(b.hi) }
        } else {
            Interval { lo: a.lo.max(b.lo), hi: a.hi.max(b.hi) }
        };
        for side in [&so_far, next] {
            let (theirs, ours) =
                if least { (&side.below, &mut value.below) } else { (&side.above, &mut value.above) };
            for (key, c) in theirs {
                let better = |old: i128| if least { old.min(*c) } else { old.max(*c) };
                ours.entry(key.clone()).and_modify(|old| *old = better(*old)).or_insert(*c);
            }
        }
        value
    })
}

fn magnitude(range: Interval) -> Interval {
    let most = range.neg().hi.max(range.hi);
    if range.lo >= 0 { range } else { Interval::new(if range.hi < 0 { -range.hi } else { 0 }, most) }
}

/// `a - b`, using what is known of both relative to the same thing.
fn difference(a: &Value, b: &Value, env: &Env) -> Value {
    let mut value = a.shifted(b.range.neg());
    for key in a.above.keys() {
        if let (Some(x), Some(y)) = (env.above(a, key), env.below(b, key)) {
            value.range.lo = value.range.lo.max(x - y);
        }
    }
    for key in a.below.keys() {
        if let (Some(x), Some(y)) = (env.below(a, key), env.above(b, key)) {
            value.range.hi = value.range.hi.min(x - y);
        }
    }
    if value.range.lo > value.range.hi {
        value.range = Interval::ALL;
    }
    value
}

/// A divisor that is not negative is positive, because zero raises.
fn divisor(range: Interval) -> Interval {
    if range.lo == 0 { Interval { lo: 1, hi: range.hi.max(1) } } else { range }
}

/// `a % b`, which is below a positive `b`.
fn remainder(a: &Value, b: &Value) -> Value {
    let by = divisor(b.range);
    let mut value = Value::of(a.range.floor_mod(by));
    if by.lo >= 1 {
        value.below = b.shifted(Interval::exactly(-1)).below;
    }
    value
}

/// `a // b`; the middle of two values is not above both: `(low + high) // 2`.
fn half(left: &Expr, a: &Value, right: &Expr, b: &Value, walk: &Walk<'_>, env: &Env) -> Value {
    let mut value = Value::of(a.range.floor_div(divisor(b.range)));
    if right.as_int() == Some(2)
        && let ExprKind::Binary { op: BinaryOp::Add, left: x, right: y, .. } = &left.kind
        && let (Some(x), Some(y)) = (x.as_local(), y.as_local())
    {
        let (x, y) = (walk.local(x, env), walk.local(y, env));
        for key in x.below.keys().chain(y.below.keys()) {
            if let (Some(p), Some(q)) = (env.below(&x, key), env.below(&y, key)) {
                value.below.insert(key.clone(), p.max(q));
            }
        }
    } else if a.range.lo >= 0 && b.range.lo >= 1 {
        value.below.extend(a.below.clone());
    }
    value
}

fn slice_bounds(base: &Expr, start: Option<&Value>, stop: Option<&Value>, env: &Env) -> SliceBounds {
    let not_negative = |bound: Option<&Value>| bound.is_none_or(|v| v.range.lo >= 0);
    let in_range = |bound: Option<&Value>| {
        let within = |v: &Value| {
            let Some(name) = base.as_local() else { return v.range == Interval::exactly(0) };
            env.below(v, &Key::Len(name.to_string())).is_some_and(|c| c <= 0)
        };
        bound.is_none_or(|v| v.range.lo >= 0 && v.range.hi <= NONE_ABOVE && within(v))
    };
    SliceBounds {
        start_in_range: in_range(start),
        stop_in_range: in_range(stop),
        start_non_negative: not_negative(start),
        stop_non_negative: not_negative(stop),
    }
}
