//! What a command sees of the machine, as arguments of bubblewrap.

use crate::Command;
use std::ffi::OsString;
use std::path::Path;

/// Where a command finds its folder.
const FOLDER: &str = "/program";

/// The descriptor from which bubblewrap reads the filter of kernel calls.
pub(super) const FILTER: i32 = 4;

/// Folders of the system that are links into `/usr` on most machines.
const SYSTEM_FOLDERS: &[&str] = &["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/// The little of `/etc` that compilers and the dynamic linker read.
const SETTINGS: &[&str] =
    &["/etc/alternatives", "/etc/gnucobol", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"];

/// The arguments that isolate `command`, with `folder` as its current folder.
///
/// Everything is read-only but `/tmp`, which is private and limited in size, and the folder where the
/// command may write. There is no network, no other process, and no way to make further namespaces.
pub(super) fn arguments(folder: &Path, command: &Command, has_filter: bool) -> Vec<OsString> {
    let mut line = Line::default();
    for namespace in ["user", "ipc", "pid", "net", "uts", "cgroup-try"] {
        line.word(&format!("--unshare-{namespace}"));
    }
    line.word("--disable-userns").word("--die-with-parent").word("--new-session");
    line.word("--uid").word("65534").word("--gid").word("65534").word("--hostname").word("calque");
    line.word("--cap-drop").word("ALL");
    line.bind("--ro-bind", Path::new("/usr"), Path::new("/usr"));
    for path in SYSTEM_FOLDERS.iter().map(Path::new) {
        match std::fs::read_link(path) {
            Ok(target) => line.bind("--symlink", &target, path),
            Err(_) => line.bind("--ro-bind-try", path, path),
        };
    }
    for path in SETTINGS.iter().map(Path::new).chain(command.roots.iter().map(|root| root.as_path())) {
        line.bind("--ro-bind-try", path, path);
    }
    line.word("--proc").word("/proc").word("--dev").word("/dev");
    line.word("--size").word(&command.limits.file.to_string()).word("--tmpfs").word("/tmp");
    line.bind(if command.writes { "--bind" } else { "--ro-bind" }, folder, Path::new(FOLDER));
    line.word("--remount-ro").word("/dev").word("--remount-ro").word("/");
    line.word("--chdir").word(FOLDER);
    if has_filter {
        line.word("--seccomp").word(&FILTER.to_string());
    }
    line.0
}

/// A command line under construction.
#[derive(Default)]
struct Line(Vec<OsString>);

impl Line {
    fn word(&mut self, word: &str) -> &mut Self {
        self.0.push(word.into());
        self
    }

    fn bind(&mut self, option: &str, from: &Path, to: &Path) -> &mut Self {
        self.word(option);
        self.0.push(from.into());
        self.0.push(to.into());
        self
    }
}
