//! Loops that gather a number, a list, a set, a dict or a text, one step a turn.

use super::each_loop;
use super::turns::{Turns, turns};
use super::usage::Facts;
use grammars::ir::names::{free_names, mentions};
use grammars::ir::{
    BinaryOp, Block, Expr, ExprKind, Intrinsic, Overflow, Pattern, Place, Stmt, StmtKind, Type,
};

/// What is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sum,
    Product,
    List,
    Text,
    Set,
    Dict,
}

/// One step: what is put where.
struct Step {
    variable: String,
    ty: Type,
    kind: Kind,
    key: Option<Expr>,
    value: Expr,
}

/// Rewrites `x = 0`, later `for …: x += …`, and their like.
pub(super) fn rewrite(block: &mut Block, facts: &Facts<'_>) {
    each_loop(block, |block, at| gathered(block, at, facts));
}

/// The assignment that says the same as the loop at `at` and the start before it, and where that is.
fn gathered(block: &Block, at: usize, facts: &Facts<'_>) -> Option<(usize, Stmt)> {
    let turns = turns(&block[at], facts)?;
    let step = step(turns.leaf)?;
    if !facts.is_own(&step.variable) {
        return None;
    }
    let start = start_of(&block[..at], &step)?;
    let mut exprs = turns.exprs();
    exprs.extend([Some(&step.value), step.key.as_ref()].into_iter().flatten());
    if !facts.is_plain(&exprs) || exprs.iter().any(|expr| free_names(expr).contains(&step.variable)) {
        return None;
    }
    let span = block[at].span;
    let (name, ty) = (step.variable.clone(), step.ty.clone());
    let value = expression(turns, step).at(span);
    Some((start, Stmt::new(StmtKind::Assign { place: Place::variable(name, ty), value }).at(span)))
}

/// Where the variable gets its first value, if nothing looks at it from there to the loop.
fn start_of(before: &[Stmt], step: &Step) -> Option<usize> {
    let start = before.iter().rposition(|stmt| mentions(std::slice::from_ref(stmt), &step.variable))?;
    let StmtKind::Assign { place: Place::Variable { name, .. }, value } = &before[start].kind else {
        return None;
    };
    let commented =
        matches!(before.get(start + 1).map(|s| &s.kind), Some(StmtKind::Comment { trailing: true, .. }));
    (*name == step.variable && is_neutral(value, step.kind) && !commented).then_some(start)
}

/// Whether `value` is what a gathering of this kind starts from.
fn is_neutral(value: &Expr, kind: Kind) -> bool {
    match (kind, &value.kind) {
        (Kind::Sum, ExprKind::Int(0)) | (Kind::Product, ExprKind::Int(1)) => true,
        (Kind::List, ExprKind::List(items)) | (Kind::Set, ExprKind::Set(items)) => items.is_empty(),
        (Kind::Text, ExprKind::Str(text)) => text.is_empty(),
        (Kind::Dict, ExprKind::Dict(entries)) => entries.is_empty(),
        _ => false,
    }
}

/// The step that a loop's innermost statements take.
fn step(leaf: &[Stmt]) -> Option<Step> {
    let [stmt] = leaf else { return None };
    match &stmt.kind {
        StmtKind::AugAssign { place: Place::Variable { name, ty }, op, overflow, value } => {
            let (kind, value) = match (ty, op, &value.kind) {
                (Type::List(_), BinaryOp::Concat | BinaryOp::Add, ExprKind::List(items)) => {
                    match items.as_slice() {
                        [item] => (Kind::List, item),
                        _ => return None,
                    }
                }
                _ => (kind_of(ty, *op, *overflow)?, value),
            };
            Some(Step { variable: name.clone(), ty: ty.clone(), kind, key: None, value: value.clone() })
        }
        StmtKind::Assign { place: Place::Variable { name, ty }, value } => {
            let ExprKind::Binary { op, overflow, left, right } = &value.kind else { return None };
            let kind = kind_of(ty, *op, *overflow)?;
            let value = match (left.as_local(), right.as_local()) {
                (Some(own), _) if own == name => right,
                (_, Some(own)) if own == name && kind != Kind::Text => left,
                _ => return None,
            };
            Some(Step { variable: name.clone(), ty: ty.clone(), kind, key: None, value: (**value).clone() })
        }
        StmtKind::Assign { place: Place::Item { base, index, .. }, value } => {
            let variable = base.as_local()?.to_string();
            let Type::Dict(..) = base.ty else { return None };
            let key = Some(index.clone());
            Some(Step { variable, ty: base.ty.clone(), kind: Kind::Dict, key, value: value.clone() })
        }
        StmtKind::Expr(Expr { kind: ExprKind::Intrinsic { op, args }, .. }) => {
            let kind = match op {
                Intrinsic::Append => Kind::List,
                Intrinsic::Add => Kind::Set,
                _ => return None,
            };
            let [container, item] = args.as_slice() else { return None };
            let variable = container.as_local()?.to_string();
            Some(Step { variable, ty: container.ty.clone(), kind, key: None, value: item.clone() })
        }
        StmtKind::If { branches, orelse } => either(branches, orelse),
        _ => None,
    }
}

