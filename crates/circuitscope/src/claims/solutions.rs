//! Claims 1, 2 and 5 to 8: whether architectures solve a task in ways of their own.

use super::part::{Asked, Part, Way, name};
use super::{AspectEvidence, Between, Draft, LEVEL, TaskEvidence};
use crate::analysis::distance::Aspect;
use crate::analysis::statistics::{
    Bootstrap, Design, Grouped, K_NEIGHBOURS, Relabellings, Resampling, Statistic, amplification,
    silhouette_gap_interval,
};
use crate::architecture::Constraint;
use circuitscope_kernel::Curve;

/// Permutations where each needs a pass over all distances.
const FEWER_PERMUTATIONS: usize = 1999;

/// An aspect of the study, or what is missing.
pub(super) fn aspect(task: &TaskEvidence, wanted: Aspect) -> Result<&AspectEvidence, String> {
    let found = task.aspects.iter().find(|found| found.aspect == wanted);
    found.ok_or_else(|| format!("the study does not compare {}", wanted.name()))
}

/// 95 % intervals over networks.
pub(super) fn bootstrap_of(resampling: Resampling) -> Bootstrap {
    Bootstrap { n_resamples: resampling.n_resamples, level: 0.95, seed: resampling.seed }
}

fn interval(grouped: &Grouped, statistic: Statistic, resampling: Resampling) -> Option<[f64; 2]> {
    grouped.interval(statistic, bootstrap_of(resampling)).map(|found| [found.low, found.high])
}

/// Labels of items by the activation of their networks.
pub(super) fn activations(task: &TaskEvidence, between: &Between) -> Vec<usize> {
    let label = |&network: &usize| match task.networks[network].curve {
        Curve::Relu => 0,
        Curve::Sigmoid => 1,
        Curve::Tanh => 2,
    };
    between.networks.iter().map(label).collect()
}

/// Items of the smallest of the groups that labels tell apart.
pub(super) fn smallest_group(labels: &[usize]) -> Option<usize> {
    let size = |label: &usize| labels.iter().filter(|other| *other == label).count();
    labels.iter().map(size).min()
}

/// A part an aspect.
fn by_aspect(task: &TaskEvidence, part: impl Fn(&AspectEvidence) -> Part) -> Vec<Part> {
    parts_by_aspect(task, |found| vec![part(found)])
}

fn parts_by_aspect(task: &TaskEvidence, parts: impl Fn(&AspectEvidence) -> Vec<Part>) -> Vec<Part> {
    if task.aspects.is_empty() {
        return vec![Part::without("distances".to_owned(), "the study compares no aspect")];
    }
    task.aspects.iter().flat_map(parts).collect()
}

pub(crate) fn different_solutions(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = parts_by_aspect(task, |found| in_different_places(task, found, resampling));
    let statement = "Identical training leads the architectures to different solutions";
    Draft { number: 1, statement, parts }
}

/// Whether architectures lie in different places, by a test that unequal spreads do not pass; beside it pseudo-F, which they
/// raise, and whether they are unequal. An architecture of a single network has no spread and is left out.
///
/// The effect is R² of PERMANOVA, which describes the sample whatever its spreads. The power of W* is that of F where spreads
/// are equal; where they are found to differ, no number of networks follows from the effect.
fn in_different_places(task: &TaskEvidence, found: &AspectEvidence, resampling: Resampling) -> Vec<Part> {
    let words = |what: &str| format!("{what}, {}", found.aspect.words());
    let of_location = words("Welch's W* of architecture");
    let labels = architectures(task, &found.trained);
    let Ok(grouped) = Grouped::new(found.trained.distances.view(), &labels) else {
        return vec![Part::without(of_location, "two networks of two architectures are needed")];
    };
    let grouped = grouped.without_singles();
    let Resampling { n_permutations, seed, .. } = resampling;
    let test = match grouped.welch(n_permutations, seed) {
        Ok(test) => test,
        Err(reason) => {
            let missing = format!("two networks of two architectures are needed: {reason}");
            return vec![Part::without(of_location, missing)];
        }
    };
    let (groups, n) = (grouped.n_classes(), grouped.n_items());
    let spread = grouped.dispersion(n_permutations, seed).ok();
    let is_unequal = spread.as_ref().is_some_and(|spread| spread.p < LEVEL);
    let variance = grouped.permanova(0, seed).ok();
    let of_variance = interval(&grouped, Statistic::PseudoF, resampling);
    let mut parts = vec![Part {
        value: Some(test.w),
        interval: interval(&grouped, Statistic::WelchW, resampling),
        p: Some(test.p),
        effect: variance.map(|test| test.r2),
        effect_interval: of_variance.map(|ends| ends.map(|f| share_of_variance(f, groups, n))),
        least_p: Some(grouped.least_p()),
        design: (!is_unequal).then_some(Design::Variance { groups, n }),
        ..Part::new(of_location, Way::Above, 0.0)
    }];
    parts.extend(variance.map(|test| Part {
        value: Some(test.pseudo_f),
        interval: of_variance,
        ..Part::new(words("pseudo-F of architecture"), Way::Aside, 0.0)
    }));
    parts.extend(spread.map(|spread| {
        let what = if is_unequal {
            "PERMDISP F of architecture (spreads differ: pseudo-F does not tell them from location)"
        } else {
            "PERMDISP F of architecture"
        };
        Part { value: Some(spread.f), p: Some(spread.p), ..Part::new(words(what), Way::Aside, 0.0) }
    }));
    parts
}

