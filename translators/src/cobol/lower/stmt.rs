//! Statements.

use super::{BodyKind, Lower, Result, alias, reject};
use crate::cobol::layout::Shape;
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Stmt};
use crate::passes::effects::changes_first;
use grammars::Span;
use grammars::ir::visit::any_expr;
use grammars::ir::{self, BinaryOp, Block, ExprKind, IndexMode, Intrinsic, Overflow, Place, StmtKind, Type};

impl<'m> Lower<'m> {
    /// A block of the source.
    pub fn statements(&mut self, block: &'m [ir::Stmt]) -> Result<()> {
        for stmt in block {
            self.scoped(|this| this.statement(stmt))?;
        }
        Ok(())
    }

    fn statement(&mut self, stmt: &'m ir::Stmt) -> Result<()> {
        if self.body.is_some_and(|body| alias::shares(stmt, body, self.context.module)) {
            return reject("alias", stmt.span, "two names share an object that changes");
        }
        match &stmt.kind {
            StmtKind::Comment { text, .. } => {
                self.emit(Stmt::Comment(text.clone()));
                Ok(())
            }
            StmtKind::Assign { place, value } => self.assignment(place, value, stmt.span),
            StmtKind::AugAssign { place, op, overflow, value } => {
                self.augmented(place, *op, *overflow, value, stmt.span)
            }
            StmtKind::Expr(e) => self.effect(e),
            StmtKind::If { branches, orelse } => self.branches(branches, orelse),
            StmtKind::While { orelse, .. } | StmtKind::For { orelse, .. } if !orelse.is_empty() => {
                reject("loop-else", stmt.span, "the else of a loop has no COBOL form")
            }
            StmtKind::While { condition, body, .. } => self.while_loop(condition, body),
            StmtKind::For { pattern, iter, body, .. } => self.for_loop(pattern, iter, body, stmt.span),
            StmtKind::Loop { condition, update, body, test_last } => {
                self.c_loop(condition, update, body, *test_last)
            }
            StmtKind::Return(value) => self.return_value(value.as_ref()),
            StmtKind::Break => {
                self.emit(Stmt::ExitPerform);
                Ok(())
            }
            StmtKind::Continue => {
                self.emit(Stmt::ExitPerformCycle);
                Ok(())
            }
            StmtKind::Pass => Ok(()),
            StmtKind::Raise { kind, message } => self.raise(kind, message.as_ref(), stmt.span),
            StmtKind::Reraise => {
                reject("exception", stmt.span, "raise without an exception has no COBOL form")
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.try_block(body, handlers, (orelse, finally), stmt.span)
            }
            StmtKind::Assert { condition, message } => self.assertion(condition, message.as_ref(), stmt.span),
            StmtKind::ExpectRaise { kinds, body } => self.expect_raise(kinds, body, stmt.span),
            StmtKind::Function(function) => reject(
                "nested-function",
                stmt.span,
                format!("the nested function {} is not lifted", function.name),
            ),
        }
    }

    fn assignment(&mut self, place: &'m Place, value: &'m ir::Expr, span: Span) -> Result<()> {
        match place {
            Place::Tuple(places) => self.unpack(places, value),
            Place::Item { base, index, .. } if matches!(base.ty, Type::Dict(..)) => {
                self.assign_entry(base, index, value)
            }
            Place::Slice { base, start, stop } => {
                self.assign_slice(base, (start.as_ref(), stop.as_ref()), value, span)
            }
            _ => {
                let target = self.target_of(place, span)?;
                self.assign(&target, value)
            }
        }
    }

    /// The place that an assignment goes to; an item of a list must be there.
    fn target_of(&mut self, place: &Place, span: Span) -> Result<Loc> {
        match place {
            Place::Variable { name, ty } => self.variable(name, ty, span),
            Place::Item { base, index, .. } if matches!(base.ty, Type::Dict(..)) => {
                let table = self.stored(base)?;
                let position = self.entry_for(&table, index, None)?;
                match table.entry_value(position.into()) {
                    Some(value) => Ok(value),
                    None => reject("dict", span, "this value is not a dict"),
                }
            }
            Place::Item { base, index, mode } => {
                let table = self.stored(base)?;
                let position = self.list_position(&table, index, *mode)?;
                match (&table.node.shape, table.element(position)) {
                    (Shape::Table { .. }, Some(element)) => Ok(element),
                    _ => reject("index", span, "this item cannot be assigned"),
                }
            }
            Place::Field { object, field, .. } => self.field(object, field),
            Place::Slice { .. } => reject("slice", span, "a slice that is assigned has no COBOL form"),
            Place::Part(_) => reject("array", span, "an array of numbers has no COBOL form"),
            Place::Tuple(_) => reject("unpacking", span, "nested unpacking has no COBOL form"),
        }
    }

