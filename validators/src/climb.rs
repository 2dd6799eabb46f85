//! One candidate on its way up: plan, cache, commands, judgement.

use crate::cache::{Cache, Entry, Key};
use crate::detail::shorten;
use crate::doubts::Doubts;
use crate::{
    Candidate, End, Executor, File, Finished, Infrastructure, Isolation, Judgement, Outcome, Plan, PlanError,
    Tool, Toolchain, Verdict, Witness,
};
use grammars::{LangId, Level};
use serde::Serialize;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What a ladder lends to a climb.
pub(crate) struct Means<'a> {
    pub executor: &'a dyn Executor,
    pub cache: Option<&'a Cache>,
    pub doubts: &'a Doubts,
    /// Makes the seal of a run.
    pub seal: fn() -> Result<String, Infrastructure>,
}

impl Means<'_> {
    /// Keeps what the tools of `lang` said; what speaks against a program only once they are proven to work.
    pub fn keep<T: Serialize, R: Serialize>(
        &self,
        lang: &LangId,
        key: &Key<'_, T>,
        result: &R,
        verdict: Verdict,
    ) -> Result<(), Infrastructure> {
        let entry = || Entry::new(key, result);
        match (self.cache, verdict) {
            (Some(cache), Verdict::Ok) => cache.put(entry()),
            // A machine that is less busy may let it end in time.
            (_, Verdict::Ok | Verdict::Timeout) => Ok(()),
            (cache, _) => {
                self.doubts.add(lang, cache.and_then(|_| entry()));
                Ok(())
            }
        }
    }
}

/// The rung that a candidate can reach at most where `upto` is asked for.
fn goal(candidate: &Candidate, upto: Level) -> Level {
    let has_tests = candidate.checks > 0 && !candidate.tests.trim().is_empty();
    upto.min(if has_tests { Level::Tests } else { Level::Run })
}

/// A candidate that the grammar has taken, and what decides about the other rungs.
pub(crate) struct Climb<'a> {
    toolchain: &'a dyn Toolchain,
    means: &'a Means<'a>,
    /// What is judged.
    pub candidate: &'a Candidate,
    /// The rung that it can reach at most.
    pub upto: Level,
    /// What is planned, but for the seal.
    plan: Plan,
}

/// What there is before anything has run.
pub(crate) enum Start<'a> {
    /// It has to be judged.
    Ready(Climb<'a>),
    /// Its texts decide.
    Decided(Outcome),
}

impl<'a> Climb<'a> {
    /// Plans the climb.
    pub fn start(
        toolchain: &'a dyn Toolchain,
        means: &'a Means<'a>,
        candidate: &'a Candidate,
        upto: Level,
    ) -> Result<Start<'a>, Infrastructure> {
        let upto = goal(candidate, upto);
        match toolchain.plan(candidate, upto, PLANNED_SEAL) {
            Ok(plan) => Ok(Start::Ready(Climb { toolchain, means, candidate, upto, plan })),
            Err(e) => without_plan(e).map(Start::Decided),
        }
    }

    /// What an earlier run said of it.
    pub fn known(&self) -> Option<Outcome> {
        self.means.cache?.get(&self.key())
    }

    /// Judges it by the plain commands of its toolchain, and keeps the verdict.
    pub fn alone(&self) -> Result<Outcome, Infrastructure> {
        self.keep(self.complete(self.run()?, Witness::Alone))
    }

    /// What the plain commands of its toolchain say, with a seal that nobody has seen before.
    pub fn run(&self) -> Result<Outcome, Infrastructure> {
        let seal = (self.means.seal)()?;
        match self.toolchain.plan(self.candidate, self.upto, &seal) {
            Ok(plan) => carry_out(self.toolchain, self.means.executor, &plan, &seal).inspect_err(|e| {
                if matches!(e, Infrastructure::Doubtful(_)) {
                    self.means.doubts.add(&self.candidate.lang, None);
                }
            }),
            Err(e) => without_plan(e),
        }
    }

    /// Completes what `witness` said by what is the same for all toolchains.
    pub fn complete(&self, mut outcome: Outcome, witness: Witness) -> Outcome {
        outcome.witness = witness;
        outcome.toolchain = Tool::versions(self.toolchain.tools());
        if outcome.level >= self.upto {
            // What stopped it, if anything, is above what was asked for.
            (outcome.level, outcome.verdict) = (self.upto, Verdict::Ok);
            outcome.detail.clear();
        }
        // The seal proves that all checks ran and passed; of others nothing certain is known.
        if outcome.reached(Level::Tests) {
            let checks = self.candidate.checks;
            (outcome.tests_run, outcome.tests_passed) = (checks, checks);
        }
        outcome
    }

    /// Keeps a complete verdict.
    pub fn keep(&self, outcome: Outcome) -> Result<Outcome, Infrastructure> {
        self.means.keep(&self.candidate.lang, &self.key(), &outcome, outcome.verdict)?;
        Ok(outcome)
    }

    fn key(&self) -> Key<'a, Candidate> {
        Key::new(self.candidate, &self.plan, self.toolchain.tools(), self.means.executor.isolation())
    }
}

