//! The words of the text form that stand for variants.

use crate::ir::{BinaryOp, CompareOp, IndexMode, Overflow, Type};

/// Each binary operation with its sign.
pub(super) const BINARY: [(BinaryOp, &str); 21] = [
    (BinaryOp::Add, "+"),
    (BinaryOp::Sub, "-"),
    (BinaryOp::Mul, "*"),
    (BinaryOp::Div, "/"),
    (BinaryOp::FloorDiv, "//"),
    (BinaryOp::FloorMod, "%"),
    (BinaryOp::TruncDiv, "div"),
    (BinaryOp::TruncRem, "rem"),
    (BinaryOp::Pow, "**"),
    (BinaryOp::BitAnd, "&"),
    (BinaryOp::BitOr, "|"),
    (BinaryOp::BitXor, "^"),
    (BinaryOp::Shl, "<<"),
    (BinaryOp::Shr, ">>"),
    (BinaryOp::ShrUnsigned, ">>>"),
    (BinaryOp::Concat, "++"),
    (BinaryOp::Repeat, "times"),
    (BinaryOp::Union, "union"),
    (BinaryOp::Intersection, "intersection"),
    (BinaryOp::Difference, "difference"),
    (BinaryOp::SymmetricDifference, "symmetric_difference"),
];

/// Each relation with its sign.
pub(super) const COMPARE: [(CompareOp, &str); 6] = [
    (CompareOp::Eq, "=="),
    (CompareOp::Ne, "!="),
    (CompareOp::Lt, "<"),
    (CompareOp::Le, "<="),
    (CompareOp::Gt, ">"),
    (CompareOp::Ge, ">="),
];

/// Each overflow with the mark behind the sign that says so.
pub(super) const OVERFLOW: [(Overflow, &str); 4] =
    [(Overflow::Unbounded, "?"), (Overflow::Fits, "!"), (Overflow::Wrap32, "~32"), (Overflow::Wrap64, "~64")];

/// Each index mode but the plain one, with its word.
pub(super) const MODE: [(IndexMode, &str); 3] = [
    (IndexMode::NonNegative, "non-negative"),
    (IndexMode::InRange, "in-range"),
    (IndexMode::FromEnd, "from-end"),
];

/// The overflow that needs no mark in an operation that gives a `ty`.
pub(super) fn plain_overflow(ty: &Type) -> Overflow {
    if *ty == Type::Int { Overflow::Unbounded } else { Overflow::Fits }
}

/// The word or sign for `key` in one of the tables above.
pub(super) fn word<K: PartialEq>(table: &[(K, &'static str)], key: &K) -> &'static str {
    table.iter().find(|(k, _)| k == key).map_or("", |(_, word)| word)
}
