//! The files that an input consists of.

use super::InputError;
use crate::readers::walk;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called in the output: its path from the folder around the input.
    pub name: PathBuf,
    /// How documents are kept in it.
    pub kind: Kind,
    /// Its size in bytes.
    pub bytes: u64,
}

/// How documents are kept in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The file is one document.
    Text,
    /// A JSON object a line.
    Lines(Compression),
    /// Rows of Parquet.
    Parquet,
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// `.gz`
    Gzip,
    /// `.zst`
    Zstd,
}

impl Kind {
    /// What the name of a file says about it.
    fn of(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if name.ends_with(".jsonl") {
            Kind::Lines(Compression::None)
        } else if name.ends_with(".jsonl.gz") {
            Kind::Lines(Compression::Gzip)
        } else if name.ends_with(".jsonl.zst") {
            Kind::Lines(Compression::Zstd)
        } else if name.ends_with(".parquet") {
            Kind::Parquet
        } else {
            Kind::Text
        }
    }
}

impl Shard {
    /// The repository that a file of a folder belongs to: the first folder below the input.
    pub(crate) fn repository(&self) -> Option<String> {
        let mut parts = self.name.iter();
        let (_input, first, _rest) = (parts.next()?, parts.next()?, parts.next()?);
        Some(first.to_string_lossy().into_owned())
    }
}

/// The files of `inputs` in order; folders are walked in sorted order, without hidden entries. With `endings` (`py`, `jl`),
/// only such files of folders are documents; tables always are.
///
/// # Errors
/// A path that is not there or cannot be listed; two inputs that would have the same name in the output.
pub fn find(inputs: &[PathBuf], endings: &[String]) -> Result<Vec<Shard>, InputError> {
    let mut shards = Vec::new();
    for input in inputs {
        let metadata = std::fs::metadata(input).map_err(|error| InputError::new(input, error))?;
        let absolute = input.canonicalize().map_err(|error| InputError::new(input, error))?;
        let top = PathBuf::from(absolute.file_name().unwrap_or_default());
        if metadata.is_file() {
            shards.push(shard(input.clone(), top)?);
        } else if metadata.is_dir() {
            let endings = endings.to_vec();
            for found in walk::files(input, move |path| wanted(path, &endings)) {
                let path = found.map_err(|(path, error)| InputError::new(&path, error))?;
                let name = top.join(path.strip_prefix(input).unwrap_or(&path));
                shards.push(shard(path, name)?);
            }
        } else {
            return Err(InputError::new(input, "it is neither a file nor a folder"));
        }
    }
    let mut names = BTreeMap::new();
    for shard in &shards {
        if let Some(earlier) = names.insert(&shard.name, &shard.path) {
            let reason = format!("it would have the same name in the output as {}", earlier.display());
            return Err(InputError::new(&shard.path, reason));
        }
    }
    Ok(shards)
}

fn shard(path: PathBuf, name: PathBuf) -> Result<Shard, InputError> {
    let bytes = std::fs::metadata(&path).map_err(|error| InputError::new(&path, error))?.len();
    Ok(Shard { kind: Kind::of(&path), path, name, bytes })
}

fn wanted(path: &Path, endings: &[String]) -> bool {
    endings.is_empty()
        || Kind::of(path) != Kind::Text
        || path.extension().is_some_and(|found| endings.iter().any(|ending| found == ending.as_str()))
}
