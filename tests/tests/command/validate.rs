//! `calque validate` and `calque doctor` from the outside.

use crate::support::{Ran, calque, folder, text};
use serde_json::{Value, json};

const PROGRAM: &str = "double(n::Int) = 2n\n";
const RIGHT: &str = "@assert double(2) == 4\n";
const WRONG: &str = "@assert double(2) == 5\n";

fn line(id: &str, lang: &str, program: &str, tests: &str) -> String {
    json!({"id": id, "lang": lang, "program": program, "tests": tests}).to_string()
}

/// What the command answers to lines, and what it did.
fn validated(lines: &[u8], more: &[&str]) -> (Vec<Value>, Ran) {
    let file = folder(&[]);
    crate::support::write(&file.path().join("in.jsonl"), lines);
    let path = text(file.path().join("in.jsonl"));
    let ran = calque(["validate", &path].into_iter().chain(more.iter().copied()));
    let answers = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (answers, ran)
}

/// The verdicts with their identifiers.
fn verdicts(answers: &[Value]) -> Vec<(&str, &str)> {
    answers
        .iter()
        .map(|answer| (answer["id"].as_str().expect("text"), answer["verdict"].as_str().expect("text")))
        .collect()
}

#[test]
fn answers_lines_in_order() {
    let lines = [
        line("right", "julia", PROGRAM, RIGHT),
        line("wrong", "julia", PROGRAM, WRONG),
        line("broken", "julia", "double(n = 2n\n", RIGHT),
        "{\"id\": \"cut".to_owned(),
    ];
    let (answers, ran) = validated(lines.join("\n").as_bytes(), &["--jobs", "2"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let wanted = [("right", "ok"), ("wrong", "wrong"), ("broken", "parse"), ("line 4", "parse")];
    assert_eq!(verdicts(&answers), wanted);
    assert_eq!(answers[0]["level"], "tests");
}

#[test]
fn a_bad_line_gets_its_own_answer_and_stops_nothing() {
    let bad: [(&[u8], &str); 9] = [
        (b"nonsense", "no JSON"),
        (b"[1, 2]", "no JSON object"),
        (b"{\"id\": \"cut", "no JSON"),
        (b"{\"lang\": \"julia\", \"program\": \"\"}", "no `id`"),
        (b"{\"id\": {}, \"lang\": \"julia\", \"program\": \"\"}", "neither text nor a number"),
        (b"{\"id\": \"p\", \"lang\": \"julia\"}", "missing field `program`"),
        (b"{\"id\": \"l\", \"program\": \"\"}", "missing field `lang`"),
        (b"{\"id\": \"\xff\", \"lang\": \"julia\", \"program\": \"\"}", "not UTF-8"),
        (b"{\"id\": \"z\", \"lang\": \"julia\", \"program\": \"x = 1 # \\u0000\"}", "NUL"),
    ];
    let good = line("good", "julia", PROGRAM, RIGHT);
    let lines: Vec<u8> =
        bad.iter().flat_map(|(line, _)| [*line, good.as_bytes(), b""].join(&b"\n"[..])).collect();
    let (answers, ran) = validated(&lines, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(answers.len(), 2 * bad.len(), "{}", ran.stdout);
    for (pair, (_, reason)) in answers.chunks(2).zip(bad) {
        assert_eq!((&pair[0]["verdict"], &pair[0]["level"]), (&json!("parse"), &json!("none")));
        assert!(pair[0]["detail"].as_str().is_some_and(|detail| detail.contains(reason)), "{}", pair[0]);
        assert_eq!((&pair[1]["id"], &pair[1]["verdict"]), (&json!("good"), &json!("ok")));
    }
}

#[test]
fn an_unknown_language_and_a_number_as_identifier() {
    let lines = "{\"id\": 7, \"lang\": \"klingon\", \"program\": \"x\"}\n{\"id\": 8.5, \"lang\": \"julia\", \"program\": \"x = 1\\n\", \"tests\": null}\n";
    let (answers, _) = validated(lines.as_bytes(), &[]);
    assert_eq!((&answers[0]["id"], &answers[0]["verdict"]), (&json!(7), &json!("infrastructure")));
    assert!(answers[0]["detail"].as_str().is_some_and(|detail| detail.contains("`klingon`")));
    let of_second = (&answers[1]["id"], &answers[1]["verdict"], &answers[1]["level"]);
    assert_eq!(of_second, (&json!(8.5), &json!("ok"), &json!("run")));
}

/// A function of Julia with `body` before its result.
fn julia(body: &str) -> String {
    format!("function twice(x::Int)::Int\n    {body}\n    return 2x\nend\n")
}

/// A module of Fortran with `body` after the result is known.
fn fortran(declares: &str, body: &str) -> String {
    format!(
        "module twice_mod\n  implicit none\ncontains\n  recursive function twice(x) result(y)\n    integer, intent(in) :: x\n    integer :: y\n    {declares}\n    y = 2 * x\n    {body}\n  end function twice\nend module twice_mod\n"
    )
}

/// A program of COBOL with `body` after the result is known.
fn cobol(body: &[&str]) -> String {
    let body: String = body.iter().map(|line| format!("           {line}\n")).collect();
    format!(
        "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. TWICE.\n       DATA DIVISION.\n       WORKING-STORAGE SECTION.\n       01  PTR USAGE POINTER.\n       01  ITEM-POS PIC S9(9) COMP-5 VALUE 1.\n       01  TAB.\n           05  ITEM PIC S9(9) COMP-5 OCCURS 3 TIMES.\n       LINKAGE SECTION.\n       01  GIVEN PIC S9(9) COMP-5.\n       01  DOUBLED PIC S9(9) COMP-5.\n       01  BLOCK-OF PIC X(1000000).\n       PROCEDURE DIVISION USING GIVEN DOUBLED.\n           COMPUTE DOUBLED = 2 * GIVEN\n{body}           GOBACK.\n       END PROGRAM TWICE.\n"
    )
}

const JULIA_TESTS: &str = "using Test\nprintln(\"tests may print\")\n@testset \"twice\" begin\n    @test twice(2) == 4\n    @test twice(-3) == -6\nend\nprintln(\"also last\")\n";
const FORTRAN_TESTS: &str = "program t\n  use twice_mod, only: twice\n  implicit none\n  print *, 'tests may print'\n  if (twice(2) /= 4) error stop 1\n  if (twice(-3) /= -6) error stop 1\n  print *, 'also last'\nend program t\n";
const COBOL_TESTS: &str = "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. TEST-TWICE.\n       DATA DIVISION.\n       WORKING-STORAGE SECTION.\n       01  GIVEN PIC S9(9) COMP-5.\n       01  DOUBLED PIC S9(9) COMP-5.\n       PROCEDURE DIVISION.\n           DISPLAY \"TESTS MAY PRINT\"\n           MOVE 2 TO GIVEN\n           CALL \"TWICE\" USING GIVEN DOUBLED\n           IF DOUBLED NOT = 4\n               STOP RUN RETURNING 1\n           END-IF\n           DISPLAY \"ALSO LAST\"\n           STOP RUN.\n       END PROGRAM TEST-TWICE.\n";

#[test]
fn every_verdict_in_every_language() {
    let julia_programs = [
        ("ok", julia("")),
        ("parse", "function twice(x)\n    return 2x\n".to_owned()),
        ("compile", "twice(x) = 0x\n".to_owned()),
        ("crash", "twice(x) = [1, 2][x + 7]\n".to_owned()),
        ("crash", "twice(x::Int)::Int = 1 + twice(x + 1)\n".to_owned()),
        ("wrong", "twice(x) = x + 2\n".to_owned()),
        ("wrong", julia("exit(0)")),
        ("timeout", julia("while true; end")),
        ("memory", julia("a = [zeros(2^20) for i in 1:1000]; println(sum(sum, a))")),
        ("output", julia("while true; println(\"flood\"); end")),
        ("forbidden", julia("run(`true`)")),
    ];
    let fortran_programs = [
        ("ok", fortran("", "")),
        ("parse", fortran("", "if (x > 1) then")),
        ("compile", fortran("", "y = \"two\"")),
        ("crash", fortran("integer :: a(2)", "a = 1; y = a(x + 7)")),
        ("crash", fortran("", "y = 1 + twice(x + 1)")),
        ("wrong", fortran("", "y = x + 2; if (x < 0) y = 0")),
        ("wrong", fortran("", "stop")),
        ("timeout", fortran("", "do; y = ieor(y, x); end do")),
        ("memory", fortran("real, allocatable :: a(:)", "allocate (a(500000000)); a = x; y = int(a(5))")),
        ("output", fortran("", "do; print *, \"flood\"; end do")),
        ("forbidden", fortran("include '/etc/passwd'", "")),
    ];
    let hog = [
        "PERFORM 2000 TIMES",
        "    ALLOCATE 1000000 CHARACTERS INITIALIZED",
        "        RETURNING PTR",
        "    SET ADDRESS OF BLOCK-OF TO PTR",
        "    MOVE ALL \"X\" TO BLOCK-OF",
        "END-PERFORM",
    ];
    let spin =
        ["PERFORM UNTIL ITEM-POS = 9", "    ADD 1 TO ITEM-POS", "    MOVE 0 TO ITEM-POS", "END-PERFORM"];
    let cobol_programs = [
        ("ok", cobol(&[])),
        ("parse", cobol(&["IF GIVEN = 1", "END-PERFORM"])),
        ("compile", cobol(&["MOVE 1 TO NO-SUCH-ITEM"])),
        ("crash", cobol(&["MOVE 7 TO ITEM-POS", "MOVE 1 TO ITEM(ITEM-POS)"])),
        ("wrong", cobol(&["COMPUTE DOUBLED = GIVEN + 1"])),
        ("wrong", cobol(&["STOP RUN"])),
        ("timeout", cobol(&spin)),
        ("memory", cobol(&hog)),
        ("output", cobol(&["PERFORM UNTIL GIVEN = 9999", "    DISPLAY \"FLOOD\"", "END-PERFORM"])),
        ("forbidden", cobol(&["CALL \"SYSTEM\" USING \"true\""])),
    ];
    let all = [
        ("julia", JULIA_TESTS, julia_programs.as_slice()),
        ("fortran", FORTRAN_TESTS, &fortran_programs),
        ("cobol", COBOL_TESTS, &cobol_programs),
    ];
    let asked = all.iter().flat_map(|&(lang, tests, programs)| {
        programs.iter().map(move |(wanted, program)| {
            (format!("{lang} {wanted}"), line(&format!("{lang} {wanted}"), lang, program, tests), *wanted)
        })
    });
    let asked: Vec<_> = asked.collect();
    let lines: Vec<&str> = asked.iter().map(|(_, line, _)| line.as_str()).collect();
    let (answers, ran) = validated(lines.join("\n").as_bytes(), &[]);
    let wanted: Vec<(&str, &str)> = asked.iter().map(|(id, _, wanted)| (id.as_str(), *wanted)).collect();
    assert_eq!(verdicts(&answers), wanted, "{}", ran.stdout);
}

#[test]
fn programs_without_tests_are_compiled_and_run() {
    let main = "program p\n  print *, 1\nend program p\n";
    let cobol_main = "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. HELLO.\n       PROCEDURE DIVISION.\n           DISPLAY \"HELLO\"\n           STOP RUN.\n       END PROGRAM HELLO.\n";
    let lines = [
        line("main", "fortran", main, ""),
        line("fails", "fortran", &main.replace("print *, 1", "error stop 1"), ""),
        line("module", "fortran", &fortran("", ""), ""),
        line("hello", "cobol", cobol_main, ""),
        line("script", "julia", "println(1)\n", ""),
        line("throws", "julia", "error(\"no\")\n", ""),
    ];
    let (answers, ran) = validated(lines.join("\n").as_bytes(), &["--level", "run"]);
    let reached: Vec<(&str, &str)> = answers
        .iter()
        .map(|answer| (answer["level"].as_str().expect("text"), answer["verdict"].as_str().expect("text")))
        .collect();
    let wanted = [
        ("run", "ok"),
        ("compile", "crash"),
        ("compile", "ok"),
        ("run", "ok"),
        ("run", "ok"),
        ("compile", "crash"),
    ];
    assert_eq!(reached, wanted, "{}", ran.stdout);
}

#[test]
fn the_same_line_gets_the_same_answer() {
    let lines = [line("a", "fortran", &fortran("", ""), FORTRAN_TESTS), line("b", "julia", PROGRAM, WRONG)];
    let twice = [lines.clone(), lines].concat();
    let (answers, _) = validated(twice.join("\n").as_bytes(), &["--jobs", "2"]);
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[..2], answers[2..]);
}

#[test]
fn pairs_programs_with_their_tests() {
    let programs =
        folder(&[("good.jl", PROGRAM), ("good_test.jl", RIGHT), ("bad.jl", PROGRAM), ("bad_test.jl", WRONG)]);
    let ran = calque(["validate", &text(programs.path())]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let answers: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let verdicts = verdicts(&answers);
    assert_eq!(verdicts.len(), 2, "{}", ran.stdout);
    assert!(verdicts[0].0.ends_with("bad.jl") && verdicts[0].1 == "wrong", "{verdicts:?}");
    assert!(verdicts[1].0.ends_with("good.jl") && verdicts[1].1 == "ok", "{verdicts:?}");
    let ran = calque(["validate", "--text", &text(programs.path())]);
    assert!(ran.stdout.contains("good.jl: tests, ok"), "{}", ran.stdout);
}

#[test]
fn nothing_right_is_exit_code_one() {
    let programs = folder(&[("bad.jl", PROGRAM), ("bad_test.jl", WRONG)]);
    assert_eq!(calque(["validate", &text(programs.path().join("bad.jl"))]).code, Some(1));
}

#[test]
fn the_doctor_lists_every_language() {
    let ran = calque(["doctor"]);
    for word in ["julia", "fortran", "cobol", "python", "java", "sandbox:"] {
        assert!(ran.stdout.contains(word), "{word} is missing in {}", ran.stdout);
    }
}
