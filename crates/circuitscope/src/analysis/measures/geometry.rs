//! Geometry of trajectories in two contexts (claims 3 and 4).

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use crate::analysis::procrustes::orthogonal_map;

/// What is left of trajectories `[T·B, K]`, steps outermost, when the two contexts change places and the best orthogonal
/// map brings them back: residual norm over the norm, 0 for perfect symmetry, √2 for none.
///
/// - `conditions`: `[B, 3]`, context, motion and colour coherence. A trial's counterpart has the other context, and the
///   same relevant and irrelevant coherence. [`None`] if a trial has no counterpart.
///
/// # Source
/// Claim 3.
pub fn exchange_residual(points: ArrayView2<'_, f64>, conditions: ArrayView2<'_, f64>) -> Option<f64> {
    left_by_exchange(&(&points - &points.mean_axis(Axis(0))?), conditions)
}

/// [`exchange_residual`] of the trajectories less each context's mean state at the same step: of what trials of a context
/// have of their own. Whatever all trials of a context do together, early or late, leaves it as it is.
///
/// - `points`, `conditions`: as there. [`None`] as well where trials of a context do not differ.
///
/// # Source
/// Claim 3.
pub fn wing_residual(points: ArrayView2<'_, f64>, conditions: ArrayView2<'_, f64>) -> Option<f64> {
    /// Share of the norm of the trajectories below which what trials have of their own is rounding.
    const ROUNDING: f64 = 1e-9;
    let n_trials = conditions.nrows();
    let mut wings = points.to_owned();
    for step in 0..points.nrows() / n_trials.max(1) {
        let mean = |context| mean_of(points, conditions, context, step..step + 1);
        let means = [mean(0)?, mean(1)?];
        for trial in 0..n_trials {
            let mut state = wings.row_mut(step * n_trials + trial);
            state -= &means[context_of(conditions.row(trial))];
        }
    }
    let norm = |points: ArrayView2<'_, f64>| points.iter().map(|x| x * x).sum::<f64>().sqrt();
    (norm(wings.view()) > ROUNDING * norm(points)).then(|| left_by_exchange(&wings, conditions))?
}

/// What is left of states `[T·B, K]` when each trial changes places with its counterpart and the best orthogonal map brings
/// them back, over their norm; [`None`] if a trial has no counterpart.
fn left_by_exchange(centred: &Array2<f64>, conditions: ArrayView2<'_, f64>) -> Option<f64> {
    let n_trials = conditions.nrows();
    let order: Vec<usize> = counterparts(conditions).into_iter().collect::<Option<_>>()?;
    let rows: Vec<usize> =
        (0..centred.nrows()).map(|row| row / n_trials * n_trials + order[row % n_trials]).collect();
    let exchanged = centred.select(Axis(0), &rows);
    let map = orthogonal_map(&centred.t().dot(&exchanged));
    let left = centred.dot(&map) - &exchanged;
    let norm = |a: &Array2<f64>| a.iter().map(|x| x * x).sum::<f64>().sqrt();
    Some(norm(&left) / norm(centred))
}

/// The trial of the other context with the same relevant and irrelevant coherence, of each trial; none where there is none.
pub(super) fn counterparts(conditions: ArrayView2<'_, f64>) -> Vec<Option<usize>> {
    let counterpart = |c: ArrayView1<'_, f64>| {
        conditions.outer_iter().position(|o| o[0] != c[0] && o[1] == c[2] && o[2] == c[1])
    };
    conditions.outer_iter().map(counterpart).collect()
}

/// Distance between the contexts' mean states at a step over that at the last step.
///
/// # Source
/// Claim 4. [`None`] if there is no such step.
pub fn early_divergence(
    points: ArrayView2<'_, f64>,
    conditions: ArrayView2<'_, f64>,
    step: usize,
) -> Option<f64> {
    let n_steps = points.nrows() / conditions.nrows().max(1);
    let at = |step: usize| -> Option<f64> {
        let [a, b] = [0, 1].map(|context| mean_of(points, conditions, context, step..step + 1));
        let gap = a? - b?;
        Some(gap.dot(&gap).sqrt())
    };
    (step < n_steps).then(|| at(step).zip(at(n_steps - 1)).map(|(early, last)| early / last))?
}

/// Share of the variance within contexts, over all steps and trials, that lies along the axis between the contexts' means.
///
/// # Source
/// Claim 4: sheets orthogonal to the context axis have next to none.
pub fn context_axis_share(points: ArrayView2<'_, f64>, conditions: ArrayView2<'_, f64>) -> Option<f64> {
    let n_steps = points.nrows() / conditions.nrows().max(1);
    let means = [mean_of(points, conditions, 0, 0..n_steps)?, mean_of(points, conditions, 1, 0..n_steps)?];
    let axis = &means[1] - &means[0];
    let length = axis.dot(&axis).sqrt();
    let (mut along, mut total) = (0.0, 0.0);
    for (row, point) in points.outer_iter().enumerate() {
        let gap = &point - &means[context_of(conditions.row(row % conditions.nrows()))];
        along += (gap.dot(&axis) / length).powi(2);
        total += gap.dot(&gap);
    }
    Some(along / total)
}

pub(super) fn context_of(condition: ArrayView1<'_, f64>) -> usize {
    usize::from(condition[0] > 0.5)
}

/// Context of each trial, and its relevant and irrelevant coherence.
pub(super) fn by_relevance(conditions: ArrayView2<'_, f64>) -> (Vec<usize>, Vec<[f64; 2]>) {
    let of_trial = |c: ArrayView1<'_, f64>| {
        let context = context_of(c);
        (context, if context == 0 { [c[1], c[2]] } else { [c[2], c[1]] })
    };
    conditions.outer_iter().map(of_trial).unzip()
}

/// Mean state of a context over some steps; [`None`] if it has no trial.
pub(super) fn mean_of(
    points: ArrayView2<'_, f64>,
    conditions: ArrayView2<'_, f64>,
    context: usize,
    steps: std::ops::Range<usize>,
) -> Option<Array1<f64>> {
    let n_trials = conditions.nrows();
    let of_context = (0..n_trials).filter(|&trial| context_of(conditions.row(trial)) == context);
    let trials: Vec<usize> = of_context.collect();
    let rows: Vec<usize> =
        steps.flat_map(|step| trials.iter().map(move |trial| step * n_trials + trial)).collect();
    points.select(Axis(0), &rows).mean_axis(Axis(0))
}
