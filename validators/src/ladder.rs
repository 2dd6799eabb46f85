//! The ladder: this machine's toolchains, oracles, sandbox and cache behind two questions.

use crate::cache::Cache;
use crate::climb::{self, Means};
use crate::doubts::Doubts;
use crate::oracle::{self, Oracle, Report, Source};
use crate::together::{Confirm, judge_together};
use crate::{
    Batch, Candidate, Executor, Infrastructure, Isolation, Outcome, Probe, Sandbox, Tool, Toolchain, Verdict,
    toolchains,
};
use grammars::{LangId, Level};
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// How a ladder is set up.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file that keeps verdicts between runs; `None` judges everything anew.
    pub cache: Option<PathBuf>,
    /// Run programs without isolation where the machine cannot isolate them. They then see its
    /// files and network, so this is for trusted programs only.
    pub unsandboxed: bool,
    /// Which verdicts of batches are confirmed by the plain commands of the toolchain.
    pub confirm: Confirm,
    /// A binary that calls [`main_if_helper`](crate::main_if_helper) first of all, to run compiled programs
    /// side by side; usually the running one. With `None` each program is compiled and started alone.
    pub helper: Option<PathBuf>,
    /// The best degree of isolation to use. For the best of all, a `helper` is needed.
    pub isolation: Isolation,
}

/// How often a program is tried again, alone, where the machine has failed.
const RETRIES: usize = 2;
/// Programs in a row that are tried again in vain before the rest is left as it is.
const MOST_IN_VAIN: usize = 10;

/// The tools of a language that no longer take a program that is right.
#[derive(Debug)]
pub struct Broken {
    /// The language.
    pub lang: LangId,
    /// What they say instead.
    pub reason: String,
}

/// The rungs of validation for every registered language. One ladder serves many threads.
pub struct Ladder {
    toolchains: Vec<Box<dyn Toolchain>>,
    oracles: Vec<Box<dyn Oracle>>,
    /// What runs commands, or why nothing does.
    executor: Result<Arc<dyn Executor>, String>,
    cache: Option<Cache>,
    doubts: Doubts,
    confirm: Confirm,
    /// Why programs are not isolated better.
    shortcomings: Vec<String>,
}

impl Ladder {
    /// A ladder with the sandbox and toolchains of this machine. Tools are looked for, and what is
    /// missing is an error, only once they are needed.
    ///
    /// # Errors
    /// If the file of verdicts can be neither opened nor made.
    pub fn new(config: Config) -> Result<Self, Infrastructure> {
        let sandbox = match Sandbox::best(config.helper.as_deref(), config.isolation) {
            Err(_) if config.unsandboxed => Ok(Sandbox::limits_only()),
            Err(Infrastructure::NoSandbox(reason)) => Err(reason),
            other => other.map_err(|e| e.to_string()),
        };
        let shortcomings = sandbox.as_ref().map_or_else(|_| Vec::new(), |s| s.shortcomings().to_vec());
        let executor = sandbox.map(|sandbox| Arc::new(sandbox) as Arc<dyn Executor>);
        let cache = config.cache.as_deref().map(Cache::open).transpose()?;
        Ok(Ladder {
            toolchains: toolchains::all(config.helper.as_deref()),
            oracles: oracle::all(),
            executor,
            cache,
            doubts: Doubts::default(),
            confirm: config.confirm,
            shortcomings,
        })
    }

    /// A ladder of these parts, without a cache.
    pub fn with(
        toolchains: Vec<Box<dyn Toolchain>>,
        oracles: Vec<Box<dyn Oracle>>,
        executor: Arc<dyn Executor>,
    ) -> Self {
        let (doubts, confirm, shortcomings) = (Doubts::default(), Confirm::None, Vec::new());
        Ladder { toolchains, oracles, executor: Ok(executor), cache: None, doubts, confirm, shortcomings }
    }

    /// Judges `candidate` on the rungs up to `upto`; [`Level::Agree`] is the same as
    /// [`Level::Tests`], since agreement is tested by more tests.
    ///
    /// # Errors
    /// For what is wrong with the machine, also when tried again. Then nothing is said about the program.
    pub fn climb(&self, candidate: &Candidate, upto: Level) -> Result<Outcome, Infrastructure> {
        let toolchain = self.toolchain(&candidate.lang)?;
        match first_rung(toolchain, candidate, upto) {
            Some(outcome) => Ok(outcome),
            None => {
                let judge = || climb::judge(toolchain, &self.means()?, candidate, upto);
                judge().or_else(|failure| self.retry(failure, judge))
            }
        }
    }

