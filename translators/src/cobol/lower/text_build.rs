//! Texts that are put together: concatenation, repetition, joining, replacing.

use super::text::{Text, text_at};
use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Ref, Relation, Stmt, Until};
use grammars::Span;
use grammars::ir::{self, BinaryOp, ExprKind, Type};

impl<'m> Lower<'m> {
    /// Stores a concatenation.
    pub fn concat(&mut self, dest: &Loc, e: &ir::Expr) -> Result<()> {
        let mut operands = Vec::new();
        flatten(e, &mut operands);
        let first_place = self.place(operands[0])?;
        let appends = first_place.as_ref() == Some(dest);
        let rest = if appends { &operands[1..] } else { &operands[..] };
        if rest.iter().any(|operand| self.reads_record(operand, &dest.record)) {
            let place = self.temp("JOINED-TEXT", &Type::Str, e.span)?;
            let texts = self.texts(rest)?;
            if appends {
                self.copy(dest, &place);
            }
            self.write_texts(&place, texts, appends);
            self.copy(&place, dest);
            return Ok(());
        }
        let texts = self.texts(rest)?;
        self.write_texts(dest, texts, appends);
        Ok(())
    }

    fn texts(&mut self, operands: &[&ir::Expr]) -> Result<Vec<Text>> {
        let texts: Result<Vec<Text>> = operands.iter().map(|operand| self.text(operand)).collect();
        Ok(texts?.into_iter().filter(|text| text.length.as_int() != Some(0)).collect())
    }

    /// Writes texts one after the other, behind what is there if `appends`.
    pub fn write_texts(&mut self, dest: &Loc, texts: Vec<Text>, appends: bool) {
        let (Some(chars), Some(length)) = (dest.chars(), dest.count()) else { return };
        if let ([one], true) = (texts.as_slice(), appends)
            && one.length.as_int() == Some(1)
        {
            self.grow(dest, &length);
            return self.emit(Stmt::Move(one.operand.clone(), chars.slice(length.into(), Expr::int(1))));
        }
        let pointer = self.position("WRITE-POS");
        if appends {
            self.compute(pointer.clone(), Expr::from(length.clone()).offset(1), Vec::new());
        } else {
            self.emit(Stmt::Move(Expr::Figurative("SPACES"), chars.clone()));
            self.emit(Stmt::Move(Expr::int(1), pointer.clone()));
        }
        if !texts.is_empty() {
            self.string_into(texts.into_iter().map(|text| text.operand).collect(), chars, pointer.clone());
        }
        self.compute(length, Expr::from(pointer).offset(-1), Vec::new());
    }

    /// `STRING` of operands at a position; stops the run when they do not fit.
    pub fn string_into(&mut self, parts: Vec<Expr>, into: Ref, pointer: Ref) {
        let overflow = vec![self.text_overflow()];
        self.emit(Stmt::StringInto { parts, into, pointer, overflow });
    }

    /// `text * n`.
    pub fn repeat_text(&mut self, dest: &Loc, left: &ir::Expr, right: &ir::Expr) -> Result<()> {
        let (text, times) = if left.ty.is_text() { (left, right) } else { (right, left) };
        let times = self.simple_number("REPEAT-COUNT", times)?;
        let place = if self.reads_record(text, &dest.record) {
            self.temp("REPEATED-TEXT", &Type::Str, text.span)?
        } else {
            dest.clone()
        };
        let part = self.text(text)?;
        let (Some(chars), Some(length)) = (place.chars(), place.count()) else {
            return reject("text", text.span, "the repeated text is not stored");
        };
        let pointer = self.position("WRITE-POS");
        self.emit(Stmt::Move(Expr::Figurative("SPACES"), chars.clone()));
        self.emit(Stmt::Move(Expr::int(1), pointer.clone()));
        let body = self.block(|this| {
            this.string_into(vec![part.operand], chars, pointer.clone());
            Ok(())
        })?;
        let times = self.atom("REPEAT-TIMES", times, text.span)?;
        self.emit(Stmt::Perform(Until::Times(times), body));
        self.compute(length, Expr::from(pointer).offset(-1), Vec::new());
        self.copy(&place, dest);
        Ok(())
    }

    /// `separator.join(items)`.
    pub fn join(&mut self, dest: &Loc, separator: &ir::Expr, items: &ir::Expr) -> Result<()> {
        let reads_itself =
            self.reads_record(items, &dest.record) || self.reads_record(separator, &dest.record);
        let place =
            if reads_itself { self.temp("JOINED-TEXT", &Type::Str, items.span)? } else { dest.clone() };
        let separator = self.text(separator)?;
        let (Some(chars), Some(length)) = (place.chars(), place.count()) else {
            return reject("text", items.span, "the joined text is not stored");
        };
        let pointer = self.position("WRITE-POS");
        self.emit(Stmt::Move(Expr::Figurative("SPACES"), chars.clone()));
        self.emit(Stmt::Move(Expr::int(1), pointer.clone()));
        let bare = separator.length.as_int() == Some(0);
        let flagged = !bare && !self.knows_position(items);
        let any = if flagged { Some(self.temp("FIRST-PART", &Type::Bool, items.span)?) } else { None };
        let first = any.and_then(|flag| flag.condition());
        if let Some(first) = &first {
            self.emit(Stmt::Set(first.clone(), true));
        }
        self.iterate(items, &mut |this, item, position| {
            let text = this.text(&item)?;
            let not_first = match (&first, position) {
                _ if bare => None,
                (Some(flag), _) => Some(Cond::Name(flag.clone()).negated()),
                (None, position) => position.map(|at| Cond::Relation(at, Relation::Gt, Expr::int(1))),
            };
            if let Some(not_first) = not_first {
                let between = this.block(|this| {
                    this.string_into(vec![separator.operand.clone()], chars.clone(), pointer.clone());
                    Ok(())
                })?;
                this.emit(Stmt::If(not_first, between, Vec::new()));
            }
            this.out.extend(first.clone().map(|flag| Stmt::Set(flag, false)));
            this.string_into(vec![text.operand], chars.clone(), pointer.clone());
            Ok(())
        })?;
        self.compute(length, Expr::from(pointer).offset(-1), Vec::new());
        self.copy(&place, dest);
        Ok(())
    }

