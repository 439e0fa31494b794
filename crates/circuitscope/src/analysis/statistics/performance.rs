//! Distances at equal performance: what is left of them once performance is taken out of the coordinates behind them.

use ndarray::{Array1, Array2, ArrayView2};

use super::Undefined;

/// Distances without what goes with performance.
#[derive(Clone, Debug, PartialEq)]
pub struct AtEqualPerformance {
    /// Distances `[M, M]` of the items that have every covariate.
    pub distances: Array2<f64>,
    /// Those items `[M]`, by their place in the matrix that was given.
    pub items: Vec<usize>,
    /// The share of the variance of the given distances that went with performance, 0 to 1.
    pub share: f64,
}

impl AtEqualPerformance {
    /// Of anything that is known of each item given, that of the items which are left.
    pub fn of_items<T: Clone>(&self, all: &[T]) -> Vec<T> {
        self.items.iter().filter_map(|&item| all.get(item).cloned()).collect()
    }
}

/// Regresses the principal coordinates behind distances `[K, K]` on covariates, and gives the distances of the residuals.
///
/// - `covariates`: each `[K]`, [`None`] where an item lacks it; such items are left out. For performance: R² and the logarithm of
///   the error.
///
/// Every test of distances takes the result in place of the distances: the vote of neighbours, silhouettes, W*d, ω². Differences of
/// classes that are carried by performance, linearly, vanish; those that merely go along with it are taken out too, so that what is
/// found is there beside performance. It makes no coordinates: with `G` the Gower-centred matrix and `H` the projection on
/// constant and covariates, `G' = (I − H) G (I − H)` and `d'²_ij = G'_ii + G'_jj − 2 G'_ij`; negative squares of distances of no
/// Euclidean space count as 0.
///
/// # Errors
/// [`Undefined::Covariates`] if one is of another length than the matrix, or fewer than three items more than covariates have all
/// of them; [`Undefined::AllZero`] if no two items differ.
///
/// # Source
/// `McArdle` & Anderson 2001, `doi:10.1890/0012-9658(2001)082[0290:FMMTCD]2.0.CO;2`; partial distance-based redundancy analysis:
/// Legendre & Anderson 1999, `doi:10.1890/0012-9615(1999)069[0001:DBRATM]2.0.CO;2`.
pub fn at_equal_performance(
    distances: ArrayView2<'_, f64>,
    covariates: &[&[Option<f64>]],
) -> Result<AtEqualPerformance, Undefined> {
    let n_given = distances.nrows();
    if distances.ncols() != n_given || covariates.iter().any(|covariate| covariate.len() != n_given) {
        return Err(Undefined::Covariates);
    }
    let has_all = |&item: &usize| covariates.iter().all(|of| of[item].is_some_and(f64::is_finite));
    let items: Vec<usize> = (0..n_given).filter(has_all).collect();
    let n = items.len();
    if n < covariates.len() + 3 {
        return Err(Undefined::Covariates);
    }
    let halves = Array2::from_shape_fn((n, n), |(i, j)| -0.5 * distances[[items[i], items[j]]].powi(2));
    let columns =
        covariates.iter().map(|of| items.iter().map(|&item| of[item].unwrap_or(f64::NAN)).collect());
    let basis = basis(std::iter::once(Array1::ones(n)).chain(columns));
    let centred = without(&halves, &basis[..1]);
    let left = without(&halves, &basis);
    let (before, after) = (centred.diag().sum(), left.diag().sum());
    if before <= 0.0 {
        return Err(Undefined::AllZero);
    }
    let distances = Array2::from_shape_fn((n, n), |(i, j)| {
        (left[[i, i]] + left[[j, j]] - left[[i, j]] - left[[j, i]]).max(0.0).sqrt()
    });
    Ok(AtEqualPerformance { distances, items, share: 1.0 - after / before })
}

/// Orthonormal directions of columns; those that follow from others are left out.
fn basis(columns: impl Iterator<Item = Array1<f64>>) -> Vec<Array1<f64>> {
    let mut basis: Vec<Array1<f64>> = Vec::new();
    for column in columns {
        let mut own = column.clone();
        for _ in 0..2 {
            // Twice is enough (Giraud et al. 2005, doi:10.1007/s00211-005-0615-4).
            for direction in &basis {
                own = &own - direction * own.dot(direction);
            }
        }
        let length = own.dot(&own).sqrt();
        if length > 1e-9 * column.dot(&column).sqrt() {
            basis.push(own / length);
        }
    }
    basis
}

