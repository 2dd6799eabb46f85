//! The test program: one check for each assertion.

use super::module::{intrinsic_uses, kinds, mentions, used_helpers, used_names};
use super::usage::usage;
use super::{Body, Unit};
use crate::fortran::print;
use crate::fortran::tree::build::{not, text};
use crate::fortran::tree::{ModuleItem, Program, Stmt};
use grammars::Rejection;
use grammars::ir::{self, StmtKind};
use std::collections::BTreeSet;

/// A test program that lacks only what depends on the finished module.
pub struct TestProgram {
    tree: Program,
    helpers: Vec<ModuleItem>,
    checks: usize,
}

/// The program that runs the tests.
pub fn program(unit: &mut Unit<'_>, stem: &str) -> Result<TestProgram, Rejection> {
    let mut body = Body::new(unit);
    let mut checks = 0;
    let module = body.unit.module;
    for test in &module.tests {
        body.test(test, &mut checks)?;
    }
    let declarations = body.sorted_declarations();
    let stmts = body.blocks.pop().unwrap_or_default();
    let internal = std::mem::take(&mut body.internal);
    let helpers = unit.helpers.items(&mut unit.types, &mut unit.names);
    let tree = Program {
        name: format!("test_{stem}"),
        kinds: Vec::new(),
        uses: intrinsic_uses(&unit.ieee),
        declarations,
        body: stmts,
        internal,
    };
    Ok(TestProgram { tree, helpers, checks })
}

impl TestProgram {
    /// The text so far, helpers included.
    pub fn text(&self) -> String {
        let mut tree = self.tree.clone();
        tree.internal.extend(self.helpers.iter().cloned());
        print::program(&tree)
    }

    /// The text of the program, and the number of its checks.
    pub fn print(self, public: &[String], module: &str) -> (String, usize) {
        self.print_with(|text| vec![(module.to_string(), used_names(public, text))])
    }

    /// As [`TestProgram::print`], for names of several modules.
    pub fn print_using(self, uses: Vec<(String, Vec<String>)>) -> (String, usize) {
        self.print_with(|_| uses)
    }

    fn print_with(mut self, uses: impl FnOnce(&str) -> Vec<(String, Vec<String>)>) -> (String, usize) {
        let text = print::program(&self.tree);
        self.tree.internal.extend(used_helpers(self.helpers, &text));
        let text = print::program(&self.tree);
        self.tree.uses.extend(uses(&text));
        self.tree.kinds = kinds(&text);
        let statements = print::statements(&self.tree.body);
        self.tree.declarations.retain(|d| mentions(&statements, &d.name));
        (print::program(&self.tree), self.checks)
    }
}

impl Body<'_, '_> {
    fn test(&mut self, test: &ir::TestCase, checks: &mut usize) -> Result<(), Rejection> {
        let found = usage(&test.body, &BTreeSet::new());
        self.default_sources = found.default_kind;
        self.reads = found.reads;
        self.outlives = found.outlives;
        self.names.reserve(test.locals.iter().map(|l| l.name.clone()));
        // Each test has variables of its own.
        self.renaming = Default::default();
        self.declared.clear();
        self.test_block(&test.body, checks)
    }

    fn test_block(&mut self, block: &ir::Block, checks: &mut usize) -> Result<(), Rejection> {
        for stmt in block {
            match &stmt.kind {
                StmtKind::Assert { condition, message } => {
                    *checks += 1;
                    self.check(condition, message.as_ref(), *checks)?;
                }
                StmtKind::ExpectRaise { kinds, body } => {
                    *checks += 1;
                    let words = format!("{}: a failure is expected", called_in(body, *checks));
                    self.expect_raise(kinds, body, words, stmt.span)?;
                }
                _ => {
                    *checks += asserts_within(stmt);
                    self.statements(&vec![stmt.clone()])?;
                }
            }
        }
        Ok(())
    }

    /// `if (.not. condition) error stop "…"`.
    fn check(
        &mut self,
        condition: &ir::Expr,
        message: Option<&ir::Expr>,
        number: usize,
    ) -> Result<(), Rejection> {
        let value = self.expr(condition)?;
        let words = match message.map(|m| &m.kind) {
            Some(ir::ExprKind::Str(words)) if words.is_ascii() && !words.trim().is_empty() => words.clone(),
            _ => described(condition, number),
        };
        let stop = Stmt::ErrorStop(Some(text(words)));
        // A check of a literal keeps the form of a check.
        let failed = match value {
            crate::fortran::tree::Expr::Logical(_) => crate::fortran::tree::Expr::Not(Box::new(value)),
            value => not(value),
        };
        self.emit(Stmt::If { branches: vec![(failed, vec![stop])], orelse: Vec::new() });
        Ok(())
    }
}

/// What a check is about: the function that it calls.
fn described(condition: &ir::Expr, number: usize) -> String {
    let mut called = None;
    ir::visit::each_subexpr(condition, |e| note_called(e, &mut called));
    check_of(called, number)
}

/// What a guarded block is about.
fn called_in(body: &ir::Block, number: usize) -> String {
    let mut called = None;
    ir::visit::each_expr(body, |e| note_called(e, &mut called));
    check_of(called, number)
}

fn note_called(e: &ir::Expr, called: &mut Option<String>) {
    if let ir::ExprKind::Call { function: name, .. }
    | ir::ExprKind::CallMethod { method: name, .. }
    | ir::ExprKind::CallStatic { method: name, .. } = &e.kind
    {
        called.get_or_insert_with(|| super::classes::spoken(name).to_string());
    }
}

fn check_of(called: Option<String>, number: usize) -> String {
    match called {
        Some(function) => format!("{function}, check {number}"),
        None => format!("check {number}"),
    }
}

fn asserts_within(stmt: &ir::Stmt) -> usize {
    let mut count = 0;
    ir::visit::each_stmt(&vec![stmt.clone()], |s| {
        count += usize::from(matches!(s.kind, StmtKind::Assert { .. } | StmtKind::ExpectRaise { .. }));
    });
    count
}
