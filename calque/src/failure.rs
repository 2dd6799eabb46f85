//! Why a command could not do its work: one sentence for a person.

use std::fmt::Display;
use std::path::Path;

/// An error of the infrastructure or of the invocation, never of a program.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure that `message` describes.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }

    /// `path` could not be written.
    pub(crate) fn write(path: &Path, error: impl Display) -> Self {
        Failure(format!("cannot write {}: {error}", path.display()))
    }
}

impl From<corpora::readers::ReadError> for Failure {
    fn from(error: corpora::readers::ReadError) -> Self {
        Failure(error.to_string())
    }
}
