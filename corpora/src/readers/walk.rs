//! The files of a folder, in sorted order, without following loops.

use super::language;
use std::path::{Path, PathBuf};

/// A file found, or a folder that could not be listed.
pub(crate) type Found = Result<PathBuf, (PathBuf, std::io::Error)>;

/// Walks `root` depth first for programs; see [`files`].
pub(super) fn programs(root: &Path) -> impl Iterator<Item = Found> + Send + use<> {
    files(root, |path| language(path).is_some())
}

/// Walks `root` depth first for files that are `wanted`, entries sorted by name; hidden entries are
/// skipped, and symbolic links are followed to files only, so that the walk ends.
pub(crate) fn files<W>(root: &Path, wanted: W) -> impl Iterator<Item = Found> + Send + use<W>
where
    W: Fn(&Path) -> bool + Send,
{
    let mut pending = vec![root.to_owned()];
    std::iter::from_fn(move || {
        while let Some(path) = pending.pop() {
            if !path.is_dir() {
                return Some(Ok(path));
            }
            match entries(&path, &wanted) {
                Ok(found) => pending.extend(found.into_iter().rev()),
                Err(error) => return Some(Err((path, error))),
            }
        }
        None
    })
}

/// The folders and wanted files directly in `folder`, sorted.
fn entries(folder: &Path, wanted: &impl Fn(&Path) -> bool) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && (entry.file_type()?.is_dir() || (wanted(&path) && path.is_file())) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_and_skips_hidden_entries_and_loops() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        std::fs::create_dir_all(at("pkg/sub")).unwrap();
        std::fs::create_dir_all(at(".git")).unwrap();
        for name in ["pkg/b.py", "pkg/sub/a.java", "a.py", ".git/x.py", ".hidden.py", "notes.txt"] {
            std::fs::write(at(name), "x").unwrap();
        }
        std::os::unix::fs::symlink(root.path(), at("pkg/loop")).unwrap();
        let found: Vec<_> = programs(root.path()).map(Result::unwrap).collect();
        assert_eq!(found, [at("a.py"), at("pkg/b.py"), at("pkg/sub/a.java")]);
    }
}
