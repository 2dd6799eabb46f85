//! Solving: constraints are tried again and again until nothing grows any more.

use super::cells::{Cell, Head};
use super::constraint::{Arguments, Constraint, Entry, GuardId, Written};
use super::facts::Facts;
use super::key::Key;
use super::operators;
use grammars::surface::UnaryOp;
use grammars::{Rejection, Span};

/// Rounds after which solving gives up; real programs need fewer than twenty.
const MAX_ROUNDS: usize = 400;

/// Solves what can be solved.
pub(super) fn solve(facts: &mut Facts) {
    for _ in 0..MAX_ROUNDS {
        facts.cells.changed = false;
        let mut entries = std::mem::take(&mut facts.constraints);
        for entry in &mut entries {
            facts.step(entry);
        }
        let added = std::mem::take(&mut facts.constraints);
        let grown = !added.is_empty();
        facts.constraints = entries;
        facts.constraints.extend(added);
        if !facts.cells.changed && !grown {
            return;
        }
    }
    let message = "The types of the program do not settle.";
    facts.rejections.push(Rejection::new("infer.unsettled", Span::default(), message));
}

impl<'m> Facts<'m> {
    fn step(&mut self, entry: &mut Entry<'m>) {
        if entry.failed || !self.is_active(entry.guard) {
            return;
        }
        self.cells.span = entry.span;
        if let Err(rejection) = self.apply(&entry.constraint, entry.span) {
            entry.failed = true;
            self.rejections.push(rejection);
        }
    }

    /// The `isinstance` tests around the place hold, as far as types say.
    pub fn is_active(&self, guard: Option<GuardId>) -> bool {
        let mut next = guard;
        while let Some(id) = next {
            let guard = &self.guards[id.0];
            let outcome = self.is_instance(guard.cell, &guard.types);
            let either = outcome.is_none() && matches!(self.cells.head(guard.cell), Head::Union(_));
            let undecided = self.cells.is_nullable(guard.cell) && !self.cells.is_unknown(guard.cell);
            let possible = undecided && !guard.holds;
            if outcome != Some(guard.holds) && !possible && !either {
                return false;
            }
            next = guard.outer;
        }
        true
    }

    fn apply(&mut self, constraint: &Constraint<'m>, span: Span) -> Result<(), Rejection> {
        match constraint {
            Constraint::Flow { from, to } => self.cells.flow(*from, *to),
            Constraint::Narrowed { from, to, witnesses } => {
                self.cells.flow_value(*from, *to);
                if matches!(self.cells.head(*to), Head::VarTuple(_)) {
                    self.cells.loosen_tuple(*from);
                }
                if witnesses.iter().any(|w| self.cells.is_nullable(*w)) {
                    self.cells.set_nullable(*to);
                }
            }
            Constraint::Asked { from, to, asked } => self.flow_asked(*from, *to, asked),
            Constraint::Choice { from, to, drop_none: true } => self.cells.flow_value(*from, *to),
            Constraint::Choice { from, to, drop_none: false } => self.cells.flow(*from, *to),
            Constraint::Item { container, item } => {
                if let Head::List(t) = *self.cells.head(*container) {
                    self.cells.flow(*item, t);
                }
            }
            Constraint::Iterate { source, element } => return self.iterate(*source, *element, span),
            Constraint::Unpack { source, targets, star } => {
                return self.unpack(*source, targets, *star, span);
            }
            Constraint::Binary { key, op, left, right, out, operands } => {
                return operators::binary(self, *key, *op, (*left, *right), *out, *operands, span);
            }
            Constraint::Unary { op, operand, out } => return self.unary(*op, *operand, *out, span),
            Constraint::Subscript { key, base, index, position, out } => {
                return self.subscript(*key, *base, (*index, *position), *out, span);
            }
            Constraint::StoreItem { key, base, index, value } => {
                return self.store_item(*key, *base, *index, *value, span);
            }
            Constraint::Slice { base, bounds, out } => return self.slice(*base, *bounds, *out, span),
            Constraint::Attribute { key, object, name, out } => {
                return self.attribute(*key, *object, name, *out, span);
            }
            Constraint::StoreAttribute { object, name, value } => {
                return self.store_attribute(*object, name, *value, span);
            }
            Constraint::Method { .. } => return self.method(constraint, span),
            Constraint::Library { key, path, args, out } => {
                return self.library(*key, path, args, *out, span);
            }
            Constraint::CallValue { callee, args, out } => return self.call_value(*callee, args, *out, span),
            Constraint::Compare { left, right, out } => super::arrays::compare(self, *left, *right, *out),
            Constraint::StoreSlice { base, element, value } => {
                return self.store_slice(*base, *element, *value, span);
            }
            Constraint::Equal { left, right, fresh } => self.equal(*left, *right, *fresh),
            Constraint::Contains { item, container } => self.contains(*item, *container),
        }
        Ok(())
    }

