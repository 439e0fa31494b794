//! Noise-free runs in float64, and how well their outputs fit the targets.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use ndarray::{Array2, Array3, ArrayView3};

use super::euler::Euler;
use crate::network::{Form, Network};
use crate::trials::Trials;

/// Why a network cannot be run or scored on an array.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// An array's outer dimension does not fit the network.
    #[error("`{name}` has {found} rows, the network has {expected}")]
    Width {
        /// Name of the array.
        name: &'static str,
        /// Rows of the array.
        found: usize,
        /// Inputs, units or outputs of the network.
        expected: usize,
    },
    /// Outputs and targets differ in shape.
    #[error("outputs have shape {found:?}, the targets {expected:?}")]
    Shape {
        /// Shape of the outputs.
        found: [usize; 3],
        /// Shape of the targets.
        expected: [usize; 3],
    },
    /// The mask names a step that the trials do not have.
    #[error("mask names step {step}, the trials have {n_steps}")]
    Mask {
        /// The step.
        step: usize,
        /// Number of steps T.
        n_steps: usize,
    },
    /// Nothing is masked in, so that there is nothing to score.
    #[error("no step, trial or output counts towards the score")]
    Nothing,
}

/// Masked error of a network on a set of trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Mean over masked steps, trials and outputs of `(o − ô)²`.
    pub mse: f64,
    /// `1 − mse / variance of the masked target`; [`None`] if the masked target is constant.
    pub r2: Option<f64>,
}

