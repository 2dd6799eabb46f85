//! What use tells of values that nothing else tells of.

use super::cells::{Cell, Head};
use super::constraint::Constraint;
use super::facts::Facts;
use super::solve::solve;
use grammars::surface::BinaryOp;

/// More hints than this are never needed.
const MAX_HINTS: usize = 500;

/// Solves; where that leaves values unknown, takes one hint at a time and solves again.
pub(super) fn solve_with_hints(facts: &mut Facts) {
    solve(facts);
    for _ in 0..MAX_HINTS {
        if !facts.rejections.is_empty() || !take_hint(facts) {
            return;
        }
        solve(facts);
    }
}

/// Takes the first hint there is, the surest kinds first.
fn take_hint(facts: &mut Facts) -> bool {
    sibling_webs(facts)
        || by_constraint(facts, equality)
        || by_constraint(facts, use_as)
        || other_operand(facts)
}

/// The other operand of a special method is an object of the same class.
fn other_operand(facts: &mut Facts) -> bool {
    for at in 0..facts.functions.len() {
        let info = &facts.functions[at];
        let (Some(owner), [_, other]) = (info.owner.clone(), info.params.as_slice()) else { continue };
        let special = info.node.name.starts_with("__") && !matches!(other.name, "key" | "index" | "item");
        let cell = other.cell;
        if special && info.node.name != "__init__" && becomes(facts, cell, Head::Class(owner)) {
            return true;
        }
    }
    false
}

/// A web of which nothing is known is like another web of the same name.
fn sibling_webs(facts: &mut Facts) -> bool {
    for at in 0..facts.variables.len() {
        let variable = facts.variables[at].clone();
        if variable.inner || variable.is_param || !facts.cells.is_unknown(variable.cell) {
            continue;
        }
        let sibling = facts.variables.iter().find(|v| {
            v.scope == variable.scope
                && v.name == variable.name
                && !v.inner
                && !facts.cells.is_unknown(v.cell)
        });
        if let Some(sibling) = sibling.map(|s| s.cell)
            && !facts.cells.is_nullable(variable.cell)
        {
            facts.cells.unify(variable.cell, sibling);
            return true;
        }
    }
    false
}

fn by_constraint(facts: &mut Facts, hint: fn(&mut Facts, &Constraint) -> bool) -> bool {
    let entries = std::mem::take(&mut facts.constraints);
    let taken = entries.iter().any(|entry| facts.is_active(entry.guard) && hint(facts, &entry.constraint));
    let added = std::mem::replace(&mut facts.constraints, entries);
    facts.constraints.extend(added);
    taken
}

/// `unknown == known`, `known in unknown`.
fn equality(facts: &mut Facts, constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Equal { left, right, .. } => alike(facts, *left, *right),
        Constraint::Contains { item, container } => {
            let element = match facts.cells.head(*container) {
                Head::List(t) | Head::VarTuple(t) | Head::Set(t) | Head::Dict(t, _) | Head::Iter(t) => {
                    Some(*t)
                }
                Head::Tuple(items) if !items.is_empty() => Some(items[0]),
                Head::Str => None,
                _ => return false,
            };
            match element {
                Some(element) => alike(facts, *item, element),
                None => becomes(facts, *item, Head::Str),
            }
        }
        _ => false,
    }
}

/// One of the two is unknown and becomes what the other is.
fn alike(facts: &mut Facts, a: Cell, b: Cell) -> bool {
    match (facts.cells.is_unknown(a), facts.cells.is_unknown(b)) {
        (true, false) => becomes_like(facts, a, b),
        (false, true) => becomes_like(facts, b, a),
        _ => false,
    }
}

fn becomes_like(facts: &mut Facts, unknown: Cell, known: Cell) -> bool {
    let head = facts.cells.head(known).clone();
    becomes(facts, unknown, head)
}

fn becomes(facts: &mut Facts, cell: Cell, head: Head) -> bool {
    if !facts.cells.is_unknown(cell) || head == Head::Unknown {
        return false;
    }
    facts.cells.join(cell, head);
    true
}

/// Operators, methods and library functions say what they are used on.
fn use_as(facts: &mut Facts, constraint: &Constraint) -> bool {
    match constraint {
        Constraint::Binary { op, left, right, .. } => operands(facts, *op, *left, *right),
        Constraint::Iterate { source, element } if facts.cells.is_unknown(*source) => {
            let element = *element;
            becomes(facts, *source, Head::List(element))
        }
        Constraint::Compare { left, right, out } => {
            alike(facts, *left, *right) || becomes(facts, *out, Head::Bool)
        }
        Constraint::StoreSlice { base, element, .. } => {
            let element = *element;
            becomes(facts, *base, Head::List(element))
        }
        Constraint::Subscript { base, index, .. } => subscript(facts, *base, *index),
        Constraint::Method { object, name, .. } if facts.cells.is_unknown(*object) => {
            match receiver(facts, name) {
                Some(head) => becomes(facts, *object, head),
                None => false,
            }
        }
        Constraint::Library { key, args, .. } => {
            let Some(instance) = facts.instances.get(key).cloned() else { return false };
            instance.sources.iter().zip(&instance.params).any(|(source, param)| {
                let arg = source.and_then(|s| super::rows::argument(args, s));
                arg.is_some_and(|arg| !facts.cells.is_unknown(*param) && becomes_like(facts, arg, *param))
            })
        }
        _ => false,
    }
}

fn operands(facts: &mut Facts, op: BinaryOp, left: Cell, right: Cell) -> bool {
    let number = |facts: &Facts, c: Cell| matches!(facts.cells.head(c), Head::Int | Head::Float);
    match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mod | BinaryOp::FloorDiv | BinaryOp::Pow => {
            alike(facts, left, right)
        }
        BinaryOp::Mul | BinaryOp::Div if number(facts, left) || number(facts, right) => {
            alike(facts, left, right)
        }
        BinaryOp::Shl | BinaryOp::Shr => becomes(facts, left, Head::Int) || becomes(facts, right, Head::Int),
        _ => false,
    }
}

fn subscript(facts: &mut Facts, base: Cell, index: Cell) -> bool {
    match (facts.cells.head(base).clone(), facts.cells.head(index).clone()) {
        (Head::Unknown, Head::Int) => {
            let element = facts.cells.fresh();
            becomes(facts, base, Head::List(element))
        }
        (Head::Unknown, Head::Str) => {
            let (key, value) = (facts.cells.of(Head::Str), facts.cells.fresh());
            becomes(facts, base, Head::Dict(key, value))
        }
        (Head::List(_) | Head::Str | Head::VarTuple(_), Head::Unknown) => becomes(facts, index, Head::Int),
        _ => false,
    }
}

/// The only type that has the method.
fn receiver(facts: &mut Facts, name: &str) -> Option<Head> {
    let mut kinds: Vec<super::signature::Pattern> = Vec::new();
    for row in super::library::rows_of_method(name) {
        let pattern = &row.signature.params.first()?.pattern;
        if !kinds.iter().any(|k| std::mem::discriminant(k) == std::mem::discriminant(pattern)) {
            kinds.push(pattern.clone());
        }
    }
    match kinds.as_slice() {
        [only] => {
            let cell = only.cell(&mut facts.cells, &mut Default::default());
            Some(facts.cells.head(cell).clone())
        }
        _ => None,
    }
}
