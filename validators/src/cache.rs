//! Verdicts on disk, so that a build that is resumed does not judge again.

use crate::{Infrastructure, Isolation, Plan, Tool};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::{Path, PathBuf};

/// Changes whenever the same program may be judged differently by the same toolchain.
const FORMAT: u32 = 1;

/// A folder with one file for each verdict.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
}

/// All that a verdict depends on.
#[derive(Serialize)]
pub(crate) struct Key<'a, T> {
    judged: &'a T,
    /// The files, and the commands with their limits.
    plan: String,
    toolchain: String,
    isolation: Isolation,
}

impl<'a, T> Key<'a, T> {
    /// The key of judging `judged` by `plan`.
    pub fn new(judged: &'a T, plan: &Plan, tools: &[Tool], isolation: Isolation) -> Self {
        Key { judged, plan: format!("{plan:?}"), toolchain: Tool::versions(tools), isolation }
    }
}

impl Cache {
    /// Opens or makes the folder.
    pub fn open(folder: &Path) -> Result<Self, Infrastructure> {
        fs::create_dir_all(folder).map_err(|e| Infrastructure::file(folder, e))?;
        Ok(Cache { folder: folder.to_owned() })
    }

    /// What is stored under `key`. A file that cannot be read counts as none, so that a damaged cache
    /// costs time only.
    pub fn get<T: Serialize, R: DeserializeOwned>(&self, key: &Key<'_, T>) -> Option<R> {
        let text = fs::read(self.path(key)?).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Stores `result`.
    pub fn put<T: Serialize, R: Serialize>(
        &self,
        key: &Key<'_, T>,
        result: &R,
    ) -> Result<(), Infrastructure> {
        let Some(path) = self.path(key) else { return Ok(()) };
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|e| Infrastructure::file(folder, e))?;
        let failed = |e| Infrastructure::file(&path, e);
        // Written beside and renamed, so that no reader ever sees half of it.
        let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        serde_json::to_writer(&file, result).map_err(|e| failed(e.into()))?;
        file.persist(&path).map_err(|e| failed(e.error))?;
        Ok(())
    }

    fn path<T: Serialize>(&self, key: &Key<'_, T>) -> Option<PathBuf> {
        let text = serde_json::to_vec(&(FORMAT, key)).ok()?;
        let name = blake3::hash(&text).to_hex();
        let (shard, rest) = name.split_at(2);
        Some(self.folder.join(shard).join(format!("{rest}.json")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &String) -> Key<'_, String> {
        Key::new(text, &Plan { files: Vec::new(), steps: Vec::new() }, &[], Isolation::None)
    }

    #[test]
    fn gives_back_what_was_put_under_the_same_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("a cache");
        let (one, two) = ("one".to_owned(), "two".to_owned());
        cache.put(&key(&one), &7_u32).expect("a writable folder");
        assert_eq!(cache.get::<_, u32>(&key(&one)), Some(7));
        assert_eq!(cache.get::<_, u32>(&key(&two)), None);
    }

    #[test]
    fn a_damaged_file_counts_as_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path()).expect("a cache");
        let one = "one".to_owned();
        cache.put(&key(&one), &7_u32).expect("a writable folder");
        fs::write(cache.path(&key(&one)).expect("a path"), "{half").expect("a writable file");
        assert_eq!(cache.get::<_, u32>(&key(&one)), None);
    }
}
