//! Loops of the source.

use super::alias::changed;
use super::iterate::Sequence;
use super::{Lower, Result, Var, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Expr, Stmt, Until};
use grammars::Span;
use grammars::ir::names::{breaks, continues, free_names, names_assigned, names_read};
use grammars::ir::{self, Block, ExprKind, Intrinsic, Pattern, StmtKind, Type};

impl<'m> Lower<'m> {
    /// `while`.
    pub fn while_loop(&mut self, condition: &ir::Expr, body: &'m Block) -> Result<()> {
        let endless = matches!(condition.kind, ExprKind::Bool(true));
        let (before, cond) =
            if endless { (Vec::new(), None) } else { self.apart(|this| this.cond(condition).map(Some))? };
        let inner = self.block(|this| this.statements(body))?;
        match cond {
            None => self.emit(Stmt::Perform(Until::Exit, inner)),
            Some(cond) if before.is_empty() => self.emit(Stmt::Perform(Until::Before(cond.negated()), inner)),
            Some(cond) => {
                let mut whole = before;
                whole.push(Stmt::If(cond.negated(), vec![Stmt::ExitPerform], Vec::new()));
                whole.extend(inner);
                self.emit(Stmt::Perform(Until::Exit, whole));
            }
        }
        Ok(())
    }

    /// `for`.
    pub fn for_loop(
        &mut self,
        pattern: &Pattern,
        iter: &ir::Expr,
        body: &'m Block,
        span: Span,
    ) -> Result<()> {
        if let ExprKind::Range { start, stop, step } = &iter.kind {
            if is_unused(pattern, body) && start.as_int() == Some(0) && step.as_int() == Some(1) {
                return self.repeat(stop, body);
            }
            if let Pattern::Name { name, .. } = pattern {
                return self.counting_loop(name, iter, body, span);
            }
        }
        let iter = &self.fixed_bounds(iter, body)?;
        if breaks(body) && !super::reduce::is_plain(iter) {
            return reject("break", span, "break out of a generator's loop has no COBOL form");
        }
        if let (Pattern::Tuple(parts), ExprKind::Intrinsic { op: Intrinsic::Enumerate, args }) =
            (pattern, &iter.kind)
            && let [Pattern::Name { name, .. }, rest] = parts.as_slice()
            && name != "_"
            && self.is_sequence(&args[0])
            && self.stays_bound(name, body)
        {
            return self.enumerating_loop(name, rest, args, body, span);
        }
        self.iterate(iter, &mut |this, item, _| {
            this.bind_in_loop(pattern, item, body)?;
            this.statements(body)
        })
    }

    /// An iterable whose ranges stay as they are at the start of the loop, whatever `body` changes.
    fn fixed_bounds(&mut self, iter: &ir::Expr, body: &Block) -> Result<ir::Expr> {
        let kind = match &iter.kind {
            ExprKind::Range { start, stop, step } => ExprKind::Range {
                start: Box::new(self.fixed_number("RANGE-START", start, body)?),
                stop: Box::new(self.fixed_number("RANGE-END", stop, body)?),
                step: Box::new(self.fixed_number("RANGE-STEP", step, body)?),
            },
            ExprKind::Intrinsic { op, args }
                if matches!(
                    op,
                    Intrinsic::Zip | Intrinsic::Enumerate | Intrinsic::Reversed | Intrinsic::Map
                ) =>
            {
                let args: Result<Vec<ir::Expr>> = args
                    .iter()
                    .map(|arg| match arg.ty {
                        Type::Int => self.fixed_number("FIRST-NUMBER", arg, body),
                        _ => self.fixed_bounds(arg, body),
                    })
                    .collect();
                ExprKind::Intrinsic { op: op.clone(), args: args? }
            }
            other => other.clone(),
        };
        Ok(ir::Expr::new(kind, iter.ty.clone()).at(iter.span))
    }

    /// A number as it is now, should `body` change it.
    fn fixed_number(&mut self, wish: &str, value: &ir::Expr, body: &Block) -> Result<ir::Expr> {
        if free_names(value).is_disjoint(&changed(body, self.context.module)) {
            return Ok(value.clone());
        }
        let place = self.temp(wish, &Type::Int, value.span)?;
        self.assign(&place, value)?;
        Ok(self.made_up(Var::Stored(place), Type::Int))
    }

    /// `for _ in range(n)`.
    fn repeat(&mut self, stop: &ir::Expr, body: &'m Block) -> Result<()> {
        let times = self.number(stop)?;
        let times = match times {
            Expr::Number(_) | Expr::Ref(_) => times,
            other => self.atom("REPEAT-COUNT", other, stop.span)?,
        };
        let inner = self.block(|this| this.statements(body))?;
        self.emit(Stmt::Perform(Until::Times(times), inner));
        Ok(())
    }

    /// `for i in range(…)`, with the variable as the counter where nobody can tell.
    fn counting_loop(&mut self, name: &str, range: &ir::Expr, body: &'m Block, span: Span) -> Result<()> {
        let own = name != "_" && self.stays_bound(name, body);
        let counter = if own {
            self.own_variable(name, &Type::Int, span)?
        } else {
            self.temp("LOOP-INDEX", &Type::Int, span)?
        };
        let touched = changed(body, self.context.module);
        let stays = free_names(range).is_disjoint(&touched);
        let until = self.range_until(&counter.item(), range, stays)?;
        let inner = self.block(|this| {
            if !own && name != "_" {
                let target = this.own_variable(name, &Type::Int, span)?;
                this.copy(&counter, &target);
            }
            this.statements(body)
        })?;
        self.emit(Stmt::Perform(until, inner));
        Ok(())
    }

