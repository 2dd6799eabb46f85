//! Functions become programs.

use super::{BodyKind, Context, Lower, Result, Signature, Var, reject, unstorable};
use crate::cobol::layout::{Node, node};
use crate::cobol::loc::Loc;
use crate::cobol::names::{Names, is_reserved, word};
use crate::cobol::tree::{Expr, Program, Ref, Stmt};
use grammars::Span;
use grammars::ir::visit::each_stmt;
use grammars::ir::{self, ExprKind, Function, Item, Module, Stmt as IrStmt, StmtKind, Type};
use std::collections::{BTreeMap, BTreeSet};

/// What callers know of each function of the module.
pub fn signatures(module: &Module) -> BTreeMap<String, Signature> {
    let mut ids = Names::default();
    let catches = super::exits::catches(module);
    let signature = |f: &Function, id: String| Signature {
        id,
        params: f.params.iter().map(|p| word(&p.name)).collect(),
        result: result_name(f),
        raises: catches && !f.effects.raises.is_empty(),
    };
    module.functions().map(|f| (f.name.clone(), signature(f, ids.fresh(&word(&f.name), "PROGRAM")))).collect()
}

/// The programs of a module, in source order.
pub fn programs(context: &Context) -> Result<Vec<Program>> {
    let mut programs = Vec::new();
    let mut remarks = Vec::new();
    for item in &context.module.items {
        match item {
            Item::Comment(text) => remarks.push(text.clone()),
            Item::Constant(constant) if constant.mutated => {
                return reject(
                    "global-state",
                    constant.span,
                    format!("the module variable {} changes", constant.name),
                );
            }
            Item::Constant(_) => {}
            Item::Function(function) => {
                let mut program = program(context, function)?;
                program.remarks = std::mem::take(&mut remarks);
                programs.push(program);
            }
            Item::Class(class) => {
                if context.capacities.records.contains_key(&class.name) {
                    remarks.extend(class.doc.iter().map(|doc| doc.text.trim().to_string()));
                } else if !class.exception {
                    return reject(
                        "class",
                        class.span,
                        format!("the class {} has no COBOL form", class.name),
                    );
                }
            }
        }
    }
    if programs.is_empty() {
        return reject("empty", Span::default(), "the module has no function");
    }
    Ok(programs)
}

fn program(context: &Context, function: &Function) -> Result<Program> {
    let Some(signature) = context.signatures.get(&function.name) else {
        return reject("call", function.span, "this function has no program");
    };
    if !function.captures.is_empty() {
        return reject("closure", function.span, format!("{} captures variables", function.name));
    }
    let mut lower = Lower::new(context, &signature.id, BodyKind::Callee);
    lower.names.take(&signature.id);
    lower.body = Some(&function.body);
    lower.roomy_locals = lower.roomy_locals(function);
    let linkage = lower.parameters(function)?;
    if signature.raises {
        // RETURN-CODE keeps its value from one call of a program to the next.
        lower.emit(Stmt::Move(Expr::int(0), Ref::item("RETURN-CODE")));
    }
    lower.statements(&function.body)?;
    lower.close();
    let using = linkage.iter().map(|node| node.name.clone()).collect();
    let recursive = function.effects.recursive || calls_itself(lower.out.as_slice(), &signature.id);
    let mut program = lower.finish(linkage, using);
    program.recursive = recursive;
    program.doc = super::doc::lines(function.doc.as_ref(), context);
    Ok(program)
}

