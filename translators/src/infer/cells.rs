//! Cells: what is known so far about the type of one variable, parameter, result, container
//! element or expression.
//!
//! Knowledge only grows: unknown, then `Bool` ≤ `Int` ≤ `Float`, then "or `None`"; where the module is
//! read with unions ([`Mode`]), then several types. Cells of container elements are shared (unified) when
//! containers flow into each other, because the containers are references; everything else flows one way.

use super::regex::Groups;
use grammars::Span;
use grammars::ir::{LibraryType, Type};

/// How deep a type may nest before it is taken for infinite.
const MAX_TYPE_DEPTH: usize = 24;

/// A place for a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Cell(u32);

/// The outermost part of a type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Head {
    /// Nothing is known.
    Unknown,
    Bool,
    Int,
    Float,
    Str,
    /// A caught exception; only its message is used.
    Exception,
    List(Cell),
    /// A tuple whose length is not the same everywhere: held as a list.
    VarTuple(Cell),
    Tuple(Vec<Cell>),
    Set(Cell),
    Dict(Cell, Cell),
    /// Consumed once; becomes a list when it is stored.
    Iter(Cell),
    Function(Vec<Cell>, Cell),
    Class(String),
    /// A value of the library; of a regular expression or match, with its groups.
    Library(LibraryType, Groups),
    /// An array of fixed shape. Unlike those of a list, its elements have a type of their own that
    /// storing does not change.
    Array(ArrayHead),
    /// A slice as one of several subscripts.
    Slice,
    /// Values of several types: two or more heads of different kinds, none of them unknown.
    Union(Vec<Head>),
}

/// What is known of an array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ArrayHead {
    pub element: Option<Element>,
    pub rank: Option<u8>,
}

/// The type of an array's elements, in the order in which they widen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Element {
    Bool,
    Int,
    Float,
}

impl Element {
    /// As a type of the IR.
    pub fn ty(self) -> Type {
        match self {
            Element::Bool => Type::Bool,
            Element::Int => Type::Int,
            Element::Float => Type::Float,
        }
    }

    /// As a value of its own.
    pub fn head(self) -> Head {
        match self {
            Element::Bool => Head::Bool,
            Element::Int => Head::Int,
            Element::Float => Head::Float,
        }
    }
}

/// What happens where values of different types meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// Numbers join; everything else is a conflict.
    #[default]
    Plain,
    /// Numbers join; everything else is a value of several types.
    Unions,
    /// Also numbers of different types are values of several types.
    NumbersApart,
}

impl Head {
    /// What a person calls it.
    pub fn describe(&self) -> &'static str {
        match self {
            Head::Unknown => "unknown",
            Head::Bool => "bool",
            Head::Int => "int",
            Head::Float => "float",
            Head::Str => "str",
            Head::Exception => "an exception",
            Head::List(_) => "list",
            Head::VarTuple(_) | Head::Tuple(_) => "tuple",
            Head::Set(_) => "set",
            Head::Dict(..) => "dict",
            Head::Iter(_) => "an iterator",
            Head::Function(..) => "a function",
            Head::Class(_) => "an object",
            Head::Library(library, _) => library.name(),
            Head::Array(_) => "an array",
            Head::Slice => "a slice",
            Head::Union(_) => "values of several types",
        }
    }

    /// The types that values can have.
    pub fn members(&self) -> &[Head] {
        match self {
            Head::Union(members) => members,
            Head::Unknown => &[],
            head => std::slice::from_ref(head),
        }
    }

    /// `bool`, `int` or `float`.
    pub fn is_number(&self) -> bool {
        self.rank().is_some()
    }

    /// Rank among the numbers, if it is one.
    fn rank(&self) -> Option<u8> {
        match self {
            Head::Bool => Some(0),
            Head::Int => Some(1),
            Head::Float => Some(2),
            _ => None,
        }
    }
}

/// Two types met that have nothing in common.
#[derive(Clone, Debug)]
pub(super) struct Conflict {
    pub span: Span,
    pub left: Head,
    pub right: Head,
}

