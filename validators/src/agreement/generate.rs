//! Values of a type: at the edges, drawn at random, and changed a little.

use super::Value;
use super::harvest::Constants;
use super::random::Random;
use grammars::ir::{Module, Type};

/// What values are made of.
pub(super) struct Stock<'m> {
    pub(super) module: &'m Module,
    pub(super) constants: Constants,
    /// The characters of the texts that are known.
    pub(super) alphabet: Vec<char>,
    /// No integer that the tests show is negative.
    pub(super) naturals: bool,
}

/// Integers at the limits of what others hold.
const EDGES: [i128; 13] = [
    0,
    1,
    -1,
    2,
    10,
    (1 << 31) - 1,
    1 << 31,
    -(1 << 31),
    (1 << 53) + 1,
    1 << 62,
    (1 << 63) - 1,
    -(1 << 63) + 1,
    -(1 << 53),
];
const FLOATS: [f64; 12] = [0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -2.5, 0.1, 1e10, 1e-10, f64::INFINITY, f64::NAN];
const TEXTS: [&str; 16] =
    ["", "a", "A", " ", "aa", "ab", "a b", " a ", "0", "-1", "12", "aB3", "é", "日本", "a,b", "aaaa bb"];

impl Stock<'_> {
    /// Values of `ty` that programs forget about.
    pub(super) fn edges(&self, ty: &Type) -> Vec<Value> {
        match ty {
            Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
            Type::None => vec![Value::None],
            Type::Int => {
                let near = self.constants.ints.iter().flat_map(|c| [*c, c + 1, c - 1]);
                let mut ints: Vec<i128> = EDGES.iter().copied().chain(near).collect();
                without_repeats(&mut ints);
                ints.into_iter().filter(|value| !self.naturals || *value >= -1).map(Value::Int).collect()
            }
            Type::Float => {
                let mut floats: Vec<f64> = FLOATS.to_vec();
                floats.extend(&self.constants.floats);
                floats.into_iter().map(Value::Float).collect()
            }
            Type::Char => TEXTS.iter().filter(|text| text.chars().count() == 1).map(|t| text(t)).collect(),
            Type::Str => {
                let known = self.constants.texts.iter().map(String::as_str);
                TEXTS.iter().copied().chain(known).map(text).collect()
            }
            Type::Optional(inner) => {
                let mut values = vec![Value::None];
                values.extend(self.edges(inner));
                values
            }
            Type::Union(members) => members.iter().flat_map(|member| self.edges(member)).collect(),
            Type::List(item) => self.edge_lists(item).into_iter().map(Value::List).collect(),
            Type::Set(item) => {
                let sets = self.edge_lists(item).into_iter();
                sets.map(set).collect()
            }
            Type::Dict(_, _) => vec![Value::Dict(Vec::new())],
            _ => Vec::new(),
        }
    }

    fn edge_lists(&self, item: &Type) -> Vec<Vec<Value>> {
        let items = self.edges(item);
        let first: Vec<Value> = items.iter().take(1).cloned().collect();
        let mut lists = vec![Vec::new(), first.clone(), [first.clone(), first].concat()];
        lists.push(items.iter().take(5).cloned().collect());
        lists.push(items.iter().take(5).rev().cloned().collect());
        lists.extend(items.into_iter().skip(1).take(8).map(|item| vec![item]));
        lists
    }

    /// A value of `ty`; `None` where there is no rule for the type.
    pub(super) fn draw(&self, ty: &Type, random: &mut Random, depth: usize) -> Option<Value> {
        Some(match ty {
            Type::None => Value::None,
            Type::Bool => Value::Bool(random.percent(50)),
            Type::Int => Value::Int(self.int(random)),
            Type::Float => Value::Float(self.float(random)),
            Type::Char => Value::Text(self.letter(random).to_string()),
            Type::Str => Value::Text(self.text(random)),
            Type::Optional(inner) if random.percent(80) => self.draw(inner, random, depth)?,
            Type::Optional(_) => Value::None,
            Type::Union(members) => self.draw(random.pick(members)?, random, depth)?,
            Type::List(item) => Value::List(self.items(item, random, depth)?),
            Type::Set(item) => set(self.items(item, random, depth)?),
            Type::Tuple(items) => Value::Tuple(
                items.iter().map(|item| self.draw(item, random, depth + 1)).collect::<Option<_>>()?,
            ),
            Type::Dict(key, value) => {
                let Value::Set(mut keys) = set(self.items(key, random, depth)?) else { return None };
                // Not in the order of the keys: programs may rely on the order of insertion.
                keys.reverse();
                let pair = |key| Some((key, self.draw(value, random, depth + 1)?));
                Value::Dict(keys.into_iter().map(pair).collect::<Option<_>>()?)
            }
            Type::Class(name) => {
                let class = self.module.class(name).filter(|class| super::is_plain(class))?;
                let field = |field: &grammars::ir::Field| {
                    Some((field.name.clone(), self.draw(&field.ty, random, depth + 1)?))
                };
                Value::Object {
                    class: name.clone(),
                    fields: class.fields.iter().map(field).collect::<Option<_>>()?,
                }
            }
            _ => return None,
        })
    }

    fn items(&self, item: &Type, random: &mut Random, depth: usize) -> Option<Vec<Value>> {
        let longest = [8, 4, 3].get(depth).copied().unwrap_or(2);
        let length = random.below(longest + 1);
        let mut items: Vec<Value> = Vec::new();
        for _ in 0..length {
            let again = random.pick(&items).filter(|_| !items.is_empty()).cloned();
            match again {
                Some(again) if random.percent(25) => items.push(again),
                _ => items.push(self.draw(item, random, depth + 1)?),
            }
        }
        if random.percent(20) {
            sort(&mut items);
            if random.percent(40) {
                items.reverse();
            }
        }
        Some(items)
    }

    fn int(&self, random: &mut Random) -> i128 {
        let low = if self.naturals && random.percent(85) { 0 } else { -10 };
        match random.below(10) {
            0..4 => random.between(low, 20),
            4..6 if !self.constants.ints.is_empty() => {
                let known = random.pick(&self.constants.ints).copied().unwrap_or(0);
                known + random.between(-1, 1)
            }
            6..9 => random.between(low * 10, 200),
            _ => random.between(low * 1000, 100_000),
        }
    }

    fn float(&self, random: &mut Random) -> f64 {
        match random.below(10) {
            0..4 => random.between(-20, 40) as f64 / 4.0,
            4..8 => random.between(-10_000, 10_000) as f64 / 100.0,
            8 if !self.constants.floats.is_empty() => {
                random.pick(&self.constants.floats).copied().unwrap_or(0.0)
            }
            _ => self.int(random) as f64,
        }
    }

    fn letter(&self, random: &mut Random) -> char {
        const OTHERS: [char; 12] = ['a', 'b', 'c', 'z', 'A', 'B', 'Z', '0', '7', ' ', '-', ','];
        let known = random.pick(&self.alphabet).copied();
        match known {
            Some(letter) if random.percent(75) => letter,
            _ => random.pick(&OTHERS).copied().unwrap_or('a'),
        }
    }

    fn text(&self, random: &mut Random) -> String {
        let length = random.below(13);
        let mut letters: Vec<char> = Vec::new();
        for _ in 0..length {
            let again = letters.last().copied().filter(|_| random.percent(20));
            letters.push(again.unwrap_or_else(|| self.letter(random)));
        }
        if random.percent(15) {
            let back: Vec<char> = letters.iter().rev().copied().collect();
            letters.extend(back);
        }
        if random.percent(5) {
            letters.push('ß');
        }
        letters.into_iter().collect()
    }

    /// `value`, which has the type `ty`, with one thing changed.
    pub(super) fn changed(&self, value: &Value, ty: &Type, random: &mut Random) -> Option<Value> {
        Some(match (value, ty) {
            (Value::Bool(value), _) => Value::Bool(!value),
            (Value::Int(value), Type::Int) => Value::Int(match random.below(6) {
                0 => value + 1,
                1 => value - 1,
                2 => -value,
                3 => value.checked_mul(2)?,
                4 => value / 2,
                _ => self.int(random),
            }),
            (Value::Float(value), _) => Value::Float(match random.below(5) {
                0 => -value,
                1 => value + 0.5,
                2 => value * 2.0,
                3 => value.trunc(),
                _ => self.float(random),
            }),
            (Value::Text(text), Type::Str) => Value::Text(self.changed_text(text, random)),
            (Value::List(items), Type::List(item)) => {
                Value::List(self.changed_items(items.clone(), item, random)?)
            }
            (Value::Set(items), Type::Set(item)) => set(self.changed_items(items.clone(), item, random)?),
            (Value::Tuple(items), Type::Tuple(types)) if !items.is_empty() => {
                let mut items = items.clone();
                let at = random.below(items.len());
                items[at] = self.changed(&items[at], types.get(at)?, random)?;
                Value::Tuple(items)
            }
            (Value::Dict(pairs), Type::Dict(key, value)) => {
                let mut pairs = pairs.clone();
                let at = random.below(pairs.len());
                match random.below(3) {
                    0 if !pairs.is_empty() => {
                        pairs.remove(at);
                    }
                    1 if !pairs.is_empty() => pairs[at].1 = self.changed(&pairs[at].1, value, random)?,
                    _ => {
                        let key = self.draw(key, random, 1)?;
                        pairs.retain(|(known, _)| *known != key);
                        pairs.push((key, self.draw(value, random, 1)?));
                    }
                }
                Value::Dict(pairs)
            }
            (Value::None, Type::Optional(inner)) => self.draw(inner, random, 1)?,
            (_, Type::Optional(_)) if random.percent(20) => Value::None,
            (value, Type::Optional(inner)) => self.changed(value, inner, random)?,
            (_, ty) => self.draw(ty, random, 1)?,
        })
    }

    fn changed_text(&self, text: &str, random: &mut Random) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = random.below(letters.len());
        match random.below(8) {
            0 if !letters.is_empty() => {
                letters.remove(at);
            }
            1 if !letters.is_empty() => letters.insert(at, letters[at]),
            2 if !letters.is_empty() => {
                let other = random.below(letters.len());
                letters.swap(at, other);
            }
            3 => letters.reverse(),
            4 => letters.iter_mut().for_each(|c| {
                *c = if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            }),
            5 if !letters.is_empty() => letters[at] = self.letter(random),
            6 => letters.truncate(at),
            _ => letters.push(self.letter(random)),
        }
        letters.into_iter().collect()
    }

    fn changed_items(&self, mut items: Vec<Value>, ty: &Type, random: &mut Random) -> Option<Vec<Value>> {
        let at = random.below(items.len());
        match random.below(9) {
            0 if !items.is_empty() => {
                items.remove(at);
            }
            1 if !items.is_empty() => items.insert(at, items[at].clone()),
            2 if !items.is_empty() => {
                let other = random.below(items.len());
                items.swap(at, other);
            }
            3 => items.reverse(),
            4 => sort(&mut items),
            5 => items.truncate(at + 1),
            6 | 7 if !items.is_empty() => items[at] = self.changed(&items[at], ty, random)?,
            _ => items.push(self.draw(ty, random, 1)?),
        }
        Some(items)
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The set of `items`, as its encoding wants it.
pub(super) fn set(items: Vec<Value>) -> Value {
    let mut coded: Vec<(String, Value)> =
        items.into_iter().map(|item| (item.to_json().to_string(), item)).collect();
    coded.sort_by(|a, b| a.0.cmp(&b.0));
    coded.dedup_by(|a, b| a.0 == b.0);
    Value::Set(coded.into_iter().map(|(_, item)| item).collect())
}

fn without_repeats(ints: &mut Vec<i128>) {
    let mut seen = std::collections::BTreeSet::new();
    ints.retain(|value| seen.insert(*value));
}

/// Sorts numbers and texts; leaves the rest where it is.
fn sort(items: &mut [Value]) {
    use std::cmp::Ordering;
    items.sort_by(|a, b| match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => Ordering::Equal,
    });
}
