//! What the command line may say. Options of the same name mean the same everywhere.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use translators::Target;

/// Translates Python and Java programs by rule into languages that have little code, lets the real
/// toolchains judge the result, and writes what survives as a corpus.
#[derive(Debug, Parser)]
#[command(name = "calque", version, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Translate programs, to stdout or into a folder.
    Translate(TranslateArguments),
}

/// Arguments of `calque translate`.
#[derive(Debug, Args)]
pub(crate) struct TranslateArguments {
    /// Programs (.py, .java), folders of them, or data sets (.jsonl in the layout of HumanEval or MBPP).
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) to: To,
    /// Folder for STEM.EXT, STEM_test.EXT and rejections.jsonl; without it, translations go to stdout.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

/// The target languages.
#[derive(Clone, Debug, Args)]
pub(crate) struct To {
    /// Target languages, separated by commas.
    #[arg(long = "to", required = true, value_name = "LANG", value_delimiter = ',', value_parser = target)]
    pub(crate) targets: Vec<TargetChoice>,
}

/// How many workers.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Jobs {
    /// Programs worked on at the same time; 0 for one per core. The result does not depend on it.
    #[arg(short, long, default_value_t = 0, value_name = "N")]
    pub(crate) jobs: usize,
}

/// A target chosen by its identifier.
#[derive(Clone, Copy)]
pub(crate) struct TargetChoice(pub(crate) &'static dyn Target);

impl std::fmt::Debug for TargetChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.spec().id.as_str())
    }
}

/// Reads a target's identifier.
pub(crate) fn target(id: &str) -> Result<TargetChoice, String> {
    translators::target(id).map(TargetChoice).ok_or_else(|| {
        let known: Vec<&str> = translators::targets().iter().map(|t| t.spec().id.as_str()).collect();
        format!("unknown target language `{id}`; known are {}", known.join(", "))
    })
}
