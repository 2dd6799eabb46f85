//! What a tree of processes uses, as `/proc` says.

use super::cgroup::Group;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

/// Clock ticks per second in `/proc`, fixed on Linux.
const TICKS_PER_SECOND: u64 = 100;

/// What a process and everything it started uses together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// Bytes in memory; pages shared between processes count for each of them.
    pub memory: u64,
    /// CPU time, with that of the children that have ended.
    pub cpu: Duration,
    /// Files in the private `/tmp`; their number is not limited by the file system.
    pub files: u64,
}

/// Says what a command uses now.
pub(super) struct Meter<'a> {
    /// The process that it descends from.
    root: u32,
    /// Counts for the kernel, where there is one.
    group: Option<&'a Group>,
    /// CPU time that was used before the command started.
    before: Duration,
    /// How often the kernel had ended a process for want of memory by then.
    killed_before: u64,
}

impl<'a> Meter<'a> {
    /// For a command whose tree of processes starts with it.
    pub fn tree(root: u32) -> Self {
        Meter { root, group: None, before: Duration::ZERO, killed_before: 0 }
    }

    /// For a command in a cell that has run others.
    pub fn cell(root: u32, group: Option<&'a Group>) -> Self {
        let killed_before = group.map_or(0, Group::out_of_memory);
        let mut meter = Meter { root, group, before: Duration::ZERO, killed_before };
        meter.before = meter.read().cpu;
        meter
    }

    /// The kernel has ended a process of the command for want of memory.
    pub fn out_of_memory(&self) -> bool {
        self.group.is_some_and(|group| group.out_of_memory() > self.killed_before)
    }

    /// What it uses now. Where the kernel counts memory, it watches it too.
    pub fn read(&mut self) -> Usage {
        let counted = self.group.and_then(Group::cpu);
        let usage = match (counted, self.group.is_some_and(Group::limits_memory)) {
            (Some(cpu), true) => Usage { cpu, ..Usage::default() },
            (counted, _) => {
                let usage = of_tree(self.root);
                Usage { cpu: counted.unwrap_or(usage.cpu), ..usage }
            }
        };
        Usage { cpu: usage.cpu.saturating_sub(self.before), ..usage }
    }
}

/// Adds up what `root` and its descendants use now. Processes that vanish meanwhile count nothing.
pub(super) fn of_tree(root: u32) -> Usage {
    let page = rustix::param::page_size() as u64;
    let mut total = Usage::default();
    let mut waiting = vec![root];
    while let Some(pid) = waiting.pop() {
        total.files = total.files.max(files_in_tmp(pid).unwrap_or(0));
        total.memory += resident_pages(pid).unwrap_or(0) * page;
        total.cpu += cpu_time(pid).unwrap_or_default();
        waiting.extend(children(pid));
    }
    total
}

fn resident_pages(pid: u32) -> Option<u64> {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    statm.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn cpu_time(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name stands in parentheses and may itself hold spaces and parentheses.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: u64 =
        fields.split_ascii_whitespace().skip(11).take(4).filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

/// The files in the `/tmp` of `pid`, where that is not this machine's own.
fn files_in_tmp(pid: u32) -> Option<u64> {
    let theirs = format!("/proc/{pid}/root/tmp");
    if fs::metadata(&theirs).ok()?.dev() == fs::metadata("/tmp").ok()?.dev() {
        return None;
    }
    let seen = rustix::fs::statvfs(theirs).ok()?;
    Some(seen.f_files.saturating_sub(seen.f_ffree))
}

/// Every thread may have children of its own.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| {
            list.split_ascii_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_this_process_and_its_children() {
        let mut child = std::process::Command::new("sleep").arg("5").spawn().expect("sleep");
        let own = of_tree(std::process::id());
        let childs = of_tree(child.id());
        child.kill().expect("a child");
        child.wait().expect("a child");
        assert!(childs.memory > 0 && own.memory > childs.memory, "{own:?} {childs:?}");
    }

    #[test]
    fn a_vanished_process_uses_nothing() {
        assert_eq!(of_tree(u32::MAX), Usage::default());
    }
}
