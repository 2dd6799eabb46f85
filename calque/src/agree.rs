//! Agreement of a translation with its source on generated inputs.
//!
//! The source answers before anything is emitted, so that what it says becomes further tests of the program.
//! Where the translation fails them, the input that it fails is looked for, made small, and told.

use crate::failure::Failure;
use crate::guard::guarded;
use grammars::{LangId, Level, Rejection, Span, ir};
use std::sync::Arc;
use translators::{Limits, Target, Translation, analysed};
use validators::agreement::{Agreed, Facts, Input, choose, propose, smaller, test_case};
use validators::oracle::calls::{Questions, Reply};
use validators::{Candidate, Infrastructure, Ladder, Outcome, Verdict};

/// How many inputs are asked for, and the seed that decides which.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// For each function that the tests call.
    pub(crate) inputs: usize,
    /// The seed.
    pub(crate) seed: u64,
}

/// A program with what its source says of generated inputs.
#[derive(Debug)]
pub(crate) struct Answers {
    /// The typed program before the analyses, which look at its tests too.
    module: ir::Module,
    /// What is asked again when an input is made smaller.
    lang: LangId,
    name: String,
    text: String,
    agreed: Vec<Agreed>,
}

/// A translation with generated inputs among its tests.
pub(crate) struct Extended {
    /// The answers that it rests on.
    answers: Arc<Answers>,
    target: &'static dyn Target,
    /// Without them.
    base: Candidate,
    limits: Limits,
    /// The inputs that are tested.
    agreed: Vec<Agreed>,
}

impl Extended {
    /// What it is a translation to.
    pub(crate) fn target(&self) -> &'static dyn Target {
        self.target
    }

    /// On how many inputs source and target agree, if the tests pass.
    pub(crate) fn inputs(&self) -> usize {
        self.agreed.len()
    }
}

/// Has the source whose text is `text` answer generated inputs. `typed` is the program with its analyses,
/// `module` without.
///
/// # Errors
/// When the machine fails; a machine that lacks the language has no answers.
pub(crate) fn ask(
    ladder: &Ladder,
    wanted: Wanted,
    (lang, name, text): (&LangId, &str, &str),
    module: ir::Module,
    typed: &ir::Module,
) -> Result<Answers, Failure> {
    let inputs = guarded(|| Ok(propose(typed, wanted.seed, wanted.inputs))).unwrap_or_default();
    let mut answers = Answers {
        module,
        lang: lang.clone(),
        name: name.to_owned(),
        text: text.to_owned(),
        agreed: Vec::new(),
    };
    answers.agreed = answers.answered(ladder, inputs, wanted.inputs)?;
    Ok(answers)
}

