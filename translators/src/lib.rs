//! Translation by rule: type inference and analyses over the IR, and one folder per target.
//!
//! Everything here is pure: values in, values or [`grammars::Rejection`]s out.

pub mod passes;

mod julia;

mod target;

pub use target::{Target, TargetSpec, Translation};

/// All built-in targets, one line each.
pub fn targets() -> &'static [&'static dyn Target] {
    &[&julia::Julia]
}

/// The target with this identifier.
pub fn target(id: &str) -> Option<&'static dyn Target> {
    targets().iter().copied().find(|t| t.spec().id.as_str() == id)
}
