//! What one function does to objects: which it changes, which it makes reachable from which.

use super::graph::{Graph, Node, Summary};
use super::table::{Key, Table, method_key, nested_key};
use grammars::ir::names::names_assigned;
use grammars::ir::visit::{Visit, walk_expr};
use grammars::ir::{Block, Clause, Expr, ExprKind, Function, Pattern, Place, Stmt, StmtKind, Type};
use std::collections::{BTreeMap, BTreeSet};

/// Whether values of this type are, or hold, objects that can be changed through another name.
pub(crate) fn is_shared(ty: &Type) -> bool {
    match ty {
        Type::List(_)
        | Type::Dict(..)
        | Type::Set(_)
        | Type::Class(_)
        | Type::Function { .. }
        | Type::Array { .. } => true,
        Type::Optional(inner) | Type::Iter(inner) => is_shared(inner),
        // A generator of random numbers changes only in what it draws.
        Type::Library(_) => false,
        Type::Tuple(items) | Type::Union(items) => items.iter().any(is_shared),
        Type::Any => true,
        Type::None | Type::Bool | Type::Int | Type::Float | Type::Char | Type::Str => false,
    }
}

/// The walk through one top-level function, method or test, nested functions included.
pub(super) struct Walk<'t, 'm> {
    table: &'t Table<'m>,
    summaries: &'t BTreeMap<Key, Summary>,
    /// Some function that is used as a value changes its arguments.
    values_mutate: bool,
    pub(super) graph: Graph,
    /// By the key of the function that owns the variable, and its name.
    variables: BTreeMap<(Key, String), Node>,
    globals: BTreeMap<String, Node>,
    /// The function being walked and those around it, outermost first.
    scopes: Vec<(Key, Option<&'m Function>)>,
    /// Variables of the outermost function that a nested one captures.
    captured: BTreeSet<String>,
}

/// What stands for a function's result among its variables.
const RESULT: &str = "return";

impl<'t, 'm> Walk<'t, 'm> {
    /// Walks `function` under `key`.
    pub(super) fn function(
        table: &'t Table<'m>,
        summaries: &'t BTreeMap<Key, Summary>,
        values_mutate: bool,
        key: &str,
        function: &'m Function,
    ) -> (Self, Summary) {
        let mut walk = Walk::new(table, summaries, values_mutate, key, Some(function));
        let params: Vec<Node> = function.params.iter().map(|p| walk.variable(&p.name)).collect();
        let result = walk.variable(RESULT);
        walk.captured = captured_below(&function.body);
        walk.outermost(&function.body);
        let mut summary =
            Summary { graph: walk.graph.clone(), params, result, globals: walk.globals.clone() };
        summary.forget_changes_of_new_result();
        (walk, summary)
    }

    /// Walks the statements of a test; returns the globals that change.
    pub(super) fn test(
        table: &'t Table<'m>,
        summaries: &'t BTreeMap<Key, Summary>,
        body: &'m Block,
    ) -> BTreeSet<String> {
        let mut walk = Walk::new(table, summaries, true, "test", None);
        walk.captured = captured_below(body);
        walk.outermost(body);
        walk.changed_globals()
    }

    fn new(
        table: &'t Table<'m>,
        summaries: &'t BTreeMap<Key, Summary>,
        values_mutate: bool,
        key: &str,
        function: Option<&'m Function>,
    ) -> Self {
        Walk {
            table,
            summaries,
            values_mutate,
            graph: Graph::default(),
            variables: BTreeMap::new(),
            globals: BTreeMap::new(),
            scopes: vec![(key.to_string(), function)],
            captured: BTreeSet::new(),
        }
    }

    /// The globals that change, or whose contents change.
    pub(super) fn changed_globals(&self) -> BTreeSet<String> {
        let changed = self.globals.iter().filter(|(_, node)| self.graph.changes(**node));
        changed.map(|(name, _)| name.clone()).collect()
    }

    /// Whether the variable `name` of the nested function `key` changes.
    pub(super) fn changes(&self, key: &str, name: &str) -> bool {
        let node = self.variables.get(&(key.to_string(), name.to_string()));
        node.is_some_and(|node| self.graph.changes(*node))
    }

