//! Trajectories of the population in the space of its leading components.

use faer::{Accum, Mat, MatRef, Par, linalg::matmul::matmul};
use ndarray::{ArrayView2, ArrayView3};

use super::components::{self, Axes, FeatureError, Features, N_COMPONENTS};

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
/// # Source
/// docs/methods.md §4.1. The published code takes the same direction twice; ours takes both.
pub(super) fn distance(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> f64 {
    f64::midpoint(residual(a, b), residual(b, a))
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
