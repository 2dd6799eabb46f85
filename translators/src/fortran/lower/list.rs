//! Lists and sets: whole-array operations, and the statements that change them.

use super::{Body, IN_RANGE, NOT_EMPTY, reject};
use crate::fortran::tree::build::{
    at, binary, call, implied_do, int, name, permuted, plus, section, size, strided,
};
use crate::fortran::tree::{Expr, Length, Op, Stmt, TypeSpec};
use crate::fortran::types::{TypeOp, is_array, is_derived_element};
use crate::passes::effects::changes_first;
use grammars::Rejection;
use grammars::ir::{self, BinaryOp, Intrinsic, Type};

impl Body<'_, '_> {
    /// An operator on containers or text.
    pub fn container_operation(
        &mut self,
        op: BinaryOp,
        left: &ir::Expr,
        right: &ir::Expr,
        whole: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        let text = whole.ty.is_text();
        let values = self.operands(&[left, right])?;
        let [a, b] = <[Expr; 2]>::try_from(values).unwrap_or([int(0), int(0)]);
        let element = whole.ty.element().unwrap_or(Type::None);
        match op {
            BinaryOp::Concat if text => {
                // gfortran gives two results of a recursive function in one expression the same memory.
                let (a, b) = if self.recursive && self.calls_procedure(&a) && self.calls_procedure(&b) {
                    let ty = &whole.ty;
                    (self.held(a, &["front", "first_part"], ty), self.held(b, &["rest", "second_part"], ty))
                } else {
                    (a, b)
                };
                Ok(binary(Op::Concat, a, b))
            }
            BinaryOp::Concat if is_array(&whole.ty) => Ok(self.appended(a, b, &element)),
            BinaryOp::Repeat if text => {
                let times = if matches!(b, Expr::Int(value, _) if value >= 0) {
                    b
                } else {
                    call("max", self.same_kinds(vec![b, int(0)]))
                };
                Ok(call("repeat", vec![a, times]))
            }
            BinaryOp::Repeat if is_array(&whole.ty) => self.repeated(a, b, &element),
            BinaryOp::Union if matches!(whole.ty, Type::Dict(..)) => self.merged(a, b, &whole.ty),
            BinaryOp::Union if is_array(&whole.ty) => {
                let both = self.appended(a, b, &element);
                self.distinct(both, &whole.ty)
            }
            BinaryOp::Intersection => Ok(call(self.unit.helper("intersection", Some(&element)), vec![a, b])),
            BinaryOp::Difference => Ok(call(self.unit.helper("difference", Some(&element)), vec![a, b])),
            BinaryOp::SymmetricDifference => {
                let a = self.subscriptable(a, &whole.ty);
                let b = self.subscriptable(b, &whole.ty);
                let function = self.unit.helper("difference", Some(&element));
                let first = call(function.clone(), vec![a.clone(), b.clone()]);
                Ok(self.appended(first, call(function, vec![b, a]), &element))
            }
            _ => reject("operator", whole.span, format!("an operator on values of type `{}`", whole.ty)),
        }
    }

    /// `a | b` of dicts: a copy of the one, updated with the other.
    fn merged(&mut self, a: Expr, b: Expr, ty: &Type) -> Result<Expr, Rejection> {
        let target = self.temporary(&["merged", "also_merged"], ty);
        self.emit(Stmt::Assign(name(&target), a));
        let sources = ["merged_map", "merged_other"];
        let args = sources.map(|s| ir::Expr::local(s, ty.clone())).to_vec();
        let update = ir::Expr::intrinsic(Intrinsic::Update, args, Type::None);
        let aliases = sources.map(str::to_string).into_iter().zip([name(&target), b]);
        self.with_aliases(aliases, |body| body.expr(&update))?;
        Ok(name(target))
    }

    /// `[a, b]`, flat where the parts are constructors themselves.
    fn appended(&self, a: Expr, b: Expr, element: &Type) -> Expr {
        let mut items = Vec::new();
        for part in [a, b] {
            match part {
                Expr::Array(None, inner) => items.extend(inner),
                other => items.push(other),
            }
        }
        constructor(element, items)
    }

    fn repeated(&mut self, a: Expr, times: Expr, element: &Type) -> Result<Expr, Rejection> {
        let single = match &a {
            Expr::Array(_, items) if items.len() == 1 => items.first().cloned(),
            _ => None,
        };
        match single {
            Some(item) if !matches!(item, Expr::ImpliedDo { .. } | Expr::Name(_)) || !is_array(element) => {
                // The items of a constructor are elements already.
                self.filled(item, times)
            }
            _ => {
                let times = self.widened(times);
                Ok(call(self.unit.helper("repeated", Some(element)), vec![a, times]))
            }
        }
    }

