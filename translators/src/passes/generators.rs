//! Writes lazy library iterators that an intrinsic consumes as generator expressions.
//!
//! ```text
//! sum(map(f, xs))                 ->    sum(f(x) for x in xs)
//! list(filter(lambda x: …, xs))   ->    list(x for x in xs if …)
//! "".join(reversed(text))         ->    "".join(letter for letter in reversed(text))
//! dict(zip(keys, values))         ->    dict((key, value) for key, value in zip(keys, values))
//! ```
//!
//! So that `comprehensions` turns their consumers into loops, and `iteration` the loops into simpler
//! ones. Afterwards `map`, `filter`, `zip`, `enumerate`, `reversed`, `items`, `keys` and `values` are
//! arguments of an intrinsic only where `keep` holds; elsewhere they are what a loop or clause goes
//! over. `map` and `filter` are gone from those too, as far as a clause goes over them.

use grammars::ir::names::{FreshNames, free_names};
use grammars::ir::rename::replace_free;
use grammars::ir::visit::{map_expr, map_exprs_in_module};
use grammars::ir::{Clause, Expr, ExprKind, Intrinsic, Module, Pattern, Stmt, Type};
use std::collections::BTreeMap;

/// Rewrites consumed iterators for which `keep` does not hold.
pub fn run(mut module: Module, keep: impl Fn(&Expr) -> bool) -> Module {
    map_exprs_in_module(&mut module, |expr| match &mut expr.kind {
        ExprKind::Intrinsic { op, args } if consumes(op) => {
            args.iter_mut().filter(|arg| is_lazy(arg) && !keep(arg)).for_each(to_generator);
        }
        ExprKind::Comprehension { clauses, .. }
        | ExprKind::SetComprehension { clauses, .. }
        | ExprKind::DictComprehension { clauses, .. } => {
            clauses.iter_mut().filter(|clause| !keep(&clause.iter)).for_each(simplify);
        }
        _ => {}
    });
    module
}

/// Whether the intrinsic reads its argument to the end, or as far as it needs, at once.
fn consumes(op: &Intrinsic) -> bool {
    use Intrinsic::*;
    matches!(
        op,
        ToList
            | ToSet
            | ToTuple
            | ToDict
            | Sum
            | Product
            | Any
            | All
            | Min { .. }
            | Max { .. }
            | Sorted { .. }
            | Extend
            | Tally
            | Join
            | AddAll
            | Reduce
    )
}

fn is_lazy(expr: &Expr) -> bool {
    use Intrinsic::*;
    matches!(
        &expr.kind,
        ExprKind::Intrinsic { op: Map | Filter | Zip | Enumerate | Reversed | Items | Keys | Values, .. }
    )
}

/// `iterator` as `gen[x for x in iterator]`, simplified.
fn to_generator(iterator: &mut Expr) {
    let Some(element) = iterator.ty.element() else { return };
    let (pattern, element) = binding(&element, &mut names_in(iterator));
    let (ty, span) = (iterator.ty.clone(), iterator.span);
    let iter = std::mem::replace(iterator, Expr::bool(false));
    let mut clauses = vec![Clause { pattern, iter, conditions: Vec::new() }];
    let mut element = element;
    if let Some(value) = take_mapped(&mut clauses[0]) {
        element = value;
    } else {
        simplify(&mut clauses[0]);
    }
    *iterator = Expr::new(ExprKind::Comprehension { element: Box::new(element), clauses }, ty).at(span);
}

/// All names of variables in `expr`.
fn names_in(expr: &Expr) -> FreshNames {
    let mut names = FreshNames::default();
    names.take_block(&vec![Stmt::expr(expr.clone())]);
    free_names(expr).iter().for_each(|name| names.take(name));
    names
}

