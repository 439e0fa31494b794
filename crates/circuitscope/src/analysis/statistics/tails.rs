//! The two one-sided p values of a number that may lie on either side of its reference.

/// One-sided p values of one test, one for each direction that a claim can take.
///
/// Each is the share of relabellings (or, of a bootstrap, of resamples) that are at least as far to that side, the given one
/// included: (b + 1)/(m + 1) of drawn ones, b/m of all. A claim that names its direction beforehand takes one of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    /// p of "above its reference".
    pub above: f64,
    /// p of "below its reference".
    pub below: f64,
}

impl Tails {
    /// p of "not at its reference": twice the smaller one, at most 1.
    ///
    /// # Source
    /// Cox & Hinkley 1974, *Theoretical Statistics*, §3.4: two-sided p of a distribution that need not be symmetric.
    pub fn two_sided(self) -> f64 {
        (2.0 * self.above.min(self.below)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_two_sided_p_is_twice_the_smaller_tail_and_never_above_one() {
        assert_eq!(Tails { above: 0.01, below: 1.0 }.two_sided(), 0.02);
        assert_eq!(Tails { above: 0.99, below: 0.02 }.two_sided(), 0.04);
        assert_eq!(Tails { above: 0.6, below: 0.7 }.two_sided(), 1.0);
    }
}
