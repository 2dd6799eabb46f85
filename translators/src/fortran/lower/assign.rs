//! Assignments.

use super::array::generator;
use super::mutation::root;
use super::{Body, reject};
use crate::fortran::tree::build::{at, binary, component, int, name, plus, section, size, text};
use crate::fortran::tree::{Expr, Op, Stmt};
use crate::fortran::types::{TypeOp, is_array, tuple_component};
use grammars::Rejection;
use grammars::ir::names::free_names;
use grammars::ir::visit::any_expr;
use grammars::ir::{self, BinaryOp, ExprKind, Intrinsic, Overflow, Place, Type};

impl Body<'_, '_> {
    /// `place = value`.
    pub fn assignment(&mut self, place: &Place, value: &ir::Expr) -> Result<(), Rejection> {
        match place {
            Place::Variable { name: source, ty } => self.assign_variable(source, ty, value),
            Place::Item { base, index, mode } => self.assign_item(base, index, *mode, value),
            Place::Field { object, field, .. } => {
                let target = self.field_place(object, field)?;
                let reads = root(object).is_none_or(|r| free_names(value).contains(r));
                if reads && self.takes_statements(value) {
                    let value = self.exact(value)?;
                    self.set(target, value);
                    return Ok(());
                }
                self.assign_to(target, value)
            }
            Place::Slice { base, start, stop } => {
                self.assign_slice(base, start.as_ref(), stop.as_ref(), value)
            }
            Place::Part(selection) => self.assign_part(selection, value),
            Place::Tuple(places) => self.assign_tuple(places, value),
        }
    }

    fn assign_variable(&mut self, source: &str, ty: &Type, value: &ir::Expr) -> Result<(), Rejection> {
        if let (Type::List(_) | Type::Set(_), ExprKind::Intrinsic { op: Intrinsic::Copy, args }) =
            (ty, &value.kind)
            && args[0].as_local() == Some(source)
        {
            return Ok(());
        }
        self.declare_source(source, ty);
        let target = self.variable_target(source);
        let shift = i64::from(self.shifted.contains(source));
        if *ty == Type::Int && shift > 0 {
            let value = self.int_plus(value, shift)?;
            self.set(target, value);
            return Ok(());
        }
        if free_names(value).contains(source) && self.takes_statements(value) {
            let value = self.exact(value)?;
            self.set(target, value);
            return Ok(());
        }
        self.assign_to(target, value)
    }

    /// The variable that an assignment to a source name fills.
    fn variable_target(&mut self, source: &str) -> Expr {
        match self.binding(source) {
            super::Binding::Variable { name: target, .. } => name(target),
            super::Binding::Alias(target) => target,
        }
    }

    /// Whether assigning a value may fill the variable step by step.
    fn takes_statements(&self, value: &ir::Expr) -> bool {
        generator(value).is_some()
            || matches!(
                value.kind,
                ExprKind::IfElse { .. }
                    | ExprKind::And(_)
                    | ExprKind::Or(_)
                    | ExprKind::Dict(_)
                    | ExprKind::DictComprehension { .. }
                    | ExprKind::Intrinsic {
                        op: Intrinsic::ToDict
                            | Intrinsic::Tally
                            | Intrinsic::Join
                            | Intrinsic::Sum
                            | Intrinsic::Product
                            | Intrinsic::Any
                            | Intrinsic::All,
                        ..
                    }
            )
    }

