//! MultiPL-E's Julia tests: a test set that calls the function by its own name and compares strictly.

use super::programs::{Problem, translate};
use super::sets::{self, chosen, load};
use super::tally::Tally;
use crate::support::{calque, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Of the problems, the least share (in percent) that must pass.
const FLOOR: usize = 70;

/// The rows of a set by a field.
struct Index<'a>(BTreeMap<String, &'a Value>);

impl<'a> Index<'a> {
    fn by(field: &str, rows: &'a [Value]) -> Index<'a> {
        let key = |row: &Value| row[field].as_str().map_or_else(|| row[field].to_string(), str::to_owned);
        Index(rows.iter().map(|row| (key(row), row)).collect())
    }
}

/// The Python of the problem that a row is about: `HumanEval_0_has_close_elements`, `mbpp_66_pos_count`. Where MBPP and
/// its later edition differ, the tests are meant for the later one.
fn problem(name: &str, humaneval: &Index, mbpp: &Index, typed: &Index) -> Option<Problem> {
    let (set, rest) = name.split_once('_')?;
    let (number, entry) = rest.split_once('_')?;
    if set == "HumanEval" {
        return Some(Problem::humaneval(humaneval.0.get(&format!("HumanEval/{number}"))?));
    }
    let first = *mbpp.0.get(number)?;
    let words = |row: &Value, field| sets::text(row, field).split_whitespace().collect::<String>();
    match typed.0.get(number) {
        Some(later) if words(later, "reference_code") != words(first, "code") => {
            Some(Problem::typed_mbpp(later, entry))
        }
        _ => Some(Problem::mbpp(first, entry)),
    }
}

#[test]
fn julia_translations_pass_the_tests_of_multipl_e() {
    let sets = load(["multipl-e-jl", "humaneval", "mbpp", "mbpp-typed-py"]);
    let Some([rows, humaneval, mbpp, typed]) = sets else { return };
    let [humaneval, mbpp] = [&humaneval, &mbpp].map(|rows| Index::by("task_id", rows));
    let typed = Index::by("task_id", &typed);
    let of_row = |row| Some((problem(sets::text(row, "name"), &humaneval, &mbpp, &typed)?, row));
    let problems = chosen(rows.iter().filter_map(of_row).collect());
    let sources: Vec<&Problem> = problems.iter().map(|(problem, _)| problem).collect();
    let translations = translate(&sources, "julia");

    let mut tally = Tally::default();
    let mut questions = Vec::new();
    for (problem, row) in &problems {
        match &translations[&problem.name] {
            Ok(program) => {
                let tests = sets::text(row, "tests");
                let question =
                    json!({"id": problem.name, "lang": "julia", "program": program, "tests": tests});
                questions.push(question.to_string());
            }
            Err(reason) => tally.add(&problem.name, Err(reason.clone())),
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("questions.jsonl");
    std::fs::write(&file, questions.join("\n")).expect("written");
    let ran = calque(["validate", &text(&file)]);
    assert_eq!(ran.stdout.lines().count(), questions.len(), "{}", ran.stderr);
    let answers = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    for answer in answers {
        let verdict = sets::text(&answer, "verdict");
        let outcome = match verdict {
            "ok" => Ok(()),
            _ => Err(format!("{verdict}: {}", sets::text(&answer, "detail"))),
        };
        tally.add(sets::text(&answer, "id"), outcome);
    }
    tally.conclude("multipl-e-jl", FLOOR);
}
