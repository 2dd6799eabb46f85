//! Classes: derived types with bound procedures.
//!
//! ```text
//! class Inventory:                       type :: inventory
//!     def __init__(self, capacity):        integer(int64) :: capacity
//!         self.capacity = capacity       contains
//!     def total(self): ...                 procedure :: total
//!                                        end type inventory
//!
//! Inventory(10)                          inventory(10_int64)
//! stock.total()                          stock%total()
//! ```
//!
//! The constructor is a function behind a generic interface of the type's name; a data class has the
//! structure constructor. Objects are values here: `aliasing` refuses what two names share.

use super::signature::{Signature, method_key};
use super::{Body, Unit, reject};
use crate::fortran::names::{Names, Renaming};
use crate::fortran::tree::build::{call, component, method, name};
use crate::fortran::tree::{Binding, Declaration, DerivedType, Expr, ModuleItem};
use crate::fortran::types::TypeOp;
use grammars::ir::{self, Class, ExprKind, Function, Item, StmtKind, Type};
use grammars::{Rejection, Span};
use std::collections::BTreeMap;

/// What special methods are called.
const SPECIAL: &[(&str, &str)] = &[
    ("__add__", "plus"),
    ("__bool__", "is_true"),
    ("__contains__", "has"),
    ("__eq__", "equals"),
    ("__ge__", "at_least"),
    ("__getitem__", "item"),
    ("__gt__", "follows"),
    ("__le__", "at_most"),
    ("__len__", "length"),
    ("__lt__", "precedes"),
    ("__mul__", "times"),
    ("__ne__", "differs"),
    ("__neg__", "negated"),
    ("__repr__", "to_text"),
    ("__setitem__", "set_item"),
    ("__str__", "to_text"),
    ("__sub__", "minus"),
];

/// What stands for the members of a class.
#[derive(Clone, Debug, Default)]
pub struct ClassForm {
    /// Components, bound procedures and constants, by the source's name.
    members: Renaming,
    /// The procedures behind methods, static methods and the constructor.
    procedures: Renaming,
}

impl ClassForm {
    /// The component that holds a field.
    pub fn component(&self, field: &str) -> String {
        self.members.known(field).unwrap_or(field).to_string()
    }

    /// The name that a method is bound to.
    fn binding(&self, method: &str) -> String {
        self.members.known(method).unwrap_or(method).to_string()
    }

    /// The procedure behind a method.
    pub fn procedure(&self, method: &str) -> String {
        self.procedures.known(method).unwrap_or(method).to_string()
    }
}

/// The source's name of a method as a person would say it.
pub fn spoken(method: &str) -> &str {
    SPECIAL.iter().find(|(special, _)| *special == method).map_or(method, |(_, word)| word)
}

/// Settles the names of all classes, and refuses those that have no form as values.
pub fn prepare(unit: &mut Unit<'_>) -> Result<(), Rejection> {
    let module = unit.module;
    for class in module.classes().filter(|c| !c.exception) {
        if class.base.is_some() {
            return reject("class-base", class.span, format!("the class `{}`, which has a base", class.name));
        }
        let mut bound = class.constructor.iter().chain(&class.methods);
        if let Some(method) = bound.find(|m| m.params.is_empty()) {
            let message = format!("the method `{}.{}`, which takes no object", class.name, method.name);
            return reject("class", method.span, message);
        }
        if holds_itself(module, class) {
            let message = format!("the class `{}`, whose objects refer to others of the class", class.name);
            return reject("class-recursive", class.span, message);
        }
        let fields = class.fields.iter().map(|f| f.ty.clone()).collect();
        unit.types.add_class(&class.name, fields);
    }
    for class in module.classes().filter(|c| !c.exception) {
        let ty = Type::Class(class.name.clone());
        let type_name = unit.derived(&ty);
        let form = form(unit, class, &type_name);
        unit.types
            .add_components(&class.name, class.fields.iter().map(|f| form.component(&f.name)).collect());
        unit.classes.insert(class.name.clone(), form);
    }
    Ok(())
}

