//! The inside of a cell: a process of its own that stands in namespaces, built once, and runs one command after another.
//!
//! calque starts itself again in this mode (see [`main`]) once for each command that runs at the same time, and speaks to
//! it over a socket on its standard input. The cell's process is the first of its process namespace: when it has run a
//! command, or when calque is gone, it ends everything that is left in there. For each command it forks; the child gets
//! a file system of its own (`/tmp`, the command's folder) and gives up all that it does not need before the command
//! starts.
//!
//! Where namespaces cannot be had the same process runs commands with Landlock, seccomp and limits alone.

mod confine;
mod house;
mod run;
mod sys;
mod syscalls;
mod wire;

pub(crate) use confine::landlock_version;
pub(crate) use wire::{Answer, Order, Setup, Task, receive, send};

use house::House;
use rustix::fd::OwnedFd;
use std::io;
use std::process::ExitCode;

/// Serves as a cell until the socket on standard input is closed. No other thread may run in this process,
/// since it forks.
pub(crate) fn main() -> ExitCode {
    let Ok(socket) = take_socket() else { return ExitCode::FAILURE };
    match serve(&socket) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is there to hear it where this fails too.
            let _ = send(&socket, &Answer::Failed(error.to_string()), &[]);
            ExitCode::FAILURE
        }
    }
}

/// The socket, moved away from standard input; every descriptor that was inherited is closed.
fn take_socket() -> io::Result<OwnedFd> {
    sys::close_from(3)?;
    let socket = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?;
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    Ok(socket)
}

fn serve(socket: &OwnedFd) -> io::Result<()> {
    let Some((setup, _)) = receive::<Setup>(socket)? else { return Ok(()) };
    let Some(house) = House::enter(setup)? else { return Ok(()) };
    send(socket, &Answer::Ready, &[])?;
    let events = sys::child_events()?;
    while let Some((order, descriptors)) = receive::<Order>(socket)? {
        // A command may have ended by itself just before it was to be stopped.
        let Order::Run(task) = order else { continue };
        let Some(answer) = run::run(&house, socket, &events, &task, descriptors)? else { break };
        send(socket, &answer, &[])?;
    }
    Ok(())
}

/// Says what was being done when an error happened.
trait Doing<T> {
    fn doing(self, what: &str) -> io::Result<T>;
}

impl<T, E: Into<io::Error>> Doing<T> for Result<T, E> {
    fn doing(self, what: &str) -> io::Result<T> {
        self.map_err(|error| {
            let error = error.into();
            io::Error::new(error.kind(), format!("{what}: {error}"))
        })
    }
}
