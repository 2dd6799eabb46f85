//! Many COBOL programs in one call of the compiler, and all their tests in one runner.
//!
//! `cobc` translates all of them to C, and tcc makes one library of that, where it is installed; otherwise the
//! C compiler of `cobc` does. A program that the compiler has something against, that crashes or that needs more
//! time than the others is judged alone by the plain plan.

use super::source::{self, Member};
use super::{Cobol, FLAGS};
use crate::runner::{Convention, Ended, Entry, Ran};
use crate::toolchains::compiled::{self, Compiled, Library};
use crate::{Batch, Candidate, Command, End, Executor, Finished, Infrastructure, Limits, Outcome, doctor};
use grammars::Level;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Programs in one call.
const SIZE: usize = 50;
/// How often a group is compiled again without those that had errors.
const ROUNDS: usize = 3;
/// The library of a group.
const LIBRARY: &str = "batch.so";
/// CPU seconds of a compiler for a group, far more than it needs.
const COMPILER_CPU: u32 = 15;

impl Batch for Cobol {
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

impl Cobol {
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
            let files = write(folder.path(), &group)?;
            let translated = executor.execute(folder.path(), &self.translate(&files)?)?;
            let faulty = |member: &Member<'_>| {
                translated
                    .stderr
                    .lines()
                    .any(|line| is_about(line, member.index) && !line.contains(": warning: "))
            };
            if translated.succeeded() {
                let built = executor.execute(folder.path(), &build(&files))?;
                if !built.succeeded() {
                    break;
                }
                let library = Library {
                    executor,
                    helper,
                    folder: folder.path(),
                    name: LIBRARY,
                    convention: Convention::Cobol,
                };
                let compiled = members_of(&group, &translated, &built);
                return compiled::outcomes(self, &library, compiled, as_finished);
            }
            let before = group.len();
            group.retain(|member| !faulty(member));
            if group.len() == before {
                break;
            }
        }
        Ok(Vec::new())
    }

    /// To C, with the flags of the plain plan.
    fn translate(&self, files: &[String]) -> Result<Command, Infrastructure> {
        let sources = files.iter().map(|name| format!("{name}.cob"));
        let args = FLAGS.iter().copied().chain(["-C"]).map(str::to_owned).chain(sources).collect();
        Ok(Command {
            program: self.tools[0].require()?.to_owned(),
            args,
            env: Vec::new(),
            roots: Vec::new(),
            writes: true,
            limits: Limits { cpu: COMPILER_CPU, output: 4 << 20, ..Limits::COMPILER },
        })
    }
}

/// From C to one library. What `cobc` writes is C without any liberty, so that every compiler means the same by it.
fn build(files: &[String]) -> Command {
    let (program, flags) = match doctor::find_program("tcc") {
        Some(tcc) => (tcc, ["-w", "-shared", "-o", LIBRARY].as_slice()),
        None => {
            let flags = ["-w", "-O0", "-pipe", "-fsigned-char", "-fPIC", "-shared", "-o", LIBRARY].as_slice();
            ("/usr/bin/gcc".into(), flags)
        }
    };
    let sources = files.iter().map(|name| format!("{name}.c"));
    let args =
        flags.iter().map(|flag| (*flag).to_owned()).chain(sources).chain(["-lcob".to_owned()]).collect();
    Command {
        program,
        args,
        env: Vec::new(),
        roots: Vec::new(),
        writes: true,
        limits: Limits { cpu: COMPILER_CPU * 2, ..Limits::COMPILER },
    }
}

/// Writes the texts of a group; returns the names of the files without their ending.
fn write(folder: &Path, group: &[Member<'_>]) -> Result<Vec<String>, Infrastructure> {
    let mut names = Vec::new();
    for member in group {
        // As in the plain plan, the tests come first.
        let program = (format!("p{}", member.index), member.candidate.program.clone());
        let tests = member.tests().map(|text| (format!("t{}", member.index), text));
        for (name, text) in tests.into_iter().chain([program]) {
            let path = folder.join(format!("{name}.cob"));
            fs::write(&path, text)
                .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o644)))
                .map_err(|e| Infrastructure::file(&path, e))?;
            names.push(name);
        }
    }
    Ok(names)
}

/// Whether a message is about a file of the program at `index`.
fn is_about(line: &str, index: usize) -> bool {
    ['p', 't'].iter().any(|kind| line.starts_with(&format!("{kind}{index}.cob:")))
}

/// A message as it is where the program is compiled alone.
fn as_alone(line: &str, index: usize) -> String {
    line.replacen(&format!("t{index}.cob:"), "tests.cob:", 1).replacen(
        &format!("p{index}.cob:"),
        "program.cob:",
        1,
    )
}

fn members_of<'a>(group: &[Member<'a>], translated: &Finished, built: &Finished) -> Vec<Compiled<'a>> {
    let share = u32::try_from(group.len()).unwrap_or(u32::MAX);
    let compiled = |member: &Member<'a>| {
        let own = translated.stderr.lines().filter(|line| is_about(line, member.index));
        Compiled {
            index: member.index,
            candidate: member.candidate,
            upto: member.upto,
            entry: member.symbol().map(|symbol| Entry { symbol, proof: member.proof }),
            seal: member.seal.clone(),
            stderr: own.map(|line| as_alone(line, member.index) + "\n").collect(),
            cpu: (translated.cpu + built.cpu) / share,
        }
    };
    group.iter().map(compiled).collect()
}

/// What libcob says of an error, as it says it where the program was compiled alone.
fn run_alone(line: &str, index: usize) -> String {
    let last = |kind: char, file: &str| {
        let place = line.trim_end().strip_suffix(&format!(" of {kind}{index}.cob"))?;
        Some(format!("{place} of {file}\n"))
    };
    if line.starts_with("libcob: ") {
        as_alone(line, index)
    } else if line.starts_with(" Last statement of ") {
        last('t', "tests.cob").or_else(|| last('p', "program.cob")).unwrap_or_else(|| line.to_owned())
    } else {
        line.to_owned()
    }
}

/// The run as the plain plan sees it; `None` for what another C compiler's stack or the runner's own limits may
/// have done.
fn as_finished(ran: Ran, program: &Compiled<'_>) -> Option<Finished> {
    let end = match ran.end {
        Ended::Exit(code) => End::Exit(code),
        Ended::Output => End::Output,
        Ended::Signal(_) | Ended::Timeout | Ended::Memory | Ended::Unknown => return None,
    };
    let stderr: String =
        ran.stderr.split_inclusive('\n').map(|line| run_alone(line, program.index)).collect();
    let out_of_memory = stderr.contains("cannot allocate") || stderr.contains("attempt to reference");
    let stdout = compiled::sealed(&ran, &program.seal);
    (!out_of_memory).then_some(Finished { end, stdout, stderr, cpu: ran.cpu })
}
