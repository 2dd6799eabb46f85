//! The typed IR: a structured tree in which nothing of the source's meaning is implicit.
//!
//! Invariants that every producer keeps and every consumer may rely on:
//!
//! - every expression has a type; no type is unknown;
//! - names are resolved and unique within a function: a variable has one type (one that changed
//!   type in the source was split), and no local shadows a function, class or constant of the
//!   module; comprehension and lambda variables live in a scope of their own;
//! - conditions are `Bool`: truthiness of other types has become an explicit test;
//! - operands of arithmetic have the type of the result ([`Conversion`] nodes are explicit), except
//!   for shifts, `Repeat` and comparisons of mixed numbers;
//! - statements run in order, operands are evaluated left to right, `And`/`Or`/`IfElse` are lazy;
//! - lists, dicts, sets and class instances are references in the source language. Where a target
//!   copies instead, the translator has to show (`Param::mutated`, aliasing) that nobody can tell;
//! - indices count from 0.

mod array;
mod build;
mod expr;
mod intrinsic;
mod module;
pub mod names;
mod regex;
pub mod rename;
mod stmt;
pub mod text;
mod types;
pub mod visit;

pub use array::*;
pub use expr::*;
pub use intrinsic::*;
pub use module::*;
pub use regex::*;
pub use stmt::*;
pub use types::*;
