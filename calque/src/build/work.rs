//! What is done with one input, on one worker: from its text to drafts that are ready for the ladder.

use super::assemble::{self, About, Draft, Product, Unit};
use super::times::{Stage, Times};
use crate::agree::{self, Answers, Wanted};
use crate::compile::{self, Program};
use crate::excerpt::excerpt;
use crate::failure::Failure;
use crate::guard::guarded;
use crate::oracle::{self, Refuted, Setback};
use crate::package;
use corpora::readers::Input;
use corpora::{Rejected, Source};
use grammars::surface::{Module, TestOrigin};
use grammars::{Level, Rejection, ir};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use translators::{Target, Translation};
use validators::Ladder;

/// Targets in the order asked for.
type Targets = [&'static dyn Target];

/// Whether the tests of a file ran in its own language, and passed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Yes,
    No,
}

/// What its own language says of a unit.
enum Opinion {
    /// Its tests hold, or there are none.
    Accepted,
    /// Its tests do not hold.
    Refuted(Rejection),
    /// The machine failed, and nothing is known.
    Unknown(Rejection),
}

/// What came from other files of the package has units where it stands; beside tests it has them
/// also where tests are about it.
fn belongs(part: &Module, source: &Source, foreign: Option<&BTreeSet<String>>) -> bool {
    let own = foreign.is_none_or(|foreign| !foreign.contains(&part.name));
    own || package::is_of_tests(source) && part.tests.iter().any(|test| test.origin != TestOrigin::Doctest)
}

/// What comes of a unit for a target: known, or up to the ladder.
pub(super) enum Row {
    /// Nothing more is done about it.
    Done(Product),
    /// It waits for the ladder.
    Open(Box<Draft>),
}

/// An input on its way.
#[derive(Default)]
pub(super) struct Begun {
    /// What is known of it whatever the ladder says.
    known: Vec<Product>,
    /// It as a whole.
    whole: Vec<Row>,
    /// What it is cut into where it does not do as a whole.
    spare: Option<(Arc<Source>, Vec<Module>)>,
    /// Its parts.
    parts: Vec<Row>,
}

impl Begun {
    /// What waits for the ladder, in order.
    pub(super) fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.whole.iter().chain(&self.parts).filter_map(|row| match row {
            Row::Open(draft) => Some(&**draft),
            Row::Done(_) => None,
        })
    }

    /// Makes a product of each draft, in their order.
    ///
    /// # Errors
    /// That of `product`.
    pub(super) fn conclude(
        &mut self,
        mut product: impl FnMut(Draft) -> Result<Product, Failure>,
    ) -> Result<(), Failure> {
        let mut concluded = |row| match row {
            Row::Open(draft) => product(*draft).map(Row::Done),
            done => Ok(done),
        };
        for rows in [&mut self.whole, &mut self.parts] {
            *rows = std::mem::take(rows).into_iter().map(&mut concluded).collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    /// All that has come of it, in an order that depends on nothing else.
    pub(super) fn products(self) -> impl Iterator<Item = Product> {
        let done = |row| match row {
            Row::Done(product) => Some(product),
            Row::Open(_) => None,
        };
        self.known.into_iter().chain(self.whole.into_iter().chain(self.parts).filter_map(done))
    }
}

/// What all inputs have in common.
pub(super) struct Work<'a> {
    /// What to translate to.
    pub(super) targets: Vec<&'static dyn Target>,
    /// The rung that a record has to reach.
    pub(super) level: Level,
    /// The generated inputs that it has to agree on.
    pub(super) inputs: Option<Wanted>,
    /// Who judges.
    pub(super) ladder: &'a Ladder,
    /// Where the time goes.
    pub(super) times: Times,
}

