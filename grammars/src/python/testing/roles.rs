//! Which statement of a file belongs to the program, and which to a test.

use super::check;
use crate::surface::names::{self, Names};
use crate::surface::visit::{Visit, walk_stmt};
use crate::surface::{Class, CompareOp, Expr, ExprKind, Function, Stmt, StmtKind};

/// What a statement at top level is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Program.
    Program,
    /// Belongs to whichever tests use the names in it.
    Setup,
    /// Belongs to the test made of the asserts at top level.
    Assert,
    /// `def check(candidate)`.
    Check,
    /// `check(f)`.
    CheckCall,
    /// `def test_…()`.
    TestFunction,
    /// A unittest class.
    TestClass,
    /// Runs the tests, shows something, or describes the tests.
    Dropped,
}

/// A statement with its role.
pub(super) struct Item {
    pub role: Role,
    pub stmt: Stmt,
}

/// Gives each statement its role; the main guard's statements stand for themselves.
pub(super) fn assign(body: Vec<Stmt>) -> Vec<Item> {
    let flat = flatten_guard(body);
    let test_names = test_definitions(&flat);
    let program_names = program_names(&flat, &test_names);
    let has_tests = !test_names.is_empty() || flat.iter().any(|(_, s)| is_script(s) && checks(s));
    let last_definition =
        flat.iter().rposition(|(_, s)| defined_name(s).is_some_and(|n| !test_names.contains(n)));
    let mut context =
        Context { test_names, program_names, has_tests, behind_program: false, seen_assert: false };
    let mut roles = Vec::new();
    for (i, (guarded, stmt)) in flat.iter().enumerate() {
        context.behind_program = last_definition.is_none_or(|last| i > last);
        let role = context.role(*guarded, stmt);
        context.seen_assert |= role == Role::Assert;
        roles.push(role);
    }
    comments_follow(&flat, &mut roles);
    flat.into_iter().zip(roles).map(|((_, stmt), role)| Item { role, stmt }).collect()
}

/// What the role of a statement depends on.
struct Context {
    test_names: Names,
    program_names: Names,
    has_tests: bool,
    behind_program: bool,
    seen_assert: bool,
}

impl Context {
    fn role(&self, guarded: bool, stmt: &Stmt) -> Role {
        match &stmt.kind {
            StmtKind::Comment { .. } => Role::Program,
            StmtKind::Function(f) => self.function_role(f),
            StmtKind::Class(c) if self.test_names.contains(&c.name) => Role::TestClass,
            StmtKind::Class(_) => Role::Program,
            _ => self.script_role(guarded, stmt),
        }
    }

    fn function_role(&self, f: &Function) -> Role {
        if !self.test_names.contains(&f.name) {
            Role::Program
        } else if f.name == check::NAME {
            Role::Check
        } else if only_calls_tests(f, &self.test_names) {
            Role::Dropped
        } else {
            Role::TestFunction
        }
    }

    fn script_role(&self, guarded: bool, stmt: &Stmt) -> Role {
        if let Some(callee) = bare_callee(stmt) {
            if matches!(&callee.kind, ExprKind::Name(n) if n == check::NAME && self.test_names.contains(n)) {
                return Role::CheckCall;
            }
            if runs_tests_or_shows(callee)
                || matches!(&callee.kind, ExprKind::Name(n) if self.test_names.contains(n))
            {
                return Role::Dropped;
            }
        }
        if is_metadata(stmt) || is_idle(stmt) {
            return Role::Dropped;
        }
        if checks(stmt) {
            return Role::Assert;
        }
        let (bound, used) = bound_and_used(stmt);
        let of_program = bound.iter().any(|n| self.program_names.contains(n));
        let binds_only_tests = !bound.is_empty() && !of_program;
        match stmt.kind {
            _ if of_program && !guarded => Role::Program,
            StmtKind::Assign { .. } | StmtKind::AnnAssign { .. } | StmtKind::AugAssign { .. }
                if binds_only_tests =>
            {
                if self.has_tests && (self.behind_program || guarded || self.seen_assert) {
                    Role::Setup
                } else if guarded {
                    Role::Dropped
                } else {
                    Role::Program
                }
            }
            _ if !self.has_tests => {
                if guarded {
                    Role::Dropped
                } else {
                    Role::Program
                }
            }
            _ if used.iter().any(|n| self.program_names.contains(n)) && !self.behind_program => Role::Program,
            _ if self.seen_assert && !guarded => Role::Assert,
            _ if self.behind_program || guarded => Role::Setup,
            _ => Role::Program,
        }
    }
}

