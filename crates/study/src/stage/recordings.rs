//! The recordings of a study ranked beside its networks, and where they lie in the maps of these.

use super::{Context, Facet, TaskResults};
use crate::ensemble::ensembles;
use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::job::Job;
use crate::one_network::{OneNetworkError, RankReport, Ranked, ranked, ranking_work};
use crate::recordings::{Held, all_held};
use crate::spread::spread;
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::Aspect;
use circuitscope::ranking::{Effort, Measure, Observed, Placed, placed};
use miette::Diagnostic;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

/// Version of what ranking computes.
const RANKING_VERSION: u32 = 2;

/// The measures that are the distance of an aspect, whose maps have a place for a recording.
const MAPPED: [(Measure, Aspect); 2] =
    [(Measure::Trajectories, Aspect::Trajectories), (Measure::Endpoints, Aspect::Endpoints)];

/// A recording ranked beside the networks of its task.
#[derive(Clone, Debug)]
pub struct RankedRecording {
    /// Its name in the study.
    pub name: String,
    /// What was found.
    pub found: FoundRecording,
    /// Its place in the map of the trained networks alone, aspect by aspect; none where it has no place.
    pub places: Vec<(Aspect, Placed)>,
}

/// What is found of a recording, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundRecording {
    /// Ranking and verdict.
    pub report: RankReport,
    /// The task's conditions that it has, by their place among the analysis trials `[C]`.
    pub conditions: Vec<usize>,
    /// The middle of each bin, in steps of the task `[G]`.
    pub steps: Vec<f64>,
    /// Its own trajectories: conditions within bins `[G · C, 3]`.
    pub trajectories: OwnComponents,
    /// Its neurons `[M, 3]`.
    pub selectivity: OwnComponents,
    /// The networks `[K]`.
    networks: Vec<String>,
    /// Distances of the recording and of these, where they are observed as it was.
    observed: Vec<ObservedDistances>,
}

/// Points by their first three principal components.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnComponents {
    /// The points.
    pub points: Vec<[f64; 3]>,
    /// Share of the total variance on each component.
    pub explained: [f64; 3],
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ObservedDistances {
    measure: Measure,
    /// To each network `[K]`.
    recorded: Vec<f64>,
    /// Of the pairs of networks, the upper triangle row by row.
    between: Vec<f64>,
}

/// Fills [`TaskResults::recordings`], in the order of the study file.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn recordings(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    if context.study.recordings.is_empty() {
        return Ok(());
    }
    let stage = Stage::Ranking;
    let held = all_held(context.study, context.folder)?;
    let work = ranking_work(Effort::default());
    let n_pieces = held.len();
    (context.listener)(Event::Began { stage, n_pieces, n_done: 0, work: work * n_pieces as u64 });
    let shared: &[TaskResults<'_>] = results;
    let found = spread(context, &held, |held, _| {
        let place = shared.iter().position(|of_task| of_task.task.task.name() == held.task.name());
        let Some(place) = place else { return Err(ExecuteError::Missing) };
        let job = job(context, &shared[place], held);
        let is_stored = job.stored::<FoundRecording>().is_some();
        let found = job.get_or_compute(context, || computed(context, &shared[place], held))?;
        if is_stored {
            (context.listener)(Event::Advanced { stage, work });
        }
        let places = places(&shared[place], &found);
        Ok((place, RankedRecording { name: held.name.clone(), found, places }))
    })?;
    (context.listener)(Event::Ended { stage });
    for (place, recording) in found {
        results[place].recordings.push(recording);
    }
    Ok(())
}

fn job(context: Context<'_>, of_task: &TaskResults<'_>, held: &Held) -> Job {
    let version = format!("ranking {RANKING_VERSION} {:?} seed {}", Effort::default(), context.study.seed);
    let selected = of_task.networks.iter().filter(|(network, _)| of_task.is_selected(&network.job.name()));
    let networks: Vec<String> =
        selected.map(|(network, _)| format!("{} {}", network.record.class, network.job.identity)).collect();
    let task = held.task.text();
    let parts = [version.as_str(), &held.name, &held.identity, &task];
    let parts = parts.into_iter().chain(networks.iter().map(String::as_str));
    Job::new(context.folder, "recordings", held.task.name(), parts)
}

