//! Links a file of a package: what it needs of other files comes into its text, so that it is a
//! program of its own.
//!
//! ```python
//! from .areas import square        # square's definition stands here instead
//! from . import lengths as l       # l.double(x) becomes double(x)
//! ```
//!
//! Only definitions that the file uses come along, directly or through others, with the imports of
//! the library that they need. What would take a name that means something else in the file gets the
//! name of its module in front.

mod doctests;
mod scan;

use crate::{Rejection, Span};
use scan::{File, Import, Outside, Uses, line_end};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

/// Files beyond which a program is no longer one.
const MAX_FILES: usize = 60;

/// Definitions of other files beyond which a program is no longer one.
const MAX_ITEMS: usize = 300;

/// The modules of a package, by their full names (`shapes.areas`).
pub trait Files {
    /// There is such a module.
    fn has(&self, module: &str) -> bool;
    /// Its text, and whether it is the `__init__` of a folder.
    fn read(&self, module: &str) -> Option<(String, bool)>;
}

/// A file with everything that it needs of its package.
#[derive(Debug)]
pub struct Linked {
    /// The text.
    pub text: String,
    /// What has come from other files, as it is called in the text.
    pub foreign: BTreeSet<String>,
}

/// A package as one program.
#[derive(Debug)]
pub struct Whole {
    /// The text.
    pub text: String,
    /// For each name of the program the module that defines it.
    pub homes: BTreeMap<String, String>,
    /// The documentation of modules.
    pub docs: BTreeMap<String, String>,
}

/// Everything that these modules define, as one program. What they run at top level beyond
/// definitions is not part of it.
///
/// # Errors
/// As [`link`].
pub fn whole(modules: &[String], files: &dyn Files) -> Result<Whole, Rejection> {
    let mut linker = Linker::new(files, String::new());
    linker.whole_docs = true;
    let mut docs = BTreeMap::new();
    for module in modules {
        let Some(file) = linker.file(module)? else { continue };
        docs.extend(file.doc.clone().map(|doc| (module.clone(), doc)));
        for item in &file.items {
            for name in item.bound.iter().filter(|name| !name.starts_with("__")) {
                linker.need(module, name)?;
            }
        }
    }
    let text = linker.bundle()?;
    let homes = linker.names.into_iter().map(|((module, _), name)| (name, module)).collect();
    Ok(Whole { text, homes, docs })
}

/// Links the module `name` with the text `source`; `None` where it imports nothing of its package.
///
/// # Errors
/// `source.link` where what is imported is not found or cannot be told apart, or is too much.
pub fn link(
    name: &str,
    is_package: bool,
    source: &str,
    files: &dyn Files,
) -> Result<Option<Linked>, Rejection> {
    let Some(root) = File::scan(name, is_package, source.to_owned(), files) else { return Ok(None) };
    if root.statements.is_empty() && !doctests::mention_package(&root, files) {
        return Ok(None);
    }
    let root = Rc::new(root);
    let mut linker = Linker::new(files, name.to_owned());
    linker.loaded.insert(name.to_owned(), Some(root.clone()));
    linker.taken = linker.own_names(&root)?;
    linker.outside = root.outside.iter().flat_map(|import| import.bound.clone()).collect();
    linker.outside.retain(|name, _| !root.binders.contains_key(name));
    linker.program(&root).map(Some)
}

struct Linker<'f> {
    files: &'f dyn Files,
    /// The module to be linked.
    root: String,
    /// Files read so far; `None` for those that are not well-formed.
    loaded: BTreeMap<String, Option<Rc<File>>>,
    /// What definitions of other modules are called in the program.
    names: BTreeMap<Seat, String>,
    /// Names that the program has.
    taken: BTreeSet<String>,
    /// Those of them that are imported from outside the package, with what they mean.
    outside: BTreeMap<String, String>,
    /// What imports of other modules from outside the package are called in the program, where their own
    /// names mean something else there.
    renamed: BTreeMap<Seat, String>,
    /// Statements of other modules that are in the program.
    done: BTreeSet<(String, usize)>,
    /// The same, what is needed first.
    order: Vec<(String, usize)>,
    /// Examples of the documentation are linked in all files and not only in the root.
    whole_docs: bool,
}

/// A module and a name in it.
type Seat = (String, String);

/// Where a name was looked for.
type Seen = BTreeSet<Seat>;

/// Changes of a text; they do not overlap.
type Edits = Vec<(Range<usize>, String)>;

