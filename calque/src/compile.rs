//! From a source to the typed IR: front end, inference, passes.

use corpora::Source;
use grammars::ir::Module;
use grammars::{Rejection, Span};

/// The typed program of `source`.
pub(crate) fn typed(source: &Source) -> Result<Module, Rejection> {
    let message = format!("There is no front end for {}.", source.lang);
    Err(Rejection::new("source.language", Span::default(), message))
}
