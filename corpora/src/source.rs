//! One program as it was read, before anything is known about it.

use grammars::{LangId, Rejection, Span};

/// A program in a source language, with where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it was read: the path as given or found, with `#LINE` for a line of a JSONL file.
    pub path: String,
    /// The name that outputs are called after: the file stem or the data set's problem id.
    pub stem: String,
    /// Its language.
    pub lang: LangId,
    /// The program with its tests.
    pub text: String,
    /// The function under test, where the data set names it.
    pub entry_point: Option<String>,
    /// The repository, where known.
    pub repo: Option<String>,
    /// The revision of the repository, where known.
    pub revision: Option<String>,
    /// SPDX identifier or expression; [`UNKNOWN_LICENSE`] where none was found.
    pub license: String,
}

/// The licence of a source that says nothing about it.
pub const UNKNOWN_LICENSE: &str = "unknown";

/// An input that is no program: empty, binary, too large, a broken line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// As [`Source::path`].
    pub path: String,
    /// As [`Source::stem`].
    pub stem: String,
    /// The reason, with a code `read.REASON`.
    pub rejection: Rejection,
}

impl Unreadable {
    /// An input at `path` that cannot be read for the reason `code`, at `line` (0 for the whole).
    pub(crate) fn new(path: &str, stem: &str, code: &'static str, line: usize, message: String) -> Self {
        let span = Span { start: 0, end: 0, line: u32::try_from(line).unwrap_or(u32::MAX) };
        Unreadable {
            path: path.to_owned(),
            stem: stem.to_owned(),
            rejection: Rejection::new(code, span, message),
        }
    }
}
