//! One candidate on its way up: plan, cache, commands, judgement.

use crate::cache::{Cache, Key};
use crate::detail::shorten;
use crate::{
    Batch, Candidate, End, Executor, File, Infrastructure, Judgement, Outcome, Plan, PlanError, Tool,
    Toolchain, Verdict,
};
use grammars::Level;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What a ladder lends to a climb.
pub(crate) struct Means<'a> {
    pub executor: &'a dyn Executor,
    pub cache: Option<&'a Cache>,
    /// Makes the seal of a run.
    pub seal: fn() -> Result<String, Infrastructure>,
}

/// The rung that a candidate can reach at most where `upto` is asked for.
fn goal(candidate: &Candidate, upto: Level) -> Level {
    let has_tests = candidate.checks > 0 && !candidate.tests.trim().is_empty();
    upto.min(if has_tests { Level::Tests } else { Level::Run })
}

/// A candidate before anything has run: what decides about it, or what is known already.
enum Prepared {
    Planned { plan: Plan, upto: Level },
    Known(Outcome),
}

fn prepare(
    toolchain: &dyn Toolchain,
    means: &Means<'_>,
    candidate: &Candidate,
    upto: Level,
) -> Result<Prepared, Infrastructure> {
    let upto = goal(candidate, upto);
    let plan = match toolchain.plan(candidate, upto, PLANNED_SEAL) {
        Ok(plan) => plan,
        Err(e) => return without_plan(e).map(Prepared::Known),
    };
    let known = means.cache.and_then(|cache| cache.get(&key(toolchain, means, candidate, &plan)));
    Ok(known.map_or(Prepared::Planned { plan, upto }, Prepared::Known))
}

fn key<'a>(
    toolchain: &dyn Toolchain,
    means: &Means<'_>,
    candidate: &'a Candidate,
    plan: &Plan,
) -> Key<'a, Candidate> {
    Key::new(candidate, plan, toolchain.tools(), means.executor.isolation())
}

/// Judges a candidate that the grammar has taken, on the rungs up to `upto`.
pub(crate) fn judge(
    toolchain: &dyn Toolchain,
    means: &Means<'_>,
    candidate: &Candidate,
    upto: Level,
) -> Result<Outcome, Infrastructure> {
    match prepare(toolchain, means, candidate, upto)? {
        Prepared::Known(outcome) => Ok(outcome),
        Prepared::Planned { plan, upto } => {
            let outcome = judge_alone(toolchain, means, candidate, upto)?;
            conclude(toolchain, means, candidate, &plan, upto, outcome)
        }
    }
}

/// Judges candidates that the grammar has taken with what the toolchain has for many; what that leaves
/// open it judges alone.
pub(crate) fn judge_together(
    toolchain: &dyn Toolchain,
    batch: &dyn Batch,
    means: &Means<'_>,
    candidates: &[(&Candidate, Level)],
) -> Vec<Result<Outcome, Infrastructure>> {
    let prepared: Vec<_> =
        candidates.iter().map(|(candidate, upto)| prepare(toolchain, means, candidate, *upto)).collect();
    let open: Vec<_> = prepared
        .iter()
        .zip(candidates)
        .filter_map(|(prepared, (candidate, _))| match prepared {
            Ok(Prepared::Planned { upto, .. }) => Some((*candidate, *upto)),
            _ => None,
        })
        .collect();
    // A batch that fails as a whole says nothing about its programs: each then has its own say.
    let mut judged = batch.judge(means.executor, &open).unwrap_or_default().into_iter();
    let conclude_one = |(prepared, (candidate, _)): (_, &(&Candidate, Level))| match prepared {
        Err(e) => Err(e),
        Ok(Prepared::Known(outcome)) => Ok(outcome),
        Ok(Prepared::Planned { plan, upto }) => {
            let outcome = match judged.next().flatten() {
                Some(outcome) => outcome,
                None => judge_alone(toolchain, means, candidate, upto)?,
            };
            conclude(toolchain, means, candidate, &plan, upto, outcome)
        }
    };
    prepared.into_iter().zip(candidates).map(conclude_one).collect()
}

/// Completes an outcome by what is the same for all toolchains, and keeps it.
fn conclude(
    toolchain: &dyn Toolchain,
    means: &Means<'_>,
    candidate: &Candidate,
    plan: &Plan,
    upto: Level,
    mut outcome: Outcome,
) -> Result<Outcome, Infrastructure> {
    outcome.toolchain = Tool::versions(toolchain.tools());
    if outcome.level >= upto {
        // What stopped it, if anything, is above what was asked for.
        (outcome.level, outcome.verdict) = (upto, Verdict::Ok);
        outcome.detail.clear();
    }
    // The seal proves that all checks ran and passed; of others nothing certain is known.
    if outcome.reached(Level::Tests) {
        (outcome.tests_run, outcome.tests_passed) = (candidate.checks, candidate.checks);
    }
    // A machine that is less busy may let it end in time.
    if let Some(cache) = means.cache.filter(|_| outcome.verdict != Verdict::Timeout) {
        cache.put(&key(toolchain, means, candidate, plan), &outcome)?;
    }
    Ok(outcome)
}

/// Judges a candidate by the plan of its toolchain, with a seal that nobody has seen before.
fn judge_alone(
    toolchain: &dyn Toolchain,
    means: &Means<'_>,
    candidate: &Candidate,
    upto: Level,
) -> Result<Outcome, Infrastructure> {
    let seal = (means.seal)()?;
    match toolchain.plan(candidate, upto, &seal) {
        Ok(plan) => carry_out(toolchain, means.executor, &plan, &seal),
        Err(e) => without_plan(e),
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
    let mut outcome =
        Outcome { isolation: executor.isolation(), ..Outcome::new(Level::Parse, Verdict::Ok, "") };
    for (index, step) in plan.steps.iter().enumerate() {
        let finished = executor.execute(folder.path(), &step.command)?;
        outcome.cpu_ms += finished.cpu_ms();
        outcome.warnings.extend(toolchain.warnings(&finished));
        match toolchain.judge(plan, index, &finished, seal) {
            Judgement::Next(level) => outcome.level = outcome.level.max(level),
            Judgement::Stop { level, verdict, detail } => {
                (outcome.level, outcome.verdict) = (level, verdict);
                outcome.detail = explain(verdict, &telling_first(&detail, toolchain), finished.end);
                break;
            }
        }
    }
    Ok(outcome)
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
    use crate::scripted::{Scripted, finished};
    use crate::toolchains::{Fortran, Julia};
    use crate::{Finished, Toolchain};

    const OK: End = End::Exit(0);
    const SEAL: &str = "sealed-for-tests";

    fn means<'a>(executor: &'a dyn Executor, cache: Option<&'a Cache>) -> Means<'a> {
        Means { executor, cache, seal: || Ok(SEAL.to_owned()) }
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
        let outcome = judge(toolchain, &means(&executor, None), candidate, upto);
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
        let cache = Cache::open(folder.path()).expect("a cache");
        let script = [Ok(finished(OK, "", "")), Ok(finished(OK, &format!("{SEAL}\n"), ""))];
        let executor = Scripted::new(script);
        let means = means(&executor, Some(&cache));
        let first = judge(&Fortran::present(), &means, &candidate, Level::Tests).expect("a script");
        let second = judge(&Fortran::present(), &means, &candidate, Level::Tests).expect("the cache");
        assert_eq!(first, second);
        assert_eq!(executor.asked().len(), 2);
    }
}