/// What reading a missing key of a dict does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Unknown,
    /// A plain dict.
    Raises,
    /// `Counter`: gives 0 and stores nothing.
    Zero,
    /// `defaultdict` of a type of the language: stores and gives its empty value.
    InsertsEmpty,
    /// `defaultdict` of this factory function, by number.
    Inserts(usize),
}

#[derive(Clone, Debug)]
struct Node {
    parent: u32,
    head: Head,
    nullable: bool,
    missing: Missing,
    /// `Int`s and `Float`s met here: what prints the value can tell.
    mixed: bool,
}

/// All cells of a module.
#[derive(Debug, Default)]
pub(super) struct Cells {
    nodes: Vec<Node>,
    /// For each class its base class.
    bases: std::collections::BTreeMap<String, Option<String>>,
    /// What happens where values of different types meet.
    pub mode: Mode,
    /// Something grew since this was last cleared.
    pub changed: bool,
    pub conflicts: Vec<Conflict>,
    /// Where plain dicts met dicts with defaults.
    pub mixed_dicts: Vec<Span>,
    /// The place of the constraint being solved, for conflicts.
    pub span: Span,
}

impl Cells {
    /// A cell about which nothing is known.
    pub fn fresh(&mut self) -> Cell {
        self.of(Head::Unknown)
    }

