//! Calls of the module's functions, and function values that are written out where they are used.

use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Ref, Relation, Stmt};
use grammars::Span;
use grammars::ir::rename::rename_free;
use grammars::ir::{self, ExprKind, Type};
use std::collections::BTreeMap;

impl Lower<'_> {
    /// Calls a function of the module; its result goes to `dest`.
    pub fn call(&mut self, function: &str, args: &[ir::Expr], dest: Option<&Loc>, span: Span) -> Result<()> {
        let (Some(signature), Some(callee)) =
            (self.context.signatures.get(function), self.context.module.function(function))
        else {
            return reject("call", span, format!("{function} is not a function of the module"));
        };
        let signature = signature.clone();
        let mut using = Vec::new();
        let mut records = Vec::new();
        for ((arg, param), wish) in args.iter().zip(&callee.params).zip(&signature.params) {
            let lost = matches!(arg.kind, ExprKind::IfElse { .. })
                || super::alias::gives_shared(arg, self.context.module);
            if param.mutated && lost {
                return reject("alias", arg.span, "what this call changes is shared with another value");
            }
            let place = self.argument(arg, &param.ty, wish)?;
            records.push(place.record.clone());
            using.push(place.item());
        }
        let clash = dest.is_some_and(|dest| records.contains(&dest.record));
        let target = match dest {
            Some(dest) if !clash => Some(dest.clone()),
            None if callee.ret == Type::None => None,
            _ => Some(self.temp(&signature.result, &callee.ret, span)?),
        };
        using.extend(target.as_ref().map(Loc::item));
        self.emit(Stmt::Call(signature.id.clone(), using));
        if signature.raises {
            self.check_raised(span)?;
        }
        if let (true, Some(target), Some(dest)) = (clash, &target, dest) {
            self.copy(target, dest);
        }
        Ok(())
    }

    /// The place of an argument: a stored value as it is, another one in an item named after the
    /// parameter.
    fn argument(&mut self, arg: &ir::Expr, ty: &Type, wish: &str) -> Result<Loc> {
        let named = match &arg.kind {
            ExprKind::Local(name) => matches!(self.vars.get(name), None | Some(super::Var::Stored(_))),
            ExprKind::Index { base, .. } => !base.ty.is_text(),
            ExprKind::Lookup { .. } | ExprKind::Global(_) | ExprKind::Field { .. } => true,
            ExprKind::Convert { conversion: ir::Conversion::Unwrap, .. } => true,
            _ => false,
        };
        if named
            && arg.ty == *ty
            && let Some(place) = self.place(arg)?
        {
            return Ok(place);
        }
        let place = self.temp(wish, ty, arg.span)?;
        self.assign(&place, arg)?;
        Ok(place)
    }

    /// After a call: what to do when the program called ended with an exception.
    fn check_raised(&mut self, span: Span) -> Result<()> {
        let raised = Cond::relation(Ref::item("RETURN-CODE"), Relation::Ne, Expr::int(0));
        let leave = self.leave_raised(span)?;
        self.emit(Stmt::If(raised, leave, Vec::new()));
        Ok(())
    }

    /// A function value applied to arguments, as an expression.
    pub fn applied(&mut self, callee: &ir::Expr, args: &[ir::Expr]) -> Result<ir::Expr> {
        match &callee.kind {
            ExprKind::Lambda { params, body } => {
                // The parameters get names of their own, since others may be called the same.
                let mut body = (**body).clone();
                let mut own = BTreeMap::new();
                for ((name, _), arg) in params.iter().zip(args) {
                    let unique = self.unique_name(name);
                    self.bind_name(&unique, arg)?;
                    own.insert(name.clone(), unique);
                }
                rename_free(&mut body, &own);
                Ok(body)
            }
            ExprKind::FunctionRef(name) => {
                let Type::Function { ret, .. } = &callee.ty else {
                    return reject("function-value", callee.span, "this function value has no known result");
                };
                let kind = ExprKind::Call { function: name.clone(), args: args.to_vec() };
                Ok(ir::Expr::new(kind, (**ret).clone()).at(callee.span))
            }
            _ => reject("function-value", callee.span, "a function value that is stored has no COBOL form"),
        }
    }
}
