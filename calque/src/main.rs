//! The calque command.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Trees of small nodes are built and dropped all the time: with the usual allocator that is a quarter of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    calque::main()
}
