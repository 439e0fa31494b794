//! Networks and recordings given one by one on the command line: scored and compared without a study.

mod behave;
mod branches;
mod circuit;
mod compare;
mod fixed_points;
mod grid;
mod groups;
mod line_attractor;

pub use crate::import::recording::{Layout, Quantity, Reading};
pub use crate::inference::Starts;
pub use behave::{
    Behaved, Choices, ContextChoices, MeasureEntry, Number, Responses, TestRow, Values, behave,
};
pub use branches::{BranchEventRow, BranchPointRow, BranchRow, Branches, branches};
pub use circuit::{
    CeilingRow, CircuitReport, CircuitSearch, ConsensusRow, FitRow, HeldOutRow, MechanismRow, Nodes,
    PerturbationRow, RecordingRow, SizeRow, StartsRow, WeightRows, circuit,
};
pub use circuitscope::analysis::behaviour::measures::Measure;
pub use circuitscope::analysis::choice_lines::CONTEXTS;
pub use circuitscope::analysis::latent_circuit::setting::{EmbeddingModel, Setting, Variant};
pub use circuitscope::analysis::similarity::SimilarityMeasure;
pub use circuitscope::dynamics::fixed_points::Search;
pub use compare::{Comparison, DistanceMeasure, Permdisp, Statistics, WelchW, compare};
pub use fixed_points::{CompletenessRow, FixedPointsReport, ManifoldRow, PointRow, fixed_points};
pub use grid::{Grid, GridBranchRow, GridInputRow, GridLine, GridRoot, grid};
pub use line_attractor::{ContextLine, LineAttractors, LineRow, line_attractor};

