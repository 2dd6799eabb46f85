//! Equality of values.

use super::text::Text;
use super::{Lower, Result, Var, reject};
use crate::cobol::layout::Shape;
use crate::cobol::loc::Loc;
use crate::cobol::tree::{Cond, Expr, Relation, Stmt, Until};
use grammars::ir::{self, Conversion, ExprKind, Type};

impl Lower<'_> {
    /// `left == right`.
    pub fn equal(&mut self, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        let (left, right) = (super::cond::unwrapped(left), super::cond::unwrapped(right));
        if is_literal(left) && !is_literal(right) {
            return self.equal(right, left);
        }
        match (&left.ty, &right.ty) {
            (Type::Int | Type::Float, Type::Int | Type::Float) => self.equal_numbers(left, right),
            (Type::Bool, Type::Bool) => self.equal_flags(left, right),
            (a, b) if a.is_text() && b.is_text() => {
                let (a, b) = (self.text(left)?, self.text(right)?);
                Ok(equal_texts(a, b))
            }
            (Type::Optional(_), _) | (_, Type::Optional(_)) => self.equal_optionals(left, right),
            (Type::None, Type::None) => Ok(Cond::constant(true)),
            (Type::List(_), Type::List(_)) | (Type::Tuple(_), Type::Tuple(_)) => {
                self.equal_sequences(left, right)
            }
            (Type::Class(a), Type::Class(b))
                if a == b && self.context.module.class(a).is_some_and(|class| class.dataclass) =>
            {
                let (a, b) = (self.stored(left)?, self.stored(right)?);
                self.equal_places(&a, &b, left)
            }
            (Type::Set(_), Type::Set(_)) | (Type::Dict(..), Type::Dict(..)) => self.equal_tables(left, right),
            (Type::Bool, Type::Int | Type::Float) | (Type::Int | Type::Float, Type::Bool) => {
                let (a, b) = (self.flag_or_number(left)?, self.flag_or_number(right)?);
                Ok(Cond::Relation(a, Relation::Eq, b))
            }
            (a, b) => reject(
                "comparison",
                left.span,
                format!("values of type {a} and {b} are not compared in COBOL"),
            ),
        }
    }

    fn flag_or_number(&mut self, e: &ir::Expr) -> Result<Expr> {
        if e.ty == Type::Bool { Ok(self.stored(e)?.item().into()) } else { self.number(e) }
    }

    fn equal_numbers(&mut self, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        let as_float = left.ty == Type::Float || right.ty == Type::Float;
        self.compare_numbers(left, Relation::Eq, right, as_float)
    }

    fn equal_flags(&mut self, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        if let ExprKind::Bool(value) = right.kind {
            let cond = self.cond(left)?;
            return Ok(if value { cond } else { cond.negated() });
        }
        let (a, b) = (self.stored(left)?.item(), self.stored(right)?.item());
        Ok(Cond::relation(a, Relation::Eq, b))
    }

    fn equal_optionals(&mut self, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        if matches!(right.kind, ExprKind::None) || right.ty == Type::None {
            return self.cond(&is_none(left));
        }
        if let ExprKind::Convert { conversion: Conversion::ToOptional, value } = &right.kind {
            return self.equal_optionals(left, value);
        }
        if left.ty == Type::None {
            return self.cond(&is_none(right));
        }
        let Some((present, value)) = self.stored(left)?.option() else {
            return self.equal_optionals(right, left);
        };
        let inner = value.node.ty.clone();
        let value = self.made_up(Var::Stored(value), inner);
        if !matches!(right.ty, Type::Optional(_)) {
            let same = self.equal(&value, right)?;
            return Ok(Cond::all(vec![Cond::Name(present), same]));
        }
        let Some((other, other_value)) = self.stored(right)?.option() else {
            return Ok(Cond::constant(false));
        };
        let other_ty = other_value.node.ty.clone();
        let other_value = self.made_up(Var::Stored(other_value), other_ty);
        let same = self.equal(&value, &other_value)?;
        let (here, there) = (Cond::Name(present), Cond::Name(other));
        let both = Cond::all(vec![here.clone(), there.clone(), same]);
        Ok(Cond::any(vec![both, Cond::all(vec![here.negated(), there.negated()])]))
    }

    fn equal_sequences(&mut self, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        match (&left.kind, &right.kind) {
            (ExprKind::Tuple(a), ExprKind::Tuple(b)) if a.len() == b.len() => {
                let mut parts = Vec::new();
                for (a, b) in a.iter().zip(b) {
                    parts.push(self.equal(a, b)?);
                }
                return Ok(if parts.is_empty() { Cond::constant(true) } else { Cond::all(parts) });
            }
            (_, ExprKind::List(items)) | (_, ExprKind::Tuple(items)) => {
                let place = self.stored(left)?;
                return self.equal_to_items(&place, items);
            }
            _ => {}
        }
        let (a, b) = (self.stored(left)?, self.stored(right)?);
        self.equal_places(&a, &b, left)
    }

    /// A stored list or tuple against the items of a literal.
    fn equal_to_items(&mut self, place: &Loc, items: &[ir::Expr]) -> Result<Cond> {
        let mut parts = Vec::new();
        if let Some(count) = place.count() {
            parts.push(Cond::relation(count, Relation::Eq, Expr::int(items.len() as i128)));
        }
        for (at, item) in items.iter().enumerate() {
            let element = match place.node.shape {
                Shape::Parts(_) => place.part(at),
                _ => place.element(Expr::int(at as i128 + 1)),
            };
            let Some(element) = element else {
                return reject("comparison", item.span, "these values are not compared in COBOL");
            };
            let ty = element.node.ty.clone();
            let element = self.made_up(Var::Stored(element), ty);
            parts.push(self.equal(&element, item)?);
        }
        Ok(if parts.is_empty() { Cond::constant(true) } else { Cond::all(parts) })
    }

    /// Two stored values of one type.
    pub fn equal_places(&mut self, a: &Loc, b: &Loc, e: &ir::Expr) -> Result<Cond> {
        if comparable_as_groups(a, b) {
            return Ok(Cond::relation(a.item(), Relation::Eq, b.item()));
        }
        match &a.node.shape {
            Shape::Parts(parts) => {
                let mut conds = Vec::new();
                for at in 0..parts.len() {
                    let (Some(x), Some(y)) = (a.part(at), b.part(at)) else { continue };
                    let (x_ty, y_ty) = (x.node.ty.clone(), y.node.ty.clone());
                    let x = self.made_up(Var::Stored(x), x_ty);
                    let y = self.made_up(Var::Stored(y), y_ty);
                    conds.push(self.equal(&x, &y)?);
                }
                Ok(if conds.is_empty() { Cond::constant(true) } else { Cond::all(conds) })
            }
            Shape::Table { .. } => self.equal_lists(a, b, e),
            _ => reject("comparison", e.span, format!("values of type {} are not compared in COBOL", e.ty)),
        }
    }

    /// Two lists, element by element.
    fn equal_lists(&mut self, a: &Loc, b: &Loc, e: &ir::Expr) -> Result<Cond> {
        let (Some(a_count), Some(b_count)) = (a.count(), b.count()) else {
            return reject("comparison", e.span, "these values are not compared in COBOL");
        };
        let flag = self.temp("MATCHING", &Type::Bool, e.span)?;
        let Some(same) = flag.condition() else { return Ok(Cond::constant(false)) };
        let (yes, no) = (Stmt::Set(same.clone(), true), Stmt::Set(same.clone(), false));
        let counts = Cond::relation(a_count.clone(), Relation::Eq, b_count);
        self.emit(Stmt::If(counts, vec![yes], vec![no.clone()]));
        let counter = self.position("COMPARED-POS");
        let (Some(x), Some(y)) = (a.element(counter.clone().into()), b.element(counter.clone().into()))
        else {
            return reject("comparison", e.span, "these values are not compared in COBOL");
        };
        let (x_ty, y_ty) = (x.node.ty.clone(), y.node.ty.clone());
        let (x, y) = (self.made_up(Var::Stored(x), x_ty), self.made_up(Var::Stored(y), y_ty));
        let body = self.block(|this| {
            let differ = this.equal(&x, &y)?.negated();
            this.emit(Stmt::If(differ, vec![no], Vec::new()));
            Ok(())
        })?;
        let until = Cond::any(vec![
            Cond::Name(same.clone()).negated(),
            Cond::relation(counter.clone(), Relation::Gt, a_count),
        ]);
        let until = Until::Varying { counter, from: Expr::int(1), by: Expr::int(1), until };
        self.emit(Stmt::Perform(until, body));
        Ok(Cond::Name(same))
    }
}

