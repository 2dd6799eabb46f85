//! Statements.

use super::{Body, reject};
use crate::fortran::tree::build::{name, not, text};
use crate::fortran::tree::{Expr, Stmt};
use grammars::Rejection;
use grammars::ir::{self, Block, CompareOp, ExprKind, Intrinsic, StmtKind, Type};

impl Body<'_, '_> {
    /// The statements of a block that is not the end of the procedure.
    pub fn statements(&mut self, block: &Block) -> Result<(), Rejection> {
        self.statements_at(block, false)
    }

    /// The statements of a block; `last` says that the procedure ends behind it.
    pub fn statements_at(&mut self, block: &Block, last: bool) -> Result<(), Rejection> {
        let end = block.iter().rposition(|s| !matches!(s.kind, StmtKind::Comment { .. } | StmtKind::Pass));
        for (i, stmt) in block.iter().enumerate() {
            let at_end = last && end == Some(i);
            self.nested_in(stmt.span, |body| body.statement(stmt, at_end))?;
            // What follows an unconditional exit is never reached.
            if matches!(
                stmt.kind,
                StmtKind::Return(_) | StmtKind::Break | StmtKind::Continue | StmtKind::Raise { .. }
            ) {
                break;
            }
        }
        Ok(())
    }

    fn statement(&mut self, stmt: &ir::Stmt, last: bool) -> Result<(), Rejection> {
        match &stmt.kind {
            StmtKind::Comment { text, trailing } => {
                self.emit(Stmt::Comment { text: text.clone(), trailing: *trailing });
                Ok(())
            }
            StmtKind::Assign { place, value } => self.assignment(place, value),
            StmtKind::AugAssign { place, op, overflow, value } => {
                self.augmented(place, *op, *overflow, value)
            }
            StmtKind::Expr(e) => self.effect(e),
            StmtKind::If { branches, orelse } => self.conditional(branches, orelse, last),
            StmtKind::While { condition, body, orelse } if orelse.is_empty() => {
                self.while_loop(condition, body)
            }
            StmtKind::For { pattern, iter, body, orelse } if orelse.is_empty() => {
                self.for_loop(pattern, iter, body)
            }
            StmtKind::While { .. } | StmtKind::For { .. } => {
                reject("loop-else", stmt.span, "the `else` of a loop")
            }
            StmtKind::Loop { condition, update, body, test_last } => {
                self.general_loop(condition, update, body, *test_last)
            }
            StmtKind::Return(value) => self.return_value(value.as_ref(), last),
            StmtKind::Break => {
                self.emit(Stmt::Exit(None));
                Ok(())
            }
            StmtKind::Continue => {
                self.emit(Stmt::Cycle(None));
                Ok(())
            }
            StmtKind::Pass => Ok(()),
            StmtKind::Raise { kind, message } => self.raise(kind, message.as_ref(), stmt.span),
            StmtKind::Reraise => self.reraise(stmt.span),
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.try_statement(body, handlers, orelse, (finally, last), stmt.span)
            }
            StmtKind::Assert { condition, message } => self.assertion(condition, message.as_ref()),
            StmtKind::ExpectRaise { kinds, body } => {
                self.expect_raise(kinds, body, "no failure where one is expected".into(), stmt.span)
            }
            StmtKind::Function(function) => self.nested_function(function),
        }
    }

    /// An expression for its effect.
    pub fn effect(&mut self, e: &ir::Expr) -> Result<(), Rejection> {
        match &e.kind {
            ExprKind::Call { function, args } => self.call_statement(function, args, e),
            ExprKind::CallMethod { .. } | ExprKind::CallStatic { .. } => self.method_statement(e),
            ExprKind::Intrinsic { op: Intrinsic::Print { sep, end }, args } => self.print(args, sep, end, e),
            ExprKind::Intrinsic { op: Intrinsic::Pop | Intrinsic::PopFirst, args } => self.dropped(args, e),
            ExprKind::Intrinsic { op: Intrinsic::Array(ir::ArrayOp::SortInPlace), args } => {
                let sorted = self.expr(e)?;
                let array = self.place_designator(&args[0])?;
                self.set(array, sorted);
                Ok(())
            }
            ExprKind::None | ExprKind::Str(_) => Ok(()),
            _ => {
                self.expr(e)?;
                Ok(())
            }
        }
    }

    /// An item taken out of a list and not used.
    fn dropped(&mut self, args: &[ir::Expr], e: &ir::Expr) -> Result<(), Rejection> {
        let ExprKind::Intrinsic { op, .. } = &e.kind else { return Ok(()) };
        let first = *op == Intrinsic::PopFirst || args.get(1).and_then(ir::Expr::as_int) == Some(0);
        if !first && args.len() > 1 && args[1].as_int() != Some(-1) {
            self.expr(&ir::Expr::intrinsic(Intrinsic::DeleteAt, args.to_vec(), Type::None).at(e.span))?;
            return Ok(());
        }
        let list = self.place_designator(&args[0])?;
        self.guard_empty(&list)?;
        let rest = if first {
            crate::fortran::tree::build::section(
                list.clone(),
                Some(crate::fortran::tree::build::int(2)),
                None,
            )
        } else {
            let last = crate::fortran::tree::build::plus(crate::fortran::tree::build::size(list.clone()), -1);
            crate::fortran::tree::build::section(list.clone(), None, Some(last))
        };
        self.emit(Stmt::Assign(list, rest));
        self.effects += 1;
        Ok(())
    }

    /// `if`/`elif`/`else`. A condition that takes statements opens an `if` of its own.
    fn conditional(
        &mut self,
        branches: &[(ir::Expr, Block)],
        orelse: &Block,
        last: bool,
    ) -> Result<(), Rejection> {
        if let Some(select) = self.select(branches, orelse, last)? {
            self.emit(select);
            return Ok(());
        }
        if let ([(condition, block)], true) = (branches, orelse.is_empty())
            && let ExprKind::And(parts) = &condition.kind
        {
            return self.nested_conditions(parts, block, last);
        }
        let mut lowered = Vec::new();
        let mut rest: Vec<Stmt> = Vec::new();
        for (i, (condition, block)) in branches.iter().enumerate() {
            let (stmts, value) = self.block(|b| b.expr(condition))?;
            if i > 0 && !stmts.is_empty() {
                let (inner, ()) = self.block(|b| b.conditional(&branches[i..], orelse, last))?;
                rest = inner;
                break;
            }
            stmts.into_iter().for_each(|s| self.emit(s));
            let (body, ()) = self.block(|b| b.statements_at(block, last))?;
            lowered.push((value, body));
        }
        if lowered.len() == branches.len() {
            let (body, ()) = self.block(|b| b.statements_at(orelse, last))?;
            rest = body;
        }
        self.emit(simplified(lowered, rest));
        Ok(())
    }

    /// `if a and b:` as nested conditions where `b` must not be evaluated without `a`.
    fn nested_conditions(&mut self, parts: &[ir::Expr], block: &Block, last: bool) -> Result<(), Rejection> {
        let mut condition: Option<Expr> = None;
        for (i, part) in parts.iter().enumerate() {
            let (stmts, value) = self.block(|b| b.expr(part))?;
            match condition.take() {
                None => {
                    stmts.into_iter().for_each(|s| self.emit(s));
                    condition = Some(value);
                }
                Some(before) if stmts.is_empty() && self.is_total_after(&before, &value) => {
                    condition = Some(crate::fortran::tree::build::and(before, value));
                }
                Some(before) => {
                    let (inner, ()) = self.block(|b| b.nested_conditions(&parts[i..], block, last))?;
                    self.emit(Stmt::If { branches: vec![(before, inner)], orelse: Vec::new() });
                    return Ok(());
                }
            }
        }
        let (body, ()) = self.block(|b| b.statements_at(block, last))?;
        let condition = condition.unwrap_or(Expr::Logical(true));
        self.emit(simplified(vec![(condition, body)], Vec::new()));
        Ok(())
    }

    /// A chain of comparisons of one variable with literals as `select case`.
    fn select(
        &mut self,
        branches: &[(ir::Expr, Block)],
        orelse: &Block,
        last: bool,
    ) -> Result<Option<Stmt>, Rejection> {
        let mut subject: Option<&ir::Expr> = None;
        let mut all_values: Vec<Vec<&ir::Expr>> = Vec::new();
        for (condition, _) in branches {
            let Some((variable, values)) = equality(condition) else { return Ok(None) };
            if subject.is_some_and(|s| s.kind != variable.kind) {
                return Ok(None);
            }
            subject = Some(variable);
            all_values.push(values);
        }
        let Some(subject) = subject.filter(|_| branches.len() > 2) else { return Ok(None) };
        let repeated =
            all_values.iter().flatten().enumerate().any(|(i, value)| {
                all_values.iter().flatten().skip(i + 1).any(|other| other.kind == value.kind)
            });
        let selector = self.expr(subject)?;
        let whole = subject.ty == Type::Int && !repeated;
        let letter = self.fixed_length(&selector) == Some(1) && !repeated;
        if !whole && !letter {
            return Ok(None);
        }
        let mut cases = Vec::new();
        for (values, (_, block)) in all_values.into_iter().zip(branches) {
            let values: Result<Vec<Expr>, _> = values.into_iter().map(|v| self.expr(v)).collect();
            let (body, ()) = self.block(|b| b.statements_at(block, last))?;
            cases.push((values?, body));
        }
        let (default, ()) = self.block(|b| b.statements_at(orelse, last))?;
        Ok(Some(Stmt::Select { subject: selector, cases, default }))
    }

    /// Whether the right side may be evaluated whenever the left side is.
    fn is_total_after(&mut self, left: &Expr, right: &Expr) -> bool {
        let known = self.known.len();
        super::expr::collect_elements(left, &mut self.known);
        let total = self.is_total(right);
        self.known.truncate(known);
        total
    }

    /// `return`; behind the last statement it is left out.
    fn return_value(&mut self, value: Option<&ir::Expr>, last: bool) -> Result<(), Rejection> {
        if let (Some(value), Some((target, ty))) = (value, self.result.clone()) {
            if let ExprKind::IfElse { condition, then, orelse } = &value.kind {
                let branches = vec![((**condition).clone(), vec![ir::Stmt::ret((**then).clone())])];
                if !super::expr::is_plain(&ty) || !self.is_mergeable(value)? {
                    return self.conditional(&branches, &vec![ir::Stmt::ret((**orelse).clone())], last);
                }
            }
            self.assign_to(name(target), value)?;
        }
        if !last {
            self.emit(Stmt::Return);
        }
        Ok(())
    }

    /// Whether a conditional value comes out as one expression.
    pub fn is_mergeable(&mut self, value: &ir::Expr) -> Result<bool, Rejection> {
        let declarations = self.declarations.len();
        let names = self.names.clone();
        let (stmts, _) = self.block(|b| b.expr(value))?;
        if stmts.is_empty() {
            return Ok(true);
        }
        self.forget(declarations);
        self.names = names;
        Ok(false)
    }

    fn assertion(&mut self, condition: &ir::Expr, message: Option<&ir::Expr>) -> Result<(), Rejection> {
        let value = self.expr(condition)?;
        let message = match message {
            Some(message) if matches!(message.kind, ExprKind::Str(_)) => self.expr(message)?,
            _ => text("assertion failed"),
        };
        let stop = Stmt::ErrorStop(Some(message));
        self.emit(Stmt::If { branches: vec![(not(value), vec![stop])], orelse: Vec::new() });
        Ok(())
    }
}

