//! Modules, functions, classes and tests.

use super::{Expr, Stmt, Type};
use crate::surface::{ParamKind, TestOrigin};
use crate::{LangId, Span};
use serde::{Deserialize, Serialize};

/// A typed program with its tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// The language it came from.
    pub source_lang: LangId,
    /// File stem, as the source spells it.
    pub name: String,
    /// The file's own documentation.
    pub doc: Option<Doc>,
    /// In source order.
    pub items: Vec<Item>,
    /// The tests, apart from the program.
    pub tests: Vec<TestCase>,
    /// The function that the tests are about: the one named by the data set, else the function
    /// that most checks call, else the last one.
    pub entry_point: Option<String>,
}

/// Something at top level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "nearly every item of a module is of the large kind")]
pub enum Item {
    /// A comment on lines of its own; lines are joined by newlines.
    Comment(String),
    /// A constant or module variable.
    Constant(Constant),
    /// A function.
    Function(Function),
    /// A class.
    Class(Class),
}

/// A module-level name bound to a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its initial value.
    pub value: Expr,
    /// Some function rebinds it or changes what it refers to.
    pub mutated: bool,
    /// Where in the source.
    pub span: Span,
}

/// Documentation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Doc {
    /// Dedented text without interactive examples; may be empty.
    pub text: String,
    /// Examples, to be written in the target's own form.
    pub examples: Vec<DocExample>,
}

/// A call and the value that the documentation promises for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocExample {
    /// The call.
    pub call: Expr,
    /// Its value.
    pub expected: Expr,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type (`List` for `VarArgs`).
    pub ty: Type,
    /// Its default, a value without effects.
    pub default: Option<Expr>,
    /// `Normal`, `KeywordOnly` or `VarArgs`; call sites have arguments in parameter order anyway.
    pub kind: ParamKind,
    /// The function changes what the argument refers to (not: rebinds the name).
    pub mutated: bool,
    /// The function rebinds the name.
    pub reassigned: bool,
}

/// A variable of a function or test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// What a function can do besides returning a value. Filled by the pass `effects`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effects {
    /// No output, no change to anything that a caller can see, no dependence on mutable globals.
    pub pure: bool,
    /// It can call itself, directly or through others.
    pub recursive: bool,
    /// Exceptions that it or its callees raise explicitly (`raise`) and that can leave it.
    pub raises: Vec<ExceptionKind>,
    /// It prints.
    pub prints: bool,
    /// Module variables that it or its callees change.
    pub changes_globals: bool,
}

/// A function, method or nested function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its parameters; `self` is the first of a method.
    pub params: Vec<Param>,
    /// Its result.
    pub ret: Type,
    /// Variables assigned in the body, in order of first assignment, without parameters and
    /// without the variables of comprehensions and lambdas.
    pub locals: Vec<Local>,
    /// Its statements.
    pub body: Vec<Stmt>,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// Names of the enclosing function that a nested function reads; empty otherwise.
    pub captures: Vec<String>,
    /// Of those, the ones it rebinds (`nonlocal`).
    pub rebinds: Vec<String>,
    /// See [`Effects`].
    pub effects: Effects,
    /// The whole definition.
    pub span: Span,
}

/// A class; its instances are references.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: Option<Doc>,
    /// A base class of the module. Where set, fields and methods of the base are not repeated.
    pub base: Option<String>,
    /// Its fields, in order of first assignment or declaration.
    pub fields: Vec<Field>,
    /// The constructor written out (`__init__`): first parameter `self`; `None` for a dataclass,
    /// whose constructor takes the fields in order.
    pub constructor: Option<Function>,
    /// Methods with `self`; special methods keep their names (`__eq__`, `__str__`).
    pub methods: Vec<Function>,
    /// Static and class methods, without `self`/`cls`.
    pub statics: Vec<Function>,
    /// Constants of the class.
    pub constants: Vec<Constant>,
    /// It is a dataclass or named tuple: compared field by field.
    pub dataclass: bool,
    /// No field is assigned after construction.
    pub frozen: bool,
    /// It derives from an exception class.
    pub exception: bool,
    /// The whole definition.
    pub span: Span,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its default in a dataclass.
    pub default: Option<Expr>,
}

/// One test: statements over the program's functions, with checks among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestCase {
    /// `test_run_lengths`, `check`, `doctest run_lengths 1`, `asserts`.
    pub name: String,
    /// Where it was found.
    pub origin: TestOrigin,
    /// Variables.
    pub locals: Vec<Local>,
    /// Statements; every `Assert` and `ExpectRaise` is one check.
    pub body: Vec<Stmt>,
    /// Where in the source.
    pub span: Span,
}

/// A kind of exception.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ExceptionKind {
    /// Any exception (`Exception`, `BaseException`, a bare `except`).
    Any,
    /// `ArithmeticError`.
    Arithmetic,
    /// `ZeroDivisionError`.
    ZeroDivision,
    /// `OverflowError`.
    Overflow,
    /// `LookupError`.
    Lookup,
    /// `IndexError`.
    Index,
    /// `KeyError`.
    Key,
    /// `ValueError`; `IllegalArgumentException`.
    Value,
    /// `TypeError`.
    Type,
    /// `AttributeError`.
    Attribute,
    /// `AssertionError`.
    Assertion,
    /// `RuntimeError`; `IllegalStateException`.
    Runtime,
    /// `RecursionError`.
    Recursion,
    /// `NotImplementedError`; `UnsupportedOperationException`.
    NotImplemented,
    /// `StopIteration`; `NoSuchElementException`.
    StopIteration,
    /// An exception class of the module.
    Custom(String),
}

impl Module {
    /// The functions at top level.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.items.iter().filter_map(|item| match item {
            Item::Function(f) => Some(f),
            _ => None,
        })
    }

    /// The classes.
    pub fn classes(&self) -> impl Iterator<Item = &Class> {
        self.items.iter().filter_map(|item| match item {
            Item::Class(c) => Some(c),
            _ => None,
        })
    }

    /// The constants.
    pub fn constants(&self) -> impl Iterator<Item = &Constant> {
        self.items.iter().filter_map(|item| match item {
            Item::Constant(c) => Some(c),
            _ => None,
        })
    }

    /// The top-level function with this name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions().find(|f| f.name == name)
    }

    /// The class with this name.
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes().find(|c| c.name == name)
    }
}
