//! Functions of Python's library that are said in Python.
//!
//! What no target has a word for (`itertools.groupby`, `str.partition`) is written once, in
//! `library.py`. A program that uses it gets the function, like one of its own; what is one expression
//! is put in place of the call where that evaluates nothing twice.

mod inline;
mod rewrite;
mod table;

use crate::Span;
use crate::surface::names::used;
use crate::surface::visit::{Visit, VisitMut, walk_expr, walk_expr_mut, walk_stmt, walk_stmt_mut};
use crate::surface::{Expr, ExprKind, Function, Module, Stmt, StmtKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use table::{CHAINED_MAPS, Entry, TABLE};

/// Whether calls of one function share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// One function for all calls.
    Shared,
    /// One for each call: they may have different types.
    Apart,
}

/// All functions of `library.py`, by name.
static FUNCTIONS: LazyLock<BTreeMap<String, Function>> = LazyLock::new(|| {
    let module = super::parse("library", include_str!("library.py"));
    let body = module.map(|m| m.body).unwrap_or_default();
    let functions = body.into_iter().filter_map(|stmt| match stmt.kind {
        StmtKind::Function(f) => Some((f.name.clone(), *f)),
        _ => None,
    });
    functions.collect()
});

/// The module with the functions that it needs; `None` where it needs none.
pub fn link(module: &Module, sharing: Sharing) -> Option<Module> {
    let mut taken = Taken::default();
    module.body.iter().for_each(|s| taken.stmt(s));
    module.tests.iter().flat_map(|t| &t.body).for_each(|s| taken.stmt(s));
    if !taken.candidates {
        return None;
    }
    let tables = taken.tables();
    let mut linked = module.clone();
    let mut linker = Linker { taken: &taken, tables, sharing, names: BTreeMap::new(), added: Vec::new() };
    linked.body.iter_mut().for_each(|s| linker.stmt(s));
    linked.tests.iter_mut().flat_map(|t| &mut t.body).for_each(|s| linker.stmt(s));
    let added = linker.added;
    linked.body.extend(added);
    (linked != *module).then_some(linked)
}

/// The names and methods that a module has.
#[derive(Default)]
struct Taken {
    names: BTreeSet<String>,
    methods: BTreeSet<String>,
    /// Some call may have an equivalent.
    candidates: bool,
    /// It has something to do with counters.
    counters: bool,
    /// How often each name is used, and how often as the table of `translate`.
    uses: BTreeMap<String, usize>,
    table_uses: BTreeMap<String, usize>,
    /// How often each name is assigned a table.
    table_stores: BTreeMap<String, usize>,
}

impl Taken {
    /// Variables that hold nothing but tables for `translate`.
    fn tables(&self) -> BTreeSet<String> {
        let count = |counts: &BTreeMap<String, usize>, name: &str| counts.get(name).copied().unwrap_or(0);
        let only = |name: &&String| {
            count(&self.uses, name) == count(&self.table_uses, name) + count(&self.table_stores, name)
        };
        self.table_stores.keys().filter(only).cloned().collect()
    }
}

