//! Makes of what was observed how a command ended.

use super::supervise::{Observed, Stopped};
use crate::{End, Finished, Infrastructure, Limits};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

/// Signals that the kernel sends at a limit, and the one that ends a process without asking it.
const SIGKILL: i32 = 9;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;

/// How the command ended.
///
/// # Errors
/// If the launcher did not get as far as starting it.
pub(super) fn finish(observed: Observed, limits: &Limits) -> Result<Finished, Infrastructure> {
    let report = String::from_utf8_lossy(&observed.report);
    let stderr = commands_own(&String::from_utf8_lossy(&observed.stderr));
    if !report.starts_with("started") && observed.stopped.is_none() {
        return Err(Infrastructure::Sandbox(stderr.trim().to_owned()));
    }
    let cpu = launched_cpu(&report).max(observed.cpu);
    let end = match observed.stopped {
        Some(Stopped::Timeout) => End::Timeout,
        Some(Stopped::Memory) => End::Memory,
        Some(Stopped::Output) => End::Output,
        None => end_by_status(exit_status(&report), cpu >= Duration::from_secs(limits.cpu.into())),
    };
    Ok(Finished { end, stdout: String::from_utf8_lossy(&observed.stdout).into_owned(), stderr, cpu })
}

/// What a cell says about a command that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    /// As `wait` gives it.
    pub status: i32,
    /// CPU time of all its processes.
    pub cpu: Duration,
    /// It had no room for another file.
    pub files_used_up: bool,
}

/// How a command in a cell ended.
pub(super) fn of_cell(observed: Observed, ending: &Ending, limits: &Limits) -> Finished {
    let cpu = ending.cpu.max(observed.cpu);
    let status = ExitStatus::from_raw(ending.status);
    let code = status.signal().map_or_else(|| status.code().unwrap_or(0), |signal| 128 + signal);
    let end = match observed.stopped {
        Some(Stopped::Timeout) => End::Timeout,
        Some(Stopped::Memory) => End::Memory,
        Some(Stopped::Output) => End::Output,
        None if ending.files_used_up => End::Output,
        // A code above 128 is a code where the command itself gave it.
        None if status.signal().is_none() && code > 128 => End::Exit(code),
        None => end_by_status(Some(code), cpu >= Duration::from_secs(limits.cpu.into())),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Finished { end, stdout: text(&observed.stdout), stderr: text(&observed.stderr), cpu }
}

/// Without the launcher's obituary for a command that a signal ended.
fn commands_own(stderr: &str) -> String {
    stderr.split_inclusive('\n').filter(|line| !line.starts_with("launch: line ")).collect()
}

/// `None` where the launcher itself was killed, which only the command can have done.
fn end_by_status(status: Option<i32>, cpu_used_up: bool) -> End {
    match status.map_or(SIGKILL, |status| status - 128) {
        SIGXCPU => End::Timeout,
        SIGXFSZ => End::Output,
        SIGKILL if cpu_used_up => End::Timeout,
        signal @ 1..=64 => End::Signal(signal),
        other => End::Exit(other + 128),
    }
}

fn exit_status(report: &str) -> Option<i32> {
    report.lines().find_map(|line| line.strip_prefix("status "))?.trim().parse().ok()
}

/// The sum of the times that `times` prints: `0m0.050000s 0m0.010000s` for the shell, and again for
/// what it started.
fn launched_cpu(report: &str) -> Duration {
    report.lines().skip(2).flat_map(str::split_ascii_whitespace).filter_map(parse_time).sum()
}

fn parse_time(word: &str) -> Option<Duration> {
    let (minutes, seconds) = word.strip_suffix('s')?.split_once('m')?;
    let seconds = minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(stopped: Option<Stopped>, report: &str) -> Observed {
        let (stdout, stderr) = (Vec::new(), b"bwrap: no".to_vec());
        Observed { stopped, stdout, stderr, report: report.as_bytes().to_vec(), cpu: Duration::ZERO }
    }

    fn end(report: &str) -> End {
        finish(observed(None, report), &Limits::PROGRAM).expect("a command that was started").end
    }

    #[test]
    fn tells_exits_from_signals_and_limits() {
        let times = "0m0.01s 0m0.00s\n0m5.20s 0m0.10s\n";
        assert_eq!(end("started\nstatus 0\n0m0.0s 0m0.0s\n"), End::Exit(0));
        assert_eq!(end("started\nstatus 139\n0m0.0s 0m0.0s\n"), End::Signal(11));
        assert_eq!(end("started\nstatus 152\n"), End::Timeout);
        assert_eq!(end("started\nstatus 153\n"), End::Output);
        assert_eq!(end("started\nstatus 255\n"), End::Exit(255));
        assert_eq!(end(&format!("started\nstatus 137\n{times}")), End::Timeout);
        assert_eq!(end("started\nstatus 137\n0m0.0s 0m0.0s\n"), End::Signal(9));
        assert_eq!(end("started\n"), End::Signal(9));
    }

    #[test]
    fn a_command_that_never_started_is_nobodys_crash() {
        let error = finish(observed(None, ""), &Limits::PROGRAM).expect_err("not started");
        assert!(matches!(error, Infrastructure::Sandbox(said) if said == "bwrap: no"));
    }

    #[test]
    fn the_launchers_words_are_not_the_commands() {
        let stderr = "oh\nlaunch: line 24:     4 Segmentation fault      \"$@\" < /dev/null 3>&-\n";
        assert_eq!(commands_own(stderr), "oh\n");
    }

    #[test]
    fn adds_up_cpu_time() {
        let times = "started\nstatus 0\n0m0.010000s 0m0.020000s\n1m0.500000s 0m0.100000s\n";
        assert_eq!(launched_cpu(times), Duration::from_millis(60_630));
    }
}
