//! Readings of rows 1, 6, 7, 8 and 13 beside their controls: what was there before training, and what goes with performance.

use super::compared::{Compared, Groups, trained, when_it_arose};
use super::part::{Part, Way};
use super::solutions::{by_aspect, in_different_places, neighbours, tanh_apart};
use super::{AspectEvidence, Between, TaskEvidence, Terms};
use crate::analysis::distance::Aspect;
use crate::analysis::statistics::{
    Grouped, Separation, at_equal_performance, change, mantel_change, mantel_within,
};

const NO_CONTROLS: &str = "the study has no untrained controls";

/// ω² of architecture, trained less untrained, aspect by aspect.
pub(super) fn solutions_beyond_controls(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    beyond_controls(task, terms, Separation::OmegaSquared, Groups::Architectures)
}

/// ω² of activation, trained less untrained: the relative separation, which can fall while distances grow.
pub(super) fn relative_separation(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    beyond_controls(task, terms, Separation::OmegaSquared, Groups::Activations)
}

/// Silhouette of activation, trained less untrained.
pub(super) fn clusters_beyond_controls(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    beyond_controls(task, terms, Separation::Silhouette, Groups::Activations)
}

/// Silhouette of tanh against the rest, trained less untrained.
pub(super) fn tanh_beyond_controls(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    beyond_controls(task, terms, Separation::Silhouette, Groups::TanhAndRest)
}

fn beyond_controls(task: &TaskEvidence, terms: Terms, of: Separation, groups: Groups) -> Vec<Part> {
    let name = match of {
        Separation::OmegaSquared => "ω²",
        Separation::Silhouette => "silhouette",
    };
    by_aspect(task, |found, what| {
        let before = when_it_arose(task, found, terms);
        let words = format!("{name}, trained less untrained{before}, {what}");
        let Some((trained, untrained)) = paired(found) else {
            return vec![Part::without(words, NO_CONTROLS)];
        };
        let grouped = |between: &Between| -> Option<Grouped> {
            let compared = Compared::new(task, between, what);
            compared.grouped(&compared.labels(groups))
        };
        let found = grouped(&trained)
            .zip(grouped(&untrained))
            .and_then(|(trained, untrained)| change(&trained, &untrained, of, terms.for_bootstrap_p()));
        let Some(found) = found else {
            return vec![Part::without(
                words,
                "three networks of each group, with their controls, are needed",
            )];
        };
        let beside =
            |words: String, value: f64| Part { value: Some(value), ..Part::new(words, Way::Aside, 0.0) };
        vec![
            Part {
                value: Some(found.value),
                interval: Some(found.interval),
                tails: Some(found.tails),
                least_p: Some(found.least_p),
                ..Part::new(words, Way::Above, 0.0)
            },
            beside(format!("{name} of untrained networks, {what}"), found.control),
        ]
    })
}

/// Trained networks and the controls made from them, in one order; none without controls.
fn paired(found: &AspectEvidence) -> Option<(Between, Between)> {
    let untrained = found.untrained.as_ref()?;
    let shared: Vec<usize> = found
        .trained
        .networks
        .iter()
        .copied()
        .filter(|network| untrained.networks.contains(network))
        .collect();
    Some((of_networks(&found.trained, &shared), of_networks(untrained, &shared)))
}

/// Distances between some networks.
fn of_networks(between: &Between, networks: &[usize]) -> Between {
    let place = |network: &usize| between.networks.iter().position(|other| other == network);
    let rows: Vec<usize> = networks.iter().filter_map(place).collect();
    between.select(&rows)
}

/// Row 1 at equal performance.
pub(super) fn solutions_at_equal_performance(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    by_aspect(task, |found, what| {
        let what = format!("{what} at equal performance");
        match equalised(task, &found.trained) {
            Some((between, share)) => {
                let mut parts = in_different_places(Compared::new(task, &between, &what), terms.resampling);
                parts.truncate(1);
                parts.push(told_share(&what, share));
                parts
            }
            None => vec![Part::without(what, NO_SCORES)],
        }
    })
}

/// Row 7 at equal performance, by the distances themselves.
pub(super) fn clusters_at_equal_performance(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    by_aspect(task, |found, what| {
        let what = format!("{what} at equal performance");
        match equalised(task, &found.trained) {
            Some((between, share)) => {
                let mut parts =
                    neighbours(Compared::new(task, &between, &what), terms.k_neighbours, terms.resampling);
                parts.push(told_share(&what, share));
                parts
            }
            None => vec![Part::without(what, NO_SCORES)],
        }
    })
}

