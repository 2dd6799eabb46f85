//! Takes assignments of tuples apart.
//!
//! ```text
//! a, b = 0, 1            ->    a = 0
//!                              b = 1
//!
//! a, b = b, a + b        ->    previous_a = a
//!                              a = b
//!                              b = previous_a + b
//!
//! low, high = bounds(x)  ->    parts = bounds(x)
//!                              low = parts[0]
//!                              high = parts[1]
//! ```
//!
//! With the fewest new variables that the order of evaluation allows. Afterwards no assignment has a
//! tuple of places, except of calls where `keep` holds for the value (targets whose procedures give
//! several results). The pass `effects` must have run.

use super::purity::Purity;
use super::scope::{Scope, each_body};
use grammars::ir::names::free_names;
use grammars::ir::visit::rewrite_block;
use grammars::ir::{Block, Expr, ExprKind, IndexMode, Module, Place, Stmt, StmtKind, Type};

/// Takes all tuple assignments apart, except of values for which `keep` holds.
pub fn run(mut module: Module, keep: impl Fn(&Expr) -> bool) -> Module {
    let purity = Purity::new(&module);
    each_body(&mut module, |block, scope| {
        rewrite_block(block, |stmt| match stmt.kind {
            StmtKind::Assign { place: Place::Tuple(places), value } if !keep(&value) => {
                let mut out = Block::new();
                split(places, value, &purity, scope, &mut out);
                out.iter_mut().for_each(|s| s.span = stmt.span);
                out
            }
            kind => vec![Stmt { kind, span: stmt.span }],
        });
    });
    module
}

/// Assigns the parts of `value` to `places`.
fn split(places: Vec<Place>, value: Expr, purity: &Purity, scope: &mut Scope<'_>, out: &mut Block) {
    match value.kind {
        ExprKind::Tuple(items) if items.len() == places.len() => {
            let pairs = places.into_iter().zip(items).filter(|(place, value)| !is_ignored(place, value));
            sequence(pairs.collect(), purity, scope, out);
        }
        _ => {
            let whole = match value.kind {
                ExprKind::Local(ref name) if !places.iter().any(|p| assigns(p, name)) => value,
                _ => save(value, &["parts"], scope, out),
            };
            for (i, place) in (0..).zip(places) {
                let part = part(&whole, i, place.ty());
                if !is_ignored(&place, &part) {
                    store(place, part, purity, scope, out);
                }
            }
        }
    }
}

/// `_ = value` without effects.
fn is_ignored(place: &Place, value: &Expr) -> bool {
    let blank = matches!(place, Place::Variable { name, .. } if name == "_");
    blank && matches!(value.kind, ExprKind::Local(_) | ExprKind::Index { .. } | ExprKind::Int(_))
}

fn store(place: Place, value: Expr, purity: &Purity, scope: &mut Scope<'_>, out: &mut Block) {
    match place {
        Place::Tuple(places) => split(places, value, purity, scope, out),
        place => out.push(Stmt::new(StmtKind::Assign { place, value })),
    }
}

/// Simultaneous assignments one after the other, in another order where that helps. Where the places
/// are variables, old values that are still wanted are saved; elsewhere, new values that an earlier
/// assignment would spoil.
fn sequence(mut pairs: Vec<(Place, Expr)>, purity: &Purity, scope: &mut Scope<'_>, out: &mut Block) {
    pairs.retain(|(place, value)| place.as_expr().is_none_or(|old| old.kind != value.kind));
    if let Some(order) = order(&pairs, purity) {
        for index in order {
            let (place, value) = pairs[index].clone();
            store(place, value, purity, scope, out);
        }
        return;
    }
    if pairs.iter().all(|(place, value)| is_variable(place) && !purity.has_effects(value)) {
        return save_old(pairs, purity, scope, out);
    }
    let quiet = pairs.iter().all(|(_, value)| !purity.has_effects(value));
    for index in 0..pairs.len() {
        let spoiled = pairs[..index].iter().any(|(place, _)| spoils(place, &pairs[index].1, purity));
        // A value with effects must be evaluated before anything is stored, like all those before it.
        if spoiled || (!quiet && !is_constant(&pairs[index].1)) {
            let wish = wish(&pairs[index].0, &pairs[index].1);
            let moved = std::mem::replace(&mut pairs[index].1, Expr::bool(false));
            pairs[index].1 = save(moved, &[&wish], scope, out);
        }
    }
    for (place, value) in pairs {
        store(place, value, purity, scope, out);
    }
}

