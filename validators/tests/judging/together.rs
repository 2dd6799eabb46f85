//! Programs that are judged together get the verdicts that they get alone, whoever stands beside them.

use crate::support;
use grammars::{LangId, Level};
use validators::{Candidate, Outcome, Toolchain, toolchains};

/// A program that is judged together with others, and how.
pub struct Case {
    pub program: String,
    pub tests: String,
}

impl Case {
    pub fn new(program: impl Into<String>, tests: impl Into<String>) -> Self {
        Case { program: program.into(), tests: tests.into() }
    }

    fn candidate(&self, lang: &str) -> Candidate {
        Candidate {
            lang: LangId::from(lang.to_owned()),
            program: self.program.clone(),
            tests: self.tests.clone(),
            checks: 1,
        }
    }
}

fn toolchain(lang: &str) -> Box<dyn Toolchain> {
    let lang = LangId::from(lang.to_owned());
    toolchains::all(Some(support::HELPER.as_ref()))
        .into_iter()
        .find(|toolchain| toolchain.lang() == lang)
        .expect("a registered language")
}

/// What the batch alone says of each of these programs; `None` where the toolchain is missing.
pub fn batch(lang: &str, cases: &[Case]) -> Option<Vec<Option<Outcome>>> {
    let ladder = support::ladder(lang)?;
    let toolchain = toolchain(lang);
    let candidates: Vec<Candidate> = cases.iter().map(|case| case.candidate(lang)).collect();
    // Only what the grammar takes comes to a batch.
    let open: Vec<_> = candidates.iter().map(|candidate| (candidate, Level::Tests)).collect();
    let executor = ladder.executor().expect("a working machine");
    let batch = toolchain.batch().expect("a batch with a helper");
    Some(batch.judge(executor.as_ref(), &open).expect("a working machine"))
}

/// Judges `suspect` among good programs made by `good`: the batch says of each good one that it passes, and
/// of the suspect nothing, or what the ladder says of it alone.
pub fn among_good_ones(lang: &str, suspect: Case, good: impl Fn(usize) -> Case) {
    let mut cases: Vec<Case> = (0..8).map(&good).collect();
    cases.insert(4, suspect);
    let Some(outcomes) = batch(lang, &cases) else { return };
    for (index, outcome) in outcomes.iter().enumerate() {
        let case = &cases[index];
        if index == 4 {
            let Some(outcome) = outcome else { continue };
            let candidate = case.candidate(lang);
            let ladder = support::ladder(lang).expect("asked before");
            let alone = ladder.climb(&candidate, Level::Tests).expect("a working machine");
            let what = |o: &Outcome| (o.level, o.verdict, o.warnings.clone(), o.detail.clone());
            assert_eq!(what(outcome), what(&alone), "{}\n{}", case.program, case.tests);
        } else {
            let passed = outcome.as_ref().is_some_and(|outcome| outcome.reached(Level::Tests));
            assert!(passed, "a neighbour: {outcome:?}\nof {}\n{}", cases[4].program, cases[4].tests);
        }
    }
}
