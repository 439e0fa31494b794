//! How far classes lie apart, from distances alone, and whether training has moved them.

use super::resampling::{Bootstrap, Interval, Streams};
use super::tails::Tails;
use super::{Grouped, Undefined};

/// Ratios above are told as this: in such resamples the control's classes do not lie apart.
pub const LARGEST_RATIO: f64 = 1000.0;

/// A ratio with its percentile interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The ratio.
    pub value: f64,
    /// Its interval over networks.
    pub interval: [f64; 2],
    /// p of a ratio above 1, which is the share of resamples at or below 1, and of one below 1.
    ///
    /// Bootstrap p, which keep their level only nearly: of studies without a change at most 6 of 100 have a two-sided p ≤ 0.05 with four
    /// and with ten networks a class, and hardly one where the classes of neither lie apart.
    pub tails: Tails,
    /// The smallest one-sided p that so many resamples could give.
    pub least_p: f64,
}

impl Grouped {
    /// Root mean square over pairs of classes of the distance between their centroids; zero where classes overlap so much
    /// that the estimate is negative.
    ///
    /// The squared distance of two centroids is the mean square between them less half of the mean squares between
    /// distinct items of each: no coordinates are needed, and small classes are not told apart by their spread alone.
    ///
    /// # Errors
    /// [`Undefined`]: fewer than two classes, a class of one, or no distance above zero.
    pub fn centroid_distance(&self) -> Result<f64, Undefined> {
        self.check_members(2)?;
        Ok(self.weighted_centroid_distance(&vec![1.0; self.n_items()]))
    }

    fn weighted_centroid_distance(&self, weights: &[f64]) -> f64 {
        let squares = self.weighted_centroid_squares(weights);
        (squares.iter().map(|(_, square)| square).sum::<f64>() / squares.len() as f64).max(0.0).sqrt()
    }

    /// Of each pair of classes the squared distance between their centroids; negative where they overlap so much.
    pub(super) fn weighted_centroid_squares(&self, weights: &[f64]) -> Vec<([usize; 2], f64)> {
        let mean_square = |a: &[usize], b: &[usize]| {
            let pairs = || a.iter().flat_map(|&i| b.iter().map(move |&j| (i, j))).filter(|(i, j)| i != j);
            let total: f64 = pairs().map(|(i, j)| weights[i] * weights[j]).sum();
            let sum: f64 =
                pairs().map(|(i, j)| weights[i] * weights[j] * self.distances[[i, j]].powi(2)).sum();
            sum / total
        };
        let own: Vec<f64> = self.members.iter().map(|members| mean_square(members, members)).collect();
        let mut squares = Vec::new();
        for a in 0..self.n_classes() {
            for b in 0..a {
                let square = mean_square(&self.members[a], &self.members[b]) - 0.5 * (own[a] + own[b]);
                squares.push(([b, a], square));
            }
        }
        squares
    }
}

