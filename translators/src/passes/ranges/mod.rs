//! Which integers fit, which positions are not negative, which are within their sequence.
//!
//! ```text
//! for i in range(len(xs) - 1):
//!     if xs[i] > xs[i + 1]:          xs[i], xs[i + 1]: in range; i + 1: fits
//!         return xs[-1]              xs[-1]: from the end
//! ```
//!
//! Fills `IndexMode`, `SliceBounds` and `Overflow::Fits` by following intervals and relations (`i <=
//! len(xs) - 1`, `i <= n - 1`) through each function. What it says is proven, on three assumptions: no
//! sequence is longer than 2^48, no program takes more than 2^50 steps, integers are those of the
//! source (an operation marked `Unbounded` that does not fit ends the program's domain). Division by
//! zero raises. The pass `effects` must have run.

mod env;
mod eval;
mod facts;
mod guards;
mod interval;
mod stmts;
#[cfg(test)]
mod tests;

use super::purity::Purity;
use env::Env;
use facts::{Disturbance, Facts};
use grammars::ir::visit::each_function_mut;
use grammars::ir::{Block, Function, Module, Type};
use std::collections::BTreeMap;
use stmts::Exits;

/// The values of 32 bits.
const I32: (i128, i128) = (i32::MIN as i128, i32::MAX as i128);
/// The values of 64 bits.
const I64: (i128, i128) = (i64::MIN as i128, i64::MAX as i128);

/// Marks what is proven in all bodies of `module`.
pub fn run(mut module: Module) -> Module {
    let purity = Purity::new(&module);
    let constants = module.constants().filter(|c| !c.mutated);
    let globals = constants.filter_map(|c| Some((c.name.clone(), c.value.as_int()?))).collect();
    each_function_mut(&mut module, |function| {
        let params = parameters(function);
        walk(&purity, &globals, &params, &mut function.body);
    });
    for test in &mut module.tests {
        walk(&purity, &globals, &[], &mut test.body);
    }
    module
}

fn parameters(function: &Function) -> Vec<(String, Type)> {
    function.params.iter().map(|p| (p.name.clone(), p.ty.clone())).collect()
}

fn walk(purity: &Purity, globals: &BTreeMap<String, i128>, params: &[(String, Type)], body: &mut Block) {
    let mut walk = Walk {
        purity,
        globals,
        facts: Facts::new(body, params, purity),
        disturbed: Disturbance::default(),
        shadowed: Vec::new(),
        loops: Vec::new(),
        record: true,
    };
    walk.block(body, Some(Env::default()));
}

/// The walk through one body.
struct Walk<'w> {
    purity: &'w Purity,
    /// The module's integer constants.
    globals: &'w BTreeMap<String, i128>,
    facts: Facts,
    /// What the statement at hand does to lists.
    disturbed: Disturbance,
    /// Variables of the comprehensions and lambdas around this point.
    shadowed: Vec<String>,
    /// The loops around this point.
    loops: Vec<Exits>,
    /// Whether to write down what is proven, or only to find out.
    record: bool,
}
