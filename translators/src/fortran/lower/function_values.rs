//! Functions as values: passed on as procedure arguments, called by their name.

use super::{Body, reject};
use crate::fortran::tree::build::name;
use crate::fortran::tree::{Attribute, Declaration, Expr, Length, Procedure, TypeSpec};
use grammars::ir::{self, ExprKind, Type};
use grammars::{Rejection, Span};

impl Body<'_, '_> {
    /// A function of the program as an argument.
    pub fn function_reference(&mut self, function: &str, span: Span) -> Result<Expr, Rejection> {
        let usable =
            self.unit.signatures.get(function).is_some_and(|s| s.pure && s.params.iter().all(|p| !p.mutated));
        if !usable {
            return reject("function-value", span, format!("the function `{function}` as a value"));
        }
        Ok(name(self.procedure_name(function)))
    }

    /// A call of a function value.
    pub fn call_value(
        &mut self,
        callee: &ir::Expr,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<Expr, Rejection> {
        match &callee.kind {
            ExprKind::Local(_) => {
                let function = self.expr(callee)?;
                let values = self.operands(&args.iter().collect::<Vec<_>>())?;
                let values = values.into_iter().zip(args).map(|(v, a)| self.exactly(v, &a.ty)).collect();
                Ok(Expr::Call(Box::new(function), values))
            }
            ExprKind::FunctionRef(function) => self.call(function, args, e),
            ExprKind::Lambda { params, body } => self.applied_lambda(params, body, args),
            _ => reject("function-value", e.span, "a call of a computed function value"),
        }
    }

    fn applied_lambda(
        &mut self,
        params: &[(String, Type)],
        body: &ir::Expr,
        args: &[ir::Expr],
    ) -> Result<Expr, Rejection> {
        let values = self.operands(&args.iter().collect::<Vec<_>>())?;
        let mut aliases = Vec::new();
        for ((source, ty), value) in params.iter().zip(values) {
            aliases.push((source.clone(), self.held(value, &[source.as_str()], ty)));
        }
        self.with_aliases(aliases, |b| b.expr(body))
    }

    /// The interface of a procedure argument.
    pub fn interface(&mut self, argument: &str, params: &[Type], ret: &Type) -> Procedure {
        let mut declarations = Vec::new();
        let mut arguments = Vec::new();
        for (i, ty) in params.iter().enumerate() {
            let dummy = ["a", "b", "c", "d"].get(i).map(|n| n.to_string()).unwrap_or_else(|| format!("a{i}"));
            declarations.push(self.dummy(&dummy, ty, vec![Attribute::IntentIn]));
            arguments.push(dummy);
        }
        let mut result = self.dummy("value", ret, Vec::new());
        if let TypeSpec::Character(length @ Length::Assumed) = &mut result.ty {
            *length = Length::Deferred;
        }
        if result.bounds.is_some() || matches!(result.ty, TypeSpec::Character(Length::Deferred)) {
            result.attributes.push(Attribute::Allocatable);
        }
        declarations.push(result);
        Procedure {
            name: argument.to_string(),
            doc: Vec::new(),
            prefixes: vec!["pure"],
            arguments,
            result: Some("value".to_string()),
            declarations,
            interfaces: Vec::new(),
            body: Vec::new(),
            internal: Vec::new(),
        }
    }

    /// The declaration of a dummy argument.
    pub fn dummy(&mut self, name: &str, ty: &Type, attributes: Vec<Attribute>) -> Declaration {
        let (spec, array) = self.unit.types.variable(ty, &mut self.unit.names);
        let spec = match spec {
            TypeSpec::Character(Length::Deferred) => TypeSpec::Character(Length::Assumed),
            other => other,
        };
        Declaration {
            ty: spec,
            attributes,
            name: name.to_string(),
            bounds: array.then(|| crate::fortran::types::bounds(ty)),
            value: None,
        }
    }
}