/// R² of a pseudo-F, which rises with it.
fn share_of_variance(f: f64, groups: usize, n: usize) -> f64 {
    let between = f * (groups - 1) as f64;
    between / (between + (n - groups) as f64)
}

/// Labels of items by architecture, in the order of the published classes: activation, and within it Dale before free.
fn architectures(task: &TaskEvidence, between: &Between) -> Vec<usize> {
    let constraint = |&network: &usize| usize::from(task.networks[network].constraint != Constraint::Dale);
    let curves = activations(task, between);
    between.networks.iter().zip(curves).map(|(network, curve)| 2 * curve + constraint(network)).collect()
}

pub(super) fn similar_performance(task: &TaskEvidence, _: Resampling) -> Draft {
    // A network that diverged scores below every other; a median of such a network is no number.
    let medians: Vec<Option<f64>> = task.scores.iter().map(|scores| median(&scores.r2)).collect();
    let words = "lowest median R² of a class".to_owned();
    let parts = if medians.is_empty() {
        vec![Part::without(words, "no network was trained")]
    } else {
        let all: Option<Vec<f64>> = medians.into_iter().collect();
        let lowest = all.as_ref().and_then(|all| all.iter().copied().reduce(f64::min));
        let highest = all.as_ref().and_then(|all| all.iter().copied().reduce(f64::max));
        let spread = lowest.zip(highest).map(|(low, high)| high - low);
        vec![
            Part { value: lowest, ..Part::new(words, Way::Above, task.floor) },
            Part { value: spread, ..Part::new("spread over classes".to_owned(), Way::Aside, 0.0) },
        ]
    };
    Draft { number: 2, statement: "They reach similar performance", parts }
}

/// The median of scores; none where it falls on a network without one.
fn median(r2: &[Option<f64>]) -> Option<f64> {
    let mut sorted: Vec<f64> = r2.iter().map(|r2| r2.unwrap_or(f64::NEG_INFINITY)).collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let above = sorted.get(middle).copied()?;
    let median =
        if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], above) } else { above };
    Some(median).filter(|median| median.is_finite())
}

/// Whether neighbours tell activations apart, for trained or untrained networks.
///
/// - `of`: whose neighbours, in words.
fn neighbours(task: &TaskEvidence, between: &Between, of: &str, resampling: Resampling) -> Vec<Part> {
    let words = |k: usize| format!("{k}-neighbour accuracy of {of}");
    let labels = activations(task, between);
    let grouped = Grouped::new(between.distances.view(), &labels).ok().filter(|g| g.n_classes() == 3);
    let Some(grouped) = grouped else {
        return vec![Part::without(words(K_NEIGHBOURS), "networks of all three activations are needed")];
    };
    let test = match grouped.neighbour_test(resampling.n_permutations, resampling.seed) {
        Ok(test) => test,
        Err(reason) => {
            let missing = format!("two networks of each activation are needed: {reason}");
            return vec![Part::without(words(K_NEIGHBOURS), missing)];
        }
    };
    let of_statistic = |statistic| interval(&grouped, statistic, resampling);
    vec![
        Part {
            value: Some(test.accuracy),
            interval: of_statistic(Statistic::NeighbourAccuracy(test.k)),
            p: Some(test.p),
            least_p: Some(grouped.least_p()),
            design: Some(Design::Neighbours { groups: grouped.n_classes() }),
            n_group: smallest_group(&labels),
            ..Part::new(words(test.k), Way::Above, test.chance)
        },
        Part {
            value: grouped.silhouette().ok(),
            interval: of_statistic(Statistic::Silhouette),
            ..Part::new(format!("3-class silhouette of {of}"), Way::Aside, 0.0)
        },
    ]
}

pub(super) fn untrained_differences(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = parts_by_aspect(task, |found| {
        let of = format!("untrained networks, {}", found.aspect.words());
        match &found.untrained {
            None => {
                let words = format!("{K_NEIGHBOURS}-neighbour accuracy of {of}");
                vec![Part::without(words, "the study has no untrained controls")]
            }
            Some(between) => neighbours(task, between, &of, resampling),
        }
    });
    Draft { number: 5, statement: "The differences are there in untrained networks", parts }
}

