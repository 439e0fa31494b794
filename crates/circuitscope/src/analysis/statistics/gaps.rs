//! Differences of two statistics of the same networks, with intervals over networks.

use super::resampling::{Bootstrap, Interval};
use super::{Grouped, Undefined};

impl Grouped {
    /// How much farther apart the centroids of classes 0 and 1 lie than either from class 2's: the first distance less the
    /// mean of the others.
    ///
    /// Centroids, because a class of wide spread has large distances to all others wherever it lies.
    ///
    /// # Errors
    /// [`Undefined`]: not three classes, a class of one, or no distance above zero.
    pub fn nearness_gap(&self) -> Result<f64, Undefined> {
        if self.n_classes() != 3 {
            return Err(Undefined::Groups { found: self.n_classes(), expected: 3 });
        }
        self.check_members(2)?;
        Ok(self.weighted_nearness_gap(&vec![1.0; self.n_items()]))
    }

    fn weighted_nearness_gap(&self, weights: &[f64]) -> f64 {
        let squares = self.weighted_centroid_squares(weights);
        let distances = |is_wanted: fn(&[usize; 2]) -> bool| {
            let wanted = squares.iter().filter(|(pair, _)| is_wanted(pair));
            wanted.map(|(_, square)| square.max(0.0).sqrt()).collect::<Vec<f64>>()
        };
        let near = distances(|pair| *pair == [0, 1]);
        let far = distances(|pair| pair[1] == 2);
        near.iter().sum::<f64>() - far.iter().sum::<f64>() / far.len() as f64
    }

    /// Interval of [`nearness_gap`](Self::nearness_gap) over networks; [`None`] where a class has fewer than three.
    pub fn nearness_gap_interval(&self, bootstrap: Bootstrap) -> Option<[f64; 2]> {
        self.nearness_gap().ok()?;
        self.resampled(bootstrap, |weights| Some(self.weighted_nearness_gap(weights))).map(Interval::ends)
    }
}

/// Interval over networks of the silhouette of `outer` classes less that of `inner` ones, which some items may lack;
/// networks are drawn within the finest classes, `strata`. [`None`] where one of these has fewer than three, or a
/// silhouette is not defined.
///
/// - `outer`, `strata`: of the same items; `inner`: of those of them for which `is_inner` says so, in their order.
pub fn silhouette_gap_interval(
    strata: &Grouped,
    outer: &Grouped,
    inner: &Grouped,
    is_inner: &[bool],
    bootstrap: Bootstrap,
) -> Option<[f64; 2]> {
    outer.silhouette().ok().zip(inner.silhouette().ok())?;
    let resampled = strata.resampled(bootstrap, |weights| {
        let of_inner: Vec<f64> = weights
            .iter()
            .zip(is_inner)
            .filter(|(_, is_inner)| **is_inner)
            .map(|(weight, _)| *weight)
            .collect();
        Some(outer.weighted_silhouette(weights) - inner.weighted_silhouette(&of_inner))
    });
    resampled.map(Interval::ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::embedding::distances;
    use ndarray::Array2;
    use rand::RngExt;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    const BOOTSTRAP: Bootstrap = Bootstrap { n_resamples: 200, level: 0.95, seed: 4 };

    /// Three classes of twelve in six dimensions, with their centres on a line and spreads of their own.
    fn classes(centres: [f64; 3], spreads: [f64; 3], seed: u64) -> Grouped {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let points = Array2::from_shape_fn((36, 6), |(i, d)| {
            let centre = if d == 0 { centres[i % 3] } else { 0.0 };
            centre + spreads[i % 3] * rng.sample::<f64, _>(StandardNormal)
        });
        let labels: Vec<usize> = (0..36).map(|i| i % 3).collect();
        Grouped::new(distances(points.view()).view(), &labels).expect("distances")
    }

    #[test]
    fn nearness_is_of_centres_and_not_of_spreads() {
        let near = classes([0.0, 1.0, 6.0], [0.3; 3], 1);
        // 1 − (6 + 5) / 2.
        assert!((near.nearness_gap().expect("three classes") + 4.5).abs() < 0.4);
        assert!(near.nearness_gap_interval(BOOTSTRAP).expect("enough")[1] < 0.0);
        // One centre for all, the third class half as wide again: mean distances differ, centres do not.
        let found = (0..100).filter(|&seed| {
            let wide = classes([0.0; 3], [1.0, 1.0, 1.5], seed);
            wide.nearness_gap_interval(BOOTSTRAP).expect("enough")[1] < 0.0
        });
        // 2.5 of 100 are expected at this level; ten are three standard errors more, and the percentile interval of 36
        // networks is a little short.
        assert!(found.count() <= 10);
    }

    #[test]
    fn a_silhouette_gap_is_found_where_it_is_planted_and_not_where_there_is_none() {
        let gap = |apart: f64, seed: u64| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            // Four strata of eight: outer classes {0, 1} and {2, 3} lie `apart`, 2 and 3 lie 6 apart.
            let points = Array2::from_shape_fn((32, 2), |(i, d)| {
                let stratum = i % 4;
                let outer = if d == 0 && stratum >= 2 { apart } else { 0.0 };
                let inner = if d == 1 && stratum == 3 { 6.0 } else { 0.0 };
                outer + inner + 0.5 * rng.sample::<f64, _>(StandardNormal)
            });
            let d = distances(points.view());
            let grouped =
                |labels: Vec<Option<usize>>| Grouped::labelled(d.view(), &labels).expect("distances");
            let strata = grouped((0..32).map(|i| Some(i % 4)).collect());
            let outer = grouped((0..32).map(|i| Some(usize::from(i % 4 >= 2))).collect());
            let inner = grouped((0..32).map(|i| (i % 4 >= 2).then_some(i % 4)).collect());
            let is_inner: Vec<bool> = (0..32).map(|i| i % 4 >= 2).collect();
            silhouette_gap_interval(&strata, &outer, &inner, &is_inner, BOOTSTRAP).expect("enough")
        };
        assert!(gap(36.0, 1)[0] > 0.0);
        assert!(gap(0.5, 2)[1] < 0.0, "{:?}", gap(0.5, 2));
    }
}
