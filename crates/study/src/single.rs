//! Networks and recordings given one by one on the command line: scored and compared without a study.

mod behave;
mod branches;
mod circuit;
mod fixed_points;
mod grid;
mod line_attractor;

pub use crate::inference::Starts;
pub use behave::{Behaved, Choices, ContextChoices, Number, Responses, TestRow, Values, behave};
pub use branches::{BranchEventRow, BranchPointRow, BranchRow, Branches, branches};
pub use circuit::{
    CircuitReport, CircuitSearch, ConsensusRow, FitRow, HeldOutRow, MechanismRow, Nodes, PerturbationRow,
    SizeRow, WeightRows, circuit,
};
pub use circuitscope::analysis::behaviour::measures::Measure;
pub use circuitscope::analysis::choice_lines::CONTEXTS;
pub use circuitscope::analysis::latent_circuit::fit::Outcome;
pub use circuitscope::analysis::latent_circuit::setting::{Setting, Variant};
pub use circuitscope::analysis::similarity::SimilarityMeasure;
pub use circuitscope::dynamics::fixed_points::Search;
pub use fixed_points::{CompletenessRow, FixedPointsReport, ManifoldRow, PointRow, fixed_points};
pub use grid::{Grid, GridBranchRow, GridInputRow, GridLine, GridRoot, grid};
pub use line_attractor::{ContextLine, LineAttractors, LineRow, line_attractor};

use crate::analyse::activation_label;
use crate::import::recording::RecordingError;
use crate::import::{self, ImportError, Imported};
use crate::suggestion::suggestion;
use circuitscope::analysis::components::{FeatureError, Features};
use circuitscope::analysis::distance::{
    Aspect, Distances, Observed, PairDistance, assemble, pairs, upper_pairs,
};
use circuitscope::analysis::embedding::{self, Budget};
use circuitscope::analysis::fixed_point_configuration::{fixed_points_on_task, rates_at_fixed_points};
use circuitscope::analysis::similarity::{self, dsa};
use circuitscope::analysis::statistics::{Grouped, K_NEIGHBOURS, N_PERMUTATIONS};
use circuitscope::dynamics::run::{RunError, outputs, rates, score as score_of, states};
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use ndarray::Array2;
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Seed of the searches of a single comparison; a study derives its own.
const SEED: u64 = 0;

/// Why networks could not be scored or compared.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum SingleError {
    /// There is no such task.
    #[error("there is no task `{name}`")]
    #[diagnostic(help("{remedy}"))]
    UnknownTask {
        /// The name.
        name: String,
        /// The nearest known names.
        remedy: String,
    },
    /// There is no such aspect.
    #[error("there is no aspect `{name}`")]
    #[diagnostic(help("{remedy}"))]
    UnknownAspect {
        /// The name.
        name: String,
        /// The nearest known names.
        remedy: String,
    },
    /// A file holds no network.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Import(#[from] ImportError),
    /// A file holds no recording.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Recording(#[from] RecordingError),
    /// A network is given without its task.
    #[error("{path} is a network, whose responses are those to the trials of a task")]
    #[diagnostic(help("name the task that it was trained on with --task; a recording needs none"))]
    NoTask {
        /// The file.
        path: String,
    },
    /// The nodes of a network's circuit have the network's activation function.
    #[error("{path} is a network, whose circuits have its own activation function")]
    #[diagnostic(help("leave --activation out, or give a recording"))]
    GivenActivation {
        /// The file.
        path: String,
    },
    /// A network does not fit the task.
    #[error(
        "{name} has {n_inputs} inputs and {n_outputs} outputs, but task `{task}` has {task_inputs} and {task_outputs}"
    )]
    #[diagnostic(help("name the task that the network was trained on with --task"))]
    Misfit {
        /// The network.
        name: String,
        /// Its inputs.
        n_inputs: usize,
        /// Its outputs.
        n_outputs: usize,
        /// The task.
        task: &'static str,
        /// The task's inputs.
        task_inputs: usize,
        /// The task's outputs.
        task_outputs: usize,
    },
    /// A network's states or outputs leave the finite numbers.
    #[error("{name} runs away: its states are not finite on task `{task}`")]
    #[diagnostic(help("the weights let its activity grow without bound; leave the network out"))]
    Diverges {
        /// The network.
        name: String,
        /// The task.
        task: &'static str,
    },
    /// A file of inputs does not fit the network.
    #[error("{path}: {reason}")]
    #[diagnostic(help(
        "give a JSON list of inputs, each a list of {n_inputs} finite numbers: one for each input of the network"
    ))]
    Inputs {
        /// The file.
        path: String,
        /// Inputs of the network.
        n_inputs: usize,
        /// What does not fit, and where.
        reason: String,
    },
    /// A task without choices has no line between them.
    #[error("task `{task}` has no choices to draw a line between")]
    #[diagnostic(help("line attractors are those of `--task cddm`"))]
    NoChoices {
        /// The task.
        task: &'static str,
    },
    /// A measure compares what this aspect does not have.
    #[error("measure `{measure}` cannot compare {aspect}")]
    #[diagnostic(help("{remedy}"))]
    Unmatched {
        /// The measure.
        measure: &'static str,
        /// The aspect.
        aspect: &'static str,
        /// What it can compare.
        remedy: &'static str,
    },
    /// A number asked for is outside its range.
    #[error("`{name}` is {found}, expected {expected}")]
    #[diagnostic(help("leave the option out to take the published number"))]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// Its value.
        found: usize,
        /// The range in words.
        expected: String,
    },
    /// The dynamics of a network cannot be taken apart.
    #[error("{name}: {reason}")]
    Dynamics {
        /// The network.
        name: String,
        /// Why.
        reason: String,
    },
    /// Features cannot be compared; a network that passed the checks before has none of this.
    #[error("cannot compare the networks: {reason}")]
    Incomparable {
        /// What does not fit.
        reason: String,
    },
}

