//! Programs of which a plausible translation is wrong: each is translated in the way that is right, or rejected.

use translators::Translation;

/// What a target makes of a Python program, or the code of its rejection.
fn translate(source: &str, target: &str) -> Result<Translation, String> {
    let surface = grammars::python::parse("sample", source).expect("the front end takes the program");
    let module = translators::prepare(&surface).map_err(|rejection| rejection.code.to_string())?;
    let target = translators::target(target).expect("the target is registered");
    target.translate(&module).map_err(|rejection| rejection.code.to_string())
}

/// The text of the translation.
fn program(source: &str, target: &str) -> String {
    translate(source, target).expect("it can be translated").program
}

fn code(source: &str, target: &str) -> String {
    translate(source, target).expect_err("it is rejected")
}

const CAUGHT_STORE: &str = "
def put(xs: list[int], i: int, v: int) -> bool:
    try:
        xs[i] = v
        return True
    except IndexError:
        return False
";

#[test]
fn cobol_refuses_a_store_whose_failure_is_caught() {
    assert_eq!(code(CAUGHT_STORE, "cobol"), "cobol.exception");
}

#[test]
fn cobol_refuses_errors_of_the_language_in_functions_that_a_try_calls() {
    let source = "
def number(text: str) -> int:
    return int(text)

def safe(text: str) -> int:
    try:
        return number(text)
    except ValueError:
        return 0
";
    assert_eq!(code(source, "cobol"), "cobol.exception");
}

#[test]
fn fortran_tests_a_store_whose_failure_is_caught() {
    assert!(program(CAUGHT_STORE, "fortran").contains("index_error"));
}

#[test]
fn a_caught_split_at_what_may_be_empty_is_refused() {
    let source = "
def parts(text: str, separator: str) -> int:
    try:
        return len(text.split(separator))
    except ValueError:
        return 0
";
    assert_eq!(code(source, "fortran"), "fortran.exceptions");
    let julia = translate(source, "julia").expect("it can be translated");
    assert!(julia.domain.iter().any(|sentence| sentence.contains("empty separators")));
    assert_eq!(code(source, "cobol"), "cobol.exception");
}

#[test]
fn the_message_of_a_caught_exception_is_made_where_making_it_has_effects() {
    let source = "
class Bad(Exception):
    pass

def note(log: list[str]) -> str:
    log.append('x')
    return 'bad'

def go(log: list[str], n: int) -> int:
    try:
        if n < 0:
            raise Bad(note(log))
        return n
    except Bad:
        return -1
";
    let fortran = program(source, "fortran");
    let go = &fortran[fortran.find("go(").expect("the function is there")..];
    assert!(go.contains("note(log"), "{fortran}");
    let cobol = program(source, "cobol");
    assert!(cobol.contains("CALL \"NOTE\""), "{cobol}");
}

#[test]
fn cobol_refuses_rows_that_are_one_object() {
    let source = "
def grid(m: int, n: int) -> list[list[int]]:
    rows = [[0] * m] * n
    rows[0][0] = 1
    return rows
";
    assert_eq!(code(source, "cobol"), "cobol.alias");
    let unchanged = source.replace("    rows[0][0] = 1\n", "");
    assert!(translate(&unchanged, "cobol").is_ok());
}

#[test]
fn cobol_refuses_to_change_what_get_gives() {
    let source = "
def group(words: list[str]) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = {1: ['z']}
    for word in words:
        members = groups.get(len(word), [])
        members.append(word)
    return groups
";
    assert_eq!(code(source, "cobol"), "cobol.alias");
    let stored = source.replace("append(word)\n", "append(word)\n        groups[len(word)] = members\n");
    assert!(translate(&stored, "cobol").is_ok());
}

#[test]
fn cobol_keeps_all_64_bits_of_a_bound() {
    let source = "
def head(text: str, n: int) -> str:
    return text[:n]
";
    let cobol = program(source, "cobol");
    assert!(cobol.contains("STOP-POS             PIC S9(18) COMP-5"), "{cobol}");
}

#[test]
fn cobol_compares_floats_by_their_difference() {
    let source = "
def below(a: float, b: float) -> bool:
    return a < b
";
    let cobol = program(source, "cobol");
    assert!(cobol.contains("IF A - B < 0"), "{cobol}");
}

#[test]
fn julia_evaluates_a_position_once() {
    let source = "
def top(items: list[int], stack: list[int]) -> int:
    return items[stack.pop()]
";
    assert_eq!(program(source, "julia").matches("pop!").count(), 1);
    let lazy = "
def top(items: list[int], stack: list[int]) -> bool:
    return len(items) > 0 and items[stack.pop()] > 0
";
    assert_eq!(code(lazy, "julia"), "julia.repeated-effect");
}

#[test]
fn julia_draws_between_bounds_that_are_evaluated_once() {
    let source = "
import random

def low(log: list[int]) -> float:
    log.append(1)
    return 0.0

def draw(log: list[int]) -> float:
    return random.uniform(low(log), 1.0)
";
    assert_eq!(code(source, "julia"), "julia.repeated-effect");
}

#[test]
fn julia_rounds_the_number_that_is_there() {
    let source = "
def cents(x: float) -> float:
    return round(x, 2)
";
    assert!(program(source, "julia").contains("round(big(x), digits = 2)"));
}

#[test]
fn julia_says_where_a_group_starts_that_captured_nothing() {
    let source = r#"
import re

def start(text: str) -> int:
    found = re.match(r"a(b)?c", text)
    if found is None:
        return -2
    return found.start(1)
"#;
    assert!(program(source, "julia").contains("isnothing(found[1]) ? -1"), "{}", program(source, "julia"));
}

#[test]
fn splitting_from_the_right_is_splitting_where_separators_cannot_overlap() {
    let source = |separator: &str| {
        format!("def parts(text: str) -> list[str]:\n    return text.rsplit({separator})\n")
    };
    assert!(program(&source("', '"), "julia").contains("= split(text"));
    assert!(program(&source("'aa'"), "julia").contains("rsplit(text"));
    assert!(program(&source("'aa'"), "fortran").contains("split_text_right(text"));
    assert_eq!(code(&source("'aa'"), "cobol"), "cobol.text");
}

#[test]
fn the_order_of_a_set_is_never_shown() {
    let source = "
def distinct(xs: list[int]) -> list[int]:
    return list(set(xs))
";
    assert_eq!(code(source, "julia"), "infer.set-order");
}

#[test]
fn julia_takes_all_sequences_that_the_source_takes() {
    let source = "
def count_ints(items):
    return sum(isinstance(item, int) for item in items)

assert count_ints([1, 'a']) == 1

def count_of(items, x):
    count = 0
    for item in items:
        if item == x:
            count += 1
    return count

assert count_of((1, 2, 3, 1), 1) == 2
";
    let julia = program(source, "julia");
    assert!(julia.contains("count_ints(items::Vector)"), "{julia}");
    assert!(julia.contains("count_of(items, x::Int)"), "{julia}");
}
