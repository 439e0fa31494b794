//! How often intervals hold the truth: a recorded study of every kind of interval, and a cheap test of some.

use super::super::*;
use super::{grouped, labels_of};
use crate::analysis::embedding::distances;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Three classes of `size` in six dimensions whose centres lie `apart`, in standard deviations.
fn sample(size: usize, apart: f64, seed: u64) -> Grouped {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let labels = labels_of(&[size; 3]);
    let places = Array2::from_shape_fn((3 * size, 6), |(item, axis)| {
        let centre = if axis == labels[item] { apart / 2.0_f64.sqrt() } else { 0.0 };
        centre + rng.sample::<f64, _>(StandardNormal)
    });
    grouped(&distances(places.view()), &labels)
}

/// Two matrices of `n` items that share this part of the variance.
fn matrices(n: usize, shared: f64, seed: u64) -> [Array2<f64>; 2] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut normals = || Array2::from_shape_simple_fn((n, 3), || rng.sample::<f64, _>(StandardNormal));
    let (common, own) = (normals(), [normals(), normals()]);
    own.map(|own| distances((&common * shared.sqrt() + own * (1.0 - shared).sqrt()).view()))
}

fn normals(n: usize, shift: f64, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n).map(|_| shift + rng.sample::<f64, _>(StandardNormal)).collect()
}

/// What is resampled.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Mean,
    Difference,
    WithinStrata,
    Effect,
    Of(Statistic),
    Ratio,
    ChangeOfOmega,
    Mantel,
}

impl Kind {
    /// The number of one study and its interval; none where it is not defined.
    fn of_study(self, n: usize, effect: f64, seed: u64, n_resamples: usize) -> Option<(f64, [f64; 2])> {
        let bootstrap = Bootstrap { n_resamples, level: CONFIDENCE, seed };
        let resampling = Resampling { n_resamples, n_permutations: 1, seed };
        let two = || [normals(n, effect, 2 * seed), normals(n, 0.0, 2 * seed + 1)];
        match self {
            Self::Mean => location(&normals(n, effect, seed), resampling).map(|of| (of.value, of.interval)),
            Self::Difference | Self::Effect => {
                let [a, b] = two();
                let of = contrast(&a, &b, resampling)?;
                let is_effect = matches!(self, Self::Effect);
                Some(if is_effect { (of.effect, of.effect_interval) } else { (of.value, of.interval) })
            }
            Self::WithinStrata => {
                let [a, b] = two();
                let (half, shifted) = (n / 2, |of: &[f64]| of.iter().map(|x| x + 9.0).collect::<Vec<f64>>());
                let (above_a, above_b) = (shifted(&a[half..]), shifted(&b[half..]));
                let cells = [Cells { a: &a[..half], b: &b[..half] }, Cells { a: &above_a, b: &above_b }];
                let of = stratified_contrast(&cells, resampling)?.estimate;
                Some((of.value, of.interval))
            }
            Self::Of(statistic) => {
                let at = sample(n, effect, seed);
                let value = match statistic {
                    Statistic::Silhouette => at.silhouette(),
                    Statistic::NeighbourAccuracy(k) => at.neighbours(k).map(|found| found.accuracy),
                    Statistic::PseudoF => at.permanova(0, 0).map(|test| test.pseudo_f),
                    Statistic::WelchW => at.welch(0, 0).map(|test| test.w),
                    Statistic::OmegaSquared => at.omega_squared(),
                };
                Some((value.ok()?, at.interval(statistic, bootstrap)?.ends()))
            }
            Self::Ratio => {
                let [far, near] = [(effect, 2 * seed), (0.5 * effect, 2 * seed + 1)]
                    .map(|(apart, seed)| sample(n, apart, seed));
                amplification(&far, &near, bootstrap).map(|ratio| (ratio.value, ratio.interval))
            }
            Self::ChangeOfOmega => {
                let [far, near] = [(effect, 2 * seed), (0.5 * effect, 2 * seed + 1)]
                    .map(|(apart, seed)| sample(n, apart, seed));
                let of = change(&far, &near, Separation::OmegaSquared, bootstrap)?;
                Some((of.value, of.interval))
            }
            Self::Mantel => {
                let [a, b] = matrices(n, effect, seed);
                Some((mantel(a.view(), b.view(), 0, 1)?.r, mantel_interval(a.view(), b.view(), bootstrap)?))
            }
        }
    }

