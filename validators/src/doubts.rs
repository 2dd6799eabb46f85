//! Verdicts against programs, until it is proven that the tools still work.
//!
//! A compiler that vanishes, or a disk that fills up, looks like a program that does not compile. So a verdict
//! against a program counts once a program that is right has passed after it.

use crate::cache::Entry;
use grammars::LangId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// What was said against programs since the last proof, by language.
#[derive(Debug, Default)]
pub(crate) struct Doubts(Mutex<BTreeMap<LangId, Vec<Entry>>>);

impl Doubts {
    /// The tools of `lang` spoke against a program; `entry` is to be kept.
    pub fn add(&self, lang: &LangId, entry: Option<Entry>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(lang.clone()).or_default().extend(entry);
    }

    /// All of them, which are then no longer here.
    pub fn take(&self) -> BTreeMap<LangId, Vec<Entry>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
