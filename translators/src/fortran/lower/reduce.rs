//! Reductions: sums, products, extremes and quantifiers over iterables.

use super::array::generator;
use super::{Body, NOT_EMPTY, reject};
use crate::fortran::tree::build::{at, binary, call, int, name, text};
use crate::fortran::tree::{Expr, Op, Stmt};
use crate::fortran::types::TypeOp;
use grammars::Rejection;
use grammars::ir::{self, Clause, ExprKind, Intrinsic, Pattern, Type};

impl Body<'_, '_> {
    /// A reduction, if the intrinsic is one; what takes loops fills `into`, if given.
    pub fn reduction(
        &mut self,
        op: &Intrinsic,
        args: &[ir::Expr],
        e: &ir::Expr,
        into: Option<Expr>,
    ) -> Result<Option<Expr>, Rejection> {
        Ok(Some(match op {
            Intrinsic::Sum => self.sum_of(args, e, into)?,
            Intrinsic::Product => self.product_of(args, e, into)?,
            Intrinsic::Any => self.quantified(&args[0], true, into)?,
            Intrinsic::All => self.quantified(&args[0], false, into)?,
            Intrinsic::Min { default, key } => self.extreme(args, *default, *key, true, e)?,
            Intrinsic::Max { default, key } => self.extreme(args, *default, *key, false, e)?,
            Intrinsic::MinOf => self.extreme_of(args, true, e)?,
            Intrinsic::MaxOf => self.extreme_of(args, false, e)?,
            Intrinsic::Reduce => self.fold(args, e)?,
            _ => return Ok(None),
        }))
    }

    fn sum_of(&mut self, args: &[ir::Expr], e: &ir::Expr, into: Option<Expr>) -> Result<Expr, Rejection> {
        let into = into.filter(|_| args.len() == 1);
        let total = self.sum_without_start(&args[0], e, into)?;
        let Some(start) = args.get(1) else { return Ok(total) };
        let start = self.expr(start)?;
        Ok(if start == int(0) { total } else { binary(Op::Add, start, total) })
    }

    fn sum_without_start(
        &mut self,
        iterable: &ir::Expr,
        e: &ir::Expr,
        into: Option<Expr>,
    ) -> Result<Expr, Rejection> {
        self.note_sum(e);
        let counted = counted_condition(iterable);
        if let Some((condition, clauses)) = counted {
            return self.count_of(&condition, &clauses, into);
        }
        let item_type = iterable.ty.element().unwrap_or(Type::None);
        let Some((element, clauses)) = generator(iterable) else {
            let array = self.make_list(iterable)?;
            return Ok(if item_type == Type::Bool {
                call("count", vec![array])
            } else {
                call("sum", vec![array])
            });
        };
        if element.as_int() == Some(1) && !clauses.iter().all(|c| c.conditions.is_empty()) {
            return self.count_of(&ir::Expr::bool(true), &clauses, into);
        }
        if let Some(whole) = self.vectorised(&element, &clauses)? {
            let mut arguments = vec![whole.items];
            if let Some(mask) = whole.mask {
                arguments.push(Expr::Keyword("mask", Box::new(mask)));
            }
            return Ok(call("sum", arguments));
        }
        self.accumulated(&element, &clauses, e, Op::Add, into)
    }

    fn note_sum(&mut self, e: &ir::Expr) {
        if e.ty == Type::Int {
            self.note(super::SIXTY_FOUR_BITS);
        }
    }

    /// How many items fulfil a condition.
    fn count_of(
        &mut self,
        condition: &ir::Expr,
        clauses: &[Clause],
        into: Option<Expr>,
    ) -> Result<Expr, Rejection> {
        let mut clauses = clauses.to_vec();
        let mut test = condition.clone();
        if let [clause] = clauses.as_mut_slice()
            && !clause.conditions.is_empty()
        {
            let mut conditions = std::mem::take(&mut clause.conditions);
            if condition.kind != ExprKind::Bool(true) {
                conditions.push(condition.clone());
            }
            test = ir::Expr::all_of(conditions);
        }
        if let Some(whole) = self.vectorised(&test, &clauses)?
            && whole.mask.is_none()
        {
            return Ok(call("count", vec![whole.items]));
        }
        let target = into.unwrap_or_else(|| name(self.temporary(&["number", "how_many"], &Type::Int)));
        self.emit(Stmt::Assign(target.clone(), int(0)));
        self.clause_loops(&clauses, &mut |b| {
            let condition = b.expr(&test)?;
            let add = Stmt::Assign(target.clone(), binary(Op::Add, target.clone(), int(1)));
            if condition == Expr::Logical(true) {
                b.emit(add);
            } else {
                b.emit(Stmt::If { branches: vec![(condition, vec![add])], orelse: Vec::new() });
            }
            Ok(())
        })?;
        Ok(target)
    }

