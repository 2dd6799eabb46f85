//! The record: one translated and validated program, the same for all corpora.

use crate::table::{Row, column, optional, schema, texts};
use arrow::datatypes::{DataType, SchemaRef};
use grammars::{LangId, Level};
use serde::{Deserialize, Serialize};

/// One program in two languages, with its tests and how far it was validated.
///
/// What was not measured is `None`, never a guess.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// BLAKE3 of source, target and translator; see [`Record::identify`].
    pub id: String,
    /// The source's language.
    pub source_lang: LangId,
    /// The target's language.
    pub target_lang: LangId,
    /// The source program with its tests.
    pub source: String,
    /// The translation.
    pub target: String,
    /// The translated tests; empty where the source has none.
    pub tests: String,
    /// The function that the tests are about.
    pub entry_point: Option<String>,
    /// Its parameters and result with their types, as the source language writes them.
    pub signature: Option<String>,
    /// Its documentation, or the program's.
    pub doc: Option<String>,
    /// The repository of the source.
    pub repo: Option<String>,
    /// The source's path from the folder that was read, with `#LINE` for a line of a data set and `::NAME` for a part of a file.
    pub path: String,
    /// The revision of the repository.
    pub revision: Option<String>,
    /// SPDX identifier or expression, or `unknown`.
    pub license: String,
    /// calque's version, the target, and the version of its rules.
    pub translator: String,
    /// The last rung of the ladder that was passed.
    pub level: Level,
    /// The toolchain that judged it, with its version.
    pub toolchain: String,
    /// How many checks ran.
    pub tests_run: Option<u32>,
    /// How many of them passed.
    pub tests_passed: Option<u32>,
    /// On how many generated inputs source and target agree.
    pub inputs_agreed: Option<u32>,
    /// Share of the source's lines that the tests reach.
    pub coverage: Option<f32>,
    /// Share of planted faults that the tests catch.
    pub mutants_caught: Option<f32>,
    /// What the target's representations cannot hold, one sentence each.
    pub domain: Vec<String>,
    /// The sandbox that it ran in.
    pub isolation: String,
    /// The cluster of near-duplicates that it belongs to.
    pub cluster: Option<String>,
    /// The split that it belongs to.
    pub split: Option<String>,
}

impl Record {
    /// The identifier of a translation: it changes with every input that matters.
    pub fn identify(source: &str, target: &str, translator: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        for part in [source, target, translator] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl Row for Record {
    fn schema() -> SchemaRef {
        use DataType::{Float32, UInt32, Utf8};
        schema(vec![
            column("id", Utf8),
            column("source_lang", Utf8),
            column("target_lang", Utf8),
            column("source", Utf8),
            column("target", Utf8),
            column("tests", Utf8),
            optional("entry_point", Utf8),
            optional("signature", Utf8),
            optional("doc", Utf8),
            optional("repo", Utf8),
            column("path", Utf8),
            optional("revision", Utf8),
            column("license", Utf8),
            column("translator", Utf8),
            column("level", Utf8),
            column("toolchain", Utf8),
            optional("tests_run", UInt32),
            optional("tests_passed", UInt32),
            optional("inputs_agreed", UInt32),
            optional("coverage", Float32),
            optional("mutants_caught", Float32),
            texts("domain"),
            column("isolation", Utf8),
            optional("cluster", Utf8),
            optional("split", Utf8),
        ])
    }

    fn size(&self) -> usize {
        self.source.len() + self.target.len() + self.tests.len()
    }
}

/// The target of [`example`].
#[cfg(test)]
pub(crate) const TARGET: &str = "julia";

/// A record for tests.
#[cfg(test)]
pub(crate) fn example(name: &str) -> Record {
    Record {
        id: Record::identify(name, "", ""),
        source_lang: LangId::PYTHON,
        target_lang: LangId::from_static(TARGET),
        source: format!("def {name}(n):\n    return n\n"),
        target: format!("{name}(n) = n\n"),
        tests: format!("@assert {name}(1) == 1\n"),
        entry_point: Some(name.to_owned()),
        signature: None,
        doc: None,
        repo: None,
        path: format!("{name}.py"),
        revision: None,
        license: "MIT".into(),
        translator: "calque 0.1.0, julia 1".into(),
        level: Level::Tests,
        toolchain: "julia 1.5.3".into(),
        tests_run: Some(1),
        tests_passed: Some(1),
        inputs_agreed: None,
        coverage: None,
        mutants_caught: None,
        domain: vec!["integers fit 64 bits".into()],
        isolation: "bubblewrap".into(),
        cluster: None,
        split: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_has_the_fields_of_the_record() {
        let serde_json::Value::Object(fields) = serde_json::to_value(example("same")).unwrap() else {
            panic!("a record is an object")
        };
        let mut written: Vec<&str> = fields.keys().map(String::as_str).collect();
        let schema = Record::schema();
        let mut declared: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        written.sort_unstable();
        declared.sort_unstable();
        assert_eq!(written, declared);
    }

    #[test]
    fn the_identifier_depends_on_every_part_and_on_their_borders() {
        let id = Record::identify("ab", "c", "1");
        assert_eq!(id, Record::identify("ab", "c", "1"));
        for (source, target, translator) in [("a", "bc", "1"), ("ab", "d", "1"), ("ab", "c", "2")] {
            assert_ne!(id, Record::identify(source, target, translator));
        }
    }
}
