//! Networks and recordings by themselves: scored, taken apart and compared without a study. Nothing here reads a file.

mod behave;
mod branches;
mod circuit;
mod compare;
mod error;
mod fixed_points;
mod grid;
mod line_attractor;
mod observe;
mod rank;
mod task_description;

pub use crate::import::Named;
pub use crate::import::recording::{Labelled, Recording, Source};
pub use crate::latent_circuits::Starts;
pub use behave::{
    Behaved, Choices, ContextChoices, Evidence, EvidenceRow, MeasureEntry, Number, Responses, TestRow,
    Values, behave,
};
pub use branches::{BranchEventRow, BranchPointRow, BranchRow, Branches, branches};
pub use circuit::{
    CeilingRow, CircuitReport, CircuitSearch, ConsensusRow, FitRow, HeldOutRow, MechanismRow, Nodes,
    PerturbationRow, PredictionRow, RecordingRow, SizeRow, StartsRow, WeightRows, circuit,
};
pub use circuitscope::analysis::behaviour::measures::Measure;
pub use circuitscope::analysis::latent_circuit::setting::{EmbeddingModel, Setting, Variant};
pub use circuitscope::analysis::similarity::SimilarityMeasure;
pub use circuitscope::dynamics::fixed_points::Search;
pub use circuitscope::observation::Protocol;
pub use compare::{Comparison, DistanceMeasure, Permdisp, Statistics, WelchW, compare};
pub use error::OneNetworkError;
pub use fixed_points::{CompletenessRow, FixedPointsReport, ManifoldRow, PointRow, fixed_points};
pub use grid::{Grid, GridBranchRow, GridInputRow, GridLine, GridRoot, grid};
pub use line_attractor::{ContextLine, LineAttractors, LineRow, line_attractor};
pub use observe::{Factor, ObservationSummary, RatesRow, SimulatedRecording, observe};
pub use rank::{
    BestRow, Ensemble, FurtherDistanceRow, LeftOutNeurons, MeasureRow, NeededRow, NotTakenRow, PowerRow,
    RankReport, RankedDistance, RankedRecording, Standing, Start, VerdictRow, WorstRow, rank,
};
pub(crate) use rank::{Ranked, check, has_labels_of, ranked, ranking_work};

pub use task_description::{EpochRow, FactorRow, TaskDescription, describe_task, task_timeline};

use crate::suggestion::suggestion;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::parts::score_by_part;
use circuitscope::dynamics::run::{outputs, rates, score as score_of, states};
use circuitscope::network::Network;
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use ndarray::{Array2, Array3};
use rayon::prelude::*;
use serde::Serialize;

/// Seed of the searches of a single comparison; a study derives its own.
const SEED: u64 = 0;

/// The task of this name.
///
/// # Errors
/// [`OneNetworkError::UnknownTask`] with the nearest name.
pub fn task(name: &str) -> Result<Task, OneNetworkError> {
    Task::published(name).ok_or_else(|| OneNetworkError::UnknownTask {
        name: name.to_owned(),
        remedy: suggestion(name, &Task::NAMES),
    })
}

