//! The power of a claim of several parts: how likely all of them pass.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, Normal};

use super::power::{Design, FEWEST, POWER, beyond_f};
use super::resampling::LEVEL;

/// No study has so many networks a group.
const MOST: usize = 1 << 20;

/// What one part of a claim is to find.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sought {
    /// An effect of a design: observed, or the smallest that is of interest.
    Effect {
        /// What is compared.
        design: Design,
        /// In standard deviations, above 0 on the claimed side; of [`Design::Variance`] R², of which the part that groups of no
        /// effect would have is taken off.
        effect: f64,
    },
    /// A number without an effect size of its own, by its interval.
    Interval {
        /// Networks a group that the interval is of.
        n: usize,
        /// How far the number lies beyond its reference, above 0 on the claimed side.
        beyond: f64,
        /// From the number to the end of its 95 % interval that faces the reference.
        half_width: f64,
    },
}

impl Sought {
    /// Probability that the part passes with `n` networks a group: p below `level` (one-sided for means), and the 95 % interval on
    /// the claimed side. 0 where so few networks could not give such a p; [`None`] for designs without an effect size.
    ///
    /// Normal approximation; noncentral F of [`Design::Variance`].
    pub fn power(self, n: usize, level: f64) -> Option<f64> {
        let normal = Normal::standard();
        let beyond_both =
            |standing: f64| normal.cdf(standing - normal.inverse_cdf(1.0 - level.min(0.5 * LEVEL)));
        let n_groups = n as f64;
        match self {
            Self::Interval { n: of, beyond, half_width } => {
                let standard_error = half_width / normal.inverse_cdf(1.0 - 0.5 * LEVEL);
                Some(beyond_both(beyond / standard_error * (n_groups / of as f64).sqrt()))
                    .filter(|power| power.is_finite())
            }
            Self::Effect { design, effect } => {
                let (power, least_p) = match design {
                    Design::TwoGroups => {
                        (beyond_both(effect * (0.5 * n_groups).sqrt()), 0.5 * design.least_p(n))
                    }
                    Design::OneGroup => (beyond_both(effect * n_groups.sqrt()), 0.5 * design.least_p(n)),
                    Design::Variance { groups, n: of } => {
                        let chance = (of as f64 - 1.0) / (of - groups) as f64;
                        let share = 1.0 - (1.0 - effect) * chance;
                        (of_variance(groups, n, share, level)?, design.least_p(n))
                    }
                    Design::Neighbours { .. } | Design::Matrices => return None,
                };
                Some(if least_p < level { power } else { 0.0 })
            }
        }
    }
}

/// Networks per group with which all parts pass in four studies of five, whatever their dependence: in the worst case the other
/// parts pass wherever one fails (Fréchet 1935), so that their chances to fail add up. [`None`] if one has no power to state, or
/// no number of networks gives it.
pub fn networks_for_all(parts: &[Sought], level: f64) -> Option<usize> {
    let is_enough = |n: usize| {
        let failures = parts.iter().map(|part| part.power(n, level).map(|power| 1.0 - power));
        failures.sum::<Option<f64>>().map(|failures| 1.0 - failures >= POWER)
    };
    let mut enough = FEWEST;
    while !is_enough(enough)? {
        enough *= 2;
        if enough > MOST {
            return None;
        }
    }
    let mut too_few = enough / 2;
    while enough - too_few > 1 && enough > FEWEST {
        let middle = usize::midpoint(too_few, enough);
        *(if is_enough(middle)? { &mut enough } else { &mut too_few }) = middle;
    }
    Some(enough.max(FEWEST))
}

