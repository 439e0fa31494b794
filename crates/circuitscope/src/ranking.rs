//! Which class of networks a recording is nearest to, when the networks are observed as its neurons were.
//!
//! A recording has few neurons, few trials and much noise; networks have none of it. In each of several worlds every network is
//! therefore observed once as the recording was: as many of its units, drawn at random, on the same conditions and bins of time,
//! under noise that leaves the same share of their variance to the signal. The recording is held against the networks of each
//! class as these are against each other.

mod alike;
mod class;
mod compared;
mod condition_means;
mod error;
mod further;
mod limits;
#[cfg(test)]
mod made;
mod matched;
mod mean;
mod measure;
mod percentiles;
mod power;
mod recorded;
mod recording;
mod shown;
mod signal;
mod single_trials;
#[cfg(test)]
mod tests;
mod time;
mod verdict;
mod worlds;

pub use class::{Class, Responses};
pub use compared::ClassDistance;
pub use condition_means::of_halves;
pub use error::RankingError;
pub use further::{FurtherDistance, FurtherDistances, FurtherMeasure};
pub use limits::Limits;
pub use matched::Matched;
pub use measure::Measure;
pub use percentiles::{Conditions, NotTaken, Percentile, Percentiles};
pub use power::Power;
pub use recording::{FEWEST_NEURONS, Form, FormKind, Neurons, Recording, RecordingError, errors_of_counts};
pub use shown::{Components, Observed, Placed, placed};
pub use time::{Alignment, N_BINS, SMOOTHING};
pub use verdict::{ALIKE, FEWEST_NETWORKS, RULED_OUT, Verdict};

use crate::analysis::similarity::dsa::Search;
use compared::{Compared, nearest};
use measure::{Distances, Population};
use power::Design;
use verdict::p_values;
use worlds::World;

/// Work of a world over that of a resample.
const WORLD: usize = 10;

/// How much is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Times that every network is observed.
    pub n_worlds: usize,
    /// Resamples of the recording.
    pub n_draws: usize,
    /// Times that every network is observed at each other number of neurons and trials; none leaves the power out.
    pub n_power_worlds: usize,
}

impl Effort {
    /// The work in tenths of a world.
    pub fn work(self) -> u64 {
        (WORLD * self.n_worlds + self.n_draws + WORLD * Design::COUNT * self.n_power_worlds) as u64
    }
}

impl Default for Effort {
    fn default() -> Self {
        Self { n_worlds: 8, n_draws: 200, n_power_worlds: 4 }
    }
}

/// A recording ranked beside classes of networks.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// Which neurons are used.
    pub neurons: Neurons,
    /// Bins of a trial.
    pub n_bins: usize,
    /// Trials of a condition, the median over neurons and conditions; [`None`] if they are not known.
    pub n_repeats: Option<usize>,
    /// Share of the variance of condition means that is not noise, from the correlation of means over halves of the trials.
    pub reliability: f64,
    /// Networks of each class that respond, by name `[K]`.
    pub networks: Vec<Vec<String>>,
    /// The recording's own components.
    pub components: Components,
    /// Distances to each of the networks, in their order, and between them; empty without a signal.
    pub observed: Vec<Observed>,
    /// Distances, class by class within each measure; empty without a signal.
    pub distances: Vec<ClassDistance>,
    /// Ceiling and floor of each measure; empty without a signal.
    pub limits: Vec<Limits>,
    /// p of each class `[K]`; [`None`] for one of fewer than [`FEWEST_NETWORKS`], which is never ruled out.
    pub p: Vec<Option<f64>>,
    /// The verdict.
    pub verdict: Verdict,
    /// How often networks of the group of the nearest class are told at other numbers of neurons and trials; empty without a
    /// signal.
    pub power: Vec<Power>,
}

impl Matched {
    /// Ranks the recording beside the classes.
    ///
    /// - `on_work`: is told how much of [`Effort::work`] was done since it was told last; 0 as it begins, once nothing speaks
    ///   against it.
    ///
    /// # Errors
    /// [`RankingError`]
    ///
    /// # Source
    /// docs/methods.md §4.15.
    pub fn rank(&self, effort: Effort, on_work: &dyn Fn(u64)) -> Result<Ranking, RankingError> {
        let Self { recorded, untrained, alignment, groups, .. } = self;
        let mut ranking = Ranking {
            components: Components::new(recorded.means().clone(), alignment)?,
            observed: Vec::new(),
            n_bins: alignment.n_bins(),
            n_repeats: recorded.n_repeats(),
            reliability: recorded.signal.reliability(),
            networks: self.names.clone(),
            distances: Vec::new(),
            limits: Vec::new(),
            p: vec![None; groups.len()],
            verdict: Verdict::NoSignal,
            power: Vec::new(),
            neurons: recorded.neurons.clone(),
        };
        if !recorded.signal.is_beyond_noise() {
            return Ok(ranking);
        }
        let (search, members) = (Search::new(0), self.members());
        let protocol = self.protocol(&search);
        let compared = Compared { recorded, networks: self.networks(), members: &members, protocol };
        on_work(0);
        let worlds: Vec<World> = (0..effort.n_worlds.max(1))
            .map(|number| {
                let world = World::new(&compared.networks, protocol, number);
                on_work(WORLD as u64);
                world
            })
            .collect::<Result<_, _>>()?;
        let whole = Population::new(recorded.means().clone())?;
        let to_networks: Vec<Vec<Distances>> =
            worlds.iter().map(|world| world.from(&whole, &search)).collect::<Result<_, _>>()?;
        ranking.p = p_values(&to_networks, &worlds.iter().collect::<Vec<_>>(), &members, &[]);
        ranking.verdict = Verdict::of(&ranking.p, &members);
        ranking.distances = compared.distances(&to_networks, &worlds, effort.n_draws, &|| on_work(1))?;
        ranking.observed = compared.observed(&to_networks, &worlds);
        ranking.limits = compared.limits(&ranking.distances, &worlds, untrained)?;
        if effort.n_power_worlds == 0 {
            return Ok(ranking);
        }
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let group = groups[nearest(&ranking.distances)];
        for design in Design::around(recorded.n_neurons(), ranking.n_repeats) {
            ranking.power.push(design.of(&compared, &groups, group, effort.n_power_worlds)?);
            on_work((WORLD * effort.n_power_worlds) as u64);
        }
        Ok(ranking)
    }
}
