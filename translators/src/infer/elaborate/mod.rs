//! From solved constraints to the typed IR: everything implicit becomes a node.

mod arrays;
mod assign;
mod build;
mod call;
mod class;
mod compare;
mod comprehension;
mod containers;
mod convert;
mod expr;
mod format;
mod library;
mod names;
mod operator;
mod place;
mod random;
mod reductions;
mod regex;
mod search;
mod sequences;
mod stmt;
mod text;
mod truth;
mod type_test;
mod unions;
mod update;

use super::cells::Cell;
use super::facts::*;
use super::generate::Outcome;
use super::key::Key;
use convert::convert;
use grammars::ir::{self, Local, Type};
use grammars::surface::{self, Expr, ParamKind, Stmt, StmtKind};
use grammars::{Rejection, Span};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Builds the typed module.
pub(super) fn elaborate(facts: &Facts, module: &surface::Module) -> Outcome<ir::Module> {
    let mut elaborator = Elaborator {
        facts,
        names: names::choose(facts),
        body: Body::new(ScopeId(0), None),
        substituted: BTreeMap::new(),
        hoisted: HashSet::new(),
        mutated_globals: Default::default(),
        depth: 0,
    };
    elaborator.module(module)
}

struct Elaborator<'f, 'm> {
    facts: &'f Facts<'m>,
    /// For each variable its name in the IR.
    names: Vec<String>,
    body: Body,
    /// Variables of comprehensions that stand for a part of another.
    substituted: BTreeMap<VarId, ir::Expr>,
    /// Assignment expressions that have become statements.
    hoisted: HashSet<Key>,
    mutated_globals: BTreeSet<String>,
    depth: usize,
}

/// What is collected while a body is elaborated.
struct Body {
    scope: ScopeId,
    function: Option<FunctionId>,
    locals: Vec<Local>,
    captures: Vec<VarId>,
    rebinds: Vec<VarId>,
    /// The list that a generator function fills.
    yielded: Option<(String, Type)>,
}

impl Body {
    fn new(scope: ScopeId, function: Option<FunctionId>) -> Body {
        Body { scope, function, locals: Vec::new(), captures: Vec::new(), rebinds: Vec::new(), yielded: None }
    }
}

impl<'f, 'm> Elaborator<'f, 'm> {
    fn module(&mut self, module: &'m surface::Module) -> Outcome<ir::Module> {
        let mut items = Vec::new();
        for stmt in &module.body {
            self.item(stmt, &mut items)?;
        }
        let mut tests = Vec::new();
        for (test, scope) in module.tests.iter().zip(&self.facts.test_scopes) {
            tests.push(self.test(test, *scope)?);
        }
        for item in &mut items {
            if let ir::Item::Constant(constant) = item {
                constant.mutated = self.mutated_globals.contains(&constant.name);
            }
        }
        let entry_point = super::entry::entry_point(&items, &tests);
        Ok(ir::Module {
            source_lang: module.lang.clone(),
            name: module.name.clone(),
            doc: module.doc.as_ref().map(|d| self.doc(d)),
            items,
            tests,
            entry_point,
        })
    }

    fn item(&mut self, stmt: &'m Stmt, items: &mut Vec<ir::Item>) -> Outcome<()> {
        match &stmt.kind {
            StmtKind::Comment { text, .. } => match items.last_mut() {
                Some(ir::Item::Comment(lines)) => {
                    lines.push('\n');
                    lines.push_str(text);
                }
                _ => items.push(ir::Item::Comment(text.clone())),
            },
            StmtKind::Function(f) => {
                if let Some(id) = self.facts.function_names.get(f.name.as_str()) {
                    items.push(ir::Item::Function(self.function(*id)?));
                }
            }
            StmtKind::Class(c) => items.push(ir::Item::Class(self.class(c)?)),
            StmtKind::Assign { .. } | StmtKind::AnnAssign { .. } => {
                let constant = self.constant(stmt)?;
                items.extend(constant.map(ir::Item::Constant));
            }
            _ => {}
        }
        Ok(())
    }

