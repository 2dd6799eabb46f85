//! Sorting with `SORT` of a table.

use super::{Lower, Result, Var, reject};
use crate::cobol::layout::{Node, Shape, node};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Relation, Stmt, Until};
use grammars::Span;
use grammars::ir::{self, Type};

impl<'m> Lower<'m> {
    /// Stores the items of `iter` in order.
    pub fn sorted(
        &mut self,
        dest: &Loc,
        iter: &ir::Expr,
        reverse: bool,
        key: Option<&ir::Expr>,
    ) -> Result<()> {
        if let Some(key) = key {
            return self.sorted_by(dest, iter, reverse, Some(key));
        }
        if !dest.is_record() {
            let place = self.temp("SORTED-LIST", &dest.node.ty, iter.span)?;
            self.sorted(&place, iter, reverse, None)?;
            self.copy(&place, dest);
            return Ok(());
        }
        self.collect_from(dest, iter)?;
        self.sort_record(dest, reverse, iter.span)
    }

    /// Sorts a record that is a table.
    fn sort_record(&mut self, place: &Loc, reverse: bool, span: Span) -> Result<()> {
        let Shape::Table { item, .. } = &place.node.shape else {
            return reject("sort", span, "this value is not a list");
        };
        let (table, keys) = match &item.shape {
            Shape::Elementary | Shape::Flag(_) => (self.entry_group(&place.node), vec![item.name.clone()]),
            Shape::Text { length, chars } => (item.name.clone(), vec![chars.clone(), length.clone()]),
            Shape::Parts(parts) if parts.iter().all(is_elementary) => {
                (item.name.clone(), parts.iter().map(|part| part.name.clone()).collect())
            }
            _ => {
                let list = self.made_up(Var::Stored(place.clone()), place.node.ty.clone());
                return self.sorted_by(place, &list, reverse, None);
            }
        };
        self.emit(Stmt::Sort { table, keys: keys.into_iter().map(|key| (key, !reverse)).collect() });
        Ok(())
    }

    /// The group around the elements of a table of elementary items, which `SORT` needs.
    fn entry_group(&mut self, table: &Node) -> String {
        if let Some(name) = self.sort_entries.get(&table.name) {
            return name.clone();
        }
        let base = crate::cobol::names::singular(&table.name);
        let name = self.names.fresh(&format!("{base}-ENTRY"), "ENTRY");
        self.sort_entries.insert(table.name.clone(), name.clone());
        name
    }

    /// Sorts by a key (by the items themselves without one): keys and items side by side, with
    /// their order so that equal keys keep it.
    fn sorted_by(
        &mut self,
        dest: &Loc,
        iter: &ir::Expr,
        reverse: bool,
        key: Option<&ir::Expr>,
    ) -> Result<()> {
        let item_ty = dest.node.ty.element().unwrap_or(Type::Int);
        let key_ty = match key.map(|key| (&key.kind, &key.ty)) {
            None => item_ty.clone(),
            Some((ir::ExprKind::Lambda { body, .. }, _)) => body.ty.clone(),
            Some((_, Type::Function { ret, .. })) => (**ret).clone(),
            Some(_) => return reject("sort", iter.span, "the type of this key is unknown"),
        };
        if !has_key_fields(&key_ty) {
            self.collect_from(dest, iter)?;
            return self.insertion_sort(dest, reverse, key, iter.span);
        }
        let table = self.sort_table(&key_ty, &item_ty, iter.span)?;
        let Shape::Table { item: entry, .. } = &table.node.shape else { return Ok(()) };
        let Shape::Parts(parts) = &entry.shape else { return Ok(()) };
        let (order, fields) = (parts.len() - 2, &parts[..parts.len() - 2]);
        let mut keys: Vec<(String, bool)> =
            fields.iter().map(|field| (field.name.clone(), !reverse)).collect();
        keys.push((parts[order].name.clone(), true));
        let entry_name = entry.name.clone();
        self.fill_sort_table(&table, iter, key)?;
        self.emit(Stmt::Sort { table: entry_name, keys });
        self.take_sorted(&table, order + 1, dest, iter.span)
    }

