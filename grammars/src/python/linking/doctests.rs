//! The interactive examples in the docstrings of a file to be linked.

use super::scan::{File, Import, line_end};
use super::{Edits, Files, Linker};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Some example imports a module of the package.
pub(super) fn mention_package(file: &File, files: &dyn Files) -> bool {
    example_lines(file).any(|line| {
        let code = code(&file.text[line]);
        let module = code.strip_prefix("from ").or_else(|| code.strip_prefix("import "));
        module.and_then(|rest| rest.split_whitespace().next()).is_some_and(|module| files.has(module))
    })
}

/// Takes imports of the package out of the examples and brings what they import into the program.
/// An example that cannot be linked stays as it is; its own language will then refute it.
pub(super) fn edits(linker: &mut Linker, module: &str, file: &Rc<File>) -> Edits {
    let mut edits = Edits::new();
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for (name, import) in &file.imports {
        if let Import::Module(path) = import {
            modules.insert(name.clone(), path.clone());
        }
    }
    for line in example_lines(file).collect::<Vec<_>>() {
        let text = file.text[line.clone()].to_owned();
        let imported = import(linker, code(&text), &mut modules);
        if imported {
            edits.push((line.start..line_end(&file.text, line.end), String::new()));
        } else if !is_import(code(&text)) {
            edits.extend(line_edits(linker, module, file, &modules, &text, line.start));
        }
    }
    edits
}

/// Reads an import of the package; says whether the line can go.
fn import(linker: &mut Linker, code: &str, modules: &mut BTreeMap<String, String>) -> bool {
    if let Some(rest) = code.strip_prefix("import ") {
        let (path, alias) = rest.split_once(" as ").unwrap_or((rest, rest));
        let (path, alias) = (path.trim(), alias.trim());
        let known = linker.files.has(path);
        if known {
            let first = path.split('.').next().unwrap_or(path);
            let (alias, path) = if alias == path { (first, first) } else { (alias, path) };
            modules.insert(alias.to_owned(), path.to_owned());
        }
        return known;
    }
    let Some((module, names)) = code.strip_prefix("from ").and_then(|rest| rest.split_once(" import "))
    else {
        return false;
    };
    if !linker.files.has(module.trim()) {
        return false;
    }
    let names: Vec<&str> = names.trim_matches(['(', ')', ' ']).split(',').map(str::trim).collect();
    names.into_iter().all(|name| {
        let found = linker.need(module.trim(), name);
        matches!(found, Ok(Some(new)) if new == name)
    })
}

/// Names of the package in a line of an example.
fn line_edits(
    linker: &mut Linker,
    module: &str,
    file: &Rc<File>,
    modules: &BTreeMap<String, String>,
    text: &str,
    start: usize,
) -> Edits {
    let mut edits = Edits::new();
    let words = words(text);
    let mut at = 0;
    while let Some(range) = words.get(at) {
        at += 1;
        let word = &text[range.clone()];
        if text[..range.start].ends_with('.') {
            continue;
        }
        if let Some(path) = modules.get(word) {
            let mut path = path.clone();
            let mut end = range.end;
            while let Some(next) = words.get(at).filter(|next| &text[end..next.start] == ".") {
                at += 1;
                end = next.end;
                let part = &text[next.clone()];
                let deeper = format!("{path}.{part}");
                if linker.files.has(&deeper) {
                    path = deeper;
                    continue;
                }
                if let Ok(Some(new)) = linker.need(&path, part) {
                    edits.push((start + range.start..start + end, new));
                }
                break;
            }
        } else if file.imports.contains_key(word)
            && let Ok(Some(new)) = linker.meaning(module, file, word)
            && new != word
        {
            edits.push((start + range.start..start + range.end, new));
        }
    }
    edits
}

fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric() || *c == '_') {
        match words.last_mut() {
            Some(word) if word.end == at => word.end = at + c.len_utf8(),
            _ => words.push(at..at + c.len_utf8()),
        }
    }
    words
}

/// The lines of examples, without their line breaks.
fn example_lines(file: &File) -> impl Iterator<Item = Range<usize>> {
    file.docs.iter().flat_map(|doc| {
        let mut start = doc.start;
        file.text[doc.clone()].split_inclusive('\n').filter_map(move |line| {
            let range = start..start + line.trim_end_matches(['\n', '\r']).len();
            start += line.len();
            let begins = line.trim_start();
            (begins.starts_with(">>> ") || begins.starts_with("... ")).then_some(range)
        })
    })
}

fn code(line: &str) -> &str {
    line.trim().trim_start_matches(">>> ").trim_start_matches("... ").trim()
}

fn is_import(code: &str) -> bool {
    code.starts_with("import ") || code.starts_with("from ")
}
