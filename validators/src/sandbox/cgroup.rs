//! Control groups, where this process may make them: the kernel then counts and limits memory, processes and CPU time
//! of a whole cell.
//!
//! A cell's group lies in the group of calque itself, so that calque's own limits hold for it. Both versions of the
//! interface are tried.

use crate::Limits;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

/// Where control groups are mounted.
const MOUNT: &str = "/sys/fs/cgroup";
/// What the names of calque's groups start with; the rest is the process and a number.
const PREFIX: &str = "calque-";
/// Processes of the cell itself.
const CELLS_OWN: u32 = 2;
/// Bytes of the cell itself, and of pages that the kernel can take back.
const ALLOWANCE: u64 = 16 << 20;

/// The group of one cell; removed when dropped.
#[derive(Debug)]
pub(super) struct Group {
    memory: Option<Controller>,
    processes: Option<Controller>,
    cpu: Option<Controller>,
    /// What was set last, so that equal limits are not set again.
    limits: Mutex<Option<(u64, u32)>>,
}

/// A folder of a group, and whether its files are those of version 2.
#[derive(Clone, Debug)]
struct Controller {
    folder: PathBuf,
    unified: bool,
}

impl Group {
    /// A group for the `number`-th cell; `None` where this process may not make one.
    pub fn make(number: u32) -> Option<Group> {
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let name = format!("{PREFIX}{}-{number}", std::process::id());
        let make = |controller| Controller::make(&own, controller, &name);
        let (memory, processes, cpu) =
            (make("memory"), make("pids"), make("cpuacct").or_else(|| make("cpu")));
        let group = Group { memory, processes, cpu, limits: Mutex::new(None) };
        (group.memory.is_some() || group.processes.is_some()).then_some(group)
    }

    /// Puts a process, and all that it starts from now on, into the group.
    pub fn add(&self, pid: u32) -> io::Result<()> {
        self.controllers().try_for_each(|c| fs::write(c.folder.join("cgroup.procs"), pid.to_string()))
    }

    /// Sets the limits of the next command.
    pub fn limit(&self, limits: &Limits) -> io::Result<()> {
        let wanted = (limits.memory, limits.processes);
        let mut set = self.limits.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *set == Some(wanted) {
            return Ok(());
        }
        if let Some(memory) = &self.memory {
            let bytes = (limits.memory + ALLOWANCE).to_string();
            memory.write("memory.limit_in_bytes", "memory.max", &bytes)?;
            if memory.unified {
                // Without swap accounting there is no such file.
                let _ = fs::write(memory.folder.join("memory.swap.max"), "0");
            }
        }
        if let Some(processes) = &self.processes {
            let most = (limits.processes + CELLS_OWN).to_string();
            processes.write("pids.max", "pids.max", &most)?;
        }
        *set = Some(wanted);
        Ok(())
    }

    /// The kernel refuses memory beyond the limit.
    pub fn limits_memory(&self) -> bool {
        self.memory.is_some()
    }

    /// CPU time of the group, whatever has run in it.
    pub fn cpu(&self) -> Option<Duration> {
        let cpu = self.cpu.as_ref()?;
        if cpu.unified {
            let stat = fs::read_to_string(cpu.folder.join("cpu.stat")).ok()?;
            return Some(Duration::from_micros(value(&stat, "usage_usec")?));
        }
        let used = fs::read_to_string(cpu.folder.join("cpuacct.usage")).ok()?;
        Some(Duration::from_nanos(used.trim().parse().ok()?))
    }

    /// How often the kernel has ended a process of the group for want of memory.
    pub fn out_of_memory(&self) -> u64 {
        let counted = self.memory.as_ref().and_then(|memory| {
            let file = if memory.unified { "memory.events" } else { "memory.oom_control" };
            value(&fs::read_to_string(memory.folder.join(file)).ok()?, "oom_kill")
        });
        counted.unwrap_or(0)
    }

    fn controllers(&self) -> impl Iterator<Item = &Controller> {
        [&self.memory, &self.processes, &self.cpu].into_iter().flatten()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for controller in self.controllers() {
            // In version 2 they are one folder, which is gone after the first time.
            let _ = fs::remove_dir(&controller.folder);
        }
    }
}

impl Controller {
    fn make(own: &str, controller: &str, name: &str) -> Option<Controller> {
        let parent = hierarchy(own, controller)?;
        remove_orphans(&parent.folder);
        if parent.unified {
            // Where processes live in the parent this is refused, and the next line finds no controller.
            let _ = fs::write(parent.folder.join("cgroup.subtree_control"), format!("+{controller}"));
        }
        let folder = parent.folder.join(name);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return None,
            _ => {}
        }
        if parent.unified {
            let offered = fs::read_to_string(folder.join("cgroup.controllers")).unwrap_or_default();
            if !offered.split_whitespace().any(|name| name == controller) {
                let _ = fs::remove_dir(&folder);
                return None;
            }
        }
        Some(Controller { folder, unified: parent.unified })
    }

    fn write(&self, old: &str, unified: &str, value: &str) -> io::Result<()> {
        fs::write(self.folder.join(if self.unified { unified } else { old }), value)
    }
}

/// The folder of this process's group for a controller, as `/proc/self/cgroup` says.
fn hierarchy(own: &str, controller: &str) -> Option<Controller> {
    let mut unified = None;
    for line in own.lines() {
        let mut fields = line.splitn(3, ':').skip(1);
        let (names, path) = (fields.next()?, fields.next()?);
        let path = path.trim_start_matches('/');
        if names.split(',').any(|name| name == controller) {
            let folder = Path::new(MOUNT).join(controller).join(path);
            return folder.is_dir().then_some(Controller { folder, unified: false });
        }
        if names.is_empty() {
            unified = Some(Controller { folder: Path::new(MOUNT).join(path), unified: true });
        }
    }
    unified.filter(|found| found.folder.join("cgroup.controllers").is_file())
}

/// Removes the groups of processes that were killed before they could.
fn remove_orphans(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // It is not empty where a process of another namespace owns it; then it stays.
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// The number behind `name` in lines of names and numbers.
fn value(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_values_by_their_whole_name() {
        let text = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
        assert_eq!(value(text, "oom_kill"), Some(3));
        assert_eq!(value(text, "missing"), None);
    }

    #[test]
    fn a_controller_that_is_nowhere_makes_no_group() {
        assert!(hierarchy("7:nowhere:/a\n", "nowhere").is_none());
        assert!(hierarchy("7:memory:/a\n", "pids").is_none());
    }
}