    /// Cells that belong to `key`: made once, the same in each round.
    pub fn scratch(&mut self, key: Key, count: usize) -> Vec<Cell> {
        let cells = &mut self.cells;
        self.scratch.entry(key).or_insert_with(|| (0..count).map(|_| cells.fresh()).collect()).clone()
    }

    /// Iterating over `source` gives `element`.
    pub fn iterate(&mut self, source: Cell, element: Cell, span: Span) -> Result<(), Rejection> {
        self.for_members(source, |facts, head| facts.iterate_head(head, element, span))
    }

    fn iterate_head(&mut self, head: Head, element: Cell, span: Span) -> Result<(), Rejection> {
        match head {
            Head::Unknown => {}
            Head::List(t) | Head::VarTuple(t) | Head::Set(t) | Head::Iter(t) | Head::Dict(t, _) => {
                self.cells.flow(t, element);
                if matches!(self.cells.head(element), Head::VarTuple(_)) {
                    self.cells.loosen_tuple(t);
                }
            }
            Head::Tuple(items) => items.into_iter().for_each(|t| self.cells.flow(t, element)),
            Head::Str => self.cells.join(element, Head::Str),
            Head::Array(array) => self.cells.define(element, super::arrays::item(array)),
            head => {
                let message = format!("Iterating over {} has no rule.", head.describe());
                return Err(Rejection::new("infer.not-iterable", span, message));
            }
        }
        Ok(())
    }

    fn unpack(
        &mut self,
        source: Cell,
        targets: &[Cell],
        star: Option<usize>,
        span: Span,
    ) -> Result<(), Rejection> {
        self.for_members(source, |facts, head| facts.unpack_head(head, targets, star, span))
    }

    fn unpack_head(
        &mut self,
        head: Head,
        targets: &[Cell],
        star: Option<usize>,
        span: Span,
    ) -> Result<(), Rejection> {
        let items = match (head, star) {
            (Head::Tuple(items), None) if items.len() == targets.len() => items,
            (Head::Tuple(items), Some(at)) if items.len() + 1 >= targets.len() => {
                return self.unpack_starred(&items, targets, at);
            }
            (Head::Tuple(items), _) => {
                let message = format!("A tuple of {} is unpacked into {} names.", items.len(), targets.len());
                return Err(Rejection::new("infer.unpack", span, message));
            }
            (head, _) => {
                for (at, target) in targets.iter().enumerate() {
                    let element = if Some(at) == star { self.star_element(*target) } else { *target };
                    self.iterate_head(head.clone(), element, span)?;
                }
                return Ok(());
            }
        };
        items.iter().zip(targets).for_each(|(item, target)| self.cells.flow(*item, *target));
        Ok(())
    }

    /// The element of the list that a starred target gets.
    fn star_element(&mut self, target: Cell) -> Cell {
        if let Head::List(t) = *self.cells.head(target) {
            return t;
        }
        let element = self.cells.fresh();
        self.cells.join(target, Head::List(element));
        element
    }

    fn unpack_starred(&mut self, items: &[Cell], targets: &[Cell], at: usize) -> Result<(), Rejection> {
        let behind = targets.len() - at - 1;
        let element = self.star_element(targets[at]);
        for (i, item) in items.iter().enumerate() {
            if i < at {
                self.cells.flow(*item, targets[i]);
            } else if i >= items.len() - behind {
                self.cells.flow(*item, targets[targets.len() - (items.len() - i)]);
            } else {
                self.cells.flow(*item, element);
            }
        }
        Ok(())
    }

    fn unary(&mut self, op: UnaryOp, operand: Cell, out: Cell, span: Span) -> Result<(), Rejection> {
        self.for_members(operand, |facts, head| facts.unary_head(op, (operand, head), out, span))
    }

    fn unary_head(
        &mut self,
        op: UnaryOp,
        (operand, head): (Cell, Head),
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        match (head, op) {
            (Head::Unknown, _) => {}
            (array @ Head::Array(_), _) => self.cells.define(out, array),
            (Head::Bool | Head::Int, _) => self.cells.join(out, Head::Int),
            (Head::Float, UnaryOp::Neg | UnaryOp::Pos) => {
                if self.cells.is_mixed(operand) {
                    self.cells.set_mixed(out);
                }
                self.cells.join(out, Head::Float);
            }
            (head, _) => {
                let message = format!("The operator does not apply to {}.", head.describe());
                return Err(Rejection::new("infer.operator", span, message));
            }
        }
        Ok(())
    }

