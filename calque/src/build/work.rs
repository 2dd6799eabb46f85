//! What is done with one input, on one worker.

use super::assemble::{self, Product, Unit};
use super::times::{Stage, Times};
use crate::compile::{self, Program};
use crate::excerpt::excerpt;
use crate::failure::Failure;
use crate::guard::guarded;
use crate::oracle::{self, Refuted, Setback};
use crate::package;
use corpora::readers::Input;
use corpora::{Rejected, Source};
use grammars::surface::{Module, TestOrigin};
use grammars::{Level, Rejection, Span, ir};
use std::collections::BTreeSet;
use translators::Target;
use validators::{Candidate, Infrastructure, Ladder};

/// Targets in the order asked for.
type Targets = [&'static dyn Target];

/// Whether the tests of a file ran in its own language, and passed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Yes,
    No,
}

/// What came from other files of the package has units where it stands; beside tests it has them
/// also where tests are about it.
fn belongs(part: &Module, source: &Source, foreign: Option<&BTreeSet<String>>) -> bool {
    let own = foreign.is_none_or(|foreign| !foreign.contains(&part.name));
    own || package::is_of_tests(source) && part.tests.iter().any(|test| test.origin != TestOrigin::Doctest)
}

/// What all inputs have in common.
pub(super) struct Work<'a> {
    /// What to translate to.
    pub(super) targets: Vec<&'static dyn Target>,
    /// The rung that a record has to reach.
    pub(super) level: Level,
    /// Who judges.
    pub(super) ladder: &'a Ladder,
    /// Where the time goes.
    pub(super) times: Times,
}