    /// Whether a variable that the nested function `function` takes from around it changes.
    pub(super) fn changes_captured(&self, key: &str, function: &Function) -> bool {
        let around = |name: &str| {
            let outer = std::iter::successors(key.rsplit_once("::"), |(outer, _)| outer.rsplit_once("::"));
            outer.map(|(outer, _)| outer).any(|outer| self.changes(outer, name))
        };
        function.captures.iter().any(|name| around(name))
    }

    /// Where the innermost scope's variable `name` lives: captured ones belong to a scope around it.
    fn owner(&self, name: &str) -> Key {
        let mut depth = self.scopes.len() - 1;
        while depth > 0 && self.scopes[depth].1.is_some_and(|f| f.captures.iter().any(|c| c == name)) {
            depth -= 1;
        }
        self.scopes[depth].0.clone()
    }

    fn variable(&mut self, name: &str) -> Node {
        let key = (self.owner(name), name.to_string());
        *self.variables.entry(key).or_insert_with(|| self.graph.node())
    }

    fn global(&mut self, name: &str) -> Node {
        *self.globals.entry(name.to_string()).or_insert_with(|| self.graph.node())
    }

    /// The statements of the outermost function. A plain assignment to a variable there starts a new
    /// object for it, because what came before cannot be seen through the name any more.
    fn outermost(&mut self, body: &'m Block) {
        for stmt in body {
            if let StmtKind::Assign { place, value } = &stmt.kind {
                let node = self.value(value);
                self.forget(place);
                self.assign(place, Some(value), node);
            } else {
                self.stmt(stmt);
            }
        }
    }

    fn forget(&mut self, place: &Place) {
        match place {
            Place::Variable { name, .. } if !self.captured.contains(name) => {
                let key = (self.owner(name), name.clone());
                let node = self.graph.node();
                self.variables.insert(key, node);
            }
            Place::Tuple(places) => places.iter().for_each(|p| self.forget(p)),
            _ => {}
        }
    }

    /// Walks an expression for its effects; its node, where its type is shared.
    pub(super) fn value(&mut self, expr: &'m Expr) -> Option<Node> {
        let shared = is_shared(&expr.ty);
        match &expr.kind {
            ExprKind::Local(name) => shared.then(|| self.variable(name)),
            ExprKind::Global(name) => {
                let global = self.global(name);
                shared.then_some(global)
            }
            ExprKind::ClassConstant { class, name } => {
                let global = self.global(&method_key(class, name));
                shared.then_some(global)
            }
            ExprKind::List(items) | ExprKind::Set(items) | ExprKind::Tuple(items) => {
                let inside = items.iter().collect();
                self.holding(inside)
            }
            ExprKind::Dict(pairs) => {
                let inside = pairs.iter().flat_map(|(k, v)| [k, v]).collect();
                self.holding(inside)
            }
            ExprKind::IfElse { condition, then, orelse } => {
                self.value(condition);
                let (a, b) = (self.value(then), self.value(orelse));
                self.same(a, b);
                a.or(b)
            }
            ExprKind::Index { base, index, .. } | ExprKind::Lookup { base, key: index } => {
                let base = self.value(base);
                self.value(index);
                self.inside(base, shared)
            }
            ExprKind::Field { object, .. } => {
                let object = self.value(object);
                self.inside(object, shared)
            }
            ExprKind::Slice { .. } | ExprKind::Binary { .. } => self.gathering(expr, shared),
            ExprKind::Convert { value, .. } => self.value(value).filter(|_| shared),
            ExprKind::Comprehension { element, clauses }
            | ExprKind::SetComprehension { element, clauses } => {
                self.clauses(clauses);
                self.holding(vec![element])
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                self.clauses(clauses);
                self.holding(vec![key, value])
            }
            ExprKind::Lambda { params, body } => self.lambda(params, body),
            ExprKind::Intrinsic { op, args } => self.intrinsic(op, args, shared),
            ExprKind::Call { .. }
            | ExprKind::CallMethod { .. }
            | ExprKind::CallStatic { .. }
            | ExprKind::New { .. }
            | ExprKind::FunctionRef(_)
            | ExprKind::CallValue { .. } => self.call(expr),
            _ => {
                walk_expr(self, expr);
                shared.then(|| self.graph.node())
            }
        }
    }

    /// A new object that holds `parts`.
    fn holding(&mut self, parts: Vec<&'m Expr>) -> Option<Node> {
        let node = self.graph.node();
        for part in parts {
            if let Some(part) = self.value(part) {
                self.put(node, part);
            }
        }
        Some(node)
    }

