//! The words of a text, and its word n-grams as 64-bit hashes.
//!
//! A word is a run of ASCII letters, digits, underscores and characters outside ASCII; ASCII letters count in lower
//! case. Layout, punctuation and operators only separate words.

/// Bytes classified at a time: one for each bit of a mask.
const BLOCK: usize = 64;
/// Zero bytes behind the text, so that a word can be read eight bytes at a time.
const PADDING: usize = 16;
/// Odd factors without structure, from the digits of e, pi and the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
const FIRST: u64 = 0xADF8_5458_A2BB_4A9B;
const SECOND: u64 = 0x243F_6A88_85A3_08D3;
const ROLL: u64 = 0xC0AC_29B7_C97C_50DD;

/// Cuts texts into n-grams; it keeps its buffers from one text to the next.
#[derive(Debug)]
pub(crate) struct Shingler {
    ngram: usize,
    /// `ROLL` to the power of `ngram`.
    leaving: u64,
    folded: Vec<u8>,
    masks: Vec<u64>,
    words: Vec<u64>,
}

impl Shingler {
    /// For n-grams of `ngram` words.
    pub(crate) fn new(ngram: usize) -> Self {
        let leaving = (0..ngram).fold(1_u64, |power, _| power.wrapping_mul(ROLL));
        Shingler { ngram, leaving, folded: Vec::new(), masks: Vec::new(), words: Vec::new() }
    }

    /// The words of an n-gram.
    pub(crate) fn ngram(&self) -> usize {
        self.ngram
    }

    /// The distinct n-grams of `text`, sorted; never empty.
    ///
    /// A text of fewer words than an n-gram has is one n-gram, and a text without words is the n-gram of its bytes: so
    /// short texts are near-duplicates only of the same words, and texts without words only of themselves.
    pub(crate) fn set(&mut self, text: &str) -> Vec<u64> {
        self.hash_words(text.as_bytes());
        let words = &self.words;
        if words.len() < self.ngram {
            let whole = match words.len() {
                // A text without words folds to itself: only letters are changed.
                0 => hash(&self.folded, 0, text.len()).wrapping_mul(SECOND),
                count => {
                    words.iter().fold(count as u64, |all, word| all.wrapping_mul(ROLL).wrapping_add(*word))
                }
            };
            return vec![finish(whole)];
        }
        let mut rolling = 0_u64;
        let (start, rest) = words.split_at(self.ngram - 1);
        for word in start {
            rolling = rolling.wrapping_mul(ROLL).wrapping_add(*word);
        }
        let leaving = std::iter::once(&0).chain(words);
        let mut set: Vec<u64> = rest
            .iter()
            .zip(leaving)
            .map(|(entering, leaving)| {
                let entered = rolling.wrapping_mul(ROLL).wrapping_add(*entering);
                rolling = entered.wrapping_sub(leaving.wrapping_mul(self.leaving));
                finish(rolling)
            })
            .collect();
        set.sort_unstable();
        set.dedup();
        set
    }

    /// The hashes of the words of `text`, in order, into `words`.
    fn hash_words(&mut self, text: &[u8]) {
        self.fold(text);
        self.words.clear();
        let (mut start, mut inside) = (0, false);
        for (position, &mask) in self.masks.iter().enumerate() {
            let mut borders = mask ^ (mask << 1 | u64::from(inside));
            while borders != 0 {
                let at = position * BLOCK + borders.trailing_zeros() as usize;
                borders &= borders - 1;
                if inside {
                    self.words.push(hash(&self.folded, start, at));
                }
                start = at;
                inside = !inside;
            }
        }
        if inside {
            self.words.push(hash(&self.folded, start, text.len()));
        }
    }

