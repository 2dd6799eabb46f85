//! The card of a shaped corpus: README.md with YAML front matter, as the Hugging Face hub reads it.

use super::{Written, data_file};
use crate::table::Format;
use std::fmt::Write;

/// The card of a corpus called `name` with what was written; `how` says, a line each, how it was shaped.
pub fn card(name: &str, how: &[String], format: Format, written: &Written) -> String {
    let mut out = String::from("---\n");
    let _ = writeln!(out, "pretty_name: {}", serde_json::Value::from(name));
    out.push_str("language:\n- code\ntask_categories:\n- text-generation\n");
    if !written.rows.is_empty() {
        out.push_str("configs:\n- config_name: default\n  data_files:\n");
        for split in written.rows.keys() {
            let _ = writeln!(out, "  - split: {split}\n    path: {}", data_file(split, format));
        }
    }
    let _ = writeln!(
        out,
        "---\n\n# {name}\n\nMade by calque {} from translated and validated programs.\n",
        env!("CARGO_PKG_VERSION")
    );
    for line in how {
        let _ = writeln!(out, "- {line}");
    }
    out.push_str("\nThe column `id` names the records that a row comes from, `license` their licences.\n\n| split | rows |\n|---|---|\n");
    for (split, rows) in &written.rows {
        let _ = writeln!(out, "| {split} | {rows} |");
    }
    if !written.dropped.is_empty() {
        out.push_str("\nLeft out, each with its reason in `dropped.jsonl`:\n\n");
        for (code, count) in &written.dropped {
            let _ = writeln!(out, "- `{code}`: {count}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_tables_and_what_was_left_out() {
        let rows = [("test".to_owned(), 1), ("train".to_owned(), 5)].into();
        let written = Written { rows, dropped: [("shape.sentinel".to_owned(), 2)].into() };
        let card = card("a: b", &["seed 1".to_owned()], Format::Parquet, &written);
        assert!(card.starts_with("---\npretty_name: \"a: b\"\n"), "{card}");
        assert!(
            card.contains("  - split: train\n    path: data/train-00000-of-00001.parquet\n---\n"),
            "{card}"
        );
        assert!(card.contains("| train | 5 |") && card.contains("- `shape.sentinel`: 2"), "{card}");
    }
}
