//! Where fixed points lie, by context and coherence (claims 11 to 13).

use faer::Mat;
use faer::linalg::solvers::SolveLstsq;
use ndarray::ArrayView2;

use crate::analysis::embedding;
use crate::analysis::statistics::Grouped;

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
        let rows: Vec<usize> = (0..points.nrows()).filter(|&row| contexts[row] == context).collect();
        if rows.len() < 4 {
            return None;
        }
        let design =
            Mat::from_fn(rows.len(), 3, |i, j| if j == 0 { 1.0 } else { coherences[rows[i]][j - 1] });
        let places = Mat::from_fn(rows.len(), points.ncols(), |i, j| points[[rows[i], j]]);
        let slopes = design.qr().solve_lstsq(&places);
        for (which, sum) in sums.iter_mut().enumerate() {
            let values = || rows.iter().map(|&row| coherences[row][which]);
            let mean = values().sum::<f64>() / rows.len() as f64;
            let variance = values().map(|c| (c - mean).powi(2)).sum::<f64>() / rows.len() as f64;
            let squared: f64 = (0..points.ncols()).map(|j| slopes[(which + 1, j)].powi(2)).sum();
            *sum += squared * variance;
        }
    }
    (sums[0] > 0.0).then(|| sums[1] / sums[0])
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
