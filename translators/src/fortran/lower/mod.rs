//! From the typed IR to the Fortran tree.
//!
//! An expression that Fortran can only say with statements (a loop, a lazy operand, a changed
//! list) puts those statements in front of the statement that it stands in, and is then the
//! variable that they fill. [`Body`] keeps the blocks that are being filled.

mod aliasing;
mod arith;
mod array;
mod arrays;
mod assign;
mod calls;
mod classes;
mod compare;
mod dict;
mod doc;
mod exceptions;
mod expr;
mod function_values;
mod heaps;
mod index;
mod intrinsics;
mod iterate;
mod list;
mod loops;
mod module;
mod mutation;
mod package;
mod procedure;
mod reduce;
mod signature;
mod stmt;
mod tests;
mod text;
mod text_of;
mod tidy;
mod usage;

pub use module::translate;
pub use package::translate as translate_package;

use super::helpers::Helpers;
use super::names::{Names, Renaming};
use super::tree::{self, Attribute, Declaration, Expr, Kind, Length, Stmt, TypeSpec};
use super::types::{TypeOp, Types};
use grammars::ir::{self, Type};
use grammars::{Rejection, Span};
use signature::Signatures;
use std::collections::{BTreeMap, BTreeSet};

/// How deep expressions and statements may nest.
const DEEPEST: usize = 120;

/// A rejection of this target.
pub fn reject<T>(reason: &str, span: Span, message: impl Into<String>) -> Result<T, Rejection> {
    Err(Rejection::new(format!("fortran.{reason}"), span, message))
}

/// What the procedures of one translation share.
pub struct Unit<'m> {
    /// The program.
    pub module: &'m ir::Module,
    /// Names at the level of the module.
    pub names: Names,
    /// What stands for the names at top level.
    pub globals: Renaming,
    /// The derived types.
    pub types: Types,
    /// The helpers of the unit that is being filled: the module, then the test program.
    pub helpers: Helpers,
    /// Fortran names of the program's own procedures.
    pub user_procedures: BTreeSet<String>,
    /// Helpers whose result is a default integer.
    pub default_kind_helpers: BTreeSet<String>,
    /// Names from `ieee_arithmetic` that the unit being filled uses.
    pub ieee: BTreeSet<&'static str>,
    /// The names of the test program, which sees only what the module makes public.
    pub test_names: Option<Names>,
    /// What the representation cannot hold.
    pub domain: BTreeSet<&'static str>,
    /// How the procedures are called.
    pub signatures: Signatures,
    /// The kinds of exceptions that a status tells of, with the names of their codes.
    pub codes: Vec<(ir::ExceptionKind, String)>,
    /// What stands for the members of the classes.
    pub classes: classes::ClassForms,
}

impl Unit<'_> {
    /// The name of a helper.
    pub fn helper(&mut self, template: &'static str, element: Option<&Type>) -> String {
        let names = self.test_names.as_mut().unwrap_or(&mut self.names);
        let name = self.helpers.request(template, element, &mut self.types, names);
        if matches!(template, "position_of" | "occurrences" | "least" | "greatest") {
            self.default_kind_helpers.insert(name.clone());
        }
        name
    }

    /// Asks for an operation on a derived type.
    pub fn type_op(&mut self, ty: &Type, op: TypeOp) {
        self.types.request(ty, op, &mut self.names);
    }

    /// The name of a derived type.
    pub fn derived(&mut self, ty: &Type) -> String {
        self.types.derived(ty, &mut self.names)
    }
}

/// What a name of the source stands for at the moment.
#[derive(Clone, Debug)]
pub enum Binding {
    /// A variable, which holds the source's value plus `shift`.
    Variable {
        /// Its name.
        name: String,
        /// 1 for a variable that counts from 1 where the source counts from 0.
        shift: i64,
    },
    /// A designator that holds the value.
    Alias(Expr),
}

