//! COBOL in fixed format: columns, divisions, scopes, and which programs a text holds.
//!
//! The compiler is lenient about much that a reader of fixed format relies on, so this grammar asks
//! for more: text within columns 8 to 72, headers in area A, statements in area B, and every scope
//! ended by the terminator of its own verb.

mod beside;
mod columns;
mod structure;

pub use beside::{main_may_return, stands_beside};
pub(super) use structure::syntax_nodes;
pub use structure::{Call, Program, Source, parse};
