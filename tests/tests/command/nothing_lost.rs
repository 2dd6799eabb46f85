//! Builds that are killed, run out of disk, or lose a toolchain midway.

use crate::support::{DOUBLE, calque, command, contents, folder, read, text, write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Kills of one build before it may end.
const KILLS: u64 = 5;

/// Programs that differ, some of which fail: as text of files.
fn programs(count: usize) -> tempfile::TempDir {
    let sources = folder(&[]);
    for number in 0..count {
        let program = DOUBLE.replace("double", &format!("double{number}"));
        let program = if number % 5 == 4 { program.replace("== 4", "== 5") } else { program };
        write(&sources.path().join(format!("f{number:02}.py")), program.as_bytes());
    }
    sources
}

fn arguments(sources: &Path, out: &Path) -> Vec<String> {
    let (sources, out) = (text(sources), text(out));
    ["build", "--source", &sources, "--to", "fortran,cobol", "--name", "same", "--out", &out]
        .map(str::to_owned)
        .to_vec()
}

fn started(arguments: &[String]) -> Child {
    command().args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the command starts")
}

/// What nobody disturbed.
fn undisturbed(sources: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let out = tempfile::tempdir().expect("a folder");
    let ran = calque(arguments(sources, out.path()));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    contents(out.path())
}

/// A sequence of numbers that looks random and is the same each time.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[test]
fn killed_at_any_moment_and_resumed_it_gives_the_same_bytes() {
    let sources = programs(20);
    let wanted = undisturbed(sources.path());
    let out = tempfile::tempdir().expect("a folder");
    let mut seed = 4;
    for _ in 0..KILLS {
        let mut running = started(&arguments(sources.path(), out.path()));
        std::thread::sleep(Duration::from_millis(50 + next(&mut seed) % 1500));
        running.kill().expect("killed, or ended already");
        running.wait().expect("ended");
        for (path, _) in contents(out.path()) {
            let name = text(&path);
            let whole = wanted.iter().any(|(known, _)| *known == path);
            assert!(whole || name.ends_with(".part"), "{name} is neither whole nor marked as a part");
        }
    }
    let resumed = calque(arguments(sources.path(), out.path()));
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    assert!(contents(out.path()) == wanted, "a resumed build gives other bytes");
}

#[test]
fn a_damaged_store_is_said_and_costs_nothing_but_time() {
    let sources = programs(3);
    let out = tempfile::tempdir().expect("a folder");
    let first = calque(arguments(sources.path(), out.path()));
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let wanted = contents(out.path());
    let store = out.path().join(".calque/verdicts.redb");
    write(&store, &vec![0x55; 100_000]);
    let again = calque(arguments(sources.path(), out.path()));
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stderr.contains("set aside as") && again.stderr.contains("damaged-1"), "{}", again.stderr);
    assert!(contents(out.path()) == wanted);
}

#[test]
fn a_full_disk_is_said_and_the_build_goes_on_where_there_is_room() {
    let sources = programs(10);
    let wanted = undisturbed(sources.path());
    let out = tempfile::tempdir().expect("a folder");
    // No file of the command may grow beyond 64 KiB, which is too little for the store of verdicts.
    let line = "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"";
    let limited = std::process::Command::new("bash")
        .args(["-c", line, env!("CARGO_BIN_EXE_calque_under_test")])
        .args(arguments(sources.path(), out.path()))
        .output()
        .expect("bash starts");
    let stderr = String::from_utf8_lossy(&limited.stderr);
    assert_eq!(limited.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("verdicts.redb") && !stderr.contains("panicked"), "{stderr}");
    assert!(!out.path().join("manifest.json").exists());
    let resumed = calque(arguments(sources.path(), out.path()));
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    assert!(contents(out.path()) == wanted);
}

#[test]
fn the_report_says_what_was_confirmed() {
    let sources = programs(4);
    let out = tempfile::tempdir().expect("a folder");
    let ran =
        calque(arguments(sources.path(), out.path()).into_iter().chain(["--confirm".into(), "all".into()]));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let said =
        "confirmed alone by the plain toolchains (asked for: all): 8 programs that passed, 0 disagreements";
    assert!(read(out.path().join("report.txt")).contains(said), "{}", ran.stdout);
    let manifest: serde_json::Value =
        serde_json::from_str(&read(out.path().join("manifest.json"))).expect("JSON");
    assert_eq!(manifest["audit"]["confirmed"], 8);
}
