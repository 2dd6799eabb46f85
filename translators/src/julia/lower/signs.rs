//! The least values of integer variables, so that `÷` and `%` may stand for floored division and
//! positions need no care for the end.

use super::Lower;
use grammars::Span;
use grammars::ir::visit::{Visit, walk_place, walk_stmt};
use grammars::ir::{
    ArrayOp, BinaryOp, CompareOp, Conversion, Expr, ExprKind, Function, Intrinsic, Pattern, Place, Stmt,
    StmtKind, Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// The least values of the integer locals of `function`, as far as they can be told.
pub(super) fn lower_bounds(function: &Function) -> Bounds {
    let mut values = Values::default();
    values.block(&function.body);
    let candidates: Vec<&str> = function
        .locals
        .iter()
        .filter(|local| local.ty == Type::Int && !values.unknown.contains(&local.name))
        .map(|local| local.name.as_str())
        .collect();
    // Start from what a variable is without help from others, and lower the bounds until they hold.
    let mut bounds: Bounds = candidates.iter().map(|name| ((*name).to_string(), i128::MAX)).collect();
    for _ in 0..ROUNDS {
        let before = bounds.clone();
        for name in &candidates {
            let values = values.of.get(*name).map(Vec::as_slice).unwrap_or_default();
            let least = values.iter().map(|value| value.least(&before)).min().flatten();
            match least {
                Some(least) => bounds.insert((*name).to_string(), least),
                None => bounds.remove(*name),
            };
        }
        if bounds == before {
            bounds.retain(|_, bound| *bound != i128::MAX);
            return bounds;
        }
    }
    Bounds::new()
}

/// Least values by variable.
pub(super) type Bounds = BTreeMap<String, i128>;

/// Bounds that have not settled after so many rounds are given up.
const ROUNDS: usize = 20;

/// A value that a variable takes.
#[derive(Clone, Copy)]
enum Value<'a> {
    /// That of an expression.
    Of(&'a Expr),
    /// One that is greater than that of an expression.
    Above(&'a Expr),
    /// The variable's own, plus that of an expression that must not be negative.
    Raised(&'a str, &'a Expr),
    /// The variable's own, scaled by something that must not be negative: no less than 0 if it was.
    Scaled(&'a str, &'a Expr),
}

impl Value<'_> {
    fn least(self, bounds: &Bounds) -> Option<i128> {
        match self {
            Value::Of(expr) => least(expr, bounds),
            Value::Above(expr) => least(expr, bounds).map(|bound| bound.saturating_add(1)),
            Value::Raised(name, by) => {
                least(by, bounds).filter(|bound| *bound >= 0)?;
                bounds.get(name).copied()
            }
            Value::Scaled(name, by) => {
                least(by, bounds).filter(|bound| *bound >= 0)?;
                bounds.get(name).copied().filter(|bound| *bound >= 0).map(|_| 0)
            }
        }
    }
}

/// The values that variables take.
#[derive(Default)]
struct Values<'a> {
    of: BTreeMap<String, Vec<Value<'a>>>,
    unknown: BTreeSet<String>,
}

impl<'a> Values<'a> {
    fn add(&mut self, name: &str, value: Value<'a>) {
        self.of.entry(name.to_string()).or_default().push(value);
    }

    fn assign(&mut self, place: &'a Place, value: &'a Expr) {
        match (place, &value.kind) {
            (Place::Variable { name, .. }, _) => self.add(name, Value::Of(value)),
            (Place::Tuple(places), ExprKind::Tuple(items)) if places.len() == items.len() => {
                places.iter().zip(items).for_each(|(place, item)| self.assign(place, item));
            }
            _ => self.place(place),
        }
    }

    fn update(&mut self, name: &'a str, op: BinaryOp, value: &'a Expr) {
        match op {
            BinaryOp::Add => self.add(name, Value::Raised(name, value)),
            BinaryOp::Mul | BinaryOp::FloorDiv => self.add(name, Value::Scaled(name, value)),
            BinaryOp::FloorMod => self.add(name, Value::Scaled(name, value)),
            _ => {
                self.unknown.insert(name.to_string());
            }
        }
    }

