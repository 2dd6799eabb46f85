//! Tests: a test set for each test case, `@test` for each check.

use super::scopes::declarations;
use super::{Lower, Lowering, Scope, reject};
use crate::julia::names::rename_in_block;
use crate::julia::tree::{Expr, Item, Stmt};
use grammars::ir::names::FreshNames;
use grammars::ir::visit::{Visit, walk_stmt};
use grammars::ir::{self, ExceptionKind, StmtKind, TestCase};
use grammars::surface::TestOrigin;
use std::rc::Rc;

impl Lower<'_> {
    /// The test file.
    pub(super) fn tests(&mut self) -> Lowering<Vec<Item>> {
        let mut items = vec![Item::Using("Test")];
        self.in_test = true;
        let mut sets: Vec<(String, Vec<Stmt>)> = Vec::new();
        for test in &self.module.tests {
            let (name, body) = self.test(test)?;
            // The examples of one docstring stand together.
            match sets.last_mut() {
                Some((before, set)) if *before == name && test.locals.is_empty() => set.extend(body),
                _ => sets.push((name, body)),
            }
        }
        for (name, body) in sets {
            items.push(Item::Stmt(Stmt::MacroBlock("testset", vec![Expr::text(name)], body)));
        }
        Ok(items)
    }

    /// The name and the statements of a test set.
    fn test(&mut self, test: &TestCase) -> Lowering<(String, Vec<Stmt>)> {
        let mut names = FreshNames::in_module(self.module);
        test.locals.iter().for_each(|local| names.take(&local.name));
        let locals = test.locals.iter().map(|local| local.name.as_str());
        self.scope = Scope {
            names,
            declarations: Rc::new(declarations(locals, &test.body)),
            variables: test.locals.iter().map(|local| local.name.clone()).collect(),
            nested_body: true,
            returns_nothing: true,
            ..Scope::default()
        };
        self.checks += checks_in(&test.body);
        let mut body = self.block(&test.body)?;
        rename_in_block(&mut body);
        Ok((self.test_name(test), body))
    }

    /// What the test set is called: after the function under test where the source has no better name.
    fn test_name(&self, test: &TestCase) -> String {
        let entry = || self.module.entry_point.clone().unwrap_or_else(|| self.module.name.clone());
        match test.origin {
            TestOrigin::Check | TestOrigin::Assert => entry(),
            TestOrigin::Doctest => {
                let words: Vec<&str> = test.name.split(' ').collect();
                format!("{} examples", words.get(1).unwrap_or(&test.name.as_str()))
            }
            _ => test.name.strip_prefix("test_").unwrap_or(&test.name).to_string(),
        }
    }

    /// `assert condition`: a check in a test, an `@assert` in the program.
    pub(super) fn assertion(&mut self, condition: &ir::Expr, message: Option<&ir::Expr>) -> Lowering<Stmt> {
        let condition = self.lower_expr(condition)?;
        if self.in_test {
            return Ok(Stmt::Macro("test", vec![condition]));
        }
        let mut args = vec![condition];
        if let Some(message) = message {
            args.push(self.lower_expr(message)?);
        }
        Ok(Stmt::Macro("assert", args))
    }

    /// `@test_throws`.
    pub(super) fn expect_raise(&mut self, kinds: &[ExceptionKind], body: &ir::Block) -> Lowering<Stmt> {
        let expected = self.expected_type(kinds);
        let mut body = self.block(body)?;
        match body.as_slice() {
            [] => reject(
                "julia.empty-check",
                grammars::Span::default(),
                "a check that nothing is raised by nothing",
            ),
            [Stmt::Expr(_)] => match body.remove(0) {
                Stmt::Expr(call) => Ok(Stmt::Macro("test_throws", vec![expected, call])),
                other => Ok(other),
            },
            _ => Ok(Stmt::MacroBlock("test_throws", vec![expected], body)),
        }
    }
}

/// The checks that are written in a test.
fn checks_in(body: &ir::Block) -> usize {
    struct Checks(usize);
    impl<'a> Visit<'a> for Checks {
        fn expr(&mut self, _expr: &'a ir::Expr) {}
        fn stmt(&mut self, stmt: &'a ir::Stmt) {
            let check = matches!(stmt.kind, StmtKind::Assert { .. } | StmtKind::ExpectRaise { .. });
            self.0 += usize::from(check);
            walk_stmt(self, stmt);
        }
    }
    let mut checks = Checks(0);
    checks.block(body);
    checks.0
}
