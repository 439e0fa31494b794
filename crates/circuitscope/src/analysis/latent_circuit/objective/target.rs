//! What losses are taken against, and the circuit as a network.

use crate::analysis::latent_circuit::responses::Responses;
use crate::analysis::latent_circuit::setting::{NodeDynamics, Setting};
use crate::network::{Form, Network};
use circuitscope_kernel::circuit::{Circuit, Shape};
use ndarray::{Array1, Array2, Array3};

/// What losses are taken against: responses with their principal components.
pub(in crate::analysis::latent_circuit) struct Target<'a> {
    pub(in crate::analysis::latent_circuit) shape: Shape,
    pub(in crate::analysis::latent_circuit) dynamics: NodeDynamics,
    pub(in crate::analysis::latent_circuit) setting: &'a Setting,
    pub(in crate::analysis::latent_circuit) responses: &'a Responses,
    /// `[K, T, B]`: as they are for an orthonormal embedding, centred and of total variance 1 for a linear one.
    pub(in crate::analysis::latent_circuit) components: &'a Array3<f64>,
    /// `[U, T, B]`
    pub(in crate::analysis::latent_circuit) inputs: &'a [f32],
    /// `[O, T, B]`
    pub(in crate::analysis::latent_circuit) outputs: &'a [f32],
    /// `[K, T, B]`
    pub(in crate::analysis::latent_circuit) single_components: &'a [f32],
}

/// A circuit as the network that it is.
pub(in crate::analysis::latent_circuit) fn network_of(
    circuit: &Circuit,
    shape: Shape,
    dynamics: NodeDynamics,
) -> Network {
    let Shape { n_nodes, n_inputs, n_outputs, .. } = shape;
    Network {
        w_rec: matrix(&circuit.w_rec, n_nodes, n_nodes),
        w_inp: matrix(&circuit.w_inp, n_nodes, n_inputs),
        w_out: matrix(&circuit.w_out, n_outputs, n_nodes),
        bias: Array1::zeros(n_nodes),
        initial_state: Array1::zeros(n_nodes),
        activation: dynamics.activation,
        form: Form::Rate,
        dt_ms: dynamics.dt_ms,
        tau_ms: dynamics.tau_ms,
    }
}

pub(in crate::analysis::latent_circuit) fn matrix(
    entries: &[f64],
    rows: usize,
    columns: usize,
) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| entries[i * columns + j])
}
