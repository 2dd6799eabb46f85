//! The Python programs of the problems, and their translations.

use super::sets;
use crate::support::{calque, text, write};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// A problem in Python.
pub struct Problem {
    /// A name that suits a file.
    pub name: String,
    /// The function that is tested.
    pub entry: String,
    /// The program.
    pub program: String,
    /// Its own tests, which tell the types that the program leaves open.
    pub tests: String,
}

impl Problem {
    /// From a row of HumanEval.
    pub fn humaneval(row: &Value) -> Problem {
        let entry = sets::text(row, "entry_point");
        Problem {
            name: sets::text(row, "task_id").replace('/', "_"),
            entry: entry.to_owned(),
            program: format!("{}{}\n", sets::text(row, "prompt"), sets::text(row, "canonical_solution")),
            tests: format!("{}\n\ncheck({entry})\n", sets::text(row, "test")),
        }
    }

    /// From a row of MultiPL-E's typed MBPP, whose program its tests in other languages are meant for.
    pub fn typed_mbpp(row: &Value, entry: &str) -> Problem {
        Problem {
            name: format!("mbpp_{}", row["task_id"]),
            entry: entry.to_owned(),
            program: format!("{}\n", sets::text(row, "reference_code")),
            tests: format!("{}\n\ncheck({entry})\n", sets::text(row, "tests")),
        }
    }

    /// From a row of MBPP; its tests call `entry`.
    pub fn mbpp(row: &Value, entry: &str) -> Problem {
        let tests = row["test_list"].as_array().expect("a list of asserts");
        let asserts: Vec<&str> = tests.iter().filter_map(Value::as_str).collect();
        Problem {
            name: format!("mbpp_{}", row["task_id"]),
            entry: entry.to_owned(),
            program: format!("{}\n", sets::text(row, "code").replace("\r\n", "\n")),
            tests: format!("{}\n{}\n", sets::text(row, "test_setup_code"), asserts.join("\n")),
        }
    }
}

/// The translations of `problems`, or why there is none. What is rejected together with its own tests gets a
/// second chance without them, as the third party brings others.
pub fn translate(problems: &[&Problem], target: &str) -> BTreeMap<String, Result<String, String>> {
    let mut results = attempt(problems, target, |p| format!("{}\n\n{}", p.program, p.tests));
    let rejected: Vec<&Problem> =
        problems.iter().copied().filter(|problem| results[&problem.name].is_err()).collect();
    for (name, result) in attempt(&rejected, target, |p| p.program.clone()) {
        if result.is_ok() {
            results.insert(name, result);
        }
    }
    results
}

fn attempt(
    problems: &[&Problem],
    target: &str,
    source: impl Fn(&Problem) -> String,
) -> BTreeMap<String, Result<String, String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let [python, out] = ["python", "out"].map(|name| folder.path().join(name));
    for problem in problems {
        write(&python.join(format!("{}.py", problem.name)), source(problem).as_bytes());
    }
    if problems.is_empty() {
        return BTreeMap::new();
    }
    calque(["translate", &text(&python), "--to", target, "--no-oracle", "-o", &text(&out)]);
    let mut results: BTreeMap<String, Result<String, String>> = problems
        .iter()
        .map(|problem| (problem.name.clone(), Err("lost: neither translated nor rejected".to_owned())))
        .collect();
    let rejections = fs::read_to_string(out.join("rejections.jsonl")).expect("written");
    for line in rejections.lines() {
        let rejection: Value = serde_json::from_str(line).expect("JSON");
        let name = sets::text(&rejection, "file").rsplit('/').next().unwrap_or_default().to_owned();
        let reason = format!("{}: {}", sets::text(&rejection, "code"), sets::text(&rejection, "message"));
        results.insert(name.trim_end_matches(".py").to_owned(), Err(reason));
    }
    for entry in fs::read_dir(&out).expect("a folder") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if let Some(result) = results.get_mut(stem) {
            *result = Ok(fs::read_to_string(&path).expect("UTF-8"));
        }
    }
    results
}
