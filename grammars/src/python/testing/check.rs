//! `check(candidate)` and `test_…` functions.

use super::expect;
use crate::Rejection;
use crate::surface::names;
use crate::surface::visit::{VisitMut, walk_expr_mut};
use crate::surface::{Expr, ExprKind, Function, Stmt, StmtKind, TestCase, TestOrigin};

/// The name of check functions.
pub(super) const NAME: &str = "check";

/// One test for each call `check(f)`; without a call, for the last function of the program.
pub(super) fn test_cases(f: Function, calls: &[Stmt], program: &[Stmt]) -> Vec<TestCase> {
    let mut candidates: Vec<Expr> = calls.iter().filter_map(argument).collect();
    if candidates.is_empty() {
        let last = program.iter().rev().find_map(|s| match &s.kind {
            StmtKind::Function(f) => Some(Expr { kind: ExprKind::Name(f.name.clone()), span: f.span }),
            _ => None,
        });
        candidates.extend(last);
    }
    if candidates.is_empty() {
        let message = "`check` has no function to check";
        return vec![unsupported(&f, TestOrigin::Check, "python.check", message)];
    }
    candidates.into_iter().map(|candidate| checked(&f, candidate)).collect()
}

fn argument(call: &Stmt) -> Option<Expr> {
    match &call.kind {
        StmtKind::Expr(Expr { kind: ExprKind::Call { args, .. }, .. }) => args.first().cloned(),
        _ => None,
    }
}

/// Replaces the parameter by the function under test.
fn checked(f: &Function, candidate: Expr) -> TestCase {
    let Some(param) = f.params.first() else {
        return unsupported(f, TestOrigin::Check, "python.check", "`check` takes no function");
    };
    let bound = names::bound(&f.body);
    if names::used_by_expr(&candidate).iter().chain([&param.name]).any(|name| bound.contains(name)) {
        let message = "`check` binds the name of the function under test anew";
        return unsupported(f, TestOrigin::Check, "python.check", message);
    }
    let mut body = f.body.clone();
    let mut replace = Replace { name: &param.name, by: &candidate };
    body.iter_mut().for_each(|s| replace.stmt(s));
    TestCase { name: f.name.clone(), origin: TestOrigin::Check, body: expect::rewrite(body), span: f.span }
}

struct Replace<'a> {
    name: &'a str,
    by: &'a Expr,
}

impl VisitMut for Replace<'_> {
    fn expr(&mut self, expr: &mut Expr) {
        if matches!(&expr.kind, ExprKind::Name(name) if name == self.name) {
            expr.kind = self.by.kind.clone();
        }
        walk_expr_mut(self, expr);
    }
}

/// A `test_…` function.
pub(super) fn test_function(f: Function) -> TestCase {
    if !f.params.is_empty() || !f.decorators.is_empty() {
        let message = format!("the test `{}` needs fixtures or parameters", f.name);
        return unsupported(&f, TestOrigin::TestFunction, "python.test-fixture", &message);
    }
    TestCase { name: f.name, origin: TestOrigin::TestFunction, span: f.span, body: expect::rewrite(f.body) }
}

/// A test that cannot be expressed.
pub(super) fn unsupported(f: &Function, origin: TestOrigin, code: &'static str, message: &str) -> TestCase {
    let kind = StmtKind::Unsupported(Rejection::new(code, f.span, message));
    TestCase { name: f.name.clone(), origin, body: vec![Stmt { kind, span: f.span }], span: f.span }
}