    /// Fills a variable that the value does not read.
    pub fn assign_to(&mut self, target: Expr, value: &ir::Expr) -> Result<(), Rejection> {
        match &value.kind {
            ExprKind::IfElse { condition, then, orelse } if !self.is_mergeable(value)? => {
                let test = self.expr(condition)?;
                let (first, ()) = self.block(|b| b.assign_to(target.clone(), then))?;
                let (second, ()) = self.block(|b| b.assign_to(target.clone(), orelse))?;
                self.emit(Stmt::If { branches: vec![(test, first)], orelse: second });
                Ok(())
            }
            ExprKind::Dict(items) => self.fill_dict(target, items, value),
            ExprKind::DictComprehension { key, value: item, clauses } => {
                let empty = self.empty_dict(&value.ty)?;
                self.emit(Stmt::Assign(target.clone(), empty));
                self.clause_loops(clauses, &mut |b| {
                    let k = b.exact(key)?;
                    let v = b.exact(item)?;
                    b.store(target.clone(), &value.ty, k, v);
                    Ok(())
                })
            }
            ExprKind::Intrinsic {
                op: op @ (Intrinsic::Sum | Intrinsic::Product | Intrinsic::Any | Intrinsic::All),
                args,
            } => {
                match self.reduction(op, args, value, Some(target.clone()))? {
                    Some(result) => self.set(target, result),
                    None => self.fill(target, value)?,
                }
                Ok(())
            }
            ExprKind::And(operands) | ExprKind::Or(operands) => {
                let op = if matches!(value.kind, ExprKind::And(_)) { Op::And } else { Op::Or };
                let result = self.lazy(op, operands, Some(target.clone()))?;
                self.set(target, result);
                Ok(())
            }
            ExprKind::Intrinsic { op: Intrinsic::Tally, args } => self.tally(target, &args[0], &value.ty),
            ExprKind::Intrinsic { op: Intrinsic::ToDict, args } if !matches!(args[0].ty, Type::Dict(..)) => {
                self.dict_of_pairs(target, &args[0], &value.ty)
            }
            ExprKind::Intrinsic { op: Intrinsic::Join, args } => {
                let plain = matches!(&args[0].kind, ExprKind::Str(s) if s.is_empty());
                match generator(&args[1]).filter(|_| plain) {
                    Some((element, clauses)) => self.join_into(target, &element, &clauses),
                    None => self.fill(target, value),
                }
            }
            _ => match generator(value) {
                Some((element, clauses)) if is_array(&value.ty) => {
                    self.fill_list(target, &element, &clauses, value)
                }
                _ => self.fill(target, value),
            },
        }
    }

    fn fill(&mut self, target: Expr, value: &ir::Expr) -> Result<(), Rejection> {
        let value = self.expr(value)?;
        self.set(target, value);
        Ok(())
    }

    fn fill_list(
        &mut self,
        target: Expr,
        element: &ir::Expr,
        clauses: &[ir::Clause],
        value: &ir::Expr,
    ) -> Result<(), Rejection> {
        let before = self.declarations.len();
        let names = self.names.clone();
        let (stmts, whole) = self.block(|b| b.comprehension(element, clauses, &value.ty))?;
        let looped =
            matches!(&whole, Expr::Name(n) if self.declarations.iter().skip(before).any(|d| d.name == *n));
        if !looped {
            stmts.into_iter().for_each(|s| self.emit(s));
            self.set(target, whole);
            return Ok(());
        }
        self.forget(before);
        self.names = names;
        self.collect(target, element, clauses)
    }

    fn fill_dict(
        &mut self,
        target: Expr,
        items: &[(ir::Expr, ir::Expr)],
        value: &ir::Expr,
    ) -> Result<(), Rejection> {
        let literal = |k: &ir::Expr| matches!(k.kind, ExprKind::Str(_) | ExprKind::Int(_));
        let distinct = items
            .iter()
            .enumerate()
            .all(|(i, (k, _))| literal(k) && items.iter().skip(i + 1).all(|(other, _)| other.kind != k.kind));
        if distinct || items.len() < 2 {
            return self.fill(target, value);
        }
        let empty = self.empty_dict(&value.ty)?;
        self.emit(Stmt::Assign(target.clone(), empty));
        for (key, item) in items {
            let key = self.exact(key)?;
            let item = self.exact(item)?;
            self.store(target.clone(), &value.ty, key, item);
        }
        Ok(())
    }

    fn tally(&mut self, target: Expr, items: &ir::Expr, ty: &Type) -> Result<(), Rejection> {
        let element = items.ty.element().unwrap_or(Type::None);
        let empty = self.empty_dict(ty)?;
        self.emit(Stmt::Assign(target.clone(), empty));
        self.unit.type_op(ty, TypeOp::ValueOr);
        let clause = ir::Clause {
            pattern: ir::Pattern::name("tallied", element.clone()),
            iter: items.clone(),
            conditions: Vec::new(),
        };
        let item = ir::Expr::local("tallied", element);
        self.clause_loops(&[clause], &mut |b| {
            let key = b.exact(&item)?;
            let zero = b.widened(int(0));
            let count =
                crate::fortran::tree::build::method(target.clone(), "value_or", vec![key.clone(), zero]);
            b.store(target.clone(), ty, key, plus(count, 1));
            Ok(())
        })
    }

