//! One command in a cell: forked, confined, watched for its end, and ended with everything that it started.

use super::confine::{self, Reach};
use super::house::{self, CELL, DEVICES, House, SETTINGS, SYSTEM_FOLDERS};
use super::{Answer, Doing, Order, Task, receive, send, sys};
use landlock::ABI;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::OwnedFd;
use rustix::fs::Mode;
use rustix::process::{Pid, Signal, kill_process, umask};
use rustix::thread::UnshareFlags;
use std::ffi::CString;
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, process};

/// What a shell answers for a command that cannot be started.
const CANNOT_START: i32 = 127;

/// Runs a command and waits until nothing of it is left. `None` where calque is gone.
pub(super) fn run(
    house: &House,
    socket: &OwnedFd,
    events: &OwnedFd,
    task: &Task,
    streams: Vec<OwnedFd>,
) -> io::Result<Option<Answer>> {
    let tmp = house.namespaces.then(|| house::fresh_tmp(task.limits.file)).transpose()?;
    let (trouble, say) = pipe()?;
    let main = match sys::fork() {
        Ok(Some(pid)) => pid,
        Ok(None) => become_command(house, task, &streams, tmp.as_ref(), say),
        Err(error) => return Ok(Some(Answer::Failed(format!("starting a process: {error}")))),
    };
    drop((streams, say));
    let mut left = Left { main, status: None, cpu: Duration::ZERO };
    if task.announced {
        match read(&trouble) {
            said if said.is_empty() => send(socket, &Answer::Ready, &[])?,
            said => {
                left.end_all(house);
                return Ok(Some(Answer::Failed(said)));
            }
        }
    }
    let is_wanted = left.wait(socket, events)?;
    left.end_all(house);
    if !is_wanted {
        return Ok(None);
    }
    let said = read(&trouble);
    if !said.is_empty() {
        return Ok(Some(Answer::Failed(said)));
    }
    let files_used_up =
        tmp.and_then(|tmp| rustix::fs::fstatvfs(tmp).ok()).is_some_and(|system| system.f_ffree == 0);
    let cpu_us = u64::try_from(left.cpu.as_micros()).unwrap_or(u64::MAX);
    Ok(Some(Answer::Ended { status: left.status.unwrap_or(0), cpu_us, files_used_up }))
}

/// What could not be done before the command started; empty once it has.
fn read(mut trouble: &PipeReader) -> String {
    let mut said = String::new();
    match trouble.read_to_string(&mut said) {
        Ok(_) => said,
        Err(error) => error.to_string(),
    }
}

/// A command's processes, as they end.
struct Left {
    main: Pid,
    /// How the command itself ended.
    status: Option<i32>,
    /// CPU time of those that have ended.
    cpu: Duration,
}

impl Left {
    /// Waits until the command itself has ended or is to be stopped. False where calque is gone.
    fn wait(&mut self, socket: &OwnedFd, events: &OwnedFd) -> io::Result<bool> {
        while self.status.is_none() {
            let mut watched = [PollFd::new(socket, PollFlags::IN), PollFd::new(events, PollFlags::IN)];
            match poll(&mut watched, None) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let [asked, ended] = watched.map(|fd| !fd.revents().is_empty());
            if ended {
                let mut forgotten = [0; 1024];
                let _ = rustix::io::read(events, &mut forgotten);
                self.reap(false);
            }
            if asked {
                match receive::<Order>(socket)? {
                    Some((Order::Stop, _)) => return Ok(true),
                    Some((Order::Run(_), _)) | None => return Ok(false),
                }
            }
        }
        Ok(true)
    }

    /// Takes note of all that have ended, or that will, where it `waits`.
    fn reap(&mut self, waits: bool) {
        while let Some(ended) = sys::reap(waits) {
            self.cpu += ended.cpu;
            if ended.pid == self.main {
                self.status = Some(ended.status);
            }
        }
    }

    /// Ends what is left of the command.
    fn end_all(&mut self, house: &House) {
        if house.namespaces {
            sys::kill_all_others();
            self.reap(true);
            return;
        }
        // Whose parent has ended is a child of this process: each round finds those that the last one missed.
        loop {
            let alive = descendants(rustix::process::getpid());
            if alive.is_empty() {
                break;
            }
            for pid in alive {
                let _ = kill_process(pid, Signal::KILL);
            }
            self.reap(false);
            std::thread::yield_now();
        }
    }
}

