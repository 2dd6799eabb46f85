//! Lays the tree out as free-form source: two blanks of indentation, lines of at most 100 columns.
//!
//! Printing decides nothing about meaning; every choice of words was made by the lowering.

mod expr;
mod line;
mod stmt;
mod unit;

pub use expr::type_spec;
pub use unit::{module, program};

/// The widest line, its continuation mark included.
const WIDTH: usize = 100;

/// Prints an expression on one line, for documentation and messages.
pub fn inline(expr: &super::tree::Expr) -> String {
    expr::line(expr).into_text()
}
