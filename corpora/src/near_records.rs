//! Near-duplicates among records: one of each cluster of translations stays in each target, and what belongs together by
//! source or by translation is one cluster for the splits.

use crate::near::{Clusters, NearIndex, NearOptions, SpillError};
use crate::record::Record;
use crate::rejected::{CORPUS_STAGE, Rejected};
use grammars::{LangId, Level, Rejection, Span};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Records gathered, of which only what the choice needs is kept in memory.
///
/// Within a target, a record whose translation is a near-duplicate of a kept one's is left out. Of near-duplicates the one
/// that came further on the ladder is kept; of those the one whose tests reach more of the source; of those the longer
/// translation; of those the earlier record. Sources alone are no reason to leave a record out, since a source gives a
/// record in each target; but records of near-duplicate sources, or with near-duplicate translations, are one cluster.
pub struct NearRecords {
    options: NearOptions,
    sources: NearIndex,
    /// The translations of each target, and the records that they belong to.
    targets: BTreeMap<LangId, (NearIndex, Vec<usize>)>,
    known: Vec<Known>,
}

/// What is kept of a record.
struct Known {
    id: String,
    path: String,
    /// The larger the better.
    merit: (Level, u32, usize),
}

/// What becomes of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NearVerdict {
    /// It stays, in a cluster that is named by the identifier of the first record in it that stays.
    Kept {
        /// For [`Record::cluster`].
        cluster: String,
    },
    /// It is a near-duplicate of a record that stays.
    NearDuplicate {
        /// The path of that record.
        of: String,
    },
}

