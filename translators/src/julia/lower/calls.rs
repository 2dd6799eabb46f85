//! Calls of the program's functions, and the table of intrinsics by subject.

use super::{Lower, Lowering, reject};
use crate::julia::names;
use crate::julia::tree::Expr;
use grammars::ir::{self, ExprKind, Intrinsic};
use grammars::surface::ParamKind;

impl Lower<'_> {
    pub(super) fn call(&mut self, function: &str, args: &[ir::Expr]) -> Lowering<Expr> {
        let callee = self.name(function);
        let params = self.params_of(function);
        self.call_with(callee, &params, args)
    }

    /// A call with arguments in the order of `params`.
    pub(super) fn call_with(
        &mut self,
        callee: Expr,
        params: &[(String, ParamKind)],
        args: &[ir::Expr],
    ) -> Lowering<Expr> {
        let mut positional = Vec::new();
        let mut by_name = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            match params.get(i) {
                Some((_, ParamKind::VarArgs)) => self.rest_arguments(arg, &mut positional)?,
                Some((name, ParamKind::KeywordOnly)) => {
                    by_name.push((names::legal(name), self.lower_expr(arg)?));
                }
                _ => positional.push(self.lower_expr(arg)?),
            }
        }
        let call = Expr::call(callee, positional);
        Ok(match call {
            Expr::Call { callee, args, keywords, broadcast, .. } => {
                Expr::Call { callee, args, keywords, named: by_name, broadcast }
            }
            other => other,
        })
    }

    fn rest_arguments(&mut self, list: &ir::Expr, positional: &mut Vec<Expr>) -> Lowering<()> {
        match &list.kind {
            ExprKind::List(items) => positional.extend(self.lower_exprs(items)?),
            _ => positional.push(Expr::Splat(Box::new(self.lower_expr(list)?))),
        }
        Ok(())
    }

    fn params_of(&self, function: &str) -> Vec<(String, ParamKind)> {
        match self.module.function(function) {
            Some(f) => f.params.iter().map(|p| (p.name.clone(), p.kind)).collect(),
            None => self.scope.nested.get(function).cloned().unwrap_or_default(),
        }
    }

    /// An operation of the language or its library.
    pub(super) fn intrinsic(&mut self, op: &Intrinsic, args: &[ir::Expr], expr: &ir::Expr) -> Lowering<Expr> {
        if matches!(expr.ty, ir::Type::Iter(_)) {
            return self.iterable(expr);
        }
        if let Intrinsic::Array(op) = op {
            return self.array_operation(op, args, expr);
        }
        if let Intrinsic::Print { sep, end } = op {
            return self.print(sep, end, args);
        }
        if let Some(value) = self.number(op, args, expr)? {
            return Ok(value);
        }
        if let Some(value) = self.reduction(op, args, expr)? {
            return Ok(value);
        }
        if let Some(value) = self.sequence_operation(op, args)? {
            return Ok(value);
        }
        if let Some(value) = self.collection(op, args)? {
            return Ok(value);
        }
        if let Some(value) = self.regex(op, args, expr)? {
            return Ok(value);
        }
        if let Some(value) = self.random(op, args)? {
            return Ok(value);
        }
        match self.string(op, args)? {
            Some(value) => Ok(value),
            None => reject("julia.operation", expr.span, format!("{op:?}")),
        }
    }

    /// `println`, or `print` where the line does not end.
    fn print(&mut self, sep: &str, end: &str, args: &[ir::Expr]) -> Lowering<Expr> {
        let mut shown = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            if i > 0 && !sep.is_empty() {
                shown.push(Expr::text(sep));
            }
            shown.push(self.shown(arg)?);
        }
        match end {
            "\n" => Ok(Expr::base_call("println", shown)),
            end => {
                if !end.is_empty() {
                    shown.push(Expr::text(end));
                }
                Ok(Expr::base_call("print", shown))
            }
        }
    }
}
