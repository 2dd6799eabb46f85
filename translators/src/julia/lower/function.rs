//! Functions: signature, body, and what the body needs around it.

use super::keyed::can_be_keyed;
use super::positions::moved_variables;
use super::scopes::declarations;
use super::signs::lower_bounds;
use super::{Lower, Lowering, Scope};
use crate::julia::names::rename_in_function;
use crate::julia::tree::{Expr, Function, Param, Stmt, Type};
use grammars::ir::names::{FreshNames, always_leaves};
use grammars::ir::visit::{each_expr, each_stmt};
use grammars::ir::{self, Intrinsic, StmtKind};
use grammars::surface::ParamKind;
use std::collections::BTreeSet;
use std::rc::Rc;

impl Lower<'_> {
    /// A function at top level.
    pub(super) fn function(&mut self, function: &ir::Function) -> Lowering<Function> {
        let name = self.name(&function.name);
        let mut lowered = self.function_as(function, name)?;
        if self.variants.contains_key(&function.name) {
            // The first method has the documentation. A number may come as an integer too.
            lowered.doc = None;
            for ty in lowered.params.iter_mut().filter_map(|p| p.ty.as_mut()) {
                if *ty == Type::plain("Float64") {
                    *ty = Type::plain("Real");
                }
            }
        }
        Ok(lowered)
    }

    /// A function or method under the name that it has in Julia.
    pub(super) fn function_as(&mut self, function: &ir::Function, name: Expr) -> Lowering<Function> {
        self.keyed.clear();
        loop {
            let lowered = self.function_once(function, name.clone());
            // A dict whose order turned out to be seen gets a vector of keys, if that is possible.
            match (&lowered, self.disordered.take()) {
                (Err(_), Some(dict)) if can_be_keyed(&dict, function) && self.keyed.insert(dict.clone()) => {}
                _ => return lowered,
            }
        }
    }

    fn function_once(&mut self, function: &ir::Function, name: Expr) -> Lowering<Function> {
        self.depth = 0;
        self.check_heaps(function)?;
        self.enter(function);
        let (params, named) = self.params(function)?;
        let ret = Some(self.ty(&function.ret, function.span)?);
        let body = self.body(function)?;
        let doc = self.doc(function.doc.as_ref(), &name, function)?;
        let mut lowered = Function { doc, name, params, named, ret, type_params: vec![], body, short: false };
        lowered.short = lowered.is_one_value();
        rename_in_function(&mut lowered);
        Ok(lowered)
    }

    /// Starts with a new scope.
    pub(super) fn enter(&mut self, function: &ir::Function) {
        self.scope = Scope { names: FreshNames::in_function(self.module, function), ..Scope::default() };
        self.prepare(function);
        for dict in self.keyed.clone() {
            let order = self.fresh(&["order", &format!("{dict}_order")]);
            self.scope.keyed.insert(dict, order);
        }
    }

    /// Analyses a function for the scope at hand.
    fn prepare(&mut self, function: &ir::Function) {
        let own = function.params.iter().map(|p| &p.name).chain(function.locals.iter().map(|l| &l.name));
        for name in own.cloned().collect::<Vec<_>>() {
            self.forget(&name);
            self.scope.variables.insert(name);
        }
        let locals = function.locals.iter().map(|local| local.name.as_str());
        self.scope.declarations = Rc::new(declarations(locals, &function.body));
        self.scope.bounds.extend(lower_bounds(function));
        self.scope.offsets.extend(moved_variables(function).into_iter().map(|name| (name, 1)));
        self.scope.returns_nothing = function.ret == ir::Type::None;
        self.scope.loop_flags.clear();
    }

    /// The statements, with characters collected first and `nothing` returned last.
    pub(super) fn body(&mut self, function: &ir::Function) -> Lowering<Vec<Stmt>> {
        let mut body = self.globals(function);
        for param in function.params.iter().filter(|p| p.kind == ParamKind::VarArgs) {
            if !is_only_iterated(&param.name, &function.body) {
                let name = self.local(&param.name);
                let item = self.ty(&param.ty.element().unwrap_or(ir::Type::None), function.span)?;
                let values = Expr::base_call("collect", vec![Expr::Type(item), name.clone()]);
                body.push(Stmt::Assign(name, "=", values));
            }
        }
        for (text, chars) in self.choose_characters(function) {
            let characters = Expr::base_call("collect", vec![self.local(&text)]);
            body.push(Stmt::Assign(Expr::Local(chars), "=", characters));
        }
        body.extend(self.block(&function.body)?);
        let returns = matches!(function.ret, ir::Type::None | ir::Type::Optional(_));
        if returns && !always_leaves(&function.body) && !matches!(body.last(), Some(Stmt::Return(_))) {
            body.push(Stmt::Return(None));
        }
        Ok(body)
    }

    /// `global` for the module's variables that the function assigns.
    fn globals(&self, function: &ir::Function) -> Vec<Stmt> {
        let mut names = BTreeSet::new();
        each_stmt(&function.body, |stmt| {
            if let StmtKind::Assign { place, .. } | StmtKind::AugAssign { place, .. } = &stmt.kind
                && let ir::Place::Variable { name, .. } = place
                && !self.scope.variables.contains(name)
                && self.is_global(name)
            {
                names.insert(name.clone());
            }
        });
        if names.is_empty() {
            return Vec::new();
        }
        vec![Stmt::Global(names.iter().map(|name| self.name(name)).collect())]
    }

    pub(super) fn params(&mut self, function: &ir::Function) -> Lowering<(Vec<Param>, Vec<Param>)> {
        let mut params = Vec::new();
        let mut named = Vec::new();
        for param in &function.params {
            let rest = param.kind == ParamKind::VarArgs;
            let ty = match &param.ty {
                ir::Type::List(item) if rest => Some(self.ty(item, function.span)?),
                ty @ ir::Type::Array { .. } => Some(self.ty(ty, function.span)?.abstract_array()),
                ty => self.widened(param, function)?.unwrap_or(Some(self.ty(ty, function.span)?)),
            };
            let default = match &param.default {
                Some(default) => Some(self.lower_expr(default)?),
                None => None,
            };
            let lowered = Param { name: self.local(&param.name), ty, default, rest };
            if param.kind == ParamKind::KeywordOnly {
                named.push(lowered);
            } else {
                params.push(lowered);
            }
        }
        Ok((params, named))
    }

    /// The annotation of a parameter where its own type would keep out values that the function takes as well: items
    /// of one type where several are allowed, and sequences of another length (`Some(None)`: no annotation).
    fn widened(&self, param: &ir::Param, function: &ir::Function) -> Lowering<Option<Option<Type>>> {
        let has_copies = self.variants.iter().any(|(a, b)| *a == function.name || *b == function.name);
        if has_copies || param.mutated || param.reassigned || param.default.is_some() {
            return Ok(None);
        }
        Ok(match &param.ty {
            ir::Type::List(item) if self.item_ty(item, function.span)? == Type::plain("Any") => {
                Some(Some(Type::plain("Vector")))
            }
            ir::Type::Tuple(items)
                if items.len() > 2
                    && items.iter().all(|item| *item == items[0])
                    && is_read_as_sequence(&param.name, &function.body) =>
            {
                Some(None)
            }
            _ => None,
        })
    }

    /// A function within another one. Its own variables must not be those around it.
    pub(super) fn nested_function(&mut self, function: &ir::Function) -> Lowering<Function> {
        let kinds = function.params.iter().map(|p| (p.name.clone(), p.kind)).collect();
        self.scope.nested.insert(function.name.clone(), kinds);
        let before = self.scope.clone();
        let around = self.scope.variables.clone();
        self.scope.nested_body = true;
        self.prepare(function);
        let shared: Vec<String> = function
            .locals
            .iter()
            .map(|local| local.name.clone())
            .filter(|name| around.contains(name) && !function.rebinds.contains(name))
            .filter(|name| !self.scope.declarations.is_loop_variable(name))
            .collect();
        let result = self.nested_parts(function, &shared);
        let names = std::mem::take(&mut self.scope.names);
        let nested = before.nested.clone();
        self.scope = before;
        self.scope.names = names;
        self.scope.nested = nested;
        result
    }

    fn nested_parts(&mut self, function: &ir::Function, shared: &[String]) -> Lowering<Function> {
        let (params, named) = self.params(function)?;
        let ret = Some(self.ty(&function.ret, function.span)?);
        let mut body = self.body(function)?;
        if !shared.is_empty() {
            body.insert(0, Stmt::Local(shared.iter().map(|name| self.local(name)).collect()));
        }
        let name = self.local(&function.name);
        let mut lowered =
            Function { doc: None, name, params, named, ret, type_params: vec![], body, short: false };
        lowered.short = lowered.is_one_value();
        Ok(lowered)
    }
}

