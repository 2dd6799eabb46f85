//! The toolchains, one file each, and their registry.

use crate::{Command, End, Finished, Judgement, Limits, Toolchain, Verdict};
use grammars::Level;
use std::path::Path;

mod cobol;
mod compiled;
mod fortran;
mod julia;

pub use cobol::Cobol;
pub use fortran::Fortran;
pub use julia::Julia;

/// Every toolchain, looked for on this machine. With a `helper` (see [`Config`](crate::Config)), those that
/// can judge many programs together do.
pub fn all(helper: Option<&Path>) -> Vec<Box<dyn Toolchain>> {
    vec![
        Box::new(Julia::find()),
        Box::new(Fortran::find().with_helper(helper)),
        Box::new(Cobol::find().with_helper(helper)),
    ]
}

/// Runs the `main` that a compiler has left in the folder.
fn compiled_program() -> Command {
    Command {
        program: "./main".into(),
        args: Vec::new(),
        env: Vec::new(),
        roots: Vec::new(),
        writes: false,
        limits: Limits::PROGRAM,
    }
}

/// What a compiler's end says about the program that it was given.
fn judge_compiler(finished: &Finished) -> Judgement {
    let verdict = match finished.end {
        End::Exit(0) => return Judgement::Next(Level::Compile),
        End::Exit(_) | End::Signal(_) => Verdict::Compile,
        End::Timeout => Verdict::Timeout,
        End::Memory => Verdict::Memory,
        End::Output => Verdict::Output,
    };
    let detail = format!("{}\n{}", finished.stderr, finished.stdout);
    Judgement::Stop { level: Level::Parse, verdict, detail }
}

/// What the end of a compiled program says about it. `verdict_of_error` tells failed checks from
/// crashes where it ended with a status of its own.
fn judge_program(
    rung: Level,
    finished: &Finished,
    seal: &str,
    verdict_of_error: impl Fn(&Finished) -> Verdict,
) -> Judgement {
    let sealed = finished.stdout.lines().next_back().is_some_and(|line| line == seal);
    let verdict = match finished.end {
        End::Exit(0) if sealed || rung < Level::Tests => return Judgement::Next(rung),
        End::Exit(0) => {
            let detail = "it ended before its last check".to_owned();
            return Judgement::Stop { level: Level::Run, verdict: Verdict::Wrong, detail };
        }
        End::Exit(_) => match verdict_of_error(finished) {
            // Without tests there is no check that could have failed.
            Verdict::Wrong if rung < Level::Tests => Verdict::Crash,
            verdict => verdict,
        },
        End::Signal(_) => Verdict::Crash,
        End::Timeout => Verdict::Timeout,
        End::Memory => Verdict::Memory,
        End::Output => Verdict::Output,
    };
    let level = if verdict == Verdict::Wrong { Level::Run } else { Level::Compile };
    Judgement::Stop { level, verdict, detail: format!("{}\n{}", finished.stderr, finished.stdout) }
}
