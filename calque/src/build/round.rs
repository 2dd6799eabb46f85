//! A chunk of inputs: translated side by side, judged together, and what does not do as a whole once more
//! in its parts.

use super::assemble::{self, Draft, Product};
use super::times::Stage;
use super::work::{Begun, Work};
use crate::failure::Failure;
use corpora::readers::Input;
use grammars::{Level, Rejection, Span};
use rayon::prelude::*;
use validators::{Candidate, Infrastructure, Outcome};

/// The records and rejections of `chunk`, input by input.
///
/// # Errors
/// When the machine fails; nothing is known about the chunk then.
pub(super) fn run(work: &Work<'_>, chunk: Vec<Input>) -> Result<Vec<Product>, Failure> {
    let begun = chunk.into_par_iter().map(|input| work.begin(input));
    let mut begun = begun.collect::<Result<Vec<_>, _>>()?;
    judge(work, &mut begun)?;
    begun.par_iter_mut().try_for_each(|begun| work.cut(begun))?;
    judge(work, &mut begun)?;
    Ok(begun.into_iter().flat_map(Begun::products).collect())
}

/// Has all drafts climb the ladder together.
fn judge(work: &Work<'_>, begun: &mut [Begun]) -> Result<(), Failure> {
    let drafts = begun.iter().flat_map(Begun::drafts);
    let asked: Vec<_> = drafts.map(|draft| (&draft.candidate, goal(&draft.candidate, work.level))).collect();
    let mut outcomes = work.times.measure(Stage::Ladder, || work.ladder.climb_all(&asked)).into_iter();
    begun.iter_mut().try_for_each(|begun| {
        begun.conclude(|draft| match outcomes.next() {
            Some(outcome) => product(draft, outcome, work.level),
            None => Err(Failure::new("a program was left without a verdict")),
        })
    })
}

/// The rung to climb to: no toolchain is called for what cannot become a record.
fn goal(candidate: &Candidate, wanted: Level) -> Level {
    if candidate.checks == 0 && wanted >= Level::Tests { Level::Parse } else { wanted }
}

/// What becomes of a draft that has climbed.
fn product(
    draft: Draft,
    outcome: Result<Outcome, Infrastructure>,
    wanted: Level,
) -> Result<Product, Failure> {
    match outcome {
        Ok(outcome) if outcome.reached(wanted) => Ok(draft.record(outcome)),
        Ok(outcome) => Ok(draft.rejected(assemble::refusal(&outcome, wanted), outcome.level)),
        Err(missing @ (Infrastructure::MissingTool { .. } | Infrastructure::NoSandbox(_))) => {
            let rejection = Rejection::new(assemble::UNAVAILABLE, Span::default(), missing.to_string());
            Ok(draft.rejected(rejection, Level::None))
        }
        Err(error) => Err(Failure::new(error.to_string())),
    }
}