/// `(I − H) A (I − H)` for the projection `H` on orthonormal directions.
fn without(matrix: &Array2<f64>, basis: &[Array1<f64>]) -> Array2<f64> {
    let mut left = matrix.clone();
    for direction in basis {
        // One direction after the other: they are orthogonal.
        let (rows, columns) = (left.dot(direction), direction.dot(&left));
        let both = direction.dot(&rows);
        for ((i, j), entry) in left.indexed_iter_mut() {
            *entry += both * direction[i] * direction[j] - rows[i] * direction[j] - direction[i] * columns[j];
        }
    }
    left
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::change::Separation;
    use super::super::tests::{grouped, labels_of};
    use super::*;
    use crate::analysis::embedding::distances;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    /// What lies behind the networks of three classes of ten.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Causes {
        /// Difference of performance between neighbouring classes, in standard deviations within them.
        pub(in super::super) of_performance: f64,
        /// How far a standard deviation of performance moves a network, in standard deviations of the rest.
        pub(in super::super) by_performance: f64,
        /// How far apart classes lie beside performance.
        pub(in super::super) by_class: f64,
    }

    /// Distances, classes and performance of networks in six dimensions.
    pub(in super::super) fn networks(causes: Causes, seed: u64) -> (Array2<f64>, Vec<usize>, Vec<f64>) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let labels = labels_of(&[10; 3]);
        let mut normal = || rng.sample::<f64, _>(StandardNormal);
        let performance: Vec<f64> =
            labels.iter().map(|&label| causes.of_performance * label as f64 + normal()).collect();
        let places = Array2::from_shape_fn((30, 6), |(item, axis)| {
            let of_class = if axis == 3 + labels[item] { causes.by_class / 2.0_f64.sqrt() } else { 0.0 };
            let of_performance = if axis < 2 { causes.by_performance * performance[item] } else { 0.0 };
            of_class + of_performance + normal()
        });
        (distances(places.view()), labels, performance)
    }

    pub(in super::super) const CARRIED: Causes =
        Causes { of_performance: 1.5, by_performance: 1.5, by_class: 0.0 };
    pub(in super::super) const DIRECT: Causes = Causes { by_class: 4.0, ..CARRIED };
    pub(in super::super) const NOTHING: Causes =
        Causes { of_performance: 0.0, by_performance: 0.0, by_class: 0.0 };

    fn present(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn the_residual_distances_are_those_of_residual_coordinates() {
        // NumPy: residuals of the coordinates of `POINTS` after least squares on constant and covariate, the second item left out.
        let points = Array2::from(super::super::tests::POINTS.to_vec());
        let mut covariate: Vec<Option<f64>> = (0..12).map(|i| Some(f64::from(i * i % 7))).collect();
        covariate[1] = None;
        let found =
            at_equal_performance(distances(points.view()).view(), &[&covariate]).expect("enough items");
        assert_eq!(found.items, [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        let expected = [
            ([0, 1], 2.847_719_110_486_743_4),
            ([2, 7], 6.932_078_981_681_07),
            ([10, 5], 5.375_372_368_420_029),
        ];
        for (at, expected) in expected {
            assert!((found.distances[at] - expected).abs() < 1e-10, "{at:?} {}", found.distances[at]);
        }
        assert!((found.share - 0.054_442_508_710_801_36).abs() < 1e-10, "{}", found.share);
        // A covariate that says the same twice, and one that says nothing.
        let doubled: Vec<Option<f64>> = covariate.iter().map(|x| x.map(|x| 3.0 - 2.0 * x)).collect();
        let same = vec![Some(0.7); 12];
        let again = at_equal_performance(distances(points.view()).view(), &[&covariate, &doubled, &same]);
        let largest = (again.expect("enough items").distances - &found.distances).mapv(f64::abs);
        assert!(largest.iter().all(|&difference| difference < 1e-7));
        assert_eq!(
            at_equal_performance(distances(points.view()).view(), &[&covariate[..4]]),
            Err(Undefined::Covariates)
        );
    }

    #[test]
    fn classes_that_performance_carries_vanish_and_others_stay() {
        let p = |causes: Causes, seed: u64| -> [f64; 3] {
            let (d, labels, performance) = networks(causes, seed);
            let left = at_equal_performance(d.view(), &[&present(&performance)]).expect("enough items");
            let left = grouped(&left.distances, &left.of_items(&labels));
            [
                grouped(&d, &labels).welch(99, seed).expect("defined").p,
                left.welch(99, seed).expect("defined").p,
                left.neighbour_test(5, 99, seed).expect("defined").tails.above,
            ]
        };
        let shares = |causes| {
            let p: Vec<[f64; 3]> = (0..300).map(|seed| p(causes, seed)).collect();
            [0, 1, 2].map(|test| p.iter().filter(|p| p[test] <= 0.05).count() as f64 / 300.0)
        };
        let (carried, direct, nothing) = (shares(CARRIED), shares(DIRECT), shares(NOTHING));
        // Three standard errors of 0.05 over 300 draws.
        let is_level = |share: f64| share <= 0.05 + 0.038;
        assert!(carried[0] > 0.95 && is_level(carried[1]) && is_level(carried[2]), "{carried:?}");
        assert!(nothing.into_iter().all(is_level), "{nothing:?}");
        assert!(direct.into_iter().all(|share| share > 0.9), "{direct:?}");
        let (d, labels, performance) = networks(CARRIED, 1);
        let left = at_equal_performance(d.view(), &[&present(&performance)]).expect("enough items");
        let omega =
            |d: &Array2<f64>| grouped(d, &labels).separation(Separation::OmegaSquared).expect("defined");
        assert!(omega(&d) > 0.1 && omega(&left.distances) < 0.05 && left.share > 0.3);
    }
}
