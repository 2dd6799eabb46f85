//! Golden translations to Fortran: each snapshot shows a source, its program and its tests.

use std::fmt::Write;

/// Source, program and tests of one translation, one behind the other.
fn translated(name: &str, source: &str) -> String {
    let surface = grammars::python::parse(name, source).expect("the front end takes the program");
    let module = translators::prepare(&surface).expect("its types can be told");
    let fortran = translators::target("fortran").expect("the target is registered");
    let translation = fortran.translate(&module).expect("it can be translated");
    let mut shown = String::new();
    writeln!(shown, "! {name}.py\n{}\n! {name}.f90\n{}", source.trim_end(), translation.program)
        .expect("text");
    writeln!(shown, "! {name}_test.f90, {} checks\n{}", translation.checks, translation.tests).expect("text");
    for sentence in &translation.domain {
        writeln!(shown, "! domain: {sentence}").expect("text");
    }
    shown
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
    fortran:
        account
        binary_search
        bounds
        copies
        digits
        guarded
        lazy
        matrix
        names
        nearest_pair
        nested
        queue
        run_lengths
        sets
        stack
        verdicts
        whole_arrays
        word_frequencies;
    every_target:
        iterators
        neighbours;
}

/// The code of the rejection that a program meets.
fn refusal(source: &str) -> Option<String> {
    let surface = grammars::python::parse("refused", source).expect("the front end takes the program");
    let module = translators::prepare(&surface).expect("its types can be told");
    let fortran = translators::target("fortran").expect("the target is registered");
    fortran.translate(&module).err().map(|rejection| rejection.code.to_string())
}

const CELL: &str = "class Cell:\n    def __init__(self, n: int):\n        self.n = n\n\n";

#[test]
fn objects_that_are_equal_by_identity_are_not_compared() {
    let programs = [
        "def f(cells: list[Cell]) -> bool:\n    return Cell(1) in cells\n",
        "def f(cells: list[Cell]) -> int:\n    return cells.count(Cell(1))\n",
        "def f() -> int:\n    return len({Cell(1), Cell(1)})\n",
        "from dataclasses import dataclass\n\n@dataclass\nclass Box:\n    cell: Cell\n\n\
         def f(a: Box, b: Box) -> bool:\n    return a == b\n",
    ];
    for program in programs {
        let source = format!("{CELL}{program}");
        assert_eq!(refusal(&source).as_deref(), Some("fortran.identity"), "{source}");
    }
    let ordered = "import heapq\n\nclass Job:\n    def __init__(self, rank: int):\n        self.rank = rank\n\n    \
                   def __lt__(self, other: \"Job\") -> bool:\n        return self.rank > other.rank\n\n\
                   def f(jobs: list[Job]) -> None:\n    heapq.heapify(jobs)\n";
    assert_eq!(refusal(ordered).as_deref(), Some("fortran.identity"));
    assert_eq!(refusal(&format!("{CELL}def f() -> int:\n    return Cell(1).n\n")), None);
}

#[test]
fn no_exception_goes_past_a_finally() {
    let around = "def g(d: dict[str, int], log: list[int]) -> int:\n    try:\n        return f(d, log)\n    \
                  except KeyError:\n        return 0\n";
    let inner = |handler: &str| {
        format!(
            "def f(d: dict[str, int], log: list[int]) -> int:\n    n = 0\n    try:\n        n = d[\"a\"]\n    \
             {handler}finally:\n        log.append(1)\n    return n\n\n{around}"
        )
    };
    for handler in ["", "except ValueError:\n        n = 1\n    ", "except KeyError:\n        raise\n    "] {
        let source = inner(handler);
        assert_eq!(refusal(&source).as_deref(), Some("fortran.exceptions"), "{source}");
    }
    assert_eq!(refusal(&inner("except KeyError:\n        n = 1\n    ")), None);
}

#[test]
fn a_method_takes_its_object() {
    let source =
        "class A:\n    def __init__():\n        pass\n\ndef f() -> int:\n    a = A()\n    return 1\n";
    assert_eq!(refusal(source).as_deref(), Some("fortran.class"));
}

#[test]
fn numbers_at_the_end_of_64_bits_are_no_fault() {
    let most = i64::MAX;
    let programs = [
        format!("def f(xs: list[int]) -> int:\n    return xs[{most}]\n"),
        format!("def f(xs: list[int], n: int) -> int:\n    return xs[n + {most}]\n"),
        format!("def f(xs: list[int]) -> list[int]:\n    return xs[{most}:{most}]\n"),
        format!(
            "def f(n: int) -> int:\n    return sum(x * i for i, x in enumerate(range(-{most} - 1, n)))\n"
        ),
        format!("def f(n: int) -> int:\n    return sum(x * i for i, x in enumerate(range(0, n, {most})))\n"),
    ];
    for program in programs {
        assert_eq!(refusal(&program), None, "{program}");
    }
}
