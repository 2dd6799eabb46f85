//! Makes nested functions functions of the module.
//!
//! ```text
//! def outer(n, xs):                     def count_above(x, n):
//!     def count_above(x):                   return x > n
//!         return x > n            ->
//!     return count_above(xs[0])         def outer(n, xs):
//!                                           return count_above(xs[0], n)
//! ```
//!
//! What a nested function captures, itself or through the nested functions that it calls, becomes
//! parameters behind its own. The name stays where the module has none like it; otherwise the name of
//! the function around it is put in front. What remains nested: functions in tests, and in one body all
//! of them if one rebinds what it captures, or is used as a value while it captures something. Run
//! `fill_defaults` before; `effects` runs again at the end.

use super::effects;
use grammars::ir::names::FreshNames;
use grammars::ir::visit::{VisitMut, any_expr_in, each_stmt, map_exprs, rewrite_block, walk_function_mut};
use grammars::ir::{Block, Expr, ExprKind, Function, Item, Module, Param, StmtKind, Type};
use grammars::surface::ParamKind;
use std::collections::{BTreeMap, BTreeSet};

/// Lifts the nested functions that can be.
pub fn run(mut module: Module) -> Module {
    let mut names = FreshNames::default();
    names.take_top_level(&module);
    let mut items = Vec::with_capacity(module.items.len());
    for mut item in std::mem::take(&mut module.items) {
        let mut lifted = Vec::new();
        match &mut item {
            Item::Function(function) => lift(function, &mut names, &mut lifted),
            Item::Class(class) => {
                let own = class.constructor.iter_mut().chain(&mut class.methods).chain(&mut class.statics);
                own.for_each(|function| lift(function, &mut names, &mut lifted));
            }
            Item::Comment(_) | Item::Constant(_) => {}
        }
        items.extend(lifted.into_iter().map(Item::Function));
        items.push(item);
    }
    module.items = items;
    effects::run(module)
}

/// A nested function that moves out.
struct Lifted {
    /// Its name from now on.
    name: String,
    /// What it is given besides its own arguments.
    extra: Vec<(String, Type)>,
}

/// Takes the functions nested directly in `function` out of it, then those nested in them.
fn lift(function: &mut Function, names: &mut FreshNames, lifted: &mut Vec<Function>) {
    let nested = nested_in(&function.body);
    if nested.is_empty() || !nested.iter().all(|inner| can_move(inner, &nested, function)) {
        return lift_within(function, names, lifted);
    }
    let types = types_in(function);
    let mut moves = BTreeMap::new();
    for inner in &nested {
        let wishes = [inner.name.clone(), format!("{}_{}", function.name, inner.name)];
        let name = names.fresh_of(&[&wishes[0], &wishes[1]]);
        let extra = needed(inner, &nested).into_iter();
        let extra = extra.filter_map(|name| types.get(&name).map(|ty| (name.clone(), ty.clone()))).collect();
        moves.insert(inner.name.clone(), Lifted { name, extra });
    }
    rewrite_block(&mut function.body, |stmt| match stmt.kind {
        StmtKind::Function(_) => Vec::new(),
        _ => vec![stmt],
    });
    redirect(&mut function.body, &moves);
    for mut inner in nested {
        if let Some(target) = moves.get(&inner.name) {
            redirect(&mut inner.body, &moves);
            inner.name = target.name.clone();
            inner.params.extend(target.extra.iter().map(|(name, ty)| param(name, ty)));
            inner.captures.clear();
        }
        lift(&mut inner, names, lifted);
        lifted.push(inner);
    }
}

/// Leaves the functions nested in `function` where they are, but not those nested in them.
fn lift_within(function: &mut Function, names: &mut FreshNames, lifted: &mut Vec<Function>) {
    struct Within<'w>(&'w mut FreshNames, &'w mut Vec<Function>);
    impl VisitMut for Within<'_> {
        fn expr(&mut self, _expr: &mut Expr) {}
        fn function(&mut self, inner: &mut Function) {
            // What such a function captures from two levels up has no parameter to come through.
            if nested_in(&inner.body)
                .iter()
                .all(|f| f.captures.iter().all(|name| !inner.captures.contains(name)))
            {
                lift(inner, self.0, self.1);
            }
        }
    }
    walk_function_mut(&mut Within(names, lifted), function);
}

