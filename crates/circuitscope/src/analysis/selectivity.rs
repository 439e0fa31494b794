//! Single-unit selectivity: each unit a point, placed by its responses.

use ndarray::ArrayView3;

use super::components::{self, FeatureError, Features};

/// Selectivity of the units of a run: the first ten principal components of the units' responses, divided by the RMS
/// distance of a unit from the mean unit.
///
/// - `rates`: `[N, T, B]`. Points are `[N, 10]`, a unit a row.
///
/// # Errors
/// [`FeatureError`] if there are no rates, one is not finite, or the decomposition fails.
///
/// # Source
/// docs/methods.md §4.2. Rows are units, columns the T·B responses; the mean over units is subtracted.
pub fn selectivity(rates: ArrayView3<'_, f64>) -> Result<Features, FeatureError> {
    components::of_rows(components::flatten(rates)?)
}
