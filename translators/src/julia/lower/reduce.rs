//! Sums, extremes, questions about all items, folds, sorting, and turning iterables into containers.

use super::order::is_total_key;
use super::text::{Repr, broadcast};
use super::{Lower, Lowering, reject};
use crate::julia::tree::{Clause, ComprehensionForm, Expr, Type};
use grammars::ir::{self, Conversion, ExprKind, Intrinsic};

impl Lower<'_> {
    /// A reduction or container of an iterable; `None` where `op` is none.
    pub(super) fn reduction(
        &mut self,
        op: &Intrinsic,
        args: &[ir::Expr],
        expr: &ir::Expr,
    ) -> Lowering<Option<Expr>> {
        Ok(Some(match op {
            Intrinsic::Sum => self.total("sum", args)?,
            Intrinsic::Product => self.total("prod", args)?,
            Intrinsic::Any => self.quantifier("any", &args[0])?,
            Intrinsic::All => self.quantifier("all", &args[0])?,
            Intrinsic::Min { default, key } => self.extreme("minimum", *default, *key, args, expr)?,
            Intrinsic::Max { default, key } => self.extreme("maximum", *default, *key, args, expr)?,
            Intrinsic::Reduce => self.fold(args)?,
            Intrinsic::Sorted { reverse, key } => {
                let items = self.sortable(&args[0], *key, args.last())?;
                self.sorted("sort", items, &args[0], *reverse, key.then(|| &args[args.len() - 1]))?
            }
            Intrinsic::ToList => self.list_of(&args[0], expr)?,
            Intrinsic::ToSet => self.set_of(&args[0], expr)?,
            Intrinsic::ToTuple => {
                let items = self.iterable(&args[0])?;
                Expr::call(Expr::Type(Type::plain("Tuple")), vec![items])
            }
            Intrinsic::ToDict => self.dict_of(&args[0], expr)?,
            Intrinsic::Tally => self.tally(&args[0], expr)?,
            _ => return Ok(None),
        }))
    }

    /// A sum or product. One of nothing needs the type of the items, which a vector has and a
    /// generator has not.
    fn total(&mut self, function: &'static str, args: &[ir::Expr]) -> Lowering<Expr> {
        let form =
            if has_items(&args[0]) { ComprehensionForm::Generator } else { ComprehensionForm::Vector(None) };
        let sum = match &args[0].kind {
            ExprKind::Comprehension { element, clauses } => {
                if let Some(counted) = self.counted(function, element, clauses)? {
                    counted
                } else {
                    let items = self.generator(element, clauses, form, true)?;
                    Expr::base_call(function, vec![items])
                }
            }
            ExprKind::Intrinsic { op: Intrinsic::Map, args: inner } => {
                let items = self.mapped(inner, form)?;
                Expr::base_call(function, vec![items])
            }
            ExprKind::Intrinsic { op: Intrinsic::Filter, args: inner } => {
                let items = self.filtered(inner, form)?;
                Expr::base_call(function, vec![items])
            }
            _ => Expr::base_call(function, vec![self.iterable(&args[0])?]),
        };
        if args[0].ty.element() == Some(ir::Type::Int) {
            self.note_domain("integers stay within 64 bits");
        }
        match args.get(1) {
            None => Ok(sum),
            Some(start) if start.as_int() == Some(0) => Ok(sum),
            Some(start) => Ok(Expr::binary("+", self.lower_expr(start)?, sum)),
        }
    }

    /// A sum of ones, or of truth values, counts.
    pub(super) fn counted(
        &mut self,
        function: &str,
        element: &ir::Expr,
        clauses: &[ir::Clause],
    ) -> Lowering<Option<Expr>> {
        if function != "sum" {
            return Ok(None);
        }
        let condition = match &element.kind {
            ExprKind::Convert { conversion: Conversion::BoolToInt, value } => Some((**value).clone()),
            _ if element.ty == ir::Type::Bool => Some(element.clone()),
            ExprKind::Int(1) => None,
            _ => return Ok(None),
        };
        let mut clauses = clauses.to_vec();
        let condition = match (condition, clauses.last_mut()) {
            (Some(condition), _) => condition,
            (None, Some(last)) if !last.conditions.is_empty() => {
                ir::Expr::all_of(std::mem::take(&mut last.conditions))
            }
            _ => return Ok(None),
        };
        let generator = self.generator(&condition, &clauses, ComprehensionForm::Generator, true)?;
        Ok(Some(predicate_call("count", generator)))
    }

    /// `any` and `all` stop at the first item that decides.
    fn quantifier(&mut self, function: &'static str, items: &ir::Expr) -> Lowering<Expr> {
        let items = match &items.kind {
            ExprKind::Comprehension { element, clauses } => {
                self.generator(element, clauses, ComprehensionForm::Generator, true)?
            }
            _ => self.iterable(items)?,
        };
        Ok(predicate_call(function, items))
    }

    fn extreme(
        &mut self,
        function: &'static str,
        default: bool,
        key: bool,
        args: &[ir::Expr],
        expr: &ir::Expr,
    ) -> Lowering<Expr> {
        let items = &args[0];
        let value = if key {
            self.extreme_by(function, items, &args[args.len() - 1])?
        } else {
            match &items.kind {
                ExprKind::Comprehension { element, clauses } => {
                    match self.generator(element, clauses, ComprehensionForm::Generator, true)? {
                        Expr::Comprehension { element, clauses, .. } if is_plain_walk(&element, &clauses) => {
                            Expr::base_call(function, clauses.into_iter().map(|c| c.iter).collect())
                        }
                        generator => Expr::base_call(function, vec![generator]),
                    }
                }
                _ => Expr::base_call(function, vec![self.iterable(items)?]),
            }
        };
        if !default {
            return Ok(value);
        }
        let Some(empty) = self.emptiness(items)? else {
            return reject(
                "julia.default-of-iterable",
                expr.span,
                "`min` or `max` with a default, of a nested comprehension",
            );
        };
        let default = self.lower_expr(&args[1])?;
        Ok(Expr::Ternary(Box::new(empty), Box::new(default), Box::new(value)))
    }

    /// Whether an iterable is empty, asked without using it up.
    fn emptiness(&mut self, items: &ir::Expr) -> Lowering<Option<Expr>> {
        let isempty = |items| Expr::base_call("isempty", vec![items]);
        Ok(match &items.kind {
            ExprKind::Comprehension { clauses, .. } => match clauses.as_slice() {
                [clause] if clause.conditions.is_empty() => Some(isempty(self.iterable(&clause.iter)?)),
                [clause] => {
                    let condition = ir::Expr::all_of(clause.conditions.clone());
                    let clause = ir::Clause { conditions: Vec::new(), ..clause.clone() };
                    let form = ComprehensionForm::Generator;
                    let passing = self.generator(&condition, &[clause], form, true)?;
                    Some(predicate_call("any", passing).negate())
                }
                _ => None,
            },
            ExprKind::Intrinsic { op: Intrinsic::Map, args } => Some(isempty(self.iterable(&args[1])?)),
            ExprKind::Intrinsic { op: Intrinsic::Filter, args } => {
                let (function, items) = (self.lower_expr(&args[0])?, self.iterable(&args[1])?);
                Some(Expr::base_call("any", vec![function, items]).negate())
            }
            ExprKind::Intrinsic { op: Intrinsic::Keys | Intrinsic::Values | Intrinsic::Items, args } => {
                Some(isempty(self.lower_expr(&args[0])?))
            }
            _ => Some(isempty(self.iterable(items)?)),
        })
    }

    /// The first item with the least or greatest key: at the position of the least or greatest of the
    /// keys.
    fn extreme_by(&mut self, function: &str, items: &ir::Expr, key: &ir::Expr) -> Lowering<Expr> {
        if !is_total_key(key) {
            self.check_order(items)?;
        }
        let finder = if function == "minimum" { "argmin" } else { "argmax" };
        let list = match items.ty {
            ir::Type::List(_) if self.element_repr(items) == Repr::Exact => self.lower_expr(items)?,
            _ => return self.first_sorted(function, items, key),
        };
        if !list.is_simple() {
            return self.first_sorted(function, items, key);
        }
        let keys = self.mapped(&[key.clone(), items.clone()], ComprehensionForm::Vector(None))?;
        Ok(Expr::index(list, Expr::base_call(finder, vec![keys])))
    }

    /// The first of the items in the order of their keys; sorting keeps the order of equals.
    fn first_sorted(&mut self, function: &str, items: &ir::Expr, key: &ir::Expr) -> Lowering<Expr> {
        let list = self.sortable(items, true, Some(key))?;
        let sorted = self.sorted("sort", list, items, function == "maximum", Some(key))?;
        Ok(Expr::base_call("first", vec![sorted]))
    }

    fn fold(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        self.check_order(&args[1])?;
        let function = self.lower_expr(&args[0])?;
        let items = self.iterable(&args[1])?;
        let call = Expr::base_call("foldl", vec![function, items]);
        Ok(match args.get(2) {
            Some(start) => call.keyword("init", self.lower_expr(start)?),
            None => call,
        })
    }

    /// What `sort` takes: a vector.
    fn sortable(&mut self, items: &ir::Expr, key: bool, key_function: Option<&ir::Expr>) -> Lowering<Expr> {
        if key && !key_function.is_some_and(is_total_key) {
            self.check_order(items)?;
        }
        match (&items.kind, &items.ty) {
            (ExprKind::Intrinsic { op: Intrinsic::ToSet, args }, _)
                if matches!(args[0].ty, ir::Type::List(_)) && self.element_repr(&args[0]) == Repr::Exact =>
            {
                Ok(Expr::base_call("unique", vec![self.lower_expr(&args[0])?]))
            }
            (ExprKind::Intrinsic { op: Intrinsic::ToList, args }, _)
                if !matches!(args[0].ty, ir::Type::List(_)) =>
            {
                self.sortable(&args[0], false, None)
            }
            (ExprKind::Comprehension { element, clauses }, _) => {
                let form = ComprehensionForm::Vector(None);
                self.generator_or_exact(element, clauses, form)
            }
            (_, ir::Type::List(_)) => self.lower_loose(items),
            _ => self.collected(items),
        }
    }

    fn generator_or_exact(
        &mut self,
        element: &ir::Expr,
        clauses: &[ir::Clause],
        form: ComprehensionForm,
    ) -> Lowering<Expr> {
        let (element, clauses) =
            self.clauses_with(clauses, true, &[element], |lower| lower.lower_expr(element))?;
        Ok(Expr::Comprehension { form, element: Box::new(element), clauses })
    }

    /// Anything iterable as a vector, its texts in any form.
    pub(super) fn collected(&mut self, items: &ir::Expr) -> Lowering<Expr> {
        match &items.kind {
            ExprKind::Intrinsic { op: Intrinsic::Items, args } if self.keys_of(&args[0]).is_none() => {
                self.entries(&args[0])
            }
            ExprKind::Intrinsic { op: Intrinsic::Map, args } => {
                self.mapped(args, ComprehensionForm::Vector(None))
            }
            ExprKind::Intrinsic { op: Intrinsic::Filter, args } => {
                self.filtered(args, ComprehensionForm::Vector(None))
            }
            ExprKind::Intrinsic { op: Intrinsic::Chain, args } => {
                self.flattened(args, ComprehensionForm::Vector(None))
            }
            ExprKind::Intrinsic { op: Intrinsic::Reversed, args }
                if matches!(args[0].ty, ir::Type::List(_)) =>
            {
                Ok(Expr::base_call("reverse", vec![self.lower_loose(&args[0])?]))
            }
            ExprKind::Comprehension { element, clauses } => {
                self.generator_or_exact(element, clauses, ComprehensionForm::Vector(None))
            }
            _ => Ok(match self.iterable(items)? {
                Expr::Comprehension { form: ComprehensionForm::Generator, element, clauses } => {
                    Expr::Comprehension { form: ComprehensionForm::Vector(None), element, clauses }
                }
                items => Expr::base_call("collect", vec![items]),
            }),
        }
    }

    /// The entries of a dict as tuples.
    fn entries(&mut self, dict: &ir::Expr) -> Lowering<Expr> {
        let (key, value) = (Expr::Local(self.fresh(&["key"])), Expr::Local(self.fresh(&["value"])));
        let pair = Expr::Tuple(vec![key, value]);
        let clause = Clause { target: pair.clone(), iter: self.lower_expr(dict)?, condition: None };
        let form = ComprehensionForm::Vector(None);
        Ok(Expr::Comprehension { form, element: Box::new(pair), clauses: vec![clause] })
    }

    /// `sort(items, by = key, rev = true)`. Julia sorts numbers by a method that does not keep the order
    /// of equals, which shows only where a key makes different numbers equal.
    pub(super) fn sorted(
        &mut self,
        function: &'static str,
        items: Expr,
        source: &ir::Expr,
        reverse: bool,
        key: Option<&ir::Expr>,
    ) -> Lowering<Expr> {
        let mut call = Expr::base_call(function, vec![items]);
        if let Some(key) = key {
            let numbers = source.ty.element().is_some_and(|t| t.is_numeric() || t == ir::Type::Bool);
            call = call.keyword("by", self.key_function(key)?);
            if numbers && !is_total_key(key) {
                call = call.keyword("alg", Expr::Base("MergeSort"));
            }
        }
        Ok(if reverse { call.keyword("rev", Expr::Bool(true)) } else { call })
    }

    /// A key function; `x -> f(x)` is `f`.
    fn key_function(&mut self, key: &ir::Expr) -> Lowering<Expr> {
        let lowered = self.lower_expr(key)?;
        Ok(eta(lowered))
    }

    fn list_of(&mut self, items: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        self.check_order(items)?;
        if matches!(items.ty, ir::Type::List(_)) {
            let list = self.lower_loose(items)?;
            let fresh = matches!(
                items.kind,
                ExprKind::Intrinsic { .. } | ExprKind::Slice { .. } | ExprKind::Comprehension { .. }
            );
            return Ok(if fresh { list } else { Expr::base_call("copy", vec![list]) });
        }
        if let ExprKind::Comprehension { element, clauses } = &items.kind {
            return self.comprehension(element, clauses, &expr.ty);
        }
        let numbers = matches!(items.ty.element(), Some(ir::Type::Int));
        if numbers && matches!(items.ty, ir::Type::Set(_)) {
            // The source leaves the order open; this one does not change from run to run.
            let list = self.sortable(items, false, None)?;
            return Ok(Expr::base_call("sort", vec![list]));
        }
        self.collected(items)
    }

    fn set_of(&mut self, items: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        if let ExprKind::Comprehension { element, clauses } = &items.kind {
            let (element, clauses) =
                self.clauses_with(clauses, true, &[element], |lower| lower.lower_expr(element))?;
            let generator = Expr::Comprehension {
                form: ComprehensionForm::Generator,
                element: Box::new(element),
                clauses,
            };
            return Ok(Expr::call(Expr::Type(self.container("Set", &expr.ty, expr.span)?), vec![generator]));
        }
        let items = self.iterable(items)?;
        Ok(Expr::call(Expr::Type(Type::plain("Set")), vec![items]))
    }

    fn dict_of(&mut self, items: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        if matches!(items.ty, ir::Type::Dict(..)) {
            return Ok(Expr::base_call("copy", vec![self.lower_expr(items)?]));
        }
        let items = self.iterable(items)?;
        Ok(Expr::call(Expr::Type(self.ty(&expr.ty, expr.span)?), vec![items]))
    }

    /// How often each item occurs.
    fn tally(&mut self, items: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        // A tally of a dict takes its values for counts.
        if matches!(items.ty, ir::Type::Dict(..)) {
            return Ok(Expr::base_call("copy", vec![self.lower_expr(items)?]));
        }
        let mut list = match items.ty {
            ir::Type::List(_) => self.lower_expr(items)?,
            _ => {
                let collected = self.collected(items)?;
                match self.element_repr(items) {
                    Repr::Char => broadcast(Expr::Base("string"), collected),
                    Repr::SubString => broadcast(Expr::Type(Type::plain("String")), collected),
                    Repr::Exact => collected,
                }
            }
        };
        if !list.is_simple() && items.as_local().is_some() {
            list = self.iterable(items)?;
        }
        if !list.is_simple() {
            self.helpers.insert("tally", super::helpers::tally());
            return Ok(Expr::call(Expr::Global("tally".into()), vec![list]));
        }
        let item = Expr::Local(self.fresh(&["item"]));
        let exact = match self.element_repr(items) {
            Repr::Char => Expr::base_call("string", vec![item.clone()]),
            _ => item.clone(),
        };
        let equal = Expr::call(Expr::Base("isequal"), vec![item.clone()]);
        let count = Expr::base_call("count", vec![equal, list.clone()]);
        let clause = Clause { target: item, iter: Expr::base_call("unique", vec![list]), condition: None };
        let generator = Expr::Comprehension {
            form: ComprehensionForm::Generator,
            element: Box::new(Expr::binary("=>", exact, count)),
            clauses: vec![clause],
        };
        Ok(Expr::call(Expr::Type(self.ty(&expr.ty, expr.span)?), vec![generator]))
    }
}

