//! Constraints of statements.

use super::super::cells::{Cell, Head};
use super::super::constraint::{Constraint, Guard, GuardId};
use super::super::facts::{Binding, FunctionKind};
use super::super::key::Key;
use super::super::narrowing::{live, place, terminates};
use super::super::type_test::{TypeTest, type_test};
use super::super::walk::assigned_names;
use super::{Generator, Outcome};
use grammars::surface::{BinaryOp, Expr, ExprKind, Function, Handler, Stmt, StmtKind, TypeHint};
use grammars::{Rejection, Span};

/// Tests on types that decide a condition.
pub(super) type Tests<'m> = Vec<TypeTest<'m>>;

impl<'m> Generator<'m> {
    pub(super) fn block(&mut self, body: &'m [Stmt]) -> Outcome<()> {
        let guard = self.guard;
        for stmt in live(body) {
            self.nested(stmt.span, |g| g.stmt(stmt))?;
        }
        self.guard = guard;
        Ok(())
    }

    fn stmt(&mut self, stmt: &'m Stmt) -> Outcome<()> {
        match &stmt.kind {
            StmtKind::Comment { .. } | StmtKind::Break | StmtKind::Continue | StmtKind::Pass => Ok(()),
            StmtKind::Assign { targets, value } => self.assign(targets, value),
            StmtKind::AnnAssign { target, hint, value } => self.annotated(target, hint, value.as_ref()),
            StmtKind::AugAssign { target, op, value } => self.update(target, *op, value, stmt.span),
            StmtKind::Expr(e) => self.expr(e).map(drop),
            StmtKind::If { branches, orelse } => self.if_stmt(branches, orelse),
            StmtKind::While { condition, body, orelse } => self.while_loop(condition, body, orelse),
            StmtKind::For { target, iter, body, orelse } => self.for_loop(target, iter, body, orelse),
            StmtKind::Return(value) => self.return_stmt(value.as_ref(), stmt.span),
            StmtKind::Raise(value) => self.raise(value.as_ref()),
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.try_block(body, handlers, orelse, finally)
            }
            StmtKind::Assert { condition, message } => {
                self.condition(condition)?;
                self.narrowing.assume(condition, true);
                message.as_ref().map_or(Ok(()), |m| self.expr(m).map(drop))
            }
            StmtKind::ExpectRaise { body, .. } => self.block(body),
            StmtKind::Delete(items) => items.iter().try_for_each(|e| self.expr(e).map(drop)),
            StmtKind::Function(f) => self.nested_function(f),
            StmtKind::Class(c) => {
                let message = format!("The class `{}` is defined inside a function.", c.name);
                Err(Rejection::new("infer.local-class", stmt.span, message))
            }
            StmtKind::Yield(value) => self.yield_stmt(value),
            StmtKind::Unsupported(rejection) => Err(rejection.clone()),
        }
    }

    fn assign(&mut self, targets: &'m [Expr], value: &'m Expr) -> Outcome<()> {
        let cell = self.expr(value)?;
        targets.iter().try_for_each(|target| self.store(target, cell, true))?;
        if let [target] = targets
            && let Some(Binding::Variable(id)) = self.facts.bindings.get(&Key::of(target))
        {
            self.facts.assigned.insert(*id, value);
        }
        Ok(())
    }

    fn annotated(&mut self, target: &'m Expr, hint: &TypeHint, value: Option<&'m Expr>) -> Outcome<()> {
        let declared = self.hint(hint);
        if let Some(value) = value {
            let cell = self.expr(value)?;
            self.store(target, cell, true)?;
        }
        let place = match &target.kind {
            ExprKind::Name(name) => match self.bind(name, Key::of(target), target.span)? {
                Binding::Variable(id) => self.facts.variables[id.0].cell,
                _ => return Ok(()),
            },
            ExprKind::Attribute { value, name } => {
                let object = self.expr(value)?;
                let constraint = Constraint::StoreAttribute { object, name, value: declared };
                self.constrain(constraint, target.span);
                return Ok(());
            }
            _ => return Ok(()),
        };
        self.flow(declared, place, target.span);
        Ok(())
    }

    /// `value` is stored in `target`; `narrow` is off where the value comes from an iteration.
    pub(super) fn store(&mut self, target: &'m Expr, value: Cell, narrow: bool) -> Outcome<()> {
        let span = target.span;
        match &target.kind {
            ExprKind::Name(name) => {
                match self.bind(name, Key::of(target), span)? {
                    Binding::Variable(id) => {
                        self.facts.variables[id.0].stores += 1;
                        let cell = self.facts.variables[id.0].cell;
                        if narrow {
                            self.flow(value, cell, span);
                        } else {
                            // What a loop variable turns out to be, the items are.
                            let witnesses = vec![value];
                            self.constrain(Constraint::Narrowed { from: value, to: cell, witnesses }, span);
                        }
                    }
                    Binding::Global(global) => {
                        let cell = self.facts.rebind_global(&global);
                        self.flow(value, cell, span);
                    }
                    Binding::Function(_) | Binding::Class(_) => return Err(rebound(name, span)),
                }
                self.note_store(target, value, narrow);
                Ok(())
            }
            ExprKind::Attribute { value: object, name } => {
                let object = self.expr(object)?;
                self.constrain(Constraint::StoreAttribute { object, name, value }, span);
                self.note_store(target, value, narrow);
                Ok(())
            }
            ExprKind::Subscript { value: base, index } => {
                let base = self.expr(base)?;
                let index = self.expr(index)?;
                self.constrain(Constraint::StoreItem { key: Key::of(target), base, index, value }, span);
                self.note_store(target, value, narrow);
                Ok(())
            }
            ExprKind::Slice { .. } => self.store_slice(target, value),
            ExprKind::Tuple(items) | ExprKind::List(items) => self.store_parts(items, value, span),
            _ => Err(Rejection::new("infer.target", span, "This assignment target has no rule.")),
        }
    }

    fn note_store(&mut self, target: &'m Expr, value: Cell, narrow: bool) {
        if let Some(place) = place(target) {
            if narrow {
                self.narrowing.store(place, value);
            } else {
                self.narrowing.forget(&place);
            }
        }
    }

    fn store_slice(&mut self, target: &'m Expr, value: Cell) -> Outcome<()> {
        let base = self.expr(target)?;
        let element = self.fresh();
        self.constrain(Constraint::StoreSlice { base, element, value }, target.span);
        Ok(())
    }

    fn store_parts(&mut self, items: &'m [Expr], source: Cell, span: Span) -> Outcome<()> {
        let star = items.iter().position(|i| matches!(i.kind, ExprKind::Star(_)));
        let targets: Vec<Cell> = items.iter().map(|_| self.fresh()).collect();
        self.constrain(Constraint::Unpack { source, targets: targets.clone(), star }, span);
        for (item, cell) in items.iter().zip(targets) {
            let item = match &item.kind {
                ExprKind::Star(inner) => inner,
                _ => item,
            };
            self.store(item, cell, true)?;
        }
        Ok(())
    }

    fn update(&mut self, target: &'m Expr, op: BinaryOp, value: &'m Expr, span: Span) -> Outcome<()> {
        let old = match &target.kind {
            ExprKind::Name(name) => self.updated_variable(target, name)?,
            _ => self.expr(target)?,
        };
        let right = self.expr(value)?;
        let out = self.fresh();
        let constraint =
            Constraint::Binary { key: Key::of(target), op, left: old, right, out, operands: (target, value) };
        self.constrain(constraint, span);
        self.store(target, out, true)
    }

    /// The cell of the old value of a variable that `op=` changes.
    fn updated_variable(&mut self, target: &'m Expr, name: &'m str) -> Outcome<Cell> {
        let web = self.facts.scopes[self.scope.0].webs.read_by_update(Key::of(target));
        let id = match web {
            Some(web) => self.variable_of_web(self.scope, web),
            None => match self.bind(name, Key::of(target), target.span)? {
                Binding::Variable(id) => id,
                Binding::Global(global) => return Ok(self.facts.globals[global.as_str()].cell),
                _ => return Err(rebound(name, target.span)),
            },
        };
        self.facts.update_reads.insert(Key::of(target), id);
        let cell = self.facts.variables[id.0].cell;
        Ok(self.narrowed(target, cell))
    }

    fn if_stmt(&mut self, branches: &'m [(Expr, Vec<Stmt>)], orelse: &'m [Stmt]) -> Outcome<()> {
        let outer_guard = self.guard;
        let mut ends = Vec::new();
        let mut after_guards = Vec::new();
        for (condition, block) in branches {
            self.condition(condition)?;
            let before = self.narrowing.clone();
            let tests = self.guards_of(condition);
            self.narrowing.assume(condition, true);
            self.guarded(&tests, true, |g| g.block(block))?;
            if !terminates(block) {
                ends.push(self.narrowing.clone());
            } else {
                after_guards.push(tests.clone());
            }
            self.narrowing = before;
            self.narrowing.assume(condition, false);
            self.guard = self.push_guards(&tests, false);
        }
        self.block(orelse)?;
        if orelse.is_empty() || !terminates(orelse) {
            ends.push(self.narrowing.clone());
        }
        self.guard = outer_guard;
        // What follows runs only where the branches that leave were not taken.
        for tests in after_guards {
            self.guard = self.push_guards(&tests, false);
        }
        if let Some(first) = ends.first().cloned() {
            self.narrowing = ends.iter().skip(1).fold(first, |mut all, n| {
                all.meet(n);
                all
            });
        }
        Ok(())
    }

    fn loop_body(
        &mut self,
        condition: Option<&'m Expr>,
        target: Option<&'m Expr>,
        body: &'m [Stmt],
        orelse: &'m [Stmt],
        before: impl FnOnce(&mut Self) -> Outcome<()>,
    ) -> Outcome<()> {
        let mut changed = assigned_names(body);
        if let Some(target) = target {
            super::super::walk::target_names(target, &mut changed);
        }
        changed.iter().for_each(|name| self.narrowing.forget(name));
        self.forget_stored_places(body);
        let head = self.narrowing.clone();
        before(self)?;
        if let Some(condition) = condition {
            self.narrowing.assume(condition, true);
        }
        self.block(body)?;
        self.narrowing = head;
        if let Some(condition) = condition {
            self.narrowing.assume(condition, false);
        }
        self.block(orelse)
    }

    /// Fields and items that the block assigns are not known at its start.
    fn forget_stored_places(&mut self, body: &'m [Stmt]) {
        for stmt in body {
            if let StmtKind::Assign { targets, .. } = &stmt.kind {
                targets.iter().filter_map(place).for_each(|p| self.narrowing.forget(&p));
            }
            super::super::walk::blocks(stmt).into_iter().for_each(|b| self.forget_stored_places(b));
        }
    }

    fn while_loop(&mut self, condition: &'m Expr, body: &'m [Stmt], orelse: &'m [Stmt]) -> Outcome<()> {
        self.loop_body(Some(condition), None, body, orelse, |g| g.condition(condition))
    }

    fn for_loop(
        &mut self,
        target: &'m Expr,
        iter: &'m Expr,
        body: &'m [Stmt],
        orelse: &'m [Stmt],
    ) -> Outcome<()> {
        let source = self.expr(iter)?;
        let element = self.fresh();
        self.constrain(Constraint::Iterate { source, element }, iter.span);
        self.loop_body(None, Some(target), body, orelse, |g| g.store(target, element, false))
    }

    fn return_stmt(&mut self, value: Option<&'m Expr>, span: Span) -> Outcome<()> {
        let cell = match value {
            Some(value) => self.expr(value)?,
            None => self.facts.cells.none(),
        };
        let Some(id) = self.function else { return Ok(()) };
        let info = &self.facts.functions[id.0];
        let ret = info.ret;
        if info.node.is_generator {
            return Ok(());
        }
        self.flow(cell, ret, span);
        Ok(())
    }

    fn yield_stmt(&mut self, value: &'m Expr) -> Outcome<()> {
        let cell = self.expr(value)?;
        let Some(id) = self.function else { return Ok(()) };
        let ret = self.facts.functions[id.0].ret;
        let element = self.fresh();
        self.flow(cell, element, value.span);
        let list = self.of(Head::List(element));
        self.flow(list, ret, value.span);
        Ok(())
    }

    fn raise(&mut self, value: Option<&'m Expr>) -> Outcome<()> {
        let Some(value) = value else { return Ok(()) };
        match &value.kind {
            ExprKind::Call { callee, args, keywords } if keywords.is_empty() => {
                if let Some(class) = self.class_named(callee)?
                    && self.facts.find_method(&class, "__init__").is_some()
                {
                    return self.expr(value).map(drop);
                }
                args.iter().try_for_each(|a| self.expr(a).map(drop))
            }
            ExprKind::Library(_) => Ok(()),
            ExprKind::Name(name) => self.bind(name, Key::of(value), value.span).map(drop),
            _ => Err(Rejection::new("infer.raise", value.span, "What is raised is not a plain exception.")),
        }
    }

    fn try_block(
        &mut self,
        body: &'m [Stmt],
        handlers: &'m [Handler],
        orelse: &'m [Stmt],
        finally: &'m [Stmt],
    ) -> Outcome<()> {
        let before = self.narrowing.clone();
        self.block(body)?;
        self.block(orelse)?;
        let mut end = (!terminates(body)).then(|| self.narrowing.clone());
        let mut start = before;
        assigned_names(body).iter().for_each(|name| start.forget(name));
        for handler in handlers {
            self.narrowing = start.clone();
            if let Some(name) = &handler.binding {
                let binding = self.bind(name, Key::of(handler), handler.span)?;
                if let Binding::Variable(id) = binding {
                    let exception = self.of(Head::Exception);
                    let cell = self.facts.variables[id.0].cell;
                    self.flow(exception, cell, handler.span);
                }
            }
            self.block(&handler.body)?;
            if !terminates(&handler.body) {
                match &mut end {
                    Some(end) => end.meet(&self.narrowing),
                    None => end = Some(self.narrowing.clone()),
                }
            }
        }
        self.narrowing = end.unwrap_or(start);
        self.block(finally)
    }

    /// Makes the functions defined in a body known before the body is walked, so that they can call
    /// each other.
    pub(super) fn declare_nested(&mut self, body: &'m [Stmt]) -> Outcome<()> {
        for stmt in body {
            if let StmtKind::Function(f) = &stmt.kind {
                let id = self.declare_function(f, FunctionKind::Nested, None)?;
                let known = self.facts.scopes[self.scope.0].nested.insert(f.name.clone(), id);
                if known.is_some() {
                    return Err(rebound(&f.name, f.span));
                }
                self.facts.nested_at.insert(Key::of(&**f), id);
            }
            for block in super::super::walk::blocks(stmt) {
                self.declare_nested(block)?;
            }
        }
        Ok(())
    }

    fn nested_function(&mut self, f: &'m Function) -> Outcome<()> {
        match self.facts.nested_at.get(&Key::of(f)).copied() {
            Some(id) => self.function_body(id),
            None => Ok(()),
        }
    }

    // ---- isinstance

    /// The tests on types that decide the condition.
    pub(super) fn guards_of(&self, condition: &'m Expr) -> Tests<'m> {
        type_test(condition).into_iter().collect()
    }

    fn push_guards(&mut self, tests: &Tests<'m>, outcome: bool) -> Option<GuardId> {
        let mut guard = self.guard;
        for test in tests {
            let Some(cell) = self.facts.cell_of(test.value) else { continue };
            let holds = test.holds == outcome;
            self.facts.guards.push(Guard { outer: guard, cell, types: test.types.clone(), holds });
            guard = Some(GuardId(self.facts.guards.len() - 1));
        }
        guard
    }

    /// Runs `f` for the region in which the tests come out as `outcome`.
    pub(super) fn guarded<T>(
        &mut self,
        tests: &Tests<'m>,
        outcome: bool,
        f: impl FnOnce(&mut Self) -> Outcome<T>,
    ) -> Outcome<T> {
        let outer = self.guard;
        self.guard = self.push_guards(tests, outcome);
        let result = f(self);
        self.guard = outer;
        result
    }
}

pub(super) fn rebound(name: &str, span: Span) -> Rejection {
    let message = format!("The name `{name}` of a function or class is assigned again.");
    Rejection::new("infer.rebound-name", span, message)
}
