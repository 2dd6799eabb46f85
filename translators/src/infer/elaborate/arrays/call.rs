//! Calls of NumPy's functions and of methods of arrays.

use super::super::super::arrays::{self, Function, Like, Shape};
use super::super::expr::unexpected_at;
use super::super::library::Call;
use super::super::{Elaborator, Outcome, build, convert};
use super::operator::wider;
use super::{array, is_array, operand, shape_of, shaped, with_element};
use grammars::Rejection;
use grammars::ir::{ArrayOp, Axis, Elementwise, Expr, ExprKind, Intrinsic, Reduction, Type};
use grammars::surface;

impl<'m> Elaborator<'_, 'm> {
    /// The call, if it is one of NumPy's or on an array.
    pub(in super::super) fn array_call(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
        let on_array = call.args.first().is_some_and(|first| self.holds_array(first));
        let Some(function) = arrays::meant(call.path, on_array, call.e.span)? else { return Ok(None) };
        takes_arguments(&function, call)?;
        self.array_function(function, call).map(Some)
    }

    fn array_function(&mut self, function: Function, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        match function {
            Function::SortInPlace => {
                let base = self.given(call, 0)?;
                if !matches!(base.ty, Type::Array { rank: 1, .. }) {
                    return Err(no_rank(call));
                }
                self.mark_mutated(&base);
                return Ok(array(ArrayOp::SortInPlace, vec![base], Type::None, span));
            }
            Function::Shape => {
                let base = self.given_operand(call, 0)?;
                return self.shape(base, span);
            }
            _ => {}
        }
        let ty = self.own_type(call.e)?;
        let element = shape_of(&ty).map(|(element, _)| element).unwrap_or(Type::Int);
        Ok(match function {
            Function::Array => self.new_array(call, &element)?,
            Function::Filled(like) => {
                let value = self.fill(call, like, &element)?;
                let mut args = vec![value];
                args.extend(self.lengths(call, 0)?);
                array(ArrayOp::Full, args, ty, span)
            }
            Function::Like(like) => {
                let value = self.fill(call, like, &element)?;
                array(ArrayOp::FullLike, vec![value, self.given_operand(call, 0)?], ty, span)
            }
            Function::Identity => {
                if call.args.len() > 1 {
                    return Err(unexpected_at(span));
                }
                let size = self.integer(call, 0)?;
                array(ArrayOp::Identity, vec![size], ty, span)
            }
            Function::Arange => self.arange(call, &element, ty)?,
            Function::Linspace => self.linspace(call, ty)?,
            Function::Map(op, fixed) => self.mapped(call, op, fixed.map(|f| f.ty()), ty)?,
            Function::Arithmetic(op) => {
                let (left, right) = (self.given(call, 0)?, self.given(call, 1)?);
                if is_array(&ty) {
                    self.array_binary(op, left, right, span)?
                } else {
                    self.combine(super::super::Key::of(call.e), op, left, right, &ty, span)?
                }
            }
            Function::Pairwise(op) => {
                let args = vec![self.given(call, 0)?, self.given(call, 1)?];
                let args =
                    args.into_iter().map(|a| with_element(a, &element)).collect::<Outcome<Vec<_>>>()?;
                array(op, args, ty, span)
            }
            Function::Logical(op) => {
                let (left, right) = (self.given_operand(call, 0)?, self.given_operand(call, 1)?);
                if [&left, &right].iter().any(|e| shape_of(&e.ty).is_none_or(|(t, _)| t != Type::Bool)) {
                    return Err(unexpected_at(span));
                }
                self.array_binary(op, left, right, span)?
            }
            Function::Where => self.chosen(call, &element, ty)?,
            Function::Clip => self.clipped(call, &element, ty)?,
            Function::Cast(_) => self.cast(call, &element, ty)?,
            Function::Reduce(reduction) => self.reduced(call, reduction, ty)?,
            Function::Accumulate(product) => {
                let value = self.given_operand(call, 0)?;
                if !matches!(value.ty, Type::Array { rank: 1, .. }) {
                    return Err(no_rank(call));
                }
                array(ArrayOp::Accumulate { product }, vec![with_element(value, &element)?], ty, span)
            }
            Function::Of(op) => self.of_array(call, op, &element, ty)?,
            Function::ToList => array(ArrayOp::ToList, vec![self.given_operand(call, 0)?], ty, span),
            Function::Size => {
                let value = self.given_operand(call, 0)?;
                let axis = matches!(call.path, "builtins.len").then_some(0);
                array(ArrayOp::Size(axis), vec![value], Type::Int, span)
            }
            Function::Reshape => self.reshaped(call, ty)?,
            Function::Join(shape) => self.joined(call, shape, &element, ty)?,
            Function::MatMul => {
                let (left, right) = (self.given(call, 0)?, self.given(call, 1)?);
                self.matrix_product(left, right, span)?
            }
            Function::Inner => self.inner(call)?,
            Function::Equal => self.same(call)?,
            Function::AllClose => self.all_close(call)?,
            Function::Shape | Function::SortInPlace => return Err(unexpected_at(span)),
        })
    }

    // ---- arguments

    fn given(&mut self, call: &Call<'_, 'm>, at: usize) -> Outcome<Expr> {
        let Some(arg) = call.args.get(at) else { return Err(unexpected_at(call.e.span)) };
        let value = self.expr(arg)?;
        Ok(self.unwrapped(value))
    }

    fn given_operand(&mut self, call: &Call<'_, 'm>, at: usize) -> Outcome<Expr> {
        operand(self.given(call, at)?)
    }

    fn integer(&mut self, call: &Call<'_, 'm>, at: usize) -> Outcome<Expr> {
        let value = self.given(call, at)?;
        convert(value, &Type::Int)
    }

    fn tolerance(&mut self, call: &Call<'_, 'm>, name: &str, at: usize, usual: f64) -> Outcome<Expr> {
        match call.args.get(at).copied().or_else(|| call.keyword(name)) {
            Some(given) => self.expr_as(given, &Type::Float),
            None => Ok(build::expr(ExprKind::Float(usual), Type::Float, call.e.span)),
        }
    }

    /// A shape, given as one argument or from there on as several.
    fn lengths(&mut self, call: &Call<'_, 'm>, at: usize) -> Outcome<Vec<Expr>> {
        let several = call.args.get(at..).unwrap_or_default();
        let first = call.keyword("shape").or_else(|| several.first().copied());
        let Some(first) = first else { return Err(unexpected_at(call.e.span)) };
        let items: Vec<&'m surface::Expr> = match &first.kind {
            surface::ExprKind::Tuple(items) | surface::ExprKind::List(items) => items.iter().collect(),
            _ => {
                let value = self.expr(first)?;
                if matches!(value.ty, Type::Tuple(_)) {
                    return super::super::convert::tuple_items(value);
                }
                let count = if at == 0 { 1 } else { several.len() };
                let rest = several.iter().take(count).copied();
                if call.keyword("shape").is_some() { vec![first] } else { rest.collect() }
            }
        };
        items.into_iter().map(|item| self.expr_as(item, &Type::Int)).collect()
    }

    fn fill(&mut self, call: &Call<'_, 'm>, like: Like, element: &Type) -> Outcome<Expr> {
        let span = call.e.span;
        let value = match like {
            Like::Zeros => build::int(0, span),
            Like::Ones => build::int(1, span),
            Like::Full => match call.args.get(1).copied().or_else(|| call.keyword("fill_value")) {
                Some(value) => self.expr(value)?,
                None => return Err(unexpected_at(span)),
            },
        };
        match (&value.kind, element) {
            (ExprKind::Int(n), Type::Bool) => Ok(build::bool_(*n != 0, span)),
            _ => convert(value, element),
        }
    }

    // ---- functions

    fn new_array(&mut self, call: &Call<'_, 'm>, element: &Type) -> Outcome<Expr> {
        let value = self.given(call, 0)?;
        match &value.ty {
            // `np.array(x for …)` would be an array of one generator.
            Type::Iter(_) => Err(unexpected_at(call.e.span)),
            Type::Array { element: own, .. } if **own == *element => {
                let ty = value.ty.clone();
                let copies = call.path == "numpy.array";
                Ok(if copies { array(ArrayOp::Copy, vec![value], ty, call.e.span) } else { value })
            }
            _ => with_element(value, element),
        }
    }

    fn arange(&mut self, call: &Call<'_, 'm>, element: &Type, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let args = call.args.iter().map(|a| self.expr_as(a, element)).collect::<Outcome<Vec<_>>>()?;
        let literal = |n: i128| convert(build::int(n, span), element);
        let mut args = args.into_iter();
        let args = match (args.next(), args.next(), args.next()) {
            (Some(stop), None, _) => vec![literal(0)?, stop, literal(1)?],
            (Some(start), Some(stop), step) => vec![start, stop, step.map_or_else(|| literal(1), Ok)?],
            _ => return Err(unexpected_at(span)),
        };
        Ok(array(ArrayOp::Arange, args, ty, span))
    }

    fn linspace(&mut self, call: &Call<'_, 'm>, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let (start, stop) = (self.given(call, 0)?, self.given(call, 1)?);
        let count = match call.args.get(2).copied().or_else(|| call.keyword("num")) {
            Some(count) => self.expr_as(count, &Type::Int)?,
            None => build::int(50, span),
        };
        let args = vec![convert(start, &Type::Float)?, convert(stop, &Type::Float)?, count];
        Ok(array(ArrayOp::Linspace, args, ty, span))
    }

    /// `where(mask, then, orelse)`.
    fn chosen(&mut self, call: &Call<'_, 'm>, element: &Type, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let mask = self.given_operand(call, 0)?;
        if !matches!(shape_of(&mask.ty), Some((Type::Bool, 1..))) || call.args.len() != 3 {
            return Err(unexpected_at(span));
        }
        let (then, orelse) = (self.given(call, 1)?, self.given(call, 2)?);
        let args = vec![mask, with_element(then, element)?, with_element(orelse, element)?];
        Ok(array(ArrayOp::Where, args, ty, span))
    }

    fn cast(&mut self, call: &Call<'_, 'm>, element: &Type, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let value = self.given_operand(call, 0)?;
        match (&value.ty, &ty) {
            (Type::Array { element: own, .. }, _) if **own == *element => {
                Ok(array(ArrayOp::Copy, vec![value], ty, span))
            }
            (Type::Array { .. }, _) => with_element(value, element),
            (Type::Float, Type::Int) => Ok(build::intrinsic(Intrinsic::ToInt, vec![value], ty, span)),
            _ => convert(value, &ty),
        }
    }

    fn inner(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let (left, right) = (self.given(call, 0)?, self.given(call, 1)?);
        let is_matrix = |e: &Expr| shape_of(&e.ty).is_some_and(|(_, rank)| rank > 1);
        if is_matrix(&left) || is_matrix(&right) {
            return Err(no_rank(call));
        }
        self.matrix_product(left, right, call.e.span)
    }

    fn all_close(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let (a, b) = (self.given(call, 0)?, self.given(call, 1)?);
        let relative = self.tolerance(call, "rtol", 2, 1e-5)?;
        let absolute = self.tolerance(call, "atol", 3, 1e-8)?;
        let args = vec![with_element(a, &Type::Float)?, with_element(b, &Type::Float)?, relative, absolute];
        Ok(array(ArrayOp::AllClose, args, Type::Bool, call.e.span))
    }

    fn mapped(
        &mut self,
        call: &Call<'_, 'm>,
        op: Elementwise,
        fixed: Option<Type>,
        ty: Type,
    ) -> Outcome<Expr> {
        let span = call.e.span;
        let digits = call.args.get(1).copied().or_else(|| call.keyword("decimals"));
        if let Some(digits) = digits {
            let message = "Rounding an array to decimals has no rule.";
            return Err(Rejection::new("infer.numpy", digits.span, message));
        }
        let value = self.given_operand(call, 0)?;
        let own = shape_of(&value.ty).map(|(element, _)| element).unwrap_or(Type::Int);
        let value = match fixed {
            Some(Type::Float) => with_element(value, &Type::Float)?,
            Some(_) if op == Elementwise::IsNan => with_element(value, &Type::Float)?,
            _ if op == Elementwise::Round && own != Type::Float => return Ok(value),
            _ if own == Type::Bool && op != Elementwise::Not => return Err(unexpected_at(span)),
            _ if own != Type::Bool && op == Elementwise::Not => return Err(unexpected_at(span)),
            _ => value,
        };
        Ok(array(ArrayOp::Map(op), vec![value], ty, span))
    }

    fn clipped(&mut self, call: &Call<'_, 'm>, element: &Type, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let value = self.given(call, 0)?;
        let value = with_element(value, element)?;
        let bound = |at: usize, name: &str| {
            let given = call.args.get(at).copied().or_else(|| call.keyword(name));
            given.filter(|e| e.kind != surface::ExprKind::None)
        };
        let (least, greatest) = (bound(1, "a_min"), bound(2, "a_max"));
        let mut bounds = Vec::new();
        for bound in [least, greatest].into_iter().flatten() {
            let bound = self.expr(bound)?;
            bounds.push(with_element(bound, element)?);
        }
        let op = match (least, greatest) {
            (Some(_), Some(_)) => ArrayOp::Clip,
            (Some(_), None) => ArrayOp::Greatest,
            (None, Some(_)) => ArrayOp::Least,
            (None, None) => return Err(unexpected_at(span)),
        };
        Ok(array(op, [vec![value], bounds].concat(), ty, span))
    }

    fn reduced(&mut self, call: &Call<'_, 'm>, reduction: Reduction, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let value = self.given_operand(call, 0)?;
        let Some((own, rank)) = shape_of(&value.ty).filter(|(_, rank)| *rank > 0) else {
            return Err(no_rank(call));
        };
        let axis = call.args.get(1).copied().or_else(|| call.keyword("axis"));
        let axis = match axis.filter(|e| e.kind != surface::ExprKind::None) {
            None => None,
            Some(e) => Some(arrays::axis(e, rank).ok_or_else(|| unexpected_at(e.span))?),
        };
        let element = match reduction {
            Reduction::Sum | Reduction::Product if own == Type::Bool => Type::Int,
            Reduction::Mean | Reduction::Std | Reduction::Var | Reduction::Median => Type::Float,
            Reduction::Any | Reduction::All | Reduction::CountTrue => Type::Bool,
            _ if own == Type::Bool => return Err(unexpected_at(span)),
            _ => own.clone(),
        };
        // A sum of truth values counts them.
        let (reduction, element) = match (reduction, &own) {
            (Reduction::Sum, Type::Bool) => (Reduction::CountTrue, Type::Bool),
            other => (other.0, element),
        };
        let value = match (&own, &element) {
            (Type::Int | Type::Float, Type::Bool) => {
                let zero = convert(build::int(0, span), &own)?;
                self.array_compare(grammars::ir::CompareOp::Ne, value, zero, span)?
            }
            _ => with_element(value, &element)?,
        };
        let mut args = vec![value];
        if let Some(ddof) = call.keyword("ddof") {
            let known = matches!(reduction, Reduction::Std | Reduction::Var);
            match super::super::super::generate::literal_int(ddof) {
                Some(0) if known => {}
                Some(1) if known => args.push(build::int(1, span)),
                _ => return Err(unexpected_at(ddof.span)),
            }
        }
        let out = shape_of(&ty).map_or(Type::Int, |(element, _)| element);
        let kept = call.keyword("keepdims").is_some_and(|e| e.kind == surface::ExprKind::Bool(true));
        let axis = axis.filter(|_| rank > 1);
        let reduced_ty = Type::array(out, if axis.is_some() { rank - 1 } else { 0 });
        let reduced = array(ArrayOp::Reduce { reduction, axis }, args, reduced_ty, span);
        match (kept, axis) {
            (false, _) => Ok(reduced),
            (true, Some(0)) => Ok(array(ArrayOp::Select(vec![Axis::New]), vec![reduced], ty, span)),
            (true, Some(_)) => {
                Ok(array(ArrayOp::Select(vec![Axis::whole(), Axis::New]), vec![reduced], ty, span))
            }
            (true, None) => Err(unexpected_at(span)),
        }
    }

    fn of_array(&mut self, call: &Call<'_, 'm>, op: ArrayOp, element: &Type, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let value = self.given_operand(call, 0)?;
        let Some((own, rank)) = shape_of(&value.ty) else { return Err(no_rank(call)) };
        let flat = matches!(
            op,
            ArrayOp::Sort
                | ArrayOp::Diff
                | ArrayOp::Flip
                | ArrayOp::ArgSort
                | ArrayOp::Positions
                | ArrayOp::Outer
        );
        let square = matches!(op, ArrayOp::Trace | ArrayOp::Diagonal);
        if rank == 0 || (flat && rank != 1) || (square && rank != 2) {
            return Err(no_rank(call));
        }
        let axis = call.args.get(1).filter(|_| op != ArrayOp::Outer);
        if axis.is_some_and(|e| arrays::axis(e, rank).is_none()) {
            return Err(no_rank(call));
        }
        let needs_bools = op == ArrayOp::Positions;
        let allows_bools =
            matches!(op, ArrayOp::Flatten | ArrayOp::Copy | ArrayOp::Transpose | ArrayOp::Flip);
        if needs_bools != (own == Type::Bool) && !allows_bools {
            return Err(no_rank(call));
        }
        let args = match op {
            ArrayOp::Transpose | ArrayOp::Flatten if rank == 1 && call.path != ".flatten" => {
                return Ok(value);
            }
            ArrayOp::Flatten if rank == 1 => return Ok(array(ArrayOp::Copy, vec![value], ty, span)),
            ArrayOp::Outer => {
                let other = self.given(call, 1)?;
                vec![with_element(value, element)?, with_element(other, element)?]
            }
            ArrayOp::Norm => vec![with_element(value, &Type::Float)?],
            _ => vec![value],
        };
        Ok(array(op, args, ty, span))
    }

    fn reshaped(&mut self, call: &Call<'_, 'm>, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let value = self.given_operand(call, 0)?;
        if let [_, first, _, ..] = call.args.as_slice()
            && self.own_type(first)? != Type::Int
        {
            // Behind the whole shape stands an order.
            return Err(no_rank(call));
        }
        let lengths = self.lengths(call, 1)?;
        if let [only] = lengths.as_slice()
            && only.as_int() == Some(-1)
        {
            let flat = matches!(value.ty, Type::Array { rank: 1, .. });
            return Ok(if flat { value } else { array(ArrayOp::Flatten, vec![value], ty, span) });
        }
        if lengths.len() > 2 || lengths.iter().filter(|n| n.as_int() == Some(-1)).count() > 1 {
            return Err(no_rank(call));
        }
        Ok(array(ArrayOp::Reshape, [vec![value], lengths].concat(), ty, span))
    }

    fn joined(&mut self, call: &Call<'_, 'm>, shape: Shape, element: &Type, ty: Type) -> Outcome<Expr> {
        let span = call.e.span;
        let parts = match call.args.first().map(|e| &e.kind) {
            Some(surface::ExprKind::Tuple(items) | surface::ExprKind::List(items)) if !items.is_empty() => {
                items
            }
            _ => {
                let message = "Joining arrays has a rule where they are written out one by one.";
                return Err(Rejection::new("infer.array-join", span, message));
            }
        };
        let parts = parts
            .iter()
            .map(|part| {
                let value = self.expr(part)?;
                with_element(value, element)
            })
            .collect::<Outcome<Vec<_>>>()?;
        let rank = parts.first().and_then(|p| shape_of(&p.ty)).map_or(0, |(_, rank)| rank);
        if rank == 0 || parts.iter().any(|p| shape_of(&p.ty).is_none_or(|(_, r)| r != rank)) {
            return Err(no_rank(call));
        }
        let given = call.keyword("axis").or_else(|| call.args.get(1).copied());
        let axis_of = |rank: u8| match given {
            None => Ok(0),
            Some(e) => arrays::axis(e, rank).ok_or_else(|| unexpected_at(e.span)),
        };
        let op = match (shape, rank) {
            (Shape::Concatenate, rank) => ArrayOp::Concatenate { axis: axis_of(rank)? },
            (Shape::Stack, 1) => ArrayOp::Stack { axis: axis_of(2)? },
            (Shape::Rows, 1) => ArrayOp::Stack { axis: 0 },
            (Shape::Columns, 1) => ArrayOp::Stack { axis: 1 },
            (Shape::Horizontal, 1) | (Shape::Rows, 2) => ArrayOp::Concatenate { axis: 0 },
            (Shape::Horizontal | Shape::Columns, 2) => ArrayOp::Concatenate { axis: 1 },
            _ => return Err(no_rank(call)),
        };
        Ok(array(op, parts, ty, span))
    }

    fn same(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ((a, x, r), (b, y, s)) = (shaped(self.given(call, 0)?)?, shaped(self.given(call, 1)?)?);
        if r != s || r == 0 {
            return Err(no_rank(call));
        }
        let element = wider(&x, &y);
        let args = vec![with_element(a, &element)?, with_element(b, &element)?];
        Ok(array(ArrayOp::Equal, args, Type::Bool, span))
    }
}

/// Checks that the call has no argument that has no rule.
fn takes_arguments(function: &Function, call: &Call<'_, '_>) -> Outcome<()> {
    let (positional, named) = function.takes();
    let path = call.path.trim_start_matches('.');
    if let Some((name, value)) = call.keywords.iter().find(|(name, _)| !named.contains(&name.as_str())) {
        let message = format!("The argument `{name}` of `{path}` has no rule.");
        return Err(Rejection::new("infer.numpy", value.span, message));
    }
    match positional.and_then(|most| call.args.get(most)) {
        None => Ok(()),
        Some(value) => {
            let message = format!("A further argument of `{path}` has no rule.");
            Err(Rejection::new("infer.numpy", value.span, message))
        }
    }
}

fn no_rank(call: &Call<'_, '_>) -> Rejection {
    let path = call.path.trim_start_matches('.');
    let message = format!("`{path}` of arrays of these ranks, types or arguments has no rule.");
    Rejection::new("infer.numpy", call.e.span, message)
}