    /// A new object that holds what the children of `expr` hold.
    fn gathering(&mut self, expr: &'m Expr, shared: bool) -> Option<Node> {
        let mut children = Vec::new();
        grammars::ir::visit::each_child(expr, |child| children.push(child));
        let nodes: Vec<Node> = children.into_iter().filter_map(|child| self.value(child)).collect();
        shared.then(|| self.with_contents_of(&nodes))
    }

    /// A new object with the contents of `nodes`.
    pub(super) fn with_contents_of(&mut self, nodes: &[Node]) -> Node {
        let node = self.graph.node();
        for &other in nodes {
            self.same_contents(node, other);
        }
        node
    }

    /// Says that both hold the same objects.
    pub(super) fn same_contents(&mut self, a: Node, b: Node) {
        let (a, b) = (self.graph.content(a), self.graph.content(b));
        self.graph.unify(a, b);
    }

    /// Says that `container` holds `item`.
    pub(super) fn put(&mut self, container: Node, item: Node) {
        let content = self.graph.content(container);
        self.graph.unify(content, item);
    }

    fn same(&mut self, a: Option<Node>, b: Option<Node>) {
        if let (Some(a), Some(b)) = (a, b) {
            self.graph.unify(a, b);
        }
    }

    /// The content of `node`, where it is `wanted`.
    pub(super) fn inside(&mut self, node: Option<Node>, wanted: bool) -> Option<Node> {
        node.filter(|_| wanted).map(|node| self.graph.content(node))
    }

    fn clauses(&mut self, clauses: &'m [Clause]) {
        for clause in clauses {
            let iter = self.value(&clause.iter);
            let element = iter.map(|iter| self.graph.content(iter));
            self.bind(&clause.pattern, element);
            for condition in &clause.conditions {
                self.value(condition);
            }
        }
    }

    /// Binds a pattern to `node`.
    fn bind(&mut self, pattern: &Pattern, node: Option<Node>) {
        match pattern {
            Pattern::Name { name, ty } => {
                if is_shared(ty) {
                    let variable = self.variable(name);
                    self.same(Some(variable), node);
                }
            }
            Pattern::Tuple(parts) => {
                let part = node.map(|node| self.graph.content(node));
                parts.iter().for_each(|p| self.bind(p, part));
            }
        }
    }

    /// A function value: its content stands for all arguments and results.
    fn lambda(&mut self, params: &'m [(String, Type)], body: &'m Expr) -> Option<Node> {
        let node = self.graph.node();
        let content = self.graph.content(node);
        for (name, ty) in params {
            if is_shared(ty) {
                let variable = self.variable(name);
                self.graph.unify(variable, content);
            }
        }
        if let Some(result) = self.value(body) {
            self.graph.unify(content, result);
        }
        Some(node)
    }

    /// A call: the callee's summary is replayed; nested functions share the graph.
    fn call(&mut self, expr: &'m Expr) -> Option<Node> {
        if let ExprKind::CallValue { callee, args } = &expr.kind {
            return self.call_value(callee, args);
        }
        let (args, result) = self.arguments(expr);
        let scope = self.scopes.last().map(|(key, _)| key.clone()).unwrap_or_default();
        for target in self.table.targets(&scope, expr) {
            if self
                .scopes
                .iter()
                .any(|(key, _)| target.strip_prefix(key.as_str()).is_some_and(|r| r.starts_with("::")))
            {
                self.call_nested(&target, &args, result);
            } else {
                self.call_summary(&target, &args, result);
            }
        }
        Some(result)
    }

    /// The nodes of a call's arguments in the order of the callee's parameters, and of its result.
    fn arguments(&mut self, expr: &'m Expr) -> (Vec<Option<Node>>, Node) {
        let result = self.graph.node();
        let args = match &expr.kind {
            ExprKind::Call { args, .. } | ExprKind::CallStatic { args, .. } => self.values(args),
            ExprKind::CallMethod { object, args, .. } => {
                let object = self.value(object);
                [object].into_iter().chain(self.values(args)).collect()
            }
            ExprKind::New { args, .. } => {
                let args = self.values(args);
                if self.table.targets("", expr).is_empty() {
                    args.iter().flatten().for_each(|&arg| self.put(result, arg));
                }
                [Some(result)].into_iter().chain(args).collect()
            }
            ExprKind::FunctionRef(_) => {
                let content = self.graph.content(result);
                vec![Some(content); 16]
            }
            _ => Vec::new(),
        };
        (args, result)
    }

