//! How a text is held: as `String`, as a part of one (`SubString`), or as a `Char`.
//!
//! The source's texts are all of one type. `lower_loose` gives whatever form Julia's functions
//! deliver, for places where any form will do; `lower_expr` gives a `String` where the IR says `Str`.

use super::{Lower, Lowering};
use crate::julia::tree::{Expr, Type};
use grammars::ir::{self, Conversion, ExprKind, Intrinsic};

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repr {
    /// As the IR's type says: `String`, or `Char` for `Char`.
    Exact,
    /// A `SubString`.
    SubString,
    /// A `Char` where the IR says `Str`.
    Char,
}

impl Lower<'_> {
    /// The form in which `lower_loose` delivers a text.
    pub(super) fn repr(&self, expr: &ir::Expr) -> Repr {
        if expr.ty != ir::Type::Str {
            return Repr::Exact;
        }
        if let ExprKind::Convert { conversion: Conversion::Unwrap, value } = &expr.kind
            && let ExprKind::Intrinsic { op: Intrinsic::MatchGroup(_), .. } = &value.kind
        {
            return Repr::SubString;
        }
        match &expr.kind {
            ExprKind::Local(name) if self.scope.as_char.contains(name) => Repr::Char,
            ExprKind::Local(name) if self.scope.as_substring.contains(name) => Repr::SubString,
            ExprKind::Index { base, .. } if base.ty == ir::Type::Str => Repr::Char,
            ExprKind::Index { base, .. } => self.element_repr(base),
            ExprKind::Convert { conversion: Conversion::CharToStr, .. } => Repr::Char,
            ExprKind::Convert { conversion: Conversion::Unwrap, value } => self.repr(value),
            ExprKind::Slice { .. } => self.slice_repr(expr),
            ExprKind::Intrinsic { op, args } => match op {
                Intrinsic::Strip | Intrinsic::LStrip | Intrinsic::RStrip | Intrinsic::MatchGroup(_) => {
                    Repr::SubString
                }
                Intrinsic::Chr => Repr::Char,
                Intrinsic::Lower | Intrinsic::Upper if self.repr(&args[0]) == Repr::Char => Repr::Char,
                Intrinsic::Min { key: false, default: false }
                | Intrinsic::Max { key: false, default: false }
                | Intrinsic::PopFirst => self.element_repr(&args[0]),
                _ => Repr::Exact,
            },
            _ => Repr::Exact,
        }
    }

    /// The form of the items that `lower_loose` delivers for a sequence of texts.
    pub(super) fn element_repr(&self, sequence: &ir::Expr) -> Repr {
        if sequence.ty.element() != Some(ir::Type::Str) {
            return Repr::Exact;
        }
        match &sequence.kind {
            _ if sequence.ty == ir::Type::Str => Repr::Char,
            ExprKind::Intrinsic { op, args } => match op {
                Intrinsic::SplitWhitespace | Intrinsic::Split | Intrinsic::RSplit | Intrinsic::RegexSplit => {
                    Repr::SubString
                }
                Intrinsic::ToList | Intrinsic::Reversed | Intrinsic::ToSet => self.element_repr(&args[0]),
                Intrinsic::Sorted { key: false, .. } => self.element_repr(&args[0]),
                _ => Repr::Exact,
            },
            ExprKind::Slice { base, .. } if base.ty != ir::Type::Str => self.element_repr(base),
            _ => Repr::Exact,
        }
    }

    /// A text or sequence of texts in the form that the IR's type asks for.
    pub(super) fn exact(&self, expr: &ir::Expr, loose: Expr) -> Expr {
        match self.repr(expr) {
            Repr::SubString => return Expr::call(Expr::Type(Type::plain("String")), vec![loose]),
            Repr::Char => return Expr::base_call("string", vec![loose]),
            Repr::Exact => {}
        }
        if !matches!(expr.ty, ir::Type::List(_) | ir::Type::Set(_)) {
            return loose;
        }
        let convert = match self.element_repr(expr) {
            Repr::Exact => return loose,
            Repr::SubString => Expr::Type(Type::plain("String")),
            Repr::Char => Expr::Base("string"),
        };
        if matches!(expr.ty, ir::Type::Set(_)) {
            // `Set(items)` becomes `Set(convert.(collect(items)))`.
            return match loose {
                Expr::Call { callee, mut args, .. } if args.len() == 1 => {
                    let items = Expr::base_call("collect", vec![args.remove(0)]);
                    Expr::call(*callee, vec![broadcast(convert, items)])
                }
                other => other,
            };
        }
        broadcast(convert, loose)
    }

    /// A text as a `Char` literal or a `Char` value, where it has or can be given that form.
    pub(super) fn as_char(&mut self, expr: &ir::Expr) -> Lowering<Option<Expr>> {
        if let ExprKind::Str(text) = &expr.kind {
            let mut chars = text.chars();
            return Ok(match (chars.next(), chars.next()) {
                (Some(c), None) => Some(Expr::Char(c)),
                _ => None,
            });
        }
        if expr.ty == ir::Type::Char || self.repr(expr) == Repr::Char {
            return self.lower_loose(expr).map(Some);
        }
        Ok(None)
    }

    /// Whether `as_char` gives a value.
    pub(super) fn can_be_char(&self, expr: &ir::Expr) -> bool {
        match &expr.kind {
            ExprKind::Str(text) => text.chars().count() == 1,
            _ => expr.ty == ir::Type::Char || self.repr(expr) == Repr::Char,
        }
    }

    /// A text as something that text functions take: no single `Char`.
    pub(super) fn lower_text(&mut self, expr: &ir::Expr) -> Lowering<Expr> {
        match self.repr(expr) {
            Repr::Char => self.lower_expr(expr),
            _ if expr.ty == ir::Type::Char => Ok(Expr::base_call("string", vec![self.lower_expr(expr)?])),
            _ => self.lower_loose(expr),
        }
    }

    /// A pattern for functions that look for text: a `Char` where it is one, else any text.
    pub(super) fn needle(&mut self, expr: &ir::Expr) -> Lowering<Expr> {
        match &expr.kind {
            ExprKind::Str(_) => self.lower_expr(expr),
            _ => self.lower_loose(expr),
        }
    }
}

/// `callee.(argument)`.
pub(super) fn broadcast(callee: Expr, argument: Expr) -> Expr {
    match Expr::call(callee, vec![argument]) {
        Expr::Call { callee, args, keywords, named, .. } => {
            Expr::Call { callee, args, keywords, named, broadcast: true }
        }
        other => other,
    }
}
