//! How large a difference between architectures is beside differences that mean nothing.
//!
//! Two floors. *Sampling*: the distance between the centroids of two random halves of one group, of which 95 % are below;
//! held against the distance between the centroids of halves of different groups, which has as many networks on each side
//! and so the same upward bias. Centroids rather than mean distances, because the mean distance between two halves of a
//! class is its spread, which can be large without any doubt about where the class lies. The distance of centroids is taken
//! from distances alone: the mean square between two sets less half of the mean squares within each, items with themselves
//! included. *Realisation*: the distance between two runs of one network that differ in recurrent noise alone, of which
//! 95 % are below; held against the mean distance between networks of different groups.
//!
//! That `ReLU` and sigmoid are near is a difference of distances: their biases cancel in it, so that a whole distance, bias
//! and all, is no floor for it. Its floors are the same difference of distances that mean nothing (`differences`).

use rand::seq::SliceRandom;

use super::Conclusion;
use crate::analysis::statistics::{CONFIDENCE, draws, quantile};
use crate::claims::{Between, NetworkEvidence};
use circuitscope_kernel::Curve;
use ndarray::Array2;

/// Random splits into halves: 95 % of them is known to a hundredth of a probability or so.
const N_SPLITS: u64 = 200;
/// Fewest networks of a group that is halved: of three, one half is a single network.
const FEWEST: usize = 4;

/// An effect beside its noise; all in the units of the distance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Distance between centroids of halves of different groups, in the contrast that the conclusion is about; for
    /// `relu_near_sigmoid` that of tanh to the others less that of `ReLU` to sigmoid.
    pub effect: f64,
    /// Distance between centroids of halves of one group, 95 % are below; for `relu_near_sigmoid` the difference of such.
    pub sampling: f64,
    /// Mean distance between networks of different groups, in the same contrast.
    pub distance: f64,
    /// Distance between noisy runs of one network, 95 % are below; for `relu_near_sigmoid` the difference of such. None
    /// where no runs were made, or too few.
    pub realisation: Option<f64>,
}

impl Floor {
    /// Whether the effect is no larger than one of the floors.
    pub fn is_within(&self) -> bool {
        self.effect <= self.sampling || self.realisation.is_some_and(|noise| self.distance <= noise)
    }
}

/// The floors of a conclusion; [`None`] if there are no two groups for it, or one of them has fewer than four networks.
pub fn floor(
    conclusion: Conclusion,
    networks: &[NetworkEvidence],
    between: &Between,
    realisations: &[f64],
    seed: u64,
) -> Option<Floor> {
    let groups = groups(conclusion, networks, between);
    if groups.len() < 2 || groups.iter().any(|(_, members)| members.len() < FEWEST) {
        return None;
    }
    let squares = between.distances.mapv(|d| d * d);
    let splits = draws(0..N_SPLITS, seed, |rng| {
        let halves: Vec<(usize, [Vec<usize>; 2])> = groups
            .iter()
            .map(|(name, members)| {
                let mut members = members.clone();
                members.shuffle(rng);
                let (one, other) = members.split_at(members.len() / 2);
                (*name, [one.to_vec(), other.to_vec()])
            })
            .collect();
        let own: Vec<f64> =
            halves.iter().map(|(_, [one, other])| centroid_distance(&squares, one, other)).collect();
        let effect = contrast(conclusion, &halves, |[a, _], [_, b]| centroid_distance(&squares, a, b));
        let own = if conclusion.is_difference() { differences(&own) } else { own };
        (effect.unwrap_or_default(), own)
    });
    let effect = splits.iter().map(|split| split.0).sum::<f64>() / splits.len() as f64;
    let mut own: Vec<f64> = splits.into_iter().flat_map(|split| split.1).collect();
    own.sort_by(f64::total_cmp);
    Some(Floor {
        effect,
        sampling: quantile(&own, CONFIDENCE),
        distance: contrast(conclusion, &groups, |a, b| mean(&between.distances, a, b))?,
        realisation: realisation(conclusion, realisations, seed),
    })
}

