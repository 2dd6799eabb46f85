//! One candidate on its way up: plan, cache, commands, judgement.

use crate::cache::{Cache, Key};
use crate::detail::shorten;
use crate::{
    Candidate, Executor, File, Infrastructure, Judgement, Outcome, Plan, PlanError, Tool, Toolchain, Verdict,
};
use grammars::Level;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What a ladder lends to a climb.
pub(crate) struct Means<'a> {
    pub executor: &'a dyn Executor,
    pub cache: Option<&'a Cache>,
}

/// Judges a candidate that the grammar has taken, on the rungs up to `upto`.
pub(crate) fn judge(
    toolchain: &dyn Toolchain,
    means: &Means<'_>,
    candidate: &Candidate,
    upto: Level,
) -> Result<Outcome, Infrastructure> {
    let has_tests = candidate.checks > 0 && !candidate.tests.trim().is_empty();
    let upto = upto.min(if has_tests { Level::Tests } else { Level::Run });
    let seal = seal(&[&candidate.program, &candidate.tests]);
    let plan = match toolchain.plan(candidate, upto, &seal) {
        Ok(plan) => plan,
        Err(PlanError::Candidate(reason)) => {
            return Ok(Outcome::new(Level::Parse, Verdict::Compile, &reason));
        }
        Err(PlanError::Infrastructure(e)) => return Err(e),
    };
    let key = Key::new(candidate, &plan, toolchain.tools(), means.executor.isolation());
    if let Some(outcome) = means.cache.and_then(|cache| cache.get(&key)) {
        return Ok(outcome);
    }
    let mut outcome = carry_out(toolchain, means.executor, &plan, &seal)?;
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
        cache.put(&key, &outcome)?;
    }
    Ok(outcome)
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
                outcome.detail = verdict.limit().map_or_else(|| shorten(&detail), str::to_owned);
                break;
            }
        }
    }
    Ok(outcome)
}

/// A line that no program writes by chance, the same on every run.
pub(crate) fn seal(texts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("calque validators 2026 seal");
    for text in texts {
        hasher.update(text.as_bytes()).update(&[0]);
    }
    format!("sealed-{}", &hasher.finalize().to_hex()[..24])
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
