//! Counting what passed, and showing why the rest did not.

use std::collections::BTreeMap;

/// The outcomes of a set.
#[derive(Default)]
pub struct Tally {
    passed: usize,
    failed: Vec<(String, String)>,
}

impl Tally {
    /// Adds the outcome of a problem. A reason opens with its kind and a colon.
    pub fn add(&mut self, problem: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(reason) => self.failed.push((problem.to_owned(), reason)),
        }
    }

    /// Prints the figures; fails when fewer than `floor` percent passed, which guards what has been reached.
    pub fn conclude(mut self, set: &str, floor: usize) {
        let total = self.passed + self.failed.len();
        self.failed.sort();
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for (problem, reason) in &self.failed {
            let line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            eprintln!("{set}: {problem}: {}", line.chars().take(300).collect::<String>());
            *kinds.entry(reason.split(':').next().unwrap_or_default()).or_default() += 1;
        }
        let share = 100.0 * self.passed as f64 / total.max(1) as f64;
        eprintln!(
            "{set}: {} of {total} problems pass ({share:.1} %); others by reason: {kinds:?}",
            self.passed
        );
        assert!(total > 0, "{set} is empty");
        assert!(self.passed * 100 >= total * floor, "{set}: fewer than {floor} % of {total} problems pass");
    }
}
