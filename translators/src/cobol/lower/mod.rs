//! Lowering: typed IR to the COBOL tree.

mod alias;
mod assign;
mod body;
mod call;
mod collect;
mod cond;
mod dict;
mod doc;
mod equal;
mod exits;
mod format;
mod function;
mod heap;
mod iterate;
mod library;
mod list;
mod loops;
mod number;
mod position;
mod reduce;
mod room;
mod scratch;
mod slice;
mod sort;
mod stmt;
mod tests;
mod text;
mod text_build;
mod text_fill;
mod text_search;
mod text_split;

use super::capacity::Capacities;
use super::layout::Node;
use super::loc::Loc;
use super::names::Names;
use super::tree::{Expr, Paragraph, Program, Ref, Stmt};
use grammars::ir::{Module, Type};
use grammars::{Rejection, Span};
use scratch::Scratch;
use std::collections::{BTreeMap, BTreeSet};

pub use function::{programs, signatures};
pub use tests::test_program;

/// What lowering returns.
type Result<T> = std::result::Result<T, Rejection>;

/// Statements nested deeper than this are rejected.
const DEEPEST: usize = 40;

/// What callers know of a program.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Its `PROGRAM-ID`.
    pub id: String,
    /// Names for the items that hold arguments.
    pub params: Vec<String>,
    /// The name for the item that holds the result.
    pub result: String,
    /// It tells in `RETURN-CODE` that it ended with an exception.
    pub raises: bool,
}

/// What is the same for all programs of a module.
pub struct Context<'m> {
    /// The module.
    pub module: &'m Module,
    /// Capacities of tables and texts.
    pub capacities: Capacities,
    /// The functions of the module by their names in the source.
    pub signatures: BTreeMap<String, Signature>,
}

/// What a variable of the source is in the program.
#[derive(Clone, Debug)]
enum Var {
    /// A data item.
    Stored(Loc),
    /// A `Str` of one character within another.
    Char(Ref),
    /// An `Int` computed where it is read.
    Number(Expr),
    /// A tuple whose parts are read where they are.
    Parts(Vec<grammars::ir::Expr>),
}

/// Lowers one program.
struct Lower<'m> {
    context: &'m Context<'m>,
    names: Names,
    vars: BTreeMap<String, Var>,
    storage: Vec<Node>,
    sort_entries: BTreeMap<String, String>,
    paragraphs: Vec<Paragraph>,
    scratch: Scratch,
    /// The block that is being written.
    out: Vec<Stmt>,
    /// The statements of the source's function or test.
    body: Option<&'m grammars::ir::Block>,
    /// Loop variables that stand for items of what their loop iterates over.
    items_of_loops: BTreeSet<String>,
    /// The tables and texts that are known to have room for what is added to them.
    roomy: BTreeSet<String>,
    /// The local variables of the source that never outgrow their capacity.
    roomy_locals: BTreeSet<String>,
    /// Where the result goes.
    result: Option<Loc>,
    /// How `return` ends the program.
    kind: BodyKind,
    depth: usize,
    /// Numbers the variables that lowering makes up.
    made_up: usize,
    /// The `PROGRAM-ID`.
    id: String,
    /// Statements that run before all others.
    first: Vec<Stmt>,
    /// What the check is about.
    subject: String,
    /// Checks so far.
    checks: usize,
    /// The handlers around the statement, innermost last.
    handlers: Vec<exits::Guard>,
}

/// What kind of program a body belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyKind {
    /// A program that is called.
    Callee,
    /// The main program with the tests.
    Test,
}

impl<'m> Lower<'m> {
    fn new(context: &'m Context<'m>, id: &str, kind: BodyKind) -> Self {
        Lower {
            context,
            names: Names::with_records(context.capacities.records.clone()),
            vars: BTreeMap::new(),
            storage: Vec::new(),
            sort_entries: BTreeMap::new(),
            paragraphs: Vec::new(),
            scratch: Scratch::default(),
            out: Vec::new(),
            body: None,
            items_of_loops: BTreeSet::new(),
            roomy: BTreeSet::new(),
            roomy_locals: BTreeSet::new(),
            result: None,
            kind,
            depth: 0,
            made_up: 0,
            id: id.to_string(),
            first: Vec::new(),
            subject: String::new(),
            checks: 0,
            handlers: Vec::new(),
        }
    }

    fn emit(&mut self, stmt: Stmt) {
        self.out.push(stmt);
    }

    /// The statements that `write` emits, as a block of their own.
    fn block(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<Vec<Stmt>> {
        let outer = std::mem::take(&mut self.out);
        self.depth += 1;
        let written = if self.depth > DEEPEST {
            reject("nesting", Span::default(), "statements are nested too deeply")
        } else {
            write(self)
        };
        self.depth -= 1;
        let block = std::mem::replace(&mut self.out, outer);
        written.map(|()| block)
    }

    /// The value of `make` and the statements that it needs before it.
    fn apart<T>(&mut self, make: impl FnOnce(&mut Self) -> Result<T>) -> Result<(Vec<Stmt>, T)> {
        let outer = std::mem::take(&mut self.out);
        let made = make(self);
        let before = std::mem::replace(&mut self.out, outer);
        made.map(|value| (before, value))
    }

    /// The finished program.
    fn finish(self, linkage: Vec<Node>, using: Vec<String>) -> Program {
        let describe = super::layout::Describe {
            capacities: &self.context.capacities,
            sort_entries: &self.sort_entries,
        };
        Program {
            id: self.id,
            storage: self.storage.iter().map(|node| describe.record(node)).collect(),
            linkage: linkage.iter().map(|node| describe.record(node)).collect(),
            using,
            body: [self.first, self.out].concat(),
            paragraphs: self.paragraphs,
            ..Program::default()
        }
    }
}

/// A rejection by this target.
fn reject<T>(reason: &str, span: Span, message: impl Into<String>) -> Result<T> {
    Err(rejection(reason, span, message))
}

/// A rejection by this target, as a value.
fn rejection(reason: &str, span: Span, message: impl Into<String>) -> Rejection {
    Rejection::new(format!("cobol.{reason}"), span, message)
}

/// A rejection because values of `ty` have no place in storage.
fn unstorable(ty: &Type, span: Span) -> Rejection {
    rejection("type", span, format!("values of type {ty} have no COBOL data item"))
}
