//! Julia: one process loads the program and its tests.
//!
//! Many programs are judged by a [`batch`] of warm workers; what follows is said of one alone.
//!
//! First it interprets (`--compile=min`), which takes a fifth of the time for programs that do little
//! work, as most tests do. Only what runs out of time or stack that way is compiled by the second
//! step, whose word is final.

mod batch;

use crate::worker::Pool;
use crate::{
    Batch, Candidate, Command, End, File, Finished, Judgement, Limits, Plan, PlanError, Step, Tool,
    Toolchain, Verdict,
};
use grammars::targets::julia;
use grammars::{LangId, Level, Rejection};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

const HARNESS: &str = include_str!("harness.jl");
const ALONE: &str = include_str!("alone.jl");
/// What every process of Julia is started with.
const QUIET: [&str; 3] = ["--startup-file=no", "--history-file=no", "--color=no"];

/// What is judged, in the order in which it is loaded.
const TEXTS: [&str; 2] = ["program.jl", "tests.jl"];

/// CPU seconds that the interpreting step may take before the compiling one takes over.
const PATIENCE: u32 = 2;

/// Julia 1.5 or later.
#[derive(Debug)]
pub struct Julia {
    /// Looked for when they are first needed.
    tools: LazyLock<[Tool; 1]>,
    /// Fork servers.
    workers: Pool,
}

impl Julia {
    /// As on a machine that has it, for unit tests.
    #[cfg(test)]
    pub(crate) fn present() -> Self {
        Julia { tools: LazyLock::new(|| [Tool::pretend("julia")]), workers: Pool::default() }
    }

    /// The `julia` of this machine.
    pub fn find() -> Self {
        Julia {
            tools: LazyLock::new(|| [Tool::find("julia", &["--startup-file=no", "--version"])]),
            workers: Pool::default(),
        }
    }

    fn command(
        &self,
        mode: &[&str],
        files: &[File],
        seal: &str,
        limits: Limits,
    ) -> Result<Command, PlanError> {
        let texts = files.iter().map(|file| file.name).filter(|name| TEXTS.contains(name));
        let args = QUIET.iter().chain(mode).copied().chain(["alone.jl"]).chain(texts);
        let mut env = environment();
        env.push(("CALQUE_SEAL".into(), seal.to_owned()));
        Ok(Command {
            program: self.tools[0].require()?.to_owned(),
            args: args.map(str::to_owned).collect(),
            env,
            roots: self.roots(),
            writes: false,
            limits,
        })
    }

    fn roots(&self) -> Vec<PathBuf> {
        self.tools[0].roots()
    }
}

impl Toolchain for Julia {
    fn lang(&self) -> LangId {
        LangId::from_static("julia")
    }

    fn tools(&self) -> &[Tool] {
        &*self.tools
    }

    fn proof(&self) -> Candidate {
        Candidate {
            lang: self.lang(),
            program: "twice(n) = 2n\n".to_owned(),
            tests: "@assert twice(2) == 4\n".to_owned(),
            checks: 1,
        }
    }

    fn parse(&self, candidate: &Candidate) -> Result<(), Rejection> {
        julia::check(&candidate.program)?;
        julia::check(&candidate.tests)
    }

    fn plan(&self, candidate: &Candidate, upto: Level, seal: &str) -> Result<Plan, PlanError> {
        let mut files = vec![
            File { name: "harness.jl", text: HARNESS.to_owned() },
            File { name: "alone.jl", text: ALONE.to_owned() },
            File { name: TEXTS[0], text: candidate.program.clone() },
        ];
        if upto >= Level::Tests {
            files.push(File { name: TEXTS[1], text: candidate.tests.clone() });
        }
        let quick = Limits { cpu: PATIENCE, wall: Duration::from_secs(8), ..Limits::PROGRAM };
        let interpreting = self.command(&["--compile=min", "-O0"], &files, seal, quick)?;
        let compiling = self.command(&["-O1"], &files, seal, Limits::PROGRAM)?;
        let steps =
            [interpreting, compiling].into_iter().map(|command| Step { rung: upto, command }).collect();
        Ok(Plan { files, steps })
    }

    fn judge(&self, plan: &Plan, step: usize, finished: &Finished, seal: &str) -> Judgement {
        let stages: Vec<&str> =
            finished.stdout.lines().filter_map(|line| line.strip_prefix(seal)?.strip_prefix(' ')).collect();
        let level = if stages.contains(&"tests") {
            Level::Tests
        } else if stages.contains(&"run") {
            Level::Run
        } else if stages.contains(&"compile") {
            Level::Compile
        } else {
            Level::Parse
        };
        let last = stages.last().copied().unwrap_or_default();
        let is_last_step = step + 1 == plan.steps.len();
        let (level, verdict) = match finished.end {
            End::Exit(0) if level >= plan.steps[step].rung => (level, Verdict::Ok),
            End::Exit(0) => (level, Verdict::Wrong),
            End::Timeout | End::Signal(_) if !is_last_step => return Judgement::Next(level),
            End::Exit(_) if last == "overflow" && !is_last_step => return Judgement::Next(level),
            End::Timeout => (level.min(Level::Compile), Verdict::Timeout),
            End::Memory => (level.min(Level::Compile), Verdict::Memory),
            End::Output => (level.min(Level::Compile), Verdict::Output),
            End::Exit(_) if last == "syntax" => (Level::Parse, Verdict::Compile),
            End::Exit(_) if last == "wrong" => (level, Verdict::Wrong),
            End::Exit(_) if last == "memory" => (level.min(Level::Compile), Verdict::Memory),
            End::Signal(_) if finished.stderr.contains("std::bad_alloc") => {
                (level.min(Level::Compile), Verdict::Memory)
            }
            End::Exit(_) | End::Signal(_) => (level.min(Level::Compile), Verdict::Crash),
        };
        Judgement::Stop { level, verdict, detail: detail(verdict, finished, seal) }
    }

    fn tells(&self, line: &str) -> bool {
        let line = line.trim_start();
        let kind = line.split([':', '(']).next().unwrap_or_default();
        line.starts_with("Evaluated: ")
            || line.starts_with("syntax: ")
            || (kind.ends_with("Error") && !kind.contains(' '))
    }

    fn warnings(&self, finished: &Finished) -> Vec<String> {
        warnings(&finished.stderr).collect()
    }

    fn batch(&self) -> Option<&dyn Batch> {
        Some(self)
    }
}

fn warnings(stderr: &str) -> impl Iterator<Item = String> {
    stderr.lines().filter(|line| line.starts_with("WARNING:")).map(str::to_owned)
}

fn environment() -> Vec<(String, String)> {
    // One thread for linear algebra: programs may not start many, and need none.
    vec![("OPENBLAS_NUM_THREADS".into(), "1".into()), ("JULIA_DEPOT_PATH".into(), "/tmp/.julia".into())]
}

fn detail(verdict: Verdict, finished: &Finished, seal: &str) -> String {
    if verdict == Verdict::Ok {
        return String::new();
    }
    if finished.succeeded() {
        return "it ended before its last check".to_owned();
    }
    // Test sets report on standard output, with a table behind the failures.
    let written = finished
        .stdout
        .lines()
        .filter(|line| !line.contains(seal))
        .take_while(|line| !line.starts_with("Test Summary"));
    let test_report =
        written.filter(|line| !line.trim_start().starts_with('[')).collect::<Vec<_>>().join("\n");
    format!("{}\n{}", test_report, finished.stderr)
}