impl Work<'_> {
    /// The records and rejections of `input`, in an order that depends on nothing else.
    ///
    /// # Errors
    /// When the machine fails; nothing is known about the input then.
    pub(super) fn input(&self, input: &Input) -> Result<Vec<Product>, Failure> {
        match input {
            Ok(source) => self.source(source),
            Err(unreadable) => {
                let rejection = unreadable.rejection.clone();
                let rejected = Rejected::new(&unreadable.origin.name, None, None, rejection, Level::None);
                Ok(vec![Product::Rejected(rejected)])
            }
        }
    }

    /// A file is one unit where it translates whole; where it does not, and where it is a
    /// collection without tests, it is cut into its definitions.
    fn source(&self, source: &Source) -> Result<Vec<Product>, Failure> {
        let linked = self.translating(|| package::link(source));
        let (source, foreign) = match &linked {
            Ok(Some((source, linked))) => (source, Some(&linked.foreign)),
            _ => (source, None),
        };
        let whole = Unit { source, part: None, text: source.text.clone() };
        let mut program = match self.translating(|| compile::parse(source)) {
            Ok(program) => program,
            Err(rejection) => return Ok(vec![whole.rejected(None, rejection, Level::None)]),
        };
        let (mut products, opinion) = self.ask(&whole, &mut program)?;
        let mut parts = guarded(|| Ok(compile::parts(&program))).unwrap_or_default();
        parts.retain(|part| belongs(part, source, foreign));
        if let Err(unlinked) = &linked {
            products.push(whole.rejected(None, unlinked.clone(), Level::None));
        }
        match opinion {
            // Some of its definitions may pass theirs.
            Err(_) if parts.len() > 1 => {
                products.extend(self.parts(source, parts, &self.targets, Asked::No)?);
            }
            Err(rejection) => products.push(whole.rejected(None, rejection, Level::None)),
            Ok(()) if parts.len() > 1 && !program.has_tests() => {
                products.extend(self.parts(source, parts, &self.targets, Asked::Yes)?);
            }
            Ok(()) => {
                let (made, failed) = self.unit(&whole, &program, &self.targets)?;
                let cut = parts.len() > 1 && !failed.is_empty();
                products.extend(made.into_iter().filter(|product| !cut || !product.may_do_better_in_parts()));
                if cut {
                    products.extend(self.parts(source, parts, &failed, Asked::Yes)?);
                }
            }
        }
        Ok(products)
    }

    /// Runs the unit's own tests: the examples of its documentation that they refute, and whether
    /// they accept the rest.
    fn ask(
        &self,
        unit: &Unit<'_>,
        program: &mut Program,
    ) -> Result<(Vec<Product>, Result<(), Rejection>), Failure> {
        let consult = || oracle::consult(self.ladder, unit.source, &unit.text, program);
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
                Ok((refuted.into_iter().map(row).collect(), Ok(())))
            }
            Err(Setback::Rejected(rejection)) => Ok((Vec::new(), Err(rejection))),
            Err(Setback::Failed(failure)) => Err(failure),
        }
    }

    /// Every part of a file as a unit of its own.
    fn parts(
        &self,
        source: &Source,
        parts: Vec<Module>,
        targets: &Targets,
        asked: Asked,
    ) -> Result<Vec<Product>, Failure> {
        let mut products = Vec::new();
        for part in parts {
            let text = excerpt(&source.text, &part);
            let unit = Unit { source, part: Some(part.name.clone()), text };
            let mut program = Program::Surface(part);
            if asked == Asked::No {
                let (refuted, opinion) = self.ask(&unit, &mut program)?;
                products.extend(refuted);
                if let Err(rejection) = opinion {
                    products.extend(self.rejected(&unit, targets, &rejection));
                    continue;
                }
            }
            products.extend(self.unit(&unit, &program, targets)?.0);
        }
        Ok(products)
    }

    /// Translates a unit to `targets` and judges the translations; returns also the targets for
    /// which its parts may do better.
    fn unit(
        &self,
        unit: &Unit<'_>,
        program: &Program,
        targets: &Targets,
    ) -> Result<(Vec<Product>, Vec<&'static dyn Target>), Failure> {
        let module = match self.translating(|| compile::typed(program, unit.source)) {
            Ok(module) => module,
            Err(rejection) => return Ok((self.rejected(unit, targets, &rejection), targets.to_vec())),
        };
        let mut products = Vec::new();
        let mut failed = Vec::new();
        for &target in targets {
            let product = self.target(unit, &module, target)?;
            if product.may_do_better_in_parts() {
                failed.push(target);
            }
            products.push(product);
        }
        Ok((products, failed))
    }

    /// One row where all targets are concerned, else one for each.
    fn rejected(&self, unit: &Unit<'_>, targets: &Targets, rejection: &Rejection) -> Vec<Product> {
        if targets.len() == self.targets.len() {
            return vec![unit.rejected(None, rejection.clone(), Level::None)];
        }
        let row = |target: &&'static dyn Target| {
            unit.rejected(Some(&target.spec().id), rejection.clone(), Level::None)
        };
        targets.iter().map(row).collect()
    }

    fn target(&self, unit: &Unit<'_>, module: &ir::Module, target: &dyn Target) -> Result<Product, Failure> {
        let id = &target.spec().id;
        let translation = match self.translating(|| target.translate(module)) {
            Ok(translation) => translation,
            Err(rejection) => return Ok(unit.rejected(Some(id), rejection, Level::None)),
        };
        let candidate = assemble::candidate(target, &translation);
        let climb = || self.ladder.climb(&candidate, self.goal(&candidate));
        match self.times.measure(Stage::Ladder, climb) {
            Ok(outcome) if outcome.reached(self.level) => {
                Ok(assemble::record(unit, module, target, translation, outcome))
            }
            Ok(outcome) => {
                let refusal = assemble::refusal(&outcome, self.level);
                Ok(unit.rejected(Some(id), refusal, outcome.level))
            }
            Err(missing @ (Infrastructure::MissingTool { .. } | Infrastructure::NoSandbox(_))) => {
                let rejection = Rejection::new(assemble::UNAVAILABLE, Span::default(), missing.to_string());
                Ok(unit.rejected(Some(id), rejection, Level::None))
            }
            Err(error) => Err(Failure::new(error.to_string())),
        }
    }

    /// Guarded work on the clock of translation.
    fn translating<T>(&self, work: impl FnOnce() -> Result<T, Rejection>) -> Result<T, Rejection> {
        self.times.measure(Stage::Translation, || guarded(work))
    }

    /// The rung to climb to: no toolchain is called for what cannot become a record.
    fn goal(&self, candidate: &Candidate) -> Level {
        if candidate.checks == 0 && self.level >= Level::Tests { Level::Parse } else { self.level }
    }
}