/// The differences that a conclusion on a difference of distances is about, of distances that mean nothing: the mean of all
/// but one less that one, in absolute value.
///
/// - `own`: a distance a group, or a network; three in the form of [`contrast`]. Returns as many differences.
///
/// The formula of [`contrast`], and not one distance less another, which scatters more than a mean less one. Here no
/// distance is of two groups, so that each has its turn alone. Without signs, because groups may be of unequal spread: one
/// that is wider seems farther from the others, around the same centre, by up to the difference of its own distance and
/// theirs, which is what its turn alone gives, with the other sign.
fn differences(own: &[f64]) -> Vec<f64> {
    let sum: f64 = own.iter().sum();
    own.iter().map(|alone| ((sum - alone) / (own.len() - 1) as f64 - alone).abs()).collect()
}

/// What noisy runs make of the number that a conclusion is about, 95 % are below.
///
/// - `runs`: distances between two runs of one network, one a network. [`None`] without any, or for a difference three.
fn realisation(conclusion: Conclusion, runs: &[f64], seed: u64) -> Option<f64> {
    let mut found = runs.to_vec();
    if conclusion.is_difference() {
        let of_draw = draws(N_SPLITS..2 * N_SPLITS, seed, |rng| {
            let mut runs = runs.to_vec();
            runs.shuffle(rng);
            runs.chunks_exact(3).flat_map(differences).collect::<Vec<f64>>()
        });
        found = of_draw.concat();
    }
    found.sort_by(f64::total_cmp);
    (!found.is_empty()).then(|| quantile(&found, CONFIDENCE))
}

/// Places of tanh and of the others among [`groups`] of activations.
const TANH: usize = 2;

/// The groups that a conclusion tells apart, each with its rows of the distances.
fn groups(
    conclusion: Conclusion,
    networks: &[NetworkEvidence],
    between: &Between,
) -> Vec<(usize, Vec<usize>)> {
    let mut names: Vec<&str> = networks.iter().map(|network| network.class.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let group = |network: &NetworkEvidence| match (conclusion, network.curve) {
        (Conclusion::ClassesDiffer, _) => names.partition_point(|name| *name < network.class.as_str()),
        (_, Curve::Relu) => 0,
        (_, Curve::Sigmoid) => 1,
        (_, Curve::Tanh) => TANH,
    };
    let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
    for (row, &network) in between.networks.iter().enumerate() {
        let name = group(&networks[network]);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((name, vec![row])),
        }
    }
    groups.sort_unstable_by_key(|(name, _)| *name);
    groups
}

/// The number that a conclusion is about, from a distance between two groups; none if a group is missing.
fn contrast<G>(
    conclusion: Conclusion,
    groups: &[(usize, G)],
    distance: impl Fn(&G, &G) -> f64,
) -> Option<f64> {
    let average = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mut all, mut to_tanh, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (i, (name_a, a)) in groups.iter().enumerate() {
        for (name_b, b) in &groups[i + 1..] {
            let found = distance(a, b);
            all.push(found);
            if *name_a == TANH || *name_b == TANH { to_tanh.push(found) } else { others.push(found) }
        }
    }
    let found = match conclusion {
        Conclusion::ClassesDiffer | Conclusion::ActivationsCluster => average(&all),
        // Apart from both: the nearer one decides.
        Conclusion::TanhApart => to_tanh.iter().copied().reduce(f64::min)?,
        Conclusion::ReluNearSigmoid => average(&to_tanh) - average(&others),
    };
    found.is_finite().then_some(found)
}

/// Distance between the centroids of two sets of items, from squared distances.
fn centroid_distance(squares: &Array2<f64>, a: &[usize], b: &[usize]) -> f64 {
    (mean(squares, a, b) - 0.5 * (mean(squares, a, a) + mean(squares, b, b))).max(0.0).sqrt()
}

/// Mean entry between two sets of items.
fn mean(matrix: &Array2<f64>, a: &[usize], b: &[usize]) -> f64 {
    let sum: f64 = a.iter().map(|&i| b.iter().map(|&j| matrix[[i, j]]).sum::<f64>()).sum();
    sum / (a.len() * b.len()) as f64
}
