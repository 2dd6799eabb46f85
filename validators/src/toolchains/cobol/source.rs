//! COBOL programs that can be compiled and loaded beside others.

use super::{check_calls, cobol};
use crate::toolchains::compiled::{self, random};
use crate::{Candidate, Infrastructure};
use grammars::Level;
use std::collections::BTreeSet;

/// A candidate that can stand beside others.
pub(super) struct Member<'a> {
    /// Its place among the candidates that were asked about.
    pub index: usize,
    pub candidate: &'a Candidate,
    pub upto: Level,
    /// The names of its programs.
    names: Vec<String>,
    /// Its main program, where it is to run.
    main: Option<Main>,
    /// The number that its last statement gives to whoever called it.
    pub proof: i32,
    pub seal: String,
}

/// The main program of tests.
struct Main {
    name: String,
    /// The byte at which its last statement stands.
    end: usize,
}

impl<'a> Member<'a> {
    /// `None` where the candidate has to be judged alone.
    pub(super) fn new(
        index: usize,
        candidate: &'a Candidate,
        upto: Level,
    ) -> Result<Option<Self>, Infrastructure> {
        let Some((names, main)) = read(candidate, upto) else { return Ok(None) };
        // Eight digits, so that the statement that gives it fits its line.
        let proof =
            10_000_000 + i32::from_ne_bytes(random()?).unsigned_abs().cast_signed().rem_euclid(90_000_000);
        Ok(Some(Member { index, candidate, upto, names, main, proof, seal: compiled::seal()? }))
    }

    /// What the C compiler calls its main program; `None` where nothing is to run.
    pub(super) fn symbol(&self) -> Option<String> {
        self.main.as_ref().map(|main| main.name.replace('-', "__"))
    }

    /// The tests with a statement that gives the proof, on as many lines as the plain plan's seal takes.
    /// It leaves the status alone with which the program would end.
    pub(super) fn tests(&self) -> Option<String> {
        let end = self.main.as_ref()?.end;
        let (before, after) = self.candidate.tests.split_at_checked(end)?;
        let proof = self.proof;
        Some(format!(
            "{before}\n           IF RETURN-CODE = 0 MOVE {proof} TO RETURN-CODE GOBACK END-IF\n           {after}"
        ))
    }
}

/// The names of a candidate's programs, and its main program.
fn read(candidate: &Candidate, upto: Level) -> Option<(Vec<String>, Option<Main>)> {
    let with_tests = upto >= Level::Tests;
    let texts: &[&String] =
        if with_tests { &[&candidate.tests, &candidate.program] } else { &[&candidate.program] };
    if !texts.iter().all(|text| cobol::stands_beside(text)) {
        return None;
    }
    let sources: Vec<_> = texts.iter().map(|text| cobol::parse(text).ok()).collect::<Option<_>>()?;
    check_calls(&sources).ok()?;
    let names: Vec<String> =
        sources.iter().flat_map(|source| &source.programs).map(|program| program.name.clone()).collect();
    let distinct: BTreeSet<&String> = names.iter().collect();
    if distinct.len() < names.len() || names.iter().any(|name| name.contains('_')) {
        return None;
    }
    let first = sources.first()?.programs.first()?;
    if !with_tests {
        // A program without parameters would have to run.
        return first.takes_parameters.then_some((names, None));
    }
    let &[end] = first.stops.as_slice() else { return None };
    if first.takes_parameters || cobol::main_may_return(&candidate.tests) {
        return None;
    }
    Some((names, Some(Main { name: first.name.clone(), end })))
}

/// Splits members so that no program's name occurs twice in a group: a call could find the wrong one.
pub(super) fn groups(members: Vec<Member<'_>>) -> Vec<Vec<Member<'_>>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Member<'_>>)> = Vec::new();
    for member in members {
        let free = groups.iter().position(|(taken, _)| member.names.iter().all(|name| !taken.contains(name)));
        let at = free.unwrap_or_else(|| {
            groups.push((BTreeSet::new(), Vec::new()));
            groups.len() - 1
        });
        if let Some((taken, group)) = groups.get_mut(at) {
            taken.extend(member.names.iter().cloned());
            group.push(member);
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}
