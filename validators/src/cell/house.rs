//! What stands as long as the cell does: its namespaces, and the root that its commands see.

use super::{Doing, Setup, confine, sys, syscalls};
use landlock::ABI;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, symlink};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags,
    UnmountFlags, fsconfig_create, fsconfig_set_string, fsmount, fsopen, mount_change, move_mount, open_tree,
    unmount,
};
use rustix::process::{DumpableBehavior, Pid, pivot_root, set_child_subreaper, set_dumpable_behavior};
use rustix::thread::UnshareFlags;
use seccompiler::BpfProgram;
use std::io;
use std::path::{Path, PathBuf};
use std::{fs, process};

/// The account that commands see themselves as.
const NOBODY: u32 = 65534;
/// Folders of the system that are links into `/usr` on most machines.
pub(super) const SYSTEM_FOLDERS: &[&str] = &["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// The little of `/etc` that compilers and the dynamic linker read.
pub(super) const SETTINGS: &[&str] =
    &["/etc/alternatives", "/etc/gnucobol", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"];
/// The devices that commands see.
pub(super) const DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];
/// Links that programs expect among the devices.
const DEVICE_LINKS: &[(&str, &str)] = &[
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
];
/// What becomes the commands' root, seen from the cell's own.
pub(super) const CELL: &str = "/cell";
/// Where the commands' folders lie, seen from the cell's own root.
const SHELF: &str = "/shelf";
/// Files in a `/tmp`: each costs memory, even when it is empty.
const MOST_FILES: u32 = 10_000;
/// How ready the kernel is to end a process of a cell when memory is short, of 1000.
const EXPENDABLE: &str = "500";

const READ_ONLY: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_RDONLY
    .union(MountAttrFlags::MOUNT_ATTR_NOSUID)
    .union(MountAttrFlags::MOUNT_ATTR_NODEV);
const WRITABLE: MountAttrFlags = MountAttrFlags::MOUNT_ATTR_NOSUID.union(MountAttrFlags::MOUNT_ATTR_NODEV);

/// A cell that stands.
#[derive(Debug)]
pub(super) struct House {
    /// It has namespaces of its own.
    pub namespaces: bool,
    /// Where the commands' folders lie, as this process sees it.
    pub shelf: PathBuf,
    /// What commands may read beside the system's own folders.
    pub roots: Vec<PathBuf>,
    /// The filters of calls that every command gets.
    pub filters: Vec<BpfProgram>,
    /// What Landlock can do here.
    pub landlock: Option<ABI>,
    /// Processes of this account that are not a command's.
    pub others: u32,
}

impl House {
    /// Builds it; `None` in a process that only had to wait for its end.
    pub fn enter(setup: Setup) -> io::Result<Option<House>> {
        // Where this is not allowed the process is only less expendable.
        let _ = fs::write("/proc/self/oom_score_adj", EXPENDABLE);
        let filters = syscalls::standing(setup.namespaces)?;
        let landlock = confine::landlock_version();
        let house = |shelf: &Path, others| House {
            namespaces: setup.namespaces,
            shelf: shelf.to_owned(),
            roots: setup.roots.clone(),
            filters,
            landlock,
            others,
        };
        if setup.namespaces {
            if !enter_namespaces()? {
                return Ok(None);
            }
            build_root(&setup)?;
            // Nothing in the cell may look into this process.
            set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
            // This process and the one that waits for it.
            return Ok(Some(house(Path::new(SHELF), 2)));
        }
        // What commands leave behind becomes a child of this process, which ends it.
        set_child_subreaper(Some(rustix::process::getpid()))?;
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
        Ok(Some(house(&setup.shelf, 0)))
    }
}

/// Goes into namespaces of its own; true in the process that is the first one there.
fn enter_namespaces() -> io::Result<bool> {
    let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
    sys::unshare(
        UnshareFlags::NEWUSER
            | UnshareFlags::NEWNS
            | UnshareFlags::NEWPID
            | UnshareFlags::NEWNET
            | UnshareFlags::NEWIPC
            | UnshareFlags::NEWUTS
            | UnshareFlags::NEWCGROUP,
    )
    .doing("making namespaces")?;
    fs::write("/proc/self/setgroups", "deny").doing("giving up groups")?;
    fs::write("/proc/self/uid_map", format!("{NOBODY} {uid} 1")).doing("mapping the user")?;
    fs::write("/proc/self/gid_map", format!("{NOBODY} {gid} 1")).doing("mapping the group")?;
    rustix::system::sethostname(b"calque").doing("naming the host")?;
    if let Some(first) = sys::fork().doing("starting the first process")? {
        wait_for(first);
        return Ok(false);
    }
    // The one that waits may be killed, and then nobody would.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Ok(true)
}

/// Waits for the cell's first process, holding nothing that others wait for the end of.
fn wait_for(first: Pid) {
    if sys::close_from(0).is_err() {
        process::exit(1);
    }
    while sys::reap(true).is_some_and(|ended| ended.pid != first) {}
    process::exit(0);
}

/// Makes the cell's own root: the shelf, and under [`CELL`] what commands will see.
fn build_root(setup: &Setup) -> io::Result<()> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).doing("parting mounts")?;
    let shelf = tree(&setup.shelf, WRITABLE)?;
    let mut parts = Vec::new();
    for path in SYSTEM_FOLDERS.iter().map(Path::new) {
        match fs::read_link(path) {
            Ok(target) => parts.push((path, Part::Link(target))),
            Err(_) => parts.extend(part(path, READ_ONLY)?),
        }
    }
    for path in SETTINGS.iter().map(Path::new).chain(setup.roots.iter().map(PathBuf::as_path)) {
        parts.extend(part(path, READ_ONLY)?);
    }
    for path in DEVICES.iter().map(Path::new) {
        parts.extend(part(path, MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NOEXEC)?);
    }
    // The kernel allows this only where it sees that the machine's own is whole.
    let processes = new_file_system("proc", &[], WRITABLE | MountAttrFlags::MOUNT_ATTR_NOEXEC)?;
    // Anything that exists on every machine will do as the place of the new root; it is seen nowhere else.
    let root = new_file_system("tmpfs", &[("mode", "755")], WRITABLE)?;
    attach(&root, Path::new("/tmp")).doing("mounting a root")?;
    change_root(Path::new("/tmp"))?;
    fs::create_dir(SHELF)?;
    attach(&shelf, Path::new(SHELF)).doing("mounting the shelf")?;
    fs::create_dir(CELL)?;
    let cell = new_file_system("tmpfs", &[("mode", "755")], WRITABLE)?;
    attach(&cell, Path::new(CELL)).doing("mounting the cell")?;
    for (path, part) in parts {
        part.place(path).doing(&path.display().to_string())?;
    }
    for folder in ["proc", "tmp", "program", "dev/shm"] {
        fs::create_dir_all(Path::new(CELL).join(folder))?;
    }
    for (target, link) in DEVICE_LINKS {
        symlink(*target, inside(Path::new(link)))?;
    }
    attach(&processes, &inside(Path::new("/proc"))).doing("mounting /proc")?;
    // Alone: what is mounted in it has its own rules.
    sys::restrict_mount(cell.as_fd(), READ_ONLY, false).doing("sealing the root")
}

