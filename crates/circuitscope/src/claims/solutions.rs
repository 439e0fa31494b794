//! Claims 1, 2 and 5 to 8: whether architectures solve a task in ways of their own.

use super::compared::{Compared, interval, smallest_group, when_it_arose};
use super::numbers::name;
use super::part::{Part, Way};
use super::{AspectEvidence, ClassScores, LEVEL, NetworkEvidence, TaskEvidence, Terms};
use crate::analysis::distance::Aspect;
use crate::analysis::statistics::{
    Design, Resampling, Statistic, Tails, amplification, label_test, silhouette_gap_interval,
};
use crate::analysis::statistics::{Ends, Interval, Streams, redrawn};
use crate::architecture::Constraint;
use circuitscope_kernel::Curve;

/// Permutations where each needs a pass over all distances.
const FEWER_PERMUTATIONS: usize = 1999;

/// Parts of every aspect: `parts` takes what it compares, and its name.
pub(super) fn by_aspect(
    task: &TaskEvidence,
    parts: impl Fn(&AspectEvidence, &str) -> Vec<Part>,
) -> Vec<Part> {
    if task.aspects.is_empty() {
        return vec![Part::without("distances".to_owned(), "the study compares no aspect")];
    }
    task.aspects.iter().flat_map(|found| parts(found, &found.aspect.words())).collect()
}

pub(super) fn different_solutions(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    by_aspect(task, |found, what| {
        in_different_places(Compared::new(task, &found.trained, what), terms.resampling)
    })
}

/// Whether architectures lie in different places, by a test that unequal spreads do not pass; beside it pseudo-F, which they
/// raise, and whether they are unequal. An architecture of a single network has no spread and is left out.
///
/// The effect is R² of PERMANOVA, which describes the sample whatever its spreads. The power of W* is that of F where spreads
/// are equal; where they are found to differ, no number of networks follows from the effect.
pub(crate) fn in_different_places(compared: Compared<'_>, resampling: Resampling) -> Vec<Part> {
    let words = |number: &str| format!("{number}, {}", compared.what);
    let of_location = words("Welch's W* of architecture");
    let Some(grouped) = compared.grouped(&compared.architectures()) else {
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
        tails: Some(Tails { above: test.p, below: 1.0 }),
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
        Part {
            value: Some(spread.f),
            tails: Some(Tails { above: spread.p, below: 1.0 }),
            ..Part::new(words(what), Way::Aside, 0.0)
        }
    }));
    parts
}

/// R² of a pseudo-F, which rises with it.
fn share_of_variance(f: f64, groups: usize, n: usize) -> f64 {
    let between = f * (groups - 1) as f64;
    between / (between + (n - groups) as f64)
}

/// Whether every class scores above the floor, and all alike: their medians differ by less than the margin.
///
/// Resamples draw networks within each class, those included that were not selected; a spread of medians is never below zero, and seldom at it,
/// so that its interval says how far apart classes may be, not whether they differ.
pub(super) fn similar_performance(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let words =
        ["lowest median R² of a class", "largest less lowest median R² of a class"].map(str::to_owned);
    if task.scores.is_empty() {
        return words.map(|words| Part::without(words, "no network was trained")).to_vec();
    }
    let of_classes: Vec<Vec<f64>> = task.scores.iter().map(ranked).collect();
    let found = lowest_and_spread(of_classes.iter().map(|scores| median(scores)));
    let resamples = terms.resampling.bootstrap().resamples(Streams::Each, |rng| {
        let drawn = of_classes.iter().map(|scores| {
            let mut drawn: Vec<f64> =
                redrawn(scores.len(), scores.len(), rng).map(|place| scores[place]).collect();
            drawn.sort_by(f64::total_cmp);
            median(&drawn)
        });
        lowest_and_spread(drawn)
    });
    let can_be_resampled = of_classes.iter().all(|scores| scores.len() >= FEWEST_SCORES);
    let interval = |place: usize| {
        let values = resamples.iter().map(|found| found.map(|found| found[place]));
        terms.resampling.bootstrap().interval(Ends::Percentiles, values).map(Interval::ends)
    };
    let part = |place: usize, part: Part| Part {
        value: found.map(|found| found[place]),
        interval: interval(place).filter(|_| can_be_resampled),
        ..part
    };
    let [of_lowest, of_spread] = words;
    vec![
        part(0, Part::new(of_lowest, Way::Above, task.floor)),
        part(1, Part::new(of_spread, Way::Above, 0.0).within(terms.margins.performance)),
    ]
}

