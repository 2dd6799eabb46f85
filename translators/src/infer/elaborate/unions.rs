//! Values of several types: conversions to and from one of them, and what is done with them as a whole.

use super::super::cells::Head;
use super::convert::{apply, impossible};
use super::expr::unexpected_at;
use super::{Elaborator, Outcome, build};
use grammars::ir::{self, CompareOp, Conversion, Expr, ExprKind, Intrinsic, Type};
use grammars::surface::{self, BinaryOp};
use grammars::{Rejection, Span};

/// The types that a value of type `ty` can have.
pub(super) fn members(ty: &Type) -> &[Type] {
    match ty {
        Type::Union(members) => members,
        ty => std::slice::from_ref(ty),
    }
}

/// `expr` as a value of the union `target`.
pub(super) fn to_union(expr: Expr, target: &Type) -> Outcome<Expr> {
    let wanted = members(target);
    if *target == Type::Any || members(&expr.ty).iter().all(|m| wanted.contains(m)) {
        return Ok(apply(Conversion::ToUnion, expr, target.clone()));
    }
    let member = wanted.iter().find_map(|m| super::convert(expr.clone(), m).ok());
    match member {
        Some(member) if !expr.ty.is_union() => Ok(apply(Conversion::ToUnion, member, target.clone())),
        _ => Err(impossible(&expr, target)),
    }
}

/// The value of a union, which has to be a `target`.
pub(super) fn from_union(expr: Expr, target: &Type) -> Outcome<Expr> {
    if expr.ty == Type::Any || members(target).iter().all(|m| members(&expr.ty).contains(m)) {
        return Ok(apply(Conversion::Cast, expr, target.clone()));
    }
    let mut usable = members(&expr.ty).iter().filter_map(|m| {
        let member = apply(Conversion::Cast, expr.clone(), m.clone());
        super::convert(member, target).ok()
    });
    match (usable.next(), usable.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(impossible(&expr, target)),
    }
}

/// The value as one of some of its types, which it has to have.
fn only(expr: Expr, types: &Type) -> Outcome<Expr> {
    if expr.ty == *types { Ok(expr) } else { from_union(expr, types) }
}

impl Elaborator<'_, '_> {
    /// The value of `e` as the only one of its types that is `accepted`; as it is where it has one type.
    pub(super) fn as_member(
        &self,
        e: &surface::Expr,
        value: Expr,
        accepted: impl Fn(&Type) -> bool,
    ) -> Outcome<Expr> {
        let value = self.unwrapped(value);
        if !value.ty.is_union() {
            return Ok(value);
        }
        let heads = self.facts.cell_of(e).map_or(&[][..], |cell| self.facts.cells.head(cell).members());
        let types: Vec<Type> = heads.iter().filter_map(|h| self.facts.cells.resolve_member(h)).collect();
        let mut usable: Vec<&Type> = types.iter().filter(|t| accepted(t)).collect();
        usable.dedup();
        match usable.as_slice() {
            [only] => Ok(apply(Conversion::Cast, value, (*only).clone())),
            _ => {
                let message = format!("What is done with a value of type `{}` has no rule.", value.ty);
                Err(Rejection::new("infer.mixed-types", value.span, message))
            }
        }
    }

    /// A binary operator on a value of several types.
    pub(super) fn combine_several(
        &mut self,
        key: super::Key,
        op: BinaryOp,
        (left, right): (Expr, Expr),
        out: &Type,
        span: Span,
    ) -> Outcome<Expr> {
        let numbers = |e: &Expr| Type::union(members(&e.ty).iter().filter(|t| t.is_number()).cloned());
        let (a, b) = (numbers(&left), numbers(&right));
        if out.is_number() && a != Type::None && b != Type::None {
            let (left, right) = (only(left, &a)?, only(right, &b)?);
            if !left.ty.is_union() && !right.ty.is_union() {
                return self.combine(key, op, left, right, out, span);
            }
            let ir_op = super::operator::number_operator(op).ok_or_else(|| unexpected_at(span))?;
            let ty = if op == BinaryOp::Div { Type::Float } else { out.clone() };
            return Ok(build::binary(ir_op, left, right, ty, span));
        }
        let repeats = op == BinaryOp::Mul && members(&right.ty).contains(&Type::Int);
        let left = super::convert(left, out)?;
        let right = super::convert(right, if repeats { &Type::Int } else { out })?;
        self.combine(key, op, left, right, out, span)
    }

