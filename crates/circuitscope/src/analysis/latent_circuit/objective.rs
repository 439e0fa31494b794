//! The loss of a circuit against responses and its gradient, for each way of embedding its nodes.

mod linear;
mod target;

use super::CircuitError;
use super::setting::EmbeddingModel;
use circuitscope_kernel::KernelPath;
use circuitscope_kernel::circuit::{Circuit, CircuitNoise, CircuitStepper, Responses as Arrays, Terms};
use linear::Linear;
pub(super) use target::{Target, matrix, network_of};

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
