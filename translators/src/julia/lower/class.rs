//! Classes: a struct, its constructor, and a function for each method.

use super::doc::doc_text;
use super::function::annotated;
use super::{Lower, Lowering, reject};
use crate::julia::names::{self, rename_in_function};
use crate::julia::tree::{Expr, Function, Item, Param, Stmt, Struct, Type};
use grammars::Span;
use grammars::ir::visit::any_expr;
use grammars::ir::{self, Class, ExprKind, Place, StmtKind};
use grammars::surface::ParamKind;

/// Functions of `Base` that a method of the same name extends.
const EXTENDED: &[&str] = &[
    "append!",
    "contains",
    "copy",
    "count",
    "delete!",
    "empty!",
    "first",
    "get",
    "haskey",
    "insert!",
    "isempty",
    "keys",
    "last",
    "length",
    "pop!",
    "popfirst!",
    "push!",
    "pushfirst!",
    "reverse!",
    "show",
    "size",
    "sort!",
    "values",
];

/// Types that translations name themselves.
const OWN_TYPES: &[&str] = &[
    "AbstractString",
    "Bool",
    "Char",
    "Dict",
    "Exception",
    "Float64",
    "Function",
    "IO",
    "Int",
    "Int32",
    "Nothing",
    "Set",
    "String",
    "Tuple",
    "UInt32",
    "Union",
    "Vector",
];

/// The module-level name of a class's constant.
pub(super) fn constant_name(class: &str, name: &str) -> String {
    format!("{}_{name}", class.to_uppercase())
}