    /// A table of keys, positions and items. `SORT` takes keys right below the entry only.
    fn sort_table(&mut self, key: &Type, item: &Type, span: Span) -> Result<Loc> {
        let name = self.names.fresh("SORT-TABLE", "TABLE");
        let count = self.names.fresh("SORT-COUNT", "COUNT");
        let entry = self.names.fresh("SORT-ENTRY", "ENTRY");
        let mut parts = Vec::new();
        if !self.key_fields("SORT-KEY", key, &mut parts) {
            return reject("sort", span, format!("values of type {key} are not sorted in COBOL"));
        }
        let order = self.names.fresh("ORIGINAL-ORDER", "ORDER");
        parts.push(Node { name: order, ty: Type::Int, shape: Shape::Position });
        parts.push(node(&mut self.names, "SORT-ITEM", item).ok_or_else(|| super::unstorable(item, span))?);
        let ty = Type::Tuple(vec![key.clone(), Type::Int, item.clone()]);
        let entry = Node { name: entry, ty: ty.clone(), shape: Shape::Parts(parts) };
        let shape = Shape::Table { count, item: Box::new(entry) };
        let table = Node { name, ty: Type::list(ty), shape };
        self.storage.push(table.clone());
        Ok(Loc::record(table))
    }

    /// Elementary items that put values of a type in order; `false` where there are none.
    fn key_fields(&mut self, wish: &str, ty: &Type, fields: &mut Vec<Node>) -> bool {
        match ty {
            Type::Int | Type::Float | Type::Char => {
                let name = self.names.fresh(wish, "KEY");
                fields.push(Node { name, ty: ty.clone(), shape: Shape::Elementary });
                true
            }
            Type::Bool => {
                let name = self.names.fresh(wish, "KEY");
                fields.push(Node { name, ty: ty.clone(), shape: Shape::Edited("PIC 9".to_string()) });
                true
            }
            Type::Str => {
                let picture = format!("PIC X({})", self.context.capacities.text);
                let name = self.names.fresh(wish, "KEY");
                fields.push(Node { name, ty: ty.clone(), shape: Shape::Edited(picture) });
                let length = self.names.fresh(&format!("{wish}-LENGTH"), "LENGTH");
                fields.push(Node { name: length, ty: Type::Int, shape: Shape::Position });
                true
            }
            Type::Tuple(parts) => parts
                .iter()
                .enumerate()
                .all(|(at, part)| self.key_fields(&format!("{wish}-{}", at + 1), part, fields)),
            _ => false,
        }
    }

    /// Stores a key in its elementary items.
    fn store_key(&mut self, key: &ir::Expr, fields: &mut std::vec::IntoIter<Loc>) -> Result<()> {
        match &key.ty {
            Type::Tuple(_) => self.tuple_parts(key)?.iter().try_for_each(|part| self.store_key(part, fields)),
            Type::Str => {
                let text = self.text(key)?;
                if let (Some(chars), Some(length)) = (fields.next(), fields.next()) {
                    self.emit(Stmt::Move(text.padded(), chars.item()));
                    self.store_count(length.item(), text.length);
                }
                Ok(())
            }
            Type::Bool => {
                let flag = self.stored(key)?;
                fields
                    .next()
                    .iter()
                    .for_each(|field| self.emit(Stmt::Move(flag.item().into(), field.item())));
                Ok(())
            }
            _ => fields.next().map_or(Ok(()), |field| self.assign(&field, key)),
        }
    }

    fn fill_sort_table(&mut self, table: &Loc, source: &ir::Expr, key: Option<&ir::Expr>) -> Result<()> {
        let count = self.count_of(table, source.span)?;
        let roomy = self.most_items(source).is_some_and(|most| most <= self.capacity(table));
        self.emit(Stmt::Move(Expr::int(0), count.clone()));
        self.iterate(source, &mut |this, item, _| {
            let item = this.readable(item)?;
            let value = match key {
                Some(key) => this.applied(key, std::slice::from_ref(&item))?,
                None => item.clone(),
            };
            this.with_room(table, roomy, |this| {
                this.grow(table, &count);
                Ok(())
            })?;
            let Some(entry) = table.element(count.clone().into()) else { return Ok(()) };
            let mut parts: Vec<Loc> = (0..).map_while(|at| entry.part(at)).collect();
            let (Some(item_place), Some(order)) = (parts.pop(), parts.pop()) else { return Ok(()) };
            this.store_key(&value, &mut parts.into_iter())?;
            this.emit(Stmt::Move(count.clone().into(), order.item()));
            this.assign(&item_place, &item)
        })
    }

