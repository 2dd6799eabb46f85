//! Arrays of fixed shape: Fortran's own, with array expressions.
//!
//! Rows and columns keep their meaning; what the source puts in a row of its own row by row (`reshape`,
//! `flatten`) says so with `order` or `transpose`.

use super::{Body, reject};
use crate::fortran::tree::build::{at, binary, call, int, name, permuted, plus, section, size, strided};
use crate::fortran::tree::{Expr, Op, Subscript};
use grammars::Rejection;
use grammars::ir::{
    self, ArrayOp, Axis, BinaryOp, CompareOp, Elementwise, ExprKind, Intrinsic, Reduction, Type,
};

/// What shapes of operands are taken for granted.
const CONFORMABLE: &str = "arrays that are combined have the same shape";
const ORDER: &str = "sums of floats are compared with a tolerance: their order is not the source's";

/// How many axes a value has.
pub fn rank(e: &ir::Expr) -> u8 {
    match e.ty {
        Type::Array { rank, .. } => rank,
        _ => 0,
    }
}

fn element(e: &ir::Expr) -> Type {
    match &e.ty {
        Type::Array { element, .. } => (**element).clone(),
        other => other.clone(),
    }
}

fn operation(e: &ir::Expr) -> Option<(&ArrayOp, &[ir::Expr])> {
    match &e.kind {
        ExprKind::Intrinsic { op: Intrinsic::Array(op), args } => Some((op, args)),
        _ => None,
    }
}

