//! CPython as the oracle of Python sources.

use super::calls::{Questions, Turn};
use super::{Answer, Case, Findings, Oracle, Source, Warm};
use crate::worker::Pool;
use crate::{
    Command, End, Executor, File, Finished, Infrastructure, Limits, Plan, PlanError, Step, Tool, Verdict,
};
use grammars::{LangId, Level};
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::time::Duration;

const RUNNER: &str = include_str!("run_tests.py");
const ANSWERER: &str = include_str!("../calls/answer_calls.py");
const INSTRUMENT: &str = include_str!("../calls/instrument.py");
/// What a call may take in calls, operations and statements, so that it ends at the same place on every machine.
const STEPS: u32 = 20_000;
/// The same for loading a file, which may run its tests.
const LOAD_STEPS: u32 = 5_000_000;
/// What the fork server needs in its folder.
const SERVER: &[(&str, &str)] = &[
    ("server.py", include_str!("server.py")),
    ("sharing.py", include_str!("sharing.py")),
    ("run_tests.py", RUNNER),
];
/// CPU milliseconds that a source may take in a fork before it is run alone, with all the time it may have.
const PATIENCE: u64 = 250;

/// CPython 3.
#[derive(Debug)]
pub struct Python {
    /// Looked for when they are first needed.
    tools: LazyLock<[Tool; 1]>,
    /// Fork servers.
    plain: Pool,
    /// Fork servers that have NumPy loaded, which takes longer and makes each fork dearer.
    with_numpy: Pool,
}

impl Python {
    /// The `python3` of this machine.
    pub fn find() -> Self {
        Python {
            tools: LazyLock::new(|| [Tool::find("python3", &["--version"])]),
            plain: Pool::default(),
            with_numpy: Pool::default(),
        }
    }

    fn command(&self, args: Vec<String>, limits: Limits) -> Result<Command, Infrastructure> {
        // Nothing of a user, and no bytecode that nothing would read again. Isolated mode would do too much:
        // it does not look at the environment either.
        let args = ["-s", "-B"].map(str::to_owned).into_iter().chain(args).collect();
        Ok(Command {
            program: self.tools[0].require()?.to_owned(),
            args,
            // The order of sets must not change from run to run.
            env: vec![("PYTHONHASHSEED".into(), "0".into())],
            roots: self.tools[0].roots(),
            writes: false,
            limits,
        })
    }
}

impl Oracle for Python {
    fn lang(&self) -> LangId {
        LangId::PYTHON
    }

    fn tools(&self) -> &[Tool] {
        &*self.tools
    }

    fn proof(&self) -> Source {
        Source {
            lang: self.lang(),
            name: "proof".to_owned(),
            text: "def twice(n):\n    return 2 * n\n\n\nassert twice(2) == 4\n".to_owned(),
            entry_point: None,
        }
    }

    fn plan(&self, source: &Source, seal: &str) -> Result<Plan, PlanError> {
        let entry_point = source.entry_point.clone().unwrap_or_default();
        let args = vec!["run_tests.py".to_owned(), source.name.clone(), entry_point];
        let mut command = self.command(args, Limits::PROGRAM)?;
        command.env.push(("CALQUE_SEAL".into(), seal.to_owned()));
        let files = vec![
            File { name: "run_tests.py", text: RUNNER.to_owned() },
            File { name: "source.py", text: source.text.clone() },
        ];
        Ok(Plan { files, steps: vec![Step { rung: Level::Tests, command }] })
    }

