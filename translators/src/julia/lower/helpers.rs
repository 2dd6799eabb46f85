//! Helpers: functions that a translation brings along where Julia has no word for the operation.

use crate::julia::tree::{Expr, Function, Param, Stmt, Type};

fn local(name: &str) -> Expr {
    Expr::Local(name.to_string())
}

fn param(name: &str, ty: &str, default: Option<Expr>) -> Param {
    Param { name: local(name), ty: Some(Type::plain(ty)), default, rest: false }
}

/// A helper with its documentation.
fn helper(name: &str, doc: &str, params: Vec<Param>, ret: &str, body: Vec<Stmt>) -> Function {
    let names: Vec<String> = params
        .iter()
        .filter_map(|p| match &p.name {
            Expr::Local(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    Function {
        doc: Some(format!("    {name}({})\n\n{doc}", names.join(", "))),
        name: Expr::Global(name.into()),
        params,
        named: Vec::new(),
        ret: Some(Type::plain(ret)),
        type_params: Vec::new(),
        body,
        short: true,
    }
}

/// The helper that counts the items of what has no name.
pub(super) fn tally() -> Function {
    let counts = || local("counts");
    let key = Type::plain("eltype(items)");
    let empty = Expr::call(Expr::Type(Type::with("Dict", vec![key, Type::plain("Int")])), vec![]);
    let before = Expr::base_call("get", vec![counts(), local("item"), Expr::Int(0)]);
    let count = Stmt::Assign(Expr::index(counts(), local("item")), "=", before.plus(1));
    helper(
        "tally",
        "Return how often each item occurs.",
        vec![param("items", "AbstractVector", None)],
        "Dict",
        vec![
            Stmt::Assign(counts(), "=", empty),
            Stmt::For { outer: false, clauses: vec![(local("item"), local("items"))], body: vec![count] },
            Stmt::Return(Some(counts())),
        ],
    )
}

/// `return found === nothing ? -1 : length(text, 1, prevind(text, first(found)))`.
fn characters_before() -> Stmt {
    let start = Expr::base_call("first", vec![local("found")]);
    let last = Expr::base_call("prevind", vec![local("text"), start]);
    let before = Expr::base_call("length", vec![local("text"), Expr::Int(1), last]);
    let absent = Expr::binary("===", local("found"), Expr::Nothing);
    Stmt::Return(Some(Expr::Ternary(Box::new(absent), Box::new(Expr::Int(-1)), Box::new(before))))
}

/// The helper behind `find` and `index`.
pub(super) fn position_in() -> Function {
    let beyond = Expr::binary(">", local("start"), Expr::base_call("length", vec![local("text")]));
    let first = Expr::base_call("nextind", vec![local("text"), Expr::Int(0), local("start").plus(1)]);
    let found = Expr::base_call("findnext", vec![local("part"), local("text"), first]);
    helper(
        "position_in",
        "Return the position of `part` in `text` from `start` on, or -1, counting characters from 0.",
        vec![
            param("part", "AbstractString", None),
            param("text", "AbstractString", None),
            param("start", "Int", Some(Expr::Int(0))),
        ],
        "Int",
        vec![
            Stmt::If(vec![(beyond, vec![Stmt::Return(Some(Expr::Int(-1)))])], vec![]),
            Stmt::Assign(local("found"), "=", found),
            characters_before(),
        ],
    )
}

/// The helper behind `index`, where a program catches that there is no such item.
pub(super) fn position_of() -> Function {
    let equal = Expr::call(Expr::Base("=="), vec![local("item")]);
    let found = Expr::base_call("findnext", vec![equal, local("items"), local("start").plus(1)]);
    let absent = Expr::binary("===", local("found"), Expr::Nothing);
    let error = Expr::base_call("ArgumentError", vec![Expr::text("there is no such item")]);
    let thrown = Stmt::Expr(Expr::base_call("throw", vec![error]));
    let item = Param { name: local("item"), ty: None, default: None, rest: false };
    helper(
        "position_of",
        "Return the position of `item` in `items` from `start` on, counted from 0.",
        vec![item, param("items", "AbstractVector", None), param("start", "Int", Some(Expr::Int(0)))],
        "Int",
        vec![
            Stmt::Assign(local("found"), "=", found),
            Stmt::If(vec![(absent, vec![thrown])], vec![]),
            Stmt::Return(Some(local("found").plus(-1))),
        ],
    )
}

/// The helper behind `rfind`.
pub(super) fn last_position_in() -> Function {
    let found = Expr::base_call("findlast", vec![local("part"), local("text")]);
    helper(
        "last_position_in",
        "Return the last position of `part` in `text`, or -1, counting characters from 0.",
        vec![param("part", "AbstractString", None), param("text", "AbstractString", None)],
        "Int",
        vec![Stmt::Assign(local("found"), "=", found), characters_before()],
    )
}

/// The helper behind `center`, which puts an odd blank where Python does.
pub(super) fn centered() -> Function {
    let length = Expr::base_call("length", vec![local("text")]);
    let margin = Expr::base_call("max", vec![Expr::binary("-", local("width"), length), Expr::Int(0)]);
    let half = Expr::binary("÷", local("margin"), Expr::Int(2));
    let odd = Expr::binary("&", Expr::binary("&", local("margin"), local("width")), Expr::Int(1));
    let filled = |times| Expr::base_call("repeat", vec![local("fill"), times]);
    let right = Expr::binary("-", local("margin"), local("left"));
    let whole = Expr::binary("*", Expr::binary("*", filled(local("left")), local("text")), filled(right));
    helper(
        "centered",
        "Return `text` in the middle of `width` characters, filled up with `fill`.",
        vec![
            param("text", "AbstractString", None),
            param("width", "Int", None),
            param("fill", "Char", Some(Expr::Char(' '))),
        ],
        "String",
        vec![
            Stmt::Assign(local("margin"), "=", margin),
            Stmt::Assign(local("left"), "=", Expr::binary("+", half, odd)),
            Stmt::Return(Some(whole)),
        ],
    )
}

/// The helper behind `allclose`, whose tolerance is that of the source: relative to the second array.
pub(super) fn all_close() -> Function {
    let distance = Expr::broadcast("abs", vec![Expr::binary(".-", local("a"), local("b"))]);
    let scaled = Expr::binary(".*", local("rtol"), Expr::broadcast("abs", vec![local("b")]));
    let near = Expr::binary(".<=", distance, Expr::binary(".+", local("atol"), scaled));
    let either = Expr::binary(".|", Expr::binary(".==", local("a"), local("b")), near);
    let plain = |name: &str| Param { name: local(name), ty: None, default: None, rest: false };
    helper(
        "all_close",
        "Return whether all items of `a` are within `atol` plus `rtol` times their size of those of `b`.",
        vec![plain("a"), plain("b"), param("rtol", "Float64", None), param("atol", "Float64", None)],
        "Bool",
        vec![Stmt::Return(Some(Expr::base_call("all", vec![either])))],
    )
}
