//! Methods that differ in types only become one with type parameters.
//!
//! ```text
//! f(xs::Vector{Int})::Int = xs[1]               function f(xs::Vector{T})::T where {T}
//!                                        →          return xs[1]
//! f(xs::Vector{String})::String = xs[1]         end
//! ```

use super::tree::{ComprehensionForm, Expr, Function, Item, Stmt, Type};
use super::walk::each_in_block;
use std::collections::BTreeSet;

/// Types that may give way to a parameter, alone or with parameters of their own.
const OPEN: &[&str] =
    &["Int", "Float64", "Real", "String", "Bool", "Char", "Vector", "Tuple", "NTuple", "Dict", "Set"];

/// Merges the methods of each function where that is possible.
pub fn merge_methods(items: &mut Vec<Item>) {
    let mut at = 0;
    while at < items.len() {
        let Some(name) = function_of(&items[at]).map(|f| f.name.clone()) else {
            at += 1;
            continue;
        };
        let others =
            (at + 1..items.len()).filter(|i| function_of(&items[*i]).is_some_and(|f| f.name == name));
        let mut group = vec![at];
        let mut best = None;
        for other in others {
            group.push(other);
            let methods: Vec<&Function> = group.iter().filter_map(|i| function_of(&items[*i])).collect();
            match merged(&methods) {
                Some(method) => best = Some(method),
                None => {
                    group.pop();
                }
            }
        }
        if let Some(method) = best {
            items[at] = Item::Function(method);
            group[1..].iter().rev().for_each(|i| {
                items.remove(*i);
            });
        }
        at += 1;
    }
}

fn function_of(item: &Item) -> Option<&Function> {
    match item {
        Item::Function(function) => Some(function),
        _ => None,
    }
}

/// One method for all of them.
fn merged(methods: &[&Function]) -> Option<Function> {
    let first = *methods.first()?;
    if !methods.iter().all(|method| is_alike(first, method)) {
        return None;
    }
    let mut variables = Variables::new(first);
    let mut result = first.clone();
    for (i, param) in result.params.iter_mut().enumerate() {
        let types: Option<Vec<Type>> = methods.iter().map(|m| m.params[i].ty.clone()).collect();
        param.ty = Some(variables.common(&types?)?);
    }
    variables.closed = true;
    let returned: Option<Vec<Type>> = methods.iter().map(|m| m.ret.clone()).collect();
    result.ret = returned.and_then(|types| variables.common(&types));
    let mut bodies: Vec<Vec<Stmt>> = methods.iter().map(|m| m.body.clone()).collect();
    let written: Vec<Vec<Type>> = bodies.iter_mut().map(|body| types_in(body)).collect();
    let count = written.first()?.len();
    if written.iter().any(|types| types.len() != count) {
        return None;
    }
    let mut common = Vec::new();
    for i in 0..count {
        common.push(variables.common(&written.iter().map(|types| types[i].clone()).collect::<Vec<_>>())?);
    }
    bodies.iter_mut().for_each(|body| set_types(body, &common));
    if bodies.iter().any(|body| *body != bodies[0]) {
        return None;
    }
    result.body = bodies.swap_remove(0);
    variables.write(&mut result, &common);
    Some(result)
}

/// Whether two methods have the same parameters but for their types.
fn is_alike(a: &Function, b: &Function) -> bool {
    let plain = |f: &Function| f.named.is_empty() && f.type_params.is_empty();
    let same = a
        .params
        .iter()
        .zip(&b.params)
        .all(|(x, y)| x.name == y.name && x.default == y.default && x.rest == y.rest);
    plain(a) && plain(b) && a.params.len() == b.params.len() && same
}

/// The type parameters found so far, each with the types that it stands for, one a method.
struct Variables {
    taken: BTreeSet<String>,
    found: Vec<(Vec<Type>, String)>,
    /// No new ones may be added.
    closed: bool,
}

impl Variables {
    fn new(function: &Function) -> Variables {
        let mut taken = BTreeSet::new();
        let mut note = |expr: &mut Expr| {
            if let Expr::Local(name) | Expr::Global(name) = expr {
                taken.insert(name.clone());
            }
        };
        super::walk::each_in_function(&mut function.clone(), &mut note);
        let params = function.params.iter().flat_map(|param| &param.ty);
        let written = types_in(&mut function.body.clone());
        params.chain(&function.ret).chain(&written).for_each(|ty| take_names(ty, &mut taken));
        Variables { taken, found: Vec::new(), closed: false }
    }

    /// The type that covers `types`, with parameters where they differ.
    fn common(&mut self, types: &[Type]) -> Option<Type> {
        let first = types.first()?;
        if types.iter().all(|ty| ty == first) {
            return Some(first.clone());
        }
        let count = first.params.len();
        if count > 0 && types.iter().all(|ty| ty.name == first.name && ty.params.len() == count) {
            let params = (0..count)
                .map(|i| self.common(&types.iter().map(|ty| ty.params[i].clone()).collect::<Vec<_>>()));
            return Some(Type::with(first.name.clone(), params.collect::<Option<_>>()?));
        }
        if let Some((_, name)) = self.found.iter().find(|(known, _)| known == types) {
            return Some(Type::plain(name.clone()));
        }
        let counts = types.iter().all(|ty| ty.name.parse::<usize>().is_ok());
        if self.closed || !(counts || types.iter().all(is_open)) {
            return None;
        }
        let wishes: &[&str] = if counts { &["N", "M"] } else { &["T", "S", "U", "V"] };
        let name = wishes.iter().find(|name| !self.taken.contains(**name))?.to_string();
        self.taken.insert(name.clone());
        self.found.push((types.to_vec(), name.clone()));
        Some(Type::plain(name))
    }