impl Visit for Taken {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Function(f) => {
                self.names.insert(f.name.clone());
                self.names.extend(f.params.iter().map(|p| p.name.clone()));
            }
            StmtKind::Class(c) => {
                self.names.insert(c.name.clone());
                let methods = c.body.iter().filter_map(|s| match &s.kind {
                    StmtKind::Function(f) => Some(f.name.clone()),
                    _ => None,
                });
                self.methods.extend(methods);
            }
            StmtKind::Assign { targets, value } => {
                if let ([Expr { kind: ExprKind::Name(name), .. }], Some(_)) =
                    (targets.as_slice(), made_table(value))
                {
                    *self.table_stores.entry(name.clone()).or_default() += 1;
                }
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Library(path) => {
                self.counters |= path == "collections.Counter";
                self.candidates |= rewrite::unbound_method(path).is_some() || rewrite::is_rewritten(path);
            }
            ExprKind::Name(name) => {
                self.names.insert(name.clone());
                *self.uses.entry(name.clone()).or_default() += 1;
            }
            ExprKind::Call { callee, args, .. } => {
                self.candidates |= may_be_replaced(callee);
                if let (ExprKind::Attribute { name, .. }, [Expr { kind: ExprKind::Name(table), .. }]) =
                    (&callee.kind, args.as_slice())
                    && name == "translate"
                {
                    *self.table_uses.entry(table.clone()).or_default() += 1;
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// Whether a call of this has an equivalent for some arguments.
fn may_be_replaced(callee: &Expr) -> bool {
    match &callee.kind {
        ExprKind::Library(path) => {
            matches!(path.as_str(), "functools.cmp_to_key" | "collections.ChainMap")
                || TABLE.iter().any(|entry| entry.path == path)
        }
        ExprKind::Attribute { name, .. } => {
            let is_method = |entry: &Entry| entry.path.strip_prefix('.') == Some(name);
            name == "translate" || name == "update" || TABLE.iter().any(is_method)
        }
        _ => false,
    }
}

/// The arguments of `str.maketrans`.
fn made_table(e: &Expr) -> Option<&[Expr]> {
    let ExprKind::Call { callee, args, keywords } = &e.kind else { return None };
    let plain = makes_table(callee) && keywords.is_empty() && args.len() == 2;
    plain.then_some(args.as_slice())
}

/// `str.maketrans`, also of a text.
fn makes_table(callee: &Expr) -> bool {
    match &callee.kind {
        ExprKind::Library(path) => path == "builtins.str.maketrans",
        ExprKind::Attribute { name, .. } => name == "maketrans",
        _ => false,
    }
}

/// Puts equivalents in place of calls.
struct Linker<'t> {
    taken: &'t Taken,
    /// Variables that hold tables for `translate`.
    tables: BTreeSet<String>,
    sharing: Sharing,
    /// Functions that were added, and their names in the module.
    names: BTreeMap<String, String>,
    added: Vec<Stmt>,
}

impl VisitMut for Linker<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::Assign { targets, value } = &mut stmt.kind
            && let ([Expr { kind: ExprKind::Name(name), .. }], Some(args)) =
                (targets.as_slice(), made_table(value))
            && self.tables.contains(name)
        {
            let args = args.to_vec();
            self.replace(value, "table_of", args);
        }
        walk_stmt_mut(self, stmt);
    }

    fn expr(&mut self, expr: &mut Expr) {
        rewrite::bind_method(expr);
        rewrite::function_of_operator(expr);
        rewrite::formatted(expr);
        self.drop_copy(expr);
        match self.equivalent(expr) {
            Some((helper, mut args)) => {
                args.iter_mut().for_each(|arg| self.expr(arg));
                self.replace(expr, helper, args);
            }
            None => walk_expr_mut(self, expr),
        }
    }
}

impl Linker<'_> {
    /// Puts the function's value, or a call of it, in place of the expression.
    fn replace(&mut self, expr: &mut Expr, helper: &'static str, args: Vec<Expr>) {
        let span = expr.span;
        let Some(function) = FUNCTIONS.get(helper) else { return };
        expr.kind = if inline::is_inlined(function, &args) {
            let function = self.placed(function, span);
            inline::inlined(&function, &args, span)
        } else {
            let name = self.add(helper, span);
            let callee = Box::new(Expr { kind: ExprKind::Name(name), span });
            ExprKind::Call { callee, args, keywords: Vec::new() }
        };
    }

    /// A function with the names that others of `library.py` have in the module.
    fn placed(&mut self, function: &Function, span: Span) -> Function {
        let others = used(&function.body).into_iter().filter(|n| FUNCTIONS.contains_key(n));
        let others: Vec<String> = others.filter(|n| *n != function.name).collect();
        let renamed = others.into_iter().map(|other| {
            let name = self.add(&other, span);
            (other, name)
        });
        let renamed: BTreeMap<String, String> = renamed.collect();
        let mut function = function.clone();
        function.span = span;
        function.body.iter_mut().for_each(|s| Placed { span, renamed: &renamed }.stmt(s));
        function
    }

