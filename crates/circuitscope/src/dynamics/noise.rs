//! Runs with noise in float64, as the networks were trained: what they answer when their inputs and rates jitter.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use circuitscope_kernel::KernelPath;
use circuitscope_kernel::random::Normals;
use ndarray::{Array3, ArrayView3};

use super::euler::{Euler, LANES, Weights};
use super::run::{RunError, keep, show};
use crate::network::Network;

/// Noise of a run: `ξ = √(2/α)·σ·N(0, 1)`, another number for each step, trial, unit and input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Noise of the inputs; it passes through `W_inp` and the activation.
    pub sigma_inp: f64,
    /// Noise of the states, outside the activation.
    pub sigma_rec: f64,
    /// Starts the draws.
    pub seed: u64,
    /// Another block of trials under the same seed has numbers of its own.
    pub block: u64,
}

/// Outputs `[O, T, B]` of a noisy Euler run.
///
/// - `inputs`: `[U, T, B]`. State t and input t give state t + 1, as in [`super::run::states`].
///
/// Without noise these are the outputs of [`super::run::states`], to rounding.
///
/// # Errors
/// [`RunError::Width`] if the network has another number of inputs.
///
/// # Source
/// docs/methods.md §1: `y += α (−y + f(W_rec y + W_inp (u + ξ_inp) + b) + ξ_rec)`. The normals are those of training
/// (`circuitscope_kernel::random`), of float32 precision.
pub fn noisy_outputs(
    network: &Network,
    inputs: ArrayView3<'_, f32>,
    noise: &Noise,
) -> Result<Array3<f64>, RunError> {
    let (_, n_steps, n_trials) = inputs.dim();
    let n_outputs = network.n_outputs();
    let mut outputs = Array3::zeros((n_outputs, n_steps, n_trials));
    let w_out = Weights::new(&[network.w_out.view()]);
    let mut output = w_out.product(n_trials);
    noisy_run(network, inputs, noise, |t, stride, rates| {
        w_out.multiply(rates, stride, None, &mut output);
        keep(&output, stride, t, &mut outputs);
    })?;
    Ok(outputs)
}

/// Rates `[N, T, B]` of a noisy Euler run; without noise those of [`super::run::rates`], to rounding.
///
/// # Errors
/// As [`noisy_outputs`].
pub fn noisy_rates(
    network: &Network,
    inputs: ArrayView3<'_, f32>,
    noise: &Noise,
) -> Result<Array3<f64>, RunError> {
    let (_, n_steps, n_trials) = inputs.dim();
    let mut rates = Array3::zeros((network.n_units(), n_steps, n_trials));
    noisy_run(network, inputs, noise, |t, stride, now| keep(now, stride, t, &mut rates))?;
    Ok(rates)
}

/// Runs with noise and shows each step its number, the trials of a row and the rates `[N, stride]`.
fn noisy_run(
    network: &Network,
    inputs: ArrayView3<'_, f32>,
    noise: &Noise,
    mut see: impl FnMut(usize, usize, &[f64]),
) -> Result<(), RunError> {
    let (n_inputs, n_steps, n_trials) = inputs.dim();
    if n_inputs != network.n_inputs() {
        return Err(RunError::Width { name: "inputs", found: n_inputs, expected: network.n_inputs() });
    }
    if n_trials == 0 {
        return Ok(());
    }
    let mut euler = Euler::new(network, n_trials);
    let stride = euler.stride();
    let mut draws = Draws::new(noise, network.alpha(), network.n_units().max(n_inputs), n_trials);
    for t in 0..n_steps {
        see(t, stride, euler.rates());
        if t + 1 == n_steps {
            break;
        }
        show(inputs, t, stride, euler.inputs_mut());
        draws.disturb_inputs(euler.inputs_mut(), t);
        euler.step();
        draws.disturb_states(euler.states_mut(), t + 1);
    }
    Ok(())
}

/// The normals of a run, as many trials at a time as a vector has lanes at most.
struct Draws {
    normals: Normals,
    path: KernelPath,
    n_trials: usize,
    /// `√(2/α)·σ_inp`, and `α·√(2/α)·σ_rec`, what a step adds to the state.
    scale_inp: f64,
    scale_rec: f64,
    numbers: [Vec<f32>; LANES],
}

impl Draws {
    fn new(noise: &Noise, alpha: f64, most_rows: usize, n_trials: usize) -> Self {
        let scale = (2.0 / alpha).sqrt();
        Self {
            normals: Normals::new(noise.seed, noise.block),
            path: KernelPath::detect(),
            n_trials,
            scale_inp: scale * noise.sigma_inp,
            scale_rec: alpha * scale * noise.sigma_rec,
            numbers: std::array::from_fn(|_| vec![0.0; most_rows]),
        }
    }

    /// Adds noise to the inputs `[U, stride]` of step `t`.
    fn disturb_inputs(&mut self, inputs: &mut [f64], t: usize) {
        self.disturb(inputs, 2 * t + 1, self.scale_inp);
    }

    /// Adds noise to the states `[N, stride]` of step `t`.
    fn disturb_states(&mut self, states: &mut [f64], t: usize) {
        self.disturb(states, 2 * t, self.scale_rec);
    }

