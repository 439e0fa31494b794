//! Whether a number a network differs between two classes, or from zero.

use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::noncentral;
use super::power::{Design, FEWEST, n_divisions};
use super::relabelling::Relabellings;
use super::resampling::{Bootstrap, Ends, Given, Interval, LEVEL, Resampling, Streams, redrawn};
use super::tails::Tails;
use crate::stream::mix;

/// Rounding of a mean, as a share of its largest number.
const ROUNDING: f64 = 1e-12;

/// A mean or a difference of means, with how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The mean, or the difference of means.
    pub value: f64,
    /// 95 % interval over networks: percentiles, farther out the fewer networks there are, and never nearer than Student's t,
    /// since few numbers have few resamples, none of them far out.
    pub interval: [f64; 2],
    /// Permutation p of a value above zero and of one below (labels permuted; signs changed for a single class).
    pub tails: Tails,
    /// Over the standard deviation within classes: Hedges' g.
    pub effect: f64,
    /// 95 % interval of the effect for normal numbers; resamples of few networks often have hardly any spread, and would give
    /// no such interval.
    pub effect_interval: [f64; 2],
    /// The smallest one-sided p that any numbers of so many networks could give.
    pub least_p: f64,
    /// What was compared.
    pub design: Design,
}

/// Mean of `a` minus mean of `b`; [`None`] with fewer than three networks in either.
///
/// # Source
/// Hedges 1981, doi:10.3102/10769986006002107; sizes by the normal approximation.
pub fn contrast(a: &[f64], b: &[f64], resampling: Resampling) -> Option<Estimate> {
    if a.len() < FEWEST || b.len() < FEWEST || a.iter().chain(b).any(|x| !x.is_finite()) {
        return None;
    }
    let freedom = (a.len() + b.len() - 2) as f64;
    let size = Size {
        value: mean(a) - mean(b),
        spread: ((sum_of_squares(a) + sum_of_squares(b)) / freedom).sqrt(),
        correction: correction(freedom),
        freedom,
        n_effective: (a.len() * b.len()) as f64 / (a.len() + b.len()) as f64,
    };
    let resample = |rng: &mut ChaCha8Rng| mean_redrawn(a, rng) - mean_redrawn(b, rng);
    let pooled: Vec<f64> = a.iter().chain(b).copied().collect();
    let relabel = |order: &[usize]| {
        let mean = |items: &[usize]| items.iter().map(|&item| pooled[item]).sum::<f64>() / items.len() as f64;
        mean(&order[..a.len()]) - mean(&order[a.len()..])
    };
    let groups = [(0..a.len()).collect(), (a.len()..pooled.len()).collect()];
    let exchanged = Exchanged {
        relabellings: Relabellings::of_groups(&groups, resampling.n_permutations, mix(resampling.seed ^ 2)),
        relabel,
        largest: largest(&pooled),
        least_p: 1.0 / n_divisions(&[a.len(), b.len()]),
    };
    let ends = Ends::of_groups_of(a.len().min(b.len()));
    estimate(size, resample, exchanged, resampling, Design::TwoGroups, ends)
}

/// The mean of one class against zero; [`None`] with fewer than three networks.
///
/// # Source
/// As [`contrast`]: J of n − 1 degrees of freedom.
pub fn location(values: &[f64], resampling: Resampling) -> Option<Estimate> {
    if values.len() < FEWEST || values.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let freedom = (values.len() - 1) as f64;
    let size = Size {
        value: mean(values),
        spread: (sum_of_squares(values) / freedom).sqrt(),
        correction: correction(freedom),
        freedom,
        n_effective: values.len() as f64,
    };
    let resample = |rng: &mut ChaCha8Rng| mean_redrawn(values, rng);
    let relabel = |changed: &[usize]| {
        let signed = values.iter().zip(changed).map(|(x, &changed)| if changed == 0 { *x } else { -x });
        signed.sum::<f64>() / values.len() as f64
    };
    let n = values.len();
    let exchanged = Exchanged {
        relabellings: Relabellings::of_signs(n, resampling.n_permutations, mix(resampling.seed ^ 2)),
        relabel,
        largest: largest(values),
        least_p: 0.5_f64.powi(n as i32),
    };
    estimate(size, resample, exchanged, resampling, Design::OneGroup, Ends::of_groups_of(n))
}

/// Takes the bias of few networks off a standardised mean.
pub(super) fn correction(freedom: f64) -> f64 {
    1.0 - 3.0 / (4.0 * freedom - 1.0)
}

/// A difference, and what it is measured by.
pub(super) struct Size {
    pub(super) value: f64,
    /// Standard deviation within classes.
    pub(super) spread: f64,
    /// Of the bias of few networks.
    pub(super) correction: f64,
    /// Degrees of freedom of the spread.
    pub(super) freedom: f64,
    /// Numbers in a mean; of two means the harmonic sum.
    pub(super) n_effective: f64,
}

impl Size {
    /// Zero for no difference, whatever the spread.
    fn effect(&self) -> f64 {
        let standardised = self.value / self.spread.max(f64::MIN_POSITIVE);
        if self.value == 0.0 { 0.0 } else { standardised * self.correction }
    }

