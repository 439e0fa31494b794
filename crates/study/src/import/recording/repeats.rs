//! What the responses of a recording are: single trials, or means over trials.

use ndarray::{Array2, Array3};

/// What the responses of a recording are, and what says how much noise is in them.
#[derive(Clone, Debug, PartialEq)]
pub enum Repeats {
    /// Single trials.
    SingleTrials,
    /// Means over all trials, given as means over two halves of them.
    SplitHalves {
        /// Means over each half `[M, T, C]`.
        halves: [Array3<f64>; 2],
        /// Trials of each `[M, C]`; [`None`] if the file does not say.
        n_trials: Option<[Array2<usize>; 2]>,
    },
    /// Means over all trials.
    ConditionMeans {
        /// Their standard errors `[M, T, C]`; NaN where they are not known.
        errors: Array3<f64>,
        /// Trials `[M, C]`; [`None`] if the file does not say.
        n_trials: Option<Array2<usize>>,
    },
}

impl Repeats {
    /// What the last axis of the responses holds, in words.
    pub fn columns(&self) -> &'static str {
        match self {
            Self::SingleTrials => "trials",
            Self::SplitHalves { .. } | Self::ConditionMeans { .. } => "condition means",
        }
    }
}
