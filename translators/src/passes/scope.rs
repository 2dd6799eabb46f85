//! Bodies with their variables: how a pass walks all statement lists of a module and declares new
//! variables in them.

use grammars::ir::names::{FreshNames, names_assigned, names_read};
use grammars::ir::visit::{VisitMut, walk_block_mut};
use grammars::ir::{Block, Expr, Function, Item, Local, Module, Type};
use std::collections::BTreeSet;

/// The variables of a body.
pub(crate) struct Scope<'a> {
    names: &'a mut FreshNames,
    locals: &'a mut Vec<Local>,
}

impl Scope<'_> {
    /// Declares a new variable with the first of `wishes` that is free, numbered if none is.
    pub(crate) fn declare(&mut self, wishes: &[&str], ty: Type) -> String {
        let name = self.names.fresh_of(wishes);
        self.locals.push(Local { name: name.clone(), ty });
        name
    }

    /// The names of the body's own variables.
    pub(crate) fn local_names(&self) -> BTreeSet<String> {
        self.locals.iter().map(|local| local.name.clone()).collect()
    }

    /// Forgets variables that `block`, the body, no longer mentions.
    pub(crate) fn drop_unused(&mut self, block: &Block) {
        let mut used = names_read(block);
        used.extend(names_assigned(block));
        self.locals.retain(|local| used.contains(&local.name));
    }

    /// Declares a new variable and gives it as an expression.
    pub(crate) fn variable(&mut self, wishes: &[&str], ty: Type) -> Expr {
        Expr::local(self.declare(wishes, ty.clone()), ty)
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
        bodies.body(&mut test.body, &mut test.locals);
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
        self.body(&mut function.body, &mut function.locals);
    }

    fn body(&mut self, block: &mut Block, locals: &mut Vec<Local>) {
        struct Nested<'b, F>(&'b mut Bodies<F>);
        impl<F: FnMut(&mut Block, &mut Scope<'_>)> VisitMut for Nested<'_, F> {
            fn expr(&mut self, _expr: &mut Expr) {}
            fn function(&mut self, function: &mut Function) {
                self.0.function(function);
            }
        }
        walk_block_mut(&mut Nested(self), block);
        (self.f)(block, &mut Scope { names: &mut self.names, locals });
    }
}
