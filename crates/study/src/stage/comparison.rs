//! Embeddings and statistics of every aspect, on the distances themselves and on their maps in the plane.

mod statistic;

pub(crate) use statistic::activation_label;
pub use statistic::{Groups, Items, Space, Spread, StatisticName, Value};

use super::{AspectDistances, Context, Facet, Item, Kind, TaskResults};
use crate::config::Control;
use crate::event::Stage;
use crate::execute::ExecuteError;
use crate::identity::{ANALYSIS_VERSION, of_aspect, of_parts, seed_of};
use crate::job::Job;
use crate::spread::side_by_side;
use crate::store::StoreError;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::embedding::{self, Budget};
use circuitscope::analysis::registration;
use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};
use statistic::{Work, label, value};

/// An aspect's embedding and statistics under one control, or of the trained networks alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
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
    let controls: Vec<Option<Control>> =
        std::iter::once(None).chain(context.study.comparison.controls.iter().copied().map(Some)).collect();
    let mut pieces: Vec<(usize, usize, Option<Control>)> = Vec::new();
    for (task, of_task) in results.iter().enumerate() {
        for (aspect, distances) in of_task.distances.iter().enumerate() {
            let controls = controls.iter().filter(|control| distances.aspect.is_under(**control));
            pieces.extend(controls.map(|&control| (task, aspect, control)));
        }
    }
    let shared: &[TaskResults<'_>] = results;
    let compared = side_by_side(
        context,
        Stage::Comparison,
        &pieces,
        |_| 1,
        |&(task, aspect, control)| Ok((task, piece(context, &shared[task], aspect, control)?)),
    )?;
    for (task, compared) in compared {
        results[task].compared.push(compared);
    }
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
        Facet::Aspect(Aspect::Selectivity) => {
            format!(" registration {} chains={}", registration::VERSION, settings.registration.n_agreeing)
        }
        Facet::Aspect(_) | Facet::Circuits => String::new(),
    };
    let version = format!(
        "comparison {ANALYSIS_VERSION} with halves, few neighbours and spreads {} {} starts={} permutations={} resamples={}{searched}",
        of_aspect(distances.aspect.name()),
        control.map_or("none", Control::name),
        settings.mds_starts,
        settings.permutations,
        settings.resamples
    );
    let facet = distances.aspect;
    let name = |item: &&Item| format!("{} {}", facet.identity(of_task, item), item.class);
    let classes: Vec<String> = items.iter().map(name).collect();
    let of_map = of_parts(std::iter::once(version.as_str()).chain(classes.iter().map(String::as_str)));
    // One quantity has one p and one interval: statistics are drawn as those of the claims are.
    let seed = context.study.seed;
    // What moves the last digits of distances alone renews the result, and moves no seed.
    let measured = if facet == Facet::Aspect(Aspect::Trajectories) { " by products" } else { "" };
    let drawn = format!("drawn from {seed}{measured}");
    let place = format!("{}/{}", of_task.task.task.name(), of_aspect(distances.aspect.name()));
    let job = Job::new(context.folder, "comparisons", &place, [of_map.as_str(), &drawn]);
    let comparison = job.get_or_compute(context, || {
        let matrix = submatrix(&distances.distances.distance, &rows);
        let budget = Budget { n_starts: settings.mds_starts, ..Budget::PUBLISHED };
        let map = embedding::metric(matrix.view(), budget, seed_of(&of_map))
            .map_err(|error| StoreError::damaged(job.path(), &error))?;
        let work = Work { permutations: settings.permutations, resamples: settings.resamples, seed };
        let both = [&matrix, &embedding::distances(map.points.view())];
        Ok(Comparison {
            points: map.points.outer_iter().map(|point| [point[0], point[1]]).collect(),
            stress: map.stress,
            relative_stress: map.relative_stress,
            statistics: statistics(both, &items, &is_better(of_task, &items), control, work),
        })
    })?;
    Ok(Compared { aspect: distances.aspect, control, items: places, comparison })
}

/// Every statistic on the distances and on those in the map.
fn statistics(
    [distances, of_map]: [&Array2<f64>; 2],
    items: &[&Item],
    is_better: &[bool],
    control: Option<Control>,
    work: Work,
) -> Vec<Value> {
    let mut statistics = Vec::new();
    let kind = control.map(Kind::Control);
    let mut add = |space, over: Items, asked: &[(StatisticName, Groups)]| {
        let matrix = match space {
            Space::Distances => distances,
            Space::Embedding => of_map,
        };
        for &(statistic, groups) in asked {
            let labels: Vec<Option<usize>> = items
                .iter()
                .zip(is_better)
                .map(|(item, is_better)| label(item, *is_better, groups, over))
                .collect();
            statistics.push(value(matrix, &labels, space, over, groups, statistic, work));
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
    statistics
}

/// Statistics over trained networks (docs/methods.md §5).
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
    let r2 = |item: &Item| of_task.network(item).record.r2.unwrap_or(f64::NEG_INFINITY);
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

/// The matrix of an aspect's items of the kinds given, for tables and figures.
pub(crate) fn submatrix(distances: &Array2<f64>, rows: &[usize]) -> Array2<f64> {
    distances.select(Axis(0), rows).select(Axis(1), rows)
}
