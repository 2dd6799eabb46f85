//! `calque build`: sources in, a corpus out.

use crate::arguments::BuildArguments;
use crate::build;
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;
use std::process::ExitCode;
use std::time::Instant;

/// Runs the command.
pub(crate) fn run(arguments: &BuildArguments) -> Result<ExitCode, Failure> {
    let settings = Settings::new(arguments)?;
    let start = Instant::now();
    let built = build::run(&settings)?;
    output::print(&built.report)?;
    eprintln!(
        "{} records in {} after {:.1} s",
        built.records,
        settings.out.display(),
        start.elapsed().as_secs_f64()
    );
    Ok(if built.records == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
