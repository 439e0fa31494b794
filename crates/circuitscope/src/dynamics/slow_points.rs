//! Slow points: where the flow is slowest nearby without vanishing, such as the ghost of two fixed points that have met.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use faer::Mat;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::DynamicsError;
use super::fixed_points::LARGEST_SPEED;
use super::flow::{Flow, check_vector};
use super::linear::Factor;
use crate::network::{Form, Network};

/// Newton steps of a descent at most.
const MAX_STEPS: usize = 200;
/// A minimum is reached where `‖∇q‖` is below this share of `‖rhs‖` (dimensionless).
const FLAT: f64 = 1e-9;
/// Directions in which a state at a kink is held to be lowest, beside that of the gradient, and how far along them.
const PROBES: usize = 100;
const REACHES: [f64; 5] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5];
/// Descents that end nearer than this, over 1 + the norm of the state, have met the same minimum: what [`FLAT`] leaves
/// open where the curvature is 10⁻³.
const SAME: f64 = 1e-6;

/// A local minimum of the speed that is no root.
#[derive(Clone, Debug, PartialEq)]
pub struct SlowPoint {
    /// The state `[N]`.
    pub state: Array1<f64>,
    /// `q = ½ ‖rhs‖²` (per squared time constant).
    pub speed: f64,
    /// `‖∇q‖`; not small where a `ReLU` kink holds the minimum.
    pub gradient: f64,
    /// Starts that ended here.
    pub n_hits: usize,
}

/// Local minima of the speed `q = ½ ‖rhs‖²` that are not zero, by rising speed.
///
/// - `input`: `[U]`, held constant. `starts`: `[K, N]` states.
///
/// Descends by Newton's method on q with the exact second derivative, shifted until it points downhill. A descent that
/// ends in a root, or that does not come to rest, is left out. At a kink of a `ReLU` a state is returned only if it is
/// lowest along a hundred directions; descents along a kink are slow, and many are left out.
///
/// # Errors
/// [`DynamicsError`] if input or starts do not fit.
///
/// # Source
/// Sussillo & Barak 2013, `doi:10.1162/NECO_a_00409`. Ours: the exact second derivative.
pub fn slow_points(
    network: &Network,
    input: ArrayView1<'_, f64>,
    starts: ArrayView2<'_, f64>,
) -> Result<Vec<SlowPoint>, DynamicsError> {
    let flow = Flow::new(network, input)?;
    for start in starts.outer_iter() {
        check_vector("starts", start, network.n_units())?;
    }
    let starts: Vec<_> = starts.outer_iter().collect();
    let ends: Vec<Option<SlowPoint>> =
        starts.into_par_iter().map(|start| descend(&flow, start.to_owned())).collect();
    let mut found: Vec<SlowPoint> = Vec::new();
    for end in ends.into_iter().flatten() {
        let is_same = |other: &SlowPoint| {
            let gap = (&other.state - &end.state).mapv(|x| x * x).sum().sqrt();
            gap <= SAME * (1.0 + end.state.mapv(|x| x * x).sum().sqrt())
        };
        match found.iter_mut().find(|other| is_same(other)) {
            Some(other) => other.n_hits += 1,
            None => found.push(end),
        }
    }
    found.sort_by(|a, b| a.speed.total_cmp(&b.speed));
    Ok(found)
}

fn descend(flow: &Flow<'_>, mut state: Array1<f64>) -> Option<SlowPoint> {
    let mut speed = flow.speed(state.view());
    let mut shift = 0.0;
    for _ in 0..MAX_STEPS {
        let rhs = flow.rhs(state.view());
        let size = (2.0 * speed).sqrt();
        if size <= LARGEST_SPEED {
            return None; // a root
        }
        let jacobian = flow.jacobian(state.view());
        let gradient = jacobian.t().dot(&rhs);
        let slope = gradient.dot(&gradient).sqrt();
        if slope <= FLAT * size {
            return Some(SlowPoint { state, speed, gradient: slope, n_hits: 1 });
        }
        let hessian = hessian(flow, state.view(), &rhs, &jacobian);
        let mut is_lower = false;
        for _ in 0..30 {
            let matrix = Mat::from_fn(state.len(), state.len(), |i, j| {
                hessian[[i, j]] + if i == j { shift } else { 0.0 }
            });
            let factor = Factor::new(matrix);
            let mut step: Vec<f64> = gradient.iter().map(|g| -g).collect();
            factor.solve(&mut step);
            let step = Array1::from_vec(step);
            let next = &state + &step;
            let at_next = flow.speed(next.view());
            if step.dot(&gradient) < 0.0 && at_next < speed {
                (state, speed, is_lower) = (next, at_next, true);
                shift *= 0.1;
                if shift < 1e-12 {
                    shift = 0.0;
                }
                break;
            }
            shift = if shift == 0.0 { 1e-6 } else { 10.0 * shift };
        }
        if !is_lower {
            if !flow.network().activation.curve.is_piecewise_linear() {
                // Rounding: as low as it gets.
                return (slope <= 1e-6 * size).then_some(SlowPoint {
                    state,
                    speed,
                    gradient: slope,
                    n_hits: 1,
                });
            }
            // A kink, where Newton's step says nothing: a minimum, unless it goes down some other way.
            match lower_beside(flow, &state, speed, &gradient) {
                Some(next) => (state, speed) = next,
                None => return Some(SlowPoint { state, speed, gradient: slope, n_hits: 1 }),
            }
        }
    }
    None
}