    /// An array of so many equal items.
    pub fn filled(&mut self, item: Expr, times: Expr) -> Result<Expr, Rejection> {
        let variable = self.loop_variable_for(&times);
        let letter = self.fixed_length(&item) == Some(1);
        let element = if letter { &Type::Char } else { &Type::None };
        let item = implied_do(item, variable, int(1), times, None);
        Ok(constructor(element, vec![item]))
    }

    /// A statement that changes a list or set; the value that it gives, if any.
    pub fn list_change(&mut self, op: &Intrinsic, args: &[ir::Expr]) -> Result<Option<Expr>, Rejection> {
        let Some((target, rest)) = args.split_first() else { return Ok(None) };
        if !is_array(&target.ty) || !changes_first(op) {
            return Ok(None);
        }
        let element = target.ty.element().unwrap_or(Type::None);
        let list = self.place_designator(target)?;
        let before = self.blocks.last().map_or(0, Vec::len);
        let result = match op {
            Intrinsic::Append => self.append(list, rest, &element)?,
            Intrinsic::Extend => self.extend(list, &rest[0])?,
            Intrinsic::Insert => self.insert(list, rest, &element)?,
            Intrinsic::Prepend => {
                let item = self.exact(&rest[0])?;
                let item = self.element_of(item, &element);
                self.set(list.clone(), constructor(&element, vec![item, list]));
                None
            }
            Intrinsic::Pop if rest.is_empty() => self.pop(list, &element)?,
            Intrinsic::Pop => self.pop_at(list, target, &rest[0], &element)?,
            Intrinsic::PopFirst => self.pop_first(list, &element)?,
            Intrinsic::RemoveItem | Intrinsic::RemoveMember => self.remove_item(list, &rest[0], &element)?,
            Intrinsic::Discard => {
                let keep = self.differs_from(list.clone(), &rest[0], &element)?;
                self.set(list.clone(), call("pack", vec![list, keep]));
                None
            }
            Intrinsic::DeleteAt => {
                let position = self.delete_position(&list, target, &rest[0])?;
                self.delete_at(&list, position, &element);
                None
            }
            Intrinsic::Reverse => {
                let backwards = strided(list.clone(), Some(size(list.clone())), Some(int(1)), int(-1));
                self.set(list, backwards);
                None
            }
            Intrinsic::Sort { reverse, key: false } => {
                let helper = if *reverse { "sorted_down" } else { "sorted" };
                let function = self.unit.helper(helper, Some(&element));
                self.set(list.clone(), call(function, vec![list]));
                None
            }
            Intrinsic::Sort { reverse, key: true } => {
                let order = self.order_by(list.clone(), &element, &rest[0], *reverse)?;
                self.set(list.clone(), permuted(list, order));
                None
            }
            Intrinsic::Clear => {
                let spec = self.unit.types.element(&element, &mut self.unit.names);
                self.set(list, Expr::Array(Some(spec), Vec::new()));
                None
            }
            Intrinsic::Add => self.add_member(list, &rest[0], &element)?,
            Intrinsic::AddAll => {
                let more = self.make_list(&rest[0])?;
                let both = self.appended(list.clone(), more, &element);
                let union = self.distinct(both, &target.ty)?;
                self.set(list, union);
                None
            }
            _ => return Ok(None),
        };
        if self.blocks.last().map_or(0, Vec::len) > before {
            self.effects += 1;
        }
        Ok(Some(result.unwrap_or(Expr::Logical(true))))
    }

    fn append(&mut self, list: Expr, rest: &[ir::Expr], element: &Type) -> Result<Option<Expr>, Rejection> {
        let item = self.exact(&rest[0])?;
        let item = self.element_of(item, element);
        let longer = constructor(element, vec![list.clone(), item]);
        self.set(list, longer);
        Ok(None)
    }

    /// `list += iterable`.
    pub fn extend(&mut self, list: Expr, more: &ir::Expr) -> Result<Option<Expr>, Rejection> {
        let element = more.ty.element().unwrap_or(Type::None);
        let more = self.make_list(more)?;
        let both = self.appended(list.clone(), more, &element);
        self.set(list, both);
        Ok(None)
    }

