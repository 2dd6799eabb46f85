//! `calque validate`: programs that exist already climb the ladder.

use crate::arguments::ValidateArguments;
use crate::candidates::{self, Question};
use crate::failure::Failure;
use crate::{guard, output};
use grammars::Level;
use rayon::prelude::*;
use serde::Serialize;
use std::process::ExitCode;
use validators::{Config, Infrastructure, Ladder, Outcome};

/// Programs judged before their answers are printed.
const CHUNK: usize = 256;

/// The answer to one question.
#[derive(Serialize)]
struct Answer {
    id: String,
    level: Level,
    verdict: String,
    detail: String,
    cpu_ms: u64,
}

/// What has been answered so far.
#[derive(Default)]
struct Tally {
    passed: usize,
    asked: usize,
}

/// Runs the command.
pub(crate) fn run(arguments: &ValidateArguments) -> Result<ExitCode, Failure> {
    let ladder = Ladder::new(Config { helper: std::env::current_exe().ok(), ..Config::default() })
        .map_err(|error| Failure::new(error.to_string()))?;
    let mut tally = Tally::default();
    for path in &arguments.files {
        let lines = candidates::is_json_lines(path);
        let mut questions = candidates::read(path)?.peekable();
        while questions.peek().is_some() {
            let chunk: Vec<Question> = questions.by_ref().take(CHUNK).collect();
            let answers = guard::with_workers(arguments.jobs.jobs, || {
                Ok(chunk
                    .par_iter()
                    .map(|question| answer(&ladder, question, arguments.level))
                    .collect::<Vec<_>>())
            })?;
            for (answer, passed) in answers {
                tally.asked += 1;
                tally.passed += usize::from(passed);
                output::print(&if lines { json(&answer)? } else { text(&answer) })?;
            }
        }
    }
    eprintln!("{} of {} programs reached `{}`", tally.passed, tally.asked, arguments.level);
    Ok(if tally.passed == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Judges one program; the flag says whether it reached `wanted`.
fn answer(ladder: &Ladder, question: &Question, wanted: Level) -> (Answer, bool) {
    match &question.candidate {
        Err(reason) => (failed(&question.id, "unreadable", reason.clone()), false),
        Ok(candidate) => match ladder.climb(candidate, wanted) {
            Ok(outcome) => (judged(&question.id, &outcome), outcome.reached(wanted)),
            Err(error) => (failed(&question.id, "unavailable", unavailable(&error)), false),
        },
    }
}

fn judged(id: &str, outcome: &Outcome) -> Answer {
    Answer {
        id: id.to_owned(),
        level: outcome.level,
        verdict: outcome.verdict.to_string(),
        detail: outcome.detail.clone(),
        cpu_ms: outcome.cpu_ms,
    }
}

/// An answer that says nothing about the program.
fn failed(id: &str, verdict: &str, detail: String) -> Answer {
    Answer { id: id.to_owned(), level: Level::None, verdict: verdict.to_owned(), detail, cpu_ms: 0 }
}

fn unavailable(error: &Infrastructure) -> String {
    format!("nothing is known about the program: {error}")
}

fn json(answer: &Answer) -> Result<String, Failure> {
    let line = serde_json::to_string(answer).map_err(|error| Failure::new(error.to_string()))?;
    Ok(format!("{line}\n"))
}

fn text(answer: &Answer) -> String {
    let mut text = format!("{}: {}, {} ({} ms)\n", answer.id, answer.level, answer.verdict, answer.cpu_ms);
    for line in answer.detail.lines() {
        text.push_str(&format!("    {line}\n"));
    }
    text
}
