//! From annotations to cells.

use super::cells::{ArrayHead, Cell, Cells, Element, Head};
use grammars::surface::TypeHint;
use std::collections::BTreeSet;

/// A cell that starts as the annotation says; what an annotation leaves open stays unknown.
pub(super) fn cell_of_hint(cells: &mut Cells, classes: &BTreeSet<&str>, hint: &TypeHint) -> Cell {
    let arg = |cells: &mut Cells, at: usize| match hint.args.get(at) {
        Some(h) => cell_of_hint(cells, classes, h),
        None => cells.fresh(),
    };
    match hint.name.as_str() {
        "int" | "numpy.int64" => cells.of(Head::Int),
        "float" | "numpy.float64" => cells.of(Head::Float),
        "bool" => cells.of(Head::Bool),
        "str" => cells.of(Head::Str),
        "none" => cells.none(),
        "list" | "iterable" | "iterator" | "generator" | "sequence" | "collection" | "deque"
        | "mutablesequence" => {
            let element = arg(cells, 0);
            cells.of(Head::List(element))
        }
        "vartuple" => {
            let element = arg(cells, 0);
            cells.of(Head::VarTuple(element))
        }
        "tuple" if !hint.args.is_empty() => {
            let items = hint.args.iter().map(|h| cell_of_hint(cells, classes, h)).collect();
            cells.of(Head::Tuple(items))
        }
        "set" | "frozenset" | "mutableset" | "abstractset" => {
            let element = arg(cells, 0);
            cells.of(Head::Set(element))
        }
        "counter" => {
            let (key, value) = (arg(cells, 0), cells.of(Head::Int));
            cells.of(Head::Dict(key, value))
        }
        "dict" | "mapping" | "mutablemapping" | "defaultdict" | "ordereddict" => {
            let (key, value) = (arg(cells, 0), arg(cells, 1));
            cells.of(Head::Dict(key, value))
        }
        "callable" if !hint.args.is_empty() => callable(cells, classes, hint),
        "optional" => {
            let cell = arg(cells, 0);
            cells.set_nullable(cell);
            cell
        }
        "union" => union(cells, classes, hint),
        "numpy.ndarray" | "numpy.array" | "numpy.typing.NDArray" | "numpy.typing.ArrayLike" => {
            let names: Vec<&str> = hint.args.iter().map(|h| h.name.as_str()).collect();
            let element = names.iter().rev().find_map(|name| array_element(name));
            cells.of(Head::Array(ArrayHead { element, rank: None }))
        }
        name if classes.contains(name) => cells.of(Head::Class(name.to_owned())),
        _ => cells.fresh(),
    }
}

/// The element type that NumPy's name for it stands for.
pub(super) fn array_element(name: &str) -> Option<Element> {
    match name.rsplit('.').next().unwrap_or(name) {
        "float64" | "float" | "floating" | "double" => Some(Element::Float),
        "int64" | "int" | "int_" | "integer" => Some(Element::Int),
        "bool" | "bool_" => Some(Element::Bool),
        _ => None,
    }
}

fn callable(cells: &mut Cells, classes: &BTreeSet<&str>, hint: &TypeHint) -> Cell {
    let mut parts: Vec<Cell> = hint.args.iter().map(|h| cell_of_hint(cells, classes, h)).collect();
    let ret = parts.pop().unwrap_or_else(|| cells.fresh());
    cells.of(Head::Function(parts, ret))
}

/// Numbers join; of other alternatives the values decide.
fn union(cells: &mut Cells, classes: &BTreeSet<&str>, hint: &TypeHint) -> Cell {
    let numeric = |h: &TypeHint| matches!(h.name.as_str(), "int" | "float" | "bool" | "none");
    let out = cells.fresh();
    if hint.args.iter().all(numeric) {
        for alternative in &hint.args {
            let cell = cell_of_hint(cells, classes, alternative);
            cells.flow(cell, out);
        }
    } else if hint.args.iter().any(|h| h.name == "none") {
        cells.set_nullable(out);
    }
    out
}
