//! Corpora: records, readers, exact-duplicate removal, writers, dataset cards and reports.
//!
//! Readers and writers are the only parts that touch the disk; everything between takes values
//! and returns values.

mod card;
pub mod decontaminate;
mod dedup;
pub mod deduplicate;
mod dice;
pub mod documents;
mod language;
mod manifest;
pub mod near;
pub mod near_records;
pub mod readers;
mod record;
mod rejected;
pub mod report;
pub mod shapes;
mod source;
pub mod substrings;
mod table;
pub mod writers;

pub use card::card;
pub use dedup::Deduplicator;
pub use dice::Dice;
pub use language::{Language, Languages};
pub use manifest::{Audit, Manifest, TargetInfo, Tool};
pub use record::Record;
pub use rejected::{CORPUS_STAGE, DOCTEST_STAGE, LADDER_STAGE, Rejected};
pub use source::{Origin, Source, UNKNOWN_LICENSE, Unreadable};
pub use table::{Format, Row};
