//! What a build is asked for: the command line over `calque.toml` over the defaults.

use crate::agree::Wanted;
use crate::arguments::{self, BuildArguments, TargetChoice};
use crate::failure::Failure;
use corpora::Format;
use grammars::Level;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use validators::Confirm;

/// A build, completely described.
#[derive(Debug)]
pub(crate) struct Settings {
    /// What to read.
    pub(crate) sources: Vec<PathBuf>,
    /// What to translate to, without repeats.
    pub(crate) targets: Vec<TargetChoice>,
    /// The folder of the corpus.
    pub(crate) out: PathBuf,
    /// How many workers; 0 for one per core.
    pub(crate) jobs: usize,
    /// Seed of everything random.
    pub(crate) seed: u64,
    /// The rung that a record has to reach.
    pub(crate) level: Level,
    /// Which programs are confirmed by the plain toolchains.
    pub(crate) confirm: Confirm,
    /// Generated inputs for each function that the tests call; 0 for none.
    pub(crate) inputs: usize,
    /// The licence of all sources.
    pub(crate) license: Option<String>,
    /// The similarity from which on translations are near-duplicates; `None` to leave out exact duplicates only.
    pub(crate) near_duplicates: Option<f64>,
    /// Evaluation sets whose problems are left out.
    pub(crate) decontaminate: Vec<PathBuf>,
    /// How tables are stored.
    pub(crate) format: Format,
    /// The corpus's name.
    pub(crate) name: String,
}

/// `calque.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    source: Vec<PathBuf>,
    to: Vec<String>,
    out: Option<PathBuf>,
    jobs: Option<usize>,
    seed: Option<u64>,
    level: Option<String>,
    confirm: Option<String>,
    inputs: Option<usize>,
    license: Option<String>,
    near_duplicates: Option<f64>,
    decontaminate: Vec<PathBuf>,
    format: Option<String>,
    name: Option<String>,
}

impl Settings {
    /// Puts the settings together.
    pub(crate) fn new(arguments: &BuildArguments) -> Result<Settings, Failure> {
        let config = match &arguments.config {
            Some(path) => Config::read(path)?,
            None => Config::default(),
        };
        let level =
            config.level.as_deref().map(arguments::level_of_build).transpose().map_err(Failure::usage)?;
        let confirm =
            config.confirm.as_deref().map(arguments::confirm).transpose().map_err(Failure::usage)?;
        let format = config.format.as_deref().map(arguments::format).transpose().map_err(Failure::usage)?;
        let license =
            config.license.as_deref().map(arguments::license).transpose().map_err(Failure::usage)?;
        let out = arguments.out.clone().or(config.out);
        let out = out.ok_or_else(|| missing("--out DIR", "out"))?;
        Ok(Settings {
            sources: first(&arguments.source, config.source)
                .ok_or_else(|| missing("--source PATH", "source"))?,
            targets: targets(&arguments.to, &config.to)?,
            jobs: arguments.jobs.or(config.jobs).unwrap_or(0),
            seed: arguments.seed.or(config.seed).unwrap_or(0),
            level: arguments.level.or(level).unwrap_or(Level::Tests),
            confirm: arguments.confirm.or(confirm).unwrap_or(Confirm::Sample(0)),
            inputs: arguments.inputs.or(config.inputs).unwrap_or(INPUTS),
            license: arguments.license.clone().or(license),
            near_duplicates: threshold(config.near_duplicates)?,
            decontaminate: config.decontaminate,
            format: arguments.format.or(format).unwrap_or_default(),
            name: arguments.name.clone().or(config.name).unwrap_or_else(|| name(&out)),
            out,
        })
    }
}

impl Settings {
    /// The agreement that is asked for; none below the rung of that name.
    pub(crate) fn agreement(&self) -> Option<Wanted> {
        let asked = self.level == Level::Agree && self.inputs > 0;
        asked.then_some(Wanted { inputs: self.inputs, seed: self.seed })
    }
}

/// Generated inputs where nothing is said.
const INPUTS: usize = 20;

impl Config {
    fn read(path: &Path) -> Result<Config, Failure> {
        let fail = |error: String| Failure::new(format!("cannot read {}: {error}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
        let mut config: Config = toml::from_str(&text).map_err(|error| fail(error.to_string()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        config.source = config.source.iter().map(|source| folder.join(source)).collect();
        config.decontaminate = config.decontaminate.iter().map(|set| folder.join(set)).collect();
        config.out = config.out.map(|out| folder.join(out));
        Ok(config)
    }
}

/// The threshold of near-duplicates, if it is one.
fn threshold(share: Option<f64>) -> Result<Option<f64>, Failure> {
    match share {
        Some(share) if !(0.05..=1.0).contains(&share) => {
            Err(Failure::usage(format!("`near_duplicates` has to be from 0.05 to 1, not {share}")))
        }
        share => Ok(share),
    }
}

fn missing(option: &str, key: &str) -> Failure {
    Failure::usage(format!("give {option}, or `{key}` in a configuration file"))
}

/// What the command line says or, where it says nothing, what the file says.
fn first(arguments: &[PathBuf], config: Vec<PathBuf>) -> Option<Vec<PathBuf>> {
    let chosen = if arguments.is_empty() { config } else { arguments.to_vec() };
    (!chosen.is_empty()).then_some(chosen)
}

fn targets(arguments: &[TargetChoice], config: &[String]) -> Result<Vec<TargetChoice>, Failure> {
    let mut chosen = arguments.to_vec();
    if chosen.is_empty() {
        chosen = config
            .iter()
            .map(|id| arguments::target(id).map_err(Failure::usage))
            .collect::<Result<_, _>>()?;
    }
    let mut targets: Vec<TargetChoice> = Vec::new();
    for choice in chosen {
        if targets.iter().all(|known| known.0.spec().id != choice.0.spec().id) {
            targets.push(choice);
        }
    }
    if targets.is_empty() { Err(missing("--to LANG", "to")) } else { Ok(targets) }
}

/// The last name of the folder.
fn name(out: &Path) -> String {
    out.file_name().map_or_else(|| "corpus".to_owned(), |name| name.to_string_lossy().into_owned())
}