    fn dict_of_pairs(&mut self, target: Expr, pairs: &ir::Expr, ty: &Type) -> Result<(), Rejection> {
        let Type::Dict(key, value) = ty else { return reject("dict", pairs.span, "a dict of unknown parts") };
        let (k, v) = (
            ir::Expr::local("entry_key", (**key).clone()),
            ir::Expr::local("entry_value", (**value).clone()),
        );
        let pattern = ir::Pattern::Tuple(vec![
            ir::Pattern::name("entry_key", (**key).clone()),
            ir::Pattern::name("entry_value", (**value).clone()),
        ]);
        if let Some((element, clauses)) = generator(pairs)
            && let ExprKind::Tuple(items) = &element.kind
            && let [key, value] = items.as_slice()
        {
            let kind = ExprKind::DictComprehension {
                key: Box::new(key.clone()),
                value: Box::new(value.clone()),
                clauses,
            };
            return self.assign_to(target, &ir::Expr::new(kind, ty.clone()).at(pairs.span));
        }
        let empty = self.empty_dict(ty)?;
        self.emit(Stmt::Assign(target.clone(), empty));
        let clause = ir::Clause { pattern, iter: pairs.clone(), conditions: Vec::new() };
        self.clause_loops(&[clause], &mut |b| {
            let key = b.exact(&k)?;
            let value = b.exact(&v)?;
            b.store(target.clone(), ty, key, value);
            Ok(())
        })
    }

    fn assign_item(
        &mut self,
        base: &ir::Expr,
        index: &ir::Expr,
        mode: ir::IndexMode,
        value: &ir::Expr,
    ) -> Result<(), Rejection> {
        let new = self.expr(value)?;
        let place = self.place_designator(base)?;
        if matches!(base.ty, Type::Dict(..)) {
            let new = self.exactly(new, &value.ty);
            let key = self.exact(index)?;
            self.store(place, &base.ty, key, new);
            return Ok(());
        }
        let position = self.guarded_position(&place, &base.ty, index, mode)?;
        let element = base.ty.element().unwrap_or(Type::None);
        let target = self.value_of(at(place, position), &element);
        self.emit(Stmt::Assign(target, new));
        Ok(())
    }

    /// `base[start:stop] = list`.
    fn assign_slice(
        &mut self,
        base: &ir::Expr,
        start: Option<&ir::Expr>,
        stop: Option<&ir::Expr>,
        value: &ir::Expr,
    ) -> Result<(), Rejection> {
        let new = self.make_list(value)?;
        let place = self.place_designator(base)?;
        let clipped = self.unit.helper("clipped", None);
        let bound = |body: &mut Self, e: &ir::Expr, wish: &str| -> Result<Expr, Rejection> {
            let value = body.exact(e)?;
            let value = crate::fortran::tree::build::call(clipped.clone(), vec![value, size(place.clone())]);
            Ok(body.held(value, &[wish], &Type::Int))
        };
        let mut parts = Vec::new();
        let first = start.map(|s| bound(self, s, "slice_start")).transpose()?;
        let last = stop.map(|s| bound(self, s, "slice_stop")).transpose()?;
        if let Some(first) = first.clone() {
            parts.push(section(place.clone(), None, Some(first)));
        }
        parts.push(new);
        if let Some(last) = last {
            let after = match first {
                Some(first) => crate::fortran::tree::build::call("max", vec![first, last]),
                None => last,
            };
            parts.push(section(place.clone(), Some(plus(after, 1)), None));
        }
        self.emit(Stmt::Assign(place, Expr::Array(None, parts)));
        Ok(())
    }

    /// `a, b = …`.
    fn assign_tuple(&mut self, places: &[Place], value: &ir::Expr) -> Result<(), Rejection> {
        if let ExprKind::Tuple(values) = &value.kind
            && values.len() == places.len()
        {
            return self.assign_parallel(places, values);
        }
        let whole = self.designator(value)?;
        match &value.ty {
            Type::Tuple(types) => {
                for (i, (place, ty)) in places.iter().zip(types).enumerate() {
                    self.assign_lowered(place, component(whole.clone(), &tuple_component(i)), ty)?;
                }
                Ok(())
            }
            list if is_array(list) => {
                let element = list.element().unwrap_or(Type::None);
                let expected = i64::try_from(places.len()).unwrap_or(i64::MAX);
                let wrong = binary(Op::Ne, size(whole.clone()), int(expected));
                let stop = Stmt::ErrorStop(Some(text("wrong number of values to unpack")));
                self.emit(Stmt::If { branches: vec![(wrong, vec![stop])], orelse: Vec::new() });
                for (i, place) in places.iter().enumerate() {
                    let position = i64::try_from(i).unwrap_or(0) + 1;
                    let item = self.value_of(at(whole.clone(), int(position)), &element);
                    self.assign_lowered(place, item, &element)?;
                }
                Ok(())
            }
            other => reject("unpacking", value.span, format!("unpacking a value of type `{other}`")),
        }
    }