/// Fewest networks of a class whose median has an interval.
const FEWEST_SCORES: usize = 3;

/// The lowest of medians, and the largest less it; none where one of them is no number.
fn lowest_and_spread(medians: impl Iterator<Item = Option<f64>>) -> Option<[f64; 2]> {
    let medians: Vec<f64> = medians.collect::<Option<_>>()?;
    let lowest = medians.iter().copied().reduce(f64::min)?;
    Some([lowest, medians.iter().copied().fold(lowest, f64::max) - lowest])
}

/// Scores of a class in rising order; a network that diverged explains nothing, and scores 0, or as the lowest where that is less.
fn ranked(scores: &ClassScores) -> Vec<f64> {
    let lowest = scores.r2.iter().flatten().copied().fold(0.0, f64::min);
    let mut ranked: Vec<f64> = scores.r2.iter().map(|r2| r2.unwrap_or(lowest)).collect();
    ranked.sort_by(f64::total_cmp);
    ranked
}

/// The median of scores in rising order; none without one.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    let above = sorted.get(middle).copied()?;
    Some(if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], above) } else { above })
}

/// Whether neighbours tell activations apart.
pub(crate) fn neighbours(compared: Compared<'_>, k: usize, resampling: Resampling) -> Vec<Part> {
    let words = |k: usize| accuracy(k, compared.what);
    let labels = compared.activations();
    let grouped = compared.grouped(&labels).filter(|grouped| grouped.n_classes() == 3);
    let Some(grouped) = grouped else {
        return vec![Part::without(words(k), "networks of all three activations are needed")];
    };
    // Activations are permuted within constraints, which move networks too.
    let within = compared.grouped(&labels).and_then(|grouped| grouped.within(&compared.constraints()).ok());
    let tested = within.as_ref().unwrap_or(&grouped);
    let test = match tested.neighbour_test(k, resampling.n_permutations, resampling.seed) {
        Ok(test) => test,
        Err(reason) => {
            let missing = format!("two networks of each activation are needed: {reason}");
            return vec![Part::without(words(k), missing)];
        }
    };
    let of_statistic = |statistic| interval(&grouped, statistic, resampling);
    vec![
        Part {
            value: Some(test.accuracy),
            interval: of_statistic(Statistic::NeighbourAccuracy(test.k)),
            tails: Some(test.tails),
            least_p: Some(tested.least_p()),
            design: Some(Design::Neighbours { groups: grouped.n_classes() }),
            n_group: smallest_group(&labels),
            ..Part::new(words(test.k), Way::Above, test.chance)
        },
        Part {
            value: grouped.silhouette().ok(),
            interval: of_statistic(Statistic::Silhouette),
            ..Part::new(format!("3-class silhouette of {}", compared.what), Way::Aside, 0.0)
        },
    ]
}

fn accuracy(k: usize, of: &str) -> String {
    format!("{k}-neighbour accuracy of {of}")
}

pub(super) fn untrained_differences(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    by_aspect(task, |found, what| before_training(task, found, what, terms))
}

/// The aspects that the statement was published for.
pub(super) fn untrained_as_published(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let of_aspect = |wanted: Aspect| {
        if let Some(found) = task.aspects.iter().find(|found| found.aspect == wanted) {
            return before_training(task, found, &wanted.words(), terms);
        }
        let of = format!("untrained networks, {}", wanted.words());
        let missing = format!("the study does not compare {}", wanted.name());
        vec![Part::without(accuracy(terms.k_neighbours, &of), missing)]
    };
    [Aspect::Trajectories, Aspect::Selectivity].map(of_aspect).concat()
}

/// The same with controls of the published kind, which a study does not have.
pub(super) fn untrained_without_constraint(_: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let of_aspect = |aspect: Aspect| {
        let of = format!("untrained networks drawn anew, {}", aspect.words());
        let missing = "untrained networks drawn without the constraint, radius and ratio of the trained ones: controls of a study \
                       are the initial weights of its networks";
        Part::without(accuracy(terms.k_neighbours, &of), missing)
    };
    [Aspect::Trajectories, Aspect::Selectivity].map(of_aspect).to_vec()
}

fn before_training(task: &TaskEvidence, found: &AspectEvidence, what: &str, terms: Terms) -> Vec<Part> {
    let of = format!("untrained networks, {what}");
    match &found.untrained {
        None => vec![Part::without(accuracy(terms.k_neighbours, &of), "the study has no untrained controls")],
        Some(untrained) => {
            neighbours(Compared::new(task, untrained, &of), terms.k_neighbours, terms.resampling)
        }
    }
}

