//! A recording as condition means of the neurons that can be used, with the noise that is left in them.

use super::condition_means::{ConditionMeans, drawn, of_halves};
use super::recording::{FEWEST_NEURONS, Form, Neurons, Recording, RecordingError};
use super::signal::Signal;
use super::single_trials::SingleTrials;
use super::time::{ROUNDING, Smoothing, binned};
use ndarray::{Array2, Array3, Axis};
use rand_chacha::ChaCha8Rng;

/// A binned and smoothed recording.
pub(super) struct Recorded {
    origin: Origin,
    /// Condition means `[M, G, C]`, of the neurons that are used.
    means: Array3<f64>,
    pub(super) signal: Signal,
    pub(super) neurons: Neurons,
}

/// What the means are of, which says how much noise is left in them.
enum Origin {
    Trials(SingleTrials),
    Means(ConditionMeans),
}

/// What a neuron's trials say of its means.
enum Known {
    Varies,
    Constant,
    Incomplete,
    Single,
}

impl Recorded {
    /// Bins and smooths a recording; every condition needs a trial, or a mean.
    ///
    /// # Errors
    /// [`RecordingError`] if arrays do not fit, a condition has no trial, no condition has two, or too few neurons are left.
    pub(super) fn new(
        recording: &Recording,
        n_conditions: usize,
        smoothing: &Smoothing,
        seed: u64,
    ) -> Result<Self, RecordingError> {
        let [_, edges] = recording.alignment.edges();
        let smooth = |responses: &Array3<f64>| smoothing.smoothed(&binned(responses, &edges));
        let all = match &recording.form {
            Form::SingleTrials { responses, conditions } => {
                labelled(responses, conditions, n_conditions)?;
                Origin::Trials(SingleTrials::new(smooth(responses), conditions.clone(), n_conditions))
            }
            Form::SplitHalves { halves, n_trials } => {
                let counts = n_trials.iter().flatten();
                fitting(&halves[0], &halves[1], counts, n_conditions)?;
                let [means, noise] = of_halves(halves, n_trials.as_ref()).map(|array| smooth(&array));
                let n_trials = n_trials.as_ref().map(|[a, b]| a + b);
                Origin::Means(ConditionMeans::new(means, vec![noise], n_trials))
            }
            Form::ConditionMeans { means, errors, n_trials } => {
                fitting(means, errors, n_trials.iter(), n_conditions)?;
                let noise = drawn(errors, seed).map(|noise| smooth(&noise)).collect();
                Origin::Means(ConditionMeans::new(smooth(means), noise, n_trials.clone()))
            }
        };
        let means = all.means();
        let mut neurons = Neurons::default();
        for (neuron, of_neuron) in means.outer_iter().enumerate() {
            match known(&of_neuron, all.has_noise(neuron)) {
                Known::Varies => neurons.used.push(neuron),
                Known::Constant => neurons.n_constant += 1,
                Known::Incomplete => neurons.n_incomplete += 1,
                Known::Single => neurons.n_single += 1,
            }
        }
        if neurons.used.len() < FEWEST_NEURONS {
            return Err(RecordingError::Neurons { neurons });
        }
        let origin = all.of_neurons(&neurons.used);
        let means = means.select(Axis(0), &neurons.used);
        Ok(Self { signal: origin.signal(seed), origin, means, neurons })
    }

    /// Condition means `[M, G, C]`.
    pub(super) fn means(&self) -> &Array3<f64> {
        &self.means
    }

    pub(super) fn n_neurons(&self) -> usize {
        self.means.dim().0
    }

    /// Trials of a condition: the median over neurons and conditions; [`None`] if they are not known.
    pub(super) fn n_repeats(&self) -> Option<usize> {
        match &self.origin {
            Origin::Trials(trials) => Some(trials.n_repeats()),
            Origin::Means(means) => means.n_repeats(),
        }
    }

    /// Means `[M, G, C]` over halves of the trials; [`None`] where of some condition no neuron has two trials.
    pub(super) fn halves(&self, rng: &mut ChaCha8Rng) -> Option<[Array3<f64>; 2]> {
        match &self.origin {
            Origin::Trials(trials) => trials.halves(&self.means, rng),
            Origin::Means(means) => means.halves(rng),
        }
    }

    /// Means `[m, G, C]` of these neurons, as another recording of them might have.
    pub(super) fn resampled(&self, neurons: &[usize], rng: &mut ChaCha8Rng) -> Array3<f64> {
        match &self.origin {
            Origin::Trials(trials) => trials.resampled(&self.means, neurons, rng),
            Origin::Means(means) => means.resampled(neurons, rng),
        }
    }

    /// Means `[M, G, C]` once conditions are permuted.
    pub(super) fn shuffled(&self, rng: &mut ChaCha8Rng) -> Array3<f64> {
        match &self.origin {
            Origin::Trials(trials) => trials.shuffled(&self.means, rng),
            Origin::Means(means) => means.shuffled(rng),
        }
    }
}

impl Origin {
    fn of_neurons(&self, neurons: &[usize]) -> Self {
        match self {
            Self::Trials(trials) => Self::Trials(trials.of_neurons(neurons)),
            Self::Means(means) => Self::Means(means.of_neurons(neurons)),
        }
    }

    fn means(&self) -> Array3<f64> {
        match self {
            Self::Trials(trials) => trials.means(),
            Self::Means(means) => means.means(),
        }
    }

    /// Whether anything is known of the noise of a neuron.
    fn has_noise(&self, neuron: usize) -> bool {
        match self {
            Self::Trials(trials) => trials.has_two(neuron),
            Self::Means(means) => means.has_noise(neuron),
        }
    }

    fn signal(&self, seed: u64) -> Signal {
        match self {
            Self::Trials(trials) => trials.signal(seed),
            Self::Means(means) => means.signal(),
        }
    }
}

/// That each condition has a trial, and one has two.
fn labelled(
    responses: &Array3<f64>,
    conditions: &[usize],
    n_conditions: usize,
) -> Result<(), RecordingError> {
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
    Ok(())
}

/// That means are of these conditions, and what goes with them is of these means.
fn fitting<'a>(
    means: &Array3<f64>,
    others: &Array3<f64>,
    n_trials: impl Iterator<Item = &'a Array2<usize>>,
    n_conditions: usize,
) -> Result<(), RecordingError> {
    let (n_neurons, n_steps, _) = means.dim();
    let expected = [n_neurons, n_steps, n_conditions];
    let of_means =
        [("means", means), ("halves or errors", others)].map(|(name, array)| (name, array.shape()));
    let wrong = of_means.into_iter().find(|(_, shape)| *shape != expected);
    if let Some((name, found)) = wrong {
        return Err(RecordingError::Shape { name, found: found.to_vec(), expected: expected.to_vec() });
    }
    let expected = [n_neurons, n_conditions];
    match n_trials.map(Array2::shape).find(|shape| *shape != expected) {
        Some(found) => Err(RecordingError::Shape {
            name: "numbers of trials",
            found: found.to_vec(),
            expected: expected.to_vec(),
        }),
        None => Ok(()),
    }
}

/// What is known of a neuron with these means `[G, C]`.
fn known(means: &ndarray::ArrayView2<'_, f64>, has_noise: bool) -> Known {
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
