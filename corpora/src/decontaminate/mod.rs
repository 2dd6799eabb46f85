//! Decontamination: what evaluation sets contain does not go into a corpus that models are trained on.
//!
//! A text is contaminated by an item of a set if
//!
//! - ten words in a row are those of the item (its statement, its solution, its documentation). Runs that several items
//!   share, and runs of keywords, single letters and numbers for the most part, are nobody's own and do not count;
//! - seven of ten runs of eight tokens of the item's solution are in its code, where names count by the order in which they
//!   appear in the run: a copy with other names is found; a solution of few tokens has to be there whole;
//! - it names the item's function and begins its documentation with the same sentence.

mod items;
mod tokens;

use crate::documents::InputError;
use items::Item;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use tokens::{is_common, shape, shapes, words};

/// Words of a run.
const WORDS: usize = 10;
/// Of these, how many have to be different, and how many of those no common words.
const DIFFERENT: usize = 6;
const TELLING: usize = 4;
/// Tokens of a run of code.
const TOKENS: usize = 8;
/// Runs of code from which on a share of them is enough.
const RUNS: usize = 24;
/// That share.
const SHARE: f64 = 0.7;
/// The fewest tokens of a solution that is looked for.
const FEWEST_TOKENS: usize = 12;
/// Words of a sentence that is long enough to be told apart.
const SENTENCE: usize = 5;

/// Why a text is contaminated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Ten words in a row.
    Words,
    /// The code but for its names.
    Code,
    /// The name and the documentation of the function.
    Documentation,
}

impl Why {
    /// For people.
    pub fn describe(self) -> &'static str {
        match self {
            Why::Words => "shares ten words in a row with it",
            Why::Code => "is the same code but for its names",
            Why::Documentation => "has its function's name and documentation",
        }
    }
}

/// The item that a text is contaminated by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contaminated {
    /// What the set calls it.
    pub item: String,
    /// Why.
    pub why: Why,
}

/// Evaluation sets, ready to be compared with.
#[derive(Clone, Debug, Default)]
pub struct EvaluationSets {
    names: Vec<String>,
    /// The items that own each run of words.
    runs: HashMap<u64, u32>,
    /// The solutions that have each run of code; of each, its item, and how many of its runs are too many.
    shapes: HashMap<u64, Vec<u32>>,
    solutions: Vec<(u32, usize)>,
    /// Whole solutions of few tokens, by their number of tokens.
    short: HashMap<usize, HashMap<u64, u32>>,
    /// By their first words.
    sentences: HashMap<String, Vec<Sentence>>,
}

/// What an item says of its function.
#[derive(Clone, Debug)]
struct Sentence {
    item: u32,
    /// The words of the function's name.
    name: Vec<String>,
    /// The first words of its documentation.
    words: Vec<String>,
}