    fn loop_over(&mut self, pattern: &Pattern, iter: &'a Expr) {
        let names = pattern.names();
        let mut unknown = names.as_slice();
        if let (ExprKind::Range { start, stop, step }, [(name, _)]) = (&iter.kind, names.as_slice()) {
            match step.as_int() {
                Some(step) if step > 0 => self.add(name, Value::Of(start)),
                Some(_) => self.add(name, Value::Above(stop)),
                None => return self.unknown.extend([name.to_string()]),
            }
            return;
        }
        if let (ExprKind::Intrinsic { op: Intrinsic::Enumerate, args }, Pattern::Tuple(parts)) =
            (&iter.kind, pattern)
            && let (Some(Pattern::Name { name, .. }), [_]) = (parts.first(), args.as_slice())
        {
            self.add(name, Value::Of(&ZERO));
            unknown = &names[1..];
        }
        self.unknown.extend(unknown.iter().map(|(name, _)| (*name).to_string()));
    }
}

/// Where `enumerate` starts.
static ZERO: Expr = Expr { kind: ExprKind::Int(0), ty: Type::Int, span: Span { start: 0, end: 0, line: 0 } };

impl<'a> Visit<'a> for Values<'a> {
    fn expr(&mut self, _expr: &'a Expr) {}

    fn place(&mut self, place: &'a Place) {
        if let Place::Variable { name, .. } = place {
            self.unknown.insert(name.clone());
        }
        walk_place(self, place);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place, value } => self.assign(place, value),
            StmtKind::AugAssign { place: Place::Variable { name, .. }, op, value, .. } => {
                self.update(name, *op, value);
            }
            StmtKind::For { pattern, iter, body, orelse } => {
                self.loop_over(pattern, iter);
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
    /// Notes what a condition says of the least value of a variable, for the statements that run while
    /// it holds; gives the variable.
    pub(super) fn learn(&mut self, condition: &Expr) -> Option<String> {
        let ExprKind::Compare { op, left, right } = &condition.kind else { return None };
        let (name, op, bound) = match (left.as_local(), right.as_int(), right.as_local(), left.as_int()) {
            (Some(name), Some(bound), ..) => (name, *op, bound),
            (_, _, Some(name), Some(bound)) => (name, op.flipped(), bound),
            _ => return None,
        };
        let least = match op {
            CompareOp::Gt => bound.saturating_add(1),
            CompareOp::Ge => bound,
            _ => return None,
        };
        let before = self.scope.bounds.get(name).copied();
        let known = self.scope.learnt.contains_key(name) || before.is_some_and(|known| known >= least);
        if known || !self.scope.nested.is_empty() {
            return None;
        }
        self.scope.bounds.insert(name.to_string(), least);
        self.scope.learnt.insert(name.to_string(), before);
        Some(name.to_string())
    }

    /// Takes back what [`Lower::learn`] noted of a variable, if anything.
    pub(super) fn unlearn(&mut self, name: &str) {
        if let Some(before) = self.scope.learnt.remove(name) {
            match before {
                Some(bound) => self.scope.bounds.insert(name.to_string(), bound),
                None => self.scope.bounds.remove(name),
            };
        }
    }

    /// Whether an `Int` is proven not to be negative.
    pub(super) fn never_negative(&self, expr: &Expr) -> bool {
        least(expr, &self.scope.bounds).is_some_and(|bound| bound >= 0)
    }

    /// The least value that an `Int` can have, where that can be told.
    pub(super) fn least_value(&self, expr: &Expr) -> Option<i128> {
        least(expr, &self.scope.bounds)
    }
}

/// The least value of `expr` by its form, given those of variables.
fn least(expr: &Expr, bounds: &Bounds) -> Option<i128> {
    let of = |expr: &Expr| least(expr, bounds);
    let never_negative = |expr: &Expr| of(expr).filter(|bound| *bound >= 0);
    if let Some(value) = expr.as_int() {
        return Some(value);
    }
    match &expr.kind {
        ExprKind::Local(name) => bounds.get(name).copied(),
        ExprKind::Convert { conversion: Conversion::BoolToInt | Conversion::CharToInt, .. } => Some(0),
        ExprKind::IfElse { then, orelse, .. } => Some(of(then)?.min(of(orelse)?)),
        ExprKind::Intrinsic { op, args } => match op {
            Intrinsic::Len | Intrinsic::Count | Intrinsic::IndexOf | Intrinsic::Ord => Some(0),
            Intrinsic::Gcd | Intrinsic::Factorial | Intrinsic::ISqrt | Intrinsic::Abs => Some(0),
            Intrinsic::Array(ArrayOp::Size(_)) => Some(0),
            Intrinsic::BitCount | Intrinsic::BitLength => Some(0),
            Intrinsic::ToInt | Intrinsic::Floor | Intrinsic::Ceil | Intrinsic::Round
                if args.first().is_some_and(|value| is_unsigned(value, bounds)) =>
            {
                Some(0)
            }
            Intrinsic::MaxOf => args.iter().filter_map(of).max(),
            Intrinsic::MinOf => args.iter().map(of).min().flatten(),
            _ => None,
        },
        ExprKind::Binary { op, left, right, .. } => match op {
            BinaryOp::Add => Some(of(left)?.saturating_add(of(right)?)),
            BinaryOp::Sub => Some(of(left)?.saturating_sub(right.as_int()?)),
            BinaryOp::Mul | BinaryOp::FloorDiv | BinaryOp::Pow => {
                never_negative(left)?;
                never_negative(right).map(|_| 0)
            }
            BinaryOp::FloorMod => never_negative(right).map(|_| 0),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a `Float` is proven not to be negative; it may be no number.
fn is_unsigned(expr: &Expr, bounds: &Bounds) -> bool {
    match &expr.kind {
        ExprKind::Float(value) => *value >= 0.0,
        ExprKind::Convert { conversion: Conversion::IntToFloat, value } => {
            least(value, bounds).is_some_and(|bound| bound >= 0)
        }
        ExprKind::Intrinsic { op, args } => match op {
            Intrinsic::Sqrt | Intrinsic::Abs | Intrinsic::Exp | Intrinsic::Hypot | Intrinsic::Pi => true,
            Intrinsic::ToFloat => {
                args.first().and_then(|value| least(value, bounds)).is_some_and(|bound| bound >= 0)
            }
            _ => false,
        },
        ExprKind::Binary { op: BinaryOp::Add | BinaryOp::Mul | BinaryOp::Div, left, right, .. } => {
            is_unsigned(left, bounds) && is_unsigned(right, bounds)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammars::ir::{Local, Overflow};

    fn function(body: Vec<Stmt>) -> Function {
        let locals = ["i", "n"].map(|name| Local { name: name.into(), ty: Type::Int }).to_vec();
        Function {
            name: "f".into(),
            params: Vec::new(),
            ret: Type::None,
            locals,
            body,
            doc: None,
            captures: Vec::new(),
            rebinds: Vec::new(),
            effects: Default::default(),
            span: Default::default(),
        }
    }

    fn update(op: BinaryOp, by: i128) -> Stmt {
        let place = Place::variable("i", Type::Int);
        Stmt::new(StmtKind::AugAssign { place, op, overflow: Overflow::Unbounded, value: Expr::int(by) })
    }

    #[test]
    fn a_counter_that_only_grows_keeps_its_start_as_bound() {
        let body = vec![Stmt::assign("i", Expr::int(2)), update(BinaryOp::Add, 1)];
        assert_eq!(lower_bounds(&function(body)).get("i"), Some(&2));
    }

    #[test]
    fn one_that_shrinks_has_no_bound() {
        let body = vec![Stmt::assign("i", Expr::int(2)), update(BinaryOp::Sub, 1)];
        assert_eq!(lower_bounds(&function(body)).get("i"), None);
        let minus =
            Expr::binary(BinaryOp::Sub, Overflow::Unbounded, Expr::local("i", Type::Int), Expr::int(1));
        let body = vec![Stmt::assign("i", Expr::int(2)), Stmt::assign("i", minus)];
        assert_eq!(lower_bounds(&function(body)).get("i"), None);
    }
}
