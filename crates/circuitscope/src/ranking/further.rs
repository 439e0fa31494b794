//! Further distances of a recording to networks: too slow for all pairs of networks in all worlds, so that they say which class is
//! nearer, but not whether a further network of it would be as far.

use super::error::RankingError;
use super::matched::Matched;
use super::verdict::FEWEST_NETWORKS;
use super::worlds::observed;
use crate::analysis::components::Features;
use crate::analysis::distance::{Aspect, between};
use crate::analysis::measures::{Lacking, of_unit_variance};
use crate::analysis::registration::Budget;
use crate::analysis::selectivity;
use crate::analysis::similarity::SimilarityMeasure;
use crate::analysis::similarity::dsa::{Dynamics, Search, dynamics};
use crate::analysis::statistics::{Bootstrap, CONFIDENCE, Ends, Interval, Streams, redrawn};
use crate::analysis::trajectories;
use crate::stream::seed_of_draw;
use ndarray::Array3;
use rayon::prelude::*;

/// A distance between responses of as many units to the same conditions that has no vote in the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FurtherMeasure {
    /// Registration of the clouds of units.
    Selectivity,
    /// Dynamical similarity of the trajectories.
    Dsa,
}

/// A distance by each measure, in the order of [`FurtherMeasure::ALL`].
type Distances = [f64; FurtherMeasure::ALL.len()];

impl FurtherMeasure {
    /// Every measure.
    pub const ALL: [Self; 2] = [Self::Selectivity, Self::Dsa];

    /// The name in files and on figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Selectivity => Aspect::Selectivity.name(),
            Self::Dsa => SimilarityMeasure::Dsa.name(),
        }
    }
}

/// How far a recording is from a class by a further measure.
#[derive(Clone, Debug, PartialEq)]
pub struct FurtherDistance {
    /// The class, by its place.
    pub class: usize,
    /// The measure.
    pub measure: FurtherMeasure,
    /// Mean over networks and worlds.
    pub distance: f64,
    /// 95 % interval over networks alone; [`None`] for a class of fewer than [`FEWEST_NETWORKS`].
    pub interval: Option<[f64; 2]>,
    /// Share of resamples of the networks in which no class is nearer.
    pub nearest_share: f64,
}

/// Budget of a registration: nine in ten end within 0.1 % of the lowest minimum that any search met ([`Budget`]).
const BUDGET: Budget = Budget { n_agreeing: 2 };
/// Resamples of the networks.
const N_RESAMPLES: usize = 1000;

/// Bins in a delay vector, fewer where a trial has no more: of 1, 3, 5 and 10 those by which the right activation function was
/// nearest most often in simulated recordings (docs/methods.md §4.15).
const N_DELAYS: usize = 5;

/// What the further measures need of one population of neurons.
struct Seen {
    units: Features,
    law: Dynamics,
}

impl Seen {
    /// Of smoothed condition means `[m, G, C]`: each neuron is divided by its standard deviation, so that gains do not matter.
    /// Baselines do for the places of units, which are firing rates.
    fn new(means: Array3<f64>) -> Result<Self, RankingError> {
        let (_, n_bins, n_conditions) = means.dim();
        let means = of_unit_variance(means);
        let trajectories = trajectories::trajectories(means.view())?;
        Ok(Self {
            law: dynamics(trajectories.points.view(), n_conditions, N_DELAYS.min(n_bins - 1))?,
            units: selectivity::selectivity(means.view())?,
        })
    }

    fn to(&self, other: &Self, search: &Search, seed: u64) -> Result<Distances, RankingError> {
        let selectivity = between(Aspect::Selectivity, &self.units, &other.units, BUDGET, seed)?.distance;
        Ok([selectivity, search.align(&self.law, &other.law).angular()])
    }
}

/// Distances without a vote, and those that the recording does not allow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FurtherDistances {
    /// Class by class within each measure; empty without a signal.
    pub rows: Vec<FurtherDistance>,
    /// Measures that cannot be taken, and what they lack.
    pub not_taken: Vec<(FurtherMeasure, Lacking)>,
}

