//! Claims 1, 2 and 5 to 8: whether architectures solve a task in ways of their own.

use super::part::{Part, Way, name};
use super::{AspectEvidence, Between, Draft, TaskEvidence};
use crate::analysis::distance::{Aspect, mix};
use crate::analysis::statistics::{Bootstrap, Grouped, K_NEIGHBOURS, Resampling, amplification};
use crate::architecture::Constraint;
use circuitscope_kernel::Curve;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Permutations where each needs a pass over all distances.
const FEWER_PERMUTATIONS: usize = 1999;

/// An aspect of the study, or what is missing.
pub(super) fn aspect(task: &TaskEvidence, wanted: Aspect) -> Result<&AspectEvidence, String> {
    let found = task.aspects.iter().find(|found| found.aspect == wanted);
    found.ok_or_else(|| format!("the study does not compare {}", wanted.name()))
}

/// Labels of items by the activation of their networks.
fn activations(task: &TaskEvidence, between: &Between) -> Vec<usize> {
    let label = |&network: &usize| match task.networks[network].curve {
        Curve::Relu => 0,
        Curve::Sigmoid => 1,
        Curve::Tanh => 2,
    };
    between.networks.iter().map(label).collect()
}

/// A part an aspect.
fn by_aspect(task: &TaskEvidence, part: impl Fn(&AspectEvidence) -> Part) -> Vec<Part> {
    if task.aspects.is_empty() {
        return vec![Part::without("distances".to_owned(), "the study compares no aspect")];
    }
    task.aspects.iter().map(part).collect()
}

pub(crate) fn different_solutions(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = by_aspect(task, |found| {
        let words = format!("pseudo-F of architecture, {}", found.aspect.name());
        let labels = classes(task, &found.trained);
        let test = Grouped::new(found.trained.distances.view(), &labels)
            .ok()
            .and_then(|grouped| grouped.permanova(resampling.n_permutations, resampling.seed));
        match test {
            None => Part::without(words, "two networks of two classes are needed"),
            Some(test) => {
                let value = Some(test.pseudo_f);
                Part { value, p: Some(test.p), effect: Some(test.r2), ..Part::new(words, Way::Above, 0.0) }
            }
        }
    });
    let statement = "Identical training leads the architectures to different solutions";
    Draft { number: 1, statement, parts }
}

