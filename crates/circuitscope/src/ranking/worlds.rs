//! Worlds: in each of them every network is observed once, like the recording.

use super::alike::Units;
use super::error::RankingError;
use super::mean::mean;
use super::measure::{Distances, Measure, Population};
use super::signal::Signal;
use super::time::Smoothing;
use crate::analysis::similarity::dsa::Search;
use crate::stream::seed_of_draw;
use ndarray::Array3;
use rayon::prelude::*;

/// How networks are observed in a world.
#[derive(Clone, Copy, Debug)]
pub(super) struct Protocol<'a> {
    pub(super) n_units: usize,
    pub(super) signal: Signal,
    pub(super) more_noise: f64,
    pub(super) smoothing: &'a Smoothing,
    pub(super) search: &'a Search,
    pub(super) seed: u64,
}

/// Every network observed once, and the distances between any two.
pub(super) struct World {
    pub(super) populations: Vec<Population>,
    /// Row by row; zero from a network to itself.
    pub(super) between: Vec<Vec<Distances>>,
}

/// Observes networks once more, in the world of this number.
pub(super) fn populations(
    networks: &[&Units],
    protocol: Protocol<'_>,
    number: usize,
) -> Result<Vec<Population>, RankingError> {
    observed(networks, protocol, number, &Population::new)
}

/// What is made of the smoothed responses `[m, G, C]` of each network, observed in the world of this number.
pub(super) fn observed<T: Send>(
    networks: &[&Units],
    protocol: Protocol<'_>,
    number: usize,
    made: &(dyn Fn(Array3<f64>) -> Result<T, RankingError> + Sync),
) -> Result<Vec<T>, RankingError> {
    let Protocol { n_units, signal, more_noise, smoothing, seed, .. } = protocol;
    let of_network = |(place, units): (usize, &&Units)| {
        let seed = seed_of_draw(seed_of_draw(seed, number as u64), place as u64);
        made(units.observed(n_units, signal, more_noise, smoothing, seed))
    };
    networks.par_iter().enumerate().map(of_network).collect()
}

impl World {
    pub(super) fn new(
        networks: &[&Units],
        protocol: Protocol<'_>,
        number: usize,
    ) -> Result<Self, RankingError> {
        let populations = populations(networks, protocol, number)?;
        let n = populations.len();
        let pairs: Vec<(usize, usize)> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).collect();
        let distances: Vec<Distances> = pairs
            .par_iter()
            .map(|&(i, j)| populations[i].to(&populations[j], protocol.search))
            .collect::<Result<_, _>>()?;
        let mut between = vec![vec![[0.0; Measure::ALL.len()]; n]; n];
        for (&(i, j), distances) in pairs.iter().zip(distances) {
            between[i][j] = distances;
            between[j][i] = distances;
        }
        Ok(Self { populations, between })
    }

    /// Distances of a population to every network.
    pub(super) fn from(
        &self,
        population: &Population,
        search: &Search,
    ) -> Result<Vec<Distances>, RankingError> {
        self.populations.par_iter().map(|network| population.to(network, search)).collect()
    }
}

/// Means over the networks of each class of the distances to them, `[K]`, without the networks of these places.
///
/// A class that has no other network has none.
pub(super) fn means(to: &[Distances], classes: &[Vec<usize>], without: &[usize]) -> Vec<Option<Distances>> {
    let of_class = |members: &Vec<usize>| {
        let others: Vec<usize> = members.iter().copied().filter(|member| !without.contains(member)).collect();
        mean_distances(&others.iter().map(|&member| to[member]).collect::<Vec<_>>())
    };
    classes.iter().map(of_class).collect()
}

/// The mean of distances by measure; [`None`] if there are none.
pub(super) fn mean_distances(distances: &[Distances]) -> Option<Distances> {
    let of = |measure: usize| mean(distances.iter().map(|of| of[measure])).unwrap_or_default();
    (!distances.is_empty()).then(|| std::array::from_fn(of))
}
