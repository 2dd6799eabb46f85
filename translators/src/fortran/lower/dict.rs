//! Dicts: a derived type with arrays of keys and values, and the procedures that are used.

use super::{Body, reject};
use crate::fortran::tree::build::{at, binary, call, component, int, method, name, size};
use crate::fortran::tree::{Expr, Op, Stmt};
use crate::fortran::types::TypeOp;
use grammars::Rejection;
use grammars::ir::{self, ExprKind, Intrinsic, Type};

impl Body<'_, '_> {
    /// A dict literal.
    pub fn dict_literal(&mut self, items: &[(ir::Expr, ir::Expr)], e: &ir::Expr) -> Result<Expr, Rejection> {
        let Type::Dict(key, value) = &e.ty else {
            return reject("dict", e.span, "a dict of unknown parts");
        };
        let literal = |k: &ir::Expr| matches!(k.kind, ExprKind::Str(_) | ExprKind::Int(_));
        let distinct = items
            .iter()
            .enumerate()
            .all(|(i, (k, _))| literal(k) && items.iter().skip(i + 1).all(|(other, _)| other.kind != k.kind));
        if !distinct && items.len() > 1 {
            return self.built(e, &["map", "entries"]);
        }
        let keys: Vec<ir::Expr> = items.iter().map(|(k, _)| k.clone()).collect();
        let values: Vec<ir::Expr> = items.iter().map(|(_, v)| v.clone()).collect();
        let keys = ir::Expr::new(ExprKind::List(keys), Type::list((**key).clone()));
        let values = ir::Expr::new(ExprKind::List(values), Type::list((**value).clone()));
        let arrays = self.operands(&[&keys, &values])?;
        Ok(call(self.unit.derived(&e.ty), arrays))
    }

    /// An empty dict.
    pub fn empty_dict(&mut self, ty: &Type) -> Result<Expr, Rejection> {
        self.dict_literal(&[], &ir::Expr::new(ExprKind::Dict(Vec::new()), ty.clone()))
    }

    /// `map[key] = value`.
    pub fn store(&mut self, map: Expr, ty: &Type, key: Expr, value: Expr) {
        self.unit.type_op(ty, TypeOp::Set);
        self.emit(Stmt::Call(component(map, "set"), vec![key, value]));
    }

