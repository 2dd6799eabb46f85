//! Procedures: arguments, result, locals, body.

use super::usage::usage;
use super::{Binding, Body, Unit, reject};
use crate::fortran::print;
use crate::fortran::tree::build::name;
use crate::fortran::tree::{Attribute, Kind, Length, ModuleItem, Procedure, Stmt, TypeSpec};
use crate::fortran::types::is_array;
use grammars::Rejection;
use grammars::ir::visit::each_stmt;
use grammars::ir::{self, ExprKind, Function, Place, StmtKind, Type};
use std::collections::BTreeSet;

/// A function at the level of the module.
pub fn procedure(unit: &mut Unit<'_>, function: &Function) -> Result<Procedure, Rejection> {
    let target = unit.globals.get(&function.name, &mut unit.names);
    let doc = super::doc::lines(unit, function);
    let mut body = Body::new(unit);
    let mut procedure = body.procedure(function, target)?;
    procedure.doc = doc;
    Ok(procedure)
}

impl Body<'_, '_> {
    /// Fills this body with a function.
    pub fn procedure(&mut self, function: &Function, target: String) -> Result<Procedure, Rejection> {
        self.look_at(function);
        self.recursive = function.effects.recursive;
        self.names.reserve(super::module::local_names(function));
        let mut arguments = Vec::new();
        let mut dummies = Vec::new();
        let mut interfaces = Vec::new();
        if let Some(object) = self.self_name.clone() {
            self.names.take("self");
            self.renaming.insert(&object, "self".to_string());
        }
        for param in &function.params {
            let dummy = self.variable_name(&param.name);
            self.declared.insert(param.name.clone(), param.ty.clone());
            self.param_names.insert(param.name.clone());
            if let Type::Function { params, ret } = &param.ty {
                interfaces.push(self.interface(&dummy, params, ret));
            } else {
                dummies.push(self.parameter(function, param, &dummy)?);
            }
            arguments.push(dummy);
        }
        let key = self.key.as_deref().unwrap_or(&function.name);
        if self.unit.signatures.get(key).is_some_and(|s| s.status) {
            let status = self.open_status(&function.body, function.span)?;
            dummies.push(super::exceptions::status_argument(&status));
            arguments.push(status);
        }
        let result = self.result_variable(function);
        if self.own_status.is_some() {
            self.open_result(function.span)?;
        }
        let copies = self.local_copies(function);
        self.body_statements(function, copies)?;
        let mut declarations = dummies;
        if self.passed_object
            && let Some(object) = declarations.first_mut()
            && let TypeSpec::Derived(name) = &object.ty
        {
            object.ty = TypeSpec::Class(name.clone());
        }
        if let Some((result, ty)) = &result {
            declarations.push(self.result_declaration(result, ty));
        }
        let result = result.map(|(name, _)| name);
        let mut body = self.blocks.pop().unwrap_or_default();
        let internal = std::mem::take(&mut self.internal);
        // A procedure shares its variables with those within it.
        if !self.is_internal && internal.is_empty() {
            let kept: BTreeSet<String> = arguments.iter().chain(&result).cloned().collect();
            super::tidy::drop_unread(&mut body, &kept, &|value| self.is_total(value));
        }
        super::tidy::drop_final_returns(&mut body);
        let text = print::statements(&body) + &print::items(&internal);
        let unused = unused(&declarations, &arguments, &text);
        if !unused.is_empty() {
            body.insert(0, Stmt::Unused(unused));
        }
        let locals = self.sorted_declarations();
        declarations.extend(locals.into_iter().filter(|d| super::module::mentions(&text, &d.name)));
        Ok(Procedure {
            name: target,
            doc: Vec::new(),
            prefixes: self.prefixes(function),
            arguments,
            result,
            declarations,
            interfaces,
            body,
            internal,
        })
    }

