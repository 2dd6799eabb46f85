//! What a function does that has nothing to do with objects: whom it calls, whether it prints, which
//! globals it reads, which exceptions leave it.

use super::intrinsics::changes_first;
use super::table::{Key, Table};
use grammars::ir::visit::{Visit, any_expr, walk_expr, walk_stmt};
use grammars::ir::{Block, ExceptionKind, Expr, ExprKind, Function, Handler, Intrinsic, Stmt, StmtKind};
use std::collections::{BTreeMap, BTreeSet};

/// What one function does by itself, nested functions apart.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// It prints.
    pub(super) prints: bool,
    /// Globals that it reads.
    pub(super) reads: BTreeSet<String>,
    /// Functions that it calls or refers to.
    pub(super) calls: BTreeSet<Key>,
    /// Functions that it refers to as values.
    pub(super) refers: BTreeSet<Key>,
    /// It calls a function value.
    pub(super) calls_values: bool,
    /// It holds a lambda that changes an object.
    pub(super) lambda_changes: bool,
}

/// Collects the facts of `function` under `key`.
pub(super) fn facts(table: &Table<'_>, key: &str, function: &Function) -> Facts {
    let mut collector = Collector { table, key, facts: Facts::default() };
    collector.block(&function.body);
    collector.facts
}

struct Collector<'t, 'm> {
    table: &'t Table<'m>,
    key: &'t str,
    facts: Facts,
}

impl<'a> Visit<'a> for Collector<'_, '_> {
    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Global(name) => {
                self.facts.reads.insert(name.clone());
            }
            ExprKind::ClassConstant { class, name } => {
                self.facts.reads.insert(format!("{class}.{name}"));
            }
            ExprKind::Intrinsic { op: Intrinsic::Print { .. }, .. } => self.facts.prints = true,
            ExprKind::CallValue { .. } => self.facts.calls_values = true,
            ExprKind::Lambda { body, .. } => self.facts.lambda_changes |= any_expr(body, changes_object),
            _ => {}
        }
        let targets = self.table.targets(self.key, expr);
        if matches!(expr.kind, ExprKind::FunctionRef(_)) {
            self.facts.refers.extend(targets.iter().cloned());
        }
        self.facts.calls.extend(targets);
        walk_expr(self, expr);
    }

    fn function(&mut self, _function: &'a Function) {}
}

/// Whether `expr` may change an object by itself.
fn changes_object(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Intrinsic { op, .. } => changes_first(op),
        ExprKind::Call { .. } | ExprKind::CallMethod { .. } | ExprKind::CallValue { .. } => true,
        _ => false,
    }
}

/// The exceptions that can leave `function` by `raise`, given those that leave its callees.
pub(super) fn raises(
    table: &Table<'_>,
    key: &str,
    function: &Function,
    known: &BTreeMap<Key, BTreeSet<ExceptionKind>>,
) -> BTreeSet<ExceptionKind> {
    let mut raises = Raises { table, key, known, found: BTreeSet::new(), caught: Vec::new() };
    raises.block(&function.body);
    raises.found
}

struct Raises<'t, 'm> {
    table: &'t Table<'m>,
    key: &'t str,
    known: &'t BTreeMap<Key, BTreeSet<ExceptionKind>>,
    found: BTreeSet<ExceptionKind>,
    /// What the handlers around this point caught, innermost last.
    caught: Vec<BTreeSet<ExceptionKind>>,
}

impl Raises<'_, '_> {
    /// What `block` alone raises.
    fn of(&mut self, block: &Block) -> BTreeSet<ExceptionKind> {
        let outer = std::mem::take(&mut self.found);
        self.block(block);
        std::mem::replace(&mut self.found, outer)
    }

    fn handler(&mut self, handler: &Handler, raised: &mut BTreeSet<ExceptionKind>) {
        let catches =
            |kind: &ExceptionKind| handler.kinds.is_empty() || handler.kinds.iter().any(|k| covers(k, kind));
        let caught: BTreeSet<_> = raised.iter().filter(|kind| catches(kind)).cloned().collect();
        raised.retain(|kind| !catches(kind));
        self.caught.push(caught);
        self.block(&handler.body);
        self.caught.pop();
    }
}

impl<'a> Visit<'a> for Raises<'_, '_> {
    fn expr(&mut self, expr: &'a Expr) {
        for target in self.table.targets(self.key, expr) {
            self.found.extend(self.known.get(&target).into_iter().flatten().cloned());
        }
        walk_expr(self, expr);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Raise { kind, .. } => {
                self.found.insert(kind.clone());
                walk_stmt(self, stmt);
            }
            StmtKind::Reraise => self.found.extend(self.caught.last().into_iter().flatten().cloned()),
            StmtKind::Try { body, handlers, orelse, finally } => {
                let mut raised = self.of(body);
                for handler in handlers {
                    self.handler(handler, &mut raised);
                }
                self.found.extend(raised);
                self.block(orelse);
                self.block(finally);
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn function(&mut self, _function: &'a Function) {}
}

/// Whether a handler for `handler` catches `kind`. What a class of the module derives from is not
/// known here, so such an exception is caught by its own name or by a handler for all.
fn covers(handler: &ExceptionKind, kind: &ExceptionKind) -> bool {
    use ExceptionKind::*;
    handler == kind
        || match handler {
            Any => true,
            Arithmetic => matches!(kind, ZeroDivision | Overflow),
            Lookup => matches!(kind, Index | Key),
            Runtime => matches!(kind, Recursion | NotImplemented),
            _ => false,
        }
}
