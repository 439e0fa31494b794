//! The features of every selected network and of its controls.

use super::description::{Description, RestingPoint, Subject, describe};
use super::description_file;
use super::{Context, Standing, TaskResults};
use crate::config::Control;
use crate::event::{Event, Stage};
use crate::execute::{ExecuteError, StudyNetwork};
use crate::identity::{ANALYSIS_VERSION, of_parts, seed_of};
use crate::job::Job;
use crate::spread::side_by_side;
use circuitscope::Curve;
use circuitscope::analysis::components::Features;
use circuitscope::analysis::controls::shuffled;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::measures::AtDecision;
use circuitscope::network::Network;
use circuitscope::trials::Trials;
use std::collections::BTreeMap;

/// A trained network or one of its controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// As trained.
    Trained,
    /// A control made from it.
    Control(Control),
}

impl Kind {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trained => "trained",
            Self::Control(control) => control.name(),
        }
    }
}

/// One item of the comparison with its features.
#[derive(Clone, Debug)]
pub struct Item {
    /// Name of the network it is or is made from.
    pub network: String,
    /// Its network, by its place in [`TaskResults::networks`].
    pub place: usize,
    /// Trained network or control.
    pub kind: Kind,
    /// Class, by its place in the task's classes.
    pub class: usize,
    /// Activation, for statistics over activations.
    pub curve: Curve,
    /// Hash of all that decides the features.
    pub identity: String,
    /// The features by aspect; an aspect is missing where a network has none (a network that does not move has no
    /// trajectory).
    pub features: BTreeMap<Aspect, Features>,
    /// Fixed points, in the order of their features' rows; empty where the study does not compare them.
    pub fixed_points: Vec<RestingPoint>,
    /// What its rates hold at the decision.
    pub at_decision: AtDecision,
}

impl Item {
    /// Its name in files: that of the network, and of the control.
    pub fn stored_name(&self) -> String {
        stored_name(&self.network, self.kind)
    }
}

fn stored_name(network: &str, kind: Kind) -> String {
    match kind {
        Kind::Trained => network.to_owned(),
        Kind::Control(control) => format!("{network}.{}", control.name()),
    }
}

/// Fills [`TaskResults::items`] with the selected networks and their controls: all trained ones first, then control by
/// control, in the order of the jobs.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn features(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let kinds = kinds(context);
    let mut pieces: Vec<(usize, usize, Kind)> = Vec::new();
    for (task, of_task) in results.iter().enumerate() {
        for &kind in &kinds {
            let networks = of_task.networks.iter().enumerate();
            let selected = networks.filter(|(_, (_, standing))| *standing == Standing::Selected);
            pieces.extend(selected.map(|(place, _)| (task, place, kind)));
        }
    }
    let trials: Vec<Trials> = results.iter().map(|of_task| of_task.task.task.analysis_trials()).collect();
    let items = side_by_side(
        context,
        Stage::Features,
        &pieces,
        |_| 1,
        |&(task, place, kind)| Ok((task, item(context, &results[task], place, kind, &trials[task])?)),
    )?;
    for (task, item) in items {
        results[task].items.push(item);
    }
    Ok(())
}

/// Networks and controls whose features are not stored.
pub(super) fn n_left(context: Context<'_>, results: &[TaskResults<'_>]) -> usize {
    let networks = results.iter().flat_map(|of_task| &of_task.networks);
    let selected = networks.filter(|(_, standing)| *standing == Standing::Selected);
    let is_left = |network: &StudyNetwork<'_>, kind: Kind| {
        let Place { job, .. } = place_of(context, network, kind);
        description_file::read(job.path(), job.identity()).is_none()
    };
    selected
        .map(|(network, _)| kinds(context).into_iter().filter(|&kind| is_left(network, kind)).count())
        .sum()
}

/// Trained networks, then each control that the study asks for.
fn kinds(context: Context<'_>) -> Vec<Kind> {
    let controls = context.study.comparison.controls.iter();
    std::iter::once(Kind::Trained).chain(controls.map(|&control| Kind::Control(control))).collect()
}

/// Where the features of an item are stored.
struct Place {
    /// Hash of all that decides the item.
    identity: String,
    /// The job whose identity is of all that decides what the file holds: it depends on whether fixed points were sought,
    /// and on how runs round; the item, its seeds and its distances do not.
    job: Job,
}

fn place_of(context: Context<'_>, network: &StudyNetwork<'_>, kind: Kind) -> Place {
    let task = &network.job.task.task;
    let version = format!("features {ANALYSIS_VERSION}");
    let identity = of_parts([version.as_str(), &network.record.job, kind.name(), &task.text()]);
    let path = context.folder.features(task.name(), &stored_name(&network.job.name(), kind));
    let is_with_fixed_points = context.study.comparison.aspects.contains(&Aspect::FixedPoints);
    let extent = if is_with_fixed_points { "with fixed points" } else { "without fixed points" };
    let stored_identity = of_parts([identity.as_str(), extent, "runs along trials", "offsets of endpoints"]);
    Place { job: Job::at("features", &stored_identity, path), identity }
}

fn item(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    place: usize,
    kind: Kind,
    trials: &Trials,
) -> Result<Item, ExecuteError> {
    let (network, _) = &of_task.networks[place];
    let task = &network.job.task.task;
    let name = network.job.name();
    let stored = stored_name(&name, kind);
    let Place { identity, job } = place_of(context, network, kind);
    let aspects = &context.study.comparison.aspects;
    let description = job.get_or(
        context,
        || description_file::read(job.path(), job.identity()),
        || {
            let network = &subject(network, kind, &identity);
            Ok(describe(Subject { network, task, trials, seed: seed_of(&identity) }, aspects))
        },
        |description| description_file::write(job.path(), job.identity(), description),
    )?;
    let Description { features, fixed_points, at_decision } = description;
    for aspect in aspects.iter().filter(|aspect| !features.contains_key(aspect)) {
        let text = format!("{stored} has no {} and is left out there", aspect.name());
        (context.listener)(Event::Warned { text: &text });
    }
    let class = network.job.task.classes.iter().position(|class| class.name == network.record.class);
    Ok(Item {
        network: name,
        place,
        kind,
        class: class.unwrap_or_default(),
        curve: network.file.network.activation.curve,
        identity,
        features,
        fixed_points,
        at_decision,
    })
}

/// The network that an item stands for.
fn subject(network: &StudyNetwork<'_>, kind: Kind, identity: &str) -> Network {
    let trained = &network.file.network;
    match kind {
        Kind::Trained => trained.clone(),
        Kind::Control(Control::Shuffled) => shuffled(trained, seed_of(identity)),
        // Every stored network of a study has its initial weights: `execute::load` takes no other.
        Kind::Control(Control::Untrained) => network.file.initial.clone().unwrap_or_else(|| trained.clone()),
    }
}
