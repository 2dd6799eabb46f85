//! Names of data items, paragraphs and programs: COBOL words made from the source's names.

use grammars::ir::Type;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Words that GnuCOBOL 3 reserves or treats as special, one a line.
static RESERVED: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| include_str!("reserved.txt").lines().filter(|l| !l.is_empty()).collect());

/// The longest word.
const LONGEST: usize = 30;

/// The words taken in one program.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
    records: Records,
}

/// The names and types of the fields of each class.
pub type Records = BTreeMap<String, Vec<(String, Type)>>;

impl Names {
    /// A word like `wish` that is not reserved and not taken; taken from now on. A reserved word
    /// gets `-suffix` behind it, a taken one a number.
    pub fn fresh(&mut self, wish: &str, suffix: &str) -> String {
        let mut base = shorten(wish, LONGEST).to_string();
        if base.is_empty() || is_reserved(&base) || !base.contains(|c: char| c.is_ascii_uppercase()) {
            let with_suffix =
                if base == suffix { format!("GIVEN-{base}") } else { format!("{base}-{suffix}") };
            base = shorten(with_suffix.trim_start_matches('-'), LONGEST).to_string();
        }
        let mut name = base.clone();
        let mut number = 2;
        while is_reserved(&name) || !self.taken.insert(name.clone()) {
            name = format!("{}-{number}", shorten(&base, LONGEST - 3));
            number += 1;
        }
        name
    }

    /// No words taken yet; objects are records of these fields.
    pub fn with_records(records: Records) -> Names {
        Names { taken: BTreeSet::new(), records }
    }

    /// The fields of `class`.
    pub fn fields(&self, class: &str) -> Option<&[(String, Type)]> {
        self.records.get(class).map(Vec::as_slice)
    }

    /// Takes a word as it is.
    pub fn take(&mut self, name: &str) {
        self.taken.insert(name.to_string());
    }
}

/// Whether `word` cannot be a name.
pub fn is_reserved(word: &str) -> bool {
    RESERVED.contains(word)
}

/// At most `longest` characters of `word`, not ending in a hyphen.
pub fn shorten(word: &str, longest: usize) -> &str {
    let end = word.char_indices().nth(longest).map_or(word.len(), |(at, _)| at);
    word[..end].trim_end_matches('-')
}

/// The source's name as a word: `max_value` and `maxValue` are `MAX-VALUE`.
pub fn word(name: &str) -> String {
    let mut word = String::new();
    let mut lower_before = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && lower_before {
            word.push('-');
        }
        lower_before = c.is_ascii_lowercase();
        match c {
            c if c.is_ascii_alphanumeric() => word.push(c.to_ascii_uppercase()),
            '_' | '-' if !word.is_empty() && !word.ends_with('-') => word.push('-'),
            '_' | '-' => {}
            other => word.push_str(&format!("U{:X}", u32::from(other))),
        }
    }
    word.trim_end_matches('-').to_string()
}

/// The singular of a plural: `NUMBERS` is `NUMBER`; other words stay.
pub fn singular(word: &str) -> &str {
    let keeps = ["SS", "US", "IS", "OS"].iter().any(|end| word.ends_with(end));
    match word.strip_suffix('S') {
        Some(stem) if !keeps && stem.len() > 1 => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_the_source() {
        assert_eq!(word("max_value"), "MAX-VALUE");
        assert_eq!(word("maxValue"), "MAX-VALUE");
        assert_eq!(word("_x__y_"), "X-Y");
    }

    #[test]
    fn reserved_and_taken_words_are_avoided() {
        let mut names = Names::default();
        assert_eq!(names.fresh("NUMBERS", "LIST"), "NUMBERS-LIST");
        assert_eq!(names.fresh("TOTAL", "VALUE"), "TOTAL");
        assert_eq!(names.fresh("TOTAL", "VALUE"), "TOTAL-2");
    }

    #[test]
    fn words_are_at_most_31_characters_long() {
        let mut names = Names::default();
        let long = "A".repeat(40);
        assert_eq!(names.fresh(&long, "VALUE").len(), 30);
        assert_eq!(names.fresh(&long, "VALUE").len(), 29);
    }

    #[test]
    fn plurals_have_singulars() {
        assert_eq!(singular("NUMBERS"), "NUMBER");
        assert_eq!(singular("CLASS"), "CLASS");
        assert_eq!(singular("XS"), "XS");
    }
}
