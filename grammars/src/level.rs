//! The rungs of the ladder of validation.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How far a program came; later rungs include the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// No rung was passed.
    None,
    /// The target's grammar takes it.
    Parse,
    /// The toolchain takes it.
    Compile,
    /// It ends by itself within its limits.
    Run,
    /// The translated tests pass.
    Tests,
    /// It returns what the source returns on generated inputs.
    Agree,
}

impl Level {
    /// The word used in records, options and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Parse => "parse",
            Level::Compile => "compile",
            Level::Run => "run",
            Level::Tests => "tests",
            Level::Agree => "agree",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
