//! Recorded trials as condition means, with the noise that is left in them.

use super::time::{Alignment, ROUNDING, Smoothing, binned};
use crate::stream::Stream;
use ndarray::{Array3, Axis};
use rand::seq::SliceRandom;

/// Random halves of the trials that the signal is averaged over.
const N_HALVES: usize = 20;
/// Standard errors that a signal is above 0: with less, simulated recordings are nearer to networks whose noise is alike than to those
/// whose signal is (docs/methods.md §4.15).
const BEYOND_NOISE: f64 = 3.0;

/// Neurons that a recording needs: as many as components are compared.
pub const FEWEST_NEURONS: usize = crate::analysis::components::N_COMPONENTS;

/// A recording: single trials of neurons that may have gaps.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Responses `[M, T, B]`; NaN where nothing was recorded.
    pub responses: Array3<f64>,
    /// The condition of each trial `[B]`, by its place among those of the networks.
    pub conditions: Vec<usize>,
    /// Which of its steps are which of the task.
    pub alignment: Alignment,
}

/// Why a recording cannot be held against networks.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordingError {
    /// Trials and conditions do not fit.
    #[error(
        "{n_trials} trials, but {n_conditions} conditions of trials, or one beyond those of the networks"
    )]
    Conditions {
        /// Trials of the recording.
        n_trials: usize,
        /// Conditions of trials.
        n_conditions: usize,
    },
    /// A condition has no trial.
    #[error("condition {condition} has no trial")]
    NoTrial {
        /// The condition.
        condition: usize,
    },
    /// No condition was repeated.
    #[error("every condition has a single trial, so that nothing is known of the noise")]
    SingleTrials,
    /// Too few neurons are left.
    #[error(
        "{} neurons can be used, expected {FEWEST_NEURONS} at least; left out: {} whose response never varies, {} without a \
         trial of some condition, {} without two trials of any",
        .neurons.used.len(), .neurons.n_constant, .neurons.n_incomplete, .neurons.n_single
    )]
    Neurons {
        /// Those that are used and left out.
        neurons: Neurons,
    },
}

/// Neurons that are used, and those that are left out, by the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neurons {
    /// Places of those that are used.
    pub used: Vec<usize>,
    /// Without a response that varies.
    pub n_constant: usize,
    /// Without a single trial of some condition, or a time of it.
    pub n_incomplete: usize,
    /// Without two trials of any condition, so that nothing is known of their noise.
    pub n_single: usize,
}

/// How much of the means is signal.
///
/// Means over halves of the trials share the signal alone, so that their correlation says how large it is. Unlike one less the
/// noise over the variance of the means it is not biased where there is little signal.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signal {
    /// Mean over neurons of the correlation of means over halves of their trials.
    pub(super) correlation: f64,
    /// Standard error of it over neurons.
    pub(super) error: f64,
    /// Variance of the noise of a half's means over that of means over all trials: 2 for even numbers of trials.
    pub(super) noise_of_halves: f64,
}

impl Signal {
    /// Whether there is any.
    pub(super) fn is_beyond_noise(self) -> bool {
        self.correlation > BEYOND_NOISE * self.error
    }

    /// What is expected with so many times as many neurons, and noise of so many times the variance, for neurons that are alike.
    pub(super) fn with(self, more_neurons: f64, more_noise: f64) -> Self {
        let Self { correlation, error, .. } = self;
        let correlation = correlation / (correlation + (1.0 - correlation) * more_noise);
        Self { correlation, error: error / more_neurons.sqrt(), ..self }
    }

    /// Share of the variance of means over all trials that is not noise, for neurons that are alike (Spearman and Brown).
    pub(super) fn reliability(self) -> f64 {
        let Self { correlation, noise_of_halves, .. } = self;
        noise_of_halves * correlation / (1.0 + (noise_of_halves - 1.0) * correlation)
    }
}

/// Binned and smoothed trials.
pub(super) struct Trials {
    /// `[M, G, B]`, of the neurons that are used.
    values: Array3<f64>,
    conditions: Vec<usize>,
    n_conditions: usize,
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

impl Trials {
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
        let (n_neurons, _, n_trials) = responses.dim();
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
        let mut all = Self {
            values,
            conditions: conditions.clone(),
            n_conditions,
            signal: Signal::default(),
            neurons: Neurons::default(),
        };
        let means = all.means(&(0..n_neurons).collect::<Vec<_>>(), &all.trials());
        for neuron in 0..n_neurons {
            match all.known(neuron, &means) {
                Known::Varies => all.neurons.used.push(neuron),
                Known::Constant => all.neurons.n_constant += 1,
                Known::Incomplete => all.neurons.n_incomplete += 1,
                Known::Single => all.neurons.n_single += 1,
            }
        }
        all.values = all.values.select(Axis(0), &all.neurons.used);
        if all.neurons.used.len() < FEWEST_NEURONS {
            return Err(RecordingError::Neurons { neurons: all.neurons });
        }
        all.signal = all.signal(seed);
        Ok(all)
    }

    pub(super) fn n_neurons(&self) -> usize {
        self.values.dim().0
    }

    /// Every trial with its condition.
    pub(super) fn trials(&self) -> Vec<(usize, usize)> {
        self.conditions.iter().copied().enumerate().collect()
    }

