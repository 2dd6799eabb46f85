//! The cells of one sandbox, from calque's side: built when they are needed, used again, ended with the sandbox.

use super::NOBODY;
use super::bubblewrap::failed;
use super::cgroup::Group;
use super::report::{self, Ending};
use super::supervise::{Stopped, Stream, Supervisor};
use super::usage::Meter;
use crate::cell::{Answer, Order, Setup, Task, receive, send};
use crate::helper;
use crate::{Command, Finished, Infrastructure, Session};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use std::collections::HashMap;
use std::io::pipe;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io};
use tempfile::TempDir;

/// How long a cell may take to stand, or to end what runs in it.
const PATIENCE: Duration = Duration::from_secs(20);
/// The first account of cells where calque is root: from here to 2^31 systemd and distributions assign none.
const FIRST_ACCOUNT: u32 = 0x7000_0000;
/// Cells of one process that have accounts of their own.
const ACCOUNTS: u32 = 64;

/// What cells differ in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Kind {
    shelf: PathBuf,
    roots: Vec<PathBuf>,
}

/// Cells, built on demand.
#[derive(Debug)]
pub(super) struct Cells {
    /// The binary that is a cell where it is started as one.
    helper: PathBuf,
    /// They have namespaces of their own.
    namespaces: bool,
    /// Where commands' folders are made.
    shelf: TempDir,
    idle: Mutex<HashMap<Kind, Vec<Cell>>>,
    built: AtomicU32,
}

impl Cells {
    /// Cells that are this binary.
    pub fn new(helper: &Path, namespaces: bool, shelf: TempDir) -> Self {
        // An account of its own may have no way to the folder of this binary, but can start it so.
        let is_own = std::env::current_exe().is_ok_and(|own| own == helper);
        let helper = if is_own { PathBuf::from("/proc/self/exe") } else { helper.to_owned() };
        let (idle, built) = (Mutex::default(), AtomicU32::new(0));
        Cells { helper, namespaces, shelf, idle, built }
    }

    pub fn namespaces(&self) -> bool {
        self.namespaces
    }

    /// Where folders for commands are to be made.
    pub fn shelf(&self) -> &Path {
        self.shelf.path()
    }

    pub fn execute(&self, folder: &Path, command: &Command) -> Result<Finished, Infrastructure> {
        let (kind, inside) = self.kind(folder, command);
        let mut cell = self.take(&kind)?;
        cell.own(folder, command)?;
        let private = self.private(&cell)?;
        let task = task(command, inside, private.as_ref().map(TempDir::path), false);
        let finished = cell.run(task, command)?;
        if let Some(private) = private {
            remove(private);
        }
        if cell.usable {
            self.idle().entry(kind).or_default().push(cell);
        }
        Ok(finished)
    }

    pub fn start(&self, folder: &Path, command: &Command) -> Result<Session, Infrastructure> {
        let (kind, inside) = self.kind(folder, command);
        let cell = self.take(&kind)?;
        cell.own(folder, command)?;
        let private = self.private(&cell)?;
        let task = task(command, inside, private.as_ref().map(TempDir::path), true);
        let (their_input, input) = pipe().map_err(failed)?;
        let (output, their_output) = pipe().map_err(failed)?;
        let errors = fs::OpenOptions::new().write(true).open("/dev/null").map_err(failed)?;
        if let Some(group) = &cell.group {
            group.limit(&command.limits).map_err(failed)?;
        }
        let streams = [their_input.as_fd(), their_output.as_fd(), errors.as_fd()];
        send(&cell.socket, &Order::Run(Box::new(task)), &streams).map_err(failed)?;
        cell.ready()?;
        Ok(Session::in_cell(cell, private, input.into(), output.into()))
    }

    /// The cell that can run a command in `folder`, and the folder as seen from its shelf.
    fn kind(&self, folder: &Path, command: &Command) -> (Kind, PathBuf) {
        let mut roots = command.roots.clone();
        roots.sort();
        roots.dedup();
        match folder.strip_prefix(self.shelf.path()) {
            Ok(inside) => (Kind { shelf: self.shelf.path().to_owned(), roots }, inside.to_owned()),
            Err(_) => (Kind { shelf: folder.to_owned(), roots }, PathBuf::new()),
        }
    }

