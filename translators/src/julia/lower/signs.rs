//! Which integer variables are never negative, so that `÷` and `%` may stand for floored division.

use super::Lower;
use grammars::ir::visit::{Visit, walk_expr, walk_place, walk_stmt};
use grammars::ir::{BinaryOp, Conversion, Expr, ExprKind, Function, Intrinsic, Place, Stmt, StmtKind, Type};
use std::collections::{BTreeMap, BTreeSet};

/// The locals of `function` all of whose values are never negative.
pub(super) fn never_negative(function: &Function) -> BTreeSet<String> {
    let mut values = Values::default();
    values.block(&function.body);
    let mut names: BTreeSet<String> = function
        .locals
        .iter()
        .filter(|local| local.ty == Type::Int && !values.unknown.contains(&local.name))
        .map(|local| local.name.clone())
        .collect();
    // Assume it of all, then drop those for which it does not follow, until it follows for the rest.
    loop {
        let before = names.len();
        let rest = names.clone();
        names.retain(|name| {
            let values = values.of.get(name).map(Vec::as_slice).unwrap_or_default();
            values.iter().all(|value| is_never_negative(value, &rest))
        });
        if names.len() == before {
            return names;
        }
    }
}

/// The values that variables take.
#[derive(Default)]
struct Values<'a> {
    of: BTreeMap<String, Vec<&'a Expr>>,
    unknown: BTreeSet<String>,
}

impl<'a> Visit<'a> for Values<'a> {
    fn expr(&mut self, expr: &'a Expr) {
        walk_expr(self, expr);
    }

    fn place(&mut self, place: &'a Place) {
        if let Place::Variable { name, .. } = place {
            self.unknown.insert(name.clone());
        }
        walk_place(self, place);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place: Place::Variable { name, .. }, value } => {
                self.of.entry(name.clone()).or_default().push(value);
            }
            StmtKind::Assign { place: Place::Tuple(places), value } => {
                let ExprKind::Tuple(items) = &value.kind else { return walk_stmt(self, stmt) };
                for (place, item) in places.iter().zip(items) {
                    match place {
                        Place::Variable { name, .. } => self.of.entry(name.clone()).or_default().push(item),
                        _ => self.place(place),
                    }
                }
            }
            StmtKind::AugAssign { place: Place::Variable { name, .. }, op, value, .. } => {
                if matches!(op, BinaryOp::Add | BinaryOp::Mul | BinaryOp::FloorDiv | BinaryOp::FloorMod) {
                    self.of.entry(name.clone()).or_default().push(value);
                } else {
                    self.unknown.insert(name.clone());
                }
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                let names = pattern.names();
                match &iter.kind {
                    ExprKind::Range { start, stop, step } if names.len() == 1 => {
                        // Upwards the start is the least, downwards what follows the stop.
                        let least = match step.as_int() {
                            Some(step) if step > 0 => Some(&**start),
                            Some(_) if stop.as_int() == Some(-1) => None,
                            _ => Some(&**stop),
                        };
                        let values = self.of.entry(names[0].0.to_string()).or_default();
                        values.extend(least);
                        if step.as_int().is_none() {
                            self.unknown.insert(names[0].0.to_string());
                        }
                    }
                    ExprKind::Intrinsic { op: Intrinsic::Enumerate, args } if args.len() == 1 => {
                        self.unknown.extend(names.iter().skip(1).map(|(n, _)| n.to_string()));
                    }
                    _ => self.unknown.extend(names.iter().map(|(n, _)| n.to_string())),
                }
                self.block(body);
                self.block(orelse);
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn function(&mut self, function: &'a Function) {
        self.unknown.extend(function.rebinds.iter().cloned());
    }
}

impl Lower<'_> {
    /// Whether an `Int` is proven not to be negative.
    pub(super) fn never_negative(&self, expr: &Expr) -> bool {
        is_never_negative(expr, &self.scope.never_negative)
    }
}

/// Whether the form of `expr` excludes negative values, given variables that have none.
fn is_never_negative(expr: &Expr, known: &BTreeSet<String>) -> bool {
    let never = |expr: &Expr| is_never_negative(expr, known);
    match &expr.kind {
        ExprKind::Int(value) => *value >= 0,
        ExprKind::Local(name) => known.contains(name),
        ExprKind::Convert { conversion: Conversion::BoolToInt | Conversion::CharToInt, .. } => true,
        ExprKind::IfElse { then, orelse, .. } => never(then) && never(orelse),
        ExprKind::Intrinsic { op, args } => match op {
            Intrinsic::Len | Intrinsic::Count | Intrinsic::IndexOf | Intrinsic::Ord => true,
            Intrinsic::Gcd | Intrinsic::Factorial | Intrinsic::ISqrt | Intrinsic::Abs => true,
            Intrinsic::BitCount | Intrinsic::BitLength => true,
            Intrinsic::MaxOf => args.iter().any(never),
            Intrinsic::MinOf => args.iter().all(never),
            _ => false,
        },
        ExprKind::Binary { op, left, right, .. } => match op {
            BinaryOp::Add | BinaryOp::Mul | BinaryOp::FloorDiv | BinaryOp::Pow => never(left) && never(right),
            BinaryOp::FloorMod => never(right),
            _ => false,
        },
        _ => false,
    }
}
