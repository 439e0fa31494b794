//! One statistic of a comparison: what it is computed on, over which items, and the groups it tells apart.

use super::super::{Item, Kind};
use circuitscope::Curve;
use circuitscope::analysis::statistics::{Bootstrap, Grouped, Statistic};
use ndarray::Array2;
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
    /// Leave-one-out accuracy of the nearest neighbours: five, or as many as the smallest group has others.
    Knn,
    /// Pseudo-F of PERMANOVA.
    Permanova,
}

/// What stands beside a pseudo-F: whether groups differ in spread, and whether in location whatever their spreads. What is not
/// defined is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// F of PERMDISP.
    pub permdisp_f: Option<f64>,
    /// Its permutation p.
    pub permdisp_p: Option<f64>,
    /// Welch's W*d, of groups of two and more.
    pub welch_w: Option<f64>,
    /// Its permutation p.
    pub welch_p: Option<f64>,
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
    /// Its value; `None` where it is not defined (a single group, groups of one, distances that are all zero).
    pub value: Option<f64>,
    /// 95 % bootstrap interval over networks; `None` with fewer than three networks in a group.
    pub interval: Option<[f64; 2]>,
    /// Permutation p.
    pub p: Option<f64>,
    /// Number of items.
    pub n_items: usize,
    /// Number of groups.
    pub n_groups: usize,
    /// Of neighbours: how many vote.
    pub k: Option<usize>,
    /// Of pseudo-F: what stands beside it.
    pub spread: Option<Spread>,
}

/// How often labels are permuted and networks resampled, and from where draws start.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub(super) permutations: usize,
    pub(super) resamples: usize,
    pub(super) seed: u64,
}

/// The group of an item; `None` leaves it out.
pub(super) fn label(item: &Item, is_better: bool, groups: Groups, over: Items) -> Option<usize> {
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
            _ => None,
        },
        Groups::Activation => Some(activation_label(item.curve)),
        Groups::Class => Some(item.class),
        Groups::TrainedControl => Some(usize::from(!is_trained)),
    }
}

/// The classes of activation, as labels.
pub(crate) fn activation_label(curve: Curve) -> usize {
    curve.family() as usize
}

pub(super) fn value(
    matrix: &Array2<f64>,
    labels: &[Option<usize>],
    space: Space,
    items: Items,
    groups: Groups,
    statistic: StatisticName,
    work: Work,
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
        k: None,
        spread: None,
    };
    let Ok(grouped) = Grouped::labelled(matrix.view(), labels) else { return value };
    value.n_groups = grouped.n_classes();
    let resampled = match statistic {
        StatisticName::Silhouette => {
            value.value = grouped.silhouette().ok();
            Statistic::Silhouette
        }
        StatisticName::Knn => {
            let Ok(k) = grouped.n_neighbours() else { return value };
            value.k = Some(k);
            value.value = grouped.neighbours(k).map(|found| found.accuracy).ok();
            Statistic::NeighbourAccuracy(k)
        }
        StatisticName::Permanova => {
            let test = grouped.permanova(work.permutations, work.seed).ok();
            value.value = test.map(|test| test.pseudo_f);
            value.p = test.map(|test| test.p);
            value.spread = Some(Spread::of(&grouped, work));
            Statistic::PseudoF
        }
    };
    let bootstrap = Bootstrap { n_resamples: work.resamples, level: 0.95, seed: work.seed };
    value.interval = grouped.interval(resampled, bootstrap).map(|interval| [interval.low, interval.high]);
    // Resamples of groups without any spread have an infinite pseudo-F, which JSON cannot hold.
    value.interval = value.interval.filter(|[low, high]| low.is_finite() && high.is_finite());
    value
}

impl Spread {
    /// Of groups, by as many relabellings.
    fn of(grouped: &Grouped, work: Work) -> Self {
        let dispersion = grouped.dispersion(work.permutations, work.seed).ok();
        let welch = grouped.without_singles().welch(work.permutations, work.seed).ok();
        Self {
            permdisp_f: dispersion.as_ref().map(|test| test.f),
            permdisp_p: dispersion.map(|test| test.p),
            welch_w: welch.map(|test| test.w),
            welch_p: welch.map(|test| test.p),
        }
    }
}

#[cfg(test)]
mod tests;