impl Lower<'_> {
    /// A class as a struct with its functions.
    pub(super) fn class(&mut self, class: &Class) -> Lowering<Vec<Item>> {
        if OWN_TYPES.contains(&class.name.as_str()) {
            return reject("julia.class-name", class.span, format!("`{}` is a type of Julia", class.name));
        }
        if class.base.is_some() && !class.exception {
            return reject(
                "julia.inheritance",
                class.span,
                format!("`{}` derives from another class", class.name),
            );
        }
        if class.exception {
            return self.exception_class(class);
        }
        let mut items = Vec::new();
        for constant in &class.constants {
            let value = self.lower_expr(&constant.value)?;
            let name = Expr::Global(constant_name(&class.name, &constant.name));
            items.push(Item::Constant { name, value, constant: true });
        }
        let (inner, outer) = self.constructors(class)?;
        let mut fields = Vec::new();
        for field in &class.fields {
            fields.push((names::legal(&field.name), self.ty(&field.ty, class.span)?));
        }
        items.push(Item::Struct(Struct {
            doc: class.doc.as_ref().map(|doc| doc_text(&doc.text, &[])).filter(|text| !text.is_empty()),
            mutable: !class.frozen,
            name: names::legal(&class.name),
            supertype: None,
            fields,
            inner,
        }));
        items.extend(outer.into_iter().map(Item::Function));
        if class.dataclass {
            items.push(Item::Function(equality(class)));
        }
        for method in &class.methods {
            let method = self.method(class, method)?;
            items.push(Item::Function(method));
        }
        for function in &class.statics {
            let name = Expr::Global(static_name(self, &class.name, &function.name));
            let lowered = self.function_as(function, name)?;
            items.push(Item::Function(lowered));
        }
        Ok(items)
    }

    /// An exception: a struct with its message.
    fn exception_class(&mut self, class: &Class) -> Lowering<Vec<Item>> {
        if !class.methods.is_empty() || class.constructor.is_some() || !class.fields.is_empty() {
            return reject(
                "julia.exception-class",
                class.span,
                format!("`{}` is more than a message", class.name),
            );
        }
        let fields = if self.exception_has_message(&class.name) {
            vec![("msg".to_string(), Type::plain("String"))]
        } else {
            Vec::new()
        };
        Ok(vec![Item::Struct(Struct {
            doc: class.doc.as_ref().map(|doc| doc_text(&doc.text, &[])).filter(|text| !text.is_empty()),
            mutable: false,
            name: names::legal(&class.name),
            supertype: Some("Exception"),
            fields,
            inner: Vec::new(),
        })])
    }

    /// Whether an exception of the module is ever raised with a message.
    pub(super) fn exception_has_message(&self, _class: &str) -> bool {
        true
    }

    /// Constructors within the struct, and outside of it.
    fn constructors(&mut self, class: &Class) -> Lowering<(Vec<Function>, Vec<Function>)> {
        let Some(constructor) = &class.constructor else {
            return Ok((Vec::new(), self.default_constructor(class)?));
        };
        self.enter(constructor);
        let self_name = constructor.params.first().map(|p| p.name.clone()).unwrap_or_default();
        let without_self = ir::Function { params: constructor.params[1..].to_vec(), ..constructor.clone() };
        let (params, named) = self.params(&without_self)?;
        let name = Expr::Global(names::legal(&class.name));
        if let Some(values) = field_values(class, constructor, &self_name) {
            let arguments = self.lower_exprs(&values)?;
            let same = arguments.len() == params.len();
            if same && params.iter().zip(&arguments).all(|(p, a)| p.name == *a && p.default.is_none()) {
                return Ok((Vec::new(), Vec::new()));
            }
            let callee = if same { Expr::Base("new") } else { name.clone() };
            let value = Expr::call(callee, arguments);
            let body = vec![Stmt::Return(Some(value))];
            let function = Function {
                doc: None,
                name,
                params,
                named,
                ret: None,
                type_params: vec![],
                body,
                short: true,
            };
            return Ok(if same { (vec![function], Vec::new()) } else { (Vec::new(), vec![function]) });
        }
        let object = self.object_name(class);
        self.scope.renamed.insert(self_name, object.clone());
        let mut body = vec![Stmt::Assign(Expr::Local(object.clone()), "=", Expr::base_call("new", vec![]))];
        let mut rest = self.body(constructor)?;
        if rest.last() == Some(&Stmt::Return(None)) {
            rest.pop();
        }
        body.extend(rest);
        body.push(Stmt::Return(Some(Expr::Local(object))));
        let mut function =
            Function { doc: None, name, params, named, ret: None, type_params: vec![], body, short: false };
        rename_in_function(&mut function);
        Ok((vec![function], Vec::new()))
    }

    /// A dataclass whose last fields have defaults.
    fn default_constructor(&mut self, class: &Class) -> Lowering<Vec<Function>> {
        let Some(first) = class.fields.iter().position(|f| f.default.is_some()) else {
            return Ok(Vec::new());
        };
        let name = Expr::Global(names::legal(&class.name));
        let mut functions = Vec::new();
        for given in first..class.fields.len() {
            let mut params = Vec::new();
            let mut arguments = Vec::new();
            for (i, field) in class.fields.iter().enumerate() {
                let variable = Expr::Local(names::legal(&field.name));
                match &field.default {
                    Some(default) if i >= given => arguments.push(self.lower_expr(default)?),
                    _ => {
                        params.push(annotated(variable.clone(), self.ty(&field.ty, class.span)?));
                        arguments.push(variable);
                    }
                }
            }
            let body = vec![Stmt::Return(Some(Expr::call(name.clone(), arguments)))];
            let name = name.clone();
            functions.push(Function {
                doc: None,
                name,
                params,
                named: vec![],
                ret: None,
                type_params: vec![],
                body,
                short: true,
            });
        }
        Ok(functions)
    }

    fn method(&mut self, class: &Class, method: &ir::Function) -> Lowering<Function> {
        let name = match special_name(&method.name) {
            Some(special) => base_field(special),
            None if method.name.starts_with("__") => {
                return reject("julia.special-method", method.span, format!("`{}`", method.name));
            }
            None => {
                let name = self.method_name(&class.name, &method.name);
                match EXTENDED.iter().find(|known| **known == name) {
                    Some(known) => base_field(known),
                    None => Expr::Global(name),
                }
            }
        };
        self.enter(method);
        let object = self.object_name(class);
        if let Some(param) = method.params.first() {
            self.scope.renamed.insert(param.name.clone(), object);
        }
        let (params, named) = self.params(method)?;
        let ret = Some(self.ty(&method.ret, method.span)?);
        let body = self.body(method)?;
        let named_like = ir::Function { params: renamed_params(&params, method), ..method.clone() };
        let doc = self.doc(method.doc.as_ref(), &name, &named_like)?;
        let (params, ret) = printed_signature(&method.name, params, ret);
        let body = printed_body(&method.name, body);
        let mut lowered = Function { doc, name, params, named, ret, type_params: vec![], body, short: false };
        lowered.short = lowered.is_one_value();
        rename_in_function(&mut lowered);
        Ok(lowered)
    }

    /// What the object itself is called: the class in lower case.
    fn object_name(&mut self, class: &Class) -> String {
        let mut name = String::new();
        for (i, c) in class.name.chars().enumerate() {
            if c.is_uppercase() && i > 0 {
                name.push('_');
            }
            name.extend(c.to_lowercase());
        }
        self.fresh(&[&name])
    }

    /// A method's name: with `!` where it changes the object.
    fn method_name(&self, class: &str, method: &str) -> String {
        let changes = self.module.class(class).is_some_and(|class| {
            class.methods.iter().any(|m| m.name == method && m.params.first().is_some_and(|p| p.mutated))
        });
        let name = names::legal(method);
        if changes { format!("{name}!") } else { name }
    }

    /// The names that methods have as functions of the program.
    pub(super) fn method_names(&self) -> Vec<String> {
        let mut all = Vec::new();
        for class in self.module.classes() {
            let methods = class.methods.iter().map(|m| self.method_name(&class.name, &m.name));
            all.extend(methods.filter(|name| !EXTENDED.contains(&name.as_str())));
            all.extend(class.statics.iter().map(|f| static_name(self, &class.name, &f.name)));
        }
        all
    }

    pub(super) fn call_method(
        &mut self,
        object: &ir::Expr,
        class: &str,
        method: &str,
        args: &[ir::Expr],
        span: Span,
    ) -> Lowering<Expr> {
        let object = self.lower_expr(object)?;
        let callee = match special_name(method) {
            Some("==") => return Ok(Expr::binary("==", object, self.only_argument(args, span)?)),
            Some("isless") => return Ok(Expr::binary("<", object, self.only_argument(args, span)?)),
            Some("+") => return Ok(Expr::binary("+", object, self.only_argument(args, span)?)),
            Some("-") => return Ok(Expr::binary("-", object, self.only_argument(args, span)?)),
            Some("*") => return Ok(Expr::binary("*", object, self.only_argument(args, span)?)),
            Some("print") => return Ok(Expr::base_call("string", vec![object])),
            Some(special) => Expr::Base(special),
            None => {
                let name = self.method_name(class, method);
                match EXTENDED.iter().find(|known| **known == name) {
                    Some(known) => Expr::Base(known),
                    None => Expr::Global(name),
                }
            }
        };
        let params: Vec<(String, ParamKind)> = self
            .module
            .class(class)
            .and_then(|c| c.methods.iter().find(|m| m.name == method))
            .map(|m| m.params.iter().skip(1).map(|p| (p.name.clone(), p.kind)).collect())
            .unwrap_or_default();
        let call = self.call_with(callee, &params, args)?;
        Ok(match call {
            Expr::Call { callee, mut args, keywords, named, broadcast } => {
                args.insert(0, object);
                Expr::Call { callee, args, keywords, named, broadcast }
            }
            other => other,
        })
    }

    fn only_argument(&mut self, args: &[ir::Expr], span: Span) -> Lowering<Expr> {
        match args {
            [arg] => self.lower_expr(arg),
            _ => reject("julia.special-method", span, "an operator with other than two operands"),
        }
    }

    pub(super) fn call_static(&mut self, class: &str, method: &str, args: &[ir::Expr]) -> Lowering<Expr> {
        let name = Expr::Global(static_name(self, class, method));
        Ok(Expr::call(name, self.lower_exprs(args)?))
    }

    pub(super) fn construct(&mut self, class: &str, args: &[ir::Expr], span: Span) -> Lowering<Expr> {
        let Some(declared) = self.module.class(class) else {
            return reject("julia.class", span, format!("`{class}` is no class of the module"));
        };
        let params: Vec<(String, ParamKind)> = match &declared.constructor {
            Some(constructor) => {
                constructor.params.iter().skip(1).map(|p| (p.name.clone(), p.kind)).collect()
            }
            None => Vec::new(),
        };
        self.call_with(Expr::Global(names::legal(class)), &params, args)
    }
}

