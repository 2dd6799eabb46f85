//! The module and its test program as a whole.

use super::signature::Signatures;
use super::tests::{self, TestProgram};
use super::{ASCII, Body, Unit, reject};
use crate::fortran::derived::Definer;
use crate::fortran::helpers::Helpers;
use crate::fortran::names::{Names, Renaming, spelling};
use crate::fortran::print;
use crate::fortran::tree::build::name;
use crate::fortran::tree::{
    Attribute, Bounds, Declaration, DerivedType, Length, Module, ModuleItem, Procedure, TypeSpec,
};
use crate::fortran::types::{TypeOp, Types};
use crate::{Limits, Translation};
use grammars::Rejection;
use grammars::ir::visit::{any_expr, each_expr, each_function, each_stmt};
use grammars::ir::{self, Constant, ExprKind, Intrinsic, Item, Type};
use std::collections::{BTreeMap, BTreeSet};

/// Longest name of a program unit without its ending.
const STEM: usize = 50;

/// Translates a module with its tests.
///
/// # Errors
/// A rejection `fortran.reason` for what has no right rendering.
pub fn translate(module: &ir::Module) -> Result<Translation, Rejection> {
    let mut unit = unit(module)?;
    super::aliasing::check(module, &unit.signatures)?;
    let items = items(&mut unit)?;
    let module_helpers = std::mem::take(&mut unit.helpers);
    let module_ieee = std::mem::take(&mut unit.ieee);
    let stem = stem(module);
    unit.test_names = Some(test_names(&unit));
    unit.types.forget_recent();
    let test = if module.tests.is_empty() { None } else { Some(tests::program(&mut unit, &stem)?) };
    super::classes::refuse_identity(&unit)?;
    unit.helpers = module_helpers;
    unit.test_names = None;
    unit.ieee = module_ieee;
    let operators = used_operators(&unit);
    let mut tree = finish(&mut unit, &stem, items);
    let used = print::module(&tree) + &test.as_ref().map(TestProgram::text).unwrap_or_default();
    let codes = super::exceptions::constants(&unit, &used);
    let code_names: Vec<String> = codes.iter().map(|d| d.name.clone()).collect();
    tree.constants.extend(codes);
    tree.public = public(&mut unit, &tree, test.as_ref().map(TestProgram::text).unwrap_or_default());
    tree.public.extend(code_names);
    tree.public.extend(operators);
    tree.kinds = kinds(&print::module(&tree));
    let program = print::module(&tree);
    let (tests, checks) = match test {
        Some(test) => test.print(&tree.public, &format!("{stem}_mod")),
        None => (String::new(), 0),
    };
    let domain = unit.domain.iter().map(|d| d.to_string()).collect();
    let limits = Limits { beyond_ascii: !unit.domain.contains(ASCII), ..Limits::NONE };
    Ok(Translation { program, tests, checks, domain, limits })
}

/// The names that the test program's helpers must not have.
pub(super) fn test_names(unit: &Unit<'_>) -> Names {
    let mut names = Names::default();
    unit.user_procedures.iter().for_each(|name| names.take(name));
    for test in &unit.module.tests {
        test.locals.iter().for_each(|local| names.take(&spelling(&local.name)));
    }
    names
}

/// What the names of the program units begin with.
fn stem(module: &ir::Module) -> String {
    let source = module.entry_point.as_deref().unwrap_or(&module.name);
    let mut stem = spelling(source);
    stem.truncate(STEM);
    stem
}

pub(super) fn unit(module: &ir::Module) -> Result<Unit<'_>, Rejection> {
    let mut names = Names::default();
    let stem = stem(module);
    names.take(&format!("{stem}_mod"));
    names.take(&format!("test_{stem}"));
    names.take("int64");
    names.take("real64");
    let mut unit = Unit {
        module,
        names,
        globals: Renaming::default(),
        types: Types::default(),
        helpers: Helpers::default(),
        user_procedures: BTreeSet::new(),
        default_kind_helpers: BTreeSet::new(),
        ieee: BTreeSet::new(),
        test_names: None,
        domain: BTreeSet::new(),
        signatures: Signatures::of(module),
        codes: Vec::new(),
        classes: Default::default(),
    };
    for item in &module.items {
        match item {
            Item::Function(f) => {
                let target = unit.names.procedure(&f.name);
                unit.globals.insert(&f.name, target.clone());
                unit.user_procedures.insert(target);
            }
            Item::Constant(c) => {
                unit.globals.get(&c.name, &mut unit.names);
            }
            Item::Class(_) | Item::Comment(_) => {}
        }
    }
    reserve(&mut unit);
    super::classes::prepare(&mut unit)?;
    super::exceptions::prepare(&mut unit);
    Ok(unit)
}

/// Keeps the names of local variables free, so that no helper or derived type is hidden by one.
fn reserve(unit: &mut Unit<'_>) {
    let mut locals = BTreeSet::new();
    each_function(unit.module, |f| locals.extend(local_names(f)));
    for test in &unit.module.tests {
        locals.extend(test.locals.iter().map(|l| l.name.clone()));
    }
    unit.names.reserve(locals);
}

