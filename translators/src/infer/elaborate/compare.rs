//! Comparisons, membership and identity.

use super::super::cells::Head;
use super::super::type_test::type_test;
use super::arrays::is_array;
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, Expr, ExprKind, Intrinsic, Type};
use grammars::surface::{self, CompareOp};
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn compare(
        &mut self,
        e: &'m surface::Expr,
        operands: &'m [surface::Expr],
        ops: &[CompareOp],
    ) -> Outcome<Expr> {
        if let Some(test) = type_test(e) {
            return self.type_test(&test, e.span);
        }
        if let ([left, right], [op]) = (operands, ops) {
            return self.comparison(left, *op, right, e.span);
        }
        let relations: Option<Vec<ir::CompareOp>> = ops.iter().map(|op| relation(*op)).collect();
        if let Some(ops) = relations {
            let operands = operands.iter().map(|o| self.expr(o)).collect::<Outcome<Vec<_>>>()?;
            if let Some(operands) = common_numbers(operands) {
                return Ok(build::expr(ExprKind::CompareChain { operands, ops }, Type::Bool, e.span));
            }
        }
        let inner = &operands[1..operands.len() - 1];
        for operand in inner {
            if !build::is_repeatable(&self.expr(operand)?) {
                let message = "A chained comparison computes an operand that it compares twice.";
                return Err(Rejection::new("infer.compare-chain", operand.span, message));
            }
        }
        let pairs = operands.windows(2).zip(ops);
        let parts = pairs
            .map(|(pair, op)| self.comparison(&pair[0], *op, &pair[1], e.span))
            .collect::<Outcome<Vec<_>>>()?;
        Ok(build::expr(ExprKind::And(parts), Type::Bool, e.span))
    }

    fn comparison(
        &mut self,
        left: &'m surface::Expr,
        op: CompareOp,
        right: &'m surface::Expr,
        span: Span,
    ) -> Outcome<Expr> {
        match op {
            CompareOp::In => self.membership(left, right, span),
            CompareOp::NotIn => Ok(build::not(self.membership(left, right, span)?)),
            CompareOp::Is => self.identity(left, right, span),
            CompareOp::IsNot => Ok(build::not(self.identity(left, right, span)?)),
            _ => {
                let relation = relation(op).unwrap_or(ir::CompareOp::Eq);
                self.related(left, relation, right, span)
            }
        }
    }

    fn related(
        &mut self,
        left: &'m surface::Expr,
        op: ir::CompareOp,
        right: &'m surface::Expr,
        span: Span,
    ) -> Outcome<Expr> {
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        if is_array(&a.ty) || is_array(&b.ty) {
            return self.array_compare(op, a, b, span);
        }
        let equality = matches!(op, ir::CompareOp::Eq | ir::CompareOp::Ne);
        if equality && let Some(same) = super::arrays::same_as_list(&a, &b, span)? {
            return Ok(if op == ir::CompareOp::Eq { same } else { build::not(same) });
        }
        if equality && self.never_equal(left, right) {
            if !build::is_pure(&a) || !build::is_pure(&b) {
                let message = "Values are compared that can never be equal.";
                return Err(Rejection::new("infer.never-equal", span, message));
            }
            return Ok(build::bool_(op == ir::CompareOp::Ne, span));
        }
        if equality { self.equality(a, op, b, span) } else { self.ordering(a, op, b, span) }
    }

    /// Values of these kinds are different whatever they hold.
    fn never_equal(&self, left: &surface::Expr, right: &surface::Expr) -> bool {
        let cells = &self.facts.cells;
        let (Some(l), Some(r)) = (self.facts.cell_of(left), self.facts.cell_of(right)) else { return false };
        let (a, b) = (cells.head(l), cells.head(r));
        if matches!(a, Head::Union(_)) || matches!(b, Head::Union(_)) {
            return false;
        }
        let may_be_none = |c, head: &Head| cells.is_nullable(c) || *head == Head::Unknown;
        if may_be_none(l, a) && may_be_none(r, b) {
            return false;
        }
        let number = |h: &Head| matches!(h, Head::Bool | Head::Int | Head::Float);
        match (a, b) {
            (Head::Unknown, _) | (_, Head::Unknown) => {
                // Only `None` against something that cannot be `None`.
                !(may_be_none(l, a) && may_be_none(r, b))
            }
            (Head::Tuple(x), Head::Tuple(y)) => x.len() != y.len(),
            (Head::Tuple(_) | Head::VarTuple(_), Head::Tuple(_) | Head::VarTuple(_)) => false,
            (Head::Class(_), _) | (_, Head::Class(_)) => false,
            (Head::Str | Head::Exception, Head::Str | Head::Exception) => false,
            (a, b) if number(a) && number(b) => false,
            (a, b) => std::mem::discriminant(a) != std::mem::discriminant(b),
        }
    }

    /// `==` or `!=` of values that can be equal.
    pub(super) fn equality(&mut self, a: Expr, op: ir::CompareOp, b: Expr, span: Span) -> Outcome<Expr> {
        if let Type::Class(class) = &a.ty
            && let Some((owner, id)) = self.facts.find_method(class, "__eq__")
        {
            let ty = self.facts.function(id).params.get(1).and_then(|p| self.facts.cells.resolve(p.cell));
            let b = match ty {
                Some(ty) => convert(b, &ty)?,
                None => b,
            };
            let kind = ExprKind::CallMethod {
                object: Box::new(a),
                class: owner,
                method: "__eq__".to_owned(),
                args: vec![b],
            };
            let equal = build::expr(kind, Type::Bool, span);
            return Ok(if op == ir::CompareOp::Eq { equal } else { build::not(equal) });
        }
        let is_none = |e: &Expr| e.kind == ExprKind::None;
        if is_none(&b) || is_none(&a) {
            let value = if is_none(&b) { a } else { b };
            let test = self.none_test(value, span)?;
            return Ok(if op == ir::CompareOp::Eq { test } else { build::not(test) });
        }
        let (a, b) = self.alike(a, b)?;
        Ok(build::compare(op, a, b, span))
    }

    /// The value is `None`, folded where its type says so.
    fn none_test(&mut self, value: Expr, span: Span) -> Outcome<Expr> {
        match &value.ty {
            Type::Optional(_) => Ok(build::is_none(value, span)),
            ty if build::is_pure(&value) => Ok(build::bool_(*ty == Type::None, span)),
            _ => {
                let message =
                    "A call is compared with `None`, but what it gives is never (or always) `None`.";
                Err(Rejection::new("infer.never-equal", span, message))
            }
        }
    }

    /// Both sides with one type, where that loses nothing.
    fn alike(&mut self, a: Expr, b: Expr) -> Outcome<(Expr, Expr)> {
        if a.ty == b.ty || a.ty.is_union() || b.ty.is_union() {
            return Ok((a, b));
        }
        let target = match (&a.ty, &b.ty) {
            (Type::Optional(_), Type::Optional(_)) => a.ty.clone(),
            (Type::Optional(_), _) => a.ty.clone(),
            (_, Type::Optional(_)) => b.ty.clone(),
            (Type::Bool, Type::Int | Type::Float) => b.ty.clone(),
            (Type::Int | Type::Float, Type::Bool) => a.ty.clone(),
            (Type::Int, Type::Float) if is_literal(&a) => Type::Float,
            (Type::Float, Type::Int) if is_literal(&b) => Type::Float,
            (Type::Int, Type::Float) | (Type::Float, Type::Int) => return Ok((a, b)),
            (Type::Tuple(_), Type::List(_)) => b.ty.clone(),
            (Type::List(_), Type::Tuple(_)) => a.ty.clone(),
            (Type::Iter(_), _) | (_, Type::Iter(_)) => {
                let message = "An iterator is compared with something.";
                return Err(Rejection::new("infer.never-equal", a.span, message));
            }
            _ => return self.alike_containers(a, b),
        };
        Ok((convert(a, &target)?, convert(b, &target)?))
    }

    /// Containers of different numbers compare number by number.
    fn alike_containers(&mut self, a: Expr, b: Expr) -> Outcome<(Expr, Expr)> {
        let (to_a, to_b) = (a.ty.clone(), b.ty.clone());
        if let Ok(b) = convert(b.clone(), &to_a) {
            return Ok((a, b));
        }
        if let Ok(a) = convert(a.clone(), &to_b) {
            return Ok((a, b));
        }
        if same_shape(&a.ty, &b.ty) {
            return Ok((a, b));
        }
        let message = format!("A value of type `{}` is compared with one of type `{}`.", a.ty, b.ty);
        Err(Rejection::new("infer.compare", a.span, message))
    }

    fn ordering(&mut self, a: Expr, op: ir::CompareOp, b: Expr, span: Span) -> Outcome<Expr> {
        let (a, b) = (self.unwrapped(a), self.unwrapped(b));
        match (&a.ty, &b.ty) {
            (a_ty, b_ty) if a_ty.is_union() || b_ty.is_union() => self.order_several(a, op, b, span),
            (Type::Set(_), Type::Set(_)) => Ok(subset(a, op, b, span)),
            (Type::Class(class), _) => {
                let class = class.clone();
                self.object_ordering(&class, a, op, b, span)
            }
            (Type::Bool, Type::Bool) => {
                Ok(build::compare(op, convert(a, &Type::Int)?, convert(b, &Type::Int)?, span))
            }
            (Type::Dict(..) | Type::None | Type::Function { .. }, _) => {
                let message = format!("Values of type `{}` have no order.", a.ty);
                Err(Rejection::new("infer.compare", span, message))
            }
            _ => {
                let (a, b) = self.alike(a, b)?;
                Ok(build::compare(op, a, b, span))
            }
        }
    }

    fn object_ordering(
        &mut self,
        class: &str,
        a: Expr,
        op: ir::CompareOp,
        b: Expr,
        span: Span,
    ) -> Outcome<Expr> {
        let (name, mirrored) = match op {
            ir::CompareOp::Lt => ("__lt__", "__gt__"),
            ir::CompareOp::Le => ("__le__", "__ge__"),
            ir::CompareOp::Gt => ("__gt__", "__lt__"),
            _ => ("__ge__", "__le__"),
        };
        for (name, object, other) in [(name, &a, &b), (mirrored, &b, &a)] {
            if let Some((owner, _)) = self.facts.find_method(class, name) {
                let kind = ExprKind::CallMethod {
                    object: Box::new(object.clone()),
                    class: owner,
                    method: name.to_owned(),
                    args: vec![other.clone()],
                };
                return Ok(build::expr(kind, Type::Bool, span));
            }
        }
        let message = format!("Objects of `{class}` have no order.");
        Err(Rejection::new("infer.compare", span, message))
    }

    fn membership(
        &mut self,
        item: &'m surface::Expr,
        container: &'m surface::Expr,
        span: Span,
    ) -> Outcome<Expr> {
        let container = self.iterable(container)?;
        let item = self.expr(item)?;
        if let Type::Class(class) = &container.ty {
            return self.object_membership(&class.clone(), item, container, span);
        }
        if let (Type::Tuple(_), None) = (&container.ty, container.ty.element()) {
            return self.mixed_membership(item, container, span);
        }
        let element =
            container.ty.element().ok_or_else(|| super::comprehension::mixed_iteration(&container))?;
        let item = match (&item.ty, &element) {
            (a, b) if a == b => item,
            (a, b) if a.is_union() || b.is_union() => convert(item.clone(), b).unwrap_or(item),
            (Type::Int | Type::Float, Type::Int | Type::Float) if !is_literal(&item) => item,
            (Type::Optional(_), Type::Optional(_)) => item,
            (Type::Optional(_), _) if matches!(container.ty, Type::Str) => self.unwrapped(item),
            (Type::Optional(_) | Type::None, _) => {
                let message = "It is asked whether something that may be `None` is in a container.";
                return Err(Rejection::new("infer.membership", span, message));
            }
            _ => match convert(item.clone(), &element) {
                Ok(item) => item,
                Err(_) if build::is_pure(&item) && build::is_pure(&container) => {
                    return Ok(build::bool_(false, span));
                }
                Err(rejection) => return Err(rejection),
            },
        };
        Ok(build::intrinsic(Intrinsic::Contains, vec![container, item], Type::Bool, span))
    }

    /// `x in (1, "a")`: compared with each item in turn.
    fn mixed_membership(&mut self, item: Expr, container: Expr, span: Span) -> Outcome<Expr> {
        if !build::is_repeatable(&item) {
            let message = "A computed value is looked for in a tuple of different types.";
            return Err(Rejection::new("infer.membership", span, message));
        }
        let mut parts = Vec::new();
        for candidate in super::convert::tuple_items(container)? {
            let comparable = candidate.ty == item.ty
                || item.ty.is_union()
                || candidate.ty.is_union()
                || (candidate.ty.is_numeric() && item.ty.is_numeric())
                || (candidate.kind == ExprKind::None && matches!(item.ty, Type::Optional(_)));
            if comparable {
                parts.push(self.equality(item.clone(), ir::CompareOp::Eq, candidate, span)?);
            }
        }
        Ok(match parts.len() {
            0 => build::bool_(false, span),
            1 => parts.remove(0),
            _ => build::expr(ExprKind::Or(parts), Type::Bool, span),
        })
    }

    fn object_membership(&mut self, class: &str, item: Expr, container: Expr, span: Span) -> Outcome<Expr> {
        let Some((owner, id)) = self.facts.find_method(class, "__contains__") else {
            let message = format!("Objects of `{class}` do not define `__contains__`.");
            return Err(Rejection::new("infer.special-method", span, message));
        };
        let ty = self.facts.function(id).params.get(1).and_then(|p| self.facts.cells.resolve(p.cell));
        let item = match ty {
            Some(ty) => convert(item, &ty)?,
            None => item,
        };
        let kind = ExprKind::CallMethod {
            object: Box::new(container),
            class: owner,
            method: "__contains__".to_owned(),
            args: vec![item],
        };
        Ok(build::expr(kind, Type::Bool, span))
    }

    fn identity(&mut self, left: &'m surface::Expr, right: &'m surface::Expr, span: Span) -> Outcome<Expr> {
        let is = |e: &surface::Expr, kind: &surface::ExprKind| e.kind == *kind;
        if is(right, &surface::ExprKind::None) || is(left, &surface::ExprKind::None) {
            let value = if is(right, &surface::ExprKind::None) { left } else { right };
            let value = self.raw(value)?;
            return self.none_test(value, span);
        }
        for (constant, value) in [(right, left), (left, right)] {
            if let surface::ExprKind::Bool(expected) = constant.kind {
                let value = self.expr(value)?;
                if value.ty == Type::Bool {
                    return Ok(if expected { value } else { build::not(value) });
                }
                if build::is_pure(&value) && !matches!(value.ty, Type::Optional(_)) {
                    return Ok(build::bool_(false, span));
                }
                let constant = build::bool_(expected, span);
                return self.equality(value, ir::CompareOp::Eq, constant, span);
            }
        }
        let message = "Whether two values are the same object cannot be seen in the targets.";
        Err(Rejection::new("infer.identity", span, message))
    }

    /// The expression before any narrowing.
    fn raw(&mut self, e: &'m surface::Expr) -> Outcome<Expr> {
        let value = self.expr(e)?;
        Ok(match value.kind {
            ExprKind::Convert { conversion: ir::Conversion::Unwrap, value } => *value,
            _ => value,
        })
    }
}

