//! Language identifiers.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// The one identifier of a language: the same word in folders, options, records and snapshots
/// (`python`, `java`, `julia`, `fortran`, `cobol`).
///
/// It is a string and not an enum, so that a new language touches no other file than its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LangId(Cow<'static, str>);

impl LangId {
    /// The source language Python.
    pub const PYTHON: LangId = LangId::from_static("python");
    /// The source language Java.
    pub const JAVA: LangId = LangId::from_static("java");

    /// An identifier known at compile time.
    pub const fn from_static(id: &'static str) -> Self {
        LangId(Cow::Borrowed(id))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for LangId {
    fn from(id: String) -> Self {
        LangId(Cow::Owned(id))
    }
}

impl fmt::Display for LangId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
