//! Texts that are filled up to a width.

use super::number::function;
use super::{Lower, Result, reject};
use crate::cobol::loc::Loc;
use crate::cobol::tree::{ArithOp, Cond, Expr, Ref, Relation, Stmt, Until};
use grammars::Span;
use grammars::ir::{self, Intrinsic, Type};

/// A text that is written piece by piece, and where the next character goes.
struct Writing {
    place: Loc,
    chars: Ref,
    length: Ref,
    pointer: Ref,
}

impl Lower<'_> {
    /// `ljust` and `rjust`.
    pub fn justified(&mut self, dest: &Loc, op: &Intrinsic, args: &[ir::Expr], span: Span) -> Result<()> {
        let (text, fill) = (self.placed(&args[0])?, self.filling(args)?);
        let width = self.simple_number("FIELD-WIDTH", &args[1])?;
        let missing = self.missing(width, &text.length);
        let writing = self.write_anew(span)?;
        let missing = self.atom("FILL-TIMES", missing, span)?;
        if *op == Intrinsic::LJust {
            self.write(&writing, text.operand.clone());
        }
        self.write_times(&writing, fill, missing)?;
        if *op != Intrinsic::LJust {
            self.write(&writing, text.operand);
        }
        self.written(&writing, dest);
        Ok(())
    }

    /// `center`: of an odd number of blanks the left side gets one more where the width is odd.
    pub fn centred(&mut self, dest: &Loc, args: &[ir::Expr], span: Span) -> Result<()> {
        let (text, fill) = (self.placed(&args[0])?, self.filling(args)?);
        let width = self.simple_number("FIELD-WIDTH", &args[1])?;
        let missing = self.missing(width.clone(), &text.length);
        let left = self.position("LEFT-FILL");
        let half = Expr::Binary(ArithOp::Div, Box::new(missing.clone()), Box::new(Expr::int(2)));
        self.compute(left.clone(), half, Vec::new());
        let is_odd = |value: Expr| {
            Cond::Relation(function("MOD", vec![value, Expr::int(2)]), Relation::Eq, Expr::int(1))
        };
        let both = Cond::all(vec![is_odd(missing.clone()), is_odd(width)]);
        self.emit(Stmt::If(both, vec![Stmt::Add(Expr::int(1), left.clone())], Vec::new()));
        let writing = self.write_anew(span)?;
        self.write_times(&writing, fill.clone(), left.clone().into())?;
        self.write(&writing, text.operand);
        let right = self.atom("FILL-TIMES", missing.minus(left.into()), span)?;
        self.write_times(&writing, fill, right)?;
        self.written(&writing, dest);
        Ok(())
    }

    /// `zfill`: zeros behind a sign.
    pub fn zero_filled(&mut self, dest: &Loc, args: &[ir::Expr], span: Span) -> Result<()> {
        let text = self.placed(&args[0])?;
        let Some(chars) = text.whole.as_ref().and_then(Loc::chars) else {
            return reject("text", span, "this text is not stored");
        };
        let width = self.simple_number("FIELD-WIDTH", &args[1])?;
        let missing = self.missing(width, &text.length);
        let missing = self.atom("FILL-TIMES", missing, span)?;
        let writing = self.write_anew(span)?;
        let next = self.position("DIGIT-POS");
        self.emit(Stmt::Move(Expr::int(1), next.clone()));
        let sign = chars.clone().slice(Expr::int(1), Expr::int(1));
        let is_sign =
            |sign_char: &str| Cond::relation(sign.clone(), Relation::Eq, Expr::Text(sign_char.to_string()));
        let signed = self.block(|this| {
            this.write(&writing, sign.clone().into());
            this.emit(Stmt::Move(Expr::int(2), next.clone()));
            Ok(())
        })?;
        self.emit(Stmt::If(Cond::any(vec![is_sign("+"), is_sign("-")]), signed, Vec::new()));
        self.write_times(&writing, Expr::Text("0".to_string()), missing)?;
        let length = text.length.clone().minus(next.clone().into()).offset(1);
        let rest = chars.slice(next.clone().into(), length);
        let some = Cond::Relation(next.into(), Relation::Le, text.length);
        let digits = self.block(|this| {
            this.write(&writing, rest.into());
            Ok(())
        })?;
        self.emit(Stmt::If(some, digits, Vec::new()));
        self.written(&writing, dest);
        Ok(())
    }

    fn filling(&mut self, args: &[ir::Expr]) -> Result<Expr> {
        match args.get(2) {
            Some(fill) => Ok(self.text(fill)?.operand),
            None => Ok(Expr::Text(" ".to_string())),
        }
    }

    /// How many characters a text lacks.
    fn missing(&mut self, width: Expr, length: &Expr) -> Expr {
        let missing = function("MAX", vec![Expr::int(0), width.minus(length.clone())]);
        self.settled("FILL-COUNT", missing)
    }

    fn write_anew(&mut self, span: Span) -> Result<Writing> {
        let place = self.temp("FILLED-TEXT", &Type::Str, span)?;
        let (Some(chars), Some(length)) = (place.chars(), place.count()) else {
            return reject("text", span, "this text is not stored");
        };
        let pointer = self.position("WRITE-POS");
        self.emit(Stmt::Move(Expr::Figurative("SPACES"), chars.clone()));
        self.emit(Stmt::Move(Expr::int(1), pointer.clone()));
        Ok(Writing { place, chars, length, pointer })
    }

    fn write(&mut self, writing: &Writing, part: Expr) {
        self.string_into(vec![part], writing.chars.clone(), writing.pointer.clone());
    }

    fn write_times(&mut self, writing: &Writing, part: Expr, times: Expr) -> Result<()> {
        let body = self.block(|this| {
            this.write(writing, part);
            Ok(())
        })?;
        self.emit(Stmt::Perform(Until::Times(times), body));
        Ok(())
    }

    fn written(&mut self, writing: &Writing, dest: &Loc) {
        self.compute(writing.length.clone(), Expr::from(writing.pointer.clone()).offset(-1), Vec::new());
        self.copy(&writing.place, dest);
    }
}
