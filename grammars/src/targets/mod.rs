//! The grammars of the target languages: whether a text is one of them at all.
//!
//! They are the first rung of the ladder, taken in milliseconds and without a toolchain. What they
//! refuse is wrong; what they take may still be wrong, which the toolchain finds out.

pub mod cobol;
pub mod fortran;
pub mod julia;

mod tree;