fn nested_in(body: &Block) -> Vec<Function> {
    let mut found: Vec<Function> = Vec::new();
    struct Direct<'f>(&'f mut Vec<Function>);
    impl<'a> grammars::ir::visit::Visit<'a> for Direct<'_> {
        fn expr(&mut self, _expr: &'a Expr) {}
        fn function(&mut self, function: &'a Function) {
            self.0.push(function.clone());
        }
    }
    grammars::ir::visit::Visit::block(&mut Direct(&mut found), body);
    found
}

fn can_move(inner: &Function, siblings: &[Function], outer: &Function) -> bool {
    let mut rebinds = !inner.rebinds.is_empty();
    each_stmt(&inner.body, |stmt| {
        rebinds = rebinds
            || matches!(&stmt.kind, StmtKind::Function(f) if f.rebinds.iter().any(|n| inner.captures.contains(n)));
    });
    let is_value = |e: &Expr| matches!(&e.kind, ExprKind::FunctionRef(name) if *name == inner.name);
    let used_as_value = any_expr_in(&outer.body, is_value);
    let extra = needed(inner, siblings);
    let own = inner.params.iter().map(|p| &p.name).chain(inner.locals.iter().map(|l| &l.name));
    let clashes = own.into_iter().any(|name| extra.contains(name));
    !rebinds && !clashes && (!used_as_value || extra.is_empty())
}

/// The variables of the function around it that a nested function needs, in order of name.
fn needed(inner: &Function, siblings: &[Function]) -> BTreeSet<String> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut open = vec![inner];
    let mut needed = BTreeSet::new();
    while let Some(function) = open.pop() {
        if !known.insert(function.name.clone()) {
            continue;
        }
        needed.extend(function.captures.iter().cloned());
        grammars::ir::visit::each_expr(&function.body, |e| {
            if let ExprKind::Call { function: name, .. } | ExprKind::FunctionRef(name) = &e.kind {
                open.extend(siblings.iter().filter(|s| s.name == *name));
            }
        });
    }
    needed
}

/// The variables of a function with their types.
fn types_in(function: &Function) -> BTreeMap<String, Type> {
    let params = function.params.iter().map(|p| (p.name.clone(), p.ty.clone()));
    let locals = function.locals.iter().map(|l| (l.name.clone(), l.ty.clone()));
    params.chain(locals).collect()
}

fn param(name: &str, ty: &Type) -> Param {
    let (name, ty) = (name.to_string(), ty.clone());
    Param { name, ty, default: None, kind: ParamKind::Normal, mutated: false, reassigned: false }
}

/// Sends calls to where the functions have moved.
fn redirect(body: &mut Block, moves: &BTreeMap<String, Lifted>) {
    map_exprs(body, |expr| match &mut expr.kind {
        ExprKind::Call { function, args } => {
            if let Some(target) = moves.get(function) {
                *function = target.name.clone();
                args.extend(target.extra.iter().map(|(name, ty)| Expr::local(name.clone(), ty.clone())));
            }
        }
        ExprKind::FunctionRef(name) => {
            if let Some(target) = moves.get(name) {
                *name = target.name.clone();
            }
        }
        _ => {}
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::python;
    use super::*;

    fn lifted(source: &str) -> String {
        format!("{source}\n{}", grammars::ir::text::print_module(&run(python(source))))
    }

    #[test]
    fn captured_variables_become_parameters() {
        insta::assert_snapshot!(lifted(
            "def count(xs: list[int], limit: int) -> int:\n    def above(x: int) -> bool:\n        return x > limit\n    def both(x: int, y: int) -> bool:\n        return above(x) and above(y)\n    total = 0\n    for x in xs:\n        if both(x, 2 * x):\n            total += 1\n    return total\n"
        ));
    }

    #[test]
    fn a_function_that_rebinds_stays() {
        insta::assert_snapshot!(lifted(
            "def count(xs: list[int]) -> int:\n    total = 0\n    def add(x: int) -> None:\n        nonlocal total\n        total += x\n    for x in xs:\n        add(x)\n    return total\n"
        ));
    }

    #[test]
    fn a_recursive_search_changes_what_it_is_given() {
        insta::assert_snapshot!(lifted(
            "def reach(edges: dict[int, list[int]], start: int) -> list[int]:\n    seen = []\n    def visit(node: int) -> None:\n        if node in seen:\n            return\n        seen.append(node)\n        for other in edges[node]:\n            visit(other)\n    visit(start)\n    return seen\n"
        ));
    }
}
