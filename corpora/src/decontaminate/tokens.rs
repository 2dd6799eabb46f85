//! Two views of a text: its words, and its code with the names replaced by the order in which they appear.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Words that say nothing about a program: keywords of the languages read and written, and the most common library names.
const COMMON: &[&str] = &[
    "abs",
    "and",
    "any",
    "append",
    "as",
    "assert",
    "begin",
    "bool",
    "boolean",
    "break",
    "by",
    "call",
    "candidate",
    "case",
    "char",
    "check",
    "class",
    "contains",
    "continue",
    "def",
    "dict",
    "display",
    "div",
    "do",
    "else",
    "elseif",
    "end",
    "enumerate",
    "evaluate",
    "except",
    "false",
    "final",
    "float",
    "for",
    "from",
    "function",
    "get",
    "if",
    "implicit",
    "import",
    "in",
    "inout",
    "int",
    "integer",
    "intent",
    "into",
    "is",
    "items",
    "java",
    "join",
    "key",
    "keys",
    "kind",
    "lambda",
    "len",
    "length",
    "list",
    "logical",
    "map",
    "max",
    "min",
    "mod",
    "module",
    "move",
    "new",
    "none",
    "not",
    "nothing",
    "of",
    "optional",
    "or",
    "out",
    "perform",
    "pic",
    "print",
    "private",
    "program",
    "public",
    "push",
    "raise",
    "range",
    "real",
    "result",
    "return",
    "returns",
    "reverse",
    "self",
    "set",
    "size",
    "sort",
    "sorted",
    "split",
    "static",
    "stop",
    "str",
    "string",
    "subroutine",
    "sum",
    "test",
    "the",
    "then",
    "throw",
    "to",
    "true",
    "try",
    "tuple",
    "type",
    "typing",
    "until",
    "use",
    "using",
    "util",
    "value",
    "values",
    "varying",
    "void",
    "when",
    "while",
    "with",
    "yield",
    "zip",
];
/// What opens a comment to the end of a line.
const COMMENTS: &[&str] = &["#", "//", "!", "*>"];

/// Of these, what programs use as names of their own, so that a copy may call them otherwise.
const GIVEN: &[&str] = &[
    "candidate",
    "check",
    "get",
    "items",
    "key",
    "keys",
    "kind",
    "line",
    "lines",
    "name",
    "number",
    "numbers",
    "result",
    "size",
    "string",
    "table",
    "test",
    "text",
    "value",
    "values",
    "word",
    "words",
];

/// Whether `word` is a keyword or a name that every program uses.
pub(super) fn is_common(word: &str) -> bool {
    word.len() < 2 || word.bytes().all(|b| b.is_ascii_digit()) || COMMON.binary_search(&word).is_ok()
}

/// The words of a text in lower case; an underscore or a hyphen ends a word, so that a name is the same words however a
/// language writes it.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// A token of code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Token<'a> {
    /// A name that may be another in a copy.
    Name(&'a str),
    /// A keyword, a number, an operator: the same in every copy.
    Fixed(&'a str),
}

/// The tokens of the code in `text`, without comments and documentation strings.
pub(super) fn code(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(mark) = ["\"\"\"", "'''"].into_iter().find(|mark| rest.starts_with(mark)) {
            let inside = rest.get(3..).unwrap_or_default();
            rest = inside.split_once(mark).map_or("", |(_, after)| after);
        } else if let Some(inside) = rest.strip_prefix("/*") {
            rest = inside.split_once("*/").map_or("", |(_, after)| after);
        } else if COMMENTS.iter().any(|mark| rest.starts_with(mark)) && !rest.starts_with("!=") {
            rest = rest.split_once('\n').map_or("", |(_, after)| after);
        } else if c == '"' || c == '\'' {
            let length = quoted(rest);
            tokens.push(Token::Fixed(rest.get(..length).unwrap_or(rest)));
            rest = rest.get(length..).unwrap_or_default();
        } else if c.is_alphanumeric() || c == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (word, after) = rest.split_at(length);
            let fixed = c.is_ascii_digit() || (COMMON.binary_search(&word).is_ok() && !GIVEN.contains(&word));
            tokens.push(if fixed { Token::Fixed(word) } else { Token::Name(word) });
            rest = after;
        } else {
            let (mark, after) = rest.split_at(c.len_utf8());
            if !c.is_whitespace() {
                tokens.push(Token::Fixed(mark));
            }
            rest = after;
        }
    }
    tokens
}

/// The bytes of the quoted text that `rest` begins with; it ends with its line at the latest.
fn quoted(rest: &str) -> usize {
    let mut characters = rest.char_indices();
    let quote = characters.next().map(|(_, c)| c);
    while let Some((at, c)) = characters.next() {
        if c == '\n' {
            return at;
        }
        if c == '\\' {
            characters.next();
        } else if Some(c) == quote {
            return at + c.len_utf8();
        }
    }
    rest.len()
}

/// A hash of each run of `length` tokens, in which names count by where in the run they stood first.
pub(super) fn shapes(tokens: &[Token<'_>], length: usize) -> Vec<u64> {
    tokens.windows(length).map(shape).collect()
}

/// The hash of one run.
pub(super) fn shape(run: &[Token<'_>]) -> u64 {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut hasher = DefaultHasher::new();
    for token in run {
        match token {
            Token::Name(name) => {
                let next = names.len();
                names.entry(name).or_insert(next).hash(&mut hasher);
            }
            Token::Fixed(text) => text.hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_words_are_sorted_for_the_search() {
        assert!(COMMON.is_sorted());
        assert!(is_common("return") && is_common("x") && is_common("12") && !is_common("palindrome"));
    }

    #[test]
    fn names_are_words_in_every_spelling() {
        let expected = ["has", "close", "elements"];
        for text in ["has_close_elements", "HAS-CLOSE-ELEMENTS", "Has close (elements)"] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn comments_and_documentation_are_no_code() {
        let python = "def f(x):\n    \"\"\"Doc 'x'.\"\"\"\n    return x  # that\n";
        assert_eq!(code(python), code("def f(x): return x"));
        let java = "int f(int x) { /* doc */ return x; // that\n}";
        assert_eq!(code(java), code("int f(int x) {return x;}"));
        assert_eq!(code("a != b").len(), 4);
        assert_eq!(code("'it\\'s' \"open\nx").len(), 3);
    }

    #[test]
    fn renaming_keeps_the_shape_and_swapping_does_not() {
        let shape_of = |text: &str| shape(&code(text));
        assert_eq!(shape_of("total = total + item"), shape_of("acc = acc + x"));
        assert_ne!(shape_of("total = total + item"), shape_of("acc = x + acc"));
        assert_ne!(shape_of("a = b + c"), shape_of("a = b - c"));
    }
}