    fn take(&self, kind: &Kind) -> Result<Cell, Infrastructure> {
        if let Some(cell) = self.idle().get_mut(kind).and_then(Vec::pop) {
            return Ok(cell);
        }
        let number = self.built.fetch_add(1, Ordering::Relaxed);
        let setup =
            Setup { namespaces: self.namespaces, shelf: kind.shelf.clone(), roots: kind.roots.clone() };
        Cell::build(&self.helper, &setup, number)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, HashMap<Kind, Vec<Cell>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A folder in place of `/tmp`, where the cell cannot give one.
    fn private(&self, cell: &Cell) -> Result<Option<TempDir>, Infrastructure> {
        if self.namespaces {
            return Ok(None);
        }
        let failed = |e| Infrastructure::file(self.shelf.path(), e);
        let folder = tempfile::Builder::new().prefix("tmp-").tempdir_in(self.shelf.path()).map_err(failed)?;
        if let Some(account) = cell.account {
            lchown(folder.path(), Some(account), Some(account)).map_err(failed)?;
        }
        Ok(Some(folder))
    }
}

fn task(command: &Command, folder: PathBuf, private: Option<&Path>, announced: bool) -> Task {
    Task {
        program: command.program.clone(),
        args: command.args.clone(),
        env: command.env.clone(),
        folder,
        scratch: private.map(Path::to_owned),
        announced,
        writes: command.writes,
        limits: command.limits,
    }
}

/// A cell that stands.
#[derive(Debug)]
pub(crate) struct Cell {
    child: Child,
    socket: OwnedFd,
    group: Option<Group>,
    /// The account of its processes, where calque is root.
    account: Option<u32>,
    /// The first process of the cell.
    first: u32,
    /// Nothing has gone wrong in it.
    usable: bool,
}

impl Cell {
    fn build(binary: &Path, setup: &Setup, number: u32) -> Result<Cell, Infrastructure> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
                .map_err(|e| failed(e.into()))?;
        let account = rustix::process::geteuid().is_root().then(|| account(number));
        let mut line = process::Command::new(binary);
        line.args(helper::arguments(helper::Mode::Cell))
            .env_clear()
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let (child, account) = spawn(&mut line, account).map_err(failed)?;
        // The command line holds the cell's end of the socket: without it, the end of the cell can be seen.
        drop(line);
        let group = Group::make(number).filter(|group| group.add(child.id()).is_ok());
        let first = child.id();
        let mut cell = Cell { child, socket: ours, group, account, first, usable: true };
        send(&cell.socket, setup, &[]).map_err(failed)?;
        cell.ready()?;
        if setup.namespaces {
            cell.first = super::usage::children(cell.child.id()).first().copied().unwrap_or(cell.first);
        }
        Ok(cell)
    }

