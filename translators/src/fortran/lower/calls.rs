//! Calls of the program's own procedures.

use super::mutation::root;
use super::signature::Signature;
use super::{Body, reject};
use crate::fortran::tree::build::name;
use crate::fortran::tree::{Expr, Stmt};
use grammars::ir::visit::any_expr;
use grammars::ir::{self, ExprKind, Type};
use grammars::{Rejection, Span};

impl Body<'_, '_> {
    /// A call as a value.
    pub fn call(&mut self, function: &str, args: &[ir::Expr], e: &ir::Expr) -> Result<Expr, Rejection> {
        let signature = self.signature(function, e.span)?;
        if signature.ret == Type::None {
            return reject("none-value", e.span, format!("the value of `{function}`, which returns nothing"));
        }
        let arguments = self.arguments(function, &signature, args, e.span)?;
        let callee = name(self.procedure_name(function));
        Ok(self.called_value(&signature, callee, arguments, &e.ty))
    }

    /// The value of a call; where it has effects or may fail, a variable that holds it.
    pub fn called_value(
        &mut self,
        signature: &Signature,
        callee: Expr,
        mut arguments: Vec<Expr>,
        ty: &Type,
    ) -> Expr {
        let status = self.passed_status(signature);
        let plain = status.is_none() && signature.quiet && !signature.params.iter().any(|p| p.mutated);
        let looks = status.is_some();
        arguments.extend(status);
        let value = Expr::Call(Box::new(callee), arguments);
        if plain {
            return value;
        }
        let target = self.temporary(super::expr::wishes(ty), ty);
        self.emit(Stmt::Assign(name(&target), value));
        if looks {
            self.leave_failed(signature);
        }
        self.effects += 1;
        name(&target)
    }

    /// A call whose value, if any, is not needed.
    pub fn called_for_effect(&mut self, signature: &Signature, callee: Expr, mut arguments: Vec<Expr>) {
        arguments.extend(self.passed_status(signature));
        if signature.ret == Type::None {
            self.emit(Stmt::Call(callee, arguments));
        } else {
            let target = self.temporary(&["unused", "ignored"], &signature.ret);
            self.emit(Stmt::Assign(name(target), Expr::Call(Box::new(callee), arguments)));
        }
        self.leave_failed(signature);
        self.effects += 1;
    }

    /// A call for its effect.
    pub fn call_statement(
        &mut self,
        function: &str,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<(), Rejection> {
        let signature = self.signature(function, e.span)?;
        let arguments = self.arguments(function, &signature, args, e.span)?;
        let callee = name(self.procedure_name(function));
        self.called_for_effect(&signature, callee, arguments);
        Ok(())
    }

    fn signature(&self, function: &str, span: Span) -> Result<Signature, Rejection> {
        match self.unit.signatures.get(function) {
            Some(signature) => Ok(signature.clone()),
            None => reject("call", span, format!("a call of `{function}`")),
        }
    }

    /// The Fortran name of a function of the program.
    pub fn procedure_name(&mut self, function: &str) -> String {
        if self.nested.contains_key(function) {
            return self.variable_name(function);
        }
        self.unit.globals.get(function, &mut self.unit.names)
    }

    /// The arguments of a call, of the kinds and forms that the callee expects.
    pub fn arguments(
        &mut self,
        function: &str,
        signature: &Signature,
        args: &[ir::Expr],
        span: Span,
    ) -> Result<Vec<Expr>, Rejection> {
        if args.len() != signature.params.len() {
            return reject("arguments", span, format!("a call of `{function}` with omitted arguments"));
        }
        for (i, param) in signature.params.iter().enumerate().filter(|(_, p)| p.mutated) {
            if let Some(changed) = root(&args[i]) {
                let seen = args.iter().enumerate().any(|(j, other)| {
                    j != i && any_expr(other, |e| matches!(&e.kind, ExprKind::Local(n) if n == changed))
                });
                if seen {
                    let message = format!(
                        "a call of `{function}` that sees `{changed}` twice and changes it as `{}`",
                        param.name
                    );
                    return reject("aliasing", span, message);
                }
            }
        }
        let plain: Vec<&ir::Expr> = args.iter().collect();
        let values = self.operands(&plain)?;
        let mut arguments = Vec::new();
        for ((value, arg), param) in values.into_iter().zip(args).zip(&signature.params) {
            let value = self.exactly(value, &arg.ty);
            let value = if param.mutated { self.changeable(value, arg) } else { value };
            arguments.push(value);
        }
        Ok(arguments)
    }

    /// An argument that the callee changes: a variable.
    fn changeable(&mut self, value: Expr, arg: &ir::Expr) -> Expr {
        if root(arg).is_some() && super::expr::is_designator(&value) {
            return value;
        }
        let target = self.temporary(super::expr::wishes(&arg.ty), &arg.ty);
        self.emit(Stmt::Assign(name(&target), value));
        name(target)
    }
}