fn is_constant(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Int(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::Float(_) | ExprKind::None
    )
}

/// Whether storing into `place` may change what `value` gives.
fn spoils(place: &Place, value: &Expr, purity: &Purity) -> bool {
    match place {
        Place::Variable { name, .. } => free_names(value).contains(name),
        Place::Tuple(places) => places.iter().any(|p| spoils(p, value, purity)),
        _ => !purity.is_stable(value),
    }
}

/// Keeps the old values of variables that are still needed after they were assigned.
fn save_old(mut pairs: Vec<(Place, Expr)>, purity: &Purity, scope: &mut Scope<'_>, out: &mut Block) {
    let mut stores = Block::new();
    while !pairs.is_empty() {
        let (place, value) = pairs.remove(0);
        if let Place::Variable { name, ty } = &place
            && pairs.iter().any(|(_, later)| free_names(later).contains(name))
        {
            let before = scope.variable(&[&format!("previous_{name}")], ty.clone());
            let old = Expr::local(name.clone(), ty.clone());
            out.push(Stmt::assign(before.as_local().unwrap_or_default(), old));
            let renamed = [(name.clone(), before.as_local().unwrap_or_default().to_string())].into();
            pairs.iter_mut().for_each(|(_, later)| grammars::ir::rename::rename_free(later, &renamed));
        }
        store(place, value, purity, scope, &mut stores);
    }
    out.append(&mut stores);
}

/// An order in which no assignment spoils a later value, where all places are variables and no value
/// has to be evaluated at its turn.
fn order(pairs: &[(Place, Expr)], purity: &Purity) -> Option<Vec<usize>> {
    if !pairs.iter().all(|(place, _)| is_variable(place)) {
        return (pairs.len() <= 1).then(|| (0..pairs.len()).collect());
    }
    let reads: Vec<_> = pairs.iter().map(|(_, value)| free_names(value)).collect();
    let simple = |e: &Expr| !grammars::ir::visit::any_expr(e, needs_its_turn);
    let calls = pairs.iter().any(|(_, value)| !simple(value));
    if calls && pairs.iter().any(|(place, _)| captures(place, purity)) {
        return None;
    }
    let in_order =
        (0..pairs.len()).all(|i| (0..i).all(|j| !reads[i].iter().any(|n| assigns(&pairs[j].0, n))));
    if in_order {
        return Some((0..pairs.len()).collect());
    }
    if calls {
        return None;
    }
    let mut order: Vec<usize> = Vec::new();
    while order.len() < pairs.len() {
        let spoils = |i: usize, j: usize| i != j && reads[j].iter().any(|name| assigns(&pairs[i].0, name));
        let open: Vec<usize> = (0..pairs.len()).filter(|i| !order.contains(i)).collect();
        let next = open.iter().copied().find(|&i| !open.iter().any(|&j| spoils(i, j)))?;
        order.push(next);
    }
    Some(order)
}

/// Whether the expression could do or notice something that makes the order of evaluation matter.
fn needs_its_turn(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Call { .. }
            | ExprKind::CallMethod { .. }
            | ExprKind::CallStatic { .. }
            | ExprKind::CallValue { .. }
            | ExprKind::New { .. }
            | ExprKind::Intrinsic { .. }
    )
}

fn is_variable(place: &Place) -> bool {
    match place {
        Place::Variable { .. } => true,
        Place::Tuple(places) => places.iter().all(is_variable),
        _ => false,
    }
}

