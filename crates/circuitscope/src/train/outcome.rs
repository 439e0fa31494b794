//! What came of a training.

use crate::dynamics::run::Score;
use crate::network::Network;

/// How a training ended. None of these is an error: a study stores and counts them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// All iterations were made.
    Finished,
    /// The loss, or a gradient, was no longer finite.
    Diverged {
        /// The iteration (from 0, over all phases) at which that was seen.
        iteration: usize,
        /// What was not finite.
        quantity: Quantity,
    },
}

/// A number that a diverging training loses first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The loss of the noisy training pass.
    TrainingLoss,
    /// The noise-free loss after an update.
    NoiseFreeLoss,
}

impl Quantity {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::TrainingLoss => "training loss",
            Self::NoiseFreeLoss => "noise-free loss",
        }
    }
}

/// The noise-free loss at one iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Iteration, from 0, over all phases.
    pub iteration: usize,
    /// Total loss, regularisers included.
    pub loss: f64,
    /// Masked mean squared error alone.
    pub mse: f64,
}

/// A network in the course of its training.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Updates made so far, over all phases.
    pub iteration: usize,
    /// The network as it stands then, with all its units; not the best one so far.
    pub network: Network,
}

/// A trained network with all that is known of its training.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// The network with the lowest noise-free loss, without its silent units.
    pub network: Network,
    /// The network as it was before the first update, with all its units: the untrained control.
    pub initial: Network,
    /// How the training ended.
    pub outcome: Outcome,
    /// Noise-free score on the analysis trials.
    pub score: Score,
    /// Noise-free score on the training trials.
    pub training_score: Score,
    /// Number of units removed because they never were active.
    pub n_silent: usize,
    /// Iteration whose parameters were kept; `None` when not even the first update could be kept.
    pub best_iteration: Option<usize>,
    /// The noise-free loss along the training, at most 201 points.
    pub curve: Vec<CurvePoint>,
    /// The networks kept on the way, by rising iteration; none after a divergence.
    pub checkpoints: Vec<Checkpoint>,
}
