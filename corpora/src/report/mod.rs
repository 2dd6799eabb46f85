//! Reports: what came of every program, as text and as a page.
//!
//! A report is a function of the manifest and the two kinds of rows, so that it can be made again
//! from the folder of a build at any time.

mod html;
mod summary;
mod text;

#[cfg(test)]
mod tests;

pub use html::page;
pub use summary::{Funnel, Reason, Summary};
pub use text::text;