/// The function of `Base` that stands for a special method.
fn special_name(method: &str) -> Option<&'static str> {
    Some(match method {
        "__eq__" => "==",
        "__lt__" => "isless",
        "__add__" => "+",
        "__sub__" => "-",
        "__mul__" => "*",
        "__len__" => "length",
        "__contains__" => "in",
        "__str__" => "print",
        "__repr__" => "show",
        "__getitem__" => "getindex",
        _ => return None,
    })
}

/// `Base.name`, with operators quoted.
fn base_field(name: &str) -> Expr {
    let operator = !name.starts_with(|c: char| c.is_alphabetic());
    let field = if operator { format!(":({name})") } else { name.to_string() };
    Expr::Field(Box::new(Expr::Global("Base".into())), field)
}

/// `print` and `show` take the stream first and return nothing.
fn printed_signature(method: &str, params: Vec<Param>, ret: Option<Type>) -> (Vec<Param>, Option<Type>) {
    if !matches!(method, "__str__" | "__repr__") {
        return (params, ret);
    }
    let stream = annotated(Expr::Local("io".into()), Type::plain("IO"));
    (std::iter::once(stream).chain(params).collect(), Some(Type::plain("Nothing")))
}

fn printed_body(method: &str, body: Vec<Stmt>) -> Vec<Stmt> {
    if !matches!(method, "__str__" | "__repr__") {
        return body;
    }
    body.into_iter()
        .map(|stmt| match stmt {
            Stmt::Return(Some(value)) => {
                Stmt::Return(Some(Expr::base_call("print", vec![Expr::Local("io".into()), value])))
            }
            other => other,
        })
        .collect()
}

