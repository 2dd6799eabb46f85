//! Copies of files with only the documents that are kept.

use super::InputError;
use super::lines::{LineWriter, Lines};
use super::read::BATCH_ROWS;
use super::row::change_text;
use super::shard::{Kind, Shard};
use crate::substrings::masked;
use crate::writers::WriteError;
use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::{cast, filter_record_batch};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::borrow::Cow;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

/// What happens to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It stays byte for byte.
    Keep,
    /// It is left out.
    Drop,
    /// It stays with blanks in place of these bytes of its text.
    Mask(Vec<(usize, usize)>),
}

/// An input could not be read again, or the copy not be written.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The input.
    #[error(transparent)]
    Read(#[from] InputError),
    /// The copy.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Copies `shard` into `folder`; `decide` is asked once for each raw document, in order. A file of which nothing is kept
/// does not appear, a table stays a table without rows.
pub(crate) fn rewrite(
    shard: &Shard,
    field: &str,
    folder: &Path,
    mut decide: impl FnMut() -> Decision,
) -> Result<(), CopyError> {
    let path = folder.join(&shard.name);
    match shard.kind {
        Kind::Text => match decide() {
            Decision::Drop => Ok(()),
            Decision::Keep => {
                make_folder(&path)?;
                fs::copy(&shard.path, &path).map_err(|error| WriteError::new(&path, error))?;
                Ok(())
            }
            Decision::Mask(spans) => {
                make_folder(&path)?;
                let text =
                    fs::read_to_string(&shard.path).map_err(|error| InputError::new(&shard.path, error))?;
                fs::write(&path, masked(&text, &spans)).map_err(|error| WriteError::new(&path, error))?;
                Ok(())
            }
        },
        Kind::Lines(compression) => {
            make_folder(&path)?;
            let read = |error| InputError::new(&shard.path, error);
            let write = |error| WriteError::new(&path, error);
            let mut lines = Lines::open(&shard.path, compression).map_err(read)?;
            let mut out = LineWriter::create(&path, compression).map_err(write)?;
            while let Some(line) = lines.next().map_err(read)? {
                if line.as_ref().is_some_and(|line| line.trim_ascii().is_empty()) {
                    continue;
                }
                match (decide(), line) {
                    (Decision::Keep, Some(line)) => out.write(&line).map_err(write)?,
                    (Decision::Mask(spans), Some(line)) => {
                        let line = change_text(&line, field, |text| masked(text, &spans))
                            .ok_or_else(|| InputError::changed(&shard.path))?;
                        out.write(&line).map_err(write)?;
                    }
                    _ => {}
                }
            }
            Ok(out.finish().map_err(write)?)
        }
        Kind::Parquet => rewrite_parquet(shard, field, &path, decide),
    }
}

fn make_folder(path: &Path) -> Result<(), WriteError> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(|error| WriteError::new(folder, error)),
        None => Ok(()),
    }
}

fn rewrite_parquet(
    shard: &Shard,
    field: &str,
    path: &Path,
    mut decide: impl FnMut() -> Decision,
) -> Result<(), CopyError> {
    let read = |error: &dyn std::fmt::Display| InputError::new(&shard.path, error);
    let write = |error: &dyn std::fmt::Display| WriteError::new(path, error);
    make_folder(path)?;
    let file = File::open(&shard.path).map_err(|error| read(&error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| read(&error))?;
    let schema = builder.schema().clone();
    let level = ZstdLevel::try_new(3).map_err(|error| write(&error))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(concat!("calque ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let out = File::create(path).map_err(|error| write(&error))?;
    let mut writer = ArrowWriter::try_new(out, schema, Some(properties)).map_err(|error| write(&error))?;
    let rows = builder.with_batch_size(BATCH_ROWS).build().map_err(|error| read(&error))?;
    for batch in rows {
        let batch = batch.map_err(|error| read(&error))?;
        let decisions: Vec<Decision> = (0..batch.num_rows()).map(|_| decide()).collect();
        let batch = masked_batch(batch, field, &decisions).map_err(|error| read(&error))?;
        let kept: BooleanArray = decisions.iter().map(|decision| Some(*decision != Decision::Drop)).collect();
        let batch = filter_record_batch(&batch, &kept).map_err(|error| read(&error))?;
        writer.write(&batch).map_err(|error| write(&error))?;
    }
    let out = writer.into_inner().map_err(|error| write(&error))?;
    Ok(out.sync_all().map_err(|error| write(&error))?)
}

/// The batch with the masked texts in `field`.
fn masked_batch(
    batch: RecordBatch,
    field: &str,
    decisions: &[Decision],
) -> Result<RecordBatch, arrow::error::ArrowError> {
    if !decisions.iter().any(|decision| matches!(decision, Decision::Mask(_))) {
        return Ok(batch);
    }
    let (schema, mut columns, _) = batch.into_parts();
    let position = schema.index_of(field)?;
    let old = cast(&columns[position], &arrow::datatypes::DataType::Utf8)?;
    let old = old.as_string::<i32>();
    let new: StringArray = old
        .iter()
        .zip(decisions)
        .map(|(old, decision)| match decision {
            Decision::Mask(spans) => old.map(|old| Cow::Owned(masked(old, spans))),
            _ => old.map(Cow::Borrowed),
        })
        .collect();
    let new: ArrayRef = Arc::new(new);
    columns[position] = cast(&new, schema.field(position).data_type())?;
    RecordBatch::try_new(schema, columns)
}
