//! How much units vary across the trials of each of several tasks (Yang et al. 2019, doi:10.1038/s41593-018-0310-2).

use super::parts::trials_by_part;
use crate::task::Part;
use crate::trials::Trials;
use ndarray::{Array2, ArrayView3};

/// Units whose variances sum to no more than this count as not active (published).
pub const ACTIVE: f64 = 1e-3;

/// Task variance `[N, P]`: of each unit and task the variance of its rate across the task's trials at a step, averaged over the steps
/// from where the inputs of these trials first differ until they end.
///
/// - `rates`: noise-free, `[N, T, B]`.
///
/// # Source
/// Yang et al. 2019, Methods; the published code takes `h[stimulus onset:].var(axis=trials).mean(axis=time)`.
pub fn task_variance(rates: ArrayView3<'_, f64>, trials: &Trials, parts: &[Part]) -> Array2<f64> {
    let trials_of = trials_by_part(trials, parts);
    let variance = |unit: usize, step: usize, chosen: &[usize]| {
        let n = chosen.len() as f64;
        let mean = chosen.iter().map(|&trial| rates[[unit, step, trial]]).sum::<f64>() / n;
        chosen.iter().map(|&trial| (rates[[unit, step, trial]] - mean).powi(2)).sum::<f64>() / n
    };
    Array2::from_shape_fn((rates.dim().0, parts.len()), |(unit, part)| {
        let steps = parts[part].steps;
        let all = (steps.start..steps.end).map(|step| variance(unit, step, &trials_of[part]));
        all.sum::<f64>() / (steps.end - steps.start) as f64
    })
}

/// The active units, in their order, and their variances divided by the largest of each `[A, P]`.
pub fn normalised(variances: &Array2<f64>) -> (Vec<usize>, Array2<f64>) {
    let is_active = |unit: &usize| variances.row(*unit).sum() > ACTIVE;
    let active: Vec<usize> = (0..variances.nrows()).filter(is_active).collect();
    let largest = |unit: usize| variances.row(unit).iter().copied().fold(0.0, f64::max);
    let shares = Array2::from_shape_fn((active.len(), variances.ncols()), |(place, part)| {
        variances[[active[place], part]] / largest(active[place])
    });
    (active, shares)
}

/// How units share their variance between two tasks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FractionalVariance {
    /// Places of the tasks, the first below the second.
    pub tasks: [usize; 2],
    /// Units whose variances on the two sum to more than [`ACTIVE`].
    pub n_units: usize,
    /// Median over them of `(v₁ − v₂) / (v₁ + v₂)`: 1 where units vary on the first task alone, −1 on the second alone.
    pub median: f64,
    /// Mean of its size: 0 where all units vary alike on both, 1 where each varies on one alone.
    pub mean_size: f64,
}

/// Fractional task variances of every pair of tasks; a pair on which no unit is active is left out.
///
/// # Source
/// Yang et al. 2019, Methods: FTV; the published code shows its histograms.
pub fn fractional_variances(variances: &Array2<f64>) -> Vec<FractionalVariance> {
    let n = variances.ncols();
    let pairs = (0..n).flat_map(|first| (first + 1..n).map(move |second| [first, second]));
    let of_pair = |[first, second]: [usize; 2]| {
        let shares = variances.outer_iter().filter_map(|unit| {
            let (a, b) = (unit[first], unit[second]);
            (a + b > ACTIVE).then(|| (a - b) / (a + b))
        });
        let mut shares: Vec<f64> = shares.collect();
        shares.sort_by(f64::total_cmp);
        let n_units = shares.len();
        let middle = n_units.checked_sub(1)? / 2;
        let median = f64::midpoint(shares[middle], shares[n_units / 2]);
        let mean_size = shares.iter().map(|share| share.abs()).sum::<f64>() / n_units as f64;
        Some(FractionalVariance { tasks: [first, second], n_units, median, mean_size })
    };
    pairs.filter_map(of_pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{GoNoGo, MemoryNumber, Several, Task};
    use ndarray::{Array3, array};

    #[test]
    fn variances_are_those_of_trials_of_a_task_over_its_steps() {
        let tasks = vec![GoNoGo::published().into(), MemoryNumber::published().into()];
        let task = Task::from(Several::new("both", tasks).expect("two tasks"));
        let trials = task.analysis_trials(); // 11 of either; Go/NoGo lasts steps 0-60, MemoryNumber differs from step 20 to 120
        let gains = [[1.0, 0.0], [0.0, 2.0], [0.5, 0.5]];
        // Rates that differ between trials by a value 0 … 10 times a gain; much, where it must not count.
        let rates = Array3::from_shape_fn((3, 120, 22), |(unit, step, trial)| {
            let part = trial / 11;
            let counts = if part == 0 { step < 60 } else { step >= 20 };
            let shift = (step as f64).sin(); // the same on all trials
            shift + if counts { gains[unit][part] * (trial % 11) as f64 } else { 1e3 * trial as f64 }
        });
        let found = task_variance(rates.view(), &trials, task.parts());
        for ((unit, part), &variance) in found.indexed_iter() {
            let expected = gains[unit][part].powi(2) * 10.0; // (n² − 1) / 12 of 0 … 10
            assert!((variance - expected).abs() < 1e-10, "{unit} {part}: {variance}"); // rounding of sums of 1100 terms
        }
    }

    #[test]
    fn inactive_units_are_left_out_and_the_largest_variance_is_one() {
        let variances = array![[2.0, 1.0, 0.0], [5e-4, 4e-4, 0.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0]];
        let (active, shares) = normalised(&variances);
        assert_eq!(active, [0, 2]);
        assert_eq!(shares, array![[1.0, 0.5, 0.0], [0.0, 0.0, 1.0]]);
        let pairs = fractional_variances(&variances);
        let places: Vec<_> = pairs.iter().map(|pair| (pair.tasks, pair.n_units)).collect();
        assert_eq!(places, [([0, 1], 1), ([0, 2], 2), ([1, 2], 2)]);
        assert!(
            (pairs[0].median - 1.0 / 3.0).abs() < 1e-15 && (pairs[0].mean_size - 1.0 / 3.0).abs() < 1e-15
        );
        assert_eq!((pairs[1].median, pairs[1].mean_size), (0.0, 1.0)); // one unit on either side
        assert!(fractional_variances(&array![[0.0, 0.0], [1e-4, 1e-4]]).is_empty());
    }
}
