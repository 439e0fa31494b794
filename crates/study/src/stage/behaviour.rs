//! What every trained network answers within and beyond the trials of its training.

use super::{Context, Standing, TaskResults};
use crate::event::Stage;
use crate::execute::{ExecuteError, StudyNetwork};
use crate::identity::{ANALYSIS_VERSION, of_parts, seed_of};
use crate::job::Job;
use crate::spread::side_by_side;
use crate::store::StoreError;
use circuitscope::analysis::behaviour::measures::{Behaviour, Condition, Stimulus, behaviour};
use circuitscope::task::Task;
use serde::{Deserialize, Serialize};

/// The behaviour of one network, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkBehaviour {
    /// Name of the network.
    pub network: String,
    /// Its class.
    pub class: String,
    /// Responses, condition by condition.
    pub responses: Vec<ResponseRow>,
    /// Numbers read from them.
    pub measures: Vec<MeasureRow>,
}

/// A condition of a test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConditionRow {
    /// Name of the test.
    pub test: String,
    /// Its strength, where it has one.
    pub strength: Option<f64>,
    /// 0 or 1 (CDDM: motion, colour); none without a context.
    pub context: Option<usize>,
}

/// The response to one stimulus; a number that is not finite is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResponseRow {
    /// The condition.
    pub condition: ConditionRow,
    /// Evidence that counts in context 0, in units of the strongest of training (CDDM: motion coherence).
    pub motion: Option<f64>,
    /// Evidence that counts in context 1, likewise (CDDM: colour coherence).
    pub colour: Option<f64>,
    /// Value (the other tasks).
    pub value: Option<f64>,
    /// Share of right choices, or of go answers.
    pub share: Option<f64>,
    /// Mean answer (tasks of a value).
    pub answer: Option<f64>,
    /// Masked mean squared error.
    pub mse: Option<f64>,
}

/// A number read from responses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureRow {
    /// The condition.
    pub condition: ConditionRow,
    /// What it is.
    pub name: String,
    /// The number; none where it cannot be had.
    pub value: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<[f64; 2]>,
    /// Whether it is at the end of what the stimuli can tell.
    pub at_bound: bool,
    /// Whether the answers tell it; what they do not has no number.
    pub identified: bool,
}

/// Fills [`TaskResults::behaviour`] with every network whose training did not diverge, in the order of the jobs.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn behaviours(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let shared: &[TaskResults<'_>] = results;
    let pieces: Vec<(usize, &StudyNetwork<'_>)> = shared
        .iter()
        .enumerate()
        .flat_map(|(place, of_task)| {
            let trained = of_task.networks.iter().filter(|(_, standing)| *standing != Standing::Diverged);
            trained.map(move |(network, _)| (place, network))
        })
        .collect();
    let made = side_by_side(
        context,
        Stage::Behaviour,
        &pieces,
        |_| 1,
        |&(place, network)| Ok((place, piece(context, &shared[place].task.task, network)?)),
    )?;
    for (place, behaviour) in made {
        results[place].behaviour.push(behaviour);
    }
    Ok(())
}

/// Networks whose behaviour is not stored.
pub(super) fn n_left(context: Context<'_>, results: &[TaskResults<'_>]) -> usize {
    let networks = results.iter().flat_map(|of_task| &of_task.networks);
    networks
        .filter(|(_, standing)| *standing != Standing::Diverged)
        .filter(|(network, _)| !job(context, &network.job.task.task, network).0.is_stored())
        .count()
}

/// The job, and its seed: what changes last digits alone, as where a search ends, renews the result and moves no seed.
fn job(context: Context<'_>, task: &Task, network: &StudyNetwork<'_>) -> (Job, u64) {
    let amount = context.study.comparison.behaviour;
    let version = format!("behaviour {ANALYSIS_VERSION} with even points, what is identified {amount:?}");
    let identity = of_parts([version.as_str(), &network.job.identity, &task.text()]);
    let parts = [identity.as_str(), "fits end where they have converged"];
    (Job::new(context.folder, "behaviour", task.name(), parts), seed_of(&identity))
}

/// The stored behaviour of a network, or a new one.
fn piece(
    context: Context<'_>,
    task: &Task,
    network: &StudyNetwork<'_>,
) -> Result<NetworkBehaviour, ExecuteError> {
    let amount = context.study.comparison.behaviour;
    let (job, seed) = job(context, task, network);
    let (name, class) = (network.job.name(), network.record.class.clone());
    let stored = job.get_or_compute(context, || {
        // A trained network fits its task: there is no other reason to fail.
        let found = behaviour(&network.file.network, task, amount, seed)
            .map_err(|error| StoreError::damaged(&context.folder.network(task.name(), &name), &error))?;
        Ok(rows(found, name.clone(), class.clone()))
    })?;
    // Study files that have the network in common may name its class differently.
    Ok(NetworkBehaviour { network: name, class, ..stored })
}

fn rows(found: Behaviour, network: String, class: String) -> NetworkBehaviour {
    let finite = |number: f64| number.is_finite().then_some(number);
    let condition_of = |condition: Condition| ConditionRow {
        test: condition.test.to_owned(),
        strength: condition.strength,
        context: condition.context,
    };
    let responses = found.responses.into_iter().map(|response| {
        let (motion, colour, value) = match response.stimulus {
            Stimulus::Evidence([motion, colour]) => (Some(motion), Some(colour), None),
            Stimulus::Value(value) => (None, None, Some(value)),
        };
        ResponseRow {
            condition: condition_of(response.condition),
            motion,
            colour,
            value,
            share: response.share.and_then(finite),
            answer: response.answer.and_then(finite),
            mse: finite(response.mse),
        }
    });
    let measures = found.measures.into_iter().map(|measure| MeasureRow {
        condition: condition_of(measure.condition),
        name: measure.name.to_owned(),
        value: measure.estimate.map(|estimate| estimate.value),
        interval: measure.estimate.and_then(|estimate| estimate.interval),
        at_bound: measure.at_bound,
        identified: measure.is_identified,
    });
    let (responses, measures) = (responses.collect(), measures.collect());
    NetworkBehaviour { network, class, responses, measures }
}
