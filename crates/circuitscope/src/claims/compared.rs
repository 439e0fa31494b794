//! Networks with distances between them, of whatever kind: what the tests of distances take.

use super::{AspectEvidence, Between, LEVEL, NetworkEvidence, TaskEvidence, Terms};
use crate::analysis::distance::Aspect;
use crate::analysis::statistics::{Grouped, Interval, Resampling, Statistic};
use crate::architecture::Constraint;
use circuitscope_kernel::Curve;

/// Networks with the distances between them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compared<'a> {
    /// The selected networks of a task.
    pub(crate) networks: &'a [NetworkEvidence],
    /// Distances between some of them.
    pub(crate) between: &'a Between,
    /// What the distances are of, in words.
    pub(crate) what: &'a str,
}

/// What networks are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Groups {
    /// Activation and constraint.
    Architectures,
    /// Activation.
    Activations,
    /// tanh, or not.
    TanhAndRest,
}

impl<'a> Compared<'a> {
    pub(super) fn new(task: &'a TaskEvidence, between: &'a Between, what: &'a str) -> Self {
        Self { networks: &task.networks, between, what }
    }

    /// The network behind each item.
    pub(super) fn networks(self) -> impl Iterator<Item = &'a NetworkEvidence> {
        self.between.networks.iter().map(move |&network| &self.networks[network])
    }

    /// Labels of items by activation.
    pub(super) fn activations(self) -> Vec<usize> {
        self.networks().map(|network| activation(network.curve)).collect()
    }

    /// Labels of items by group.
    pub(super) fn labels(self, groups: Groups) -> Vec<usize> {
        match groups {
            Groups::Architectures => self.architectures(),
            Groups::Activations => self.activations(),
            Groups::TanhAndRest => {
                self.networks().map(|network| usize::from(network.curve == Curve::Tanh)).collect()
            }
        }
    }

    /// Labels of items by constraint: strata within which activations are permuted.
    pub(super) fn constraints(self) -> Vec<usize> {
        self.networks().map(|network| usize::from(network.constraint != Constraint::Dale)).collect()
    }

    /// Labels of items by architecture, in the order of the published classes: activation, and within it Dale before free.
    pub(super) fn architectures(self) -> Vec<usize> {
        let is_free = |network: &NetworkEvidence| usize::from(network.constraint != Constraint::Dale);
        self.networks().map(|network| 2 * activation(network.curve) + is_free(network)).collect()
    }

    /// Items under labels; [`None`] if they do not go with the distances.
    pub(super) fn grouped(self, labels: &[usize]) -> Option<Grouped> {
        Grouped::new(self.between.distances.view(), labels).ok()
    }

    /// The same of those items that have a label.
    pub(super) fn labelled(self, labels: &[Option<usize>]) -> Option<Grouped> {
        Grouped::labelled(self.between.distances.view(), labels).ok()
    }
}

fn activation(curve: Curve) -> usize {
    curve.family() as usize
}

/// Distances of an aspect of the study, or what is missing.
pub(super) fn trained(task: &TaskEvidence, wanted: Aspect) -> Result<&Between, String> {
    let found = task.aspects.iter().find(|found| found.aspect == wanted);
    let found = found.ok_or_else(|| format!("the study does not compare {}", wanted.name()));
    found.map(|found| &found.trained)
}

/// 95 % interval over networks.
pub(super) fn interval(grouped: &Grouped, statistic: Statistic, resampling: Resampling) -> Option<[f64; 2]> {
    grouped.interval(statistic, resampling.bootstrap()).map(Interval::ends)
}

/// Items of the smallest of the groups that labels tell apart.
pub(super) fn smallest_group(labels: &[usize]) -> Option<usize> {
    let size = |label: &usize| labels.iter().filter(|other| *other == label).count();
    labels.iter().map(size).min()
}

/// Whether activations differ before training already, as words behind a number.
pub(super) fn when_it_arose(task: &TaskEvidence, found: &AspectEvidence, terms: Terms) -> &'static str {
    let test = found.untrained.as_ref().and_then(|untrained| {
        let compared = Compared::new(task, untrained, "");
        let grouped = compared.grouped(&compared.activations())?;
        grouped.welch(terms.resampling.n_permutations, terms.resampling.seed).ok()
    });
    match test {
        Some(test) if test.p < LEVEL => " (activations differ before training already)",
        Some(_) => " (no difference shown before training: training creates it)",
        None => "",
    }
}
