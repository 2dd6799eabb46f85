//! Counts over records and rejections.

use crate::manifest::Manifest;
use crate::record::Record;
use crate::rejected::{CORPUS_STAGE, DOCTEST_STAGE, Rejected};
use grammars::{LangId, Level};
use std::collections::{BTreeMap, BTreeSet};

/// Example places kept for each reason.
const EXAMPLES: usize = 3;

/// What a report shows.
#[derive(Debug, Default)]
pub struct Summary {
    /// One funnel per target, in the order asked for.
    pub funnels: Vec<Funnel>,
    /// Records per licence.
    pub licenses: BTreeMap<String, usize>,
    /// Records per source language.
    pub source_langs: BTreeMap<String, usize>,
    /// Records per limit of a representation.
    pub domains: BTreeMap<String, usize>,
    /// Doctests that CPython refutes and that were left out of the tests.
    pub refuted_doctests: usize,
    /// Checks that ran, over all records.
    pub checks: u64,
    reasons: BTreeMap<(String, String), Reason>,
}

/// How far the programs of one target came.
#[derive(Debug)]
pub struct Funnel {
    /// The target.
    pub target: LangId,
    /// Programs and parts of programs; everything that became a record or a rejection.
    pub units: usize,
    /// Those that were translated.
    pub translated: usize,
    /// Those that passed each rung.
    pub passed: BTreeMap<Level, usize>,
    /// Translations dropped because an earlier one is the same.
    pub duplicates: usize,
    /// Records.
    pub records: usize,
}

/// Why programs were rejected.
#[derive(Debug)]
pub struct Reason {
    /// The reason code.
    pub code: String,
    /// The target, or `all`.
    pub target: String,
    /// How many.
    pub count: usize,
    /// The first places and what was said there.
    pub examples: Vec<Example>,
}

/// A place where something was rejected.
#[derive(Debug)]
pub struct Example {
    /// Path, line and part.
    pub place: String,
    /// The sentence.
    pub message: String,
}

impl Summary {
    /// Nothing counted yet, for the targets of `manifest`.
    pub fn new(manifest: &Manifest) -> Self {
        let funnels = manifest.targets.iter().map(|target| Funnel::new(target.id.clone())).collect();
        Summary { funnels, ..Summary::default() }
    }

    /// Counts a record.
    pub fn add_record(&mut self, record: &Record) {
        *self.licenses.entry(record.license.clone()).or_default() += 1;
        *self.source_langs.entry(record.source_lang.to_string()).or_default() += 1;
        for limit in &record.domain {
            *self.domains.entry(limit.clone()).or_default() += 1;
        }
        self.checks += u64::from(record.tests_run.unwrap_or_default());
        for funnel in self.funnels.iter_mut().filter(|f| f.target == record.target_lang) {
            funnel.units += 1;
            funnel.records += 1;
            funnel.pass(record.level);
        }
    }

    /// Counts a rejection.
    pub fn add_rejected(&mut self, rejected: &Rejected) {
        if rejected.stage == DOCTEST_STAGE {
            self.refuted_doctests += 1;
            return;
        }
        let concerns = |funnel: &&mut Funnel| rejected.target.as_ref().is_none_or(|t| *t == funnel.target);
        for funnel in self.funnels.iter_mut().filter(concerns) {
            funnel.units += 1;
            funnel.duplicates += usize::from(rejected.stage == CORPUS_STAGE);
            if rejected.translated() {
                funnel.pass(rejected.level);
            }
        }
        self.add_reason(rejected);
    }

    fn add_reason(&mut self, rejected: &Rejected) {
        let target = rejected.target.as_ref().map_or("all", LangId::as_str).to_owned();
        let code = rejected.code.to_string();
        let key = (code.clone(), target.clone());
        let new = Reason { code, target, count: 0, examples: Vec::new() };
        let reason = self.reasons.entry(key).or_insert(new);
        reason.count += 1;
        if reason.examples.len() < EXAMPLES {
            reason.examples.push(Example { place: place(rejected), message: rejected.message.clone() });
        }
    }

    /// The reasons, the most frequent first.
    pub fn reasons(&self) -> Vec<&Reason> {
        let mut reasons: Vec<&Reason> = self.reasons.values().collect();
        reasons.sort_by(|a, b| {
            b.count.cmp(&a.count).then_with(|| (&a.code, &a.target).cmp(&(&b.code, &b.target)))
        });
        reasons
    }

    /// Records of all targets.
    pub fn records(&self) -> usize {
        self.funnels.iter().map(|funnel| funnel.records).sum()
    }

    /// The rungs that some program passed or was meant to pass, in order.
    pub fn rungs(&self) -> BTreeSet<Level> {
        let usual = [Level::Parse, Level::Compile, Level::Run, Level::Tests];
        let passed = self.funnels.iter().flat_map(|funnel| funnel.passed.keys().copied());
        usual.into_iter().chain(passed).filter(|&level| level != Level::None).collect()
    }
}

impl Funnel {
    fn new(target: LangId) -> Self {
        Funnel { target, units: 0, translated: 0, passed: BTreeMap::new(), duplicates: 0, records: 0 }
    }

    /// Counts a translation that passed every rung up to `level`.
    fn pass(&mut self, level: Level) {
        self.translated += 1;
        let rungs = [Level::Parse, Level::Compile, Level::Run, Level::Tests, Level::Agree];
        for rung in rungs.into_iter().filter(|&rung| rung <= level) {
            *self.passed.entry(rung).or_default() += 1;
        }
    }

    /// How many passed `level`.
    pub fn at(&self, level: Level) -> usize {
        self.passed.get(&level).copied().unwrap_or_default()
    }
}

fn place(rejected: &Rejected) -> String {
    let mut place = rejected.path.clone();
    if let Some(line) = rejected.line {
        place.push_str(&format!(":{line}"));
    }
    if let Some(unit) = &rejected.unit {
        place.push_str(&format!(" ({unit})"));
    }
    place
}
