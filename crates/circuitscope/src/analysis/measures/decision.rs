//! What activity holds while the network decides (docs/methods.md §4.9 and §4.11).

use std::ops::Range;

use ndarray::{Array2, ArrayView2, ArrayView3, Axis, s};

use super::geometry::by_relevance;
use super::rest::irrelevant_share;
use crate::task::Epoch;

/// Steps at which the decision is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecisionWindow {
    /// The whole epoch in which the network is to answer.
    Epoch,
    /// The last ten steps of it.
    LastTen,
    /// Its last step.
    Last,
}

impl DecisionWindow {
    /// Every window; the first is the one that is judged by.
    pub const ALL: [Self; 3] = [Self::Epoch, Self::LastTen, Self::Last];

    /// Its steps within an epoch.
    pub fn steps(self, epoch: Epoch) -> Range<usize> {
        let start = match self {
            Self::Epoch => epoch.start,
            Self::LastTen => epoch.end.saturating_sub(10).max(epoch.start),
            Self::Last => epoch.end.saturating_sub(1).max(epoch.start),
        };
        start..epoch.end
    }
}

/// How much of the activity the outputs see: `‖W_out X‖_F / (‖W_out‖_F ‖X‖_F)`, 0 to 1, with X the rates less their mean
/// over steps and trials.
///
/// - `w_out`: `[O, N]`; `rates`: `[N, T, B]`. [`None`] where nothing moves, or `w_out` is zero.
///
/// # Source
/// docs/methods.md §4.9.
pub fn output_alignment(
    w_out: ArrayView2<'_, f64>,
    rates: ArrayView3<'_, f64>,
    steps: Range<usize>,
) -> Option<f64> {
    let activity = rates.slice(s![.., steps, ..]);
    let (n_units, n_steps, n_trials) = activity.dim();
    let values = activity.iter().copied().collect();
    let activity = Array2::from_shape_vec((n_units, n_steps * n_trials), values).ok()?;
    let centred = &activity - &activity.mean_axis(Axis(1))?.insert_axis(Axis(1));
    let norm = |values: ArrayView2<'_, f64>| values.iter().map(|x| x * x).sum::<f64>().sqrt();
    let seen = norm(w_out.dot(&centred).view());
    let all = norm(w_out) * norm(centred.view());
    (all > 0.0).then(|| seen / all)
}

/// Variance of the rates with irrelevant over that with relevant coherence, by regression of each unit's mean rate over
/// the steps on both coherences, context by context.
///
/// - `rates`: `[N, T, B]`; `conditions`: `[B, 3]`, context, motion and colour coherence.
///
/// # Source
/// docs/methods.md §4.11: targeted dimensionality reduction, Mante et al. 2013.
pub fn irrelevant_information(
    rates: ArrayView3<'_, f64>,
    conditions: ArrayView2<'_, f64>,
    steps: Range<usize>,
) -> Option<f64> {
    let means = rates.slice(s![.., steps, ..]).mean_axis(Axis(1))?;
    let (contexts, coherences) = by_relevance(conditions);
    irrelevant_share(means.t(), &contexts, &coherences)
}
