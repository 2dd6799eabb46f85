//! An executor for unit tests that plays back what commands did.

use crate::{Command, End, Executor, Finished, Infrastructure, Isolation, Session};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

/// Answers each command with the next line of its script.
pub(crate) struct Scripted {
    script: Mutex<Vec<Result<Finished, Infrastructure>>>,
    asked: Mutex<Vec<Command>>,
}

impl Scripted {
    /// Plays `script`, first answer first.
    pub fn new(script: impl IntoIterator<Item = Result<Finished, Infrastructure>>) -> Self {
        let mut script: Vec<_> = script.into_iter().collect();
        script.reverse();
        Scripted { script: Mutex::new(script), asked: Mutex::new(Vec::new()) }
    }

    /// The commands so far.
    pub fn asked(&self) -> Vec<Command> {
        self.asked.lock().expect("no panic").clone()
    }
}

/// A command that ended so and wrote this.
pub(crate) fn finished(end: End, stdout: &str, stderr: &str) -> Finished {
    Finished { end, stdout: stdout.to_owned(), stderr: stderr.to_owned(), cpu: Duration::from_millis(20) }
}

impl Executor for Scripted {
    fn execute(&self, _folder: &Path, command: &Command) -> Result<Finished, Infrastructure> {
        self.asked.lock().expect("no panic").push(command.clone());
        self.script.lock().expect("no panic").pop().expect("a script that is long enough")
    }

    fn start(&self, _folder: &Path, _command: &Command) -> Result<Session, Infrastructure> {
        Err(Infrastructure::Sandbox("a script has no workers".to_owned()))
    }

    fn folder(&self) -> Result<TempDir, Infrastructure> {
        tempfile::tempdir().map_err(|e| Infrastructure::file("a temporary folder", e))
    }

    fn isolation(&self) -> Isolation {
        Isolation::Namespaces
    }
}
