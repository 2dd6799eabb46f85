//! What is said between calque and a cell: one message a packet, in JSON, with descriptors beside it.

use crate::Limits;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::path::PathBuf;

/// Bytes of a message: a command line with the names of some thousand files.
const LONGEST: usize = 160 << 10;
/// Descriptors beside a message: the three standard streams.
const MOST_DESCRIPTORS: usize = 3;

/// How a cell is built; the first message to it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// It gets namespaces of its own; otherwise Landlock, seccomp and limits are all that holds its programs.
    pub namespaces: bool,
    /// The folders that commands are run in lie in this one.
    pub shelf: PathBuf,
    /// What commands may read beside the system's own folders.
    pub roots: Vec<PathBuf>,
}

/// What a cell is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Run this, with the three descriptors beside it as standard streams.
    Run(Box<Task>),
    /// End what runs.
    Stop,
}

/// A command as a cell runs it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub program: PathBuf,
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    /// Its folder, seen from the shelf.
    pub folder: PathBuf,
    /// A private folder for what it writes, seen from the shelf, where the cell cannot give it a file system.
    pub scratch: Option<PathBuf>,
    /// Whether to say when it has started.
    pub announced: bool,
    pub writes: bool,
    pub limits: Limits,
}

/// What a cell says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It stands, or the command has started.
    Ready,
    /// The command and what it started have ended.
    Ended {
        /// As `wait` gives it.
        status: i32,
        /// CPU time of all its processes, in microseconds.
        cpu_us: u64,
        /// It had no room for another file.
        files_used_up: bool,
    },
    /// The cell could not do what it was asked for.
    Failed(String),
}

/// Sends a message.
pub(crate) fn send(
    socket: impl AsFd,
    message: &impl Serialize,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = serde_json::to_vec(message)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !beside.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::other("too many descriptors"));
    }
    rustix::io::retry_on_intr(|| {
        sendmsg(&socket, &[IoSlice::new(&bytes)], &mut beside, SendFlags::NOSIGNAL)
    })?;
    Ok(())
}

/// Waits for a message; `None` where the other side is gone.
pub(crate) fn receive<T: DeserializeOwned>(socket: impl AsFd) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut bytes = vec![0; LONGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let got = rustix::io::retry_on_intr(|| {
        recvmsg(&socket, &mut [IoSliceMut::new(&mut bytes)], &mut beside, RecvFlags::CMSG_CLOEXEC)
    })?;
    if got.bytes == 0 {
        return Ok(None);
    }
    if got.flags.intersects(ReturnFlags::TRUNC | ReturnFlags::CTRUNC) {
        return Err(io::Error::other("a message is too long"));
    }
    let descriptors = beside
        .drain()
        .filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
            _ => None,
        })
        .flatten()
        .collect();
    Ok(Some((serde_json::from_slice(&bytes[..got.bytes])?, descriptors)))
}
