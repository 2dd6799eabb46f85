//! Repeated runs of the documents that are kept: listed, masked, or a reason to leave the document out.
//!
//! Documents are taken in order into parts that fit the memory; runs are found within a part.

use super::{Action, DedupError, Found, RUNS, Settings, Substrings};
use crate::documents::{Decision, Shard};
use crate::substrings::{self, Repeated};
use crate::writers::WriteError;
use serde::Serialize;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// How many runs.
    pub(super) runs: usize,
    /// What happens to documents, by their numbers, where it is not "kept as it is".
    pub(super) decisions: HashMap<usize, Decision>,
}

/// A document of the part that is being gathered.
struct Member {
    number: usize,
    name: String,
    text: String,
}

/// One line of the list.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    start: usize,
    end: usize,
    first: First<'a>,
}

/// Where a run stands first.
#[derive(Serialize)]
struct First<'a> {
    id: &'a str,
    start: usize,
}

/// Compares the kept documents part by part, and lists the runs in `folder`.
pub(super) fn find(
    shards: &[Shard],
    settings: &Settings,
    substrings: Substrings,
    folder: &Path,
    found: &Found,
) -> Result<Repeats, DedupError> {
    let path = folder.join(RUNS);
    let file = File::create(&path).map_err(|error| WriteError::new(&path, error))?;
    let most = substrings::part_bytes(settings.near.memory);
    let mut finder = Finder {
        substrings,
        out: BufWriter::new(file),
        path,
        part: Vec::new(),
        bytes: 0,
        found: Repeats::default(),
    };
    found.reading.again(
        shards,
        &settings.fields,
        |document| found.is_kept(document),
        |number, spot| {
            let content = spot.content()?;
            Ok(Member { number, name: spot.name_of(&content), text: content.text.into_owned() })
        },
        |members| {
            for member in members {
                if finder.bytes + member.text.len() > most {
                    finder.finish_part()?;
                }
                finder.bytes += member.text.len() + 1;
                finder.part.push(member);
            }
            Ok::<(), DedupError>(())
        },
    )?;
    finder.finish_part()?;
    let file = finder.out.into_inner().map_err(|error| WriteError::new(&finder.path, error))?;
    file.sync_all().map_err(|error| WriteError::new(&finder.path, error))?;
    Ok(finder.found)
}

struct Finder {
    substrings: Substrings,
    out: BufWriter<File>,
    path: PathBuf,
    part: Vec<Member>,
    bytes: usize,
    found: Repeats,
}

impl Finder {
    fn finish_part(&mut self) -> Result<(), DedupError> {
        let part = std::mem::take(&mut self.part);
        self.bytes = 0;
        let texts: Vec<&str> = part.iter().map(|member| member.text.as_str()).collect();
        let Substrings { shortest, action, share } = self.substrings;
        let stays = |text: &str, runs: &[Repeated]| {
            let repeated: usize = runs.iter().map(|run| run.end - run.start).sum();
            action != Action::Drop || runs.is_empty() || (repeated as f64) < share * text.len() as f64
        };
        let found = substrings::repeated(&texts, shortest, |document, runs| {
            texts.get(document).is_none_or(|text| stays(text, runs))
        })?;
        for (member, runs) in part.iter().zip(&found).filter(|(_, runs)| !runs.is_empty()) {
            self.found.runs += runs.len();
            runs.iter().try_for_each(|run| self.list(&part, member, run))?;
            if action == Action::Mask {
                let spans = runs.iter().map(|run| (run.start, run.end)).collect();
                self.found.decisions.insert(member.number, Decision::Mask(spans));
            } else if !stays(&member.text, runs) {
                self.found.decisions.insert(member.number, Decision::Drop);
            }
        }
        Ok(())
    }

    fn list(&mut self, part: &[Member], member: &Member, run: &Repeated) -> Result<(), WriteError> {
        let first = part.get(run.first_document).map_or("", |first| first.name.as_str());
        let line = Line {
            id: &member.name,
            start: run.start,
            end: run.end,
            first: First { id: first, start: run.first_start },
        };
        serde_json::to_writer(&mut self.out, &line).map_err(|error| WriteError::new(&self.path, error))?;
        self.out.write_all(b"\n").map_err(|error| WriteError::new(&self.path, error))
    }
}
