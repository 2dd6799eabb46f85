//! Starting the command, and small programs for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A program with a test, that every target can say.
pub const DOUBLE: &str = "\
def double(n: int) -> int:
    \"\"\"Return twice the number.\"\"\"
    return 2 * n


assert double(2) == 4
assert double(-3) == -6
";

/// Another one.
pub const TRIANGLE: &str = "\
def triangle(n: int) -> int:
    \"\"\"Return the sum of the numbers from 1 to n.\"\"\"
    total = 0
    for i in range(1, n + 1):
        total += i
    return total


def test_triangle():
    assert triangle(0) == 0
    assert triangle(4) == 10
";

/// What the command did.
pub struct Ran {
    /// Its exit code; `None` for a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The command, ready to be given arguments.
pub fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_calque_under_test"))
}

/// Runs the command with `args`.
pub fn calque<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Ran {
    let Output { status, stdout, stderr } = command().args(args).output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let ran = Ran { code: status.code(), stdout: text(stdout), stderr: text(stderr) };
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

/// A folder with `files` in it.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        write(&folder.path().join(name), text.as_bytes());
    }
    folder
}

/// Writes a file and the folders that it needs.
pub fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(path, bytes).expect("written");
}

/// The text of a file.
pub fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path.as_ref()).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()))
}

/// A path as text.
pub fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().display().to_string()
}

/// All files below `folder` except hidden ones, with their bytes, sorted.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in std::fs::read_dir(&next).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() && !hidden {
                pending.push(path);
            } else if !hidden {
                let bytes = std::fs::read(&path).expect("readable");
                found.push((path.strip_prefix(folder).expect("below").to_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}
