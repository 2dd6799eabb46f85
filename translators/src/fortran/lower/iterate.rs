//! What a loop runs over: sequences whose items can be had by position.

use super::arith::{IntKind, literal};
use super::mutation::{changes, root};
use super::{Binding, Body, reject};
use crate::fortran::tree::build::{at, binary, call, component, int, len, name, plus, size};
use crate::fortran::tree::{Control, Expr, Op, Stmt};
use crate::fortran::types::{is_array, tuple_component};
use grammars::Rejection;
use grammars::ir::names::names_assigned;
use grammars::ir::{self, ArrayOp, Block, ExprKind, Intrinsic, Pattern, Type};
use std::collections::{BTreeMap, BTreeSet};

/// Something whose items can be had by position.
#[derive(Clone, Debug)]
pub enum Sequence {
    /// An array.
    Array(Expr, Type),
    /// A text, character by character.
    Text(Expr),
    /// A range with a literal step.
    Range {
        /// First value.
        start: Expr,
        /// End, not included.
        stop: Expr,
        /// Step.
        step: i64,
    },
    /// A range whose step is only known when it runs.
    Stepped {
        /// First value.
        start: Expr,
        /// End, not included.
        stop: Expr,
        /// Step.
        step: Expr,
    },
    /// Items with their numbers.
    Enumerate(Box<Sequence>, i64),
    /// Items side by side.
    Zip(Vec<Sequence>),
    /// Backwards.
    Reversed(Box<Sequence>),
    /// Keys and values of a map.
    Items(Expr, Type, Type),
}

/// An item of a sequence.
#[derive(Clone, Debug)]
pub enum Part {
    /// A value of a type.
    One(Expr, Type),
    /// The parts of a tuple that is never built.
    Many(Vec<Part>),
}

/// What the body of a loop does to variables.
#[derive(Debug)]
pub struct Touched {
    /// The loop's variables live in it alone: the loop stands for a comprehension.
    own_scope: bool,
    changed: BTreeSet<String>,
    resized: BTreeSet<String>,
    assigned: BTreeSet<String>,
}

/// The head of a counting loop.
#[derive(Debug)]
pub struct Head {
    /// The variable.
    pub variable: String,
    /// First value.
    pub first: Expr,
    /// Last value.
    pub last: Expr,
    /// Step, if not 1.
    pub step: Option<Expr>,
    /// The variable is a counter of the lowering, to be used again after the loop.
    counter: bool,
    /// What the pattern binds.
    item: Part,
}

impl Head {
    /// As the control of a loop.
    pub fn control(&self) -> Control {
        Control::Count {
            variable: self.variable.clone(),
            first: self.first.clone(),
            last: self.last.clone(),
            step: self.step.clone(),
        }
    }
}

impl Body<'_, '_> {
    /// What a block does to variables.
    pub fn touched(&self, body: &Block) -> Touched {
        let found = changes(body, &self.unit.signatures);
        Touched {
            own_scope: false,
            changed: found.changed,
            resized: found.resized,
            assigned: names_assigned(body).into_iter().collect(),
        }
    }