/// Whether the bytes of two places are equal exactly when their values are.
fn comparable_as_groups(a: &Loc, b: &Loc) -> bool {
    match &a.node.shape {
        Shape::Table { item, .. } => {
            a.is_record() && b.is_record() && canonical(&item.ty) && matches!(a.node.ty, Type::List(_))
        }
        _ => canonical(&a.node.ty),
    }
}

/// Whether values of a type have one pattern of bytes each.
fn canonical(ty: &Type) -> bool {
    match ty {
        Type::Int | Type::Bool | Type::Char | Type::Str => true,
        Type::Tuple(parts) => parts.iter().all(canonical),
        _ => false,
    }
}

/// Equality of texts: of the lengths, then of the characters.
fn equal_texts(a: Text, b: Text) -> Cond {
    if let (Some(x), Some(y)) = (&a.whole, &b.whole) {
        return Cond::relation(x.item(), Relation::Eq, y.item());
    }
    match (a.length.as_int(), b.length.as_int()) {
        (Some(m), Some(n)) if m != n => return Cond::constant(false),
        (Some(0), Some(0)) => return Cond::constant(true),
        (Some(_), Some(_)) => return Cond::compare(a.operand, Relation::Eq, b.operand),
        (_, Some(0)) | (Some(0), _) => {
            let length = if a.length.as_int() == Some(0) { b.length } else { a.length };
            return Cond::Relation(length, Relation::Eq, Expr::int(0));
        }
        _ => {}
    }
    let lengths = Cond::compare(a.length.clone(), Relation::Eq, b.length.clone());
    Cond::all(vec![lengths, Cond::compare(a.padded(), Relation::Eq, b.padded())])
}

fn is_literal(e: &ir::Expr) -> bool {
    match &e.kind {
        ExprKind::None
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str(_)
        | ExprKind::List(_)
        | ExprKind::Set(_)
        | ExprKind::Dict(_) => true,
        ExprKind::Tuple(parts) => parts.iter().all(is_literal),
        ExprKind::Convert { value, .. } => is_literal(value),
        _ => false,
    }
}

fn is_none(e: &ir::Expr) -> ir::Expr {
    ir::Expr::new(ExprKind::IsNone(Box::new(e.clone())), Type::Bool)
}