/// Refuses a program that compares objects of a class that is no data class: they are equal by
/// identity, or by a method of their own.
pub fn refuse_identity(unit: &Unit<'_>) -> Result<(), Rejection> {
    for class in unit.module.classes() {
        let ty = Type::Class(class.name.clone());
        let otherwise = |op: TypeOp, own: &str| {
            let by_fields = class.dataclass && !class.methods.iter().any(|m| m.name == own);
            unit.types.has(&ty, op) && !by_fields
        };
        if otherwise(TypeOp::Equal, "__eq__") || otherwise(TypeOp::Less, "__lt__") {
            let message = format!("a comparison of objects of `{}`, which is not by fields", class.name);
            return reject("identity", class.span, message);
        }
    }
    Ok(())
}

fn form(unit: &mut Unit<'_>, class: &Class, type_name: &str) -> ClassForm {
    let mut form = ClassForm::default();
    let mut members = Names::default();
    for field in &class.fields {
        // A component hides nothing, whatever its name.
        let word = crate::fortran::names::spelling(&field.name);
        let component = if members.is_taken(&word) { members.variable(&field.name) } else { word };
        members.take(&component);
        form.members.insert(&field.name, component);
    }
    for m in class.methods.iter() {
        let bound = members.fresh_of(&[
            crate::fortran::names::spelling(spoken(&m.name)).as_str(),
            &format!("{}_of_{type_name}", crate::fortran::names::spelling(spoken(&m.name))),
        ]);
        form.members.insert(&m.name, bound);
    }
    for m in class.methods.iter().chain(&class.statics) {
        let word = crate::fortran::names::spelling(spoken(&m.name));
        let full = format!("{type_name}_{word}");
        let shadows = crate::fortran::names::shadows_intrinsic(&word);
        let wishes = if shadows { vec![full.as_str()] } else { vec![word.as_str(), full.as_str()] };
        let target = unit.names.fresh_of(&wishes);
        unit.user_procedures.insert(target.clone());
        form.procedures.insert(&m.name, target);
    }
    for constant in &class.constants {
        let word = crate::fortran::names::spelling(&constant.name);
        let target = unit.names.fresh_of(&[word.as_str(), &format!("{type_name}_{word}")]);
        form.members.insert(&constant.name, target);
    }
    if class.constructor.is_some() {
        let target = unit.names.fresh(&format!("new_{type_name}"));
        form.procedures.insert(CONSTRUCTOR, target);
    }
    form
}

/// The source's name of a constructor.
pub const CONSTRUCTOR: &str = "__init__";

/// Whether an object can hold another one of its class.
fn holds_itself(module: &ir::Module, class: &Class) -> bool {
    let mut seen = vec![class.name.clone()];
    let mut todo: Vec<&Type> = class.fields.iter().map(|f| &f.ty).collect();
    while let Some(ty) = todo.pop() {
        match ty {
            Type::Class(name) if *name == class.name => return true,
            Type::Class(name) if !seen.contains(name) => {
                seen.push(name.clone());
                todo.extend(module.class(name).iter().flat_map(|c| &c.fields).map(|f| &f.ty));
            }
            Type::List(t) | Type::Set(t) | Type::Optional(t) | Type::Iter(t) => todo.push(t),
            Type::Dict(k, v) => todo.extend([&**k, &**v]),
            Type::Tuple(items) => todo.extend(items),
            _ => {}
        }
    }
    false
}

/// The procedures of a class, in the source's order.
pub fn procedures(unit: &mut Unit<'_>, class: &Class) -> Result<Vec<ModuleItem>, Rejection> {
    let Some(form) = unit.classes.get(&class.name).cloned() else { return Ok(Vec::new()) };
    let mut items = Vec::new();
    if let Some(constructor) = &class.constructor {
        let function = as_function(class, constructor);
        let mut body = Body::new(unit);
        body.self_name = constructor.params.first().map(|p| p.name.clone());
        body.key = Some(method_key(&class.name, CONSTRUCTOR));
        let mut procedure = body.procedure(&function, form.procedure(CONSTRUCTOR))?;
        procedure.doc = super::doc::plain_lines(constructor);
        items.push(ModuleItem::Procedure(procedure));
    }
    for (m, bound) in class.methods.iter().map(|m| (m, true)).chain(class.statics.iter().map(|m| (m, false)))
    {
        let mut body = Body::new(unit);
        if bound {
            body.self_name = m.params.first().map(|p| p.name.clone());
            body.passed_object = true;
        }
        body.key = Some(method_key(&class.name, &m.name));
        let mut procedure = body.procedure(m, form.procedure(&m.name))?;
        procedure.doc = super::doc::plain_lines(m);
        items.push(ModuleItem::Procedure(procedure));
    }
    Ok(items)
}

