//! Expected exceptions that tests spell with `try`.
//!
//! ```python
//! try:
//!     withdraw(10)
//!     assert False
//! except ValueError:
//!     pass
//! ```
//!
//! becomes `ExpectRaise`, as `with pytest.raises(ValueError): withdraw(10)` does.

use super::roles::bare_callee;
use crate::surface::{Expr, ExprKind, Handler, Stmt, StmtKind};

/// Classes that catch the failing assert too: then the test cannot fail and is left as it is.
const CATCH_ASSERTIONS: &[&str] = &["AssertionError", "Exception", "BaseException"];

/// Rewrites the pattern wherever it stands in a test.
pub(super) fn rewrite(body: Vec<Stmt>) -> Vec<Stmt> {
    body.into_iter().map(rewrite_stmt).collect()
}

fn rewrite_stmt(stmt: Stmt) -> Stmt {
    let kind = match stmt.kind {
        StmtKind::Try { body, handlers, orelse, finally } => {
            match expected(&body, &handlers, &orelse, &finally) {
                Some(kind) => kind,
                None => StmtKind::Try { body, handlers, orelse, finally },
            }
        }
        StmtKind::For { target, iter, body, orelse } => {
            StmtKind::For { target, iter, body: rewrite(body), orelse: rewrite(orelse) }
        }
        StmtKind::If { branches, orelse } => StmtKind::If {
            branches: branches.into_iter().map(|(condition, block)| (condition, rewrite(block))).collect(),
            orelse: rewrite(orelse),
        },
        kind => kind,
    };
    Stmt { kind, span: stmt.span }
}

fn expected(body: &[Stmt], handlers: &[Handler], orelse: &[Stmt], finally: &[Stmt]) -> Option<StmtKind> {
    let kinds: Vec<String> = handlers.iter().flat_map(|h| h.kinds.clone()).collect();
    let quiet = handlers.iter().all(|h| !h.kinds.is_empty() && h.body.iter().all(does_nothing));
    if !quiet || kinds.is_empty() || !finally.is_empty() {
        return None;
    }
    let significant = |s: &&Stmt| !matches!(s.kind, StmtKind::Comment { .. });
    let guarded = match orelse.iter().filter(significant).collect::<Vec<_>>().as_slice() {
        [only] if always_fails(only) => body.to_vec(),
        [] => {
            let last = body.iter().rposition(|s| significant(&s))?;
            if !always_fails(&body[last]) || kinds.iter().any(|k| CATCH_ASSERTIONS.contains(&k.as_str())) {
                return None;
            }
            body[..last].to_vec()
        }
        _ => return None,
    };
    (!guarded.is_empty()).then_some(StmtKind::ExpectRaise { kinds, body: guarded })
}

fn does_nothing(stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Pass | StmtKind::Comment { .. })
        || matches!(&stmt.kind, StmtKind::Assert { condition: Expr { kind: ExprKind::Bool(true), .. }, .. })
}

/// `assert False`, `self.fail()`, `pytest.fail()`.
fn always_fails(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Assert { condition, .. } => matches!(condition.kind, ExprKind::Bool(false)),
        _ => bare_callee(stmt).is_some_and(|callee| match &callee.kind {
            ExprKind::Library(path) => path == "pytest.fail",
            ExprKind::Attribute { value, name } => {
                name == "fail" && matches!(&value.kind, ExprKind::Name(n) if n == "self")
            }
            _ => false,
        }),
    }
}
