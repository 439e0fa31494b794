//! Where the trajectories end: the state at the last step of each trial.

use ndarray::{ArrayView2, ArrayView3, s};

use super::components::{self, FeatureError, Features, N_COMPONENTS};
use super::procrustes;

/// Endpoints of a run: the first ten principal components of its last rates, divided by their RMS radius.
///
/// - `rates`: `[N, T, B]`. Points are `[B, 10]`, a trial a row; fewer than eleven trials leave components zero.
///
/// # Errors
/// [`FeatureError`] if there are no rates, one is not finite, or the decomposition fails.
///
/// # Source
/// docs/methods.md §4.4. The mean over trials is subtracted.
pub fn endpoints(rates: ArrayView3<'_, f64>) -> Result<Features, FeatureError> {
    let last = rates.dim().1.saturating_sub(1);
    let last_rates = components::flatten(rates.slice(s![.., last.., ..]))?;
    Ok(components::of_columns(last_rates, N_COMPONENTS)?.0)
}

/// Distance of two sets of endpoints `[B, 10]` of the same trials: `‖a R − b‖_F` under the best orthogonal `R`
/// (dimensionless; the same in both directions; grows with √B).
///
/// # Source
/// docs/methods.md §4.4; Schönemann 1966, doi:10.1007/BF02289451.
pub(super) fn distance(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> f64 {
    let map = procrustes::orthogonal_map(&a.t().dot(&b));
    (a.dot(&map) - b).iter().map(|gap| gap * gap).sum::<f64>().sqrt()
}
