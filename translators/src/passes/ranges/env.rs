//! What is known at a point of a function: bounds of integers, in numbers and relative to each other.

use super::interval::{Interval, LONGEST, NONE_ABOVE, NONE_BELOW, add_bounds};
use std::collections::BTreeMap;

/// Something that other integers are compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The value of an integer variable.
    Var(String),
    /// The length of the sequence in a variable.
    Len(String),
}

impl Key {
    pub(super) fn name(&self) -> &str {
        match self {
            Key::Var(name) | Key::Len(name) => name,
        }
    }
}

/// What is known of an integer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Its bounds in numbers.
    pub(super) range: Interval,
    /// `value <= key + c`.
    pub(super) below: BTreeMap<Key, i128>,
    /// `value >= key + c`.
    pub(super) above: BTreeMap<Key, i128>,
}

impl Value {
    /// Bounds in numbers only.
    pub(super) fn of(range: Interval) -> Value {
        Value { range, below: BTreeMap::new(), above: BTreeMap::new() }
    }

    /// Anything.
    pub(super) fn any() -> Value {
        Value::of(Interval::ALL)
    }

    /// Says that the value is that of `key`.
    pub(super) fn equal_to(mut self, key: Key) -> Value {
        self.below.insert(key.clone(), 0);
        self.above.insert(key, 0);
        self
    }

    /// The value plus something within `by`.
    pub(super) fn shifted(&self, by: Interval) -> Value {
        let shift = |bounds: &BTreeMap<Key, i128>, by: i128| {
            let moved = bounds.iter().map(|(key, c)| (key.clone(), add_bounds(*c, by)));
            moved.filter(|(_, c)| *c > NONE_BELOW && *c < NONE_ABOVE).collect()
        };
        Value {
            range: self.range.add(by),
            below: shift(&self.below, by.hi),
            above: shift(&self.above, by.lo),
        }
    }

    /// Lets `keep` decide which relations stay.
    pub(super) fn retain(&mut self, keep: impl Fn(&Key) -> bool) {
        self.below.retain(|key, _| keep(key));
        self.above.retain(|key, _| keep(key));
    }
}

/// What is known of the variables. A variable that is absent can be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Env {
    ints: BTreeMap<String, Value>,
    /// Bounds of lengths of sequences.
    lens: BTreeMap<String, Interval>,
}

impl Env {
    /// The value of an integer variable.
    pub(super) fn int(&self, name: &str) -> Value {
        let value = self.ints.get(name).cloned().unwrap_or_else(Value::any);
        value.equal_to(Key::Var(name.to_string()))
    }

    /// The length of a sequence variable.
    pub(super) fn len(&self, name: &str) -> Interval {
        self.lens.get(name).copied().unwrap_or(Interval::new(0, LONGEST))
    }

    fn range(&self, key: &Key) -> Interval {
        match key {
            Key::Var(name) => self.ints.get(name).map_or(Interval::ALL, |v| v.range),
            Key::Len(name) => self.len(name),
        }
    }

    /// The least c that is known with `value <= key + c`, if any.
    pub(super) fn below(&self, value: &Value, key: &Key) -> Option<i128> {
        let by_number = add_bounds(value.range.hi, -self.range(key).lo);
        let by_number = (value.range.hi < NONE_ABOVE && self.range(key).lo > NONE_BELOW).then_some(by_number);
        value.below.get(key).copied().into_iter().chain(by_number).min()
    }

    /// The greatest c that is known with `value >= key + c`, if any.
    pub(super) fn above(&self, value: &Value, key: &Key) -> Option<i128> {
        let by_number = add_bounds(value.range.lo, -self.range(key).hi);
        let by_number = (value.range.lo > NONE_BELOW && self.range(key).hi < NONE_ABOVE).then_some(by_number);
        value.above.get(key).copied().into_iter().chain(by_number).max()
    }

    /// Gives an integer variable a new value.
    pub(super) fn set_int(&mut self, name: &str, mut value: Value) {
        self.forget(name);
        value.retain(|key| key.name() != name);
        self.ints.insert(name.to_string(), value);
    }

    /// Narrows what is known of an integer variable, whose value stays the same.
    pub(super) fn narrow(
        &mut self,
        name: &str,
        range: Interval,
        below: BTreeMap<Key, i128>,
        above: BTreeMap<Key, i128>,
    ) {
        let own = Key::Var(name.to_string());
        let value = self.ints.entry(name.to_string()).or_insert_with(Value::any);
        value.range = value.range.meet(range);
        for (key, c) in below.into_iter().filter(|(key, _)| *key != own) {
            value.below.entry(key).and_modify(|old| *old = c.min(*old)).or_insert(c);
        }
        for (key, c) in above.into_iter().filter(|(key, _)| *key != own) {
            value.above.entry(key).and_modify(|old| *old = c.max(*old)).or_insert(c);
        }
    }

