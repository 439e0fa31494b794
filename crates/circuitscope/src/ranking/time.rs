//! The course of time that a recording and networks share: bins of a trial, and smoothing along them.

use ndarray::{Array2, Array3, Axis};

/// Bins of a trial, at most.
///
/// Chosen on simulated recordings of networks of Go/NoGo (60 neurons, 20 trials, 15 Hz): with 20 or 60 bins and the same
/// smoothing fewer recordings are told (docs/methods.md §4.15).
pub const N_BINS: usize = 30;

/// Standard deviation of the Gaussian by which responses are smoothed: 5 % of a trial of [`N_BINS`] (bins).
pub const SMOOTHING: f64 = 1.5;

/// Share of the largest number below which a difference is rounding.
pub(super) const ROUNDING: f64 = 1e-9;

/// Which time of a recording is which time of the task: linear between the pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Alignment {
    /// Steps of the task and of the recording that are the same time; both rise.
    pairs: Vec<[f64; 2]>,
}

impl Alignment {
    /// The two times of the pairs `[step of the task, step of the recording]`, from the start of a trial to its end.
    ///
    /// [`None`] if there are fewer than two, or either does not rise.
    pub fn new(pairs: Vec<[f64; 2]>) -> Option<Self> {
        let is_rising = pairs.windows(2).all(|pair| pair[0][0] < pair[1][0] && pair[0][1] < pair[1][1]);
        (pairs.len() >= 2 && is_rising).then_some(Self { pairs })
    }

    /// The step of the recording at a step of the task.
    fn recorded(&self, step: f64) -> f64 {
        let place = self.pairs.partition_point(|pair| pair[0] <= step).clamp(1, self.pairs.len() - 1);
        let [[from, at], [to, until]] = [self.pairs[place - 1], self.pairs[place]];
        at + (until - at) * (step - from) / (to - from)
    }

    /// Steps of the task and of the recording.
    fn lengths(&self) -> [f64; 2] {
        let (first, last) = (self.pairs[0], self.pairs[self.pairs.len() - 1]);
        [0, 1].map(|k| last[k] - first[k])
    }

    /// How many bins a trial has: no more than either has steps.
    pub fn n_bins(&self) -> usize {
        self.lengths().into_iter().fold(N_BINS as f64, f64::min).floor().max(1.0) as usize
    }

    /// The ends of the bins in steps of the task, and in steps of the recording `[G + 1]`.
    pub(super) fn edges(&self) -> [Vec<f64>; 2] {
        let n_bins = self.n_bins();
        let first = self.pairs[0][0];
        let step = |k: usize| first + self.lengths()[0] * k as f64 / n_bins as f64;
        let of_task: Vec<f64> = (0..=n_bins).map(step).collect();
        let recorded = of_task.iter().map(|&step| self.recorded(step)).collect();
        [of_task, recorded]
    }
}

/// Means of responses `[N, T, B]` over bins `[N, G, B]`; a step counts by how much of it lies inside. NaN is left out, and is the
/// mean of a bin without a response.
pub(super) fn binned(responses: &Array3<f64>, edges: &[f64]) -> Array3<f64> {
    let (n_units, n_steps, n_trials) = responses.dim();
    let shares: Vec<Vec<(usize, f64)>> = edges
        .windows(2)
        .map(|ends| {
            let steps = ends[0].max(0.0).floor() as usize..(ends[1].ceil().max(0.0) as usize).min(n_steps);
            let share = |step: usize| (step as f64 + 1.0).min(ends[1]) - (step as f64).max(ends[0]);
            steps.map(|step| (step, share(step))).filter(|(_, share)| *share > 0.0).collect()
        })
        .collect();
    Array3::from_shape_fn((n_units, shares.len(), n_trials), |(unit, bin, trial)| {
        let recorded = shares[bin].iter().map(|&(step, share)| (responses[[unit, step, trial]], share));
        mean(recorded)
    })
}

/// Mean of numbers by their weights, of those that are there; NaN if none is.
fn mean(weighted: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for (value, share) in weighted.filter(|(value, _)| !value.is_nan()) {
        sum += value * share;
        weight += share;
    }
    if weight > 0.0 { sum / weight } else { f64::NAN }
}

