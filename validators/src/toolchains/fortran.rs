//! Fortran: gfortran, free form, Fortran 2018.

mod batch;
mod diagnostics;
mod source;

use crate::{
    Batch, Candidate, Command, End, File, Finished, Judgement, Limits, Plan, PlanError, Step, Tool,
    Toolchain, Verdict,
};
use grammars::targets::fortran;
use grammars::{LangId, Level, Rejection};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The checks make errors that would go unnoticed visible: positions outside of an array, and overflow
/// of signed integers. gfortran 12 is wrong about two things that are left out: it takes objects whose
/// arrays are empty for unallocated (`-fcheck=pointer`), and allocatable arrays for uninitialised.
const FLAGS: &[&str] = &[
    "-std=f2018",
    // The checks are slow without optimisation, by a factor of ten in loops.
    "-O1",
    "-Wall",
    "-Wno-uninitialized",
    "-Wno-maybe-uninitialized",
    "-fcheck=bounds,do,mem",
    "-fno-backtrace",
    "-ftrapv",
    "-fmax-errors=5",
    "-fdiagnostics-color=never",
];

/// gfortran.
#[derive(Debug)]
pub struct Fortran {
    /// Looked for when they are first needed.
    tools: LazyLock<[Tool; 1]>,
    /// What runs programs side by side, if something does.
    helper: Option<PathBuf>,
}

impl Fortran {
    /// As on a machine that has it, for unit tests.
    #[cfg(test)]
    pub(crate) fn present() -> Self {
        Fortran { tools: LazyLock::new(|| [Tool::pretend("gfortran")]), helper: None }
    }

    /// The `gfortran` of this machine.
    pub fn find() -> Self {
        Fortran { tools: LazyLock::new(|| [Tool::find("gfortran", &["--version"])]), helper: None }
    }

    /// The same, with programs that are run side by side by `helper`.
    pub fn with_helper(self, helper: Option<&Path>) -> Self {
        Fortran { helper: helper.map(Path::to_owned), ..self }
    }

    fn compile(&self, files: &[File], links: bool) -> Result<Command, PlanError> {
        let mut args: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        if links {
            args.extend(["-o".to_owned(), "main".to_owned()]);
        } else {
            args.push("-c".to_owned());
        }
        args.extend(files.iter().map(|file| file.name.to_owned()));
        Ok(Command {
            program: self.tools[0].require()?.to_owned(),
            args,
            env: Vec::new(),
            roots: Vec::new(),
            writes: true,
            limits: Limits::COMPILER,
        })
    }
}

impl Toolchain for Fortran {
    fn lang(&self) -> LangId {
        LangId::from_static("fortran")
    }

    fn tools(&self) -> &[Tool] {
        &*self.tools
    }

    fn proof(&self) -> Candidate {
        Candidate {
            lang: self.lang(),
            program: "module proof\n  implicit none\n  integer, parameter :: four = 4\nend module proof\n".to_owned(),
            tests: "program test_proof\n  use proof\n  implicit none\n  if (four /= 2 + 2) error stop 1\nend program test_proof\n".to_owned(),
            checks: 1,
        }
    }

    fn parse(&self, candidate: &Candidate) -> Result<(), Rejection> {
        fortran::check(&candidate.program)?;
        fortran::check(&candidate.tests)
    }

    fn plan(&self, candidate: &Candidate, upto: Level, seal: &str) -> Result<Plan, PlanError> {
        let syntax = |rejection: Rejection| PlanError::Candidate(rejection.message);
        let mut files = vec![File { name: "program.f90", text: candidate.program.clone() }];
        let mut has_main = fortran::end_of_main(&candidate.program).map_err(syntax)?.is_some();
        if upto >= Level::Tests {
            files.push(File { name: "tests.f90", text: sealed(&candidate.tests, seal)? });
            has_main = true;
        }
        let mut steps = vec![Step { rung: Level::Compile, command: self.compile(&files, has_main)? }];
        if upto >= Level::Run && has_main {
            steps.push(Step { rung: upto, command: super::compiled_program() });
        }
        Ok(Plan { files, steps })
    }

    fn judge(&self, plan: &Plan, step: usize, finished: &Finished, seal: &str) -> Judgement {
        if plan.steps[step].rung == Level::Compile {
            return super::judge_compiler(finished);
        }
        let is_wrong = |f: &Finished| {
            matches!(f.end, End::Exit(_)) && f.stderr.lines().any(|line| line.starts_with("ERROR STOP"))
        };
        let verdict_of_error = |f: &Finished| {
            if is_wrong(f) {
                Verdict::Wrong
            } else if f.stderr.contains("Cannot allocate memory") || f.stderr.contains("memory limit") {
                Verdict::Memory
            } else {
                Verdict::Crash
            }
        };
        super::judge_program(plan.steps[step].rung, finished, seal, verdict_of_error)
    }

    fn tells(&self, line: &str) -> bool {
        ["Error: ", "Fatal Error: ", "Fortran runtime error: ", "ERROR STOP"]
            .iter()
            .any(|words| line.starts_with(words))
    }

    fn warnings(&self, finished: &Finished) -> Vec<String> {
        let text = |line: &str| line.strip_prefix("Warning: ").map(str::to_owned);
        finished.stderr.lines().filter_map(text).collect()
    }

    fn batch(&self) -> Option<&dyn Batch> {
        self.helper.is_some().then_some(self)
    }
}

/// The tests with a statement behind their last one that writes `seal`.
fn sealed(tests: &str, seal: &str) -> Result<String, PlanError> {
    let end = fortran::end_of_main(tests).map_err(|rejection| PlanError::Candidate(rejection.message))?;
    let end = end.ok_or_else(|| PlanError::Candidate("the tests are not a main program".to_owned()))?;
    let (before, after) = tests.split_at(end);
    Ok(format!("{before}  write (*, '(/, a)') \"{seal}\"\n{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seals_behind_the_last_statement() {
        let tests = "program t\n  call s()\ncontains\n  subroutine s()\n  end subroutine s\nend program t\n";
        assert_eq!(
            sealed(tests, "SEAL").expect("a main program"),
            "program t\n  call s()\n  write (*, '(/, a)') \"SEAL\"\ncontains\n  subroutine s()\n  end subroutine s\nend program t\n"
        );
    }

    #[test]
    fn a_module_cannot_be_sealed() {
        assert!(matches!(sealed("module m\nend module m\n", "SEAL"), Err(PlanError::Candidate(_))));
    }
}
