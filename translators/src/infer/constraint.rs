//! What has to hold between cells.

use super::cells::Cell;
use super::key::Key;
use super::library::Row;
use super::narrowing::Asked;
use grammars::Span;
use grammars::surface::{BinaryOp, Expr, UnaryOp};

/// A constraint with its place.
#[derive(Debug)]
pub(super) struct Entry<'m> {
    pub constraint: Constraint<'m>,
    pub span: Span,
    /// Holds only where this does.
    pub guard: Option<GuardId>,
    /// It was found impossible and reported.
    pub failed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GuardId(pub usize);

/// `isinstance(x, types)` holds (or not) in the region.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    pub outer: Option<GuardId>,
    pub cell: Cell,
    pub types: Vec<String>,
    pub holds: bool,
}

/// Arguments of a call whose meaning depends on types.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments<'m> {
    pub positional: Vec<(&'m Expr, Cell)>,
    pub keywords: Vec<(&'m str, &'m Expr, Cell)>,
}

/// Arguments as written: by position and by name.
pub(super) type Written<'m> = (&'m [Expr], &'m [(String, Expr)]);

/// How a library call was understood.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub row: &'static Row,
    /// For each parameter of the row its cell (for iterables, of the element).
    pub params: Vec<Cell>,
    pub ret: Cell,
    /// For each parameter which argument it takes.
    pub sources: Vec<Option<Source>>,
}

/// Where a parameter's argument stands in the call; the receiver of a method comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Position(usize),
    Keyword(usize),
}

#[derive(Debug)]
pub(super) enum Constraint<'m> {
    /// A value moves.
    Flow {
        from: Cell,
        to: Cell,
    },
    /// As `Flow`, but `None` comes along only if one of the witnesses can be `None`.
    Narrowed {
        from: Cell,
        to: Cell,
        witnesses: Vec<Cell>,
    },
    /// As `Flow`, with those of the types that the tests leave.
    Asked {
        from: Cell,
        to: Cell,
        asked: Vec<Asked>,
    },
    /// Iterating over `source` gives `element`.
    Iterate {
        source: Cell,
        element: Cell,
    },
    /// `source` is taken apart; the starred target gets a list.
    Unpack {
        source: Cell,
        targets: Vec<Cell>,
        star: Option<usize>,
    },
    Binary {
        key: Key,
        op: BinaryOp,
        left: Cell,
        right: Cell,
        out: Cell,
        operands: (&'m Expr, &'m Expr),
    },
    Unary {
        op: UnaryOp,
        operand: Cell,
        out: Cell,
    },
    /// `base[index]`; `position` is the index if it is a literal.
    Subscript {
        key: Key,
        base: Cell,
        index: Cell,
        position: Option<i64>,
        out: Cell,
    },
    /// `base[index] = value`.
    StoreItem {
        key: Key,
        base: Cell,
        index: Cell,
        value: Cell,
    },
    /// `base[a:b] = value`; `base` is the cell of the slice, `element` that of its items.
    StoreSlice {
        base: Cell,
        element: Cell,
        value: Cell,
    },
    /// `left < right` where an array makes that an array of truth values.
    Compare {
        left: Cell,
        right: Cell,
        out: Cell,
    },
    /// `base[a:b:c]`; `bounds` are start and stop if all are literals or absent.
    Slice {
        base: Cell,
        bounds: Option<(Option<i64>, Option<i64>)>,
        out: Cell,
    },
    Attribute {
        key: Key,
        object: Cell,
        name: &'m str,
        out: Cell,
    },
    StoreAttribute {
        object: Cell,
        name: &'m str,
        value: Cell,
    },
    /// `object.name(args)`. `source` are the arguments as written, for methods of the module.
    Method {
        key: Key,
        object: Cell,
        receiver: &'m Expr,
        name: &'m str,
        args: Arguments<'m>,
        source: Written<'m>,
        out: Cell,
    },
    Library {
        key: Key,
        path: String,
        args: Arguments<'m>,
        out: Cell,
    },
    CallValue {
        callee: Cell,
        args: Vec<Cell>,
        out: Cell,
    },
    /// `left == right`; a display literal takes element types from the other side.
    Equal {
        left: Cell,
        right: Cell,
        fresh: (bool, bool),
    },
    /// `item in container`.
    Contains {
        item: Cell,
        container: Cell,
    },
    /// `a or b`, `a and b`: `None` of an operand that is not the last comes along only with `and`.
    Choice {
        from: Cell,
        to: Cell,
        drop_none: bool,
    },
    /// `item` is one of the items of the list `container`.
    Item {
        container: Cell,
        item: Cell,
    },
}
