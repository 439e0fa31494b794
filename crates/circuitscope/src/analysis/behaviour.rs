//! What networks answer within and beyond the trials that they were trained on, under noise (docs/methods.md §4.8).
//!
//! [`surface`]: choices by context over both kinds of evidence. [`evidence`]: choices by one kind. [`values`]: answers of Go/NoGo and
//! `MemoryNumber` networks to values outside those trained, to longer cues and delays, to distractors and to more noise.
//! What is read from them: a [`psychometric`] function with lapses, and the [`slope`] of answers on what is shown, both
//! with intervals.

use ndarray::Array3;
use rand::Rng;
use rayon::prelude::*;

use crate::dynamics::noise::{Noise, noisy_outputs};
use crate::dynamics::run::RunError;
use crate::network::Network;
use crate::stream::Stream;
use crate::trials::Trials;

pub mod count;
pub mod evidence;
mod likelihood;
pub mod measures;
pub mod psychometric;
pub mod slope;
pub mod surface;
pub mod values;

/// Noise of inputs and states in the published test (TE25).
pub const SIGMA: f64 = 0.03;
/// Times that the published test shows each trial.
pub const N_REPEATS: usize = 7;
/// Trials run together; part of what decides the noise, so that no number of threads can shift it.
const BATCH: usize = 128;

/// How trials are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Showing {
    /// Times that each trial is shown.
    pub n_repeats: usize,
    /// Noise of inputs and states.
    pub sigma: f64,
    /// Starts the draws of noise.
    pub seed: u64,
}

impl Showing {
    /// The published test.
    pub const fn published(seed: u64) -> Self {
        Self { n_repeats: N_REPEATS, sigma: SIGMA, seed }
    }
}

/// What a network answered to trials that were shown R times each.
#[derive(Clone, Debug, PartialEq)]
struct Answers {
    /// Mean output over the steps asked for `[O, B, R]`.
    outputs: Array3<f64>,
    /// Mean over masked steps and outputs of `(o − ô)²` `[B, R]`, as one row a trial.
    mse: Vec<Vec<f64>>,
}

/// Shows trials to a network.
///
/// - `steps`: those over which the answer is averaged.
/// - `battery`: another one has noise of its own.
///
/// # Errors
/// [`RunError`] if the trials do not fit the network.
fn answers(
    network: &Network,
    trials: &Trials,
    steps: &[usize],
    showing: Showing,
    battery: u64,
) -> Result<Answers, RunError> {
    let (n_trials, n_repeats, n_outputs) = (trials.n_trials(), showing.n_repeats, network.n_outputs());
    if n_outputs != trials.n_outputs() {
        return Err(RunError::Width { name: "targets", found: trials.n_outputs(), expected: n_outputs });
    }
    let seed = Stream::Behaviour { battery }.rng(showing.seed).next_u64();
    let shown: Vec<usize> = (0..n_trials * n_repeats).map(|showing| showing / n_repeats).collect();
    let batches: Vec<Vec<(Vec<f64>, f64)>> = shown
        .par_chunks(BATCH)
        .enumerate()
        .map(|(block, chosen)| {
            let inputs = trials.inputs.select(ndarray::Axis(2), chosen);
            let noise =
                Noise { sigma_inp: showing.sigma, sigma_rec: showing.sigma, seed, block: block as u64 };
            let outputs = noisy_outputs(network, inputs.view(), &noise)?;
            Ok(chosen.iter().enumerate().map(|(b, &trial)| read(&outputs, b, trials, trial, steps)).collect())
        })
        .collect::<Result<_, RunError>>()?;
    let all: Vec<(Vec<f64>, f64)> = batches.into_iter().flatten().collect();
    Ok(Answers {
        outputs: Array3::from_shape_fn((n_outputs, n_trials, n_repeats), |(o, b, r)| {
            all[b * n_repeats + r].0[o]
        }),
        mse: all
            .chunks(n_repeats.max(1))
            .map(|trial| trial.iter().map(|answer| answer.1).collect())
            .collect(),
    })
}

/// The mean answer `[O]` of place `b` in `outputs`, and its masked error against the target of `trial`, by weight; NaN on a trial that counts nowhere.
fn read(outputs: &Array3<f64>, b: usize, trials: &Trials, trial: usize, steps: &[usize]) -> (Vec<f64>, f64) {
    let n_outputs = outputs.dim().0;
    let mean = |o: usize| steps.iter().map(|&t| outputs[[o, t, b]]).sum::<f64>() / steps.len() as f64;
    let error = |o: usize, t: usize| (outputs[[o, t, b]] - f64::from(trials.targets[[o, t, trial]])).powi(2);
    let weight =
        |o: usize, t: usize| trials.weights.as_ref().map_or(1.0, |all| f64::from(all[[o, t, trial]]));
    let over_mask = |value: &dyn Fn(usize, usize) -> f64| -> f64 {
        (0..n_outputs).map(|o| trials.mask.iter().map(|&t| value(o, t)).sum::<f64>()).sum()
    };
    let sum = over_mask(&|o, t| weight(o, t) * error(o, t));
    ((0..n_outputs).map(mean).collect(), sum / over_mask(&weight))
}

/// The mean; NaN if one is not finite, so that a network that runs away is not read as one that answers.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
