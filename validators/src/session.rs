//! A command that keeps running and is spoken to: a warm worker, a compile server, a runner.

use rustix::process::{Pid, Signal, kill_process_group};
use std::io::PipeReader;
use std::process::{Child, ChildStdin, ChildStdout};

/// A command that runs until it is dropped.
///
/// It is isolated and limited as any other command, except that nobody watches its time: whoever
/// speaks to it decides how long to wait for an answer, and drops it when the answer does not come.
/// What it writes to standard error is lost.
#[derive(Debug)]
pub struct Session {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// The launcher's report; held so that the launcher can write it.
    _report: PipeReader,
}

impl Session {
    /// The session of `child`, which was started in a process group of its own; `None` where its standard
    /// streams are no pipes.
    pub(crate) fn new(mut child: Child, report: PipeReader) -> Option<Self> {
        let input = child.stdin.take()?;
        let output = child.stdout.take()?;
        Some(Session { child, input, output, _report: report })
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

impl Drop for Session {
    /// Ends the command and everything that it started.
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
