//! Test classes: unittest's, and plain ones as pytest takes them.

use super::{assertion, check, expect};
use crate::Rejection;
use crate::surface::visit::{VisitMut, walk_expr_mut, walk_stmt_mut};
use crate::surface::{Class, Expr, ExprKind, Function, Stmt, StmtKind, TestCase, TestOrigin};

/// Methods that run before each test.
const SETUP: &[&str] = &["setUp", "setup_method", "setUpClass", "setup_class"];

/// One test for each test method.
pub(super) fn test_cases(class: Class) -> Vec<TestCase> {
    let mut setup = Vec::new();
    let mut methods = Vec::new();
    let mut helpers = Vec::new();
    for stmt in class.body {
        match stmt.kind {
            StmtKind::Function(f) if SETUP.contains(&f.name.as_str()) => {
                setup.extend(f.body.into_iter().filter(|s| !matches!(s.kind, StmtKind::Pass)));
            }
            StmtKind::Function(f) if f.name.starts_with("test") => methods.push(*f),
            StmtKind::Function(f) => helpers.push(f.name),
            StmtKind::Assign { .. } | StmtKind::AnnAssign { .. } => setup.push(stmt),
            _ => {}
        }
    }
    methods.into_iter().map(|f| test_case(f, &setup, &helpers)).collect()
}

fn test_case(f: Function, setup: &[Stmt], helpers: &[String]) -> TestCase {
    if f.params.len() != 1 || !f.decorators.is_empty() {
        let message = format!("the test `{}` needs fixtures or parameters", f.name);
        return check::unsupported(&f, TestOrigin::Unittest, "python.test-fixture", &message);
    }
    let body: Vec<Stmt> = setup.iter().cloned().chain(f.body).collect();
    let mut body = expect::rewrite(body);
    let mut convert = Convert { own: &f.params[0].name, helpers };
    body.iter_mut().for_each(|s| convert.stmt(s));
    TestCase { name: f.name, origin: TestOrigin::Unittest, body, span: f.span }
}

/// Turns `self.assertX(…)` into checks and `self.name` into a variable of the test.
struct Convert<'a> {
    own: &'a str,
    helpers: &'a [String],
}

impl Convert<'_> {
    fn is_own(&self, e: &Expr) -> bool {
        matches!(&e.kind, ExprKind::Name(n) if n == self.own)
    }
}

impl VisitMut for Convert<'_> {
    fn stmt(&mut self, stmt: &mut Stmt) {
        if let StmtKind::Expr(Expr { kind: ExprKind::Call { callee, args, keywords }, .. }) = &mut stmt.kind
            && let ExprKind::Attribute { value, name } = &callee.kind
            && self.is_own(value)
        {
            let args = std::mem::take(args);
            let keywords = std::mem::take(keywords);
            let name = name.clone();
            stmt.kind = assertion::check(&name, args, keywords, stmt.span);
        }
        walk_stmt_mut(self, stmt);
    }

    fn expr(&mut self, expr: &mut Expr) {
        let message = match &expr.kind {
            ExprKind::Attribute { value, name } if self.is_own(value) => {
                if !self.helpers.contains(name) {
                    expr.kind = ExprKind::Name(name.clone());
                    return;
                }
                format!("the helper method `{name}` of a test class is not supported")
            }
            ExprKind::Name(name) if name == self.own => {
                format!("`{name}` is used other than for its attributes")
            }
            _ => return walk_expr_mut(self, expr),
        };
        expr.kind = ExprKind::Unsupported(Rejection::new("python.test-class", expr.span, message));
    }
}
