//! Runs commands isolated and limited, by the best means that this machine has.

mod bubblewrap;
mod cells;
mod cgroup;
mod namespaces;
mod removal;
mod report;
mod supervise;
mod syscalls;
mod usage;

pub(crate) use cells::Cell;

use crate::{Command, Executor, Finished, Infrastructure, Isolation, Limits, Session};
use bubblewrap::Launcher;
use cells::Cells;
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The account without rights that programs run under where calque itself is root.
const NOBODY: u32 = 65534;

/// Runs commands isolated or, only on demand, with limits alone.
#[derive(Debug)]
pub struct Sandbox {
    means: Means,
    /// Commands run under another account.
    drops_root: bool,
    /// Why there is no better isolation.
    shortcomings: Vec<String>,
}

/// What runs commands.
#[derive(Debug)]
enum Means {
    Cells(Cells),
    Launcher { launcher: Launcher, isolation: Isolation, scratch: PathBuf },
}

impl Sandbox {
    /// The best sandbox of this machine that is no better than `most`, after one command has been run in it as a
    /// proof. `helper` is a binary as [`Config::helper`](crate::Config) wants it; without it there are no cells.
    ///
    /// # Errors
    /// [`Infrastructure::NoSandbox`] with the reasons where this machine cannot make any.
    pub fn best(helper: Option<&Path>, most: Isolation) -> Result<Self, Infrastructure> {
        let mut shortcomings = Vec::new();
        for degree in [Isolation::Cell, Isolation::Namespaces, Isolation::Landlock] {
            if degree.rank() < most.rank() {
                shortcomings.push(format!("{}: not asked for", degree.as_str()));
                continue;
            }
            let sandbox = Sandbox::of(degree, helper).and_then(|sandbox| {
                sandbox.prove().map_err(|error| match error {
                    Infrastructure::Sandbox(reason) => reason,
                    other => other.to_string(),
                })?;
                Ok(sandbox)
            });
            match sandbox {
                Ok(sandbox) => return Ok(Sandbox { shortcomings, ..sandbox }),
                Err(reason) => shortcomings.push(format!("{}: {reason}", degree.as_str())),
            }
        }
        Err(Infrastructure::NoSandbox(shortcomings.join("; ")))
    }

    /// The best sandbox without cells.
    ///
    /// # Errors
    /// As [`Sandbox::best`].
    pub fn isolated() -> Result<Self, Infrastructure> {
        Sandbox::best(None, Isolation::Cell)
    }

    /// Limits without isolation: programs see this machine's files and network. For machines where
    /// nothing else works and programs that are trusted.
    pub fn limits_only() -> Self {
        Sandbox::launching(Launcher::limiting(), Isolation::Limits)
    }

    /// Why there is no better isolation, a line for each that there might be.
    pub fn shortcomings(&self) -> &[String] {
        &self.shortcomings
    }

    /// A sandbox of exactly this degree, not yet proven.
    fn of(degree: Isolation, helper: Option<&Path>) -> Result<Self, String> {
        let cells = |namespaces| {
            let helper = helper.ok_or("this program cannot start itself as a cell")?;
            Sandbox::celled(helper, namespaces).map_err(|error| error.to_string())
        };
        match degree {
            Isolation::Cell => cells(true),
            Isolation::Namespaces => Ok(Sandbox::launching(Launcher::isolating()?, Isolation::Namespaces)),
            Isolation::Landlock => match crate::cell::landlock_version() {
                Some(_) => cells(false),
                None => Err("this kernel has no Landlock, or it is not switched on".to_owned()),
            },
            Isolation::Limits | Isolation::None => Ok(Sandbox::limits_only()),
        }
    }

    fn launching(launcher: Launcher, isolation: Isolation) -> Self {
        let means = Means::Launcher { launcher, isolation, scratch: std::env::temp_dir() };
        Sandbox { means, drops_root: rustix::process::geteuid().is_root(), shortcomings: Vec::new() }
    }

    fn celled(helper: &Path, namespaces: bool) -> Result<Self, Infrastructure> {
        let scratch = std::env::temp_dir();
        let failed = |e| Infrastructure::file(&scratch, e);
        let shelf = tempfile::Builder::new().prefix("calque-").tempdir_in(&scratch).map_err(failed)?;
        fs::set_permissions(shelf.path(), fs::Permissions::from_mode(0o711)).map_err(failed)?;
        let means = Means::Cells(Cells::new(helper, namespaces, shelf));
        Ok(Sandbox { means, drops_root: rustix::process::geteuid().is_root(), shortcomings: Vec::new() })
    }

    fn prove(&self) -> Result<(), Infrastructure> {
        let folder = self.folder()?;
        let command = Command {
            program: "/bin/true".into(),
            args: Vec::new(),
            env: Vec::new(),
            roots: Vec::new(),
            writes: false,
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
}

impl Executor for Sandbox {
    fn execute(&self, folder: &Path, command: &Command) -> Result<Finished, Infrastructure> {
        match &self.means {
            Means::Cells(cells) => cells.execute(folder, command),
            Means::Launcher { launcher, .. } => launcher.execute(folder, command),
        }
    }

    fn start(&self, folder: &Path, command: &Command) -> Result<Session, Infrastructure> {
        match &self.means {
            Means::Cells(cells) => cells.start(folder, command),
            Means::Launcher { launcher, .. } => launcher.start(folder, command),
        }
    }

    fn folder(&self) -> Result<TempDir, Infrastructure> {
        let place = match &self.means {
            Means::Cells(cells) => cells.shelf(),
            Means::Launcher { scratch, .. } => scratch,
        };
        let failed = |e| Infrastructure::file(place, e);
        let folder = tempfile::Builder::new().prefix("calque-").tempdir_in(place).map_err(failed)?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).map_err(failed)?;
        if self.drops_root {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).map_err(failed)?;
        }
        Ok(folder)
    }

    fn isolation(&self) -> Isolation {
        match &self.means {
            Means::Cells(cells) if cells.namespaces() => Isolation::Cell,
            Means::Cells(_) => Isolation::Landlock,
            Means::Launcher { isolation, .. } => *isolation,
        }
    }
}
