//! The report as plain text.

use super::summary::{Funnel, Summary};
use crate::manifest::{Audit, Manifest};
use std::fmt::Write;

/// The report: yields per target and rung, reasons by count, licences, tools.
pub fn text(manifest: &Manifest, summary: &Summary) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {} inputs, {} records\n", manifest.name, manifest.inputs, summary.records());
    yields(&mut out, manifest, summary);
    reasons(&mut out, summary);
    counts(&mut out, "licences of the records", &summary.licenses);
    counts(&mut out, "source languages of the records", &summary.source_langs);
    audit(&mut out, &manifest.audit);
    tools(&mut out, manifest);
    out
}

/// One line per target, one column per rung.
fn yields(out: &mut String, manifest: &Manifest, summary: &Summary) {
    let rungs = summary.rungs();
    let _ = write!(out, "{:<10}{:>8}{:>17}", "target", "units", "translated");
    for rung in &rungs {
        let _ = write!(out, "{:>17}", rung.as_str());
    }
    let _ = writeln!(out, "{:>12}{:>10}", "duplicates", "records");
    for funnel in &summary.funnels {
        let _ = write!(
            out,
            "{:<10}{:>8}{:>17}",
            funnel.target.as_str(),
            funnel.units,
            share(funnel, funnel.translated)
        );
        for &rung in &rungs {
            let _ = write!(out, "{:>17}", share(funnel, funnel.at(rung)));
        }
        let _ = writeln!(out, "{:>12}{:>10}", funnel.duplicates, funnel.records);
    }
    let _ = writeln!(
        out,
        "\nA record passed the rung `{}`; shares are of the units (a unit is a program or an independent part of one).\n{} checks ran; {} doctests that the source language's own interpreter refutes were left out.",
        manifest.level, summary.checks, summary.refuted_doctests
    );
}

fn share(funnel: &Funnel, count: usize) -> String {
    if funnel.units == 0 {
        return count.to_string();
    }
    format!("{count} ({:.1} %)", 100.0 * count as f64 / funnel.units as f64)
}

/// Every reason with its count and example places.
fn reasons(out: &mut String, summary: &Summary) {
    let reasons = summary.reasons();
    if reasons.is_empty() {
        out.push_str("\nNothing was rejected.\n");
        return;
    }
    out.push_str("\nreasons for rejection, by count\n");
    for reason in reasons {
        let _ = writeln!(out, "{:>7}  {} [{}]", reason.count, reason.code, reason.target);
        for example in &reason.examples {
            let _ = writeln!(out, "           {}: {}", example.place, first_line(&example.message));
        }
    }
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

fn counts(out: &mut String, title: &str, counts: &std::collections::BTreeMap<String, usize>) {
    if counts.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for (name, count) in counts {
        let _ = writeln!(out, "{count:>7}  {name}");
    }
}

/// What was confirmed, and what the machine could not do.
fn audit(out: &mut String, audit: &Audit) {
    let _ = writeln!(
        out,
        "\nconfirmed alone by the plain toolchains (asked for: {}): {} programs that passed, {} disagreements",
        audit.confirm,
        audit.confirmed,
        audit.disagreements.len()
    );
    for name in &audit.disagreements {
        let _ = writeln!(out, "           {name}");
    }
    if audit.unjudged > 0 {
        let _ = writeln!(
            out,
            "{} programs could not be judged because the machine failed (ladder.infrastructure); run again to judge them",
            audit.unjudged
        );
    }
}

fn tools(out: &mut String, manifest: &Manifest) {
    let _ = writeln!(out, "\ntools\n         calque {}", manifest.version);
    let toolchains = manifest.targets.iter().map(|target| &target.toolchain);
    for tool in toolchains.chain(&manifest.oracles) {
        let _ = write!(out, "         {}", tool.describe());
        match &tool.advice {
            Some(advice) => {
                let _ = writeln!(out, ": its rungs are unavailable; {advice}");
            }
            None => out.push('\n'),
        }
    }
    let _ = writeln!(out, "         isolation: {}", manifest.isolation);
}
