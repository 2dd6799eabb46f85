//! The ladder: this machine's toolchains, oracles, sandbox and cache behind two questions.

use crate::cache::Cache;
use crate::climb::{self, Means};
use crate::oracle::{self, Oracle, Report, Source};
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
    /// Where verdicts are kept between runs; `None` judges everything anew.
    pub cache: Option<PathBuf>,
    /// Run programs without isolation where the machine cannot isolate them. They then see its
    /// files and network, so this is for trusted programs only.
    pub unsandboxed: bool,
}

/// The rungs of validation for every registered language. One ladder serves many threads.
pub struct Ladder {
    toolchains: Vec<Box<dyn Toolchain>>,
    oracles: Vec<Box<dyn Oracle>>,
    /// What runs commands, or why nothing does.
    executor: Result<Arc<dyn Executor>, String>,
    cache: Option<Cache>,
}

impl Ladder {
    /// A ladder with the sandbox and toolchains of this machine. Tools are looked for, and what is
    /// missing is an error, only once they are needed.
    ///
    /// # Errors
    /// If the cache's folder cannot be made.
    pub fn new(config: Config) -> Result<Self, Infrastructure> {
        let executor: Result<Arc<dyn Executor>, String> = match Sandbox::isolated() {
            Ok(sandbox) => Ok(Arc::new(sandbox)),
            Err(_) if config.unsandboxed => Ok(Arc::new(Sandbox::limits_only())),
            Err(Infrastructure::NoSandbox(reason)) => Err(reason),
            Err(e) => Err(e.to_string()),
        };
        let cache = config.cache.as_deref().map(Cache::open).transpose()?;
        Ok(Ladder { toolchains: toolchains::all(), oracles: oracle::all(), executor, cache })
    }

    /// A ladder of these parts, without a cache.
    pub fn with(
        toolchains: Vec<Box<dyn Toolchain>>,
        oracles: Vec<Box<dyn Oracle>>,
        executor: Arc<dyn Executor>,
    ) -> Self {
        Ladder { toolchains, oracles, executor: Ok(executor), cache: None }
    }

    /// Judges `candidate` on the rungs up to `upto`; [`Level::Agree`] is the same as
    /// [`Level::Tests`], since agreement is tested by more tests.
    ///
    /// # Errors
    /// For what is wrong with the machine. Then nothing is said about the program.
    pub fn climb(&self, candidate: &Candidate, upto: Level) -> Result<Outcome, Infrastructure> {
        let toolchain = self.toolchain(&candidate.lang)?;
        match first_rung(toolchain, candidate, upto) {
            Some(outcome) => Ok(outcome),
            None => climb::judge(toolchain, &self.means()?, candidate, upto),
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
        for (index, outcome) in judged {
            answers[index] = Some(outcome);
        }
        answers.into_iter().flatten().collect()
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
        let alone = |&(candidate, upto): &(&Candidate, Level)| {
            climb::judge(self.toolchain(&candidate.lang)?, &self.means()?, candidate, upto)
        };
        let together = candidates.first().and_then(|(candidate, _)| {
            let toolchain = self.toolchain(&candidate.lang).ok()?;
            Some((toolchain, toolchain.batch()?, self.means().ok()?))
        });
        match together {
            Some((toolchain, batch, means)) => climb::judge_together(toolchain, batch, &means, candidates),
            None => candidates.iter().map(alone).collect(),
        }
    }

    /// Runs the tests of a source in its own language.
    ///
    /// # Errors
    /// For what is wrong with the machine. Then nothing is said about the source.
    pub fn consult(&self, source: &Source) -> Result<Report, Infrastructure> {
        let oracle = self.oracle(&source.lang)?;
        oracle::question::ask(oracle, &self.means()?, source)
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

    /// How programs are isolated; [`Isolation::None`] where none are run.
    pub fn isolation(&self) -> Isolation {
        self.executor.as_ref().map_or(Isolation::None, |executor| executor.isolation())
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
        Ok(Means { executor: self.executor()?.as_ref(), cache: self.cache.as_ref(), seal: climb::fresh_seal })
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
    if let Err(rejection) = toolchain.parse(candidate) {
        let forbidden = rejection.code.as_str().ends_with(".forbidden");
        let verdict = if forbidden { Verdict::Forbidden } else { Verdict::Parse };
        return Some(Outcome::new(Level::None, verdict, &rejection.message));
    }
    (upto <= Level::Parse).then(|| Outcome::new(upto, Verdict::Ok, ""))
}
