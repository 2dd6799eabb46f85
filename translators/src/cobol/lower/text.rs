//! Texts: what can be moved, compared and put together without statements of its own.

use super::number::function;
use super::{Lower, Result, Var, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Expr, Ref, Stmt};
use grammars::Span;
use grammars::ir::{self, Conversion, ExprKind, IndexMode, Intrinsic, Type};

/// A text as an operand.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its characters: a literal, a data item, a part of one, or a function.
    pub operand: Expr,
    /// How many there are.
    pub length: Expr,
    /// The place, if the text is a stored one as a whole.
    pub whole: Option<Loc>,
}

impl Text {
    /// One character.
    pub fn char(item: Ref) -> Text {
        Text { operand: item.into(), length: Expr::int(1), whole: None }
    }

    /// A literal; an empty one is written as blanks.
    pub fn literal(text: &str) -> Text {
        let operand = if text.is_empty() { Expr::Figurative("SPACES") } else { Expr::Text(text.to_string()) };
        Text { operand, length: Expr::int(text.chars().count() as i128), whole: None }
    }

    /// The characters with blanks behind them where they are stored so.
    pub fn padded(&self) -> Expr {
        match self.whole.as_ref().and_then(Loc::chars) {
            Some(chars) => chars.into(),
            None => self.operand.clone(),
        }
    }
}

impl Lower<'_> {
    /// A `Str` or `Char` as an operand.
    pub fn text(&mut self, e: &ir::Expr) -> Result<Text> {
        match &e.kind {
            ExprKind::Str(text) => literal(text, e.span),
            ExprKind::Local(name) => match self.vars.get(name) {
                Some(Var::Char(item)) => Ok(Text::char(item.clone())),
                _ => self.stored_text(e),
            },
            ExprKind::Convert { conversion: Conversion::CharToStr | Conversion::StrToChar, value } => {
                self.text(value)
            }
            ExprKind::Index { base, index, mode } if base.ty.is_text() => self.char_at(base, index, *mode),
            ExprKind::Slice { base, start, stop, step: None, bounds } if base.ty.is_text() => {
                self.text_slice(base, start.as_deref(), stop.as_deref(), *bounds)
            }
            ExprKind::Intrinsic { op: Intrinsic::ToStr, args } if args[0].ty.is_text() => self.text(&args[0]),
            ExprKind::Intrinsic { op: Intrinsic::ToStr | Intrinsic::Repr, args }
                if args[0].ty == Type::Int =>
            {
                self.int_text(&args[0])
            }
            ExprKind::Intrinsic { op: Intrinsic::Lower | Intrinsic::Upper, args } => {
                self.changed_case(e, &args[0])
            }
            ExprKind::Intrinsic { op: Intrinsic::Chr, args } => {
                let code = self.number(&args[0])?.offset(1);
                let code = self.settled("CHAR-ORDINAL", code);
                Ok(Text { operand: function("CHAR", vec![code]), length: Expr::int(1), whole: None })
            }
            _ => self.stored_text(e),
        }
    }

    /// The text at a place.
    pub fn stored_text(&mut self, e: &ir::Expr) -> Result<Text> {
        if matches!(e.ty, Type::Optional(_)) {
            return reject("text", e.span, "a text that may be missing is used as a text");
        }
        let place = self.stored(e)?;
        Ok(text_at(&place))
    }

    /// The number of characters of a text or elements of a container.
    pub fn length_of(&mut self, e: &ir::Expr) -> Result<Expr> {
        if e.ty.is_text() {
            return Ok(self.text(e)?.length);
        }
        if let Type::Tuple(parts) = &e.ty {
            return Ok(Expr::int(parts.len() as i128));
        }
        match self.stored(e)?.count() {
            Some(count) => Ok(count.into()),
            None => reject("length", e.span, format!("a value of type {} has no length", e.ty)),
        }
    }

    fn char_at(&mut self, base: &ir::Expr, index: &ir::Expr, mode: IndexMode) -> Result<Text> {
        let text = self.placed(base)?;
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else { return Ok(text) };
        let position = self.index_position(text.length, index, mode)?;
        Ok(Text::char(chars.slice(position, Expr::int(1))))
    }

    /// A text of which parts can be taken: a stored one.
    pub fn placed(&mut self, e: &ir::Expr) -> Result<Text> {
        let text = self.text(e)?;
        if text.whole.is_some() {
            return Ok(text);
        }
        let place = self.temp("WHOLE-TEXT", &Type::Str, e.span)?;
        self.move_text(&place, text);
        Ok(text_at(&place))
    }

    fn int_text(&mut self, value: &ir::Expr) -> Result<Text> {
        let number = self.number(value)?;
        if let Some(value) = number.as_int() {
            return Ok(Text::literal(&value.to_string()));
        }
        let edited = self.edited("NUMBER-EDITED", "PIC -(19)9");
        let stmt = match &number {
            Expr::Ref(_) => Stmt::Move(number, edited.clone()),
            _ => Stmt::Compute { target: edited.clone(), rounded: "", value: number, size_error: Vec::new() },
        };
        self.emit(stmt);
        let trimmed = function("TRIM", vec![edited.into()]);
        Ok(Text { length: function("LENGTH", vec![trimmed.clone()]), operand: trimmed, whole: None })
    }

    fn changed_case(&mut self, e: &ir::Expr, arg: &ir::Expr) -> Result<Text> {
        let upper = matches!(e.kind, ExprKind::Intrinsic { op: Intrinsic::Upper, .. });
        let name = if upper { "UPPER-CASE" } else { "LOWER-CASE" };
        let text = self.text(arg)?;
        if text.length.as_int() == Some(1) {
            return Ok(Text { operand: function(name, vec![text.operand]), ..text });
        }
        // Parts may be empty, and a function of an empty part has no value.
        let text = if text.whole.is_some() { text } else { self.placed(arg)? };
        let operand = function(name, vec![text.padded()]);
        match text.length.as_int() {
            Some(_) => Ok(Text { operand, length: text.length, whole: None }),
            None => {
                let place = self.temp("CASE-TEXT", &Type::Str, e.span)?;
                if let (Some(chars), Some(length)) = (place.chars(), place.count()) {
                    self.emit(Stmt::Move(operand, chars));
                    self.emit(Stmt::Move(text.length, length));
                }
                Ok(text_at(&place))
            }
        }
    }

    /// Stores a text. Characters behind its length are blanks.
    pub fn move_text(&mut self, place: &Loc, text: Text) {
        if let (Type::Char, _) = (&place.node.ty, ()) {
            return self.emit(Stmt::Move(text.operand, place.item()));
        }
        if let Some(whole) = &text.whole {
            if whole != place {
                self.emit(Stmt::Move(whole.item().into(), place.item()));
            }
            return;
        }
        if let (Some(chars), Some(length)) = (place.chars(), place.count()) {
            self.emit(Stmt::Move(text.operand, chars));
            let stmt = match &text.length {
                Expr::Binary(..) => {
                    Stmt::Compute { target: length, rounded: "", value: text.length, size_error: Vec::new() }
                }
                _ => Stmt::Move(text.length, length),
            };
            self.emit(stmt);
        }
    }
}