/// Whether a nested function can see the variables of `place`.
fn captures(place: &Place, purity: &Purity) -> bool {
    match place {
        Place::Variable { name, .. } => purity.is_captured(name),
        Place::Tuple(places) => places.iter().any(|p| captures(p, purity)),
        _ => false,
    }
}

fn assigns(place: &Place, name: &str) -> bool {
    match place {
        Place::Variable { name: assigned, .. } => assigned == name,
        Place::Tuple(places) => places.iter().any(|p| assigns(p, name)),
        _ => false,
    }
}

/// A name for the new value of `place`.
fn wish(place: &Place, value: &Expr) -> String {
    match place {
        Place::Variable { name, .. } => format!("new_{name}"),
        Place::Field { field, .. } => format!("new_{field}"),
        _ => super::wishes::wish(value),
    }
}

fn save(value: Expr, wishes: &[&str], scope: &mut Scope<'_>, out: &mut Block) -> Expr {
    let variable = scope.variable(wishes, value.ty.clone());
    out.push(Stmt::assign(variable.as_local().unwrap_or_default(), value));
    variable
}

/// `whole[index]`, an item of a tuple (or of a list that was taken apart).
fn part(whole: &Expr, index: i128, ty: Type) -> Expr {
    let mode = if matches!(whole.ty, Type::Tuple(_)) { IndexMode::InRange } else { IndexMode::NonNegative };
    let kind = ExprKind::Index { base: Box::new(whole.clone()), index: Box::new(Expr::int(index)), mode };
    Expr::new(kind, ty)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{body_of, call, int, ints, module_of};
    use super::*;
    use grammars::ir::{BinaryOp, Overflow};

    fn taken_apart(places: Vec<Place>, values: Vec<Expr>) -> String {
        let ty = Type::Tuple(values.iter().map(|v| v.ty.clone()).collect());
        let value = Expr::new(ExprKind::Tuple(values), ty);
        let assign = Stmt::new(StmtKind::Assign { place: Place::Tuple(places), value });
        body_of(&run(module_of(vec![assign]), |_| false))
    }

    fn var(name: &str) -> Place {
        Place::variable(name, Type::Int)
    }

    fn item(index: &str) -> (Place, Expr) {
        let mode = IndexMode::Python;
        (Place::Item { base: ints("xs"), index: int(index), mode }, Expr::index(ints("xs"), int(index), mode))
    }

    fn sum(a: Expr, b: Expr) -> Expr {
        Expr::binary(BinaryOp::Add, Overflow::Unbounded, a, b)
    }

    #[test]
    fn independent_values_need_no_variable() {
        assert_eq!(taken_apart(vec![var("c"), var("d")], vec![Expr::int(0), int("a")]), "c = 0;\nd = a;\n");
        let text = "b = (a + b);\na = 1;\n";
        assert_eq!(taken_apart(vec![var("a"), var("b")], vec![Expr::int(1), sum(int("a"), int("b"))]), text);
    }

    #[test]
    fn one_variable_suffices_where_each_reads_the_other() {
        let text = "previous_a = a;\na = b;\nb = (previous_a + b);\n";
        assert_eq!(taken_apart(vec![var("a"), var("b")], vec![int("b"), sum(int("a"), int("b"))]), text);
    }

    #[test]
    fn exchanging_items_saves_what_is_overwritten() {
        let ((i_place, i_value), (j_place, j_value)) = (item("a"), item("b"));
        let text = "value = xs[a];\nxs[a] = xs[b];\nxs[b] = value;\n";
        assert_eq!(taken_apart(vec![i_place, j_place], vec![j_value, i_value]), text);
    }

    #[test]
    fn a_call_is_made_once() {
        let ty = Type::Tuple(vec![Type::Int, Type::Int]);
        let value = Expr { ty, ..call("loud", vec![int("a")]) };
        let places = Place::Tuple(vec![var("c"), var("d")]);
        let text = "parts = loud(a);\nc = parts[0; in-range];\nd = parts[1; in-range];\n";
        assert_eq!(
            body_of(&run(module_of(vec![Stmt::new(StmtKind::Assign { place: places, value })]), |_| false)),
            text
        );
    }
}