/// Judges a candidate that the grammar has taken, on the rungs up to `upto`.
pub(crate) fn judge(
    toolchain: &dyn Toolchain,
    means: &Means<'_>,
    candidate: &Candidate,
    upto: Level,
) -> Result<Outcome, Infrastructure> {
    match Climb::start(toolchain, means, candidate, upto)? {
        Start::Decided(outcome) => Ok(outcome),
        Start::Ready(climb) => climb.known().map_or_else(|| climb.alone(), Ok),
    }
}

fn without_plan(error: PlanError) -> Result<Outcome, Infrastructure> {
    match error {
        PlanError::Candidate(reason) => Ok(Outcome::new(Level::Parse, Verdict::Compile, &reason)),
        PlanError::Infrastructure(e) => Err(e),
    }
}

fn carry_out(
    toolchain: &dyn Toolchain,
    executor: &dyn Executor,
    plan: &Plan,
    seal: &str,
) -> Result<Outcome, Infrastructure> {
    let folder = executor.folder()?;
    write_files(folder.path(), &plan.files)?;
    let finished = plan.steps.iter().map(|step| executor.execute(folder.path(), &step.command));
    outcome_of(toolchain, executor.isolation(), plan, seal, finished)
}

/// What the steps of a plan say together; the later ones are only asked for where the earlier ones passed.
pub(crate) fn outcome_of(
    toolchain: &dyn Toolchain,
    isolation: Isolation,
    plan: &Plan,
    seal: &str,
    steps: impl IntoIterator<Item = Result<Finished, Infrastructure>>,
) -> Result<Outcome, Infrastructure> {
    let mut outcome = Outcome { isolation, ..Outcome::new(Level::Parse, Verdict::Ok, "") };
    for (index, finished) in steps.into_iter().enumerate() {
        let finished = finished?;
        outcome.cpu_ms += finished.cpu_ms();
        outcome.warnings.extend(toolchain.warnings(&finished));
        match toolchain.judge(plan, index, &finished, seal) {
            Judgement::Next(level) => outcome.level = outcome.level.max(level),
            Judgement::Stop { level, verdict, detail } => {
                (outcome.level, outcome.verdict) = (level, verdict);
                outcome.detail = said(verdict, &detail, finished.end, toolchain);
                if may_be_the_machine(&finished, verdict) {
                    return Err(Infrastructure::Doubtful(Box::new(outcome)));
                }
                break;
            }
        }
    }
    Ok(outcome)
}