    fn subscript(
        &mut self,
        key: Key,
        base: Cell,
        (index, position): (Cell, Option<i64>),
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        self.for_members(base, |facts, head| {
            facts.subscript_head(key, (base, head), (index, position), out, span)
        })
    }

    fn subscript_head(
        &mut self,
        key: Key,
        (base, head): (Cell, Head),
        (index, position): (Cell, Option<i64>),
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        let text = *self.cells.head(index) == Head::Str;
        match head {
            Head::Unknown => {}
            Head::List(_) | Head::VarTuple(_) | Head::Str | Head::Tuple(_) if text => {
                return Err(not_subscriptable(&head, span));
            }
            Head::List(t) | Head::VarTuple(t) => self.cells.flow(t, out),
            Head::Str => self.cells.join(out, Head::Str),
            Head::Tuple(items) => match position.and_then(|p| tuple_position(p, items.len())) {
                Some(at) => self.cells.flow(items[at], out),
                None => self.cells.loosen_tuple(base),
            },
            Head::Dict(k, v) => {
                self.cells.flow(index, k);
                self.cells.flow(v, out);
            }
            Head::Class(class) => return self.call_special(key, &class, "__getitem__", &[index], out, span),
            Head::Array(array) => super::arrays::select(&mut self.cells, array, index, out),
            head => return Err(not_subscriptable(&head, span)),
        }
        Ok(())
    }

    fn store_item(
        &mut self,
        key: Key,
        base: Cell,
        index: Cell,
        value: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        self.for_members(base, |facts, head| facts.store_item_in(key, head, index, value, span))
    }

    fn store_item_in(
        &mut self,
        key: Key,
        head: Head,
        index: Cell,
        value: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        match head {
            Head::Unknown => {}
            Head::List(t) => self.cells.flow(value, t),
            Head::Dict(k, v) => {
                self.cells.flow(index, k);
                self.cells.flow(value, v);
            }
            Head::Class(class) => {
                let out = self.scratch(key, 1)[0];
                return self.call_special(key, &class, "__setitem__", &[index, value], out, span);
            }
            Head::Array(_) => {}
            head => return Err(not_subscriptable(&head, span)),
        }
        Ok(())
    }

    /// `base[a:b] = value`.
    fn store_slice(&mut self, base: Cell, element: Cell, value: Cell, span: Span) -> Result<(), Rejection> {
        match self.cells.head(base) {
            Head::Array(_) => return Ok(()),
            Head::Unknown if self.uses_arrays => return Ok(()),
            _ => {}
        }
        self.iterate(base, element, span)?;
        self.iterate(value, element, span)?;
        self.cells.join(base, Head::List(element));
        Ok(())
    }

    fn slice(
        &mut self,
        base: Cell,
        bounds: Option<(Option<i64>, Option<i64>)>,
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        self.for_members(base, |facts, head| facts.slice_head((base, head), bounds, out, span))
    }

    fn slice_head(
        &mut self,
        (base, head): (Cell, Head),
        bounds: Option<(Option<i64>, Option<i64>)>,
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        match head {
            Head::Unknown => {}
            head @ (Head::List(_) | Head::VarTuple(_) | Head::Str | Head::Array(_)) => {
                self.cells.define(out, head);
            }
            Head::Tuple(items) => match bounds {
                Some((start, stop)) => {
                    let clip = |b: i64| if b < 0 { (items.len() as i64 + b).max(0) } else { b } as usize;
                    let start = start.map_or(0, clip).min(items.len());
                    let stop = stop.map_or(items.len(), clip).clamp(start, items.len());
                    self.cells.define(out, Head::Tuple(items[start..stop].to_vec()));
                }
                None => self.cells.loosen_tuple(base),
            },
            head => return Err(not_subscriptable(&head, span)),
        }
        Ok(())
    }

    fn attribute(
        &mut self,
        key: Key,
        object: Cell,
        name: &str,
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        self.for_members(object, |facts, head| facts.attribute_of(key, head, name, out, span))
    }

