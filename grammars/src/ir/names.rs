//! Questions about names and control flow that most passes and targets ask: which variables a piece
//! of code reads, which it assigns, whether it always leaves, and names that are still free.

use super::visit::{
    Visit, each_function, walk_clause, walk_expr, walk_function, walk_module, walk_place, walk_stmt,
};
use super::{Block, Clause, Expr, ExprKind, Function, Item, Module, Pattern, Place, Stmt, StmtKind};
use std::collections::BTreeSet;

/// The local variables that `expr` reads from around it: without the variables of its own
/// comprehensions and lambdas.
pub fn free_names(expr: &Expr) -> BTreeSet<String> {
    let mut reader = Reader::default();
    reader.expr(expr);
    reader.read
}

/// The local variables that `block` reads, nested functions' captures included.
pub fn names_read(block: &Block) -> BTreeSet<String> {
    let mut reader = Reader::default();
    reader.block(block);
    reader.read
}

/// Collects the locals that are read, minus those bound within.
#[derive(Default)]
struct Reader {
    read: BTreeSet<String>,
    bound: Vec<String>,
}

impl Reader {
    /// Visits `clauses`, then `rest`, with the clauses' variables bound.
    fn comprehension<'a>(&mut self, clauses: &'a [Clause], rest: &[&'a Expr]) {
        let outer = self.bound.len();
        for clause in clauses {
            self.clause(clause);
        }
        for expr in rest {
            self.expr(expr);
        }
        self.bound.truncate(outer);
    }
}

impl<'a> Visit<'a> for Reader {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Local(name) if !self.bound.contains(name) => {
                self.read.insert(name.clone());
            }
            ExprKind::Lambda { params, body } => {
                let outer = self.bound.len();
                self.bound.extend(params.iter().map(|(name, _)| name.clone()));
                self.expr(body);
                self.bound.truncate(outer);
            }
            ExprKind::Comprehension { element, clauses }
            | ExprKind::SetComprehension { element, clauses } => {
                self.comprehension(clauses, &[element]);
            }
            ExprKind::DictComprehension { key, value, clauses } => self.comprehension(clauses, &[key, value]),
            _ => walk_expr(self, expr),
        }
    }

    fn clause(&mut self, clause: &'a Clause) {
        self.expr(&clause.iter);
        self.bound.extend(clause.pattern.names().iter().map(|(name, _)| name.to_string()));
        for condition in &clause.conditions {
            self.expr(condition);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        if let StmtKind::AugAssign { place: Place::Variable { name, .. }, .. } = &stmt.kind {
            self.read.insert(name.clone());
        }
        walk_stmt(self, stmt);
    }

    fn function(&mut self, function: &'a Function) {
        self.read.extend(function.captures.iter().cloned());
    }
}

/// The variables that `block` assigns, in order of first assignment: by assignments, loops, handlers
/// and nested functions that rebind them. Each name once.
pub fn names_assigned(block: &Block) -> Vec<String> {
    let mut writer = Writer::default();
    writer.block(block);
    writer.written
}

/// The variables that an assignment to `place` sets.
pub fn variables_of(place: &Place) -> Vec<&str> {
    match place {
        Place::Variable { name, .. } => vec![name],
        Place::Tuple(places) => places.iter().flat_map(variables_of).collect(),
        _ => Vec::new(),
    }
}

/// Whether `block` mentions the local variable `name`: reads, assigns, binds or captures it.
pub fn mentions(block: &[Stmt], name: &str) -> bool {
    let mut finder = Finder { name, found: false };
    block.iter().for_each(|stmt| finder.stmt(stmt));
    finder.found
}

/// Looks for any mention of a variable.
struct Finder<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visit<'a> for Finder<'_> {
    fn expr(&mut self, expr: &'a Expr) {
        self.found |= free_names(expr).contains(self.name);
    }

    fn place(&mut self, place: &'a Place) {
        self.found |= variables_of(place).contains(&self.name);
        walk_place(self, place);
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        self.found |= pattern.names().iter().any(|(name, _)| *name == self.name);
    }

    fn function(&mut self, function: &'a Function) {
        self.found |= function.captures.iter().chain(&function.rebinds).any(|name| name == self.name);
    }
}

/// Collects assigned variables.
#[derive(Default)]
struct Writer {
    written: Vec<String>,
}

impl Writer {
    fn add(&mut self, name: &str) {
        if !self.written.iter().any(|n| n == name) {
            self.written.push(name.to_string());
        }
    }
}

