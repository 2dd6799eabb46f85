//! Arrays: NumPy's functions, operators and subscripts become operations of the IR, with conversions
//! of elements and lists explicit.

mod call;
mod operator;
mod select;

pub(super) use select::item_of_shape;

use super::convert::convert;
use super::{Elaborator, Outcome, build};
use grammars::ir::{ArrayOp, Expr, ExprKind, Intrinsic, Type};
use grammars::surface;
use grammars::{Rejection, Span};

/// An array operation as an expression.
pub(super) fn array(op: ArrayOp, args: Vec<Expr>, ty: Type, span: Span) -> Expr {
    build::intrinsic(Intrinsic::Array(op), args, ty, span)
}

/// Element type and rank; a value of its own has rank 0.
pub(super) fn shape_of(ty: &Type) -> Option<(Type, u8)> {
    match ty {
        Type::Bool | Type::Int | Type::Float => Some((ty.clone(), 0)),
        Type::Array { element, rank } => Some(((**element).clone(), *rank)),
        Type::List(inner) => shape_of(inner).map(|(element, rank)| (element, rank.saturating_add(1))),
        Type::Tuple(items) => {
            let shapes: Option<Vec<(Type, u8)>> = items.iter().map(shape_of).collect();
            let shapes = shapes?;
            let rank = shapes.first()?.1;
            let element = [Type::Float, Type::Int, Type::Bool]
                .into_iter()
                .find(|t| shapes.iter().any(|(element, _)| element == t))?;
            shapes.iter().all(|(_, r)| *r == rank).then_some((element, rank.saturating_add(1)))
        }
        _ => None,
    }
}

/// An operand: lists and tuples become arrays.
pub(super) fn operand(value: Expr) -> Outcome<Expr> {
    let Some((element, rank)) = shape_of(&value.ty) else { return Err(no_operand(&value)) };
    if rank > 2 {
        let message = format!("An array of {rank} axes has no rule.");
        return Err(Rejection::new("infer.array-rank", value.span, message));
    }
    match value.ty {
        Type::List(_) | Type::Tuple(_) => {
            let span = value.span;
            let list = (0..rank).fold(element.clone(), |ty, _| Type::list(ty));
            let value = list_of_lists(value, &list)?;
            Ok(array(ArrayOp::FromList, vec![value], Type::array(element, rank), span))
        }
        _ => Ok(value),
    }
}

/// The operand with its element type and rank.
fn shaped(value: Expr) -> Outcome<(Expr, Type, u8)> {
    let value = operand(value)?;
    match shape_of(&value.ty) {
        Some((element, rank)) => Ok((value, element, rank)),
        None => Err(no_operand(&value)),
    }
}

/// Tuples within lists, and the other way round, as lists.
fn list_of_lists(value: Expr, target: &Type) -> Outcome<Expr> {
    let Type::List(inner) = target else { return convert(value, target) };
    let span = value.span;
    match value.kind {
        ExprKind::List(items) | ExprKind::Tuple(items) => {
            let items = items.into_iter().map(|i| list_of_lists(i, inner)).collect::<Outcome<_>>()?;
            Ok(build::expr(ExprKind::List(items), target.clone(), span))
        }
        kind => convert(Expr { kind, ..value }, target),
    }
}

/// The operand with elements of this type.
pub(super) fn with_element(value: Expr, element: &Type) -> Outcome<Expr> {
    let value = operand(value)?;
    let Type::Array { element: own, rank } = value.ty.clone() else { return convert(value, element) };
    if *own == *element {
        return Ok(value);
    }
    let span = value.span;
    let ty = Type::array(element.clone(), rank);
    if let ExprKind::Intrinsic { op: Intrinsic::Array(ArrayOp::FromList), args } = &value.kind
        && let [list] = args.as_slice()
    {
        let wanted = (0..rank).fold(element.clone(), |ty, _| Type::list(ty));
        if let Ok(list) = list_of_lists(list.clone(), &wanted) {
            return Ok(array(ArrayOp::FromList, vec![list], ty, span));
        }
    }
    Ok(array(ArrayOp::Cast, vec![value], ty, span))
}

/// `array.tolist() == [[…], …]` compares the array itself.
pub(super) fn same_as_list(a: &Expr, b: &Expr, span: Span) -> Outcome<Option<Expr>> {
    let (ExprKind::Intrinsic { op: Intrinsic::Array(ArrayOp::ToList), args }, ExprKind::List(items)) =
        (&a.kind, &b.kind)
    else {
        return Ok(None);
    };
    let [given] = args.as_slice() else { return Ok(None) };
    let (Some((own, rank)), Some((other, listed))) = (shape_of(&given.ty), shape_of(&b.ty)) else {
        return Ok(None);
    };
    let rectangular = |row: &Expr| match (&row.kind, items.first().map(|first| &first.kind)) {
        (ExprKind::List(row), Some(ExprKind::List(first))) => row.len() == first.len() && !row.is_empty(),
        _ => false,
    };
    if rank != 2 || listed != 2 || !items.iter().all(rectangular) {
        return Ok(None);
    }
    let element = operator::wider(&own, &other);
    let args = vec![with_element(given.clone(), &element)?, with_element(b.clone(), &element)?];
    Ok(Some(array(ArrayOp::Equal, args, Type::Bool, span)))
}

pub(super) fn is_array(ty: &Type) -> bool {
    matches!(ty, Type::Array { .. })
}

fn no_operand(value: &Expr) -> Rejection {
    let message = format!("A value of type `{}` is used as an array.", value.ty);
    Rejection::new("infer.array", value.span, message)
}

impl<'m> Elaborator<'_, 'm> {
    /// The expression is an array.
    pub(super) fn holds_array(&self, e: &surface::Expr) -> bool {
        self.own_type(e).is_ok_and(|ty| is_array(&ty))
    }

    /// What iterating over an array goes through.
    pub(super) fn items_of_array(&self, source: Expr) -> Expr {
        let Type::Array { element, rank } = source.ty.clone() else { return source };
        let (span, item) = (source.span, Type::array(*element, rank.saturating_sub(1)));
        array(ArrayOp::Items, vec![source], Type::iter(item), span)
    }

    /// `array.name`.
    pub(super) fn array_attribute(&mut self, object: Expr, name: &str, span: Span) -> Outcome<Expr> {
        let Type::Array { rank, .. } = object.ty else { return Err(no_operand(&object)) };
        match name {
            "T" if rank == 1 => Ok(object),
            "T" => {
                let ty = object.ty.clone();
                Ok(array(ArrayOp::Transpose, vec![object], ty, span))
            }
            "size" => Ok(array(ArrayOp::Size(None), vec![object], Type::Int, span)),
            "ndim" => Ok(build::int(i128::from(rank), span)),
            _ => self.shape(object, span),
        }
    }

    /// The lengths along the axes.
    fn shape(&mut self, object: Expr, span: Span) -> Outcome<Expr> {
        let Type::Array { rank, .. } = object.ty else { return Err(no_operand(&object)) };
        if rank > 1 && !build::is_repeatable(&object) {
            let message = "The shape of a computed array has no rule: it would be computed more than once.";
            return Err(Rejection::new("infer.array-shape", span, message));
        }
        let length = |axis| array(ArrayOp::Size(Some(axis)), vec![object.clone()], Type::Int, span);
        let lengths: Vec<Expr> = (0..rank).map(length).collect();
        let ty = Type::Tuple(vec![Type::Int; lengths.len()]);
        Ok(build::expr(ExprKind::Tuple(lengths), ty, span))
    }
}
