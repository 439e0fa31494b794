//! What happens near a fixed point: eigenvalues of the flow and of the Euler map, and what they decide.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use faer::linalg::solvers::Solve;
use faer::traits::ComplexField;
use faer::{Mat, MatRef, Scale, c64};
use ndarray::{Array1, ArrayView1};

use super::DynamicsError;
use super::fixed_points::Manifold;
use super::flow::{Flow, check_vector};
use crate::network::{Form, Network};

/// The leading direction of the linear dynamics at a state: the one that decays last.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadingMode {
    /// The eigenvalue with the largest real part (per time constant).
    pub eigenvalue: Eigenvalue,
    /// Right eigenvector `[N]` of norm 1: the direction that persists. The real part if the eigenvalue is complex.
    pub right: Array1<f64>,
    /// Left eigenvector `[N]` with `left · right = 1`: what of a push persists. The real part if it is complex.
    pub left: Array1<f64>,
}

/// The leading mode of a flow at a state, which need not be a fixed point.
///
/// # Errors
/// [`DynamicsError::Eigenvalues`] if the decomposition does not converge.
pub fn leading_mode(flow: &Flow<'_>, state: ArrayView1<'_, f64>) -> Result<LeadingMode, DynamicsError> {
    let jacobian = flow.jacobian(state);
    let n = jacobian.nrows();
    let matrix = Mat::from_fn(n, n, |i, j| jacobian[[i, j]]);
    let values = matrix.eigenvalues().map_err(|_| DynamicsError::Eigenvalues { n_units: n })?;
    let first = values.iter().max_by(|a, b| a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im)));
    let eigenvalue = first.map_or(Eigenvalue { re: -1.0, im: 0.0 }, |v| Eigenvalue { re: v.re, im: v.im });
    let (right, left) =
        eigenvectors(matrix.as_ref(), eigenvalue).ok_or(DynamicsError::Eigenvalues { n_units: n })?;
    // The phase of the largest entry is taken out, so that a real vector is real.
    let largest = (0..n).max_by(|&a, &b| right[(a, 0)].norm_sqr().total_cmp(&right[(b, 0)].norm_sqr()));
    let phase = largest.map_or(c64::new(1.0, 0.0), |at| right[(at, 0)]);
    let overlap = overlap(&left, &right) / (phase / phase.norm());
    let right: Array1<f64> = (0..n).map(|i| (right[(i, 0)] / (phase / phase.norm())).re).collect();
    let left: Array1<f64> = (0..n).map(|i| (left[(i, 0)] / overlap).re).collect();
    Ok(LeadingMode { eigenvalue, right, left })
}

/// Backward error of the eigenvalues of a QR iteration over `N ε ‖J‖`: a few in practice (Golub & Van Loan 2013, §7.5.6).
const BACKWARD_ERROR: f64 = 10.0;
/// Steps of inverse iteration for the eigenvectors of one eigenvalue.
const INVERSE_ITERATIONS: usize = 3;

/// An eigenvalue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eigenvalue {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

/// Whether a state near a fixed point returns to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stability {
    /// Every direction decays.
    Stable,
    /// Some direction grows.
    Unstable,
    /// The leading eigenvalue is on the border as far as its error bound tells.
    Marginal,
}

/// Linear dynamics around a fixed point.
#[derive(Clone, Debug, PartialEq)]
pub struct Linearization {
    /// Eigenvalues of the flow's Jacobian (per time constant), by falling real part, then imaginary part.
    pub eigenvalues: Vec<Eigenvalue>,
    /// Error bound of the leading real part, and of the leading modulus of the Euler map over α: the backward error of
    /// the decomposition and the error of the state, times the condition number of the eigenvalue. To first order.
    pub error: f64,
    /// Stability under the flow, `Re λ` against 0.
    pub flow: Stability,
    /// Stability under the Euler map of the network's step, `|1 + α λ|` against 1: an oscillation that decays in the
    /// flow may grow here.
    pub euler: Stability,
    /// Eigenvalues of the flow with a positive real part.
    pub n_unstable: usize,
    /// Eigenvalues of the Euler map with a modulus above 1.
    pub n_unstable_euler: usize,
    /// Time constants `−τ / Re λ` in the order of the eigenvalues (ms); negative where a direction grows.
    pub time_constants_ms: Vec<f64>,
}

