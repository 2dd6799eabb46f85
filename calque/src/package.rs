//! The package that a file belongs to, on disk.

use corpora::Source;
use corpora::readers::MAX_BYTES;
use grammars::python::linking::{self, Files, Linked};
use grammars::{LangId, Rejection, Span, python};
use std::path::{Path, PathBuf};
use translators::{Package, Part};

/// `source` with what it needs of the other files of its package in its text, and the names of what
/// came from there; `None` where it needs nothing of them.
pub(crate) fn link(source: &Source) -> Result<Option<(Source, Linked)>, Rejection> {
    let path = Path::new(&source.origin.path);
    if source.lang != LangId::PYTHON || !path.is_file() || !is_python(path) {
        return Ok(None);
    }
    let Some(place) = Place::of(path) else { return Ok(None) };
    let linked = linking::link(&place.module, place.is_package, &source.text, &place)?;
    Ok(linked.map(|linked| (Source { text: linked.text.clone(), ..source.clone() }, linked)))
}

/// A package as one program, and which of its modules each name belongs to.
pub(crate) struct Whole {
    /// The program.
    pub(crate) source: Source,
    /// Its modules.
    pub(crate) package: Package,
}

/// The package in the folder of these sources; `None` where it is none.
///
/// # Errors
/// Where its modules cannot be put together; `package.tests` where that would lose tests.
pub(crate) fn whole(folder: &Path, sources: &[&Source]) -> Result<Option<Whole>, Rejection> {
    let init = folder.join("__init__.py");
    let (true, Some(first)) = (init.is_file(), sources.first()) else { return Ok(None) };
    let Some(place) = Place::of(&init) else { return Ok(None) };
    if sources.iter().any(|source| source.lang != LangId::PYTHON) {
        return Ok(None);
    }
    let modules: Vec<String> = sources
        .iter()
        .filter_map(|source| Place::of(Path::new(&source.origin.path)))
        .map(|place| place.module)
        .collect();
    let linked = linking::whole(&modules, &place)?;
    keep_tests(sources, &linked.text)?;
    let name = place.module.rsplit('.').next().unwrap_or_default().to_owned();
    let parts = modules.iter().map(|module| part(module, &place.module, &linked)).collect();
    let mut source = Source { text: linked.text, ..(*first).clone() };
    source.origin.stem.clone_from(&name);
    Ok(Some(Whole { source, package: Package { name, parts } }))
}

/// A package is one program of its definitions. Tests that are none, as asserts beside them and examples in
/// the documentation of a module, would be lost, and the rest be taken for all.
fn keep_tests(sources: &[&Source], whole: &str) -> Result<(), Rejection> {
    let count = |name: &str, text: &str| Ok(python::parse(name, text)?.tests.len());
    let mut own = 0;
    for source in sources {
        own += count(&source.origin.stem, &source.text)?;
    }
    let kept = count("package", whole)?;
    if kept < own {
        let message =
            format!("{} of the {own} tests of the package belong to none of its functions.", own - kept);
        return Err(Rejection::new("package.tests", Span::default(), message));
    }
    Ok(())
}

/// A module of the package `root`; what stands in the package's own `__init__` is in the part `init`.
fn part(module: &str, root: &str, linked: &linking::Whole) -> Part {
    let top = root.rsplit('.').next().unwrap_or_default();
    let mut path = vec![top.to_owned()];
    match module.strip_prefix(root).and_then(|rest| rest.strip_prefix('.')) {
        Some(rest) => path.extend(rest.split('.').map(str::to_owned)),
        None => path.push("init".to_owned()),
    }
    let own = linked.homes.iter().filter(|(_, home)| *home == module);
    Part { path, doc: linked.docs.get(module).cloned(), names: own.map(|(name, _)| name.clone()).collect() }
}

/// Whether the file is one of tests, by its name or its folder.
pub(crate) fn is_of_tests(source: &Source) -> bool {
    let path = Path::new(&source.origin.name);
    let in_folder =
        path.parent().is_some_and(|folder| folder.iter().any(|part| part == "tests" || part == "test"));
    in_folder || source.origin.stem.starts_with("test_")
}

fn is_python(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "py")
}

/// Where a file stands in its package.
struct Place {
    /// The folder in which top-level modules stand.
    root: PathBuf,
    /// The full name of the file's module.
    module: String,
    /// It is the `__init__` of a folder.
    is_package: bool,
}

impl Place {
    fn of(path: &Path) -> Option<Place> {
        let path = path.canonicalize().ok()?;
        let is_package = path.file_stem()? == "__init__";
        let mut parts = Vec::new();
        if !is_package {
            parts.push(path.file_stem()?.to_str()?.to_owned());
        }
        let mut root = path.parent()?;
        while root.join("__init__.py").is_file() {
            parts.push(root.file_name()?.to_str()?.to_owned());
            root = root.parent()?;
        }
        parts.reverse();
        Some(Place { root: root.to_owned(), module: parts.join("."), is_package })
    }

    /// The file of a module, and whether it is the `__init__` of a folder.
    fn file(&self, module: &str) -> Option<(PathBuf, bool)> {
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !module.split('.').all(is_name) {
            return None;
        }
        let base = module.split('.').fold(self.root.clone(), |path, part| path.join(part));
        let (file, init) = (base.with_extension("py"), base.join("__init__.py"));
        if init.is_file() {
            return Some((init, true));
        }
        file.is_file().then_some((file, false))
    }
}

impl Files for Place {
    fn has(&self, module: &str) -> bool {
        self.file(module).is_some()
    }

    fn read(&self, module: &str) -> Option<(String, bool)> {
        let (path, is_package) = self.file(module)?;
        let small = std::fs::metadata(&path).is_ok_and(|data| data.len() <= MAX_BYTES);
        let text = small.then(|| std::fs::read_to_string(&path).ok()).flatten()?;
        Some((text, is_package))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_placed_by_the_folders_with_an_init() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("shapes");
        std::fs::create_dir(&package).unwrap();
        for name in ["__init__.py", "areas.py"] {
            std::fs::write(package.join(name), "").unwrap();
        }
        let place = Place::of(&package.join("areas.py")).unwrap();
        assert_eq!((place.module.as_str(), place.is_package), ("shapes.areas", false));
        assert!(place.has("shapes") && place.has("shapes.areas"));
        assert!(!place.has("shapes.sides") && !place.has("shapes/areas") && !place.has(".."));
        let init = Place::of(&package.join("__init__.py")).unwrap();
        assert_eq!((init.module.as_str(), init.is_package), ("shapes", true));
    }
}