    fn prefixes(&self, function: &Function) -> Vec<&'static str> {
        let key = self.key.as_deref().unwrap_or(&function.name);
        let mut prefixes = Vec::new();
        if self.unit.signatures.get(key).map_or(function.effects.pure, |s| s.pure) {
            prefixes.push("pure");
        }
        if function.effects.recursive {
            prefixes.push("recursive");
        }
        prefixes
    }

    /// What the body's use of its variables says.
    fn look_at(&mut self, function: &Function) {
        let params: BTreeSet<String> = function
            .params
            .iter()
            .map(|p| p.name.clone())
            .chain(function.captures.iter().cloned())
            .chain(function.rebinds.iter().cloned())
            .collect();
        let found = usage(&function.body, &params);
        self.shifted = found.shifted;
        self.default_sources = found.default_kind;
        self.reads = found.reads;
        self.outlives = found.outlives;
    }

    /// The declaration of a dummy argument.
    fn parameter(
        &mut self,
        function: &Function,
        param: &ir::Param,
        dummy: &str,
    ) -> Result<crate::fortran::tree::Declaration, Rejection> {
        let resized = self
            .unit
            .signatures
            .get(self.key.as_deref().unwrap_or(&function.name))
            .and_then(|s| s.params.iter().find(|p| p.name == param.name))
            .is_some_and(|p| p.resized);
        if param.mutated && param.reassigned && !is_scalar(&param.ty) {
            let message = format!("the parameter `{}`, which is both changed and rebound", param.name);
            return reject("aliasing", function.span, message);
        }
        let attributes = match (param.mutated, resized && is_array(&param.ty)) {
            (true, true) => vec![Attribute::Allocatable, Attribute::IntentInOut],
            (true, false) if !is_scalar(&param.ty) => vec![Attribute::IntentInOut],
            _ if param.reassigned && is_scalar(&param.ty) => vec![Attribute::Value],
            _ => vec![Attribute::IntentIn],
        };
        if matches!(param.ty, Type::Str | Type::Char) {
            self.note(super::ASCII);
        }
        if param.ty == Type::Char {
            self.single_characters.insert(dummy.to_string());
        }
        Ok(self.dummy(dummy, &param.ty, attributes))
    }

    /// Arguments that the source rebinds and that Fortran passes without a copy get a local one.
    fn local_copies(&mut self, function: &Function) -> Vec<(String, Type)> {
        let rebound = function.params.iter().filter(|p| p.reassigned && !is_scalar(&p.ty));
        rebound.map(|p| (p.name.clone(), p.ty.clone())).collect()
    }

    fn body_statements(&mut self, function: &Function, copies: Vec<(String, Type)>) -> Result<(), Rejection> {
        let first = first_assigned(function);
        let mut late = None;
        for (source, ty) in copies {
            let dummy = self.variable_name(&source);
            let copy = self.names.fresh(&format!("local_{dummy}"));
            self.declare(&copy, &ty);
            let binding = Binding::Variable { name: copy.clone(), shift: 0 };
            if first == Some(source.as_str()) {
                late = Some((source, binding));
            } else {
                self.emit(Stmt::Assign(name(&copy), name(dummy)));
                self.bindings.insert(source, binding);
            }
        }
        let Some((source, binding)) = late else { return self.statements_at(&function.body, true) };
        let start = function.body.iter().position(|s| !is_comment(s)).unwrap_or(0);
        let (before, after) = function.body.split_at((start + 1).min(function.body.len()));
        self.first_assignment(before, &source, binding)?;
        self.statements_at(&after.to_vec(), true)
    }

    /// The first statement rebinds an argument: its value still reads the argument itself.
    fn first_assignment(
        &mut self,
        before: &[ir::Stmt],
        source: &str,
        binding: Binding,
    ) -> Result<(), Rejection> {
        for stmt in before {
            match &stmt.kind {
                StmtKind::Assign { place: Place::Variable { .. }, value } => {
                    let Binding::Variable { name: copy, .. } = &binding else { continue };
                    let copy = copy.clone();
                    self.assign_to(name(copy), value)?;
                    self.bindings.insert(source.to_string(), binding.clone());
                }
                _ => self.statements(&vec![stmt.clone()])?,
            }
        }
        Ok(())
    }

    /// The result variable: the local that the function returns at its end, or one named after the
    /// kind of the result.
    fn result_variable(&mut self, function: &Function) -> Option<(String, Type)> {
        if function.ret == Type::None {
            return None;
        }
        let target = match returned_local(function) {
            Some(source) => {
                let target = self.variable_name(&source);
                self.declared.insert(source, function.ret.clone());
                target
            }
            None => self.names.fresh_of(result_wishes(&function.ret)),
        };
        if function.ret == Type::Char {
            self.single_characters.insert(target.clone());
        }
        self.result = Some((target.clone(), function.ret.clone()));
        self.result.clone()
    }

    fn result_declaration(&mut self, result: &str, ty: &Type) -> crate::fortran::tree::Declaration {
        let mut declaration = self.dummy(result, ty, Vec::new());
        if let TypeSpec::Character(length @ Length::Assumed) = &mut declaration.ty {
            *length = Length::Deferred;
        }
        if declaration.bounds.is_some() || matches!(declaration.ty, TypeSpec::Character(Length::Deferred)) {
            declaration.attributes.push(Attribute::Allocatable);
        }
        if let TypeSpec::Integer(kind) = &mut declaration.ty {
            *kind = Kind::Int64;
        }
        declaration
    }

    /// A function within a function: an internal procedure, which sees the variables around it.
    pub fn nested_function(&mut self, function: &Function) -> Result<(), Rejection> {
        if self.is_internal {
            return reject(
                "nested-function",
                function.span,
                format!("`{}`, a function three levels deep", function.name),
            );
        }
        let target = self.variable_name(&function.name);
        self.unit.user_procedures.insert(target.clone());
        self.nested.insert(function.name.clone(), function.clone());
        let captured: Vec<(String, Binding)> = function
            .captures
            .iter()
            .chain(&function.rebinds)
            .map(|source| (source.clone(), self.binding(source)))
            .collect();
        let (names, nested, declared) = (self.names.clone(), self.nested.clone(), captured.clone());
        let mut inner = Body::new(self.unit);
        inner.names = names;
        inner.nested = nested;
        inner.is_internal = true;
        for (source, binding) in declared {
            if let Binding::Variable { name, .. } = &binding {
                inner.renaming.insert(&source, name.clone());
            }
            inner.param_names.insert(source.clone());
            inner.declared.insert(source.clone(), Type::None);
            inner.bindings.insert(source, binding);
        }
        inner.renaming.insert(&function.name, target.clone());
        let mut procedure = inner.procedure(function, target)?;
        procedure.doc = super::doc::plain_lines(function);
        self.internal.push(ModuleItem::Procedure(procedure));
        Ok(())
    }
}

