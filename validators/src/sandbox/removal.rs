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
        let script = "for i in $(seq 400); do mkdir twelve_lett; touch file; cd twelve_lett || exit 1; done; \
                      mkdir shut; touch shut/file; chmod 0 shut";
        let deep = std::process::Command::new("sh").args(["-c", script]).current_dir(&folder).status();
        assert!(deep.is_ok_and(|status| status.success()));
        remove(&folder);
        assert!(!folder.exists());
    }
}
