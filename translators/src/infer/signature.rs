//! Signatures of library functions and methods, in a small notation.
//!
//! ```text
//! ([T], T) none            a list and an item; nothing comes back
//! (*T, start:int=) ~(int, T)   any iterable and perhaps a start; gives an iterator of pairs
//! ```
//!
//! `[T]` list, `{T}` set, `{K:V}` dict, `(A, B)` tuple, `*T` anything iterable, `~T` iterator,
//! `fn(A) R` function, `T?` value or `None`, upper-case letters are type variables, `_` is anything;
//! `random` is a generator of random numbers; `name:` names a parameter and `=` ends one that can be left out.

use super::cells::{Cell, Cells, Head};
use grammars::ir::LibraryType;
use std::collections::BTreeMap;

/// A type with variables.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pattern {
    Any,
    Variable(char),
    None,
    Bool,
    Int,
    Float,
    Str,
    Random,
    List(Box<Pattern>),
    Set(Box<Pattern>),
    Dict(Box<Pattern>, Box<Pattern>),
    Tuple(Vec<Pattern>),
    Iterable(Box<Pattern>),
    Iter(Box<Pattern>),
    Function(Vec<Pattern>, Box<Pattern>),
    Optional(Box<Pattern>),
}

/// A parameter of a library function.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub name: Option<&'static str>,
    pub pattern: Pattern,
    pub optional: bool,
}

/// A signature.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub params: Vec<Parameter>,
    pub ret: Pattern,
}

/// How an argument goes with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    No,
    Unknown,
}

impl Pattern {
    /// Whether a value of the cell's type can be given for this pattern; looks at the outermost
    /// part only.
    pub fn fits(&self, cells: &Cells, cell: Cell) -> Fit {
        let head = cells.head(cell);
        if *head == Head::Unknown {
            return match self {
                Pattern::Any | Pattern::Variable(_) | Pattern::Optional(_) => Fit::Yes,
                Pattern::None if cells.is_nullable(cell) => Fit::Yes,
                _ => Fit::Unknown,
            };
        }
        if let Head::Union(members) = head {
            let of_numbers = |m: &&Head| m.is_number();
            let number = matches!(self, Pattern::Int | Pattern::Float | Pattern::Bool);
            let fit = |m: &Head| self.fits_head(m) == Fit::Yes;
            return match self {
                Pattern::Optional(inner) => inner.fits(cells, cell),
                _ if number && !members.iter().filter(of_numbers).all(fit) => Fit::No,
                _ if members.iter().any(fit) => Fit::Yes,
                _ => Fit::No,
            };
        }
        match self {
            Pattern::Optional(inner) => inner.fits(cells, cell),
            _ => self.fits_head(head),
        }
    }

    /// As [`Pattern::fits`], for a head that is known and one type.
    pub fn fits_head(&self, head: &Head) -> Fit {
        let yes = match self {
            Pattern::Any | Pattern::Variable(_) => true,
            Pattern::None => false,
            Pattern::Optional(inner) => return inner.fits_head(head),
            Pattern::Bool => *head == Head::Bool,
            Pattern::Int => matches!(head, Head::Int | Head::Bool),
            Pattern::Float => matches!(head, Head::Int | Head::Bool | Head::Float),
            Pattern::Random => matches!(head, Head::Library(LibraryType::Random, _)),
            Pattern::Str => matches!(head, Head::Str | Head::Exception),
            Pattern::List(_) => matches!(head, Head::List(_) | Head::VarTuple(_) | Head::Tuple(_)),
            Pattern::Set(_) => matches!(head, Head::Set(_)),
            Pattern::Dict(..) => matches!(head, Head::Dict(..)),
            Pattern::Tuple(items) => matches!(head, Head::Tuple(cells) if cells.len() == items.len()),
            Pattern::Iterable(_) => matches!(
                head,
                Head::List(_)
                    | Head::VarTuple(_)
                    | Head::Tuple(_)
                    | Head::Set(_)
                    | Head::Dict(..)
                    | Head::Iter(_)
                    | Head::Str
                    | Head::Array(_)
            ),
            Pattern::Iter(_) => matches!(head, Head::Iter(_)),
            Pattern::Function(params, _) => matches!(head, Head::Function(p, _) if p.len() == params.len()),
        };
        if yes { Fit::Yes } else { Fit::No }
    }

