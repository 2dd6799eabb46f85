//! The functions of Python's library that are said in Python give what CPython's own give, on ordinary and odd arguments.

use std::path::Path;
use std::process::Command;

#[test]
fn functions_said_in_python_agree_with_those_of_cpython() {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = room.join("tests/equivalents.py");
    let library = room.join("../grammars/src/python/equivalents/library.py");
    let Ok(done) = Command::new("python3").args([script, library]).output() else {
        eprintln!("skipped: there is no python3");
        return;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
