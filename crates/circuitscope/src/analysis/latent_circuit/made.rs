//! Circuits for tests of what is done with circuits.

use ndarray::{Array1, Array2};

use crate::network::{Form, Network};
use circuitscope_kernel::{Activation, Curve};

/// A circuit of six nodes, three of them free; its weights are a function of numbers that differ from weight to weight.
pub(super) fn circuit(weight: impl Fn(f64) -> f64) -> Network {
    let entry = |(i, j): (usize, usize)| weight((3 * i + 5 * j + i * i * j) as f64);
    Network {
        w_rec: Array2::from_shape_fn((6, 6), entry),
        w_inp: Array2::from_shape_fn((6, 3), |(i, u)| f64::from(u8::from(i == u))),
        w_out: Array2::from_shape_fn((1, 6), entry),
        bias: Array1::zeros(6),
        initial_state: Array1::zeros(6),
        activation: Activation { curve: Curve::Relu, slope: 1.0 },
        form: Form::Rate,
        dt_ms: 1.0,
        tau_ms: 10.0,
    }
}
