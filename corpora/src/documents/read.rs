//! All documents of all files, in order, a batch at a time.

use super::InputError;
use super::lines::Lines;
use super::row::{Content, Fault, Fields, Raw};
use super::shard::{Kind, Shard};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;
use serde::Serialize;
use std::fs::File;

/// Bytes of documents that are worked on at a time.
const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// Documents of a batch, where they are small.
const BATCH_DOCUMENTS: usize = 8192;
/// Rows of Parquet in memory at the same time.
pub(super) const BATCH_ROWS: usize = 256;

/// Is told how many bytes of the inputs have been read since it was last told.
pub type Progress<'a> = &'a mut dyn FnMut(u64);

/// A document that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The file.
    pub path: String,
    /// The line or row in it, from 1; `None` for the whole.
    pub line: Option<usize>,
    /// `read.REASON`
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

/// A raw document, the position of its file, and its line or row, from 1.
struct Found {
    shard: usize,
    line: usize,
    raw: Raw,
}

/// What one reading of everything found.
#[derive(Debug)]
pub(crate) struct Reading {
    /// Of each file and each raw document in it, whether it could be read.
    pub(crate) readable: Vec<Vec<bool>>,
    /// Those that could not.
    pub(crate) unread: Vec<Unread>,
}

/// Calls `work` for each document in parallel and hands the results to `sink` in order, a batch at a time.
pub(crate) fn read_all<T: Send, E: From<InputError>>(
    shards: &[Shard],
    fields: &Fields,
    progress: Progress<'_>,
    work: impl Fn(&Content<'_>, &Spot<'_>) -> T + Sync,
    mut sink: impl FnMut(Vec<T>) -> Result<(), E>,
) -> Result<Reading, E> {
    let mut reading = Reading { readable: vec![Vec::new(); shards.len()], unread: Vec::new() };
    batches(shards, fields, progress, |batch| {
        let one = |(shard, found): &(&Shard, Found)| {
            let spot = Spot { shard, found, fields };
            found.raw.content(shard, fields).map(|content| work(&content, &spot))
        };
        let done: Vec<Result<T, Fault>> = batch.par_iter().map(one).collect();
        let mut results = Vec::with_capacity(done.len());
        for ((shard, found), result) in batch.iter().zip(done) {
            if let Some(readable) = reading.readable.get_mut(found.shard) {
                readable.push(result.is_ok());
            }
            match result {
                Ok(result) => results.push(result),
                Err(fault) => reading.unread.push(refused(shard, found.line, fault)),
            }
        }
        sink(results)
    })?;
    Ok(reading)
}

impl Reading {
    /// Reads again those documents that are `wanted` by their numbers, and hands what `work` makes of them to `sink` in
    /// order, a batch at a time. The names of documents cost no parsing unless they are in a field.
    pub(crate) fn again<T: Send, E: From<InputError>>(
        &self,
        shards: &[Shard],
        fields: &Fields,
        wanted: impl Fn(usize) -> bool + Sync,
        work: impl Fn(usize, &Spot<'_>) -> Result<T, InputError> + Sync,
        mut sink: impl FnMut(Vec<T>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut next = 0;
        let mut position = vec![0; shards.len()];
        batches(shards, fields, &mut |_| {}, |batch| {
            let mut numbered = Vec::with_capacity(batch.len());
            for (shard, found) in &batch {
                let Some(position) = position.get_mut(found.shard) else { continue };
                if self.readable.get(found.shard).and_then(|shard| shard.get(*position)) == Some(&true) {
                    numbered.push((next, Spot { shard, found, fields }));
                    next += 1;
                }
                *position += 1;
            }
            let done: Result<Vec<T>, InputError> = numbered
                .par_iter()
                .filter(|(number, _)| wanted(*number))
                .map(|(number, again)| work(*number, again))
                .collect();
            sink(done?)
        })
    }
}

/// Where a document is read.
pub(crate) struct Spot<'a> {
    shard: &'a Shard,
    found: &'a Found,
    fields: &'a Fields,
}

impl Spot<'_> {
    /// Its name: the field that was asked for, or the path, with the line where there are several.
    pub(crate) fn name(&self) -> Result<String, InputError> {
        let named = match self.fields.id {
            Some(_) => self.content()?.id,
            None => None,
        };
        Ok(named.unwrap_or_else(|| self.place()))
    }

    /// The name of what was read here.
    pub(crate) fn name_of(&self, content: &Content<'_>) -> String {
        content.id.clone().unwrap_or_else(|| self.place())
    }

    fn place(&self) -> String {
        match self.shard.kind {
            Kind::Text => self.shard.path.display().to_string(),
            _ => format!("{}:{}", self.shard.path.display(), self.found.line),
        }
    }

