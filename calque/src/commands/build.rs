//! `calque build`: sources in, a corpus out.

use crate::arguments::BuildArguments;
use crate::build;
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;
use std::process::ExitCode;

/// Runs the command.
pub(crate) fn run(arguments: &BuildArguments) -> Result<ExitCode, Failure> {
    let settings = Settings::new(arguments)?;
    let built = build::run(&settings)?;
    output::print(&format!("{}\n{}", built.report, built.times))?;
    eprintln!("{} records in {}", built.records, settings.out.display());
    Ok(if built.records == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
