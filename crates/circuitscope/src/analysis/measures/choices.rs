//! What choices under strong irrelevant stimuli tell (claims 16 and 17).

use crate::analysis::behaviour::slope::{Cell, slope};
use crate::analysis::statistics::{Bootstrap, CONFIDENCE};

/// Furthest coherence of training.
const TRAINED: f64 = super::STRONG;

/// Choices under one pair of coherences in one context.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choices {
    /// Coherence of the stimulus to report.
    pub relevant: f64,
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

/// How much more strong irrelevant stimuli sway choices than trained ones do, −2 to 2: P(right) where the irrelevant
/// coherence is above `strong` less P(right) where it is below −`strong`; less the same difference between the outermost
/// irrelevant coherences of the grid within training, \[−1, 1\].
///
/// Relevant coherences are those within `relevant` on either side. P(right) is the mean over every pair of coherences of
/// both contexts, which have the same grid. [`None`] if one of the four sides is empty, or the network runs away there.
///
/// # Source
/// Claims 16 and 17. A slope over all relevant coherences is diluted by stimuli so strong that nothing sways the choice.
pub fn irrelevant_sensitivity(choices: &[Choices], strong: f64, relevant: f64) -> Option<f64> {
    let shown: Vec<&Choices> = choices.iter().filter(|choices| choices.relevant.abs() <= relevant).collect();
    let sway = |is_level: &dyn Fn(f64) -> bool| -> Option<f64> {
        let right = |side: f64| {
            let own = shown.iter().filter(|choices| is_level(side * choices.irrelevant));
            mean(own.map(|choices| choices.right))
        };
        Some(right(1.0)? - right(-1.0)?)
    };
    let within = shown.iter().map(|choices| choices.irrelevant.abs()).filter(|&level| level <= TRAINED);
    let outermost = within.fold(0.0, f64::max);
    if outermost <= 0.0 {
        return None;
    }
    Some(sway(&|level| level > strong)? - sway(&|level| level >= outermost && level <= TRAINED)?)
}

/// Accuracy within training less accuracy under strong irrelevant stimuli, −1 to 1: share of choices on the side of the
/// relevant coherence where the irrelevant one is within \[−1, 1\], less that where it is beyond `strong` on either side.
///
/// Relevant coherences are those of training but 0, which has no right side. Every pair of coherences of both contexts,
/// which have the same grid, counts alike. [`None`] if either set is empty, or the network runs away there.
///
/// # Source
/// Claims 16 and 17: it also sees what strong stimuli do whatever their side, which leaves no slope.
pub fn accuracy_lost(choices: &[Choices], strong: f64) -> Option<f64> {
    let asked =
        || choices.iter().filter(|choices| choices.relevant != 0.0 && choices.relevant.abs() <= TRAINED);
    let correct = |choices: &Choices| {
        if choices.relevant > 0.0 { choices.right } else { 1.0 - choices.right }
    };
    let within = mean(asked().filter(|choices| choices.irrelevant.abs() <= TRAINED).map(correct));
    let beyond = mean(asked().filter(|choices| choices.irrelevant.abs() > strong).map(correct));
    Some(within? - beyond?)
}

/// Mean of some numbers; [`None`] of none, or if one is not finite.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    Some(sum / n).filter(|mean: &f64| mean.is_finite())
}