    fn attribute_of(
        &mut self,
        key: Key,
        head: Head,
        name: &str,
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        match head {
            Head::Unknown => Ok(()),
            Head::Class(class) => {
                if let Some(field) = self.find_field(&class, name) {
                    self.cells.flow(field, out);
                } else if let Some((_, constant)) = self.find_constant(&class, name) {
                    self.cells.flow(constant, out);
                } else if let Some((_, id)) = self.find_method(&class, name) {
                    if self.function(id).kind != super::facts::FunctionKind::Property {
                        let message = format!("The method `{name}` is used as a value.");
                        return Err(Rejection::new("infer.bound-method", span, message));
                    }
                    self.method_calls.insert(key, id);
                    let ret = self.function(id).ret;
                    self.cells.flow(ret, out);
                } else {
                    let message = format!("Objects of `{class}` have no attribute `{name}`.");
                    return Err(Rejection::new("infer.attribute", span, message));
                }
                Ok(())
            }
            Head::Dict(key_cell, value) if name == "get" => {
                self.cells.define(out, Head::Function(vec![key_cell], value));
                Ok(())
            }
            Head::Array(array) if super::arrays::attribute(self, key, array, name, out) => Ok(()),
            head => {
                let message = format!("The attribute `{name}` of {} has no rule.", head.describe());
                Err(Rejection::new("infer.attribute", span, message))
            }
        }
    }

    fn store_attribute(
        &mut self,
        object: Cell,
        name: &str,
        value: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        match self.cells.head(object).clone() {
            Head::Unknown => Ok(()),
            Head::Class(class) => match self.find_field(&class, name) {
                Some(field) => {
                    self.cells.flow(value, field);
                    Ok(())
                }
                None => {
                    let message = format!("Objects of `{class}` have no field `{name}`.");
                    Err(Rejection::new("infer.attribute", span, message))
                }
            },
            head => {
                let message = format!("The attribute `{name}` of {} is assigned.", head.describe());
                Err(Rejection::new("infer.attribute", span, message))
            }
        }
    }

    /// A special method of a class, called by an operator.
    pub fn call_special(
        &mut self,
        key: Key,
        class: &str,
        name: &str,
        args: &[Cell],
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        let Some((_, id)) = self.find_method(class, name) else {
            let message = format!("The class `{class}` does not define `{name}`.");
            return Err(Rejection::new("infer.special-method", span, message));
        };
        self.method_calls.insert(key, id);
        let info = self.function(id).clone();
        for (param, arg) in info.params.iter().skip(1).zip(args) {
            self.cells.flow(*arg, param.cell);
        }
        self.cells.flow(info.ret, out);
        Ok(())
    }

    fn method(&mut self, constraint: &Constraint<'m>, span: Span) -> Result<(), Rejection> {
        let Constraint::Method { key, object, receiver, name, args, source, out } = constraint else {
            return Ok(());
        };
        match self.cells.head(*object).clone() {
            Head::Unknown => Ok(()),
            Head::Class(class) => self.module_method((*key, &class, name), args, *source, *out, span),
            _ => {
                let path = format!(".{name}");
                let positional =
                    [(*receiver, *object)].into_iter().chain(args.positional.iter().copied()).collect();
                let args = Arguments { positional, keywords: args.keywords.clone() };
                self.library(*key, &path, &args, *out, span)
            }
        }
    }

    fn module_method(
        &mut self,
        (key, class, name): (Key, &str, &str),
        args: &Arguments<'m>,
        (positional, keywords): Written<'m>,
        out: Cell,
        span: Span,
    ) -> Result<(), Rejection> {
        let Some((_, id)) = self.find_method(class, name) else {
            if let Some(field) = self.find_field(class, name) {
                let args: Vec<Cell> = args.positional.iter().map(|(_, c)| *c).collect();
                return self.call_value(field, &args, out, span);
            }
            let message = format!("Objects of `{class}` have no method `{name}`.");
            return Err(Rejection::new("infer.attribute", span, message));
        };
        self.method_calls.insert(key, id);
        let info = self.function(id).clone();
        let skip = usize::from(info.kind == super::facts::FunctionKind::Method);
        let params = info.params.get(skip..).unwrap_or_default();
        let slots = super::arguments::match_arguments(params, positional, keywords, span)?;
        for (param, slot) in params.iter().zip(slots) {
            self.give_slot(param.cell, slot, span)?;
        }
        self.cells.flow(info.ret, out);
        Ok(())
    }

    fn give_slot(
        &mut self,
        param: Cell,
        slot: super::arguments::Slot<'m>,
        span: Span,
    ) -> Result<(), Rejection> {
        use super::arguments::Slot;
        match slot {
            Slot::Given(arg) => {
                if let Some(cell) = self.cell_of(arg) {
                    self.cells.flow(cell, param);
                }
            }
            Slot::Default => {}
            Slot::Rest(args) => {
                for arg in args {
                    if let (Some(cell), Head::List(t)) = (self.cell_of(arg), self.cells.head(param).clone()) {
                        self.cells.flow(cell, t);
                    }
                }
            }
            Slot::Part(..) | Slot::Spread(_) => {
                return Err(Rejection::new(
                    "infer.star",
                    span,
                    "A method is called with a starred argument.",
                ));
            }
        }
        Ok(())
    }

