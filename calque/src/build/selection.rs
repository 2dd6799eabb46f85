//! What does not go into a corpus although it was validated: problems of evaluation sets at once, near-duplicates at the end.

use crate::failure::Failure;
use crate::settings::Settings;
use corpora::decontaminate::EvaluationSets;
use corpora::near::NearOptions;
use corpora::near_records::{NearRecords, NearVerdict, near_duplicate};
use corpora::writers::TableWriter;
use corpora::{CORPUS_STAGE, Format, Record, Rejected, readers};
use grammars::{Rejection, Span};
use std::path::{Path, PathBuf};

/// Memory for the search; what does not fit goes to files.
const MEMORY: u64 = 1 << 30;
/// Records that wait for the verdict on near-duplicates.
const WAITING: &str = "waiting.parquet";

/// What is asked for, and the records that wait.
pub(super) struct Selection {
    against: EvaluationSets,
    near: Option<Waiting>,
}

struct Waiting {
    near: NearRecords,
    records: TableWriter<Record>,
    path: PathBuf,
}

/// What becomes of a record.
pub(super) enum Selected {
    /// It goes into the corpus.
    Record(Box<Record>),
    /// It does not.
    Rejected(Rejected),
    /// That is known at the end.
    Waits,
}

impl Selection {
    /// Reads the evaluation sets; records wait in `state`.
    pub(super) fn new(settings: &Settings, state: &Path) -> Result<Self, Failure> {
        let path = state.join(WAITING);
        let near = settings.near_duplicates.map(|threshold| {
            let options =
                NearOptions { ngram: NearOptions::NGRAM, threshold, memory: MEMORY, spill: state.to_owned() };
            let records = TableWriter::create(&path, Format::Parquet)?;
            Ok::<_, Failure>(Waiting { near: NearRecords::new(options), records, path })
        });
        Ok(Selection { against: EvaluationSets::read(&settings.decontaminate)?, near: near.transpose()? })
    }

    /// How many records wait.
    pub(super) fn waiting(&self) -> usize {
        self.near.as_ref().map_or(0, |waiting| waiting.records.rows())
    }

    /// Decides on a record, or has it wait.
    pub(super) fn take(&mut self, record: Record) -> Result<Selected, Failure> {
        let found = self.against.find(&record.source).or_else(|| self.against.find(&record.target));
        if let Some(found) = found {
            let message = format!(
                "The evaluation set's item {} has it: the program {}.",
                found.item,
                found.why.describe()
            );
            return Ok(Selected::Rejected(rejected(&record, &message)));
        }
        match &mut self.near {
            None => Ok(Selected::Record(Box::new(record))),
            Some(waiting) => {
                waiting.near.add(&record)?;
                waiting.records.push(record)?;
                Ok(Selected::Waits)
            }
        }
    }

    /// Decides on the records that wait, in their order.
    pub(super) fn finish(self, mut each: impl FnMut(Selected) -> Result<(), Failure>) -> Result<(), Failure> {
        let Some(Waiting { near, records, path }) = self.near else { return Ok(()) };
        records.finish()?;
        let rows = readers::rows::<Record>(&path, Format::Parquet)?;
        for (record, verdict) in rows.zip(near.verdicts()?) {
            let mut record = record?;
            each(match verdict {
                NearVerdict::NearDuplicate { of } => Selected::Rejected(near_duplicate(&record, &of)),
                NearVerdict::Kept { cluster } => {
                    record.cluster = Some(cluster);
                    Selected::Record(Box::new(record))
                }
            })?;
        }
        std::fs::remove_file(&path).map_err(|error| Failure::write(&path, error))
    }
}

fn rejected(record: &Record, message: &str) -> Rejected {
    let (path, unit) = match record.path.split_once("::") {
        Some((path, unit)) => (path, Some(unit)),
        None => (record.path.as_str(), None),
    };
    let rejection = Rejection::new(format!("{CORPUS_STAGE}.contaminated"), Span::default(), message);
    Rejected::new(path, unit, Some(&record.target_lang), rejection, record.level)
}