    /// A sum or product in a variable.
    fn accumulated(
        &mut self,
        element: &ir::Expr,
        clauses: &[Clause],
        e: &ir::Expr,
        op: Op,
        into: Option<Expr>,
    ) -> Result<Expr, Rejection> {
        let wishes: &[&str] = if op == Op::Add { &["total", "subtotal"] } else { &["prod", "factor"] };
        let target = into.unwrap_or_else(|| name(self.temporary(wishes, &e.ty)));
        let start = i64::from(op != Op::Add);
        let start = if e.ty == Type::Float { Expr::Real(start as f64) } else { int(start) };
        self.emit(Stmt::Assign(target.clone(), start));
        self.clause_loops(clauses, &mut |b| {
            let value = b.expr(element)?;
            let value =
                if element.ty == Type::Bool { call("merge", vec![int(1), int(0), value]) } else { value };
            b.emit(Stmt::Assign(target.clone(), binary(op, target.clone(), value)));
            Ok(())
        })?;
        Ok(target)
    }

    fn product_of(&mut self, args: &[ir::Expr], e: &ir::Expr, into: Option<Expr>) -> Result<Expr, Rejection> {
        self.note_sum(e);
        if let Some((element, clauses)) = generator(&args[0]) {
            match self.vectorised(&element, &clauses)? {
                Some(whole) if whole.mask.is_none() => return Ok(call("product", vec![whole.items])),
                _ => return self.accumulated(&element, &clauses, e, Op::Mul, into),
            }
        }
        let array = self.make_list(&args[0])?;
        Ok(call("product", vec![array]))
    }

    /// `any` and `all`.
    fn quantified(&mut self, iterable: &ir::Expr, any: bool, into: Option<Expr>) -> Result<Expr, Rejection> {
        let function = if any { "any" } else { "all" };
        let Some((condition, clauses)) = generator(iterable) else {
            let array = self.make_list(iterable)?;
            return Ok(call(function, vec![array]));
        };
        if let Some(whole) = self.vectorised(&condition, &clauses)? {
            let items = match whole.mask {
                None => whole.items,
                Some(mask) if any => binary(Op::And, mask, whole.items),
                Some(mask) => binary(Op::Or, Expr::Not(Box::new(mask)), whole.items),
            };
            return Ok(call(function, vec![items]));
        }
        let wishes: &[&str] =
            if any { &["found", "any_found", "is_found"] } else { &["all_hold", "all_true", "is_true"] };
        let target = into.unwrap_or_else(|| name(self.temporary(wishes, &Type::Bool)));
        self.emit(Stmt::Assign(target.clone(), Expr::Logical(!any)));
        self.searched(&target, &condition, &clauses, any)?;
        Ok(target)
    }

    /// Loops that end as soon as the answer is known.
    fn searched(
        &mut self,
        target: &Expr,
        condition: &ir::Expr,
        clauses: &[Clause],
        any: bool,
    ) -> Result<(), Rejection> {
        let start = self.blocks.last().map_or(0, Vec::len);
        let nested = clauses.len() > 1;
        self.clause_loops(clauses, &mut |b| {
            let decided = if any { b.expr(condition)? } else { b.expr(&condition.clone().negated())? };
            let body = vec![
                Stmt::Assign(target.clone(), Expr::Logical(any)),
                Stmt::Exit(nested.then(|| SEARCH.to_string())),
            ];
            b.emit(Stmt::If { branches: vec![(decided, body)], orelse: Vec::new() });
            Ok(())
        })?;
        if nested && let Some(block) = self.blocks.last_mut() {
            let outer = block.iter_mut().skip(start).find_map(|s| match s {
                Stmt::Do { label, .. } => Some(label),
                _ => None,
            });
            if let Some(label) = outer {
                *label = Some(SEARCH.to_string());
            }
        }
        Ok(())
    }

