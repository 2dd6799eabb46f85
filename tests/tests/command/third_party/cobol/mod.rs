//! COBOLEval: callers that fill one group of fixed shape, call the solution with it, and write its result to a file.
//! Between them and our program stands a bridge that is written here.

mod answer;
mod bridge;
mod layout;

use super::programs::{Problem, translate};
use super::run::{on_all_cores, run};
use super::sets::{self, chosen, load};
use super::tally::Tally;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Of the problems, the least share (in percent) that must pass.
const FLOOR: usize = 80;

/// A test that a faithful translation can pass.
struct Case<'a> {
    number: usize,
    caller: &'a str,
    result: &'a Value,
}

fn cases(row: &Value) -> Vec<Case<'_>> {
    let inconsistent = row["inconsistent_tests"].as_array().map_or(&[][..], Vec::as_slice);
    let tests = row["tests"].as_array().map_or(&[][..], Vec::as_slice);
    let kept = tests.iter().enumerate().filter(|(number, _)| !inconsistent.contains(&Value::from(*number)));
    kept.map(|(number, test)| Case { number, caller: sets::text(test, "test"), result: &test["result"] })
        .collect()
}

/// The callers in one file, each under a name of its own, below a program that starts the one whose number it is given.
fn callers(cases: &[Case]) -> String {
    let mut text = String::from(
        "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. CASES.\n       DATA DIVISION.\n       \
         WORKING-STORAGE SECTION.\n       01  CASE-NAME PIC X(30).\n       PROCEDURE DIVISION.\n           \
         ACCEPT CASE-NAME FROM COMMAND-LINE\n           CALL CASE-NAME\n           STOP RUN.\n       \
         END PROGRAM CASES.\n",
    );
    for case in cases {
        let name = format!("CASE-{}", case.number);
        let own = |line: &str| match line.trim_start() {
            trimmed if trimmed.starts_with("PROGRAM-ID.") => format!("       PROGRAM-ID. {name}."),
            trimmed if trimmed.starts_with("CALL \"") => {
                format!("       CALL \"{}\" USING LINKED-ITEMS", bridge::NAME)
            }
            _ => line.to_owned(),
        };
        let lines: Vec<String> = case.caller.lines().map(own).collect();
        text.push_str(&format!("{}\n       END PROGRAM {name}.\n", lines.join("\n").trim_end()));
    }
    text
}

/// Compiles the callers with bridge and program, and runs each.
fn judge(problem: &Problem, row: &Value, program: &str) -> Result<(), String> {
    let cases = cases(row);
    let first = cases.first().ok_or("empty: no consistent test")?;
    let storage = first.caller.split("01 LINKED-ITEMS.").nth(1).unwrap_or_default();
    let theirs = layout::items(storage.split("PROCEDURE DIVISION").next().unwrap_or_default());
    let bridge = bridge::bridge(&layout::programs(program), &problem.entry, &theirs)?;
    let folder = tempfile::tempdir().expect("a folder");
    let files =
        [("cases.cob", callers(&cases)), ("bridge.cob", bridge), ("solution.cob", program.to_owned())];
    for (name, text) in &files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    let args = ["-w", "-ftext-column=250", "-x", "-o", "cases", "cases.cob", "bridge.cob", "solution.cob"];
    let compiled = run(Path::new("cobc"), &args, folder.path(), "", Duration::from_secs(60))?;
    if !compiled.success {
        return Err(format!("compile: {}", compiled.stderr));
    }
    for case in cases {
        let name = format!("CASE-{}", case.number);
        let ran = run(&folder.path().join("cases"), &[&name], folder.path(), "", Duration::from_secs(10))?;
        if !ran.success {
            return Err(format!("run: test {}: {}{}", case.number, ran.stdout, ran.stderr));
        }
        let file = case.caller.split("ASSIGN TO \"").nth(1).and_then(|rest| rest.split('"').next());
        let path = folder.path().join(file.unwrap_or_default());
        let written =
            fs::read(&path).map_err(|error| format!("run: test {}: no result: {error}", case.number))?;
        fs::remove_file(&path).map_err(|error| format!("run: {error}"))?;
        let written = String::from_utf8_lossy(&written);
        if !answer::agrees(case.result, &written) {
            let got = written.split_whitespace().take(12).collect::<Vec<_>>().join(" ");
            return Err(format!("wrong: test {}: expected {}, got {got}", case.number, case.result["value"]));
        }
    }
    Ok(())
}

#[test]
fn cobol_translations_pass_the_tests_of_coboleval() {
    let Some([rows, humaneval]) = load(["coboleval", "humaneval"]) else { return };
    let python: BTreeMap<&str, &Value> =
        humaneval.iter().map(|row| (sets::text(row, "task_id"), row)).collect();
    // Where every test is inconsistent, nothing can be asked.
    let askable = rows.iter().filter(|row| !cases(row).is_empty());
    let of_row = |row| Some((Problem::humaneval(python.get(sets::text(row, "task_id"))?), row));
    let problems = chosen(askable.filter_map(of_row).collect());
    let sources: Vec<&Problem> = problems.iter().map(|(problem, _)| problem).collect();
    let translations = translate(&sources, "cobol");
    let outcomes = on_all_cores(&problems, |(problem, row)| {
        judge(problem, row, translations[&problem.name].as_ref().map_err(Clone::clone)?)
    });
    let mut tally = Tally::default();
    for ((problem, _), outcome) in problems.iter().zip(outcomes) {
        tally.add(&problem.name, outcome);
    }
    tally.conclude("coboleval", FLOOR);
}
