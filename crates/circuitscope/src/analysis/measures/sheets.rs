//! Sheets about the moving means of the contexts, and the axis between them (claim 4).

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};

use super::geometry::{by_relevance, context_of, mean_of};
use super::rest::{rows_of, slopes};
use crate::analysis::components::decompose;

/// Distance between states, as a share of the root mean square length of all states, below which they are one but for
/// rounding.
const ROUNDING: f64 = 1e-9;

/// Share of the variance about each context's mean at the same step that lies along the axis between the two means of
/// that step, both contexts together; the mean of the shares of the steps.
///
/// - `points`: `[T·B, K]`, steps outermost; `conditions`: `[B, 3]`, context first. `steps`: those that count; the claim is
///   judged by the decision epoch. Steps at which trials do not differ, or contexts do not, have no share; [`None`] if all
///   are such.
///
/// # Source
/// Claim 4. Unlike [`context_axis_share`](super::context_axis_share) it holds no variance that all trials of a context share
/// as they move on.
pub fn moving_context_share(
    points: ArrayView2<'_, f64>,
    conditions: ArrayView2<'_, f64>,
    steps: Range<usize>,
) -> Option<f64> {
    let least = least_distance(points).powi(2);
    let share = |step: usize| {
        let axis = axis_at(points, conditions, step)?;
        let length = axis.dot(&axis);
        let (mut along, mut total) = (0.0, 0.0);
        for context in [0, 1] {
            let gaps = about_moving_mean(points, conditions, context, step..step + 1)?;
            along += gaps.dot(&axis).iter().map(|x| x * x).sum::<f64>();
            total += gaps.iter().map(|x| x * x).sum::<f64>();
        }
        (length > least && total > least).then(|| along / length / total)
    };
    let steps = steps.start..steps.end.min(n_steps(points, conditions));
    let shares: Vec<f64> = steps.filter_map(share).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}

/// Angle between each context's sheet and the context axis, mean of the two contexts, less the angle that a random axis of
/// that space has to a plane on average (degrees): above 0 where sheets are more across the axis than by chance.
///
/// A sheet is the best plane through the states of a context about its moving mean over `steps`. The axis is the difference
/// of the contexts' mean states at the first step at which they differ: what the context inputs alone do to the network,
/// through its input weights and activation, seen in the space of the points. Dimensions in which no point varies are not
/// counted.
///
/// - `points`: `[T·B, K]`, steps outermost; `conditions`: `[B, 3]`, context first. [`None`] with fewer than three dimensions,
///   where states of a context lie on a line, or contexts never differ.
///
/// # Source
/// Claim 4. [`angle_by_chance`].
pub fn sheet_angle(
    points: ArrayView2<'_, f64>,
    conditions: ArrayView2<'_, f64>,
    steps: Range<usize>,
) -> Option<f64> {
    let varies = |column: ndarray::ArrayView1<'_, f64>| column.iter().any(|x| *x != column[0]);
    let n_dimensions = points.columns().into_iter().filter(|column| varies(*column)).count();
    let n_steps = n_steps(points, conditions);
    let length = |axis: &Array1<f64>| axis.dot(axis).sqrt();
    let least = least_distance(points);
    let mut axes = (0..n_steps).filter_map(|step| axis_at(points, conditions, step));
    let axis = axes.find(|axis| length(axis) > least)?;
    let angle = |context: usize| {
        let gaps = about_moving_mean(points, conditions, context, steps.start..steps.end.min(n_steps))?;
        let plane = decompose(gaps.t()).ok().filter(|plane| plane.values.len() >= 2)?;
        let along = |k: usize| (0..axis.len()).map(|d| plane.vectors[(d, k)] * axis[d]).sum::<f64>();
        Some((along(0).hypot(along(1)) / length(&axis)).min(1.0).acos().to_degrees())
    };
    Some(f64::midpoint(angle(0)?, angle(1)?) - angle_by_chance(n_dimensions)?)
}