    /// What a loop runs over.
    pub fn sequence(&mut self, iter: &ir::Expr, touched: &Touched) -> Result<Sequence, Rejection> {
        match &iter.kind {
            ExprKind::Range { start, stop, step } => self.range(start, stop, step),
            ExprKind::Intrinsic { op, args } => match op {
                Intrinsic::Enumerate => {
                    let first = match args.get(1).map(literal) {
                        None => 0,
                        Some(Some(first)) => first,
                        Some(None) => {
                            return reject(
                                "enumerate-start",
                                iter.span,
                                "`enumerate` with a start that is no literal",
                            );
                        }
                    };
                    Ok(Sequence::Enumerate(Box::new(self.sequence(&args[0], touched)?), first))
                }
                Intrinsic::Zip => {
                    let parts: Result<_, _> = args.iter().map(|a| self.sequence(a, touched)).collect();
                    Ok(Sequence::Zip(parts?))
                }
                Intrinsic::Array(ArrayOp::Items) => {
                    let Type::Array { element, rank: 1 } = &args[0].ty else {
                        return reject("array-rows", iter.span, "the rows of a matrix one by one");
                    };
                    Ok(Sequence::Array(self.stable(&args[0], touched)?, (**element).clone()))
                }
                Intrinsic::Reversed => Ok(Sequence::Reversed(Box::new(self.sequence(&args[0], touched)?))),
                Intrinsic::ToList
                    if root(&args[0]).is_none_or(|r| !touched.touches(r)) && args[0].ty != Type::None =>
                {
                    self.sequence(&args[0], touched)
                }
                Intrinsic::Items => match &args[0].ty {
                    Type::Dict(key, value) => {
                        let map = self.stable(&args[0], touched)?;
                        Ok(Sequence::Items(map, (**key).clone(), (**value).clone()))
                    }
                    _ => reject("iteration", iter.span, "the items of something that is no dict"),
                },
                Intrinsic::Keys | Intrinsic::Values => self.map_part(op, &args[0], touched),
                _ => self.sequence_value(iter, touched),
            },
            _ => self.sequence_value(iter, touched),
        }
    }

    fn map_part(&mut self, op: &Intrinsic, map: &ir::Expr, touched: &Touched) -> Result<Sequence, Rejection> {
        let Type::Dict(key, value) = &map.ty else {
            return reject("iteration", map.span, "the keys of something that is no dict");
        };
        let (part, ty) = if *op == Intrinsic::Keys { ("keys", key) } else { ("values", value) };
        let object = self.stable(map, touched)?;
        Ok(Sequence::Array(component(object, part), (**ty).clone()))
    }

    fn sequence_value(&mut self, iter: &ir::Expr, touched: &Touched) -> Result<Sequence, Rejection> {
        match &iter.ty {
            Type::Dict(..) => self.map_part(&Intrinsic::Keys, iter, touched),
            Type::Str | Type::Char => Ok(Sequence::Text(self.stable(iter, touched)?)),
            Type::List(element) | Type::Set(element) if !matches!(iter.kind, ExprKind::List(_)) => {
                Ok(Sequence::Array(self.stable(iter, touched)?, (**element).clone()))
            }
            _ => {
                let element = iter.ty.element().unwrap_or(Type::None);
                let array = self.make_list(iter)?;
                let array = self.subscriptable(array, &Type::list(element.clone()));
                Ok(Sequence::Array(array, element))
            }
        }
    }

    /// A value that does not change while a loop runs over it.
    fn stable(&mut self, e: &ir::Expr, touched: &Touched) -> Result<Expr, Rejection> {
        let Some(name) = root(e) else { return self.copied(e, touched) };
        if touched.resized.contains(name) {
            return reject("changing-loop", e.span, format!("a loop over `{name}` that changes its size"));
        }
        let value = self.expr(e)?;
        if touched.assigned.contains(name) {
            let copy = self.temporary(super::expr::wishes(&e.ty), &e.ty);
            self.emit(Stmt::Assign(Expr::Name(copy.clone()), value));
            return Ok(Expr::Name(copy));
        }
        Ok(self.subscriptable(value, &e.ty))
    }

    /// The value of an expression that is no variable: `list(xs)` is a copy where `xs` changes.
    fn copied(&mut self, e: &ir::Expr, touched: &Touched) -> Result<Expr, Rejection> {
        let value = self.expr(e)?;
        if !base_name(&value).is_some_and(|base| self.is_touched(base, touched)) {
            return Ok(self.subscriptable(value, &e.ty));
        }
        let copy = self.temporary(super::expr::wishes(&e.ty), &e.ty);
        self.emit(Stmt::Assign(name(&copy), value));
        Ok(name(copy))
    }