/// Whether the machine may be to blame: the kernel kills what it has no memory for, and compilers say that
/// one of their parts was killed, or that the disk is full.
fn may_be_the_machine(finished: &Finished, verdict: Verdict) -> bool {
    let said = |words: &str| finished.stderr.contains(words);
    match verdict {
        Verdict::Compile => said("Killed signal terminated program") || said("No space left on device"),
        _ => finished.end == End::Signal(9),
    }
}

/// What an outcome says about a program that wrote `detail` and ended so.
pub(crate) fn said(verdict: Verdict, detail: &str, end: End, toolchain: &dyn Toolchain) -> String {
    explain(verdict, &telling_first(detail, toolchain), end)
}

/// The output with its telling lines in front.
fn telling_first(output: &str, toolchain: &dyn Toolchain) -> String {
    let (telling, rest): (Vec<&str>, Vec<&str>) = output.lines().partition(|line| toolchain.tells(line));
    [telling, rest].concat().join("\n")
}

/// Why a program did not get further, also where it did not say.
fn explain(verdict: Verdict, detail: &str, end: End) -> String {
    let said = verdict.limit().map_or_else(|| shorten(detail), str::to_owned);
    match end {
        _ if verdict == Verdict::Ok || !said.is_empty() => said,
        End::Signal(signal) => format!("signal {signal} ended it"),
        End::Exit(code) => format!("it ended with exit code {code}"),
        End::Timeout | End::Memory | End::Output => said,
    }
}

/// Stands for the seal in plans that are only looked at: a verdict is known by what was planned, whatever
/// the seal of its run was.
pub(crate) const PLANNED_SEAL: &str = "sealed";

/// A line that no program can know: a new one for each run.
pub(crate) fn fresh_seal() -> Result<String, Infrastructure> {
    let mut random = [0; 16];
    let failed = |e: rustix::io::Errno| Infrastructure::Sandbox(format!("there is no randomness: {e}"));
    rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty()).map_err(failed)?;
    Ok(format!("sealed-{:032x}", u128::from_ne_bytes(random)))
}

