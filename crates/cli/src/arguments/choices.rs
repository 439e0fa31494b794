//! Closed choices among the arguments.

use circuitscope_study::one_network::{DistanceMeasure, SimilarityMeasure};
use circuitscope_study::{Curve, Family};
use clap::ValueEnum;
use clap::builder::PossibleValue;

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

/// An activation function by its name in files.
#[derive(Clone, Copy)]
pub(crate) struct Activation(Family);

impl ValueEnum for Activation {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Activation; Family::ALL.len()] = {
            let mut all = [Activation(Family::Relu); Family::ALL.len()];
            let mut k = 0;
            while k < all.len() {
                all[k] = Activation(Family::ALL[k]);
                k += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

impl From<Activation> for Curve {
    fn from(activation: Activation) -> Self {
        activation.0.curve()
    }
}
