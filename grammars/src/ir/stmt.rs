//! Statements.

use super::{BinaryOp, ExceptionKind, Expr, Function, IndexMode, Overflow, Type};
use crate::Span;
use serde::{Deserialize, Serialize};

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where in the source.
    pub span: Span,
}

/// A statement list.
pub type Block = Vec<Stmt>;

/// What a statement is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StmtKind {
    /// A comment without its mark.
    Comment {
        /// The text.
        text: String,
        /// It stands behind the statement before it on the same line.
        trailing: bool,
    },
    /// `place = value`. `a, b = b, a` has tuples on both sides; all of the right side is
    /// evaluated first.
    Assign {
        /// Where to.
        place: Place,
        /// The value; its type is the place's.
        value: Expr,
    },
    /// `place op= value`. For lists and sets this changes the object in place.
    AugAssign {
        /// Where; evaluated once. Never a tuple.
        place: Place,
        /// The operator; the result has the place's type.
        op: BinaryOp,
        /// See [`Overflow`].
        overflow: Overflow,
        /// The right operand.
        value: Expr,
    },
    /// An expression for its effect: a call, or an intrinsic that changes its first argument.
    Expr(Expr),
    /// `if`/`elif`/`else`.
    If {
        /// Conditions with their blocks; at least one.
        branches: Vec<(Expr, Block)>,
        /// The `else` block, empty if absent.
        orelse: Block,
    },
    /// `while`.
    While {
        /// The condition.
        condition: Expr,
        /// The loop's body.
        body: Block,
        /// Runs when the loop ended without `break`; empty if absent.
        orelse: Block,
    },
    /// `for pattern in iter`.
    For {
        /// What is bound on each turn. Variables are function locals (visible after the loop).
        pattern: Pattern,
        /// A list, tuple of one type, string, dict, set or `Iter`.
        iter: Expr,
        /// The loop's body.
        body: Block,
        /// Runs when the loop ended without `break`; empty if absent.
        orelse: Block,
    },
    /// A loop as C and Java write it, where it is not a plain counting loop (those are `For` over
    /// `Range`): `continue` runs `update`. Declared variables were initialised before it.
    Loop {
        /// Tested before each turn.
        condition: Expr,
        /// Runs after each turn and on `continue`.
        update: Block,
        /// The loop's body.
        body: Block,
        /// The first test comes after the first turn (`do … while`).
        test_last: bool,
    },
    /// `return`; the value has the function's result type, `None` only where that is `Type::None`.
    Return(Option<Expr>),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// An empty block.
    Pass,
    /// `raise kind(message)`.
    Raise {
        /// Which exception.
        kind: ExceptionKind,
        /// Its message, a `Str`.
        message: Option<Expr>,
    },
    /// `raise` within a handler.
    Reraise,
    /// `try`.
    Try {
        /// The guarded block.
        body: Block,
        /// The handlers, first match wins.
        handlers: Vec<Handler>,
        /// Runs when nothing was raised; empty if absent.
        orelse: Block,
        /// Runs in any case; empty if absent.
        finally: Block,
    },
    /// `assert`. In a test, one check.
    Assert {
        /// Must hold.
        condition: Expr,
        /// A `Str`.
        message: Option<Expr>,
    },
    /// In tests: the block must raise one of the kinds. One check.
    ExpectRaise {
        /// Which exceptions will do.
        kinds: Vec<ExceptionKind>,
        /// What must raise.
        body: Block,
    },
    /// A nested function; callable below this point in the same body.
    Function(Box<Function>),
}

/// An `except` clause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handler {
    /// What it catches, subclasses included; empty catches all.
    pub kinds: Vec<ExceptionKind>,
    /// The name bound to the exception. It may only be used as text (`str(e)`), where it is a
    /// `Local` of type `Str` holding the message.
    pub binding: Option<String>,
    /// The block.
    pub body: Block,
}

/// Where an assignment goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Place {
    /// A local, a parameter, or a captured or module variable that the function rebinds.
    Variable {
        /// Its name.
        name: String,
        /// Its type.
        ty: Type,
    },
    /// An item of a list or dict.
    Item {
        /// A list or dict.
        base: Expr,
        /// An index or key.
        index: Expr,
        /// For lists.
        mode: IndexMode,
    },
    /// A field of an object.
    Field {
        /// The object.
        object: Expr,
        /// The field.
        field: String,
        /// Its type.
        ty: Type,
    },
    /// `base[start:stop] = list`.
    Slice {
        /// A list.
        base: Expr,
        /// First position.
        start: Option<Expr>,
        /// End position.
        stop: Option<Expr>,
    },
    /// Part of an array: an intrinsic `ArrayOp::Select` without `New` axes. The value is an array of
    /// the selection's type, or one item for all of it.
    Part(Expr),
    /// Several places, from a tuple of as many values.
    Tuple(Vec<Place>),
}

/// What a loop or clause binds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pattern {
    /// A name; `_` where the source never reads it.
    Name {
        /// The name.
        name: String,
        /// Its type.
        ty: Type,
    },
    /// The parts of a tuple.
    Tuple(Vec<Pattern>),
}
