//! Splitting, stripping and changing texts; the functions of texts by name.

use super::text::Text;
use super::text_search::white_space;
use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Ref, Relation, Stmt, Until};
use crate::passes::separators::same_from_both_ends;
use grammars::Span;
use grammars::ir::{self, Intrinsic, Type};

impl<'m> Lower<'m> {
    /// Stores the result of a function of texts.
    pub fn text_function(
        &mut self,
        dest: &Loc,
        op: &Intrinsic,
        args: &[ir::Expr],
        e: &ir::Expr,
    ) -> Result<()> {
        match op {
            // The list is emptied before the text is read.
            Intrinsic::Split | Intrinsic::RSplit | Intrinsic::SplitWhitespace
                if args.iter().any(|arg| self.reads_record(arg, &dest.record)) =>
            {
                let args: Result<Vec<ir::Expr>> = args.iter().map(|arg| self.held(arg)).collect();
                self.text_function(dest, op, &args?, e)
            }
            Intrinsic::Join => self.join(dest, &args[0], &args[1]),
            Intrinsic::Replace => self.replace(dest, args, e.span),
            Intrinsic::Find | Intrinsic::IndexOf => self.find(dest, args),
            Intrinsic::RFind => self.find_last(dest, args),
            Intrinsic::Strip | Intrinsic::LStrip | Intrinsic::RStrip => self.strip(dest, op, args, e.span),
            Intrinsic::SplitWhitespace => self.split_blanks(dest, &args[0]),
            Intrinsic::Split => self.split(dest, &args[0], &args[1], args.get(2)),
            Intrinsic::RSplit if args.len() == 2 && same_from_both_ends(&args[1]) => {
                self.split(dest, &args[0], &args[1], None)
            }
            Intrinsic::RSplit => self.split_from_right(dest, args, e.span),
            Intrinsic::LJust | Intrinsic::RJust => self.justified(dest, op, args, e.span),
            Intrinsic::Center => self.centred(dest, args, e.span),
            Intrinsic::ZFill => self.zero_filled(dest, args, e.span),
            Intrinsic::SwapCase => self.swap_case(dest, &args[0]),
            Intrinsic::Capitalize => self.capitalize(dest, &args[0]),
            Intrinsic::ToStr if args[0].ty == Type::Bool => self.bool_text(dest, &args[0]),
            Intrinsic::ToStr if args[0].ty.is_text() => self.assign(dest, &args[0]),
            Intrinsic::ToStr | Intrinsic::Repr if args[0].ty == Type::Float => {
                reject("float-text", e.span, "the shortest text of a float has no COBOL form")
            }
            Intrinsic::Bin => self.binary_text(dest, &args[0]),
            Intrinsic::Title => self.title(dest, &args[0]),
            Intrinsic::ParseInt => self.parse_digits(dest, &args[0], &args[1]),
            _ => reject("library", e.span, format!("the library function {} has no COBOL form", name(op))),
        }
    }

    fn bool_text(&mut self, dest: &Loc, value: &ir::Expr) -> Result<()> {
        let cond = self.cond(value)?;
        let mut branch = |text: &str| {
            self.block(|this| {
                this.move_text(dest, Text::literal(text));
                Ok(())
            })
        };
        let (yes, no) = (branch("True")?, branch("False")?);
        self.emit(Stmt::If(cond, yes, no));
        Ok(())
    }

