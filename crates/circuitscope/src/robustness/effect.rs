//! How large a difference between architectures is: between the networks that were trained, and beyond the noise of a run.
//!
//! Both are mean squares of distances, of like compared with like, each with an interval over networks. Whether labels matter
//! at all is for the tests to say; whether noise hides what they find, for the second effect.
//!
//! *Of centres*: the mean square between two groups less half of the mean squares within each, over pairs of different
//! networks; the square of the distance between the groups' centres, without the bias that few networks give it. *Beyond
//! noise*: the mean square between noisy runs of networks of different groups less half of the mean squares between two runs
//! of each. In expectation it is zero for a network and itself by any measure, because both runs come from the same
//! distribution, and the square of the distance between the mean runs of two networks where squares are those of Euclidean
//! space (see [`Scale`]).
//!
//! # Source
//! Székely & Rizzo 2013, doi:10.1016/j.jspi.2013.03.018 (energy distance: between less half of within); Walther et al. 2016,
//! doi:10.1016/j.neuroimage.2015.12.012 (distances of noisy patterns across runs, without bias).

use super::Conclusion;
use crate::analysis::similarity::Scale;
use crate::analysis::statistics::jackknife_interval;
use crate::claims::{Between, NetworkEvidence};
use circuitscope_kernel::Family;
use ndarray::Array2;

/// Fewest networks of a group: without one of them there is a pair left.
const FEWEST: usize = 3;

/// A mean square and its interval over networks; in squares of the distance, see [`Scale`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// The estimate; below zero by chance where there is no effect.
    pub value: f64,
    /// 95 % interval.
    pub interval: [f64; 2],
}

impl Effect {
    /// Whether the whole interval is above zero.
    pub fn is_above_zero(&self) -> bool {
        self.interval[0] > 0.0
    }
}

/// The effect that a conclusion is about; for `relu_near_sigmoid` a difference of two, for `tanh_apart` that of the activation
/// that tanh is less surely apart from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effects {
    /// Between the centres of groups of networks.
    pub of_centres: Effect,
    /// Between networks of different groups, beyond the noise of their runs; none where no runs were made.
    pub beyond_noise: Option<Effect>,
    /// Mean square of the distance between two noisy runs of one network.
    pub between_runs: Option<f64>,
}

impl Effects {
    /// Whether noisy runs of different networks cannot be told from those of one.
    pub fn is_within_noise(&self) -> bool {
        self.beyond_noise.is_some_and(|effect| !effect.is_above_zero())
    }
}

/// The effects of a conclusion; [`None`] if there are no two groups for it, or one of them has fewer than three networks.
///
/// - `runs`: distances between noisy runs of the networks, a row a run; NaN where none was measured.
pub fn effects(
    conclusion: Conclusion,
    networks: &[NetworkEvidence],
    between: &Between,
    runs: Option<&Between>,
    scale: Scale,
) -> Option<Effects> {
    let squares = Squares {
        entries: between.distances.mapv(|distance| scale.square(distance)),
        groups: groups(conclusion, networks, &between.networks),
        within: Within::Halved,
    };
    let noise = runs.map(|runs| beyond_noise(runs, scale));
    let of_runs = noise.and_then(|Corrected { entries, networks: kept, between_runs }| {
        let squares =
            Squares { entries, groups: groups(conclusion, networks, &kept), within: Within::Removed };
        Some((weakest(conclusion, &squares)?, between_runs))
    });
    Some(Effects {
        of_centres: weakest(conclusion, &squares)?,
        beyond_noise: of_runs.map(|(effect, _)| effect),
        between_runs: of_runs.map(|(_, between_runs)| between_runs),
    })
}

/// Squares between networks, without what two runs of one network give.
struct Corrected {
    /// `[K, K]`, zero on the diagonal.
    entries: Array2<f64>,
    /// The networks.
    networks: Vec<usize>,
    /// Mean square between two runs of one network.
    between_runs: f64,
}

/// Takes half of the squares between the runs of either network from those between runs of both. Networks of which no two
/// runs were measured are left out.
fn beyond_noise(runs: &Between, scale: Scale) -> Corrected {
    let mut rows: Vec<(usize, Vec<usize>)> = Vec::new();
    for (row, &network) in runs.networks.iter().enumerate() {
        match rows.iter_mut().find(|(known, _)| *known == network) {
            Some((_, own)) => own.push(row),
            None => rows.push((network, vec![row])),
        }
    }
    let mean = |a: &[usize], b: &[usize]| {
        let pairs = a.iter().flat_map(|&i| b.iter().map(move |&j| (i, j))).filter(|(i, j)| i != j);
        let known =
            pairs.map(|(i, j)| scale.square(runs.distances[[i, j]])).filter(|square| !square.is_nan());
        let (sum, n) = known.fold((0.0, 0.0), |(sum, n), square| (sum + square, n + 1.0));
        sum / n
    };
    let own = |(network, rows): (usize, Vec<usize>)| (network, mean(&rows, &rows), rows);
    let known: Vec<(usize, f64, Vec<usize>)> =
        rows.into_iter().map(own).filter(|(_, square, _)| square.is_finite()).collect();
    let entries = Array2::from_shape_fn((known.len(), known.len()), |(i, j)| {
        let ((_, of_i, a), (_, of_j, b)) = (&known[i], &known[j]);
        if i == j { 0.0 } else { mean(a, b) - 0.5 * (of_i + of_j) }
    });
    Corrected {
        entries,
        between_runs: known.iter().map(|(_, square, _)| square).sum::<f64>() / known.len() as f64,
        networks: known.into_iter().map(|(network, ..)| network).collect(),
    }
}

