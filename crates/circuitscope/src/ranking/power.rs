//! How many neurons and trials would be needed: networks of the study in place of the recording.

use super::compared::Compared;
use super::error::RankingError;
use super::verdict::{Verdict, p_values};
use super::worlds::{Protocol, World};

/// How often the group of a network is told with so many neurons and trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// Neurons.
    pub n_neurons: usize,
    /// Trials per condition; [`None`] if those of the recording are not known.
    pub n_trials: Option<usize>,
    /// Share of observed networks of the group for which all classes but those of the group are ruled out, and one of these is like
    /// it.
    pub told: f64,
}

/// A number of neurons, and of trials.
#[derive(Clone, Copy, Debug)]
pub(super) struct Design {
    n_neurons: usize,
    n_trials: Option<usize>,
    /// Trials of the recording over those of the design: so much more noise there is.
    more_noise: f64,
}

/// Numbers of neurons that are tried at the recording's number of trials.
const NEURONS: [usize; 6] = [10, 20, 50, 100, 200, 500];
/// Numbers of trials that are tried at the recording's number of neurons.
const TRIALS: [usize; 7] = [1, 2, 5, 10, 20, 50, 100];

impl Design {
    /// How many designs there are, where trials are known.
    pub(super) const COUNT: usize = 1 + NEURONS.len() + TRIALS.len();

    /// The recording's own design, then others that differ in one of the two; in neurons alone if its trials are not known.
    pub(super) fn around(n_neurons: usize, n_repeats: Option<usize>) -> Vec<Self> {
        let design = |n_neurons| Self { n_neurons, n_trials: n_repeats, more_noise: 1.0 };
        let trials = n_repeats.into_iter().flat_map(|n_repeats| {
            TRIALS.map(|n| Self {
                n_trials: Some(n),
                more_noise: n_repeats as f64 / n as f64,
                ..design(n_neurons)
            })
        });
        std::iter::once(design(n_neurons)).chain(NEURONS.map(design)).chain(trials).collect()
    }

    /// Whether a recording of this design would be judged: its noise is known, and its signal is expected to be beyond it.
    fn is_judged(self, protocol: Protocol<'_>) -> bool {
        self.n_trials.is_none_or(|n| n > 1)
            && protocol
                .signal
                .with(self.n_neurons as f64 / protocol.n_units as f64, self.more_noise)
                .is_beyond_noise()
    }

    /// How often networks of a group are told; never in a recording that would not be judged.
    pub(super) fn of(
        self,
        compared: &Compared<'_>,
        groups: &[&str],
        group: &str,
        n_worlds: usize,
    ) -> Result<Power, RankingError> {
        let Self { n_neurons, n_trials, more_noise } = self;
        let draw = n_neurons * 1_000_000 + n_trials.unwrap_or_default();
        let seed = crate::stream::seed_of_draw(compared.protocol.seed, draw as u64);
        let protocol = Protocol { n_units: n_neurons, more_noise, seed, ..compared.protocol };
        if !self.is_judged(compared.protocol) {
            return Ok(Power { n_neurons, n_trials, told: 0.0 });
        }
        let (mut n, mut n_told) = (0_usize, 0_usize);
        for number in 0..n_worlds {
            let world = World::new(&compared.networks, protocol, number)?;
            for class in (0..groups.len()).filter(|&class| groups[class] == group) {
                for &network in &compared.members[class] {
                    let to = [world.between[network].clone()];
                    let p = p_values(&to, &[&world], compared.members, &[network]);
                    let verdict = Verdict::of(&p, compared.members);
                    n += 1;
                    let is_told = matches!(verdict, Verdict::Some(left) if left.iter().all(|&class| groups[class] == group));
                    n_told += usize::from(is_told);
                }
            }
        }
        Ok(Power { n_neurons, n_trials, told: n_told as f64 / n as f64 })
    }
}
