//! Methods and constructors as functions, for targets in which a class is a record without code.
//!
//! ```text
//! class Stack:                              class Stack: a record of its fields
//!     def __init__(self):                   def new_Stack():
//!         self.items = []                       stack.items = []
//!                                               return stack
//!     def push(self, item):           ->    def Stack_push(stack, item):
//!         self.items.append(item)               stack.items.append(item)
//!
//! stack = Stack()                           stack = new_Stack()
//! stack.push(1)                             Stack_push(stack, 1)
//! ```
//!
//! Classes with a base or a class derived from them, exceptions, and classes whose objects can hold
//! one another stay as they are.

use grammars::ir::names::FreshNames;
use grammars::ir::visit::{
    VisitMut, each_stmt, walk_expr_mut, walk_module_mut, walk_place_mut, walk_stmt_mut,
};
use grammars::ir::{
    Block, Class, Constant, Doc, Expr, ExprKind, Function, Item, Local, Module, Param, Place, Stmt, StmtKind,
    Type,
};
use std::collections::{BTreeMap, BTreeSet};

/// Turns the methods and constructors of plain classes into functions behind them.
pub fn run(module: Module) -> Module {
    let plain: BTreeSet<String> =
        module.classes().filter(|class| is_plain(class, &module)).map(|class| class.name.clone()).collect();
    if plain.is_empty() {
        return module;
    }
    let names = Names::of(&module, &plain);
    let Module { source_lang, name, doc, items, tests, entry_point } = module;
    let mut flat = Vec::new();
    for item in items {
        match item {
            Item::Class(class) if plain.contains(&class.name) => flat.extend(flattened(class, &names)),
            other => flat.push(other),
        }
    }
    let mut module = Module { source_lang, name, doc, items: flat, tests, entry_point };
    let mut calls = Calls { plain, names };
    walk_module_mut(&mut calls, &mut module);
    calls.docs(&mut module);
    module
}

/// Whether a class is a record with functions.
fn is_plain(class: &Class, module: &Module) -> bool {
    let derived = module.classes().any(|other| other.base.as_deref() == Some(&class.name));
    let mut seen = BTreeSet::new();
    !class.exception
        && class.base.is_none()
        && !derived
        && class.constants.iter().all(|constant| !constant.mutated)
        && !class.fields.iter().any(|field| holds(&field.ty, &class.name, module, &mut seen))
}

/// Whether a value of type `ty` can hold an object of the class `name`.
fn holds(ty: &Type, name: &str, module: &Module, seen: &mut BTreeSet<String>) -> bool {
    match ty {
        Type::Class(class) if class == name => true,
        Type::Class(class) => {
            seen.insert(class.clone())
                && module
                    .class(class)
                    .is_none_or(|class| class.fields.iter().any(|f| holds(&f.ty, name, module, seen)))
        }
        Type::List(inner) | Type::Set(inner) | Type::Optional(inner) | Type::Iter(inner) => {
            holds(inner, name, module, seen)
        }
        Type::Dict(key, value) => holds(key, name, module, seen) || holds(value, name, module, seen),
        Type::Tuple(parts) => parts.iter().any(|part| holds(part, name, module, seen)),
        _ => false,
    }
}

/// What constructors and members are called outside of their classes.
struct Names {
    constructors: BTreeMap<String, String>,
    members: BTreeMap<String, BTreeMap<String, String>>,
}

impl Names {
    fn of(module: &Module, plain: &BTreeSet<String>) -> Names {
        let mut fresh = FreshNames::default();
        fresh.take_top_level(module);
        let mut names = Names { constructors: BTreeMap::new(), members: BTreeMap::new() };
        for class in module.classes().filter(|class| plain.contains(&class.name)) {
            names.constructors.insert(class.name.clone(), fresh.fresh(&format!("new_{}", class.name)));
            let constants = class.constants.iter().map(|constant| &constant.name);
            let functions = class.methods.iter().chain(&class.statics).map(|function| &function.name);
            let members = constants.chain(functions).map(|member| {
                let name = format!("{}_{}", class.name, member.trim_matches('_'));
                (member.clone(), fresh.fresh(&name))
            });
            names.members.insert(class.name.clone(), members.collect());
        }
        names
    }

    fn constructor(&self, class: &str) -> String {
        self.constructors.get(class).cloned().unwrap_or_default()
    }

    fn member(&self, class: &str, member: &str) -> String {
        self.members.get(class).and_then(|members| members.get(member)).cloned().unwrap_or_default()
    }
}

