//! `place op= value` and `del`.

use super::super::key::Key;
use super::expr::unexpected_at;
use super::{Elaborator, Outcome, build, convert};
use grammars::ir::{self, ExprKind, Intrinsic, Place, Stmt, StmtKind, Type};
use grammars::surface::{self, BinaryOp};
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    pub(super) fn update(
        &mut self,
        target: &'m surface::Expr,
        op: BinaryOp,
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        if let surface::ExprKind::Name(_) = &target.kind
            && let Some(old) = self.facts.update_reads.get(&Key::of(target)).copied()
        {
            let ty = self.type_of(self.facts.variable(old).cell, span, &self.facts.variable(old).name)?;
            self.capture(old);
            let old = build::local(&self.names[old.0], ty, target.span);
            return self.update_from(target, old, op, value, span, block);
        }
        let (place, ty) = self.place(target)?;
        if let Some(default) = self.update_default(target, &place)? {
            if !build::is_repeatable(&default) {
                return self.update_held(place, ty, (target, op, value), span, block);
            }
            let right = self.expr(value)?;
            let value = self.combine(Key::of(target), op, default, right, &ty, span)?;
            let value = convert(value, &ty)?;
            block.push(Stmt { kind: StmtKind::Assign { place, value }, span });
            return Ok(());
        }
        let old = self.place_value(&place, &ty, target.span)?;
        self.finish_update(place, ty, old, (target, op, value), span, block)
    }

    /// `d[key()] += v` where `d` gives a default: the key is computed once.
    pub(super) fn update_held(
        &mut self,
        place: Place,
        ty: Type,
        (target, op, value): (&'m surface::Expr, BinaryOp, &'m surface::Expr),
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let Place::Item { base, index, mode } = place else { return Err(unexpected_at(span)) };
        let index = self.held_as("key", index, span, block);
        let place = Place::Item { base, index, mode };
        let default = self.update_default(target, &place)?.filter(build::is_repeatable);
        let default = default.ok_or_else(|| unexpected_at(span))?;
        let right = self.expr(value)?;
        let value = self.combine(Key::of(target), op, default, right, &ty, span)?;
        block.push(Stmt { kind: StmtKind::Assign { place, value: convert(value, &ty)? }, span });
        Ok(())
    }

    pub(super) fn update_from(
        &mut self,
        target: &'m surface::Expr,
        old: ir::Expr,
        op: BinaryOp,
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let (place, ty) = self.place(target)?;
        self.finish_update(place, ty, old, (target, op, value), span, block)
    }

    /// `place op= value` where that is one operation on one type, else `place = old op value`.
    pub(super) fn finish_update(
        &mut self,
        place: Place,
        ty: Type,
        old: ir::Expr,
        (target, op, value): (&'m surface::Expr, BinaryOp, &'m surface::Expr),
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<()> {
        let right = self.expr(value)?;
        let same_name = match (&place, &old.kind) {
            (Place::Variable { name, .. }, ExprKind::Local(local)) => name == local,
            _ => true,
        };
        if matches!(place, Place::Part(_)) || super::arrays::is_array(&ty) {
            self.mark_mutated(&old);
            let right = self.unwrapped(right);
            if !same_name {
                return Err(unexpected_at(span));
            }
            return self.array_update(place, &ty, (op, right), span, block);
        }
        if matches!(ty, Type::List(_)) && op == BinaryOp::Add && same_name {
            self.mark_mutated(&old);
            let right = self.unwrapped(right);
            let kind = StmtKind::AugAssign {
                place,
                op: ir::BinaryOp::Concat,
                overflow: ir::Overflow::Fits,
                value: right,
            };
            block.push(Stmt { kind, span });
            return Ok(());
        }
        let combined = self.combine(Key::of(target), op, old.clone(), right, &ty, span)?;
        let combined = convert(combined, &ty)?;
        let kind = match combined.kind {
            ExprKind::Binary { op, overflow, left, right } if same_name && *left == old => {
                StmtKind::AugAssign { place, op, overflow, value: *right }
            }
            _ if !build::is_repeatable(&old) => {
                let message = "The place that is updated is computed.";
                return Err(Rejection::new("infer.update", span, message));
            }
            kind => {
                let value = ir::Expr { kind, ty: combined.ty, span: combined.span };
                StmtKind::Assign { place, value }
            }
        };
        block.push(Stmt { kind, span });
        Ok(())
    }

    pub(super) fn delete(&mut self, e: &'m surface::Expr, block: &mut ir::Block) -> Outcome<()> {
        let span = e.span;
        let call = match &e.kind {
            surface::ExprKind::Name(_) => return Ok(()),
            surface::ExprKind::Subscript { value, index } => {
                let base = self.expr(value)?;
                let base = self.unwrapped(base);
                self.mark_mutated(&base);
                let (op, ty) = match &base.ty {
                    Type::List(_) => (Intrinsic::DeleteAt, Type::Int),
                    Type::Dict(key, _) => (Intrinsic::DeleteKey, (**key).clone()),
                    _ => return Err(unexpected_at(span)),
                };
                let index = self.expr_as(index, &ty)?;
                build::intrinsic(op, vec![base, index], Type::None, span)
            }
            surface::ExprKind::Slice { .. } => {
                let (place, ty) = self.place(e)?;
                let empty = build::expr(ExprKind::List(Vec::new()), ty, span);
                block.push(Stmt { kind: StmtKind::Assign { place, value: empty }, span });
                return Ok(());
            }
            _ => return Err(unexpected_at(span)),
        };
        block.push(Stmt { kind: StmtKind::Expr(call), span });
        Ok(())
    }
}
