//! Distances between trajectories by every measure of similarity that a study asks for, in resumable blocks; and between
//! noisy runs of one network.

use super::{Context, Facet, Item, Kind, TaskResults};
use crate::config::Control;
use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::identity::text_of_task;
use crate::job::Job;
use crate::spread::{spread, unless_missing};
use crate::store::StoreError;
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::{Aspect, between, upper_pairs};
use circuitscope::analysis::registration::Budget;
use circuitscope::analysis::similarity::dsa::{N_DELAYS, Search};
use circuitscope::analysis::similarity::{Prepared, SimilarityMeasure, distances as by_measures, prepare};
use circuitscope::analysis::trajectories::trajectories;
use circuitscope::dynamics::noise::{Noise, noisy_rates};
use circuitscope::trials::Trials;
use ndarray::Array2;
use rayon::prelude::*;

/// Version of what the measures compute.
const SIMILARITY_VERSION: u32 = 1;
/// Pairs in a block: a second of the slowest measure, so that an interruption loses little.
const BLOCK: usize = 64;
/// The published distance of trajectories, beside the names of [`SimilarityMeasure`].
pub(super) const PUBLISHED: &str = "published";

/// Distances between the networks, or the controls, of one task by one measure.
#[derive(Clone, Debug)]
pub struct MeasuredDistances {
    /// Name of the measure.
    pub measure: &'static str,
    /// Trained networks, or the control.
    pub kind: Kind,
    /// The items, by their place in [`TaskResults::items`], in rising order.
    pub items: Vec<usize>,
    /// Distances `[K, K]`.
    pub distances: Array2<f64>,
    /// Distances between two noisy runs of one network, one a network; empty for controls.
    pub realisations: Vec<f64>,
}

/// The kinds of items among which a measure is asked: those whose differences claims are about.
const KINDS: [Kind; 2] = [Kind::Trained, Kind::Control(Control::Untrained)];

/// Fills [`TaskResults::similarity`]; nothing where the study does not compare trajectories or asks for no measure.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn similarity(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let stage = Stage::Similarity;
    if !is_asked_for(context) {
        return Ok(());
    }
    let groups = groups(context, results);
    let work = groups.iter().map(|group| (group.items.len() + group.pairs.len()) as u64).sum();
    (context.listener)(Event::Began { stage, n_pieces: groups.len(), n_done: 0, work });
    let search = Search::standard();
    // Group by group: what the measures need of all networks of a group is held at once.
    let mut is_missing = false;
    for group in groups {
        let of_task = &results[group.task];
        let measured = unless_missing(pairs(context, of_task, &group, &search))?;
        let runs = unless_missing(realisations(context, of_task, &group, &search))?;
        let found = measured.zip(runs).map(|(measured, runs)| assembled(of_task, &group, &measured, &runs));
        is_missing |= found.is_none();
        results[group.task].similarity.extend(found.into_iter().flatten());
    }
    if is_missing {
        return Err(ExecuteError::Missing);
    }
    (context.listener)(Event::Ended { stage });
    Ok(())
}

fn is_asked_for(context: Context<'_>) -> bool {
    let settings = &context.study.comparison;
    !settings.measures.is_empty() && settings.aspects.contains(&Aspect::Trajectories)
}

fn groups(context: Context<'_>, results: &[TaskResults<'_>]) -> Vec<Group> {
    let pieces = (0..results.len()).flat_map(|task| KINDS.map(|kind| (task, kind)));
    pieces.map(|(task, kind)| group(context, results, task, kind)).collect()
}

/// Pairs whose distances by other measures are not stored.
pub(super) fn n_left(context: Context<'_>, results: &[TaskResults<'_>]) -> usize {
    if !is_asked_for(context) {
        return 0;
    }
    let of_group = |group: &Group| {
        let pieces = pieces(context, &results[group.task], group);
        pieces.iter().filter(|piece| !piece.job.is_stored()).map(|piece| piece.pairs.len()).sum::<usize>()
    };
    groups(context, results).iter().map(of_group).sum()
}

