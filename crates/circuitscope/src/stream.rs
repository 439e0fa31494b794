//! Every random stream of the science: what is drawn for one purpose, or at one place, never shifts what is drawn elsewhere.
//!
//! [`Stream`] tells the purposes of one network apart; [`of_draw`] gives each of many draws a stream of its own, so that they can
//! be made in any order and on any thread; [`of_seed`] serves draws that are made in turn.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What random numbers are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    RecurrentWeights,
    InputWeights,
    OutputWeights,
    Onsets { iteration: u64 },
    FixedPoints { input: u64 },
    Embedding,
    Behaviour { battery: u64 },
    Resamples,
    ObservedUnits,
    Spikes { neuron: u64 },
    ObservedAlike,
    Recording { draw: u64 },
    Halves { number: u64 },
    Connections,
    Biases,
}

impl Stream {
    /// The generator of this stream under a network's seed. The noise of training has the kernel's own generator.
    pub(crate) fn rng(self, seed: u64) -> ChaCha8Rng {
        let (purpose, counter) = match self {
            Self::RecurrentWeights => (1, 0),
            Self::InputWeights => (2, 0),
            Self::OutputWeights => (3, 0),
            Self::Onsets { iteration } => (4, iteration),
            Self::FixedPoints { input } => (5, input),
            Self::Embedding => (6, 0),
            Self::Behaviour { battery } => (7, battery),
            Self::Resamples => (8, 0),
            Self::ObservedUnits => (9, 0),
            Self::Spikes { neuron } => (10, neuron),
            Self::ObservedAlike => (11, 0),
            Self::Recording { draw } => (12, draw),
            Self::Halves { number } => (13, number),
            Self::Connections => (14, 0),
            Self::Biases => (15, 0),
        };
        let mut rng = of_seed(seed);
        rng.set_stream((purpose << 48) | counter);
        rng
    }
}

/// The generator of a seed.
pub(crate) fn of_seed(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// The generator of the draw at one place of many.
pub(crate) fn of_draw(seed: u64, place: u64) -> ChaCha8Rng {
    of_seed(seed_of_draw(seed, place))
}

/// The seed of the draw at one place of many.
pub(crate) fn seed_of_draw(seed: u64, place: u64) -> u64 {
    mix(seed ^ mix(place))
}

/// A bijection of 64-bit words that scatters neighbours (`SplitMix64`, Steele et al. 2014, doi:10.1145/2714064.2660195).
pub(crate) fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
