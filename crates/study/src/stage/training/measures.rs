//! The measures of every compared network in the course of its training: at its checkpoints, before and after.

use crate::config::Control;
use crate::execute::{ExecuteError, StudyNetwork};
use crate::identity::{ANALYSIS_VERSION, of_parts, seed_of};
use crate::job::Job;
use crate::spread::spread;
use crate::stage::conditions::Conditions;
use crate::stage::description::{RestingPoint, Subject, describe};
use crate::stage::{Context, Item, Kind, TaskResults};
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::measures::{AtDecision, Measure, of_network};
use circuitscope::network::Network;
use circuitscope::trials::Trials;
use std::collections::BTreeMap;

/// What was measured of a network at one moment of its training.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredMoment {
    /// The network.
    pub network: String,
    /// Its class, by its place in the task's classes.
    pub class: usize,
    /// Updates made; 0 before training, none for the network that training ended with.
    pub iteration: Option<usize>,
    /// By [`Measure::name`]; circuits and behaviour are not followed.
    pub measures: BTreeMap<String, f64>,
}

/// Moments of all followed networks: before training, at each checkpoint and at the end.
pub(super) fn n_moments(of_task: &TaskResults<'_>) -> usize {
    of_task.followed().iter().map(|network| 2 + network.job.checkpoints.len()).sum()
}

/// The measures of every followed network, network by network, from before its training to the end.
pub(super) fn measures(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    told: &(impl Fn() + Sync),
) -> Result<Vec<MeasuredMoment>, ExecuteError> {
    let task = &of_task.task.task;
    let (trials, conditions) = (task.analysis_trials(), Conditions::of_task(task));
    let moments = |network: &StudyNetwork<'_>| -> Vec<Option<usize>> {
        let checkpoints = network.job.checkpoints.iter().copied().map(Some);
        std::iter::once(Some(0)).chain(checkpoints).chain(std::iter::once(None)).collect()
    };
    let pieces: Vec<(&StudyNetwork<'_>, Option<usize>)> = of_task
        .followed()
        .into_iter()
        .flat_map(|network| moments(network).into_iter().map(move |iteration| (network, iteration)))
        .collect();
    spread(context, &pieces, |&(network, iteration), _| {
        let moment = moment(context, of_task, network, iteration, &trials, &conditions)?;
        told();
        Ok(moment)
    })
}

fn moment(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    network: &StudyNetwork<'_>,
    iteration: Option<usize>,
    trials: &Trials,
    conditions: &Conditions,
) -> Result<MeasuredMoment, ExecuteError> {
    let name = network.job.name();
    let class = of_task.task.classes.iter().position(|class| class.name == network.record.class);
    let moment = |measures| MeasuredMoment {
        network: name.clone(),
        class: class.unwrap_or_default(),
        iteration,
        measures,
    };
    let of_kind = |kind: Kind| of_task.items.iter().find(|item| item.kind == kind && item.network == name);
    let compared = match iteration {
        None => of_kind(Kind::Trained),
        Some(0) => of_kind(Kind::Control(Control::Untrained)),
        Some(_) => None,
    };
    if let Some(Item { features, fixed_points, at_decision, .. }) = compared {
        return Ok(moment(measured(features, fixed_points, *at_decision, conditions)));
    }
    let found: Option<&Network> = match iteration {
        None => Some(&network.file.network),
        Some(0) => network.file.initial.as_ref(),
        Some(iteration) => {
            let of_moment = network.checkpoints.iter().find(|kept| kept.iteration == iteration);
            of_moment.map(|kept| &kept.network)
        }
    };
    let Some(found) = found else { return Ok(moment(BTreeMap::new())) };
    let task = &of_task.task.task;
    let aspects = &context.study.comparison.aspects;
    let version = format!("course {ANALYSIS_VERSION}");
    let when = iteration.map_or("the end".to_owned(), |iteration| iteration.to_string());
    let extent = if aspects.contains(&Aspect::FixedPoints) { "with fixed points" } else { "without" };
    let identity = of_parts([version.as_str(), &network.record.job, &when, &task.text(), extent]);
    // Measures that are taken besides renew the result and move no seed.
    let parts = [identity.as_str(), "with moving means, angles, sheets, offsets, wings and evidence"];
    let job = Job::new(context.folder, "course", task.name(), parts);
    let measures = job.get_or_compute(context, || {
        let found = describe(Subject { network: found, task, trials, seed: seed_of(&identity) }, aspects);
        Ok(measured(&found.features, &found.fixed_points, found.at_decision, conditions))
    })?;
    Ok(moment(measures))
}

fn measured(
    features: &BTreeMap<Aspect, Features>,
    fixed_points: &[RestingPoint],
    at_decision: AtDecision,
    conditions: &Conditions,
) -> BTreeMap<String, f64> {
    let places: Vec<[f64; 3]> = fixed_points.iter().map(|point| point.over_trajectories).collect();
    let measures = of_network(&conditions.described(features, &places, at_decision));
    measures.into_iter().map(|(measure, value): (Measure, f64)| (measure.name().to_owned(), value)).collect()
}