impl NearRecords {
    /// Without records; memory is shared by the targets.
    pub fn new(options: NearOptions) -> Self {
        let options = NearOptions { memory: options.memory / 4, ..options };
        NearRecords {
            sources: NearIndex::new(options.clone()),
            targets: BTreeMap::new(),
            known: Vec::new(),
            options,
        }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// The disk cannot hold what does not fit the memory.
    pub fn add(&mut self, record: &Record) -> Result<(), SpillError> {
        self.sources.add(&[&record.source])?;
        let fresh = || (NearIndex::new(self.options.clone()), Vec::new());
        let (index, members) = self.targets.entry(record.target_lang.clone()).or_insert_with(fresh);
        index.add(&[&record.target])?;
        members.push(self.known.len());
        let coverage = record.coverage.map_or(0, |share| (f64::from(share) * 1e6) as u32);
        let merit = (record.level, coverage, record.target.len());
        self.known.push(Known { id: record.id.clone(), path: record.path.clone(), merit });
        Ok(())
    }

    /// The verdict on each record, in the order in which they were added.
    ///
    /// # Errors
    /// The disk cannot hold what does not fit the memory.
    pub fn verdicts(self) -> Result<Vec<NearVerdict>, SpillError> {
        let mut parents: Vec<usize> = (0..self.known.len()).collect();
        let mut keepers: Vec<usize> = parents.clone();
        let sources = self.sources.clusters(None)?;
        let everything: Vec<usize> = parents.clone();
        unite_families(&sources, &everything, &mut parents);
        for (index, members) in self.targets.into_values() {
            let merit = |member: u32| {
                members.get(member as usize).and_then(|&record| Some(self.known.get(record)?.merit))
            };
            let mut better: Vec<u32> = (0..members.len() as u32).collect();
            better.sort_by_key(|&member| Reverse(merit(member)));
            let clusters = index.clusters(Some(&better))?;
            for (member, &record) in members.iter().enumerate() {
                if let (Some(place), Some(&keeper)) =
                    (keepers.get_mut(record), members.get(clusters.keeper(member)))
                {
                    *place = keeper;
                }
            }
            unite_families(&clusters, &members, &mut parents);
        }
        Ok(named(&self.known, &keepers, &mut parents))
    }
}

/// Makes one cluster of each family; `members` are the records that the documents of `clusters` stand for.
fn unite_families(clusters: &Clusters, members: &[usize], parents: &mut [usize]) {
    for (member, &record) in members.iter().enumerate() {
        if let Some(&first) = members.get(clusters.family(member)) {
            let (a, b) = (root(parents, record), root(parents, first));
            if let Some(place) = parents.get_mut(a.max(b)) {
                *place = a.min(b);
            }
        }
    }
}

fn root(parents: &mut [usize], record: usize) -> usize {
    let mut record = record;
    while let Some(&parent) = parents.get(record).filter(|parent| **parent != record) {
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(place) = parents.get_mut(record) {
            *place = above;
        }
        record = above;
    }
    record
}

fn named(known: &[Known], keepers: &[usize], parents: &mut [usize]) -> Vec<NearVerdict> {
    let mut names: BTreeMap<usize, &str> = BTreeMap::new();
    for (record, known) in known.iter().enumerate().filter(|(record, _)| keepers.get(*record) == Some(record))
    {
        names.entry(root(parents, record)).or_insert(&known.id);
    }
    let verdict = |(record, &keeper): (usize, &usize)| {
        if keeper == record {
            let cluster = names.get(&root(parents, record)).copied().unwrap_or_default().to_owned();
            NearVerdict::Kept { cluster }
        } else {
            NearVerdict::NearDuplicate {
                of: known.get(keeper).map(|known| known.path.clone()).unwrap_or_default(),
            }
        }
    };
    keepers.iter().enumerate().map(verdict).collect()
}

/// The row for a record that is left out as a near-duplicate of the record at the path `of`.
pub fn near_duplicate(record: &Record, of: &str) -> Rejected {
    let (path, unit) = match record.path.split_once("::") {
        Some((path, unit)) => (path, Some(unit)),
        None => (record.path.as_str(), None),
    };
    let message = format!("Its translation is nearly the same text as that of {of}.");
    let rejection = Rejection::new(format!("{CORPUS_STAGE}.near-duplicate"), Span::default(), message);
    Rejected::new(path, unit, Some(&record.target_lang), rejection, record.level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{TARGET, example};

    const OTHER: LangId = LangId::from_static("other");

    fn text(edit: &str) -> String {
        (0..60).map(|n| if n == 30 { format!("{edit} ") } else { format!("word{n} ") }).collect()
    }

    fn record(name: &str, source: &str, target: &str) -> Record {
        Record { source: source.into(), target: target.into(), ..example(name) }
    }

    fn verdicts(records: &[Record]) -> Vec<NearVerdict> {
        let options = NearOptions { ngram: 5, threshold: 0.7, memory: 1 << 22, spill: std::env::temp_dir() };
        let mut near = NearRecords::new(options);
        records.iter().for_each(|record| near.add(record).unwrap());
        near.verdicts().unwrap()
    }

    fn kept(record: &Record) -> NearVerdict {
        NearVerdict::Kept { cluster: record.id.clone() }
    }

    #[test]
    fn the_best_translation_of_a_cluster_stays() {
        let mut records = [
            record("a", "one", &text("x")),
            record("b", "two", &text("y")),
            record("c", "three", &text("z")),
        ];
        let of = |path: &str| NearVerdict::NearDuplicate { of: path.into() };
        assert_eq!(verdicts(&records), [kept(&records[0]), of("a.py"), of("a.py")]);
        records[2].coverage = Some(0.9);
        assert_eq!(verdicts(&records), [of("c.py"), of("c.py"), kept(&records[2])]);
        records[0].level = Level::Compile;
        records[1].level = Level::Agree;
        assert_eq!(verdicts(&records), [of("b.py"), kept(&records[1]), of("b.py")]);
    }

    #[test]
    fn each_target_has_its_own_and_a_source_makes_one_cluster_of_them() {
        let source = text("source");
        let first = record("a", &source, "alpha beta gamma delta epsilon zeta");
        let second =
            Record { target_lang: OTHER, ..record("b", &source, "alpha beta gamma delta epsilon zeta") };
        let third = record("c", "something else", "with no word in common with those above");
        let found = verdicts(&[first.clone(), second, third.clone()]);
        assert_eq!(found, [kept(&first), kept(&first), kept(&third)]);
        assert_eq!(first.target_lang.as_str(), TARGET);
    }

    #[test]
    fn the_rejection_names_the_kept_one_and_the_part() {
        let record = Record { path: "pkg/a.py::f".into(), ..example("f") };
        let row = near_duplicate(&record, "pkg/b.py::g");
        assert_eq!((row.path.as_str(), row.unit.as_deref()), ("pkg/a.py", Some("f")));
        assert_eq!(row.code.as_str(), "corpus.near-duplicate");
        assert!(row.message.contains("pkg/b.py::g") && row.translated());
    }
}
