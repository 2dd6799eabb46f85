//! The last line of defence: deep stacks, and panics that become rejections.

use crate::failure::Failure;
use grammars::{Rejection, Span};
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

/// Stack of a worker; only what is used costs memory.
const STACK_BYTES: usize = 256 * 1024 * 1024;

thread_local! {
    /// Where and why the guarded work of this thread panicked; `None` outside guarded work.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Makes panics of guarded work silent; others are printed as usual.
pub(crate) fn install() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let guarded = PANIC.with_borrow_mut(|text| match text {
            Some(text) => {
                *text = info.to_string().replace('\n', " ");
                true
            }
            None => false,
        });
        if !guarded {
            usual(info);
        }
    }));
}

/// Runs `work`; a panic becomes the rejection `internal.panic`.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Rejection>) -> Result<T, Rejection> {
    let outer = PANIC.replace(Some(String::new()));
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    let text = PANIC.replace(outer).unwrap_or_default();
    result.unwrap_or_else(|_| {
        let message = format!("The translator failed, which is a fault of calque: {text}.");
        Err(Rejection::new("internal.panic", Span::default(), message))
    })
}

/// Runs `work` with `jobs` workers (0: one per core) that have deep stacks.
pub(crate) fn with_workers<T: Send>(
    jobs: usize,
    work: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    workers(jobs)?.install(work)
}

/// `jobs` workers (0: one per core) that have deep stacks.
pub(crate) fn workers(jobs: usize) -> Result<rayon::ThreadPool, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK_BYTES).build();
    pool.map_err(|error| Failure::new(format!("cannot start the workers: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_rejection() {
        install();
        let result: Result<(), _> = guarded(|| panic!("out of luck"));
        let rejection = result.unwrap_err();
        assert_eq!(rejection.code.as_str(), "internal.panic");
        assert!(rejection.message.contains("out of luck"), "{}", rejection.message);
        assert_eq!(guarded(|| Ok(3)), Ok(3));
    }
}
