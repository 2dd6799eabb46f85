//! Inference from source text to IR, as snapshots that show both, and what is rejected.

mod accepted;
mod properties;
mod rejected;

use grammars::{Rejection, ir};

/// The typed module of a Python source.
fn infer(source: &str) -> Result<ir::Module, Rejection> {
    grammars::python::parse("sample", source).and_then(|module| super::infer(&module))
}

/// The code with which a source is rejected, or `accepted`.
fn code(source: &str) -> String {
    infer(source).map_or_else(|r| r.code.to_string(), |_| "accepted".to_owned())
}

/// Source and IR together.
fn shown(source: &str) -> String {
    match infer(source) {
        Ok(module) => format!("{source}\n--------\n{}", ir::text::print_module(&module)),
        Err(rejection) => format!("{source}\n--------\n{rejection}"),
    }
}

/// The type of the first parameter of the function `f`.
fn first_param(source: &str) -> String {
    let module = infer(source).expect("accepted");
    let function = module.function("f").expect("defines f");
    function.params[0].ty.to_string()
}

/// The result type of the function `f`.
fn result(source: &str) -> String {
    infer(source).expect("accepted").function("f").expect("defines f").ret.to_string()
}
