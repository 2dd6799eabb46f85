//! What one file of a package defines, imports and uses.

use super::Files;
use crate::python::PYTHON_2;
use crate::python::scope::{Scope, ScopeKind};
use crate::tree::{self, children, field, fields, text};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use tree_sitter::Node;

/// What a name of the file means in the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Import {
    /// A module of the package.
    Module(String),
    /// A name of a module of the package.
    Name(String, String),
}

/// A statement at top level that is no import.
#[derive(Debug)]
pub(super) struct Item {
    /// Where it stands.
    pub range: Range<usize>,
    /// The names that it binds.
    pub bound: BTreeSet<String>,
    /// What it mentions.
    pub uses: Uses,
}

/// Names that a piece of the file mentions, with their places.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Plain names.
    pub names: Vec<(String, Range<usize>)>,
    /// `a.b.c`: the parts, and the place of the whole up to each part.
    pub chains: Vec<Vec<(String, Range<usize>)>>,
}

/// An import statement of what is not in the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outside {
    /// Its text.
    pub text: String,
    /// The names that it binds, with what they mean.
    pub bound: BTreeMap<String, String>,
}

/// A file of a package.
#[derive(Debug)]
pub(super) struct File {
    /// Its text.
    pub text: String,
    /// Its statements in order.
    pub items: Vec<Item>,
    /// For each name the statements that bind it.
    pub binders: BTreeMap<String, Vec<usize>>,
    /// The names that it imports from the package.
    pub imports: BTreeMap<String, Import>,
    /// Modules of the package of which it imports everything.
    pub stars: Vec<String>,
    /// Its imports of other things, at top level.
    pub outside: Vec<Outside>,
    /// Import statements of the package, and whether they stand at top level.
    pub statements: Vec<(Range<usize>, bool)>,
    /// The end of the imports and the documentation with which it begins.
    pub head: usize,
    /// The docstrings.
    pub docs: Vec<Range<usize>>,
    /// Its own documentation.
    pub doc: Option<String>,
}

impl File {
    /// Reads the text of the module `name`; `None` if it is not well-formed.
    pub(super) fn scan(name: &str, is_package: bool, source: String, files: &dyn Files) -> Option<File> {
        let parsed = tree::parse("python", &tree_sitter_python::LANGUAGE.into(), PYTHON_2, &source).ok()?;
        let mut file = File {
            text: String::new(),
            items: Vec::new(),
            binders: BTreeMap::new(),
            imports: BTreeMap::new(),
            stars: Vec::new(),
            outside: Vec::new(),
            statements: Vec::new(),
            head: 0,
            docs: Vec::new(),
            doc: None,
        };
        let package =
            if is_package { name } else { name.rsplit_once('.').map_or("", |(package, _)| package) };
        let reader = Reader { source: &source, package, files };
        let mut in_head = true;
        file.doc = children(parsed.root_node()).first().filter(|node| is_text(**node)).map(|node| {
            let literal = text(*node, &source).trim_start_matches(['r', 'R', 'u', 'U']);
            literal.trim_matches(['"', '\'']).trim().to_owned()
        });
        for node in children(parsed.root_node()) {
            in_head &= is_import(node) || is_text(node);
            if in_head {
                file.head = line_end(&source, node.end_byte());
            }
            reader.statement(node, &mut file);
        }
        file.docs = docs(parsed.root_node());
        for (at, item) in file.items.iter().enumerate() {
            item.bound.iter().for_each(|name| file.binders.entry(name.clone()).or_default().push(at));
        }
        file.text = source;
        Some(file)
    }
}

struct Reader<'s> {
    source: &'s str,
    /// The package that relative imports start from.
    package: &'s str,
    files: &'s dyn Files,
}

