//! Bad input: one clear sentence, the right exit code, no panic.

use crate::support::{DOUBLE, calque, folder, text, write};

/// Bytes that are no program, and the reason that is given.
fn bad_programs() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let nested = format!("x = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000));
    vec![
        ("empty.py", Vec::new(), "read.empty"),
        ("blank.py", b"\n  \n".to_vec(), "read.empty"),
        ("binary.py", b"\x7fELF\x02\x01\0\0\0".to_vec(), "read.binary"),
        ("latin.py", b"name = '\xe9'\n".to_vec(), "read.not-utf8"),
        ("large.py", b"x = 1\n".repeat(50 * 1024 * 1024 / 6), "read.too-large"),
        ("nested.py", nested.into_bytes(), "python.nesting"),
        ("syntax.py", b"def f(:\n    return\n".to_vec(), "python.syntax"),
    ]
}

#[test]
fn programs_that_are_none_are_rejected_with_a_reason() {
    let sources = folder(&[]);
    for (name, bytes, code) in bad_programs() {
        let path = sources.path().join(name);
        write(&path, &bytes);
        let ran = calque(["translate", &text(&path), "--to", "julia"]);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains(code), "{name}: {}", ran.stderr);
    }
}

#[test]
fn a_build_goes_on_after_bad_programs() {
    let sources = folder(&[("good.py", DOUBLE)]);
    let bad = bad_programs();
    for (name, bytes, _) in &bad {
        write(&sources.path().join(name), bytes);
    }
    let out = tempfile::tempdir().expect("a folder");
    let ran =
        calque(["build", "--source", &text(sources.path()), "--to", "julia", "--out", &text(out.path())]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for (_, _, code) in bad {
        assert!(ran.stdout.contains(code), "{code} is missing in {}", ran.stdout);
    }
}

#[test]
fn paths_that_cannot_be_used_are_errors() {
    let sources =
        folder(&[("good.py", DOUBLE), ("notes.txt", "x"), ("none/readme.txt", "x"), ("full/x", "x")]);
    let at = |name: &str| text(sources.path().join(name));
    let (good, nowhere, notes, none) = (at("good.py"), at("nowhere"), at("notes.txt"), at("none"));
    let (inside_a_file, full) = (at("notes.txt/out"), at("full"));
    let cases: [(&[&str], &str); 10] = [
        (&["translate", &nowhere, "--to", "julia"], "cannot read"),
        (&["translate", &notes, "--to", "julia"], "known are .py, .java and .jsonl"),
        (&["translate", &none, "--to", "julia"], "contains no programs"),
        (&["translate", &good, "--to", "julia", "-o", &inside_a_file], "cannot write"),
        (&["build", "--source", &nowhere, "--to", "julia", "--out", &at("out")], "cannot read"),
        (&["build", "--source", &good, "--to", "julia", "--out", &inside_a_file], "cannot write"),
        (&["build", "--source", &good, "--to", "julia", "--out", &full], "was not made by calque build"),
        (&["build", &at("calque.toml")], "cannot read"),
        (&["report", &none], "is no folder of a build"),
        (&["validate", &nowhere], "cannot read"),
    ];
    for (args, sentence) in cases {
        let ran = calque(args);
        assert_eq!(ran.code, Some(1), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(sentence), "{args:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn wrong_usage_is_told_from_errors() {
    let sources =
        folder(&[("good.py", DOUBLE), ("bad.toml", "to = [\"klingon\"]\nsource = [\".\"]\nout = \"x\"\n")]);
    let good = text(sources.path().join("good.py"));
    let config = text(sources.path().join("bad.toml"));
    let cases: [(&[&str], &str); 6] = [
        (&["translate", &good], "--to"),
        (&["translate", &good, "--to", "klingon"], "unknown target language `klingon`; known are "),
        (&["build", "--source", &good, "--to", "julia"], "give --out DIR"),
        (&["build", &config], "unknown target language `klingon`"),
        (
            &["build", "--source", &good, "--to", "julia", "--out", "x", "--license", "my own"],
            "no SPDX licence",
        ),
        (
            &["build", "--source", &good, "--to", "julia", "--out", "x", "--level", "perfect"],
            "unknown rung `perfect`",
        ),
    ];
    for (args, sentence) in cases {
        let ran = calque(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(sentence), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let sources = folder(&[("good.py", DOUBLE)]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let mut command = crate::support::command();
    command.args(["translate", &text(sources.path()), "--to", "julia"]).stdout(full);
    let output = command.output().expect("the command starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("No space left on device"), "{stderr}");
}