    fn take_sorted(&mut self, table: &Loc, at: usize, dest: &Loc, span: Span) -> Result<()> {
        let counter = self.position("SORTED-POS");
        let (from, to) = (self.count_of(table, span)?, self.count_of(dest, span)?);
        self.emit(Stmt::Move(from.clone().into(), to));
        let item = table.element(counter.clone().into()).and_then(|entry| entry.part(at));
        let (Some(item), Some(target)) = (item, dest.element(counter.clone().into())) else { return Ok(()) };
        let body = vec![Stmt::Move(item.item().into(), target.item())];
        let until = Cond::relation(counter.clone(), Relation::Gt, from);
        self.emit(Stmt::Perform(
            Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until },
            body,
        ));
        Ok(())
    }

    /// Sorts a list whose items `SORT` has no keys for: each is moved up to its place.
    fn insertion_sort(
        &mut self,
        list: &Loc,
        reverse: bool,
        key: Option<&ir::Expr>,
        span: Span,
    ) -> Result<()> {
        let count = self.count_of(list, span)?;
        let (next, gap) = (self.position("NEXT-POS"), self.position("GAP-POS"));
        let before = Expr::from(gap.clone()).offset(-1);
        let (Some(taken), Some(target), Some(earlier)) = (
            list.element(next.clone().into()),
            list.element(gap.clone().into()),
            list.element(before.clone()),
        ) else {
            return reject("sort", span, "this value is not a list");
        };
        let held = self.temp("HELD-ITEM", &taken.node.ty, span)?;
        let item = self.made_up(Var::Stored(held.clone()), taken.node.ty.clone());
        let other = self.element_of(list, before);
        let body = self.block(|this| {
            this.copy(&taken, &held);
            this.emit(Stmt::Move(next.clone().into(), gap.clone()));
            let shift = this.block(|this| {
                let op = if reverse { ir::CompareOp::Gt } else { ir::CompareOp::Lt };
                let (a, b) = match key {
                    Some(key) => (
                        this.applied(key, std::slice::from_ref(&item))?,
                        this.applied(key, std::slice::from_ref(&other))?,
                    ),
                    None => (item.clone(), other.clone()),
                };
                let moves = this.cond(&ir::Expr::compare(op, a, b))?;
                this.emit(Stmt::If(moves.negated(), vec![Stmt::ExitPerform], Vec::new()));
                this.copy(&earlier, &target);
                this.emit(Stmt::Subtract(Expr::int(1), gap.clone()));
                Ok(())
            })?;
            let until = Until::Before(Cond::relation(gap.clone(), Relation::Eq, Expr::int(1)));
            this.emit(Stmt::Perform(until, shift));
            this.copy(&held, &target);
            Ok(())
        })?;
        let until = Cond::relation(next.clone(), Relation::Gt, count);
        self.emit(Stmt::Perform(
            Until::Varying { counter: next, from: Expr::int(2), by: Expr::int(1), until },
            body,
        ));
        Ok(())
    }

    /// `list.sort`.
    pub fn sort_in_place(&mut self, list: &ir::Expr, reverse: bool, key: Option<&ir::Expr>) -> Result<()> {
        let place = self.stored(list)?;
        self.sorted(&place, list, reverse, key)
    }
}

/// Whether `SORT` can put values of a type in order by elementary items.
fn has_key_fields(ty: &Type) -> bool {
    match ty {
        Type::Int | Type::Float | Type::Char | Type::Bool | Type::Str => true,
        Type::Tuple(parts) => parts.iter().all(has_key_fields),
        _ => false,
    }
}

/// Whether an item can be a key itself.
fn is_elementary(item: &Node) -> bool {
    matches!(item.shape, Shape::Elementary | Shape::Flag(_))
}