impl Linearization {
    /// Largest real part of an eigenvalue of the flow (per time constant).
    pub fn max_re(&self) -> f64 {
        self.eigenvalues.first().map_or(f64::NEG_INFINITY, |first| first.re)
    }
}

/// Linear dynamics of a flow around a fixed point.
///
/// - `state`: `[N]`; `radius`: how far the exact fixed point may be from it. `boundary_units`: units at a kink;
///   if the two one-sided flows disagree on the stability, it is [`Stability::Marginal`].
///
/// # Errors
/// [`DynamicsError::Eigenvalues`] if the decomposition does not converge.
pub fn linearize(
    flow: &Flow<'_>,
    state: ArrayView1<'_, f64>,
    radius: f64,
    boundary_units: &[usize],
) -> Result<Linearization, DynamicsError> {
    let slopes = flow.slopes(state).to_vec();
    let arguments = flow.arguments(state);
    let mut found =
        one_sided(flow, &arguments, &on_side(flow, &arguments, &slopes, boundary_units, 0), radius)?;
    if !boundary_units.is_empty() {
        let other =
            one_sided(flow, &arguments, &on_side(flow, &arguments, &slopes, boundary_units, 1), radius)?;
        if other.flow != found.flow {
            found.flow = Stability::Marginal;
        }
        if other.euler != found.euler {
            found.euler = Stability::Marginal;
        }
    }
    Ok(found)
}

/// Slopes with those of `units` on one side of their kink, 0 before it and 1 after.
fn on_side(
    flow: &Flow<'_>,
    arguments: &Array1<f64>,
    slopes: &[f64],
    units: &[usize],
    side: usize,
) -> Vec<f64> {
    let mut slopes = slopes.to_vec();
    for &unit in units {
        if let Some(sides) = flow.network().activation.slopes_at_kink(arguments[unit]) {
            slopes[unit] = sides[side];
        }
    }
    slopes
}

/// Eigenvalues of the flow's Jacobian at a state (per time constant), by falling real part, then imaginary part.
///
/// What [`linearize`] gives without its error bound, in a third of the time.
///
/// # Errors
/// [`DynamicsError::Eigenvalues`] if the decomposition does not converge.
pub fn spectrum(flow: &Flow<'_>, state: ArrayView1<'_, f64>) -> Result<Vec<Eigenvalue>, DynamicsError> {
    let network = flow.network();
    let block = live_block(network, &flow.slopes(state).to_vec());
    eigenvalues(block.as_ref(), network.n_units())
}

/// The Jacobian's block of the units that send something on: those of slope 0 have the eigenvalue −1, and the others'
/// eigenvalues are those of the block without them.
fn live_block(network: &Network, slopes: &[f64]) -> Mat<f64> {
    let live: Vec<usize> = (0..slopes.len()).filter(|&unit| slopes[unit] != 0.0).collect();
    Mat::from_fn(live.len(), live.len(), |i, j| {
        slopes[live[i]] * network.w_rec[[live[i], live[j]]] - f64::from(u8::from(i == j))
    })
}

/// Eigenvalues of a block and, up to `n_values`, of units that decay by themselves.
fn eigenvalues(block: MatRef<'_, f64>, n_values: usize) -> Result<Vec<Eigenvalue>, DynamicsError> {
    let values = if block.nrows() == 0 {
        Vec::new()
    } else {
        block.eigenvalues().map_err(|_| DynamicsError::Eigenvalues { n_units: n_values })?
    };
    let mut eigenvalues: Vec<Eigenvalue> =
        values.iter().map(|value| Eigenvalue { re: value.re, im: value.im }).collect();
    eigenvalues.resize(n_values, Eigenvalue { re: -1.0, im: 0.0 });
    eigenvalues.sort_by(|a, b| b.re.total_cmp(&a.re).then(b.im.total_cmp(&a.im)));
    Ok(eigenvalues)
}

