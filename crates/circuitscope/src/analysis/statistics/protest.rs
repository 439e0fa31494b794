//! Whether two maps of the same items agree, whatever way each is turned.

use super::relabelling::Relabellings;
use super::resampling::{Bootstrap, Ends, Interval, Streams, redrawn};
use ndarray::ArrayView2;

/// A place in the plane.
type Place = [f64; 2];

/// Agreement of two maps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Protest {
    /// Procrustes correlation √(1 − m²), from 0 to 1; m² is what the best shift, scale, turn and reflection leave of maps of
    /// one size.
    pub r: f64,
    /// Share of the orders of the items of one map that give at least this r, the given one included.
    pub p: f64,
}

/// Fits one map `[K, 2]` to another of the same items in the same order; [`None`] if their shapes differ, there are fewer
/// than four items, or all of a map lie in one place.
///
/// # Source
/// Jackson 1995, Écoscience 2:297 (PROTEST); Peres-Neto & Jackson 2001, doi:10.1007/s004420100720.
pub fn protest(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    n_permutations: usize,
    seed: u64,
) -> Option<Protest> {
    let (a, b) = places(a, b)?;
    let identity: Vec<usize> = (0..a.len()).collect();
    let r = correlation(&a, &b, &identity, &identity)?;
    let is_as_good = |order: &[usize]| {
        correlation(&a, &b, &identity, order).is_some_and(|other| other >= r - 1e-12) // rounding
    };
    Some(Protest { r, p: Relabellings::of_orders(a.len(), n_permutations, seed).p(is_as_good) })
}

/// Interval over items of [`protest`]'s r, drawn with replacement; [`None`] where there is no r, or in a resample none.
///
/// r is never negative, and above zero for maps that share nothing: whether two agree is for p to say.
pub fn protest_interval(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    bootstrap: Bootstrap,
) -> Option<[f64; 2]> {
    let (a, b) = places(a, b)?;
    let resamples = bootstrap.resamples(Streams::Each, |rng| {
        let drawn: Vec<usize> = redrawn(a.len(), a.len(), rng).collect();
        correlation(&a, &b, &drawn, &drawn)
    });
    bootstrap.interval(Ends::Percentiles, resamples).map(Interval::ends)
}

/// Both maps, if they are of the same four items at least.
fn places(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> Option<(Vec<Place>, Vec<Place>)> {
    let rows = |map: ArrayView2<'_, f64>| map.outer_iter().map(|row| [row[0], row[1]]).collect();
    (a.dim() == b.dim() && a.ncols() == 2 && a.nrows() >= 4).then(|| (rows(a), rows(b)))
}

/// Procrustes correlation of the items `of_a` of one map with the items `of_b` of the other.
fn correlation(a: &[Place], b: &[Place], of_a: &[usize], of_b: &[usize]) -> Option<f64> {
    let n = of_a.len() as f64;
    let mean = |map: &[Place], of: &[usize]| {
        let sum = of.iter().fold([0.0; 2], |sum, &i| [sum[0] + map[i][0], sum[1] + map[i][1]]);
        sum.map(|x| x / n)
    };
    let (centre_a, centre_b) = (mean(a, of_a), mean(b, of_b));
    let mut cross = [[0.0; 2]; 2];
    let [mut square_a, mut square_b] = [0.0; 2];
    for (&i, &j) in of_a.iter().zip(of_b) {
        let x = [a[i][0] - centre_a[0], a[i][1] - centre_a[1]];
        let y = [b[j][0] - centre_b[0], b[j][1] - centre_b[1]];
        square_a += x[0] * x[0] + x[1] * x[1];
        square_b += y[0] * y[0] + y[1] * y[1];
        for (row, x) in cross.iter_mut().zip(x) {
            for (entry, y) in row.iter_mut().zip(y) {
                *entry += x * y;
            }
        }
    }
    // The singular values of a matrix of two rows: (σ₁ + σ₂)² = ‖M‖² + 2 |det M|.
    let norm: f64 = cross.as_flattened().iter().map(|entry| entry * entry).sum();
    let determinant = cross[0][0] * cross[1][1] - cross[0][1] * cross[1][0];
    let size = (square_a * square_b).sqrt();
    (size > 0.0).then(|| ((norm + 2.0 * determinant.abs()).sqrt() / size).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    fn map(n: usize, seed: u64) -> Array2<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Array2::from_shape_simple_fn((n, 2), || rng.sample(StandardNormal))
    }

    const BOOTSTRAP: Bootstrap = Bootstrap { n_resamples: 200, level: 0.95, seed: 1 };

    #[test]
    fn unrelated_maps_have_a_uniform_p() {
        let p = |seed: u64| {
            let (a, b) = (map(10, 2 * seed), map(10, 2 * seed + 1));
            protest(a.view(), b.view(), 99, seed).expect("both spread").p
        };
        let p: Vec<f64> = (0..600).map(p).collect();
        for level in [0.05, 0.2, 0.5] {
            let share = p.iter().filter(|&&p| p <= level).count() as f64 / 600.0;
            // Three standard errors of a share over 600 draws.
            let bound = 3.0 * (level * (1.0 - level) / 600.0_f64).sqrt();
            assert!((share - level).abs() < bound, "{level}: {share}");
        }
    }

    #[test]
    fn a_map_agrees_with_itself_turned_mirrored_shifted_and_scaled() {
        let a = map(10, 3);
        let (sin, cos) = 0.7_f64.sin_cos();
        let moved = 2.5 * a.dot(&array![[cos, sin], [sin, -cos]]) + &array![4.0, -1.0];
        let same = protest(a.view(), moved.view(), 999, 1).expect("both spread");
        assert!((same.r - 1.0).abs() < 1e-12 && same.p == 0.001, "{same:?}");
        let [low, high] = protest_interval(a.view(), moved.view(), BOOTSTRAP).expect("both spread");
        assert!((low - 1.0).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_planted_agreement_is_found_and_lies_in_its_interval() {
        let mut n_held = 0;
        for seed in 0..40 {
            let a = map(30, 3 * seed);
            let b = &a + &(0.7 * map(30, 3 * seed + 1));
            let found = protest(a.view(), b.view(), 999, seed).expect("both spread");
            assert!(found.p < 0.01, "{found:?}");
            let [low, high] = protest_interval(a.view(), b.view(), BOOTSTRAP).expect("both spread");
            // Of maps without end: 1 / √(1 + 0.49).
            n_held += usize::from((low..=high).contains(&(1.0 / 1.49_f64.sqrt())));
        }
        assert!(n_held >= 34, "{n_held} of 40 intervals of 95 %"); // fewer are a chance of 1 %
    }

    #[test]
    fn half_a_square_and_a_line_agree_as_computed_by_hand() {
        // AᵀB = [[2, 0], [0, 0]]; sizes √4 and √2.
        let square = array![[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]];
        let line = array![[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0], [0.0, 0.0]];
        let found = protest(square.view(), line.view(), 0, 1).expect("both spread");
        assert!((found.r - 2.0 / 8.0_f64.sqrt()).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn maps_that_do_not_spread_or_fit_have_no_agreement() {
        let a = map(6, 1);
        assert_eq!(protest(a.view(), Array2::ones((6, 2)).view(), 9, 1), None);
        assert_eq!(protest(a.view(), map(7, 1).view(), 9, 1), None);
        assert_eq!(protest(map(3, 1).view(), map(3, 2).view(), 9, 1), None);
    }
}
