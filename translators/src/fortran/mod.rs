//! The target Fortran 2018.
//!
//! [`tree`] is a tree of Fortran, [`lower`] builds it from the typed IR, [`print`] lays it out.

mod derived;
mod helpers;
mod lower;
mod names;
mod print;
mod tree;
mod types;

use crate::{Package, PackageFile, Target, TargetSpec, Translation};
use grammars::ir::Module;
use grammars::{LangId, Rejection};

/// Fortran 2018, free form.
pub struct Fortran;

static SPEC: TargetSpec = TargetSpec {
    id: LangId::from_static("fortran"),
    name: "Fortran",
    extension: "f90",
    comment: "! ",
    version: 1,
};

impl Target for Fortran {
    fn spec(&self) -> &TargetSpec {
        &SPEC
    }

    fn translate(&self, module: &Module) -> Result<Translation, Rejection> {
        use crate::passes::{fill_defaults, idioms, loop_else, unions, wrapping};
        unions::refuse(module, &SPEC.id)?;
        let module = wrapping::run(loop_else::run(fill_defaults::run(idioms::run(module.clone()))));
        lower::translate(&module)
    }

    fn translate_package(&self, module: &Module, package: &Package) -> Result<Vec<PackageFile>, Rejection> {
        use crate::passes::{fill_defaults, loop_else, wrapping};
        let module = wrapping::run(loop_else::run(fill_defaults::run(module.clone())));
        lower::translate_package(&module, package)
    }
}
