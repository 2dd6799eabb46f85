//! Fortran-HumanEval: whole programs from standard input to standard output; the thin program around the translated
//! procedure is written here, from the signature of the problem.

mod interface;
mod signature;
mod wrapper;

use super::programs::{Problem, translate};
use super::run::{on_all_cores, run};
use super::sets::{self, chosen, load};
use super::tally::Tally;
use interface::Interface;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Of the problems, the least share (in percent) that must pass.
const FLOOR: usize = 80;

/// What the wrappers share.
const STDIN_WORDS: &str = include_str!("stdin_words.f90");

/// Two numbers that differ by no more count as the same.
const TOLERANCE: f64 = 0.01;

/// The words that a program prints for an expected value.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Null => vec!["None".to_owned()],
        Value::Bool(holds) => vec![if *holds { "T" } else { "F" }.to_owned()],
        Value::Number(number) => vec![number.to_string()],
        Value::String(text) => text.replace("[s]", " ").split_whitespace().map(str::to_owned).collect(),
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::Object(entries) => entries.values().flat_map(words).collect(),
    }
}

fn same(expected: &str, got: &str) -> bool {
    match (expected.parse::<f64>(), got.parse::<f64>()) {
        (Ok(expected), Ok(got)) => (expected - got).abs() <= TOLERANCE,
        _ => expected == got,
    }
}

/// Compiles the program with its wrapper and runs all tests.
fn judge(problem: &Problem, row: &Value, program: &str) -> Result<(), String> {
    let signature = sets::text(row, "signature");
    let parameters = signature::parameters(signature).ok_or_else(|| format!("signature: {signature}"))?;
    let wrapper = wrapper::wrapper(&Interface::read(program), &problem.entry, &parameters)?;
    let folder = tempfile::tempdir().expect("a folder");
    let files = [("program.f90", program), ("stdin_words.f90", STDIN_WORDS), ("wrapper.f90", &wrapper)];
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let args = ["-o", "wrapper", "program.f90", "stdin_words.f90", "wrapper.f90"];
    let compiled = run(Path::new("gfortran"), &args, folder.path(), "", Duration::from_secs(60))?;
    if !compiled.success {
        return Err(format!("compile: {}", compiled.stderr));
    }
    for (number, test) in row["tests"].as_array().expect("tests").iter().enumerate() {
        let input = sets::text(test, "input");
        let ran = run(&folder.path().join("wrapper"), &[], folder.path(), input, Duration::from_secs(10))?;
        if !ran.success || !ran.stderr.is_empty() {
            return Err(format!("run: test {number} with {input:?}: {}", ran.stderr));
        }
        let expected = words(&test["output"]);
        let got: Vec<&str> = ran.stdout.split_whitespace().collect();
        if expected.len() != got.len()
            || !expected.iter().zip(&got).all(|(expected, got)| same(expected, got))
        {
            return Err(format!("wrong: test {number} with {input:?}: expected {expected:?}, got {got:?}"));
        }
    }
    Ok(())
}

#[test]
fn fortran_translations_pass_the_tests_of_fortran_humaneval() {
    let Some([rows, humaneval]) = load(["fortran-humaneval", "humaneval"]) else { return };
    let python: BTreeMap<&str, &Value> =
        humaneval.iter().map(|row| (sets::text(row, "task_id"), row)).collect();
    let of_row = |row| Some((Problem::humaneval(python.get(sets::text(row, "task_id"))?), row));
    let problems = chosen(rows.iter().filter_map(of_row).collect());
    let sources: Vec<&Problem> = problems.iter().map(|(problem, _)| problem).collect();
    let translations = translate(&sources, "fortran");
    let outcomes = on_all_cores(&problems, |(problem, row)| {
        judge(problem, row, translations[&problem.name].as_ref().map_err(Clone::clone)?)
    });
    let mut tally = Tally::default();
    for ((problem, _), outcome) in problems.iter().zip(outcomes) {
        tally.add(&problem.name, outcome);
    }
    tally.conclude("fortran-humaneval", FLOOR);
}
