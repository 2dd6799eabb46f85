//! From one library of compiled programs to an outcome for each.

use crate::runner::{self, Convention, Entry, Ran, Request, RunLimits};
use crate::{
    Candidate, End, Executor, Finished, Infrastructure, Limits, Outcome, PlanError, Toolchain, climb,
};
use grammars::Level;
use std::path::Path;
use std::time::Duration;

/// CPU time that a program gets here; one that needs more is judged alone.
const CPU: Duration = Duration::from_millis(100);

/// A library that a compiler has made, and who runs it.
pub(super) struct Library<'a> {
    pub executor: &'a dyn Executor,
    pub helper: &'a Path,
    /// Where it is.
    pub folder: &'a Path,
    pub name: &'a str,
    pub convention: Convention,
}

/// One program of it.
pub(super) struct Compiled<'a> {
    /// Its place among the candidates that were asked about.
    pub index: usize,
    pub candidate: &'a Candidate,
    pub upto: Level,
    /// What to run, where something is to run.
    pub entry: Option<Entry>,
    /// The line that stands for the proof where the plain plan expects its seal; drawn for this run.
    pub seal: String,
    /// What the compiler said of it.
    pub stderr: String,
    /// The CPU time of its share of the compilation.
    pub cpu: Duration,
}

/// Bytes that nobody can foresee.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Infrastructure> {
    let mut bytes = [0; N];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())
        .map_err(|e| Infrastructure::Sandbox(format!("there is no randomness: {e}")))?;
    Ok(bytes)
}

/// A line that no program can foresee.
pub(super) fn seal() -> Result<String, Infrastructure> {
    Ok(format!("proven-{:032x}", u128::from_ne_bytes(random()?)))
}

/// Runs the programs and says of each what the plain plan would say after the same compilation and the same
/// run; `reads` makes of a run what the plain plan would have seen, or `None` where that is not certain.
pub(super) fn outcomes(
    toolchain: &dyn Toolchain,
    library: &Library<'_>,
    programs: Vec<Compiled<'_>>,
    reads: impl Fn(Ran, &Compiled<'_>) -> Option<Finished>,
) -> Result<Vec<(usize, Option<Outcome>)>, Infrastructure> {
    let limits = &Limits::PROGRAM;
    let request = Request {
        library: format!("./{}", library.name),
        convention: library.convention,
        limits: RunLimits {
            cpu: vec![CPU],
            wall: limits.wall,
            memory: limits.memory,
            output: limits.output,
            file: limits.file,
            open_files: limits.open_files,
        },
        programs: programs.iter().filter_map(|program| program.entry.clone()).collect(),
    };
    let ran = if request.programs.is_empty() {
        Vec::new()
    } else {
        runner::run(library.executor, library.helper, library.folder, &request)?
    };
    let mut ran = ran.into_iter();
    let one = |program: Compiled<'_>| {
        let index = program.index;
        let run = match program.entry {
            None => None,
            Some(_) => match ran.next().and_then(|ran| reads(ran, &program)) {
                Some(finished) => Some(finished),
                None => return Ok((index, None)),
            },
        };
        Ok((index, outcome(toolchain, library.executor, program, run)?))
    };
    programs.into_iter().map(one).collect()
}

fn outcome(
    toolchain: &dyn Toolchain,
    executor: &dyn Executor,
    program: Compiled<'_>,
    run: Option<Finished>,
) -> Result<Option<Outcome>, Infrastructure> {
    let plan = match toolchain.plan(program.candidate, program.upto, &program.seal) {
        Ok(plan) => plan,
        Err(PlanError::Candidate(_)) => return Ok(None),
        Err(PlanError::Infrastructure(e)) => return Err(e),
    };
    let compilation =
        Finished { end: End::Exit(0), stdout: String::new(), stderr: program.stderr, cpu: program.cpu };
    let steps = std::iter::once(compilation).chain(run).map(Ok);
    climb::outcome_of(toolchain, executor.isolation(), &plan, &program.seal, steps).map(Some)
}

/// What a program wrote, with the seal where the runner has the proof.
pub(super) fn sealed(ran: &Ran, seal: &str) -> String {
    if ran.proven { format!("{}\n{seal}\n", ran.stdout) } else { ran.stdout.clone() }
}