    /// The effect itself where nothing varies.
    fn effect_interval(&self) -> [f64; 2] {
        let root = self.n_effective.sqrt();
        let t = self.value / self.spread * root;
        if !t.is_finite() {
            return [self.effect(); 2];
        }
        noncentral::interval(t, self.freedom).map(|end| end / root)
    }
}

/// What a test permutes.
pub(super) struct Exchanged<F> {
    pub(super) relabellings: Relabellings,
    /// The number under a relabelling.
    pub(super) relabel: F,
    /// The largest of what it is a mean of.
    pub(super) largest: f64,
    /// One over all relabellings.
    pub(super) least_p: f64,
}

pub(super) fn estimate(
    size: Size,
    resample: impl Fn(&mut ChaCha8Rng) -> f64 + Sync,
    exchanged: Exchanged<impl Fn(&[usize]) -> f64 + Sync>,
    resampling: Resampling,
    design: Design,
    ends: Ends,
) -> Option<Estimate> {
    let Exchanged { relabellings, relabel, largest, least_p } = exchanged;
    let (n_resamples, seed) = (resampling.n_resamples.max(1), mix(resampling.seed ^ 1));
    let bootstrap = Bootstrap { n_resamples, seed, ..resampling.bootstrap() };
    let resamples = bootstrap.resamples(Streams::Each, resample);
    let value = size.value;
    let [low, high] = bootstrap.interval(ends, resamples).map(Interval::ends)?;
    let t = StudentsT::new(0.0, 1.0, size.freedom).ok()?.inverse_cdf(1.0 - 0.5 * LEVEL);
    let reach = t * size.spread / size.n_effective.sqrt();
    Some(Estimate {
        value,
        interval: [low.min(value - reach), high.max(value + reach)],
        tails: relabellings.tails(value, ROUNDING * largest, relabel),
        effect: size.effect(),
        effect_interval: size.effect_interval(),
        least_p: least_p.max(relabellings.p_of(0, Given::Beside)),
        design,
    })
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, x| x.abs().max(largest))
}

pub(super) fn sum_of_squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|x| (x - mean).powi(2)).sum()
}

