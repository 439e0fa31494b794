//! Distances of all pairs of items that a study compares, in resumable blocks.

use super::{CircuitPair, Context, Facet, Item, Kind, TaskResults};
use crate::event::Stage;
use crate::execute::ExecuteError;
use crate::identity::{ANALYSIS_VERSION, of_aspect, of_parts, seed_of};
use crate::job::Job;
use crate::spread::side_by_side;
use crate::store::StoreError;
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::{Aspect, Distances, PairDistance, assemble, between};
use circuitscope::analysis::registration;

/// Pairs in a block: a few seconds of the slowest aspect, so that an interruption loses little.
const BLOCK: usize = 64;

/// Distances between the items of one aspect, or between the latent circuits of some.
#[derive(Clone, Debug)]
pub struct AspectDistances {
    /// The aspect, or circuits.
    pub aspect: Facet,
    /// The items that have it, by their place in [`TaskResults::items`], in rising order.
    pub items: Vec<usize>,
    /// The pairs that were measured, as places in `items`: all but those between two kinds of control.
    pub pairs: Vec<(usize, usize)>,
    /// The distances; a pair that was not measured is zero.
    pub distances: Distances,
}

/// One block to measure.
struct Piece<'a> {
    task: usize,
    aspect: Aspect,
    pairs: Vec<[(&'a Item, &'a Features); 2]>,
}

/// Fills [`TaskResults::distances`].
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn distances(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let aspects = &context.study.comparison.aspects;
    let layouts = layouts(context, results);
    let pieces = pieces(context, results, &layouts);
    let n_pairs = |piece: &Piece<'_>| piece.pairs.len() as u64;
    let measured = side_by_side(context, Stage::Distances, &pieces, n_pairs, |piece| {
        Ok((piece.task, piece.aspect, block(context, results[piece.task].task.task.name(), piece)?))
    })?;
    drop(pieces);
    let mut by_aspect: Vec<Vec<Vec<PairDistance>>> =
        layouts.iter().map(|layouts| vec![Vec::new(); layouts.len()]).collect();
    for (task, aspect, block) in measured {
        let place = aspects.iter().position(|&known| known == aspect).unwrap_or_default();
        by_aspect[task][place].extend(block);
    }
    for ((of_task, layouts), measured) in results.iter_mut().zip(layouts).zip(by_aspect) {
        of_task.distances = layouts
            .into_iter()
            .zip(measured)
            .map(|(layout, measured)| AspectDistances {
                distances: assemble(layout.items.len(), &layout.pairs, &measured),
                ..layout
            })
            .collect();
        // Of one network a class there is nothing that classes could be told apart by.
        if context.study.circuits.networks > 1 {
            let of_circuits = of_circuits(of_task);
            of_task.distances.extend(of_circuits);
        }
    }
    Ok(())
}

/// Distances between the latent circuits of a task and their controls; none of fewer than three networks.
fn of_circuits(of_task: &TaskResults<'_>) -> Option<AspectDistances> {
    const FEWEST: usize = 3;
    let place = |network: &str, kind: Kind| {
        of_task.items.iter().position(|item| item.kind == kind && item.network == network)
    };
    let ends = |pair: &CircuitPair| Some([place(&pair.a, pair.kinds[0])?, place(&pair.b, pair.kinds[1])?]);
    let ends: Vec<[usize; 2]> = of_task.circuit_pairs.iter().map(ends).collect::<Option<_>>()?;
    let mut items: Vec<usize> = ends.iter().flatten().copied().collect();
    items.sort_unstable();
    items.dedup();
    if items.iter().filter(|&&item| of_task.items[item].kind == Kind::Trained).count() < FEWEST {
        return None;
    }
    let row = |place: usize| items.partition_point(|&other| other < place);
    let pairs: Vec<(usize, usize)> = ends.iter().map(|&[a, b]| (row(a.min(b)), row(a.max(b)))).collect();
    let same = |distance| PairDistance { distance, published: distance };
    let measured: Vec<PairDistance> = of_task.circuit_pairs.iter().map(|pair| same(pair.distance)).collect();
    let distances = assemble(items.len(), &pairs, &measured);
    Some(AspectDistances { aspect: Facet::Circuits, items, pairs, distances })
}

