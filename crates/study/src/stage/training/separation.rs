//! How far the activations lie apart in the course of training, so that "amplified through training" is a curve.

use crate::config::{Control, Study};
use crate::execute::{ExecuteError, StudyNetwork};
use crate::identity::{ANALYSIS_VERSION, of_aspect};
use crate::job::Job;
use crate::stage::{Context, Item, Kind, TaskResults, activation_label};
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::{Aspect, Observed, assemble, pairs, upper_pairs};
use circuitscope::analysis::fixed_point_configuration::rates_at_fixed_points;
use circuitscope::analysis::registration;
use circuitscope::analysis::statistics::{Bootstrap, Grouped, amplification};
use circuitscope::dynamics::run::{rates, states};
use circuitscope::network::Network;
use circuitscope::trials::Trials;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// The aspects that are followed: those measured by arithmetic. Registering units or fixed points at every checkpoint
/// would take as many times the longest stage of the study.
const FOLLOWED: [Aspect; 2] = [Aspect::Trajectories, Aspect::Endpoints];

/// Networks of three activations at one moment of their training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// Updates made; 0 before training, none for the networks that training ended with.
    pub iteration: Option<usize>,
    /// Number of networks.
    pub n_networks: usize,
    /// Mean silhouette of the activations.
    pub silhouette: Option<f64>,
    /// Leave-one-out accuracy of the activation by five neighbours.
    pub knn: Option<f64>,
    /// Distance between the activations' centroids over that before training, and its 95 % interval over networks.
    pub amplification: Option<f64>,
    /// See `amplification`.
    pub interval: Option<[f64; 2]>,
}

/// An aspect in the course of training.
#[derive(Clone, Debug)]
pub struct Separation {
    /// The aspect.
    pub aspect: Aspect,
    /// From before training to its end.
    pub moments: Vec<Moment>,
}

/// The aspects and moments of a task that are followed: before training, at each checkpoint, at the end.
pub(super) fn pieces(study: &Study, of_task: &TaskResults<'_>) -> Vec<(Aspect, Option<usize>)> {
    let Some(first) = of_task.followed().first().map(|network| network.job.checkpoints.clone()) else {
        return Vec::new();
    };
    let moments: Vec<Option<usize>> =
        std::iter::once(Some(0)).chain(first.into_iter().map(Some)).chain([None]).collect();
    let aspects = FOLLOWED.into_iter().filter(|aspect| study.comparison.aspects.contains(aspect));
    aspects.flat_map(|aspect| moments.iter().map(move |&iteration| (aspect, iteration))).collect()
}

/// The stored moment, or a new one.
pub(super) fn moment(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    aspect: Aspect,
    iteration: Option<usize>,
) -> Result<Moment, ExecuteError> {
    let networks = of_task.followed();
    let when = iteration.map_or("the end".to_owned(), |iteration| iteration.to_string());
    let resamples = context.study.comparison.resamples;
    // The draws of claim 6, whose curve this is.
    let seed = context.study.seed;
    // What distances depend on beside the networks.
    let searched = match aspect {
        Aspect::Selectivity => format!(" registration {}", registration::VERSION),
        Aspect::Trajectories => " by products".to_owned(),
        Aspect::Endpoints | Aspect::FixedPoints => String::new(),
    };
    let version = format!(
        "development {ANALYSIS_VERSION} paired, few neighbours {} {when} resamples={resamples} drawn from {seed}{searched}",
        of_aspect(aspect.name())
    );
    let task = &of_task.task.task;
    let task_text = task.text();
    let names = networks.iter().map(|network| network.job.identity.as_str());
    let parts = [version.as_str(), &task_text].into_iter().chain(names);
    let job = Job::new(
        context.folder,
        "development",
        &format!("{}/{}", task.name(), of_aspect(aspect.name())),
        parts,
    );
    job.get_or_compute(context, || {
        let bootstrap = Bootstrap { n_resamples: resamples, level: 0.95, seed };
        Ok(measured(of_task, &networks, aspect, iteration, bootstrap))
    })
}

fn measured(
    of_task: &TaskResults<'_>,
    networks: &[&StudyNetwork<'_>],
    aspect: Aspect,
    iteration: Option<usize>,
    bootstrap: Bootstrap,
) -> Moment {
    let trials = of_task.task.task.analysis_trials();
    let before = grouped(of_task, networks, aspect, Some(0), &trials);
    let now = grouped(of_task, networks, aspect, iteration, &trials);
    let ratio = now
        .as_ref()
        .zip(before.as_ref())
        .filter(|_| iteration != Some(0)) // a ratio to itself tells nothing
        .and_then(|(now, before)| amplification(now, before, bootstrap));
    Moment {
        iteration,
        n_networks: now.as_ref().map_or(0, Grouped::n_items),
        silhouette: now.as_ref().and_then(|now| now.silhouette().ok()),
        knn: now
            .as_ref()
            .and_then(|now| now.neighbours(now.n_neighbours().ok()?).ok())
            .map(|found| found.accuracy),
        amplification: ratio.map(|ratio| ratio.value),
        interval: ratio.map(|ratio| ratio.interval),
    }
}

/// Distances between all networks at a moment, grouped by activation; a network that has no such features is left out.
fn grouped(
    of_task: &TaskResults<'_>,
    networks: &[&StudyNetwork<'_>],
    aspect: Aspect,
    iteration: Option<usize>,
    trials: &Trials,
) -> Option<Grouped> {
    let found: Vec<(usize, Features)> = networks
        .par_iter()
        .with_max_len(1)
        .filter_map(|network| {
            let label = activation_label(network.file.network.activation.curve);
            Some((label, features(of_task, network, aspect, iteration, trials)?))
        })
        .collect();
    let (labels, features): (Vec<usize>, Vec<Features>) = found.into_iter().unzip();
    let all = upper_pairs(features.len());
    // Neither aspect draws random numbers: the seed decides nothing.
    let measured = pairs(aspect, &features, &all, 0).ok()?;
    let distances = assemble(features.len(), &all, &measured);
    Grouped::new(distances.distance.view(), &labels).ok()
}

fn features(
    of_task: &TaskResults<'_>,
    network: &StudyNetwork<'_>,
    aspect: Aspect,
    iteration: Option<usize>,
    trials: &Trials,
) -> Option<Features> {
    let of_kind = |kind: Kind| {
        let name = network.job.name();
        let item = of_task.items.iter().find(|item: &&Item| item.kind == kind && item.network == name)?;
        item.features.get(&aspect).cloned()
    };
    let network: &Network = match iteration {
        None => return of_kind(Kind::Trained),
        Some(0) => match of_kind(Kind::Control(Control::Untrained)) {
            Some(features) => return Some(features),
            None => network.file.initial.as_ref()?,
        },
        Some(iteration) => {
            &network.checkpoints.iter().find(|checkpoint| checkpoint.iteration == iteration)?.network
        }
    };
    let rates = rates(network, states(network, trials.inputs.view()).ok()?);
    aspect.features(Observed { rates: rates.view(), at_rest: &rates_at_fixed_points(network, &[]) }).ok()
}
