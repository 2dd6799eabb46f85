//! The surface tree: a program of a dynamically typed source with names resolved and tests set
//! apart, before types are known.
//!
//! It is what a front end delivers and what type inference consumes; emitters never see it. What
//! a front end cannot express is an `Unsupported` node and not an error, so that one strange
//! function does not take its whole file with it.

pub mod names;
pub mod slice;
pub mod visit;

use crate::{LangId, Rejection, Span};
use serde::{Deserialize, Serialize};

/// A file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// The language it was read from.
    pub lang: LangId,
    /// File stem, as the source spells it.
    pub name: String,
    /// The file's own documentation.
    pub doc: Option<Doc>,
    /// Functions, classes, constants (`Assign`, `AnnAssign`) and comments in source order; no
    /// imports, no tests.
    pub body: Vec<Stmt>,
    /// The tests, in source order; doctests last.
    pub tests: Vec<TestCase>,
}

/// Documentation of a module, class or function.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Doc {
    /// Dedented text without the interactive examples, trimmed; may be empty.
    pub text: String,
    /// Interactive examples (`>>> call` and the expected value) in source order.
    pub examples: Vec<DocExample>,
    /// Examples that depend on each other; they are left in the text as well.
    #[serde(default)]
    pub sessions: Vec<DocSession>,
}

/// Interactive examples that share variables, as statements with checks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocSession {
    /// The numbers of the examples that are checks.
    pub numbers: Vec<usize>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// Where in the source.
    pub span: Span,
}

/// `>>> call` followed by `expected`. Examples that print, span statements, or have no expected
/// value are left in [`Doc::text`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocExample {
    /// The expression after `>>>`.
    pub call: Expr,
    /// The value that the documentation promises; `None` where an exception is promised.
    pub expected: Option<Expr>,
    /// The promised exception's class name, for `Traceback` examples.
    pub raises: Option<String>,
    /// Its position, from 1, among all interactive examples of its docstring, those that are left
    /// in the text included; so that others that run the docstring can say which one they mean.
    pub number: usize,
    /// Where in the source.
    pub span: Span,
}

/// Where a test was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestOrigin {
    /// Asserts at top level (or under the main guard).
    Assert,
    /// `def check(candidate)`; `candidate` has been replaced by the function under test.
    Check,
    /// `def test_*()`.
    TestFunction,
    /// A method of a `unittest.TestCase`; `self.assertX` calls have become `Assert`/`ExpectRaise`.
    Unittest,
    /// An interactive example in a docstring.
    Doctest,
    /// Generated inputs with what the source returned for them.
    Generated,
}

/// One test: statements that may use everything in the program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestCase {
    /// `test_run_lengths`, `check`, `doctest run_lengths 1`, `asserts`.
    pub name: String,
    /// Where it was found.
    pub origin: TestOrigin,
    /// The statements; checks are [`StmtKind::Assert`] and [`StmtKind::ExpectRaise`].
    pub body: Vec<Stmt>,
    /// Where in the source.
    pub span: Span,
}

/// A type as the source writes it: `list[int]` is `list` with one argument. Spelled in lower case
/// without module (`typing.List` and `list` are `list`); `Optional[X]` and `X | None` are
/// `optional`, other unions `union`, `Callable[[A], R]` is `callable` with arguments A, R;
/// `tuple[X, ...]` is `vartuple`. Class names keep their case. `Any` and `object` are `any`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeHint {
    /// The name.
    pub name: String,
    /// The arguments.
    pub args: Vec<TypeHint>,
}

/// How a parameter takes its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParamKind {
    /// By position or by name.
    Normal,
    /// By name only.
    KeywordOnly,
    /// `*args`.
    VarArgs,
    /// `**kwargs`.
    KeywordArgs,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its annotation.
    pub hint: Option<TypeHint>,
    /// Its default.
    pub default: Option<Expr>,
    /// How it takes its argument.
    pub kind: ParamKind,
    /// Where in the source.
    pub span: Span,
}

/// A function, method or nested function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its parameters; `self` is the first of a method.
    pub params: Vec<Param>,
    /// The annotated result.
    pub returns: Option<TypeHint>,
    /// Its documentation (not in `body`).
    pub doc: Option<Doc>,
    /// Its statements.
    pub body: Vec<Stmt>,
    /// Decorators as paths without arguments: `staticmethod`, `property`, `functools.lru_cache`.
    pub decorators: Vec<String>,
    /// Contains `yield`.
    pub is_generator: bool,
    /// Names declared `global` or `nonlocal` in the body.
    pub outer_names: Vec<String>,
    /// The whole definition.
    pub span: Span,
}

