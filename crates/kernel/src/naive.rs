//! The oracle: the training step in float64 as the paper writes it, one loop an index, nothing shared with the kernel.
//!
//! Arrays are `[N, T, B]`, weights `[post, pre]`. For tests and for judging other implementations; not fast.

// An index per symbol of the equations reads closer to them than iterators do.
#![allow(clippy::needless_range_loop)]

pub mod circuit;

use crate::activation::Activation;
use crate::adam::{Allowed, BETA_1, BETA_2, EPSILON, InputOutput};
use crate::parameters::{Batch, Form, Geometry, Noise, Parameters};
use crate::random;

/// Weights in float64, or anything of their shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Recurrent weights `[N, N]`.
    pub w_rec: Vec<f64>,
    /// Input weights `[N, U]`.
    pub w_inp: Vec<f64>,
    /// Output weights `[O, N]`.
    pub w_out: Vec<f64>,
    /// Bias of each unit `[N]`, or empty.
    pub bias: Vec<f64>,
}

impl From<&Parameters> for Weights {
    fn from(parameters: &Parameters) -> Self {
        let wide = |values: &[f32]| values.iter().map(|&x| f64::from(x)).collect();
        Self {
            w_rec: wide(&parameters.w_rec),
            w_inp: wide(&parameters.w_inp),
            w_out: wide(&parameters.w_out),
            bias: wide(&parameters.bias),
        }
    }
}

impl Weights {
    /// All zero, of these shapes.
    pub fn zeros_like(&self) -> Self {
        let mut zeros = self.clone();
        zeros.arrays_mut().into_iter().for_each(|array| array.fill(0.0));
        zeros
    }

    /// The arrays, in the order `w_rec`, `w_inp`, `w_out`, `bias`.
    pub fn arrays(&self) -> [&[f64]; 4] {
        [&self.w_rec, &self.w_inp, &self.w_out, &self.bias]
    }

    /// The arrays to write to, in the same order.
    pub fn arrays_mut(&mut self) -> [&mut [f64]; 4] {
        [&mut self.w_rec, &mut self.w_inp, &mut self.w_out, &mut self.bias]
    }
}

/// A network's response to a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// States `[N, T, B]`.
    pub states: Vec<f64>,
    /// Rates `[N, T, B]`: the states themselves, or the activation function of them.
    pub rates: Vec<f64>,
    /// Outputs `[O, T, B]`.
    pub outputs: Vec<f64>,
    /// Slopes `[N, T, B]`: `f′(z_t)` of steps 0 to T − 2, zero at the last, where the states are rates; else `f′(h_t)`.
    pub slopes: Vec<f64>,
    /// Inputs with their noise `[U, T, B]`.
    pub noisy_inputs: Vec<f64>,
}

/// The three terms of the loss, without their factors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Mean over mask steps, trials and outputs of (o − ô)², or Σ w (o − ô)² / Σ w where the batch has weights.
    pub task: f64,
    /// Mean over units, steps and trials of y².
    pub rate: f64,
    /// `‖ŴᵀŴ − diag‖_F` of the input weights with unit columns.
    pub orthogonality: f64,
}

/// Factors of the regularisers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalties {
    /// `λ_r`, of the mean squared rate.
    pub rate: f64,
    /// λ_⊥, of the overlap between input columns.
    pub orthogonality: f64,
}

/// The equations of one geometry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Oracle {
    /// Sizes.
    pub geometry: Geometry,
    /// Activation function of every unit.
    pub activation: Activation,
    /// Which variable the leak acts on.
    pub form: Form,
    /// Euler factor dt / τ.
    pub alpha: f64,
}

