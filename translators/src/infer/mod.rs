//! Type inference and elaboration: from the surface tree to the typed IR.
//!
//! 1. [`generate`] walks the module once, resolves names and gives every expression a cell, with
//!    constraints between cells;
//! 2. [`solve`] tries the constraints until nothing grows any more; where that leaves gaps, [`hints`] fill
//!    them from how values are used;
//! 3. [`elaborate`] walks the module again and writes the IR, with everything explicit that the source
//!    leaves to run time.
//!
//! A program that uses a function with several types is split first, see [`specialise`].
//!
//! Knowledge flows forward, from annotations, literals, tests and calls; the elements of containers are
//! shared, so that `xs = []` learns from `xs.append(1)`.

mod annotation;
mod arguments;
mod arrays;
mod cells;
mod constraint;
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
mod solve;
mod special;
mod specialise;
mod type_test;
mod walk;
mod webs;

#[cfg(test)]
mod tests;

use grammars::python::equivalents::{Sharing, link};
use grammars::{Rejection, ir, surface};

/// Infers the types of a module and writes it as typed IR.
///
/// # Errors
/// A [`Rejection`] with a code `infer.REASON` for what has no rule or stays unknown, or the one that the
/// front end left in the tree.
pub fn infer(module: &surface::Module) -> Result<ir::Module, Rejection> {
    let Some(linked) = link(module, Sharing::Shared) else { return infer_linked(module) };
    match infer_linked(&linked) {
        Err(problem) if SEVERAL_TYPES.contains(&problem.code.as_str()) => {
            // Calls of one function of the library may have different types.
            let apart = link(module, Sharing::Apart).unwrap_or(linked);
            infer_linked(&apart).map_err(|_| problem)
        }
        result => result,
    }
}

/// Infers a module that has the equivalents of the library's functions that it uses.
fn infer_linked(module: &surface::Module) -> Result<ir::Module, Rejection> {
    match infer_once(module) {
        Err(problem) if SEVERAL_TYPES.contains(&problem.code.as_str()) => {
            specialise::specialised(module, problem)
        }
        result => result,
    }
}

/// Reasons that go away when a function is copied for each way in which it is used.
const SEVERAL_TYPES: [&str; 5] =
    ["infer.mixed-types", "infer.operator", "infer.method", "infer.number-type", "infer.unpack"];

/// Infers the module as it is.
fn infer_once(module: &surface::Module) -> Result<ir::Module, Rejection> {
    let mut facts = generate::generate(module)?;
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
