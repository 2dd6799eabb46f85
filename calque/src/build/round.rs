//! A chunk of inputs: translated side by side, judged together, and what does not do as a whole once more
//! in its parts.

use super::assemble::{self, Draft, Product};
use super::times::Stage;
use super::work::{Begun, Work};
use crate::agree::{self, Cause};
use crate::failure::Failure;
use corpora::Audit;
use corpora::readers::Input;
use grammars::{Level, Rejection, Span};
use rayon::prelude::*;
use validators::{Broken, Candidate, Outcome, Witness};

/// Of a chunk in which the machine fails, programs that are listed apart before the build stops.
const MOST_UNJUDGED: usize = 20;

/// What came of a chunk.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Its records and rejections, input by input.
    pub(super) products: Vec<Product>,
    /// What was confirmed; what was asked for is left empty.
    pub(super) audit: Audit,
}

/// Works through `chunk`.
///
/// # Errors
/// When the machine fails; nothing is known about the chunk then.
pub(super) fn run(work: &Work<'_>, chunk: Vec<Input>) -> Result<Round, Failure> {
    let mut audit = Audit::default();
    let begun = chunk.into_par_iter().map(|input| work.begin(input));
    let mut begun = begun.collect::<Result<Vec<_>, _>>()?;
    judge(work, &mut begun, &mut audit)?;
    begun.par_iter_mut().try_for_each(|begun| work.cut(begun))?;
    judge(work, &mut begun, &mut audit)?;
    work.ladder.prove().map_err(|broken| stopped(&broken))?;
    let products: Vec<Product> = begun.into_iter().flat_map(Begun::products).collect();
    audit.unjudged = products.iter().filter(|product| product.is_unjudged()).count();
    if audit.unjudged > MOST_UNJUDGED && 2 * audit.unjudged > products.len() {
        let reason = products.iter().filter(|product| product.is_unjudged()).find_map(Product::message);
        return Err(Failure::new(format!(
            "the machine fails: {} of {} programs could not be judged ({}); what was judged is kept, run again to go on",
            audit.unjudged,
            products.len(),
            reason.unwrap_or_default()
        )));
    }
    Ok(Round { products, audit })
}

/// The tools of some languages have stopped working.
fn stopped(broken: &[Broken]) -> Failure {
    let one = |broken: &Broken| format!("{} ({})", broken.lang, broken.reason.trim().replace('\n', "; "));
    let languages: Vec<String> = broken.iter().map(one).collect();
    Failure::new(format!(
        "the tools of {} no longer take a program that is right: repair them and run again; what was judged before is kept",
        languages.join(", ")
    ))
}

/// Has all drafts climb the ladder together.
fn judge(work: &Work<'_>, begun: &mut [Begun], audit: &mut Audit) -> Result<(), Failure> {
    let drafts = begun.iter().flat_map(Begun::drafts);
    let asked: Vec<_> = drafts.map(|draft| (&draft.candidate, goal(&draft.candidate, work.level))).collect();
    let mut outcomes = work.times.measure(Stage::Ladder, || work.ladder.climb_all(&asked)).into_iter();
    begun.iter_mut().try_for_each(|begun| {
        begun.conclude(|draft| match outcomes.next() {
            Some(Ok(outcome)) => {
                note(audit, work, &draft, &outcome);
                product(draft, outcome, work)
            }
            Some(Err(failure)) => match assemble::unjudged(&failure) {
                Some(rejection) => Ok(draft.rejected(rejection, Level::None)),
                None => Err(failure.into()),
            },
            None => Err(Failure::new("a program was left without a verdict")),
        })
    })
}

/// The rung to climb to: no toolchain is called for what cannot become a record.
fn goal(candidate: &Candidate, wanted: Level) -> Level {
    if candidate.checks == 0 && wanted >= Level::Tests { Level::Parse } else { wanted }
}

/// Notes what the plain commands said of a draft that was judged with others.
fn note(audit: &mut Audit, work: &Work<'_>, draft: &Draft, outcome: &Outcome) {
    if outcome.witness == Witness::Refuted {
        eprintln!("calque: the plain toolchain does not confirm {}: {}", draft.name(), outcome.verdict);
        audit.disagreements.push(draft.name());
    }
    let judged_alone = outcome.witness != Witness::Batch && !outcome.toolchain.is_empty();
    let kept = outcome.reached(work.level.min(Level::Tests));
    audit.confirmed += usize::from(kept && judged_alone && work.ladder.confirms(&draft.candidate));
}

/// What becomes of a draft that has climbed.
fn product(draft: Draft, outcome: Outcome, work: &Work<'_>) -> Result<Product, Failure> {
    // Agreement is tested by more tests.
    if outcome.reached(work.level.min(Level::Tests)) {
        Ok(agreeing(draft, outcome, work.level))
    } else if draft.extended.is_some() {
        differing(draft, outcome, work)
    } else {
        Ok(draft.rejected(assemble::refusal(&outcome, work.level), outcome.level))
    }
}

/// A translation that passes its tests, among them the generated inputs if there are some.
fn agreeing(draft: Draft, outcome: Outcome, wanted: Level) -> Product {
    if wanted == Level::Agree && draft.extended.is_none() {
        let message = "No input could be generated for which the source has an answer that can be tested.";
        let rejection = Rejection::new("agree.no-inputs", Span::default(), message);
        return draft.rejected(rejection, outcome.level);
    }
    draft.record(outcome)
}

/// A translation that does not pass its tests with generated inputs among them.
fn differing(mut draft: Draft, outcome: Outcome, work: &Work<'_>) -> Result<Product, Failure> {
    let Some(extended) = draft.extended.take() else {
        return Ok(draft.rejected(assemble::refusal(&outcome, work.level), outcome.level));
    };
    let explain = || agree::explain(work.ladder, &extended, &outcome);
    Ok(match work.times.measure(Stage::Ladder, explain)? {
        Cause::Own(outcome) => draft.rejected(assemble::refusal(&outcome, work.level), outcome.level),
        Cause::Differs(rejection) => draft.rejected(rejection, Level::Tests),
        Cause::Fewer(fewer) => {
            let (translation, agreed, outcome) = *fewer;
            let extended = extended.with_agreed(agreed);
            draft.with_inputs(Some((translation, extended)), Vec::new()).record(outcome)
        }
    })
}