    fn values(&mut self, exprs: &'m [Expr]) -> Vec<Option<Node>> {
        exprs.iter().map(|e| self.value(e)).collect()
    }

    fn call_nested(&mut self, target: &str, args: &[Option<Node>], result: Node) {
        let Some(function) = self.table.functions.get(target) else { return };
        let names = function.params.iter().map(|p| p.name.as_str()).zip(args.iter().copied());
        for (name, node) in names.chain([(RESULT, Some(result))]) {
            let key = (target.to_string(), name.to_string());
            let variable = *self.variables.entry(key).or_insert_with(|| self.graph.node());
            self.same(Some(variable), node);
        }
    }

    fn call_summary(&mut self, target: &str, args: &[Option<Node>], result: Node) {
        let summaries = self.summaries;
        let Some(summary) = summaries.get(target) else { return };
        let mut pairs: Vec<(Node, Node)> =
            summary.params.iter().zip(args).filter_map(|(own, arg)| arg.map(|arg| (*own, arg))).collect();
        pairs.push((summary.result, result));
        for (name, own) in &summary.globals {
            let theirs = self.global(name);
            pairs.push((*own, theirs));
        }
        summary.replay(&mut self.graph, pairs);
    }

    /// A call of a function value: arguments and result are what the value holds.
    fn call_value(&mut self, callee: &'m Expr, args: &'m [Expr]) -> Option<Node> {
        let callee = self.value(callee)?;
        let content = self.graph.content(callee);
        for arg in self.values(args).into_iter().flatten() {
            self.graph.unify(content, arg);
            if self.values_mutate {
                self.graph.mark(arg);
            }
        }
        Some(content)
    }

    /// Stores `node`, the value of `value` where that is known, in `place`.
    fn assign(&mut self, place: &'m Place, value: Option<&'m Expr>, node: Option<Node>) {
        match place {
            Place::Variable { name, ty } => {
                if self.is_global(name) {
                    let global = self.global(name);
                    self.graph.mark(global);
                    self.same(Some(global), node);
                } else if is_shared(ty) {
                    let variable = self.variable(name);
                    self.same(Some(variable), node);
                }
            }
            Place::Item { base, index, .. } => {
                self.value(index);
                self.store(base, node);
            }
            Place::Field { object, .. } => self.store(object, node),
            Place::Slice { base, start, stop } => {
                for bound in [start, stop].into_iter().flatten() {
                    self.value(bound);
                }
                let inside = node.map(|node| self.graph.content(node));
                self.store(base, inside);
            }
            Place::Part(selection) => {
                if let ExprKind::Intrinsic { args, .. } = &selection.kind
                    && let Some((array, subscripts)) = args.split_first()
                {
                    self.values(subscripts);
                    self.store(array, None);
                }
            }
            Place::Tuple(places) => self.assign_parts(places, value, node),
        }
    }

    fn assign_parts(&mut self, places: &'m [Place], value: Option<&'m Expr>, node: Option<Node>) {
        let part = node.map(|node| self.graph.content(node));
        let literal = match value.map(|v| &v.kind) {
            Some(ExprKind::Tuple(items)) if items.len() == places.len() => Some(items),
            _ => None,
        };
        for (i, place) in places.iter().enumerate() {
            match literal.map(|items| &items[i]) {
                Some(item) if !is_shared(&item.ty) => self.assign(place, Some(item), None),
                _ => self.assign(place, None, part),
            }
        }
    }

    /// Changes `container`, which from now on holds `item`.
    fn store(&mut self, container: &'m Expr, item: Option<Node>) {
        let Some(container) = self.value(container) else { return };
        self.graph.mark(container);
        if let Some(item) = item {
            self.put(container, item);
        }
    }

    fn is_global(&self, name: &str) -> bool {
        let local =
            |f: &Function| f.locals.iter().any(|l| l.name == name) || f.params.iter().any(|p| p.name == name);
        let known = self.scopes.iter().any(|(_, f)| f.is_some_and(local));
        !known && self.table.module.constants().any(|c| c.name == name)
    }

