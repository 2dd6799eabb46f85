//! Sets the tests of a file apart from its program.
//!
//! Tests are: asserts at top level or under the main guard, with what only they use; `check`
//! functions; `test_…` functions; unittest classes; examples in docstrings. No assert is ever
//! dropped: one that cannot be expressed is an `Unsupported` statement of its test.

mod assertion;
mod check;
mod doctests;
mod expect;
mod roles;
mod unittest;

use self::roles::{Item, Role};
use crate::surface::names::{self, Names};
use crate::surface::{Doc, Stmt, StmtKind, TestCase, TestOrigin};
use std::collections::HashMap;

/// A file in two parts.
pub(super) struct Separated {
    /// Functions, classes, constants, comments.
    pub program: Vec<Stmt>,
    /// The tests in source order, doctests last.
    pub tests: Vec<TestCase>,
}

/// Separates the statements of the file `name`.
pub(super) fn separate(name: &str, doc: Option<&Doc>, body: Vec<Stmt>) -> Separated {
    let mut program = Vec::new();
    let mut script = Script::default();
    let mut found = Vec::new();
    for Item { role, stmt } in roles::assign(body) {
        match role {
            Role::Program => program.push(stmt),
            Role::Setup | Role::Assert => script.items.push(Item { role, stmt }),
            Role::Check | Role::TestFunction | Role::TestClass => found.push(stmt),
            Role::CheckCall => script.check_calls.push(stmt),
            Role::Dropped => {}
        }
    }
    let mut tests: Vec<TestCase> =
        found.into_iter().flat_map(|stmt| test_cases(stmt, &script, &program)).collect();
    tests.extend(script.asserts());
    tests.sort_by_key(|t| t.span.start);
    tests.extend(doctests::test_cases(name, doc, &program));
    number_equal_names(&mut tests);
    Separated { program, tests }
}

/// The tests that one definition holds.
fn test_cases(stmt: Stmt, script: &Script, program: &[Stmt]) -> Vec<TestCase> {
    let cases = match stmt.kind {
        StmtKind::Function(f) if f.name == check::NAME => check::test_cases(*f, &script.check_calls, program),
        StmtKind::Function(f) => vec![check::test_function(*f)],
        StmtKind::Class(c) => unittest::test_cases(*c),
        _ => Vec::new(),
    };
    cases.into_iter().map(|case| script.with_setup(case)).collect()
}

/// Statements at top level that belong to the tests.
#[derive(Default)]
struct Script {
    /// `Setup` and `Assert` in source order.
    items: Vec<Item>,
    /// `check(f)`.
    check_calls: Vec<Stmt>,
}

impl Script {
    /// The test that all asserts at top level make up.
    fn asserts(&self) -> Option<TestCase> {
        let span = self.items.iter().find(|i| i.role == Role::Assert)?.stmt.span;
        let asserts: Vec<Stmt> =
            self.items.iter().filter(|i| i.role == Role::Assert).map(|i| i.stmt.clone()).collect();
        let wanted = self.needed(names::used(&asserts));
        let body = self.items.iter().zip(wanted).filter(|(i, wanted)| *wanted || i.role == Role::Assert);
        let body = expect::rewrite(body.map(|(i, _)| i.stmt.clone()).collect());
        Some(TestCase { name: "asserts".to_owned(), origin: TestOrigin::Assert, body, span })
    }

    /// Puts what the test uses of the set-up at top level in front of it.
    fn with_setup(&self, mut case: TestCase) -> TestCase {
        let wanted = self.needed(names::used(&case.body));
        let setup = self.items.iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(i, _)| i.stmt.clone());
        case.body.splice(0..0, setup.collect::<Vec<_>>());
        case
    }

    /// Which items set up what `names` need, directly or through others.
    fn needed(&self, mut names: Names) -> Vec<bool> {
        let setup: Vec<Option<(Names, Names)>> = self
            .items
            .iter()
            .map(|i| (i.role == Role::Setup).then(|| roles::bound_and_used(&i.stmt)))
            .collect();
        let own: Names = setup.iter().flatten().flat_map(|(bound, _)| bound.clone()).collect();
        let mut wanted = vec![false; self.items.len()];
        loop {
            let before = names.len();
            for (i, entry) in setup.iter().enumerate() {
                let Some((bound, used)) = entry else { continue };
                if bound.union(used).any(|n| own.contains(n) && names.contains(n)) {
                    wanted[i] = true;
                    names.extend(used.iter().cloned());
                }
            }
            if names.len() == before {
                return wanted;
            }
        }
    }
}

/// The second test named `x` becomes `x_2`.
fn number_equal_names(tests: &mut [TestCase]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for test in tests {
        let count = seen.entry(test.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            test.name = format!("{}_{count}", test.name);
        }
    }
}
