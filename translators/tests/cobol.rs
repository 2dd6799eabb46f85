//! Golden translations to COBOL: each snapshot shows a source, its program and its tests.

use std::fmt::Write;

/// Source, program and tests of one translation, one behind the other.
fn translated(name: &str, source: &str) -> String {
    let surface = grammars::python::parse(name, source).expect("the front end takes the program");
    let module = translators::prepare(&surface).expect("its types can be told");
    let cobol = translators::target("cobol").expect("the target is registered");
    let translation = cobol.translate(&module).expect("it can be translated");
    assert_within_columns(&translation.program);
    assert_within_columns(&translation.tests);
    let mut shown = String::new();
    writeln!(shown, "# {name}.py\n{}\n# {name}.cob\n{}", source.trim_end(), translation.program)
        .expect("text");
    writeln!(shown, "# {name}_test.cob, {} checks\n{}", translation.checks, translation.tests).expect("text");
    for sentence in &translation.domain {
        writeln!(shown, "# domain: {sentence}").expect("text");
    }
    shown
}

/// Fixed format ends at column 72.
fn assert_within_columns(text: &str) {
    for line in text.lines() {
        assert!(line.len() <= 72, "beyond column 72: {line}");
    }
}

/// One test for each program, by folder; the programs in `every_target/` have one test for each target.
macro_rules! golden {
    ($($folder:ident: $($name:ident)*;)*) => {
        $($(
            #[test]
            fn $name() {
                let source = include_str!(concat!(stringify!($folder), "/", stringify!($name), ".py"));
                insta::assert_snapshot!(translated(stringify!($name), source));
            }
        )*)*
    };
}

golden! {
    cobol:
        account
        binary_search
        caesar
        common
        filling
        grades
        inventory
        matrix
        ordering
        primes
        reactor
        run_lengths
        seats
        towers
        word_counts;
    every_target:
        iterators
        neighbours;
}

/// The program without its tests.
fn program(source: &str) -> String {
    let surface = grammars::python::parse("program", source).expect("the front end takes the program");
    let module = translators::prepare(&surface).expect("its types can be told");
    let cobol = translators::target("cobol").expect("the target is registered");
    cobol.translate(&module).expect("it can be translated").program
}

/// A table is only left unchecked where its growth has a bound that fits.
#[test]
fn tables_that_may_outgrow_their_capacity_are_checked() {
    let checked = |source: &str| program(source).contains("IF OUT-COUNT >=");
    let from_products = "    for x in [a * b for a in xs for b in xs]:\n        out.append(x)\n";
    let from_numbers = "    for x in [a * a for a in range(n)]:\n        out.append(x)\n";
    let filled_by_index = "    a = [0]\n    a[fill(out, n)] = 1\n    for x in xs:\n        out.append(x)\n";
    let from_items = "    for x in [a * a for a in xs]:\n        out.append(x)\n";
    let whole = |body: &str| {
        format!(
            "def fill(ys: list[int], n: int) -> int:\n    ys[:] = [1] * n\n    return 0\n\n\
             def f(xs: list[int], n: int) -> int:\n    out = []\n{body}    return len(out)\n\nassert f([], 0) == 0\n"
        )
    };
    for body in [from_products, from_numbers, filled_by_index] {
        assert!(checked(&whole(body)), "{body}");
    }
    assert!(!checked(&whole(from_items)), "one item for each of a table as large");
}

#[test]
fn ranges_beside_other_items_stay_as_they_were() {
    let source = "def f(n: int, xs: list[int]) -> int:\n    total = 0\n    for i, x in zip(range(n, -1, -1), xs):\n        \
                  n -= 1\n        total += i * x\n    return total\n\nassert f(3, [1, 1]) == 5\n";
    assert!(program(source).contains("MOVE N TO RANGE-START"), "{}", program(source));
}

#[test]
fn the_step_of_a_range_stays_as_it_was() {
    let source = "def f(n: int, step: int) -> int:\n    total = 0\n    for i in range(0, n, step):\n        step = 1\n        \
                  total += i\n    return total\n\nassert f(10, 3) == 18\n";
    assert!(program(source).contains("FROM 0 BY STEP-VALUE"), "{}", program(source));
    let beside = "def f(n: int, step: int) -> int:\n    total = 0\n    for at, i in enumerate(range(0, n, step)):\n        step = 1\n        \
                  total += i * at\n    return total\n\nassert f(10, 3) == 42\n";
    assert!(program(beside).contains("TO RANGE-STEP"), "{}", program(beside));
}