/// Whether a body asks a variable for nothing but its items and its length.
fn is_read_as_sequence(name: &str, body: &ir::Block) -> bool {
    let is_name = |expr: &ir::Expr| expr.as_local() == Some(name);
    let (mut reads, mut plain) = (0, 0);
    each_expr(body, |expr| {
        reads += usize::from(is_name(expr));
        let uses: Vec<&ir::Expr> = match &expr.kind {
            ir::ExprKind::Comprehension { clauses, .. }
            | ir::ExprKind::SetComprehension { clauses, .. }
            | ir::ExprKind::DictComprehension { clauses, .. } => clauses.iter().map(|c| &c.iter).collect(),
            ir::ExprKind::Index { base, index, .. } if index.as_int().is_none() => vec![base],
            ir::ExprKind::Intrinsic { op, args } if takes_any_sequence(op) => args.iter().collect(),
            _ => Vec::new(),
        };
        plain += uses.into_iter().filter(|used| is_name(used)).count();
    });
    each_stmt(body, |stmt| {
        plain += usize::from(matches!(&stmt.kind, StmtKind::For { iter, .. } if is_name(iter)))
    });
    reads > 0 && reads == plain
}

/// Whether an operation means the same for tuples and vectors.
fn takes_any_sequence(op: &Intrinsic) -> bool {
    use Intrinsic::{Contains, Count, Enumerate, Filter, Len, Map, Sum, ToList, ToSet, Zip};
    matches!(op, Len | Contains | Count | Sum | Enumerate | Zip | ToList | ToSet | Map | Filter)
}

/// The type of a value as a parameter's annotation.
pub(super) fn annotated(name: Expr, ty: Type) -> Param {
    Param { name, ty: Some(ty), default: None, rest: false }
}

/// Whether a body does nothing with the further arguments but loop over them, which a tuple allows.
fn is_only_iterated(name: &str, body: &ir::Block) -> bool {
    let is_name = |expr: &ir::Expr| expr.as_local() == Some(name);
    let mut reads = 0;
    each_expr(body, |expr| reads += usize::from(is_name(expr)));
    let mut loops = 0;
    each_stmt(body, |stmt| {
        loops += usize::from(matches!(&stmt.kind, StmtKind::For { iter, .. } if is_name(iter)))
    });
    reads == loops
}
