//! What a build was asked for and which tools it had: everything that its bytes depend on.

use crate::table::Format;
use grammars::{LangId, Level};
use serde::{Deserialize, Serialize};

/// The description of a build, kept as `manifest.json` beside its tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// calque's version.
    pub version: String,
    /// The corpus's name for people.
    pub name: String,
    /// The last names of the paths that were read.
    pub sources: Vec<String>,
    /// How many inputs were read, the unreadable ones included.
    pub inputs: usize,
    /// The rung that a record has to reach.
    pub level: Level,
    /// The seed of everything random.
    pub seed: u64,
    /// How the tables are stored.
    pub format: Format,
    /// The sandbox.
    pub isolation: String,
    /// The similarity from which on translations were left out as near-duplicates; `None` where only exact ones were.
    #[serde(default)]
    pub near_duplicates: Option<f64>,
    /// The last names of the evaluation sets whose problems were left out.
    #[serde(default)]
    pub decontaminated: Vec<String>,
    /// How verdicts of many programs at a time were checked.
    #[serde(default)]
    pub audit: Audit,
    /// The tools that run the sources.
    pub oracles: Vec<Tool>,
    /// The targets in the order asked for.
    pub targets: Vec<TargetInfo>,
}

/// What was judged together with others and then once more alone, by the plain commands of its toolchain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// What was asked for: `none`, `sample` or `all` of the programs that passed.
    pub confirm: String,
    /// How many programs that passed were judged alone, as asked for.
    pub confirmed: usize,
    /// The programs of which the plain commands said something else; their word counts.
    pub disagreements: Vec<String>,
    /// How many programs the machine failed to judge, also when tried again.
    pub unjudged: usize,
}

/// A target of a build.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetInfo {
    /// Identifier.
    pub id: LangId,
    /// For people.
    pub name: String,
    /// calque's version, the target, and the version of its rules.
    pub translator: String,
    /// The toolchain that judged.
    pub toolchain: Tool,
    /// Records written.
    pub records: usize,
}

/// A tool and its version, or why it could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// What it is called.
    pub name: String,
    /// Its version; `None` where it is missing.
    pub version: Option<String>,
    /// What to do about it where it is missing.
    pub advice: Option<String>,
}

impl Tool {
    /// Its version, which names it; or that it is missing.
    pub fn describe(&self) -> String {
        match &self.version {
            Some(version) => version.clone(),
            None => format!("{} (missing)", self.name),
        }
    }
}

impl Manifest {
    /// The file's name in the folder of a build.
    pub const FILE: &'static str = "manifest.json";

    /// The table of `target`'s records, from the folder of the build.
    pub fn data_file(&self, target: &LangId) -> String {
        format!("data/{target}/train-00000-of-00001.{}", self.format.extension())
    }

    /// The table of rejections.
    pub fn rejections_file(&self) -> String {
        format!("rejections.{}", self.format.extension())
    }
}
