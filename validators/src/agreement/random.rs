//! Numbers that depend on a seed alone.

/// A generator of numbers (SplitMix64); the same seed gives the same numbers on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator that depends on `seed` and on `name`.
    pub(crate) fn new(seed: u64, name: &str) -> Random {
        let hash = blake3::hash(name.as_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hash.as_bytes()[..8]);
        Random(seed ^ u64::from_le_bytes(bytes))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where that is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let drawn = self.next();
        // A bound of a few thousand makes the bias of the remainder too small to matter.
        usize::try_from(drawn % (bound.max(1) as u64)).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i128, high: i128) -> i128 {
        let width = usize::try_from(high - low + 1).unwrap_or(1);
        low + self.below(width) as i128
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of `items`.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_and_the_name_decide() {
        let draw = |seed, name| {
            let mut random = Random::new(seed, name);
            (0..8).map(|_| random.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, "f"), draw(1, "f"));
        assert_ne!(draw(1, "f"), draw(2, "f"));
        assert_ne!(draw(1, "f"), draw(1, "g"));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut random = Random::new(0, "");
        assert!((0..100).map(|_| random.between(-2, 2)).all(|n| (-2..=2).contains(&n)));
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick::<u8>(&[]), None);
    }
}