fn one_sided(
    flow: &Flow<'_>,
    arguments: &Array1<f64>,
    slopes: &[f64],
    radius: f64,
) -> Result<Linearization, DynamicsError> {
    let network = flow.network();
    let block = live_block(network, slopes);
    let bend = network.activation.largest_curvature();
    // A certified root of rectified linear units is in one piece of each.
    let is_bound = network.activation.curve.is_smooth() || network.activation.curve.is_rectified_linear();
    let disturbance = if is_bound {
        bend * network.w_rec.iter().map(|w| w * w).sum::<f64>() * radius
    } else {
        change(network, arguments, radius)
    };
    linearization(network, block.as_ref(), slopes.len(), disturbance)
}

/// How far the Jacobian may be from the one at a state within `radius`, where curvature has no bound.
fn change(network: &Network, arguments: &Array1<f64>, radius: f64) -> f64 {
    let norm = |weights: ArrayView1<'_, f64>| weights.dot(&weights).sqrt();
    let squares = arguments.iter().enumerate().map(|(unit, &x)| {
        // Rows of W move with their unit's slope in the rate form, columns in the potential form.
        let (reach, size) = match network.form {
            Form::Rate => (norm(network.w_rec.row(unit)) * radius, norm(network.w_rec.row(unit))),
            Form::Potential => (radius, norm(network.w_rec.column(unit))),
        };
        (network.activation.slope_change(x, reach) * size).powi(2)
    });
    squares.sum::<f64>().sqrt()
}

/// Linear dynamics across a line or plane of fixed points: what becomes of a push off it.
///
/// The eigenvalues are the N − D of the Jacobian on the state space without the D directions in which the fixed points
/// extend; those D directions have the eigenvalue 0 and are left out.
///
/// # Errors
/// [`DynamicsError`] if the manifold is of another network, or the decomposition does not converge.
pub fn transverse(flow: &Flow<'_>, manifold: &Manifold) -> Result<Linearization, DynamicsError> {
    let network = flow.network();
    let n = network.n_units();
    check_vector("manifold", manifold.state.view(), n)?;
    let (active, d) = (&manifold.active, manifold.basis.nrows());
    let k = active.len();
    let s = network.activation.slope;
    let block =
        Mat::from_fn(k, k, |i, j| s * network.w_rec[[active[i], active[j]]] - f64::from(u8::from(i == j)));
    // Potentials move as rates do on the active units, up to the slope.
    let along = Mat::from_fn(d, k, |row, i| manifold.basis[[row, active[i]]]);
    let svd = along.svd().map_err(|_| DynamicsError::Eigenvalues { n_units: n })?;
    let (along, across) = svd.V().split_at_col(d);
    let quotient = across.transpose() * &block * across;
    // As far as the directions are no exact null vectors, the block is another one's.
    let defect = (&block * along).norm_l2();
    linearization(network, quotient.as_ref(), n - d, defect)
}

/// The linear dynamics of a block and, up to `n_values`, of units that decay by themselves; `disturbance` bounds how far
/// the block is from the exact one.
fn linearization(
    network: &Network,
    block: MatRef<'_, f64>,
    n_values: usize,
    disturbance: f64,
) -> Result<Linearization, DynamicsError> {
    let eigenvalues = eigenvalues(block, n_values)?;
    let n = network.n_units();
    let alpha = network.alpha();
    // (|1 + αλ| − 1) / α, written without cancellation; of the same scale as Re λ.
    let excess = |value: &Eigenvalue| {
        let squared = 2.0 * value.re + alpha * (value.re * value.re + value.im * value.im);
        squared / (1.0 + ((1.0 + alpha * value.re).powi(2) + (alpha * value.im).powi(2)).sqrt())
    };
    let leading = eigenvalues.first().copied().unwrap_or(Eigenvalue { re: -1.0, im: 0.0 });
    let last = eigenvalues.iter().max_by(|a, b| excess(a).total_cmp(&excess(b))).copied().unwrap_or(leading);
    let size = block.norm_l2();
    let backward = BACKWARD_ERROR * n as f64 * f64::EPSILON * (size + 1.0) + disturbance;
    let mut error: f64 = 0.0;
    for value in [leading, last] {
        error = error.max(backward * condition(block, value));
        if leading == last {
            break;
        }
    }
    let decide = |lead: f64| {
        if lead > error {
            Stability::Unstable
        } else if lead < -error {
            Stability::Stable
        } else {
            Stability::Marginal
        }
    };
    Ok(Linearization {
        flow: decide(leading.re),
        euler: decide(excess(&last)),
        n_unstable: eigenvalues.iter().filter(|value| value.re > 0.0).count(),
        n_unstable_euler: eigenvalues.iter().filter(|value| excess(value) > 0.0).count(),
        time_constants_ms: eigenvalues.iter().map(|value| -network.tau_ms / value.re).collect(),
        error,
        eigenvalues,
    })
}