/// A decorator of a class: its path and its keyword arguments.
pub type ClassDecorator = (String, Vec<(String, Expr)>);

/// A class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Base classes as paths: `Exception`, `collections.namedtuple`, a class of the module.
    pub bases: Vec<String>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Methods (`Function`), class variables (`Assign`), dataclass fields (`AnnAssign`), comments.
    pub body: Vec<Stmt>,
    /// Decorators with keyword arguments: `dataclasses.dataclass` with `frozen=True`.
    pub decorators: Vec<ClassDecorator>,
    /// The whole definition.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where in the source.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StmtKind {
    /// A comment on a line of its own, or at the end of the line before (`trailing`), without `#`.
    Comment {
        /// The text.
        text: String,
        /// It stands behind the statement before it on the same line.
        trailing: bool,
    },
    /// `a = b = value` has two targets.
    Assign {
        /// Left to right. A target is a `Name`, `Attribute`, `Subscript`, `Slice`, `Tuple`,
        /// `List` or `Star` expression.
        targets: Vec<Expr>,
        /// The value.
        value: Expr,
    },
    /// `target: hint = value`.
    AnnAssign {
        /// A `Name` or `Attribute`.
        target: Expr,
        /// The annotation.
        hint: TypeHint,
        /// The value, if any.
        value: Option<Expr>,
    },
    /// `target op= value`.
    AugAssign {
        /// The target.
        target: Expr,
        /// The operator.
        op: BinaryOp,
        /// The value.
        value: Expr,
    },
    /// An expression for its effect.
    Expr(Expr),
    /// `if`/`elif`/`else`.
    If {
        /// Conditions with their blocks.
        branches: Vec<(Expr, Vec<Stmt>)>,
        /// The `else` block, empty if absent.
        orelse: Vec<Stmt>,
    },
    /// `while`.
    While {
        /// The condition.
        condition: Expr,
        /// The loop's body.
        body: Vec<Stmt>,
        /// The `else` block, empty if absent.
        orelse: Vec<Stmt>,
    },
    /// `for`.
    For {
        /// As an assignment's target.
        target: Expr,
        /// What is iterated.
        iter: Expr,
        /// The loop's body.
        body: Vec<Stmt>,
        /// The `else` block, empty if absent.
        orelse: Vec<Stmt>,
    },
    /// `return`.
    Return(Option<Expr>),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `pass` (also `...` as a statement).
    Pass,
    /// `raise`; `None` re-raises.
    Raise(Option<Expr>),
    /// `try`.
    Try {
        /// The guarded block.
        body: Vec<Stmt>,
        /// `except` clauses.
        handlers: Vec<Handler>,
        /// The `else` block, empty if absent.
        orelse: Vec<Stmt>,
        /// The `finally` block, empty if absent.
        finally: Vec<Stmt>,
    },
    /// `assert`.
    Assert {
        /// The condition.
        condition: Expr,
        /// The message.
        message: Option<Expr>,
    },
    /// `with self.assertRaises(E): body`, `pytest.raises`, or the `try: …; assert False; except E: pass`
    /// pattern, in tests only.
    ExpectRaise {
        /// Exception class names.
        kinds: Vec<String>,
        /// What must raise.
        body: Vec<Stmt>,
    },
    /// `del`.
    Delete(Vec<Expr>),
    /// A function, nested function or method.
    Function(Box<Function>),
    /// A class.
    Class(Box<Class>),
    /// `yield value` as a statement.
    Yield(Expr),
    /// What the front end has no node for.
    Unsupported(Rejection),
}