    /// `min` and `max` of an iterable.
    fn extreme(
        &mut self,
        args: &[ir::Expr],
        default: bool,
        key: bool,
        least: bool,
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let function = if least { "minval" } else { "maxval" };
        let element = args[0].ty.element().unwrap_or(Type::None);
        if !default && !key && matches!(element, Type::Int | Type::Float) {
            self.note(NOT_EMPTY);
            if let Some((item, clauses)) = generator(&args[0])
                && let Some(whole) = self.vectorised(&item, &clauses)?
            {
                let mut arguments = vec![whole.items];
                arguments.extend(whole.mask.map(|m| Expr::Keyword("mask", Box::new(m))));
                return Ok(call(function, arguments));
            }
            let array = self.make_list(&args[0])?;
            return Ok(call(function, vec![array]));
        }
        let array = self.make_list(&args[0])?;
        let array = self.subscriptable(array, &Type::list(element.clone()));
        let (keys, key_type) = match args.last().filter(|_| key) {
            Some(key) => self.mapped(array.clone(), &element, key)?,
            None => (array.clone(), element.clone()),
        };
        self.unit.type_op(&key_type, TypeOp::Less);
        let helper = self.unit.helper(if least { "least" } else { "greatest" }, Some(&key_type));
        let position = call(helper, vec![keys]);
        if !default {
            self.note(NOT_EMPTY);
            return Ok(self.value_of(at(array, position), &element));
        }
        self.extreme_or_default(array, position, &element, &args[1], e)
    }

    fn extreme_or_default(
        &mut self,
        array: Expr,
        position: Expr,
        element: &Type,
        default: &ir::Expr,
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let target = self.temporary(super::expr::wishes(&e.ty), &e.ty);
        let mut value = self.value_of(at(array.clone(), position), element);
        if matches!(e.ty, Type::Optional(_)) && !matches!(element, Type::Optional(_)) {
            value = self.stored(value, element);
            value = call(self.unit.derived(&e.ty), vec![value]);
        }
        let (mut orelse, other) = self.block(|b| b.exact(default))?;
        orelse.push(Stmt::Assign(name(&target), other));
        let filled = binary(Op::Gt, crate::fortran::tree::build::size(array), int(0));
        let branches = vec![(filled, vec![Stmt::Assign(name(&target), value)])];
        self.emit(Stmt::If { branches, orelse });
        Ok(name(&target))
    }

    /// `min(a, b)`.
    fn extreme_of(&mut self, args: &[ir::Expr], least: bool, e: &ir::Expr) -> Result<Expr, Rejection> {
        if !matches!(e.ty, Type::Int | Type::Float) {
            let list = ir::Expr::new(ExprKind::List(args.to_vec()), Type::list(e.ty.clone())).at(e.span);
            return self.extreme(&[list], false, false, least, e);
        }
        let values = self.operands(&args.iter().collect::<Vec<_>>())?;
        let values = if e.ty == Type::Int { self.same_kinds(values) } else { values };
        Ok(call(if least { "min" } else { "max" }, values))
    }

    fn fold(&mut self, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        let Some((so_far, item, body)) = folded(&args[0], &e.ty, &args[1]) else {
            return reject("function-value", e.span, "`reduce` with a computed function");
        };
        let target = self.temporary(&["folded", "so_far"], &e.ty);
        let saved = self.bindings.clone();
        let iter = match args.get(2) {
            Some(start) => {
                let start = self.exact(start)?;
                self.emit(Stmt::Assign(name(&target), start));
                args[1].clone()
            }
            None => self.fold_from_first(&target, &args[1])?,
        };
        self.bindings.insert(so_far, super::Binding::Variable { name: target.clone(), shift: 0 });
        let pattern = Pattern::name(item.0, item.1);
        let clause = Clause { pattern, iter, conditions: Vec::new() };
        let result = self.clause_loops(&[clause], &mut |b| {
            let value = b.exact(&body)?;
            b.emit(Stmt::Assign(name(&target), value));
            Ok(())
        });
        self.bindings = saved;
        result?;
        Ok(name(&target))
    }