/// The text stored at `place`.
pub fn text_at(place: &Loc) -> Text {
    match (place.chars(), place.count()) {
        (Some(chars), Some(length)) => Text {
            operand: chars.slice(Expr::int(1), length.clone().into()).into(),
            length: length.into(),
            whole: Some(place.clone()),
        },
        _ => Text::char(place.item()),
    }
}

/// A literal, which must be ASCII.
pub fn literal(text: &str, span: Span) -> Result<Text> {
    if text.is_ascii() {
        return Ok(Text::literal(text));
    }
    reject("text-encoding", span, "text outside ASCII has no certain length in COBOL")
}

/// Whether a text needs no statements that write it piece by piece.
pub fn is_operand(e: &ir::Expr) -> bool {
    match &e.kind {
        ExprKind::Str(_) | ExprKind::Local(_) | ExprKind::Index { .. } => true,
        ExprKind::Slice { step, .. } => step.is_none(),
        ExprKind::Convert { conversion: Conversion::CharToStr | Conversion::StrToChar, value } => {
            is_operand(value)
        }
        ExprKind::Intrinsic { op, args } => match op {
            Intrinsic::ToStr => args[0].ty == Type::Int || args[0].ty.is_text() && is_operand(&args[0]),
            Intrinsic::Repr => args[0].ty == Type::Int,
            Intrinsic::Lower | Intrinsic::Upper | Intrinsic::Chr => true,
            _ => false,
        },
        _ => false,
    }
}
