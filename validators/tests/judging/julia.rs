//! Julia programs that the ladder must take, and those that it must refuse at each rung.

use grammars::Level;
use validators::Verdict;

const TWICE: &str = "function twice(x::Int)::Int\n    return 2x\nend\n";
const TESTS: &str =
    "using Test\n\n@testset \"twice\" begin\n    @test twice(2) == 4\n    @test twice(-3) == -6\nend\n";

fn expect(program: &str, tests: &str, level: Level, verdict: Verdict) {
    crate::support::expect("julia", program, tests, level, verdict);
}

/// A program whose function does this, with the usual tests.
fn does(body: &str) -> String {
    format!("function twice(x::Int)::Int\n    {body}\n    return 2x\nend\n")
}

#[test]
fn takes_a_right_program() {
    expect(TWICE, TESTS, Level::Tests, Verdict::Ok);
}

#[test]
fn without_tests_it_ends_at_run() {
    expect(TWICE, "", Level::Run, Verdict::Ok);
}

#[test]
fn refuses_a_syntax_error() {
    expect("function twice(x)\n    return 2x\n", TESTS, Level::None, Verdict::Parse);
}

#[test]
fn refuses_what_only_julia_itself_finds() {
    expect("function twice(x, x)\n    return 2x\nend\n", TESTS, Level::Compile, Verdict::Crash);
}

#[test]
fn refuses_an_unknown_type() {
    expect("twice(x::Integr) = 2x\n", TESTS, Level::Compile, Verdict::Crash);
}

#[test]
fn refuses_a_failing_check() {
    expect("twice(x) = x + 2\n", TESTS, Level::Run, Verdict::Wrong);
    expect("twice(x) = x + 2\n", "using Test\n@test twice(5) == 10\n", Level::Run, Verdict::Wrong);
    expect("twice(x) = x + 2\n", "@assert twice(5) == 10\n", Level::Run, Verdict::Wrong);
}

#[test]
fn refuses_a_crash() {
    expect("twice(x) = [1, 2][x + 7]\n", TESTS, Level::Compile, Verdict::Crash);
}

#[test]
fn refuses_an_end_before_the_last_check() {
    expect(&does("exit(0)"), TESTS, Level::Run, Verdict::Wrong);
    expect("exit(0)\n", TESTS, Level::Compile, Verdict::Wrong);
    expect(&does("x < 0 && exit(0)"), TESTS, Level::Run, Verdict::Wrong);
}

#[test]
fn refuses_an_infinite_loop() {
    expect(&does("while true; end"), TESTS, Level::Compile, Verdict::Timeout);
}

#[test]
fn takes_work_that_needs_the_compiler() {
    let slow = does("s = 0\n    for i in 1:400_000_000; s += i & x; end\n    s < 0 && return 0");
    expect(&slow, TESTS, Level::Tests, Verdict::Ok);
}

#[test]
fn refuses_endless_recursion() {
    expect("twice(x::Int)::Int = 1 + twice(x + 1)\n", TESTS, Level::Compile, Verdict::Crash);
}

#[test]
fn refuses_a_memory_hog() {
    expect(
        &does("a = [zeros(2^20) for i in 1:1000]; println(sum(sum, a))"),
        TESTS,
        Level::Compile,
        Verdict::Memory,
    );
}

#[test]
fn refuses_a_flood() {
    expect(&does("while true; println(\"flood\"); end"), TESTS, Level::Compile, Verdict::Output);
}

#[test]
fn refuses_commands() {
    expect(&does("run(`true`)"), TESTS, Level::None, Verdict::Forbidden);
}

#[test]
fn hides_the_machine() {
    for path in ["/etc/shadow", "/etc/passwd", "/root", "/home", "/work", "/etc/hostname"] {
        expect(&does(&format!("ispath(\"{path}\") && return 0")), TESTS, Level::Tests, Verdict::Ok);
    }
}

#[test]
fn keeps_files_from_being_written() {
    for path in ["/usr/calque", "/program/calque", "/calque", "/dev/calque", "/program/program.jl"] {
        let tries = format!("try; write(\"{path}\", \"x\"); return 0; catch; end");
        expect(&does(&tries), TESTS, Level::Tests, Verdict::Ok);
    }
}

#[test]
fn has_no_network() {
    let tries = "try; Sockets.connect(Sockets.ip\"1.1.1.1\", 53); return 0; catch; end";
    expect(&format!("import Sockets\n{}", does(tries)), TESTS, Level::Tests, Verdict::Ok);
}