/// Power of the F test for this share of the variance.
fn of_variance(groups: usize, n: usize, share: f64, level: f64) -> Option<f64> {
    let (between, within) = ((groups - 1) as f64, (groups * (n - 1)) as f64);
    let critical = FisherSnedecor::new(between, within).ok()?.inverse_cdf(1.0 - level);
    let size = share.max(0.0) / (1.0 - share).max(f64::MIN_POSITIVE); // Cohen's f²
    if size == 0.0 {
        return Some(level);
    }
    Some(beyond_f(critical, between, within, size * (groups * n) as f64))
}

#[cfg(test)]
mod tests {
    use super::super::contrast::{contrast, location};
    use super::super::resampling::Resampling;
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    const MEANS: Sought = Sought::Effect { design: Design::TwoGroups, effect: 1.0 };

    #[test]
    fn one_part_has_the_power_of_the_tables_and_several_have_less() {
        // Cohen 1988, table 2.3.5: one deviation, 17 a group, two-sided .05: .80 (16 by the normal approximation).
        let alone = MEANS.power(16, 0.05).expect("a power");
        assert!((alone - 0.807).abs() < 0.001, "{alone}"); // Φ(2.8284 − 1.9600)
        assert_eq!(networks_for_all(&[MEANS], 0.05), Some(16));
        // Three parts of power .9333: 2 (z + 1.96)² of z = 1.501 is 24.0.
        assert_eq!(networks_for_all(&[MEANS; 3], 0.05), Some(24));
        // f of 0.4 with four groups, R² 0.16 / 1.16: 19 (Cohen 1988, table 8.4.4); as many networks that chance adds nothing.
        let size = 0.16 / 1.16;
        let variance = Sought::Effect { design: Design::Variance { groups: 4, n: 1 << 30 }, effect: size };
        assert_eq!(networks_for_all(&[variance], 0.05), Some(19));
        // 0.5 beyond, 400 networks, 1.96 standard errors of 1 / 20.
        let interval = Sought::Interval { n: 400, beyond: 0.5, half_width: 0.098 };
        assert_eq!(networks_for_all(&[interval], 0.05), Some(32));
    }

    #[test]
    fn parts_that_go_the_other_way_or_have_too_few_networks_have_no_power() {
        let against = Sought::Effect { design: Design::OneGroup, effect: -0.5 };
        assert_eq!(networks_for_all(&[MEANS, against], 0.05), None);
        // Three a group: 1 of C(6, 3) = 20 is not below .05.
        let clear = Sought::Effect { design: Design::TwoGroups, effect: 50.0 };
        assert_eq!(clear.power(3, 0.05), Some(0.0));
        assert_eq!(networks_for_all(&[clear], 0.05), Some(4));
        let matrices = Sought::Effect { design: Design::Matrices, effect: 1.0 };
        assert_eq!(networks_for_all(&[MEANS, matrices], 0.05), None);
    }

    #[test]
    fn studies_of_that_size_pass_all_parts_at_least_as_often_as_it_says() {
        let parts = [MEANS, Sought::Effect { design: Design::OneGroup, effect: 0.8 }];
        let n = networks_for_all(&parts, 0.05).expect("effects");
        let passes = |seed: &u64| {
            let mut rng = ChaCha8Rng::seed_from_u64(*seed);
            let mut normals = |shift: f64| -> Vec<f64> {
                (0..n).map(|_| shift + rng.sample::<f64, _>(StandardNormal)).collect()
            };
            let resampling = Resampling { n_resamples: 199, n_permutations: 199, seed: *seed };
            let found = [
                contrast(&normals(1.0), &normals(0.0), resampling).expect("enough"),
                location(&normals(0.8), resampling).expect("enough"),
            ];
            found.iter().all(|part| part.tails.above < 0.05 && part.interval[0] > 0.0)
        };
        let share = (0..300).filter(passes).count() as f64 / 300.0;
        // Independent parts: of a sum of chances .20 to fail, at most a quarter of its square is counted twice. The normal
        // approximation is a few per cent high for two dozen networks; three standard errors are 0.07.
        assert!((0.69..0.88).contains(&share), "{share} with {n}");
    }
}