/// Distance of the classes' centroids in `trained` over that in `control`, at most [`LARGEST_RATIO`]; [`None`] if either is
/// not defined, a class has fewer than three networks, or neither's classes lie apart.
///
/// Where both have one item a network in one order, a resample draws the same networks for both.
pub fn amplification(trained: &Grouped, control: &Grouped, bootstrap: Bootstrap) -> Option<Ratio> {
    let (above, below) = trained
        .centroid_distance()
        .ok()
        .zip(control.centroid_distance().ok())
        .filter(|(a, b)| a.max(*b) > 0.0)?;
    let are_paired = trained.classes == control.classes;
    let ratio = |above: f64, below: f64| (above / below.max(f64::MIN_POSITIVE)).min(LARGEST_RATIO);
    if ![trained, control].into_iter().all(Grouped::can_be_resampled) {
        return None;
    }
    let ratios = bootstrap.resamples(Streams::Each, |rng| {
        let of_trained = trained.draw(rng);
        let of_control = if are_paired { of_trained.clone() } else { control.draw(rng) };
        ratio(
            trained.weighted_centroid_distance(&of_trained),
            control.weighted_centroid_distance(&of_control),
        )
    });
    let ends = if trained.n_items() < control.n_items() { trained.ends() } else { control.ends() };
    let p = |is_against: fn(&&f64) -> bool| bootstrap.p(ends, ratios.iter().filter(is_against).count());
    let tails = Tails { above: p(|ratio| **ratio <= 1.0), below: p(|ratio| **ratio >= 1.0) };
    let interval = bootstrap.interval(ends, ratios).map(Interval::ends)?;
    Some(Ratio { value: ratio(above, below), interval, tails, least_p: bootstrap.p(ends, 0) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::shares;
    use super::*;
    use ndarray::Array2;
    use rand::RngExt;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    /// Three classes of eight in ten dimensions, their centroids at the corners of a triangle of side `apart`.
    fn classes(apart: f64, seed: u64) -> Grouped {
        spread_classes(8, apart, 0.2, seed)
    }

    /// The same with `size` a class and their standard deviation in every dimension.
    fn spread_classes(size: usize, apart: f64, spread: f64, seed: u64) -> Grouped {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let points = Array2::from_shape_fn((3 * size, 10), |(i, d)| {
            let centre = if d == i % 3 { apart / 2.0_f64.sqrt() } else { 0.0 };
            centre + spread * rng.sample::<f64, _>(StandardNormal)
        });
        let labels: Vec<usize> = (0..3 * size).map(|i| i % 3).collect();
        Grouped::new(crate::analysis::embedding::distances(points.view()).view(), &labels).expect("distances")
    }

    /// p of 1000 studies whose classes lie as far apart in trained as in untrained networks; 1 where neither's lie apart.
    fn of_unmoved(size: usize, apart: f64, spreads: [f64; 2]) -> Vec<f64> {
        let p = |seed: u64| {
            let [trained, control] =
                [0, 1].map(|k| spread_classes(size, apart, spreads[k], 2 * seed + k as u64));
            let bootstrap = Bootstrap { n_resamples: 199, level: 0.95, seed };
            amplification(&trained, &control, bootstrap).map_or(1.0, |ratio| ratio.tails.two_sided())
        };
        (0..1000).map(p).collect()
    }

    #[test]
    fn the_distance_of_centroids_is_free_of_the_spread_within_classes() {
        let mean: f64 =
            (0..40).map(|seed| classes(1.0, seed).centroid_distance().expect("classes")).sum::<f64>() / 40.0;
        // The standard error of one estimate is about 0.06.
        assert!((mean - 1.0).abs() < 0.03, "{mean}");
    }

    #[test]
    fn classes_that_have_moved_apart_are_told_from_those_that_have_not() {
        let bootstrap = |seed| Bootstrap { n_resamples: 300, level: 0.95, seed };
        let moved = amplification(&classes(2.0, 1), &classes(1.0, 2), bootstrap(1)).expect("classes");
        assert!(moved.interval[0] > 1.0 && (moved.value - 2.0).abs() < 0.5, "{moved:?}");
        let n_false = (0..200)
            .filter(|&seed| {
                let same =
                    amplification(&classes(1.0, 3 * seed), &classes(1.0, 3 * seed + 1), bootstrap(seed));
                same.expect("classes").interval[0] > 1.0
            })
            .count();
        // One tail of a 95 % interval over 200 draws, with the known optimism of percentile intervals at eight a class.
        assert!(n_false <= 14, "{n_false}");
    }

    #[test]
    fn classes_as_far_apart_as_before_are_told_to_have_moved_as_often_as_p_states() {
        // Networks a class, distance of centroids, spread of trained and of untrained networks, and the share of p up to 0.05 that
        // `Ratio::p` states.
        let cases = [(10, 1.0, [0.5, 0.2], 0.06), (10, 0.0, [0.5, 0.5], 0.01), (4, 1.0, [0.2, 0.2], 0.06)];
        for (size, apart, spreads, stated) in cases {
            let [[_, share, slack], ..] = shares(&of_unmoved(size, apart, spreads));
            assert!(share < stated + slack, "{size} of spread {spreads:?}: {share}");
        }
        // Well apart and with ten networks a class, it is uniform but for the 0.01 stated.
        for [level, share, slack] in shares(&of_unmoved(10, 1.0, [0.2; 2])) {
            assert!((share - level).abs() < 0.01 + slack, "{level}: {share}");
        }
    }

    #[test]
    fn classes_twice_as_far_apart_are_found_either_way() {
        for seed in 0..100 {
            let [far, near] = [(2.0, 2 * seed), (1.0, 2 * seed + 1)]
                .map(|(apart, seed)| spread_classes(10, apart, 0.2, seed));
            let bootstrap = Bootstrap { n_resamples: 199, level: 0.95, seed };
            let moved = |trained, control| amplification(trained, control, bootstrap).expect("classes");
            let (amplified, reduced) = (moved(&far, &near), moved(&near, &far));
            // Every resample lies on the one side.
            assert!(
                amplified.interval[0] > 1.0 && amplified.tails.above == amplified.least_p,
                "{amplified:?}"
            );
            assert!(reduced.interval[1] < 1.0 && reduced.tails.below == reduced.least_p, "{reduced:?}");
        }
    }
}
