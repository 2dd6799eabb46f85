//! Whole rows of tables, for small sets of which every field may matter.

use super::lines::Lines;
use super::shard::{Kind, Shard};
use super::{InputError, MAX_DOCUMENT};
use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Map, Value};
use std::fs::File;
use std::path::PathBuf;

/// Is given a line or row, from 1, with its fields.
type Each<'a> = &'a mut dyn FnMut(usize, Map<String, Value>) -> Result<(), InputError>;

/// Calls `each` for every row of `shard`; of Parquet, only the fields that hold text or integers, as text.
///
/// # Errors
/// The file cannot be read, a line is no JSON object, or what `each` says.
pub(crate) fn read_rows(shard: &Shard, each: Each<'_>) -> Result<(), InputError> {
    match shard.kind {
        Kind::Text => Ok(()),
        Kind::Lines(compression) => {
            let fail = |error| InputError::new(&shard.path, error);
            let mut lines = Lines::open(&shard.path, compression).map_err(fail)?;
            let mut number = 0;
            while let Some(line) = lines.next().map_err(fail)? {
                number += 1;
                let bad = |reason: String| {
                    InputError::new(&PathBuf::from(format!("{}:{number}", shard.path.display())), reason)
                };
                let line =
                    line.ok_or_else(|| bad(format!("the line is longer than {MAX_DOCUMENT} bytes")))?;
                if !line.trim_ascii().is_empty() {
                    let row = serde_json::from_slice(&line)
                        .map_err(|error| bad(format!("the line is no JSON object: {error}")))?;
                    each(number, row)?;
                }
            }
            Ok(())
        }
        Kind::Parquet => read_parquet(shard, each),
    }
}

fn read_parquet(shard: &Shard, each: Each<'_>) -> Result<(), InputError> {
    let fail = |error: &dyn std::fmt::Display| InputError::new(&shard.path, error);
    let file = File::open(&shard.path).map_err(|error| fail(&error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| fail(&error))?;
    let mut number = 0;
    for batch in builder.build().map_err(|error| fail(&error))? {
        let batch = batch.map_err(|error| fail(&error))?;
        let mut columns = Vec::new();
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let kind = column.data_type();
            if kind.is_integer() || matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
            {
                columns.push((
                    field.name().clone(),
                    cast(column, &DataType::Utf8).map_err(|error| fail(&error))?,
                ));
            }
        }
        for row in 0..batch.num_rows() {
            number += 1;
            let cells = columns.iter().filter(|(_, column)| !column.is_null(row));
            let cells =
                cells.map(|(name, column)| (name.clone(), column.as_string::<i32>().value(row).into()));
            each(number, cells.collect())?;
        }
    }
    Ok(())
}
