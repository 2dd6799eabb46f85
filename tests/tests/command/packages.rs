//! A package becomes modules of the target language that a plain toolchain compiles.

use crate::support::{calque, text};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each module needs stands before it.
const MODULES: [&str; 3] = ["lengths", "areas", "ranking"];

/// The tests beside modules, and those in a folder of their own. All but the first depend on the areas.
const TESTS: [&str; 4] = ["lengths_test", "areas_test", "ranking_test", "tests/test_ranking"];

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpora/examples/packages/figures")
}

/// The example package, translated.
fn translated(lang: &str, out: &Path) -> PathBuf {
    let ran = calque(["translate", &text(package()), "--to", lang, "-o", &text(out)]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    out.join("figures")
}

/// Runs a command in `folder`; what it says is an error, as are warnings of a compiler.
fn succeeds(folder: &Path, program: &str, args: &[&str]) {
    let done = Command::new(program).args(args).current_dir(folder).output().expect("the tool is installed");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.is_empty(), "{program} {args:?}: {said}");
}

/// Runs a command in `folder` that must not succeed.
fn fails(folder: &Path, program: &str, args: &[&str]) {
    let done = Command::new(program).args(args).current_dir(folder).output().expect("the tool is installed");
    assert!(!done.status.success(), "{program} {args:?} does not see the fault");
}

/// Makes the module of the areas add where it should multiply.
fn plant_fault(folder: &Path, extension: &str) {
    let path = folder.join(format!("areas.{extension}"));
    let right = std::fs::read_to_string(&path).expect("written");
    let wrong = right.replacen(" * ", " + ", 1);
    assert_ne!(right, wrong);
    std::fs::write(&path, wrong).expect("written");
}

/// Compiles all modules with a test program.
fn compile(folder: &Path, test: &str, extension: &str, compiler: &str, options: &[&str]) {
    let sources: Vec<String> = MODULES.iter().map(|module| format!("{module}.{extension}")).collect();
    let types = format!("figures_types.{extension}");
    let test = format!("{test}.{extension}");
    let mut args = options.to_vec();
    // COBOL wants the main program first, Fortran last.
    args.extend((extension == "cob").then_some(test.as_str()));
    args.extend(folder.join(&types).is_file().then_some(types.as_str()));
    args.extend(sources.iter().map(String::as_str));
    args.extend((extension != "cob").then_some(test.as_str()));
    succeeds(folder, compiler, &args);
}

/// Every test program passes, and fails where its modules have a fault.
fn tests_can_tell(folder: &Path, extension: &str, compiler: &str, options: &[&str]) {
    for test in TESTS {
        compile(folder, test, extension, compiler, options);
        succeeds(folder, "./program", &[]);
    }
    plant_fault(folder, extension);
    for test in &TESTS[1..] {
        compile(folder, test, extension, compiler, options);
        fails(folder, "./program", &[]);
    }
}

#[test]
fn a_package_becomes_julia_modules() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = translated("julia", out.path());
    let ranking = std::fs::read_to_string(folder.join("ranking.jl")).expect("written");
    assert!(ranking.contains("module Ranking\n\nusing ..Lengths: longest\nusing ..Areas: rectangle\n"));
    for test in TESTS {
        succeeds(&folder, "julia", &["--startup-file=no", &format!("{test}.jl")]);
    }
    plant_fault(&folder, "jl");
    for test in &TESTS[1..] {
        fails(&folder, "julia", &["--startup-file=no", &format!("{test}.jl")]);
    }
}

#[test]
fn a_package_becomes_fortran_modules() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = translated("fortran", out.path());
    let ranking = std::fs::read_to_string(folder.join("ranking.f90")).expect("written");
    assert!(ranking.contains("  use lengths_mod, only: longest\n"), "{ranking}");
    let options = ["-Wall", "-Wextra", "-Wno-uninitialized", "-Wno-maybe-uninitialized", "-o", "program"];
    tests_can_tell(&folder, "f90", "gfortran", &options);
}

#[test]
fn a_package_becomes_cobol_programs() {
    let out = tempfile::tempdir().expect("a folder");
    let folder = translated("cobol", out.path());
    let ranking = std::fs::read_to_string(folder.join("ranking.cob")).expect("written");
    assert!(ranking.contains("CALL \"RECTANGLE\""), "{ranking}");
    tests_can_tell(&folder, "cob", "cobc", &["-Wall", "-x", "-o", "program"]);
}

#[test]
fn a_package_whose_tests_would_be_lost_is_translated_file_by_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (package, out) = (folder.path().join("shop"), folder.path().join("out"));
    std::fs::create_dir(&package).expect("made");
    std::fs::write(package.join("__init__.py"), "").expect("written");
    let prices = "def double(price: int) -> int:\n    return 2 * price\n\n\nassert double(4) == 8\n";
    std::fs::write(package.join("prices.py"), prices).expect("written");
    let ran = calque(["translate", &text(&package), "--to", "julia", "-o", &text(&out)]);
    assert!(ran.stderr.contains("package.tests"), "{}", ran.stderr);
    let tests = std::fs::read_to_string(out.join("prices_test.jl")).expect("written");
    assert!(tests.contains("double(4) == 8"), "{tests}");
}
