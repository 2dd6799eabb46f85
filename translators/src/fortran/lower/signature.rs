//! How the procedures of a module are called.

use super::mutation::changes;
use crate::passes::exceptions::{catches, implicit_kinds};
use grammars::ir::visit::{each_expr, each_function, each_stmt};
use grammars::ir::{Block, Class, ExceptionKind, ExprKind, Function, Module, StmtKind, Type};
use std::collections::{BTreeMap, BTreeSet};

/// A parameter.
#[derive(Clone, Debug)]
pub struct ParamInfo {
    /// Its name in the source.
    pub name: String,
    /// The argument is changed.
    pub mutated: bool,
    /// The argument may change its size.
    pub resized: bool,
}

/// A procedure.
#[derive(Clone, Debug)]
pub struct Signature {
    /// Its parameters; of a method with `self`.
    pub params: Vec<ParamInfo>,
    /// Its result.
    pub ret: Type,
    /// What its status may tell of.
    pub raises: BTreeSet<ExceptionKind>,
    /// It has a status argument.
    pub status: bool,
    /// Calling it has no effect besides its result and its status.
    pub quiet: bool,
    /// It is `pure` as Fortran means it: it may change arguments if it is no function, and stop.
    pub pure: bool,
}

/// All procedures by name; methods as `Class.method`.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    by_name: BTreeMap<String, Signature>,
    /// What the handlers of the program and its tests catch.
    caught: Vec<ExceptionKind>,
}

/// The key of a method.
pub fn method_key(class: &str, method: &str) -> String {
    format!("{class}.{method}")
}

impl Signatures {
    /// The signatures of a module, with what its parameters suffer found by iteration.
    pub fn of(module: &Module) -> Signatures {
        let mut signatures = Signatures::default();
        each_function(module, |f| {
            signatures.by_name.insert(f.name.clone(), signature(f));
        });
        for class in module.classes() {
            for method in methods(class) {
                signatures.by_name.insert(method_key(&class.name, &method.name), signature(method));
            }
        }
        while signatures.grow(module) {}
        signatures.find_status(module);
        while signatures.taint(module) {}
        signatures
    }

    /// What handlers catch.
    pub fn caught(&self) -> &[ExceptionKind] {
        &self.caught
    }

    /// Whether some handler catches an exception.
    pub fn is_caught(&self, kind: &ExceptionKind, module: &Module) -> bool {
        !self.caught.is_empty() && catches(&self.caught, kind, module)
    }

    /// Procedures that a guarded block calls, itself or through others, and that can fail.
    fn find_status(&mut self, module: &Module) {
        let mut bodies: BTreeMap<String, &Function> = BTreeMap::new();
        each_function(module, |f| {
            bodies.insert(f.name.clone(), f);
        });
        for class in module.classes() {
            bodies.extend(methods(class).map(|m| (method_key(&class.name, &m.name), m)));
        }
        let reached = self.guarded_calls(module, &bodies);
        let calls = |key: &String| bodies.get(key).map(|f| called(&f.body)).unwrap_or_default();
        // Once a procedure has a status, all that it raises goes there.
        let fails = |f: &Function| {
            let mut kinds: BTreeSet<ExceptionKind> = implicit_kinds(&f.body);
            kinds.retain(|kind| self.is_caught(kind, module));
            let explicit = f.effects.raises.iter().any(|kind| self.is_caught(kind, module));
            if explicit || !kinds.is_empty() {
                kinds.extend(f.effects.raises.iter().cloned());
            }
            kinds
        };
        let mut failing: BTreeMap<String, BTreeSet<ExceptionKind>> =
            reached.iter().filter_map(|key| Some((key.clone(), fails(bodies.get(key)?)))).collect();
        loop {
            let mut news = false;
            for key in &reached {
                let from_callees: BTreeSet<ExceptionKind> =
                    calls(key).iter().filter_map(|callee| failing.get(callee)).flatten().cloned().collect();
                if let Some(known) = failing.get_mut(key) {
                    let before = known.len();
                    known.extend(from_callees);
                    news |= known.len() > before;
                }
            }
            if !news {
                break;
            }
        }
        for (key, raises) in failing.into_iter().filter(|(_, raises)| !raises.is_empty()) {
            if let Some(signature) = self.by_name.get_mut(&key) {
                signature.raises = raises;
                signature.status = true;
                signature.pure = false;
            }
        }
    }

