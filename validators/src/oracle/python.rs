//! CPython as the oracle of Python sources.

use super::{Case, Findings, Oracle, Source};
use crate::{Command, End, File, Finished, Limits, Plan, PlanError, Step, Tool, Verdict};
use grammars::{LangId, Level};
use std::sync::LazyLock;

const RUNNER: &str = include_str!("run_tests.py");

/// CPython 3.
#[derive(Debug)]
pub struct Python {
    /// Looked for when they are first needed.
    tools: LazyLock<[Tool; 1]>,
}

impl Python {
    /// The `python3` of this machine.
    pub fn find() -> Self {
        Python { tools: LazyLock::new(|| [Tool::find("python3", &["--version"])]) }
    }
}

impl Oracle for Python {
    fn lang(&self) -> LangId {
        LangId::PYTHON
    }

    fn tools(&self) -> &[Tool] {
        &*self.tools
    }

    fn plan(&self, source: &Source, seal: &str) -> Result<Plan, PlanError> {
        let entry_point = source.entry_point.clone().unwrap_or_default();
        // Isolated mode, and no bytecode that nothing would read again.
        let mut args: Vec<String> = ["-I", "-B", "run_tests.py", "source.py"].map(str::to_owned).into();
        args.extend([source.name.clone(), entry_point, seal.to_owned()]);
        let command = Command {
            program: self.tools[0].require()?.to_owned(),
            args,
            // The order of sets must not change from run to run.
            env: vec![("PYTHONHASHSEED".into(), "0".into())],
            roots: self.tools[0].roots(),
            writes: false,
            limits: Limits::PROGRAM,
        };
        let files = vec![
            File { name: "run_tests.py", text: RUNNER.to_owned() },
            File { name: "source.py", text: source.text.clone() },
        ];
        Ok(Plan { files, steps: vec![Step { rung: Level::Tests, command }] })
    }

    fn judge(&self, _plan: &Plan, _step: usize, finished: &Finished, seal: &str) -> Option<Findings> {
        let cases: Vec<Case> =
            finished.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
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
}
