//! The line between two choices: how the state drifts along it, and what of an input moves it.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use ndarray::{Array1, ArrayView1};

use super::DynamicsError;
use super::flow::{Flow, check_vector};
use super::linear::{Factor, bordered};
use super::stability::{LeadingMode, leading_mode};
use crate::network::Network;

/// Steps of the flow across the axis before Newton's method, each [`RELAXATION`] of a time constant.
const RELAXATION_STEPS: usize = 300;
const RELAXATION: f64 = 0.2;
/// Newton steps at most.
const MAX_STEPS: usize = 50;

/// A state on the line.
#[derive(Clone, Debug, PartialEq)]
pub struct LinePoint {
    /// Position along the axis: 0 at the first choice, 1 at the second.
    pub position: f64,
    /// The state `[N]`, at which the flow runs along the axis only.
    pub state: Array1<f64>,
    /// Drift of the position (1/ms): 0 at a fixed point.
    pub drift_per_ms: f64,
    /// `‖rhs‖` without the part along the axis (per time constant): rounding, unless the state did not settle.
    pub residual: f64,
    /// The mode that decays last.
    pub mode: LeadingMode,
    /// `|cos|` of the angle between the axis and the right eigenvector.
    pub alignment: f64,
    /// By input `[U]`: cosine between the selection vector, the left eigenvector, and what a push of that input does to
    /// the state; 0 where it does nothing.
    pub selection: Array1<f64>,
}

impl LinePoint {
    /// Whether the flow across the axis vanishes as well as it does at a root.
    pub fn is_settled(&self) -> bool {
        self.residual <= super::fixed_points::LARGEST_SPEED
    }
}

