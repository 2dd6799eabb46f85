//! Comparisons.

use super::mutation::root;
use super::{Body, reject};
use crate::fortran::tree::build::{binary, call, int, len, name, not};
use crate::fortran::tree::{Expr, Op, Stmt, Subscript};
use crate::fortran::types::{TypeOp, is_array, is_derived_element};
use grammars::Rejection;
use grammars::ir::{self, CompareOp, ExprKind, Type};

impl Body<'_, '_> {
    /// `left op right`.
    pub fn compare(&mut self, op: CompareOp, left: &ir::Expr, right: &ir::Expr) -> Result<Expr, Rejection> {
        if left.ty == Type::Int && right.ty == Type::Int {
            return self.compare_integers(op, left, right);
        }
        if let Some(value) = self.compare_with_empty(op, left, right)? {
            return Ok(value);
        }
        let values = self.operands(&[left, right])?;
        let [a, b] = <[Expr; 2]>::try_from(values).unwrap_or([int(0), int(0)]);
        self.compare_values(op, a, b, left, right)
    }

    /// `i < len(xs)` with an `i` that counts from 1 is `i <= size(xs)`; where both sides are shifted
    /// alike, the shifts cancel.
    fn compare_integers(
        &mut self,
        op: CompareOp,
        left: &ir::Expr,
        right: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let shift = self.shift_of(left).max(self.shift_of(right));
        if shift == 0 {
            let values = self.operands(&[left, right])?;
            let [a, b] = <[Expr; 2]>::try_from(values).unwrap_or([int(0), int(0)]);
            return Ok(binary(relation(op), a, b));
        }
        let before = self.effects;
        let a = self.int_plus(left, shift)?;
        let b = self.int_plus(right, shift)?;
        if self.effects != before {
            return reject("evaluation-order", left.span, "a comparison with an operand that has effects");
        }
        Ok(match (op, b) {
            (CompareOp::Lt, Expr::Binary(Op::Add, base, one)) if *one == int(1) => binary(Op::Le, a, *base),
            (CompareOp::Ge, Expr::Binary(Op::Add, base, one)) if *one == int(1) => binary(Op::Gt, a, *base),
            (_, b) => binary(relation(op), a, b),
        })
    }

    /// The shift of the variable that an integer expression is built on.
    fn shift_of(&mut self, e: &ir::Expr) -> i64 {
        match &e.kind {
            ExprKind::Local(name) => match self.binding(name) {
                super::Binding::Variable { shift, .. } => shift,
                super::Binding::Alias(_) => 0,
            },
            ExprKind::Binary { op: ir::BinaryOp::Add | ir::BinaryOp::Sub, left, right, .. }
                if right.as_int().is_some() =>
            {
                self.shift_of(left)
            }
            _ => 0,
        }
    }

    /// `text == ""` and `items == []` ask for a length.
    fn compare_with_empty(
        &mut self,
        op: CompareOp,
        left: &ir::Expr,
        right: &ir::Expr,
    ) -> Result<Option<Expr>, Rejection> {
        let relation = match op {
            CompareOp::Eq => Op::Eq,
            CompareOp::Ne => Op::Ne,
            _ => return Ok(None),
        };
        let (value, other) = if is_empty(right) { (left, right) } else { (right, left) };
        if !is_empty(other) || matches!(value.ty, Type::Dict(..)) {
            return Ok(None);
        }
        let sequence = self.expr(value)?;
        Ok(Some(binary(relation, super::index::length(&sequence, &value.ty), int(0))))
    }

