//! A network observed as neurons are recorded: some of its units, repeated trials, spikes.

#[cfg(test)]
mod tests;

use crate::dynamics::noise::{Noise, noisy_rates};
use crate::dynamics::run::{RunError, outputs, rates, states};
use crate::network::Network;
use crate::stream::Stream;
use crate::trials::Trials;
use ndarray::{Array3, ArrayView3, Axis};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::Poisson;

/// Largest expected count of a step, far below what a count can hold.
const LARGEST_COUNT: f64 = 1e6;

/// How a network is observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Protocol {
    /// Neurons, each a unit of the network; beyond the number of units, units are observed again with spikes of their own.
    pub n_neurons: usize,
    /// Trials per condition.
    pub n_repeats: usize,
    /// Mean firing rate over all units, steps and conditions (Hz).
    pub rate_hz: f64,
    /// Time that one step of the network stands for in the recording (ms).
    pub step_ms: f64,
    /// Noise of the network's states, another in each trial; 0 runs the network without noise.
    pub sigma_rec: f64,
    /// Decides which units are observed, and every spike.
    pub seed: u64,
}

/// A simulated recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// The unit that each neuron is `[M]`.
    pub units: Vec<usize>,
    /// Spike counts `[M, T, B]`; the trials of a condition stand together.
    pub counts: Array3<u32>,
    /// The condition of each trial, by its place in the trials that were shown `[B]`.
    pub conditions: Vec<usize>,
    /// The network's own outputs in each trial `[O, T, B]`.
    pub outputs: Array3<f64>,
}

/// Why a network cannot be observed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ObservationError {
    /// A setting is outside its range.
    #[error("`{name}` is {found}, expected {expected}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// Its value.
        found: f64,
        /// Its range, in words.
        expected: &'static str,
    },
    /// Every unit stays at its lowest rate, so that no gain gives the mean rate that is asked for.
    #[error("no unit is ever above its lowest rate, so that none can spike")]
    Silent,
    /// The activity grows without bound.
    #[error("the network diverges: the activity of unit {unit} grows without bound")]
    Diverges {
        /// The first unit that does.
        unit: usize,
    },
    /// The trials do not fit the network.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl Protocol {
    fn check(&self) -> Result<(), ObservationError> {
        let refuse = |name, found, expected| Err(ObservationError::Setting { name, found, expected });
        let is_above_zero = |value: f64| value > 0.0 && value.is_finite();
        if self.n_neurons == 0 {
            return refuse("neurons", 0.0, "at least 1");
        }
        if self.n_repeats == 0 {
            return refuse("trials", 0.0, "at least 1");
        }
        if !is_above_zero(self.rate_hz) {
            return refuse("rate", self.rate_hz, "a rate above 0 in Hz");
        }
        if !is_above_zero(self.step_ms) {
            return refuse("step", self.step_ms, "a time above 0 in ms");
        }
        if !(self.sigma_rec >= 0.0 && self.sigma_rec.is_finite()) {
            return refuse("noise", self.sigma_rec, "a standard deviation from 0");
        }
        Ok(())
    }
}

/// Observes a network: units are drawn at random, and fire Poisson spikes at rates proportional to theirs.
///
/// A unit's firing rate is its rate above the lowest that its activation function allows, or above 0 where it allows any, times one gain for all units, so
/// that the mean over all units, steps and conditions of a run without noise is that of the protocol. Where the network's own
/// noise carries a rate below the lowest, the neuron is silent.
///
/// - `trials`: one trial per condition.
///
/// # Errors
/// [`ObservationError`] if a setting is outside its range, the network is silent or diverges, or trials do not fit it.
pub fn observe(
    network: &Network,
    trials: &Trials,
    protocol: &Protocol,
) -> Result<Observation, ObservationError> {
    protocol.check()?;
    let lowest = network.activation.silent_rate();
    let noise_free = rates(network, states(network, trials.inputs.view())?);
    bounded(&noise_free)?;
    let above = |rate: f64| (rate - lowest).max(0.0);
    let mean = noise_free.iter().map(|&rate| above(rate)).sum::<f64>() / noise_free.len().max(1) as f64;
    if mean == 0.0 {
        return Err(ObservationError::Silent);
    }
    let gain = protocol.rate_hz * protocol.step_ms / 1000.0 / mean;
    let conditions: Vec<usize> =
        (0..trials.n_trials()).flat_map(|condition| vec![condition; protocol.n_repeats]).collect();
    let of_each_trial =
        |array: ArrayView3<'_, f64>| array.select(Axis(2), &conditions).as_standard_layout().into_owned();
    let rates = if protocol.sigma_rec > 0.0 {
        let inputs = trials.inputs.select(Axis(2), &conditions).as_standard_layout().into_owned();
        let noise = Noise { sigma_inp: 0.0, sigma_rec: protocol.sigma_rec, seed: protocol.seed, block: 0 };
        noisy_rates(network, inputs.view(), &noise)?
    } else {
        of_each_trial(noise_free.view())
    };
    bounded(&rates)?;
    let expected = |rate: f64| gain * above(rate);
    if rates.iter().any(|&rate| expected(rate) > LARGEST_COUNT) {
        let expected = "one at which no step holds more than a million spikes of a neuron";
        return Err(ObservationError::Setting { name: "rate", found: protocol.rate_hz, expected });
    }
    let units = observed_units(network.n_units(), protocol);
    let (_, n_steps, n_trials) = rates.dim();
    let mut counts = Array3::zeros((units.len(), n_steps, n_trials));
    for (neuron, (&unit, mut of_neuron)) in units.iter().zip(counts.outer_iter_mut()).enumerate() {
        let mut rng = Stream::Spikes { neuron: neuron as u64 }.rng(protocol.seed);
        for (count, &rate) in of_neuron.iter_mut().zip(rates.index_axis(Axis(0), unit)) {
            // There is no Poisson distribution without events to draw from.
            if let Ok(spikes) = Poisson::new(expected(rate)) {
                *count = rng.sample(spikes) as u32;
            }
        }
    }
    Ok(Observation { units, counts, conditions, outputs: outputs(network, rates.view())? })
}

/// Refuses rates `[N, T, B]` that are not finite.
fn bounded(rates: &Array3<f64>) -> Result<(), ObservationError> {
    match rates.indexed_iter().find(|(_, rate)| !rate.is_finite()) {
        Some(((unit, ..), _)) => Err(ObservationError::Diverges { unit }),
        None => Ok(()),
    }
}

/// Which units are observed, in rising order within each round through all of them.
fn observed_units(n_units: usize, protocol: &Protocol) -> Vec<usize> {
    let mut rng = Stream::ObservedUnits.rng(protocol.seed);
    let mut observed = Vec::new();
    while observed.len() < protocol.n_neurons {
        let mut round: Vec<usize> = (0..n_units).collect();
        round.shuffle(&mut rng);
        round.truncate(protocol.n_neurons - observed.len());
        round.sort_unstable();
        observed.extend(round);
    }
    observed
}
