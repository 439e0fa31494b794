//! How many networks a test needs: enough to find an effect in four studies of five, and for some order of labels to be rare.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, Normal};
use statrs::function::beta::beta_reg;
use statrs::function::gamma::ln_gamma;

use super::Grouped;
use super::resampling::LEVEL;

/// Fewest networks a group: of two networks every other resample is a single one.
pub(super) const FEWEST: usize = 3;
/// Studies of five that are to find the effect.
pub(super) const POWER: f64 = 0.8;
/// No study has so many networks a group.
const MOST: usize = 1 << 20;
/// Noncentrality beyond which a test is as sure as it can be told: groups that hardly vary would ask for a sum without end.
const CLEAREST: f64 = 1e6;

/// What a permutation test compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// Means of two groups of networks with each other.
    TwoGroups,
    /// The mean of one group with zero.
    OneGroup,
    /// Distances within groups with those between them, in a study of this many networks, whose groups vary alike: what pseudo-F
    /// needs, and W*d but for a few networks more.
    Variance {
        /// Groups.
        groups: usize,
        /// Networks of all groups.
        n: usize,
    },
    /// The groups of nearest neighbours with each other.
    Neighbours {
        /// Groups.
        groups: usize,
    },
    /// Two matrices of distances between the same networks.
    Matrices,
}

impl Design {
    /// The smallest p that `n` networks a group (all of them for [`Design::Matrices`]) could give.
    pub fn least_p(self, n: usize) -> f64 {
        match self {
            Self::TwoGroups => least_p_of_groups(&[n; 2]),
            Self::OneGroup => 0.5_f64.powi(n as i32 - 1),
            Self::Variance { groups, .. } | Self::Neighbours { groups } => {
                least_p_of_groups(&vec![n; groups])
            }
            Self::Matrices => (1..=n).map(|i| 1.0 / i as f64).product(),
        }
    }

    /// Fewest networks a group that could give a p below the level.
    pub fn fewest(self, level: f64) -> usize {
        let is_enough = |n: &usize| self.least_p(*n) < level;
        // 64 networks give a p of 2⁻⁶³, below any level that is asked for.
        (FEWEST..64).find(is_enough).unwrap_or(64)
    }

    /// Networks a group that a two-sided test at this level needs to find an effect in four studies of five; [`None`] for no
    /// effect, and where the design has no effect size of its own ([`networks_needed`] then tells it from an interval).
    ///
    /// - `effect`: of means in standard deviations (normal approximation); of [`Design::Variance`] R², of which the part
    ///   that groups of no effect would have is taken off (noncentral F; as if distances were of one dimension, which asks for
    ///   no fewer).
    pub fn networks_needed(self, effect: f64, level: f64) -> Option<usize> {
        let by_power = match self {
            Self::TwoGroups => for_means(2.0, effect, level),
            Self::OneGroup => for_means(1.0, effect, level),
            Self::Variance { groups, n } => {
                let chance = (n as f64 - 1.0) / (n - groups) as f64;
                for_variance(groups, 1.0 - (1.0 - effect) * chance, level)
            }
            Self::Neighbours { .. } | Self::Matrices => None,
        };
        Some(by_power?.max(self.fewest(level)))
    }
}

impl Grouped {
    /// The smallest p that a permutation of the labels could give, however clear the groups.
    pub fn least_p(&self) -> f64 {
        let size = |class: usize, stratum: usize| {
            self.members[class].iter().filter(|&&item| self.strata[item] == stratum).count()
        };
        let mut strata = self.strata.clone();
        strata.sort_unstable();
        strata.dedup();
        let sizes: Vec<Vec<usize>> = (0..self.n_classes())
            .map(|class| strata.iter().map(|&stratum| size(class, stratum)).collect())
            .collect();
        least_p_within(&sizes)
    }
}

/// The smallest permutation p of groups of these sizes: orders that leave them whole (groups of one size may change places) over
/// all orders.
pub(super) fn least_p_of_groups(sizes: &[usize]) -> f64 {
    least_p_within(&sizes.iter().map(|&size| vec![size]).collect::<Vec<_>>())
}

