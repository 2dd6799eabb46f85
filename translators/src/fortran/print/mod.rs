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

/// Prints statements alone.
pub fn statements(block: &[super::tree::Stmt]) -> String {
    let mut out = String::new();
    stmt::block(block, 0, &mut out);
    out
}

/// Prints items that stand behind `contains`.
pub fn items(items: &[super::tree::ModuleItem]) -> String {
    let mut out = String::new();
    unit::items(items, 0, &mut out);
    out
}
