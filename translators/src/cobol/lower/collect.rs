//! Comprehensions, and lists and sets made from what can be iterated.

use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use grammars::ir::{self, Clause, ExprKind, Type};

impl<'m> Lower<'m> {
    /// Stores a comprehension.
    pub fn collect(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        if self.reads_record(e, &dest.record) || !dest.is_record() && uses_tables(e) {
            let place = self.temp("COLLECTED-LIST", &dest.node.ty, e.span)?;
            if place != *dest {
                self.collect_into(&place, e)?;
                self.copy(&place, dest);
                return Ok(());
            }
        }
        self.collect_into(dest, e)
    }

    fn collect_into(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        self.empty(dest);
        match &e.kind {
            ExprKind::Comprehension { element, clauses } => {
                let roomy = self.one_by_one(dest, clauses);
                self.with_room(dest, roomy, |this| {
                    this.clauses(clauses, &mut |this| this.scoped(|this| this.append(dest, element)))
                })
            }
            ExprKind::SetComprehension { element, clauses } => {
                let roomy = self.one_by_one(dest, clauses);
                self.with_room(dest, roomy, |this| {
                    this.clauses(clauses, &mut |this| this.add_member(dest, element))
                })
            }
            ExprKind::DictComprehension { key, value, clauses } => {
                let roomy = self.one_by_one(dest, clauses);
                self.with_room(dest, roomy, |this| {
                    this.clauses(clauses, &mut |this| this.put(dest, key, value))
                })
            }
            _ => reject("comprehension", e.span, "this is not a comprehension"),
        }
    }

    /// Whether each clause's iterable is a stored one with no more items than fit in `dest`.
    fn one_by_one(&self, dest: &Loc, clauses: &[Clause]) -> bool {
        let [clause] = clauses else { return false };
        let room = self.capacity(dest);
        self.most_items(&clause.iter).is_some_and(|most| most <= room)
    }

    /// Stores the items of an iterable in a list or set.
    pub fn collect_from(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        if source.ty == dest.node.ty {
            return self.assign(dest, source);
        }
        if self.reads_record(source, &dest.record) || !dest.is_record() {
            let place = self.temp("COLLECTED-LIST", &dest.node.ty, source.span)?;
            if place != *dest {
                self.collect_from(&place, source)?;
                self.copy(&place, dest);
                return Ok(());
            }
        }
        self.empty(dest);
        let is_set = matches!(dest.node.ty, Type::Set(_));
        let roomy = self.most_items(source).is_some_and(|most| most <= self.capacity(dest));
        self.with_room(dest, roomy, |this| {
            this.iterate(source, &mut |this, item, _| {
                if is_set {
                    this.add_member(dest, &item)
                } else {
                    this.scoped(|this| this.append(dest, &item))
                }
            })
        })
    }
}

/// Whether the elements of a comprehension are tables of their own.
fn uses_tables(e: &ir::Expr) -> bool {
    match &e.kind {
        ExprKind::Comprehension { element, .. } => {
            !matches!(element.ty, Type::Int | Type::Float | Type::Bool)
        }
        _ => true,
    }
}
