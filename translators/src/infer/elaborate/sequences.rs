//! Library functions that the IR says with comprehensions, slices and lambdas.

use super::super::generate::literal_int;
use super::comprehension::mixed_iteration;
use super::expr::{indexed, unexpected_at};
use super::library::Call;
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, Clause, Expr, ExprKind, Intrinsic, Pattern, Type};
use grammars::surface;
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    /// `zip(*rows)` is `[[row[i] for row in rows] for i in range(len of the shortest row)]`.
    pub(super) fn transposed(&mut self, rows: &'m surface::Expr, e: &'m surface::Expr) -> Outcome<Expr> {
        let span = e.span;
        let rows = self.iterable(rows)?;
        let Type::Iter(column) = self.own_type(e)? else { return Err(unexpected_at(span)) };
        let row_ty = rows.ty.element().ok_or_else(|| mixed_iteration(&rows))?;
        let item = column.element().ok_or_else(|| unexpected_at(span))?;
        if !build::is_repeatable(&rows) || !matches!(row_ty, Type::List(_) | Type::Str) {
            let message = "`zip` with starred rows has a rule only for a variable that holds lists.";
            return Err(Rejection::new("infer.star", span, message));
        }
        let row = build::local("row", row_ty.clone(), span);
        let each = |element: Expr, clause: Clause, ty: Type| {
            let kind = ExprKind::Comprehension { element: Box::new(element), clauses: vec![clause] };
            build::expr(kind, ty, span)
        };
        let over_rows = |iter: Expr| named_clause("row", row_ty.clone(), iter);
        let length = build::intrinsic(Intrinsic::Len, vec![row.clone()], Type::Int, span);
        let lengths = each(length, over_rows(rows.clone()), Type::iter(Type::Int));
        let shortest = Intrinsic::Min { default: true, key: false };
        let shortest = build::intrinsic(shortest, vec![lengths, build::int(0, span)], Type::Int, span);
        let at = indexed(row, build::local("i", Type::Int, span), item, span);
        let column_list = each(at, over_rows(rows), (*column).clone());
        let range = range(build::int(0, span), shortest, span);
        Ok(each(column_list, named_clause("i", Type::Int, range), Type::Iter(column)))
    }

    /// `nlargest(n, xs)` is `sorted(xs, reverse=True)[:n]`.
    pub(super) fn extremes(&mut self, call: &Call<'_, 'm>, largest: bool) -> Outcome<Expr> {
        let span = call.e.span;
        let (Some(count), Some(source)) = (call.args.first(), call.args.get(1)) else {
            return Err(unexpected_at(span));
        };
        let ty = self.own_type(call.e)?;
        let count = self.expr_as(count, &Type::Int)?;
        let count = match count.kind {
            ExprKind::Int(n) if n >= 0 => count,
            _ => build::intrinsic(Intrinsic::MaxOf, vec![count, build::int(0, span)], Type::Int, span),
        };
        let mut args = vec![self.iterable(source)?];
        let key = call.keyword("key");
        if let Some(key) = key {
            args.push(self.key_function(key)?);
        }
        let sorted = Intrinsic::Sorted { reverse: largest, key: key.is_some() };
        let sorted = build::intrinsic(sorted, args, ty.clone(), span);
        let kind = ExprKind::Slice {
            base: Box::new(sorted),
            start: None,
            stop: Some(Box::new(count)),
            step: None,
            bounds: Default::default(),
        };
        Ok(build::expr(kind, ty, span))
    }

    /// `insort(xs, x)` is `xs.insert(bisect(xs, x), x)`.
    pub(super) fn insert_sorted(&mut self, call: &Call<'_, 'm>, bisect: Intrinsic) -> Outcome<Expr> {
        let span = call.e.span;
        let [list, item] = call.args.as_slice() else { return Err(unexpected_at(span)) };
        let list = self.expr(list)?;
        let element = list.ty.element().ok_or_else(|| mixed_iteration(&list))?;
        let item = self.expr_as(item, &element)?;
        if !build::is_repeatable(&list) || !build::is_repeatable(&item) {
            return Err(Rejection::new("infer.library", span, "`insort` of a computed value has no rule."));
        }
        self.mark_mutated(&list);
        let place = build::intrinsic(bisect, vec![list.clone(), item.clone()], Type::Int, span);
        Ok(build::intrinsic(Intrinsic::Insert, vec![list, place, item], Type::None, span))
    }

    /// `itemgetter(1)` is `lambda item: item[1]`.
    pub(super) fn item_getter(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let ty = self.own_type(call.e)?;
        let (Type::Function { params, ret }, Some(index)) = (&ty, call.args.first()) else {
            return Err(unexpected_at(span));
        };
        let position = literal_int(index).ok_or_else(|| unexpected_at(span))?;
        let base_ty = params.first().cloned().ok_or_else(|| unexpected_at(span))?;
        let base = build::local("item", base_ty.clone(), span);
        let body = match &base_ty {
            Type::Tuple(types) => {
                let at = super::super::solve::tuple_position(position, types.len());
                super::convert::index_tuple(base, at.ok_or_else(|| unexpected_at(span))?, (**ret).clone())
            }
            _ => indexed(base, build::int(position.into(), span), (**ret).clone(), span),
        };
        let params = vec![("item".to_owned(), base_ty)];
        Ok(build::expr(ExprKind::Lambda { params, body: Box::new(body) }, ty.clone(), span))
    }

    /// `product(xs, ys)` is `[(x, y) for x in xs for y in ys]`.
    pub(super) fn product(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let Type::List(tuple) = self.own_type(call.e)? else { return Err(unexpected_at(span)) };
        let Type::Tuple(types) = &*tuple else { return Err(unexpected_at(span)) };
        let repeat = call.keyword("repeat").and_then(literal_int).unwrap_or(1);
        let mut sources = Vec::new();
        for _ in 0..repeat {
            for arg in &call.args {
                sources.push(self.iterable(arg)?);
            }
        }
        let names = ["a", "b", "c", "d"];
        let inner_repeatable = sources.iter().skip(1).all(build::is_repeatable);
        if sources.len() != types.len() || sources.len() > names.len() || !inner_repeatable {
            let message = "`product` has a rule for two to four variables.";
            return Err(Rejection::new("infer.library", span, message));
        }
        let clauses = sources.into_iter().zip(types).zip(names);
        let clauses = clauses.map(|((iter, ty), name)| named_clause(name, ty.clone(), iter)).collect();
        let items = types.iter().zip(names).map(|(ty, name)| build::local(name, ty.clone(), span)).collect();
        let element = build::expr(ExprKind::Tuple(items), (*tuple).clone(), span);
        let kind = ExprKind::Comprehension { element: Box::new(element), clauses };
        Ok(build::expr(kind, Type::List(tuple), span))
    }

    /// `combinations(xs, 2)` is `[(xs[i], xs[j]) for i in range(len(xs)) for j in range(i + 1, len(xs))]`;
    /// `gap` is 0 where an item may be taken again.
    pub(super) fn combinations(&mut self, call: &Call<'_, 'm>, gap: i128) -> Outcome<Expr> {
        let span = call.e.span;
        let Some(source) = call.args.first() else { return Err(unexpected_at(span)) };
        let source = self.iterable(source)?;
        let Type::List(tuple) = self.own_type(call.e)? else { return Err(unexpected_at(span)) };
        let Type::Tuple(types) = &*tuple else { return Err(unexpected_at(span)) };
        let names = ["i", "j", "k", "l"];
        let sequence = matches!(source.ty, Type::List(_) | Type::Str);
        if !build::is_repeatable(&source) || !sequence || types.len() > names.len() {
            let message = "`combinations` has a rule only for a variable that holds a sequence.";
            return Err(Rejection::new("infer.library", span, message));
        }
        let mut clauses = Vec::new();
        let mut items = Vec::new();
        for (at, ty) in types.iter().enumerate() {
            let start = match at.checked_sub(1).map(|before| build::local(names[before], Type::Int, span)) {
                None => build::int(0, span),
                Some(before) if gap == 0 => before,
                Some(before) => {
                    build::binary(ir::BinaryOp::Add, before, build::int(gap, span), Type::Int, span)
                }
            };
            let length = build::intrinsic(Intrinsic::Len, vec![source.clone()], Type::Int, span);
            clauses.push(named_clause(names[at], Type::Int, range(start, length, span)));
            items.push(indexed(source.clone(), build::local(names[at], Type::Int, span), ty.clone(), span));
        }
        let element = build::expr(ExprKind::Tuple(items), (*tuple).clone(), span);
        let kind = ExprKind::Comprehension { element: Box::new(element), clauses };
        Ok(build::expr(kind, Type::List(tuple), span))
    }

    /// `radians(x)` is `x * (pi / 180)`, as CPython computes it.
    pub(super) fn scaled(&mut self, call: &Call<'_, 'm>, to_radians: bool) -> Outcome<Expr> {
        let span = call.e.span;
        let Some(value) = call.args.first() else { return Err(unexpected_at(span)) };
        let value = self.expr_as(value, &Type::Float)?;
        let pi = build::intrinsic(Intrinsic::Pi, Vec::new(), Type::Float, span);
        let half_turn = build::expr(ExprKind::Float(180.0), Type::Float, span);
        let (above, below) = if to_radians { (pi, half_turn) } else { (half_turn, pi) };
        let factor = build::binary(ir::BinaryOp::Div, above, below, Type::Float, span);
        Ok(build::binary(ir::BinaryOp::Mul, value, factor, Type::Float, span))
    }

    pub(super) fn remainder(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let [left, right] = call.args.as_slice() else { return Err(unexpected_at(call.e.span)) };
        let left = self.expr_as(left, &Type::Float)?;
        let right = self.expr_as(right, &Type::Float)?;
        Ok(build::binary(ir::BinaryOp::TruncRem, left, right, Type::Float, call.e.span))
    }

    /// What `print(*items)` writes.
    pub(super) fn joined_texts(&mut self, items: &'m surface::Expr, sep: &str) -> Outcome<Expr> {
        let span = items.span;
        let source = self.iterable(items)?;
        let element = source.ty.element().ok_or_else(|| mixed_iteration(&source))?;
        let texts = if element == Type::Str {
            source
        } else {
            let value = self.shown(build::local("item", element.clone(), span), items)?;
            let value = if value.ty == Type::Str {
                value
            } else {
                build::intrinsic(Intrinsic::ToStr, vec![value], Type::Str, span)
            };
            let clause = named_clause("item", element, source);
            let kind = ExprKind::Comprehension { element: Box::new(value), clauses: vec![clause] };
            build::expr(kind, Type::iter(Type::Str), span)
        };
        Ok(build::intrinsic(Intrinsic::Join, vec![build::text(sep, span), texts], Type::Str, span))
    }

    /// `d.get` as a value: `lambda key: d[key]`, where every key given is one of `d`'s own.
    pub(super) fn lookup_function(&mut self, dict: Expr, ty: &Type, span: Span) -> Outcome<Expr> {
        let (Type::Dict(key, item), Type::Function { ret, .. }) = (dict.ty.clone(), ty) else {
            return Err(unexpected_at(span));
        };
        let key_value = build::local("key", (*key).clone(), span);
        let read = build::intrinsic(Intrinsic::Get, vec![dict, key_value], Type::optional(*item), span);
        let body = convert(read, ret)?;
        let params = vec![("key".to_owned(), *key)];
        Ok(build::expr(ExprKind::Lambda { params, body: Box::new(body) }, ty.clone(), span))
    }
}

fn named_clause(name: &str, ty: Type, iter: Expr) -> Clause {
    Clause { pattern: Pattern::Name { name: name.to_owned(), ty }, iter, conditions: Vec::new() }
}

fn range(start: Expr, stop: Expr, span: Span) -> Expr {
    let step = Box::new(build::int(1, span));
    let kind = ExprKind::Range { start: Box::new(start), stop: Box::new(stop), step };
    build::expr(kind, Type::iter(Type::Int), span)
}
