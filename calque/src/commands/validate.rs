//! `calque validate`: programs that exist already climb the ladder.

use crate::arguments::ValidateArguments;
use crate::candidates::{self, Question};
use crate::cell;
use crate::failure::Failure;
use crate::{guard, output};
use grammars::{LangId, Level};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::ExitCode;
use validators::{Broken, Candidate, Config, Infrastructure, Ladder, Outcome, Witness};

/// Programs judged before their answers are printed.
const CHUNK: usize = 512;
/// Bytes of programs after which a chunk ends early.
const CHUNK_BYTES: usize = 32 * 1024 * 1024;
/// The verdict on what cannot be read as a question.
const UNREADABLE: &str = "parse";
/// The verdict where the machine failed, and nothing is known about the program.
const INFRASTRUCTURE: &str = "infrastructure";
/// The exit code where the machine failed to judge some programs.
const UNJUDGED: u8 = 3;

/// The answer to one question.
#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    level: Level,
    verdict: &'a str,
    detail: String,
    cpu_ms: u64,
}

/// What has been answered so far.
#[derive(Default)]
struct Tally {
    passed: usize,
    asked: usize,
    unjudged: usize,
}

/// Runs the command.
pub(crate) fn run(arguments: &ValidateArguments) -> Result<ExitCode, Failure> {
    let ladder = Ladder::new(Config { confirm: arguments.confirm, ..cell::config()? })?;
    let mut tally = Tally::default();
    // Nothing but whole chunks needs the workers, and the questions may come from a stream of one thread.
    let pool = guard::workers(arguments.jobs.jobs)?;
    for path in &arguments.files {
        let mut questions = candidates::read(path)?;
        loop {
            let chunk = next_chunk(&mut questions);
            if chunk.is_empty() {
                break;
            }
            let verdicts = pool.install(|| judge(&ladder, &chunk, arguments.level));
            for (question, verdict) in chunk.iter().zip(&verdicts) {
                let answer = answer(question, verdict);
                tally.add(question, verdict, arguments.level);
                output::print(&if arguments.text { text(&answer) } else { json(&answer)? })?;
            }
        }
    }
    eprintln!("{} of {} programs reached `{}`", tally.passed, tally.asked, arguments.level);
    if tally.unjudged > 0 {
        eprintln!("calque: the machine failed to judge {} programs", tally.unjudged);
        return Ok(ExitCode::from(UNJUDGED));
    }
    Ok(if tally.passed == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn next_chunk(questions: &mut dyn Iterator<Item = Question>) -> Vec<Question> {
    let mut chunk = Vec::new();
    let mut bytes = 0;
    while chunk.len() < CHUNK && bytes < CHUNK_BYTES {
        let Some(question) = questions.next() else { break };
        bytes += question.candidate.as_ref().map_or(0, |asked| asked.program.len() + asked.tests.len());
        chunk.push(question);
    }
    chunk
}

/// What is known of a program.
enum Verdict {
    /// What became of it.
    Judged(Outcome),
    /// The machine failed, or lacks what it takes.
    Unjudged { reason: String, by_the_machine: bool },
}

/// A verdict for each question that has a program. The same program gets the same verdict.
fn judge(ladder: &Ladder, chunk: &[Question], wanted: Level) -> Vec<Option<Verdict>> {
    let mut first: BTreeMap<(&LangId, &str, &str), usize> = BTreeMap::new();
    let mut asked: Vec<(&Candidate, Level)> = Vec::new();
    let places: Vec<Option<usize>> = chunk
        .iter()
        .map(|question| {
            let candidate = question.candidate.as_ref().ok()?;
            let texts = (&candidate.lang, candidate.program.as_str(), candidate.tests.as_str());
            Some(*first.entry(texts).or_insert_with(|| {
                asked.push((candidate, wanted));
                asked.len() - 1
            }))
        })
        .collect();
    let outcomes = ladder.climb_all(&asked);
    let broken = ladder.prove().err().unwrap_or_default();
    let verdict = |place: usize| {
        let lang = &asked.get(place)?.0.lang;
        Some(outcomes.get(place)?.as_ref().map_or_else(unjudged, |outcome| trusted(outcome, lang, &broken)))
    };
    places.into_iter().map(|place| verdict(place?)).collect()
}

/// The outcome, unless tools have said it that no longer work.
fn trusted(outcome: &Outcome, lang: &LangId, broken: &[Broken]) -> Verdict {
    let against = outcome.verdict != validators::Verdict::Ok && !outcome.toolchain.is_empty();
    match broken.iter().find(|broken| broken.lang == *lang && against) {
        Some(broken) => Verdict::Unjudged {
            reason: format!("the tools of {lang} no longer take a program that is right: {}", broken.reason),
            by_the_machine: true,
        },
        None => Verdict::Judged(outcome.clone()),
    }
}

fn unjudged(failure: &Infrastructure) -> Verdict {
    let by_the_machine = !matches!(failure, Infrastructure::UnknownLanguage(_));
    Verdict::Unjudged { reason: failure.to_string(), by_the_machine }
}

fn answer<'a>(question: &'a Question, verdict: &'a Option<Verdict>) -> Answer<'a> {
    let nothing =
        |verdict, detail| Answer { id: &question.id, level: Level::None, verdict, detail, cpu_ms: 0 };
    match (verdict, &question.candidate) {
        (Some(Verdict::Judged(outcome)), _) => Answer {
            id: &question.id,
            level: outcome.level,
            verdict: outcome.verdict.as_str(),
            detail: outcome.detail.clone(),
            cpu_ms: outcome.cpu_ms,
        },
        (Some(Verdict::Unjudged { reason, .. }), _) => {
            nothing(INFRASTRUCTURE, format!("nothing is known about the program: {reason}"))
        }
        (None, Err(reason)) => nothing(UNREADABLE, reason.clone()),
        (None, Ok(_)) => nothing(INFRASTRUCTURE, "nothing is known about the program".to_owned()),
    }
}

impl Tally {
    fn add(&mut self, question: &Question, verdict: &Option<Verdict>, wanted: Level) {
        self.asked += 1;
        match verdict {
            Some(Verdict::Judged(outcome)) => {
                self.passed += usize::from(outcome.reached(wanted));
                if outcome.witness == Witness::Refuted {
                    eprintln!(
                        "calque: the plain toolchain does not confirm {}: {}",
                        name(&question.id),
                        outcome.verdict
                    );
                }
            }
            Some(Verdict::Unjudged { by_the_machine, .. }) => self.unjudged += usize::from(*by_the_machine),
            None => {}
        }
    }
}

/// An identifier for people.
fn name(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn json(answer: &Answer<'_>) -> Result<String, Failure> {
    let line = serde_json::to_string(answer).map_err(|error| Failure::new(error.to_string()))?;
    Ok(format!("{line}\n"))
}

fn text(answer: &Answer<'_>) -> String {
    let head = format!("{}: {}, {} ({} ms)\n", name(answer.id), answer.level, answer.verdict, answer.cpu_ms);
    let lines = answer.detail.lines().map(|line| format!("    {line}\n"));
    std::iter::once(head).chain(lines).collect()
}
