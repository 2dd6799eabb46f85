//! Regular expressions: which call is meant, what its pattern is, and what comes back.
//!
//! Patterns that are written out, or that a variable assigned once holds, are read here. What is
//! known of a pattern's groups goes with the types of patterns and matches, so that `m.groups()` has
//! a type.

use super::cells::{Cell, Cells, Head};
use super::facts::{Binding, Facts};
use super::key::Key;
use super::special::{Applied, Call};
use grammars::Rejection;
use grammars::ir::{LibraryType, Regex, RegexAnchor};
use grammars::python::regex;
use grammars::surface::{BinaryOp, Expr, ExprKind};

/// How many names may stand between a pattern and its text.
const MAX_NAMES: usize = 8;

/// How many names a pattern may be put together of in all: each may be made of the same one many times.
const MAX_PARTS: usize = 1000;

/// What is known of the groups of a pattern or match.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Groups {
    /// How many there are; none if nothing is known yet, or if patterns with different numbers met.
    count: Option<usize>,
    /// Patterns with different numbers met, or one that nobody knows.
    unknown: bool,
    /// The bit of each group that may have captured nothing.
    absent: u64,
}

impl Groups {
    /// Those of a pattern.
    fn of(regex: &Regex) -> Groups {
        let bits = regex.root.optional_groups().into_iter().map(|n| 1 << n.min(63));
        Groups { count: Some(regex.groups), unknown: false, absent: bits.fold(0, |all, bit: u64| all | bit) }
    }

    /// Those of a pattern that is known only when the program runs.
    fn unknown() -> Groups {
        Groups { count: None, unknown: true, absent: u64::MAX }
    }

    /// What holds for both.
    pub fn join(self, other: Groups) -> Groups {
        let differ = matches!((self.count, other.count), (Some(a), Some(b)) if a != b);
        let unknown = self.unknown || other.unknown || differ;
        let count = if unknown { None } else { self.count.or(other.count) };
        Groups { count, unknown, absent: self.absent | other.absent }
    }

    /// How many there are, if that is known.
    pub fn count(self) -> Option<usize> {
        self.count
    }

    /// The group may have captured nothing.
    pub fn may_be_absent(self, group: usize) -> bool {
        group > 0 && self.absent >> group.min(63) & 1 == 1
    }
}

/// An operation of `re`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Compile,
    Find(RegexAnchor),
    FindAll,
    FindEach,
    Replace,
    Split,
}

/// A call of an operation, with its arguments by their meaning.
pub(super) struct RegexCall<'m> {
    pub operation: Operation,
    pub pattern: &'m Expr,
    pub text: Option<&'m Expr>,
    pub replacement: Option<&'m Expr>,
    pub count: Option<&'m Expr>,
    flags: Option<&'m Expr>,
}

/// What a pattern is.
pub(super) enum PatternValue {
    /// Written out.
    Known(Regex),
    /// A compiled one.
    Compiled(Groups),
    /// Text that is known only when the program runs.
    Text,
    /// Nothing is known yet.
    Unknown,
}

/// The operation behind a function of the module, or a method of a pattern.
fn operation(name: &str) -> Option<(Operation, &'static [&'static str])> {
    Some(match name {
        "compile" => (Operation::Compile, &["pattern", "flags"]),
        "search" => (Operation::Find(RegexAnchor::Anywhere), &["pattern", "string", "flags"]),
        "match" => (Operation::Find(RegexAnchor::Start), &["pattern", "string", "flags"]),
        "fullmatch" => (Operation::Find(RegexAnchor::Whole), &["pattern", "string", "flags"]),
        "findall" => (Operation::FindAll, &["pattern", "string", "flags"]),
        "finditer" => (Operation::FindEach, &["pattern", "string", "flags"]),
        "sub" => (Operation::Replace, &["pattern", "repl", "string", "count", "flags"]),
        "split" => (Operation::Split, &["pattern", "string", "maxsplit", "flags"]),
        _ => return None,
    })
}

