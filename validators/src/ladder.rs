//! Climbs: grammar, cache, plan, commands, judgement.

use crate::cache::{Cache, Key};
use crate::detail::shorten;
use crate::{
    Candidate, Executor, Infrastructure, Isolation, Judgement, Outcome, Plan, PlanError, Probe, Sandbox,
    Toolchain, Verdict, toolchains,
};
use grammars::{LangId, Level};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a ladder is set up.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where outcomes are kept between runs; `None` judges everything anew.
    pub cache: Option<PathBuf>,
    /// Run programs without isolation where the machine cannot isolate them. They then see its
    /// files and network, so this is for trusted programs only.
    pub unsandboxed: bool,
}

/// The rungs of validation for every registered language. One ladder serves many threads.
pub struct Ladder {
    toolchains: Vec<Box<dyn Toolchain>>,
    /// What runs commands, or why nothing does.
    executor: Result<Arc<dyn Executor>, String>,
    cache: Option<Cache>,
}

impl Ladder {
    /// A ladder with the sandbox and toolchains of this machine. What is missing is an error only
    /// once it is needed.
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
        Ok(Ladder { toolchains: toolchains::all(), executor, cache })
    }

    /// A ladder of these parts, without a cache.
    pub fn with(toolchains: Vec<Box<dyn Toolchain>>, executor: Arc<dyn Executor>) -> Self {
        Ladder { toolchains, executor: Ok(executor), cache: None }
    }

    /// What runs commands.
    ///
    /// # Errors
    /// [`Infrastructure::NoSandbox`] where programs cannot be isolated and running them without was
    /// not asked for.
    pub fn executor(&self) -> Result<&Arc<dyn Executor>, Infrastructure> {
        self.executor.as_ref().map_err(|reason| Infrastructure::NoSandbox(reason.clone()))
    }

    /// How programs are isolated; [`Isolation::None`] where none are run.
    pub fn isolation(&self) -> Isolation {
        self.executor.as_ref().map_or(Isolation::None, |executor| executor.isolation())
    }

    /// The tools of every language.
    pub fn doctor(&self) -> Vec<Probe> {
        self.toolchains.iter().map(|t| Probe { lang: t.lang(), tools: t.tools().to_vec() }).collect()
    }

    /// Name and version of the toolchain of a language; `None` if it is missing.
    pub fn toolchain_version(&self, lang: &LangId) -> Option<String> {
        let toolchain = self.toolchain(lang).ok()?;
        toolchain.tools().iter().all(|tool| tool.problem.is_none()).then(|| version(toolchain))
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
            return Ok(outcome(Level::None, verdict, &rejection.message));
        }
        if upto <= Level::Parse {
            return Ok(outcome(upto, Verdict::Ok, ""));
        }
        let has_tests = candidate.checks > 0 && !candidate.tests.trim().is_empty();
        let upto = upto.min(if has_tests { Level::Tests } else { Level::Run });
        for tool in toolchain.tools() {
            tool.require()?;
        }
        let executor = self.executor()?;
        let seal = seal(candidate);
        let plan = match toolchain.plan(candidate, upto, &seal) {
            Ok(plan) => plan,
            Err(PlanError::Candidate(reason)) => return Ok(outcome(Level::Parse, Verdict::Compile, &reason)),
            Err(PlanError::Infrastructure(e)) => return Err(e),
        };
        let toolchain_version = version(toolchain);
        let key = Key {
            candidate,
            upto,
            toolchain: &toolchain_version,
            plan: format!("{:?}", plan.steps),
            isolation: executor.isolation(),
        };
        if let Some(outcome) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            return Ok(outcome);
        }
        let climb = Climb { toolchain, executor: executor.as_ref(), plan: &plan, seal: &seal };
        let mut outcome = climb.run(candidate)?;
        outcome.toolchain.clone_from(&toolchain_version);
        if outcome.level >= upto && outcome.verdict != Verdict::Ok {
            // What stopped it is above what was asked for.
            outcome.verdict = Verdict::Ok;
            outcome.detail.clear();
        }
        outcome.level = outcome.level.min(upto);
        if let Some(cache) = &self.cache {
            cache.put(&key, &outcome)?;
        }
        Ok(outcome)
    }

    fn toolchain(&self, lang: &LangId) -> Result<&dyn Toolchain, Infrastructure> {
        let found = self.toolchains.iter().find(|toolchain| toolchain.lang() == *lang);
        found.map(AsRef::as_ref).ok_or_else(|| Infrastructure::UnknownLanguage(lang.clone()))
    }
}

/// One plan being carried out.
struct Climb<'a> {
    toolchain: &'a dyn Toolchain,
    executor: &'a dyn Executor,
    plan: &'a Plan,
    seal: &'a str,
}

impl Climb<'_> {
    fn run(&self, candidate: &Candidate) -> Result<Outcome, Infrastructure> {
        let folder = self.executor.folder()?;
        for file in &self.plan.files {
            write(&folder.path().join(file.name), &file.text)?;
        }
        let mut result = outcome(Level::Parse, Verdict::Ok, "");
        result.isolation = self.executor.isolation();
        for (index, step) in self.plan.steps.iter().enumerate() {
            let finished = self.executor.execute(folder.path(), &step.command)?;
            result.cpu_ms += u64::try_from(finished.cpu.as_millis()).unwrap_or(u64::MAX);
            result.warnings.extend(self.toolchain.warnings(&finished));
            match self.toolchain.judge(self.plan, index, &finished, self.seal) {
                Judgement::Next(level) => result.level = result.level.max(level),
                Judgement::Stop { level, verdict, detail } => {
                    result.level = level;
                    result.verdict = verdict;
                    result.detail = verdict.limit().map_or_else(|| shorten(&detail), str::to_owned);
                    break;
                }
            }
        }
        // The seal proves that all checks ran and passed; of others nothing certain is known.
        if result.reached(Level::Tests) {
            result.tests_run = candidate.checks;
            result.tests_passed = candidate.checks;
        }
        Ok(result)
    }
}

fn outcome(level: Level, verdict: Verdict, detail: &str) -> Outcome {
    Outcome {
        level,
        verdict,
        detail: shorten(detail),
        warnings: Vec::new(),
        tests_run: 0,
        tests_passed: 0,
        cpu_ms: 0,
        toolchain: String::new(),
        isolation: Isolation::None,
    }
}

/// A line that no program writes by chance, the same on every run.
fn seal(candidate: &Candidate) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("calque validators 2026 seal");
    hasher.update(candidate.program.as_bytes()).update(&[0]).update(candidate.tests.as_bytes());
    format!("sealed-{}", &hasher.finalize().to_hex()[..24])
}

fn version(toolchain: &dyn Toolchain) -> String {
    toolchain.tools().iter().map(|tool| tool.version.as_str()).collect::<Vec<_>>().join(", ")
}

/// Writes a file that the account of judged programs can read.
fn write(path: &Path, text: &str) -> Result<(), Infrastructure> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |e| Infrastructure::file(path, e);
    fs::write(path, text).map_err(failed)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).map_err(failed)
}
