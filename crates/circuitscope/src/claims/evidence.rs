//! What claims are judged on: the networks of each task, their measures and the distances between them.

use std::collections::BTreeMap;

use ndarray::{Array2, Axis};
use rand::seq::SliceRandom;

use crate::analysis::distance::Aspect;
use crate::analysis::measures::{Contexts, Measure};
use crate::architecture::Constraint;
use crate::stream::of_seed;
use circuitscope_kernel::Curve;

/// A selected network.
#[derive(Clone, Debug)]
pub struct NetworkEvidence {
    /// Activation.
    pub curve: Curve,
    /// Sign constraint.
    pub constraint: Constraint,
    /// Name of its class.
    pub class: String,
    /// R² on the analysis trials.
    pub r2: Option<f64>,
    /// Its measures.
    pub measures: BTreeMap<Measure, f64>,
    /// The measures of the same network before training; empty where the study has no such control.
    pub untrained: BTreeMap<Measure, f64>,
}

/// How every network of a class scored, those included that were not selected.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassScores {
    /// Name of the class.
    pub class: String,
    /// R² of each network that was trained; none where it diverged.
    pub r2: Vec<Option<f64>>,
}

/// Distances between networks, or between controls made from them.
#[derive(Clone, Debug)]
pub struct Between {
    /// Distances `[K, K]`.
    pub distances: Array2<f64>,
    /// The network that each item is or is made from `[K]`, by its place in [`TaskEvidence::networks`].
    pub networks: Vec<usize>,
}

impl Between {
    /// The same between some of the items, by their rows.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            distances: self.distances.select(Axis(0), rows).select(Axis(1), rows),
            networks: rows.iter().map(|&row| self.networks[row]).collect(),
        }
    }
}

/// Distances of one aspect.
#[derive(Clone, Debug)]
pub struct AspectEvidence {
    /// The aspect.
    pub aspect: Aspect,
    /// Between trained networks.
    pub trained: Between,
    /// Between trained networks in the plane of the embedding; none where the study has no embedding of them alone.
    pub embedded: Option<Between>,
    /// Between the same networks before training; none where the study has no such control.
    pub untrained: Option<Between>,
}

/// What a study knows of one task.
#[derive(Clone, Debug)]
pub struct TaskEvidence {
    /// Name of the task.
    pub task: String,
    /// Whether its trials have contexts.
    pub contexts: Contexts,
    /// Smallest R² that the selection accepts.
    pub floor: f64,
    /// Scores of every class.
    pub scores: Vec<ClassScores>,
    /// The selected networks.
    pub networks: Vec<NetworkEvidence>,
    /// Distances between them, aspect by aspect.
    pub aspects: Vec<AspectEvidence>,
}

impl TaskEvidence {
    /// The same networks, measures and distances with activations, constraints and classes permuted.
    #[must_use]
    pub fn permuted(&self, seed: u64) -> Self {
        let mut permuted = self.clone();
        let mut labels: Vec<_> = self
            .networks
            .iter()
            .map(|network| (network.curve, network.constraint, network.class.clone()))
            .collect();
        labels.shuffle(&mut of_seed(seed));
        for (network, (curve, constraint, class)) in permuted.networks.iter_mut().zip(labels) {
            (network.curve, network.constraint, network.class) = (curve, constraint, class);
        }
        permuted
    }

    /// The same study with only some of the networks.
    #[must_use]
    pub fn only(&self, is_kept: impl Fn(&NetworkEvidence) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.networks.len()).filter(|&i| is_kept(&self.networks[i])).collect();
        let of = |between: &Between| {
            let place = |row: usize| kept.iter().position(|&network| network == between.networks[row]);
            let rows: Vec<usize> = (0..between.networks.len()).filter(|&row| place(row).is_some()).collect();
            let found = between.select(&rows);
            Between { networks: rows.iter().filter_map(|&row| place(row)).collect(), ..found }
        };
        let aspect = |found: &AspectEvidence| AspectEvidence {
            aspect: found.aspect,
            trained: of(&found.trained),
            embedded: found.embedded.as_ref().map(of),
            untrained: found.untrained.as_ref().map(of),
        };
        Self {
            networks: kept.iter().map(|&i| self.networks[i].clone()).collect(),
            aspects: self.aspects.iter().map(aspect).collect(),
            ..self.clone()
        }
    }

    /// Whether its trials have contexts.
    pub(super) fn has_contexts(&self) -> bool {
        self.contexts != Contexts::None
    }
}