/// What becomes of the mean squares within groups.
#[derive(Clone, Copy)]
enum Within {
    /// Half of either group's is taken from the mean square between the groups.
    Halved,
    /// The noise that they stand for was taken from every pair before.
    Removed,
}

/// Squares between networks and the groups that a conclusion tells apart.
struct Squares {
    /// `[K, K]`.
    entries: Array2<f64>,
    /// Each group with its rows.
    groups: Vec<(usize, Vec<usize>)>,
    within: Within,
}

impl Squares {
    /// The square between two groups, without the network of one row.
    fn between(&self, a: usize, b: usize, left_out: Option<usize>) -> f64 {
        let rows = |group: usize| self.groups[group].1.iter().filter(move |row| Some(**row) != left_out);
        let mean = |a: usize, b: usize| {
            let pairs = rows(a).flat_map(|&i| rows(b).map(move |&j| (i, j))).filter(|(i, j)| i != j);
            let (sum, n) = pairs.fold((0.0, 0.0), |(sum, n), at| (sum + self.entries[at], n + 1.0));
            sum / n
        };
        match self.within {
            Within::Halved => mean(a, b) - 0.5 * (mean(a, a) + mean(b, b)),
            Within::Removed => mean(a, b),
        }
    }

    /// A weighted sum of squares between groups, with its interval.
    fn effect(&self, terms: &[Term]) -> Option<Effect> {
        let sum = |left_out: Option<usize>| -> f64 {
            terms.iter().map(|&(a, b, weight)| weight * self.between(a, b, left_out)).sum()
        };
        let without = |(_, rows): &(usize, Vec<usize>)| rows.iter().map(|&row| sum(Some(row))).collect();
        let value = sum(None);
        let left_out: Vec<Vec<f64>> = self.groups.iter().map(without).collect();
        Some(Effect { value, interval: jackknife_interval(value, &left_out)? })
    }
}

/// Two groups and what their square counts.
type Term = (usize, usize, f64);

/// The effect of a conclusion, the least sure one where it is about several.
fn weakest(conclusion: Conclusion, squares: &Squares) -> Option<Effect> {
    if squares.groups.iter().any(|(_, rows)| rows.len() < FEWEST) {
        return None;
    }
    let names: Vec<usize> = squares.groups.iter().map(|(name, _)| *name).collect();
    let effects: Vec<Effect> =
        contrasts(conclusion, &names).iter().map(|terms| squares.effect(terms)).collect::<Option<_>>()?;
    effects.into_iter().min_by(|a, b| a.interval[0].total_cmp(&b.interval[0]))
}

/// What a conclusion is about, as weighted sums over pairs of groups that must all be above zero; none if a group is missing.
fn contrasts(conclusion: Conclusion, names: &[usize]) -> Vec<Vec<Term>> {
    let n = names.len();
    let pairs: Vec<(usize, usize)> = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect();
    let (to_tanh, others): (Vec<_>, Vec<_>) =
        pairs.iter().copied().partition(|&(a, b)| names[a] == TANH || names[b] == TANH);
    let mean = |pairs: &[(usize, usize)], sign: f64| -> Vec<Term> {
        pairs.iter().map(|&(a, b)| (a, b, sign / pairs.len() as f64)).collect()
    };
    match conclusion {
        _ if pairs.is_empty() => Vec::new(),
        Conclusion::ClassesDiffer | Conclusion::ActivationsCluster => vec![mean(&pairs, 1.0)],
        Conclusion::TanhApart => to_tanh.iter().map(|&pair| mean(&[pair], 1.0)).collect(),
        Conclusion::ReluNearSigmoid if to_tanh.is_empty() || others.is_empty() => Vec::new(),
        Conclusion::ReluNearSigmoid => vec![[mean(&to_tanh, 1.0), mean(&others, -1.0)].concat()],
    }
}

/// Name of tanh among [`groups`] of activations.
const TANH: usize = Family::Tanh as usize;

/// The groups that a conclusion tells apart, each with its rows.
///
/// - `rows`: the network of each row.
fn groups(conclusion: Conclusion, networks: &[NetworkEvidence], rows: &[usize]) -> Vec<(usize, Vec<usize>)> {
    let mut names: Vec<&str> = networks.iter().map(|network| network.class.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let group = |network: &NetworkEvidence| match (conclusion, network.curve) {
        (Conclusion::ClassesDiffer, _) => names.partition_point(|name| *name < network.class.as_str()),
        (_, curve) => curve.family() as usize,
    };
    let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
    for (row, &network) in rows.iter().enumerate() {
        let name = group(&networks[network]);
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((name, vec![row])),
        }
    }
    groups.sort_unstable_by_key(|(name, _)| *name);
    groups
}
