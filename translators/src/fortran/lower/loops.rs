//! Loops.

use super::iterate::Touched;
use super::{Body, reject};
use crate::fortran::tree::build::{at, binary, component, int, name, not, plus, size};
use crate::fortran::tree::{Control, Expr, Op, Stmt};
use crate::fortran::types::tuple_component;
use grammars::Rejection;
use grammars::ir::names::continues;
use grammars::ir::{self, Block, ExprKind, Intrinsic, Pattern, Type};

impl Body<'_, '_> {
    /// `for pattern in iter`.
    pub fn for_loop(&mut self, pattern: &Pattern, iter: &ir::Expr, block: &Block) -> Result<(), Rejection> {
        let touched = self.touched(block);
        if let (ExprKind::Local(list), Type::List(element)) = (&iter.kind, &iter.ty)
            && touched.resizes(list)
        {
            return self.growing_loop(list, element, pattern, block);
        }
        let sequence = self.sequence(iter, &touched)?;
        let head = self.head(&sequence, pattern, &touched);
        let (body, ()) = self.in_loop(&head, pattern, &touched, |b| b.statements(block))?;
        self.emit(Stmt::Do { label: None, control: head.control(), body });
        Ok(())
    }

    /// A loop over a list that its body makes longer or shorter: it ends at the list's end of the
    /// moment.
    fn growing_loop(
        &mut self,
        list: &str,
        element: &Type,
        pattern: &Pattern,
        block: &Block,
    ) -> Result<(), Rejection> {
        let array = self.local(list, &Type::list(element.clone()))?;
        let position = self.counter(&["position", "place"]);
        self.emit(Stmt::Assign(name(&position), int(0)));
        let (body, ()) = self.block(|b| {
            b.emit(Stmt::Assign(name(&position), plus(name(&position), 1)));
            let item = b.value_of(at(array.clone(), name(&position)), element);
            b.bound_item(pattern, item, element)?;
            b.statements(block)
        })?;
        let more = binary(Op::Lt, name(&position), size(array));
        self.emit(Stmt::Do { label: None, control: Control::While(more), body });
        Ok(())
    }

    /// The variables of a loop get copies of an item.
    fn bound_item(&mut self, pattern: &Pattern, item: Expr, ty: &Type) -> Result<(), Rejection> {
        match (pattern, ty) {
            (Pattern::Name { name, .. }, _) if name == "_" => Ok(()),
            (Pattern::Name { name, ty }, _) => {
                self.assign_lowered(&ir::Place::variable(name.clone(), ty.clone()), item, ty)
            }
            (Pattern::Tuple(parts), Type::Tuple(types)) => {
                for (i, (part, ty)) in parts.iter().zip(types).enumerate() {
                    let component = component(item.clone(), &tuple_component(i));
                    self.bound_item(part, component, ty)?;
                }
                Ok(())
            }
            _ => {
                reject("iteration", ir::Expr::int(0).span, "several loop variables over a list that changes")
            }
        }
    }

    /// `while condition`. What the condition cannot say at once is tested at the top of the body.
    pub fn while_loop(&mut self, condition: &ir::Expr, block: &Block) -> Result<(), Rejection> {
        let conditions: Vec<&ir::Expr> = match &condition.kind {
            ExprKind::And(parts) => parts.iter().collect(),
            _ => vec![condition],
        };
        let mut head: Option<Expr> = None;
        let mut tests: Vec<Stmt> = Vec::new();
        for condition in conditions {
            let (stmts, value) = self.block(|b| b.expr(condition))?;
            let joins = stmts.is_empty() && tests.is_empty() && (head.is_none() || self.is_total(&value));
            if joins {
                head = Some(match head {
                    None => value,
                    Some(before) => crate::fortran::tree::build::and(before, value),
                });
            } else {
                // Orders of integers have opposites.
                let opposite = condition.clone().negated();
                let plain = stmts.is_empty() && !matches!(opposite.kind, ExprKind::Not(_));
                let ends = if plain { self.expr(&opposite)? } else { not(value) };
                tests.extend(stmts);
                tests.push(Stmt::If { branches: vec![(ends, vec![Stmt::Exit(None)])], orelse: Vec::new() });
            }
        }
        let (mut body, ()) = self.block(|b| b.statements(block))?;
        body.splice(0..0, tests);
        let control = match head {
            None | Some(Expr::Logical(true)) => Control::Forever,
            Some(condition) => Control::While(condition),
        };
        self.emit(Stmt::Do { label: None, control, body });
        Ok(())
    }

    /// A loop as C and Java write it.
    pub fn general_loop(
        &mut self,
        condition: &ir::Expr,
        update: &Block,
        block: &Block,
        test_last: bool,
    ) -> Result<(), Rejection> {
        if continues(block) && (!update.is_empty() || test_last) {
            let span = condition.span;
            return reject(
                "loop-update",
                span,
                "a `continue` in a loop that has an update or tests at its end",
            );
        }
        if !test_last {
            let mut whole = block.clone();
            whole.extend(update.iter().cloned());
            return self.while_loop(condition, &whole);
        }
        let (mut body, ()) = self.block(|b| {
            b.statements(block)?;
            b.statements(update)
        })?;
        let (stmts, value) = self.block(|b| b.expr(condition))?;
        body.extend(stmts);
        if value != Expr::Logical(true) {
            body.push(Stmt::If { branches: vec![(not(value), vec![Stmt::Exit(None)])], orelse: Vec::new() });
        }
        self.emit(Stmt::Do { label: None, control: Control::Forever, body });
        Ok(())
    }

    /// Nested loops over the clauses of a comprehension, with `innermost` at the bottom.
    pub fn clause_loops(
        &mut self,
        clauses: &[ir::Clause],
        innermost: &mut dyn FnMut(&mut Self) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
        let Some((clause, rest)) = clauses.split_first() else { return innermost(self) };
        if let ExprKind::Intrinsic { op: Intrinsic::Filter, .. } = &clause.iter.kind {
            return reject("filter", clause.iter.span, "`filter` over a sequence that is not stored");
        }
        let touched = Touched::default();
        let sequence = self.sequence(&clause.iter, &touched)?;
        let head = self.head(&sequence, &clause.pattern, &touched);
        let (body, ()) = self.in_loop(&head, &clause.pattern, &touched, |b| {
            if clause.conditions.is_empty() {
                return b.clause_loops(rest, innermost);
            }
            let condition = b.expr(&ir::Expr::all_of(clause.conditions.clone()))?;
            let (inner, ()) = b.block(|b| b.clause_loops(rest, innermost))?;
            b.emit(Stmt::If { branches: vec![(condition, inner)], orelse: Vec::new() });
            Ok(())
        })?;
        self.emit(Stmt::Do { label: None, control: head.control(), body });
        Ok(())
    }
}