/// The share of pairs whose distances are not stored.
pub(super) fn share_left(context: Context<'_>, results: &[TaskResults<'_>]) -> f64 {
    let layouts = layouts(context, results);
    let pieces = pieces(context, results, &layouts);
    let n_pairs = |pieces: &mut dyn Iterator<Item = &Piece<'_>>| {
        pieces.map(|piece| piece.pairs.len()).sum::<usize>() as f64
    };
    let is_left = |piece: &&Piece<'_>| !job(context, results[piece.task].task.task.name(), piece).is_stored();
    n_pairs(&mut pieces.iter().filter(is_left)) / n_pairs(&mut pieces.iter()).max(1.0)
}

/// What each task has to measure in each aspect that the study compares.
fn layouts(context: Context<'_>, results: &[TaskResults<'_>]) -> Vec<Vec<AspectDistances>> {
    let aspects = &context.study.comparison.aspects;
    let of_task =
        |of_task: &TaskResults<'_>| aspects.iter().map(|&aspect| layout(&of_task.items, aspect)).collect();
    results.iter().map(of_task).collect()
}

/// The blocks of every task and aspect.
fn pieces<'a>(
    context: Context<'_>,
    results: &'a [TaskResults<'_>],
    layouts: &[Vec<AspectDistances>],
) -> Vec<Piece<'a>> {
    let mut pieces: Vec<Piece<'a>> = Vec::new();
    for (task, (of_task, layouts)) in results.iter().zip(layouts).enumerate() {
        for (layout, &aspect) in layouts.iter().zip(&context.study.comparison.aspects) {
            let side = |place: usize| {
                let item = &of_task.items[layout.items[place]];
                (item, &item.features[&aspect])
            };
            let pairs: Vec<_> = layout.pairs.iter().map(|&(i, j)| [side(i), side(j)]).collect();
            let blocks = pairs.chunks(BLOCK);
            pieces.extend(blocks.map(|block| Piece { task, aspect, pairs: block.to_vec() }));
        }
    }
    pieces
}

/// Which items and pairs an aspect has; nothing is measured yet.
fn layout(items: &[Item], aspect: Aspect) -> AspectDistances {
    let places: Vec<usize> = (0..items.len()).filter(|&i| items[i].features.contains_key(&aspect)).collect();
    let kind = |place: usize| items[places[place]].kind;
    let mut pairs = Vec::new();
    for i in 0..places.len() {
        for j in i + 1..places.len() {
            if kind(i) == kind(j) || kind(i) == Kind::Trained || kind(j) == Kind::Trained {
                pairs.push((i, j));
            }
        }
    }
    AspectDistances { aspect: Facet::Aspect(aspect), items: places, pairs, distances: assemble(0, &[], &[]) }
}

fn job(context: Context<'_>, task: &str, piece: &Piece<'_>) -> Job {
    let version = format!("distances {ANALYSIS_VERSION} {}", of_aspect(piece.aspect.name()));
    let budget = context.study.comparison.registration;
    let version = match piece.aspect {
        Aspect::Trajectories => format!("{version} by products"),
        Aspect::Selectivity => {
            format!("{version} registration {} chains={}", registration::VERSION, budget.n_agreeing)
        }
        Aspect::Endpoints | Aspect::FixedPoints => version,
    };
    let names = piece.pairs.iter().flat_map(|pair| pair.iter().map(|(item, _)| item.identity.as_str()));
    let parts = std::iter::once(version.as_str()).chain(names);
    Job::new(context.folder, "distances", &format!("{task}/{}", of_aspect(piece.aspect.name())), parts)
}

fn block(context: Context<'_>, task: &str, piece: &Piece<'_>) -> Result<Vec<PairDistance>, ExecuteError> {
    let budget = context.study.comparison.registration;
    let job = job(context, task, piece);
    let measured: Vec<[f64; 2]> = job.get_or_compute(context, || {
        let distance = |[(a, of_a), (b, of_b)]: &[(&Item, &Features); 2]| {
            // The pair's own seed: its place in the study never enters.
            let seed = seed_of(&of_parts(["pair", a.identity.as_str(), b.identity.as_str()]));
            let found = between(piece.aspect, of_a, of_b, budget, seed);
            let found = found.map_err(|error| StoreError::damaged(job.path(), &error))?;
            Ok([found.distance, found.published])
        };
        piece.pairs.iter().map(distance).collect()
    })?;
    Ok(measured.into_iter().map(|[distance, published]| PairDistance { distance, published }).collect())
}
