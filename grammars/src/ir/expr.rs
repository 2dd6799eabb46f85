//! Expressions.

use super::{Intrinsic, Pattern, Type};
use crate::Span;
use serde::{Deserialize, Serialize};

/// An expression with its type and place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Type,
    /// Where in the source.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ExprKind {
    /// `None`; its type is `None` or an `Optional`.
    None,
    /// A truth value.
    Bool(bool),
    /// An integer literal; `Int`. Larger literals were rejected.
    Int(i128),
    /// A float literal; `Float`.
    Float(f64),
    /// A string literal; `Str`, or `Char` where it is one character used as such.
    Str(String),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `{a, b}`.
    Set(Vec<Expr>),
    /// `{a: b}`.
    Dict(Vec<(Expr, Expr)>),
    /// Formatted text; `Str`.
    Format(Vec<FormatPart>),
    /// A local variable, parameter or captured variable.
    Local(String),
    /// A constant or variable of the module.
    Global(String),
    /// A constant of a class: `Class.NAME`.
    ClassConstant {
        /// The class.
        class: String,
        /// The constant.
        name: String,
    },
    /// A function of the module, or a nested one, used as a value.
    FunctionRef(String),
    /// An operation on two operands of one type.
    Binary {
        /// The operation.
        op: BinaryOp,
        /// For integer arithmetic; `Fits` elsewhere.
        overflow: Overflow,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// An operation on one operand.
    Unary {
        /// The operation.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `left op right`. Numbers compare by value, text and sequences lexicographically (text by
    /// code point), containers by their contents, dicts and sets regardless of order.
    Compare {
        /// The relation.
        op: CompareOp,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `a < b <= c`: three or more operands, each evaluated at most once, lazily.
    CompareChain {
        /// The operands.
        operands: Vec<Expr>,
        /// The relations, one fewer.
        ops: Vec<CompareOp>,
    },
    /// Lazy conjunction of two or more `Bool`s.
    And(Vec<Expr>),
    /// Lazy disjunction of two or more `Bool`s.
    Or(Vec<Expr>),
    /// Negation of a `Bool`.
    Not(Box<Expr>),
    /// The value is `None`; `Bool`.
    IsNone(Box<Expr>),
    /// The value, of a `Union`, an `Any` or a base class, is of this type; `Bool`. The type is a
    /// member or a union of members; of a container only its kind is asked for.
    IsInstance {
        /// The value.
        value: Box<Expr>,
        /// What it is asked for.
        ty: Type,
    },
    /// `then if condition else orelse`.
    IfElse {
        /// The condition.
        condition: Box<Expr>,
        /// The value if it holds.
        then: Box<Expr>,
        /// The value if not.
        orelse: Box<Expr>,
    },
    /// `base[index]` of a list, string or tuple (a tuple's index is a literal).
    Index {
        /// The sequence.
        base: Box<Expr>,
        /// The position, counted from 0 (see the mode).
        index: Box<Expr>,
        /// How the position is meant.
        mode: IndexMode,
    },
    /// `base[key]` of a dict; a missing key raises `Key`.
    Lookup {
        /// The dict.
        base: Box<Expr>,
        /// The key.
        key: Box<Expr>,
    },
    /// `base[start:stop:step]` of a list or string: a new value. Bounds beyond the ends are
    /// clipped and negative bounds count from the end, as in Python.
    Slice {
        /// The sequence.
        base: Box<Expr>,
        /// First position.
        start: Option<Box<Expr>>,
        /// End position.
        stop: Option<Box<Expr>>,
        /// Step; never a literal 0 or 1.
        step: Option<Box<Expr>>,
        /// What is known of the bounds. Filled by the pass `ranges`.
        bounds: SliceBounds,
    },
    /// `object.field`.
    Field {
        /// The object.
        object: Box<Expr>,
        /// The field.
        field: String,
    },
    /// A call of a function of the module or of a nested function. Arguments stand in parameter
    /// order; omitted ones at the end take their defaults; `VarArgs` are one `List`.
    Call {
        /// The function's name.
        function: String,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// A call of a function value.
    CallValue {
        /// The function value.
        callee: Box<Expr>,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `object.method(args)` for a class of the module.
    CallMethod {
        /// The object.
        object: Box<Expr>,
        /// The class that declares the method.
        class: String,
        /// The method.
        method: String,
        /// The arguments without the object.
        args: Vec<Expr>,
    },
    /// `Class.method(args)`.
    CallStatic {
        /// The class.
        class: String,
        /// The method.
        method: String,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `Class(args)`.
    New {
        /// The class.
        class: String,
        /// The arguments in parameter order.
        args: Vec<Expr>,
    },
    /// `lambda params: body`.
    Lambda {
        /// Names and types of the parameters.
        params: Vec<(String, Type)>,
        /// The value.
        body: Box<Expr>,
    },
    /// `[element for … in … if …]`: a `List`, or an `Iter` for a generator expression.
    Comprehension {
        /// The element.
        element: Box<Expr>,
        /// The clauses, outermost first.
        clauses: Vec<Clause>,
    },
    /// `{element for …}`.
    SetComprehension {
        /// The element.
        element: Box<Expr>,
        /// The clauses, outermost first.
        clauses: Vec<Clause>,
    },
    /// `{key: value for …}`.
    DictComprehension {
        /// The key.
        key: Box<Expr>,
        /// The value.
        value: Box<Expr>,
        /// The clauses, outermost first.
        clauses: Vec<Clause>,
    },
    /// `range(start, stop, step)`; an `Iter` of `Int`. `step` is never 0.
    Range {
        /// First value (a literal 0 where the source leaves it out).
        start: Box<Expr>,
        /// End, not included.
        stop: Box<Expr>,
        /// Step (a literal 1 where the source leaves it out).
        step: Box<Expr>,
    },
    /// A change of representation that the source leaves implicit.
    Convert {
        /// Which.
        conversion: Conversion,
        /// The value.
        value: Box<Expr>,
    },
    /// An operation of the language or its library.
    Intrinsic {
        /// Which.
        op: Intrinsic,
        /// The arguments, as the intrinsic documents them.
        args: Vec<Expr>,
    },
}

/// `for pattern in iter if conditions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// What is bound; variables live in the comprehension.
    pub pattern: Pattern,
    /// What is iterated.
    pub iter: Expr,
    /// The filters, all of which must hold.
    pub conditions: Vec<Expr>,
}

/// Part of formatted text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FormatPart {
    /// Literal text.
    Text(String),
    /// A value.
    Value {
        /// The value.
        value: Expr,
        /// How.
        spec: FormatSpec,
    },
}

/// Python's format specification mini-language, parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormatSpec {
    /// `!r`: as `repr` writes it.
    pub repr: bool,
    /// Fill character, if given.
    pub fill: Option<char>,
    /// `<`, `>`, `^` or `=`.
    pub align: Option<char>,
    /// `+`, `-` or blank.
    pub sign: Option<char>,
    /// `#`.
    pub alternate: bool,
    /// Leading zeros (`0` before the width).
    pub zero: bool,
    /// Least width in characters.
    pub width: Option<u32>,
    /// `,` or `_`.
    pub grouping: Option<char>,
    /// Digits after the point, or longest text.
    pub precision: Option<u32>,
    /// `d`, `f`, `e`, `g`, `s`, `x`, `X`, `o`, `b`, `%`, `c`; `None` where left out.
    pub kind: Option<char>,
}

impl FormatSpec {
    /// Nothing was asked for: as `str` writes it.
    pub fn is_plain(&self) -> bool {
        *self == FormatSpec::default()
    }
}

/// How the position in `base[index]` is meant. Front ends and inference write `Python` or
/// `InRange`; the pass `ranges` finds the plainer ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndexMode {
    /// Negative positions count from the end; beyond the ends raises `Index`.
    Python,
    /// Proven not to be negative; beyond the end raises `Index`.
    NonNegative,
    /// Proven to be within the sequence, or the source's language makes anything else an error
    /// that the program does not catch (Java).
    InRange,
    /// A negative literal: `-1` is the last. Beyond the end raises `Index`.
    FromEnd,
}

/// What is known of a slice's bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SliceBounds {
    /// `start` is absent, or proven to lie in `0..=len`.
    pub start_in_range: bool,
    /// `stop` is absent, or proven to lie in `0..=len`.
    pub stop_in_range: bool,
    /// `start` is absent or proven not to be negative.
    pub start_non_negative: bool,
    /// `stop` is absent or proven not to be negative.
    pub stop_non_negative: bool,
}

