//! The tool: files in, the same files without near-duplicates out, with the list of clusters.

mod repeated;

use crate::decontaminate::{Contaminated, EvaluationSets};
use crate::documents::{self, CopyError, Decision, Fields, InputError, Progress, Reading, Shard, Unread};
use crate::near::{Buffer, Clusters, NearIndex, NearOptions, Place, Runs, Set, SpillError, set_of};
use crate::substrings::SuffixError;
use crate::writers::WriteError;
use repeated::Repeats;
use serde::Serialize;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// The folder of what was kept, in the folder of a result.
pub const KEPT: &str = "kept";
/// The file of clusters: `{"keep": id, "drop": [id, ...]}` a line.
pub const CLUSTERS: &str = "clusters.jsonl";
/// The file of repeated runs, if they were looked for.
pub const RUNS: &str = "substrings.jsonl";
/// The file of documents that an evaluation set has, if they were looked for.
pub const CONTAMINATED: &str = "contaminated.jsonl";
/// The code of their removal.
pub const CONTAMINATED_CODE: &str = "corpus.contaminated";
/// The file of inputs that could not be read; absent if there are none.
pub const UNREAD: &str = "unreadable.jsonl";

/// Repositories compared at a time.
const REPOSITORIES: usize = 64;

/// What is compared, and what is kept of near-duplicates.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which fields of rows matter.
    pub fields: Fields,
    /// What counts as a near-duplicate.
    pub near: NearOptions,
    /// Whether whole repositories are compared, as if their files were one document. The n-grams are those of the files:
    /// none crosses from one file into the next, so the order of the files does not matter.
    pub repositories: bool,
    /// Which one is kept.
    pub best: Best,
    /// What happens to runs of bytes that several of the kept documents have in common; `None` to not look for them.
    pub substrings: Option<Substrings>,
    /// Evaluation sets; what they contaminate is left out before anything else. Not together with `repositories`, which
    /// would lose single files.
    pub against: EvaluationSets,
}

/// Runs that several documents have in common.
#[derive(Clone, Copy, Debug)]
pub struct Substrings {
    /// The fewest bytes of a run.
    pub shortest: usize,
    /// What happens to them; they are listed in any case.
    pub action: Action,
    /// The share of a document from which on it is left out, with [`Action::Drop`].
    pub share: f64,
}

/// What happens to runs that an earlier document has as well. Cut out they would break code, so they never are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    #[default]
    Report,
    /// Blanks take their place.
    Mask,
    /// A document that consists of them to a given share is left out.
    Drop,
}

/// Which one of near-duplicates is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Best {
    /// The first in the order of the inputs.
    #[default]
    First,
    /// The longest in bytes; the first of equally long ones.
    Longest,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Documents that could be read, and the bytes of their texts.
    pub documents: usize,
    /// Bytes of their texts.
    pub bytes: u64,
    /// What was compared: documents or repositories.
    pub units: usize,
    /// Of those, how many were left out.
    pub dropped: usize,
    /// Of the documents, how many were left out.
    pub dropped_documents: usize,
    /// Documents that were left out because an evaluation set has them.
    pub contaminated: usize,
    /// Runs that a kept document has in common with an earlier one.
    pub runs: usize,
    /// Documents that were left out, or masked, because of them.
    pub repeated_documents: usize,
    /// Clusters of more than one.
    pub clusters: usize,
    /// Documents that could not be read, and were left out.
    pub unread: Vec<Unread>,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum DedupError {
    /// An input.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The temporary files.
    #[error(transparent)]
    Spill(#[from] SpillError),
    /// The search for repeated runs.
    #[error(transparent)]
    Suffixes(#[from] SuffixError),
    /// The result.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<CopyError> for DedupError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Read(error) => error.into(),
            CopyError::Write(error) => error.into(),
        }
    }
}

/// The clusters of a reading.
struct Found {
    reading: Reading,
    units: Units,
    clusters: Clusters,
    bytes: u64,
    tainted: Vec<Tainted>,
}

impl Found {
    /// Whether `document` is kept, or the repository that it belongs to.
    fn is_kept(&self, document: usize) -> bool {
        self.units.of(document).is_some_and(|unit| self.clusters.is_kept(unit))
    }
}

/// What each document belongs to.
#[derive(Default)]
struct Units {
    /// The unit of each document; [`NONE`] for one that was left out before.
    of: Vec<u32>,
    /// The names of units that are no single documents.
    names: Vec<Option<String>>,
}

/// No unit.
const NONE: u32 = u32::MAX;

impl Units {
    fn of(&self, document: usize) -> Option<usize> {
        self.of.get(document).filter(|unit| **unit != NONE).map(|unit| *unit as usize)
    }
}

/// A document that an evaluation set has.
#[derive(Serialize)]
struct Tainted {
    id: String,
    code: &'static str,
    #[serde(flatten)]
    by: Contaminated,
}

