//! Julia syntax: what the lowering decides and the printer lays out.
//!
//! The tree holds only forms that the translations use. Names say where they come from, so that
//! locals can be renamed where they would hide something of `Base` (see `names`).

use grammars::ir::Regex;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// Something that `Base` exports: a function, type or constant.
    Base(&'static str),
    /// A variable of a function or test.
    Local(String),
    /// A function, type or constant of the program.
    Global(String),
    /// A type, as a value or constructor: `Dict{String,Int}`.
    Type(Type),
    /// An integer literal.
    Int(i128),
    /// A float literal.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `nothing`.
    Nothing,
    /// A character literal.
    Char(char),
    /// A string literal, possibly with interpolations.
    Str(Vec<Piece>),
    /// `end` within an index.
    End,
    /// `Type[a, b]` or `[a, b]`.
    Vector {
        /// The element type where it must be written.
        element: Option<Type>,
        /// The items.
        items: Vec<Expr>,
    },
    /// `[a b; c d]`.
    Matrix(Vec<Vec<Expr>>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `callee(args; keywords)`.
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// Positional arguments.
        args: Vec<Expr>,
        /// `name = value` arguments, behind a comma.
        keywords: Vec<(&'static str, Expr)>,
        /// `name = value` arguments behind a semicolon (those of the program's own functions).
        named: Vec<(String, Expr)>,
        /// `callee.(args)`.
        broadcast: bool,
    },
    /// `base[index]`; a tuple stands for several indices.
    Index(Box<Expr>, Box<Expr>),
    /// `base'`.
    Adjoint(Box<Expr>),
    /// `:`, as an index or a length that follows from the others.
    Colon,
    /// `object.field`.
    Field(Box<Expr>, String),
    /// `value::Type`: the value has to be of the type.
    Typed(Box<Expr>, Type),
    /// `left op right`.
    Binary(&'static str, Box<Expr>, Box<Expr>),
    /// `op operand`, without a blank.
    Unary(&'static str, Box<Expr>),
    /// `a < b <= c`.
    Chain(Box<Expr>, Vec<(&'static str, Expr)>),
    /// `start:stop` or `start:step:stop`.
    Range {
        /// First value.
        start: Box<Expr>,
        /// Step, where it is not 1.
        step: Option<Box<Expr>>,
        /// Last value.
        stop: Box<Expr>,
    },
    /// `condition ? then : orelse`.
    Ternary(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `params -> body`.
    Lambda(Vec<Expr>, Box<Expr>),
    /// `[element for …]`, typed where needed, or a generator in parentheses.
    Comprehension {
        /// The brackets.
        form: ComprehensionForm,
        /// The element.
        element: Box<Expr>,
        /// The clauses, outermost first.
        clauses: Vec<Clause>,
    },
    /// `values...` in an argument list.
    Splat(Box<Expr>),
    /// `r"pattern"`.
    Regex(Box<Regex>),
    /// `s"text"`: a replacement that names groups.
    Substitution(String),
    /// `@name arg`, as an expression (`@sprintf`).
    Macro(&'static str, Vec<Expr>),
}

/// Which brackets a comprehension has.
#[derive(Clone, Debug, PartialEq)]
pub enum ComprehensionForm {
    /// `[…]`, with an element type in front where it must be written.
    Vector(Option<Type>),
    /// `(…)`; the printer leaves the parentheses out where it is a call's only argument.
    Generator,
}

/// `for target in iter if condition`.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// A name or a tuple of names.
    pub target: Expr,
    /// What is iterated.
    pub iter: Expr,
    /// The filter.
    pub condition: Option<Expr>,
}

/// Part of a string literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text, unescaped.
    Text(String),
    /// `$name` or `$(expression)`.
    Value(Expr),
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// Its parameters.
    pub params: Vec<Type>,
}

impl Type {
    /// A type without parameters.
    pub fn plain(name: impl Into<String>) -> Type {
        Type { name: name.into(), params: Vec::new() }
    }

    /// The array type with whatever stores its elements: slices and arrays of bits among them.
    pub fn abstract_array(self) -> Type {
        Type { name: format!("Abstract{}", self.name), ..self }
    }

    /// A type with parameters.
    pub fn with(name: impl Into<String>, params: Vec<Type>) -> Type {
        Type { name: name.into(), params }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    /// `# text`, on lines of its own.
    Comment(String),
    /// The statement with a comment behind it.
    Trailing(Box<Stmt>, String),
    /// An expression for its effect.
    Expr(Expr),
    /// `target op value`, with `=`, `+=` …; a tuple stands without parentheses.
    Assign(Expr, &'static str, Expr),
    /// `local a, b`.
    Local(Vec<Expr>),
    /// `global a, b`.
    Global(Vec<Expr>),
    /// `if`, `elseif`, `else`.
    If(Vec<(Expr, Vec<Stmt>)>, Vec<Stmt>),
    /// `while`.
    While(Expr, Vec<Stmt>),
    /// `for target in iter, target in iter`; `outer` where the loop binds a variable from around it.
    For {
        /// `for outer`.
        outer: bool,
        /// Names or tuples of names, and what they run over; the last one is the innermost.
        clauses: Vec<(Expr, Expr)>,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `return`; a tuple stands without parentheses.
    Return(Option<Expr>),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `try`.
    Try {
        /// The guarded block.
        body: Vec<Stmt>,
        /// The name of the caught exception and the block.
        catch: Option<(Option<Expr>, Vec<Stmt>)>,
        /// The `finally` block.
        finally: Vec<Stmt>,
    },
    /// A nested function.
    Function(Function),
    /// `@name args`.
    Macro(&'static str, Vec<Expr>),
    /// `@name args begin … end`; `@testset "name" begin … end`.
    MacroBlock(&'static str, Vec<Expr>, Vec<Stmt>),
}

/// A function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Text of the docstring.
    pub doc: Option<String>,
    /// Its name: a `Global`, a `Local`, or a field of `Base`.
    pub name: Expr,
    /// Parameters before the semicolon.
    pub params: Vec<Param>,
    /// Parameters behind it.
    pub named: Vec<Param>,
    /// The result type.
    pub ret: Option<Type>,
    /// Type parameters: `where {T}`.
    pub type_params: Vec<String>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// `f(x) = value`, where that fits on a line and needs no `where`: the body is one returned value.
    pub short: bool,
}

/// A parameter: `name::Type = default` or `name::Type...`.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// A `Local`.
    pub name: Expr,
    /// Its type.
    pub ty: Option<Type>,
    /// Its default.
    pub default: Option<Expr>,
    /// It takes all further arguments.
    pub rest: bool,
}

/// Something at top level.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `# text` on lines of its own.
    Comment(String),
    /// `using Name`.
    Using(&'static str),
    /// A docstring of the file, as comments.
    Header(String),
    /// `const NAME = value`, or without `const` for a variable.
    Constant {
        /// Its name.
        name: Expr,
        /// Its value.
        value: Expr,
        /// It is never rebound.
        constant: bool,
    },
    /// A function.
    Function(Function),
    /// A struct with its inner constructor.
    Struct(Struct),
    /// A statement.
    Stmt(Stmt),
}

/// A struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Struct {
    /// Text of the docstring.
    pub doc: Option<String>,
    /// Its fields can be assigned.
    pub mutable: bool,
    /// Its name.
    pub name: String,
    /// Its supertype.
    pub supertype: Option<&'static str>,
    /// Names and types of the fields.
    pub fields: Vec<(String, Type)>,
    /// Constructors within.
    pub inner: Vec<Function>,
}

impl Function {
    /// Whether the body does nothing but return a value.
    pub fn is_one_value(&self) -> bool {
        matches!(self.body.as_slice(), [Stmt::Return(Some(_))])
    }
}

impl Expr {
    /// A string literal without interpolation.
    pub fn text(text: impl Into<String>) -> Expr {
        Expr::Str(vec![Piece::Text(text.into())])
    }

    /// A call of something in `Base`.
    pub fn base_call(name: &'static str, args: Vec<Expr>) -> Expr {
        Expr::call(Expr::Base(name), args)
    }

    /// A call with positional arguments.
    pub fn call(callee: Expr, args: Vec<Expr>) -> Expr {
        Expr::Call {
            callee: Box::new(callee),
            args,
            keywords: Vec::new(),
            named: Vec::new(),
            broadcast: false,
        }
    }

    /// The call with one more keyword argument.
    pub fn keyword(mut self, name: &'static str, value: Expr) -> Expr {
        if let Expr::Call { keywords, .. } = &mut self {
            keywords.push((name, value));
        }
        self
    }

    /// `name.(args)`.
    pub fn broadcast(name: &'static str, args: Vec<Expr>) -> Expr {
        let mut call = Expr::base_call(name, args);
        if let Expr::Call { broadcast, .. } = &mut call {
            *broadcast = true;
        }
        call
    }

    /// `base'`.
    pub fn adjoint(base: Expr) -> Expr {
        Expr::Adjoint(Box::new(base))
    }

    /// `left op right`.
    pub fn binary(op: &'static str, left: Expr, right: Expr) -> Expr {
        Expr::Binary(op, Box::new(left), Box::new(right))
    }

    /// `base[index]`.
    pub fn index(base: Expr, index: Expr) -> Expr {
        Expr::Index(Box::new(base), Box::new(index))
    }

    /// `start:stop`.
    pub fn range(start: Expr, stop: Expr) -> Expr {
        Expr::Range { start: Box::new(start), step: None, stop: Box::new(stop) }
    }

    /// `operand` negated: `!x`, `a != b`, `a ∉ b`.
    pub fn negate(self) -> Expr {
        match self {
            Expr::Unary("!", inner) => *inner,
            Expr::Bool(value) => Expr::Bool(!value),
            Expr::Binary("in", left, right) => Expr::Binary("∉", left, right),
            Expr::Binary("==", left, right) => Expr::Binary("!=", left, right),
            Expr::Binary("===", left, right) => Expr::Binary("!==", left, right),
            other => Expr::Unary("!", Box::new(other)),
        }
    }

    /// The expression plus a literal, folded where it already is a sum with a literal.
    pub fn plus(self, amount: i128) -> Expr {
        if amount == 0 {
            return self;
        }
        match self {
            Expr::Int(value) => Expr::Int(value + amount),
            Expr::Binary("+", left, right) if matches!(*right, Expr::Int(_)) => {
                let Expr::Int(value) = *right else { return Expr::Binary("+", left, right) };
                left.plus(value + amount)
            }
            Expr::Binary("-", left, right) if matches!(*right, Expr::Int(_)) => {
                let Expr::Int(value) = *right else { return Expr::Binary("-", left, right) };
                left.plus(amount - value)
            }
            other if amount > 0 => Expr::binary("+", other, Expr::Int(amount)),
            other => Expr::binary("-", other, Expr::Int(-amount)),
        }
    }

    /// A name or a literal: cheap and safe to write twice.
    pub fn is_simple(&self) -> bool {
        match self {
            Expr::Local(_) | Expr::Global(_) | Expr::Base(_) => true,
            Expr::Int(_) | Expr::Float(_) | Expr::Bool(_) | Expr::Char(_) | Expr::Nothing | Expr::End => true,
            Expr::Regex(_) | Expr::Substitution(_) => true,
            Expr::Str(pieces) => pieces.iter().all(|p| matches!(p, Piece::Text(_))),
            Expr::Field(object, _) => object.is_simple(),
            _ => false,
        }
    }
}
