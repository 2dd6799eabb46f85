//! Searching and classifying texts.

use super::text::Text;
use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Phrase, Ref, Relation, Stmt, Until};
use grammars::ir::{self, Intrinsic, Type};

impl<'m> Lower<'m> {
    /// `part in text`.
    pub fn contains_text(&mut self, container: &ir::Expr, part: &ir::Expr) -> Result<Cond> {
        if let ir::ExprKind::Str(text) = &container.kind
            && !text.is_empty()
            && text.chars().count() <= 10
        {
            let wanted = self.text(part)?;
            if wanted.length.as_int() == Some(1) {
                let same = text
                    .chars()
                    .map(|c| Cond::Relation(wanted.operand.clone(), Relation::Eq, Expr::Text(c.to_string())));
                return Ok(Cond::any(same.collect()));
            }
        }
        let (position, last) = self.find_position(container, part, Expr::int(1))?;
        Ok(Cond::relation(position, Relation::Le, last))
    }

    /// Looks for `part` from `start` on, counted from 1; the position found is beyond the last
    /// possible one where there is none.
    fn find_position(&mut self, container: &ir::Expr, part: &ir::Expr, start: Expr) -> Result<(Ref, Expr)> {
        let (text, part) = (self.placed(container)?, self.text(part)?);
        let (here, last, counter) = self.window(&text, &part, "FOUND-POS")?;
        let until = Cond::any(vec![
            Cond::relation(counter.clone(), Relation::Gt, last.clone()),
            Cond::relation(here, Relation::Eq, part.operand),
        ]);
        let start = self.atom("START-INDEX", start, container.span)?;
        let until = Until::Varying { counter: counter.clone(), from: start, by: Expr::int(1), until };
        self.emit(Stmt::Perform(until, vec![Stmt::Continue]));
        Ok((counter, last))
    }

    /// The part of `text` at a counter that is as long as `part`, and the last place for it.
    fn window(&mut self, text: &Text, part: &Text, wish: &str) -> Result<(Ref, Expr, Ref)> {
        let counter = self.position(wish);
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else {
            return reject("text", grammars::Span::default(), "this text is not stored");
        };
        let last = text.length.clone().minus(part.length.clone()).offset(1);
        let here = chars.slice(counter.clone().into(), part.length.clone());
        Ok((here, last, counter))
    }

    /// `text.find(part)`, `text.index(part)`: stores the position counted from 0, or -1.
    pub fn find(&mut self, dest: &Loc, args: &[ir::Expr]) -> Result<()> {
        let start = match args.get(2) {
            Some(start) => self.simple_number("START-POS", start)?.offset(1),
            None => Expr::int(1),
        };
        let (position, last) = self.find_position(&args[0], &args[1], start)?;
        let found = Cond::relation(position.clone(), Relation::Le, last);
        let yes = self.block(|this| {
            this.store_number(dest, Expr::from(position).offset(-1));
            Ok(())
        })?;
        self.emit(Stmt::If(found, yes, vec![Stmt::Move(Expr::int(-1), dest.item())]));
        Ok(())
    }

    /// `text.rfind(part)`.
    pub fn find_last(&mut self, dest: &Loc, args: &[ir::Expr]) -> Result<()> {
        let (text, part) = (self.placed(&args[0])?, self.text(&args[1])?);
        let (here, last, counter) = self.window(&text, &part, "FOUND-POS")?;
        let until = Cond::any(vec![
            Cond::relation(counter.clone(), Relation::Lt, Expr::int(1)),
            Cond::relation(here, Relation::Eq, part.operand),
        ]);
        let last = self.atom("LAST-INDEX", last, args[0].span)?;
        let until = Until::Varying { counter: counter.clone(), from: last, by: Expr::int(-1), until };
        self.emit(Stmt::Perform(until, vec![Stmt::Continue]));
        let below = super::number::function("MAX", vec![Expr::int(-1), Expr::from(counter).offset(-1)]);
        self.store_number(dest, below);
        Ok(())
    }

    /// `text.count(part)`, without overlap.
    pub fn count_substring(&mut self, dest: &Loc, container: &ir::Expr, part: &ir::Expr) -> Result<()> {
        let (text, part) = (self.placed(container)?, self.text(part)?);
        if part.length.as_int() == Some(0) {
            return reject("text", container.span, "counting the empty text has no COBOL form");
        }
        self.emit(Stmt::Move(Expr::int(0), dest.item()));
        if let Expr::Ref(chars) = text.operand {
            let phrases = vec![
                Phrase::Words("TALLYING"),
                Phrase::Operand(dest.item().into()),
                Phrase::Words("FOR ALL"),
                Phrase::Operand(part.operand),
            ];
            self.emit(Stmt::Inspect(chars, phrases));
        }
        Ok(())
    }

