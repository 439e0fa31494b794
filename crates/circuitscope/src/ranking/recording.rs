//! A recording as it is given, and why one cannot be held against networks.

use super::time::Alignment;
use ndarray::Array3;

/// Neurons that a recording needs: as many as components are compared.
pub const FEWEST_NEURONS: usize = crate::analysis::components::N_COMPONENTS;

/// A recording: single trials of neurons that may have gaps.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Responses `[M, T, B]`; NaN where nothing was recorded.
    pub responses: Array3<f64>,
    /// The condition of each trial `[B]`, by its place among those of the networks.
    pub conditions: Vec<usize>,
    /// Which of its steps are which of the task.
    pub alignment: Alignment,
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
         trial of some condition, {} without two trials of any",
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
    /// Without two trials of any condition, so that nothing is known of their noise.
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
