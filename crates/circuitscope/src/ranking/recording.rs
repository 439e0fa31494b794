//! A recording as it is given, and why one cannot be held against networks.

use super::time::Alignment;
use ndarray::{Array2, Array3};
use serde::{Deserialize, Serialize};

/// Neurons that a recording needs: as many as components are compared.
pub const FEWEST_NEURONS: usize = crate::analysis::components::N_COMPONENTS;

/// A recording of neurons, aligned to a task.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What is known of the responses.
    pub form: Form,
    /// Which of its steps are which of the task.
    pub alignment: Alignment,
}

/// Responses as single trials, or as means over trials with what says how much noise is left in them.
///
/// Conditions C are those of the networks, in their order. NaN stands where nothing was recorded.
#[derive(Clone, Debug)]
pub enum Form {
    /// Single trials.
    SingleTrials {
        /// Responses `[M, T, B]`.
        responses: Array3<f64>,
        /// The condition of each trial `[B]`, by its place among those of the networks.
        conditions: Vec<usize>,
    },
    /// Condition means over two halves of the trials.
    SplitHalves {
        /// Means over each half `[M, T, C]`.
        halves: [Array3<f64>; 2],
        /// Trials of each half `[M, C]`; [`None`] if they are not known, and then taken to be equal.
        n_trials: Option<[Array2<usize>; 2]>,
    },
    /// Condition means with their standard errors.
    ConditionMeans {
        /// Means over all trials `[M, T, C]`.
        means: Array3<f64>,
        /// Standard errors of the means `[M, T, C]`; NaN where they are not known, as of a single trial. The noise is taken
        /// to be independent between steps and conditions.
        errors: Array3<f64>,
        /// Trials `[M, C]`, above 0 where there is a mean; [`None`] if they are not known.
        n_trials: Option<Array2<usize>>,
    },
}

impl Form {
    /// Which it is.
    pub const fn kind(&self) -> FormKind {
        match self {
            Self::SingleTrials { .. } => FormKind::SingleTrials,
            Self::SplitHalves { .. } => FormKind::SplitHalves,
            Self::ConditionMeans { .. } => FormKind::ConditionMeans,
        }
    }
}

/// In which form a recording is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormKind {
    /// Single trials.
    #[serde(rename = "single trials")]
    SingleTrials,
    /// Condition means over two halves of the trials.
    #[serde(rename = "split halves")]
    SplitHalves,
    /// Condition means with their standard errors.
    #[serde(rename = "condition means")]
    ConditionMeans,
}

impl FormKind {
    /// The name in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SingleTrials => "single trials",
            Self::SplitHalves => "split halves",
            Self::ConditionMeans => "condition means",
        }
    }
}

/// Standard errors of mean spike counts or rates `[M, T, C]` of neurons whose counts have variances of so many times their means.
///
/// - `means`: counts per step, or rates in events per unit of time. `fano`: variance of a count over its mean `[M]`.
/// - `n_trials`: `[M, C]`. `step`: length of a step in the unit of time of the rates; 1 for counts.
///
/// A count of n steps of length Δ at rate r has the variance F r Δ, so that the mean rate has F r / (n Δ).
pub fn errors_of_counts(
    means: &Array3<f64>,
    fano: &[f64],
    n_trials: &Array2<usize>,
    step: f64,
) -> Array3<f64> {
    Array3::from_shape_fn(means.dim(), |(neuron, t, condition)| {
        let n = n_trials[[neuron, condition]] as f64;
        (fano[neuron] * means[[neuron, t, condition]] / (step * n)).sqrt()
    })
}

/// Why a recording cannot be held against networks.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RecordingError {
    /// Trials and conditions do not fit.
    #[error(
        "{n_trials} trials, but {n_conditions} conditions of trials, or one beyond those of the networks"
    )]
    Conditions {
        /// Trials of the recording.
        n_trials: usize,
        /// Conditions of trials.
        n_conditions: usize,
    },
    /// Means, or what goes with them, do not fit.
    #[error("{name} have shape {found:?}, expected {expected:?}")]
    Shape {
        /// What does not fit.
        name: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that would fit.
        expected: Vec<usize>,
    },
    /// A condition has no trial.
    #[error("condition {condition} has no trial")]
    NoTrial {
        /// The condition.
        condition: usize,
    },
    /// No condition was repeated.
    #[error("every condition has a single trial, so that nothing is known of the noise")]
    SingleTrials,
    /// Too few neurons are left.
    #[error(
        "{} neurons can be used, expected {FEWEST_NEURONS} at least; left out: {} whose response never varies, {} without a \
         trial of some condition, {} without two trials of any, or an error of any mean",
        .neurons.used.len(), .neurons.n_constant, .neurons.n_incomplete, .neurons.n_single
    )]
    Neurons {
        /// Those that are used and left out.
        neurons: Neurons,
    },
}

/// Neurons that are used, and those that are left out, by the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neurons {
    /// Places of those that are used.
    pub used: Vec<usize>,
    /// Without a response that varies.
    pub n_constant: usize,
    /// Without a single trial of some condition, or a time of it.
    pub n_incomplete: usize,
    /// Without two trials of any condition, or an error of any mean, so that nothing is known of their noise.
    pub n_single: usize,
}

/// Means with what is missing in them taken from others of the same shape.
pub(super) fn filled(mut means: Array3<f64>, others: &Array3<f64>) -> Array3<f64> {
    means.zip_mut_with(others, |mean, &other| {
        if mean.is_nan() {
            *mean = other;
        }
    });
    means
}