    /// Gives a sequence variable a new length.
    pub(super) fn set_len(&mut self, name: &str, range: Interval) {
        self.forget(name);
        self.lens.insert(name.to_string(), range);
    }

    /// Narrows the length of a sequence variable, which stays the same.
    pub(super) fn narrow_len(&mut self, name: &str, range: Interval) {
        self.lens.insert(name.to_string(), self.len(name).meet(range));
    }

    /// Says that the sequences in two variables are equally long.
    pub(super) fn same_length(&mut self, new: &str, old: &str) {
        for value in self.ints.values_mut() {
            for bounds in [&mut value.below, &mut value.above] {
                if let Some(c) = bounds.get(&Key::Len(old.to_string())).copied() {
                    bounds.insert(Key::Len(new.to_string()), c);
                }
            }
        }
    }

    /// Says that `variable <= key + c`.
    pub(super) fn relate(&mut self, variable: &str, key: Key, c: i128) {
        self.narrow(variable, Interval::ALL, BTreeMap::from([(key, c)]), BTreeMap::new());
    }

    /// Says that the sequence in `new` has at least `c` items more than that in `old`.
    pub(super) fn at_least_as_long(&mut self, new: &str, old: &str, c: i128) {
        for value in self.ints.values_mut() {
            if let Some(below) = value.below.get(&Key::Len(old.to_string())).copied() {
                value.below.insert(Key::Len(new.to_string()), add_bounds(below, -c));
            }
        }
    }

    /// Forgets everything about a variable.
    pub(super) fn forget(&mut self, name: &str) {
        self.ints.remove(name);
        self.lens.remove(name);
        for value in self.ints.values_mut() {
            value.retain(|key| key.name() != name);
        }
    }

    /// A list got longer by at least `by`.
    pub(super) fn grown(&mut self, list: &str, by: i128) {
        let least = self.len(list).lo + by;
        self.lens.insert(list.to_string(), Interval::new(least, LONGEST));
    }

    /// The sequences that pass `test` may have got longer.
    pub(super) fn forget_upper_lengths(&mut self, test: impl Fn(&str) -> bool) {
        for (_, range) in self.lens.iter_mut().filter(|(name, _)| test(name)) {
            range.hi = LONGEST;
        }
        for value in self.ints.values_mut() {
            value.above.retain(|key, _| matches!(key, Key::Var(_)) || !test(key.name()));
        }
    }

    /// The sequences that pass `test` may have changed their length in any way.
    pub(super) fn forget_lengths(&mut self, test: impl Fn(&str) -> bool) {
        self.lens.retain(|name, _| !test(name));
        for value in self.ints.values_mut() {
            value.retain(|key| matches!(key, Key::Var(_)) || !test(key.name()));
        }
    }

    /// What holds whichever of two ways was taken.
    pub(super) fn join(&self, other: &Env) -> Env {
        self.combine(other, Interval::join)
    }

    /// [`Self::join`], with bounds that still move given up.
    pub(super) fn widen(&self, next: &Env) -> Env {
        let mut wide = self.combine(next, Interval::widen);
        for (name, value) in &mut wide.ints {
            let Some(old) = self.ints.get(name) else { continue };
            value.below.retain(|key, c| old.below.get(key) == Some(c));
            value.above.retain(|key, c| old.above.get(key) == Some(c));
        }
        wide
    }

    fn combine(&self, other: &Env, ranges: fn(Interval, Interval) -> Interval) -> Env {
        let mut joined = Env::default();
        for name in self.lens.keys().filter(|name| other.lens.contains_key(*name)) {
            joined.lens.insert(name.clone(), ranges(self.len(name), other.len(name)));
        }
        for (name, ours) in &self.ints {
            let Some(theirs) = other.ints.get(name) else { continue };
            let mut value = Value::of(ranges(ours.range, theirs.range));
            for key in ours.below.keys().chain(theirs.below.keys()) {
                if let (Some(a), Some(b)) = (self.below(ours, key), other.below(theirs, key)) {
                    value.below.insert(key.clone(), a.max(b));
                }
            }
            for key in ours.above.keys().chain(theirs.above.keys()) {
                if let (Some(a), Some(b)) = (self.above(ours, key), other.above(theirs, key)) {
                    value.above.insert(key.clone(), a.min(b));
                }
            }
            joined.ints.insert(name.clone(), value);
        }
        joined
    }
}