impl Answers {
    /// Those of `inputs` that have an answer, `count` for each function.
    fn answered(&self, ladder: &Ladder, inputs: Vec<Input>, count: usize) -> Result<Vec<Agreed>, Failure> {
        let (inputs, calls): (Vec<Input>, Vec<_>) =
            inputs.into_iter().filter_map(|input| input.call(&self.module).map(|call| (input, call))).unzip();
        if inputs.is_empty() {
            return Ok(Vec::new());
        }
        let (lang, name, text) = (self.lang.clone(), self.name.clone(), self.text.clone());
        match ladder.answer(&Questions { lang, name, text, calls }) {
            Ok(answers) => Ok(choose(inputs, answers, count)),
            Err(
                Infrastructure::MissingTool { .. }
                | Infrastructure::NoSandbox(_)
                | Infrastructure::UnknownLanguage(_),
            ) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// The translation of the program with `agreed` as a further test, and which of them that checks.
    fn translated(&self, target: &dyn Target, agreed: &[Agreed]) -> Option<(Translation, Vec<bool>)> {
        let translate = || {
            // The test is written for the types that are known now; the analyses then see it as any other.
            let typed = analysed(self.module.clone())?;
            let (test, written) = test_case(agreed, &typed);
            let mut module = self.module.clone();
            module.tests.push(test);
            Ok((target.translate(&analysed(module)?)?, written))
        };
        guarded(translate).ok()
    }

    /// Adds what `target` can check to `base`, which is its translation of the program. Returns what is
    /// known of the inputs beyond the target's limits as sentences, and `None` where nothing can be checked.
    pub(crate) fn extend(
        self: &Arc<Self>,
        target: &'static dyn Target,
        base: &Translation,
        candidate: Candidate,
    ) -> (Option<(Translation, Extended)>, Vec<String>) {
        let mut outside: Vec<String> = Vec::new();
        let mut within = Vec::new();
        for agreed in &self.agreed {
            match beyond(&agreed.facts, base.limits) {
                None => within.push(agreed.clone()),
                Some(what) => {
                    let known = outside.iter().any(|sentence| sentence.ends_with(what));
                    if !known {
                        outside.push(format!("`{}` needs {what}", agreed.input));
                    }
                }
            }
        }
        let (values, raises): (Vec<Agreed>, Vec<Agreed>) =
            within.into_iter().partition(|agreed| matches!(agreed.reply, Reply::Returned(_)));
        let tested = self.tested(target, base, values, raises);
        let extended = tested.map(|(translation, agreed)| {
            let (answers, limits) = (self.clone(), base.limits);
            (translation, Extended { answers, target, base: candidate, limits, agreed })
        });
        (extended, outside)
    }

    /// What of `values` and `raises` the target can check. That an exception is expected must not change
    /// the program: a status argument that only the tests look at is no better program.
    fn tested(
        &self,
        target: &dyn Target,
        base: &Translation,
        values: Vec<Agreed>,
        raises: Vec<Agreed>,
    ) -> Option<(Translation, Vec<Agreed>)> {
        let plain = self.checked(target, values.clone());
        let program = plain.as_ref().map_or(&base.program, |(translation, _)| &translation.program);
        let all: Vec<Agreed> = values.into_iter().chain(raises.iter().cloned()).collect();
        let with_raises = if raises.is_empty() { None } else { self.checked(target, all) };
        let is_same = |(translation, agreed): &(Translation, Vec<Agreed>)| {
            let before = plain.as_ref().map_or(0, |(_, agreed)| agreed.len());
            translation.program == *program && agreed.len() > before
        };
        match with_raises.filter(is_same) {
            Some(with_raises) => Some(with_raises),
            None => plain,
        }
    }

    /// The translation that checks all of `agreed` that the target has a way to check.
    fn checked(&self, target: &dyn Target, agreed: Vec<Agreed>) -> Option<(Translation, Vec<Agreed>)> {
        let translated = self.translated(target, &agreed);
        let (translation, written) = match translated {
            Some(done) => done,
            None => {
                let sayable = |agreed: &&Agreed| {
                    let one = std::slice::from_ref(*agreed);
                    self.translated(target, one).is_some_and(|(_, written)| written == [true])
                };
                let agreed: Vec<Agreed> = agreed.iter().filter(sayable).cloned().collect();
                let (translation, written) = self.translated(target, &agreed)?;
                return kept(translation, agreed, &written);
            }
        };
        kept(translation, agreed, &written)
    }
}

fn kept(
    translation: Translation,
    agreed: Vec<Agreed>,
    written: &[bool],
) -> Option<(Translation, Vec<Agreed>)> {
    let kept: Vec<Agreed> =
        agreed.into_iter().zip(written).filter_map(|(agreed, written)| written.then_some(agreed)).collect();
    (!kept.is_empty()).then_some((translation, kept))
}

/// What an input needs that a target does not hold.
fn beyond(facts: &Facts, limits: Limits) -> Option<&'static str> {
    match facts {
        Facts { wide: true, .. } => Some("integers beyond 64 bits"),
        Facts { ascii: false, .. } if !limits.beyond_ascii => Some("text beyond ASCII"),
        Facts { text, .. } if *text > limits.text => Some("longer texts"),
        Facts { items, .. } if *items > limits.items => Some("larger tables"),
        _ => None,
    }
}

/// Why a translation fails with generated inputs.
pub(crate) enum Cause {
    /// It fails its own tests: what the ladder says without the generated ones.
    Own(Outcome),
    /// It differs from the source.
    Differs(Rejection),
    /// Some inputs cannot be said in the target, and it passes the others.
    Fewer(Box<(Translation, Vec<Agreed>, Outcome)>),
}

/// Steps of making a counterexample smaller, and candidates for each.
const SHRINK_ROUNDS: usize = 6;
const SHRINK_WIDTH: usize = 12;

/// Finds out why a translation does not pass its tests.
///
/// # Errors
/// When the machine fails.
pub(crate) fn explain(ladder: &Ladder, extended: &Extended, failed: &Outcome) -> Result<Cause, Failure> {
    let mut outcomes = extended.climb(ladder, &extended.agreed)?.into_iter();
    match outcomes.next().flatten() {
        Some(base) if base.reached(Level::Tests) => {}
        Some(base) => return Ok(Cause::Own(base)),
        None => return Err(Failure::new("a program was left without a verdict")),
    }
    let outcomes: Vec<Option<Outcome>> = outcomes.collect();
    let unsaid = |outcome: &&Option<Outcome>| outcome.as_ref().is_some_and(is_unsaid);
    let failing = extended.agreed.iter().zip(&outcomes).filter_map(|(agreed, outcome)| {
        let fails = |outcome: &&Outcome| !outcome.reached(Level::Tests) && !is_unsaid(outcome);
        Some((agreed.clone(), outcome.as_ref().filter(fails)?.clone()))
    });
    let weight = |(agreed, _): &(Agreed, Outcome)| agreed.input.to_string().len();
    let Some(mut smallest) = failing.min_by_key(weight) else {
        if outcomes.iter().any(|outcome| unsaid(&outcome))
            && let Some(fewer) = extended.without_unsaid(ladder, &outcomes)?
        {
            return Ok(Cause::Fewer(Box::new(fewer)));
        }
        let message =
            format!("It fails only where all inputs are tried one after the other: {}", failed.detail);
        return Ok(Cause::Differs(Rejection::new("agree.differs", Span::default(), message)));
    };
    for _ in 0..SHRINK_ROUNDS {
        let inputs: Vec<Input> = smaller(&smallest.0.input).into_iter().take(SHRINK_WIDTH).collect();
        let answers = &extended.answers;
        let mut smaller = answers.answered(ladder, inputs, SHRINK_WIDTH)?;
        smaller.retain(|agreed| {
            let returns = matches!(agreed.reply, Reply::Returned(_));
            returns && beyond(&agreed.facts, extended.limits).is_none()
        });
        let outcomes = extended.climb(ladder, &smaller)?.into_iter().skip(1);
        let failing = smaller.into_iter().zip(outcomes).find_map(|(agreed, outcome)| {
            Some((agreed, outcome.filter(|outcome| !outcome.reached(Level::Tests))?))
        });
        match failing {
            Some(failing) => smallest = failing,
            None => break,
        }
    }
    Ok(Cause::Differs(difference(&smallest.0, &smallest.1)))
}

/// The toolchain does not take the test, so that nothing is known of the program.
fn is_unsaid(outcome: &Outcome) -> bool {
    matches!(outcome.verdict, Verdict::Parse | Verdict::Compile | Verdict::Forbidden)
}

impl Extended {
    /// The translation that checks only what the toolchain takes, where it passes.
    fn without_unsaid(
        &self,
        ladder: &Ladder,
        outcomes: &[Option<Outcome>],
    ) -> Result<Option<(Translation, Vec<Agreed>, Outcome)>, Failure> {
        let said = |outcome: &Option<Outcome>| outcome.as_ref().is_some_and(|outcome| !is_unsaid(outcome));
        let agreed: Vec<Agreed> =
            self.agreed.iter().zip(outcomes).filter(|(_, o)| said(o)).map(|(a, _)| a.clone()).collect();
        let Some((translation, agreed)) = self.answers.checked(self.target, agreed) else { return Ok(None) };
        let outcome = ladder.climb(&candidate(self.target, translation.clone()), Level::Tests)?;
        Ok(outcome.reached(Level::Tests).then_some((translation, agreed, outcome)))
    }

