//! Where fixed points lie, by context and coherence (claims 11 to 13).

use faer::Mat;
use faer::linalg::solvers::SolveLstsq;
use ndarray::{ArrayView1, ArrayView2};

use crate::analysis::embedding;
use crate::analysis::fixed_point_configuration::FixedPointRates;
use crate::analysis::statistics::Grouped;
use crate::trials::Trials;

/// Mean silhouette of the two contexts among stable fixed points `[P, K]`, −1 to 1.
///
/// # Source
/// Claim 11.
pub fn context_separation(points: ArrayView2<'_, f64>, contexts: &[usize]) -> Option<f64> {
    Grouped::new(embedding::distances(points).view(), contexts).ok()?.silhouette().ok()
}

/// Variance of stable fixed points with irrelevant over that with relevant coherence.
///
/// - `coherences`: relevant and irrelevant coherence of each point `[P]`. In each context places are regressed on both;
///   the variance with one is the squared length of its slope times its variance.
///
/// # Source
/// Claim 12; targeted dimensionality reduction, Mante et al. 2013.
pub fn irrelevant_share(
    points: ArrayView2<'_, f64>,
    contexts: &[usize],
    coherences: &[[f64; 2]],
) -> Option<f64> {
    let mut sums = [0.0; 2];
    for context in 0..2 {
        let rows = rows_of(contexts, context);
        let slopes = slopes(points, &rows, coherences)?;
        for (which, sum) in sums.iter_mut().enumerate() {
            let values = || rows.iter().map(|&row| coherences[row][which]);
            let mean = values().sum::<f64>() / rows.len() as f64;
            let variance = values().map(|c| (c - mean).powi(2)).sum::<f64>() / rows.len() as f64;
            let squared: f64 = (0..points.ncols()).map(|j| slopes[(which, j)].powi(2)).sum();
            *sum += squared * variance;
        }
    }
    (sums[0] > 0.0).then(|| sums[1] / sums[0])
}

/// How much of a sheet, and not of a line, the stable fixed points of a context are: (σ₂/σ₁)² of the linear map from
/// (relevant, irrelevant) coherence to fixed point, 0 to 1, mean of the two contexts. 1 where both coherences move the
/// fixed point equally far in orthogonal directions, 0 where only one does or both move it along one line.
///
/// - `points`: `[P, K]`; `coherences`: relevant and irrelevant coherence of each point `[P]`. The map is fitted by least
///   squares in each context, with a constant; coherences are as they are.
///
/// # Source
/// Claim 12. Unlike [`irrelevant_share`] it is not raised by an irrelevant coherence that moves fixed points along the line
/// of the relevant one.
pub fn sheet_index(points: ArrayView2<'_, f64>, contexts: &[usize], coherences: &[[f64; 2]]) -> Option<f64> {
    let of_context = |context: usize| {
        let slopes = slopes(points, &rows_of(contexts, context), coherences)?;
        let values = slopes.singular_values().ok()?;
        let (first, second) = (*values.first()?, values.get(1).copied().unwrap_or(0.0));
        (first > 0.0).then(|| (second / first).powi(2))
    };
    Some(f64::midpoint(of_context(0)?, of_context(1)?))
}

pub(super) fn rows_of(contexts: &[usize], context: usize) -> Vec<usize> {
    (0..contexts.len()).filter(|&row| contexts[row] == context).collect()
}

/// Least-squares slopes `[2, K]` of these points on relevant and irrelevant coherence, with a constant; [`None`] of fewer
/// than four points, or where one coherence follows from the other.
pub(super) fn slopes(
    points: ArrayView2<'_, f64>,
    rows: &[usize],
    coherences: &[[f64; 2]],
) -> Option<Mat<f64>> {
    /// Share of the product of both variances below which what is left of it is rounding.
    const COLLINEAR: f64 = 1e-12;
    if rows.len() < 4 {
        return None;
    }
    let n = rows.len() as f64;
    let mean = [0, 1].map(|which: usize| rows.iter().map(|&row| coherences[row][which]).sum::<f64>() / n);
    let product = |a: usize, b: usize| -> f64 {
        rows.iter().map(|&row| (coherences[row][a] - mean[a]) * (coherences[row][b] - mean[b])).sum()
    };
    let (of_both, shared) = (product(0, 0) * product(1, 1), product(0, 1).powi(2));
    if of_both <= 0.0 || of_both - shared <= COLLINEAR * of_both {
        return None;
    }
    let design = Mat::from_fn(rows.len(), 3, |i, j| if j == 0 { 1.0 } else { coherences[rows[i]][j - 1] });
    let places = Mat::from_fn(rows.len(), points.ncols(), |i, j| points[[rows[i], j]]);
    Some(design.qr().solve_lstsq(&places).subrows(1, 2).to_owned())
}

