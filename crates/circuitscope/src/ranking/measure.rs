//! The distances that a recording is ranked by.

use super::error::RankingError;
use crate::analysis::components::Features;
use crate::analysis::distance::{Aspect, between};
use crate::analysis::measures::of_unit_variance;
use crate::analysis::registration::Budget;
use crate::analysis::similarity::{self, Prepared, SimilarityMeasure, dsa::Search};
use crate::analysis::{endpoints, trajectories};
use ndarray::Array3;
use serde::{Deserialize, Serialize};

/// A distance between responses of unequal numbers of units to the same conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The published distance of trajectories.
    Trajectories,
    /// What linear regression leaves unexplained, both ways.
    Regression,
    /// Angle of linear centred kernel alignment.
    Cka,
    /// Angle between shapes (Procrustes).
    Angular,
    /// The published distance of the ends of trajectories.
    Endpoints,
}

/// A distance by each measure, in the order of [`Measure::ALL`].
pub(super) type Distances = [f64; Measure::ALL.len()];

/// The measures of [`similarity`] among them, in the order of [`Measure::ALL`].
const SIMILARITIES: [SimilarityMeasure; 3] =
    [SimilarityMeasure::Regression, SimilarityMeasure::Cka, SimilarityMeasure::Angular];

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 5] =
        [Self::Trajectories, Self::Regression, Self::Cka, Self::Angular, Self::Endpoints];

    /// The name in files and on figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trajectories => Aspect::Trajectories.name(),
            Self::Regression => SimilarityMeasure::Regression.name(),
            Self::Cka => SimilarityMeasure::Cka.name(),
            Self::Angular => SimilarityMeasure::Angular.name(),
            Self::Endpoints => Aspect::Endpoints.name(),
        }
    }
}

/// What the measures need of one population of neurons.
pub(super) struct Population {
    trajectories: Features,
    endpoints: Features,
    prepared: Prepared,
}

impl Population {
    /// Of smoothed condition means `[m, G, C]`: each neuron is divided by its standard deviation, so that neither gains nor units
    /// of measure matter.
    pub(super) fn new(means: Array3<f64>) -> Result<Self, RankingError> {
        let n_conditions = means.dim().2;
        let means = of_unit_variance(means);
        let trajectories = trajectories::trajectories(means.view())?;
        let prepared = similarity::prepare(trajectories.points.view(), n_conditions, &SIMILARITIES)?;
        Ok(Self { endpoints: endpoints::endpoints(means.view())?, trajectories, prepared })
    }

    /// Distances of two populations; `search` is that of measures that are none of these.
    pub(super) fn to(&self, other: &Self, search: &Search) -> Result<Distances, RankingError> {
        let of_aspect = |aspect, a: &Features, b: &Features| {
            // Neither of the two aspects is searched for.
            Ok::<_, RankingError>(between(aspect, a, b, Budget::THOROUGH, 0)?.distance)
        };
        let trajectories = of_aspect(Aspect::Trajectories, &self.trajectories, &other.trajectories)?;
        let endpoints = of_aspect(Aspect::Endpoints, &self.endpoints, &other.endpoints)?;
        let similarities = similarity::distances(&self.prepared, &other.prepared, &SIMILARITIES, search)?;
        Ok([trajectories, similarities[0], similarities[1], similarities[2], endpoints])
    }
}