/// What happens to an integer result outside the 64-bit range, or outside 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overflow {
    /// The source has integers of any size and nothing is proven: a target with 64 bits states the
    /// range in its domain.
    Unbounded,
    /// Proven to stay within 64 bits (for `int` of Java: within 32), or not integer arithmetic.
    Fits,
    /// Two's complement at 32 bits.
    Wrap32,
    /// Two's complement at 64 bits.
    Wrap64,
}

/// Operations on two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BinaryOp {
    /// Sum of two `Int`s or two `Float`s.
    Add,
    /// Difference.
    Sub,
    /// Product.
    Mul,
    /// Quotient of two `Float`s. In Python a zero divisor raises; in Java it gives infinity or NaN.
    Div,
    /// Quotient rounded towards minus infinity, of `Int`s or `Float`s; a zero divisor raises.
    FloorDiv,
    /// Remainder with the divisor's sign, of `Int`s or `Float`s; a zero divisor raises.
    FloorMod,
    /// Quotient rounded towards zero, of `Int`s; a zero divisor raises.
    TruncDiv,
    /// Remainder with the dividend's sign, of `Int`s or `Float`s.
    TruncRem,
    /// Power: `Int` with a non-negative `Int` exponent, or `Float` with `Float`.
    Pow,
    /// Bits of both.
    BitAnd,
    /// Bits of either.
    BitOr,
    /// Bits of one only.
    BitXor,
    /// Left shift.
    Shl,
    /// Arithmetic right shift.
    Shr,
    /// Right shift that fills with zeros, at the width of the overflow (`Wrap32` or `Wrap64`).
    ShrUnsigned,
    /// Concatenation of two `Str`s or two `List`s: a new value. As `AugAssign` on a list it
    /// extends the list in place with any iterable.
    Concat,
    /// `Str` or `List`, repeated `Int` times (negative counts as 0).
    Repeat,
    /// Union of `Set`s (or of `Dict`s, the right one winning).
    Union,
    /// Intersection of `Set`s.
    Intersection,
    /// Difference of `Set`s.
    Difference,
    /// Symmetric difference of `Set`s.
    SymmetricDifference,
}

