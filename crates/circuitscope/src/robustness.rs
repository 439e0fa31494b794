//! Which conclusions about architectures survive another measure of similarity, and which are within the noise.
//!
//! The same tests as those of [`crate::claims`], on the distances of another measure. A conclusion survives a measure if it
//! goes the claimed way, its p is below the level after Holm's correction over the conclusions and tasks of that measure,
//! and networks differ by more than the noise of a run: the whole interval of that [`effect`] is above zero.

use crate::analysis::similarity::Scale;
use crate::analysis::statistics::{K_NEIGHBOURS, Resampling, holm};
use crate::claims::{Between, Compared, LEVEL, NetworkEvidence, Part, resting, solutions};

pub mod effect;

pub use effect::{Effect, Effects};

/// What is concluded from distances between networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// Classes differ (as claim 1).
    ClassesDiffer,
    /// Activations can be told from the nearest neighbours (as claim 7).
    ActivationsCluster,
    /// tanh stands apart whatever the constraint (as claim 8).
    TanhApart,
    /// `ReLU` and sigmoid are nearer to each other than tanh is to them (as claim 11).
    ReluNearSigmoid,
}

impl Conclusion {
    /// Every conclusion.
    pub const ALL: [Self; 4] =
        [Self::ClassesDiffer, Self::ActivationsCluster, Self::TanhApart, Self::ReluNearSigmoid];

    /// The name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClassesDiffer => "classes_differ",
            Self::ActivationsCluster => "activations_cluster",
            Self::TanhApart => "tanh_apart",
            Self::ReluNearSigmoid => "relu_near_sigmoid",
        }
    }

    /// The statistic it rests on.
    pub const fn statistic(self) -> &'static str {
        match self {
            Self::ClassesDiffer => "welch_w",
            Self::ActivationsCluster => "knn",
            Self::TanhApart => "silhouette_gap",
            Self::ReluNearSigmoid => "distance_gap",
        }
    }

    /// The test of the claim whose form it has, on these distances; what stands beside it there is left out.
    fn part(self, networks: &[NetworkEvidence], between: &Between, resampling: Resampling) -> Part {
        let compared = Compared { networks, between, what: "distances" };
        match self {
            Self::ClassesDiffer => solutions::in_different_places(compared, resampling).swap_remove(0),
            Self::ActivationsCluster => {
                solutions::neighbours(compared, K_NEIGHBOURS, resampling).swap_remove(0)
            }
            Self::TanhApart => solutions::tanh_apart(compared, resampling),
            Self::ReluNearSigmoid => resting::alike(compared, resampling),
        }
    }
}

/// A conclusion tested on one task by one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// The conclusion.
    pub conclusion: Conclusion,
    /// Its statistic; none where the study lacks networks for it.
    pub value: Option<f64>,
    /// What the statistic must be above; for `relu_near_sigmoid` below.
    pub reference: f64,
    /// Permutation p, uncorrected.
    pub p: Option<f64>,
    /// Whether the statistic goes the claimed way.
    pub is_met: bool,
    /// How large what it is about is; none where a group has fewer than three networks.
    pub effects: Option<Effects>,
    /// What the study lacks for it.
    pub missing: Option<String>,
}

/// What becomes of a conclusion under a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its test finds it, and noise does not hide it.
    Survives,
    /// Its test finds it, but noisy runs of different networks cannot be told from those of one.
    WithinNoise,
    /// Its test does not find it.
    Falls,
    /// The study cannot tell.
    NotDecidable,
}

impl Outcome {
    /// The name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Survives => "survives",
            Self::WithinNoise => "within_noise",
            Self::Falls => "falls",
            Self::NotDecidable => "not_decidable",
        }
    }
}

/// What conclusions are tested on: the distances of one measure.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// The networks.
    pub networks: &'a [NetworkEvidence],
    /// Distances between them, without noise.
    pub between: &'a Between,
    /// Distances between their noisy runs, a row a run; NaN where none was measured. None where no runs were made.
    pub runs: Option<&'a Between>,
    /// How distances become squares.
    pub scale: Scale,
}

/// Tests every conclusion on the distances of one measure.
pub fn test(measured: Measured<'_>, resampling: Resampling) -> Vec<Tested> {
    let Measured { networks, between, runs, scale } = measured;
    let tested = |conclusion: Conclusion| {
        let part = conclusion.part(networks, between, resampling);
        Tested {
            conclusion,
            value: part.value,
            reference: part.reference,
            p: part.p_for(),
            is_met: part.is_met(),
            effects: effect::effects(conclusion, networks, between, runs, scale),
            missing: part.missing,
        }
    };
    Conclusion::ALL.into_iter().map(tested).collect()
}

/// Decides over all conclusions of one measure, those of all tasks: their outcomes and corrected p, in order.
pub fn decide(tested: &[&Tested]) -> Vec<(Outcome, Option<f64>)> {
    let p: Vec<f64> = tested.iter().filter_map(|one| one.p).collect();
    let mut corrected = holm(&p).into_iter();
    let decide = |one: &&Tested| {
        let Some(p) = one.p.and_then(|_| corrected.next()) else { return (Outcome::NotDecidable, None) };
        let outcome = match &one.effects {
            _ if !one.is_met || p >= LEVEL => Outcome::Falls,
            Some(effects) if effects.is_within_noise() => Outcome::WithinNoise,
            Some(_) => Outcome::Survives,
            None => Outcome::NotDecidable,
        };
        (outcome, Some(p))
    };
    tested.iter().map(decide).collect()
}

#[cfg(test)]
mod tests;
