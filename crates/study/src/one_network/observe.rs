//! A network observed as neurons are recorded.

use super::{Named, OneNetworkError, trials_for};
use circuitscope::observation::{Observation, ObservationError, Protocol, observe as observed};
use circuitscope::task::Task;
use ndarray::{Array1, Array3, Axis};
use serde::Serialize;

/// What distinguishes the conditions of a task, such as a coherence.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Its name, in words.
    pub name: String,
    /// Its level in each trial `[B]`.
    pub levels: Array1<f32>,
}

/// A recording that a network gives.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedRecording {
    /// Spike counts `[M, T, B]`, the trials of a condition together; the observed units; the network's outputs.
    pub observation: Observation,
    /// What the network was shown `[U, T, B]`.
    pub inputs: Array3<f32>,
    /// The conditions of the trials, factor by factor.
    pub factors: Vec<Factor>,
    /// Time between two steps (ms).
    pub dt_ms: f64,
    /// Time constant of the network in the time of the recording (ms).
    pub tau_ms: f64,
    /// What it holds, in a few numbers.
    pub summary: ObservationSummary,
}

/// A simulated recording in a few numbers, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObservationSummary {
    /// Name of the network.
    pub network: String,
    /// Its task.
    pub task: String,
    /// Neurons M.
    pub neurons: usize,
    /// Units of the network.
    pub n_units: usize,
    /// Conditions.
    pub conditions: usize,
    /// Trials per condition.
    pub trials_per_condition: usize,
    /// Steps of a trial.
    pub steps: usize,
    /// Time between two steps (ms).
    pub dt_ms: f64,
    /// Mean rates of the neurons.
    pub rates_hz: RatesRow,
    /// Neurons without a single spike.
    pub silent_neurons: usize,
}

/// Mean rates over all neurons (Hz).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RatesRow {
    /// Mean over neurons.
    pub mean: f64,
    /// Of the slowest neuron.
    pub lowest: f64,
    /// Of the fastest neuron.
    pub highest: f64,
}

/// Observes a network on the analysis trials of a task.
///
/// # Errors
/// [`OneNetworkError`] if the network does not fit the task, or cannot be observed so.
pub fn observe(
    named: &Named,
    task: &Task,
    protocol: &Protocol,
) -> Result<SimulatedRecording, OneNetworkError> {
    let trials = trials_for([named], task)?;
    let Named { name, network, .. } = named;
    let observation = observed(network, &trials, protocol).map_err(|error| match error {
        ObservationError::Setting { name, found, expected } => {
            OneNetworkError::Setting { name, found, expected: expected.to_owned() }
        }
        other => OneNetworkError::Dynamics { name: name.clone(), reason: other.to_string() },
    })?;
    let (dt_ms, conditions) = (protocol.step_ms, &observation.conditions);
    let factors =
        task.condition_names().iter().zip(trials.conditions.axis_iter(Axis(1))).map(|(name, levels)| {
            let levels = conditions.iter().map(|&condition| levels[condition]).collect();
            Factor { name: name.clone(), levels }
        });
    let factors = factors.collect();
    let (n_neurons, n_steps, n_trials) = observation.counts.dim();
    let seconds = n_steps as f64 * n_trials as f64 * dt_ms / 1000.0;
    let rate = |counts: ndarray::ArrayView2<'_, u32>| {
        counts.iter().map(|&count| f64::from(count)).sum::<f64>() / seconds
    };
    let rates: Vec<f64> = observation.counts.outer_iter().map(rate).collect();
    let summary = ObservationSummary {
        network: name.clone(),
        task: task.name().to_owned(),
        neurons: n_neurons,
        n_units: network.n_units(),
        conditions: trials.n_trials(),
        trials_per_condition: protocol.n_repeats,
        steps: n_steps,
        dt_ms,
        rates_hz: RatesRow {
            mean: rates.iter().sum::<f64>() / n_neurons as f64,
            lowest: rates.iter().copied().fold(f64::INFINITY, f64::min),
            highest: rates.iter().copied().fold(0.0, f64::max),
        },
        silent_neurons: rates.iter().filter(|&&rate| rate == 0.0).count(),
    };
    let inputs = trials.inputs.select(Axis(2), conditions).as_standard_layout().into_owned();
    let tau_ms = network.tau_ms / network.dt_ms * dt_ms;
    Ok(SimulatedRecording { observation, inputs, factors, dt_ms, tau_ms, summary })
}