impl<'f> Linker<'f> {
    fn new(files: &'f dyn Files, root: String) -> Self {
        Linker {
            files,
            root,
            loaded: BTreeMap::new(),
            names: BTreeMap::new(),
            taken: BTreeSet::new(),
            outside: BTreeMap::new(),
            renamed: BTreeMap::new(),
            done: BTreeSet::new(),
            order: Vec::new(),
            whole_docs: false,
        }
    }

    fn program(&mut self, root: &Rc<File>) -> Result<Linked, Rejection> {
        let name = self.root.clone();
        let mut edits = Edits::new();
        for item in &root.items {
            edits.extend(self.edits(&name, root, &item.uses)?);
        }
        edits.extend(doctests::edits(self, &name, root));
        for (range, top) in &root.statements {
            edits.push(if *top {
                (range.start..line_end(&root.text, range.end), String::new())
            } else {
                (range.clone(), "pass".to_owned())
            });
        }
        let bundle = self.bundle()?;
        if !bundle.is_empty() {
            edits.push((root.head..root.head, format!("\n{bundle}\n")));
        }
        let text = apply(&root.text, 0, edits).ok_or_else(|| problem("The imports of the file overlap."))?;
        let foreign = self
            .names
            .iter()
            .filter(|((module, _), _)| *module != name)
            .map(|(_, new)| new.clone())
            .collect();
        Ok(Linked { text, foreign })
    }

    /// The names that mean something in the file that is not of other files of the package.
    fn own_names(&mut self, root: &File) -> Result<BTreeSet<String>, Rejection> {
        let mut own: BTreeSet<String> = root.binders.keys().cloned().collect();
        own.extend(root.outside.iter().flat_map(|import| import.bound.keys().cloned()));
        for (name, _) in root.items.iter().flat_map(|item| &item.uses.names) {
            if !own.contains(name)
                && !root.imports.contains_key(name)
                && self.star_home(root, name, &mut Seen::new())?.is_none()
            {
                own.insert(name.clone());
            }
        }
        Ok(own)
    }

