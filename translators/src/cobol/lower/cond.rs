//! Conditions.

use super::{Lower, Result, reject};
use crate::cobol::tree::{Cond, Expr, Ref, Relation, Stmt, Until};
use grammars::ir::{self, CompareOp, Conversion, ExprKind, Intrinsic, Type};

impl Lower<'_> {
    /// A `Bool` as a condition.
    pub fn cond(&mut self, e: &ir::Expr) -> Result<Cond> {
        match &e.kind {
            ExprKind::Bool(value) => Ok(Cond::constant(*value)),
            ExprKind::Not(inner) => Ok(self.cond(inner)?.negated()),
            ExprKind::And(parts) => self.lazy(parts, true),
            ExprKind::Or(parts) => self.lazy(parts, false),
            ExprKind::Compare { op, left, right } => self.comparison(*op, left, right),
            ExprKind::CompareChain { operands, ops } => self.chain(operands, ops),
            ExprKind::IsNone(inner) => self.is_none(inner),
            ExprKind::Intrinsic { op, args } => self.test(op, args, e),
            _ => self.stored_flag(e),
        }
    }

    /// A `Bool` that is stored, or that statements store. Any other is stored by asking for its condition, which
    /// would lead here again.
    fn stored_flag(&mut self, e: &ir::Expr) -> Result<Cond> {
        let by_statements =
            matches!(e.kind, ExprKind::Call { .. } | ExprKind::Lookup { .. } | ExprKind::IfElse { .. })
                || self.needs_producer(e);
        let place = match self.place(e)? {
            Some(place) => place,
            None if by_statements => self.stored(e)?,
            None => return reject("condition", e.span, "this condition has no COBOL form"),
        };
        self.flag_condition(&place, e)
    }

    /// The condition name of a stored `Bool`.
    pub fn flag_condition(&mut self, place: &crate::cobol::loc::Loc, e: &ir::Expr) -> Result<Cond> {
        match place.condition() {
            Some(name) => Ok(Cond::Name(name)),
            None => reject("condition", e.span, "this condition is not stored as a flag"),
        }
    }

    fn is_none(&mut self, inner: &ir::Expr) -> Result<Cond> {
        if inner.ty == Type::None {
            return Ok(Cond::constant(true));
        }
        match self.stored(inner)?.option() {
            Some((present, _)) => Ok(Cond::Name(present).negated()),
            None => Ok(Cond::constant(false)),
        }
    }

    /// `and`, `or`: parts that need statements are only reached when the parts before say so.
    fn lazy(&mut self, parts: &[ir::Expr], all: bool) -> Result<Cond> {
        let mut conds = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let (before, cond) = self.apart(|this| this.cond(part))?;
            if before.is_empty() || at == 0 {
                self.out.extend(before);
                conds.push(cond);
                continue;
            }
            let flag = self.temp("OUTCOME", &Type::Bool, part.span)?;
            let name = match flag.condition() {
                Some(name) => name,
                None => return reject("condition", part.span, "this condition is not stored as a flag"),
            };
            let sofar = if all { Cond::all(conds) } else { Cond::any(conds).negated() };
            let rest = self.block(|this| {
                this.out.extend(before);
                let mut rest = vec![cond];
                if at + 1 < parts.len() {
                    rest.push(this.lazy(&parts[at + 1..], all)?);
                }
                let found = if all { Cond::all(rest) } else { Cond::any(rest) };
                let hit = if all { found } else { found.negated() };
                this.emit(Stmt::If(hit, vec![Stmt::Set(name.clone(), all)], Vec::new()));
                Ok(())
            })?;
            self.emit(Stmt::Set(name.clone(), !all));
            self.emit(Stmt::If(sofar, rest, Vec::new()));
            return Ok(Cond::Name(name));
        }
        Ok(if all { Cond::all(conds) } else { Cond::any(conds) })
    }

    fn chain(&mut self, operands: &[ir::Expr], ops: &[CompareOp]) -> Result<Cond> {
        let mut parts = Vec::new();
        for (pair, op) in operands.windows(2).zip(ops) {
            parts.push(self.comparison(*op, &pair[0], &pair[1])?);
        }
        Ok(Cond::all(parts))
    }

    fn comparison(&mut self, op: CompareOp, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        if matches!(op, CompareOp::Eq | CompareOp::Ne) {
            let same = self.equal(left, right)?;
            return Ok(if op == CompareOp::Eq { same } else { same.negated() });
        }
        let relation = relation(op);
        match (&left.ty, &right.ty) {
            (Type::Int | Type::Float, Type::Int | Type::Float) => {
                let as_float = left.ty == Type::Float || right.ty == Type::Float;
                self.compare_numbers(left, relation, right, as_float)
            }
            (Type::Bool, Type::Bool) => {
                let (left, right) = (self.stored(left)?.item(), self.stored(right)?.item());
                Ok(Cond::relation(left, relation, right))
            }
            (a, b) if a.is_text() && b.is_text() => self.text_order(relation, left, right),
            (Type::Tuple(_), Type::Tuple(_)) => self.tuple_order(op, left, right),
            (Type::List(_), Type::List(_)) => self.list_order(op, left, right),
            _ => {
                reject("comparison", left.span, format!("values of type {} cannot be put in order", left.ty))
            }
        }
    }

    /// Order of texts. COBOL pads the shorter one with blanks, so that equal characters with
    /// different lengths need a look at the lengths.
    fn text_order(&mut self, relation: Relation, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        let (a, b) = (self.text(left)?, self.text(right)?);
        if a.length == b.length && a.length.as_int().is_some() {
            return Ok(Cond::compare(a.operand, relation, b.operand));
        }
        let (x, y) = (a.padded(), b.padded());
        let strict = match relation {
            Relation::Le => Relation::Lt,
            Relation::Ge => Relation::Gt,
            other => other,
        };
        let same = Cond::Relation(x.clone(), Relation::Eq, y.clone());
        let lengths = Cond::Relation(a.length, relation, b.length);
        Ok(Cond::any(vec![Cond::Relation(x, strict, y), Cond::all(vec![same, lengths])]))
    }

    fn tuple_order(&mut self, op: CompareOp, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        let (lefts, rights) = (self.tuple_parts(left)?, self.tuple_parts(right)?);
        let strict = match op {
            CompareOp::Le => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Gt,
            other => other,
        };
        let mut cond: Option<Cond> = None;
        for (at, (a, b)) in lefts.iter().zip(&rights).enumerate().rev() {
            let last = at + 1 == lefts.len();
            let first = self.comparison(if last { op } else { strict }, a, b)?;
            cond = Some(match cond {
                None => first,
                Some(rest) => {
                    let same = self.equal(a, b)?;
                    Cond::any(vec![first, Cond::all(vec![same, rest])])
                }
            });
        }
        Ok(cond.unwrap_or_else(|| Cond::constant(matches!(op, CompareOp::Le | CompareOp::Ge))))
    }

    /// Order of lists: that of the first items that differ, else that of the lengths.
    fn list_order(&mut self, op: CompareOp, left: &ir::Expr, right: &ir::Expr) -> Result<Cond> {
        let span = left.span;
        let (left, right) = (self.stored(left)?, self.stored(right)?);
        let (a_count, b_count) = (self.count_of(&left, span)?, self.count_of(&right, span)?);
        let counter = self.position("DIFFERENT-POS");
        let (x, y) =
            (self.element_of(&left, counter.clone().into()), self.element_of(&right, counter.clone().into()));
        let beyond = |count: &Ref| Cond::relation(counter.clone(), Relation::Gt, count.clone());
        let ends = vec![beyond(&a_count), beyond(&b_count)];
        let (before, same) = self.apart(|this| this.equal(&x, &y))?;
        if !before.is_empty() {
            return reject("comparison", x.span, "lists of such items cannot be put in order");
        }
        let until = Cond::any([ends.clone(), vec![same.negated()]].concat());
        let (from, by) = (Expr::int(1), Expr::int(1));
        let until = Until::Varying { counter: counter.clone(), from, by, until };
        self.emit(Stmt::Perform(until, vec![Stmt::Continue]));
        let strict = match op {
            CompareOp::Le => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Gt,
            other => other,
        };
        let items = self.comparison(strict, &x, &y)?;
        let lengths = Cond::relation(a_count, relation(op), b_count);
        let ended = Cond::any(ends);
        Ok(Cond::any(vec![Cond::all(vec![ended.clone(), lengths]), Cond::all(vec![ended.negated(), items])]))
    }

    /// The parts of a tuple as expressions.
    pub fn tuple_parts(&mut self, e: &ir::Expr) -> Result<Vec<ir::Expr>> {
        if let ExprKind::Tuple(parts) = &e.kind {
            return Ok(parts.clone());
        }
        if let Some(super::Var::Parts(parts)) = e.as_local().and_then(|name| self.vars.get(name)) {
            return Ok(parts.clone());
        }
        let place = self.stored(e)?;
        let Type::Tuple(types) = &e.ty else { return Ok(Vec::new()) };
        let parts = types.iter().enumerate().filter_map(|(at, ty)| Some((place.part(at)?, ty.clone())));
        let parts: Vec<_> = parts.collect();
        Ok(parts.into_iter().map(|(part, ty)| self.made_up(super::Var::Stored(part), ty)).collect())
    }

    /// A library function that gives a `Bool`.
    fn test(&mut self, op: &Intrinsic, args: &[ir::Expr], e: &ir::Expr) -> Result<Cond> {
        match op {
            Intrinsic::IsEmpty => {
                let length = self.length_of(&args[0])?;
                Ok(Cond::Relation(length, Relation::Eq, Expr::int(0)))
            }
            Intrinsic::Contains => self.contains(&args[0], &args[1]),
            Intrinsic::StartsWith | Intrinsic::EndsWith => self.affix(op, &args[0], &args[1]),
            Intrinsic::IsDigit
            | Intrinsic::IsAlpha
            | Intrinsic::IsAlnum
            | Intrinsic::IsLower
            | Intrinsic::IsUpper
            | Intrinsic::IsSpace => self.character_class(op, &args[0]),
            Intrinsic::IsInteger => {
                let value = self.compared(&args[0], true)?;
                let whole = super::number::function("INTEGER", vec![value.clone()]);
                Ok(Cond::Relation(value, Relation::Eq, whole))
            }
            _ => self.stored_flag(e),
        }
    }

    /// Stores the truth of a condition.
    pub fn assign_flag(&mut self, name: Ref, e: &ir::Expr) -> Result<()> {
        if let ExprKind::Bool(value) = e.kind {
            self.emit(Stmt::Set(name, value));
            return Ok(());
        }
        let cond = self.cond(e)?;
        if cond == Cond::Name(name.clone()) {
            return Ok(());
        }
        let (yes, no) = (Stmt::Set(name.clone(), true), Stmt::Set(name, false));
        self.emit(Stmt::If(cond, vec![yes], vec![no]));
        Ok(())
    }
}

/// The relation of a comparison.
pub fn relation(op: CompareOp) -> Relation {
    match op {
        CompareOp::Eq => Relation::Eq,
        CompareOp::Ne => Relation::Ne,
        CompareOp::Lt => Relation::Lt,
        CompareOp::Le => Relation::Le,
        CompareOp::Gt => Relation::Gt,
        CompareOp::Ge => Relation::Ge,
    }
}

/// `value` without conversions that do not change how it is stored.
pub fn unwrapped(value: &ir::Expr) -> &ir::Expr {
    match &value.kind {
        ExprKind::Convert { conversion: Conversion::CharToStr | Conversion::StrToChar, value } => {
            unwrapped(value)
        }
        _ => value,
    }
}
