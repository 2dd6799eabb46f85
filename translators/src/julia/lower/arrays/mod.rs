//! Arrays of fixed shape: Julia's own, with broadcasting by dots.
//!
//! The source keeps rows together and Julia columns. Only operations that put items in a row of their
//! own can tell (`reshape`, `flatten`, masks of matrices); they go through `permutedims`.

mod elementwise;
mod select;
mod shape;

use super::{Lower, Lowering, reject};
use crate::julia::tree::{Clause, ComprehensionForm, Expr, Type};
use grammars::ir::{self, ArrayOp, Axis, ExprKind, Intrinsic, Reduction};

/// The number of axes; a value of its own has none.
fn rank(expr: &ir::Expr) -> u8 {
    match expr.ty {
        ir::Type::Array { rank, .. } => rank,
        _ => 0,
    }
}

/// The operation, if the expression is one on arrays.
fn operation(expr: &ir::Expr) -> Option<(&ArrayOp, &[ir::Expr])> {
    match &expr.kind {
        ExprKind::Intrinsic { op: Intrinsic::Array(op), args } => Some((op, args)),
        _ => None,
    }
}

fn permuted(value: Expr) -> Expr {
    Expr::base_call("permutedims", vec![value])
}

/// The matrix row by row.
fn by_rows(value: Expr) -> Expr {
    Expr::base_call("vec", vec![permuted(value)])
}

