//! The calque command.

use std::process::ExitCode;

fn main() -> ExitCode {
    calque::main()
}
