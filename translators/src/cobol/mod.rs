//! The COBOL target: GnuCOBOL 3 in fixed format, one program for each function.

mod capacity;
mod layout;
mod loc;
mod lower;
mod names;
mod package;
mod print;
mod print_expr;
mod tidy;
mod tree;
mod walk;

use crate::package::{Package, PackageFile};
use crate::target::{Limits, Target, TargetSpec, Translation};
use capacity::Capacities;
use grammars::ir::visit::each_expr_in_module;
use grammars::ir::{Expr, Module, Type};
use grammars::{LangId, Rejection, Span};
use std::sync::LazyLock;

/// The COBOL target.
#[derive(Debug)]
pub struct Cobol;

static SPEC: LazyLock<TargetSpec> = LazyLock::new(|| TargetSpec {
    id: LangId::from_static("cobol"),
    name: "COBOL",
    extension: "cob",
    comment: "      *> ",
    version: 1,
});

impl Target for Cobol {
    fn spec(&self) -> &TargetSpec {
        &SPEC
    }

    fn translate(&self, module: &Module) -> Result<Translation, Rejection> {
        refuse(module)?;
        let module = legalised(module.clone());
        let capacities = Capacities::of(&module);
        let context = lower::Context { signatures: lower::signatures(&module), capacities, module: &module };
        let programs: Vec<_> = lower::programs(&context)?.into_iter().map(tidy::run).collect();
        let tests = lower::test_program(&context)?;
        let domain = domain(&module, &context.capacities);
        let program = print::print(&programs);
        let (tests, checks) = match tests {
            Some((tests, checks)) => (print::print(&[tidy::run(tests)]), checks),
            None => (String::new(), 0),
        };
        let (text, items) = (context.capacities.text, context.capacities.table);
        let limits = Limits { beyond_ascii: false, text, items };
        Ok(Translation { program, tests, checks, domain, limits })
    }

    fn translate_package(&self, module: &Module, package: &Package) -> Result<Vec<PackageFile>, Rejection> {
        refuse(module)?;
        package::translate(&legalised(module.clone()), package)
    }
}

/// The module without what COBOL has no idiom for and a shared pass knows how to write otherwise.
fn legalised(module: Module) -> Module {
    use crate::passes;
    let module = passes::class_functions::run(passes::fill_defaults::run(module));
    let module = passes::loop_else::run(passes::lift_nested::run(module));
    passes::wrapping::run(module)
}

/// Rejects a module with arrays of fixed shape, which are what COBOL is not for, or with values of several types.
fn refuse(module: &Module) -> Result<(), Rejection> {
    if let Some(span) = first_array(module) {
        let message = "An array of numbers, with arithmetic on all of it at once, has no COBOL form.";
        return Err(Rejection::new("cobol.array", span, message));
    }
    crate::passes::unions::refuse(module, &SPEC.id)
}

/// Where the module first has an array of fixed shape.
fn first_array(module: &Module) -> Option<Span> {
    let mut found = None;
    each_expr_in_module(module, |e: &Expr| {
        if matches!(e.ty, Type::Array { .. }) && found.is_none() {
            found = Some(e.span);
        }
    });
    found
}

/// What the representation cannot hold.
fn domain(module: &Module, capacities: &Capacities) -> Vec<String> {
    let (mut ints, mut floats, mut texts, mut tables) = (false, false, false, false);
    each_expr_in_module(module, |e: &Expr| match &e.ty {
        Type::Int => ints = true,
        Type::Float => floats = true,
        Type::Str | Type::Char => texts = true,
        Type::List(_) | Type::Set(_) | Type::Dict(..) => tables = true,
        _ => {}
    });
    let mut domain = Vec::new();
    if ints {
        domain.push("integers fit 64 bits".to_string());
    }
    if floats {
        domain.push(
            "floats are exact to 15 digits; tests and sorting take those for equal that agree in seven"
                .to_string(),
        );
    }
    if texts {
        domain.push(format!("texts are ASCII and at most {} characters long", capacities.text));
    }
    if tables {
        domain.push(format!("lists, sets and dicts have at most {} items", capacities.table));
    }
    domain
}
