//! Whether a number is equivalent to its reference: within a margin stated beforehand.

/// A reference and how far from it a number may lie without mattering, stated before the data are seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    /// What the number is held against.
    pub reference: f64,
    /// Distance to either side, above 0.
    pub margin: f64,
}

impl Margin {
    /// Whether the whole interval lies inside the margin.
    ///
    /// With a 95 % interval that is two one-sided tests at .025 each, stricter than the customary two at .05 (a 90 % interval):
    /// of numbers at the edge of the margin at most 3 of 100 studies of five to twenty networks a class are called equivalent.
    ///
    /// # Source
    /// Schuirmann 1987, doi:10.1007/BF01068419.
    pub fn holds(self, [low, high]: [f64; 2]) -> bool {
        low > self.reference - self.margin && high < self.reference + self.margin
    }
}

#[cfg(test)]
mod tests {
    use super::super::contrast::contrast;
    use super::super::resampling::Resampling;
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    #[test]
    fn a_difference_at_the_edge_is_rarely_called_equivalent_and_none_often() {
        let share = |n: usize, difference: f64, margin: f64| {
            let holds = |seed: &u64| {
                let mut rng = ChaCha8Rng::seed_from_u64(*seed);
                let mut normals = |shift: f64| -> Vec<f64> {
                    (0..n).map(|_| shift + rng.sample::<f64, _>(StandardNormal)).collect()
                };
                let resampling = Resampling { n_resamples: 299, n_permutations: 1, seed: *seed };
                let found = contrast(&normals(difference), &normals(0.0), resampling).expect("enough");
                Margin { reference: 0.0, margin }.holds(found.interval)
            };
            (0..200).filter(holds).count() as f64 / 200.0
        };
        for (n, margin) in [(5, 3.0), (10, 1.5), (20, 1.0)] {
            // Three standard errors of 0.025 over 200 draws.
            assert!(share(n, margin, margin) < 0.025 + 0.033, "{n}: {}", share(n, margin, margin));
        }
        assert!(share(20, 0.0, 1.5) > 0.9);
    }

    #[test]
    fn the_whole_interval_must_lie_inside() {
        let margin = Margin { reference: 1.0, margin: 0.5 };
        assert!(margin.holds([0.6, 1.4]));
        assert!(!margin.holds([0.5, 1.4]) && !margin.holds([0.6, 1.6]) && !margin.holds([f64::NAN, 1.0]));
    }
}
