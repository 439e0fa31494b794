//! Networks compared with each other, by the distance of an aspect or another measure of similarity.

use super::{LeftOut, Named, OneNetworkError, SEED, comparable, rows, trials_for};
use crate::config::published_selection;
use crate::store::network_file::curve_name;
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::{
    Aspect, Distances, Observed, PairDistance, assemble, pairs, upper_pairs,
};
use circuitscope::analysis::embedding::{self, Budget};
use circuitscope::analysis::fixed_point_configuration::{fixed_points_on_task, rates_at_fixed_points};
use circuitscope::analysis::similarity::{self, Prepared, SimilarityError, SimilarityMeasure, dsa};
use circuitscope::analysis::statistics::{Grouped, N_PERMUTATIONS, Undefined};
use circuitscope::claims::LEVEL;
use circuitscope::dynamics::run::{outputs, rates, score, states};
use circuitscope::silent_units::without_silent_units;
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use ndarray::Array2;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// Share of what a measure sees that points without anything in common share for their number alone, above which a comparison
/// is warned of.
const MOST_BY_CHANCE: f64 = 0.5;

/// A comparison of networks, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Names of the networks, in the order given.
    pub networks: Vec<String>,
    /// The group of each network that statistics are over: its activation, or one's own.
    pub groups: Vec<String>,
    /// R² of each network on the task.
    pub r2: Vec<Option<f64>>,
    /// Networks that were left out, with the reason.
    pub left_out: Vec<LeftOut>,
    /// What to bear in mind, a sentence each.
    pub warnings: Vec<String>,
    /// Units left out of each network because they never fire on the trials `[K]`; the key is left out where none are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub n_silent: Vec<usize>,
    /// Distances `[K, K]`.
    pub distance: Vec<Vec<f64>>,
    /// For selectivity and fixed points: the published score, the root of the sum of squares, `[K, K]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_published: Option<Vec<Vec<f64>>>,
    /// Places in the plane `[K, 2]`; null where all distances are zero.
    pub embedding: Option<Vec<[f64; 2]>>,
    /// Sum over pairs of (distance in the plane − distance)²; null where all distances are zero.
    pub stress: Option<f64>,
    /// Statistics of `distance` over the groups.
    pub statistics: Statistics,
    /// For selectivity and fixed points: the same statistics of `distance_published`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistics_published: Option<Statistics>,
}

/// Statistics over groups, by default the three activations; null where not defined, with the reason in `undefined`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statistics {
    /// Mean silhouette.
    pub silhouette3: Option<f64>,
    /// Leave-one-out accuracy of the nearest neighbours.
    pub knn3: Option<f64>,
    /// How many vote: five, or as many as the smallest group has others where these could not win.
    pub knn_k: Option<usize>,
    /// Pseudo-F of PERMANOVA.
    pub permanova_f3: Option<f64>,
    /// Its p over all relabellings, or 9999 drawn ones where there are more.
    pub permanova_p3: Option<f64>,
    /// Whether groups differ in spread.
    pub permdisp: Option<Permdisp>,
    /// Whether groups differ in location, whatever their spreads.
    pub welch: Option<WelchW>,
    /// Why a statistic is null, by its key.
    pub undefined: BTreeMap<&'static str, String>,
}

/// PERMDISP.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Permdisp {
    /// F of the distances to the centroids.
    pub f: f64,
    /// Its p over relabellings of the residuals.
    pub p: f64,
}

/// Welch's W*d.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct WelchW {
    /// The statistic.
    pub w: f64,
    /// Its p over relabellings.
    pub p: f64,
}

impl Statistics {
    /// Whether groups are found to differ in spread, so that pseudo-F does not tell spread from location.
    pub fn has_unequal_spreads(&self) -> bool {
        self.permdisp.is_some_and(|test| test.p < LEVEL)
    }
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
    fn checked(self, aspect: Aspect) -> Result<Self, OneNetworkError> {
        let Self::Similarity(measure) = self else { return Ok(self) };
        let remedy = match aspect {
            Aspect::Trajectories => return Ok(self),
            Aspect::Endpoints if !measure.is_dynamical() => return Ok(self),
            Aspect::Endpoints => "how states move on can be compared with --aspect trajectories",
            Aspect::Selectivity | Aspect::FixedPoints => {
                "units and fixed points of two networks have no order in common; compare --aspect trajectories or endpoints"
            }
        };
        Err(OneNetworkError::Unmatched { measure: measure.name(), aspect: aspect.name(), remedy })
    }

    /// The measure of similarity whose map this is, where points are matched one by one: the distance of trajectories is that of
    /// a regression, that of endpoints a Procrustes distance.
    fn similarity(self, aspect: Aspect) -> Option<SimilarityMeasure> {
        match (self, aspect) {
            (Self::Similarity(measure), _) => Some(measure),
            (Self::OfAspect, Aspect::Trajectories) => Some(SimilarityMeasure::Regression),
            (Self::OfAspect, Aspect::Endpoints) => Some(SimilarityMeasure::Procrustes),
            (Self::OfAspect, Aspect::Selectivity | Aspect::FixedPoints) => None,
        }
    }
}