/// A procedure, or the main program of the tests, that is being filled.
pub struct Body<'u, 'm> {
    /// What is shared.
    pub unit: &'u mut Unit<'m>,
    /// Names in use here, those of the module included.
    names: Names,
    renaming: Renaming,
    bindings: BTreeMap<String, Binding>,
    /// Variables of default integer kind.
    default_kind: BTreeSet<String>,
    /// Variables that count from 1.
    shifted: BTreeSet<String>,
    /// Elements that are known to exist, since a loop runs over them.
    known: Vec<Expr>,
    /// Variables of the source that default integers can hold.
    default_sources: BTreeSet<String>,
    /// Variables of one character.
    single_characters: BTreeSet<String>,
    /// How often each variable of the source is read.
    reads: BTreeMap<String, usize>,
    /// Loop variables whose value is needed beyond their loop.
    outlives: BTreeSet<String>,
    /// Fortran names of the loop variables in use.
    active: Vec<String>,
    /// Positions that are free for the next loop.
    free_counters: Vec<String>,
    /// Variables of the source that are declared.
    declared: BTreeMap<String, Type>,
    /// Parameters of the source.
    param_names: BTreeSet<String>,
    declarations: Vec<Declaration>,
    blocks: Vec<Vec<Stmt>>,
    /// The result variable and the result's type.
    result: Option<(String, Type)>,
    /// Grows whenever an expression puts a statement with a visible effect in front.
    effects: usize,
    depth: usize,
    /// Names of nested functions and whether they are subroutines.
    nested: BTreeMap<String, ir::Function>,
    internal: Vec<tree::ModuleItem>,
    /// The procedure can call itself.
    recursive: bool,
    /// The source's name of the object in a method or constructor.
    self_name: Option<String>,
    /// The first argument is the object that a bound procedure is called with.
    passed_object: bool,
    /// The key of the signature, where it is not the function's name.
    key: Option<String>,
    /// The guarded blocks around, outermost first.
    attempts: Vec<exceptions::Attempt>,
    /// The status argument of this procedure.
    own_status: Option<String>,
    /// The status that the handler which is being filled looks at.
    handled: Option<String>,
    /// This is an internal procedure, which can have none of its own.
    is_internal: bool,
}

impl<'u, 'm> Body<'u, 'm> {
    /// An empty body.
    pub fn new(unit: &'u mut Unit<'m>) -> Self {
        let names = unit.names.clone();
        Body {
            unit,
            names,
            renaming: Renaming::default(),
            bindings: BTreeMap::new(),
            default_kind: BTreeSet::new(),
            shifted: BTreeSet::new(),
            known: Vec::new(),
            default_sources: BTreeSet::new(),
            single_characters: BTreeSet::new(),
            reads: BTreeMap::new(),
            outlives: BTreeSet::new(),
            active: Vec::new(),
            free_counters: Vec::new(),
            declared: BTreeMap::new(),
            param_names: BTreeSet::new(),
            declarations: Vec::new(),
            blocks: vec![Vec::new()],
            result: None,
            effects: 0,
            depth: 0,
            nested: BTreeMap::new(),
            internal: Vec::new(),
            recursive: false,
            self_name: None,
            passed_object: false,
            key: None,
            attempts: Vec::new(),
            own_status: None,
            handled: None,
            is_internal: false,
        }
    }

    /// Adds a statement to the block that is being filled.
    fn emit(&mut self, stmt: Stmt) {
        if let Some(block) = self.blocks.last_mut() {
            block.push(stmt);
        }
    }

    /// Adds `target = value`.
    fn set(&mut self, target: Expr, value: Expr) {
        if target != value {
            self.emit(Stmt::Assign(target, value));
        }
    }

    /// Fills a block of its own.
    fn block<T>(
        &mut self,
        fill: impl FnOnce(&mut Self) -> Result<T, Rejection>,
    ) -> Result<(Vec<Stmt>, T), Rejection> {
        self.blocks.push(Vec::new());
        let result = fill(self);
        let block = self.blocks.pop().unwrap_or_default();
        Ok((block, result?))
    }

