//! A tree of Fortran: what the lowering builds and the printer lays out.
//!
//! Names in the tree are final Fortran names; nothing here knows about the source language.

/// Kind of an integer or real literal or type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The default kind, unmarked.
    Default,
    /// `int64`.
    Int64,
}

/// Length of a character type.
#[derive(Clone, Debug, PartialEq)]
pub enum Length {
    /// `len=3`.
    Of(u32),
    /// `len=*`.
    Assumed,
    /// `len=:`.
    Deferred,
}

/// A type specification without attributes.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeSpec {
    /// `integer` or `integer(int64)`.
    Integer(Kind),
    /// `real(real64)`.
    Real,
    /// `logical`.
    Logical,
    /// `character(len=…)`.
    Character(Length),
    /// `type(name)`.
    Derived(String),
    /// `class(name)`.
    Class(String),
}

/// Bounds of an array.
#[derive(Clone, Debug, PartialEq)]
pub enum Bounds {
    /// `(:)`.
    Any,
    /// `(:, :)`.
    Matrix,
    /// `(n)`.
    Fixed(Expr),
}

/// An attribute of a declaration, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attribute {
    /// `allocatable`.
    Allocatable,
    /// `value`.
    Value,
    /// `parameter`.
    Parameter,
    /// `intent(in)`.
    IntentIn,
    /// `intent(inout)`.
    IntentInOut,
    /// `intent(out)`.
    IntentOut,
    /// `optional`.
    Optional,
}

/// A declaration of one name; the printer joins neighbours of one type and attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The type.
    pub ty: TypeSpec,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// The name.
    pub name: String,
    /// For an array.
    pub bounds: Option<Bounds>,
    /// Initial value.
    pub value: Option<Expr>,
}

/// A module.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Lines of documentation.
    pub doc: Vec<String>,
    /// Names from `iso_fortran_env`.
    pub kinds: Vec<&'static str>,
    /// Other intrinsic modules with the names used.
    pub uses: Vec<(String, Vec<String>)>,
    /// Public names.
    pub public: Vec<String>,
    /// Constants and module variables.
    pub constants: Vec<Declaration>,
    /// Derived types.
    pub types: Vec<DerivedType>,
    /// Derived types with the functions behind their generic constructors.
    pub constructors: Vec<(String, String)>,
    /// Operators that derived types define, with the procedures behind them.
    pub operators: Vec<(&'static str, Vec<String>)>,
    /// Procedures, with comments between them.
    pub procedures: Vec<ModuleItem>,
}

/// What stands behind `contains`.
#[derive(Clone, Debug, PartialEq)]
pub enum ModuleItem {
    /// Lines of comment.
    Comment(Vec<String>),
    /// A procedure.
    Procedure(Procedure),
    /// A helper, as its template gives it.
    Helper(String),
}

/// A derived type.
#[derive(Clone, Debug, PartialEq)]
pub struct DerivedType {
    /// Lines of documentation.
    pub doc: Vec<String>,
    /// Its name.
    pub name: String,
    /// Components.
    pub components: Vec<Declaration>,
    /// Bound procedures.
    pub bindings: Vec<Binding>,
}

/// `procedure :: name => target` in a derived type.
#[derive(Clone, Debug, PartialEq)]
pub struct Binding {
    /// The name of the binding.
    pub name: String,
    /// The procedure.
    pub target: String,
}

/// A main program.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Names from `iso_fortran_env`.
    pub kinds: Vec<&'static str>,
    /// Modules with the names used.
    pub uses: Vec<(String, Vec<String>)>,
    /// Variables.
    pub declarations: Vec<Declaration>,
    /// Statements.
    pub body: Vec<Stmt>,
    /// Internal procedures.
    pub internal: Vec<ModuleItem>,
}

