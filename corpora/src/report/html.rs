//! The report as one HTML page that needs nothing else.

use super::summary::{Funnel, Reason, Summary};
use crate::manifest::Manifest;
use crate::record::Record;
use grammars::Level;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// The page: funnels, reasons with examples, and `records` side by side.
pub fn page(manifest: &Manifest, summary: &Summary, records: &[Record]) -> String {
    let title = escape(&manifest.name);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    let _ = writeln!(
        out,
        "<p>{} inputs, {} records, {} checks ran. A record passed the rung <b>{}</b>.</p>",
        manifest.inputs,
        summary.records(),
        summary.checks,
        manifest.level
    );
    out.push_str("<h2>How far the programs came</h2>\n");
    for (funnel, target) in summary.funnels.iter().zip(&manifest.targets) {
        section(&mut out, funnel, summary, &target.name, &target.toolchain.describe());
    }
    out.push_str("<h2>Why the others did not</h2>\n");
    reasons(&mut out, &summary.reasons());
    out.push_str("<h2>Records</h2>\n");
    records.iter().for_each(|record| pair(&mut out, record));
    out.push_str("</body>\n</html>\n");
    out
}

/// One target's funnel as bars.
fn section(out: &mut String, funnel: &Funnel, summary: &Summary, name: &str, toolchain: &str) {
    let _ = writeln!(
        out,
        "<h3>{} <small>{}</small></h3>\n<table class=\"funnel\">",
        escape(name),
        escape(toolchain)
    );
    bar(out, "units", funnel.units, funnel.units);
    bar(out, "translated", funnel.translated, funnel.units);
    for level in summary.rungs() {
        bar(out, level.as_str(), funnel.at(level), funnel.units);
    }
    bar(out, "records", funnel.records, funnel.units);
    out.push_str("</table>\n");
}

fn bar(out: &mut String, name: &str, count: usize, of: usize) {
    let percent = if of == 0 { 0.0 } else { 100.0 * count as f64 / of as f64 };
    let _ = writeln!(
        out,
        "<tr><th>{name}</th><td class=\"number\">{count}</td><td class=\"number\">{percent:.1} %</td>\
         <td class=\"track\"><div style=\"width:{percent:.1}%\"></div></td></tr>"
    );
}

fn reasons(out: &mut String, reasons: &[&Reason]) {
    if reasons.is_empty() {
        out.push_str("<p>Nothing was rejected.</p>\n");
        return;
    }
    out.push_str("<table>\n<tr><th>count</th><th>reason</th><th>target</th><th>examples</th></tr>\n");
    for reason in reasons {
        let _ = write!(
            out,
            "<tr><td class=\"number\">{}</td><td><code>{}</code></td><td>{}</td><td>",
            reason.count,
            escape(&reason.code),
            escape(&reason.target)
        );
        for example in &reason.examples {
            let _ = write!(out, "<div><b>{}</b> {}</div>", escape(&example.place), escape(&example.message));
        }
        out.push_str("</td></tr>\n");
    }
    out.push_str("</table>\n");
}

/// Source and translation side by side, the tests below.
fn pair(out: &mut String, record: &Record) {
    let facts = facts(record);
    let _ = writeln!(
        out,
        "<section>\n<h3>{} <small>{}</small></h3>\n<div class=\"pair\">\n<div><h4>{}</h4><pre>{}</pre></div>\n\
         <div><h4>{}</h4><pre>{}</pre></div>\n</div>\n<details><summary>tests</summary><pre>{}</pre></details>\n</section>",
        escape(&record.path),
        escape(&facts),
        escape(record.source_lang.as_str()),
        escape(&record.source),
        escape(record.target_lang.as_str()),
        escape(&record.target),
        escape(&record.tests)
    );
}

fn facts(record: &Record) -> String {
    let mut facts = format!("{}, licence {}", record.level, record.license);
    if let (Level::Tests | Level::Agree, Some(run)) = (record.level, record.tests_run) {
        let _ = write!(facts, ", {run} checks");
    }
    for limit in &record.domain {
        let _ = write!(facts, "; {limit}");
    }
    facts
}

/// Text that a page shows as it is.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}