/// The parameters of a method as its documentation names them.
fn renamed_params(lowered: &[Param], method: &ir::Function) -> Vec<ir::Param> {
    let names = super::doc::param_names(lowered);
    method.params.iter().zip(names).map(|(p, name)| ir::Param { name, ..p.clone() }).collect()
}

/// The name of a static method: its own, or behind the class's where that is taken.
fn static_name(lower: &Lower<'_>, class: &str, method: &str) -> String {
    let shared = lower.is_global(method)
        || lower.module.classes().any(|c| c.name != class && c.statics.iter().any(|f| f.name == method));
    if shared { format!("{}_{method}", class.to_lowercase()) } else { names::legal(method) }
}

/// Values of the fields where a constructor does nothing but store each once, without reading others.
fn field_values(class: &Class, constructor: &ir::Function, self_name: &str) -> Option<Vec<ir::Expr>> {
    let mut values: Vec<Option<ir::Expr>> = vec![None; class.fields.len()];
    for stmt in &constructor.body {
        match &stmt.kind {
            StmtKind::Pass => {}
            StmtKind::Assign { place: Place::Field { object, field, .. }, value } => {
                let reads_self = any_expr(value, |e| matches!(&e.kind, ExprKind::Local(n) if n == self_name));
                if object.as_local() != Some(self_name) || reads_self {
                    return None;
                }
                let at = class.fields.iter().position(|f| f.name == *field)?;
                if values[at].replace(value.clone()).is_some() {
                    return None;
                }
            }
            _ => return None,
        }
    }
    values.into_iter().collect()
}

/// Dataclasses are equal field by field; so are structs in Julia only where nothing in them can change.
fn equality(class: &Class) -> Function {
    let local = |name: &str| Expr::Local(name.into());
    let same = class.fields.iter().map(|field| {
        let field = names::legal(&field.name);
        let of = |object: &str| Expr::Field(Box::new(local(object)), field.clone());
        Expr::binary("==", of("a"), of("b"))
    });
    let value = same.reduce(|l, r| Expr::binary("&&", l, r)).unwrap_or(Expr::Bool(true));
    let ty = Type::plain(names::legal(&class.name));
    Function {
        doc: None,
        name: base_field("=="),
        params: vec![annotated(local("a"), ty.clone()), annotated(local("b"), ty)],
        named: Vec::new(),
        ret: None,
        type_params: Vec::new(),
        body: vec![Stmt::Return(Some(value))],
        short: true,
    }
}
