//! Corpora: records, readers, exact-duplicate removal, writers, dataset cards and reports.
//!
//! Readers and writers are the only parts that touch the disk; everything between takes values
//! and returns values.

pub mod readers;
mod source;

pub use source::{Source, UNKNOWN_LICENSE, Unreadable};