    /// The trials of each condition.
    pub(super) fn by_condition(&self) -> Vec<Vec<usize>> {
        (0..self.n_conditions).map(|condition| self.trials_of(condition)).collect()
    }

    /// Trials of a condition: the median over conditions.
    pub(super) fn n_repeats(&self) -> usize {
        let mut counts: Vec<usize> = self.by_condition().iter().map(Vec::len).collect();
        counts.sort_unstable();
        counts[counts.len() / 2]
    }

    /// The signal, over random halves of the trials.
    fn signal(&self, seed: u64) -> Signal {
        let n = self.n_neurons();
        let mut correlations = vec![0.0; n];
        let neurons: Vec<usize> = (0..n).collect();
        for number in 0..N_HALVES {
            let mut rng = Stream::Halves { number: number as u64 }.rng(seed);
            let (mut first, mut second) = (Vec::new(), Vec::new());
            for (condition, mut trials) in self.by_condition().into_iter().enumerate() {
                trials.shuffle(&mut rng);
                let half = trials.len() / 2;
                first.extend(trials[..half].iter().map(|&trial| (trial, condition)));
                second.extend(trials[half..2 * half].iter().map(|&trial| (trial, condition)));
            }
            let (first, second) = (self.means(&neurons, &first), self.means(&neurons, &second));
            for (sum, (a, b)) in correlations.iter_mut().zip(first.outer_iter().zip(second.outer_iter())) {
                *sum += correlation(a.iter().zip(b)) / N_HALVES as f64;
            }
        }
        let mean = correlations.iter().sum::<f64>() / n as f64;
        let squares: f64 = correlations.iter().map(|correlation| (correlation - mean).powi(2)).sum();
        let halved: Vec<f64> =
            self.by_condition().iter().map(Vec::len).filter(|&n| n > 1).map(|n| n as f64).collect();
        let noise_of_halves = halved.iter().map(|n| n / (n / 2.0).floor()).sum::<f64>() / halved.len() as f64;
        Signal { correlation: mean, error: (squares / (n as f64 - 1.0) / n as f64).sqrt(), noise_of_halves }
    }

    /// Condition means `[m, G, C]` of these neurons over these trials, each with the condition that it counts in; either may be
    /// listed several times. NaN without a response.
    pub(super) fn means(&self, neurons: &[usize], trials: &[(usize, usize)]) -> Array3<f64> {
        let n_bins = self.values.dim().1;
        let mut sums = Array3::<f64>::zeros((neurons.len(), n_bins, self.n_conditions));
        let mut counts = Array3::<f64>::zeros(sums.dim());
        for (to, &neuron) in neurons.iter().enumerate() {
            for &(trial, condition) in trials {
                for bin in 0..n_bins {
                    let value = self.values[[neuron, bin, trial]];
                    if !value.is_nan() {
                        sums[[to, bin, condition]] += value;
                        counts[[to, bin, condition]] += 1.0;
                    }
                }
            }
        }
        sums / counts
    }

    /// What is known of a neuron, whose means over all trials are a row of these.
    fn known(&self, neuron: usize, means: &Array3<f64>) -> Known {
        let of_neuron = means.index_axis(Axis(0), neuron);
        if of_neuron.iter().any(|mean| mean.is_nan()) {
            return Known::Incomplete;
        }
        let n = of_neuron.len() as f64;
        let mean = of_neuron.sum() / n;
        let variance = of_neuron.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        let largest = of_neuron.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        if variance.sqrt() <= ROUNDING * largest {
            return Known::Constant;
        }
        let n_recorded = |condition| {
            let is_recorded = |&&trial: &&usize| {
                !self.values.slice(ndarray::s![neuron, .., trial]).iter().any(|x| x.is_nan())
            };
            let trials = self.trials_of(condition);
            trials.iter().filter(is_recorded).count()
        };
        if (0..self.n_conditions).all(|condition| n_recorded(condition) < 2) {
            return Known::Single;
        }
        Known::Varies
    }

    fn trials_of(&self, condition: usize) -> Vec<usize> {
        (0..self.conditions.len()).filter(|&trial| self.conditions[trial] == condition).collect()
    }
}

/// Correlation of pairs of numbers of which both are there; 0 where either does not vary.
fn correlation<'a>(pairs: impl Iterator<Item = (&'a f64, &'a f64)>) -> f64 {
    let pairs: Vec<[f64; 2]> =
        pairs.map(|(&a, &b)| [a, b]).filter(|pair| pair.iter().all(|value| !value.is_nan())).collect();
    let mean = [0, 1].map(|k| pairs.iter().map(|pair| pair[k]).sum::<f64>() / pairs.len() as f64);
    let product =
        |i: usize, j: usize| pairs.iter().map(|pair| (pair[i] - mean[i]) * (pair[j] - mean[j])).sum::<f64>();
    let size = (product(0, 0) * product(1, 1)).sqrt();
    if size > 0.0 { product(0, 1) / size } else { 0.0 }
}

/// Means with what is missing in them taken from others of the same shape.
pub(super) fn filled(mut means: Array3<f64>, others: &Array3<f64>) -> Array3<f64> {
    means.zip_mut_with(others, |mean, &other| {
        if mean.is_nan() {
            *mean = other;
        }
    });
    means
}