/// A value that is passed and copied without further ado.
pub fn is_scalar(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Float | Type::Bool | Type::Char)
}

/// The arguments that a text does not mention.
fn unused(
    declarations: &[crate::fortran::tree::Declaration],
    arguments: &[String],
    text: &str,
) -> Vec<String> {
    let data = arguments.iter().filter(|a| declarations.iter().any(|d| d.name == **a));
    data.filter(|argument| !super::module::mentions(text, argument)).cloned().collect()
}

fn is_comment(stmt: &ir::Stmt) -> bool {
    matches!(stmt.kind, StmtKind::Comment { .. } | StmtKind::Pass)
}

/// The parameter that the first statement rebinds.
fn first_assigned(function: &Function) -> Option<&str> {
    let first = function.body.iter().find(|s| !is_comment(s))?;
    match &first.kind {
        StmtKind::Assign { place: Place::Variable { name, .. }, .. } => Some(name),
        _ => None,
    }
}

/// The local variable that the last statement returns, if it can serve as the result variable.
fn returned_local(function: &Function) -> Option<String> {
    let last = function.body.iter().rfind(|s| !is_comment(s))?;
    let StmtKind::Return(Some(value)) = &last.kind else { return None };
    let ExprKind::Local(name) = &value.kind else { return None };
    let local = function.locals.iter().find(|l| l.name == *name)?;
    let mut captured = false;
    each_stmt(&function.body, |s| {
        if let StmtKind::Function(f) = &s.kind {
            captured = captured || f.captures.contains(name);
        }
    });
    (local.ty == function.ret && !captured && !is_loop_variable(function, name)).then(|| name.clone())
}

fn is_loop_variable(function: &Function, name: &str) -> bool {
    let mut found = false;
    each_stmt(&function.body, |s| {
        if let StmtKind::For { pattern, .. } = &s.kind {
            found = found || pattern.names().iter().any(|(n, _)| *n == name);
        }
    });
    found
}

fn result_wishes(ty: &Type) -> &'static [&'static str] {
    match ty {
        Type::Bool => &["holds", "answer"],
        Type::Int | Type::Float => &["value", "answer", "answer_value"],
        Type::Str => &["text", "answer", "answer_text"],
        Type::Char => &["letter", "answer"],
        Type::List(_) | Type::Set(_) | Type::Iter(_) => &["items", "answer", "answer_items"],
        Type::Dict(..) => &["map", "answer"],
        Type::Tuple(items) if items.len() == 2 => &["pair", "answer"],
        Type::Optional(_) => &["found", "answer"],
        _ => &["answer"],
    }
}