impl Oracle {
    /// `y_{t+1} = y_t + α(−y_t + f(W_rec y_t + W_inp (u_t + ξinp_t) + b) + ξrec_t)`, `o_t = W_out y_t`, `y_0 = 0`; or
    /// `h_{t+1} = h_t + α(−h_t + W_rec f(h_t) + W_inp (u_t + ξinp_t) + b + ξrec_t)`, `o_t = W_out f(h_t)`, `h_0 = 0`.
    pub fn run(&self, weights: &Weights, batch: &Batch<'_>, noise: Noise<'_>) -> Response {
        let Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } = self.geometry;
        let at = |row: usize, t: usize, b: usize| (row * n_steps + t) * n_trials + b;
        let drawn;
        let (rec, inp): (&[f32], &[f32]) = match noise {
            Noise::Absent => (&[], &[]),
            Noise::Given { rec, inp } => (rec, inp),
            Noise::Seeded { seed, iteration, sigma_rec, sigma_inp } => {
                drawn = random::draw_noise(self.geometry, seed, iteration, sigma_rec, sigma_inp);
                (&drawn.0, &drawn.1)
            }
        };
        let n_given = rec.len() / (n_units * n_trials);
        let given = |noise: &[f32], row: usize, t: usize, b: usize| {
            if t < n_given { f64::from(noise[(row * n_given + t) * n_trials + b]) } else { 0.0 }
        };

