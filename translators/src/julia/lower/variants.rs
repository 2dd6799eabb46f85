//! Functions that were copied for several types of arguments: in Julia these are methods of one
//! function.

use grammars::ir::{Function, Module, Type};
use std::collections::BTreeMap;

/// The copies among a module's functions, each with the function that it is a copy of. A copy stands
/// at the same place in the source, takes other types, and has a name that goes on from the first's.
pub(super) fn variants(module: &Module) -> BTreeMap<String, String> {
    let functions: Vec<&Function> = module.functions().collect();
    let mut variants = BTreeMap::new();
    for (i, copy) in functions.iter().enumerate() {
        let first = functions.iter().enumerate().find(|(at, first)| {
            let longer = copy.name.strip_prefix(&first.name).is_some_and(|rest| rest.starts_with('_'));
            *at != i && longer && first.span == copy.span && copy.span.line > 0
        });
        let distinct = functions
            .iter()
            .enumerate()
            .all(|(at, other)| at == i || other.span != copy.span || types(other) != types(copy));
        if let (Some((_, first)), true) = (first, distinct) {
            variants.insert(copy.name.clone(), first.name.clone());
        }
    }
    variants
}

fn types(function: &Function) -> Vec<&Type> {
    function.params.iter().map(|p| &p.ty).collect()
}
