//! What functions do besides returning a value: fills `Function::effects`, `Param::mutated`,
//! `Param::reassigned` and `Constant::mutated`.
//!
//! ```text
//! def push_all(target, items):       target: mutated, items: not
//!     for item in items:
//!         target.append(item)        effects: not pure, not recursive
//! ```
//!
//! An object counts as changed when it can be changed through any name: aliases are found by
//! unification (`graph`), calls replay the callee's summary, all to a fixpoint over the call graph.
//! Too much may be called mutated, never too little.

mod alias;
mod facts;
mod graph;
mod intrinsics;
mod table;

pub(crate) use alias::is_shared;
pub(crate) use intrinsics::changes_first;

use alias::Walk;
use facts::Facts;
use grammars::ir::visit::{VisitMut, walk_function_mut};
use grammars::ir::{Effects, ExceptionKind, Expr, Function, Item, Module};
use graph::Summary;
use std::collections::{BTreeMap, BTreeSet};
use table::{Key, Table, method_key, nested_key};

/// Fills in what the module's functions do.
pub fn run(mut module: Module) -> Module {
    let results = Analysis::new(&Table::new(&module)).finish();
    for item in &mut module.items {
        match item {
            Item::Function(function) => results.apply(function.name.clone(), function),
            Item::Class(class) => {
                let own = class.constructor.iter_mut().chain(&mut class.methods).chain(&mut class.statics);
                own.for_each(|f| results.apply(method_key(&class.name, &f.name), f));
                for constant in &mut class.constants {
                    constant.mutated =
                        results.changed_globals.contains(&method_key(&class.name, &constant.name));
                }
            }
            Item::Constant(constant) => constant.mutated = results.changed_globals.contains(&constant.name),
            Item::Comment(_) => {}
        }
    }
    module
}

/// What was found, by function.
struct Results {
    effects: BTreeMap<Key, Effects>,
    /// Parameters whose argument changes.
    mutated: BTreeMap<Key, BTreeSet<String>>,
    changed_globals: BTreeSet<String>,
}

impl Results {
    /// Writes the results into `function` and the functions nested in it.
    fn apply(&self, key: Key, function: &mut Function) {
        struct Inner<'r>(&'r Results, Key);
        impl VisitMut for Inner<'_> {
            fn expr(&mut self, _expr: &mut Expr) {}
            fn function(&mut self, function: &mut Function) {
                self.0.apply(nested_key(&self.1, &function.name), function);
            }
        }
        walk_function_mut(&mut Inner(self, key.clone()), function);
        let reassigned = alias::reassigned(function);
        let mutated = self.mutated.get(&key);
        for param in &mut function.params {
            param.mutated = mutated.is_some_and(|m| m.contains(&param.name));
            param.reassigned = reassigned.contains(&param.name);
        }
        function.effects = self.effects.get(&key).cloned().unwrap_or_default();
    }
}

/// What a walk through the function around it found of a nested function.
struct Nested {
    key: Key,
    mutated: BTreeSet<String>,
    /// It rebinds or changes variables of those around it.
    reaches_out: bool,
}

/// The fixpoint.
struct Analysis<'t, 'm> {
    table: &'t Table<'m>,
    facts: BTreeMap<Key, Facts>,
    summaries: BTreeMap<Key, Summary>,
    mutated: BTreeMap<Key, BTreeSet<String>>,
    /// Globals that change, by function.
    changed: BTreeMap<Key, BTreeSet<String>>,
    /// Nested functions that rebind or change variables of those around them.
    reaching_out: BTreeSet<Key>,
    values_mutate: bool,
}

impl<'t, 'm> Analysis<'t, 'm> {
    fn new(table: &'t Table<'m>) -> Self {
        let facts =
            table.functions.iter().map(|(key, f)| (key.clone(), facts::facts(table, key, f))).collect();
        let mut analysis = Analysis {
            table,
            facts,
            summaries: BTreeMap::new(),
            mutated: BTreeMap::new(),
            changed: BTreeMap::new(),
            reaching_out: BTreeSet::new(),
            values_mutate: false,
        };
        while analysis.round() {}
        analysis
    }

