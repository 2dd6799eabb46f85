//! The calque command as a library: one file per command, and what they share.
//!
//! Exit codes: 0 when the command did its work, also if some inputs were rejected; 1 on an error,
//! or when nothing came out; 2 for wrong usage.

mod agree;
mod arguments;
mod build;
mod candidates;
mod cell;
mod commands;
mod compile;
mod diagnostics;
mod excerpt;
mod failure;
mod guard;
mod lines;
mod oracle;
mod output;
mod package;
mod progress;
mod settings;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

/// Runs the command with the process's arguments.
pub fn main() -> ExitCode {
    if let Some(code) = validators::main_if_helper() {
        return code;
    }
    guard::install();
    let outcome = match Arguments::parse().command {
        Command::Translate(arguments) => commands::translate::run(&arguments),
        Command::Validate(arguments) => commands::validate::run(&arguments),
        Command::Build(arguments) => commands::build::run(&arguments),
        Command::Shape(arguments) => commands::shape::run(&arguments),
        Command::Dedup(arguments) => commands::dedup::run(&arguments),
        Command::Doctor => commands::doctor::run(),
        Command::Report(arguments) => commands::report::run(&arguments),
    };
    outcome.unwrap_or_else(|failure| {
        eprintln!("calque: {failure}");
        failure.exit_code()
    })
}