    /// `strip`: the bounds move inwards over the characters to drop.
    fn strip(&mut self, dest: &Loc, op: &Intrinsic, args: &[ir::Expr], span: Span) -> Result<()> {
        let text = self.placed(&args[0])?;
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else {
            return reject("text", span, "this text is not stored");
        };
        let (first, last) = (self.position("FIRST-POS"), self.position("LAST-POS"));
        self.emit(Stmt::Move(Expr::int(1), first.clone()));
        self.emit(Stmt::Move(text.length.clone(), last.clone()));
        let crossed = Cond::relation(first.clone(), Relation::Gt, last.clone());
        let inwards = [
            (*op != Intrinsic::RStrip, &first, Stmt::Add(Expr::int(1), first.clone())),
            (*op != Intrinsic::LStrip, &last, Stmt::Subtract(Expr::int(1), last.clone())),
        ];
        for (wanted, at, step) in inwards {
            if !wanted {
                continue;
            }
            let char = chars.clone().slice(at.clone().into(), Expr::int(1));
            let (before, dropped) = self.apart(|this| this.is_dropped(char, args.get(1)))?;
            if before.is_empty() {
                let until = Cond::any(vec![crossed.clone(), dropped.negated()]);
                self.emit(Stmt::Perform(Until::Before(until), vec![step]));
            } else {
                let leave = Stmt::If(dropped.negated(), vec![Stmt::ExitPerform], Vec::new());
                let body = [before, vec![leave, step]].concat();
                self.emit(Stmt::Perform(Until::Before(crossed.clone()), body));
            }
        }
        let length = Expr::from(last).minus(first.clone().into()).offset(1);
        let length = self.settled("PART-LENGTH", length);
        let held = self.temp("STRIPPED-TEXT", &Type::Str, span)?;
        let operand = chars.slice(first.into(), length.clone()).into();
        self.move_text(&held, Text { operand, length, whole: None });
        self.copy(&held, dest);
        Ok(())
    }

    /// Whether `strip` drops a character: white space, or one of those given.
    fn is_dropped(&mut self, char: Ref, given: Option<&ir::Expr>) -> Result<Cond> {
        match given {
            None => Ok(white_space(char.into())),
            Some(set) => match &set.kind {
                ir::ExprKind::Str(text) if !text.is_empty() && text.is_ascii() => {
                    let same =
                        |c: char| Cond::relation(char.clone(), Relation::Eq, Expr::Text(c.to_string()));
                    Ok(Cond::any(text.chars().map(same).collect()))
                }
                _ => {
                    let char = self.made_up(super::Var::Char(char), Type::Char);
                    self.contains(set, &char)
                }
            },
        }
    }