    /// `list[start:stop] = items`: what is before, the items, and what is behind.
    fn assign_slice(
        &mut self,
        base: &ir::Expr,
        (start, stop): (Option<&ir::Expr>, Option<&ir::Expr>),
        items: &ir::Expr,
        span: Span,
    ) -> Result<()> {
        let list = self.stored(base)?;
        let mut parts = Vec::new();
        let slice = |start: Option<&ir::Expr>, stop: Option<&ir::Expr>| {
            let kind = ExprKind::Slice {
                base: Box::new(base.clone()),
                start: start.cloned().map(Box::new),
                stop: stop.cloned().map(Box::new),
                step: None,
                bounds: ir::SliceBounds::default(),
            };
            ir::Expr::new(kind, base.ty.clone()).at(span)
        };
        if let (Some(start), Some(stop)) = (start, stop)
            && !super::slice::in_order(start, stop)
        {
            return reject("slice", span, "the bounds of this slice may be the wrong way round");
        }
        parts.extend(start.map(|start| slice(None, Some(start))));
        parts.push(items.clone());
        parts.extend(stop.map(|stop| slice(Some(stop), None)));
        let whole = parts.into_iter().reduce(|left, right| {
            let (left, right) = (Box::new(left), Box::new(right));
            let kind = ExprKind::Binary { op: BinaryOp::Concat, overflow: Overflow::Fits, left, right };
            ir::Expr::new(kind, base.ty.clone()).at(span)
        });
        whole.map_or(Ok(()), |whole| self.assign(&list, &whole))
    }

    /// `table[key] = value`, and the form that counts: `table[key] = table.get(key, 0) + 1`.
    fn assign_entry(&mut self, base: &ir::Expr, key: &ir::Expr, value: &ir::Expr) -> Result<()> {
        let place = self.stored(base)?;
        if let ExprKind::Binary { op, left, right, .. } = &value.kind
            && let ExprKind::Intrinsic { op: Intrinsic::GetOr, args } = &left.kind
            && args[0].kind == base.kind
            && args[1].kind == key.kind
        {
            return self.update_entry(&place, key, Some(&args[2]), *op, right);
        }
        self.put(&place, key, value)
    }

    /// `a, b = …`.
    fn unpack(&mut self, places: &'m [Place], value: &ir::Expr) -> Result<()> {
        let parts = match &value.kind {
            ExprKind::Tuple(parts) | ExprKind::List(parts) if parts.len() == places.len() => parts.clone(),
            _ if matches!(value.ty, Type::Tuple(_)) => self.tuple_parts(value)?,
            _ => self.items_of(value, places.len())?,
        };
        let mut targets = Vec::new();
        let mut records: Vec<String> = Vec::new();
        let mut ready = Vec::new();
        for (place, part) in places.iter().zip(&parts) {
            // What an earlier target overwrites is read before.
            let overwritten = records.iter().any(|record| self.reads_record(part, record));
            ready.push(if overwritten { self.next_value(part)? } else { part.clone() });
            if let Place::Variable { name, .. } = place
                && name == "_"
            {
                targets.push(None);
                continue;
            }
            let target = self.target_of(place, part.span)?;
            if target.subscripts.iter().any(|s| records.iter().any(|r| mentions(s, r))) {
                return reject("unpacking", part.span, "a target's position depends on an earlier target");
            }
            records.push(target.record.clone());
            targets.push(Some(target));
        }
        for (target, part) in targets.iter().zip(&ready) {
            if let Some(target) = target {
                self.assign(target, part)?;
            }
        }
        Ok(())
    }