/// The call as an operation of `re`, if it is one; `compiled` where its first argument is a pattern
/// whose method is called.
pub(super) fn regex_call<'m>(
    path: &str,
    compiled: bool,
    positional: &[&'m Expr],
    keywords: &[(&str, &'m Expr)],
) -> Option<RegexCall<'m>> {
    let name = if compiled { path.strip_prefix('.')? } else { path.strip_prefix("re.")? };
    let (operation, params) = operation(name)?;
    if compiled && operation == Operation::Compile || positional.len() > params.len() {
        return None;
    }
    let param = |wanted: &[&str]| {
        let at = params.iter().position(|p| wanted.contains(p))?;
        let named = keywords.iter().find(|(k, _)| *k == params[at]).map(|(_, e)| *e);
        positional.get(at).copied().or(named)
    };
    keywords.iter().all(|(k, _)| params.contains(k)).then_some(())?;
    let call = RegexCall {
        operation,
        pattern: param(&["pattern"])?,
        text: param(&["string"]),
        replacement: param(&["repl"]),
        count: param(&["count", "maxsplit"]),
        flags: param(&["flags"]),
    };
    let complete = operation == Operation::Compile
        || call.text.is_some() && (operation != Operation::Replace || call.replacement.is_some());
    (complete && !(compiled && call.flags.is_some())).then_some(call)
}

impl<'m> Facts<'m> {
    /// The text that an expression stands for, if that can be seen.
    pub fn constant_text(&self, e: &'m Expr) -> Option<String> {
        self.constant_text_within(e, MAX_NAMES, &mut { MAX_PARTS })
    }

    fn constant_text_within(&self, e: &'m Expr, names: usize, parts: &mut usize) -> Option<String> {
        match &e.kind {
            ExprKind::Str(text) => Some(text.clone()),
            ExprKind::Binary { op: BinaryOp::Add, left, right } => {
                let left = self.constant_text_within(left, names, parts)?;
                Some(left + &self.constant_text_within(right, names, parts)?)
            }
            ExprKind::Name(_) => {
                *parts = parts.checked_sub(1)?;
                self.constant_text_within(self.constant_value(e)?, names.checked_sub(1)?, parts)
            }
            _ => None,
        }
    }

    /// What a name stands for that is assigned once.
    fn constant_value(&self, name: &Expr) -> Option<&'m Expr> {
        match self.bindings.get(&Key::of(name))? {
            Binding::Variable(id) => {
                let variable = self.variable(*id);
                let once = variable.stores == 1 && !variable.is_param && !variable.inner;
                self.assigned.get(id).copied().filter(|_| once)
            }
            Binding::Global(name) => self.globals.get(name.as_str()).filter(|g| !g.rebound).map(|g| g.value),
            Binding::Function(_) | Binding::Class(_) => None,
        }
    }

    /// The pattern that a local variable holds for good.
    fn compiled_once(&self, name: &'m Expr) -> Result<Option<Regex>, Rejection> {
        let local = matches!(self.bindings.get(&Key::of(name)), Some(Binding::Variable(_)));
        let value = self.constant_value(name).filter(|e| local && is_compilation(e));
        let Some(ExprKind::Call { args, keywords, .. }) = value.map(|e| &e.kind) else { return Ok(None) };
        let positional: Vec<&Expr> = args.iter().collect();
        let keywords: Vec<(&str, &Expr)> = keywords.iter().map(|(k, e)| (k.as_str(), e)).collect();
        let Some(call) = regex_call("re.compile", false, &positional, &keywords) else { return Ok(None) };
        if self.constant_text(call.pattern).is_none() {
            return Ok(None);
        }
        match self.pattern_of(&call)? {
            PatternValue::Known(regex) => Ok(Some(regex)),
            _ => Ok(None),
        }
    }

    /// All reads of the variable are patterns that are written out where they are used.
    pub fn only_a_pattern(&self, binding: &Binding) -> bool {
        let reads = match binding {
            Binding::Variable(id) => self.variable(*id).reads,
            Binding::Global(name) => self.globals.get(name.as_str()).map_or(0, |g| g.reads),
            Binding::Function(_) | Binding::Class(_) => return false,
        };
        self.pattern_reads.get(binding).is_some_and(|keys| keys.len() == reads)
    }

    /// What the pattern of a call is.
    ///
    /// # Errors
    /// `infer.regex` for patterns and flags that have no rule.
    pub fn pattern_of(&self, call: &RegexCall<'m>) -> Result<PatternValue, Rejection> {
        let span = call.pattern.span;
        let flags = match call.flags {
            None => 0,
            Some(flags) => flag_bits(flags).ok_or_else(|| {
                Rejection::new("infer.regex", span, "The flags of a regular expression are computed.")
            })?,
        };
        if let Some(text) = self.constant_text(call.pattern) {
            let known = regex::parse(&text, flags).map_err(|m| Rejection::new("infer.regex", span, m))?;
            return Ok(PatternValue::Known(known));
        }
        if let Some(known) = self.compiled_once(call.pattern)? {
            return Ok(PatternValue::Known(known));
        }
        let Some(cell) = self.cell_of(call.pattern) else { return Ok(PatternValue::Unknown) };
        match self.cells.head(cell) {
            Head::Library(LibraryType::Regex, groups) => Ok(PatternValue::Compiled(*groups)),
            Head::Str if flags == 0 => Ok(PatternValue::Text),
            Head::Unknown => Ok(PatternValue::Unknown),
            _ => {
                Err(Rejection::new("infer.regex", span, "This pattern of a regular expression has no rule."))
            }
        }
    }
}

