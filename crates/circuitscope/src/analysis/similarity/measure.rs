//! The measures of similarity, and why one cannot be taken.

use crate::analysis::components::FeatureError;

/// A measure of how far apart two trajectories are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SimilarityMeasure {
    /// Euclidean Procrustes distance, see [`super::shape::procrustes`].
    Procrustes,
    /// Angle between shapes, see [`super::shape::angular`].
    Angular,
    /// Angle of linear centred kernel alignment, see [`super::cka::distance`].
    Cka,
    /// What linear regression leaves unexplained, see [`super::regression::distance`].
    Regression,
    /// Angle between vector fields, see [`super::dsa`].
    Dsa,
    /// Euclidean distance of vector fields, see [`super::dsa`].
    DsaEuclidean,
}

impl SimilarityMeasure {
    /// Every measure.
    pub const ALL: [Self; 6] =
        [Self::Procrustes, Self::Angular, Self::Cka, Self::Regression, Self::Dsa, Self::DsaEuclidean];

    /// The name in files, on the command line and on figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Procrustes => "procrustes",
            Self::Angular => "angular",
            Self::Cka => "cka",
            Self::Regression => "regression",
            Self::Dsa => "dsa",
            Self::DsaEuclidean => "dsa-euclidean",
        }
    }

    /// The measure of a name; [`None`] if no measure has it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.name() == name)
    }

    /// How its distances become squares.
    pub const fn scale(self) -> Scale {
        match self {
            Self::Procrustes | Self::DsaEuclidean => Scale::Length,
            Self::Angular | Self::Cka | Self::Dsa => Scale::Angle,
            Self::Regression => Scale::Square,
        }
    }

    /// Whether it compares how states move on, and so needs steps in a row.
    pub const fn is_dynamical(self) -> bool {
        matches!(self, Self::Dsa | Self::DsaEuclidean)
    }
}

/// What the distances of a measure are, and so how they become squares of a Euclidean distance: those of independent noise
/// add to that between the means, which those of other distances do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Lengths: a norm of what is left of one set of points after the best map of another.
    Length,
    /// Angles (rad): squares are those of the chord, 2 − 2 cos, between points of a unit sphere.
    Angle,
    /// Squares already: shares of the variance.
    Square,
}

impl Scale {
    /// The square of a distance.
    pub fn square(self, distance: f64) -> f64 {
        match self {
            Self::Length => distance * distance,
            Self::Angle => 2.0 - 2.0 * distance.cos(),
            Self::Square => distance,
        }
    }
}

/// Why a measure cannot be taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimilarityError {
    /// The points cannot be decomposed.
    #[error(transparent)]
    Feature(#[from] FeatureError),
    /// Points are not whole trials.
    #[error("{n_points} points are no whole number of steps of {n_trials} trials")]
    Trials {
        /// Number of points.
        n_points: usize,
        /// Number of trials.
        n_trials: usize,
    },
    /// Trials are too short for the delays.
    #[error("trials have {n_steps} steps, dynamical similarity needs {n_needed}")]
    Steps {
        /// Steps of a trial.
        n_steps: usize,
        /// Steps that are needed.
        n_needed: usize,
    },
    /// Two sets of points are not of the same trials and steps.
    #[error("{first} and {second} points cannot be compared one by one")]
    Points {
        /// Points of the first.
        first: usize,
        /// Points of the second.
        second: usize,
    },
    /// So few points in so many directions are the same by this measure whatever they are.
    #[error(
        "{measure:?} finds no difference between any {n_points} points that span {rank} directions; it needs {n_needed} points"
    )]
    Saturated {
        /// The measure.
        measure: SimilarityMeasure,
        /// Number of points.
        n_points: usize,
        /// Directions that they span.
        rank: usize,
        /// Points that are needed at least.
        n_needed: usize,
    },
    /// A network was not prepared for this measure.
    #[error("a network was not prepared for {measure:?}")]
    Unprepared {
        /// The measure.
        measure: SimilarityMeasure,
    },
}