/// Mean distance of endpoints to the nearest stable fixed point of any input, on the first three components of the
/// trajectories, over the root mean square distance of endpoints from their mean.
///
/// # Source
/// Claim 13.
pub fn endpoint_gap(ends: &[[f64; 3]], at_rest: &[[f64; 3]]) -> Option<f64> {
    if ends.is_empty() || at_rest.is_empty() {
        return None;
    }
    let squared = |a: &[f64; 3], b: &[f64; 3]| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    let nearest =
        |end: &[f64; 3]| at_rest.iter().map(|rest| squared(end, rest)).fold(f64::INFINITY, f64::min);
    let n = ends.len() as f64;
    let mean: [f64; 3] = std::array::from_fn(|d| ends.iter().map(|end| end[d]).sum::<f64>() / n);
    let spread = (ends.iter().map(|end| squared(end, &mean)).sum::<f64>() / n).sqrt();
    (spread > 0.0).then(|| ends.iter().map(|end| nearest(end).sqrt()).sum::<f64>() / n / spread)
}

/// Mean distance of endpoints to the nearest stable fixed point of the input that their trial ends under, in the space of
/// all units, over the root mean square distance of endpoints from their mean; 0 where every trial comes to rest.
///
/// - `ends`: rates `[N, B]` at the last step; `inputs`: by [`final_inputs`], `[B]`. Trials that end under an input without a
///   known stable point are left out of the mean; [`None`] if all are, or all endpoints are one.
///
/// # Source
/// Claim 13. Unlike [`endpoint_gap`] it leaves no dimension out, and takes no fixed point of another input.
pub fn endpoint_offset(
    ends: ArrayView2<'_, f64>,
    inputs: &[Option<usize>],
    at_rest: &FixedPointRates,
) -> Option<f64> {
    let distance = |a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>| {
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    };
    let nearest = |(end, input): (ArrayView1<'_, f64>, &Option<usize>)| {
        let stable = (*input)? as u32 * 2; // see `group`
        let own = at_rest.rates.columns().into_iter().zip(&at_rest.groups);
        let own = own.filter(|(_, group)| **group == stable);
        own.map(|(point, _)| distance(end, point)).min_by(f64::total_cmp)
    };
    let offsets: Vec<f64> = ends.columns().into_iter().zip(inputs).filter_map(nearest).collect();
    let mean = ends.mean_axis(ndarray::Axis(1))?;
    let squares = ends.columns().into_iter().map(|end| distance(end, mean.view()).powi(2));
    let spread = (squares.sum::<f64>() / ends.ncols() as f64).sqrt();
    (spread > 0.0 && !offsets.is_empty()).then(|| offsets.iter().sum::<f64>() / offsets.len() as f64 / spread)
}

/// The constant input that each trial ends under, by its place among `inputs` `[I, U]`: that of the last step that acts on a
/// state; none of a trial that ends under another one. CDDM: context and both stimuli; `Go/NoGo`: value and cue;
/// `MemoryNumber`: the recall cue alone, so that all values end under one input.
pub fn final_inputs(trials: &Trials, inputs: ArrayView2<'_, f64>) -> Vec<Option<usize>> {
    /// Inputs of trials are in single precision.
    const ROUNDING: f64 = 1e-6;
    // The last input gives no further state.
    let last = trials.n_steps().saturating_sub(2);
    let of_trial = |trial: usize| {
        let shown = trials.inputs.slice(ndarray::s![.., last, trial]);
        let is_shown = |input: &ArrayView1<'_, f64>| {
            input.iter().zip(&shown).all(|(a, &b)| (a - f64::from(b)).abs() < ROUNDING)
        };
        inputs.outer_iter().position(|input| is_shown(&input))
    };
    (0..trials.n_trials()).map(of_trial).collect()
}