    fn next_value(&mut self, part: &ir::Expr) -> Result<ir::Expr> {
        let wish = match part.ty {
            Type::Int | Type::Float => "NEXT-VALUE",
            Type::Str | Type::Char => "NEXT-TEXT",
            _ => "NEXT-ITEM",
        };
        let place = self.temp(wish, &part.ty, part.span)?;
        self.assign(&place, part)?;
        Ok(self.made_up(super::Var::Stored(place), part.ty.clone()))
    }

    /// The first items of a list or text as expressions.
    fn items_of(&mut self, value: &ir::Expr, count: usize) -> Result<Vec<ir::Expr>> {
        let sequence = self.sequence_of(value)?;
        (1..=count).map(|at| self.item_at(&sequence, Expr::int(at as i128))).collect()
    }

    fn augmented(
        &mut self,
        place: &'m Place,
        op: BinaryOp,
        overflow: Overflow,
        value: &'m ir::Expr,
        span: Span,
    ) -> Result<()> {
        if let Place::Item { base, index, .. } = place
            && matches!(base.ty, Type::Dict(..))
        {
            let table = self.stored(base)?;
            return self.update_entry(&table, index, None, op, value);
        }
        let target = self.target_of(place, span)?;
        if matches!(target.node.ty, Type::List(_)) && op == BinaryOp::Concat {
            return self.extend(&target, value);
        }
        let old = self.made_up(super::Var::Stored(target.clone()), target.node.ty.clone());
        let kind = ExprKind::Binary { op, overflow, left: Box::new(old), right: Box::new(value.clone()) };
        self.assign(&target, &ir::Expr::new(kind, target.node.ty.clone()).at(value.span))
    }

    fn branches(&mut self, branches: &'m [(ir::Expr, Block)], orelse: &'m Block) -> Result<()> {
        let Some(((first, block), rest)) = branches.split_first() else { return self.statements(orelse) };
        if rest.is_empty() {
            let cond = self.cond(first)?;
            let yes = self.block(|this| this.statements(block))?;
            let no = self.block(|this| this.statements(orelse))?;
            self.emit(Stmt::If(cond, yes, no));
            return Ok(());
        }
        let mut whens: Vec<(Cond, Vec<Stmt>)> = Vec::new();
        for (at, (condition, block)) in branches.iter().enumerate() {
            let (before, cond) = self.apart(|this| this.cond(condition))?;
            if at == 0 {
                self.out.extend(before);
            } else if !before.is_empty() {
                // What this condition needs may only run when the ones before failed.
                let other = self.block(|this| this.branches(&branches[at..], orelse))?;
                self.choice(whens, other);
                return Ok(());
            }
            let body = self.block(|this| this.statements(block))?;
            whens.push((cond, body));
        }
        let other = self.block(|this| this.statements(orelse))?;
        self.choice(whens, other);
        Ok(())
    }

    /// `IF` for one condition, `EVALUATE TRUE` for more.
    fn choice(&mut self, mut whens: Vec<(Cond, Vec<Stmt>)>, other: Vec<Stmt>) {
        if whens.len() == 1 {
            let (cond, body) = whens.remove(0);
            return self.emit(Stmt::If(cond, body, other));
        }
        self.emit(Stmt::Evaluate(whens, other));
    }

    fn return_value(&mut self, value: Option<&ir::Expr>) -> Result<()> {
        if let (Some(value), Some(result)) = (value, self.result.clone())
            && (value.ty != Type::None || matches!(result.node.ty, Type::Optional(_)))
        {
            self.assign(&result, value)?;
        }
        self.emit(if self.kind == BodyKind::Test { Stmt::ExitParagraph } else { Stmt::Goback });
        Ok(())
    }

    /// An expression for its effect.
    pub fn effect(&mut self, e: &ir::Expr) -> Result<()> {
        match &e.kind {
            ExprKind::Call { function, args } => self.call(function, args, None, e.span),
            ExprKind::Intrinsic { op, args } => self.change(op, args, e),
            ExprKind::Str(_) | ExprKind::None => Ok(()),
            _ => {
                self.stored(e)?;
                Ok(())
            }
        }
    }

