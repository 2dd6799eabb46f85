//! Types of binary operators.

use super::cells::{Cell, Head, Missing};
use super::facts::Facts;
use super::generate::literal_int;
use super::key::Key;
use grammars::surface::{BinaryOp, Expr};
use grammars::{Rejection, Span};

/// What `left op right` gives. `operands` are the expressions, for exponents and counts that are literals.
pub(super) fn binary(
    facts: &mut Facts,
    key: Key,
    op: BinaryOp,
    (left, right): (Cell, Cell),
    out: Cell,
    operands: (&Expr, &Expr),
    span: Span,
) -> Result<(), Rejection> {
    let (a, b) = (facts.cells.head(left).clone(), facts.cells.head(right).clone());
    if matches!(a, Head::Union(_)) || matches!(b, Head::Union(_)) {
        return of_several(facts, key, op, (&a, &b), out, operands, span);
    }
    match (&a, &b, op) {
        (Head::Array(_), _, _) | (_, Head::Array(_), _) => {
            super::arrays::binary(&mut facts.cells, op, (left, right), out);
        }
        (Head::Unknown, _, _) | (_, Head::Unknown, _) if facts.uses_arrays => {}
        (Head::Class(class), _, _) => {
            return facts.call_special(key, class, special_method(op), &[right], out, span);
        }
        (Head::Str, _, BinaryOp::Mod) => facts.cells.join(out, Head::Str),
        (Head::Unknown, Head::Unknown, BinaryOp::Div) => facts.cells.join(out, Head::Float),
        (Head::Unknown, Head::Unknown, _) => {}
        (Head::Str, Head::Unknown | Head::Str, BinaryOp::Add) | (Head::Unknown, Head::Str, BinaryOp::Add) => {
            facts.cells.join(out, Head::Str)
        }
        _ if a.is_number() || b.is_number() => return mixed(facts, op, (left, right), out, operands, span),
        (Head::List(_), Head::Unknown, BinaryOp::Add) => facts.cells.define(out, a),
        (Head::Unknown, Head::List(_), BinaryOp::Add) => facts.cells.define(out, b),
        (Head::List(x), Head::List(y), BinaryOp::Add) if facts.differ(*x, *y) => {
            let element = facts.scratch(key, 1)[0];
            facts.cells.flow(*x, element);
            facts.cells.flow(*y, element);
            facts.cells.define(out, Head::List(element));
        }
        (Head::List(x), Head::List(y) | Head::Iter(y), BinaryOp::Add) => {
            facts.cells.unify(*x, *y);
            facts.cells.define(out, a.clone());
        }
        (Head::List(x), _, BinaryOp::Add) if is_target(facts, operands.0, key) => {
            facts.iterate(right, *x, span)?;
            facts.cells.define(out, a.clone());
        }
        (Head::Tuple(x), Head::Tuple(y), BinaryOp::Add) => {
            if facts.cells.find(left) == facts.cells.find(out) {
                facts.cells.loosen_tuple(left);
            } else {
                let items = x.iter().chain(y).copied().collect();
                facts.cells.define(out, Head::Tuple(items));
            }
        }
        (Head::Tuple(_) | Head::VarTuple(_), Head::Tuple(_) | Head::VarTuple(_), BinaryOp::Add) => {
            facts.cells.loosen_tuple(left);
            facts.cells.loosen_tuple(right);
            facts.cells.flow(left, out);
            facts.cells.flow(right, out);
        }
        (Head::Set(x), Head::Set(y), BinaryOp::BitAnd | BinaryOp::Sub) => {
            facts.cells.unify(*x, *y);
            facts.cells.define(out, a.clone());
        }
        (Head::Set(x), Head::Set(y), BinaryOp::BitOr | BinaryOp::BitXor) => {
            facts.cells.unify(*x, *y);
            facts.cells.define(out, a.clone());
        }
        // Of counters, the greater counts stay.
        (Head::Dict(..), Head::Dict(..), BinaryOp::BitOr) if facts.cells.missing(left) != Missing::Zero => {
            facts.cells.flow(left, out);
            facts.cells.flow(right, out);
        }
        (Head::Unknown, _, _) | (_, Head::Unknown, _) => {}
        _ => return Err(no_operator(op, &a, &b, span)),
    }
    Ok(())
}

/// The pairs of members of the operands for which the operator makes sense.
fn sensible(op: BinaryOp, a: &Head, b: &Head) -> Vec<(Head, Head)> {
    let pairs = a.members().iter().flat_map(|x| b.members().iter().map(move |y| (x.clone(), y.clone())));
    pairs.filter(|(x, y)| makes_sense(op, x, y)).collect()
}

fn makes_sense(op: BinaryOp, a: &Head, b: &Head) -> bool {
    use BinaryOp::*;
    let integer = |h: &Head| matches!(h, Head::Bool | Head::Int);
    match (a, b) {
        (a, b) if a.is_number() && b.is_number() => {
            !matches!(op, Shl | Shr | BitAnd | BitOr | BitXor | MatMul) || (integer(a) && integer(b))
        }
        (Head::Str, Head::Str) | (Head::List(_), Head::List(_)) => op == Add,
        (Head::Tuple(_) | Head::VarTuple(_), Head::Tuple(_) | Head::VarTuple(_)) => op == Add,
        (Head::Str | Head::List(_), b) if integer(b) => op == Mul,
        (a, Head::Str | Head::List(_)) if integer(a) => op == Mul,
        (Head::Set(_), Head::Set(_)) => matches!(op, BitAnd | BitOr | BitXor | Sub),
        _ => false,
    }
}

