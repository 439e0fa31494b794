//! Registration of two clouds of points whose correspondence is unknown.
//!
//! Iterative closest point ends in the nearest of many local minima, in about eleven steps for clouds of a hundred
//! units; what counts is where it starts. Random starts are a slow way to the lowest minimum. Ours also hops: from a
//! minimum it turns the map in a plane or two, descends again and stays if that was lower, in both directions in turn,
//! each offering its map to the other. Such chains start apart, one after another, until nine ([`Budget`]) have ended in
//! the lowest minimum known of either direction, or 63 were made: a minimum that independent chains keep meeting is seldom
//! missed for a lower one, and hard pairs get more of them. Random starts that are only descended come first: they
//! find basins that hopping does not. Last, the surroundings of the lowest minimum are searched, and its map is taken to
//! the last digit by the published iteration.
//!
//! A step of a descent costs some 2.6 µs for clouds of a hundred units on one core with AVX-512: half of it matches the
//! points, in float32, the rest is the best map for these matches, by polynomials instead of a decomposition.
//!
//! On 510 pairs with about 100 units, none of them used for tuning (trained networks of three tasks and six classes, three in
//! five pairs with a shuffled or untrained one; both directions, one busy core with AVX-512). Worst: sum of squares over that
//! of the lowest minimum that any search met; the published search has 200 random starts.
//!
//! | search | ms per pair | above the published search | at most by | above the lowest by over 0.1 % | by over 1 % | worst |
//! |---|---|---|---|---|---|---|
//! | nine chains | 85 | none of 1020 | | 0.7 % | 0.1 % | 1.01 |
//! | nine chains, another seed | 84 | none of 1020 | | 1.8 % | 0.6 % | 1.05 |
//! | six chains | 59 | 2 of 1020 | 0.16 % | 0.7 % | 0.3 % | 1.23 |
//! | six chains, another seed | 58 | 2 of 1020 | 0.05 % | 1.2 % | 0.3 % | 1.03 |
//! | 200 random starts | 181 | | | 56 % | 34 % | 1.99 |
//!
//! Nothing proves the lowest minimum: more chains still find a lower one now and then. What [`Budget`] trades, on the
//! golden pairs under three seeds each (`cargo test --release --workspace --test golden -- registration_chains --ignored
//! --nocapture`); ratio: distance over the least that any budget and seed met, cost: processor time on 90
//! other pairs, over that of six.
//!
//! | chains that must agree | cost | within 0.1 % | mean ratio | 97th percentile | worst |
//! |---|---|---|---|---|---|
//! | 1 | 0.20 | 68 % | 1.0047 | 1.045 | 1.085 |
//! | 2 | 0.37 | 90 % | 1.0009 | 1.007 | 1.039 |
//! | 3 | 0.52 | 94 % | 1.0004 | 1.004 | 1.028 |
//! | 4 | 0.67 | 96 % | 1.0002 | 1.002 | 1.015 |
//! | 6 | 1 | 97 % | 1.0001 | 1.001 | 1.005 |
//! | 12 | 1.99 | 99 % | 1.0000 | 1.000 | 1.004 |

use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

mod descent;
mod published;
mod search;

use super::components::N_COMPONENTS;
use super::nearest::Cloud;
use super::procrustes::Map;
use crate::stream::of_seed;

/// One cloud carried onto another: an orthogonal map and a match for each point that moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Registration {
    /// Sum over moving points of the squared distance to their nearest fixed point, under `map`.
    pub sum_of_squares: f64,
    /// Orthogonal map `R` `[10, 10]`, reflections allowed; a moving point `a` (a row) goes to `a R`.
    pub map: Array2<f64>,
    /// Index of the fixed point nearest to each moving one.
    pub matches: Vec<usize>,
}

/// The search: raised whenever it may find other registrations than before, so that stored distances are measured anew.
pub const VERSION: u32 = 2;

/// How much a search for the lowest minimum does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Independent chains that must have ended in one lowest minimum, in either direction, for the search to end. It
    /// ends in any case after seven times as many. Ten random starts in each direction come before each. At least one.
    pub n_agreeing: usize,
}

impl Budget {
    /// Enough to lie nowhere above 200 random starts on the pairs measured above.
    pub const THOROUGH: Self = Self { n_agreeing: 9 };
}

/// Registers `a` `[P, 10]` on `b` `[Q, 10]` and the reverse, each as well as the search can within `budget`.
pub fn register_both(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    budget: Budget,
    seed: u64,
) -> [Registration; 2] {
    let (a, b) = (Cloud::new(a), Cloud::new(b));
    search::both(&a, &b, budget, seed)
}

/// The published search: the best of `n_starts` random orthogonal starts, each descended to its end.
///
/// The oracle for [`register_both`], and the way to reproduce a published score with its own number of starts.
///
/// # Source
/// docs/methods.md §4.2 (60 starts, at most 1000 iterations, tolerance 1e-10).
pub fn register_from_random_starts(
    moving: ArrayView2<'_, f64>,
    fixed: ArrayView2<'_, f64>,
    n_starts: usize,
    seed: u64,
) -> Registration {
    let (moving, fixed) = (Cloud::new(moving), Cloud::new(fixed));
    let mut rng = of_seed(seed);
    let mut descend = || published::descend(&moving, &fixed, &random_rotation(&mut rng));
    let mut best = descend();
    for _ in 1..n_starts {
        let found = descend();
        if found.sum_of_squares < best.sum_of_squares {
            best = found;
        }
    }
    best
}

/// A draw from the uniform distribution on the orthogonal group: Gram–Schmidt of normal vectors.
fn random_rotation(rng: &mut ChaCha8Rng) -> Map {
    let mut map = [[0.0; N_COMPONENTS]; N_COMPONENTS];
    for row in map.as_flattened_mut() {
        *row = rng.sample(StandardNormal);
    }
    orthonormalise(&mut map);
    map
}

/// Gram–Schmidt of the rows, twice for orthogonality to rounding.
fn orthonormalise(map: &mut Map) {
    for k in 0..N_COMPONENTS {
        for _ in 0..2 {
            for l in 0..k {
                let overlap: f64 = map[k].iter().zip(&map[l]).map(|(x, y)| x * y).sum();
                for j in 0..N_COMPONENTS {
                    map[k][j] -= overlap * map[l][j];
                }
            }
            let norm = map[k].iter().map(|x| x * x).sum::<f64>().sqrt();
            for entry in &mut map[k] {
                *entry /= norm;
            }
        }
    }
}