    fn insert(&mut self, list: Expr, rest: &[ir::Expr], element: &Type) -> Result<Option<Expr>, Rejection> {
        let item = self.exact(&rest[1])?;
        let item = self.element_of(item, element);
        let parts = match rest[0].as_int() {
            Some(0) => vec![item, list.clone()],
            _ => {
                let function = self.unit.helper("clipped", None);
                let place = self.exact(&rest[0])?;
                let place = call(function, vec![place, size(list.clone())]);
                let place = self.held(place, &["place", "insertion"], &Type::Int);
                let before = section(list.clone(), None, Some(place.clone()));
                vec![before, item, section(list.clone(), Some(plus(place, 1)), None)]
            }
        };
        self.set(list, constructor(element, parts));
        Ok(None)
    }

    /// Takes an item out of the list into a variable.
    fn taken(&mut self, value: Expr, element: &Type) -> Expr {
        let target = self.temporary(&["taken", "removed", "last_item"], element);
        self.emit(Stmt::Assign(name(&target), value));
        name(&target)
    }

    /// Taking an item out of an empty list is an error.
    pub fn guard_empty(&mut self, list: &Expr) -> Result<(), Rejection> {
        let length = size(list.clone());
        self.guard(ir::ExceptionKind::Index, |_| binary(Op::Eq, length, int(0)))
    }

    fn pop(&mut self, list: Expr, element: &Type) -> Result<Option<Expr>, Rejection> {
        self.note(NOT_EMPTY);
        self.guard_empty(&list)?;
        let last = size(list.clone());
        let value = self.value_of(at(list.clone(), last.clone()), element);
        let value = self.taken(value, element);
        self.set(list.clone(), section(list, None, Some(plus(last, -1))));
        Ok(Some(value))
    }

    fn pop_first(&mut self, list: Expr, element: &Type) -> Result<Option<Expr>, Rejection> {
        self.note(NOT_EMPTY);
        self.guard_empty(&list)?;
        let value = self.value_of(at(list.clone(), int(1)), element);
        let value = self.taken(value, element);
        self.set(list.clone(), section(list, Some(int(2)), None));
        Ok(Some(value))
    }

    fn pop_at(
        &mut self,
        list: Expr,
        target: &ir::Expr,
        index: &ir::Expr,
        element: &Type,
    ) -> Result<Option<Expr>, Rejection> {
        match index.as_int() {
            Some(0) => return self.pop_first(list, element),
            Some(-1) => return self.pop(list, element),
            _ => {}
        }
        let position = self.delete_position(&list, target, index)?;
        let value = self.value_of(at(list.clone(), position.clone()), element);
        let value = self.taken(value, element);
        self.delete_at(&list, position, element);
        Ok(Some(value))
    }

    fn delete_position(
        &mut self,
        list: &Expr,
        target: &ir::Expr,
        index: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        self.note(IN_RANGE);
        let position = self.position(list, &target.ty, index, ir::IndexMode::Python)?;
        if matches!(position, Expr::Name(_) | Expr::Int(..)) {
            return Ok(position);
        }
        let variable = self.temporary(&["place", "removal"], &Type::Int);
        self.emit(Stmt::Assign(name(&variable), position));
        Ok(name(&variable))
    }

    fn delete_at(&mut self, list: &Expr, position: Expr, element: &Type) {
        let before = section(list.clone(), None, Some(plus(position.clone(), -1)));
        let after = section(list.clone(), Some(plus(position, 1)), None);
        self.set(list.clone(), constructor(element, vec![before, after]));
    }

    fn remove_item(
        &mut self,
        list: Expr,
        item: &ir::Expr,
        element: &Type,
    ) -> Result<Option<Expr>, Rejection> {
        let position = self.position_of(list.clone(), item, element)?;
        let variable = self.counter(&["place", "removal"]);
        self.emit(Stmt::Assign(name(&variable), position));
        let absent = binary(Op::Eq, name(&variable), int(0));
        let stop =
            Stmt::ErrorStop(Some(crate::fortran::tree::build::text("the item to remove is not in the list")));
        self.emit(Stmt::If { branches: vec![(absent, vec![stop])], orelse: Vec::new() });
        self.delete_at(&list, name(&variable), element);
        Ok(None)
    }

    fn add_member(&mut self, set: Expr, item: &ir::Expr, element: &Type) -> Result<Option<Expr>, Rejection> {
        let item = self.exact(item)?;
        let item = self.element_of(item, element);
        let item = self.held_element(item, element);
        let absent = if is_derived_element(element) {
            let function = self.unit.helper("position_of", Some(element));
            binary(Op::Eq, call(function, vec![set.clone(), item.clone()]), int(0))
        } else {
            let test = self.equal_elements(element, set.clone(), item.clone());
            Expr::Not(Box::new(call("any", vec![test])))
        };
        let add = Stmt::Assign(set.clone(), constructor(element, vec![set, item]));
        self.emit(Stmt::If { branches: vec![(absent, vec![add])], orelse: Vec::new() });
        Ok(None)
    }