    fn plan_calls(&self, questions: &Questions, turn: Turn, seal: &str) -> Result<Plan, PlanError> {
        let reverse = turn == Turn::Second;
        let asked = json!({
            "calls": questions.calls, "steps": STEPS, "load_steps": LOAD_STEPS, "reverse": reverse,
        });
        let args = ["answer_calls.py", "source.py", &questions.name, "calls.json", seal].map(str::to_owned);
        let limits = Limits { cpu: 10, output: 4 << 20, ..Limits::PROGRAM };
        let mut command = self.command(args.into(), limits)?;
        // Sets in another order.
        command.env = vec![("PYTHONHASHSEED".into(), if reverse { "1" } else { "0" }.into())];
        let files = vec![
            File { name: "answer_calls.py", text: ANSWERER.to_owned() },
            File { name: "instrument.py", text: INSTRUMENT.to_owned() },
            File { name: "source.py", text: questions.text.clone() },
            File { name: "calls.json", text: asked.to_string() },
        ];
        Ok(Plan { files, steps: vec![Step { rung: Level::Agree, command }] })
    }

    fn judge(&self, _plan: &Plan, _step: usize, finished: &Finished, seal: &str) -> Option<Findings> {
        let cases = cases(finished.stdout.lines());
        let sealed = finished.stdout.lines().next_back() == Some(seal);
        let verdict = match finished.end {
            End::Exit(0) if sealed => Verdict::Ok,
            End::Exit(_) | End::Signal(_) => Verdict::Crash,
            End::Timeout => Verdict::Timeout,
            End::Memory => Verdict::Memory,
            End::Output => Verdict::Output,
        };
        let detail = match verdict {
            Verdict::Ok => String::new(),
            Verdict::Crash if finished.stderr.trim().is_empty() => "it ended before its last test".to_owned(),
            _ => finished.stderr.clone(),
        };
        Some(Findings { cases, verdict, detail })
    }

    fn warm(&self) -> Option<&dyn Warm> {
        Some(self)
    }
}

/// The reports among `lines`.
fn cases<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Case> {
    lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
}

impl Warm for Python {
    fn ask(&self, executor: &dyn Executor, mut request: Value) -> Option<Answer> {
        let needs_numpy = request.get("text")?.as_str()?.contains("numpy");
        let limits = Limits::PROGRAM;
        for (name, most) in
            [("cpu_ms", PATIENCE), ("memory", limits.memory), ("output", limits.output as u64)]
        {
            let asked = request.as_object_mut()?;
            asked.entry(name).or_insert_with(|| most.into());
        }
        let files: Vec<File> =
            SERVER.iter().map(|(name, text)| File { name, text: (*text).to_owned() }).collect();
        let loaded = needs_numpy.then(|| "numpy".to_owned());
        let args = ["server.py".to_owned()].into_iter().chain(loaded).collect();
        let mut command = self.command(args, Limits::WORKER).ok()?;
        // What is forked may start no threads, and linear algebra needs none.
        command.env.push(("OPENBLAS_NUM_THREADS".into(), "1".into()));
        let pool = if needs_numpy { &self.with_numpy } else { &self.plain };
        // Generous, so that a busy machine does not look like a dead worker.
        let patience = Duration::from_millis(request.get("cpu_ms")?.as_u64()?) * 6 + Duration::from_secs(10);
        let answer = pool.ask(executor, &files, &command, &serde_json::to_vec(&request).ok()?, patience)?;
        let answer: Done = serde_json::from_slice(&answer).ok()?;
        answer.done.then_some(Answer { lines: answer.lines, cpu_ms: answer.cpu_ms })
    }

    fn tests(&self, executor: &dyn Executor, source: &Source) -> Option<(Findings, u64)> {
        let entry_point = source.entry_point.as_deref().unwrap_or_default();
        let request = json!({
            "kind": "tests", "text": source.text, "name": source.name, "entry_point": entry_point,
        });
        let answer = self.ask(executor, request)?;
        let cases = cases(answer.lines.iter().map(String::as_str));
        Some((Findings { cases, verdict: Verdict::Ok, detail: String::new() }, answer.cpu_ms))
    }
}

/// A fork server's answer.
#[derive(serde::Deserialize)]
struct Done {
    done: bool,
    lines: Vec<String>,
    cpu_ms: u64,
}