/// A state of lower speed near one at a kink: down the gradient of its side, or along one of many directions.
fn lower_beside(
    flow: &Flow<'_>,
    state: &Array1<f64>,
    speed: f64,
    gradient: &Array1<f64>,
) -> Option<(Array1<f64>, f64)> {
    let n = state.len();
    let waves = (0..PROBES).map(|k| Array1::from_shape_fn(n, |i| ((3 + 5 * k + i * (k + 2)) as f64).cos()));
    for direction in std::iter::once(gradient.clone()).chain(waves) {
        let length = direction.dot(&direction).sqrt();
        for reach in REACHES {
            for side in [-1.0, 1.0] {
                let next = state + &(&direction * (side * reach / length));
                let at_next = flow.speed(next.view());
                // Below by more than the rounding of the sums.
                if at_next < speed - 1e-14 * (1.0 + speed) {
                    return Some((next, at_next));
                }
            }
        }
    }
    None
}

/// Second derivative of q: `JᵀJ + Σ rhsᵢ ∇²rhsᵢ`.
fn hessian(
    flow: &Flow<'_>,
    state: ArrayView1<'_, f64>,
    rhs: &Array1<f64>,
    jacobian: &Array2<f64>,
) -> Array2<f64> {
    let network = flow.network();
    let w = &network.w_rec;
    let mut hessian = jacobian.t().dot(jacobian);
    match network.form {
        Form::Rate => {
            let bends = (w.dot(&state) + flow.drive()).mapv(|x| network.activation.second_derivative(x));
            let scaled = w * &(bends * rhs).insert_axis(Axis(1));
            hessian += &w.t().dot(&scaled);
        }
        Form::Potential => {
            let bends = state.mapv(|h| network.activation.second_derivative(h));
            let mut diagonal = hessian.diag_mut();
            diagonal += &(bends * w.t().dot(rhs));
        }
    }
    hessian
}

#[cfg(test)]
mod tests {
    use super::*;
    use circuitscope_kernel::{Activation, Curve};

    fn one_unit(bias: f64, form: Form) -> Network {
        Network {
            w_rec: Array2::from_elem((1, 1), 2.0),
            w_inp: Array2::ones((1, 1)),
            w_out: Array2::ones((1, 1)),
            bias: Array1::from_elem(1, bias),
            initial_state: Array1::zeros(1),
            activation: Activation { curve: Curve::Tanh, slope: 1.0 },
            form,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    #[test]
    fn the_ghost_of_a_fold_is_a_slow_point() {
        // y = tanh(2 y + b) has a fold at y = −√½; just beyond it the flow is slowest where 2 (1 − tanh²) = 1.
        let fold = -(0.5_f64.sqrt());
        let bias = fold.atanh() - 2.0 * fold + 0.01;
        for form in [Form::Rate, Form::Potential] {
            let network = one_unit(bias, form);
            let starts = Array2::from_shape_vec((2, 1), vec![-0.9, -0.6]).expect("two states");
            let found = slow_points(&network, ndarray::aview1(&[0.0]), starts.view()).expect("fits");
            assert_eq!(found.len(), 1, "{form:?}");
            let at = found[0].state[0];
            // Where the slope of the flow is zero: tanh(2 y + b) = −√½, or tanh h = −√½.
            let exact = if form == Form::Rate { (fold.atanh() - bias) / 2.0 } else { fold.atanh() };
            assert!((at - exact).abs() < 1e-6, "{form:?}: {at} for {exact}");
            assert_eq!(found[0].n_hits, 2);
        }
    }

    #[test]
    fn a_root_is_no_slow_point() {
        let network = one_unit(0.0, Form::Rate);
        let starts = Array2::from_shape_vec((3, 1), vec![-0.9, 0.05, 0.8]).expect("three states");
        let found = slow_points(&network, ndarray::aview1(&[0.0]), starts.view()).expect("fits");
        // Between roots ½ ‖rhs‖² has maxima only.
        assert!(found.is_empty(), "{found:?}");
    }
}