/// Whether the expression is a call of `re.compile`.
fn is_compilation(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Call { callee, .. }
        if matches!(&callee.kind, ExprKind::Library(path) if path == "re.compile"))
}

/// `re.I | re.M` as a number.
fn flag_bits(e: &Expr) -> Option<i64> {
    match &e.kind {
        ExprKind::Int(digits) => digits.parse().ok(),
        ExprKind::Binary { op: BinaryOp::BitOr, left, right } => Some(flag_bits(left)? | flag_bits(right)?),
        ExprKind::Library(path) => Some(i64::from(flag(path)?)),
        _ => None,
    }
}

/// A flag of `re` as Python numbers it.
pub(super) fn flag(path: &str) -> Option<i32> {
    Some(match path.strip_prefix("re.")? {
        "I" | "IGNORECASE" => 2,
        "M" | "MULTILINE" => 8,
        "S" | "DOTALL" => 16,
        "U" | "UNICODE" => 32,
        "X" | "VERBOSE" => 64,
        "A" | "ASCII" => 256,
        _ => return None,
    })
}

/// Types the call if it is one of a regular expression.
pub(super) fn apply(typed: &mut Call) -> Result<Applied, Rejection> {
    let (path, args) = (typed.path, typed.args);
    let receiver = args.positional.first().map(|(_, cell)| typed.facts.cells.head(*cell).clone());
    let compiled = match receiver {
        Some(Head::Library(LibraryType::Match, groups)) if path.starts_with('.') => {
            return of_match(typed, groups);
        }
        Some(Head::Library(LibraryType::Regex, _)) => path.starts_with('.'),
        _ => false,
    };
    let positional: Vec<&Expr> = args.positional.iter().map(|(e, _)| *e).collect();
    let keywords: Vec<(&str, &Expr)> = args.keywords.iter().map(|(k, e, _)| (*k, *e)).collect();
    let Some(call) = regex_call(path, compiled, &positional, &keywords) else { return Ok(Applied::No) };
    let groups = match typed.facts.pattern_of(&call)? {
        PatternValue::Known(regex) => {
            if let Some(binding) = typed.facts.bindings.get(&Key::of(call.pattern)).cloned() {
                typed.facts.pattern_reads.entry(binding).or_default().insert(Key::of(call.pattern));
            }
            Groups::of(&regex)
        }
        PatternValue::Compiled(groups) => groups,
        PatternValue::Text => Groups::unknown(),
        PatternValue::Unknown => return Ok(Applied::Done),
    };
    result(typed, &call, groups)?;
    Ok(Applied::Done)
}

