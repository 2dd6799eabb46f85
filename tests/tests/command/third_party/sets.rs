//! The problem sets: where they lie, and which problems are judged.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// How many problems are judged unless all are asked for.
const SAMPLE: usize = 25;

/// The folder with the sets: `shared/data` beside the project, or beside a folder around it.
fn folder() -> Option<PathBuf> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    room.ancestors().skip(1).map(|folder| folder.join("shared/data")).find(|folder| folder.is_dir())
}

/// The rows of some sets, in the order of the names; says so and gives `None` where they are missing.
pub fn load<const N: usize>(names: [&str; N]) -> Option<[Vec<Value>; N]> {
    let Some(folder) = folder() else {
        eprintln!("skipped: there is no folder shared/data with the sets {}", names.join(", "));
        return None;
    };
    let missing: Vec<_> =
        names.iter().filter(|name| !folder.join(format!("{name}.jsonl")).is_file()).collect();
    if !missing.is_empty() {
        eprintln!("skipped: {} lacks {missing:?}", folder.display());
        return None;
    }
    Some(names.map(|name| {
        let text = fs::read_to_string(folder.join(format!("{name}.jsonl"))).expect("a readable set");
        text.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
    }))
}

/// The problems that this run judges: all, or some that are spread evenly over the set.
pub fn chosen<T>(problems: Vec<T>) -> Vec<T> {
    if std::env::var("CALQUE_THIRD_PARTY").is_ok_and(|wish| wish == "all") || problems.len() <= SAMPLE {
        return problems;
    }
    let total = problems.len();
    let is_chosen = |place: usize| (place * SAMPLE) / total != ((place + 1) * SAMPLE) / total;
    problems
        .into_iter()
        .enumerate()
        .filter(|(place, _)| is_chosen(*place))
        .map(|(_, problem)| problem)
        .collect()
}

/// A text field of a row.
pub fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_else(|| panic!("no text called {field} in {row}"))
}
