//! Webs: which assignments and uses of a name belong to one variable.
//!
//! ```python
//! s = s.split()      # the parameter `s` ends here and another `s` begins
//! ```
//!
//! A use belongs together with every assignment that can reach it; assignments that share a use
//! are one web. Webs of one name that turn out to have one type become one variable again;
//! webs of different types get names of their own. Names that a nested function or lambda
//! captures are not split.

use super::key::Key;
use super::walk::{assigned_names, captured_names, children, target_names};
use grammars::surface::{Clause, Expr, ExprKind, Param, Stmt, StmtKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A web of the body that was analysed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Web(pub usize);

/// The webs of one body.
#[derive(Debug, Default)]
pub(super) struct Webs {
    /// For each web its name, in order of first appearance.
    pub names: Vec<String>,
    /// For each parameter its web.
    pub params: BTreeMap<String, Web>,
    /// Web at each `Name` expression (and each handler, walrus and nested function).
    at: HashMap<Key, Web>,
    /// Web whose old value an augmented assignment reads, by its target.
    read_by_update: HashMap<Key, Web>,
}

impl Webs {
    /// The web that the node reads or writes.
    pub fn at(&self, key: Key) -> Option<Web> {
        self.at.get(&key).copied()
    }

    /// The web whose value `target op= …` reads.
    pub fn read_by_update(&self, target: Key) -> Option<Web> {
        self.read_by_update.get(&target).copied()
    }

    /// Some web of this name.
    pub fn any_of(&self, name: &str) -> Option<Web> {
        self.names.iter().position(|n| n == name).map(Web)
    }
}

/// Finds the webs of a body with these parameters; `outer` are names declared `global` or
/// `nonlocal`, which are not variables of the body.
pub(super) fn webs(params: &[Param], outer: &[String], body: &[Stmt]) -> Webs {
    let mut finder = Finder::new(params, outer, body);
    finder.block(body);
    finder.finish(params)
}

/// Assignments that can reach a point, by name; `None` where the point cannot be reached.
type Reaching = Option<BTreeMap<String, BTreeSet<usize>>>;

fn merge(a: &mut Reaching, b: &Reaching) {
    match (a.as_mut(), b) {
        (_, None) => {}
        (None, Some(_)) => *a = b.clone(),
        (Some(a), Some(b)) => {
            for (name, defs) in b {
                a.entry(name.clone()).or_default().extend(defs);
            }
        }
    }
}

#[derive(Default)]
struct Loop {
    breaks: Reaching,
    continues: Reaching,
}

struct Finder {
    locals: BTreeSet<String>,
    /// Not split: captured by a nested function or lambda.
    whole: BTreeSet<String>,
    /// Names bound by enclosing comprehensions and lambdas.
    hidden: Vec<BTreeSet<String>>,
    state: Reaching,
    loops: Vec<Loop>,
    /// What can reach the handlers of enclosing `try` statements.
    guarded: Vec<Reaching>,
    parents: Vec<usize>,
    def_names: Vec<String>,
    def_at: HashMap<Key, usize>,
    def_for_param: BTreeMap<String, usize>,
    use_at: HashMap<Key, usize>,
    update_reads: HashMap<Key, usize>,
}

impl Finder {
    fn new(params: &[Param], outer: &[String], body: &[Stmt]) -> Finder {
        let mut locals = assigned_names(body);
        locals.extend(params.iter().map(|p| p.name.clone()));
        outer.iter().for_each(|name| {
            locals.remove(name);
        });
        let mut finder = Finder {
            whole: captured_names(body),
            locals,
            hidden: Vec::new(),
            state: Some(BTreeMap::new()),
            loops: Vec::new(),
            guarded: Vec::new(),
            parents: Vec::new(),
            def_names: Vec::new(),
            def_at: HashMap::new(),
            def_for_param: BTreeMap::new(),
            use_at: HashMap::new(),
            update_reads: HashMap::new(),
        };
        for param in params {
            let def = finder.new_def(&param.name);
            finder.def_for_param.insert(param.name.clone(), def);
            finder.reach(&param.name, def);
        }
        finder
    }

    fn finish(mut self, params: &[Param]) -> Webs {
        let mut webs = Webs::default();
        let mut numbers: BTreeMap<usize, Web> = BTreeMap::new();
        for def in 0..self.parents.len() {
            let root = self.find(def);
            numbers.entry(root).or_insert_with(|| {
                webs.names.push(self.def_names[def].clone());
                Web(webs.names.len() - 1)
            });
        }
        let parents = &mut self.parents;
        let mut web = |def: usize| numbers[&find_in(parents, def)];
        webs.params = params.iter().map(|p| (p.name.clone(), web(self.def_for_param[&p.name]))).collect();
        webs.at = self.def_at.iter().chain(&self.use_at).map(|(k, d)| (*k, web(*d))).collect();
        webs.read_by_update = self.update_reads.iter().map(|(k, d)| (*k, web(*d))).collect();
        webs
    }

    fn find(&mut self, def: usize) -> usize {
        find_in(&mut self.parents, def)
    }

    fn union(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.parents[a.max(b)] = a.min(b);
    }

    fn new_def(&mut self, name: &str) -> usize {
        let def = self.parents.len();
        self.parents.push(def);
        self.def_names.push(name.to_owned());
        if self.whole.contains(name)
            && let Some(first) = self.def_names.iter().position(|n| n == name)
        {
            self.union(first, def);
        }
        def
    }

    fn reach(&mut self, name: &str, def: usize) {
        if let Some(state) = &mut self.state {
            state.insert(name.to_owned(), BTreeSet::from([def]));
        }
        for guarded in &mut self.guarded {
            let state = guarded.get_or_insert_default();
            state.entry(name.to_owned()).or_default().insert(def);
        }
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.contains(name) && !self.hidden.iter().any(|names| names.contains(name))
    }

    fn define(&mut self, name: &str, key: Key) {
        if !self.is_local(name) {
            return;
        }
        let def = match self.def_at.get(&key) {
            Some(def) => *def,
            None => self.new_def(name),
        };
        self.def_at.insert(key, def);
        self.reach(name, def);
    }

    /// The web read at this point.
    fn read(&mut self, name: &str) -> Option<usize> {
        if !self.is_local(name) {
            return None;
        }
        let defs: Vec<usize> =
            self.state.as_ref().and_then(|s| s.get(name)).map_or(Vec::new(), |d| d.iter().copied().collect());
        let first = defs.first().copied().or_else(|| self.def_names.iter().position(|n| n == name));
        let first = match first {
            Some(def) => def,
            None => self.new_def(name),
        };
        defs.into_iter().for_each(|def| self.union(first, def));
        Some(first)
    }

    fn record_use(&mut self, name: &str, key: Key) {
        if let Some(def) = self.read(name) {
            match self.use_at.get(&key) {
                Some(old) => self.union(*old, def),
                None => {
                    self.use_at.insert(key, def);
                }
            }
        }
    }

    fn block(&mut self, body: &[Stmt]) {
        body.iter().for_each(|s| self.stmt(s));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                self.expr(value);
                targets.iter().for_each(|t| self.target(t));
            }
            StmtKind::AnnAssign { target, value, .. } => {
                if let Some(value) = value {
                    self.expr(value);
                    self.target(target);
                } else if let ExprKind::Name(name) = &target.kind {
                    self.define(name, Key::of(target));
                }
            }
            StmtKind::AugAssign { target, value, .. } => self.update(target, value),
            StmtKind::Expr(e) | StmtKind::Yield(e) => self.expr(e),
            StmtKind::If { branches, orelse } => self.branches(branches, orelse),
            StmtKind::While { condition, body, orelse } => self.while_loop(condition, body, orelse),
            StmtKind::For { target, iter, body, orelse } => {
                self.expr(iter);
                self.for_loop(target, body, orelse);
            }
            StmtKind::Return(e) | StmtKind::Raise(e) => {
                e.iter().for_each(|e| self.expr(e));
                self.state = None;
            }
            StmtKind::Break => self.leave(|l| &mut l.breaks),
            StmtKind::Continue => self.leave(|l| &mut l.continues),
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.try_block(body, handlers, orelse, finally)
            }
            StmtKind::Assert { condition, message } => {
                self.expr(condition);
                message.iter().for_each(|m| self.expr(m));
            }
            StmtKind::ExpectRaise { body, .. } => self.block(body),
            StmtKind::Delete(items) => items.iter().for_each(|e| self.expr(e)),
            StmtKind::Function(f) => {
                f.params.iter().filter_map(|p| p.default.as_ref()).for_each(|d| self.expr(d));
                self.define(&f.name, Key::of(&**f));
            }
            StmtKind::Comment { .. } | StmtKind::Pass | StmtKind::Class(_) | StmtKind::Unsupported(_) => {}
        }
    }

    fn update(&mut self, target: &Expr, value: &Expr) {
        if let ExprKind::Name(name) = &target.kind {
            if let Some(def) = self.read(name) {
                match self.update_reads.get(&Key::of(target)) {
                    Some(old) => self.union(*old, def),
                    None => {
                        self.update_reads.insert(Key::of(target), def);
                    }
                }
            }
            self.expr(value);
            self.define(name, Key::of(target));
        } else {
            self.expr(target);
            self.expr(value);
        }
    }

    fn leave(&mut self, which: fn(&mut Loop) -> &mut Reaching) {
        let state = self.state.take();
        if let Some(innermost) = self.loops.last_mut() {
            merge(which(innermost), &state);
        }
    }

    fn branches(&mut self, branches: &[(Expr, Vec<Stmt>)], orelse: &[Stmt]) {
        let mut after: Reaching = None;
        for (condition, block) in branches {
            self.expr(condition);
            let before = self.state.clone();
            self.block(block);
            merge(&mut after, &self.state);
            self.state = before;
        }
        self.block(orelse);
        merge(&mut self.state, &after);
    }

    /// Repeats `turn` until what reaches the loop's head no longer grows.
    fn repeat(&mut self, mut turn: impl FnMut(&mut Finder)) -> Reaching {
        let mut breaks: Reaching = None;
        loop {
            let head = self.state.clone();
            self.loops.push(Loop::default());
            turn(self);
            let ended = self.loops.pop().unwrap_or_default();
            merge(&mut breaks, &ended.breaks);
            merge(&mut self.state, &ended.continues);
            let mut next = head.clone();
            merge(&mut next, &self.state);
            self.state = next;
            if self.state == head {
                return breaks;
            }
        }
    }

    fn while_loop(&mut self, condition: &Expr, body: &[Stmt], orelse: &[Stmt]) {
        let breaks = self.repeat(|f| {
            f.expr(condition);
            f.block(body);
        });
        self.expr(condition);
        if matches!(condition.kind, ExprKind::Bool(true)) {
            self.state = None;
        }
        self.block(orelse);
        merge(&mut self.state, &breaks);
    }

    fn for_loop(&mut self, target: &Expr, body: &[Stmt], orelse: &[Stmt]) {
        let breaks = self.repeat(|f| {
            f.target(target);
            f.block(body);
        });
        self.block(orelse);
        merge(&mut self.state, &breaks);
    }

    fn try_block(
        &mut self,
        body: &[Stmt],
        handlers: &[grammars::surface::Handler],
        orelse: &[Stmt],
        finally: &[Stmt],
    ) {
        self.guarded.push(self.state.clone());
        self.block(body);
        let raised = self.guarded.pop().flatten();
        self.block(orelse);
        let mut after = self.state.take();
        for handler in handlers {
            self.state = raised.clone();
            if let Some(name) = &handler.binding {
                self.define(name, Key::of(handler));
            }
            self.block(&handler.body);
            merge(&mut after, &self.state);
        }
        if !finally.is_empty() {
            merge(&mut after, &raised);
        }
        self.state = after;
        self.block(finally);
    }

    fn target(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(name) => self.define(name, Key::of(target)),
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|t| self.target(t)),
            ExprKind::Star(inner) => self.target(inner),
            _ => self.expr(target),
        }
    }

    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Name(name) => self.record_use(name, Key::of(e)),
            ExprKind::Walrus { name, value } => {
                self.expr(value);
                self.define(name, Key::of(e));
            }
            ExprKind::Lambda { params, body } => {
                params.iter().filter_map(|p| p.default.as_ref()).for_each(|d| self.expr(d));
                self.hidden.push(params.iter().map(|p| p.name.clone()).collect());
                self.expr(body);
                self.hidden.pop();
            }
            ExprKind::Comprehension { element, value, clauses, .. } => {
                self.hidden.push(BTreeSet::new());
                clauses.iter().for_each(|c| self.clause(c));
                self.expr(element);
                value.iter().for_each(|v| self.expr(v));
                self.hidden.pop();
            }
            _ => children(e).into_iter().for_each(|c| self.expr(c)),
        }
    }

    fn clause(&mut self, clause: &Clause) {
        self.expr(&clause.iter);
        if let Some(names) = self.hidden.last_mut() {
            target_names(&clause.target, names);
        }
        clause.conditions.iter().for_each(|c| self.expr(c));
    }
}

fn find_in(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}
