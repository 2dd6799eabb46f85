//! Lets the real toolchains decide which translations are right.
//!
//! A [`Candidate`] climbs a [`Ladder`]: the target's grammar takes it, the toolchain compiles it, it
//! runs, its tests pass. Programs are untrusted, so everything after the first rung happens in a
//! sandbox. What the program does wrong is an [`Outcome`] with a [`Verdict`]; what the machine does
//! wrong (no compiler, no sandbox, no disk) is an [`Infrastructure`] error, and the two never mix.
//!
//! The [`oracle`]s run a source's own tests the same way.

pub mod agreement;
mod cache;
mod candidate;
mod cell;
mod climb;
mod detail;
mod doctor;
mod doubts;
mod executor;
mod helper;
mod ladder;
pub mod oracle;
mod outcome;
mod runner;
mod sandbox;
#[cfg(test)]
mod scripted;
mod session;
mod together;
mod toolchain;
pub mod toolchains;
mod worker;

pub use candidate::Candidate;
pub use doctor::{Probe, Tool};
pub use executor::{Command, End, Executor, Finished, Isolation, Limits};
pub use helper::main_if_helper;
pub use ladder::{Broken, Config, Ladder};
pub use outcome::{Infrastructure, Outcome, Verdict, Witness};
pub use sandbox::Sandbox;
pub use session::Session;
pub use together::Confirm;
pub use toolchain::{Batch, File, Judgement, Plan, PlanError, Step, Toolchain};
