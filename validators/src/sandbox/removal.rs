//! Removes what commands have written, whatever they have done to it.

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, unlinkat};
use rustix::io::Errno;
use std::fs::{self, Permissions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Removes the folder at `path` with all that is in it: folders that may not be read, and folders in folders
/// beyond the length of a path. What cannot be removed stays.
pub(super) fn remove(path: &Path) {
    let _ = fs::set_permissions(path, Permissions::from_mode(0o700));
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    if let Ok(folder) = rustix::fs::open(path, flags, Mode::empty()) {
        // Each round takes one level of the deepest branch at the top, so that neither the stack nor the
        // number of descriptors grows with the depth.
        while flatten(&folder) {}
    }
    let _ = fs::remove_dir(path);
}

/// Removes the files of a folder and the empty folders in it, and moves up what is in the others. Whether
/// there is more to do.
fn flatten(folder: &OwnedFd) -> bool {
    let mut moved = 0;
    for (name, is_folder) in entries(folder) {
        if !is_folder {
            let _ = unlinkat(folder, &name, AtFlags::empty());
            continue;
        }
        let _ = rustix::fs::chmodat(folder, &name, Mode::RWXU, AtFlags::empty());
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        if let Ok(inner) = openat(folder, &name, flags, Mode::empty()) {
            moved += move_up(&inner, folder, moved);
        }
        let _ = unlinkat(folder, &name, AtFlags::REMOVEDIR);
    }
    moved > 0
}

/// Moves the folders in `inner` to `outer` and removes its files; how many it moved.
fn move_up(inner: &OwnedFd, outer: &OwnedFd, from: usize) -> usize {
    let mut moved = 0;
    for (name, is_folder) in entries(inner) {
        if !is_folder {
            let _ = unlinkat(inner, &name, AtFlags::empty());
            continue;
        }
        // A folder that may not be written cannot be moved, since its `..` changes.
        let _ = rustix::fs::chmodat(inner, &name, Mode::RWXU, AtFlags::empty());
        for attempt in from.. {
            match rustix::fs::renameat(inner, &name, outer, format!("moved-{attempt}-{moved}")) {
                Err(Errno::NOTEMPTY | Errno::EXIST) => {}
                Err(_) => break,
                Ok(()) => {
                    moved += 1;
                    break;
                }
            }
        }
    }
    moved
}

fn entries(folder: &OwnedFd) -> Vec<(std::ffi::CString, bool)> {
    let all = Dir::read_from(folder).into_iter().flatten().flatten();
    all.filter(|entry| !matches!(entry.file_name().to_bytes(), b"." | b".."))
        .map(|entry| (entry.file_name().to_owned(), entry.file_type() == FileType::Directory))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_what_is_deep_and_may_not_be_read() {
        let folder = tempfile::tempdir().expect("a folder").keep();
        let open = |at: &OwnedFd, name: &str| {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            rustix::fs::openat(at, name, flags, Mode::empty()).expect("a folder that was made")
        };
        let here = rustix::fs::open(&folder, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty());
        let mut at = here.expect("the folder");
        // Longer than any path may be, so that it is reached from folder to folder only.
        for _ in 0..400 {
            rustix::fs::mkdirat(&at, "twelve_lett", Mode::RWXU).expect("a new folder");
            at = open(&at, "twelve_lett");
        }
        rustix::fs::mkdirat(&at, "shut", Mode::empty()).expect("a new folder");
        remove(&folder);
        assert!(!folder.exists());
    }
}
