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
            return self.sorted_by(dest, iter, reverse, key);
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
        let mut keys = Vec::new();
        if !sort_keys(item, &mut keys) {
            return reject("sort", span, format!("a list of {} is not sorted in COBOL", item.ty));
        }
        let table = match item.shape {
            Shape::Elementary | Shape::Flag(_) => self.entry_group(&place.node),
            _ => item.name.clone(),
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

    /// Sorts by a key: keys and items side by side, with their order so that equal keys keep it.
    fn sorted_by(&mut self, dest: &Loc, iter: &ir::Expr, reverse: bool, key: &ir::Expr) -> Result<()> {
        let key_ty = match (&key.kind, &key.ty) {
            (ir::ExprKind::Lambda { body, .. }, _) => body.ty.clone(),
            (_, Type::Function { ret, .. }) => (**ret).clone(),
            _ => return reject("sort", key.span, "the type of this key is unknown"),
        };
        let item_ty = dest.node.ty.element().unwrap_or(Type::Int);
        let table = self.sort_table(&key_ty, &item_ty, iter.span)?;
        let Shape::Table { item: entry, .. } = &table.node.shape else { return Ok(()) };
        let Shape::Parts(parts) = &entry.shape else { return Ok(()) };
        let mut keys = Vec::new();
        if !sort_keys(&parts[0], &mut keys) {
            return reject("sort", key.span, format!("values of type {key_ty} are not sorted in COBOL"));
        }
        let mut keys: Vec<(String, bool)> = keys.into_iter().map(|name| (name, !reverse)).collect();
        keys.push((parts[1].name.clone(), true));
        let entry_name = entry.name.clone();
        let source =
            if iter.ty == dest.node.ty { iter.clone() } else { self.held_list(iter, &dest.node.ty)? };
        self.fill_sort_table(&table, &source, key)?;
        self.emit(Stmt::Sort { table: entry_name, keys });
        self.take_sorted(&table, dest, iter.span)
    }

    fn held_list(&mut self, iter: &ir::Expr, ty: &Type) -> Result<ir::Expr> {
        let place = self.temp("UNSORTED-LIST", ty, iter.span)?;
        self.collect_from(&place, iter)?;
        Ok(self.made_up(Var::Stored(place), ty.clone()))
    }

    /// A table of keys, positions and items.
    fn sort_table(&mut self, key: &Type, item: &Type, span: Span) -> Result<Loc> {
        let unstorable = |ty: &Type| super::unstorable(ty, span);
        let ty = Type::Tuple(vec![key.clone(), Type::Int, item.clone()]);
        let name = self.names.fresh("SORT-TABLE", "TABLE");
        let count = self.names.fresh("SORT-COUNT", "COUNT");
        let entry = self.names.fresh("SORT-ENTRY", "ENTRY");
        let key = node(&mut self.names, "SORT-KEY", key).ok_or_else(|| unstorable(key))?;
        let order = node(&mut self.names, "SORT-ORDER", &Type::Int).ok_or_else(|| unstorable(&Type::Int))?;
        let item = node(&mut self.names, "SORT-ITEM", item).ok_or_else(|| unstorable(item))?;
        let entry = Node { name: entry, ty: ty.clone(), shape: Shape::Parts(vec![key, order, item]) };
        let shape = Shape::Table { count, item: Box::new(entry) };
        let table = Node { name, ty: Type::list(ty), shape };
        self.storage.push(table.clone());
        Ok(Loc::record(table))
    }

    fn fill_sort_table(&mut self, table: &Loc, source: &ir::Expr, key: &ir::Expr) -> Result<()> {
        let count = self.count_of(table, source.span)?;
        let roomy = self.most_items(source).is_some_and(|most| most <= self.capacity(table));
        self.emit(Stmt::Move(Expr::int(0), count.clone()));
        self.iterate(source, &mut |this, item, _| {
            let item = this.readable(item)?;
            let value = this.applied(key, std::slice::from_ref(&item))?;
            this.grow(table, &count, roomy);
            let Some(entry) = table.element(count.clone().into()) else { return Ok(()) };
            if let (Some(key_place), Some(order), Some(item_place)) =
                (entry.part(0), entry.part(1), entry.part(2))
            {
                this.assign(&key_place, &value)?;
                this.emit(Stmt::Move(count.clone().into(), order.item()));
                this.assign(&item_place, &item)?;
            }
            Ok(())
        })
    }

    fn take_sorted(&mut self, table: &Loc, dest: &Loc, span: Span) -> Result<()> {
        let counter = self.position("SORTED-POS");
        let (from, to) = (self.count_of(table, span)?, self.count_of(dest, span)?);
        self.emit(Stmt::Move(from.clone().into(), to));
        let item = table.element(counter.clone().into()).and_then(|entry| entry.part(2));
        let (Some(item), Some(target)) = (item, dest.element(counter.clone().into())) else { return Ok(()) };
        let body = vec![Stmt::Move(item.item().into(), target.item())];
        let until = Cond::relation(counter.clone(), Relation::Gt, from);
        self.emit(Stmt::Perform(
            Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until },
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

/// The items that put values of an item's type in order; `false` where there are none.
fn sort_keys(item: &Node, keys: &mut Vec<String>) -> bool {
    match &item.shape {
        Shape::Elementary | Shape::Flag(_) => {
            keys.push(item.name.clone());
            true
        }
        Shape::Text { length, chars } => {
            keys.extend([chars.clone(), length.clone()]);
            true
        }
        Shape::Parts(parts) => parts.iter().all(|part| sort_keys(part, keys)),
        _ => false,
    }
}
