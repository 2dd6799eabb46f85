//! What is said to a runner, and what it answers: one line of JSON each.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A library of compiled programs, and which of them to run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// The shared object, seen from the runner's folder.
    pub library: String,
    /// How its programs are called.
    pub convention: Convention,
    /// What each of them may use.
    pub limits: RunLimits,
    /// The programs, in the order in which they are to run.
    pub programs: Vec<Entry>,
}

/// How a compiled program is called, and how it says that it came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Convention {
    /// A subroutine with one integer, into which it writes the number.
    Fortran,
    /// A program without parameters that returns the number.
    Cobol,
}

/// One program of a library.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The symbol to call.
    pub symbol: String,
    /// The number that only a statement behind the last check gives to the runner. It is drawn anew for
    /// each run, and no other statement of the program knows it.
    pub proof: i32,
}

/// What one program may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RunLimits {
    /// CPU time; a program that uses it up is started once more with the next one.
    pub cpu: Vec<Duration>,
    /// Time on the clock.
    pub wall: Duration,
    /// Bytes in memory.
    pub memory: u64,
    /// Bytes on standard output and standard error together.
    pub output: usize,
    /// Bytes of one file.
    pub file: u64,
    /// Open files.
    pub open_files: u32,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ended {
    /// With this exit code.
    Exit(i32),
    /// By this signal, which the runner did not send.
    Signal(i32),
    /// It used up the last of its times.
    Timeout,
    /// It used up its memory.
    Memory,
    /// It wrote too much.
    Output,
    /// It could not be confined or called: nothing is known about it.
    Unknown,
}

/// What a runner says about one program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ran {
    /// How it ended.
    pub end: Ended,
    /// Control came back from behind its last check.
    pub proven: bool,
    /// Standard output as far as it was within the limit, lossily decoded.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
    /// Its CPU time.
    pub cpu: Duration,
}
