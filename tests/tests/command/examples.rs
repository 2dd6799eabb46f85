//! The main job on the example programs, and whether its records can say no.

use crate::support::{calque, text};
use corpora::readers::rows;
use corpora::{Format, Record};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The target languages with the least number of records that the examples give.
const EXPECTED: [(&str, usize); 3] = [("julia", 50), ("fortran", 48), ("cobol", 40)];

/// Faults, in the spellings of all targets. The first that fits is planted wherever it fits.
const FAULTS: [(&str, &str); 5] =
    [(" < ", " >= "), (" > ", " <= "), (" == ", " != "), (" + ", " - "), (" * ", " + ")];

/// Of the programs that a fault was planted in, the least share (in percent) that must be refused.
const CAUGHT: usize = 80;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/examples")
}

/// The program with a fault in its code, if one fits; comments and documentation stay as they are.
fn with_fault(program: &str) -> Option<String> {
    FAULTS.iter().find_map(|(right, wrong)| {
        let mut documentation = false;
        let lines = program.lines().map(|line| {
            documentation ^= line.trim_start().starts_with("\"\"\"");
            let comment = ["#", "!", "*>"].iter().any(|mark| line.trim_start().starts_with(mark));
            if documentation || comment { line.to_owned() } else { line.replace(right, wrong) }
        });
        let faulty = lines.collect::<Vec<_>>().join("\n") + "\n";
        (faulty != program).then_some(faulty)
    })
}

/// The verdicts of `calque validate` on the programs with their tests.
fn verdicts(lang: &str, programs: &[(String, String)]) -> Vec<String> {
    let line = |(program, tests): &(String, String)| {
        json!({"id": "", "lang": lang, "program": program, "tests": tests}).to_string()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faulty.jsonl");
    std::fs::write(&file, programs.iter().map(line).collect::<Vec<_>>().join("\n")).expect("written");
    let ran = calque(["validate", &text(&file)]);
    let answers = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    answers.map(|answer| answer["verdict"].as_str().expect("a verdict").to_owned()).collect()
}

#[test]
fn the_examples_become_a_corpus_whose_tests_catch_planted_faults() {
    let out = tempfile::tempdir().expect("a folder");
    let (source, folder) = (text(examples()), text(out.path()));
    let ran = calque(["build", "--source", &source, "--to", "julia,fortran,cobol", "--out", &folder]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(!ran.stdout.contains("internal."), "{}", ran.stdout);
    // What is translated is right: no toolchain refuses it, and no test.
    assert!(!ran.stdout.contains("ladder."), "{}", ran.stdout);
    for (lang, least) in EXPECTED {
        let path = out.path().join(format!("data/{lang}/train-00000-of-00001.parquet"));
        let records: Vec<Record> =
            rows(&path, Format::Parquet).expect("a table").map(|row| row.expect("a row")).collect();
        assert!(records.len() >= least, "{lang}: {} records\n{}", records.len(), ran.stdout);

        let faulty: Vec<(String, String)> = records
            .iter()
            .filter_map(|record| Some((with_fault(&record.target)?, record.tests.clone())))
            .collect();
        let verdicts = verdicts(lang, &faulty);
        assert_eq!(verdicts.len(), faulty.len());
        // What no compiler takes says nothing about the tests.
        let compiled: Vec<&String> =
            verdicts.iter().filter(|v| !["parse", "compile"].contains(&v.as_str())).collect();
        let caught = compiled.iter().filter(|verdict| **verdict != "ok").count();
        assert!(compiled.len() >= 20, "{lang}: faults in {} programs only", compiled.len());
        assert!(caught * 100 >= compiled.len() * CAUGHT, "{lang}: {caught} of {} caught", compiled.len());
    }
}
