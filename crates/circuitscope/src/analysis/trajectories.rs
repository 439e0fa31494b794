//! Trajectories of the population in the space of its leading components.

use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use ndarray::{ArrayView2, ArrayView3};

use super::components::{self, Axes, FeatureError, Features, N_COMPONENTS};
use super::products;

/// Columns of unit norm whose pivots are above this are as good as orthogonal.
const LEAST_PIVOT: f64 = 0.5;

/// Trajectories of a run: the first ten principal components of its rates, divided by √(their total variance).
///
/// - `rates`: `[N, T, B]`. Points are `[T·B, 10]`, a step of a trial a row, steps outermost.
///
/// # Errors
/// [`FeatureError`] if there are no rates, one is not finite, or the decomposition fails.
///
/// # Source
/// docs/methods.md §4.1. Each unit's mean over steps and trials is subtracted; the total variance is that of the ten scores.
pub fn trajectories(rates: ArrayView3<'_, f64>) -> Result<Features, FeatureError> {
    Ok(with_axes(rates)?.0)
}

/// [`trajectories`] with the axes that carry other states of the network into their space.
///
/// # Errors
/// As [`trajectories`].
pub fn with_axes(rates: ArrayView3<'_, f64>) -> Result<(Features, Axes), FeatureError> {
    components::of_columns(components::flatten(rates)?, N_COMPONENTS)
}

