//! Work on a machine that lacks a toolchain.

use super::assemble::Product;
use super::round;
use super::times::Times;
use super::work::Work;
use corpora::{Origin, Source};
use grammars::{LangId, Level, Rejection};
use std::sync::Arc;
use translators::Target;
use validators::{Candidate, Finished, Judgement, Ladder, Plan, PlanError, Sandbox, Tool, Toolchain};

/// A toolchain of which nothing is installed.
struct Missing(LangId, [Tool; 1]);

impl Toolchain for Missing {
    fn lang(&self) -> LangId {
        self.0.clone()
    }

    fn tools(&self) -> &[Tool] {
        &self.1
    }

    fn proof(&self) -> Candidate {
        Candidate { lang: self.lang(), program: String::new(), tests: String::new(), checks: 0 }
    }

    fn parse(&self, _candidate: &Candidate) -> Result<(), Rejection> {
        Ok(())
    }

    fn plan(&self, _candidate: &Candidate, _upto: Level, _seal: &str) -> Result<Plan, PlanError> {
        self.1[0].require()?;
        Ok(Plan { files: Vec::new(), steps: Vec::new() })
    }

    fn judge(&self, _plan: &Plan, _step: usize, _finished: &Finished, _seal: &str) -> Judgement {
        Judgement::Next(Level::None)
    }

    fn tells(&self, _line: &str) -> bool {
        false
    }

    fn warnings(&self, _finished: &Finished) -> Vec<String> {
        Vec::new()
    }
}

fn source(text: &str) -> Source {
    Source {
        origin: Origin { path: "in/a.py".into(), name: "in/a.py".into(), stem: "a".into() },
        lang: LangId::PYTHON,
        text: text.into(),
        entry_point: None,
        repo: None,
        revision: None,
        license: "MIT".into(),
    }
}

/// What becomes of `text` for the first target, whose toolchain is missing.
fn products(text: &str, level: Level) -> Vec<Product> {
    let target: &'static dyn Target = translators::targets()[0];
    let tool = Tool::find("no-such-compiler", &["--version"]);
    let toolchain = Missing(target.spec().id.clone(), [tool]);
    let ladder = Ladder::with(vec![Box::new(toolchain)], Vec::new(), Arc::new(Sandbox::limits_only()));
    let work = Work { targets: vec![target], level, inputs: None, ladder: &ladder, times: Times::new() };
    round::run(&work, vec![Ok(source(text))]).unwrap().products
}

const TWO: &str = "def one(n: int) -> int:\n    return n\n\ndef two(n: int) -> int:\n    return one(n) + n\n\nassert two(2) == 4\n";

#[test]
fn without_a_toolchain_nothing_passes_and_nothing_is_blamed() {
    let products = products(TWO, Level::Tests);
    let [Product::Rejected(rejected)] = products.as_slice() else { panic!("{products:?}") };
    assert_eq!(rejected.code.as_str(), "ladder.unavailable");
    assert_eq!((rejected.unit.as_deref(), rejected.level), (None, Level::None));
    assert!(rejected.message.contains("no-such-compiler") && rejected.message.contains("scripts/setup"));
}

#[test]
fn the_rung_of_the_grammar_needs_no_toolchain() {
    let products = products(TWO, Level::Parse);
    let [Product::Record(record)] = products.as_slice() else { panic!("{products:?}") };
    assert_eq!((record.level, record.tests_run), (Level::Parse, None));
}