    fn constant(&mut self, stmt: &'m Stmt) -> Outcome<Option<ir::Constant>> {
        let target = match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.first(),
            StmtKind::AnnAssign { target, .. } => Some(target),
            _ => None,
        };
        let Some(surface::ExprKind::Name(name)) = target.map(|t| &t.kind) else { return Ok(None) };
        let Some(info) = self.facts.globals.get(name.as_str()) else { return Ok(None) };
        if self.facts.only_a_pattern(&Binding::Global(name.clone())) {
            return Ok(None);
        }
        let ty = self.type_of(info.cell, stmt.span, name)?;
        let value = self.expr_as(info.value, &ty)?;
        Ok(Some(ir::Constant { name: name.clone(), ty, value, mutated: false, span: stmt.span }))
    }

    /// The type of a cell; `what` names it in the rejection.
    fn type_of(&self, cell: Cell, span: Span, what: &str) -> Outcome<Type> {
        self.facts.cells.resolve(cell).ok_or_else(|| {
            Rejection::new("infer.unknown-type", span, format!("Nothing tells the type of `{what}`."))
        })
    }

    /// The result type of a function; one that never returns a value gives nothing.
    fn result_type(&self, ret: Cell) -> Type {
        self.facts.cells.resolve(ret).unwrap_or(Type::None)
    }

    // ---- functions

    fn function(&mut self, id: FunctionId) -> Outcome<ir::Function> {
        let info = self.facts.function(id).clone();
        check_decorators(&info)?;
        let mut params = Vec::new();
        for param in &info.params {
            params.push(self.param(&info, param)?);
        }
        let outer = std::mem::replace(&mut self.body, Body::new(info.scope, Some(id)));
        let result = self.function_body(&info);
        let body = std::mem::replace(&mut self.body, outer);
        let block = result?;
        for param in &mut params {
            param.reassigned = body.locals.iter().any(|l| l.name == param.name);
        }
        let name_of = |ids: &[VarId]| ids.iter().map(|v| self.names[v.0].clone()).collect::<Vec<_>>();
        let (captures, rebinds) = (name_of(&body.captures), name_of(&body.rebinds));
        for captured in &body.captures {
            if self.facts.variable(*captured).scope != self.body.scope {
                self.capture(*captured);
            }
        }
        let locals = body.locals.into_iter().filter(|l| params.iter().all(|p| p.name != l.name)).collect();
        Ok(ir::Function {
            name: self.function_name(id),
            params,
            ret: self.result_type(info.ret),
            locals,
            body: block,
            doc: info.node.doc.as_ref().map(|d| self.doc(d)),
            captures,
            rebinds,
            effects: Default::default(),
            span: info.node.span,
        })
    }

    fn function_name(&self, id: FunctionId) -> String {
        let info = self.facts.function(id);
        let name = info.node.name.clone();
        if info.kind == FunctionKind::Nested && names::is_module_name(self.facts, &name) {
            return format!("{name}_inner");
        }
        name
    }

    fn param(&mut self, info: &FunctionInfo<'m>, param: &ParamInfo<'m>) -> Outcome<ir::Param> {
        let ty = self.type_of(param.cell, info.node.span, param.name)?;
        if let Some(default) = param.default
            && super::defaults::is_shared(param.name, default, &info.node.body)
        {
            let message =
                format!("The default of `{}` is one object for all calls, and can change.", param.name);
            return Err(Rejection::new("infer.mutable-default", default.span, message));
        }
        let default = match param.default {
            Some(default) => Some(self.expr_as(default, &ty)?),
            None => None,
        };
        let webs = &self.facts.scopes[info.scope.0];
        let variable = webs.webs.params.get(param.name).and_then(|w| webs.variables.get(w));
        let name = variable.map_or(param.name.to_owned(), |v| self.names[v.0].clone());
        let kind = if param.kind == ParamKind::KeywordArgs { ParamKind::Normal } else { param.kind };
        Ok(ir::Param { name, ty, default, kind, mutated: false, reassigned: false })
    }

    fn function_body(&mut self, info: &FunctionInfo<'m>) -> Outcome<ir::Block> {
        if info.node.is_generator {
            return self.generator_body(info);
        }
        let mut block = self.block(&info.node.body)?;
        let ret = self.result_type(info.ret);
        if matches!(ret, Type::Optional(_)) && super::narrowing::falls_through(&info.node.body) {
            let span = Span { line: 0, ..info.node.span };
            let none = build::expr(ir::ExprKind::None, ret, span);
            block.push(ir::Stmt { kind: ir::StmtKind::Return(Some(none)), span });
        }
        Ok(block)
    }

    /// A generator function gives the list of what it yields.
    fn generator_body(&mut self, info: &FunctionInfo<'m>) -> Outcome<ir::Block> {
        if endless(&info.node.body) {
            let message = format!("The generator `{}` does not end by itself.", info.node.name);
            return Err(Rejection::new("infer.endless-generator", info.node.span, message));
        }
        let ty = self.result_type(info.ret);
        let name = self.unused_name("items");
        self.body.locals.push(Local { name: name.clone(), ty: ty.clone() });
        self.body.yielded = Some((name.clone(), ty.clone()));
        let span = Span { line: 0, ..info.node.span };
        let empty = build::expr(ir::ExprKind::List(Vec::new()), ty.clone(), span);
        let place = ir::Place::Variable { name: name.clone(), ty: ty.clone() };
        let mut block = vec![ir::Stmt { kind: ir::StmtKind::Assign { place, value: empty }, span }];
        block.extend(self.block(&info.node.body)?);
        let result = build::local(&name, ty, span);
        block.push(ir::Stmt { kind: ir::StmtKind::Return(Some(result)), span });
        Ok(block)
    }

    /// A name that no variable of the body and nothing of the module has.
    fn unused_name(&self, wish: &str) -> String {
        let taken =
            |name: &str| names::is_module_name(self.facts, name) || self.names.iter().any(|n| n == name);
        let mut name = wish.to_owned();
        let mut number = 2;
        while taken(&name) || self.body.locals.iter().any(|l| l.name == name) {
            name = format!("{wish}_{number}");
            number += 1;
        }
        name
    }

    // ---- tests and documentation

    fn test(&mut self, test: &'m surface::TestCase, scope: ScopeId) -> Outcome<ir::TestCase> {
        let outer = std::mem::replace(&mut self.body, Body::new(scope, None));
        let result = self.block(&test.body);
        let body = std::mem::replace(&mut self.body, outer);
        Ok(ir::TestCase {
            name: test.name.clone(),
            origin: test.origin,
            locals: body.locals,
            body: result?,
            span: test.span,
        })
    }

    /// Examples that cannot be typed are left out: they are documentation here, and the doctests
    /// among the tests keep them.
    fn doc(&mut self, doc: &'m surface::Doc) -> ir::Doc {
        let examples = doc
            .examples
            .iter()
            .filter_map(|example| {
                let expected = example.expected.as_ref()?;
                let call = self.expr(&example.call).ok()?;
                let expected = self.expr(expected).ok()?;
                let expected = convert(expected.clone(), &call.ty).unwrap_or(expected);
                Some(ir::DocExample { call, expected })
            })
            .collect();
        ir::Doc { text: doc.text.clone(), examples }
    }

    // ---- variables

    /// The variable is read or written here.
    fn capture(&mut self, id: VarId) {
        let variable = self.facts.variable(id);
        if !variable.inner && variable.scope != self.body.scope && !self.body.captures.contains(&id) {
            self.body.captures.push(id);
        }
    }

    /// The variable is assigned here.
    fn assigned(&mut self, id: VarId, ty: &Type) {
        let variable = self.facts.variable(id);
        if variable.scope != self.body.scope {
            self.capture(id);
            if !self.body.rebinds.contains(&id) {
                self.body.rebinds.push(id);
            }
            return;
        }
        let name = &self.names[id.0];
        if !variable.inner && !self.body.locals.iter().any(|l| l.name == *name) {
            self.body.locals.push(Local { name: name.clone(), ty: ty.clone() });
        }
    }

    fn nested<T>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= super::generate::MAX_DEPTH {
            return Err(Rejection::new("infer.too-deep", span, "The program nests too deeply."));
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }
}

