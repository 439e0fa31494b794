//! The flow of a network under constant input, and its Jacobian.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use ndarray::{Array1, Array2, ArrayView1};

use super::DynamicsError;
use crate::network::{Form, Network};

/// The flow `τ ẏ` of a network at one constant input: dimensionless, so that rates of change are per time constant.
#[derive(Clone, Debug)]
pub struct Flow<'a> {
    network: &'a Network,
    /// `W_inp u + b` `[N]`.
    drive: Array1<f64>,
}

impl<'a> Flow<'a> {
    /// The flow at a constant `input` `[U]`.
    ///
    /// # Errors
    /// [`DynamicsError::Width`] or [`DynamicsError::NotFinite`] if the input does not fit.
    pub fn new(network: &'a Network, input: ArrayView1<'_, f64>) -> Result<Self, DynamicsError> {
        check_vector("input", input, network.n_inputs())?;
        Ok(Self { network, drive: network.w_inp.dot(&input) + &network.bias })
    }

    /// The network that flows.
    pub fn network(&self) -> &'a Network {
        self.network
    }

    /// What comes from outside, `W_inp u + b` `[N]`.
    pub fn drive(&self) -> ArrayView1<'_, f64> {
        self.drive.view()
    }

    /// `−y + f(W_rec y + W_inp u + b)`, or `−h + W_rec f(h) + W_inp u + b` in the potential form; `[N]`.
    ///
    /// # Panics
    /// If the state is not N long.
    pub fn rhs(&self, state: ArrayView1<'_, f64>) -> Array1<f64> {
        let f = self.network.activation;
        match self.network.form {
            Form::Rate => (self.network.w_rec.dot(&state) + &self.drive).mapv(|x| f.rate(x)) - state,
            Form::Potential => self.network.w_rec.dot(&state.mapv(|h| f.rate(h))) + &self.drive - state,
        }
    }

    /// Jacobian of [`Flow::rhs`] `[N, N]`: `−1 + diag(f′) W_rec`, or `−1 + W_rec diag(f′)` in the potential form.
    ///
    /// A unit at a kink has the slope of its flatter side, as in training: a `ReLU` counts as silent.
    ///
    /// # Panics
    /// If the state is not N long.
    pub fn jacobian(&self, state: ArrayView1<'_, f64>) -> Array2<f64> {
        let slopes = self.slopes(state);
        let mut jacobian = self.network.w_rec.clone();
        match self.network.form {
            Form::Rate => jacobian *= &slopes.insert_axis(ndarray::Axis(1)),
            Form::Potential => jacobian *= &slopes,
        }
        jacobian.diag_mut().mapv_inplace(|w| w - 1.0);
        jacobian
    }

    /// `f′` of every unit at a state `[N]`.
    pub fn slopes(&self, state: ArrayView1<'_, f64>) -> Array1<f64> {
        self.arguments(state).mapv_into(|x| self.network.activation.slope_at(x))
    }

    /// What the activation function of every unit is applied to at a state `[N]`.
    pub(super) fn arguments(&self, state: ArrayView1<'_, f64>) -> Array1<f64> {
        match self.network.form {
            Form::Rate => self.network.w_rec.dot(&state) + &self.drive,
            Form::Potential => state.to_owned(),
        }
    }

    /// Change of [`Flow::rhs`] with a change of the drive: `f′` of each unit, or 1 in the potential form; `[N]`.
    pub fn drive_gain(&self, state: ArrayView1<'_, f64>) -> Array1<f64> {
        match self.network.form {
            Form::Rate => self.slopes(state),
            Form::Potential => Array1::ones(state.len()),
        }
    }

    /// Speed `q = ½ ‖rhs‖²` (per squared time constant).
    ///
    /// # Source
    /// Sussillo & Barak 2013, `doi:10.1162/NECO_a_00409`.
    pub fn speed(&self, state: ArrayView1<'_, f64>) -> f64 {
        0.5 * self.rhs(state).mapv(|v| v * v).sum()
    }
}

/// Whether a vector is of the network's width and finite.
pub(super) fn check_vector(
    name: &'static str,
    vector: ArrayView1<'_, f64>,
    expected: usize,
) -> Result<(), DynamicsError> {
    if vector.len() != expected {
        return Err(DynamicsError::Width { name, found: vector.len(), expected });
    }
    match vector.indexed_iter().find(|(_, x)| !x.is_finite()) {
        Some((i, &value)) => Err(DynamicsError::NotFinite { name, value, position: vec![i] }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use circuitscope_kernel::{Activation, Curve};

    fn network(form: Form, curve: Curve, slope: f64) -> Network {
        let wave = |(i, j): (usize, usize)| ((3 * i + 5 * j + i * j) as f64).sin();
        Network {
            w_rec: Array2::from_shape_fn((6, 6), wave),
            w_inp: Array2::from_shape_fn((6, 2), wave),
            w_out: Array2::from_shape_fn((1, 6), wave),
            bias: Array1::from_shape_fn(6, |i| 0.1 * i as f64 - 0.2),
            initial_state: Array1::zeros(6),
            activation: Activation { curve, slope },
            form,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    #[test]
    fn the_jacobian_is_the_slope_of_the_flow() {
        let cases = [(Curve::Relu, 1.0), (Curve::Relu, 1.5), (Curve::Sigmoid, 7.5), (Curve::Tanh, 1.0)];
        for form in [Form::Rate, Form::Potential] {
            for (curve, slope) in cases {
                let network = network(form, curve, slope);
                let input = Array1::from_vec(vec![0.3, -0.4]);
                let flow = Flow::new(&network, input.view()).expect("fits");
                let state = Array1::from_shape_fn(6, |i| 0.4 * (2.0 + i as f64).cos());
                let jacobian = flow.jacobian(state.view());
                for j in 0..6 {
                    let step = 1e-6;
                    let at = |side: f64| {
                        let mut moved = state.clone();
                        moved[j] += side * step;
                        flow.rhs(moved.view())
                    };
                    let slope = (at(1.0) - at(-1.0)) / (2.0 * step);
                    for i in 0..6 {
                        // f‴ step² and rounding / step; slope 7.5 cubed enters the first.
                        let gap = (slope[i] - jacobian[[i, j]]).abs();
                        assert!(gap < 1e-7, "{form:?} {curve:?} [{i}, {j}]: {gap}");
                    }
                }
            }
        }
    }

    #[test]
    fn an_input_that_does_not_fit_is_named() {
        let network = network(Form::Rate, Curve::Tanh, 1.0);
        let error = Flow::new(&network, Array1::zeros(3).view()).expect_err("two inputs");
        assert_eq!(error, DynamicsError::Width { name: "input", found: 3, expected: 2 });
        let nan = Array1::from_vec(vec![0.0, f64::NAN]);
        let error = Flow::new(&network, nan.view()).expect_err("not finite");
        assert!(matches!(error, DynamicsError::NotFinite { name: "input", .. }));
    }
}
