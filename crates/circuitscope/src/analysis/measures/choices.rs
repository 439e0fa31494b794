//! What choices under strong irrelevant stimuli tell (claims 16 and 17).

use crate::analysis::behaviour::slope::{Cell, slope};
use crate::analysis::statistics::{Bootstrap, CONFIDENCE};

/// Choices under one pair of coherences in one context.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choices {
    /// Coherence of the stimulus to ignore.
    pub irrelevant: f64,
    /// Share of right choices over the repeats; NaN where the network runs away.
    pub right: f64,
}

/// Slope of P(right) on the irrelevant coherence beyond `strong` on either side; every pair of coherences counts alike.
///
/// [`None`] if no two irrelevant coherences lie there, or the network runs away.
///
/// # Source
/// Claims 16 and 17: the slope of [`Surface::irrelevant_slope`], from shares instead of single choices.
///
/// [`Surface::irrelevant_slope`]: crate::analysis::behaviour::surface::Surface::irrelevant_slope
pub fn irrelevant_slope(choices: &[Choices], strong: f64) -> Option<f64> {
    let beyond = choices.iter().filter(|choices| choices.irrelevant.abs() > strong);
    let cells: Vec<Cell> =
        beyond.map(|choices| Cell { level: choices.irrelevant, answers: vec![choices.right] }).collect();
    // Shares no longer hold what an interval needs.
    let without_interval = Bootstrap { n_resamples: 0, level: CONFIDENCE, seed: 0 };
    slope(&cells, without_interval).map(|found| found.value)
}
