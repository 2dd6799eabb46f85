//! A helper process for the tests of this crate; calque itself is its own helper.

use std::process::ExitCode;

fn main() -> ExitCode {
    validators::main_if_helper().unwrap_or(ExitCode::FAILURE)
}