/// The items of one task and kind.
struct Group {
    task: usize,
    kind: Kind,
    /// Places in [`TaskResults::items`].
    items: Vec<usize>,
    /// Places in `items`.
    pairs: Vec<(usize, usize)>,
    measures: Vec<SimilarityMeasure>,
    trials: Trials,
}

fn group(context: Context<'_>, results: &[TaskResults<'_>], task: usize, kind: Kind) -> Group {
    let of_task = &results[task];
    let is_in = |item: &Item| item.kind == kind && item.features.contains_key(&Aspect::Trajectories);
    let items: Vec<usize> = (0..of_task.items.len()).filter(|&place| is_in(&of_task.items[place])).collect();
    let trials = of_task.task.task.analysis_trials();
    let is_long = trials.n_steps() > N_DELAYS;
    let asked = &context.study.comparison.measures;
    let is_fit = |measure: &&SimilarityMeasure| is_long || !measure.is_dynamical();
    let measures: Vec<SimilarityMeasure> = asked.iter().filter(is_fit).copied().collect();
    if measures.len() < asked.len() {
        let name = of_task.task.task.name();
        let text =
            format!("trials of {name} are too short for dynamical similarity, which is left out there");
        (context.listener)(Event::Warned { text: &text });
    }
    Group { task, kind, pairs: upper_pairs(items.len()), items, measures, trials }
}

impl Group {
    /// What decides the numbers of this group besides its networks.
    fn version(&self, what: &str) -> String {
        let names: Vec<&str> = self.measures.iter().map(|measure| measure.name()).collect();
        format!("{what} {SIMILARITY_VERSION} {}", names.join(" "))
    }
}

/// Pairs that are measured and stored together.
struct Piece<'a> {
    pairs: &'a [(usize, usize)],
    job: Job,
}

fn pieces<'a>(context: Context<'_>, of_task: &TaskResults<'_>, group: &'a Group) -> Vec<Piece<'a>> {
    let name = |place: usize| of_task.items[group.items[place]].identity.as_str();
    let version = group.version("similarity");
    let folder = format!("{}/{}", of_task.task.task.name(), group.kind.name());
    let piece = |pairs: &'a [(usize, usize)]| {
        let names = pairs.iter().flat_map(|&(i, j)| [name(i), name(j)]);
        Piece {
            pairs,
            job: Job::new(
                context.folder,
                "similarity",
                &folder,
                std::iter::once(version.as_str()).chain(names),
            ),
        }
    };
    group.pairs.chunks(BLOCK).map(piece).collect()
}

/// What the measures need of every network of a group.
fn prepared(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    group: &Group,
) -> Result<Vec<Prepared>, ExecuteError> {
    let prepare = |&place: &usize| {
        context.go_on()?;
        let features = &of_task.items[place].features[&Aspect::Trajectories];
        let prepared = prepare(features.points.view(), group.trials.n_trials(), &group.measures);
        prepared.map_err(|error| unmeasured(context, of_task, place, &error))
    };
    group.items.par_iter().map(prepare).collect()
}

/// The distances of every pair, a number a measure; the networks are prepared only where a block is missing.
fn pairs(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    group: &Group,
    search: &Search,
) -> Result<Vec<Vec<f64>>, ExecuteError> {
    let stage = Stage::Similarity;
    let pieces = pieces(context, of_task, group);
    let is_to_do = pieces.iter().any(|piece| piece.job.is_to_do::<Vec<Vec<f64>>>(context));
    let prepared = if is_to_do { prepared(context, of_task, group)? } else { Vec::new() };
    (context.listener)(Event::Advanced { stage, work: group.items.len() as u64 });
    let distance = |&(i, j): &(usize, usize)| {
        by_measures(&prepared[i], &prepared[j], &group.measures, search)
            .map_err(|error| unmeasured(context, of_task, group.items[i], &error))
    };
    let measured: Vec<Vec<Vec<f64>>> = spread(context, &pieces, |Piece { pairs, job }, _| {
        let rows = job.get_or_compute(context, || pairs.iter().map(distance).collect())?;
        (context.listener)(Event::Advanced { stage, work: pairs.len() as u64 });
        Ok(rows)
    })?;
    Ok(measured.into_iter().flatten().collect())
}

