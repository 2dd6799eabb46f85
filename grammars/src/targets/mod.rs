//! The grammars of the target languages: whether a text is one of them at all.
//!
//! They are the first rung of the ladder, taken in milliseconds and without a toolchain. What they
//! refuse is wrong; what they take may still be wrong, which the toolchain finds out.

pub mod cobol;
pub mod fortran;
pub mod julia;

mod tree;

use crate::LangId;
use std::ops::Range;

/// The byte ranges of the syntax nodes of `text` in source order, tokens and the whole included; `None`
/// where the grammar does not take the text, or the language has none here.
pub fn syntax_nodes(lang: &LangId, text: &str) -> Option<Vec<Range<usize>>> {
    match lang.as_str() {
        "julia" => julia::syntax_nodes(text),
        "fortran" => fortran::syntax_nodes(text),
        "cobol" => cobol::syntax_nodes(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of the nodes.
    fn texts<'a>(lang: &'static str, text: &'a str) -> Vec<&'a str> {
        let nodes = syntax_nodes(&LangId::from_static(lang), text).expect("a text of the language");
        nodes.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn nodes_are_those_of_the_language() {
        let julia = texts("julia", "# é\nf(x) = x + 1\n");
        assert!(julia.contains(&"x + 1") && julia.contains(&"f(x) = x + 1"), "{julia:?}");
        let fortran = texts("fortran", "program t\n  print *, 1 + 2\nend program t\n");
        assert!(fortran.contains(&"1 + 2"), "{fortran:?}");
        let cobol = texts(
            "cobol",
            "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. A.\n      * é\n       PROCEDURE DIVISION.\n           \
             DISPLAY \"HI\".\n           STOP RUN.\n",
        );
        assert!(cobol.contains(&"DISPLAY \"HI\""), "{cobol:?}");
    }

    #[test]
    fn what_is_not_of_the_language_has_no_nodes() {
        assert_eq!(syntax_nodes(&LangId::from_static("julia"), "function f(\n"), None);
        assert_eq!(syntax_nodes(&LangId::from_static("nothing"), "x"), None);
    }
}
