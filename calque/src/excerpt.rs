//! The text of a part of a Python file: its imports, the definitions of the part, and its tests.

use grammars::Span;
use grammars::surface::{Module, TestCase, TestOrigin};
use std::collections::BTreeSet;
use std::ops::Range;

/// The lines of `text` that `part` consists of, so that they are a program of their own. Imports
/// are kept where the part uses them; tests that stand within something else (methods, docstrings)
/// are not repeated.
pub(crate) fn excerpt(text: &str, part: &Module) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let tests = part.tests.iter().flat_map(test_spans);
    let spans = part.body.iter().map(|stmt| stmt.span).chain(tests);
    let mut wanted: BTreeSet<usize> = spans.flat_map(|span| lines_of(text, &lines, span)).collect();
    let words: BTreeSet<&str> = wanted.iter().flat_map(|&line| words(lines[line])).collect();
    wanted.extend(
        imports(&lines).into_iter().filter(|import| import.is_used(&lines, &words)).flat_map(|i| i.lines),
    );
    join(&lines, &wanted)
}

/// The lines, with gaps between those that do not follow each other.
fn join(lines: &[&str], wanted: &BTreeSet<usize>) -> String {
    let mut out = String::new();
    let mut previous = None;
    for &line in wanted {
        if previous.is_some_and(|previous| previous + 1 < line) {
            out.push_str("\n\n");
        }
        out.push_str(lines[line].trim_end());
        out.push('\n');
        previous = Some(line);
    }
    out
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Where the statements of a test stand at top level.
fn test_spans(test: &TestCase) -> Vec<Span> {
    match test.origin {
        TestOrigin::Assert => test.body.iter().map(|stmt| stmt.span).collect(),
        TestOrigin::TestFunction | TestOrigin::Check => vec![test.span],
        TestOrigin::Unittest | TestOrigin::Doctest | TestOrigin::Generated => Vec::new(),
    }
}

/// The lines, from 0, that `span` touches.
fn lines_of(text: &str, lines: &[&str], span: Span) -> Range<usize> {
    let Some(spanned) = text.get(span.start as usize..span.end as usize).filter(|_| span.line > 0) else {
        return 0..0;
    };
    let first = span.line as usize - 1;
    let last = first + spanned.trim_end().matches('\n').count();
    first.min(lines.len())..(last + 1).min(lines.len())
}

/// One import statement at top level.
struct Import {
    lines: Range<usize>,
}

impl Import {
    /// Some name that it binds is among `used`; what it does not name, it may still bind.
    fn is_used(&self, lines: &[&str], used: &BTreeSet<&str>) -> bool {
        let text = lines[self.lines.clone()].join(" ");
        let names = text.split_once(" import ").map_or(text.as_str(), |(_, names)| names);
        text.contains('*') || text.contains("__future__") || words(names).any(|word| used.contains(word))
    }
}

/// The imports at top level; one goes on while a bracket is open or a line ends in a backslash.
fn imports(lines: &[&str]) -> Vec<Import> {
    let mut found: Vec<Import> = Vec::new();
    let mut open = false;
    for (number, line) in lines.iter().enumerate() {
        let code = line.split('#').next().unwrap_or_default().trim_end();
        let starts = code.starts_with("import ") || (code.starts_with("from ") && code.contains(" import"));
        match found.last_mut().filter(|_| open) {
            Some(import) => import.lines.end = number + 1,
            None if starts => found.push(Import { lines: number..number + 1 }),
            None => continue,
        }
        let in_brackets = (open || code.contains('(')) && !code.contains(')');
        open = in_brackets || code.ends_with('\\');
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

def clip(x: List[int]) -> int:
    \"\"\"Clip.\"\"\"
    return min(x[0], LIMIT)

def other() -> float:
    return math.pi

assert clip([5]) == 3
assert other() > 3
";
        let module = grammars::python::parse("file", text).unwrap();
        let part = &slice::units(&module)[0];
        let expected = "\
from typing import (
    List,
)
LIMIT = 3


def clip(x: List[int]) -> int:
    \"\"\"Clip.\"\"\"
    return min(x[0], LIMIT)


assert clip([5]) == 3
";
        assert_eq!(excerpt(text, part), expected);
    }
}
