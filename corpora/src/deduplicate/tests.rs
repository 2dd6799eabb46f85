//! Small corpora in every format, through the whole tool.

use super::*;
use arrow::array::{Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use std::path::PathBuf;
use std::sync::Arc;

const A: &str =
    "def first(values): return values[0] if values else None  # the first of the values or nothing";
const B: &str =
    "class Queue: pass  # something that has nothing to do with the other text in this test at all";

fn settings(spill: &Path) -> Settings {
    Settings {
        fields: Fields { text: "text".into(), id: None, repository: None },
        near: NearOptions { ngram: 5, threshold: 0.7, memory: 1 << 24, spill: spill.to_owned() },
        repositories: false,
        best: Best::First,
        substrings: None,
        against: EvaluationSets::default(),
    }
}

/// The result of `inputs` in a folder of its own.
fn run(
    inputs: &[PathBuf],
    change: impl Fn(&mut Settings),
) -> (tempfile::TempDir, Result<Summary, DedupError>) {
    let out = tempfile::tempdir().unwrap();
    let mut settings = settings(out.path());
    change(&mut settings);
    let result = documents::find(inputs, &[])
        .map_err(DedupError::from)
        .and_then(|shards| deduplicate(&shards, &settings, out.path(), &mut |_| {}));
    (out, result)
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn line(id: u32, text: &str) -> String {
    // Blanks and the order of fields have to stay as they are.
    format!("{{\"n\":  {id}, \"text\": {}, \"more\": [1.50]}}\n", serde_json::Value::from(text))
}

#[test]
fn lines_stay_byte_for_byte_and_bad_ones_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.jsonl");
    let mut bytes = [line(1, A), "\n".into(), line(2, B), line(3, &A.to_uppercase())].concat().into_bytes();
    bytes.extend_from_slice(b"{\"text\": \"\xff\"}\n{\"text\": 7}\n{\"text\": \"x\"\n[1]\n");
    std::fs::write(&path, &bytes).unwrap();
    let (out, result) = run(std::slice::from_ref(&path), |_| {});
    let summary = result.unwrap();
    assert_eq!((summary.documents, summary.dropped_documents, summary.clusters), (3, 1, 1));
    let found: Vec<(Option<usize>, &str)> = summary.unread.iter().map(|u| (u.line, u.code)).collect();
    let expected = [
        (Some(5), "read.not-utf8"),
        (Some(6), "read.missing-field"),
        (Some(7), "read.bad-line"),
        (Some(8), "read.bad-line"),
    ];
    assert_eq!(found, expected);
    assert_eq!(read(out.path(), "kept/in.jsonl"), [line(1, A), line(2, B)].concat());
    let shown = path.display();
    let clusters = format!("{{\"keep\":\"{shown}:1\",\"drop\":[\"{shown}:4\"]}}\n");
    assert_eq!(read(out.path(), CLUSTERS), clusters);
    assert_eq!(read(out.path(), UNREAD).lines().count(), 4);
}

#[test]
fn compressed_lines_stay_compressed() {
    let folder = tempfile::tempdir().unwrap();
    let text = [line(1, A), line(2, A), line(3, B)].concat();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let paths = ["a.jsonl.gz", "b.jsonl.zst"].map(|name| folder.path().join(name));
    std::fs::write(&paths[0], gzip.finish().unwrap()).unwrap();
    std::fs::write(&paths[1], zstd::encode_all(text.as_bytes(), 1).unwrap()).unwrap();
    let (out, result) = run(&paths, |settings| settings.fields.id = Some("n".into()));
    assert_eq!(result.unwrap().dropped_documents, 4);
    let mut kept = String::new();
    let file = File::open(out.path().join("kept/a.jsonl.gz")).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::MultiGzDecoder::new(file), &mut kept).unwrap();
    assert_eq!(kept, [line(1, A), line(3, B)].concat());
    let other = zstd::decode_all(File::open(out.path().join("kept/b.jsonl.zst")).unwrap()).unwrap();
    assert!(other.is_empty());
    assert!(read(out.path(), CLUSTERS).starts_with("{\"keep\":\"1\",\"drop\":[\"2\",\"1\",\"2\"]}"));
}

fn parquet(path: &Path, texts: &[Option<&str>]) {
    let schema = Arc::new(Schema::new(vec![
        Field::new("n", DataType::Int64, false),
        Field::new("text", DataType::Utf8, true),
    ]));
    let numbers = Int64Array::from_iter_values(0..texts.len() as i64);
    let columns: Vec<arrow::array::ArrayRef> =
        vec![Arc::new(numbers), Arc::new(StringArray::from(texts.to_vec()))];
    let batch = RecordBatch::try_new(schema.clone(), columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

#[test]
fn parquet_keeps_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.parquet");
    parquet(&path, &[Some(A), None, Some(B), Some(A)]);
    let (out, result) = run(std::slice::from_ref(&path), |settings| settings.fields.id = Some("n".into()));
    let summary = result.unwrap();
    assert_eq!((summary.documents, summary.dropped_documents, summary.unread.len()), (3, 1, 1));
    assert_eq!(read(out.path(), CLUSTERS), "{\"keep\":\"0\",\"drop\":[\"3\"]}\n");
    let (_again, result) = run(&[out.path().join("kept/in.parquet")], |_| {});
    assert_eq!(result.unwrap().documents, 2);
}

#[test]
fn damaged_tables_are_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.parquet");
    parquet(&path, &[Some(A), Some(B)]);
    let (_out, result) = run(std::slice::from_ref(&path), |settings| settings.fields.text = "content".into());
    let message = result.unwrap_err().to_string();
    assert!(
        message.ends_with("in.parquet: there is no column `content`; the columns are n, text"),
        "{message}"
    );
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let (_out, result) = run(std::slice::from_ref(&path), |_| {});
    assert!(result.unwrap_err().to_string().starts_with("cannot read "));
    let cut = folder.path().join("cut.jsonl.gz");
    std::fs::write(&cut, b"\x1f\x8b\x08\x00\x00\x00").unwrap();
    let (_out, result) = run(&[cut], |_| {});
    assert!(result.unwrap_err().to_string().contains("cut.jsonl.gz"));
}

