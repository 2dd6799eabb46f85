//! Many candidates of one language on their way up: together where the toolchain can do that, and a sample of
//! what passed once more alone.

use crate::climb::{Climb, Means, Start};
use crate::{Batch, Candidate, Infrastructure, Outcome, Toolchain, Verdict, Witness};
use grammars::Level;

/// Of the programs that passed together, one of so many is confirmed alone where a sample is asked for.
const SAMPLE: u64 = 50;

/// Which verdicts of batches the plain commands have to confirm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Confirm {
    /// None of them.
    #[default]
    None,
    /// 2 % of the programs that passed, chosen by this seed and their texts.
    Sample(u64),
    /// Every program that passed.
    All,
}

impl Confirm {
    /// Whether `candidate` is to be confirmed once it has passed; depends on nothing but its texts and the seed.
    pub fn chooses(self, candidate: &Candidate) -> bool {
        match self {
            Confirm::None => false,
            Confirm::All => true,
            Confirm::Sample(seed) => {
                let mut hasher = blake3::Hasher::new_derive_key("calque validators 2026 sample");
                hasher.update(&seed.to_le_bytes());
                for text in [candidate.lang.as_str(), &candidate.program, &candidate.tests] {
                    hasher.update(text.as_bytes()).update(&[0]);
                }
                let mut number = [0; 8];
                hasher.finalize_xof().fill(&mut number);
                u64::from_le_bytes(number) % SAMPLE == 0
            }
        }
    }
}

/// Judges candidates that the grammar has taken with what the toolchain has for many. What that leaves open is
/// judged alone, and so is what `confirm` chooses; where that comes to another verdict, all of them are.
pub(crate) fn judge_together(
    toolchain: &dyn Toolchain,
    batch: &dyn Batch,
    means: &Means<'_>,
    confirm: Confirm,
    candidates: &[(&Candidate, Level)],
) -> Vec<Result<Outcome, Infrastructure>> {
    let start = |&(candidate, upto)| Climb::start(toolchain, means, candidate, upto);
    let mut all: Vec<Judged<'_>> = candidates.iter().map(start).map(Judged::new).collect();
    let open: Vec<_> = all.iter().filter_map(Judged::open).collect();
    if !open.is_empty() {
        // A batch that fails as a whole says nothing about its programs: each then has its own say.
        let mut said = batch.judge(means.executor, &open).unwrap_or_default().into_iter();
        for judged in all.iter_mut().filter(|judged| judged.answer.is_none()) {
            judged.hear(said.next().flatten());
        }
    }
    for judged in &mut all {
        if judged.passed() && judged.climb.as_ref().is_some_and(|climb| confirm.chooses(climb.candidate)) {
            judged.confirm();
        }
    }
    if confirm != Confirm::None && all.iter().any(Judged::was_refuted) {
        all.iter_mut().for_each(Judged::confirm);
    }
    all.into_iter().filter_map(|judged| judged.answer).collect()
}

/// A candidate of a batch.
struct Judged<'a> {
    /// `None` where nothing needs to run.
    climb: Option<Climb<'a>>,
    /// `None` until it is judged.
    answer: Option<Result<Outcome, Infrastructure>>,
}

impl<'a> Judged<'a> {
    fn new(start: Result<Start<'a>, Infrastructure>) -> Self {
        match start {
            Err(e) => Judged { climb: None, answer: Some(Err(e)) },
            Ok(Start::Decided(outcome)) => Judged { climb: None, answer: Some(Ok(outcome)) },
            Ok(Start::Ready(climb)) => Judged { answer: climb.known().map(Ok), climb: Some(climb) },
        }
    }

    /// What is to be asked of the batch.
    fn open(&self) -> Option<(&'a Candidate, Level)> {
        let climb = self.climb.as_ref().filter(|_| self.answer.is_none())?;
        Some((climb.candidate, climb.upto))
    }

    /// Takes what the batch said; where that is nothing, it is judged alone.
    fn hear(&mut self, said: Option<Outcome>) {
        if let Some(climb) = &self.climb {
            self.answer = Some(match said {
                Some(outcome) => climb.keep(climb.complete(outcome, Witness::Batch)),
                None => climb.alone(),
            });
        }
    }

    fn passed(&self) -> bool {
        matches!(&self.answer, Some(Ok(outcome)) if outcome.verdict == Verdict::Ok)
    }

    fn was_refuted(&self) -> bool {
        matches!(&self.answer, Some(Ok(outcome)) if outcome.witness == Witness::Refuted)
    }

