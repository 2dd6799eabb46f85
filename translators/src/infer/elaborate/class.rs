//! Classes.

use super::super::facts::{ClassInfo, FunctionKind};
use super::super::generate::default_factory;
use super::call::empty_value;
use super::expr::unexpected_at;
use super::{Elaborator, Outcome};
use grammars::ir::{self, Expr};
use grammars::surface::{self, ExprKind, StmtKind};
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn class(&mut self, node: &'m surface::Class) -> Outcome<ir::Class> {
        let info = self.facts.classes.get(node.name.as_str()).cloned();
        let info = info.ok_or_else(|| unexpected_at(node.span))?;
        let mut class = ir::Class {
            name: node.name.clone(),
            doc: node.doc.as_ref().map(|d| self.doc(d)),
            base: info.base.clone(),
            fields: self.fields(&info, node.span)?,
            constructor: None,
            methods: Vec::new(),
            statics: Vec::new(),
            constants: self.class_constants(&info)?,
            dataclass: info.dataclass,
            frozen: info.frozen,
            exception: info.exception,
            span: node.span,
        };
        for stmt in &node.body {
            if let StmtKind::Function(f) = &stmt.kind
                && let Some(id) = info.methods.get(f.name.as_str()).copied()
            {
                check_special(f)?;
                let function = self.function(id)?;
                match self.facts.function(id).kind {
                    _ if f.name == "__init__" => class.constructor = Some(function),
                    FunctionKind::Static | FunctionKind::ClassMethod => class.statics.push(function),
                    _ => class.methods.push(function),
                }
            }
        }
        Ok(class)
    }

    fn fields(&mut self, info: &ClassInfo<'m>, span: Span) -> Outcome<Vec<ir::Field>> {
        let mut fields = Vec::new();
        for field in &info.fields {
            let ty = self.type_of(field.cell, span, &field.name)?;
            let default = match field.default {
                Some(default) => Some(self.field_default(default, &ty)?),
                None => None,
            };
            fields.push(ir::Field { name: field.name.clone(), ty, default });
        }
        Ok(fields)
    }

    fn field_default(&mut self, default: &'m surface::Expr, ty: &ir::Type) -> Outcome<Expr> {
        match default_factory(default).map(|f| &f.kind) {
            None => self.expr_as(default, ty),
            Some(ExprKind::Lambda { body, .. }) => self.expr_as(body, ty),
            Some(_) => empty_value(ty, default.span).ok_or_else(|| unexpected_at(default.span)),
        }
    }

    fn class_constants(&mut self, info: &ClassInfo<'m>) -> Outcome<Vec<ir::Constant>> {
        let mut constants = Vec::new();
        for stmt in &info.node.body {
            let target = match &stmt.kind {
                StmtKind::Assign { targets, .. } => targets.first(),
                StmtKind::AnnAssign { target, .. } => Some(target),
                _ => None,
            };
            let Some(ExprKind::Name(name)) = target.map(|t| &t.kind) else { continue };
            let Some((cell, value)) = info.constants.get(name.as_str()) else { continue };
            let ty = self.type_of(*cell, stmt.span, name)?;
            let value = self.expr_as(value, &ty)?;
            constants.push(ir::Constant { name: name.clone(), ty, value, mutated: false, span: stmt.span });
        }
        Ok(constants)
    }
}

/// Special methods whose meaning is tied to syntax that has no rule.
fn check_special(f: &surface::Function) -> Outcome<()> {
    const UNKNOWN: [&str; 12] = [
        "__iter__",
        "__next__",
        "__call__",
        "__enter__",
        "__exit__",
        "__getattr__",
        "__setattr__",
        "__new__",
        "__del__",
        "__post_init__",
        "__hash__",
        "__radd__",
    ];
    if UNKNOWN.contains(&f.name.as_str()) {
        let message = format!("The special method `{}` has no rule.", f.name);
        return Err(Rejection::new("infer.special-method", f.span, message));
    }
    Ok(())
}