/// Labels of items by class.
fn classes(task: &TaskEvidence, between: &Between) -> Vec<usize> {
    let mut names: Vec<&str> = task.networks.iter().map(|network| network.class.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let label =
        |&network: &usize| names.partition_point(|name| *name < task.networks[network].class.as_str());
    between.networks.iter().map(label).collect()
}

pub(super) fn similar_performance(task: &TaskEvidence, _: Resampling) -> Draft {
    let mut names: Vec<&str> = task.networks.iter().map(|network| network.class.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let medians: Vec<f64> = names
        .iter()
        .filter_map(|name| {
            let of_class = task.networks.iter().filter(|network| network.class == *name);
            let mut r2: Vec<f64> = of_class.filter_map(|network| network.r2).collect();
            r2.sort_by(f64::total_cmp);
            r2.get(r2.len() / 2).copied()
        })
        .collect();
    let lowest = medians.iter().copied().reduce(f64::min);
    let highest = medians.iter().copied().reduce(f64::max);
    let words = "lowest median R² of a class".to_owned();
    let parts = match lowest.zip(highest) {
        None => vec![Part::without(words, "no network passed the selection")],
        Some((low, high)) => vec![
            Part { value: Some(low), ..Part::new(words, Way::Above, task.floor) },
            Part { value: Some(high - low), ..Part::new("spread over classes".to_owned(), Way::Aside, 0.0) },
        ],
    };
    Draft { number: 2, statement: "They reach similar performance", parts }
}

/// Whether neighbours tell activations apart, for trained or untrained networks.
fn neighbours(task: &TaskEvidence, between: &Between, words: String, resampling: Resampling) -> Vec<Part> {
    let labels = activations(task, between);
    let grouped = Grouped::new(between.distances.view(), &labels).ok().filter(|g| g.n_classes() == 3);
    let test = grouped
        .as_ref()
        .and_then(|grouped| grouped.neighbour_test(K_NEIGHBOURS, resampling.n_permutations, resampling.seed));
    let Some((test, grouped)) = test.zip(grouped) else {
        return vec![Part::without(words, "networks of all three activations are needed")];
    };
    let silhouette = Part::new(
        format!("3-class silhouette{}", words.trim_start_matches("5-neighbour accuracy")),
        Way::Aside,
        0.0,
    );
    vec![
        Part { value: Some(test.accuracy), p: Some(test.p), ..Part::new(words, Way::Above, test.chance) },
        Part { value: grouped.silhouette(), ..silhouette },
    ]
}

pub(super) fn untrained_differences(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = task.aspects.iter().flat_map(|found| {
        let words = format!("5-neighbour accuracy of untrained networks, {}", found.aspect.name());
        match &found.untrained {
            None => vec![Part::without(words, "the study has no untrained controls")],
            Some(between) => neighbours(task, between, words, resampling),
        }
    });
    Draft { number: 5, statement: "The differences are there in untrained networks", parts: parts.collect() }
}

pub(super) fn amplified(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = by_aspect(task, |found| {
        let words = format!("distance of activations, trained over untrained, {}", found.aspect.name());
        let Some(untrained) = &found.untrained else {
            return Part::without(words, "the study has no untrained controls");
        };
        let grouped =
            |between: &Between| Grouped::new(between.distances.view(), &activations(task, between)).ok();
        let bootstrap = Bootstrap { n_resamples: resampling.n_resamples, level: 0.95, seed: resampling.seed };
        let ratio = grouped(&found.trained)
            .zip(grouped(untrained))
            .and_then(|(trained, untrained)| amplification(&trained, &untrained, bootstrap));
        match ratio {
            None => {
                Part::without(words, "three networks of two activations, apart before training, are needed")
            }
            Some(ratio) => Part {
                value: Some(ratio.value),
                interval: Some(ratio.interval),
                p: Some(ratio.p),
                ..Part::new(words, Way::Above, 1.0)
            },
        }
    });
    Draft { number: 6, statement: "Training amplifies them", parts }
}

pub(crate) fn clusters(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = task.aspects.iter().flat_map(|found| {
        let words = format!("5-neighbour accuracy of trained networks, {}", found.aspect.name());
        neighbours(task, &found.trained, words, resampling)
    });
    Draft { number: 7, statement: "Architectures form clusters", parts: parts.collect() }
}

pub(crate) fn tanh_apart(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = by_aspect(task, |found| {
        let words = format!(
            "silhouette of {} against the rest less Dale against free within it, {}",
            name(Curve::Tanh),
            found.aspect.name()
        );
        let between = &found.trained;
        let kinds: Vec<(Curve, Constraint)> = between
            .networks
            .iter()
            .map(|&network| (task.networks[network].curve, task.networks[network].constraint))
            .collect();
        let gap = |kinds: &[(Curve, Constraint)]| -> Option<f64> {
            let rest = kinds.iter().map(|(curve, _)| Some(usize::from(*curve == Curve::Tanh)));
            let within = kinds.iter().map(|(curve, constraint)| {
                (*curve == Curve::Tanh).then(|| usize::from(*constraint == Constraint::Dale))
            });
            let silhouette = |labels: Vec<Option<usize>>| {
                Grouped::labelled(between.distances.view(), &labels).ok()?.silhouette()
            };
            Some(silhouette(rest.collect())? - silhouette(within.collect())?)
        };
        let fewer =
            Resampling { n_permutations: resampling.n_permutations.min(FEWER_PERMUTATIONS), ..resampling };
        match gap(&kinds) {
            None => {
                Part::without(words, "tanh networks of both constraints, two of one, and others are needed")
            }
            Some(value) => Part {
                value: Some(value),
                p: Some(permutation_p(&kinds, value, fewer, gap)),
                ..Part::new(words, Way::Above, 0.0)
            },
        }
    });
    Draft { number: 8, statement: "tanh is separate whatever the connectivity constraint", parts }
}

/// Share of permutations of the labels that give at least `value`, the given order counted.
pub(super) fn permutation_p<L: Clone + Send + Sync>(
    labels: &[L],
    value: f64,
    resampling: Resampling,
    statistic: impl Fn(&[L]) -> Option<f64> + Sync,
) -> f64 {
    let n_as_good = (0..resampling.n_permutations as u64)
        .into_par_iter()
        .filter(|&permutation| {
            let mut labels = labels.to_vec();
            labels.shuffle(&mut ChaCha8Rng::seed_from_u64(mix(resampling.seed ^ mix(permutation))));
            statistic(&labels).is_some_and(|other| other >= value - 1e-12)
        })
        .count();
    (n_as_good + 1) as f64 / (resampling.n_permutations + 1) as f64
}