/// The distance of two runs of each trained network that differ in recurrent noise alone: the published one, then a number a
/// measure. A network whose noisy runs have no trajectories is left out.
fn realisations(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    group: &Group,
    search: &Search,
) -> Result<Vec<Vec<f64>>, ExecuteError> {
    if group.kind != Kind::Trained {
        return Ok(Vec::new());
    }
    let found: Vec<Option<Vec<f64>>> = spread(context, &group.items, |&place, _| {
        let item = &of_task.items[place];
        let task = &of_task.task.task;
        let version = group.version("noisy runs");
        let parts = [version.as_str(), item.identity.as_str(), &text_of_task(task)];
        let job = Job::new(context.folder, "similarity", &format!("{}/noise", task.name()), parts);
        job.get_or_compute(context, || Ok(noisy_runs(of_task, item, group, search, job.seed())))
    })?;
    Ok(found.into_iter().flatten().collect())
}

fn noisy_runs(
    of_task: &TaskResults<'_>,
    item: &Item,
    group: &Group,
    search: &Search,
    seed: u64,
) -> Option<Vec<f64>> {
    let network = of_task.network(item);
    let sigma_rec = network.job.class.recipe.sigma_rec;
    let features = |block: u64| -> Option<Features> {
        let noise = Noise { sigma_inp: 0.0, sigma_rec, seed, block };
        let rates = noisy_rates(&network.file.network, group.trials.inputs.view(), &noise).ok()?;
        trajectories(rates.view()).ok()
    };
    let (one, other) = (features(0)?, features(1)?);
    let published = between(Aspect::Trajectories, &one, &other, Budget::THOROUGH, 0).ok()?.distance;
    let prepare =
        |features: &Features| prepare(features.points.view(), group.trials.n_trials(), &group.measures).ok();
    let rest = by_measures(&prepare(&one)?, &prepare(&other)?, &group.measures, search).ok()?;
    Some(std::iter::once(published).chain(rest).collect())
}

/// The matrices of a group: the published distance first, then measure by measure.
fn assembled(
    of_task: &TaskResults<'_>,
    group: &Group,
    measured: &[Vec<f64>],
    runs: &[Vec<f64>],
) -> Vec<MeasuredDistances> {
    let n = group.items.len();
    let published =
        of_task.distances.iter().find(|distances| distances.aspect == Facet::Aspect(Aspect::Trajectories));
    let matrix = |column: usize| {
        let mut matrix = Array2::zeros((n, n));
        for (&(i, j), row) in group.pairs.iter().zip(measured) {
            matrix[[i, j]] = row[column];
            matrix[[j, i]] = row[column];
        }
        matrix
    };
    let place = |item: &usize| published.and_then(|known| known.items.iter().position(|other| other == item));
    let rows: Option<Vec<usize>> = group.items.iter().map(place).collect();
    let first = published
        .zip(rows)
        .map(|(known, rows)| (PUBLISHED, super::submatrix(&known.distances.distance, &rows)));
    let others = group.measures.iter().enumerate().map(|(column, measure)| (measure.name(), matrix(column)));
    let column_of = |name: &str| {
        group.measures.iter().position(|measure| measure.name() == name).map_or(0, |column| column + 1)
    };
    first
        .into_iter()
        .chain(others)
        .map(|(measure, distances)| MeasuredDistances {
            measure,
            kind: group.kind,
            items: group.items.clone(),
            distances,
            realisations: runs.iter().map(|row| row[column_of(measure)]).collect(),
        })
        .collect()
}

/// Features that passed the checks of their own stage can be measured: there is no other reason to fail than the file.
fn unmeasured(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    place: usize,
    reason: &dyn std::fmt::Display,
) -> ExecuteError {
    let path = context.folder.features(of_task.task.task.name(), &of_task.items[place].stored_name());
    StoreError::damaged(&path, reason).into()
}
