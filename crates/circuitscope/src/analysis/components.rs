//! Principal components of points, the form in which every aspect of a network is compared.

use faer::{Mat, MatRef};
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Number of components that are compared of trajectories, endpoints and selectivity (docs/methods.md §4.1, §4.2 and §4.4; the
/// published number).
pub const N_COMPONENTS: usize = 10;

/// What is compared of a network: points in the space of their leading principal components.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// Scores `[P, 10]`, a point a row, components by falling variance; columns beyond the rank are zero.
    /// Dimensionless: each aspect states the scale it divides by. Seven columns for configurations of fixed points.
    pub points: Array2<f64>,
    /// Share of the total variance that each component explains, a number a column; zeros where nothing varies.
    pub explained: Array1<f64>,
    /// Configurations of fixed points: the group of each point `[P]`, see
    /// [`group`](super::fixed_point_configuration::group); points are matched only within a group. Other aspects: empty.
    pub groups: Vec<u32>,
}

/// Why no components can be taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FeatureError {
    /// There is no unit, step or trial.
    #[error("states have shape {found:?}, expected at least one unit, step and trial")]
    Empty {
        /// Shape of the states `[N, T, B]`.
        found: [usize; 3],
    },
    /// A state is NaN or infinite, as after a run that diverged.
    #[error("the state of unit {unit} is {value}, expected finite states")]
    NotFinite {
        /// The unit.
        unit: usize,
        /// Its state.
        value: f64,
    },
    /// The network has no fixed point that could be compared.
    #[error("no fixed point was found at any input")]
    NoFixedPoint,
    /// The singular value decomposition did not converge.
    #[error("the singular value decomposition of a {n_rows} × {n_columns} matrix did not converge")]
    Decomposition {
        /// Rows of the matrix.
        n_rows: usize,
        /// Columns of the matrix.
        n_columns: usize,
    },
}

/// Left singular vectors and singular values of a matrix `[R, C]`: columns by falling singular value.
pub(super) struct Left {
    /// Left singular vectors `[R, K]`, K the rank, each with its largest entry positive.
    pub(super) vectors: Mat<f64>,
    /// Singular values `[K]`, falling, above rounding.
    pub(super) values: Vec<f64>,
    /// Sum of all squared entries of the matrix.
    total: f64,
}

/// Decomposes a matrix `[R, C]`, of which usually `R ≪ C`, from the left.
///
/// The triangle of a QR decomposition of the transpose stands in for the matrix, which keeps small singular values
/// accurate to rounding of the largest; a Gram matrix would lose those below `1e-8` of it, and the least-squares
/// distance of trajectories is sensitive to them.
pub(super) fn decompose(matrix: ArrayView2<'_, f64>) -> Result<Left, FeatureError> {
    let (n_rows, n_columns) = matrix.dim();
    let standard = matrix.as_standard_layout();
    let slice = standard.as_slice().unwrap_or_default();
    let rows = MatRef::from_row_major_slice(slice, n_rows, n_columns);
    let failed = |_| FeatureError::Decomposition { n_rows, n_columns };
    let (left, singular) = if n_columns > n_rows {
        let svd = rows.transpose().qr().thin_R().transpose().to_owned().thin_svd().map_err(failed)?;
        (svd.U().to_owned(), svd.S().column_vector().iter().copied().collect::<Vec<_>>())
    } else {
        let svd = rows.thin_svd().map_err(failed)?;
        (svd.U().to_owned(), svd.S().column_vector().iter().copied().collect::<Vec<_>>())
    };
    let floor = f64::EPSILON * n_rows.max(n_columns) as f64 * singular.first().copied().unwrap_or(0.0);
    let values: Vec<f64> = singular.iter().copied().take_while(|&value| value > floor).collect();
    let signs: Vec<f64> = (0..values.len()).map(|k| sign(left.col(k).iter().copied())).collect();
    let vectors = Mat::from_fn(n_rows, values.len(), |i, k| signs[k] * left[(i, k)]);
    Ok(Left { vectors, values, total: singular.iter().map(|value| value * value).sum() })
}

impl Left {
    /// Share of the total variance that each of the first components explains `[K]`.
    pub(super) fn explained(&self, n_components: usize) -> Array1<f64> {
        Array1::from_shape_fn(n_components, |k| {
            self.values.get(k).map_or(0.0, |value| value * value / self.total)
        })
    }
}

/// Principal axes of states: they carry further states of the same units into the space of the first ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Axes {
    /// Mean rate of each unit `[N]`.
    pub mean: Array1<f64>,
    /// Principal directions `[K, N]`, orthonormal, or zero beyond the rank.
    pub directions: Array2<f64>,
    /// What scores are divided by.
    pub scale: f64,
}