fn computed(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    held: &Held,
) -> Result<FoundRecording, ExecuteError> {
    let described = &held.described;
    let ensembles = ensembles(of_task.task, &of_task.networks);
    let on_work = |work| (context.listener)(Event::Advanced { stage: Stage::Ranking, work });
    let starts = &described.description.starts;
    let amount = (Effort::default(), context.study.seed);
    let ranked =
        ranked(&described.recording, &held.task, &ensembles, starts, amount, &on_work, context.listener);
    let Ranked { mut report, ranking, conditions } = ranked.map_err(|error| refused(held, &error))?;
    report.recording.name.clone_from(&held.name);
    let own = |features: &Features| OwnComponents {
        points: features.points.outer_iter().map(|point| [0, 1, 2].map(|axis| point[axis])).collect(),
        explained: [0, 1, 2].map(|axis| features.explained[axis]),
    };
    let is_mapped = |observed: &&Observed| MAPPED.iter().any(|(measure, _)| *measure == observed.measure);
    let distances = |observed: &Observed| ObservedDistances {
        measure: observed.measure,
        recorded: observed.recorded.clone(),
        between: pairs(observed.recorded.len()).map(|pair| observed.between[pair]).collect(),
    };
    Ok(FoundRecording {
        report,
        conditions,
        steps: ranking.components.steps.clone(),
        trajectories: own(&ranking.components.trajectories),
        selectivity: own(&ranking.components.selectivity),
        networks: ranking.networks.concat(),
        observed: ranking.observed.iter().filter(is_mapped).map(distances).collect(),
    })
}

fn refused(held: &Held, error: &OneNetworkError) -> ExecuteError {
    let remedy = error.help().map(|help| help.to_string()).unwrap_or_default();
    ExecuteError::Recording { name: held.name.clone(), reason: error.to_string(), remedy }
}

/// Pairs of items, row by row above the diagonal.
fn pairs(n: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..n).flat_map(move |i| (i + 1..n).map(move |j| [i, j]))
}

/// Where a recording lies in the maps of the trained networks.
fn places(of_task: &TaskResults<'_>, found: &FoundRecording) -> Vec<(Aspect, Placed)> {
    let place = |&(measure, aspect): &(Measure, Aspect)| {
        let observed = found.observed.iter().find(|observed| observed.measure == measure)?;
        let is_own = |facet: Facet| facet.aspect() == Some(aspect);
        let map = of_task.compared.iter().find(|map| is_own(map.aspect) && map.control.is_none())?;
        let distances = of_task.distances.iter().find(|distances| is_own(distances.aspect))?;
        // The networks of the map that could be observed: places in the map, among the distances and among the observed.
        let shared: Vec<[usize; 3]> = (0..map.items.len())
            .filter_map(|row| {
                let item = map.items[row];
                let name = &of_task.items[item].network;
                let measured = distances.items.iter().position(|&other| other == item)?;
                Some([row, measured, found.networks.iter().position(|known| known == name)?])
            })
            .collect();
        let k = found.networks.len();
        let mut between = Array2::zeros((k, k));
        for (pair, &distance) in pairs(k).zip(&observed.between) {
            between[pair] = distance;
            between[[pair[1], pair[0]]] = distance;
        }
        let n = shared.len();
        let points = Array2::from_shape_fn((n, 2), |(i, axis)| map.comparison.points[shared[i][0]][axis]);
        let plain = Array2::from_shape_fn((n, n), |(i, j)| {
            distances.distances.distance[[shared[i][1], shared[j][1]]]
        });
        let observed = Observed {
            measure,
            recorded: shared.iter().map(|known| observed.recorded[known[2]]).collect(),
            between: Array2::from_shape_fn((n, n), |(i, j)| between[[shared[i][2], shared[j][2]]]),
        };
        Some((aspect, placed(&points, &plain, &observed)?))
    };
    MAPPED.iter().filter_map(place).collect()
}
