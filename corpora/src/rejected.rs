//! Rejections as rows: every program, or part of one, that is no record, with the reason.

use crate::table::{Row, column, optional, schema};
use arrow::datatypes::{DataType, SchemaRef};
use grammars::{Code, LangId, Level, Rejection};
use serde::{Deserialize, Serialize};

/// The stage of rejections that concern a doctest alone: its program goes on without it.
pub const DOCTEST_STAGE: &str = "doctest";
/// The stage of what the ladder refuses.
pub const LADDER_STAGE: &str = "ladder";
/// The stage of what was validated, but does not go into the corpus.
pub const CORPUS_STAGE: &str = "corpus";

/// One rejection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// As [`crate::Record::path`], without the part.
    pub path: String,
    /// The function, or other part of the file; `None` for the whole.
    pub unit: Option<String>,
    /// The target; `None` where all targets are concerned.
    pub target: Option<LangId>,
    /// The stage: the part of the code before the dot.
    pub stage: String,
    /// The reason code.
    pub code: Code,
    /// One sentence.
    pub message: String,
    /// The line in the source, from 1; `None` where there is no place.
    pub line: Option<u32>,
    /// The last rung of the ladder that was passed.
    pub level: Level,
}

impl Rejected {
    /// The row for `rejection`.
    pub fn new(
        path: &str,
        unit: Option<&str>,
        target: Option<&LangId>,
        rejection: Rejection,
        level: Level,
    ) -> Self {
        Rejected {
            path: path.to_owned(),
            unit: unit.map(str::to_owned),
            target: target.cloned(),
            stage: rejection.code.stage().to_owned(),
            code: rejection.code,
            message: rejection.message,
            line: Some(rejection.span.line).filter(|&line| line > 0),
            level,
        }
    }

    /// Whether there was a translation.
    pub fn translated(&self) -> bool {
        self.stage == LADDER_STAGE || self.stage == CORPUS_STAGE
    }
}

impl Row for Rejected {
    fn schema() -> SchemaRef {
        use DataType::{UInt32, Utf8};
        schema(vec![
            column("path", Utf8),
            optional("unit", Utf8),
            optional("target", Utf8),
            column("stage", Utf8),
            column("code", Utf8),
            column("message", Utf8),
            optional("line", UInt32),
            column("level", Utf8),
        ])
    }

    fn size(&self) -> usize {
        self.path.len() + self.message.len()
    }
}