/// States between two choices at one constant input, the position along the axis held and all else at rest.
///
/// - `ends`: the states `[N]` of the two choices, e.g. at the end of trials. `n_points`: states, equally spaced from the
///   first to the second, both included.
///
/// # Errors
/// [`DynamicsError`] if an array does not fit, the two ends are the same state, or eigenvalues fail.
///
/// # Source
/// Mante et al. 2013, `doi:10.1038/nature12742`: slow points between the choices, and the selection vector. Ours: instead
/// of a threshold on the speed, the state across the axis is solved for, so that the drift is what is left.
pub fn line_attractor(
    network: &Network,
    input: ArrayView1<'_, f64>,
    ends: [ArrayView1<'_, f64>; 2],
    n_points: usize,
) -> Result<Vec<LinePoint>, DynamicsError> {
    let flow = Flow::new(network, input)?;
    for end in ends {
        check_vector("ends", end, network.n_units())?;
    }
    let axis = &ends[1] - &ends[0];
    let length = axis.dot(&axis).sqrt();
    if length == 0.0 {
        return Err(DynamicsError::SameEnds);
    }
    let axis = axis / length;
    let mut points = Vec::with_capacity(n_points);
    for k in 0..n_points {
        let position = if n_points > 1 { k as f64 / (n_points - 1) as f64 } else { 0.5 };
        let start = &ends[0] + &(&axis * (position * length));
        let state = settle(&flow, &axis, start);
        let rhs = flow.rhs(state.view());
        let along = axis.dot(&rhs);
        let across = &rhs - &(&axis * along);
        let mode = leading_mode(&flow, state.view())?;
        let gain = flow.drive_gain(state.view());
        let selection = network.w_inp.columns().into_iter().map(|column| {
            let push = &column * &gain;
            let size = (push.dot(&push) * mode.left.dot(&mode.left)).sqrt();
            if size > 0.0 { mode.left.dot(&push) / size } else { 0.0 }
        });
        let right_size = mode.right.dot(&mode.right).sqrt();
        points.push(LinePoint {
            position,
            drift_per_ms: along / (network.tau_ms * length),
            residual: across.dot(&across).sqrt(),
            alignment: axis.dot(&mode.right).abs() / right_size,
            selection: selection.collect(),
            mode,
            state,
        });
    }
    Ok(points)
}

/// The state near `start`, at the same position along the axis, at which the flow has no part across it.
fn settle(flow: &Flow<'_>, axis: &Array1<f64>, start: Array1<f64>) -> Array1<f64> {
    let across = |state: &Array1<f64>| {
        let rhs = flow.rhs(state.view());
        let along = axis.dot(&rhs);
        rhs - &(axis * along)
    };
    let size = |v: &Array1<f64>| v.dot(v).sqrt();
    let mut state = start;
    for _ in 0..RELAXATION_STEPS {
        let step = across(&state);
        state.scaled_add(RELAXATION, &step);
    }
    let border = axis.to_vec();
    for _ in 0..MAX_STEPS {
        let rest = across(&state);
        // J δ − μ e = −rest and e · δ = 0.
        let minus: Vec<f64> = border.iter().map(|e| -e).collect();
        let factor = Factor::new(bordered(&flow.jacobian(state.view()), &minus, &border, 0.0));
        let mut step: Vec<f64> = rest.iter().map(|v| -v).collect();
        step.push(0.0);
        factor.solve(&mut step);
        step.pop();
        let step = Array1::from_vec(step);
        let mut share = 1.0;
        let mut next = &state + &step;
        while size(&across(&next)) >= size(&rest) && share > 1e-3 {
            share *= 0.5;
            next = &state + &(&step * share);
        }
        if size(&across(&next)) >= size(&rest) {
            break; // rounding, or a dead end: the residual says which
        }
        state = next;
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Form;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::Array2;

    /// `W = g u uᵀ + 0.3 v vᵀ` on two orthogonal directions, inputs along u and v.
    fn network(gain: f64, form: Form) -> (Network, Array1<f64>) {
        let n = 8;
        let u = Array1::from_elem(n, 1.0 / (n as f64).sqrt());
        let v: Array1<f64> =
            (0..n).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 } / (n as f64).sqrt()).collect();
        let w_rec = Array2::from_shape_fn((n, n), |(i, j)| gain * u[i] * u[j] + 0.3 * v[i] * v[j]);
        let network = Network {
            w_rec,
            w_inp: Array2::from_shape_fn((n, 2), |(i, k)| if k == 0 { u[i] } else { v[i] }),
            w_out: Array2::ones((1, n)),
            bias: Array1::zeros(n),
            initial_state: Array1::zeros(n),
            activation: Activation { curve: Curve::Tanh, slope: 1.0 },
            form,
            dt_ms: 1.0,
            tau_ms: 10.0,
        };
        (network, u)
    }

    #[test]
    fn drift_leads_away_from_the_saddle_to_the_choices() {
        for form in [Form::Rate, Form::Potential] {
            let (network, u) = network(1.2, form);
            let (a, b) = (&u * -1.5, &u * 1.5);
            let none = Array1::zeros(2);
            let line = line_attractor(&network, none.view(), [a.view(), b.view()], 11).expect("fits");
            assert!(line.iter().all(LinePoint::is_settled), "{form:?}");
            // On the axis the dynamics are those of one unit: symmetric, 0 in the middle, outwards beside it.
            assert!(line[5].drift_per_ms.abs() < 1e-12);
            assert!(line[4].drift_per_ms < 0.0 && line[6].drift_per_ms > 0.0);
            assert!((line[4].drift_per_ms + line[6].drift_per_ms).abs() < 1e-12);
            assert!((line[5].mode.eigenvalue.re - 0.2).abs() < 1e-9);
            assert!((line[5].alignment - 1.0).abs() < 1e-9);
            // Slope of the drift at the saddle: 0.2 per time constant of 10 ms.
            let near = line_attractor(&network, none.view(), [(&u * -1e-4).view(), (&u * 1e-4).view()], 3);
            let slope = near.expect("fits")[2].drift_per_ms / 0.5;
            assert!((slope - 0.02).abs() < 1e-6, "{slope}");
        }
    }

    #[test]
    fn the_selection_vector_sees_the_input_along_the_line_only() {
        for form in [Form::Rate, Form::Potential] {
            let (network, u) = network(1.2, form);
            let none = Array1::zeros(2);
            let line = line_attractor(&network, none.view(), [(&u * -1.5).view(), (&u * 1.5).view()], 3);
            let middle = &line.expect("fits")[1];
            assert!((middle.selection[0].abs() - 1.0).abs() < 1e-9 && middle.selection[1].abs() < 1e-9);
            assert!((middle.mode.left.dot(&middle.mode.right) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn two_ends_at_one_state_have_no_line_between_them() {
        let (network, u) = network(1.2, Form::Rate);
        let none = Array1::zeros(2);
        let error = line_attractor(&network, none.view(), [u.view(), u.view()], 3).expect_err("one state");
        assert_eq!(error, DynamicsError::SameEnds);
    }
}
