//! Shaped rows on their way to the disk: one table for each split, and a list of what was left out.

use super::{Dropped, Repositories, Shape};
use crate::readers::{TableError, rows};
use crate::table::Format;
use crate::writers::{TableWriter, WriteError};
use crate::{Dice, Record, Row};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Records that are shaped side by side; the rows are written in their order.
const TOGETHER: usize = 1024;
/// The split of a record that has none.
const TRAIN: &str = "train";

/// What came of shaping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows per split.
    pub rows: BTreeMap<String, usize>,
    /// Records, or parts of them, that were left out, per code.
    pub dropped: BTreeMap<String, usize>,
}

/// The tables of a shaped corpus.
pub(super) struct Tables<R> {
    folder: PathBuf,
    format: Format,
    splits: BTreeMap<String, TableWriter<R>>,
    dropped: TableWriter<Dropped>,
    written: Written,
}

impl<R: Row> Tables<R> {
    pub(super) fn create(folder: &Path, format: Format) -> Result<Self, WriteError> {
        let dropped = TableWriter::create(&folder.join("dropped.jsonl"), Format::Jsonl)?;
        let (splits, written) = (BTreeMap::new(), Written::default());
        Ok(Tables { folder: folder.to_owned(), format, splits, dropped, written })
    }

    pub(super) fn push(&mut self, split: &str, row: R) -> Result<(), WriteError> {
        if !self.splits.contains_key(split) {
            let path = self.folder.join(data_file(split, self.format));
            self.splits.insert(split.to_owned(), TableWriter::create(&path, self.format)?);
        }
        *self.written.rows.entry(split.to_owned()).or_default() += 1;
        match self.splits.get_mut(split) {
            Some(table) => table.push(row),
            None => Ok(()),
        }
    }

    pub(super) fn drop(&mut self, dropped: Dropped) -> Result<(), WriteError> {
        *self.written.dropped.entry(dropped.code.clone()).or_default() += 1;
        self.dropped.push(dropped)
    }

    pub(super) fn finish(self) -> Result<Written, WriteError> {
        for table in self.splits.into_values() {
            table.finish()?;
        }
        self.dropped.finish()?;
        Ok(self.written)
    }
}

/// The table of a split, from the folder of the corpus.
pub fn data_file(split: &str, format: Format) -> String {
    format!("data/{split}-00000-of-00001.{}", format.extension())
}

/// The split of a record.
pub(super) fn split_of(record: &Record) -> &str {
    record.split.as_deref().unwrap_or(TRAIN)
}

/// Shapes `records` and writes the rows, in their order, to tables in `folder`.
///
/// # Errors
/// What reading the records fails with, or that the tables cannot be written; nothing appears then.
pub fn write<S, E>(
    shape: &S,
    records: impl Iterator<Item = Result<Record, E>>,
    folder: &Path,
    format: Format,
    mut advance: impl FnMut(usize),
) -> Result<Written, E>
where
    S: Shape,
    E: From<WriteError>,
{
    let mut tables = Tables::create(folder, format)?;
    let mut records = records.peekable();
    while records.peek().is_some() {
        let chunk: Vec<Record> = records.by_ref().take(TOGETHER).collect::<Result<_, E>>()?;
        let shaped: Vec<_> = chunk.par_iter().map(|record| shape.rows(record)).collect();
        for (record, shaped) in chunk.iter().zip(shaped) {
            match shaped {
                Ok(rows) => rows.into_iter().try_for_each(|row| tables.push(split_of(record), row))?,
                Err(dropped) => tables.drop(dropped)?,
            }
        }
        advance(chunk.len());
    }
    Ok(tables.finish()?)
}

/// Files that repositories are sorted into before one at a time is put together.
const BUCKETS: usize = 64;

