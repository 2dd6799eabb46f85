//! Classes: fields, methods, constants.

use super::super::facts::{ClassInfo, FieldInfo, FunctionKind};
use super::{Generator, Outcome};
use grammars::surface::{Class, Expr, ExprKind, Function, Module, Stmt, StmtKind};
use grammars::{Rejection, Span};
use std::collections::BTreeMap;

impl<'m> Generator<'m> {
    pub(super) fn declare_classes(&mut self, module: &'m Module) -> Outcome<()> {
        let classes: Vec<&Class> = module
            .body
            .iter()
            .filter_map(|s| match &s.kind {
                StmtKind::Class(c) => Some(&**c),
                _ => None,
            })
            .collect();
        for class in &classes {
            let info = self.class_info(class)?;
            self.facts.cells.declare_class(&class.name, info.base.clone());
            self.facts.classes.insert(&class.name, info);
        }
        for class in classes {
            self.class_members(class)?;
        }
        Ok(())
    }

    fn class_info(&self, class: &'m Class) -> Outcome<ClassInfo<'m>> {
        let mut info = ClassInfo {
            node: class,
            base: None,
            exception: false,
            dataclass: false,
            frozen: false,
            fields: Vec::new(),
            methods: BTreeMap::new(),
            constants: BTreeMap::new(),
        };
        for base in &class.bases {
            let name = base.rsplit('.').next().unwrap_or(base);
            if self.class_names.contains(name) {
                if info.base.replace(name.to_owned()).is_some() {
                    return Err(Rejection::new(
                        "infer.several-bases",
                        class.span,
                        format!("The class `{}` has several bases.", class.name),
                    ));
                }
            } else if super::super::exceptions::builtin_kind(name).is_some() {
                info.exception = true;
            } else if !matches!(name, "object" | "ABC" | "Generic" | "Protocol") && !base.contains("Generic")
            {
                let message = format!("The base class `{base}` of `{}` has no rule.", class.name);
                return Err(Rejection::new("infer.base-class", class.span, message));
            }
        }
        for (decorator, options) in &class.decorators {
            match decorator.rsplit('.').next().unwrap_or(decorator) {
                "dataclass" => {
                    info.dataclass = true;
                    info.frozen = options.iter().any(|(k, v)| k == "frozen" && is_true(v));
                    reject_ordering(options, class)?;
                }
                "final" | "runtime_checkable" => {}
                _ => {
                    let message = format!("The decorator `@{decorator}` of `{}` has no rule.", class.name);
                    return Err(Rejection::new("infer.decorator", class.span, message));
                }
            }
        }
        Ok(info)
    }

    fn class_members(&mut self, class: &'m Class) -> Outcome<()> {
        for stmt in &class.body {
            match &stmt.kind {
                StmtKind::Function(f) => self.method(class, f)?,
                StmtKind::AnnAssign { target, hint, value } => {
                    self.class_field(class, target, hint, value.as_ref())?;
                }
                StmtKind::Assign { targets, value } => {
                    self.class_constant(class, targets, value, stmt.span)?
                }
                StmtKind::Comment { .. } | StmtKind::Pass => {}
                StmtKind::Unsupported(rejection) => return Err(rejection.clone()),
                _ => return Err(class_code(class, stmt.span)),
            }
        }
        for stmt in &class.body {
            if let StmtKind::Function(f) = &stmt.kind {
                self.fields_assigned_in(class, f);
            }
        }
        Ok(())
    }

    fn method(&mut self, class: &'m Class, f: &'m Function) -> Outcome<()> {
        let mut kind = FunctionKind::Method;
        for decorator in &f.decorators {
            kind = match decorator.rsplit('.').next().unwrap_or(decorator) {
                "staticmethod" => FunctionKind::Static,
                "classmethod" => FunctionKind::ClassMethod,
                "property" => FunctionKind::Property,
                "abstractmethod" | "override" | "lru_cache" | "cache" => kind,
                _ => {
                    let message = format!("The decorator `@{decorator}` of `{}` has no rule.", f.name);
                    return Err(Rejection::new("infer.decorator", f.span, message));
                }
            };
        }
        let id = self.declare_function(f, kind, Some(&class.name))?;
        if let Some(info) = self.facts.classes.get_mut(class.name.as_str())
            && info.methods.insert(&f.name, id).is_some()
        {
            let message = format!("The class `{}` defines `{}` twice.", class.name, f.name);
            return Err(Rejection::new("infer.rebound-name", f.span, message));
        }
        Ok(())
    }

    fn class_field(
        &mut self,
        class: &'m Class,
        target: &'m Expr,
        hint: &'m grammars::surface::TypeHint,
        value: Option<&'m Expr>,
    ) -> Outcome<()> {
        let ExprKind::Name(name) = &target.kind else { return Err(class_code(class, target.span)) };
        let cell = self.hint(hint);
        let dataclass = self.facts.classes.get(class.name.as_str()).is_some_and(|c| c.dataclass);
        let Some(info) = self.facts.classes.get_mut(class.name.as_str()) else { return Ok(()) };
        match value {
            Some(value) if !dataclass => {
                info.constants.insert(name, (cell, value));
            }
            _ => info.fields.push(FieldInfo { name: name.clone(), cell, default: value }),
        }
        Ok(())
    }

    fn class_constant(
        &mut self,
        class: &'m Class,
        targets: &'m [Expr],
        value: &'m Expr,
        span: Span,
    ) -> Outcome<()> {
        let [Expr { kind: ExprKind::Name(name), .. }] = targets else { return Err(class_code(class, span)) };
        let cell = self.fresh();
        if let Some(info) = self.facts.classes.get_mut(class.name.as_str()) {
            info.constants.insert(name, (cell, value));
        }
        Ok(())
    }

    /// `self.name = …` makes a field.
    fn fields_assigned_in(&mut self, class: &'m Class, f: &'m Function) {
        let Some(receiver) = f.params.first() else { return };
        let mut names = Vec::new();
        fields_of_block(&receiver.name, &f.body, &mut names);
        for name in names {
            if self.facts.find_field(&class.name, name).is_some() {
                continue;
            }
            let cell = self.fresh();
            if let Some(info) = self.facts.classes.get_mut(class.name.as_str()) {
                info.fields.push(FieldInfo { name: name.to_owned(), cell, default: None });
            }
        }
    }

    /// Values of class constants and defaults of dataclass fields.
    pub(super) fn class_bodies(&mut self) -> Outcome<()> {
        let classes: Vec<ClassInfo<'m>> = self.facts.classes.values().cloned().collect();
        for class in classes {
            for (name, (cell, value)) in &class.constants {
                if class.fields.iter().any(|f| f.name == *name) {
                    let message = format!("`{name}` is both a class variable and a field.");
                    return Err(Rejection::new("infer.class-variable", value.span, message));
                }
                let from = self.expr(value)?;
                self.flow(from, *cell, value.span);
            }
            for field in &class.fields {
                let Some(default) = field.default else { continue };
                if let Some(factory) = default_factory(default) {
                    let cell = self.call_factory(factory)?;
                    self.flow(cell, field.cell, default.span);
                } else {
                    let from = self.expr(default)?;
                    self.flow(from, field.cell, default.span);
                }
            }
        }
        Ok(())
    }

    fn call_factory(&mut self, factory: &'m Expr) -> Outcome<super::Cell> {
        match &factory.kind {
            ExprKind::Lambda { params, body } if params.is_empty() => self.expr(body),
            ExprKind::Library(path) => {
                let out = self.fresh();
                self.library_call(factory, path, Vec::new(), Vec::new(), out);
                Ok(out)
            }
            _ => {
                let message = "A `default_factory` is neither a type of the language nor a lambda.";
                Err(Rejection::new("infer.default-factory", factory.span, message))
            }
        }
    }
}

/// The factory of `field(default_factory=…)`.
pub(in super::super) fn default_factory(e: &Expr) -> Option<&Expr> {
    match &e.kind {
        ExprKind::Call { callee, keywords, .. } => match &callee.kind {
            ExprKind::Library(path) if path == "dataclasses.field" => {
                keywords.iter().find(|(k, _)| k == "default_factory").map(|(_, v)| v)
            }
            _ => None,
        },
        _ => None,
    }
}

fn fields_of_block<'m>(receiver: &str, body: &'m [Stmt], names: &mut Vec<&'m str>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => {
                targets.iter().for_each(|t| fields_of_target(receiver, t, names));
            }
            StmtKind::AnnAssign { target, .. } | StmtKind::AugAssign { target, .. } => {
                fields_of_target(receiver, target, names);
            }
            StmtKind::For { target, .. } => fields_of_target(receiver, target, names),
            _ => {}
        }
        super::super::walk::blocks(stmt).into_iter().for_each(|b| fields_of_block(receiver, b, names));
    }
}

fn fields_of_target<'m>(receiver: &str, target: &'m Expr, names: &mut Vec<&'m str>) {
    match &target.kind {
        ExprKind::Attribute { value, name }
            if matches!(&value.kind, ExprKind::Name(n) if n == receiver)
                && !names.contains(&name.as_str()) =>
        {
            names.push(name);
        }
        ExprKind::Tuple(items) | ExprKind::List(items) => {
            items.iter().for_each(|t| fields_of_target(receiver, t, names));
        }
        _ => {}
    }
}

fn is_true(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Bool(true))
}

fn reject_ordering(options: &[(String, Expr)], class: &Class) -> Outcome<()> {
    match options.iter().find(|(k, v)| matches!(k.as_str(), "order" | "eq") && is_true(v) == (k == "order")) {
        Some((option, _)) => {
            let message = format!("The dataclass `{}` sets `{option}`.", class.name);
            Err(Rejection::new("infer.dataclass-option", class.span, message))
        }
        None => Ok(()),
    }
}

fn class_code(class: &Class, span: Span) -> Rejection {
    let message = format!("The body of the class `{}` runs code.", class.name);
    Rejection::new("infer.class-code", span, message)
}
