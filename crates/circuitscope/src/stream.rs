//! The random streams of one network: what is drawn for one purpose never shifts what is drawn for another.

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
        };
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream((purpose << 48) | counter);
        rng
    }
}
