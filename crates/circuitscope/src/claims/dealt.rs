//! Labels dealt out anew: what a study would say of architectures that make no difference.

use rand::seq::SliceRandom;

use super::TaskEvidence;
use crate::stream::of_seed;

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