    /// An element that is used twice: in a variable, unless it is simple.
    fn held_element(&mut self, item: Expr, element: &Type) -> Expr {
        let simple = match &item {
            Expr::Call(callee, arguments) => {
                matches!(&**callee, Expr::Name(f) if Some(f.as_str()) == self.unit.types.name(element))
                    && arguments.iter().all(|a| self.is_total(a))
            }
            other => self.is_total(other),
        };
        if simple || crate::fortran::types::wrapper_component(element).is_some() {
            return item;
        }
        self.held(item, &["member", "new_item"], element)
    }

    /// `list /= item`, element by element.
    fn differs_from(&mut self, list: Expr, item: &ir::Expr, element: &Type) -> Result<Expr, Rejection> {
        let item = self.exact(item)?;
        let item = self.element_of(item, element);
        let plain = matches!(element, Type::Int | Type::Float | Type::Char);
        let test = self.equal_elements(element, list, item);
        Ok(match test {
            Expr::Binary(Op::Eq, a, b) if plain => Expr::Binary(Op::Ne, a, b),
            other => Expr::Not(Box::new(other)),
        })
    }

    /// The position of an item, counted from 1, 0 where it is absent.
    pub fn position_of(&mut self, list: Expr, item: &ir::Expr, element: &Type) -> Result<Expr, Rejection> {
        let value = self.exact(item)?;
        let value = self.element_of(value, element);
        if matches!(element, Type::Int | Type::Float | Type::Char) {
            let dimension = Expr::Keyword("dim", Box::new(int(1)));
            return Ok(call("findloc", vec![list, value, dimension]));
        }
        let function = self.unit.helper("position_of", Some(element));
        Ok(call(function, vec![list, value]))
    }

    /// `item in list`.
    pub fn list_contains(&mut self, list: &ir::Expr, item: &ir::Expr) -> Result<Expr, Rejection> {
        let element = list.ty.element().unwrap_or(Type::None);
        if let Some(letters) = self.letters_literal(list) {
            let value = self.expr(item)?;
            if self.fixed_length(&value) == Some(1) {
                let found = call("scan", vec![value, crate::fortran::tree::build::text(letters)]);
                return Ok(binary(Op::Gt, found, int(0)));
            }
        }
        let array = self.make_list(list)?;
        let value = self.exact(item)?;
        if let (Type::Int, Expr::Array(spec, items)) = (&element, &array)
            && spec.is_some()
        {
            // Kinds need not agree in a comparison.
            let plain = Expr::Array(None, items.clone());
            if !items.is_empty() {
                return Ok(call("any", vec![binary(Op::Eq, value, plain)]));
            }
        }
        let value = self.element_of(value, &element);
        if is_derived_element(&element) {
            let function = self.unit.helper("position_of", Some(&element));
            return Ok(binary(Op::Gt, call(function, vec![array, value]), int(0)));
        }
        let test = self.equal_elements(&element, array, value);
        Ok(call("any", vec![test]))
    }

    /// The letters of a container literal of single characters, whose members can be scanned for.
    fn letters_literal(&self, list: &ir::Expr) -> Option<String> {
        let (ir::ExprKind::List(items) | ir::ExprKind::Set(items) | ir::ExprKind::Tuple(items)) = &list.kind
        else {
            return None;
        };
        let letters: Option<Vec<&str>> = items
            .iter()
            .map(|item| match &item.kind {
                ir::ExprKind::Str(value) if value.len() == 1 && value.is_ascii() => Some(value.as_str()),
                _ => None,
            })
            .collect();
        letters.filter(|l| !l.is_empty()).map(|l| l.concat())
    }

    /// The positions that put a list in the order of a key.
    pub fn order_by(
        &mut self,
        list: Expr,
        element: &Type,
        key: &ir::Expr,
        reverse: bool,
    ) -> Result<Expr, Rejection> {
        let (keys, key_type) = self.mapped(list, element, key)?;
        self.unit.type_op(&key_type, TypeOp::Less);
        let helper = if reverse { "falling_order_of" } else { "order_of" };
        Ok(call(self.unit.helper(helper, Some(&key_type)), vec![keys]))
    }
}

/// `[items]`; gfortran looks at the first item for the length of characters, which an empty array
/// does not tell.
pub fn constructor(element: &Type, items: Vec<Expr>) -> Expr {
    let spec = (*element == Type::Char).then_some(TypeSpec::Character(Length::Of(1)));
    Expr::Array(spec, items)
}
