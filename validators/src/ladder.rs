//! The ladder: this machine's toolchains, oracles, sandbox and cache behind two questions.

use crate::cache::Cache;
use crate::climb::{self, Means};
use crate::oracle::{self, Oracle, Report, Source};
use crate::{
    Candidate, Executor, Infrastructure, Isolation, Outcome, Probe, Sandbox, Tool, Toolchain, Verdict,
    toolchains,
};
use grammars::{LangId, Level};
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
        if let Err(rejection) = toolchain.parse(candidate) {
            let forbidden = rejection.code.as_str().ends_with(".forbidden");
            let verdict = if forbidden { Verdict::Forbidden } else { Verdict::Parse };
            return Ok(Outcome::new(Level::None, verdict, &rejection.message));
        }
        if upto <= Level::Parse {
            return Ok(Outcome::new(upto, Verdict::Ok, ""));
        }
        climb::judge(toolchain, &self.means()?, candidate, upto)
    }

    /// Runs the tests of a source in its own language.
    ///
    /// # Errors
    /// For what is wrong with the machine. Then nothing is said about the source.
    pub fn consult(&self, source: &Source) -> Result<Report, Infrastructure> {
        let oracle = self.oracle(&source.lang)?;
        oracle::question::ask(oracle, &self.means()?, source)
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
        Ok(Means { executor: self.executor()?.as_ref(), cache: self.cache.as_ref() })
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
