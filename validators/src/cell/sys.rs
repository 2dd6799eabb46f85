//! The few calls of the kernel for which there is no safe function in a library.
//!
//! All of them run in the cell's own process, which has one thread and is therefore free to fork.
#![allow(unsafe_code)]

use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use rustix::mount::MountAttrFlags;
use rustix::process::Pid;
use rustix::thread::UnshareFlags;
use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

/// A process that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reaped {
    pub pid: Pid,
    /// As `wait` gives it.
    pub status: i32,
    /// CPU time of it and of the children that it has waited for.
    pub cpu: Duration,
}

/// Forks; `None` in the child.
pub(super) fn fork() -> io::Result<Option<Pid>> {
    // SAFETY: this process has a single thread, so the child finds no lock held by another one.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(Pid::from_raw(pid)),
    }
}

/// Leaves the namespaces of `flags` for new ones.
pub(super) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    // SAFETY: unsafe only for flags that part descriptors or memory between threads; there is one thread.
    unsafe { rustix::thread::unshare_unsafe(flags) }.map_err(Into::into)
}

/// Closes every descriptor from `first` on.
pub(super) fn close_from(first: RawFd) -> io::Result<()> {
    close_range(first, 0)
}

/// Has every descriptor from `first` on closed where the next program starts.
pub(super) fn close_from_at_start(first: RawFd) -> io::Result<()> {
    close_range(first, libc::CLOSE_RANGE_CLOEXEC)
}

fn close_range(first: RawFd, flags: libc::c_uint) -> io::Result<()> {
    // SAFETY: takes numbers alone. Nothing here owns a descriptor that it closes: it is called before
    // any is opened, and in children that do nothing but start a program.
    let result =
        unsafe { libc::syscall(libc::SYS_close_range, first as libc::c_uint, libc::c_uint::MAX, flags) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// A descriptor that can be read when a child has ended; such signals are held back from now on.
pub(super) fn child_events() -> io::Result<OwnedFd> {
    let mut signals = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: `sigemptyset` makes the set a valid one; the others read it.
    unsafe {
        libc::sigemptyset(signals.as_mut_ptr());
        libc::sigaddset(signals.as_mut_ptr(), libc::SIGCHLD);
        if libc::sigprocmask(libc::SIG_BLOCK, signals.as_ptr(), std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
        match libc::signalfd(-1, signals.as_ptr(), libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) {
            -1 => Err(io::Error::last_os_error()),
            fd => Ok(OwnedFd::from_raw_fd(fd)),
        }
    }
}

/// Gives signals back the meaning that a new program expects: none held back, none ignored.
pub(super) fn reset_signals() {
    let mut signals = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: as above; the default action is always a valid one. What cannot be set (SIGKILL) is at its default.
    unsafe {
        for signal in 1..=libc::SIGSYS {
            libc::signal(signal, libc::SIG_DFL);
        }
        libc::sigemptyset(signals.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, signals.as_ptr(), std::ptr::null_mut());
    }
}

/// Takes note of a child that has ended. `None`: none has yet, or, where this `waits`, there is none left.
pub(super) fn reap(waits: bool) -> Option<Reaped> {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    let mut status = 0;
    let options = libc::__WALL | if waits { 0 } else { libc::WNOHANG };
    loop {
        // SAFETY: both pointers are to values of the right type, and a zeroed `rusage` is a valid one.
        let pid = unsafe { libc::wait4(-1, &mut status, options, usage.as_mut_ptr()) };
        if pid == -1 && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted {
            continue;
        }
        // SAFETY: as above.
        let usage = unsafe { usage.assume_init() };
        let pid = (pid > 0).then(|| Pid::from_raw(pid)).flatten()?;
        return Some(Reaped { pid, status, cpu: time(usage.ru_utime) + time(usage.ru_stime) });
    }
}

/// Kills every process of the namespace but its first, which is this one.
pub(super) fn kill_all_others() {
    // SAFETY: takes numbers alone.
    unsafe { libc::kill(-1, libc::SIGKILL) };
}

fn time(time: libc::timeval) -> Duration {
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_usec).unwrap_or(0) * 1000)
}

/// Adds `attributes` to a mount and, where that is `recursive`, to those beneath it.
pub(super) fn restrict_mount(
    mount: BorrowedFd<'_>,
    attributes: MountAttrFlags,
    recursive: bool,
) -> io::Result<()> {
    // `struct mount_attr`: what to set, what to clear, the propagation, a user namespace.
    let wanted: [u64; 4] = [attributes.bits().into(), 0, 0, 0];
    let flags = libc::AT_EMPTY_PATH | if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path is empty and ends with NUL; the kernel reads as many bytes of `wanted` as it is told.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags,
            wanted.as_ptr(),
            size_of_val(&wanted),
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Becomes another program; returns only where that fails. `key` stands where `execve` has no arguments: a filter can
/// ask for it, and the program, which starts with empty registers, never learns it.
pub(super) fn execute(program: &CStr, args: &[CString], env: &[CString], key: [u64; 3]) -> io::Error {
    let pointers = |strings: &[CString]| -> Vec<*const libc::c_char> {
        strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
    };
    let (args, env) = (pointers(args), pointers(env));
    // SAFETY: strings and lists live until the call returns, and each list ends with a null pointer.
    unsafe {
        libc::syscall(
            libc::SYS_execve,
            program.as_ptr(),
            args.as_ptr(),
            env.as_ptr(),
            key[0],
            key[1],
            key[2],
        );
    }
    io::Error::last_os_error()
}
