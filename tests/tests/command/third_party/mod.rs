//! Tests that third parties wrote for translations of well-known problems, by their own rules of what passes.
//!
//! The problems lie in `shared/data` beside the project and are never part of it; without them the tests say so and
//! pass. A sample is judged unless `CALQUE_THIRD_PARTY=all`; `benches/third_party` does that and shows the figures.

mod cobol;
mod fortran;
mod julia;
mod programs;
mod run;
mod sets;
mod tally;
