//! What the command line may say. Options of the same name mean the same everywhere.

use clap::{Args, Parser, Subcommand, ValueEnum};
use corpora::Format;
use corpora::deduplicate::{Action, Best};
use corpora::near::NearOptions;
use grammars::Level;
use std::path::PathBuf;
use translators::Target;
use validators::Confirm;

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
    /// Judge programs that exist already: parse, compile, run, tests.
    Validate(ValidateArguments),
    /// Make a corpus: read, translate, judge, write. A build that was stopped goes on where it was.
    Build(BuildArguments),
    /// Make training data from the records of a build: texts, repositories, fill in the middle, chats, pairs.
    Shape(ShapeArguments),
    /// Remove near-duplicates from files, JSON lines or Parquet.
    Dedup(DedupArguments),
    /// Show which toolchains this machine has, and how to get the others.
    Doctor,
    /// Show what came of a build: counts and reasons as text, and a page with records side by side.
    Report(ReportArguments),
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
    /// Do not run the programs' own tests first; programs that fail them are then translated too.
    #[arg(long)]
    pub(crate) no_oracle: bool,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

/// Arguments of `calque validate`.
#[derive(Debug, Args)]
pub(crate) struct ValidateArguments {
    /// Programs with their tests beside them (STEM.EXT and STEM_test.EXT), folders of them, or JSON
    /// lines {"id", "lang", "program", "tests"} in a .jsonl file or on stdin (-). Answered in order on
    /// stdout, by a line {"id", "level", "verdict", "detail", "cpu_ms"} each.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The rung to climb to: parse, compile, run, tests.
    #[arg(long, value_name = "LEVEL", value_parser = level, default_value = "tests")]
    pub(crate) level: Level,
    /// Programs judged together with others that are judged once more alone: none, sample (2 %) or all of
    /// those that passed.
    #[arg(long, value_name = "WHICH", value_parser = confirm, default_value = "none")]
    pub(crate) confirm: Confirm,
    /// Answer in words for people instead of JSON lines.
    #[arg(long)]
    pub(crate) text: bool,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

/// Arguments of `calque build`; what is given here overrides the file.
#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    /// A configuration (calque.toml) with the keys source, to, out, jobs, seed, level, inputs, confirm,
    /// license, format, name, near_duplicates (a similarity such as 0.7) and decontaminate (evaluation
    /// sets, as paths); its paths are relative to its folder.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Programs, folders of them, or data sets in JSON lines; may be repeated.
    #[arg(long, value_name = "PATH")]
    pub(crate) source: Vec<PathBuf>,
    /// Target languages, separated by commas.
    #[arg(long = "to", value_name = "LANG", value_delimiter = ',', value_parser = target)]
    pub(crate) to: Vec<TargetChoice>,
    /// The folder of the corpus; new, empty, or that of an earlier build.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Programs worked on at the same time; 0 for one per core. The result does not depend on it.
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Seed of everything random.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The rung that a record has to reach [default: tests]; programs without tests can be kept at
    /// compile or run.
    #[arg(long, value_name = "LEVEL", value_parser = level_of_build)]
    pub(crate) level: Option<Level>,
    /// Programs judged together with others that are judged once more alone: none, sample (2 %) or all of
    /// those that passed [default: sample].
    #[arg(long, value_name = "WHICH", value_parser = confirm)]
    pub(crate) confirm: Option<Confirm>,
    /// Generated inputs for each tested function, at level agree [default: 20]
    #[arg(long, value_name = "N")]
    pub(crate) inputs: Option<usize>,
    /// The licence of all sources, as an SPDX expression [default: headers and licence files].
    #[arg(long, value_name = "SPDX", value_parser = license)]
    pub(crate) license: Option<String>,
    /// How tables are stored: parquet or jsonl [default: parquet].
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub(crate) format: Option<Format>,
    /// The corpus's name [default: that of its folder].
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// Arguments of `calque dedup`.
#[derive(Debug, Args)]
pub(crate) struct DedupArguments {
    /// Folders of documents, documents, or tables: .jsonl, .jsonl.gz, .jsonl.zst, .parquet (also in folders). The order
    /// is that of the command line, and sorted within folders.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// A new folder for what is kept (`kept/`, files and rows byte for byte as they were), `clusters.jsonl` and, if there
    /// are any, `unreadable.jsonl`.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The field of a row that holds the text.
    #[arg(long, value_name = "FIELD", default_value = "text")]
    pub(crate) field: String,
    /// The field of a row that names it in clusters.jsonl [default: the path with the line].
    #[arg(long, value_name = "FIELD")]
    pub(crate) id: Option<String>,
    /// The Jaccard similarity of the sets of n-grams from which on two documents are near-duplicates.
    #[arg(long, value_name = "SHARE", value_parser = similarity, default_value_t = NearOptions::THRESHOLD)]
    pub(crate) threshold: f64,
    /// Words of an n-gram.
    #[arg(long, value_name = "N", value_parser = ngram, default_value_t = NearOptions::NGRAM)]
    pub(crate) ngram: usize,
    /// Compare whole repositories and keep or drop them whole: rows by `--repository`, files by the folder directly in
    /// the input.
    #[arg(long)]
    pub(crate) repositories: bool,
    /// The field of a row that names its repository.
    #[arg(long, value_name = "FIELD", requires = "repositories")]
    pub(crate) repository: Option<String>,
    /// Which of near-duplicates is kept: first or longest.
    #[arg(long, value_name = "WHICH", value_parser = best, default_value = "first")]
    pub(crate) keep: Best,
    /// Evaluation sets (JSON lines in the layouts of HumanEval, MBPP or MultiPL-E, or a corpus of calque) whose problems are
    /// left out, and listed in contaminated.jsonl; may be repeated.
    #[arg(long, value_name = "PATH", conflicts_with = "repositories")]
    pub(crate) against: Vec<PathBuf>,
    /// Look for runs of at least so many bytes that several of the kept documents have in common, and list them in
    /// substrings.jsonl.
    #[arg(long, value_name = "BYTES", value_parser = run_bytes)]
    pub(crate) substrings: Option<usize>,
    /// What happens to runs that an earlier document has: report, mask (blanks take their place), or drop (the document,
    /// if it consists of them to the share given by --repeated-share).
    #[arg(long, value_name = "WHAT", value_parser = action, default_value = "report", requires = "substrings")]
    pub(crate) repeated: Action,
    /// The share of a document from which on --repeated drop leaves it out.
    #[arg(long, value_name = "SHARE", value_parser = similarity, default_value_t = 0.5)]
    pub(crate) repeated_share: f64,
    /// Only files of folders with these endings are documents, separated by commas.
    #[arg(long, value_name = "ENDING", value_delimiter = ',')]
    pub(crate) endings: Vec<String>,
    /// Memory for buffers, as 500M or 4G; what does not fit goes to files beside DIR. About 200 bytes for each document
    /// come on top.
    #[arg(long, value_name = "BYTES", value_parser = bytes, default_value = "2G")]
    pub(crate) memory: u64,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

/// Arguments of `calque report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The folder of a build; report.html is written into it.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Arguments of `calque shape`.
#[derive(Debug, Args)]
pub(crate) struct ShapeArguments {
    /// The folder of a build.
    #[arg(value_name = "CORPUS")]
    pub(crate) corpus: PathBuf,
    /// What to make.
    #[arg(long, value_enum, value_name = "SHAPE")]
    pub(crate) shape: ShapeKind,
    /// The folder to write; new, empty, or that of an earlier run.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Only programs in these languages, separated by commas [default: all].
    #[arg(long, value_name = "LANG", value_delimiter = ',', value_parser = target)]
    pub(crate) lang: Vec<TargetChoice>,
    /// How tables are stored: parquet or jsonl [default: parquet].
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub(crate) format: Option<Format>,
    /// Seed of everything random [default: that of the build].
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// text: the tests follow each program as a file of their own.
    #[arg(long)]
    pub(crate) with_tests: bool,
    /// fim: the model whose sentinel tokens are used.
    #[arg(long, value_name = "MODEL", default_value = "starcoder2")]
    pub(crate) model: String,
    /// fim: sentinel tokens of your own, in place of a model's.
    #[arg(long, value_name = "PREFIX,SUFFIX,MIDDLE,END", value_delimiter = ',')]
    pub(crate) sentinels: Vec<String>,
    /// fim: the share of programs that get a hole.
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, value_parser = share)]
    pub(crate) rate: f64,
    /// fim: of those with a hole, the share in the order suffix, prefix, middle [default: half, or what the model
    /// was trained on].
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) spm: Option<f64>,
    /// fim: where holes begin and end.
    #[arg(long, value_enum, value_name = "CUT", default_value_t = CutChoice::Character)]
    pub(crate) cut: CutChoice,
    /// fim and repository: how much fits into a context, in characters, or in tokens with --tokenizer; without it
    /// each program, or each repository, is one row.
    #[arg(long, value_name = "N")]
    pub(crate) context: Option<usize>,
    /// A tokenizer.json to count the context with.
    #[arg(long, value_name = "FILE")]
    pub(crate) tokenizer: Option<PathBuf>,
    /// chat: the questions, separated by commas [default: all].
    #[arg(long, value_enum, value_name = "TASK", value_delimiter = ',')]
    pub(crate) tasks: Vec<TaskChoice>,
    /// chat and pairs: how exchanges are written down.
    #[arg(long = "as", value_enum, value_name = "CONVENTION", default_value_t = Way::Messages)]
    pub(crate) convention: Way,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

