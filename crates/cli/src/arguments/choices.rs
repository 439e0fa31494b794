//! Closed choices among the arguments.

use circuitscope_study::Curve;
use circuitscope_study::one_network::{DistanceMeasure, SimilarityMeasure};
use clap::ValueEnum;

/// Names of the distances.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Measure {
    /// The published distance of the aspect.
    Published,
    /// What the best rotation leaves of the difference: blind to orientation (Williams et al. 2021).
    Procrustes,
    /// The same as an angle: blind to size as well.
    Angular,
    /// Angle of linear centred kernel alignment: do the same pairs of states lie near each other? (Kornblith et al. 2019)
    Cka,
    /// Variance that no linear map carries over, mean of both directions: can one be read from the other?
    Regression,
    /// Angle between the laws by which states move on, whatever the coordinates; trajectories only (Ostrow et al. 2023).
    Dsa,
    /// The same as a distance.
    DsaEuclidean,
}

impl From<Measure> for DistanceMeasure {
    fn from(measure: Measure) -> Self {
        match measure {
            Measure::Published => Self::OfAspect,
            Measure::Procrustes => Self::Similarity(SimilarityMeasure::Procrustes),
            Measure::Angular => Self::Similarity(SimilarityMeasure::Angular),
            Measure::Cka => Self::Similarity(SimilarityMeasure::Cka),
            Measure::Regression => Self::Similarity(SimilarityMeasure::Regression),
            Measure::Dsa => Self::Similarity(SimilarityMeasure::Dsa),
            Measure::DsaEuclidean => Self::Similarity(SimilarityMeasure::DsaEuclidean),
        }
    }
}

/// Names of the activation functions.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Activation {
    Relu,
    Sigmoid,
    Tanh,
}

impl From<Activation> for Curve {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::Relu => Self::Relu,
            Activation::Sigmoid => Self::Sigmoid,
            Activation::Tanh => Self::Tanh,
        }
    }
}
