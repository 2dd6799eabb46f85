//! The function that the tests are about.

use grammars::ir::{Expr, ExprKind, Item, TestCase};
use std::collections::BTreeMap;

/// The function that most checks call (of equals the last defined), else the last function.
pub(super) fn entry_point(items: &[Item], tests: &[TestCase]) -> Option<String> {
    let functions: Vec<&str> = items
        .iter()
        .filter_map(|item| match item {
            Item::Function(f) => Some(f.name.as_str()),
            _ => None,
        })
        .collect();
    let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
    for test in tests {
        grammars::ir::visit::each_expr(&test.body, |e: &Expr| {
            if let ExprKind::Call { function, .. } = &e.kind
                && let Some(name) = functions.iter().find(|f| *f == function)
            {
                *calls.entry(name).or_default() += 1;
            }
        });
    }
    let most = functions.iter().enumerate().max_by_key(|(at, name)| (calls.get(*name), *at));
    most.map(|(_, name)| (*name).to_owned())
}
