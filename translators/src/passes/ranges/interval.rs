//! Intervals of integers, open to one or both sides.

/// Everything from `lo` to `hi`; the constants [`NONE_BELOW`] and [`NONE_ABOVE`] stand for no bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    /// The least value.
    pub(super) lo: i128,
    /// The greatest value.
    pub(super) hi: i128,
}

/// No lower bound.
pub(super) const NONE_BELOW: i128 = -(1 << 100);
/// No upper bound.
pub(super) const NONE_ABOVE: i128 = 1 << 100;
/// No sequence is longer.
pub(super) const LONGEST: i128 = 1 << 48;
/// No step of a counter is taken for small if it is greater.
pub(super) const SMALL: i128 = 1 << 10;
/// No program takes more than 2^50 steps, so no counter gets further by small ones.
pub(super) const FURTHEST: i128 = SMALL << 50;

/// A bound that is out of reach is none.
fn clamp(value: i128) -> i128 {
    value.clamp(NONE_BELOW, NONE_ABOVE)
}

fn is_open(bound: i128) -> bool {
    bound <= NONE_BELOW || bound >= NONE_ABOVE
}

impl Interval {
    /// All integers.
    pub(super) const ALL: Interval = Interval { lo: NONE_BELOW, hi: NONE_ABOVE };

    /// From `lo` to `hi`.
    pub(super) fn new(lo: i128, hi: i128) -> Interval {
        Interval { lo: clamp(lo), hi: clamp(hi) }
    }

    /// One value.
    pub(super) fn exactly(value: i128) -> Interval {
        Interval::new(value, value)
    }

    /// From `lo` on.
    pub(super) fn at_least(lo: i128) -> Interval {
        Interval::new(lo, NONE_ABOVE)
    }

    /// Whether all values are in `lo..=hi`.
    pub(super) fn within(self, lo: i128, hi: i128) -> bool {
        self.lo >= lo && self.hi <= hi
    }

    /// What is in either.
    pub(super) fn join(self, other: Interval) -> Interval {
        Interval { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// What is in both; `self` where that would be nothing.
    pub(super) fn meet(self, other: Interval) -> Interval {
        let both = Interval { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) };
        if both.lo > both.hi { self } else { both }
    }

    /// `self`, then without bounds on the sides where `next` goes further.
    pub(super) fn widen(self, next: Interval) -> Interval {
        Interval {
            lo: if next.lo < self.lo { NONE_BELOW } else { self.lo },
            hi: if next.hi > self.hi { NONE_ABOVE } else { self.hi },
        }
    }

    /// All sums.
    pub(super) fn add(self, other: Interval) -> Interval {
        Interval { lo: add_bounds(self.lo, other.lo), hi: add_bounds(self.hi, other.hi) }
    }

    /// All opposites.
    pub(super) fn neg(self) -> Interval {
        Interval { lo: -self.hi, hi: -self.lo }
    }

    /// All products.
    pub(super) fn mul(self, other: Interval) -> Interval {
        let product = |a: i128, b: i128| match a.checked_mul(b) {
            Some(p) => clamp(p),
            None if (a < 0) == (b < 0) => NONE_ABOVE,
            None => NONE_BELOW,
        };
        let corners = [
            product(self.lo, other.lo),
            product(self.lo, other.hi),
            product(self.hi, other.lo),
            product(self.hi, other.hi),
        ];
        let lo = corners.iter().copied().min().unwrap_or(NONE_BELOW);
        let hi = corners.iter().copied().max().unwrap_or(NONE_ABOVE);
        Interval { lo, hi }
    }

    /// All quotients rounded down, for positive divisors; all integers otherwise.
    pub(super) fn floor_div(self, divisor: Interval) -> Interval {
        if divisor.lo < 1 {
            return Interval::ALL;
        }
        let quotient = |a: i128, by_small: bool| {
            // Away from zero the least divisor goes furthest, towards it the greatest.
            let by = if by_small { divisor.lo } else { divisor.hi };
            if is_open(a) { a } else { a.div_euclid(by) }
        };
        Interval { lo: quotient(self.lo, self.lo < 0), hi: quotient(self.hi, self.hi >= 0) }
    }

    /// All remainders with the sign of a positive divisor; all integers otherwise.
    pub(super) fn floor_mod(self, divisor: Interval) -> Interval {
        if divisor.lo < 1 {
            return Interval::ALL;
        }
        let most = if divisor.hi >= NONE_ABOVE { NONE_ABOVE } else { divisor.hi - 1 };
        let below_dividend = if self.lo >= 0 { self.hi } else { NONE_ABOVE };
        Interval { lo: 0, hi: most.min(below_dividend) }
    }

    /// All powers with these exponents, none of which may be negative.
    pub(super) fn pow(self, exponent: Interval) -> Interval {
        let least = if self.lo >= 0 { 0 } else { NONE_BELOW };
        let Ok(most) = u32::try_from(exponent.hi) else { return Interval::new(least, NONE_ABOVE) };
        let largest = self.lo.unsigned_abs().max(self.hi.unsigned_abs());
        let size = match largest.checked_pow(most) {
            Some(p) if p < NONE_ABOVE.unsigned_abs() => p as i128,
            _ => NONE_ABOVE,
        };
        // An exponent of 0 gives 1, whatever the base.
        let size = size.max(1);
        Interval::new(if self.lo >= 0 { 0 } else { -size }, size)
    }

    /// The least interval of the form `0..=2^k - 1` with all values; for values that are not negative.
    pub(super) fn bits(self) -> Interval {
        if self.lo < 0 || self.hi >= NONE_ABOVE {
            return if self.lo < 0 { Interval::ALL } else { Interval::at_least(0) };
        }
        let bits = 128 - self.hi.leading_zeros();
        Interval::new(0, (1i128 << bits) - 1)
    }
}

/// The sum of two bounds of the same side.
pub(super) fn add_bounds(a: i128, b: i128) -> i128 {
    if is_open(a) {
        a
    } else if is_open(b) {
        b
    } else {
        clamp(a + b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval() -> impl Strategy<Value = (Interval, i128)> {
        (-40i128..40, 0i128..30, 0i128..30)
            .prop_map(|(v, below, above)| (Interval::new(v - below, v + above), v))
    }

    proptest! {
        #[test]
        fn operations_hold_all_results((a, x) in interval(), (b, y) in interval()) {
            let holds = |i: Interval, v: i128| i.lo <= v && v <= i.hi;
            prop_assert!(holds(a.add(b), x + y));
            prop_assert!(holds(a.add(b.neg()), x - y));
            prop_assert!(holds(a.mul(b), x * y));
            prop_assert!(holds(a.join(b), x) && holds(a.join(b), y));
            if y > 0 {
                prop_assert!(holds(a.floor_div(b), x.div_euclid(y)));
                prop_assert!(holds(a.floor_mod(b), x.rem_euclid(y)));
            }
            if (0..12).contains(&y) {
                prop_assert!(holds(a.pow(b), x.pow(y as u32)));
            }
            if a.lo >= 0 && b.lo >= 0 {
                prop_assert!(holds(a.bits().join(b.bits()), x | y) && holds(a.bits().join(b.bits()), x ^ y));
            }
        }
    }
}
