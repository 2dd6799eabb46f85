//! What a program's own language says about its tests, before anything is translated.

use crate::cell;
use crate::compile::Program;
use corpora::{DOCTEST_STAGE, Source};
use grammars::surface::{Doc, Module, Stmt, StmtKind, TestCase};
use grammars::{LangId, Rejection, Span};
use std::collections::BTreeSet;
use std::sync::Arc;
use validators::oracle::{Case, Java, Oracle, Python, Report, Source as Question, Status};
use validators::{Infrastructure, Ladder, Sandbox, Verdict};

/// Why a program goes no further.
#[derive(Debug)]
pub(crate) enum Setback {
    /// Its own tests refute it.
    Rejected(Rejection),
    /// The machine failed, and nothing is known about the program.
    Failed(Infrastructure),
}

/// An example in documentation that its own language refutes.
#[derive(Debug)]
pub(crate) struct Refuted {
    /// What it documents.
    pub(crate) owner: String,
    /// What is wrong with it, and where.
    pub(crate) rejection: Rejection,
}

/// The oracles of `languages` alone, where programs can be isolated on this machine; looking for
/// toolchains takes longer than translating a few programs.
pub(crate) fn ladder(languages: &BTreeSet<LangId>) -> Option<Ladder> {
    let mut oracles: Vec<Box<dyn Oracle>> = Vec::new();
    if languages.contains(&LangId::PYTHON) {
        oracles.push(Box::new(Python::find()));
    }
    if languages.contains(&LangId::JAVA) {
        oracles.push(Box::new(Java::find()));
    }
    let config = cell::config().ok()?;
    let sandbox = Sandbox::best(config.helper.as_deref(), config.isolation).ok()?;
    Some(Ladder::with(Vec::new(), oracles, Arc::new(sandbox)))
}

/// Runs the tests of `program`, whose text is `text`, in its own language. Examples in
/// documentation that are refuted while other tests hold are taken out of `program` and returned.
///
/// Without tests, and where the machine lacks the language, nothing is run and nothing refuted.
pub(crate) fn consult(
    ladder: &Ladder,
    source: &Source,
    text: &str,
    program: &mut Program,
) -> Result<Vec<Refuted>, Setback> {
    if !program.has_tests() {
        return Ok(Vec::new());
    }
    let question = Question {
        lang: source.lang.clone(),
        name: source.origin.stem.clone(),
        text: text.to_owned(),
        entry_point: source.entry_point.clone(),
    };
    let report = match ladder.consult(&question) {
        Ok(report) => report,
        Err(
            Infrastructure::MissingTool { .. }
            | Infrastructure::NoSandbox(_)
            | Infrastructure::UnknownLanguage(_),
        ) => return Ok(Vec::new()),
        Err(failure) => return Err(Setback::Failed(failure)),
    };
    if !report.accepts() {
        return Err(Setback::Rejected(refusal(&report, program)));
    }
    match program {
        Program::Surface(module) => Ok(leave_out(module, &report)),
        Program::Typed(_) => Ok(Vec::new()),
    }
}

fn refusal(report: &Report, program: &Program) -> Rejection {
    let failing = report.cases.iter().find(|case| case.status != Status::Ok);
    let reason = match report.verdict {
        Verdict::Ok if failing.is_some_and(lacks_a_module) => "missing-module",
        Verdict::Ok => "tests-failed",
        stopped => stopped.as_str(),
    };
    let span = failing.and_then(|case| program.test_span(&case.name)).unwrap_or_default();
    Rejection::new(format!("source.{reason}"), span, report.complaint())
}

/// The program imports what is not on this machine, so that nothing is known about its tests.
fn lacks_a_module(case: &Case) -> bool {
    ["ModuleNotFoundError", "ImportError"].iter().any(|error| case.detail.starts_with(error))
}