impl Lower<'_> {
    pub(super) fn array_operation(
        &mut self,
        op: &ArrayOp,
        args: &[ir::Expr],
        expr: &ir::Expr,
    ) -> Lowering<Expr> {
        let Some(first) = args.first() else {
            return reject("julia.array", expr.span, "an operation on no array");
        };
        Ok(match op {
            ArrayOp::FromList
            | ArrayOp::ToList
            | ArrayOp::Full
            | ArrayOp::FullLike
            | ArrayOp::Identity
            | ArrayOp::Arange
            | ArrayOp::Linspace => return self.new_array(op, args, expr),
            ArrayOp::Reshape
            | ArrayOp::Flatten
            | ArrayOp::Transpose
            | ArrayOp::Concatenate { .. }
            | ArrayOp::Stack { .. } => return self.reshaped(op, args, expr),
            ArrayOp::Map(_)
            | ArrayOp::Arithmetic(_)
            | ArrayOp::Compare(_)
            | ArrayOp::Least
            | ArrayOp::Greatest
            | ArrayOp::Where
            | ArrayOp::Clip
            | ArrayOp::Cast => return self.elementwise(op, args, expr),
            ArrayOp::Select(axes) => return self.selection(axes, args),
            ArrayOp::Reduce { reduction, axis } => {
                return self.array_reduction(*reduction, *axis, args, expr);
            }
            ArrayOp::Items if rank(first) == 1 => self.lower_expr(first)?,
            ArrayOp::Items => self.on_first("eachrow", first)?,
            ArrayOp::Copy => self.on_first("copy", first)?,
            ArrayOp::Accumulate { product: false } => self.on_first("cumsum", first)?,
            ArrayOp::Accumulate { product: true } => self.on_first("cumprod", first)?,
            ArrayOp::Sort => self.on_first("sort", first)?,
            ArrayOp::SortInPlace => self.on_first("sort!", first)?,
            ArrayOp::ArgSort => counted_from_zero(self.on_first("sortperm", first)?),
            ArrayOp::Unique => Expr::base_call("sort", vec![self.on_first("unique", first)?]),
            ArrayOp::Flip => self.on_first("reverse", first)?,
            ArrayOp::Diff => self.on_first("diff", first)?,
            ArrayOp::Positions => counted_from_zero(self.on_first("findall", first)?),
            ArrayOp::Size(axis) => self.array_length(first, *axis)?,
            ArrayOp::MatMul => self.matrix_product(first, &args[1])?,
            ArrayOp::Outer => {
                let (left, right) = (self.lower_expr(first)?, self.lower_expr(&args[1])?);
                Expr::binary("*", left, Expr::adjoint(right))
            }
            ArrayOp::Norm => self.linear_algebra_call("norm", args)?,
            ArrayOp::Trace => self.linear_algebra_call("tr", args)?,
            ArrayOp::Diagonal => self.linear_algebra_call("diag", args)?,
            ArrayOp::Equal => Expr::binary("==", self.lower_expr(first)?, self.lower_expr(&args[1])?),
            ArrayOp::AllClose => {
                self.helpers.insert("all_close", super::helpers::all_close());
                Expr::call(Expr::Global("all_close".into()), self.lower_exprs(args)?)
            }
        })
    }

    fn on_first(&mut self, name: &'static str, arg: &ir::Expr) -> Lowering<Expr> {
        Ok(Expr::base_call(name, vec![self.lower_expr(arg)?]))
    }

    fn linear_algebra_call(&mut self, name: &'static str, args: &[ir::Expr]) -> Lowering<Expr> {
        self.uses.insert("LinearAlgebra");
        Ok(Expr::base_call(name, self.lower_exprs(args)?))
    }

    /// The number of items, or the length along an axis.
    pub(super) fn array_length(&mut self, base: &ir::Expr, axis: Option<u8>) -> Lowering<Expr> {
        let value = self.lower_expr(base)?;
        Ok(match axis {
            Some(axis) if rank(base) > 1 => {
                Expr::base_call("size", vec![value, Expr::Int(i128::from(axis) + 1)])
            }
            _ => Expr::base_call("length", vec![value]),
        })
    }

    fn matrix_product(&mut self, left: &ir::Expr, right: &ir::Expr) -> Lowering<Expr> {
        if rank(left) == 1 && rank(right) == 1 {
            self.uses.insert("LinearAlgebra");
            return Ok(Expr::base_call("dot", vec![self.lower_expr(left)?, self.lower_expr(right)?]));
        }
        if rank(left) == 1 {
            let (vector, matrix) = (self.lower_expr(left)?, self.lower_expr(right)?);
            return Ok(Expr::binary("*", Expr::adjoint(matrix), vector));
        }
        Ok(Expr::binary("*", self.factor(left)?, self.factor(right)?))
    }

    /// A factor of a product: there a transpose need not be copied.
    fn factor(&mut self, value: &ir::Expr) -> Lowering<Expr> {
        match operation(value) {
            Some((ArrayOp::Transpose, [inner])) => Ok(Expr::adjoint(self.lower_expr(inner)?)),
            _ => self.lower_expr(value),
        }
    }

    // ---- reductions

    fn array_reduction(
        &mut self,
        reduction: Reduction,
        axis: Option<u8>,
        args: &[ir::Expr],
        expr: &ir::Expr,
    ) -> Lowering<Expr> {
        let value = &args[0];
        if matches!(reduction, Reduction::ArgMin | Reduction::ArgMax) {
            return self.position_of_extreme(reduction, axis, value);
        }
        if axis.is_some() && reduction == Reduction::Median {
            return reject("julia.array", expr.span, "a median along an axis");
        }
        if *element(value) == ir::Type::Float
            && matches!(reduction, Reduction::Sum | Reduction::Mean | Reduction::Std | Reduction::Var)
        {
            self.note_domain("sums of floats are compared with a tolerance: their order is not the source's");
        }
        let lowered = match operation(value) {
            // In which order the items stand does not matter here.
            Some((ArrayOp::Select(axes), [base, mask]))
                if axes.as_slice() == [Axis::Mask] && rank(base) > 1 =>
            {
                Expr::index(self.lower_expr(base)?, self.lower_expr(mask)?)
            }
            Some((ArrayOp::Flatten, [inner])) if axis.is_none() => self.lower_expr(inner)?,
            _ => self.lower_expr(value)?,
        };
        let call = self.reduction_call(reduction, lowered, axis, args.len() > 1);
        Ok(if axis.is_some() { Expr::base_call("vec", vec![call]) } else { call })
    }

    /// `sum(a)`, `sum(a, dims = 1)`.
    fn reduction_call(&mut self, reduction: Reduction, value: Expr, axis: Option<u8>, sample: bool) -> Expr {
        let name = match reduction {
            Reduction::Sum => "sum",
            Reduction::Product => "prod",
            Reduction::Mean => "mean",
            Reduction::Min => "minimum",
            Reduction::Max => "maximum",
            Reduction::Std => "std",
            Reduction::Var => "var",
            Reduction::Median => "median",
            Reduction::Any => "any",
            Reduction::All => "all",
            Reduction::CountTrue if axis.is_some() => "sum",
            Reduction::CountTrue => "count",
            Reduction::ArgMin => "argmin",
            Reduction::ArgMax => "argmax",
        };
        if matches!(name, "mean" | "std" | "var" | "median") {
            self.uses.insert("Statistics");
        }
        let mut call = Expr::base_call(name, vec![value]);
        if let Some(axis) = axis {
            call = call.keyword("dims", Expr::Int(i128::from(axis) + 1));
        }
        if matches!(reduction, Reduction::Std | Reduction::Var) && !sample {
            call = call.keyword("corrected", Expr::Bool(false));
        }
        call
    }

    /// The reduction along an axis that stays with length 1.
    fn kept_reduction(&mut self, value: &ir::Expr) -> Lowering<Option<Expr>> {
        let Some((ArrayOp::Reduce { reduction, axis: Some(axis) }, args)) = operation(value) else {
            return Ok(None);
        };
        if matches!(reduction, Reduction::ArgMin | Reduction::ArgMax | Reduction::Median) {
            return Ok(None);
        }
        let inner = self.lower_expr(&args[0])?;
        Ok(Some(self.reduction_call(*reduction, inner, Some(*axis), args.len() > 1)))
    }

    fn position_of_extreme(
        &mut self,
        reduction: Reduction,
        axis: Option<u8>,
        value: &ir::Expr,
    ) -> Lowering<Expr> {
        let name = if reduction == Reduction::ArgMin { "argmin" } else { "argmax" };
        let lowered = self.lower_expr(value)?;
        match (axis, rank(value)) {
            (None, 1) => Ok(Expr::base_call(name, vec![lowered]).plus(-1)),
            (None, _) => Ok(Expr::base_call(name, vec![by_rows(lowered)]).plus(-1)),
            (Some(axis), _) => {
                let (parts, part) = if axis == 0 { ("eachcol", "column") } else { ("eachrow", "row") };
                let part = Expr::Local(part.into());
                let clause = Clause {
                    target: part.clone(),
                    iter: Expr::base_call(parts, vec![lowered]),
                    condition: None,
                };
                Ok(Expr::Comprehension {
                    form: ComprehensionForm::Vector(None),
                    element: Box::new(Expr::base_call(name, vec![part]).plus(-1)),
                    clauses: vec![clause],
                })
            }
        }
    }

    // ---- new arrays

    fn new_array(&mut self, op: &ArrayOp, args: &[ir::Expr], expr: &ir::Expr) -> Lowering<Expr> {
        match op {
            ArrayOp::FromList => self.array_of_list(&args[0], expr),
            ArrayOp::ToList => self.list_of_array(&args[0]),
            ArrayOp::Full => {
                let lengths = self.lower_exprs(&args[1..])?;
                self.filled_array(&args[0], lengths)
            }
            ArrayOp::FullLike => {
                let shape = match rank(&args[1]) {
                    1 => self.array_length(&args[1], None)?,
                    _ => Expr::base_call("size", vec![self.lower_expr(&args[1])?]),
                };
                self.filled_array(&args[0], vec![shape])
            }
            ArrayOp::Identity => {
                self.uses.insert("LinearAlgebra");
                let size = self.lower_expr(&args[0])?;
                let ty = Type::with("Matrix", vec![self.ty(element(expr), expr.span)?]);
                Ok(Expr::call(Expr::Type(ty), vec![Expr::Base("I"), size.clone(), size]))
            }
            ArrayOp::Arange => self.arange(args, expr),
            _ => {
                let [start, stop, count] = args else {
                    return reject("julia.array", expr.span, "`linspace` without its three arguments");
                };
                let range = Expr::base_call("range", vec![self.lower_expr(start)?]);
                let range = range.keyword("stop", self.lower_expr(stop)?);
                let range = range.keyword("length", self.lower_expr(count)?);
                self.note_domain("evenly spaced floats may differ from the source's in the last digit");
                Ok(Expr::base_call("collect", vec![range]))
            }
        }
    }

    fn filled_array(&mut self, value: &ir::Expr, shape: Vec<Expr>) -> Lowering<Expr> {
        let plain = match (&value.kind, &value.ty) {
            (ExprKind::Float(0.0), _) => Some(("zeros", None)),
            (ExprKind::Float(1.0), _) => Some(("ones", None)),
            (ExprKind::Int(0), _) => Some(("zeros", Some("Int"))),
            (ExprKind::Int(1), _) => Some(("ones", Some("Int"))),
            _ => None,
        };
        let (name, first) = match plain {
            Some((name, ty)) => (name, ty.map(|ty| Expr::Type(Type::plain(ty)))),
            None => ("fill", Some(self.lower_expr(value)?)),
        };
        Ok(Expr::base_call(name, first.into_iter().chain(shape).collect()))
    }

    fn array_of_list(&mut self, list: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        if rank(expr) == 1 {
            let value = self.lower_expr(list)?;
            let new = !matches!(
                list.kind,
                ExprKind::Local(_)
                    | ExprKind::Global(_)
                    | ExprKind::Field { .. }
                    | ExprKind::Index { .. }
                    | ExprKind::Call { .. }
            );
            return Ok(if new { value } else { Expr::base_call("copy", vec![value]) });
        }
        if let Some(rows) = written_rows(list) {
            let rows = rows.iter().map(|row| self.lower_exprs(row)).collect::<Lowering<Vec<_>>>()?;
            if let [only] = rows.as_slice()
                && only.len() == 1
            {
                return Ok(Expr::base_call("hcat", only.clone()));
            }
            if rows.iter().all(|row| row.len() == 1) {
                let column = Expr::Vector { element: None, items: rows.into_iter().flatten().collect() };
                return Ok(Expr::base_call("reshape", vec![column, Expr::Colon, Expr::Int(1)]));
            }
            return Ok(Expr::Matrix(rows));
        }
        let rows = self.lower_expr(list)?;
        Ok(permuted(Expr::base_call("reduce", vec![Expr::Base("hcat"), rows])))
    }

    fn list_of_array(&mut self, array: &ir::Expr) -> Lowering<Expr> {
        let value = self.lower_expr(array)?;
        let collected = |value: Expr| match element(array) {
            ir::Type::Bool => Expr::base_call("collect", vec![Expr::Type(Type::plain("Bool")), value]),
            _ => Expr::base_call("collect", vec![value]),
        };
        if rank(array) == 1 {
            let plain =
                matches!(array.kind, ExprKind::Local(_) | ExprKind::Global(_) | ExprKind::Field { .. });
            return Ok(match element(array) {
                ir::Type::Bool => collected(value),
                _ if plain => Expr::base_call("copy", vec![value]),
                _ => value,
            });
        }
        let row = Expr::Local("row".into());
        let clause =
            Clause { target: row.clone(), iter: Expr::base_call("eachrow", vec![value]), condition: None };
        Ok(Expr::Comprehension {
            form: ComprehensionForm::Vector(None),
            element: Box::new(collected(row)),
            clauses: vec![clause],
        })
    }

    fn arange(&mut self, args: &[ir::Expr], expr: &ir::Expr) -> Lowering<Expr> {
        let [start, stop, step] = args else {
            return reject("julia.array", expr.span, "`arange` without its three arguments");
        };
        if *element(expr) == ir::Type::Float {
            if !matches!(start.kind, ExprKind::Float(0.0)) {
                return reject("julia.float-range", expr.span, "`arange` of floats that does not start at 0");
            }
            let (stop, step) = (self.lower_expr(stop)?, self.lower_expr(step)?);
            let quotient = Expr::binary("/", stop, step.clone());
            let count = Expr::base_call("ceil", vec![Expr::Type(Type::plain("Int")), quotient]);
            // A range times a number would be a range, which cannot be changed, and rounds otherwise.
            let turn = Expr::Local(self.fresh(&["i", "k"]));
            let clause = Clause {
                target: turn.clone(),
                iter: Expr::range(Expr::Int(0), count.plus(-1)),
                condition: None,
            };
            return Ok(Expr::Comprehension {
                form: ComprehensionForm::Vector(None),
                element: Box::new(Expr::binary("*", turn, step)),
                clauses: vec![clause],
            });
        }
        let first = self.lower_expr(start)?;
        let (step, last) = match step.as_int() {
            Some(1) => (None, self.sum(stop, -1)?),
            Some(by) if by > 0 => (Some(Expr::Int(by)), self.sum(stop, -1)?),
            Some(by) if by < 0 => (Some(Expr::Int(by)), self.sum(stop, 1)?),
            _ => return reject("julia.array", step.span, "`arange` with a computed step"),
        };
        let range = Expr::Range { start: Box::new(first), step: step.map(Box::new), stop: Box::new(last) };
        Ok(Expr::base_call("collect", vec![range]))
    }
}

fn element(expr: &ir::Expr) -> &ir::Type {
    match &expr.ty {
        ir::Type::Array { element, .. } => element,
        other => other,
    }
}

/// `a .- 1`: positions as the source counts them.
fn counted_from_zero(positions: Expr) -> Expr {
    Expr::binary(".-", positions, Expr::Int(1))
}

/// The rows of a list of lists that is written out with rows of one length.
fn written_rows(list: &ir::Expr) -> Option<Vec<&[ir::Expr]>> {
    let ExprKind::List(rows) = &list.kind else { return None };
    let rows: Option<Vec<&[ir::Expr]>> = rows
        .iter()
        .map(|row| match &row.kind {
            ExprKind::List(items) => Some(items.as_slice()),
            _ => None,
        })
        .collect();
    let rows = rows?;
    let width = rows.first()?.len();
    (width > 0 && rows.iter().all(|row| row.len() == width)).then_some(rows)
}
