//! Sketches of sets: values that agree in two sketches as often as the sets are similar.
//!
//! The method is *fast similarity sketching* (Dahlgaard, Knudsen, Thorup 2017): every element goes to one bin by one hash;
//! while bins are empty, all elements go round again under another hash, into empty bins only. A set of many elements needs
//! one round, as with one-permutation hashing; a set of few gets bins that are as good as independent.

use super::banding::Banding;

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
const MIX: u64 = 0xD6E8_FEB8_6659_FD93;
/// A sampled share that lies further than this many standard deviations below the threshold says "not similar"; one pair
/// in three million at the threshold is lost by it.
const DEVIATIONS: f64 = 5.0;

/// Makes and compares sketches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sketcher {
    banding: Banding,
    /// The fewest equal bytes of two sketches that may be of similar sets.
    fewest_equal: usize,
}

/// The sketch of one set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch {
    /// One hash a band; equal in two sketches if all values of the band are.
    pub(crate) bands: Vec<u64>,
    /// The lowest byte of each value, eight in a number, for an estimate.
    pub(crate) bytes: Vec<u64>,
}

impl Sketcher {
    /// For pairs of at least `threshold`.
    pub(crate) fn new(threshold: f64) -> Self {
        let banding = Banding::for_threshold(threshold);
        let values = banding.values() as f64;
        // A byte of different values agrees by chance once in 256.
        let share = threshold + (1.0 - threshold) / 256.0;
        let fewest = values * share - DEVIATIONS * (values * share * (1.0 - share)).sqrt();
        Sketcher { banding, fewest_equal: fewest.max(0.0) as usize }
    }

    /// The sketch of `set`, which is not empty and whose elements are hashes.
    pub(crate) fn sketch(self, set: &[u64]) -> Sketch {
        let mut values = vec![u64::MAX; self.banding.values()];
        fill(&mut values, set);
        let bands = values.chunks_exact(self.banding.rows).enumerate().map(|(band, rows)| {
            rows.iter().fold(band as u64, |all, value| mix((all ^ value).wrapping_mul(STEP)))
        });
        let eight = |values: &[u64]| values.iter().fold(0, |all, value| all << 8 | (value & 0xFF));
        Sketch { bands: bands.collect(), bytes: values.chunks(8).map(eight).collect() }
    }

    /// Whether the sets of two sketches, given by their bytes, may be similar.
    pub(crate) fn may_be_similar(self, a: &[u64], b: &[u64]) -> bool {
        let padding = 8 * a.len() - self.banding.values();
        // Each byte of the sum counts at most 32 numbers.
        let sum = a.iter().zip(b).fold(0_u64, |sum, (a, b)| sum + (equal_bytes(a ^ b) >> 7));
        let equal: usize = sum.to_le_bytes().into_iter().map(usize::from).sum();
        equal >= self.fewest_equal + padding
    }
}

/// The highest bit of each byte that is zero.
fn equal_bytes(difference: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    !(((difference & LOW) + LOW) | difference | LOW)
}

/// Fills every bin: the round above, a hash of the element below, and the smallest wins.
fn fill(bins: &mut [u64], set: &[u64]) {
    let count = bins.len() as u64;
    let mut round = 0_u64;
    while round < count {
        let seed = round.wrapping_mul(STEP);
        for element in set {
            let hash = mix(element.wrapping_add(seed));
            let bin = (((hash >> 32) * count) >> 32) as usize;
            let value = round << 32 | (hash & 0xFFFF_FFFF);
            if let Some(place) = bins.get_mut(bin) {
                *place = value.min(*place);
            }
        }
        if !bins.contains(&u64::MAX) {
            return;
        }
        round += 1;
    }
    // Nearly impossible but for sets of one or two: the bins that are still empty get the smallest of a hash of their own.
    for (bin, place) in bins.iter_mut().enumerate().filter(|(_, place)| **place == u64::MAX) {
        let seed = (count + bin as u64).wrapping_mul(STEP);
        let smallest = set.iter().map(|element| mix(element.wrapping_add(seed)) & 0xFFFF_FFFF).min();
        *place = (count + bin as u64) << 32 | smallest.unwrap_or(0);
    }
}

fn mix(x: u64) -> u64 {
    let x = (x ^ x >> 32).wrapping_mul(MIX);
    x ^ x >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two sets with `common` elements and `own` more for each, as hashes of numbers from `seed`.
    fn pair(seed: u64, common: u64, own: u64) -> (Vec<u64>, Vec<u64>) {
        let hash = |n: u64| mix(mix(seed * 1_000_003 + n).wrapping_mul(STEP));
        let set = |from: u64| (0..common).chain(from..from + own).map(hash).collect();
        (set(1 << 20), set(1 << 21))
    }

    fn candidates(sketcher: Sketcher, trials: u64, common: u64, own: u64) -> f64 {
        let found = (0..trials).filter(|&seed| {
            let (a, b) = pair(seed, common, own);
            let (a, b) = (sketcher.sketch(&a), sketcher.sketch(&b));
            a.bands.iter().zip(&b.bands).any(|(a, b)| a == b) && sketcher.may_be_similar(&a.bytes, &b.bytes)
        });
        found.count() as f64 / trials as f64
    }

    #[test]
    fn finds_pairs_at_the_threshold_whatever_the_size_of_the_sets() {
        let sketcher = Sketcher::new(0.7);
        // 7 of 10, 14 of 20, ... are common: similarity 0.7 exactly.
        for tens in [1, 2, 5, 13, 40, 100, 300] {
            let share = candidates(sketcher, 1000, 14 * tens, 3 * tens);
            assert!(share >= 0.985, "{share} of the pairs with {} common elements", 14 * tens);
        }
    }

    #[test]
    fn the_curve_is_the_one_of_independent_values() {
        let sketcher = Sketcher { fewest_equal: 0, ..Sketcher::new(0.7) };
        for (common, own) in [(40, 30), (30, 35), (400, 300), (200, 400)] {
            let similarity = common as f64 / (common + 2 * own) as f64;
            let expected = sketcher.banding.recall(similarity);
            let found = candidates(sketcher, 1500, common, own);
            assert!((found - expected).abs() < 0.05, "{similarity}: {found}, not {expected}");
        }
    }

    #[test]
    fn sets_that_share_little_are_told_apart_by_their_bytes() {
        let sketcher = Sketcher::new(0.7);
        let (a, b) = pair(5, 50, 50);
        let (a, b) = (sketcher.sketch(&a), sketcher.sketch(&b));
        assert!(!sketcher.may_be_similar(&a.bytes, &b.bytes));
        assert!(sketcher.may_be_similar(&a.bytes, &a.bytes));
    }

    #[test]
    fn a_set_of_one_has_a_sketch() {
        let sketcher = Sketcher::new(0.7);
        assert_eq!(sketcher.sketch(&[7]), sketcher.sketch(&[7]));
        assert_ne!(sketcher.sketch(&[7]).bands, sketcher.sketch(&[8]).bands);
    }
}
