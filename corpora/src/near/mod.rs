//! Near-duplicates: texts whose word n-grams are the same for the most part.
//!
//! Documents go in one after the other; sketches of their n-grams ([`Banding`]) say which pairs are worth comparing; every
//! such pair is compared exactly. Of near-duplicates the best in the caller's order is kept:
//!
//! - documents are taken from best to worst; one that is a near-duplicate of a document that was kept is left out, all
//!   others are kept. So each document that is left out has a kept one that it was compared with, a cluster is never lost as
//!   a whole, and nothing follows from "A is like B and B is like C";
//! - kept documents that have a left-out near-duplicate in common belong to one *family*: what is split into parts is
//!   split by family.
//!
//! Memory is bounded: sets, sketches and buckets go to files without names when it is full. The result depends on the
//! documents and their order alone, not on the number of threads or on the memory.

mod banding;
mod greedy;
mod sketch;
mod spill;
mod words;

pub use banding::Banding;

use greedy::{Greedy, NONE};
use rayon::prelude::*;
use sketch::{Sketch, Sketcher};
use spill::Parts;
use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};

pub(crate) use spill::{Buffer, Place, Runs};
pub(crate) use words::Shingler;

/// What counts as a near-duplicate, and what may be used to find them.
#[derive(Clone, Debug)]
pub struct NearOptions {
    /// Words of an n-gram.
    pub ngram: usize,
    /// The Jaccard similarity of the sets of n-grams from which on two documents are near-duplicates.
    pub threshold: f64,
    /// Bytes that may be used, beside about 120 bytes for each distinct document.
    pub memory: u64,
    /// Where files are put when the memory is full.
    pub spill: PathBuf,
}

impl NearOptions {
    /// The usual words of an n-gram.
    pub const NGRAM: usize = 5;
    /// The usual threshold.
    pub const THRESHOLD: f64 = 0.7;
}

/// Memory could not be moved to the disk, or not read back.
#[derive(Debug, thiserror::Error)]
#[error("cannot use {folder} for temporary files: {reason}")]
pub struct SpillError {
    folder: PathBuf,
    reason: String,
}

impl SpillError {
    fn new(folder: &Path, error: std::io::Error) -> Self {
        SpillError { folder: folder.to_owned(), reason: error.to_string() }
    }

    fn too_long(folder: &Path) -> Self {
        SpillError { folder: folder.to_owned(), reason: "there are more than 4 billion entries".into() }
    }
}

/// What became of each document; documents are numbered in the order in which they were added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clusters {
    keepers: Vec<u32>,
    families: Vec<u32>,
}

impl Clusters {
    /// The document that stands for `document`: itself if it is kept.
    pub fn keeper(&self, document: usize) -> usize {
        self.keepers.get(document).map_or(document, |keeper| *keeper as usize)
    }

    /// Whether `document` is kept.
    pub fn is_kept(&self, document: usize) -> bool {
        self.keeper(document) == document
    }

    /// The first document of the family that `document` belongs to; documents of different families are not known to be
    /// near-duplicates of one another or of a common third.
    pub fn family(&self, document: usize) -> usize {
        self.families.get(document).map_or(document, |family| *family as usize)
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.keepers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keepers.is_empty()
    }

    /// How many documents are left out.
    pub fn dropped(&self) -> usize {
        (0..self.len()).filter(|&document| !self.is_kept(document)).count()
    }
}

/// A set of n-grams on its way into the index.
pub(crate) struct Set {
    grams: Vec<u64>,
    fingerprint: u128,
}

impl Set {
    /// The n-grams, sorted.
    pub(crate) fn grams(&self) -> &[u64] {
        &self.grams
    }

    /// A set of `grams`, sorted and distinct.
    pub(crate) fn new(grams: Vec<u64>) -> Self {
        let fingerprint = fingerprint(&grams);
        Set { grams, fingerprint }
    }
}