impl Reader<'_> {
    /// A statement at top level.
    fn statement(&self, node: Node, file: &mut File) {
        if is_import(node) {
            if !self.import(node, true, file) {
                let scope = self.scope(node);
                let bound = scope.imports().map(|(name, path)| (name.to_owned(), path.to_owned())).collect();
                file.outside.push(Outside { text: text(node, self.source).to_owned(), bound });
            }
            return;
        }
        let mut uses = Uses::default();
        self.uses(node, &mut uses, file);
        let scope = self.scope(node);
        let bound =
            scope.names().filter(|name| !file.imports.contains_key(*name)).map(str::to_owned).collect();
        file.items.push(Item { range: node.byte_range(), bound, uses });
    }

    /// What a statement binds.
    fn scope(&self, node: Node) -> Scope {
        let mut scope = Scope::new(ScopeKind::Module);
        scope.collect_statement(node, self.source);
        scope
    }

    /// What the nodes below `node` mention; imports among them are noted in the file.
    fn uses(&self, node: Node, uses: &mut Uses, file: &mut File) {
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            match node.kind() {
                _ if is_import(node) => {
                    self.import(node, false, file);
                }
                "identifier" => {
                    uses.names.push((text(node, self.source).to_owned(), node.byte_range()));
                }
                "attribute" => match self.chain(node) {
                    Some(chain) => {
                        uses.names.extend(chain.first().cloned());
                        uses.chains.push(chain);
                    }
                    None => pending.extend(field(node, "object")),
                },
                "keyword_argument" => pending.extend(field(node, "value")),
                _ => pending.extend(children(node)),
            }
        }
    }

    /// The parts of `a.b.c`.
    fn chain(&self, node: Node) -> Option<Vec<(String, Range<usize>)>> {
        let start = node.start_byte();
        let mut parts = Vec::new();
        let mut next = node;
        while next.kind() == "attribute" {
            let name = field(next, "attribute")?;
            parts.push((text(name, self.source).to_owned(), start..next.end_byte()));
            next = field(next, "object")?;
        }
        if next.kind() != "identifier" {
            return None;
        }
        parts.push((text(next, self.source).to_owned(), next.byte_range()));
        parts.reverse();
        Some(parts)
    }

    /// Notes the import if it is one of the package; says whether it is.
    fn import(&self, node: Node, top: bool, file: &mut File) -> bool {
        let found = match node.kind() {
            "import_from_statement" => self.import_from(node, file),
            "import_statement" => self.import_plain(node, file),
            _ => false,
        };
        if found {
            file.statements.push((node.byte_range(), top));
        }
        found
    }

    fn import_from(&self, node: Node, file: &mut File) -> bool {
        let Some(module) = field(node, "module_name").map(|n| text(n, self.source).replace(' ', "")) else {
            return false;
        };
        let Some(module) = absolute(self.package, &module) else { return false };
        let names = fields(node, "name");
        let full = |name: &str| if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") };
        let all_modules =
            || !names.is_empty() && names.iter().all(|n| self.files.has(&full(self.original(*n))));
        if !self.files.has(&module) && !all_modules() {
            return false;
        }
        if children(node).iter().any(|n| n.kind() == "wildcard_import") {
            file.stars.push(module.clone());
            return true;
        }
        for name in &names {
            let original = self.original(*name);
            let alias = field(*name, "alias").map_or(original, |n| text(n, self.source));
            let import = if self.files.has(&full(original)) {
                Import::Module(full(original))
            } else {
                Import::Name(module.clone(), original.to_owned())
            };
            file.imports.entry(alias.to_owned()).or_insert(import);
        }
        true
    }

    fn import_plain(&self, node: Node, file: &mut File) -> bool {
        let names = fields(node, "name");
        if names.is_empty() || !names.iter().all(|n| self.files.has(self.original(*n))) {
            return false;
        }
        for name in names {
            let path = self.original(name);
            let (alias, module) = match field(name, "alias") {
                Some(alias) => (text(alias, self.source), path),
                None => {
                    let first = path.split('.').next().unwrap_or(path);
                    (first, first)
                }
            };
            file.imports.entry(alias.to_owned()).or_insert(Import::Module(module.to_owned()));
        }
        true
    }

    /// The imported name, without its alias.
    fn original(&self, name: Node) -> &str {
        let name = if name.kind() == "aliased_import" { field(name, "name").unwrap_or(name) } else { name };
        text(name, self.source)
    }
}

/// The full name of the module that `written` means within `package`.
fn absolute(package: &str, written: &str) -> Option<String> {
    let dots = written.len() - written.trim_start_matches('.').len();
    let name = &written[dots..];
    if dots == 0 {
        return Some(name.to_owned());
    }
    let mut base = package;
    for _ in 1..dots {
        base = base.rsplit_once('.')?.0;
    }
    Some(match (base.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (false, true) => base.to_owned(),
        (false, false) => format!("{base}.{name}"),
    })
}

fn is_import(node: Node) -> bool {
    matches!(node.kind(), "import_statement" | "import_from_statement" | "future_import_statement")
}

/// A statement that is nothing but a text.
fn is_text(node: Node) -> bool {
    node.kind() == "expression_statement"
        && matches!(children(node).as_slice(), [only] if only.kind() == "string")
}

fn docs(root: Node) -> Vec<Range<usize>> {
    let mut docs = Vec::new();
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        if is_text(node) {
            docs.push(node.byte_range());
        }
        if matches!(
            node.kind(),
            "module" | "block" | "function_definition" | "class_definition" | "decorated_definition"
        ) {
            pending.extend(children(node));
        }
    }
    docs.sort_by_key(|range| range.start);
    docs
}

/// The end of the line in which `at` lies, its line break included.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| at + end + 1)
}