/// `except kinds as binding: body`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handler {
    /// Exception class names; empty for a bare `except`.
    pub kinds: Vec<String>,
    /// The name bound to the exception.
    pub binding: Option<String>,
    /// The block.
    pub body: Vec<Stmt>,
    /// Where in the source.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where in the source.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ExprKind {
    /// `None`.
    None,
    /// `True`, `False`.
    Bool(bool),
    /// An integer literal, in decimal digits (any size).
    Int(String),
    /// A float literal.
    Float(f64),
    /// A string literal with escapes resolved and adjacent literals joined.
    Str(String),
    /// An f-string.
    Format(Vec<FormatPart>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `{a, b}`.
    Set(Vec<Expr>),
    /// `{a: b}`.
    Dict(Vec<(Expr, Expr)>),
    /// `*a` in a call, display or target.
    Star(Box<Expr>),
    /// A variable, function or class of the program.
    Name(String),
    /// Something of the language or its library by its full path: `builtins.len`, `math.sqrt`,
    /// `collections.Counter`, however it was imported.
    Library(String),
    /// `value.name`.
    Attribute {
        /// The object.
        value: Box<Expr>,
        /// The attribute.
        name: String,
    },
    /// `value[index]`.
    Subscript {
        /// The container.
        value: Box<Expr>,
        /// The index or key.
        index: Box<Expr>,
    },
    /// `value[start:stop:step]`.
    Slice {
        /// The sequence.
        value: Box<Expr>,
        /// First position.
        start: Option<Box<Expr>>,
        /// End position.
        stop: Option<Box<Expr>>,
        /// Step.
        step: Option<Box<Expr>>,
    },
    /// A call.
    Call {
        /// What is called: `Name`, `Library`, `Attribute` (a method) or any expression.
        callee: Box<Expr>,
        /// Arguments by position.
        args: Vec<Expr>,
        /// Arguments by name.
        keywords: Vec<(String, Expr)>,
    },
    /// `op operand`.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `left op right`.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `a < b <= c`; one more operand than operators.
    Compare {
        /// The operands.
        operands: Vec<Expr>,
        /// The operators.
        ops: Vec<CompareOp>,
    },
    /// `a and b and c`: the first falsy operand or the last.
    And(Vec<Expr>),
    /// `a or b or c`: the first truthy operand or the last.
    Or(Vec<Expr>),
    /// `then if condition else orelse`.
    IfElse {
        /// The condition.
        condition: Box<Expr>,
        /// The value if it holds.
        then: Box<Expr>,
        /// The value if not.
        orelse: Box<Expr>,
    },
    /// `lambda params: body`.
    Lambda {
        /// The parameters.
        params: Vec<Param>,
        /// The value.
        body: Box<Expr>,
    },
    /// A comprehension or generator expression.
    Comprehension {
        /// Which container it builds.
        kind: ComprehensionKind,
        /// The element; for a dict the key.
        element: Box<Expr>,
        /// The value of a dict comprehension.
        value: Option<Box<Expr>>,
        /// `for … in … if …`, outermost first.
        clauses: Vec<Clause>,
    },
    /// `(name := value)`.
    Walrus {
        /// The name.
        name: String,
        /// The value.
        value: Box<Expr>,
    },
    /// What the front end has no node for.
    Unsupported(Rejection),
}

/// Part of an f-string.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FormatPart {
    /// Literal text, braces unescaped.
    Text(String),
    /// `{value!conversion:spec}`.
    Value {
        /// The value.
        value: Expr,
        /// `r`, `s` or `a`.
        conversion: Option<char>,
        /// The format specification as written; nested fields are `Unsupported`.
        spec: String,
    },
}

/// `for target in iter if conditions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// As an assignment's target.
    pub target: Expr,
    /// What is iterated.
    pub iter: Expr,
    /// The filters.
    pub conditions: Vec<Expr>,
}

/// What a comprehension builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComprehensionKind {
    /// `[…]`.
    List,
    /// `{…}`.
    Set,
    /// `{k: v …}`.
    Dict,
    /// `(…)`.
    Generator,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnaryOp {
    /// `not`.
    Not,
    /// `-`.
    Neg,
    /// `+`.
    Pos,
    /// `~`.
    Invert,
}

/// Binary operators as Python spells them; their meaning depends on types not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BinaryOp {
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
    /// `//`.
    FloorDiv,
    /// `%`.
    Mod,
    /// `**`.
    Pow,
    /// `<<`.
    Shl,
    /// `>>`.
    Shr,
    /// `&`.
    BitAnd,
    /// `|`.
    BitOr,
    /// `^`.
    BitXor,
    /// `@`.
    MatMul,
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompareOp {
    /// `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
    /// `in`.
    In,
    /// `not in`.
    NotIn,
    /// `is`.
    Is,
    /// `is not`.
    IsNot,
}
