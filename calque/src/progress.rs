//! Progress on stderr: a bar on a terminal, a plain line now and then elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Time between plain lines.
const PLAIN_EVERY: Duration = Duration::from_secs(10);

/// Shows how far a long command is.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    /// What is counted.
    unit: &'static str,
    total: usize,
    done: usize,
    printed: Instant,
}

impl Progress {
    /// Progress over `total` inputs.
    pub(crate) fn new(total: usize) -> Self {
        Progress::of(total, "inputs")
    }

    /// Progress over `total` of some `unit`.
    pub(crate) fn of(total: usize, unit: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| bar(total, unit));
        Progress { bar, unit, total, done: 0, printed: Instant::now() }
    }

    /// `count` more inputs are done; `state` says what came of them all so far.
    pub(crate) fn advance(&mut self, count: usize, state: &str) {
        self.done += count;
        if let Some(bar) = &self.bar {
            bar.set_message(state.to_owned());
            bar.set_position(self.done as u64);
        } else if self.printed.elapsed() >= PLAIN_EVERY {
            eprintln!("{} of {} {}, {state}", self.done, self.total, self.unit);
            self.printed = Instant::now();
        }
    }

    /// Removes the bar.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(total: usize, unit: &str) -> ProgressBar {
    let template = format!("{{bar:30}} {{pos}}/{{len}} {unit}, {{msg}}, {{elapsed}} (left: {{eta}})");
    let style = ProgressStyle::with_template(&template);
    let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
    bar.enable_steady_tick(Duration::from_millis(200));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
