//! From a translation and its outcome to a record or a rejection.

use crate::agree::{self, Extended};
use corpora::{LADDER_STAGE, Record, Rejected, Source};
use grammars::ir::{Function, Module};
use grammars::{LangId, Level, Rejection, Span};
use std::sync::Arc;
use translators::{Target, Translation};
use validators::{Candidate, Infrastructure, Outcome, Verdict};

/// The reason where the machine has no toolchain or no sandbox: nothing is known about the program.
pub(super) const UNAVAILABLE: &str = "ladder.unavailable";

/// The reason where the machine failed, also when tried again: nothing is known about the program.
pub(super) const INFRASTRUCTURE: &str = "ladder.infrastructure";

/// The rejection of what the machine could not judge; `None` where it could not judge anything else either.
pub(super) fn unjudged(failure: &Infrastructure) -> Option<Rejection> {
    let code = match failure {
        Infrastructure::MissingTool { .. } | Infrastructure::NoSandbox(_) => UNAVAILABLE,
        failure if failure.may_pass() => INFRASTRUCTURE,
        _ => return None,
    };
    Some(Rejection::new(code, Span::default(), failure.to_string()))
}

/// What becomes of a program, or of a part of one, for one target.
#[derive(Debug)]
pub(super) enum Product {
    /// It goes into the corpus.
    Record(Box<Record>),
    /// It does not.
    Rejected(Rejected),
}

impl Product {
    /// It was rejected for a reason that may concern some of its definitions only.
    pub(super) fn may_do_better_in_parts(&self) -> bool {
        let of_the_machine = [UNAVAILABLE, INFRASTRUCTURE];
        matches!(self, Product::Rejected(rejected) if !of_the_machine.contains(&rejected.code.as_str()))
    }

    /// The machine failed to judge it.
    pub(super) fn is_unjudged(&self) -> bool {
        matches!(self, Product::Rejected(rejected) if rejected.code.as_str() == INFRASTRUCTURE)
    }

    /// Why it was rejected.
    pub(super) fn message(&self) -> Option<&str> {
        match self {
            Product::Record(_) => None,
            Product::Rejected(rejected) => Some(&rejected.message),
        }
    }

    /// It is a rejection that parts may do better than, for all targets or for `target`.
    pub(super) fn failed_for(&self, target: &LangId) -> bool {
        let concerns = |rejected: &Rejected| rejected.target.as_ref().is_none_or(|id| id == target);
        self.may_do_better_in_parts() && matches!(self, Product::Rejected(rejected) if concerns(rejected))
    }
}

/// A program, or a part of one, to be translated.
#[derive(Debug)]
pub(super) struct Unit {
    /// Where it comes from.
    pub(super) source: Arc<Source>,
    /// The part's name; `None` for the whole.
    pub(super) part: Option<String>,
    /// The text of the part.
    pub(super) text: String,
}

impl Unit {
    /// It is rejected; without `target`, for all targets.
    pub(super) fn rejected(&self, target: Option<&LangId>, rejection: Rejection, level: Level) -> Product {
        Product::Rejected(Rejected::new(
            &self.source.origin.name,
            self.part.as_deref(),
            target,
            rejection,
            level,
        ))
    }

    /// The path of its record.
    fn path(&self) -> String {
        match &self.part {
            Some(part) => format!("{}::{part}", self.source.origin.name),
            None => self.source.origin.name.clone(),
        }
    }
}

/// Who translated: part of a record, and of its identifier.
pub(super) fn translator(target: &dyn Target) -> String {
    let spec = target.spec();
    format!("calque {}, {} {}", env!("CARGO_PKG_VERSION"), spec.id, spec.version)
}

/// What a record says of a program in all targets.
#[derive(Debug)]
pub(super) struct About {
    unit: Unit,
    entry_point: Option<String>,
    signature: Option<String>,
    doc: Option<String>,
}

impl About {
    /// What the typed program `module` says of `unit`.
    pub(super) fn new(unit: Unit, module: &Module) -> About {
        let entry = module.entry_point.as_deref().and_then(|name| module.function(name));
        let doc = entry.and_then(|entry| entry.doc.as_ref()).or(module.doc.as_ref());
        About {
            entry_point: module.entry_point.clone(),
            signature: entry.map(signature),
            doc: doc.map(|doc| doc.text.clone()).filter(|text| !text.is_empty()),
            unit,
        }
    }

