//! Watches a running command: reads what it writes, and finds out when it has ended or is at a limit.

use super::usage::Meter;
use crate::Limits;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// How soon and how often memory and CPU time are looked at.
const FIRST_TICK: Duration = Duration::from_millis(10);
const TICK: Duration = Duration::from_millis(25);
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

/// Watches one command.
pub(super) struct Supervisor<'a> {
    limits: &'a Limits,
    /// Standard output, standard error and, where there is one, the launcher's report.
    streams: [Stream; 3],
    cpu: Duration,
}

impl<'a> Supervisor<'a> {
    pub fn new(limits: &'a Limits, streams: [Stream; 3]) -> Self {
        Supervisor { limits, streams, cpu: Duration::ZERO }
    }

    /// Waits until `ended` can be read or the command is at a limit.
    pub fn watch(&mut self, ended: BorrowedFd<'_>, meter: &mut Meter<'_>) -> io::Result<Option<Stopped>> {
        let started = Instant::now();
        let mut next_tick = started + FIRST_TICK;
        loop {
            let now = Instant::now();
            if now >= started + self.limits.wall {
                return Ok(Some(Stopped::Timeout));
            }
            if now >= next_tick {
                next_tick = now + TICK;
                let stopped = self.look(meter);
                if stopped.is_some() {
                    return Ok(stopped);
                }
            }
            let has_ended = self.wait_and_read(Some(ended), next_tick - now)?;
            if self.wrote_too_much() {
                return Ok(Some(Stopped::Output));
            }
            if has_ended {
                return Ok(None);
            }
        }
    }

    /// Compares what the command uses with its limits.
    fn look(&mut self, meter: &mut Meter<'_>) -> Option<Stopped> {
        let usage = meter.read();
        self.cpu = self.cpu.max(usage.cpu);
        if usage.memory > self.limits.memory || meter.out_of_memory() {
            Some(Stopped::Memory)
        } else if usage.files > MOST_FILES {
            Some(Stopped::Output)
        } else {
            (self.cpu > Duration::from_secs(self.limits.cpu.into())).then_some(Stopped::Timeout)
        }
    }

    /// What was seen, with what is left in the streams once the command has ended.
    pub fn observed(mut self, stopped: Option<Stopped>) -> Observed {
        let drained = if stopped.is_none() { self.drain() } else { Ok(()) };
        let too_much = self.wrote_too_much() || drained.is_err();
        let stopped = stopped.or(too_much.then_some(Stopped::Output));
        let [stdout, stderr, report] = self.streams.map(|stream| stream.bytes);
        Observed { stopped, stdout, stderr, report, cpu: self.cpu }
    }

    fn wrote_too_much(&self) -> bool {
        let [stdout, stderr, report] = &self.streams;
        stdout.bytes.len() + stderr.bytes.len() > self.limits.output || report.bytes.len() > LONGEST_REPORT
    }

    fn drain(&mut self) -> io::Result<()> {
        let end = Instant::now() + GRACE;
        while self.streams.iter().any(|stream| stream.source.is_some()) && !self.wrote_too_much() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.wait_and_read(None, left)?;
        }
        Ok(())
    }

    /// Waits until something can be read, the command has ended or `patience` is over, and reads once.
    /// Returns whether the command has ended.
    fn wait_and_read(&mut self, ended: Option<BorrowedFd<'_>>, patience: Duration) -> io::Result<bool> {
        let mut watched: Vec<PollFd<'_>> = self
            .streams
            .iter()
            .filter_map(|stream| stream.source.as_ref())
            .map(|fd| PollFd::new(fd, PollFlags::IN))
            .collect();
        watched.extend(ended.as_ref().map(|fd| PollFd::new(fd, PollFlags::IN)));
        let patience =
            Timespec { tv_sec: patience.as_secs() as i64, tv_nsec: patience.subsec_nanos().into() };
        match poll(&mut watched, Some(&patience)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(false),
            Err(e) => return Err(e.into()),
        }
        let ready: Vec<bool> = watched.iter().map(|fd| !fd.revents().is_empty()).collect();
        let mut ready = ready.into_iter();
        for stream in self.streams.iter_mut().filter(|stream| stream.source.is_some()) {
            if ready.next() == Some(true) {
                stream.read()?;
            }
        }
        Ok(ready.next() == Some(true))
    }
}

/// A pipe and what came out of it.
pub(super) struct Stream {
    /// `None` after the end.
    source: Option<OwnedFd>,
    bytes: Vec<u8>,
}

impl Stream {
    pub fn new(source: Option<OwnedFd>) -> Self {
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