    /// Tries again what the machine failed to do. Where it seems to fail each time a program is there, it is
    /// the program.
    fn retry(
        &self,
        failure: Infrastructure,
        judge: impl Fn() -> Result<Outcome, Infrastructure>,
    ) -> Result<Outcome, Infrastructure> {
        let mut failure = failure;
        for _ in 0..RETRIES {
            if !failure.may_pass() {
                break;
            }
            match judge() {
                Ok(outcome) => return Ok(outcome),
                Err(again) => failure = again,
            }
        }
        match failure {
            Infrastructure::Doubtful(outcome) => Ok(*outcome),
            failure => Err(failure),
        }
    }

    /// Judges each candidate on the rungs up to the level beside it, and answers in their order, as
    /// [`Ladder::climb`] would one by one; but toolchains that take many programs at a time get them
    /// together, and the work is spread over the threads of the current pool.
    pub fn climb_all(&self, candidates: &[(&Candidate, Level)]) -> Vec<Result<Outcome, Infrastructure>> {
        let first = |&(candidate, upto): &(&Candidate, Level)| {
            let toolchain = self.toolchain(&candidate.lang)?;
            Ok(first_rung(toolchain, candidate, upto))
        };
        let mut answers: Vec<Option<Result<Outcome, Infrastructure>>> =
            candidates.par_iter().map(|asked| first(asked).transpose()).collect();
        let open: Vec<usize> = (0..answers.len()).filter(|&index| answers[index].is_none()).collect();
        let judged: Vec<_> = self
            .batches(candidates, &open)
            .into_par_iter()
            .flat_map_iter(|batch| {
                let together: Vec<_> = batch.iter().map(|&index| candidates[index]).collect();
                batch.into_iter().zip(self.judge(&together))
            })
            .collect();
        let mut in_vain = 0;
        for (index, outcome) in judged {
            let again = |failure| {
                if in_vain >= MOST_IN_VAIN {
                    return Err(failure);
                }
                let tried = self.retry(failure, || self.judge_alone(candidates[index]));
                in_vain = if tried.is_err() { in_vain + 1 } else { 0 };
                tried
            };
            answers[index] = Some(outcome.or_else(again));
        }
        answers.into_iter().flatten().collect()
    }

    /// Proves that the tools that have spoken against programs since the last proof still work, and keeps
    /// those verdicts. Verdicts against programs count only after it.
    ///
    /// # Errors
    /// The languages whose tools do not take a program that is right. What they have said is not kept, and
    /// is to be forgotten.
    pub fn prove(&self) -> Result<(), Vec<Broken>> {
        let mut broken = Vec::new();
        for (lang, entries) in self.doubts.take() {
            let kept = || match &self.cache {
                Some(cache) => entries.into_iter().try_for_each(|entry| cache.put(Some(entry))),
                None => Ok(()),
            };
            if let Err(reason) = self.proof(&lang).and_then(|()| kept().map_err(|e| e.to_string())) {
                broken.push(Broken { lang, reason });
            }
        }
        if broken.is_empty() { Ok(()) } else { Err(broken) }
    }

    /// Has the tools of `lang` judge a program that is right, past the cache.
    fn proof(&self, lang: &LangId) -> Result<(), String> {
        let means = self.means().map_err(|e| e.to_string())?;
        let means = Means { cache: None, doubts: &Doubts::default(), ..means };
        if let Ok(oracle) = self.oracle(lang) {
            let report = oracle::question::ask_alone(oracle, &means, &oracle.proof());
            return match report.map_err(|e| e.to_string())? {
                report if report.accepts() => Ok(()),
                report => Err(format!("{} {}", report.complaint(), report.detail)),
            };
        }
        let toolchain = self.toolchain(lang).map_err(|e| e.to_string())?;
        let outcome = climb::judge(toolchain, &means, &toolchain.proof(), Level::Tests);
        match outcome.map_err(|e| e.to_string())? {
            outcome if outcome.reached(Level::Tests) => Ok(()),
            outcome => Err(format!("{}: {}", outcome.verdict, outcome.detail)),
        }
    }

    /// Whether a candidate that passes is one of those that the plain commands confirm.
    pub fn confirms(&self, candidate: &Candidate) -> bool {
        self.confirm.chooses(candidate)
    }

    /// The candidates at `open` in groups to be judged together: each of one language, and no larger than
    /// its toolchain takes.
    fn batches(&self, candidates: &[(&Candidate, Level)], open: &[usize]) -> Vec<Vec<usize>> {
        let mut batches = Vec::new();
        for toolchain in &self.toolchains {
            let lang = toolchain.lang();
            let own: Vec<usize> =
                open.iter().copied().filter(|&index| candidates[index].0.lang == lang).collect();
            let size = toolchain.batch().map_or(1, Batch::size).max(1);
            batches.extend(own.chunks(size).map(<[usize]>::to_vec));
        }
        batches
    }