    /// What guarded blocks call, directly or not; notes what their handlers catch.
    fn guarded_calls(&mut self, module: &Module, bodies: &BTreeMap<String, &Function>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut look = |block: &Block| {
            each_stmt(block, |stmt| match &stmt.kind {
                StmtKind::Try { body, handlers, .. } => {
                    let bare = handlers.iter().any(|h| h.kinds.is_empty());
                    self.caught.extend(handlers.iter().flat_map(|h| h.kinds.clone()));
                    self.caught.extend(bare.then_some(ExceptionKind::Any));
                    reached.extend(called(body));
                }
                StmtKind::ExpectRaise { kinds, body } => {
                    self.caught.extend(kinds.iter().cloned());
                    reached.extend(called(body));
                }
                _ => {}
            });
        };
        each_function(module, |f| look(&f.body));
        module.tests.iter().for_each(|t| look(&t.body));
        let mut todo: Vec<String> = reached.iter().cloned().collect();
        while let Some(key) = todo.pop() {
            for callee in bodies.get(&key).map(|f| called(&f.body)).unwrap_or_default() {
                if reached.insert(callee.clone()) {
                    todo.push(callee);
                }
            }
        }
        reached
    }

    /// One round of passing impurity on from callees to callers, and from internal procedures to
    /// those around them; whether anything is new.
    fn taint(&mut self, module: &Module) -> bool {
        let mut news = Vec::new();
        let mut look = |key: String, f: &Function| {
            let impure = || self.calls_impure(f) || self.changes_captured(f);
            if self.by_name.get(&key).is_some_and(|s| s.pure) && impure() {
                news.push(key);
            }
        };
        each_function(module, |f| look(f.name.clone(), f));
        for class in module.classes() {
            methods(class).for_each(|m| look(method_key(&class.name, &m.name), m));
        }
        for key in &news {
            if let Some(signature) = self.by_name.get_mut(key) {
                signature.pure = false;
            }
        }
        !news.is_empty()
    }

    /// Whether a function within another one changes what it sees of the variables around it.
    fn changes_captured(&self, function: &Function) -> bool {
        let captures = &function.captures;
        !captures.is_empty() && {
            let found = changes(&function.body, self);
            captures.iter().any(|name| found.changed.contains(name))
        }
    }

    fn calls_impure(&self, function: &Function) -> bool {
        let impure = |key: &str| self.by_name.get(key).is_some_and(|s| !s.pure);
        let mut found = false;
        each_expr(&function.body, |e| {
            found = found
                || match &e.kind {
                    ExprKind::Call { function, .. } | ExprKind::FunctionRef(function) => impure(function),
                    ExprKind::CallMethod { class, method, .. }
                    | ExprKind::CallStatic { class, method, .. } => impure(&method_key(class, method)),
                    ExprKind::New { class, .. } => impure(&method_key(class, super::classes::CONSTRUCTOR)),
                    _ => false,
                };
        });
        each_stmt(&function.body, |s| {
            if let StmtKind::Function(inner) = &s.kind {
                found = found || impure(&inner.name);
            }
        });
        found
    }

    /// The signature with this name.
    pub fn get(&self, name: &str) -> Option<&Signature> {
        self.by_name.get(name)
    }

    /// The parameter of a function at a position.
    pub fn param(&self, function: &str, index: usize) -> Option<&ParamInfo> {
        self.by_name.get(function)?.params.get(index)
    }

    /// Whether a method changes its object.
    pub fn method_mutates(&self, class: &str, method: &str) -> bool {
        self.param(&method_key(class, method), 0).is_some_and(|p| p.mutated)
    }

    /// One round of passing growth on from callees to callers; whether anything is new.
    fn grow(&mut self, module: &Module) -> bool {
        let mut news = Vec::new();
        each_function(module, |f| {
            let found = changes(&f.body, self);
            if let Some(signature) = self.by_name.get(&f.name) {
                for (i, param) in signature.params.iter().enumerate() {
                    if !param.resized && found.resized.contains(&param.name) {
                        news.push((f.name.clone(), i));
                    }
                }
            }
        });
        for (name, i) in &news {
            if let Some(param) = self.by_name.get_mut(name).and_then(|s| s.params.get_mut(*i)) {
                param.resized = true;
            }
        }
        !news.is_empty()
    }
}

fn methods(class: &Class) -> impl Iterator<Item = &Function> {
    class.constructor.iter().chain(&class.methods).chain(&class.statics)
}

fn signature(function: &Function) -> Signature {
    let effects = &function.effects;
    let quiet = !effects.prints && !effects.changes_globals;
    let mutates = function.params.iter().any(|p| p.mutated);
    let reaches_out = !function.rebinds.is_empty();
    Signature {
        params: function
            .params
            .iter()
            .map(|p| ParamInfo { name: p.name.clone(), mutated: p.mutated, resized: false })
            .collect(),
        ret: function.ret.clone(),
        raises: BTreeSet::new(),
        status: false,
        quiet,
        pure: quiet && (!mutates || function.ret == Type::None) && !reaches_out,
    }
}

/// The keys of the procedures that a block calls.
pub fn called(block: &Block) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    each_expr(block, |e| {
        keys.extend(match &e.kind {
            ExprKind::Call { function, .. } => Some(function.clone()),
            ExprKind::CallMethod { class, method, .. } | ExprKind::CallStatic { class, method, .. } => {
                Some(method_key(class, method))
            }
            ExprKind::New { class, .. } => Some(method_key(class, super::classes::CONSTRUCTOR)),
            _ => None,
        });
    });
    keys
}