/// Decorators that change nothing but speed are dropped; others have no rule.
fn check_decorators(info: &FunctionInfo) -> Outcome<()> {
    const HARMLESS: [&str; 10] = [
        "lru_cache",
        "cache",
        "wraps",
        "staticmethod",
        "classmethod",
        "property",
        "abstractmethod",
        "override",
        "final",
        "no_type_check",
    ];
    for decorator in &info.node.decorators {
        if !HARMLESS.contains(&decorator.rsplit('.').next().unwrap_or(decorator)) {
            let message = format!("The decorator `@{decorator}` of `{}` has no rule.", info.node.name);
            return Err(Rejection::new("infer.decorator", info.node.span, message));
        }
    }
    Ok(())
}

/// The body contains a loop without an end.
fn endless(body: &[Stmt]) -> bool {
    body.iter().any(|s| match &s.kind {
        StmtKind::While { condition, body, .. } => {
            matches!(condition.kind, surface::ExprKind::Bool(true)) && !leaves(body)
        }
        _ => super::walk::blocks(s).into_iter().any(endless),
    })
}

fn leaves(body: &[Stmt]) -> bool {
    body.iter().any(|s| match &s.kind {
        StmtKind::Break | StmtKind::Return(_) | StmtKind::Raise(_) => true,
        _ => super::walk::blocks(s).into_iter().any(leaves),
    })
}

/// The expression as the source spells it, roughly, for messages.
fn spelled(e: &Expr) -> String {
    match &e.kind {
        surface::ExprKind::Name(name) => name.clone(),
        surface::ExprKind::Attribute { value, name } => format!("{}.{name}", spelled(value)),
        surface::ExprKind::Call { callee, .. } => format!("{}(…)", spelled(callee)),
        surface::ExprKind::Subscript { value, .. } => format!("{}[…]", spelled(value)),
        surface::ExprKind::Library(path) => path.strip_prefix("builtins.").unwrap_or(path).to_owned(),
        surface::ExprKind::List(_) => "[…]".to_owned(),
        surface::ExprKind::Lambda { .. } => "lambda".to_owned(),
        _ => "this expression".to_owned(),
    }
}