/// The aspect of this name.
///
/// # Errors
/// [`OneNetworkError::UnknownAspect`] with the nearest name.
pub fn aspect(name: &str) -> Result<Aspect, OneNetworkError> {
    Aspect::from_name(name).ok_or_else(|| OneNetworkError::UnknownAspect {
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
    /// Its name.
    pub name: String,
    /// Noise-free masked MSE on the analysis trials; null if the network diverges.
    pub mse: Option<f64>,
    /// R² on the analysis trials; null if the target does not vary or the network diverges.
    pub r2: Option<f64>,
    /// Of a task made of several: the score on the trials of each; left out of one task.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartScore>,
    /// Number of units.
    pub n_units: usize,
    /// What kept the network from a score; left out where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<&'static str>,
    /// What is suspected to be wrong in it; left out where nothing is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Score of a network on one of several tasks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartScore {
    /// The task.
    pub task: String,
    /// Noise-free masked MSE on its analysis trials.
    pub mse: f64,
    /// R² on them; null if the target does not vary.
    pub r2: Option<f64>,
}

/// A network that is left out of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Largest rate of a network that does not diverge. Trained networks have rates of order 1, and nothing but growth without
/// bound goes a million times beyond.
const LARGEST_RATE: f64 = 1e6;
/// What is said of a network whose rates go beyond.
const DIVERGES: &str = "diverges";

/// Scores networks on the analysis trials of a task. One that diverges has no score, and the others have theirs.
///
/// # Errors
/// [`OneNetworkError`] names the first network that does not fit the task.
pub fn score(networks: &[Named], task: &Task) -> Result<Scores, OneNetworkError> {
    let trials = trials_for(networks, task)?;
    let score = |Named { name, network, warnings, .. }: &Named| {
        let answers =
            bounded_rates(network, &trials)?.map(|rates| outputs(network, rates.view())).transpose()?;
        let score = answers.as_ref().map(|answers| score_of(answers.view(), &trials)).transpose()?;
        let of_parts =
            answers.map(|answers| score_by_part(answers.view(), &trials, task.parts())).transpose()?;
        let parts = task.parts().iter().zip(of_parts.unwrap_or_default());
        Ok(NetworkScore {
            name: name.clone(),
            mse: score.map(|score| score.mse),
            r2: score.and_then(|score| score.r2),
            parts: parts
                .map(|(part, score)| PartScore { task: part.name.clone(), mse: score.mse, r2: score.r2 })
                .collect(),
            n_units: network.n_units(),
            outcome: if score.is_none() { Some(DIVERGES) } else { None },
            warnings: warnings.clone(),
        })
    };
    Ok(Scores { networks: networks.par_iter().map(score).collect::<Result<_, OneNetworkError>>()? })
}

/// The noise-free rates `[N, T, B]` on the trials; [`None`] if the network diverges.
fn bounded_rates(network: &Network, trials: &Trials) -> Result<Option<Array3<f64>>, OneNetworkError> {
    let rates = rates(network, states(network, trials.inputs.view())?);
    Ok(rates.iter().all(|rate| rate.abs() <= LARGEST_RATE).then_some(rates))
}

fn rows(matrix: &Array2<f64>) -> Vec<Vec<f64>> {
    matrix.outer_iter().map(|row| row.to_vec()).collect()
}

/// The networks to compare, by their number: those that keep within bounds on the trials; and those that are left out.
///
/// # Errors
/// [`OneNetworkError::NoneLeft`] if fewer than two are left.
fn comparable(networks: &[Named], trials: &Trials) -> Result<(Vec<usize>, Vec<LeftOut>), OneNetworkError> {
    let is_bounded = |named: &Named| Ok(bounded_rates(&named.network, trials)?.is_some());
    let bounded = networks.par_iter().map(is_bounded).collect::<Result<Vec<_>, OneNetworkError>>()?;
    let (kept, diverging): (Vec<_>, Vec<_>) = (0..networks.len()).partition(|&k| bounded[k]);
    let reason = format!("{DIVERGES}: its activity grows without bound");
    let left_out =
        diverging.iter().map(|&k| LeftOut { name: networks[k].name.clone(), reason: reason.clone() });
    let left_out: Vec<_> = left_out.collect();
    if kept.len() < 2 && !left_out.is_empty() {
        return Err(OneNetworkError::NoneLeft { left_out });
    }
    Ok((kept, left_out))
}

/// The analysis trials of a task, if every network has its inputs and outputs.
fn trials_for<'a>(
    networks: impl IntoIterator<Item = &'a Named>,
    task: &Task,
) -> Result<Trials, OneNetworkError> {
    let trials = task.analysis_trials();
    let (task_inputs, task_outputs) = (trials.n_inputs(), trials.n_outputs());
    for Named { origin, network, .. } in networks {
        let (n_inputs, n_outputs) = (network.n_inputs(), network.n_outputs());
        if (n_inputs, n_outputs) != (task_inputs, task_outputs) {
            let (name, task) = (origin.clone(), task.name().to_owned());
            return Err(OneNetworkError::Misfit {
                name,
                n_inputs,
                n_outputs,
                task,
                task_inputs,
                task_outputs,
            });
        }
    }
    Ok(trials)
}