/// What is seen of a network.
struct Seen {
    name: String,
    group: String,
    /// Units left out because they never fire on the trials.
    n_silent: usize,
    r2: Option<f64>,
    features: Features,
}

/// Compares networks on one aspect of how they solve a task; those that diverge are left out.
///
/// - `own_groups`: the group of each network `[K]`; without them the activations are the groups.
///
/// # Errors
/// [`OneNetworkError`] names the first network that does not fit the task or has nothing to compare; or says that the aspect has
/// not what the measure compares, that there are too few points for it, or not one group per network.
pub fn compare(
    networks: &[Named],
    task: &Task,
    aspect: Aspect,
    measure: DistanceMeasure,
    own_groups: Option<&[String]>,
) -> Result<Comparison, OneNetworkError> {
    let measure = measure.checked(aspect)?;
    let incomparable = |reason: String| OneNetworkError::Incomparable { reason };
    if let Some(groups) = own_groups.filter(|groups| groups.len() != networks.len()) {
        return Err(incomparable(format!(
            "{} groups are given for {} networks",
            groups.len(),
            networks.len()
        )));
    }
    let trials = trials_for(networks, task)?;
    let (kept, left_out) = comparable(networks, &trials)?;
    let see_one = |&k: &usize| {
        let activation = || curve_name(networks[k].network.activation.curve).to_owned();
        let group = own_groups.map_or_else(activation, |groups| groups[k].clone());
        see(&networks[k], group, task, &trials, aspect)
    };
    let seen: Vec<Seen> = kept.par_iter().map(see_one).collect::<Result<_, _>>()?;
    let groups: Vec<String> = seen.iter().map(|one| one.group.clone()).collect();
    let n_silent: Vec<usize> = seen.iter().map(|one| one.n_silent).collect();
    let features: Vec<Features> = seen.iter().map(|one| one.features.clone()).collect();
    let mut warnings: Vec<String> = below_floor(&seen, task).into_iter().collect();
    let measured = distances(measure, aspect, &features, trials.n_trials(), &mut warnings)?;
    let Distances { distance, published } = assemble(features.len(), &upper_pairs(features.len()), &measured);
    let map = embedding::metric(distance.view(), Budget::PUBLISHED, SEED)
        .map_err(|error| incomparable(error.to_string()))?;
    let labels = labels(&groups);
    let statistics = |distance: &Array2<f64>| statistics(distance, &labels).map_err(incomparable);
    let has_published = matches!(aspect, Aspect::Selectivity | Aspect::FixedPoints);
    let over_groups = statistics(&distance)?;
    if let Some(test) = over_groups.permdisp.filter(|_| over_groups.has_unequal_spreads()) {
        warnings.push(format!(
            "groups differ in spread (PERMDISP p {:.4}): pseudo-F does not tell location from spread; W* asks for location alone",
            test.p
        ));
    }
    // Of distances that are all zero every place in the plane is as good.
    let is_placed = map.relative_stress.is_some();
    Ok(Comparison {
        networks: seen.iter().map(|one| one.name.clone()).collect(),
        groups,
        r2: seen.iter().map(|one| one.r2).collect(),
        left_out,
        warnings,
        statistics: over_groups,
        n_silent: if n_silent.iter().any(|&n| n > 0) { n_silent } else { Vec::new() },
        statistics_published: if has_published { Some(statistics(&published)?) } else { None },
        distance: rows(&distance),
        distance_published: has_published.then(|| rows(&published)),
        embedding: is_placed.then(|| map.points.outer_iter().map(|point| [point[0], point[1]]).collect()),
        stress: is_placed.then_some(map.stress),
    })
}

/// What is compared of a network, and how well it does the task.
fn see(
    named: &Named,
    group: String,
    task: &Task,
    trials: &Trials,
    aspect: Aspect,
) -> Result<Seen, OneNetworkError> {
    let name = &named.name;
    let incomparable = |reason| OneNetworkError::Incomparable { reason: format!("{name}: {reason}") };
    // Units that never fire are left out, as in a study.
    let (network, n_silent) = without_silent_units(named.network.clone(), task)?;
    let states = states(&network, trials.inputs.view())?;
    let found = if aspect == Aspect::FixedPoints {
        fixed_points_on_task(&network, task, states.view(), SEED)
            .map_err(|error| incomparable(error.to_string()))?
    } else {
        Vec::new()
    };
    let at_rest = rates_at_fixed_points(&network, &found);
    let rates = rates(&network, states);
    let r2 = score(outputs(&network, rates.view())?.view(), trials)?.r2.filter(|r2| r2.is_finite());
    let features = aspect
        .features(Observed { rates: rates.view(), at_rest: &at_rest })
        .map_err(|error| incomparable(error.to_string()))?;
    Ok(Seen { name: name.clone(), group, n_silent, r2, features })
}