/// `if __name__ == "__main__":` gives way to its statements, marked.
fn flatten_guard(body: Vec<Stmt>) -> Vec<(bool, Stmt)> {
    let mut out = Vec::new();
    for stmt in body {
        match stmt.kind {
            StmtKind::If { mut branches, .. } if branches.first().is_some_and(|(c, _)| is_main_guard(c)) => {
                out.extend(branches.swap_remove(0).1.into_iter().map(|s| (true, s)));
            }
            kind => out.push((false, Stmt { kind, span: stmt.span })),
        }
    }
    out
}

fn is_main_guard(condition: &Expr) -> bool {
    let ExprKind::Compare { operands, ops } = &condition.kind else { return false };
    let is_name = |e: &Expr| matches!(&e.kind, ExprKind::Library(p) if p == "builtins.__name__");
    let is_main = |e: &Expr| matches!(&e.kind, ExprKind::Str(s) if s == "__main__");
    ops.as_slice() == [CompareOp::Eq] && operands.iter().any(is_name) && operands.iter().any(is_main)
}

/// The names of the definitions that are tests.
fn test_definitions(flat: &[(bool, Stmt)]) -> Names {
    let called = called_for_a_value(flat);
    let mut tests: Names = flat
        .iter()
        .filter(|(_, s)| match &s.kind {
            StmtKind::Function(f) => is_test_function(f, called.contains(&f.name)),
            StmtKind::Class(c) => is_test_class(c),
            _ => false,
        })
        .filter_map(|(_, s)| defined_name(s).map(str::to_owned))
        .collect();
    // A function that does nothing but call tests is one of them.
    let runners: Vec<String> = flat
        .iter()
        .filter_map(|(_, s)| match &s.kind {
            StmtKind::Function(f) if only_calls_tests(f, &tests) => Some(f.name.clone()),
            _ => None,
        })
        .collect();
    tests.extend(runners);
    tests
}

fn is_test_function(f: &Function, called: bool) -> bool {
    if f.name == check::NAME && f.params.len() == 1 {
        return f.params[0].name == "candidate" || (checks_in(&f.body) && !called);
    }
    let named = f.name.starts_with("test_") || f.name == "test" || f.name == "tests";
    named && !called && (checks_in(&f.body) || (f.params.is_empty() && f.name.starts_with("test_")))
}

fn is_test_class(c: &Class) -> bool {
    let unittest = c.bases.iter().any(|b| b == "unittest.TestCase" || b == "unittest.case.TestCase");
    let methods =
        c.body.iter().any(|s| matches!(&s.kind, StmtKind::Function(f) if f.name.starts_with("test")));
    unittest || (c.name.starts_with("Test") && c.bases.is_empty() && methods)
}

/// The body is nothing but calls of tests (and output).
fn only_calls_tests(f: &Function, tests: &Names) -> bool {
    let calls_test = |s: &Stmt| {
        bare_callee(s)
            .is_some_and(|c| matches!(&c.kind, ExprKind::Name(n) if tests.contains(n) && *n != f.name))
    };
    let fine = |s: &Stmt| match &s.kind {
        StmtKind::Comment { .. } | StmtKind::Pass => true,
        _ => calls_test(s) || bare_callee(s).is_some_and(runs_tests_or_shows),
    };
    f.body.iter().any(calls_test) && f.body.iter().all(fine)
}

/// Names used otherwise than by a statement that only calls them without arguments.
fn called_for_a_value(flat: &[(bool, Stmt)]) -> Names {
    struct Collector(Names);
    impl Visit for Collector {
        fn stmt(&mut self, stmt: &Stmt) {
            let is_plain_call = matches!(
                &stmt.kind,
                StmtKind::Expr(Expr { kind: ExprKind::Call { args, keywords, .. }, .. })
                    if args.is_empty() && keywords.is_empty()
            );
            if !is_plain_call {
                walk_stmt(self, stmt);
            }
        }

        fn expr(&mut self, expr: &Expr) {
            self.0.extend(names::used_by_expr(expr));
        }
    }
    let mut collector = Collector(Names::new());
    flat.iter().for_each(|(_, s)| collector.stmt(s));
    collector.0
}

