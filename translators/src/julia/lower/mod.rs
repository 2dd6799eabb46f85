//! From the typed IR to the Julia tree.
//!
//! [`Lower`] holds what is known of the module and of the function at hand; its methods are spread
//! over the files of this folder by subject. Text and positions are what needs care:
//!
//! - a one-character text is a `Char` wherever nobody can tell ([`text::Repr`]);
//! - a variable may count from 1 where the source counts from 0 ([`positions`]).

mod arithmetic;
mod arrays;
mod calls;
mod characters;
mod class;
mod collections;
mod compare;
mod doc;
mod exceptions;
mod expr;
mod format;
mod function;
mod heaps;
mod helpers;
mod index;
mod iterate;
mod keyed;
mod linear;
mod loops;
mod module;
mod number;
mod order;
mod positions;
mod random;
mod reduce;
mod regex;
mod scopes;
mod sequences;
mod shown;
mod signs;
mod slice;
mod stmt;
mod strings;
mod tests;
mod text;
mod types;
mod variants;

use super::tree::{Function, Item};
use crate::passes::purity::Purity;
use grammars::ir::names::FreshNames;
use grammars::ir::{self, ExceptionKind, Module};
use grammars::{Rejection, Span};
use scopes::Declarations;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A lowered module.
pub struct Lowered {
    /// The program.
    pub program: Vec<Item>,
    /// The tests; empty where there are none.
    pub tests: Vec<Item>,
    /// How many checks they make.
    pub checks: usize,
    /// What the representation cannot hold.
    pub domain: Vec<String>,
    /// Names of the program; those that `Base` has too hide it.
    pub shadowed: BTreeSet<String>,
}

/// Lowers a module with its tests.
///
/// # Errors
/// A rejection `julia.*` for what has no right rendering.
pub fn lower(module: &Module) -> Result<Lowered, Rejection> {
    Lower::new(module).module()
}

/// The result of lowering a piece.
type Lowering<T> = Result<T, Rejection>;

/// Expressions nested deeper than this are rejected.
const MAX_DEPTH: usize = 100;

/// What is known while lowering.
struct Lower<'m> {
    module: &'m Module,
    /// Kinds of exceptions that the module or its tests catch.
    caught: BTreeSet<ExceptionKind>,
    /// Kinds that it raises itself.
    raised: BTreeSet<ExceptionKind>,
    /// Which of its functions have effects.
    purity: Purity,
    domain: Vec<String>,
    uses_printf: bool,
    uses_random: bool,
    /// Modules of the standard library that array operations need.
    uses: std::collections::BTreeSet<&'static str>,
    helpers: BTreeMap<&'static str, Function>,
    scope: Scope,
    depth: usize,
    in_test: bool,
    checks: usize,
    /// Functions that were copied for other types, and the function that they are copies of.
    variants: BTreeMap<String, String>,
    /// The dict variable because of whose order the last rejection came.
    disordered: Option<String>,
    /// The dict variables of the function at hand for which a vector of keys is kept.
    keyed: BTreeSet<String>,
}

/// What is known of the function at hand.
#[derive(Clone, Debug, Default)]
struct Scope {
    /// Variables whose value in Julia differs from the source's: by how much it is greater.
    offsets: BTreeMap<String, i128>,
    /// Text variables that have a vector of their characters beside them, and its name.
    chars: BTreeMap<String, String>,
    /// Text variables that hold a `Char`.
    as_char: BTreeSet<String>,
    /// Text variables that hold a `SubString`.
    as_substring: BTreeSet<String>,
    /// The least values of integer variables.
    bounds: signs::Bounds,
    /// Variables of which a condition around says more, and what was known before.
    learnt: BTreeMap<String, Option<i128>>,
    /// Nested functions in sight, with names and kinds of their parameters.
    nested: BTreeMap<String, Vec<(String, grammars::surface::ParamKind)>>,
    /// All names of the function.
    names: FreshNames,
    /// The variables of the function and of those around it.
    variables: BTreeSet<String>,
    /// Dicts that have a vector of their keys beside them, and its name.
    keyed: BTreeMap<String, String>,
    /// Variables of comprehensions that stand for an expression.
    substituted: BTreeMap<String, crate::julia::tree::Expr>,
    /// Variables that hold a matched text where the source has the match.
    matched: BTreeSet<String>,
    /// Dicts and keys that are known to be absent from them.
    absent: Vec<(grammars::ir::ExprKind, grammars::ir::ExprKind)>,
    /// Where variables are declared.
    declarations: Rc<Declarations>,
    /// Text variables whose characters are collected behind their assignment, and into what.
    chars_after: BTreeMap<String, String>,
    /// The body is that of a nested function, whose result is not converted.
    nested_body: bool,
    /// New names for variables, where the source's would clash.
    renamed: BTreeMap<String, String>,
    /// The variable that holds the caught exception, innermost last.
    caught_as: Vec<String>,
    /// Names that are bound to a caught exception's message.
    messages: BTreeMap<String, String>,
    /// The result is `nothing`.
    returns_nothing: bool,
    /// Loops with an `else`: the flag that a `break` sets, innermost last; `None` for others.
    loop_flags: Vec<Option<String>>,
}

impl<'m> Lower<'m> {
    fn new(module: &'m Module) -> Self {
        Lower {
            module,
            caught: exceptions::caught_kinds(module),
            raised: exceptions::raised_kinds(module),
            purity: Purity::new(module),
            domain: Vec::new(),
            uses_printf: false,
            uses_random: false,
            uses: Default::default(),
            helpers: BTreeMap::new(),
            scope: Scope::default(),
            depth: 0,
            in_test: false,
            checks: 0,
            variants: variants::variants(module),
            disordered: None,
            keyed: BTreeSet::new(),
        }
    }

    /// Notes something that the representation cannot hold.
    fn note_domain(&mut self, text: &str) {
        if !self.domain.iter().any(|d| d == text) {
            self.domain.push(text.to_string());
        }
    }

    /// Refuses an expression with effects where it would be written twice.
    fn check_repeatable(&self, expr: &ir::Expr) -> Lowering<()> {
        if self.purity.has_effects(expr) {
            return reject(
                "julia.repeated-effect",
                expr.span,
                "a value with effects that would be written twice",
            );
        }
        Ok(())
    }

    /// A name that nobody in the function at hand uses.
    fn fresh(&mut self, wishes: &[&str]) -> String {
        self.scope.names.fresh_of(wishes)
    }

    /// Whether the module has a function, class or constant of this name.
    fn is_global(&self, name: &str) -> bool {
        self.module.function(name).is_some()
            || self.module.class(name).is_some()
            || self.module.constants().any(|c| c.name == name)
    }
}

/// A rejection of this target.
fn reject<T>(code: &'static str, span: Span, message: impl Into<String>) -> Lowering<T> {
    Err(Rejection::new(code, span, message))
}
