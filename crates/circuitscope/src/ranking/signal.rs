//! How much of the condition means of a recording is signal.

use super::mean::mean;

/// Standard errors that a signal is above 0: with less, simulated recordings are nearer to networks whose noise is alike than to those
/// whose signal is (docs/methods.md §4.15).
const BEYOND_NOISE: f64 = 3.0;
/// Halvings of the range in which the noise of a trial is sought: e^±40 about the signal, to the last bit.
const N_HALVINGS: usize = 80;
/// Natural logarithm of how far that noise can be from the signal.
const RANGE: f64 = 40.0;

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
    /// Variance of the noise of a half's means over that of means over all trials: 2 for even numbers of trials. Where neurons
    /// have different numbers of trials, that of neurons with one number that correlate, and are reliable, as these are on average.
    pub(super) noise_of_halves: f64,
}

/// Numbers of trials that some of the neurons share, by the noise that they leave; that of a trial is 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct TrialCounts {
    pub(super) n_neurons: usize,
    /// Variance of the noise in means over all trials, averaged over conditions.
    noise: f64,
    /// The same in means over halves, over the conditions that have two trials.
    half_noise: f64,
    /// The mean ratio of the two.
    noise_of_halves: f64,
}

impl TrialCounts {
    /// Of so many neurons with these numbers of trials of the conditions, of which one is above 1.
    pub(super) fn new(n_neurons: usize, counts: &[usize]) -> Self {
        let counts = || counts.iter().map(|&n| n as f64);
        let halved = || counts().filter(|&n| n > 1.0).map(|n| (n, (n / 2.0).floor()));
        Self {
            n_neurons,
            noise: mean(counts().map(f64::recip)).unwrap_or_default(),
            half_noise: mean(halved().map(|(_, half)| half.recip())).unwrap_or_default(),
            noise_of_halves: mean(halved().map(|(n, half)| n / half)).unwrap_or_default(),
        }
    }
}

impl Signal {
    /// Of the correlation of each neuron's halves, and the numbers of trials of all of them.
    pub(super) fn new(correlations: &[f64], repeats: &[TrialCounts]) -> Self {
        let n = correlations.len() as f64;
        let correlation = mean(correlations.iter().copied()).unwrap_or_default();
        let squares: f64 = correlations.iter().map(|of_neuron| (of_neuron - correlation).powi(2)).sum();
        let error = (squares / (n - 1.0) / n).sqrt();
        Self { correlation, error, noise_of_halves: noise_of_halves(correlation, repeats) }
    }

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

    /// Share of the variance of means over all trials that is not noise, for neurons that are alike but for their numbers of
    /// trials (Spearman and Brown).
    pub(super) fn reliability(self) -> f64 {
        let Self { correlation, noise_of_halves, .. } = self;
        noise_of_halves * correlation / (1.0 + (noise_of_halves - 1.0) * correlation)
    }
}

/// The ratio of the noise of halves to that of the whole at which one number of trials gives this mean correlation of halves
/// together with the mean reliability of neurons that are alike but for their numbers of trials.
fn noise_of_halves(correlation: f64, repeats: &[TrialCounts]) -> f64 {
    let first = &repeats[0];
    let is_same = |other: &TrialCounts| {
        [(other.noise, first.noise), (other.half_noise, first.half_noise)].iter().all(|(a, b)| a == b)
    };
    let n: usize = repeats.iter().map(|group| group.n_neurons).sum();
    let over_neurons = |of_group: &dyn Fn(&TrialCounts) -> f64| {
        repeats.iter().map(|group| group.n_neurons as f64 * of_group(group)).sum::<f64>() / n as f64
    };
    if repeats.iter().all(is_same) {
        return first.noise_of_halves;
    }
    if !(correlation > 0.0 && correlation < 1.0) {
        return over_neurons(&|group| group.noise_of_halves);
    }
    // The noise of a trial for a signal of variance 1.
    let (mut low, mut high) = (-RANGE, RANGE);
    for _ in 0..N_HALVINGS {
        let half = f64::midpoint(low, high);
        let expected = over_neurons(&|group| 1.0 / (1.0 + half.exp() * group.half_noise));
        if expected > correlation { low = half } else { high = half }
    }
    let reliability = over_neurons(&|group| 1.0 / (1.0 + low.exp() * group.noise));
    reliability * (1.0 - correlation) / (correlation * (1.0 - reliability))
}

/// Correlation of pairs of numbers of which both are there; 0 where either does not vary.
pub(super) fn correlation<'a>(pairs: impl Iterator<Item = (&'a f64, &'a f64)>) -> f64 {
    let pairs: Vec<[f64; 2]> =
        pairs.map(|(&a, &b)| [a, b]).filter(|pair| pair.iter().all(|value| !value.is_nan())).collect();
    let centre = [0, 1].map(|k| mean(pairs.iter().map(|pair| pair[k])).unwrap_or_default());
    let product = |i: usize, j: usize| {
        pairs.iter().map(|pair| (pair[i] - centre[i]) * (pair[j] - centre[j])).sum::<f64>()
    };
    let size = (product(0, 0) * product(1, 1)).sqrt();
    if size > 0.0 { product(0, 1) / size } else { 0.0 }
}