#[test]
fn a_text_is_read_before_the_list_that_holds_it_is_emptied() {
    let source = "def f(s: str) -> list[str]:\n    parts = [s]\n    parts = parts[0].split(',')\n    return parts\n\n\
                  assert f('a,b') == ['a', 'b']\n";
    assert!(program(source).contains("TO HELD-ITEM"), "{}", program(source));
}

/// What has no right form is rejected with a reason.
fn rejected(source: &str) -> String {
    let surface = grammars::python::parse("rejected", source).expect("the front end takes the program");
    let module = translators::prepare(&surface).expect("its types can be told");
    let cobol = translators::target("cobol").expect("the target is registered");
    cobol.translate(&module).expect_err("it has no COBOL form").code.as_str().to_owned()
}

#[test]
fn text_outside_ascii_is_rejected() {
    let source = "def f(s: str) -> bool:\n    return s == 'é'\n\nassert not f('e')\n";
    assert_eq!(rejected(source), "cobol.text-encoding");
}

#[test]
fn shared_lists_that_change_are_rejected() {
    let source = "def f(xs: list[int]) -> int:\n    ys = xs\n    ys.append(1)\n    return len(xs)\n\nassert f([]) == 1\n";
    assert_eq!(rejected(source), "cobol.alias");
}

#[test]
fn choices_of_shared_lists_that_change_are_rejected() {
    let choice = "def f(n: int) -> int:\n    x = [n]\n    y = [2]\n    z = x if n > 0 else y\n    z.append(3)\n    return len(x)\n\nassert f(1) == 2\n";
    let call = "def pick(a: list[int], b: list[int], c: bool) -> list[int]:\n    return a if c else b\n\ndef f(n: int) -> int:\n    x = [n]\n    y = [2]\n    z = pick(x, y, n > 0)\n    z.append(3)\n    return len(x)\n\nassert f(1) == 2\n";
    assert_eq!(rejected(choice), "cobol.alias");
    assert_eq!(rejected(call), "cobol.alias");
    let other_name = "def same(a: list[int]) -> list[int]:\n    b = a\n    return b\n\ndef f(n: int) -> int:\n    x = [n]\n    z = same(x)\n    z.append(3)\n    return len(x)\n\nassert f(1) == 2\n";
    assert_eq!(rejected(other_name), "cobol.alias");
    let largest = "def f(rows: list[list[int]]) -> int:\n    best = max(rows)\n    best.append(9)\n    return sum(len(row) for row in rows)\n\nassert f([[1], [2]]) == 3\n";
    assert_eq!(rejected(largest), "cobol.alias");
}

#[test]
fn heaps_that_are_none_are_rejected() {
    let source = "import heapq\n\ndef f(n: int) -> int:\n    heap = [5, 3, 1]\n    heapq.heappush(heap, n)\n    heapq.heappop(heap)\n    return heapq.heappop(heap)\n\nassert f(2) == 1\n";
    assert_eq!(rejected(source), "cobol.heap");
    let heap = source.replace("    heapq.heappush", "    heapq.heapify(heap)\n    heapq.heappush");
    assert!(program(&heap).contains("SORT"));
}

#[test]
fn objects_that_hold_one_another_are_rejected() {
    let source = "from typing import Optional\n\nclass A:\n    def __init__(self, x: int, rest: Optional['A']):\n        self.x = x\n        self.rest = rest\n\ndef f() -> int:\n    return A(1, A(2, None)).x\n\nassert f() == 1\n";
    assert_eq!(rejected(source), "cobol.class");
}

#[test]
fn changes_of_an_object_that_a_call_gives_back_are_rejected() {
    let source = "class A:\n    def __init__(self):\n        self.x = 1\n\n    def more(self) -> 'A':\n        self.x += 1\n        return self\n\ndef f() -> int:\n    a = A()\n    a.more().more()\n    return a.x\n\nassert f() == 3\n";
    assert_eq!(rejected(source), "cobol.alias");
}

#[test]
fn errors_found_by_the_language_are_not_caught() {
    let source = "def f(s: str) -> int:\n    try:\n        return int(s)\n    except:\n        return 0\n\nassert f('x') == 0\n";
    assert_eq!(rejected(source), "cobol.exception");
    let logarithm = "import math\n\ndef f(x: float) -> float:\n    try:\n        return math.log(x)\n    except ValueError:\n        return -1.0\n\nassert f(-1.0) == -1.0\n";
    assert_eq!(rejected(logarithm), "cobol.exception");
}

#[test]
fn tests_without_a_condition_are_rejected() {
    let source =
        "def f(s: set[int], t: set[int]) -> bool:\n    return s.issubset(t)\n\nassert f({1}, {1, 2})\n";
    assert_eq!(rejected(source), "cobol.condition");
}
