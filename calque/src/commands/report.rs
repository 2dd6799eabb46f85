//! `calque report`: the folder of a build as text, and as a page.

use crate::arguments::ReportArguments;
use crate::failure::Failure;
use crate::output;
use corpora::readers::rows;
use corpora::report::{Summary, page, text};
use corpora::{Manifest, Record, Rejected, writers};
use std::path::Path;
use std::process::ExitCode;

/// Records shown on the page.
const SHOWN: usize = 10;
/// Programs with more lines are not shown.
const SHOWN_LINES: usize = 80;
/// The page's name in the folder of the build.
const PAGE: &str = "report.html";

/// Runs the command.
pub(crate) fn run(arguments: &ReportArguments) -> Result<ExitCode, Failure> {
    let folder = &arguments.folder;
    let manifest = manifest(folder)?;
    let mut summary = Summary::new(&manifest);
    let shown = records(folder, &manifest, &mut summary)?;
    for row in rows::<Rejected>(&folder.join(manifest.rejections_file()), manifest.format)? {
        summary.add_rejected(&row?);
    }
    writers::write_text(&folder.join(PAGE), &page(&manifest, &summary, &shown))?;
    output::print(&text(&manifest, &summary))?;
    eprintln!("{} shows records side by side", folder.join(PAGE).display());
    Ok(ExitCode::SUCCESS)
}

/// The description of the build in `folder`.
pub(super) fn manifest(folder: &Path) -> Result<Manifest, Failure> {
    let path = folder.join(Manifest::FILE);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::new(format!(
            "{} is no folder of a build: {} cannot be read: {error}",
            folder.display(),
            Manifest::FILE
        ))
    })?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{} is damaged: {error}", path.display())))
}

/// Counts the records of all targets, and returns those to show: short ones, evenly spread over
/// each target's table and not the same programs for all.
fn records(folder: &Path, manifest: &Manifest, summary: &mut Summary) -> Result<Vec<Record>, Failure> {
    let filled: Vec<_> = manifest.targets.iter().filter(|target| target.records > 0).collect();
    let share = SHOWN.div_ceil(filled.len().max(1));
    let mut shown = Vec::new();
    for (position, target) in filled.iter().enumerate() {
        let wanted = share.min(SHOWN - shown.len());
        let offset = position * target.records / filled.len();
        let mut taken = 0;
        for (index, row) in
            rows::<Record>(&folder.join(manifest.data_file(&target.id)), manifest.format)?.enumerate()
        {
            let record = row?;
            summary.add_record(&record);
            let due = index * wanted >= taken * target.records + offset;
            if taken < wanted && due && record.source.lines().count() <= SHOWN_LINES {
                taken += 1;
                shown.push(record);
            }
        }
    }
    Ok(shown)
}
