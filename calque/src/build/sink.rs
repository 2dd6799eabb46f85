//! The folder of a corpus: tables while they grow, and everything beside them at the end.

use super::selection::{Selected, Selection};
use crate::failure::Failure;
use crate::settings::Settings;
use corpora::report::{Summary, text};
use corpora::writers::{TableWriter, write_text};
use corpora::{Audit, Deduplicator, Manifest, Record, Rejected, card};
use grammars::{Rejection, Span};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// Marks the folder as calque's, and holds what a build needs to go on.
const STATE: &str = ".calque";
/// The text report.
const REPORT: &str = "report.txt";

/// A corpus under construction.
pub(super) struct Sink {
    folder: PathBuf,
    manifest: Manifest,
    records: Vec<TableWriter<Record>>,
    rejections: TableWriter<Rejected>,
    summary: Summary,
    duplicates: Deduplicator,
    /// `None` once it has decided on everything.
    selection: Option<Selection>,
    _lock: File,
}

/// A finished corpus.
pub(super) struct Finished {
    /// The text report.
    pub(super) report: String,
    /// How many records it has.
    pub(super) records: usize,
    /// How many programs the machine failed to judge.
    pub(super) unjudged: usize,
}

/// Claims the folder of a build: it has to be new, empty, or that of an earlier build, and nobody
/// else's at the moment.
pub(super) fn claim(folder: &Path) -> Result<(PathBuf, File), Failure> {
    let fail = |error| Failure::write(folder, error);
    let state = folder.join(STATE);
    if !state.is_dir() && folder.exists() && fs::read_dir(folder).map_err(fail)?.next().is_some() {
        let message = format!("{} is not empty and was not made by calque build", folder.display());
        return Err(Failure::new(message));
    }
    fs::create_dir_all(&state).map_err(fail)?;
    let lock = File::create(state.join("lock")).map_err(fail)?;
    match lock.try_lock() {
        Ok(()) => Ok((state, lock)),
        Err(TryLockError::WouldBlock) => {
            Err(Failure::new(format!("another build is writing to {}", folder.display())))
        }
        Err(TryLockError::Error(error)) => Err(fail(error)),
    }
}

impl Sink {
    /// Opens the tables of the build that `manifest` describes; `lock` is that of [`claim`].
    pub(super) fn open(settings: &Settings, manifest: Manifest, lock: File) -> Result<Sink, Failure> {
        let folder = settings.out.clone();
        let table = |name: String| folder.join(name);
        let records = manifest
            .targets
            .iter()
            .map(|target| TableWriter::create(&table(manifest.data_file(&target.id)), manifest.format));
        Ok(Sink {
            records: records.collect::<Result<_, _>>()?,
            rejections: TableWriter::create(&table(manifest.rejections_file()), manifest.format)?,
            summary: Summary::new(&manifest),
            duplicates: Deduplicator::default(),
            selection: Some(Selection::new(settings, &settings.out.join(STATE))?),
            folder,
            manifest,
            _lock: lock,
        })
    }

    /// Adds a record, unless it repeats an earlier one or is not wanted; it may have to wait for the end.
    pub(super) fn record(&mut self, record: Record) -> Result<(), Failure> {
        if !self.duplicates.is_first(&record.target_lang, &record.target) {
            return self.reject(duplicate(&record));
        }
        match &mut self.selection {
            Some(selection) => {
                let selected = selection.take(record)?;
                self.place(selected)
            }
            None => self.write(record),
        }
    }

    /// Puts what was decided on where it belongs.
    fn place(&mut self, selected: Selected) -> Result<(), Failure> {
        match selected {
            Selected::Record(record) => self.write(*record),
            Selected::Rejected(rejected) => self.reject(rejected),
            Selected::Waits => Ok(()),
        }
    }