impl Axes {
    /// Places `[P, K]` of rates `[N, P]`.
    ///
    /// # Panics
    /// If the rates are of another number of units.
    pub fn place(&self, rates: ArrayView2<'_, f64>) -> Array2<f64> {
        let centred = &rates.t() - &self.mean;
        centred.dot(&self.directions.t()) / self.scale
    }
}

/// Features whose points are the columns of responses `[N, P]`: subtracts each unit's mean over columns, projects on
/// the first principal directions and scales to unit RMS radius. The axes of that space come beside.
pub(super) fn of_columns(
    mut responses: Array2<f64>,
    n_components: usize,
) -> Result<(Features, Axes), FeatureError> {
    let mean = centre_rows(&mut responses);
    let left = decompose(responses.view())?;
    let mut points = Array2::zeros((responses.ncols(), n_components));
    let kept = left.values.len().min(n_components);
    let mut scores = Array1::zeros(responses.ncols()); // a column of the points is not contiguous
    for (k, mut column) in points.columns_mut().into_iter().enumerate().take(kept) {
        scores.fill(0.0);
        for (i, row) in responses.outer_iter().enumerate() {
            scores.scaled_add(left.vectors[(i, k)], &row);
        }
        column.assign(&scores);
    }
    let scale = scale_to_unit_radius(&mut points);
    let directions = Array2::from_shape_fn((n_components, responses.nrows()), |(k, i)| {
        if k < kept { left.vectors[(i, k)] } else { 0.0 }
    });
    let features = Features { points, explained: left.explained(n_components), groups: Vec::new() };
    Ok((features, Axes { mean, directions, scale }))
}

/// Features whose points are the rows of responses `[N, C]`: subtracts the mean row and takes each row's scores on the
/// first ten principal components, scaled to unit RMS radius.
pub(super) fn of_rows(mut responses: Array2<f64>) -> Result<Features, FeatureError> {
    centre_columns(&mut responses);
    let left = decompose(responses.view())?;
    let mut points = Array2::from_shape_fn((responses.nrows(), N_COMPONENTS), |(i, k)| {
        left.values.get(k).map_or(0.0, |value| left.vectors[(i, k)] * value)
    });
    scale_to_unit_radius(&mut points);
    Ok(Features { points, explained: left.explained(N_COMPONENTS), groups: Vec::new() })
}

/// The sign that makes the largest entry of a vector positive, the first of equal ones.
fn sign(entries: impl Iterator<Item = f64>) -> f64 {
    let largest = entries.fold(0.0_f64, |best, entry| if entry.abs() > best.abs() { entry } else { best });
    if largest < 0.0 { -1.0 } else { 1.0 }
}

/// Subtracts from each row its mean, and gives the means.
pub(super) fn centre_rows(matrix: &mut Array2<f64>) -> Array1<f64> {
    let mut means = Array1::zeros(matrix.nrows());
    for (mut row, mean) in matrix.outer_iter_mut().zip(&mut means) {
        *mean = row.sum() / row.len() as f64;
        row -= *mean;
    }
    means
}

/// Subtracts from each column its mean.
pub(super) fn centre_columns(matrix: &mut Array2<f64>) {
    if let Some(mean) = matrix.mean_axis(Axis(0)) {
        *matrix -= &mean;
    }
}

/// Divides points by the root of their mean squared distance from the origin, and gives it; points all at the origin
/// stay there.
fn scale_to_unit_radius(points: &mut Array2<f64>) -> f64 {
    let mean_square = points.iter().map(|x| x * x).sum::<f64>() / points.nrows() as f64;
    let scale = if mean_square > 0.0 { mean_square.sqrt() } else { 1.0 };
    *points /= scale;
    scale
}

/// Passes states `[N, T, B]` on as `[N, T·B]` if they are finite and there are any.
pub(super) fn flatten(states: ndarray::ArrayView3<'_, f64>) -> Result<Array2<f64>, FeatureError> {
    let (n_units, n_steps, n_trials) = states.dim();
    let found = [n_units, n_steps, n_trials];
    if states.is_empty() {
        return Err(FeatureError::Empty { found });
    }
    if let Some(((unit, _, _), &value)) = states.indexed_iter().find(|(_, x)| !x.is_finite()) {
        return Err(FeatureError::NotFinite { unit, value });
    }
    let flat = states.as_standard_layout().into_owned();
    flat.into_shape_with_order((n_units, n_steps * n_trials)).map_err(|_| FeatureError::Empty { found })
}
