//! Many Fortran programs in one call of the compiler, and all their tests in one runner.
//!
//! What the compiler or the runner say about a program alone is taken; a program with an error, with a
//! crash or with a limit that it reached is judged alone by the plain plan, and so is each that the rest
//! could be mistaken for. The programs are compiled without optimisation, which halves the time: a program
//! that relies on nothing undefined does the same, only slower.

use super::source::{self, Member, Names};
use super::{FLAGS, Fortran, diagnostics};
use crate::runner::{Convention, Ended, Entry, Ran};
use crate::toolchains::compiled::{self, Compiled, Library};
use crate::{
    Batch, Candidate, Command, End, Executor, File, Finished, Infrastructure, Limits, Outcome, climb,
};
use grammars::Level;
use std::collections::BTreeMap;
use std::path::Path;

/// Programs in one call: more bring little, and cost more where one has to be taken out.
const SIZE: usize = 50;
/// How often a group is compiled again without those that had errors.
const ROUNDS: usize = 3;
/// CPU seconds of the compiler for a group, some ten times what it needs.
const COMPILER_CPU: u32 = 15;
/// The library of a group.
const LIBRARY: &str = "batch.so";

impl Batch for Fortran {
    fn size(&self) -> usize {
        SIZE
    }

    fn judge(
        &self,
        executor: &dyn Executor,
        candidates: &[(&Candidate, Level)],
    ) -> Result<Vec<Option<Outcome>>, Infrastructure> {
        let mut outcomes = vec![None; candidates.len()];
        let Some(helper) = &self.helper else { return Ok(outcomes) };
        let mut members = Vec::new();
        for (index, (candidate, upto)) in candidates.iter().enumerate() {
            members.extend(Member::new(index, candidate, *upto)?);
        }
        for group in source::groups(members) {
            for (index, outcome) in self.judge_group(executor, helper, group)? {
                if let Some(place) = outcomes.get_mut(index) {
                    *place = outcome;
                }
            }
        }
        Ok(outcomes)
    }
}

impl Fortran {
    fn judge_group(
        &self,
        executor: &dyn Executor,
        helper: &Path,
        mut group: Vec<Member<'_>>,
    ) -> Result<Vec<(usize, Option<Outcome>)>, Infrastructure> {
        for _ in 0..ROUNDS {
            // One program alone gains nothing.
            if group.len() < 2 {
                break;
            }
            let folder = executor.folder()?;
            let names = Names::new()?;
            climb::write_files(
                folder.path(),
                &[File { name: "batch.f90", text: source::together(&group, &names) }],
            )?;
            let finished = executor.execute(folder.path(), &self.compile_together()?)?;
            let read = diagnostics::read(&finished.stderr);
            if finished.succeeded() && !read.unclear && read.missing.is_empty() && read.faulty.is_empty() {
                let library = Library {
                    executor,
                    helper,
                    folder: folder.path(),
                    name: LIBRARY,
                    convention: Convention::Fortran,
                };
                let compiled = members_of(&group, &names, &finished, read.said);
                return compiled::outcomes(self, &library, compiled, as_finished);
            }
            let before = group.len();
            group.retain(|member| !read.faulty.contains(&member.index) && !member.names_any(&read.missing));
            if group.len() == before {
                break;
            }
        }
        Ok(Vec::new())
    }

    /// As the plain plan compiles one program, but to a library, and without optimisation.
    fn compile_together(&self) -> Result<Command, Infrastructure> {
        let own = ["-O0", "-fmax-errors=0", "-shared", "-fPIC", "-Wl,-z,defs", "-o", LIBRARY, "batch.f90"];
        Ok(Command {
            program: self.tools[0].require()?.to_owned(),
            args: FLAGS.iter().copied().chain(own).map(str::to_owned).collect(),
            env: Vec::new(),
            roots: Vec::new(),
            writes: true,
            limits: Limits { cpu: COMPILER_CPU, output: 4 << 20, ..Limits::COMPILER },
        })
    }
}

/// The members of a group that has been compiled.
fn members_of<'a>(
    group: &[Member<'a>],
    names: &Names,
    finished: &Finished,
    mut said: BTreeMap<usize, [String; 2]>,
) -> Vec<Compiled<'a>> {
    let share = u32::try_from(group.len()).unwrap_or(u32::MAX);
    let compiled = |member: &Member<'a>| Compiled {
        index: member.index,
        candidate: member.candidate,
        upto: member.upto,
        entry: member.runs().then(|| Entry { symbol: names.symbol(member.index), proof: member.proof }),
        seal: member.seal.clone(),
        stderr: said.remove(&member.index).unwrap_or_default().concat(),
        cpu: finished.cpu / share,
    };
    group.iter().map(compiled).collect()
}

/// The run as the plain plan sees it, with the seal where the runner has the proof; `None` for what an
/// optimised program might not do, and for what the runner's own limits may have done.
fn as_finished(ran: Ran, program: &Compiled<'_>) -> Option<Finished> {
    let end = match ran.end {
        Ended::Exit(code) => End::Exit(code),
        Ended::Output => End::Output,
        Ended::Signal(_) | Ended::Timeout | Ended::Memory | Ended::Unknown => return None,
    };
    // A place in a file names the wrong one: the compiler had all of them in one text.
    let names_a_file = ran.stderr.contains(".f90");
    let out_of_memory = ["allocat", "memory"].iter().any(|word| ran.stderr.contains(word));
    let stdout = compiled::sealed(&ran, &program.seal);
    (!out_of_memory && !names_a_file).then_some(Finished { end, stdout, stderr: ran.stderr, cpu: ran.cpu })
}
