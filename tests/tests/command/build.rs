//! `calque build` and `calque report` from the outside.

use crate::support::{DOUBLE, TRIANGLE, calque, contents, folder, read, text, write};
use corpora::readers::rows;
use corpora::{Format, Record, Rejected};
use grammars::Level;
use std::path::Path;

const JULIA: &str = "data/julia/train-00000-of-00001.parquet";

fn build(source: &Path, out: &Path, more: &[&str]) -> crate::support::Ran {
    let (source, out) = (text(source), text(out));
    calque(["build", "--source", &source, "--out", &out].into_iter().chain(more.iter().copied()))
}

fn table<T: corpora::Row + 'static>(path: &Path, format: Format) -> Vec<T> {
    rows(path, format).expect("a table").map(|row| row.expect("a row")).collect()
}

#[test]
fn makes_a_corpus_of_all_targets() {
    let sources = folder(&[
        ("LICENSE-of-nothing.txt", ""),
        ("double.py", &format!("# SPDX-License-Identifier: MIT\n{DOUBLE}")),
        ("wrong.py", &DOUBLE.replace("== 4", "== 5")),
        ("broken.py", "def broken(:\n"),
    ]);
    let out = tempfile::tempdir().expect("a folder");
    let ran = build(sources.path(), out.path(), &["--to", "julia,fortran,cobol"]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    for target in ["julia", "fortran", "cobol"] {
        let path = out.path().join(JULIA.replace("julia", target));
        let records: Vec<Record> = table(&path, Format::Parquet);
        let [record] = records.as_slice() else { panic!("{target}: {} records", records.len()) };
        assert_eq!(record.level, Level::Tests);
        assert_eq!((record.license.as_str(), record.entry_point.as_deref()), ("MIT", Some("double")));
        assert_eq!(record.signature.as_deref(), Some("double(n: int) -> int"));
        assert_eq!(record.tests_run, record.tests_passed);
        assert!(record.tests_run >= Some(2) && record.coverage.is_none());
        assert!(
            ["cell", "namespaces", "landlock"].contains(&record.isolation.as_str()),
            "{}",
            record.isolation
        );
    }
    let rejections: Vec<Rejected> = table(&out.path().join("rejections.parquet"), Format::Parquet);
    let codes: Vec<&str> = rejections.iter().map(|r| r.code.as_str()).collect();
    assert_eq!(codes, ["python.syntax", "source.tests-failed"]);
    let card = read(out.path().join("README.md"));
    assert!(card.starts_with("---\n") && card.contains("config_name: cobol"), "{card}");
    assert!(ran.stdout.starts_with(&read(out.path().join("report.txt"))) && ran.stdout.contains("\ntimes\n"));
}

#[test]
fn the_bytes_do_not_depend_on_the_workers_and_a_second_run_changes_nothing() {
    let programs: Vec<(String, String)> =
        (0..12).map(|n| (format!("f{n:02}.py"), DOUBLE.replace("double", &format!("double{n}")))).collect();
    let mut files: Vec<(&str, &str)> = programs.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    files.push(("triangle.py", TRIANGLE));
    let sources = folder(&files);
    let run = |out: &Path, jobs: &str| {
        let ran = build(sources.path(), out, &["--to", "fortran", "--jobs", jobs, "--name", "same"]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        contents(out)
    };
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let first = run(one.path(), "1");
    assert!(first == run(two.path(), "2"), "the bytes depend on the number of workers");
    assert!(first == run(one.path(), "2"), "a second run changed the corpus");
}

#[test]
fn a_killed_build_leaves_no_half_tables_and_goes_on() {
    let programs: Vec<(String, String)> =
        (0..30).map(|n| (format!("f{n:02}.py"), DOUBLE.replace("double", &format!("double{n}")))).collect();
    let files: Vec<(&str, &str)> = programs.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let sources = folder(&files);
    let out = tempfile::tempdir().expect("a folder");
    let args = ["build", "--source", &text(sources.path()), "--to", "fortran", "--out", &text(out.path())];
    let mut running = crate::support::command()
        .args(args)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the command starts");
    std::thread::sleep(std::time::Duration::from_millis(700));
    running.kill().expect("killed");
    running.wait().expect("ended");
    assert!(!out.path().join("manifest.json").exists(), "the build was done before it was killed");
    let resumed = build(sources.path(), out.path(), &["--to", "fortran", "--name", "same"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    let whole = tempfile::tempdir().expect("a folder");
    build(sources.path(), whole.path(), &["--to", "fortran", "--name", "same"]);
    assert!(contents(out.path()) == contents(whole.path()), "a resumed build gives other bytes");
}

#[test]
fn files_are_cut_where_they_do_not_translate_whole() {
    let file =
        format!("{DOUBLE}\n\ndef strange(n):\n    return eval(n)\n\n\nassert strange('1') == 1\n{TRIANGLE}");
    let sources = folder(&[("several.py", &file)]);
    let out = tempfile::tempdir().expect("a folder");
    let ran = build(sources.path(), out.path(), &["--to", "julia"]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let records: Vec<Record> = table(&out.path().join(JULIA), Format::Parquet);
    let names: Vec<&str> = records.iter().filter_map(|r| r.path.split_once("::")).map(|(_, n)| n).collect();
    assert_eq!(names, ["double", "triangle"]);
    assert!(records[0].source.contains("assert double(2) == 4") && !records[0].source.contains("strange"));
    let rejections: Vec<Rejected> = table(&out.path().join("rejections.parquet"), Format::Parquet);
    assert_eq!(rejections.iter().map(|r| r.unit.as_deref()).collect::<Vec<_>>(), [Some("strange")]);
}

#[test]
fn programs_without_tests_are_kept_only_when_asked_for() {
    let untested = DOUBLE.split("\n\nassert").next().expect("the program");
    let sources = folder(&[("double.py", untested)]);
    let out = tempfile::tempdir().expect("a folder");
    let ran = build(sources.path(), out.path(), &["--to", "fortran"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stdout.contains("ladder.no-tests"), "{}", ran.stdout);
    let ran =
        build(sources.path(), out.path(), &["--to", "fortran", "--level", "compile", "--format", "jsonl"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    let path = out.path().join("data/fortran/train-00000-of-00001.jsonl");
    let records: Vec<Record> = table(&path, Format::Jsonl);
    assert_eq!((records[0].level, records[0].tests_run), (Level::Compile, None));
    assert!(!out.path().join("rejections.parquet").exists(), "a table of the other format is left");
}

#[test]
fn java_goes_the_same_way() {
    let program = "\
/** Sums. */
public class Sums {
    /** Returns the sum of the squares of all values. */
    static long squares(int[] values) {
        long total = 0;
        for (int value : values) {
            total += (long) value * value;
        }
        return total;
    }

    public static void main(String[] args) {
        if (squares(new int[] {1, 2, 3}) != 14) {
            throw new AssertionError();
        }
    }
}
";
    let sources = folder(&[("Sums.java", program), ("Wrong.java", &program.replace("14", "15"))]);
    let out = tempfile::tempdir().expect("a folder");
    let ran = build(sources.path(), out.path(), &["--to", "julia"]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let records: Vec<Record> = table(&out.path().join(JULIA), Format::Parquet);
    assert_eq!(records.len(), 1, "{}", ran.stdout);
    assert_eq!((records[0].source_lang.as_str(), records[0].level), ("java", Level::Tests));
    assert!(ran.stdout.contains("source.tests-failed"), "{}", ran.stdout);
}

#[test]
fn duplicates_are_dropped_and_counted() {
    let sources = folder(&[("a.py", DOUBLE), ("b.py", DOUBLE)]);
    let out = tempfile::tempdir().expect("a folder");
    let ran = build(sources.path(), out.path(), &["--to", "fortran"]);
    let rejections: Vec<Rejected> = table(&out.path().join("rejections.parquet"), Format::Parquet);
    let [duplicate] = rejections.as_slice() else { panic!("{}", ran.stdout) };
    assert_eq!(duplicate.code.as_str(), "corpus.duplicate");
    assert!(duplicate.path.ends_with("b.py"));
}

#[test]
fn reads_data_sets_and_a_configuration() {
    let human_eval = serde_json::json!({
        "task_id": "Own/0", "prompt": "def double(n: int) -> int:\n", "canonical_solution": "    return 2 * n\n",
        "test": "def check(candidate):\n    assert candidate(2) == 4\n", "entry_point": "double",
    });
    let mbpp = serde_json::json!({
        "text": "Add.", "task_id": 1, "code": "def add(a, b):\r\n    return a + b", "test_setup_code": "",
        "test_list": ["assert add(1, 2) == 3"],
    });
    let lines = format!("{human_eval}\n{mbpp}\n{{\"task_id\": 2, \"code\"");
    let sources = folder(&[
        ("set.jsonl", &lines),
        (
            "calque.toml",
            "source = [\"set.jsonl\"]\nto = [\"julia\"]\nout = \"corpus\"\nlicense = \"CC-BY-4.0\"\n",
        ),
    ]);
    let ran = calque(["build", &text(sources.path().join("calque.toml"))]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let records: Vec<Record> = table(&sources.path().join("corpus").join(JULIA), Format::Parquet);
    assert_eq!(records.len(), 2, "{}", ran.stdout);
    assert!(records.iter().all(|r| r.license == "CC-BY-4.0"));
    assert!(ran.stdout.contains("read.bad-line") && ran.stdout.contains("set.jsonl#3:3"), "{}", ran.stdout);
}

#[test]
fn a_report_is_made_from_the_folder() {
    let program = DOUBLE.replace("twice the number", "twice the number <b>&amp;</b>");
    let sources = folder(&[("double.py", &program), ("broken.py", "def broken(:\n")]);
    let out = tempfile::tempdir().expect("a folder");
    let built = build(sources.path(), out.path(), &["--to", "julia"]);
    assert_eq!(built.code, Some(0), "{}", built.stdout);
    let ran = calque(["report", &text(out.path())]);
    assert_eq!((ran.code, ran.stdout), (Some(0), read(out.path().join("report.txt"))));
    let page = read(out.path().join("report.html"));
    assert!(page.contains("&lt;b&gt;&amp;amp;&lt;/b&gt;") && page.contains("python.syntax"));
    assert!(!page.contains("<script") && !page.contains("http"), "the page needs something else");
}

#[test]
fn a_damaged_corpus_is_an_error() {
    let sources = folder(&[("double.py", DOUBLE)]);
    let out = tempfile::tempdir().expect("a folder");
    build(sources.path(), out.path(), &["--to", "julia"]);
    write(&out.path().join(JULIA), b"PAR1 no more");
    let ran = calque(["report", &text(out.path())]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("cannot read"), "{}", ran.stderr);
}

#[test]
fn near_duplicates_and_evaluation_problems_are_left_out_and_named() {
    let steps: String = (0..12).map(|n| format!("    total = total % 1000 * {} + {n}\n", n + 3)).collect();
    let total = (0..12_i64).fold(1, |total, n| total % 1000 * (n + 3) + n);
    let fold = |modulus: i64| {
        let expected = (total + 5) % modulus;
        format!(
            "def fold(n: int) -> int:\n    total = 1\n{steps}    return (total + n) % {modulus}\n\n\nassert fold(5) == {expected}\n"
        )
    };
    let problem = serde_json::json!({ "task_id": 1, "text": "Double.", "code": DOUBLE, "test_list": [] });
    let sources = folder(&[
        ("sources/double.py", DOUBLE),
        ("sources/fold.py", &fold(1000)),
        ("sources/fold_again.py", &fold(999)),
        ("set.jsonl", &format!("{problem}\n")),
        (
            "calque.toml",
            "source = [\"sources\"]\nto = [\"fortran\"]\nout = \"out\"\nnear_duplicates = 0.7\ndecontaminate = [\"set.jsonl\"]\nformat = \"jsonl\"\n",
        ),
    ]);
    let ran = calque(["build", &text(sources.path().join("calque.toml"))]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let out = sources.path().join("out");
    let records: Vec<Record> = table(&out.join("data/fortran/train-00000-of-00001.jsonl"), Format::Jsonl);
    let rejections: Vec<Rejected> = table(&out.join("rejections.jsonl"), Format::Jsonl);
    let codes: Vec<&str> = rejections.iter().map(|r| r.code.as_str()).collect();
    assert_eq!(codes, ["corpus.contaminated", "corpus.near-duplicate"], "{rejections:?}");
    assert!(rejections[1].message.contains("sources/fold"), "{}", rejections[1].message);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].cluster.as_ref(), Some(&records[0].id));
    let card = read(out.join("README.md"));
    assert!(card.contains("share 70 % of their runs") && card.contains("set.jsonl"), "{card}");
}