    /// The comparison of two values that are there already.
    pub fn compare_values(
        &mut self,
        op: CompareOp,
        a: Expr,
        b: Expr,
        left: &ir::Expr,
        right: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        match (&left.ty, &right.ty) {
            (Type::Int, Type::Int) => Ok(binary(relation(op), a, b)),
            (Type::Int | Type::Float, Type::Int | Type::Float) => Ok(match op {
                CompareOp::Eq => self.same_real(self.as_real(a, &left.ty), self.as_real(b, &right.ty)),
                CompareOp::Ne => not(self.same_real(self.as_real(a, &left.ty), self.as_real(b, &right.ty))),
                _ => binary(relation(op), a, b),
            }),
            (Type::Bool, Type::Bool) => self.compare_truth(op, a, b, left),
            (l, r) if l.is_text() && r.is_text() => Ok(self.compare_text(op, a, b)),
            (Type::Set(element), Type::Set(_)) => self.compare_sets(op, a, b, element),
            (l, r) if is_array(l) && is_array(r) => self.compare_lists(op, a, b, left),
            (Type::Optional(inner), other) if **inner == *other => {
                self.compare_optional(op, a, b, left, right)
            }
            (other, Type::Optional(inner)) if **inner == *other => {
                self.compare_optional(op, b, a, right, left)
            }
            (l, r) if l == r && is_derived_element(l) => self.compare_derived(op, a, b, left),
            (l, r) => reject("comparison", left.span, format!("a comparison of `{l}` with `{r}`")),
        }
    }

    fn compare_truth(&mut self, op: CompareOp, a: Expr, b: Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        Ok(match (op, a, b) {
            (CompareOp::Eq, a, Expr::Logical(true)) | (CompareOp::Ne, a, Expr::Logical(false)) => a,
            (CompareOp::Eq, a, Expr::Logical(false)) | (CompareOp::Ne, a, Expr::Logical(true)) => not(a),
            (CompareOp::Eq, a, b) => binary(Op::Eqv, a, b),
            (CompareOp::Ne, a, b) => binary(Op::Neqv, a, b),
            _ => return reject("comparison", e.span, "an order of truth values"),
        })
    }

