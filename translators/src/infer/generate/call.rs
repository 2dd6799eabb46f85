//! Constraints of calls.

use super::super::arguments::{Slot, match_arguments};
use super::super::cells::{Cell, Head};
use super::super::constraint::{Arguments, Constraint};
use super::super::facts::{Binding, FunctionId, FunctionKind, ParamInfo};
use super::super::key::Key;
use super::super::names_of_library::constructor_alias;
use super::{Generator, Outcome};
use grammars::surface::{Expr, ExprKind};
use grammars::{Rejection, Span};

impl<'m> Generator<'m> {
    pub(super) fn call(
        &mut self,
        e: &'m Expr,
        callee: &'m Expr,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
    ) -> Outcome<Cell> {
        match &callee.kind {
            ExprKind::Name(name) => match self.bind(name, Key::of(callee), callee.span)? {
                Binding::Function(id) => self.call_function(id, args, keywords, e.span),
                Binding::Class(_) => self.construct(callee, args, keywords, e.span),
                Binding::Variable(_) | Binding::Global(_) => {
                    if let Some(class) = self.class_named(callee)? {
                        return self.construct_class(&class, args, keywords, e.span);
                    }
                    self.call_value(callee, args, keywords, e.span)
                }
            },
            ExprKind::Library(path) => self.call_library(e, path, args, keywords),
            ExprKind::Attribute { value, name } => self.call_attribute(e, value, name, args, keywords),
            _ => self.call_value(callee, args, keywords, e.span),
        }
    }

    fn call_attribute(
        &mut self,
        e: &'m Expr,
        value: &'m Expr,
        name: &'m str,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
    ) -> Outcome<Cell> {
        if is_super(value) {
            return self.call_super(name, args, keywords, e.span);
        }
        if let Some(class) = self.class_named(value)? {
            return self.call_on_class(&class, name, args, keywords, e.span);
        }
        if let ExprKind::Library(path) = &value.kind
            && let Some(function) = constructor_alias(path, name)
        {
            return self.call_library(e, function, args, keywords);
        }
        if let ExprKind::Library(path) = &value.kind
            && super::super::names_of_library::library_constant(path).is_none()
        {
            // `str.lower(text)`: the method with its receiver written first.
            let Some((receiver, rest)) = args.split_first() else {
                return Err(unknown_call(&format!("{path}.{name}"), e.span));
            };
            return self.call_method(e, receiver, name, rest, keywords);
        }
        self.call_method(e, value, name, args, keywords)
    }

    fn call_method(
        &mut self,
        e: &'m Expr,
        receiver: &'m Expr,
        name: &'m str,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
    ) -> Outcome<Cell> {
        if let Some(star) = args.iter().find(|a| matches!(a.kind, ExprKind::Star(_))) {
            return Err(super::expr::misplaced_star(star.span));
        }
        let object = self.expr(receiver)?;
        let arguments = self.arguments(args, keywords)?;
        let out = self.fresh();
        let constraint = Constraint::Method {
            key: Key::of(e),
            object,
            receiver,
            name,
            args: arguments,
            source: (args, keywords),
            out,
        };
        self.constrain(constraint, e.span);
        Ok(out)
    }

    fn call_library(
        &mut self,
        e: &'m Expr,
        path: &'m str,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
    ) -> Outcome<Cell> {
        let starred = args.iter().find(|a| matches!(a.kind, ExprKind::Star(_)));
        let alone = args.len() == 1 && matches!(path, "builtins.zip" | "builtins.print" | "itertools.chain");
        if let Some(star) = starred.filter(|_| !alone) {
            return Err(super::expr::misplaced_star(star.span));
        }
        let arguments = self.arguments(args, keywords)?;
        let out = self.fresh();
        self.library_call(e, path, arguments.positional, arguments.keywords, out);
        Ok(out)
    }

    pub(super) fn library_call(
        &mut self,
        e: &'m Expr,
        path: &str,
        positional: Vec<(&'m Expr, Cell)>,
        keywords: Vec<(&'m str, &'m Expr, Cell)>,
        out: Cell,
    ) {
        let args = Arguments { positional, keywords };
        let constraint = Constraint::Library { key: Key::of(e), path: path.to_owned(), args, out };
        self.constrain(constraint, e.span);
    }

    /// The cells of arguments; a starred one has the cell of what is spread.
    fn arguments(&mut self, args: &'m [Expr], keywords: &'m [(String, Expr)]) -> Outcome<Arguments<'m>> {
        let mut positional = Vec::new();
        for arg in args {
            let inner = match &arg.kind {
                ExprKind::Star(inner) => inner,
                _ => arg,
            };
            positional.push((arg, self.expr(inner)?));
        }
        let mut named = Vec::new();
        for (name, value) in keywords {
            named.push((name.as_str(), value, self.expr(value)?));
        }
        Ok(Arguments { positional, keywords: named })
    }

    fn call_value(
        &mut self,
        callee: &'m Expr,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
        span: Span,
    ) -> Outcome<Cell> {
        if let Some((name, _)) = keywords.first() {
            let message = format!("A function value is called with the keyword `{name}`.");
            return Err(Rejection::new("infer.arguments", span, message));
        }
        let function = self.expr(callee)?;
        let args = args.iter().map(|a| self.expr(a)).collect::<Outcome<Vec<_>>>()?;
        let out = self.fresh();
        self.constrain(Constraint::CallValue { callee: function, args, out }, span);
        Ok(out)
    }

