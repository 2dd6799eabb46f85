//! Names of variables in the IR.
//!
//! Webs of one name and one type are one variable. A name that changes type keeps its spelling for the
//! first type (the parameter's, if there is one); the others say in their name what they are:
//! `text`, then `text_list`.

use super::super::facts::{Facts, Variable};
use grammars::ir::Type;
use std::collections::{BTreeMap, BTreeSet};

/// For each variable its name.
pub(super) fn choose(facts: &Facts) -> Vec<String> {
    let mut names: Vec<String> = facts.variables.iter().map(|v| plain(facts, &v.name)).collect();
    let mut by_name: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for (id, variable) in facts.variables.iter().enumerate() {
        if !variable.inner {
            by_name.entry((variable.scope.0, &variable.name)).or_default().push(id);
        }
    }
    for ((scope, _), mut ids) in by_name {
        ids.sort_by_key(|id| (!facts.variables[*id].is_param, *id));
        let mut used: Vec<(Option<Type>, String)> = Vec::new();
        for id in ids {
            let variable = &facts.variables[id];
            let ty = facts.cells.resolve(variable.cell);
            let known = used.iter().find(|(t, _)| *t == ty || t.is_none() || ty.is_none());
            let name = match known {
                Some((_, name)) => name.clone(),
                None if used.is_empty() => names[id].clone(),
                None => unique(facts, scope, &used, &format!("{}_{}", variable.name, suffix(ty.as_ref()))),
            };
            used.push((ty, name.clone()));
            names[id] = name;
        }
    }
    names
}

/// The name, moved out of the way of functions, classes and constants of the module.
fn plain(facts: &Facts, name: &str) -> String {
    let mut plain = name.to_owned();
    while is_module_name(facts, &plain) {
        plain.push_str("_value");
    }
    plain
}

/// Something at top level has this name.
pub(super) fn is_module_name(facts: &Facts, name: &str) -> bool {
    facts.function_names.contains_key(name)
        || facts.classes.contains_key(name)
        || facts.globals.contains_key(name)
}

fn unique(facts: &Facts, scope: usize, used: &[(Option<Type>, String)], wish: &str) -> String {
    let in_scope = |v: &&Variable| v.scope.0 == scope;
    let mut taken: BTreeSet<&str> =
        facts.variables.iter().filter(in_scope).map(|v| v.name.as_str()).collect();
    taken.extend(used.iter().map(|(_, n)| n.as_str()));
    let mut name = wish.to_owned();
    let mut number = 2;
    while taken.contains(name.as_str()) || is_module_name(facts, &name) {
        name = format!("{wish}_{number}");
        number += 1;
    }
    name
}

/// What a variable of this type is called.
fn suffix(ty: Option<&Type>) -> &'static str {
    match ty {
        Some(Type::Bool) => "flag",
        Some(Type::Int) => "number",
        Some(Type::Float) => "real",
        Some(Type::Str | Type::Char) => "text",
        Some(Type::List(_)) => "list",
        Some(Type::Tuple(_)) => "tuple",
        Some(Type::Dict(..)) => "table",
        Some(Type::Set(_)) => "set",
        Some(Type::Optional(inner)) => suffix(Some(inner)),
        _ => "value",
    }
}