/// The names that a function binds, those of functions within it included.
pub fn local_names(function: &ir::Function) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = function.params.iter().map(|p| p.name.clone()).collect();
    names.extend(function.locals.iter().map(|l| l.name.clone()));
    each_stmt(&function.body, |s| {
        if let ir::StmtKind::Function(inner) = &s.kind {
            names.insert(inner.name.clone());
            names.extend(local_names(inner));
        }
    });
    each_expr(&function.body, |e| names.extend(bound_names(e)));
    names
}

/// The variables that a comprehension or lambda binds.
pub fn bound_names(e: &ir::Expr) -> Vec<String> {
    match &e.kind {
        ir::ExprKind::Comprehension { clauses, .. }
        | ir::ExprKind::SetComprehension { clauses, .. }
        | ir::ExprKind::DictComprehension { clauses, .. } => {
            let names = clauses.iter().flat_map(|c| c.pattern.names());
            names.map(|(name, _)| name.to_string()).collect()
        }
        ir::ExprKind::Lambda { params, .. } => params.iter().map(|(name, _)| name.clone()).collect(),
        _ => Vec::new(),
    }
}

/// Constants, procedures and comments in the source's order.
pub(super) struct Items {
    pub(super) constants: Vec<Declaration>,
    pub(super) procedures: Vec<ModuleItem>,
}

pub(super) fn items(unit: &mut Unit<'_>) -> Result<Items, Rejection> {
    let mut items = Items { constants: super::classes::constants(unit)?, procedures: Vec::new() };
    let module = unit.module;
    for item in &module.items {
        match item {
            Item::Comment(text) => {
                items.procedures.push(ModuleItem::Comment(text.lines().map(str::to_string).collect()));
            }
            Item::Constant(constant) if is_function_constant(constant) => {
                items.procedures.push(ModuleItem::Procedure(constant_function(unit, constant)?));
            }
            Item::Constant(constant) => {
                let target = unit.globals.get(&constant.name, &mut unit.names);
                items.constants.push(self::constant(unit, constant, target)?);
            }
            Item::Function(function) => {
                let procedure = super::procedure::procedure(unit, function)?;
                items.procedures.push(ModuleItem::Procedure(procedure));
            }
            Item::Class(class) => items.procedures.extend(super::classes::procedures(unit, class)?),
        }
    }
    Ok(items)
}

/// Whether a constant is a function without arguments: what holds allocatable components cannot be a
/// named constant, nor can infinity.
pub fn is_function_constant(constant: &Constant) -> bool {
    let unbounded = any_expr(&constant.value, |e| match &e.kind {
        ExprKind::Float(value) => !value.is_finite(),
        ExprKind::Intrinsic { op, .. } => matches!(op, Intrinsic::Infinity | Intrinsic::NotANumber),
        _ => false,
    });
    unbounded
        || match &constant.ty {
            Type::Int | Type::Float | Type::Bool | Type::Char | Type::Str => false,
            Type::List(t) | Type::Set(t) => !matches!(**t, Type::Int | Type::Float | Type::Bool | Type::Char),
            _ => true,
        }
}

/// A constant under a name.
pub fn constant(unit: &mut Unit<'_>, constant: &Constant, target: String) -> Result<Declaration, Rejection> {
    if constant.mutated {
        let message = format!("the module variable `{}`, which functions change", constant.name);
        return reject("global", constant.span, message);
    }
    let (spec, array) = unit.types.variable(&constant.ty, &mut unit.names);
    let mut body = Body::new(unit);
    let value = body.expr(&constant.value)?;
    if body.blocks.iter().any(|b| !b.is_empty()) {
        let message = format!("the constant `{}`, which takes statements to compute", constant.name);
        return reject("constant", constant.span, message);
    }
    let ty = match spec {
        TypeSpec::Character(Length::Deferred) => TypeSpec::Character(Length::Assumed),
        other => other,
    };
    Ok(Declaration {
        ty,
        attributes: vec![Attribute::Parameter],
        name: target,
        bounds: array.then(|| Bounds::Fixed(name("*"))),
        value: Some(value),
    })
}

/// `pure function name() result(value)`.
fn constant_function(unit: &mut Unit<'_>, constant: &Constant) -> Result<Procedure, Rejection> {
    if constant.mutated {
        let message = format!("the module variable `{}`, which functions change", constant.name);
        return reject("global", constant.span, message);
    }
    let function = ir::Function {
        name: constant.name.clone(),
        params: Vec::new(),
        ret: constant.ty.clone(),
        locals: Vec::new(),
        body: vec![ir::Stmt::ret(constant.value.clone())],
        doc: None,
        captures: Vec::new(),
        rebinds: Vec::new(),
        effects: ir::Effects { pure: true, ..Default::default() },
        span: constant.span,
    };
    super::procedure::procedure(unit, &function)
}

