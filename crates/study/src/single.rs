//! Networks and recordings given one by one on the command line: scored and compared without a study.

mod behave;
mod branches;
mod circuit;
mod compare;
mod fixed_points;
mod grid;
mod line_attractor;

pub use crate::inference::Starts;
pub use behave::{Behaved, Choices, ContextChoices, Number, Responses, TestRow, Values, behave};
pub use branches::{BranchEventRow, BranchPointRow, BranchRow, Branches, branches};
pub use circuit::{
    CeilingRow, CircuitReport, CircuitSearch, ConsensusRow, FitRow, HeldOutRow, MechanismRow, Nodes,
    PerturbationRow, SizeRow, StartsRow, WeightRows, circuit,
};
pub use circuitscope::analysis::behaviour::measures::Measure;
pub use circuitscope::analysis::choice_lines::CONTEXTS;
pub use circuitscope::analysis::latent_circuit::setting::{EmbeddingModel, Setting, Variant};
pub use circuitscope::analysis::similarity::SimilarityMeasure;
pub use circuitscope::dynamics::fixed_points::Search;
pub use compare::{Comparison, DistanceMeasure, Statistics, compare};
pub use fixed_points::{CompletenessRow, FixedPointsReport, ManifoldRow, PointRow, fixed_points};
pub use grid::{Grid, GridBranchRow, GridInputRow, GridLine, GridRoot, grid};
pub use line_attractor::{ContextLine, LineAttractors, LineRow, line_attractor};

use crate::import::recording::RecordingError;
use crate::import::{self, ImportError, Imported};
use crate::suggestion::suggestion;
use circuitscope::analysis::distance::Aspect;
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
    /// Of a network all units are known, in its own units of measure.
    #[error("{path} is a network, whose circuits have an orthonormal embedding")]
    #[diagnostic(help("leave --embedding out, or give a recording"))]
    GivenEmbedding {
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
