//! Distances between networks: one pair, a list of pairs, or all of them.

use ndarray::Array2;
use rayon::prelude::*;

use super::components::{FeatureError, Features, N_COMPONENTS};
use super::fixed_point_configuration::{self, FixedPointRates};
use super::registration::{self, Budget};
use super::{endpoints, selectivity, trajectories};
use crate::stream::mix;
use ndarray::ArrayView3;

/// What of two networks is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aspect {
    /// Population trajectories (docs/methods.md §4.1).
    Trajectories,
    /// Ends of the trajectories (docs/methods.md §4.4).
    Endpoints,
    /// Single-unit selectivity (docs/methods.md §4.2).
    Selectivity,
    /// Configuration of fixed points (docs/methods.md §4.3).
    FixedPoints,
}

/// What was seen of a network: what the features of every aspect are taken from.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// Rates `[N, T, B]` on the analysis trials.
    pub rates: ArrayView3<'a, f64>,
    /// Rates at its fixed points; only [`Aspect::FixedPoints`] takes them.
    pub at_rest: &'a FixedPointRates,
}

impl Aspect {
    /// Every aspect.
    pub const ALL: [Self; 4] = [Self::Trajectories, Self::Endpoints, Self::Selectivity, Self::FixedPoints];

    /// The name in files and on figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trajectories => "trajectories",
            Self::Endpoints => "endpoints",
            Self::Selectivity => "selectivity",
            Self::FixedPoints => "fixed_points",
        }
    }

    /// Number of principal components that are compared (the published numbers).
    pub const fn n_components(self) -> usize {
        match self {
            Self::Trajectories | Self::Endpoints | Self::Selectivity => N_COMPONENTS,
            Self::FixedPoints => fixed_point_configuration::N_COMPONENTS,
        }
    }

    /// The aspect of a name, `-` or `_` between its words; [`None`] if no aspect has it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|aspect| aspect.name() == name.replace('-', "_"))
    }

    /// The name in a sentence.
    pub fn words(self) -> String {
        self.name().replace('_', " ")
    }

    /// What this aspect compares of a network.
    ///
    /// # Errors
    /// [`FeatureError`] if there are no rates or no fixed points, one is not finite, or the decomposition fails.
    pub fn features(self, observed: Observed<'_>) -> Result<Features, FeatureError> {
        match self {
            Self::Trajectories => trajectories::trajectories(observed.rates),
            Self::Endpoints => endpoints::endpoints(observed.rates),
            Self::Selectivity => selectivity::selectivity(observed.rates),
            Self::FixedPoints => fixed_point_configuration::configuration(observed.at_rest),
        }
    }
}

/// Distance of a pair (dimensionless).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairDistance {
    /// Ours. Selectivity and fixed points: root *mean* square over the moving points, averaged over both directions.
    pub distance: f64,
    /// The published score. Selectivity and fixed points: root of the *sum* of squares; the other aspects: the same as
    /// `distance`.
    pub published: f64,
}

/// Distances of all pairs `[K, K]`, symmetric, zero on the diagonal.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    /// [`PairDistance::distance`] of each pair.
    pub distance: Array2<f64>,
    /// [`PairDistance::published`] of each pair.
    pub published: Array2<f64>,
}

/// Why two features have no distance.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DistanceError {
    /// Trajectories or endpoints come from other trials, features are not in the components of their aspect, or fixed
    /// points are not in groups.
    #[error("{aspect:?} of shape {first:?} and {second:?} cannot be compared")]
    Shape {
        /// What was compared.
        aspect: Aspect,
        /// Shape of the first points.
        first: [usize; 2],
        /// Shape of the second points.
        second: [usize; 2],
    },
    /// A pair names an item that there is not.
    #[error("pair names item {item}, there are {n_items}")]
    Item {
        /// The item.
        item: usize,
        /// How many there are.
        n_items: usize,
    },
}

/// What rounding can make of sums over `n_points` points of products over the components, over the norms that enter them:
/// γ = n ε (Higham 2002, doi:10.1137/1.9780898718027, §3.1).
pub(super) fn rounding(n_points: usize) -> f64 {
    (N_COMPONENTS * n_points) as f64 * f64::EPSILON
}

/// Mean squares that a search for the best map can leave of equal shapes of unit radius: it stops at gains below this.
const LEFT_BY_SEARCH: f64 = 1e-10;

/// A number, or zero where it is no larger than what rounding leaves of none.
pub(super) fn beyond(rounding: f64, number: f64) -> f64 {
    if number <= rounding { 0.0 } else { number }
}