#[test]
fn folders_of_files_and_the_longest_of_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("pkg");
    std::fs::create_dir_all(root.join("sub")).unwrap();
    let longer = format!("{A}\n\n\n");
    for (name, text) in [("a.py", A), ("sub/b.py", &longer), ("sub/c.py", B)] {
        std::fs::write(root.join(name), text).unwrap();
    }
    std::fs::write(root.join("picture.png"), b"\x89PNG\0\0").unwrap();
    let (out, result) = run(std::slice::from_ref(&root), |settings| settings.best = Best::Longest);
    let summary = result.unwrap();
    assert_eq!((summary.documents, summary.dropped_documents), (3, 1));
    assert_eq!(summary.unread[0].code, "read.binary");
    assert!(!out.path().join("kept/pkg/a.py").exists());
    assert_eq!(read(out.path(), "kept/pkg/sub/b.py"), longer);
    assert_eq!(read(out.path(), "kept/pkg/sub/c.py"), B);
}

#[test]
fn repositories_are_kept_or_left_out_whole() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("all");
    // The copy has the same files under other names; the third repository shares one file with them only.
    let files = [("one/a.py", A), ("one/b.py", B), ("two/x.py", B), ("two/y.py", A), ("three/a.py", A)];
    for (name, text) in files {
        std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        std::fs::write(root.join(name), text).unwrap();
    }
    let (out, result) = run(&[root], |settings| settings.repositories = true);
    let summary = result.unwrap();
    assert_eq!((summary.units, summary.dropped, summary.dropped_documents), (3, 1, 2));
    assert_eq!(read(out.path(), CLUSTERS), "{\"keep\":\"one\",\"drop\":[\"two\"]}\n");
    assert!(out.path().join("kept/all/three/a.py").exists());
    assert!(!out.path().join("kept/all/two").exists());
}

#[test]
fn repeated_runs_are_listed_masked_or_a_reason_to_leave_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.jsonl");
    let run_of = "0123456789abcdefghijklmnopqrstuvwxyz";
    let mostly = format!("{run_of} z");
    let partly = format!("{run_of} and then a lot of other words that are only here, more than the run has");
    std::fs::write(&path, [line(1, run_of), line(2, &mostly), line(3, &partly)].concat()).unwrap();
    let with = |action| {
        run(std::slice::from_ref(&path), move |settings| {
            settings.substrings = Some(Substrings { shortest: 30, action, share: 0.5 });
        })
    };
    let (out, result) = with(Action::Report);
    assert_eq!(result.unwrap().runs, 2);
    assert_eq!(read(out.path(), "kept/in.jsonl"), std::fs::read_to_string(&path).unwrap());
    assert!(read(out.path(), RUNS).contains("\"start\":0,\"end\":36,\"first\":"));
    let (out, result) = with(Action::Mask);
    assert_eq!(result.unwrap().repeated_documents, 2);
    let masked = line(2, &format!("{} z", " ".repeat(36)));
    assert!(read(out.path(), "kept/in.jsonl").contains(&masked), "{masked}");
    let (out, result) = with(Action::Drop);
    assert_eq!(result.unwrap().repeated_documents, 1);
    assert_eq!(read(out.path(), "kept/in.jsonl"), [line(1, run_of), line(3, &partly)].concat());
}

#[test]
fn two_inputs_of_one_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a/in.jsonl", "b/in.jsonl"].map(|name| folder.path().join(name));
    for path in &paths {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, line(1, A)).unwrap();
    }
    let (_out, result) = run(&paths, |_| {});
    assert!(result.unwrap_err().to_string().contains("the same name in the output"));
}

#[test]
fn what_an_evaluation_set_has_is_left_out_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set.jsonl");
    std::fs::write(&set, format!("{}\n", serde_json::json!({ "id": "e1", "text": B }))).unwrap();
    let path = folder.path().join("in.jsonl");
    std::fs::write(&path, [line(1, A), line(2, B), line(3, A)].concat()).unwrap();
    let against = || EvaluationSets::read(std::slice::from_ref(&set)).unwrap();
    let (out, result) = run(std::slice::from_ref(&path), |settings| settings.against = against());
    let summary = result.unwrap();
    assert_eq!((summary.documents, summary.contaminated, summary.dropped_documents), (3, 1, 1));
    assert_eq!(read(out.path(), "kept/in.jsonl"), line(1, A));
    let listed = format!(
        "{{\"id\":\"{}:2\",\"code\":\"corpus.contaminated\",\"item\":\"e1\",\"why\":\"words\"}}\n",
        path.display()
    );
    assert_eq!(read(out.path(), CONTAMINATED), listed);
}
