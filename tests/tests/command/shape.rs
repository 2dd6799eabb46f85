//! `calque shape`: from a corpus to training data.

use crate::support::{DOUBLE, Ran, TRIANGLE, calque, folder};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A corpus of two programs in two languages; level parse needs no toolchain.
fn corpus() -> (TempDir, PathBuf) {
    let place = folder(&[("in/double.py", DOUBLE), ("in/triangle.py", TRIANGLE)]);
    let out = place.path().join("corpus");
    let source = place.path().join("in");
    let to = "julia,fortran";
    let ran = calque([
        "build".as_ref(),
        "--source".as_ref(),
        source.as_os_str(),
        "--to".as_ref(),
        to.as_ref(),
        "--level".as_ref(),
        "parse".as_ref(),
        "--out".as_ref(),
        out.as_os_str(),
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    (place, out)
}

fn shape(corpus: &Path, out: &Path, options: &[&str]) -> Ran {
    let fixed = ["shape".as_ref(), corpus.as_os_str(), "--out".as_ref(), out.as_os_str()];
    calque(fixed.into_iter().chain(options.iter().map(|option| option.as_ref())))
}

/// The rows that were written for training.
fn rows(out: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(out.join("data/train-00000-of-00001.jsonl")).expect("a table");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn every_shape_has_rows_and_a_card() {
    let (place, corpus) = corpus();
    for (name, options, column, count) in [
        ("text", &["--shape", "text"][..], "text", 4),
        ("repository", &["--shape", "repository"], "text", 2),
        ("fim", &["--shape", "fim", "--model", "qwen2.5-coder", "--rate", "1", "--cut", "node"], "text", 4),
        // Write, tests, explain, complete for each of four records.
        ("chat", &["--shape", "chat", "--as", "sharegpt"], "conversations", 16),
        ("pairs", &["--shape", "pairs", "--as", "prompt", "--lang", "julia"], "completion", 4),
    ] {
        let out = place.path().join(name);
        let options: Vec<&str> = options.iter().copied().chain(["--format", "jsonl"]).collect();
        let ran = shape(&corpus, &out, &options);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stderr);
        let rows = rows(&out);
        assert_eq!(rows.len(), count, "{name}");
        assert!(rows.iter().all(|row| !row[column].is_null()), "{name}");
        assert!(std::fs::read_to_string(out.join("README.md")).expect("a card").contains("split: train"));
    }
}

#[test]
fn the_bytes_depend_on_the_seed_and_not_on_the_workers() {
    let (place, corpus) = corpus();
    let made = |name: &str, seed: &str, jobs: &str| {
        let out = place.path().join(name);
        let ran = shape(&corpus, &out, &["--shape", "fim", "--rate", "1", "--seed", seed, "--jobs", jobs]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        std::fs::read(out.join("data/train-00000-of-00001.parquet")).expect("a table")
    };
    let first = made("one", "1", "1");
    assert_eq!(first, made("two", "1", "2"));
    assert_ne!(first, made("other", "2", "2"));
}

#[test]
fn what_cannot_be_is_said_in_a_sentence() {
    let (place, corpus) = corpus();
    let out = place.path().join("out");
    for (options, code, sentence) in [
        (
            &["--shape", "fim", "--model", "gpt"][..],
            2,
            "no sentinels are known for gpt; known are starcoder,",
        ),
        (
            &["--shape", "fim", "--model", "deepseek-coder", "--spm", "0.5"],
            2,
            "was not trained on the order suffix",
        ),
        (&["--shape", "fim", "--rate", "2"], 2, "2 is not between 0 and 1"),
        (&["--shape", "fim", "--tokenizer", "/nowhere.json"], 1, "cannot read the tokenizer /nowhere.json"),
    ] {
        let ran = shape(&corpus, &out, options);
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        assert!(ran.stderr.contains(sentence), "{}", ran.stderr);
    }
    let ran = shape(place.path(), &out, &["--shape", "text"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("is no folder of a build"), "{}", ran.stderr);
    let ran = shape(&corpus, &place.path().join("in"), &["--shape", "text"]);
    assert!(ran.code == Some(1) && ran.stderr.contains("is not empty"), "{}", ran.stderr);
    assert!(place.path().join("in/double.py").exists());
}