    /// Where a name is defined that the file has by importing everything of a module.
    fn star_home(&mut self, file: &File, name: &str, seen: &mut Seen) -> Result<Option<Seat>, Rejection> {
        for star in &file.stars {
            if let Some(found) = self.home(star, name, seen)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// What a name that is imported from outside the package is called in the program.
    fn outside_name(&mut self, module: &str, file: &File, name: &str) -> Option<String> {
        if module == self.root {
            return None;
        }
        let path = file.outside.iter().find_map(|import| import.bound.get(name))?;
        if self.outside.get(name) == Some(path) {
            return None;
        }
        let seat = (module.to_owned(), name.to_owned());
        if let Some(known) = self.renamed.get(&seat) {
            return Some(known.clone());
        }
        let new = self.free_name(module, name);
        self.outside.insert(new.clone(), path.clone());
        if new == name {
            return None;
        }
        self.renamed.insert(seat, new.clone());
        Some(new)
    }

    /// The statement as the program can have it: whole, or only with the names in use where others mean
    /// something else.
    fn outside_statements(&mut self, module: &str, import: &Outside, used: &BTreeSet<&str>) -> Vec<String> {
        let renamed = |name: &String| self.renamed.get(&(module.to_owned(), name.clone()));
        let clashes = |(name, path): (&String, &String)| {
            renamed(name).is_some() || self.taken.contains(name) && self.outside.get(name) != Some(path)
        };
        if !import.bound.iter().any(clashes) {
            self.taken.extend(import.bound.keys().cloned());
            self.outside.extend(import.bound.clone());
            return vec![import.text.clone()];
        }
        let wanted = import.bound.iter().filter(|(name, _)| used.contains(name.as_str()));
        let single = |(name, path): (&String, &String)| {
            let name = renamed(name).unwrap_or(name);
            match path.rsplit_once('.').filter(|_| import.text.starts_with("from")) {
                Some((from, original)) if original == name => format!("from {from} import {name}"),
                Some((from, original)) => format!("from {from} import {original} as {name}"),
                None if path == name => format!("import {path}"),
                None => format!("import {path} as {name}"),
            }
        };
        wanted.map(single).collect()
    }

    /// The definitions of other files, with the imports that they need.
    fn bundle(&mut self) -> Result<String, Rejection> {
        let mut imports: Vec<String> = Vec::new();
        let mut parts = Vec::new();
        for (module, at) in self.order.clone() {
            let Some(file) = self.file(&module)? else { continue };
            let item = &file.items[at];
            let mut edits = self.edits(&module, &file, &item.uses)?;
            let inside =
                |range: &Range<usize>| item.range.start <= range.start && range.end <= item.range.end;
            let statements = file.statements.iter().filter(|(range, top)| !top && inside(range));
            edits.extend(statements.map(|(range, _)| (range.clone(), "pass".to_owned())));
            if self.whole_docs {
                let examples = doctests::edits(self, &module, &file);
                edits.extend(examples.into_iter().filter(|(range, _)| inside(range)));
            }
            let text = file.text.get(item.range.clone()).unwrap_or_default();
            parts.push(
                apply(text, item.range.start, edits)
                    .ok_or_else(|| problem("Imports of the package overlap."))?,
            );
            let used: BTreeSet<&str> = item.uses.names.iter().map(|(name, _)| name.as_str()).collect();
            for import in needed_imports(&file, &used) {
                for statement in self.outside_statements(&module, import, &used) {
                    if !imports.contains(&statement) {
                        imports.push(statement);
                    }
                }
            }
        }
        if parts.is_empty() {
            return Ok(String::new());
        }
        let imports =
            if imports.is_empty() { String::new() } else { format!("{}\n\n\n", imports.join("\n")) };
        Ok(format!("{imports}{}\n", parts.join("\n\n\n")))
    }

    /// What has to change in a piece of the file so that it means the same in the program; what it
    /// needs comes into the program.
    fn edits(&mut self, module: &str, file: &Rc<File>, uses: &Uses) -> Result<Edits, Rejection> {
        let mut edits = Edits::new();
        let mut in_chains: BTreeSet<usize> = BTreeSet::new();
        for chain in &uses.chains {
            let Some((first, place)) = chain.first() else { continue };
            let Some(Import::Module(start)) = file.imports.get(first) else { continue };
            in_chains.insert(place.start);
            edits.extend(self.chain_edit(start.clone(), chain)?);
        }
        for (name, place) in &uses.names {
            if in_chains.contains(&place.start) {
                continue;
            }
            if let Some(new) = self.meaning(module, file, name)?
                && new != *name
            {
                edits.push((place.clone(), new));
            }
        }
        Ok(edits)
    }

    /// `module.sub.name` becomes the name.
    fn chain_edit(
        &mut self,
        start: String,
        chain: &[(String, Range<usize>)],
    ) -> Result<Option<(Range<usize>, String)>, Rejection> {
        let mut module = start;
        for (part, place) in &chain[1..] {
            let deeper = format!("{module}.{part}");
            if self.files.has(&deeper) {
                module = deeper;
                continue;
            }
            let name = self.need(&module, part)?;
            let name = name.ok_or_else(|| problem(&format!("`{module}` has nothing called `{part}`.")))?;
            return Ok(Some((place.clone(), name)));
        }
        Err(problem(&format!("The module `{module}` is used as a value.")))
    }

    /// What the name is called in the program, if it is something of the package.
    fn meaning(&mut self, module: &str, file: &Rc<File>, name: &str) -> Result<Option<String>, Rejection> {
        if file.binders.contains_key(name) {
            return self.need(module, name);
        }
        match file.imports.get(name) {
            Some(Import::Name(from, original)) => {
                let found = self.need(from, original)?;
                found.map(Some).ok_or_else(|| problem(&format!("`{from}` has nothing called `{original}`.")))
            }
            Some(Import::Module(module)) => {
                Err(problem(&format!("The module `{module}` is used as a value.")))
            }
            None => match self.star_home(file, name, &mut Seen::new())? {
                Some((home, name)) => self.need(&home, &name),
                None => Ok(self.outside_name(module, file, name)),
            },
        }
    }

    /// Brings a definition into the program; returns what it is called there.
    fn need(&mut self, module: &str, name: &str) -> Result<Option<String>, Rejection> {
        let Some((home, name)) = self.home(module, name, &mut Seen::new())? else { return Ok(None) };
        if home == self.root {
            return Ok(Some(name));
        }
        if let Some(known) = self.names.get(&(home.clone(), name.clone())) {
            return Ok(Some(known.clone()));
        }
        let new = self.free_name(&home, &name);
        self.names.insert((home.clone(), name.clone()), new.clone());
        let Some(file) = self.file(&home)? else { return Ok(None) };
        for at in file.binders.get(&name).into_iter().flatten() {
            self.include(&home, &file, *at)?;
        }
        Ok(Some(new))
    }

    fn free_name(&mut self, module: &str, name: &str) -> String {
        let mut new = name.to_owned();
        if !self.taken.insert(new.clone()) {
            let stem = module.rsplit('.').next().unwrap_or(module).trim_start_matches('_');
            new = format!("{stem}_{}", name.trim_start_matches('_'));
            while !self.taken.insert(new.clone()) {
                new.push('_');
            }
        }
        new
    }

    /// Puts a statement of another module into the program, behind what it needs.
    fn include(&mut self, module: &str, file: &Rc<File>, at: usize) -> Result<(), Rejection> {
        if !self.done.insert((module.to_owned(), at)) {
            return Ok(());
        }
        if self.done.len() > MAX_ITEMS {
            return Err(problem("The file needs too much of its package."));
        }
        self.edits(module, file, &file.items[at].uses)?;
        self.order.push((module.to_owned(), at));
        Ok(())
    }

    /// Where the name of a module is defined, through imports.
    fn home(&mut self, module: &str, name: &str, seen: &mut Seen) -> Result<Option<Seat>, Rejection> {
        if !seen.insert((module.to_owned(), name.to_owned())) {
            return Ok(None);
        }
        let Some(file) = self.file(module)? else { return Ok(None) };
        if file.binders.contains_key(name) {
            return Ok(Some((module.to_owned(), name.to_owned())));
        }
        if let Some(Import::Name(from, original)) = file.imports.get(name) {
            return self.home(from, original, seen);
        }
        self.star_home(&file, name, seen)
    }

    fn file(&mut self, module: &str) -> Result<Option<Rc<File>>, Rejection> {
        if let Some(file) = self.loaded.get(module) {
            return Ok(file.clone());
        }
        if self.loaded.len() >= MAX_FILES {
            return Err(problem("The file needs too many files of its package."));
        }
        let read = self.files.read(module);
        let file = read.and_then(|(text, is_package)| File::scan(module, is_package, text, self.files));
        let file = file.map(Rc::new);
        self.loaded.insert(module.to_owned(), file.clone());
        Ok(file)
    }
}

/// The imports of the library with one of these names.
fn needed_imports<'f>(file: &'f File, used: &BTreeSet<&str>) -> Vec<&'f Outside> {
    let is_needed = |import: &&Outside| import.bound.keys().any(|name| used.contains(name.as_str()));
    file.outside.iter().filter(is_needed).collect()
}

