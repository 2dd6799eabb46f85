//! Packages: a Julia module that includes one module for each of the source.

use super::lower;
use super::names::legal;
use super::print::print_items;
use super::tree::{Expr, Item};
use crate::package::{Package, PackageFile, Part};
use grammars::ir::Module;
use grammars::{Rejection, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Translates a package.
pub fn translate(module: &Module, package: &Package) -> Result<Vec<PackageFile>, Rejection> {
    let package = package.placed(module)?;
    let lowered = lower::lower(module)?;
    let split = Split::new(&package, lowered.program)?;
    let mut files = Vec::new();
    let mut included = Vec::new();
    for (at, part) in package.parts.iter().enumerate() {
        if let Some(text) = split.part(at, &lowered.shadowed) {
            included.push(part);
            let uses = usings("..", &package, &package.uses(module, at));
            files.push(PackageFile { path: part.file(".jl"), text: as_module(part, &uses, &text) });
        }
        let tests = package.with_tests(module, at);
        if !tests.tests.is_empty() {
            let lowered = lower::lower(&tests)?;
            let text = print_items(&lowered.tests, &lowered.shadowed);
            let uses = usings(
                &format!(".{}.", camel([package.name.as_str()])),
                &package,
                &package.test_uses(module, at),
            );
            let up = "../".repeat(part.path.len().saturating_sub(2));
            let include = format!("include(\"{up}{}.jl\")\n", camel([package.name.as_str()]));
            let text = text.replacen("using Test\n", &format!("using Test\n\n{include}{uses}"), 1);
            files.push(PackageFile { path: part.test_file("jl"), text });
        }
    }
    files.push(main_file(&package, &included));
    Ok(files)
}

/// The items of the program by part.
struct Split {
    parts: BTreeMap<usize, Vec<Item>>,
    /// Packages that the program uses.
    using: Vec<Item>,
    /// Helper functions with their names.
    helpers: Vec<(String, Item)>,
}

impl Split {
    fn new(package: &Package, items: Vec<Item>) -> Result<Split, Rejection> {
        let mut split = Split { parts: BTreeMap::new(), using: Vec::new(), helpers: Vec::new() };
        let homes: BTreeMap<String, usize> = package
            .parts
            .iter()
            .enumerate()
            .flat_map(|(at, part)| part.names.iter().map(move |name| (legal(name), at)))
            .collect();
        let mut comments = Vec::new();
        for item in items {
            let name = match &item {
                Item::Using(_) => {
                    split.using.push(item);
                    continue;
                }
                Item::Comment(_) => {
                    comments.push(item);
                    continue;
                }
                Item::Header(_) => continue,
                Item::Constant { name, .. } => global(name),
                Item::Function(function) => global(&function.name),
                Item::Struct(_) | Item::Stmt(_) => None,
            };
            match (name.as_ref().and_then(|name| homes.get(name)), name) {
                (Some(part), _) => {
                    let items = split.parts.entry(*part).or_default();
                    items.append(&mut comments);
                    items.push(item);
                }
                (None, Some(name)) if matches!(item, Item::Function(_)) => split.helpers.push((name, item)),
                _ => {
                    let message = "Classes and exceptions that modules of a package share have no form yet.";
                    return Err(Rejection::new("julia.package", Span::default(), message));
                }
            }
        }
        Ok(split)
    }

    /// The text of a part, with the helpers that it calls; `None` where it defines nothing.
    fn part(&self, at: usize, shadowed: &BTreeSet<String>) -> Option<String> {
        let mut items = self.parts.get(&at)?.clone();
        let mut used = BTreeSet::new();
        loop {
            let text = print_items(&items, shadowed);
            let words: BTreeSet<&str> =
                text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '!').collect();
            let missing =
                self.helpers.iter().find(|(name, _)| words.contains(name.as_str()) && !used.contains(name));
            let Some((name, item)) = missing else { break };
            used.insert(name.clone());
            items.push(item.clone());
        }
        let text = print_items(&items, shadowed);
        let needed = |item: &&Item| match item {
            Item::Using("Printf") => text.contains("printf"),
            _ => true,
        };
        let using: Vec<Item> = self.using.iter().filter(needed).cloned().collect();
        let using = print_items(&using, shadowed);
        Some(if using.is_empty() { text } else { format!("{using}\n{text}") })
    }
}

fn global(name: &Expr) -> Option<String> {
    match name {
        Expr::Global(name) => Some(name.clone()),
        _ => None,
    }
}

fn as_module(part: &Part, uses: &str, text: &str) -> String {
    let name = camel(part.words());
    let doc = part.doc.as_ref().map(|doc| comment(doc)).unwrap_or_default();
    let uses = if uses.is_empty() { String::new() } else { format!("{uses}\n") };
    format!("{doc}module {name}\n\n{uses}{text}\nend # module {name}\n")
}

fn comment(doc: &str) -> String {
    doc.lines().map(|line| format!("# {line}").trim_end().to_owned() + "\n").collect()
}

/// `using ..Sides: longest`, one line for each part.
fn usings(before: &str, package: &Package, uses: &BTreeMap<usize, BTreeSet<String>>) -> String {
    uses.iter()
        .filter_map(|(at, names)| Some((package.parts.get(*at)?, names)))
        .map(|(part, names)| {
            let names: Vec<String> = names.iter().map(|name| legal(name)).collect();
            format!("using {before}{}: {}\n", camel(part.words()), names.join(", "))
        })
        .collect()
}

/// The file that one includes to have the package.
fn main_file(package: &Package, parts: &[&Part]) -> PackageFile {
    let name = camel([package.name.as_str()]);
    let folder = format!("{}/", package.name);
    let includes: String = parts
        .iter()
        .map(|part| part.file(".jl"))
        .map(|path| format!("include(\"{}\")\n", path.strip_prefix(&folder).unwrap_or(&path)))
        .collect();
    let text = format!("module {name}\n\n{includes}\nend # module {name}\n");
    PackageFile { path: format!("{folder}{name}.jl"), text }
}

/// `plane_figures` as `PlaneFigures`.
fn camel<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words = words.into_iter().flat_map(|word| word.split('_'));
    words
        .map(|word| {
            let mut chars = word.chars();
            chars
                .next()
                .map(|first| first.to_uppercase().chain(chars).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}
