//! Lists and sets: building, changing and searching them.

use super::{Lower, Result, Var, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Ref, Relation, Stmt, Until};
use grammars::Span;
use grammars::ir::{self, BinaryOp, IndexMode, Intrinsic, Type};

impl<'m> Lower<'m> {
    /// The count of a table.
    pub fn count_of(&self, place: &Loc, span: Span) -> Result<Ref> {
        match place.count() {
            Some(count) => Ok(count),
            None => reject("table", span, "this value is not a table"),
        }
    }

    /// Removes all elements of a table or all characters of a text.
    pub fn empty(&mut self, place: &Loc) {
        if let Some(chars) = place.chars() {
            self.emit(Stmt::Move(Expr::Figurative("SPACES"), chars));
        }
        if let Some(count) = place.count() {
            self.emit(Stmt::Move(Expr::int(0), count));
        }
    }

    /// How many elements or characters fit at `place`.
    pub fn capacity(&self, place: &Loc) -> usize {
        self.capacity_of(&place.node.ty).unwrap_or(self.context.capacities.text)
    }

    /// Counts one element more; stops the run when the table is full, unless it is known to have room.
    pub fn grow(&mut self, place: &Loc, count: &Ref) {
        if !self.roomy.contains(&place.node.name) {
            let full = Expr::int(self.capacity(place) as i128);
            let stop = if place.chars().is_some() { self.text_overflow() } else { self.table_overflow() };
            self.emit(Stmt::If(Cond::relation(count.clone(), Relation::Ge, full), vec![stop], Vec::new()));
        }
        self.emit(Stmt::Add(Expr::int(1), count.clone()));
    }

    /// Runs `write`, in which `place` is known to have room if it is `roomy`.
    pub fn with_room<T>(
        &mut self,
        place: &Loc,
        roomy: bool,
        write: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let added = roomy && self.roomy.insert(place.node.name.clone());
        let written = write(self);
        if added {
            self.roomy.remove(&place.node.name);
        }
        written
    }

    /// Puts an element at the end of a list, or a character at the end of a text.
    pub fn append(&mut self, dest: &Loc, item: &ir::Expr) -> Result<()> {
        let count = self.count_of(dest, item.span)?;
        if let Some(chars) = dest.chars() {
            let text = self.text(item)?;
            self.grow(dest, &count);
            self.emit(Stmt::Move(text.operand, chars.slice(count.into(), Expr::int(1))));
            return Ok(());
        }
        let item =
            if self.reads_record(item, &dest.record) { self.readable(item.clone())? } else { item.clone() };
        let item = if self.reads_record(&item, &dest.record) { self.held(&item)? } else { item };
        self.grow(dest, &count);
        match dest.element(count.into()) {
            Some(element) => self.assign(&element, &item),
            None => reject("table", item.span, "this value is not a table"),
        }
    }

    /// A copy of a value in a scratch item.
    pub fn held(&mut self, item: &ir::Expr) -> Result<ir::Expr> {
        let place = self.temp("HELD-ITEM", &item.ty, item.span)?;
        self.assign(&place, item)?;
        Ok(self.made_up(Var::Stored(place), item.ty.clone()))
    }

    /// Stores a list or set that is written out.
    pub fn assign_items(&mut self, dest: &Loc, items: &[ir::Expr], e: &ir::Expr) -> Result<()> {
        if !items.is_empty() && self.reads_record(e, &dest.record) {
            let place = self.temp("NEXT-LIST", &dest.node.ty, e.span)?;
            self.assign_items(&place, items, e)?;
            self.copy(&place, dest);
            return Ok(());
        }
        if matches!(dest.node.ty, Type::Set(_)) && !distinct_literals(items) {
            self.empty(dest);
            return items.iter().try_for_each(|item| self.add_member(dest, item));
        }
        let count = self.count_of(dest, e.span)?;
        self.emit(Stmt::Move(Expr::int(items.len() as i128), count));
        for (at, item) in items.iter().enumerate() {
            if let Some(element) = dest.element(Expr::int(at as i128 + 1)) {
                self.assign(&element, item)?;
            }
        }
        Ok(())
    }