/// Row 8 at equal performance.
pub(super) fn tanh_at_equal_performance(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    by_aspect(task, |found, what| {
        let what = format!("{what} at equal performance");
        match equalised(task, &found.trained) {
            Some((between, share)) => {
                vec![
                    tanh_apart(Compared::new(task, &between, &what), terms.resampling),
                    told_share(&what, share),
                ]
            }
            None => vec![Part::without(what, NO_SCORES)],
        }
    })
}

const NO_SCORES: &str = "four networks with a score that differ are needed";

/// Distances once R² and the logarithm of 1 − R² are taken out of the coordinates behind them, with the share that went.
fn equalised(task: &TaskEvidence, between: &Between) -> Option<(Between, f64)> {
    let of_item = |&network: &usize| task.networks[network].r2;
    let scores: Vec<Option<f64>> = between.networks.iter().map(of_item).collect();
    let errors: Vec<Option<f64>> =
        scores.iter().map(|r2| r2.map(|r2| (1.0 - r2).max(f64::MIN_POSITIVE).ln())).collect();
    let found = at_equal_performance(between.distances.view(), &[&scores, &errors]).ok()?;
    let networks = found.of_items(&between.networks);
    Some((Between { distances: found.distances, networks }, found.share))
}

fn told_share(what: &str, share: f64) -> Part {
    let words = format!("share of the variance that went with performance, {what}");
    Part { value: Some(share), ..Part::new(words, Way::Aside, 0.0) }
}

/// Distances of endpoints and of fixed points correlate among networks of one class.
pub(super) fn endpoints_within_class(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let words =
        "Mantel correlation of the distances of endpoints and of fixed points, within classes".to_owned();
    let found = || -> Result<Part, String> {
        let (ends, rest) = (trained(task, Aspect::Endpoints)?, trained(task, Aspect::FixedPoints)?);
        let shared: Vec<usize> =
            ends.networks.iter().copied().filter(|network| rest.networks.contains(network)).collect();
        let (ends, rest) = (of_networks(ends, &shared), of_networks(rest, &shared));
        let classes = Compared::new(task, &ends, "").architectures();
        let found = mantel_within(
            ends.distances.view(),
            rest.distances.view(),
            &classes,
            terms.resampling.n_permutations,
            terms.resampling.bootstrap(),
        )
        .ok_or("a class of three networks with endpoints and fixed points is needed")?;
        Ok(Part {
            value: Some(found.r),
            interval: found.interval,
            tails: Some(found.tails),
            least_p: Some(found.least_p),
            n_group: Some(found.n_items),
            ..Part::new(words.clone(), Way::Above, 0.0)
        })
    };
    vec![found().unwrap_or_else(|missing| Part::without(words.clone(), missing))]
}

/// Mantel's r of endpoints and fixed points, trained networks less the same networks before training.
pub(super) fn endpoints_beyond_controls(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let words =
        "Mantel correlation of the distances of endpoints and of fixed points, trained less untrained";
    let found = || -> Result<Vec<Part>, String> {
        let of_aspect = |wanted: Aspect| {
            trained(task, wanted)?;
            let found = task.aspects.iter().find(|found| found.aspect == wanted);
            found.and_then(paired).ok_or_else(|| NO_CONTROLS.to_owned())
        };
        let (ends, rest) = (of_aspect(Aspect::Endpoints)?, of_aspect(Aspect::FixedPoints)?);
        let shared: Vec<usize> =
            ends.0.networks.iter().copied().filter(|network| rest.0.networks.contains(network)).collect();
        let [ends, ends_before, rest, rest_before] =
            [&ends.0, &ends.1, &rest.0, &rest.1].map(|between| of_networks(between, &shared).distances);
        let found = mantel_change(
            [ends.view(), rest.view()],
            [ends_before.view(), rest_before.view()],
            terms.for_bootstrap_p(),
        )
        .ok_or("four networks with endpoints and fixed points, and their controls, are needed")?;
        let before = "Mantel correlation of untrained networks".to_owned();
        Ok(vec![
            Part {
                value: Some(found.value),
                interval: Some(found.interval),
                tails: Some(found.tails),
                least_p: Some(found.least_p),
                n_group: Some(shared.len()), // its groups are all networks
                ..Part::new(words.to_owned(), Way::Above, 0.0)
            },
            Part { value: Some(found.control), ..Part::new(before, Way::Aside, 0.0) },
        ])
    };
    found().unwrap_or_else(|missing| vec![Part::without(words.to_owned(), missing)])
}
