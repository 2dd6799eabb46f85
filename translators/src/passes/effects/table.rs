//! All functions of a module under one kind of key, and what a call can reach.

use grammars::ir::visit::{Visit, walk_function};
use grammars::ir::{Class, Expr, ExprKind, Function, Item, Module};
use std::collections::BTreeMap;

/// `function`, `Class.method`, or `outer::inner` for a nested function.
pub(super) type Key = String;

/// The functions of a module.
pub(super) struct Table<'m> {
    /// The module.
    pub(super) module: &'m Module,
    /// Everything callable.
    pub(super) functions: BTreeMap<Key, &'m Function>,
}

/// The key of a method, static method or constructor.
pub(super) fn method_key(class: &str, method: &str) -> Key {
    format!("{class}.{method}")
}

/// The key of a function nested in another.
pub(super) fn nested_key(outer: &str, name: &str) -> Key {
    format!("{outer}::{name}")
}

impl<'m> Table<'m> {
    /// Collects the functions of `module`.
    pub(super) fn new(module: &'m Module) -> Table<'m> {
        let mut table = Table { module, functions: BTreeMap::new() };
        for item in &module.items {
            match item {
                Item::Function(function) => table.add(function.name.clone(), function),
                Item::Class(class) => {
                    let own = class.constructor.iter().chain(&class.methods).chain(&class.statics);
                    own.for_each(|f| table.add(method_key(&class.name, &f.name), f));
                }
                Item::Comment(_) | Item::Constant(_) => {}
            }
        }
        table
    }

    fn add(&mut self, key: Key, function: &'m Function) {
        struct Nested<'t, 'm>(&'t mut Table<'m>, Key);
        impl<'m> Visit<'m> for Nested<'_, 'm> {
            fn expr(&mut self, _expr: &'m Expr) {}
            fn function(&mut self, function: &'m Function) {
                self.0.add(nested_key(&self.1, &function.name), function);
            }
        }
        walk_function(&mut Nested(self, key.clone()), function);
        self.functions.insert(key, function);
    }

    /// The function that `name` means within the function `inside`: a nested one of it or of those
    /// around it, else one at top level.
    pub(super) fn resolve(&self, inside: &str, name: &str) -> Option<Key> {
        let mut scope = inside;
        loop {
            let key = nested_key(scope, name);
            if self.functions.contains_key(&key) {
                return Some(key);
            }
            match scope.rsplit_once("::") {
                Some((outer, _)) => scope = outer,
                None => break,
            }
        }
        self.functions.contains_key(name).then(|| name.to_string())
    }

    /// The functions that a call, construction or reference can run; none for other expressions.
    pub(super) fn targets(&self, inside: &str, expr: &Expr) -> Vec<Key> {
        match &expr.kind {
            ExprKind::Call { function, .. } | ExprKind::FunctionRef(function) => {
                self.resolve(inside, function).into_iter().collect()
            }
            ExprKind::CallMethod { class, method, .. } => self.implementations(class, method),
            ExprKind::CallStatic { class, method, .. } => self.inherited(class, method).into_iter().collect(),
            ExprKind::New { class, .. } => self.inherited(class, "__init__").into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The method as `class` has it, of its own or from a base.
    fn inherited(&self, class: &str, method: &str) -> Option<Key> {
        let mut class = self.module.class(class)?;
        for _ in 0..=self.module.items.len() {
            let key = method_key(&class.name, method);
            if self.functions.contains_key(&key) {
                return Some(key);
            }
            class = self.module.class(class.base.as_ref()?)?;
        }
        None
    }

    /// The method as `class` has it, and as its subclasses override it.
    fn implementations(&self, class: &str, method: &str) -> Vec<Key> {
        let overriding = self.module.classes().filter(|c| c.name != class && self.derives(c, class));
        let overriding = overriding.map(|c| method_key(&c.name, method));
        let overriding = overriding.filter(|key| self.functions.contains_key(key));
        self.inherited(class, method).into_iter().chain(overriding).collect()
    }

    /// Whether `class` derives from `ancestor`.
    fn derives(&self, class: &Class, ancestor: &str) -> bool {
        let mut base = class.base.as_deref();
        for _ in 0..=self.module.items.len() {
            match base {
                Some(name) if name == ancestor => return true,
                Some(name) => base = self.module.class(name).and_then(|c| c.base.as_deref()),
                None => return false,
            }
        }
        false
    }
}