    /// An intrinsic on a dict, if it is one.
    pub fn dict_intrinsic(
        &mut self,
        op: &Intrinsic,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<Option<Expr>, Rejection> {
        let Some(first) = args.first() else { return Ok(None) };
        let Type::Dict(_, value_type) = &first.ty else { return Ok(None) };
        Ok(Some(match op {
            Intrinsic::Len => {
                let map = self.expr(first)?;
                size(component(self.subscriptable(map, &first.ty), "keys"))
            }
            Intrinsic::IsEmpty => {
                let map = self.designator(first)?;
                binary(Op::Eq, size(component(map, "keys")), int(0))
            }
            Intrinsic::Contains => {
                let map = self.designator(first)?;
                let key = self.exact(&args[1])?;
                self.unit.type_op(&first.ty, TypeOp::Find);
                binary(Op::Gt, method(map, "find", vec![key]), int(0))
            }
            Intrinsic::GetOr => {
                let map = self.designator(first)?;
                let key = self.exact(&args[1])?;
                let default = self.exact(&args[2])?;
                self.unit.type_op(&first.ty, TypeOp::ValueOr);
                method(map, "value_or", vec![key, default])
            }
            Intrinsic::Get => self.get(first, &args[1], value_type, e)?,
            Intrinsic::Copy | Intrinsic::DeepCopy | Intrinsic::ToDict => self.expr(first)?,
            Intrinsic::SetDefault => self.set_default(first, &args[1], &args[2], value_type)?,
            Intrinsic::PopKey if args.len() == 2 => {
                let map = self.place_designator(first)?;
                let key = self.exact(&args[1])?;
                let key = self.held(key, &["key"], &args[1].ty);
                self.unit.type_op(&first.ty, TypeOp::Value);
                self.unit.type_op(&first.ty, TypeOp::Remove);
                let target = self.temporary(&["removed", "taken"], value_type);
                let value = method(map.clone(), "value_of", vec![key.clone()]);
                self.emit(Stmt::Assign(name(&target), value));
                self.emit(Stmt::Call(component(map, "remove"), vec![key]));
                self.effects += 1;
                name(&target)
            }
            Intrinsic::PopKey => self.pop_key_or(args, value_type)?,
            Intrinsic::DeleteKey => {
                let map = self.place_designator(first)?;
                let key = self.exact(&args[1])?;
                self.unit.type_op(&first.ty, TypeOp::Remove);
                self.emit(Stmt::Call(component(map, "remove"), vec![key]));
                self.effects += 1;
                Expr::Logical(true)
            }
            Intrinsic::Clear => {
                let map = self.place_designator(first)?;
                let empty = self.empty_dict(&first.ty)?;
                self.set(map, empty);
                self.effects += 1;
                Expr::Logical(true)
            }
            Intrinsic::Update => self.update(first, &args[1])?,
            _ => return Ok(None),
        }))
    }

    /// `map.pop(key, default)`.
    fn pop_key_or(&mut self, args: &[ir::Expr], value_type: &Type) -> Result<Expr, Rejection> {
        let [first, key, default] = args else {
            return reject("dict", args[0].span, "`pop` with these arguments");
        };
        let map = self.place_designator(first)?;
        let key_type = key.ty.clone();
        let key = self.exact(key)?;
        let key = self.held(key, &["key"], &key_type);
        let default = self.exact(default)?;
        self.unit.type_op(&first.ty, TypeOp::Find);
        self.unit.type_op(&first.ty, TypeOp::Remove);
        let target = self.temporary(&["removed", "taken"], value_type);
        let find = method(map.clone(), "find", vec![key.clone()]);
        let value = self.value_of(at(component(map.clone(), "values"), find.clone()), value_type);
        let present =
            vec![Stmt::Assign(name(&target), value), Stmt::Call(component(map, "remove"), vec![key])];
        let absent = vec![Stmt::Assign(name(&target), default)];
        let branches = vec![(binary(Op::Gt, find, int(0)), present)];
        self.emit(Stmt::If { branches, orelse: absent });
        self.effects += 1;
        Ok(name(&target))
    }

    fn get(
        &mut self,
        map: &ir::Expr,
        key: &ir::Expr,
        value_type: &Type,
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        if !matches!(e.ty, Type::Optional(_)) {
            return reject("none-value", e.span, "a dict whose values are all `None`");
        }
        let object = self.designator(map)?;
        let key = self.exact(key)?;
        self.unit.type_op(&map.ty, TypeOp::Find);
        let position = self.counter(&["position", "place"]);
        let target = self.temporary(&["found", "also_found"], &e.ty);
        self.emit(Stmt::Assign(name(&position), method(object.clone(), "find", vec![key])));
        let optional = self.unit.derived(&e.ty);
        let value = self.value_of(at(component(object, "values"), name(&position)), value_type);
        let value = self.stored(value, value_type);
        let present = Stmt::Assign(name(&target), call(optional.clone(), vec![value]));
        let absent = Stmt::Assign(name(&target), call(optional, Vec::new()));
        let condition = binary(Op::Gt, name(&position), int(0));
        self.emit(Stmt::If { branches: vec![(condition, vec![present])], orelse: vec![absent] });
        Ok(name(&target))
    }

    fn set_default(
        &mut self,
        map: &ir::Expr,
        key: &ir::Expr,
        default: &ir::Expr,
        value_type: &Type,
    ) -> Result<Expr, Rejection> {
        let object = self.place_designator(map)?;
        let key_type = key.ty.clone();
        let key = self.exact(key)?;
        let key = self.held(key, &["key"], &key_type);
        let default = self.exact(default)?;
        self.unit.type_op(&map.ty, TypeOp::Set);
        let absent = binary(Op::Eq, method(object.clone(), "find", vec![key.clone()]), int(0));
        let store = Stmt::Call(component(object.clone(), "set"), vec![key.clone(), default]);
        self.emit(Stmt::If { branches: vec![(absent, vec![store])], orelse: Vec::new() });
        self.effects += 1;
        let position = method(object.clone(), "find", vec![key]);
        Ok(self.value_of(at(component(object, "values"), position), value_type))
    }

    fn update(&mut self, map: &ir::Expr, other: &ir::Expr) -> Result<Expr, Rejection> {
        let Type::Dict(key_type, value_type) = &other.ty else {
            return reject("dict-update", other.span, "an update from something that is no dict");
        };
        let object = self.place_designator(map)?;
        let source = self.designator(other)?;
        let i = self.loop_variable_for(&int(1));
        self.unit.type_op(&map.ty, TypeOp::Set);
        let key = self.value_of(at(component(source.clone(), "keys"), name(&i)), key_type);
        let value = self.value_of(at(component(source.clone(), "values"), name(&i)), value_type);
        let body = vec![Stmt::Call(component(object, "set"), vec![key, value])];
        let last = size(component(source, "keys"));
        let control = crate::fortran::tree::Control::Count { variable: i, first: int(1), last, step: None };
        self.emit(Stmt::Do { label: None, control, body });
        self.effects += 1;
        Ok(Expr::Logical(true))
    }
}
