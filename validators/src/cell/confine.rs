//! What a program gives up before it starts: capabilities, limits, files (Landlock) and calls of the kernel (seccomp).

use super::syscalls;
use crate::Limits;
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, getpid, getrlimit, setrlimit};
use rustix::thread::{CapabilitySet, CapabilitySets, clear_ambient_capability_set, set_no_new_privs};
use seccompiler::BpfProgram;
use std::io;
use std::path::{Path, PathBuf};

/// The newest Landlock that this knows; of older kernels it takes what they have.
const NEWEST: ABI = ABI::V6;
/// Bytes of stack, whatever calque itself was started with: endless recursion ends everywhere at the same depth.
const STACK: u64 = 8 << 20;
/// What of the stack a program may ask for: gfortran asks for more.
const MOST_STACK: u64 = 64 << 20;

/// The paths that a program may use.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// To read, beneath these.
    pub reads: Vec<PathBuf>,
    /// To read and write files that are there: devices, its own folder in `/proc`.
    pub uses: Vec<PathBuf>,
    /// To make, change and remove files beneath these.
    pub owns: Vec<PathBuf>,
    /// To start programs beneath these.
    pub starts: Vec<PathBuf>,
}

/// Takes all rights to files but those of `reach`, TCP, and signals and abstract sockets beyond the program.
pub(super) fn to_files(reach: &Reach) -> io::Result<()> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = AccessFs::WriteFile | AccessFs::Truncate;
    let own =
        AccessFs::from_all(NEWEST) & !BitFlags::from(AccessFs::Execute) & !BitFlags::from(AccessFs::IoctlDev);
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(NEWEST)))
        .and_then(|rules| rules.scope(Scope::from_all(NEWEST)))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.add_rules(path_beneath_rules(&reach.reads, read)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(&reach.uses, read | write)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(&reach.owns, own)))
        .and_then(|rules| rules.add_rules(path_beneath_rules(&reach.starts, read | AccessFs::Execute)))
        .and_then(landlock::RulesetCreated::restrict_self)
        .map(|_| ())
        .map_err(io::Error::other)
}

/// Which version of Landlock this kernel has; `None` without any.
pub(crate) fn landlock_version() -> Option<ABI> {
    // The library asks the kernel when it makes a ruleset, and keeps the answer to itself: so try from above.
    [ABI::V6, ABI::V5, ABI::V4, ABI::V3, ABI::V2, ABI::V1].into_iter().find(|abi| {
        let rules = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
        let rules = rules.handle_access(AccessFs::from_all(*abi));
        let rules = if *abi >= ABI::V6 { rules.and_then(|r| r.scope(Scope::from_all(*abi))) } else { rules };
        rules.and_then(Ruleset::create).is_ok()
    })
}

/// Gives up every capability, for good.
pub(super) fn to_no_capabilities() -> io::Result<()> {
    set_no_new_privs(true)?;
    for bit in 0..u64::BITS {
        let capability = CapabilitySet::from_bits_retain(1 << bit);
        // The kernel knows fewer than 64.
        if rustix::thread::remove_capability_from_bounding_set(capability).is_err() {
            break;
        }
    }
    clear_ambient_capability_set()?;
    let none = CapabilitySet::empty();
    rustix::thread::set_capabilities(
        None,
        CapabilitySets { effective: none, permitted: none, inheritable: none },
    )?;
    Ok(())
}

/// Sets the limits that the kernel watches. `others` are the processes of the account that are not the program's.
pub(super) fn to_limits(limits: &Limits, others: u32) -> io::Result<()> {
    let set = |resource, soft: u64, hard: u64| {
        setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) })
    };
    // One byte and not none: where cores go to a program, only this limit keeps them from it.
    set(Resource::Core, 1, 1)?;
    set(Resource::Cpu, limits.cpu.into(), u64::from(limits.cpu) + 1)?;
    // What is in memory is watched; a process that asks for far more at once is refused it.
    set(Resource::Data, 2 * limits.memory, 2 * limits.memory)?;
    set(Resource::Fsize, limits.file, limits.file)?;
    set(Resource::Nofile, limits.open_files.into(), limits.open_files.into())?;
    let processes = u64::from(limits.processes) + u64::from(others);
    set(Resource::Nproc, processes, processes)?;
    set(Resource::Memlock, 64 << 10, 64 << 10)?;
    set(Resource::Msgqueue, 0, 0)?;
    let most_stack = getrlimit(Resource::Stack).maximum.map_or(MOST_STACK, |most| most.min(MOST_STACK));
    set(Resource::Stack, STACK.min(most_stack), most_stack)?;
    Ok(())
}

/// Installs the filters of calls; after this only `execve` with `key` starts another program, where there is one.
pub(super) fn to_calls(
    standing: &[BpfProgram],
    key: Option<[u64; 3]>,
    signals_itself: bool,
) -> io::Result<()> {
    let apply = |filter: &BpfProgram| seccompiler::apply_filter(filter).map_err(io::Error::other);
    if signals_itself {
        apply(&syscalls::signals_to_itself(getpid().as_raw_pid() as u64)?)?;
    }
    if let Some(key) = key {
        apply(&syscalls::start_by_key(key)?)?;
    }
    // The list comes last: it does not allow what installing the others needs.
    standing.iter().rev().try_for_each(apply)
}

/// The loaders that start programs with shared libraries, where they are.
pub(super) fn loaders() -> Vec<PathBuf> {
    let named = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1"];
    named.iter().filter_map(|path| Path::new(path).canonicalize().ok()).collect()
}