    /// Judges alone what a batch has judged; the verdict is then that of the plain commands.
    fn confirm(&mut self) {
        let (Some(climb), Some(Ok(said))) = (&self.climb, &self.answer) else { return };
        if said.witness != Witness::Batch {
            return;
        }
        let confirmed = |alone| {
            let mut alone = climb.complete(alone, Witness::Confirmed);
            if (alone.level, alone.verdict) != (said.level, said.verdict) {
                alone.witness = Witness::Refuted;
            }
            climb.keep(alone)
        };
        self.answer = Some(climb.run().and_then(confirmed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::Doubts;
    use crate::scripted::{Scripted, finished};
    use crate::toolchains::Fortran;
    use crate::{End, Executor, Finished};
    use grammars::LangId;

    const SEAL: &str = "sealed-for-tests";

    /// Says that all programs pass but those that say that they are odd, of which it says nothing.
    struct Credulous;

    impl Batch for Credulous {
        fn size(&self) -> usize {
            10
        }

        fn judge(
            &self,
            _executor: &dyn Executor,
            candidates: &[(&Candidate, Level)],
        ) -> Result<Vec<Option<Outcome>>, Infrastructure> {
            let say = |(candidate, upto): &(&Candidate, Level)| {
                let passed = || Outcome::new(*upto, Verdict::Ok, "");
                (!candidate.program.contains("odd")).then(passed)
            };
            Ok(candidates.iter().map(say).collect())
        }
    }

    fn candidate(name: &str) -> Candidate {
        Candidate {
            lang: LangId::from_static("fortran"),
            program: format!("module {name}\nend module {name}\n"),
            tests: "program t\nend program t\n".to_owned(),
            checks: 1,
        }
    }

    fn compiled() -> Finished {
        finished(End::Exit(0), "", "")
    }

    fn passes() -> [Finished; 2] {
        [compiled(), finished(End::Exit(0), &format!("{SEAL}\n"), "")]
    }

    fn fails() -> [Finished; 2] {
        [compiled(), finished(End::Exit(1), "", "ERROR STOP 1")]
    }

    /// Verdicts and witnesses where the plain commands say what `script` says.
    fn judged(confirm: Confirm, names: &[&str], script: Vec<[Finished; 2]>) -> Vec<(Verdict, Witness)> {
        let candidates: Vec<Candidate> = names.iter().map(|name| candidate(name)).collect();
        let asked: Vec<_> = candidates.iter().map(|candidate| (candidate, Level::Tests)).collect();
        let commands = script.len() * 2;
        let executor = Scripted::new(script.into_iter().flatten().map(Ok));
        let doubts = Doubts::default();
        let means = Means { executor: &executor, cache: None, doubts: &doubts, seal: || Ok(SEAL.to_owned()) };
        let outcomes = judge_together(&Fortran::present(), &Credulous, &means, confirm, &asked);
        assert_eq!(executor.asked().len(), commands);
        outcomes.into_iter().map(|o| o.expect("no failure")).map(|o| (o.verdict, o.witness)).collect()
    }

    #[test]
    fn what_a_batch_leaves_open_is_judged_alone() {
        let outcomes = judged(Confirm::None, &["a", "odd", "b"], vec![fails()]);
        let batch = (Verdict::Ok, Witness::Batch);
        assert_eq!(outcomes, [batch, (Verdict::Wrong, Witness::Alone), batch]);
    }

    #[test]
    fn all_can_be_confirmed_and_the_plain_commands_have_the_last_word() {
        let outcomes = judged(Confirm::All, &["a", "b"], vec![passes(), fails()]);
        assert_eq!(outcomes, [(Verdict::Ok, Witness::Confirmed), (Verdict::Wrong, Witness::Refuted)]);
    }

    #[test]
    fn one_disagreement_has_the_whole_batch_confirmed() {
        let names: Vec<String> = (0..200).map(|n| format!("m{n}")).collect();
        let chosen = |name: &&String| Confirm::Sample(7).chooses(&candidate(name));
        let (sampled, others): (Vec<_>, Vec<_>) = names.iter().partition(chosen);
        assert!((1..=12).contains(&sampled.len()), "{} of 200 are no 2 %", sampled.len());
        let three = [others[0].as_str(), sampled[0].as_str(), others[1].as_str()];
        let alone = (Verdict::Ok, Witness::Confirmed);
        assert_eq!(
            judged(Confirm::Sample(7), &three, vec![passes()]),
            [(Verdict::Ok, Witness::Batch), alone, (Verdict::Ok, Witness::Batch)]
        );
        assert_eq!(
            judged(Confirm::Sample(7), &three, vec![fails(), passes(), fails()]),
            [alone, (Verdict::Wrong, Witness::Refuted), (Verdict::Wrong, Witness::Refuted)]
        );
    }
}