    /// Judges candidates of one language that the grammar has taken.
    fn judge(&self, candidates: &[(&Candidate, Level)]) -> Vec<Result<Outcome, Infrastructure>> {
        let together = candidates.first().and_then(|(candidate, _)| {
            let toolchain = self.toolchain(&candidate.lang).ok()?;
            Some((toolchain, toolchain.batch()?, self.means().ok()?))
        });
        match together {
            Some((toolchain, batch, means)) => {
                judge_together(toolchain, batch, &means, self.confirm, candidates)
            }
            None => candidates.iter().map(|&asked| self.judge_alone(asked)).collect(),
        }
    }

    /// Judges a candidate that the grammar has taken.
    fn judge_alone(&self, (candidate, upto): (&Candidate, Level)) -> Result<Outcome, Infrastructure> {
        climb::judge(self.toolchain(&candidate.lang)?, &self.means()?, candidate, upto)
    }

    /// Runs the tests of a source in its own language.
    ///
    /// # Errors
    /// For what is wrong with the machine, also when tried again. Then nothing is said about the source.
    pub fn consult(&self, source: &Source) -> Result<Report, Infrastructure> {
        let oracle = self.oracle(&source.lang)?;
        let means = self.means()?;
        let mut report = oracle::question::ask(oracle, &means, source);
        for _ in 0..RETRIES {
            match &report {
                Err(failure) if failure.may_pass() => report = oracle::question::ask(oracle, &means, source),
                _ => break,
            }
        }
        report
    }

    /// What has to be said about the verdicts of earlier runs: that they cannot be read.
    pub fn notice(&self) -> Option<&str> {
        self.cache.as_ref().and_then(Cache::notice)
    }

    /// As [`Ladder::consult`], but by a process for this source alone and past the cache: what confirms the
    /// answers of warm workers.
    ///
    /// # Errors
    /// For what is wrong with the machine.
    pub fn consult_alone(&self, source: &Source) -> Result<Report, Infrastructure> {
        let oracle = self.oracle(&source.lang)?;
        oracle::question::ask_alone(oracle, &self.means()?, source)
    }

    /// The answer of an oracle's warm worker to any request that it has a handler for; `None` where the
    /// language has no such worker, or it cannot say.
    ///
    /// # Errors
    /// For what is wrong with the machine. Then nothing is said about the source.
    pub fn ask(
        &self,
        lang: &LangId,
        request: serde_json::Value,
    ) -> Result<Option<oracle::Answer>, Infrastructure> {
        let executor = self.executor()?.as_ref();
        Ok(self.oracle(lang)?.warm().and_then(|warm| warm.ask(executor, request)))
    }

    /// Calls functions of a source in its own language, and answers in the order of the calls; `None` for a
    /// call that gets no answer, or another one when it is made again.
    ///
    /// # Errors
    /// For what is wrong with the machine. Then nothing is said about the source.
    pub fn answer(
        &self,
        questions: &oracle::calls::Questions,
    ) -> Result<Vec<Option<oracle::calls::Answer>>, Infrastructure> {
        oracle::calls::answer(self.oracle(&questions.lang)?, &self.means()?, questions)
    }

    /// How programs are isolated; [`Isolation::None`] where none are run.
    pub fn isolation(&self) -> Isolation {
        self.executor.as_ref().map_or(Isolation::None, |executor| executor.isolation())
    }

    /// Why programs are not isolated better, one line for each better degree.
    pub fn shortcomings(&self) -> &[String] {
        &self.shortcomings
    }

    /// What runs commands.
    ///
    /// # Errors
    /// [`Infrastructure::NoSandbox`] where programs cannot be isolated and running them without was
    /// not asked for.
    pub fn executor(&self) -> Result<&Arc<dyn Executor>, Infrastructure> {
        self.executor.as_ref().map_err(|reason| Infrastructure::NoSandbox(reason.clone()))
    }

    /// The tools of every language: those that judge translations, then those that run sources.
    pub fn doctor(&self) -> Vec<Probe> {
        let toolchains = self.toolchains.iter().map(|t| Probe { lang: t.lang(), tools: t.tools().to_vec() });
        let oracles = self.oracles.iter().map(|o| Probe { lang: o.lang(), tools: o.tools().to_vec() });
        toolchains.chain(oracles).collect()
    }