/// What `calque shape` makes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ShapeKind {
    /// Programs for pre-training, each under a comment with its path.
    Text,
    /// Repositories, their files in the order of their dependencies.
    Repository,
    /// Programs with a part moved to the end, between a model's sentinel tokens.
    Fim,
    /// Questions and answers about programs.
    Chat,
    /// Translations in both directions.
    Pairs,
}

impl ShapeKind {
    /// The word on the command line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ShapeKind::Text => "text",
            ShapeKind::Repository => "repository",
            ShapeKind::Fim => "fim",
            ShapeKind::Chat => "chat",
            ShapeKind::Pairs => "pairs",
        }
    }
}

/// Where holes begin and end.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum CutChoice {
    /// At any two characters.
    Character,
    /// At the ends of lines.
    Line,
    /// At a syntax node of the language.
    Node,
}

/// A kind of question.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TaskChoice {
    /// The program that a documentation describes.
    Write,
    /// The tests of a program.
    Tests,
    /// What a program does.
    Explain,
    /// The rest of a program.
    Complete,
}

/// How exchanges are written down.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Way {
    /// {"messages": [{"role", "content"}]}
    Messages,
    /// {"conversations": [{"from", "value"}]}
    Sharegpt,
    /// {"instruction", "input", "output"}
    Alpaca,
    /// {"prompt", "completion"}
    Prompt,
}