    /// Fortran pads the shorter text with blanks, so lengths count where they may differ.
    fn compare_text(&mut self, op: CompareOp, a: Expr, b: Expr) -> Expr {
        let same_length = match (self.fixed_length(&a), self.fixed_length(&b)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        };
        if same_length {
            return binary(relation(op), a, b);
        }
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            let same = call(self.unit.helper("same_text", None), vec![a, b]);
            return if op == CompareOp::Eq { same } else { not(same) };
        }
        let function = self.unit.helper("text_precedes", None);
        ordered(op, a, b, |a, b| call(function, vec![a, b]))
    }

    /// The length of a text, where its form shows it.
    pub fn fixed_length(&self, text: &Expr) -> Option<usize> {
        match text {
            Expr::Text(value) => Some(value.len()),
            Expr::Element(_, Subscript::Section(Some(first), Some(last), None)) if first == last => Some(1),
            Expr::Element(base, Subscript::Section(Some(first), None, None))
                if **first == len((**base).clone()) =>
            {
                Some(1)
            }
            Expr::Name(name) if self.single_characters.contains(name) => Some(1),
            Expr::Call(callee, arguments) => match &**callee {
                Expr::Name(function) if function == "achar" => Some(1),
                Expr::Name(function) if matches!(function.as_str(), "lower_case" | "upper_case") => {
                    arguments.first().and_then(|a| self.fixed_length(a))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn compare_sets(&mut self, op: CompareOp, a: Expr, b: Expr, element: &Type) -> Result<Expr, Rejection> {
        Ok(match op {
            CompareOp::Eq => call(self.unit.helper("same_members", Some(element)), vec![a, b]),
            CompareOp::Ne => not(call(self.unit.helper("same_members", Some(element)), vec![a, b])),
            CompareOp::Le => call(self.unit.helper("is_subset", Some(element)), vec![a, b]),
            CompareOp::Ge => call(self.unit.helper("is_subset", Some(element)), vec![b, a]),
            CompareOp::Lt => not(call(self.unit.helper("is_subset", Some(element)), vec![b, a])),
            CompareOp::Gt => not(call(self.unit.helper("is_subset", Some(element)), vec![a, b])),
        })
    }

    fn compare_lists(&mut self, op: CompareOp, a: Expr, b: Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        let element = e.ty.element().unwrap_or(Type::None);
        self.refuse_sets(&element, e)?;
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            let same = call(self.unit.helper("same", Some(&element)), vec![a, b]);
            return Ok(if op == CompareOp::Eq { same } else { not(same) });
        }
        let function = self.unit.helper("list_precedes", Some(&element));
        Ok(ordered(op, a, b, |a, b| call(function, vec![a, b])))
    }

    fn compare_derived(&mut self, op: CompareOp, a: Expr, b: Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        self.refuse_sets(&e.ty, e)?;
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            self.unit.type_op(&e.ty, TypeOp::Equal);
            let same = binary(Op::Same, a, b);
            return Ok(if op == CompareOp::Eq { same } else { not(same) });
        }
        self.unit.type_op(&e.ty, TypeOp::Less);
        Ok(ordered(op, a, b, |a, b| binary(Op::Lt, a, b)))
    }

    /// An optional beside a value: present and equal.
    fn compare_optional(
        &mut self,
        op: CompareOp,
        optional: Expr,
        value: Expr,
        left: &ir::Expr,
        right: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return reject("comparison", left.span, "an order of optional values");
        }
        self.refuse_sets(&right.ty, right)?;
        self.unit.type_op(&left.ty, TypeOp::Equal);
        let value = self.stored(value, &right.ty);
        let wrapped = call(self.unit.derived(&left.ty), vec![value]);
        let same = binary(Op::Same, optional, wrapped);
        Ok(if op == CompareOp::Eq { same } else { not(same) })
    }

    /// Sets within other values are arrays whose order would be compared.
    fn refuse_sets(&self, ty: &Type, e: &ir::Expr) -> Result<(), Rejection> {
        let within = match ty {
            Type::Set(_) => return reject("nested-set", e.span, "a comparison of values that contain sets"),
            Type::List(t) | Type::Optional(t) | Type::Iter(t) => vec![&**t],
            Type::Tuple(items) => items.iter().collect(),
            Type::Dict(k, v) => vec![&**k, &**v],
            _ => Vec::new(),
        };
        within.into_iter().try_for_each(|t| self.refuse_sets(t, e))
    }

    /// `a < b <= c`: the middle operands are kept in variables unless they are simple.
    pub fn compare_chain(&mut self, operands: &[ir::Expr], ops: &[CompareOp]) -> Result<Expr, Rejection> {
        let simple = operands.iter().all(|e| root(e).is_some() || e.as_int().is_some() || is_literal(e));
        if simple {
            let links = operands.windows(2).zip(ops);
            let pairs: Vec<ir::Expr> =
                links.map(|(pair, op)| ir::Expr::compare(*op, pair[0].clone(), pair[1].clone())).collect();
            return self.expr(&ir::Expr::all_of(pairs));
        }
        let (stmts, values) = self.block(|b| b.operands(&operands.iter().collect::<Vec<_>>()))?;
        if values.iter().skip(2).any(|v| !self.is_total(v)) {
            return self.lazy_chain(operands, ops);
        }
        stmts.into_iter().for_each(|s| self.emit(s));
        let mut held = Vec::new();
        for (i, value) in values.into_iter().enumerate() {
            let inner = i > 0 && i + 1 < operands.len();
            let ty = &operands[i].ty;
            held.push(if inner { self.held(value, super::expr::wishes(ty), ty) } else { value });
        }
        let mut result: Option<Expr> = None;
        for (i, op) in ops.iter().enumerate() {
            let (a, b) = (held[i].clone(), held[i + 1].clone());
            let link = self.compare_values(*op, a, b, &operands[i], &operands[i + 1])?;
            result = Some(match result {
                None => link,
                Some(before) => binary(Op::And, before, link),
            });
        }
        Ok(result.unwrap_or(Expr::Logical(true)))
    }

    /// A chain whose last operand is evaluated only where the first relation holds.
    fn lazy_chain(&mut self, operands: &[ir::Expr], ops: &[CompareOp]) -> Result<Expr, Rejection> {
        let [left, right, last] = operands else {
            return reject("lazy-chain", operands[0].span, "a long chain of comparisons whose end may fail");
        };
        let values = self.operands(&[left, right])?;
        let [first, middle] = <[Expr; 2]>::try_from(values).unwrap_or([int(0), int(0)]);
        let middle = self.held(middle, super::expr::wishes(&right.ty), &right.ty);
        let known =
            |source: &str, operand: &ir::Expr| ir::Expr::local(source, operand.ty.clone()).at(operand.span);
        let (start, between) = (known("chain_start", left), known("chain_middle", right));
        let links = [
            ir::Expr::compare(ops[0], start, between.clone()),
            ir::Expr::compare(ops[1], between, last.clone()),
        ];
        let aliases = [("chain_start".to_string(), first), ("chain_middle".to_string(), middle)];
        self.with_aliases(aliases, |b| b.lazy(Op::And, &links, None))
    }

    /// Equality of an array's elements with one value.
    pub fn equal_elements(&mut self, ty: &Type, array: Expr, item: Expr) -> Expr {
        if *ty == Type::Float {
            return self.same_real(array, item);
        }
        if !is_derived_element(ty) {
            return binary(if *ty == Type::Bool { Op::Eqv } else { Op::Eq }, array, item);
        }
        self.unit.type_op(ty, TypeOp::Equal);
        let item = self.wanted(item, ty);
        binary(Op::Same, array, item)
    }

    /// An item beside an array: gfortran compares an array with a scalar structure constructor wrongly.
    pub fn wanted(&mut self, item: Expr, ty: &Type) -> Expr {
        if super::expr::is_designator(&item) {
            return item;
        }
        let held = self.names.fresh_of(&["wanted", "wanted_item"]);
        self.declare_element(&held, ty);
        self.emit(Stmt::Assign(name(&held), item));
        name(held)
    }

    /// Exact equality of real numbers, which `==` would say with a warning.
    pub fn same_real(&mut self, a: Expr, b: Expr) -> Expr {
        call(self.unit.helper("same_real", None), vec![a, b])
    }

    /// A number as a real one.
    fn as_real(&self, value: Expr, ty: &Type) -> Expr {
        match (ty, value) {
            (Type::Int, Expr::Int(value, _)) if value.abs() < 1 << 53 => Expr::Real(value as f64),
            (Type::Int, value) => call("real", vec![value, name("real64")]),
            (_, value) => value,
        }
    }
}

/// The relation's operator.
pub fn relation(op: CompareOp) -> Op {
    match op {
        CompareOp::Eq => Op::Eq,
        CompareOp::Ne => Op::Ne,
        CompareOp::Lt => Op::Lt,
        CompareOp::Le => Op::Le,
        CompareOp::Gt => Op::Gt,
        CompareOp::Ge => Op::Ge,
    }
}

/// An order expressed by "comes before".
fn ordered(op: CompareOp, a: Expr, b: Expr, precedes: impl FnOnce(Expr, Expr) -> Expr) -> Expr {
    match op {
        CompareOp::Gt => precedes(b, a),
        CompareOp::Le => not(precedes(b, a)),
        CompareOp::Ge => not(precedes(a, b)),
        _ => precedes(a, b),
    }
}

fn is_empty(e: &ir::Expr) -> bool {
    match &e.kind {
        ExprKind::Str(value) => value.is_empty(),
        ExprKind::List(items) | ExprKind::Set(items) => items.is_empty(),
        _ => false,
    }
}

fn is_literal(e: &ir::Expr) -> bool {
    matches!(e.kind, ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) | ExprKind::Bool(_))
}
