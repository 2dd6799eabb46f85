//! One source before its oracle: plan, cache, commands, findings.

use super::{Findings, Oracle, Report, Source};
use crate::cache::Key;
use crate::climb::{Means, PLANNED_SEAL, write_files};
use crate::detail::shorten;
use crate::{End, Executor, Infrastructure, Plan, PlanError, Tool, Verdict};

/// Runs the tests of `source`: in a warm worker where that can say what comes out, otherwise by the plan.
pub(crate) fn ask(oracle: &dyn Oracle, means: &Means<'_>, source: &Source) -> Result<Report, Infrastructure> {
    let plan = match oracle.plan(source, PLANNED_SEAL) {
        Ok(plan) => plan,
        Err(e) => return without_plan(oracle, means, e),
    };
    let key = Key::new(source, &plan, oracle.tools(), means.executor.isolation());
    if let Some(report) = means.cache.and_then(|cache| cache.get(&key)) {
        return Ok(report);
    }
    let warm = oracle.warm().and_then(|warm| warm.tests(means.executor, source));
    let report = match warm {
        Some((findings, cpu_ms)) => Report { cpu_ms, ..report(oracle, means, findings) },
        None => ask_alone(oracle, means, source)?,
    };
    means.keep(&source.lang, &key, &report, opinion(&report))?;
    Ok(report)
}

/// Runs the tests of `source` by the plan, whatever is known already.
pub(crate) fn ask_alone(
    oracle: &dyn Oracle,
    means: &Means<'_>,
    source: &Source,
) -> Result<Report, Infrastructure> {
    let seal = (means.seal)()?;
    match oracle.plan(source, &seal) {
        Ok(plan) => {
            let (findings, cpu_ms) = carry_out(oracle, means.executor, &plan, &seal)?;
            Ok(Report { cpu_ms, ..report(oracle, means, findings) })
        }
        Err(e) => without_plan(oracle, means, e),
    }
}

/// The verdict, or that the tests that ran speak against the source.
fn opinion(report: &Report) -> Verdict {
    if report.verdict == Verdict::Ok && !report.accepts() { Verdict::Wrong } else { report.verdict }
}

fn without_plan(oracle: &dyn Oracle, means: &Means<'_>, error: PlanError) -> Result<Report, Infrastructure> {
    match error {
        PlanError::Candidate(reason) => {
            let findings = Findings { cases: Vec::new(), verdict: Verdict::Compile, detail: reason };
            Ok(report(oracle, means, findings))
        }
        PlanError::Infrastructure(e) => Err(e),
    }
}

fn carry_out(
    oracle: &dyn Oracle,
    executor: &dyn Executor,
    plan: &Plan,
    seal: &str,
) -> Result<(Findings, u64), Infrastructure> {
    let folder = executor.folder()?;
    write_files(folder.path(), &plan.files)?;
    let mut cpu_ms = 0;
    for (index, step) in plan.steps.iter().enumerate() {
        let finished = executor.execute(folder.path(), &step.command)?;
        cpu_ms += finished.cpu_ms();
        if finished.end == End::Signal(9) {
            return Err(Infrastructure::Sandbox(
                "signal 9, which nobody here sent, ended the oracle".to_owned(),
            ));
        }
        if let Some(findings) = oracle.judge(plan, index, &finished, seal) {
            return Ok((findings, cpu_ms));
        }
    }
    Ok((Findings { cases: Vec::new(), verdict: Verdict::Ok, detail: String::new() }, cpu_ms))
}

fn report(oracle: &dyn Oracle, means: &Means<'_>, findings: Findings) -> Report {
    let Findings { mut cases, verdict, detail } = findings;
    for case in &mut cases {
        case.detail = shorten(&case.detail);
    }
    Report {
        cases,
        verdict,
        detail: verdict.limit().map_or_else(|| shorten(&detail), str::to_owned),
        cpu_ms: 0,
        toolchain: Tool::versions(oracle.tools()),
        isolation: means.executor.isolation(),
    }
}
