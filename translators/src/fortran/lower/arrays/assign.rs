//! Assignments to arrays and to parts of them.

use super::{operation, rank};
use crate::fortran::lower::{Body, reject};
use crate::fortran::tree::Stmt;
use grammars::Rejection;
use grammars::ir::{self, ArrayOp, Axis, BinaryOp, Intrinsic};

impl Body<'_, '_> {
    /// `part = value`.
    pub fn assign_part(&mut self, selection: &ir::Expr, value: &ir::Expr) -> Result<(), Rejection> {
        let Some((ArrayOp::Select(axes), args)) = operation(selection) else {
            return reject("array", selection.span, "an assignment to no part of an array");
        };
        let masked = axes.as_slice() == [Axis::Mask] && rank(&args[0]) == rank(&args[1]);
        if masked {
            if rank(value) > 0 {
                return reject("array", selection.span, "an array assigned where a mask holds");
            }
            let value = self.exact(value)?;
            let (base, mask) = (self.place_designator(&args[0])?, self.expr(&args[1])?);
            // `where` evaluates its mask once, before it assigns.
            self.emit(Stmt::Where(mask, base, value));
            return Ok(());
        }
        if rank(selection) == 2 && rank(value) == 1 {
            return reject("array", selection.span, "a vector assigned to rows of a matrix");
        }
        let value = self.exact(value)?;
        let base = self.place_designator(&args[0])?;
        let target = self.array_part(base, axes, args)?;
        self.set(target, value);
        Ok(())
    }

    /// `place op= value` of an array or part of one.
    pub fn update_array(
        &mut self,
        place: &ir::Place,
        op: BinaryOp,
        value: &ir::Expr,
    ) -> Result<(), Rejection> {
        let Some(old) = place.as_expr() else {
            return reject("array", value.span, "an update of several places");
        };
        if let ir::Place::Part(selection) = place
            && let Some((ArrayOp::Select(axes), args)) = operation(selection)
            && axes.as_slice() == [Axis::Mask]
        {
            // The items where the mask holds, each from its own old value.
            let (base, mask) = (&args[0], &args[1]);
            if rank(value) > 0 || rank(mask) != rank(base) {
                return reject("array", value.span, "an array combined where a mask holds");
            }
            let operands = vec![self.place_designator(base)?, self.exact(value)?];
            let new = self.array_arithmetic(op, operands, base)?;
            let (target, mask) = (self.place_designator(base)?, self.expr(mask)?);
            self.emit(Stmt::Where(mask, target, new));
            return Ok(());
        }
        let ty = old.ty.clone();
        let args = vec![old.clone(), value.clone()];
        let new = ir::Expr::intrinsic(Intrinsic::Array(ArrayOp::Arithmetic(op)), args, ty).at(value.span);
        match place {
            ir::Place::Part(selection) => self.assign_part(selection, &new),
            _ => {
                let value = self.expr(&new)?;
                let target = self.place_designator(&old)?;
                self.set(target, value);
                Ok(())
            }
        }
    }
}