impl EvaluationSets {
    /// Reads the sets at `paths`: JSON lines or Parquet, or folders of them.
    ///
    /// # Errors
    /// A path cannot be read, or a row is of no known layout.
    pub fn read(paths: &[PathBuf]) -> Result<Self, InputError> {
        Ok(Self::of(&items::read(paths)?))
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    fn of(items: &[Item]) -> Self {
        let mut sets = EvaluationSets::default();
        // A problem that two sets state, or one in two languages, is one item here: its runs are its own.
        let mut owners: HashMap<u64, HashSet<&str>> = HashMap::new();
        for (number, item) in items.iter().enumerate() {
            let number = number as u32;
            sets.names.push(item.name.clone());
            for run in item.texts.iter().flat_map(|text| telling_runs(text)) {
                owners.entry(run).or_default().insert(item.entry_point.as_deref().unwrap_or(&item.name));
                sets.runs.entry(run).or_insert(number);
            }
            sets.add_code(number, &item.solutions);
            sets.add_sentence(number, item);
        }
        sets.runs.retain(|run, _| owners.get(run).is_some_and(|owners| owners.len() == 1));
        sets
    }

    fn add_code(&mut self, item: u32, solutions: &[String]) {
        for solution in solutions {
            let tokens = tokens::code(solution);
            let runs: HashSet<u64> = shapes(&tokens, TOKENS).into_iter().collect();
            if runs.len() >= RUNS {
                let number = self.solutions.len() as u32;
                self.solutions.push((item, (runs.len() as f64 * SHARE).ceil() as usize));
                for run in runs {
                    self.shapes.entry(run).or_default().push(number);
                }
            } else if tokens.len() >= FEWEST_TOKENS && starts_definition(&tokens) {
                self.short.entry(tokens.len()).or_default().entry(shape(&tokens)).or_insert(item);
            }
        }
    }

    fn add_sentence(&mut self, item: u32, of: &Item) {
        let (Some(name), Some(description)) = (&of.entry_point, &of.description) else { return };
        let (name, sentence) = (words(name), words(first_sentence(description)));
        if sentence.len() >= SENTENCE && !name.is_empty() {
            let words: Vec<String> = sentence.into_iter().take(WORDS).collect();
            let first = words.first().cloned().unwrap_or_default();
            self.sentences.entry(first).or_default().push(Sentence { item, name, words });
        }
    }

    /// The item that `text`, a source or a translation, is contaminated by; the first of the sets where there are several.
    pub fn find(&self, text: &str) -> Option<Contaminated> {
        if self.is_empty() {
            return None;
        }
        let words = words(text);
        let (item, why) = self
            .by_words(&words)
            .map(|item| (item, Why::Words))
            .or_else(|| self.by_sentence(&words).map(|item| (item, Why::Documentation)))
            .or_else(|| self.by_code(text).map(|item| (item, Why::Code)))?;
        self.names.get(item as usize).map(|name| Contaminated { item: name.clone(), why })
    }

    fn by_words(&self, words: &[String]) -> Option<u32> {
        words.windows(WORDS).filter_map(|run| self.runs.get(&hash(run)).copied()).min()
    }

    fn by_sentence(&self, words: &[String]) -> Option<u32> {
        let has = |part: &[String]| words.windows(part.len()).any(|run| run == part);
        let starts = words.iter().enumerate().filter_map(|(at, word)| Some((at, self.sentences.get(word)?)));
        starts
            .flat_map(|(at, candidates)| candidates.iter().map(move |candidate| (at, candidate)))
            .filter(|(at, sentence)| {
                words.get(*at..).is_some_and(|rest| rest.starts_with(&sentence.words)) && has(&sentence.name)
            })
            .map(|(_, sentence)| sentence.item)
            .min()
    }

    fn by_code(&self, text: &str) -> Option<u32> {
        let tokens = tokens::code(text);
        let short = self.short.iter().filter_map(|(length, known)| {
            let found = tokens.windows(*length).filter(|run| starts_definition(run));
            found.filter_map(|run| known.get(&shape(run)).copied()).min()
        });
        let mut counts: HashMap<u32, usize> = HashMap::new();
        let runs: HashSet<u64> = shapes(&tokens, TOKENS).into_iter().collect();
        for solution in runs.iter().filter_map(|run| self.shapes.get(run)).flatten() {
            *counts.entry(*solution).or_default() += 1;
        }
        let long = counts.iter().filter_map(|(solution, count)| {
            let (item, needed) = self.solutions.get(*solution as usize)?;
            (count >= needed).then_some(*item)
        });
        long.chain(short).min()
    }
}

/// Solutions of few tokens count as whole programs only: a short body may well be somebody else's.
fn starts_definition(run: &[tokens::Token<'_>]) -> bool {
    use tokens::Token::Fixed;
    matches!(run.first(), Some(Fixed("def" | "function" | "from" | "import" | "public" | "class" | "static")))
}

/// The hashes of the runs of words in `text` that say something.
fn telling_runs(text: &str) -> Vec<u64> {
    let words = words(text);
    let tells = |run: &&[String]| {
        let different: HashSet<&String> = run.iter().collect();
        let telling = different.iter().filter(|word| !is_common(word)).count();
        different.len() >= DIFFERENT && telling >= TELLING
    };
    words.windows(WORDS).filter(tells).map(hash).collect()
}

fn first_sentence(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(['.', '\n']).filter(|end| words(&text[..*end]).len() >= SENTENCE);
    end.map_or(text, |end| &text[..end])
}

fn hash(words: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
