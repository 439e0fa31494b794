//! Labels dealt out anew: what a study would say of architectures that make no difference.

use rand::seq::SliceRandom;

use super::{Claim, TaskEvidence};
use crate::stream::of_seed;

/// Rows that ask for a difference between labels; the others hold for networks of any label, or ask of one group that a
/// number is not zero, which labels dealt out leave as it is.
const OF_LABELS: [u32; 12] = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 17];

impl TaskEvidence {
    /// The same networks, measures and distances under activations, constraints and classes dealt out at random.
    #[must_use]
    pub fn dealt_out(&self, seed: u64) -> Self {
        let mut dealt = self.clone();
        let mut labels: Vec<_> = self
            .networks
            .iter()
            .map(|network| (network.curve, network.constraint, network.class.clone()))
            .collect();
        labels.shuffle(&mut of_seed(seed));
        for (network, (curve, constraint, class)) in dealt.networks.iter_mut().zip(labels) {
            (network.curve, network.constraint, network.class) = (curve, constraint, class);
        }
        dealt
    }
}

impl Claim {
    /// Whether it asks for a difference between labels, so that it is supported at most as often as its level where they
    /// are dealt out.
    pub fn is_of_labels(&self) -> bool {
        OF_LABELS.contains(&self.row)
    }
}
