//! One function for each way in which the tests use it.
//!
//! ```python
//! assert last([1, 2]) == 2
//! assert last(["a", "b"]) == "b"
//! ```
//!
//! has no single type for `last`. The checks are put into groups that go together; the first group
//! keeps the functions as they are, the others get copies, `last_text`, with the calls among them.
//! Without a test nothing is copied, and checks that go together are never torn apart.

use super::infer_once;
use grammars::ir;
use grammars::surface::names::{bound, used};
use grammars::surface::visit::{VisitMut, walk_expr_mut, walk_stmt_mut};
use grammars::surface::{Expr, ExprKind, Function, Module, Stmt, StmtKind, TestCase};
use std::collections::{BTreeMap, BTreeSet};

/// More groups than this are no longer the same function for anybody.
const MAX_GROUPS: usize = 4;

/// Checks beyond this are too many to try one by one.
const MAX_CHECKS: usize = 80;

/// A check: which test it belongs to, and which of its statements it is.
type Check = (usize, usize);

/// The typed module with functions copied for uses of different types.
///
/// `None` where copies do not help.
pub(super) fn specialised(module: &Module) -> Option<ir::Module> {
    let groups = groups(module).filter(|groups| groups.len() > 1)?;
    infer_once(&split(module, &groups)).ok()
}

/// Checks that go together; `None` where a check has no types even alone.
fn groups(module: &Module) -> Option<Vec<Vec<Check>>> {
    let mut groups: Vec<Vec<Check>> = Vec::new();
    let mut count = 0;
    for (t, test) in module.tests.iter().enumerate() {
        for checks in bundles(t, &test.body) {
            count += 1;
            if count > MAX_CHECKS {
                return None;
            }
            join_group(module, &mut groups, &checks)?;
        }
    }
    Some(groups)
}

/// The statements of test number `t` that cannot be told apart: each check alone where the test is
/// nothing but checks, else all of them.
fn bundles(t: usize, body: &[Stmt]) -> Vec<Vec<Check>> {
    let idle = |stmt: &Stmt| matches!(stmt.kind, StmtKind::Comment { .. } | StmtKind::Pass);
    let said = body.iter().enumerate().filter(|(_, stmt)| !idle(stmt));
    if said.clone().all(|(_, stmt)| matches!(stmt.kind, StmtKind::Assert { .. })) {
        return said.map(|(s, _)| vec![(t, s)]).collect();
    }
    vec![said.map(|(s, _)| (t, s)).collect()]
}

/// Puts checks into the first group that they go together with, or a new one.
fn join_group(module: &Module, groups: &mut Vec<Vec<Check>>, checks: &[Check]) -> Option<()> {
    for group in groups.iter_mut() {
        group.extend(checks);
        if infer_once(&only(module, group)).is_ok() {
            return Some(());
        }
        group.truncate(group.len() - checks.len());
    }
    let alone = checks.to_vec();
    let fits = groups.len() < MAX_GROUPS && infer_once(&only(module, &alone)).is_ok();
    groups.push(alone);
    fits.then_some(())
}

/// The module with these checks only, and without examples in its documentation.
fn only(module: &Module, checks: &[Check]) -> Module {
    let mut small = module.clone();
    for (t, test) in small.tests.iter_mut().enumerate() {
        let mut at = 0;
        test.body.retain(|_| {
            at += 1;
            checks.contains(&(t, at - 1))
        });
    }
    small.tests.retain(|test| !test.body.is_empty());
    small.body.iter_mut().for_each(drop_examples);
    small
}

fn drop_examples(stmt: &mut Stmt) {
    if let StmtKind::Function(f) = &mut stmt.kind
        && let Some(doc) = &mut f.doc
    {
        doc.examples.clear();
    }
}

/// The module with copies of the tested functions, and of those that they call, for every group
/// but the first.
fn split(module: &Module, groups: &[Vec<Check>]) -> Module {
    let functions: BTreeMap<&str, &Function> = module
        .body
        .iter()
        .filter_map(|s| match &s.kind {
            StmtKind::Function(f) => Some((f.name.as_str(), &**f)),
            _ => None,
        })
        .collect();
    let mut result = module.clone();
    result.body.iter_mut().for_each(drop_examples);
    let mut taken: BTreeSet<String> = bound(&module.body);
    for group in groups.iter().skip(1) {
        let suffix = suffix(module, group, &functions);
        let names = new_names(&reached(module, group, &functions), &suffix, &mut taken);
        copy_functions(&mut result, module, &names);
        for (t, s) in group {
            if let Some(stmt) = result.tests.get_mut(*t).and_then(|test: &mut TestCase| test.body.get_mut(*s))
            {
                Renamer { names: &names }.stmt(stmt);
            }
        }
    }
    result
}