    fn write(&mut self, record: Record) -> Result<(), Failure> {
        self.summary.add_record(&record);
        let position = self.manifest.targets.iter().position(|target| target.id == record.target_lang);
        match position.and_then(|position| self.records.get_mut(position)) {
            Some(table) => Ok(table.push(record)?),
            None => Err(Failure::new(format!("{} is no target of this build", record.target_lang))),
        }
    }

    /// Adds a rejection.
    pub(super) fn reject(&mut self, rejected: Rejected) -> Result<(), Failure> {
        self.summary.add_rejected(&rejected);
        Ok(self.rejections.push(rejected)?)
    }

    /// Adds what was confirmed of a chunk.
    pub(super) fn audit(&mut self, of_chunk: Audit) {
        let audit = &mut self.manifest.audit;
        audit.confirmed += of_chunk.confirmed;
        audit.disagreements.extend(of_chunk.disagreements);
        audit.unjudged += of_chunk.unjudged;
    }

    /// How many records there are.
    pub(super) fn count(&self) -> usize {
        self.summary.records() + self.selection.as_ref().map_or(0, Selection::waiting)
    }

    /// Makes the corpus appear: tables, card, report and, last, the manifest that says it is whole.
    pub(super) fn finish(mut self, inputs: usize) -> Result<Finished, Failure> {
        self.manifest.inputs = inputs;
        if let Some(selection) = self.selection.take() {
            selection.finish(|selected| self.place(selected))?;
        }
        for (target, table) in self.manifest.targets.iter_mut().zip(&self.records) {
            target.records = table.rows();
        }
        let manifest_path = self.folder.join(Manifest::FILE);
        remove(&manifest_path)?;
        for table in self.records {
            table.finish()?;
        }
        self.rejections.finish()?;
        remove_stale(&self.folder, &self.manifest)?;
        let report = text(&self.manifest, &self.summary);
        write_text(&self.folder.join("README.md"), &card(&self.manifest, &self.summary))?;
        write_text(&self.folder.join(REPORT), &report)?;
        let json = serde_json::to_string_pretty(&self.manifest)
            .map_err(|error| Failure::write(&manifest_path, error))?;
        write_text(&manifest_path, &format!("{json}\n"))?;
        Ok(Finished { report, records: self.summary.records(), unjudged: self.manifest.audit.unjudged })
    }
}

fn duplicate(record: &Record) -> Rejected {
    let (path, unit) = match record.path.split_once("::") {
        Some((path, unit)) => (path, Some(unit)),
        None => (record.path.as_str(), None),
    };
    let message = "Its translation is the same text as that of an earlier program.";
    let rejection = Rejection::new("corpus.duplicate", Span::default(), message);
    Rejected::new(path, unit, Some(&record.target_lang), rejection, record.level)
}

/// Removes tables that an earlier build with other targets or another format left.
fn remove_stale(folder: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let kept: Vec<PathBuf> = manifest
        .targets
        .iter()
        .map(|target| manifest.data_file(&target.id))
        .chain([manifest.rejections_file()])
        .map(|name| folder.join(name))
        .collect();
    let data = folder.join("data");
    let languages: Vec<PathBuf> = files(&data)?;
    let tables = languages.iter().map(|language| files(language)).collect::<Result<Vec<_>, _>>()?;
    let rejections = ["parquet", "jsonl"].map(|ending| folder.join(format!("rejections.{ending}")));
    for path in tables.into_iter().flatten().chain(rejections).filter(|path| !kept.contains(path)) {
        remove(&path)?;
    }
    for language in languages {
        if files(&language)?.is_empty() {
            fs::remove_dir(&language).map_err(|error| Failure::write(&language, error))?;
        }
    }
    Ok(())
}

/// What is directly in `folder`.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let fail = |error| Failure::new(format!("cannot read {}: {error}", folder.display()));
    fs::read_dir(folder).map_err(fail)?.map(|entry| Ok(entry.map_err(fail)?.path())).collect()
}

/// Removes a file that may not be there.
fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::write(path, error)),
        _ => Ok(()),
    }
}