/// A constructor as a function that returns the new object.
fn as_function(class: &Class, constructor: &Function) -> Function {
    let mut function = constructor.clone();
    let object = function.params.remove(0);
    function.ret = Type::Class(class.name.clone());
    let ty = function.ret.clone();
    function.locals.push(ir::Local { name: object.name.clone(), ty: ty.clone() });
    function.body.push(ir::Stmt::new(StmtKind::Return(Some(ir::Expr::local(object.name, ty)))));
    function
}

/// The derived type of a class; its components are there already.
pub fn complete(unit: &Unit<'_>, class: &Class, definition: &mut DerivedType) {
    let Some(form) = unit.classes.get(&class.name) else { return };
    if let Some(doc) = &class.doc {
        definition.doc = doc.text.trim().lines().flat_map(super::doc::wrapped).collect();
    }
    for m in &class.methods {
        let (name, target) = (form.binding(&m.name), form.procedure(&m.name));
        definition.bindings.push(Binding { name, target });
    }
}

/// The generic interfaces behind which constructors stand.
pub fn constructors(unit: &Unit<'_>) -> Vec<(String, String)> {
    let with_constructor = unit.module.classes().filter(|c| c.constructor.is_some());
    with_constructor
        .filter_map(|class| {
            let form = unit.classes.get(&class.name)?;
            let ty = unit.types.name(&Type::Class(class.name.clone()))?;
            Some((ty.to_string(), form.procedure(CONSTRUCTOR)))
        })
        .collect()
}

/// Static methods and constants, which callers may name.
pub fn public(unit: &Unit<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for class in unit.module.classes() {
        let Some(form) = unit.classes.get(&class.name) else { continue };
        names.extend(unit.types.name(&Type::Class(class.name.clone())).map(str::to_string));
        names.extend(class.statics.iter().map(|m| form.procedure(&m.name)));
        names.extend(class.constants.iter().map(|c| form.component(&c.name)));
    }
    names
}

/// The constants of the classes.
pub fn constants(unit: &mut Unit<'_>) -> Result<Vec<Declaration>, Rejection> {
    let mut declarations = Vec::new();
    for item in &unit.module.items {
        let Item::Class(class) = item else { continue };
        for constant in &class.constants {
            let Some(form) = unit.classes.get(&class.name) else { continue };
            if super::module::is_function_constant(constant) {
                let message = format!("the constant `{}.{}`", class.name, constant.name);
                return reject("class-constant", constant.span, message);
            }
            let target = form.component(&constant.name);
            declarations.push(super::module::constant(unit, constant, target)?);
        }
    }
    Ok(declarations)
}

impl Body<'_, '_> {
    fn class_form(&self, class: &str, span: Span) -> Result<ClassForm, Rejection> {
        match self.unit.classes.get(class) {
            Some(form) => Ok(form.clone()),
            None => reject("class", span, format!("the class `{class}`")),
        }
    }

    /// A field of an object.
    pub fn field(&mut self, object: &ir::Expr, field: &str) -> Result<Expr, Rejection> {
        let component_name = self.component_of(object, field)?;
        Ok(component(self.designator(object)?, &component_name))
    }

    /// A field of an object that a statement changes.
    pub fn field_place(&mut self, object: &ir::Expr, field: &str) -> Result<Expr, Rejection> {
        let component_name = self.component_of(object, field)?;
        Ok(component(self.place_designator(object)?, &component_name))
    }

