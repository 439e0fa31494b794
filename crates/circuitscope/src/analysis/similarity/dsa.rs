//! Dynamical similarity analysis: how far apart two networks' laws of motion are, whatever the coordinates.
//!
//! Each network's trajectories are laid out as delay vectors `[x(t), x(t − 1), …]`; the leading left singular vectors of all
//! of them, of unit variance, are coordinates in which the next state is a linear function of this one, `u(t + 1) ≈ A u(t)`.
//! Two networks move alike if an orthogonal map carries one `A` onto the other.
//!
//! # Source
//! Ostrow et al. 2023, arXiv:2306.10168: delay embedding, reduced-rank dynamic mode decomposition, then
//! `min_C ‖A − C B Cᵀ‖_F` over orthogonal `C`, or the angle `arccos(tr(Aᵀ C B Cᵀ) / (‖A‖ ‖B‖))`. The published
//! code descends on `C` by Adam from one start, later from two; ours is in [`alignment`], and on the systems of
//! `similarity/tests/published.rs` nowhere above it. Ten delays are one time constant of the published
//! networks; ten directions are as many as the other measures compare.

use faer::{Mat, MatRef, Side};
use ndarray::{Array2, ArrayView2};

use super::measure::SimilarityError;
use super::representation::centred;
use crate::analysis::components::{FeatureError, N_COMPONENTS};
use crate::analysis::procrustes::Map;

pub mod alignment;

pub use alignment::{Alignment, Search};

/// Steps in a delay vector: one time constant of the published networks.
pub const N_DELAYS: usize = 10;
/// Most directions of delay space that are kept.
pub const RANK: usize = N_COMPONENTS;

/// Singular values below this share of the largest are rounding: they come from a triangle whose entries carry errors of
/// `f64::EPSILON`, and are divided by.
const NOISE: f64 = 1e-10;
/// Directions with a smaller share of their variance before the last step say nothing of the step that follows.
const UNSEEN: f64 = 1e-12;

/// The law of motion of one network.
#[derive(Clone, Debug)]
pub struct Dynamics {
    /// Number of directions r, at most [`RANK`].
    pub(super) rank: usize,
    /// `A` `[r, r]`, zero beyond.
    pub(super) operator: Map,
    /// `A` in the bases of [`canonical`], from which the search starts.
    pub(super) canonical: Vec<Map>,
}

impl Dynamics {
    /// Of an operator `[r, r]`, r at most [`RANK`]; larger ones are cut.
    pub fn of(operator: ArrayView2<'_, f64>) -> Self {
        let rank = operator.nrows().min(operator.ncols()).min(RANK);
        let mut map = [[0.0; RANK]; RANK];
        for ((i, j), &entry) in operator.indexed_iter().filter(|((i, j), _)| *i < rank && *j < rank) {
            map[i][j] = entry;
        }
        Self { rank, canonical: canonical(&map, rank), operator: map }
    }

    /// `A` `[r, r]`.
    pub fn operator(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.rank, self.rank), |(i, j)| self.operator[i][j])
    }
}

/// The law of motion that trajectories follow.
///
/// - `points`: `[T·B, k]`, steps outermost. Each column's mean is subtracted.
/// - `n_delays`: steps in a delay vector, at least one; studies take [`N_DELAYS`].
///
/// # Errors
/// [`SimilarityError`] if the points are no whole trials, trials have no more steps than delays, or the decomposition fails.
pub fn dynamics(
    points: ArrayView2<'_, f64>,
    n_trials: usize,
    n_delays: usize,
) -> Result<Dynamics, SimilarityError> {
    let n_points = points.nrows();
    if n_trials == 0 || !n_points.is_multiple_of(n_trials) {
        return Err(SimilarityError::Trials { n_points, n_trials });
    }
    let (n_delays, n_steps) = (n_delays.max(1), n_points / n_trials);
    if n_steps <= n_delays {
        return Err(SimilarityError::Steps { n_steps, n_needed: n_delays + 1 });
    }
    let coordinates = coordinates(&delays(&centred(points), n_trials, n_delays))?;
    Ok(Dynamics::of(operator(&coordinates, n_trials)?.view()))
}

/// Delay vectors `[(T − d + 1)·B, d·k]`: row by row the steps from d − 1 on, the newest state first.
fn delays(points: &Array2<f64>, n_trials: usize, n_delays: usize) -> Mat<f64> {
    let (n_points, k) = points.dim();
    let n_rows = n_points - (n_delays - 1) * n_trials;
    Mat::from_fn(n_rows, n_delays * k, |row, column| {
        let back = column / k;
        points[[row + (n_delays - 1 - back) * n_trials, column % k]]
    })
}

/// Leading left singular vectors `[P, r]`: the triangle of a QR decomposition gives the right ones at little cost.
fn coordinates(delays: &Mat<f64>) -> Result<Mat<f64>, SimilarityError> {
    let (n_rows, n_columns) = (delays.nrows(), delays.ncols());
    let failed = |_| FeatureError::Decomposition { n_rows, n_columns };
    let svd = delays.qr().thin_R().thin_svd().map_err(failed)?;
    let values = svd.S().column_vector();
    let floor = NOISE * values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let rank = values.iter().take_while(|&&value| value > floor).count().min(RANK);
    let scaled = Mat::from_fn(n_columns, rank, |i, j| svd.V()[(i, j)] / values[j]);
    Ok(delays * scaled)
}

/// The least-squares `A` of `u(t + 1) = A u(t)` over all trials.
fn operator(coordinates: &Mat<f64>, n_trials: usize) -> Result<Array2<f64>, SimilarityError> {
    let (n_rows, rank) = (coordinates.nrows(), coordinates.ncols());
    if rank == 0 {
        return Ok(Array2::zeros((0, 0)));
    }
    let before: MatRef<'_, f64> = coordinates.subrows(0, n_rows - n_trials);
    let after = coordinates.subrows(n_trials, n_rows - n_trials);
    let failed = |_| FeatureError::Decomposition { n_rows: rank, n_columns: rank };
    // The columns are orthonormal but for the last step, so that their Gram matrix is near one and safe to divide by.
    let eigen = (before.transpose() * before).self_adjoint_eigen(Side::Lower).map_err(failed)?;
    let towards = eigen.U().transpose() * (before.transpose() * after);
    let share = eigen.S().column_vector();
    let divided =
        Mat::from_fn(rank, rank, |i, j| if share[i] > UNSEEN { towards[(i, j)] / share[i] } else { 0.0 });
    let transposed = eigen.U() * divided;
    Ok(Array2::from_shape_fn((rank, rank), |(i, j)| transposed[(j, i)]))
}

/// `A` in the bases of eigenvectors of `A + Aᵀ`, `A Aᵀ` and `Aᵀ A`, by rising eigenvalue.
fn canonical(operator: &Map, rank: usize) -> Vec<Map> {
    let a = Mat::from_fn(rank, rank, |i, j| operator[i][j]);
    let of = |symmetric: Mat<f64>| {
        let mut map = *operator;
        // The iteration of a finite matrix converges; if ever not, the basis as it is still is a start.
        if let Ok(eigen) = symmetric.self_adjoint_eigen(Side::Lower) {
            let turned = eigen.U().transpose() * &a * eigen.U();
            for i in 0..rank {
                for j in 0..rank {
                    map[i][j] = turned[(i, j)];
                }
            }
        }
        map
    };
    vec![of(&a + a.transpose()), of(&a * a.transpose()), of(a.transpose() * &a)]
}
