//! Translation by rule: type inference and analyses over the IR, and one folder per target.
//!
//! Everything here is pure: values in, values or [`grammars::Rejection`]s out.

pub mod passes;

mod cobol;
mod fortran;
mod infer;
mod julia;
mod package;
mod target;

pub use infer::infer;
pub use package::{Package, PackageFile, Part};
pub use target::{Limits, Target, TargetSpec, Translation};

/// From the surface tree to IR that targets can use: types, then what [`analysed`] adds.
///
/// # Errors
/// What [`infer()`] and [`analysed`] reject.
pub fn prepare(module: &grammars::surface::Module) -> Result<grammars::ir::Module, grammars::Rejection> {
    analysed(infer(module)?)
}

/// A typed program with what all targets rely on.
///
/// # Errors
/// Programs that can tell views of arrays from copies, or that show the order of a set.
pub fn analysed(module: grammars::ir::Module) -> Result<grammars::ir::Module, grammars::Rejection> {
    let module = passes::standard(module);
    passes::array_views::check(&module)?;
    passes::set_order::check(&module)?;
    Ok(module)
}

/// All built-in targets, one line each.
pub fn targets() -> &'static [&'static dyn Target] {
    &[&cobol::Cobol, &fortran::Fortran, &julia::Julia]
}

/// The target with this identifier.
pub fn target(id: &str) -> Option<&'static dyn Target> {
    targets().iter().copied().find(|t| t.spec().id.as_str() == id)
}
