//! Writes out omitted arguments.
//!
//! ```text
//! def greet(name, mark="!"): ...
//! greet("Ada")          ->    greet("Ada", "!")
//! ```
//!
//! Afterwards every call of a function, method or constructor has as many arguments as there are
//! parameters (fields, for a dataclass), in tests and documentation examples too. Parameters keep
//! their defaults, for targets that want to show them.

use grammars::ir::visit::{VisitMut, walk_expr_mut, walk_function_mut, walk_module_mut};
use grammars::ir::{Block, Class, Doc, Expr, ExprKind, Function, Item, Module, Param, StmtKind};
use grammars::surface::ParamKind;
use std::collections::BTreeMap;

/// One entry for each parameter: what stands for it when it is omitted.
type Defaults = Vec<Option<Expr>>;

/// Writes out omitted arguments everywhere in `module`.
pub fn run(mut module: Module) -> Module {
    let mut filler = Filler::new(&module);
    walk_module_mut(&mut filler, &mut module);
    filler.docs(&mut module);
    module
}

struct Filler {
    /// By name of the function; nested functions shadow for as long as their scope lasts.
    functions: BTreeMap<String, Defaults>,
    /// By class and method; the constructor is the method of that name.
    methods: BTreeMap<(String, String), Defaults>,
}

impl Filler {
    fn new(module: &Module) -> Filler {
        let functions = module.functions().map(|f| (f.name.clone(), defaults(&f.params))).collect();
        let mut filler = Filler { functions, methods: BTreeMap::new() };
        for class in module.classes() {
            filler.class(module, class);
        }
        filler
    }

    fn class(&mut self, module: &Module, class: &Class) {
        let mut add = |name: &str, defaults| {
            self.methods.entry((class.name.clone(), name.to_string())).or_insert(defaults);
        };
        for owner in lineage(module, class) {
            owner.methods.iter().for_each(|m| add(&m.name, defaults(without_self(&m.params))));
            owner.statics.iter().for_each(|m| add(&m.name, defaults(&m.params)));
            if let Some(constructor) = &owner.constructor {
                add(CONSTRUCTOR, defaults(without_self(&constructor.params)));
            }
        }
        let fields = lineage(module, class).into_iter().rev().flat_map(|c| &c.fields);
        add(CONSTRUCTOR, fields.map(|field| field.default.clone()).collect());
    }

    fn fill(args: &mut Vec<Expr>, defaults: Option<&Defaults>) {
        let missing = defaults.into_iter().flatten().skip(args.len());
        args.extend(missing.map_while(|default| default.clone()).collect::<Vec<_>>());
    }

    fn docs(&mut self, module: &mut Module) {
        let mut docs: Vec<&mut Doc> = module.doc.iter_mut().collect();
        for item in &mut module.items {
            match item {
                Item::Function(f) => docs.extend(&mut f.doc),
                Item::Class(c) => {
                    docs.extend(&mut c.doc);
                    let own = c.constructor.iter_mut().chain(&mut c.methods).chain(&mut c.statics);
                    docs.extend(own.filter_map(|f| f.doc.as_mut()));
                }
                Item::Comment(_) | Item::Constant(_) => {}
            }
        }
        for example in docs.into_iter().flat_map(|doc| &mut doc.examples) {
            self.expr(&mut example.call);
            self.expr(&mut example.expected);
        }
    }
}

/// What the constructor is called among the methods.
const CONSTRUCTOR: &str = "__init__";

fn without_self(params: &[Param]) -> &[Param] {
    params.get(1..).unwrap_or_default()
}

/// The class, its base, and so on.
fn lineage<'m>(module: &'m Module, class: &'m Class) -> Vec<&'m Class> {
    let base = |c: &&'m Class| c.base.as_ref().and_then(|name| module.class(name));
    std::iter::successors(Some(class), base).take(module.items.len()).collect()
}

fn defaults(params: &[Param]) -> Defaults {
    let empty = |param: &Param| match param.kind {
        ParamKind::VarArgs => Some(Expr::new(ExprKind::List(Vec::new()), param.ty.clone())),
        _ => None,
    };
    params.iter().map(|param| param.default.clone().or_else(|| empty(param))).collect()
}

impl VisitMut for Filler {
    fn expr(&mut self, expr: &mut Expr) {
        walk_expr_mut(self, expr);
        match &mut expr.kind {
            ExprKind::Call { function, args } => Self::fill(args, self.functions.get(function)),
            ExprKind::CallMethod { class, method, args, .. }
            | ExprKind::CallStatic { class, method, args } => {
                Self::fill(args, self.methods.get(&(class.clone(), method.clone())));
            }
            ExprKind::New { class, args } => {
                Self::fill(args, self.methods.get(&(class.clone(), CONSTRUCTOR.to_string())));
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &mut Function) {
        let outer = self.functions.clone();
        self.functions.extend(nested(&function.body));
        walk_function_mut(self, function);
        self.functions = outer;
    }
}

/// The functions nested directly in `body`, with their defaults.
fn nested(body: &Block) -> Vec<(String, Defaults)> {
    let mut found = Vec::new();
    grammars::ir::visit::each_stmt(body, |stmt| {
        if let StmtKind::Function(function) = &stmt.kind {
            found.push((function.name.clone(), defaults(&function.params)));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{function, int, module};
    use super::*;
    use grammars::ir::{Stmt, Type};

    fn call(args: Vec<Expr>) -> Expr {
        Expr::new(ExprKind::Call { function: "scaled".into(), args }, Type::Int)
    }

    #[test]
    fn omitted_arguments_are_written_out() {
        let mut scaled = function("scaled", &[("x", Type::Int), ("by", Type::Int)], Type::Int, vec![]);
        scaled.params[1].default = Some(Expr::int(2));
        let body = vec![Stmt::ret(call(vec![call(vec![int("n")])]))];
        let module = run(module(vec![scaled, function("twice", &[("n", Type::Int)], Type::Int, body)]));
        let inner = call(vec![int("n"), Expr::int(2)]);
        let expected = vec![Stmt::ret(call(vec![inner, Expr::int(2)]))];
        assert_eq!(module.function("twice").unwrap().body, expected);
    }
}
