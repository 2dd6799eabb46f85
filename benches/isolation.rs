//! What one run of `true` costs in each degree of isolation, beside starting it without any: CPU and wall time per run,
//! all in one go on one machine. Run by `cargo bench -p validators --bench isolation`.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::Path;
use std::process::{Command as Plain, Stdio};
use std::time::{Duration, Instant};
use validators::{Command, Executor, Isolation, Limits, Sandbox};

const RUNS: u32 = 200;
const PROGRAM: &str = "/usr/bin/true";

/// CPU time of this machine's processors that were not idle; of other processes too, so run it alone.
fn busy() -> Duration {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks: Vec<u64> =
        stat.lines().next().unwrap_or_default().split_whitespace().skip(1).flat_map(str::parse).collect();
    // user, nice, system, and not idle and iowait; interrupts of all kinds.
    let busy: u64 = [0, 1, 2, 5, 6].iter().filter_map(|&index| ticks.get(index)).sum();
    Duration::from_millis(busy * 10)
}

fn measure(name: &str, mut once: impl FnMut()) {
    for _ in 0..5 {
        once();
    }
    let (cpu, started) = (busy(), Instant::now());
    for _ in 0..RUNS {
        once();
    }
    let per_run = |time: Duration| time.as_secs_f64() * 1000.0 / f64::from(RUNS);
    println!("{name:<36} {:>8.2} {:>8.2}", per_run(busy() - cpu), per_run(started.elapsed()));
}

fn main() {
    println!("{:<36} {:>8} {:>8}", "one run of true, ms", "CPU", "wall");
    measure("fork and exec", || {
        let _ = Plain::new(PROGRAM).stdin(Stdio::null()).status();
    });
    let helper = Path::new(env!("CARGO_BIN_EXE_validators-helper"));
    let command = Command {
        program: PROGRAM.into(),
        args: Vec::new(),
        env: Vec::new(),
        roots: Vec::new(),
        writes: false,
        limits: Limits::PROGRAM,
    };
    for degree in [Isolation::Cell, Isolation::Namespaces, Isolation::Landlock] {
        let sandbox = match Sandbox::best(Some(helper), degree) {
            Ok(sandbox) if sandbox.isolation() == degree => sandbox,
            Ok(sandbox) => {
                println!("{:<36} not here: {}", degree.as_str(), sandbox.shortcomings().join("; "));
                continue;
            }
            Err(error) => {
                println!("{:<36} not here: {error}", degree.as_str());
                continue;
            }
        };
        let Ok(folder) = sandbox.folder() else { continue };
        measure(degree.as_str(), || {
            let ended = sandbox.execute(folder.path(), &command);
            assert!(ended.is_ok_and(|finished| finished.succeeded()), "{degree:?}");
        });
    }
}
