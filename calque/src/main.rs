//! The calque command.
fn main() {}
