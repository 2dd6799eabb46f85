//! `next(item for … if …, default)`: a search, written as the loop that it is.
//!
//! ```python
//! first = next((n for n in numbers if n % 2 == 0), -1)
//! ```
//!
//! becomes an assignment of the default and a loop that assigns the first item and breaks.

use super::{Elaborator, Outcome};
use grammars::Span;
use grammars::ir::{self, ExprKind, Stmt, StmtKind, Type};
use grammars::surface::{self, ComprehensionKind};

/// The parts of a search.
struct Search<'m> {
    element: &'m surface::Expr,
    clause: &'m surface::Clause,
    default: &'m surface::Expr,
}

impl<'m> Elaborator<'_, 'm> {
    /// `target = next(…)`; false where the value is something else.
    pub(super) fn store_search(
        &mut self,
        target: &'m surface::Expr,
        value: &'m surface::Expr,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<bool> {
        let (Some(search), surface::ExprKind::Name(_)) = (search(value), &target.kind) else {
            return Ok(false);
        };
        let (place, ty) = self.place(target)?;
        let default = self.expr_as(search.default, &ty)?;
        block.push(Stmt { kind: StmtKind::Assign { place: place.clone(), value: default }, span });
        self.search_loop(&search, &ty, span, block, |found| {
            let found = Stmt { kind: StmtKind::Assign { place, value: found }, span };
            vec![found, Stmt { kind: StmtKind::Break, span }]
        })?;
        Ok(true)
    }

    /// `return next(…)`; false where the value is something else.
    pub(super) fn return_search(
        &mut self,
        value: &'m surface::Expr,
        ret: &Type,
        span: Span,
        block: &mut ir::Block,
    ) -> Outcome<bool> {
        let Some(search) = search(value) else { return Ok(false) };
        self.search_loop(&search, ret, span, block, |found| {
            vec![Stmt { kind: StmtKind::Return(Some(found)), span }]
        })?;
        let default = self.expr_as(search.default, ret)?;
        block.push(Stmt { kind: StmtKind::Return(Some(default)), span });
        Ok(true)
    }

    fn search_loop(
        &mut self,
        search: &Search<'m>,
        ty: &Type,
        span: Span,
        block: &mut ir::Block,
        found: impl FnOnce(ir::Expr) -> ir::Block,
    ) -> Outcome<()> {
        let (element, clause) = self.single_clause(search.element, search.clause, ty)?;
        let ir::Clause { pattern, iter, conditions } = clause;
        self.declare_pattern(&pattern);
        let mut body = found(element);
        let condition = match conditions.len() {
            0 => None,
            1 => conditions.into_iter().next(),
            _ => Some(super::build::expr(ExprKind::And(conditions), Type::Bool, span)),
        };
        if let Some(condition) = condition {
            body = vec![Stmt {
                kind: StmtKind::If { branches: vec![(condition, body)], orelse: Vec::new() },
                span,
            }];
        }
        block.push(Stmt { kind: StmtKind::For { pattern, iter, body, orelse: Vec::new() }, span });
        Ok(())
    }

    /// The variables of a clause become variables of the function.
    fn declare_pattern(&mut self, pattern: &ir::Pattern) {
        match pattern {
            ir::Pattern::Name { name, ty } => {
                if !self.body.locals.iter().any(|l| l.name == *name) {
                    self.body.locals.push(ir::Local { name: name.clone(), ty: ty.clone() });
                }
            }
            ir::Pattern::Tuple(parts) => parts.iter().for_each(|p| self.declare_pattern(p)),
        }
    }
}

fn search(value: &surface::Expr) -> Option<Search<'_>> {
    let surface::ExprKind::Call { callee, args, .. } = &value.kind else { return None };
    if !matches!(&callee.kind, surface::ExprKind::Library(path) if path == "builtins.next") {
        return None;
    }
    let [generator, default] = args.as_slice() else { return None };
    match &generator.kind {
        surface::ExprKind::Comprehension { kind: ComprehensionKind::Generator, element, clauses, .. } => {
            match clauses.as_slice() {
                [clause] => Some(Search { element, clause, default }),
                _ => None,
            }
        }
        _ => None,
    }
}
