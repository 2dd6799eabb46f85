//! Which calls of the kernel a sandboxed program may not make, as a seccomp filter.
//!
//! Namespaces hide files, processes and the network. This closes what they leave open: sockets that no
//! network namespace governs (to the host of a virtual machine, for one), keys that outlive a
//! process, and parts of the kernel that no translated program needs.

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;

/// Refused with any arguments.
const REFUSED: &[i64] = &[
    libc::SYS_add_key,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_kcmp,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_mount,
    libc::SYS_open_by_handle_at,
    libc::SYS_perf_event_open,
    libc::SYS_pivot_root,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_quotactl,
    libc::SYS_request_key,
    libc::SYS_setns,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
];

/// The filter in the form that the kernel reads, or `None` where this architecture has none; then
/// the namespaces stand alone.
pub(super) fn filter() -> Option<Vec<u8>> {
    let arch = std::env::consts::ARCH.try_into().ok()?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    let other_family =
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, libc::AF_UNIX as u64).ok()?;
    rules.insert(libc::SYS_socket, vec![SeccompRule::new(vec![other_family]).ok()?]);
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refuse, arch).ok()?;
    Some(bytes(&filter.try_into().ok()?))
}

fn bytes(program: &BpfProgram) -> Vec<u8> {
    let instruction = |i: &seccompiler::sock_filter| {
        let [code, more] = i.code.to_ne_bytes();
        let [k0, k1, k2, k3] = i.k.to_ne_bytes();
        [code, more, i.jt, i.jf, k0, k1, k2, k3]
    };
    program.iter().flat_map(instruction).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_filter_is_whole_instructions() {
        let filter = super::filter().expect("a known architecture");
        assert!(filter.len() > 100 && filter.len().is_multiple_of(8), "{} bytes", filter.len());
    }
}