/// Operations on one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnaryOp {
    /// Negation of an `Int` or `Float`.
    Neg,
    /// Complement of an `Int`.
    BitNot,
}

/// Relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompareOp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// Changes of representation that the source leaves implicit; those it spells out (`int(x)`) are
/// intrinsics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conversion {
    /// `Int` to `Float`.
    IntToFloat,
    /// `Bool` to `Int`: 1 or 0.
    BoolToInt,
    /// `Char` to `Str`.
    CharToStr,
    /// `Str` known to hold one character to `Char`.
    StrToChar,
    /// `Char` to its code point (Java's arithmetic on `char`).
    CharToInt,
    /// Code point to `Char`.
    IntToChar,
    /// `T` to `Optional(T)`.
    ToOptional,
    /// `Optional(T)` to `T` where the program has made sure that it is not `None`.
    Unwrap,
    /// `Int` to the lowest 32 bits, signed (Java's narrowing).
    WrapTo32,
    /// `Float` to `Int`, towards zero (Java's cast; Python spells it `int(x)`).
    FloatToInt,
    /// An instance to its base class.
    Upcast,
    /// A member to a `Union`, or a union to a wider one; a new list, which nothing else refers to, to one
    /// of such values.
    ToUnion,
    /// A `Union` or `Any` to a member that a test has shown it to be.
    Narrow,
    /// A `Union` or `Any` to the only member for which the program makes sense here; any other value
    /// raises `Type`.
    Cast,
}