/// The same of labels that are permuted within strata: groups may change places that are of one size in every stratum.
///
/// - `sizes`: of each group in each stratum.
fn least_p_within(sizes: &[Vec<usize>]) -> f64 {
    let same = sizes.iter().enumerate().map(|(i, size)| {
        1 + sizes[..i].iter().filter(|other| *other == size).count() // the factors of each factorial
    });
    let n_strata = sizes.first().map_or(0, Vec::len);
    let of_stratum = |k: usize| n_divisions(&sizes.iter().map(|size| size[k]).collect::<Vec<_>>());
    same.product::<usize>() as f64 / (0..n_strata).map(of_stratum).product::<f64>()
}

/// Ways of dividing items into groups of these sizes.
pub(super) fn n_divisions(sizes: &[usize]) -> f64 {
    let (mut divisions, mut n) = (1.0, 0);
    for &size in sizes {
        divisions *= (1..=size).map(|i| (n + i) as f64 / i as f64).product::<f64>();
        n += size;
    }
    divisions
}

/// Networks a group at which a number lies beyond its reference in four studies of five, by a two-sided test at this level, if
/// the half of its 95 % interval that faces the reference narrows with the root of their number; [`None`] for no distance.
///
/// - `n`: networks a group of this study. `beyond`: the number less its reference. `half_width`: from the number to the end of
///   the interval that faces the reference.
///
/// For numbers that are no means, such as silhouettes and accuracies; normal approximation.
pub fn networks_needed(n: usize, beyond: f64, half_width: f64, level: f64) -> Option<usize> {
    let standard_error = half_width / Normal::standard().inverse_cdf(1.0 - 0.5 * LEVEL);
    let needed = n as f64 * (quantiles(level) * standard_error / beyond).powi(2);
    needed.is_finite().then(|| (needed.ceil() as usize).max(FEWEST))
}

/// Normal quantiles of a two-sided level and of the power, one beyond the other.
fn quantiles(level: f64) -> f64 {
    let normal = Normal::standard();
    normal.inverse_cdf(1.0 - 0.5 * level) + normal.inverse_cdf(POWER)
}

fn for_means(share: f64, effect: f64, level: f64) -> Option<usize> {
    (effect != 0.0).then(|| (share * (quantiles(level) / effect).powi(2)).ceil() as usize)
}

/// Networks a group at which the F test finds this share of the variance.
fn for_variance(groups: usize, share: f64, level: f64) -> Option<usize> {
    if share <= 0.0 {
        return None;
    }
    let size = share / (1.0 - share).max(f64::MIN_POSITIVE); // Cohen's f²
    let is_found = |n: usize| {
        let (between, within) = ((groups - 1) as f64, (groups * (n - 1)) as f64);
        let critical = FisherSnedecor::new(between, within).map(|f| f.inverse_cdf(1.0 - level));
        critical
            .is_ok_and(|critical| beyond_f(critical, between, within, size * (groups * n) as f64) >= POWER)
    };
    let mut enough = 2;
    while !is_found(enough) {
        enough *= 2;
        if enough > MOST {
            return None;
        }
    }
    let mut too_few = enough / 2;
    while enough - too_few > 1 {
        let middle = usize::midpoint(too_few, enough);
        *(if is_found(middle) { &mut enough } else { &mut too_few }) = middle;
    }
    Some(enough)
}

