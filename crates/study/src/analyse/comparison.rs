//! Embeddings and statistics of every aspect, on the distances themselves and on their maps in the plane.

use super::{AspectDistances, Context, Facet, Item, Kind, TaskResults};
use crate::config::Control;
use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::identity::{ANALYSIS_VERSION, of_parts, seed_of};
use crate::store::{StoreError, write_whole};
use circuitscope::Curve;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::embedding::{self, Budget};
use circuitscope::analysis::statistics::{Bootstrap, Grouped, K_NEIGHBOURS, Statistic};
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What a statistic is computed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Space {
    /// The distances themselves.
    Distances,
    /// Distances in the two-dimensional embedding.
    Embedding,
}

/// Which items a statistic is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Items {
    /// Trained networks.
    Trained,
    /// The better half of the trained networks of each class by R², the middle one included.
    BetterHalf,
    /// The others.
    WorseHalf,
    /// Controls.
    Control,
    /// Both.
    Both,
}

/// The groups a statistic tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Groups {
    /// tanh against the rest.
    TanhRest,
    /// `ReLU` against sigmoid.
    ReluSigmoid,
    /// The three activations.
    Activation,
    /// Every class of the study.
    Class,
    /// Trained networks against controls.
    TrainedControl,
}

/// A statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatisticName {
    /// Mean silhouette.
    Silhouette,
    /// Leave-one-out accuracy of the five nearest neighbours.
    Knn,
    /// Pseudo-F of PERMANOVA.
    Permanova,
}

/// A statistic with all that is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// What it is computed on.
    pub space: Space,
    /// Which items it is over.
    pub items: Items,
    /// The groups it tells apart.
    pub groups: Groups,
    /// Which statistic.
    pub statistic: StatisticName,
    /// Its value; `None` where it is not defined (a single group, groups of one, for neighbours groups of fewer than four).
    pub value: Option<f64>,
    /// 95 % bootstrap interval over networks; `None` with fewer than three networks in a group.
    pub interval: Option<[f64; 2]>,
    /// Permutation p.
    pub p: Option<f64>,
    /// Number of items.
    pub n_items: usize,
    /// Number of groups.
    pub n_groups: usize,
}

/// An aspect's embedding and statistics under one control, or of the trained networks alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Hash of all that decides the result.
    pub identity: String,
    /// Place of every item in the plane.
    pub points: Vec<[f64; 2]>,
    /// Sum over pairs of (distance in the plane − distance)².
    pub stress: f64,
    /// Stress over the sum of squared distances.
    pub relative_stress: Option<f64>,
    /// Statistics, in a fixed order.
    pub statistics: Vec<Value>,
}

/// [`Comparison`] and what it is of.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The aspect, or circuits.
    pub aspect: Facet,
    /// The control beside the trained networks, if any.
    pub control: Option<Control>,
    /// The items, by their place in [`TaskResults::items`].
    pub items: Vec<usize>,
    /// Embedding and statistics.
    pub comparison: Comparison,
}

/// Fills [`TaskResults::compared`]: for every aspect the trained networks alone, then with each control; circuits alone.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn compare(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let stage = Stage::Comparison;
    let controls: Vec<Option<Control>> =
        std::iter::once(None).chain(context.study.comparison.controls.iter().copied().map(Some)).collect();
    let mut pieces: Vec<(usize, usize, Option<Control>)> = Vec::new();
    for (task, of_task) in results.iter().enumerate() {
        for (aspect, distances) in of_task.distances.iter().enumerate() {
            let controls = controls.iter().filter(|control| distances.aspect.is_under(**control));
            pieces.extend(controls.map(|&control| (task, aspect, control)));
        }
    }
    let n_pieces = pieces.len();
    (context.listener)(Event::Began { stage, n_pieces, n_done: 0, work: n_pieces as u64 });
    let shared: &[TaskResults<'_>] = results;
    let compared: Vec<(usize, Result<Compared, ExecuteError>)> = pieces
        .into_par_iter()
        .with_max_len(1)
        .map(|(task, aspect, control)| {
            let compared = context.go_on().and_then(|()| piece(context, &shared[task], aspect, control));
            (context.listener)(Event::Advanced { stage, work: 1 });
            (task, compared)
        })
        .collect();
    for (task, compared) in compared {
        results[task].compared.push(compared?);
    }
    (context.listener)(Event::Ended { stage });
    Ok(())
}

