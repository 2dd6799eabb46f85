//! Real code through the Python front end: the standard library of the Python that is installed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of test data, some of it broken on purpose, and of packages that came later.
const LEFT_OUT: &[&str] = &["test", "tests", "site-packages", "lib2to3"];

fn library_folder() -> Option<PathBuf> {
    let output = Command::new("python3").args(["-c", "import os; print(os.__file__)"]).output().ok()?;
    let file = String::from_utf8(output.stdout).ok()?;
    Path::new(file.trim()).parent().filter(|f| f.is_dir()).map(Path::to_owned)
}

fn python_files(dir: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for path in entries.flatten().map(|e| e.path()) {
        let left_out = path.file_name().is_some_and(|n| LEFT_OUT.iter().any(|d| n == *d));
        if path.is_dir() && !path.is_symlink() && !left_out {
            python_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "py") {
            out.push(path);
        }
    }
}

#[test]
fn every_file_is_read_and_cut_into_units() {
    let Some(folder) = library_folder() else {
        println!("skipped: no Python standard library on this machine");
        return;
    };
    let mut files = Vec::new();
    python_files(&folder, &mut files);
    files.sort();
    let (mut units, mut rejected) = (0, Vec::new());
    for file in files {
        let Ok(source) = std::fs::read_to_string(&file) else { continue };
        match grammars::python::parse("file", &source) {
            Ok(module) => units += grammars::surface::slice::units(&module).len(),
            Err(r) if r.code.as_str() == "python.empty" => {}
            Err(r) => rejected.push(format!("{}: {r}", file.display())),
        }
    }
    assert!(units > 1000, "only {units} definitions were found");
    assert!(rejected.is_empty(), "{rejected:#?}");
}
