//! How many bands of how many rows: chosen for the threshold, with the recall that follows.

/// The most values that a sketch has.
const MAX_VALUES: usize = 256;
/// The most rows of a band; more would make no band agree that is not identical.
const MAX_ROWS: usize = 32;
/// The share of pairs found whose similarity is the threshold itself; above it the share grows fast.
const RECALL_AT_THRESHOLD: f64 = 0.994;

/// Bands of rows of a sketch: a pair is a candidate if all rows of one band agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Banding {
    /// How many bands.
    pub bands: usize,
    /// How many values in each.
    pub rows: usize,
}

impl Banding {
    /// The banding with the longest bands, which lets the fewest dissimilar pairs through, of those that find 99.4 % of
    /// the pairs at `threshold` exactly with at most 256 values.
    pub fn for_threshold(threshold: f64) -> Self {
        (1..=MAX_ROWS)
            .rev()
            .map(|rows| Banding { bands: bands_needed(threshold, rows), rows })
            .find(|banding| banding.values() <= MAX_VALUES)
            .unwrap_or(Banding { bands: MAX_VALUES, rows: 1 })
    }

    /// The values of a sketch.
    pub fn values(self) -> usize {
        self.bands * self.rows
    }

    /// The probability that a pair of this Jaccard similarity becomes a candidate.
    pub fn recall(self, similarity: f64) -> f64 {
        1.0 - (1.0 - similarity.powi(self.rows as i32)).powi(self.bands as i32)
    }
}

/// The fewest bands of `rows` with enough recall at `threshold`.
fn bands_needed(threshold: f64, rows: usize) -> usize {
    let missed = (1.0 - RECALL_AT_THRESHOLD).ln();
    let bands = missed / (-threshold.powi(rows as i32)).ln_1p();
    (bands.ceil().min(1e9) as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_threshold_has_41_bands_of_6() {
        assert_eq!(Banding::for_threshold(0.7), Banding { bands: 41, rows: 6 });
    }

    #[test]
    fn recall_is_reached_at_every_threshold_and_grows_above_it() {
        for percent in 5..=100 {
            let threshold = f64::from(percent) / 100.0;
            let banding = Banding::for_threshold(threshold);
            assert!(banding.values() <= MAX_VALUES, "{banding:?}");
            assert!(banding.recall(threshold) >= RECALL_AT_THRESHOLD, "{threshold}: {banding:?}");
            assert!(banding.recall((threshold + 0.05).min(1.0)) >= banding.recall(threshold));
        }
    }

    #[test]
    fn twenty_bands_of_six_are_too_few() {
        let usual = Banding { bands: 20, rows: 6 };
        assert!(usual.recall(0.7) < 0.92);
    }
}
