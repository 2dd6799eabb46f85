//! The dataset card: README.md with YAML front matter, as the Hugging Face hub reads it.

use crate::manifest::{Manifest, TargetInfo};
use crate::record::Record;
use crate::report::Summary;
use crate::source::UNKNOWN_LICENSE;
use crate::table::Row;
use arrow::datatypes::DataType;
use std::fmt::Write;

/// The card of a build.
pub fn card(manifest: &Manifest, summary: &Summary) -> String {
    let mut out = String::from("---\n");
    front_matter(&mut out, manifest, summary);
    out.push_str("---\n\n");
    introduction(&mut out, manifest);
    counts(&mut out, manifest, summary);
    licenses(&mut out, summary);
    toolchains(&mut out, manifest);
    limits(&mut out, manifest, summary);
    out
}

fn front_matter(out: &mut String, manifest: &Manifest, summary: &Summary) {
    let _ = writeln!(out, "pretty_name: {}", quote(&manifest.name));
    license(out, summary);
    out.push_str("language:\n- code\n");
    out.push_str("task_categories:\n- text-generation\n- translation\n");
    let _ = writeln!(out, "size_categories:\n- {}", size_category(summary.records()));
    out.push_str("tags:\n- code\n- code-translation\n");
    for language in summary.source_langs.keys() {
        let _ = writeln!(out, "- {language}");
    }
    let filled: Vec<&TargetInfo> = manifest.targets.iter().filter(|target| target.records > 0).collect();
    for target in &filled {
        let _ = writeln!(out, "- {}", target.id);
    }
    if filled.is_empty() {
        return;
    }
    out.push_str("configs:\n");
    for (position, target) in filled.iter().enumerate() {
        let _ = writeln!(out, "- config_name: {}", target.id);
        if position == 0 {
            out.push_str("  default: true\n");
        }
        let _ =
            writeln!(out, "  data_files:\n  - split: train\n    path: {}", manifest.data_file(&target.id));
    }
    out.push_str("dataset_info:\n");
    filled.iter().for_each(|target| dataset_info(out, target));
}

/// One licence is named; several are listed as `other` with their names.
fn license(out: &mut String, summary: &Summary) {
    let names: Vec<&str> = summary.licenses.keys().map(String::as_str).collect();
    match names.as_slice() {
        [] | [UNKNOWN_LICENSE] => out.push_str("license: unknown\n"),
        [one] if !one.contains(' ') => {
            let _ = writeln!(out, "license: {}", one.to_lowercase());
        }
        several => {
            let _ = writeln!(out, "license: other\nlicense_name: {}", quote(&several.join(", ")));
        }
    }
}

fn dataset_info(out: &mut String, target: &TargetInfo) {
    let _ = writeln!(out, "- config_name: {}\n  features:", target.id);
    for field in Record::schema().fields() {
        match field.data_type() {
            DataType::List(_) => {
                let _ = writeln!(out, "  - name: {}\n    list: string", field.name());
            }
            scalar => {
                let _ = writeln!(out, "  - name: {}\n    dtype: {}", field.name(), dtype(scalar));
            }
        }
    }
}

/// The hub's word for a type of the schema.
fn dtype(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::UInt32 => "uint32",
        DataType::Float32 => "float32",
        _ => "string",
    }
}

/// The hub's size classes.
fn size_category(records: usize) -> &'static str {
    match records {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        _ => "n>10M",
    }
}

fn introduction(out: &mut String, manifest: &Manifest) {
    let names: Vec<&str> = manifest.targets.iter().map(|target| target.name.as_str()).collect();
    let _ = writeln!(
        out,
        "# {}\n\nPrograms translated by rule into {} with calque {}, together with their tests. Every record was judged by\n\
         the real toolchain of its language in a sandbox and reached the rung `{}` of the ladder parse, compile, run, tests,\n\
         agree. No model wrote any of it: each record can be traced to its source and rebuilt bit for bit.\n",
        manifest.name,
        join(&names),
        manifest.version,
        manifest.level
    );
    out.push_str(
        "```python\nfrom datasets import load_dataset\n\ndata = load_dataset(\"PATH\", \"LANGUAGE\", split=\"train\")\n```\n\n\
         What was left out, and why, is in the table of rejections beside this file; `manifest.json` says what the corpus\n\
         was made from.\n",
    );
}

fn counts(out: &mut String, manifest: &Manifest, summary: &Summary) {
    out.push_str("\n## Counts\n\n| target | units | translated |");
    let rungs = summary.rungs();
    for rung in &rungs {
        let _ = write!(out, " {rung} |");
    }
    out.push_str(" duplicates | records |\n|---|---|---|");
    out.push_str(&"---|".repeat(rungs.len() + 2));
    out.push('\n');
    for (target, funnel) in manifest.targets.iter().zip(&summary.funnels) {
        let _ = write!(out, "| {} | {} | {} |", target.name, funnel.units, funnel.translated);
        for &rung in &rungs {
            let _ = write!(out, " {} |", funnel.at(rung));
        }
        let _ = writeln!(out, " {} | {} |", funnel.duplicates, funnel.records);
    }
    let _ = writeln!(
        out,
        "\nA unit is a program, or an independent part of one. {} inputs were read; {} checks ran; {} doctests that the\n\
         source language's own interpreter refutes were left out of the tests.",
        manifest.inputs, summary.checks, summary.refuted_doctests
    );
    for (language, count) in &summary.source_langs {
        let _ = writeln!(out, "- {count} records from {language}");
    }
}

