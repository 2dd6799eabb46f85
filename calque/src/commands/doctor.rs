//! `calque doctor`: what this machine has, and what to do about what it lacks.

use crate::cell;
use crate::failure::Failure;
use crate::output;
use std::process::ExitCode;
use validators::{Isolation, Ladder, Probe, Tool};

/// Runs the command: exit code 1 where something is missing.
pub(crate) fn run() -> Result<ExitCode, Failure> {
    let ladder = Ladder::new(cell::config()?).map_err(|error| Failure::new(error.to_string()))?;
    let probes = ladder.doctor();
    let (sandbox, isolated) = sandbox(&ladder);
    output::print(&format!("{}{sandbox}", table(&probes)))?;
    let complete = isolated && probes.iter().all(Probe::usable);
    Ok(if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One line per tool, and one more where it is missing.
fn table(probes: &[Probe]) -> String {
    let rows: Vec<[String; 4]> =
        probes.iter().flat_map(|probe| probe.tools.iter().map(move |tool| row(probe, tool))).collect();
    let heading = ["language", "tool", "version", "path"].map(str::to_owned);
    let mut widths = heading.each_ref().map(|cell| cell.chars().count());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    for row in std::iter::once(&heading).chain(&rows) {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    for (probe, tool, problem) in problems(probes) {
        out.push_str(&format!(
            "\n{} cannot be judged: {} {problem}; {}\n",
            probe.lang, tool.name, tool.remedy
        ));
    }
    out
}

fn row(probe: &Probe, tool: &Tool) -> [String; 4] {
    let version = if tool.problem.is_some() { "missing" } else { tool.version.as_str() };
    let path = tool.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    [probe.lang.to_string(), tool.name.clone(), version.to_owned(), path]
}

fn problems(probes: &[Probe]) -> impl Iterator<Item = (&Probe, &Tool, &str)> {
    probes.iter().flat_map(|probe| {
        probe
            .tools
            .iter()
            .filter_map(move |tool| tool.problem.as_deref().map(|problem| (probe, tool, problem)))
    })
}

/// How programs are kept from this machine, why not better, and whether they are.
fn sandbox(ladder: &Ladder) -> (String, bool) {
    let said = match (ladder.isolation(), ladder.executor()) {
        (_, Err(error)) => return (format!("\nsandbox: {error}; no program will be run\n"), false),
        (Isolation::Cell, _) => {
            "cell: standing namespaces of its own, Landlock, a list of allowed calls, and limits"
        }
        (Isolation::Namespaces, _) => "namespaces: by bubblewrap, and limits",
        (Isolation::Landlock, _) => "landlock: Landlock, a list of allowed calls, and limits; no namespaces",
        (Isolation::Limits | Isolation::None, _) => "limits only",
    };
    let reasons: String =
        ladder.shortcomings().iter().map(|reason| format!("         not {reason}\n")).collect();
    let is_isolated = !matches!(ladder.isolation(), Isolation::Limits | Isolation::None);
    (format!("\nsandbox: {said}\n{reasons}"), is_isolated)
}
