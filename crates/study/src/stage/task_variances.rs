//! Networks of several tasks: scores task by task, how much units vary on each, and which units go together.

use super::{Context, Standing, TaskResults};
use crate::event::Stage;
use crate::execute::{ExecuteError, StudyNetwork};
use crate::identity::{ANALYSIS_VERSION, of_parts, seed_of};
use crate::job::Job;
use crate::spread::side_by_side;
use crate::store::StoreError;
use circuitscope::analysis::parts::score_by_part;
use circuitscope::analysis::task_clusters::{TaskClusters, task_clusters};
use circuitscope::analysis::task_variance::{ACTIVE, fractional_variances, task_variance};
use circuitscope::dynamics::run::{RunError, outputs, rates, states};
use circuitscope::network::Network;
use circuitscope::task::Task;
use serde::{Deserialize, Serialize};

/// What one network does on each of several tasks, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkTasks {
    /// Name of the network.
    pub network: String,
    /// Its class.
    pub class: String,
    /// Error and R² on the analysis trials of each task; R² is none where the target does not vary.
    pub scores: Vec<(f64, Option<f64>)>,
    /// Task variance of each unit on each task.
    pub variances: Vec<Vec<f64>>,
    /// The cluster of each unit; none of units that are not active, or where there are no clusters.
    pub clusters: Vec<Option<usize>>,
    /// The silhouette of each number of clusters that was tried, from 2.
    pub silhouettes: Vec<f64>,
    /// Tasks by pairs.
    pub pairs: Vec<PairOfTasks>,
}

/// How the units of a network share their variance between two tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairOfTasks {
    /// Places of the tasks.
    pub tasks: [usize; 2],
    /// Units that are active on the two.
    pub n_units: usize,
    /// Median fractional variance.
    pub median: f64,
    /// Mean size of it.
    pub mean_size: f64,
}

impl NetworkTasks {
    /// The largest variance of each unit, if the unit is active.
    pub(crate) fn largest(&self) -> Vec<Option<f64>> {
        let of_unit = |variances: &Vec<f64>| {
            let largest = variances.iter().copied().fold(0.0, f64::max);
            (variances.iter().sum::<f64>() > ACTIVE).then_some(largest)
        };
        self.variances.iter().map(of_unit).collect()
    }
}

/// Fills [`TaskResults::task_variances`] with every network of a task made of several whose training did not diverge.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn task_variances(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let shared: &[TaskResults<'_>] = results;
    let pieces: Vec<(usize, &StudyNetwork<'_>)> = shared
        .iter()
        .enumerate()
        .filter(|(_, of_task)| !of_task.task.task.parts().is_empty())
        .flat_map(|(place, of_task)| {
            let trained = of_task.networks.iter().filter(|(_, standing)| *standing != Standing::Diverged);
            trained.map(move |(network, _)| (place, network))
        })
        .collect();
    if pieces.is_empty() {
        return Ok(());
    }
    let made = side_by_side(
        context,
        Stage::TaskVariances,
        &pieces,
        |_| 1,
        |&(place, network)| Ok((place, piece(context, &shared[place].task.task, network)?)),
    )?;
    for (place, of_network) in made {
        results[place].task_variances.push(of_network);
    }
    Ok(())
}

/// The stored result of a network, or a new one.
fn piece(
    context: Context<'_>,
    task: &Task,
    network: &StudyNetwork<'_>,
) -> Result<NetworkTasks, ExecuteError> {
    let version = format!("task variances {ANALYSIS_VERSION}");
    let identity = of_parts([version.as_str(), &network.job.identity, &task.text()]);
    let job = Job::new(context.folder, "task_variances", task.name(), [identity.as_str()]);
    let (name, class) = (network.job.name(), network.record.class.clone());
    let stored = job.get_or_compute(context, || {
        // A trained network fits its task: there is no other reason to fail.
        of_network(&network.file.network, task, seed_of(&identity), [name.clone(), class.clone()])
            .map_err(|error| StoreError::damaged(&context.folder.network(task.name(), &name), &error).into())
    })?;
    // Study files that have the network in common may name its class differently.
    Ok(NetworkTasks { network: name, class, ..stored })
}

fn of_network(
    network: &Network,
    task: &Task,
    seed: u64,
    [name, class]: [String; 2],
) -> Result<NetworkTasks, RunError> {
    let trials = task.analysis_trials();
    let rates = rates(network, states(network, trials.inputs.view())?);
    let scores = score_by_part(outputs(network, rates.view())?.view(), &trials, task.parts())?;
    let variances = task_variance(rates.view(), &trials, task.parts());
    let found = task_clusters(&variances, seed);
    let mut clusters = vec![None; variances.nrows()];
    let TaskClusters { units, labels, silhouettes } = found.unwrap_or_else(|| TaskClusters {
        units: Vec::new(),
        labels: Vec::new(),
        silhouettes: Vec::new(),
    });
    for (unit, label) in units.into_iter().zip(labels) {
        clusters[unit] = Some(label);
    }
    let pairs = fractional_variances(&variances).into_iter().map(|pair| PairOfTasks {
        tasks: pair.tasks,
        n_units: pair.n_units,
        median: pair.median,
        mean_size: pair.mean_size,
    });
    Ok(NetworkTasks {
        network: name,
        class,
        scores: scores.into_iter().map(|score| (score.mse, score.r2)).collect(),
        variances: variances.outer_iter().map(|unit| unit.to_vec()).collect(),
        clusters,
        silhouettes,
        pairs: pairs.collect(),
    })
}