/// What an operation on a pattern with these groups gives.
fn result<'m>(typed: &mut Call<'_, '_, 'm>, call: &RegexCall<'m>, groups: Groups) -> Result<(), Rejection> {
    let Call { key, out, span, .. } = *typed;
    let facts = &mut *typed.facts;
    let found = Head::Library(LibraryType::Match, groups);
    match call.operation {
        Operation::Compile => facts.cells.define(out, Head::Library(LibraryType::Regex, groups)),
        Operation::Find(_) => {
            facts.cells.define(out, found);
            facts.cells.set_nullable(out);
        }
        Operation::FindEach => {
            let item = facts.scratch(key, 1)[0];
            facts.cells.join(item, found);
            facts.cells.define(out, Head::Iter(item));
        }
        Operation::FindAll => {
            let count = match (groups.count(), groups.unknown) {
                (Some(count), _) => count,
                (None, false) => return Ok(()),
                (None, true) => {
                    let message = "What `findall` gives depends on a pattern that is known only at run time.";
                    return Err(Rejection::new("infer.regex", span, message));
                }
            };
            let item = facts.scratch(key, 1)[0];
            let head = texts(&mut facts.cells, item, count);
            facts.cells.join(item, head);
            facts.cells.define(out, Head::List(item));
        }
        Operation::Replace => {
            if let Some(cell) = call.replacement.and_then(|e| facts.cell_of(e))
                && let Head::Function(params, ret) = facts.cells.head(cell).clone()
                && let [param] = params.as_slice()
            {
                facts.cells.join(*param, found);
                facts.cells.join(ret, Head::Str);
            }
            facts.cells.define(out, Head::Str);
        }
        Operation::Split => {
            let item = facts.scratch(key, 1)[0];
            facts.cells.join(item, Head::Str);
            facts.cells.define(out, Head::List(item));
        }
    }
    Ok(())
}

/// One text, or a tuple of several (which keep their cells from round to round).
fn texts(cells: &mut Cells, item: Cell, count: usize) -> Head {
    match (count, cells.head(item)) {
        (0 | 1, _) => Head::Str,
        (_, known @ Head::Tuple(_)) => known.clone(),
        _ => Head::Tuple((0..count).map(|_| cells.of(Head::Str)).collect()),
    }
}

/// What a method of a match gives.
fn of_match(typed: &mut Call, groups: Groups) -> Result<Applied, Rejection> {
    let Call { key, path, args, out, span, .. } = *typed;
    let facts = &mut *typed.facts;
    let numbers: Vec<Option<i64>> =
        args.positional.iter().skip(1).map(|(e, _)| super::generate::literal_int(e)).collect();
    let number = match numbers.as_slice() {
        [] => Some(0),
        [number] => number.and_then(|n| usize::try_from(n).ok()),
        _ => None,
    };
    let exists = |n: usize| groups.count().is_none_or(|count| n <= count);
    match (path, number.filter(|n| exists(*n))) {
        (".group", Some(number)) => {
            facts.cells.define(out, Head::Str);
            if groups.may_be_absent(number) {
                facts.cells.set_nullable(out);
            }
        }
        (".start" | ".end", Some(_)) => facts.cells.define(out, Head::Int),
        (".span", Some(_)) => {
            let ends = facts.scratch(key, 2);
            ends.iter().for_each(|end| facts.cells.join(*end, Head::Int));
            facts.cells.define(out, Head::Tuple(ends));
        }
        (".groups", Some(0)) => {
            let Some(count) = groups.count().filter(|_| numbers.is_empty()) else {
                let message = "The number of groups of this match is known only at run time.";
                return Err(Rejection::new("infer.regex", span, message));
            };
            let cells = facts.scratch(key, count);
            for (at, cell) in cells.iter().enumerate() {
                facts.cells.join(*cell, Head::Str);
                if groups.may_be_absent(at + 1) {
                    facts.cells.set_nullable(*cell);
                }
            }
            facts.cells.define(out, Head::Tuple(cells));
        }
        _ => {
            let message = format!(
                "The method `{}` of a match with these arguments has no rule.",
                path.trim_start_matches('.')
            );
            return Err(Rejection::new("infer.regex", span, message));
        }
    }
    Ok(Applied::Done)
}
