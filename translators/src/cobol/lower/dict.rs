//! Dicts: tables of entries that are searched by key.

use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Ref, Relation, Stmt};
use grammars::Span;
use grammars::ir::{self, BinaryOp, Type};

impl<'m> Lower<'m> {
    /// The value of a key that is there.
    pub fn looked_up(&mut self, base: &ir::Expr, key: &ir::Expr) -> Result<Loc> {
        let place = self.stored(base)?;
        let (position, _) = self.search(&place, key, "ENTRY-POS")?;
        self.value_at(&place, position, key.span)
    }

    fn value_at(&self, place: &Loc, position: Ref, span: Span) -> Result<Loc> {
        match place.entry_value(position.into()) {
            Some(value) => Ok(value),
            None => reject("dict", span, "this value is not a dict"),
        }
    }

    /// Stores a dict that is written out.
    pub fn assign_entries(
        &mut self,
        dest: &Loc,
        entries: &[(ir::Expr, ir::Expr)],
        e: &ir::Expr,
    ) -> Result<()> {
        if !entries.is_empty() && self.reads_record(e, &dest.record) {
            let place = self.temp("NEXT-TABLE", &dest.node.ty, e.span)?;
            self.assign_entries(&place, entries, e)?;
            self.copy(&place, dest);
            return Ok(());
        }
        let literal = |e: &ir::Expr| matches!(e.kind, ir::ExprKind::Int(_) | ir::ExprKind::Str(_));
        let distinct = entries.iter().enumerate().all(|(at, (key, _))| {
            literal(key) && entries[..at].iter().all(|(other, _)| other.kind != key.kind)
        });
        if !distinct {
            self.empty(dest);
            return entries.iter().try_for_each(|(key, value)| self.put(dest, key, value));
        }
        let count = self.count_of(dest, e.span)?;
        self.emit(Stmt::Move(Expr::int(entries.len() as i128), count));
        for (at, (key, value)) in entries.iter().enumerate() {
            let position = Expr::int(at as i128 + 1);
            if let (Some(key_place), Some(value_place)) =
                (dest.element(position.clone()), dest.entry_value(position))
            {
                self.assign(&key_place, key)?;
                self.assign(&value_place, value)?;
            }
        }
        Ok(())
    }

    /// `place[key] = value`.
    pub fn put(&mut self, place: &Loc, key: &ir::Expr, value: &ir::Expr) -> Result<()> {
        self.scoped(|this| {
            let value =
                if this.reads_record(value, &place.record) { this.held(value)? } else { value.clone() };
            let position = this.entry_for(place, key, None)?;
            let target = this.value_at(place, position, key.span)?;
            this.assign(&target, &value)
        })
    }

    /// The position of the entry for `key`, made if it is absent; `initial` is then its value.
    pub fn entry_for(&mut self, place: &Loc, key: &ir::Expr, initial: Option<&ir::Expr>) -> Result<Ref> {
        let key = self.readable(key.clone())?;
        let (position, found) = self.search(place, &key, "ENTRY-POS")?;
        let count = self.count_of(place, key.span)?;
        let new = self.block(|this| {
            this.grow(place, &count);
            if let Some(target) = place.element(position.clone().into()) {
                this.assign(&target, &key)?;
            }
            if let (Some(initial), Some(target)) = (initial, place.entry_value(position.clone().into())) {
                this.assign(&target, initial)?;
            }
            Ok(())
        })?;
        self.emit(Stmt::If(found.negated(), new, Vec::new()));
        Ok(position)
    }

    /// `dict.get(key, default)`; without default the result is optional.
    pub fn get(&mut self, dest: &Loc, args: &[ir::Expr], span: Span) -> Result<()> {
        let place = self.stored(&args[0])?;
        let (position, found) = self.search(&place, &args[1], "ENTRY-POS")?;
        let value = self.value_at(&place, position, span)?;
        let there = self.block(|this| match (args.get(2), dest.option()) {
            (None, Some((present, inner))) => {
                this.copy(&value, &inner);
                this.emit(Stmt::Set(present, true));
                Ok(())
            }
            _ => {
                this.copy(&value, dest);
                Ok(())
            }
        })?;
        let absent = self.block(|this| match (args.get(2), dest.option()) {
            (Some(default), _) => this.assign(dest, default),
            (None, Some((present, _))) => {
                this.emit(Stmt::Set(present, false));
                Ok(())
            }
            _ => reject("dict", span, "a missing key has no value to take"),
        })?;
        self.emit(Stmt::If(found, there, absent));
        Ok(())
    }

