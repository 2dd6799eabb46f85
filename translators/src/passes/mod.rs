//! Passes over the typed IR: analyses that every target relies on, and legalising passes that a
//! target calls for what it has no idiom for.
//!
//! [`standard`] runs after inference for every target. The others are chosen by a target's
//! lowering; each opens with a before and after and says what can remain in its output.

pub mod array_views;
pub mod class_functions;
pub mod effects;
pub mod exceptions;
pub mod fill_defaults;
pub mod idioms;
pub mod lift_nested;
pub mod loop_else;
pub mod narrow_chars;
pub mod ranges;
pub(crate) mod set_order;
pub mod settle_positions;
pub mod wrapping;

pub(crate) mod purity;
mod scope;
pub(crate) mod separators;
pub(crate) mod unions;

#[cfg(test)]
mod testing;

use grammars::ir::Module;

/// The analyses that every target relies on, in the order in which they build on each other.
pub fn standard(module: Module) -> Module {
    narrow_chars::run(ranges::run(effects::run(module)))
}