use crate::import::recording::RecordingError;
use crate::import::{self, ImportError, Imported};
use crate::suggestion::suggestion;
use circuitscope::analysis::distance::Aspect;
use circuitscope::dynamics::run::{RunError, outputs, rates, score as score_of, states};
use circuitscope::network::Network;
use circuitscope::silent_units::without_silent_units;
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use ndarray::{Array2, Array3};
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
    #[diagnostic(help(
        "name the task that the network was trained on with --task; `fixed-points` and `branches` need none where --inputs \
         gives the inputs"
    ))]
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
    /// A network's activity grows without bound.
    #[error("{name} diverges: its activity grows without bound on task `{task}`")]
    #[diagnostic(help(
        "leave the network out; if it works elsewhere, see that `dt`, `tau` and the activation function are its own"
    ))]
    Diverges {
        /// The network.
        name: String,
        /// The task.
        task: &'static str,
    },
    /// Neither a task nor inputs are given.
    #[error("nothing says at which inputs to look for fixed points")]
    #[diagnostic(help(
        "give --task T for the published inputs of the task that the network was trained on, or --inputs FILE, a JSON list of \
         inputs, each a list of numbers, one for each input of the network"
    ))]
    NoInputs,
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
    #[diagnostic(help(
        "line attractors are those of `--task cddm`; `circuitscope branches NETWORK --inputs FILE` follows the fixed points of \
         any network from one input to another"
    ))]
    NoChoices {
        /// The task.
        task: &'static str,
    },
    /// A network ends left and right trials in the same state.
    #[error(
        "{name} does not tell two choices apart: in the {context} context the states at the end of trials to the left and to \
         the right are {apart:.1e} apart ({share:.1e} of their size), so that there is no line between them; at this input \
         it has {n_stable} stable {states}"
    )]
    #[diagnostic(help(
        "a line needs a network that decides: see whether it solves the task with `circuitscope score NETWORK --task cddm`, \
         and where it rests with `circuitscope fixed-points NETWORK --task cddm`"
    ))]
    OneChoice {
        /// The network.
        name: String,
        /// What is relevant: `motion` or `colour`.
        context: &'static str,
        /// Distance between the two states.
        apart: f64,
        /// The same over the larger of their norms.
        share: f64,
        /// Stable fixed points at the constant input of the context, with evidence for neither choice.
        n_stable: usize,
        /// `state` or `states`.
        states: &'static str,
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
    /// So few points are the same by the measure whatever they are.
    #[error(
        "measure `{measure}` finds no difference between any {aspect} of {n_points} points in {rank} directions, expected \
         {n_needed} points at least"
    )]
    #[diagnostic(help("{remedy}"))]
    Saturated {
        /// The measure.
        measure: &'static str,
        /// The aspect.
        aspect: &'static str,
        /// Points of a network.
        n_points: usize,
        /// Directions that they span.
        rank: usize,
        /// Points that are needed.
        n_needed: usize,
        /// What can be compared instead.
        remedy: &'static str,
    },
    /// A table of groups does not fit the networks.
    #[error("{path}: {reason}")]
    #[diagnostic(help("{remedy}"))]
    Groups {
        /// The file.
        path: String,
        /// What does not fit, and where.
        reason: String,
        /// What would be right.
        remedy: String,
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
    /// Fewer than two networks are left to compare.
    #[error("{}; no two networks are left to compare", sentences(.left_out))]
    #[diagnostic(help("give at least two networks whose activity stays within bounds"))]
    NoneLeft {
        /// Those that are left out.
        left_out: Vec<LeftOut>,
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
    /// Name of its file, with folders where others have the same.
    pub name: String,
    /// Noise-free masked MSE on the analysis trials; null if the network diverges.
    pub mse: Option<f64>,
    /// R² on the analysis trials; null if the target does not vary or the network diverges.
    pub r2: Option<f64>,
    /// Number of units.
    pub n_units: usize,
    /// What kept the network from a score; left out where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
    /// What is suspected to be wrong in the file; left out where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A network that is left out of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Name of its file, with folders where others have the same.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Who is left out and why, as a sentence for each.
fn sentences(left_out: &[LeftOut]) -> String {
    let each: Vec<String> =
        left_out.iter().map(|LeftOut { name, reason }| format!("{name} {reason}")).collect();
    each.join("; ")
}

/// Largest rate of a network that does not diverge. Trained networks have rates of order 1, and nothing but growth without
/// bound goes a million times beyond.
const LARGEST_RATE: f64 = 1e6;
/// What is said of a network whose rates go beyond.
const DIVERGES: &str = "diverges";

/// Scores networks on the analysis trials of a task. One that diverges has no score, and the others have theirs.
///
/// # Errors
/// [`SingleError`] names the first file that holds no network, or one that does not fit the task.
pub fn score(paths: &[PathBuf], task: &Task) -> Result<Scores, SingleError> {
    let trials = task.analysis_trials();
    let networks = networks(paths, task, &trials)?;
    let score = |Imported { name, network, warnings }: &Imported| {
        let score = match bounded_rates(network, &trials)? {
            Some(rates) => Some(score_of(outputs(network, rates.view())?.view(), &trials)?),
            None => None,
        };
        Ok(NetworkScore {
            name: name.clone(),
            mse: score.map(|score| score.mse),
            r2: score.and_then(|score| score.r2),
            n_units: network.n_units(),
            outcome: if score.is_none() { Some(DIVERGES) } else { None },
            warnings: warnings.clone(),
        })
    };
    Ok(Scores { networks: networks.par_iter().map(score).collect::<Result<_, SingleError>>()? })
}

/// The noise-free rates `[N, T, B]` on the trials; [`None`] if the network diverges.
fn bounded_rates(network: &Network, trials: &Trials) -> Result<Option<Array3<f64>>, SingleError> {
    let rates = rates(network, states(network, trials.inputs.view())?);
    Ok(rates.iter().all(|rate| rate.abs() <= LARGEST_RATE).then_some(rates))
}

/// What is suspected to be wrong in files of networks that can be read, each with the name of its file. Files that hold no
/// network are passed over: whoever uses them says why.
pub fn warnings(paths: &[PathBuf]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| import::may_hold_network(path)) {
        let warnings = import::network(path).map(|imported| imported.warnings).unwrap_or_default();
        found.extend(warnings.into_iter().map(|warning| format!("{}: {warning}", path.display())));
    }
    found
}

fn rows(matrix: &Array2<f64>) -> Vec<Vec<f64>> {
    matrix.outer_iter().map(|row| row.to_vec()).collect()
}

/// Reads networks and holds each against the task.
fn networks(paths: &[PathBuf], task: &Task, trials: &Trials) -> Result<Vec<Imported>, SingleError> {
    let networks = import::networks(paths)?;
    paths.iter().zip(networks).map(|(path, network)| fitting(path, network, task, trials)).collect()
}

/// Reads networks to compare: those that keep within bounds on the trials, and those that are left out.
///
/// # Errors
/// [`SingleError`] names the first file that holds no network or one that does not fit the task; or says that fewer than
/// two are left.
fn comparable(
    paths: &[PathBuf],
    task: &Task,
    trials: &Trials,
) -> Result<(Vec<Imported>, Vec<LeftOut>), SingleError> {
    let networks = networks(paths, task, trials)?;
    let bounded = networks
        .par_iter()
        .map(|imported| Ok(bounded_rates(&imported.network, trials)?.is_some()))
        .collect::<Result<Vec<_>, SingleError>>()?;
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for (imported, is_bounded) in networks.into_iter().zip(bounded) {
        if is_bounded {
            kept.push(imported);
        } else {
            let reason = format!("{DIVERGES}: its activity grows without bound");
            left_out.push(LeftOut { name: imported.name, reason });
        }
    }
    if kept.len() < 2 && !left_out.is_empty() {
        return Err(SingleError::NoneLeft { left_out });
    }
    Ok((kept, left_out))
}

/// Leaves out units that never fire on the trials of a task, as a run does, and counts those of each network.
fn without_silent(networks: Vec<Imported>, task: &Task) -> Result<(Vec<Imported>, Vec<usize>), SingleError> {
    let of_one = |imported: Imported| {
        let (network, n_silent) = without_silent_units(imported.network, task)?;
        Ok((Imported { network, ..imported }, n_silent))
    };
    Ok(networks.into_par_iter().map(of_one).collect::<Result<Vec<_>, RunError>>()?.into_iter().unzip())
}

/// Reads a network and holds it against the task.
fn one_network(path: &Path, task: &Task, trials: &Trials) -> Result<Imported, SingleError> {
    fitting(path, import::network(path)?, task, trials)
}

/// Passes a network on if it has the inputs and outputs of the task.
fn fitting(path: &Path, imported: Imported, task: &Task, trials: &Trials) -> Result<Imported, SingleError> {
    let (n_inputs, n_outputs) = (imported.network.n_inputs(), imported.network.n_outputs());
    let (task_inputs, task_outputs) = (trials.n_inputs(), trials.n_outputs());
    if (n_inputs, n_outputs) != (task_inputs, task_outputs) {
        let (name, task) = (path.display().to_string(), task.name());
        return Err(SingleError::Misfit { name, n_inputs, n_outputs, task, task_inputs, task_outputs });
    }
    Ok(imported)
}