fn piece(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    aspect: usize,
    control: Option<Control>,
) -> Result<Compared, ExecuteError> {
    let distances: &AspectDistances = &of_task.distances[aspect];
    let kinds = [Some(Kind::Trained), control.map(Kind::Control)];
    let rows: Vec<usize> = (0..distances.items.len())
        .filter(|&row| kinds.contains(&Some(of_task.items[distances.items[row]].kind)))
        .collect();
    let places: Vec<usize> = rows.iter().map(|&row| distances.items[row]).collect();
    let items: Vec<&Item> = places.iter().map(|&place| &of_task.items[place]).collect();

    let settings = &context.study.comparison;
    // What distances depend on beside the items.
    let searched = match distances.aspect {
        Facet::Aspect(Aspect::Selectivity) => format!(" chains={}", settings.registration.n_agreeing),
        Facet::Aspect(_) | Facet::Circuits => String::new(),
    };
    let version = format!(
        "comparison {ANALYSIS_VERSION} with halves and votes of four {} {} starts={} permutations={} resamples={}{searched}",
        distances.aspect.name(),
        control.map_or("none", Control::name),
        settings.mds_starts,
        settings.permutations,
        settings.resamples
    );
    let facet = distances.aspect;
    let name = |item: &&Item| format!("{} {}", facet.identity(of_task, item), item.class);
    let classes: Vec<String> = items.iter().map(name).collect();
    let identity = of_parts(std::iter::once(version.as_str()).chain(classes.iter().map(String::as_str)));
    let task = of_task.task.task.name();
    let path =
        context.folder.work(&format!("comparisons/{task}/{}", distances.aspect.name()), &identity[..16]);
    let stored =
        std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice::<Comparison>(&bytes).ok());
    let comparison = match stored {
        Some(comparison) if comparison.identity == identity && comparison.points.len() == items.len() => {
            comparison
        }
        _ => {
            let matrix = submatrix(&distances.distances.distance, &rows);
            let budget = Budget { n_starts: settings.mds_starts, ..Budget::PUBLISHED };
            let work = Work { permutations: settings.permutations, resamples: settings.resamples };
            let comparison =
                comparison(&matrix, &items, &is_better(of_task, &items), control, budget, work, identity)
                    .map_err(|error| StoreError::damaged(&path, &error))?;
            let bytes =
                serde_json::to_vec(&comparison).map_err(|error| StoreError::damaged(&path, &error))?;
            write_whole(&path, &bytes)?;
            comparison
        }
    };
    Ok(Compared { aspect: distances.aspect, control, items: places, comparison })
}

/// How often labels are permuted and networks resampled.
#[derive(Clone, Copy)]
struct Work {
    permutations: usize,
    resamples: usize,
}

fn comparison(
    distances: &Array2<f64>,
    items: &[&Item],
    is_better: &[bool],
    control: Option<Control>,
    budget: Budget,
    work: Work,
    identity: String,
) -> Result<Comparison, embedding::EmbeddingError> {
    let seed = seed_of(&identity);
    let map = embedding::metric(distances.view(), budget, seed)?;
    let of_map = embedding::distances(map.points.view());
    let mut statistics = Vec::new();
    let kind = control.map(Kind::Control);
    let mut add = |space, over: Items, asked: &[(StatisticName, Groups)]| {
        let matrix = match space {
            Space::Distances => distances,
            Space::Embedding => &of_map,
        };
        for &(statistic, groups) in asked {
            let labels: Vec<Option<usize>> = items
                .iter()
                .zip(is_better)
                .map(|(item, is_better)| label(item, *is_better, groups, over))
                .collect();
            statistics.push(value(matrix, &labels, space, over, groups, statistic, work, seed));
        }
    };
    // On the distances, trained networks alone do not depend on the control and are told once.
    if kind.is_none() {
        add(Space::Distances, Items::Trained, &WITHIN);
        add(Space::Distances, Items::BetterHalf, &OF_HALVES);
        add(Space::Distances, Items::WorseHalf, &OF_HALVES);
    } else {
        add(Space::Distances, Items::Both, &ACROSS);
        add(Space::Distances, Items::Control, &OF_CONTROLS);
    }
    add(Space::Embedding, Items::Trained, &WITHIN);
    if kind.is_some() {
        add(Space::Embedding, Items::Both, &ACROSS);
        add(Space::Embedding, Items::Control, &OF_CONTROLS);
    }
    Ok(Comparison {
        identity,
        points: map.points.outer_iter().map(|point| [point[0], point[1]]).collect(),
        stress: map.stress,
        relative_stress: map.relative_stress,
        statistics,
    })
}

/// Statistics over trained networks (science §5).
const WITHIN: [(StatisticName, Groups); 8] = [
    (StatisticName::Silhouette, Groups::TanhRest),
    (StatisticName::Silhouette, Groups::ReluSigmoid),
    (StatisticName::Silhouette, Groups::Activation),
    (StatisticName::Silhouette, Groups::Class),
    (StatisticName::Knn, Groups::Activation),
    (StatisticName::Knn, Groups::Class),
    (StatisticName::Permanova, Groups::Activation),
    (StatisticName::Permanova, Groups::Class),
];

/// Statistics over half of the trained networks: does what tells activations apart come with good performance?
const OF_HALVES: [(StatisticName, Groups); 3] = [
    (StatisticName::Silhouette, Groups::TanhRest),
    (StatisticName::Silhouette, Groups::Activation),
    (StatisticName::Knn, Groups::Activation),
];