    /// What is in it.
    pub(crate) fn content(&self) -> Result<Content<'_>, InputError> {
        self.found.raw.content(self.shard, self.fields).map_err(|_| InputError::changed(&self.shard.path))
    }
}

fn refused(shard: &Shard, line: usize, (code, message): Fault) -> Unread {
    let line = (shard.kind != Kind::Text).then_some(line);
    Unread { path: shard.path.display().to_string(), line, code, message }
}

/// All raw documents with their files, in batches.
fn batches<'s, E: From<InputError>>(
    shards: &'s [Shard],
    fields: &Fields,
    progress: Progress<'_>,
    mut work: impl FnMut(Vec<(&'s Shard, Found)>) -> Result<(), E>,
) -> Result<(), E> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    for (position, shard) in shards.iter().enumerate() {
        // Of compressed files it cannot be said how far they are; that is told at their ends.
        let mut untold = shard.bytes;
        raws::<E>(shard, fields, &mut |line, raw| {
            let size = raw.size(shard);
            batch.push((shard, Found { shard: position, line, raw }));
            bytes += size;
            if bytes < BATCH_BYTES && batch.len() < BATCH_DOCUMENTS {
                return Ok(());
            }
            let step = (bytes as u64).min(untold);
            bytes = 0;
            untold -= step;
            progress(step);
            work(std::mem::take(&mut batch))
        })?;
        progress(untold);
    }
    if batch.is_empty() { Ok(()) } else { work(batch) }
}

/// The raw documents of one file with their lines or rows; blank lines are none.
pub(super) fn raws<E: From<InputError>>(
    shard: &Shard,
    fields: &Fields,
    each: &mut dyn FnMut(usize, Raw) -> Result<(), E>,
) -> Result<(), E> {
    let mut number = 0;
    match shard.kind {
        Kind::Text => each(1, Raw::File),
        Kind::Lines(compression) => {
            let fail = |error| InputError::new(&shard.path, error);
            let mut lines = Lines::open(&shard.path, compression).map_err(fail)?;
            while let Some(line) = lines.next().map_err(fail)? {
                number += 1;
                if line.as_ref().is_none_or(|line| !line.trim_ascii().is_empty()) {
                    each(number, Raw::Line(line))?;
                }
            }
            Ok(())
        }
        Kind::Parquet => {
            for batch in columns(shard, fields)? {
                let batch = batch.map_err(|error| InputError::new(&shard.path, error))?;
                let (text, id) = (column(&batch, Some(&fields.text)), column(&batch, fields.id.as_ref()));
                let repository = column(&batch, fields.repository.as_ref());
                for row in 0..batch.num_rows() {
                    let cell =
                        |column: &Option<ArrayRef>| column.as_ref().and_then(|column| cell(column, row));
                    number += 1;
                    let raw = Raw::Row { text: cell(&text), id: cell(&id), repository: cell(&repository) };
                    each(number, raw)?;
                }
            }
            Ok(())
        }
    }
}

/// The wanted columns of a Parquet file.
fn columns(
    shard: &Shard,
    fields: &Fields,
) -> Result<impl Iterator<Item = Result<RecordBatch, arrow::error::ArrowError>>, InputError> {
    let fail = |error: &dyn std::fmt::Display| InputError::new(&shard.path, error);
    let file = File::open(&shard.path).map_err(|error| fail(&error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| fail(&error))?;
    let wanted = [Some(&fields.text), fields.id.as_ref(), fields.repository.as_ref()];
    let names: Vec<&str> = builder.schema().fields().iter().map(|field| field.name().as_str()).collect();
    for field in wanted.into_iter().flatten() {
        if !names.contains(&field.as_str()) {
            let reason = format!("there is no column `{field}`; the columns are {}", names.join(", "));
            return Err(fail(&reason));
        }
    }
    let roots =
        names.iter().enumerate().filter(|(_, name)| wanted.iter().flatten().any(|field| field == *name));
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots.map(|(position, _)| position));
    builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(|error| fail(&error))
}

/// A column as text; numbers as they are written.
fn column(batch: &RecordBatch, name: Option<&String>) -> Option<ArrayRef> {
    let column = batch.column_by_name(name?)?;
    match column.data_type() {
        DataType::Utf8 => Some(column.clone()),
        DataType::LargeUtf8 | DataType::Utf8View => arrow::compute::cast(column, &DataType::Utf8).ok(),
        kind if kind.is_integer() => arrow::compute::cast(column, &DataType::Utf8).ok(),
        _ => None,
    }
}

fn cell(column: &ArrayRef, row: usize) -> Option<String> {
    let texts = column.as_string_opt::<i32>()?;
    (!texts.is_null(row)).then(|| texts.value(row).to_owned())
}
