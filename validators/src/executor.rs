//! Commands and how they ended: the border between pure planning and the world.

use crate::{Infrastructure, Session};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A command to run in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The program, by its full path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment beside `PATH`, `HOME`, `TMPDIR` and `LANG`.
    pub env: Vec<(String, String)>,
    /// Folders that it needs to read beside the system's own.
    pub roots: Vec<PathBuf>,
    /// It may write into its folder. Compilers may, judged programs may not.
    pub writes: bool,
    /// Its limits.
    pub limits: Limits,
}

/// What one command may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Limits {
    /// Time on the clock; generous, so that a busy machine does not change verdicts.
    pub wall: Duration,
    /// CPU seconds of all its processes together.
    pub cpu: u32,
    /// Bytes in memory of all its processes together; each is refused more than twice as much at once.
    pub memory: u64,
    /// Processes and threads.
    pub processes: u32,
    /// Bytes on standard output and standard error together.
    pub output: usize,
    /// Bytes of one file, and of the private `/tmp`.
    pub file: u64,
    /// Open files of one process.
    pub open_files: u32,
}

impl Limits {
    /// For running a judged program.
    pub const PROGRAM: Limits = Limits {
        wall: Duration::from_secs(30),
        cpu: 5,
        memory: 1 << 30,
        processes: 32,
        output: 256 << 10,
        file: 16 << 20,
        open_files: 64,
    };
    /// For a worker that outlives what it judges; what it judges has limits of its own.
    pub const WORKER: Limits = Limits {
        wall: Duration::from_secs(24 * 60 * 60),
        cpu: 24 * 60 * 60,
        memory: 4 << 30,
        processes: 256,
        output: usize::MAX,
        file: 64 << 20,
        open_files: 256,
    };
    /// For running a compiler.
    pub const COMPILER: Limits = Limits {
        wall: Duration::from_secs(60),
        cpu: 20,
        memory: 1 << 30,
        processes: 64,
        output: 1 << 20,
        file: 64 << 20,
        open_files: 256,
    };
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this exit code.
    Exit(i32),
    /// By this signal, which nobody here sent.
    Signal(i32),
    /// It was stopped: its time was up.
    Timeout,
    /// It was stopped: its memory was used up.
    Memory,
    /// It was stopped: it wrote too much.
    Output,
}

/// A command that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// How.
    pub end: End,
    /// Standard output, as far as it was within the limit, lossily decoded.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
    /// CPU time of all its processes, as far as known.
    pub cpu: Duration,
}

impl Finished {
    /// It ended by itself with exit code 0.
    pub fn succeeded(&self) -> bool {
        self.end == End::Exit(0)
    }

    /// CPU time in whole milliseconds.
    pub(crate) fn cpu_ms(&self) -> u64 {
        u64::try_from(self.cpu.as_millis()).unwrap_or(u64::MAX)
    }
}

/// How programs are kept from the machine, the best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Isolation {
    /// A standing cell: namespaces of its own (files, processes, network, users), Landlock, a list of the calls
    /// that a program may make, no start of another program, and limits.
    #[default]
    Cell,
    /// Namespaces and limits by bubblewrap.
    Namespaces,
    /// Landlock, the list of calls and limits; no namespaces.
    Landlock,
    /// Limits only; they see the machine's files and network. Only on demand.
    Limits,
    /// Nothing was run.
    None,
}

impl Isolation {
    /// The word used in records and reports, and by which a lower one is asked for.
    pub fn as_str(self) -> &'static str {
        match self {
            Isolation::Cell => "cell",
            Isolation::Namespaces => "namespaces",
            Isolation::Landlock => "landlock",
            Isolation::Limits => "limits",
            Isolation::None => "none",
        }
    }

    /// The isolation that a word names.
    pub fn named(word: &str) -> Option<Isolation> {
        let all =
            [Isolation::Cell, Isolation::Namespaces, Isolation::Landlock, Isolation::Limits, Isolation::None];
        all.into_iter().find(|isolation| isolation.as_str() == word)
    }

    /// 0 for the best.
    pub(crate) fn rank(self) -> u8 {
        self as u8
    }
}

/// Runs commands.
pub trait Executor: Send + Sync {
    /// Runs `command` with `folder` as its current folder and returns when it and everything that
    /// it started has ended.
    ///
    /// # Errors
    /// Only for what the command cannot be blamed for.
    fn execute(&self, folder: &Path, command: &Command) -> Result<Finished, Infrastructure>;

    /// Starts `command` with `folder` as its current folder and leaves it running. Of its limits, the
    /// time on the clock and the output are not watched.
    ///
    /// # Errors
    /// When it cannot be started.
    fn start(&self, folder: &Path, command: &Command) -> Result<Session, Infrastructure>;

    /// A new folder with nothing in it that commands can use; it is removed when dropped.
    ///
    /// # Errors
    /// When no folder can be made.
    fn folder(&self) -> Result<tempfile::TempDir, Infrastructure>;

    /// How commands are isolated.
    fn isolation(&self) -> Isolation;
}
