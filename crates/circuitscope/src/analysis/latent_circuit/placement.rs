//! Where the nodes of a circuit lie among the units.

use faer::Mat;
use ndarray::{Array1, Array2, Array3, ArrayView3, Axis};

use super::CircuitError;
use super::responses::Responses;
use super::setting::EmbeddingModel;
use super::subspace::Subspace;
use super::unit_regression::{cross_validated as cross_validated_on, regression};
use crate::dynamics::run;
use crate::network::Network;

/// Singular values below this share of the largest are rounding.
const ROUNDING: f64 = 1e-10;

/// Responses as a function of states: `y = embedding · x + offset`.
pub(super) struct Placement {
    pub(super) model: EmbeddingModel,
    /// `[K, n]`, orthonormal columns.
    pub(super) q: Array2<f64>,
    /// `[N, n]`
    pub(super) embedding: Array2<f64>,
    /// `[N]`
    pub(super) offset: Array1<f64>,
}

impl Placement {
    /// `Q = U q` without an offset.
    pub(super) fn orthonormal(q: Array2<f64>, subspace: &Subspace) -> Self {
        let embedding = subspace.directions.dot(&q);
        let offset = Array1::zeros(embedding.nrows());
        Self { model: EmbeddingModel::Orthonormal, q, embedding, offset }
    }

    /// The regressions of each unit on a circuit's states, which will be blurred by noise of variance `noise`.
    ///
    /// # Errors
    /// [`CircuitError::Run`] if circuit and responses do not fit.
    pub(super) fn linear(
        circuit: &Network,
        subspace: &Subspace,
        responses: &Responses,
        noise: f64,
    ) -> Result<Self, CircuitError> {
        let states = run::states(circuit, responses.inputs.view())?;
        let (embedding, offset) = regression(responses.rates.view(), states.view(), noise);
        let in_components = subspace.directions.t().dot(&embedding);
        let svd = mat(&in_components).thin_svd().expect("the decomposition of finite numbers converges");
        let factor = svd.U() * svd.V().transpose();
        let q = Array2::from_shape_fn(in_components.dim(), |(k, i)| factor[(k, i)]);
        Ok(Self { model: EmbeddingModel::Linear, q, embedding, offset })
    }

    /// States as the responses tell them `[n, T, B]`, from components `Uᵀ y` `[K, T, B]`: `qᵀ Uᵀ y`, or those of least
    /// squared error.
    pub(super) fn projected(&self, subspace: &Subspace, components: ArrayView3<'_, f64>) -> Array3<f64> {
        match self.model {
            EmbeddingModel::Orthonormal => apply(self.q.t(), components),
            EmbeddingModel::Linear => {
                let inverse = pseudo_inverse(&subspace.directions.t().dot(&self.embedding));
                let shift = inverse.dot(&subspace.directions.t().dot(&self.offset));
                let mut states = apply(inverse.view(), components);
                for (mut states, &shift) in states.outer_iter_mut().zip(&shift) {
                    states -= shift;
                }
                states
            }
        }
    }

    /// The responses that states `[n, T, B]` stand for `[N, T, B]`.
    pub(super) fn embedded(&self, states: ArrayView3<'_, f64>) -> Array3<f64> {
        let mut embedded = apply(self.embedding.view(), states);
        for (mut rates, &offset) in embedded.axis_iter_mut(Axis(0)).zip(&self.offset) {
            rates += offset;
        }
        embedded
    }
}

/// The score about unit means of a circuit whose embedding is fitted to the other trials, see
/// [`unit_regression::cross_validated`](super::unit_regression::cross_validated).
///
/// # Errors
/// [`CircuitError::Run`] if circuit and responses do not fit.
pub(super) fn cross_validated(
    circuit: &Network,
    responses: &Responses,
    noise: f64,
) -> Result<f64, CircuitError> {
    let states = run::states(circuit, responses.inputs.view())?;
    let is_scored = |step, trial| responses.is_scored(step, trial);
    Ok(cross_validated_on(responses.rates.view(), states.view(), noise, is_scored))
}

/// `a b` for b `[K, T, B]`.
pub(super) fn apply(a: ndarray::ArrayView2<'_, f64>, b: ArrayView3<'_, f64>) -> Array3<f64> {
    let (k, n_steps, n_trials) = b.dim();
    let flat = b.as_standard_layout().into_owned().into_shape_with_order((k, n_steps * n_trials));
    let flat: Array2<f64> = a.dot(&flat.expect("rows of steps × trials")).as_standard_layout().into_owned();
    let shape = (a.nrows(), n_steps, n_trials);
    flat.into_shape_with_order(shape).expect("rows of steps × trials")
}

fn mat(matrix: &Array2<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[[i, j]])
}

/// The Moore–Penrose inverse.
fn pseudo_inverse(matrix: &Array2<f64>) -> Array2<f64> {
    let svd = mat(matrix).thin_svd().expect("the decomposition of finite numbers converges");
    let values: Vec<f64> = svd.S().column_vector().iter().copied().collect();
    let least = ROUNDING * values.first().copied().unwrap_or(0.0);
    Array2::from_shape_fn((matrix.ncols(), matrix.nrows()), |(i, j)| {
        let of_value = |c: usize| svd.V()[(i, c)] * svd.U()[(j, c)] / values[c];
        (0..values.len()).filter(|&c| values[c] > least).map(of_value).sum()
    })
}