/// Reads a share.
fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err(format!("{text} is not between 0 and 1")) }
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

/// Rungs that a program can reach by itself, and the one for which its source is needed.
const RUNGS: [Level; 5] = [Level::Parse, Level::Compile, Level::Run, Level::Tests, Level::Agree];

/// Reads a rung that a program can reach by itself.
pub(crate) fn level(word: &str) -> Result<Level, String> {
    rung(word, &RUNGS[..4])
}

/// Reads a rung that a translation can reach.
pub(crate) fn level_of_build(word: &str) -> Result<Level, String> {
    rung(word, &RUNGS)
}

fn rung(word: &str, rungs: &[Level]) -> Result<Level, String> {
    let known: Vec<&str> = rungs.iter().map(|rung| rung.as_str()).collect();
    let found = rungs.iter().copied().find(|rung| rung.as_str() == word);
    found.ok_or_else(|| format!("unknown rung `{word}`; known are {}", known.join(", ")))
}

/// What the plain toolchains may be asked to confirm; the sample's seed is set later.
const CONFIRMS: [(Confirm, &str); 3] =
    [(Confirm::None, "none"), (Confirm::Sample(0), "sample"), (Confirm::All, "all")];

/// Reads which programs are to be confirmed.
pub(crate) fn confirm(word: &str) -> Result<Confirm, String> {
    let known = CONFIRMS.iter().find(|(_, name)| *name == word);
    known.map(|(confirm, _)| *confirm).ok_or_else(|| {
        format!(
            "unknown choice `{word}` of what to confirm; known are {}",
            CONFIRMS.map(|(_, name)| name).join(", ")
        )
    })
}

/// The word for it.
pub(crate) fn confirm_word(confirm: Confirm) -> &'static str {
    match confirm {
        Confirm::None => "none",
        Confirm::Sample(_) => "sample",
        Confirm::All => "all",
    }
}

/// Reads a format.
pub(crate) fn format(word: &str) -> Result<Format, String> {
    [Format::Parquet, Format::Jsonl]
        .into_iter()
        .find(|format| format.extension() == word)
        .ok_or_else(|| format!("unknown format `{word}`; known are parquet, jsonl"))
}

/// Reads a licence.
pub(crate) fn license(text: &str) -> Result<String, String> {
    if corpora::readers::is_license_expression(text) || text == corpora::UNKNOWN_LICENSE {
        return Ok(text.to_owned());
    }
    Err(format!("`{text}` is no SPDX licence expression, such as MIT or Apache-2.0"))
}

/// Reads a threshold.
fn similarity(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if (0.05..=1.0).contains(&share) { Ok(share) } else { Err("it has to be from 0.05 to 1".into()) }
}

/// Reads a length in words.
fn ngram(text: &str) -> Result<usize, String> {
    let words: usize = text.parse().map_err(|_| format!("`{text}` is no number of words"))?;
    if (1..=100).contains(&words) { Ok(words) } else { Err("it has to be from 1 to 100".into()) }
}

/// Reads which near-duplicate is kept.
fn best(word: &str) -> Result<Best, String> {
    match word {
        "first" => Ok(Best::First),
        "longest" => Ok(Best::Longest),
        _ => Err(format!("unknown choice `{word}`; known are first, longest")),
    }
}

/// Reads an amount of memory.
fn bytes(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.to_ascii_uppercase().chars().last() {
        Some('K') => (&text[..text.len() - 1], 1 << 10),
        Some('M') => (&text[..text.len() - 1], 1 << 20),
        Some('G') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let amount = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    amount.ok_or_else(|| format!("`{text}` is no amount of memory such as 500M or 4G"))
}

/// Reads what happens to repeated runs.
fn action(word: &str) -> Result<Action, String> {
    match word {
        "report" => Ok(Action::Report),
        "mask" => Ok(Action::Mask),
        "drop" => Ok(Action::Drop),
        _ => Err(format!("unknown action `{word}`; known are report, mask, drop")),
    }
}

/// Reads the length of a run.
fn run_bytes(text: &str) -> Result<usize, String> {
    let bytes: usize = text.parse().map_err(|_| format!("`{text}` is no number of bytes"))?;
    if (16..=1_000_000).contains(&bytes) { Ok(bytes) } else { Err("it has to be from 16 to 1000000".into()) }
}
