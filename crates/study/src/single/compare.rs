//! Networks compared with each other, by the distance of an aspect or another measure of similarity.

use super::{SEED, SingleError, networks, rows, without_silent};
use crate::analyse::activation_label;
use crate::import::Imported;
use circuitscope::analysis::components::{FeatureError, Features};
use circuitscope::analysis::distance::{
    Aspect, Distances, Observed, PairDistance, assemble, pairs, upper_pairs,
};
use circuitscope::analysis::embedding::{self, Budget};
use circuitscope::analysis::fixed_point_configuration::{fixed_points_on_task, rates_at_fixed_points};
use circuitscope::analysis::similarity::{self, SimilarityMeasure, dsa};
use circuitscope::analysis::statistics::{Grouped, K_NEIGHBOURS, N_PERMUTATIONS};
use circuitscope::dynamics::run::{rates, states};
use circuitscope::task::Task;
use ndarray::Array2;
use rayon::prelude::*;
use serde::Serialize;
use std::path::PathBuf;

/// A comparison of networks, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Names of the networks, in the order given.
    pub networks: Vec<String>,
    /// Units left out of each network because they never fire on the trials `[K]`; the key is left out where none are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub n_silent: Vec<usize>,
    /// Distances `[K, K]`.
    pub distance: Vec<Vec<f64>>,
    /// For selectivity and fixed points: the published score, the root of the sum of squares, `[K, K]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_published: Option<Vec<Vec<f64>>>,
    /// Places in the plane `[K, 2]`.
    pub embedding: Vec<[f64; 2]>,
    /// Sum over pairs of (distance in the plane − distance)².
    pub stress: f64,
    /// Statistics of `distance` over the networks' activations.
    pub statistics: Statistics,
    /// For selectivity and fixed points: the same statistics of `distance_published`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics_published: Option<Statistics>,
}

/// Statistics over the three activations; null where not defined.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statistics {
    /// Mean silhouette.
    pub silhouette3: Option<f64>,
    /// Leave-one-out accuracy of the five nearest neighbours.
    pub knn3: Option<f64>,
    /// Pseudo-F of PERMANOVA.
    pub permanova_f3: Option<f64>,
    /// Its p over 9999 label permutations.
    pub permanova_p3: Option<f64>,
}

/// How far apart two networks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistanceMeasure {
    /// By the distance of the aspect itself.
    OfAspect,
    /// By another measure of similarity.
    Similarity(SimilarityMeasure),
}

impl DistanceMeasure {
    /// Passes the measure on if an aspect has what it compares.
    fn checked(self, aspect: Aspect) -> Result<Self, SingleError> {
        let Self::Similarity(measure) = self else { return Ok(self) };
        let remedy = match aspect {
            Aspect::Trajectories => return Ok(self),
            Aspect::Endpoints if !measure.is_dynamical() => return Ok(self),
            Aspect::Endpoints => "how states move on can be compared with --aspect trajectories",
            Aspect::Selectivity | Aspect::FixedPoints => {
                "units and fixed points of two networks have no order in common; compare --aspect trajectories or endpoints"
            }
        };
        Err(SingleError::Unmatched { measure: measure.name(), aspect: aspect.name(), remedy })
    }
}

/// Distances of all pairs by a measure of similarity.
fn by_similarity(
    measure: SimilarityMeasure,
    features: &[Features],
    n_trials: usize,
) -> Result<Vec<PairDistance>, similarity::SimilarityError> {
    let measures = [measure];
    let prepare = |one: &Features| similarity::prepare(one.points.view(), n_trials, &measures);
    let prepared = features.par_iter().map(prepare).collect::<Result<Vec<_>, _>>()?;
    let search = dsa::Search::standard();
    let distance = |&(i, j): &(usize, usize)| {
        let found = similarity::distances(&prepared[i], &prepared[j], &measures, &search)?;
        Ok(PairDistance { distance: found[0], published: found[0] })
    };
    upper_pairs(features.len()).par_iter().map(distance).collect()
}

/// Compares networks on one aspect of how they solve a task.
///
/// # Errors
/// [`SingleError`] names the first network that holds none, does not fit the task, or has nothing to compare; or says that
/// the aspect has not what the measure compares.
pub fn compare(
    paths: &[PathBuf],
    task: &Task,
    aspect: Aspect,
    measure: DistanceMeasure,
) -> Result<Comparison, SingleError> {
    let measure = measure.checked(aspect)?;
    let trials = task.analysis_trials();
    let (networks, n_silent) = without_silent(networks(paths, task, &trials)?, task)?;
    let features = networks
        .par_iter()
        .map(|Imported { name, network }| {
            let diverges = || SingleError::Diverges { name: name.clone(), task: task.name() };
            let incomparable = |reason| SingleError::Incomparable { reason: format!("{name}: {reason}") };
            let states = states(network, trials.inputs.view())?;
            let found = if aspect == Aspect::FixedPoints {
                if states.iter().any(|state| !state.is_finite()) {
                    return Err(diverges());
                }
                fixed_points_on_task(network, task, states.view(), SEED)
                    .map_err(|error| incomparable(error.to_string()))?
            } else {
                Vec::new()
            };
            let at_rest = rates_at_fixed_points(network, &found);
            let rates = rates(network, states);
            aspect.features(Observed { rates: rates.view(), at_rest: &at_rest }).map_err(
                |error| match error {
                    FeatureError::NotFinite { .. } => diverges(),
                    other => incomparable(other.to_string()),
                },
            )
        })
        .collect::<Result<Vec<_>, _>>()?;
    let incomparable = |reason: String| SingleError::Incomparable { reason };
    let all = upper_pairs(features.len());
    let measured = match measure {
        DistanceMeasure::OfAspect => {
            pairs(aspect, &features, &all, SEED).map_err(|error| incomparable(error.to_string()))?
        }
        DistanceMeasure::Similarity(measure) => by_similarity(measure, &features, trials.n_trials())
            .map_err(|error| incomparable(error.to_string()))?,
    };
    let Distances { distance, published } = assemble(features.len(), &all, &measured);
    let map = embedding::metric(distance.view(), Budget::PUBLISHED, SEED)
        .map_err(|error| incomparable(error.to_string()))?;
    let labels: Vec<usize> =
        networks.iter().map(|imported| activation_label(imported.network.activation.curve)).collect();
    let statistics = |distance: &Array2<f64>| statistics(distance, &labels).map_err(incomparable);
    let has_published = matches!(aspect, Aspect::Selectivity | Aspect::FixedPoints);
    Ok(Comparison {
        networks: networks.into_iter().map(|imported| imported.name).collect(),
        n_silent: if n_silent.iter().any(|&n| n > 0) { n_silent } else { Vec::new() },
        statistics: statistics(&distance)?,
        statistics_published: if has_published { Some(statistics(&published)?) } else { None },
        distance: rows(&distance),
        distance_published: has_published.then(|| rows(&published)),
        embedding: map.points.outer_iter().map(|point| [point[0], point[1]]).collect(),
        stress: map.stress,
    })
}

fn statistics(distance: &Array2<f64>, labels: &[usize]) -> Result<Statistics, String> {
    let grouped = Grouped::new(distance.view(), labels).map_err(|error| error.to_string())?;
    let test = grouped.permanova(N_PERMUTATIONS, SEED);
    Ok(Statistics {
        silhouette3: grouped.silhouette(),
        knn3: grouped.neighbours(K_NEIGHBOURS).map(|found| found.accuracy),
        permanova_f3: test.map(|test| test.pseudo_f),
        permanova_p3: test.map(|test| test.p),
    })
}