    /// Adds the numbers drawn under `step`: even ones for states, odd ones for inputs.
    fn disturb(&mut self, values: &mut [f64], step: usize, scale: f64) {
        if scale == 0.0 {
            return;
        }
        let stride = self.n_trials.next_multiple_of(LANES);
        let n_rows = values.len() / stride;
        for first in (0..self.n_trials).step_by(LANES) {
            for (place, both) in self.numbers.chunks_exact_mut(2).enumerate() {
                // Two neighbouring trials share their random words.
                let pair = first / 2 + place;
                let [even, odd] = both else { unreachable!("LANES is even") };
                if 2 * pair < self.n_trials {
                    self.normals.fill(self.path, pair, step, &mut even[..n_rows], &mut odd[..n_rows]);
                }
            }
            for (i, row) in values.chunks_exact_mut(stride).enumerate() {
                for (value, numbers) in row[first..first + LANES].iter_mut().zip(&self.numbers) {
                    *value += scale * f64::from(numbers[i]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::run::{outputs, rates, states};
    use crate::network::Form;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::{Array1, Array2};

    fn network(form: Form, gain: f64) -> Network {
        let wave = |(i, j): (usize, usize)| gain * ((3 * i + 5 * j) as f64).sin();
        Network {
            w_rec: Array2::from_shape_fn((4, 4), wave),
            w_inp: Array2::from_shape_fn((4, 2), wave),
            w_out: Array2::from_shape_fn((1, 4), |(i, j)| ((3 * i + 5 * j) as f64).cos()),
            bias: Array1::from_shape_fn(4, |i| 0.1 * i as f64),
            initial_state: Array1::zeros(4),
            activation: Activation { curve: Curve::Tanh, slope: 1.5 },
            form,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    #[test]
    fn without_noise_the_outputs_are_those_of_the_noise_free_run() {
        let inputs = Array3::from_shape_fn((2, 40, 5), |(u, t, b)| ((u + 2 * t + 7 * b) as f32).cos());
        for form in [Form::Rate, Form::Potential] {
            let network = network(form, 1.0);
            let noise = Noise { sigma_inp: 0.0, sigma_rec: 0.0, seed: 1, block: 0 };
            let got = noisy_outputs(&network, inputs.view(), &noise).expect("fits");
            let free = rates(&network, states(&network, inputs.view()).expect("fits"));
            let expected = outputs(&network, free.view()).expect("fits");
            let gap = (&got - &expected).mapv(f64::abs).fold(0.0, |a: f64, &b| a.max(b));
            assert!(gap < 1e-13, "{form:?}: {gap}"); // sums of four terms in another order
            let got = noisy_rates(&network, inputs.view(), &noise).expect("fits");
            assert_eq!(got, free, "{form:?}"); // the same sums in the same order
        }
    }

    #[test]
    fn no_trial_has_no_outputs() {
        let noise = Noise { sigma_inp: 0.1, sigma_rec: 0.1, seed: 1, block: 0 };
        let outputs = noisy_outputs(&network(Form::Rate, 1.0), Array3::zeros((2, 5, 0)).view(), &noise);
        assert_eq!(outputs.expect("fits").dim(), (1, 5, 0));
    }

    #[test]
    fn the_noise_of_a_leaky_unit_has_the_spread_that_its_equation_gives() {
        // y' = (1 − α) y + α √(2/α) σ z settles at the variance 2 α σ² / (1 − (1 − α)²) = 2 σ² / (2 − α).
        let leaky = Network { w_out: Array2::eye(4), ..network(Form::Rate, 0.0) };
        let leaky = Network { bias: Array1::zeros(4), ..leaky };
        let inputs = Array3::<f32>::zeros((2, 100, 2000));
        let noise = Noise { sigma_inp: 0.0, sigma_rec: 0.03, seed: 5, block: 2 };
        let got = noisy_outputs(&leaky, inputs.view(), &noise).expect("fits");
        let last = got.slice(ndarray::s![.., 99, ..]);
        let (mean, variance) = (last.sum() / 8000.0, last.mapv(|y| y * y).sum() / 8000.0);
        let expected = 2.0 * 0.03f64.powi(2) / 1.9;
        assert!(mean.abs() < 5.0 * (expected / 8000.0).sqrt(), "{mean}"); // five standard errors
        assert!((variance / expected - 1.0).abs() < 5.0 * (2.0f64 / 8000.0).sqrt(), "{variance}");
    }

    #[test]
    fn input_noise_passes_through_the_weights_and_no_two_blocks_share_it() {
        let network = network(Form::Rate, 0.5);
        let inputs = Array3::<f32>::zeros((2, 30, 3));
        let run = |sigma_inp, block| {
            let noise = Noise { sigma_inp, sigma_rec: 0.0, seed: 9, block };
            noisy_outputs(&network, inputs.view(), &noise).expect("fits")
        };
        assert_ne!(run(0.1, 0), run(0.0, 0));
        assert_eq!(run(0.1, 0), run(0.1, 0));
        assert_ne!(run(0.1, 0), run(0.1, 1));
    }
}