    /// A cell of this type; variables are shared through `variables`. An iterable becomes the
    /// cell of its element.
    pub fn cell(&self, cells: &mut Cells, variables: &mut BTreeMap<char, Cell>) -> Cell {
        match self {
            Pattern::Any => cells.fresh(),
            Pattern::Variable(name) => *variables.entry(*name).or_insert_with(|| cells.fresh()),
            Pattern::None => cells.none(),
            Pattern::Bool => cells.of(Head::Bool),
            Pattern::Int => cells.of(Head::Int),
            Pattern::Float => cells.of(Head::Float),
            Pattern::Str => cells.of(Head::Str),
            Pattern::Random => cells.of(Head::Library(LibraryType::Random, Default::default())),
            Pattern::List(t) => {
                let t = t.cell(cells, variables);
                cells.of(Head::List(t))
            }
            Pattern::Set(t) => {
                let t = t.cell(cells, variables);
                cells.of(Head::Set(t))
            }
            Pattern::Iter(t) => {
                let t = t.cell(cells, variables);
                cells.of(Head::Iter(t))
            }
            Pattern::Iterable(t) => t.cell(cells, variables),
            Pattern::Dict(k, v) => {
                let (k, v) = (k.cell(cells, variables), v.cell(cells, variables));
                cells.of(Head::Dict(k, v))
            }
            Pattern::Tuple(items) => {
                let items = items.iter().map(|t| t.cell(cells, variables)).collect();
                cells.of(Head::Tuple(items))
            }
            Pattern::Function(params, ret) => {
                let params = params.iter().map(|t| t.cell(cells, variables)).collect();
                let ret = ret.cell(cells, variables);
                cells.of(Head::Function(params, ret))
            }
            Pattern::Optional(t) => {
                let inner = t.cell(cells, variables);
                let outer = cells.none();
                cells.flow_value(inner, outer);
                outer
            }
        }
    }
}

impl Signature {
    /// Reads the notation. The tables are constants, checked by a test; a malformed entry gives
    /// `None` and is then no entry.
    pub fn parse(text: &'static str) -> Option<Signature> {
        let mut reader = Reader { rest: text };
        reader.expect("(")?;
        let mut params = Vec::new();
        while !reader.eat(")") {
            params.push(reader.parameter()?);
            reader.eat(",");
        }
        let ret = reader.pattern()?;
        reader.rest.trim().is_empty().then_some(Signature { params, ret })
    }
}

struct Reader {
    rest: &'static str,
}

impl Reader {
    fn eat(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Option<()> {
        self.eat(token).then_some(())
    }

    fn parameter(&mut self) -> Option<Parameter> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(self.rest.len());
        let named = end > 0 && self.rest[end..].starts_with(':');
        let name = named.then(|| &self.rest[..end]);
        if named {
            self.rest = &self.rest[end + 1..];
        }
        let pattern = self.pattern()?;
        Some(Parameter { name, pattern, optional: self.eat("=") })
    }

    fn pattern(&mut self) -> Option<Pattern> {
        let base = self.base()?;
        Some(if self.eat("?") { Pattern::Optional(Box::new(base)) } else { base })
    }

    fn list_until(&mut self, end: &str) -> Option<Vec<Pattern>> {
        let mut items = Vec::new();
        while !self.eat(end) {
            items.push(self.pattern()?);
            self.eat(",");
        }
        Some(items)
    }

    fn base(&mut self) -> Option<Pattern> {
        const WORDS: [(&str, Pattern); 7] = [
            ("none", Pattern::None),
            ("bool", Pattern::Bool),
            ("int", Pattern::Int),
            ("float", Pattern::Float),
            ("str", Pattern::Str),
            ("random", Pattern::Random),
            ("_", Pattern::Any),
        ];
        if self.eat("[") {
            let item = self.pattern()?;
            self.expect("]")?;
            return Some(Pattern::List(Box::new(item)));
        }
        if self.eat("{") {
            return self.braces();
        }
        if self.eat("(") {
            return Some(Pattern::Tuple(self.list_until(")")?));
        }
        if self.eat("*") {
            return Some(Pattern::Iterable(Box::new(self.pattern()?)));
        }
        if self.eat("~") {
            return Some(Pattern::Iter(Box::new(self.pattern()?)));
        }
        if self.eat("fn(") {
            let params = self.list_until(")")?;
            return Some(Pattern::Function(params, Box::new(self.pattern()?)));
        }
        if let Some((_, pattern)) = WORDS.into_iter().find(|(word, _)| self.eat(word)) {
            return Some(pattern);
        }
        let letter = self.rest.chars().next().filter(char::is_ascii_uppercase)?;
        self.rest = &self.rest[1..];
        Some(Pattern::Variable(letter))
    }

    fn braces(&mut self) -> Option<Pattern> {
        let first = self.pattern()?;
        if self.eat(":") {
            let value = self.pattern()?;
            self.expect("}")?;
            return Some(Pattern::Dict(Box::new(first), Box::new(value)));
        }
        self.expect("}")?;
        Some(Pattern::Set(Box::new(first)))
    }
}