    /// Whether the body of a loop changes a Fortran variable or a part of it.
    fn is_touched(&self, variable: &str, touched: &Touched) -> bool {
        touched.names().any(|source| self.stands_for(source) == Some(variable))
    }

    /// The Fortran variable that a name of the source stands for, or for a part of.
    fn stands_for(&self, source: &str) -> Option<&str> {
        match self.bindings.get(source) {
            Some(Binding::Variable { name, .. }) => Some(name),
            Some(Binding::Alias(value)) => base_name(value),
            None => self.renaming.known(source),
        }
    }

    fn range(&mut self, start: &ir::Expr, stop: &ir::Expr, step: &ir::Expr) -> Result<Sequence, Rejection> {
        let Some(step) = literal(step).filter(|v| *v != 0) else {
            let bounds = self.operands(&[start, stop, step])?;
            let [start, stop, step] = <[Expr; 3]>::try_from(bounds).unwrap_or([int(0), int(0), int(1)]);
            let step = self.widened(step);
            let step = self.held(step, &["step", "stride"], &Type::Int);
            return Ok(Sequence::Stepped { start: self.widened(start), stop, step });
        };
        let bounds = self.operands(&[start, stop])?;
        let [start, stop] = <[Expr; 2]>::try_from(bounds).unwrap_or([int(0), int(0)]);
        Ok(Sequence::Range { start, stop, step })
    }

    /// A sequence whose items are computed in each pass from what it was before the first one.
    fn fixed(&mut self, sequence: &Sequence, touched: &Touched) -> Sequence {
        match sequence {
            Sequence::Range { start, stop, step } => Sequence::Range {
                start: self.fixed_bound(start, touched),
                stop: self.fixed_bound(stop, touched),
                step: *step,
            },
            Sequence::Stepped { start, stop, step } => Sequence::Stepped {
                start: self.fixed_bound(start, touched),
                stop: self.fixed_bound(stop, touched),
                step: self.fixed_bound(step, touched),
            },
            Sequence::Enumerate(inner, first) => {
                Sequence::Enumerate(Box::new(self.fixed(inner, touched)), *first)
            }
            Sequence::Reversed(inner) => Sequence::Reversed(Box::new(self.fixed(inner, touched))),
            Sequence::Zip(parts) => Sequence::Zip(parts.iter().map(|p| self.fixed(p, touched)).collect()),
            Sequence::Array(..) | Sequence::Text(_) | Sequence::Items(..) => sequence.clone(),
        }
    }

    /// A bound of a range, in a variable of its own where the body changes what it is made of.
    fn fixed_bound(&mut self, bound: &Expr, touched: &Touched) -> Expr {
        let changes = touched
            .names()
            .filter_map(|source| self.stands_for(source))
            .any(|variable| super::array::reads(bound, variable));
        if !changes {
            return bound.clone();
        }
        let wishes = ["bound", "other_bound"];
        let held = match self.int_kind(bound) {
            IntKind::Int64 => self.temporary(&wishes, &Type::Int),
            _ => self.counter(&wishes),
        };
        self.emit(Stmt::Assign(name(&held), bound.clone()));
        name(held)
    }

    /// How many items a sequence has.
    pub fn sequence_length(&self, sequence: &Sequence) -> Expr {
        match sequence {
            Sequence::Array(base, _) => size(base.clone()),
            Sequence::Text(base) => len(base.clone()),
            Sequence::Range { start, stop, step } => {
                let distance = if *step > 0 { difference(stop, start) } else { difference(start, stop) };
                let amount = step.abs();
                if amount == 1 { distance } else { binary(Op::Div, plus(distance, amount - 1), int(amount)) }
            }
            Sequence::Stepped { start, stop, step } => {
                let distance = sum(difference(stop, start), step.clone());
                let distance = binary(Op::Sub, distance, sign_of(step));
                let steps = binary(Op::Div, distance, step.clone());
                call("max", self.same_kinds(vec![steps, int(0)]))
            }
            Sequence::Enumerate(inner, _) | Sequence::Reversed(inner) => self.sequence_length(inner),
            Sequence::Items(map, ..) => size(component(map.clone(), "keys")),
            Sequence::Zip(parts) => {
                let lengths: Vec<Expr> = parts.iter().map(|p| self.sequence_length(p)).collect();
                call("min", self.same_kinds(lengths))
            }
        }
    }

