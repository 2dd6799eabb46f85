//! Items of evaluation sets, in the layouts of HumanEval, MBPP, MultiPL-E and of calque's own corpora.

use crate::documents::{InputError, Kind, Shard, read_rows};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// One problem of an evaluation set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Item {
    /// What the set calls it, or its line.
    pub(super) name: String,
    /// Programs that solve it, and texts that state it.
    pub(super) texts: Vec<String>,
    /// Solutions alone, for the comparison of code.
    pub(super) solutions: Vec<String>,
    /// The function asked for.
    pub(super) entry_point: Option<String>,
    /// What it is to do.
    pub(super) description: Option<String>,
}

/// The items of the sets at `paths`: tables, or folders of tables.
///
/// # Errors
/// A path that cannot be read, or a row that is of no known layout: a set of which a part is overlooked protects nothing.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Item>, InputError> {
    let mut items = Vec::new();
    for shard in crate::documents::find(paths, &["jsonl".to_owned()])? {
        if shard.kind == Kind::Text {
            return Err(InputError::new(
                &shard.path,
                "an evaluation set is .jsonl, .jsonl.gz, .jsonl.zst or .parquet",
            ));
        }
        read_shard(&shard, &mut items)?;
    }
    Ok(items)
}

fn read_shard(shard: &Shard, items: &mut Vec<Item>) -> Result<(), InputError> {
    read_rows(shard, &mut |line, row| {
        let bad = |reason: &str| InputError::new(&place(&shard.path, line), reason);
        let item = item(&row).ok_or_else(|| {
            bad("it has the fields of no known evaluation set (prompt, canonical_solution; code, test_list; prompt, tests; source, target; text)")
        })?;
        let name = ["task_id", "name", "id"].iter().find_map(|field| match row.get(*field)? {
            Value::String(name) => Some(name.clone()),
            Value::Number(name) => Some(name.to_string()),
            _ => None,
        });
        let stem = shard.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        items.push(Item { name: name.unwrap_or_else(|| format!("{stem}:{line}")), ..item });
        Ok(())
    })
}

fn place(path: &Path, line: usize) -> PathBuf {
    PathBuf::from(format!("{}:{line}", path.display()))
}

/// What the fields of a row say, without its name.
fn item(row: &Map<String, Value>) -> Option<Item> {
    let text = |name: &str| {
        row.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
    };
    let entry_point = text("entry_point");
    let item = if let (Some(prompt), Some(solution)) = (text("prompt"), text("canonical_solution")) {
        let program = format!("{prompt}{solution}");
        let description = text("docstring").or_else(|| documentation(&prompt));
        Item {
            texts: vec![program.clone()],
            solutions: vec![program, solution],
            description,
            ..Item::default()
        }
    } else if let Some(code) = text("code") {
        let statement = text("text").or_else(|| text("prompt"));
        let texts = statement.iter().cloned().chain([code.clone()]).collect();
        let entry_point = defined(&code);
        Item { texts, solutions: vec![code], description: statement, entry_point, ..Item::default() }
    } else if let (Some(prompt), Some(_)) = (text("prompt"), text("tests")) {
        Item {
            description: documentation(&prompt),
            entry_point: defined(&prompt),
            texts: vec![prompt],
            ..Item::default()
        }
    } else if let (Some(source), Some(target)) = (text("source"), text("target")) {
        let both = vec![source, target];
        Item { texts: both.clone(), solutions: both, description: text("doc"), ..Item::default() }
    } else {
        let whole = text("text")?;
        Item { texts: vec![whole.clone()], solutions: vec![whole], ..Item::default() }
    };
    Some(Item { entry_point: entry_point.or(item.entry_point.clone()), ..item })
}

/// The documentation in a prompt: what stands between triple quotes, or in comments.
fn documentation(prompt: &str) -> Option<String> {
    let quoted = ["\"\"\"", "'''"].iter().find_map(|mark| prompt.split(mark).nth(1));
    let comment = |line: &str| {
        let line = line.trim_start();
        ["#", "//", "*", "!"].iter().find_map(|mark| line.strip_prefix(mark)).map(str::to_owned)
    };
    let comments = || prompt.lines().filter_map(comment).collect::<Vec<_>>().join("\n");
    quoted.map(str::to_owned).or_else(|| Some(comments())).filter(|text| !text.trim().is_empty())
}

/// The last function that a program begins to define.
fn defined(code: &str) -> Option<String> {
    let after = |mark: &str| {
        let name = code.rsplit_once(mark)?.1;
        let end = name.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        name.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
    };
    after("def ").or_else(|| after("function "))
}