/// Puts the module together; helpers and types that nothing calls any more are left out.
fn finish(unit: &mut Unit<'_>, stem: &str, items: Items) -> Module {
    let mut operators = BTreeMap::new();
    let (types, bound) = definitions(unit, &mut operators);
    let mut procedures = items.procedures;
    let helpers = unit.helpers.items(&mut unit.types, &mut unit.names);
    let mut tree = Module {
        name: format!("{stem}_mod"),
        doc: unit
            .module
            .doc
            .as_ref()
            .map(|d| d.text.lines().map(str::to_string).collect())
            .unwrap_or_default(),
        kinds: Vec::new(),
        uses: intrinsic_uses(&unit.ieee),
        public: Vec::new(),
        constants: items.constants,
        types,
        constructors: super::classes::constructors(unit),
        operators: operators.into_iter().collect(),
        procedures: Vec::new(),
    };
    procedures.extend(bound);
    tree.procedures = procedures;
    let text = print::module(&tree);
    tree.procedures.extend(used_helpers(helpers, &text));
    tree
}

/// The helpers that a text calls, and those that they call.
pub fn used_helpers(helpers: Vec<ModuleItem>, text: &str) -> Vec<ModuleItem> {
    let mut text = text.to_string();
    let mut used = vec![false; helpers.len()];
    loop {
        let mut news = false;
        for (i, helper) in helpers.iter().enumerate() {
            let ModuleItem::Helper(source) = helper else { continue };
            if !used[i] && helper_name(source).is_some_and(|name| mentions(&text, name)) {
                used[i] = true;
                news = true;
                text.push_str(source);
            }
        }
        if !news {
            break;
        }
    }
    helpers.into_iter().zip(used).filter(|(_, used)| *used).map(|(helper, _)| helper).collect()
}

fn helper_name(source: &str) -> Option<&str> {
    let head = source.lines().find(|l| !l.starts_with("!>"))?;
    head.split('(').next()?.split(' ').next_back()
}

/// Whether a text mentions a name as a whole word.
pub fn mentions(text: &str, name: &str) -> bool {
    crate::fortran::helpers::has_word(text, name)
}

/// The kinds that a text uses.
pub fn kinds(text: &str) -> Vec<&'static str> {
    ["int64", "real64"].into_iter().filter(|kind| text.contains(kind)).collect()
}

/// `use, intrinsic :: ieee_arithmetic`, where it is needed.
pub fn intrinsic_uses(ieee: &BTreeSet<&'static str>) -> Vec<(String, Vec<String>)> {
    if ieee.is_empty() {
        return Vec::new();
    }
    vec![("ieee_arithmetic".to_string(), ieee.iter().map(|n| n.to_string()).collect())]
}

pub(super) fn definitions(
    unit: &mut Unit<'_>,
    operators: &mut BTreeMap<&'static str, Vec<String>>,
) -> (Vec<DerivedType>, Vec<ModuleItem>) {
    let mut types = Vec::new();
    let mut procedures = Vec::new();
    // Definitions may ask for more types, which then stand behind: only procedures need those.
    let mut done = 0;
    while done < unit.types.order().len() {
        let ty = unit.types.order()[done].clone();
        let mut definer =
            Definer { types: &mut unit.types, helpers: &mut unit.helpers, names: &mut unit.names, operators };
        let (mut definition, bound) = definer.define(&ty);
        if let Type::Class(name) = &ty
            && let Some(class) = unit.module.class(name)
        {
            super::classes::complete(unit, class, &mut definition);
        }
        types.push(definition);
        procedures.extend(bound);
        done += 1;
    }
    (types, procedures)
}

/// The operators on derived types that the test program uses.
pub(super) fn used_operators(unit: &Unit<'_>) -> Vec<String> {
    let operators = [(TypeOp::Equal, "operator(==)"), (TypeOp::Less, "operator(<)")];
    let used = operators.into_iter().filter(|(op, _)| unit.types.is_recent(*op));
    used.map(|(_, operator)| operator.to_string()).collect()
}

/// The program's procedures, and the derived types that their callers need.
fn public(unit: &mut Unit<'_>, tree: &Module, tests: String) -> Vec<String> {
    let mut text = tests;
    for item in &tree.procedures {
        let ModuleItem::Procedure(procedure) = item else { continue };
        let seen = |d: &&Declaration| {
            procedure.arguments.contains(&d.name) || procedure.result.as_ref() == Some(&d.name)
        };
        for declaration in procedure.declarations.iter().filter(seen) {
            text.push_str(&print::type_spec(&declaration.ty));
            text.push('\n');
        }
    }
    let mut public: Vec<String> =
        tree.types.iter().map(|t| t.name.clone()).filter(|name| mentions(&text, name)).collect();
    for name in super::classes::public(unit) {
        if !public.contains(&name) {
            public.push(name);
        }
    }
    let module = unit.module;
    for item in &module.items {
        let source = match item {
            Item::Function(f) => &f.name,
            Item::Constant(c) => &c.name,
            Item::Class(_) | Item::Comment(_) => continue,
        };
        public.push(unit.globals.get(source, &mut unit.names));
    }
    public
}

/// For the test program: the module's public names that a text uses.
pub fn used_names(public: &[String], text: &str) -> Vec<String> {
    public.iter().filter(|name| name.contains('(') || mentions(text, name)).cloned().collect()
}