/// The Gaussian along bins.
#[derive(Debug)]
pub(super) struct Smoothing {
    /// Weight of each bin in each smoothed one `[G, G]`; rows sum to 1.
    weights: Array2<f64>,
}

impl Smoothing {
    pub(super) fn new(n_bins: usize) -> Self {
        let mut weights = Array2::from_shape_fn((n_bins, n_bins), |(to, from)| {
            (-0.5 * (to.abs_diff(from) as f64 / SMOOTHING).powi(2)).exp()
        });
        for mut row in weights.outer_iter_mut() {
            let sum = row.sum();
            row /= sum;
        }
        Self { weights }
    }

    /// Responses `[N, G, B]` smoothed along their bins, each over what is there; NaN stays.
    pub(super) fn smoothed(&self, responses: &Array3<f64>) -> Array3<f64> {
        let mut smoothed = responses.clone();
        for (mut to, from) in smoothed.lanes_mut(Axis(1)).into_iter().zip(responses.lanes(Axis(1))) {
            for (bin, value) in to.iter_mut().enumerate().filter(|(_, value)| !value.is_nan()) {
                *value = mean(from.iter().copied().zip(self.weights.row(bin).iter().copied()));
            }
        }
        smoothed
    }

    /// Variance, averaged over bins, that independent noise of these variances `[G]` leaves after smoothing.
    pub(super) fn variance(&self, variances: &[f64]) -> f64 {
        let of_bin = |weights: ndarray::ArrayView1<'_, f64>| {
            weights.iter().zip(variances).map(|(weight, variance)| weight * weight * variance).sum::<f64>()
        };
        self.weights.outer_iter().map(of_bin).sum::<f64>() / variances.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn bins_average_what_lies_inside_and_pass_over_what_is_missing() {
        let responses = array![[[1.0], [2.0], [f64::NAN], [4.0]]];
        let found = binned(&responses, &[0.0, 1.5, 3.0, 4.0]);
        // One step and half of the next; half of that and nothing; the last.
        assert_eq!(found, array![[[(1.0 + 0.5 * 2.0) / 1.5], [2.0], [4.0]]]);
        assert!(binned(&responses, &[2.0, 3.0])[[0, 0, 0]].is_nan());
    }

    #[test]
    fn times_between_aligned_ones_are_stretched() {
        let alignment = Alignment::new(vec![[0.0, 0.0], [30.0, 10.0], [60.0, 100.0]]).expect("rising");
        let [task, recorded] = alignment.edges();
        assert_eq!(task.len(), N_BINS + 1);
        assert_eq!([task[15], recorded[15]], [30.0, 10.0]);
        assert_eq!([task[20], recorded[20]], [40.0, 40.0]);
        assert_eq!([task[30], recorded[30]], [60.0, 100.0]);
        assert_eq!(Alignment::new(vec![[0.0, 0.0], [30.0, 0.0]]), None);
        let short = Alignment::new(vec![[0.0, 0.0], [60.0, 12.0]]).expect("rising");
        assert_eq!(short.n_bins(), 12);
    }

    #[test]
    fn smoothing_keeps_what_is_constant_and_shrinks_noise_as_it_says() {
        let smoothing = Smoothing::new(N_BINS);
        let flat = smoothing.smoothed(&Array3::from_elem((2, N_BINS, 3), 4.0));
        assert!(flat.iter().all(|&x| (x - 4.0_f64).abs() < 1e-12));
        // Far from the ends a Gaussian of sd s leaves 1 / (2 s √π) of white noise (Σ w² of its density).
        let inner: f64 = smoothing.weights.row(15).iter().map(|w| w * w).sum();
        assert!((inner - 1.0 / (2.0 * SMOOTHING * std::f64::consts::PI.sqrt())).abs() < 1e-3, "{inner}");
        let impulse =
            Array3::from_shape_fn((1, N_BINS, N_BINS), |(_, bin, trial)| f64::from(u8::from(bin == trial)));
        let left = smoothing.smoothed(&impulse).iter().map(|x| x * x).sum::<f64>() / N_BINS as f64;
        assert!((smoothing.variance(&[1.0; N_BINS]) - left).abs() < 1e-12);
    }
}