        let mut response = Response {
            states: vec![0.0; n_units * n_steps * n_trials],
            rates: vec![0.0; n_units * n_steps * n_trials],
            outputs: vec![0.0; n_outputs * n_steps * n_trials],
            slopes: vec![0.0; n_units * n_steps * n_trials],
            noisy_inputs: vec![0.0; n_inputs * n_steps * n_trials],
        };
        for b in 0..n_trials {
            for t in 0..n_steps {
                for u in 0..n_inputs {
                    response.noisy_inputs[at(u, t, b)] =
                        f64::from(batch.inputs[at(u, t, b)]) + given(inp, u, t, b);
                }
                for i in 0..n_units {
                    let state = response.states[at(i, t, b)];
                    (response.rates[at(i, t, b)], response.slopes[at(i, t, b)]) = match self.form {
                        Form::Rate => (state, 0.0),
                        Form::Potential => (self.activation.rate(state), self.activation.slope_at(state)),
                    };
                }
                for o in 0..n_outputs {
                    response.outputs[at(o, t, b)] = (0..n_units)
                        .map(|j| weights.w_out[o * n_units + j] * response.rates[at(j, t, b)])
                        .sum();
                }
                if t + 1 == n_steps {
                    continue;
                }
                for i in 0..n_units {
                    let mut z = weights.bias.get(i).copied().unwrap_or(0.0);
                    for j in 0..n_units {
                        z += weights.w_rec[i * n_units + j] * response.rates[at(j, t, b)];
                    }
                    for u in 0..n_inputs {
                        z += weights.w_inp[i * n_inputs + u] * response.noisy_inputs[at(u, t, b)];
                    }
                    let drive = match self.form {
                        Form::Rate => {
                            response.slopes[at(i, t, b)] = self.activation.slope_at(z);
                            self.activation.rate(z)
                        }
                        Form::Potential => z,
                    };
                    let state = response.states[at(i, t, b)];
                    response.states[at(i, t + 1, b)] =
                        state + self.alpha * (-state + drive + given(rec, i, t, b));
                }
            }
        }
        response
    }

    /// The terms of the loss of a response.
    pub fn loss(&self, weights: &Weights, batch: &Batch<'_>, response: &Response) -> Terms {
        let Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } = self.geometry;
        let mut task = 0.0;
        for o in 0..n_outputs {
            for &t in batch.mask {
                for b in 0..n_trials {
                    let at = (o * n_steps + t) * n_trials + b;
                    let error = response.outputs[at] - f64::from(batch.targets[at]);
                    task += weight(batch, at) * error.powi(2);
                }
            }
        }
        let overlaps = self.overlaps(&weights.w_inp);
        let off_diagonal = |(at, x): (usize, &f64)| if at / n_inputs == at % n_inputs { 0.0 } else { x * x };
        Terms {
            task: task / self.compared(batch),
            rate: response.rates.iter().map(|y| y * y).sum::<f64>() / (n_units * n_steps * n_trials) as f64,
            orthogonality: overlaps.iter().enumerate().map(off_diagonal).sum::<f64>().sqrt(),
        }
    }

    /// The number of terms of the task loss, or the sum of their weights.
    fn compared(&self, batch: &Batch<'_>) -> f64 {
        let Geometry { n_outputs, n_steps, n_trials, .. } = self.geometry;
        let mut compared = 0.0;
        for o in 0..n_outputs {
            for &t in batch.mask {
                for b in 0..n_trials {
                    compared += weight(batch, (o * n_steps + t) * n_trials + b);
                }
            }
        }
        compared
    }

    /// Norm of each input column.
    fn norms(&self, w_inp: &[f64]) -> Vec<f64> {
        let Geometry { n_units, n_inputs, .. } = self.geometry;
        let square = |u: usize| (0..n_units).map(|i| w_inp[i * n_inputs + u].powi(2)).sum::<f64>();
        (0..n_inputs).map(|u| square(u).sqrt()).collect()
    }

    /// `ŴᵀŴ` `[U, U]`; a zero column overlaps with none.
    fn overlaps(&self, w_inp: &[f64]) -> Vec<f64> {
        let Geometry { n_units, n_inputs, .. } = self.geometry;
        let norms = self.norms(w_inp);
        let mut overlaps = vec![0.0; n_inputs * n_inputs];
        for a in 0..n_inputs {
            for b in 0..n_inputs {
                let inner: f64 =
                    (0..n_units).map(|i| w_inp[i * n_inputs + a] * w_inp[i * n_inputs + b]).sum();
                if norms[a] > 0.0 && norms[b] > 0.0 {
                    overlaps[a * n_inputs + b] = inner / (norms[a] * norms[b]);
                }
            }
        }
        overlaps
    }

    /// The terms, and the gradient of `task + λ_r rate + λ_⊥ orthogonality`, by the adjoint equations written out.
    pub fn gradients(
        &self,
        weights: &Weights,
        batch: &Batch<'_>,
        noise: Noise<'_>,
        penalties: Penalties,
    ) -> (Terms, Weights) {
        let Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } = self.geometry;
        let at = |row: usize, t: usize, b: usize| (row * n_steps + t) * n_trials + b;
        let response = self.run(weights, batch, noise);
        let terms = self.loss(weights, batch, &response);
        let mut gradient = weights.zeros_like();
        let compared = self.compared(batch);
        let n_states = (n_units * n_steps * n_trials) as f64;
        for b in 0..n_trials {
            let mut lambda = vec![0.0; n_units]; // ∂L/∂x_{t+1}, x the states
            for t in (0..n_steps).rev() {
                let mut by_rate = vec![0.0; n_units]; // ∂L/∂r_t, r the rates, but for the leak of rates that are states
                for i in 0..n_units {
                    by_rate[i] += 2.0 * penalties.rate / n_states * response.rates[at(i, t, b)];
                }
                let n_masked = batch.mask.iter().filter(|&&step| step == t).count() as f64;
                for o in 0..n_outputs {
                    let error = response.outputs[at(o, t, b)] - f64::from(batch.targets[at(o, t, b)]);
                    let by_output = 2.0 * n_masked * weight(batch, at(o, t, b)) * error / compared;
                    for j in 0..n_units {
                        gradient.w_out[o * n_units + j] += by_output * response.rates[at(j, t, b)];
                        by_rate[j] += by_output * weights.w_out[o * n_units + j];
                    }
                }
                for i in 0..n_units {
                    // At the last step λ is zero, so its slope does not matter.
                    let delta = self.alpha
                        * lambda[i]
                        * match self.form {
                            Form::Rate => response.slopes[at(i, t, b)],
                            Form::Potential => 1.0,
                        };
                    if let Some(sum) = gradient.bias.get_mut(i) {
                        *sum += delta;
                    }
                    for j in 0..n_units {
                        gradient.w_rec[i * n_units + j] += delta * response.rates[at(j, t, b)];
                        by_rate[j] += delta * weights.w_rec[i * n_units + j];
                    }
                    for u in 0..n_inputs {
                        gradient.w_inp[i * n_inputs + u] += delta * response.noisy_inputs[at(u, t, b)];
                    }
                }
                for i in 0..n_units {
                    let through = match self.form {
                        Form::Rate => by_rate[i],
                        Form::Potential => response.slopes[at(i, t, b)] * by_rate[i],
                    };
                    lambda[i] = (1.0 - self.alpha) * lambda[i] + through;
                }
            }
        }
        self.add_orthogonality(&weights.w_inp, penalties.orthogonality, &mut gradient.w_inp);
        (terms, gradient)
    }

    /// Adds the gradient of `weight · ‖ŴᵀŴ − diag‖_F`: `P = √Σ_{a≠b} G_ab²`, `G_ab = w_a·w_b / (|w_a||w_b|)`.
    fn add_orthogonality(&self, w_inp: &[f64], weight: f64, gradient: &mut [f64]) {
        let Geometry { n_units, n_inputs, .. } = self.geometry;
        let (norms, overlaps) = (self.norms(w_inp), self.overlaps(w_inp));
        let mut square = 0.0;
        for a in 0..n_inputs {
            for b in (0..n_inputs).filter(|&b| b != a) {
                square += overlaps[a * n_inputs + b].powi(2);
            }
        }
        if square == 0.0 {
            return;
        }
        for a in 0..n_inputs {
            for b in (0..n_inputs).filter(|&b| b != a && norms[a] * norms[b] > 0.0) {
                let overlap = overlaps[a * n_inputs + b];
                for i in 0..n_units {
                    let (w_a, w_b) = (w_inp[i * n_inputs + a], w_inp[i * n_inputs + b]);
                    let by_weight = w_b / (norms[a] * norms[b]) - overlap * w_a / norms[a].powi(2);
                    // G_ab and G_ba both hold w_a: hence 2.
                    gradient[i * n_inputs + a] += weight * 2.0 * overlap * by_weight / square.sqrt();
                }
            }
        }
    }
}