    /// The item at a position that counts from 1.
    pub fn item(&self, sequence: &Sequence, position: &Expr) -> Part {
        match sequence {
            Sequence::Array(base, element) => {
                let item = at(base.clone(), position.clone());
                Part::One(self.value_of(item, element), element.clone())
            }
            Sequence::Text(base) => {
                Part::One(super::index::character_at(base.clone(), position.clone()), Type::Str)
            }
            Sequence::Range { start, step, .. } => {
                let steps = plus(position.clone(), -1);
                let distance = match step {
                    1 => steps,
                    -1 => Expr::Negate(Box::new(steps)),
                    _ => binary(Op::Mul, int(*step), steps),
                };
                Part::One(sum(start.clone(), distance), Type::Int)
            }
            Sequence::Stepped { start, step, .. } => {
                let steps = self.widened(plus(position.clone(), -1));
                Part::One(sum(start.clone(), binary(Op::Mul, step.clone(), steps)), Type::Int)
            }
            Sequence::Enumerate(inner, first) => {
                let number = Part::One(plus(position.clone(), first - 1), Type::Int);
                Part::Many(vec![number, self.item(inner, position)])
            }
            Sequence::Reversed(inner) => {
                let from_end = binary(Op::Sub, plus(self.sequence_length(inner), 1), position.clone());
                self.item(inner, &from_end)
            }
            Sequence::Items(map, key, value) => {
                let part = |name: &str, ty: &Type| {
                    let item = at(component(map.clone(), name), position.clone());
                    Part::One(self.value_of(item, ty), ty.clone())
                };
                Part::Many(vec![part("keys", key), part("values", value)])
            }
            Sequence::Zip(parts) => Part::Many(parts.iter().map(|p| self.item(p, position)).collect()),
        }
    }

    /// The head of a loop over a sequence, with a variable of the source where one counts.
    pub fn head(&mut self, sequence: &Sequence, pattern: &Pattern, touched: &Touched) -> Head {
        let mut head = self.loose_head(sequence, pattern, touched);
        if self.default_kind.contains(&head.variable) {
            head.first = self.narrow(head.first);
            head.last = self.narrow(head.last);
        }
        head
    }

    fn loose_head(&mut self, sequence: &Sequence, pattern: &Pattern, touched: &Touched) -> Head {
        match (sequence, pattern) {
            (Sequence::Range { .. }, Pattern::Name { name, .. }) if self.can_count(name, touched) => {
                self.named_range(sequence, name, false)
            }
            (Sequence::Stepped { .. }, Pattern::Name { name, .. }) if self.can_count(name, touched) => {
                self.named_steps(sequence, name)
            }
            (Sequence::Reversed(inner), Pattern::Name { name, .. })
                if matches!(&**inner, Sequence::Range { step: 1, .. }) && self.can_count(name, touched) =>
            {
                self.named_range(inner, name, true)
            }
            (Sequence::Enumerate(inner, first), Pattern::Tuple(parts)) => match parts.as_slice() {
                [Pattern::Name { name, .. }, _] if self.can_count(name, touched) => {
                    let inner = self.fixed(inner, touched);
                    self.named_enumeration(&inner, *first, name)
                }
                _ => {
                    let sequence = self.fixed(sequence, touched);
                    self.counted(&sequence)
                }
            },
            (Sequence::Range { .. }, _) => self.counted_range(sequence),
            (Sequence::Reversed(inner), _) if !matches!(&**inner, Sequence::Range { .. }) => {
                let inner = self.fixed(inner, touched);
                let length = self.sequence_length(&inner);
                let variable = self.loop_variable_for(&length);
                let item = self.item(&inner, &name(&variable));
                let step = Some(int(-1));
                Head { variable, first: length, last: int(1), step, counter: true, item }
            }
            _ => {
                let sequence = self.fixed(sequence, touched);
                self.counted(&sequence)
            }
        }
    }