fn licenses(out: &mut String, summary: &Summary) {
    out.push_str(
        "\n## Licences\n\nA translation has the licence of its source, named in the column `license`.\n\n",
    );
    for (name, count) in &summary.licenses {
        let _ = writeln!(out, "- {name}: {count} records");
    }
    if summary.licenses.contains_key(UNKNOWN_LICENSE) {
        let _ = writeln!(
            out,
            "\n`{UNKNOWN_LICENSE}` means that neither the file nor its folders say anything: clear it before you use the records."
        );
    }
}

fn toolchains(out: &mut String, manifest: &Manifest) {
    out.push_str("\n## Toolchains\n\n");
    for target in &manifest.targets {
        let _ = writeln!(
            out,
            "- {}: {}, translated by {}",
            target.name,
            target.toolchain.describe(),
            target.translator
        );
    }
    for oracle in &manifest.oracles {
        let _ = writeln!(out, "- source programs ran under {}", oracle.describe());
    }
    let _ = writeln!(out, "- isolation: {}", manifest.isolation);
}

fn limits(out: &mut String, manifest: &Manifest, summary: &Summary) {
    let duplicates = match manifest.near_duplicates {
        Some(share) => format!(
            "Exact duplicates are removed, and translations that share {:.0} % of their runs of five words with another.",
            100.0 * share
        ),
        None => "Only exact duplicates are removed.".to_owned(),
    };
    let sets = match manifest.decontaminated.as_slice() {
        [] => "Nothing was compared with evaluation sets.".to_owned(),
        sets => format!("Problems of these evaluation sets are left out: {}.", sets.join(", ")),
    };
    let _ = write!(
        out,
        "\n## Known limits\n\n\
         - What a program's tests do not look at may differ from the source.\n\
         - Columns `inputs_agreed`, `coverage`, `mutants_caught`, `cluster` and `split` are null where nothing was measured.\n\
         - {duplicates}\n\
         - {sets}\n\
         - What a target's representation cannot hold stands in the column `domain`:\n"
    );
    for (limit, count) in &summary.domains {
        let _ = writeln!(out, "  - {limit} ({count} records)");
    }
    if summary.domains.is_empty() {
        out.push_str("  - nothing in this corpus\n");
    }
}

/// `a, b and c`.
fn join(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A YAML string; JSON's quoting is YAML's too.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Audit, Tool};
    use crate::record::example;
    use crate::table::Format;
    use grammars::{LangId, Level};

    fn manifest(records: usize) -> Manifest {
        let tool = |name: &str| Tool { name: name.into(), version: Some("1.0".into()), advice: None };
        let target = |id: &'static str, records| TargetInfo {
            id: LangId::from_static(id),
            name: id.to_uppercase(),
            translator: format!("calque 0.1.0, {id} 1"),
            toolchain: tool(id),
            records,
        };
        Manifest {
            version: "0.1.0".into(),
            name: "small: a test".into(),
            sources: vec!["in".into()],
            inputs: 2,
            level: Level::Tests,
            seed: 0,
            format: Format::Parquet,
            isolation: "namespaces".into(),
            near_duplicates: None,
            decontaminated: vec![],
            audit: Audit::default(),
            oracles: vec![tool("python")],
            targets: vec![target("julia", records), target("fortran", 0)],
        }
    }

    #[test]
    fn names_a_configuration_for_each_target_with_records() {
        let manifest = manifest(1);
        let mut summary = Summary::new(&manifest);
        summary.add_record(&example("f"));
        let card = card(&manifest, &summary);
        assert!(card.starts_with("---\npretty_name: \"small: a test\"\nlicense: mit\n"), "{card}");
        assert!(card.contains("- config_name: julia\n  default: true\n  data_files:\n  - split: train\n    path: data/julia/train-00000-of-00001.parquet\n"));
        assert!(!card.contains("config_name: fortran"));
        assert!(card.contains("| JULIA | 1 | 1 | 1 | 1 | 1 | 1 | 0 | 1 |"), "{card}");
    }

    #[test]
    fn a_mixture_of_licences_is_other() {
        let manifest = manifest(2);
        let mut summary = Summary::new(&manifest);
        summary.add_record(&example("f"));
        summary.add_record(&Record { license: "unknown".into(), ..example("g") });
        let card = card(&manifest, &summary);
        assert!(card.contains("license: other\nlicense_name: \"MIT, unknown\"\n"));
        assert!(card.contains("clear it before you use"));
    }
}