/// What `root` has started, and what that has.
fn descendants(root: Pid) -> Vec<Pid> {
    let mut found = Vec::new();
    let mut waiting = vec![root];
    while let Some(pid) = waiting.pop() {
        let threads =
            fs::read_dir(format!("/proc/{}/task", pid.as_raw_pid())).into_iter().flatten().flatten();
        for list in threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok()) {
            let children = list.split_ascii_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?));
            let children: Vec<Pid> = children.collect();
            found.extend(&children);
            waiting.extend(children);
        }
    }
    found
}

/// In the child: confines itself and becomes the command.
fn become_command(
    house: &House,
    task: &Task,
    streams: &[OwnedFd],
    tmp: Option<&OwnedFd>,
    mut say: PipeWriter,
) -> ! {
    let error = match prepare(house, task, streams, tmp) {
        Ok(start) => start.start(),
        Err(error) => {
            // Without a reader there is nobody to tell.
            let _ = write!(say, "{error}");
            process::exit(CANNOT_START)
        }
    };
    eprintln!("{}: {error}", task.program.display());
    process::exit(CANNOT_START)
}

/// A command that only has to be started.
struct Start {
    program: CString,
    args: Vec<CString>,
    env: Vec<CString>,
    key: [u64; 3],
}

impl Start {
    /// Returns only where it fails.
    fn start(&self) -> io::Error {
        sys::execute(&self.program, &self.args, &self.env, self.key)
    }
}

fn prepare(house: &House, task: &Task, streams: &[OwnedFd], tmp: Option<&OwnedFd>) -> io::Result<Start> {
    rustix::process::setsid().doing("starting a session")?;
    sys::reset_signals();
    take_streams(streams).doing("taking the streams")?;
    let own = rustix::process::getpid().as_raw_pid();
    let (folder, private) = match tmp {
        Some(tmp) => {
            enter(house, task, tmp)?;
            (PathBuf::from("/program"), PathBuf::from("/tmp"))
        }
        None => {
            let private =
                task.scratch.as_ref().map_or_else(|| PathBuf::from("/nowhere"), |s| house.shelf.join(s));
            (house.shelf.join(&task.folder), private)
        }
    };
    rustix::process::chdir(&folder).doing("entering the folder")?;
    umask(Mode::WGRP | Mode::WOTH);
    let others = if house.namespaces { house.others } else { processes_of_account() };
    let kind = Kind::of(task);
    let key = random()?;
    let start = Start {
        program: c_string(task.program.as_os_str().as_bytes())?,
        args: arguments(task)?,
        env: environment(task, &private)?,
        key,
    };
    let reach = reach(house, task, &folder, &private, own, &kind);
    sys::close_from_at_start(3).doing("closing descriptors")?;
    confine::to_limits(&task.limits, others).doing("setting limits")?;
    confine::to_no_capabilities().doing("giving up capabilities")?;
    if house.landlock.is_some() {
        confine::to_files(&reach).doing("Landlock")?;
    }
    let signals_itself = !house.namespaces && house.landlock.is_none_or(|abi| abi < ABI::V6);
    confine::to_calls(&house.filters, matches!(kind, Kind::Program).then_some(key), signals_itself)
        .doing("seccomp")?;
    Ok(start)
}

fn take_streams(streams: &[OwnedFd]) -> io::Result<()> {
    match streams {
        // Standard input of the cell is empty, and so is the command's.
        [output, errors] => {
            rustix::stdio::dup2_stdout(output)?;
            rustix::stdio::dup2_stderr(errors)?;
        }
        [input, output, errors] => {
            rustix::stdio::dup2_stdin(input)?;
            rustix::stdio::dup2_stdout(output)?;
            rustix::stdio::dup2_stderr(errors)?;
        }
        _ => return Err(io::Error::other("a command has two or three streams")),
    }
    Ok(())
}

/// Goes where only the command's own `/tmp` and folder are, beside what the cell shows to all.
fn enter(house: &House, task: &Task, tmp: &OwnedFd) -> io::Result<()> {
    sys::unshare(UnshareFlags::NEWNS).doing("making a mount namespace")?;
    house::attach(tmp, &Path::new(CELL).join("tmp")).doing("mounting /tmp")?;
    let folder = house::folder_of(&house.shelf, &task.folder, task.writes).doing("opening the folder")?;
    house::attach(&folder, &Path::new(CELL).join("program")).doing("mounting the folder")?;
    house::change_root(Path::new(CELL))
}