    /// `text.replace(old, new)`.
    pub fn replace(&mut self, dest: &Loc, args: &[ir::Expr], span: Span) -> Result<()> {
        let source = self.placed(&args[0])?;
        let (old, new) = (self.text(&args[1])?, self.text(&args[2])?);
        let Some(from) = source.whole.as_ref().and_then(Loc::chars) else {
            return reject("text", span, "this text is not stored");
        };
        match old.length.as_int() {
            Some(0) => return reject("text", span, "replacing the empty text has no COBOL form"),
            Some(_) => {}
            None => {
                let stop = self.stop_paragraph("EMPTY-TEXT", "THE TEXT TO REPLACE IS EMPTY");
                let empty = Cond::Relation(old.length.clone(), Relation::Eq, Expr::int(0));
                self.emit(Stmt::If(empty, vec![stop], Vec::new()));
            }
        }
        let same = source.whole.as_ref().is_some_and(|place| place.record == dest.record);
        let reads_itself = args.iter().any(|arg| self.reads_record(arg, &dest.record));
        let place =
            if same || reads_itself { self.temp("REPLACED-TEXT", &Type::Str, span)? } else { dest.clone() };
        let (Some(chars), Some(length)) = (place.chars(), place.count()) else {
            return reject("text", span, "the new text is not stored");
        };
        let (read, write) = (self.position("READ-POS"), self.position("WRITE-POS"));
        self.emit(Stmt::Move(Expr::Figurative("SPACES"), chars.clone()));
        self.emit(Stmt::Move(Expr::int(1), read.clone()));
        self.emit(Stmt::Move(Expr::int(1), write.clone()));
        let limit = match args.get(3) {
            Some(limit) => {
                Some((self.simple_number("REPLACE-LIMIT", limit)?, self.position("REPLACE-COUNT")))
            }
            None => None,
        };
        if let Some((_, count)) = &limit {
            self.emit(Stmt::Move(Expr::int(0), count.clone()));
        }
        let here = from.clone().slice(read.clone().into(), old.length.clone());
        let fits = Expr::from(read.clone()).plus(old.length.clone()).offset(-1);
        let found = Cond::all(vec![
            Cond::Relation(fits, Relation::Le, source.length.clone()),
            Cond::relation(here, Relation::Eq, old.operand),
        ]);
        let found = match &limit {
            Some((most, count)) => {
                let few = Cond::relation(count.clone(), Relation::Lt, most.clone());
                let unlimited = Cond::Relation(most.clone(), Relation::Lt, Expr::int(0));
                let within =
                    if most.as_int().is_some_and(|n| n >= 0) { few } else { Cond::any(vec![unlimited, few]) };
                Cond::all(vec![within, found])
            }
            None => found,
        };
        let replaced = self.block(|this| {
            this.out.extend(limit.map(|(_, count)| Stmt::Add(Expr::int(1), count)));
            if new.length.as_int() != Some(0) {
                this.string_into(vec![new.operand], chars.clone(), write.clone());
            }
            this.emit(Stmt::Add(old.length.clone(), read.clone()));
            Ok(())
        })?;
        let kept = self.block(|this| {
            let char = from.slice(read.clone().into(), Expr::int(1));
            this.string_into(vec![char.into()], chars.clone(), write.clone());
            this.emit(Stmt::Add(Expr::int(1), read.clone()));
            Ok(())
        })?;
        let until = Cond::relation(read, Relation::Gt, source.length);
        self.emit(Stmt::Perform(Until::Before(until), vec![Stmt::If(found, replaced, kept)]));
        self.compute(length, Expr::from(write).offset(-1), Vec::new());
        self.copy(&place, dest);
        Ok(())
    }

    /// `text[::-1]`, and the other functions that give a text.
    pub fn reversed_text(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        let text = self.placed(source)?;
        let reads_itself = text.whole.as_ref().is_some_and(|place| place.record == dest.record);
        let place =
            if reads_itself { self.temp("REVERSED-TEXT", &Type::Str, source.span)? } else { dest.clone() };
        if let (Some(chars), Some(length)) = (place.chars(), place.count()) {
            self.emit(Stmt::Move(Expr::Figurative("SPACES"), chars.clone()));
            self.emit(Stmt::Move(text.length.clone(), length));
            let reversed = super::number::function("REVERSE", vec![text.operand]);
            let some = Cond::Relation(text.length, Relation::Gt, Expr::int(0));
            self.emit(Stmt::If(some, vec![Stmt::Move(reversed, chars)], Vec::new()));
        }
        self.copy(&place, dest);
        Ok(())
    }

    /// The text at a scratch place.
    pub fn scratch_text(&mut self, wish: &str, span: Span) -> Result<(Loc, Text)> {
        let place = self.temp(wish, &Type::Str, span)?;
        let text = text_at(&place);
        Ok((place, text))
    }
}

/// The operands of nested concatenations, left to right.
fn flatten<'a>(e: &'a ir::Expr, operands: &mut Vec<&'a ir::Expr>) {
    match &e.kind {
        ExprKind::Binary { op: BinaryOp::Concat, left, right, .. } => {
            flatten(left, operands);
            flatten(right, operands);
        }
        _ => operands.push(e),
    }
}