    fn counted(&mut self, sequence: &Sequence) -> Head {
        let last = self.sequence_length(sequence);
        let variable = self.loop_variable_for(&last);
        let item = self.item(sequence, &name(&variable));
        Head { variable, first: int(1), last, step: None, counter: true, item }
    }

    fn counted_range(&mut self, sequence: &Sequence) -> Head {
        let Sequence::Range { start, stop, step } = sequence else { return self.counted(sequence) };
        let variable = match self.int_kind(stop) {
            IntKind::Int64 => self.loop_variable_for(stop),
            _ => self.loop_variable_for(start),
        };
        let last = plus(stop.clone(), -step.signum());
        let item = Part::One(name(&variable), Type::Int);
        let step = (*step != 1).then(|| int(*step));
        Head { variable, first: start.clone(), last, step, counter: true, item }
    }

    fn named_range(&mut self, sequence: &Sequence, source: &str, reversed: bool) -> Head {
        let Sequence::Range { start, stop, step } = sequence else { return self.counted(sequence) };
        let (variable, shift) = self.counting_variable(source);
        let end = plus(stop.clone(), shift - step.signum());
        let start = plus(start.clone(), shift);
        let item = Part::One(name(&variable), Type::Int);
        if reversed {
            return Head { variable, first: end, last: start, step: Some(int(-1)), counter: false, item };
        }
        let step = (*step != 1).then(|| int(*step));
        Head { variable, first: start, last: end, step, counter: false, item }
    }

    fn named_steps(&mut self, sequence: &Sequence, source: &str) -> Head {
        let Sequence::Stepped { start, stop, step } = sequence else { return self.counted(sequence) };
        let (variable, shift) = self.counting_variable(source);
        let first = plus(start.clone(), shift);
        let last = binary(Op::Sub, plus(stop.clone(), shift), sign_of(step));
        let item = Part::One(name(&variable), Type::Int);
        Head { variable, first, last, step: Some(step.clone()), counter: false, item }
    }

    fn named_enumeration(&mut self, inner: &Sequence, first: i64, source: &str) -> Head {
        let (variable, shift) = self.counting_variable(source);
        let position = plus(name(&variable), 1 - shift - first);
        let last = plus(self.sequence_length(inner), first + shift - 1);
        let number = Part::One(name(&variable), Type::Int);
        let item = Part::Many(vec![number, self.item(inner, &position)]);
        Head { variable, first: int(first + shift), last, step: None, counter: false, item }
    }

    /// Whether the source's own variable can control the loop: it is not assigned in it, nor read
    /// after it, nor in use by a loop around.
    fn can_count(&mut self, source: &str, touched: &Touched) -> bool {
        let clashes = touched.own_scope && self.is_foreign(source, &Type::Int);
        if source == "_" || clashes || self.outlives.contains(source) || self.bindings.contains_key(source) {
            return false;
        }
        let name = self.variable_name(source);
        !self.active.contains(&name)
    }

    /// Whether a variable of a comprehension has the name of another one of the procedure.
    fn is_foreign(&self, source: &str, ty: &Type) -> bool {
        self.param_names.contains(source)
            || self.outlives.contains(source)
            || self.declared.get(source).is_some_and(|known| known != ty)
    }

    fn counting_variable(&mut self, source: &str) -> (String, i64) {
        let shift = i64::from(self.shifted.contains(source));
        let name = self.variable_name(source);
        self.declare_source(source, &Type::Int);
        (name, shift)
    }