/// Takes the refuted examples out of the tests and of the documentation.
fn leave_out(module: &mut Module, report: &Report) -> Vec<Refuted> {
    let names: BTreeSet<&str> = report.refuted_doctests().collect();
    if names.is_empty() {
        return Vec::new();
    }
    let is_refuted = |test: &TestCase| checks_of(&test.name).iter().any(|name| names.contains(name.as_str()));
    let (out, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut module.tests).into_iter().partition(is_refuted);
    module.tests = kept;
    let refuted = |owner: &str, number: usize| names.contains(format!("doctest {owner} {number}").as_str());
    leave_out_of(module.doc.as_mut(), &module.name, &refuted);
    leave_out_of_all(&mut module.body, "", &refuted);
    out.iter().map(|test| explain(&test.name, test.span, report)).collect()
}

/// The names of the checks of a test: a session of examples, `doctest f 2 5`, has several.
fn checks_of(name: &str) -> Vec<String> {
    let words: Vec<&str> = name.split(' ').collect();
    match words.as_slice() {
        ["doctest", owner, numbers @ ..] => numbers.iter().map(|n| format!("doctest {owner} {n}")).collect(),
        _ => vec![name.to_owned()],
    }
}

fn leave_out_of_all(body: &mut [Stmt], prefix: &str, refuted: &dyn Fn(&str, usize) -> bool) {
    for stmt in body {
        match &mut stmt.kind {
            StmtKind::Function(function) => {
                let owner = format!("{prefix}{}", function.name);
                leave_out_of(function.doc.as_mut(), &owner, refuted);
            }
            StmtKind::Class(class) => {
                leave_out_of(class.doc.as_mut(), &class.name, refuted);
                leave_out_of_all(&mut class.body, &format!("{}.", class.name), refuted);
            }
            _ => {}
        }
    }
}

fn leave_out_of(doc: Option<&mut Doc>, owner: &str, refuted: &dyn Fn(&str, usize) -> bool) {
    if let Some(doc) = doc {
        doc.examples.retain(|example| !refuted(owner, example.number));
    }
}

fn explain(name: &str, span: Span, report: &Report) -> Refuted {
    let checks = checks_of(name);
    let failed = |case: &&Case| case.status != Status::Ok && checks.contains(&case.name);
    let detail = report.cases.iter().find(failed).map_or("", |case| case.detail.as_str());
    let owner = name.split(' ').nth(1).unwrap_or_default().to_owned();
    let message = format!("The example `{name}` is an error of the documentation: {detail}.");
    Refuted { owner, rejection: Rejection::new(format!("{DOCTEST_STAGE}.refuted"), span, message) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use validators::Isolation;

    fn report(refuted: &[&str]) -> Report {
        let case = |name: &&str| Case {
            name: (*name).to_owned(),
            status: Status::Failed,
            detail: "is 2, not 3".into(),
        };
        Report {
            cases: refuted.iter().map(case).collect(),
            verdict: Verdict::Ok,
            detail: String::new(),
            cpu_ms: 0,
            toolchain: String::new(),
            isolation: Isolation::None,
        }
    }

    #[test]
    fn takes_refuted_examples_out_of_tests_and_documentation() {
        let text = "\
class Pair:
    def first(self):
        \"\"\"First.

        >>> Pair().first()
        1
        >>> 1 + 1
        3
        \"\"\"
        return 1

def two():
    \"\"\"Two.

    >>> two()
    2
    \"\"\"
    return 2
";
        let mut module = grammars::python::parse("file", text).unwrap();
        let refuted = leave_out(&mut module, &report(&["doctest Pair.first 2"]));
        assert_eq!(refuted.len(), 1);
        assert_eq!(refuted[0].owner, "Pair.first");
        let names: Vec<&str> = module.tests.iter().map(|test| test.name.as_str()).collect();
        assert_eq!(names, ["doctest Pair.first 1", "doctest two 1"]);
        let StmtKind::Class(class) = &module.body[0].kind else { panic!("a class") };
        let StmtKind::Function(method) = &class.body[0].kind else { panic!("a method") };
        assert_eq!(method.doc.as_ref().unwrap().examples.len(), 1);
    }
}