    /// Puts the first item of a list into `target`; the rest of the list is what is left to fold.
    fn fold_from_first(&mut self, target: &str, iterable: &ir::Expr) -> Result<ir::Expr, Rejection> {
        self.note(NOT_EMPTY);
        let element = iterable.ty.element().unwrap_or(Type::None);
        let list = Type::list(element.clone());
        let array = self.make_list(iterable)?;
        let array = self.subscriptable(array, &list);
        let first = self.value_of(at(array.clone(), int(1)), &element);
        self.emit(Stmt::Assign(name(target), first));
        let source = "folded_list";
        self.bindings.insert(source.to_string(), super::Binding::Alias(array));
        let rest = ExprKind::Slice {
            base: Box::new(ir::Expr::local(source, list.clone())),
            start: Some(Box::new(ir::Expr::int(1))),
            stop: None,
            step: None,
            bounds: ir::SliceBounds::default(),
        };
        Ok(ir::Expr::new(rest, list).at(iterable.span))
    }

    /// The keys of a list's items, with their type.
    pub fn mapped(&mut self, list: Expr, element: &Type, key: &ir::Expr) -> Result<(Expr, Type), Rejection> {
        let key_type = match &key.ty {
            Type::Function { ret, .. } => (**ret).clone(),
            _ => return reject("function-value", key.span, "a key that is no function"),
        };
        let iterable = ir::Expr::local("keyed_list", Type::list(element.clone()));
        let args = vec![key.clone(), iterable];
        let map = ir::Expr::intrinsic(Intrinsic::Map, args, Type::iter(key_type.clone())).at(key.span);
        if generator(&map).is_none() {
            return reject("function-value", key.span, "a key function that is kept as a value");
        }
        let keys = self.with_aliases([("keyed_list".to_string(), list)], |b| b.make_list(&map))?;
        Ok((keys, key_type))
    }

    /// `"".join(piece for …)` without a separator, as text that grows.
    pub fn join_generated(
        &mut self,
        separator: &ir::Expr,
        iterable: &ir::Expr,
    ) -> Result<Option<Expr>, Rejection> {
        let ExprKind::Str(between) = &separator.kind else { return Ok(None) };
        let Some((element, clauses)) = generator(iterable) else { return Ok(None) };
        if !between.is_empty() {
            return Ok(None);
        }
        let target = self.temporary(&["text", "joined_text", "piece"], &Type::Str);
        self.join_into(name(&target), &element, &clauses)?;
        Ok(Some(name(&target)))
    }

    /// Loops that append text to `target`, which nothing in them reads.
    pub fn join_into(
        &mut self,
        target: Expr,
        element: &ir::Expr,
        clauses: &[Clause],
    ) -> Result<(), Rejection> {
        self.emit(Stmt::Assign(target.clone(), text("")));
        self.clause_loops(clauses, &mut |b| {
            let piece = b.expr(element)?;
            b.emit(Stmt::Assign(target.clone(), binary(Op::Concat, target.clone(), piece)));
            Ok(())
        })
    }
}

/// A function of two as the name of what is folded so far, the item, and the new value.
fn folded(
    function: &ir::Expr,
    result: &Type,
    iterable: &ir::Expr,
) -> Option<(String, (String, Type), ir::Expr)> {
    match &function.kind {
        ExprKind::Lambda { params, body } => match params.as_slice() {
            [so_far, item] => Some((so_far.0.clone(), item.clone(), (**body).clone())),
            _ => None,
        },
        ExprKind::FunctionRef(called) => {
            let element = iterable.ty.element()?;
            let (so_far, item) = ("so_far".to_string(), ("item".to_string(), element.clone()));
            let args =
                vec![ir::Expr::local(so_far.clone(), result.clone()), ir::Expr::local("item", element)];
            let call = ExprKind::Call { function: called.clone(), args };
            Some((so_far, item, ir::Expr::new(call, result.clone()).at(function.span)))
        }
        _ => None,
    }
}

/// The label of a search through nested loops.
const SEARCH: &str = "search";

/// `sum(condition for …)` and `sum(1 for …)` count.
fn counted_condition(iterable: &ir::Expr) -> Option<(ir::Expr, Vec<Clause>)> {
    let (element, clauses) = generator(iterable)?;
    if element.ty == Type::Bool {
        return Some((element, clauses));
    }
    match element.kind {
        ExprKind::Convert { conversion: ir::Conversion::BoolToInt, value } => Some((*value, clauses)),
        _ => None,
    }
}