/// Distance of two features of one aspect; the same whichever comes first. What rounding, or the end of a search, leaves of
/// equal shapes is zero.
///
/// `seed` starts the searches of [`registration`] and [`fixed_point_configuration`]; `budget` is that of the first.
///
/// # Errors
/// [`DistanceError::Shape`] if the points are not in the components of their aspect, trajectories or endpoints differ in
/// number, or a fixed point has no group.
pub fn between(
    aspect: Aspect,
    a: &Features,
    b: &Features,
    budget: Budget,
    seed: u64,
) -> Result<PairDistance, DistanceError> {
    let shape = |features: &Features| [features.points.nrows(), features.points.ncols()];
    let (first, second) = (shape(a), shape(b));
    let is_comparable = match aspect {
        Aspect::Trajectories | Aspect::Endpoints => first == second,
        Aspect::Selectivity => true,
        Aspect::FixedPoints => [a, b].iter().all(|features| features.groups.len() == features.points.nrows()),
    };
    let is_empty = first[0] * second[0] == 0;
    if !is_comparable || is_empty || [first[1], second[1]] != [aspect.n_components(); 2] {
        return Err(DistanceError::Shape { aspect, first, second });
    }
    // One order of the two, so that neither rounding nor the search depends on the order of the arguments.
    let [one, other] = if precedes(b, a) { [b, a] } else { [a, b] };
    let (a, b) = (one.points.view(), other.points.view());
    // Of points at unit RMS radius, whose norms are √P.
    let n_points = a.nrows() as f64;
    let same = |rounding: f64, distance| {
        let distance = beyond(rounding * n_points.sqrt(), distance);
        PairDistance { distance, published: distance }
    };
    Ok(match aspect {
        Aspect::Trajectories => same(rounding(a.nrows()), trajectories::distance(a, b)),
        // The map follows from products of the points, which know its turns in directions of little variance by their root only.
        Aspect::Endpoints => same((2.0 * rounding(a.nrows())).sqrt(), endpoints::distance(a, b)),
        Aspect::Selectivity => {
            let [there, back] = registration::register_both(a, b, budget, seed);
            let both = [there, back].map(|found| {
                let n = found.matches.len() as f64;
                [beyond(LEFT_BY_SEARCH, found.sum_of_squares / n), n]
            });
            of_mean_squares(both)
        }
        Aspect::FixedPoints => {
            let both = fixed_point_configuration::register_both(one, other, seed);
            of_mean_squares(
                both.map(|found| [beyond(LEFT_BY_SEARCH, found.mean_square()), found.n_points as f64]),
            )
        }
    })
}

/// The distance of mean squares over so many moving points, there and back.
fn of_mean_squares([there, back]: [[f64; 2]; 2]) -> PairDistance {
    let (root_mean, root) = (|[mean, _]: [f64; 2]| mean.sqrt(), |[mean, n]: [f64; 2]| (mean * n).sqrt());
    PairDistance {
        distance: f64::midpoint(root_mean(there), root_mean(back)),
        published: f64::midpoint(root(there), root(back)),
    }
}

/// Distances of the listed pairs of items, in their order: a resumable job's share of [`matrix`].
///
/// A pair's seed depends on `seed` and on its two indices alone, so that any split of the pairs gives the same numbers.
///
/// # Errors
/// [`DistanceError`] of the first pair that cannot be compared.
pub fn pairs(
    aspect: Aspect,
    features: &[Features],
    pairs: &[(usize, usize)],
    seed: u64,
) -> Result<Vec<PairDistance>, DistanceError> {
    let n_items = features.len();
    if let Some(item) = pairs.iter().flat_map(|&(i, j)| [i, j]).find(|&item| item >= n_items) {
        return Err(DistanceError::Item { item, n_items });
    }
    pairs
        .par_iter()
        .map(|&(i, j)| {
            if i == j {
                return Ok(PairDistance { distance: 0.0, published: 0.0 });
            }
            between(aspect, &features[i], &features[j], Budget::THOROUGH, pair_seed(seed, i, j))
        })
        .collect()
}

/// Distances of all pairs of items.
///
/// # Errors
/// [`DistanceError`] of the first pair that cannot be compared.
pub fn matrix(aspect: Aspect, features: &[Features], seed: u64) -> Result<Distances, DistanceError> {
    let all = upper_pairs(features.len());
    Ok(assemble(features.len(), &all, &pairs(aspect, features, &all, seed)?))
}

/// The pairs `(i, j)`, `i < j`, of `n_items` items, row by row.
pub fn upper_pairs(n_items: usize) -> Vec<(usize, usize)> {
    (0..n_items).flat_map(|i| (i + 1..n_items).map(move |j| (i, j))).collect()
}

/// Puts distances of pairs where they belong in a symmetric matrix; pairs that are not listed stay zero.
pub fn assemble(n_items: usize, pairs: &[(usize, usize)], distances: &[PairDistance]) -> Distances {
    let mut whole = Distances {
        distance: Array2::zeros((n_items, n_items)),
        published: Array2::zeros((n_items, n_items)),
    };
    for (&(i, j), pair) in pairs.iter().zip(distances) {
        for at in [[i, j], [j, i]] {
            whole.distance[at] = pair.distance;
            whole.published[at] = pair.published;
        }
    }
    whole
}

/// Whether `a` comes before `b`: fewer points, or the first differing entry lower.
fn precedes(a: &Features, b: &Features) -> bool {
    let size = a.points.nrows().cmp(&b.points.nrows());
    let entries = || a.points.iter().zip(&b.points).map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne());
    size.is_lt() || size.is_eq() && entries().is_some_and(std::cmp::Ordering::is_lt)
}

/// A seed for a pair of items, the same in either order.
fn pair_seed(seed: u64, i: usize, j: usize) -> u64 {
    mix(mix(mix(seed) ^ i.min(j) as u64) ^ i.max(j) as u64)
}

#[cfg(test)]
mod tests;
