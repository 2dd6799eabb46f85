//! `calque dedup`: files, JSON lines and Parquet without near-duplicates.

use crate::arguments::DedupArguments;
use crate::failure::Failure;
use crate::guard;
use crate::progress::Progress;
use corpora::decontaminate::EvaluationSets;
use corpora::deduplicate::{self, Action, Settings, Substrings, Summary};
use corpora::documents::{self, Fields, Shard};
use corpora::near::NearOptions;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Unreadable inputs that are named on stderr; all are in a file.
const SHOWN: usize = 10;
/// The unit of progress.
const MEGABYTE: u64 = 1_000_000;

/// Runs the command.
pub(crate) fn run(arguments: &DedupArguments) -> Result<ExitCode, Failure> {
    if arguments.repositories && arguments.repeated == Action::Drop {
        let message =
            "--repeated drop leaves out single documents and --repositories never does; use one of them";
        return Err(Failure::usage(message));
    }
    let shards = documents::find(&arguments.inputs, &arguments.endings)?;
    let against = EvaluationSets::read(&arguments.against)?;
    let around = folder_around(&arguments.out)?;
    // Everything is made in a folder beside and appears at once; what a killed run left there has another name.
    let staging = tempfile::Builder::new()
        .prefix(".calque-dedup-")
        .tempdir_in(&around)
        .map_err(|error| Failure::write(&around, error))?;
    let settings = settings(arguments, against, staging.path());
    let summary = guard::with_workers(arguments.jobs.jobs, || work(&shards, &settings, staging.path()))?;
    publish(staging, &arguments.out)?;
    report(&summary, &arguments.out);
    let nothing = summary.documents == 0;
    Ok(if nothing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn settings(arguments: &DedupArguments, against: EvaluationSets, spill: &Path) -> Settings {
    Settings {
        fields: Fields {
            text: arguments.field.clone(),
            id: arguments.id.clone(),
            repository: arguments.repository.clone(),
        },
        near: NearOptions {
            ngram: arguments.ngram,
            threshold: arguments.threshold,
            memory: arguments.memory,
            spill: spill.to_owned(),
        },
        repositories: arguments.repositories,
        best: arguments.keep,
        against,
        substrings: arguments.substrings.map(|shortest| Substrings {
            shortest,
            action: arguments.repeated,
            share: arguments.repeated_share,
        }),
    }
}

/// The folder that `out` will appear in; `out` must not be there, or be empty.
fn folder_around(out: &Path) -> Result<PathBuf, Failure> {
    match fs::read_dir(out) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                let message = format!("{} is not empty; give --out a new folder", out.display());
                return Err(Failure::usage(message));
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(Failure::write(out, error)),
    }
    let around = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(around).map_err(|error| Failure::write(around, error))?;
    Ok(around.to_owned())
}

fn work(shards: &[Shard], settings: &Settings, folder: &Path) -> Result<Summary, Failure> {
    let total: u64 = shards.iter().map(|shard| shard.bytes).sum();
    let mut progress = Progress::of((total / MEGABYTE) as usize, "MB");
    let (mut read, mut shown) = (0, 0);
    let summary = deduplicate::deduplicate(shards, settings, folder, &mut |bytes| {
        read += bytes;
        progress.advance((read / MEGABYTE - shown) as usize, "reading");
        shown = read / MEGABYTE;
    });
    progress.finish();
    Ok(summary?)
}

/// Makes the result appear at `out`.
fn publish(staging: tempfile::TempDir, out: &Path) -> Result<(), Failure> {
    let fail = |error| Failure::write(out, error);
    open_to_others(staging.path()).map_err(fail)?;
    fs::rename(staging.path(), out).map_err(fail)?;
    // It is no longer where it would be removed.
    let _ = staging.keep();
    Ok(())
}

/// Temporary folders are private; a result has the usual permissions.
fn open_to_others(folder: &Path) -> std::io::Result<()> {
    let usual = folder.join(deduplicate::KEPT);
    fs::set_permissions(folder, fs::metadata(usual)?.permissions())
}

/// Says on stderr what came of it.
fn report(summary: &Summary, out: &Path) {
    for unread in summary.unread.iter().take(SHOWN) {
        let line = unread.line.map_or_else(String::new, |line| format!(":{line}"));
        eprintln!("{}{line}: {} ({})", unread.path, unread.message, unread.code);
    }
    let unread = summary.unread.len();
    if unread > SHOWN {
        eprintln!("{} more in {}", unread - SHOWN, out.join(deduplicate::UNREAD).display());
    }
    let kept = summary.documents - summary.dropped_documents - summary.contaminated;
    eprintln!(
        "{} documents ({:.1} MB) read, {unread} not readable; {} kept, {} left out as near-duplicates of {} of them",
        summary.documents,
        summary.bytes as f64 / MEGABYTE as f64,
        kept,
        summary.dropped_documents,
        summary.clusters,
    );
    if summary.contaminated > 0 {
        eprintln!(
            "{} documents left out because an evaluation set has them, listed in {}",
            summary.contaminated,
            deduplicate::CONTAMINATED,
        );
    }
    if summary.runs > 0 {
        eprintln!(
            "{} repeated runs, listed in {}; {} documents masked or left out because of them",
            summary.runs,
            deduplicate::RUNS,
            summary.repeated_documents,
        );
    }
    if summary.units != summary.documents {
        eprintln!("{} repositories compared, {} of them left out", summary.units, summary.dropped);
    }
    eprintln!("written to {}", out.display());
}
