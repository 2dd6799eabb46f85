//! Small programs before and after.

use super::super::testing::{python, shown};
use super::run;

/// The function `f` of a program, rewritten.
fn rewritten(source: &str) -> String {
    shown(&run(super::super::ranges::run(python(source))), "f")
}

#[test]
fn a_loop_that_adds_up_is_a_sum() {
    let source = "def f(xs: list[int]) -> int:\n    total = 0\n    for i in range(len(xs)):\n        if xs[i] > 0:\n            total += xs[i]\n    return total\n";
    insta::assert_snapshot!(rewritten(source));
}

#[test]
fn a_loop_that_appends_is_a_comprehension() {
    let source = "def f(words: list[str]) -> list[str]:\n    found = []\n    for w in words:\n        if not w:\n            continue\n        found.append(w.upper())\n    return found\n";
    insta::assert_snapshot!(rewritten(source));
}

#[test]
fn a_search_is_a_question_about_all() {
    let source = "def f(n: int) -> bool:\n    for d in range(2, n):\n        if n % d == 0:\n            return False\n    return True\n";
    insta::assert_snapshot!(rewritten(source));
}

#[test]
fn the_greatest_item_is_a_maximum() {
    let source = "def f(xs: list[int]) -> int:\n    best = xs[0]\n    for i in range(1, len(xs)):\n        if xs[i] > best:\n            best = xs[i]\n    return best\n";
    insta::assert_snapshot!(rewritten(source));
}

#[test]
fn sums_of_floats_and_loops_that_can_be_seen_half_done_stay() {
    let floats = "def f(xs: list[float]) -> float:\n    total = 0.0\n    for x in xs:\n        total += x\n    return total\n";
    assert!(rewritten(floats).contains("for "), "another order of additions rounds otherwise");
    let guarded = "def f(xs: list[str]) -> int:\n    total = 0\n    try:\n        for x in xs:\n            total += int(x)\n    except ValueError:\n        pass\n    return total\n";
    assert!(rewritten(guarded).contains("for "), "the handler sees what was added before");
}

#[test]
fn a_loop_that_changes_what_it_runs_over_keeps_its_positions() {
    let source = "def f(xs: list[int]) -> list[int]:\n    for i in range(len(xs)):\n        if xs[i] < 0:\n            xs[i] = 0\n    return xs\n";
    assert!(rewritten(source).contains("range("), "the items are replaced");
    let aliased = "def f(xs: list[int], ys: list[int]) -> int:\n    total = 1\n    for i in range(len(xs)):\n        ys.append(xs[i])\n        total += 2 * total\n    return total\n";
    assert!(rewritten(aliased).contains("range("), "both names may stand for one list");
}

#[test]
fn a_variable_that_is_looked_at_meanwhile_stays() {
    let source = "def f(xs: list[int]) -> int:\n    total = 0\n    for x in xs:\n        total += x * total + 1\n    return total\n";
    assert!(rewritten(source).contains("for x"), "each turn needs the sum so far");
    let later = "def f(xs: list[int]) -> int:\n    total = 0\n    for x in xs:\n        total += x\n    return total + x\n";
    assert!(rewritten(later).contains("for x"), "the last item is used behind the loop");
}

#[test]
fn two_names_of_one_list_keep_their_positions() {
    let named = "def f(n: int) -> int:\n    ys = [1, 2]\n    xs = ys\n    total = 1\n    for i in range(len(xs)):\n        if len(ys) < n:\n            ys.append(xs[i])\n        total += 2 * total\n    return total\n";
    assert!(rewritten(named).contains("range("), "the list grows under another name");
    let grown = "def f(xs: list[int], ys: list[int]) -> int:\n    total = 1\n    for i in range(len(xs)):\n        ys += [xs[i]]\n        total += 2 * total\n    return total\n";
    assert!(rewritten(grown).contains("range("), "`+=` changes the list that both may be");
    let rows = "def f(rows: list[list[int]]) -> list[int]:\n    out = []\n    for row in rows:\n        for i in range(len(row)):\n            if row[i] > len(out):\n                out.append(row[i])\n    return out\n";
    assert!(!rewritten(rows).contains("range("), "nothing holds the new list");
}

#[test]
fn inner_variables_of_the_same_name_are_told_apart() {
    let loops = "def f(xs: list[int], ys: list[int]) -> list[int]:\n    out = []\n    for x in xs:\n        total = 0\n        for x in ys:\n            total += x\n        out.append(x + total)\n    return out\n";
    assert!(rewritten(loops).contains("for x in ys"), "the outer loop sees the last item of the inner one");
    let sequences = "def f(ms: list[list[int]], m: list[int]) -> list[list[int]]:\n    return [[m[i] for m in ms] for i in range(len(m))]\n";
    assert!(rewritten(sequences).contains("range("), "the items are those of another list");
}

#[test]
fn a_maximum_of_nothing_stays_an_error_of_the_same_kind() {
    let source = "def f(xs: list[int]) -> int:\n    best = xs[0]\n    for x in xs:\n        if x > best:\n            best = x\n    return best\n\n\ndef g(xs: list[int]) -> int:\n    try:\n        return f(xs)\n    except IndexError:\n        return -1\n";
    assert!(rewritten(source).contains("for x"), "`max` raises another exception");
    let all = source.replace("IndexError", "Exception");
    assert!(!rewritten(&all).contains("for x"), "this handler catches both");
}
