//! One program as it was read, before anything is known about it.

use grammars::{LangId, Rejection, Span};
use std::path::{Path, PathBuf};

/// Where an input comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Where it was read, for people who want to look: the path as given or found, with `#LINE`
    /// for a line of a JSONL file.
    pub path: String,
    /// The path from the folder or file that was asked for, its own name included; it says nothing
    /// about the machine, and stands in corpora.
    pub name: String,
    /// The name that outputs are called after: the file stem or the data set's problem id.
    pub stem: String,
}

/// A program in a source language, with where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it comes from.
    pub origin: Origin,
    /// Its language.
    pub lang: LangId,
    /// The program with its tests.
    pub text: String,
    /// The function under test, where the data set names it.
    pub entry_point: Option<String>,
    /// The repository, where known.
    pub repo: Option<String>,
    /// The revision of the repository, where known.
    pub revision: Option<String>,
    /// SPDX identifier or expression; [`UNKNOWN_LICENSE`] where none was found.
    pub license: String,
}

/// The licence of a source that says nothing about it.
pub const UNKNOWN_LICENSE: &str = "unknown";

/// An input that is no program: empty, binary, too large, a broken line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Where it comes from.
    pub origin: Origin,
    /// The reason, with a code `read.REASON`.
    pub rejection: Rejection,
}

impl Origin {
    /// The file at `path`, found in `root` or `root` itself.
    pub(crate) fn of_file(root: &Path, path: &Path) -> Self {
        let absolute = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        let top = absolute.file_name().unwrap_or_default();
        let below = path.strip_prefix(root).unwrap_or(path);
        let name = if below.as_os_str().is_empty() { PathBuf::from(top) } else { Path::new(top).join(below) };
        Origin {
            path: path.display().to_string(),
            name: name.display().to_string(),
            stem: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    /// Line `line` of this file; outputs are called after `stem`.
    pub(crate) fn line(&self, line: usize, stem: String) -> Self {
        Origin { path: format!("{}#{line}", self.path), name: format!("{}#{line}", self.name), stem }
    }

    /// It cannot be read for the reason `code`, at `line` (0 for the whole).
    pub(crate) fn refuse(self, code: &'static str, line: usize, message: String) -> Box<Unreadable> {
        let span = Span { start: 0, end: 0, line: u32::try_from(line).unwrap_or(u32::MAX) };
        Box::new(Unreadable { origin: self, rejection: Rejection::new(code, span, message) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_nothing_about_the_machine() {
        let name = |root: &str, path: &str| Origin::of_file(Path::new(root), Path::new(path)).name;
        assert_eq!(name("/nowhere/home/pkg", "/nowhere/home/pkg/sub/a.py"), "pkg/sub/a.py");
        assert_eq!(name("/nowhere/home/a.py", "/nowhere/home/a.py"), "a.py");
    }
}