/// The names that the program's definitions use, directly or through top-level assignments.
fn program_names(flat: &[(bool, Stmt)], tests: &Names) -> Names {
    let definitions = flat.iter().filter(|(_, s)| defined_name(s).is_some_and(|n| !tests.contains(n)));
    let mut program = Names::new();
    definitions.for_each(|(_, s)| program.extend(names::used(std::slice::from_ref(s))));
    let script: Vec<(Names, Names)> =
        flat.iter().filter(|(_, s)| is_script(s) && !checks(s)).map(|(_, s)| bound_and_used(s)).collect();
    loop {
        let before = program.len();
        for (bound, used) in &script {
            if bound.iter().any(|n| program.contains(n)) {
                program.extend(used.iter().cloned());
            }
        }
        if program.len() == before {
            return program;
        }
    }
}

/// Comments go where the next statement goes; before a test definition they are dropped with it.
fn comments_follow(flat: &[(bool, Stmt)], roles: &mut [Role]) {
    let mut next = Role::Program;
    for i in (0..roles.len()).rev() {
        match flat[i].1.kind {
            StmtKind::Comment { trailing: true, .. } => {
                roles[i] = if i == 0 { Role::Program } else { roles[i - 1] };
            }
            StmtKind::Comment { .. } => {
                roles[i] = match next {
                    Role::Program | Role::Assert => next,
                    _ => Role::Dropped,
                }
            }
            _ => next = roles[i],
        }
    }
    // A trailing comment looked at the role before it, which may have been another comment's.
    for i in 1..roles.len() {
        if matches!(flat[i].1.kind, StmtKind::Comment { trailing: true, .. }) {
            roles[i] = match roles[i - 1] {
                Role::Program | Role::Assert => roles[i - 1],
                _ => Role::Dropped,
            };
        }
    }
}

/// Names that a statement binds, and names that it uses.
pub(super) fn bound_and_used(stmt: &Stmt) -> (Names, Names) {
    let stmts = std::slice::from_ref(stmt);
    (names::bound(stmts), names::used(stmts))
}

fn defined_name(stmt: &Stmt) -> Option<&str> {
    match &stmt.kind {
        StmtKind::Function(f) => Some(&f.name),
        StmtKind::Class(c) => Some(&c.name),
        _ => None,
    }
}

fn is_script(stmt: &Stmt) -> bool {
    !matches!(stmt.kind, StmtKind::Function(_) | StmtKind::Class(_) | StmtKind::Comment { .. })
}

/// The callee of a statement that is nothing but a call.
pub(super) fn bare_callee(stmt: &Stmt) -> Option<&Expr> {
    match &stmt.kind {
        StmtKind::Expr(Expr { kind: ExprKind::Call { callee, .. }, .. }) => Some(callee),
        _ => None,
    }
}

fn runs_tests_or_shows(callee: &Expr) -> bool {
    matches!(
        &callee.kind,
        ExprKind::Library(path) if matches!(
            path.as_str(),
            "doctest.testmod" | "unittest.main" | "pytest.main" | "builtins.print" | "sys.exit"
        )
    )
}

/// `__all__`, `__version__` and the like.
fn is_metadata(stmt: &Stmt) -> bool {
    let dunder = |e: &Expr| matches!(&e.kind, ExprKind::Name(n) if n.starts_with("__") && n.ends_with("__"));
    match &stmt.kind {
        StmtKind::Assign { targets, .. } => targets.iter().all(dunder),
        StmtKind::AnnAssign { target, .. } | StmtKind::AugAssign { target, .. } => dunder(target),
        _ => false,
    }
}

/// Nothing is left of it, as of `if TYPE_CHECKING:` and of `try: import …`.
fn is_idle(stmt: &Stmt) -> bool {
    let idle = |block: &[Stmt]| block.iter().all(is_idle);
    match &stmt.kind {
        StmtKind::Pass | StmtKind::Comment { .. } => true,
        StmtKind::Expr(e) => matches!(e.kind, ExprKind::Str(_)),
        StmtKind::If { branches, orelse } => branches.iter().all(|(_, b)| idle(b)) && idle(orelse),
        StmtKind::Try { body, orelse, finally, .. } => idle(body) && idle(orelse) && idle(finally),
        _ => false,
    }
}

/// The statement contains a check.
pub(super) fn checks(stmt: &Stmt) -> bool {
    struct Finder(bool);
    impl Visit for Finder {
        fn stmt(&mut self, stmt: &Stmt) {
            self.0 |= matches!(stmt.kind, StmtKind::Assert { .. } | StmtKind::ExpectRaise { .. });
            walk_stmt(self, stmt);
        }

        fn expr(&mut self, _: &Expr) {}
    }
    let mut finder = Finder(false);
    finder.stmt(stmt);
    finder.0
}

fn checks_in(body: &[Stmt]) -> bool {
    body.iter().any(checks)
}
