//! Starts the process of one program and watches it until its end.

use super::child::{self, NOT_STARTED, Streams};
use super::library::Library;
use super::{Ended, Entry, Ran, RunLimits, calls};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use std::io::{self, PipeReader, Read, pipe};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// How often time and memory of a program are looked at.
const TICK: Duration = Duration::from_millis(25);
/// Bytes that a child says where its program came back.
const SECRET: usize = 16;

/// Runs one program, once for each of its times as long as it uses them up.
pub(super) fn run(library: &Library, entry: &Entry, limits: &RunLimits) -> io::Result<Ran> {
    let mut ran = unknown();
    for cpu in &limits.cpu {
        ran = run_once(library, entry, limits, *cpu)?;
        if ran.end != Ended::Timeout {
            break;
        }
    }
    Ok(ran)
}

fn unknown() -> Ran {
    Ran {
        end: Ended::Unknown,
        proven: false,
        stdout: String::new(),
        stderr: String::new(),
        cpu: Duration::ZERO,
    }
}

fn run_once(library: &Library, entry: &Entry, limits: &RunLimits, cpu: Duration) -> io::Result<Ran> {
    let Ok(program) = library.program(&entry.symbol) else { return Ok(unknown()) };
    let mut secret = [0; SECRET];
    rustix::rand::getrandom(&mut secret, rustix::rand::GetRandomFlags::empty())?;
    let (stdout, child_stdout) = pipe()?;
    let (stderr, child_stderr) = pipe()?;
    let (mut proof, child_proof) = pipe()?;
    let streams = Streams { stdout: child_stdout, stderr: child_stderr, proof: child_proof };
    let pid = match calls::fork()? {
        calls::Side::Child => child::become_program(program, entry.proof, &secret, limits, streams),
        calls::Side::Parent(pid) => pid,
    };
    drop(streams);
    let mut watched = Watched { pid, streams: [Stream::new(stdout), Stream::new(stderr)], stopped: None };
    let seen = watched.watch(limits, cpu);
    // It may have ended already: then there is nothing to stop.
    let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, Signal::KILL));
    let (status, used) = calls::reap(pid)?;
    seen?;
    let mut said = Vec::with_capacity(SECRET);
    proof.by_ref().take(SECRET as u64 + 1).read_to_end(&mut said)?;
    let [stdout, stderr] = watched.streams.map(|stream| String::from_utf8_lossy(&stream.bytes).into_owned());
    let end = watched.stopped.unwrap_or_else(|| ended(status));
    Ok(Ran { end, proven: said == secret, stdout, stderr, cpu: used })
}

fn ended(status: i32) -> Ended {
    if libc::WIFEXITED(status) {
        match libc::WEXITSTATUS(status) {
            NOT_STARTED => Ended::Unknown,
            code => Ended::Exit(code),
        }
    } else {
        match libc::WTERMSIG(status) {
            libc::SIGXCPU => Ended::Timeout,
            libc::SIGXFSZ => Ended::Output,
            signal => Ended::Signal(signal),
        }
    }
}

/// A process under watch.
struct Watched {
    pid: libc::pid_t,
    streams: [Stream; 2],
    /// Why it has to be stopped.
    stopped: Option<Ended>,
}

impl Watched {
    /// Reads what the process writes until it ends or has to be stopped.
    fn watch(&mut self, limits: &RunLimits, cpu: Duration) -> io::Result<()> {
        let pid = Pid::from_raw(self.pid).ok_or_else(|| io::Error::other("a process without a number"))?;
        let ended = pidfd_open(pid, PidfdFlags::empty())?;
        let start = Instant::now();
        let mut next_tick = start + TICK;
        loop {
            let now = Instant::now();
            if now >= next_tick {
                next_tick = now + TICK;
                self.stopped = self.over_limit(limits, cpu, now - start);
            }
            let has_ended = self.wait_and_read(&ended, next_tick - now)?;
            if has_ended {
                // Its ends of the pipes are closed, so this comes to an end.
                self.streams.iter_mut().try_for_each(|stream| stream.drain(limits.output))?;
            }
            if self.streams.iter().map(|stream| stream.bytes.len()).sum::<usize>() > limits.output {
                self.stopped = Some(Ended::Output);
            }
            if has_ended || self.stopped.is_some() {
                return Ok(());
            }
        }
    }

    fn over_limit(&self, limits: &RunLimits, cpu: Duration, wall: Duration) -> Option<Ended> {
        if calls::cpu_time(self.pid).is_some_and(|used| used > cpu) || wall > limits.wall {
            return Some(Ended::Timeout);
        }
        (memory(self.pid) > limits.memory).then_some(Ended::Memory)
    }

    /// Waits until something can be read or the process has ended; says whether it has.
    fn wait_and_read(&mut self, ended: &OwnedFd, patience: Duration) -> io::Result<bool> {
        let patience = Timespec { tv_sec: 0, tv_nsec: patience.subsec_nanos().into() };
        let mut watched = vec![PollFd::new(ended, PollFlags::IN)];
        let open = self.streams.iter().filter_map(|stream| stream.source.as_ref());
        watched.extend(open.map(|source| PollFd::new(source, PollFlags::IN)));
        match poll(&mut watched, Some(&patience)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(false),
            Err(e) => return Err(e.into()),
        }
        let ready: Vec<bool> = watched.iter().map(|fd| !fd.revents().is_empty()).collect();
        let mut ready = ready.into_iter();
        let has_ended = ready.next() == Some(true);
        for stream in self.streams.iter_mut().filter(|stream| stream.source.is_some()) {
            if ready.next() == Some(true) {
                stream.read()?;
            }
        }
        Ok(has_ended)
    }
}

/// Bytes of a process in memory; 0 where it has ended.
fn memory(pid: libc::pid_t) -> u64 {
    let pages = std::fs::read_to_string(format!("/proc/{pid}/statm"));
    let resident = pages.ok().and_then(|pages| pages.split_ascii_whitespace().nth(1)?.parse::<u64>().ok());
    resident.unwrap_or_default() * rustix::param::page_size() as u64
}

/// A pipe and what came out of it.
struct Stream {
    /// `None` after the end.
    source: Option<PipeReader>,
    bytes: Vec<u8>,
}

impl Stream {
    fn new(source: PipeReader) -> Self {
        Stream { source: Some(source), bytes: Vec::new() }
    }

    /// Reads once from a pipe that has something to read.
    fn read(&mut self) -> io::Result<()> {
        let Some(source) = &mut self.source else { return Ok(()) };
        let mut buffer = [0; 16 << 10];
        match source.read(&mut buffer) {
            Ok(0) => self.source = None,
            Ok(count) => self.bytes.extend_from_slice(&buffer[..count]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        Ok(())
    }

    /// Reads what is left after the writer has ended, and not much more than `most`.
    fn drain(&mut self, most: usize) -> io::Result<()> {
        while self.source.is_some() && self.bytes.len() <= most {
            self.read()?;
        }
        Ok(())
    }
}