/// Whether each item is of the better half of its class by R²: as many as, or one more than, the others.
fn is_better(of_task: &TaskResults<'_>, items: &[&Item]) -> Vec<bool> {
    let r2 = |item: &Item| {
        let network = of_task.networks.iter().find(|(network, _)| network.job.name() == item.network);
        network.and_then(|(network, _)| network.record.r2).unwrap_or(f64::NEG_INFINITY)
    };
    let trained =
        |class: usize| items.iter().filter(move |other| other.kind == Kind::Trained && other.class == class);
    let is_better = |item: &&Item| {
        let own = r2(item);
        let n_above = trained(item.class).filter(|other| r2(other) > own).count();
        2 * n_above < trained(item.class).count()
    };
    items.iter().map(is_better).collect()
}

/// Statistics over trained networks and controls together.
const ACROSS: [(StatisticName, Groups); 2] =
    [(StatisticName::Silhouette, Groups::TrainedControl), (StatisticName::Permanova, Groups::TrainedControl)];

/// Statistics over controls: are the differences there without training, or without structure?
const OF_CONTROLS: [(StatisticName, Groups); 4] = [
    (StatisticName::Silhouette, Groups::TanhRest),
    (StatisticName::Silhouette, Groups::Activation),
    (StatisticName::Knn, Groups::Activation),
    (StatisticName::Permanova, Groups::Activation),
];

/// The group of an item; `None` leaves it out.
fn label(item: &Item, is_better: bool, groups: Groups, over: Items) -> Option<usize> {
    let is_trained = item.kind == Kind::Trained;
    let is_in = match over {
        Items::Trained => is_trained,
        Items::BetterHalf => is_trained && is_better,
        Items::WorseHalf => is_trained && !is_better,
        Items::Control => !is_trained,
        Items::Both => true,
    };
    if !is_in {
        return None;
    }
    match groups {
        Groups::TanhRest => Some(usize::from(item.curve != Curve::Tanh)),
        Groups::ReluSigmoid => match item.curve {
            Curve::Relu => Some(0),
            Curve::Sigmoid => Some(1),
            Curve::Tanh => None,
        },
        Groups::Activation => Some(activation_label(item.curve)),
        Groups::Class => Some(item.class),
        Groups::TrainedControl => Some(usize::from(!is_trained)),
    }
}

/// The three classes of activation, as labels.
pub(crate) fn activation_label(curve: Curve) -> usize {
    match curve {
        Curve::Relu => 0,
        Curve::Sigmoid => 1,
        Curve::Tanh => 2,
    }
}

/// Fewest items of a group that neighbours can find: its others must be able to win the vote. Of smaller groups the size alone
/// says how it ends: with three of each, groups far apart are found less often than groups that overlap.
const FEWEST_FOUND: usize = K_NEIGHBOURS / 2 + 2;

#[allow(clippy::too_many_arguments, reason = "one statistic is named by all of these")]
fn value(
    matrix: &Array2<f64>,
    labels: &[Option<usize>],
    space: Space,
    items: Items,
    groups: Groups,
    statistic: StatisticName,
    work: Work,
    seed: u64,
) -> Value {
    let mut value = Value {
        space,
        items,
        groups,
        statistic,
        value: None,
        interval: None,
        p: None,
        n_items: labels.iter().flatten().count(),
        n_groups: 0,
    };
    let Ok(grouped) = Grouped::labelled(matrix.view(), labels) else { return value };
    value.n_groups = grouped.n_classes();
    let resampled = match statistic {
        StatisticName::Silhouette => {
            value.value = grouped.silhouette();
            Statistic::Silhouette
        }
        StatisticName::Knn => {
            if grouped.smallest_class() < FEWEST_FOUND {
                return value;
            }
            value.value = grouped.neighbours(K_NEIGHBOURS).map(|found| found.accuracy);
            Statistic::NeighbourAccuracy(K_NEIGHBOURS)
        }
        StatisticName::Permanova => {
            let test = grouped.permanova(work.permutations, seed);
            value.value = test.map(|test| test.pseudo_f);
            value.p = test.map(|test| test.p);
            Statistic::PseudoF
        }
    };
    let bootstrap = Bootstrap { n_resamples: work.resamples, level: 0.95, seed };
    value.interval = grouped.interval(resampled, bootstrap).map(|interval| [interval.low, interval.high]);
    // Groups without any spread have an infinite pseudo-F, which JSON cannot hold: it is not defined.
    value.value = value.value.filter(|value| value.is_finite());
    value.interval = value.interval.filter(|[low, high]| low.is_finite() && high.is_finite());
    value
}

/// The matrix of an aspect's items of the kinds given, for tables and figures.
pub(crate) fn submatrix(distances: &Array2<f64>, rows: &[usize]) -> Array2<f64> {
    distances.select(Axis(0), rows).select(Axis(1), rows)
}

#[cfg(test)]
mod tests;
