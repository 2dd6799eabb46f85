//! The text of a part of a Python file: its imports, the definitions of the part, and its tests.

use grammars::Span;
use grammars::surface::{Module, TestCase, TestOrigin};
use std::collections::BTreeSet;

/// The lines of `text` that `part` consists of, so that they are a program of their own. Tests
/// that stand within something else (methods, docstrings) are not repeated.
pub(crate) fn excerpt(text: &str, part: &Module) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut wanted = imports(&lines);
    let tests = part.tests.iter().flat_map(test_spans);
    for span in part.body.iter().map(|stmt| stmt.span).chain(tests) {
        wanted.extend(lines_of(text, &lines, span));
    }
    let mut out = String::new();
    let mut previous = None;
    for line in wanted {
        if previous.is_some_and(|previous| previous + 1 < line) {
            out.push_str("\n\n");
        }
        out.push_str(lines[line].trim_end());
        out.push('\n');
        previous = Some(line);
    }
    out
}

/// Where the statements of a test stand at top level.
fn test_spans(test: &TestCase) -> Vec<Span> {
    match test.origin {
        TestOrigin::Assert => test.body.iter().map(|stmt| stmt.span).collect(),
        TestOrigin::TestFunction | TestOrigin::Check => vec![test.span],
        TestOrigin::Unittest | TestOrigin::Doctest => Vec::new(),
    }
}

/// The lines, from 0, that `span` touches.
fn lines_of(text: &str, lines: &[&str], span: Span) -> std::ops::Range<usize> {
    let Some(spanned) = text.get(span.start as usize..span.end as usize).filter(|_| span.line > 0) else {
        return 0..0;
    };
    let first = span.line as usize - 1;
    let last = first + spanned.trim_end().matches('\n').count();
    first.min(lines.len())..(last + 1).min(lines.len())
}

/// The lines of the imports at top level; one goes on while a bracket is open or a line ends in a
/// backslash.
fn imports(lines: &[&str]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = false;
    for (number, line) in lines.iter().enumerate() {
        let code = line.split('#').next().unwrap_or_default().trim_end();
        if open || code.starts_with("import ") || (code.starts_with("from ") && code.contains(" import")) {
            found.insert(number);
            let in_brackets = (open || code.contains('(')) && !code.contains(')');
            open = in_brackets || code.ends_with('\\');
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammars::surface::slice;

    #[test]
    fn keeps_imports_definitions_and_their_tests() {
        let text = "\
import math
from typing import (
    List,
)
LIMIT = 3

def clip(x: int) -> int:
    \"\"\"Clip.\"\"\"
    return min(x, LIMIT)

def other() -> float:
    return math.pi

assert clip(5) == 3
assert other() > 3
";
        let module = grammars::python::parse("file", text).unwrap();
        let part = &slice::units(&module)[0];
        let expected = "\
import math
from typing import (
    List,
)
LIMIT = 3


def clip(x: int) -> int:
    \"\"\"Clip.\"\"\"
    return min(x, LIMIT)


assert clip(5) == 3
";
        assert_eq!(excerpt(text, part), expected);
    }
}