    /// `place op= value`: an object in `place` changes itself.
    fn augmented(&mut self, place: &'m Place, value: &'m Expr) {
        let value = self.value(value);
        let target = match place {
            Place::Variable { name, .. } if self.is_global(name) => {
                let global = self.global(name);
                self.graph.mark(global);
                Some(global)
            }
            Place::Variable { name, ty } => is_shared(ty).then(|| self.variable(name)),
            Place::Item { .. }
            | Place::Field { .. }
            | Place::Slice { .. }
            | Place::Part(_)
            | Place::Tuple(_) => {
                self.assign(place, None, None);
                self.held(place)
            }
        };
        if let Some(target) = target.filter(|_| is_shared(&place.ty())) {
            self.graph.mark(target);
            if let Some(value) = value {
                self.same_contents(target, value);
            }
        }
    }

    /// What an item or field holds.
    fn held(&mut self, place: &'m Place) -> Option<Node> {
        match place {
            Place::Item { base, .. } | Place::Field { object: base, .. } => {
                let base = self.value(base);
                self.inside(base, true)
            }
            _ => None,
        }
    }
}

impl<'m> Visit<'m> for Walk<'_, 'm> {
    fn expr(&mut self, expr: &'m Expr) {
        self.value(expr);
    }

    fn stmt(&mut self, stmt: &'m Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place, value } => {
                let node = self.value(value);
                self.assign(place, Some(value), node);
            }
            StmtKind::AugAssign { place, value, .. } => self.augmented(place, value),
            StmtKind::Return(Some(value)) => {
                let node = self.value(value).filter(|_| is_shared(&value.ty));
                let result = self.variable(RESULT);
                self.same(Some(result), node);
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                let iter = self.value(iter);
                let element = iter.map(|iter| self.graph.content(iter));
                self.bind(pattern, element);
                self.block(body);
                self.block(orelse);
            }
            _ => grammars::ir::visit::walk_stmt(self, stmt),
        }
    }

    fn function(&mut self, function: &'m Function) {
        let outer = self.scopes.last().map(|(key, _)| key.clone()).unwrap_or_default();
        self.scopes.push((nested_key(&outer, &function.name), Some(function)));
        self.block(&function.body);
        self.scopes.pop();
    }
}

/// The variables that nested functions below capture or rebind.
fn captured_below(body: &Block) -> BTreeSet<String> {
    struct Captured(BTreeSet<String>);
    impl<'a> Visit<'a> for Captured {
        fn expr(&mut self, expr: &'a Expr) {
            if let ExprKind::Lambda { body, .. } = &expr.kind {
                self.0.extend(grammars::ir::names::free_names(body));
            }
            walk_expr(self, expr);
        }
        fn function(&mut self, function: &'a Function) {
            self.0.extend(function.captures.iter().chain(&function.rebinds).cloned());
            self.block(&function.body);
        }
    }
    let mut captured = Captured(BTreeSet::new());
    captured.block(body);
    captured.0
}

/// The parameters of `function` that it rebinds.
pub(super) fn reassigned(function: &Function) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = names_assigned(&function.body).into_iter().collect();
    for param in &function.params {
        if matches!(param.ty, Type::Array { .. }) && !gets_another(&function.body, &param.name) {
            names.remove(&param.name);
        }
    }
    names
}

/// Whether the variable gets another array: `a += b` changes the one that it has.
fn gets_another(body: &Block, name: &str) -> bool {
    struct Another<'n>(&'n str, bool);
    impl<'a> Visit<'a> for Another<'_> {
        fn expr(&mut self, _expr: &'a Expr) {}
        fn stmt(&mut self, stmt: &'a Stmt) {
            if !matches!(stmt.kind, StmtKind::AugAssign { .. }) {
                grammars::ir::visit::walk_stmt(self, stmt);
            }
        }
        fn place(&mut self, place: &'a Place) {
            match place {
                Place::Variable { name, .. } => self.1 |= name == self.0,
                Place::Tuple(places) => places.iter().for_each(|p| self.place(p)),
                _ => {}
            }
        }
        fn pattern(&mut self, pattern: &'a Pattern) {
            self.1 |= pattern.names().iter().any(|(name, _)| *name == self.0);
        }
    }
    let mut another = Another(name, false);
    another.block(body);
    another.1
}