    /// `text.split()`: words between blanks.
    fn split_blanks(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        let text = self.placed(source)?;
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else {
            return reject("text", source.span, "this text is not stored");
        };
        let inside = self.temp("IN-WORD", &Type::Bool, source.span)?;
        let Some(in_word) = inside.condition() else { return Ok(()) };
        let counter = self.position("CHAR-POS");
        self.empty(dest);
        self.emit(Stmt::Set(in_word.clone(), false));
        let char = chars.slice(counter.clone().into(), Expr::int(1));
        let blank = white_space(char.clone().into());
        let starts = self.block(|this| this.add_empty(dest))?;
        let new_word = [starts, vec![Stmt::Set(in_word.clone(), true)]].concat();
        let begin = Stmt::If(Cond::Name(in_word.clone()).negated(), new_word, Vec::new());
        let add = self.block(|this| this.add_char(dest, char.into()))?;
        let other = [vec![begin], add].concat();
        let body = vec![Stmt::If(blank, vec![Stmt::Set(in_word, false)], other)];
        let until = Cond::Relation(counter.clone().into(), Relation::Gt, text.length);
        self.emit(Stmt::Perform(
            Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until },
            body,
        ));
        Ok(())
    }

    /// `text.split(separator)`, at most `limit` times if that is given.
    fn split(
        &mut self,
        dest: &Loc,
        source: &ir::Expr,
        separator: &ir::Expr,
        limit: Option<&ir::Expr>,
    ) -> Result<()> {
        let separator = self.text(separator)?;
        let width = separator.length.clone();
        if width.as_int().is_none() {
            let stop = self.stop_paragraph("EMPTY-SEPARATOR", "THE SEPARATOR IS EMPTY");
            let empty = Cond::Relation(width, Relation::Eq, Expr::int(0));
            self.emit(Stmt::If(empty, vec![stop], Vec::new()));
        }
        let within = match limit {
            None => None,
            Some(limit) => {
                let most = self.simple_number("SPLIT-LIMIT", limit)?;
                let count = self.count_of(dest, source.span)?;
                let few = Cond::Relation(count.into(), Relation::Le, most.clone());
                let unlimited = Cond::Relation(most.clone(), Relation::Lt, Expr::int(0));
                match most.as_int() {
                    Some(most) if most < 0 => None,
                    Some(_) => Some(few),
                    None => Some(Cond::any(vec![unlimited, few])),
                }
            }
        };
        self.split_where(dest, source, separator, &mut |_, found| {
            Cond::all([within.clone().into_iter().collect(), vec![found]].concat())
        })
    }

    /// `text.rsplit(separator, limit)` for a separator of one character: only the last ones split.
    fn split_from_right(&mut self, dest: &Loc, args: &[ir::Expr], span: Span) -> Result<()> {
        let separator = self.text(&args[1])?;
        let Some(limit) = args.get(2) else {
            return reject("text", span, "rsplit needs a separator that cannot overlap itself");
        };
        if separator.length.as_int() != Some(1) {
            return reject("text", span, "rsplit is translated for a separator of one character");
        }
        let limit = self.simple_number("SPLIT-LIMIT", limit)?;
        let total = self.temp("SEPARATORS", &Type::Int, span)?;
        self.count_substring(&total, &args[0], &args[1])?;
        let seen = self.position("SEPARATOR-COUNT");
        self.emit(Stmt::Move(Expr::int(0), seen.clone()));
        self.split_where(dest, &args[0], separator, &mut |this, found| {
            this.emit(Stmt::If(found.clone(), vec![Stmt::Add(Expr::int(1), seen.clone())], Vec::new()));
            let left = Expr::from(total.item()).minus(limit.clone());
            let late = Cond::Relation(seen.clone().into(), Relation::Gt, left);
            let unlimited = Cond::Relation(limit.clone(), Relation::Lt, Expr::int(0));
            let splits =
                if limit.as_int().is_some_and(|n| n >= 0) { late } else { Cond::any(vec![unlimited, late]) };
            Cond::all(vec![found, splits])
        })
    }

    /// Splits a text at those of its separators for which `splits` gives a condition that holds.
    fn split_where(
        &mut self,
        dest: &Loc,
        source: &ir::Expr,
        separator: Text,
        splits: &mut dyn FnMut(&mut Self, Cond) -> Cond,
    ) -> Result<()> {
        let text = self.placed(source)?;
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else {
            return reject("text", source.span, "this text is not stored");
        };
        let width = separator.length;
        let counter = self.position("CHAR-POS");
        self.empty(dest);
        self.with_room(dest, true, |this| this.add_empty(dest))?;
        let start = self.block(|this| this.add_empty(dest))?;
        let here = chars.clone().slice(counter.clone().into(), width.clone());
        let found = Cond::relation(here, Relation::Eq, separator.operand);
        let end = Expr::from(counter.clone()).plus(width.clone()).offset(-1);
        let more = width.offset(-1);
        let found = if more.as_int() == Some(0) {
            found
        } else {
            Cond::all(vec![Cond::Relation(end.clone(), Relation::Le, text.length.clone()), found])
        };
        let mut hit = start;
        match more {
            more if more.as_int() == Some(0) => {}
            more @ (Expr::Number(_) | Expr::Ref(_)) => hit.push(Stmt::Add(more, counter.clone())),
            more => {
                let value = Expr::from(counter.clone()).plus(more);
                hit.push(Stmt::Compute {
                    target: counter.clone(),
                    rounded: "",
                    value,
                    size_error: Vec::new(),
                });
            }
        }
        let char = chars.slice(counter.clone().into(), Expr::int(1));
        let add = self.block(|this| this.add_char(dest, char.into()))?;
        let until = Cond::Relation(counter.clone().into(), Relation::Gt, text.length);
        let until = Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until };
        let body = self.block(|this| {
            let splits = splits(this, found);
            this.emit(Stmt::If(splits, hit, add));
            Ok(())
        })?;
        self.emit(Stmt::Perform(until, body));
        Ok(())
    }

    /// The last element of a list of texts, with its length.
    fn last_element(&self, list: &Loc) -> Option<(Loc, Ref)> {
        let element = list.element(list.count()?.into())?;
        let length = element.count()?;
        Some((element, length))
    }

    /// Appends an empty text to a list.
    fn add_empty(&mut self, list: &Loc) -> Result<()> {
        let count = self.count_of(list, Span::default())?;
        self.grow(list, &count);
        if let Some((element, _)) = self.last_element(list) {
            self.empty(&element);
        }
        Ok(())
    }

    /// Appends a character to the last text of a list; it fits, being part of a text.
    fn add_char(&mut self, list: &Loc, char: Expr) -> Result<()> {
        if let Some((element, length)) = self.last_element(list)
            && let Some(chars) = element.chars()
        {
            self.emit(Stmt::Add(Expr::int(1), length.clone()));
            self.emit(Stmt::Move(char, chars.slice(length.into(), Expr::int(1))));
        }
        Ok(())
    }

    fn swap_case(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        let text = self.placed(source)?;
        let (Some(whole), Some(chars), Some(length)) = (text.whole, dest.chars(), dest.count()) else {
            return reject("text", source.span, "this text is not stored");
        };
        self.copy(&whole, dest);
        let counter = self.position("CHAR-POS");
        let char = chars.slice(counter.clone().into(), Expr::int(1));
        let changed = |class, name| {
            let value = super::number::function(name, vec![char.clone().into()]);
            (Cond::Class(char.clone().into(), class), vec![Stmt::Move(value, char.clone())])
        };
        let branches =
            vec![changed("ALPHABETIC-LOWER", "UPPER-CASE"), changed("ALPHABETIC-UPPER", "LOWER-CASE")];
        let until = Cond::relation(counter.clone(), Relation::Gt, length);
        let until = Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until };
        self.emit(Stmt::Perform(until, vec![Stmt::Evaluate(branches, vec![Stmt::Continue])]));
        Ok(())
    }

    fn capitalize(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        let text = self.placed(source)?;
        let (Some(chars), Some(length)) = (dest.chars(), dest.count()) else { return Ok(()) };
        self.emit(Stmt::Move(super::number::function("LOWER-CASE", vec![text.padded()]), chars.clone()));
        self.emit(Stmt::Move(text.length, length));
        let first = chars.slice(Expr::int(1), Expr::int(1));
        let upper = super::number::function("UPPER-CASE", vec![first.clone().into()]);
        self.emit(Stmt::Move(upper, first));
        Ok(())
    }

    /// `title`: a letter behind anything but a letter becomes upper case.
    fn title(&mut self, dest: &Loc, source: &ir::Expr) -> Result<()> {
        let text = self.placed(source)?;
        let (Some(chars), Some(length)) = (dest.chars(), dest.count()) else { return Ok(()) };
        let inside = self.temp("IN-WORD", &Type::Bool, source.span)?;
        let Some(in_word) = inside.condition() else { return Ok(()) };
        self.emit(Stmt::Move(super::number::function("LOWER-CASE", vec![text.padded()]), chars.clone()));
        self.emit(Stmt::Move(text.length, length.clone()));
        self.emit(Stmt::Set(in_word.clone(), false));
        let counter = self.position("CHAR-POS");
        let char = chars.slice(counter.clone().into(), Expr::int(1));
        let is = |class| Cond::Class(char.clone().into(), class);
        let blank = Cond::relation(char.clone(), Relation::Eq, Expr::Figurative("SPACE"));
        let other = Cond::any(vec![is("ALPHABETIC").negated(), blank]);
        let upper = super::number::function("UPPER-CASE", vec![char.clone().into()]);
        let first = vec![Stmt::Move(upper, char.clone()), Stmt::Set(in_word.clone(), true)];
        let branches =
            vec![(other, vec![Stmt::Set(in_word.clone(), false)]), (Cond::Name(in_word).negated(), first)];
        let until = Cond::relation(counter.clone(), Relation::Gt, length);
        let until = Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until };
        self.emit(Stmt::Perform(until, vec![Stmt::Evaluate(branches, vec![Stmt::Continue])]));
        Ok(())
    }

    /// `int(text, base)` for a base of at most ten.
    fn parse_digits(&mut self, dest: &Loc, source: &ir::Expr, base: &ir::Expr) -> Result<()> {
        let Some(base) = base.as_int().filter(|base| (2..=10).contains(base)) else {
            return reject("library", source.span, "int with a base above ten has no COBOL form");
        };
        let text = self.placed(source)?;
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else {
            return reject("text", source.span, "this text is not stored");
        };
        let target = self.temp("PARSED-VALUE", &Type::Int, source.span)?.item();
        let counter = self.position("CHAR-POS");
        self.emit(Stmt::Move(Expr::int(0), target.clone()));
        let digit = chars.slice(counter.clone().into(), Expr::int(1));
        let shifted = Expr::Binary(
            crate::cobol::tree::ArithOp::Mul,
            Box::new(target.clone().into()),
            Box::new(Expr::int(base)),
        );
        let value = shifted.plus(super::number::function("NUMVAL", vec![digit.into()]));
        let overflow = vec![self.number_overflow()];
        let step = Stmt::Compute { target: target.clone(), rounded: "", value, size_error: overflow };
        let until = Cond::relation(counter.clone(), Relation::Gt, text.length);
        let until = Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until };
        self.emit(Stmt::Perform(until, vec![step]));
        self.emit(Stmt::Move(target.into(), dest.item()));
        Ok(())
    }

    /// `bin(n)` of a number that is not negative: digits from the last one on.
    fn binary_text(&mut self, dest: &Loc, value: &ir::Expr) -> Result<()> {
        let number = self.readable(value.clone())?;
        let signed = self.number(&number)?;
        let rest = self.temp("REST-VALUE", &Type::Int, value.span)?;
        let never_negative = super::position::non_negative(value);
        let magnitude = if never_negative {
            signed.clone()
        } else {
            super::number::function("ABS", vec![signed.clone()])
        };
        self.store_number(&rest, magnitude);
        let (digits, text) = self.scratch_text("BINARY-DIGITS", value.span)?;
        self.empty(&digits);
        let digit = self.edited("BINARY-DIGIT", "PIC 9");
        let remainder = super::number::function("MOD", vec![rest.item().into(), Expr::int(2)]);
        let half = super::number::function(
            "INTEGER",
            vec![Expr::Binary(
                crate::cobol::tree::ArithOp::Div,
                Box::new(rest.item().into()),
                Box::new(Expr::int(2)),
            )],
        );
        let body = self.block(|this| {
            this.compute(digit.clone(), remainder, Vec::new());
            this.write_texts(&digits, vec![Text::char(digit.clone())], true);
            this.compute(rest.item(), half, Vec::new());
            Ok(())
        })?;
        let done = Cond::relation(rest.item(), Relation::Le, Expr::int(0));
        self.emit(Stmt::Perform(Until::After(done), body));
        let reversed = super::number::function("REVERSE", vec![text.operand]);
        let digits = Text { operand: reversed, length: text.length, whole: None };
        let mut write = |prefix: &str| {
            self.block(|this| {
                this.write_texts(dest, vec![Text::literal(prefix), digits.clone()], false);
                Ok(())
            })
        };
        let plain = write("0b")?;
        if never_negative {
            self.out.extend(plain);
            return Ok(());
        }
        let negative = Cond::Relation(signed, Relation::Lt, Expr::int(0));
        let with_sign = write("-0b")?;
        self.emit(Stmt::If(negative, with_sign, plain));
        Ok(())
    }
}

/// The name of a library function for a message.
fn name(op: &Intrinsic) -> String {
    let text = format!("{op:?}");
    text.split([' ', '{']).next().unwrap_or_default().to_lowercase()
}
