//! The process of one program.

use super::library::Program;
use super::{RunLimits, calls, confine};
use std::fs::File;
use std::io::{self, PipeWriter, Write};
use std::os::fd::{AsRawFd, OwnedFd};

/// The exit code of a child that did not get as far as its program. A program may end with it too; then it is
/// judged alone, as any program about which nothing is known.
pub(super) const NOT_STARTED: i32 = 119;

/// What a child is given.
pub(super) struct Streams {
    pub stdout: PipeWriter,
    pub stderr: PipeWriter,
    pub proof: PipeWriter,
}

/// Confines this process, runs `program`, and says on the private descriptor whether it came back with `proof`.
pub(super) fn become_program(
    program: Program,
    proof: i32,
    secret: &[u8],
    limits: &RunLimits,
    streams: Streams,
) -> ! {
    let Ok(mut private) = prepare(limits, streams) else { calls::exit_at_once(NOT_STARTED) };
    if program.call() == proof && private.write_all(secret).is_err() {
        calls::exit_at_once(NOT_STARTED);
    }
    // What the program has written is flushed here, as at the end of a program of its own.
    calls::exit(0)
}

fn prepare(limits: &RunLimits, streams: Streams) -> io::Result<File> {
    calls::end_with_parent()?;
    rustix::stdio::dup2_stdout(&streams.stdout)?;
    rustix::stdio::dup2_stderr(&streams.stderr)?;
    let private = OwnedFd::from(streams.proof);
    let own = private.as_raw_fd().unsigned_abs();
    calls::close_range(3, own.saturating_sub(1))?;
    calls::close_range(own.saturating_add(1), u32::MAX)?;
    // They are closed already.
    std::mem::forget((streams.stdout, streams.stderr));
    confine::to_limits(limits)?;
    confine::to_calls()?;
    Ok(private.into())
}
