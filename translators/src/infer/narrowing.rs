//! What tests tell of places at a point of the program: which do not hold `None`, and which values of
//! several types have, or have not, some of them.
//!
//! ```python
//! if best is None or value < best:   # right of `or`, best is a number
//!     best = value                   # and from here on too
//! ```

use super::cells::Cell;
use super::type_test::type_test;
use grammars::surface::{CompareOp, Expr, ExprKind, Stmt, StmtKind, UnaryOp};
use std::collections::{BTreeMap, BTreeSet};

/// Places (written as the source writes them) with the cells of what was last stored there; `None` is
/// possible only if one of these can be `None`. An empty list: tested.
#[derive(Clone, Debug, Default)]
pub(super) struct Narrowing {
    places: BTreeMap<String, Vec<Cell>>,
    tests: BTreeMap<String, Vec<Asked>>,
}

/// The value of a place has one of the types, or none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The types, by path or name.
    pub types: Vec<String>,
    /// It has one of them.
    pub holds: bool,
    /// Subtypes do not count.
    pub exact: bool,
}

impl Narrowing {
    /// What is known of a place.
    pub fn witnesses(&self, place: &str) -> Option<&[Cell]> {
        self.places.get(place).map(Vec::as_slice)
    }

    /// The condition came out as `outcome`.
    pub fn assume(&mut self, condition: &Expr, outcome: bool) {
        self.places.extend(implied(condition, outcome).into_iter().map(|p| (p, Vec::new())));
        for (place, asked) in implied_types(condition, outcome) {
            self.tests.entry(place).or_default().push(asked);
        }
    }

    /// What is known of the type of a place's value.
    pub fn asked(&self, place: &str) -> &[Asked] {
        self.tests.get(place).map_or(&[], Vec::as_slice)
    }

    /// `value` was stored.
    pub fn store(&mut self, place: String, value: Cell) {
        self.forget(&place);
        self.places.insert(place, vec![value]);
    }

    /// The place was changed; what lies in it is not known either.
    pub fn forget(&mut self, place: &str) {
        self.places.retain(|p, _| p != place && !mentions(p, place));
        self.tests.retain(|p, _| p != place && !mentions(p, place));
    }

    /// Only what both know.
    pub fn meet(&mut self, other: &Narrowing) {
        self.places.retain(|place, witnesses| match other.places.get(place) {
            Some(more) => {
                witnesses.extend(more);
                true
            }
            None => false,
        });
        self.tests.retain(|place, asked| {
            let others = other.asked(place);
            asked.retain(|a| others.contains(a));
            !asked.is_empty()
        });
    }
}

/// `inner` starts at, or is indexed by, the place `name`.
fn mentions(inner: &str, name: &str) -> bool {
    inner.split(['.', '[', ']']).any(|part| part == name)
        || inner.starts_with(&format!("{name}."))
        || inner.starts_with(&format!("{name}["))
}

/// How a place that can be tested is written; `None` for other expressions.
pub(super) fn place(e: &Expr) -> Option<String> {
    match &e.kind {
        ExprKind::Name(name) | ExprKind::Walrus { name, .. } => Some(name.clone()),
        ExprKind::Attribute { value, name } => Some(format!("{}.{name}", place(value)?)),
        ExprKind::Subscript { value, index } => match &index.kind {
            ExprKind::Name(name) => Some(format!("{}[{name}]", place(value)?)),
            ExprKind::Int(digits) => Some(format!("{}[{digits}]", place(value)?)),
            _ => None,
        },
        _ => None,
    }
}

/// Places that are not `None` if the condition comes out as `outcome`.
fn implied(condition: &Expr, outcome: bool) -> BTreeSet<String> {
    match &condition.kind {
        ExprKind::Unary { op: UnaryOp::Not, operand } => implied(operand, !outcome),
        ExprKind::And(items) if outcome => items.iter().flat_map(|c| implied(c, true)).collect(),
        ExprKind::Or(items) if !outcome => items.iter().flat_map(|c| implied(c, false)).collect(),
        ExprKind::Compare { operands, ops } => match (operands.as_slice(), ops.as_slice()) {
            ([left, right], [op]) => compared(left, *op, right, outcome),
            _ => BTreeSet::new(),
        },
        ExprKind::Call { callee, args, .. } if outcome => match (&callee.kind, args.first()) {
            (ExprKind::Library(path), Some(arg)) if path == "builtins.isinstance" => {
                place(arg).into_iter().collect()
            }
            _ => BTreeSet::new(),
        },
        _ if outcome => place(condition).into_iter().collect(),
        _ => BTreeSet::new(),
    }
}