    fn component_of(&mut self, object: &ir::Expr, field: &str) -> Result<String, Rejection> {
        match &object.ty {
            Type::Class(class) => Ok(self.class_form(class, object.span)?.component(field)),
            other => {
                let message = format!("the field `{field}` of a value of type `{other}`");
                reject("class", object.span, message)
            }
        }
    }

    /// A constant of a class.
    pub fn class_constant(&mut self, class: &str, constant: &str, span: Span) -> Result<Expr, Rejection> {
        Ok(name(self.class_form(class, span)?.component(constant)))
    }

    /// `Class(args)`.
    pub fn new_object(&mut self, class: &str, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        self.class_form(class, e.span)?;
        let type_name = self.unit.derived(&e.ty);
        let constructor = self.unit.signatures.get(&method_key(class, CONSTRUCTOR)).cloned();
        let Some(mut signature) = constructor else {
            let fields = self.unit.module.class(class).map(|c| c.fields.clone()).unwrap_or_default();
            if fields.len() != args.len() {
                return reject("arguments", e.span, format!("an object of `{class}` with omitted fields"));
            }
            let values = self.operands(&args.iter().collect::<Vec<_>>())?;
            let values = values.into_iter().zip(&fields).map(|(v, f)| self.stored(v, &f.ty)).collect();
            return Ok(call(type_name, values));
        };
        // The object is the result, and new.
        signature.params.remove(0);
        let arguments = self.arguments(class, &signature, args, e.span)?;
        Ok(self.called_value(&signature, name(type_name), arguments, &e.ty))
    }

    /// `object.method(args)` as a value.
    pub fn method_value(&mut self, e: &ir::Expr) -> Result<Expr, Rejection> {
        let (signature, callee, arguments) = self.method_parts(e)?;
        if signature.ret == Type::None {
            return reject("none-value", e.span, "the value of a method that returns nothing");
        }
        Ok(self.called_value(&signature, callee, arguments, &e.ty))
    }

    /// A call of a method for its effect.
    pub fn method_statement(&mut self, e: &ir::Expr) -> Result<(), Rejection> {
        let (signature, callee, arguments) = self.method_parts(e)?;
        self.called_for_effect(&signature, callee, arguments);
        Ok(())
    }

    /// What is called, how, and with what.
    fn method_parts(&mut self, e: &ir::Expr) -> Result<(Signature, Expr, Vec<Expr>), Rejection> {
        let (class, called, all) = match &e.kind {
            ExprKind::CallMethod { object, class, method, args } => {
                let mut all = vec![(**object).clone()];
                all.extend(args.iter().cloned());
                (class, method, all)
            }
            ExprKind::CallStatic { class, method, args } => (class, method, args.clone()),
            _ => return reject("call", e.span, "a call of a computed method"),
        };
        let form = self.class_form(class, e.span)?;
        let Some(signature) = self.unit.signatures.get(&method_key(class, called)).cloned() else {
            return reject("call", e.span, format!("a call of `{class}.{called}`"));
        };
        let mut arguments = self.arguments(called, &signature, &all, e.span)?;
        if matches!(e.kind, ExprKind::CallStatic { .. }) {
            return Ok((signature, name(form.procedure(called)), arguments));
        }
        let object = self.subscriptable(arguments.remove(0), &all[0].ty);
        Ok((signature, component(object, &form.binding(called)), arguments))
    }

    /// `str(object)`.
    pub fn object_text(&mut self, value: &ir::Expr, class: &str) -> Result<Expr, Rejection> {
        let methods = self.unit.module.class(class).map(|c| c.methods.clone()).unwrap_or_default();
        let found = ["__str__", "__repr__"].into_iter().find(|m| methods.iter().any(|f| f.name == *m));
        let Some(found) = found else {
            return reject("text-of", value.span, format!("the text of a value of type `{class}`"));
        };
        let form = self.class_form(class, value.span)?;
        Ok(method(self.designator(value)?, &form.binding(found), Vec::new()))
    }
}

/// The classes by name.
pub type ClassForms = BTreeMap<String, ClassForm>;