/// Share of the variance with relevant coherence that lies along the axis between the contexts, mean of the two contexts:
/// cos² of the angle between what relevant coherence does to a state and what the context does, 0 where evidence moves
/// states across the axis alone, 1 along it alone, 1/K for directions of K dimensions drawn independently.
///
/// - `points`: `[T·B, K]`, steps outermost; `conditions`: `[B, 3]`, context, motion and colour coherence. `steps`: those over
///   which the states of a trial are averaged. Places are regressed on relevant and irrelevant coherence in each context.
///   [`None`] where one coherence follows from the other, the relevant one moves nothing, or contexts do not differ.
///
/// # Source
/// Claim 4. Unlike [`context_axis_share`](super::context_axis_share) and [`moving_context_share`] it is a share of what relevant
/// coherence does, so that variance that irrelevant coherence adds across the axis leaves it as it is.
pub fn evidence_along_axis(
    points: ArrayView2<'_, f64>,
    conditions: ArrayView2<'_, f64>,
    steps: Range<usize>,
) -> Option<f64> {
    let n_trials = conditions.nrows();
    let steps = steps.start..steps.end.min(n_steps(points, conditions));
    let n_averaged = steps.len() as f64;
    let mut means = Array2::zeros((n_trials, points.ncols()));
    for step in steps {
        means += &points.slice(ndarray::s![step * n_trials..(step + 1) * n_trials, ..]);
    }
    means /= n_averaged;
    let (contexts, coherences) = by_relevance(conditions);
    let axis = axis_at(means.view(), conditions, 0)?;
    let least = least_distance(points);
    let of_context = |context: usize| {
        let slopes = slopes(means.view(), &rows_of(&contexts, context), &coherences)?;
        let evidence: Array1<f64> = (0..points.ncols()).map(|d| slopes[(0, d)]).collect();
        let [evidence_length, axis_length] = [&evidence, &axis].map(|along| along.dot(along).sqrt());
        let is_known = evidence_length > least && axis_length > least;
        is_known.then(|| (evidence.dot(&axis) / evidence_length / axis_length).powi(2))
    };
    Some(f64::midpoint(of_context(0)?, of_context(1)?))
}

/// Mean angle (degrees) between a plane and a line of random direction in `n_dimensions`; [`None`] for fewer than three.
///
/// # Source
/// The squared length of the line's projection on the plane is Beta(1, (n − 2)/2), so that P(angle < t) = sinⁿ⁻² t and the
/// mean is π/2 − ∫ sinⁿ⁻² t dt over \[0, π/2\], an integral of Wallis.
pub fn angle_by_chance(n_dimensions: usize) -> Option<f64> {
    let power = n_dimensions.checked_sub(2).filter(|&power| power > 0)?;
    let first = if power.is_multiple_of(2) { std::f64::consts::FRAC_PI_2 } else { 1.0 };
    let factors = (2..=power).filter(|k| k % 2 == power % 2).map(|k| (k - 1) as f64 / k as f64);
    Some(90.0 - (first * factors.product::<f64>()).to_degrees())
}

fn least_distance(points: ArrayView2<'_, f64>) -> f64 {
    ROUNDING * (points.iter().map(|x| x * x).sum::<f64>() / points.nrows() as f64).sqrt()
}

fn n_steps(points: ArrayView2<'_, f64>, conditions: ArrayView2<'_, f64>) -> usize {
    points.nrows() / conditions.nrows().max(1)
}

/// The mean state of context 1 less that of context 0 at a step.
fn axis_at(points: ArrayView2<'_, f64>, conditions: ArrayView2<'_, f64>, step: usize) -> Option<Array1<f64>> {
    let [a, b] = [0, 1].map(|context| mean_of(points, conditions, context, step..step + 1));
    Some(b? - a?)
}

/// States of the trials of a context at some steps less their mean at the same step, steps outermost.
fn about_moving_mean(
    points: ArrayView2<'_, f64>,
    conditions: ArrayView2<'_, f64>,
    context: usize,
    steps: Range<usize>,
) -> Option<Array2<f64>> {
    let n_trials = conditions.nrows();
    let trials: Vec<usize> =
        (0..n_trials).filter(|&trial| context_of(conditions.row(trial)) == context).collect();
    let at = |step: usize| {
        let rows: Vec<usize> = trials.iter().map(|trial| step * n_trials + trial).collect();
        let own = points.select(Axis(0), &rows);
        let mean = own.mean_axis(Axis(0))?;
        Some(own - mean)
    };
    let gaps: Vec<Array2<f64>> = steps.map(at).collect::<Option<_>>()?;
    let views: Vec<ArrayView2<'_, f64>> = gaps.iter().map(|gaps| gaps.view()).collect();
    concatenate(Axis(0), &views).ok()
}