    /// Declares a variable of the source at its first use.
    pub fn declare_source(&mut self, source: &str, ty: &Type) {
        if !self.declared.contains_key(source) {
            self.declared.insert(source.to_string(), ty.clone());
            let name = self.variable_name(source);
            if self.default_sources.contains(source) {
                self.default_kind.insert(name.clone());
            }
            self.declare(&name, ty);
        }
    }

    /// A variable for positions up to `last`, free of use.
    pub fn loop_variable_for(&mut self, last: &Expr) -> String {
        let wide = self.int_kind(last) == IntKind::Int64;
        let free = self.free_counters.iter().position(|c| self.default_kind.contains(c) != wide);
        if let Some(free) = free {
            return self.free_counters.remove(free);
        }
        let wishes = ["i", "j", "k", "l", "m", "n", "at_item"];
        if wide { self.temporary(&wishes, &Type::Int) } else { self.counter(&wishes) }
    }

    /// Gives a counter back.
    pub fn release(&mut self, counter: String) {
        self.free_counters.push(counter);
        self.free_counters.sort();
    }

    /// Fills the body of a loop with its pattern bound.
    pub fn in_loop<T>(
        &mut self,
        head: &Head,
        pattern: &Pattern,
        touched: &Touched,
        fill: impl FnOnce(&mut Self) -> Result<T, Rejection>,
    ) -> Result<(Vec<Stmt>, T), Rejection> {
        let saved: BTreeMap<String, Binding> = self.bindings.clone();
        let known = self.known.len();
        self.active.push(head.variable.clone());
        let result = self.block(|body| {
            body.bind(pattern, &head.item, head, touched)?;
            fill(body)
        });
        self.active.pop();
        self.known.truncate(known);
        self.bindings = saved;
        if head.counter {
            self.release(head.variable.clone());
        }
        result
    }

    fn bind(
        &mut self,
        pattern: &Pattern,
        part: &Part,
        head: &Head,
        touched: &Touched,
    ) -> Result<(), Rejection> {
        match (pattern, part) {
            (Pattern::Name { name: source, .. }, _) if source == "_" => Ok(()),
            (Pattern::Name { name: source, ty }, Part::One(value, item_type)) => {
                self.bind_name(source, ty, value, item_type, head, touched)
            }
            (Pattern::Name { name: source, ty }, Part::Many(parts)) => {
                let Type::Tuple(types) = ty else {
                    return reject(
                        "iteration",
                        grammars::Span::default(),
                        format!("the loop variable `{source}`"),
                    );
                };
                let mut values = Vec::new();
                for (part, ty) in parts.iter().zip(types) {
                    let Part::One(value, _) = part else {
                        return reject(
                            "iteration",
                            grammars::Span::default(),
                            format!("the loop variable `{source}`"),
                        );
                    };
                    values.push(self.stored(value.clone(), ty));
                }
                let value = call(self.unit.derived(ty), values);
                self.declare_source(source, ty);
                let target = self.variable_name(source);
                self.emit(Stmt::Assign(name(target), value));
                Ok(())
            }
            (Pattern::Tuple(patterns), Part::Many(parts)) => {
                patterns.iter().zip(parts).try_for_each(|(p, part)| self.bind(p, part, head, touched))
            }
            (Pattern::Tuple(patterns), Part::One(value, ty)) => {
                self.bind_items(patterns, value, ty, head, touched)
            }
        }
    }

    fn bind_items(
        &mut self,
        patterns: &[Pattern],
        value: &Expr,
        ty: &Type,
        head: &Head,
        touched: &Touched,
    ) -> Result<(), Rejection> {
        for (i, pattern) in patterns.iter().enumerate() {
            let part = match ty {
                Type::Tuple(items) => {
                    let item = items.get(i).cloned().unwrap_or(Type::None);
                    Part::One(component(value.clone(), &tuple_component(i)), item)
                }
                list if is_array(list) => {
                    let element = list.element().unwrap_or(Type::None);
                    let position = i64::try_from(i).unwrap_or(0) + 1;
                    Part::One(self.value_of(at(value.clone(), int(position)), &element), element)
                }
                other => {
                    let span = grammars::Span::default();
                    return reject(
                        "iteration",
                        span,
                        format!("several loop variables for items of type `{other}`"),
                    );
                }
            };
            self.bind(pattern, &part, head, touched)?;
        }
        Ok(())
    }

