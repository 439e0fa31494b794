//! Ceiling and floor of the distances of a recording.

use super::alike::Units;
use super::compared::{ClassDistance, Compared};
use super::error::RankingError;
use super::mean::mean;
use super::measure::{Distances, Measure, Population};
use super::worlds::{Protocol, World, mean_distances, means, populations};
use crate::stream::Stream;
use rand::seq::SliceRandom;

/// Random halves, and random orders of conditions, that ceiling and floor are averaged over.
const N_SPLITS: usize = 20;

/// What the distances of one measure can be at best and at worst.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The measure.
    pub measure: Measure,
    /// The class that is nearest by it, by its place.
    pub nearest: usize,
    /// Distance between means over halves of the trials of each condition; [`None`] where a condition has one trial.
    pub trial_halves: Option<f64>,
    /// Distance between halves of the neurons.
    pub neuron_halves: f64,
    /// Distance between two observations of one network of the nearest class.
    pub same_network: f64,
    /// Distance between two networks of the nearest class; [`None`] if it has a single one.
    pub same_class: Option<f64>,
    /// Distance of the recording to the nearest class once conditions are permuted among its trials.
    pub shuffled_conditions: f64,
    /// Distance of the recording to the networks of the nearest class before training; [`None`] without any.
    pub untrained: Option<f64>,
}

impl Compared<'_> {
    /// Ceiling and floor of each measure.
    pub(super) fn limits(
        &self,
        distances: &[ClassDistance],
        worlds: &[World],
        untrained: &[Vec<Units>],
    ) -> Result<Vec<Limits>, RankingError> {
        let Protocol { search, .. } = self.protocol;
        let splits = (0..N_SPLITS).map(|split| self.split(split)).collect::<Result<Vec<_>, _>>()?;
        let mut untrained_distances = Vec::new();
        let whole = Population::new(self.recorded.means().clone())?;
        for networks in untrained {
            let networks: Vec<&Units> = networks.iter().collect();
            // Draws of their own: beyond the worlds of the trained networks.
            let populations = populations(&networks, self.protocol, worlds.len())?;
            let to = populations.iter().map(|network| whole.to(network, search));
            untrained_distances.push(mean_distances(&to.collect::<Result<Vec<_>, _>>()?));
        }
        let again = populations(&self.networks, self.protocol, worlds.len())?;
        let twice: Vec<Distances> = worlds[0]
            .populations
            .iter()
            .zip(&again)
            .map(|(once, again)| once.to(again, search))
            .collect::<Result<_, _>>()?;
        let shuffled: Vec<Vec<Option<Distances>>> = splits
            .iter()
            .map(|split| Ok(means(&worlds[0].from(&split.shuffled, search)?, self.members, &[])))
            .collect::<Result<_, RankingError>>()?;
        let mut limits = Vec::new();
        for (place, measure) in Measure::ALL.into_iter().enumerate() {
            let rows = distances.iter().filter(|row| row.measure == measure);
            let Some(nearest) = rows.min_by(|a, b| a.distance.total_cmp(&b.distance)).map(|row| row.class)
            else {
                continue;
            };
            let members = &self.members[nearest];
            let pairs = worlds.iter().flat_map(|world| {
                members.iter().flat_map(move |&i| {
                    members.iter().filter(move |&&j| j != i).map(move |&j| world.between[i][j][place])
                })
            });
            let of_splits = |number: fn(&Split) -> Option<Distances>| {
                mean(splits.iter().filter_map(|split| Some(number(split)?[place])))
            };
            limits.push(Limits {
                measure,
                nearest,
                trial_halves: of_splits(|split| split.trial_halves),
                neuron_halves: of_splits(|split| Some(split.neuron_halves)).unwrap_or_default(),
                same_network: mean(members.iter().map(|&member| twice[member][place])).unwrap_or_default(),
                same_class: mean(pairs),
                shuffled_conditions: mean(shuffled.iter().filter_map(|of| Some(of[nearest]?[place])))
                    .unwrap_or_default(),
                untrained: untrained_distances[nearest].map(|distances| distances[place]),
            });
        }
        Ok(limits)
    }

    /// The recording against itself, in random halves, and with conditions permuted among its trials.
    fn split(&self, number: usize) -> Result<Split, RankingError> {
        // Streams beyond those of resamples.
        let mut rng = Stream::Recording { draw: u64::from(u32::MAX) + number as u64 }.rng(self.protocol.seed);
        let search = self.protocol.search;
        let means = self.recorded.means();
        let trial_halves = match self.recorded.halves(&mut rng) {
            Some([first, second]) => Some(Population::new(first)?.to(&Population::new(second)?, search)?),
            None => None,
        };
        let mut neurons: Vec<usize> = (0..self.recorded.n_neurons()).collect();
        neurons.shuffle(&mut rng);
        let (one, other) = neurons.split_at(neurons.len() / 2);
        let [one, other] = [one, other].map(|half| Population::new(means.select(ndarray::Axis(0), half)));
        let neuron_halves = one?.to(&other?, search)?;
        let shuffled = Population::new(self.recorded.shuffled(&mut rng))?;
        Ok(Split { trial_halves, neuron_halves, shuffled })
    }
}

/// A recording against itself.
struct Split {
    trial_halves: Option<Distances>,
    neuron_halves: Distances,
    shuffled: Population,
}