impl Matched {
    /// Holds the recording against every network by measures that have no vote in the verdict.
    ///
    /// - `n_worlds`: times that every network is observed, as [`Matched::rank`] does.
    /// - `on_world`: is told of each world that is done.
    ///
    /// # Errors
    /// [`RankingError`]
    ///
    /// # Source
    /// docs/methods.md §4.15.
    pub fn further(&self, n_worlds: usize, on_world: &dyn Fn()) -> Result<FurtherDistances, RankingError> {
        if !self.recorded.signal.is_beyond_noise() {
            return Ok(FurtherDistances::default());
        }
        let search = Search::standard();
        let (networks, members, protocol) = (self.networks(), self.members(), self.protocol(&search));
        let whole = self.recorded.means().clone();
        let are_rates = whole.iter().all(|&response| response >= 0.0);
        let whole = Seen::new(whole)?;
        let mut means = vec![[0.0; FurtherMeasure::ALL.len()]; networks.len()];
        let n_worlds = n_worlds.max(1);
        for number in 0..n_worlds {
            let seen = observed(&networks, protocol, number, &Seen::new)?;
            let of_network = |(place, network): (usize, &Seen)| {
                whole.to(network, &search, seed_of_draw(seed_of_draw(self.seed, number as u64), place as u64))
            };
            let distances: Vec<Distances> =
                seen.par_iter().enumerate().map(of_network).collect::<Result<_, _>>()?;
            for (mean, distances) in means.iter_mut().zip(distances) {
                mean.iter_mut()
                    .zip(distances)
                    .for_each(|(mean, distance)| *mean += distance / n_worlds as f64);
            }
            on_world();
        }
        let mut found = FurtherDistances::default();
        for (place, measure) in FurtherMeasure::ALL.into_iter().enumerate() {
            if measure == FurtherMeasure::Selectivity && !are_rates {
                found.not_taken.push((measure, Lacking::Rates));
                continue;
            }
            let of_classes: Vec<Vec<f64>> =
                members.iter().map(|of| of.iter().map(|&network| means[network][place]).collect()).collect();
            found.rows.extend(of_measure(measure, &of_classes, self.seed));
        }
        Ok(found)
    }
}

/// Distances to classes by one measure, from those to the networks of each `[K, n]`.
fn of_measure(measure: FurtherMeasure, of_classes: &[Vec<f64>], seed: u64) -> Vec<FurtherDistance> {
    let bootstrap = Bootstrap { n_resamples: N_RESAMPLES, level: CONFIDENCE, seed };
    let resamples: Vec<Vec<f64>> = bootstrap.resamples(Streams::Each, |rng| {
        let of_class = |values: &Vec<f64>| {
            let n = values.len();
            redrawn(n, n, rng).map(|place| values[place]).sum::<f64>() / n as f64
        };
        of_classes.iter().map(of_class).collect()
    });
    let present = (0..of_classes.len()).filter(|&class| !of_classes[class].is_empty());
    let row = |class: usize| {
        let values = &of_classes[class];
        // A class without a network has no mean.
        let is_nearest =
            |means: &&Vec<f64>| means.iter().all(|other| other.is_nan() || means[class] <= *other);
        let n_nearest = resamples.iter().filter(is_nearest).count();
        let drawn = resamples.iter().map(|means| means[class]);
        let interval = bootstrap.interval(Ends::of_groups_of(values.len()), drawn);
        FurtherDistance {
            class,
            measure,
            distance: values.iter().sum::<f64>() / values.len() as f64,
            interval: interval.filter(|_| values.len() >= FEWEST_NETWORKS).map(Interval::ends),
            nearest_share: n_nearest as f64 / resamples.len() as f64,
        }
    };
    present.map(row).collect()
}

#[cfg(test)]
mod tests;
