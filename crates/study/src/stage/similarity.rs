//! Distances between trajectories by every measure of similarity that a study asks for, in resumable blocks: between networks
//! without noise, and between noisy runs of them.

use super::{Context, Facet, Item, Kind, TaskResults};
use crate::config::Control;
use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::identity::{of_parts, seed_of};
use crate::job::Job;
use crate::spread::{spread, unless_missing};
use crate::store::StoreError;
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::{Aspect, between, upper_pairs};
use circuitscope::analysis::registration::Budget;
use circuitscope::analysis::similarity::dsa::{N_DELAYS, Search};
use circuitscope::analysis::similarity::{
    Prepared, Scale, SimilarityMeasure, distances as by_measures, prepare,
};
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
    /// How its distances become squares.
    pub scale: Scale,
    /// Trained networks, or the control.
    pub kind: Kind,
    /// The items, by their place in [`TaskResults::items`], in rising order.
    pub items: Vec<usize>,
    /// Distances `[K, K]`.
    pub distances: Array2<f64>,
    /// Distances between noisy runs `[2 K, 2 K]`, run r of item k at 2 k + r; NaN where none was measured. None for controls.
    pub runs: Option<Array2<f64>>,
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
    let work = groups.iter().map(Group::work).sum();
    (context.listener)(Event::Began { stage, n_pieces: groups.len(), n_done: 0, work });
    let search = Search::standard();
    // Group by group: what the measures need of all networks of a group is held at once.
    let mut is_missing = false;
    for group in groups {
        let of_task = &results[group.task];
        let measured = unless_missing(pairs(context, of_task, &group, &search))?;
        let of_runs = unless_missing(pairs_of_runs(context, of_task, &group, &search))?;
        let found =
            measured.zip(of_runs).map(|(measured, runs)| assembled(of_task, &group, &measured, &runs));
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
        let of_runs = [Runs::WithoutNoise, Runs::Noisy];
        let pieces = of_runs.map(|runs| pieces(context, &results[group.task], group, runs));
        pieces
            .iter()
            .flatten()
            .filter(|piece| !piece.job.is_stored())
            .map(|piece| piece.pairs.len())
            .sum::<usize>()
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
    /// Noisy runs, run r of the item at place k as 2 k + r; none of controls.
    pairs_of_runs: Vec<(usize, usize)>,
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
    let pairs = upper_pairs(items.len());
    let n_noisy = if kind == Kind::Trained { items.len() } else { 0 };
    Group { task, kind, pairs, pairs_of_runs: pairs_of_two_runs(n_noisy), items, measures, trials }
}

/// The two runs of each item, and one run of each with another run of every other item: either is taken as often, to within
/// one.
fn pairs_of_two_runs(n_items: usize) -> Vec<(usize, usize)> {
    let own = (0..n_items).map(|item| (2 * item, 2 * item + 1));
    let others = upper_pairs(n_items).into_iter().map(|(i, j)| {
        let first = (i + j) % 2;
        (2 * i + first, 2 * j + 1 - first)
    });
    own.chain(others).collect()
}

/// What of the networks is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Runs {
    WithoutNoise,
    /// Two runs of each with its recurrent noise.
    Noisy,
}

impl Group {
    fn pairs(&self, runs: Runs) -> &[(usize, usize)] {
        match runs {
            Runs::WithoutNoise => &self.pairs,
            Runs::Noisy => &self.pairs_of_runs,
        }
    }

    /// Networks to prepare and pairs to measure.
    fn work(&self) -> u64 {
        (self.items.len() + self.pairs.len() + self.pairs_of_runs.len()) as u64
    }

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

fn pieces<'a>(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    group: &'a Group,
    runs: Runs,
) -> Vec<Piece<'a>> {
    let identity = |place: usize| of_task.items[group.items[place]].identity.as_str();
    let task = &of_task.task.task;
    let (version, of, kind) = match runs {
        Runs::WithoutNoise => (group.version("similarity"), String::new(), group.kind.name()),
        Runs::Noisy => (group.version("noisy runs across networks"), task.text(), "noise"),
    };
    let folder = format!("{}/{kind}", task.name());
    let name = |place: usize| match runs {
        Runs::WithoutNoise => identity(place).to_owned(),
        Runs::Noisy => format!("{} {}", identity(place / 2), place % 2),
    };
    let piece = |pairs: &'a [(usize, usize)]| {
        let names: Vec<String> = pairs.iter().flat_map(|&(i, j)| [name(i), name(j)]).collect();
        let before = [version.as_str(), of.as_str()].into_iter().filter(|part| !part.is_empty());
        let parts = before.chain(names.iter().map(String::as_str));
        Piece { pairs, job: Job::new(context.folder, "similarity", &folder, parts) }
    };
    group.pairs(runs).chunks(BLOCK).map(piece).collect()
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
    let pieces = pieces(context, of_task, group, Runs::WithoutNoise);
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