    /// An order between values of several types: numbers among each other, and texts.
    pub(super) fn order_several(&self, a: Expr, op: CompareOp, b: Expr, span: Span) -> Outcome<Expr> {
        let ordered = |t: &Type| t.is_number() || *t == Type::Str;
        let shared = |own: &Type, other: &Type| {
            let has_number = members(other).iter().any(Type::is_number);
            let has_text = members(other).contains(&Type::Str);
            let kept = members(own).iter().filter(|t| ordered(t));
            Type::union(kept.filter(|t| if t.is_number() { has_number } else { has_text }).cloned())
        };
        let (left, right) = (shared(&a.ty, &b.ty), shared(&b.ty, &a.ty));
        if left == Type::None || right == Type::None {
            let message = format!("Values of types `{}` and `{}` are put in order.", a.ty, b.ty);
            return Err(Rejection::new("infer.compare", span, message));
        }
        Ok(build::compare(op, only(a, &left)?, only(b, &right)?, span))
    }

    /// Whether Python takes a value of several types for true.
    pub(super) fn truth_of_several(&mut self, value: Expr) -> Outcome<Expr> {
        let span = value.span;
        let sized = |t: &Type| matches!(t, Type::Str | Type::List(_) | Type::Dict(..) | Type::Set(_));
        let (numbers, others): (Vec<Type>, Vec<Type>) =
            members(&value.ty).iter().cloned().partition(Type::is_number);
        if !others.iter().all(sized) {
            let message = format!("The truth of a value of type `{}` has no rule.", value.ty);
            return Err(Rejection::new("infer.truth", span, message));
        }
        let filled = |v: Expr| build::not(build::intrinsic(Intrinsic::IsEmpty, vec![v], Type::Bool, span));
        if numbers.is_empty() {
            return Ok(filled(value));
        }
        let zero = build::int(0, span);
        if others.is_empty() {
            return Ok(build::compare(CompareOp::Ne, value, zero, span));
        }
        if !build::is_repeatable(&value) {
            let message = "The truth of a computed value of several types has no rule.";
            return Err(Rejection::new("infer.truth", span, message));
        }
        let (numbers, others) = (Type::union(numbers), Type::union(others));
        let kind = ExprKind::IsInstance { value: Box::new(value.clone()), ty: numbers.clone() };
        let is_number = build::expr(kind, Type::Bool, span);
        let number = apply(Conversion::Narrow, value.clone(), numbers);
        let not_zero = if number.ty == Type::Int || number.ty.is_union() {
            build::compare(CompareOp::Ne, number, zero, span)
        } else {
            self.truth(number)?
        };
        let rest = filled(apply(Conversion::Narrow, value, others));
        Ok(build::if_else(is_number, not_zero, rest, Type::Bool, span))
    }

    /// The test on the type of a value that can have several; `None` where they agree.
    pub(super) fn member_test(
        &mut self,
        cell: super::Cell,
        test: &super::super::type_test::TypeTest<'_>,
        value: &Expr,
        span: Span,
    ) -> Outcome<Option<Expr>> {
        let Head::Union(heads) = self.facts.cells.head(cell) else { return Ok(None) };
        let cells = &self.facts.cells;
        let (inside, outside): (Vec<&Head>, Vec<&Head>) =
            heads.iter().partition(|h| self.facts.is_of(h, &test.types, test.exact));
        let types =
            |heads: &[&Head]| -> Vec<Type> { heads.iter().filter_map(|h| cells.resolve_member(h)).collect() };
        let (inside, outside) = (types(&inside), types(&outside));
        let kind = std::mem::discriminant::<Type>;
        let alike = |t: &Type| !matches!(t, Type::Class(_)) && outside.iter().any(|o| kind(o) == kind(t));
        if inside.iter().any(alike) {
            let message = "It is asked whether a value is a list or a tuple.";
            return Err(Rejection::new("infer.isinstance", span, message));
        }
        if inside.is_empty() || outside.is_empty() {
            return Ok(None);
        }
        let value = without_none(value.clone());
        let kind = ir::ExprKind::IsInstance { value: Box::new(value), ty: Type::union(inside) };
        let is = build::expr(kind, Type::Bool, span);
        Ok(Some(if test.holds { is } else { build::not(is) }))
    }
}

/// The value as what a test on its type looks at: `None` has none of the types that are asked for.
fn without_none(value: Expr) -> Expr {
    match value.ty.clone() {
        Type::Optional(inner) => apply(Conversion::Narrow, value, *inner),
        _ => value,
    }
}