    /// `list(groupby(items))` is the list that the equivalent gives.
    fn drop_copy(&self, expr: &mut Expr) {
        let ExprKind::Call { callee, args, keywords } = &mut expr.kind else { return };
        let ([arg], ExprKind::Library(path)) = (args.as_mut_slice(), &callee.kind) else { return };
        if path != "builtins.list" || !keywords.is_empty() || self.equivalent(arg).is_none() {
            return;
        }
        let gives_list = matches!(&arg.kind, ExprKind::Call { callee, .. }
            if matches!(&callee.kind, ExprKind::Library(path) if path.starts_with("itertools.") || path == "heapq.merge"));
        if gives_list {
            *expr = arg.clone();
        }
    }

    /// The function and arguments that mean the same as the call.
    fn equivalent(&self, expr: &Expr) -> Option<(&'static str, Vec<Expr>)> {
        if let Some(found) = rewrite::counted(expr) {
            return Some(found);
        }
        let ExprKind::Call { callee, args, keywords } = &expr.kind else { return None };
        match &callee.kind {
            ExprKind::Library(path) => {
                if let Some(found) = chained_maps(path, args).or_else(|| compared(path, args, keywords)) {
                    return Some(found);
                }
                find(path, None, args, keywords)
            }
            ExprKind::Attribute { value, name } if !self.taken.methods.contains(name) => {
                if let Some(found) =
                    self.translation(value, name, args).or_else(|| self.stored(value, name, args))
                {
                    return Some(found);
                }
                find(&format!(".{name}"), Some(value), args, keywords)
            }
            _ => None,
        }
    }

    /// `text.translate(str.maketrans(a, b))`, and making and using a table that is kept.
    fn translation(&self, value: &Expr, name: &str, args: &[Expr]) -> Option<(&'static str, Vec<Expr>)> {
        let [table] = args else { return None };
        if name != "translate" {
            return None;
        }
        if let Some([letters, replacements]) = made_table(table) {
            return Some(("letters_replaced", vec![value.clone(), letters.clone(), replacements.clone()]));
        }
        if let Some(letters) = deletion(table) {
            return Some(("without_letters", vec![value.clone(), letters.clone()]));
        }
        let kept = matches!(&table.kind, ExprKind::Name(name) if self.tables.contains(name));
        kept.then(|| ("by_table", vec![value.clone(), table.clone()]))
    }

    /// `entries.update(zip(keys, values))` of a dict. What is a set here is refused when types are known;
    /// a counter would count the pairs.
    fn stored(&self, value: &Expr, name: &str, args: &[Expr]) -> Option<(&'static str, Vec<Expr>)> {
        let [pairs] = args else { return None };
        let ExprKind::Call { callee, args: sources, keywords } = &pairs.kind else { return None };
        let zipped = matches!(&callee.kind, ExprKind::Library(path) if path == "builtins.zip");
        let of_two = matches!(sources.as_slice(), [a, b] if [a, b].iter().all(|e| !matches!(e.kind, ExprKind::Star(_))));
        let plain = zipped && of_two && keywords.is_empty() && !self.taken.counters;
        (name == "update" && plain).then(|| ("put_entries", vec![value.clone(), pairs.clone()]))
    }

    /// The name under which the module has the function.
    fn add(&mut self, helper: &str, span: Span) -> String {
        if let Some(name) = self.names.get(helper).filter(|_| self.sharing == Sharing::Shared) {
            return name.clone();
        }
        let Some(function) = FUNCTIONS.get(helper) else { return helper.to_owned() };
        let mut placed = self.placed(function, span);
        let name = self.unused_name(helper);
        self.names.insert(helper.to_owned(), name.clone());
        placed.name.clone_from(&name);
        self.added.push(Stmt { kind: StmtKind::Function(Box::new(placed)), span });
        name
    }

    fn unused_name(&self, wish: &str) -> String {
        let is_used =
            |name: &str| self.taken.names.contains(name) || self.added.iter().any(|s| defines(s, name));
        let mut number = 2;
        let mut name = wish.to_owned();
        while is_used(&name) {
            name = format!("{wish}_{number}");
            number += 1;
        }
        name
    }
}

fn defines(stmt: &Stmt, name: &str) -> bool {
    matches!(&stmt.kind, StmtKind::Function(f) if f.name == name)
}