/// The class without code, its constants, and its functions.
fn flattened(mut class: Class, names: &Names) -> Vec<Item> {
    let mut items = Vec::new();
    for constant in std::mem::take(&mut class.constants) {
        let name = names.member(&class.name, &constant.name);
        items.push(Item::Constant(Constant { name, ..constant }));
    }
    let mut functions = vec![constructor(&mut class, names)];
    for mut method in std::mem::take(&mut class.methods) {
        rename_self(&mut method, &class.name);
        method.name = names.member(&class.name, &method.name);
        functions.push(method);
    }
    for mut method in std::mem::take(&mut class.statics) {
        method.name = names.member(&class.name, &method.name);
        functions.push(method);
    }
    items.push(Item::Class(class));
    items.extend(functions.into_iter().map(Item::Function));
    items
}

/// The function that makes an object: a dataclass takes its fields.
fn constructor(class: &mut Class, names: &Names) -> Function {
    let ty = Type::Class(class.name.clone());
    let mut made = class.constructor.take().unwrap_or_else(|| from_fields(class));
    rename_self(&mut made, &class.name);
    let own = if made.params.is_empty() { own_name(&class.name) } else { made.params.remove(0).name };
    let object = Expr::local(&own, ty.clone());
    each_return(&mut made.body, &object);
    if !matches!(made.body.last().map(|stmt| &stmt.kind), Some(StmtKind::Return(_))) {
        made.body.push(Stmt::ret(object));
    }
    made.locals.insert(0, Local { name: own, ty: ty.clone() });
    made.name = names.constructor(&class.name);
    made.ret = ty;
    made
}

fn from_fields(class: &Class) -> Function {
    let ty = Type::Class(class.name.clone());
    let param = |name: &str, ty: &Type, default: Option<Expr>| Param {
        name: name.to_string(),
        ty: ty.clone(),
        default,
        kind: grammars::surface::ParamKind::Normal,
        mutated: false,
        reassigned: false,
    };
    let fields = class.fields.iter().map(|field| param(&field.name, &field.ty, field.default.clone()));
    let assigned = class.fields.iter().map(|field| {
        Stmt::new(StmtKind::Assign {
            place: Place::Field {
                object: Expr::local("self", ty.clone()),
                field: field.name.clone(),
                ty: field.ty.clone(),
            },
            value: Expr::local(&field.name, field.ty.clone()),
        })
    });
    Function {
        name: String::new(),
        params: [vec![param("self", &ty, None)], fields.collect()].concat(),
        ret: Type::None,
        locals: Vec::new(),
        body: assigned.collect(),
        doc: None,
        captures: Vec::new(),
        rebinds: Vec::new(),
        effects: Default::default(),
        span: class.span,
    }
}

/// `return` in a constructor gives the object.
fn each_return(body: &mut Block, object: &Expr) {
    struct Returns<'a>(&'a Expr);
    impl VisitMut for Returns<'_> {
        fn function(&mut self, _function: &mut Function) {}
        fn stmt(&mut self, stmt: &mut Stmt) {
            walk_stmt_mut(self, stmt);
            if matches!(stmt.kind, StmtKind::Return(_)) {
                stmt.kind = StmtKind::Return(Some(self.0.clone()));
            }
        }
    }
    Returns(object).block(body);
}

/// What the object is called in a function of the class `name`: `MovingAverage` is `moving_average`.
fn own_name(name: &str) -> String {
    let mut own = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !own.is_empty() && !own.ends_with('_') {
            own.push('_');
        }
        own.push(c.to_ascii_lowercase());
    }
    own
}

/// Calls `self` after the class, where no other variable is called so.
fn rename_self(method: &mut Function, class: &str) {
    struct Rename<'a> {
        from: &'a str,
        to: &'a str,
    }
    impl VisitMut for Rename<'_> {
        fn expr(&mut self, expr: &mut Expr) {
            walk_expr_mut(self, expr);
            if let ExprKind::Local(name) = &mut expr.kind
                && name == self.from
            {
                *name = self.to.to_string();
            }
        }
        fn place(&mut self, place: &mut Place) {
            walk_place_mut(self, place);
            if let Place::Variable { name, .. } = place
                && name == self.from
            {
                *name = self.to.to_string();
            }
        }
    }
    let own = own_name(class);
    let mut taken = FreshNames::default();
    taken.take_function(method);
    let mut nested = false;
    each_stmt(&method.body, |stmt| nested |= matches!(stmt.kind, StmtKind::Function(_)));
    if taken.is_taken(&own) || nested {
        return;
    }
    let Some(first) = method.params.first_mut() else { return };
    let from = std::mem::replace(&mut first.name, own.clone());
    Rename { from: &from, to: &own }.block(&mut method.body);
}

/// Rewrites uses of the classes.
struct Calls {
    plain: BTreeSet<String>,
    names: Names,
}

impl Calls {
    fn docs(&mut self, module: &mut Module) {
        let mut docs: Vec<&mut Doc> = module.doc.iter_mut().collect();
        for item in &mut module.items {
            match item {
                Item::Function(function) => docs.extend(&mut function.doc),
                Item::Class(class) => docs.extend(&mut class.doc),
                Item::Comment(_) | Item::Constant(_) => {}
            }
        }
        for example in docs.into_iter().flat_map(|doc| &mut doc.examples) {
            self.expr(&mut example.call);
            self.expr(&mut example.expected);
        }
    }
}

