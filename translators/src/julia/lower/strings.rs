//! Operations on text.

use super::helpers::{centered, last_position_in, position_in};
use super::reduce::eta;
use super::text::Repr;
use super::{Lower, Lowering, reject};
use crate::julia::tree::{Clause, ComprehensionForm, Expr, Piece, Type};
use crate::passes::separators::same_from_both_ends;
use grammars::ir::{self, ExprKind, Intrinsic};

impl Lower<'_> {
    /// An operation on text; `None` where `op` is none.
    pub(super) fn string(&mut self, op: &Intrinsic, args: &[ir::Expr]) -> Lowering<Option<Expr>> {
        Ok(Some(match op {
            Intrinsic::Lower => Expr::base_call("lowercase", vec![self.lower_loose(&args[0])?]),
            Intrinsic::Upper => Expr::base_call("uppercase", vec![self.lower_loose(&args[0])?]),
            Intrinsic::Capitalize => {
                let lower = Expr::base_call("lowercase", vec![self.lower_expr(&args[0])?]);
                Expr::base_call("uppercasefirst", vec![lower])
            }
            Intrinsic::Title => Expr::base_call("titlecase", vec![self.lower_text(&args[0])?]),
            Intrinsic::SwapCase => self.swap_case(&args[0])?,
            Intrinsic::Strip => self.stripped("strip", args)?,
            Intrinsic::LStrip => self.stripped("lstrip", args)?,
            Intrinsic::RStrip => self.stripped("rstrip", args)?,
            Intrinsic::SplitWhitespace => Expr::base_call("split", vec![self.lower_text(&args[0])?]),
            Intrinsic::Split => self.split("split", args)?,
            Intrinsic::RSplit if args.len() == 2 && same_from_both_ends(&args[1]) => {
                self.split("split", args)?
            }
            Intrinsic::RSplit => self.split("rsplit", args)?,
            Intrinsic::SplitLines => {
                let buffer = Expr::base_call("IOBuffer", vec![self.lower_expr(&args[0])?]);
                Expr::base_call("readlines", vec![buffer])
            }
            Intrinsic::Join => self.join(&args[0], &args[1])?,
            Intrinsic::Replace => self.replace(args)?,
            Intrinsic::Find => self.find(args, true)?,
            Intrinsic::IndexOf if self.minds_absence() => {
                return reject("julia.absent-item", args[0].span, "a caught search for an absent part");
            }
            Intrinsic::IndexOf => self.find(args, false)?,
            Intrinsic::Count => self.count_in_text(&args[0], &args[1])?,
            Intrinsic::StartsWith => self.affix("startswith", args)?,
            Intrinsic::EndsWith => self.affix("endswith", args)?,
            Intrinsic::IsAlpha => self.all_chars(&args[0], &["isletter"])?,
            Intrinsic::IsDigit => self.all_chars(&args[0], &["isdigit"])?,
            Intrinsic::IsAlnum => self.all_chars(&args[0], &["isletter", "isnumeric"])?,
            Intrinsic::IsSpace => self.all_chars(&args[0], &["isspace"])?,
            Intrinsic::IsLower => self.cased(&args[0], "islowercase", "isuppercase")?,
            Intrinsic::IsUpper => self.cased(&args[0], "isuppercase", "islowercase")?,
            Intrinsic::LJust => self.padded("rpad", args)?,
            Intrinsic::RJust => self.padded("lpad", args)?,
            Intrinsic::ZFill => {
                self.note_domain("text filled with zeros has no sign");
                let (text, width) = (self.lower_loose(&args[0])?, self.lower_expr(&args[1])?);
                Expr::base_call("lpad", vec![text, width, Expr::Char('0')])
            }
            Intrinsic::Ord => {
                let char = self.single_char(&args[0])?;
                Expr::call(Expr::Type(Type::plain("Int")), vec![char])
            }
            Intrinsic::Chr => self.chr(&args[0])?,
            Intrinsic::ToStr => self.text_of(&args[0])?,
            Intrinsic::Repr => self.repr_text(&args[0])?,
            Intrinsic::Center => self.centered(args)?,
            Intrinsic::RFind => self.find_last(args)?,
            _ => return Ok(None),
        }))
    }

    /// The one character of a text.
    pub(super) fn single_char(&mut self, text: &ir::Expr) -> Lowering<Expr> {
        match self.as_char(text)? {
            Some(char) => Ok(char),
            None => Ok(Expr::base_call("only", vec![self.lower_loose(text)?])),
        }
    }

    /// `chr(ord(c) + n)` is `c + n`.
    fn chr(&mut self, code: &ir::Expr) -> Lowering<Expr> {
        if let ExprKind::Binary { op: ir::BinaryOp::Add, left, right, .. } = &code.kind {
            for (char, distance) in [(left, right), (right, left)] {
                if let ExprKind::Intrinsic { op: Intrinsic::Ord, args } = &char.kind {
                    let char = self.single_char(&args[0])?;
                    return Ok(Expr::binary("+", char, self.lower_expr(distance)?));
                }
            }
        }
        Ok(Expr::call(Expr::Type(Type::plain("Char")), vec![self.lower_expr(code)?]))
    }

    fn swap_case(&mut self, text: &ir::Expr) -> Lowering<Expr> {
        let char = Expr::Local(self.fresh(&["c", "char"]));
        let call = |name| Expr::base_call(name, vec![char.clone()]);
        let swapped = Expr::Ternary(
            Box::new(call("isuppercase")),
            Box::new(call("lowercase")),
            Box::new(call("uppercase")),
        );
        let function = Expr::Lambda(vec![char.clone()], Box::new(swapped));
        Ok(Expr::base_call("map", vec![function, self.lower_expr(text)?]))
    }

    fn stripped(&mut self, function: &'static str, args: &[ir::Expr]) -> Lowering<Expr> {
        let text = self.lower_text(&args[0])?;
        let mut call = vec![text];
        if let Some(chars) = args.get(1) {
            call.push(match &chars.kind {
                ExprKind::Str(text) if text.chars().count() == 1 => {
                    Expr::Char(text.chars().next().unwrap_or(' '))
                }
                ExprKind::Str(text) => {
                    Expr::Vector { element: None, items: text.chars().map(Expr::Char).collect() }
                }
                _ if chars.ty == ir::Type::Char => self.lower_expr(chars)?,
                _ => Expr::base_call("collect", vec![self.lower_loose(chars)?]),
            });
        }
        Ok(Expr::base_call(function, call))
    }

    fn split(&mut self, function: &'static str, args: &[ir::Expr]) -> Lowering<Expr> {
        let is_known = matches!(&args[1].kind, ExprKind::Str(text) if !text.is_empty());
        if !is_known {
            self.note_domain("texts are not split at empty separators");
        }
        let call = Expr::base_call(function, vec![self.lower_text(&args[0])?, self.needle(&args[1])?]);
        Ok(match args.get(2) {
            Some(limit) => call.keyword("limit", self.sum(limit, 1)?),
            None => call,
        })
    }

    fn join(&mut self, separator: &ir::Expr, parts: &ir::Expr) -> Lowering<Expr> {
        self.check_order(parts)?;
        let text = matches!(&parts.kind, ExprKind::Comprehension { clauses, .. }
            if matches!(clauses.as_slice(), [clause] if clause.iter.ty == ir::Type::Str));
        let parts = match &parts.kind {
            ExprKind::Comprehension { element, clauses } => self.joined_parts(element, clauses)?,
            ExprKind::Intrinsic { op: Intrinsic::Map, args } => match (&args[0].kind, args.as_slice()) {
                (ExprKind::Lambda { params, body }, [_, items]) if params.len() == 1 => {
                    let (name, ty) = params[0].clone();
                    let (pattern, iter) = (ir::Pattern::Name { name, ty }, items.clone());
                    self.joined_parts(body, &[ir::Clause { pattern, iter, conditions: Vec::new() }])?
                }
                _ => self.iterable(parts)?,
            },
            _ => self.iterable(parts)?,
        };
        let mut args = vec![parts];
        if !matches!(&separator.kind, ExprKind::Str(text) if text.is_empty()) {
            args.push(self.lower_loose(separator)?);
        } else if matches!(&args[0], Expr::Call { callee, args, .. }
            if **callee == Expr::Base("filter") && matches!(args[0], Expr::Lambda(..) | Expr::Base(_)) && text)
        {
            // Filtering a text gives a text.
            return Ok(args.remove(0));
        }
        Ok(Expr::base_call("join", args))
    }

    /// The texts that `join` puts together; it takes whatever can be printed.
    fn joined_parts(&mut self, element: &ir::Expr, clauses: &[ir::Clause]) -> Lowering<Expr> {
        let text = matches!(clauses, [clause] if clause.iter.ty == ir::Type::Str);
        let (element, clauses) =
            self.clauses_with(clauses, false, &[element], |lower| lower.printed_part(element))?;
        if let [Clause { target: target @ Expr::Local(_), iter, condition }] = clauses.as_slice()
            && *target == element
        {
            let Some(condition) = condition else { return Ok(iter.clone()) };
            if text {
                let question = Expr::Lambda(vec![target.clone()], Box::new(condition.clone()));
                return Ok(Expr::base_call("filter", vec![eta(question), iter.clone()]));
            }
        }
        Ok(Expr::Comprehension { form: ComprehensionForm::Generator, element: Box::new(element), clauses })
    }

    /// A text where its printed form is all that counts.
    fn printed_part(&mut self, part: &ir::Expr) -> Lowering<Expr> {
        match &part.kind {
            ExprKind::IfElse { condition, then, orelse } => Ok(Expr::Ternary(
                Box::new(self.lower_expr(condition)?),
                Box::new(self.printed_part(then)?),
                Box::new(self.printed_part(orelse)?),
            )),
            ExprKind::Intrinsic { op: Intrinsic::ToStr, args }
                if matches!(args[0].ty, ir::Type::Int | ir::Type::Char | ir::Type::Str) =>
            {
                self.printed_part(&args[0])
            }
            _ => self.lower_loose(part),
        }
    }

    fn replace(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let text = self.lower_text(&args[0])?;
        let pair = Expr::binary("=>", self.needle(&args[1])?, self.needle(&args[2])?);
        let call = Expr::base_call("replace", vec![text, pair]);
        Ok(match args.get(3) {
            Some(count) => call.keyword("count", self.lower_expr(count)?),
            None => call,
        })
    }

    fn affix(&mut self, function: &'static str, args: &[ir::Expr]) -> Lowering<Expr> {
        Ok(Expr::base_call(function, vec![self.lower_text(&args[0])?, self.needle(&args[1])?]))
    }

    fn padded(&mut self, function: &'static str, args: &[ir::Expr]) -> Lowering<Expr> {
        let mut call = vec![self.lower_loose(&args[0])?, self.lower_expr(&args[1])?];
        if let Some(fill) = args.get(2) {
            call.push(self.needle(fill)?);
        }
        Ok(Expr::base_call(function, call))
    }

    /// Substring, or a character among those of a text.
    pub(super) fn contains_text(&mut self, text: &ir::Expr, part: &ir::Expr) -> Lowering<Expr> {
        let is_char = part.ty == ir::Type::Char
            || self.repr(part) == Repr::Char
            || matches!(part.kind, ExprKind::Str(_));
        if is_char && let Some(char) = self.as_char(part)? {
            let text = match &text.kind {
                ExprKind::Str(_) => self.lower_expr(text)?,
                _ => self.lower_loose(text)?,
            };
            return Ok(Expr::binary("in", char, text));
        }
        Ok(Expr::base_call("occursin", vec![self.lower_loose(part)?, self.lower_text(text)?]))
    }

    fn count_in_text(&mut self, text: &ir::Expr, part: &ir::Expr) -> Lowering<Expr> {
        if let Some(char) = self.as_char(part)? {
            let equal = Expr::call(Expr::Base("=="), vec![char]);
            return Ok(Expr::base_call("count", vec![equal, self.lower_loose(text)?]));
        }
        Ok(Expr::base_call("count", vec![self.lower_loose(part)?, self.lower_text(text)?]))
    }

    /// The position of a part, counted from 0, or -1. A vector of characters gives it directly; Julia's
    /// own positions in text count bytes.
    fn find(&mut self, args: &[ir::Expr], may_be_absent: bool) -> Lowering<Expr> {
        if let Some(start) = args.get(2)
            && !self.never_negative(start)
        {
            return reject("julia.text-operation", start.span, "`find` from a position that may be negative");
        }
        let Some(char) = self.as_char(&args[1])? else {
            self.helpers.insert("position_in", position_in());
            let mut call = vec![self.lower_loose(&args[1])?, self.lower_text(&args[0])?];
            if let Some(start) = args.get(2) {
                call.push(self.sum(start, 0)?);
            }
            return Ok(Expr::call(Expr::Global("position_in".into()), call));
        };
        let equal = Expr::call(Expr::Base("=="), vec![char]);
        let chars = self.sequence(&args[0])?;
        let found = match args.get(2) {
            None => Expr::base_call("findfirst", vec![equal, chars]),
            Some(start) => Expr::base_call("findnext", vec![equal, chars, self.sum(start, 1)?]),
        };
        if !may_be_absent {
            return Ok(found.plus(-1));
        }
        Ok(Expr::base_call("something", vec![found, Expr::Int(0)]).plus(-1))
    }

    /// As [`Lower::find`], from the right.
    fn find_last(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let Some(char) = self.as_char(&args[1])? else {
            self.helpers.insert("last_position_in", last_position_in());
            let call = vec![self.lower_loose(&args[1])?, self.lower_text(&args[0])?];
            return Ok(Expr::call(Expr::Global("last_position_in".into()), call));
        };
        let equal = Expr::call(Expr::Base("=="), vec![char]);
        let found = Expr::base_call("findlast", vec![equal, self.sequence(&args[0])?]);
        Ok(Expr::base_call("something", vec![found, Expr::Int(0)]).plus(-1))
    }

    /// A text in the middle of a given width.
    fn centered(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        self.helpers.insert("centered", centered());
        let mut call = vec![self.lower_text(&args[0])?, self.lower_expr(&args[1])?];
        if let Some(fill) = args.get(2) {
            call.push(self.single_char(fill)?);
        }
        Ok(Expr::call(Expr::Global("centered".into()), call))
    }

    /// A question that holds for every character of a text that is not empty.
    fn all_chars(&mut self, text: &ir::Expr, questions: &[&'static str]) -> Lowering<Expr> {
        let is_char = text.ty == ir::Type::Char || self.repr(text) == Repr::Char;
        let subject = self.lower_loose(text)?;
        let any_of = |char: &Expr| {
            let calls = questions.iter().map(|name| Expr::base_call(name, vec![char.clone()]));
            calls.reduce(|a, b| Expr::binary("||", a, b)).unwrap_or(Expr::Bool(true))
        };
        if is_char && (subject.is_simple() || questions.len() == 1) {
            return Ok(any_of(&subject));
        }
        let question = if let [one] = questions {
            Expr::Base(one)
        } else {
            let char = Expr::Local(self.fresh(&["c", "char"]));
            Expr::Lambda(vec![char.clone()], Box::new(any_of(&char)))
        };
        if is_char {
            return Ok(Expr::call(question, vec![subject]));
        }
        if !subject.is_simple() {
            self.note_domain("text that is asked for its kind of characters is not empty");
            return Ok(Expr::base_call("all", vec![question, subject]));
        }
        let filled = Expr::base_call("isempty", vec![subject.clone()]).negate();
        Ok(Expr::binary("&&", filled, Expr::base_call("all", vec![question, subject])))
    }

    /// A text with letters of one case and none of the other.
    fn cased(&mut self, text: &ir::Expr, wanted: &'static str, other: &'static str) -> Lowering<Expr> {
        let subject = self.lower_loose(text)?;
        if text.ty == ir::Type::Char || self.repr(text) == Repr::Char {
            return Ok(Expr::base_call(wanted, vec![subject]));
        }
        let any = |name| Expr::base_call("any", vec![Expr::Base(name), subject.clone()]);
        Ok(Expr::binary("&&", any(wanted), any(other).negate()))
    }
}

/// The pieces that a value adds to a string.
pub(super) fn pieces_of(value: Expr) -> Vec<Piece> {
    match value {
        Expr::Str(pieces) => pieces,
        Expr::Char(c) => vec![Piece::Text(c.to_string())],
        other => vec![Piece::Value(other)],
    }
}
