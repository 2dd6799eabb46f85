//! Shapes: what a trainer reads, made from records.
//!
//! A shape is a convention of readers and trainers, with nothing in it that the records do not say. All
//! chance comes from [`crate::Dice`], so that a row depends on the seed and its record alone.

mod card;
mod chat;
pub mod convention;
pub mod fim;
mod imports;
mod length;
mod place;
mod repository;
mod text;
mod without_tests;
mod write;

pub use card::card;
pub use chat::{Chat, Task};
pub use fim::Fim;
pub use length::{Length, LengthError};
pub use repository::Repositories;
pub use text::{Plain, TextRow};
pub use write::{Written, data_file, write, write_repositories};

use crate::table::{column, schema};
use crate::{Record, Row};
use arrow::datatypes::{DataType, SchemaRef};
use serde::{Deserialize, Serialize};

/// Makes rows of one kind from records.
pub trait Shape: Sync {
    /// What it makes.
    type Row: Row + Send;

    /// The rows of one record.
    ///
    /// # Errors
    /// [`Dropped`] where the record cannot have this shape.
    fn rows(&self, record: &Record) -> Result<Vec<Self::Row>, Dropped>;
}

/// A record that a shape leaves out, or a part of one, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// The record.
    pub id: String,
    /// Its path.
    pub path: String,
    /// `shape.REASON` or `filter.REASON`.
    pub code: String,
    /// One sentence.
    pub message: String,
}

impl Row for Dropped {
    fn schema() -> SchemaRef {
        schema(["id", "path", "code", "message"].map(|name| column(name, DataType::Utf8)).into())
    }

    fn size(&self) -> usize {
        self.path.len() + self.message.len()
    }
}

impl Dropped {
    /// `record` is left out for this reason.
    pub fn new(record: &Record, code: &str, message: impl Into<String>) -> Self {
        Dropped {
            id: record.id.clone(),
            path: record.path.clone(),
            code: code.to_owned(),
            message: message.into(),
        }
    }
}
