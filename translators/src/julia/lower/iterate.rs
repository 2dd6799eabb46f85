//! What is iterated, by loops, comprehensions and reductions, and what they bind.

use super::positions::is_moved;
use super::reduce::eta;
use super::text::Repr;
use super::types::has_optional_on_top;
use super::{Lower, Lowering, reject};
use crate::julia::tree::{Clause, ComprehensionForm, Expr};
use grammars::ir::names::free_names;
use grammars::ir::{self, ExprKind, Intrinsic, Pattern, Type};

/// What a loop or clause looks like: its target and what it runs over.
pub(super) struct Binding {
    pub target: Expr,
    pub iter: Expr,
}

impl Lower<'_> {
    /// `[element for …]`, or a generator where the type is an `Iter`.
    pub(super) fn comprehension(
        &mut self,
        element: &ir::Expr,
        clauses: &[ir::Clause],
        ty: &Type,
    ) -> Lowering<Expr> {
        let generator = matches!(ty, Type::Iter(_));
        let (lowered, clauses) =
            self.clauses_with(clauses, generator, &[element], |lower| lower.lower_expr(element))?;
        let form = if generator {
            ComprehensionForm::Generator
        } else if has_optional_on_top(&element.ty) || self.natural(element).is_none() {
            ComprehensionForm::Vector(Some(self.item_ty(&element.ty, element.span)?))
        } else {
            ComprehensionForm::Vector(None)
        };
        // `[x for x in xs]` is a copy in one word.
        if let ([Clause { target, iter, condition: None }], ComprehensionForm::Vector(None)) =
            (clauses.as_slice(), &form)
            && *target == lowered
            && !matches!(lowered, Expr::Tuple(_))
        {
            return Ok(Expr::base_call("collect", vec![iter.clone()]));
        }
        Ok(Expr::Comprehension { form, element: Box::new(lowered), clauses })
    }

    /// A comprehension as the argument of a function that takes anything iterable, its texts in any
    /// form.
    pub(super) fn generator(
        &mut self,
        element: &ir::Expr,
        clauses: &[ir::Clause],
        form: ComprehensionForm,
        order_free: bool,
    ) -> Lowering<Expr> {
        let (element, clauses) =
            self.clauses_with(clauses, order_free, &[element], |lower| lower.lower_loose(element))?;
        Ok(Expr::Comprehension { form, element: Box::new(element), clauses })
    }

    /// The clauses of a comprehension, with what `inner` makes within their scope; `elements` are what
    /// stands there.
    pub(super) fn clauses_with<T>(
        &mut self,
        clauses: &[ir::Clause],
        order_free: bool,
        elements: &[&ir::Expr],
        inner: impl FnOnce(&mut Self) -> Lowering<T>,
    ) -> Lowering<(T, Vec<Clause>)> {
        let before = self.scope.clone();
        let result = self.bind_clauses(clauses, order_free, elements);
        let result = result.and_then(|clauses| Ok((inner(self)?, clauses)));
        let names = std::mem::take(&mut self.scope.names);
        self.scope = before;
        self.scope.names = names;
        result
    }

    fn bind_clauses(
        &mut self,
        clauses: &[ir::Clause],
        order_free: bool,
        elements: &[&ir::Expr],
    ) -> Lowering<Vec<Clause>> {
        let mut lowered = Vec::new();
        for (i, clause) in clauses.iter().enumerate() {
            let mut scope: Vec<&ir::Expr> =
                clause.conditions.iter().chain(elements.iter().copied()).collect();
            for later in &clauses[i + 1..] {
                scope.push(&later.iter);
                scope.extend(&later.conditions);
            }
            if !order_free {
                self.check_order(&clause.iter)?;
            }
            let Binding { target, iter } = self.bind_private(&clause.pattern, &clause.iter, &scope)?;
            let conditions = self.lower_exprs(&clause.conditions)?;
            let condition = conditions.into_iter().reduce(|a, b| Expr::binary("&&", a, b));
            lowered.push(Clause { target, iter, condition });
        }
        Ok(lowered)
    }

    /// Binds the variables of a clause, which nobody else sees.
    fn bind_private(&mut self, pattern: &Pattern, iter: &ir::Expr, scope: &[&ir::Expr]) -> Lowering<Binding> {
        if let (Pattern::Name { name, ty }, ExprKind::Range { .. }, false) =
            (pattern, &iter.kind, scope.is_empty())
            && name != "_"
            && !scope.iter().any(|expr| free_names(expr).contains(name))
        {
            let nobody = Pattern::Name { name: "_".into(), ty: ty.clone() };
            return self.bind_private(&nobody, iter, scope);
        }
        let moved = matches!((&iter.kind, pattern), (ExprKind::Range { .. }, Pattern::Name { name, .. }) if !scope.is_empty() && is_moved(name, scope));
        for (name, _) in pattern.names() {
            self.scope.substituted.remove(name);
        }
        if let Some((target, iter)) = self.keyed_clause(pattern, iter)? {
            return Ok(Binding { target, iter });
        }
        // The iterable is evaluated before the variables are bound.
        let iter_expr = self.iterable_for(pattern, iter, moved)?;
        for (name, _) in pattern.names() {
            self.forget(name);
        }
        if let (true, Pattern::Name { name, .. }) = (moved, pattern) {
            self.scope.offsets.insert(name.clone(), 1);
        }
        self.note_forms(pattern, iter);
        Ok(Binding { target: self.target(pattern), iter: iter_expr })
    }

    /// Binds the variables of a loop: `owned` where they are seen within it only.
    pub(super) fn bind_loop(&mut self, pattern: &Pattern, iter: &ir::Expr, owned: bool) -> Lowering<Binding> {
        let moved = matches!(pattern, Pattern::Name { name, .. } if self.scope.offsets.contains_key(name));
        let iter_expr = if owned {
            self.iterable_for(pattern, iter, moved)?
        } else {
            self.exact_iterable(pattern, iter, moved)?
        };
        if owned {
            for (name, _) in pattern.names() {
                if !moved {
                    self.forget(name);
                }
            }
            self.note_forms(pattern, iter);
        }
        Ok(Binding { target: self.target(pattern), iter: iter_expr })
    }

    pub(super) fn forget(&mut self, name: &str) {
        self.scope.offsets.remove(name);
        self.scope.chars.remove(name);
        self.scope.as_char.remove(name);
        self.scope.as_substring.remove(name);
        self.scope.bounds.remove(name);
        self.scope.renamed.remove(name);
        self.scope.messages.remove(name);
    }

    /// The bound names as Julia writes them.
    pub(super) fn target(&self, pattern: &Pattern) -> Expr {
        match pattern {
            Pattern::Name { name, .. } => self.local(name),
            Pattern::Tuple(parts) => Expr::Tuple(parts.iter().map(|part| self.target(part)).collect()),
        }
    }

    /// Notes for the variables of a pattern in which form they hold texts, and that `enumerate` counts
    /// from 1.
    fn note_forms(&mut self, pattern: &Pattern, iter: &ir::Expr) {
        if let ExprKind::Range { start, step, .. } = &iter.kind
            && let Pattern::Name { name, .. } = pattern
            && let Some(least) = self.least_value(start)
            && step.as_int().is_some_and(|s| s > 0)
        {
            self.scope.bounds.insert(name.clone(), least);
        }
        match (pattern, &iter.kind) {
            (Pattern::Name { name, ty: Type::Str }, _) => match self.element_repr(iter) {
                Repr::Exact => {}
                Repr::Char => {
                    self.scope.as_char.insert(name.clone());
                }
                Repr::SubString => {
                    self.scope.as_substring.insert(name.clone());
                }
            },
            (Pattern::Tuple(parts), ExprKind::Intrinsic { op: Intrinsic::Enumerate, args }) => {
                if let [Pattern::Name { name, .. }, inner] = parts.as_slice() {
                    let start = args.get(1).map_or(Some(0), ir::Expr::as_int).unwrap_or(0);
                    if start != 1 {
                        self.scope.offsets.insert(name.clone(), 1 - start);
                    }
                    self.scope.bounds.insert(name.clone(), start);
                    self.note_forms(inner, &args[0]);
                }
            }
            (Pattern::Tuple(parts), ExprKind::Intrinsic { op: Intrinsic::Zip, args }) => {
                for (part, arg) in parts.iter().zip(args) {
                    self.note_forms(part, arg);
                }
            }
            _ => {}
        }
    }

    /// What a loop runs over whose variables may take any form.
    fn iterable_for(&mut self, pattern: &Pattern, iter: &ir::Expr, moved: bool) -> Lowering<Expr> {
        match (&iter.kind, pattern) {
            // Where nobody reads the number, it is counted from 1.
            (ExprKind::Range { start, stop, step }, Pattern::Name { name, .. })
                if name == "_" && start.as_int() == Some(0) && step.as_int() == Some(1) =>
            {
                self.range_from(start, stop, step, 1)
            }
            (ExprKind::Range { start, stop, step }, _) => {
                self.range_from(start, stop, step, i128::from(moved))
            }
            (ExprKind::Intrinsic { op: Intrinsic::Enumerate, args }, Pattern::Tuple(_))
                if args.get(1).is_none_or(|start| start.as_int().is_some()) =>
            {
                let inner = self.iterable(&args[0])?;
                Ok(Expr::base_call("enumerate", vec![inner]))
            }
            (ExprKind::Intrinsic { op: Intrinsic::Items, args }, Pattern::Tuple(_))
                if self.keys_of(&args[0]).is_none() =>
            {
                self.lower_expr(&args[0])
            }
            _ => self.iterable(iter),
        }
    }

    /// What a loop runs over whose variables are seen elsewhere too: texts are strings, and `enumerate`
    /// counts as the source does.
    fn exact_iterable(&mut self, pattern: &Pattern, iter: &ir::Expr, moved: bool) -> Lowering<Expr> {
        match (&iter.kind, self.element_repr(iter)) {
            (ExprKind::Intrinsic { op: Intrinsic::Enumerate | Intrinsic::Zip, .. }, _) => reject(
                "julia.loop-variable",
                iter.span,
                "a loop variable of `enumerate` or `zip` is used outside the loop",
            ),
            (_, Repr::Exact) => self.iterable_for(pattern, iter, moved),
            (_, Repr::Char) => {
                let chars = Expr::base_call("collect", vec![self.iterable(iter)?]);
                Ok(super::text::broadcast(Expr::Base("string"), chars))
            }
            (_, Repr::SubString) => {
                let parts = self.iterable(iter)?;
                Ok(super::text::broadcast(Expr::Type(crate::julia::tree::Type::plain("String")), parts))
            }
        }
    }

    /// Anything iterable; texts in any form.
    pub(super) fn iterable(&mut self, expr: &ir::Expr) -> Lowering<Expr> {
        match (&expr.kind, &expr.ty) {
            (_, Type::Dict(..)) => match self.keys_of(expr) {
                Some(order) => Ok(order),
                None => Ok(Expr::base_call("keys", vec![self.lower_expr(expr)?])),
            },
            (ExprKind::Intrinsic { op, args }, Type::Iter(_)) => self.lazy(op, args, expr),
            (ExprKind::Comprehension { element, clauses }, Type::Iter(_)) => {
                self.generator(element, clauses, ComprehensionForm::Generator, true)
            }
            _ if expr.ty == Type::Str => self.lower_text(expr),
            _ => self.lower_loose(expr),
        }
    }

    /// The iterators of the language.
    fn lazy(&mut self, op: &Intrinsic, args: &[ir::Expr], expr: &ir::Expr) -> Lowering<Expr> {
        let of_dict = matches!(op, Intrinsic::Values | Intrinsic::Items);
        if of_dict && let Some(ordered) = self.in_key_order(&args[0], *op == Intrinsic::Items)? {
            return Ok(ordered);
        }
        Ok(match op {
            Intrinsic::Array(op) => self.array_operation(op, args, expr)?,
            Intrinsic::Enumerate => self.enumerate(args)?,
            Intrinsic::Zip => {
                let args: Lowering<Vec<Expr>> = args.iter().map(|arg| self.iterable(arg)).collect();
                Expr::base_call("zip", args?)
            }
            Intrinsic::Reversed => match &args[0].kind {
                ExprKind::Range { start, stop, step } => {
                    match (self.range(start, stop, step)?, step.as_int()) {
                        (Expr::Range { start, step: None, stop }, Some(1)) => {
                            Expr::Range { start: stop, step: Some(Box::new(Expr::Int(-1))), stop: start }
                        }
                        (other, _) => Expr::base_call("reverse", vec![other]),
                    }
                }
                _ => {
                    let inner = self.iterable(&args[0])?;
                    Expr::base_call("reverse", vec![inner])
                }
            },
            Intrinsic::Map => self.mapped(args, ComprehensionForm::Generator)?,
            Intrinsic::Filter => self.filtered(args, ComprehensionForm::Generator)?,
            Intrinsic::Keys => self.iterable(&args[0])?,
            Intrinsic::Values => Expr::base_call("values", vec![self.lower_expr(&args[0])?]),
            Intrinsic::Items => {
                let dict = self.lower_expr(&args[0])?;
                let keys = Expr::base_call("keys", vec![dict.clone()]);
                Expr::base_call("zip", vec![keys, Expr::base_call("values", vec![dict])])
            }
            Intrinsic::Chain => self.flattened(args, ComprehensionForm::Generator)?,
            Intrinsic::RegexFindEach => match self.regex(op, args, expr)? {
                Some(matches) => matches,
                None => return reject("julia.iterator", expr.span, format!("{op:?} as an iterator")),
            },
            _ => return reject("julia.iterator", expr.span, format!("{op:?} as an iterator")),
        })
    }

    /// Pairs of a number from `start` and an item, where nothing is known of the loop.
    fn enumerate(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let items = self.iterable(&args[0])?;
        let start = match args.get(1) {
            None => Expr::Int(0),
            Some(start) => self.lower_expr(start)?,
        };
        if start == Expr::Int(1) {
            return Ok(Expr::base_call("enumerate", vec![items]));
        }
        let counter =
            Expr::call(Expr::Field(Box::new(Expr::Base("Iterators")), "countfrom".into()), vec![start]);
        Ok(Expr::base_call("zip", vec![counter, items]))
    }

    /// A range with the source's values.
    pub(super) fn range(&mut self, start: &ir::Expr, stop: &ir::Expr, step: &ir::Expr) -> Lowering<Expr> {
        self.range_from(start, stop, step, 0)
    }

    /// A range with the source's values plus `offset`; the end is included in Julia.
    fn range_from(
        &mut self,
        start: &ir::Expr,
        stop: &ir::Expr,
        step: &ir::Expr,
        offset: i128,
    ) -> Lowering<Expr> {
        let first = self.sum(start, offset)?;
        if step.as_int().is_none() && !self.never_negative(step) {
            // The last value lies before the end, on whichever side.
            let step = self.lower_expr(step)?;
            let sign = Expr::base_call("sign", vec![step.clone()]);
            let last = Expr::binary("-", self.sum(stop, offset)?, sign);
            return Ok(Expr::Range {
                start: Box::new(first),
                step: Some(Box::new(step)),
                stop: Box::new(last),
            });
        }
        let up = match step.as_int() {
            Some(step) => step > 0,
            None => true,
        };
        let last = self.sum(stop, if up { offset - 1 } else { offset + 1 })?;
        if let (1, Some(1), Expr::Int(1), Some(list)) = (offset, step.as_int(), &first, self.measured(stop)) {
            return Ok(Expr::base_call("eachindex", vec![self.sequence(list)?]));
        }
        let step = match step.as_int() {
            Some(1) => None,
            _ => Some(Box::new(self.lower_expr(step)?)),
        };
        Ok(Expr::Range { start: Box::new(first), step, stop: Box::new(last) })
    }

    /// `map(f, xs)`: a comprehension where the function is written out.
    pub(super) fn mapped(&mut self, args: &[ir::Expr], form: ComprehensionForm) -> Lowering<Expr> {
        if let (ExprKind::Lambda { params, body }, [_, items]) = (&args[0].kind, args)
            && let [(name, ty)] = params.as_slice()
        {
            let pattern = Pattern::Name { name: name.clone(), ty: ty.clone() };
            let clause = ir::Clause { pattern, iter: items.clone(), conditions: Vec::new() };
            return self.generator_exact(body, &[clause], form);
        }
        if let ExprKind::Lambda { params, body } = &args[0].kind
            && params.len() + 1 == args.len()
        {
            let names = params.iter().map(|(name, ty)| Pattern::Name { name: name.clone(), ty: ty.clone() });
            let ty = Type::iter(Type::Tuple(params.iter().map(|(_, ty)| ty.clone()).collect()));
            let iter = ir::Expr::intrinsic(Intrinsic::Zip, args[1..].to_vec(), ty);
            let clause =
                ir::Clause { pattern: Pattern::Tuple(names.collect()), iter, conditions: Vec::new() };
            return self.generator_exact(body, &[clause], form);
        }
        let texts = args[1..].iter().any(|arg| arg.ty.is_text() || self.element_repr(arg) != Repr::Exact);
        if form == ComprehensionForm::Vector(None)
            && !texts
            && args[1..].iter().all(|a| matches!(a.ty, Type::List(_)))
        {
            let function = self.lower_expr(&args[0])?;
            let mut call = vec![function];
            call.extend(self.lower_exprs(&args[1..])?);
            return Ok(Expr::base_call("map", call));
        }
        self.mapped_by_name(args, form)
    }

    fn generator_exact(
        &mut self,
        element: &ir::Expr,
        clauses: &[ir::Clause],
        form: ComprehensionForm,
    ) -> Lowering<Expr> {
        let (element, clauses) =
            self.clauses_with(clauses, false, &[element], |lower| lower.lower_expr(element))?;
        Ok(Expr::Comprehension { form, element: Box::new(element), clauses })
    }

    /// `[f(x) for x in xs]` for a function value.
    fn mapped_by_name(&mut self, args: &[ir::Expr], form: ComprehensionForm) -> Lowering<Expr> {
        let function = self.lower_expr(&args[0])?;
        let mut targets = Vec::new();
        let mut values = Vec::new();
        for arg in &args[1..] {
            let name = self.fresh(&["item", "other"]);
            let target = Expr::Local(name);
            values.push(match self.element_repr(arg) {
                Repr::Exact => target.clone(),
                Repr::Char => Expr::base_call("string", vec![target.clone()]),
                Repr::SubString => {
                    Expr::call(Expr::Type(crate::julia::tree::Type::plain("String")), vec![target.clone()])
                }
            });
            targets.push(target);
        }
        let mut iters = args[1..].iter().map(|arg| self.iterable(arg)).collect::<Lowering<Vec<_>>>()?;
        let (target, iter) = if targets.len() == 1 {
            (targets.remove(0), iters.remove(0))
        } else {
            (Expr::Tuple(targets), Expr::base_call("zip", iters))
        };
        let clauses = vec![Clause { target, iter, condition: None }];
        Ok(Expr::Comprehension { form, element: Box::new(Expr::call(function, values)), clauses })
    }

    /// `filter(f, xs)`.
    pub(super) fn filtered(&mut self, args: &[ir::Expr], form: ComprehensionForm) -> Lowering<Expr> {
        if let (ExprKind::Lambda { params, body }, [_, items]) = (&args[0].kind, args)
            && let [(name, ty)] = params.as_slice()
        {
            if form == ComprehensionForm::Vector(None)
                && matches!(items.ty, Type::List(_))
                && self.element_repr(items) == Repr::Exact
            {
                let function = eta(self.lower_expr(&args[0])?);
                let items = self.lower_expr(items)?;
                return Ok(Expr::base_call("filter", vec![function, items]));
            }
            let pattern = Pattern::Name { name: name.clone(), ty: ty.clone() };
            let clause = ir::Clause { pattern, iter: items.clone(), conditions: vec![(**body).clone()] };
            let item = ir::Expr::local(name.clone(), ty.clone());
            return self.generator_exact(&item, &[clause], form);
        }
        let function = self.lower_expr(&args[0])?;
        let items = self.iterable(&args[1])?;
        let name = if form == ComprehensionForm::Vector(None) && matches!(args[1].ty, Type::List(_)) {
            Expr::Base("filter")
        } else {
            Expr::Field(Box::new(Expr::Base("Iterators")), "filter".into())
        };
        Ok(Expr::call(name, vec![function, items]))
    }

    /// One level of nesting taken away.
    pub(super) fn flattened(&mut self, args: &[ir::Expr], form: ComprehensionForm) -> Lowering<Expr> {
        if args.len() > 1 {
            let parts = args.iter().map(|arg| self.iterable(arg)).collect::<Lowering<Vec<_>>>()?;
            return Ok(Expr::base_call("vcat", parts));
        }
        let (outer, inner) = (self.fresh(&["part"]), self.fresh(&["item"]));
        let items = self.iterable(&args[0])?;
        let clauses = vec![
            Clause { target: Expr::Local(outer.clone()), iter: items, condition: None },
            Clause { target: Expr::Local(inner.clone()), iter: Expr::Local(outer), condition: None },
        ];
        Ok(Expr::Comprehension { form, element: Box::new(Expr::Local(inner)), clauses })
    }
}

impl Lower<'_> {
    /// The variable whose length this is: a list, or a text with its characters in a vector.
    fn measured<'e>(&self, stop: &'e ir::Expr) -> Option<&'e ir::Expr> {
        let ExprKind::Intrinsic { op: Intrinsic::Len, args } = &stop.kind else { return None };
        let sequence = args.first()?;
        sequence.as_local()?;
        let vector = matches!(sequence.ty, Type::List(_)) || self.chars_of(sequence).is_some();
        vector.then_some(sequence)
    }
}
