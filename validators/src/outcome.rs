//! What the ladder says: about a program, or about the machine.

use crate::Isolation;
use crate::detail::shorten;
use grammars::{LangId, Level};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// What happened to a program at the first rung that it did not pass, or at the last one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It passed every rung that it was asked to, or that its texts allow.
    Ok,
    /// The grammar does not take it.
    Parse,
    /// It uses what programs here must not: files of the host, commands of the system.
    Forbidden,
    /// The toolchain does not take it.
    Compile,
    /// It ended by a signal or by a run-time error outside of a check.
    Crash,
    /// A check failed, or it ended before its last check.
    Wrong,
    /// It used up its time.
    Timeout,
    /// It used up its memory.
    Memory,
    /// It wrote more than it may.
    Output,
}

impl Verdict {
    /// The word used in records and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Parse => "parse",
            Verdict::Forbidden => "forbidden",
            Verdict::Compile => "compile",
            Verdict::Crash => "crash",
            Verdict::Wrong => "wrong",
            Verdict::Timeout => "timeout",
            Verdict::Memory => "memory",
            Verdict::Output => "output",
        }
    }

    /// What there is to say about a program that was stopped at a limit, whatever it wrote before.
    pub(crate) fn limit(self) -> Option<&'static str> {
        match self {
            Verdict::Timeout => Some("it used up its time"),
            Verdict::Memory => Some("it used up its memory"),
            Verdict::Output => Some("it wrote more than it may"),
            _ => None,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who a verdict comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Witness {
    /// The plain commands of the toolchain, or the texts alone.
    Alone,
    /// A batch.
    Batch,
    /// A batch, and the plain commands have said the same.
    Confirmed,
    /// The plain commands, after a batch had said something else.
    Refuted,
}

/// How far a program came, and why no further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The highest rung that it passed.
    pub level: Level,
    /// Why it came no further; [`Verdict::Ok`] if nothing stopped it.
    pub verdict: Verdict,
    /// The first useful lines of what the toolchain or the program said, without paths of the
    /// machine; empty if nothing went wrong.
    pub detail: String,
    /// The toolchain's warnings, one each.
    pub warnings: Vec<String>,
    /// Checks that ran: all of them or, where one failed or could not be reached, none that can be
    /// relied on.
    pub tests_run: u32,
    /// Checks that passed.
    pub tests_passed: u32,
    /// CPU time of all steps, of the toolchain and of the program.
    pub cpu_ms: u64,
    /// Name and version of the toolchain that judged; empty if only the grammar did.
    pub toolchain: String,
    /// How the program was kept from the machine.
    pub isolation: Isolation,
    /// Who said it.
    pub witness: Witness,
}

impl Outcome {
    /// An outcome that no toolchain was needed for.
    pub(crate) fn new(level: Level, verdict: Verdict, detail: &str) -> Self {
        Outcome {
            level,
            verdict,
            detail: shorten(detail),
            warnings: Vec::new(),
            tests_run: 0,
            tests_passed: 0,
            cpu_ms: 0,
            toolchain: String::new(),
            isolation: Isolation::None,
            witness: Witness::Alone,
        }
    }

    /// It reached `wanted` with nothing against it.
    pub fn reached(&self, wanted: Level) -> bool {
        self.verdict == Verdict::Ok && self.level >= wanted
    }
}

/// What the machine could not do; says nothing about any program.
#[derive(Debug, thiserror::Error)]
pub enum Infrastructure {
    /// No toolchain is registered for the language.
    #[error("there is no toolchain for the language `{0}`")]
    UnknownLanguage(LangId),
    /// A tool is not installed, or does not start.
    #[error("{tool} is not available ({reason}); {remedy}")]
    MissingTool {
        /// The command's name.
        tool: String,
        /// What was tried and what happened.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// Programs cannot be isolated on this machine.
    #[error("programs cannot be isolated here: {0}")]
    NoSandbox(String),
    /// The sandbox failed to start one command.
    #[error("the sandbox failed: {0}")]
    Sandbox(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A program came to this, but the machine may be to blame.
    #[error("the machine may be to blame: {}", .0.detail)]
    Doubtful(Box<Outcome>),
    /// The store of verdicts cannot be opened or written.
    #[error("{}: {reason}", path.display())]
    Store {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Infrastructure {
    /// Another try may go better: nothing is missing that was there when calque started.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Sandbox(_) | Self::File { .. } | Self::Doubtful(_))
    }

    /// A failure to read or write `path`.
    pub fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Infrastructure::File { path: path.into(), source }
    }
}