/// A part of the machine that commands see.
enum Part {
    Link(PathBuf),
    Folder(OwnedFd),
    File(OwnedFd),
}

impl Part {
    fn place(self, path: &Path) -> io::Result<()> {
        let place = inside(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
        }
        match self {
            Part::Link(target) => Ok(symlink(&target, &place)?),
            Part::Folder(tree) => {
                fs::create_dir_all(&place)?;
                attach(&tree, &place)
            }
            Part::File(tree) => {
                fs::write(&place, "")?;
                attach(&tree, &place)
            }
        }
    }
}

/// What is at `path` on this machine, with its place; `None` where nothing is.
fn part(path: &Path, attributes: MountAttrFlags) -> io::Result<Option<(&Path, Part)>> {
    let Ok(metadata) = fs::metadata(path) else { return Ok(None) };
    let tree = tree(path, attributes)?;
    Ok(Some((path, if metadata.is_dir() { Part::Folder(tree) } else { Part::File(tree) })))
}

/// The place of `path` in the commands' root.
fn inside(path: &Path) -> PathBuf {
    Path::new(CELL).join(path.strip_prefix("/").unwrap_or(path))
}

/// A copy of the mounts at and beneath `path`, with more restrictions.
fn tree(path: &Path, attributes: MountAttrFlags) -> io::Result<OwnedFd> {
    let what = || format!("mounting {}", path.display());
    let flags =
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_RECURSIVE;
    let tree = open_tree(CWD, path, flags).doing(&what())?;
    sys::restrict_mount(tree.as_fd(), attributes, true).doing(&what())?;
    Ok(tree)
}

/// The folder `path` of the `shelf` as a mount; no link on the way is followed.
pub(super) fn folder_of(shelf: &Path, path: &Path, writes: bool) -> io::Result<OwnedFd> {
    let shelf = rustix::fs::open(shelf, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let folder = rustix::fs::openat2(
        shelf,
        path,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS,
    )?;
    let flags =
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_EMPTY_PATH;
    let tree = open_tree(folder, "", flags)?;
    sys::restrict_mount(tree.as_fd(), if writes { WRITABLE } else { READ_ONLY }, true)?;
    Ok(tree)
}

/// An empty file system for `/tmp`, of so many bytes.
pub(super) fn fresh_tmp(bytes: u64) -> io::Result<OwnedFd> {
    let (bytes, files) = (bytes.to_string(), MOST_FILES.to_string());
    let options = [("size", bytes.as_str()), ("nr_inodes", &files), ("mode", "755")];
    new_file_system("tmpfs", &options, WRITABLE)
}

fn new_file_system(kind: &str, options: &[(&str, &str)], attributes: MountAttrFlags) -> io::Result<OwnedFd> {
    let system = fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC).doing(kind)?;
    for (name, value) in options {
        fsconfig_set_string(&system, *name, *value).doing(name)?;
    }
    fsconfig_create(&system).doing(kind)?;
    fsmount(&system, FsMountFlags::FSMOUNT_CLOEXEC, attributes).doing(kind)
}

/// Hangs a mount in at `place`.
pub(super) fn attach(mount: &OwnedFd, place: &Path) -> io::Result<()> {
    Ok(move_mount(mount, "", CWD, place, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)?)
}

/// Makes the mount at `root` the root, and forgets the old one.
pub(super) fn change_root(root: &Path) -> io::Result<()> {
    rustix::process::chdir(root)?;
    pivot_root(".", ".").doing("changing the root")?;
    unmount(".", UnmountFlags::DETACH).doing("leaving the old root")?;
    Ok(rustix::process::chdir("/")?)
}