/// Distance of two sets of trajectories `[P, 10]`: the residual norm of the unconstrained least-squares map from one
/// to the other, averaged over both directions (dimensionless; grows with √P).
///
/// Scores on principal components are orthogonal up to rounding, so that products of the columns give the map. Where they
/// are not, it takes a decomposition.
///
/// # Source
/// docs/methods.md §4.1. The published code takes the same direction twice; ours takes both.
pub(super) fn distance(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> f64 {
    let one_way = |from, to| residual_by_products(from, to).unwrap_or_else(|| residual(from, to));
    f64::midpoint(one_way(a, b), one_way(b, a))
}

/// [`residual`] by the map that products of the columns give; none if the columns of `from` are far from orthogonal.
///
/// With the columns of `from` at unit norm and their products `G = L Lᵀ`, all but the identity, the map is `G⁻¹` times
/// their products with `to`, as accurate as that of a decomposition.
fn residual_by_products(from: ArrayView2<'_, f64>, to: ArrayView2<'_, f64>) -> Option<f64> {
    let (own, both) = (products::of(from, from)?, products::of(from, to)?);
    let norms: [f64; N_COMPONENTS] = std::array::from_fn(|k| own[k][k].sqrt());
    // Columns below rounding of the largest span noise, not the trajectories.
    let floor = f64::EPSILON * from.nrows() as f64 * norms.iter().copied().fold(0.0, f64::max);
    let kept: Vec<usize> = (0..N_COMPONENTS).filter(|&k| norms[k] > floor).collect();
    // Rows of L, and of L⁻¹ times the products with `to`.
    let mut triangle: Vec<Vec<f64>> = Vec::new();
    let mut map: Vec<[f64; N_COMPONENTS]> = Vec::new();
    for (row, &i) in kept.iter().enumerate() {
        let mut of_row: Vec<f64> = Vec::new();
        let mut target = both[i].map(|product| product / norms[i]);
        for (column, &j) in kept[..row].iter().enumerate() {
            let sum: f64 = of_row.iter().zip(&triangle[column]).map(|(x, y)| x * y).sum();
            let entry = (own[i][j] / (norms[i] * norms[j]) - sum) / triangle[column][column];
            target.iter_mut().zip(&map[column]).for_each(|(t, x)| *t -= entry * x);
            of_row.push(entry);
        }
        let pivot = 1.0 - of_row.iter().map(|x| x * x).sum::<f64>();
        if pivot.is_nan() || pivot < LEAST_PIVOT {
            return None;
        }
        of_row.push(pivot.sqrt());
        map.push(target.map(|t| t / pivot.sqrt()));
        triangle.push(of_row);
    }
    for row in (0..kept.len()).rev() {
        let pivot = triangle[row][row];
        let solved = map[row].map(|t| t / pivot);
        map[row] = solved;
        for column in 0..row {
            let entry = triangle[row][column];
            map[column].iter_mut().zip(&solved).for_each(|(t, x)| *t -= entry * x);
        }
    }
    let mut whole = [[0.0; N_COMPONENTS]; N_COMPONENTS];
    for (row, &i) in map.iter().zip(&kept) {
        whole[i] = row.map(|x| x / norms[i]);
    }
    products::squares_left(from, to, &whole).map(f64::sqrt)
}

/// Norm of what a least-squares map from the columns of `from` leaves of `to`.
fn residual(from: ArrayView2<'_, f64>, to: ArrayView2<'_, f64>) -> f64 {
    let (from, to) = (column_major(from), column_major(to));
    let qr = from.col_piv_qr();
    // Columns below rounding of the largest span noise, not the trajectories.
    let largest = qr.thin_R()[(0, 0)].abs();
    let floor = f64::EPSILON * from.nrows() as f64 * largest;
    let rank = (0..qr.thin_R().nrows()).take_while(|&k| qr.thin_R()[(k, k)].abs() > floor).count();
    let basis = qr.compute_thin_Q();
    let basis = basis.subcols(0, rank);
    let mut map = Mat::zeros(rank, to.ncols());
    matmul(&mut map, Accum::Replace, basis.transpose(), &to, 1.0, Par::Seq);
    let mut left = to;
    matmul(&mut left, Accum::Add, basis, &map, -1.0, Par::Seq);
    left.norm_l2()
}

/// Column-major copy of points.
pub(super) fn column_major(points: ArrayView2<'_, f64>) -> Mat<f64> {
    match points.as_slice() {
        Some(slice) => MatRef::from_row_major_slice(slice, points.nrows(), points.ncols()).to_owned(),
        None => Mat::from_fn(points.nrows(), points.ncols(), |i, j| points[[i, j]]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn products_and_decompositions_leave_the_same(
            entries in proptest::collection::vec(-1.0..1.0_f64, 2 * 60 * N_COMPONENTS),
            decay in 0.0..9.0_f64, apart in -9.0..0.0_f64,
        ) {
            let orthogonal = |entries: &[f64], decay: f64| {
                let points = Array2::from_shape_vec((60, N_COMPONENTS), entries.to_vec()).expect("60 points");
                let q = column_major(points.view()).qr().compute_thin_Q();
                Array2::from_shape_fn((60, N_COMPONENTS), |(i, k)| q[(i, k)] * 10.0_f64.powf(-decay * k as f64 / 9.0))
            };
            let (a, other) = entries.split_at(60 * N_COMPONENTS);
            let (a, b) = (orthogonal(a, decay), orthogonal(other, 0.5 * decay));
            let b = &a + 10.0_f64.powf(apart) * &b;
            let expected = f64::midpoint(residual(a.view(), b.view()), residual(b.view(), a.view()));
            let found = distance(a.view(), b.view());
            // Rounding of points of norm 1.
            prop_assert!((found - expected).abs() <= 1e-12 * expected + 1e-14, "{found} {expected}");
        }
    }

    #[test]
    fn what_is_left_of_itself_is_rounding_and_of_a_column_without_length_nothing() {
        let mut a =
            Array2::from_shape_fn((500, N_COMPONENTS), |(i, k)| ((3 * i * i + 7 * k * i + k) as f64).sin());
        assert!(distance(a.view(), a.view()) < 1e-11 * 500.0);
        a.column_mut(9).fill(0.0);
        assert!(distance(a.view(), a.view()) < 1e-11 * 500.0);
        assert_eq!(distance((0.0 * &a).view(), (0.0 * &a).view()), 0.0);
    }
}