/// A step that takes one of two values.
fn either(branches: &[(Expr, Block)], orelse: &Block) -> Option<Step> {
    let [(condition, then)] = branches else { return None };
    let (yes, no) = (step(then)?, step(orelse)?);
    let alike = yes.variable == no.variable && yes.kind == no.kind && yes.value.ty == no.value.ty;
    if !alike || yes.key.is_some() {
        return None;
    }
    let ty = yes.value.ty.clone();
    let (then, orelse) = (Box::new(yes.value), Box::new(no.value));
    let kind = ExprKind::IfElse { condition: Box::new(condition.clone()), then, orelse };
    Some(Step { value: Expr::new(kind, ty).at(condition.span), ..no })
}

/// What an update of a variable of this type gathers.
fn kind_of(ty: &Type, op: BinaryOp, overflow: Overflow) -> Option<Kind> {
    let free = matches!(overflow, Overflow::Unbounded | Overflow::Fits);
    match (ty, op) {
        (Type::Int, BinaryOp::Add) if free => Some(Kind::Sum),
        (Type::Int, BinaryOp::Mul) if free => Some(Kind::Product),
        (Type::Str, BinaryOp::Concat | BinaryOp::Add) => Some(Kind::Text),
        _ => None,
    }
}

/// The gathering as an expression.
fn expression(turns: Turns<'_>, step: Step) -> Expr {
    let Step { ty, kind, key, value, .. } = step;
    let clauses = turns.clauses;
    match (kind, key) {
        (Kind::Dict, Some(key)) => {
            let (key, value) = (Box::new(key), Box::new(value));
            return Expr::new(ExprKind::DictComprehension { key, value, clauses }, ty);
        }
        (Kind::Set, _) => {
            return Expr::new(ExprKind::SetComprehension { element: Box::new(value), clauses }, ty);
        }
        _ => {}
    }
    if let [clause] = clauses.as_slice()
        && let Pattern::Name { name, .. } = &clause.pattern
        && clause.conditions.is_empty()
    {
        if value.as_local() == Some(name) && kind != Kind::Text {
            return of_items(clause.iter.clone(), kind, ty);
        }
        if let Some(repeated) = repeated(&clause.iter, kind, &value, &ty) {
            return repeated;
        }
    }
    let element = value.ty.clone();
    let all = |ty| Expr::new(ExprKind::Comprehension { element: Box::new(value), clauses }, ty);
    match kind {
        Kind::List => all(ty),
        Kind::Text => Expr::intrinsic(Intrinsic::Join, vec![Expr::str(""), all(Type::iter(element))], ty),
        Kind::Product => Expr::intrinsic(Intrinsic::Product, vec![all(Type::iter(element))], ty),
        _ => Expr::intrinsic(Intrinsic::Sum, vec![all(Type::iter(element))], ty),
    }
}

/// The same literal on every turn: a length, or a list of so many of it.
fn repeated(iter: &Expr, kind: Kind, value: &Expr, ty: &Type) -> Option<Expr> {
    let literal =
        matches!(value.kind, ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::Str(_));
    match (&iter.kind, kind) {
        (_, Kind::Sum) if value.as_int() == Some(1) && has_length(&iter.ty) => Some(Expr::len(iter.clone())),
        (ExprKind::Range { start, stop, step }, Kind::List)
            if literal && start.as_int() == Some(0) && step.as_int() == Some(1) =>
        {
            let one = Expr::new(ExprKind::List(vec![value.clone()]), ty.clone());
            Some(Expr::binary(BinaryOp::Repeat, Overflow::Fits, one, (**stop).clone()))
        }
        _ => None,
    }
}

/// `[0 for _ in range(n)]` is `[0] * n`.
pub(super) fn repeated_literal(expr: &mut Expr) {
    let ExprKind::Comprehension { element, clauses } = &expr.kind else { return };
    if let ([clause], Type::List(_)) = (clauses.as_slice(), &expr.ty)
        && clause.conditions.is_empty()
        && let Some(repeated) = repeated(&clause.iter, Kind::List, element, &expr.ty)
    {
        *expr = repeated.at(expr.span);
    }
}

fn has_length(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::Set(_) | Type::Dict(..) | Type::Str)
}

/// All items of an iterable, gathered as they are.
fn of_items(items: Expr, kind: Kind, ty: Type) -> Expr {
    let op = match kind {
        Kind::Sum => Intrinsic::Sum,
        Kind::Product => Intrinsic::Product,
        _ => Intrinsic::ToList,
    };
    Expr::intrinsic(op, vec![items], ty)
}