/// An operand is of several types.
fn of_several(
    facts: &mut Facts,
    key: Key,
    op: BinaryOp,
    (a, b): (&Head, &Head),
    out: Cell,
    operands: (&Expr, &Expr),
    span: Span,
) -> Result<(), Rejection> {
    if *a == Head::Unknown || *b == Head::Unknown {
        return Ok(());
    }
    let pairs = sensible(op, a, b);
    let numbers = pairs.iter().all(|(x, y)| x.is_number() && y.is_number());
    match pairs.as_slice() {
        [] => return Err(no_operator(op, a, b, span)),
        [(x, y)] if !numbers => {
            let (left, right) = (facts.cells.of(x.clone()), facts.cells.of(y.clone()));
            return binary(facts, key, op, (left, right), out, operands, span);
        }
        _ if !numbers || (op == BinaryOp::Pow && literal_int(operands.1).is_none_or(|n| n < 0)) => {
            return Err(no_operator(op, a, b, span));
        }
        _ => {}
    }
    for (x, y) in &pairs {
        let float = op == BinaryOp::Div || *x == Head::Float || *y == Head::Float;
        facts.cells.join(out, if float { Head::Float } else { Head::Int });
    }
    Ok(())
}

/// The operand is the target of `op=`.
fn is_target(_facts: &Facts, operand: &Expr, key: Key) -> bool {
    Key::of(operand) == key
}

/// At least one operand is a number.
fn mixed(
    facts: &mut Facts,
    op: BinaryOp,
    (left, right): (Cell, Cell),
    out: Cell,
    operands: (&Expr, &Expr),
    span: Span,
) -> Result<(), Rejection> {
    let (a, b) = (facts.cells.head(left).clone(), facts.cells.head(right).clone());
    match op {
        BinaryOp::Mul if !a.is_number() => repeat(facts, left, out, literal_int(operands.1)),
        BinaryOp::Mul if !b.is_number() => repeat(facts, right, out, literal_int(operands.0)),
        _ if !(a.is_number() || a == Head::Unknown) || !(b.is_number() || b == Head::Unknown) => {
            return Err(no_operator(op, &a, &b, span));
        }
        BinaryOp::Div => facts.cells.join(out, Head::Float),
        BinaryOp::Pow => power(facts, (&a, &b), out, operands.1),
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => {
            let head = if a == Head::Bool && b == Head::Bool { Head::Bool } else { Head::Int };
            facts.cells.join(out, head);
        }
        BinaryOp::Shl | BinaryOp::Shr => facts.cells.join(out, Head::Int),
        BinaryOp::MatMul => return Err(no_operator(op, &a, &b, span)),
        _ => arithmetic(facts, (left, right), out),
    }
    Ok(())
}

/// The wider of the operands' types, at least `Int`.
fn arithmetic(facts: &mut Facts, (left, right): (Cell, Cell), out: Cell) {
    let float = [left, right].iter().any(|c| *facts.cells.head(*c) == Head::Float);
    facts.cells.join(out, if float { Head::Float } else { Head::Int });
    let may_be_int = |c: Cell| *facts.cells.head(c) != Head::Float || facts.cells.is_mixed(c);
    if float && may_be_int(left) && may_be_int(right) {
        facts.cells.set_mixed(out);
    }
}

/// `int ** int` is an `int` unless the exponent is a negative literal.
fn power(facts: &mut Facts, (a, b): (&Head, &Head), out: Cell, exponent: &Expr) {
    let negative = literal_int(exponent).is_some_and(|n| n < 0);
    let float = negative || *a == Head::Float || *b == Head::Float;
    let unknown = *a == Head::Unknown || *b == Head::Unknown;
    if float {
        facts.cells.join(out, Head::Float);
    } else if !unknown {
        facts.cells.join(out, Head::Int);
    }
}

/// A sequence times a number; `count` if it is a literal.
fn repeat(facts: &mut Facts, sequence: Cell, out: Cell, count: Option<i64>) {
    match (facts.cells.head(sequence).clone(), count) {
        (Head::Unknown, _) => {}
        (Head::Tuple(items), Some(count)) => {
            let count = usize::try_from(count).unwrap_or(0).min(64);
            let repeated = (0..count).flat_map(|_| items.iter().copied()).collect();
            facts.cells.define(out, Head::Tuple(repeated));
        }
        (Head::Tuple(_), None) => facts.cells.loosen_tuple(sequence),
        (head, _) => facts.cells.define(out, head),
    }
}

/// The method that an operator calls on objects.
pub(super) fn special_method(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "__add__",
        BinaryOp::Sub => "__sub__",
        BinaryOp::Mul => "__mul__",
        BinaryOp::Div => "__truediv__",
        BinaryOp::FloorDiv => "__floordiv__",
        BinaryOp::Mod => "__mod__",
        BinaryOp::Pow => "__pow__",
        BinaryOp::Shl => "__lshift__",
        BinaryOp::Shr => "__rshift__",
        BinaryOp::BitAnd => "__and__",
        BinaryOp::BitOr => "__or__",
        BinaryOp::BitXor => "__xor__",
        BinaryOp::MatMul => "__matmul__",
    }
}

/// As the source spells it.
pub(super) fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::FloorDiv => "//",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "**",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::MatMul => "@",
    }
}

fn no_operator(op: BinaryOp, a: &Head, b: &Head, span: Span) -> Rejection {
    let message =
        format!("The operator `{}` between {} and {} has no rule.", symbol(op), a.describe(), b.describe());
    Rejection::new("infer.operator", span, message)
}