    /// Name and version of what runs programs in a language, source or target; `None` if it is missing.
    pub fn toolchain_version(&self, lang: &LangId) -> Option<String> {
        let tools = self
            .toolchain(lang)
            .map(Toolchain::tools)
            .or_else(|_| self.oracle(lang).map(Oracle::tools))
            .ok()?;
        tools.iter().all(|tool| tool.problem.is_none()).then(|| Tool::versions(tools))
    }

    fn means(&self) -> Result<Means<'_>, Infrastructure> {
        Ok(Means {
            executor: self.executor()?.as_ref(),
            cache: self.cache.as_ref(),
            doubts: &self.doubts,
            seal: climb::fresh_seal,
        })
    }

    fn toolchain(&self, lang: &LangId) -> Result<&dyn Toolchain, Infrastructure> {
        let found = self.toolchains.iter().find(|toolchain| toolchain.lang() == *lang);
        found.map(AsRef::as_ref).ok_or_else(|| Infrastructure::UnknownLanguage(lang.clone()))
    }

    fn oracle(&self, lang: &LangId) -> Result<&dyn Oracle, Infrastructure> {
        let found = self.oracles.iter().find(|oracle| oracle.lang() == *lang);
        found.map(AsRef::as_ref).ok_or_else(|| Infrastructure::UnknownLanguage(lang.clone()))
    }
}

/// What the grammar says, where that decides.
fn first_rung(toolchain: &dyn Toolchain, candidate: &Candidate, upto: Level) -> Option<Outcome> {
    if [&candidate.program, &candidate.tests].iter().any(|text| text.contains('\0')) {
        return Some(Outcome::new(Level::None, Verdict::Parse, "it contains the character NUL"));
    }
    if let Err(rejection) = toolchain.parse(candidate) {
        let forbidden = rejection.code.as_str().ends_with(".forbidden");
        let verdict = if forbidden { Verdict::Forbidden } else { Verdict::Parse };
        return Some(Outcome::new(Level::None, verdict, &rejection.message));
    }
    (upto <= Level::Parse).then(|| Outcome::new(upto, Verdict::Ok, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{Scripted, finished};
    use crate::toolchains::Fortran;
    use crate::{End, Finished};

    fn candidate() -> Candidate {
        Fortran::present().proof()
    }

    /// What a ladder says about a Fortran program where commands end as `script` says, and what the
    /// proof says after it.
    fn play(
        script: Vec<Result<Finished, Infrastructure>>,
    ) -> (Result<Outcome, Infrastructure>, Result<(), Vec<Broken>>) {
        let ladder =
            Ladder::with(vec![Box::new(Fortran::present())], Vec::new(), Arc::new(Scripted::new(script)));
        let candidate = candidate();
        let mut answers = ladder.climb_all(&[(&candidate, Level::Compile)]);
        (answers.pop().expect("an answer"), ladder.prove())
    }

    fn accepts() -> Result<Finished, Infrastructure> {
        Ok(finished(End::Exit(0), "", ""))
    }

    fn refuses(stderr: &str) -> Result<Finished, Infrastructure> {
        Ok(finished(End::Exit(1), "", stderr))
    }

    #[test]
    fn what_the_machine_fails_to_do_is_tried_again() {
        let fails = || Err(Infrastructure::Sandbox("no process".to_owned()));
        let (outcome, _) = play(vec![fails(), fails(), accepts()]);
        assert!(outcome.expect("the third try").reached(Level::Compile));
        let (outcome, _) = play(vec![fails(), fails(), fails()]);
        assert!(matches!(outcome, Err(Infrastructure::Sandbox(_))));
    }

    #[test]
    fn what_a_kill_cut_short_is_tried_again() {
        let killed = || refuses("gfortran: fatal error: Killed signal terminated program f951");
        let proof = || Ok(finished(End::Exit(1), "", "not this time"));
        let (outcome, _) = play(vec![killed(), accepts(), proof()]);
        assert_eq!(outcome.expect("the second try").verdict, Verdict::Ok);
    }

    #[test]
    fn a_verdict_against_a_program_counts_once_the_tools_are_proven() {
        let vanished = || refuses("gfortran: cannot execute f951");
        let (outcome, proof) = play(vec![vanished(), vanished()]);
        assert_eq!(outcome.expect("an outcome").verdict, Verdict::Compile);
        let broken = proof.expect_err("the compiler is gone");
        assert!(broken[0].lang.as_str() == "fortran" && broken[0].reason.contains("f951"), "{broken:?}");
        let (_, proof) = play(vec![accepts()]);
        assert!(proof.is_ok(), "nothing was said against a program, and nothing has to be proven");
    }
}
