//! Julia programs judged together: the same verdicts as alone, and nobody's trick harms a neighbour.

use grammars::{LangId, Level};
use validators::{Candidate, Outcome, Verdict};

const TESTS: &str =
    "using Test\n\n@testset \"twice\" begin\n    @test twice(2) == 4\n    @test twice(-3) == -6\nend\n";

fn candidate(program: &str, tests: &str) -> Candidate {
    Candidate {
        lang: LangId::from("julia".to_owned()),
        program: program.to_owned(),
        tests: tests.to_owned(),
        checks: 1,
    }
}

/// The outcomes of programs with tests, judged together; `None` where the toolchain is missing.
fn together(programs: &[(&str, &str)]) -> Option<Vec<Outcome>> {
    let candidates: Vec<_> = programs.iter().map(|(program, tests)| candidate(program, tests)).collect();
    let asked: Vec<_> = candidates.iter().map(|candidate| (candidate, Level::Tests)).collect();
    let outcomes = crate::support::ladder("julia")?.climb_all(&asked);
    Some(outcomes.into_iter().map(|outcome| outcome.expect("a working machine")).collect())
}

const RIGHT: &str = "function twice(x::Int)::Int\n    return 2x\nend\n";
const WRONG: &str = "function twice(x::Int)::Int\n    return x + 2\nend\n";

/// Wrong programs that try to pass, and tests that would let them.
const TRICKS: &[(&str, &str)] = &[
    (WRONG, TESTS),
    ("exit(0)\n", TESTS),
    ("twice(x) = exit(0)\n", TESTS),
    ("twice(x) = x + 2\natexit(() -> exit(0))\n", TESTS),
    ("twice(x) = x + 2\nprintln(\"\\nsealed tests\\nPASS\")\n", TESTS),
    (
        "twice(x) = x + 2\nforeach(println, ARGS)\nprintln(get(ENV, \"CALQUE_SEAL\", \"\"), \" tests\")\nexit(0)\n",
        TESTS,
    ),
    ("twice(x) = x + 2\nprintln(read(\"/proc/self/environ\", String))\nexit(0)\n", TESTS),
    ("twice(x) = x + 2\nimport Base: ==\n==(a::Int, b::Int) = true\n", TESTS),
    ("twice(x) = x + 2\nBase.:(==)(a::Int, b::Int) = true\n", TESTS),
    ("twice(x) = x + 2\n==(a, b) = true\n", TESTS),
    ("twice(x) = x + 2\nBase.:!(x::Bool) = true\n", TESTS),
    (
        "twice(x) = x + 2\nBase.isequal(a::Int, b::Int) = true\nconst same = isequal\n",
        "using Test\n@test isequal(twice(5), 10)\n",
    ),
    (
        "twice(x) = x + 2.0\nBase.isapprox(a::Float64, b::Float64; rtol = 1) = true\n",
        "using Test\n@test isapprox(twice(5.0), 10.0)\n",
    ),
    ("twice(x) = x + 2\nmacro test(x) end\n", TESTS),
    ("twice(x) = x + 2\nmacro assert(x) end\n", "@assert twice(5) == 10\n"),
    ("twice(x) = x + 2\nerror(x) = nothing\n", "twice(5) == 10 || error(\"no\")\n"),
    ("twice(x) = x + 2\nthrow(x) = nothing\n", "twice(5) == 10 || throw(ErrorException(\"no\"))\n"),
    (
        "twice(x) = x + 2\nmodule Test\nexport @test, @testset\nmacro test(x) end\nmacro testset(n, x) end\nend\nusing .Test\n",
        TESTS,
    ),
    ("twice(x) = x + 2\nimport Test\nTest.record(t::Test.DefaultTestSet, r::Test.Fail) = r\n", TESTS),
    (
        "twice(x) = x + 2\nimport Test\nTest.do_test(r::Test.ExecutionResult, x) = Test.Pass(:test, x, nothing, nothing)\n",
        TESTS,
    ),
    (
        WRONG,
        "using Test\ntry\n    @testset \"twice\" begin\n        @test twice(5) == 10\n    end\ncatch\nend\n",
    ),
    (WRONG, "try\n    @assert twice(5) == 10\ncatch\nend\n"),
    (WRONG, "using Test\n@test_broken twice(5) == 10\n"),
    ("twice(x) = x + 2\nusing Test\nBase.:(==)(a::Int, b::Int) = b > 5\nBase.exit_on_sigint(false)\n", TESTS),
    ("twice(x::Int)::Int = x + 2\nBase.convert(::Type{Int}, x::Int) = 4\n", TESTS),
];

#[test]
fn no_trick_passes_alone() {
    for (program, tests) in TRICKS {
        let Some(outcome) = crate::support::judge("julia", program, tests) else { return };
        assert!(!outcome.reached(Level::Tests), "{outcome:#?}\n{program}\n{tests}");
    }
}

#[test]
fn no_trick_passes_or_harms_its_neighbours_in_a_batch() {
    let mixed: Vec<_> = TRICKS.iter().flat_map(|trick| [(RIGHT, TESTS), *trick, (WRONG, TESTS)]).collect();
    let Some(outcomes) = together(&mixed) else { return };
    for (three, (program, tests)) in outcomes.chunks(3).zip(TRICKS) {
        assert!(three[0].reached(Level::Tests), "{:#?}\nbeside\n{program}", three[0]);
        assert_eq!(three[2].verdict, Verdict::Wrong, "{:#?}\nbeside\n{program}", three[2]);
        assert!(!three[1].reached(Level::Tests), "{:#?}\n{program}\n{tests}", three[1]);
    }
}

#[test]
fn a_batch_says_what_each_would_be_told_alone() {
    let programs = [
        (RIGHT, TESTS),
        (WRONG, TESTS),
        ("twice(x) = [1, 2][x + 7]\n", TESTS),
        ("function twice(x, x)\n    return 2x\nend\n", TESTS),
        ("twice(x::Integr) = 2x\n", TESTS),
        (
            "struct Pair2\n    a::Int\nend\nBase.isless(x::Pair2, y::Pair2) = x.a < y.a\ntwice(x) = 2 * maximum([Pair2(x)]).a\n",
            TESTS,
        ),
        ("twice(x) = 2x\n", "@assert twice(2) == 5\n"),
        (
            "\"Double `x`.\"\ntwice(x) = 2x\nconst LIMIT = 7\n",
            "using Test\n@test_throws MethodError twice(\"a\")\n@test twice(3) < LIMIT\n",
        ),
        ("twice(x) = (println(\"noise\"); 2x)\n", TESTS),
        ("f(x) = 1\nf = 2\n", TESTS),
    ];
    let Some(outcomes) = together(&programs) else { return };
    for ((program, tests), batch) in programs.into_iter().zip(outcomes) {
        let Some(alone) = crate::support::judge("julia", program, tests) else { return };
        assert_eq!(
            (batch.level, batch.verdict, &batch.detail, &batch.warnings),
            (alone.level, alone.verdict, &alone.detail, &alone.warnings),
            "{program}"
        );
    }
}
