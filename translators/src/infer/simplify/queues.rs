//! Queues for threads in programs that have only one.
//!
//! A `queue.Queue` without a limit, of which nothing but `put`, `get`, `empty` and `qsize` is used, is a
//! `deque`. Taking from an empty one would wait for ever, which no program means.

use super::{Count, Replace, library_call, name_of};
use grammars::surface::visit::{Visit, VisitMut, walk_expr};
use grammars::surface::{CompareOp, Expr, ExprKind, Stmt, StmtKind};

/// Makes the queues of a function's body deques.
pub(super) fn rewrite(body: &mut [Stmt]) {
    let names: Vec<String> = body.iter().filter_map(made).map(str::to_owned).collect();
    for name in names {
        let count = Count::of(&name, body);
        let mut methods = Methods { name: &name, count: 0 };
        body.iter().for_each(|stmt| methods.stmt(stmt));
        if count.stores == 1 && count.uses == methods.count + 1 {
            let mut change = Replace(|e: &mut Expr| as_deque(e, &name));
            body.iter_mut().for_each(|stmt| change.stmt(stmt));
        }
    }
}

/// `name = Queue()`.
fn made(stmt: &Stmt) -> Option<&str> {
    let StmtKind::Assign { targets, value } = &stmt.kind else { return None };
    match (targets.as_slice(), library_call(value, "queue.Queue")) {
        ([target], Some([])) => name_of(target),
        _ => None,
    }
}

/// `queue.method(…)` with as many arguments as have a meaning.
fn method<'e>(e: &'e Expr, queue: &str) -> Option<(&'e str, &'e [Expr])> {
    let ExprKind::Call { callee, args, keywords } = &e.kind else { return None };
    let ExprKind::Attribute { value, name } = &callee.kind else { return None };
    let known = matches!((name.as_str(), args.len()), ("put", 1) | ("get" | "empty" | "qsize", 0));
    (known && keywords.is_empty() && name_of(value) == Some(queue)).then_some((name, args))
}

struct Methods<'n> {
    name: &'n str,
    count: usize,
}

impl Visit for Methods<'_> {
    fn expr(&mut self, expr: &Expr) {
        self.count += usize::from(method(expr, self.name).is_some());
        walk_expr(self, expr);
    }
}

fn as_deque(e: &mut Expr, queue: &str) {
    let span = e.span;
    let expr = |kind| Expr { kind, span };
    let call = |callee: ExprKind, args: Vec<Expr>| ExprKind::Call {
        callee: Box::new(expr(callee)),
        args,
        keywords: Vec::new(),
    };
    let deque = || expr(ExprKind::Name(queue.to_owned()));
    let of_deque = |name: &str| ExprKind::Attribute { value: Box::new(deque()), name: name.to_owned() };
    let length = || call(ExprKind::Library("builtins.len".to_owned()), vec![deque()]);
    let kind = match method(e, queue) {
        Some(("put", args)) => call(of_deque("append"), args.to_vec()),
        Some(("get", _)) => call(of_deque("popleft"), Vec::new()),
        Some(("empty", _)) => {
            let operands = vec![expr(length()), expr(ExprKind::Int("0".to_owned()))];
            ExprKind::Compare { operands, ops: vec![CompareOp::Eq] }
        }
        Some(_) => length(),
        None if library_call(e, "queue.Queue").is_some_and(<[Expr]>::is_empty) => {
            call(ExprKind::Library("collections.deque".to_owned()), Vec::new())
        }
        None => return,
    };
    e.kind = kind;
}
