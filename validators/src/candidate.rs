//! What climbs the ladder.

use grammars::LangId;
use serde::{Deserialize, Serialize};

/// A program in a target language with its tests, to be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The language of both texts.
    pub lang: LangId,
    /// The program.
    pub program: String,
    /// The tests: a file that runs after the program (Julia), or a main program compiled with it
    /// (Fortran, COBOL). Empty where there are none; then the ladder ends at [`Run`], or at
    /// [`Compile`] where the program has no main program of its own.
    ///
    /// [`Run`]: grammars::Level::Run
    /// [`Compile`]: grammars::Level::Compile
    pub tests: String,
    /// How many checks `tests` makes. With 0 the rung of tests cannot be reached.
    pub checks: u32,
}
