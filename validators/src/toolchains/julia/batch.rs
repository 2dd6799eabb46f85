//! Julia programs in forks of a warm process.
//!
//! The worker (`server.jl`) loads programs into modules of their own, up to 25 in one child; only those
//! that by their text (`sharing.jl`) can do nothing to each other. Which of them pass is then known. Each of
//! the others gets a child for itself, in which it is loaded as in a process alone; what it does there is
//! judged as there. What may do more than compute, or does not end in time, is left to a process alone.

use super::{HARNESS, Julia, QUIET, environment, warnings};
use crate::climb::fresh_seal;
use crate::{
    Batch, Candidate, Command, End, Executor, File, Finished, Infrastructure, Judgement, Limits, Outcome,
    Toolchain, Verdict, climb,
};
use grammars::Level;
use std::time::Duration;

/// Programs that one child may load.
const SIZE: usize = 25;
/// Programs that are worth a worker: to start one takes as long as to judge about so many alone.
const FEWEST: usize = 8;
/// CPU milliseconds that a program may take in a fork before a process alone gets it.
const PATIENCE: u32 = 150;
/// What the worker needs in its folder.
const SERVER: &[(&str, &str)] = &[
    ("server.jl", include_str!("server.jl")),
    ("sharing.jl", include_str!("sharing.jl")),
    ("harness.jl", HARNESS),
];
/// Gives Julia files to write to: in a forked process it can write to nothing else.
const START: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/tmp/stdout 2>/tmp/stderr"#;

impl Batch for Julia {
    fn size(&self) -> usize {
        SIZE
    }

    fn judge(
        &self,
        executor: &dyn Executor,
        candidates: &[(&Candidate, Level)],
    ) -> Result<Vec<Option<Outcome>>, Infrastructure> {
        if candidates.len() < FEWEST {
            return Ok(vec![None; candidates.len()]);
        }
        let seal = fresh_seal()?;
        let answer = self.ask(executor, &request(candidates, &seal));
        let reports = answer.and_then(|answer| read_answer(&answer, candidates.len()));
        let Some(reports) = reports else { return Ok(vec![None; candidates.len()]) };
        let judged = candidates.iter().zip(reports).map(|(&(candidate, upto), report)| {
            let outcome = self.outcome(candidate, upto, &report, &seal)?;
            Some(Outcome { isolation: executor.isolation(), cpu_ms: report.cpu_ms, ..outcome })
        });
        Ok(judged.collect())
    }
}

impl Julia {
    fn ask(&self, executor: &dyn Executor, request: &[u8]) -> Option<Vec<u8>> {
        let files: Vec<File> =
            SERVER.iter().map(|(name, text)| File { name, text: (*text).to_owned() }).collect();
        let julia = self.tools[0].require().ok()?.to_str()?;
        let args = ["-c", START, julia].into_iter().chain(QUIET).chain(["-O1", "server.jl"]);
        let command = Command {
            program: "/bin/sh".into(),
            args: args.map(str::to_owned).collect(),
            env: environment(),
            roots: self.roots(),
            writes: false,
            limits: Limits::WORKER,
        };
        // Generous, so that a busy machine does not look like a dead worker.
        let patience =
            Duration::from_millis(PATIENCE.into()) * (6 * 2 * SIZE as u32) + Duration::from_secs(10);
        self.workers.ask(executor, &files, &command, request, patience)
    }

    /// What a report says about a program; `None` where a process alone has to say it.
    fn outcome(&self, candidate: &Candidate, upto: Level, report: &Report, seal: &str) -> Option<Outcome> {
        let ended = |code| Finished {
            end: End::Exit(code),
            stdout: String::from_utf8_lossy(&report.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&report.stderr).into_owned(),
            cpu: Duration::from_millis(report.cpu_ms),
        };
        let warnings = warnings(&String::from_utf8_lossy(&report.stderr)).collect();
        let (level, verdict, detail) = match report.kind {
            Kind::Alone => return None,
            Kind::Passed => (upto, Verdict::Ok, String::new()),
            Kind::Ended(code) => {
                let finished = ended(code);
                let plan = self.plan(candidate, upto, seal).ok()?;
                match Toolchain::judge(self, &plan, 0, &finished, seal) {
                    Judgement::Next(_) | Judgement::Stop { verdict: Verdict::Memory, .. } => return None,
                    Judgement::Stop { level, verdict, detail } => {
                        (level, verdict, climb::said(verdict, &detail, finished.end, self))
                    }
                }
            }
        };
        Some(Outcome { detail, warnings, ..Outcome::new(level, verdict, "") })
    }
}

fn request(candidates: &[(&Candidate, Level)], seal: &str) -> Vec<u8> {
    let mut request = Vec::new();
    let limits = Limits::PROGRAM;
    let mebibytes = u32::try_from(limits.memory >> 20).unwrap_or(u32::MAX);
    for number in [PATIENCE, mebibytes, length(limits.output), length(candidates.len())] {
        put_number(&mut request, number);
    }
    for (candidate, upto) in candidates {
        put_text(&mut request, seal);
        let texts = [&candidate.program, &candidate.tests];
        let count = if *upto >= Level::Tests { 2 } else { 1 };
        put_number(&mut request, length(count));
        texts.iter().take(count).for_each(|text| put_text(&mut request, text));
    }
    request
}

fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn put_number(request: &mut Vec<u8>, number: u32) {
    request.extend(number.to_le_bytes());
}

fn put_text(request: &mut Vec<u8>, text: &str) {
    put_number(request, length(text.len()));
    request.extend(text.as_bytes());
}

/// How it went with a program.
enum Kind {
    /// Only a process alone can say.
    Alone,
    /// Well, beside others.
    Passed,
    /// As it would have ended alone, with this code.
    Ended(i32),
}

/// A worker's word on a program.
struct Report {
    kind: Kind,
    cpu_ms: u64,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// The reports in an answer; `None` if it is none to `count` programs.
fn read_answer(mut answer: &[u8], count: usize) -> Option<Vec<Report>> {
    let reports: Option<Vec<Report>> = (0..count).map(|_| take_report(&mut answer)).collect();
    reports.filter(|_| answer.is_empty())
}

fn take_report(answer: &mut &[u8]) -> Option<Report> {
    let kind = match take_number(answer)? {
        0 => Kind::Alone,
        1 => Kind::Passed,
        2 => Kind::Ended(0),
        3 => Kind::Ended(1),
        _ => return None,
    };
    Some(Report {
        kind,
        cpu_ms: take_number(answer)?.into(),
        stdout: take_bytes(answer)?,
        stderr: take_bytes(answer)?,
    })
}

fn take_number(answer: &mut &[u8]) -> Option<u32> {
    let (number, rest) = answer.split_first_chunk()?;
    *answer = rest;
    Some(u32::from_le_bytes(*number))
}

fn take_bytes(answer: &mut &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(take_number(answer)?).ok()?;
    let (bytes, rest) = answer.split_at_checked(length)?;
    *answer = rest;
    Some(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_cut_or_too_long_is_none() {
        let mut answer = Vec::new();
        for number in [2, 7] {
            put_number(&mut answer, number);
        }
        put_text(&mut answer, "out");
        put_text(&mut answer, "");
        let reports = read_answer(&answer, 1).expect("a whole answer");
        assert_eq!((reports[0].cpu_ms, reports[0].stdout.as_slice()), (7, b"out".as_slice()));
        assert!(read_answer(&answer[..answer.len() - 1], 1).is_none());
        assert!(read_answer(&answer, 2).is_none());
        answer.push(0);
        assert!(read_answer(&answer, 1).is_none());
    }
}