    /// Lower case into `folded`, and which bytes belong to words into `masks`.
    fn fold(&mut self, text: &[u8]) {
        self.masks.clear();
        self.folded.clear();
        self.folded.resize(text.len().next_multiple_of(BLOCK) + PADDING, 0);
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        let (folded, _) = self.folded.as_chunks_mut::<BLOCK>();
        for (block, folded) in blocks.iter().zip(folded.iter_mut()) {
            self.masks.push(fold_block(block, folded));
        }
        if let (Some(folded), false) = (folded.get_mut(blocks.len()), rest.is_empty()) {
            let mut block = [0; BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            self.masks.push(fold_block(&block, folded));
        }
    }
}

/// Lower case of a block, and a bit for each byte that belongs to a word; written so that the compiler can use vectors.
fn fold_block(block: &[u8; BLOCK], folded: &mut [u8; BLOCK]) -> u64 {
    let mut marks = [0_u8; BLOCK];
    for ((&byte, folded), mark) in block.iter().zip(folded).zip(&mut marks) {
        let lower = byte | (u8::from(byte.wrapping_sub(b'A') < 26) << 5);
        let letter = lower.wrapping_sub(b'a') < 26;
        *folded = lower;
        *mark = u8::from(letter | (byte.wrapping_sub(b'0') < 10) | (byte == b'_') | (byte >= 0x80));
    }
    let (marks, _) = marks.as_chunks::<8>();
    // The product moves the lowest bit of each of eight bytes into the highest byte.
    marks.iter().rev().fold(0, |mask, eight| {
        mask << 8 | (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56)
    })
}

/// A hash of the bytes from `start` to `end`, which have at least eight more behind them.
fn hash(padded: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    let mut all = length as u64 ^ FIRST;
    let mut at = start;
    while end - at > 8 {
        all = multiply(all ^ eight(padded, at), SECOND);
        at += 8;
    }
    let kept = 8 * (end - at) as u32;
    let last = eight(padded, at) & u64::MAX.checked_shr(64 - kept).unwrap_or(0);
    multiply(all ^ last, FACTOR)
}

fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|eight| eight.first_chunk()).map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// Both halves of the product, which depend on all bits of both factors.
fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

/// Spreads what the rolling sum has in its lower bits over all of them.
fn finish(rolling: u64) -> u64 {
    multiply(rolling ^ SECOND, FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Words as the module defines them, the slow way.
    fn plain_words(text: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        for c in text.chars() {
            match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '\u{80}'.. => {
                    if let Some(word) = words.last_mut() {
                        word.push(c.to_ascii_lowercase());
                    }
                }
                _ => words.push(String::new()),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    fn plain_set(text: &str, n: usize) -> BTreeSet<Vec<String>> {
        plain_words(text).windows(n).map(<[String]>::to_vec).collect()
    }

    #[test]
    fn words_of_any_length_at_any_place_are_told_apart() {
        let mut shingler = Shingler::new(1);
        for shift in 0..70 {
            let mut seen = BTreeSet::new();
            for length in 1..100 {
                let text = format!("{}{}", " ".repeat(shift), "abcdefghij".repeat(10).split_at(length).0);
                assert_eq!(words_of(&mut shingler, &text).len(), 1, "{text}");
                assert!(seen.insert(words_of(&mut shingler, &text)[0]), "{text}");
                let followed = format!("{text} z");
                assert!(seen.contains(&words_of(&mut shingler, &followed)[0]), "{followed}");
            }
        }
    }

    fn words_of(shingler: &mut Shingler, text: &str) -> Vec<u64> {
        shingler.hash_words(text.as_bytes());
        shingler.words.clone()
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_the_slow_way(a in "[aAbB_ 1(é\n]{0,200}", b in "[aAbB_ 1(é\n]{0,200}", n in 1_usize..7) {
            let mut shingler = Shingler::new(n);
            for text in [&a, &b] {
                let expected = plain_words(text);
                let found = words_of(&mut shingler, text);
                proptest::prop_assert_eq!(found.len(), expected.len());
                for (i, one) in expected.iter().enumerate() {
                    for (j, other) in expected.iter().enumerate() {
                        proptest::prop_assert_eq!(found[i] == found[j], one == other);
                    }
                }
            }
            let (sa, sb) = (shingler.set(&a), shingler.set(&b));
            let (pa, pb) = (plain_set(&a, n), plain_set(&b, n));
            if !pa.is_empty() && !pb.is_empty() {
                proptest::prop_assert_eq!(sa.len(), pa.len());
                let common = sa.iter().filter(|x| sb.binary_search(x).is_ok()).count();
                proptest::prop_assert_eq!(common, pa.intersection(&pb).count());
            }
        }
    }

    #[test]
    fn short_texts_are_one_n_gram() {
        let mut shingler = Shingler::new(5);
        assert_eq!(shingler.set("a b"), shingler.set("A(b)"));
        assert_ne!(shingler.set("a b"), shingler.set("a b c"));
        assert_ne!(shingler.set("a"), shingler.set("a a"));
        assert_eq!(shingler.set("").len(), 1);
        assert_eq!(shingler.set("+-"), shingler.set("+-"));
        assert_ne!(shingler.set("+-"), shingler.set("-+"));
        assert_ne!(shingler.set(""), shingler.set(" "));
    }
}