/// Puts the repositories of `records` together and writes them to tables in `folder`. Records that belong together
/// may stand anywhere: they are sorted into files in `folder` first, so that memory holds a share of them at a time.
///
/// # Errors
/// As [`write`].
pub fn write_repositories<E: From<WriteError> + From<TableError>>(
    shape: &Repositories,
    records: impl Iterator<Item = Result<Record, E>>,
    folder: &Path,
    format: Format,
    mut advance: impl FnMut(usize),
) -> Result<Written, E> {
    std::fs::create_dir_all(folder).map_err(|error| WriteError::new(folder, error))?;
    let sorted = tempfile::tempdir_in(folder).map_err(|error| WriteError::new(folder, error))?;
    let path = |bucket: usize| sorted.path().join(format!("{bucket}.jsonl"));
    let buckets = (0..BUCKETS).map(|bucket| TableWriter::create(&path(bucket), Format::Jsonl));
    let mut buckets = buckets.collect::<Result<Vec<_>, _>>()?;
    for record in records {
        let record = record?;
        let bucket = Dice::new(0, "bucket", &repository_of(&record)).below(BUCKETS);
        if let Some(bucket) = buckets.get_mut(bucket) {
            bucket.push(record)?;
        }
        advance(1);
    }
    buckets.into_iter().try_for_each(TableWriter::finish)?;
    let mut tables = Tables::create(folder, format)?;
    for bucket in 0..BUCKETS {
        let mut repositories: BTreeMap<_, Vec<Record>> = BTreeMap::new();
        for record in rows::<Record>(&path(bucket), Format::Jsonl)? {
            let record = record?;
            let split = split_of(&record).to_owned();
            repositories
                .entry((repository_of(&record), record.target_lang.clone(), split))
                .or_default()
                .push(record);
        }
        for ((_, _, split), records) in repositories {
            shape.rows(&records).into_iter().try_for_each(|row| tables.push(&split, row))?;
        }
    }
    Ok(tables.finish()?)
}

/// The repository of a record; where none is named, the folder that was read, or the program itself.
fn repository_of(record: &Record) -> String {
    let file = record.path.split_once("::").map_or(record.path.as_str(), |(file, _)| file);
    let folder = file.split_once('/').map_or(file, |(folder, _)| folder);
    record.repo.clone().unwrap_or_else(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::example;
    use crate::shapes::{Fim, TextRow, fim};

    #[test]
    fn rows_stand_in_the_tables_of_their_splits_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let sentinels = fim::Sentinels::of_model("starcoder2").unwrap();
        let shape = Fim { sentinels, rate: 0.0, spm: 0.0, cut: fim::Cut::Line, context: None, seed: 0 };
        let records = (0..3000).map(|n| {
            let split = (n % 10 == 0).then(|| "test".to_owned());
            let target = if n == 7 { "<fim_prefix>".into() } else { format!("{n}\n") };
            Ok::<_, WriteError>(Record { split, target, ..example(&format!("f{n}")) })
        });
        let written = write(&shape, records, folder.path(), Format::Jsonl, |_| ()).unwrap();
        assert_eq!(
            (written.rows["train"], written.rows["test"], written.dropped["shape.sentinel"]),
            (2699, 300, 1)
        );
        let path = folder.path().join(data_file("test", Format::Jsonl));
        let read: Vec<TextRow> = rows(&path, Format::Jsonl).unwrap().map(Result::unwrap).collect();
        let expected: Vec<String> = (0..300).map(|n| format!("{}\n<|endoftext|>", n * 10)).collect();
        assert_eq!(read.into_iter().map(|row| row.text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn repositories_are_whole_wherever_their_records_stand() {
        #[derive(Debug, thiserror::Error)]
        enum Error {
            #[error(transparent)]
            Read(#[from] TableError),
            #[error(transparent)]
            Write(#[from] WriteError),
        }
        let folder = tempfile::tempdir().unwrap();
        let records = (0..600).map(|n| {
            let path = format!("pkg{}/{:03}.py", n % 3, n);
            Ok::<_, Error>(Record { path, target: format!("{n}\n"), ..example(&format!("f{n}")) })
        });
        let shape = Repositories { languages: crate::Languages::new([]), context: None };
        let written = write_repositories(&shape, records, folder.path(), Format::Jsonl, |_| ()).unwrap();
        assert_eq!(written.rows["train"], 3);
        let path = folder.path().join(data_file("train", Format::Jsonl));
        let read: Vec<TextRow> = rows(&path, Format::Jsonl).unwrap().map(Result::unwrap).collect();
        let first = read.iter().find(|row| row.text.starts_with("# pkg0/000")).expect("the first package");
        assert_eq!(first.text.matches("# pkg0/").count(), 200);
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            2,
            "only the data and what was dropped"
        );
    }

    #[test]
    fn an_error_of_the_reader_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let shape = crate::shapes::Plain { languages: crate::Languages::new([]), with_tests: false };
        let broken = crate::writers::write_text(Path::new("/proc/nowhere/x"), "").unwrap_err();
        let records = [Ok(example("f")), Err(broken)].into_iter();
        write(&shape, records, folder.path(), Format::Jsonl, |_| ()).unwrap_err();
        let left = std::fs::read_dir(folder.path().join("data")).map_or(0, |entries| entries.count());
        assert_eq!(left, 0);
        assert!(!folder.path().join("dropped.jsonl").exists());
    }
}
