//! Places in a source text.

use serde::{Deserialize, Serialize};

/// A half-open range of bytes in the source, with the line it starts on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Line of the first byte, counted from 1; 0 for nodes that the source does not spell out.
    pub line: u32,
}