    fn call_function(
        &mut self,
        id: FunctionId,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
        span: Span,
    ) -> Outcome<Cell> {
        let info = self.facts.functions[id.0].clone();
        self.give(&info.params, args, keywords, span)?;
        let out = self.fresh();
        self.flow(info.ret, out, span);
        Ok(out)
    }

    /// Arguments flow into parameters.
    pub(super) fn give(
        &mut self,
        params: &[ParamInfo<'m>],
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
        span: Span,
    ) -> Outcome<()> {
        let slots = match_arguments(params, args, keywords, span)?;
        for (param, slot) in params.iter().zip(slots) {
            match slot {
                Slot::Given(arg) => {
                    let cell = self.expr(arg)?;
                    self.flow(cell, param.cell, arg.span);
                }
                Slot::Default => {}
                Slot::Rest(args) => {
                    for arg in args {
                        let cell = self.expr(arg)?;
                        self.constrain(Constraint::Item { container: param.cell, item: cell }, arg.span);
                    }
                }
                Slot::Spread(arg) => {
                    let source = self.expr(arg)?;
                    let element = self.fresh();
                    self.constrain(Constraint::Iterate { source, element }, arg.span);
                    self.constrain(Constraint::Item { container: param.cell, item: element }, arg.span);
                }
                Slot::Part(arg, at) => {
                    let base = self.expr(arg)?;
                    let index = self.of(Head::Int);
                    let out = self.fresh();
                    let position = i64::try_from(at).ok();
                    let constraint = Constraint::Subscript { key: Key::of(arg), base, index, position, out };
                    self.constrain(constraint, arg.span);
                    self.flow(out, param.cell, arg.span);
                }
            }
        }
        Ok(())
    }

    // ---- classes

    fn construct(
        &mut self,
        callee: &'m Expr,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
        span: Span,
    ) -> Outcome<Cell> {
        match self.class_named(callee)? {
            Some(class) => self.construct_class(&class, args, keywords, span),
            None => self.call_value(callee, args, keywords, span),
        }
    }

    fn construct_class(
        &mut self,
        class: &str,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
        span: Span,
    ) -> Outcome<Cell> {
        if let Some(params) = self.constructor_params(class, span)? {
            self.give(&params, args, keywords, span)?;
        }
        Ok(self.of(Head::Class(class.to_owned())))
    }

    /// The parameters of the class's constructor without `self`; `None` for an exception without one.
    pub(super) fn constructor_params(&self, class: &str, span: Span) -> Outcome<Option<Vec<ParamInfo<'m>>>> {
        self.facts.constructor_params(class, span)
    }

    fn call_super(
        &mut self,
        name: &'m str,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
        span: Span,
    ) -> Outcome<Cell> {
        let owner = self.function.and_then(|id| self.facts.functions[id.0].owner.clone());
        let base = owner.and_then(|c| self.facts.classes.get(c.as_str()).and_then(|c| c.base.clone()));
        let Some(base) = base else {
            if name == "__init__" {
                for arg in args {
                    self.expr(arg)?;
                }
                return Ok(self.facts.cells.none());
            }
            return Err(Rejection::new(
                "infer.super",
                span,
                "`super()` is used where no base class is known.",
            ));
        };
        self.call_on_instance_method(&base, name, args, keywords, span)
    }

    fn call_on_instance_method(
        &mut self,
        class: &str,
        name: &str,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
        span: Span,
    ) -> Outcome<Cell> {
        if name == "__init__" {
            if let Some(params) = self.constructor_params(class, span)? {
                self.give(&params, args, keywords, span)?;
            }
            return Ok(self.facts.cells.none());
        }
        let Some((_, id)) = self.facts.find_method(class, name) else {
            return Err(unknown_call(&format!("{class}.{name}"), span));
        };
        let info = self.facts.functions[id.0].clone();
        self.give(info.params.get(1..).unwrap_or_default(), args, keywords, span)?;
        let out = self.fresh();
        self.flow(info.ret, out, span);
        Ok(out)
    }

    /// `Class.name(args)`.
    fn call_on_class(
        &mut self,
        class: &str,
        name: &str,
        args: &'m [Expr],
        keywords: &'m [(String, Expr)],
        span: Span,
    ) -> Outcome<Cell> {
        let Some((_, id)) = self.facts.find_method(class, name) else {
            return Err(unknown_call(&format!("{class}.{name}"), span));
        };
        if !matches!(self.facts.functions[id.0].kind, FunctionKind::Static | FunctionKind::ClassMethod) {
            let message = format!("The method `{class}.{name}` is called with its object as argument.");
            return Err(Rejection::new("infer.unbound-method", span, message));
        }
        self.call_function(id, args, keywords, span)
    }
}

/// `super()`.
pub(in super::super) fn is_super(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Call { callee, .. } => {
            matches!(&callee.kind, ExprKind::Library(path) if path == "builtins.super")
        }
        _ => false,
    }
}

fn unknown_call(path: &str, span: Span) -> Rejection {
    Rejection::new("infer.library", span, format!("There is no rule for `{path}`."))
}
