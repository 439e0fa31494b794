//! Condition means of neurons whose trials are not given, with draws of the noise that is left in them.
//!
//! Means a and b over k and l of n trials have the mean m = (k a + l b)/n, and e = (a − b) √(k l)/n has the variance of the noise
//! in m and does not correlate with it: m + e and m − e are to m as means over equal halves are. Where
//! standard errors of the means are given, e is drawn with their variance.

use super::recording::filled;
use super::signal::{Signal, TrialCounts, correlation};
use crate::stream::Stream;
use ndarray::{Array2, Array3, ArrayView3, Axis};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// Draws of noise from standard errors: as many as single trials are halved.
const N_DRAWS: usize = 20;

/// Binned and smoothed means.
pub(super) struct ConditionMeans {
    /// `[M, G, C]`; NaN where nothing was recorded.
    means: Array3<f64>,
    /// Draws of the noise that is left in the means, each `[M, G, C]`; NaN where it is not known.
    noise: Vec<Array3<f64>>,
    /// Trials `[M, C]`, if they are known.
    n_trials: Option<Array2<usize>>,
}

/// Means over all trials and the noise left in them, from means over halves `[M, T, C]`.
///
/// - `n_trials`: of the halves `[M, C]`, taken to be equal if they are not known.
///
/// Where one half has no response the mean is that of the other, and its noise is not known.
pub fn of_halves([a, b]: &[Array3<f64>; 2], n_trials: Option<&[Array2<usize>; 2]>) -> [Array3<f64>; 2] {
    let mut found = [Array3::from_elem(a.dim(), f64::NAN), Array3::from_elem(a.dim(), f64::NAN)];
    for (place, &a) in a.indexed_iter() {
        let (b, at) = (b[place], [place.0, place.2]);
        let [n_a, n_b] = n_trials.map_or([1.0, 1.0], |[of_a, of_b]| [of_a[at], of_b[at]].map(|n| n as f64));
        let n = n_a + n_b;
        found[0][place] = match (a.is_nan(), b.is_nan()) {
            (false, false) => (n_a * a + n_b * b) / n,
            (true, _) => b,
            (_, true) => a,
        };
        found[1][place] = (a - b) * (n_a * n_b).sqrt() / n;
    }
    found
}

/// Draws of noise of these standard errors `[M, T, C]`, independent between entries.
pub(super) fn drawn(errors: &Array3<f64>, seed: u64) -> impl Iterator<Item = Array3<f64>> {
    (0..N_DRAWS).map(move |number| {
        let mut rng = Stream::Halves { number: number as u64 }.rng(seed);
        errors.mapv(|error| error * rng.sample::<f64, _>(StandardNormal))
    })
}

impl ConditionMeans {
    /// Of means and draws of their noise `[M, G, C]`, and the numbers of trials `[M, C]` if they are known.
    pub(super) fn new(means: Array3<f64>, noise: Vec<Array3<f64>>, n_trials: Option<Array2<usize>>) -> Self {
        Self { means, noise, n_trials }
    }

    /// The means of some of the neurons.
    pub(super) fn of_neurons(&self, neurons: &[usize]) -> Self {
        let of = |array: &Array3<f64>| array.select(Axis(0), neurons);
        Self {
            means: of(&self.means),
            noise: self.noise.iter().map(of).collect(),
            n_trials: self.n_trials.as_ref().map(|counts| counts.select(Axis(0), neurons)),
        }
    }

    /// Condition means `[M, G, C]`.
    pub(super) fn means(&self) -> Array3<f64> {
        self.means.clone()
    }

    /// Trials of a condition: the median over neurons and conditions, if they are known.
    pub(super) fn n_repeats(&self) -> Option<usize> {
        let mut counts: Vec<usize> = self.n_trials.as_ref()?.iter().copied().collect();
        counts.sort_unstable();
        counts.get(counts.len() / 2).copied()
    }

    /// Whether anything is known of the noise of a neuron.
    pub(super) fn has_noise(&self, neuron: usize) -> bool {
        self.noise[0].index_axis(Axis(0), neuron).iter().any(|noise| !noise.is_nan())
    }

    /// The signal, from the correlation of halves.
    pub(super) fn signal(&self) -> Signal {
        let n_neurons = self.means.dim().0;
        let mut correlations = vec![0.0; n_neurons];
        for noise in &self.noise {
            let [first, second] = [&self.means + noise, &self.means - noise];
            for (sum, (a, b)) in correlations.iter_mut().zip(first.outer_iter().zip(second.outer_iter())) {
                *sum += correlation(a.iter().zip(b)) / self.noise.len() as f64;
            }
        }
        let repeats = match &self.n_trials {
            // Halves are equal here, whatever they were: as if every trial were two.
            Some(counts) => counts
                .outer_iter()
                .map(|of_neuron| TrialCounts::new(1, &of_neuron.iter().map(|n| 2 * n).collect::<Vec<_>>()))
                .collect(),
            None => vec![TrialCounts::new(n_neurons, &[2])],
        };
        Signal::new(&correlations, &repeats)
    }

    /// Means over halves of the trials, one draw of the noise above the mean and below; [`None`] where of some condition the noise
    /// of no neuron is known. Where it is not known, the mean itself.
    pub(super) fn halves(&self, rng: &mut ChaCha8Rng) -> Option<[Array3<f64>; 2]> {
        let noise = self.any_noise(rng);
        let is_known =
            noise.axis_iter(Axis(2)).all(|condition| condition.iter().any(|noise| !noise.is_nan()));
        is_known.then(|| [&self.means + &noise, &self.means - &noise].map(|half| filled(half, &self.means)))
    }

    /// Means of these neurons under noise anew: a draw of it is added to or taken from the mean of each neuron and condition, as a
    /// whole course of time, so that slow noise stays slow (a wild bootstrap).
    pub(super) fn resampled(&self, neurons: &[usize], rng: &mut ChaCha8Rng) -> Array3<f64> {
        let mut resampled = self.means.clone();
        let noise = self.any_noise(rng);
        for (mut mean, noise) in resampled.lanes_mut(Axis(1)).into_iter().zip(noise.lanes(Axis(1))) {
            let sign = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
            mean.zip_mut_with(&noise, |mean, noise| *mean += if noise.is_nan() { 0.0 } else { sign * noise });
        }
        resampled.select(Axis(0), neurons)
    }

    /// Means once the conditions are permuted, so that one at least is another.
    pub(super) fn shuffled(&self, rng: &mut ChaCha8Rng) -> Array3<f64> {
        let original: Vec<usize> = (0..self.means.dim().2).collect();
        let mut conditions = original.clone();
        while conditions == original {
            conditions.shuffle(rng);
        }
        self.means.select(Axis(2), &conditions)
    }

    fn any_noise(&self, rng: &mut ChaCha8Rng) -> ArrayView3<'_, f64> {
        self.noise[rng.random_range(0..self.noise.len())].view()
    }
}