/// A procedure.
#[derive(Clone, Debug, PartialEq)]
pub struct Procedure {
    /// Its name.
    pub name: String,
    /// Lines of documentation.
    pub doc: Vec<String>,
    /// `pure`, `elemental`, `recursive`.
    pub prefixes: Vec<&'static str>,
    /// Names of the dummy arguments.
    pub arguments: Vec<String>,
    /// The result variable; a subroutine has none.
    pub result: Option<String>,
    /// Declarations: arguments, result, locals.
    pub declarations: Vec<Declaration>,
    /// Interfaces of procedure arguments.
    pub interfaces: Vec<Procedure>,
    /// Statements.
    pub body: Vec<Stmt>,
    /// Internal procedures.
    pub internal: Vec<ModuleItem>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    /// `! text`, on a line of its own or behind the statement before.
    Comment {
        /// The text.
        text: String,
        /// Behind the statement before.
        trailing: bool,
    },
    /// `target = value`.
    Assign(Expr, Expr),
    /// `where (mask) target = value`.
    Where(Expr, Expr, Expr),
    /// `call callee(arguments)`.
    Call(Expr, Vec<Expr>),
    /// `if`.
    If {
        /// Conditions and blocks.
        branches: Vec<(Expr, Vec<Stmt>)>,
        /// `else`.
        orelse: Vec<Stmt>,
    },
    /// `select case`.
    Select {
        /// What is looked at.
        subject: Expr,
        /// Values and blocks.
        cases: Vec<(Vec<Expr>, Vec<Stmt>)>,
        /// `case default`.
        default: Vec<Stmt>,
    },
    /// A loop.
    Do {
        /// Its name, where `exit` or `cycle` needs one.
        label: Option<String>,
        /// How it is controlled.
        control: Control,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `label: block`.
    Block {
        /// Its name.
        label: String,
        /// The statements.
        body: Vec<Stmt>,
    },
    /// `exit`.
    Exit(Option<String>),
    /// `cycle`.
    Cycle(Option<String>),
    /// `return`.
    Return,
    /// An empty `associate` that names arguments which the interface asks for and the body does not.
    Unused(Vec<String>),
    /// `error stop` with a message.
    ErrorStop(Option<Expr>),
    /// `write (unit, format) items`.
    Write {
        /// Unit or internal file and format, as written.
        control: Vec<Expr>,
        /// `advance="no"`.
        no_advance: bool,
        /// The items.
        items: Vec<Expr>,
    },
}

/// How a loop is controlled.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// `do`.
    Forever,
    /// `do while (condition)`.
    While(Expr),
    /// `do i = first, last, step`.
    Count {
        /// The variable.
        variable: String,
        /// First value.
        first: Expr,
        /// Last value.
        last: Expr,
        /// Step, if it is not 1.
        step: Option<Expr>,
    },
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// `.true.` or `.false.`.
    Logical(bool),
    /// An integer literal with its kind.
    Int(i64, Kind),
    /// A `real64` literal.
    Real(f64),
    /// A character literal.
    Text(String),
    /// A name.
    Name(String),
    /// `base%name`.
    Component(Box<Expr>, String),
    /// `base(subscript)`.
    Element(Box<Expr>, Subscript),
    /// `callee(arguments)`: function, structure constructor or intrinsic.
    Call(Box<Expr>, Vec<Expr>),
    /// `name=value` in an argument list.
    Keyword(&'static str, Box<Expr>),
    /// `[type :: items]`.
    Array(Option<TypeSpec>, Vec<Expr>),
    /// `(item, variable = first, last, step)` in an array constructor.
    ImpliedDo {
        /// The item.
        item: Box<Expr>,
        /// The variable.
        variable: String,
        /// First value.
        first: Box<Expr>,
        /// Last value.
        last: Box<Expr>,
        /// Step, if it is not 1.
        step: Option<Box<Expr>>,
    },
    /// `left op right`.
    Binary(Op, Box<Expr>, Box<Expr>),
    /// `-operand`.
    Negate(Box<Expr>),
    /// `.not. operand`.
    Not(Box<Expr>),
}

/// A subscript or section.
#[derive(Clone, Debug, PartialEq)]
pub enum Subscript {
    /// `(i)`.
    At(Box<Expr>),
    /// A vector subscript, which gives an array.
    Vector(Box<Expr>),
    /// One for each axis.
    Several(Vec<Subscript>),
    /// `(first:last:step)`.
    Section(Option<Box<Expr>>, Option<Box<Expr>>, Option<Box<Expr>>),
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `.eqv.`
    Eqv,
    /// `.neqv.`
    Neqv,
    /// `.or.`
    Or,
    /// `.and.`
    And,
    /// `==`
    Eq,
    /// `==` as a derived type defines it, which has no opposite.
    Same,
    /// `/=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `//`
    Concat,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `**`
    Pow,
}

impl Op {
    /// The relation that holds exactly when this one does not.
    pub fn negated(self) -> Option<Op> {
        Some(match self {
            Op::Eq => Op::Ne,
            Op::Ne => Op::Eq,
            Op::Lt => Op::Ge,
            Op::Le => Op::Gt,
            Op::Gt => Op::Le,
            Op::Ge => Op::Lt,
            Op::Eqv => Op::Neqv,
            Op::Neqv => Op::Eqv,
            _ => return None,
        })
    }
}

/// Shorthands that keep the lowering readable.
pub mod build {
    use super::{Expr, Kind, Op, Subscript};

    /// A name.
    pub fn name(name: impl Into<String>) -> Expr {
        Expr::Name(name.into())
    }

    /// `(item, variable = first, last, step)`.
    pub fn implied_do(item: Expr, variable: String, first: Expr, last: Expr, step: Option<Expr>) -> Expr {
        Expr::ImpliedDo {
            item: Box::new(item),
            variable,
            first: Box::new(first),
            last: Box::new(last),
            step: step.map(Box::new),
        }
    }