/// Collects documents and finds their near-duplicates.
pub struct NearIndex {
    options: NearOptions,
    sketcher: Sketcher,
    /// The node of each document: documents of the same set share one.
    nodes: Vec<u32>,
    known: HashMap<u128, u32>,
    /// Where the set and the sketch of each node are.
    places: Vec<Place>,
    sketch_places: Vec<Place>,
    sets: Runs,
    sketches: Runs,
    buckets: Parts,
}

impl NearIndex {
    /// An index without documents.
    pub fn new(options: NearOptions) -> Self {
        let quarter = options.memory / 4;
        NearIndex {
            sketcher: Sketcher::new(options.threshold),
            nodes: Vec::new(),
            known: HashMap::new(),
            places: Vec::new(),
            sketch_places: Vec::new(),
            sets: Runs::new(quarter, &options.spill),
            sketches: Runs::new(quarter, &options.spill),
            buckets: Parts::new(quarter, &options.spill),
            options,
        }
    }

    /// How many documents were added.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether none was added.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Adds documents, in the order given, over the threads of the current pool.
    ///
    /// # Errors
    /// The disk cannot hold what does not fit the memory.
    pub fn add<T: AsRef<str> + Sync>(&mut self, texts: &[T]) -> Result<(), SpillError> {
        let ngram = self.options.ngram;
        self.add_sets(texts.par_iter().map(|text| set_of(text.as_ref(), ngram)).collect())
    }

    /// Adds the document that each of `sets` belongs to.
    pub(crate) fn add_sets(&mut self, sets: Vec<Set>) -> Result<(), SpillError> {
        let mut fresh: Vec<&Set> = Vec::new();
        for set in &sets {
            let next =
                u32::try_from(self.known.len()).map_err(|_| SpillError::too_long(&self.options.spill))?;
            let node = match self.known.entry(set.fingerprint) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(new) => {
                    fresh.push(set);
                    *new.insert(next)
                }
            };
            self.nodes.push(node);
        }
        let sketcher = self.sketcher;
        let sketches: Vec<Sketch> = fresh.par_iter().map(|set| sketcher.sketch(&set.grams)).collect();
        for (set, sketch) in fresh.iter().zip(sketches) {
            self.add_node(&set.grams, &sketch)?;
        }
        Ok(())
    }

    fn add_node(&mut self, grams: &[u64], sketch: &Sketch) -> Result<(), SpillError> {
        let node = self.places.len() as u32;
        self.places.push(self.sets.push(grams)?);
        self.sketch_places.push(self.sketches.push(&sketch.bytes)?);
        for &band in &sketch.bands {
            self.buckets.push(band as usize % Parts::COUNT, band, node)?;
        }
        Ok(())
    }

    /// Finds the clusters, with the documents kept in the order of `better`: all documents from best to worst; `None` for
    /// the order in which they were added.
    ///
    /// # Errors
    /// The disk cannot hold what does not fit the memory.
    pub fn clusters(mut self, better: Option<&[u32]>) -> Result<Clusters, SpillError> {
        self.known = HashMap::new();
        self.sets.flush()?;
        self.sketches.flush()?;
        let best = self.best_documents(better);
        let ranks = ranks(&best, better);
        let memory = self.options.memory / 4;
        let (groups, memberships) = group(&mut self.buckets, &ranks, memory, &self.options.spill)?;
        let stored = greedy::Stored {
            threshold: self.options.threshold,
            sketcher: self.sketcher,
            places: &self.places,
            sketch_places: &self.sketch_places,
            sets: &self.sets,
            sketches: &self.sketches,
        };
        let mut greedy = Greedy::new(stored, groups);
        greedy.run(memberships, &ranks)?;
        Ok(self.named(&best, greedy))
    }

    /// The best document of each node.
    fn best_documents(&self, better: Option<&[u32]>) -> Vec<u32> {
        let mut best = vec![NONE; self.places.len()];
        let mut offer = |document: u32| {
            let node = self.nodes.get(document as usize).and_then(|node| best.get_mut(*node as usize));
            if let Some(best) = node.filter(|best| **best == NONE) {
                *best = document;
            }
        };
        match better {
            Some(order) => order.iter().copied().for_each(&mut offer),
            None => (0..self.nodes.len() as u32).for_each(&mut offer),
        }
        best
    }

    /// The result in terms of documents.
    fn named(&self, best: &[u32], mut greedy: Greedy<'_>) -> Clusters {
        let of = |list: &[u32], at: u32| list.get(at as usize).copied().unwrap_or(at);
        let mut first = vec![NONE; best.len()];
        let (mut keepers, mut families) = (Vec::new(), Vec::new());
        for (document, &node) in self.nodes.iter().enumerate() {
            keepers.push(of(best, greedy.keeper(node)));
            let family = greedy.family(node) as usize;
            if let Some(first) = first.get_mut(family) {
                *first = (document as u32).min(*first);
                families.push(*first);
            }
        }
        Clusters { keepers, families }
    }
}

