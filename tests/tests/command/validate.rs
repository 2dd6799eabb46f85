//! `calque validate` and `calque doctor` from the outside.

use crate::support::{calque, folder, text};
use serde_json::{Value, json};

const PROGRAM: &str = "double(n::Int) = 2n\n";
const RIGHT: &str = "@assert double(2) == 4\n";
const WRONG: &str = "@assert double(2) == 5\n";

#[test]
fn answers_lines_in_order() {
    let line = |id: &str, program: &str, tests: &str| {
        json!({"id": id, "lang": "julia", "program": program, "tests": tests}).to_string()
    };
    let lines = [
        line("right", PROGRAM, RIGHT),
        line("wrong", PROGRAM, WRONG),
        line("broken", "double(n = 2n\n", RIGHT),
        "{\"id\": \"cut".to_owned(),
    ];
    let file = folder(&[("in.jsonl", &lines.join("\n"))]);
    let ran = calque(["validate", &text(file.path().join("in.jsonl")), "--jobs", "2"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let answers: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let verdicts: Vec<(&str, &str)> = answers
        .iter()
        .map(|answer| (answer["id"].as_str().expect("text"), answer["verdict"].as_str().expect("text")))
        .collect();
    assert_eq!(
        verdicts,
        [("right", "ok"), ("wrong", "wrong"), ("broken", "parse"), ("line 4", "unreadable")]
    );
    assert_eq!(answers[0]["level"], "tests");
}

#[test]
fn pairs_programs_with_their_tests() {
    let programs =
        folder(&[("good.jl", PROGRAM), ("good_test.jl", RIGHT), ("bad.jl", PROGRAM), ("bad_test.jl", WRONG)]);
    let ran = calque(["validate", &text(programs.path())]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(lines[0].contains("bad.jl: ") && lines[0].contains(", wrong"), "{}", lines[0]);
    assert!(lines[1].contains("good.jl: tests, ok"), "{}", lines[1]);
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