    /// `place[key] op= value`, and the common `place[key] = place.get(key, start) op value`.
    pub fn update_entry(
        &mut self,
        place: &Loc,
        key: &ir::Expr,
        initial: Option<&ir::Expr>,
        op: BinaryOp,
        value: &ir::Expr,
    ) -> Result<()> {
        self.scoped(|this| {
            let value =
                if this.reads_record(value, &place.record) { this.held(value)? } else { value.clone() };
            let position = match initial {
                Some(_) => this.entry_for(place, key, initial)?,
                None => this.search(place, key, "ENTRY-POS")?.0,
            };
            let target = this.value_at(place, position, key.span)?;
            this.assign_operation(&target, op, &value)
        })
    }

    /// Removes a key; the value goes to `dest` if asked for.
    pub fn remove_key(
        &mut self,
        dest: Option<&Loc>,
        args: &[ir::Expr],
        discard: bool,
        span: Span,
    ) -> Result<()> {
        let place = self.stored(&args[0])?;
        let (position, found) = self.search(&place, &args[1], "ENTRY-POS")?;
        let removal = self.block(|this| {
            if let (Some(dest), Some(value)) = (dest, place.entry_value(position.clone().into())) {
                this.copy(&value, dest);
            }
            this.remove_at(&place, position.clone().into(), span)
        })?;
        match (dest, args.get(2)) {
            (Some(dest), Some(default)) => {
                let absent = self.block(|this| this.assign(dest, default))?;
                self.emit(Stmt::If(found, removal, absent));
            }
            _ if discard => self.emit(Stmt::If(found, removal, Vec::new())),
            _ => self.out.extend(removal),
        }
        Ok(())
    }

    /// Equality of sets or dicts, whatever their order.
    pub fn equal_tables(&mut self, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        if let Some(cond) = self.equal_to_entries(left, right)? {
            return Ok(cond);
        }
        let (a, b) = (self.stored(left)?, self.stored(right)?);
        let (a_count, b_count) = (self.count_of(&a, left.span)?, self.count_of(&b, right.span)?);
        let flag = self.temp("MATCHING", &Type::Bool, left.span)?;
        let Some(same) = flag.condition() else { return Ok(Cond::constant(false)) };
        let (yes, no) = (Stmt::Set(same.clone(), true), Stmt::Set(same.clone(), false));
        self.emit(Stmt::If(Cond::relation(a_count, Relation::Eq, b_count), vec![yes], vec![no.clone()]));
        let sequence = super::iterate::Sequence::Items(a.clone());
        let name = same.clone();
        self.iterate_sequence(&sequence, &mut |this, item, position| {
            let (place, found) = this.search(&b, &item, "SEARCH-POS")?;
            let values = (position.and_then(|p| a.entry_value(p)), b.entry_value(place.into()));
            let differ = match values {
                (Some(x), Some(y)) => {
                    let (x_ty, y_ty) = (x.node.ty.clone(), y.node.ty.clone());
                    let x = this.made_up(super::Var::Stored(x), x_ty);
                    let y = this.made_up(super::Var::Stored(y), y_ty);
                    let same = this.equal(&x, &y)?;
                    Cond::any(vec![found.negated(), same.negated()])
                }
                _ => found.negated(),
            };
            this.emit(Stmt::If(differ, vec![Stmt::Set(name.clone(), false), Stmt::ExitPerform], Vec::new()));
            Ok(())
        })?;
        Ok(Cond::Name(same))
    }

    /// A set or dict against an empty literal.
    fn equal_to_entries(&mut self, left: &ir::Expr, right: &ir::Expr) -> Result<Option<Cond>> {
        let empty = match &right.kind {
            ir::ExprKind::Dict(entries) => entries.is_empty(),
            ir::ExprKind::Set(items) => items.is_empty(),
            _ => false,
        };
        if !empty {
            return Ok(None);
        }
        let place = self.stored(left)?;
        let count = self.count_of(&place, left.span)?;
        Ok(Some(Cond::relation(count, Relation::Eq, Expr::int(0))))
    }
}
