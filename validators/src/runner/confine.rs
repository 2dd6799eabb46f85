//! What the process of one program gives up before the program starts.

use super::RunLimits;
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Width, SeccompCmpOp as Is, SeccompCondition,
    SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;
use std::io;

/// Calls that a compiled program has no use for, refused with any arguments: other processes, other programs,
/// other memory, the network, and whatever changes files.
const REFUSED: &[i64] = &[
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_bind,
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_connect,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchownat,
    libc::SYS_ftruncate,
    libc::SYS_kill,
    libc::SYS_linkat,
    libc::SYS_listen,
    libc::SYS_memfd_create,
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_setsid,
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_symlinkat,
    libc::SYS_tkill,
    libc::SYS_truncate,
    libc::SYS_unlinkat,
];

/// The same under names that only this architecture has.
#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[i64] = &[
    libc::SYS_chmod,
    libc::SYS_creat,
    libc::SYS_fork,
    libc::SYS_link,
    libc::SYS_mkdir,
    libc::SYS_mknod,
    libc::SYS_rename,
    libc::SYS_rmdir,
    libc::SYS_symlink,
    libc::SYS_unlink,
    libc::SYS_vfork,
];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[i64] = &[];

/// Sets the limits that the kernel watches.
pub(super) fn to_limits(limits: &RunLimits) -> io::Result<()> {
    let set = |resource, most: u64| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    // Only a second line: the runner watches the time more closely.
    let cpu = limits.cpu.iter().max().map_or(1, |time| time.as_secs() + 1);
    set(Resource::Core, 0)?;
    set(Resource::Cpu, cpu)?;
    // What is in memory is watched; a process that asks for far more at once is refused it.
    set(Resource::Data, 2 * limits.memory)?;
    set(Resource::Fsize, limits.file)?;
    set(Resource::Nofile, limits.open_files.into())?;
    Ok(())
}

/// Refuses the calls above, files opened to be written, and signals to others than itself.
pub(super) fn to_calls() -> io::Result<()> {
    let own = rustix::process::getpid().as_raw_pid().unsigned_abs().into();
    let filter = filter(own).map_err(io::Error::other)?;
    rustix::thread::set_no_new_privs(true)?;
    seccompiler::apply_filter(&filter).map_err(io::Error::other)
}

fn filter(own: u64) -> Result<BpfProgram, seccompiler::BackendError> {
    let arch = std::env::consts::ARCH.try_into()?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().chain(REFUSED_HERE).map(|call| (*call, Vec::new())).collect();
    let opens_to_change = |argument| -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
        let flags = [libc::O_WRONLY, libc::O_RDWR, libc::O_CREAT, libc::O_TRUNC];
        let has = |flag: i32| {
            let flag = u64::from(flag.unsigned_abs());
            let condition = SeccompCondition::new(argument, Width::Dword, Is::MaskedEq(flag), flag)?;
            SeccompRule::new(vec![condition])
        };
        flags.into_iter().map(has).collect()
    };
    rules.insert(libc::SYS_openat, opens_to_change(2)?);
    rules.insert(libc::SYS_openat2, Vec::new());
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_open, opens_to_change(1)?);
    let to_another = SeccompCondition::new(0, Width::Dword, Is::Ne, own)?;
    rules.insert(libc::SYS_tgkill, vec![SeccompRule::new(vec![to_another])?]);
    // Limits of its own it may read, others it may not even name.
    let of_another = SeccompCondition::new(0, Width::Dword, Is::Ne, 0)?;
    rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![of_another])?]);
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch)?.try_into()
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_a_filter() {
        let filter = super::filter(42).expect("a known architecture");
        assert!(filter.len() > 100, "{}", filter.len());
    }
}