/// The entry of the table for a call.
fn find(
    path: &str,
    receiver: Option<&Expr>,
    args: &[Expr],
    keywords: &[(String, Expr)],
) -> Option<(&'static str, Vec<Expr>)> {
    TABLE.iter().filter(|entry| entry.path == path).find_map(|entry| {
        let given = arguments(entry, args, keywords)?;
        let all: Vec<&Expr> = receiver.into_iter().chain(given).collect();
        // What the last arguments say by being written out is in the choice of the function.
        let taken = FUNCTIONS.get(entry.helper).map_or(all.len(), |function| function.params.len());
        (entry.fits)(&all).then(|| (entry.helper, all.into_iter().take(taken).cloned().collect()))
    })
}

/// The arguments in the order of the entry's parameters, if just those are given.
fn arguments<'e>(entry: &Entry, args: &'e [Expr], keywords: &'e [(String, Expr)]) -> Option<Vec<&'e Expr>> {
    if let ([Expr { kind: ExprKind::Star(inner), .. }], true) = (args, entry.spread && keywords.is_empty()) {
        return Some(vec![inner]);
    }
    let starred = args.iter().any(|a| matches!(a.kind, ExprKind::Star(_)));
    if starred || entry.spread || args.len() + keywords.len() != entry.params.len() {
        return None;
    }
    let given = entry.params.iter().enumerate().map(|(at, param)| match param.strip_prefix('=') {
        Some(name) => named(keywords, name),
        None => args.get(at).or_else(|| named(keywords, param)),
    });
    given.collect()
}

fn named<'e>(keywords: &'e [(String, Expr)], wanted: &str) -> Option<&'e Expr> {
    keywords.iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
}

/// `dict(ChainMap(a, b))`.
fn chained_maps(path: &str, args: &[Expr]) -> Option<(&'static str, Vec<Expr>)> {
    let [Expr { kind: ExprKind::Call { callee, args: maps, keywords }, .. }] = args else { return None };
    let is_chain = matches!(&callee.kind, ExprKind::Library(path) if path == "collections.ChainMap");
    let starred = maps.iter().any(|map| matches!(map.kind, ExprKind::Star(_)));
    if path != "builtins.dict" || !is_chain || !keywords.is_empty() || starred {
        return None;
    }
    let (_, helper) = CHAINED_MAPS.iter().find(|(count, _)| *count == maps.len())?;
    Some((helper, maps.clone()))
}

/// `sorted(items, key=cmp_to_key(compare))`.
fn compared(path: &str, args: &[Expr], keywords: &[(String, Expr)]) -> Option<(&'static str, Vec<Expr>)> {
    let ([items], [(name, key)]) = (args, keywords) else { return None };
    let ExprKind::Call { callee, args, .. } = &key.kind else { return None };
    let is_comparison = matches!(&callee.kind, ExprKind::Library(path) if path == "functools.cmp_to_key");
    match args.as_slice() {
        [compare] if path == "builtins.sorted" && name == "key" && is_comparison => {
            Some(("sorted_by_comparison", vec![items.clone(), compare.clone()]))
        }
        _ => None,
    }
}

/// The letters of `str.maketrans('', '', letters)`.
fn deletion(table: &Expr) -> Option<&Expr> {
    let ExprKind::Call { callee, args, .. } = &table.kind else { return None };
    let empty = |e: &Expr| matches!(&e.kind, ExprKind::Str(text) if text.is_empty());
    match args.as_slice() {
        [from, to, letters] if makes_table(callee) && empty(from) && empty(to) => Some(letters),
        _ => None,
    }
}

/// Gives a function of `library.py` its names and its place in the module.
struct Placed<'r> {
    span: Span,
    renamed: &'r BTreeMap<String, String>,
}