pub(super) fn amplified(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = by_aspect(task, |found| {
        let words = format!("distance of activations, trained over untrained, {}", found.aspect.words());
        let Some(untrained) = &found.untrained else {
            return Part::without(words, "the study has no untrained controls");
        };
        let grouped =
            |between: &Between| Grouped::new(between.distances.view(), &activations(task, between)).ok();
        let bootstrap = bootstrap_of(resampling);
        let ratio = grouped(&found.trained)
            .zip(grouped(untrained))
            .and_then(|(trained, untrained)| amplification(&trained, &untrained, bootstrap));
        match ratio {
            None => Part::without(words, "three networks of two activations that lie apart are needed"),
            Some(ratio) => Part {
                value: Some(ratio.value),
                interval: Some(ratio.interval),
                p: Some(ratio.p),
                asked: Asked::Interval,
                n_group: smallest_group(&activations(task, &found.trained)),
                ..Part::new(words, Way::Above, 1.0)
            },
        }
    });
    Draft { number: 6, statement: "Training amplifies them", parts }
}

pub(super) fn clusters(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = parts_by_aspect(task, |found| {
        let of = format!("trained networks in the embedding, {}", found.aspect.words());
        let Some(embedded) = &found.embedded else {
            let words = format!("{K_NEIGHBOURS}-neighbour accuracy of {of}");
            return vec![Part::without(words, "the study has no embedding of trained networks")];
        };
        let mut parts = neighbours(task, embedded, &of, resampling);
        if let Some(unmapped) = clusters_in_space(task, found, resampling).into_iter().next() {
            parts.extend(Some(unmapped.aside()).filter(|part| part.missing.is_none()));
        }
        parts
    });
    Draft { number: 7, statement: "Architectures form clusters", parts }
}

/// Whether activations form clusters by the distances themselves.
pub(crate) fn clusters_in_space(
    task: &TaskEvidence,
    found: &AspectEvidence,
    resampling: Resampling,
) -> Vec<Part> {
    neighbours(task, &found.trained, &format!("trained networks, {}", found.aspect.words()), resampling)
}

pub(crate) fn tanh_apart(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let parts = by_aspect(task, |found| {
        let words = format!(
            "silhouette of {} against the rest less Dale against free within it, {}",
            name(Curve::Tanh),
            found.aspect.words()
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
                Grouped::labelled(between.distances.view(), &labels).ok()?.silhouette().ok()
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
                interval: tanh_gap_interval(task, between, resampling),
                p: Some(permutation_p(&kinds, value, fewer, gap)),
                asked: Asked::Interval,
                n_group: smallest_group(&activations(task, between)),
                ..Part::new(words, Way::Above, 0.0)
            },
        }
    });
    Draft { number: 8, statement: "tanh is separate whatever the connectivity constraint", parts }
}

/// Interval of the gap of [`tanh_apart`], networks drawn within each architecture.
fn tanh_gap_interval(task: &TaskEvidence, between: &Between, resampling: Resampling) -> Option<[f64; 2]> {
    let grouped = |labels: &[Option<usize>]| Grouped::labelled(between.distances.view(), labels).ok();
    let strata: Vec<Option<usize>> = architectures(task, between).into_iter().map(Some).collect();
    let is_tanh: Vec<bool> =
        between.networks.iter().map(|&network| task.networks[network].curve == Curve::Tanh).collect();
    let outer: Vec<Option<usize>> = is_tanh.iter().map(|&is_tanh| Some(usize::from(is_tanh))).collect();
    let inner: Vec<Option<usize>> =
        strata.iter().zip(&is_tanh).map(|(label, &is_tanh)| label.filter(|_| is_tanh)).collect();
    let bootstrap = bootstrap_of(resampling);
    silhouette_gap_interval(&grouped(&strata)?, &grouped(&outer)?, &grouped(&inner)?, &is_tanh, bootstrap)
}

/// Share of relabellings that give at least `value`, the given labels counted.
pub(super) fn permutation_p<L: Clone + PartialEq + Send + Sync>(
    labels: &[L],
    value: f64,
    resampling: Resampling,
    statistic: impl Fn(&[L]) -> Option<f64> + Sync,
) -> f64 {
    let mut groups: Vec<(&L, Vec<usize>)> = Vec::new();
    for (item, label) in labels.iter().enumerate() {
        match groups.iter_mut().find(|(known, _)| *known == label) {
            Some((_, members)) => members.push(item),
            None => groups.push((label, vec![item])),
        }
    }
    let own: Vec<&L> = groups.iter().flat_map(|(label, members)| vec![*label; members.len()]).collect();
    let members: Vec<Vec<usize>> = groups.into_iter().map(|(_, members)| members).collect();
    let relabellings = Relabellings::of_groups(&members, resampling.n_permutations, resampling.seed);
    let is_as_good = |order: &[usize]| {
        let mut relabelled = labels.to_vec();
        for (&item, &label) in order.iter().zip(&own) {
            relabelled[item] = label.clone();
        }
        statistic(&relabelled).is_some_and(|other| other >= value - 1e-12) // rounding
    };
    relabellings.p(is_as_good).p
}
