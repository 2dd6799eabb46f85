//! Runs commands isolated and limited, by bubblewrap.

mod namespaces;
mod report;
mod supervise;
mod syscalls;
mod usage;

use crate::{Command, Executor, Finished, Infrastructure, Isolation, Limits, Session};
use command_fds::{CommandFdExt, FdMapping};
use std::io::{PipeReader, Write, pipe};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Stdio};
use std::{fs, io};
use tempfile::TempDir;

/// The account without rights that programs run under where calque itself is root.
const NOBODY: u32 = 65534;
/// What runs the launcher: closing any descriptor by its number is beyond plain sh.
const SHELL: &str = "/bin/bash";
/// The descriptor on which the launcher reports.
const REPORT: i32 = 3;
/// Sets limits inside and reports how the command ended.
const LAUNCHER: &str = include_str!("launch.sh");

/// Runs commands in namespaces of their own or, only on demand, with limits alone.
#[derive(Debug)]
pub struct Sandbox {
    /// bubblewrap; `None` if commands are not to be isolated.
    bubblewrap: Option<PathBuf>,
    /// What refuses calls of the kernel.
    filter: Option<Vec<u8>>,
    /// Folders are made here.
    scratch: PathBuf,
    /// Commands run under another account.
    drops_root: bool,
}

impl Sandbox {
    /// A sandbox of namespaces, after one command has been run in it as a proof.
    ///
    /// # Errors
    /// [`Infrastructure::NoSandbox`] with the reason where this machine cannot make one.
    pub fn isolated() -> Result<Self, Infrastructure> {
        let bubblewrap = crate::doctor::find_program("bwrap").ok_or_else(|| {
            Infrastructure::NoSandbox("bubblewrap (`bwrap`) is not installed; run scripts/setup".into())
        })?;
        let filter = syscalls::filter();
        let sandbox = Sandbox { bubblewrap: Some(bubblewrap), filter, ..Sandbox::limits_only() };
        sandbox.prove().map_err(|e| match e {
            Infrastructure::Sandbox(reason) => Infrastructure::NoSandbox(reason),
            other => Infrastructure::NoSandbox(other.to_string()),
        })?;
        Ok(sandbox)
    }

    /// Limits without isolation: programs see this machine's files and network. For machines where
    /// nothing else works and programs that are trusted.
    pub fn limits_only() -> Self {
        Sandbox {
            bubblewrap: None,
            filter: None,
            scratch: std::env::temp_dir(),
            drops_root: rustix::process::geteuid().is_root(),
        }
    }

    fn prove(&self) -> Result<(), Infrastructure> {
        let folder = self.folder()?;
        let command = Command {
            program: "/bin/true".into(),
            args: Vec::new(),
            env: Vec::new(),
            roots: Vec::new(),
            writes: true,
            limits: Limits::PROGRAM,
        };
        let finished = self.execute(folder.path(), &command)?;
        if finished.succeeded() {
            Ok(())
        } else {
            Err(Infrastructure::Sandbox(format!(
                "`true` ended with {:?}: {}",
                finished.end,
                finished.stderr.trim()
            )))
        }
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

fn failed(error: io::Error) -> Infrastructure {
    Infrastructure::Sandbox(error.to_string())
}

impl Executor for Sandbox {
    fn execute(&self, folder: &Path, command: &Command) -> Result<Finished, Infrastructure> {
        let (child, report) = self.spawn(self.command_line(folder, command))?;
        let observed = supervise::supervise(child, report, &command.limits).map_err(failed)?;
        report::finish(observed, &command.limits)
    }

    fn start(&self, folder: &Path, command: &Command) -> Result<Session, Infrastructure> {
        let mut line = self.command_line(folder, command);
        line.stdin(Stdio::piped()).stderr(Stdio::null());
        let (child, report) = self.spawn(line)?;
        Session::new(child, report)
            .ok_or_else(|| Infrastructure::Sandbox("a worker has no standard streams".to_owned()))
    }

    fn folder(&self) -> Result<TempDir, Infrastructure> {
        let failed = |e| Infrastructure::file(&self.scratch, e);
        let folder = tempfile::Builder::new().prefix("calque-").tempdir_in(&self.scratch).map_err(failed)?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).map_err(failed)?;
        if self.drops_root {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).map_err(failed)?;
        }
        Ok(folder)
    }

    fn isolation(&self) -> Isolation {
        if self.bubblewrap.is_some() { Isolation::Namespaces } else { Isolation::Limits }
    }
}