/// What is known of the types of places if the condition comes out as `outcome`.
fn implied_types(condition: &Expr, outcome: bool) -> Vec<(String, Asked)> {
    if let Some(test) = type_test(condition) {
        let asked = Asked { types: test.types, holds: test.holds == outcome, exact: test.exact };
        return place(test.value).into_iter().map(|p| (p, asked.clone())).collect();
    }
    match &condition.kind {
        ExprKind::Unary { op: UnaryOp::Not, operand } => implied_types(operand, !outcome),
        ExprKind::And(items) if outcome => items.iter().flat_map(|c| implied_types(c, true)).collect(),
        ExprKind::Or(items) if !outcome => items.iter().flat_map(|c| implied_types(c, false)).collect(),
        _ => Vec::new(),
    }
}

fn compared(left: &Expr, op: CompareOp, right: &Expr, outcome: bool) -> BTreeSet<String> {
    let is_none = |e: &Expr| matches!(e.kind, ExprKind::None);
    let not_none = match op {
        CompareOp::Is | CompareOp::Eq if is_none(right) => !outcome,
        CompareOp::IsNot | CompareOp::Ne if is_none(right) => outcome,
        CompareOp::Eq => outcome && is_literal(right),
        _ => false,
    };
    if not_none { place(left).into_iter().collect() } else { BTreeSet::new() }
}

fn is_literal(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) | ExprKind::Bool(_))
}

/// The block up to where control leaves it for good: what stands behind a `return` is never reached.
pub(super) fn live(block: &[Stmt]) -> &[Stmt] {
    let leaves = |stmt: &Stmt| {
        matches!(stmt.kind, StmtKind::Return(_) | StmtKind::Raise(_) | StmtKind::Break | StmtKind::Continue)
    };
    let end = block.iter().position(leaves).map_or(block.len(), |at| at + 1);
    &block[..end]
}

/// The block never runs off its end.
pub(super) fn terminates(block: &[Stmt]) -> bool {
    block.iter().any(|stmt| match &stmt.kind {
        StmtKind::Return(_) | StmtKind::Raise(_) | StmtKind::Break | StmtKind::Continue => true,
        StmtKind::If { branches, orelse } => {
            branches.iter().all(|(_, b)| terminates(b)) && terminates(orelse)
        }
        StmtKind::While { condition, body, .. } => {
            matches!(condition.kind, ExprKind::Bool(true)) && !breaks(body)
        }
        StmtKind::Try { body, handlers, orelse, finally } => {
            terminates(finally)
                || ((terminates(body) || terminates(orelse)) && handlers.iter().all(|h| terminates(&h.body)))
        }
        StmtKind::Expr(e) => exits(e),
        StmtKind::Assert { condition, .. } => matches!(condition.kind, ExprKind::Bool(false)),
        _ => false,
    })
}

fn exits(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Call { callee, .. } => {
            matches!(&callee.kind, ExprKind::Library(p) if p == "sys.exit" || p == "builtins.exit")
        }
        _ => false,
    }
}

/// A `break` in the block leaves the loop around it.
fn breaks(block: &[Stmt]) -> bool {
    block.iter().any(|stmt| match &stmt.kind {
        StmtKind::Break => true,
        StmtKind::While { orelse, .. } | StmtKind::For { orelse, .. } => breaks(orelse),
        _ => super::walk::blocks(stmt).into_iter().any(breaks),
    })
}

/// Control can come to the end of a function's body.
pub(super) fn falls_through(body: &[Stmt]) -> bool {
    !terminates(body)
}