/// Names the networks that a study would not compare for what they score.
fn below_floor(seen: &[Seen], task: &Task) -> Option<String> {
    let floor = published_selection(task.name()).min_r2;
    let below: Vec<String> = seen
        .iter()
        .filter_map(|one| Some((one, one.r2?)))
        .filter(|(_, r2)| *r2 < floor)
        .map(|(one, r2)| format!("{} (R² {r2:.3})", one.name))
        .collect();
    (!below.is_empty()).then(|| {
        format!(
            "below R² {floor}, the floor of studies of `{}`, are {}: how they solve it may say little",
            task.name(),
            below.join(", ")
        )
    })
}

/// Distances of all pairs, if there are points enough for the measure.
fn distances(
    measure: DistanceMeasure,
    aspect: Aspect,
    features: &[Features],
    n_trials: usize,
    warnings: &mut Vec<String>,
) -> Result<Vec<PairDistance>, OneNetworkError> {
    let incomparable = |reason: String| OneNetworkError::Incomparable { reason };
    let failed = |error: SimilarityError| match error {
        SimilarityError::Saturated { n_points, rank, n_needed, .. } => {
            let measure = match measure {
                DistanceMeasure::OfAspect => "published",
                DistanceMeasure::Similarity(measure) => measure.name(),
            };
            let remedy = match aspect {
                Aspect::Endpoints => {
                    "compare --aspect trajectories, with a point per trial and step; or --measure procrustes, \
                                      which only turns points"
                }
                _ => "compare on a task with more trials or steps",
            };
            OneNetworkError::Saturated { measure, aspect: aspect.name(), n_points, rank, n_needed, remedy }
        }
        other => OneNetworkError::Incomparable { reason: other.to_string() },
    };
    let Some(similarity) = measure.similarity(aspect) else {
        let all = upper_pairs(features.len());
        return pairs(aspect, features, &all, SEED).map_err(|error| incomparable(error.to_string()));
    };
    let prepare = |one: &Features| similarity::prepare(one.points.view(), n_trials, &[similarity]);
    let prepared = features.par_iter().map(prepare).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    prepared.iter().try_for_each(|one| one.check(similarity)).map_err(failed)?;
    let by_chance = prepared.iter().map(|one| one.chance(similarity)).fold(0.0, f64::max);
    if by_chance > MOST_BY_CHANCE {
        warnings.push(format!(
            "{} points per network are few for the directions that they span: networks with nothing in common would share {:.0} % \
             for that alone",
            features.first().map_or(0, |one| one.points.nrows()),
            100.0 * by_chance
        ));
    }
    match measure {
        DistanceMeasure::OfAspect => {
            let all = upper_pairs(features.len());
            pairs(aspect, features, &all, SEED).map_err(|error| incomparable(error.to_string()))
        }
        DistanceMeasure::Similarity(measure) => by_similarity(measure, &prepared).map_err(failed),
    }
}

/// Distances of all pairs by a measure of similarity.
fn by_similarity(
    measure: SimilarityMeasure,
    prepared: &[Prepared],
) -> Result<Vec<PairDistance>, SimilarityError> {
    let search = dsa::Search::standard();
    let distance = |&(i, j): &(usize, usize)| {
        let found = similarity::distances(&prepared[i], &prepared[j], &[measure], &search)?;
        Ok(PairDistance { distance: found[0], published: found[0] })
    };
    upper_pairs(prepared.len()).par_iter().map(distance).collect()
}

/// Groups as numbers, in the order in which they first come.
fn labels(groups: &[String]) -> Vec<usize> {
    let first = |group: &String| groups.iter().position(|other| other == group).unwrap_or_default();
    groups.iter().map(first).collect()
}

/// What was found, or its absence with the reason under its key.
fn defined<T>(
    undefined: &mut BTreeMap<&'static str, String>,
    key: &'static str,
    found: Result<T, Undefined>,
) -> Option<T> {
    found.map_err(|reason| undefined.insert(key, reason.to_string())).ok()
}

fn statistics(distance: &Array2<f64>, labels: &[usize]) -> Result<Statistics, String> {
    let grouped = Grouped::new(distance.view(), labels).map_err(|error| error.to_string())?;
    let mut found = Statistics::default();
    let undefined = &mut found.undefined;
    found.silhouette3 = defined(undefined, "silhouette3", grouped.silhouette());
    let vote = grouped.n_neighbours().and_then(|k| Ok((k, grouped.neighbours(k)?.accuracy)));
    let vote = defined(undefined, "knn3", vote);
    (found.knn_k, found.knn3) = (vote.map(|vote| vote.0), vote.map(|vote| vote.1));
    let test = defined(undefined, "permanova_f3", grouped.permanova(N_PERMUTATIONS, SEED));
    (found.permanova_f3, found.permanova_p3) = (test.map(|test| test.pseudo_f), test.map(|test| test.p));
    let test = defined(undefined, "permdisp", grouped.dispersion(N_PERMUTATIONS, SEED));
    found.permdisp = test.map(|test| Permdisp { f: test.f, p: test.p });
    let test = defined(undefined, "welch", grouped.without_singles().welch(N_PERMUTATIONS, SEED));
    found.welch = test.map(|test| WelchW { w: test.w, p: test.p });
    Ok(found)
}