/// What a command may start beside itself.
enum Kind {
    /// Nothing.
    Program,
    /// What its first line names, once, and what lies beneath its roots: it wraps another program.
    Script(PathBuf),
    /// The system's tools.
    Compiler,
}

impl Kind {
    fn of(task: &Task) -> Kind {
        if task.writes {
            return Kind::Compiler;
        }
        let mut first = [0; 128];
        let read = File::open(&task.program).and_then(|mut file| file.read(&mut first)).unwrap_or(0);
        let interpreter = first[..read].strip_prefix(b"#!").and_then(|line| {
            let line = String::from_utf8_lossy(line.split(|byte| *byte == b'\n').next()?).into_owned();
            line.split_whitespace().next().map(PathBuf::from)
        });
        interpreter.map_or(Kind::Program, Kind::Script)
    }
}

/// The files that a command needs.
fn reach(house: &House, task: &Task, folder: &Path, private: &Path, own: i32, kind: &Kind) -> Reach {
    let system = SYSTEM_FOLDERS.iter().chain(SETTINGS).map(PathBuf::from);
    let mut reach = Reach { reads: system.chain(house.roots.iter().cloned()).collect(), ..Reach::default() };
    reach.uses.extend(DEVICES.iter().map(PathBuf::from));
    let processes = PathBuf::from("/proc");
    if house.namespaces {
        reach.uses.push(processes);
    } else {
        reach.uses.push(processes.join(own.to_string()));
        reach.reads.push(processes);
    }
    let folders = if task.writes { &mut reach.owns } else { &mut reach.reads };
    folders.push(folder.to_owned());
    reach.owns.push(private.to_owned());
    reach.starts.push(task.program.clone());
    match kind {
        Kind::Program => reach.starts.extend(confine::loaders()),
        Kind::Script(interpreter) => {
            reach.starts.extend(confine::loaders());
            reach.starts.push(interpreter.clone());
            reach.starts.extend(house.roots.iter().cloned());
        }
        Kind::Compiler => {
            reach.starts.extend(SYSTEM_FOLDERS.iter().map(PathBuf::from));
            reach.starts.extend(house.roots.iter().cloned());
        }
    }
    reach
}

fn arguments(task: &Task) -> io::Result<Vec<CString>> {
    let args = task.args.iter().map(|arg| c_string(arg.as_bytes()));
    [c_string(task.program.as_os_str().as_bytes())].into_iter().chain(args).collect()
}

fn environment(task: &Task, private: &Path) -> io::Result<Vec<CString>> {
    let private = private.display().to_string();
    let usual = [
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("HOME", &private),
        ("TMPDIR", &private),
        ("LANG", "C.UTF-8"),
    ];
    let own = |name: &str| task.env.iter().any(|(own, _)| own == name);
    let usual = usual.into_iter().filter(|(name, _)| !own(name));
    let own = task.env.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    usual.chain(own).map(|(name, value)| c_string(format!("{name}={value}").as_bytes())).collect()
}

fn c_string(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "an argument holds a NUL"))
}

/// Three words that nobody can guess.
fn random() -> io::Result<[u64; 3]> {
    let mut bytes = [0; 24];
    let mut filled = 0;
    while filled < bytes.len() {
        filled += rustix::rand::getrandom(&mut bytes[filled..], rustix::rand::GetRandomFlags::empty())?;
    }
    let mut words = [0; 3];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_ne_bytes(*bytes);
    }
    Ok(words)
}

/// Threads of this account, whoever they belong to: the limit of processes counts them all.
fn processes_of_account() -> u32 {
    use std::os::unix::fs::MetadataExt;
    let account = rustix::process::getuid().as_raw();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = processes.filter(|entry| {
        entry.file_name().as_bytes().iter().all(u8::is_ascii_digit)
            && entry.metadata().is_ok_and(|metadata| metadata.uid() == account)
    });
    let threads = own.filter_map(|entry| Some(fs::read_dir(entry.path().join("task")).ok()?.count()));
    u32::try_from(threads.sum::<usize>()).unwrap_or(u32::MAX)
}