impl VisitMut for Placed<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        stmt.span = self.span;
        walk_stmt_mut(self, stmt);
    }

    fn expr(&mut self, expr: &mut Expr) {
        expr.span = self.span;
        if let ExprKind::Name(name) = &mut expr.kind
            && let Some(new) = self.renamed.get(name)
        {
            name.clone_from(new);
        }
        walk_expr_mut(self, expr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::parse;

    fn linked(source: &str) -> Module {
        link(&parse("sample", source).expect("a module"), Sharing::Shared).expect("something to link")
    }

    fn names(module: &Module) -> Vec<&str> {
        module
            .body
            .iter()
            .filter_map(|s| match &s.kind {
                StmtKind::Function(f) => Some(f.name.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn every_entry_has_its_function() {
        for entry in TABLE {
            let function = FUNCTIONS.get(entry.helper).unwrap_or_else(|| panic!("{}", entry.helper));
            let receiver = usize::from(entry.path.starts_with('.'));
            let written_out = ["pop_first_entry", "items_behind", "items_from"].contains(&entry.helper);
            let given = entry.params.len() + receiver - usize::from(written_out);
            assert_eq!(function.params.len(), given, "{}", entry.helper);
        }
    }

    #[test]
    fn what_is_given_by_name_only_is_no_further_item() {
        let both = "from itertools import product, zip_longest\n";
        for call in ["product(a, b)", "zip_longest(a, b, c)"] {
            let module = parse("sample", &format!("{both}def f(a, b, c):\n    return {call}\n"));
            assert!(link(&module.expect("a module"), Sharing::Shared).is_none(), "{call}");
        }
        for call in ["product(a, repeat=b)", "zip_longest(a, b, fillvalue=c)"] {
            assert_eq!(names(&linked(&format!("{both}def f(a, b, c):\n    return {call}\n"))).len(), 2);
        }
    }

    #[test]
    fn arguments_keep_their_order() {
        let source = "def f(s, g):\n    return s.find(g(0), 0, g(1))\n";
        assert_eq!(names(&linked(source)), ["f", "find_between"]);
        assert_eq!(names(&linked("def f(s, p):\n    return s.find(p, 0, 3)\n")), ["f"]);
    }

    #[test]
    fn separators_that_may_be_empty_are_looked_at() {
        assert_eq!(names(&linked("def f(s):\n    return s.partition('-')\n")), ["f", "partition"]);
        let found = linked("def f(s, p):\n    return s.partition(p)\n");
        assert_eq!(names(&found), ["f", "partition", "partition_by"]);
    }

    #[test]
    fn functions_are_added_once_and_under_free_names() {
        let source = "from itertools import groupby\ndef adjacent_groups(x):\n    return x\n\
                      def f(s):\n    return [k for k, g in groupby(s)] + [len(g) for k, g in groupby(s)]\n";
        assert_eq!(names(&linked(source)), ["adjacent_groups", "f", "adjacent_groups_2"]);
    }

    #[test]
    fn what_a_function_uses_comes_along() {
        let source = "import heapq\ndef f(a, b, c):\n    return list(heapq.merge(a, b, c))\n";
        assert_eq!(names(&linked(source)), ["f", "merged"]);
    }

    #[test]
    fn methods_of_the_program_stay() {
        let source =
            "class A:\n    def partition(self, n):\n        return n\ndef f(a):\n    return a.partition(2)\n";
        assert!(link(&parse("sample", source).expect("a module"), Sharing::Shared).is_none());
    }

    #[test]
    fn one_expression_stands_in_place() {
        assert_eq!(names(&linked("def f(s, p):\n    return s.removeprefix(p)\n")), ["f"]);
        assert_eq!(
            names(&linked("def f(s, g):\n    return g(s).removeprefix(s)\n")),
            ["f", "without_prefix"]
        );
    }

    #[test]
    fn methods_of_classes_and_functions_of_operators_become_lambdas() {
        let lambda = |source: &str| {
            let module = linked(source);
            let text = format!("{:?}", module.body);
            text.matches("Lambda").count()
        };
        assert_eq!(lambda("def f(xs):\n    return list(map(str.upper, xs))\n"), 1);
        let getters = "from operator import attrgetter, itemgetter\n\
                       def f(xs):\n    return sorted(xs, key=itemgetter(1, 0)), sorted(xs, key=attrgetter('a'))\n";
        assert_eq!(lambda(getters), 2);
    }

    #[test]
    fn counters_are_subtracted_by_a_function() {
        let source = "from collections import Counter\ndef f(a, b):\n    return Counter(a) - Counter(b)\n";
        assert_eq!(names(&linked(source)), ["f", "counts_beyond"]);
    }
}
