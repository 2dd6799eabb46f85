//! Where the time of a build goes. It is told to people and stands in no table.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What takes time.
#[derive(Clone, Copy)]
pub(super) enum Stage {
    /// The sources' own tests.
    Oracle,
    /// From text to text.
    Translation,
    /// The toolchains.
    Ladder,
}

/// The stages with their names. The workers measure the first two each for itself; the ladder is climbed
/// by all together.
const STAGES: [(Stage, &str); 3] = [
    (Stage::Oracle, "tests of the sources, added up over the workers"),
    (Stage::Translation, "front end, inference, translation, added up over the workers"),
    (Stage::Ladder, "toolchains, on the clock"),
];

/// Clocks that all workers share.
pub(super) struct Times {
    start: Instant,
    micros: [AtomicU64; STAGES.len()],
}

impl Times {
    /// Everything starts now.
    pub(super) fn new() -> Self {
        Times { start: Instant::now(), micros: Default::default() }
    }

    /// Does `work` on the clock of `stage`.
    pub(super) fn measure<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.micros[stage as usize].fetch_add(micros, Ordering::Relaxed);
        result
    }

    /// The times for people.
    pub(super) fn text(&self) -> String {
        let mut out = format!("times\n{:>9.2} s  in all\n", self.start.elapsed().as_secs_f64());
        for (stage, name) in STAGES {
            let seconds = self.micros[stage as usize].load(Ordering::Relaxed) as f64 / 1e6;
            let _ = writeln!(out, "{seconds:>9.2} s  {name}");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_by_stage() {
        let times = Times::new();
        assert_eq!(times.measure(Stage::Ladder, || 7), 7);
        times.measure(Stage::Ladder, || std::thread::sleep(std::time::Duration::from_millis(20)));
        assert!(times.micros[Stage::Ladder as usize].load(Ordering::Relaxed) >= 20_000);
        assert_eq!(times.micros[Stage::Oracle as usize].load(Ordering::Relaxed), 0);
        assert!(times.text().contains("toolchains"));
    }
}
