//! Exact duplicates: of translations that are the same text, the first stays.

use grammars::LangId;
use std::collections::HashSet;

/// The translations seen so far; 32 bytes each.
#[derive(Debug, Default)]
pub struct Deduplicator {
    seen: HashSet<[u8; 32]>,
}

impl Deduplicator {
    /// Whether `target` is the first of its text in its language.
    pub fn is_first(&mut self, lang: &LangId, target: &str) -> bool {
        self.seen.insert(fingerprint(lang, target))
    }
}

/// BLAKE3 of the lines without blanks around them and without blank lines.
fn fingerprint(lang: &LangId, target: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(lang.as_str().as_bytes());
    for line in target.lines().map(str::trim).filter(|line| !line.is_empty()) {
        hasher.update(b"\n");
        hasher.update(line.as_bytes());
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_first_of_each_language() {
        let (a, b) = (LangId::from_static("a"), LangId::from_static("b"));
        let mut seen = Deduplicator::default();
        assert!(seen.is_first(&a, "f(x) = x\n"));
        assert!(!seen.is_first(&a, "\n  f(x) = x  \n\n"));
        assert!(seen.is_first(&b, "f(x) = x\n"));
        assert!(seen.is_first(&a, "f(x) =\n x\n"));
    }
}
