//! Why a command could not do its work: one sentence for a person.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

/// An error of the infrastructure or of the invocation, never of a program.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    message: String,
    usage: bool,
}

impl Failure {
    /// A failure that `message` describes.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), usage: false }
    }

    /// Wrong usage that `message` describes.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Failure { message: message.into(), usage: true }
    }

    /// `path` could not be written.
    pub(crate) fn write(path: &Path, error: impl Display) -> Self {
        Failure::new(format!("cannot write {}: {error}", path.display()))
    }

    /// 2 for wrong usage, else 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.usage { 2 } else { 1 })
    }
}

impl From<validators::Infrastructure> for Failure {
    fn from(error: validators::Infrastructure) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<corpora::readers::ReadError> for Failure {
    fn from(error: corpora::readers::ReadError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<corpora::readers::TableError> for Failure {
    fn from(error: corpora::readers::TableError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<corpora::writers::WriteError> for Failure {
    fn from(error: corpora::writers::WriteError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<corpora::near::SpillError> for Failure {
    fn from(error: corpora::near::SpillError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<corpora::documents::InputError> for Failure {
    fn from(error: corpora::documents::InputError) -> Self {
        Failure::new(error.to_string())
    }
}

impl From<corpora::deduplicate::DedupError> for Failure {
    fn from(error: corpora::deduplicate::DedupError) -> Self {
        Failure::new(error.to_string())
    }
}