    /// The program.
    pub(super) fn unit(&self) -> &Unit {
        &self.unit
    }

    /// It is rejected for `target`.
    pub(super) fn rejected(&self, target: &dyn Target, rejection: Rejection, level: Level) -> Product {
        self.unit.rejected(Some(&target.spec().id), rejection, level)
    }
}

/// A translation that has not been judged.
#[derive(Debug)]
pub(super) struct Draft {
    /// What climbs the ladder.
    pub(super) candidate: Candidate,
    about: Arc<About>,
    translator: String,
    domain: Vec<String>,
    /// Generated inputs are among its tests.
    pub(super) extended: Option<Extended>,
}

impl Draft {
    /// The translation of a program to `target`.
    pub(super) fn new(about: Arc<About>, target: &dyn Target, translation: Translation) -> Draft {
        Draft {
            about,
            translator: translator(target),
            domain: translation.domain.clone(),
            candidate: agree::candidate(target, translation),
            extended: None,
        }
    }

    /// The same with generated inputs among its tests; `outside` says which inputs are beyond its limits.
    pub(super) fn with_inputs(
        self,
        extended: Option<(Translation, Extended)>,
        outside: Vec<String>,
    ) -> Draft {
        let (about, translator) = (self.about.clone(), self.translator.clone());
        let mut draft = match extended {
            None => self,
            Some((translation, extended)) => Draft {
                about,
                translator,
                domain: translation.domain.clone(),
                candidate: agree::candidate(extended.target(), translation),
                extended: Some(extended),
            },
        };
        draft.domain.extend(outside);
        draft
    }

    /// It is rejected.
    pub(super) fn rejected(&self, rejection: Rejection, level: Level) -> Product {
        self.about.unit.rejected(Some(&self.candidate.lang), rejection, level)
    }

    /// Its path and target, for people.
    pub(super) fn name(&self) -> String {
        format!("{} [{}]", self.about.unit.path(), self.candidate.lang)
    }

    /// Its record, once it has reached the rung asked for.
    pub(super) fn record(self, outcome: Outcome) -> Product {
        let Draft { candidate, about, translator, domain, extended } = self;
        let agreed = extended.map(|extended| u32::try_from(extended.inputs()).unwrap_or(u32::MAX));
        let ran_tests = outcome.level >= Level::Tests;
        let unit = &about.unit;
        Product::Record(Box::new(Record {
            id: Record::identify(&unit.text, &candidate.program, &translator),
            source_lang: unit.source.lang.clone(),
            target_lang: candidate.lang,
            entry_point: about.entry_point.clone(),
            signature: about.signature.clone(),
            doc: about.doc.clone(),
            repo: unit.source.repo.clone(),
            path: unit.path(),
            revision: unit.source.revision.clone(),
            license: unit.source.license.clone(),
            source: unit.text.clone(),
            target: candidate.program,
            tests: candidate.tests,
            translator,
            level: if ran_tests && agreed.is_some() { Level::Agree } else { outcome.level },
            toolchain: outcome.toolchain,
            tests_run: ran_tests.then_some(outcome.tests_run),
            tests_passed: ran_tests.then_some(outcome.tests_passed),
            inputs_agreed: agreed.filter(|_| ran_tests),
            coverage: None,
            mutants_caught: None,
            domain,
            isolation: outcome.isolation.as_str().to_owned(),
            cluster: None,
            split: None,
        }))
    }
}

/// Why a translation did not reach `wanted`.
pub(super) fn refusal(outcome: &Outcome, wanted: Level) -> Rejection {
    let (reason, message) = match outcome.verdict {
        Verdict::Ok => ("no-tests", format!("It has no tests, so that it cannot reach the rung `{wanted}`.")),
        verdict if outcome.detail.is_empty() => {
            (verdict.as_str(), format!("The toolchain's verdict is `{verdict}`."))
        }
        verdict => (verdict.as_str(), outcome.detail.clone()),
    };
    Rejection::new(format!("{LADDER_STAGE}.{reason}"), Span::default(), message)
}

/// Name, parameters and result with their types.
fn signature(function: &Function) -> String {
    let params: Vec<String> = function.params.iter().map(|p| format!("{}: {}", p.name, p.ty)).collect();
    format!("{}({}) -> {}", function.name, params.join(", "), function.ret)
}