/// A pattern for a value of type `ty`, and the value in terms of its names.
fn binding(ty: &Type, names: &mut FreshNames) -> (Pattern, Expr) {
    match ty {
        Type::Tuple(items) => {
            let wish = |i: usize| match (items.len(), i) {
                (2, 0) => "first".to_string(),
                (2, _) => "second".to_string(),
                _ => format!("part_{}", i + 1),
            };
            let fresh: Vec<String> = (0..items.len()).map(|i| names.fresh(&wish(i))).collect();
            let parts = fresh.iter().zip(items).map(|(name, ty)| Pattern::name(name, ty.clone())).collect();
            let values = fresh.iter().zip(items).map(|(name, ty)| Expr::local(name, ty.clone())).collect();
            (Pattern::Tuple(parts), Expr::new(ExprKind::Tuple(values), ty.clone()))
        }
        _ => {
            let wish = match ty {
                Type::Str | Type::Char => "part",
                Type::List(_) => "row",
                _ => "item",
            };
            let name = names.fresh(wish);
            (Pattern::name(&name, ty.clone()), Expr::local(&name, ty.clone()))
        }
    }
}

/// For a clause over `map(f, xs)`: makes it one over `xs`; gives `f(x)`.
fn take_mapped(clause: &mut Clause) -> Option<Expr> {
    let ExprKind::Intrinsic { op: Intrinsic::Map, args } = &clause.iter.kind else { return None };
    let [function, source] = args.as_slice() else { return None };
    let (pattern, item) = binding(&source.ty.element()?, &mut names_in(&clause.iter));
    let value = applied(function, item)?;
    let source = source.clone();
    *clause = Clause { pattern, iter: source, conditions: Vec::new() };
    Some(value)
}

/// A clause over `filter(f, xs)` becomes one over `xs` with the condition `f(x)`.
fn simplify(clause: &mut Clause) {
    let ExprKind::Intrinsic { op: Intrinsic::Filter, args } = &clause.iter.kind else { return };
    let [function, source] = args.as_slice() else { return };
    let Some(condition) = value_of(&clause.pattern).and_then(|item| applied(function, item)) else { return };
    let source = source.clone();
    clause.iter = source;
    clause.conditions.insert(0, condition);
}

/// The value that a pattern without `_` matches.
fn value_of(pattern: &Pattern) -> Option<Expr> {
    match pattern {
        Pattern::Name { name, .. } if name == "_" => None,
        Pattern::Name { name, ty } => Some(Expr::local(name, ty.clone())),
        Pattern::Tuple(parts) => {
            let values = parts.iter().map(value_of).collect::<Option<Vec<_>>>()?;
            Some(Expr::new(ExprKind::Tuple(values), pattern.ty()))
        }
    }
}

/// `function(argument)`: a lambda's body with the argument put in, or a call.
pub(crate) fn applied(function: &Expr, argument: Expr) -> Option<Expr> {
    let span = function.span;
    match &function.kind {
        ExprKind::Lambda { params, body } => {
            let [(name, _)] = params.as_slice() else { return None };
            let mut value = (**body).clone();
            replace_free(&mut value, &BTreeMap::from([(name.clone(), argument)]));
            map_expr(&mut value, part_of_literal);
            Some(value)
        }
        ExprKind::FunctionRef(name) => {
            let Type::Function { ret, .. } = &function.ty else { return None };
            let kind = ExprKind::Call { function: name.clone(), args: vec![argument] };
            Some(Expr::new(kind, (**ret).clone()).at(span))
        }
        _ => {
            let Type::Function { ret, .. } = &function.ty else { return None };
            let kind = ExprKind::CallValue { callee: Box::new(function.clone()), args: vec![argument] };
            Some(Expr::new(kind, (**ret).clone()).at(span))
        }
    }
}

/// `(a, b)[1]` is `b`.
fn part_of_literal(expr: &mut Expr) {
    if let ExprKind::Index { base, index, .. } = &mut expr.kind
        && let ExprKind::Tuple(items) = &mut base.kind
        && let Some(at) = index.as_int().and_then(|i| usize::try_from(i).ok()).filter(|i| *i < items.len())
    {
        let part = items.swap_remove(at);
        *expr = part;
    }
}