/// Writes what is kept of `shards` into `folder`, which should be new, and the clusters beside it.
///
/// # Errors
/// An input cannot be read or changes meanwhile, the result or a temporary file cannot be written.
pub fn deduplicate(
    shards: &[Shard],
    settings: &Settings,
    folder: &Path,
    progress: Progress<'_>,
) -> Result<Summary, DedupError> {
    let found = find(shards, settings, progress)?;
    let repeated = match settings.substrings {
        Some(substrings) => repeated::find(shards, settings, substrings, folder, &found)?,
        None => Repeats::default(),
    };
    let dropped_documents = copy(shards, settings, folder, &found, &repeated.decisions)?;
    let clusters = write_clusters(shards, settings, folder, &found)?;
    if !settings.against.is_empty() {
        write_lines(&folder.join(CONTAMINATED), found.tainted.iter())?;
    }
    let summary = Summary {
        documents: found.units.of.len(),
        contaminated: found.tainted.len(),
        bytes: found.bytes,
        units: found.clusters.len(),
        dropped: found.clusters.dropped(),
        runs: repeated.runs,
        repeated_documents: repeated.decisions.len(),
        dropped_documents,
        clusters,
        unread: found.reading.unread,
    };
    if !summary.unread.is_empty() {
        write_lines(&folder.join(UNREAD), summary.unread.iter())?;
    }
    Ok(summary)
}

/// Reads everything and finds the clusters, without writing anything.
fn find(shards: &[Shard], settings: &Settings, progress: Progress<'_>) -> Result<Found, DedupError> {
    let mut gathering = Gathering {
        index: NearIndex::new(settings.near.clone()),
        lengths: Vec::new(),
        units: Units::default(),
        repositories: settings.repositories.then(|| Repositories::new(&settings.near)),
        tainted: Vec::new(),
        bytes: 0,
    };
    let reading = documents::read_all(
        shards,
        &settings.fields,
        progress,
        |content, spot| match settings.against.find(&content.text) {
            Some(by) => {
                let id = spot.name_of(content);
                (content.text.len(), Err(Tainted { id, code: CONTAMINATED_CODE, by }))
            }
            None => {
                let set = set_of(&content.text, settings.near.ngram);
                (content.text.len(), Ok((set, content.repository.clone())))
            }
        },
        |documents| gathering.add(documents),
    )?;
    let Gathering { mut index, mut lengths, mut units, repositories, tainted, bytes } = gathering;
    if let Some(mut repositories) = repositories {
        lengths = repositories.add_to(&mut index)?;
        units.names = repositories.names;
    }
    let better = match settings.best {
        Best::First => None,
        Best::Longest => Some(longest_first(&lengths)),
    };
    let clusters = index.clusters(better.as_deref())?;
    Ok(Found { reading, units, clusters, bytes, tainted })
}

/// What is known of the documents while they are read.
struct Gathering {
    index: NearIndex,
    lengths: Vec<u64>,
    units: Units,
    repositories: Option<Repositories>,
    tainted: Vec<Tainted>,
    bytes: u64,
}

/// A document's length, and its set with its repository, or why it is left out.
type Gathered = (usize, Result<(Set, Option<String>), Tainted>);

impl Gathering {
    fn add(&mut self, documents: Vec<Gathered>) -> Result<(), DedupError> {
        let mut sets = Vec::with_capacity(documents.len());
        for (length, document) in documents {
            let length = length as u64;
            self.bytes += length;
            let unit = match (document, &mut self.repositories) {
                (Err(tainted), _) => {
                    self.tainted.push(tainted);
                    NONE
                }
                (Ok((set, name)), Some(repositories)) => repositories.add(&set, length, name)?,
                (Ok((set, _)), None) => {
                    self.lengths.push(length);
                    sets.push(set);
                    self.lengths.len() as u32 - 1
                }
            };
            self.units.of.push(unit);
        }
        Ok(self.index.add_sets(sets)?)
    }
}

fn longest_first(lengths: &[u64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..lengths.len() as u32).collect();
    order.sort_by_key(|&unit| std::cmp::Reverse(lengths.get(unit as usize)));
    order
}

/// Files gathered by the repository that they belong to.
struct Repositories {
    known: HashMap<String, u32>,
    names: Vec<Option<String>>,
    lengths: Vec<u64>,
    places: Vec<Vec<Place>>,
    sets: Runs,
}

impl Repositories {
    fn new(options: &NearOptions) -> Self {
        Repositories {
            known: HashMap::new(),
            names: Vec::new(),
            lengths: Vec::new(),
            places: Vec::new(),
            sets: Runs::new(options.memory / 4, &options.spill),
        }
    }

    /// Adds a file; the repository that it belongs to, or a new one for itself.
    fn add(&mut self, set: &Set, length: u64, name: Option<String>) -> Result<u32, DedupError> {
        let next = self.names.len() as u32;
        let unit = match name.clone().map(|name| self.known.entry(name)) {
            Some(Entry::Occupied(known)) => *known.get(),
            Some(Entry::Vacant(new)) => *new.insert(next),
            None => next,
        };
        if unit == next {
            self.names.push(name);
            self.lengths.push(0);
            self.places.push(Vec::new());
        }
        let place = self.sets.push(set.grams())?;
        if let (Some(places), Some(all)) =
            (self.places.get_mut(unit as usize), self.lengths.get_mut(unit as usize))
        {
            places.push(place);
            *all += length;
        }
        Ok(unit)
    }

