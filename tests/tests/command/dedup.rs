//! `calque dedup`: what is kept, what is said, and what happens with bad input.

use crate::support::{calque, folder, text};
use std::fs;
use std::path::{Path, PathBuf};

const LONG: &str = "the first of several texts that are nearly the same as one another, with enough words that one of them \
                    more or less does not make a difference to what they have in common";

/// A line for each text.
fn lines(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("{{\"text\": {}}}\n", serde_json::Value::from(*text))).collect()
}

/// All files below `folder` with their bytes, sorted.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending
                .extend(fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()));
        } else {
            let bytes = fs::read(&path).expect("readable");
            found.push((path.strip_prefix(folder).expect("below").to_owned(), bytes));
        }
    }
    found.sort();
    found
}

#[test]
fn keeps_one_of_each_cluster_and_says_so() {
    let other = "a text about something else entirely that shares no run of words with any of those";
    let edited = format!("{LONG} indeed");
    let input = folder(&[("in.jsonl", &lines(&[LONG, other, &edited, LONG]))]);
    let out = input.path().join("out");
    let path = text(input.path().join("in.jsonl"));
    let ran = calque(["dedup", &path, "--out", &text(&out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("4 documents"), "{}", ran.stderr);
    assert!(ran.stderr.contains("2 left out as near-duplicates of 1 of them"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(out.join("kept/in.jsonl")).expect("kept"), lines(&[LONG, other]));
    let clusters = fs::read_to_string(out.join("clusters.jsonl")).expect("clusters");
    let cluster: serde_json::Value = serde_json::from_str(&clusters).expect("one line of JSON");
    assert_eq!(cluster["keep"], format!("{path}:1"));
    assert_eq!(cluster["drop"], serde_json::json!([format!("{path}:3"), format!("{path}:4")]));
    assert_eq!(fs::read_dir(input.path()).expect("a folder").count(), 2, "nothing temporary is left");
}

#[test]
fn neither_threads_nor_memory_change_a_byte() {
    let texts: Vec<String> = (0..300)
        .map(|n| {
            (0..60).map(move |k| {
                format!("w{}", (n % 40) * 1000 + k + usize::from(k % 9 == n % 7) * 500 + n / 200)
            })
        })
        .map(|words| words.collect::<Vec<_>>().join(" "))
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let input = folder(&[("in.jsonl", &lines(&texts))]);
    let results: Vec<_> = [["1", "2G"], ["2", "2G"], ["2", "0"]]
        .iter()
        .enumerate()
        .map(|(number, [jobs, memory])| {
            let out = input.path().join(format!("out{number}"));
            let path = text(input.path().join("in.jsonl"));
            let ran = calque(["dedup", &path, "-j", jobs, "--memory", memory, "-o", &text(&out)]);
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            files(&out)
        })
        .collect();
    assert!(results[0].iter().any(|(name, bytes)| name.ends_with("clusters.jsonl") && !bytes.is_empty()));
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[test]
fn nothing_readable_is_a_failure_and_bad_lines_have_a_place() {
    let input = folder(&[("in.jsonl", "{\"content\": \"x\"}\n\nno JSON\n")]);
    let path = text(input.path().join("in.jsonl"));
    let ran = calque(["dedup", &path, "--out", &text(input.path().join("out"))]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains(&format!("{path}:1: The field `text` is missing or no text.")),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains(&format!("{path}:3: The line is no JSON object")), "{}", ran.stderr);
}

#[test]
fn wrong_usage_is_one_sentence_and_nothing_appears() {
    let input =
        folder(&[("in.parquet", "PAR1 and no table"), ("in.jsonl", &lines(&[LONG])), ("full/x", "x")]);
    let at = |name: &str| text(input.path().join(name));
    let cases = [
        (vec![at("nowhere"), "-o".into(), at("out")], 1, "cannot read"),
        (vec![at("in.parquet"), "-o".into(), at("out")], 1, "in.parquet"),
        (vec![at("in.jsonl"), "-o".into(), at("full")], 2, "is not empty"),
        (vec![at("in.jsonl"), "-o".into(), at("out"), "--threshold".into(), "7".into()], 2, "from 0.05 to 1"),
        (
            vec![at("in.jsonl"), "-o".into(), at("out"), "--memory".into(), "lots".into()],
            2,
            "no amount of memory",
        ),
    ];
    for (arguments, code, message) in cases {
        let ran = calque(["dedup".to_owned()].into_iter().chain(arguments.clone()));
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(message), "{arguments:?}: {}", ran.stderr);
        assert!(!input.path().join("out").exists());
    }
}

#[test]
fn an_evaluation_set_is_left_out_under_other_names_too() {
    let solution = "def widest(values, limit):\n    best = 0\n    run = 0\n    for value in values:\n        if value < limit:\n            run += 1\n            best = max(best, run)\n        else:\n            run = 0\n    return best\n";
    let row = serde_json::json!({ "task_id": 9, "code": solution, "text": "Find it.", "test_list": [] });
    let renamed =
        solution.replace("values", "xs").replace("value", "x").replace("best", "top").replace("limit", "k");
    let input = folder(&[("set.jsonl", &format!("{row}\n")), ("in.jsonl", &lines(&[LONG, &renamed]))]);
    let at = |name: &str| text(input.path().join(name));
    let ran = calque(["dedup", &at("in.jsonl"), "--against", &at("set.jsonl"), "--out", &at("out")]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 documents left out because an evaluation set has them"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(input.path().join("out/kept/in.jsonl")).expect("kept"), lines(&[LONG]));
    let listed = fs::read_to_string(input.path().join("out/contaminated.jsonl")).expect("listed");
    assert!(listed.contains("\"code\":\"corpus.contaminated\",\"item\":\"9\",\"why\":\"code\""), "{listed}");
}
