//! Chance that depends on nothing but a seed and what it is about.

/// A stream of pseudo-random numbers: the same seed and the same subject always give the same stream, so that
/// what one record gets depends neither on the others nor on the order of work.
///
/// The numbers are those of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
#[derive(Clone, Debug)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The stream of `seed` for `subject`, for example a record's identifier; `purpose` keeps decisions of
    /// different kinds about the same subject independent.
    pub fn new(seed: u64, purpose: &str, subject: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        for part in [purpose, subject] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        Dice { state: u64::from_le_bytes(first) }
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 where that is 0. For ends far below 2^64 all are as good as equally likely.
    pub fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.roll()) * end as u128;
        (wide >> 64) as usize
    }

    /// A number from 0 up to, but not including, 1.
    pub fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with this probability: never for 0, always for 1.
    pub fn comes_up(&mut self, probability: f64) -> bool {
        self.share() < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_seed_purpose_and_subject() {
        let first = |seed, purpose, subject| Dice::new(seed, purpose, subject).roll();
        assert_eq!(first(1, "a", "b"), first(1, "a", "b"));
        for (seed, purpose, subject) in [(2, "a", "b"), (1, "b", "b"), (1, "a", "c"), (1, "ab", "")] {
            assert_ne!(first(1, "a", "b"), first(seed, purpose, subject));
        }
    }

    #[test]
    fn is_even_over_its_range() {
        let mut dice = Dice::new(7, "test", "even");
        let mut counts = [0; 10];
        for _ in 0..10_000 {
            counts[dice.below(10)] += 1;
        }
        assert!(counts.iter().all(|&count| (850..1150).contains(&count)), "{counts:?}");
        assert_eq!(dice.below(0), 0);
    }

    #[test]
    fn impossible_and_certain_are_what_they_say() {
        let mut dice = Dice::new(7, "test", "certain");
        assert!((0..1000).all(|_| !dice.comes_up(0.0) && dice.comes_up(1.0)));
    }
}
