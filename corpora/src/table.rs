//! Tables: rows with a fixed schema, in the formats that they are stored in.

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A row of a table; its serde form has the fields of the schema, in this order.
pub trait Row: Serialize + DeserializeOwned {
    /// The columns of every table of such rows.
    fn schema() -> SchemaRef;

    /// About how many bytes it takes, so that a writer can bound its memory.
    fn size(&self) -> usize;
}

/// How a table is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Parquet, compressed with zstd.
    #[default]
    Parquet,
    /// One JSON object per line.
    Jsonl,
}

impl Format {
    /// The file ending without dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Parquet => "parquet",
            Format::Jsonl => "jsonl",
        }
    }
}

/// A column that always has a value.
pub(crate) fn column(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, false)
}

/// A column that is null where nothing was measured or known.
pub(crate) fn optional(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, true)
}

/// A column of lists of text.
pub(crate) fn texts(name: &str) -> Field {
    let element = Arc::new(Field::new("element", DataType::Utf8, false));
    Field::new(name, DataType::List(element), false)
}

/// A schema of `fields`.
pub(crate) fn schema(fields: Vec<Field>) -> SchemaRef {
    Arc::new(Schema::new(fields))
}
