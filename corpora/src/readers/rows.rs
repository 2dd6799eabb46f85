//! Tables that calque wrote, read back a batch at a time.

use crate::table::{Format, Row};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Rows that are in memory at the same time.
const BATCH_ROWS: usize = 256;

/// A table that cannot be read: not there, cut off, or with other columns.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {path}: {reason}")]
pub struct TableError {
    path: String,
    reason: String,
}

/// The rows of the table at `path`, in order.
///
/// # Errors
/// The file cannot be opened or is no table; each row may be an error again.
#[allow(clippy::type_complexity)]
pub fn rows<T: Row + 'static>(
    path: &Path,
    format: Format,
) -> Result<Box<dyn Iterator<Item = Result<T, TableError>>>, TableError> {
    let path_text = path.display().to_string();
    let fail = move |reason: String| TableError { path: path_text.clone(), reason };
    let file = File::open(path).map_err(|error| fail(error.to_string()))?;
    match format {
        Format::Jsonl => Ok(Box::new(BufReader::new(file).lines().map(move |line| {
            let line = line.map_err(|error| fail(error.to_string()))?;
            serde_json::from_str(&line).map_err(|error| fail(error.to_string()))
        }))),
        Format::Parquet => {
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| fail(e.to_string()))?;
            let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(|e| fail(e.to_string()))?;
            Ok(Box::new(reader.flat_map(move |batch| {
                let rows = batch.map_err(|error| error.to_string()).and_then(|batch| {
                    serde_arrow::from_record_batch::<Vec<T>>(&batch).map_err(|error| error.to_string())
                });
                match rows {
                    Ok(rows) => rows.into_iter().map(Ok).collect::<Vec<_>>(),
                    Err(reason) => vec![Err(fail(reason))],
                }
            })))
        }
    }
}
