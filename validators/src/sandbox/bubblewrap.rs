//! Runs commands by bubblewrap and a shell that sets limits: for machines where the cell cannot stand, and without
//! bubblewrap, only on demand, with limits alone.

use super::supervise::{Stream, Supervisor};
use super::usage::Meter;
use super::{NOBODY, namespaces, report, syscalls};
use crate::{Command, Finished, Infrastructure, Session};
use command_fds::{CommandFdExt, FdMapping};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use std::io::{self, PipeReader, Write, pipe};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Stdio};

/// What runs the launcher: closing any descriptor by its number is beyond plain sh.
const SHELL: &str = "/bin/bash";
/// The descriptor on which the launcher reports.
const REPORT: i32 = 3;
/// Sets limits inside and reports how the command ended.
const LAUNCHER: &str = include_str!("launch.sh");

/// Starts command lines.
#[derive(Debug)]
pub(super) struct Launcher {
    /// bubblewrap; `None` if commands are not to be isolated.
    bubblewrap: Option<PathBuf>,
    /// What refuses calls of the kernel.
    filter: Option<Vec<u8>>,
    /// Commands run under another account.
    drops_root: bool,
}

impl Launcher {
    /// One that isolates.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn isolating() -> Result<Self, String> {
        let bubblewrap = crate::doctor::find_program("bwrap")
            .ok_or_else(|| "bubblewrap (`bwrap`) is not installed; run scripts/setup".to_owned())?;
        Ok(Launcher { bubblewrap: Some(bubblewrap), filter: syscalls::filter(), ..Launcher::limiting() })
    }

    /// One that only limits.
    pub fn limiting() -> Self {
        Launcher { bubblewrap: None, filter: None, drops_root: rustix::process::geteuid().is_root() }
    }

    pub fn execute(&self, folder: &Path, command: &Command) -> Result<Finished, Infrastructure> {
        let (mut child, report) = self.spawn(self.command_line(folder, command))?;
        let root = child.id();
        let streams = [
            child.stdout.take().map(OwnedFd::from),
            child.stderr.take().map(OwnedFd::from),
            Some(report.into()),
        ];
        let watched = pidfd_open(Pid::from_child(&child), PidfdFlags::empty())
            .map_err(io::Error::from)
            .and_then(|ended| {
                let mut supervisor = Supervisor::new(&command.limits, streams.map(Stream::new));
                let stopped = supervisor.watch(ended.as_fd(), &mut Meter::tree(root))?;
                Ok(supervisor.observed(stopped))
            });
        // Also after success: without namespaces something may have been left behind.
        let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
        let killed = child.kill();
        child.wait().map_err(failed)?;
        let observed = killed.and(watched).map_err(failed)?;
        report::finish(observed, &command.limits)
    }

    pub fn start(&self, folder: &Path, command: &Command) -> Result<Session, Infrastructure> {
        let mut line = self.command_line(folder, command);
        line.stdin(Stdio::piped()).stderr(Stdio::null());
        let (child, report) = self.spawn(line)?;
        Session::launched(child, report)
            .ok_or_else(|| Infrastructure::Sandbox("a worker has no standard streams".to_owned()))
    }

    /// The command line that starts `command` in `folder`.
    fn command_line(&self, folder: &Path, command: &Command) -> process::Command {
        let mut line = match &self.bubblewrap {
            Some(bubblewrap) => {
                let mut line = process::Command::new(bubblewrap);
                line.args(namespaces::arguments(folder, command, self.filter.is_some()));
                line.arg("--");
                line.arg(SHELL);
                line
            }
            None => {
                let mut line = process::Command::new(SHELL);
                line.current_dir(folder);
                line
            }
        };
        let limits = &command.limits;
        line.args(["-c", LAUNCHER, "launch"])
            .arg(limits.cpu.to_string())
            // What is in memory is watched; a process that asks for far more at once is refused it.
            .arg(((2 * limits.memory) >> 10).to_string())
            .arg((limits.file >> 10).to_string())
            .arg(limits.open_files.to_string())
            .arg(limits.processes.to_string())
            .arg(&command.program)
            .args(&command.args)
            .process_group(0)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", "/tmp")
            .env("TMPDIR", "/tmp")
            .env("LANG", "C.UTF-8")
            .envs(command.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if self.drops_root {
            line.uid(NOBODY).gid(NOBODY);
        }
        line
    }

    /// Starts a command line; returns also what its launcher reports on.
    fn spawn(&self, mut line: process::Command) -> Result<(Child, PipeReader), Infrastructure> {
        let (report, report_writer) = pipe().map_err(failed)?;
        let mut mappings = vec![FdMapping { parent_fd: report_writer.into(), child_fd: REPORT }];
        if self.bubblewrap.is_some()
            && let Some(filter) = &self.filter
        {
            let (filter_reader, mut filter_writer) = pipe().map_err(failed)?;
            // A filter is far smaller than what a pipe holds, so this does not wait for a reader.
            filter_writer.write_all(filter).map_err(failed)?;
            mappings.push(FdMapping { parent_fd: filter_reader.into(), child_fd: namespaces::FILTER });
        }
        line.fd_mappings(mappings).map_err(|e| Infrastructure::Sandbox(e.to_string()))?;
        let child = line.spawn().map_err(failed)?;
        // The command line, dropped here, holds our end of the report pipe open.
        Ok((child, report))
    }
}

pub(super) fn failed(error: io::Error) -> Infrastructure {
    Infrastructure::Sandbox(error.to_string())
}
