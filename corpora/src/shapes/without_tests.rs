//! A source program without its tests, for pairs of programs.

use crate::Record;
use grammars::surface::{TestCase, TestOrigin};
use grammars::{LangId, Span, python};

/// The record's source without what only tests it. What a front end cannot take apart stays whole, and so do
/// tests inside of documentation.
pub(super) fn without_tests(record: &Record) -> String {
    let text = &record.source;
    if record.source_lang != LangId::PYTHON {
        return text.clone();
    }
    let Ok(module) = python::parse(&record.path, text) else { return text.clone() };
    let tests: Vec<Span> = module.tests.iter().flat_map(spans).collect();
    let Some(first) = tests.iter().map(|span| span.start as usize).min() else { return text.clone() };
    let code = module.body.iter().map(|stmt| stmt.span);
    let last_of_code = code.clone().map(|span| span.end as usize).max().unwrap_or(0);
    // What calls the tests stands behind them and is no part of the program either.
    let end = if last_of_code <= first { first } else { text.len() };
    let mut kept = String::new();
    let mut at = 0;
    for line in text[..floor(text, end)].split_inclusive('\n') {
        let place = at..at + line.len();
        at = place.end;
        let touches = |span: &Span| (span.start as usize) < place.end && place.start < span.end as usize;
        if !tests.iter().any(touches) {
            kept.push_str(line);
        }
    }
    format!("{}\n", kept.trim_end())
}

/// Where a test stands outside of definitions.
fn spans(test: &TestCase) -> Vec<Span> {
    match test.origin {
        TestOrigin::Assert => test.body.iter().map(|stmt| stmt.span).collect(),
        TestOrigin::TestFunction | TestOrigin::Check | TestOrigin::Unittest => vec![test.span],
        TestOrigin::Doctest | TestOrigin::Generated => Vec::new(),
    }
}

/// The last border of characters that is not behind `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::example;

    fn stripped(source: &str) -> String {
        without_tests(&Record { source: source.into(), ..example("f") })
    }

    #[test]
    fn asserts_and_checks_go() {
        let program = "# About é.\ndef f(n):\n    return n\n";
        assert_eq!(stripped(&format!("{program}\nassert f(1) == 1\nassert f(2) == 2\n")), program);
        let check =
            "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate(1) == 1\n\n\ncheck(f)\n";
        let left = stripped(&format!("{program}{check}"));
        assert!(left.starts_with(program) && !left.contains("check") && !left.contains("assert"), "{left}");
    }

    #[test]
    fn code_behind_a_test_stays() {
        let left = stripped("def f(n):\n    return n\n\nassert f(1) == 1\n\ndef g(n):\n    return f(n)\n");
        assert_eq!(left, "def f(n):\n    return n\n\n\ndef g(n):\n    return f(n)\n");
    }

    #[test]
    fn what_has_no_tests_or_cannot_be_read_stays_as_it_is() {
        for source in ["def f(n):\n    return n\n", "def f(:\n"] {
            assert_eq!(stripped(source), source);
        }
    }
}
