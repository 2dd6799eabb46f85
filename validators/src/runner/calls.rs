//! The calls of the C library and the kernel that have no safe form.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::io;
use std::time::Duration;

/// Which side of a fork this is.
pub(super) enum Side {
    Parent(libc::pid_t),
    Child,
}

/// Makes a second process.
pub(super) fn fork() -> io::Result<Side> {
    // SAFETY: this process has one thread (see `runner::main`), so the child may do whatever it could.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(Side::Child),
        pid => Ok(Side::Parent(pid)),
    }
}

/// Keeps other processes of this account from looking at this one's memory and descriptors.
pub(super) fn keep_secrets() -> io::Result<()> {
    // SAFETY: the call takes and changes no memory.
    check(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) })
}

/// In a child: it ends with the process that made it.
pub(super) fn end_with_parent() -> io::Result<()> {
    // SAFETY: the call takes and changes no memory.
    check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) })
}

/// Closes the descriptors from `first` on, up to and including `last`.
pub(super) fn close_range(first: u32, last: u32) -> io::Result<()> {
    if first > last {
        return Ok(());
    }
    // SAFETY: nothing in this child uses them any more.
    check(unsafe { libc::close_range(first, last, 0) })
}

/// Ends the process as a program that returns from its main function does.
pub(super) fn exit(code: i32) -> ! {
    // SAFETY: what is run at exit belongs to the loaded libraries.
    unsafe { libc::exit(code) }
}

/// Ends the process at once.
pub(super) fn exit_at_once(code: i32) -> ! {
    // SAFETY: nothing is run after this.
    unsafe { libc::_exit(code) }
}

/// Waits for a child that has ended: its status, and the CPU time that it used.
pub(super) fn reap(pid: libc::pid_t) -> io::Result<(i32, Duration)> {
    let mut status = 0;
    // SAFETY: all fields are numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: both places are alive during the call.
        if unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) } == pid {
            let time = |t: libc::timeval| {
                Duration::new(t.tv_sec.unsigned_abs(), u32::try_from(t.tv_usec * 1000).unwrap_or_default())
            };
            return Ok((status, time(usage.ru_utime) + time(usage.ru_stime)));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// The CPU time of another process so far.
pub(super) fn cpu_time(pid: libc::pid_t) -> Option<Duration> {
    let mut clock = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: both places are alive during the calls.
    let known = unsafe {
        libc::clock_getcpuclockid(pid, &raw mut clock) == 0 && libc::clock_gettime(clock, &raw mut time) == 0
    };
    known.then(|| Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default()))
}

/// A shared object, which is never unloaded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object(*mut libc::c_void);

/// A symbol in a shared object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol(*mut libc::c_void);

impl Object {
    /// Loads `path` with all that it needs; `shared` where libraries look for its symbols by name.
    pub(super) fn load(path: &CStr, shared: bool) -> io::Result<Object> {
        let scope = if shared { libc::RTLD_GLOBAL } else { libc::RTLD_LOCAL };
        // SAFETY: what runs when it is loaded is the start-up code of the compilers' own libraries.
        let handle = unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_NOW | scope) };
        if handle.is_null() { Err(last_problem()) } else { Ok(Object(handle)) }
    }

    /// The address of a symbol of it, or of a library that it needs.
    pub(super) fn symbol(self, name: &str) -> io::Result<Symbol> {
        let name = CString::new(name).map_err(io::Error::other)?;
        // SAFETY: the object stays loaded.
        let address = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        if address.is_null() { Err(last_problem()) } else { Ok(Symbol(address)) }
    }
}

fn last_problem() -> io::Error {
    // SAFETY: the text is copied before the next call that could change it.
    let said = unsafe {
        let said = libc::dlerror();
        if said.is_null() { None } else { Some(CStr::from_ptr(said).to_string_lossy().into_owned()) }
    };
    io::Error::other(said.unwrap_or_else(|| "a library cannot be loaded".to_owned()))
}

/// Calls a Fortran subroutine with one integer argument, and returns what it left there.
pub(super) fn call_fortran(symbol: Symbol) -> i32 {
    let mut number = 0;
    // SAFETY: the symbol is a subroutine that was generated with this signature. What the program does beyond
    // that harms only this child.
    unsafe {
        let subroutine: extern "C" fn(*mut i32) = std::mem::transmute(symbol.0);
        subroutine(&raw mut number);
    }
    number
}

/// Calls a COBOL program without parameters.
pub(super) fn call_cobol(symbol: Symbol) -> i32 {
    // SAFETY: as above; cobc generates this signature for a program without parameters.
    unsafe {
        let program: extern "C" fn() -> i32 = std::mem::transmute(symbol.0);
        program()
    }
}

/// Calls `cob_init` as a main program without arguments does.
pub(super) fn start_cobol(symbol: Symbol) {
    // SAFETY: the symbol is libcob's `cob_init(int, char **)`, which takes no arguments as a null pointer.
    unsafe {
        let init: extern "C" fn(i32, *mut *mut libc::c_char) = std::mem::transmute(symbol.0);
        init(0, std::ptr::null_mut());
    }
}

fn check(result: i32) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
