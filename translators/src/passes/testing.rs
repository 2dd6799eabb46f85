//! Small modules for the passes' tests.

use grammars::ir::{Block, Expr, Function, Item, Local, Module, Param, Stmt, StmtKind, Type};
use grammars::surface::ParamKind;
use grammars::{LangId, Span};

/// A module of functions.
pub(crate) fn module(functions: Vec<Function>) -> Module {
    Module {
        source_lang: LangId::PYTHON,
        name: "sample".into(),
        doc: None,
        items: functions.into_iter().map(Item::Function).collect(),
        tests: Vec::new(),
        entry_point: None,
    }
}

/// A function; its locals are found in its body.
pub(crate) fn function(name: &str, params: &[(&str, Type)], ret: Type, body: Block) -> Function {
    let params: Vec<Param> = params.iter().map(|(name, ty)| param(name, ty.clone())).collect();
    let assigned = grammars::ir::names::names_assigned(&body).into_iter();
    let assigned = assigned.filter(|name| params.iter().all(|p| p.name != *name));
    let locals = assigned.map(|name| Local { name, ty: Type::Int }).collect();
    Function {
        name: name.into(),
        params,
        ret,
        locals,
        body,
        doc: None,
        captures: Vec::new(),
        rebinds: Vec::new(),
        effects: Default::default(),
        span: Span::default(),
    }
}

fn param(name: &str, ty: Type) -> Param {
    Param { name: name.into(), ty, default: None, kind: ParamKind::Normal, mutated: false, reassigned: false }
}

/// A statement without a place.
pub(crate) fn stmt(kind: StmtKind) -> Stmt {
    Stmt { kind, span: Span::default() }
}

/// An integer variable.
pub(crate) fn int(name: &str) -> Expr {
    Expr::local(name, Type::Int)
}

/// A variable that holds a list of integers.
pub(crate) fn ints(name: &str) -> Expr {
    Expr::local(name, Type::list(Type::Int))
}

/// A module from Python source, with types and effects.
pub(crate) fn python(source: &str) -> Module {
    let surface = grammars::python::parse("sample", source).expect("the front end takes it");
    super::effects::run(crate::infer(&surface).expect("its types are known"))
}

/// A function in text form.
pub(crate) fn shown(module: &Module, name: &str) -> String {
    grammars::ir::text::print_function(module.function(name).expect("the function is there"))
}