/// The ranks of nodes (0 the best) whose best documents are `best`.
fn ranks(best: &[u32], better: Option<&[u32]>) -> Vec<u32> {
    let mut position = Vec::new();
    if let Some(order) = better {
        position = vec![NONE; order.len()];
        for (rank, &document) in order.iter().enumerate() {
            if let Some(place) = position.get_mut(document as usize) {
                *place = rank as u32;
            }
        }
    }
    let of = |document: u32| position.get(document as usize).copied().unwrap_or(document);
    let mut nodes: Vec<u32> = (0..best.len() as u32).collect();
    nodes.sort_unstable_by_key(|&node| best.get(node as usize).map(|&document| of(document)));
    let mut ranks = vec![0; best.len()];
    for (rank, &node) in nodes.iter().enumerate() {
        if let Some(place) = ranks.get_mut(node as usize) {
            *place = rank as u32;
        }
    }
    ranks
}

/// Numbers the buckets that hold more than one node, and lists them by the ranks of their nodes.
fn group(buckets: &mut Parts, ranks: &[u32], memory: u64, spill: &Path) -> Result<(u32, Parts), SpillError> {
    let mut memberships = Parts::new(memory, spill);
    let mut groups = 0_u32;
    for part in 0..Parts::COUNT {
        let entries = buckets.take(part)?;
        for bucket in entries.chunk_by(|(a, _), (b, _)| a == b).filter(|bucket| bucket.len() > 1) {
            for &(_, node) in bucket {
                let rank = ranks.get(node as usize).copied().unwrap_or(0);
                let key = u64::from(rank) << 32 | u64::from(groups);
                memberships.push(greedy::part(rank, ranks.len()), key, node)?;
            }
            groups = groups.checked_add(1).ok_or_else(|| SpillError::too_long(spill))?;
        }
    }
    Ok((groups, memberships))
}

/// The n-grams of `text`, by the shingler of this thread.
pub(crate) fn set_of(text: &str, ngram: usize) -> Set {
    thread_local! {
        static SHINGLER: RefCell<Option<Shingler>> = const { RefCell::new(None) };
    }
    SHINGLER.with_borrow_mut(|shingler| {
        let fits = shingler.as_ref().is_some_and(|shingler| shingler.ngram() == ngram);
        if !fits {
            *shingler = None;
        }
        Set::new(shingler.get_or_insert_with(|| Shingler::new(ngram)).set(text))
    })
}

/// Two sums over a set of hashes that no other set of a corpus has: 128 bits.
fn fingerprint(grams: &[u64]) -> u128 {
    let sum = |of: fn(u64) -> u64| grams.iter().fold(0_u64, |sum, gram| sum.wrapping_add(of(*gram)));
    let squares = sum(|gram| (gram ^ gram >> 29).wrapping_mul(gram | 1));
    u128::from(sum(|gram| gram)) << 64 | u128::from(squares ^ grams.len() as u64)
}

#[cfg(test)]
mod tests;
