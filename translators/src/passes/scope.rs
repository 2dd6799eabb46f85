//! Bodies with their variables: how a pass walks all statement lists of a module and declares new
//! variables in them.

use grammars::ir::names::FreshNames;
use grammars::ir::visit::{VisitMut, walk_block_mut};
use grammars::ir::{Block, Expr, Function, Item, Local, Module, Type};

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

    /// Declares a new variable and gives it as an expression.
    pub(crate) fn variable(&mut self, wishes: &[&str], ty: Type) -> Expr {
        Expr::local(self.declare(wishes, ty.clone()), ty)
    }

    /// Declares `name`, which was bound in a comprehension before; under another name where it is
    /// taken by a variable of the body.
    pub(crate) fn adopt(&mut self, name: &str, ty: Type) -> String {
        if self.locals.iter().any(|l| l.name == name) {
            return self.declare(&[name], ty);
        }
        self.locals.push(Local { name: name.to_string(), ty });
        name.to_string()
    }
}

/// Calls `f` for every body of the module: of functions, methods, constructors, nested functions
/// (before the function around them) and tests. `f` must leave nested functions alone.
pub(crate) fn each_body(module: &mut Module, mut f: impl FnMut(&mut Block, &mut Scope<'_>)) {
    let mut top = FreshNames::default();
    top.take_top_level(module);
    for item in &mut module.items {
        match item {
            Item::Function(function) => outermost(function, &top, &mut f),
            Item::Class(class) => {
                let own = class.constructor.iter_mut().chain(&mut class.methods).chain(&mut class.statics);
                own.for_each(|function| outermost(function, &top, &mut f));
            }
            Item::Comment(_) | Item::Constant(_) => {}
        }
    }
    for test in &mut module.tests {
        let mut names = top.clone();
        test.locals.iter().for_each(|local| names.take(&local.name));
        names.take_block(&test.body);
        body(&mut test.body, &mut test.locals, &mut names, &mut f);
    }
}

fn outermost(function: &mut Function, top: &FreshNames, f: &mut impl FnMut(&mut Block, &mut Scope<'_>)) {
    let mut names = top.clone();
    names.take_function(function);
    body(&mut function.body, &mut function.locals, &mut names, f);
}

fn body(
    block: &mut Block,
    locals: &mut Vec<Local>,
    names: &mut FreshNames,
    f: &mut impl FnMut(&mut Block, &mut Scope<'_>),
) {
    struct Nested<'n, F>(&'n mut FreshNames, &'n mut F);
    impl<F: FnMut(&mut Block, &mut Scope<'_>)> VisitMut for Nested<'_, F> {
        fn expr(&mut self, _expr: &mut Expr) {}
        fn function(&mut self, function: &mut Function) {
            body(&mut function.body, &mut function.locals, self.0, self.1);
        }
    }
    walk_block_mut(&mut Nested(names, f), block);
    f(block, &mut Scope { names, locals });
}
