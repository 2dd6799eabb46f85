//! `calque translate` from the outside.

use crate::support::{DOUBLE, TRIANGLE, calque, folder, read, text, write};

#[test]
fn writes_programs_tests_and_rejections() {
    let sources = folder(&[("double.py", DOUBLE), ("odd.py", "def odd(:\n")]);
    let out = sources.path().join("out");
    let ran = calque(["translate", &text(sources.path()), "--to", "julia", "-o", &text(&out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(read(out.join("double.jl")).contains("double(n"), "{}", read(out.join("double.jl")));
    assert!(read(out.join("double_test.jl")).contains("double(2)"));
    let rejections = read(out.join("rejections.jsonl"));
    let row: serde_json::Value = serde_json::from_str(rejections.trim()).expect("one line of JSON");
    assert_eq!(row["code"], "python.syntax");
    assert_eq!(row["line"], 1);
    assert!(row["file"].as_str().expect("text").ends_with("odd.py"));
    assert!(ran.stderr.contains("python.syntax") && ran.stderr.contains("odd.py:1"), "{}", ran.stderr);
}

#[test]
fn prints_without_a_folder() {
    let sources = folder(&[("double.py", DOUBLE)]);
    let ran = calque(["translate", &text(sources.path().join("double.py")), "--to", "fortran"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("double") && ran.stdout.contains("end module"), "{}", ran.stdout);
    assert_eq!(std::fs::read_dir(sources.path()).expect("readable").count(), 1);
}

#[test]
fn inputs_of_the_same_name_do_not_overwrite_each_other() {
    let sources = folder(&[("a/same.py", DOUBLE), ("b/same.py", TRIANGLE)]);
    let out = sources.path().join("out");
    let ran = calque(["translate", &text(sources.path()), "--to", "julia", "-o", &text(&out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(read(out.join("same.jl")).contains("double"));
    assert!(read(out.join("rejections.jsonl")).contains("translate.same-name"));
}

#[test]
fn what_is_rejected_now_leaves_nothing_of_an_earlier_run() {
    let sources = folder(&[("double.py", DOUBLE), ("triangle.py", TRIANGLE)]);
    let out = sources.path().join("out");
    let args = ["translate", &text(sources.path()), "--to", "julia", "-o", &text(&out)];
    assert_eq!(calque(args).code, Some(0));
    write(&sources.path().join("double.py"), b"def double(:\n");
    assert_eq!(calque(args).code, Some(0));
    assert!(!out.join("double.jl").exists() && !out.join("double_test.jl").exists());
    assert!(out.join("triangle.jl").exists());
}

#[test]
fn a_program_whose_own_tests_fail_is_not_translated() {
    let wrong = DOUBLE.replace("== 4", "== 5");
    let sources = folder(&[("double.py", &wrong)]);
    let file = text(sources.path().join("double.py"));
    let ran = calque(["translate", &file, "--to", "julia"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stderr.contains("source.tests-failed"), "{}", ran.stderr);
    assert_eq!(calque(["translate", &file, "--to", "julia", "--no-oracle"]).code, Some(0));
}

#[test]
fn a_doctest_that_python_refutes_is_left_out() {
    let program = DOUBLE.replace("the number.", "the number.\n    >>> double(1)\n    3\n    ");
    let sources = folder(&[("double.py", &program)]);
    let out = sources.path().join("out");
    let ran = calque(["translate", &text(sources.path()), "--to", "julia", "-o", &text(&out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!read(out.join("double_test.jl")).contains("double(1)"));
    assert!(!read(out.join("double.jl")).contains("double(1)"));
}

#[test]
fn the_result_does_not_depend_on_the_number_of_workers() {
    let sources = folder(&[("double.py", DOUBLE), ("triangle.py", TRIANGLE), ("odd.py", "x = (\n")]);
    let run = |jobs: &str| {
        let out = tempfile::tempdir().expect("a folder");
        let ran = calque([
            "translate",
            &text(sources.path()),
            "--to",
            "cobol",
            "-o",
            &text(out.path()),
            "-j",
            jobs,
        ]);
        (crate::support::contents(out.path()), ran.stderr)
    };
    assert_eq!(run("1"), run("2"));
}