    /// With these inputs in place of those before.
    pub(crate) fn with_agreed(self, agreed: Vec<Agreed>) -> Extended {
        Extended { agreed, ..self }
    }

    /// The outcomes of the translation without generated inputs, and with each of `agreed` alone; `None`
    /// for one that cannot be checked alone.
    fn climb(&self, ladder: &Ladder, agreed: &[Agreed]) -> Result<Vec<Option<Outcome>>, Failure> {
        let alone = |agreed: &Agreed| {
            let one = std::slice::from_ref(agreed);
            let (translation, written) = self.answers.translated(self.target, one)?;
            (written == [true]).then(|| candidate(self.target, translation))
        };
        let candidates: Vec<Option<Candidate>> =
            std::iter::once(Some(self.base.clone())).chain(agreed.iter().map(alone)).collect();
        let asked: Vec<(&Candidate, Level)> =
            candidates.iter().flatten().map(|candidate| (candidate, Level::Tests)).collect();
        let mut outcomes = ladder.climb_all(&asked).into_iter();
        let outcome = |candidate: &Option<Candidate>| match candidate {
            None => Ok(None),
            Some(_) => match outcomes.next() {
                Some(Ok(outcome)) => Ok(Some(outcome)),
                Some(Err(error)) => Err(error.into()),
                None => Ok(None),
            },
        };
        candidates.iter().map(outcome).collect()
    }
}

/// What climbs the ladder.
pub(crate) fn candidate(target: &dyn Target, translation: Translation) -> Candidate {
    Candidate {
        lang: target.spec().id.clone(),
        program: translation.program,
        tests: translation.tests,
        checks: u32::try_from(translation.checks).unwrap_or(u32::MAX),
    }
}

fn difference(agreed: &Agreed, outcome: &Outcome) -> Rejection {
    let says = match &agreed.reply {
        Reply::Returned(value) => format!("gives {value}"),
        Reply::Raised { classes, .. } => {
            format!("raises {}", classes.first().map_or("an exception", String::as_str))
        }
        Reply::Refused(why) => why.clone(),
    };
    let detail = if outcome.detail.is_empty() { outcome.verdict.as_str() } else { &outcome.detail };
    let message = format!("`{}` {says} in the source, but not here: {detail}", agreed.input);
    Rejection::new("agree.differs", Span::default(), message)
}

impl std::fmt::Debug for Extended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Extended").field("target", self.target.spec()).field("agreed", &self.agreed).finish()
    }
}
