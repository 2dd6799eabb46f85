//! Warm workers: programs that keep running in the sandbox and answer one request after another.
//!
//! A message is four bytes that say how long it is, least significant first, and then its bytes. A worker
//! says [`READY`] once it can be asked. One that dies, does not answer in time or answers no message is
//! dropped, and with it everything that it started.

use crate::{Command, Executor, File, Infrastructure, Session, climb};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a worker says first.
const READY: &[u8] = b"ready";
/// How long a worker may take to start, on a busy machine.
const START: Duration = Duration::from_secs(60);
/// Bytes of the longest message; no honest worker comes near.
const LONGEST_MESSAGE: usize = 64 << 20;
/// Workers that may fail to start before none is started any more.
const FAILED_STARTS: u32 = 3;

/// A program that answers requests.
#[derive(Debug)]
struct Worker {
    session: Session,
    /// Its current folder, which lives as long as the worker.
    _folder: TempDir,
}

impl Worker {
    fn start(executor: &dyn Executor, files: &[File], command: &Command) -> Result<Self, Infrastructure> {
        let folder = executor.folder()?;
        climb::write_files(folder.path(), files)?;
        let mut session = executor.start(folder.path(), command)?;
        let failed = |e: std::io::Error| Infrastructure::Sandbox(format!("a worker cannot be asked: {e}"));
        rustix::io::ioctl_fionbio(session.input(), true).map_err(|e| failed(e.into()))?;
        let mut worker = Worker { session, _folder: folder };
        match worker.read(Instant::now() + START) {
            Some(said) if said == READY => Ok(worker),
            _ => Err(Infrastructure::Sandbox("a worker ended before it could be asked".to_owned())),
        }
    }

    /// Its answer, unless it fails to give one until `end`.
    fn ask(&mut self, request: &[u8], end: Instant) -> Option<Vec<u8>> {
        let length = u32::try_from(request.len()).ok()?.to_le_bytes();
        self.write(&length, end)?;
        self.write(request, end)?;
        self.read(end)
    }

    fn write(&mut self, mut bytes: &[u8], end: Instant) -> Option<()> {
        let input = self.session.input();
        while !bytes.is_empty() {
            wait(input.as_fd(), PollFlags::OUT, end)?;
            match rustix::io::write(&*input, bytes) {
                Ok(written) => bytes = bytes.get(written..)?,
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(_) => return None,
            }
        }
        Some(())
    }

    fn read(&mut self, end: Instant) -> Option<Vec<u8>> {
        let length = self.read_bytes(4, end)?.try_into().ok().map(u32::from_le_bytes)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST_MESSAGE)?;
        self.read_bytes(length, end)
    }

    fn read_bytes(&mut self, length: usize, end: Instant) -> Option<Vec<u8>> {
        let output = self.session.output();
        let mut bytes = vec![0; length];
        let mut filled = 0;
        while filled < length {
            wait(output.as_fd(), PollFlags::IN, end)?;
            match rustix::io::read(&*output, &mut bytes[filled..]) {
                Ok(0) => return None,
                Ok(count) => filled += count,
                Err(Errno::INTR) => {}
                Err(_) => return None,
            }
        }
        Some(bytes)
    }
}

/// Waits until `fd` can be used; `None` if it cannot until `end`.
fn wait(fd: BorrowedFd<'_>, flags: PollFlags, end: Instant) -> Option<()> {
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let patience = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
        match poll(&mut [PollFd::new(&fd, flags)], Some(&patience)) {
            Ok(0) => return None,
            Ok(_) => return Some(()),
            Err(Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}

/// Workers of one kind that wait for requests: as many as there are threads that ask at a time.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Worker>>,
    /// Workers in a row that did not start.
    failed_starts: AtomicU32,
}

impl Pool {
    /// A worker's answer to `request`; `None` if the worker fails, or none can be started with `files` and
    /// `command`. Says nothing about why: whoever asks has another way.
    pub fn ask(
        &self,
        executor: &dyn Executor,
        files: &[File],
        command: &Command,
        request: &[u8],
        patience: Duration,
    ) -> Option<Vec<u8>> {
        let idle = self.idle.lock().ok()?.pop();
        let mut worker = match idle {
            Some(worker) => worker,
            None => self.start(executor, files, command)?,
        };
        let answer = worker.ask(request, Instant::now() + patience)?;
        self.idle.lock().ok()?.push(worker);
        Some(answer)
    }

    fn start(&self, executor: &dyn Executor, files: &[File], command: &Command) -> Option<Worker> {
        if self.failed_starts.load(Ordering::Relaxed) >= FAILED_STARTS {
            return None;
        }
        match Worker::start(executor, files, command) {
            Ok(worker) => {
                self.failed_starts.store(0, Ordering::Relaxed);
                Some(worker)
            }
            Err(_) => {
                self.failed_starts.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    }
}
