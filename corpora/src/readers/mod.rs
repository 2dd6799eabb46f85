//! Readers: files, folders and data sets become a stream of sources.
//!
//! A reader never stops at a bad input; it yields it as [`Unreadable`] and goes on. Only a path
//! that does not exist or cannot be opened is an error.

mod file;
mod jsonl;
mod license;
mod rows;
pub(crate) mod walk;

use crate::source::{Source, Unreadable};
use grammars::LangId;
use license::Licenses;
use std::path::{Path, PathBuf};

pub use license::is_license_expression;
pub use rows::{TableError, rows};

/// The largest file, or line of a data set, that is read.
pub const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// What a reader has to know.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The licence of everything read; where absent, it is looked for.
    pub license: Option<String>,
}

/// A path that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing is there, or it may not be opened.
    #[error("cannot read {path}: {source}")]
    Io {
        /// The path as given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A single file whose ending says nothing.
    #[error("cannot tell the language of {path} by its ending; known are .py, .java and .jsonl")]
    UnknownEnding {
        /// The path as given.
        path: PathBuf,
    },
}

/// What a reader yields.
pub type Input = Result<Source, Box<Unreadable>>;

/// Reads `path`: a program, a data set in JSONL, or a folder of programs.
///
/// Folders are read recursively in sorted order, without hidden entries and symbolic links to
/// folders; in them only `.py` and `.java` files are programs and everything else is passed over.
///
/// # Errors
/// A path that does not exist, cannot be opened, or is a file of unknown kind.
pub fn read(path: &Path, options: &ReadOptions) -> Result<Box<dyn Iterator<Item = Input> + Send>, ReadError> {
    let io = |source| ReadError::Io { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(io)?;
    let options = options.clone();
    if metadata.is_dir() {
        std::fs::read_dir(path).map_err(io)?;
        let mut licenses = Licenses::new(Some(path.to_owned()));
        let root = path.to_owned();
        let programs = walk::programs(path);
        return Ok(Box::new(
            programs.map(move |found| file::read_found(found, &root, &mut licenses, &options)),
        ));
    }
    if !metadata.is_file() {
        return Err(io(std::io::Error::other("it is neither a file nor a folder")));
    }
    match extension(path) {
        Some("jsonl") => Ok(Box::new(jsonl::read(path, options).map_err(io)?)),
        _ if language(path).is_some() => {
            Ok(Box::new(std::iter::once(file::read_program(path, path, &mut Licenses::new(None), &options))))
        }
        _ => Err(ReadError::UnknownEnding { path: path.to_owned() }),
    }
}

/// About how many inputs [`read`] yields for `path`, without reading programs; for progress.
pub fn count(path: &Path) -> usize {
    if path.is_dir() {
        walk::programs(path).count()
    } else if extension(path) == Some("jsonl") {
        jsonl::count(path).unwrap_or(0)
    } else {
        1
    }
}

/// The language that a file's ending announces.
pub fn language(path: &Path) -> Option<LangId> {
    match extension(path)? {
        "py" => Some(LangId::PYTHON),
        "java" => Some(LangId::JAVA),
        _ => None,
    }
}

fn extension(path: &Path) -> Option<&str> {
    path.extension()?.to_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_file_nor_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket.py");
        let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert!(matches!(read(&path, &ReadOptions::default()), Err(ReadError::Io { .. })));
        assert!(matches!(
            read(&folder.path().join("a.c"), &ReadOptions::default()),
            Err(ReadError::Io { .. })
        ));
    }

    #[test]
    fn folders_are_read_in_order_and_other_files_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("b.py", "x = 1\n"), ("a.java", "class A {}\n"), ("c.txt", "no\n"), ("d.py", "")]
        {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let inputs: Vec<Input> = read(folder.path(), &ReadOptions::default()).unwrap().collect();
        let stems: Vec<Result<&str, &str>> = inputs
            .iter()
            .map(|input| match input {
                Ok(source) => Ok(source.origin.stem.as_str()),
                Err(unreadable) => Err(unreadable.rejection.code.as_str()),
            })
            .collect();
        assert_eq!(stems, [Ok("a"), Ok("b"), Err("read.empty")]);
        assert_eq!(count(folder.path()), 3);
    }
}