    /// Guards against nesting that would exhaust the stack.
    fn nested_in<T>(
        &mut self,
        span: Span,
        f: impl FnOnce(&mut Self) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        if self.depth >= DEEPEST {
            return reject("too-deep", span, "the program nests too deeply");
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// The Fortran name of a variable of the source.
    fn variable_name(&mut self, source: &str) -> String {
        self.renaming.get(source, &mut self.names)
    }

    /// What a source name stands for.
    fn binding(&mut self, source: &str) -> Binding {
        if let Some(binding) = self.bindings.get(source) {
            return binding.clone();
        }
        let shift = i64::from(self.shifted.contains(source));
        Binding::Variable { name: self.variable_name(source), shift }
    }

    /// Lowers something in which names stand for values that are there already.
    fn with_aliases<T>(
        &mut self,
        aliases: impl IntoIterator<Item = (String, Expr)>,
        lower: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let saved = self.bindings.clone();
        self.bindings.extend(aliases.into_iter().map(|(source, value)| (source, Binding::Alias(value))));
        let result = lower(self);
        self.bindings = saved;
        result
    }

    /// Declares a variable of a source type; allocatable where its size is its own affair.
    fn declare(&mut self, name: &str, ty: &Type) {
        let (spec, array) = self.unit.types.variable(ty, &mut self.unit.names);
        let allocatable = array || matches!(spec, TypeSpec::Character(Length::Deferred));
        if *ty == Type::Char {
            self.single_characters.insert(name.to_string());
        }
        let spec = match spec {
            TypeSpec::Integer(_) if self.default_kind.contains(name) => TypeSpec::Integer(Kind::Default),
            other => other,
        };
        self.declarations.push(Declaration {
            ty: spec,
            attributes: if allocatable { vec![Attribute::Allocatable] } else { Vec::new() },
            name: name.to_string(),
            bounds: array.then(|| crate::fortran::types::bounds(ty)),
            value: None,
        });
    }

    /// Declares a variable that holds an element of an array.
    fn declare_element(&mut self, name: &str, ty: &Type) {
        let spec = self.unit.types.element(ty, &mut self.unit.names);
        self.declarations.push(Declaration {
            ty: spec,
            attributes: Vec::new(),
            name: name.to_string(),
            bounds: None,
            value: None,
        });
    }

    /// A new variable of a source type.
    fn temporary(&mut self, wishes: &[&str], ty: &Type) -> String {
        let name = self.names.fresh_of(wishes);
        self.declare(&name, ty);
        name
    }

    /// A new variable of default integer kind, for positions.
    fn counter(&mut self, wishes: &[&str]) -> String {
        let name = self.names.fresh_of(wishes);
        self.default_kind.insert(name.clone());
        self.declare(&name, &Type::Int);
        name
    }

    /// The value in a variable, unless it is a plain name or literal already.
    fn held(&mut self, value: Expr, wishes: &[&str], ty: &Type) -> Expr {
        if matches!(value, Expr::Name(_) | Expr::Int(..) | Expr::Real(_) | Expr::Logical(_) | Expr::Text(_)) {
            return value;
        }
        let name = self.temporary(wishes, ty);
        self.emit(Stmt::Assign(Expr::Name(name.clone()), value));
        Expr::Name(name)
    }

    /// Notes a limit of the representation.
    fn note(&mut self, limit: &'static str) {
        self.unit.domain.insert(limit);
    }

    /// The declarations of the locals, those of one type together.
    fn sorted_declarations(&mut self) -> Vec<Declaration> {
        let declarations = std::mem::take(&mut self.declarations);
        let mut groups: Vec<Vec<Declaration>> = Vec::new();
        for declaration in declarations {
            let same = |d: &Declaration| d.ty == declaration.ty && d.attributes == declaration.attributes;
            match groups.iter_mut().find(|g| g.first().is_some_and(same)) {
                Some(group) => group.push(declaration),
                None => groups.push(vec![declaration]),
            }
        }
        groups.into_iter().flatten().collect()
    }
}

/// What Fortran integers cannot hold.
pub const SIXTY_FOUR_BITS: &str = "integers stay within 64 bits";
/// What Fortran text is made of.
pub const ASCII: &str = "text is ASCII";
/// Reading beyond the end raises no exception.
pub const IN_RANGE: &str = "positions lie within the sequence";
/// Division by zero raises no exception.
pub const NONZERO: &str = "divisors are not zero";
/// What the source raises for an empty sequence.
pub const NOT_EMPTY: &str = "sequences whose least, greatest or last item is asked for are not empty";
