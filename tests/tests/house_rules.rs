//! The project's rules about its own structure, as tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may use; see `docs/ARCHITECTURE.md`.
const ARROWS: &[(&str, &[&str])] = &[
    ("grammars", &[]),
    ("translators", &["grammars"]),
    ("validators", &["grammars"]),
    ("corpora", &["grammars"]),
    ("calque", &["grammars", "translators", "validators", "corpora"]),
];

/// Crates that belong to one room: elsewhere they are a sign that work sits in the wrong place.
const CRATES_OF_ONE_ROOM: &[(&str, &str)] =
    &[("clap", "calque"), ("indicatif", "calque"), ("miette", "calque"), ("parquet", "corpora")];

/// Lines above which a file has to be split.
const LONGEST_FILE: usize = 900;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace folder").to_owned()
}

/// The names under `[dependencies]` of a room's manifest.
fn dependencies(room: &str) -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join(room).join("Cargo.toml")).expect("a manifest per room");
    let manifest: toml::Table = manifest.parse().expect("valid TOML");
    manifest["dependencies"].as_table().expect("a table").keys().cloned().collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    rust_files(&root(), &mut found);
    assert!(found.len() > 20, "the walk found only {} files", found.len());
    found
}

#[test]
fn arrows_between_rooms_point_one_way() {
    let rooms: BTreeSet<&str> = ARROWS.iter().map(|(room, _)| *room).collect();
    for (room, allowed) in ARROWS {
        let used = dependencies(room);
        let forbidden: Vec<_> =
            used.iter().filter(|d| rooms.contains(d.as_str()) && !allowed.contains(&d.as_str())).collect();
        assert!(forbidden.is_empty(), "{room} must not use {forbidden:?}");
    }
}

#[test]
fn only_the_grammars_and_validators_see_parsers() {
    for room in ["translators", "corpora", "calque"] {
        let parsers: Vec<_> =
            dependencies(room).into_iter().filter(|d| d.starts_with("tree-sitter")).collect();
        assert!(parsers.is_empty(), "{room} must not use {parsers:?}");
    }
}

#[test]
fn crates_of_one_room_stay_there() {
    for (name, home) in CRATES_OF_ONE_ROOM {
        for (room, _) in ARROWS.iter().filter(|(room, _)| room != home) {
            assert!(!dependencies(room).contains(*name), "{name} belongs to {home}, not to {room}");
        }
    }
}

#[test]
fn every_room_and_target_has_a_page() {
    let mut folders: Vec<PathBuf> = ARROWS.iter().map(|(room, _)| root().join(room)).collect();
    folders.extend(["julia", "fortran", "cobol"].map(|t| root().join("translators/src").join(t)));
    for folder in folders {
        let page = folder.join("README.md");
        let text = fs::read_to_string(&page).unwrap_or_default();
        assert!(text.lines().count() >= 5, "{} is missing or says nothing", page.display());
    }
}

#[test]
fn every_file_says_what_it_does_and_does_one_thing() {
    let mut faults = BTreeMap::new();
    for path in sources() {
        let text = fs::read_to_string(&path).expect("UTF-8");
        if !text.starts_with("//!") {
            faults.insert(path.clone(), "does not open with //!".to_owned());
        }
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            faults.insert(path, format!("has {lines} lines; split it"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_target_is_named_outside_its_own_folder() {
    let shared = ["translators/src/passes", "translators/src/infer", "grammars/src/ir", "corpora/src"];
    for folder in shared {
        let mut found = Vec::new();
        rust_files(&root().join(folder), &mut found);
        for path in found {
            let text = fs::read_to_string(&path).expect("UTF-8");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (number, line) in code.lines().enumerate() {
                let line = line.split("//").next().unwrap_or_default();
                for target in ["\"julia\"", "\"fortran\"", "\"cobol\""] {
                    assert!(!line.contains(target), "{}:{} names {target}", path.display(), number + 1);
                }
            }
        }
    }
}
