//! Objects that stand for "nothing was given".
//!
//! ```python
//! _missing = object()
//! def first(items, default=_missing):
//!     ... if default is _missing ...
//! ```
//!
//! Such an object differs from all other values, `None` too. A class of its own says the same: its one
//! object is the only value of its type.

use super::{Replace, library_call, name_of};
use grammars::surface::visit::{Visit, VisitMut, walk_expr, walk_stmt};
use grammars::surface::{Class, CompareOp, Expr, ExprKind, Module, Stmt, StmtKind, UnaryOp};
use std::collections::BTreeSet;

/// Gives the objects of the module classes.
pub(super) fn rewrite(module: &mut Module) {
    let names: Vec<String> = module.body.iter().filter_map(made).map(str::to_owned).collect();
    for name in names {
        let mut uses = Uses { name: &name, stores: 0, other: false, taken: BTreeSet::new() };
        module.body.iter().for_each(|stmt| uses.stmt(stmt));
        module.tests.iter().flat_map(|test| &test.body).for_each(|stmt| uses.stmt(stmt));
        let class = class_name(&name);
        if uses.stores == 1 && !uses.other && !uses.taken.contains(&class) {
            give_class(module, &name, &class);
        }
    }
}

/// `name = object()`.
fn made(stmt: &Stmt) -> Option<&str> {
    let StmtKind::Assign { targets, value } = &stmt.kind else { return None };
    match (targets.as_slice(), library_call(value, "builtins.object")) {
        ([target], Some([])) => name_of(target),
        _ => None,
    }
}

/// `_missing` is the one `Missing`.
fn class_name(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
        first + &letters.as_str().to_lowercase()
    };
    words.map(capital).collect()
}

/// Whether the name is used for nothing but defaults, arguments and questions with `is`.
struct Uses<'n> {
    name: &'n str,
    stores: usize,
    other: bool,
    /// Other names of the module.
    taken: BTreeSet<String>,
}

impl Uses<'_> {
    fn is_it(&self, e: &Expr) -> bool {
        name_of(e) == Some(self.name)
    }
}

impl Visit for Uses<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                self.stores += targets.iter().filter(|t| self.is_it(t)).count();
                self.other |= self.is_it(value);
            }
            StmtKind::Function(f) => {
                self.taken.insert(f.name.clone());
                self.other |= f.params.iter().any(|p| p.name == self.name);
                self.other |= f.outer_names.iter().any(|name| name == self.name);
            }
            StmtKind::Class(c) => {
                self.taken.insert(c.name.clone());
            }
            StmtKind::AugAssign { target, .. } | StmtKind::AnnAssign { target, .. } => {
                self.other |= self.is_it(target);
            }
            StmtKind::For { target, .. } => self.other |= self.is_it(target),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Name(name) => {
                self.taken.insert(name.clone());
            }
            ExprKind::Compare { operands, ops } => {
                let asked = is_question(operands, ops);
                self.other |= !asked && operands.iter().any(|e| self.is_it(e));
                self.other |= asked && self.is_it(&operands[0]);
            }
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                self.other |= items.iter().any(|e| self.is_it(e));
            }
            ExprKind::Call { callee, args, .. } => {
                let of_library = matches!(callee.kind, ExprKind::Library(_) | ExprKind::Attribute { .. });
                self.other |= of_library && args.iter().any(|e| self.is_it(e));
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}

/// `a is b` or `a is not b`.
fn is_question(operands: &[Expr], ops: &[CompareOp]) -> bool {
    operands.len() == 2 && matches!(ops, [CompareOp::Is | CompareOp::IsNot])
}

fn give_class(module: &mut Module, name: &str, class: &str) {
    let Some(at) = module.body.iter().position(|stmt| made(stmt) == Some(name)) else { return };
    let span = module.body[at].span;
    if let StmtKind::Assign { value, .. } = &mut module.body[at].kind {
        *value = call(Expr { kind: ExprKind::Name(class.to_owned()), span }, Vec::new());
    }
    let definition = Class {
        name: class.to_owned(),
        bases: Vec::new(),
        doc: None,
        body: vec![Stmt { kind: StmtKind::Pass, span }],
        decorators: Vec::new(),
        span,
    };
    module.body.insert(at, Stmt { kind: StmtKind::Class(Box::new(definition)), span });
    let mut asked = Replace(|e: &mut Expr| ask(e, name, class));
    module.body.iter_mut().for_each(|stmt| asked.stmt(stmt));
    module.tests.iter_mut().flat_map(|test| &mut test.body).for_each(|stmt| asked.stmt(stmt));
}

/// `x is _missing` becomes `isinstance(x, Missing)`.
fn ask(e: &mut Expr, name: &str, class: &str) {
    let span = e.span;
    let ExprKind::Compare { operands, ops } = &e.kind else { return };
    if !is_question(operands, ops) || name_of(&operands[1]) != Some(name) {
        return;
    }
    let isinstance = Expr { kind: ExprKind::Library("builtins.isinstance".to_owned()), span };
    let class = Expr { kind: ExprKind::Name(class.to_owned()), span };
    let question = call(isinstance, vec![operands[0].clone(), class]);
    *e = match ops.first() {
        Some(CompareOp::IsNot) => {
            Expr { kind: ExprKind::Unary { op: UnaryOp::Not, operand: Box::new(question) }, span }
        }
        _ => question,
    };
}

fn call(callee: Expr, args: Vec<Expr>) -> Expr {
    let span = callee.span;
    Expr { kind: ExprKind::Call { callee: Box::new(callee), args, keywords: Vec::new() }, span }
}
