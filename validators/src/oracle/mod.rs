//! Oracles: a source's own tests, run by the source's own language before anything is translated.
//!
//! A program that fails its own tests is not worth a translation. Examples in documentation are
//! reported one by one, because they are wrong more often than programs are: what the source language
//! refutes while the other tests pass is an error of the documentation, and the caller leaves it out.

pub mod calls;
mod java;
mod python;
pub(crate) mod question;

use crate::{Executor, Finished, Isolation, Plan, PlanError, Tool, Verdict};
use grammars::LangId;
use serde::{Deserialize, Serialize};

use calls::{Questions, Turn};
pub use java::Java;
pub use python::Python;

/// A source text with tests in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its language.
    pub lang: LangId,
    /// File stem; doctests of the file itself are named after it.
    pub name: String,
    /// The text.
    pub text: String,
    /// The function that `check(candidate)` is to check, where the text does not say it.
    pub entry_point: Option<String>,
}

/// What happened to one test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All its checks hold.
    Ok,
    /// A check does not hold.
    Failed,
    /// A check could not be made: the program raised something else.
    Crashed,
}

/// One test of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its name, as the front end names the test.
    #[serde(rename = "case")]
    pub name: String,
    /// What happened.
    pub status: Status,
    /// What was raised and where; empty if nothing was.
    pub detail: String,
}

impl Case {
    /// It is an example in documentation.
    pub fn is_doctest(&self) -> bool {
        self.name.starts_with("doctest ")
    }
}

/// What a source's tests say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The tests that were run, in the order of the front end.
    pub cases: Vec<Case>,
    /// [`Verdict::Ok`] if all tests were run, whatever came out; otherwise what stopped the run.
    pub verdict: Verdict,
    /// Why the run stopped; empty if it did not.
    pub detail: String,
    /// CPU time.
    pub cpu_ms: u64,
    /// Name and version of what ran them.
    pub toolchain: String,
    /// How the program was kept from the machine.
    pub isolation: Isolation,
}

impl Report {
    /// The source passes its own tests: all ran, something holds, and nothing but examples in
    /// documentation is refuted. A source without tests is not refuted either.
    pub fn accepts(&self) -> bool {
        let refuted = self.cases.iter().any(|case| case.status != Status::Ok && !case.is_doctest());
        let holds = self.cases.iter().any(|case| case.status == Status::Ok);
        self.verdict == Verdict::Ok && !refuted && (holds || self.cases.is_empty())
    }

    /// The names of the examples in documentation that do not hold, to be left out of the
    /// translated tests.
    pub fn refuted_doctests(&self) -> impl Iterator<Item = &str> {
        let refuted = self.cases.iter().filter(|case| case.is_doctest() && case.status != Status::Ok);
        refuted.map(|case| case.name.as_str())
    }

    /// One sentence about why the source is not accepted.
    pub fn complaint(&self) -> String {
        let failing = self.cases.iter().find(|case| case.status != Status::Ok);
        match failing {
            _ if self.verdict != Verdict::Ok => format!("the source's tests do not end: {}", self.detail),
            Some(case) if self.accepts() => {
                format!("`{}` is an error of the documentation: {}", case.name, case.detail)
            }
            Some(case) => format!("the source fails its own test `{}`: {}", case.name, case.detail),
            None => String::new(),
        }
    }
}

/// What runs the tests of one source language. Like a [`crate::Toolchain`], it only plans and judges.
pub trait Oracle: Send + Sync {
    /// The source language.
    fn lang(&self) -> LangId;

    /// The programs that it needs, as found on this machine.
    fn tools(&self) -> &[Tool];

    /// A small source with a test that holds wherever the language works.
    fn proof(&self) -> Source;

    /// The commands that run the tests of `source`. `seal` is a line that shows that the last test was run.
    ///
    /// # Errors
    /// If a tool is missing, or there is nothing in the source that could be run.
    fn plan(&self, source: &Source, seal: &str) -> Result<Plan, PlanError>;

    /// What the end of a step says; `None` if the next step decides.
    fn judge(&self, plan: &Plan, step: usize, finished: &Finished, seal: &str) -> Option<Findings>;

    /// The commands that answer `questions`; the last one writes a line of JSON for each call and then `seal`.
    ///
    /// # Errors
    /// If a tool is missing, or calls of this language cannot be answered.
    fn plan_calls(&self, questions: &Questions, turn: Turn, seal: &str) -> Result<Plan, PlanError>;

    /// A worker that is faster than the plan, where there is one.
    fn warm(&self) -> Option<&dyn Warm> {
        None
    }
}

/// Runs sources in workers that keep running.
///
/// Where one is not sure that a process alone would say the same, it says nothing.
pub trait Warm: Send + Sync {
    /// What [`Oracle::plan`] would find about the tests of `source`, and the CPU time in milliseconds.
    fn tests(&self, executor: &dyn Executor, source: &Source) -> Option<(Findings, u64)>;

    /// The answer to any request that the worker has a handler for: an object with `kind`, `text` and
    /// what the handler needs. The limits `cpu_ms`, `memory` and `output` are set where they are not given.
    fn ask(&self, executor: &dyn Executor, request: serde_json::Value) -> Option<Answer>;
}

/// A worker's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What the handler reported, line by line.
    pub lines: Vec<String>,
    /// CPU time.
    pub cpu_ms: u64,
}

/// What an oracle reads off a finished command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// The tests that were run.
    pub cases: Vec<Case>,
    /// As in [`Report::verdict`].
    pub verdict: Verdict,
    /// As in [`Report::detail`].
    pub detail: String,
}

/// Every oracle, looked for on this machine.
pub(crate) fn all() -> Vec<Box<dyn Oracle>> {
    vec![Box::new(Python::find()), Box::new(Java::find())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(cases: &[(&str, Status)], verdict: Verdict) -> Report {
        let case = |(name, status): &(&str, Status)| Case {
            name: (*name).to_owned(),
            status: *status,
            detail: "x".into(),
        };
        Report {
            cases: cases.iter().map(case).collect(),
            verdict,
            detail: String::new(),
            cpu_ms: 0,
            toolchain: String::new(),
            isolation: Isolation::None,
        }
    }

    #[test]
    fn only_documentation_may_be_wrong_and_not_all_of_it() {
        let accepts = |cases: &[(&str, Status)]| report(cases, Verdict::Ok).accepts();
        assert!(accepts(&[]));
        assert!(accepts(&[("asserts", Status::Ok)]));
        assert!(accepts(&[("asserts", Status::Ok), ("doctest f 1", Status::Failed)]));
        assert!(accepts(&[("doctest f 1", Status::Crashed), ("doctest f 2", Status::Ok)]));
        assert!(!accepts(&[("doctest f 1", Status::Failed)]));
        assert!(!accepts(&[("asserts", Status::Failed), ("test_f", Status::Ok)]));
        assert!(!report(&[("asserts", Status::Ok)], Verdict::Timeout).accepts());
    }

    #[test]
    fn names_the_examples_to_leave_out() {
        let report = report(
            &[("asserts", Status::Ok), ("doctest f 1", Status::Failed), ("doctest f 2", Status::Ok)],
            Verdict::Ok,
        );
        assert_eq!(report.refuted_doctests().collect::<Vec<_>>(), ["doctest f 1"]);
    }
}