impl<'m> Lower<'m> {
    /// Declares parameters and result. A parameter that is rebound is copied first, since the
    /// caller would see the change.
    fn parameters(&mut self, function: &'m Function) -> Result<Vec<Node>> {
        let mut linkage = Vec::new();
        for param in &function.params {
            if param.reassigned && param.mutated {
                return reject("alias", function.span, format!("{} is changed and rebound", param.name));
            }
            let wish = if param.reassigned { format!("{}-IN", word(&param.name)) } else { word(&param.name) };
            let node = node(&mut self.names, &wish, &param.ty)
                .ok_or_else(|| unstorable(&param.ty, function.span))?;
            let place = Loc::record(node.clone());
            linkage.push(node);
            if param.reassigned {
                let own = self.variable(&param.name, &param.ty, function.span)?;
                self.copy(&place, &own);
            } else {
                self.vars.insert(param.name.clone(), Var::Stored(place));
            }
        }
        if function.ret != Type::None {
            let name = returned_local(function);
            let wish = result_name(function);
            let node = node(&mut self.names, &wish, &function.ret)
                .ok_or_else(|| unstorable(&function.ret, function.span))?;
            let place = Loc::record(node.clone());
            linkage.push(node);
            if let Some(name) = name {
                if self.roomy_locals.contains(&name) {
                    self.roomy.insert(place.node.name.clone());
                }
                self.vars.insert(name, Var::Stored(place.clone()));
            }
            self.result = Some(place);
        }
        Ok(linkage)
    }

    /// Ends the program.
    fn close(&mut self) {
        if !leaves(&self.out) {
            self.emit(Stmt::Goback);
        }
    }

    /// A constant of the module: an item of the program that is set when it starts.
    pub fn constant(&mut self, name: &str, span: Span) -> Result<Loc> {
        let key = format!("global {name}");
        if let Some(Var::Stored(place)) = self.vars.get(&key) {
            return Ok(place.clone());
        }
        let Some(constant) = self.context.module.constants().find(|c| c.name == name) else {
            return reject("global", span, format!("{name} is not a constant of the module"));
        };
        let node =
            node(&mut self.names, &word(name), &constant.ty).ok_or_else(|| unstorable(&constant.ty, span))?;
        self.storage.push(node.clone());
        let place = Loc::record(node);
        self.vars.insert(key, Var::Stored(place.clone()));
        let (set, ()) = self.apart(|this| this.assign(&place, &constant.value))?;
        self.first.extend(set);
        Ok(place)
    }
}

/// The local variable that is returned, so that it can be the result itself.
fn returned_local(function: &Function) -> Option<String> {
    let params: BTreeSet<&str> = function.params.iter().map(|p| p.name.as_str()).collect();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    each_stmt(&function.body, |stmt: &IrStmt| {
        if let StmtKind::Return(Some(ir::Expr { kind: ExprKind::Local(name), ty, .. })) = &stmt.kind
            && *ty == function.ret
            && !params.contains(name.as_str())
            && function.locals.iter().any(|local| local.name == *name && local.ty == *ty)
            && !bound_by_loop(name, function)
        {
            *names.entry(name.as_str()).or_default() += 1;
        }
    });
    names.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name.to_string())
}

/// Whether a loop binds the variable.
fn bound_by_loop(name: &str, function: &Function) -> bool {
    let mut bound = false;
    each_stmt(&function.body, |stmt| {
        if let StmtKind::For { pattern, .. } = &stmt.kind {
            bound |= pattern.names().iter().any(|(n, _)| *n == name);
        }
    });
    bound
}

/// The name of the result.
fn result_name(function: &Function) -> String {
    if let Some(name) = returned_local(function) {
        let name = word(&name);
        if name.len() > 1 && !is_reserved(&name) {
            return name;
        }
    }
    match &function.ret {
        Type::Bool => "RESULT".to_string(),
        Type::Str => "RESULT-TEXT".to_string(),
        Type::List(_) => "RESULTS".to_string(),
        _ => "RESULT".to_string(),
    }
}

/// Whether control never reaches the end of a block.
fn leaves(block: &[Stmt]) -> bool {
    match block.last() {
        Some(Stmt::Goback | Stmt::StopRun { .. }) => true,
        Some(Stmt::If(_, yes, no)) => leaves(yes) && leaves(no),
        Some(Stmt::Evaluate(whens, other)) => leaves(other) && whens.iter().all(|(_, body)| leaves(body)),
        _ => false,
    }
}

fn calls_itself(body: &[Stmt], id: &str) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::Call(name, _) => name == id,
        Stmt::If(_, yes, no) => calls_itself(yes, id) || calls_itself(no, id),
        Stmt::Perform(_, inner) => calls_itself(inner, id),
        Stmt::Evaluate(whens, other) => {
            whens.iter().any(|(_, inner)| calls_itself(inner, id)) || calls_itself(other, id)
        }
        _ => false,
    })
}