/// What an exception says without a message.
pub fn kind_words(kind: &ir::ExceptionKind) -> &'static str {
    use ir::ExceptionKind::*;
    match kind {
        Value => "invalid value",
        Index => "index out of range",
        Key => "key not found",
        ZeroDivision => "division by zero",
        Type => "wrong type",
        Overflow => "overflow",
        NotImplemented => "not implemented",
        _ => "error",
    }
}

/// `x == literal`, or several of them joined by `or`; also `x in (literals)`.
fn equality(condition: &ir::Expr) -> Option<(&ir::Expr, Vec<&ir::Expr>)> {
    let literal = |e: &ir::Expr| match &e.kind {
        ExprKind::Int(_) => true,
        ExprKind::Str(value) => value.len() == 1 && value.is_ascii(),
        _ => false,
    };
    match &condition.kind {
        ExprKind::Compare { op: CompareOp::Eq, left, right }
            if left.as_local().is_some() && literal(right) =>
        {
            Some((left, vec![right]))
        }
        ExprKind::Or(parts) => {
            let mut found: Option<(&ir::Expr, Vec<&ir::Expr>)> = None;
            for part in parts {
                let (subject, values) = equality(part)?;
                match &mut found {
                    None => found = Some((subject, values)),
                    Some((known, all)) if known.kind == subject.kind => all.extend(values),
                    Some(_) => return None,
                }
            }
            found
        }
        _ => None,
    }
}

/// An `if` whose empty branches are gone: `if (a) else x` is `if (.not. a) x`.
fn simplified(mut branches: Vec<(Expr, Vec<Stmt>)>, orelse: Vec<Stmt>) -> Stmt {
    if let [(condition, body)] = branches.as_mut_slice()
        && body.is_empty()
        && !orelse.is_empty()
    {
        let condition = not(std::mem::replace(condition, Expr::Logical(true)));
        return Stmt::If { branches: vec![(condition, orelse)], orelse: Vec::new() };
    }
    Stmt::If { branches, orelse }
}
