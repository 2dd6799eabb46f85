//! Bodies with their variables: how a pass walks all statement lists of a module and declares new
//! variables in them.

use grammars::ir::names::FreshNames;
use grammars::ir::visit::{VisitMut, walk_block_mut};
use grammars::ir::{Block, Expr, Function, Item, Local, Module, Type};
use std::collections::BTreeSet;

/// The variables of a body.
pub(crate) struct Scope<'a> {
    names: &'a mut FreshNames,
    locals: &'a mut Vec<Local>,
    /// Parameters, captured variables, and what is declared around the body: never to be rebound.
    reserved: BTreeSet<String>,
    /// Former variables of comprehensions, which live no longer than the loop that binds them.
    adopted: Vec<Local>,
    guarded: bool,
}

impl Scope<'_> {
    /// Declares a new variable with the first of `wishes` that is free, numbered if none is.
    pub(crate) fn declare(&mut self, wishes: &[&str], ty: Type) -> String {
        let name = self.names.fresh_of(wishes);
        self.locals.push(Local { name: name.clone(), ty });
        name
    }

    /// Declares a new variable and gives it as an expression.
    pub(crate) fn variable(&mut self, wishes: &[&str], ty: Type) -> Expr {
        Expr::local(self.declare(wishes, ty.clone()), ty)
    }

    /// Declares a comprehension's variable as one of the body: by its own name, or by another where
    /// a variable of the body has that.
    pub(crate) fn adopt(&mut self, name: &str, ty: &Type) -> String {
        if self.adopted.iter().any(|l| l.name == name && l.ty == *ty) {
            return name.to_string();
        }
        if self.reserved.contains(name) || self.locals.iter().any(|l| l.name == name) {
            return self.declare(&[name], ty.clone());
        }
        let local = Local { name: name.to_string(), ty: ty.clone() };
        self.names.take(name);
        self.locals.push(local.clone());
        self.adopted.push(local);
        name.to_string()
    }

    /// A variable for a loop that counts positions: `i`, `j`, `k`, shared by loops that do not
    /// overlap. `in_use` are names that the loop's surroundings or its body use.
    pub(crate) fn counter(&mut self, in_use: &BTreeSet<String>) -> String {
        for name in ["i", "j", "k"].into_iter().filter(|name| !in_use.contains(*name)) {
            let known = self.adopted.iter().any(|l| l.name == name && l.ty == Type::Int);
            if known || !self.names.is_taken(name) {
                return self.adopt(name, &Type::Int);
            }
        }
        self.declare(&["index"], Type::Int)
    }

    /// Whether an exception raised here may be caught in the same body.
    pub(crate) fn is_guarded(&self) -> bool {
        self.guarded
    }

    /// Goes into a guarded block; gives what [`Self::leave_guarded`] wants.
    pub(crate) fn enter_guarded(&mut self) -> bool {
        std::mem::replace(&mut self.guarded, true)
    }

    /// Goes out of a guarded block.
    pub(crate) fn leave_guarded(&mut self, outer: bool) {
        self.guarded = outer;
    }
}

/// Calls `f` for every body of the module: of functions, methods, constructors, nested functions
/// (before the function around them) and tests. `f` must leave nested functions alone.
pub(crate) fn each_body(module: &mut Module, f: impl FnMut(&mut Block, &mut Scope<'_>)) {
    let mut bodies = Bodies { top: top_level(module), names: FreshNames::default(), f };
    for item in &mut module.items {
        match item {
            Item::Function(function) => bodies.outermost(function),
            Item::Class(class) => {
                let own = class.constructor.iter_mut().chain(&mut class.methods).chain(&mut class.statics);
                own.for_each(|function| bodies.outermost(function));
            }
            Item::Comment(_) | Item::Constant(_) => {}
        }
    }
    for test in &mut module.tests {
        bodies.start();
        test.locals.iter().for_each(|local| bodies.names.take(&local.name));
        bodies.names.take_block(&test.body);
        let reserved = bodies.top.clone();
        bodies.body(&mut test.body, &mut test.locals, reserved);
    }
}

fn top_level(module: &Module) -> BTreeSet<String> {
    let name = |item: &Item| match item {
        Item::Comment(_) => None,
        Item::Constant(c) => Some(c.name.clone()),
        Item::Function(f) => Some(f.name.clone()),
        Item::Class(c) => Some(c.name.clone()),
    };
    module.items.iter().filter_map(name).collect()
}

/// The walk over all bodies.
struct Bodies<F> {
    top: BTreeSet<String>,
    /// What is taken in the outermost function at hand.
    names: FreshNames,
    f: F,
}

impl<F: FnMut(&mut Block, &mut Scope<'_>)> Bodies<F> {
    fn start(&mut self) {
        self.names = FreshNames::default();
        self.top.iter().for_each(|name| self.names.take(name));
    }

    fn outermost(&mut self, function: &mut Function) {
        self.start();
        self.names.take_function(function);
        self.function(function);
    }

    fn function(&mut self, function: &mut Function) {
        let mut reserved = self.top.clone();
        reserved.extend(function.params.iter().map(|p| p.name.clone()));
        reserved.extend(function.captures.iter().cloned());
        self.body(&mut function.body, &mut function.locals, reserved);
    }

    fn body(&mut self, block: &mut Block, locals: &mut Vec<Local>, mut reserved: BTreeSet<String>) {
        struct Nested<'b, F>(&'b mut Bodies<F>, &'b mut BTreeSet<String>);
        impl<F: FnMut(&mut Block, &mut Scope<'_>)> VisitMut for Nested<'_, F> {
            fn expr(&mut self, _expr: &mut Expr) {}
            fn function(&mut self, function: &mut Function) {
                self.1.insert(function.name.clone());
                self.0.function(function);
            }
        }
        walk_block_mut(&mut Nested(self, &mut reserved), block);
        let (names, adopted) = (&mut self.names, Vec::new());
        (self.f)(block, &mut Scope { names, locals, reserved, adopted, guarded: false });
    }
}