    /// Adds one set for each repository; the lengths come back.
    fn add_to(&mut self, index: &mut NearIndex) -> Result<Vec<u64>, DedupError> {
        self.sets.flush()?;
        let mut buffer = Buffer::default();
        for places in self.places.chunks(REPOSITORIES) {
            let mut sets = Vec::new();
            for places in places {
                let mut all = Vec::new();
                for place in places {
                    all.extend_from_slice(self.sets.get(*place, &mut buffer)?);
                }
                all.sort_unstable();
                all.dedup();
                sets.push(Set::new(all));
            }
            index.add_sets(sets)?;
        }
        Ok(std::mem::take(&mut self.lengths))
    }
}

/// Copies what is kept; how many documents were left out as near-duplicates. `decisions` are about others.
fn copy(
    shards: &[Shard],
    settings: &Settings,
    folder: &Path,
    found: &Found,
    decisions: &HashMap<usize, Decision>,
) -> Result<usize, DedupError> {
    let kept = folder.join(KEPT);
    std::fs::create_dir_all(&kept).map_err(|error| WriteError::new(&kept, error))?;
    let (mut next, mut dropped) = (0, 0);
    for (shard, readable) in shards.iter().zip(&found.reading.readable) {
        let mut position = 0;
        documents::rewrite(shard, &settings.fields.text, &kept, || {
            position += 1;
            if readable.get(position - 1) != Some(&true) {
                return Decision::Drop;
            }
            let document = next;
            next += 1;
            if found.is_kept(document) {
                return decisions.get(&document).cloned().unwrap_or(Decision::Keep);
            }
            dropped += usize::from(found.units.of(document).is_some());
            Decision::Drop
        })?;
        if position != readable.len() {
            return Err(InputError::changed(&shard.path).into());
        }
    }
    Ok(dropped)
}

/// One line of the file of clusters.
#[derive(Serialize)]
struct Cluster<'a> {
    keep: &'a str,
    drop: Vec<&'a str>,
}

/// Writes the clusters in the order of what was kept; how many there are.
fn write_clusters(
    shards: &[Shard],
    settings: &Settings,
    folder: &Path,
    found: &Found,
) -> Result<usize, DedupError> {
    let clusters = &found.clusters;
    let mut members: Vec<(usize, usize)> = (0..clusters.len())
        .filter(|&unit| !clusters.is_kept(unit))
        .map(|unit| (clusters.keeper(unit), unit))
        .collect();
    members.sort_unstable();
    let mut wanted = vec![false; clusters.len()];
    for unit in members.iter().flat_map(|&(keeper, unit)| [keeper, unit]) {
        if let Some(wanted) = wanted.get_mut(unit) {
            *wanted = true;
        }
    }
    let names = names(shards, settings, found, &wanted)?;
    let name = |unit: usize| names.get(&unit).map_or("", String::as_str);
    let lines = members.chunk_by(|(a, _), (b, _)| a == b).map(|cluster| Cluster {
        keep: cluster.first().map_or("", |&(keeper, _)| name(keeper)),
        drop: cluster.iter().map(|&(_, unit)| name(unit)).collect(),
    });
    Ok(write_lines(&folder.join(CLUSTERS), lines)?)
}

/// The names of the `wanted` units.
fn names(
    shards: &[Shard],
    settings: &Settings,
    found: &Found,
    wanted: &[bool],
) -> Result<HashMap<usize, String>, DedupError> {
    let mut names = HashMap::new();
    let is_wanted = |unit: usize| wanted.get(unit) == Some(&true);
    if !wanted.contains(&true) {
        return Ok(names);
    }
    found.reading.again(
        shards,
        &settings.fields,
        |document| found.units.of(document).is_some_and(is_wanted),
        |document, spot| {
            let unit = found.units.of(document).unwrap_or_default();
            let repository = found.units.names.get(unit).cloned().flatten();
            Ok((unit, repository.map_or_else(|| spot.name(), Ok)?))
        },
        |found| {
            names.extend(found);
            Ok::<(), DedupError>(())
        },
    )?;
    Ok(names)
}

/// Writes one JSON object a line; how many there were.
fn write_lines<T: Serialize>(path: &Path, lines: impl Iterator<Item = T>) -> Result<usize, WriteError> {
    let fail = |error: &dyn std::fmt::Display| WriteError::new(path, error);
    let mut out = BufWriter::new(File::create(path).map_err(|error| fail(&error))?);
    let mut count = 0;
    for line in lines {
        serde_json::to_writer(&mut out, &line).map_err(|error| fail(&error))?;
        out.write_all(b"\n").map_err(|error| fail(&error))?;
        count += 1;
    }
    let file = out.into_inner().map_err(|error| fail(&error))?;
    file.sync_all().map_err(|error| fail(&error))?;
    Ok(count)
}

#[cfg(test)]
mod tests;
