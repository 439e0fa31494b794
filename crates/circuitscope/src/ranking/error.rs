//! Why a recording cannot be ranked.

use super::recording::RecordingError;
use crate::analysis::components::FeatureError;
use crate::analysis::distance::DistanceError;
use crate::analysis::similarity::SimilarityError;

/// Why a recording cannot be ranked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RankingError {
    /// There are fewer than two classes with a network that responds.
    #[error(
        "{n_classes} of the classes have a network that responds to these conditions, expected 2 at least"
    )]
    Classes {
        /// How many there are.
        n_classes: usize,
    },
    /// There are too few conditions.
    #[error("recording and networks share {n_shared} conditions, expected 2 at least")]
    Shared {
        /// How many there are.
        n_shared: usize,
    },
    /// The recording by itself.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// Responses cannot be decomposed.
    #[error(transparent)]
    Feature(#[from] FeatureError),
    /// Responses cannot be compared.
    #[error(transparent)]
    Distance(#[from] DistanceError),
    /// Responses cannot be compared by a measure of similarity.
    #[error(transparent)]
    Similarity(#[from] SimilarityError),
}