    /// A library function that changes its first argument.
    fn change(&mut self, op: &Intrinsic, args: &[ir::Expr], e: &ir::Expr) -> Result<()> {
        if let Intrinsic::Print { sep, end } = op {
            return self.print(args, sep, end);
        }
        let Some(first) = args.first() else {
            return reject("library", e.span, "this call has no COBOL form");
        };
        if !changes_first(op) {
            self.stored(e)?;
            return Ok(());
        }
        if alias::gives_shared(first, self.context.module) {
            return reject("alias", first.span, "what is changed here is shared with another value");
        }
        let place = self.stored(first)?;
        match op {
            Intrinsic::Append => self.append(&place, &args[1]),
            Intrinsic::Extend => self.extend(&place, &args[1]),
            Intrinsic::Insert => {
                let count = self.count_of(&place, e.span)?;
                // The item may change the list itself, and with it what the position means.
                let changes = any_expr(&args[2], changes_something);
                let item = if changes { self.held(&args[2])? } else { args[2].clone() };
                let at = self.slice_bound("INSERT-POS", &count.into(), &args[1], false, false)?;
                self.insert_at(&place, at.offset(1), &item)
            }
            Intrinsic::Prepend => self.insert_at(&place, Expr::int(1), &args[1]),
            Intrinsic::Pop | Intrinsic::PopFirst => self.pop(None, op, args, e.span),
            Intrinsic::RemoveItem | Intrinsic::RemoveMember => {
                let (position, _) = self.search(&place, &args[1], "SEARCH-POS")?;
                self.remove_at(&place, position.into(), e.span)
            }
            Intrinsic::DeleteAt => {
                let position = self.list_position(&place, &args[1], IndexMode::Python)?;
                self.remove_at(&place, position, e.span)
            }
            Intrinsic::Reverse => self.reverse(&place, e.span),
            Intrinsic::Sort { reverse, key } => {
                let key = key.then(|| args[args.len() - 1].clone());
                self.sort_in_place(first, *reverse, key.as_ref())
            }
            Intrinsic::Clear => {
                self.empty(&place);
                Ok(())
            }
            Intrinsic::Add => self.add_member(&place, &args[1]),
            Intrinsic::AddAll => {
                let items = args[1].clone();
                self.iterate(&items, &mut |this, item, _| this.add_member(&place, &item))
            }
            Intrinsic::Discard => {
                let (position, found) = self.search(&place, &args[1], "SEARCH-POS")?;
                let removal = self.block(|this| this.remove_at(&place, position.into(), e.span))?;
                self.emit(Stmt::If(found, removal, Vec::new()));
                Ok(())
            }
            Intrinsic::PopKey => self.remove_key(None, args, args.len() > 2, e.span),
            Intrinsic::DeleteKey => self.remove_key(None, args, false, e.span),
            Intrinsic::SetDefault => self.entry_for(&place, &args[1], Some(&args[2])).map(|_| ()),
            Intrinsic::Update => {
                let pairs = ir::Expr::intrinsic(Intrinsic::Items, vec![args[1].clone()], Type::None);
                self.iterate(&pairs, &mut |this, item, _| {
                    let parts = this.tuple_parts(&item)?;
                    match parts.as_slice() {
                        [key, value] => this.put(&place, key, value),
                        _ => reject("dict", item.span, "a dict is updated from pairs"),
                    }
                })
            }
            Intrinsic::HeapPush => self.heap_push(first, &args[1]),
            Intrinsic::HeapPop => self.heap_pop(None, first, e.span),
            Intrinsic::Heapify => self.heapify(first),
            _ => reject("library", e.span, "this change of a container has no COBOL form"),
        }
    }
}

/// Whether an expression mentions the item `name`.
fn mentions(e: &Expr, name: &str) -> bool {
    match e {
        Expr::Ref(item) => item.name == name || item.subscripts.iter().any(|s| mentions(s, name)),
        Expr::Binary(_, left, right) => mentions(left, name) || mentions(right, name),
        Expr::Neg(inner) => mentions(inner, name),
        Expr::Function(_, args) => args.iter().any(|arg| mentions(arg, name)),
        _ => false,
    }
}

/// Whether evaluating an expression may change something besides its value.
fn changes_something(e: &ir::Expr) -> bool {
    match &e.kind {
        ExprKind::Intrinsic { op, .. } => changes_first(op),
        ExprKind::Call { .. } | ExprKind::CallValue { .. } => true,
        _ => false,
    }
}
