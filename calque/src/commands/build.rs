//! `calque build`: sources in, a corpus out.

use crate::arguments::BuildArguments;
use crate::build;
use crate::failure::Failure;
use crate::output;
use crate::settings::Settings;
use std::process::ExitCode;

/// The exit code where the corpus is whole, but for programs that the machine failed to judge.
const UNJUDGED: u8 = 3;

/// Runs the command.
pub(crate) fn run(arguments: &BuildArguments) -> Result<ExitCode, Failure> {
    let settings = Settings::new(arguments)?;
    let built = build::run(&settings)?;
    output::print(&format!("{}\n{}", built.report, built.times))?;
    eprintln!("{} records in {}", built.records, settings.out.display());
    if built.unjudged > 0 {
        eprintln!(
            "calque: the machine failed to judge {} programs (ladder.infrastructure); run again to judge them",
            built.unjudged
        );
        return Ok(ExitCode::from(UNJUDGED));
    }
    Ok(if built.records == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
