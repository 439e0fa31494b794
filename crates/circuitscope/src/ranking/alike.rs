//! Networks observed as a recording was: as many units, and noise that hides as much of their responses.

use super::mean::mean;
use super::signal::Signal;
use super::time::{ROUNDING, Smoothing, binned};
use crate::stream::Stream;
use ndarray::{Array3, ArrayView3, Axis};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::Poisson;

/// Halvings of the range in which the noise is sought: e^±40 about the signal, to the last bit.
const N_HALVINGS: usize = 80;
/// Natural logarithm of how far the noise can be from the signal.
const RANGE: f64 = 40.0;

/// The units of a network that respond, on the bins and conditions of the recording.
pub(super) struct Units {
    /// Rates above the lowest of the activation function `[N, G, C]`.
    above: Array3<f64>,
    /// Variance of each smoothed response `[N]`.
    signal: Vec<f64>,
    /// Variance that noise as large as the rate leaves in each smoothed response `[N]`.
    noise: Vec<f64>,
}

impl Units {
    /// The units whose smoothed responses vary; [`None`] if none does.
    ///
    /// - `rates`: `[N, T, C]`, `lowest`: the lowest rate of the activation function.
    pub(super) fn new(
        rates: &Array3<f64>,
        lowest: f64,
        edges: &[f64],
        smoothing: &Smoothing,
    ) -> Option<Self> {
        let above = binned(rates, edges).mapv(|rate| (rate - lowest).max(0.0));
        let smoothed = smoothing.smoothed(&above);
        let variance = |unit: ArrayView3<'_, f64>| {
            let n = unit.len() as f64;
            let mean = unit.sum() / n;
            unit.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n
        };
        let rows =
            |array: &Array3<f64>, unit: usize| array.slice(ndarray::s![unit..=unit, .., ..]).to_owned();
        let signal: Vec<f64> =
            (0..above.dim().0).map(|unit| variance(rows(&smoothed, unit).view())).collect();
        let largest = signal.iter().copied().fold(0.0, f64::max);
        let floor = (ROUNDING * above.iter().copied().fold(0.0, f64::max)).powi(2);
        let responding: Vec<usize> = (0..signal.len())
            .filter(|&unit| signal[unit] > floor && signal[unit] > ROUNDING * largest)
            .collect();
        if responding.is_empty() {
            return None;
        }
        let above = above.select(Axis(0), &responding);
        let noise = above.outer_iter().map(|unit| {
            let of_bins = unit.mean_axis(Axis(1)).map(|means| means.to_vec()).unwrap_or_default();
            smoothing.variance(&of_bins)
        });
        let noise = noise.collect();
        Some(Self { signal: responding.iter().map(|&unit| signal[unit]).collect(), noise, above })
    }

    /// Smoothed responses `[m, G, C]` of so many units, drawn at random, under noise that hides as much of them as of the recording.
    ///
    /// Noise has the variance of a Poisson count of the rate, times one factor: that at which means over halves of trials would
    /// correlate as those of the recording do, on average over the units drawn. Each unit is drawn at most once; beyond their
    /// number all are drawn again.
    ///
    /// - `more_noise`: what the variance of the noise is multiplied by after that; 1 leaves it.
    pub(super) fn observed(
        &self,
        n_units: usize,
        signal: Signal,
        more_noise: f64,
        smoothing: &Smoothing,
        seed: u64,
    ) -> Array3<f64> {
        let mut rng = Stream::ObservedAlike.rng(seed);
        let drawn = self.drawn(n_units, &mut rng);
        let factor = more_noise * self.factor(&drawn, signal);
        let mut observed = self.above.select(Axis(0), &drawn);
        if factor > 0.0 {
            observed.mapv_inplace(|rate| match Poisson::new(rate / factor) {
                Ok(counts) => factor * rng.sample(counts),
                Err(_) => rate, // no rate and no count, or one so large that its noise is below rounding
            });
        }
        smoothing.smoothed(&observed)
    }

    fn drawn(&self, n_units: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let mut drawn = Vec::with_capacity(n_units);
        while drawn.len() < n_units {
            let mut round: Vec<usize> = (0..self.signal.len()).collect();
            round.shuffle(rng);
            round.truncate(n_units - drawn.len());
            drawn.extend(round);
        }
        drawn
    }

    /// The factor of the noise at which halves of the trials of these units would correlate as those of the recording.
    fn factor(&self, drawn: &[usize], signal: Signal) -> f64 {
        if signal.correlation >= 1.0 {
            return 0.0;
        }
        let expected = |factor: f64| {
            let share = |&unit: &usize| {
                self.signal[unit] / (self.signal[unit] + signal.noise_of_halves * factor * self.noise[unit])
            };
            mean(drawn.iter().map(share)).unwrap_or_default()
        };
        let sum = |of: &[f64]| drawn.iter().map(|&unit| of[unit]).sum::<f64>();
        let middle = (sum(&self.signal) / sum(&self.noise)).ln();
        let (mut low, mut high) = (middle - RANGE, middle + RANGE);
        for _ in 0..N_HALVINGS {
            let half = f64::midpoint(low, high);
            if expected(half.exp()) > signal.correlation { low = half } else { high = half }
        }
        low.exp()
    }
}