    /// A cell that starts as `head`.
    pub fn of(&mut self, head: Head) -> Cell {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node { parent: id, head, nullable: false, missing: Missing::Unknown, mixed: false });
        Cell(id)
    }

    /// The cell of `None`.
    pub fn none(&mut self) -> Cell {
        let cell = self.fresh();
        self.nodes[cell.0 as usize].nullable = true;
        cell
    }

    /// A cell that starts as `ty`.
    pub fn of_type(&mut self, ty: &Type) -> Cell {
        match ty {
            Type::None => self.none(),
            Type::Bool => self.of(Head::Bool),
            Type::Int => self.of(Head::Int),
            Type::Float => self.of(Head::Float),
            Type::Char | Type::Str => self.of(Head::Str),
            Type::List(t) => {
                let element = self.of_type(t);
                self.of(Head::List(element))
            }
            Type::Set(t) => {
                let element = self.of_type(t);
                self.of(Head::Set(element))
            }
            Type::Iter(t) => {
                let element = self.of_type(t);
                self.of(Head::Iter(element))
            }
            Type::Dict(k, v) => {
                let (key, value) = (self.of_type(k), self.of_type(v));
                self.of(Head::Dict(key, value))
            }
            Type::Tuple(items) => {
                let items = items.iter().map(|t| self.of_type(t)).collect();
                self.of(Head::Tuple(items))
            }
            Type::Optional(t) => {
                let cell = self.of_type(t);
                self.set_nullable(cell);
                cell
            }
            Type::Function { params, ret } => {
                let params = params.iter().map(|t| self.of_type(t)).collect();
                let ret = self.of_type(ret);
                self.of(Head::Function(params, ret))
            }
            Type::Class(name) => self.of(Head::Class(name.clone())),
            Type::Library(library) => self.of(Head::Library(*library, Groups::default())),
            Type::Array { element, rank } => {
                let element = match **element {
                    Type::Bool => Some(Element::Bool),
                    Type::Int => Some(Element::Int),
                    Type::Float => Some(Element::Float),
                    _ => None,
                };
                self.of(Head::Array(ArrayHead { element, rank: Some(*rank) }))
            }
            // No table of the library speaks of these.
            Type::Union(_) | Type::Any => self.fresh(),
        }
    }

    /// Declares a class of the module.
    pub fn declare_class(&mut self, name: &str, base: Option<String>) {
        self.bases.insert(name.to_owned(), base);
    }

    fn root(&self, cell: Cell) -> usize {
        let mut at = cell.0 as usize;
        while self.nodes[at].parent as usize != at {
            at = self.nodes[at].parent as usize;
        }
        at
    }

    /// The cell that stands for all cells unified with this one.
    pub fn find(&self, cell: Cell) -> Cell {
        Cell(self.root(cell) as u32)
    }

    /// What is known of the outermost part.
    pub fn head(&self, cell: Cell) -> &Head {
        &self.nodes[self.root(cell)].head
    }

    /// Nothing is known, except perhaps that it can be `None`.
    pub fn is_unknown(&self, cell: Cell) -> bool {
        *self.head(cell) == Head::Unknown
    }

    /// It can be `None`.
    pub fn is_nullable(&self, cell: Cell) -> bool {
        self.nodes[self.root(cell)].nullable
    }

    /// Values of different number types met in it.
    pub fn is_mixed(&self, cell: Cell) -> bool {
        self.nodes[self.root(cell)].mixed
    }

    /// Records that it can be `None`.
    pub fn set_nullable(&mut self, cell: Cell) {
        let root = self.root(cell);
        if !self.nodes[root].nullable {
            self.nodes[root].nullable = true;
            self.changed = true;
        }
    }

    /// Records that values of different number types met in it.
    pub fn set_mixed(&mut self, cell: Cell) {
        let root = self.root(cell);
        if !self.nodes[root].mixed {
            self.nodes[root].mixed = true;
            self.changed = true;
        }
    }

    /// The cell of an expression is `head`; unlike a stored value it can be an iterator.
    pub fn define(&mut self, cell: Cell, head: Head) {
        if head != Head::Unknown && self.is_unknown(cell) {
            self.set_head(cell, head);
        } else {
            self.join(cell, head);
        }
    }

    fn set_head(&mut self, cell: Cell, head: Head) {
        let root = self.root(cell);
        self.nodes[root].head = head;
        self.changed = true;
    }

    /// What reading a missing key of the dict does.
    pub fn missing(&self, cell: Cell) -> Missing {
        self.nodes[self.root(cell)].missing
    }

    /// Dicts in this cell treat missing keys so.
    pub fn set_missing(&mut self, cell: Cell, missing: Missing) {
        let root = self.root(cell);
        let old = self.nodes[root].missing;
        if missing == Missing::Unknown || missing == old {
            return;
        }
        if old == Missing::Unknown {
            self.nodes[root].missing = missing;
            self.changed = true;
        } else if !self.mixed_dicts.contains(&self.span) {
            self.mixed_dicts.push(self.span);
        }
    }

    fn conflict(&mut self, left: Head, right: Head) {
        let span = self.span;
        let known = self.conflicts.iter().any(|c| {
            c.span == span && c.left.describe() == left.describe() && c.right.describe() == right.describe()
        });
        if !known {
            self.conflicts.push(Conflict { span, left, right });
        }
    }

    /// Everything that `from` can be, `to` can be.
    pub fn flow(&mut self, from: Cell, to: Cell) {
        if self.root(from) == self.root(to) {
            return;
        }
        if self.is_nullable(from) {
            self.set_nullable(to);
        }
        self.flow_value(from, to);
    }

    /// As `flow_value`; of several types only the numbers.
    pub fn flow_number(&mut self, from: Cell, to: Cell) {
        match self.head(from).clone() {
            Head::Union(members) => {
                members.into_iter().filter(Head::is_number).for_each(|member| self.join(to, member));
            }
            _ => self.flow_value(from, to),
        }
    }

    /// As `flow`, without `None`.
    pub fn flow_value(&mut self, from: Cell, to: Cell) {
        if self.root(from) == self.root(to) {
            return;
        }
        if self.is_mixed(from) {
            self.set_mixed(to);
        }
        let (head, missing) = (self.head(from).clone(), self.missing(from));
        self.join(to, head);
        self.set_missing(to, missing);
        self.agree_on_tuples(from, to);
    }

    /// Among values of several types a tuple is held as where it came to, however deep it lies.
    pub fn agree_on_tuples(&mut self, from: Cell, to: Cell) {
        let is_loose = |head: &Head| matches!(head, Head::VarTuple(_));
        if self.mode != Mode::Plain && self.head(to).members().iter().any(is_loose) {
            self.loosen_tuple(from);
        }
    }

    /// `cell` can also be `head`.
    pub fn join(&mut self, cell: Cell, head: Head) {
        let old = self.head(cell).clone();
        match (old, head) {
            (_, Head::Unknown) => {}
            (Head::Unknown, Head::Iter(t)) => self.set_head(cell, Head::List(t)),
            (Head::Unknown, head) => self.set_head(cell, head),
            (old @ Head::Union(_), head) | (old, head @ Head::Union(_)) => {
                self.join_members(cell, &old, &head)
            }
            (old, head) if !self.same_kind(&old, &head) => self.part_ways(cell, old, head),
            (old, head) if old.rank().is_some() && head.rank().is_some() => {
                if old.rank() != head.rank() {
                    self.set_mixed(cell);
                }
                if old.rank() < head.rank() {
                    self.set_head(cell, head);
                }
            }
            (Head::Str | Head::Exception, Head::Str | Head::Exception) => {}
            (Head::List(a) | Head::Iter(a), Head::List(b) | Head::Iter(b))
            | (Head::VarTuple(a), Head::VarTuple(b))
            | (Head::Set(a), Head::Set(b)) => self.unify(a, b),
            (Head::Dict(k, v), Head::Dict(k2, v2)) => {
                self.unify(k, k2);
                self.unify(v, v2);
            }
            (Head::VarTuple(a), Head::Tuple(items)) => items.into_iter().for_each(|b| self.unify(a, b)),
            (Head::Tuple(items), Head::VarTuple(a)) => self.become_var_tuple(cell, a, items),
            (Head::Tuple(a), Head::Tuple(b)) if a.len() == b.len() => {
                a.into_iter().zip(b).for_each(|(a, b)| self.unify(a, b));
            }
            (Head::Tuple(a), Head::Tuple(b)) => {
                let element = self.fresh();
                self.become_var_tuple(cell, element, a.into_iter().chain(b).collect());
            }
            (Head::Function(p, r), Head::Function(q, s)) if p.len() == q.len() => {
                p.into_iter().zip(q).for_each(|(a, b)| self.unify(a, b));
                self.unify(r, s);
            }
            (Head::Class(a), Head::Class(b)) => self.join_classes(cell, a, b),
            (Head::Library(a, groups), Head::Library(b, more)) if a == b => {
                let joined = groups.join(more);
                if joined != groups {
                    self.set_head(cell, Head::Library(a, joined));
                }
            }
            (Head::Array(a), Head::Array(b)) => self.join_arrays(cell, a, b),
            (Head::Slice, Head::Slice) => {}
            (old, head) => self.conflict(old, head),
        }
    }

    /// Values of the two can have one type.
    fn same_kind(&self, a: &Head, b: &Head) -> bool {
        match (a, b) {
            (a, b) if a.is_number() && b.is_number() => self.mode != Mode::NumbersApart || a == b,
            (Head::Str | Head::Exception, Head::Str | Head::Exception)
            | (Head::List(_) | Head::Iter(_), Head::List(_) | Head::Iter(_))
            | (Head::Tuple(_) | Head::VarTuple(_), Head::Tuple(_) | Head::VarTuple(_)) => true,
            (Head::Function(p, _), Head::Function(q, _)) => p.len() == q.len(),
            (Head::Library(a, _), Head::Library(b, _)) => a == b,
            (Head::Class(a), Head::Class(b)) => {
                let ancestors = self.ancestors(a);
                self.ancestors(b).iter().any(|c| ancestors.contains(c))
            }
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }

    /// Types that have nothing in common meet.
    fn part_ways(&mut self, cell: Cell, old: Head, head: Head) {
        let odd = |h: &Head| matches!(h, Head::Function(..) | Head::Exception | Head::Array(_) | Head::Slice);
        if self.mode == Mode::Plain || odd(&old) || odd(&head) {
            return self.conflict(old, head);
        }
        self.set_head(cell, Head::Union(vec![old, head]));
    }

    /// `cell`, which is `old`, can also be what `more` can be.
    fn join_members(&mut self, cell: Cell, old: &Head, more: &Head) {
        let mut members = old.members().to_vec();
        let mut grown = !matches!(old, Head::Union(_));
        for head in more.members() {
            let head = match head {
                Head::Iter(t) => Head::List(*t),
                head => head.clone(),
            };
            match members.iter().position(|m| self.same_kind(m, &head)) {
                None => {
                    members.push(head);
                    grown = true;
                }
                Some(at) if self.is_same(&members[at], &head) => {}
                Some(at) => {
                    let joined = self.of(members[at].clone());
                    self.join(joined, head);
                    if self.is_mixed(joined) {
                        self.set_mixed(cell);
                    }
                    let joined = self.head(joined).clone();
                    grown |= !self.is_same(&joined, &members[at]);
                    members[at] = joined;
                }
            }
        }
        // Joining parts may have made this very cell grow.
        if grown && *self.head(cell) == *old {
            self.set_head(cell, if members.len() == 1 { members.remove(0) } else { Head::Union(members) });
        } else if grown {
            self.changed = true;
        }
    }

    /// The two are the same, with the same parts.
    fn is_same(&self, a: &Head, b: &Head) -> bool {
        let (x, y) = (inner(a), inner(b));
        let parts = x.len() == y.len() && x.iter().zip(&y).all(|(a, b)| self.root(*a) == self.root(*b));
        let outer = match (a, b) {
            (Head::Class(a), Head::Class(b)) => a == b,
            _ => std::mem::discriminant(a) == std::mem::discriminant(b),
        };
        parts && outer
    }

    fn become_var_tuple(&mut self, cell: Cell, element: Cell, items: Vec<Cell>) {
        self.set_head(cell, Head::VarTuple(element));
        items.into_iter().for_each(|item| self.unify(element, item));
    }

    fn join_arrays(&mut self, cell: Cell, a: ArrayHead, b: ArrayHead) {
        if a.rank.is_some() && b.rank.is_some() && a.rank != b.rank {
            return self.conflict(Head::Array(a), Head::Array(b));
        }
        let joined = ArrayHead { element: a.element.max(b.element), rank: a.rank.or(b.rank) };
        if joined != a {
            self.set_head(cell, Head::Array(joined));
        }
    }

    fn join_classes(&mut self, cell: Cell, a: String, b: String) {
        let ancestors = self.ancestors(&a);
        match self.ancestors(&b).into_iter().find(|c| ancestors.contains(c)) {
            Some(common) if common == a => {}
            Some(common) => self.set_head(cell, Head::Class(common)),
            None => self.conflict(Head::Class(a), Head::Class(b)),
        }
    }

    /// The class and its bases, nearest first.
    pub fn ancestors(&self, class: &str) -> Vec<String> {
        let mut chain = vec![class.to_owned()];
        while let Some(Some(base)) = chain.last().and_then(|c| self.bases.get(c)) {
            if chain.contains(base) {
                break;
            }
            chain.push(base.clone());
        }
        chain
    }

    /// The two are one from now on.
    pub fn unify(&mut self, a: Cell, b: Cell) {
        let (ra, rb) = (self.root(a), self.root(b));
        if ra == rb {
            return;
        }
        let (keep, gone) = (ra.min(rb), ra.max(rb));
        let lost = self.nodes[gone].clone();
        self.nodes[gone].parent = keep as u32;
        self.nodes[keep].nullable |= lost.nullable;
        self.nodes[keep].mixed |= lost.mixed;
        self.changed = true;
        self.join(Cell(keep as u32), lost.head);
        self.set_missing(Cell(keep as u32), lost.missing);
    }

    /// Turns a tuple into one whose length may vary; its items get one type.
    pub fn loosen_tuple(&mut self, cell: Cell) {
        match self.head(cell).clone() {
            Head::Tuple(items) => {
                let element = self.fresh();
                self.become_var_tuple(cell, element, items);
            }
            Head::Union(mut members) => {
                let Some(at) = members.iter().position(|m| matches!(m, Head::Tuple(_))) else { return };
                let loose = self.of(members[at].clone());
                self.loosen_tuple(loose);
                members[at] = self.head(loose).clone();
                self.set_head(cell, Head::Union(members));
            }
            _ => {}
        }
    }

    /// Values of the cell hold values of the same cell.
    fn is_recursive(&self, cell: Cell) -> bool {
        let start = self.root(cell);
        let mut seen = std::collections::BTreeSet::new();
        let mut open = self.parts(cell);
        while let Some(part) = open.pop() {
            let part = self.root(part);
            if part == start {
                return true;
            }
            if seen.insert(part) {
                open.extend(inner(&self.nodes[part].head));
            }
        }
        false
    }

    /// The type, if its outermost part is known and it is finite. Inner parts of which nothing is
    /// known are `Int`: nothing is ever stored there.
    pub fn resolve(&self, cell: Cell) -> Option<Type> {
        self.resolve_within(cell, MAX_TYPE_DEPTH)
    }

    fn resolve_within(&self, cell: Cell, depth: usize) -> Option<Type> {
        let depth = depth.checked_sub(1)?;
        let ty = match self.head(cell) {
            Head::Unknown if self.is_nullable(cell) => Type::None,
            Head::Unknown if depth + 1 == MAX_TYPE_DEPTH => return None,
            Head::Unknown => Type::Int,
            Head::Union(_) if self.is_recursive(cell) => Type::Any,
            Head::Union(members) => {
                let members: Option<Vec<Type>> =
                    members.iter().map(|m| self.resolve_head(m, depth)).collect();
                let members = members?;
                // A list of values that may be such lists is itself one of those values.
                if members.iter().any(holds_any) { Type::Any } else { Type::union(members) }
            }
            head => self.resolve_head(head, depth)?,
        };
        Some(if self.is_nullable(cell) { Type::optional(ty) } else { ty })
    }

    /// The type of values with this head.
    pub fn resolve_member(&self, head: &Head) -> Option<Type> {
        self.resolve_head(head, MAX_TYPE_DEPTH - 1)
    }

    fn resolve_head(&self, head: &Head, depth: usize) -> Option<Type> {
        let boxed = |c: &Cell| self.resolve_within(*c, depth).map(Box::new);
        Some(match head {
            Head::Unknown | Head::Union(_) => return None,
            Head::Bool => Type::Bool,
            Head::Int => Type::Int,
            Head::Float => Type::Float,
            Head::Str | Head::Exception => Type::Str,
            Head::List(t) | Head::VarTuple(t) => Type::List(boxed(t)?),
            Head::Set(t) => Type::Set(boxed(t)?),
            Head::Iter(t) => Type::Iter(boxed(t)?),
            Head::Dict(k, v) => Type::Dict(boxed(k)?, boxed(v)?),
            Head::Tuple(items) => {
                Type::Tuple(items.iter().map(|c| self.resolve_within(*c, depth)).collect::<Option<_>>()?)
            }
            Head::Function(params, ret) => Type::Function {
                params: params.iter().map(|c| self.resolve_within(*c, depth)).collect::<Option<_>>()?,
                ret: boxed(ret)?,
            },
            Head::Class(name) => Type::Class(name.clone()),
            Head::Library(library, _) => Type::Library(*library),
            Head::Array(ArrayHead { element, rank }) => Type::array(element.as_ref()?.ty(), (*rank)?),
            Head::Slice => return None,
        })
    }

    /// The cells directly inside.
    pub fn parts(&self, cell: Cell) -> Vec<Cell> {
        inner(self.head(cell))
    }
}

/// The type has a part that is `Any`.
fn holds_any(ty: &Type) -> bool {
    match ty {
        Type::Any => true,
        Type::List(t) | Type::Set(t) | Type::Iter(t) | Type::Optional(t) => holds_any(t),
        Type::Dict(key, value) => holds_any(key) || holds_any(value),
        Type::Tuple(items) => items.iter().any(holds_any),
        _ => false,
    }
}

/// The cells directly inside values with this head.
fn inner(head: &Head) -> Vec<Cell> {
    match head {
        Head::List(t) | Head::VarTuple(t) | Head::Set(t) | Head::Iter(t) => vec![*t],
        Head::Dict(k, v) => vec![*k, *v],
        Head::Tuple(items) => items.clone(),
        Head::Function(params, ret) => params.iter().copied().chain([*ret]).collect(),
        Head::Union(members) => members.iter().flat_map(inner).collect(),
        _ => Vec::new(),
    }
}
