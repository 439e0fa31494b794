//! The oracle of latent circuits: loss and gradients in float64 as the paper writes them, one loop an index.
//!
//! `L = MSE(o, ô) + λ_v · mean (q x − z)² / var z` plus the penalty on the weights, with the same dynamics as a network's:
//! [`super::Oracle`] runs the circuit, this file holds what is new (docs/methods.md §4.7).

use super::{Oracle, Response, Weights};
use crate::activation::Activation;
use crate::circuit::{Circuit, Responses, Shape, Terms};
use crate::parameters::{Batch, Form, Geometry, Noise};

/// The equations of one shape of circuit.
#[derive(Clone, Copy, Debug)]
pub struct CircuitOracle {
    /// Sizes.
    pub shape: Shape,
    /// Activation function of every node.
    pub activation: Activation,
    /// Euler factor dt / τ.
    pub alpha: f64,
}

impl CircuitOracle {
    fn network(&self) -> Oracle {
        let Shape { n_nodes, n_inputs, n_outputs, n_steps, n_trials, .. } = self.shape;
        let geometry = Geometry { n_units: n_nodes, n_inputs, n_outputs, n_steps, n_trials };
        Oracle { geometry, activation: self.activation, form: Form::Rate, alpha: self.alpha }
    }

    /// States and outputs of the circuit under noise as [`super::Oracle::run`] takes it.
    pub fn run(&self, circuit: &Circuit, inputs: &[f32], noise: Noise<'_>) -> Response {
        let batch = Batch { inputs, targets: &[], mask: &[], weights: None };
        self.network().run(&weights_of(circuit), &batch, noise)
    }

    /// The terms of the loss.
    pub fn terms(&self, circuit: &Circuit, responses: &Responses<'_>, response: &Response) -> Terms {
        let Shape { n_nodes, n_outputs, n_components, n_steps, n_trials, .. } = self.shape;
        let at = |row: usize, t: usize, b: usize| (row * n_steps + t) * n_trials + b;
        let (mut output, mut n_output) = (0.0, 0.0);
        let (mut embedding, mut n_embedding) = (0.0, 0.0);
        for t in 0..n_steps {
            for b in 0..n_trials {
                for o in 0..n_outputs {
                    let target = f64::from(responses.outputs[at(o, t, b)]);
                    if !target.is_nan() {
                        output += (response.outputs[at(o, t, b)] - target).powi(2);
                        n_output += 1.0;
                    }
                }
                for k in (0..n_components).filter(|_| self.is_seen(responses, t, b)) {
                    let x = |i: usize| response.states[at(i, t, b)];
                    let place: f64 = (0..n_nodes).map(|i| circuit.q[k * n_nodes + i] * x(i)).sum();
                    embedding += (place - f64::from(responses.components[at(k, t, b)])).powi(2);
                    n_embedding += 1.0;
                }
            }
        }
        Terms { output: output / n_output, embedding: embedding / n_embedding / self.variance(responses) }
    }

    /// Whether every component of a step of a trial is there.
    fn is_seen(&self, responses: &Responses<'_>, t: usize, b: usize) -> bool {
        let Shape { n_components, n_steps, n_trials, .. } = self.shape;
        (0..n_components).all(|k| !responses.components[(k * n_steps + t) * n_trials + b].is_nan())
    }

    /// Variance of all components that are there, about their common mean.
    fn variance(&self, responses: &Responses<'_>) -> f64 {
        let Shape { n_components, n_steps, n_trials, .. } = self.shape;
        let mut seen = Vec::new();
        for k in 0..n_components {
            for t in 0..n_steps {
                for b in (0..n_trials).filter(|&b| self.is_seen(responses, t, b)) {
                    seen.push(f64::from(responses.components[(k * n_steps + t) * n_trials + b]));
                }
            }
        }
        let mean = seen.iter().sum::<f64>() / seen.len() as f64;
        seen.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / seen.len() as f64
    }

    /// The gradient of `output + λ_v · embedding`, by the adjoint equations written out.
    ///
    /// That by q is the Euclidean one of the embedding term as written, `Σ 2 (q x − z) xᵀ`.
    pub fn gradients(
        &self,
        circuit: &Circuit,
        responses: &Responses<'_>,
        noise: Noise<'_>,
        lambda_embedding: f64,
    ) -> (Terms, Circuit) {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, n_steps, n_trials } = self.shape;
        let at = |row: usize, t: usize, b: usize| (row * n_steps + t) * n_trials + b;
        let response = self.run(circuit, responses.inputs, noise);
        let terms = self.terms(circuit, responses, &response);
        let mut gradient = Circuit::zeros(self.shape);
        let n_output = responses.outputs.iter().filter(|o| !o.is_nan()).count() as f64;
        let mut n_seen = 0.0;
        for t in 0..n_steps {
            n_seen += (0..n_trials).filter(|&b| self.is_seen(responses, t, b)).count() as f64;
        }
        let gain = 2.0 * lambda_embedding / (n_seen * n_components as f64 * self.variance(responses));
        for b in 0..n_trials {
            let mut lambda = vec![0.0; n_nodes]; // ∂L/∂x_{t+1}
            for t in (0..n_steps).rev() {
                let x = |i: usize| response.states[at(i, t, b)];
                let mut by_state = vec![0.0; n_nodes]; // ∂L/∂x_t
                for o in 0..n_outputs {
                    let target = f64::from(responses.outputs[at(o, t, b)]);
                    if target.is_nan() {
                        continue;
                    }
                    let by_output = 2.0 * (response.outputs[at(o, t, b)] - target) / n_output;
                    for j in 0..n_nodes {
                        gradient.w_out[o * n_nodes + j] += by_output * x(j);
                        by_state[j] += by_output * circuit.w_out[o * n_nodes + j];
                    }
                }
                for k in (0..n_components).filter(|_| self.is_seen(responses, t, b)) {
                    let place: f64 = (0..n_nodes).map(|i| circuit.q[k * n_nodes + i] * x(i)).sum();
                    let miss = gain * (place - f64::from(responses.components[at(k, t, b)]));
                    for i in 0..n_nodes {
                        gradient.q[k * n_nodes + i] += miss * x(i);
                        by_state[i] += miss * circuit.q[k * n_nodes + i];
                    }
                }
                for i in 0..n_nodes {
                    let delta = self.alpha * response.slopes[at(i, t, b)] * lambda[i];
                    by_state[i] += (1.0 - self.alpha) * lambda[i];
                    for j in 0..n_nodes {
                        gradient.w_rec[i * n_nodes + j] += delta * x(j);
                        by_state[j] += delta * circuit.w_rec[i * n_nodes + j];
                    }
                    for u in 0..n_inputs {
                        let input = response.noisy_inputs[at(u, t, b)];
                        gradient.w_inp[i * n_inputs + u] += delta * input;
                    }
                }
                lambda = by_state;
            }
        }
        (terms, gradient)
    }
}

fn weights_of(circuit: &Circuit) -> Weights {
    Weights {
        w_rec: circuit.w_rec.clone(),
        w_inp: circuit.w_inp.clone(),
        w_out: circuit.w_out.clone(),
        bias: Vec::new(),
    }
}