/// The functions of the module that the checks of the group reach.
fn reached<'m>(
    module: &Module,
    group: &[Check],
    functions: &BTreeMap<&'m str, &'m Function>,
) -> BTreeSet<&'m str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<String> = Vec::new();
    for (t, s) in group {
        if let Some(stmt) = module.tests.get(*t).and_then(|test| test.body.get(*s)) {
            open.extend(used(std::slice::from_ref(stmt)));
        }
    }
    while let Some(name) = open.pop() {
        if let Some((name, function)) = functions.get_key_value(name.as_str())
            && reached.insert(*name)
        {
            open.extend(used(&function.body));
        }
    }
    reached
}

fn new_names(
    reached: &BTreeSet<&str>,
    suffix: &str,
    taken: &mut BTreeSet<String>,
) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for name in reached {
        let wish = format!("{name}_{suffix}");
        let mut new = wish.clone();
        let mut number = 2;
        while !taken.insert(new.clone()) {
            new = format!("{wish}_{number}");
            number += 1;
        }
        names.insert((*name).to_owned(), new);
    }
    names
}

/// What the copies of a group are called: by the types that tell its first function apart.
fn suffix(module: &Module, group: &[Check], functions: &BTreeMap<&str, &Function>) -> String {
    let typed = infer_once(&only(module, group)).ok();
    let roots = reached(module, group, functions);
    let params = typed.iter().flat_map(|m| m.functions()).filter(|f| roots.contains(f.name.as_str()));
    let word = params.flat_map(|f| &f.params).find_map(|p| word(&p.ty));
    word.unwrap_or("variant").to_owned()
}

fn word(ty: &ir::Type) -> Option<&'static str> {
    match ty {
        ir::Type::Str | ir::Type::Char => Some("text"),
        ir::Type::Float => Some("real"),
        ir::Type::Bool => Some("flag"),
        ir::Type::Dict(..) => Some("table"),
        ir::Type::List(t) | ir::Type::Set(t) | ir::Type::Optional(t) => match &**t {
            ir::Type::List(_) | ir::Type::Tuple(_) => Some("nested"),
            ir::Type::Int => Some("list"),
            inner => word(inner),
        },
        ir::Type::Tuple(items) => items.iter().find_map(word).or(Some("tuple")),
        ir::Type::Int => Some("number"),
        _ => None,
    }
}

/// Adds a renamed copy behind each function that has a new name.
fn copy_functions(result: &mut Module, module: &Module, names: &BTreeMap<String, String>) {
    for stmt in &module.body {
        let StmtKind::Function(f) = &stmt.kind else { continue };
        let Some(new) = names.get(&f.name) else { continue };
        let mut copy = stmt.clone();
        drop_examples(&mut copy);
        Renamer { names }.stmt(&mut copy);
        let is_copied = |s: &Stmt| matches!(&s.kind, StmtKind::Function(g) if g.name == f.name);
        let at = result.body.iter().position(is_copied).map_or(result.body.len(), |at| at + 1);
        if let StmtKind::Function(f) = &mut copy.kind {
            f.name.clone_from(new);
        }
        result.body.insert(at, copy);
    }
}

/// Renames functions where nothing else of that name is in the way.
struct Renamer<'n> {
    names: &'n BTreeMap<String, String>,
}

impl VisitMut for Renamer<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        let StmtKind::Function(f) = &mut stmt.kind else { return walk_stmt_mut(self, stmt) };
        let mut hidden = bound(&f.body);
        hidden.extend(f.params.iter().map(|p| p.name.clone()));
        if hidden.iter().any(|name| self.names.contains_key(name)) {
            let names = self.names.iter().filter(|(name, _)| !hidden.contains(*name));
            let names = names.map(|(a, b)| (a.clone(), b.clone())).collect();
            return walk_stmt_mut(&mut Renamer { names: &names }, stmt);
        }
        walk_stmt_mut(self, stmt);
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Name(name) = &mut expr.kind
            && let Some(new) = self.names.get(name)
        {
            name.clone_from(new);
        }
        walk_expr_mut(self, expr);
    }
}
