//! Repositories as one text each: the files in the order of their dependencies, each under its path, packed into
//! contexts (Guo et al.: DeepSeek-Coder, 2024, section 2.2).

use super::fim::Context;
use super::imports::{imports, means};
use super::{TextRow, place};
use crate::{Languages, Record};
use std::collections::{BTreeMap, BTreeSet};

/// Puts repositories together.
#[derive(Clone, Debug)]
pub struct Repositories {
    /// The languages.
    pub languages: Languages,
    /// How much fits into a row; a file that is longer is a row of its own.
    pub context: Option<Context>,
}

impl Repositories {
    /// The rows of one repository, whose records in one target language are `records`.
    pub fn rows(&self, records: &[Record]) -> Vec<TextRow> {
        let mut rows: Vec<(Vec<&Record>, String)> = Vec::new();
        let mut length = 0;
        for record in in_order(records) {
            let language = self.languages.get(&record.target_lang);
            let text = place::under_path(&place::path(record, &language), &record.target, &language);
            let own = self.context.as_ref().map_or(0, |context| context.length.of(&text));
            let fits = self.context.as_ref().is_none_or(|context| length + own <= context.size);
            match rows.last_mut().filter(|_| fits) {
                Some((members, row)) => {
                    members.push(record);
                    row.push('\n');
                    row.push_str(&text);
                    length += own;
                }
                None => {
                    rows.push((vec![record], text));
                    length = own;
                }
            }
        }
        rows.into_iter().map(|(members, text)| row(&members, text)).collect()
    }
}

fn row(members: &[&Record], text: String) -> TextRow {
    let licenses: BTreeSet<&str> = members.iter().map(|record| record.license.as_str()).collect();
    let ids: Vec<&str> = members.iter().map(|record| record.id.as_str()).collect();
    TextRow {
        text,
        id: ids.join(" "),
        lang: members.first().map(|record| record.target_lang.to_string()).unwrap_or_default(),
        license: licenses.into_iter().collect::<Vec<_>>().join(" AND "),
    }
}

/// The records so that what a file imports stands before it. Among those that wait for the fewest others the first
/// by path comes next, so that a cycle is broken at its file with the fewest open imports.
fn in_order(records: &[Record]) -> Vec<&Record> {
    let mut waiting = needs(records);
    let mut by_path: Vec<usize> = (0..records.len()).collect();
    by_path.sort_by(|&a, &b| (&records[a].path, a).cmp(&(&records[b].path, b)));
    let mut order = Vec::with_capacity(records.len());
    while !by_path.is_empty() {
        let open = |index: &usize| waiting.get(index).map_or(0, BTreeSet::len);
        let next = by_path.iter().enumerate().min_by_key(|(place, index)| (open(index), *place));
        let Some((place, &index)) = next else { break };
        by_path.remove(place);
        for needed in waiting.values_mut() {
            needed.remove(&index);
        }
        order.push(&records[index]);
    }
    order
}

/// For each record the others that its source imports.
fn needs(records: &[Record]) -> BTreeMap<usize, BTreeSet<usize>> {
    let stems: Vec<&str> = records.iter().map(|record| stem(&record.path)).collect();
    let mut needs: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        for import in imports(record) {
            let found = (0..records.len()).filter(|&other| other != index && stems[other] != stems[index]);
            let found = found.filter(|&other| means(&import, stems[index], stems[other]));
            needs.entry(index).or_default().extend(found);
        }
    }
    needs
}

/// The path of a record's file without ending.
fn stem(path: &str) -> &str {
    let file = path.split_once("::").map_or(path, |(file, _)| file);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::example;
    use crate::shapes::Length;

    fn file(path: &str, source: &str) -> Record {
        Record { path: path.into(), source: source.into(), target: format!("{path}\n"), ..example(path) }
    }

    fn paths(records: &[Record]) -> Vec<&str> {
        in_order(records).into_iter().map(|record| record.path.as_str()).collect()
    }

    #[test]
    fn what_is_imported_comes_first() {
        let records =
            [file("p/a.py", "from .c import x\n"), file("p/b.py", ""), file("p/c.py", "import p.b\n")];
        assert_eq!(paths(&records), ["p/b.py", "p/c.py", "p/a.py"]);
    }

    #[test]
    fn a_cycle_is_broken_where_least_is_open() {
        let records = [
            file("p/a.py", "import p.b\nimport p.c\n"),
            file("p/b.py", "import p.a\n"),
            file("p/c.py", "import p.b\n"),
        ];
        assert_eq!(paths(&records), ["p/b.py", "p/c.py", "p/a.py"]);
    }

    #[test]
    fn files_fill_a_context_and_stay_whole() {
        let records = [file("a.py", ""), file("b.py", ""), file("c.py", "")];
        let rows = |size| {
            let context = Some(Context { length: Length::Characters, size });
            let repositories = Repositories { languages: Languages::new([]), context };
            repositories.rows(&records).into_iter().map(|row| row.text).collect::<Vec<_>>()
        };
        assert_eq!(rows(32), ["# a.julia\na.py\n\n# b.julia\nb.py\n", "# c.julia\nc.py\n"]);
        assert_eq!(rows(1).len(), 3);
        assert_eq!(rows(1000).len(), 1);
    }
}