    /// Copies `length` elements from `start` on to an emptied list.
    pub fn copy_part(&mut self, source: &Loc, dest: &Loc, start: Expr, length: Expr) -> Result<()> {
        if source.record == dest.record {
            let held = self.temp("PART-LIST", &dest.node.ty, Span::default())?;
            self.copy_part(source, &held, start, length)?;
            self.copy(&held, dest);
            return Ok(());
        }
        let count = self.count_of(dest, Span::default())?;
        let length = self.settled("PART-LENGTH", length);
        let counter = self.position("COPY-POS");
        let from = start.offset(-1).plus(counter.clone().into());
        let (Some(target), Some(item)) = (dest.element(counter.clone().into()), source.element(from)) else {
            return reject("slice", Span::default(), "this value is not a table");
        };
        self.store_count(count.clone(), length);
        let until = Cond::relation(counter.clone(), Relation::Gt, count);
        let body = self.block(|this| {
            this.copy(&item, &target);
            Ok(())
        })?;
        self.emit(Stmt::Perform(
            Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until },
            body,
        ));
        Ok(())
    }

    /// Sets a count.
    pub fn store_count(&mut self, count: Ref, value: Expr) {
        match value {
            Expr::Number(_) | Expr::Ref(_) => self.emit(Stmt::Move(value, count)),
            value => self.compute(count, value, Vec::new()),
        }
    }

    /// Looks for an element; the position found is beyond the count where there is none.
    pub fn search(&mut self, place: &Loc, item: &ir::Expr, wish: &str) -> Result<(Ref, Cond)> {
        let count = self.count_of(place, item.span)?;
        let item = self.readable(item.clone())?;
        let counter = self.position(wish);
        let element = self.element_of(place, counter.clone().into());
        let (before, found) = self.apart(|this| this.equal(&element, &item))?;
        let beyond = Cond::relation(counter.clone(), Relation::Gt, count.clone());
        let (from, by) = (Expr::int(1), Expr::int(1));
        if before.is_empty() {
            let until = Cond::any(vec![beyond.clone(), found]);
            self.emit(Stmt::Perform(
                Until::Varying { counter: counter.clone(), from, by, until },
                vec![Stmt::Continue],
            ));
        } else {
            let mut body = before;
            body.push(Stmt::If(found, vec![Stmt::ExitPerform], Vec::new()));
            let until = Until::Varying { counter: counter.clone(), from, by, until: beyond.clone() };
            self.emit(Stmt::Perform(until, body));
        }
        Ok((counter.clone(), Cond::relation(counter, Relation::Le, count)))
    }

    /// `item in container`.
    pub fn contains(&mut self, container: &ir::Expr, item: &ir::Expr) -> Result<Cond> {
        if container.ty.is_text() {
            return self.contains_text(container, item);
        }
        let literal = match &container.kind {
            ir::ExprKind::List(items) | ir::ExprKind::Tuple(items) | ir::ExprKind::Set(items) => Some(items),
            _ => None,
        };
        if let Some(items) = literal.filter(|items| !items.is_empty() && items.len() <= 12) {
            let item = self.readable(item.clone())?;
            let same: Result<Vec<Cond>> = items.iter().map(|other| self.equal(&item, other)).collect();
            return Ok(Cond::any(same?));
        }
        if let ir::ExprKind::Range { start, stop, step } = &container.kind
            && step.as_int() == Some(1)
        {
            let (value, low, high) = (self.number(item)?, self.number(start)?, self.number(stop)?);
            let above = Cond::Relation(value.clone(), Relation::Ge, low);
            return Ok(Cond::all(vec![above, Cond::Relation(value, Relation::Lt, high)]));
        }
        match self.sequence_of(container)? {
            super::iterate::Sequence::Items(place) => Ok(self.search(&place, item, "SEARCH-POS")?.1),
            sequence => self.found_among(&sequence, item),
        }
    }

    /// Whether a sequence that is not stored has an item.
    fn found_among(&mut self, sequence: &super::iterate::Sequence, item: &ir::Expr) -> Result<Cond> {
        let flag = self.temp("FOUND", &Type::Bool, item.span)?;
        let item = self.readable(item.clone())?;
        let Some(found) = flag.condition() else { return Ok(Cond::constant(false)) };
        self.emit(Stmt::Set(found.clone(), false));
        let name = found.clone();
        self.iterate_sequence(sequence, &mut |this, element, _| {
            let same = this.equal(&element, &item)?;
            this.emit(Stmt::If(same, vec![Stmt::Set(name.clone(), true), Stmt::ExitPerform], Vec::new()));
            Ok(())
        })?;
        Ok(Cond::Name(found))
    }

    /// Adds a member to a set unless it is there.
    pub fn add_member(&mut self, set: &Loc, item: &ir::Expr) -> Result<()> {
        self.scoped(|this| {
            let item = this.readable(item.clone())?;
            let (_, found) = this.search(set, &item, "SEARCH-POS")?;
            let body = this.block(|this| this.append(set, &item))?;
            this.emit(Stmt::If(found.negated(), body, Vec::new()));
            Ok(())
        })
    }

    /// Removes the element at `position` by moving the following ones.
    pub fn remove_at(&mut self, place: &Loc, position: Expr, span: Span) -> Result<()> {
        let count = self.count_of(place, span)?;
        let position = self.atom("REMOVE-INDEX", position, span)?;
        let counter = self.position("MOVE-POS");
        let here = self.slot(place, counter.clone().into(), span)?;
        let next = self.slot(place, Expr::from(counter.clone()).offset(1), span)?;
        let until = Cond::relation(counter.clone(), Relation::Ge, count.clone());
        let until = Until::Varying { counter, from: position, by: Expr::int(1), until };
        self.emit(Stmt::Perform(until, vec![Stmt::Move(next.into(), here)]));
        self.emit(Stmt::Subtract(Expr::int(1), count));
        Ok(())
    }

    /// The element or entry at `position` as a whole.
    fn slot(&mut self, place: &Loc, position: Expr, span: Span) -> Result<Ref> {
        if let Some(entry) = place.entry(position.clone()) {
            return Ok(entry);
        }
        match place.element(position) {
            Some(element) => Ok(element.item()),
            None => reject("table", span, "this value is not a table"),
        }
    }

    /// Makes room at `position` and puts an element there.
    pub fn insert_at(&mut self, place: &Loc, position: Expr, item: &ir::Expr) -> Result<()> {
        let item = self.readable(item.clone())?;
        let item = if self.reads_record(&item, &place.record) { self.held(&item)? } else { item };
        let count = self.count_of(place, item.span)?;
        let position = self.settled("INSERT-POS", position);
        self.grow(place, &count);
        let counter = self.position("MOVE-POS");
        let here = self.slot(place, counter.clone().into(), item.span)?;
        let before = self.slot(place, Expr::from(counter.clone()).offset(-1), item.span)?;
        let until = Cond::relation(counter.clone(), Relation::Le, position.clone());
        let until = Until::Varying { counter, from: count.into(), by: Expr::int(-1), until };
        self.emit(Stmt::Perform(until, vec![Stmt::Move(before.into(), here)]));
        match place.element(position) {
            Some(element) => self.assign(&element, &item),
            None => reject("table", item.span, "this value is not a table"),
        }
    }

    /// Reverses a list in place by exchanging its ends.
    pub fn reverse(&mut self, place: &Loc, span: Span) -> Result<()> {
        let count = self.count_of(place, span)?;
        let (low, high) = (self.position("LEFT-POS"), self.position("RIGHT-POS"));
        let (Some(left), Some(right)) =
            (place.element(low.clone().into()), place.element(high.clone().into()))
        else {
            return reject("table", span, "this value is not a list");
        };
        let held = self.temp("HELD-ITEM", &left.node.ty, span)?;
        self.emit(Stmt::Move(count.into(), high.clone()));
        let body = self.block(|this| {
            this.copy(&left, &held);
            this.copy(&right, &left);
            this.copy(&held, &right);
            this.emit(Stmt::Subtract(Expr::int(1), high.clone()));
            Ok(())
        })?;
        let until = Cond::relation(low.clone(), Relation::Ge, high.clone());
        self.emit(Stmt::Perform(
            Until::Varying { counter: low, from: Expr::int(1), by: Expr::int(1), until },
            body,
        ));
        Ok(())
    }

    /// `place[index] …` where the index counts as in Python.
    pub fn list_position(&mut self, place: &Loc, index: &ir::Expr, mode: IndexMode) -> Result<Expr> {
        let count = self.count_of(place, index.span)?;
        self.index_position(count.into(), index, mode)
    }

    /// Stores the concatenation or repetition of lists, or an operation on sets.
    pub fn list_operation(
        &mut self,
        dest: &Loc,
        op: BinaryOp,
        left: &ir::Expr,
        right: &ir::Expr,
    ) -> Result<()> {
        match op {
            BinaryOp::Concat => {
                let in_place = self.place(left)?.is_some_and(|place| place == *dest);
                if self.reads_record(right, &dest.record)
                    || !in_place && self.reads_record(left, &dest.record)
                {
                    let place = self.temp("JOINED-LIST", &dest.node.ty, left.span)?;
                    self.list_operation(&place, op, left, right)?;
                    self.copy(&place, dest);
                    return Ok(());
                }
                if !in_place {
                    self.assign(dest, left)?;
                }
                self.extend(dest, right)
            }
            BinaryOp::Repeat => self.repeat_list(dest, left, right),
            BinaryOp::Union
            | BinaryOp::Intersection
            | BinaryOp::Difference
            | BinaryOp::SymmetricDifference => self.set_operation(dest, op, left, right),
            _ => reject("operator", left.span, "this operation on containers has no COBOL form"),
        }
    }

    /// Appends all items of an iterable.
    pub fn extend(&mut self, dest: &Loc, items: &ir::Expr) -> Result<()> {
        if let ir::ExprKind::List(items) = &items.kind {
            return items.iter().try_for_each(|item| self.append(dest, item));
        }
        let items = if self.reads_record(items, &dest.record) { self.held(items)? } else { items.clone() };
        self.iterate(&items, &mut |this, item, _| this.append(dest, &item))
    }

    fn repeat_list(&mut self, dest: &Loc, left: &ir::Expr, right: &ir::Expr) -> Result<()> {
        let times = self.simple_number("REPEAT-COUNT", right)?;
        let single = match &left.kind {
            ir::ExprKind::List(items) if items.len() == 1 => Some(items[0].clone()),
            _ => None,
        };
        let Some(item) = single else {
            let source = self.held(left)?;
            self.empty(dest);
            let body = self.block(|this| this.extend(dest, &source))?;
            let times = self.atom("REPEAT-TIMES", times, right.span)?;
            self.emit(Stmt::Perform(Until::Times(times), body));
            return Ok(());
        };
        let item = self.readable(item)?;
        let item = if self.reads_record(&item, &dest.record) { self.held(&item)? } else { item };
        self.fill(dest, times, &item)
    }

    /// A list of `times` equal items.
    pub fn fill(&mut self, dest: &Loc, times: Expr, item: &ir::Expr) -> Result<()> {
        let count = self.count_of(dest, item.span)?;
        let capacity = self.capacity(dest) as i128;
        if times.as_int().is_none_or(|n| n > capacity) {
            let stop = self.table_overflow();
            let full = Cond::Relation(times.clone(), Relation::Gt, Expr::int(capacity));
            self.emit(Stmt::If(full, vec![stop], Vec::new()));
        }
        let times = if self.times_never_negative(&times) {
            times
        } else {
            super::number::function("MAX", vec![Expr::int(0), times])
        };
        self.store_count(count.clone(), times);
        let counter = self.position("FILL-POS");
        let Some(element) = dest.element(counter.clone().into()) else {
            return reject("table", item.span, "this value is not a list");
        };
        let body = self.block(|this| this.assign(&element, item))?;
        let until = Cond::relation(counter.clone(), Relation::Gt, count);
        self.emit(Stmt::Perform(
            Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until },
            body,
        ));
        Ok(())
    }

    fn times_never_negative(&self, times: &Expr) -> bool {
        match times {
            Expr::Number(_) => times.as_int().is_some_and(|n| n >= 0),
            Expr::Ref(item) => item.name.ends_with("-COUNT") || item.name.ends_with("-LENGTH"),
            Expr::Binary(crate::cobol::tree::ArithOp::Add, left, right) => {
                self.times_never_negative(left) && self.times_never_negative(right)
            }
            _ => false,
        }
    }

    fn set_operation(&mut self, dest: &Loc, op: BinaryOp, left: &ir::Expr, right: &ir::Expr) -> Result<()> {
        if self.reads_record(left, &dest.record) || self.reads_record(right, &dest.record) {
            let place = self.temp("NEXT-SET", &dest.node.ty, left.span)?;
            self.set_operation(&place, op, left, right)?;
            self.copy(&place, dest);
            return Ok(());
        }
        if op == BinaryOp::Union {
            self.assign(dest, left)?;
            return self.iterate(right, &mut |this, item, _| this.add_member(dest, &item));
        }
        let (left, right) = (self.readable(left.clone())?, self.readable(right.clone())?);
        self.empty(dest);
        let wanted = op == BinaryOp::Intersection;
        self.with_room(dest, true, |this| this.members_of(dest, &left, &right, wanted))?;
        if op == BinaryOp::SymmetricDifference { self.members_of(dest, &right, &left, false) } else { Ok(()) }
    }

    /// Appends those members of `left` that are in `right`, or are not.
    fn members_of(&mut self, dest: &Loc, left: &ir::Expr, right: &ir::Expr, wanted: bool) -> Result<()> {
        self.iterate(left, &mut |this, item, _| {
            let found = this.contains(right, &item)?;
            let body = this.block(|this| this.append(dest, &item))?;
            this.emit(Stmt::If(if wanted { found } else { found.negated() }, body, Vec::new()));
            Ok(())
        })
    }

    /// Removes and returns, or only removes, an element of a list.
    pub fn pop(&mut self, dest: Option<&Loc>, op: &Intrinsic, args: &[ir::Expr], span: Span) -> Result<()> {
        let place = self.stored(&args[0])?;
        let count = self.count_of(&place, span)?;
        let position = match (op, args.get(1)) {
            (Intrinsic::PopFirst, _) => Expr::int(1),
            (_, Some(index)) => self.index_position(count.clone().into(), index, IndexMode::Python)?,
            _ => count.clone().into(),
        };
        let is_last = position == Expr::from(count.clone());
        let position = if is_last { position } else { self.settled("REMOVE-POS", position) };
        if let (Some(dest), Some(element)) = (dest, place.element(position.clone())) {
            self.copy(&element, dest);
        }
        if is_last {
            self.emit(Stmt::Subtract(Expr::int(1), count));
            return Ok(());
        }
        self.remove_at(&place, position, span)
    }
}

/// Whether the items are literals of which no two are equal.
fn distinct_literals(items: &[ir::Expr]) -> bool {
    let literal = |e: &ir::Expr| matches!(e.kind, ir::ExprKind::Int(_) | ir::ExprKind::Str(_));
    items
        .iter()
        .enumerate()
        .all(|(at, item)| literal(item) && items[..at].iter().all(|other| other.kind != item.kind))
}
