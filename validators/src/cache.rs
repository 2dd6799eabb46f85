//! Outcomes on disk, so that a build that is resumed does not judge again.

use crate::{Candidate, Infrastructure, Isolation, Outcome, Verdict};
use grammars::Level;
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};

/// Changes whenever the same program may be judged differently by the same toolchain.
const FORMAT: u32 = 1;

/// A folder with one file for each outcome.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
}

/// All that an outcome depends on.
#[derive(Serialize)]
pub(crate) struct Key<'a> {
    pub candidate: &'a Candidate,
    pub upto: Level,
    pub toolchain: &'a str,
    /// The commands with their limits.
    pub plan: String,
    pub isolation: Isolation,
}

impl Cache {
    /// Opens or makes the folder.
    pub fn open(folder: &Path) -> Result<Self, Infrastructure> {
        fs::create_dir_all(folder).map_err(|e| Infrastructure::file(folder, e))?;
        Ok(Cache { folder: folder.to_owned() })
    }

    /// The outcome stored under `key`. A file that cannot be read counts as none, so that a damaged
    /// cache costs time only.
    pub fn get(&self, key: &Key<'_>) -> Option<Outcome> {
        let text = fs::read(self.path(key)?).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Stores an outcome, except those that another run might not see again.
    pub fn put(&self, key: &Key<'_>, outcome: &Outcome) -> Result<(), Infrastructure> {
        let Some(path) = self.path(key) else { return Ok(()) };
        if outcome.verdict == Verdict::Timeout {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|e| Infrastructure::file(folder, e))?;
        let failed = |e| Infrastructure::file(&path, e);
        // Written beside and renamed, so that no reader ever sees half an outcome.
        let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        serde_json::to_writer(&file, outcome).map_err(|e| failed(e.into()))?;
        file.persist(&path).map_err(|e| failed(e.error))?;
        Ok(())
    }

    fn path(&self, key: &Key<'_>) -> Option<PathBuf> {
        let text = serde_json::to_vec(&(FORMAT, key)).ok()?;
        let name = blake3::hash(&text).to_hex();
        let (shard, rest) = name.split_at(2);
        Some(self.folder.join(shard).join(format!("{rest}.json")))
    }
}
