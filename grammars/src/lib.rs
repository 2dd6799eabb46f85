//! What text means: the typed IR, the untyped surface tree, and the front ends.
//!
//! A front end turns text into a [`surface::Module`] (Python) or, where the source language is
//! statically typed, straight into an [`ir::Module`] (Java). This room is pure: it reads no files,
//! starts no processes, and returns what it cannot do as [`Rejection`]s.

pub mod ir;
pub mod java;
pub mod python;
pub mod surface;
pub mod targets;

mod comments;
mod lang;
mod level;
mod rejection;
mod span;
mod tree;

pub use lang::LangId;
pub use level::Level;
pub use rejection::{Code, Rejection};
pub use span::Span;
