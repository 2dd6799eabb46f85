//! Rejections: what a stage could not do, as data.

use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// Why one program, or one function of it, did not get through a stage.
///
/// Rejections are results: they land in `rejections.parquet` and in the report. A failure of the
/// infrastructure (no compiler, full disk) is never a `Rejection`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Rejection {
    /// Stable and countable, `stage.reason` in kebab case: `python.syntax`, `infer.unknown-type`,
    /// `fortran.closure`. It names a cause, never a program.
    pub code: Code,
    /// One sentence for a person, naming the construct as the source spells it.
    pub message: String,
    /// Where in the source.
    pub span: Span,
}

/// A reason code; see [`Rejection::code`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(Cow<'static, str>);

impl Code {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stage that rejected: the part before the first dot.
    pub fn stage(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }
}

impl From<&'static str> for Code {
    fn from(code: &'static str) -> Self {
        Code(Cow::Borrowed(code))
    }
}

impl From<String> for Code {
    fn from(code: String) -> Self {
        Code(Cow::Owned(code))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Rejection {
    /// A rejection with `code` at `span`.
    pub fn new(code: impl Into<Code>, span: Span, message: impl Into<String>) -> Self {
        Rejection { code: code.into(), message: message.into(), span }
    }
}