impl<'a> Visit<'a> for Writer {
    fn expr(&mut self, _expr: &'a Expr) {}

    fn place(&mut self, place: &'a Place) {
        variables_of(place).into_iter().for_each(|name| self.add(name));
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        for (name, _) in pattern.names() {
            self.add(name);
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        if let StmtKind::Try { handlers, .. } = &stmt.kind {
            for name in handlers.iter().filter_map(|h| h.binding.as_ref()) {
                self.add(name);
            }
        }
        walk_stmt(self, stmt);
    }

    fn function(&mut self, function: &'a Function) {
        for name in &function.rebinds {
            self.add(name);
        }
    }
}

/// Whether control never reaches the end of `block`: it returns, raises, breaks, continues, or loops
/// for ever.
pub fn always_leaves(block: &Block) -> bool {
    block.iter().any(|stmt| match &stmt.kind {
        StmtKind::Return(_)
        | StmtKind::Raise { .. }
        | StmtKind::Reraise
        | StmtKind::Break
        | StmtKind::Continue => true,
        StmtKind::If { branches, orelse } => {
            always_leaves(orelse) && branches.iter().all(|(_, block)| always_leaves(block))
        }
        StmtKind::While { condition, body, .. } => {
            matches!(condition.kind, ExprKind::Bool(true)) && !breaks(body)
        }
        StmtKind::Try { body, handlers, orelse, finally } => {
            let normal = always_leaves(body) || always_leaves(orelse);
            always_leaves(finally) || (normal && handlers.iter().all(|h| always_leaves(&h.body)))
        }
        _ => false,
    })
}

/// Whether `body`, a loop's body, holds a `break` of that loop.
pub fn breaks(body: &Block) -> bool {
    holds_own(body, |kind| matches!(kind, StmtKind::Break))
}

/// Whether `body`, a loop's body, holds a `continue` of that loop.
pub fn continues(body: &Block) -> bool {
    holds_own(body, |kind| matches!(kind, StmtKind::Continue))
}

/// Whether a statement of `body` that belongs to the loop around it passes `test`. The `else` block
/// of an inner loop belongs to the outer one.
fn holds_own(body: &Block, test: fn(&StmtKind) -> bool) -> bool {
    body.iter().any(|stmt| {
        test(&stmt.kind)
            || match &stmt.kind {
                StmtKind::If { branches, orelse } => {
                    holds_own(orelse, test) || branches.iter().any(|(_, block)| holds_own(block, test))
                }
                StmtKind::Try { body, handlers, orelse, finally } => {
                    [body, orelse, finally].into_iter().any(|block| holds_own(block, test))
                        || handlers.iter().any(|h| holds_own(&h.body, test))
                }
                StmtKind::ExpectRaise { body, .. } => holds_own(body, test),
                StmtKind::While { orelse, .. } | StmtKind::For { orelse, .. } => holds_own(orelse, test),
                _ => false,
            }
    })
}

/// Names that are taken, and new ones that are not.
///
/// A new name is the wished one, or the wished one with the smallest number behind it: `item`,
/// `item_2`, `item_3`.
#[derive(Clone, Debug, Default)]
pub struct FreshNames {
    taken: BTreeSet<String>,
}

impl FreshNames {
    /// Takes all names of the module: functions, classes, constants, parameters, locals, and the
    /// variables of comprehensions and lambdas, tests included.
    pub fn in_module(module: &Module) -> FreshNames {
        let mut names = FreshNames::default();
        names.take_top_level(module);
        for test in &module.tests {
            names.taken.extend(test.locals.iter().map(|l| l.name.clone()));
        }
        each_function(module, |function| names.take_signature(function));
        walk_module(&mut Binders(&mut names.taken), module);
        names
    }

    /// Takes what a body in `module` must not shadow, and the names of `function` itself.
    pub fn in_function(module: &Module, function: &Function) -> FreshNames {
        let mut names = FreshNames::default();
        names.take_top_level(module);
        names.take_function(function);
        names
    }

    /// Takes the names of `function`: its own, its parameters, locals and captures, those of nested
    /// functions, and the variables of comprehensions and lambdas.
    pub fn take_function(&mut self, function: &Function) {
        self.take_signature(function);
        walk_function(&mut Binders(&mut self.taken), function);
    }

    /// Takes the names that `block` binds, the variables of comprehensions and lambdas included.
    pub fn take_block(&mut self, block: &Block) {
        Binders(&mut self.taken).block(block);
    }

    /// Takes the names of functions, classes and constants.
    pub fn take_top_level(&mut self, module: &Module) {
        for item in &module.items {
            match item {
                Item::Comment(_) => {}
                Item::Constant(c) => self.take(&c.name),
                Item::Function(f) => self.take(&f.name),
                Item::Class(c) => self.take(&c.name),
            }
        }
    }

    fn take_signature(&mut self, function: &Function) {
        self.take(&function.name);
        self.taken.extend(function.params.iter().map(|p| p.name.clone()));
        self.taken.extend(function.locals.iter().map(|l| l.name.clone()));
        self.taken.extend(function.captures.iter().cloned());
    }

    /// Takes `name`.
    pub fn take(&mut self, name: &str) {
        self.taken.insert(name.to_string());
    }

    /// Whether `name` is taken.
    pub fn is_taken(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// A new name, taken from now on.
    pub fn fresh(&mut self, wish: &str) -> String {
        let name = std::iter::once(wish.to_string())
            .chain((2u32..).map(|n| format!("{wish}_{n}")))
            .find(|name| !self.taken.contains(name))
            .unwrap_or_else(|| wish.to_string());
        self.taken.insert(name.clone());
        name
    }

    /// The first of `wishes` that is free, else a numbered form of the last; taken from now on.
    pub fn fresh_of(&mut self, wishes: &[&str]) -> String {
        match wishes.iter().find(|name| !self.taken.contains(**name)) {
            Some(free) => self.fresh(free),
            None => self.fresh(wishes.last().copied().unwrap_or("value")),
        }
    }
}

/// Collects every name that is bound or assigned anywhere below.
struct Binders<'n>(&'n mut BTreeSet<String>);

impl<'a> Visit<'a> for Binders<'_> {
    fn expr(&mut self, expr: &'a Expr) {
        if let ExprKind::Lambda { params, .. } = &expr.kind {
            self.0.extend(params.iter().map(|(name, _)| name.clone()));
        }
        walk_expr(self, expr);
    }

    fn clause(&mut self, clause: &'a Clause) {
        walk_clause(self, clause);
    }

    fn place(&mut self, place: &'a Place) {
        if let Place::Variable { name, .. } = place {
            self.0.insert(name.clone());
        }
        super::visit::walk_place(self, place);
    }

    fn pattern(&mut self, pattern: &'a Pattern) {
        self.0.extend(pattern.names().iter().map(|(name, _)| name.to_string()));
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        if let StmtKind::Try { handlers, .. } = &stmt.kind {
            self.0.extend(handlers.iter().filter_map(|h| h.binding.clone()));
        }
        walk_stmt(self, stmt);
    }

    fn function(&mut self, function: &'a Function) {
        self.0.insert(function.name.clone());
        self.0.extend(function.params.iter().map(|p| p.name.clone()));
        self.0.extend(function.locals.iter().map(|l| l.name.clone()));
        walk_function(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{BinaryOp, Overflow, Type};

    fn var(name: &str) -> Expr {
        Expr::local(name, Type::Int)
    }

    fn add(left: Expr, right: Expr) -> Expr {
        Expr::binary(BinaryOp::Add, Overflow::Unbounded, left, right)
    }

    #[test]
    fn variables_of_a_comprehension_are_not_free() {
        let clause = Clause {
            pattern: Pattern::name("x", Type::Int),
            iter: Expr::local("xs", Type::list(Type::Int)),
            conditions: vec![Expr::compare(crate::ir::CompareOp::Gt, var("x"), var("low"))],
        };
        let element = Box::new(add(var("x"), var("y")));
        let list =
            Expr::new(ExprKind::Comprehension { element, clauses: vec![clause] }, Type::list(Type::Int));
        assert_eq!(free_names(&list).into_iter().collect::<Vec<_>>(), ["low", "xs", "y"]);
    }

    #[test]
    fn assigned_names_come_in_order_and_once() {
        let body =
            vec![Stmt::assign("b", var("a")), Stmt::assign("a", var("b")), Stmt::assign("b", var("c"))];
        let block =
            vec![Stmt::for_each(Pattern::name("i", Type::Int), Expr::range(var("n"), var("m")), body)];
        assert_eq!(names_assigned(&block), ["i", "b", "a"]);
        assert_eq!(names_read(&block).into_iter().collect::<Vec<_>>(), ["a", "b", "c", "m", "n"]);
    }

    #[test]
    fn a_block_leaves_where_all_its_branches_do() {
        let both =
            Stmt::if_else(Expr::bool(true), vec![Stmt::ret(var("a"))], vec![Stmt::new(StmtKind::Break)]);
        let one = Stmt::if_else(Expr::bool(true), vec![Stmt::ret(var("a"))], vec![]);
        assert!(always_leaves(&vec![both]));
        assert!(!always_leaves(&vec![one]));
    }

    #[test]
    fn an_endless_loop_leaves_unless_it_breaks() {
        let endless =
            |body| vec![Stmt::new(StmtKind::While { condition: Expr::bool(true), body, orelse: vec![] })];
        assert!(always_leaves(&endless(vec![Stmt::new(StmtKind::Pass)])));
        assert!(!always_leaves(&endless(vec![Stmt::new(StmtKind::Break)])));
        let inner = endless(vec![Stmt::new(StmtKind::Break)]);
        assert!(always_leaves(&endless(inner)), "the break belongs to the inner loop");
    }

    #[test]
    fn fresh_names_are_numbered_when_taken() {
        let mut names = FreshNames::default();
        assert_eq!(names.fresh("item"), "item");
        assert_eq!(names.fresh("item"), "item_2");
        assert_eq!(names.fresh_of(&["item", "value"]), "value");
        assert_eq!(names.fresh_of(&["item", "value"]), "value_2");
    }
}