    fn call_value(&mut self, callee: Cell, args: &[Cell], out: Cell, span: Span) -> Result<(), Rejection> {
        match self.cells.head(callee).clone() {
            Head::Unknown => Ok(()),
            Head::Function(params, ret) if params.len() == args.len() => {
                args.iter().zip(params).for_each(|(arg, param)| self.cells.flow(*arg, param));
                self.cells.flow(ret, out);
                Ok(())
            }
            Head::Function(params, _) => {
                let message =
                    format!("A function of {} is called with {} arguments.", params.len(), args.len());
                Err(Rejection::new("infer.arguments", span, message))
            }
            head => {
                let message = format!("Calling {} has no rule.", head.describe());
                Err(Rejection::new("infer.call", span, message))
            }
        }
    }

    /// Both sides of an equality tell each other what one does not know.
    fn equal(&mut self, left: Cell, right: Cell, fresh: (bool, bool)) {
        if let Head::Class(class) = self.cells.head(left).clone() {
            self.compare_objects(&class, right);
        }
        if fresh.1 {
            self.inform(left, right);
        }
        if fresh.0 {
            self.inform(right, left);
        }
        self.adopt(left, right);
    }

    /// What objects are compared with is what their comparison methods take.
    fn compare_objects(&mut self, class: &str, other: Cell) {
        for name in ["__eq__", "__lt__", "__le__", "__gt__", "__ge__"] {
            if let Some((_, id)) = self.find_method(class, name)
                && let Some(param) = self.function(id).params.get(1).map(|p| p.cell)
            {
                self.cells.flow_value(other, param);
            }
        }
    }

    /// A display takes wider element types from what it is compared with.
    fn inform(&mut self, from: Cell, to: Cell) {
        if self.cells.find(from) == self.cells.find(to) {
            return;
        }
        match (self.cells.head(from).clone(), self.cells.head(to).clone()) {
            (Head::Union(_), _) | (_, Head::Union(_)) => {}
            (Head::VarTuple(_), Head::Tuple(_)) => self.cells.flow_value(from, to),
            (Head::Tuple(_), Head::VarTuple(_)) => {}
            (Head::Int | Head::Float, Head::Bool | Head::Int) => self.cells.flow_value(from, to),
            (a, b) if std::mem::discriminant(&a) == std::mem::discriminant(&b) => {
                let pairs: Vec<_> = self.cells.parts(from).into_iter().zip(self.cells.parts(to)).collect();
                for (a, b) in pairs {
                    if self.cells.is_nullable(a) {
                        self.cells.set_nullable(b);
                    }
                    self.inform(a, b);
                }
            }
            _ => {}
        }
    }

    /// Unknown parts become what the other side has there.
    fn adopt(&mut self, left: Cell, right: Cell) {
        if self.cells.find(left) == self.cells.find(right) {
            return;
        }
        let (a, b) = (self.cells.head(left).clone(), self.cells.head(right).clone());
        let tuples = matches!((&a, &b), (Head::Tuple(x), Head::Tuple(y)) if x.len() != y.len());
        let several = matches!((&a, &b), (Head::Union(_), _) | (_, Head::Union(_)));
        if std::mem::discriminant(&a) != std::mem::discriminant(&b) || tuples || several {
            return;
        }
        let pairs: Vec<_> = self.cells.parts(left).into_iter().zip(self.cells.parts(right)).collect();
        for (a, b) in pairs {
            if self.cells.is_unknown(a) != self.cells.is_unknown(b) {
                self.cells.unify(a, b);
            } else {
                self.adopt(a, b);
            }
        }
    }

    fn contains(&mut self, item: Cell, container: Cell) {
        let element = match self.cells.head(container) {
            Head::List(t) | Head::VarTuple(t) | Head::Set(t) | Head::Iter(t) | Head::Dict(t, _) => *t,
            _ => return,
        };
        if self.cells.is_unknown(element) {
            self.cells.flow(item, element);
        } else {
            self.adopt(item, element);
        }
    }

    // ---- the library
}

/// The place in a tuple that a literal index means.
pub(super) fn tuple_position(index: i64, len: usize) -> Option<usize> {
    let at = if index < 0 { index + len as i64 } else { index };
    usize::try_from(at).ok().filter(|at| *at < len)
}

fn not_subscriptable(head: &Head, span: Span) -> Rejection {
    Rejection::new("infer.subscript", span, format!("Indexing {} has no rule.", head.describe()))
}