impl From<RunError> for SingleError {
    fn from(error: RunError) -> Self {
        Self::Incomparable { reason: error.to_string() }
    }
}

/// The task of this name.
///
/// # Errors
/// [`SingleError::UnknownTask`] with the nearest name.
pub fn task(name: &str) -> Result<Task, SingleError> {
    Task::published(name).ok_or_else(|| SingleError::UnknownTask {
        name: name.to_owned(),
        remedy: suggestion(name, &Task::NAMES),
    })
}

/// The aspect of this name.
///
/// # Errors
/// [`SingleError::UnknownAspect`] with the nearest name.
pub fn aspect(name: &str) -> Result<Aspect, SingleError> {
    Aspect::from_name(name).ok_or_else(|| SingleError::UnknownAspect {
        name: name.to_owned(),
        remedy: suggestion(name, &Aspect::ALL.map(Aspect::name)),
    })
}

/// Scores of networks, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// One entry a network, in the order given.
    pub networks: Vec<NetworkScore>,
}

/// Score of one network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NetworkScore {
    /// Name of its file.
    pub name: String,
    /// Noise-free masked MSE on the analysis trials.
    pub mse: f64,
    /// R² on the analysis trials; null if the target does not vary.
    pub r2: Option<f64>,
    /// Number of units.
    pub n_units: usize,
}

/// Scores networks on the analysis trials of a task.
///
/// # Errors
/// [`SingleError`] names the first network that holds none, does not fit the task, or runs away.
pub fn score(paths: &[PathBuf], task: &Task) -> Result<Scores, SingleError> {
    let trials = task.analysis_trials();
    let networks = networks(paths, task, &trials)?;
    let score = |Imported { name, network }: &Imported| {
        let states = states(network, trials.inputs.view())?;
        let outputs = outputs(network, rates(network, states).view())?;
        let score = score_of(outputs.view(), &trials)?;
        if !score.mse.is_finite() {
            return Err(SingleError::Diverges { name: name.clone(), task: task.name() });
        }
        Ok(NetworkScore { name: name.clone(), mse: score.mse, r2: score.r2, n_units: network.n_units() })
    };
    Ok(Scores { networks: networks.par_iter().map(score).collect::<Result<_, _>>()? })
}

/// A comparison of networks, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Names of the networks, in the order given.
    pub networks: Vec<String>,
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
    let networks = networks(paths, task, &trials)?;
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

fn rows(matrix: &Array2<f64>) -> Vec<Vec<f64>> {
    matrix.outer_iter().map(|row| row.to_vec()).collect()
}

/// Reads networks and holds each against the task.
fn networks(paths: &[PathBuf], task: &Task, trials: &Trials) -> Result<Vec<Imported>, SingleError> {
    paths.iter().map(|path| one_network(path, task, trials)).collect()
}

/// Reads a network and holds it against the task.
fn one_network(path: &Path, task: &Task, trials: &Trials) -> Result<Imported, SingleError> {
    let imported = import::network(path)?;
    let (n_inputs, n_outputs) = (imported.network.n_inputs(), imported.network.n_outputs());
    let (task_inputs, task_outputs) = (trials.n_inputs(), trials.n_outputs());
    if (n_inputs, n_outputs) != (task_inputs, task_outputs) {
        let (name, task) = (path.display().to_string(), task.name());
        return Err(SingleError::Misfit { name, n_inputs, n_outputs, task, task_inputs, task_outputs });
    }
    Ok(imported)
}