    /// Walks every function once; whether anything new was learnt. Each round only adds to finite
    /// sets, so the rounds come to an end.
    fn round(&mut self) -> bool {
        let mut news = false;
        for (key, function) in self.table.functions.iter().filter(|(key, _)| !key.contains("::")) {
            let (walk, summary) =
                Walk::function(self.table, &self.summaries, self.values_mutate, key, function);
            let changed = walk.changed_globals();
            let mutated = function.params.iter().zip(&summary.params);
            let mutated = mutated.filter(|(_, node)| summary.graph.changes(**node));
            let mutated = mutated.map(|(param, _)| param.name.clone()).collect();
            let nested = self.nested(key, &walk);
            let old = self.summaries.get(key).map(Summary::fingerprint);
            news |= old != Some(summary.fingerprint()) || self.changed.get(key) != Some(&changed);
            self.note(nested);
            self.mutated.insert(key.clone(), mutated);
            self.changed.insert(key.clone(), changed);
            self.summaries.insert(key.clone(), summary);
        }
        let values_mutate =
            self.facts.values().flat_map(|f| &f.refers).any(|key| self.mutates_arguments(key));
        news |= values_mutate != self.values_mutate;
        self.values_mutate = values_mutate;
        news
    }

    /// What `walk`, through the function `key`, found of the functions nested in it.
    fn nested(&self, key: &str, walk: &Walk<'_, '_>) -> Vec<Nested> {
        let prefix = nested_key(key, "");
        let below = self
            .table
            .functions
            .range(prefix.clone()..)
            .take_while(|(nested, _)| nested.starts_with(&prefix));
        let found = below.map(|(nested, function)| Nested {
            key: nested.clone(),
            mutated: function
                .params
                .iter()
                .map(|p| p.name.clone())
                .filter(|name| walk.changes(nested, name))
                .collect(),
            reaches_out: !function.rebinds.is_empty() || walk.changes_captured(nested, function),
        });
        found.collect()
    }

    /// Notes what a walk found of nested functions.
    fn note(&mut self, nested: Vec<Nested>) {
        for Nested { key, mutated, reaches_out } in nested {
            if reaches_out {
                self.reaching_out.insert(key.clone());
            }
            self.mutated.insert(key, mutated);
        }
    }

    fn mutates_arguments(&self, key: &str) -> bool {
        self.mutated.get(key).is_some_and(|names| !names.is_empty())
    }

    fn finish(self) -> Results {
        let mut changed_globals: BTreeSet<String> = self.changed.values().flatten().cloned().collect();
        for test in &self.table.module.tests {
            changed_globals.extend(Walk::test(self.table, &self.summaries, &test.body));
        }
        let raises = self.raises();
        let keys = self.table.functions.keys();
        let effects = keys.map(|key| (key.clone(), self.effects(key, &changed_globals, &raises))).collect();
        Results { effects, mutated: self.mutated, changed_globals }
    }

    fn effects(
        &self,
        key: &str,
        changed_globals: &BTreeSet<String>,
        raises: &BTreeMap<Key, BTreeSet<ExceptionKind>>,
    ) -> Effects {
        let reached = self.reached(key);
        let all = || reached.iter().map(String::as_str).chain([key]);
        let facts = || all().filter_map(|k| self.facts.get(k));
        let prints = facts().any(|f| f.prints);
        let changes_globals = all().any(|k| self.changed.get(k).is_some_and(|names| !names.is_empty()));
        let reads_changing = facts().any(|f| !f.reads.is_disjoint(changed_globals));
        let own = nested_key(key, "");
        let reaches_out = all().any(|k| self.reaching_out.contains(k) && !k.starts_with(&own));
        Effects {
            pure: !prints
                && !changes_globals
                && !reads_changing
                && !reaches_out
                && !self.mutates_arguments(key),
            recursive: reached.contains(key),
            raises: raises.get(key).into_iter().flatten().cloned().collect(),
            prints,
            changes_globals,
        }
    }

    /// The functions that `key` can run, directly or through others; a call of a function value can
    /// run every function that is used as a value.
    fn reached(&self, key: &str) -> BTreeSet<Key> {
        let mut reached = BTreeSet::new();
        let mut open = vec![key.to_string()];
        while let Some(key) = open.pop() {
            let Some(facts) = self.facts.get(&key) else { continue };
            let values = self.facts.values().filter(|_| facts.calls_values).flat_map(|f| &f.refers);
            for called in facts.calls.iter().chain(values) {
                if reached.insert(called.clone()) {
                    open.push(called.clone());
                }
            }
        }
        reached
    }