/// States `[N, T, B]` of a noise-free Euler run: `y` in the rate form, `h` in the potential form.
///
/// - `inputs`: `[U, T, B]`, float32 or float64. State t and input t give state t + 1, so that the last input is unused
///   and the first state is [`Network::initial_state`] on every trial.
///
/// # Errors
/// [`RunError::Width`] if the network has another number of inputs.
///
/// # Source
/// docs/methods.md §1; TE25 eq. 1 with forward Euler, `y += α (−y + f(W_rec y + W_inp u + b))`.
pub fn states<A>(network: &Network, inputs: ArrayView3<'_, A>) -> Result<Array3<f64>, RunError>
where
    A: Copy + Into<f64>,
{
    let (n_inputs, n_steps, n_trials) = inputs.dim();
    let n = network.n_units();
    if n_inputs != network.n_inputs() {
        return Err(RunError::Width { name: "inputs", found: n_inputs, expected: network.n_inputs() });
    }
    let mut states = Array3::zeros((n, n_steps, n_trials));
    if n_steps == 0 || n_trials == 0 {
        return Ok(states);
    }
    let mut euler = Euler::new(network, n_trials);
    let stride = euler.stride();
    for t in 0..n_steps {
        keep(euler.states(), stride, t, &mut states);
        if t + 1 == n_steps {
            break;
        }
        show(inputs, t, stride, euler.inputs_mut());
        euler.step();
    }
    Ok(states)
}

/// Rates `[N, B]` at the last step of a run as in [`states`], without the memory of a whole run.
///
/// # Errors
/// [`RunError::Width`] if the network has another number of inputs; [`RunError::Nothing`] without a step or trial.
pub fn last_rates<A>(network: &Network, inputs: ArrayView3<'_, A>) -> Result<Array2<f64>, RunError>
where
    A: Copy + Into<f64>,
{
    let (n_inputs, n_steps, n_trials) = inputs.dim();
    if n_inputs != network.n_inputs() {
        return Err(RunError::Width { name: "inputs", found: n_inputs, expected: network.n_inputs() });
    }
    if n_steps == 0 || n_trials == 0 {
        return Err(RunError::Nothing);
    }
    let mut euler = Euler::new(network, n_trials);
    let stride = euler.stride();
    for t in 0..n_steps - 1 {
        show(inputs, t, stride, euler.inputs_mut());
        euler.step();
    }
    let rates = euler.rates();
    Ok(Array2::from_shape_fn((network.n_units(), n_trials), |(i, b)| rates[i * stride + b]))
}

/// Inputs `[U, T, B]` of a step into rows of `stride` trials.
pub(super) fn show<A>(inputs: ArrayView3<'_, A>, t: usize, stride: usize, rows: &mut [f64])
where
    A: Copy + Into<f64>,
{
    for (input, row) in inputs.outer_iter().zip(rows.chunks_exact_mut(stride)) {
        for (value, &shown) in row.iter_mut().zip(input.row(t)) {
            *value = shown.into();
        }
    }
}

/// Values of a step, in rows of `stride` trials, to where they belong in `[R, T, B]`.
pub(super) fn keep(rows: &[f64], stride: usize, t: usize, kept: &mut Array3<f64>) {
    for (row, mut of_row) in rows.chunks_exact(stride).zip(kept.outer_iter_mut()) {
        for (kept, &value) in of_row.row_mut(t).iter_mut().zip(row) {
            *kept = value;
        }
    }
}

/// Firing rates `[N, T, B]` of a run: the states themselves in the rate form, `f(h)` in the potential form.
///
/// The analyses compare rates, so that networks of both forms can stand in one study.
pub fn rates(network: &Network, states: Array3<f64>) -> Array3<f64> {
    match network.form {
        Form::Rate => states,
        Form::Potential => states.mapv_into(|h| network.activation.rate(h)),
    }
}

/// Outputs `[O, T, B]` read from rates `[N, T, B]` (see [`rates`]) through `W_out`.
///
/// # Errors
/// [`RunError::Width`] if the rates are of another number of units.
pub fn outputs(network: &Network, rates: ArrayView3<'_, f64>) -> Result<Array3<f64>, RunError> {
    let (n, n_steps, n_trials) = rates.dim();
    if n != network.n_units() {
        return Err(RunError::Width { name: "rates", found: n, expected: network.n_units() });
    }
    let mut outputs = Array3::zeros((network.n_outputs(), n_steps, n_trials));
    for (weights, mut output) in network.w_out.outer_iter().zip(outputs.outer_iter_mut()) {
        for (&weight, rate) in weights.iter().zip(rates.outer_iter()) {
            output.scaled_add(weight, &rate);
        }
    }
    Ok(outputs)
}

/// Masked mean squared error and R² of outputs `[O, T, B]` against the targets of `trials`.
///
/// # Errors
/// [`RunError::Shape`] or [`RunError::Mask`] if outputs or mask do not fit the targets; [`RunError::Nothing`] if the
/// masked target is empty.
///
/// # Source
/// docs/methods.md §3: R² is over all masked entries of the target together, not by output. Where the trials have weights, each
/// entry counts by its weight, in the error as in mean and variance of the target.
pub fn score(outputs: ArrayView3<'_, f64>, trials: &Trials) -> Result<Score, RunError> {
    let targets = &trials.targets;
    if outputs.dim() != targets.dim() {
        let shape = |(o, t, b): (usize, usize, usize)| [o, t, b];
        return Err(RunError::Shape { found: shape(outputs.dim()), expected: shape(targets.dim()) });
    }
    let (n_outputs, n_steps, n_trials) = targets.dim();
    if let Some(&step) = trials.mask.iter().find(|&&step| step >= n_steps) {
        return Err(RunError::Mask { step, n_steps });
    }
    if let Some(weights) = trials.weights.as_ref().filter(|weights| weights.dim() != targets.dim()) {
        let shape = |(o, t, b): (usize, usize, usize)| [o, t, b];
        return Err(RunError::Shape { found: shape(weights.dim()), expected: shape(targets.dim()) });
    }
    let weight = |[o, t, b]: [usize; 3]| trials.weights.as_ref().map_or(1.0, |all| f64::from(all[[o, t, b]]));
    let masked = || {
        (0..n_outputs)
            .flat_map(move |o| trials.mask.iter().flat_map(move |&t| (0..n_trials).map(move |b| [o, t, b])))
    };
    let count = match &trials.weights {
        None => (n_outputs * trials.mask.len() * n_trials) as f64,
        Some(_) => masked().map(weight).sum(),
    };
    if count == 0.0 {
        return Err(RunError::Nothing);
    }
    let mse =
        masked().map(|at| weight(at) * (outputs[at] - f64::from(targets[at])).powi(2)).sum::<f64>() / count;
    let mean = masked().map(|at| weight(at) * f64::from(targets[at])).sum::<f64>() / count;
    let variance =
        masked().map(|at| weight(at) * (f64::from(targets[at]) - mean).powi(2)).sum::<f64>() / count;
    Ok(Score { mse, r2: (variance > 0.0).then(|| 1.0 - mse / variance) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::Array1;

    fn network(form: Form, curve: Curve) -> Network {
        let wave = |(i, j): (usize, usize)| ((3 * i + 5 * j) as f64).sin();
        Network {
            w_rec: Array2::from_shape_fn((4, 4), wave),
            w_inp: Array2::from_shape_fn((4, 2), wave),
            w_out: Array2::from_shape_fn((1, 4), wave),
            bias: Array1::from_shape_fn(4, |i| 0.1 * i as f64),
            initial_state: Array1::from_shape_fn(4, |i| 0.2 - 0.1 * i as f64),
            activation: Activation { curve, slope: 1.5 },
            form,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    /// The recurrence as the paper writes it, one unit and one trial at a time.
    fn naive(network: &Network, inputs: &Array3<f32>) -> Array3<f64> {
        let (n, (_, n_steps, n_trials)) = (network.n_units(), inputs.dim());
        let f = |x: f64| network.activation.rate(x);
        let mut states = Array3::zeros((n, n_steps, n_trials));
        for b in 0..n_trials {
            let mut y = network.initial_state.clone();
            for t in 0..n_steps {
                states.slice_mut(ndarray::s![.., t, b]).assign(&y);
                let external =
                    network.w_inp.dot(&inputs.slice(ndarray::s![.., t, b]).mapv(f64::from)) + &network.bias;
                let flow = match network.form {
                    Form::Rate => (network.w_rec.dot(&y) + external).mapv(f) - &y,
                    Form::Potential => network.w_rec.dot(&y.mapv(f)) + external - &y,
                };
                y = y + 0.1 * flow;
            }
        }
        states
    }

    #[test]
    fn both_forms_agree_with_the_recurrence_written_out() {
        let inputs = Array3::from_shape_fn((2, 30, 3), |(u, t, b)| ((u + 2 * t + 7 * b) as f32).cos());
        for form in [Form::Rate, Form::Potential] {
            for curve in [Curve::Relu, Curve::Sigmoid, Curve::Tanh] {
                let network = network(form, curve);
                let (got, expected) =
                    (states(&network, inputs.view()).expect("runs"), naive(&network, &inputs));
                let gap = (&got - &expected).mapv(f64::abs).fold(0.0, |a: f64, &b| a.max(b));
                assert!(gap < 1e-12, "{form:?} {curve:?}: {gap}"); // rounding of sums of 4 terms over 30 steps
                let last = last_rates(&network, inputs.view()).expect("runs");
                assert_eq!(last, rates(&network, got).index_axis(ndarray::Axis(1), 29));
            }
        }
    }

    #[test]
    fn a_perfect_answer_has_no_error_and_a_constant_mean_explains_nothing() {
        let targets = Array3::from_shape_fn((1, 4, 2), |(_, t, b)| (t + b) as f32);
        let trials = Trials {
            inputs: Array3::zeros((1, 4, 2)),
            targets: targets.clone(),
            mask: vec![1, 3],
            weights: None,
            conditions: Array2::zeros((2, 1)),
        };
        let perfect = score(targets.mapv(f64::from).view(), &trials).expect("shapes agree");
        assert_eq!(perfect, Score { mse: 0.0, r2: Some(1.0) });
        let mean = Array3::from_elem((1, 4, 2), 2.5); // of 1, 2, 3, 4
        let flat = score(mean.view(), &trials).expect("shapes agree");
        assert_eq!(flat, Score { mse: 1.25, r2: Some(0.0) });
    }

    #[test]
    fn a_weighted_score_is_that_of_the_formula_and_of_repeated_entries() {
        let wave = |k: usize| (1.7 * k as f64).sin();
        let at = |o: usize, t: usize, b: usize| (o * 5 + t) * 3 + b;
        let targets = Array3::from_shape_fn((2, 5, 3), |(o, t, b)| wave(at(o, t, b)) as f32);
        let found = Array3::from_shape_fn((2, 5, 3), |(o, t, b)| wave(at(o, t, b) + 1));
        let weights = Array3::from_shape_fn((2, 5, 3), |(o, t, b)| {
            if t == 2 { 0.0 } else { (at(o, t, b) % 4) as f32 } // 0, 1, 2 or 3 times
        });
        let trials = Trials {
            inputs: Array3::zeros((1, 5, 3)),
            targets: targets.clone(),
            mask: Trials::mask_of(&weights),
            weights: Some(weights.clone()),
            conditions: Array2::zeros((3, 1)),
        };
        assert_eq!(trials.mask, [0, 1, 3, 4]);
        let mut entries = Vec::new(); // each as often as its weight says
        for ((target, output), weight) in targets.iter().zip(&found).zip(&weights) {
            entries.extend(std::iter::repeat_n((f64::from(*target), *output), *weight as usize));
        }
        let n = entries.len() as f64;
        let mean = entries.iter().map(|(target, _)| target).sum::<f64>() / n;
        let mse = entries.iter().map(|(target, output)| (output - target).powi(2)).sum::<f64>() / n;
        let variance = entries.iter().map(|(target, _)| (target - mean).powi(2)).sum::<f64>() / n;
        let score = score(found.view(), &trials).expect("shapes agree");
        assert!((score.mse - mse).abs() < 1e-14, "{score:?}"); // rounding of 30 terms
        assert!((score.r2.expect("targets vary") - (1.0 - mse / variance)).abs() < 1e-13, "{score:?}");
    }

    #[test]
    fn arrays_that_do_not_fit_are_named() {
        let network = network(Form::Rate, Curve::Relu);
        let wrong = Array3::<f32>::zeros((3, 5, 1));
        let error = states(&network, wrong.view()).expect_err("three inputs");
        assert_eq!(error, RunError::Width { name: "inputs", found: 3, expected: 2 });
    }
}