/// A noisy run of a network, as the published distance and the other measures need it.
struct NoisyRun {
    features: Features,
    prepared: Prepared,
}

/// The distances of pairs of noisy runs: the published one, then a number a measure; none where a run has no trajectories.
fn pairs_of_runs(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    group: &Group,
    search: &Search,
) -> Result<Vec<Option<Vec<f64>>>, ExecuteError> {
    let stage = Stage::Similarity;
    let pieces = pieces(context, of_task, group, Runs::Noisy);
    let is_to_do = pieces.iter().any(|piece| piece.job.is_to_do::<Vec<Option<Vec<f64>>>>(context));
    let n_runs = if is_to_do { 2 * group.items.len() } else { 0 };
    let run = |run: usize| {
        context.go_on()?;
        Ok(noisy_run(of_task, group, run))
    };
    let of_each: Vec<Option<NoisyRun>> =
        (0..n_runs).into_par_iter().map(run).collect::<Result<_, ExecuteError>>()?;
    let distances = |&(i, j): &(usize, usize)| {
        let (one, other) = (of_each[i].as_ref()?, of_each[j].as_ref()?);
        let aspect = Aspect::Trajectories;
        let published = between(aspect, &one.features, &other.features, Budget::THOROUGH, 0).ok()?.distance;
        let rest = by_measures(&one.prepared, &other.prepared, &group.measures, search).ok()?;
        Some(std::iter::once(published).chain(rest).collect())
    };
    let measured: Vec<Vec<Option<Vec<f64>>>> = spread(context, &pieces, |Piece { pairs, job }, _| {
        let rows = job.get_or_compute(context, || Ok(pairs.iter().map(distances).collect()))?;
        (context.listener)(Event::Advanced { stage, work: pairs.len() as u64 });
        Ok(rows)
    })?;
    Ok(measured.into_iter().flatten().collect())
}

/// A run of an item with recurrent noise of its own; run r of the item at place k is 2 k + r.
fn noisy_run(of_task: &TaskResults<'_>, group: &Group, run: usize) -> Option<NoisyRun> {
    let item = &of_task.items[group.items[run / 2]];
    let network = of_task.network(item);
    let seed = seed_of(&of_parts(["noisy runs", &item.identity]));
    let sigma_rec = network.job.class.recipe.sigma_rec;
    let noise = Noise { sigma_inp: 0.0, sigma_rec, seed, block: run as u64 % 2 };
    let rates = noisy_rates(&network.file.network, group.trials.inputs.view(), &noise).ok()?;
    let features = trajectories(rates.view()).ok()?;
    let prepared = prepare(features.points.view(), group.trials.n_trials(), &group.measures).ok()?;
    Some(NoisyRun { features, prepared })
}

/// The matrices of a group: the published distance first, then measure by measure.
fn assembled(
    of_task: &TaskResults<'_>,
    group: &Group,
    measured: &[Vec<f64>],
    of_runs: &[Option<Vec<f64>>],
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
    let runs = |column: usize| {
        let mut matrix = Array2::from_elem((2 * n, 2 * n), f64::NAN);
        for (&(i, j), row) in group.pairs_of_runs.iter().zip(of_runs) {
            let distance = row.as_ref().map_or(f64::NAN, |row| row[column]);
            matrix[[i, j]] = distance;
            matrix[[j, i]] = distance;
        }
        (!group.pairs_of_runs.is_empty()).then_some(matrix)
    };
    let of = |measure, scale, distances, column| MeasuredDistances {
        measure,
        scale,
        kind: group.kind,
        items: group.items.clone(),
        distances,
        runs: runs(column),
    };
    // What is left of one set of points after the best map of another, a norm.
    let first = published.zip(rows).map(|(known, rows)| {
        of(PUBLISHED, Scale::Length, super::submatrix(&known.distances.distance, &rows), 0)
    });
    let others = group
        .measures
        .iter()
        .enumerate()
        .map(|(column, measure)| of(measure.name(), measure.scale(), matrix(column), column + 1));
    first.into_iter().chain(others).collect()
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
