//! Documents for tools that work on whole corpora: files, rows of JSON lines and of Parquet, in a fixed order and as often
//! as they are asked for, since such tools read everything first and copy what they keep afterwards.

mod lines;
mod read;
mod row;
mod rows;
mod shard;
mod write;

pub use read::{Progress, Unread};
pub use row::Fields;
pub use shard::{Kind, Shard, find};
pub use write::CopyError;

pub(crate) use read::{Reading, read_all};
pub(crate) use rows::read_rows;
pub(crate) use write::{Decision, rewrite};

use std::path::{Path, PathBuf};

/// The largest document, or line of JSON.
pub const MAX_DOCUMENT: u64 = 64 * 1024 * 1024;

/// An input that cannot be read at all, or that changed between two readings.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {reason}")]
pub struct InputError {
    path: PathBuf,
    reason: String,
}

impl InputError {
    pub(crate) fn new(path: &Path, reason: impl std::fmt::Display) -> Self {
        InputError { path: path.to_owned(), reason: reason.to_string() }
    }

    /// The file has other rows than when it was read first.
    pub(crate) fn changed(path: &Path) -> Self {
        InputError::new(path, "it changed while it was worked on")
    }
}
