//! Watches a running command: reads what it writes, and stops it at its limits.

use super::usage;
use crate::Limits;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use std::io::{self, PipeReader};
use std::os::fd::OwnedFd;
use std::process::Child;
use std::time::{Duration, Instant};

/// How often memory and CPU time are looked at.
const TICK: Duration = Duration::from_millis(50);
/// How long output may take to arrive after the command has ended.
const GRACE: Duration = Duration::from_millis(500);
/// Files that a command may have in its `/tmp`: each costs memory, even when it is empty.
const MOST_FILES: u64 = 10_000;
/// Bytes of a launcher's report; it writes fewer than 100.
const LONGEST_REPORT: usize = 4096;

/// Why a command was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    Timeout,
    Memory,
    Output,
}

/// What was seen of a command that has ended.
#[derive(Debug)]
pub(super) struct Observed {
    /// Why it was stopped, if it was.
    pub stopped: Option<Stopped>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub report: Vec<u8>,
    /// CPU time as last seen.
    pub cpu: Duration,
}

/// Waits until `child` ends or hits a limit; afterwards it and what it started are gone.
pub(super) fn supervise(mut child: Child, report: PipeReader, limits: &Limits) -> io::Result<Observed> {
    let watched = watch(&mut child, report, limits);
    // Also after success: without namespaces something may have been left behind.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let killed = child.kill();
    child.wait()?;
    killed.and(watched)
}

fn watch(child: &mut Child, report: PipeReader, limits: &Limits) -> io::Result<Observed> {
    let ended = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    let mut streams = [
        Stream::new(child.stdout.take().map(OwnedFd::from)),
        Stream::new(child.stderr.take().map(OwnedFd::from)),
        Stream::new(Some(report.into())),
    ];
    let started = Instant::now();
    let mut next_tick = started + TICK;
    let mut cpu = Duration::ZERO;
    let stopped = loop {
        let now = Instant::now();
        if now >= started + limits.wall {
            break Some(Stopped::Timeout);
        }
        if now >= next_tick {
            next_tick = now + TICK;
            let usage = usage::of_tree(child.id());
            cpu = cpu.max(usage.cpu);
            if usage.memory > limits.memory {
                break Some(Stopped::Memory);
            }
            if usage.files > MOST_FILES {
                break Some(Stopped::Output);
            }
            if cpu > Duration::from_secs(limits.cpu.into()) {
                break Some(Stopped::Timeout);
            }
        }
        let has_ended = wait_and_read(&mut streams, Some(&ended), next_tick - now)?;
        if wrote_too_much(&streams, limits) {
            break Some(Stopped::Output);
        }
        if has_ended {
            drain(&mut streams, limits)?;
            break wrote_too_much(&streams, limits).then_some(Stopped::Output);
        }
    };
    let [stdout, stderr, report] = streams.map(|stream| stream.bytes);
    Ok(Observed { stopped, stdout, stderr, report, cpu })
}

fn wrote_too_much(streams: &[Stream; 3], limits: &Limits) -> bool {
    streams[0].bytes.len() + streams[1].bytes.len() > limits.output || streams[2].bytes.len() > LONGEST_REPORT
}

/// Reads what is left once the command has ended.
fn drain(streams: &mut [Stream; 3], limits: &Limits) -> io::Result<()> {
    let end = Instant::now() + GRACE;
    while streams.iter().any(|stream| stream.source.is_some()) && !wrote_too_much(streams, limits) {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        wait_and_read(streams, None, left)?;
    }
    Ok(())
}

/// Waits until something can be read, the command has ended or `patience` is over, and reads once.
/// Returns whether the command has ended.
fn wait_and_read(streams: &mut [Stream; 3], ended: Option<&OwnedFd>, patience: Duration) -> io::Result<bool> {
    let mut watched: Vec<PollFd<'_>> = streams
        .iter()
        .filter_map(|stream| stream.source.as_ref())
        .chain(ended)
        .map(|fd| PollFd::new(fd, PollFlags::IN))
        .collect();
    let patience = Timespec { tv_sec: patience.as_secs() as i64, tv_nsec: patience.subsec_nanos().into() };
    match poll(&mut watched, Some(&patience)) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok(false),
        Err(e) => return Err(e.into()),
    }
    let ready: Vec<bool> = watched.iter().map(|fd| !fd.revents().is_empty()).collect();
    let mut ready = ready.into_iter();
    for stream in streams.iter_mut().filter(|stream| stream.source.is_some()) {
        if ready.next() == Some(true) {
            stream.read()?;
        }
    }
    Ok(ready.next() == Some(true))
}

/// A pipe and what came out of it.
struct Stream {
    /// `None` after the end.
    source: Option<OwnedFd>,
    bytes: Vec<u8>,
}

impl Stream {
    fn new(source: Option<OwnedFd>) -> Self {
        Stream { source, bytes: Vec::new() }
    }

    /// Reads once from a pipe that has something to read.
    fn read(&mut self) -> io::Result<()> {
        let Some(source) = &self.source else { return Ok(()) };
        let mut buffer = [0; 16 << 10];
        match rustix::io::read(source, &mut buffer) {
            Ok(0) => self.source = None,
            Ok(count) => self.bytes.extend_from_slice(&buffer[..count]),
            Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(e.into()),
        }
        Ok(())
    }
}