    /// Declares the parameters. One that only a single argument has need not be named.
    fn write(self, method: &mut Function, written: &[Type]) {
        for (types, name) in self.found {
            let numbers = types.iter().all(|ty| matches!(ty.name.as_str(), "Int" | "Float64" | "Real"));
            let elsewhere: usize = method.ret.iter().chain(written).map(|ty| uses(ty, &name)).sum();
            let uses: usize = method.params.iter().flat_map(|p| &p.ty).map(|ty| uses(ty, &name)).sum();
            let alone = uses == 1 && elsewhere == 0;
            let unnamed = alone && method.params.iter_mut().any(|p| unname(&mut p.ty, &name, numbers));
            if !unnamed {
                method.type_params.push(if numbers { format!("{name}<:Real") } else { name });
            }
        }
    }
}

fn take_names(ty: &Type, taken: &mut BTreeSet<String>) {
    taken.insert(ty.name.clone());
    ty.params.iter().for_each(|param| take_names(param, taken));
}

fn is_open(ty: &Type) -> bool {
    OPEN.contains(&ty.name.as_str())
        && ty.params.iter().all(|p| is_open(p) || p.name.parse::<usize>().is_ok())
}

fn uses(ty: &Type, name: &str) -> usize {
    usize::from(ty.name == name) + ty.params.iter().map(|p| uses(p, name)).sum::<usize>()
}

/// Writes a parameter's type without the variable `name`, where there is a short way.
fn unname(ty: &mut Option<Type>, name: &str, numbers: bool) -> bool {
    match ty {
        Some(whole) if whole.name == name => {
            *ty = numbers.then(|| Type::plain("Real"));
            true
        }
        Some(whole) if matches!(whole.params.as_slice(), [item] if item.name == name) => {
            whole.params = if numbers { vec![Type::plain("<:Real")] } else { Vec::new() };
            true
        }
        _ => false,
    }
}

/// The types that a body names, in order.
fn types_in(body: &mut [Stmt]) -> Vec<Type> {
    let mut types = Vec::new();
    each_type(body, |ty| types.push(ty.clone()));
    types
}

fn set_types(body: &mut [Stmt], types: &[Type]) {
    let mut next = types.iter();
    each_type(body, |ty| {
        if let Some(common) = next.next() {
            *ty = common.clone();
        }
    });
}

fn each_type(body: &mut [Stmt], mut f: impl FnMut(&mut Type)) {
    each_in_block(body, &mut |expr| match expr {
        Expr::Type(ty) | Expr::Vector { element: Some(ty), .. } => f(ty),
        Expr::Comprehension { form: ComprehensionForm::Vector(Some(ty)), .. } => f(ty),
        _ => {}
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::julia::tree::Param;

    fn method(ty: Type, ret: Type, body: Expr) -> Item {
        let param = Param { name: Expr::Local("xs".into()), ty: Some(ty), default: None, rest: false };
        Item::Function(Function {
            doc: None,
            name: Expr::Global("f".into()),
            params: vec![param],
            named: Vec::new(),
            ret: Some(ret),
            type_params: Vec::new(),
            body: vec![Stmt::Return(Some(body))],
            short: true,
        })
    }

    fn shown(mut items: Vec<Item>) -> String {
        merge_methods(&mut items);
        super::super::print::print_items(&items, &BTreeSet::new())
    }

    fn of(name: &str, item: &str) -> Type {
        Type::with(name, vec![Type::plain(item)])
    }

    #[test]
    fn methods_for_vectors_of_several_types_become_one() {
        let first = || Expr::base_call("first", vec![Expr::Local("xs".into())]);
        let methods = ["Int", "String"].map(|item| method(of("Vector", item), Type::plain(item), first()));
        let generic = "function f(xs::Vector{T})::T where {T}\n    return first(xs)\nend\n";
        assert_eq!(shown(methods.into()), generic);
        let length = || Expr::base_call("length", vec![Expr::Local("xs".into())]);
        let methods = ["Int", "String"].map(|item| method(of("Vector", item), Type::plain("Int"), length()));
        assert_eq!(shown(methods.into()), "f(xs::Vector)::Int = length(xs)\n");
    }

    #[test]
    fn a_parameter_hides_no_type_of_the_program() {
        let methods = ["Int", "String"].map(|item| {
            let ty = Type::with("Tuple", vec![Type::plain(item), Type::plain("T")]);
            method(ty, Type::plain(item), Expr::base_call("first", vec![Expr::Local("xs".into())]))
        });
        let generic = "function f(xs::Tuple{S,T})::S where {S}\n    return first(xs)\nend\n";
        assert_eq!(shown(methods.into()), generic);
    }

    #[test]
    fn methods_that_do_different_things_stay() {
        let methods =
            ["Int", "String"].map(|item| method(of("Vector", item), Type::plain("String"), Expr::text(item)));
        assert_eq!(shown(methods.into()).matches("f(").count(), 2);
    }
}
