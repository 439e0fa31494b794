//! A recording as condition means of the neurons that can be used, with the noise that is left in them.

use super::recording::{FEWEST_NEURONS, Neurons, Recording, RecordingError};
use super::signal::Signal;
use super::single_trials::SingleTrials;
use super::time::{ROUNDING, Smoothing, binned};
use ndarray::{Array3, Axis};
use rand_chacha::ChaCha8Rng;

/// A binned and smoothed recording.
pub(super) struct Recorded {
    trials: SingleTrials,
    /// Condition means `[M, G, C]`, of the neurons that are used.
    means: Array3<f64>,
    pub(super) signal: Signal,
    pub(super) neurons: Neurons,
}

/// What a neuron's trials say of its means.
enum Known {
    Varies,
    Constant,
    Incomplete,
    Single,
}

impl Recorded {
    /// Bins and smooths a recording; every condition needs a trial.
    ///
    /// # Errors
    /// [`RecordingError`] if a condition has no trial, no condition has two, or too few neurons are left.
    pub(super) fn new(
        recording: &Recording,
        n_conditions: usize,
        smoothing: &Smoothing,
        seed: u64,
    ) -> Result<Self, RecordingError> {
        let Recording { responses, conditions, alignment } = recording;
        let n_trials = responses.dim().2;
        if conditions.len() != n_trials || conditions.iter().any(|&condition| condition >= n_conditions) {
            return Err(RecordingError::Conditions { n_trials, n_conditions: conditions.len() });
        }
        if let Some(condition) = (0..n_conditions).find(|condition| !conditions.contains(condition)) {
            return Err(RecordingError::NoTrial { condition });
        }
        let repeats = |condition| conditions.iter().filter(|&&other| other == condition).count();
        if (0..n_conditions).all(|condition| repeats(condition) < 2) {
            return Err(RecordingError::SingleTrials);
        }
        let [_, edges] = alignment.edges();
        let values = smoothing.smoothed(&binned(responses, &edges));
        let all = SingleTrials::new(values, conditions.clone(), n_conditions);
        let means = all.means();
        let mut neurons = Neurons::default();
        for (neuron, of_neuron) in means.outer_iter().enumerate() {
            match known(of_neuron, all.has_two(neuron)) {
                Known::Varies => neurons.used.push(neuron),
                Known::Constant => neurons.n_constant += 1,
                Known::Incomplete => neurons.n_incomplete += 1,
                Known::Single => neurons.n_single += 1,
            }
        }
        if neurons.used.len() < FEWEST_NEURONS {
            return Err(RecordingError::Neurons { neurons });
        }
        let trials = all.of_neurons(&neurons.used);
        let means = means.select(Axis(0), &neurons.used);
        Ok(Self { signal: trials.signal(seed), trials, means, neurons })
    }

    /// Condition means `[M, G, C]`.
    pub(super) fn means(&self) -> &Array3<f64> {
        &self.means
    }

    pub(super) fn n_neurons(&self) -> usize {
        self.means.dim().0
    }

    /// Trials of a condition: the median over neurons and conditions.
    pub(super) fn n_repeats(&self) -> usize {
        self.trials.n_repeats()
    }

    /// Means `[M, G, C]` over halves of the trials; [`None`] where of some condition no neuron has two.
    pub(super) fn halves(&self, rng: &mut ChaCha8Rng) -> Option<[Array3<f64>; 2]> {
        self.trials.halves(&self.means, rng)
    }

    /// Means `[m, G, C]` of these neurons, as another recording of them might have.
    pub(super) fn resampled(&self, neurons: &[usize], rng: &mut ChaCha8Rng) -> Array3<f64> {
        self.trials.resampled(&self.means, neurons, rng)
    }

    /// Means `[M, G, C]` once conditions are permuted.
    pub(super) fn shuffled(&self, rng: &mut ChaCha8Rng) -> Array3<f64> {
        self.trials.shuffled(&self.means, rng)
    }
}

/// What is known of a neuron with these means `[G, C]`.
fn known(means: ndarray::ArrayView2<'_, f64>, has_noise: bool) -> Known {
    if means.iter().any(|mean| mean.is_nan()) {
        return Known::Incomplete;
    }
    let n = means.len() as f64;
    let mean = means.sum() / n;
    let variance = means.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    let largest = means.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if variance.sqrt() <= ROUNDING * largest {
        Known::Constant
    } else if has_noise {
        Known::Varies
    } else {
        Known::Single
    }
}
