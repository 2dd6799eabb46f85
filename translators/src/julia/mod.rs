//! The target Julia (1.5 or later).
//!
//! Lowering decides (`lower`), printing only lays out (`print`); between them stands the tree of
//! Julia's syntax (`tree`).

mod generic;
mod layout;
mod lower;
mod names;
mod package;
mod print;
mod tree;
mod walk;

use crate::package::{Package, PackageFile};
use crate::passes::{idioms, settle_positions};
use crate::target::{Limits, Target, TargetSpec, Translation};
use grammars::ir::Module;
use grammars::{LangId, Rejection};
use print::print_items;
use std::collections::BTreeSet;

/// The target.
pub struct Julia;

static SPEC: TargetSpec = TargetSpec {
    id: LangId::from_static("julia"),
    name: "Julia",
    extension: "jl",
    comment: "# ",
    version: 1,
};

impl Target for Julia {
    fn spec(&self) -> &TargetSpec {
        &SPEC
    }

    fn translate(&self, module: &Module) -> Result<Translation, Rejection> {
        let module = settle_positions::run(idioms::run(module.clone()));
        let lowered = lower::lower(&module)?;
        let shadowed: BTreeSet<String> = lowered.shadowed;
        let tests =
            if lowered.tests.is_empty() { String::new() } else { print_items(&lowered.tests, &shadowed) };
        Ok(Translation {
            program: print_items(&lowered.program, &shadowed),
            tests,
            checks: lowered.checks,
            domain: lowered.domain,
            limits: Limits::NONE,
        })
    }

    fn translate_package(&self, module: &Module, package: &Package) -> Result<Vec<PackageFile>, Rejection> {
        package::translate(&settle_positions::run(idioms::run(module.clone())), package)
    }
}