impl VisitMut for Calls {
    fn expr(&mut self, expr: &mut Expr) {
        walk_expr_mut(self, expr);
        let kind = std::mem::replace(&mut expr.kind, ExprKind::None);
        expr.kind = match kind {
            ExprKind::CallMethod { object, class, method, mut args } if self.plain.contains(&class) => {
                args.insert(0, *object);
                ExprKind::Call { function: self.names.member(&class, &method), args }
            }
            ExprKind::CallStatic { class, method, args } if self.plain.contains(&class) => {
                ExprKind::Call { function: self.names.member(&class, &method), args }
            }
            ExprKind::New { class, args } if self.plain.contains(&class) => {
                ExprKind::Call { function: self.names.constructor(&class), args }
            }
            ExprKind::ClassConstant { class, name } if self.plain.contains(&class) => {
                ExprKind::Global(self.names.member(&class, &name))
            }
            other => other,
        };
    }
}

/// The fields of each class without code.
pub fn records(module: &Module) -> BTreeMap<String, Vec<(String, Type)>> {
    let plain = |class: &&Class| class.constructor.is_none() && class.methods.is_empty();
    let fields = |class: &Class| class.fields.iter().map(|f| (f.name.clone(), f.ty.clone())).collect();
    let classes = module.classes().filter(plain).filter(|class| is_plain(class, module));
    classes.map(|class| (class.name.clone(), fields(class))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack() -> Class {
        let ty = Type::Class("Stack".into());
        let own = Expr::local("self", ty);
        let items = |object: Expr| {
            let kind = ExprKind::Field { object: Box::new(object), field: "items".into() };
            Expr::new(kind, Type::list(Type::Int))
        };
        let mut class = Class {
            name: "Stack".into(),
            doc: None,
            base: None,
            fields: vec![grammars::ir::Field {
                name: "items".into(),
                ty: Type::list(Type::Int),
                default: None,
            }],
            constructor: None,
            methods: Vec::new(),
            statics: Vec::new(),
            constants: Vec::new(),
            dataclass: true,
            frozen: false,
            exception: false,
            span: Default::default(),
        };
        let mut method = from_fields(&class);
        method.name = "__len__".into();
        method.params.truncate(1);
        method.ret = Type::Int;
        method.body =
            vec![Stmt::ret(Expr::intrinsic(grammars::ir::Intrinsic::Len, vec![items(own)], Type::Int))];
        class.methods.push(method);
        class
    }

    fn sample(class: Class) -> Module {
        let mut module = super::super::testing::module(Vec::new());
        module.items.push(Item::Class(class));
        module
    }

    #[test]
    fn methods_and_constructors_become_functions() {
        let flat = run(sample(stack()));
        let names: Vec<&str> = flat.functions().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["new_Stack", "Stack_len"]);
        let made = flat.function("new_Stack").expect("the constructor is a function");
        assert_eq!(made.params.len(), 1);
        assert_eq!(made.locals[0].name, "stack");
        assert!(matches!(made.body.last().map(|stmt| &stmt.kind), Some(StmtKind::Return(Some(_)))));
        assert!(records(&flat).contains_key("Stack"));
    }

    #[test]
    fn methods_that_differ_in_underscores_stay_apart() {
        let mut class = stack();
        let mut own = class.methods[0].clone();
        own.name = "_len".into();
        class.methods.push(own);
        let flat = run(sample(class));
        let names: Vec<&str> = flat.functions().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["new_Stack", "Stack_len", "Stack_len_2"]);
    }

    #[test]
    fn self_is_not_renamed_to_what_a_comprehension_binds() {
        let source = "class Point:\n    def __init__(self, x: int):\n        self.x = x\n\n    def others(self, xs: list[int]) -> list[int]:\n        return [point for point in xs if point != self.x]\n";
        let flat = run(super::super::testing::python(source));
        assert!(super::super::testing::shown(&flat, "Point_others").contains("self.x"));
    }

    #[test]
    fn nested_functions_of_a_constructor_keep_their_results() {
        let source = "class Point:\n    def __init__(self, x: int):\n        def twice(n: int) -> int:\n            return 2 * n\n        self.x = twice(x)\n";
        let flat = run(super::super::testing::python(source));
        assert!(super::super::testing::shown(&flat, "new_Point").contains("return (2"));
    }

    #[test]
    fn objects_that_hold_one_another_stay() {
        let mut class = stack();
        class.fields[0].ty = Type::list(Type::Class("Stack".into()));
        assert_eq!(run(sample(class)).functions().count(), 0);
    }
}
