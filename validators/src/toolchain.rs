//! What a toolchain plans and how it judges; both are pure.

use crate::{Candidate, Command, Executor, Finished, Infrastructure, Outcome, Tool, Verdict};
use grammars::{LangId, Level, Rejection};

/// A file to be written before the first step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the candidate's folder.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// One command on the way up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rung that it decides about; a step may decide about the rungs below too.
    pub rung: Level,
    /// What to run.
    pub command: Command,
}

/// How to climb the rungs above [`Level::Parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What to write first.
    pub files: Vec<File>,
    /// What to run, in order, until a judgement stops.
    pub steps: Vec<Step>,
}

/// What a finished step means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// The program has passed this level; the next step decides about the rest. After the last
    /// step this means that nothing is against the program.
    Next(Level),
    /// The climb ends here.
    Stop {
        /// The highest level passed.
        level: Level,
        /// What stopped it, or [`Verdict::Ok`].
        verdict: Verdict,
        /// The part of the output that says why, as it was written.
        detail: String,
    },
}

/// The compiler and run-time system of one target language.
///
/// It plans commands and judges what they did; an [`crate::Executor`] runs them. Nothing here
/// touches the world, except [`Toolchain::tools`], which looks for programs once.
pub trait Toolchain: Send + Sync {
    /// The language.
    fn lang(&self) -> LangId;

    /// The programs that it consists of, as found on this machine.
    fn tools(&self) -> &[Tool];

    /// A small program with tests that passes wherever the toolchain works.
    fn proof(&self) -> Candidate;

    /// The first rung: whether the language's grammar takes both texts.
    ///
    /// # Errors
    /// A rejection with the code `LANG.syntax`, or `LANG.forbidden` for what programs must not do.
    fn parse(&self, candidate: &Candidate) -> Result<(), Rejection>;

    /// The commands that decide about the rungs up to `upto`. `seal` is a line that the tests must
    /// write last on standard output; only a statement that the plan itself puts behind the last
    /// check writes it, so that a program that ends early is found out.
    ///
    /// # Errors
    /// [`PlanError`]: the tests have no place for the seal, or a tool is missing.
    fn plan(&self, candidate: &Candidate, upto: Level, seal: &str) -> Result<Plan, PlanError>;

    /// What the `step`-th step of `plan` means.
    fn judge(&self, plan: &Plan, step: usize, finished: &Finished, seal: &str) -> Judgement;

    /// Whether this line of output says what went wrong. Such lines come first in an outcome's detail.
    fn tells(&self, line: &str) -> bool;

    /// The toolchain's warnings in the output of a step.
    fn warnings(&self, finished: &Finished) -> Vec<String>;

    /// A cheaper way to judge many programs, where there is one.
    fn batch(&self) -> Option<&dyn Batch> {
        None
    }
}

/// Judges many programs for less than one at a time costs: in one compiler call, or in a warm worker.
///
/// It must say of each program what the plan of its [`Toolchain`] would say of it alone. Where it
/// cannot be sure it says nothing, and the program is judged alone.
pub trait Batch: Send + Sync {
    /// How many programs it takes at a time.
    fn size(&self) -> usize;

    /// The outcomes of programs that the grammar has taken, each on the rungs up to the level beside
    /// it, in their order; `None` for what has to be judged alone.
    ///
    /// # Errors
    /// For what is wrong with the machine. Then nothing is said about any of the programs.
    fn judge(
        &self,
        executor: &dyn Executor,
        candidates: &[(&Candidate, Level)],
    ) -> Result<Vec<Option<Outcome>>, Infrastructure>;
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The candidate's fault: its tests cannot be sealed.
    #[error("{0}")]
    Candidate(String),
    /// The machine's fault.
    #[error(transparent)]
    Infrastructure(#[from] Infrastructure),
}
