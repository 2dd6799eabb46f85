//! Writers: tables and texts that are there completely or not at all.

mod atomic;
mod table;

pub use atomic::write_text;
pub use table::TableWriter;

use std::path::{Path, PathBuf};

/// Something could not be written: no permission, no space.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {reason}")]
pub struct WriteError {
    path: PathBuf,
    reason: String,
}

impl WriteError {
    pub(crate) fn new(path: &Path, reason: impl std::fmt::Display) -> Self {
        WriteError { path: path.to_owned(), reason: reason.to_string() }
    }
}