    /// The exceptions that leave each function, to a fixpoint.
    fn raises(&self) -> BTreeMap<Key, BTreeSet<ExceptionKind>> {
        let mut known: BTreeMap<Key, BTreeSet<ExceptionKind>> = BTreeMap::new();
        loop {
            let next: BTreeMap<_, _> = self
                .table
                .functions
                .iter()
                .map(|(key, f)| (key.clone(), facts::raises(self.table, key, f, &known)))
                .collect();
            if next == known {
                return known;
            }
            known = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{function, int, ints, module};
    use super::*;
    use grammars::ir::{ExprKind, Intrinsic, Pattern, Stmt, StmtKind, Type};

    fn append(list: Expr, item: Expr) -> Stmt {
        Stmt::expr(Expr::intrinsic(Intrinsic::Append, vec![list, item], Type::None))
    }

    fn call(function: &str, args: Vec<Expr>) -> Expr {
        Expr::new(ExprKind::Call { function: function.into(), args }, Type::None)
    }

    fn mutated(module: &Module, name: &str) -> Vec<bool> {
        let function = module.function(name).expect("the function is in the module");
        function.params.iter().map(|p| p.mutated).collect()
    }

    fn rows(name: &str) -> Expr {
        Expr::local(name, Type::list(Type::list(Type::Int)))
    }

    #[test]
    fn a_change_through_a_callee_counts() {
        let list = Type::list(Type::Int);
        let push = function("push", &[("xs", list.clone())], Type::None, vec![append(ints("xs"), int("y"))]);
        let body = vec![Stmt::expr(call("push", vec![ints("b")]))];
        let outer = function("outer", &[("a", list.clone()), ("b", list)], Type::None, body);
        let module = run(module(vec![outer, push]));
        assert_eq!(mutated(&module, "outer"), [false, true]);
        assert!(!module.function("outer").unwrap().effects.pure);
    }

    #[test]
    fn gathering_rows_does_not_change_them_but_changing_a_row_does() {
        let grid = Type::list(Type::list(Type::Int));
        let row = Pattern::name("row", Type::list(Type::Int));
        let body = |last: Expr| {
            let new = Expr::new(ExprKind::List(vec![]), grid.clone());
            vec![
                Stmt::assign("kept", new),
                Stmt::for_each(row.clone(), rows("grid"), vec![append(rows("kept"), ints("row"))]),
                append(last, int("n")),
            ]
        };
        let first = Expr::index(rows("kept"), Expr::int(0), grammars::ir::IndexMode::Python);
        let gather = function("gather", &[("grid", grid.clone())], Type::None, body(ints("other")));
        let change = function("change", &[("grid", grid.clone())], Type::None, body(first));
        let module = run(module(vec![gather, change]));
        assert_eq!(mutated(&module, "gather"), [false]);
        assert_eq!(mutated(&module, "change"), [true]);
    }

    #[test]
    fn a_parameter_that_was_replaced_by_a_copy_is_not_changed() {
        let list = Type::list(Type::Int);
        let copy = Expr::intrinsic(Intrinsic::Copy, vec![ints("xs")], list.clone());
        let body = vec![Stmt::assign("xs", copy), append(ints("xs"), int("n"))];
        let module = run(module(vec![function("f", &[("xs", list)], Type::None, body)]));
        assert_eq!(mutated(&module, "f"), [false]);
        let f = module.function("f").unwrap();
        assert!(f.params[0].reassigned);
        assert!(f.effects.pure);
    }

    #[test]
    fn recursion_and_exceptions_travel_along_calls() {
        let raise = Stmt::new(StmtKind::Raise { kind: ExceptionKind::Value, message: None });
        let even = function("even", &[], Type::None, vec![Stmt::expr(call("odd", vec![])), raise]);
        let odd = function("odd", &[], Type::None, vec![Stmt::expr(call("even", vec![]))]);
        let caught = Stmt::new(StmtKind::Try {
            body: vec![Stmt::expr(call("odd", vec![]))],
            handlers: vec![grammars::ir::Handler {
                kinds: vec![ExceptionKind::Value],
                binding: None,
                body: vec![],
            }],
            orelse: vec![],
            finally: vec![],
        });
        let module = run(module(vec![even, odd, function("safe", &[], Type::None, vec![caught])]));
        let effects = |name| &module.function(name).unwrap().effects;
        assert!(effects("even").recursive && effects("odd").recursive && !effects("safe").recursive);
        assert_eq!(effects("odd").raises, [ExceptionKind::Value]);
        assert!(effects("safe").raises.is_empty());
    }
}
