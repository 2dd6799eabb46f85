//! From the surface tree to constraints: one walk over the module that resolves names and gives every
//! expression a cell.

mod call;
mod class;
mod expr;
mod stmt;

use super::annotation::cell_of_hint;
use super::cells::{Cell, Head, Mode};
use super::constraint::{Constraint, GuardId};
use super::facts::*;
use super::key::Key;
use super::narrowing::{Narrowing, falls_through};
use super::webs::{Web, webs};
use grammars::surface::{self, Expr, ExprKind, Function, Module, ParamKind, Stmt, StmtKind, TypeHint};
use grammars::{Rejection, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How deep expressions and blocks may nest.
pub(super) use call::is_super;
pub(super) use class::default_factory;
pub(super) use expr::literal_int;

pub(super) const MAX_DEPTH: usize = 120;

pub(super) type Outcome<T> = Result<T, Rejection>;

/// Facts with constraints that are still to be solved.
pub(super) fn generate(module: &Module, mode: Mode) -> Outcome<Facts<'_>> {
    let mut generator = Generator::new(module);
    generator.facts.cells.mode = mode;
    generator.module(module)?;
    Ok(generator.facts)
}

struct Generator<'m> {
    facts: Facts<'m>,
    class_names: BTreeSet<&'m str>,
    scope: ScopeId,
    /// Names of enclosing comprehensions and lambdas, innermost last.
    frames: Vec<BTreeMap<&'m str, VarId>>,
    function: Option<FunctionId>,
    narrowing: Narrowing,
    guard: Option<GuardId>,
    depth: usize,
}

