//! Reading what the third party's callers write, and comparing it with what is expected.

use serde_json::Value;

/// Two numbers that differ by no more count as the same.
const TOLERANCE: f64 = 0.001;

/// The items of an expected value, which is written as in Python: one for a scalar.
pub fn expected(text: &str) -> Vec<String> {
    let text = text.trim();
    let is_sequence = text.starts_with(['[', '(']) && text.ends_with([']', ')']);
    if !is_sequence {
        return vec![unquoted(text)];
    }
    let mut items = vec![String::new()];
    let mut quote = None;
    for letter in text[1..text.len() - 1].chars() {
        match (quote, letter) {
            (None, ',') => {
                items.push(String::new());
                continue;
            }
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(letter);
        }
    }
    items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).map(unquoted).collect()
}

fn unquoted(text: &str) -> String {
    let quoted = ['\'', '"'].into_iter().any(|q| text.len() > 1 && text.starts_with(q) && text.ends_with(q));
    if quoted { text[1..text.len() - 1].replace("\\n", "\n").replace("\\'", "'") } else { text.to_owned() }
}

/// A number as it is written with a leading sign: a negative one has `p` to `y` in place of its first digit.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.bytes().next()? {
        first @ b'p'..=b'y' => {
            Some(-format!("{}{}", char::from(first - b'p' + b'0'), &text[1..]).parse::<f64>().ok()?)
        }
        _ => text.parse().ok(),
    }
}

/// Whether a line says the expected value, which is of the type `kind`.
fn same(expected: &str, line: &str, kind: &str) -> bool {
    match kind {
        "Bool" => (expected == "True") == (line.trim() == "1"),
        "Int" | "Float" => match (expected.parse::<f64>(), number(line)) {
            (Ok(expected), Some(got)) => (expected - got).abs() <= TOLERANCE,
            _ => false,
        },
        _ => expected.trim() == line.trim(),
    }
}

/// Whether the caller's file says what is expected; only as many lines count as there are expected items.
pub fn agrees(result: &Value, file: &str) -> bool {
    let kind = result["type_"]["List"].as_str().or(result["type_"].as_str()).unwrap_or_default();
    let expected = expected(result["value"].as_str().unwrap_or_default());
    let mut lines = file.lines();
    expected.iter().all(|item| same(item, lines.next().unwrap_or_default(), kind))
}

#[test]
fn values_are_read_as_python_and_cobol_write_them() {
    assert_eq!(expected("['a, b', \"c\"]"), ["a, b", "c"]);
    assert_eq!(expected("(2.2, 3.1)"), ["2.2", "3.1"]);
    assert_eq!(expected("[]"), Vec::<String>::new());
    assert_eq!(number("p000000033"), Some(-33.0));
    assert_eq!(number("q000000000"), Some(-1e9));
    assert_eq!(number("000000000.50000"), Some(0.5));
    assert!(!same("5", "", "Int") && !same("True", "0", "Bool") && same("", "   ", "String"));
}