/// Adam in float64; see [`crate::Adam`].
#[derive(Clone, Debug)]
pub struct Adam {
    first: Weights,
    second: Weights,
    n_updates: i32,
}

impl Adam {
    /// No update made yet.
    pub fn of(weights: &Weights) -> Self {
        Self { first: weights.zeros_like(), second: weights.zeros_like(), n_updates: 0 }
    }

    /// Moves the weights against the gradient plus `weight_decay · w`.
    pub fn update(
        &mut self,
        weights: &mut Weights,
        gradient: &Weights,
        learning_rate: f64,
        weight_decay: f64,
    ) {
        self.n_updates += 1;
        for k in 0..4 {
            let (m, v) = (&mut self.first.arrays_mut()[k], &mut self.second.arrays_mut()[k]);
            let (w, gradient) = (&mut weights.arrays_mut()[k], gradient.arrays()[k]);
            for i in 0..gradient.len() {
                let g = gradient[i] + weight_decay * w[i];
                m[i] = BETA_1 * m[i] + (1.0 - BETA_1) * g;
                v[i] = BETA_2 * v[i] + (1.0 - BETA_2) * g * g;
                let mean = m[i] / (1.0 - BETA_1.powi(self.n_updates));
                let square = v[i] / (1.0 - BETA_2.powi(self.n_updates));
                w[i] -= learning_rate * mean / (square.sqrt() + EPSILON);
            }
        }
    }
}

/// Brings weights back to what the network may have; see [`crate::project`].
pub fn project(weights: &mut Weights, allowed: Allowed<'_>) {
    let n_units = allowed.signs.len();
    if allowed.input_output == InputOutput::NonNegative {
        for w in weights.w_inp.iter_mut().chain(&mut weights.w_out) {
            *w = w.max(0.0);
        }
    }
    for at in 0..n_units * n_units {
        let sign = f64::from(allowed.signs[at % n_units]);
        let exists = allowed.connections.get(at).copied().unwrap_or(true);
        if weights.w_rec[at] * sign < 0.0 || !exists {
            weights.w_rec[at] = 0.0;
        }
    }
    for (at, w) in weights.w_out.iter_mut().enumerate() {
        if allowed.signs[at % n_units] < 0.0 {
            *w = 0.0;
        }
    }
}

/// How much an entry of `[O, T, B]` counts.
fn weight(batch: &Batch<'_>, at: usize) -> f64 {
    batch.weights.map_or(1.0, |weights| f64::from(weights[at]))
}
