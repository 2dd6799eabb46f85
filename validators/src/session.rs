//! A command that keeps running and is spoken to: a warm worker, a compile server, a runner.

use crate::sandbox::Cell;
use rustix::process::{Pid, Signal, kill_process_group};
use std::io::PipeReader;
use std::os::fd::OwnedFd;
use std::process::{Child, ChildStdin, ChildStdout};
use tempfile::TempDir;

/// A command that runs until it is dropped.
///
/// It is isolated and limited as any other command, except that nobody watches its time: whoever
/// speaks to it decides how long to wait for an answer, and drops it when the answer does not come.
/// What it writes to standard error is lost.
#[derive(Debug)]
pub struct Session {
    input: ChildStdin,
    output: ChildStdout,
    /// Ends it when dropped.
    _running: Running,
}

/// What has to be ended, and what is held until then.
#[derive(Debug)]
enum Running {
    /// A process group, and its launcher's report, held so that the launcher can write it.
    Launched { child: Child, _report: PipeReader },
    /// A cell that ends what runs in it when it is dropped, and the private folder of that.
    InCell { _cell: Box<Cell>, _private: Option<TempDir> },
}

impl Session {
    /// The session of `child`, which was started in a process group of its own; `None` where its standard
    /// streams are no pipes.
    pub(crate) fn launched(mut child: Child, report: PipeReader) -> Option<Self> {
        let input = child.stdin.take()?;
        let output = child.stdout.take()?;
        Some(Session { input, output, _running: Running::Launched { child, _report: report } })
    }

    /// The session of what was started in `cell`.
    pub(crate) fn in_cell(cell: Cell, private: Option<TempDir>, input: OwnedFd, output: OwnedFd) -> Self {
        let running = Running::InCell { _cell: Box::new(cell), _private: private };
        Session { input: input.into(), output: output.into(), _running: running }
    }

    /// Its standard input.
    pub fn input(&mut self) -> &mut ChildStdin {
        &mut self.input
    }

    /// Its standard output.
    pub fn output(&mut self) -> &mut ChildStdout {
        &mut self.output
    }

    /// Both ends at once, for a conversation that reads while it writes.
    pub fn ends(&mut self) -> (&mut ChildStdin, &mut ChildStdout) {
        (&mut self.input, &mut self.output)
    }
}

impl Drop for Running {
    /// Ends the command and everything that it started.
    fn drop(&mut self) {
        if let Running::Launched { child, .. } = self {
            let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
