//! Choices by one of two kinds of evidence, as a context says: what tasks such as CDDM offer to analyses.

use ndarray::{Array1, Array2};

/// How far beyond training evidence is shown, in units of the strongest of training.
pub const FURTHEST: f64 = 4.0;

/// A trial by its context and both kinds of evidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// 0 or 1.
    pub context: usize,
    /// Evidence that counts in the first and in the second context, in units of the strongest of training; above 0 for the first
    /// answer.
    pub evidence: [f64; 2],
}

/// Every pair of evidence in both contexts; order: context, then relevant, then irrelevant evidence.
pub fn crossed_in_contexts(evidence: &[f64]) -> Vec<Shown> {
    let k = evidence.len();
    let trial = |trial: usize| {
        let (context, relevant, irrelevant) = (trial / (k * k), evidence[trial / k % k], evidence[trial % k]);
        let evidence = if context == 0 { [relevant, irrelevant] } else { [irrelevant, relevant] };
        Shown { context, evidence }
    };
    (0..2 * k * k).map(trial).collect()
}

/// A choice between two answers by one of two kinds of evidence; a context says which of them counts.
///
/// Trials and constant inputs of a task that offers it have three conditions: context (0 or 1), evidence that counts in context 0,
/// evidence that counts in context 1.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceByContext {
    /// The contexts by what counts in them, such as `motion` and `colour`.
    pub names: [String; 2],
    /// What evidence is called: `coherence`, or `evidence` where both kinds are not called alike.
    pub quantity: String,
    /// Outputs for evidence above 0 and below 0.
    pub answers: [usize; 2],
    /// What these outputs are called.
    pub answer_names: [String; 2],
    /// The constant input `[U]` of either context with evidence for neither answer.
    pub balanced: [Array1<f64>; 2],
    /// What either kind of evidence adds to the inputs `[U]` between the strongest for the second answer and the strongest for
    /// the first.
    pub directions: [Array1<f64>; 2],
    /// The strongest evidence of either kind in training.
    pub strongest: [f64; 2],
    /// Evidence in training, in units of the strongest, rising.
    pub trained: Vec<f64>,
    /// The first step at which evidence is shown.
    pub onset: usize,
    /// The first step at which contexts are told apart.
    pub context_onset: usize,
}

/// The channels of contexts and evidence, where each has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channels {
    /// The channel of either context.
    pub contexts: [usize; 2],
    /// Of either kind of evidence the channels for the first and for the second answer.
    pub evidence: [[usize; 2]; 2],
}

impl ChoiceByContext {
    /// The least and the largest evidence of training, of both kinds.
    pub fn range(&self) -> [f64; 2] {
        let [first, second] = self.strongest;
        [-first.max(second), first.max(second)]
    }

    /// Conditions `[C, 3]` with evidence in units of the strongest of training.
    pub fn in_units(&self, mut conditions: Array2<f64>) -> Array2<f64> {
        for (kind, strongest) in self.strongest.into_iter().enumerate() {
            conditions.column_mut(1 + kind).mapv_inplace(|evidence| evidence / strongest);
        }
        conditions
    }

    /// The channels of contexts and evidence; [`None`] unless each context and each kind of evidence for either answer has
    /// one of its own.
    pub fn channels(&self) -> Option<Channels> {
        // The channel that is above 0 there, and the one that is below.
        let ends = |direction: &Array1<f64>| {
            let only = |sign: f64| {
                let mut found = (0..direction.len()).filter(|&channel| sign * direction[channel] > 0.0);
                found.next().filter(|_| found.next().is_none())
            };
            Some([only(1.0)?, only(-1.0)?])
        };
        let contexts = ends(&(&self.balanced[0] - &self.balanced[1]))?;
        let evidence = [ends(&self.directions[0])?, ends(&self.directions[1])?];
        let mut all = [contexts, evidence[0], evidence[1]].concat();
        all.sort_unstable();
        all.dedup();
        (all.len() == 6).then_some(Channels { contexts, evidence })
    }
}