/// Condition number `‖l‖ ‖r‖ / |l r|` of an eigenvalue with its left and right eigenvectors.
fn condition(matrix: MatRef<'_, f64>, value: Eigenvalue) -> f64 {
    // −1 of silent units is well conditioned and decides nothing.
    if matrix.nrows() == 0 || (value.re == -1.0 && value.im == 0.0) {
        return 1.0;
    }
    let overlap = if value.im == 0.0 {
        let shift = beside(value.re);
        let own = |i, j| if i == j { shift } else { 0.0 };
        let shifted = Mat::<f64>::from_fn(matrix.nrows(), matrix.nrows(), |i, j| matrix[(i, j)] - own(i, j));
        let vectors = inverse_iteration(&shifted, |i| 1.0 + 0.3 * (i as f64).sin());
        vectors.map(|(right, left)| (left.transpose() * right)[(0, 0)].abs())
    } else {
        eigenvectors(matrix, value).map(|(right, left)| overlap(&left, &right).norm())
    };
    overlap.map_or(f64::INFINITY, |overlap| (1.0 / overlap).min(1e16))
}

/// Slightly beside an eigenvalue, so that the shifted matrix can be factored.
fn beside(re: f64) -> f64 {
    re + 1e-10 * (1.0 + re.abs())
}

fn overlap(left: &Mat<c64>, right: &Mat<c64>) -> c64 {
    (0..left.nrows()).fold(c64::new(0.0, 0.0), |sum, i| sum + left[(i, 0)] * right[(i, 0)])
}

/// Right and left eigenvector `[N, 1]` of norm 1 of an eigenvalue.
fn eigenvectors(matrix: MatRef<'_, f64>, value: Eigenvalue) -> Option<(Mat<c64>, Mat<c64>)> {
    let n = matrix.nrows();
    let shift = c64::new(beside(value.re), value.im);
    let shifted = Mat::<c64>::from_fn(n, n, |i, j| {
        let own = if i == j { shift } else { c64::new(0.0, 0.0) };
        c64::new(matrix[(i, j)], 0.0) - own
    });
    inverse_iteration(&shifted, |i| c64::new(1.0, 0.3 * (i as f64).sin()))
}

/// Right and left vectors `[N, 1]` of norm 1 that a matrix shrinks most, by inverse iteration.
fn inverse_iteration<T: ComplexField<Real = f64>>(
    shifted: &Mat<T>,
    start: impl Fn(usize) -> T,
) -> Option<(Mat<T>, Mat<T>)> {
    let factors = shifted.partial_piv_lu();
    let mut right = Mat::<T>::from_fn(shifted.nrows(), 1, |i, _| start(i));
    let mut left = right.clone();
    for _ in 0..INVERSE_ITERATIONS {
        factors.solve_in_place(right.as_mut());
        factors.solve_transpose_in_place(left.as_mut());
        for vector in [&mut right, &mut left] {
            let size = vector.norm_l2();
            if !(size.is_finite() && size > 0.0) {
                return None;
            }
            *vector *= Scale(T::from_f64_impl(1.0 / size));
        }
    }
    Some((right, left))
}