/// `f(p(x) for x in xs)` with a plain function `p` is `f(p, xs)`.
fn predicate_call(function: &'static str, items: Expr) -> Expr {
    if let Expr::Comprehension { form: ComprehensionForm::Generator, element, clauses } = &items
        && let [Clause { target: target @ Expr::Local(_), iter, condition: None }] = clauses.as_slice()
        && let Expr::Call { callee, args, keywords, named, broadcast: false } = &**element
        && args.as_slice() == [target.clone()]
        && keywords.is_empty()
        && named.is_empty()
        && matches!(**callee, Expr::Base(_) | Expr::Global(_))
    {
        return Expr::base_call(function, vec![(**callee).clone(), iter.clone()]);
    }
    Expr::base_call(function, vec![items])
}

/// `x for x in xs`.
fn is_plain_walk(element: &Expr, clauses: &[Clause]) -> bool {
    matches!(clauses, [Clause { target, condition: None, .. }] if target == element)
}

/// Whether an iterable is sure to have items.
fn has_items(items: &ir::Expr) -> bool {
    match &items.kind {
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => !items.is_empty(),
        ExprKind::Dict(entries) => !entries.is_empty(),
        ExprKind::Str(text) => !text.is_empty(),
        ExprKind::Local(_) => matches!(&items.ty, ir::Type::Tuple(parts) if !parts.is_empty()),
        ExprKind::Range { start, stop, step } => {
            let bounds = start.as_int().zip(stop.as_int());
            step.as_int() == Some(1) && bounds.is_some_and(|(start, stop)| start < stop)
        }
        ExprKind::Comprehension { clauses, .. } => {
            clauses.iter().all(|clause| clause.conditions.is_empty() && has_items(&clause.iter))
        }
        ExprKind::Intrinsic { op, args } => match op {
            // A number is written with one digit at least.
            Intrinsic::ToStr => args.first().is_some_and(|arg| arg.ty.is_numeric()),
            Intrinsic::Bin | Intrinsic::Hex | Intrinsic::Oct => true,
            Intrinsic::Zip => args.iter().all(has_items),
            Intrinsic::Map => args[1..].iter().all(has_items),
            Intrinsic::Enumerate | Intrinsic::Reversed | Intrinsic::ToList | Intrinsic::Sorted { .. } => {
                args.first().is_some_and(has_items)
            }
            _ => false,
        },
        _ => false,
    }
}

/// `x -> f(x)` is `f`.
pub(super) fn eta(function: Expr) -> Expr {
    if let Expr::Lambda(params, body) = &function
        && let Expr::Call { callee, args, keywords, named, broadcast: false } = &**body
        && args == params
        && keywords.is_empty()
        && named.is_empty()
        && matches!(**callee, Expr::Base(_) | Expr::Global(_))
    {
        return (**callee).clone();
    }
    function
}