    /// A value that is there already goes to a place.
    pub fn assign_lowered(&mut self, place: &Place, value: Expr, ty: &Type) -> Result<(), Rejection> {
        let unpacked = ir::Expr::local("unpacked", ty.clone());
        self.with_aliases([("unpacked".to_string(), value)], |b| b.assignment(place, &unpacked))
    }

    /// Values that read what an earlier assignment changes are computed first.
    fn assign_parallel(&mut self, places: &[Place], values: &[ir::Expr]) -> Result<(), Rejection> {
        let mut pending: Vec<(usize, Expr)> = Vec::new();
        for (i, value) in values.iter().enumerate() {
            let conflict = places.iter().take(i).filter_map(place_root).any(|changed| {
                any_expr(
                    value,
                    |e| matches!(&e.kind, ExprKind::Local(n) | ExprKind::Global(n) if n == changed),
                )
            });
            if conflict {
                let target = self.temporary(held_names(places.len()), &value.ty);
                let lowered = self.exact(value)?;
                self.emit(Stmt::Assign(name(&target), lowered));
                pending.push((i, name(target)));
            }
        }
        for (i, (place, value)) in places.iter().zip(values).enumerate() {
            match pending.iter().find(|(at, _)| *at == i) {
                Some((_, held)) => self.assign_lowered(place, held.clone(), &value.ty)?,
                None => self.assignment(place, value)?,
            }
        }
        Ok(())
    }

    /// `place op= value`.
    pub fn augmented(
        &mut self,
        place: &Place,
        op: BinaryOp,
        overflow: Overflow,
        value: &ir::Expr,
    ) -> Result<(), Rejection> {
        let ty = place.ty();
        if matches!((place, &ty), (Place::Part(_), _) | (_, Type::Array { .. })) {
            return self.update_array(place, op, value);
        }
        if is_array(&ty) && matches!(op, BinaryOp::Concat | BinaryOp::Union) {
            let target = self.read_place(place)?;
            let list = self.place_designator(&target)?;
            if op == BinaryOp::Concat {
                self.extend(list, value)?;
            } else {
                let args = vec![target, value.clone()];
                self.expr(&ir::Expr::intrinsic(Intrinsic::AddAll, args, Type::None))?;
            }
            return Ok(());
        }
        let left = self.read_place(place)?;
        let kind = ExprKind::Binary { op, overflow, left: Box::new(left), right: Box::new(value.clone()) };
        self.assignment(place, &ir::Expr::new(kind, ty).at(value.span))
    }

    /// A place as an expression.
    fn read_place(&mut self, place: &Place) -> Result<ir::Expr, Rejection> {
        Ok(match place {
            Place::Variable { name, ty } => ir::Expr::local(name.clone(), ty.clone()),
            Place::Item { base, index, mode } => {
                let stable = |e: &ir::Expr| !any_expr(e, |e| matches!(e.kind, ExprKind::Call { .. }));
                if !stable(base) || !stable(index) {
                    return reject(
                        "augmented-place",
                        base.span,
                        "an augmented assignment to a computed place",
                    );
                }
                let kind = match base.ty {
                    Type::Dict(..) => {
                        ExprKind::Lookup { base: Box::new(base.clone()), key: Box::new(index.clone()) }
                    }
                    _ => ExprKind::Index {
                        base: Box::new(base.clone()),
                        index: Box::new(index.clone()),
                        mode: *mode,
                    },
                };
                ir::Expr::new(kind, place.ty()).at(base.span)
            }
            Place::Field { object, field, ty } => {
                let kind = ExprKind::Field { object: Box::new(object.clone()), field: field.clone() };
                ir::Expr::new(kind, ty.clone()).at(object.span)
            }
            Place::Slice { base, .. } => {
                return reject("augmented-place", base.span, "an augmented assignment to a slice");
            }
            Place::Part(selection) => selection.clone(),
            Place::Tuple(_) => {
                return reject(
                    "augmented-place",
                    grammars::Span::default(),
                    "an augmented assignment to a tuple",
                );
            }
        })
    }
}

fn held_names(places: usize) -> &'static [&'static str] {
    if places == 2 { &["held", "held_value"] } else { &["next_value", "held_value"] }
}

/// The variable that an assignment to a place changes.
fn place_root(place: &Place) -> Option<&str> {
    match place {
        Place::Variable { name, .. } => Some(name),
        Place::Item { base, .. } | Place::Slice { base, .. } => root(base),
        Place::Field { object, .. } => root(object),
        Place::Part(selection) => root(selection),
        Place::Tuple(_) => None,
    }
}