    /// `startswith` and `endswith`.
    pub fn affix(&mut self, op: &Intrinsic, text: &ir::Expr, part: &ir::Expr) -> Result<Cond> {
        let (text, part) = (self.placed(text)?, self.text(part)?);
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else {
            return reject("text", grammars::Span::default(), "this text is not stored");
        };
        let start = match op {
            Intrinsic::StartsWith => Expr::int(1),
            _ => text.length.clone().minus(part.length.clone()).offset(1),
        };
        let long_enough = Cond::Relation(text.length, Relation::Ge, part.length.clone());
        let same = Cond::relation(chars.slice(start, part.length), Relation::Eq, part.operand);
        Ok(Cond::all(vec![long_enough, same]))
    }

    /// `isdigit`, `isalpha` and the like.
    pub fn character_class(&mut self, op: &Intrinsic, e: &ir::Expr) -> Result<Cond> {
        let text = self.text(e)?;
        if text.length.as_int() == Some(1) {
            return Ok(char_class(op, text.operand));
        }
        let text = self.placed(e)?;
        let length = text.length.clone();
        let some = Cond::Relation(length.clone(), Relation::Gt, Expr::int(0));
        if *op == Intrinsic::IsDigit {
            return Ok(Cond::all(vec![some, Cond::Class(text.operand, "NUMERIC")]));
        }
        let flag = self.temp("ALL-MATCH", &Type::Bool, e.span)?;
        let Some(name) = flag.condition() else { return Ok(some) };
        let Some(place) = text.whole else { return Ok(some) };
        let (yes, no) = (Stmt::Set(name.clone(), true), Stmt::Set(name.clone(), false));
        let by_case = matches!(op, Intrinsic::IsLower | Intrinsic::IsUpper);
        if by_case {
            self.emit(no.clone());
        } else {
            self.emit(Stmt::If(some, vec![yes.clone()], vec![no.clone()]));
        }
        let sequence = super::iterate::Sequence::Items(place);
        self.iterate_sequence(&sequence, &mut |this, item, _| {
            let char = this.text(&item)?.operand;
            if by_case {
                let other = if *op == Intrinsic::IsLower { Intrinsic::IsUpper } else { Intrinsic::IsLower };
                let wrong = vec![no.clone(), Stmt::ExitPerform];
                let branches = vec![
                    (char_class(&other, char.clone()), wrong),
                    (char_class(op, char), vec![yes.clone()]),
                ];
                this.emit(Stmt::Evaluate(branches, vec![Stmt::Continue]));
            } else {
                let wrong = char_class(op, char).negated();
                this.emit(Stmt::If(wrong, vec![no.clone(), Stmt::ExitPerform], Vec::new()));
            }
            Ok(())
        })?;
        Ok(Cond::Name(name))
    }
}

/// Whether one character is of a class. `ALPHABETIC` takes blanks too.
fn char_class(op: &Intrinsic, char: Expr) -> Cond {
    let blank = || Cond::Relation(char.clone(), Relation::Eq, Expr::Figurative("SPACE"));
    let class = |class| Cond::Class(char.clone(), class);
    match op {
        Intrinsic::IsDigit => class("NUMERIC"),
        Intrinsic::IsAlpha => Cond::all(vec![class("ALPHABETIC"), blank().negated()]),
        Intrinsic::IsAlnum => {
            Cond::any(vec![class("NUMERIC"), Cond::all(vec![class("ALPHABETIC"), blank().negated()])])
        }
        Intrinsic::IsLower => Cond::all(vec![class("ALPHABETIC-LOWER"), blank().negated()]),
        Intrinsic::IsUpper => Cond::all(vec![class("ALPHABETIC-UPPER"), blank().negated()]),
        _ => white_space(char),
    }
}

/// Whether one character is white space.
pub fn white_space(char: Expr) -> Cond {
    let is = |value| Cond::Relation(char.clone(), Relation::Eq, value);
    Cond::any(vec![
        is(Expr::Figurative("SPACE")),
        is(Expr::Text("\t".to_string())),
        is(Expr::Text("\n".to_string())),
    ])
}
