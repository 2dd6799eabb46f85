//! Runs many compiled programs from one shared object, each in a process of its own.
//!
//! The runner is calque itself, started again within the sandbox. It loads the shared object once and forks
//! for each program; the child limits itself, calls the program, and says on a descriptor that only it has
//! whether control came back from behind the last check. Starting a program so costs a fork instead of a
//! sandbox, a shell, an `exec` and a dynamic linker.

mod calls;
mod child;
mod confine;
mod library;
mod protocol;
mod watch;

pub(crate) use protocol::{Convention, Ended, Entry, Ran, Request, RunLimits};

use crate::{Command, Executor, Infrastructure, Limits, Session};
use library::Library;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Serves one request on standard input and answers on standard output. No other thread may run in this
/// process, since it forks.
pub(crate) fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever started the runner sees that answers are missing; this is for people who start it.
            let _ = writeln!(io::stderr(), "runner: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let request: Request = serde_json::from_str(&line)?;
    let mut answers = File::from(rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?);
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    // Libraries look at standard output when they are loaded: it is what it will be, a pipe.
    let (_reader, writer) = io::pipe()?;
    rustix::stdio::dup2_stdout(&writer)?;
    drop(writer);
    calls::keep_secrets()?;
    let library = Library::load(&request.library, request.convention)?;
    for entry in &request.programs {
        let ran = watch::run(&library, entry, &request.limits)?;
        serde_json::to_writer(&answers, &ran)?;
        answers.write_all(b"\n")?;
    }
    Ok(())
}

/// Has `request` served by a runner in `folder`. Programs about which the runner could say nothing, because
/// it ended or did not answer in time, have no answer: there are fewer answers than programs then.
///
/// # Errors
/// Where the runner cannot be started.
pub(crate) fn run(
    executor: &dyn Executor,
    helper: &Path,
    folder: &Path,
    request: &Request,
) -> Result<Vec<Ran>, Infrastructure> {
    let command = Command {
        program: helper.to_owned(),
        args: crate::helper::arguments(crate::helper::Mode::Runner),
        env: Vec::new(),
        roots: vec![helper.to_owned()],
        writes: false,
        limits: Limits { file: request.limits.file, ..Limits::WORKER },
    };
    let mut session = executor.start(folder, &command)?;
    let mut line = serde_json::to_vec(request).map_err(|e| Infrastructure::Sandbox(e.to_string()))?;
    line.push(b'\n');
    if session.input().write_all(&line).is_err() {
        return Ok(Vec::new());
    }
    Ok(answers(&mut session, request))
}

/// The answers until the last one, or until one does not come.
fn answers(session: &mut Session, request: &Request) -> Vec<Ran> {
    let limits = &request.limits;
    let patience = limits.wall * u32::try_from(limits.cpu.len()).unwrap_or(1) + Duration::from_secs(10);
    let mut ran = Vec::with_capacity(request.programs.len());
    let mut reader = BufReader::new(session.output());
    let mut line = Vec::new();
    while ran.len() < request.programs.len() {
        match next_line(&mut reader, &mut line, Instant::now() + patience)
            .map(|()| serde_json::from_slice(&line))
        {
            Some(Ok(answer)) => ran.push(answer),
            _ => break,
        }
    }
    ran
}

/// Reads a line into `line`; `None` where none comes until `end`.
fn next_line(
    reader: &mut BufReader<&mut std::process::ChildStdout>,
    line: &mut Vec<u8>,
    end: Instant,
) -> Option<()> {
    line.clear();
    loop {
        if reader.buffer().is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            let patience = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
            match poll(&mut [PollFd::new(&reader.get_ref().as_fd(), PollFlags::IN)], Some(&patience)) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => return None,
            }
        }
        let bytes = reader.fill_buf().ok().filter(|bytes| !bytes.is_empty())?;
        let found = bytes.iter().position(|byte| *byte == b'\n');
        let taken = found.map_or(bytes.len(), |at| at + 1);
        line.extend_from_slice(bytes.get(..taken)?);
        reader.consume(taken);
        if found.is_some() {
            return Some(());
        }
    }
}
