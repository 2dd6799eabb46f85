//! Type inference and elaboration: from the surface tree to the typed IR.
//!
//! 1. [`generate`] walks the module once, resolves names and gives every expression a cell, with
//!    constraints between cells;
//! 2. [`solve`] tries the constraints until nothing grows any more; where that leaves gaps, [`hints`] fill
//!    them from how values are used;
//! 3. [`elaborate`] walks the module again and writes the IR, with everything explicit that the source
//!    leaves to run time.
//!
//! A program that uses a function with several types is split, see [`specialise`]; where that does not help,
//! it is read once more with values of several types, see [`unions`].
//!
//! Knowledge flows forward, from annotations, literals, tests and calls; the elements of containers are
//! shared, so that `xs = []` learns from `xs.append(1)`.

mod annotation;
mod arguments;
mod arrays;
mod cells;
mod constraint;
mod cursors;
mod defaults;
mod elaborate;
mod entry;
mod exceptions;
mod facts;
mod format_spec;
mod generate;
mod hints;
mod key;
mod library;
mod names_of_library;
mod narrowing;
mod operators;
mod regex;
mod rows;
mod signature;
mod simplify;
mod solve;
mod special;
mod specialise;
mod type_test;
mod unions;
mod walk;
mod webs;

#[cfg(test)]
mod tests;

use cells::Mode;
use grammars::python::equivalents::{Sharing, link};
use grammars::{Rejection, ir, surface};

/// Infers the types of a module and writes it as typed IR.
///
/// # Errors
/// A [`Rejection`] with a code `infer.REASON` for what has no rule or stays unknown, or the one that the
/// front end left in the tree.
pub fn infer(module: &surface::Module) -> Result<ir::Module, Rejection> {
    let simpler = simplify::simplified(module);
    let module = simpler.as_ref().unwrap_or(module);
    let listed = cursors::rewritten(module);
    let module = listed.as_ref().unwrap_or(module);
    let Some(linked) = link(module, Sharing::Shared) else {
        return infer_linked(module).or_else(|problem| with_several_types(module, problem));
    };
    infer_linked(&linked).or_else(|problem| {
        if !may_be_several(&problem) {
            return Err(problem);
        }
        // Calls of one function of the library may have different types.
        let apart = link(module, Sharing::Apart).unwrap_or(linked);
        infer_linked(&apart).or_else(|_| with_several_types(&apart, problem))
    })
}

/// Infers a module that has the equivalents of the library's functions that it uses, each value of one
/// type.
fn infer_linked(module: &surface::Module) -> Result<ir::Module, Rejection> {
    infer_once(module).or_else(|problem| {
        // A function of the library may refuse one of the types only.
        let by_use = may_be_several(&problem) || problem.code.as_str() == "infer.library";
        let specialised = if by_use { specialise::specialised(module) } else { None };
        specialised.ok_or(problem)
    })
}

/// Infers a module with values of several types; `problem` is why it has no types without.
fn with_several_types(module: &surface::Module, problem: Rejection) -> Result<ir::Module, Rejection> {
    if !may_be_several(&problem) {
        return Err(problem);
    }
    infer_in(module, Mode::Unions).or_else(|with_unions| match infer_in(module, Mode::NumbersApart) {
        Err(_) if with_unions.code.as_str() == "infer.unsettled" => Err(problem),
        Err(_) => Err(with_unions),
        result => result,
    })
}

fn may_be_several(problem: &Rejection) -> bool {
    SEVERAL_TYPES.contains(&problem.code.as_str())
}

/// Reasons that go away when a function is copied for each way in which it is used, or when values can be
/// of several types.
const SEVERAL_TYPES: [&str; 9] = [
    "infer.mixed-types",
    "infer.operator",
    "infer.method",
    "infer.number-type",
    "infer.unpack",
    "infer.conversion",
    "infer.isinstance",
    "infer.not-iterable",
    "infer.membership",
];

/// Infers the module as it is, every value of one type.
fn infer_once(module: &surface::Module) -> Result<ir::Module, Rejection> {
    infer_in(module, Mode::Plain)
}

fn infer_in(module: &surface::Module, mode: Mode) -> Result<ir::Module, Rejection> {
    let mut facts = generate::generate(module, mode)?;
    hints::solve_with_hints(&mut facts);
    if let Some(rejection) = first_problem(&facts) {
        return Err(rejection);
    }
    elaborate::elaborate(&facts, module)
}

/// The first thing that solving found wrong.
fn first_problem(facts: &facts::Facts) -> Option<Rejection> {
    if let Some(rejection) = facts.rejections.first() {
        return Some(rejection.clone());
    }
    if let Some(conflict) = facts.cells.conflicts.first() {
        let (left, right) = (conflict.left.describe(), conflict.right.describe());
        let message = format!("A value is both {left} and {right}.");
        return Some(Rejection::new("infer.mixed-types", conflict.span, message));
    }
    let span = *facts.cells.mixed_dicts.first()?;
    let message = "A plain dict and one with defaults for missing keys are used alike.";
    Some(Rejection::new("infer.mixed-dicts", span, message))
}