    /// A literal of default kind.
    pub fn int(value: i64) -> Expr {
        Expr::Int(value, Kind::Default)
    }

    /// A character literal.
    pub fn text(value: impl Into<String>) -> Expr {
        Expr::Text(value.into())
    }

    /// `function(arguments)`.
    pub fn call(function: impl Into<String>, arguments: Vec<Expr>) -> Expr {
        Expr::Call(Box::new(name(function)), arguments)
    }

    /// `object%method(arguments)`.
    pub fn method(object: Expr, method: &str, arguments: Vec<Expr>) -> Expr {
        Expr::Call(Box::new(component(object, method)), arguments)
    }

    /// `base%name`.
    pub fn component(base: Expr, name: &str) -> Expr {
        Expr::Component(Box::new(base), name.to_string())
    }

    /// `base(index)`.
    pub fn at(base: Expr, index: Expr) -> Expr {
        Expr::Element(Box::new(base), Subscript::At(Box::new(index)))
    }

    /// `base(positions)`.
    pub fn permuted(base: Expr, positions: Expr) -> Expr {
        Expr::Element(Box::new(base), Subscript::Vector(Box::new(positions)))
    }

    /// `base(first:last)`.
    pub fn section(base: Expr, first: Option<Expr>, last: Option<Expr>) -> Expr {
        Expr::Element(Box::new(base), Subscript::Section(first.map(Box::new), last.map(Box::new), None))
    }

    /// `base(first:last:step)`.
    pub fn strided(base: Expr, first: Option<Expr>, last: Option<Expr>, step: Expr) -> Expr {
        let subscript = Subscript::Section(first.map(Box::new), last.map(Box::new), Some(Box::new(step)));
        Expr::Element(Box::new(base), subscript)
    }

    /// `left op right`.
    pub fn binary(op: Op, left: Expr, right: Expr) -> Expr {
        Expr::Binary(op, Box::new(left), Box::new(right))
    }

    /// `left .and. right`.
    pub fn and(left: Expr, right: Expr) -> Expr {
        binary(Op::And, left, right)
    }

    /// `.not. operand`, written as the opposite relation where there is one.
    ///
    /// For reals that is only right without NaN, so ordered relations stay as they are.
    pub fn not(operand: Expr) -> Expr {
        match operand {
            Expr::Not(inner) => *inner,
            Expr::Logical(value) => Expr::Logical(!value),
            Expr::Binary(Op::Gt, left, right) if *right == int(0) && is_position(&left) => {
                Expr::Binary(Op::Eq, left, right)
            }
            Expr::Binary(op @ (Op::Eq | Op::Ne | Op::Eqv | Op::Neqv), left, right) => match op.negated() {
                Some(opposite) => Expr::Binary(opposite, left, right),
                None => Expr::Not(Box::new(Expr::Binary(op, left, right))),
            },
            other => Expr::Not(Box::new(other)),
        }
    }

    /// Whether an expression is a position, which is 0 where nothing is found.
    fn is_position(expr: &Expr) -> bool {
        let Expr::Call(callee, _) = expr else { return false };
        match &**callee {
            Expr::Name(function) => {
                matches!(function.as_str(), "index" | "scan" | "verify")
                    || function.starts_with("position_of")
            }
            Expr::Component(_, method) => method == "find",
            _ => false,
        }
    }

    /// `expr + amount` with constants folded.
    pub fn plus(expr: Expr, amount: i64) -> Expr {
        if amount == 0 {
            return expr;
        }
        match expr {
            Expr::Int(value, kind) if value.checked_add(amount).is_some() => Expr::Int(value + amount, kind),
            Expr::Binary(Op::Add, left, right) => match *right {
                Expr::Int(value, _) if value.checked_add(amount).is_some() => plus(*left, value + amount),
                right => offset(Expr::Binary(Op::Add, left, Box::new(right)), amount),
            },
            Expr::Binary(Op::Sub, left, right) => match *right {
                Expr::Int(value, _) if amount.checked_sub(value).is_some() => plus(*left, amount - value),
                right => offset(Expr::Binary(Op::Sub, left, Box::new(right)), amount),
            },
            other => offset(other, amount),
        }
    }

    fn offset(expr: Expr, amount: i64) -> Expr {
        if amount > 0 || amount == i64::MIN {
            return binary(Op::Add, expr, int(amount));
        }
        binary(Op::Sub, expr, int(-amount))
    }

    /// `size(array)`.
    pub fn size(array: Expr) -> Expr {
        call("size", vec![array])
    }

    /// `len(text)`.
    pub fn len(text: Expr) -> Expr {
        call("len", vec![text])
    }
}
