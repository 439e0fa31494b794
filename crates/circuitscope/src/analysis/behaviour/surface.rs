//! Choices by context over all pairs of evidence, in both contexts. Evidence is in units of the strongest of training; CDDM calls
//! it coherence.

use ndarray::{Array2, Array3};

use super::count::Count;
use super::slope::{Cell, Estimate, slope};
use super::{Showing, answers, mean};
use crate::analysis::statistics::Bootstrap;
use crate::dynamics::run::RunError;
use crate::network::Network;
use crate::task::{FURTHEST, Task, crossed_in_contexts};

/// Coherences of either stimulus in the published test.
pub const N_COHERENCES: usize = 31;

/// `n` evenly spaced coherences from −4 to 4 (a single one is −4).
pub fn wide_coherences(n: usize) -> Vec<f64> {
    (0..n).map(|k| FURTHEST * (2.0 * k as f64 / (n.max(2) - 1) as f64 - 1.0)).collect()
}

/// Which levels of a coherence count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Those that training covers, `|c| ≤ 1`.
    Trained,
    /// Those beyond, `|c| > 1`.
    Beyond,
    /// All that were shown.
    All,
}

impl Range {
    fn contains(self, coherence: f64) -> bool {
        match self {
            Self::Trained => coherence.abs() <= 1.0,
            Self::Beyond => coherence.abs() > 1.0,
            Self::All => true,
        }
    }
}

/// Choices over a grid of coherences.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// Coherences of either stimulus `[K]`.
    pub coherences: Vec<f64>,
    /// The first context, then the second.
    pub contexts: [ContextSurface; 2],
}

/// Choices in one context.
#[derive(Clone, Debug, PartialEq)]
pub struct ContextSurface {
    /// Choices `[K, K, R]` by the evidence that counts in the first, then in the second context (CDDM: motion, then colour), then
    /// repeat: 1 for the first answer (right), 0 for the second, ½ for none; NaN where an output is not finite.
    pub choices: Array3<f64>,
    /// Masked mean squared error over the repeats `[K, K]`.
    pub mse: Array2<f64>,
}

impl ContextSurface {
    /// Share of choices of the first answer `[K, K]`, evidence of the first by that of the second context.
    pub fn right(&self) -> Array2<f64> {
        let (n_first, n_second, n_repeats) = self.choices.dim();
        Array2::from_shape_fn((n_first, n_second), |(i, j)| {
            (0..n_repeats).map(|r| self.choices[[i, j, r]]).sum::<f64>() / n_repeats as f64
        })
    }
}

/// Shows every pair of evidence in both contexts.
///
/// The choice is the sign of the first answer's output less the second's at the last step; targets for the error are those of the task at these coherences.
///
/// # Errors
/// [`RunError`] if the network does not fit the task, or the task asks for no choice by context.
///
/// # Source
/// docs/methods.md §4.8: 31 × 31 coherences in [−4, 4]², 7 repeats, σ = 0.03.
pub fn surface(
    network: &Network,
    task: &Task,
    coherences: &[f64],
    showing: Showing,
    battery: u64,
) -> Result<Surface, RunError> {
    let (Some(contexts), Some(trials)) =
        (task.contexts(), task.trials_in_contexts(&crossed_in_contexts(coherences)))
    else {
        return Err(RunError::Nothing);
    };
    let answered = answers(network, &trials, &[trials.n_steps() - 1], showing, battery)?;
    let (k, n_repeats) = (coherences.len(), showing.n_repeats);
    // Trials stand by context, then relevant, then irrelevant coherence.
    let trial = |context: usize, first: usize, second: usize| match context {
        0 => first * k + second,
        _ => (k + second) * k + first,
    };
    let [of, from] = contexts.answers;
    let choice = |trial: usize, repeat: usize| {
        let gap = answered.outputs[[of, trial, repeat]] - answered.outputs[[from, trial, repeat]];
        if gap.is_nan() || gap == 0.0 { 0.5 + gap } else { f64::from(u8::from(gap > 0.0)) }
    };
    let contexts = [0, 1].map(|context| ContextSurface {
        choices: Array3::from_shape_fn((k, k, n_repeats), |(i, j, r)| choice(trial(context, i, j), r)),
        mse: Array2::from_shape_fn((k, k), |(i, j)| mean(&answered.mse[trial(context, i, j)])),
    });
    Ok(Surface { coherences: coherences.to_vec(), contexts })
}

impl Surface {
    /// Choices of a context as cells by one of the stimuli: its coherence, and the choices.
    fn cells(&self, context: usize, stimulus: Stimulus, level: Range, other: Range) -> Vec<Cell> {
        let of_first = (context == 0) == (stimulus == Stimulus::Relevant);
        let choices = &self.contexts[context].choices;
        let (k, n_repeats) = (self.coherences.len(), choices.dim().2);
        let mut cells = Vec::new();
        for (i, j) in (0..k).flat_map(|i| (0..k).map(move |j| (i, j))) {
            let [shown, held] = if of_first { [i, j] } else { [j, i] }.map(|place| self.coherences[place]);
            if level.contains(shown) && other.contains(held) {
                let answers = (0..n_repeats).map(|r| choices[[i, j, r]]).collect();
                cells.push(Cell { level: shown, answers });
            }
        }
        cells
    }

    /// Slope of P(right) on the irrelevant coherence within a range, over both contexts and every relevant coherence of
    /// the grid (claims 16 and 17: [`Range::Beyond`]).
    ///
    /// [`None`] if the grid has no two irrelevant coherences there, or the network runs away.
    pub fn irrelevant_slope(&self, range: Range, bootstrap: Bootstrap) -> Option<Estimate> {
        let cells: Vec<Cell> = [0, 1]
            .into_iter()
            .flat_map(|context| self.cells(context, Stimulus::Irrelevant, range, Range::All))
            .collect();
        slope(&cells, bootstrap)
    }

    /// Right choices of a context by relevant coherence, over every irrelevant coherence of the grid: what a psychometric
    /// function is fitted to.
    pub fn counts(&self, context: usize) -> Vec<Count> {
        let cells = self.cells(context, Stimulus::Relevant, Range::All, Range::All);
        Count::of_cells(&cells)
    }

    /// Mean P(right) of a context by irrelevant or relevant coherence `[K]`, over the other one within a range.
    pub fn profile(&self, context: usize, stimulus: Stimulus, other: Range) -> Vec<f64> {
        let cells = self.cells(context, stimulus, Range::All, other);
        let at = |coherence: f64| {
            let own = cells.iter().filter(|cell| cell.level == coherence);
            mean(&own.map(|cell| mean(&cell.answers)).collect::<Vec<_>>())
        };
        self.coherences.iter().map(|&coherence| at(coherence)).collect()
    }
}

/// One of the two stimuli, by what the context makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stimulus {
    /// The one to report.
    Relevant,
    /// The one to ignore.
    Irrelevant,
}