/// Writes files that the account of judged programs can read.
pub(crate) fn write_files(folder: &Path, files: &[File]) -> Result<(), Infrastructure> {
    for file in files {
        let path = folder.join(file.name);
        fs::write(&path, &file.text)
            .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o644)))
            .map_err(|e| Infrastructure::file(&path, e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Toolchain;
    use crate::scripted::{Scripted, finished};
    use crate::toolchains::{Fortran, Julia};

    const OK: End = End::Exit(0);
    const SEAL: &str = "sealed-for-tests";

    fn means<'a>(executor: &'a dyn Executor, cache: Option<&'a Cache>, doubts: &'a Doubts) -> Means<'a> {
        Means { executor, cache, doubts, seal: || Ok(SEAL.to_owned()) }
    }

    fn candidate(lang: &'static str, tests: &str) -> Candidate {
        Candidate {
            lang: grammars::LangId::from_static(lang),
            program: "module m\nend module m\n".to_owned(),
            tests: tests.to_owned(),
            checks: 2,
        }
    }

    /// Fortran with a main program as tests.
    fn fortran() -> Candidate {
        candidate("fortran", "program t\nend program t\n")
    }

    fn play(
        toolchain: &dyn Toolchain,
        candidate: &Candidate,
        upto: Level,
        script: Vec<Result<Finished, Infrastructure>>,
    ) -> (Result<Outcome, Infrastructure>, usize) {
        let executor = Scripted::new(script);
        let doubts = Doubts::default();
        let outcome = judge(toolchain, &means(&executor, None, &doubts), candidate, upto);
        (outcome, executor.asked().len())
    }

    fn expect(outcome: &Result<Outcome, Infrastructure>, level: Level, verdict: Verdict) {
        let outcome = outcome.as_ref().expect("no failure of the machine");
        assert_eq!((outcome.level, outcome.verdict), (level, verdict), "{outcome:#?}");
    }

    #[test]
    fn only_the_seal_proves_the_tests() {
        let candidate = fortran();
        let toolchain = Fortran::present();
        let compiled = || Ok(finished(OK, "", ""));
        for (stdout, level, verdict) in [
            (format!("noise\n\n{SEAL}\n"), Level::Tests, Verdict::Ok),
            (format!("{SEAL}\nmore\n"), Level::Run, Verdict::Wrong),
            (String::new(), Level::Run, Verdict::Wrong),
        ] {
            let script = vec![compiled(), Ok(finished(OK, &stdout, ""))];
            let (outcome, _) = play(&toolchain, &candidate, Level::Tests, script);
            expect(&outcome, level, verdict);
            assert_eq!(
                outcome.map(|o| o.tests_passed).ok(),
                Some(if verdict == Verdict::Ok { 2 } else { 0 })
            );
        }
        let failing = vec![compiled(), Ok(finished(End::Exit(1), &format!("{SEAL}\n"), "ERROR STOP no"))];
        expect(&play(&toolchain, &candidate, Level::Tests, failing).0, Level::Run, Verdict::Wrong);
    }

    #[test]
    fn a_failure_of_the_machine_is_no_verdict() {
        let candidate = fortran();
        let script = vec![Ok(finished(OK, "", "")), Err(Infrastructure::Sandbox("no space".into()))];
        let (outcome, _) = play(&Fortran::present(), &candidate, Level::Tests, script);
        assert!(matches!(outcome, Err(Infrastructure::Sandbox(_))));
    }

    #[test]
    fn nothing_runs_above_the_rung_that_was_asked_for() {
        let candidate = fortran();
        let (outcome, commands) =
            play(&Fortran::present(), &candidate, Level::Compile, vec![Ok(finished(OK, "", ""))]);
        expect(&outcome, Level::Compile, Verdict::Ok);
        assert_eq!(commands, 1);
    }

    #[test]
    fn julia_compiles_only_what_the_interpreter_cannot_decide() {
        let candidate = candidate("julia", "@assert true\n");
        let stages = |names: &[&str]| names.iter().map(|name| format!("{SEAL} {name}\n")).collect::<String>();
        let toolchain = Julia::present();
        let all = stages(&["compile", "run", "tests"]);

        let (outcome, commands) =
            play(&toolchain, &candidate, Level::Tests, vec![Ok(finished(OK, &all, ""))]);
        expect(&outcome, Level::Tests, Verdict::Ok);
        assert_eq!(commands, 1);

        let slow = finished(End::Timeout, &stages(&["compile", "run"]), "");
        let script = vec![Ok(slow.clone()), Ok(finished(OK, &all, ""))];
        expect(&play(&toolchain, &candidate, Level::Tests, script).0, Level::Tests, Verdict::Ok);
        expect(
            &play(&toolchain, &candidate, Level::Tests, vec![Ok(slow.clone()), Ok(slow)]).0,
            Level::Compile,
            Verdict::Timeout,
        );

        let wrong = finished(End::Exit(1), &stages(&["compile", "run", "wrong"]), "");
        let (outcome, commands) = play(&toolchain, &candidate, Level::Tests, vec![Ok(wrong)]);
        expect(&outcome, Level::Run, Verdict::Wrong);
        assert_eq!(commands, 1);
    }

    #[test]
    fn a_cached_outcome_calls_nothing() {
        let candidate = fortran();
        let folder = tempfile::tempdir().expect("a folder");
        let open = || Cache::open(&folder.path().join("verdicts.redb")).expect("a cache");
        let script = [Ok(finished(OK, "", "")), Ok(finished(OK, &format!("{SEAL}\n"), ""))];
        let executor = Scripted::new(script);
        let climb = |cache: Cache| {
            let doubts = Doubts::default();
            let means = means(&executor, Some(&cache), &doubts);
            judge(&Fortran::present(), &means, &candidate, Level::Tests).expect("a script or the cache")
        };
        assert_eq!(climb(open()), climb(open()));
        assert_eq!(executor.asked().len(), 2);
    }
}