    /// `for i, item in enumerate(…)`, with the variable as the counter.
    fn enumerating_loop(
        &mut self,
        name: &str,
        rest: &Pattern,
        args: &[ir::Expr],
        body: &'m Block,
        span: Span,
    ) -> Result<()> {
        let start = args.get(1).map_or(Ok(Expr::int(0)), |start| self.number(start))?;
        let sequence = self.sequence_of(&args[0])?;
        if matches!(sequence, Sequence::Backwards(_)) || start.as_int().is_none() {
            let counted = Sequence::Counted(start, Box::new(sequence));
            let pattern = Pattern::Tuple(vec![Pattern::name(name, Type::Int), rest.clone()]);
            return self.iterate_sequence(&counted, &mut |this, item, _| {
                this.bind_in_loop(&pattern, item, body)?;
                this.statements(body)
            });
        }
        let counter = self.own_variable(name, &Type::Int, span)?.item();
        self.sequence_loop(&sequence, counter, start, &mut |this, item, _| {
            this.bind_in_loop(rest, item, body)?;
            this.statements(body)
        })
    }

    /// Binds the variables of a loop. One that only stands for an item that stays as it is needs
    /// no storage of its own.
    fn bind_in_loop(&mut self, pattern: &Pattern, item: ir::Expr, body: &Block) -> Result<()> {
        match pattern {
            Pattern::Name { name, .. } if name == "_" => Ok(()),
            Pattern::Name { name, ty } => {
                let bound = match &item.kind {
                    ExprKind::Local(source) => self.vars.get(source).cloned(),
                    _ => None,
                };
                if let Some(var) = bound
                    && self.stays_bound(name, body)
                    && !self.is_touched(&var, body)
                {
                    self.vars.insert(name.clone(), var);
                    self.items_of_loops.insert(name.clone());
                    return Ok(());
                }
                let target = self.own_variable(name, ty, item.span)?;
                self.assign(&target, &item)
            }
            Pattern::Tuple(patterns) => {
                let parts = self.tuple_parts(&item)?;
                patterns
                    .iter()
                    .zip(parts)
                    .try_for_each(|(pattern, part)| self.bind_in_loop(pattern, part, body))
            }
        }
    }

    /// The storage of a loop variable, even where an earlier loop let its name stand for items.
    fn own_variable(&mut self, name: &str, ty: &Type, span: Span) -> Result<Loc> {
        if self.items_of_loops.remove(name) {
            self.vars.remove(name);
        }
        self.variable(name, ty, span)
    }

    /// Whether a loop variable is only read within the loop, and only bound by loops.
    fn stays_bound(&self, name: &str, body: &Block) -> bool {
        !names_assigned(body).iter().any(|assigned| assigned == name)
            && !self.body.is_some_and(|whole| read_outside_loops(name, whole))
    }

    /// Whether a loop's body changes the record that a variable stands for a part of.
    fn is_touched(&self, var: &Var, body: &Block) -> bool {
        let touched = changed(body, self.context.module);
        let records: Vec<&str> = touched
            .iter()
            .filter_map(|name| match self.vars.get(name) {
                Some(Var::Stored(place)) => Some(place.record.as_str()),
                _ => None,
            })
            .collect();
        match var {
            Var::Stored(place) => records.contains(&place.record.as_str()),
            Var::Char(item) => self.record_of(&item.name).is_some_and(|record| records.contains(&record)),
            Var::Parts(_) => true,
            Var::Number(_) => false,
        }
    }

    /// A C-style loop.
    pub fn c_loop(
        &mut self,
        condition: &ir::Expr,
        update: &'m Block,
        body: &'m Block,
        test_last: bool,
    ) -> Result<()> {
        if continues(body) || test_last && !update.is_empty() {
            return reject("loop", condition.span, "continue in a loop with an update has no COBOL form");
        }
        let (before, cond) = self.apart(|this| this.cond(condition))?;
        if !before.is_empty() {
            return reject("loop", condition.span, "this loop's condition needs statements");
        }
        let inner = self.block(|this| {
            this.statements(body)?;
            this.statements(update)
        })?;
        let until = if test_last { Until::After(cond.negated()) } else { Until::Before(cond.negated()) };
        self.emit(Stmt::Perform(until, inner));
        Ok(())
    }
}

/// Whether the loop's variable is never read.
fn is_unused(pattern: &Pattern, body: &Block) -> bool {
    pattern.names().iter().all(|(name, _)| !names_read(body).contains(*name))
}

/// Whether `name` is read outside the loops that bind it, or assigned otherwise than by loops.
fn read_outside_loops(name: &str, block: &Block) -> bool {
    block.iter().any(|stmt| match &stmt.kind {
        StmtKind::For { pattern, iter, body, orelse } => {
            let binds = pattern.names().iter().any(|(bound, _)| *bound == name);
            free_names(iter).contains(name)
                || !binds && read_outside_loops(name, body)
                || read_outside_loops(name, orelse)
        }
        StmtKind::While { condition, body, orelse } => {
            free_names(condition).contains(name)
                || read_outside_loops(name, body)
                || read_outside_loops(name, orelse)
        }
        StmtKind::If { branches, orelse } => {
            branches
                .iter()
                .any(|(cond, block)| free_names(cond).contains(name) || read_outside_loops(name, block))
                || read_outside_loops(name, orelse)
        }
        _ => {
            let single = vec![stmt.clone()];
            names_read(&single).contains(name) || names_assigned(&single).iter().any(|n| n == name)
        }
    })
}
