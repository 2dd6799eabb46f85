//! Tables, written row group by row group in the order of the rows.

use super::WriteError;
use super::atomic::AtomicFile;
use crate::table::{Format, Row};
use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows of a group; a group is the unit of memory here and of reading later.
const GROUP_ROWS: usize = 1000;
/// Bytes after which a group is closed early.
const GROUP_BYTES: usize = 32 * 1024 * 1024;
/// Nearly as small as the highest levels, at a tenth of their time.
const ZSTD_LEVEL: i32 = 9;

/// A table under construction; it appears with [`TableWriter::finish`].
pub struct TableWriter<T> {
    sink: Sink,
    path: PathBuf,
    pending: Vec<T>,
    pending_bytes: usize,
    rows: usize,
}

enum Sink {
    Parquet(Box<ArrowWriter<AtomicFile>>),
    Jsonl(BufWriter<AtomicFile>),
}

impl<T: Row> TableWriter<T> {
    /// Starts a table at `path`.
    ///
    /// # Errors
    /// The folder or the file cannot be written.
    pub fn create(path: &Path, format: Format) -> Result<Self, WriteError> {
        let file = AtomicFile::create(path)?;
        let sink = match format {
            Format::Jsonl => Sink::Jsonl(BufWriter::new(file)),
            Format::Parquet => {
                let writer = ArrowWriter::try_new(file, T::schema(), Some(properties(path)?));
                Sink::Parquet(Box::new(writer.map_err(|error| WriteError::new(path, error))?))
            }
        };
        Ok(TableWriter { sink, path: path.to_owned(), pending: Vec::new(), pending_bytes: 0, rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn push(&mut self, row: T) -> Result<(), WriteError> {
        self.pending_bytes += row.size();
        self.pending.push(row);
        self.rows += 1;
        if self.pending.len() >= GROUP_ROWS || self.pending_bytes >= GROUP_BYTES {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// How many rows were added.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Writes what is pending and makes the table appear.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.flush()?;
        let path = self.path;
        let fail = |error: String| WriteError::new(&path, error);
        let file = match self.sink {
            Sink::Parquet(writer) => writer.into_inner().map_err(|error| fail(error.to_string()))?,
            Sink::Jsonl(writer) => writer.into_inner().map_err(|error| fail(error.to_string()))?,
        };
        file.commit()
    }

    /// Writes the pending rows as one group.
    fn flush(&mut self) -> Result<(), WriteError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        let fail = |error: String| WriteError::new(&self.path, error);
        match &mut self.sink {
            Sink::Parquet(writer) => {
                let batch = batch(&rows).map_err(fail)?;
                writer.write(&batch).and_then(|()| writer.flush()).map_err(|error| fail(error.to_string()))
            }
            Sink::Jsonl(writer) => rows.iter().try_for_each(|row| {
                serde_json::to_writer(&mut *writer, row).map_err(|error| fail(error.to_string()))?;
                writer.write_all(b"\n").map_err(|error| fail(error.to_string()))
            }),
        }
    }
}

/// The rows as Arrow columns.
fn batch<T: Row>(rows: &[T]) -> Result<RecordBatch, String> {
    let schema = T::schema();
    let columns = serde_arrow::to_arrow(schema.fields(), rows).map_err(|error| error.to_string())?;
    RecordBatch::try_new(schema, columns).map_err(|error| error.to_string())
}

/// The same rows give the same bytes: nothing here depends on the time or the machine.
fn properties(path: &Path) -> Result<WriterProperties, WriteError> {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(|error| WriteError::new(path, error))?;
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(concat!("calque ", env!("CARGO_PKG_VERSION")).to_owned())
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::rows;
    use crate::record::{Record, example};
    use crate::rejected::Rejected;

    fn written(format: Format, count: usize) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("t");
        let mut writer = TableWriter::create(&path, format).unwrap();
        for n in 0..count {
            writer.push(example(&format!("f{n}"))).unwrap();
        }
        assert_eq!(writer.rows(), count);
        writer.finish().unwrap();
        (folder, path)
    }

    #[test]
    fn what_is_written_is_read_back() {
        for format in [Format::Parquet, Format::Jsonl] {
            let (_folder, path) = written(format, 2500);
            let read: Vec<Record> = rows(&path, format).unwrap().map(Result::unwrap).collect();
            assert_eq!(read.len(), 2500);
            assert_eq!(read[2499], example("f2499"));
        }
    }

    #[test]
    fn rejections_and_empty_tables_are_tables() {
        let (_folder, path) = written(Format::Parquet, 0);
        assert_eq!(rows::<Rejected>(&path, Format::Parquet).unwrap().count(), 0);
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let (_first, one) = written(Format::Parquet, 10);
        let (_second, two) = written(Format::Parquet, 10);
        assert_eq!(std::fs::read(one).unwrap(), std::fs::read(two).unwrap());
    }

    #[test]
    fn nothing_appears_before_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let mut writer = TableWriter::create(&path, Format::Parquet).unwrap();
        writer.push(example("f")).unwrap();
        assert!(!path.exists());
        drop(writer);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_unwritable_folder_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = TableWriter::<Record>::create(&file.path().join("t"), Format::Jsonl).err().unwrap();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
    }
}