    fn bind_name(
        &mut self,
        source: &str,
        ty: &Type,
        value: &Expr,
        item_type: &Type,
        head: &Head,
        touched: &Touched,
    ) -> Result<(), Rejection> {
        let foreign = touched.own_scope && self.is_foreign(source, ty);
        let own = self.variable_name(source);
        if *value == name(&own) && head.variable == own {
            return Ok(());
        }
        let lasting =
            !touched.own_scope && (self.outlives.contains(source) || touched.assigned.contains(source));
        let base_changes = base_name(value).is_some_and(|base| {
            touched.changed.iter().any(|c| self.renaming.known(c) == Some(base) && c != source)
        });
        let often = self.reads.get(source).copied().unwrap_or(0) > 5 && !matches!(value, Expr::Name(_));
        let changed = touched.changed.contains(source);
        if changed && (lasting || base_changes) {
            let span = grammars::Span::default();
            return reject(
                "aliasing",
                span,
                format!("the loop variable `{source}`, which is changed in place"),
            );
        }
        if changed || (!lasting && !base_changes && !often) {
            self.note_known(value);
            self.bindings.insert(source.to_string(), Binding::Alias(value.clone()));
            return Ok(());
        }
        if foreign {
            let fresh = self.temporary(&[super::super::names::spelling(source).as_str()], ty);
            self.note_known(value);
            self.emit(Stmt::Assign(name(&fresh), value.clone()));
            self.bindings.insert(source.to_string(), Binding::Variable { name: fresh, shift: 0 });
            return Ok(());
        }
        self.bindings.remove(source);
        self.declare_source(source, if item_type == ty { item_type } else { ty });
        let shift = i64::from(self.shifted.contains(source));
        self.note_known(value);
        self.emit(Stmt::Assign(name(own), plus(value.clone(), if *ty == Type::Int { shift } else { 0 })));
        Ok(())
    }

    /// Remembers that an element exists.
    fn note_known(&mut self, value: &Expr) {
        let mut value = value;
        while let Expr::Component(base, _) = value {
            value = base;
        }
        self.known.push(value.clone());
    }
}

/// For a comprehension.
impl Default for Touched {
    fn default() -> Self {
        Touched {
            own_scope: true,
            changed: BTreeSet::new(),
            resized: BTreeSet::new(),
            assigned: BTreeSet::new(),
        }
    }
}

impl Touched {
    /// Whether a variable changes its size.
    pub fn resizes(&self, name: &str) -> bool {
        self.resized.contains(name)
    }

    /// The names of all that a block changes or assigns.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.changed.iter().chain(&self.resized).chain(&self.assigned).map(String::as_str)
    }

    fn touches(&self, name: &str) -> bool {
        self.changed.contains(name) || self.assigned.contains(name)
    }
}

/// The variable that a designator starts with.
fn base_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name),
        Expr::Component(base, _) | Expr::Element(base, _) => base_name(base),
        _ => None,
    }
}

fn difference(a: &Expr, b: &Expr) -> Expr {
    match b {
        Expr::Int(value, _) if *value > i64::MIN => plus(a.clone(), -value),
        b => binary(Op::Sub, a.clone(), b.clone()),
    }
}

/// 1 or -1: a range leaves its end out.
fn sign_of(step: &Expr) -> Expr {
    call("sign", vec![Expr::Int(1, crate::fortran::tree::Kind::Int64), step.clone()])
}

fn sum(a: Expr, b: Expr) -> Expr {
    match (a, b) {
        (Expr::Int(value, _), b) => plus(b, value),
        (a, Expr::Negate(b)) => binary(Op::Sub, a, *b),
        (a, b) => binary(Op::Add, a, b),
    }
}
