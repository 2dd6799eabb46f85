//! Separators of texts.

use grammars::ir::{Expr, ExprKind};

/// Whether splitting at `separator` gives the same parts from the left and from the right: it is written out, and
/// two of it cannot overlap.
pub(crate) fn same_from_both_ends(separator: &Expr) -> bool {
    let ExprKind::Str(text) = &separator.kind else { return false };
    let bytes = text.as_bytes();
    !bytes.is_empty() && (1..bytes.len()).all(|n| bytes[..n] != bytes[bytes.len() - n..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammars::ir::Type;

    #[test]
    fn only_what_cannot_overlap_itself_is_the_same_from_both_ends() {
        let same = |text: &str| {
            let literal = Expr { kind: ExprKind::Str(text.into()), ty: Type::Str, span: Default::default() };
            same_from_both_ends(&literal)
        };
        assert!(same(",") && same(", ") && same("ab"));
        assert!(!same("aa") && !same("aba") && !same(""));
        assert!(!same_from_both_ends(&Expr::local("separator", Type::Str)));
    }
}
