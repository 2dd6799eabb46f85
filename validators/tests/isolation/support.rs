//! Sandboxes of every degree that this machine has, and programs to run in them.

use std::path::Path;
use std::sync::OnceLock;
use validators::{Command, Executor, Finished, Isolation, Limits, Sandbox};

/// Every degree that isolates, the best first.
const DEGREES: [Isolation; 3] = [Isolation::Cell, Isolation::Namespaces, Isolation::Landlock];

/// The sandboxes of this machine, one for each degree; says which are missing and why.
pub fn sandboxes() -> &'static [Sandbox] {
    static SANDBOXES: OnceLock<Vec<Sandbox>> = OnceLock::new();
    SANDBOXES.get_or_init(available)
}

/// The same, made anew, so that they end when they are dropped.
pub fn available() -> Vec<Sandbox> {
    let helper = Path::new(env!("CARGO_BIN_EXE_validators-helper"));
    DEGREES.iter().filter_map(|degree| exactly(helper, *degree)).collect()
}

fn exactly(helper: &Path, degree: Isolation) -> Option<Sandbox> {
    let reason = match Sandbox::best(Some(helper), degree) {
        Ok(sandbox) if sandbox.isolation() == degree => return Some(sandbox),
        Ok(sandbox) => sandbox.shortcomings().join("; "),
        Err(error) => error.to_string(),
    };
    eprintln!("SKIPPED: no isolation by {degree:?} here ({reason}); run as root or allow user namespaces");
    None
}

/// A command that runs `program` as a judged program.
pub fn command(program: impl AsRef<Path>, args: &[&str]) -> Command {
    Command {
        program: program.as_ref().to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        env: Vec::new(),
        roots: Vec::new(),
        writes: false,
        limits: Limits::PROGRAM,
    }
}

/// Runs `command` in a folder of its own.
pub fn run(sandbox: &Sandbox, command: &Command) -> Finished {
    let folder = sandbox.folder().expect("a folder");
    sandbox.execute(folder.path(), command).expect("a working sandbox")
}