/// Probability that F with this noncentrality lies beyond a number: central ones mixed by a Poisson distribution.
pub(super) fn beyond_f(number: f64, between: f64, within: f64, noncentrality: f64) -> f64 {
    let mean = 0.5 * noncentrality.min(CLEAREST);
    let reach = 10.0 * mean.sqrt() + 20.0; // beyond it the Poisson distribution has less than 1e-12
    let x = between * number / (between * number + within);
    let below = ((mean - reach).max(0.0) as usize..=(mean + reach) as usize).map(|j| {
        let j = j as f64;
        (j * mean.ln() - mean - ln_gamma(j + 1.0)).exp() * beta_reg(0.5 * between + j, 0.5 * within, x)
    });
    1.0 - below.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_needed_are_those_of_the_tables() {
        // Cohen 1988, table 2.4.1: 17 by the t distribution, 16 by the normal one.
        assert_eq!(Design::TwoGroups.networks_needed(1.0, 0.05), Some(16));
        // A stricter level: 2 (3.0902 + 0.8416)² = 30.9.
        assert_eq!(Design::TwoGroups.networks_needed(1.0, 0.002), Some(31));
        assert_eq!(Design::TwoGroups.networks_needed(0.0, 0.05), None);
        // Cohen 1988, table 8.4.4: f of 0.10, 0.25 and 0.40 with four groups need 274, 45 and 18, where 18.05 is rounded.
        for (f, expected) in [(0.1_f64, 274), (0.25, 45), (0.4, 19)] {
            assert_eq!(for_variance(4, f * f / (1.0 + f * f), 0.05), Some(expected), "{f}");
        }
    }

    #[test]
    fn r2_of_no_effect_needs_no_number_of_networks() {
        // With 3 groups of 4 and no effect R² is (3 − 1) / (12 − 1) on average.
        let design = Design::Variance { groups: 3, n: 12 };
        assert_eq!(design.networks_needed(2.0 / 11.0 - 0.001, 0.05), None);
        let clear = design.networks_needed(0.9, 0.05).expect("an effect");
        assert_eq!(clear, design.fewest(0.05));
        assert!(design.networks_needed(0.3, 0.05) > design.networks_needed(0.5, 0.05));
        // Groups that vary by rounding alone, and by nothing.
        assert_eq!(design.networks_needed(1.0 - 1e-14, 0.002), Some(design.fewest(0.002)));
        assert_eq!(design.networks_needed(1.0, 0.002), Some(design.fewest(0.002)));
    }

    #[test]
    fn the_smallest_p_counts_the_orders_that_leave_groups_whole() {
        assert!((least_p_of_groups(&[4, 4]) - 2.0 / 70.0).abs() < 1e-12);
        assert!((least_p_of_groups(&[4, 3]) - 1.0 / 35.0).abs() < 1e-12);
        // 3! of 12! / 4!³ = 34650 orders.
        assert!((least_p_of_groups(&[4, 4, 4]) - 6.0 / 34_650.0).abs() < 1e-12);
        // Two strata of C(4, 2) divisions each; groups may change places where both have two of each, but not as three and one.
        assert!((least_p_within(&[vec![2, 2], vec![2, 2]]) - 2.0 / 36.0).abs() < 1e-12);
        assert!((least_p_within(&[vec![3, 1], vec![1, 3]]) - 1.0 / 16.0).abs() < 1e-12);
        assert!((Design::OneGroup.least_p(5) - 1.0 / 16.0).abs() < 1e-12);
        assert!((Design::Matrices.least_p(5) - 1.0 / 120.0).abs() < 1e-12);
        assert_eq!(Design::Matrices.fewest(0.002), 6);
        // 3! of 9! / 3!³ = 1680 orders.
        assert_eq!(Design::Neighbours { groups: 3 }.fewest(0.05), 3);
        assert_eq!(Design::Neighbours { groups: 3 }.fewest(1e-4), 5);
    }

    #[test]
    fn by_an_interval_as_many_are_needed_as_by_the_effect() {
        // A mean of 0.5 deviations over 400 networks: its interval reaches 1.96 / 20 to either side.
        let by_interval = networks_needed(400, 0.5, 1.96 / 20.0, 0.05).expect("an effect");
        let by_effect = Design::OneGroup.networks_needed(0.5, 0.05).expect("an effect");
        assert!(by_interval.abs_diff(by_effect) <= 1, "{by_interval} {by_effect}"); // 1.96 is rounded
        assert_eq!(networks_needed(10, 0.0, 1.0, 0.05), None);
        assert_eq!(networks_needed(10, 1.0, 0.0, 0.05), Some(FEWEST));
    }
}