pub(super) fn amplified(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    by_aspect(task, |found, what| {
        let arose = when_it_arose(task, found, terms);
        let words = format!("distance of activations, trained over untrained{arose}, {what}");
        let Some(untrained) = &found.untrained else {
            return vec![Part::without(words, "the study has no untrained controls")];
        };
        let [trained, untrained] =
            [&found.trained, untrained].map(|between| Compared::new(task, between, what));
        let grouped = |compared: Compared<'_>| compared.grouped(&compared.activations());
        let ratio = grouped(trained)
            .zip(grouped(untrained))
            .and_then(|(trained, untrained)| amplification(&trained, &untrained, terms.for_bootstrap_p()));
        vec![match ratio {
            None => Part::without(words, "three networks of two activations that lie apart are needed"),
            Some(ratio) => Part {
                value: Some(ratio.value),
                interval: Some(ratio.interval),
                tails: Some(ratio.tails),
                least_p: Some(ratio.least_p),
                n_group: smallest_group(&trained.activations()),
                ..Part::new(words, Way::Above, 1.0)
            },
        }]
    })
}

pub(super) fn clusters(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    by_aspect(task, |found, what| {
        let of = format!("trained networks in the embedding, {what}");
        let Some(embedded) = &found.embedded else {
            let missing = "the study has no embedding of trained networks";
            return vec![Part::without(accuracy(terms.k_neighbours, &of), missing)];
        };
        let mut parts = neighbours(Compared::new(task, embedded, &of), terms.k_neighbours, terms.resampling);
        // Beside it by the distances themselves.
        let of = format!("trained networks, {what}");
        let unmapped =
            neighbours(Compared::new(task, &found.trained, &of), terms.k_neighbours, terms.resampling);
        parts.extend(unmapped.into_iter().take(1).filter_map(Part::aside));
        parts
    })
}

pub(super) fn tanh_separate(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    by_aspect(task, |found, what| {
        vec![tanh_apart(Compared::new(task, &found.trained, what), terms.resampling)]
    })
}

/// Whether tanh is farther from the rest than its networks of either constraint from each other.
pub(crate) fn tanh_apart(compared: Compared<'_>, resampling: Resampling) -> Part {
    let words = format!(
        "silhouette of {} against the rest less Dale against free within it, {}",
        name(Curve::Tanh),
        compared.what
    );
    let kind = |network: &NetworkEvidence| (network.curve, network.constraint);
    let kinds: Vec<(Curve, Constraint)> = compared.networks().map(kind).collect();
    let gap = |kinds: &[(Curve, Constraint)]| -> Option<f64> {
        let rest = kinds.iter().map(|(curve, _)| Some(usize::from(*curve == Curve::Tanh)));
        let within = kinds.iter().map(|(curve, constraint)| {
            (*curve == Curve::Tanh).then(|| usize::from(*constraint == Constraint::Dale))
        });
        let silhouette = |labels: Vec<Option<usize>>| compared.labelled(&labels)?.silhouette().ok();
        Some(silhouette(rest.collect())? - silhouette(within.collect())?)
    };
    let fewer =
        Resampling { n_permutations: resampling.n_permutations.min(FEWER_PERMUTATIONS), ..resampling };
    match gap(&kinds) {
        None => Part::without(words, "tanh networks of both constraints, two of one, and others are needed"),
        Some(value) => Part {
            value: Some(value),
            interval: tanh_gap_interval(compared, resampling),
            tails: Some(label_test(&kinds, &vec![0; kinds.len()], value, fewer, gap)),
            n_group: smallest_group(&compared.activations()),
            ..Part::new(words, Way::Above, 0.0)
        },
    }
}

/// Interval of the gap of [`tanh_apart`], networks drawn within each architecture.
fn tanh_gap_interval(compared: Compared<'_>, resampling: Resampling) -> Option<[f64; 2]> {
    let strata = compared.architectures();
    let is_tanh: Vec<bool> = compared.networks().map(|network| network.curve == Curve::Tanh).collect();
    let outer: Vec<usize> = is_tanh.iter().map(|&is_tanh| usize::from(is_tanh)).collect();
    let inner: Vec<Option<usize>> =
        strata.iter().zip(&is_tanh).map(|(label, is_tanh)| is_tanh.then_some(*label)).collect();
    let [strata, outer] = [strata, outer].map(|labels| compared.grouped(&labels));
    let inner = compared.labelled(&inner)?;
    silhouette_gap_interval(&strata?, &outer?, &inner, &is_tanh, resampling.bootstrap())
}