pub(super) fn mean_redrawn(values: &[f64], rng: &mut ChaCha8Rng) -> f64 {
    redrawn(values.len(), values.len(), rng).map(|item| values[item]).sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_distr::StandardNormal;

    const FEW: Resampling = Resampling { n_resamples: 200, n_permutations: 199, seed: 5 };

    fn normals(n: usize, shift: f64, seed: u64) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..n).map(|_| shift + rng.sample::<f64, _>(StandardNormal)).collect()
    }

    /// Share of p below a level, over many draws without an effect.
    fn false_alarms(level: f64, p: impl Fn(u64) -> f64) -> f64 {
        (0..600).filter(|&seed| p(seed) <= level).count() as f64 / 600.0
    }

    #[test]
    fn without_an_effect_p_is_uniform() {
        let of_two = |seed| {
            contrast(&normals(6, 0.0, 2 * seed), &normals(7, 0.0, 2 * seed + 1), FEW)
                .expect("enough")
                .tails
                .two_sided()
        };
        let of_one = |seed| location(&normals(8, 0.0, seed + 9000), FEW).expect("enough").tails.two_sided();
        for level in [0.05, 0.2, 0.5] {
            // Three standard errors of a share over 600 draws.
            let slack = 3.0 * (level * (1.0 - level) / 600.0_f64).sqrt();
            assert!(
                (false_alarms(level, of_two) - level).abs() < slack,
                "two: {}",
                false_alarms(level, of_two)
            );
            assert!(
                (false_alarms(level, of_one) - level).abs() < slack,
                "one: {}",
                false_alarms(level, of_one)
            );
        }
    }

    #[test]
    fn a_planted_effect_is_found_with_its_size_and_the_networks_it_needs() {
        let found = contrast(&normals(400, 1.5, 1), &normals(400, 0.5, 2), FEW).expect("enough");
        assert!(found.tails.above == 1.0 / 200.0 && found.tails.below == 1.0 && found.interval[0] > 0.0);
        // The standard error of g at 400 a class is 0.075.
        assert!((found.effect - 1.0).abs() < 0.25, "{}", found.effect);
        // Sixteen networks a class find an effect of one deviation four times in five (Cohen 1988, table 2.4.1: 17).
        let needed = found.design.networks_needed(found.effect, 0.05);
        assert!(needed.is_some_and(|n| (11..=28).contains(&n)), "{needed:?}");
        let alone = location(&normals(50, 1.0, 3), FEW).expect("enough");
        assert!(alone.tails.above == 1.0 / 200.0 && alone.interval[0] > 0.5);
    }

    #[test]
    fn few_networks_do_not_raise_the_effect() {
        let once = Resampling { n_resamples: 1, n_permutations: 1, seed: 5 };
        let mean = |effect: &dyn Fn(u64) -> Option<Estimate>| {
            (0..1000).map(|seed| effect(seed).expect("enough").effect).sum::<f64>() / 1000.0
        };
        // One deviation. Without the correction four networks of one class give 1.38, six a class of two 1.08; the standard errors
        // are 0.03 and 0.02.
        let of_one = mean(&|seed| location(&normals(4, 1.0, seed), once));
        let of_two = mean(&|seed| contrast(&normals(6, 1.0, 2 * seed), &normals(6, 0.0, 2 * seed + 1), once));
        assert!((of_one - 1.0).abs() < 0.09 && (of_two - 1.0).abs() < 0.06, "{of_one} {of_two}");
    }

    #[test]
    fn the_interval_of_an_effect_holds_it_as_often_as_it_says() {
        let once = Resampling { n_resamples: 1, n_permutations: 1, seed: 5 };
        for n in [3, 6, 12] {
            let holds = |seed: &u64| {
                let (a, b) = (normals(n, 1.0, 2 * seed), normals(n, 0.0, 2 * seed + 1));
                let found = contrast(&a, &b, once).expect("enough");
                let [low, high] = found.effect_interval;
                assert!(low < found.effect && found.effect < high);
                (low..high).contains(&1.0)
            };
            let held = (0..600).filter(holds).count() as f64 / 600.0;
            // Three standard errors of 0.95 over 600 draws.
            assert!((held - 0.95).abs() < 0.027, "{n}: {held}");
        }
        let same = contrast(&[1.0; 4], &[1.0; 5], FEW).expect("enough");
        assert_eq!((same.effect, same.effect_interval), (0.0, [0.0; 2]));
    }

    #[test]
    fn a_power_of_four_in_five_is_what_the_size_gives() {
        let n = contrast(&[1.0, 0.0, -1.0, 1.0, 0.0, -1.0], &[0.0, -1.0, -2.0, 0.0, -1.0, -2.0], FEW);
        let n_needed =
            n.and_then(|found| found.design.networks_needed(found.effect, 0.05)).expect("an effect");
        let effect = (2.0 * (1.959_964_f64 + 0.841_621).powi(2) / n_needed as f64).sqrt(); // normal quantiles
        let found = |seed: u64| {
            let (a, b) = (normals(n_needed, effect, 2 * seed), normals(n_needed, 0.0, 2 * seed + 1));
            contrast(&a, &b, FEW).expect("enough").tails.two_sided() <= 0.05
        };
        let power = (0..400).filter(|&seed| found(seed)).count() as f64 / 400.0;
        // The normal approximation is a few per cent high for a dozen networks; three standard errors are 0.06.
        assert!((0.68..0.88).contains(&power), "{power} with {n_needed}");
    }

    #[test]
    fn the_interval_of_a_few_networks_holds_the_truth_as_often_as_it_says() {
        let resampling = Resampling { n_resamples: 999, n_permutations: 1, seed: 5 };
        let held = |n: usize| {
            let holds = |seed: &u64| {
                let [low, high] = location(&normals(n, 1.0, *seed), resampling).expect("enough").interval;
                (low..high).contains(&1.0)
            };
            (0..600).filter(holds).count() as f64 / 600.0
        };
        // Plain percentiles hold it in 83 % of five. Three standard errors of 0.95 over 600 draws are 0.027, and the mean of
        // resamples is a little less spread than a t.
        assert!(held(5) > 0.91, "{}", held(5));
        assert!((0.92..0.985).contains(&held(20)), "{}", held(20));
    }

    #[test]
    fn the_smallest_p_is_that_of_the_clearest_numbers() {
        let clear = Resampling { n_permutations: 20_000, ..FEW };
        let of_two = contrast(&[5.0, 5.1, 5.2, 5.3], &[0.0, 0.1, 0.2, 0.3], clear).expect("enough");
        // 1 of C(8, 4) = 70 orders.
        assert!((of_two.least_p - 1.0 / 70.0).abs() < 1e-12);
        assert_eq!(of_two.tails, Tails { above: of_two.least_p, below: 1.0 });
        let of_one = location(&[1.0, 1.1, 1.2, 1.3, 1.4], clear).expect("enough");
        assert!((of_one.least_p - 1.0 / 32.0).abs() < 1e-12);
        assert_eq!(of_one.tails, Tails { above: of_one.least_p, below: 1.0 });
        // Of one fewer than there are p is drawn, and cannot be smaller than one of them and the given one.
        let few = Resampling { n_permutations: 69, ..FEW };
        let drawn = contrast(&[5.0, 5.1, 5.2, 5.3], &[0.0, 0.1, 0.2, 0.3], few).expect("enough");
        assert!(drawn.tails.above >= 1.0 / 70.0 && drawn.tails.below == 1.0, "{drawn:?}");
    }

    #[test]
    fn two_networks_are_too_few() {
        assert_eq!(contrast(&[1.0, 2.0], &[1.0, 2.0, 3.0], FEW), None);
        assert_eq!(location(&[1.0, f64::NAN, 2.0], FEW), None);
    }
}
