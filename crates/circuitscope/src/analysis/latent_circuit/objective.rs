//! The loss of a circuit against responses and its gradient, for each way of embedding its nodes.

mod linear;

use ndarray::{Array1, Array2, Array3};

use super::CircuitError;
use super::responses::Responses;
use super::setting::{EmbeddingModel, NodeDynamics, Setting};
use crate::network::{Form, Network};
use circuitscope_kernel::KernelPath;
use circuitscope_kernel::circuit::{
    Circuit, CircuitNoise, CircuitStepper, Responses as Arrays, Shape, Terms,
};
use linear::Linear;

/// What losses are taken against: responses with their principal components.
pub(super) struct Target<'a> {
    pub(super) shape: Shape,
    pub(super) dynamics: NodeDynamics,
    pub(super) setting: &'a Setting,
    pub(super) responses: &'a Responses,
    /// `[K, T, B]`: as they are for an orthonormal embedding, centred and of total variance 1 for a linear one.
    pub(super) components: &'a Array3<f64>,
    /// `[U, T, B]`
    pub(super) inputs: &'a [f32],
    /// `[O, T, B]`
    pub(super) outputs: &'a [f32],
    /// `[K, T, B]`
    pub(super) single_components: &'a [f32],
}

/// The loss under one embedding model.
pub(super) enum Objective<'a> {
    /// By the kernel, its q moved by the optimiser.
    Orthonormal { stepper: Box<CircuitStepper>, lambda: f64 },
    /// Embedding and offset solved for.
    Linear(Box<Linear<'a>>),
}

impl<'a> Objective<'a> {
    /// - `start`: orthonormal columns `[K, n]` that the embedding of the first updates is drawn to.
    pub(super) fn new(target: &'a Target<'a>, start: &[f64], path: KernelPath) -> Self {
        let Target { shape, dynamics, setting, inputs, outputs, single_components, .. } = *target;
        match setting.embedding {
            EmbeddingModel::Orthonormal => {
                let arrays = Arrays { inputs, outputs, components: single_components };
                let stepper =
                    CircuitStepper::new(shape, &arrays, dynamics.activation, dynamics.alpha(), path);
                Self::Orthonormal { stepper: Box::new(stepper), lambda: setting.lambda_embedding }
            }
            EmbeddingModel::Linear => Self::Linear(Box::new(Linear::new(target, start, path))),
        }
    }

    /// The loss of a circuit without noise and without the penalty on weights, by which the best parameters are chosen.
    ///
    /// # Errors
    /// [`CircuitError::Run`] if circuit and inputs do not fit.
    pub(super) fn loss(&mut self, circuit: &Circuit) -> Result<f64, CircuitError> {
        match self {
            Self::Orthonormal { stepper, lambda } => Ok(total(stepper.terms(circuit), *lambda)),
            Self::Linear(linear) => linear.loss(circuit),
        }
    }

    /// The loss of a circuit under noise, without the penalty on weights; its gradient overwrites `gradient`, zero by q where the
    /// embedding is solved for.
    ///
    /// # Errors
    /// [`CircuitError::Run`] if circuit and inputs do not fit.
    pub(super) fn step(
        &mut self,
        circuit: &Circuit,
        noise: CircuitNoise,
        gradient: &mut Circuit,
    ) -> Result<f64, CircuitError> {
        match self {
            Self::Orthonormal { stepper, lambda } => {
                Ok(total(stepper.step(circuit, noise, *lambda, gradient), *lambda))
            }
            Self::Linear(linear) => linear.step(circuit, noise, gradient),
        }
    }
}

fn total(terms: Terms, lambda: f64) -> f64 {
    terms.output + lambda * terms.embedding
}

/// A circuit as the network that it is.
pub(super) fn network_of(circuit: &Circuit, shape: Shape, dynamics: NodeDynamics) -> Network {
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

pub(super) fn matrix(entries: &[f64], rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| entries[i * columns + j])
}