/// How an operand meets a matrix.
enum Part<'e> {
    /// As it is.
    Whole(&'e ir::Expr),
    /// A vector for each row.
    Row(&'e ir::Expr),
    /// A vector for each column.
    Column(&'e ir::Expr),
}

fn part(e: &ir::Expr) -> Part<'_> {
    match operation(e) {
        Some((ArrayOp::Select(axes), [vector])) if rank(vector) == 1 && axes.first() == Some(&Axis::New) => {
            Part::Row(vector)
        }
        Some((ArrayOp::Select(axes), [vector])) if rank(vector) == 1 && axes.last() == Some(&Axis::New) => {
            Part::Column(vector)
        }
        _ if rank(e) == 1 => Part::Row(e),
        _ => Part::Whole(e),
    }
}

fn kind64() -> Expr {
    name("int64")
}

fn with_kind(mut arguments: Vec<Expr>, function: &str) -> Expr {
    arguments.push(Expr::Keyword("kind", Box::new(kind64())));
    call(function, arguments)
}

fn dim(axis: u8) -> Expr {
    Expr::Keyword("dim", Box::new(int(i64::from(axis) + 1)))
}

impl Body<'_, '_> {
    pub fn array_operation(
        &mut self,
        op: &ArrayOp,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let Some(first) = args.first() else { return reject("array", e.span, "an operation on no array") };
        Ok(match op {
            ArrayOp::Items if rank(first) == 1 => self.expr(first)?,
            ArrayOp::Copy => self.expr(first)?,
            ArrayOp::ToList if rank(first) == 1 => self.expr(first)?,
            ArrayOp::FromList => self.array_from_list(first, e)?,
            ArrayOp::Full => {
                let value = self.exact(first)?;
                let lengths = self.operands(&args[1..].iter().collect::<Vec<_>>())?;
                filled(value, lengths)
            }
            ArrayOp::FullLike => {
                let value = self.exact(first)?;
                let like = self.designator(&args[1])?;
                let lengths = match rank(&args[1]) {
                    1 => vec![size(like)],
                    _ => vec![call("size", vec![like.clone(), int(1)]), call("size", vec![like, int(2)])],
                };
                filled(value, lengths)
            }
            ArrayOp::Arange => self.arange(args, e)?,
            ArrayOp::Linspace => self.linspace(args)?,
            ArrayOp::Identity => self.identity(first, e)?,
            ArrayOp::Map(map) => self.mapped_array(*map, first, e)?,
            ArrayOp::Arithmetic(op) => {
                let operands = self.broadcast(args, rank(e))?;
                self.array_arithmetic(*op, operands, e)?
            }
            ArrayOp::Compare(op) => {
                let bools = element(first) == Type::Bool;
                let operands = self.broadcast(args, rank(e))?;
                compared(*op, operands, bools)
            }
            ArrayOp::Least => call("min", self.broadcast(args, rank(e))?),
            ArrayOp::Greatest => call("max", self.broadcast(args, rank(e))?),
            ArrayOp::Clip => {
                let mut operands = self.broadcast(args, rank(e))?.into_iter();
                match (operands.next(), operands.next(), operands.next()) {
                    (Some(value), Some(least), Some(greatest)) => {
                        call("min", vec![call("max", vec![value, least]), greatest])
                    }
                    _ => return reject("array", e.span, "`clip` without its bounds"),
                }
            }
            ArrayOp::Where => {
                let mut operands = self.broadcast(args, rank(e))?;
                operands.rotate_left(1);
                call("merge", operands)
            }
            ArrayOp::Cast => {
                let value = self.expr(first)?;
                cast(value, &element(first), &element(e))
            }
            ArrayOp::Select(axes) => self.selection(axes, args, e)?,
            ArrayOp::Reduce { reduction, axis } => self.array_reduction(*reduction, *axis, args)?,
            ArrayOp::Size(axis) => {
                let base = self.designator(first)?;
                match axis {
                    Some(axis) if rank(first) > 1 => call("size", vec![base, int(i64::from(*axis) + 1)]),
                    _ => size(base),
                }
            }
            ArrayOp::Accumulate { product } => {
                let base = self.designator(first)?;
                let i = self.counter(&["i", "position", "place"]);
                let upto = section(base.clone(), None, Some(name(&i)));
                let item = call(if *product { "product" } else { "sum" }, vec![upto]);
                implied(item, i, int(1), size(base))
            }
            ArrayOp::Sort | ArrayOp::SortInPlace => {
                let value = self.expr(first)?;
                let sorted = self.unit.helper("sorted", Some(&element(first)));
                call(sorted, vec![value])
            }
            ArrayOp::Unique => {
                let value = self.expr(first)?;
                let items = if rank(first) == 1 { value } else { flattened(value.clone(), size(value)) };
                let distinct = self.unit.helper("distinct", Some(&element(first)));
                let sorted = self.unit.helper("sorted", Some(&element(first)));
                call(sorted, vec![call(distinct, vec![items])])
            }
            ArrayOp::ArgSort => {
                let value = self.expr(first)?;
                let order = self.unit.helper("order_of", Some(&element(first)));
                call("int", vec![plus(call(order, vec![value]), -1), kind64()])
            }
            ArrayOp::Flip => {
                let base = self.designator(first)?;
                strided(base.clone(), Some(size(base)), Some(int(1)), int(-1))
            }
            ArrayOp::Diff => {
                let base = self.designator(first)?;
                let later = section(base.clone(), Some(int(2)), None);
                binary(Op::Sub, later, section(base.clone(), None, Some(plus(size(base), -1))))
            }
            ArrayOp::Positions => {
                let mask = self.designator(first)?;
                let i = self.temporary(&["i", "position", "place"], &Type::Int);
                let last = plus(size(mask.clone()), -1);
                call("pack", vec![implied(name(&i), i, int(0), last), mask])
            }
            ArrayOp::Reshape => {
                let base = self.designator(first)?;
                let source =
                    if rank(first) == 2 { call("transpose", vec![base.clone()]) } else { base.clone() };
                let whole = size(base);
                let lengths = self.operands(&args[1..].iter().collect::<Vec<_>>())?;
                let missing = |at: usize| args.get(at + 1).and_then(ir::Expr::as_int) == Some(-1);
                let other = |at: usize| lengths.get(1 - at.min(1)).cloned().unwrap_or(int(1));
                let lengths: Vec<Expr> = (0..lengths.len())
                    .map(|i| {
                        if missing(i) { binary(Op::Div, whole.clone(), other(i)) } else { lengths[i].clone() }
                    })
                    .collect();
                let lengths = self.same_kinds(lengths);
                if lengths.len() == 1 {
                    call("reshape", vec![source, Expr::Array(None, lengths)])
                } else {
                    by_rows(source, lengths)
                }
            }
            ArrayOp::Flatten => {
                let base = self.designator(first)?;
                flattened(base.clone(), size(base))
            }
            ArrayOp::Transpose => call("transpose", vec![self.expr(first)?]),
            ArrayOp::Concatenate { .. } if rank(first) == 1 => {
                let items = args.iter().map(|a| self.expr(a)).collect::<Result<_, _>>()?;
                Expr::Array(None, items)
            }
            ArrayOp::Concatenate { axis } => self.joined_matrices(*axis, args)?,
            ArrayOp::Stack { axis } => {
                let items = args.iter().map(|a| self.designator(a)).collect::<Result<Vec<_>, _>>()?;
                let (count, length) = (int(i64::try_from(items.len()).unwrap_or(1)), size(items[0].clone()));
                let joined = Expr::Array(None, items);
                if *axis == 1 {
                    call("reshape", vec![joined, Expr::Array(None, vec![length, count])])
                } else {
                    by_rows(joined, vec![count, length])
                }
            }
            ArrayOp::MatMul => {
                let function = if rank(e) == 0 { "dot_product" } else { "matmul" };
                if element(first) == Type::Float {
                    self.note(ORDER);
                }
                call(function, vec![self.expr(first)?, self.expr(&args[1])?])
            }
            ArrayOp::Outer => {
                let (left, right) = (self.designator(first)?, self.designator(&args[1])?);
                let columns = call("spread", vec![left.clone(), int(2), size(right.clone())]);
                binary(Op::Mul, columns, call("spread", vec![right, int(1), size(left)]))
            }
            ArrayOp::Norm => call("norm2", vec![self.expr(first)?]),
            ArrayOp::Trace => call("sum", vec![self.diagonal(first)?]),
            ArrayOp::Diagonal => self.diagonal(first)?,
            ArrayOp::Equal => {
                let template = if rank(first) == 1 { "same" } else { "same_matrix" };
                let same = self.unit.helper(template, Some(&element(first)));
                let left = self.expr(first)?;
                call(same, vec![left, self.expr(&args[1])?])
            }
            ArrayOp::AllClose => {
                let whole = rank(first).max(rank(&args[1]));
                let near = self.unit.helper("is_near", None);
                let mut operands = self.broadcast(&args[..2], whole)?;
                operands.push(self.expr(&args[2])?);
                operands.push(self.expr(&args[3])?);
                let near = call(near, operands);
                if whole == 0 { near } else { call("all", vec![near]) }
            }
            ArrayOp::Items | ArrayOp::ToList => {
                return reject("array-rows", e.span, "the rows of a matrix one by one");
            }
        })
    }

    /// Operands in the shape of the result.
    fn broadcast(&mut self, args: &[ir::Expr], whole: u8) -> Result<Vec<Expr>, Rejection> {
        if args.iter().filter(|a| rank(a) > 0).count() > 1 {
            self.note(CONFORMABLE);
        }
        if whole < 2 {
            return args.iter().map(|a| self.exact(a)).collect();
        }
        let parts: Vec<Part<'_>> = args.iter().map(part).collect();
        let spreads = parts.iter().any(|p| matches!(p, Part::Row(_) | Part::Column(_)));
        if !spreads {
            return args.iter().map(|a| self.exact(a)).collect();
        }
        let mut values = Vec::new();
        for part in &parts {
            values.push(match part {
                Part::Whole(e) if rank(e) == 0 => self.exact(e)?,
                Part::Whole(e) | Part::Row(e) | Part::Column(e) => self.designator(e)?,
            });
        }
        let matrix = parts.iter().zip(&values).find_map(|(p, v)| match p {
            Part::Whole(e) if rank(e) == 2 => Some(v.clone()),
            _ => None,
        });
        let along = |axis: i64, wanted: fn(&Part<'_>) -> bool| match &matrix {
            Some(matrix) => Some(call("size", vec![matrix.clone(), int(axis)])),
            None => parts.iter().zip(&values).find(|(p, _)| wanted(p)).map(|(_, v)| size(v.clone())),
        };
        let rows = along(1, |p| matches!(p, Part::Column(_)));
        let columns = along(2, |p| matches!(p, Part::Row(_)));
        let mut spread = Vec::new();
        for (part, value) in parts.iter().zip(values.iter().cloned()) {
            spread.push(match (part, &rows, &columns) {
                (Part::Row(_), Some(rows), _) => call("spread", vec![value, int(1), rows.clone()]),
                (Part::Column(_), _, Some(columns)) => call("spread", vec![value, int(2), columns.clone()]),
                (Part::Whole(_), ..) => value,
                (Part::Row(e) | Part::Column(e), ..) => {
                    return reject("array", e.span, "a vector in the place of a matrix");
                }
            });
        }
        Ok(spread)
    }

    fn array_arithmetic(
        &mut self,
        op: BinaryOp,
        operands: Vec<Expr>,
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let mut operands = operands.into_iter();
        let (Some(left), Some(right)) = (operands.next(), operands.next()) else {
            return reject("array", e.span, "an operation without its operands");
        };
        let float = element(e) == Type::Float;
        let op = match op {
            BinaryOp::Add => Op::Add,
            BinaryOp::Sub => Op::Sub,
            BinaryOp::Mul => Op::Mul,
            BinaryOp::Div => Op::Div,
            BinaryOp::Pow => {
                let right = match right {
                    Expr::Int(value, _) => int(value),
                    other => other,
                };
                return Ok(binary(Op::Pow, left, right));
            }
            BinaryOp::BitAnd if element(e) == Type::Bool => Op::And,
            BinaryOp::BitOr if element(e) == Type::Bool => Op::Or,
            BinaryOp::BitXor if element(e) == Type::Bool => Op::Neqv,
            BinaryOp::FloorMod => return Ok(call("modulo", vec![left, right])),
            BinaryOp::FloorDiv if !float => {
                let rest = call("modulo", vec![left.clone(), right.clone()]);
                return Ok(binary(Op::Div, binary(Op::Sub, left, rest), right));
            }
            _ => return reject("array", e.span, "this operator between arrays"),
        };
        Ok(binary(op, left, right))
    }

    fn mapped_array(&mut self, map: Elementwise, arg: &ir::Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        let value = self.exact(arg)?;
        let rounded = |function: &str, value: Expr| {
            call("real", vec![call(function, vec![value, kind64()]), name("real64")])
        };
        let function = match map {
            Elementwise::Neg => return Ok(Expr::Negate(Box::new(value))),
            Elementwise::Not => return Ok(Expr::Not(Box::new(value))),
            Elementwise::Square => return Ok(binary(Op::Pow, value, int(2))),
            Elementwise::Floor => return Ok(rounded("floor", value)),
            Elementwise::Ceil => return Ok(rounded("ceiling", value)),
            Elementwise::Abs => "abs",
            Elementwise::Sqrt => "sqrt",
            Elementwise::Exp => "exp",
            Elementwise::Log => "log",
            Elementwise::Log10 => "log10",
            Elementwise::Sin => "sin",
            Elementwise::Cos => "cos",
            Elementwise::Tan => "tan",
            Elementwise::Asin => "asin",
            Elementwise::Acos => "acos",
            Elementwise::Atan => "atan",
            Elementwise::Sinh => "sinh",
            Elementwise::Cosh => "cosh",
            Elementwise::Tanh => "tanh",
            Elementwise::Sign | Elementwise::Log2 | Elementwise::Round | Elementwise::IsNan => {
                return reject("array", e.span, "this function of each item of an array");
            }
        };
        Ok(call(function, vec![value]))
    }

    // ---- new arrays

    fn array_from_list(&mut self, list: &ir::Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        if rank(e) == 1 {
            return self.make_list(list);
        }
        let ExprKind::List(rows) = &list.kind else {
            return reject("array-rows", e.span, "a matrix from a list of lists that is not written out");
        };
        let mut items = Vec::new();
        for row in rows {
            let ExprKind::List(row) = &row.kind else {
                return reject("array-rows", e.span, "a matrix from rows that are not written out");
            };
            items.extend(row.iter().cloned());
        }
        let count = |n: usize| int(i64::try_from(n).unwrap_or(i64::MAX));
        let width = items.len() / rows.len().max(1);
        let flat = ir::Expr::new(ExprKind::List(items.clone()), Type::list(element(e))).at(e.span);
        if items.is_empty() || width * rows.len() != items.len() {
            return reject("array-rows", e.span, "a matrix from rows of different lengths");
        }
        let flat = self.expr(&flat)?;
        Ok(by_rows(flat, vec![count(rows.len()), count(width)]))
    }

    fn arange(&mut self, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        let [start, stop, step] = args else {
            return reject("array", e.span, "`arange` without its arguments");
        };
        let literal = step.as_int().and_then(|s| i64::try_from(s).ok()).filter(|s| *s != 0);
        let (Some(by), true) = (literal, element(e) == Type::Int) else {
            return reject("array", e.span, "`arange` of floats or with a computed step");
        };
        let first = self.exact(start)?;
        let last = self.int_plus(stop, if by > 0 { -1 } else { 1 })?;
        let i = self.temporary(&["i", "number", "value"], &Type::Int);
        let item = Box::new(name(&i));
        let step = (by != 1).then(|| Box::new(Expr::Int(by, crate::fortran::tree::Kind::Default)));
        let each = Expr::ImpliedDo { item, variable: i, first: Box::new(first), last: Box::new(last), step };
        Ok(Expr::Array(None, vec![each]))
    }

    fn linspace(&mut self, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let (start, stop) = (self.expr(&args[0])?, self.expr(&args[1])?);
        let start = self.held(start, &["first", "start"], &Type::Float);
        let stop = self.held(stop, &["last", "finish"], &Type::Float);
        let last = self.int_plus(&args[2], -1)?;
        let real = |value: Expr| call("real", vec![value, name("real64")]);
        let step = binary(Op::Div, binary(Op::Sub, stop, start.clone()), real(last.clone()));
        let step = self.held(step, &["step", "spacing"], &Type::Float);
        let i = self.temporary(&["i", "position", "place"], &Type::Int);
        self.note("evenly spaced floats may differ from the source's in the last digit");
        let distance = binary(Op::Mul, real(name(&i)), step);
        let item = if start == Expr::Real(0.0) { distance } else { binary(Op::Add, start, distance) };
        Ok(implied(item, i, int(0), last))
    }

    fn identity(&mut self, length: &ir::Expr, e: &ir::Expr) -> Result<Expr, Rejection> {
        let length = self.exact(length)?;
        let i = self.temporary(&["i", "row"], &Type::Int);
        let j = self.temporary(&["j", "column"], &Type::Int);
        let (one, zero) = match element(e) {
            Type::Int => (self.widened(int(1)), self.widened(int(0))),
            _ => (Expr::Real(1.0), Expr::Real(0.0)),
        };
        let item = call("merge", vec![one, zero, binary(Op::Eq, name(&i), name(&j))]);
        let row = Expr::ImpliedDo {
            item: Box::new(item),
            variable: i,
            first: Box::new(int(1)),
            last: Box::new(length.clone()),
            step: None,
        };
        let items = implied(row, j, int(1), length.clone());
        Ok(call("reshape", vec![items, Expr::Array(None, vec![length.clone(), length])]))
    }

    fn diagonal(&mut self, matrix: &ir::Expr) -> Result<Expr, Rejection> {
        let base = self.designator(matrix)?;
        let i = self.counter(&["i", "position", "place"]);
        let here = || Subscript::At(Box::new(name(&i)));
        let item = Expr::Element(Box::new(base.clone()), Subscript::Several(vec![here(), here()]));
        Ok(implied(item, i.clone(), int(1), call("size", vec![base, int(1)])))
    }

    fn joined_matrices(&mut self, axis: u8, args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let parts = args.iter().map(|a| self.designator(a)).collect::<Result<Vec<_>, _>>()?;
        let length = |part: &Expr, axis: i64| call("size", vec![part.clone(), int(axis)]);
        let along = i64::from(axis) + 1;
        let total = parts.iter().map(|p| length(p, along)).reduce(|a, b| binary(Op::Add, a, b));
        let total = total.unwrap_or(int(0));
        let other = length(&parts[0], 3 - along);
        if axis == 1 {
            return Ok(call(
                "reshape",
                vec![Expr::Array(None, parts), Expr::Array(None, vec![other, total])],
            ));
        }
        let parts = parts.into_iter().map(|p| call("transpose", vec![p])).collect();
        Ok(by_rows(Expr::Array(None, parts), vec![total, other]))
    }

    // ---- reductions

    fn array_reduction(
        &mut self,
        reduction: Reduction,
        axis: Option<u8>,
        args: &[ir::Expr],
    ) -> Result<Expr, Rejection> {
        let array = &args[0];
        let mut value = self.expr(array)?;
        if element(array) == Type::Float
            && matches!(reduction, Reduction::Sum | Reduction::Mean | Reduction::Std | Reduction::Var)
        {
            self.note(ORDER);
        }
        if matches!(reduction, Reduction::Mean | Reduction::Std | Reduction::Var) {
            value = self.subscriptable(value, &array.ty);
        }
        let with_dim = |mut arguments: Vec<Expr>| {
            arguments.extend(axis.map(dim));
            arguments
        };
        let count = match axis {
            None => size(value.clone()),
            Some(axis) => call("size", vec![value.clone(), int(i64::from(axis) + 1)]),
        };
        let mean = |value: Expr| binary(Op::Div, call("sum", with_dim(vec![value])), count.clone());
        Ok(match reduction {
            Reduction::Sum => call("sum", with_dim(vec![value])),
            Reduction::Product => call("product", with_dim(vec![value])),
            Reduction::Min => call("minval", with_dim(vec![value])),
            Reduction::Max => call("maxval", with_dim(vec![value])),
            Reduction::Any => call("any", with_dim(vec![value])),
            Reduction::All => call("all", with_dim(vec![value])),
            Reduction::CountTrue => with_kind(with_dim(vec![value]), "count"),
            Reduction::Mean => mean(value),
            Reduction::Std | Reduction::Var if axis.is_none() => {
                let middle = mean(value.clone());
                let squares = binary(Op::Pow, binary(Op::Sub, value, middle), int(2));
                let count = if args.len() > 1 { plus(count.clone(), -1) } else { count.clone() };
                let variance = binary(Op::Div, call("sum", vec![squares]), count);
                if reduction == Reduction::Std { call("sqrt", vec![variance]) } else { variance }
            }
            Reduction::ArgMin | Reduction::ArgMax if axis.is_some() || rank(array) == 1 => {
                let function = if reduction == Reduction::ArgMin { "minloc" } else { "maxloc" };
                let place = with_kind(vec![value, dim(axis.unwrap_or(0))], function);
                plus(place, -1)
            }
            _ => return reject("array", array.span, "this reduction of an array"),
        })
    }

    // ---- parts

    fn selection(&mut self, axes: &[Axis], args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        let base = &args[0];
        if let ([Axis::Mask], [_, mask]) = (axes, args)
            && rank(mask) == rank(base)
        {
            let (value, mask) = (self.expr(base)?, self.expr(mask)?);
            if rank(base) == 1 {
                return Ok(call("pack", vec![value, mask]));
            }
            let transposed = |value: Expr| call("transpose", vec![value]);
            return Ok(call("pack", vec![transposed(value), transposed(mask)]));
        }
        if axes.contains(&Axis::New) {
            return reject("array", e.span, "a new axis outside of arithmetic");
        }
        let array = self.designator(base)?;
        self.array_part(array, axes, args)
    }

    /// `base(i, 2:n)`.
    fn array_part(&mut self, array: Expr, axes: &[Axis], args: &[ir::Expr]) -> Result<Expr, Rejection> {
        let base = &args[0];
        let mut rest = args.iter().skip(1);
        let mut subscripts = Vec::new();
        for (at, axis) in (1..).zip(axes) {
            let length =
                if rank(base) > 1 { call("size", vec![array.clone(), int(at)]) } else { size(array.clone()) };
            subscripts.push(match axis {
                Axis::At(mode) => {
                    let Some(index) = rest.next() else { break };
                    Subscript::At(Box::new(self.axis_position(index, *mode, length)?))
                }
                Axis::Range { start, stop, step, bounds } => {
                    let mut next = |given: bool| if given { rest.next() } else { None };
                    let (start, stop, step) = (next(*start), next(*stop), next(*step));
                    self.axis_range([start, stop, step], *bounds, length)?
                }
                Axis::Mask => {
                    let Some(mask) = rest.next() else { break };
                    let mask = self.designator(mask)?;
                    let i = self.counter(&["i", "position", "place"]);
                    let all = implied(name(&i), i, int(1), size(mask.clone()));
                    Subscript::Vector(Box::new(call("pack", vec![all, mask])))
                }
                Axis::Positions => {
                    let Some(positions) = rest.next() else { break };
                    self.note("positions in arrays of positions are not negative");
                    let positions = self.expr(positions)?;
                    Subscript::Vector(Box::new(binary(Op::Add, positions, int(1))))
                }
                Axis::New => return reject("array", base.span, "a new axis among subscripts"),
            });
        }
        while subscripts.len() < usize::from(rank(base)) {
            subscripts.push(Subscript::Section(None, None, None));
        }
        Ok(match subscripts.pop() {
            Some(Subscript::At(only)) if subscripts.is_empty() => at(array, *only),
            Some(Subscript::Vector(only)) if subscripts.is_empty() => permuted(array, *only),
            Some(only) if subscripts.is_empty() => Expr::Element(Box::new(array), only),
            last => {
                subscripts.extend(last);
                Expr::Element(Box::new(array), Subscript::Several(subscripts))
            }
        })
    }

    fn axis_position(
        &mut self,
        index: &ir::Expr,
        mode: ir::IndexMode,
        length: Expr,
    ) -> Result<Expr, Rejection> {
        self.note(super::IN_RANGE);
        if let Some(value) = index.as_int().and_then(|v| i64::try_from(v).ok()) {
            return Ok(if value < 0 { plus(length, value + 1) } else { int(value + 1) });
        }
        if mode != ir::IndexMode::Python {
            return self.int_plus(index, 1);
        }
        let position = self.expr(index)?;
        let arguments = self.same_kinds(vec![position, length]);
        Ok(plus(call("modulo", arguments), 1))
    }

    fn axis_range(
        &mut self,
        [start, stop, step]: [Option<&ir::Expr>; 3],
        bounds: ir::SliceBounds,
        length: Expr,
    ) -> Result<Subscript, Rejection> {
        let step = match step.map(|s| (s, s.as_int().and_then(|v| i64::try_from(v).ok()))) {
            None => None,
            Some((_, Some(-1))) if start.is_none() && stop.is_none() => {
                return Ok(Subscript::Section(
                    Some(Box::new(length)),
                    Some(Box::new(int(1))),
                    Some(Box::new(int(-1))),
                ));
            }
            Some((_, Some(by))) if by > 0 => Some(int(by)),
            Some((s, _)) => return reject("array-slice", s.span, "a slice of an array with such a step"),
        };
        let clipped = |body: &mut Self, bound: &ir::Expr| {
            let bound = body.exact(bound)?;
            Ok::<Expr, Rejection>(call(body.unit.helper("clipped", None), vec![bound, length.clone()]))
        };
        let first = match start.map(|s| (s, s.as_int().and_then(|v| i64::try_from(v).ok()))) {
            None => None,
            Some((_, Some(0))) => None,
            Some((_, Some(value))) if value >= 0 => Some(int(value + 1)),
            Some((_, Some(value))) => Some(call("max", vec![plus(length.clone(), value + 1), int(1)])),
            Some((s, None)) if bounds.start_non_negative => Some(self.int_plus(s, 1)?),
            Some((s, None)) => Some(plus(clipped(self, s)?, 1)),
        };
        let last = match stop.map(|s| (s, s.as_int().and_then(|v| i64::try_from(v).ok()))) {
            None => None,
            Some((_, Some(value))) if value >= 0 => Some(call("min", vec![int(value), length.clone()])),
            Some((_, Some(value))) => Some(plus(length.clone(), value)),
            Some((s, None)) if bounds.stop_non_negative => {
                let bound = self.expr(s)?;
                let arguments = self.same_kinds(vec![bound, length.clone()]);
                Some(call("min", arguments))
            }
            Some((s, None)) => Some(clipped(self, s)?),
        };
        Ok(Subscript::Section(first.map(Box::new), last.map(Box::new), step.map(Box::new)))
    }

    // ---- assignments

    /// `part = value`.
    pub fn assign_part(&mut self, selection: &ir::Expr, value: &ir::Expr) -> Result<(), Rejection> {
        let Some((ArrayOp::Select(axes), args)) = operation(selection) else {
            return reject("array", selection.span, "an assignment to no part of an array");
        };
        let masked = axes.as_slice() == [Axis::Mask] && rank(&args[0]) == rank(&args[1]);
        if masked {
            if rank(value) > 0 {
                return reject("array", selection.span, "an array assigned where a mask holds");
            }
            let value = self.exact(value)?;
            let (base, mask) = (self.place_designator(&args[0])?, self.expr(&args[1])?);
            // `where` evaluates its mask once, before it assigns.
            self.emit(crate::fortran::tree::Stmt::Where(mask, base, value));
            return Ok(());
        }
        let value = match rank(selection) {
            0 => self.exact(value)?,
            whole => {
                let spread = whole == 2 && rank(value) == 1;
                if spread {
                    return reject("array", selection.span, "a vector assigned to rows of a matrix");
                }
                self.exact(value)?
            }
        };
        let base = self.place_designator(&args[0])?;
        let target = self.array_part(base, axes, args)?;
        self.set(target, value);
        Ok(())
    }

    /// `place op= value` of an array or part of one.
    pub fn update_array(
        &mut self,
        place: &ir::Place,
        op: BinaryOp,
        value: &ir::Expr,
    ) -> Result<(), Rejection> {
        let Some(old) = place.as_expr() else {
            return reject("array", value.span, "an update of several places");
        };
        if let ir::Place::Part(selection) = place
            && let Some((ArrayOp::Select(axes), args)) = operation(selection)
            && axes.as_slice() == [Axis::Mask]
        {
            // The items where the mask holds, each from its own old value.
            let (base, mask) = (&args[0], &args[1]);
            if rank(value) > 0 || rank(mask) != rank(base) {
                return reject("array", value.span, "an array combined where a mask holds");
            }
            let operands = vec![self.place_designator(base)?, self.exact(value)?];
            let new = self.array_arithmetic(op, operands, base)?;
            let (target, mask) = (self.place_designator(base)?, self.expr(mask)?);
            self.emit(crate::fortran::tree::Stmt::Where(mask, target, new));
            return Ok(());
        }
        let ty = old.ty.clone();
        let args = vec![old, value.clone()];
        let new = ir::Expr::intrinsic(Intrinsic::Array(ArrayOp::Arithmetic(op)), args, ty).at(value.span);
        match place {
            ir::Place::Part(selection) => self.assign_part(selection, &new),
            _ => {
                let value = self.expr(&new)?;
                let target = self.place_designator(&place.as_expr().unwrap_or(new))?;
                self.set(target, value);
                Ok(())
            }
        }
    }
}

fn implied(item: Expr, variable: String, first: Expr, last: Expr) -> Expr {
    let each = Expr::ImpliedDo {
        item: Box::new(item),
        variable,
        first: Box::new(first),
        last: Box::new(last),
        step: None,
    };
    Expr::Array(None, vec![each])
}

/// `reshape(source, [rows, columns], order=[2, 1])`.
fn by_rows(source: Expr, lengths: Vec<Expr>) -> Expr {
    let order = Expr::Keyword("order", Box::new(Expr::Array(None, vec![int(2), int(1)])));
    call("reshape", vec![source, Expr::Array(None, lengths), order])
}

fn flattened(matrix: Expr, length: Expr) -> Expr {
    call("reshape", vec![call("transpose", vec![matrix]), Expr::Array(None, vec![length])])
}

/// `value` in all places of an array with these lengths.
fn filled(value: Expr, lengths: Vec<Expr>) -> Expr {
    (1..).zip(lengths).fold(value, |value, (axis, length)| call("spread", vec![value, int(axis), length]))
}

fn compared(op: CompareOp, operands: Vec<Expr>, bools: bool) -> Expr {
    let op = match op {
        CompareOp::Eq if bools => Op::Eqv,
        CompareOp::Ne if bools => Op::Neqv,
        CompareOp::Eq => Op::Eq,
        CompareOp::Ne => Op::Ne,
        CompareOp::Lt => Op::Lt,
        CompareOp::Le => Op::Le,
        CompareOp::Gt => Op::Gt,
        CompareOp::Ge => Op::Ge,
    };
    let mut operands = operands.into_iter();
    match (operands.next(), operands.next()) {
        (Some(left), Some(right)) => binary(op, left, right),
        _ => Expr::Logical(false),
    }
}

fn cast(value: Expr, from: &Type, to: &Type) -> Expr {
    match (from, to) {
        (Type::Bool, Type::Float) => call("merge", vec![Expr::Real(1.0), Expr::Real(0.0), value]),
        (Type::Bool, _) => {
            let literal = |n| Expr::Int(n, crate::fortran::tree::Kind::Int64);
            call("merge", vec![literal(1), literal(0), value])
        }
        (_, Type::Float) => call("real", vec![value, name("real64")]),
        (_, Type::Bool) => binary(Op::Ne, value, int(0)),
        _ => call("int", vec![value, kind64()]),
    }
}