fn relation(op: CompareOp) -> Option<ir::CompareOp> {
    Some(match op {
        CompareOp::Eq => ir::CompareOp::Eq,
        CompareOp::Ne => ir::CompareOp::Ne,
        CompareOp::Lt => ir::CompareOp::Lt,
        CompareOp::Le => ir::CompareOp::Le,
        CompareOp::Gt => ir::CompareOp::Gt,
        CompareOp::Ge => ir::CompareOp::Ge,
        CompareOp::In | CompareOp::NotIn | CompareOp::Is | CompareOp::IsNot => return None,
    })
}

fn is_literal(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Int(_) | ExprKind::Float(_))
}

/// Operands of a chain as numbers or texts of one type.
fn common_numbers(operands: Vec<Expr>) -> Option<Vec<Expr>> {
    let first = operands.first()?.ty.clone();
    if operands.iter().all(|o| o.ty == first)
        && !matches!(first, Type::Class(_) | Type::Optional(_) | Type::Bool)
    {
        return Some(operands);
    }
    let numeric = operands.iter().all(|o| o.ty.is_numeric());
    if !numeric {
        return None;
    }
    let target = |o: &Expr| if is_literal(o) { Type::Float } else { o.ty.clone() };
    operands
        .into_iter()
        .map(|o| {
            let ty = target(&o);
            convert(o, &ty).ok()
        })
        .collect()
}

/// The types differ in nothing but their numbers.
fn same_shape(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) => same_shape(a, b),
        (Type::Dict(k, v), Type::Dict(k2, v2)) => same_shape(k, k2) && same_shape(v, v2),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_shape(a, b))
        }
        (a, b) => a == b || a.is_union() || b.is_union() || (a.is_numeric() && b.is_numeric()),
    }
}

/// Order between sets is inclusion.
fn subset(a: Expr, op: ir::CompareOp, b: Expr, span: Span) -> Expr {
    let (low, high) = match op {
        ir::CompareOp::Lt | ir::CompareOp::Le => (a, b),
        _ => (b, a),
    };
    let included = build::intrinsic(Intrinsic::IsSubset, vec![low.clone(), high.clone()], Type::Bool, span);
    match op {
        ir::CompareOp::Lt | ir::CompareOp::Gt => {
            let differ = build::compare(ir::CompareOp::Ne, low, high, span);
            build::expr(ExprKind::And(vec![included, differ]), Type::Bool, span)
        }
        _ => included,
    }
}