impl<'m> Generator<'m> {
    fn new(module: &'m Module) -> Generator<'m> {
        let mut facts = Facts { uses_arrays: super::arrays::are_used(module), ..Facts::default() };
        facts.scopes.push(Scope {
            parent: None,
            webs: Default::default(),
            variables: BTreeMap::new(),
            nested: BTreeMap::new(),
        });
        let class_names = module
            .body
            .iter()
            .filter_map(|s| match &s.kind {
                StmtKind::Class(c) => Some(c.name.as_str()),
                _ => None,
            })
            .collect();
        Generator {
            facts,
            class_names,
            scope: ScopeId(0),
            frames: Vec::new(),
            function: None,
            narrowing: Narrowing::default(),
            guard: None,
            depth: 0,
        }
    }

    fn module(&mut self, module: &'m Module) -> Outcome<()> {
        self.declare_classes(module)?;
        for stmt in &module.body {
            if let StmtKind::Function(f) = &stmt.kind {
                let id = self.declare_function(f, FunctionKind::Plain, None)?;
                self.facts.function_names.insert(&f.name, id);
            }
        }
        for stmt in &module.body {
            self.declare_global(stmt)?;
        }
        self.global_values(module)?;
        self.class_bodies()?;
        for id in 0..self.facts.functions.len() {
            if self.facts.functions[id].kind != FunctionKind::Nested {
                self.function_body(FunctionId(id))?;
            }
        }
        for test in &module.tests {
            self.test(&test.body)?;
        }
        self.doc_examples(module)
    }

    /// Examples in documentation are typed if they can be, without telling anything about the
    /// program: the doctests among the tests do that.
    fn doc_examples(&mut self, module: &'m Module) -> Outcome<()> {
        let mut docs: Vec<&surface::Doc> = module.doc.iter().collect();
        for stmt in &module.body {
            match &stmt.kind {
                StmtKind::Function(f) => docs.extend(&f.doc),
                StmtKind::Class(c) => {
                    docs.extend(&c.doc);
                    docs.extend(c.body.iter().filter_map(|s| match &s.kind {
                        StmtKind::Function(f) => f.doc.as_ref(),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
        for example in docs.into_iter().flat_map(|d| &d.examples) {
            let before = self.facts.constraints.len();
            let typed = self.expr(&example.call).and_then(|call| {
                let expected = example.expected.as_ref();
                expected.map_or(Ok(()), |e| {
                    let expected_cell = self.expr(e)?;
                    self.equal(call, expected_cell, (false, true), example.span);
                    Ok(())
                })
            });
            if typed.is_err() {
                self.facts.constraints.truncate(before);
            }
        }
        Ok(())
    }

    fn fresh(&mut self) -> Cell {
        self.facts.cells.fresh()
    }

    fn of(&mut self, head: Head) -> Cell {
        self.facts.cells.of(head)
    }

    fn hint(&mut self, hint: &TypeHint) -> Cell {
        cell_of_hint(&mut self.facts.cells, &self.class_names, hint)
    }

    fn constrain(&mut self, constraint: Constraint<'m>, span: Span) {
        self.facts.constrain(constraint, span, self.guard);
    }

    fn flow(&mut self, from: Cell, to: Cell, span: Span) {
        self.constrain(Constraint::Flow { from, to }, span);
    }

    fn equal(&mut self, left: Cell, right: Cell, fresh: (bool, bool), span: Span) {
        self.constrain(Constraint::Equal { left, right, fresh }, span);
    }

    fn nested<T>(&mut self, span: Span, f: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Rejection::new("infer.too-deep", span, "The program nests too deeply."));
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }

    // ---- scopes and names

    fn new_scope(
        &mut self,
        params: &[surface::Param],
        outer: &[String],
        body: &[Stmt],
        parent: Option<ScopeId>,
    ) -> ScopeId {
        let webs = webs(params, outer, body);
        self.facts.scopes.push(Scope { parent, webs, variables: BTreeMap::new(), nested: BTreeMap::new() });
        ScopeId(self.facts.scopes.len() - 1)
    }

    fn new_variable(&mut self, name: &str, scope: ScopeId, inner: bool) -> VarId {
        let cell = self.fresh();
        let variable =
            Variable { name: name.to_owned(), cell, scope, inner, is_param: false, reads: 0, stores: 0 };
        self.facts.variables.push(variable);
        VarId(self.facts.variables.len() - 1)
    }

    fn variable_of_web(&mut self, scope: ScopeId, web: Web) -> VarId {
        if let Some(id) = self.facts.scopes[scope.0].variables.get(&web) {
            return *id;
        }
        let name = self.facts.scopes[scope.0].webs.names[web.0].clone();
        let id = self.new_variable(&name, scope, false);
        self.facts.scopes[scope.0].variables.insert(web, id);
        id
    }

    /// What `name` means at the node `key`.
    fn lookup(&mut self, name: &str, key: Key, span: Span) -> Outcome<Binding> {
        if let Some(id) = self.frames.iter().rev().find_map(|f| f.get(name)) {
            return Ok(Binding::Variable(*id));
        }
        let mut scope = Some(self.scope);
        while let Some(id) = scope {
            if let Some(f) = self.facts.scopes[id.0].nested.get(name) {
                return Ok(Binding::Function(*f));
            }
            let webs = &self.facts.scopes[id.0].webs;
            let web = if id == self.scope { webs.at(key) } else { webs.any_of(name) };
            if let Some(web) = web {
                return Ok(Binding::Variable(self.variable_of_web(id, web)));
            }
            scope = self.facts.scopes[id.0].parent;
        }
        self.lookup_in_module(name, span)
    }

    fn lookup_in_module(&self, name: &str, span: Span) -> Outcome<Binding> {
        if let Some(id) = self.facts.function_names.get(name) {
            return Ok(Binding::Function(*id));
        }
        if self.facts.classes.contains_key(name) {
            return Ok(Binding::Class(name.to_owned()));
        }
        if self.facts.globals.contains_key(name) {
            return Ok(Binding::Global(name.to_owned()));
        }
        Err(Rejection::new("infer.unknown-name", span, format!("Nothing is known of the name `{name}`.")))
    }

    fn bind(&mut self, name: &str, key: Key, span: Span) -> Outcome<Binding> {
        let binding = self.lookup(name, key, span)?;
        self.facts.bindings.insert(key, binding.clone());
        Ok(binding)
    }

    // ---- declarations

    fn declare_global(&mut self, stmt: &'m Stmt) -> Outcome<()> {
        let (target, hint, value) = match &stmt.kind {
            StmtKind::Assign { targets, value } => match targets.as_slice() {
                [target] => (target, None, value),
                _ => return Err(global_form(stmt.span)),
            },
            StmtKind::AnnAssign { target, hint, value: Some(value) } => (target, Some(hint), value),
            StmtKind::AnnAssign { .. } | StmtKind::Comment { .. } | StmtKind::Pass => return Ok(()),
            StmtKind::Function(_) | StmtKind::Class(_) => return Ok(()),
            StmtKind::Unsupported(rejection) => return Err(rejection.clone()),
            _ => return Err(global_form(stmt.span)),
        };
        let ExprKind::Name(name) = &target.kind else { return Err(global_form(stmt.span)) };
        if self.facts.function_names.contains_key(name.as_str()) || self.class_names.contains(name.as_str()) {
            return Err(stmt::rebound(name, stmt.span));
        }
        let cell = match hint {
            Some(hint) => self.hint(hint),
            None => self.fresh(),
        };
        let info = GlobalInfo { cell, value, span: stmt.span, reads: 0, rebound: false };
        if self.facts.globals.insert(name, info).is_some() {
            let message = format!("The module assigns `{name}` more than once.");
            return Err(Rejection::new("infer.module-variable", stmt.span, message));
        }
        Ok(())
    }

    fn global_values(&mut self, module: &'m Module) -> Outcome<()> {
        for stmt in &module.body {
            let name = match &stmt.kind {
                StmtKind::Assign { targets, .. } => targets.first(),
                StmtKind::AnnAssign { target, .. } => Some(target),
                _ => None,
            };
            let Some(ExprKind::Name(name)) = name.map(|t| &t.kind) else { continue };
            if let Some(info) = self.facts.globals.get(name.as_str()).cloned() {
                let value = self.expr(info.value)?;
                self.flow(value, info.cell, info.span);
            }
        }
        Ok(())
    }

    fn declare_function(
        &mut self,
        f: &'m Function,
        kind: FunctionKind,
        owner: Option<&str>,
    ) -> Outcome<FunctionId> {
        let parent = if kind == FunctionKind::Nested { self.scope } else { ScopeId(0) };
        let scope = self.new_scope(&f.params, &f.outer_names, &f.body, Some(parent));
        let mut params = Vec::new();
        for (at, param) in f.params.iter().enumerate() {
            if at == 0 && kind == FunctionKind::ClassMethod {
                continue;
            }
            params.push(self.declare_param(param, scope, at == 0, kind, owner)?);
        }
        let ret = match &f.returns {
            Some(hint) => self.hint(hint),
            None => self.fresh(),
        };
        let info = FunctionInfo { node: f, kind, owner: owner.map(str::to_owned), params, ret, scope };
        self.facts.functions.push(info);
        Ok(FunctionId(self.facts.functions.len() - 1))
    }

    fn declare_param(
        &mut self,
        param: &'m surface::Param,
        scope: ScopeId,
        first: bool,
        kind: FunctionKind,
        owner: Option<&str>,
    ) -> Outcome<ParamInfo<'m>> {
        if param.kind == ParamKind::KeywordArgs {
            let message = format!("The parameter `**{}` takes arguments of any name.", param.name);
            return Err(Rejection::new("infer.keyword-args", param.span, message));
        }
        let hinted = param.hint.as_ref().map(|h| self.hint(h));
        let receiver = matches!(kind, FunctionKind::Method | FunctionKind::Property);
        let cell = match (owner, hinted) {
            (Some(class), _) if first && receiver => self.of(Head::Class(class.to_owned())),
            (_, Some(cell)) => cell,
            (_, None) => self.fresh(),
        };
        let cell = if param.kind == ParamKind::VarArgs { self.of(Head::List(cell)) } else { cell };
        let web = self.facts.scopes[scope.0].webs.params.get(&param.name).copied();
        if let Some(web) = web {
            let variable = self.variable_of_web(scope, web);
            self.facts.variables[variable.0].is_param = true;
            let inside = self.facts.variables[variable.0].cell;
            self.facts.cells.unify(cell, inside);
        }
        Ok(ParamInfo { name: &param.name, cell, default: param.default.as_ref(), kind: param.kind })
    }

    // ---- bodies

    fn function_body(&mut self, id: FunctionId) -> Outcome<()> {
        let info = self.facts.functions[id.0].clone();
        for param in &info.params {
            if let Some(default) = param.default {
                let value = self.expr(default)?;
                self.flow(value, param.cell, default.span);
            }
        }
        let outer = self.enter(info.scope, Some(id));
        let body = &info.node.body;
        let result = self.declare_nested(body).and_then(|()| self.block(body));
        self.leave(outer);
        result?;
        self.function_end(&info);
        Ok(())
    }

    /// What a function gives that runs off its end.
    fn function_end(&mut self, info: &FunctionInfo<'m>) {
        let returns_value = returns_value(&info.node.body);
        if info.node.is_generator {
            let element = self.fresh();
            let list = self.of(Head::List(element));
            self.flow(list, info.ret, info.node.span);
        } else if !returns_value && !always_raises(&info.node.body) || falls_through(&info.node.body) {
            let none = self.facts.cells.none();
            self.flow(none, info.ret, info.node.span);
        }
    }

    fn test(&mut self, body: &'m [Stmt]) -> Outcome<()> {
        let scope = self.new_scope(&[], &[], body, Some(ScopeId(0)));
        self.facts.test_scopes.push(scope);
        let outer = self.enter(scope, None);
        let result = self.declare_nested(body).and_then(|()| self.block(body));
        self.leave(outer);
        result
    }

    fn enter(&mut self, scope: ScopeId, function: Option<FunctionId>) -> Outer<'m> {
        Outer {
            scope: std::mem::replace(&mut self.scope, scope),
            frames: std::mem::take(&mut self.frames),
            function: std::mem::replace(&mut self.function, function),
            narrowing: std::mem::take(&mut self.narrowing),
            guard: self.guard.take(),
        }
    }

    fn leave(&mut self, outer: Outer<'m>) {
        self.scope = outer.scope;
        self.frames = outer.frames;
        self.function = outer.function;
        self.narrowing = outer.narrowing;
        self.guard = outer.guard;
    }
}

/// What is put aside while another body is walked.
struct Outer<'m> {
    scope: ScopeId,
    frames: Vec<BTreeMap<&'m str, VarId>>,
    function: Option<FunctionId>,
    narrowing: Narrowing,
    guard: Option<GuardId>,
}

fn global_form(span: Span) -> Rejection {
    Rejection::new("infer.module-code", span, "The module runs code at top level beyond plain constants.")
}

/// Some `return` in the body has a value.
fn returns_value(body: &[Stmt]) -> bool {
    body.iter().any(|s| match &s.kind {
        StmtKind::Return(Some(e)) => !matches!(e.kind, ExprKind::None),
        _ => super::walk::blocks(s).into_iter().any(returns_value),
    })
}

/// The body does nothing but raise, as in an abstract method.
fn always_raises(body: &[Stmt]) -> bool {
    body.iter().any(|s| matches!(s.kind, StmtKind::Raise(_)))
        && body.iter().all(|s| matches!(s.kind, StmtKind::Raise(_) | StmtKind::Comment { .. }))
}

/// The expression builds a new container whose elements nothing else refers to yet.
fn is_display(e: &Expr) -> bool {
    matches!(
        e.kind,
        ExprKind::List(_)
            | ExprKind::Tuple(_)
            | ExprKind::Set(_)
            | ExprKind::Dict(_)
            | ExprKind::Comprehension { .. }
    )
}