impl Work<'_> {
    /// Translates `input`, as a whole or in parts. What the ladder has to say before it is known whether it
    /// is to be cut is left to [`Work::cut`].
    ///
    /// # Errors
    /// When the machine fails; nothing is known about the input then.
    pub(super) fn begin(&self, input: Input) -> Result<Begun, Failure> {
        match input {
            Ok(source) => {
                let mut begun = self.source(source)?;
                if begun.drafts().next().is_none() {
                    self.cut(&mut begun)?;
                }
                Ok(begun)
            }
            Err(unreadable) => {
                let rejection = unreadable.rejection;
                let rejected = Rejected::new(&unreadable.origin.name, None, None, rejection, Level::None);
                Ok(Begun { known: vec![Product::Rejected(rejected)], ..Begun::default() })
            }
        }
    }

    /// A file is one unit where it translates whole; where it does not, and where it is a
    /// collection without tests, it is cut into its definitions.
    fn source(&self, source: Source) -> Result<Begun, Failure> {
        let linked = self.translating(|| package::link(&source));
        let (source, foreign, unlinked) = match linked {
            Ok(Some((source, linked))) => (source, Some(linked.foreign), None),
            Ok(None) => (source, None, None),
            Err(unlinked) => (source, None, Some(unlinked)),
        };
        let source = Arc::new(source);
        let whole = Unit { source: source.clone(), part: None, text: source.text.clone() };
        let mut program = match self.translating(|| compile::parse(&source)) {
            Ok(program) => program,
            Err(rejection) => {
                let known = vec![whole.rejected(None, rejection, Level::None)];
                return Ok(Begun { known, ..Begun::default() });
            }
        };
        let (mut known, opinion) = self.ask(&whole, &mut program)?;
        if let Opinion::Unknown(rejection) = opinion {
            known.push(whole.rejected(None, rejection, Level::None));
            return Ok(Begun { known, ..Begun::default() });
        }
        let mut parts = guarded(|| Ok(compile::parts(&program))).unwrap_or_default();
        parts.retain(|part| belongs(part, &source, foreign.as_ref()));
        known.extend(unlinked.map(|unlinked| whole.rejected(None, unlinked, Level::None)));
        let mut begun = Begun { known, ..Begun::default() };
        match opinion {
            // Some of its definitions may pass theirs.
            Opinion::Refuted(_) if parts.len() > 1 => {
                begun.parts = self.parts(&source, parts, &self.targets, Asked::No)?;
            }
            Opinion::Refuted(rejection) | Opinion::Unknown(rejection) => {
                begun.whole = vec![Row::Done(whole.rejected(None, rejection, Level::None))];
            }
            Opinion::Accepted if parts.len() > 1 && !program.has_tests() => {
                begun.parts = self.parts(&source, parts, &self.targets, Asked::Yes)?;
            }
            Opinion::Accepted => {
                begun.whole = self.unit(whole, &program, &self.targets)?;
                begun.spare = (parts.len() > 1).then_some((source, parts));
            }
        }
        Ok(begun)
    }

    /// Cuts an input for the targets for which it does not do as a whole. All of it has been judged.
    ///
    /// # Errors
    /// When the machine fails; nothing is known about the input then.
    pub(super) fn cut(&self, begun: &mut Begun) -> Result<(), Failure> {
        let Some((source, parts)) = begun.spare.take() else { return Ok(()) };
        let failed_for = |target: &&'static dyn Target| {
            let id = &target.spec().id;
            begun.whole.iter().any(|row| matches!(row, Row::Done(product) if product.failed_for(id)))
        };
        let failed: Vec<_> = self.targets.iter().copied().filter(failed_for).collect();
        if failed.is_empty() {
            return Ok(());
        }
        begun.whole.retain(|row| !matches!(row, Row::Done(product) if product.may_do_better_in_parts()));
        begun.parts = self.parts(&source, parts, &failed, Asked::Yes)?;
        Ok(())
    }

    /// Runs the unit's own tests: the examples of its documentation that they refute, and whether
    /// they accept the rest.
    fn ask(&self, unit: &Unit, program: &mut Program) -> Result<(Vec<Product>, Opinion), Failure> {
        let consult = || oracle::consult(self.ladder, &unit.source, &unit.text, program);
        match self.times.measure(Stage::Oracle, consult) {
            Ok(refuted) => {
                let row = |refuted: Refuted| {
                    let path = &unit.source.origin.name;
                    Product::Rejected(Rejected::new(
                        path,
                        Some(&refuted.owner),
                        None,
                        refuted.rejection,
                        Level::None,
                    ))
                };
                Ok((refuted.into_iter().map(row).collect(), Opinion::Accepted))
            }
            Err(Setback::Rejected(rejection)) => Ok((Vec::new(), Opinion::Refuted(rejection))),
            Err(Setback::Failed(failure)) => match assemble::unjudged(&failure) {
                Some(rejection) => Ok((Vec::new(), Opinion::Unknown(rejection))),
                None => Err(failure.into()),
            },
        }
    }

    /// Every part of a file as a unit of its own.
    fn parts(
        &self,
        source: &Arc<Source>,
        parts: Vec<Module>,
        targets: &Targets,
        asked: Asked,
    ) -> Result<Vec<Row>, Failure> {
        let rows = parts.into_par_iter().map(|part| self.part(source.clone(), part, targets, asked));
        Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// A part of a file as a unit of its own.
    fn part(
        &self,
        source: Arc<Source>,
        part: Module,
        targets: &Targets,
        asked: Asked,
    ) -> Result<Vec<Row>, Failure> {
        let text = excerpt(&source.text, &part);
        let unit = Unit { source, part: Some(part.name.clone()), text };
        let mut program = Program::Surface(part);
        let mut rows = Vec::new();
        if asked == Asked::No {
            let (refuted, opinion) = self.ask(&unit, &mut program)?;
            rows.extend(refuted.into_iter().map(Row::Done));
            if let Opinion::Refuted(rejection) | Opinion::Unknown(rejection) = opinion {
                rows.extend(self.rejected(&unit, targets, &rejection));
                return Ok(rows);
            }
        }
        rows.extend(self.unit(unit, &program, targets)?);
        Ok(rows)
    }

    /// Translates a unit to `targets`.
    fn unit(&self, unit: Unit, program: &Program, targets: &Targets) -> Result<Vec<Row>, Failure> {
        let typed = self.translating(|| {
            let inferred = compile::inferred(program, &unit.source)?;
            Ok((translators::analysed(inferred.clone())?, inferred))
        });
        let (module, inferred) = match typed {
            Ok(typed) => typed,
            Err(rejection) => return Ok(self.rejected(&unit, targets, &rejection)),
        };
        let mut answers = None;
        let about = Arc::new(About::new(unit, &module));
        let mut rows = Vec::new();
        for &target in targets {
            match self.translating(|| target.translate(&module)) {
                Err(rejection) => rows.push(Row::Done(about.rejected(target, rejection, Level::None))),
                Ok(translation) => {
                    if answers.is_none() {
                        answers = self.answers(about.unit(), &inferred, &module)?;
                    }
                    rows.push(self.row(&about, target, translation, answers.as_ref()));
                }
            }
        }
        Ok(rows)
    }

    /// What the source says of generated inputs, where agreement is asked for.
    fn answers(
        &self,
        unit: &Unit,
        inferred: &ir::Module,
        typed: &ir::Module,
    ) -> Result<Option<Arc<Answers>>, Failure> {
        let Some(wanted) = self.inputs else { return Ok(None) };
        let source = (&unit.source.lang, unit.source.origin.stem.as_str(), unit.text.as_str());
        let ask = || agree::ask(self.ladder, wanted, source, inferred.clone(), typed);
        Ok(Some(Arc::new(self.times.measure(Stage::Oracle, ask)?)))
    }

    /// What a translation is before it climbs: with generated inputs among its tests, where there are some.
    fn row(
        &self,
        about: &Arc<About>,
        target: &'static dyn Target,
        translation: Translation,
        answers: Option<&Arc<Answers>>,
    ) -> Row {
        let draft = Draft::new(about.clone(), target, translation.clone());
        let Some(answers) = answers else { return Row::Open(Box::new(draft)) };
        let candidate = draft.candidate.clone();
        let extend = || answers.extend(target, &translation, candidate);
        let (extended, outside) = self.times.measure(Stage::Translation, extend);
        Row::Open(Box::new(draft.with_inputs(extended, outside)))
    }

    /// One row where all targets are concerned, else one for each.
    fn rejected(&self, unit: &Unit, targets: &Targets, rejection: &Rejection) -> Vec<Row> {
        let row = |target| Row::Done(unit.rejected(target, rejection.clone(), Level::None));
        if targets.len() == self.targets.len() {
            return vec![row(None)];
        }
        targets.iter().map(|target| row(Some(&target.spec().id))).collect()
    }

    /// Guarded work on the clock of translation.
    fn translating<T>(&self, work: impl FnOnce() -> Result<T, Rejection>) -> Result<T, Rejection> {
        self.times.measure(Stage::Translation, || guarded(work))
    }
}
