//! Where descents start, and which of them are followed to the end.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::descent::Descent;
use super::{Registration, identity, random_rotation};
use crate::analysis::nearest::Cloud;

/// Both directions of a pair.
pub(super) fn both(a: &Cloud, b: &Cloud, seed: u64) -> [Registration; 2] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut run = |moving: &Cloud, fixed: &Cloud| {
        let mut best = Descent::finished(moving, fixed, identity());
        for _ in 0..60 {
            let descent = Descent::finished(moving, fixed, random_rotation(&mut rng));
            if descent.sum_of_squares < best.sum_of_squares {
                best = descent;
            }
        }
        best.registration()
    };
    [run(a, b), run(b, a)]
}