/// The text, which starts at `offset`, with the changes; `None` where they overlap.
fn apply(text: &str, offset: usize, mut edits: Edits) -> Option<String> {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    edits.dedup();
    let mut out = String::new();
    let mut at = offset;
    for (range, new) in edits {
        out.push_str(text.get(at.checked_sub(offset)?..range.start.checked_sub(offset)?)?);
        out.push_str(&new);
        at = range.end;
    }
    out.push_str(text.get(at - offset..)?);
    Some(out)
}

fn problem(message: &str) -> Rejection {
    Rejection::new("source.link", Span::default(), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(&'static [(&'static str, &'static str)]);

    impl Files for Folder {
        fn has(&self, module: &str) -> bool {
            self.0.iter().any(|(name, _)| name.trim_end_matches('/') == module)
        }

        fn read(&self, module: &str) -> Option<(String, bool)> {
            let found = self.0.iter().find(|(name, _)| name.trim_end_matches('/') == module)?;
            Some((found.1.to_owned(), found.0.ends_with('/')))
        }
    }

    const SHAPES: Folder = Folder(&[
        ("shapes/", "from .areas import *\n"),
        (
            "shapes.areas",
            "import math\n\nfrom .sides import double as twice\n\nUNIT = 1\n\n\ndef square(side):\n    return side * side * UNIT\n\n\ndef circle(radius):\n    return math.pi * twice(radius)\n",
        ),
        ("shapes.sides", "def double(x):\n    return 2 * x\n\n\ndef helper():\n    return 0\n"),
    ]);

    fn linked(source: &str) -> Linked {
        link("shapes.main", false, source, &SHAPES).expect("links").expect("imports the package")
    }

    #[test]
    fn definitions_come_with_what_they_need() {
        let linked = linked("from .areas import circle\n\n\ndef f(r):\n    return circle(r)\n");
        assert_eq!(linked.foreign, ["circle", "double"].map(str::to_owned).into());
        assert!(linked.text.starts_with("\nimport math\n"), "{}", linked.text);
        assert!(linked.text.contains("math.pi * double(radius)"), "{}", linked.text);
        assert!(linked.text.ends_with("\n\n\ndef f(r):\n    return circle(r)\n"), "{}", linked.text);
    }

    #[test]
    fn modules_and_what_they_pass_on_are_seen_through() {
        let source = "import shapes as s\nfrom . import sides\n\n\ndef f(x):\n    return s.square(x) + sides.double(x)\n";
        let linked = linked(source);
        assert!(linked.text.contains("return square(x) + double(x)"), "{}", linked.text);
        assert!(linked.text.contains("UNIT = 1"), "{}", linked.text);
    }

    #[test]
    fn equal_names_are_told_apart() {
        let source = "from .sides import helper as other\n\n\ndef helper():\n    return other()\n";
        let linked = linked(source);
        assert!(linked.text.contains("def sides_helper():"), "{}", linked.text);
        assert!(linked.text.contains("return sides_helper()"), "{}", linked.text);
    }

    #[test]
    fn names_keep_their_meaning_in_the_file() {
        const FILES: Folder = Folder(&[
            ("p.roots", "def sqrt(x):\n    return x // 3\n\n\ndef max(x):\n    return sqrt(x)\n"),
            ("p.floors", "from math import floor\n\n\ndef low(x):\n    return floor(x)\n"),
        ]);
        let source = "from math import sqrt\n\nfrom . import roots\n\n\ndef f(x):\n    return max(sqrt(x), roots.max(x))\n";
        let linked = link("p.main", false, source, &FILES).expect("links").expect("imports the package");
        assert!(linked.text.contains("def roots_max(x):\n    return roots_sqrt(x)\n"), "{}", linked.text);
        assert!(linked.text.ends_with("return max(sqrt(x), roots_max(x))\n"), "{}", linked.text);
        let source = "from .floors import low\n\n\ndef floor(x):\n    return low(x)\n";
        let linked = link("p.main", false, source, &FILES).expect("links").expect("imports the package");
        assert!(linked.text.contains("from math import floor as floors_floor\n"), "{}", linked.text);
        assert!(linked.text.contains("def low(x):\n    return floors_floor(x)\n"), "{}", linked.text);
        assert!(linked.text.ends_with("def floor(x):\n    return low(x)\n"), "{}", linked.text);
    }

    #[test]
    fn modules_that_import_everything_of_each_other_are_looked_through_once() {
        const STARS: &str = "from .a import *\nfrom .b import *\nfrom .c import *\nfrom .d import *\n";
        const FILES: Folder = Folder(&[("p.a", STARS), ("p.b", STARS), ("p.c", STARS), ("p.d", STARS)]);
        let source = format!("{STARS}\n\ndef f(x):\n    return len(x)\n");
        let linked = link("p.main", false, &source, &FILES).expect("links").expect("imports the package");
        assert!(linked.foreign.is_empty());
    }

    #[test]
    fn examples_of_the_documentation_are_linked_too() {
        let source = "def f(x):\n    \"\"\"Twice.\n\n    >>> from shapes.sides import double\n    >>> import shapes\n    >>> f(double(1)) + shapes.square(2)\n    8\n    \"\"\"\n    return 2 * x\n";
        let linked = linked(source);
        assert!(linked.text.contains("    >>> f(double(1)) + square(2)\n    8\n"), "{}", linked.text);
        assert!(!linked.text.contains("import"), "{}", linked.text);
    }

    #[test]
    fn a_whole_package_is_one_program() {
        let modules = ["shapes", "shapes.areas", "shapes.sides"].map(str::to_owned);
        let whole = whole(&modules, &SHAPES).expect("links");
        let home = |name: &str| whole.homes.get(name).map(String::as_str);
        assert_eq!(home("circle"), Some("shapes.areas"));
        assert_eq!(home("helper"), Some("shapes.sides"));
        assert!(whole.text.contains("math.pi * double(radius)"), "{}", whole.text);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let rejection = link("shapes.main", false, "from .areas import cube\n\nx = cube(1)\n", &SHAPES);
        assert_eq!(rejection.unwrap_err().code.as_str(), "source.link");
        assert!(link("shapes.main", false, "import math\n\nx = math.pi\n", &SHAPES).unwrap().is_none());
    }
}