    /// Gives the command's folder to the cell's account, where the command writes into it.
    fn own(&self, folder: &Path, command: &Command) -> Result<(), Infrastructure> {
        let Some(account) = self.account.filter(|_| command.writes) else { return Ok(()) };
        let give = |path: &Path| -> io::Result<()> {
            let metadata = fs::symlink_metadata(path)?;
            if metadata.uid() == account || (!metadata.is_dir() && metadata.nlink() > 1) {
                return Ok(());
            }
            lchown(path, Some(account), Some(account))
        };
        let failed = |e| Infrastructure::file(folder, e);
        if fs::symlink_metadata(folder).map_err(failed)?.uid() == account {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(failed)? {
            give(&entry.map_err(failed)?.path()).map_err(failed)?;
        }
        give(folder).map_err(failed)
    }

    /// Runs a command to its end.
    fn run(&mut self, task: Task, command: &Command) -> Result<Finished, Infrastructure> {
        let limits = &command.limits;
        let (output, their_output) = pipe().map_err(failed)?;
        let (errors, their_errors) = pipe().map_err(failed)?;
        if let Some(group) = &self.group {
            group.limit(limits).map_err(failed)?;
        }
        let mut meter = Meter::cell(self.first, self.group.as_ref());
        // Until something is read from it, a cell that fails in between is not used again.
        self.usable = false;
        send(&self.socket, &Order::Run(Box::new(task)), &[their_output.as_fd(), their_errors.as_fd()])
            .map_err(failed)?;
        drop((their_output, their_errors));
        let streams = [Stream::new(Some(output.into())), Stream::new(Some(errors.into())), Stream::new(None)];
        let mut supervisor = Supervisor::new(limits, streams);
        let mut stopped = supervisor.watch(self.socket.as_fd(), &mut meter).map_err(failed)?;
        if stopped.is_some() {
            // Where the command ended meanwhile the cell ignores this.
            let _ = send(&self.socket, &Order::Stop, &[]);
        }
        let answer = self.answer();
        if meter.out_of_memory() && stopped.is_none() {
            stopped = Some(Stopped::Memory);
        }
        let ending = match answer {
            Ok(Answer::Ended { status, cpu_us, files_used_up }) => {
                self.usable = true;
                Ending { status, cpu: Duration::from_micros(cpu_us), files_used_up }
            }
            Ok(Answer::Failed(reason)) if stopped.is_none() => return Err(Infrastructure::Sandbox(reason)),
            Err(error) if stopped.is_none() => return Err(error),
            // It was stopped, and its cell with it.
            _ => Ending { status: libc::SIGKILL, cpu: Duration::ZERO, files_used_up: false },
        };
        Ok(report::of_cell(supervisor.observed(stopped), &ending, limits))
    }

    /// Waits until the cell says that it has done what it was asked for.
    fn ready(&self) -> Result<(), Infrastructure> {
        match self.answer()? {
            Answer::Failed(reason) => Err(Infrastructure::Sandbox(reason)),
            Answer::Ready | Answer::Ended { .. } => Ok(()),
        }
    }

    fn answer(&self) -> Result<Answer, Infrastructure> {
        let mut watched = [PollFd::new(&self.socket, PollFlags::IN)];
        let patience = Timespec { tv_sec: PATIENCE.as_secs() as i64, tv_nsec: 0 };
        loop {
            match poll(&mut watched, Some(&patience)) {
                Ok(0) => return Err(Infrastructure::Sandbox("a cell does not answer".to_owned())),
                Ok(_) => break,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(failed(error.into())),
            }
        }
        match receive::<Answer>(&self.socket).map_err(failed)? {
            Some((answer, _)) => Ok(answer),
            None => Err(Infrastructure::Sandbox("a cell has ended by itself".to_owned())),
        }
    }
}

impl Drop for Cell {
    /// Ends the cell and what runs in it.
    fn drop(&mut self) {
        // Its end of the conversation: the cell's first process then ends, and all others with it.
        let _ = rustix::net::shutdown(&self.socket, rustix::net::Shutdown::Both);
        let ended = rustix::process::pidfd_open(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::PidfdFlags::empty(),
        );
        if let Ok(ended) = ended {
            let patience = Timespec { tv_sec: PATIENCE.as_secs() as i64, tv_nsec: 0 };
            let _ = poll(&mut [PollFd::new(&ended, PollFlags::IN)], Some(&patience));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts a cell's process under an account of its own or, where this process has no such account to give, nobody's.
fn spawn(line: &mut process::Command, account: Option<u32>) -> io::Result<(Child, Option<u32>)> {
    let Some(account) = account else { return Ok((line.spawn()?, None)) };
    match line.uid(account).gid(account).spawn() {
        Ok(child) => Ok((child, Some(account))),
        Err(_) => Ok((line.uid(NOBODY).gid(NOBODY).spawn()?, Some(NOBODY))),
    }
}

/// The account of the `number`-th cell of this process.
fn account(number: u32) -> u32 {
    FIRST_ACCOUNT + (process::id() & 0x3f_ffff) * ACCOUNTS + number % ACCOUNTS
}

/// Removes a folder whatever its owner has done to it.
fn remove(folder: TempDir) {
    let path = folder.keep();
    super::removal::remove(&path);
}