    /// What intervals are to hold: the number itself where the study plants it, else its mean over studies of that size.
    fn truth(self, n: usize, effect: f64) -> f64 {
        match self {
            Self::Mean | Self::Difference | Self::WithinStrata | Self::Effect => effect,
            Self::Ratio => 2.0,
            Self::Of(_) | Self::ChangeOfOmega | Self::Mantel => {
                let of = |seed: u64| {
                    self.of_study(n, effect, 1_000_000 + seed, 1).map_or(f64::NAN, |found| found.0)
                };
                let found: Vec<f64> = (0..2000).map(of).filter(|value| value.is_finite()).collect();
                found.iter().sum::<f64>() / found.len() as f64
            }
        }
    }

    /// Share of studies whose interval holds the truth.
    fn coverage(self, n: usize, effect: f64, n_studies: u64, n_resamples: usize) -> f64 {
        let truth = self.truth(n, effect);
        let intervals: Vec<[f64; 2]> = (0..n_studies)
            .filter_map(|seed| self.of_study(n, effect, seed, n_resamples).map(|found| found.1))
            .collect();
        let held = intervals.iter().filter(|[low, high]| *low <= truth && truth <= *high).count();
        held as f64 / intervals.len() as f64
    }
}

/// `cargo test --release --workspace --lib -- statistics::tests::coverage --ignored --nocapture`: the table of docs/methods.md. A minute.
#[test]
#[ignore = "a recorded study"]
#[expect(clippy::print_stdout, reason = "it prints the table")]
fn every_kind_of_interval_holds_the_truth_with_five_ten_and_twenty_networks() {
    let of_classes = [0.0, 2.0, 4.0];
    let kinds: [(Kind, &[f64]); 12] = [
        (Kind::Mean, &[1.0]),
        (Kind::Difference, &[1.0]),
        (Kind::WithinStrata, &[1.0]),
        (Kind::Effect, &[1.0]),
        (Kind::Of(Statistic::Silhouette), &of_classes),
        (Kind::Of(Statistic::OmegaSquared), &of_classes),
        (Kind::Of(Statistic::WelchW), &of_classes),
        (Kind::Of(Statistic::PseudoF), &of_classes),
        (Kind::Of(Statistic::NeighbourAccuracy(5)), &[0.0, 1.0, 2.0, 3.0, 4.0, 6.0]),
        (Kind::Ratio, &[4.0, 16.0]),
        (Kind::ChangeOfOmega, &[2.0, 4.0]),
        (Kind::Mantel, &[0.0, 0.7, 0.95]),
    ];
    for (kind, effects) in kinds {
        for &effect in effects {
            // Resamples of five items often lack the spread that a correlation needs: it has no interval.
            let sizes: &[usize] = if matches!(kind, Kind::Mantel) { &[15, 30, 60] } else { &[5, 10, 20] };
            let coverage: Vec<f64> = sizes.iter().map(|&n| kind.coverage(n, effect, 400, 299)).collect();
            println!("{kind:?} {effect}: {coverage:.3?}");
            // Three standard errors of 0.93 over 400 studies.
            assert!(coverage.iter().all(|&share| share > 0.93 - 0.038), "{kind:?} {effect}: {coverage:?}");
        }
    }
}

#[test]
fn intervals_of_five_and_ten_networks_hold_the_truth() {
    let accuracy = Kind::Of(Statistic::NeighbourAccuracy(5));
    let cases = [
        (Kind::Difference, 5, 1.0),
        (Kind::WithinStrata, 6, 1.0),
        (accuracy, 5, 2.0),
        (accuracy, 10, 6.0), // nearly always right, where a bootstrap has no width
        (Kind::Of(Statistic::OmegaSquared), 5, 4.0),
        (Kind::Ratio, 5, 16.0),
    ];
    for (kind, n, effect) in cases {
        let coverage = kind.coverage(n, effect, 150, 199);
        // Three standard errors of 0.93 over 150 studies.
        assert!(coverage > 0.93 - 0.062, "{kind:?} {n} {effect}: {coverage}");
    }
}
