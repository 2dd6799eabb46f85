//! What is done with one input, on one worker.

use super::assemble::{self, Product, Unit};
use crate::compile::{self, Program};
use crate::failure::Failure;
use crate::guard::guarded;
use corpora::readers::Input;
use corpora::{Rejected, Source};
use grammars::ir::Module;
use grammars::{Level, Rejection, Span};
use translators::Target;
use validators::{Infrastructure, Ladder};

/// What all inputs have in common.
pub(super) struct Work<'a> {
    /// What to translate to.
    pub(super) targets: Vec<&'static dyn Target>,
    /// The rung that a record has to reach.
    pub(super) level: Level,
    /// Who judges.
    pub(super) ladder: &'a Ladder,
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
                let rejected = Rejected::new(&unreadable.path, None, None, rejection, Level::None);
                Ok(vec![Product::Rejected(rejected)])
            }
        }
    }

    fn source(&self, source: &Source) -> Result<Vec<Product>, Failure> {
        let whole = Unit { source, part: None, text: source.text.clone() };
        let program = match guarded(|| compile::parse(source)) {
            Ok(program) => program,
            Err(rejection) => return Ok(vec![whole.rejected(None, rejection, Level::None)]),
        };
        self.unit(&whole, &program)
    }

    /// Translates a unit to every target and judges the translations.
    fn unit(&self, unit: &Unit<'_>, program: &Program) -> Result<Vec<Product>, Failure> {
        match guarded(|| compile::typed(program, unit.source)) {
            Ok(module) => self.targets.iter().map(|target| self.target(unit, &module, *target)).collect(),
            Err(rejection) => Ok(vec![unit.rejected(None, rejection, Level::None)]),
        }
    }

    fn target(&self, unit: &Unit<'_>, module: &Module, target: &dyn Target) -> Result<Product, Failure> {
        let id = &target.spec().id;
        let translation = match guarded(|| target.translate(module)) {
            Ok(translation) => translation,
            Err(rejection) => return Ok(unit.rejected(Some(id), rejection, Level::None)),
        };
        let candidate = assemble::candidate(target, &translation);
        match self.ladder.climb(&candidate, self.level) {
            Ok(outcome) if outcome.reached(self.level) => {
                Ok(assemble::record(unit, module, target, translation, outcome))
            }
            Ok(outcome) => {
                let refusal = assemble::refusal(&outcome, self.level);
                Ok(unit.rejected(Some(id), refusal, outcome.level))
            }
            Err(missing @ (Infrastructure::MissingTool { .. } | Infrastructure::NoSandbox(_))) => {
                let rejection = Rejection::new("ladder.unavailable", Span::default(), missing.to_string());
                Ok(unit.rejected(Some(id), rejection, Level::None))
            }
            Err(error) => Err(Failure::new(error.to_string())),
        }
    }
}
