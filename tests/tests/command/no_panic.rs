//! No program stops the command: every file of Python's own library is translated or rejected with a reason, soon.
//!
//! A sample is tried unless `CALQUE_STDLIB=all`. `CALQUE_SOURCES` names another folder to be tried instead.

use crate::support::command;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Files of the sample.
const SAMPLE: usize = 60;

/// Files in one call of the command, which must end within the limit.
const BATCH: usize = 10;

/// Time for one file, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The folder of Python's library, or another that was asked for.
fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("CALQUE_SOURCES") {
        return Some(folder.into());
    }
    let question = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let answer = Command::new("python3").args(["-c", question]).output().ok()?;
    let folder = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
    folder.is_dir().then_some(folder)
}

/// The Python files below a folder, sorted; packages that were installed beside the library are no part of it.
fn python_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in std::fs::read_dir(&next).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            let is_link = path.is_symlink();
            if path.is_dir() && !is_link && !path.ends_with("site-packages") {
                pending.push(path);
            } else if path.extension().is_some_and(|ending| ending == "py") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What is wrong with how the command deals with `files`; `None` if nothing is.
fn fault(files: &[PathBuf]) -> Option<String> {
    let out = tempfile::tempdir().expect("a folder");
    let [stderr, rejections] = ["stderr", "rejections.jsonl"].map(|name| out.path().join(name));
    let mut child = command()
        .args(["translate", "--no-oracle", "--to", "julia,fortran,cobol", "--jobs", "1", "-o"])
        .arg(out.path())
        .args(files)
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&stderr).expect("created"))
        .spawn()
        .expect("the command starts");
    let start = Instant::now();
    let limit = PATIENCE * u32::try_from(files.len()).expect("few files");
    let status = loop {
        if let Some(status) = child.try_wait().expect("waited for") {
            break status;
        }
        if start.elapsed() > limit {
            child.kill().expect("killed");
            child.wait().expect("waited for");
            return Some(format!("no end after {} seconds", limit.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    // Nothing translated is 1; a signal has no code.
    if !matches!(status.code(), Some(0 | 1)) {
        let said = std::fs::read_to_string(&stderr).expect("written");
        return Some(format!("{status}: {}", said.lines().last().unwrap_or_default()));
    }
    let rejections = std::fs::read_to_string(rejections).expect("written");
    rejections.lines().find(|line| line.contains("\"internal.")).map(str::to_owned)
}

#[test]
fn the_library_of_python_does_not_stop_the_command() {
    let Some(folder) = folder() else {
        eprintln!("skipped: python3 does not say where its library is");
        return;
    };
    let mut files = python_files(&folder);
    if std::env::var("CALQUE_STDLIB").as_deref() != Ok("all") {
        let step = files.len().div_ceil(SAMPLE).max(1);
        files = files.into_iter().step_by(step).collect();
    }
    let mut faults = Vec::new();
    for batch in files.chunks(BATCH) {
        if fault(batch).is_some() {
            faults.extend(batch.iter().filter_map(|file| {
                Some(format!("{}: {}", file.display(), fault(std::slice::from_ref(file))?))
            }));
        }
    }
    eprintln!("{} files of {}: {} faults", files.len(), folder.display(), faults.len());
    assert!(!files.is_empty(), "{} has no Python files", folder.display());
    assert!(faults.is_empty(), "{faults:#?}");
}
